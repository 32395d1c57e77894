/* Errors are values: a negative errno-style code and a sentence. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "fosip/error.h"

/* Fills `err` (which may be NULL) with `code` and the formatted sentence, and
 * returns `code`, so that a caller can write `return error_set(...)`. */
int error_set(struct fosip_error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

/* Names of header fields that are known, so that one mistyped is noticed. */
#ifndef FILTER_HEADERS_H
#define FILTER_HEADERS_H

#include "base/slice.h"

/* Registered with IANA, or in wide use; compact forms too. */
bool headers_know(struct slice name);
/* The known name that is near to this one, NULL. */
const char *headers_near(struct slice name);

#endif

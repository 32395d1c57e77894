/* Text that grows; with memory short it is cut. */
#ifndef DIFF_TEXT_H
#define DIFF_TEXT_H

#include "base/slice.h"

/* All zero is an empty text. */
struct text {
    char *p;
    size_t n, room;
    bool failed;
};

/* Room for so many octets more: text_add will not move what is there. */
void text_reserve(struct text *text, size_t more);
void text_add(struct text *text, struct slice s);
void text_char(struct text *text, char c);
void text_format(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct slice text_slice(const struct text *text);
void text_free(struct text *text);

#endif

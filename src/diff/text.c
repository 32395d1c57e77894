#include "diff/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void text_reserve(struct text *t, size_t more)
{
    size_t room = (t->n + more) * 2 + 64;
    char *grown;

    if (more <= t->room - t->n)
        return;
    grown = room > more ? realloc(t->p, room) : NULL;
    if (!grown) {
        t->failed = true;
        return;
    }
    t->p = grown;
    t->room = room;
}

void text_add(struct text *t, struct slice s)
{
    text_reserve(t, s.n);
    if (!s.n || s.n > t->room - t->n)
        return;
    memcpy(t->p + t->n, s.p, s.n);
    t->n += s.n;
}

void text_char(struct text *t, char c)
{
    text_add(t, slice_make(&c, 1));
}

void text_format(struct text *t, const char *format, ...)
{
    char small[512];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n > 0)
        text_add(t, slice_make(small, (size_t)n < sizeof small ? (size_t)n : sizeof small - 1));
}

struct slice text_slice(const struct text *t)
{
    return slice_make(t->p ? t->p : "", t->n);
}

void text_free(struct text *t)
{
    free(t->p);
    *t = (struct text){0};
}

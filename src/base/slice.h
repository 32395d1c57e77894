/* A slice: a view of octets that somebody else owns.  Never NUL-terminated. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *p;
    size_t n;
};

#define SLICE_EMPTY ((struct slice){NULL, 0})
/* A slice of a string literal. */
#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
/* For printf's "%.*s". */
#define SLICE_ARG(s) (int)((s).n), ((s).p ? (s).p : "")

static inline struct slice slice_make(const char *p, size_t n)
{
    return (struct slice){p, n};
}

static inline struct slice slice_str(const char *s)
{
    return (struct slice){s, s ? strlen(s) : 0};
}

/* The octets from `from` up to, not including, `to`; empty if to <= from. */
static inline struct slice slice_span(const char *from, const char *to)
{
    return (struct slice){from, to > from ? (size_t)(to - from) : 0};
}

static inline bool slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The slice from octet `at` on (empty, p NULL, past its end), and up to it. */
static inline struct slice slice_from(struct slice s, size_t at)
{
    return at >= s.n ? SLICE_EMPTY : slice_make(s.p + at, s.n - at);
}

static inline struct slice slice_upto(struct slice s, size_t at)
{
    return slice_make(s.p, at < s.n ? at : s.n);
}

/* Whether n octets are the same, letters of US-ASCII without regard to case. */
bool slice_same_letters(const char *a, const char *b, size_t n);

/* As slice_eq, without regard to case. */
static inline bool slice_ieq(struct slice a, struct slice b)
{
    return a.n == b.n && slice_same_letters(a.p, b.p, a.n);
}

static inline bool slice_istarts(struct slice s, struct slice prefix)
{
    return s.n >= prefix.n && slice_same_letters(s.p, prefix.p, prefix.n);
}

struct slice slice_trim_blanks(struct slice s);

/* The slice without spaces, tabs, CR and LF at both ends. */
static inline struct slice slice_trim(struct slice s)
{
    bool trimmed = s.n && (unsigned char)s.p[0] > ' ' && (unsigned char)s.p[s.n - 1] > ' ';

    return trimmed ? s : slice_trim_blanks(s);
}

/* The place of the first `c`, or s.n if there is none. */
static inline size_t slice_find(struct slice s, char c)
{
    const char *hit = s.n ? (const char *)memchr(s.p, c, s.n) : NULL;

    return hit ? (size_t)(hit - s.p) : s.n;
}

/* Whether `needle` occurs in `s`; case of US-ASCII letters is ignored. */
bool slice_icontains(struct slice s, struct slice needle);

/* Reads a decimal number that fills the whole slice (1 digit at least).
 * False when empty, when another character occurs, or past UINT64_MAX. */
bool slice_u64(struct slice s, uint64_t *out);
bool slice_u32_of_many(struct slice s, uint32_t *out);

/* The same, false also past UINT32_MAX. */
static inline bool slice_u32(struct slice s, uint32_t *out)
{
    enum { FEW = 9 }; /* digits that cannot be too many */
    uint32_t value = 0;

    if (!s.n || s.n > FEW)
        return slice_u32_of_many(s, out);
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

#endif

/* Octets of some class in a text, found 64 at a time.
 *
 * Where texts are short and looked at many times, a call of memchr costs more than what
 * it looks at.  Here a text is compared by sixteen octets at once, and what was found is
 * kept as bits until it is asked for.  The compilers' vectors are what every processor
 * has some of; where it has none, they make loops of them. */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#include "base/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Sixteen octets, and the same as numbers with a sign. */
typedef uint8_t wide __attribute__((vector_size(16)));
typedef int8_t wide_signed __attribute__((vector_size(16)));

/* All bits of each octet that is in the class, none of the others. */
typedef wide_signed scan_class(wide octets);

enum { SCAN_WIDE = sizeof(wide), SCAN_BLOCK = 64 };

struct scan {
    const char *readable; /* from here up to the end there are octets, */
    const char *end;      /* and here ends what is looked through. */
    const char *block;    /* Up to SCAN_BLOCK octets of it, */
    uint64_t found;       /* those of them that were found and not yet given. */
};

/* Bit i: whether octet i is set. */
static inline uint64_t scan_bits(wide_signed set)
{
#ifdef __SSE2__
    return (uint32_t)_mm_movemask_epi8((__m128i)set);
#else
    uint64_t bits = 0;

    for (unsigned i = 0; i < SCAN_WIDE; i++)
        bits |= (uint64_t)(set[i] & 1) << i;
    return bits;
#endif
}

static inline uint64_t scan_wide(const char *p, scan_class *is)
{
    wide octets;

    memcpy(&octets, p, SCAN_WIDE);
    return scan_bits(is(octets));
}

/* The same of n octets, fewer than sixteen, of which the text has no more. */
static inline uint64_t scan_few(const char *p, size_t n, scan_class *is)
{
    char copy[SCAN_WIDE] = {0};

    for (size_t i = 0; i < n; i++)
        copy[i] = p[i];
    return scan_wide(copy, is) & (((uint64_t)1 << n) - 1);
}

/* Of up to 64 octets at p.  The last ones are looked at together with some before them,
 * which can be read if they do not stand before `readable`. */
static inline uint64_t scan_part(const char *p, size_t n, const char *readable, scan_class *is)
{
    uint64_t found = 0;
    size_t i = 0;

    for (; n - i >= SCAN_WIDE; i += SCAN_WIDE)
        found |= scan_wide(p + i, is) << i;
    if (i == n)
        return found;
    if (n >= SCAN_WIDE)
        return found | scan_wide(p + n - SCAN_WIDE, is) << (n - SCAN_WIDE);
    if (n && p + n - readable >= SCAN_WIDE)
        return scan_wide(p + n - SCAN_WIDE, is) >> (SCAN_WIDE - n);
    return scan_few(p, n, is);
}

/* The same of up to 64 octets, with nothing to be found behind them. */
static inline __attribute__((always_inline)) uint64_t
scan_block(const char *p, const char *end, const char *readable, scan_class *is)
{
    if (end - p < SCAN_BLOCK)
        return scan_part(p, (size_t)(end - p), readable, is);
    return scan_wide(p, is) | scan_wide(p + 16, is) << 16 | scan_wide(p + 32, is) << 32 |
           scan_wide(p + 48, is) << 48;
}

/* Looks through what is from p up to the end. */
static inline __attribute__((always_inline)) struct scan
scan_begin(const char *readable, const char *p, const char *end, scan_class *is)
{
    return (struct scan){readable, end, p, scan_block(p, end, readable, is)};
}

/* The next octet of the class; the text's end when there is no more. */
static inline __attribute__((always_inline)) const char *scan_next(struct scan *s, scan_class *is)
{
    const char *at;

    while (!s->found) {
        if (s->end - s->block <= SCAN_BLOCK)
            return s->end;
        s->block += SCAN_BLOCK;
        s->found = scan_block(s->block, s->end, s->readable, is);
    }
    at = s->block + __builtin_ctzll(s->found);
    s->found &= s->found - 1;
    return at;
}

static inline wide_signed scan_is_lf(wide octets)
{
    return octets == '\n';
}

/* A text line by line. */
struct scan_lines {
    struct scan ends;
    const char *next; /* where the next line begins, the text's end behind the last one */
};

static inline struct scan_lines scan_lines(const char *begin, const char *end)
{
    return (struct scan_lines){scan_begin(begin, begin, end, scan_is_lf), begin};
}

/* The next line, without its LF. */
static inline __attribute__((always_inline)) struct slice scan_line(struct scan_lines *lines)
{
    const char *p = lines->next, *lf = scan_next(&lines->ends, scan_is_lf);

    lines->next = lf + (lf < lines->ends.end);
    return slice_make(p, (size_t)(lf - p));
}

#endif

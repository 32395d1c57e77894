/* Octets of some class in a text, found 64 at a time.
 *
 * Where texts are short and looked at many times, a call of memchr costs more than what
 * it looks at.  Here a text is compared by sixteen octets at once, and what was found is
 * kept as bits until it is asked for.  The compilers' vectors are what every processor
 * has some of; where it has none, they make loops of them. */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#include <endian.h>

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

/* A part of a text with the octets of a class in it, a bit each: what is looked at more
 * than once is looked through once. */
enum { SCAN_MAP_BLOCKS = 8, SCAN_MAP = SCAN_MAP_BLOCKS * SCAN_BLOCK };
struct scan_map {
    const char *begin, *end;             /* of the part */
    uint64_t found[SCAN_MAP_BLOCKS + 2]; /* Little-endian: bits can be read from any octet
                                            on.  The end counts as one of the class. */
};

/* Of fewer than 64 octets up to the end. */
static inline __attribute__((always_inline)) uint64_t
scan_rest(const char *p, const char *end, const char *readable, scan_class *is)
{
    size_t n = (size_t)(end - p);

    if (!n || end - readable < SCAN_BLOCK)
        return scan_part(p, n, readable, is);
    return scan_block(end - SCAN_BLOCK, end, readable, is) >> (SCAN_BLOCK - n);
}

/* The last bits, n of them and that of the end. */
static inline void scan_map_end(uint64_t *found, uint64_t bits, size_t n)
{
    found[0] = htole64(bits | (uint64_t)1 << n);
    found[1] = 0;
}

/* Looks through what is from p up to the end, SCAN_MAP octets of it at most. */
static inline __attribute__((always_inline)) void
scan_map_fill(struct scan_map *map, const char *readable, const char *p, const char *end,
              scan_class *is)
{
    uint64_t *found = map->found;

    end = end - p > SCAN_MAP ? p + SCAN_MAP : end;
    map->begin = p;
    map->end = end;
    for (; end - p >= SCAN_BLOCK; p += SCAN_BLOCK)
        *found++ = htole64(scan_block(p, end, readable, is));
    scan_map_end(found, scan_rest(p, end, readable, is), (size_t)(end - p));
}

/* The octets of the class among the next ones from p on, which must lie in the part or be
 * its end. */
enum { SCAN_BITS = 57 }; /* whatever octet they begin in, eight of them have as many */
static inline uint64_t scan_map_bits(const struct scan_map *map, const char *p)
{
    size_t at = (size_t)(p - map->begin);
    uint64_t bits;

    memcpy(&bits, (const char *)map->found + at / 8, sizeof bits);
    return le64toh(bits) >> at % 8 & UINT64_MAX >> (64 - SCAN_BITS);
}

/* The octets of a map one after the other. */
struct scan_marks {
    const struct scan_map *map;
    const char *from;
    uint64_t found; /* of those from there on, and not yet given */
};

static inline struct scan_marks scan_marks(const struct scan_map *map, const char *p)
{
    return (struct scan_marks){map, p, scan_map_bits(map, p)};
}

/* The next one; at last the part's end, behind which there is nothing to be asked for. */
static inline __attribute__((always_inline)) const char *scan_next_mark(struct scan_marks *marks)
{
    const char *mark;

    while (__builtin_expect(!marks->found, 0))
        marks->found = scan_map_bits(marks->map, marks->from += SCAN_BITS);
    mark = marks->from + __builtin_ctzll(marks->found);
    marks->found &= marks->found - 1;
    return mark;
}

static inline __attribute__((always_inline)) const char *
scan_map_next(const struct scan_map *map, const char *p)
{
    struct scan_marks marks = scan_marks(map, p);

    return scan_next_mark(&marks);
}

/* Whether the slice lies in the part. */
static inline bool scan_map_has(const struct scan_map *map, struct slice s)
{
    return s.p >= map->begin && s.p + s.n <= map->end;
}

static inline wide_signed scan_is_lf(wide octets)
{
    return octets == '\n';
}

#endif

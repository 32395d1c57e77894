#include "sip/places.h"

static inline wide_signed is_mark(wide c)
{
    /* Taken from 254, the octets behind '~' become the largest numbers, and those up to '"'
     * come next to them; '@' becomes the largest in the next line. */
    wide_signed unseen = (wide_signed)(0xfe - c) > -2 - ('"' + 1);
    wide_signed between = (wide_signed)(c + (0x7f - '@')) > 0x7e - ('@' - ';');

    return unseen | between | (c == ',') | (c == '\\');
}

void sip_find_places_anywhere(struct sip_places *places, const char *readable, const char *p,
                              const char *end)
{
    scan_map_fill(&places->ends, readable, p, end, scan_is_lf);
    scan_map_fill(&places->marks, readable, p, end, is_mark);
}

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* Classes of octets, a bit each: an octet is in those that both of its halves are in. */
enum {
    ANY = 1 << 0,  /* none of it is visible in US-ASCII */
    ROW2 = 1 << 1, /* space ! " , */
    ROW3 = 1 << 2, /* ; < = > ? */
    ROW4 = 1 << 3, /* @ */
    ROW5 = 1 << 4, /* \ */
    ROW7 = 1 << 5, /* DEL */
    LF = 1 << 7,
};

/* The bits of 32 octets. */
struct found {
    uint64_t ends, marks;
};

static inline AVX2 struct found find_in_half(const char *p)
{
    const __m256i highs = _mm256_broadcastsi128_si256(
        _mm_setr_epi8((char)(ANY | LF), ANY, ROW2, ROW3, ROW4, ROW5, 0, ROW7, ANY, ANY, ANY, ANY,
                      ANY, ANY, ANY, ANY));
    const __m256i lows = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(ANY | ROW2 | ROW4, ANY | ROW2, ANY | ROW2, ANY, ANY, ANY, ANY, ANY, ANY, ANY,
                      (char)(ANY | LF), ANY | ROW3, ANY | ROW2 | ROW3 | ROW5, ANY | ROW3,
                      ANY | ROW3, ANY | ROW3 | ROW7));
    const __m256i half = _mm256_set1_epi8(15);
    __m256i octets = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(octets, 4), half);
    __m256i low = _mm256_and_si256(octets, half);
    __m256i classes =
        _mm256_and_si256(_mm256_shuffle_epi8(highs, high), _mm256_shuffle_epi8(lows, low));
    __m256i any = _mm256_adds_epu8(classes, _mm256_set1_epi8(0x7f)); /* 0x80 and more */

    return (struct found){(uint32_t)_mm256_movemask_epi8(classes),
                          (uint32_t)_mm256_movemask_epi8(any)};
}

static inline AVX2 struct found find_in_block(const char *p)
{
    struct found a = find_in_half(p), b = find_in_half(p + SCAN_BLOCK / 2);

    return (struct found){a.ends | b.ends << SCAN_BLOCK / 2, a.marks | b.marks << SCAN_BLOCK / 2};
}

/* Of fewer than 64 octets, looked at together with some before them. */
static inline AVX2 struct found find_in_rest(const char *p, const char *end, const char *readable)
{
    size_t n = (size_t)(end - p);
    char copy[2 * SCAN_BLOCK] = {0};
    struct found found;

    if (!n)
        return (struct found){0, 0};
    if (end - readable < SCAN_BLOCK)
        end = (const char *)memcpy(copy + SCAN_BLOCK - n, p, n) + n;
    found = find_in_block(end - SCAN_BLOCK);
    return (struct found){found.ends >> (SCAN_BLOCK - n), found.marks >> (SCAN_BLOCK - n)};
}

static AVX2 void find_by_avx2(struct sip_places *places, const char *readable, const char *p,
                              const char *end)
{
    struct scan_map *ends = &places->ends, *marks = &places->marks;
    struct found found;
    size_t i = 0;

    end = end - p > SCAN_MAP ? p + SCAN_MAP : end;
    ends->begin = marks->begin = p;
    ends->end = marks->end = end;
    for (; end - p >= SCAN_BLOCK; p += SCAN_BLOCK, i++) {
        found = find_in_block(p);
        ends->found[i] = found.ends;
        marks->found[i] = found.marks;
    }
    found = find_in_rest(p, end, readable);
    scan_map_end(&ends->found[i], found.ends, (size_t)(end - p));
    scan_map_end(&marks->found[i], found.marks, (size_t)(end - p));
}

void sip_find_places(struct sip_places *places, const char *readable, const char *p,
                     const char *end)
{
    if (__builtin_cpu_supports("avx2"))
        find_by_avx2(places, readable, p, end);
    else
        sip_find_places_anywhere(places, readable, p, end);
}
#else
void sip_find_places(struct sip_places *places, const char *readable, const char *p,
                     const char *end)
{
    sip_find_places_anywhere(places, readable, p, end);
}
#endif

static const char *look_at_lines(struct sip_lines *lines, const char *p)
{
    sip_find_places(&lines->places, lines->begin, p, lines->end);
    return scan_map_next(&lines->places.ends, p);
}

/* A line that is longer than what is looked at is in no part. */
struct slice sip_lines_look_on(struct sip_lines *lines)
{
    const char *p = lines->next, *end = lines->end, *lf = end;

    if (lines->places.ends.end < end)
        lf = look_at_lines(lines, p);
    if (lf == lines->places.ends.end && lf < end) {
        lf = memchr(lf, '\n', (size_t)(end - lf));
        lf = look_at_lines(lines, lf ? lf : end);
    }
    lines->next = lf + (lf < end);
    return slice_make(p, (size_t)(lf - p));
}

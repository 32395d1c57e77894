#include "base/slice.h"

static unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;

    return u >= 'A' && u <= 'Z' ? (unsigned char)(u | 0x20) : u;
}

bool slice_same_letters(const char *a, const char *b, size_t n)
{
    /* most that are the same are so in the case of letters, too */
    if (!n || memcmp(a, b, n) == 0)
        return true;
    for (size_t i = 0; i < n; i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim_blanks(struct slice s)
{
    while (s.n && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool slice_icontains(struct slice s, struct slice needle)
{
    if (!needle.n)
        return true;
    for (size_t i = 0; i + needle.n <= s.n; i++)
        if (lower(s.p[i]) == lower(needle.p[0]) &&
            slice_same_letters(s.p + i, needle.p, needle.n))
            return true;
    return false;
}

bool slice_u64(struct slice s, uint64_t *out)
{
    uint64_t value = 0;

    if (!s.n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool slice_u32_of_many(struct slice s, uint32_t *out)
{
    uint64_t wide;

    if (!slice_u64(s, &wide) || wide > UINT32_MAX)
        return false;
    *out = (uint32_t)wide;
    return true;
}

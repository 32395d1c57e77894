#include "base/digits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static inline void put_pair(char *out, uint32_t x)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";

    memcpy(out, pairs + 2 * (size_t)x, 2);
}

/* Of less than 10,000, as most numbers are. */
static inline size_t put_few(char *out, uint32_t x)
{
    uint32_t hundreds = x / 100, rest = x - 100 * hundreds;

    if (x < 10) {
        out[0] = (char)('0' + x);
        return 1;
    }
    if (x < 100) {
        put_pair(out, x);
        return 2;
    }
    if (x < 1000) {
        out[0] = (char)('0' + hundreds);
        put_pair(out + 1, rest);
        return 3;
    }
    put_pair(out, hundreds);
    put_pair(out + 2, rest);
    return 4;
}

/* x of n digits or fewer, with zeros in front: from the back on. */
static inline void put_last(char *out, uint32_t x, unsigned n)
{
    for (; n > 1; x /= 100) {
        n -= 2;
        put_pair(out + n, x % 100);
    }
    if (n)
        out[0] = (char)('0' + x);
}

static inline unsigned digit_count(uint64_t x)
{
    unsigned n = 1;

    for (; x >= 10000; x /= 10000)
        n += 4;
    return n + (x >= 10) + (x >= 100) + (x >= 1000);
}

size_t digits_padded(char *out, uint32_t x, unsigned width)
{
    put_last(out, x, width);
    return width;
}

static size_t put_many(char *out, uint64_t x)
{
    enum { EIGHT = 100000000 };
    unsigned n = digit_count(x), rest = n;

    for (; x > UINT32_MAX; x /= EIGHT) { /* what is shorter is quicker to divide */
        rest -= 8;
        put_last(out + rest, (uint32_t)(x % EIGHT), 8);
    }
    put_last(out, (uint32_t)x, rest);
    return n;
}

size_t digits_u64(char *out, uint64_t x)
{
    return x < 10000 ? put_few(out, (uint32_t)x) : put_many(out, x);
}

void digits_hex(char out[8], uint32_t x)
{
    for (unsigned i = 8; i-- > 0; x >>= 4)
        out[i] = "0123456789abcdef"[x & 15];
}

enum { LARGEST = 1000000000 }; /* that digits_fixed scales to */

/* A compiler divides by what it knows with a multiplication. */
static inline uint32_t scaled_down(uint32_t x, unsigned decimals)
{
    switch (decimals) {
    case 0: return x;
    case 1: return x / 10;
    case 2: return x / 100;
    case 3: return x / 1000;
    case 4: return x / 10000;
    case 5: return x / 100000;
    case 6: return x / 1000000;
    case 7: return x / 10000000;
    case 8: return x / 100000000;
    default: return x / 1000000000;
    }
}

size_t digits_fixed(char out[DIGITS_ROOM], double x, unsigned decimals)
{
    /* Nearer than this to the middle between two results, the product's own
     * rounding could decide: then printf does. */
    static const double DOUBT = 1e-5;
    static const uint32_t powers[] = {1,      10,      100,      1000,      10000,
                                      100000, 1000000, 10000000, 100000000, 1000000000};
    double scaled = fabs(x) * powers[decimals];
    uint32_t whole, above;
    size_t n = 0;

    if (!(scaled < LARGEST) || fabs(scaled - (double)(int64_t)scaled - 0.5) < DOUBT)
        return (size_t)snprintf(out, DIGITS_ROOM, "%.*f", (int)decimals, x);
    whole = (uint32_t)(int64_t)(scaled + 0.5);
    above = scaled_down(whole, decimals);
    if (signbit(x))
        out[n++] = '-';
    n += digits_u64(out + n, above);
    if (decimals) {
        out[n++] = '.';
        n += digits_padded(out + n, whole - above * powers[decimals], decimals);
    }
    out[n] = 0;
    return n;
}

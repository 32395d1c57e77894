/* Distance between words. */
#include "filter/near.h"

enum { LONGEST = 64 };

static unsigned char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : (unsigned char)c;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;

    return ab < c ? ab : c;
}

unsigned near_distance(struct slice a, struct slice b)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];

    if (a.n > LONGEST || b.n > LONGEST)
        return NEAR_FAR;
    for (unsigned j = 0; j <= b.n; j++)
        last[j] = j;
    for (unsigned i = 1; i <= a.n; i++) {
        unsigned *free_row = before;

        row[0] = i;
        for (unsigned j = 1; j <= b.n; j++) {
            unsigned differs = lower(a.p[i - 1]) != lower(b.p[j - 1]);

            row[j] = least(last[j] + 1, row[j - 1] + 1, last[j - 1] + differs);
            if (i > 1 && j > 1 && lower(a.p[i - 1]) == lower(b.p[j - 2]) &&
                lower(a.p[i - 2]) == lower(b.p[j - 1]) && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        before = last;
        last = row;
        row = free_row;
    }
    return last[b.n];
}

bool near_enough(struct slice a, struct slice b)
{
    size_t shorter = a.n < b.n ? a.n : b.n;

    return near_distance(a, b) <= (shorter < 4 ? 1 : shorter < 9 ? 2 : 3);
}

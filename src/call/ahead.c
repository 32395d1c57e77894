/* Calls lie where there was room when they came: a walk over all of them would wait for
 * memory at each one. */
#include "call/table.h"

enum { LINE = 64, MOST = 512 }; /* octets: of a cache line, that are asked for of a list */

static inline void ask_for(const void *from, size_t n)
{
    const char *p = from;

    for (size_t i = 0; i < n && i < MOST; i += LINE)
        __builtin_prefetch(p + i);
}

void call_ask_ahead(const struct call_table *t, size_t i)
{
    enum { FAR = 12, NEAR = 6 }; /* calls: their records, and what these point to */
    const struct call *far = i + FAR < t->calls.n ? t->calls.v[i + FAR] : NULL;
    const struct call *near = i + NEAR < t->calls.n ? t->calls.v[i + NEAR] : NULL;

    if (far)
        ask_for(far, sizeof *far);
    if (!near)
        return;
    ask_for(near->messages.v, near->messages.n * sizeof *near->messages.v);
    ask_for(near->transactions.v, near->transactions.n * sizeof *near->transactions.v);
}

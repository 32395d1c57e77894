/* Huge pages have to be asked for, and begin at multiples of their size. */
#include "base/pages.h"

#include <stdint.h>
#include <sys/mman.h>

enum { HUGE = 2 * 1024 * 1024 };

static void *map(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

/* What is mapped beyond the `size` octets from `at` on is given back. */
static void trim(char *mapped, size_t whole, char *at, size_t size)
{
    size_t before = (size_t)(at - mapped), after = whole - before - size;

    if (before)
        munmap(mapped, before);
    if (after)
        munmap(at + size, after);
}

static size_t rounded(size_t size)
{
    return (size + HUGE - 1) / HUGE * HUGE;
}

void *pages_new(size_t size)
{
    size_t wanted = rounded(size);
    char *mapped = size && wanted && wanted < SIZE_MAX - HUGE ? map(wanted + HUGE) : NULL, *at;

    if (!mapped)
        return NULL;
    at = mapped + (-(uintptr_t)mapped & (HUGE - 1));
    trim(mapped, wanted + HUGE, at, wanted);
#ifdef MADV_HUGEPAGE
    madvise(at, wanted, MADV_HUGEPAGE);
#endif
    return at;
}

void pages_free(void *pages, size_t size)
{
    if (pages)
        munmap(pages, rounded(size));
}

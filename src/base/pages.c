/* Huge pages have to be asked for, and begin at multiples of their size. */
#include "base/pages.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include "base/sanitized.h"
#ifdef SANITIZED_ADDRESSES
#include <sanitizer/lsan_interface.h>
#endif

enum { HUGE = 2 * 1024 * 1024 };

/* What only these pages point to is no leak: a checker knows of malloc's memory alone. */
static void tell_checker(const void *pages, size_t size, bool begin)
{
#ifdef SANITIZED_ADDRESSES
    if (begin)
        __lsan_register_root_region(pages, size);
    else
        __lsan_unregister_root_region(pages, size);
#else
    (void)pages;
    (void)size;
    (void)begin;
#endif
}

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
    tell_checker(at, wanted, true);
    return at;
}

void pages_free(void *pages, size_t size)
{
    if (!pages)
        return;
    tell_checker(pages, rounded(size), false);
    munmap(pages, rounded(size));
}

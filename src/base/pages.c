/* Huge pages have to be asked for, and begin at multiples of their size. */
#include "base/pages.h"

#include <pthread.h>
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

size_t pages_room(size_t size)
{
    return (size + HUGE - 1) / HUGE * HUGE;
}

/* Where so many octets begin with a huge page. */
static char *map_aligned(size_t wanted)
{
    char *mapped = wanted && wanted < SIZE_MAX - HUGE ? map(wanted + HUGE) : NULL, *at;

    if (!mapped)
        return NULL;
    at = mapped + (-(uintptr_t)mapped & (HUGE - 1));
    trim(mapped, wanted + HUGE, at, wanted);
    return at;
}

static void ask_for_huge(void *at, size_t size)
{
#ifdef MADV_HUGEPAGE
    madvise(at, size, MADV_HUGEPAGE);
#else
    (void)at;
    (void)size;
#endif
}

void *pages_new(size_t size)
{
    size_t wanted = pages_room(size);
    char *at = size ? map_aligned(wanted) : NULL;

    if (!at)
        return NULL;
    ask_for_huge(at, wanted);
    tell_checker(at, wanted, true);
    return at;
}

void *pages_grow(void *pages, size_t size, size_t wanted)
{
    size_t had = pages_room(size), room = pages_room(wanted);
    char *at;

    if (room <= had)
        return pages;
    at = wanted < SIZE_MAX - HUGE ? map_aligned(room) : NULL;
    if (!at)
        return NULL;
    /* the pages themselves move to there, and the rest of it follows them */
    if (mremap(pages, had, room, MREMAP_MAYMOVE | MREMAP_FIXED, at) == MAP_FAILED) {
        munmap(at, room);
        return NULL;
    }
    ask_for_huge(at, room);
    tell_checker(pages, had, false);
    tell_checker(at, room, true);
    return at;
}

void pages_free(void *pages, size_t size)
{
    if (!pages)
        return;
    tell_checker(pages, pages_room(size), false);
    munmap(pages, pages_room(size));
}

void pages_make_present(const void *pages, size_t size)
{
#ifdef MADV_POPULATE_READ
    madvise((void *)(uintptr_t)pages, size, MADV_POPULATE_READ);
#else
    (void)pages;
    (void)size;
#endif
}

struct part {
    char *at;
    size_t size;
};

static void *make_absent(void *ctx)
{
    const struct part *part = ctx;

    madvise(part->at, part->size, MADV_DONTNEED);
    return NULL;
}

void pages_make_absent(void *pages, size_t size)
{
    size_t half = size / 2 / HUGE * HUGE;
    struct part first = {pages, half}, second = {(char *)pages + half, size - half};
    pthread_t other;

    if (pthread_create(&other, NULL, make_absent, &second) != 0)
        return;
    make_absent(&first);
    pthread_join(other, NULL);
}

/* Pages.  Memory of large tables that are read here and there is in huge ones where the
 * system has them, for otherwise each access would first look for its page's address. */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/* `size` octets, all zero, from the beginning of a page on; none is in memory before it is
 * touched.  NULL when memory is short. */
void *pages_new(size_t size);

/* Makes what pages_new gave for `size` octets so large, all zero behind them; it moves, but
 * nothing is copied.  NULL, with all as it was, when memory is short. */
void *pages_grow(void *pages, size_t size, size_t wanted);

/* As many octets as pages for `size` of them have room for. */
size_t pages_room(size_t size);

/* Lets go of what pages_new gave for that size; NULL is nothing. */
void pages_free(void *pages, size_t size);

/* Makes the pages of a mapped file present, from the beginning of one on, so that who reads
 * them later need not wait.  Where the system cannot, nothing is done. */
void pages_make_present(const void *pages, size_t size);

/* Takes the pages of a mapped file out of memory, before it is unmapped: two threads do that
 * at once, for it takes long where there are many.  Where they cannot, unmapping does it. */
void pages_make_absent(void *pages, size_t size);

#endif

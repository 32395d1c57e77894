/* A hand-over of batches from one thread to one other, in order.
 *
 * The maker fills a batch while the taker works through the one before;
 * neither copies.  A batch is what the two agree that it is. */
#ifndef BASE_HANDOVER_H
#define BASE_HANDOVER_H

#include <stddef.h>

enum { HANDOVER_BATCHES = 16 }; /* on their way at most */
struct handover;

/* NULL when memory is short.  Each batch has `size` octets, all zero at first,
 * and begins at a cache line. */
struct handover *handover_new(size_t size);
void handover_free(struct handover *h);

/* For the maker: an empty batch, waiting until there is one; NULL when the
 * taker has stopped. */
void *handover_empty(struct handover *h);
/* How many batches wait for the taker, or are with it. */
size_t handover_waiting(struct handover *h);
/* Gives on the batch that handover_empty gave. */
void handover_give(struct handover *h);
/* Nothing more comes. */
void handover_end(struct handover *h);

/* For the taker: the next full batch, waiting until there is one; NULL when
 * nothing more comes. */
void *handover_take(struct handover *h);
/* Done with the batch that handover_take gave. */
void handover_return(struct handover *h);
/* Wants no more. */
void handover_stop(struct handover *h);

#endif

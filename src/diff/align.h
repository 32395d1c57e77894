/* Which items of two sequences belong together. */
#ifndef DIFF_ALIGN_H
#define DIFF_ALIGN_H

#include <stddef.h>
#include <stdint.h>

#define ALIGN_NONE UINT32_MAX

/* In order: match[i] becomes the place in b of the item that is a[i], so that as
 * many as possible are matched and none cross (a longest common subsequence);
 * where the sequences differ over more than some hundred items, of a piece of
 * them at a time, so that the time needed grows with the length alone.
 * 0 or -ENOMEM. */
int align_in_order(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count,
                   uint32_t *match);

/* In any order: the first one of a key with the first one of that key, and so
 * on.  Items whose place in match_a or match_b is not ALIGN_NONE are left as they are.
 * 0 or -ENOMEM. */
int align_by_key(const uint64_t *a, uint32_t *match_a, size_t a_count, const uint64_t *b,
                 uint32_t *match_b, size_t b_count);

#endif

/* How near two words are, for "did you mean". */
#ifndef FILTER_NEAR_H
#define FILTER_NEAR_H

#include "base/slice.h"

enum { NEAR_FAR = 1000 };

/* Insertions, deletions, substitutions and swaps of neighbours that make one word the
 * other (optimal string alignment), case ignored; NEAR_FAR for words past 64 octets. */
unsigned near_distance(struct slice a, struct slice b);

/* Whether it is near enough to be worth telling. */
bool near_enough(struct slice a, struct slice b);

#endif

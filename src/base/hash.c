#include "base/hash.h"

#include <sys/random.h>
#include <time.h>

uint64_t hash_seed(void)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed)
        return seed;
    return hash_u64((uint64_t)time(NULL), (uint64_t)(uintptr_t)&seed);
}

/* Hashing of keys.  A seed that the sender of a capture cannot know keeps him
 * from making all keys collide; results never depend on the seed, because no
 * table is ever read in the order of its slots. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A fresh random seed. */
uint64_t hash_seed(void);

static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_u64(uint64_t seed, uint64_t x)
{
    return hash_mix(x ^ seed ^ 0x9e3779b97f4a7c15u, seed | 0xd1342543de82ef95u);
}

static inline uint64_t hash_bytes(uint64_t seed, const void *data, size_t n)
{
    const unsigned char *p = data;
    uint64_t h = seed ^ n * 0x9e3779b97f4a7c15u;
    uint64_t word;

    for (; n >= 8; n -= 8, p += 8) {
        memcpy(&word, p, 8);
        h = hash_u64(h, word);
    }
    word = 0;
    if (n)
        memcpy(&word, p, n);
    return hash_u64(h, word);
}

#endif

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

static inline uint64_t hash_pair(uint64_t seed, uint64_t x, uint64_t y)
{
    return hash_mix(x ^ seed ^ 0x9e3779b97f4a7c15u,
                    y ^ (seed << 32 | seed >> 32) ^ 0xd1342543de82ef95u);
}

static inline uint64_t hash_word(const unsigned char *p, size_t n)
{
    uint32_t narrow;
    uint64_t word;

    if (n == 4) {
        memcpy(&narrow, p, sizeof narrow);
        return narrow;
    }
    memcpy(&word, p, sizeof word);
    return word;
}

/* Words of the last octets may overlap. */
static inline uint64_t hash_bytes(uint64_t seed, const void *data, size_t n)
{
    const unsigned char *p = data;
    uint64_t h = seed ^ n * 0x9e3779b97f4a7c15u;

    for (; n > 16; n -= 16, p += 16)
        h = hash_pair(h, hash_word(p, 8), hash_word(p + 8, 8));
    if (n >= 8)
        return hash_pair(h, hash_word(p, 8), hash_word(p + n - 8, 8));
    if (n >= 4)
        return hash_pair(h, hash_word(p, 4), hash_word(p + n - 4, 4));
    return hash_u64(h, n ? (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1] : 0);
}

#endif

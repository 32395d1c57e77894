/* Owns the key.  Octets are chained as in CBC-MAC, each block with its length; a
 * choice is made by another encryption of the state, so that it tells nothing of
 * the state. */
#include "anonymize/keyed.h"

#ifdef HAVE_OPENSSL

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { BLOCK = 16, KEY = 32, MEMORY = 1024, MOST_ADDRESS = 16 };

struct keyed {
    EVP_CIPHER_CTX *cipher; /* AES-256, block by block */
    struct {
        uint8_t kind, n; /* n 0: none */
        uint8_t before[MOST_ADDRESS], after[MOST_ADDRESS];
    } memory[MEMORY];
};

struct keyed_digest {
    EVP_MD_CTX *hash;
};

bool keyed_available(void)
{
    return true;
}

struct keyed_digest *keyed_digest_new(void)
{
    struct keyed_digest *d = calloc(1, sizeof *d);

    if (!d)
        return NULL;
    d->hash = EVP_MD_CTX_new();
    if (d->hash && EVP_DigestInit_ex(d->hash, EVP_sha256(), NULL) == 1)
        return d;
    EVP_MD_CTX_free(d->hash);
    free(d);
    return NULL;
}

void keyed_digest_add(struct keyed_digest *d, const void *data, size_t n)
{
    if (n)
        EVP_DigestUpdate(d->hash, data, n);
}

void keyed_digest_end(struct keyed_digest *d, uint8_t key[32])
{
    unsigned n = 0;

    memset(key, 0, KEY);
    EVP_DigestFinal_ex(d->hash, key, &n);
    EVP_MD_CTX_free(d->hash);
    free(d);
}

struct keyed *keyed_new(const void *key, size_t n)
{
    static const char purpose[] = "fosip anonymize 1";
    struct keyed_digest *digest = keyed_digest_new();
    struct keyed *k = digest ? calloc(1, sizeof *k) : NULL;
    uint8_t made[KEY] = {0};

    if (digest) {
        keyed_digest_add(digest, purpose, sizeof purpose);
        keyed_digest_add(digest, key, n);
        keyed_digest_end(digest, made);
    }
    if (!k)
        return NULL;
    k->cipher = EVP_CIPHER_CTX_new();
    if (k->cipher && EVP_EncryptInit_ex(k->cipher, EVP_aes_256_ecb(), NULL, made, NULL) == 1 &&
        EVP_CIPHER_CTX_set_padding(k->cipher, 0) == 1)
        return k;
    keyed_free(k);
    return NULL;
}

void keyed_free(struct keyed *k)
{
    if (!k)
        return;
    EVP_CIPHER_CTX_free(k->cipher);
    free(k);
}

static void encrypt(struct keyed *k, const uint8_t in[BLOCK], uint8_t out[BLOCK])
{
    int n = 0;

    EVP_EncryptUpdate(k->cipher, out, &n, in, BLOCK);
}

void keyed_begin(struct keyed *k, struct keyed_chain *c, enum keyed_kind kind)
{
    uint8_t block[BLOCK] = {(uint8_t)kind, 0xff};

    encrypt(k, block, c->state);
}

void keyed_feed(struct keyed *k, struct keyed_chain *c, const void *data, size_t n)
{
    const uint8_t *p = data;

    while (n) {
        size_t some = n < BLOCK - 1 ? n : BLOCK - 1;
        uint8_t block[BLOCK];

        memcpy(block, c->state, BLOCK);
        for (size_t i = 0; i < some; i++)
            block[i] ^= p[i];
        block[BLOCK - 1] ^= (uint8_t)some;
        encrypt(k, block, c->state);
        p += some;
        n -= some;
    }
}

static uint64_t number_of(struct keyed *k, const struct keyed_chain *c)
{
    uint8_t block[BLOCK];
    uint64_t x;

    memcpy(block, c->state, BLOCK);
    block[BLOCK - 1] ^= 0x80;
    encrypt(k, block, block);
    x = (uint64_t)block[0] | (uint64_t)block[1] << 8 | (uint64_t)block[2] << 16 |
        (uint64_t)block[3] << 24;
    return x | (uint64_t)block[4] << 32 | (uint64_t)block[5] << 40 | (uint64_t)block[6] << 48 |
           (uint64_t)block[7] << 56;
}

/* splitmix64: spreads what is chance already. */
static uint64_t next(uint64_t *x)
{
    uint64_t z = *x += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

unsigned keyed_exchange(struct keyed *k, const struct keyed_chain *c, unsigned n, unsigned x)
{
    uint64_t seed = number_of(k, c);
    uint8_t order[256];

    if (n > sizeof order || x >= n)
        return x;
    for (unsigned i = 0; i < n; i++)
        order[i] = (uint8_t)i;
    for (unsigned i = n; i > 1; i--) { /* Fisher and Yates */
        unsigned other = (unsigned)(next(&seed) % i);
        uint8_t kept = order[i - 1];

        order[i - 1] = order[other];
        order[other] = kept;
    }
    return order[x];
}

/* By a hash that anybody can know: a collision costs time alone. */
static size_t slot_of(enum keyed_kind kind, const uint8_t *address, size_t n)
{
    return hash_bytes(kind, address, n) % MEMORY;
}

bool keyed_recall(const struct keyed *k, enum keyed_kind kind, uint8_t *address, size_t n)
{
    size_t i = slot_of(kind, address, n);

    if (k->memory[i].n != n || k->memory[i].kind != kind ||
        memcmp(k->memory[i].before, address, n) != 0)
        return false;
    memcpy(address, k->memory[i].after, n);
    return true;
}

void keyed_remember(struct keyed *k, enum keyed_kind kind, const uint8_t *before,
                    const uint8_t *after, size_t n)
{
    size_t i = slot_of(kind, before, n);

    k->memory[i].kind = (uint8_t)kind;
    k->memory[i].n = (uint8_t)n;
    memcpy(k->memory[i].before, before, n);
    memcpy(k->memory[i].after, after, n);
}

void keyed_fill(struct keyed *k, uint8_t *data, size_t n)
{
    struct keyed_chain c;
    uint64_t seed, x = 0;

    keyed_begin(k, &c, KEYED_FILL);
    keyed_feed(k, &c, data, n);
    seed = number_of(k, &c);
    for (size_t i = 0; i < n; i++) {
        if (i % 8 == 0)
            x = next(&seed);
        data[i] = (uint8_t)(x >> (i % 8 * 8));
    }
}

#else

bool keyed_available(void)
{
    return false;
}

struct keyed *keyed_new(const void *key, size_t n)
{
    (void)key;
    (void)n;
    return NULL;
}

void keyed_free(struct keyed *k)
{
    (void)k;
}

void keyed_begin(struct keyed *k, struct keyed_chain *c, enum keyed_kind kind)
{
    (void)k;
    (void)kind;
    *c = (struct keyed_chain){{0}};
}

void keyed_feed(struct keyed *k, struct keyed_chain *c, const void *data, size_t n)
{
    (void)k;
    (void)c;
    (void)data;
    (void)n;
}

unsigned keyed_exchange(struct keyed *k, const struct keyed_chain *c, unsigned n, unsigned x)
{
    (void)k;
    (void)c;
    (void)n;
    return x;
}

bool keyed_recall(const struct keyed *k, enum keyed_kind kind, uint8_t *address, size_t n)
{
    (void)k;
    (void)kind;
    (void)address;
    (void)n;
    return false;
}

void keyed_remember(struct keyed *k, enum keyed_kind kind, const uint8_t *before,
                    const uint8_t *after, size_t n)
{
    (void)k;
    (void)kind;
    (void)before;
    (void)after;
    (void)n;
}

void keyed_fill(struct keyed *k, uint8_t *data, size_t n)
{
    (void)k;
    (void)data;
    (void)n;
}

struct keyed_digest *keyed_digest_new(void)
{
    return NULL;
}

void keyed_digest_add(struct keyed_digest *d, const void *data, size_t n)
{
    (void)d;
    (void)data;
    (void)n;
}

void keyed_digest_end(struct keyed_digest *d, uint8_t key[32])
{
    (void)d;
    (void)key;
}

#endif

/* Choices that depend on a key and on what came before, and look like chance to
 * everybody without the key: AES as a pseudo-random function, chained. */
#ifndef ANONYMIZE_KEYED_H
#define ANONYMIZE_KEYED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyed;

/* Whether this build can do it at all. */
bool keyed_available(void);

/* NULL when memory is short or the build cannot. */
struct keyed *keyed_new(const void *key, size_t n);
void keyed_free(struct keyed *keyed);

/* What a choice is about: one kind's choices say nothing of another's. */
enum keyed_kind {
    KEYED_WORD, KEYED_NUMBER, KEYED_IP4, KEYED_IP6, KEYED_MAC, KEYED_HEX, KEYED_EVENT,
    KEYED_FILL
};

/* A place in a chain: a choice there depends on all that was fed before. */
struct keyed_chain {
    uint8_t state[16];
};
void keyed_begin(struct keyed *keyed, struct keyed_chain *chain, enum keyed_kind kind);
void keyed_feed(struct keyed *keyed, struct keyed_chain *chain, const void *data, size_t n);

/* The number that x in 0 to n-1 (n <= 256) is exchanged for there; no two have one. */
unsigned keyed_exchange(struct keyed *keyed, const struct keyed_chain *chain, unsigned n,
                        unsigned x);

/* What addresses (16 octets at most) were exchanged for, the last of them: most packets
 * have the same few.  False when it is not known any more. */
bool keyed_recall(const struct keyed *keyed, enum keyed_kind kind, uint8_t *address, size_t n);
void keyed_remember(struct keyed *keyed, enum keyed_kind kind, const uint8_t *before,
                    const uint8_t *after, size_t n);

/* Puts n octets of chance over `data`: the same ones for the same ones. */
void keyed_fill(struct keyed *keyed, uint8_t *data, size_t n);

/* A key for captures that are given none: a hash of all that is fed. */
struct keyed_digest;
struct keyed_digest *keyed_digest_new(void);
void keyed_digest_add(struct keyed_digest *digest, const void *data, size_t n);
/* Frees the digest, too. */
void keyed_digest_end(struct keyed_digest *digest, uint8_t key[32]);

#endif

/* Owns the table of secrets, by label and client random. */
#include "net/keylog.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/slice.h"
#include "base/table.h"
#include "base/vec.h"

enum { MASTER_SECRET = 48, LEAST_SECRET = 32 };

struct entry {
    uint8_t random[KEYLOG_RANDOM];
    struct keylog_secret secret;
    uint8_t label;
};

struct keylog {
    uint64_t seed;
    struct table table;
    VEC(struct entry) entries;
};

struct keylog *keylog_new(void)
{
    struct keylog *keys = calloc(1, sizeof *keys);

    if (keys)
        keys->seed = hash_seed();
    return keys;
}

void keylog_free(struct keylog *keys)
{
    if (!keys)
        return;
    if (keys->entries.n) /* nothing of it stays in memory */
        explicit_bzero(keys->entries.v, keys->entries.n * sizeof keys->entries.v[0]);
    vec_free(&keys->entries);
    table_free(&keys->table);
    free(keys);
}

static uint64_t hash_of(const struct keylog *keys, unsigned label, const uint8_t *random)
{
    return hash_bytes(keys->seed + label, random, KEYLOG_RANDOM);
}

static struct entry *find(const struct keylog *keys, unsigned label, const uint8_t *random)
{
    struct table_walk walk = table_walk(&keys->table, hash_of(keys, label, random));
    uint32_t i;

    while (table_next(&walk, &i)) {
        struct entry *e = &keys->entries.v[i];

        if (e->label == label && memcmp(e->random, random, KEYLOG_RANDOM) == 0)
            return e;
    }
    return NULL;
}

static int add(struct keylog *keys, const struct entry *new)
{
    struct entry *e = find(keys, new->label, new->random);

    if (e) {
        *e = *new;
        return 0;
    }
    if (keys->entries.n >= UINT32_MAX - 1)
        return -ENOMEM;
    e = vec_add(&keys->entries);
    if (!e)
        return -ENOMEM;
    *e = *new;
    if (table_put(&keys->table, hash_of(keys, new->label, new->random),
                  (uint32_t)keys->entries.n - 1) == 0)
        return 0;
    keys->entries.n--;
    return -ENOMEM;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* How many octets the hexadecimal digits are, 0 unless `room` holds them all. */
static size_t from_hex(struct slice s, uint8_t *out, size_t room)
{
    if (s.n % 2 || s.n / 2 > room)
        return 0;
    for (size_t i = 0; i < s.n / 2; i++) {
        int high = nibble(s.p[2 * i]), low = nibble(s.p[2 * i + 1]);

        if (high < 0 || low < 0)
            return 0;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return s.n / 2;
}

static bool read_label(struct slice word, uint8_t *label)
{
    static const struct slice names[] = {
        SLICE("CLIENT_RANDOM"),
        SLICE("CLIENT_EARLY_TRAFFIC_SECRET"),
        SLICE("CLIENT_HANDSHAKE_TRAFFIC_SECRET"),
        SLICE("SERVER_HANDSHAKE_TRAFFIC_SECRET"),
        SLICE("CLIENT_TRAFFIC_SECRET_0"),
        SLICE("SERVER_TRAFFIC_SECRET_0"),
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!slice_eq(word, names[i]))
            continue;
        *label = (uint8_t)i;
        return true;
    }
    return false;
}

static struct slice next_word(struct slice *line)
{
    struct slice word;

    *line = slice_trim(*line);
    word = slice_upto(*line, slice_find(*line, ' '));
    *line = slice_from(*line, word.n);
    return word;
}

/* Label, client random, secret. */
static bool read_line(struct slice line, struct entry *e)
{
    if (!read_label(next_word(&line), &e->label) ||
        from_hex(next_word(&line), e->random, sizeof e->random) != KEYLOG_RANDOM)
        return false;
    e->secret.n = (uint8_t)from_hex(next_word(&line), e->secret.octets, KEYLOG_MAX_SECRET);
    if (e->label == KEYLOG_CLIENT_RANDOM)
        return e->secret.n == MASTER_SECRET;
    return e->secret.n >= LEAST_SECRET;
}

long keylog_add(struct keylog *keys, const char *text, size_t n)
{
    const char *end = text + n;
    long found = 0;

    while (text < end) {
        const char *lf = memchr(text, '\n', (size_t)(end - text));
        struct entry e = {.label = 0};

        if (read_line(slice_span(text, lf ? lf : end), &e)) {
            int r = add(keys, &e);

            if (r < 0)
                return r;
            found += found < LONG_MAX;
        }
        text = lf ? lf + 1 : end;
    }
    return found;
}

bool keylog_find(const struct keylog *keys, enum keylog_label label,
                 const uint8_t random[KEYLOG_RANDOM], struct keylog_secret *secret)
{
    const struct entry *e = find(keys, label, random);

    if (e)
        *secret = e->secret;
    return e != NULL;
}

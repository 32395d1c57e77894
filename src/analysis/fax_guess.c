/* Recognises faxes that no session description announced, by several packets: numbers
 * go on, the grammar of T.38 is kept, and copies are what was sent before.  Without
 * copies it takes more packets; parity alone is not believed.  So few flows are on trial
 * at a time that each new one is compared with all. */
#include <stdlib.h>

#include "analysis/fax_table.h"
#include "base/hash.h"

enum {
    TRIALS = 32,
    COPIES_CONFIRM = 3, /* packets that hold a copy of one before them */
    ROW_CONFIRMS = 16,  /* numbers in a row, where none has copies or parity */
    VERSIONS = 2,       /* fields are written in two ways: of version 0, and of later ones */
};

struct fax_trials {
    struct trial {
        struct fax as[VERSIONS];  /* the same packets, read as of each */
        unsigned whole[VERSIONS]; /* packets of data that each explains */
        uint64_t touched;         /* 0: free */
        uint64_t primary;         /* hash of the last packet's */
        uint16_t sequence;
        bool any_copies; /* or parity */
        unsigned copied, in_row;
    } of[TRIALS];
    uint64_t now;
};

static uint64_t hash_of(const struct fax_table *t, struct cursor c)
{
    return hash_u64(hash_bytes(t->seed, c.p, c.left), c.left);
}

/* Whether it keeps the grammar of the version; *data: and is data, with something in it. */
static bool is_of_version(const struct udptl *u, unsigned version, bool *data)
{
    struct t38_ifp ifp;

    if (!t38_parse(&ifp, u->primary, version))
        return false;
    *data = ifp.is_data && ifp.count;
    return !ifp.is_data || t38_is_whole(&ifp);
}

/* Whether it may be what the last packet says it is; counts what speaks for it. */
static bool goes_on(const struct fax_table *t, struct trial *x, const struct udptl *u)
{
    enum { MOST_LOST = 16 };
    unsigned ahead = (uint16_t)(u->sequence - x->sequence);

    if (!ahead)
        return hash_of(t, u->primary) == x->primary; /* sent again */
    if (ahead > MOST_LOST)
        return ahead > UINT16_MAX - MOST_LOST; /* late */
    x->any_copies = x->any_copies || u->copies || u->fec;
    if (ahead <= u->copies) {
        if (hash_of(t, u->copy[ahead - 1]) != x->primary)
            return false;
        x->copied++;
    }
    x->in_row = ahead == 1 ? x->in_row + 1 : 0;
    return true;
}

static bool is_confirmed(const struct trial *x)
{
    return x->copied >= COPIES_CONFIRM ||
           (!x->any_copies && x->in_row >= ROW_CONFIRMS && (x->whole[0] || x->whole[1]));
}

/* The flow's trial, or one that begins in place of that which rested longest. */
static struct trial *trial_of(struct fax_trials *all, const struct datagram *d)
{
    struct trial *oldest = &all->of[0];

    for (unsigned i = 0; i < TRIALS; i++) {
        struct trial *x = &all->of[i];

        if (x->touched && addr_eq(&x->as[0].src, &d->src) && addr_eq(&x->as[0].dst, &d->dst))
            return x;
        if (x->touched < oldest->touched)
            oldest = x;
    }
    oldest->touched = 0;
    return oldest;
}

static void begin(struct trial *x, const struct datagram *d)
{
    *x = (struct trial){.copied = 0};
    for (unsigned version = 0; version < VERSIONS; version++) {
        x->as[version] = fax_begin(d);
        x->as[version].guessed = true;
        x->as[version].version = (uint8_t)version;
    }
}

static void count(const struct fax_table *t, struct trial *x, const struct datagram *d,
                  const struct udptl *u)
{
    uint16_t behind = (uint16_t)(x->sequence - u->sequence);

    for (unsigned version = 0; version < VERSIONS; version++) {
        bool data = false;

        x->whole[version] += is_of_version(u, version, &data) && data;
        fax_add(&x->as[version], d, u, version);
    }
    if (x->touched && behind && behind < 0x8000)
        return;
    x->sequence = u->sequence;
    x->primary = hash_of(t, u->primary);
}

/* It is a fax, and so is what plausibly flows the other way. */
static void confirm(struct fax_table *t, struct trial *x)
{
    unsigned version = x->whole[1] > x->whole[0];
    const struct fax *f = &x->as[version];

    fax_keep(t, f);
    x->touched = 0;
    for (unsigned i = 0; i < TRIALS; i++) {
        struct trial *back = &t->trials->of[i];

        if (!back->touched || !addr_eq(&back->as[0].src, &f->dst) ||
            !addr_eq(&back->as[0].dst, &f->src))
            continue;
        fax_keep(t, &back->as[version]);
        back->touched = 0;
    }
}

static void try(struct fax_table *t, const struct datagram *d, const struct udptl *u)
{
    struct trial *x;

    if (!t->trials)
        t->trials = calloc(1, sizeof *t->trials);
    if (!t->trials)
        return;
    x = trial_of(t->trials, d);
    if (!x->touched || !goes_on(t, x, u))
        begin(x, d);
    count(t, x, d, u);
    x->touched = ++t->trials->now;
    if (is_confirmed(x))
        confirm(t, x);
}

void fax_guess(struct fax_table *t, const struct datagram *d)
{
    struct fax *f, begun;
    struct udptl u;
    bool data;

    if (d->transport != NET_UDP || !udptl_parse(&u, d->data, d->caplen, d->len))
        return;
    f = fax_between(t, &d->src, &d->dst);
    if (f) {
        if (f->guessed)
            fax_add(f, d, &u, f->version);
        return;
    }
    if (!is_of_version(&u, 0, &data) && !is_of_version(&u, 1, &data))
        return;
    f = fax_between(t, &d->dst, &d->src);
    if (!f || !f->guessed) {
        try(t, d, &u);
        return;
    }
    begun = fax_begin(d);
    begun.guessed = true;
    begun.version = f->version;
    f = fax_keep(t, &begun);
    if (f)
        fax_add(f, d, &u, f->version);
}

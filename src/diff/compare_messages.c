/* The messages of two calls: which are missing, added, elsewhere, or other than
 * they were. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "diff/compare.h"

/* Two messages that different programs send at about the same time can be
 * captured in either order: seconds. */
static const double RACE = 0.05;

enum { MOST_SENDERS = 32 };

enum {
    HOW_MOVED = 1,   /* not in order */
    HOW_RACED = 2,   /* moved, and could have been captured in either order */
    HOW_CHANGED = 4, /* of another status */
};

/* The first CSeq number of each sender. */
struct senders {
    unsigned n;
    struct {
        uint32_t tag;
        int64_t cseq;
    } v[MOST_SENDERS];
};

struct sequence {
    const struct side *side;
    const struct side_call *call;
    const struct roles *roles;
    uint32_t n;
    uint64_t *keys;
    uint32_t *match; /* in the other one */
    uint8_t *how;    /* HOW_... of what is matched */
    struct senders senders;
};

static const struct side_message *at(const struct sequence *s, uint32_t i)
{
    return compare_at(s->side, s->call, i);
}

/* Who sends it to whom. */
static uint32_t link_of(const struct sequence *s, uint32_t i)
{
    const struct side_message *m = at(s, i);

    return (uint32_t)roles_of(s->roles, m->src_ip, m->src_port) << 16 |
           roles_of(s->roles, m->dst_ip, m->dst_port);
}

static uint64_t key_of(const struct sequence *s, uint32_t i)
{
    const struct side_message *m = at(s, i);
    uint64_t hash = hash_u64(0, (uint64_t)m->method << 32 | m->status);

    hash = hash_u64(hash, (uint64_t)link_of(s, i) << 1 | m->retransmission);
    return hash_u64(hash, m->method ? 0 : m->cseq_method);
}

static void note_sender(struct senders *s, const struct side_message *m)
{
    for (unsigned i = 0; i < s->n; i++)
        if (s->v[i].tag == m->from_tag)
            return;
    if (s->n == MOST_SENDERS || m->cseq < 0)
        return;
    s->v[s->n].tag = m->from_tag;
    s->v[s->n++].cseq = m->cseq;
}

static int64_t base_of(const struct senders *s, uint32_t tag)
{
    for (unsigned i = 0; i < s->n; i++)
        if (s->v[i].tag == tag)
            return s->v[i].cseq;
    return -1;
}

static bool open_sequence(struct sequence *s, const struct side *side,
                          const struct side_call *call, const struct roles *roles)
{
    size_t n = call->message_count;

    *s = (struct sequence){.side = side, .call = call, .roles = roles, .n = call->message_count};
    s->keys = malloc((n + 1) * sizeof *s->keys);
    s->match = malloc((n + 1) * sizeof *s->match);
    s->how = calloc(n + 1, sizeof *s->how);
    if (!s->keys || !s->match || !s->how)
        return false;
    for (uint32_t i = 0; i < s->n; i++) {
        s->keys[i] = key_of(s, i);
        s->match[i] = ALIGN_NONE;
        note_sender(&s->senders, at(s, i));
    }
    return true;
}

static void close_sequence(struct sequence *s)
{
    free(s->keys);
    free(s->match);
    free(s->how);
}

/* Whether a sender that is not the other's, for a reason that is not the other's,
 * was about as fast. */
static bool is_race(const struct sequence *s, uint32_t i, uint32_t k)
{
    const struct side_message *a = at(s, i), *b = at(s, k);

    return a->transaction != b->transaction && link_of(s, i) != link_of(s, k) &&
           fabs(a->time - b->time) <= RACE;
}

/* Whether all that a moved message has overtaken could have come in either
 * order.  Looks a few messages far: a race is short. */
static bool is_in_race(const struct sequence *a, uint32_t i, const struct sequence *b, uint32_t j)
{
    enum { FAR = 16 };
    uint32_t from = i > FAR ? i - FAR : 0, to = i + FAR < a->n ? i + FAR : a->n - 1;
    bool any = false;

    for (uint32_t p = from; p <= to; p++) {
        uint32_t q = a->match[p];

        if (p == i || q == ALIGN_NONE || (p < i) == (q < j))
            continue;
        if (!is_race(a, i, p) || !is_race(b, j, q))
            return false;
        any = true;
    }
    return any;
}

/* What is on both sides, but not in order. */
static bool match_moved(struct sequence *a, struct sequence *b)
{
    uint32_t *in_order = malloc(((size_t)a->n + 1) * sizeof *in_order);

    if (!in_order)
        return false;
    memcpy(in_order, a->match, a->n * sizeof *in_order);
    if (align_by_key(a->keys, a->match, a->n, b->keys, b->match, b->n) < 0) {
        free(in_order);
        return false;
    }
    for (uint32_t i = 0; i < a->n; i++)
        if (a->match[i] != in_order[i])
            a->how[i] = b->how[a->match[i]] = HOW_MOVED;
    free(in_order);
    return true;
}

static bool is_status_of_same(const struct sequence *a, uint32_t i, const struct sequence *b,
                              uint32_t j)
{
    const struct side_message *x = at(a, i), *y = at(b, j);

    return !x->method && !y->method && x->cseq_method == y->cseq_method &&
           x->retransmission == y->retransmission && link_of(a, i) == link_of(b, j) &&
           (x->status < 200) == (y->status < 200);
}

static bool is_anchor(const struct sequence *s, uint32_t i)
{
    return s->match[i] != ALIGN_NONE && !(s->how[i] & HOW_MOVED);
}

/* Between two that are matched: responses to the same request that say
 * something else.  Looks a few messages far. */
static void match_changed(struct sequence *a, struct sequence *b)
{
    enum { FAR = 16 };
    uint32_t after = 0; /* place in b behind the last one matched */

    for (uint32_t i = 0; i < a->n; i++) {
        if (is_anchor(a, i)) {
            after = a->match[i] + 1;
            continue;
        }
        if (a->match[i] != ALIGN_NONE)
            continue;
        for (uint32_t j = after; j < b->n && j < after + FAR && !is_anchor(b, j); j++)
            if (b->match[j] == ALIGN_NONE && is_status_of_same(a, i, b, j)) {
                a->match[i] = j;
                b->match[j] = i;
                a->how[i] = b->how[j] = HOW_CHANGED;
                after = j + 1;
                break;
            }
    }
}

static void add_row(struct comparison *c, uint32_t a, uint32_t b, char mark)
{
    struct row *row = vec_add(&c->rows);

    if (row)
        *row = (struct row){a, b, mark};
    else
        c->failed = true;
}

static void note_message(struct comparison *c, enum difference_kind kind, uint32_t a, uint32_t b)
{
    compare_note(c, &(struct difference){.kind = kind, .places = 1, .place = {{a, b}}});
}

static void format_status(const struct comparison *c, const struct side_message *m,
                          struct text *out)
{
    struct slice reason = pool_text(c->pool, m->reason);

    text_format(out, "%u%s", m->status, reason.n ? " " : "");
    text_add(out, reason);
}

static void note_status(struct comparison *c, const struct sequence *a, uint32_t i,
                        const struct sequence *b, uint32_t j)
{
    struct text before = {0}, after = {0};

    format_status(c, at(a, i), &before);
    format_status(c, at(b, j), &after);
    compare_note(c, &(struct difference){.kind = STATUS_CHANGED,
                                         .before = text_slice(&before),
                                         .after = text_slice(&after),
                                         .places = 1,
                                         .place = {{i, j}}});
    text_free(&before);
    text_free(&after);
}

/* Whether anything of the two differs. */
static bool compare_pair(struct comparison *c, const struct sequence *a, uint32_t i,
                         const struct sequence *b, uint32_t j)
{
    bool differs = a->how[i] & HOW_CHANGED;

    if (differs)
        note_status(c, a, i, b, j);
    if (compare_message(c, i, j, base_of(&a->senders, at(a, i)->from_tag),
                        base_of(&b->senders, at(b, j)->from_tag)))
        differs = true;
    return differs;
}

/* A message that is not where it was, or not there at all. */
static void walk_out_of_order(struct comparison *c, const struct sequence *a, uint32_t i,
                              const struct sequence *b)
{
    if (a->how[i] & HOW_RACED) {
        add_row(c, i, a->match[i], compare_pair(c, a, i, b, a->match[i]) ? '~' : ' ');
        return;
    }
    if (a->match[i] == ALIGN_NONE) {
        note_message(c, MESSAGE_MISSING, i, ALIGN_NONE);
    } else {
        note_message(c, MESSAGE_MOVED, i, a->match[i]);
        compare_pair(c, a, i, b, a->match[i]);
    }
    add_row(c, i, ALIGN_NONE, '-');
}

/* Rows in the order of A, what only B has after what came before it there. */
static void walk(struct comparison *c, const struct sequence *a, const struct sequence *b)
{
    uint32_t j = 0;

    for (uint32_t i = 0; i <= a->n; i++) {
        if (i < a->n && !is_anchor(a, i)) {
            walk_out_of_order(c, a, i, b);
            continue;
        }
        for (uint32_t stop = i < a->n ? a->match[i] : b->n; j < stop; j++) {
            if (b->match[j] == ALIGN_NONE)
                note_message(c, MESSAGE_ADDED, ALIGN_NONE, j);
            if (!(b->how[j] & HOW_RACED))
                add_row(c, ALIGN_NONE, j, '+');
        }
        if (i < a->n) {
            add_row(c, i, j, compare_pair(c, a, i, b, j) ? '~' : ' ');
            j++;
        }
    }
}

/* Races are no difference. */
static void find_races(struct sequence *a, struct sequence *b)
{
    for (uint32_t i = 0; i < a->n; i++)
        if ((a->how[i] & HOW_MOVED) && is_in_race(a, i, b, a->match[i])) {
            a->how[i] |= HOW_RACED;
            b->how[a->match[i]] |= HOW_RACED;
        }
}

void compare_messages(struct comparison *c)
{
    struct sequence a, b;
    bool ok = open_sequence(&a, c->side_a, c->call_a, &c->roles_a);

    ok = open_sequence(&b, c->side_b, c->call_b, &c->roles_b) && ok;
    ok = ok && align_in_order(a.keys, a.n, b.keys, b.n, a.match) == 0;
    for (uint32_t i = 0; ok && i < a.n; i++)
        if (a.match[i] != ALIGN_NONE)
            b.match[a.match[i]] = i;
    ok = ok && match_moved(&a, &b);
    if (ok) {
        match_changed(&a, &b);
        find_races(&a, &b);
        walk(c, &a, &b);
    } else {
        c->failed = true;
    }
    close_sequence(&a);
    close_sequence(&b);
}

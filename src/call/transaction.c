/* Transactions: RFC 3261 §17.1.3 (client) and §17.2.3 (server).
 *
 * A request and its responses share the top Via's branch and sent-by and the
 * method; a capture sees both ends of a hop at once, so one key serves for
 * client and server.  The CSeq number is part of it, for user agents that use
 * a branch twice, and carries most of the weight where the branch has no magic
 * cookie (RFC 2543).  A proxy puts its own Via on top, so the next hop is a
 * transaction of its own. */
#include <errno.h>

#include "base/hash.h"
#include "call/table.h"

/* How far back a retransmission looks for what it repeats. */
enum { LOOK_BACK = 256 };

/* Eight letters of US-ASCII at once, others left as they are. */
static uint64_t lower(uint64_t letters)
{
    const uint64_t each = 0x0101010101010101, high = 0x80 * each;
    uint64_t low = letters & ~high;
    uint64_t from_a = low + (0x80 - 'A') * each, past_z = low + (0x80 - 'Z' - 1) * each;

    return letters | ((from_a & ~past_z & ~letters & high) >> 2);
}

/* The last octets, fewer than eight, or again with some before them: never through memory
 * that was just written, for that would wait for all that is being written. */
static uint64_t last_word(const unsigned char *p, size_t n, size_t before)
{
    if (n + before >= 8)
        return hash_word(p + n - 8, 8);
    if (n >= 4)
        return hash_word(p, 4) | hash_word(p + n - 4, 4) << 32;
    return n ? (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1] : 0;
}

static uint64_t hash_lower(uint64_t h, struct slice s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t n = s.n;

    h ^= s.n;
    for (; n > 8; n -= 8, p += 8)
        h = hash_u64(h, lower(hash_word(p, 8)));
    return hash_u64(h, lower(last_word(p, n, s.n - n)));
}

uint64_t transaction_sent_by(const struct call_table *table, struct slice sent_by)
{
    uint64_t h = hash_lower(table->seed, sent_by);

    return h + !h;
}

/* What all keys of transactions with this branch have in common. */
static uint64_t hash_branch(const struct incoming *in)
{
    const struct sip_msg *msg = in->msg;
    uint64_t h = hash_pair(in->table->seed, (uintptr_t)in->call, /* its number may change */
                           in->sent_by);

    h = hash_bytes(h, msg->branch.p, msg->branch.n);
    return msg->branch.p ? h : hash_bytes(h, msg->from_tag.p, msg->from_tag.n);
}

static uint64_t key_of(const struct incoming *in, uint64_t branch, enum sip_method method)
{
    const struct sip_msg *msg = in->msg;
    uint64_t h = hash_u64(branch, (uint64_t)msg->cseq << 8 | (uint64_t)method);
    struct slice name = msg->request ? msg->method_name : msg->cseq_name;

    return method == SIP_UNKNOWN_METHOD ? hash_bytes(h, name.p, name.n) : h;
}

static struct transaction *find(const struct incoming *in, uint64_t key, uint32_t *index)
{
    struct call_table *t = in->table;
    struct table_walk walk;
    uint32_t i;

    for (i = 0; i < CALL_FEW && i < in->call->transactions.n; i++)
        if (in->call->transactions.v[i].key == key) {
            *index = i;
            return &in->call->transactions.v[i];
        }
    if (i == in->call->transactions.n)
        return NULL;
    walk = table_walk(&t->by_transaction, key);
    while (table_next(&walk, &i)) {
        const struct call_ref *ref = &t->transaction_refs.v[i];
        struct transaction *x;

        if (ref->call != in->call_number)
            continue;
        x = &in->call->transactions.v[ref->index];
        if (x->key != key)
            continue;
        *index = ref->index;
        return x;
    }
    return NULL;
}

static bool enter(const struct incoming *in, uint64_t key, uint32_t index)
{
    struct call_table *t = in->table;
    struct call_ref *ref;

    if (index < CALL_FEW)
        return true;
    ref = vec_add(&t->transaction_refs);
    if (!ref)
        return false;
    *ref = (struct call_ref){in->call_number, index};
    return table_put(&t->by_transaction, key, (uint32_t)(t->transaction_refs.n - 1)) == 0;
}

static struct transaction *open_transaction(const struct incoming *in, uint64_t key,
                                            enum sip_method method, uint32_t *index)
{
    const struct message *m = incoming_message(in);
    struct transaction *x = vec_add(&in->call->transactions);

    *index = (uint32_t)(in->call->transactions.n - 1);
    if (!x || !enter(in, key, *index))
        return NULL;
    *x = (struct transaction){
        .branch = kept_slice(in, in->msg->branch),
        .method_name = kept_slice(in, in->msg->request ? in->msg->method_name
                                                       : in->msg->cseq_name),
        .key = key,
        .start = m->time,
        .final_time = -1,
        .cseq = in->msg->cseq,
        .path = m->path,
        .first_message = in->index,
        .dialog = CALL_NONE,
        .method = (uint8_t)method,
        .request = in->msg->request ? in->index : CALL_NONE,
    };
    return x;
}

/* Branches that are unique (§8.1.1.7). */
static bool has_cookie(struct slice branch)
{
    return slice_istarts(branch, SLICE("z9hG4bK"));
}

/* The ACK for a final response other than 2xx belongs to the INVITE's
 * transaction (§17.1.1.3); the one for a 2xx is its own.  Where the response was not
 * captured, the INVITE's branch says which it was. */
static struct transaction *of_ack(const struct incoming *in, uint64_t branch, uint32_t *index)
{
    struct transaction *x = find(in, key_of(in, branch, SIP_INVITE), index);

    return x && (x->status >= 300 || (!x->status && has_cookie(x->branch))) ? x : NULL;
}

static struct slice max_forwards(const struct sip_msg *msg)
{
    const struct sip_header *h = sip_header(msg, SIP_H_MAX_FORWARDS, 0);

    return h ? h->value : SLICE_EMPTY;
}

static bool same_message(const struct incoming *in, const struct message *before)
{
    struct sip_msg *old = &in->table->scratch;

    if (before->length == in->msg->text.n &&
        memcmp(before->text, in->msg->text.p, before->length) == 0)
        return true;
    /* What has gone round by a proxy without state comes with less hops left. */
    if (in->msg->request)
        return !message_parse(before, old) || slice_eq(max_forwards(old), max_forwards(in->msg));
    /* A fork's answer or a reliable provisional response has another To tag,
     * body or RSeq under the same status. */
    if (!message_parse(before, old))
        return false;
    return slice_eq(old->to_tag, in->msg->to_tag) && slice_eq(old->body, in->msg->body) &&
           slice_eq(sip_header_named(old, SLICE("RSeq")), sip_header_named(in->msg, SLICE("RSeq")));
}

static bool may_be_equal(const struct net_addr *a, const struct net_addr *b)
{
    return a->family == NET_UNKNOWN || b->family == NET_UNKNOWN || addr_eq(a, b);
}

/* Of one log, also where another log has told more of one of the two. */
static bool same_hop(const struct incoming *in, uint32_t a, uint32_t b)
{
    const struct path *p = call_path(in->table, a), *q = call_path(in->table, b);

    if (a == b || !p->logged)
        return a == b;
    return p->logged == q->logged && p->log == q->log && may_be_equal(&p->src, &q->src) &&
           may_be_equal(&p->dst, &q->dst);
}

/* A bit for status and method; a few share one. */
static uint32_t kind_of(const struct message *m)
{
    return (uint32_t)1 << ((m->status * 7u + m->method) % 32);
}

/* The earlier message of the transaction that this one repeats on the same hop. */
static uint32_t repeated(const struct incoming *in, const struct transaction *x)
{
    const struct message *m = incoming_message(in);
    uint32_t stop = in->index > LOOK_BACK ? in->index - LOOK_BACK : 0;

    if (!(x->kinds & kind_of(m))) /* it had none such: no message needs to be looked at */
        return CALL_NONE;
    if (stop < x->first_message)
        stop = x->first_message;
    for (uint32_t i = in->index; i-- > stop;) {
        const struct message *before = &in->call->messages.v[i];

        if (before->transaction != m->transaction || before->status != m->status ||
            before->method != m->method || !same_hop(in, before->path, m->path))
            continue;
        if (!same_message(in, before))
            continue;
        return before->retransmission_of != CALL_NONE ? before->retransmission_of : i;
    }
    return CALL_NONE;
}

static void follow(struct transaction *x, const struct incoming *in)
{
    const struct message *m = incoming_message(in);

    if (in->msg->request) {
        if (x->request == CALL_NONE) { /* its response was captured first */
            x->request = in->index;
            x->path = m->path;
        }
        return;
    }
    if (m->status >= 200 && x->final_time < 0) {
        x->status = m->status;
        x->final_time = m->time;
        x->state = TRANSACTION_COMPLETED;
    }
}

static uint32_t reversed_path(const struct incoming *in)
{
    const struct path *p = call_path(in->table, incoming_message(in)->path);

    for (uint32_t i = in->index; i-- > 0 && in->index - i <= LOOK_BACK;) {
        const struct path *q = call_path(in->table, in->call->messages.v[i].path);

        if (addr_eq(&q->src, &p->dst) && addr_eq(&q->dst, &p->src))
            return in->call->messages.v[i].path;
    }
    return incoming_message(in)->path;
}

int transaction_add(const struct incoming *in)
{
    struct message *m = incoming_message(in);
    enum sip_method method = in->msg->request ? in->msg->method : in->msg->cseq_method;
    struct transaction *x = NULL;
    uint32_t index = CALL_NONE;
    uint64_t branch = hash_branch(in), key = key_of(in, branch, method);

    if (method == SIP_ACK && in->msg->request)
        x = of_ack(in, branch, &index);
    if (!x)
        x = find(in, key, &index);
    if (!x) {
        x = open_transaction(in, key, method, &index);
        if (!x)
            return -ENOMEM;
        if (!in->msg->request)
            x->path = reversed_path(in);
    }
    m->transaction = index;
    m->retransmission_of = repeated(in, x);
    x->kinds |= kind_of(m);
    if (m->retransmission_of != CALL_NONE) {
        x->retransmissions++;
        return 0;
    }
    follow(x, in);
    return 0;
}

/* Both sides of a call count CSeq for themselves: the From tag tells them apart. */
bool transaction_same_request(const struct call *call, const struct transaction *a,
                              const struct transaction *b)
{
    const struct message *m, *n;

    if (a->request == CALL_NONE || b->request == CALL_NONE || a->method != b->method ||
        a->cseq != b->cseq || !slice_eq(a->method_name, b->method_name))
        return false;
    m = &call->messages.v[a->request];
    n = &call->messages.v[b->request];
    return m->dialog == n->dialog &&
           (m->flags & MESSAGE_FROM_CALLER) == (n->flags & MESSAGE_FROM_CALLER);
}

/* Owns the directions of faxes and counts their packets. */
#include <stdlib.h>

#include "analysis/fax_table.h"
#include "base/hash.h"

enum { MOST_FAXES = 1 << 16 };

/* T.30 §5.3.6: the third octet of a frame, without the bit that says who sends. */
enum {
    T30_EOM = 0x71, T30_MPS = 0x72, T30_EOP = 0x74, T30_PRI_EOM = 0x79, T30_PRI_MPS = 0x7a,
    T30_PRI_EOP = 0x7c, T30_PPS = 0x7d, T30_DCN = 0x5f, SENDER_BIT = 0x80,
};

struct fax_table *fax_table_new(void)
{
    struct fax_table *t = calloc(1, sizeof *t);

    if (t)
        t->seed = hash_seed();
    return t;
}

void fax_table_free(struct fax_table *t)
{
    if (!t)
        return;
    vec_free(&t->list);
    table_free(&t->by_flow);
    free(t->trials);
    free(t);
}

static uint64_t hash_of(const struct fax_table *t, const struct net_addr *src,
                        const struct net_addr *dst)
{
    return hash_bytes(hash_bytes(t->seed, src, sizeof *src), dst, sizeof *dst);
}

struct fax *fax_between(const struct fax_table *t, const struct net_addr *src,
                        const struct net_addr *dst)
{
    struct table_walk walk = table_walk(&t->by_flow, hash_of(t, src, dst));
    uint32_t i;

    while (table_next(&walk, &i))
        if (addr_eq(&t->list.v[i].src, src) && addr_eq(&t->list.v[i].dst, dst))
            return &t->list.v[i];
    return NULL;
}

struct fax fax_begin(const struct datagram *d)
{
    return (struct fax){.src = d->src, .dst = d->dst, .start = d->packet->time,
                        .frame = d->packet->frame, .call = CALL_NONE, .audio = CALL_NONE};
}

struct fax *fax_keep(struct fax_table *t, const struct fax *fax)
{
    struct fax *f = t->list.n < MOST_FAXES ? vec_add(&t->list) : NULL;

    if (!f)
        return NULL;
    *f = *fax;
    if (table_put(&t->by_flow, hash_of(t, &f->src, &f->dst), (uint32_t)(t->list.n - 1)) == 0)
        return f;
    t->list.n--;
    return NULL;
}

static bool leaves(const struct fax *f, const struct call_table *calls, const bool *call_leaves,
                   int64_t before)
{
    enum call_side to;
    uint32_t call = call_of_stream(calls, &f->src, &f->dst, f->start, f->end, &to);

    return call == CALL_NONE ? f->end < before : call_leaves[call];
}

struct fax_table *fax_part(struct fax_table *t, const struct call_table *calls,
                           const bool *call_leaves, int64_t before)
{
    struct fax_table *part = fax_table_new();
    size_t n = t->list.n;
    bool whole = part != NULL;

    table_clear(&t->by_flow);
    t->list.n = 0;
    for (size_t i = 0; whole && i < n; i++) { /* those kept lie before the one looked at */
        struct fax fax = t->list.v[i];

        whole = fax_keep(leaves(&fax, calls, call_leaves, before) ? part : t, &fax) != NULL;
    }
    if (whole)
        return part;
    fax_table_free(part);
    return NULL;
}

/* ---- order and loss ------------------------------------------------------------------ */

/* Number `back` before the highest came or will not come any more. */
static void decide(struct fax *f, unsigned back)
{
    if (f->seen >> back & 1)
        return;
    f->lost++;
    f->recovered += f->copied >> back & 1;
}

static void decide_all(struct fax *f)
{
    for (unsigned i = 0; i < f->window; i++)
        decide(f, i);
    f->window = 0;
    f->seen = f->copied = 0;
}

/* Moves on to a number that comes after the highest. */
static void advance(struct fax *f, unsigned numbers)
{
    for (; numbers; numbers--) {
        if (f->window == FAX_WINDOW)
            decide(f, FAX_WINDOW - 1);
        else
            f->window++;
        f->seen <<= 1;
        f->copied <<= 1;
        f->expected++;
    }
}

/* Whether the packet came for the first time.  Numbers far from the last are a new
 * beginning, as of another fax. */
static bool place(struct fax *f, uint16_t number)
{
    enum { MOST_DROPOUT = 1000 };
    int distance = (int16_t)(uint16_t)(number - f->highest);

    if (!f->window || distance <= -FAX_WINDOW || distance > MOST_DROPOUT) {
        decide_all(f);
        distance = 1;
    }
    if (distance > 0) {
        advance(f, (unsigned)distance);
        f->highest = number;
        f->seen |= 1;
        return true;
    }
    if ((unsigned)-distance >= f->window) { /* before the first that came */
        f->expected += (unsigned)-distance + 1 - f->window;
        f->window = (unsigned)-distance + 1;
    }
    if (f->seen >> -distance & 1) {
        f->duplicates++;
        return false;
    }
    f->seen |= (uint64_t)1 << -distance;
    return true;
}

/* ---- what is sent ---------------------------------------------------------------------- */

static bool ends_page(uint8_t command)
{
    return command == T30_EOM || command == T30_MPS || command == T30_EOP ||
           command == T30_PRI_EOM || command == T30_PRI_MPS || command == T30_PRI_EOP;
}

/* A whole frame: address, control, command; behind a PPS the one that it stands for,
 * or nothing between the blocks of a page. */
static void end_frame(struct fax *f)
{
    uint8_t command = f->head_n > 2 ? f->head[2] & (uint8_t)~SENDER_BIT : 0;

    f->disconnected = f->disconnected || command == T30_DCN;
    if (command == T30_PPS) {
        f->ecm = true;
        command = f->head_n > 3 ? f->head[3] & (uint8_t)~SENDER_BIT : 0;
    }
    if (ends_page(command) && !f->page_ended) { /* else said again, for want of an answer */
        f->pages++;
        f->page_ended = true;
    }
    f->head_n = 0;
}

static void read_field(struct fax *f, const struct t38_field *field)
{
    switch (field->type) {
    case T38_HDLC_DATA:
        for (size_t i = 0; i < field->data.left && f->head_n < FAX_FRAME; i++)
            f->head[f->head_n++] = field->data.p[i];
        break;
    case T38_HDLC_FCS_OK:
    case T38_HDLC_FCS_OK_SIG_END:
        end_frame(f);
        break;
    default:
        f->head_n = 0;
    }
}

static void read_ifp(struct fax *f, struct cursor octets, unsigned version)
{
    struct t38_ifp ifp;
    struct t38_field field;

    if (!t38_parse(&ifp, octets, version)) {
        f->malformed++;
        return;
    }
    if (!ifp.is_data) {
        f->head_n = 0;
        return;
    }
    if (ifp.type != T38_V21) {
        f->page_ended = false;
        if (!f->any_data || t38_modem_rate(ifp.type) > t38_modem_rate(f->modem))
            f->modem = ifp.type;
        f->any_data = true;
        return; /* the page itself */
    }
    while (t38_next_field(&ifp, &field))
        read_field(f, &field);
}

static bool has(const struct fax *f, unsigned back)
{
    return (f->seen | f->copied) >> back & 1;
}

/* Copies of packets that did not come: what they say is read in their place. */
static void read_copies(struct fax *f, const struct udptl *u, unsigned back, unsigned version)
{
    if (u->copies > f->most_copies)
        f->most_copies = u->copies;
    for (unsigned i = u->copies; i-- > 0;) {
        unsigned at = back + i + 1;

        if (at >= FAX_WINDOW || has(f, at))
            continue;
        f->copied |= (uint64_t)1 << at;
        if (!back && at < f->window)
            read_ifp(f, u->copy[i], version);
    }
}

/* Clause 9.1.4.2: of `parities` sums, each is of every so manieth of the packets before,
 * `span` of them: the one that is missing among these can be made again. */
static void note_parity(struct fax *f, const struct udptl *u, unsigned back)
{
    f->fec = f->fec || u->fec;
    if (u->span * u->parities + back >= FAX_WINDOW)
        return;
    for (unsigned i = 0; i < u->parities; i++) {
        unsigned missing = 0, which = 0;

        for (unsigned k = 0; k < u->span; k++) {
            unsigned at = back + 1 + i + k * u->parities;

            if (has(f, at))
                continue;
            missing++;
            which = at;
        }
        if (missing == 1)
            f->copied |= (uint64_t)1 << which;
    }
}

void fax_add(struct fax *f, const struct datagram *d, const struct udptl *u, unsigned version)
{
    int16_t back;
    bool fresh;

    f->packets++;
    f->end = d->packet->time;
    f->payload_bytes += d->len;
    fresh = place(f, u->sequence);
    back = (int16_t)(uint16_t)(f->highest - u->sequence);
    if (back >= 0) {
        read_copies(f, u, (unsigned)back, version);
        note_parity(f, u, (unsigned)back);
    }
    if (fresh)
        read_ifp(f, u->primary, version);
}

bool fax_note(struct fax_table *t, const struct datagram *d, unsigned version)
{
    struct fax *f, begun;
    struct udptl u;

    if (!udptl_parse(&u, d->data, d->caplen, d->len))
        return false;
    f = fax_between(t, &d->src, &d->dst);
    if (!f) {
        begun = fax_begin(d);
        f = fax_keep(t, &begun);
    }
    if (!f)
        return false;
    f->guessed = false;
    fax_add(f, d, &u, version);
    return true;
}

/* ---- at the end --------------------------------------------------------------------------- */

static int by_call(const void *pa, const void *pb)
{
    const struct fax *a = pa, *b = pb;

    if (a->call != b->call)
        return a->call < b->call ? -1 : 1;
    return a->frame < b->frame ? -1 : a->frame > b->frame;
}

/* The last of the call's streams that flowed the same way before it. */
static void find_audio(struct fosip_analysis *a, struct fax *f)
{
    const struct call *call = call_at(a->calls, f->call);
    enum stream_direction way = f->by == SIDE_CALLER ? STREAM_TO_CALLEE : STREAM_TO_CALLER;

    for (size_t i = 0; call && i < call->streams.n; i++) {
        const struct stream *s = stream_at(a->streams, call->streams.v[i]);

        if (stream_way(s) != way || stream_start(s) >= f->start)
            continue;
        if (f->audio != CALL_NONE && f->start - stream_end(s) > f->switched_after)
            continue;
        f->audio = call->streams.v[i];
        f->switched_after = f->start - stream_end(s);
    }
}

void fax_finish(struct fosip_analysis *a)
{
    struct fax_table *t = a->faxes;

    for (size_t i = 0; i < t->list.n; i++) {
        struct fax *f = &t->list.v[i];
        enum call_side to;

        decide_all(f);
        f->call = call_of_stream(a->calls, &f->src, &f->dst, f->start, f->end, &to);
        if (f->call == CALL_NONE)
            continue;
        f->by = to == SIDE_CALLER ? SIDE_CALLEE : SIDE_CALLER;
        find_audio(a, f);
    }
    if (t->list.n)
        qsort(t->list.v, t->list.n, sizeof *t->list.v, by_call);
}

size_t fax_count(const struct fax_table *t)
{
    return t->list.n;
}

const struct fax *fax_at(const struct fax_table *t, size_t i)
{
    return &t->list.v[i];
}

static size_t first_from(const struct fax_table *t, uint32_t call)
{
    size_t low = 0, high = t->list.n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (t->list.v[middle].call < call)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t fax_of_call(const struct fax_table *t, uint32_t call, size_t *first)
{
    *first = first_from(t, call);
    return (call == CALL_NONE ? t->list.n : first_from(t, call + 1)) - *first;
}

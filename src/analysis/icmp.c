/* Owns the rows of ICMP errors.
 *
 * A quoted SIP message names its call by Call-ID, or where the quote is too short,
 * by the newest message on its way.  Media is tied to its stream, and by it to the
 * call, when the capture has ended: the stream may be recognised only later. */
#include "analysis/icmp.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/table.h"
#include "base/vec.h"
#include "rtp/rtp.h"

enum {
    MAX_ROWS = 4096,
    SIP_PORT = 5060,
    SIPS_PORT = 5061,
    LOOK_BACK = 64, /* messages of a call, for the one that is quoted */
};

struct icmp_table {
    VEC(struct icmp_row) rows;
    struct table by_key;
    uint64_t seed;
};

struct icmp_table *icmp_table_new(void)
{
    struct icmp_table *t = calloc(1, sizeof *t);

    if (t)
        t->seed = hash_seed();
    return t;
}

void icmp_table_free(struct icmp_table *t)
{
    if (!t)
        return;
    vec_free(&t->rows);
    table_free(&t->by_key);
    free(t);
}

const char *icmp_cargo_name(enum icmp_cargo cargo)
{
    static const char *const names[] = {"sip", "rtp", "rtcp"};

    return names[cargo];
}

const char *icmp_kind_name(enum icmp_kind kind)
{
    static const char *const names[] = {
        [ICMP_PORT] = "port-unreachable",         [ICMP_HOST] = "host-unreachable",
        [ICMP_NETWORK] = "network-unreachable",   [ICMP_PROTOCOL] = "protocol-unreachable",
        [ICMP_PROHIBITED] = "prohibited",         [ICMP_TOO_BIG] = "too-big",
        [ICMP_HOPS] = "time-exceeded",            [ICMP_REASSEMBLY] = "reassembly-time-exceeded",
        [ICMP_HEADER] = "parameter-problem",      [ICMP_OTHER] = "unreachable",
    };

    return names[kind];
}

/* ---- what the error says ------------------------------------------------------------ */

/* RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1. */
static enum icmp_kind unreachable4(uint8_t code)
{
    switch (code) {
    case 0: case 6: case 11:
        return ICMP_NETWORK;
    case 1: case 7: case 8: case 12:
        return ICMP_HOST;
    case 2:
        return ICMP_PROTOCOL;
    case 3:
        return ICMP_PORT;
    case 4:
        return ICMP_TOO_BIG;
    case 9: case 10: case 13: case 14: case 15:
        return ICMP_PROHIBITED;
    default:
        return ICMP_OTHER;
    }
}

/* RFC 4443 §3.1. */
static enum icmp_kind unreachable6(uint8_t code)
{
    switch (code) {
    case 0: case 2:
        return ICMP_NETWORK;
    case 1: case 5: case 6:
        return ICMP_PROHIBITED;
    case 3:
        return ICMP_HOST;
    case 4:
        return ICMP_PORT;
    default:
        return ICMP_OTHER;
    }
}

/* False for what tells of no packet that was thrown away: redirects, source
 * quench. */
static bool kind_of(const struct net_icmp *icmp, enum icmp_kind *kind)
{
    bool six = icmp->reporter.family == NET_IP6;
    enum { UNREACHABLE4 = 3, EXCEEDED4 = 11, PARAMETER4 = 12 };
    enum { UNREACHABLE6 = 1, TOO_BIG6 = 2, EXCEEDED6 = 3, PARAMETER6 = 4 };

    if (icmp->type == (six ? UNREACHABLE6 : UNREACHABLE4))
        *kind = six ? unreachable6(icmp->code) : unreachable4(icmp->code);
    else if (six && icmp->type == TOO_BIG6)
        *kind = ICMP_TOO_BIG;
    else if (icmp->type == (six ? EXCEEDED6 : EXCEEDED4))
        *kind = icmp->code == 1 ? ICMP_REASSEMBLY : ICMP_HOPS;
    else if (icmp->type == (six ? PARAMETER6 : PARAMETER4))
        *kind = ICMP_HEADER;
    else
        return false;
    return true;
}

/* ---- what was refused --------------------------------------------------------------- */

static bool is_sip_port(uint16_t port)
{
    return port == SIP_PORT || port == SIPS_PORT;
}

/* Whether SIP went that way before; then its newest message. */
static bool newest_message(const struct call_table *calls, const struct datagram *d,
                           uint32_t *call, uint32_t *message)
{
    static const enum net_transport over_tcp[] = {NET_TCP, NET_TLS, NET_WS, NET_WSS};

    if (d->transport != NET_TCP)
        return call_newest_message(calls, &d->src, &d->dst, (enum net_transport)d->transport,
                                   call, message);
    for (size_t i = 0; i < sizeof over_tcp / sizeof *over_tcp; i++)
        if (call_newest_message(calls, &d->src, &d->dst, over_tcp[i], call, message))
            return true;
    return false;
}

/* The newest message of the call that went that way. */
static uint32_t message_of(const struct call_table *calls, uint32_t number,
                           const struct datagram *d)
{
    const struct call *call = call_at(calls, number);
    size_t n = call->messages.n;

    for (size_t back = 1; back <= n && back <= LOOK_BACK; back++) {
        const struct path *path = call_path(calls, call->messages.v[n - back].path);

        if (addr_eq(&path->src, &d->src) && addr_eq(&path->dst, &d->dst))
            return (uint32_t)(n - back);
    }
    return CALL_NONE;
}

/* Of the first line "INVITE sip:...", of which a few octets may be all there is. */
static void set_method(struct icmp_row *row, struct slice text)
{
    struct slice name = slice_upto(text, slice_find(text, ' '));

    if (name.n == text.n || name.n >= sizeof row->method || slice_icontains(name, SLICE("SIP/")))
        return;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] < 'A' || name.p[i] > 'Z')
            return;
    memcpy(row->method, name.p, name.n);
}

/* The call by the Call-ID, unless the quote ends before it does. */
static bool quoted_call(const struct sip_msg *msg, const struct call_table *calls, uint32_t *call)
{
    if (!msg->call_id.n || msg->call_id.p + msg->call_id.n == msg->text.p + msg->text.n)
        return false;
    *call = call_by_id(calls, msg->call_id);
    return true;
}

static bool note_sip(struct icmp_row *row, const struct datagram *d,
                     const struct call_table *calls, struct sip_msg *msg)
{
    const char *text = (const char *)d->data;
    bool went = newest_message(calls, d, &row->call, &row->message);
    bool looks = d->caplen && sip_looks_like(text, d->caplen);

    if (!went && !looks && !is_sip_port(d->src.port) && !is_sip_port(d->dst.port))
        return false;
    row->cargo = ICMP_SIP;
    set_method(row, slice_make(text, d->caplen));
    if (looks && sip_parse(msg, text, d->caplen, d->len) && quoted_call(msg, calls, &row->call))
        row->message = row->call == CALL_NONE ? CALL_NONE : message_of(calls, row->call, d);
    if (!*row->method && row->message != CALL_NONE) {
        const struct message *m = &call_at(calls, row->call)->messages.v[row->message];

        if (!m->status)
            set_method(row, slice_make(m->text, m->length));
    }
    return true;
}

/* RTCP without rtcp-mux flows a port above its RTP (RFC 3550 §11). */
static uint32_t stream_below(struct stream_table *streams, const struct net_addr *src,
                             const struct net_addr *dst, int64_t time)
{
    struct net_addr from = *src, to = *dst;

    from.port--;
    to.port--;
    return src->port && dst->port ? stream_flowing(streams, &from, &to, time) : STREAM_NO_NUMBER;
}

static bool note_media(struct icmp_row *row, const struct datagram *d,
                       const struct call_table *calls, struct stream_table *streams)
{
    enum rtp_kind kind = d->caplen >= 2 ? rtp_classify(d->data, d->caplen, d->len) : RTP_NOT;
    struct net_addr below = d->dst;

    if (d->transport != NET_UDP)
        return false;
    below.port--;
    row->cargo = kind == RTP_CONTROL ? ICMP_RTCP : ICMP_RTP;
    row->stream = stream_flowing(streams, &d->src, &d->dst, row->time);
    if (row->stream != STREAM_NO_NUMBER || kind == RTP_MEDIA || kind == RTP_CONTROL ||
        call_announced(calls, &d->dst))
        return true;
    row->cargo = ICMP_RTCP;
    return call_announced(calls, &below) ||
           stream_below(streams, &d->src, &d->dst, row->time) != STREAM_NO_NUMBER;
}

/* ---- rows ------------------------------------------------------------------------------ */

static bool same_row(const struct icmp_row *a, const struct icmp_row *b)
{
    return a->type == b->type && a->code == b->code && a->transport == b->transport &&
           a->cargo == b->cargo && a->call == b->call && a->stream == b->stream &&
           addr_eq(&a->reporter, &b->reporter) && addr_eq(&a->src, &b->src) &&
           addr_eq(&a->dst, &b->dst) && strcmp(a->method, b->method) == 0;
}

static uint64_t hash_of(const struct icmp_table *t, const struct icmp_row *row)
{
    uint64_t h = hash_bytes(t->seed, &row->reporter, sizeof row->reporter);

    h = hash_bytes(h, &row->src, sizeof row->src);
    h = hash_bytes(h, &row->dst, sizeof row->dst);
    h = hash_bytes(h, row->method, sizeof row->method);
    h = hash_u64(h, (uint64_t)row->call << 32 | row->stream);
    return hash_u64(h, (uint64_t)row->type << 16 | (uint64_t)row->code << 8 | row->cargo);
}

/* The later row's errors belong to the earlier one. */
static void join(struct icmp_row *into, const struct icmp_row *row)
{
    for (uint64_t i = 0; i < row->count && i < ICMP_FRAMES; i++)
        if (into->count + i < ICMP_FRAMES)
            into->frames[into->count + i] = row->frames[i];
    into->count += row->count;
    if (row->last > into->last)
        into->last = row->last;
}

static void enter(struct icmp_table *t, const struct icmp_row *row)
{
    uint64_t hash = hash_of(t, row);
    struct table_walk walk = table_walk(&t->by_key, hash);
    struct icmp_row *slot;
    uint32_t i;

    while (table_next(&walk, &i))
        if (same_row(&t->rows.v[i], row)) {
            join(&t->rows.v[i], row);
            return;
        }
    slot = t->rows.n < MAX_ROWS ? vec_add(&t->rows) : NULL;
    if (!slot)
        return;
    *slot = *row;
    table_put(&t->by_key, hash, (uint32_t)(t->rows.n - 1));
}

void icmp_note(struct icmp_table *t, const struct net_icmp *icmp, const struct call_table *calls,
               struct stream_table *streams, struct sip_msg *scratch)
{
    const struct datagram *d = icmp->quoted;
    struct icmp_row row = {.reporter = icmp->reporter, .src = d->src, .dst = d->dst, .count = 1,
                           .time = d->packet->time, .last = d->packet->time,
                           .frames = {d->packet->frame}, .call = CALL_NONE, .message = CALL_NONE,
                           .stream = STREAM_NO_NUMBER, .type = icmp->type, .code = icmp->code,
                           .transport = d->transport};
    enum icmp_kind kind;

    if (d->duplicate || !kind_of(icmp, &kind))
        return;
    row.kind = (uint8_t)kind;
    if (note_sip(&row, d, calls, scratch) || note_media(&row, d, calls, streams))
        enter(t, &row);
}

/* ---- at the end ------------------------------------------------------------------------ */

/* The call that announced where it went, if not the stream's. */
static uint32_t announced_call(const struct icmp_row *row, const struct call_table *calls)
{
    struct net_addr src = row->src, dst = row->dst;
    enum call_side to;
    uint32_t call = call_of_stream(calls, &src, &dst, row->time, row->last, &to);

    if (call != CALL_NONE || row->cargo != ICMP_RTCP)
        return call;
    src.port--;
    dst.port--;
    return call_of_stream(calls, &src, &dst, row->time, row->last, &to);
}

/* Where the row is when what it is about leaves, or stays. */
static struct icmp_row renumbered(const struct icmp_row *row, const struct icmp_parting *p,
                                  bool leaves)
{
    struct icmp_row now = *row;

    if (now.call != CALL_NONE && p->call_leaves[now.call] == leaves)
        now.call = p->calls[now.call];
    else
        now.call = now.message = CALL_NONE;
    if (now.stream != STREAM_NO_NUMBER && p->stream_leaves[now.stream] == leaves)
        now.stream = p->streams[now.stream];
    else
        now.stream = STREAM_NO_NUMBER;
    return now;
}

struct icmp_table *icmp_part(struct icmp_table *t, const struct call_table *calls,
                             const struct icmp_parting *p, int64_t before)
{
    struct icmp_table *part = icmp_table_new();
    size_t n = t->rows.n;

    if (!part)
        return NULL;
    table_clear(&t->by_key);
    t->rows.n = 0;
    for (size_t i = 0; i < n; i++) { /* those kept lie before the one that is looked at */
        struct icmp_row row = t->rows.v[i], now;
        bool known = row.call != CALL_NONE || row.stream != STREAM_NO_NUMBER, leaves;
        uint32_t call = known ? row.call : announced_call(&row, calls);

        leaves = call != CALL_NONE ? p->call_leaves[call] : known && p->stream_leaves[row.stream];
        now = renumbered(&row, p, leaves);
        if (leaves)
            enter(part, &now);
        else if (known || call != CALL_NONE || row.last >= before)
            enter(t, &now);
    }
    return part;
}

/* False when the error is about no call and no stream. */
static bool tie(struct icmp_row *row, const struct call_table *calls, struct stream_table *streams)
{
    struct stream_figures f;

    if (row->cargo == ICMP_SIP)
        return true;
    if (row->stream == STREAM_NO_NUMBER)
        row->stream = stream_flowing(streams, &row->src, &row->dst, row->time);
    if (row->stream == STREAM_NO_NUMBER && row->cargo == ICMP_RTCP)
        row->stream = stream_below(streams, &row->src, &row->dst, row->time);
    if (row->stream != STREAM_NO_NUMBER) {
        row->stream = (uint32_t)stream_place(streams, row->stream);
        stream_figures(stream_at(streams, row->stream), &f);
        row->call = f.call;
    }
    if (row->call == CALL_NONE)
        row->call = announced_call(row, calls);
    return row->call != CALL_NONE || row->stream != CALL_NONE;
}

static int in_order(const void *pa, const void *pb)
{
    const struct icmp_row *a = pa, *b = pb;

    if (a->call != b->call)
        return a->call < b->call ? -1 : 1;
    if (a->stream != b->stream)
        return a->stream < b->stream ? -1 : 1;
    if (a->frames[0] != b->frames[0])
        return a->frames[0] < b->frames[0] ? -1 : 1;
    return 0;
}

void icmp_finish(struct icmp_table *t, const struct call_table *calls,
                 struct stream_table *streams)
{
    size_t n = t->rows.n;

    table_free(&t->by_key);
    t->by_key = (struct table){0};
    t->rows.n = 0;
    for (size_t i = 0; i < n; i++) { /* those of one stream may have become one row */
        struct icmp_row row = t->rows.v[i];

        if (tie(&row, calls, streams))
            enter(t, &row);
    }
    if (t->rows.n)
        qsort(t->rows.v, t->rows.n, sizeof *t->rows.v, in_order);
}

size_t icmp_rows(const struct icmp_table *t, const struct icmp_row **rows)
{
    *rows = t->rows.v;
    return t->rows.n;
}

/* The first row that does not stand before that call and stream. */
static size_t lower_bound(const struct icmp_table *t, uint32_t call, uint32_t stream)
{
    size_t low = 0, high = t->rows.n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct icmp_row *row = &t->rows.v[middle];

        if (row->call < call || (row->call == call && row->stream < stream))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t icmp_rows_of_call(const struct icmp_table *t, uint32_t call, const struct icmp_row **rows)
{
    size_t from = lower_bound(t, call, 0), n = 0;

    *rows = t->rows.n ? t->rows.v + from : NULL;
    while (from + n < t->rows.n && t->rows.v[from + n].call == call)
        n++;
    return n;
}

uint64_t icmp_count_of_stream(const struct icmp_table *t, uint32_t call, uint32_t stream)
{
    uint64_t count = 0;

    for (size_t i = lower_bound(t, call, stream);
         i < t->rows.n && t->rows.v[i].call == call && t->rows.v[i].stream == stream; i++)
        count += t->rows.v[i].count;
    return count;
}

/* Owns the answer to whose a packet is.  It is the model's where the model has one:
 * Call-IDs, SSRCs, announced addresses.  Beside these, ICE candidates (RFC 8839
 * §5.1) and a=rtcp addresses (RFC 3605) of the chosen calls are remembered. */
#include "extract/owner.h"

#include <stdlib.h>

#include "analysis/ice.h"
#include "base/hash.h"
#include "base/time.h"
#include "rtp/turn.h"
#include "sip/body.h"

/* An address of media of a chosen call that is no announced one. */
struct spare {
    struct net_addr addr;
    uint32_t call;
};

struct owners {
    const struct choice *choice;
    uint64_t seed;
    struct table by_spare;
    VEC(struct spare) spares;
    struct table by_error; /* rows of ICMP errors, by reporter and addresses */
    bool failed;           /* memory ran short */
    struct sip_msg msg;    /* scratch */
    struct sdp_session sdp;
};

static const struct fosip_analysis *model(const struct owners *o)
{
    return o->choice->analysis;
}

/* ---- what is remembered of the chosen calls -------------------------------------------- */

static uint64_t spare_hash(const struct owners *o, const struct net_addr *addr)
{
    return hash_bytes(o->seed, addr, sizeof *addr);
}

static bool is_spare(const struct owners *o, const struct net_addr *addr, uint32_t call)
{
    struct table_walk walk = table_walk(&o->by_spare, spare_hash(o, addr));
    uint32_t i;

    while (table_next(&walk, &i))
        if (o->spares.v[i].call == call && addr_eq(&o->spares.v[i].addr, addr))
            return true;
    return false;
}

static void add_spare(struct owners *o, struct slice ip, struct slice port, uint32_t call)
{
    struct net_addr addr;
    struct spare *slot;
    uint32_t number;

    if (!slice_u32(port, &number) || !number || number > UINT16_MAX ||
        !addr_parse_ip(ip, (uint16_t)number, &addr) || is_spare(o, &addr, call))
        return;
    slot = vec_add(&o->spares);
    if (slot) {
        *slot = (struct spare){addr, call};
        if (table_put(&o->by_spare, spare_hash(o, &addr), (uint32_t)(o->spares.n - 1)) == 0)
            return;
    }
    o->failed = true;
}

static struct slice next_word(struct slice *rest)
{
    size_t from = 0, to;
    struct slice word;

    while (from < rest->n && rest->p[from] == ' ')
        from++;
    *rest = slice_from(*rest, from);
    to = slice_find(*rest, ' ');
    word = slice_upto(*rest, to);
    *rest = slice_from(*rest, to);
    return word;
}

/* foundation component transport priority address port "typ" type, then pairs
 * among which are "raddr" and "rport". */
static void add_candidate(struct owners *o, struct slice value, uint32_t call)
{
    struct slice word, address, port, related = SLICE_EMPTY;

    for (unsigned i = 0; i < 4; i++)
        next_word(&value);
    address = next_word(&value);
    port = next_word(&value);
    add_spare(o, address, port, call);
    while ((word = next_word(&value)).n) {
        if (slice_ieq(word, SLICE("raddr")))
            related = next_word(&value);
        else if (slice_ieq(word, SLICE("rport")))
            add_spare(o, related, next_word(&value), call);
    }
}

/* port ["IN" "IP4" address] */
static void add_rtcp(struct owners *o, struct slice value, struct slice media_address,
                     uint32_t call)
{
    struct slice port = next_word(&value), address;

    next_word(&value);
    next_word(&value);
    address = next_word(&value);
    add_spare(o, address.n ? address : media_address, port, call);
}

static void add_section(struct owners *o, const struct sdp_media *media, uint32_t call)
{
    struct slice rest = media->lines, name, value;

    while (sdp_attribute_next(&rest, &name, &value)) {
        if (slice_ieq(name, SLICE("candidate")))
            add_candidate(o, value, call);
        else if (slice_ieq(name, SLICE("rtcp")))
            add_rtcp(o, value, media->address, call);
    }
}

static void add_call(struct owners *o, uint32_t number)
{
    const struct call *call = call_at(model(o)->calls, number);
    struct slice body;

    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];

        if (!(m->flags & MESSAGE_HAS_SDP) || m->retransmission_of != CALL_NONE ||
            !message_parse(m, &o->msg) ||
            !sip_body_find(&o->msg, SLICE("application/sdp"), &body) || !sdp_parse(&o->sdp, body))
            continue;
        for (unsigned k = 0; k < o->sdp.media_count; k++)
            add_section(o, &o->sdp.media[k], number);
    }
}

static uint64_t error_hash(const struct owners *o, const struct net_addr *reporter,
                           const struct net_addr *src, const struct net_addr *dst)
{
    uint64_t h = hash_bytes(o->seed, reporter, sizeof *reporter);

    return hash_bytes(hash_bytes(h, src, sizeof *src), dst, sizeof *dst);
}

static void add_errors(struct owners *o)
{
    const struct icmp_row *rows;
    size_t n = icmp_rows(model(o)->icmp, &rows);

    for (size_t i = 0; i < n; i++)
        if (rows[i].call != CALL_NONE && o->choice->calls[rows[i].call] != CHOICE_NONE &&
            table_put(&o->by_error,
                      error_hash(o, &rows[i].reporter, &rows[i].src, &rows[i].dst),
                      (uint32_t)i) < 0)
            o->failed = true;
}

struct owners *owners_new(const struct choice *choice)
{
    struct owners *o = calloc(1, sizeof *o);
    size_t calls = call_count(choice->analysis->calls);

    if (!o)
        return NULL;
    o->choice = choice;
    o->seed = hash_seed();
    for (uint32_t i = 0; choice->media && i < calls; i++)
        if (choice->calls[i] != CHOICE_NONE)
            add_call(o, i);
    add_errors(o);
    if (!o->failed)
        return o;
    owners_free(o);
    return NULL;
}

void owners_free(struct owners *o)
{
    if (!o)
        return;
    table_free(&o->by_spare);
    table_free(&o->by_error);
    vec_free(&o->spares);
    free(o);
}

/* ---- asked of each packet -------------------------------------------------------------- */

uint32_t owner_of_message(struct owners *o, const char *data, size_t n, size_t whole)
{
    uint32_t call;

    if (!sip_parse(&o->msg, data, n, whole))
        return CHOICE_NONE;
    call = call_by_id(model(o)->calls, o->msg.call_id);
    return call == CALL_NONE ? CHOICE_NONE : o->choice->calls[call];
}

/* True when a stream flows between the two addresses at that time, in either
 * direction: *file is then known. */
static bool file_of_pair(const struct owners *o, const struct net_addr *a,
                         const struct net_addr *b, int64_t time, uint32_t *file)
{
    struct stream_table *streams = model(o)->streams;
    uint32_t number = stream_flowing(streams, a, b, time);

    if (number == STREAM_NO_NUMBER || !choice_stream_lasts(o->choice, number, time))
        number = stream_flowing(streams, b, a, time);
    if (number == STREAM_NO_NUMBER || !choice_stream_lasts(o->choice, number, time))
        return false;
    *file = o->choice->streams[number];
    return true;
}

/* The same, when one of the addresses was announced. */
static bool file_of_announcement(const struct owners *o, const struct net_addr *src,
                                 const struct net_addr *dst, int64_t time, uint32_t *file)
{
    enum call_side to;
    uint32_t call = call_of_stream(model(o)->calls, src, dst, time, time, &to);

    if (call == CALL_NONE || !choice_call_lasts(o->choice, call, time))
        return false;
    *file = o->choice->calls[call];
    return true;
}

static uint32_t file_of_spare(const struct owners *o, const struct net_addr *addr, int64_t time)
{
    struct table_walk walk = table_walk(&o->by_spare, spare_hash(o, addr));
    uint32_t i;

    while (table_next(&walk, &i))
        if (addr_eq(&o->spares.v[i].addr, addr) &&
            choice_call_lasts(o->choice, o->spares.v[i].call, time))
            return o->choice->calls[o->spares.v[i].call];
    return CHOICE_NONE;
}

uint32_t owner_of_flow(const struct owners *o, const struct net_addr *src,
                       const struct net_addr *dst, int64_t time)
{
    struct net_addr from = *src, to = *dst;
    uint32_t file;

    if (!o->choice->media)
        return CHOICE_NONE;
    /* RTCP flows a port above its RTP (RFC 3550 §11). */
    from.port--;
    to.port--;
    if (file_of_pair(o, src, dst, time, &file) || file_of_pair(o, &from, &to, time, &file) ||
        file_of_announcement(o, src, dst, time, &file) ||
        file_of_announcement(o, &from, &to, time, &file))
        return file;
    file = file_of_spare(o, dst, time);
    return file != CHOICE_NONE ? file : file_of_spare(o, src, time);
}

/* A sender that keeps SSRC and ports for its next call has one stream for both: what
 * comes after the first is the later one's.  False where the stream is of one call. */
static bool file_of_later_call(const struct owners *o, uint32_t number, const struct datagram *d,
                               uint32_t *file)
{
    const struct call_table *calls = model(o)->calls;
    size_t place = stream_place(model(o)->streams, number);
    uint32_t first = stream_call(stream_at(model(o)->streams, place)), later;
    int64_t time = d->packet->time;
    enum call_side to;

    if (first == STREAM_NO_CALL || time <= call_at(calls, first)->end)
        return false;
    later = call_of_stream(calls, &d->src, &d->dst, time, time, &to);
    if (later == CALL_NONE || later == first || time < call_at(calls, later)->start ||
        time > call_at(calls, later)->end)
        return false;
    *file = o->choice->calls[later];
    return true;
}

static uint32_t file_of_media(struct owners *o, const struct datagram *d)
{
    struct stream_look look;
    uint32_t number = STREAM_NO_NUMBER, file;

    if (stream_look(model(o)->streams, d, &look))
        number = stream_number(model(o)->streams, &look);
    if (number != STREAM_NO_NUMBER)
        return o->choice->media && file_of_later_call(o, number, d, &file)
                   ? file
                   : o->choice->streams[number];
    return owner_of_flow(o, &d->src, &d->dst, d->packet->time);
}

static uint32_t file_of_control(struct owners *o, const struct datagram *d)
{
    uint32_t numbers[16];
    unsigned n = stream_of_control(model(o)->streams, d, numbers, 16);

    /* What one end says may be about streams of several calls (media that flows past
     * a B2BUA): it goes to the first that is chosen. */
    for (unsigned i = 0; i < n; i++)
        if (o->choice->streams[numbers[i]] != CHOICE_NONE)
            return o->choice->streams[numbers[i]];
    return n ? CHOICE_NONE : owner_of_flow(o, &d->src, &d->dst, d->packet->time);
}

/* Of no address that was announced where the phone announces the one it learnt. */
static uint32_t file_of_stun(struct owners *o, const struct datagram *d)
{
    uint32_t file = owner_of_flow(o, &d->src, &d->dst, d->packet->time), call;
    enum call_side from;

    if (file != CHOICE_NONE)
        return file;
    call = ice_call_of_flow(model(o)->ice, &d->src, &d->dst, &from);
    return call != CALL_NONE ? o->choice->calls[call] : CHOICE_NONE;
}

uint32_t owner_of_datagram(struct owners *o, const struct datagram *datagram)
{
    struct datagram d = *datagram;
    size_t n, len;
    const uint8_t *inside = turn_payload(d.data, d.caplen, d.len, &n, &len);

    if (inside) {
        d.data = inside;
        d.caplen = (uint32_t)n;
        d.len = (uint32_t)len;
    }
    switch (rtp_classify(d.data, d.caplen, d.len)) {
    case RTP_MEDIA:
        return file_of_media(o, &d);
    case RTP_CONTROL:
        return file_of_control(o, &d);
    case RTP_STUN:
        return file_of_stun(o, &d);
    default:
        if (sip_looks_like((const char *)d.data, d.caplen))
            return owner_of_message(o, (const char *)d.data, d.caplen, d.len);
        break;
    }
    return owner_of_flow(o, &d.src, &d.dst, d.packet->time);
}

static bool is_row(const struct icmp_row *row, const struct net_icmp *icmp)
{
    const struct datagram *d = icmp->quoted;

    return row->type == icmp->type && row->code == icmp->code &&
           row->transport == d->transport && addr_eq(&row->reporter, &icmp->reporter) &&
           addr_eq(&row->src, &d->src) && addr_eq(&row->dst, &d->dst) &&
           d->packet->time >= row->time && d->packet->time <= row->last + TIME_SECOND;
}

uint32_t owner_of_error(struct owners *o, const struct net_icmp *icmp)
{
    const struct datagram *d = icmp->quoted;
    struct table_walk walk =
        table_walk(&o->by_error, error_hash(o, &icmp->reporter, &d->src, &d->dst));
    const struct icmp_row *rows;
    uint32_t i;

    icmp_rows(model(o)->icmp, &rows);
    while (table_next(&walk, &i))
        if (is_row(&rows[i], icmp) && (rows[i].cargo == ICMP_SIP || o->choice->media))
            return o->choice->calls[rows[i].call];
    return d->transport == NET_UDP ? owner_of_datagram(o, d) : CHOICE_NONE;
}

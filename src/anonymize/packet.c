/* Owns the headers of packets: which addresses stand in each layer, and its
 * checksum.  A checksum is changed by what changed under it (RFC 1624), so that a
 * wrong one stays wrong and nothing beyond the captured octets is needed. */
#include "anonymize/anonymize.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "anonymize/address.h"
#include "anonymize/message.h"
#include "sip/msg.h"

int anonymize_init(struct anonymize *a, const void *key, size_t n)
{
    *a = (struct anonymize){.keyed = NULL};
    if (!keyed_available())
        return -ENOTSUP;
    a->keyed = keyed_new(key, n);
    a->words = a->keyed ? words_new(a->keyed) : NULL;
    if (a->words)
        return 0;
    anonymize_free(a);
    return -ENOMEM;
}

void anonymize_free(struct anonymize *a)
{
    words_free(a->words);
    keyed_free(a->keyed);
    free(a->out);
    *a = (struct anonymize){.keyed = NULL};
}

/* ---- one packet, before and after ------------------------------------------------------ */

/* The addresses that a transport's checksum covers, too. */
struct pseudo {
    uint8_t before[32], after[32];
    size_t n;
};

struct sum {
    size_t field, from, to; /* where the checksum is, and what it covers */
    struct pseudo pseudo;
    bool zero_is_none; /* of UDP */
};

struct change {
    struct anonymize *a;
    const uint8_t *before;
    uint8_t *after;
    size_t n;
    struct pseudo pseudo; /* of the IP header seen last */
    size_t end;           /* of its payload */
    struct sum sums[LAYER_MAX_DEPTH];
    unsigned sum_count;
};

static size_t place(const struct change *c, const uint8_t *p)
{
    return (size_t)(p - c->before);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static struct sum *add_sum(struct change *c, size_t field, size_t from, size_t to,
                           bool with_addresses)
{
    struct sum *s;

    to = least(to, c->n);
    if (field + 2 > c->n || from >= to || c->sum_count == LAYER_MAX_DEPTH)
        return NULL;
    s = &c->sums[c->sum_count++];
    *s = (struct sum){.field = field, .from = from, .to = to};
    if (with_addresses)
        s->pseudo = c->pseudo;
    return s;
}

static uint64_t sum_of(const uint8_t *p, size_t n)
{
    uint64_t sum = 0;

    for (size_t i = 0; i + 1 < n; i += 2)
        sum += be16(p + i);
    return n % 2 ? sum + ((uint64_t)p[n - 1] << 8) : sum;
}

static uint16_t fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

static void repair_sum(struct change *c, const struct sum *s)
{
    uint16_t old = be16(c->before + s->field), sum;
    uint16_t before = fold(sum_of(c->before + s->from, s->to - s->from) +
                           sum_of(s->pseudo.before, s->pseudo.n));
    uint16_t after = fold(sum_of(c->after + s->from, s->to - s->from) +
                          sum_of(s->pseudo.after, s->pseudo.n));

    if (before == after || (s->zero_is_none && !old))
        return;
    sum = (uint16_t)~fold((uint64_t)(uint16_t)~old + (uint16_t)~before + after);
    if (s->zero_is_none && !sum)
        sum = 0xffff; /* RFC 768 */
    c->after[s->field] = (uint8_t)(sum >> 8);
    c->after[s->field + 1] = (uint8_t)sum;
}

/* ---- layers ---------------------------------------------------------------------------- */

/* A step of the walk: the octets that were left there. */
struct layer {
    size_t at, left;
};

static const uint8_t *before(const struct change *c, const struct layer *l)
{
    return c->before + l->at;
}

static void mac(struct change *c, const struct layer *l, size_t at)
{
    if (at + 6 <= l->left)
        address_mac(c->a->keyed, c->after + l->at + at);
}

static void ip4(struct change *c, const struct layer *l, size_t at)
{
    if (at + 4 <= l->left)
        address_ip4(c->a->keyed, c->after + l->at + at);
}

static void ip6(struct change *c, const struct layer *l, size_t at)
{
    if (at + 16 <= l->left)
        address_ip6(c->a->keyed, c->after + l->at + at);
}

static void ethernet(struct change *c, const struct layer *l)
{
    mac(c, l, 0);
    mac(c, l, 6);
}

static void cooked(struct change *c, const struct layer *l)
{
    if (l->left >= 16 && be16(before(c, l) + 4) == 6)
        mac(c, l, 6);
}

static void cooked2(struct change *c, const struct layer *l)
{
    if (l->left >= 20 && before(c, l)[11] == 6)
        mac(c, l, 12);
}

static void wifi(struct change *c, const struct layer *l)
{
    mac(c, l, 4);
    mac(c, l, 10);
    mac(c, l, 16);
    if (l->left >= 30 && (before(c, l)[1] & 3) == 3)
        mac(c, l, 24);
}

static void fddi(struct change *c, const struct layer *l)
{
    mac(c, l, 1);
    mac(c, l, 7);
}

/* Bits stand the other way round there: the highest says that it is a group, or that
 * a route follows. */
static void token_ring(struct change *c, const struct layer *l)
{
    enum { FIRST = 0x80, LAST = 0x01 };

    for (size_t at = 2; at <= 8 && at + 6 <= l->left; at += 6) {
        uint8_t *p = c->after + l->at + at, was = *p;

        *p &= (uint8_t)~LAST;
        address_mac(c->a->keyed, p);
        *p = (uint8_t)((*p & ~(FIRST | LAST)) | (was & (FIRST | LAST)));
    }
}

static void keep_addresses(struct change *c, size_t at, size_t n)
{
    memcpy(c->pseudo.before, c->before + at, n);
    memcpy(c->pseudo.after, c->after + at, n);
    c->pseudo.n = n;
}

/* Record route and source routes (RFC 791 §3.1). */
static void ip4_options(struct change *c, const struct layer *l, size_t header)
{
    enum { END = 0, NO_OPERATION = 1, RECORD = 7, LOOSE = 131, STRICT = 137 };
    const uint8_t *p = before(c, l);

    for (size_t at = 20; at + 2 <= header && p[at] != END;) {
        size_t n = p[at] == NO_OPERATION ? 1 : p[at + 1];

        if (!n || n > header - at)
            return;
        if (p[at] == RECORD || p[at] == LOOSE || p[at] == STRICT)
            for (size_t i = at + 3; i + 4 <= at + n; i += 4)
                ip4(c, l, i);
        at += n;
    }
}

static void take_ip4(struct change *c, const struct layer *l)
{
    size_t header, total;

    if (l->left < 20)
        return;
    header = least((before(c, l)[0] & 15u) * 4, l->left);
    total = be16(before(c, l) + 2);
    ip4(c, l, 12);
    ip4(c, l, 16);
    ip4_options(c, l, header);
    keep_addresses(c, l->at + 12, 8);
    c->end = l->at + (total ? total : l->left);
    add_sum(c, l->at + 10, l->at, l->at + header, false);
}

/* The addresses of a routing header (RFC 8200 §4.4, RFC 8754 §2), which all stand
 * behind its first eight octets. */
static void ip6_extensions(struct change *c, const struct layer *l)
{
    enum { HOP_BY_HOP = 0, ROUTING = 43, DESTINATION = 60, MOST = 8 };
    const uint8_t *p = before(c, l);
    unsigned next = p[6];
    size_t at = 40;

    for (unsigned i = 0; i < MOST && at + 8 <= l->left; i++) {
        size_t n = (p[at + 1] + 1u) * 8;

        if (next != HOP_BY_HOP && next != ROUTING && next != DESTINATION)
            return;
        for (size_t k = at + 8; next == ROUTING && k + 16 <= at + n; k += 16)
            ip6(c, l, k);
        next = p[at];
        at += n;
    }
}

static void take_ip6(struct change *c, const struct layer *l)
{
    if (l->left < 40)
        return;
    ip6(c, l, 8);
    ip6(c, l, 24);
    ip6_extensions(c, l);
    keep_addresses(c, l->at + 8, 32);
    c->end = be16(before(c, l) + 4) ? l->at + 40 + be16(before(c, l) + 4) : l->at + l->left;
}

static void take_udp(struct change *c, const struct layer *l)
{
    size_t length;
    struct sum *s;

    if (l->left < 8)
        return;
    length = be16(before(c, l) + 4);
    s = add_sum(c, l->at + 6, l->at, length ? least(l->at + length, c->end) : c->end, true);
    if (s)
        s->zero_is_none = true;
}

static void take_udp_lite(struct change *c, const struct layer *l)
{
    size_t covered;

    if (l->left < 8)
        return;
    covered = be16(before(c, l) + 4);
    add_sum(c, l->at + 6, l->at, covered ? l->at + covered : c->end, true);
}

static void take_tcp(struct change *c, const struct layer *l)
{
    if (l->left >= 18)
        add_sum(c, l->at + 16, l->at, c->end, true);
}

static void take_icmp4(struct change *c, const struct layer *l)
{
    add_sum(c, l->at + 2, l->at, c->end, false);
}

static void take_icmp6(struct change *c, const struct layer *l)
{
    add_sum(c, l->at + 2, l->at, c->end, true);
}

static void take_gre(struct change *c, const struct layer *l)
{
    enum { CHECKSUM = 0x80 };

    if (l->left >= 8 && before(c, l)[0] & CHECKSUM)
        add_sum(c, l->at + 4, l->at, c->end, false);
}

/* HEP 1 and 2: addresses behind eight octets of header. */
static void take_hep2(struct change *c, const struct layer *l)
{
    enum { IP4 = 2 };

    if (before(c, l)[2] == IP4) {
        ip4(c, l, 8);
        ip4(c, l, 12);
    } else {
        ip6(c, l, 8);
        ip6(c, l, 24);
    }
}

static void hep_chunk(struct change *c, const struct layer *l, unsigned type, size_t at, size_t n)
{
    enum { SRC4 = 3, DST4 = 4, SRC6 = 5, DST6 = 6, KEY = 14, PAYLOAD = 15, COMPRESSED = 16,
           CORRELATION = 17 };
    char *text = (char *)c->after + l->at + at;

    if ((type == SRC4 || type == DST4) && n >= 4)
        ip4(c, l, at);
    else if ((type == SRC6 || type == DST6) && n >= 16)
        ip6(c, l, at);
    else if (type == KEY || type == COMPRESSED)
        keyed_fill(c->a->keyed, (uint8_t *)text, n);
    else if (type >= CORRELATION)
        words_exchange(c->a->words, text, n, 0);
}

static void take_hep(struct change *c, const struct layer *l)
{
    const uint8_t *p = before(c, l);

    if (l->left >= 8 && memcmp(p, "HEP3", 4) != 0)
        take_hep2(c, l);
    for (size_t at = 6; l->left >= 6 && memcmp(p, "HEP3", 4) == 0 && at + 6 <= l->left;) {
        size_t n = be16(p + at + 4);

        if (n < 6)
            return;
        hep_chunk(c, l, be16(p + at + 2), at + 6, least(n, l->left - at) - 6);
        at += n;
    }
}

/* Tags of type and length; addresses are 20 to 23. */
static void take_upper_pdu(struct change *c, const struct layer *l)
{
    const uint8_t *p = before(c, l);

    for (size_t at = 0; at + 4 <= l->left && be16(p + at);) {
        unsigned tag = be16(p + at);
        size_t n = be16(p + at + 2);

        if ((tag == 20 || tag == 21) && n >= 4)
            ip4(c, l, at + 4);
        else if ((tag == 22 || tag == 23) && n >= 16)
            ip6(c, l, at + 4);
        at += 4 + n;
    }
}

static const struct {
    layer_decoder *decode;
    void (*take)(struct change *c, const struct layer *l);
} layers[] = {
    {layer_ethernet, ethernet}, {layer_cooked, cooked},       {layer_cooked2, cooked2},
    {layer_wifi, wifi},         {layer_fddi, fddi},           {layer_token_ring, token_ring},
    {layer_ip4, take_ip4},      {layer_ip6, take_ip6},        {layer_udp, take_udp},
    {layer_udp_lite, take_udp_lite}, {layer_tcp, take_tcp},   {layer_icmp4, take_icmp4},
    {layer_icmp6, take_icmp6},  {layer_gre, take_gre},        {layer_hep, take_hep},
    {layer_upper_pdu, take_upper_pdu},
};

static void take_layers(struct change *c, const struct layer_trace *trace)
{
    for (unsigned i = 0; i < trace->n; i++) {
        struct layer l = {place(c, trace->steps[i].at), trace->steps[i].left};

        for (size_t k = 0; k < sizeof layers / sizeof layers[0]; k++)
            if (layers[k].decode == trace->steps[i].decode)
                layers[k].take(c, &l);
    }
}

/* What the link layer put behind the packet: nobody says what is in it. */
static void clear_trailer(struct change *c, const struct layer_trace *trace)
{
    for (unsigned i = 0; i < trace->n; i++) {
        const struct layer_step *s = &trace->steps[i];
        size_t end = place(c, s->at);

        if (s->decode == layer_ip4 && s->left >= 20 && be16(s->at + 2))
            end += be16(s->at + 2);
        else if (s->decode == layer_ip6 && s->left >= 40 && be16(s->at + 4))
            end += 40u + be16(s->at + 4);
        else
            continue;
        if (end < c->n)
            memset(c->after + end, 0, c->n - end);
        return;
    }
}

/* ---- all of it ------------------------------------------------------------------------- */

/* Octets of a stream that are of no message: their lines stay. */
static void blot(uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (data[i] != '\r' && data[i] != '\n')
            data[i] = 'x';
}

/* A packet's head stands before its chunks. */
static void take_chunks(struct change *c, const struct datagram *d)
{
    enum { HEAD = 12 };
    size_t at = place(c, d->data);

    if (at >= HEAD)
        anonymize_sctp(c->a, d->data - HEAD, c->after + at - HEAD, d->caplen + HEAD);
}

static void take_payload(struct change *c, const struct decoded *d, anonymize_known *known,
                         void *ctx)
{
    uint8_t *payload = c->after + (d->datagram.data ? place(c, d->datagram.data) : 0);
    size_t n = d->datagram.caplen;

    if (d->kind == DECODED_OTHER || d->kind == DECODED_BAD || !n)
        return;
    if (d->kind == DECODED_CHUNKS) {
        take_chunks(c, &d->datagram);
    } else if (d->kind == DECODED_DATAGRAM ||
               (d->kind == DECODED_QUOTE && d->datagram.transport == NET_UDP)) {
        anonymize_payload(c->a, &d->datagram, payload);
    } else {
        blot(payload, n);
        if (known && known(ctx, d, payload))
            return;
        c->a->counts.overwritten++;
    }
}

static bool make_room(struct anonymize *a, size_t n)
{
    uint8_t *grown;

    if (n < a->room)
        return true;
    grown = realloc(a->out, n + n / 2 + 1);
    if (!grown)
        return false;
    a->out = grown;
    a->room = n + n / 2 + 1;
    return true;
}

static bool begin(struct change *c, struct anonymize *a, const uint8_t *data, size_t n)
{
    c->a = a;
    c->before = data;
    c->n = c->end = n;
    c->sum_count = 0;
    c->pseudo.n = 0;
    if (!make_room(a, n))
        return false;
    c->after = a->out;
    if (n)
        memcpy(c->after, data, n);
    return true;
}

/* The innermost one first: those around it cover it. */
static void finish(struct change *c)
{
    for (unsigned i = c->sum_count; i-- > 0;)
        repair_sum(c, &c->sums[i]);
}

const uint8_t *anonymize_packet(struct anonymize *a, const struct packet *packet,
                                anonymize_known *known, void *ctx)
{
    struct layer_trace trace;
    struct decoded d = {.kind = DECODED_BAD};
    struct change c;

    if (!begin(&c, a, packet->data, packet->caplen))
        return NULL;
    net_trace(packet, &d, &trace);
    take_layers(&c, &trace);
    take_payload(&c, &d, known, ctx);
    clear_trailer(&c, &trace);
    finish(&c);
    return c.after;
}

const uint8_t *anonymize_whole(struct anonymize *a, const struct decoded *whole)
{
    const struct datagram *g = &whole->datagram;
    size_t n = g->src.family == NET_IP4 ? 4 : 16;
    struct decoded d = *whole;
    struct layer_trace trace;
    struct change c;

    if (!begin(&c, a, g->data, g->caplen))
        return NULL;
    memcpy(c.pseudo.before, g->src.ip, n);
    memcpy(c.pseudo.before + n, g->dst.ip, n);
    memcpy(c.pseudo.after, c.pseudo.before, 2 * n);
    c.pseudo.n = 2 * n;
    if (n == 4) {
        address_ip4(a->keyed, c.pseudo.after);
        address_ip4(a->keyed, c.pseudo.after + n);
    } else {
        address_ip6(a->keyed, c.pseudo.after);
        address_ip6(a->keyed, c.pseudo.after + n);
    }
    net_trace_payload(&d, &trace);
    take_layers(&c, &trace);
    take_payload(&c, &d, NULL, NULL);
    finish(&c);
    return c.after;
}

void anonymize_text(struct anonymize *a, uint8_t *text, size_t n)
{
    char *p = (char *)text;

    if (sip_looks_like(p, n) || (n >= 4 && memcmp(p, "GET ", 4) == 0) ||
        (n >= 5 && memcmp(p, "HTTP/", 5) == 0))
        message_anonymize(a->words, a->keyed, p, n);
    else if (!message_is_blank(p, n))
        keyed_fill(a->keyed, text, n);
}

const uint8_t *anonymize_message(struct anonymize *a, const void *data, size_t n)
{
    if (!make_room(a, n))
        return NULL;
    if (n)
        memcpy(a->out, data, n);
    message_anonymize(a->words, a->keyed, (char *)a->out, n);
    return a->out;
}

/* Reads RTCP: RFC 3550 §6.4 to §6.7, RFC 3611 §3 and §4.7, RFC 4585 §6.1. */
#include "rtp/rtcp.h"

enum { HEADER = 4, SENDER_INFO = 20, REPORT_BLOCK = 24, VOIP_METRICS = 32 };

const char *rtcp_type_name(unsigned type)
{
    static const char *const names[] = {"SR", "RR", "SDES", "BYE", "APP", "RTPFB", "PSFB", "XR"};

    if (type < RTCP_SENDER_REPORT || type > RTCP_EXTENDED_REPORT)
        return NULL;
    return names[type - RTCP_SENDER_REPORT];
}

static bool is_header(const uint8_t *p)
{
    return p[0] >> 6 == 2 && p[1] >= 192 && p[1] <= 223;
}

bool rtcp_next(struct rtcp_walk *walk, struct rtcp_packet *packet)
{
    const uint8_t *p = cursor_take(&walk->at, HEADER), *body;
    size_t length;

    if (!p || !is_header(p))
        return false;
    length = (size_t)be16(p + 2) * 4;
    body = length ? cursor_take(&walk->at, length) : p + HEADER;
    if (!body)
        return false;
    if (p[0] & 0x20 && length) { /* the last octet says how many are padding */
        size_t padding = body[length - 1];

        length = padding <= length ? length - padding : 0;
    }
    *packet = (struct rtcp_packet){
        .type = p[1], .count = p[0] & 31, .body = cursor_make(body, length)};
    return true;
}

bool rtcp_is_plain(const uint8_t *data, size_t n, size_t len)
{
    size_t at = 0;

    while (at < len) {
        if (at + HEADER > n)
            return at > 0 && n < len; /* the rest was not captured */
        if (!is_header(data + at))
            return false;
        at += ((size_t)be16(data + at + 2) + 1) * 4;
    }
    return len && at == len;
}

bool rtcp_sender(const struct rtcp_packet *packet, uint32_t *ssrc)
{
    struct cursor c = packet->body;

    return cursor_u32(&c, ssrc);
}

bool rtcp_sender_info(const struct rtcp_packet *packet, struct rtcp_sender_info *info)
{
    struct cursor c = packet->body;
    const uint8_t *p;

    if (packet->type != RTCP_SENDER_REPORT || !cursor_skip(&c, 4))
        return false;
    p = cursor_take(&c, SENDER_INFO);
    if (!p)
        return false;
    *info = (struct rtcp_sender_info){.ntp = be64(p),
                                      .timestamp = be32(p + 8),
                                      .packets = be32(p + 12),
                                      .octets = be32(p + 16)};
    return true;
}

static int32_t signed24(uint32_t x)
{
    return (int32_t)(x << 8) >> 8;
}

bool rtcp_report(const struct rtcp_packet *packet, unsigned i, struct rtcp_report *r)
{
    struct cursor c = packet->body;
    size_t before = 4 + (packet->type == RTCP_SENDER_REPORT ? SENDER_INFO : 0);
    const uint8_t *p;

    if ((packet->type != RTCP_SENDER_REPORT && packet->type != RTCP_RECEIVER_REPORT) ||
        i >= packet->count || !cursor_skip(&c, before + (size_t)i * REPORT_BLOCK))
        return false;
    p = cursor_take(&c, REPORT_BLOCK);
    if (!p)
        return false;
    *r = (struct rtcp_report){.ssrc = be32(p),
                              .fraction = p[4],
                              .lost = signed24(be32(p + 4)),
                              .highest = be32(p + 8),
                              .jitter = be32(p + 12),
                              .last_sr = be32(p + 16),
                              .delay = be32(p + 20)};
    return true;
}

/* The CNAME among the items of a chunk; moves past the chunk. */
static struct slice chunk_cname(struct cursor *c, const uint8_t *start)
{
    struct slice name = SLICE_EMPTY;
    uint8_t type, length;

    while (cursor_u8(c, &type) && type) {
        const uint8_t *text;

        if (!cursor_u8(c, &length))
            return name;
        text = cursor_take(c, length);
        if (!text)
            return name;
        if (type == 1)
            name = slice_make((const char *)text, length);
    }
    /* zeros up to the next multiple of four octets */
    while (c->left && (c->p - start) % 4)
        cursor_skip(c, 1);
    return name;
}

struct slice rtcp_cname(const struct rtcp_packet *packet, uint32_t *ssrc)
{
    struct cursor c = packet->body;

    if (packet->type != RTCP_DESCRIPTION)
        return SLICE_EMPTY;
    for (unsigned i = 0; i < packet->count && cursor_u32(&c, ssrc); i++) {
        struct slice name = chunk_cname(&c, packet->body.p);

        if (name.n)
            return name;
    }
    return SLICE_EMPTY;
}

static enum rtcp_feedback feedback_kind(const struct rtcp_packet *packet)
{
    const struct cursor *b = &packet->body;

    if (packet->type == RTCP_TRANSPORT_FEEDBACK)
        switch (packet->count) {
        case 1: return RTCP_NACK;
        case 11: return RTCP_CONGESTION_CONTROL;
        case 15: return RTCP_TRANSPORT_CC;
        default: return RTCP_FEEDBACK_OTHER;
        }
    if (packet->type == RTCP_PAYLOAD_FEEDBACK)
        switch (packet->count) {
        case 1: return RTCP_PLI;
        case 4: return RTCP_FIR;
        case 15:
            return b->left >= 16 && memcmp(b->p + 8, "REMB", 4) == 0 ? RTCP_REMB
                                                                     : RTCP_FEEDBACK_OTHER;
        default: break;
        }
    return RTCP_FEEDBACK_OTHER;
}

/* The part of the body from `from` on, `n` octets at most. */
static struct cursor part_of(const struct cursor *body, size_t from, size_t n)
{
    if (from >= body->left)
        return cursor_make(NULL, 0);
    return cursor_make(body->p + from, body->left - from < n ? body->left - from : n);
}

/* The media source behind the sender's SSRC is not used where a list follows (RFC 5104
 * §4.3.1.2), and RFC 8888 has none: its reports begin there, and a time is their end. */
enum rtcp_feedback rtcp_feedback(const struct rtcp_packet *packet, struct rtcp_sources *about)
{
    const struct cursor *b = &packet->body;

    *about = (struct rtcp_sources){.at = part_of(b, 4, 4), .kind = feedback_kind(packet)};
    if (about->kind == RTCP_FIR && b->left >= 16)
        about->at = part_of(b, 8, b->left);
    else if (about->kind == RTCP_REMB && b->p[12] && b->left >= 20)
        about->at = part_of(b, 16, 4 * (size_t)b->p[12]);
    else if (about->kind == RTCP_CONGESTION_CONTROL && b->left >= 8)
        about->at = part_of(b, 4, b->left - 8);
    return about->kind;
}

bool rtcp_next_source(struct rtcp_sources *about, uint32_t *ssrc)
{
    enum { FIR_REST = 4, REPORTS_IN_WORD = 2 };
    uint16_t begin, count;

    if (!cursor_u32(&about->at, ssrc))
        return false;
    if (about->kind == RTCP_FIR)
        cursor_skip(&about->at, FIR_REST);
    else if (about->kind == RTCP_CONGESTION_CONTROL &&
             (!cursor_u16(&about->at, &begin) || !cursor_u16(&about->at, &count) ||
              !cursor_skip(&about->at, ((size_t)count + 1) / REPORTS_IN_WORD * 4)))
        about->at.left = 0;
    return true;
}

struct cursor rtcp_blocks(const struct rtcp_packet *packet)
{
    struct cursor c = packet->body;

    if (packet->type != RTCP_EXTENDED_REPORT || !cursor_skip(&c, 4))
        return cursor_make(NULL, 0);
    return c;
}

bool rtcp_next_block(struct cursor *blocks, struct rtcp_block *block)
{
    const uint8_t *p = cursor_take(blocks, HEADER);
    size_t length;

    if (!p)
        return false;
    length = (size_t)be16(p + 2) * 4;
    *block = (struct rtcp_block){
        .type = p[0], .specific = p[1], .body = cursor_make(blocks->p, length)};
    return cursor_skip(blocks, length);
}

/* IANA, "RTCP XR Block Type". */
const char *rtcp_block_name(unsigned type)
{
    static const char *const names[] = {
        [1] = "loss RLE",
        [2] = "duplicate RLE",
        [3] = "packet receipt times",
        [4] = "receiver reference time",
        [5] = "DLRR",
        [6] = "statistics summary",
        [7] = "VoIP metrics",
        [8] = "BT extended network quality",
        [9] = "Texas Instruments extended VoIP quality",
        [10] = "post-repair loss RLE",
        [11] = "multicast acquisition",
        [12] = "IDMS",
        [13] = "ECN summary",
        [14] = "measurement information",
        [15] = "packet delay variation",
        [16] = "delay",
        [17] = "burst/gap loss summary statistics",
        [18] = "burst/gap discard summary statistics",
        [19] = "frame impairment statistics summary",
        [20] = "burst/gap loss",
        [21] = "burst/gap discard",
        [22] = "MPEG2 transport stream PSI-independent decodability statistics",
        [23] = "de-jitter buffer",
        [24] = "discard count",
        [25] = "discard RLE",
        [26] = "bytes discarded",
        [27] = "synchronization delay",
        [28] = "synchronization offset",
        [29] = "mean opinion score",
        [30] = "loss concealment",
        [31] = "concealed seconds",
        [32] = "MPEG2 transport stream PSI decodability statistics",
        [33] = "post-repair loss count",
        [34] = "video loss concealment",
        [35] = "independent burst/gap discard",
    };

    return type < sizeof names / sizeof names[0] ? names[type] : NULL;
}

bool rtcp_voip_metrics(const struct rtcp_block *block, struct rtcp_voip_metrics *m)
{
    const uint8_t *p = block->body.p;

    if (block->type != RTCP_VOIP_METRICS || block->body.left < VOIP_METRICS)
        return false;
    *m = (struct rtcp_voip_metrics){.ssrc = be32(p),
                                    .loss_rate = p[4],
                                    .discard_rate = p[5],
                                    .burst_density = p[6],
                                    .gap_density = p[7],
                                    .burst_ms = be16(p + 8),
                                    .gap_ms = be16(p + 10),
                                    .round_trip_ms = be16(p + 12),
                                    .end_system_ms = be16(p + 14),
                                    .signal_dbm = (int8_t)p[16],
                                    .noise_dbm = (int8_t)p[17],
                                    .echo_return_loss = p[18],
                                    .gmin = p[19],
                                    .r_factor = p[20],
                                    .external_r = p[21],
                                    .mos_lq = p[22],
                                    .mos_cq = p[23],
                                    .config = p[24],
                                    .buffer_ms = be16(p + 26),
                                    .buffer_max_ms = be16(p + 28),
                                    .buffer_limit_ms = be16(p + 30)};
    return true;
}

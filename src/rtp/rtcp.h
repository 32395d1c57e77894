/* RTCP packets: RFC 3550 §6, RFC 3611 (extended reports), RFC 4585 and others
 * (feedback).  Everything read is a view into the datagram. */
#ifndef RTP_RTCP_H
#define RTP_RTCP_H

#include "base/cursor.h"
#include "base/slice.h"

enum rtcp_type {
    RTCP_SENDER_REPORT = 200,
    RTCP_RECEIVER_REPORT = 201,
    RTCP_DESCRIPTION = 202,
    RTCP_BYE = 203,
    RTCP_APPLICATION = 204,
    RTCP_TRANSPORT_FEEDBACK = 205, /* RFC 4585 §6.2 */
    RTCP_PAYLOAD_FEEDBACK = 206,   /* RFC 4585 §6.3 */
    RTCP_EXTENDED_REPORT = 207,    /* RFC 3611 */
};

/* "SR", "RR", "SDES", "BYE", "APP", "RTPFB", "PSFB", "XR"; NULL for others. */
const char *rtcp_type_name(unsigned type);

/* One packet of a compound one. */
struct rtcp_packet {
    uint8_t type, count; /* count: of blocks, chunks or sources; feedback's format */
    struct cursor body;  /* behind the first four octets, without padding */
};

/* A walk over the packets of a datagram (RFC 3550 §6.1). */
struct rtcp_walk {
    struct cursor at;
};

static inline struct rtcp_walk rtcp_walk(const uint8_t *data, size_t n)
{
    return (struct rtcp_walk){cursor_make(data, n)};
}

/* The next packet whose octets were all captured; false at the end or where
 * the octets are no RTCP. */
bool rtcp_next(struct rtcp_walk *walk, struct rtcp_packet *packet);

/* Whether the datagram of `len` octets, of which `n` were captured, can be read
 * beyond its first eight octets: its packets' lengths fill it exactly, as far
 * as captured.  Otherwise it is encrypted (SRTCP, RFC 3711 §3.4) or damaged. */
bool rtcp_is_plain(const uint8_t *data, size_t n, size_t len);

/* The SSRC that the packet begins with: whose report or feedback it is. */
bool rtcp_sender(const struct rtcp_packet *packet, uint32_t *ssrc);

/* A sender report's own part. */
struct rtcp_sender_info {
    uint64_t ntp; /* 32 bits of seconds since 1900, 32 bits of fraction */
    uint32_t timestamp, packets, octets;
};
bool rtcp_sender_info(const struct rtcp_packet *packet, struct rtcp_sender_info *info);

struct rtcp_report {
    uint32_t ssrc;    /* whom it is about */
    uint8_t fraction; /* lost since the report before, in 1/256 */
    int32_t lost;     /* in all; negative when duplicates outnumber losses */
    uint32_t highest; /* extended sequence number */
    uint32_t jitter;  /* timestamp ticks */
    uint32_t last_sr; /* middle of the NTP time of the sender report heard last, 0: none */
    uint32_t delay;   /* since then, in 1/65536 s */
};
/* Report block number `i` (from 0) of a sender or receiver report. */
bool rtcp_report(const struct rtcp_packet *packet, unsigned i, struct rtcp_report *report);

/* The CNAME of the first chunk that has one; empty without. */
struct slice rtcp_cname(const struct rtcp_packet *packet, uint32_t *ssrc);

enum rtcp_feedback {
    RTCP_FEEDBACK_OTHER,
    RTCP_NACK, /* RFC 4585 §6.2.1 */
    RTCP_PLI,  /* §6.3.1, picture loss */
    RTCP_FIR,  /* RFC 5104 §4.3.1, full intra request */
    RTCP_REMB, /* draft-alvestrand-rmcat-remb, estimated bandwidth */
    RTCP_TRANSPORT_CC, /* draft-holmer-rmcat-transport-wide-cc-extensions */
    RTCP_CONGESTION_CONTROL, /* RFC 8888 §3.1 */
    RTCP_FEEDBACK_KINDS,
};
/* Whom a feedback packet is about: one source or several. */
struct rtcp_sources {
    struct cursor at;
    enum rtcp_feedback kind;
};
/* What it asks for. */
enum rtcp_feedback rtcp_feedback(const struct rtcp_packet *packet, struct rtcp_sources *about);
/* The next source; 0: none in particular. */
bool rtcp_next_source(struct rtcp_sources *about, uint32_t *ssrc);

/* A block of an extended report. */
struct rtcp_block {
    uint8_t type, specific;
    struct cursor body;
};
enum { RTCP_VOIP_METRICS = 7 };
/* Takes the next one off *blocks, which begins as rtcp_blocks() says. */
struct cursor rtcp_blocks(const struct rtcp_packet *packet);
bool rtcp_next_block(struct cursor *blocks, struct rtcp_block *block);
/* What a block type is called in its RFC; NULL for one that is not known. */
const char *rtcp_block_name(unsigned type);

/* RFC 3611 §4.7; 127 in level, R and MOS fields: not known. */
struct rtcp_voip_metrics {
    uint32_t ssrc;
    uint8_t loss_rate, discard_rate, burst_density, gap_density; /* 1/256 */
    uint16_t burst_ms, gap_ms, round_trip_ms, end_system_ms;
    int8_t signal_dbm, noise_dbm;
    uint8_t echo_return_loss, gmin, r_factor, external_r;
    uint8_t mos_lq, mos_cq; /* tenths */
    uint8_t config;         /* concealment in its two upper bits */
    uint16_t buffer_ms, buffer_max_ms, buffer_limit_ms;
};
bool rtcp_voip_metrics(const struct rtcp_block *block, struct rtcp_voip_metrics *metrics);

#endif

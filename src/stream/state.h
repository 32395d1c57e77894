/* Inside the stream layer: what a stream remembers, and its parts. */
#ifndef STREAM_STATE_H
#define STREAM_STATE_H

#include "base/table.h"
#include "base/vec.h"
#include "stream/stream.h"

struct stream_key {
    struct net_addr src, dst;
    uint32_t ssrc;
};

/* ---- sequence.c: order, loss, duplicates (RFC 3550 A.1, A.3) --------------- */

enum { WINDOW = 1024 }; /* sequence numbers whose arrival is remembered */

/* Loss by bursts and gaps (RFC 3611 §4.7.2), fed in order of sequence number
 * with runs of packets received or lost. */
struct loss_shape {
    uint64_t run;            /* received since the last loss */
    uint64_t cluster_lost;   /* lost packets of the open cluster */
    uint64_t cluster_span;   /* packets from its first loss to its last */
    uint64_t burst_lost, burst_packets, gap_lost, gap_packets;
    uint32_t bursts;
    uint32_t longest, current; /* losses in a row */
};
void loss_received(struct loss_shape *loss, uint64_t n);
void loss_lost(struct loss_shape *loss, uint64_t n);
/* Closes the cluster that may be open. */
void loss_finish(struct loss_shape *loss);

struct sequence {
    int64_t highest, lowest; /* extended sequence numbers */
    int64_t floor;           /* below it, arrival has been accounted for */
    uint64_t received, duplicates, reordered;
    uint32_t resets;
    struct loss_shape loss;
    uint64_t seen[WINDOW / 64]; /* bit n % WINDOW: number n has arrived */
};

enum order { ORDER_NEXT, ORDER_LATE, ORDER_DUPLICATE };

void sequence_start(struct sequence *s, uint16_t number);
enum order sequence_add(struct sequence *s, uint16_t number);
uint64_t sequence_expected(const struct sequence *s);
/* Accounts for what is still in the window. */
void sequence_finish(struct sequence *s);

/* ---- timing.c: delta, jitter, skew ----------------------------------------- */

struct running { /* least, mean, greatest */
    double min, max;
    double sum;      /* mean * packets, as of the last note */
    uint64_t packets;
};

struct timing {
    double first, reference;   /* arrival in ms: first packet, last in time sequence */
    double nominal;            /* of the last packet with a clock rate */
    double delta, jitter;
    struct running deltas, jitters;
    double skew_min, skew_max, skew_greatest;
    uint64_t packets;
    uint32_t first_timestamp;
    bool after_noise, any_skew;
    /* RFC 3550 A.8, media's own packets alone */
    int64_t media_time;        /* arrival of the last one, ns */
    uint32_t media_timestamp, media_rate;
    bool media_any;
    double media_jitter, media_sum, media_max; /* ms */
    uint64_t media_count;
};

/* `now` is the arrival in ms since the capture's first packet. */
void timing_start(struct timing *t, double now, uint32_t timestamp);
struct pt_count;
void timing_add(struct timing *t, double now, const struct arrival *a, const struct pt_count *pt);
/* RFC 3550's jitter; for packets in order whose clock rate is known. */
void timing_media(struct timing *t, const struct arrival *a, uint32_t rate, double ms_per_tick);

/* ---- a stream ---------------------------------------------------------------- */

struct pt_count {
    uint64_t packets;
    double ms_per_tick;
    uint32_t rate;         /* Hz, 0: unknown, or no media clock */
    uint16_t ticks_per_ms; /* whole ones, as Wireshark divides */
    uint8_t pt;
    bool negotiated, event, noise;
};

/* What every packet touches stands first. */
struct stream {
    struct stream_key key;
    uint8_t last_pt, pt_index; /* of the packet before */
    bool pt_known;             /* last_pt and pt_index hold */
    uint8_t direction, found_by, pt_count;
    uint16_t last_sequence;
    /* the commonest step of timestamps, by majority vote */
    uint32_t last_timestamp, step, step_votes;
    struct timing timing;
    int64_t start, end, longest_gap; /* ns */
    uint64_t payload_bytes, rtp_bytes, ip_bytes, link_bytes;
    struct sequence sequence;
    struct pt_count pts[STREAM_MAX_PTS];
    const struct rtp_map *map;
    uint32_t call;
    uint64_t first_frame;
    uint32_t ssrc_changes;
    /* RTCP */
    uint64_t rtcp_packets, sender_reports, receiver_reports;
    uint32_t reported_jitter;
    int32_t reported_lost;
    uint32_t reported_highest;
    bool reported;
};

/* The octets from a stream's beginning that every packet touches. */
enum { STREAM_HOT = offsetof(struct stream, sequence) + offsetof(struct sequence, seen) };

void stream_start_at(struct stream *s, const struct stream_key *key, const struct rtp_map *map,
                     const struct arrival *a, int64_t capture_start);
void stream_count_packet(struct stream *s, const struct arrival *a, int64_t capture_start);

/* The stream of that SSRC from host `a` to host `b`, NULL without one. */
struct stream *stream_by_ssrc(struct stream_table *t, uint32_t ssrc, const struct net_addr *a,
                              const struct net_addr *b);

/* ---- candidate.c ------------------------------------------------------------- */

enum {
    CANDIDATE_HEADS = 8, /* packets kept while a flow is on trial */
    CANDIDATE_STEPS = 3, /* times that one went on from the one before */
    CANDIDATE_ROW = 6,   /* the same by sequence number alone: retransmission
                            streams (RFC 4588) and probes jump in time */
};

struct candidate {
    struct stream_key key;
    uint64_t touched;        /* 0: free */
    uint8_t count, steps;    /* headers kept; that went on in number and time */
    uint8_t in_row;          /* whose number was the next one, whatever their time */
    struct arrival heads[CANDIDATE_HEADS];
};

struct candidates;
struct candidates *candidates_new(void);
void candidates_free(struct candidates *c);
/* Enters the packet; gives its candidate, which is now due to become a stream
 * when candidate_is_stream says so. */
struct candidate *candidates_add(struct candidates *c, const struct stream_key *key,
                                 const struct arrival *a);
bool candidate_is_stream(const struct candidate *candidate);
void candidate_drop(struct candidate *candidate);

#endif

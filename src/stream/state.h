/* Inside the stream layer: what a stream remembers, and its parts. */
#ifndef STREAM_STATE_H
#define STREAM_STATE_H

#include "base/table.h"
#include "base/vec.h"
#include "rtp/event.h"
#include "rtp/g711.h"
#include "rtp/rtcp.h"
#include "stream/stream.h"

/* One RTP packet, as the parts of a stream see it. */
struct arrival {
    int64_t time;            /* ns since 1970 */
    uint64_t frame;
    uint32_t timestamp;
    uint32_t payload_bytes, rtp_bytes, ip_bytes, link_bytes;
    uint16_t sequence;
    uint8_t pt;
    bool marker, relayed;
    uint8_t head_n;          /* of a payload as short as an event's: octets kept of it */
    uint8_t head[RTP_EVENT_BYTES];
};

struct stream_key {
    struct net_addr src, dst;
    uint32_t ssrc;
};

/* ---- sequence.c: order, loss, duplicates (RFC 3550 A.1, A.3) --------------- */

enum { WINDOW = 512 }; /* sequence numbers whose arrival is remembered */

/* Loss by bursts and gaps (RFC 3611 §4.7.2), fed in order of sequence number
 * with what was received in time, lost, or discarded as too late. */
struct loss_shape {
    uint64_t run;            /* received since the last loss */
    uint64_t cluster_lost;   /* missing packets of the open cluster */
    uint64_t cluster_span;   /* packets from its first loss to its last */
    uint64_t burst_lost, burst_packets, gap_lost, gap_packets;
    uint64_t missing;        /* lost or discarded */
    uint32_t bursts, runs;   /* runs: of packets missing in a row */
    uint32_t longest, current; /* lost in a row */
    bool in_run;
};
void loss_received(struct loss_shape *loss, uint64_t n);
void loss_lost(struct loss_shape *loss, uint64_t n);
void loss_discarded(struct loss_shape *loss);
/* Closes the cluster that may be open. */
void loss_finish(struct loss_shape *loss);

struct sequence {
    int64_t highest, lowest; /* extended sequence numbers, since the last reset */
    int64_t floor;           /* below it, arrival has been accounted for */
    uint64_t received, duplicates, reordered;
    uint64_t strays;         /* received with a number from nowhere */
    uint64_t expected;       /* before the last reset */
    uint32_t resets;
    uint16_t after_stray;    /* the number that confirms a new beginning */
    bool stray;              /* the packet before was one */
    struct loss_shape loss;
    uint64_t seen[WINDOW / 64];      /* bit n % WINDOW: number n has arrived */
    uint64_t discarded[WINDOW / 64]; /* but too late to be played */
};

enum order { ORDER_NEXT, ORDER_LATE, ORDER_DUPLICATE, ORDER_RESET, ORDER_STRAY };

void sequence_start(struct sequence *s, uint16_t number);
/* The number's distance from the highest so far. */
static inline int32_t sequence_distance(const struct sequence *s, uint16_t number)
{
    return (int16_t)(uint16_t)(number - (uint16_t)s->highest);
}
/* Whether RFC 3550 A.1 would not believe the number without another that
 * follows it. */
bool sequence_is_jump(const struct sequence *s, uint16_t number);
enum order sequence_add(struct sequence *s, uint16_t number);
/* A number that is a jump and that time does not explain. */
enum order sequence_jump(struct sequence *s, uint16_t number);
/* The packet with that number came too late to be played. */
void sequence_discard(struct sequence *s, uint16_t number);
uint64_t sequence_expected(const struct sequence *s);
uint64_t sequence_distinct(const struct sequence *s);
/* Accounts for what is still in the window. */
void sequence_finish(struct sequence *s);

/* ---- timing.c: delta, jitter, skew as Wireshark has them --------------------- */

struct running { /* least, mean, greatest */
    double min, max;
    double sum;      /* mean * packets, as of the last note */
    uint64_t packets;
};

struct timing {
    double first, reference; /* arrival in ms: first packet, last in time sequence */
    double nominal;          /* of the last packet with a clock rate */
    double delta, jitter;
    struct running deltas, jitters;
    double skew_min, skew_max;
    uint64_t packets;
    uint32_t first_timestamp;
    bool after_noise, any_skew;
};

/* `now` is the arrival in ms since the capture's first packet. */
void timing_start(struct timing *t, double now, uint32_t timestamp);
void timing_add(struct timing *t, double now, const struct arrival *a, double ticks_per_ms);

/* ---- transit.c: RFC 3550's jitter, the jitter buffer, the sender's clock ----- */

enum { LOWS = 8 }; /* seconds that the jitter buffer looks back */

struct transit {
    double last;             /* ms: arrival less media time, of the last packet in order */
    int64_t ticks;           /* media time since the clock's start */
    uint32_t timestamp, rate;
    double jitter, sum, max; /* A.8, ms */
    uint64_t count;
    double low, low_before;  /* least transit of this second, of the seconds before */
    uint64_t discarded, discarded_adaptive;
};

/* Once a second. */
struct clock_fit { /* least squares of the least transit over time */
    double n, x, y, xx, xy;
    double best_n, best_slope; /* of the longest stretch, ms a second */
};

/* The media's own packets, in order; gives whether the packet comes too late
 * for a buffer of `buffer_ms`. */
bool transit_next(struct transit *t, double now, uint32_t timestamp, uint32_t rate,
                  double ms_per_tick, double buffer_ms);
/* The same for one that comes behind others sent after it. */
bool transit_late(struct transit *t, double now, uint32_t timestamp, double ms_per_tick,
                  double buffer_ms);
void clock_fit_add(struct clock_fit *f, double second, double low);
void clock_fit_restart(struct clock_fit *f);
/* How much faster than the capture's the sender's clock runs, in parts per
 * million; NaN when too little was seen. */
double clock_fit_ppm(const struct clock_fit *f);

/* ---- dtmf.c: keys as telephone events ----------------------------------------- */

VEC_TYPE_DIGITS

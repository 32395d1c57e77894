/* Inside the stream layer: what a stream remembers, and its parts. */
#ifndef STREAM_STATE_H
#define STREAM_STATE_H

#include <math.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/table.h"
#include "base/vec.h"
#include "rtp/event.h"
#include "rtp/g711.h"
#include "rtp/rtcp.h"
#include "rtp/video.h"
#include "stream/rtp_word.h"
#include "stream/stream.h"

/* ---- sequence.c: order, loss, duplicates (RFC 3550 A.1, A.3) --------------- */

enum { WINDOW = 512 }; /* sequence numbers whose arrival is remembered, or 63 fewer */

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
    uint64_t *discarded;             /* but too late to be played; NULL: none yet */
};

enum order { ORDER_NEXT, ORDER_LATE, ORDER_DUPLICATE, ORDER_RESET, ORDER_STRAY };

void sequence_start(struct sequence *s, uint16_t number);
/* The number's distance from the highest so far. */
static inline int32_t sequence_distance(const struct sequence *s, uint16_t number)
{
    return (int16_t)(uint16_t)(number - (uint16_t)s->highest);
}
/* Whether RFC 3550 A.1 would not believe the number without another that
 * follows it.  `steady`: media time can tell of smaller jumps, too. */
bool sequence_is_jump(const struct sequence *s, uint16_t number, bool steady);
enum order sequence_add(struct sequence *s, uint16_t number);
/* The next `n` numbers, each in its turn. */
void sequence_add_next(struct sequence *s, uint64_t n);
/* A number that is a jump and that time does not explain. */
enum order sequence_jump(struct sequence *s, uint16_t number);
/* The packet with that number came too late to be played. */
void sequence_discard(struct sequence *s, uint16_t number);
uint64_t sequence_expected(const struct sequence *s);
uint64_t sequence_distinct(const struct sequence *s);
/* Accounts for what is still in the window. */
void sequence_finish(struct sequence *s);
void sequence_let_go(struct sequence *s);

/* ---- copies.c: packets that the capture holds twice ------------------------- */

/* What tells a packet's copy from its duplicate. */
struct trace {
    struct net_origin origin;
    uint16_t ip_id, sequence;
    uint32_t time; /* in units of TRACE_UNIT, modulo 2^32 */
    uint32_t timestamp;
    uint16_t size;
};
enum { TRACE_UNIT = 14 }; /* 2^14 ns */
enum { TRACES = 32 };

/* Whether files that a stream is spread over agree about the time. */
struct clocks {
    int64_t time; /* of the packet before */
    uint32_t timestamp;
    uint16_t sequence, tap;
    bool begun;
    uint32_t steps;    /* from one file to another, and back in the stream */
    double apart_ms;   /* by how much, at the last one */
};
enum copy { COPY_NONE, COPY_OF_THIS_TAP, COPY_OF_ANOTHER_TAP };

/* ---- timing.c: delta, jitter, skew as Wireshark has them --------------------- */

struct running { /* least, mean, greatest */
    double min, max;
    double sum;      /* mean * packets, as of the last note */
    uint64_t packets;
};

struct timing {
    double first, reference; /* arrival in ms: first packet, last in time sequence */
    double nominal;          /* of the last packet with a clock rate */
    double jitter;
    struct running deltas, jitters;
    double skew_min, skew_max; /* min > max: none */
    uint32_t first_timestamp;
    bool after_noise;
};

/* `now` is the arrival in ms since the capture's first packet. */
void timing_start(struct timing *t, double now, uint32_t timestamp);
struct format;
/* `packets` were counted before this one. */
void timing_add(struct timing *t, double now, const struct arrival *a, const struct format *f,
                uint64_t packets);

static inline double least(double a, double b)
{
    return a < b ? a : b;
}

static inline double greatest(double a, double b)
{
    return a > b ? a : b;
}

/* Timestamps that are not behind the first one. */
static inline bool timing_in_sequence(const struct timing *t, uint32_t timestamp)
{
    return timestamp - t->first_timestamp < 0x80000000u;
}

static inline void running_enter(struct running *r, double x)
{
    r->min = least(x, r->min);
    r->max = greatest(x, r->max);
    r->sum += x;
}

/* A packet that came `off` ms from where its timestamp puts it behind the one before. */
static inline double timing_jitter(double before, double off)
{
    return (15 * before + off) / 16;
}

/* A packet in time sequence, of a clock with as many ticks: jitter and skew. */
static inline void timing_step(struct timing *t, double now, uint32_t timestamp,
                               double ticks_per_ms)
{
    double nominal = (double)(int32_t)(timestamp - t->first_timestamp) / ticks_per_ms;
    double skew = nominal - (now - t->first);

    t->jitter = timing_jitter(t->jitter, fabs(now - (t->reference + nominal - t->nominal)));
    t->skew_min = least(skew, t->skew_min);
    t->skew_max = greatest(skew, t->skew_max);
    t->nominal = nominal;
}

/* ---- transit.c: RFC 3550's jitter, the jitter buffer, the sender's clock ----- */

enum { LOWS = 8 }; /* seconds that the jitter buffer looks back */

struct transit {
    double last;             /* ms: arrival less media time, of the last packet in order */
    int64_t ticks;           /* media time since the clock's start */
    double jitter, sum, max; /* A.8, ms */
    double low, low_before;  /* least transit of this second, of the seconds before */
    uint32_t timestamp, rate;
    uint64_t count;
    uint64_t discarded, discarded_adaptive;
    uint32_t restarts;       /* of the clock, the first one too */
};

/* Once a second. */
struct clock_fit { /* least squares of the least transit over time */
    double n, x, y, xx, xy, yy;
    double best_n, best_slope, best_error; /* of the longest stretch, ms a second */
};

/* A buffer that adapts is no shallower, ms. */
enum { TRANSIT_LEAST_DEPTH = 20 };
/* A greater jump is a clock that begins anew, ms. */
enum { TRANSIT_RESTART = 1000 };

/* After a packet in order that was `d` ms further from or nearer to its sender. */
static inline double transit_jitter(double before, double d)
{
    return before + (d - before) / 16;
}

/* Such a packet, but for `count`. */
static inline void transit_step(struct transit *t, double transit, double d)
{
    t->last = transit;
    t->low = least(transit, t->low);
    t->jitter = transit_jitter(t->jitter, d);
    t->sum += t->jitter;
    t->max = greatest(t->jitter, t->max);
}

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
 * million; NaN when too little was seen, or it
 * is no clock's drift.  *error_ppm is the standard error. */
double clock_fit_ppm(const struct clock_fit *f, double *error_ppm);

/* ---- dtmf.c: keys as telephone events ----------------------------------------- */

/* The event that is being sent, or was sent last. */
struct event_state {
    uint32_t timestamp;
    uint32_t before;   /* ticks of its earlier segments (RFC 4733 §2.5.1.3) */
    uint32_t rate;     /* of its clock, Hz */
    uint32_t item;     /* in the list of keys, or NO_ITEM */
    uint16_t duration; /* of this segment, ticks */
    uint8_t event;
    bool any, ended;
};

struct keys {
    VEC(struct stream_digit) list;
    struct event_state state;
};
enum { MOST_DIGITS = 4096 }; /* kept a stream */

void dtmf_event(struct keys *keys, const struct arrival *a, enum order order, uint32_t rate);
/* A new key; NULL when there are too many. */
struct stream_digit *dtmf_add(struct keys *keys, char digit, enum stream_digit_via via,
                              int64_t time, uint64_t frame);

/* ---- tone.c: keys as tones in G.711 ------------------------------------------- */

enum { TONES = 8, TONE_WORDS = 4 };

/* Which samples of each tone are negative: 0 sine, 1 cosine. */
struct tone_masks {
    uint64_t bits[TONES][2][TONE_WORDS];
};
extern const struct tone_masks tone_masks;
/* A quick look at the samples' signs, 64 at least: false where there is surely no key. */
bool tone_may_sound(const uint8_t *payload, size_t n);

/* The octets at both ends of 16 at least repeat: digital silence, which is common. */
static inline bool tone_is_constant(const uint8_t *p, size_t n)
{
    uint64_t first = le64(p);

    return le64(p + 8) == first && le64(p + n - 8) == first;
}

/* The same of any payload; in few samples there may be one. */
static inline bool tone_suspected(const uint8_t *payload, size_t n)
{
    if (n < 64)
        return n > 0;
    return !tone_is_constant(payload, n) && tone_may_sound(payload, n);
}

struct tone; /* a detector at work */
struct tone *tone_new(void);
bool tone_is_listening(const struct tone *tone);
/* Listens to a packet of `n` octets; `gap` packets are missing between the one
 * before and it.  `suspected`: as tone_suspected says of it. */
void tone_add(struct tone *tone, struct keys *keys, const struct arrival *a, unsigned gap,
              bool suspected, enum g711_law law, const uint8_t *payload, size_t n);
/* What was heard is over. */
void tone_rest(struct tone *tone, struct keys *keys);

/* ---- interval.c ------------------------------------------------------------------- */

struct intervals {
    VEC(struct stream_interval) list;
    int64_t highest;   /* extended number at the end of the interval before */
    int64_t last;      /* at the packet before */
    int64_t distinct;  /* newer ones, received in this interval */
    uint64_t lost;     /* in this interval, before numbers began anew */
    uint32_t resets;
};

/* ---- a stream ---------------------------------------------------------------- */

/* A payload type in one meaning: a later session description may give it another. */
struct pt_count {
    uint64_t packets;
    const struct rtp_format *format; /* as announced; NULL: it is not, or not yet */
    uint32_t rate; /* Hz, 0: unknown, or no media clock */
    uint8_t pt;
    bool negotiated, event;
};
enum { FIRST_PTS = 1 }; /* kept in the stream itself */

/* What the payload type of the packets now means. */
struct format {
    double ms_per_tick;
    uint32_t rate;         /* of the media clock; 0: unknown, or none */
    uint32_t event_rate;   /* of an event's clock */
    uint16_t ticks_per_ms; /* whole ones, as Wireshark divides */
    uint8_t pt;
    uint8_t law;           /* enum g711_law, where the samples can be heard */
    uint8_t video;         /* enum video_codec */
    bool known, event, noise;
    bool hidden;           /* the payload is encrypted */
};

enum { LEVELS = 4 }; /* payload, RTP, IP, link */

/* What is noted when a stream's second is over: few failed calls have one. */
struct seconds {
    uint64_t before[LEVELS]; /* octets up to the second's beginning */
    uint32_t peak[LEVELS];   /* octets of the fullest second */
    float lows[LOWS];        /* least transit, of the last seconds */
    uint8_t low_at, low_count;
    uint32_t restarts;       /* of transit, that the lows and the fit know of */
    struct clock_fit fit;
};

/* ---- video.c -------------------------------------------------------------------------- */

struct video {
    uint64_t frames, keys;
    int64_t first, last, last_key; /* ns since 1970: first packet of such a frame */
    int64_t longest;               /* ns from one key frame to the next */
    uint32_t timestamp;            /* of the newest frame */
    bool is_key;                   /* it is one */
    bool readable;                 /* payload headers were read */
};

struct rest { /* without packets: from one to the next, ns since 1970 */
    int64_t from, to;
};
enum { MOST_RESTS = 64 };

struct markings { /* without the packets that are marked as the last one */
    struct stream_marking rows[STREAM_MARKINGS];
    unsigned count;
    uint64_t packets; /* all of them */
};

/* What few streams need, made when they do. */
struct cold {
    struct pt_count pts[STREAM_MAX_PTS - FIRST_PTS];
    struct keys keys;
    struct tone *tone;
    struct intervals intervals;
    struct video video;
    struct clocks clocks;
    struct markings markings;
    struct trace *traces; /* by sequence number; NULL: no second tap is known of */
    uint64_t copies, seen_twice; /* of another tap; of the same one */
    VEC(struct rest) rests; /* of a second and more, the first ones */
    uint32_t outages;
    int64_t outage, longest_outage; /* ns, together and at most */
};

/* What all streams of a table share. */
struct context {
    uint64_t seed[2]; /* of hashes */
    int64_t origin; /* the capture's first packet */
    bool taps;      /* the capture is of several files */
    struct stream_settings settings;
};

/* ---- history.c ------------------------------------------------------------------- */

/* A stream's octets by seconds of UTC, as far as they are over. */
struct history;
struct stream;

/* The second that the time lies in, since 1970. */
int64_t history_second(int64_t time);
/* When the one after it begins. */
int64_t history_second_end(int64_t time);
/* What the stream counted since the second before is this one's. */
void history_note(struct stream *s, int64_t second);

/* ---- look.c ----------------------------------------------------------------------- */

/* Reads the addresses in the words in which net wrote them. */
static inline uint64_t stream_hash(const struct context *c, const struct net_addr *src,
                                   const struct net_addr *dst, uint32_t ssrc)
{
    uint64_t a[2], b[2], h;
    uint32_t ports[2];

    memcpy(a, src->ip, sizeof a);
    memcpy(b, dst->ip, sizeof b);
    memcpy(&ports[0], &src->port, sizeof ports[0]);
    memcpy(&ports[1], &dst->port, sizeof ports[1]);
    h = hash_mix(a[0] ^ c->seed[0], b[0] ^ c->seed[1]);
    if (src->family != NET_IP4)
        h ^= hash_mix(a[1] ^ ~c->seed[0], b[1] ^ ~c->seed[1]);
    return hash_mix(h ^ ((uint64_t)ports[0] << 32 | ports[1]), c->seed[1] ^ ssrc);
}

/* Whether the quick look at tones is worth it; here, because the reading thread looks. */
static inline bool stream_looked_at(uint8_t pt)
{
    enum { PCMU = 0, PCMA = 8 };

    return pt == PCMU || pt == PCMA;
}

/* Longer payloads are none of telephone events (a few at once, RFC 4733 §2.5). */
enum { STREAM_MOST_EVENTS = 16 };

/* ---- regular.c: packets like the one before -------------------------------------- */

struct known_flow;
struct regular {
    uint32_t count; /* counted here and not yet entered elsewhere */
    uint32_t same;  /* of them, the last ones, of this size: */
    struct stream_octets size;
    struct known_flow *flow; /* with which packets may wait that come behind all these, or NULL */
    bool ready;     /* the next packet may be one */
    uint8_t dscp;   /* of the last packet */
};

/* What the figures of a stream are made of while it has one packet alone. */
struct first_packet {
    uint16_t octets[LEVELS];
    uint32_t link;     /* of its struct net_origin, as the next one */
    uint16_t tap;
    uint16_t ip_id, sequence;
    uint8_t pt, dscp;
    uint32_t timestamp;
};

/* A stream begins with one packet, and many have no other (calls that fail, scans): until
 * another one comes, or RTCP or a session description speaks of it, it is `alone`, and
 * there are no more than the members up to `regular`, two cache lines.  stream_whole makes
 * the rest; who only reads asks stream_counted.
 *
 * The members from `start` up to `transit.low_before` are all that a regular packet touches:
 * they stand together, from the beginning of a cache line on.  The whole is an odd number of
 * lines, so that the same part of many streams is spread over all sets of a cache. */
struct stream {
    _Alignas(64) struct stream_key key;
    uint32_t call;
    uint32_t number, next_to_dst; /* numbers of streams */
    uint32_t before_on_flow;      /* the same, once stream_enter_flows came to it */
    uint8_t direction, found_by;
    uint8_t exchange;         /* enum rtp_exchange, by packets on its flow */
    bool alone : 1;
    bool begins_marked : 1;   /* its first packet had the marker */
    bool decrypted : 1;       /* some packets were */
    uint8_t ssrc_changes : 1; /* another stream took the flow over */
    bool closed : 1;          /* packets with its key begin another stream */
    bool described : 1;       /* again: its next packet follows the destination's map */
    int64_t start;            /* ns */
    uint64_t first_frame;
    const struct rtp_map *map; /* that its last packet followed */
    struct destination *destination; /* NULL: no description followed its first packet */
    const struct context *context;
    union {
        struct first_packet first; /* of one that is alone */
        struct {
            struct cold *cold;
            struct seconds *seconds; /* NULL: its first one is not over */
            struct reports *reports;
        };
    };
    struct regular regular;
    int64_t end, longest_gap; /* ns */
    int64_t second_end; /* of one of its own, or of UTC: what comes first */
    struct format format;
    struct trace trace; /* of the last packet that is no copy */
    uint64_t last;      /* rtp_word of the last packet that is no event */
    uint32_t step;      /* the commonest one of timestamps, by majority vote */
    uint32_t highest_timestamp; /* of the highest sequence number */
    struct timing timing;
    struct transit transit;
    /* the rest */
    struct history *history; /* NULL: all in one second of UTC */
    uint32_t markers, pauses;
    uint8_t pt_count, pt_index;
    uint16_t last_size; /* the commonest of payloads, by majority vote */
    uint32_t size_votes, step_votes;
    struct pt_count pts[FIRST_PTS];
    uint64_t run; /* packets before those of this payload type, whose row lacks them */
    uint64_t octets[LEVELS];
    struct sequence sequence;
};

enum { STREAM_ALONE = offsetof(struct stream, regular) }; /* octets of one that is */
_Static_assert(STREAM_ALONE == 128, "more than two cache lines");
_Static_assert(sizeof(struct stream) / 64 % 2, "an even number of cache lines");

/* The octets that a regular packet touches: from the first one on, so many. */
enum {
    STREAM_HOT_AT = offsetof(struct stream, start),
    STREAM_HOT = offsetof(struct stream, transit) + offsetof(struct transit, timestamp) -
                 STREAM_HOT_AT,
};

/* Most packets are as the one before says: its number, timestamp and payload
 * type are the next, nothing was heard in it, and it comes in time.  Such a one
 * changes a few sums; all other counters are told of many of them at once.
 * True when it was one and is counted; none may wait with their flow. */
bool regular_add(struct stream *s, const struct arrival *a, const struct context *c);
/* Counts what waits with its flow, where nothing waits from then on. */
void regular_leave_flow(struct stream *s);
/* That, and tells all counters: before anything else of the stream is read or changed. */
void regular_settle(struct stream *s);
/* After any other packet: whether the next one may be regular. */
void regular_expect(struct stream *s, const struct arrival *a, const struct context *c);

/* ms from `start` on */
static inline double since(int64_t time, int64_t start)
{
    return (double)(time - start) / 1e6;
}

/* The octets of `n` packets of a size. */
void stream_add_octets(struct stream *s, const struct stream_octets *size, uint64_t n);
/* Boyer and Moore's votes: `n` packets of that step; of that size of payload. */
void stream_vote_step(struct stream *s, uint32_t step, uint64_t n);
void stream_vote_size(struct stream *s, uint32_t octets, uint64_t n);

/* ---- count.c --------------------------------------------------------------------- */

struct pt_count *stream_pt_row(struct stream *s, unsigned i);
/* Makes it if need be; NULL when memory is short. */
struct cold *stream_cold(struct stream *s);
/* Whether one of a dynamic payload type that no description explains is a telephone event. */
bool stream_looks_like_event(const struct rtp_format *format, const struct arrival *a);
/* `s` is all zero. */
void stream_start_at(struct stream *s, const struct stream_key *key, const struct rtp_map *map,
                     const struct arrival *a, const struct context *c);
/* The stream is not alone.  `payload` holds `n` captured octets; NULL for a packet kept
 * while its flow was on trial. */
void stream_count_packet(struct stream *s, const struct arrival *a, const uint8_t *payload,
                         size_t n, const struct context *c);
/* No more packets come. */
void stream_end_counting(struct stream *s);
void stream_let_go(struct stream *s);
enum video_codec video_format(const struct rtp_map *map, const struct rtp_format *format);
/* `payload` as in stream_count_packet; again for the same packet when it could not
 * be given the first time. */
void video_add(struct stream *s, const struct arrival *a, enum order order,
               const uint8_t *payload, size_t n);
void video_figures(const struct stream *s, struct stream_video *out);
void interval_add(struct stream *s, const struct arrival *a, enum order order, bool late,
                  const struct context *c);
/* Notes the packet, and tells whether it is a copy of one that was noted before. */
enum copy copies_note(struct stream *s, const struct arrival *a, const struct context *c);

/* ---- destination.c ---------------------------------------------------------------- */

/* A packet comes: what was described since the one before it holds now. */
void destination_follow(struct stream *s);

/* ---- marking.c ------------------------------------------------------------------- */

/* The packet at hand, and those after it, have another DSCP. */
void marking_change(struct stream *s, uint8_t dscp);

/* The stream of that SSRC from host `a` to host `b`, NULL without one. */
struct stream *stream_by_ssrc(struct stream_table *t, uint32_t ssrc, const struct net_addr *a,
                              const struct net_addr *b);
/* The same to a multicast address, whose RTCP may have the next port. */
struct stream *stream_to_group(struct stream_table *t, uint32_t ssrc, const struct net_addr *dst);
const struct context *stream_context(const struct stream_table *t);
/* RTCP spoke of the SSRC from host `a` to host `b`, at these ports: one on
 * trial there is a stream. */
struct stream *stream_confirm(struct stream_table *t, uint32_t ssrc, const struct net_addr *a,
                              const struct net_addr *b);

#endif

/* Streams: the RTP packets of one SSRC between two addresses, and their
 * figures (shared definitions: RFC 3550 and fosip-json(5)).
 *
 * One look-up a packet.  A packet of a flow that no session description
 * announced waits in a small cache of candidates until several headers in a
 * row are consistent; then all of them are counted.  Knows nothing of SIP. */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "net/net.h"
#include "rtp/codec.h"
#include "rtp/rtcp.h"
#include "rtp/rtp.h"

struct stream;
struct stream_table;

enum stream_found { STREAM_BY_SDP, STREAM_BY_HEURISTIC, STREAM_BY_RTCP, STREAM_BY_TURN };

enum { STREAM_NO_CALL = UINT32_MAX, STREAM_NO_NUMBER = UINT32_MAX };
enum stream_direction { STREAM_NO_DIRECTION, STREAM_TO_CALLEE, STREAM_TO_CALLER };

/* Asked once for each new (addresses, SSRC): what a session description says
 * of them.  True when the destination or the source was announced; *map may
 * then be NULL when its formats are not known. */
typedef bool stream_announced(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                              const struct rtp_map **map);

/* NULL when memory is short. */
struct stream_table *stream_table_new(stream_announced *announced, void *ctx);

/* Asked of the same, where nothing announced them: true when packets between the two are
 * stragglers of a stream that is no longer kept, and begin none. */
typedef bool stream_departed(void *ctx, const struct net_addr *src, const struct net_addr *dst);
void stream_ask_departed(struct stream_table *table, stream_departed *departed, void *ctx);

/* Told of the destination of a stream some time before stream_announced is asked, so that the
 * memory that it reads can be asked for. */
typedef void stream_announced_ahead(void *ctx, const struct net_addr *dst);
void stream_tell_ahead(struct stream_table *table, stream_announced_ahead *ahead);

/* What can be chosen; before the first packet. */
struct stream_settings {
    double buffer_ms;  /* depth of the jitter buffer that is simulated */
    int64_t interval;  /* ns of each row of stream_intervals, 0: none are kept */
    bool no_tones;     /* do not listen for keys in the audio */
    bool no_short_way; /* count each packet by itself: tests compare the two */
};
enum { STREAM_BUFFER_MS = 60 }; /* where nothing is chosen */
void stream_configure(struct stream_table *table, const struct stream_settings *settings);

/* Tells the time of the capture's first packet, which arrival times are
 * relative to; before the first stream_media. */
void stream_set_origin(struct stream_table *table, int64_t time);

/* Tells that the capture is of several files, so that packets may be in it more than
 * once; before the first stream_media. */
void stream_expect_copies(struct stream_table *table);

/* A datagram on its way to its stream.  Many streams flow side by side, so the
 * memory of the next one's is asked for while others are still being counted.
 * stream_look reads nothing that the others change, so another thread may be
 * ahead with it; stream_prefetch and stream_fetch may be left out. */
struct stream_octets { /* of one packet, at each level */
    uint32_t payload, rtp, ip, link;
};
struct arrival {
    int64_t time; /* ns since 1970 */
    uint64_t frame;
    struct stream_octets octets;
    struct net_origin origin;
    uint16_t ip_id;
    uint16_t sequence;
    uint32_t timestamp;
    uint8_t pt;
    uint8_t dscp;
    bool marker : 1, relayed : 1;
    bool clear : 1;         /* it was encrypted, and is not now */
    bool short_payload : 1; /* as short as a telephone event's, which head holds */
    bool looked_at : 1;     /* for tones, if it is G.711: */
    bool suspected : 1;     /* a key may sound in it */
    uint8_t head[4];
};
struct stream_key {
    struct net_addr src, dst;
    uint32_t ssrc;
};
struct stream_look { /* two cache lines */
    _Alignas(64) struct stream_key key;
    uint32_t number;        /* of the stream, as far as known */
    uint64_t hash;
    const uint8_t *payload; /* borrowed from the datagram */
    struct arrival arrival;
    uint32_t captured;      /* octets of the payload, without padding */
    uint32_t flow;          /* that begins with it, STREAM_NO_NUMBER: none (stream_see) */
};
/* For a datagram that rtp_classify called RTP_MEDIA; false when it holds no
 * whole RTP header. */
bool stream_look(const struct stream_table *table, const struct datagram *datagram,
                 struct stream_look *look);
/* The same for a packet, true only where it is plain (net/plain.h) and RTP_MEDIA. */
bool stream_look_at_packet(const struct stream_table *table, const struct packet *packet,
                           struct stream_look *look);
/* Asks for the memory that stream_set_map reads first. */
void stream_ask_for_newest(const struct stream_table *table, const struct net_addr *dst);
void stream_prefetch(const struct stream_table *table, const struct stream_look *look);
void stream_fetch(const struct stream_table *table, struct stream_look *look);
/* Counts it in its stream, or takes it as a candidate that may be counted
 * later; false when it can be neither. */
bool stream_media(struct stream_table *table, const struct stream_look *look);

/* The look at a packet whose flow is known, in brief.  It counts from the first packet
 * of those that are handed on together. */
struct stream_base {
    int64_t time;
    uint64_t frame;
    const uint8_t *data;
};
struct stream_brief { /* half a cache line */
    uint64_t rtp;    /* marker, payload type, sequence number, timestamp, as in the header, and
                        whether a key may sound (stream/rtp_word.h) */
    uint32_t flow;
    uint16_t link;   /* octets of the packet */
    uint16_t ip_id;
    uint32_t after;  /* ns */
    uint32_t at;     /* octets, of the packet's data */
    uint16_t frames;
};

/* The flows that are known, on both threads: NULL when memory is short. */
struct stream_flows;
struct stream_flows *stream_flows_new(const struct stream_table *table);
void stream_flows_free(struct stream_flows *flows);

/* For the thread that reads.  A glance at some packets goes before, so that what is known
 * of their flows is in a near cache when their turn comes. */
struct stream_glance {
    uint32_t hash; /* of its flow */
    uint8_t ip_at; /* octets of the link's header, the same in all of a run */
    bool may_be_known;
};
void stream_glance(const struct stream_flows *flows, const struct capture_run *run,
                   struct stream_glance *glances);
/* Packets from number i on in brief, up to the first where that is not possible: how many.
 * More packets are asked for meanwhile (capture_ask). */
size_t stream_see_known(const struct stream_flows *flows, struct capture_run *run, size_t i,
                        const struct stream_glance *glances, const struct stream_base *base,
                        struct stream_brief *briefs);
/* After that, as stream_look_at_packet. */
bool stream_see(struct stream_flows *flows, const struct packet *packet,
                const struct stream_glance *glance, struct stream_look *look);
/* For the one that counts, in the same order: as stream_media of what was seen whole, and of
 * n packets in brief (how many of them it took).  For the memory of the flows and streams of
 * those that follow it asks meanwhile: behind the n lie STREAM_BRIEFS_AHEAD more, or zeros.
 * For the flows of the first ones stream_fetch_flow does. */
enum { STREAM_BRIEFS_AHEAD = 16 };
bool stream_media_whole(struct stream_table *table, struct stream_flows *flows,
                        const struct stream_look *look);
void stream_fetch_flow(const struct stream_flows *flows, const struct stream_brief *brief);
size_t stream_media_briefs(struct stream_table *table, struct stream_flows *flows,
                           const struct stream_base *base, const struct stream_brief *briefs,
                           size_t n);
/* After stream_finish: adds the packets that were seen in brief to those of their DSCP. */
void stream_brief_dscp(const struct stream_flows *flows, uint64_t counts[64]);

/* As stream_media, a packet of SRTP that was decrypted: `wire` is how many octets of
 * RTP it had, and what it is was not known to its stream before when `first`. */
bool stream_clear_media(struct stream_table *table, struct stream_look *look, uint32_t wire,
                        bool first);

/* One datagram that rtp_classify called RTP_CONTROL. */
void stream_control(struct stream_table *table, const struct datagram *datagram);

/* A packet by which two ends agree on keys went between these addresses: what flows
 * there is SRTP. */
void stream_note_exchange(struct stream_table *table, const struct net_addr *src,
                          const struct net_addr *dst, enum rtp_exchange exchange);

/* A session description announced (or changed) what arrives at `dst`: streams
 * that already flow there use the map from their next packet on, those without one
 * for what came before, too; and candidates that wait are streams. */
void stream_set_map(struct stream_table *table, const struct net_addr *dst,
                    const struct rtp_map *map);

/* What arrives at `dst` from now on begins other streams, even with the same SSRC; not
 * where flows are looked for ahead (stream_flows). */
void stream_close_to(struct stream_table *table, const struct net_addr *dst);

/* At the end of the capture, behind which no packet is counted: decides on the
 * candidates left and puts the streams in order of their first packet. */
void stream_finish(struct stream_table *table);

/* The stream that flowed from `src` to `dst` at that time (ns since 1970), or began
 * next, by the number that stream_place takes; STREAM_NO_NUMBER without one. */
uint32_t stream_flowing(struct stream_table *table, const struct net_addr *src,
                        const struct net_addr *dst, int64_t time);
/* After stream_finish: where the stream of that number stands, for stream_at. */
size_t stream_place(const struct stream_table *table, uint32_t number);
/* The stream's number, for stream_place. */
uint32_t stream_number_of(const struct stream *stream);

/* After stream_finish: the number, for stream_place, of the stream that a packet
 * belongs to, STREAM_NO_NUMBER when there is none. */
uint32_t stream_number(const struct stream_table *table, const struct stream_look *look);
/* ... and of those that an RTCP datagram is from or about: how many, up to `most`. */
unsigned stream_of_control(struct stream_table *table, const struct datagram *datagram,
                           uint32_t *numbers, unsigned most);

/* Whether a stream goes by meanings of payload types that lie in `maps`. */
struct arena;
bool stream_uses_maps(const struct stream_table *table, const struct arena *maps);
/* While the capture is read: packets that were counted. */
uint64_t stream_packets_so_far(const struct stream *stream);
/* While the capture is read: takes the streams that `leave` marks out of the table into a
 * new one, to be finished by itself; both count their streams anew, in the same order.  What
 * keys were agreed on stays known for flows that `keeps` (or a stream) speaks for.  NULL
 * when memory is short: then neither can be used but to be freed. */
struct stream_table *stream_part(struct stream_table *table, const bool *leave,
                                 bool (*keeps)(void *ctx, const struct net_addr *src,
                                               const struct net_addr *dst),
                                 void *ctx);

size_t stream_count(const struct stream_table *table);
struct stream *stream_at(struct stream_table *table, size_t i);
/* Where all streams are walked over: asks for the memory of one that stream_at gives
 * soon after the one at place i. */
void stream_ask_ahead(struct stream_table *table, size_t i);
uint64_t stream_packets_counted(const struct stream_table *table);

void stream_table_free(struct stream_table *table);

/* A figure that may be unknown is NaN; reports print null. */
struct stream_range {
    double min, mean, max;
};

struct stream_pt {
    uint8_t pt;
    struct slice codec;  /* empty: unknown */
    uint32_t clock_rate; /* Hz, 0: unknown */
    uint64_t packets;
    bool negotiated;     /* the session description lists it */
};

/* Packets by how they are marked for the network (RFC 2474). */
struct stream_marking {
    uint8_t dscp; /* or NET_NO_DSCP */
    uint64_t packets;
};

enum { STREAM_MARKINGS = 8 }; /* what finds no room is counted with the last */
enum { STREAM_MAX_PTS = 16 }; /* payload types listed; more are only counted */
enum { STREAM_CNAME = 64 };

struct stream_rates { /* kbit/s */
    double payload, rtp, ip, link;
};

/* One packet as most are: where its octets go, and what they cost.  Headers are
 * means, so that an extension in every packet shows and one in few does not. */
struct stream_packet {
    uint32_t payload, rtp, udp, ip, link; /* octets: of the payload, of each header */
    uint32_t other; /* headers between UDP and RTP (TURN), or IP options */
    uint32_t whole; /* all of them together */
    double ptime_ms, per_second, kbps; /* NaN where the packet's time is not known */
};

/* On which side of the capture point the network lost packets. */
enum stream_side {
    STREAM_SIDE_UNKNOWN,
    STREAM_NO_SIDE,
    STREAM_BEFORE,
    STREAM_AFTER,
    STREAM_BOTH_SIDES,
    STREAM_NOT_CAPTURED, /* on none: the receiver got what the capture misses */
};

/* RTCP about a stream, beside what its receiver reported last. */
struct stream_rtcp {
    uint64_t descriptions, byes, applications, extended; /* SDES, BYE, APP, XR */
    uint64_t encrypted; /* SRTCP packets that could not be read beyond their SSRC */
    uint64_t feedback[RTCP_FEEDBACK_KINDS]; /* by enum rtcp_feedback */
    uint64_t blocks[4]; /* bit n: an extended report held a block of type n */
    double worst_loss_pct;  /* the greatest fraction lost in a report */
    double worst_jitter_ms;
    /* On which side of the capture point packets were lost: between the sender
     * and here, and between here and the receiver, as of its last report; NaN
     * without reports.  What misses here and the receiver got was not captured. */
    double lost_before, lost_after, not_captured;
    enum stream_side lost_where; /* a packet or two may be on their way, and are not told */
    int64_t reported_lost;     /* as reported last, all in all */
    uint32_t reported_highest; /* extended sequence number, as reported last */
    /* The sender's media clock against its wall clock, by its sender reports:
     * parts per million, NaN when they span too little. */
    double media_clock_ppm;
    /* When its sender reports came here, less the time that they name: the time on
     * the way if the two clocks agree; how it differs, whether they do or not. */
    struct stream_range one_way_ms;
    bool has_metrics; /* RFC 3611 §4.7, as reported last */
    struct rtcp_voip_metrics metrics;
    int64_t bye_time;         /* ns since 1970, 0: no BYE seen */
    char cname[STREAM_CNAME]; /* of the sender; "": not said */
};

/* Frames of video; 0 of them: no video, or none that can be told. */
struct stream_video {
    uint64_t frames, keys;
    bool keys_known;       /* the payload is not encrypted and its format is read */
    double rate;           /* frames a second; NaN for a single one */
    double key_interval_s; /* the longest from one key frame to the next; NaN */
};

/* All that reports print of a stream. */
struct stream_figures {
    struct net_addr src, dst;
    uint32_t ssrc;
    uint32_t call;     /* number of the call in the model, STREAM_NO_CALL */
    enum stream_direction direction;
    enum stream_found found_by;
    bool encrypted;
    enum rtp_exchange exchange; /* how its keys were agreed on */
    bool decrypted;             /* its payload was read all the same */
    struct slice media; /* "audio", ...; empty: unknown */
    unsigned pt_count;
    struct stream_pt pts[STREAM_MAX_PTS]; /* in order of first packet */
    unsigned marking_count;
    struct stream_marking markings[STREAM_MARKINGS]; /* in order of first packet */
    struct slice codec;      /* of the payload type with most packets, events
                                and comfort noise left out; empty: unknown */
    uint32_t clock_rate;     /* Hz, 0: unknown */
    double ptime_ms;         /* measured, NaN when unknown */
    int64_t start, end;      /* ns since 1970: first and last packet */
    uint64_t first_frame;
    double duration_s;       /* end - start */
    uint64_t packets, expected, lost, duplicates, reordered;
    /* The capture's doing: packets that another file or interface holds once more,
     * which are in no other figure; and how many of the duplicates one tap saw at
     * two places of their way, whose octets are in no rate. */
    uint64_t copies, seen_twice;
    /* By how much the clocks of the files differ that the stream is spread over; 0:
     * they agree.  What is said of its times is wrong then. */
    double clocks_apart_ms;
    double loss_pct;
    uint32_t ssrc_changes, sequence_resets;
    struct stream_range delta_ms, jitter_ms; /* Wireshark's */
    double skew_min_ms, skew_max_ms;
    int64_t cumulative_lost;                 /* RFC 3550's */
    int64_t extended_highest; /* A.1: cycles of 65536, and the highest number */
    double rfc_jitter_mean_ms, rfc_jitter_max_ms, rfc_jitter_last_ms;
    uint64_t payload_bytes, rtp_bytes, ip_bytes, link_bytes;
    double payload_kbps, rtp_kbps, ip_kbps, link_kbps;
    struct stream_rates peak_kbps; /* of the fullest second; seconds begin with the stream */
    struct stream_packet packet;
    uint32_t announced_ptime_ms; /* by the session description, 0: not said */
    /* RFC 3611 §4.7.2, Gmin 16: packets lost, or discarded by the jitter
     * buffer, in bursts and in the gaps between them.  longest_loss counts
     * packets lost alone. */
    uint32_t bursts, longest_loss;
    double burst_loss_pct, gap_loss_pct, longest_gap_ms;
    /* Times of 200 ms and more without a packet, in which packets were lost. */
    uint32_t outages;
    double outage_ms, longest_outage_ms; /* together, and at most */
    double burst_ms, gap_ms; /* mean length of a burst, of a gap; NaN: none */
    double burst_ratio;      /* G.107: 1 for losses at random, more in bursts */
    /* A jitter buffer that plays packets buffer_ms behind the fastest of the
     * last seconds would throw these away as too late; and so would one that
     * adapts (four times the interarrival jitter, 20 to 200 ms). */
    double buffer_ms;
    uint64_t discarded, discarded_adaptive;
    /* How much faster than the capture's clock the sender's runs; NaN: unknown. */
    double clock_ppm;
    double clock_error_ppm;  /* the standard error of that */
    uint32_t clock_restarts; /* media time jumped against arrival, by over a second */
    uint32_t talkspurts;     /* packets with the marker bit */
    uint64_t noise_packets;  /* of comfort noise */
    bool silence_suppressed; /* the sender pauses: media time goes on, numbers do not */
    /* ITU-T G.107, or G.107.1 for a wideband codec, whose R is divided by 1.29
     * so that the same scale holds; NaN where G.113 has no values. */
    double r_factor, mos;
    bool wideband;
    double delay_ms;     /* one way, that they assume */
    bool delay_measured; /* half of the round trip by RTCP; else 0 is assumed */
    /* Where no session description says: what the packets look like. */
    struct slice guessed_codec; /* empty: no guess */
    const char *guessed_media;  /* NULL: no guess */
    uint32_t guessed_clock_rate;
    /* RTCP about this stream; rtcp_packets 0: none seen */
    uint64_t rtcp_packets, sender_reports, receiver_reports;
    double reported_loss_pct, reported_jitter_ms;
    /* From the capture point to the receiver and back: the whole round trip
     * when captured at the sender, less elsewhere. */
    struct stream_range round_trip_ms;
    struct stream_rtcp rtcp;
    struct stream_video video;
};

void stream_figures(const struct stream *stream, struct stream_figures *out);
/* Those that a row of a list shows (addresses, SSRC, call, direction, start, payload types,
 * codec, packets, lost, duplicates and reordered, delta_ms, jitter_ms, ip_kbps, MOS); whether
 * the others are set is not said.  Most streams of a scan or of failed calls are too short
 * for more. */
void stream_list_figures(const struct stream *stream, struct stream_figures *out);
/* ... of which these alone: fills `rows`, and says how many there are. */
unsigned stream_markings(const struct stream *stream, struct stream_marking rows[STREAM_MARKINGS]);

/* What several streams take together, over the time from the first packet of
 * any to the end of the last one; `numbers` are those of stream_at(). */
struct stream_rates stream_rates_together(struct stream_table *table, const uint32_t *numbers,
                                          size_t count);
/* ... and in their fullest second, of UTC.  NaN without streams,
 * and where a stream's octets were others in each of very many seconds (history.c). */
struct stream_rates stream_peak_together(struct stream_table *table, const uint32_t *numbers,
                                         size_t count);

/* Keys pressed, in order of time after stream_finish(). */
enum stream_digit_via { STREAM_DIGIT_EVENT, STREAM_DIGIT_TONE }; /* RFC 4733, in-band */
struct stream_digit {
    char digit; /* '0' to '9', '*', '#', 'A' to 'D' */
    uint8_t via;
    bool ended;     /* an end packet was seen; a tone's end always is */
    uint8_t volume; /* dB below 0 dBm0, of an event */
    int64_t time;   /* ns since 1970: when the first of it arrived */
    uint64_t frame; /* that held it */
    double duration_ms;
};
/* How many there are; *digits borrows them. */
size_t stream_digits(const struct stream *stream, const struct stream_digit **digits);

/* A row of stream_settings.interval, counted from the capture's first packet;
 * those without packets are left out. */
struct stream_interval {
    int64_t number; /* from 0 */
    uint64_t packets, lost, discarded, duplicates;
    uint64_t payload_bytes, rtp_bytes, ip_bytes, link_bytes;
    double delta_max_ms;
    double jitter_max_ms, jitter_sum_ms; /* RFC 3550's */
    uint64_t jitter_count;
};
size_t stream_intervals(const struct stream *stream, const struct stream_interval **intervals);
/* The mean opinion score of one interval of the stream with these figures; NaN
 * where it is not known. */
double stream_interval_mos(const struct stream_figures *figures,
                           const struct stream_interval *interval);

/* Which call a stream belongs to is decided above this layer. */
void stream_bind(struct stream *stream, uint32_t call, enum stream_direction direction);
/* STREAM_NO_CALL: none. */
uint32_t stream_call(const struct stream *stream);
enum stream_direction stream_way(const struct stream *stream);
const struct net_addr *stream_src(const struct stream *stream);
const struct net_addr *stream_dst(const struct stream *stream);
uint32_t stream_ssrc(const struct stream *stream);
int64_t stream_start(const struct stream *stream);
int64_t stream_end(const struct stream *stream);
/* Whether some of its packets came in that time: pauses of a second are known, the
 * first 64 of them. */
bool stream_flows_within(const struct stream *stream, int64_t from, int64_t to);
/* Some of its figures, for what asks little of every stream. */
uint64_t stream_packets(const struct stream *stream);
uint64_t stream_captured_twice(const struct stream *stream); /* copies and seen_twice */
double stream_clocks_apart(const struct stream *stream);     /* clocks_apart_ms */
double stream_clock_ppm(const struct stream *stream, double *error_ppm);
struct slice stream_media_type(const struct stream *stream);
uint64_t stream_first_frame(const struct stream *stream);

#endif

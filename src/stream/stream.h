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
#include "rtp/rtp.h"

struct stream;
struct stream_table;

enum stream_found { STREAM_BY_SDP, STREAM_BY_HEURISTIC, STREAM_BY_RTCP, STREAM_BY_TURN };

enum { STREAM_NO_CALL = UINT32_MAX };
enum stream_direction { STREAM_NO_DIRECTION, STREAM_TO_CALLEE, STREAM_TO_CALLER };

/* Asked once for each new (addresses, SSRC): what a session description says
 * of them.  True when the destination or the source was announced; *map may
 * then be NULL when its formats are not known. */
typedef bool stream_announced(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                              const struct rtp_map **map);

/* NULL when memory is short. */
struct stream_table *stream_table_new(stream_announced *announced, void *ctx);

/* Tells the time of the capture's first packet, which arrival times are
 * relative to; before the first stream_media. */
void stream_set_origin(struct stream_table *table, int64_t time);

/* A datagram on its way to its stream.  Many streams flow side by side, so the
 * memory of the next one's is asked for while others are still being counted.
 * stream_look reads nothing that the others change, so another thread may be
 * ahead with it; stream_prefetch and stream_fetch may be left out. */
struct arrival {
    int64_t time; /* ns since 1970 */
    uint64_t frame;
    uint32_t timestamp;
    uint32_t payload_bytes, rtp_bytes, ip_bytes, link_bytes;
    uint16_t sequence;
    uint8_t pt;
    bool marker, relayed;
};
struct stream_look {
    struct arrival arrival;
    uint64_t hash;
    uint32_t ssrc;
    uint32_t number; /* of the stream, as far as known */
    bool valid;      /* it holds an RTP header */
};
/* For a datagram that rtp_classify called RTP_MEDIA. */
void stream_look(const struct stream_table *table, const struct datagram *datagram,
                 struct stream_look *look);
void stream_prefetch(const struct stream_table *table, const struct stream_look *look);
void stream_fetch(const struct stream_table *table, struct stream_look *look);
/* Counts it in its stream, or takes it as a candidate that may be counted
 * later; false when it can be neither. */
bool stream_media(struct stream_table *table, const struct datagram *datagram,
                  const struct stream_look *look);

/* One datagram that rtp_classify called RTP_CONTROL. */
void stream_control(struct stream_table *table, const struct datagram *datagram);

/* A session description announced (or changed) what arrives at `dst`: streams
 * that already flow there use the map from now on, and candidates that wait
 * are streams. */
void stream_set_map(struct stream_table *table, const struct net_addr *dst,
                    const struct rtp_map *map);

/* At the end of the capture: decides on the candidates left and puts the
 * streams in order of their first packet. */
void stream_finish(struct stream_table *table);

size_t stream_count(const struct stream_table *table);
struct stream *stream_at(struct stream_table *table, size_t i);
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

enum { STREAM_MAX_PTS = 16 }; /* payload types listed; more are only counted */

/* All that reports print of a stream. */
struct stream_figures {
    struct net_addr src, dst;
    uint32_t ssrc;
    uint32_t call;     /* number of the call in the model, STREAM_NO_CALL */
    enum stream_direction direction;
    enum stream_found found_by;
    bool encrypted;
    struct slice media; /* "audio", ...; empty: unknown */
    unsigned pt_count;
    struct stream_pt pts[STREAM_MAX_PTS]; /* in order of first packet */
    struct slice codec;      /* of the payload type with most packets, events
                                and comfort noise left out; empty: unknown */
    uint32_t clock_rate;     /* Hz, 0: unknown */
    double ptime_ms;         /* measured, NaN when unknown */
    int64_t start, end;      /* ns since 1970: first and last packet */
    uint64_t first_frame;
    double duration_s;       /* end - start */
    uint64_t packets, expected, lost, duplicates, reordered;
    double loss_pct;
    uint32_t ssrc_changes, sequence_resets;
    struct stream_range delta_ms, jitter_ms; /* Wireshark's */
    double skew_min_ms, skew_max_ms;
    int64_t cumulative_lost;                 /* RFC 3550's */
    double rfc_jitter_mean_ms, rfc_jitter_max_ms, rfc_jitter_last_ms;
    uint64_t payload_bytes, rtp_bytes, ip_bytes, link_bytes;
    double payload_kbps, rtp_kbps, ip_kbps, link_kbps;
    /* RFC 3611 bursts and gaps. */
    uint32_t bursts, longest_loss;
    double burst_loss_pct, gap_loss_pct, longest_gap_ms;
    double r_factor, mos;
    /* RTCP about this stream; rtcp_packets 0: none seen */
    uint64_t rtcp_packets, sender_reports, receiver_reports;
    double reported_loss_pct, reported_jitter_ms;
    struct stream_range round_trip_ms;
};

void stream_figures(const struct stream *stream, struct stream_figures *out);

/* Which call a stream belongs to is decided above this layer. */
void stream_bind(struct stream *stream, uint32_t call, enum stream_direction direction);
const struct net_addr *stream_src(const struct stream *stream);
const struct net_addr *stream_dst(const struct stream *stream);
int64_t stream_start(const struct stream *stream);
int64_t stream_end(const struct stream *stream);

#endif

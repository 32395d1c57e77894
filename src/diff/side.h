/* One side of a comparison: calls, messages, streams and findings as the JSON
 * result tells them, whether they came from a file or from an analysis, so that
 * both compare alike.
 *
 * Strings are numbers in a pool that both sides share: equal numbers are equal
 * strings. */
#ifndef DIFF_SIDE_H
#define DIFF_SIDE_H

#include "analysis/model.h"
#include "base/arena.h"
#include "base/table.h"
#include "base/vec.h"
#include "fosip/fosip.h"

struct json_object;

struct pool {
    struct arena arena;
    VEC(struct slice) texts;
    struct table by_text;
    uint64_t seed; /* of hashes: results do not depend on it */
    bool failed; /* memory was short */
};
/* The number of that text; 0: none (p NULL), or memory is short. */
uint32_t pool_number(struct pool *pool, struct slice text);
/* The text of that number; p NULL for 0. */
struct slice pool_text(const struct pool *pool, uint32_t number);
void pool_free(struct pool *pool);

struct side_media { /* an m= line */
    uint32_t type, ip, protocol, direction;
    uint32_t codecs;        /* "PCMU/8000, PCMA/8000" */
    uint32_t payload_types; /* "0, 8" */
    uint32_t parameters;    /* "telephone-event 0-15" */
    int32_t ptime, port;    /* -1: not said */
    int8_t rtcp_mux;        /* -1: not said */
};

struct side_message {
    double time;      /* s since the capture's first packet; NaN: unknown */
    uint64_t frame;
    uint32_t id;      /* in the call, from 1 */
    uint32_t method;  /* 0: a response */
    uint32_t reason, cseq_method, branch, from_tag, to_tag, content_type, transport, problems;
    uint32_t src_ip, dst_ip;
    uint32_t transaction; /* 0: none */
    uint32_t media;       /* place of the first of its media */
    int64_t cseq, max_forwards, rseq; /* -1: none */
    int32_t src_port, dst_port; /* -1: unknown */
    uint16_t media_count, status;
    bool has_sdp, retransmission;
};

enum { SIDE_TIMINGS = 5 };

struct side_call {
    uint32_t id, group, leg; /* from 1; leg: how many of its group came before */
    uint32_t kind, call_id, method, request_uri, transport, state, reason, released_by, offer;
    uint32_t from_user, from_host, from_display, from_tag, to_user, to_host, to_display;
    uint32_t agreed;     /* codecs, "PCMU, VP8"; 0: nothing */
    uint32_t keys;       /* "1 rfc4733, 2 info"; 0: none */
    uint32_t messages, message_count; /* place of the first, and how many */
    int32_t status;      /* -1: none */
    int32_t holds, icmp_errors, dialogs; /* -1: not said */
    double timing[SIDE_TIMINGS]; /* ms, NaN: unknown */
};

/* What is compared of a stream by number. */
enum side_figure {
    FIGURE_PACKETS, FIGURE_LOSS, FIGURE_DUPLICATES, FIGURE_REORDERED, FIGURE_JITTER_MEAN,
    FIGURE_JITTER_MAX, FIGURE_DELTA_MAX, FIGURE_MOS, FIGURE_PTIME, FIGURE_DURATION,
    FIGURE_SSRC_CHANGES, FIGURE_RESETS, FIGURES,
};

struct side_stream {
    uint32_t id, call; /* call 0: none */
    uint32_t media, direction, codec, payload_types, ssrc, src_ip, dst_ip, found_by;
    int32_t src_port, dst_port;
    int8_t encrypted; /* -1: not said */
    double figure[FIGURES]; /* NaN: unknown */
};

struct side_finding {
    uint32_t rule, severity, text;
    uint32_t call, stream; /* ids, 0: none */
    uint32_t order;        /* as they were read */
    uint64_t frame;        /* the first one, 0: none */
};

struct side {
    const char *name;
    const struct fosip_analysis *analysis; /* NULL: read from JSON */
    bool has_streams, has_findings;        /* the result has lists of them */
    struct fosip_select select;
    VEC(struct side_call) calls;
    VEC(struct side_message) messages;
    VEC(struct side_media) media;
    VEC(struct side_stream) streams;   /* by call, then in order */
    VEC(struct side_finding) findings; /* by call, then in order */
};

/* The streams of a call (0: of none): the first of them, and how many. */
const struct side_stream *side_streams(const struct side *side, uint32_t call, size_t *count);
const struct side_finding *side_findings(const struct side *side, uint32_t call, size_t *count);

/* "trying", "post dial delay", ... */
const char *side_timing_name(unsigned i);

/* Fills the side.  0, -ENOMEM, or -EINVAL with `err`. */
int side_of_analysis(struct side *side, struct pool *pool, const struct fosip_analysis *analysis,
                     struct fosip_error *err);
/* The same of a document: that of `file`, which error messages name. */
int side_of_document(struct side *side, struct pool *pool, struct json_object *document,
                     const char *file, struct fosip_error *err);
/* Reads the file: a JSON result. */
int side_of_file(struct side *side, struct pool *pool, const char *path, struct fosip_error *err);
void side_free(struct side *side);

#endif

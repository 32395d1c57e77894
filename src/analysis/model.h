/* The model: what an analysis leaves behind for reports to read. */
#ifndef ANALYSIS_MODEL_H
#define ANALYSIS_MODEL_H

#include "analysis/gaps.h"
#include "analysis/icmp.h"
#include "analysis/secrets.h"
#include "call/call.h"
#include "capture/capture.h"
#include "fosip/fosip.h"
#include "rtp/h245.h"
#include "stream/stream.h"

enum finding_severity { FINDING_ERROR, FINDING_WARNING, FINDING_NOTE };
const char *finding_severity_name(enum finding_severity severity);

struct fax_table;
struct ice_table;
struct nat_table;

struct finding {
    const char *rule;      /* kebab-case literal */
    const char *reference; /* "RFC 3261 §17.1.1.2" or NULL */
    char *text;            /* one sentence */
    int64_t time;
    uint64_t frames[8];
    unsigned frame_count;
    uint32_t call, stream, message; /* numbers from 0, CALL_NONE: none */
    enum finding_severity severity;
};

/* Keys of H.323 (ITU-T H.245): not of a call here, which are those of SIP. */
struct h323_key {
    struct net_addr src, dst;
    int64_t time;
    uint64_t frame;
    struct h245_keys keys;
};
enum { MOST_H323_KEYS = 4096 };

struct capture_counts {
    uint64_t sip, sip_requests, sip_responses, sip_malformed;
    uint64_t rtp, rtcp, stun, other, undecoded;
    uint64_t dscp[NET_NO_DSCP + 1]; /* packets by their marking; the last: none known */
    struct marked_left { uint64_t sip, rtp; } left[NET_NO_DSCP]; /* in parts that left */
};

/* TLS connections to one server that stay encrypted for one reason and may
 * carry SIP. */
struct encrypted {
    struct net_tls first;
    uint64_t count;
};

struct fosip_analysis {
    struct capture *capture; /* stays open: packets and texts live in it */
    char *filter;            /* what it was read through, or NULL */
    uint64_t packets, bytes;
    int64_t first_time, last_time; /* ns since 1970; -1 when no packets */
    bool no_short_ways; /* set by tests, which compare: every packet goes the general way */
    int64_t interval;              /* ns of stream_intervals' rows, 0: none are kept */
    struct capture_counts counts;
    struct net_tls_counts tls; /* connections */
    VEC(struct encrypted) encrypted; /* in the order of their first */
    struct secrets secrets; /* to decrypt with; used up while reading */
    struct call_table *calls;
    struct stream_table *streams;
    struct icmp_table *icmp;
    struct ice_table *ice;
    struct nat_table *nat; /* by nat_finish; before it, of the parts that left */
    struct fax_table *faxes;
    bool fax_announced; /* UDPTL has been, so that datagrams may be of it */
    VEC(struct h323_key) h323_keys; /* in order */
    struct gaps gaps;
    bool *same_ssrc; /* by stream: another has its SSRC; NULL: not known, or none has */
    bool lone_ssrcs; /* none has, so that no relay passes one on */
    bool *one_way; /* by path: the other direction was not captured; NULL: of none */
    VEC(struct finding) findings;
    /* Where calls and streams leave while the capture goes on (analysis/quiet.h): */
    bool in_parts;        /* they do */
    size_t most_calls, most_streams; /* in the model at once, as it was looked at */
    bool is_part;         /* this is what left */
    uint32_t *call_ids;   /* by number, which is another in each part; NULL: the number */
    uint32_t *stream_ids; /* the same by the number that stream_number_of gives */
};

/* What reports call a call or a stream (of stream_at): from 0, over the whole capture.
 * CALL_NONE stays that. */
uint32_t model_call_id(const struct fosip_analysis *analysis, uint32_t call);
uint32_t model_stream_id(const struct fosip_analysis *analysis, uint32_t stream);

#endif

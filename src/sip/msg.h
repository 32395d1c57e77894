/* SIP messages: octets to a sip_msg (RFC 3261 §7, §25).
 *
 * Zero copy: every field is a slice of the text that was given.  A message
 * that breaks the grammar is still taken apart as far as it can be, and says
 * in `problems` what is wrong and where. */
#ifndef SIP_MSG_H
#define SIP_MSG_H

#include "base/slice.h"

enum sip_method {
    SIP_UNKNOWN_METHOD,
    SIP_INVITE, SIP_ACK, SIP_BYE, SIP_CANCEL, SIP_OPTIONS, SIP_REGISTER, SIP_PRACK,
    SIP_SUBSCRIBE, SIP_NOTIFY, SIP_PUBLISH, SIP_INFO, SIP_REFER, SIP_MESSAGE, SIP_UPDATE,
};

/* Methods are case-sensitive (RFC 3261 §7.1). */
enum sip_method sip_method_id(struct slice name);
/* "INVITE" ..., "" for SIP_UNKNOWN_METHOD. */
const char *sip_method_name(enum sip_method method);
/* The reason phrase registered for a status code, NULL when there is none. */
const char *sip_status_reason(unsigned status);

enum sip_header_id {
    SIP_H_OTHER,
    SIP_H_VIA, SIP_H_FROM, SIP_H_TO, SIP_H_CALL_ID, SIP_H_CSEQ, SIP_H_CONTACT,
    SIP_H_MAX_FORWARDS, SIP_H_CONTENT_TYPE, SIP_H_CONTENT_LENGTH, SIP_H_CONTENT_ENCODING,
    SIP_H_CONTENT_DISPOSITION, SIP_H_ROUTE, SIP_H_RECORD_ROUTE, SIP_H_EXPIRES, SIP_H_MIN_EXPIRES,
    SIP_H_USER_AGENT, SIP_H_SERVER, SIP_H_REASON, SIP_H_REQUIRE, SIP_H_PROXY_REQUIRE,
    SIP_H_SUPPORTED, SIP_H_UNSUPPORTED, SIP_H_ALLOW, SIP_H_ACCEPT, SIP_H_SESSION_EXPIRES,
    SIP_H_MIN_SE, SIP_H_RSEQ, SIP_H_RACK, SIP_H_REPLACES, SIP_H_REFER_TO, SIP_H_REFERRED_BY,
    SIP_H_AUTHORIZATION, SIP_H_WWW_AUTHENTICATE, SIP_H_PROXY_AUTHORIZATION,
    SIP_H_PROXY_AUTHENTICATE, SIP_H_EVENT, SIP_H_SUBSCRIPTION_STATE, SIP_H_ALLOW_EVENTS,
    SIP_H_DATE, SIP_H_WARNING, SIP_H_RETRY_AFTER, SIP_H_SESSION_ID, SIP_H_SIP_ETAG,
    SIP_H_SIP_IF_MATCH, SIP_H_P_ASSERTED_IDENTITY, SIP_H_DIVERSION, SIP_H_IDENTITY,
    SIP_H_ID_COUNT
};

/* The id of a header name, long or compact form, in any case. */
enum sip_header_id sip_header_name_id(struct slice name);

/* One header field line.  Folded lines stay in the value as they were
 * (RFC 3261 §7.3.1); blanks at its ends are not part of it. */
struct sip_header {
    struct slice name, value;
    enum sip_header_id id;
    bool ordinary; /* known to break no rule of sip/check.c */
};

/* What is wrong with a message: the sentence, and the octet it begins at. */
struct sip_problem {
    const char *text; /* a string literal */
    uint32_t offset;
};

enum { SIP_MAX_HEADERS = 256, SIP_MAX_PROBLEMS = 8 };

struct sip_msg {
    struct slice text; /* start line to end of body */
    struct slice method_name;
    struct slice uri;       /* Request-URI */
    struct slice reason;    /* its reason phrase */
    struct slice version;   /* "SIP/2.0" */
    enum sip_method method; /* of the request, or of a response's CSeq */
    unsigned status;        /* of a response, else 0 */

    /* The first of each, empty (p NULL) when absent. */
    struct slice call_id, from, to, via, contact, content_type;
    struct slice branch;  /* top Via's branch parameter */
    struct slice sent_by; /* top Via's host and port */
    struct slice from_tag, to_tag;
    struct slice cseq_name;
    enum sip_method cseq_method;
    uint32_t cseq;
    uint32_t content_length; /* as announced */

    bool request;
    bool has_cseq;
    bool has_agent; /* User-Agent or Server */
    bool has_content_length;
    bool via_tells_source; /* of the top Via's header field: sip_via_tells_source */
    bool via_received_elsewhere; /* and its received may be another than its sent-by's host */
    bool ordinary_start; /* the start line is known to break no rule of sip/check.c */
    bool unusual;        /* a header field may break the grammar (sip/check.c) */
    uint16_t header_count, problem_count;

    struct slice body; /* what is there of it, Content-Length respected */

    struct sip_problem problems[SIP_MAX_PROBLEMS];
    struct sip_header headers[SIP_MAX_HEADERS]; /* in order; past that many only
                                                   a problem is noted */
};

/* Whether the octets begin like a SIP message: a response's "SIP/2.0 " or
 * a request line that ends with " SIP/2.0" (case-insensitive version digits
 * and so on are sip_parse's matter).  Cheap; needs the first line only. */
bool sip_looks_like(const char *data, size_t n);

/* Parses one message.  `n` octets were captured of one that had `whole`
 * octets (n < whole: cut by the snap length; missing pieces are then no
 * problem of the message).  With `datagram` the body ends with the datagram
 * unless Content-Length says shorter (RFC 3261 §18.3).
 * False when the octets do not begin like SIP; else true, with `problems`.
 * Does not allocate; `msg` need not be cleared. */
bool sip_parse(struct sip_msg *msg, const char *data, size_t n, size_t whole);

/* The same for who asks for the start line, header fields and body alone: nothing is looked
 * for in the values, and no problem noted.  What the CSeq, tags and the top Via say is left
 * empty (the method of a response, too). */
bool sip_parse_fields(struct sip_msg *msg, const char *data, size_t n, size_t whole);

/* The reason phrase of a message that is a response; empty for a request. */
struct slice sip_reason_phrase(struct slice text);

/* Framing of a byte stream (RFC 3261 §18.3). */
enum sip_frame_result {
    SIP_FRAME_MESSAGE,    /* *length octets are one message */
    SIP_FRAME_SKIP,       /* *length octets are not SIP (CRLF keep-alives, noise) */
    SIP_FRAME_INCOMPLETE, /* more octets are needed */
};
enum sip_frame_result sip_frame(const char *data, size_t n, size_t *length);

/* The nth (from 0) header field of that id, NULL when there are fewer. */
const struct sip_header *sip_header(const struct sip_msg *msg, enum sip_header_id id, unsigned n);
/* The value of the first header field of that name, any case; p NULL when
 * absent. */
struct slice sip_header_named(const struct sip_msg *msg, struct slice name);

/* Splits a comma-separated header value (quotes and angle brackets are
 * respected): gives the next element trimmed and moves `rest` past it; false
 * when none is left. */
bool sip_list_next(struct slice *rest, struct slice *element);

#endif

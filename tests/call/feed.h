/* Feeds hand-written SIP messages to a call table. */
#ifndef TESTS_CALL_FEED_H
#define TESTS_CALL_FEED_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/call.h"
#include "support/suite.h"

/* A message as a test writes it.  Strings left NULL take the default that is
 * named beside them. */
struct said {
    double at;            /* seconds */
    const char *src, *dst; /* "10.0.0.1" and "10.0.0.2"; port 5060 */
    const char *line;     /* start line */
    const char *branch;   /* "z9hG4bK1" */
    const char *via;      /* sent-by: src */
    const char *from, *to; /* users: "alice" and "bob" */
    const char *from_tag; /* "a" */
    const char *to_tag;   /* none */
    const char *call_id;  /* "call" */
    const char *cseq;     /* "1 INVITE" */
    const char *max_forwards; /* "70" */
    const char *extra;    /* further header lines, each with CRLF */
    const char *sdp;      /* body, none */
    const char *body;     /* another body; `extra` says its Content-Type */
};

struct feed {
    struct call_table *table;
    uint64_t frame;
    uint32_t call, index; /* of the last message */
};

static inline struct net_addr feed_addr(const char *ip, uint16_t port)
{
    struct net_addr addr;

    ck_assert(addr_parse_ip(slice_str(ip), port, &addr));
    return addr;
}

static inline struct message *feed_say(struct feed *f, struct said s)
{
    static struct sip_msg msg;
    const char *src = s.src ? s.src : "10.0.0.1", *body = s.sdp ? s.sdp : s.body;
    char text[8192];
    struct packet packet = {.time = (int64_t)(s.at * 1e9), .frame = ++f->frame};
    struct datagram d = {.packet = &packet, .transport = NET_UDP, .stable = false};
    int n = snprintf(
        text, sizeof text,
        "%s\r\nVia: SIP/2.0/UDP %s%s%s\r\nMax-Forwards: %s\r\n"
        "From: \"Alice\" <sip:%s@example.com>;tag=%s\r\nTo: <sip:%s@example.com>%s%s\r\n"
        "Call-ID: %s\r\nCSeq: %s\r\n%s%sContent-Length: %zu\r\n\r\n%s",
        s.line, s.via ? s.via : src, s.branch && !*s.branch ? "" : ";branch=",
        s.branch ? s.branch : "z9hG4bK1", s.max_forwards ? s.max_forwards : "70",
        s.from ? s.from : "alice", s.from_tag ? s.from_tag : "a",
        s.to ? s.to : "bob", s.to_tag ? ";tag=" : "", s.to_tag ? s.to_tag : "",
        s.call_id ? s.call_id : "call", s.cseq ? s.cseq : "1 INVITE",
        s.extra ? s.extra : "", s.sdp ? "Content-Type: application/sdp\r\n" : "",
        body ? strlen(body) : 0, body ? body : "");

    ck_assert_int_lt(n, (int)sizeof text);
    d.src = feed_addr(src, 5060);
    d.dst = feed_addr(s.dst ? s.dst : "10.0.0.2", 5060);
    d.data = (const uint8_t *)text;
    d.caplen = d.len = (uint32_t)n;
    ck_assert(sip_parse(&msg, text, (size_t)n, (size_t)n));
    f->call = call_add(f->table, &msg, &d, &f->index);
    ck_assert_uint_ne(f->call, CALL_NONE);
    return &call_at(f->table, f->call)->messages.v[f->index];
}

#define SAY(f, ...) feed_say((f), (struct said){__VA_ARGS__})
/* The answer to a request: from its destination back to its source. */
#define ANSWER(f, ...) SAY(f, .src = "10.0.0.2", .dst = "10.0.0.1", .via = "10.0.0.1", __VA_ARGS__)

static inline void feed_open(struct feed *f)
{
    *f = (struct feed){.table = call_table_new(NULL, NULL)};
    ck_assert_ptr_nonnull(f->table);
}

static inline struct call *feed_finish(struct feed *f, double end)
{
    ck_assert_int_eq(call_finish(f->table, (int64_t)(end * 1e9)), 0);
    ck_assert_int_eq(call_group(f->table), 0);
    return call_at(f->table, 0);
}

static inline void feed_close(struct feed *f)
{
    call_table_free(f->table);
}

#define INVITE_LINE "INVITE sip:bob@example.com SIP/2.0"
#define SDP_TEXT(ip, port, direction) \
    "v=0\r\no=- 1 1 IN IP4 " ip "\r\ns=-\r\nc=IN IP4 " ip "\r\nt=0 0\r\nm=audio " port \
    " RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=" direction "\r\n"

#endif

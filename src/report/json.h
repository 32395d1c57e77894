/* Inside the JSON report: values as contract.md writes them.
 *
 * Members and elements are written one by one while the model is read, so that
 * neither the document nor one long call is ever in memory.  json-c escapes text. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <json-c/json.h>

#include "net/addr.h"
#include "report/report.h"
#include "report/text.h"

enum {
    JSON_BUFFER = 64 * 1024,
    JSON_ROOM = 512, /* octets that any number takes, and what is around it */
    JSON_ADDRESSES = 16,
};

/* An address as it was written last: messages of a call have the same few. */
struct json_address {
    struct net_addr addr;
    uint8_t n; /* 0: none yet */
    char text[ADDR_TEXT + 32];
};

/* A JSON text on its way to a file. */
struct json {
    FILE *out;
    struct json_object *string; /* to escape with */
    bool follows;               /* an element stands before in this object or list */
    size_t n;                   /* octets not yet written */
    int64_t second;             /* since 1970, whose date and time is: */
    char date[TEXT_TIME];       /* up to the fraction */
    struct json_address addresses[JSON_ADDRESSES];
    char buffer[JSON_BUFFER];
};

/* NULL when memory is short.  `out` may be set later, before anything is written. */
struct json *json_new(FILE *out);
/* Writes what is left, and frees. */
void json_free(struct json *j);
/* Gives what was written so far to the FILE. */
void json_flush(struct json *j);

/* Writes text as it is: punctuation and line ends; what is JSON already. */
void json_raw(struct json *j, const char *text);
void json_raw_text(struct json *j, struct slice text);

/* Each of the following writes one member of the open object, its key a literal that
 * needs no escapes (shorter than JSON_ROOM), or with key NULL one element of the open
 * list. */

/* A key with its length, which is known where the key is a literal. */
struct json_key {
    const char *p; /* NULL: none */
    size_t n;
};

static inline __attribute__((always_inline)) struct json_key json_key(const char *key)
{
    return (struct json_key){key, key ? strlen(key) : 0};
}

#define json_open(j, key) json_put_bracket(j, json_key(key), '{') /* an object */
void json_open_line(struct json *j); /* an element on a line of its own */
void json_close(struct json *j);
#define json_list(j, key) json_put_bracket(j, json_key(key), '[')
void json_end(struct json *j);

/* Items of an open list, which may be long.  Each begins with json_open_line, or is a line of
 * its own (NDJSON); two threads may write different ones at a time. */
struct json_items {
    uint32_t count;
    /* How much there is to write, roughly: 1 for a message. */
    size_t (*weight)(const void *ctx, uint32_t i);
    void (*write)(const void *ctx, struct json *j, uint32_t i);
    const void *ctx;
};

/* What is to be done besides. */
struct json_task {
    void (*run)(void *ctx);
    void *ctx;
};

/* By at most that many threads (0: as many as serve); the text is the same.  The task (NULL:
 * none) is done when it returns. */
void json_write_items(struct json *j, const struct json_items *items, unsigned threads,
                      struct json_task *task);

#define json_null(j, key) json_put_null(j, json_key(key))
#define json_boolean(j, key, x) json_put_boolean(j, json_key(key), x)
#define json_int(j, key, n) json_put_int(j, json_key(key), n)
#define json_count(j, key, n) json_put_count(j, json_key(key), n)
/* The same, null for 0. */
#define json_nonzero(j, key, n) json_put_nonzero(j, json_key(key), n)
/* Octets that are not UTF-8 become U+FFFD; null where there is no slice (p NULL). */
#define json_text(j, key, s) json_put_text(j, json_key(key), s)
#define json_name(j, key, name) json_put_text(j, json_key(key), slice_str(name))
/* With that many decimals; null for NaN and infinities. */
#define json_number(j, key, x, decimals) json_put_number(j, json_key(key), x, decimals)
/* RFC 3339, UTC, nine decimals; null for a time below 0 or without a date. */
#define json_time(j, key, ns) json_put_time(j, json_key(key), ns)
/* ns as seconds with nine decimals; null for TIME_NO_SPAN. */
#define json_seconds(j, key, ns) json_put_seconds(j, json_key(key), ns)
/* A duration in ns as ms with three decimals; null below 0. */
#define json_ms(j, key, ns) json_put_ms(j, json_key(key), ns)
#define json_address(j, key, addr) json_put_address(j, json_key(key), addr)
/* number from 0 to id from 1; null for CALL_NONE. */
#define json_id(j, key, number) json_put_id(j, json_key(key), number)

void json_put_bracket(struct json *j, struct json_key key, char bracket);
void json_put_null(struct json *j, struct json_key key);
void json_put_boolean(struct json *j, struct json_key key, bool x);
void json_put_int(struct json *j, struct json_key key, int64_t n);
void json_put_count(struct json *j, struct json_key key, uint64_t n);
void json_put_nonzero(struct json *j, struct json_key key, uint64_t n);
void json_put_text(struct json *j, struct json_key key, struct slice s);
void json_put_number(struct json *j, struct json_key key, double x, int decimals);
void json_put_time(struct json *j, struct json_key key, int64_t ns);
void json_put_seconds(struct json *j, struct json_key key, int64_t ns);
void json_put_ms(struct json *j, struct json_key key, int64_t ns);
void json_put_address(struct json *j, struct json_key key, const struct net_addr *addr);
void json_put_id(struct json *j, struct json_key key, uint32_t number);

void json_range(struct json *j, const char *key, const struct stream_range *range);
void json_rates(struct json *j, const char *key, const struct stream_rates *rates);

/* The members of an object that is open. */
struct statistics;
struct tally;
void json_capture(struct json *j, const struct fosip_analysis *a);
/* With the messages that `select` chooses; NULL: all. */
void json_call(struct json *j, const struct fosip_analysis *a, uint32_t number,
               const struct fosip_select *select);
void json_stream(struct json *j, const struct fosip_analysis *a, uint32_t number);
void json_statistics(struct json *j, const struct statistics *statistics,
                     const struct tally *tally);
/* The nth participant of the tally. */
void json_participant(struct json *j, const struct tally *tally, uint32_t n);
/* What one end or program sent or received: requests by method, responses by class
 * and status. */
void json_tally(struct json *j, const struct tally *tally, unsigned way, uint32_t who);
void json_finding(struct json *j, const struct fosip_analysis *a, const struct finding *f);

/* Whole members of the capture, a call or a stream: */
/* What H.245 said was pressed. */
void json_h323_keys(struct json *j, const struct fosip_analysis *a);
/* DSCPs: of all packets; of a stream's; of one, null where it is not known. */
void json_markings(struct json *j, const struct fosip_analysis *a);
void json_stream_markings(struct json *j, const struct stream_figures *f);
void json_dscp(struct json *j, unsigned dscp);
void json_nat(struct json *j, const struct fosip_analysis *a);
void json_fax(struct json *j, const struct fosip_analysis *a, uint32_t call);
/* Lists of the call's STUN: checks of ICE; what servers answered. */
void json_ice_checks(struct json *j, const struct fosip_analysis *a, uint32_t call);
void json_stun(struct json *j, const struct fosip_analysis *a, uint32_t call);
/* The ICMP errors about the call. */
void json_icmp(struct json *j, const struct fosip_analysis *a, uint32_t call);
void json_dtmf(struct json *j, const struct fosip_analysis *a, const struct call *call);
void json_negotiations(struct json *j, const struct fosip_analysis *a, const struct call *call);
void json_session_timer(struct json *j, const struct fosip_analysis *a, const struct call *call);
void json_subscriptions(struct json *j, const struct call *call);
void json_registrations(struct json *j, const struct call *call);
/* Null where none were kept. */
void json_intervals(struct json *j, const struct fosip_analysis *a, uint32_t stream,
                    const struct stream_figures *figures);
/* What RTCP says of the stream; null without RTCP. */
void json_rtcp(struct json *j, const struct stream_figures *figures);

#endif

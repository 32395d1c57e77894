/* Inside the JSON report: values as contract.md writes them.
 *
 * Members and elements are written one by one while the model is read, so that
 * neither the document nor one long call is ever in memory.  json-c escapes text. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <json-c/json.h>

#include "report/report.h"

enum { JSON_BUFFER = 64 * 1024 };

/* A JSON text on its way to a file. */
struct json {
    FILE *out;
    struct json_object *string; /* to escape with */
    bool follows;               /* an element stands before in this object or list */
    size_t n;                   /* octets not yet written */
    char buffer[JSON_BUFFER];
};

/* NULL when memory is short. */
struct json *json_new(FILE *out);
/* Writes what is left, and frees. */
void json_free(struct json *j);
/* Gives what was written so far to the FILE. */
void json_flush(struct json *j);

/* Writes text as it is: punctuation and line ends. */
void json_raw(struct json *j, const char *text);

/* Each of the following writes one member of the open object, its key a literal that
 * needs no escapes, or with key NULL one element of the open list. */

void json_open(struct json *j, const char *key); /* an object */
void json_open_line(struct json *j); /* an element on a line of its own */
void json_close(struct json *j);
void json_list(struct json *j, const char *key);
void json_end(struct json *j);

void json_null(struct json *j, const char *key);
void json_boolean(struct json *j, const char *key, bool x);
void json_int(struct json *j, const char *key, int64_t n);
void json_count(struct json *j, const char *key, uint64_t n);
/* The same, null for 0. */
void json_nonzero(struct json *j, const char *key, uint64_t n);
/* Octets that are not UTF-8 become U+FFFD; null where there is no slice (p NULL). */
void json_text(struct json *j, const char *key, struct slice s);
void json_name(struct json *j, const char *key, const char *name);
/* With that many decimals; null for NaN and infinities. */
void json_number(struct json *j, const char *key, double x, int decimals);
/* RFC 3339, UTC, nine decimals; null for a time below 0 or without a date. */
void json_time(struct json *j, const char *key, int64_t ns);
/* ns as seconds with nine decimals; null for TIME_NO_SPAN. */
void json_seconds(struct json *j, const char *key, int64_t ns);
/* A duration in ns as ms with three decimals; null below 0. */
void json_ms(struct json *j, const char *key, int64_t ns);
void json_address(struct json *j, const char *key, const struct net_addr *addr);
/* number from 0 to id from 1; null for CALL_NONE. */
void json_id(struct json *j, const char *key, uint32_t number);
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

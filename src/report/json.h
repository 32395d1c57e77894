/* Inside the JSON report: values as contract.md writes them. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <json-c/json.h>

#include "report/report.h"

/* Each gives a new reference, or NULL, which json-c prints as null. */

/* The slice as a JSON string: octets that are not UTF-8 become U+FFFD; null
 * where there is no slice (p NULL). */
struct json_object *json_text(struct slice s);
struct json_object *json_count(uint64_t n);
/* A number with that many decimals; null for NaN and infinities. */
struct json_object *json_number(double x, int decimals);
/* RFC 3339, UTC, nine decimals; null for a time below 0 or without a date. */
struct json_object *json_time(int64_t ns);
/* ns as seconds with nine decimals; null for TIME_NO_SPAN. */
struct json_object *json_seconds(int64_t ns);
/* A duration in ns as ms with three decimals; null below 0. */
struct json_object *json_ms(int64_t ns);
struct json_object *json_address(const struct net_addr *addr);
/* number from 0 to id from 1; null for CALL_NONE. */
struct json_object *json_id(uint32_t number);
struct json_object *json_name(const char *name);
struct json_object *json_range(const struct stream_range *range);
struct json_object *json_rates(const struct stream_rates *rates);

/* Adds a member; the key is static, and new to the object. */
#define json_add(object, key, value) \
    json_object_object_add_ex((object), (key), (value), \
                              JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_KEY_IS_CONSTANT)

struct json_object *json_capture(const struct fosip_analysis *a);
/* With the messages that `select` chooses; NULL: all. */
struct json_object *json_call(const struct fosip_analysis *a, uint32_t number,
                              const struct fosip_select *select);
struct json_object *json_message(const struct fosip_analysis *a, const struct call *call,
                                 uint32_t index, struct sip_msg *msg, struct sdp_session *sdp);
/* The list of ICMP errors about the call. */
/* Of the capture: what H.245 said was pressed. */
struct json_object *json_h323_keys(const struct fosip_analysis *a);
struct json_object *json_fax(const struct fosip_analysis *a, uint32_t call);
/* Lists of the call's STUN: checks of ICE; what servers answered. */
struct json_object *json_ice_checks(const struct fosip_analysis *a, uint32_t call);
struct json_object *json_stun(const struct fosip_analysis *a, uint32_t call);
struct json_object *json_icmp(const struct fosip_analysis *a, uint32_t call);
struct json_object *json_dtmf(const struct fosip_analysis *a, const struct call *call);
struct json_object *json_negotiations(const struct fosip_analysis *a, const struct call *call);
struct json_object *json_session_timer(const struct fosip_analysis *a, const struct call *call);
struct json_object *json_subscriptions(const struct call *call);
struct json_object *json_registrations(const struct call *call);
struct json_object *json_stream(const struct fosip_analysis *a, uint32_t number);
struct statistics;
struct tally;
struct json_object *json_statistics(const struct statistics *statistics,
                                    const struct tally *tally);
/* The nth participant of the tally. */
struct json_object *json_participant(const struct tally *tally, uint32_t n);
/* Adds to the object what one end or program sent or received: requests by method,
 * responses by class and status. */
void json_add_tally(struct json_object *o, const struct tally *tally, unsigned way, uint32_t who);
/* Null where none were kept. */
struct json_object *json_intervals(const struct fosip_analysis *a, uint32_t stream,
                                   const struct stream_figures *figures);
/* What RTCP says of the stream; null without RTCP. */
struct json_object *json_rtcp(const struct stream_figures *figures);
struct json_object *json_finding(const struct fosip_analysis *a, const struct finding *f);

#endif

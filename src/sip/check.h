/* The grammar's finer points: what sip_parse does not need in order to take a
 * message apart, but a correct sender gets right (RFC 3261 §25). */
#ifndef SIP_CHECK_H
#define SIP_CHECK_H

#include "sip/msg.h"

/* Notes the problem, if there is room for one more.  `at` points into the
 * message's text. */
void sip_problem(struct sip_msg *msg, const char *text, const char *at);

/* Whether header fields of that id are checked. */
bool sip_has_rule(enum sip_header_id id);

/* Checks a parsed message and notes what is wrong.  `cut` says that the
 * capture does not hold all of it: what is missing is then no fault. */
void sip_check(struct sip_msg *msg, bool cut);

#endif

/* Negotiations: offers and their answers (RFC 3264), wherever they travel
 * (RFC 6337): in INVITE, UPDATE and PRACK, in responses, in ACK.
 *
 * Read from the messages of one call, as its caller sent and received them,
 * when a report asks. */
#ifndef CALL_NEGOTIATION_H
#define CALL_NEGOTIATION_H

#include "call/call.h"

enum negotiation_state {
    NEGOTIATION_OPEN,     /* no answer was captured */
    NEGOTIATION_EARLY,    /* only an unreliable provisional response told the answer */
    NEGOTIATION_AGREED,
    NEGOTIATION_REFUSED,  /* the session stays as it was */
};
const char *negotiation_state_name(enum negotiation_state state);

struct negotiation {
    uint32_t offer;        /* messages; CALL_NONE: none */
    uint32_t answer;       /* that binds: 2xx, reliable 18x, PRACK or ACK */
    uint32_t early_answer; /* unreliable provisional response that told it before */
    uint32_t transaction;  /* of the offer */
    uint32_t dialog;       /* CALL_NONE: not known */
    uint16_t status;       /* that refused it */
    uint8_t state;         /* enum negotiation_state */
    bool by_caller;        /* who offered */
};
/* Reads up to `room` of them, in order of their offers; returns how many.  A
 * fork's answers in several dialogs are a negotiation each. */
size_t negotiations_read(const struct call_table *table, const struct call *call,
                         struct negotiation *out, size_t room);

enum media_flow { FLOW_NONE, FLOW_TO_ANSWERER, FLOW_TO_OFFERER, FLOW_BOTH };

/* What both descriptions say of one m= section. */
struct agreed_media {
    const struct sdp_media *offer, *answer;
    bool refused;          /* port 0 in the answer, or there is no such section */
    unsigned format_count; /* formats that both list, in the answer's order */
    const struct sdp_format *formats[SDP_MAX_FORMATS]; /* of the answer */
    const struct sdp_format *codec; /* the first that is no event nor noise; NULL */
    enum media_flow flow;
    bool rtcp_mux, ice, bundled;
    bool dtls;             /* DTLS-SRTP (RFC 5763) */
    struct slice suite;    /* SDES (RFC 4568): the answer's; empty: none */
    bool answerer_starts;  /* DTLS: a=setup:active in the answer */
};
/* The nth section of the offer; false past the last. */
bool negotiation_media(const struct sdp_session *offer, const struct sdp_session *answer,
                       unsigned n, struct agreed_media *out);

#endif

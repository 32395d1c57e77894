/* Usages: what a call's dialogs and requests are used for besides talking
 * (RFC 5057): session timers, subscriptions, registrations, and attempts that
 * were made again.
 *
 * Read from the messages of one call when a report or rule asks. */
#ifndef CALL_USAGE_H
#define CALL_USAGE_H

#include "call/call.h"

/* RFC 4028, as the last 2xx to INVITE or UPDATE agreed it. */
struct session_timer {
    uint32_t interval_s;
    uint32_t min_se_s;      /* the greatest that was asked for, 0: none */
    enum call_side refresher; /* SIDE_UNKNOWN: nobody refreshes */
    uint32_t refreshes;     /* after the first agreement */
    uint32_t message;       /* that agreed it last */
    int64_t refreshed;      /* when that was */
    int64_t expires;        /* when it runs out unless refreshed */
    int64_t ended;          /* the first BYE, -1: none captured */
    bool ran_out;           /* the BYE came when the side that waits gives up (§10), or
                               later, or nothing came at all until long after */
};
/* False when the call has no session timer. */
bool session_timer_read(const struct call *call, int64_t capture_end,
                        struct session_timer *out);

enum { SUBSCRIPTION_PROGRESS = 16 };

/* One subscription (RFC 6665), or the one that a REFER implies (RFC 3515). */
struct subscription {
    struct slice event;     /* "presence", "refer;id=2" */
    struct slice state;     /* of the last NOTIFY: "active" ...; empty: none came */
    struct slice reason;    /* of a terminated one */
    bool by_refer;
    uint32_t message;       /* SUBSCRIBE or REFER; CALL_NONE: not captured */
    uint32_t notifies;      /* each counted once, however many hops */
    uint32_t refreshes, last_cseq;
    int64_t start, end;     /* first message; when it terminated, -1 */
    int64_t expires;        /* when it runs out unless refreshed, -1: not said */
    unsigned progress_count;
    struct {                /* message/sipfrag: how the REFER's request fares */
        uint32_t message;
        uint16_t status;
        struct slice phrase;
    } progress[SUBSCRIPTION_PROGRESS];
};
/* Reads up to `room` subscriptions of the call into `out`; returns how many. */
size_t subscriptions_read(const struct call *call, struct subscription *out, size_t room);

enum registration_action {
    REGISTRATION_REGISTER, REGISTRATION_REFRESH, REGISTRATION_UNREGISTER, REGISTRATION_QUERY,
};
const char *registration_action_name(enum registration_action action);

/* One REGISTER transaction. */
struct registration {
    uint32_t transaction;
    uint8_t action;         /* enum registration_action */
    bool credentials;       /* it carried some */
    bool stale;             /* refused because the nonce was old (RFC 7616 §3.3) */
    struct slice contact;   /* the first one asked for, as written */
    unsigned contacts;      /* bound, by the 2xx */
    uint32_t expires_s;     /* granted: the greatest, 0 without a 2xx */
    int64_t expires;        /* when that is over, -1 */
};
size_t registrations_read(const struct call *call, struct registration *out, size_t room);

/* Where each side of a dialog wants to be reached (RFC 3261 §12.2.1.2): what its newest
 * Contact says, and how often that was another one than before. */
struct dialog_targets {
    struct slice local, remote; /* URIs: the caller's, the other's; empty: not said */
    unsigned refreshes;
};
/* Reads those of all dialogs of the call into `out`, which has room for each. */
void dialog_targets_read(const struct call *call, struct dialog_targets *out);

/* The refusal of credentials that a transaction carried. */
enum refusal { REFUSAL_NONE, REFUSAL_STALE, REFUSAL_WRONG };
/* Whether its 401 or 407 says that only the nonce was old, or that user name,
 * realm or password is wrong. */
enum refusal credentials_refusal(const struct call *call, uint32_t transaction);

/* The transaction that this one makes again, with credentials, another target
 * or another interval, because it was answered 401, 407, 3xx, 413 to 422 ...;
 * CALL_NONE. */
uint32_t transaction_retries(const struct call_table *table, const struct call *call,
                             uint32_t transaction);

/* The final response of the transaction, CALL_NONE. */
uint32_t transaction_final(const struct call *call, uint32_t transaction);

#endif

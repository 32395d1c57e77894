/* Registrations (RFC 3261 §10), refused credentials (§22, RFC 7616), and
 * attempts that are made again (§8.1.3.4, §8.1.3.5). */
#include "call/usage.h"
#include "sip/header.h"

static const int64_t SECOND = 1000000000;

enum { LOOK_BACK = 16, LOOK_AHEAD = 1024 };

const char *registration_action_name(enum registration_action action)
{
    static const char *const names[] = {"register", "refresh", "unregister", "query"};

    return names[action];
}

uint32_t transaction_final(const struct call *call, uint32_t transaction)
{
    const struct transaction *x = &call->transactions.v[transaction];

    for (uint32_t i = x->first_message;
         x->status && i < call->messages.n && i - x->first_message < LOOK_AHEAD; i++)
        if (call->messages.v[i].transaction == transaction &&
            call->messages.v[i].status == x->status)
            return i;
    return CALL_NONE;
}

static bool has_credentials(const struct sip_msg *msg)
{
    return sip_header(msg, SIP_H_AUTHORIZATION, 0) || sip_header(msg, SIP_H_PROXY_AUTHORIZATION, 0);
}

static bool says_stale(const struct sip_msg *msg)
{
    static const enum sip_header_id ids[] = {SIP_H_WWW_AUTHENTICATE, SIP_H_PROXY_AUTHENTICATE};

    for (unsigned k = 0; k < 2; k++) {
        const struct sip_header *h;

        for (unsigned n = 0; (h = sip_header(msg, ids[k], n)); n++) {
            struct sip_auth auth;
            struct slice stale;

            if (sip_auth_parse(h->value, &auth) &&
                sip_auth_param(&auth, SLICE("stale"), &stale) &&
                slice_ieq(stale, SLICE("true")))
                return true;
        }
    }
    return false;
}

enum refusal credentials_refusal(const struct call *call, uint32_t transaction)
{
    const struct transaction *x = &call->transactions.v[transaction];
    uint32_t final = transaction_final(call, transaction);
    struct sip_msg msg;

    if ((x->status != 401 && x->status != 407) || x->request == CALL_NONE || final == CALL_NONE ||
        !message_parse(&call->messages.v[x->request], &msg) || !has_credentials(&msg) ||
        !message_parse(&call->messages.v[final], &msg))
        return REFUSAL_NONE;
    return says_stale(&msg) ? REFUSAL_STALE : REFUSAL_WRONG;
}

/* What a final response may be mended for, so that the request is made again. */
static bool may_be_mended(unsigned status)
{
    switch (status) {
    case 401: case 407: case 413: case 415: case 416: case 420: case 421: case 422: case 423:
    case 428: case 494:
        return true;
    default:
        return status / 100 == 3;
    }
}

uint32_t transaction_retries(const struct call_table *table, const struct call *call,
                             uint32_t transaction)
{
    const struct transaction *x = &call->transactions.v[transaction];
    uint32_t stop = transaction > LOOK_BACK ? transaction - LOOK_BACK : 0;

    if (x->request == CALL_NONE || x->method == SIP_ACK || x->method == SIP_CANCEL)
        return CALL_NONE;
    for (uint32_t i = transaction; i-- > stop;) {
        const struct transaction *y = &call->transactions.v[i];

        if (y->request == CALL_NONE || y->method != x->method || y->cseq >= x->cseq ||
            !addr_eq(&call_path(table, y->path)->src, &call_path(table, x->path)->src) ||
            (call->messages.v[y->request].flags & MESSAGE_OUT_OF_DIALOG) !=
                (call->messages.v[x->request].flags & MESSAGE_OUT_OF_DIALOG))
            continue;
        /* A REGISTER refreshed after its 2xx is no attempt made again. */
        return may_be_mended(y->status) && y->final_time <= x->start ? i : CALL_NONE;
    }
    return CALL_NONE;
}

/* The Contacts of the message, and the greatest expiry among them: their own,
 * else Expires; CALL_NONE when neither says. */
static unsigned read_contacts(const struct sip_msg *msg, uint32_t *expires, struct slice *first)
{
    const struct sip_header *h = sip_header(msg, SIP_H_EXPIRES, 0);
    uint32_t header = CALL_NONE;
    unsigned count = 0;

    if (h && !slice_u32(sip_token(h->value, NULL), &header))
        header = CALL_NONE;
    *expires = CALL_NONE;
    for (unsigned n = 0; (h = sip_header(msg, SIP_H_CONTACT, n)); n++) {
        struct slice rest = h->value, one;

        while (sip_list_next(&rest, &one)) {
            struct sip_addr addr;
            struct slice value;
            uint32_t own = header;

            if (!count++)
                *first = one;
            if (sip_addr_parse(&addr, one) && sip_param(addr.params, SLICE("expires"), &value) &&
                !slice_u32(value, &own))
                own = header;
            if (own != CALL_NONE && (*expires == CALL_NONE || own > *expires))
                *expires = own;
        }
    }
    return count;
}

static enum registration_action action_of(const struct sip_msg *msg, bool bound,
                                          struct slice *contact)
{
    uint32_t expires;
    unsigned contacts = read_contacts(msg, &expires, contact);

    if (!contacts)
        return REGISTRATION_QUERY;
    if (expires == 0)
        return REGISTRATION_UNREGISTER;
    return bound ? REGISTRATION_REFRESH : REGISTRATION_REGISTER;
}

static void read_answer(const struct call *call, struct registration *r)
{
    const struct transaction *x = &call->transactions.v[r->transaction];
    uint32_t final = transaction_final(call, r->transaction), expires;
    struct slice first;
    struct sip_msg msg;

    if (x->status / 100 != 2 || final == CALL_NONE ||
        !message_parse(&call->messages.v[final], &msg))
        return;
    r->contacts = read_contacts(&msg, &expires, &first);
    if (!r->contacts || expires == CALL_NONE)
        return;
    r->expires_s = expires;
    r->expires = call->messages.v[final].time + expires * SECOND;
}

size_t registrations_read(const struct call *call, struct registration *out, size_t room)
{
    bool bound = false;
    size_t n = 0;

    for (uint32_t i = 0; i < call->transactions.n && n < room; i++) {
        const struct transaction *x = &call->transactions.v[i];
        struct registration *r = &out[n];
        struct sip_msg msg;

        if (x->method != SIP_REGISTER || x->request == CALL_NONE ||
            !message_parse(&call->messages.v[x->request], &msg))
            continue;
        *r = (struct registration){.transaction = i, .expires = -1};
        r->credentials = has_credentials(&msg);
        r->action = (uint8_t)action_of(&msg, bound, &r->contact);
        r->stale = credentials_refusal(call, i) == REFUSAL_STALE;
        read_answer(call, r);
        if (x->status / 100 == 2 && r->action != REGISTRATION_QUERY)
            bound = r->action != REGISTRATION_UNREGISTER;
        n++;
    }
    return n;
}

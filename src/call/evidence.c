/* Evidence: what a message says of other calls, noted while it is parsed.
 *
 * Headers are read from a call's first message, its Session-ID also from the
 * answer, a session description from the first of each side; the rest of a
 * call's messages cost nothing here.  What comes of it is call/group.c's. */
#include <errno.h>

#include "base/hash.h"
#include "call/table.h"
#include "sip/header.h"

enum { /* call->hinted */
    HINTED_SESSION_ID = 1,   /* the first message has one */
    HINTED_OTHER_ID = 2,     /* the answer's has been noted */
    HINTED_CALLER_SDP = 4,
    HINTED_CALLEE_SDP = 8,
};

enum {
    MOST_NAMED = 8,   /* vendor's headers noted of a message */
    LEAST_CALL_ID = 8,
    MOST_CALL_ID = 255,
};

static struct hint *add_hint(const struct incoming *in, enum call_evidence evidence,
                             struct slice text)
{
    struct hint_hashes *hashes = vec_add(&in->table->hint_hashes);
    struct hint *hint = hashes ? vec_add(&in->table->hints) : NULL;
    const struct message *m = incoming_message(in);

    if (!hint)
        return NULL;
    *hashes = (struct hint_hashes){{0}};
    *hint = (struct hint){
        .text = kept_slice(in, text),
        .time = m->time,
        .call = in->call_number,
        .message = in->index,
        .path = m->path,
        .evidence = (uint8_t)evidence,
    };
    in->table->hinted |= 1u << evidence;
    return hint;
}

/* That the hint just added has such a key. */
static void add_key(const struct incoming *in, enum hint_key key, uint64_t hash)
{
    struct call_table *t = in->table;
    uint32_t folded = table_fold(hash);

    t->hint_hashes.v[t->hint_hashes.n - 1].of[key] = folded + !folded;
}

static uint64_t hash_slice(const struct incoming *in, struct slice s)
{
    return hash_bytes(in->table->seed, s.p, s.n);
}

static bool add_uuid(const struct incoming *in, struct slice uuid)
{
    if (!add_hint(in, EVIDENCE_SESSION_ID, uuid))
        return false;
    add_key(in, HINT_SESSION_ID, hash_slice(in, uuid));
    return true;
}

/* RFC 7989 §6: a UUID of zeros only says that there is none yet. */
static bool is_uuid(struct slice s)
{
    bool zero = true;

    for (size_t i = 0; i < s.n; i++)
        zero = zero && s.p[i] == '0';
    return s.n == 32 && !zero;
}

static int add_session_id(const struct incoming *in, struct slice value)
{
    struct slice params, remote, local = sip_token(value, &params);

    if (is_uuid(local)) {
        in->call->hinted |= HINTED_SESSION_ID;
        if (!add_uuid(in, local))
            return -ENOMEM;
    }
    if (sip_param(params, SLICE("remote"), &remote) && is_uuid(remote)) {
        in->call->hinted |= HINTED_OTHER_ID;
        if (!add_uuid(in, remote))
            return -ENOMEM;
    }
    return 0;
}

/* RFC 7989 §7: the answering side's UUID comes first in its responses. */
static int add_answers_session_id(const struct incoming *in)
{
    const struct sip_header *h;
    struct slice uuid;

    if ((in->call->hinted & (HINTED_SESSION_ID | HINTED_OTHER_ID)) != HINTED_SESSION_ID ||
        in->msg->request || in->msg->status <= 100 || in->msg->status >= 300)
        return 0;
    h = sip_header(in->msg, SIP_H_SESSION_ID, 0);
    if (!h)
        return 0;
    uuid = sip_token(h->value, NULL);
    if (!is_uuid(uuid))
        return 0;
    in->call->hinted |= HINTED_OTHER_ID;
    return add_uuid(in, uuid) ? 0 : -ENOMEM;
}

/* "X-CID: 12ab@host", "P-Original-Call-ID: ...": a vendor's header whose value
 * may be a Call-ID; whether it is one shows when all calls are known. */
static bool may_name_call(const struct sip_header *h, struct slice *call_id)
{
    if (h->id != SIP_H_OTHER ||
        !(slice_istarts(h->name, SLICE("X-")) || slice_istarts(h->name, SLICE("P-"))))
        return false;
    *call_id = slice_trim(sip_token(h->value, NULL));
    return call_id->n >= LEAST_CALL_ID && call_id->n <= MOST_CALL_ID &&
           slice_find(*call_id, ' ') == call_id->n;
}

/* Replaces (RFC 3891), Join (RFC 3911), Target-Dialog (RFC 4538) name a dialog
 * in the same form. */
static bool names_dialog(const struct sip_header *h)
{
    return h->id == SIP_H_REPLACES ||
           (h->id == SIP_H_OTHER && (slice_ieq(h->name, SLICE("Join")) ||
                                     slice_ieq(h->name, SLICE("Target-Dialog"))));
}

static int add_headers(const struct incoming *in)
{
    unsigned named = 0;

    for (unsigned i = 0; i < in->msg->header_count; i++) {
        const struct sip_header *h = &in->msg->headers[i];
        struct slice call_id;
        struct hint *hint;

        if (h->id == SIP_H_SESSION_ID && !(in->call->hinted & HINTED_SESSION_ID)) {
            if (add_session_id(in, h->value) < 0)
                return -ENOMEM;
            continue;
        }
        if (names_dialog(h))
            hint = add_hint(in, EVIDENCE_REPLACES, sip_token(h->value, NULL));
        else if (named < MOST_NAMED && may_name_call(h, &call_id) && ++named)
            hint = add_hint(in, EVIDENCE_HEADER, call_id);
        else
            continue;
        if (!hint)
            return -ENOMEM;
        hint->name = kept_slice(in, h->name);
    }
    return 0;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* The text without its %HH escapes (RFC 3261 §19.1.2), in the call's arena. */
static struct slice unescape(const struct incoming *in, struct slice s)
{
    struct slice copy = arena_dup(&in->call->arena, s);
    char *to = (char *)(uintptr_t)copy.p;
    size_t n = 0;

    for (size_t i = 0; to && i < s.n; i++) {
        bool escaped = s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
                       hex(s.p[i + 2]) >= 0;

        to[n++] = escaped ? (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2])) : s.p[i];
        i += escaped ? 2 : 0;
    }
    return slice_make(to, n);
}

/* The Replaces header that the URI asks to be put into the INVITE (RFC 3891 §6.1,
 * RFC 3515): "?Replaces=call-id%3Bto-tag%3Da%3Bfrom-tag%3Db". */
static bool replaces_of_uri(const struct sip_uri *uri, struct slice *escaped)
{
    struct slice rest = uri->headers;

    while (rest.n) {
        size_t end = slice_find(rest, '&');
        struct slice one = slice_upto(rest, end), name = slice_upto(one, slice_find(one, '='));

        rest = slice_from(rest, end + 1);
        if (!slice_ieq(name, SLICE("Replaces")))
            continue;
        *escaped = slice_from(one, name.n + 1);
        return escaped->n > 0;
    }
    return false;
}

static int add_refer(const struct incoming *in)
{
    const struct sip_header *h = sip_header(in->msg, SIP_H_REFER_TO, 0);
    struct sip_addr to;
    struct slice escaped, value;
    struct hint *hint;

    if (!h || !sip_addr_parse(&to, h->value))
        return 0;
    hint = add_hint(in, EVIDENCE_REFER, to.uri.user);
    if (!hint)
        return -ENOMEM;
    hint->name = kept_slice(in, to.uri.host);
    if (!replaces_of_uri(&to.uri, &escaped))
        return 0;
    value = unescape(in, escaped);
    hint = add_hint(in, EVIDENCE_REPLACES, SLICE_EMPTY);
    if (!hint || !value.p)
        return -ENOMEM;
    hint->text = sip_token(value, NULL);
    hint->name = SLICE("Refer-To");
    return 0;
}

int evidence_add(const struct incoming *in)
{
    if (in->index == 0 && add_headers(in) < 0)
        return -ENOMEM;
    if (in->msg->request) {
        if (in->msg->method == SIP_REFER &&
            incoming_message(in)->retransmission_of == CALL_NONE)
            return add_refer(in);
        return 0;
    }
    return add_answers_session_id(in);
}

int evidence_add_sdp(const struct incoming *in, const struct sdp_session *sdp)
{
    uint8_t side = incoming_message(in)->flags & MESSAGE_FROM_CALLER ? HINTED_CALLER_SDP
                                                                     : HINTED_CALLEE_SDP;
    struct slice origin, address = sdp->origin_address;
    struct hint *hint;

    if (in->call->hinted & side || !sdp->origin_user.p || !sdp->origin_id.p)
        return 0;
    in->call->hinted |= side;
    origin = slice_span(sdp->origin_user.p, sdp->origin_id.p + sdp->origin_id.n);
    hint = add_hint(in, EVIDENCE_SDP_ORIGIN, origin);
    if (!hint)
        return -ENOMEM;
    hint->name = kept_slice(in, address);
    hint->media = in->media;
    add_key(in, HINT_ORIGIN, hash_bytes(hash_slice(in, origin), address.p, address.n));
    if (in->media.family != NET_UNKNOWN && !addr_is_zero(&in->media))
        add_key(in, HINT_MEDIA, hash_bytes(in->table->seed, &in->media, sizeof in->media));
    return 0;
}

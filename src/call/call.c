/* Owns the table of calls: one a Call-ID, in order of first message. */
#include "call/call.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/time.h"
#include "call/party.h"
#include "call/table.h"
#include "sip/body.h"
#include "sip/header.h"

enum { FREED_AHEAD = 16 }; /* calls, whose memory is asked for */

static struct call_table *make_table(call_media_listener *listener, void *ctx, uint64_t seed,
                                     struct call_store *store)
{
    struct call_table *table = store ? calloc(1, sizeof *table) : NULL;

    if (!table) {
        call_store_leave(store);
        return NULL;
    }
    table->seed = seed;
    table->store = store;
    table->on_media = listener;
    table->on_media_ctx = ctx;
    return table;
}

struct call_table *call_table_new(call_media_listener *listener, void *ctx)
{
    return make_table(listener, ctx, hash_seed(), call_store_new());
}

struct call_table *call_table_beside(const struct call_table *table)
{
    struct call_table *beside = make_table(table->on_media, table->on_media_ctx, table->seed,
                                           call_store_share(table->store));

    if (!beside)
        return NULL;
    beside->logged = table->logged;
    beside->ahead = table->ahead;
    return beside;
}

void call_table_clear(struct call_table *table)
{
    for (size_t i = 0; i < table->calls.n; i++) {
        call_store_ask(i + FREED_AHEAD < table->calls.n ? table->calls.v[i + FREED_AHEAD] : NULL);
        call_store_give(table->store, table->calls.v[i]);
    }
    call_store_leave(table->store);
    vec_free(&table->calls);
    vec_free(&table->users);
    vec_free(&table->id_parts);
    vec_free(&table->transaction_refs);
    vec_free(&table->dialog_refs);
    vec_free(&table->paths);
    vec_free(&table->path_uses);
    vec_free(&table->hints);
    vec_free(&table->hint_hashes);
    vec_free(&table->own);
    table_free(&table->by_call_id);
    table_free(&table->by_transaction);
    table_free(&table->by_dialog);
    table_free(&table->by_path);
    media_free(&table->media);
    arena_free(&table->arena);
}

void call_table_free(struct call_table *table)
{
    if (table)
        call_table_clear(table);
    free(table);
}

void call_tell_ahead(struct call_table *table, call_media_ahead *ahead)
{
    table->ahead = ahead;
}

size_t call_count(const struct call_table *table)
{
    return table->calls.n;
}

struct call *call_at(const struct call_table *table, size_t i)
{
    return i < table->calls.n ? table->calls.v[i] : NULL;
}

uint64_t call_id_hash(const struct call_table *table, struct slice call_id)
{
    return hash_bytes(table->seed, call_id.p, call_id.n);
}

/* Asks at once for what is going to be read of the call one after another. */
static inline void ask_for(const struct call *call)
{
    enum { LINE = 64, LINES = 14 }; /* a call's, its dialog's and its transactions' */

    for (size_t i = 0; i < LINES; i++)
        __builtin_prefetch((const char *)call + i * LINE);
}

static uint32_t find_call(const struct call_table *table, struct slice call_id, uint64_t hash)
{
    struct table_walk walk = table_walk(&table->by_call_id, hash);
    uint32_t i;

    while (table_next(&walk, &i)) {
        ask_for(table->calls.v[i]);
        if (slice_eq(table->calls.v[i]->call_id, call_id))
            return i;
    }
    return CALL_NONE;
}

uint32_t call_by_id(const struct call_table *table, struct slice call_id)
{
    return find_call(table, call_id, call_id_hash(table, call_id));
}

void call_note_copy(struct call_table *table, const struct sip_msg *msg,
                    const struct datagram *datagram)
{
    enum { LOOK_BACK = 64 }; /* the copy comes soon after it */
    uint32_t number = call_by_id(table, msg->call_id);
    struct call *call = number == CALL_NONE ? NULL : table->calls.v[number];

    for (size_t i = call ? call->messages.n : 0, left = LOOK_BACK; i-- > 0 && left > 0; left--) {
        struct message *m = &call->messages.v[i];
        const struct path *path = call_path(table, m->path);

        if (m->length == msg->text.n && addr_eq(&path->src, &datagram->src) &&
            addr_eq(&path->dst, &datagram->dst) && !memcmp(m->text, msg->text.p, msg->text.n)) {
            m->flags |= MESSAGE_COPIED;
            return;
        }
    }
}

bool call_enter(struct call_table *table, struct call *call, uint64_t hash)
{
    struct call_users *users = vec_add(&table->users);
    struct call **slot = users ? vec_add(&table->calls) : NULL;
    uint32_t number = (uint32_t)(table->calls.n - 1);

    if (!slot || table_put(&table->by_call_id, hash, number) < 0) {
        table->calls.n -= slot != NULL;
        table->users.n -= users != NULL;
        return false;
    }
    *users = (struct call_users){0, 0};
    *slot = call;
    return true;
}

static uint32_t new_call(struct call_table *table, const struct sip_msg *msg, uint64_t hash)
{
    enum sip_method method = msg->request ? msg->method : msg->cseq_method;
    struct call *call = call_store_take(table->store, method == SIP_INVITE);
    uint32_t number = (uint32_t)table->calls.n;

    if (!call || !call_enter(table, call, hash)) {
        call_store_give(table->store, call);
        return CALL_NONE;
    }
    call->trying = call->delay = call->answer = call->talk = -1;
    call->group = number;
    call->next_leg = CALL_NONE;
    path_forget(call);
    return number;
}

/* A copy that lies near, where there is room. */
static struct slice near_slice(const struct incoming *in, struct slice s)
{
    struct call *call = in->call;
    char *at = call->texts + call->texts_used;

    if (!s.n || s.n > sizeof call->texts - call->texts_used)
        return kept_slice(in, s);
    memcpy(at, s.p, s.n);
    call->texts_used = (uint8_t)(call->texts_used + s.n);
    return slice_make(at, s.n);
}

static struct party read_party(const struct incoming *in, struct slice value)
{
    struct party party = party_read(value);

    party.display = kept_slice(in, party.display);
    party.uri = kept_slice(in, party.uri);
    party.user = kept_slice(in, party.user);
    party.host = kept_slice(in, party.host);
    party.tag = near_slice(in, party.tag);
    return party;
}

static enum call_kind kind_of(enum sip_method method)
{
    switch (method) {
    case SIP_INVITE: case SIP_ACK: case SIP_BYE: case SIP_CANCEL: case SIP_PRACK:
    case SIP_UPDATE: case SIP_INFO: case SIP_REFER:
        return CALL_CALL;
    case SIP_REGISTER:
        return CALL_REGISTRATION;
    case SIP_SUBSCRIBE: case SIP_NOTIFY:
        return CALL_SUBSCRIPTION;
    case SIP_PUBLISH:
        return CALL_PUBLICATION;
    case SIP_MESSAGE:
        return CALL_MESSAGE;
    case SIP_OPTIONS:
        return CALL_OPTIONS;
    default:
        return CALL_OTHER;
    }
}

/* The requests that a user agent sends within the dialog of a call, and the
 * INVITE that starts one, make it a call whatever came first. */
static void note_kind(struct call *call, enum sip_method method)
{
    if (call->kind != CALL_CALL && (method == SIP_INVITE || method == SIP_BYE))
        call->kind = CALL_CALL;
}

static int start_call(const struct incoming *in, uint32_t path)
{
    struct call *call = in->call;
    const struct sip_msg *msg = in->msg;
    enum sip_method method = msg->request ? msg->method : msg->cseq_method;

    call->call_id = near_slice(in, msg->call_id);
    call->method_name = kept_slice(in, msg->request ? msg->method_name : msg->cseq_name);
    call->request_uri = kept_slice(in, msg->uri);
    call->method = (uint8_t)method;
    call->kind = (uint8_t)kind_of(method);
    /* Outside a dialog a REFER makes a subscription of its own (RFC 3515 §2.4.4). */
    if (method == SIP_REFER && msg->request && !msg->to_tag.n)
        call->kind = CALL_SUBSCRIPTION;
    call->first_path = path;
    call->start = in->datagram->packet->time;
    call->from = read_party(in, msg->from);
    call->to = read_party(in, msg->to);
    in->table->users.v[in->call_number] =
        (struct call_users){.from = group_user_hash(in->table, call->from.user),
                            .to = group_user_hash(in->table, call->to.user)};
    return group_note_call_id(in->table, call);
}

/* The call's own slice where it has that tag, so that most comparisons need no look at it. */
static inline struct slice known_tag(const struct incoming *in, struct slice tag)
{
    const struct call *call = in->call;

    if (!tag.n)
        return tag;
    if (same_tag(tag, call->from.tag))
        return call->from.tag;
    return same_tag(tag, call->to.tag) ? call->to.tag : kept_slice(in, tag);
}

/* The To tag is learned from the first answer that has one, the Request-URI
 * from the first request. */
static void learn(struct incoming *in)
{
    struct call *call = in->call;
    int64_t time = in->datagram->packet->time;

    if (!call->to.tag.n && in->to_tag.n && same_tag(in->from_tag, call->from.tag) &&
        !in->msg->request && in->msg->status > 100 && in->msg->status != 401 &&
        in->msg->status != 407)
        in->to_tag = call->to.tag = near_slice(in, in->msg->to_tag);
    if (!call->request_uri.p && in->msg->request)
        call->request_uri = kept_slice(in, in->msg->uri);
    /* What waited for a fragment or a lost segment comes later than it was. */
    if (time < call->start)
        call->start = time;
    if (call->messages.n == 1 || !time_is_known(call->end) ||
        (time_is_known(time) && time > call->end))
        call->end = time;
}

static bool names_another(struct slice sent_by, const struct net_addr *who)
{
    struct net_addr addr;

    return addr_parse_ip(sip_via_host(sent_by), 0, &addr) && !addr_same_ip(&addr, who);
}

/* Whether the top Via may name an address that is not the packet's: a request's
 * sent-by does, a response's received (RFC 3581) or sent-by.  Who sends a request mostly
 * names himself as he did before. */
static bool tells_address(const struct incoming *in, struct path_use *use)
{
    const struct sip_msg *msg = in->msg;
    uint64_t *own = &use->own_sent_by[!msg->request];

    if (!msg->request && (!msg->via_tells_source || msg->via_received_elsewhere))
        return msg->via_tells_source;
    if (*own == in->sent_by)
        return false;
    if (names_another(msg->sent_by, msg->request ? &in->datagram->src : &in->datagram->dst))
        return true;
    *own = in->sent_by;
    return false;
}

static bool add_message(struct incoming *in, uint32_t path)
{
    const struct sip_msg *msg = in->msg;
    struct message *m = vec_add(&in->call->messages);
    struct path_use *use = &in->table->path_uses.v[path];
    bool tells = tells_address(in, use);

    if (!m)
        return false;
    in->message = m;
    use->newest = (struct call_ref){in->call_number, in->index};
    *m = (struct message){
        .time = in->datagram->packet->time,
        .frame = in->datagram->packet->frame,
        .text = in->kept,
        .length = (uint32_t)msg->text.n,
        .whole = in->datagram->len > msg->text.n && in->datagram->len > in->datagram->caplen
                     ? in->datagram->len
                     : (uint32_t)msg->text.n,
        .path = path,
        .cseq = msg->cseq,
        .transaction = CALL_NONE,
        .dialog = CALL_NONE,
        .retransmission_of = CALL_NONE,
        .status = msg->status & 1023u,
        .dscp = in->datagram->dscp & 127u,
        .method = (msg->request ? msg->method : msg->cseq_method) & 31u,
        .flags = (msg->has_cseq ? MESSAGE_HAS_CSEQ : 0u) |
                 (msg->problem_count ? MESSAGE_PROBLEMS : 0u) |
                 (msg->body.n ? MESSAGE_HAS_BODY : 0u) |
                 (msg->to_tag.n ? 0u : MESSAGE_OUT_OF_DIALOG) |
                 (msg->has_agent ? MESSAGE_HAS_AGENT : 0u) |
                 (tells ? MESSAGE_TELLS_ADDRESS : 0u),
    };
    return true;
}

/* What a rule would look through all messages for. */
static void note_flags(const struct incoming *in)
{
    const struct message *m = incoming_message(in);
    unsigned flags = m->flags;

    if (m->retransmission_of != CALL_NONE)
        flags |= CALL_REPEATS;
    if (m->status >= 300)
        flags |= CALL_REFUSES;
    if (!m->status && m->method == SIP_REFER)
        flags |= CALL_REFERS;
    if (!m->status && (m->method == SIP_INFO || m->method == SIP_NOTIFY))
        flags |= CALL_INFORMS;
    in->call->flags = (uint16_t)(in->call->flags | flags);
    in->table->flags |= in->call->flags;
}

/* Mostly it is all of the body. */
static bool find_description(const struct sip_msg *msg, struct slice *body)
{
    *body = msg->body;
    if (!msg->body.n)
        return false;
    return slice_eq(msg->content_type, SLICE("application/sdp")) ||
           (sip_body_find(msg, SLICE("application/sdp"), body) && body->n);
}

/* Asks for what is known of the first address that the description announces. */
static void ask_for_media(struct incoming *in, const struct sdp_media *first)
{
    struct call_table *t = in->table;

    if (!first->port || !addr_parse_ip(first->address, first->port, &in->media))
        return;
    media_ask_for(&t->media, t->seed, &in->media);
    if (t->ahead)
        t->ahead(t->on_media_ctx, &in->media);
}

static void read_sdp(struct incoming *in)
{
    struct sdp_session *sdp = &in->table->sdp;
    struct slice body;

    in->media = (struct net_addr){.family = NET_UNKNOWN};
    in->described = find_description(in->msg, &body);
    if (!in->described)
        return;
    in->described = sdp_parse(sdp, body);
    incoming_message(in)->flags |= in->described ? MESSAGE_HAS_SDP : MESSAGE_SDP_PROBLEMS;
    if (!in->described)
        return;
    /* what was cut has no lines missing */
    if (sdp->problem && in->datagram->caplen >= in->datagram->len)
        incoming_message(in)->flags |= MESSAGE_SDP_PROBLEMS;
    if (sdp->media_count)
        ask_for_media(in, &sdp->media[0]);
}

static int add_sdp(struct incoming *in)
{
    struct sdp_session *sdp = &in->table->sdp;

    if (!in->described || incoming_message(in)->retransmission_of != CALL_NONE)
        return 0;
    if (offer_add(in, sdp) < 0)
        return -ENOMEM;
    return evidence_add_sdp(in, sdp);
}

/* A whole text that the capture keeps is used where it lies. */
static const char *keep_text(struct call *call, const struct sip_msg *msg,
                             const struct datagram *datagram)
{
    if (datagram->stable)
        return msg->text.p;
    return arena_dup(&call->arena, msg->text).p;
}

uint32_t call_add(struct call_table *table, const struct sip_msg *msg,
                  const struct datagram *datagram, uint32_t *index)
{
    struct path way;
    uint64_t hash = call_id_hash(table, msg->call_id);
    struct incoming in; /* each member in its turn: this is done for every message */
    uint32_t path;

    in.table = table;
    in.msg = msg;
    in.datagram = datagram;
    path_of(datagram, &way);
    table->logged = table->logged || datagram->logged;
    in.call_number = find_call(table, msg->call_id, hash);
    if (in.call_number == CALL_NONE)
        in.call_number = new_call(table, msg, hash);
    if (in.call_number == CALL_NONE)
        return CALL_NONE;
    in.call = table->calls.v[in.call_number];
    if (in.call->messages.n)
        __builtin_prefetch(&in.call->messages.v[in.call->messages.n - 1], 1);
    path = path_in_call(table, in.call, &way);
    if (path == CALL_NONE)
        return CALL_NONE;
    __builtin_prefetch(&table->path_uses.v[path], 1);
    if (table->logged) {
        if (logged_copy(&in, &way, index) < 0)
            return CALL_NONE;
        if (*index != CALL_NONE)
            return in.call_number;
    }
    in.kept = keep_text(in.call, msg, datagram);
    if (!in.kept)
        return CALL_NONE;
    if (!in.call->messages.n && start_call(&in, path) < 0)
        return CALL_NONE;
    in.from_tag = known_tag(&in, msg->from_tag);
    in.to_tag = known_tag(&in, msg->to_tag);
    in.sent_by = transaction_sent_by(table, msg->sent_by);
    in.index = (uint32_t)in.call->messages.n;
    if (!add_message(&in, path))
        return CALL_NONE;
    note_kind(in.call, msg->request ? msg->method : msg->cseq_method);
    learn(&in);
    if (incoming_from_caller(&in))
        incoming_message(&in)->flags |= MESSAGE_FROM_CALLER;
    read_sdp(&in);
    if (transaction_add(&in) < 0 || dialog_add(&in) < 0 || add_sdp(&in) < 0 ||
        evidence_add(&in) < 0)
        return CALL_NONE;
    note_flags(&in);
    *index = in.index;
    return in.call_number;
}

int call_finish(struct call_table *table, int64_t capture_end)
{
    if (logged_finish(table) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < table->calls.n; i++) {
        call_ask_ahead(table, i);
        outcome_ask_ahead(table, i);
        outcome_finish(table->calls.v[i], table, capture_end);
    }
    if (group_by_hints(table) < 0)
        return -ENOMEM;
    vec_free(&table->hints); /* what came of them is in the calls' joins */
    vec_free(&table->hint_hashes);
    return 0;
}

struct slice message_reason(const struct message *message)
{
    return sip_reason_phrase(slice_make(message->text, message->length));
}

struct slice message_header(const struct message *message, struct slice name)
{
    const char *p = message->text, *end = p + message->length, *lf;

    for (; p < end; p = lf + 1) {
        lf = memchr(p, '\n', (size_t)(end - p));
        lf = lf ? lf : end;
        if (lf - p < 2) /* the body follows */
            return SLICE_EMPTY;
        if ((p[0] | 0x20) != (name.p[0] | 0x20) || (size_t)(lf - p) <= name.n ||
            p[name.n] != ':' || !slice_istarts(slice_span(p, lf), name))
            continue;
        return slice_trim(slice_span(p + name.n + 1, lf));
    }
    return SLICE_EMPTY;
}

bool message_parse(const struct message *message, struct sip_msg *msg)
{
    return sip_parse(msg, message->text, message->length, message->whole);
}

bool message_fields(const struct message *message, struct sip_msg *msg)
{
    return sip_parse_fields(msg, message->text, message->length, message->whole);
}

bool message_sdp(const struct message *message, struct sip_msg *msg, struct sdp_session *sdp)
{
    struct slice body;

    return message_fields(message, msg) &&
           sip_body_find(msg, SLICE("application/sdp"), &body) && sdp_parse(sdp, body);
}

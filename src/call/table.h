/* Inside the call layer: the table of calls and what its parts share. */
#ifndef CALL_TABLE_H
#define CALL_TABLE_H

#include "call/call.h"
#include "call/media.h"
#include "call/store.h"

/* A transaction or dialog by its call and its place in it. */
struct call_ref {
    uint32_t call, index;
};

/* As many transactions and dialogs of a call are found by looking through them;
 * the tables have those behind them alone. */
enum { CALL_FEW = 8 };

/* What is known of a path by the messages that took it. */
struct path_use {
    struct call_ref newest; /* message; CALL_NONE: none */
    uint64_t own_sent_by[2]; /* hash of what the top Via had as sent-by, of the latest request
                                and response whose sent-by named no other address than the
                                packet; 0: none such */
};

/* Something in a message that may join its call with another (call/group.c). */
struct hint {
    struct slice text;       /* UUID, Call-ID, o= without version, or target of a REFER */
    struct slice name;       /* of the header */
    struct net_addr media;   /* of the first m= section; family NET_UNKNOWN: none */
    int64_t time;            /* of the message */
    uint32_t call, message, path;
    uint8_t evidence;        /* enum call_evidence */
};

/* What several calls may have in common by which they are joined, and the hashes of a hint's;
 * 0: it has none such.  They lie apart from the hints, because most are looked at alone. */
enum hint_key { HINT_SESSION_ID, HINT_ORIGIN, HINT_MEDIA, HINT_KEYS };
struct hint_hashes {
    uint32_t of[HINT_KEYS];
};

/* Of From's and To's user, as calls are compared for them (group_user_hash). */
struct call_users {
    uint32_t from, to;
};

/* The host whose log a file is: what it writes into the Via of its requests. */
struct own_address {
    uint32_t log;
    struct net_addr addr;
    bool several; /* there are others */
};

struct call_table {
    uint64_t seed;
    struct call_store *store;
    VEC(struct call *) calls;
    VEC(struct call_users) users;  /* of each */
    VEC(uint32_t) id_parts;  /* hashes of what Call-IDs may have in common (call/group.c) */
    struct table by_call_id;
    struct table by_transaction; /* items: places in `transaction_refs` */
    VEC(struct call_ref) transaction_refs;
    struct table by_dialog;
    VEC(struct call_ref) dialog_refs;
    VEC(struct path) paths;
    VEC(struct path_use) path_uses; /* of each */
    struct table by_path;
    VEC(struct hint) hints;  /* in capture order */
    VEC(struct hint_hashes) hint_hashes; /* of each */
    uint32_t hinted;         /* bits by enum call_evidence: there are such hints */
    struct arena arena;      /* details of joins */
    bool logged;             /* a message came from a log */
    bool joined;             /* a call is, with another */
    uint16_t flags;          /* of all calls */
    VEC(struct own_address) own;
    struct media_table media;
    call_media_listener *on_media; /* may be NULL */
    call_media_ahead *ahead;       /* the same */
    void *on_media_ctx;
    struct sdp_session sdp;  /* scratch: too large for a stack */
    struct sip_msg scratch;
};

/* A message while it is being taken in. */
struct incoming {
    struct call_table *table;
    struct call *call;
    uint32_t call_number;
    const struct sip_msg *msg;
    const struct datagram *datagram;
    uint32_t index;   /* of the message in the call */
    struct message *message; /* that, once it is there: no other is added meanwhile */
    const char *kept; /* where msg->text begins for as long as the model lives */
    struct slice from_tag, to_tag; /* as long, the call's own where it has them */
    uint64_t sent_by; /* hash of the top Via's, in any case; not 0 */
    bool described;                /* table->sdp is its session description */
    struct net_addr media;         /* of the first m= section, if it is announced */
};

/* Tags are short: their first and last octets are all that there is of most. */
static inline bool same_tag(struct slice a, struct slice b)
{
    uint64_t a0, b0, a1, b1;

    if (a.n != b.n)
        return false;
    if (a.p == b.p)
        return true;
    if (a.n < 8 || a.n > 16)
        return slice_eq(a, b);
    memcpy(&a0, a.p, 8);
    memcpy(&b0, b.p, 8);
    memcpy(&a1, a.p + a.n - 8, 8);
    memcpy(&b1, b.p + b.n - 8, 8);
    return a0 == b0 && a1 == b1;
}

/* The slice of the message, moved to where the text is kept. */
static inline struct slice kept_slice(const struct incoming *in, struct slice s)
{
    return s.p ? slice_make(in->kept + (s.p - in->msg->text.p), s.n) : s;
}

static inline struct message *incoming_message(const struct incoming *in)
{
    return in->message;
}

/* An empty table that calls of `table` may go to; NULL when memory is short. */
struct call_table *call_table_beside(const struct call_table *table);

/* Frees what the table holds. */
void call_table_clear(struct call_table *table);
/* Enters a call, under the hash of its Call-ID; false when memory is short. */
bool call_enter(struct call_table *table, struct call *call, uint64_t hash);
uint64_t call_id_hash(const struct call_table *table, struct slice call_id);

/* The number of the path, which is none of the table's own; CALL_NONE when memory is short. */
uint32_t call_intern_path(struct call_table *table, const struct path *path);
/* The path that the datagram took, as one to be looked for. */
void path_of(const struct datagram *datagram, struct path *path);
/* The same as call_intern_path, for a message of the call: its last messages mostly took that
 * path, or the way back. */
uint32_t path_in_call(struct call_table *table, struct call *call, const struct path *path);
/* The call's latest paths have other numbers from now on. */
void path_forget(struct call *call);

/* Looks for the message in what another log told: *index is its place, CALL_NONE
 * when it is new.  0 or -ENOMEM. */
int logged_copy(const struct incoming *in, const struct path *path, uint32_t *index);

/* Fills in the addresses that logs do not say.  0 or -ENOMEM. */
int logged_finish(struct call_table *table);

/* The hash of a sent-by, in any case; not 0. */
uint64_t transaction_sent_by(const struct call_table *table, struct slice sent_by);

/* Finds or opens the transaction of the message and sets message->transaction
 * and ->retransmission_of.  0 or -ENOMEM. */
int transaction_add(const struct incoming *in);

/* Finds or opens the dialog and follows its state.  0 or -ENOMEM. */
int dialog_add(const struct incoming *in);

/* The key of the call's dialog with these tags, in any order. */
uint64_t dialog_key(const struct call_table *table, const struct call *call, struct slice a,
                    struct slice b);

/* Whether the message comes from the caller's side. */
bool incoming_from_caller(const struct incoming *in);

/* Reads the message's session description: announces its media, follows hold
 * and resume. */
int offer_add(const struct incoming *in, const struct sdp_session *sdp);

/* Notes what the message says of other calls.  0 or -ENOMEM. */
int evidence_add(const struct incoming *in);
/* The same for its session description, which is no repetition. */
int evidence_add_sdp(const struct incoming *in, const struct sdp_session *sdp);

/* The hash by which calls are compared for a user, by the last digits of a number; 0: none. */
uint32_t group_user_hash(const struct call_table *table, struct slice user);

/* Notes by what the call may be joined with others because of its Call-ID.  0 or -ENOMEM. */
int group_note_call_id(struct call_table *table, const struct call *call);

/* Joins calls by the hints.  0 or -ENOMEM. */
int group_by_hints(struct call_table *table);

/* For who works out all of them, in order, and is at call i: asks for the texts of responses
 * that are read soon. */
void outcome_ask_ahead(const struct call_table *table, size_t i);
/* Works out state, status, release and timings, as they are at `now`, and changes nothing
 * that messages still to come depend on. */
void outcome_so_far(struct call *call, const struct call_table *table, int64_t now);
/* The same when no more messages come, and what that means for transactions and dialogs. */
void outcome_finish(struct call *call, const struct call_table *table, int64_t capture_end);

#endif

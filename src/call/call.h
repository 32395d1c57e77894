/* Calls: all messages of one Call-ID, as transactions and dialogs.
 *
 * The model that reports read.  Messages are in capture order; ids are their
 * place in the call, from 1, and so are those of transactions and dialogs.
 * Slices point into message texts, which live as long as the table. */
#ifndef CALL_CALL_H
#define CALL_CALL_H

#include "base/arena.h"
#include "base/table.h"
#include "base/vec.h"
#include "net/net.h"
#include "sip/msg.h"
#include "sip/sdp.h"

enum { CALL_NONE = UINT32_MAX }; /* no such message, transaction, dialog */

/* Who sent a message to whom, and how. */
struct path {
    struct net_addr src, dst;
    uint8_t transport; /* enum net_transport */
    uint8_t logged;    /* enum net_logged */
    uint32_t log;      /* of a logged one: the number of its file */
};

struct message {
    int64_t time;      /* base/time.h */
    uint64_t frame;
    const char *text;  /* the whole message, as captured */
    uint32_t length;   /* of text */
    uint32_t whole;    /* its length on the wire */
    uint32_t path;     /* for call_path */
    uint32_t cseq;
    uint32_t transaction, dialog, retransmission_of; /* index from 0, or CALL_NONE */
    uint32_t status : 10; /* 0: a request */
    uint32_t dscp : 7;    /* of the packet that completed it, or NET_NO_DSCP */
    uint32_t method : 5;  /* enum sip_method: the request's, or the CSeq's */
    uint32_t flags : 10;  /* MESSAGE_... */
};

enum {
    MESSAGE_HAS_CSEQ = 1,
    MESSAGE_HAS_SDP = 2,
    MESSAGE_FROM_CALLER = 4, /* travels from caller's side to callee's */
    MESSAGE_PROBLEMS = 8,    /* the parser noted problems */
    MESSAGE_OUT_OF_DIALOG = 16, /* has no To tag */
    MESSAGE_COPIED = 32,     /* another log has it, too, or the capture more than once */
    MESSAGE_SDP_PROBLEMS = 64, /* its session description breaks the grammar */
    MESSAGE_HAS_BODY = 128,
    MESSAGE_HAS_AGENT = 256,     /* User-Agent or Server */
    MESSAGE_TELLS_ADDRESS = 512, /* its top Via may name another address than the packet */
    /* What a call's messages are asked for, and are not flagged with each. */
    CALL_REPEATS = 1 << 10,      /* one is a retransmission */
    CALL_REFUSES = 1 << 11,      /* a response of 300 or more */
    CALL_REFERS = 1 << 12,       /* a REFER */
    CALL_INFORMS = 1 << 13,      /* an INFO or a NOTIFY */
    CALL_TELLS_PRIVATE = 1 << 14, /* a session description names a private address for media */
};

enum transaction_state { TRANSACTION_PROCEEDING, TRANSACTION_COMPLETED, TRANSACTION_TIMEOUT };

struct transaction {
    struct slice branch;      /* may be empty (RFC 2543) */
    struct slice method_name;
    uint64_t key;             /* hash of what identifies it */
    int64_t start, final_time; /* first request; first final response, -1: none */
    uint32_t cseq;
    uint32_t path;            /* of its request: client is src, server is dst */
    uint32_t first_message;
    uint32_t request;         /* its request, CALL_NONE: not captured */
    uint32_t dialog;
    uint32_t retransmissions;
    uint32_t kinds;           /* of its messages: bits by status and method (transaction.c) */
    uint16_t status;          /* final, 0: none */
    uint8_t method, state;
};

enum dialog_state { DIALOG_EARLY, DIALOG_CONFIRMED, DIALOG_TERMINATED };

struct dialog {
    struct slice local_tag, remote_tag; /* the caller's, the other's */
    uint8_t state;
    bool session; /* an INVITE uses it: the end of a subscription does not end it */
};

struct party {
    struct slice tag, display, uri, user, host;
};

enum call_kind {
    CALL_CALL, CALL_REGISTRATION, CALL_SUBSCRIPTION, CALL_PUBLICATION, CALL_MESSAGE,
    CALL_OPTIONS, CALL_OTHER,
};
enum call_state {
    CALL_SETUP, CALL_RINGING, CALL_ESTABLISHED, CALL_COMPLETED, CALL_CANCELLED, CALL_REJECTED,
    CALL_FAILED, CALL_REDIRECTED, CALL_UNANSWERED, CALL_PARTIAL,
};
enum call_side { SIDE_UNKNOWN, SIDE_CALLER, SIDE_CALLEE };
enum call_offer { OFFER_UNKNOWN, OFFER_EARLY, OFFER_DELAYED, OFFER_NONE };

/* As contract.md writes them. */
const char *call_kind_name(enum call_kind kind);
const char *call_state_name(enum call_state state);
const char *call_side_name(enum call_side side);    /* NULL for SIDE_UNKNOWN */
const char *call_offer_name(enum call_offer offer); /* NULL for OFFER_UNKNOWN */
const char *transaction_state_name(enum transaction_state state);
const char *dialog_state_name(enum dialog_state state);

struct call_hold {
    int64_t start, end;  /* ns since 1970; end -1: never resumed in the capture */
    enum call_side by;
    uint32_t message;    /* the offer that held */
};

/* Why two calls are legs of one end-to-end call, or one made the other. */
enum call_evidence {
    EVIDENCE_SESSION_ID,    /* RFC 7989: they share a UUID */
    EVIDENCE_HEADER,        /* a header of one names the other's Call-ID */
    EVIDENCE_CALL_ID,       /* one Call-ID is the other with something added */
    EVIDENCE_SDP_ORIGIN,    /* o=: the same session, described by another hop */
    EVIDENCE_MEDIA_ADDRESS, /* the same address for media, told by another hop */
    EVIDENCE_MEDIA_SSRC,    /* a relay passes one's stream on as the other's */
    EVIDENCE_USERS,         /* From or To user, same element, within the set-up */
    EVIDENCE_REPLACES,      /* RFC 3891: one takes the other's place */
    EVIDENCE_REFER,         /* RFC 3515: a REFER in one asked for the other */
};
const char *call_evidence_name(enum call_evidence evidence);

struct call_join {
    struct slice detail;  /* what they share: lives as long as the table */
    uint32_t call;        /* number of the other call */
    uint8_t evidence;     /* enum call_evidence */
};

enum { CALL_TEXTS = 104, CALL_PATHS = 4 };

/* What each message touches comes first. */
struct call {
    struct slice call_id;
    VEC(struct message) messages;
    VEC(struct transaction) transactions;
    int64_t start, end;           /* first and last message whose time is known */
    uint32_t first_path;          /* of its first message */
    uint32_t paths[CALL_PATHS];   /* of its latest ones, the newest first, CALL_NONE: no more */
    uint16_t status;              /* 0: none */
    uint8_t method;               /* enum sip_method of the first request */
    uint8_t kind, state, released_by, offer;
    uint8_t hinted;               /* what call/evidence.c has noted of it */
    bool is_brief;                /* as call/store.c gave it room */
    uint16_t flags;               /* all of its messages, as they came, and CALL_... */
    uint8_t texts_used;
    char texts[CALL_TEXTS];       /* the Call-ID and tags, if short: to be near when compared */
    VEC(struct dialog) dialogs;
    struct party from, to;
    struct slice method_name, request_uri; /* of the first request */
    struct slice reason;          /* of the final response */
    int64_t trying, delay, answer, talk; /* durations in ns, -1: unknown */
    uint32_t group;               /* number of the first call of its group */
    uint32_t next_leg;            /* the group's next call, CALL_NONE */
    VEC(struct call_hold) holds;
    VEC(struct call_join) joins;  /* with other calls of its group */
    VEC(uint32_t) streams;        /* numbers of its streams in the model */
    struct arena arena;           /* texts that the capture does not keep */
};

struct call_table;
struct announcement;

/* Told of each address that a session description announces for media. */
typedef void call_media_listener(void *ctx, const struct net_addr *addr,
                                 const struct rtp_map *map);

/* NULL when memory is short.  `listener` may be NULL. */
struct call_table *call_table_new(call_media_listener *listener, void *ctx);

/* Told of an address some time before the listener is, so that it can ask for the memory that
 * it will read. */
typedef void call_media_ahead(void *ctx, const struct net_addr *addr);
void call_tell_ahead(struct call_table *table, call_media_ahead *ahead);

/* The newest announcement of that address (see call/media.h), or NULL. */
const struct announcement *call_announced(const struct call_table *table,
                                          const struct net_addr *addr);
/* For who is going to ask call_of_stream of many: asks for the memory that it reads first. */
void call_ask_for_announced(const struct call_table *table, const struct net_addr *dst);
/* Which call a stream from `src` to `dst` in that span of time belongs to:
 * the one whose session description announced an address of it at that time.
 * CALL_NONE when none did; else *to says who receives. */
uint32_t call_of_stream(const struct call_table *table, const struct net_addr *src,
                        const struct net_addr *dst, int64_t start, int64_t end,
                        enum call_side *to);

/* Takes in one message.  Returns the number of its call, or CALL_NONE when
 * memory is short; *index is the message's place in it.  Messages that have no
 * Call-ID share a call whose Call-ID is empty.  What another log has told already
 * is not added again: *index is then the place of the first. */
uint32_t call_add(struct call_table *table, const struct sip_msg *msg,
                  const struct datagram *datagram, uint32_t *index);

/* The capture holds a message, in a datagram that is marked as a duplicate, once more
 * than it was sent: marks the one that was taken in. */
void call_note_copy(struct call_table *table, const struct sip_msg *msg,
                    const struct datagram *datagram);

/* The number of the call with that Call-ID, CALL_NONE without one. */
uint32_t call_by_id(const struct call_table *table, struct slice call_id);
/* The newest message that went from `src` to `dst` by that transport: true,
 * with its call and its place in it. */
bool call_newest_message(const struct call_table *table, const struct net_addr *src,
                         const struct net_addr *dst, enum net_transport transport,
                         uint32_t *call, uint32_t *message);

/* At the end of the capture: works out state, status, timings of every call and
 * addresses that logs do not say, and joins calls by what their messages say of
 * each other.  0 or -ENOMEM. */
int call_finish(struct call_table *table, int64_t capture_end);

/* Between call_finish and call_group: joins two calls for a reason that the
 * signalling does not show.  `detail` is copied.  0 or -ENOMEM. */
int call_join(struct call_table *table, uint32_t a, uint32_t b, enum call_evidence evidence,
              struct slice detail);
/* At the very end: joins what is left by users and time, and settles the
 * groups.  0 or -ENOMEM. */
int call_group(struct call_table *table);

/* While the capture is read: takes the calls that `leave` marks out of the table, with all
 * that is known of them, into a new one, to be finished by itself; both count their calls
 * anew, in the same order.  What a payload type means stays with `table`, which must live
 * as long.  NULL when memory is short: then it can only be freed. */
struct call_table *call_part(struct call_table *table, const bool *leave);

/* While the capture is read: state, status and timings of every call as they are at `now`,
 * and the calls that would be joined if it ended: groups[i] is the first call of i's group.
 * `join` adds evidence as it may be added between call_finish and call_group.  0 or
 * -ENOMEM. */
int call_groups_so_far(struct call_table *table, int64_t now, int (*join)(void *ctx), void *ctx,
                       uint32_t *groups);
/* The state alone, of one call. */
void call_state_so_far(struct call_table *table, uint32_t call, int64_t now);
/* Whether the call, as its state tells, waits for an answer or for its end. */
bool call_is_open(const struct call *call);

/* Where calls leave: whether so many meanings of payload types were met that those met from
 * now on should be kept apart, as call_turn_maps does (0 or -ENOMEM); the oldest that were,
 * and letting these go, when all calls that were there at that turn have left. */
bool call_has_many_maps(const struct call_table *table);
int call_turn_maps(struct call_table *table);
const struct arena *call_oldest_maps(const struct call_table *table);
void call_forget_maps(struct call_table *table);
/* How many are kept. */
size_t call_map_count(const struct call_table *table);

/* Whether the address was announced by another call, which is over, before the one that
 * announced it last; true once for each. */
bool call_took_over(struct call_table *table, const struct net_addr *addr);
/* Whether a message came from a text log. */
bool call_is_logged(const struct call_table *table);
/* The flags of all calls. */
unsigned call_flags(const struct call_table *table);
size_t call_count(const struct call_table *table);
struct call *call_at(const struct call_table *table, size_t i);
/* For who walks over all calls, in order, and is at call i: asks for the memory of those
 * that follow soon, with their messages and transactions, so that he need not wait. */
void call_ask_ahead(const struct call_table *table, size_t i);
size_t call_path_count(const struct call_table *table);
const struct path *call_path(const struct call_table *table, uint32_t path);
void call_table_free(struct call_table *table);

/* Whether both transactions are of one request, on two hops or come round: method,
 * CSeq, sender and dialog agree. */
bool transaction_same_request(const struct call *call, const struct transaction *a,
                              const struct transaction *b);

/* The reason phrase of a response. */
struct slice message_reason(const struct message *message);

/* The value on the first header line of that name (as written there, in any case),
 * without parsing the message; empty: none.  For what looks at every message. */
struct slice message_header(const struct message *message, struct slice name);

/* Parses a message of the model again, for reports. */
bool message_parse(const struct message *message, struct sip_msg *msg);
/* The same for its header fields and body alone (sip_parse_fields). */
bool message_fields(const struct message *message, struct sip_msg *msg);
/* The same, and its session description: false without one that makes sense. */
bool message_sdp(const struct message *message, struct sip_msg *msg, struct sdp_session *sdp);

#endif

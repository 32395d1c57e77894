/* Inside the call layer: the table of calls and what its parts share. */
#ifndef CALL_TABLE_H
#define CALL_TABLE_H

#include "call/call.h"
#include "call/media.h"

/* A transaction or dialog by its call and its place in it. */
struct call_ref {
    uint32_t call, index;
};

struct call_table {
    uint64_t seed;
    VEC(struct call *) calls;
    struct table by_call_id;
    struct table by_transaction; /* items: places in `transaction_refs` */
    VEC(struct call_ref) transaction_refs;
    struct table by_dialog;
    VEC(struct call_ref) dialog_refs;
    VEC(struct path) paths;
    VEC(struct call_ref) newest; /* message of each path */
    struct table by_path;
    struct media_table media;
    call_media_listener *on_media; /* may be NULL */
    void *on_media_ctx;
    struct sdp_session sdp;  /* scratch: too large for a stack */
    struct sip_msg scratch;
};

/* A message while it is being taken in. */
struct incoming {
    struct call_table *table;
    struct call *call;
    uint32_t call_number, index;
    const struct sip_msg *msg;
    const struct datagram *datagram;
    const char *kept; /* where msg->text begins for as long as the model lives */
};

/* The slice of the message, moved to where the text is kept. */
static inline struct slice kept_slice(const struct incoming *in, struct slice s)
{
    return s.p ? slice_make(in->kept + (s.p - in->msg->text.p), s.n) : s;
}

static inline struct message *incoming_message(const struct incoming *in)
{
    return &in->call->messages.v[in->index];
}

/* Finds or opens the transaction of the message and sets message->transaction
 * and ->retransmission_of.  0 or -ENOMEM. */
int transaction_add(const struct incoming *in);

/* Finds or opens the dialog and follows its state.  0 or -ENOMEM. */
int dialog_add(const struct incoming *in);

/* Whether the message comes from the caller's side. */
bool incoming_from_caller(const struct incoming *in);

/* Reads the message's session description: announces its media, follows hold
 * and resume. */
int offer_add(const struct incoming *in, const struct sdp_session *sdp);

/* Works out state, status, release and timings. */
void outcome_finish(struct call *call, const struct call_table *table, int64_t capture_end);

#endif

/* Gathers keys from streams and messages, and finds the same press sent two
 * ways at once. */
#include "analysis/keys.h"

#include <math.h>
#include <stdlib.h>

#include "sip/dtmf.h"

const char *key_via_name(enum key_via via)
{
    static const char *const names[] = {"rfc4733", "inband", "info", "kpml"};

    return names[via];
}

static int by_time(const void *pa, const void *pb)
{
    const struct key *a = pa, *b = pb;

    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->via != b->via ? (int)a->via - (int)b->via : 0;
}

static bool add_stream(const struct fosip_analysis *a, uint32_t number, struct key_list *keys)
{
    const struct stream *stream = stream_at(a->streams, number);
    enum stream_direction to = stream_way(stream);
    const struct stream_digit *digits;
    size_t n = stream_digits(stream, &digits);

    for (size_t i = 0; i < n; i++) {
        const struct stream_digit *d = &digits[i];
        struct key *key = vec_add(&keys->list);

        if (!key)
            return false;
        *key = (struct key){
            .time = d->time,
            .digit = d->digit,
            .ended = d->ended,
            .via = d->via == STREAM_DIGIT_TONE ? KEY_TONE : KEY_EVENT,
            .by = to == STREAM_TO_CALLEE   ? SIDE_CALLER
                  : to == STREAM_TO_CALLER ? SIDE_CALLEE
                                           : SIDE_UNKNOWN,
            .duration_ms = d->duration_ms,
            .volume_dbm0 = d->via == STREAM_DIGIT_EVENT ? 0.0 - d->volume : (double)NAN,
            .stream = number,
            .message = CALL_NONE,
        };
    }
    return true;
}

/* Whether the request was seen before on another hop: a proxy keeps its CSeq. */
static bool is_passed_on(const struct call *call, uint32_t index)
{
    enum { LOOK_BACK = 64 };
    const struct message *m = &call->messages.v[index];

    for (uint32_t i = index; i-- > 0 && index - i <= LOOK_BACK;) {
        const struct message *before = &call->messages.v[i];

        if (!before->status && before->method == m->method && before->cseq == m->cseq &&
            (before->flags & MESSAGE_FROM_CALLER) == (m->flags & MESSAGE_FROM_CALLER))
            return true;
    }
    return false;
}

static bool add_message(const struct message *m, uint32_t index, const struct sip_dtmf *dtmf,
                        struct key_list *keys)
{
    for (const char *digit = dtmf->digits; *digit; digit++) {
        struct key *key = vec_add(&keys->list);

        if (!key)
            return false;
        *key = (struct key){
            .time = m->time,
            .digit = *digit,
            .ended = true,
            .via = dtmf->kpml ? KEY_KPML : KEY_INFO,
            .by = m->flags & MESSAGE_FROM_CALLER ? SIDE_CALLER : SIDE_CALLEE,
            .duration_ms = dtmf->duration_ms ? dtmf->duration_ms : (double)NAN,
            .volume_dbm0 = NAN,
            .stream = CALL_NONE,
            .message = index,
        };
    }
    return true;
}

static bool add_messages(const struct call *call, struct key_list *keys)
{
    struct sip_msg *msg = NULL;
    struct sip_dtmf dtmf;
    bool whole = true;

    for (uint32_t i = 0; whole && i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];

        if (m->status || (m->method != SIP_INFO && m->method != SIP_NOTIFY) ||
            m->retransmission_of != CALL_NONE || is_passed_on(call, i))
            continue;
        if (!msg && !(msg = malloc(sizeof *msg)))
            return false;
        if (message_parse(m, msg) && sip_dtmf_parse(msg, &dtmf))
            whole = add_message(m, i, &dtmf, keys);
    }
    free(msg);
    return whole;
}

static void find_gaps(struct key_list *keys)
{
    double ends[KEY_WAYS][3];

    for (unsigned i = 0; i < KEY_WAYS * 3; i++)
        ends[i / 3][i % 3] = NAN;
    for (size_t i = 0; i < keys->list.n; i++) {
        struct key *k = &keys->list.v[i];
        double start = (double)(k->time - keys->list.v[0].time) / 1e6;

        k->gap_ms = start - ends[k->via][k->by];
        ends[k->via][k->by] = start + k->duration_ms;
    }
}

/* INFO is sent when the key is released, a gateway's event when it has
 * recognised the tone: the second way may begin when the first ends. */
static bool is_same_press(const struct key *first, const struct key *second)
{
    static const double LATER_MS = 500;
    double after = (double)(second->time - first->time) / 1e6;
    double lasted = isnan(first->duration_ms) ? 0 : first->duration_ms;

    return first->digit == second->digit && first->via != second->via &&
           first->by == second->by && after <= lasted + LATER_MS;
}

/* Each key doubles one at most, and is doubled once by each way. */
static void find_doubles(struct key_list *keys)
{
    enum { LOOK_BACK = 32 };

    for (size_t i = 0; i < keys->list.n; i++) {
        struct key *k = &keys->list.v[i];
        size_t from = i > LOOK_BACK ? i - LOOK_BACK : 0;

        k->double_of = CALL_NONE;
        for (size_t j = from; j < i && k->double_of == CALL_NONE; j++) {
            bool taken = keys->list.v[j].double_of != CALL_NONE;

            for (size_t other = j + 1; other < i && !taken; other++)
                taken = keys->list.v[other].double_of == j && keys->list.v[other].via == k->via;
            if (!taken && is_same_press(&keys->list.v[j], k))
                k->double_of = (uint32_t)j;
        }
    }
}

bool keys_of_call(const struct fosip_analysis *a, const struct call *call, struct key_list *keys)
{
    bool whole = true;

    *keys = (struct key_list){0};
    for (size_t i = 0; whole && i < call->streams.n; i++)
        whole = add_stream(a, call->streams.v[i], keys);
    if (call->flags & CALL_INFORMS)
        whole = whole && add_messages(call, keys);
    if (!keys->list.n)
        return whole;
    qsort(keys->list.v, keys->list.n, sizeof keys->list.v[0], by_time);
    find_gaps(keys);
    find_doubles(keys);
    return whole;
}

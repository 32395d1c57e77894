/* The keys pressed in a call, in order of time, with the way that each came. */
#include <math.h>
#include <stdlib.h>

#include "report/json.h"
#include "sip/dtmf.h"

struct key {
    int64_t time;
    char digit;
    const char *via;
    double duration_ms; /* NaN: not said */
    uint32_t stream, message;
};

typedef VEC(struct key) keys;

static int by_time(const void *pa, const void *pb)
{
    const struct key *a = pa, *b = pb;

    return a->time < b->time ? -1 : a->time > b->time;
}

static void add_streams(const struct fosip_analysis *a, const struct call *call, keys *list)
{
    for (size_t i = 0; i < call->streams.n; i++) {
        const struct stream_digit *digits;
        size_t n = stream_digits(stream_at(a->streams, call->streams.v[i]), &digits);

        for (size_t d = 0; d < n; d++) {
            struct key *key = vec_add(list);

            if (!key)
                return;
            *key = (struct key){
                .time = digits[d].time,
                .digit = digits[d].digit,
                .via = digits[d].via == STREAM_DIGIT_TONE ? "inband" : "rfc4733",
                .duration_ms = digits[d].duration_ms,
                .stream = call->streams.v[i],
                .message = CALL_NONE,
            };
        }
    }
}

/* Whether the INFO was seen before on another hop: a proxy keeps its CSeq. */
static bool is_passed_on(const struct call *call, uint32_t index)
{
    enum { LOOK_BACK = 64 };
    const struct message *m = &call->messages.v[index];

    for (uint32_t i = index; i-- > 0 && index - i <= LOOK_BACK;) {
        const struct message *before = &call->messages.v[i];

        if (!before->status && before->method == SIP_INFO && before->cseq == m->cseq &&
            (before->flags & MESSAGE_FROM_CALLER) == (m->flags & MESSAGE_FROM_CALLER))
            return true;
    }
    return false;
}

static void add_messages(const struct call *call, struct sip_msg *msg, keys *list)
{
    for (uint32_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];
        struct sip_dtmf dtmf;
        struct key *key;

        if (m->status || m->method != SIP_INFO || m->retransmission_of != CALL_NONE ||
            is_passed_on(call, i) || !message_parse(m, msg) || !sip_dtmf_parse(msg, &dtmf))
            continue;
        key = vec_add(list);
        if (!key)
            return;
        *key = (struct key){.time = m->time,
                            .digit = dtmf.digit,
                            .via = "info",
                            .duration_ms = dtmf.duration_ms ? dtmf.duration_ms : (double)NAN,
                            .stream = CALL_NONE,
                            .message = i};
    }
}

static struct json_object *to_object(const struct key *key)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "digit", json_object_new_string_len(&key->digit, 1));
    json_add(o, "via", json_name(key->via));
    json_add(o, "time", json_time(key->time));
    json_add(o, "duration_ms", json_number(key->duration_ms, 3));
    json_add(o, "stream", json_id(key->stream));
    json_add(o, "message", json_id(key->message));
    return o;
}

struct json_object *json_dtmf(const struct fosip_analysis *a, const struct call *call)
{
    struct json_object *array = json_object_new_array();
    struct sip_msg *msg = malloc(sizeof *msg);
    keys list = {0};

    add_streams(a, call, &list);
    if (msg)
        add_messages(call, msg, &list);
    if (list.n)
        qsort(list.v, list.n, sizeof list.v[0], by_time);
    for (size_t i = 0; i < list.n; i++)
        json_object_array_add(array, to_object(&list.v[i]));
    vec_free(&list);
    free(msg);
    return array;
}

/* The keys pressed in a call, in order of time, with the way that each came. */
#include "analysis/keys.h"
#include "report/json.h"

static void write_key(struct json *j, const struct fosip_analysis *a, const struct key *key)
{
    json_open(j, NULL);
    json_text(j, "digit", slice_make(&key->digit, 1));
    json_name(j, "via", key_via_name(key->via));
    json_name(j, "by", call_side_name(key->by));
    json_time(j, "time", key->time);
    json_number(j, "duration_ms", key->duration_ms, 3);
    json_number(j, "gap_ms", key->gap_ms, 3);
    json_number(j, "volume_dbm0", key->volume_dbm0, 0);
    json_boolean(j, "ended", key->ended);
    json_id(j, "double_of", key->double_of);
    json_id(j, "stream", model_stream_id(a, key->stream));
    json_id(j, "message", key->message);
    json_close(j);
}

void json_dtmf(struct json *j, const struct fosip_analysis *a, const struct call *call)
{
    struct key_list keys;

    keys_of_call(a, call, &keys);
    json_list(j, "dtmf");
    for (size_t i = 0; i < keys.list.n; i++)
        write_key(j, a, &keys.list.v[i]);
    json_end(j);
    vec_free(&keys.list);
}

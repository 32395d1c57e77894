/* The keys pressed in a call, in order of time, with the way that each came. */
#include "analysis/keys.h"
#include "report/json.h"

static struct json_object *to_object(const struct key *key)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "digit", json_object_new_string_len(&key->digit, 1));
    json_add(o, "via", json_name(key_via_name(key->via)));
    json_add(o, "by", json_name(call_side_name(key->by)));
    json_add(o, "time", json_time(key->time));
    json_add(o, "duration_ms", json_number(key->duration_ms, 3));
    json_add(o, "gap_ms", json_number(key->gap_ms, 3));
    json_add(o, "volume_dbm0", json_number(key->volume_dbm0, 0));
    json_add(o, "ended", json_object_new_boolean(key->ended));
    json_add(o, "double_of", json_id(key->double_of));
    json_add(o, "stream", json_id(key->stream));
    json_add(o, "message", json_id(key->message));
    return o;
}

struct json_object *json_dtmf(const struct fosip_analysis *a, const struct call *call)
{
    struct json_object *array = json_object_new_array();
    struct key_list keys;

    keys_of_call(a, call, &keys);
    for (size_t i = 0; i < keys.list.n; i++)
        json_object_array_add(array, to_object(&keys.list.v[i]));
    vec_free(&keys.list);
    return array;
}

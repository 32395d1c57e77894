/* Keys of H.323, as JSON. */
#include "report/json.h"

static struct json_object *key(const struct h323_key *k, unsigned i)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "digit", json_object_new_string_len(&k->keys.keys[i], 1));
    json_add(o, "how", json_name(k->keys.how == H245_SIGNAL ? "signal" : "alphanumeric"));
    json_add(o, "tunnelled", json_object_new_boolean(k->keys.tunnelled));
    json_add(o, "duration_ms", k->keys.duration_ms ? json_count(k->keys.duration_ms) : NULL);
    json_add(o, "src", json_address(&k->src));
    json_add(o, "dst", json_address(&k->dst));
    json_add(o, "time", json_time(k->time));
    json_add(o, "frame", json_count(k->frame));
    return o;
}

struct json_object *json_h323_keys(const struct fosip_analysis *a)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < a->h323_keys.n; i++)
        for (unsigned k = 0; k < a->h323_keys.v[i].keys.count; k++)
            json_object_array_add(list, key(&a->h323_keys.v[i], k));
    return list;
}

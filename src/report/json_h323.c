/* Keys of H.323, as JSON. */
#include "report/json.h"

static void key(struct json *j, const struct h323_key *k, unsigned i)
{
    json_open(j, NULL);
    json_text(j, "digit", slice_make(&k->keys.keys[i], 1));
    json_name(j, "how", k->keys.how == H245_SIGNAL ? "signal" : "alphanumeric");
    json_boolean(j, "tunnelled", k->keys.tunnelled);
    json_nonzero(j, "duration_ms", k->keys.duration_ms);
    json_address(j, "src", &k->src);
    json_address(j, "dst", &k->dst);
    json_time(j, "time", k->time);
    json_count(j, "frame", k->frame);
    json_close(j);
}

void json_h323_keys(struct json *j, const struct fosip_analysis *a)
{
    json_list(j, "h245_dtmf");
    for (size_t i = 0; i < a->h323_keys.n; i++)
        for (unsigned k = 0; k < a->h323_keys.v[i].keys.count; k++)
            key(j, &a->h323_keys.v[i], k);
    json_end(j);
}

/* Faxes of a call, as JSON. */
#include "analysis/fax.h"
#include "report/json.h"
#include "rtp/udptl.h"

static struct json_object *fax(const struct fax *f)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "by", json_name(call_side_name(f->by)));
    json_add(o, "src", json_address(&f->src));
    json_add(o, "dst", json_address(&f->dst));
    json_add(o, "start_time", json_time(f->start));
    json_add(o, "end_time", json_time(f->end));
    json_add(o, "frame", json_count(f->frame));
    json_add(o, "packets", json_count(f->packets));
    json_add(o, "expected", json_count(f->expected));
    json_add(o, "lost", json_count(f->lost));
    json_add(o, "recovered", json_count(f->recovered));
    json_add(o, "duplicates", json_count(f->duplicates));
    json_add(o, "malformed", json_count(f->malformed));
    json_add(o, "payload_bytes", json_count(f->payload_bytes));
    json_add(o, "error_correction",
             json_name(f->fec ? "fec" : f->most_copies ? "redundancy" : NULL));
    json_add(o, "copies", json_count(f->most_copies));
    json_add(o, "pages", json_count(f->pages));
    json_add(o, "modem", f->any_data ? json_name(t38_modem_name(f->modem)) : NULL);
    json_add(o, "modem_bps", f->any_data ? json_count(t38_modem_rate(f->modem)) : NULL);
    json_add(o, "ecm", json_object_new_boolean(f->ecm));
    json_add(o, "disconnected", json_object_new_boolean(f->disconnected));
    json_add(o, "audio_stream", json_id(f->audio));
    json_add(o, "switch_ms", f->audio == CALL_NONE ? NULL : json_ms(f->switched_after));
    return o;
}

struct json_object *json_fax(const struct fosip_analysis *a, uint32_t call)
{
    struct json_object *list = json_object_new_array();
    size_t first, count = fax_of_call(a->faxes, call, &first);

    for (size_t i = first; i < first + count; i++)
        json_object_array_add(list, fax(fax_at(a->faxes, i)));
    return list;
}

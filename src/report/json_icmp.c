/* The ICMP errors about a call, in its JSON object. */
#include "report/json.h"

static struct json_object *frames(const struct icmp_row *row)
{
    struct json_object *list = json_object_new_array();

    for (unsigned i = 0; i < row->count && i < ICMP_FRAMES; i++)
        json_object_array_add(list, json_object_new_int64((int64_t)row->frames[i]));
    return list;
}

static struct json_object *error_object(const struct icmp_row *row)
{
    struct json_object *o = json_object_new_object();
    char ip[ADDR_TEXT];

    json_add(o, "error", json_name(icmp_kind_name((enum icmp_kind)row->kind)));
    json_add(o, "type", json_object_new_int(row->type));
    json_add(o, "code", json_object_new_int(row->code));
    json_add(o, "reporter", json_object_new_string(addr_ip_text(&row->reporter, ip)));
    json_add(o, "src", json_address(&row->src));
    json_add(o, "dst", json_address(&row->dst));
    json_add(o, "transport", json_name(net_transport_name((enum net_transport)row->transport)));
    json_add(o, "about", json_name(icmp_cargo_name((enum icmp_cargo)row->cargo)));
    json_add(o, "method", *row->method ? json_object_new_string(row->method) : NULL);
    json_add(o, "message", json_id(row->message));
    json_add(o, "stream", json_id(row->stream));
    json_add(o, "count", json_object_new_int64((int64_t)row->count));
    json_add(o, "time", json_time(row->time));
    json_add(o, "last_time", json_time(row->last));
    json_add(o, "frames", frames(row));
    return o;
}

struct json_object *json_icmp(const struct fosip_analysis *a, uint32_t call)
{
    struct json_object *list = json_object_new_array();
    const struct icmp_row *rows;
    size_t n = icmp_rows_of_call(a->icmp, call, &rows);

    for (size_t i = 0; i < n; i++)
        json_object_array_add(list, error_object(&rows[i]));
    return list;
}

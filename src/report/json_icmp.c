/* The ICMP errors about a call, in its JSON object. */
#include "report/json.h"

static void error_object(struct json *j, const struct fosip_analysis *a,
                         const struct icmp_row *row)
{
    char ip[ADDR_TEXT];

    json_open(j, NULL);
    json_name(j, "error", icmp_kind_name((enum icmp_kind)row->kind));
    json_count(j, "type", row->type);
    json_count(j, "code", row->code);
    json_name(j, "reporter", addr_ip_text(&row->reporter, ip));
    json_address(j, "src", &row->src);
    json_address(j, "dst", &row->dst);
    json_name(j, "transport", net_transport_name((enum net_transport)row->transport));
    json_name(j, "about", icmp_cargo_name((enum icmp_cargo)row->cargo));
    json_name(j, "method", *row->method ? row->method : NULL);
    json_id(j, "message", row->message);
    json_id(j, "stream", model_stream_id(a, row->stream));
    json_count(j, "count", row->count);
    json_time(j, "time", row->time);
    json_time(j, "last_time", row->last);
    json_list(j, "frames");
    for (unsigned i = 0; i < row->count && i < ICMP_FRAMES; i++)
        json_count(j, NULL, row->frames[i]);
    json_end(j);
    json_close(j);
}

void json_icmp(struct json *j, const struct fosip_analysis *a, uint32_t call)
{
    const struct icmp_row *rows;
    size_t n = icmp_rows_of_call(a->icmp, call, &rows);

    json_list(j, "icmp_errors");
    for (size_t i = 0; i < n; i++)
        error_object(j, a, &rows[i]);
    json_end(j);
}

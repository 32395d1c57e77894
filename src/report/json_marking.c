/* How packets are marked for the network, by DSCP (RFC 2474). */
#include "analysis/marking.h"
#include "report/json.h"

static void value_of(struct json *j, unsigned dscp)
{
    if (dscp == NET_NO_DSCP)
        json_null(j, "value");
    else
        json_count(j, "value", dscp);
    json_name(j, "name", net_dscp_name(dscp));
}

void json_dscp(struct json *j, unsigned dscp)
{
    if (dscp == NET_NO_DSCP)
        json_null(j, "dscp");
    else
        json_count(j, "dscp", dscp);
}

void json_stream_markings(struct json *j, const struct stream_figures *f)
{
    json_list(j, "dscp");
    for (unsigned i = 0; i < f->marking_count; i++) {
        json_open(j, NULL);
        value_of(j, f->markings[i].dscp);
        json_count(j, "packets", f->markings[i].packets);
        json_close(j);
    }
    json_end(j);
}

void json_markings(struct json *j, const struct fosip_analysis *a)
{
    struct marked all[NET_NO_DSCP];

    markings_read(a, all);
    json_list(j, "dscp");
    for (unsigned i = 0; i < NET_NO_DSCP; i++) {
        if (!all[i].packets)
            continue;
        json_open(j, NULL);
        value_of(j, i);
        json_count(j, "packets", all[i].packets);
        json_count(j, "sip", all[i].sip);
        json_count(j, "rtp", all[i].rtp);
        json_close(j);
    }
    json_end(j);
}

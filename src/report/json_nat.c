/* NAT bindings of the capture. */
#include "analysis/nat.h"
#include "report/json.h"

static void address(struct json *j, const char *key, const struct net_addr *addr)
{
    char text[ADDR_TEXT];

    json_open(j, key);
    json_name(j, "ip", addr_ip_text(addr, text));
    json_nonzero(j, "port", addr->port);
    json_close(j);
}

void json_nat(struct json *j, const struct fosip_analysis *a)
{
    json_list(j, "nat_bindings");
    for (size_t i = 0; i < nat_count(a->nat); i++) {
        const struct nat_binding *b = nat_at(a->nat, i);

        json_open(j, NULL);
        address(j, "inside", &b->inside);
        address(j, "outside", &b->outside);
        if (b->server.family == NET_UNKNOWN)
            json_null(j, "server");
        else
            address(j, "server", &b->server);
        json_name(j, "evidence", nat_evidence_name((enum nat_evidence)b->evidence));
        json_count(j, "frame", b->frame);
        json_count(j, "count", b->count);
        json_close(j);
    }
    json_end(j);
}

/* STUN of a call: checks of ICE, and what servers told of addresses. */
#include "analysis/ice.h"
#include "report/json.h"

static void address_or_null(struct json *j, const char *key, const struct net_addr *addr)
{
    if (addr->family == NET_UNKNOWN)
        json_null(j, key);
    else
        json_address(j, key, addr);
}

static void counts(struct json *j, const struct ice_path *p)
{
    json_count(j, "requests", p->requests);
    json_count(j, "retransmissions", p->repeats);
    json_count(j, "answered", p->successes);
    json_count(j, "errors", p->errors);
    json_nonzero(j, "error", p->error);
    json_ms(j, "round_trip_ms", p->round_trip);
    json_time(j, "time", p->first);
    json_count(j, "frame", p->frame);
}

static void check(struct json *j, const struct ice_path *p)
{
    json_open(j, NULL);
    json_nonzero(j, "media", p->media);
    json_nonzero(j, "component", p->component);
    json_name(j, "by", call_side_name(p->by));
    json_address(j, "src", &p->src);
    json_address(j, "dst", &p->dst);
    json_name(j, "local", ice_type_name(p->local));
    json_name(j, "remote", ice_type_name(p->remote));
    address_or_null(j, "mapped", &p->mapped);
    json_boolean(j, "in_turn", p->in_turn);
    json_boolean(j, "controlling", p->controlling);
    json_time(j, "nominated_time", p->nominated);
    json_boolean(j, "won", p->won);
    counts(j, p);
    json_close(j);
}

static void answer(struct json *j, const struct ice_path *p)
{
    json_open(j, NULL);
    json_name(j, "method", p->method == STUN_ALLOCATE ? "allocate" : "binding");
    json_nonzero(j, "media", p->media);
    json_name(j, "by", call_side_name(p->by));
    json_address(j, "client", &p->src);
    json_address(j, "server", &p->dst);
    address_or_null(j, "mapped", &p->mapped);
    address_or_null(j, "relayed", &p->relayed);
    counts(j, p);
    json_close(j);
}

static bool is_check(const struct ice_path *p)
{
    return p->username_n && p->method == STUN_BINDING;
}

void json_ice_checks(struct json *j, const struct fosip_analysis *a, uint32_t call)
{
    size_t first, count = ice_of_call(a->ice, call, &first);

    json_list(j, "ice_checks");
    for (size_t i = first; i < first + count; i++)
        if (is_check(ice_at(a->ice, i)))
            check(j, ice_at(a->ice, i));
    json_end(j);
}

void json_stun(struct json *j, const struct fosip_analysis *a, uint32_t call)
{
    size_t first, count = ice_of_call(a->ice, call, &first);

    json_list(j, "stun");
    for (size_t i = first; i < first + count; i++)
        if (!is_check(ice_at(a->ice, i)))
            answer(j, ice_at(a->ice, i));
    json_end(j);
}

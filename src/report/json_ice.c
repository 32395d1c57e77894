/* STUN of a call: checks of ICE, and what servers told of addresses. */
#include "analysis/ice.h"
#include "report/json.h"

static struct json_object *address_or_null(const struct net_addr *addr)
{
    return addr->family == NET_UNKNOWN ? NULL : json_address(addr);
}

static void add_counts(struct json_object *o, const struct ice_path *p)
{
    json_add(o, "requests", json_count(p->requests));
    json_add(o, "retransmissions", json_count(p->repeats));
    json_add(o, "answered", json_count(p->successes));
    json_add(o, "errors", json_count(p->errors));
    json_add(o, "error", p->error ? json_object_new_int(p->error) : NULL);
    json_add(o, "round_trip_ms", p->round_trip < 0 ? NULL : json_ms(p->round_trip));
    json_add(o, "time", json_time(p->first));
    json_add(o, "frame", json_count(p->frame));
}

static struct json_object *check(const struct ice_path *p)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "media", p->media ? json_object_new_int(p->media) : NULL);
    json_add(o, "component", p->component ? json_object_new_int(p->component) : NULL);
    json_add(o, "by", json_name(call_side_name(p->by)));
    json_add(o, "src", json_address(&p->src));
    json_add(o, "dst", json_address(&p->dst));
    json_add(o, "local", json_name(ice_type_name(p->local)));
    json_add(o, "remote", json_name(ice_type_name(p->remote)));
    json_add(o, "mapped", address_or_null(&p->mapped));
    json_add(o, "in_turn", json_object_new_boolean(p->in_turn));
    json_add(o, "controlling", json_object_new_boolean(p->controlling));
    json_add(o, "nominated_time", p->nominated < 0 ? NULL : json_time(p->nominated));
    json_add(o, "won", json_object_new_boolean(p->won));
    add_counts(o, p);
    return o;
}

static struct json_object *answer(const struct ice_path *p)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "method", json_name(p->method == STUN_ALLOCATE ? "allocate" : "binding"));
    json_add(o, "media", p->media ? json_object_new_int(p->media) : NULL);
    json_add(o, "by", json_name(call_side_name(p->by)));
    json_add(o, "client", json_address(&p->src));
    json_add(o, "server", json_address(&p->dst));
    json_add(o, "mapped", address_or_null(&p->mapped));
    json_add(o, "relayed", address_or_null(&p->relayed));
    add_counts(o, p);
    return o;
}

static bool is_check(const struct ice_path *p)
{
    return p->username_n && p->method == STUN_BINDING;
}

static struct json_object *list(const struct fosip_analysis *a, uint32_t call, bool checks)
{
    struct json_object *array = json_object_new_array();
    size_t first, count = ice_of_call(a->ice, call, &first);

    for (size_t i = first; i < first + count; i++) {
        const struct ice_path *p = ice_at(a->ice, i);

        if (is_check(p) == checks)
            json_object_array_add(array, checks ? check(p) : answer(p));
    }
    return array;
}

struct json_object *json_ice_checks(const struct fosip_analysis *a, uint32_t call)
{
    return list(a, call, true);
}

struct json_object *json_stun(const struct fosip_analysis *a, uint32_t call)
{
    return list(a, call, false);
}

/* Participants as JSON: who took part, and in which roles. */
#include "analysis/participants.h"
#include "report/json.h"

static struct json_object *role_names(unsigned roles)
{
    struct json_object *list = json_object_new_array();

    for (unsigned i = 0; i < ROLE_COUNT; i++)
        if (roles & 1u << i)
            json_object_array_add(list, json_name(role_name(i)));
    return list;
}

static struct json_object *proxy(unsigned roles)
{
    struct json_object *o;

    if (!(roles & ROLE_PROXY))
        return NULL;
    o = json_object_new_object();
    json_add(o, "stateful", json_object_new_boolean((roles & PROXY_STATEFUL) != 0));
    json_add(o, "record_routing", json_object_new_boolean((roles & PROXY_RECORD_ROUTING) != 0));
    json_add(o, "forking", json_object_new_boolean((roles & PROXY_FORKING) != 0));
    return o;
}

struct json_object *json_participant(const struct participating *p)
{
    struct json_object *o = json_object_new_object(), *address = json_object_new_object();
    unsigned roles = participant_roles(p);
    char text[ADDR_TEXT];

    json_add(address, "ip", json_object_new_string(addr_ip_text(&p->addr, text)));
    json_add(address, "port", p->addr.port ? json_object_new_int(p->addr.port) : NULL);
    json_add(o, "address", address);
    json_add(o, "roles", role_names(roles));
    json_add(o, "proxy", proxy(roles));
    json_add(o, "user_agent", json_text(p->user_agent));
    json_add(o, "sip_messages_sent", json_object_new_int64((int64_t)p->sent));
    return o;
}

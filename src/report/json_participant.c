/* Participants as JSON: who took part, in which roles, and what each sent and
 * received. */
#include "analysis/tally.h"
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

static struct json_object *methods(const struct tally_cell *cells, size_t n)
{
    struct json_object *o = json_object_new_object();
    uint64_t other = 0;

    for (size_t i = 0; i < n && cells[i].what < 100; i++) {
        enum sip_method method = (enum sip_method)cells[i].what;

        if (method == SIP_UNKNOWN_METHOD)
            other = cells[i].count;
        else
            json_add(o, sip_method_name(method), json_count(cells[i].count));
    }
    if (other)
        json_add(o, "other", json_count(other));
    return o;
}

static struct json_object *classes(const struct tally_cell *cells, size_t n)
{
    static const char *const names[] = {"1xx", "2xx", "3xx", "4xx", "5xx", "6xx"};
    uint64_t of[6] = {0};
    struct json_object *o = json_object_new_object();

    for (size_t i = 0; i < n; i++)
        if (cells[i].what >= 100 && cells[i].what < 700)
            of[cells[i].what / 100 - 1] += cells[i].count;
    for (unsigned c = 0; c < 6; c++)
        json_add(o, names[c], json_count(of[c]));
    return o;
}

static struct json_object *statuses(const struct tally_cell *cells, size_t n)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < n; i++) {
        struct json_object *o;

        if (cells[i].what < 100)
            continue;
        o = json_object_new_object();
        json_add(o, "status", json_object_new_int(cells[i].what));
        json_add(o, "reason", json_name(sip_status_reason(cells[i].what)));
        json_add(o, "count", json_count(cells[i].count));
        json_object_array_add(list, o);
    }
    return list;
}

void json_add_tally(struct json_object *o, const struct tally *tally, unsigned way, uint32_t who)
{
    const struct tally_cell *cells;
    size_t n = tally_of(tally, (enum tally_way)way, who, &cells);

    json_add(o, "methods", methods(cells, n));
    json_add(o, "status_classes", classes(cells, n));
    json_add(o, "statuses", statuses(cells, n));
}

static struct json_object *tally_object(const struct tally *tally, enum tally_way way,
                                        uint32_t who)
{
    struct json_object *o = json_object_new_object();

    json_add_tally(o, tally, way, who);
    return o;
}

struct json_object *json_participant(const struct tally *tally, uint32_t n)
{
    const struct participating *p = &tally->participants->v.v[n];
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
    json_add(o, "sent", tally_object(tally, TALLY_SENT, n));
    json_add(o, "received", tally_object(tally, TALLY_RECEIVED, n));
    return o;
}

/* Statistics as JSON. */
#include "analysis/statistics.h"
#include "analysis/tally.h"
#include "report/json.h"

static struct json_object *spread(const struct spread *s)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "count", json_object_new_int64((int64_t)s->count));
    json_add(o, "min_ms", s->count ? json_ms(s->min) : NULL);
    json_add(o, "mean_ms", json_ms(spread_mean(s)));
    json_add(o, "max_ms", s->count ? json_ms(s->max) : NULL);
    return o;
}

static struct json_object *count(uint64_t n)
{
    return json_object_new_int64((int64_t)n);
}

static struct json_object *methods(const struct statistics *s)
{
    struct json_object *o = json_object_new_object();

    for (unsigned i = 1; i <= SIP_UPDATE; i++)
        if (s->methods[i])
            json_add(o, sip_method_name((enum sip_method)i), count(s->methods[i]));
    if (s->methods[0])
        json_add(o, "other", count(s->methods[0]));
    return o;
}

static struct json_object *statuses(const struct statistics *s)
{
    struct json_object *list = json_object_new_array();

    for (unsigned i = 100; i < 700; i++) {
        struct json_object *o;

        if (!s->statuses[i])
            continue;
        o = json_object_new_object();
        json_add(o, "status", json_object_new_int((int)i));
        json_add(o, "reason", json_name(sip_status_reason(i)));
        json_add(o, "count", count(s->statuses[i]));
        json_object_array_add(list, o);
    }
    return list;
}

static struct json_object *classes(const struct statistics *s)
{
    static const char *const names[] = {"1xx", "2xx", "3xx", "4xx", "5xx", "6xx"};
    struct json_object *o = json_object_new_object();

    for (unsigned c = 0; c < 6; c++) {
        uint64_t n = 0;

        for (unsigned i = 0; i < 100; i++)
            n += s->statuses[(c + 1) * 100 + i];
        json_add(o, names[c], count(n));
    }
    return o;
}

static struct json_object *user_agents(const struct tally *tally)
{
    struct json_object *list = json_object_new_array();

    for (uint32_t i = 0; i < tally->agents.n; i++) {
        const struct tally_agent *agent = &tally->agents.v[i];
        struct json_object *o = json_object_new_object();

        json_add(o, "user_agent", json_text(agent->name));
        json_add(o, "participants", count(agent->participants));
        json_add(o, "requests", count(agent->requests));
        json_add(o, "responses", count(agent->responses));
        json_add_tally(o, tally, TALLY_AGENT, i);
        json_object_array_add(list, o);
    }
    return list;
}

static void add_body(struct json_object *list, struct json_object *type, uint64_t n)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "type", type);
    json_add(o, "count", count(n));
    json_object_array_add(list, o);
}

static struct json_object *bodies(const struct statistics *s)
{
    struct json_object *list = json_object_new_array();

    for (unsigned i = 0; i < s->body_types; i++)
        add_body(list, json_text(s->bodies[i].type), s->bodies[i].count);
    if (s->other_bodies)
        add_body(list, json_name("other"), s->other_bodies);
    return list;
}

struct json_object *json_statistics(const struct statistics *s, const struct tally *tally)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "attempts", count(s->attempts));
    json_add(o, "answered", count(s->answered));
    json_add(o, "completed", count(s->completed));
    json_add(o, "registrations", count(s->registrations));
    json_add(o, "registrations_failed", count(s->registrations_failed));
    json_add(o, "ira_pct", json_number(s->ira, 3));
    json_add(o, "ser_pct", json_number(s->ser, 3));
    json_add(o, "seer_pct", json_number(s->seer, 3));
    json_add(o, "isa_pct", json_number(s->isa, 3));
    json_add(o, "scr_pct", json_number(s->scr, 3));
    json_add(o, "registration_request_delay", spread(&s->registration_delay));
    json_add(o, "session_request_delay", spread(&s->request_delay_ok));
    json_add(o, "failed_session_request_delay", spread(&s->request_delay_failed));
    json_add(o, "session_disconnect_delay", spread(&s->disconnect_delay));
    json_add(o, "failed_session_disconnect_delay", spread(&s->disconnect_delay_failed));
    json_add(o, "session_duration", spread(&s->duration));
    json_add(o, "failed_session_duration", spread(&s->duration_failed));
    json_add(o, "hops_per_request",
             s->hop_calls ? json_number((double)s->hops / (double)s->hop_calls, 3) : NULL);
    json_add(o, "methods", methods(s));
    json_add(o, "status_classes", classes(s));
    json_add(o, "statuses", statuses(s));
    json_add(o, "bodies", bodies(s));
    json_add(o, "user_agents", user_agents(tally));
    return o;
}

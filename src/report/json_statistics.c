/* Statistics as JSON. */
#include "analysis/statistics.h"

#include <math.h>

#include "analysis/tally.h"
#include "report/json.h"

static void spread(struct json *j, const char *key, const struct spread *s)
{
    json_open(j, key);
    json_count(j, "count", s->count);
    json_ms(j, "min_ms", s->count ? s->min : -1);
    json_ms(j, "mean_ms", spread_mean(s));
    json_ms(j, "max_ms", s->count ? s->max : -1);
    json_close(j);
}

static void methods(struct json *j, const struct statistics *s)
{
    json_open(j, "methods");
    for (unsigned i = 1; i <= SIP_UPDATE; i++)
        if (s->methods[i])
            json_count(j, sip_method_name((enum sip_method)i), s->methods[i]);
    if (s->methods[0])
        json_count(j, "other", s->methods[0]);
    json_close(j);
}

static void statuses(struct json *j, const struct statistics *s)
{
    json_list(j, "statuses");
    for (unsigned i = 100; i < 700; i++) {
        if (!s->statuses[i])
            continue;
        json_open(j, NULL);
        json_count(j, "status", i);
        json_name(j, "reason", sip_status_reason(i));
        json_count(j, "count", s->statuses[i]);
        json_close(j);
    }
    json_end(j);
}

static void classes(struct json *j, const struct statistics *s)
{
    static const char *const names[] = {"1xx", "2xx", "3xx", "4xx", "5xx", "6xx"};

    json_open(j, "status_classes");
    for (unsigned c = 0; c < 6; c++) {
        uint64_t n = 0;

        for (unsigned i = 0; i < 100; i++)
            n += s->statuses[(c + 1) * 100 + i];
        json_count(j, names[c], n);
    }
    json_close(j);
}

static void user_agents(struct json *j, const struct tally *tally)
{
    json_list(j, "user_agents");
    for (uint32_t i = 0; i < tally->agents.n; i++) {
        const struct tally_agent *agent = &tally->agents.v[i];

        json_open(j, NULL);
        json_text(j, "user_agent", agent->name);
        json_count(j, "participants", agent->participants);
        json_count(j, "requests", agent->requests);
        json_count(j, "responses", agent->responses);
        json_tally(j, tally, TALLY_AGENT, i);
        json_close(j);
    }
    json_end(j);
}

static void body(struct json *j, struct slice type, uint64_t n)
{
    json_open(j, NULL);
    json_text(j, "type", type);
    json_count(j, "count", n);
    json_close(j);
}

static void bodies(struct json *j, const struct statistics *s)
{
    json_list(j, "bodies");
    for (unsigned i = 0; i < s->body_types; i++)
        body(j, s->bodies[i].type, s->bodies[i].count);
    if (s->other_bodies)
        body(j, SLICE("other"), s->other_bodies);
    json_end(j);
}

void json_statistics(struct json *j, const struct statistics *s, const struct tally *tally)
{
    json_count(j, "attempts", s->attempts);
    json_count(j, "answered", s->answered);
    json_count(j, "completed", s->completed);
    json_count(j, "registrations", s->registrations);
    json_count(j, "registrations_failed", s->registrations_failed);
    json_number(j, "ira_pct", s->ira, 3);
    json_number(j, "ser_pct", s->ser, 3);
    json_number(j, "seer_pct", s->seer, 3);
    json_number(j, "isa_pct", s->isa, 3);
    json_number(j, "scr_pct", s->scr, 3);
    spread(j, "registration_request_delay", &s->registration_delay);
    spread(j, "session_request_delay", &s->request_delay_ok);
    spread(j, "failed_session_request_delay", &s->request_delay_failed);
    spread(j, "session_disconnect_delay", &s->disconnect_delay);
    spread(j, "failed_session_disconnect_delay", &s->disconnect_delay_failed);
    spread(j, "session_duration", &s->duration);
    spread(j, "failed_session_duration", &s->duration_failed);
    json_number(j, "hops_per_request",
                s->hop_calls ? (double)s->hops / (double)s->hop_calls : NAN, 3);
    methods(j, s);
    classes(j, s);
    statuses(j, s);
    bodies(j, s);
    user_agents(j, tally);
}

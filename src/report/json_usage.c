/* A call's session timer, subscriptions and registrations as JSON. */
#include <stdlib.h>

#include "call/usage.h"
#include "report/json.h"

enum { MOST = 64 }; /* of each listed */

void json_session_timer(struct json *j, const struct fosip_analysis *a, const struct call *call)
{
    struct session_timer t;

    if (call->kind != CALL_CALL || !session_timer_read(call, a->last_time, &t)) {
        json_null(j, "session_timer");
        return;
    }
    json_open(j, "session_timer");
    json_count(j, "interval_s", t.interval_s);
    json_nonzero(j, "min_se_s", t.min_se_s);
    json_name(j, "refresher", call_side_name(t.refresher));
    json_count(j, "refreshes", t.refreshes);
    json_id(j, "message", t.message);
    json_time(j, "refreshed_time", t.refreshed);
    json_time(j, "expires_time", t.expires);
    json_boolean(j, "ran_out", t.ran_out);
    json_close(j);
}

static void progress(struct json *j, const struct subscription *s)
{
    if (!s->by_refer) {
        json_null(j, "progress");
        return;
    }
    json_list(j, "progress");
    for (unsigned i = 0; i < s->progress_count; i++) {
        json_open(j, NULL);
        json_id(j, "message", s->progress[i].message);
        json_count(j, "status", s->progress[i].status);
        json_text(j, "reason", s->progress[i].phrase);
        json_close(j);
    }
    json_end(j);
}

static void subscription(struct json *j, const struct subscription *s)
{
    json_open(j, NULL);
    json_text(j, "event", s->event);
    json_name(j, "by", s->by_refer ? "REFER" : "SUBSCRIBE");
    json_id(j, "message", s->message);
    json_text(j, "state", s->state.n ? s->state : SLICE_EMPTY);
    json_text(j, "reason", s->reason);
    json_time(j, "start_time", s->start);
    json_time(j, "end_time", s->end);
    json_time(j, "expires_time", s->expires);
    json_count(j, "notifies", s->notifies);
    json_count(j, "refreshes", s->refreshes);
    progress(j, s);
    json_close(j);
}

void json_subscriptions(struct json *j, const struct call *call)
{
    struct subscription *v = malloc(MOST * sizeof *v);
    size_t n = v ? subscriptions_read(call, v, MOST) : 0;

    json_list(j, "subscriptions");
    for (size_t i = 0; i < n; i++)
        subscription(j, &v[i]);
    json_end(j);
    free(v);
}

static void registration(struct json *j, const struct call *call, const struct registration *r)
{
    json_open(j, NULL);
    json_id(j, "transaction", r->transaction);
    json_name(j, "action", registration_action_name(r->action));
    json_nonzero(j, "status", call->transactions.v[r->transaction].status);
    json_boolean(j, "credentials", r->credentials);
    json_boolean(j, "stale", r->stale);
    json_text(j, "contact", r->contact);
    json_count(j, "contacts", r->contacts);
    if (r->expires < 0)
        json_null(j, "expires_s");
    else
        json_count(j, "expires_s", r->expires_s);
    json_time(j, "expires_time", r->expires);
    json_close(j);
}

void json_registrations(struct json *j, const struct call *call)
{
    struct registration *v = call->kind == CALL_REGISTRATION ? malloc(MOST * sizeof *v) : NULL;
    size_t n = v ? registrations_read(call, v, MOST) : 0;

    json_list(j, "registrations");
    for (size_t i = 0; i < n; i++)
        registration(j, call, &v[i]);
    json_end(j);
    free(v);
}

/* A call's session timer, subscriptions and registrations as JSON. */
#include <stdlib.h>

#include "call/usage.h"
#include "report/json.h"

enum { MOST = 64 }; /* of each listed */

struct json_object *json_session_timer(const struct fosip_analysis *a, const struct call *call)
{
    struct session_timer t;
    struct json_object *o;

    if (call->kind != CALL_CALL || !session_timer_read(call, a->last_time, &t))
        return NULL;
    o = json_object_new_object();
    json_add(o, "interval_s", json_object_new_int64(t.interval_s));
    json_add(o, "min_se_s", t.min_se_s ? json_object_new_int64(t.min_se_s) : NULL);
    json_add(o, "refresher", json_name(call_side_name(t.refresher)));
    json_add(o, "refreshes", json_object_new_int64(t.refreshes));
    json_add(o, "message", json_id(t.message));
    json_add(o, "refreshed_time", json_time(t.refreshed));
    json_add(o, "expires_time", json_time(t.expires));
    json_add(o, "ran_out", json_object_new_boolean(t.ran_out));
    return o;
}

static struct json_object *progress(const struct subscription *s)
{
    struct json_object *list = json_object_new_array();

    for (unsigned i = 0; i < s->progress_count; i++) {
        struct json_object *o = json_object_new_object();

        json_add(o, "message", json_id(s->progress[i].message));
        json_add(o, "status", json_object_new_int(s->progress[i].status));
        json_add(o, "reason", json_text(s->progress[i].phrase));
        json_object_array_add(list, o);
    }
    return list;
}

static struct json_object *subscription(const struct subscription *s)
{
    struct json_object *o = json_object_new_object();

    json_add(o, "event", json_text(s->event));
    json_add(o, "by", json_name(s->by_refer ? "REFER" : "SUBSCRIBE"));
    json_add(o, "message", json_id(s->message));
    json_add(o, "state", s->state.n ? json_text(s->state) : NULL);
    json_add(o, "reason", json_text(s->reason));
    json_add(o, "start_time", json_time(s->start));
    json_add(o, "end_time", json_time(s->end));
    json_add(o, "expires_time", json_time(s->expires));
    json_add(o, "notifies", json_object_new_int64(s->notifies));
    json_add(o, "refreshes", json_object_new_int64(s->refreshes));
    json_add(o, "progress", s->by_refer ? progress(s) : NULL);
    return o;
}

struct json_object *json_subscriptions(const struct call *call)
{
    struct json_object *list = json_object_new_array();
    struct subscription *v = malloc(MOST * sizeof *v);
    size_t n = v ? subscriptions_read(call, v, MOST) : 0;

    for (size_t i = 0; i < n; i++)
        json_object_array_add(list, subscription(&v[i]));
    free(v);
    return list;
}

static struct json_object *registration(const struct call *call, const struct registration *r)
{
    const struct transaction *x = &call->transactions.v[r->transaction];
    struct json_object *o = json_object_new_object();

    json_add(o, "transaction", json_id(r->transaction));
    json_add(o, "action", json_name(registration_action_name(r->action)));
    json_add(o, "status", x->status ? json_object_new_int(x->status) : NULL);
    json_add(o, "credentials", json_object_new_boolean(r->credentials));
    json_add(o, "stale", json_object_new_boolean(r->stale));
    json_add(o, "contact", json_text(r->contact));
    json_add(o, "contacts", json_object_new_int64(r->contacts));
    json_add(o, "expires_s", r->expires < 0 ? NULL : json_object_new_int64(r->expires_s));
    json_add(o, "expires_time", json_time(r->expires));
    return o;
}

struct json_object *json_registrations(const struct call *call)
{
    struct json_object *list = json_object_new_array();
    struct registration *v = call->kind == CALL_REGISTRATION ? malloc(MOST * sizeof *v) : NULL;
    size_t n = v ? registrations_read(call, v, MOST) : 0;

    for (size_t i = 0; i < n; i++)
        json_object_array_add(list, registration(call, &v[i]));
    free(v);
    return list;
}

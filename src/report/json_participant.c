/* Participants as JSON: who took part, in which roles, and what each sent and
 * received. */
#include "analysis/tally.h"
#include "report/json.h"

static void role_names(struct json *j, unsigned roles)
{
    json_list(j, "roles");
    for (unsigned i = 0; i < ROLE_COUNT; i++)
        if (roles & 1u << i)
            json_name(j, NULL, role_name(i));
    json_end(j);
}

static void proxy(struct json *j, unsigned roles)
{
    if (!(roles & ROLE_PROXY)) {
        json_null(j, "proxy");
        return;
    }
    json_open(j, "proxy");
    json_boolean(j, "stateful", roles & PROXY_STATEFUL);
    json_boolean(j, "record_routing", roles & PROXY_RECORD_ROUTING);
    json_boolean(j, "forking", roles & PROXY_FORKING);
    json_close(j);
}

static void methods(struct json *j, const struct tally_cell *cells, size_t n)
{
    uint64_t other = 0;

    json_open(j, "methods");
    for (size_t i = 0; i < n && cells[i].what < 100; i++) {
        enum sip_method method = (enum sip_method)cells[i].what;

        if (method == SIP_UNKNOWN_METHOD)
            other = cells[i].count;
        else
            json_count(j, sip_method_name(method), cells[i].count);
    }
    if (other)
        json_count(j, "other", other);
    json_close(j);
}

static void classes(struct json *j, const struct tally_cell *cells, size_t n)
{
    static const char *const names[] = {"1xx", "2xx", "3xx", "4xx", "5xx", "6xx"};
    uint64_t of[6] = {0};

    for (size_t i = 0; i < n; i++)
        if (cells[i].what >= 100 && cells[i].what < 700)
            of[cells[i].what / 100 - 1] += cells[i].count;
    json_open(j, "status_classes");
    for (unsigned c = 0; c < 6; c++)
        json_count(j, names[c], of[c]);
    json_close(j);
}

static void statuses(struct json *j, const struct tally_cell *cells, size_t n)
{
    json_list(j, "statuses");
    for (size_t i = 0; i < n; i++) {
        if (cells[i].what < 100)
            continue;
        json_open(j, NULL);
        json_count(j, "status", cells[i].what);
        json_name(j, "reason", sip_status_reason(cells[i].what));
        json_count(j, "count", cells[i].count);
        json_close(j);
    }
    json_end(j);
}

void json_tally(struct json *j, const struct tally *tally, unsigned way, uint32_t who)
{
    struct tally_cell cells[TALLY_MOST];
    size_t n = tally_of(tally, (enum tally_way)way, who, cells);

    methods(j, cells, n);
    classes(j, cells, n);
    statuses(j, cells, n);
}

static void tally_object(struct json *j, const char *key, const struct tally *tally,
                         enum tally_way way, uint32_t who)
{
    json_open(j, key);
    json_tally(j, tally, way, who);
    json_close(j);
}

void json_participant(struct json *j, const struct tally *tally, uint32_t n)
{
    const struct participating *p = &tally->participants->v.v[n];
    unsigned roles = participant_roles(p);
    char text[ADDR_TEXT];

    json_open(j, "address");
    json_name(j, "ip", addr_ip_text(&p->addr, text));
    json_nonzero(j, "port", p->addr.port);
    json_close(j);
    role_names(j, roles);
    proxy(j, roles);
    json_text(j, "user_agent", p->user_agent);
    json_count(j, "sip_messages_sent", p->sent);
    tally_object(j, "sent", tally, TALLY_SENT, n);
    tally_object(j, "received", tally, TALLY_RECEIVED, n);
}

/* The summary's counts: requests by method and responses by status, over all, by
 * participant and by program. */
#include "report/summary.h"

#include <errno.h>
#include <stdlib.h>

#include "report/grid.h"

enum {
    MOST_ROWS = 8,   /* without --verbose */
    COUNTS_ROOM = 512,
};

struct peers {
    const struct fosip_report_options *o;
    const struct tally *tally;
    uint32_t *order; /* of participants or programs: who sent most comes first */
};

/* "INVITE 2, ACK 2"; what does not fit is left out. */
static void append(char *out, const char *name, uint64_t count)
{
    size_t n = strlen(out);

    snprintf(out + n, COUNTS_ROOM - n, "%s%s %llu", n ? ", " : "", name,
             (unsigned long long)count);
}

static void print_line(const char *title, const char *counts, FILE *out)
{
    if (*counts)
        fprintf(out, "%s  %s\n", title, counts);
}

void summary_totals(const struct statistics *s, FILE *out)
{
    char counts[COUNTS_ROOM] = "", name[96];

    for (unsigned i = 1; i <= SIP_UPDATE; i++)
        if (s->methods[i])
            append(counts, sip_method_name((enum sip_method)i), s->methods[i]);
    if (s->methods[0])
        append(counts, "other", s->methods[0]);
    print_line("Requests ", counts, out);
    counts[0] = '\0';
    for (unsigned i = 100; i < 700; i++) {
        const char *reason;

        if (!s->statuses[i])
            continue;
        reason = sip_status_reason(i);
        snprintf(name, sizeof name, "%u%s%s", i, reason ? " " : "", reason ? reason : "");
        append(counts, name, s->statuses[i]);
    }
    print_line("Responses", counts, out);
}

enum { P_ADDRESS, P_ROLES, P_AGENT, P_SENT, P_RECEIVED };

static const struct grid_column peer_columns[] = {
    [P_ADDRESS] = {"Participant", NULL, false, 0},
    [P_ROLES] = {"Role", NULL, false, 24},
    [P_AGENT] = {"User-Agent", NULL, false, 24},
    [P_SENT] = {"Sent", NULL, false, 60},
    [P_RECEIVED] = {"Received", NULL, false, 60},
};

/* "INVITE 2, 1xx 4, 2xx 2". */
static void count_text(struct grid *g, size_t column, const struct tally *t, enum tally_way way,
                       uint32_t who)
{
    struct tally_cell cells[TALLY_MOST];
    size_t n = tally_of(t, way, who, cells);
    char text[COUNTS_ROOM] = "", name[8];

    for (size_t i = 0; i < n;) {
        uint64_t count = cells[i].count;
        unsigned what = cells[i].what;

        if (what < 100) {
            append(text, what ? sip_method_name((enum sip_method)what) : "other", count);
            i++;
            continue;
        }
        for (i++; i < n && cells[i].what / 100 == what / 100; i++)
            count += cells[i].count;
        snprintf(name, sizeof name, "%uxx", what / 100 % 10);
        append(text, name, count);
    }
    grid_string(g, column, text);
}

static void roles_text(struct grid *g, unsigned roles)
{
    char text[128] = "";

    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        size_t n = strlen(text);

        if (roles & 1u << i)
            snprintf(text + n, sizeof text - n, "%s%s", n ? ", " : "", role_name(i));
    }
    grid_string(g, P_ROLES, text);
}

static bool peer_row(void *ctx, size_t i, struct grid *g)
{
    struct peers *peers = ctx;
    uint32_t who = peers->order[i];
    const struct participating *one = &peers->tally->participants->v.v[who];
    char text[ADDR_TEXT];

    grid_string(g, P_ADDRESS, one->addr.family == NET_UNKNOWN ? "-"
                              : one->addr.port                ? addr_text(&one->addr, text)
                                               : addr_ip_text(&one->addr, text));
    roles_text(g, participant_roles(one));
    grid_slice(g, P_AGENT, one->user_agent);
    count_text(g, P_SENT, peers->tally, TALLY_SENT, who);
    count_text(g, P_RECEIVED, peers->tally, TALLY_RECEIVED, who);
    return true;
}

enum { A_NAME, A_PEERS, A_REQUESTS, A_RESPONSES, A_SENT };

static const struct grid_column agent_columns[] = {
    [A_NAME] = {"User-Agent", NULL, false, 48},
    [A_PEERS] = {"Participants", NULL, true, 0},
    [A_REQUESTS] = {"Requests", NULL, true, 0},
    [A_RESPONSES] = {"Responses", NULL, true, 0},
    [A_SENT] = {"Sent", NULL, false, 60},
};

static bool agent_row(void *ctx, size_t i, struct grid *g)
{
    struct peers *peers = ctx;
    const struct tally_agent *agent = &peers->tally->agents.v[peers->order[i]];

    grid_slice(g, A_NAME, agent->name);
    grid_count(g, A_PEERS, agent->participants);
    grid_count(g, A_REQUESTS, agent->requests);
    grid_count(g, A_RESPONSES, agent->responses);
    count_text(g, A_SENT, peers->tally, TALLY_AGENT, peers->order[i]);
    return true;
}

static int by_sent(const void *pa, const void *pb, void *ctx)
{
    const struct peers *peers = ctx;
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    uint64_t x = peers->tally->participants->v.v[a].sent;
    uint64_t y = peers->tally->participants->v.v[b].sent;

    if (x != y)
        return x > y ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int by_messages(const void *pa, const void *pb, void *ctx)
{
    const struct peers *peers = ctx;
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    const struct tally_agent *x = &peers->tally->agents.v[a], *y = &peers->tally->agents.v[b];

    if (x->requests + x->responses != y->requests + y->responses)
        return x->requests + x->responses > y->requests + y->responses ? -1 : 1;
    return a < b ? -1 : a > b;
}

typedef int compare(const void *a, const void *b, void *ctx);

/* The first `rows` of `count` numbers, in order. */
static void put_in_order(struct peers *peers, size_t count, size_t rows, compare *in_order)
{
    size_t kept = 0, at;

    for (uint32_t i = 0; i < count; i++) {
        if (rows == count) {
            peers->order[i] = i;
            continue;
        }
        if (kept == rows && in_order(&i, &peers->order[kept - 1], peers) > 0)
            continue;
        kept += kept < rows;
        for (at = kept - 1; at && in_order(&i, &peers->order[at - 1], peers) < 0; at--)
            peers->order[at] = peers->order[at - 1];
        peers->order[at] = i;
    }
    if (rows == count)
        qsort_r(peers->order, count, sizeof *peers->order, in_order, peers);
}

static int print_rows(struct peers *peers, size_t count, struct grid grid, compare *in_order,
                      FILE *out)
{
    size_t rows = count > MOST_ROWS && !peers->o->verbose ? MOST_ROWS : count;

    peers->order = calloc(rows + 1, sizeof *peers->order);
    if (!peers->order)
        return -ENOMEM;
    put_in_order(peers, count, rows, in_order);
    grid.ctx = peers;
    grid.rows = rows;
    grid_text(&grid, peers->o, out);
    if (rows < count)
        fprintf(out, "%zu more (-v shows them)\n", count - rows);
    free(peers->order);
    return 0;
}

/* Where each program is one participant, the table of these says it all. */
static bool any_shared(const struct tally *t)
{
    for (size_t i = 0; i < t->agents.n; i++)
        if (t->agents.v[i].participants > 1)
            return true;
    return false;
}

static int print_tables(struct peers *peers, FILE *out)
{
    const struct tally *t = peers->tally;
    struct grid people = {.columns = peer_columns,
                          .count = sizeof peer_columns / sizeof peer_columns[0],
                          .row = peer_row};
    struct grid programs = {.columns = agent_columns,
                            .count = sizeof agent_columns / sizeof agent_columns[0],
                            .row = agent_row};
    int r;

    if (tally_is_empty(t))
        return 0;
    fprintf(out, "\n%sParticipants%s\n", style_title(peers->o), style_end(peers->o));
    r = print_rows(peers, t->participants->v.n, people, by_sent, out);
    if (r < 0 || !any_shared(t))
        return r;
    putc('\n', out);
    return print_rows(peers, t->agents.n, programs, by_messages, out);
}

int summary_peers(const struct tally *tally, const struct fosip_report_options *o, FILE *out)
{
    struct peers peers = {.o = o, .tally = tally};

    return print_tables(&peers, out);
}

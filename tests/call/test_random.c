/* Random calls over several hops, whose messages come shuffled across hops, several
 * times or not at all: what must hold, holds.  Seeded, so that a failure comes again. */
#include <string.h>

#include "base/time.h"
#include "feed.h"

enum { ROUNDS = 300, MOST_MESSAGES = 1024, MOST_HOPS = 4, MOST_CALLS = 3, TEXT = 96 };

/* A message of a generated call, on one hop. */
struct step {
    unsigned call, hop; /* from host `hop` to `hop + 1`, or back */
    bool back;
    char line[TEXT], branch[TEXT], cseq[TEXT];
    bool from_callee;   /* From is the callee's */
    bool has_to_tag;
    bool first;         /* on its hop, in order: nothing comes before it */
};

/* What a generated call must become. */
struct plan {
    unsigned hops, transactions, messages;
    enum call_state state;
    unsigned status;
    enum call_side released_by;
};

static struct feed f;
static uint64_t random_state;
static struct step steps[MOST_MESSAGES];
static size_t step_count;
static struct plan plans[MOST_CALLS];
static unsigned calls, branches;

/* xorshift64* */
static unsigned below(unsigned n)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (unsigned)((random_state * 2685821657736338717u >> 33) % n);
}

static struct step *add(unsigned call, unsigned hop, bool back)
{
    struct step *s = &steps[step_count++];

    ck_assert_uint_lt(step_count, MOST_MESSAGES);
    *s = (struct step){.call = call, .hop = hop, .back = back};
    plans[call].messages++;
    return s;
}

/* A request from one end to the other, hop by hop; its branch on hop h is `branch` + h.
 * `by_callee` turns it round. */
static unsigned request(unsigned call, const char *method, unsigned number, bool by_callee,
                        bool in_dialog, unsigned branch)
{
    unsigned hops = plans[call].hops;

    if (!branch) {
        branch = branches;
        branches += MOST_HOPS;
        plans[call].transactions += hops;
    }
    for (unsigned i = 0; i < hops; i++) {
        unsigned hop = by_callee ? hops - 1 - i : i;
        struct step *s = add(call, hop, by_callee);

        snprintf(s->line, TEXT, "%s sip:x@example.com SIP/2.0", method);
        snprintf(s->branch, TEXT, "z9hG4bK%u", branch + hop);
        snprintf(s->cseq, TEXT, "%u %s", number, method);
        s->from_callee = by_callee;
        s->has_to_tag = in_dialog;
    }
    return branch;
}

/* Its response, all the way back. */
static void response(unsigned call, const char *status, const char *method, unsigned number,
                     bool by_callee, unsigned branch)
{
    unsigned hops = plans[call].hops;

    for (unsigned i = 0; i < hops; i++) {
        unsigned hop = by_callee ? i : hops - 1 - i;
        struct step *s = add(call, hop, !by_callee);

        snprintf(s->line, TEXT, "SIP/2.0 %s", status);
        snprintf(s->branch, TEXT, "z9hG4bK%u", branch + hop);
        snprintf(s->cseq, TEXT, "%u %s", number, method);
        s->from_callee = by_callee;
        s->has_to_tag = true;
    }
}

static void refused(unsigned call, unsigned branch)
{
    static const struct {
        const char *line;
        unsigned status;
        enum call_state state;
    } answers[] = {{"486 Busy Here", 486, CALL_REJECTED},
                   {"603 Decline", 603, CALL_REJECTED},
                   {"503 Service Unavailable", 503, CALL_FAILED},
                   {"302 Moved Temporarily", 302, CALL_REDIRECTED}};
    unsigned which = below(4);

    response(call, answers[which].line, "INVITE", 1, false, branch);
    request(call, "ACK", 1, false, true, branch);
    plans[call].status = answers[which].status;
    plans[call].state = answers[which].state;
}

static void cancelled(unsigned call, unsigned branch)
{
    request(call, "CANCEL", 1, false, false, branch);
    plans[call].transactions += plans[call].hops;
    response(call, "200 OK", "CANCEL", 1, false, branch);
    response(call, "487 Request Terminated", "INVITE", 1, false, branch);
    request(call, "ACK", 1, false, true, branch);
    plans[call].status = 487;
    plans[call].state = CALL_CANCELLED;
    plans[call].released_by = SIDE_CALLER;
}

static void answered(unsigned call, unsigned branch)
{
    unsigned number[2] = {1, 0}, again = below(3);
    bool by_callee;

    response(call, "200 OK", "INVITE", 1, false, branch);
    request(call, "ACK", 1, false, true, 0);
    while (again--) {
        by_callee = below(2);
        branch = request(call, "INVITE", ++number[by_callee], by_callee, true, 0);
        response(call, "200 OK", "INVITE", number[by_callee], by_callee, branch);
        request(call, "ACK", number[by_callee], by_callee, true, 0);
    }
    plans[call].status = 200;
    plans[call].state = CALL_ESTABLISHED;
    if (!below(4))
        return;
    by_callee = below(2);
    branch = request(call, "BYE", ++number[by_callee], by_callee, true, 0);
    response(call, "200 OK", "BYE", number[by_callee], by_callee, branch);
    plans[call].state = CALL_COMPLETED;
    plans[call].released_by = by_callee ? SIDE_CALLEE : SIDE_CALLER;
}

static void plan_call(unsigned call)
{
    unsigned branch, rings = below(3);

    plans[call] = (struct plan){.hops = 1 + below(MOST_HOPS - 1)};
    branch = request(call, "INVITE", 1, false, false, 0);
    while (rings--)
        response(call, rings ? "183 Session Progress" : "180 Ringing", "INVITE", 1, false,
                 branch);
    switch (below(4)) {
    case 0: refused(call, branch); break;
    case 1: cancelled(call, branch); break;
    default: answered(call, branch); break;
    }
}

static void swap(size_t i)
{
    struct step s = steps[i];

    steps[i] = steps[i + 1];
    steps[i + 1] = s;
}

/* Calls side by side: those of one keep their order. */
static void interleave(void)
{
    for (unsigned round = 0; round < 4; round++)
        for (size_t i = 0; i + 1 < step_count; i++)
            if (steps[i].call != steps[i + 1].call && below(2))
                swap(i);
}

/* What two taps saw at nearly the same time may come in either order; one tap's
 * messages keep theirs. */
static void shuffle_hops(void)
{
    for (size_t i = 1; i + 1 < step_count; i++)
        if ((steps[i].call != steps[i + 1].call || steps[i].hop != steps[i + 1].hop) &&
            !below(3)) {
            swap(i);
            i++;
        }
}

static void say(const struct step *s)
{
    static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4",
                                        "10.0.0.5"};
    const char *left = hosts[s->hop], *right = hosts[s->hop + 1];
    bool is_response = strncmp(s->line, "SIP/2.0", 7) == 0;
    char call_id[16], max[8];

    snprintf(call_id, sizeof call_id, "call-%u", s->call);
    snprintf(max, sizeof max, "%u", 70 - (s->from_callee ? MOST_HOPS - s->hop : s->hop));
    SAY(&f, .at = 0.01 * (double)f.frame, .src = s->back ? right : left,
        .dst = s->back ? left : right,
        .via = is_response != s->back ? right : left, .line = s->line, .branch = s->branch,
        .call_id = call_id, .cseq = s->cseq, .max_forwards = max,
        .from_tag = s->from_callee ? "b" : "a",
        .to_tag = !s->has_to_tag ? NULL : s->from_callee ? "a" : "b");
}

/* ---- what must hold ---------------------------------------------------------------- */

static void check_messages(const struct call *call)
{
    for (uint32_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i], *original;
        const struct transaction *x;

        ck_assert_uint_lt(m->transaction, call->transactions.n);
        x = &call->transactions.v[m->transaction];
        ck_assert_uint_le(x->first_message, i);
        ck_assert_uint_eq(x->cseq, m->cseq);
        ck_assert(x->method == m->method || (m->method == SIP_ACK && x->method == SIP_INVITE));
        ck_assert(m->dialog == CALL_NONE || m->dialog < call->dialogs.n);
        if (m->retransmission_of == CALL_NONE)
            continue;
        ck_assert_uint_lt(m->retransmission_of, i);
        original = &call->messages.v[m->retransmission_of];
        ck_assert_uint_eq(original->retransmission_of, CALL_NONE);
        ck_assert_uint_eq(original->transaction, m->transaction);
        ck_assert_uint_eq(original->status, m->status);
        ck_assert_uint_eq(original->path, m->path);
    }
}

static unsigned check_transactions(const struct call *call)
{
    unsigned all = 0;

    for (uint32_t i = 0; i < call->transactions.n; i++) {
        const struct transaction *x = &call->transactions.v[i];
        unsigned again = 0;

        for (size_t k = 0; k < call->messages.n; k++)
            again += call->messages.v[k].transaction == i &&
                     call->messages.v[k].retransmission_of != CALL_NONE;
        ck_assert_uint_eq(x->retransmissions, again);
        ck_assert(x->request == CALL_NONE || call->messages.v[x->request].transaction == i);
        ck_assert_uint_eq(x->final_time >= 0, x->status >= 200);
        if (x->status >= 200)
            ck_assert_uint_eq(x->state, TRANSACTION_COMPLETED);
        all += again;
    }
    return all;
}

static void check_outcome(const struct call *call)
{
    ck_assert_uint_le(call->dialogs.n, 1);
    if (call->state == CALL_COMPLETED || call->state == CALL_ESTABLISHED)
        ck_assert(!call->status || call->status / 100 == 2);
    if (call->state == CALL_REJECTED || call->state == CALL_FAILED)
        ck_assert_uint_ge(call->status, 400);
    ck_assert(call->talk < 0 || call->answer >= 0);
    ck_assert(call->answer < 0 || call->status / 100 == 2);
    ck_assert(call->delay < 0 || call->answer < 0 || call->delay <= call->answer);
    ck_assert_int_ge(call->end, call->start);
}

static unsigned check_all(void)
{
    unsigned again = 0;

    for (unsigned i = 0; i < call_count(f.table); i++) {
        const struct call *call = call_at(f.table, i);

        check_messages(call);
        again += check_transactions(call);
        check_outcome(call);
    }
    return again;
}

static const struct call *planned(unsigned number)
{
    char call_id[16];
    uint32_t call;

    snprintf(call_id, sizeof call_id, "call-%u", number);
    call = call_by_id(f.table, slice_str(call_id));
    ck_assert_uint_ne(call, CALL_NONE);
    return call_at(f.table, call);
}

/* Nothing was lost: each call is what it was planned to be. */
static void check_plans(unsigned seed)
{
    ck_assert_uint_eq(call_count(f.table), calls);
    for (unsigned i = 0; i < calls; i++) {
        const struct plan *plan = &plans[i];
        const struct call *call = planned(i);

        ck_assert_msg(call->transactions.n == plan->transactions,
                      "seed %u, call %u: %zu transactions of %u", seed, i, call->transactions.n,
                      plan->transactions);
        ck_assert_msg(call->state == plan->state, "seed %u, call %u: state %s, want %s", seed, i,
                      call_state_name(call->state), call_state_name(plan->state));
        ck_assert_msg(call->status == plan->status, "seed %u, call %u: status %u, want %u", seed,
                      i, call->status, plan->status);
        ck_assert_msg(call->released_by == plan->released_by, "seed %u, call %u: released", seed,
                      i);
        if (call->state != CALL_ESTABLISHED && call->dialogs.n)
            ck_assert_uint_eq(call->dialogs.v[0].state, DIALOG_TERMINATED);
    }
}

static void plan_all(unsigned seed)
{
    random_state = 0x9e3779b97f4a7c15u * (seed + 1);
    step_count = 0;
    branches = 1;
    calls = 1 + below(MOST_CALLS);
    for (unsigned i = 0; i < calls; i++)
        plan_call(i);
    interleave();
}

static void settle(void)
{
    feed_finish(&f, 0.01 * (double)f.frame + 1);
}

START_TEST(shuffled)
{
    plan_all((unsigned)_i);
    feed_open(&f);
    shuffle_hops();
    for (size_t i = 0; i < step_count; i++)
        say(&steps[i]);
    settle();
    ck_assert_uint_eq(check_all(), 0);
    check_plans((unsigned)_i);
    feed_close(&f);
}
END_TEST

/* Each message that comes again is a retransmission, and changes nothing else. */
START_TEST(repeated)
{
    unsigned repeats = 0;

    plan_all((unsigned)_i);
    feed_open(&f);
    shuffle_hops();
    for (size_t i = 0; i < step_count; i++) {
        unsigned again = below(4) ? 0 : 1 + below(3);

        say(&steps[i]);
        repeats += again;
        while (again--)
            say(&steps[i]);
    }
    settle();
    ck_assert_uint_eq(check_all(), repeats);
    check_plans((unsigned)_i);
    feed_close(&f);
}
END_TEST

/* With messages missing less is known, and nothing contradicts itself. */
START_TEST(lossy)
{
    plan_all((unsigned)_i);
    feed_open(&f);
    shuffle_hops();
    for (size_t i = 0; i < step_count; i++) {
        if (!below(4))
            continue;
        say(&steps[i]);
        if (!below(8))
            say(&steps[i]);
    }
    settle();
    check_all();
    for (unsigned i = 0; i < call_count(f.table); i++) {
        const struct call *call = call_at(f.table, i);
        unsigned number = (unsigned)(call->call_id.p[5] - '0');

        ck_assert_uint_le(call->transactions.n, plans[number].transactions);
    }
    feed_close(&f);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("random calls");

    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, shuffled, 0, ROUNDS);
    tcase_add_loop_test(t, repeated, 0, ROUNDS);
    tcase_add_loop_test(t, lossy, 0, ROUNDS);
    return run_suite("random calls", t);
}

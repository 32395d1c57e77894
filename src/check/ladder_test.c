/* A ladder as expectation: steps held against the messages of a call.  Names stand for
 * addresses: each for one, and different ones for different addresses. */
#include <errno.h>
#include <stdlib.h>

#include "check/check.h"

enum { MOST_NAMES = 24, MOST_TRIES = 200000, AROUND = 3 };

struct binding {
    struct slice name;
    struct net_addr addr;
};

/* Where another way may be tried. */
struct choice {
    size_t step, message;
    unsigned bound;
};

struct matching {
    struct checking *c;
    const struct expectation *e;
    const struct call *call;
    uint32_t *messages; /* without retransmissions */
    size_t count;
    struct binding bound[MOST_NAMES];
    unsigned bound_count;
    VEC(struct choice) choices;
    size_t best_step, best_message; /* how far it came */
};

/* Whether the name can be that address; binds it if it is new. */
static bool is_named(struct matching *m, struct slice name, const struct net_addr *addr)
{
    if (slice_eq(name, SLICE("*")))
        return true;
    for (unsigned i = 0; i < m->bound_count; i++) {
        bool same_name = slice_eq(m->bound[i].name, name);

        if (same_name || addr_eq(&m->bound[i].addr, addr))
            return same_name && addr_eq(&m->bound[i].addr, addr);
    }
    if (m->bound_count == MOST_NAMES)
        return false;
    m->bound[m->bound_count++] = (struct binding){name, *addr};
    return true;
}

void message_label(struct checking *c, const struct message *m, char out[64])
{
    struct sip_msg *msg = c->eval.msg;
    struct slice method = slice_str(sip_method_name((enum sip_method)m->method));

    c->eval.msg_call = CALL_NONE; /* its scratch is used */
    if (!method.n && message_parse(m, msg))
        method = m->status ? msg->cseq_name : msg->method_name;
    if (m->status)
        snprintf(out, 64, "%u %.*s", m->status, SLICE_ARG(slice_upto(method, 30)));
    else
        snprintf(out, 64, "%.*s", SLICE_ARG(slice_upto(method, 30)));
}

static bool fits(struct matching *m, const struct step *s, const struct message *msg)
{
    const struct path *path = call_path(m->c->analysis->calls, msg->path);
    unsigned before = m->bound_count;
    char label[64], *method = label;

    message_label(m->c, msg, label);
    if (!s->any) {
        if (s->low ? msg->status < s->low || msg->status > s->high : msg->status)
            return false;
        if (msg->status)
            method = label + 4;
        if (s->method.n && !slice_eq(slice_str(method), s->method))
            return false;
    }
    if (is_named(m, s->from, &path->src) && is_named(m, s->to, &path->dst))
        return true;
    m->bound_count = before;
    return false;
}

static bool note_choice(struct matching *m, size_t step, size_t message)
{
    struct choice *choice = vec_add(&m->choices);

    if (choice)
        *choice = (struct choice){step, message, m->bound_count};
    return choice != NULL;
}

static bool go_back(struct matching *m, size_t *step, size_t *message)
{
    struct choice choice;

    if (!m->choices.n)
        return false;
    choice = m->choices.v[--m->choices.n];
    *step = choice.step;
    *message = choice.message;
    m->bound_count = choice.bound;
    return true;
}

/* Tries one way after the other; what is left to try stands in m->choices. */
static bool match(struct matching *m)
{
    size_t step = 0, message = 0;

    for (unsigned tries = 0; tries < MOST_TRIES; tries++) {
        bool at_end = step == m->e->steps.n;
        const struct step *s = at_end ? NULL : &m->e->steps.v[step];

        if (step > m->best_step || (step == m->best_step && message > m->best_message)) {
            m->best_step = step;
            m->best_message = message;
        }
        if (at_end && message == m->count)
            return true;
        if (s && s->gap) {
            if (message < m->count && !note_choice(m, step, message + 1))
                return false;
            step++;
            continue;
        }
        if (s && s->optional && !note_choice(m, step + 1, message))
            return false;
        if (s && message < m->count &&
            fits(m, s, &m->call->messages.v[m->messages[message]])) {
            step++;
            message++;
        } else if (!go_back(m, &step, &message)) {
            return false;
        }
    }
    return false;
}

static void tell(struct checking *c, struct matching *m, const struct item *item,
                 struct outcome *o)
{
    const struct step *s =
        m->best_step < m->e->steps.n ? &m->e->steps.v[m->best_step] : NULL;
    bool there = m->best_message < m->count;
    uint32_t at = there ? m->messages[m->best_message] : (uint32_t)m->call->messages.n - 1;
    const struct message *msg = &m->call->messages.v[at];
    struct failure *f;
    char label[64];

    message_label(c, msg, label);
    if (s && there)
        outcome_fail(c, o, item, "line %u: expected '%.*s', found %s in frame %llu", s->line,
                     SLICE_ARG(s->text), label, (unsigned long long)msg->frame);
    else if (s)
        outcome_fail(c, o, item, "line %u: expected '%.*s', found the end of the call", s->line,
                     SLICE_ARG(s->text));
    else
        outcome_fail(c, o, item, "expected the end of the call, found %s in frame %llu", label,
                     (unsigned long long)msg->frame);
    if (!o->failures.n)
        return;
    f = &o->failures.v[o->failures.n - 1];
    f->frame = msg->frame;
    f->here = true;
    f->first = at > AROUND ? at - AROUND : 0;
    f->last = at + AROUND < m->call->messages.n ? at + AROUND : (uint32_t)m->call->messages.n - 1;
}

void ladder_test(struct checking *c, const struct expectation *e, const struct item *item,
                 struct outcome *o)
{
    const struct call *call = call_at(c->analysis->calls, item->call);
    struct matching *m = calloc(1, sizeof *m);

    if (m)
        m->messages = calloc(call->messages.n + 1, sizeof *m->messages);
    if (!m || !m->messages) {
        c->failed = true;
        free(m);
        return;
    }
    m->c = c;
    m->e = e;
    m->call = call;
    for (uint32_t i = 0; i < call->messages.n; i++)
        if (call->messages.v[i].retransmission_of == CALL_NONE)
            m->messages[m->count++] = i;
    if (!match(m))
        tell(c, m, item, o);
    vec_free(&m->choices);
    free(m->messages);
    free(m);
}

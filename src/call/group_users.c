/* Joins calls by their users where no better evidence is: one begins at the
 * element that the other reached, while that one is being set up, and From or
 * To is the same user.  Several that fit join nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/time.h"
#include "call/group.h"

enum {
    LEAST_DIGITS = 7, /* of a number that make it the same */
    SETUP_S = 10,     /* in which a B2BUA sends a call on */
};

/* A number is the same with and without its prefixes; a name must be equal. */
static struct slice significant(struct slice user)
{
    size_t digits = 0;

    while (digits < user.n && user.p[user.n - digits - 1] >= '0' &&
           user.p[user.n - digits - 1] <= '9')
        digits++;
    return digits >= LEAST_DIGITS ? slice_from(user, user.n - LEAST_DIGITS) : user;
}

uint32_t group_user_hash(const struct call_table *table, struct slice user)
{
    struct slice key = significant(user);
    uint32_t hash = table_fold(hash_bytes(table->seed, key.p, key.n));

    return user.n ? hash + !hash : 0;
}

static bool same_to(const struct call_table *table, uint32_t a, uint32_t b)
{
    return slice_eq(significant(table->calls.v[a]->to.user),
                    significant(table->calls.v[b]->to.user));
}

static bool same_from(const struct call_table *table, uint32_t a, uint32_t b)
{
    return slice_eq(significant(table->calls.v[a]->from.user),
                    significant(table->calls.v[b]->from.user));
}

static bool starts_with_invite(const struct call *call)
{
    return call->kind == CALL_CALL && call->messages.n && !call->messages.v[0].status &&
           call->messages.v[0].method == SIP_INVITE &&
           call->messages.v[0].flags & MESSAGE_OUT_OF_DIALOG;
}

/* The element that receives `call` sends `on`; where it has an address on each
 * side, both users and the end of the calls must agree. */
static bool same_element(const struct call_table *table, const struct call *call,
                         const struct call *on)
{
    const struct path *p = call_path(table, call->first_path);
    const struct path *q = call_path(table, on->first_path);

    if (addr_same_ip(&p->src, &q->src))
        return false;
    if (addr_same_ip(&p->dst, &q->src))
        return true;
    return !addr_same_ip(&p->dst, &q->dst) && call->from.user.n && call->to.user.n &&
           slice_eq(significant(call->from.user), significant(on->from.user)) &&
           slice_eq(significant(call->to.user), significant(on->to.user)) &&
           llabs(call->end - on->end) <= GROUP_SLACK_S * GROUP_SECOND;
}

/* Whether `on` may be the call that the receiver of `call` sent on: it begins
 * while the other is being set up, and is answered no later. */
static bool sent_on(const struct call_table *table, const struct call *call,
                    const struct call *on)
{
    int64_t settled = call->answer >= 0 ? call->start + call->answer
                      : call->status    ? call->end
                                        : INT64_MAX;

    if (!time_is_known(call->start) || on->start < call->start ||
        on->start > call->start + SETUP_S * GROUP_SECOND || on->start > settled)
        return false;
    if (call->answer >= 0 && on->answer >= 0 &&
        on->start + on->answer > call->start + call->answer + GROUP_SECOND)
        return false;
    return same_element(table, call, on);
}

/* The only call that fits; CALL_NONE where several do. */
static uint32_t only_source(const struct call_table *table, const struct chain *chain,
                            uint32_t call)
{
    const struct call *on = table->calls.v[call];
    uint32_t i = chain->before[call], found = CALL_NONE;

    for (unsigned n = 0; i != CALL_NONE && n < 8 * GROUP_LOOK_BACK; n++, i = chain->before[i]) {
        if (!sent_on(table, table->calls.v[i], on))
            continue;
        if (found != CALL_NONE)
            return CALL_NONE;
        found = i;
    }
    return found;
}

static int join_by_user(struct call_table *table, const struct chain *chain, uint32_t call,
                        const char *header, struct slice user)
{
    uint32_t source = chain->before[call] == CALL_NONE ? CALL_NONE
                                                       : only_source(table, chain, call);
    char text[512];

    if (source == CALL_NONE || group_root(table, source) == group_root(table, call))
        return 0;
    snprintf(text, sizeof text, "%s user %.*s within %.3f s", header, SLICE_ARG(user),
             (double)(table->calls.v[call]->start - table->calls.v[source]->start) / 1e9);
    return call_join(table, call, source, EVIDENCE_USERS, slice_str(text));
}

/* Who has been joined with better evidence to a call before it needs none. */
static bool is_placed(const struct call *call, uint32_t number)
{
    for (size_t i = 0; i < call->joins.n; i++)
        if (call->joins.v[i].call < number && call->joins.v[i].evidence != EVIDENCE_REPLACES &&
            call->joins.v[i].evidence != EVIDENCE_REFER)
            return true;
    return false;
}

static uint32_t hash_of(const struct call_table *table, uint32_t call, bool by_to)
{
    return by_to ? table->users.v[call].to : table->users.v[call].from;
}

static void note_users(struct chain *chain, const struct call_table *table, bool by_to)
{
    for (uint32_t i = 0; i < table->calls.n; i++) {
        uint32_t hash = hash_of(table, i, by_to);

        if (i + CHAIN_AHEAD < table->calls.n)
            noted_ask(&chain->noted, hash_of(table, i + CHAIN_AHEAD, by_to));
        if (hash)
            chain_note(chain, hash);
    }
}

static int chain_user(struct chain *chain, const struct call_table *table, uint32_t call,
                      bool by_to)
{
    uint32_t hash = hash_of(table, call, by_to);

    if (!hash || !chain_may_share(chain, hash) || !starts_with_invite(table->calls.v[call]))
        return 0;
    return chain_put(chain, table, hash, call, by_to ? same_to : same_from);
}

static int join_by_users(struct call_table *table, bool by_to)
{
    struct chain chain;
    int r = chain_open(&chain, table->calls.n) ? 0 : -ENOMEM;
    size_t n;

    if (r == 0)
        note_users(&chain, table, by_to);
    n = chain_rest(&chain, table->calls.n, &r);
    for (uint32_t i = 0; r == 0 && i < n; i++)
        r = chain_user(&chain, table, i, by_to);
    for (uint32_t i = 0; r == 0 && i < n; i++) {
        const struct call *call = table->calls.v[i];

        if (chain.before[i] != CALL_NONE && !is_placed(call, i))
            r = join_by_user(table, &chain, i, by_to ? "To" : "From",
                             by_to ? call->to.user : call->from.user);
    }
    chain_close(&chain);
    return r;
}

int group_by_users(struct call_table *table)
{
    int r = join_by_users(table, true);

    return r == 0 ? join_by_users(table, false) : r;
}

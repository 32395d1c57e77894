/* Groups: the Call-IDs of one end-to-end call.
 *
 * A B2BUA or a session border controller ends one dialog and opens another; a
 * transfer makes a new call.  Calls are joined where evidence says so, never
 * by time alone.  What should be unique (a UUID, an origin, an address) and is
 * carried by two calls on one hop at the same time is a constant of that
 * sender, and joins nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "call/group.h"

enum {
    LEAST_CALL_ID = 12,     /* letters that two Call-IDs must share */
    LEAST_LOCAL_PART = 16,  /* before an '@', where all else differs */
    MOST_ADDED = 12,        /* letters that a B2BUA adds to a Call-ID */
    LEAST_SESSION_ID = 6,   /* digits of o= that are not chosen by chance */
};

uint32_t group_root(struct call_table *table, uint32_t call)
{
    struct call **v = table->calls.v;

    while (v[call]->group != call) {
        v[call]->group = v[v[call]->group]->group;
        call = v[call]->group;
    }
    return call;
}

static bool has_join(const struct call *call, uint32_t other, enum call_evidence evidence)
{
    for (size_t i = call->joins.n; i-- > 0 && call->joins.n - i <= GROUP_LOOK_BACK;)
        if (call->joins.v[i].call == other && call->joins.v[i].evidence == evidence)
            return true;
    return false;
}

static int note_join(struct call *call, uint32_t other, enum call_evidence evidence,
                     struct slice detail)
{
    struct call_join *join = vec_add(&call->joins);

    if (!join)
        return -ENOMEM;
    *join = (struct call_join){.detail = detail, .call = other, .evidence = (uint8_t)evidence};
    return 0;
}

int call_join(struct call_table *table, uint32_t a, uint32_t b, enum call_evidence evidence,
              struct slice detail)
{
    uint32_t root_a = group_root(table, a), root_b = group_root(table, b);

    if (a == b || has_join(table->calls.v[a > b ? a : b], a > b ? b : a, evidence))
        return 0;
    detail = arena_dup(&table->arena, detail);
    if (note_join(table->calls.v[a], b, evidence, detail) < 0 ||
        note_join(table->calls.v[b], a, evidence, detail) < 0)
        return -ENOMEM;
    if (root_a < root_b)
        table->calls.v[root_b]->group = root_a;
    else
        table->calls.v[root_a]->group = root_b;
    table->joined = true;
    return 0;
}

static bool overlap(const struct call *a, const struct call *b)
{
    int64_t slack = GROUP_SLACK_S * GROUP_SECOND;

    return a->start <= b->end + slack && b->start <= a->end + slack;
}

static const struct call *call_of(const struct call_table *table, const struct hint *hint)
{
    return table->calls.v[hint->call];
}

static bool same_sender(const struct call_table *table, const struct hint *a,
                        const struct hint *b)
{
    return addr_same_ip(&call_path(table, a->path)->src, &call_path(table, b->path)->src);
}

static bool same_hop(const struct call_table *table, const struct hint *a, const struct hint *b)
{
    return same_sender(table, a, b) &&
           addr_same_ip(&call_path(table, a->path)->dst, &call_path(table, b->path)->dst);
}

/* What hints may have in common, and when it joins. */
struct rule {
    enum call_evidence hint, evidence; /* that it needs, that it gives */
    enum hint_key key;
    same_key *same;
    /* Whether two hints of overlapping calls with one key join their calls. */
    bool (*joins)(const struct call_table *table, const struct hint *a, const struct hint *b);
    bool may_be_constant;
};

static bool same_session_id(const struct call_table *table, uint32_t a, uint32_t b)
{
    return slice_eq(table->hints.v[a].text, table->hints.v[b].text);
}

static bool joins_always(const struct call_table *table, const struct hint *a,
                         const struct hint *b)
{
    (void)table;
    return a->call != b->call;
}

static bool same_origin(const struct call_table *table, uint32_t a, uint32_t b)
{
    const struct hint *one = &table->hints.v[a], *two = &table->hints.v[b];

    return slice_eq(one->text, two->text) && slice_eq(one->name, two->name);
}

/* The hop of one ends where the other's begins. */
static bool follow_on(const struct call_table *table, const struct hint *a, const struct hint *b)
{
    const struct path *p = call_path(table, a->path), *q = call_path(table, b->path);

    return addr_same_ip(&p->dst, &q->src) || addr_same_ip(&q->dst, &p->src);
}

/* One that its maker has sent twice is a session of two calls; another hop must
 * have passed it on. */
static bool joins_origin(const struct call_table *table, const struct hint *a,
                         const struct hint *b)
{
    size_t space = slice_find(a->text, ' ');

    return !same_sender(table, a, b) &&
           (a->text.n > space + LEAST_SESSION_ID || follow_on(table, a, b));
}

static bool same_media(const struct call_table *table, uint32_t a, uint32_t b)
{
    return addr_eq(&table->hints.v[a].media, &table->hints.v[b].media);
}

static bool joins_media(const struct call_table *table, const struct hint *a,
                        const struct hint *b)
{
    return !same_sender(table, a, b) && !(a->media.family == NET_IP4 && a->media.ip[0] == 127);
}

static const struct rule rules[] = {
    {EVIDENCE_SESSION_ID, EVIDENCE_SESSION_ID, HINT_SESSION_ID, same_session_id, joins_always,
     false},
    {EVIDENCE_SDP_ORIGIN, EVIDENCE_SDP_ORIGIN, HINT_ORIGIN, same_origin, joins_origin, true},
    {EVIDENCE_SDP_ORIGIN, EVIDENCE_MEDIA_ADDRESS, HINT_MEDIA, same_media, joins_media, true},
};

/* Where all that carry the key have long ended, none of them needs to be looked at. */
static void note_overlap(struct chain *chain, const struct call_table *table, uint32_t item)
{
    const struct call *call = call_of(table, &table->hints.v[item]);
    struct chain_key *key = &chain->keys.v[chain->key[item]];

    chain->met[item] = chain->before[item] != CALL_NONE &&
                       call->start <= key->latest + GROUP_SLACK_S * GROUP_SECOND;
    if (call->end > key->latest)
        key->latest = call->end;
}

static void note_constant(struct chain *chain, const struct call_table *table, uint32_t item)
{
    const struct hint *hint = &table->hints.v[item];
    uint32_t i = chain->before[item];

    for (unsigned n = 0; i != CALL_NONE && n < GROUP_LOOK_BACK; n++, i = chain->before[i]) {
        const struct hint *other = &table->hints.v[i];

        if (other->call != hint->call && same_hop(table, hint, other) &&
            overlap(call_of(table, hint), call_of(table, other)))
            chain->keys.v[chain->key[item]].constant = true;
    }
}

static struct slice describe(const struct call_table *table, const struct rule *rule,
                             const struct hint *hint, char *text, size_t room)
{
    char addr[ADDR_TEXT];

    (void)table;
    if (rule->evidence == EVIDENCE_MEDIA_ADDRESS)
        snprintf(text, room, "%s", addr_text(&hint->media, addr));
    else if (rule->evidence == EVIDENCE_SDP_ORIGIN)
        snprintf(text, room, "o=%.*s %.*s", SLICE_ARG(hint->text), SLICE_ARG(hint->name));
    else
        snprintf(text, room, "%.*s", SLICE_ARG(hint->text));
    return slice_str(text);
}

/* With the newest earlier call that carries the key. */
static int join_by_rule(struct call_table *table, const struct chain *chain,
                        const struct rule *rule, uint32_t item)
{
    const struct hint *hint = &table->hints.v[item];
    uint32_t i = chain->before[item];
    char text[512];

    if (chain->keys.v[chain->key[item]].constant)
        return 0;
    for (unsigned n = 0; i != CALL_NONE && n < GROUP_LOOK_BACK; n++, i = chain->before[i]) {
        const struct hint *other = &table->hints.v[i];

        if (other->call != hint->call && overlap(call_of(table, hint), call_of(table, other)) &&
            rule->joins(table, hint, other))
            return call_join(table, hint->call, other->call, rule->evidence,
                             describe(table, rule, hint, text, sizeof text));
    }
    return 0;
}

static bool is_call(const struct call_table *table, const struct hint *hint)
{
    return call_of(table, hint)->kind == CALL_CALL;
}

static bool has_hints(const struct call_table *table, enum call_evidence evidence)
{
    return table->hinted >> evidence & 1;
}

static int chain_hint(struct call_table *table, struct chain *chain, const struct rule *rule,
                      uint32_t item)
{
    uint32_t hash = table->hint_hashes.v[item].of[rule->key];

    if (!hash || !chain_may_share(chain, hash) || !is_call(table, &table->hints.v[item]))
        return 0;
    if (chain_put(chain, table, hash, item, rule->same) < 0)
        return -ENOMEM;
    note_overlap(chain, table, item);
    if (rule->may_be_constant && chain->met[item])
        note_constant(chain, table, item);
    return 0;
}

static int run_rule(struct call_table *table, const struct rule *rule)
{
    size_t n = has_hints(table, rule->hint) ? table->hints.n : 0;
    struct chain chain;
    int r = chain_open(&chain, n) ? 0 : -ENOMEM;

    for (size_t i = 0; r == 0 && i < n; i++) {
        uint32_t hash = table->hint_hashes.v[i].of[rule->key];

        if (i + CHAIN_AHEAD < n)
            noted_ask(&chain.noted, table->hint_hashes.v[i + CHAIN_AHEAD].of[rule->key]);
        if (hash)
            chain_note(&chain, hash);
    }
    n = chain_rest(&chain, n, &r);
    for (uint32_t i = 0; r == 0 && i < n; i++)
        r = chain_hint(table, &chain, rule, i);
    for (uint32_t i = 0; r == 0 && i < n; i++)
        if (chain.met[i])
            r = join_by_rule(table, &chain, rule, i);
    chain_close(&chain);
    return r;
}

/* Headers that name a Call-ID, and Replaces. */
static int join_by_name(struct call_table *table, const struct hint *hint)
{
    uint32_t other = call_by_id(table, hint->text);
    char text[512];

    if (other == CALL_NONE || other == hint->call)
        return 0;
    snprintf(text, sizeof text, "%.*s: %.*s", SLICE_ARG(hint->name), SLICE_ARG(hint->text));
    return call_join(table, hint->call, other, hint->evidence, slice_str(text));
}

static struct slice local_part(struct slice call_id)
{
    return slice_upto(call_id, slice_find(call_id, '@'));
}

static uint64_t hash_slice(const struct call_table *table, struct slice s)
{
    return hash_bytes(table->seed, s.p, s.n);
}

static bool same_local_part(const struct call_table *table, uint32_t a, uint32_t b)
{
    return slice_eq(local_part(table->calls.v[a]->call_id), local_part(table->calls.v[b]->call_id));
}

static int join_local_part(struct call_table *table, const struct chain *chain, uint32_t call,
                           struct slice part)
{
    uint64_t hash = hash_slice(table, part);
    struct table_walk walk = table_walk(&chain->table, hash);
    uint32_t key;

    if (!chain_may_share(chain, hash))
        return 0;
    while (table_next(&walk, &key)) {
        uint32_t other = chain->keys.v[key].newest;

        if (!slice_eq(local_part(table->calls.v[other]->call_id), part))
            continue;
        if (other == call || !overlap(table->calls.v[call], table->calls.v[other]))
            return 0;
        return call_join(table, call, other, EVIDENCE_CALL_ID, part);
    }
    return 0;
}

/* "a84b4c76e66710-b2b_1@sbc" for "a84b4c76e66710@pc33": what stands before the
 * '@', less what was added to its end or its beginning, up to a separator. */
struct cuts {
    struct slice part;
    unsigned end, beginning; /* bit n: n letters may have been added */
};

static struct cuts cuts_of(struct slice part)
{
    static const bool separators[256] = {['-'] = true, ['_'] = true, ['.'] = true, [';'] = true,
                                         ['~'] = true, [':'] = true, ['/'] = true};
    size_t most = part.n < LEAST_CALL_ID ? 0 : part.n - LEAST_CALL_ID;
    struct cuts cuts = {.part = part};

    for (unsigned n = 1; n <= MOST_ADDED && n <= most; n++) {
        cuts.end |= (unsigned)separators[(unsigned char)part.p[part.n - n]] << n;
        cuts.beginning |= (unsigned)separators[(unsigned char)part.p[n - 1]] << n;
    }
    return cuts;
}

/* The next shorter part, less letters first, cut from the end first; false past the last. */
static bool next_cut(struct cuts *cuts, struct slice *shorter)
{
    unsigned either = cuts->end | cuts->beginning, n = (unsigned)__builtin_ctz(either | 1u << 31);

    if (!either)
        return false;
    if (cuts->end >> n & 1) {
        cuts->end &= ~(1u << n);
        *shorter = slice_upto(cuts->part, cuts->part.n - n);
    } else {
        cuts->beginning &= ~(1u << n);
        *shorter = slice_from(cuts->part, n);
    }
    return true;
}

static int join_by_call_id(struct call_table *table, const struct chain *chain, uint32_t call)
{
    struct slice part = local_part(table->calls.v[call]->call_id), shorter;
    struct cuts cuts = cuts_of(part);
    uint32_t before = chain->before[call];
    int r = 0;

    if (before != CALL_NONE && part.n >= LEAST_LOCAL_PART &&
        overlap(table->calls.v[call], table->calls.v[before]))
        r = call_join(table, call, before, EVIDENCE_CALL_ID, part);
    while (r == 0 && next_cut(&cuts, &shorter))
        r = join_local_part(table, chain, call, shorter);
    return r;
}

int group_note_call_id(struct call_table *table, const struct call *call)
{
    struct slice part = local_part(call->call_id);
    struct cuts cuts = cuts_of(part);

    do {
        uint32_t *slot = vec_add(&table->id_parts);

        if (!slot)
            return -ENOMEM;
        *slot = table_fold(hash_slice(table, part));
    } while (next_cut(&cuts, &part));
    return 0;
}

static int chain_part(struct chain *chain, const struct call_table *table, uint32_t call)
{
    uint64_t hash;

    group_ask_ahead(table, call);
    if (table->calls.v[call]->kind != CALL_CALL)
        return 0;
    hash = hash_slice(table, local_part(table->calls.v[call]->call_id));
    return chain_may_share(chain, hash) ? chain_put(chain, table, hash, call, same_local_part) : 0;
}

static int join_by_call_ids(struct call_table *table)
{
    size_t n = table->calls.n;
    struct chain chain;
    int r = chain_open(&chain, n) ? 0 : -ENOMEM;

    for (size_t i = 0; r == 0 && i < table->id_parts.n; i++) {
        if (i + CHAIN_AHEAD < table->id_parts.n)
            noted_ask(&chain.noted, table->id_parts.v[i + CHAIN_AHEAD]);
        chain_note(&chain, table->id_parts.v[i]);
    }
    n = chain_rest(&chain, n, &r);
    for (uint32_t i = 0; r == 0 && i < n; i++)
        r = chain_part(&chain, table, i);
    for (uint32_t i = 0; r == 0 && i < n; i++)
        if (table->calls.v[i]->kind == CALL_CALL)
            r = join_by_call_id(table, &chain, i);
    chain_close(&chain);
    return r;
}

static int join_by_names(struct call_table *table)
{
    bool any = has_hints(table, EVIDENCE_HEADER) || has_hints(table, EVIDENCE_REPLACES);
    int r = 0;

    for (size_t i = 0; any && r == 0 && i < table->hints.n; i++)
        if (table->hints.v[i].evidence == EVIDENCE_HEADER ||
            table->hints.v[i].evidence == EVIDENCE_REPLACES)
            r = join_by_name(table, &table->hints.v[i]);
    return r;
}

int group_by_hints(struct call_table *table)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof rules / sizeof rules[0]; i++)
        r = run_rule(table, &rules[i]);
    if (r == 0)
        r = join_by_names(table);
    if (r == 0)
        r = join_by_call_ids(table);
    return r == 0 && has_hints(table, EVIDENCE_REFER) ? group_by_refers(table) : r;
}

/* Leads from each call of a group to the next. */
static int link_legs(struct call_table *table)
{
    uint32_t *last = table->joined ? malloc((table->calls.n + 1) * sizeof *last) : NULL;

    if (!table->joined)
        return 0;
    if (!last)
        return -ENOMEM;
    for (uint32_t i = 0; i < table->calls.n; i++) {
        uint32_t root;

        group_ask_ahead(table, i);
        root = table->calls.v[i]->group = group_root(table, i);
        if (root != i)
            table->calls.v[last[root]]->next_leg = i;
        last[root] = i;
    }
    free(last);
    return 0;
}

int call_group(struct call_table *table)
{
    int r = group_by_users(table);

    return r == 0 ? link_legs(table) : r;
}

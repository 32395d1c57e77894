/* Parts a table of calls in two: those that are over leave it, so that they can be
 * finished, printed and let go while the capture goes on.
 *
 * A call keeps its place in memory, its texts and all that counts within it; what is
 * counted over the whole table (calls, paths) is counted anew on both sides. */
#include <errno.h>
#include <stdlib.h>

#include "call/table.h"

/* One of the two sides. */
struct side {
    struct call_table *table;
    uint32_t *paths; /* by the number that the path had; CALL_NONE: not met yet */
};

struct parting {
    struct call_table *from;
    struct side sides[2]; /* that stays, that leaves */
    const bool *leave;
    uint32_t *numbers;
};

static struct side *side_of(struct parting *p, uint32_t call)
{
    return p->leave[call] ? &p->sides[1] : &p->sides[0];
}

/* CALL_NONE when memory is short. */
static uint32_t path_here(const struct parting *p, struct side *side, uint32_t path)
{
    if (side->paths[path] == CALL_NONE)
        side->paths[path] = call_intern_path(side->table, &p->from->paths.v[path]);
    return side->paths[path];
}

static int move_paths(const struct parting *p, struct side *side, struct call *call)
{
    uint32_t path = call->first_path = path_here(p, side, call->first_path);

    for (size_t i = 0; i < call->messages.n && path != CALL_NONE; i++)
        path = call->messages.v[i].path = path_here(p, side, call->messages.v[i].path);
    for (size_t i = 0; i < call->transactions.n && path != CALL_NONE; i++)
        path = call->transactions.v[i].path = path_here(p, side, call->transactions.v[i].path);
    return path == CALL_NONE ? -ENOMEM : 0;
}

static int add_transactions(struct call_table *t, const struct call *call, uint32_t number)
{
    for (uint32_t i = CALL_FEW; i < call->transactions.n; i++) {
        struct call_ref *ref = vec_add(&t->transaction_refs);

        if (!ref || table_put(&t->by_transaction, call->transactions.v[i].key,
                              (uint32_t)(t->transaction_refs.n - 1)) < 0)
            return -ENOMEM;
        *ref = (struct call_ref){number, i};
    }
    return 0;
}

static int add_dialogs(struct call_table *t, const struct call *call, uint32_t number)
{
    for (uint32_t i = CALL_FEW; i < call->dialogs.n; i++) {
        const struct dialog *d = &call->dialogs.v[i];
        struct call_ref *ref = vec_add(&t->dialog_refs);

        if (!ref || table_put(&t->by_dialog, dialog_key(t, call, d->local_tag, d->remote_tag),
                              (uint32_t)(t->dialog_refs.n - 1)) < 0)
            return -ENOMEM;
        *ref = (struct call_ref){number, i};
    }
    return 0;
}

/* What a grouping so far has left. */
static void ungroup(struct call *call, uint32_t number)
{
    call->group = number;
    call->next_leg = CALL_NONE;
    call->joins.n = 0;
    call->streams.n = 0;
}

static int move_call(struct parting *p, uint32_t i)
{
    struct side *side = side_of(p, i);
    struct call *call = p->from->calls.v[i];
    uint32_t number = (uint32_t)side->table->calls.n;

    if (!call || !call_enter(side->table, call, call_id_hash(side->table, call->call_id)))
        return -ENOMEM;
    side->table->users.v[number] = p->from->users.v[i];
    side->table->flags |= call->flags;
    p->from->calls.v[i] = NULL; /* the new table frees it */
    p->numbers[i] = number;
    ungroup(call, number);
    path_forget(call);
    if (group_note_call_id(side->table, call) < 0 || move_paths(p, side, call) < 0 ||
        add_transactions(side->table, call, number) < 0)
        return -ENOMEM;
    return add_dialogs(side->table, call, number);
}

static int move_newest(struct parting *p)
{
    for (uint32_t i = 0; i < p->from->paths.n; i++) {
        struct call_ref ref = p->from->path_uses.v[i].newest;
        struct side *side = ref.call == CALL_NONE ? NULL : side_of(p, ref.call);
        uint32_t path = side ? path_here(p, side, i) : 0;

        if (path == CALL_NONE)
            return -ENOMEM;
        if (side)
            side->table->path_uses.v[path].newest =
                (struct call_ref){p->numbers[ref.call], ref.index};
    }
    return 0;
}

static int move_hints(struct parting *p)
{
    for (size_t i = 0; i < p->from->hints.n; i++) {
        struct hint hint = p->from->hints.v[i], *slot;
        struct side *side = side_of(p, hint.call);
        struct hint_hashes *hashes;

        hint.path = path_here(p, side, hint.path);
        hint.call = p->numbers[hint.call];
        hashes = vec_add(&side->table->hint_hashes);
        slot = hashes ? vec_add(&side->table->hints) : NULL;
        if (!slot || hint.path == CALL_NONE)
            return -ENOMEM;
        *slot = hint;
        *hashes = p->from->hint_hashes.v[i];
        side->table->hinted |= 1u << hint.evidence;
    }
    return 0;
}

static int move_announcements(struct parting *p)
{
    const struct media_table *media = &p->from->media;

    for (size_t i = 0; i < media->addrs.n; i++) {
        const struct media_addr *entry = &media->addrs.v[i];

        for (uint32_t k = 0; k < entry->count; k++) {
            const struct announcement *a = &media_announcements(entry)[k];
            struct call_table *t = side_of(p, a->call)->table;

            if (media_enter(&t->media, t->seed, &entry->addr, a, p->numbers[a->call]) < 0)
                return -ENOMEM;
        }
    }
    return 0;
}

static bool open_side(struct side *side, const struct call_table *from)
{
    side->table = call_table_beside(from);
    side->paths = malloc((from->paths.n + 1) * sizeof *side->paths);
    if (!side->table || !side->paths)
        return false;
    for (size_t i = 0; i < from->paths.n; i++)
        side->paths[i] = CALL_NONE;
    return true;
}

static int move_all(struct parting *p)
{
    for (uint32_t i = 0; i < p->from->calls.n; i++)
        if (move_call(p, i) < 0)
            return -ENOMEM;
    if (move_newest(p) < 0 || move_hints(p) < 0)
        return -ENOMEM;
    return move_announcements(p);
}

/* What stays takes the place that others know. */
static void take_place(struct call_table *table, struct call_table *with)
{
    call_table_clear(table);
    *table = *with;
    free(with);
}

struct call_table *call_part(struct call_table *table, const bool *leave)
{
    struct parting p = {.from = table,
                        .leave = leave,
                        .numbers = malloc((table->calls.n + 1) * sizeof *p.numbers)};
    bool done = p.numbers && open_side(&p.sides[0], table) && open_side(&p.sides[1], table) &&
                move_all(&p) == 0;

    free(p.sides[0].paths);
    free(p.sides[1].paths);
    free(p.numbers);
    if (!done) {
        call_table_free(p.sides[0].table);
        call_table_free(p.sides[1].table);
        return NULL;
    }
    media_hand_on_maps(&table->media, &p.sides[0].table->media);
    take_place(table, p.sides[0].table);
    return p.sides[1].table;
}

void call_state_so_far(struct call_table *t, uint32_t call, int64_t now)
{
    outcome_so_far(t->calls.v[call], t, now);
}

int call_groups_so_far(struct call_table *t, int64_t now, int (*join)(void *ctx), void *ctx,
                       uint32_t *groups)
{
    int r;

    for (uint32_t i = 0; i < t->calls.n; i++)
        outcome_so_far(t->calls.v[i], t, now);
    r = group_by_hints(t);
    if (r == 0)
        r = join(ctx);
    if (r == 0)
        r = call_group(t);
    for (uint32_t i = 0; i < t->calls.n; i++) {
        groups[i] = t->calls.v[i]->group;
        ungroup(t->calls.v[i], i);
    }
    arena_free(&t->arena); /* it had the joins' details */
    return r;
}

bool call_has_many_maps(const struct call_table *t)
{
    return t->media.maps.n >= MEDIA_MOST_MAPS;
}

size_t call_map_count(const struct call_table *t)
{
    size_t n = t->media.maps.n;

    for (size_t i = 0; i < t->media.past.n; i++)
        n += t->media.past.v[i].count;
    return n;
}

int call_turn_maps(struct call_table *t)
{
    return media_turn_maps(&t->media);
}

const struct arena *call_oldest_maps(const struct call_table *t)
{
    return &t->media.past.v[0].arena;
}

void call_forget_maps(struct call_table *t)
{
    media_forget_maps(&t->media);
}

bool call_took_over(struct call_table *t, const struct net_addr *addr)
{
    const struct media_addr *entry = media_find(&t->media, t->seed, addr);
    struct announcement *newest;

    if (!entry || entry->count < 2)
        return false;
    newest = &entry->all[entry->count - 1];
    if (newest[-1].call == newest->call || newest->took_over)
        return false;
    newest->took_over = true;
    call_state_so_far(t, newest[-1].call, newest->time);
    return !call_is_open(t->calls.v[newest[-1].call]);
}

unsigned call_flags(const struct call_table *t)
{
    return t->flags;
}

bool call_is_logged(const struct call_table *t)
{
    return t->logged;
}

static bool is_session(const struct dialog *d)
{
    return d->session && d->state != DIALOG_TERMINATED;
}

bool call_is_open(const struct call *call)
{
    if (call->kind != CALL_CALL)
        return false;
    switch ((enum call_state)call->state) {
    case CALL_SETUP: case CALL_RINGING: case CALL_ESTABLISHED:
        return true;
    case CALL_PARTIAL:
        for (size_t i = 0; i < call->dialogs.n; i++)
            if (is_session(&call->dialogs.v[i]))
                return true;
        return false;
    default:
        return false;
    }
}

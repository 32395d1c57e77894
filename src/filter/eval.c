/* Evaluates expressions: comparisons, and what is worked out once a call. */
#include "filter/eval.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "filter/eval_memo.h"
#include "filter/pattern.h"

/* The right side of a comparison of two fields. */
enum { RIGHT_VALUES = 256 };

/* What a node came to for a call. */
struct eval_memo {
    uint32_t call; /* number + 1; 0: none yet */
    bool value;
};

/* What any(call: ...) came to, by the number of the group: 0 not yet, 1 false, 2 true. */
struct eval_group_memo {
    struct eval_group_memo *next;
    uint16_t node;
    uint8_t of[];
};

bool eval_memo_open(struct filter_eval *e, size_t nodes)
{
    e->memo = calloc(nodes + 1, sizeof *e->memo);
    e->memo_count = nodes;
    return e->memo != NULL;
}

static void free_groups(struct filter_eval *e)
{
    while (e->groups) {
        struct eval_group_memo *next = e->groups->next;

        free(e->groups);
        e->groups = next;
    }
}

void eval_memo_close(struct filter_eval *e)
{
    free_groups(e);
    free(e->memo);
}

void eval_forget(struct filter_eval *e)
{
    free_groups(e);
    memset(e->memo, 0, (e->memo_count + 1) * sizeof *e->memo);
}

/* ---- one value against what the expression names ---------------------------------- */

static bool same_text(const struct field *f, struct slice a, struct slice b)
{
    return f->fold ? slice_ieq(a, b) : slice_eq(a, b);
}

static bool contains(struct slice s, struct slice part)
{
    return !part.n || (s.n >= part.n && memmem(s.p, s.n, part.p, part.n));
}

static bool in_prefix(const struct net_addr *addr, const struct literal *l)
{
    unsigned whole = l->prefix / 8, rest = l->prefix % 8;

    if (addr->family != l->addr.family || memcmp(addr->ip, l->addr.ip, whole) != 0)
        return false;
    return !rest || (addr->ip[whole] ^ l->addr.ip[whole]) >> (8 - rest) == 0;
}

static bool ordered(enum compare op, double x, double low, double high)
{
    switch (op) {
    case OP_LT: return x < low;
    case OP_LE: return x <= high;
    case OP_GT: return x > high;
    case OP_GE: return x >= low;
    default: return x >= low && x <= high;
    }
}

static bool ordered_time(enum compare op, int64_t x, int64_t from, int64_t to)
{
    switch (op) {
    case OP_LT: return x < from;
    case OP_LE: return x <= to;
    case OP_GT: return x > to;
    case OP_GE: return x >= from;
    default: return x >= from && x <= to;
    }
}

/* OP_NE and OP_IN ask for OP_EQ. */
static bool holds(const struct node *n, enum compare op, const struct value *v,
                  const struct literal *l)
{
    const struct field *f = n->left.field.field;

    switch (v->type) {
    case VALUE_BOOL:
    case VALUE_NUMBER: return ordered(op, v->number, l->low, l->high);
    case VALUE_TIME: return ordered_time(op, v->time, l->from, l->to);
    case VALUE_ADDRESS: return in_prefix(&v->addr, l);
    case VALUE_TEXT: break;
    }
    if (op == OP_CONTAINS)
        return contains(v->text, l->text);
    if (op != OP_EQ && f->names && f->names->ordered)
        return ordered(op, field_rank(f->names, v->text), l->rank, l->rank);
    return same_text(f, v->text, l->text);
}

struct comparison {
    const struct node *node;
    enum compare op;
    const struct value *right; /* of a field on the right side; NULL: literals */
    unsigned right_count;
    bool seen, found;
};

static struct literal literal_of(const struct value *v)
{
    return (struct literal){.low = v->number, .high = v->number, .from = v->time, .to = v->time,
                            .text = v->text, .addr = v->addr,
                            .prefix = v->addr.family == NET_IP6 ? 128 : 32};
}

static bool compare_one(void *ctx, const struct value *v)
{
    struct comparison *c = ctx;
    const struct node *n = c->node;

    c->seen = true;
    if (c->op == OP_MATCHES)
        c->found = pattern_matches(n->pattern, v->text);
    for (unsigned i = 0; !c->right && !c->found && i < n->literal_count; i++)
        c->found = holds(n, c->op, v, &n->literals[i]);
    for (unsigned i = 0; c->right && !c->found && i < c->right_count; i++) {
        struct literal l = literal_of(&c->right[i]);

        if (n->left.field.field && n->left.field.field->names)
            l.rank = field_rank(n->left.field.field->names, l.text);
        c->found = holds(n, c->op, v, &l);
    }
    return c->found;
}

struct gathered {
    struct value v[RIGHT_VALUES];
    unsigned count;
};

static bool gather(void *ctx, const struct value *v)
{
    struct gathered *g = ctx;

    g->v[g->count++] = *v;
    return g->count == RIGHT_VALUES;
}

static void tell_operand(struct filter_eval *e, const struct operand *operand,
                         const struct item *item, value_visit *visit, void *ctx)
{
    struct value v = {.type = VALUE_NUMBER};

    if (operand->kind == OPERAND_FIELD) {
        eval_values(e, &operand->field, item, visit, ctx);
        return;
    }
    v.number = eval_number(e, operand, item);
    if (isfinite(v.number))
        visit(ctx, &v);
}

/* `!=` holds when there is a value and all differ. */
static bool compare(struct filter_eval *e, const struct node *n, const struct item *item)
{
    struct comparison c = {.node = n, .op = n->op == OP_NE || n->op == OP_IN ? OP_EQ : n->op};
    struct gathered *right = NULL;

    if (n->right) {
        right = malloc(sizeof *right);
        e->failed = e->failed || !right;
        if (!right)
            return false;
        right->count = 0;
        tell_operand(e, n->right, item, gather, right);
        c.right = right->v;
        c.right_count = right->count;
    }
    tell_operand(e, &n->left, item, compare_one, &c);
    free(right);
    if (n->op != OP_NE)
        return c.found;
    return c.seen && !c.found && (!n->right || c.right_count);
}

/* ---- fields alone, and any() ------------------------------------------------------- */

/* A bare field: a flag that is set, or any value at all. */
static bool is_there(void *ctx, const struct value *v)
{
    *(bool *)ctx = v->type != VALUE_BOOL || v->number != 0;
    return *(bool *)ctx;
}

struct quantifier {
    struct filter_eval *eval;
    const struct node *body; /* NULL: any item will do */
    bool wanted;             /* the value of the body that decides */
    bool decided, any;
    size_t count;
};

static bool visit_item(void *ctx, const struct item *item)
{
    struct quantifier *q = ctx;

    q->any = true;
    q->decided = (!q->body || eval_true(q->eval, q->body, item)) == q->wanted;
    return q->decided;
}

/* all() of nothing does not hold. */
static bool quantify(struct filter_eval *e, const struct node *n, const struct item *item)
{
    struct quantifier q = {.eval = e, .body = n->a, .wanted = n->kind == NODE_ANY};

    eval_each(e, n->scope, item, visit_item, &q);
    return n->kind == NODE_ANY ? q.decided : q.any && !q.decided;
}

/* ---- numbers over several items or values ------------------------------------------ */

struct aggregate {
    struct filter_eval *eval;
    const struct operand *operand;
    uint64_t count;
    double sum, min, max;
};

static bool add_value(void *ctx, const struct value *v)
{
    struct aggregate *g = ctx;

    g->sum += v->number;
    if (!g->count || v->number < g->min)
        g->min = v->number;
    if (!g->count || v->number > g->max)
        g->max = v->number;
    g->count++;
    return false;
}

static bool add_item(void *ctx, const struct item *item)
{
    struct aggregate *g = ctx;
    const struct operand *o = g->operand;

    if (o->kind != OPERAND_COUNT || o->field.field)
        eval_values(g->eval, &o->field, item, add_value, g);
    else if (!o->condition || eval_true(g->eval, o->condition, item))
        g->count++;
    return false;
}

static bool first_value(void *ctx, const struct value *v)
{
    *(double *)ctx = v->number;
    return true;
}

double eval_number(struct filter_eval *e, const struct operand *o, const struct item *item)
{
    struct aggregate g = {.eval = e, .operand = o};
    double first = NAN;

    if (o->kind == OPERAND_FIELD) {
        eval_values(e, &o->field, item, first_value, &first);
        return first;
    }
    if (o->scoped)
        eval_each(e, o->scope, item, add_item, &g);
    else
        eval_values(e, &o->field, item, add_value, &g);
    if (o->kind == OPERAND_COUNT)
        return (double)g.count;
    if (!g.count) /* the sum of nothing is 0; its least and greatest are unknown */
        return o->kind == OPERAND_SUM ? 0 : NAN;
    return o->kind == OPERAND_SUM ? g.sum : o->kind == OPERAND_MIN ? g.min : g.max;
}

/* ---- what depends on the call alone ------------------------------------------------- */

/* Whether a field's values on the item are those of the whole call. */
static bool is_of_call(enum item_kind owner, const struct item *item)
{
    switch (owner) {
    case ITEM_CAPTURE:
    case ITEM_CALL: return true;
    case ITEM_FINDING: return item->kind == ITEM_CALL;
    case ITEM_PACKET: return item->kind == ITEM_CALL || item->kind == ITEM_FINDING;
    default: return owner != item->kind;
    }
}

static bool operand_of_call(const struct operand *o, const struct item *item)
{
    return o->scoped || is_of_call(o->field.field->owner, item);
}

static bool node_of_call(const struct node *n, const struct item *item)
{
    if (item->kind == ITEM_CAPTURE || item->call == CALL_NONE)
        return false;
    switch ((enum node_kind)n->kind) {
    case NODE_COMPARE:
        return operand_of_call(&n->left, item) && (!n->right || operand_of_call(n->right, item));
    case NODE_EXISTS: return operand_of_call(&n->left, item);
    case NODE_ANY:
    case NODE_ALL: return true;
    default: return false;
    }
}

static bool evaluate(struct filter_eval *e, const struct node *n, const struct item *item)
{
    bool there = false;

    switch ((enum node_kind)n->kind) {
    case NODE_OR: return eval_true(e, n->a, item) || eval_true(e, n->b, item);
    case NODE_AND: return eval_true(e, n->a, item) && eval_true(e, n->b, item);
    case NODE_NOT: return !eval_true(e, n->a, item);
    case NODE_COMPARE: return compare(e, n, item);
    case NODE_EXISTS:
        eval_values(e, &n->left.field, item, is_there, &there);
        return there;
    case NODE_ANY:
    case NODE_ALL: return quantify(e, n, item);
    }
    return false;
}

/* Calls of a group are asked in any order. */
static uint8_t *group_slot(struct filter_eval *e, const struct node *n, uint32_t call)
{
    struct eval_group_memo *memo = e->groups;

    while (memo && memo->node != n->id)
        memo = memo->next;
    if (!memo) {
        memo = calloc(1, sizeof *memo + call_count(e->analysis->calls));
        e->failed = e->failed || !memo;
        if (!memo)
            return NULL;
        memo->node = n->id;
        memo->next = e->groups;
        e->groups = memo;
    }
    return &memo->of[call_at(e->analysis->calls, call)->group];
}

static bool is_over_group(const struct node *n)
{
    return (n->kind == NODE_ANY || n->kind == NODE_ALL) && n->scope == ITEM_CALL;
}

bool eval_true(struct filter_eval *e, const struct node *n, const struct item *item)
{
    struct eval_memo *memo = &e->memo[n->id];
    uint8_t *slot;

    if (!node_of_call(n, item))
        return evaluate(e, n, item);
    if (is_over_group(n) && (slot = group_slot(e, n, item->call))) {
        if (!*slot)
            *slot = evaluate(e, n, item) ? 2 : 1;
        return *slot == 2;
    }
    if (memo->call != item->call + 1) {
        memo->value = evaluate(e, n, item);
        memo->call = item->call + 1;
    }
    return memo->value;
}

/* Compiles expressions: recursive descent, as deep as EXPR_MAX_DEPTH. */
#include "filter/parse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/vec.h"
#include "filter/near.h"
#include "filter/pattern.h"

static const struct node *read_or(struct parser *p);

/* ---- errors -------------------------------------------------------------------------- */

bool parse_fail(struct parser *p, const struct token *at, const char *format, ...)
{
    char text[sizeof p->err->text];
    va_list args;

    if (p->code)
        return false;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    p->code = error_set(p->err, -EINVAL, "%.*s", (int)sizeof text - 1, text);
    *p->place = (struct expr_place){at->at, at->n};
    return false;
}

bool parse_no_memory(struct parser *p)
{
    if (!p->code)
        p->code = error_set(p->err, -ENOMEM, "not enough memory");
    return false;
}

const char *parse_show(const struct token *t, char out[PARSE_SHOWN])
{
    struct slice s = slice_upto(t->text, 60);

    if (t->kind == TOKEN_END)
        return "the end";
    snprintf(out, PARSE_SHOWN, t->kind == TOKEN_STRING ? "\"%.*s\"" : "'%.*s'", SLICE_ARG(s));
    return out;
}

void parse_next(struct parser *p)
{
    p->token = lexer_next(&p->lexer);
    if (p->token.kind == TOKEN_UNCLOSED)
        parse_fail(p, &p->token, "the quote is never closed");
    else if (p->token.kind == TOKEN_STRAY)
        parse_fail(p, &p->token, "'%.*s' is no part of an expression", SLICE_ARG(p->token.text));
    else if (p->token.kind == TOKEN_NO_MEMORY)
        parse_no_memory(p);
}

static bool is_next(const struct parser *p, enum token_kind kind)
{
    return !p->code && p->token.kind == kind;
}

static bool take(struct parser *p, enum token_kind kind, const char *expected)
{
    char shown[PARSE_SHOWN];

    if (!is_next(p, kind))
        return parse_fail(p, &p->token, "%s was expected, not %s", expected,
                          parse_show(&p->token, shown));
    parse_next(p);
    return !p->code;
}

static bool deeper(struct parser *p)
{
    if (++p->depth <= EXPR_MAX_DEPTH)
        return true;
    return parse_fail(p, &p->token, "too deep: at most %d parentheses in one another",
                      EXPR_MAX_DEPTH);
}

static struct node *new_node(struct parser *p, enum node_kind kind)
{
    struct node *n;

    if (p->expr->nodes == EXPR_MAX_NODES) {
        parse_fail(p, &p->token, "too long: at most %d conditions", EXPR_MAX_NODES);
        return NULL;
    }
    n = arena_alloc(&p->expr->arena, sizeof *n);
    if (!n) {
        parse_no_memory(p);
        return NULL;
    }
    *n = (struct node){.kind = (uint8_t)kind, .id = (uint16_t)p->expr->nodes++};
    return n;
}

/* ---- operands ------------------------------------------------------------------------ */

static bool no_field(struct parser *p, const struct token *t, bool doubtful)
{
    char near[FIELD_NEAR], shown[PARSE_SHOWN];

    field_near(t->text, near);
    if (doubtful)
        return parse_fail(p, t, "there is no field %s; near to it: %s (a header of that very name "
                          "is sip.header.%.*s)",
                          parse_show(t, shown), near,
                          SLICE_ARG(slice_upto(slice_from(t->text, 4), 60)));
    if (*near)
        return parse_fail(p, t, "there is no field %s; near to it: %s", parse_show(t, shown), near);
    return parse_fail(p, t, "there is no field %s; fosip --fields lists them",
                      parse_show(t, shown));
}

static bool read_field(struct parser *p, struct field_ref *ref)
{
    char shown[PARSE_SHOWN];
    struct token t = p->token;
    enum field_found found;

    if (!is_next(p, TOKEN_WORD))
        return parse_fail(p, &t, "a field was expected, as sip.Method or call.state, not %s",
                          parse_show(&t, shown));
    found = field_find(t.text, ref);
    if (found != FIELD_FOUND)
        return no_field(p, &t, found == FIELD_DOUBTFUL);
    parse_next(p);
    return !p->code;
}

static enum item_kind scope_of(struct slice name)
{
    return name.p[0] == 'c'   ? ITEM_CALL
           : name.p[0] == 'm' ? ITEM_MESSAGE
           : name.p[0] == 's' ? ITEM_STREAM
                              : ITEM_FINDING;
}

static bool is_scope_word(const struct token *t)
{
    return t->kind == TOKEN_WORD &&
           (slice_eq(t->text, SLICE("call")) || slice_eq(t->text, SLICE("message")) ||
            slice_eq(t->text, SLICE("stream")) || slice_eq(t->text, SLICE("finding")));
}

/* "stream: CONDITION" or "stream" alone: *condition is then NULL. */
static bool read_scoped(struct parser *p, enum item_kind *scope, const struct node **condition)
{
    struct token t = p->token;

    *condition = NULL;
    if (is_scope_word(&t)) {
        *scope = scope_of(t.text);
        parse_next(p);
        return true;
    }
    if (!take(p, TOKEN_SCOPE, "'call:', 'message:', 'stream:' or 'finding:'"))
        return false;
    *scope = scope_of(t.text);
    *condition = read_or(p);
    return *condition != NULL;
}

static bool is_function(const struct token *t, enum operand_kind *kind)
{
    static const struct {
        struct slice name;
        enum operand_kind kind;
    } functions[] = {{{"count", 5}, OPERAND_COUNT}, {{"sum", 3}, OPERAND_SUM},
                     {{"min", 3}, OPERAND_MIN}, {{"max", 3}, OPERAND_MAX}};

    for (size_t i = 0; t->kind == TOKEN_WORD && i < 4; i++)
        if (slice_eq(t->text, functions[i].name)) {
            *kind = functions[i].kind;
            return true;
        }
    return false;
}

/* Behind "count(" and the like. */
static bool read_aggregate(struct parser *p, struct operand *o)
{
    struct token t = p->token;

    if (o->kind == OPERAND_COUNT && (t.kind == TOKEN_SCOPE || is_scope_word(&t))) {
        o->scoped = true;
        return read_scoped(p, &o->scope, &o->condition);
    }
    if (t.kind == TOKEN_SCOPE) {
        o->scoped = true;
        o->scope = scope_of(t.text);
        parse_next(p);
        t = p->token;
    }
    if (!read_field(p, &o->field))
        return false;
    if (o->kind != OPERAND_COUNT && o->field.field->type != VALUE_NUMBER)
        return parse_fail(p, &t, "a field that is a number was expected, which %s is not",
                          o->field.field->name);
    return true;
}

static bool read_operand(struct parser *p, struct operand *o)
{
    struct token name = p->token;
    struct lexer ahead = p->lexer;
    bool called = lexer_next(&ahead).kind == TOKEN_OPEN;

    *o = (struct operand){.kind = OPERAND_FIELD};
    if (!called || name.kind != TOKEN_WORD)
        return read_field(p, &o->field);
    if (!is_function(&name, &o->kind))
        return parse_fail(p, &name, "there is no function '%.*s'; there are any, all, count, sum, "
                          "min and max",
                          SLICE_ARG(slice_upto(name.text, 60)));
    parse_next(p);
    parse_next(p);
    return deeper(p) && read_aggregate(p, o) && take(p, TOKEN_CLOSE, "')'") && p->depth--;
}

/* ---- comparisons ---------------------------------------------------------------------- */

static bool is_comparison(enum token_kind kind)
{
    return kind >= TOKEN_EQ && kind <= TOKEN_IN;
}

static bool is_aggregate(const struct operand *o)
{
    return o->kind != OPERAND_FIELD;
}

static enum value_type type_of(const struct operand *o)
{
    return is_aggregate(o) || !o->field.field ? VALUE_NUMBER
                                              : (enum value_type)o->field.field->type;
}

/* Whether values of that kind can be compared in this way. */
static bool check_op(struct parser *p, const struct operand *left, enum compare op,
                     const struct token *at)
{
    const struct field *f = left->field.field;
    const char *name = f && !is_aggregate(left) ? f->name : "a number";
    enum value_type type = type_of(left);

    if ((op == OP_CONTAINS || op == OP_MATCHES) && type != VALUE_TEXT)
        return parse_fail(p, at, "only text can be searched, and %s is none", name);
    if (op < OP_LT || op > OP_GE || type == VALUE_NUMBER || type == VALUE_TIME)
        return true;
    if (type == VALUE_TEXT && f && f->names && f->names->ordered)
        return true;
    return parse_fail(p, at, "%s has no order: '==', '!=' or 'in' was expected%s", name,
                      type == VALUE_TEXT ? ", or 'contains', 'matches'" : "");
}

static bool read_literal(struct parser *p, const struct operand *left, bool range,
                         struct literal *l)
{
    enum unit unit = UNIT_NONE;

    if (!is_aggregate(left))
        return literal_read(p, left->field.field, range, l);
    if (left->kind != OPERAND_COUNT)
        unit = left->field.field->unit;
    *l = (struct literal){.rank = -1};
    return literal_read_number(p, unit, range, l);
}

/* "{200, 202..204}" */
static bool read_set(struct parser *p, struct node *n)
{
    VEC(struct literal) set = {0};
    struct literal *l, *kept;
    bool good = take(p, TOKEN_OPEN_SET, "'{'");

    while (good) {
        l = vec_add(&set);
        if (!l)
            good = parse_no_memory(p);
        else if (set.n > EXPR_MAX_NODES)
            good = parse_fail(p, &p->token, "too long: at most %d values", EXPR_MAX_NODES);
        else
            good = read_literal(p, &n->left, true, l);
        if (!good || !is_next(p, TOKEN_COMMA))
            break;
        parse_next(p);
    }
    good = good && take(p, TOKEN_CLOSE_SET, "',' or '}'");
    kept = good ? arena_alloc(&p->expr->arena, set.n * sizeof *kept) : NULL;
    if (kept)
        memcpy(kept, set.v, set.n * sizeof *kept);
    n->literals = kept;
    n->literal_count = (unsigned)set.n;
    vec_free(&set);
    return good && (kept || parse_no_memory(p));
}

static bool read_pattern(struct parser *p, struct node *n)
{
    struct token t = p->token;
    struct fosip_error err;
    char shown[PARSE_SHOWN];
    size_t at = 0;
    int r;

    if (t.kind != TOKEN_STRING && t.kind != TOKEN_WORD)
        return parse_fail(p, &t, "a regular expression in quotes was expected, not %s",
                          parse_show(&t, shown));
    r = pattern_compile(&n->pattern, t.text, &at, &err);
    if (r < 0) {
        pattern_free(n->pattern);
        n->pattern = NULL;
        parse_fail(p, &t, "%s", err.text);
        p->code = p->err->code = r;
        /* Where it is wrong, unless escapes moved that. */
        if (r == -EINVAL && t.n == t.text.n + 2 && at <= t.text.n)
            *p->place = (struct expr_place){t.at + 1 + at, 1};
        return false;
    }
    n->pattern->next = p->expr->patterns;
    p->expr->patterns = n->pattern;
    parse_next(p);
    return !p->code;
}

/* A field on the right side, or count() and the like. */
static bool is_operand(const struct parser *p)
{
    struct lexer ahead = p->lexer;
    struct field_ref ref;

    return is_next(p, TOKEN_WORD) && (lexer_next(&ahead).kind == TOKEN_OPEN ||
                                      field_find(p->token.text, &ref) == FIELD_FOUND);
}

static bool check_types(struct parser *p, const struct operand *left, const struct operand *right,
                        const struct token *at)
{
    static const char *const names[] = {"true or false", "a number", "text", "an address",
                                        "a time"};

    if (type_of(left) != type_of(right))
        return parse_fail(p, at, "%s was expected, to compare with what is left, not %s",
                          names[type_of(left)], names[type_of(right)]);
    /* Else each message would need all the others. */
    if (is_aggregate(left) != is_aggregate(right))
        return parse_fail(p, at, "count, sum, min and max can be compared with a number or with "
                          "each other");
    return true;
}

static bool read_right_operand(struct parser *p, struct node *n)
{
    struct operand *o = arena_alloc(&p->expr->arena, sizeof *o);
    struct token t = p->token;

    if (!o)
        return parse_no_memory(p);
    n->right = o;
    return read_operand(p, o) && check_types(p, &n->left, o, &t);
}

static bool read_right_literal(struct parser *p, struct node *n)
{
    struct literal *l = arena_alloc(&p->expr->arena, sizeof *l);

    if (!l)
        return parse_no_memory(p);
    n->literals = l;
    n->literal_count = 1;
    return read_literal(p, &n->left, false, l);
}

/* Any text can be searched for, in a field with a fixed set of values, too. */
static bool read_part(struct parser *p, struct node *n)
{
    struct literal *l = arena_alloc(&p->expr->arena, sizeof *l);
    char shown[PARSE_SHOWN];

    if (!l)
        return parse_no_memory(p);
    if (p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_STRING)
        return parse_fail(p, &p->token, "a text was expected, as \"alice\", not %s",
                          parse_show(&p->token, shown));
    *l = (struct literal){.text = p->token.text, .rank = -1};
    n->literals = l;
    n->literal_count = 1;
    parse_next(p);
    return !p->code;
}

static bool read_right(struct parser *p, struct node *n)
{
    switch ((enum compare)n->op) {
    case OP_IN: return read_set(p, n);
    case OP_MATCHES: return read_pattern(p, n);
    case OP_CONTAINS: return read_part(p, n);
    default: return is_operand(p) ? read_right_operand(p, n) : read_right_literal(p, n);
    }
}

static const struct node *read_comparison(struct parser *p)
{
    struct node *n = new_node(p, NODE_EXISTS);
    struct token op;

    if (!n || !read_operand(p, &n->left))
        return NULL;
    op = p->token;
    if (!is_comparison(op.kind)) {
        if (!is_aggregate(&n->left))
            return n;
        parse_fail(p, &op, "a comparison was expected, as '> 1'");
        return NULL;
    }
    n->kind = NODE_COMPARE;
    n->op = (uint8_t)(op.kind - TOKEN_EQ);
    if (!check_op(p, &n->left, (enum compare)n->op, &op))
        return NULL;
    parse_next(p);
    return !p->code && read_right(p, n) ? n : NULL;
}

/* ---- and, or, not ---------------------------------------------------------------------- */

static bool is_quantifier(const struct parser *p)
{
    struct lexer ahead = p->lexer;

    return is_next(p, TOKEN_WORD) &&
           (slice_eq(p->token.text, SLICE("any")) || slice_eq(p->token.text, SLICE("all"))) &&
           lexer_next(&ahead).kind == TOKEN_OPEN;
}

static const struct node *read_quantifier(struct parser *p)
{
    bool all = slice_eq(p->token.text, SLICE("all"));
    struct node *n = new_node(p, all ? NODE_ALL : NODE_ANY);
    enum item_kind scope;

    if (!n)
        return NULL;
    parse_next(p);
    parse_next(p);
    if (!read_scoped(p, &scope, &n->a) || !take(p, TOKEN_CLOSE, "')'"))
        return NULL;
    n->scope = (uint8_t)scope;
    return n;
}

static const struct node *read_primary(struct parser *p)
{
    const struct node *n;

    if (is_quantifier(p))
        return read_quantifier(p);
    if (!is_next(p, TOKEN_OPEN))
        return read_comparison(p);
    parse_next(p);
    n = read_or(p);
    return n && take(p, TOKEN_CLOSE, "'and', 'or' or ')'") ? n : NULL;
}

static const struct node *read_not(struct parser *p);

static const struct node *read_negation(struct parser *p)
{
    struct node *n = new_node(p, NODE_NOT);

    if (!n)
        return NULL;
    parse_next(p);
    n->a = read_not(p);
    return n->a ? n : NULL;
}

static const struct node *read_not(struct parser *p)
{
    const struct node *n;

    if (!deeper(p))
        return NULL;
    n = is_next(p, TOKEN_NOT) ? read_negation(p) : read_primary(p);
    p->depth--;
    return n;
}

/* Left to right: a chain is as deep as it is long, which EXPR_MAX_NODES bounds. */
static const struct node *read_chain(struct parser *p, enum node_kind kind, enum token_kind sign,
                                     const struct node *(*part)(struct parser *))
{
    const struct node *left = part(p);

    while (left && is_next(p, sign)) {
        struct node *n = new_node(p, kind);

        if (!n)
            return NULL;
        parse_next(p);
        n->a = left;
        n->b = part(p);
        left = n->b ? n : NULL;
    }
    return left;
}

static const struct node *read_and(struct parser *p)
{
    return read_chain(p, NODE_AND, TOKEN_AND, read_not);
}

static const struct node *read_or(struct parser *p)
{
    return read_chain(p, NODE_OR, TOKEN_OR, read_and);
}

int expr_compile(struct expr *expr, struct slice text, struct expr_place *place,
                 struct fosip_error *err)
{
    struct parser p = {.expr = expr, .place = place, .err = err};
    char shown[PARSE_SHOWN];

    *expr = (struct expr){.root = NULL};
    *place = (struct expr_place){0, 0};
    if (text.n > EXPR_MAX_TEXT)
        return error_set(err, -EINVAL, "too long: at most %d octets", EXPR_MAX_TEXT);
    p.lexer.text = arena_dup(&expr->arena, text);
    p.lexer.arena = &expr->arena;
    if (text.n && !p.lexer.text.p)
        return error_set(err, -ENOMEM, "not enough memory");
    parse_next(&p);
    if (is_next(&p, TOKEN_END))
        parse_fail(&p, &p.token, "an expression was expected, as sip.Method == INVITE");
    expr->root = p.code ? NULL : read_or(&p);
    if (!p.code && p.token.kind != TOKEN_END)
        parse_fail(&p, &p.token, "'and', 'or' or the end was expected, not %s",
                   parse_show(&p.token, shown));
    return p.code;
}

void expr_free(struct expr *expr)
{
    while (expr->patterns) {
        struct pattern *next = expr->patterns->next;

        pattern_free(expr->patterns);
        expr->patterns = next;
    }
    arena_free(&expr->arena);
}

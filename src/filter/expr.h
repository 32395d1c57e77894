/* Expressions, compiled: a tree whose depth and size are bounded. */
#ifndef FILTER_EXPR_H
#define FILTER_EXPR_H

#include "base/arena.h"
#include "filter/field.h"
#include "fosip/error.h"

enum {
    EXPR_MAX_NODES = 512,
    EXPR_MAX_DEPTH = 40,    /* of parentheses, "not" and any() in one another */
    EXPR_MAX_TEXT = 16384,  /* octets */
};

enum node_kind { NODE_OR, NODE_AND, NODE_NOT, NODE_COMPARE, NODE_EXISTS, NODE_ANY, NODE_ALL };

enum compare { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_CONTAINS, OP_MATCHES, OP_IN };

enum operand_kind { OPERAND_FIELD, OPERAND_COUNT, OPERAND_SUM, OPERAND_MIN, OPERAND_MAX };

struct node;

struct operand {
    enum operand_kind kind;
    bool scoped;               /* over items of `scope`, else over a field's values */
    enum item_kind scope;
    struct field_ref field;
    const struct node *condition; /* of count(scope: ...); NULL: all */
};

/* A value that an expression names; numbers and times are ranges. */
struct literal {
    double low, high;
    int64_t from, to;     /* times */
    struct slice text;
    int rank;             /* among the names of an ordered field */
    struct net_addr addr;
    uint8_t prefix;       /* bits of it that count */
};

struct node {
    uint8_t kind; /* enum node_kind */
    uint8_t op;   /* enum compare */
    uint8_t scope;       /* enum item_kind: of any() and all() */
    uint16_t id;
    const struct node *a, *b;
    struct operand left;
    const struct operand *right; /* NULL: literals */
    const struct literal *literals;
    unsigned literal_count;
    struct pattern *pattern;
};

/* Where in the text something is wrong. */
struct expr_place {
    size_t at, n; /* octets */
};

struct expr {
    struct arena arena;
    const struct node *root;
    size_t nodes;
    struct pattern *patterns; /* a list, to be freed */
};

/* Compiles; `text` is copied.  0; or -EINVAL with `err` (what is wrong, without the
 * place) and *place, -ENOTSUP for a pattern without PCRE2, -ENOMEM.  expr_free in
 * any case. */
int expr_compile(struct expr *expr, struct slice text, struct expr_place *place,
                 struct fosip_error *err);
void expr_free(struct expr *expr);

#endif

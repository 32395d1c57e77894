/* Inside the compiler of expressions: what its parts share. */
#ifndef FILTER_PARSE_H
#define FILTER_PARSE_H

#include "filter/expr.h"
#include "filter/lexer.h"
#include "fosip/error.h"

struct parser {
    struct expr *expr;
    struct lexer lexer;
    struct token token; /* the next one */
    unsigned depth;
    int code;           /* 0, or why it failed */
    struct expr_place *place;
    struct fosip_error *err;
};

/* Moves on to the next token. */
void parse_next(struct parser *p);
/* Each notes the error, if it is the first one, and returns false. */
bool parse_fail(struct parser *p, const struct token *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool parse_no_memory(struct parser *p);

/* How a message names a token: "'foo'", "the end". */
enum { PARSE_SHOWN = 96 };
const char *parse_show(const struct token *token, char out[PARSE_SHOWN]);

/* Reads what stands on the right side of a field as a value of its type: one, or with
 * `range` perhaps two. */
bool literal_read(struct parser *p, const struct field *field, bool range, struct literal *out);
/* The unit and type of what counts and sums give. */
bool literal_read_number(struct parser *p, enum unit unit, bool range, struct literal *out);

#endif

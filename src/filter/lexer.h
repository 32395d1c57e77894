/* The text of an expression as tokens. */
#ifndef FILTER_LEXER_H
#define FILTER_LEXER_H

#include "base/arena.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* a name or a value without quotes: 200ms, 10.0.0.0/8, alice */
    TOKEN_STRING,
    TOKEN_SCOPE,  /* "stream:" and the like */
    TOKEN_OPEN, TOKEN_CLOSE, TOKEN_OPEN_SET, TOKEN_CLOSE_SET, TOKEN_COMMA,
    TOKEN_RANGE, TOKEN_TOLERANCE, /* ".." and "+-" */
    TOKEN_AND, TOKEN_OR, TOKEN_NOT,
    TOKEN_EQ, TOKEN_NE, TOKEN_LT, TOKEN_LE, TOKEN_GT, TOKEN_GE, TOKEN_CONTAINS, TOKEN_MATCHES,
    TOKEN_IN,
    TOKEN_UNCLOSED, /* a string without its closing quote */
    TOKEN_STRAY,    /* a character that is no part of the language */
    TOKEN_NO_MEMORY,
};

struct token {
    enum token_kind kind;
    struct slice text; /* a string's without its quotes and escapes; a scope's without ':' */
    size_t at, n;      /* where it stands in the expression */
};

struct lexer {
    struct slice text;
    size_t at;
    struct arena *arena; /* for strings with escapes */
};

struct token lexer_next(struct lexer *lexer);

#endif

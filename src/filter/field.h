/* Fields: what an expression can name, in one table that --fields and
 * fosip-filter(7) print, too. */
#ifndef FILTER_FIELD_H
#define FILTER_FIELD_H

#include "filter/value.h"

/* What is tested, and what fields belong to. */
enum item_kind { ITEM_CAPTURE, ITEM_CALL, ITEM_MESSAGE, ITEM_STREAM, ITEM_FINDING,
                 ITEM_PACKET /* a message or a stream */ };

struct item {
    enum item_kind kind;
    uint32_t call;  /* number; CALL_NONE: of no call */
    uint32_t index; /* message in the call; number of the stream or finding */
};

struct filter_eval;
struct field_ref;
typedef bool field_get(struct filter_eval *eval, const struct field_ref *ref,
                       const struct item *item, value_visit *visit, void *ctx);

/* The values of a field that has a fixed set of them. */
struct field_names {
    const char *const *names;
    unsigned count;
    bool ordered; /* from least to greatest */
};

struct field {
    const char *name;
    const char *what;  /* for people */
    field_get *get;
    size_t offset;     /* what get needs to know: where a member is, ... */
    unsigned which;    /* ... which part of it */
    uint8_t type;      /* enum value_type */
    uint8_t owner;     /* enum item_kind */
    uint8_t unit;      /* enum unit */
    bool fold;         /* text whose case does not matter */
    const struct field_names *names;
};

/* A field as an expression names it. */
struct field_ref {
    const struct field *field;
    struct slice header; /* of a header field: its name */
};

struct field_table {
    const struct field *fields;
    size_t count;
};
extern const struct field_table field_capture, field_call, field_message, field_address,
    field_sdp, field_stream, field_finding;

/* All of them in order; NULL past the last. */
const struct field *field_at(size_t i);

enum field_found {
    FIELD_FOUND,
    FIELD_UNKNOWN,
    FIELD_DOUBTFUL, /* a header that nobody knows, named almost like something else */
};
enum field_found field_find(struct slice name, struct field_ref *ref);

/* Whether the name begins like a field's ("sip.", "call."). */
bool field_like(struct slice name);

/* Names near to the one that is not there: "a, b or c" into `out`, "" without any. */
enum { FIELD_NEAR = 256 };
const char *field_near(struct slice name, char out[FIELD_NEAR]);

/* The place of the text among the names, -1. */
int field_rank(const struct field_names *names, struct slice text);
/* The name nearest to the text, NULL. */
const char *field_near_name(const struct field_names *names, struct slice text);

/* For getters. */
bool field_tell_number(value_visit *visit, void *ctx, double x); /* NaN: unknown */
bool field_tell_text(value_visit *visit, void *ctx, struct slice s); /* p NULL: unknown */
bool field_tell_name(value_visit *visit, void *ctx, const char *name); /* NULL: unknown */
bool field_tell_bool(value_visit *visit, void *ctx, bool x);
bool field_tell_time(value_visit *visit, void *ctx, int64_t time);
bool field_tell_addr(value_visit *visit, void *ctx, const struct net_addr *addr);
bool field_tell_port(value_visit *visit, void *ctx, const struct net_addr *addr);

#endif

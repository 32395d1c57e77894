/* Inside check: expectations as they were read, and what became of them. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "base/vec.h"
#include "filter/eval.h"
#include "fosip/check.h"
#include "report/report.h"

enum quantity { CHECK_CAPTURE, CHECK_EACH, CHECK_ONE, CHECK_SOME, CHECK_NO, CHECK_LADDER };

/* A line of a ladder. */
struct step {
    struct slice from, to; /* names; "*": anyone */
    struct slice method;   /* of a request, or of a response's CSeq; empty: any */
    unsigned low, high;    /* status of a response; 0: a request, or with `any` any message */
    bool any, gap, optional; /* gap: any number of messages */
    struct slice text;
    unsigned line;
};

struct expectation {
    const char *file;
    unsigned line;
    struct slice name; /* empty: none given */
    struct slice text; /* as it was written */
    enum quantity quantity;
    enum item_kind kind;
    enum call_kind call_kind; /* of calls */
    bool has_where, has_test;
    struct expr where, test;
    VEC(struct step) steps;
};

struct fosip_check {
    struct arena arena;
    VEC(struct expectation) v;
};

/* What is not as expected: an item, or what is true of all. */
struct failure {
    struct item item; /* ITEM_CAPTURE: of no item */
    char *text;       /* what was found */
    uint64_t frame;   /* 0: none */
    bool here;            /* frame is where it went wrong, not where it began */
    uint32_t first, last; /* messages of its call to show; first > last: none */
};

enum { CHECK_MOST_FAILURES = 10 }; /* kept of an expectation */

struct outcome {
    bool held;
    size_t tested;
    size_t failed; /* items */
    VEC(struct failure) failures;
};

struct checking {
    const struct fosip_analysis *analysis;
    const struct fosip_select *select;
    struct filter_eval eval;
    bool failed; /* memory ran short */
};

/* Notes what was found, as printf. */
void outcome_fail(struct checking *c, struct outcome *o, const struct item *item,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
void outcome_free(struct outcome *o);

/* What the expectation came to. */
void expectation_test(struct checking *c, const struct expectation *e, struct outcome *o);
void ladder_test(struct checking *c, const struct expectation *e, const struct item *call,
                 struct outcome *o);

/* "INVITE", "200 INVITE" of a message. */
void message_label(struct checking *c, const struct message *m, char out[64]);

/* Writes all results; `outcomes` are those of the expectations in order.  0 or
 * -ENOMEM. */
int print_results(const struct fosip_check *check, struct checking *c,
                  const struct outcome *outcomes, enum fosip_check_format format,
                  const struct fosip_report_options *o, FILE *out);
#endif

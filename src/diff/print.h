/* How differences are printed: text with ladders, JSON, CSV. */
#ifndef DIFF_PRINT_H
#define DIFF_PRINT_H

#include "diff/describe.h"
#include "fosip/fosip.h"

struct totals {
    uint64_t pairs, differing; /* calls on both sides; of them with differences */
    uint64_t missing, added;   /* calls on one side alone */
    uint64_t differences;
};

struct printer {
    const struct fosip_report_options *o;
    FILE *out;
    const struct side *a, *b;
    bool headers;
    bool begun; /* something has been printed of a list */
    struct json *j; /* as JSON; NULL before print_begin */
};

/* Before all (0 or -ENOMEM), after each pair (or lone call, or what is of no call),
 * after all; and in any case what writes the last of it. */
int print_begin(struct printer *p);
void print_pair(struct printer *p, struct comparison *c);
void print_end(struct printer *p, const struct totals *t);
void print_close(struct printer *p);

/* Inside: the ladders of a pair, as much of them as differs. */
void print_ladders(struct printer *p, const struct comparison *c);

#endif

/* Inside check: results in each format. */
#ifndef CHECK_PRINT_H
#define CHECK_PRINT_H

#include "check/check.h"

/* The name of an expectation, or its text. */
void print_title(const struct expectation *e, FILE *out);

/* "call 3, frame 9"; "" for what is of no item. */
enum { FAILURE_PLACE = 96 };
void failure_place(const struct failure *failure, char out[FAILURE_PLACE]);
/* The messages of the call around it, one a line. */
void print_pieces(struct checking *c, const struct failure *failure, const char *margin,
                  bool unicode, FILE *out);
void print_more(const struct outcome *outcome, const char *margin, FILE *out);

/* 0 or -ENOMEM. */
int print_json(const struct fosip_check *check, const struct outcome *outcomes, FILE *out);
int print_gitlab(const struct fosip_check *check, const struct outcome *outcomes, FILE *out);
void print_tap(const struct fosip_check *check, struct checking *c,
               const struct outcome *outcomes, FILE *out);
void print_junit(const struct fosip_check *check, struct checking *c,
                 const struct outcome *outcomes, FILE *out);
void print_github(const struct fosip_check *check, const struct outcome *outcomes, FILE *out);

#endif

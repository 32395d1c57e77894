/* Expressions of the command line. */
#ifndef CMD_EXPRESSION_H
#define CMD_EXPRESSION_H

#include "fosip/filter.h"

/* Compiles the expression that `option` ("-Y") gives; NULL after lines on standard error
 * that show where it is wrong. */
struct fosip_filter *expression_read(const char *option, const char *text);

/* Prints the text, which is one line or is made one, and a caret below the place. */
void expression_point(FILE *out, const char *text, const struct fosip_place *place);
/* The column of the octet, from 1. */
size_t expression_column(const char *text, size_t offset);

/* Prints all fields, one a line, as tab-separated values. */
void expression_print_fields(void);

#endif

/* What nodes came to for calls and groups, kept in an evaluation. */
#ifndef FILTER_EVAL_MEMO_H
#define FILTER_EVAL_MEMO_H

#include "filter/eval.h"

bool eval_memo_open(struct filter_eval *eval, size_t nodes);
void eval_memo_close(struct filter_eval *eval);

#endif

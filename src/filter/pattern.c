/* PCRE2, if it is there. */
#include "filter/pattern.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"

#ifdef HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Ordinary patterns on ordinary headers need some hundreds; KiB for the heap. */
enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 2000, HEAP_LIMIT = 1024, LONGEST = 1 << 20 };

static int fail(struct fosip_error *err, int code)
{
    PCRE2_UCHAR text[160];

    if (code == PCRE2_ERROR_HEAP_FAILED)
        return error_set(err, -ENOMEM, "not enough memory");
    pcre2_get_error_message(code, text, sizeof text);
    return error_set(err, -EINVAL, "this is no regular expression: %s", (const char *)text);
}

int pattern_compile(struct pattern **out, struct slice text, size_t *at, struct fosip_error *err)
{
    struct pattern *p = calloc(1, sizeof *p);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    int code = PCRE2_ERROR_HEAP_FAILED;

    *out = p;
    if (!p) {
        pcre2_match_context_free(limits);
        return fail(err, code);
    }
    p->limits = limits;
    p->code = pcre2_compile((PCRE2_SPTR)(text.p ? text.p : ""), text.n,
                            PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C, &code, at, NULL);
    if (!p->code)
        return fail(err, code);
    p->data = pcre2_match_data_create(1, NULL);
    if (!p->data || !limits)
        return fail(err, PCRE2_ERROR_HEAP_FAILED);
    pcre2_set_match_limit(limits, MATCH_LIMIT);
    pcre2_set_depth_limit(limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(limits, HEAP_LIMIT);
    return 0;
}

bool pattern_matches(const struct pattern *p, struct slice text)
{
    return pcre2_match(p->code, (PCRE2_SPTR)(text.p ? text.p : ""),
                       text.n < LONGEST ? text.n : LONGEST, 0, 0, p->data, p->limits) >= 0;
}

void pattern_free(struct pattern *p)
{
    if (!p)
        return;
    pcre2_code_free(p->code);
    pcre2_match_data_free(p->data);
    pcre2_match_context_free(p->limits);
    free(p);
}

#else

int pattern_compile(struct pattern **out, struct slice text, size_t *at, struct fosip_error *err)
{
    (void)text;
    *out = NULL;
    *at = 0;
    return error_set(err, -ENOTSUP,
                     "this build has no regular expressions (PCRE2); 'contains' is there");
}

bool pattern_matches(const struct pattern *p, struct slice text)
{
    (void)p;
    (void)text;
    return false;
}

void pattern_free(struct pattern *p)
{
    free(p);
}

#endif

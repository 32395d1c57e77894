#include "diff/settings.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

static const char *const class_names[VALUE_CLASSES] = {
    [VALUE_ADDRESSES] = "addresses", [VALUE_BRANCHES] = "branches", [VALUE_CALL_IDS] = "call-ids",
    [VALUE_CSEQ] = "cseq",           [VALUE_IDS] = "ids",           [VALUE_LENGTHS] = "lengths",
    [VALUE_NONCES] = "nonces",       [VALUE_PORTS] = "ports",       [VALUE_SSRCS] = "ssrcs",
    [VALUE_TAGS] = "tags",           [VALUE_TIMES] = "times",
};

static const char *const compared_names[COMPARED_COUNT] = {
    [COMPARED_MESSAGES] = "messages",         [COMPARED_HEADERS] = "headers",
    [COMPARED_HEADER_ORDER] = "header-order", [COMPARED_SDP] = "sdp",
    [COMPARED_CALL] = "call",                 [COMPARED_TIMING] = "timing",
    [COMPARED_STREAMS] = "streams",           [COMPARED_FINDINGS] = "findings",
};

/* Each with the units that it may have beside "%". */
static const struct {
    const char *name, *unit;
    struct tolerance usual;
    bool is_percentage; /* "1%" is a difference of 1 in what is a percentage itself */
} tolerance_names[TOLERANCES] = {
    [TOLERANCE_TIME] = {"time", "ms", {100, 0.10}, false},
    [TOLERANCE_LOSS] = {"loss", "%", {0.5, 0}, true},
    [TOLERANCE_JITTER] = {"jitter", "ms", {5, 0}, false},
    [TOLERANCE_DELTA] = {"delta", "ms", {40, 0}, false},
    [TOLERANCE_MOS] = {"mos", "", {0.1, 0}, false},
    [TOLERANCE_PACKETS] = {"packets", "", {25, 0.05}, false},
};

struct settings settings_default(void)
{
    struct settings s = {0};

    for (unsigned i = 0; i < TOLERANCES; i++)
        s.tolerance[i] = tolerance_names[i].usual;
    return s;
}

void settings_free(struct settings *s)
{
    for (size_t i = 0; i < s->names.n; i++)
        free(s->names.v[i]);
    vec_free(&s->names);
}

/* The next word of a list; false after the last. */
static bool next_word(struct slice *list, struct slice *word)
{
    while (list->n) {
        size_t end = slice_find(*list, ',');

        *word = slice_trim(slice_upto(*list, end));
        *list = slice_from(*list, end + 1);
        if (word->n)
            return true;
    }
    return false;
}

static int find_word(const char *const *names, unsigned n, struct slice word)
{
    for (unsigned i = 0; i < n; i++)
        if (names[i] && slice_ieq(word, slice_str(names[i])))
            return (int)i;
    return -1;
}

/* "250ms/10%", "0.5%": what is not said becomes 0. */
static bool read_tolerance(struct slice s, unsigned name, struct tolerance *out)
{
    struct tolerance t = {0, 0};

    while (s.n) {
        size_t end = slice_find(s, '/');
        char text[32], *rest;
        struct slice one = slice_upto(s, end);
        double x;

        if (!one.n || one.n >= sizeof text || one.p[0] < '0' || one.p[0] > '9')
            return false;
        memcpy(text, one.p, one.n);
        text[one.n] = '\0';
        x = strtod(text, &rest);
        if (!isfinite(x) || x < 0)
            return false;
        if (strcmp(rest, "%") == 0 && !tolerance_names[name].is_percentage)
            t.share = x / 100;
        else if (!*rest || strcmp(rest, tolerance_names[name].unit) == 0)
            t.by = x;
        else if (strcmp(rest, "s") == 0 && strcmp(tolerance_names[name].unit, "ms") == 0)
            t.by = x * 1000;
        else
            return false;
        s = slice_from(s, end + 1);
    }
    *out = t;
    return true;
}

int settings_tolerance(struct settings *s, const char *list, struct fosip_error *err)
{
    struct slice rest = slice_str(list), word;

    while (next_word(&rest, &word)) {
        size_t at = slice_find(word, '=');
        struct slice value = slice_from(word, at + 1);
        unsigned i = 0;

        while (i < TOLERANCES &&
               !slice_ieq(slice_upto(word, at), slice_str(tolerance_names[i].name)))
            i++;
        if (i == TOLERANCES)
            return error_set(err, -EINVAL,
                             "tolerance '%.*s': time, loss, jitter, delta, mos or packets was "
                             "expected, as time=250ms",
                             SLICE_ARG(slice_upto(word, 100)));
        if (!value.n || !read_tolerance(value, i, &s->tolerance[i]))
            return error_set(err, -EINVAL,
                             "tolerance '%.*s': a number was expected, as %s=10%s%s",
                             SLICE_ARG(slice_upto(word, 100)), tolerance_names[i].name,
                             tolerance_names[i].unit,
                             tolerance_names[i].is_percentage ? "" : " or 10%");
    }
    return 0;
}

static int add_name(struct settings *s, struct slice word)
{
    char **slot = vec_add(&s->names);

    if (slot)
        *slot = strndup(word.p, word.n);
    return slot && *slot ? 0 : -ENOMEM;
}

int settings_ignore(struct settings *s, const char *list, struct fosip_error *err)
{
    struct slice rest = slice_str(list), word;

    while (next_word(&rest, &word)) {
        int i = find_word(compared_names, COMPARED_COUNT, word);

        if (i >= 0)
            s->ignored[i] = true;
        else if (add_name(s, word) < 0)
            return error_set(err, -ENOMEM, "not enough memory");
    }
    return 0;
}

int settings_compare(struct settings *s, const char *list, struct fosip_error *err)
{
    struct slice rest = slice_str(list), word;

    while (next_word(&rest, &word)) {
        int i = find_word(class_names, VALUE_CLASSES, word);

        for (unsigned all = 1; i < 0 && slice_ieq(word, SLICE("all")) && all < VALUE_CLASSES;
             all++)
            s->compared[all] = true;
        if (i < 0 && !slice_ieq(word, SLICE("all")))
            return error_set(err, -EINVAL,
                             "compare '%.*s': addresses, branches, call-ids, cseq, ids, lengths, "
                             "nonces, ports, ssrcs, tags, times or all was expected",
                             SLICE_ARG(slice_upto(word, 100)));
        if (i >= 0)
            s->compared[i] = true;
    }
    return 0;
}

bool settings_has_header(const struct settings *s, struct slice name)
{
    for (size_t i = 0; i < s->names.n; i++)
        if (slice_ieq(name, slice_str(s->names.v[i])))
            return false;
    return true;
}

bool settings_same(const struct settings *s, enum tolerance_name tolerance, double a, double b)
{
    const struct tolerance *t = &s->tolerance[tolerance];
    double apart = fabs(a - b);

    /* Decimal fractions as they were printed: 0.3 - 0.2 is not above 0.1. */
    return isnan(apart) || apart <= t->by + 1e-9 || apart <= t->share * fmax(fabs(a), fabs(b));
}

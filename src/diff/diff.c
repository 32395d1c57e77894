/* The door: two sides, and the walk over their calls. */
#include "fosip/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "diff/match.h"
#include "diff/print.h"

struct fosip_diff {
    struct settings settings;
    struct pool pool;
    unsigned count; /* sides */
    struct side sides[2];
    char *names[2];
};

struct fosip_diff *fosip_diff_new(void)
{
    struct fosip_diff *d = calloc(1, sizeof *d);

    if (!d)
        return NULL;
    d->settings = settings_default();
    d->pool.seed = hash_seed();
    return d;
}

void fosip_diff_free(struct fosip_diff *d)
{
    if (!d)
        return;
    for (unsigned i = 0; i < 2; i++) {
        side_free(&d->sides[i]);
        free(d->names[i]);
    }
    settings_free(&d->settings);
    pool_free(&d->pool);
    free(d);
}

int fosip_diff_tolerance(struct fosip_diff *d, const char *list, struct fosip_error *err)
{
    return settings_tolerance(&d->settings, list, err);
}

int fosip_diff_ignore(struct fosip_diff *d, const char *list, struct fosip_error *err)
{
    return settings_ignore(&d->settings, list, err);
}

int fosip_diff_compare(struct fosip_diff *d, const char *list, struct fosip_error *err)
{
    return settings_compare(&d->settings, list, err);
}

bool fosip_is_result(const char *path)
{
    char text[64];
    FILE *f = strcmp(path, "-") == 0 ? NULL : fopen(path, "r");
    struct slice s;

    if (!f)
        return false;
    s = slice_trim(slice_make(text, fread(text, 1, sizeof text, f)));
    fclose(f);
    /* An object whose first key follows: no capture begins so. */
    return s.n > 1 && s.p[0] == '{' && slice_istarts(slice_trim(slice_from(s, 1)), SLICE("\""));
}

static struct side *next_side(struct fosip_diff *d, const char *name,
                              const struct fosip_select *select, struct fosip_error *err)
{
    struct side *side = &d->sides[d->count];

    if (d->count == 2) {
        error_set(err, -EINVAL, "%s: there are two sides already", name);
        return NULL;
    }
    d->names[d->count] = strdup(name);
    if (!d->names[d->count]) {
        error_set(err, -ENOMEM, "not enough memory to compare");
        return NULL;
    }
    side->name = d->names[d->count++];
    if (select)
        side->select = *select;
    return side;
}

int fosip_diff_add_analysis(struct fosip_diff *d, const struct fosip_analysis *analysis,
                            const char *name, const struct fosip_select *select,
                            struct fosip_error *err)
{
    struct side *side = next_side(d, name, select, err);

    return side ? side_of_analysis(side, &d->pool, analysis, err) : -EINVAL;
}

int fosip_diff_add_result(struct fosip_diff *d, const char *path,
                          const struct fosip_select *select, struct fosip_error *err)
{
    struct side *side;

    if (select && (select->filter || select->stream || select->ssrc))
        return error_set(err, -EINVAL, "%s: a saved result has no packets that a display filter, "
                         "--stream or --ssrc could choose: compare captures", path);
    side = next_side(d, path, select, err);
    return side ? side_of_file(side, &d->pool, path, err) : -EINVAL;
}

struct walk {
    struct comparison *c;
    struct printer *p;
    struct totals *t;
    uint32_t *match_a, *match_b;
};

static void tell(struct walk *w, int r)
{
    if (r < 0)
        return;
    w->t->differences += w->c->list.n + w->c->left_out;
    print_pair(w->p, w->c);
}

static int walk_a(struct walk *w, uint32_t i)
{
    const struct side_call *a = &w->c->side_a->calls.v[i], *b;
    int r;

    if (w->match_a[i] == ALIGN_NONE) {
        w->t->missing++;
        r = compare_lone(w->c, a, NULL);
    } else {
        b = &w->c->side_b->calls.v[w->match_a[i]];
        w->t->pairs++;
        r = compare_calls(w->c, a, b);
        w->t->differing += w->c->list.n != 0;
    }
    tell(w, r);
    return r;
}

static int learn_hosts(struct walk *w)
{
    struct comparison *c = w->c;

    c->host_count = c->pool->texts.n + 1;
    c->hosts = calloc(c->host_count, sizeof *c->hosts);
    if (!c->hosts)
        return -ENOMEM;
    for (uint32_t i = 0; i < c->side_a->calls.n; i++)
        if (w->match_a[i] != ALIGN_NONE)
            compare_hosts(c, &c->side_a->calls.v[i], &c->side_b->calls.v[w->match_a[i]]);
    return 0;
}

static int walk_all(struct walk *w)
{
    const struct side *a = w->c->side_a, *b = w->c->side_b;
    int r = match_calls(a, w->match_a, b, w->match_b);

    if (r == 0)
        r = learn_hosts(w);
    if (r == 0)
        r = print_begin(w->p);
    for (uint32_t i = 0; r == 0 && i < a->calls.n; i++)
        r = walk_a(w, i);
    for (uint32_t i = 0; r == 0 && i < b->calls.n; i++) {
        if (w->match_b[i] != ALIGN_NONE)
            continue;
        w->t->added++;
        r = compare_lone(w->c, NULL, &b->calls.v[i]);
        tell(w, r);
    }
    if (r == 0) {
        r = compare_rest(w->c);
        tell(w, r);
    }
    if (r == 0)
        print_end(w->p, w->t);
    print_close(w->p);
    return r;
}

int fosip_diff_report(struct fosip_diff *d, const struct fosip_report_options *o, FILE *out,
                      bool *same, struct fosip_error *err)
{
    struct side *a = &d->sides[0], *b = &d->sides[1];
    bool headers = a->analysis && b->analysis;
    struct comparison *c = calloc(1, sizeof *c);
    struct printer p = {.o = o, .out = out, .a = a, .b = b, .headers = headers};
    struct totals totals = {0};
    struct walk w = {.c = c, .p = &p, .t = &totals};
    int r = -ENOMEM;

    w.match_a = malloc((a->calls.n + 1) * sizeof *w.match_a);
    w.match_b = malloc((b->calls.n + 1) * sizeof *w.match_b);
    if (c && w.match_a && w.match_b) {
        c->settings = &d->settings;
        c->pool = &d->pool;
        c->side_a = a;
        c->side_b = b;
        c->headers = headers;
        r = walk_all(&w);
        comparison_free(c);
    }
    free(w.match_a);
    free(w.match_b);
    free(c);
    *same = !totals.differences;
    if (r < 0)
        return error_set(err, r, "not enough memory to compare");
    if (fflush(out) != 0 || ferror(out))
        return error_set(err, -EIO, "writing the differences failed: %s", strerror(errno));
    return 0;
}

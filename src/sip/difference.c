/* Owns the comparison of messages: the longest common subsequence of two lists of
 * slices, headers of one name or lines of the body. */
#include "sip/difference.h"

#include <errno.h>
#include <stdlib.h>

enum {
    MOST_VALUES = 1024,       /* in a list; what is past them is one value */
    MOST_CELLS = 1024 * 1024, /* of the table; larger ones count as different throughout */
};

struct list {
    struct slice v[MOST_VALUES];
    size_t n;
};

struct comparison {
    struct list before, after;
    uint16_t *common; /* table, by place in both lists */
    size_t room;
    struct sip_difference at; /* what is being compared */
    sip_difference_fn *tell;
    void *ctx;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* White space, a folded line's too, counts as one blank (RFC 3261 §7.3.1). */
static bool same(struct slice a, struct slice b)
{
    size_t i = 0, k = 0;

    if (slice_eq(a, b))
        return true;
    while (i < a.n && k < b.n) {
        bool blank = is_blank(a.p[i]);

        if (blank != is_blank(b.p[k]) || (!blank && a.p[i] != b.p[k]))
            return false;
        i++;
        k++;
        while (blank && i < a.n && is_blank(a.p[i]))
            i++;
        while (blank && k < b.n && is_blank(b.p[k]))
            k++;
    }
    return i == a.n && k == b.n;
}

static void add(struct list *list, struct slice value)
{
    if (list->n < MOST_VALUES)
        list->v[list->n++] = value;
    else
        list->v[MOST_VALUES - 1].n =
            (size_t)(value.p + value.n - list->v[MOST_VALUES - 1].p);
}

static void say(struct comparison *c, struct slice before, struct slice after)
{
    c->at.before = before;
    c->at.after = after;
    c->tell(c->ctx, &c->at);
}

/* A body's lines stand under the media that an m= line begins. */
static void note_section(struct comparison *c, struct slice line)
{
    if (c->at.part == DIFFERENCE_BODY && line.n > 2 && line.p[0] == 'm' && line.p[1] == '=')
        c->at.section = line;
}

/* Whose elements are added and taken away one by one. */
static bool is_split(enum sip_header_id id)
{
    return id == SIP_H_VIA || id == SIP_H_ROUTE || id == SIP_H_RECORD_ROUTE;
}

/* Between two common values: what was changed, pair by pair, then what is gone or
 * new.  Elements on a way come and go at its top. */
static void tell_segment(struct comparison *c, size_t a, size_t a_end, size_t b, size_t b_end)
{
    bool from_top = is_split(c->at.id);

    while (from_top && a_end - a > b_end - b)
        say(c, c->before.v[a++], SLICE_EMPTY);
    while (from_top && b_end - b > a_end - a)
        say(c, SLICE_EMPTY, c->after.v[b++]);
    while (c->at.part != DIFFERENCE_BODY && a < a_end && b < b_end)
        say(c, c->before.v[a++], c->after.v[b++]);
    for (; a < a_end; a++) {
        note_section(c, c->before.v[a]);
        say(c, c->before.v[a], SLICE_EMPTY);
    }
    for (; b < b_end; b++) {
        note_section(c, c->after.v[b]);
        say(c, SLICE_EMPTY, c->after.v[b]);
    }
}

static bool make_room(struct comparison *c, size_t cells)
{
    uint16_t *grown;

    if (cells <= c->room)
        return true;
    grown = realloc(c->common, cells * sizeof *c->common);
    if (!grown)
        return false;
    c->common = grown;
    c->room = cells;
    return true;
}

/* common[i * (m + 1) + k]: how many the lists have in common from i and k on. */
static void fill(struct comparison *c, size_t from, size_t n, size_t m)
{
    for (size_t i = n + 1; i-- > 0;)
        for (size_t k = m + 1; k-- > 0;) {
            uint16_t *cell = &c->common[i * (m + 1) + k];

            if (i == n || k == m)
                *cell = 0;
            else if (same(c->before.v[from + i], c->after.v[from + k]))
                *cell = (uint16_t)(cell[m + 2] + 1);
            else
                *cell = cell[1] > cell[m + 1] ? cell[1] : cell[m + 1];
        }
}

static void walk(struct comparison *c, size_t from, size_t n, size_t m)
{
    size_t i = 0, k = 0, a = from, b = from;

    while (i < n && k < m) {
        const uint16_t *cell = &c->common[i * (m + 1) + k];

        if (same(c->before.v[from + i], c->after.v[from + k])) {
            tell_segment(c, a, from + i, b, from + k);
            note_section(c, c->before.v[from + i]);
            a = from + ++i;
            b = from + ++k;
        } else if (cell[m + 1] >= cell[1]) {
            i++;
        } else {
            k++;
        }
    }
    tell_segment(c, a, from + n, b, from + m);
}

static int compare_lists(struct comparison *c)
{
    size_t n = c->before.n, m = c->after.n, from = 0;

    while (from < n && from < m && same(c->before.v[from], c->after.v[from])) {
        note_section(c, c->before.v[from]);
        from++;
    }
    while (n > from && m > from && same(c->before.v[n - 1], c->after.v[m - 1])) {
        n--;
        m--;
    }
    n -= from;
    m -= from;
    if ((n + 1) * (m + 1) > MOST_CELLS) {
        tell_segment(c, from, from + n, from, from + m);
        return 0;
    }
    if (!make_room(c, (n + 1) * (m + 1)))
        return -ENOMEM;
    fill(c, from, n, m);
    walk(c, from, n, m);
    return 0;
}

/* ---- headers -------------------------------------------------------------------- */

static bool same_name(const struct sip_header *a, const struct sip_header *b)
{
    return a->id == b->id && (a->id != SIP_H_OTHER || slice_ieq(a->name, b->name));
}

static void gather(struct list *list, const struct sip_msg *msg, const struct sip_header *like)
{
    list->n = 0;
    for (size_t i = 0; i < msg->header_count; i++) {
        const struct sip_header *h = &msg->headers[i];
        struct slice rest = h->value, element;

        if (!same_name(h, like))
            continue;
        if (!is_split(h->id))
            add(list, h->value);
        while (is_split(h->id) && sip_list_next(&rest, &element))
            add(list, element);
    }
}

static bool has_before(const struct sip_msg *msg, size_t end, const struct sip_header *like)
{
    for (size_t i = 0; i < end; i++)
        if (same_name(&msg->headers[i], like))
            return true;
    return false;
}

static int compare_header(struct comparison *c, const struct sip_msg *a, const struct sip_msg *b,
                          const struct sip_header *like)
{
    gather(&c->before, a, like);
    gather(&c->after, b, like);
    c->at = (struct sip_difference){
        .part = DIFFERENCE_HEADER, .id = like->id, .name = like->name};
    return compare_lists(c);
}

static int compare_headers(struct comparison *c, const struct sip_msg *a,
                           const struct sip_msg *b)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < a->header_count; i++)
        if (!has_before(a, i, &a->headers[i]))
            r = compare_header(c, a, b, &a->headers[i]);
    for (size_t i = 0; r == 0 && i < b->header_count; i++)
        if (!has_before(b, i, &b->headers[i]) &&
            !has_before(a, a->header_count, &b->headers[i]))
            r = compare_header(c, a, b, &b->headers[i]);
    return r;
}

/* ---- start line and body --------------------------------------------------------- */

static struct slice take_line(struct slice *rest)
{
    struct slice line = slice_upto(*rest, slice_find(*rest, '\n'));

    *rest = slice_from(*rest, line.n + 1);
    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

static void lines_of(struct list *list, struct slice body)
{
    list->n = 0;
    while (body.n)
        add(list, take_line(&body));
}

static void compare_start(struct comparison *c, const struct sip_msg *a, const struct sip_msg *b)
{
    struct slice x = a->text, y = b->text;

    x = take_line(&x);
    y = take_line(&y);
    c->at = (struct sip_difference){.part = DIFFERENCE_START_LINE};
    if (!same(x, y))
        say(c, x, y);
}

int sip_compare(const struct sip_msg *a, const struct sip_msg *b, sip_difference_fn *tell,
                void *ctx)
{
    struct comparison *c = calloc(1, sizeof *c);
    int r;

    if (!c)
        return -ENOMEM;
    c->tell = tell;
    c->ctx = ctx;
    compare_start(c, a, b);
    r = compare_headers(c, a, b);
    if (r == 0) {
        lines_of(&c->before, a->body);
        lines_of(&c->after, b->body);
        c->at = (struct sip_difference){.part = DIFFERENCE_BODY};
        r = compare_lists(c);
    }
    free(c->common);
    free(c);
    return r;
}

/* Owns the templates of file names.  What stands in a call is the sender's choice:
 * of it, only what is harmless in a file name gets there. */
#include "extract/name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/time.h"

enum { LONGEST = 80 }; /* octets of one value */

static const char *const places[] = {"id", "call-id", "from", "to", "time"};
enum place { PLACE_ID, PLACE_CALL_ID, PLACE_FROM, PLACE_TO, PLACE_TIME, PLACES };

/* The place-holder that the text begins with: its length with braces, 0: none. */
static size_t place_at(const char *text, enum place *place)
{
    const char *end = *text == '{' ? strchr(text, '}') : NULL;

    for (unsigned i = 0; end && i < PLACES; i++)
        if (slice_eq(slice_span(text + 1, end), slice_str(places[i]))) {
            *place = (enum place)i;
            return (size_t)(end - text) + 1;
        }
    return 0;
}

bool name_has_place(const char *template)
{
    enum place place;

    for (; *template; template++)
        if (place_at(template, &place))
            return true;
    return false;
}

const char *name_problem(const char *template)
{
    enum place place;

    for (; *template; template++)
        if (*template == '{' && !place_at(template, &place))
            return template;
    return NULL;
}

static bool is_harmless(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_' || c == '+' || c == '@' || c == '.';
}

/* No name begins with a dot, and none is empty. */
static void put_harmless(FILE *out, struct slice value)
{
    for (size_t i = 0; i < value.n && i < LONGEST; i++)
        fputc(is_harmless(value.p[i]) && !(i == 0 && value.p[i] == '.') ? value.p[i] : '_', out);
    if (!value.n)
        fputc('_', out);
}

static void put_time(FILE *out, int64_t time)
{
    time_t seconds = (time_t)(time / TIME_SECOND);
    struct tm tm;
    char text[32];

    if (!time_has_date(time) || !gmtime_r(&seconds, &tm)) {
        fputc('_', out);
        return;
    }
    strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &tm);
    fputs(text, out);
}

static struct slice user_of(const struct party *p)
{
    return p->user.n ? p->user : p->host;
}

static void put_place(FILE *out, enum place place, const struct call *call, uint32_t number)
{
    switch (place) {
    case PLACE_ID:
        fprintf(out, "%u", number + 1);
        return;
    case PLACE_CALL_ID:
        put_harmless(out, call->call_id);
        return;
    case PLACE_FROM:
        put_harmless(out, user_of(&call->from));
        return;
    case PLACE_TO:
        put_harmless(out, user_of(&call->to));
        return;
    case PLACE_TIME:
        put_time(out, call->start);
        return;
    case PLACES:
        return;
    }
}

/* Where the ending begins, the end where there is none. */
static const char *ending_of(const char *template)
{
    const char *slash = strrchr(template, '/'), *dot = strrchr(template, '.');

    return dot && dot > (slash ? slash + 1 : template) ? dot : template + strlen(template);
}

char *name_of_call(const char *template, const struct fosip_analysis *analysis, uint32_t number,
                   bool numbered)
{
    const struct call *call = call_at(analysis->calls, number);
    const char *ending = numbered ? ending_of(template) : NULL;
    char *name = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&name, &size);

    if (!out)
        return NULL;
    for (const char *at = template;;) {
        enum place place;
        size_t n = place_at(at, &place);

        if (ending && at == ending)
            fprintf(out, "-%u", number + 1);
        if (!*at)
            break;
        if (n)
            put_place(out, place, call, number);
        else
            fputc(*at, out);
        at += n ? n : 1;
    }
    if (fclose(out) == 0)
        return name;
    free(name);
    return NULL;
}

static int by_text(const void *pa, const void *pb, void *ctx)
{
    const char *const *names = ctx;
    const uint32_t *a = pa, *b = pb;
    int order = strcmp(names[*a], names[*b]);

    return order ? order : *a < *b ? -1 : 1;
}

/* Names the call anew, with its number. */
static int number_call(const char **name, const char *template,
                       const struct fosip_analysis *analysis, uint32_t call)
{
    char *numbered = name_of_call(template, analysis, call, true);

    if (!numbered)
        return -ENOMEM;
    free((char *)*name);
    *name = numbered;
    return 0;
}

static int number_twins(const char **names, const char *template,
                        const struct fosip_analysis *analysis, const uint32_t *calls, size_t n)
{
    uint32_t *order = malloc((n + 1) * sizeof *order);
    int r = order ? 0 : -ENOMEM;

    for (uint32_t i = 0; r == 0 && i < n; i++)
        order[i] = i;
    if (r == 0)
        qsort_r(order, n, sizeof *order, by_text, names);
    for (size_t i = 0, end; r == 0 && i < n; i = end) {
        for (end = i + 1; end < n && strcmp(names[order[i]], names[order[end]]) == 0;)
            end++;
        for (size_t k = i; r == 0 && end - i > 1 && k < end; k++)
            r = number_call(&names[order[k]], template, analysis, calls[order[k]]);
    }
    free(order);
    return r;
}

int name_calls(const char **names, const char *template, const struct fosip_analysis *analysis,
               const uint32_t *calls, size_t n, struct fosip_error *err)
{
    const char *problem = name_problem(template);
    bool numbered = !name_has_place(template);
    int r = 0;

    if (problem)
        return error_set(err, -EINVAL,
                         "%s: '%.20s' is none of {id}, {call-id}, {from}, {to} and {time}",
                         template, problem);
    for (size_t i = 0; r == 0 && i < n; i++) {
        names[i] = name_of_call(template, analysis, calls[i], numbered);
        r = names[i] ? 0 : -ENOMEM;
    }
    if (r == 0 && !numbered)
        r = number_twins(names, template, analysis, calls, n);
    return r < 0 ? error_set(err, r, "not enough memory") : 0;
}

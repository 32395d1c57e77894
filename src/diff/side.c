/* Owns where a side comes from: an analysis, or a file. */
#include "diff/side.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "diff/side_read.h"
#include "report/json.h"

enum {
    LARGEST_FILE = 256 * 1024 * 1024, /* a document is in memory as a whole */
    DEEPEST = 32,
};

/* The legs of a group in the order of the calls: how many came before each. */
static int count_legs(struct side *side)
{
    uint32_t most = 0, *seen;

    for (size_t i = 0; i < side->calls.n; i++)
        if (side->calls.v[i].group > most)
            most = side->calls.v[i].group;
    /* A group has the number of its first call, unless the file lies. */
    if (most > side->calls.n * 2 + 1024)
        most = 0;
    seen = calloc((size_t)most + 1, sizeof *seen);
    if (!seen)
        return -ENOMEM;
    for (size_t i = 0; i < side->calls.n; i++) {
        uint32_t group = side->calls.v[i].group;

        side->calls.v[i].leg = group && group <= most ? seen[group]++ : 0;
    }
    free(seen);
    return 0;
}

static int finish(struct reader *r)
{
    if (!r->failed && (r->pool->failed || count_legs(r->side) < 0))
        r->failed = -ENOMEM;
    if (r->failed == -ENOMEM)
        return error_set(r->err, -ENOMEM, "%s: not enough memory to compare it", r->file);
    side_sort(r->side);
    return r->failed;
}

typedef void writer(struct json *j, const struct fosip_analysis *a, uint32_t number);

static void write_call(struct json *j, const struct fosip_analysis *a, uint32_t number)
{
    json_call(j, a, number, NULL);
}

static void write_finding(struct json *j, const struct fosip_analysis *a, uint32_t number)
{
    json_finding(j, a, &a->findings.v[number]);
}

/* One thing as it would stand in a saved result, which is the other way to get
 * here. */
static void read_written(struct reader *r, const struct fosip_analysis *a, uint32_t number,
                         writer *write, void (*read)(struct reader *r, struct json_object *o))
{
    char *text = NULL;
    size_t n = 0;
    FILE *file = open_memstream(&text, &n);
    struct json *j = file ? json_new(file) : NULL;
    struct json_object *o;

    if (j) {
        json_open(j, NULL);
        write(j, a, number);
        json_close(j);
        json_free(j);
    }
    if (file)
        fclose(file);
    o = j && text ? json_tokener_parse(text) : NULL;
    if (o)
        read(r, o);
    else
        r->failed = -ENOMEM;
    json_object_put(o);
    free(text);
}

int side_of_analysis(struct side *side, struct pool *pool, const struct fosip_analysis *a,
                     struct fosip_error *err)
{
    struct reader r = {.side = side, .pool = pool, .file = side->name, .err = err};

    side->analysis = a;
    side->has_streams = side->has_findings = true;
    if (report_choose(a, &side->select, true) < 0)
        r.failed = -ENOMEM;
    for (uint32_t i = 0; i < call_count(a->calls) && !r.failed; i++)
        if (report_selects(a, i, &side->select))
            read_written(&r, a, i, write_call, side_read_call);
    for (uint32_t i = 0; i < stream_count(a->streams) && !r.failed; i++)
        if (report_selects_stream(a, i, &side->select))
            read_written(&r, a, i, json_stream, side_read_stream);
    for (uint32_t i = 0; i < a->findings.n && !r.failed; i++)
        if (report_selects_finding(a, &a->findings.v[i], &side->select))
            read_written(&r, a, i, write_finding, side_read_finding);
    return finish(&r);
}

int side_of_document(struct side *side, struct pool *pool, struct json_object *document,
                     const char *file, struct fosip_error *err)
{
    struct reader r = {.side = side, .pool = pool, .file = file, .err = err};
    struct json_object *schema = NULL;

    if (!json_object_is_type(document, json_type_object))
        return error_set(err, -EINVAL, "%s: a JSON object was expected", file);
    json_object_object_get_ex(document, "schema", &schema);
    if (!json_object_is_type(schema, json_type_string) ||
        strcmp(json_object_get_string(schema), "fosip/1") != 0)
        return error_set(err, -EINVAL,
                         "%s: schema: \"fosip/1\" was expected, as fosip -T json writes it", file);
    if (!reader_each(&r, document, "calls", side_read_call))
        reader_refuse(&r, "calls", "a list");
    side->has_streams = reader_each(&r, document, "streams", side_read_stream);
    side->has_findings = reader_each(&r, document, "findings", side_read_finding);
    return finish(&r);
}

static int parse(struct json_object **out, const char *text, size_t n, const char *path,
                 struct fosip_error *err)
{
    struct json_tokener *tokener = json_tokener_new_ex(DEEPEST);
    struct json_object *o = tokener ? json_tokener_parse_ex(tokener, text, (int)n) : NULL;
    enum json_tokener_error e = tokener ? json_tokener_get_error(tokener) : json_tokener_success;
    size_t at = tokener ? json_tokener_get_parse_end(tokener) : 0;
    int r = 0;

    while (e == json_tokener_success && at < n && strchr(" \t\r\n", text[at]) && text[at])
        at++;
    if (!tokener)
        r = error_set(err, -ENOMEM, "%s: not enough memory to read it", path);
    else if (e == json_tokener_continue)
        r = error_set(err, -EINVAL, "%s: offset %zu: the JSON object is cut short", path, n);
    else if (e != json_tokener_success)
        r = error_set(err, -EINVAL, "%s: offset %zu: no valid JSON: %s", path, at,
                      json_tokener_error_desc(e));
    else if (at < n)
        r = error_set(err, -EINVAL, "%s: offset %zu: something follows the JSON object", path, at);
    if (tokener)
        json_tokener_free(tokener);
    if (r < 0) {
        json_object_put(o);
        o = NULL;
    }
    *out = o;
    return r;
}

/* The whole file, in memory that the caller frees. */
static int load(char **out, size_t *n, const char *path, struct fosip_error *err)
{
    FILE *f = fopen(path, "r");
    struct stat st;
    int r = 0;

    *out = NULL;
    if (!f || fstat(fileno(f), &st) < 0) {
        r = error_set(err, -errno, "%s: cannot be read: %s", path, strerror(errno));
    } else if (st.st_size > LARGEST_FILE) {
        r = error_set(err, -EFBIG,
                      "%s: has more than %d MiB: compare the captures themselves, or choose calls",
                      path, LARGEST_FILE / 1024 / 1024);
    } else {
        *n = (size_t)st.st_size;
        *out = malloc(*n + 1);
        if (!*out)
            r = error_set(err, -ENOMEM, "%s: not enough memory to read it", path);
        else if (fread(*out, 1, *n, f) != *n)
            r = error_set(err, -EIO, "%s: reading failed", path);
    }
    if (f)
        fclose(f);
    return r;
}

int side_of_file(struct side *side, struct pool *pool, const char *path, struct fosip_error *err)
{
    struct json_object *document = NULL;
    char *text;
    size_t n = 0;
    int r = load(&text, &n, path, err);

    if (r == 0)
        r = parse(&document, text, n, path, err);
    free(text);
    if (r == 0)
        r = side_of_document(side, pool, document, path, err);
    json_object_put(document);
    return r;
}

void side_free(struct side *side)
{
    vec_free(&side->calls);
    vec_free(&side->messages);
    vec_free(&side->media);
    vec_free(&side->streams);
    vec_free(&side->findings);
}

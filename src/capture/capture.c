/* Owns the files of a run: opens them, merges them by time, counts frames. */
#include "capture/capture.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/time.h"
#include "capture/filter.h"
#include "capture/reader.h"

struct input {
    struct reader reader;
    char *path;
    struct packet head; /* the packet that waits, when several files are merged */
    uint32_t number; /* among all files */
    bool open, usable;
    int64_t time; /* of the packet read last whose time is known */
    uint64_t backwards, first_backwards; /* see struct capture_file */
    int64_t furthest_back;
};

struct capture {
    VEC(struct input *) inputs;
    size_t usable; /* files that could be opened */
    struct filter *filter;
    struct input *only; /* the one usable file: no merging */
    VEC(uint32_t) heap; /* inputs with a waiting packet, earliest first */
    uint64_t frame;
};

static void input_free(struct input *in)
{
    if (in->open)
        source_close(&in->reader.source);
    reader_free(&in->reader);
    free(in->path);
    free(in);
}

static int add_path(struct capture *c, const char *path)
{
    struct input *in = calloc(1, sizeof *in);
    struct input **slot;

    if (!in)
        return -ENOMEM;
    in->path = strdup(path);
    slot = in->path ? vec_add(&c->inputs) : NULL;
    if (!slot) {
        input_free(in);
        return -ENOMEM;
    }
    in->reader.path = in->path;
    in->number = (uint32_t)(c->inputs.n - 1);
    *slot = in;
    return 0;
}

static int only_files(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Whether the file can be read: a log where `logs`, else anything but a log. */
static bool is_capture(const char *path, bool logs)
{
    struct reader probe = {.path = path};
    bool good = false;

    if (source_open(&probe.source, path, NULL) == 0) {
        good = reader_start(&probe) == 0 && logs == (probe.text != NULL);
        source_close(&probe.source);
    }
    reader_free(&probe);
    return good;
}

/* A directory without captures stands in the list with what is wrong. */
static int add_empty(struct capture *c, const char *path)
{
    int r = add_path(c, path);

    if (r == 0)
        reader_damage(&c->inputs.v[c->inputs.n - 1]->reader, "the directory holds no capture");
    return r;
}

static int add_entries(struct capture *c, const char *path, struct dirent **entries, int n,
                       bool logs)
{
    int r = 0;

    for (int i = 0; i < n && r == 0; i++) {
        char *name;
        struct stat st;

        if (asprintf(&name, "%s/%s", path, entries[i]->d_name) < 0)
            return -ENOMEM;
        if (stat(name, &st) == 0 && S_ISREG(st.st_mode) && is_capture(name, logs))
            r = add_path(c, name);
        free(name);
    }
    return r;
}

/* Notes that lie beside captures are not taken for logs. */
static int add_directory(struct capture *c, const char *path, struct fosip_error *err)
{
    struct dirent **entries;
    int n = scandir(path, &entries, only_files, alphasort), r;
    size_t before = c->inputs.n;

    if (n < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    r = add_entries(c, path, entries, n, false);
    if (r == 0 && c->inputs.n == before)
        r = add_entries(c, path, entries, n, true);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    if (r == 0 && c->inputs.n == before)
        return add_empty(c, path);
    return r;
}

static int add_any(struct capture *c, const char *path, struct fosip_error *err)
{
    struct stat st;

    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return add_directory(c, path, err);
    return add_path(c, path);
}

static void open_input(struct input *in)
{
    struct fosip_error err;

    if (in->reader.problem)
        return;
    if (source_open(&in->reader.source, in->path, &err) < 0) {
        in->reader.problem = strdup(err.text);
        in->reader.damaged = true;
        return;
    }
    in->open = true;
    in->usable = reader_start(&in->reader) == 0;
}

static void note_backwards(struct input *in, int64_t step)
{
    if (!in->backwards++)
        in->first_backwards = in->reader.packets;
    if (step > in->furthest_back)
        in->furthest_back = step;
}

/* The next packet of one file. */
static bool read_one(struct input *in, struct packet *packet)
{
    if (!in->reader.next(&in->reader, packet))
        return false;
    in->reader.packets++;
    in->reader.bytes += packet->caplen;
    if (packet->time < in->time && time_between(packet->time, in->time) > 0)
        note_backwards(in, in->time - packet->time);
    if (time_is_known(packet->time))
        in->time = packet->time;
    packet->stable = in->reader.source.stable;
    packet->file = in->number;
    return true;
}

static bool earlier(const struct capture *c, uint32_t a, uint32_t b)
{
    int64_t ta = c->inputs.v[a]->time, tb = c->inputs.v[b]->time;

    return ta != tb ? ta < tb : a < b;
}

static void sift_down(struct capture *c, size_t at)
{
    uint32_t *heap = c->heap.v;

    for (;;) {
        size_t child = 2 * at + 1;
        uint32_t swap;

        if (child >= c->heap.n)
            return;
        if (child + 1 < c->heap.n && earlier(c, heap[child + 1], heap[child]))
            child++;
        if (!earlier(c, heap[child], heap[at]))
            return;
        swap = heap[at];
        heap[at] = heap[child];
        heap[child] = swap;
        at = child;
    }
}

static int start_merge(struct capture *c)
{
    for (size_t i = 0; i < c->inputs.n; i++) {
        struct input *in = c->inputs.v[i];
        uint32_t *slot;

        if (!in->usable || !read_one(in, &in->head))
            continue;
        slot = vec_add(&c->heap);
        if (!slot)
            return -ENOMEM;
        *slot = (uint32_t)i;
    }
    for (size_t i = c->heap.n / 2; i-- > 0;)
        sift_down(c, i);
    return 0;
}

/* The input whose packet was given out last gets its next one before the heap
 * is asked again: a view of an unmapped file lives until then. */
static void refill(struct capture *c)
{
    struct input *in = c->inputs.v[c->heap.v[0]];

    if (!read_one(in, &in->head))
        c->heap.v[0] = c->heap.v[--c->heap.n];
    sift_down(c, 0);
}

static bool merged(struct capture *c, struct packet *packet)
{
    if (c->frame && c->heap.n)
        refill(c);
    if (!c->heap.n)
        return false;
    *packet = c->inputs.v[c->heap.v[0]]->head;
    return true;
}

bool capture_next(struct capture *c, struct packet *packet)
{
    bool got;

    do {
        got = c->only ? read_one(c->only, packet) : merged(c, packet);
        if (!got)
            return false;
        packet->frame = ++c->frame;
    } while (c->filter && !filter_passes(c->filter, packet));
    return true;
}

static int open_all(struct capture *c)
{
    for (size_t i = 0; i < c->inputs.n; i++) {
        open_input(c->inputs.v[i]);
        if (!c->inputs.v[i]->usable)
            continue;
        c->usable++;
        c->only = c->inputs.v[i];
    }
    if (c->usable == 1)
        return 0;
    c->only = NULL;
    return start_merge(c);
}

int capture_open(struct capture **out, const struct capture_options *options,
                 const char *const *paths, size_t count, struct fosip_error *err)
{
    struct capture *c = calloc(1, sizeof *c);
    int r = 0;

    if (!c)
        return error_set(err, -ENOMEM, "not enough memory");
    if (options && options->filter)
        r = filter_new(&c->filter, options->filter, err);
    for (size_t i = 0; i < count && r == 0; i++)
        r = add_any(c, paths[i], err);
    for (size_t i = 0; options && i < c->inputs.n; i++) {
        c->inputs.v[i]->reader.secrets = options->secrets;
        c->inputs.v[i]->reader.secrets_ctx = options->secrets_ctx;
    }
    if (r == 0)
        r = open_all(c);
    if (r < 0) {
        capture_close(c);
        return r;
    }
    *out = c;
    return 0;
}

size_t capture_readable(const struct capture *c)
{
    return c->usable;
}

size_t capture_file_count(const struct capture *c)
{
    return c->inputs.n;
}

struct capture_file capture_file(const struct capture *c, size_t i)
{
    const struct input *in = c->inputs.v[i];
    const struct reader *r = &in->reader;

    return (struct capture_file){
        .path = in->path,
        .format = r->format ? r->format : "unknown",
        .links = r->links,
        .link_count = r->link_count,
        .packets = r->packets,
        .bytes = r->bytes,
        .dropped = -1,
        .problem = r->problem,
        .damaged = r->damaged,
        .backwards = in->backwards,
        .first_backwards = in->first_backwards,
        .furthest_back = in->furthest_back,
    };
}

bool capture_stable(const struct capture *c)
{
    for (size_t i = 0; i < c->inputs.n; i++)
        if (c->inputs.v[i]->usable && !c->inputs.v[i]->reader.source.stable)
            return false;
    return true;
}

void capture_progress(const struct capture *c, uint64_t *done, uint64_t *total)
{
    bool known = true;

    *done = *total = 0;
    for (size_t i = 0; i < c->inputs.n; i++) {
        const struct input *in = c->inputs.v[i];

        if (!in->usable)
            continue;
        *done += source_offset(&in->reader.source);
        *total += in->reader.source.size;
        known = known && in->reader.source.size;
    }
    if (!known)
        *total = 0;
}

void capture_close(struct capture *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->inputs.n; i++)
        input_free(c->inputs.v[i]);
    vec_free(&c->inputs);
    vec_free(&c->heap);
    filter_free(c->filter);
    free(c);
}

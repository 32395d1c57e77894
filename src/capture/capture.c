/* Owns the files of a run: opens them, merges them by time, counts frames. */
#include "capture/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/pages.h"
#include "capture/directory.h"
#include "capture/filter.h"
#include "capture/input.h"

enum { MOST_AHEAD = 2 }; /* of the files that are read at once */

struct capture {
    VEC(struct input *) inputs;
    struct capture_options options;
    size_t usable; /* files that could be opened */
    struct filter *filter;
    struct input *only;    /* the one file: no merging */
    VEC(uint32_t) heap;    /* inputs with a waiting packet, earliest first */
    VEC(uint32_t) reading; /* those that have begun and not ended */
    uint64_t done, total;  /* octets of the files that have ended, and of all */
    bool endless;          /* the size of one is not known */
    uint64_t frame;
};

/* Opens the file and adds it, unless it is the wrong thing in a directory. */
static int add_file(struct capture *c, const char *path, bool in_directory)
{
    struct input *in = input_new(path, &c->options), **slot;

    if (!in)
        return -ENOMEM;
    input_open(in);
    if (in_directory && in->foreign) {
        input_free(in);
        return 0;
    }
    slot = vec_add(&c->inputs);
    if (!slot) {
        input_free(in);
        return -ENOMEM;
    }
    *slot = in;
    return 0;
}

/* To be merged, a file must show when it begins. */
static int add_to_merge(struct capture *c, const char *path, bool in_directory)
{
    size_t before = c->inputs.n;
    int r = add_file(c, path, in_directory);
    struct input *in = c->inputs.n > before ? c->inputs.v[before] : NULL;

    if (in && in->usable)
        in->waiting = input_peek(in);
    return r;
}

static int add_found(void *ctx, const char *path)
{
    return add_to_merge(ctx, path, true);
}

static int by_first_packet(const void *a, const void *b)
{
    const struct input *x = *(struct input *const *)a, *y = *(struct input *const *)b;

    if (x->waiting != y->waiting)
        return x->waiting ? -1 : 1;
    if (x->waiting && x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return strcmp(x->path, y->path);
}

/* A directory without captures stands in the list with what is wrong. */
static int add_empty(struct capture *c, const char *path)
{
    struct input *in = input_new(path, &c->options), **slot = in ? vec_add(&c->inputs) : NULL;

    if (!slot) {
        if (in)
            input_free(in);
        return -ENOMEM;
    }
    reader_damage(&in->reader, "the directory holds no capture");
    *slot = in;
    return 0;
}

/* Notes that lie beside captures are not taken for logs. */
static void leave_out_logs(struct capture *c, size_t before)
{
    size_t logs = 0, captures = 0, kept = before;

    for (size_t i = before; i < c->inputs.n; i++) {
        logs += c->inputs.v[i]->log;
        captures += c->inputs.v[i]->usable && !c->inputs.v[i]->log;
    }
    if (!logs || !captures)
        return;
    for (size_t i = before; i < c->inputs.n; i++) {
        if (c->inputs.v[i]->log)
            input_free(c->inputs.v[i]);
        else
            c->inputs.v[kept++] = c->inputs.v[i];
    }
    c->inputs.n = kept;
}

/* Names of rotated files start over: what tells their order is their time. */
static int add_directory(struct capture *c, const char *path, struct fosip_error *err)
{
    size_t before = c->inputs.n;
    int r = directory_walk(path, add_found, c, err);

    leave_out_logs(c, before);
    if (r == 0 && c->inputs.n == before)
        return add_empty(c, path);
    if (r == 0)
        qsort(c->inputs.v + before, c->inputs.n - before, sizeof c->inputs.v[0], by_first_packet);
    return r;
}

static int add_any(struct capture *c, const char *path, bool alone, struct fosip_error *err)
{
    struct stat st;

    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return add_directory(c, path, err);
    if (!alone)
        return add_to_merge(c, path, false);
    if (add_file(c, path, false) < 0)
        return -ENOMEM;
    c->only = c->inputs.v[0];
    return 0;
}

static bool earlier(const struct capture *c, uint32_t a, uint32_t b)
{
    int64_t ta = c->inputs.v[a]->reader.last_time, tb = c->inputs.v[b]->reader.last_time;

    if (ta != tb)
        return ta < tb;
    /* A file that ends when another begins goes before it. */
    return c->inputs.v[a]->first != c->inputs.v[b]->first
               ? c->inputs.v[a]->first < c->inputs.v[b]->first
               : a < b;
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
        uint32_t *slot;

        if (!c->inputs.v[i]->waiting)
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

static void note_begin(struct capture *c, uint32_t number)
{
    uint32_t *slot = vec_add(&c->reading);

    if (slot) /* else the progress bar lags behind */
        *slot = number;
    c->inputs.v[number]->begun = true;
    if (c->options.ahead && c->reading.n <= MOST_AHEAD)
        source_ahead(&c->inputs.v[number]->reader.source);
}

static void note_end(struct capture *c, uint32_t number)
{
    for (size_t i = 0; i < c->reading.n; i++)
        if (c->reading.v[i] == number) {
            c->reading.v[i] = c->reading.v[--c->reading.n];
            break;
        }
    c->done += c->inputs.v[number]->size;
}

/* The earliest input goes on to its next packet, or leaves the heap. */
static void settle(struct capture *c, bool goes_on)
{
    if (!goes_on) {
        note_end(c, c->heap.v[0]);
        c->heap.v[0] = c->heap.v[--c->heap.n];
    }
    sift_down(c, 0);
}

/* The input whose packet was given out last gets its next one before the heap
 * is asked again: a view of an unmapped file lives until then.  One that rests
 * begins when it has come to the top. */
static bool merged(struct capture *c, struct packet *packet)
{
    struct input *in;

    if (c->frame && c->heap.n) {
        in = c->inputs.v[c->heap.v[0]];
        settle(c, input_next(in, &in->head));
    }
    while (c->heap.n) {
        in = c->inputs.v[c->heap.v[0]];
        if (!in->begun)
            note_begin(c, c->heap.v[0]);
        if (!in->resting) {
            *packet = in->head;
            return true;
        }
        settle(c, input_wake(in));
    }
    return false;
}

static bool next_of_only(struct capture *c, struct packet *packet)
{
    struct input *in = c->only;

    if (!in->waiting)
        return false;
    in->waiting = input_next(in, packet);
    if (!in->waiting)
        note_end(c, 0);
    return in->waiting;
}

bool capture_next(struct capture *c, struct packet *packet)
{
    bool got;

    do {
        got = c->only ? next_of_only(c, packet) : merged(c, packet);
        if (!got)
            return false;
        packet->frame = ++c->frame;
    } while (c->filter && !filter_passes(c->filter, packet));
    return true;
}

static bool next_record(struct capture *c, struct capture_run *run)
{
    struct packet packet;

    if (!capture_next(c, &packet))
        return false;
    input_record(&packet, run);
    run->frame = packet.frame;
    return true;
}

bool capture_some(struct capture *c, struct capture_run *run)
{
    struct input *in = c->only;

    if (!in || c->filter || !in->waiting)
        return next_record(c, run);
    in->waiting = input_some(in, run);
    if (!in->waiting) {
        note_end(c, 0);
        return false;
    }
    run->frame = c->frame + 1;
    c->frame += run->n;
    return true;
}

static int start(struct capture *c)
{
    for (size_t i = 0; i < c->inputs.n; i++) {
        struct input *in = c->inputs.v[i];

        in->number = (uint32_t)i;
        in->head.file = in->number;
        if (!in->usable)
            continue;
        c->usable++;
        c->total += in->size;
        c->endless = c->endless || !in->size;
        if (!in->waiting)
            c->done += in->size;
    }
    if (!c->only)
        return start_merge(c);
    c->only->waiting = c->only->usable;
    note_begin(c, 0);
    return 0;
}

int capture_open(struct capture **out, const struct capture_options *options,
                 const char *const *paths, size_t count, struct fosip_error *err)
{
    struct capture *c = calloc(1, sizeof *c);
    int r = 0;

    if (!c)
        return error_set(err, -ENOMEM, "not enough memory");
    if (options)
        c->options = *options;
    if (c->options.filter)
        r = filter_new(&c->filter, c->options.filter, err);
    for (size_t i = 0; i < count && r == 0; i++)
        r = add_any(c, paths[i], count == 1, err);
    if (r == 0)
        r = start(c);
    if (r == -ENOMEM)
        error_set(err, r, "not enough memory");
    if (r < 0) {
        capture_close(c);
        return r;
    }
    *out = c;
    return 0;
}

bool capture_packet_comment(const struct capture *c, const struct packet *packet, unsigned n,
                            struct slice *comment)
{
    return pcapng_comment(&c->inputs.v[packet->file]->reader, n, comment);
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
        .compression = in->compression,
        .links = r->links,
        .link_count = r->link_count,
        .packets = r->packets,
        .bytes = r->bytes,
        .backwards = r->backwards,
        .first_backwards = r->first_backwards,
        .furthest_back = r->furthest_back,
        .dropped = reader_dropped(r),
        .accepted = reader_accepted(r),
        .comment = r->comment,
        .packet_comments = r->packet_comments.v,
        .packet_comment_count = r->packet_comments.n,
        .problem = r->problem,
        .damaged = r->damaged,
    };
}

struct capture_ahead capture_ahead(const struct capture *c)
{
    const struct source *s = c->only ? &c->only->reader.source : NULL;

    if (!s || !c->only->stable || !s->mapped)
        return (struct capture_ahead){NULL, NULL};
    return (struct capture_ahead){s->mapped, (const uint8_t *)s->mapped + s->mapped_size};
}

void capture_make_present(struct capture_ahead *ahead, const uint8_t *data, size_t distance)
{
    enum { WINDOW = 1 << 20 };

    while (ahead->next < ahead->end && ahead->next - data < (ptrdiff_t)(distance + WINDOW)) {
        size_t left = (size_t)(ahead->end - ahead->next), n = left < WINDOW ? left : WINDOW;

        if (ahead->next - data >= (ptrdiff_t)distance)
            pages_make_present(ahead->next, n);
        ahead->next += n;
    }
}

bool capture_stable(const struct capture *c)
{
    for (size_t i = 0; i < c->inputs.n; i++)
        if (c->inputs.v[i]->usable && !c->inputs.v[i]->stable)
            return false;
    return true;
}

void capture_progress(const struct capture *c, uint64_t *done, uint64_t *total)
{
    *done = c->done;
    *total = c->endless ? 0 : c->total;
    for (size_t i = 0; i < c->reading.n; i++)
        *done += source_progress(&c->inputs.v[c->reading.v[i]]->reader.source);
}

/* What is worth another thread. */
static void let_go_of_pages(struct capture *c)
{
    enum { MANY = 64 << 20 };

    for (size_t i = 0; i < c->inputs.n; i++) {
        const struct source *s = &c->inputs.v[i]->reader.source;

        if (s->mapped && s->mapped_size >= MANY)
            pages_make_absent(s->mapped, s->mapped_size);
    }
}

void capture_close(struct capture *c)
{
    if (!c)
        return;
    if (c->options.ahead)
        let_go_of_pages(c);
    for (size_t i = 0; i < c->inputs.n; i++)
        input_free(c->inputs.v[i]);
    vec_free(&c->inputs);
    vec_free(&c->heap);
    vec_free(&c->reading);
    filter_free(c->filter);
    free(c);
}

/* Owns how octets come out of a file: mapping, and blocks for what cannot be
 * mapped. */
#include "capture/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/decompress.h"

enum {
    BLOCK = 256 << 10, /* stays in a near cache; many files may stream at once */
    LARGEST = 64 << 20, /* no record needs more in one view */
};

/* A descriptor that does not wait by itself is waited for; one that did and no longer does
 * was told that nothing more is wanted. */
static bool tries_again(const struct source *s)
{
    struct pollfd wait = {.fd = s->fd, .events = POLLIN};

    if (errno == EINTR)
        return true;
    if (errno != EAGAIN || s->waits)
        return false;
    poll(&wait, 1, -1);
    return true;
}

/* Until something can be read, or nothing more is wanted: then false. */
static bool wait_for_more(const struct source *s)
{
    enum { NOW_AND_THEN_MS = 500 }; /* a signal may have come to another thread */
    struct pollfd wait[] = {{.fd = s->fd, .events = POLLIN}, {.fd = s->wake[0], .events = POLLIN}};

    while (!wait[0].revents) {
        if (poll(wait, 2, NOW_AND_THEN_MS) > 0 && wait[1].revents)
            return false;
        if (s->waits && fcntl(s->fd, F_GETFL) & O_NONBLOCK && !wait[0].revents)
            return false;
    }
    return true;
}

static ssize_t read_fd(void *ctx, uint8_t *p, size_t n)
{
    const struct source *s = ctx;
    ssize_t got;

    if (s->can_wake && !wait_for_more(s))
        return 0;
    do
        got = read(s->fd, p, n);
    while (got < 0 && tries_again(s));
    return got >= 0 ? got : errno == EAGAIN ? 0 : -errno;
}

static void set_view(struct source *s, const uint8_t *p, size_t n)
{
    s->base = source_offset(s);
    s->at = s->began = p;
    s->end = p + n;
}

static bool map(struct source *s, size_t size)
{
    void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, s->fd, 0);

    if (p == MAP_FAILED)
        return false;
    madvise(p, size, MADV_SEQUENTIAL);
    s->mapped = p;
    s->mapped_size = size;
    s->stable = true;
    set_view(s, p, size);
    return true;
}

static void close_fd(struct source *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

bool source_make_wakable(struct source *s)
{
    s->can_wake = s->can_wake || pipe2(s->wake, O_CLOEXEC) == 0;
    return s->can_wake;
}

void source_wake(struct source *s)
{
    if (s->can_wake && write(s->wake[1], "", 1) < 0)
        return; /* it is full: who waits is woken */
}

void source_moved(struct source *s)
{
    s->ctx = s;
}

static int open_plain(struct source *s, const char *path, struct fosip_error *err)
{
    struct stat st;

    memset(s, 0, sizeof *s);
    s->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0 || fstat(s->fd, &st) < 0) {
        int code = -errno;

        close_fd(s);
        return error_set(err, code, "%s: %s", path, strerror(-code));
    }
    s->read = read_fd;
    s->ctx = s;
    s->waits = !(fcntl(s->fd, F_GETFL) & O_NONBLOCK);
    if (!S_ISREG(st.st_mode))
        return 0;
    s->size = (uint64_t)st.st_size;
    /* A mapped file needs no descriptor, of which there are few. */
    if (st.st_size > 0 && lseek(s->fd, 0, SEEK_CUR) == 0 && map(s, (size_t)st.st_size))
        close_fd(s);
    return 0;
}

int source_open(struct source *s, const char *path, struct fosip_error *err)
{
    int r = open_plain(s, path, err);

    if (r < 0)
        return r;
    r = decompress_source(s, path, err);
    if (r < 0)
        source_close(s);
    return r;
}

void source_close(struct source *s)
{
    if (s->packed)
        decompress_close(s);
    if (s->mapped)
        munmap(s->mapped, s->mapped_size);
    s->mapped = NULL;
    free(s->block);
    s->block = NULL;
    s->room = 0;
    s->at = s->end = s->began = NULL;
    close_fd(s);
    if (s->can_wake) {
        close(s->wake[0]);
        close(s->wake[1]);
    }
    s->can_wake = false;
}

bool source_rewind(struct source *s)
{
    if (s->packed ? !decompress_restart(s) : !s->mapped)
        return false;
    free(s->block);
    s->block = NULL;
    s->room = 0;
    s->trouble[0] = 0;
    s->at = s->began = s->mapped;
    s->end = s->mapped ? (const uint8_t *)s->mapped + s->mapped_size : NULL;
    s->base = 0;
    return true;
}

void source_ahead(struct source *s)
{
    if (s->packed)
        decompress_ahead(s);
}

uint64_t source_progress(const struct source *s)
{
    return s->packed ? decompress_offset(s) : source_offset(s);
}

/* Moves what is in view to the front of a block that has room for n octets. */
static bool make_room(struct source *s, size_t n)
{
    size_t left = (size_t)(s->end - s->at);
    size_t room = n > BLOCK ? n : BLOCK;

    if (n > LARGEST)
        return false;
    if (room > s->room) {
        uint8_t *grown = malloc(room);

        if (!grown)
            return false;
        if (left)
            memcpy(grown, s->at, left);
        free(s->block);
        s->block = grown;
        s->room = room;
    } else if (left) {
        memmove(s->block, s->at, left);
    }
    set_view(s, s->block, left);
    return true;
}

const uint8_t *source_fill(struct source *s, size_t n)
{
    if (s->mapped)
        return NULL;
    if (!make_room(s, n)) {
        snprintf(s->trouble, sizeof s->trouble, "not enough memory at offset %llu",
                 (unsigned long long)source_offset(s));
        return NULL;
    }
    while ((size_t)(s->end - s->at) < n) {
        size_t have = (size_t)(s->end - s->block);
        ssize_t got = s->read(s->ctx, s->block + have, s->room - have);

        if (got < 0 && !s->trouble[0]) {
            uint64_t offset = source_offset(s) + (uint64_t)(s->end - s->at);

            snprintf(s->trouble, sizeof s->trouble, "reading failed at offset %llu: %s",
                     (unsigned long long)offset, strerror((int)-got));
        }
        if (got <= 0)
            return NULL;
        s->end += got;
    }
    return s->at;
}

bool source_skip(struct source *s, uint64_t n)
{
    while (n) {
        size_t have = (size_t)(s->end - s->at);
        size_t step = n < have ? (size_t)n : have;

        s->at += step;
        n -= step;
        if (n && !source_need(s, 1))
            return false;
    }
    return true;
}

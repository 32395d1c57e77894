/* Captures written by tests, octet by octet. */
#ifndef TESTS_CAPTURE_FILE_H
#define TESTS_CAPTURE_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture.h"
#include "support/suite.h"

struct file {
    uint8_t octets[131072];
    size_t n;
    bool big; /* byte order of the numbers */
    char path[64];
};

static inline void put(struct file *f, uint64_t value, unsigned octets)
{
    for (unsigned i = 0; i < octets; i++) {
        unsigned at = f->big ? octets - 1 - i : i;

        f->octets[f->n++] = (uint8_t)(value >> (8 * at));
    }
}

static inline void put_text(struct file *f, const char *text)
{
    memcpy(f->octets + f->n, text, strlen(text));
    f->n += strlen(text);
}

/* Writes what was put into a file of its own. */
static inline const char *save(struct file *f)
{
    int fd;
    FILE *out;

    strcpy(f->path, "/tmp/fosip-test-XXXXXX");
    fd = mkstemp(f->path);
    ck_assert_int_ge(fd, 0);
    out = fdopen(fd, "wb");
    ck_assert_uint_eq(fwrite(f->octets, 1, f->n, out), f->n);
    fclose(out);
    return f->path;
}

static inline void pcap_header(struct file *f, uint32_t magic, uint32_t link)
{
    put(f, magic, 4);
    put(f, 2, 2);
    put(f, 4, 2);
    put(f, 0, 8);
    put(f, 262144, 4);
    put(f, link, 4);
}

static inline void pcap_record(struct file *f, uint32_t s, uint32_t fraction, uint32_t caplen,
                               uint32_t len, const char *data)
{
    put(f, s, 4);
    put(f, fraction, 4);
    put(f, caplen, 4);
    put(f, len, 4);
    put_text(f, data);
}

static inline struct capture *open_ok(const char *path)
{
    struct fosip_error err;
    struct capture *c;

    ck_assert_msg(capture_open(&c, NULL, &path, 1, &err) == 0, "%s", err.text);
    return c;
}

/* The path of a bundled capture, valid until the next call but one. */
static inline const char *bundled(const char *name)
{
    static char paths[2][512];
    static unsigned turn;
    const char *folder = getenv("TESTDATA");
    char *path = paths[turn++ % 2];

    snprintf(path, sizeof paths[0], "%s/%s", folder ? folder : "testdata", name);
    return path;
}

static inline void read_whole(struct file *f, const char *path)
{
    FILE *in = fopen(path, "rb");

    ck_assert_msg(in != NULL, "%s", path);
    f->n = fread(f->octets, 1, sizeof f->octets, in);
    fclose(in);
    ck_assert_uint_gt(f->n, 0);
    ck_assert_uint_lt(f->n, sizeof f->octets);
}

/* What differs between the packets, NULL for nothing.  (libcheck writes a record of each
 * assertion, which costs more than what is compared.) */
static inline const char *packet_difference(const struct packet *a, const struct packet *b,
                                            int64_t unit)
{
    if (a->time / unit != b->time / unit)
        return "time";
    if (a->caplen != b->caplen || a->len != b->len)
        return "length";
    if (a->link != b->link)
        return "link type";
    return memcmp(a->data, b->data, a->caplen) == 0 ? NULL : "octets";
}

/* How many packets both captures begin with; up to the whole of `got`, which
 * must hold nothing else.  Times may differ by what `unit` (ns) cannot say. */
static inline unsigned compare_packets(struct capture *want, struct capture *got, int64_t unit)
{
    struct packet a, b;
    unsigned n = 0;

    for (; capture_next(got, &b); n++) {
        const char *what;

        if (!capture_next(want, &a))
            ck_abort_msg("more than %u packets", n);
        what = b.frame == n + 1 ? packet_difference(&a, &b, unit) : "number";
        if (what)
            ck_abort_msg("the %s of packet %u differs", what, n + 1);
    }
    return n;
}

#endif

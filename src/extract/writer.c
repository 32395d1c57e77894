/* Owns the files that are written: few are open at once, however many there are. */
#include "extract/writer.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "base/vec.h"
#include "capture/filter.h"
#include "extract/pcapng_writer.h"
#include "fosip/output.h"

enum { MOST_OPEN = 128, SNAPLEN = 262144 };

struct file {
    struct fosip_output output;
    bool begun;   /* has its header */
    bool opened;  /* has a temporary file, or is open */
    uint32_t link; /* of pcap */
    pcap_t *pcap;
    pcap_dumper_t *dumper;
    struct pcapng_writer pcapng;
    uint64_t used; /* when it was written last, for closing */
};

struct writer {
    const char *const *paths;
    size_t count;
    enum writer_format format;
    unsigned open;
    uint64_t clock;
    struct pcapng_secrets secrets;
    struct file files[];
};

struct writer *writer_new(const char *const *paths, size_t count, enum writer_format format)
{
    struct writer *w = calloc(1, sizeof *w + count * sizeof w->files[0]);

    if (!w)
        return NULL;
    w->paths = paths;
    w->count = count;
    w->format = format;
    return w;
}

static const char *name_of(const struct writer *w, const struct file *f)
{
    const char *path = w->paths[f - w->files];

    return path ? path : "standard output";
}

static int fail(const struct writer *w, const struct file *f, struct fosip_error *err)
{
    int code = errno ? -errno : -EIO;

    return error_set(err, code, "%s: writing failed: %s", name_of(w, f), strerror(-code));
}

/* Closes the file that was not written to for longest, to go on with it later. */
static int make_room(struct writer *w, struct fosip_error *err)
{
    struct file *oldest = NULL;
    bool bad;

    for (size_t i = 0; i < w->count; i++)
        if (w->files[i].output.file && w->files[i].output.temporary &&
            (!oldest || w->files[i].used < oldest->used))
            oldest = &w->files[i];
    if (!oldest)
        return 0;
    bad = ferror(oldest->output.file);
    if (fclose(oldest->output.file) != 0 || bad) {
        oldest->output.file = NULL;
        return fail(w, oldest, err);
    }
    oldest->output.file = NULL;
    oldest->dumper = NULL;
    w->open--;
    return 0;
}

static int open_file(struct writer *w, struct file *f, struct fosip_error *err)
{
    int r = 0;

    if (f->output.file)
        return 0;
    if (w->open >= MOST_OPEN)
        r = make_room(w, err);
    if (r < 0)
        return r;
    if (!f->opened) {
        r = fosip_output_open(&f->output, w->paths[f - w->files], err);
        f->opened = r == 0;
    } else if (f->pcap) {
        f->dumper = pcap_dump_open_append(f->pcap, f->output.temporary);
        f->output.file = f->dumper ? pcap_dump_file(f->dumper) : NULL;
        r = f->dumper ? 0 : fail(w, f, err);
    } else {
        f->output.file = fopen(f->output.temporary, "ab");
        r = f->output.file ? 0 : fail(w, f, err);
    }
    w->open += r == 0;
    return r;
}

static int begin_pcap(const struct writer *w, struct file *f, uint32_t link,
                      struct fosip_error *err)
{
    f->link = link;
    f->pcap = pcap_open_dead_with_tstamp_precision(
        filter_dlt(link), SNAPLEN,
        w->format == WRITER_PCAP ? PCAP_TSTAMP_PRECISION_MICRO : PCAP_TSTAMP_PRECISION_NANO);
    if (!f->pcap)
        return error_set(err, -ENOMEM, "not enough memory");
    f->dumper = pcap_dump_fopen(f->pcap, f->output.file);
    if (!f->dumper)
        return error_set(err, -EINVAL, "%s: a pcap file cannot hold them: %s", name_of(w, f),
                         pcap_geterr(f->pcap));
    return 0;
}

static int begin(const struct writer *w, struct file *f, uint32_t link, struct fosip_error *err)
{
    if (f->begun)
        return 0;
    f->begun = true;
    if (w->format != WRITER_PCAPNG)
        return begin_pcap(w, f, link, err);
    return pcapng_begin(f->output.file) < 0 ? fail(w, f, err) : 0;
}

static int put_pcap(const struct writer *w, struct file *f, const struct packet *packet,
                    uint32_t caplen, struct fosip_error *err)
{
    struct pcap_pkthdr header = {.caplen = caplen, .len = packet->len};

    if (packet->link != f->link)
        return error_set(err, -EINVAL,
                         "%s: a pcap file has packets of one link type, and these are of several: "
                         "name it .pcapng",
                         name_of(w, f));
    header.ts.tv_sec = (time_t)(packet->time / TIME_SECOND);
    header.ts.tv_usec = (suseconds_t)(packet->time % TIME_SECOND);
    if (w->format == WRITER_PCAP)
        header.ts.tv_usec /= 1000;
    pcap_dump((u_char *)f->dumper, &header, packet->data);
    return ferror(f->output.file) ? fail(w, f, err) : 0;
}

int writer_put(struct writer *w, uint32_t file, const struct capture *capture,
               const struct packet *packet, uint32_t caplen, struct fosip_error *err)
{
    struct file *f = &w->files[file];
    int r = open_file(w, f, err);

    if (r == 0)
        r = begin(w, f, packet->link, err);
    if (r < 0)
        return r;
    f->used = ++w->clock;
    if (w->format != WRITER_PCAPNG)
        return put_pcap(w, f, packet, caplen, err);
    r = pcapng_put(&f->pcapng, f->output.file, &w->secrets, capture, packet, caplen);
    return r == -ENOMEM ? error_set(err, r, "not enough memory") : r < 0 ? fail(w, f, err) : 0;
}

int writer_add_secrets(struct writer *w, uint32_t type, const uint8_t *data, size_t n)
{
    return w->format == WRITER_PCAPNG ? pcapng_secrets_add(&w->secrets, type, data, n) : 0;
}

/* A capture without packets is one, too. */
static int finish_one(struct writer *w, struct file *f, struct fosip_error *err)
{
    enum { ETHERNET = 1 };
    int r = f->opened && f->begun ? 0 : open_file(w, f, err);

    if (r == 0)
        r = begin(w, f, ETHERNET, err);
    if (r < 0)
        return r;
    w->open -= f->output.file != NULL;
    return fosip_output_finish(&f->output, err);
}

int writer_finish(struct writer *w, struct fosip_error *err)
{
    int r = 0;

    for (size_t i = 0; i < w->count && r == 0; i++) {
        r = finish_one(w, &w->files[i], err);
        if (r == 0)
            w->files[i].opened = false; /* in its place */
    }
    return r;
}

void writer_free(struct writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->count; i++) {
        struct file *f = &w->files[i];

        if (f->opened)
            fosip_output_abandon(&f->output);
        if (f->pcap)
            pcap_close(f->pcap);
        pcapng_free(&f->pcapng);
    }
    pcapng_secrets_free(&w->secrets);
    free(w);
}

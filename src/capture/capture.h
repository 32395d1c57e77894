/* Captures: files on disk, pipes and sets of them, to packets in time order.
 *
 * All files of one run are one capture.  Packets come merged by time; within
 * one file they keep the file's order.  A packet is a view: of the mapped file
 * where that is possible, else of the reader's block.  Knows nothing of what
 * is inside a packet. */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

struct capture;

/* One record as captured. */
struct packet {
    const uint8_t *data; /* the captured octets, borrowed */
    uint32_t caplen;     /* how many of them there are */
    uint32_t len;        /* how many there were on the wire, caplen at least */
    int64_t time;        /* base/time.h */
    uint64_t frame;      /* from 1, over all packets of the run */
    uint64_t offset;     /* of the record in its (uncompressed) file */
    uint32_t file;       /* number of its file, from 0 */
    uint32_t link;       /* LINKTYPE_ number of its interface */
    uint16_t interface;  /* its number in the file (pcapng), else 0 */
    bool stable;         /* data stays where it is until capture_close */
};

/* Packets of one interface of one file, one behind the other, that were read together: what
 * they have in common stands once, and a packet is made only of a record that somebody looks
 * into. */
struct capture_record {
    const uint8_t *data;
    int64_t time;
    uint32_t caplen, len;
};
enum { CAPTURE_RECORDS = 16 }; /* at most */
struct capture_run {
    size_t n;
    uint64_t frame;         /* number of the first one's packet */
    uint64_t bytes;         /* captured in all of them */
    uintptr_t begin;        /* where their file begins, or would, in memory */
    int64_t earliest, latest; /* of their times */
    uint32_t file;
    uint32_t link;
    uint16_t interface;
    uint16_t header;        /* octets of each record before data */
    bool stable;
    const uint8_t *ask; /* memory of those that follow, */
    const uint8_t *ask_end; /* and how far it was asked for by turns: */
    size_t ask_each;        /* octets for each of these */
    struct capture_record of[CAPTURE_RECORDS];
};

/* Asks for the memory of packets that follow: to be called while each of these is looked at,
 * for who asks for much at once has to wait. */
static inline void capture_ask(struct capture_run *run)
{
    enum { LINE = 64 };
    const uint8_t *p = run->ask, *end = run->ask_end + run->ask_each;

    for (; p < end; p += 2 * LINE) { /* past the end of the file this does nothing */
        __builtin_prefetch(p);
        __builtin_prefetch(p + LINE);
    }
    run->ask = p;
    run->ask_end = end;
}

static inline struct packet capture_packet(const struct capture_run *run, size_t i)
{
    const struct capture_record *r = &run->of[i];

    return (struct packet){.data = r->data,
                           .caplen = r->caplen,
                           .len = r->len,
                           .time = r->time,
                           .frame = run->frame + i,
                           .offset = (uintptr_t)r->data - run->header - run->begin,
                           .file = run->file,
                           .link = run->link,
                           .interface = run->interface,
                           .stable = run->stable};
}

/* What somebody wrote about a packet. */
struct capture_comment {
    uint64_t packet; /* its number in the file, from 1 */
    const char *text; /* any octets */
};

/* What is known of one file once it has been read. */
struct capture_file {
    const char *path;
    const char *format;      /* "pcap", "pcap (nanoseconds)", "pcapng" ... */
    const char *compression; /* NULL, "gzip" ... */
    const uint32_t *links;   /* LINKTYPE_ numbers seen, each once */
    size_t link_count;
    uint64_t packets, bytes; /* records, and octets captured in them */
    int64_t dropped;         /* packets lost in capturing, as the file says; -1: it does not */
    int64_t accepted;        /* packets that passed the capturer's filter, likewise */
    const char *comment;     /* NULL, or those of pcapng sections, a line each; any octets */
    /* Those of packets, in their order.  More than 64 KiB in all are not kept. */
    const struct capture_comment *packet_comments;
    size_t packet_comment_count;
    const char *problem;     /* NULL, or a sentence with offset and cause */
    bool damaged;            /* the problem is more than a last record cut short */
    /* Packets that are earlier than the one before them in the file: how many,
     * the first one's number in the file, and the greatest step back, ns. */
    uint64_t backwards, first_backwards;
    int64_t furthest_back;
};

/* Takes secrets that a capture carries to decrypt what is in it (pcapng
 * Decryption Secrets Block): their type, SECRETS_TLS for a TLS key log (the
 * text of an NSS key log file), and the octets, which are valid during the call.
 * Called from within capture_open and capture_next, on their thread, before the
 * packets that follow in the file are given out.  The same secrets may come
 * more than once. */
typedef void capture_secrets(void *ctx, uint32_t type, const uint8_t *data, size_t n);

enum { SECRETS_TLS = 0x544c534b };

struct capture_options {
    const char *filter;       /* pcap-filter(7) text, or NULL */
    capture_secrets *secrets; /* or NULL */
    void *secrets_ctx;
    bool ahead; /* more threads may be used: to unpack compressed files, to unmap others */
};

/* Opens the files (a directory stands for the captures in it and below it, "-"
 * for standard input).  A file that cannot be read is no failure: its
 * capture_file says what is wrong.  0, or a negative code: -EINVAL for a filter
 * that does not compile, -ENOMEM.  The caller closes. */
int capture_open(struct capture **out, const struct capture_options *options,
                 const char *const *paths, size_t count, struct fosip_error *err);

/* The next packet: true, or false at the end.  What is wrong with a file ends
 * that file only and stands in its capture_file.  Unless packet->stable, data
 * is valid until the next call. */
bool capture_next(struct capture *capture, struct packet *packet);

/* The next packets, one at least; false at the end.  Secrets come before the first of them. */
bool capture_some(struct capture *capture, struct capture_run *run);

/* Comment number n (from 0) of the packet that capture_next gave last: true, with a view
 * that is valid as long as the packet's data; false when it has fewer. */
bool capture_packet_comment(const struct capture *capture, const struct packet *packet, unsigned n,
                            struct slice *comment);

/* How many files could be read at all. */
size_t capture_readable(const struct capture *capture);

size_t capture_file_count(const struct capture *capture);
struct capture_file capture_file(const struct capture *capture, size_t i);

/* What of a mapped file is made present some way before it is read: by another thread than
 * the reading one, where there are two, for that one has less to do. */
struct capture_ahead {
    const uint8_t *next, *end; /* up to where that was not yet done */
};

/* Of a capture that is one mapped file; of any other there is nothing to be done. */
struct capture_ahead capture_ahead(const struct capture *capture);

/* To be called again and again, with data of a packet; who reads is not yet `distance` octets
 * further. */
void capture_make_present(struct capture_ahead *ahead, const uint8_t *data, size_t distance);

/* Whether all packets will be stable. */
bool capture_stable(const struct capture *capture);

/* Octets consumed and in all (0 when unknown: a pipe), as the files lie on disk,
 * compressed or not: for a progress bar. */
void capture_progress(const struct capture *capture, uint64_t *done, uint64_t *total);

void capture_close(struct capture *capture);

#endif

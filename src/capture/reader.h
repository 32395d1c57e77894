/* Readers: one file format each, from a source to packets. */
#ifndef CAPTURE_READER_H
#define CAPTURE_READER_H

#include "base/cursor.h"
#include "base/time.h"
#include "base/vec.h"
#include "capture/capture.h"
#include "capture/source.h"

enum {
    READER_MAX_LINKS = 16,
    READER_MAX_RECORD = 16 << 20,
    READER_MAX_COMMENT = 64 << 10, /* octets of comments kept */
};

struct reader_interface {
    uint32_t link;
    uint32_t snaplen;     /* 0: no limit */
    int64_t offset_s;     /* if_tsoffset */
    uint64_t per_second;  /* timestamp units */
    uint32_t ns_per_unit; /* 0: they are none, or not counted from 1970 */
    /* As its last statistics say, -1: unknown (isb_ifdrop, isb_osdrop,
     * isb_filteraccept). */
    int64_t ifdrop, osdrop, accepted;
    int64_t lost;         /* as its packets say (epb_dropcount), -1: unknown */
};

/* Which of a record's two lengths stands first. */
enum reader_lengths { LENGTHS_PLAIN, LENGTHS_SWAPPED, LENGTHS_EITHER };

struct reader {
    struct source source;
    const char *path;
    const char *format;   /* NULL until it was recognised */
    /* The next packet (time, data, lengths, offset, link): true, or false at
     * the end or at damage, which then stands in `problem`. */
    bool (*next)(struct reader *reader, struct packet *packet);
    /* The next ones as next() gives them, and accounted for: false at the end; what no
     * reader knows (number, file) is left to who asks.  NULL where one by one is no slower. */
    bool (*some)(struct reader *reader, struct capture_run *run);
    /* Takes the secrets of a pcapng Decryption Secrets Block; may be NULL. */
    capture_secrets *secrets;
    void *secrets_ctx;
    bool swapped;          /* not this machine's byte order */
    enum reader_lengths lengths; /* of a classic pcap */
    uint32_t link;         /* of a classic pcap, of snoop */
    uint32_t fraction;     /* its ns per timestamp fraction */
    uint32_t extra;        /* octets more in a record header (modified pcap) */
    VEC(struct reader_interface) interfaces; /* of the current section */
    uint32_t links[READER_MAX_LINKS];
    size_t link_count;
    uint64_t packets, bytes;
    uint64_t backwards, first_backwards; /* see struct capture_file */
    int64_t furthest_back;
    int64_t last_time;     /* of the packet read last whose time is known */
    struct text_log *text; /* of a log, NULL for others */
    int64_t dropped;       /* packets lost before this section, -1: unknown */
    int64_t accepted;      /* packets that passed the capture filter, likewise */
    char *comment;         /* of the sections, a line each; NULL: none */
    size_t comment_size;   /* of all comments */
    VEC(struct capture_comment) packet_comments;
    struct cursor options; /* of the packet read last (pcapng) */
    char *problem;
    bool damaged;
};

/* A number of the file, in its byte order. */
static inline uint32_t reader_u32(const uint8_t *p, bool swapped)
{
    return swapped ? be32(p) : le32(p);
}

/* Notes that packet `number` of the file has a time before that of the one read before. */
static inline void reader_note_backwards(struct reader *r, uint64_t number, int64_t before,
                                         int64_t time)
{
    if (time_between(time, before) <= 0)
        return;
    if (!r->backwards++)
        r->first_backwards = number;
    if (before - time > r->furthest_back)
        r->furthest_back = before - time;
}

/* Enters a packet that was read: how many, and whether in order of time. */
static inline void reader_account(struct reader *r, const struct packet *packet)
{
    int64_t before = r->last_time;

    r->packets++;
    r->bytes += packet->caplen;
    if (time_is_known(packet->time))
        r->last_time = packet->time;
    if (packet->time < before)
        reader_note_backwards(r, r->packets, before, packet->time);
}

/* Begins a run with a packet of the file that run->begin tells. */
static inline void reader_begin_run(struct capture_run *run, const struct packet *first)
{
    run->n = 0;
    run->bytes = 0;
    run->link = first->link;
    run->interface = first->interface;
    run->header = (uint16_t)((uintptr_t)first->data - run->begin - first->offset);
    run->earliest = run->latest = first->time;
}

static inline void reader_span(struct capture_run *run, int64_t time)
{
    if (time < run->earliest)
        run->earliest = time;
    if (time > run->latest)
        run->latest = time;
}

/* Adds a packet, the first one too, for which there is room. */
static inline void reader_add_to_run(struct capture_run *run, const struct packet *packet)
{
    run->of[run->n++] =
        (struct capture_record){packet->data, packet->time, packet->caplen, packet->len};
    run->bytes += packet->caplen;
    reader_span(run, packet->time);
}

/* Enters the first `n` packets of the run, of so many octets in all, which were read in view up
 * to `behind`; `in_order`: each is no earlier than the one before. */
static inline void reader_enter_run(struct reader *r, struct capture_run *run, size_t n,
                                    size_t bytes, const uint8_t *behind, bool in_order)
{
    run->n = n;
    run->bytes = bytes;
    run->earliest = run->of[0].time;
    run->latest = run->of[n - 1].time;
    for (size_t i = 0; i < n && !in_order; i++)
        reader_span(run, run->of[i].time);
    r->packets += n;
    r->bytes += bytes;
    r->last_time = run->of[n - 1].time;
    r->source.at = behind;
}

/* What is no run: the next packet alone, as next() gives it; false at the end. */
static inline bool reader_one(struct reader *r, struct capture_run *run)
{
    struct packet packet = {0};

    if (!r->next(r, &packet))
        return false;
    reader_account(r, &packet);
    reader_begin_run(run, &packet);
    reader_add_to_run(run, &packet);
    return true;
}

/* Makes a reader new, or new again: all but path, source and secrets. */
void reader_clear(struct reader *reader);

/* Recognises the format by the first octets and reads its header.  0, or
 * -EINVAL with reader->problem set. */
int reader_start(struct reader *reader);

/* A format: whether the first octets (n of them; at least 16 where the file
 * has so many) are its own, and how it starts. */
bool pcap_is(const uint8_t *p, size_t n);
int pcap_start(struct reader *reader);
bool pcapng_is(const uint8_t *p, size_t n);
/* As capture_packet_comment, of the packet read last; false in files of other formats. */
bool pcapng_comment(const struct reader *reader, unsigned n, struct slice *comment);
int pcapng_start(struct reader *reader);
bool snoop_is(const uint8_t *p, size_t n);
int snoop_start(struct reader *reader);

/* The same of text, which is tried last. */
bool text_log_is(struct reader *reader);
int text_log_start(struct reader *reader);

/* What other thing begins like this, as the end of a sentence that begins with
 * the file's name: "is a ...".  NULL when nothing is known of it. */
const char *foreign_format(const uint8_t *p, size_t n);

/* Notes what is wrong, once; gives false, for next() to return. */
bool reader_damage(struct reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* To be called when the source gave too few octets for `what` at `offset`:
 * notes what is wrong, if anything is.  A record cut short at the end of the
 * file is no damage.  Gives false. */
bool reader_end(struct reader *reader, uint64_t offset, const char *what);
/* The same for the header of a file, without which nothing can be read:
 * -EINVAL. */
int reader_no_header(struct reader *reader, const char *what);
void reader_add_link(struct reader *reader, uint32_t link);

/* Adds to a count that may be unknown (-1); what is out of reason is left out. */
void reader_count(int64_t *sum, int64_t more);

/* Over all sections so far, -1: unknown. */
int64_t reader_dropped(const struct reader *reader);
int64_t reader_accepted(const struct reader *reader);

#endif

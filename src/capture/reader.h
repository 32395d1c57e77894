/* Readers: one file format each, from a source to packets. */
#ifndef CAPTURE_READER_H
#define CAPTURE_READER_H

#include "base/vec.h"
#include "capture/capture.h"
#include "capture/source.h"

enum { READER_MAX_LINKS = 16, READER_MAX_RECORD = 16 << 20 };

struct reader_interface {
    uint32_t link;
    uint32_t snaplen;     /* 0: no limit */
    int64_t offset_s;     /* if_tsoffset */
    uint64_t per_second;  /* timestamp units */
};

struct reader {
    struct source source;
    const char *path;
    const char *format;
    /* The next packet (time, data, lengths, offset, link): true, or false at
     * the end or at damage, which then stands in `problem`. */
    bool (*next)(struct reader *reader, struct packet *packet);
    /* Takes the secrets of a pcapng Decryption Secrets Block; may be NULL. */
    capture_secrets *secrets;
    void *secrets_ctx;
    bool swapped;          /* not this machine's byte order */
    uint32_t link;         /* of a classic pcap */
    uint32_t fraction;     /* its ns per timestamp fraction */
    uint32_t extra;        /* octets more in a record header (modified pcap) */
    VEC(struct reader_interface) interfaces; /* of the current section */
    uint32_t links[READER_MAX_LINKS];
    size_t link_count;
    uint64_t packets, bytes;
    int64_t last_time;     /* of the packet before, ns */
    struct text_log *text; /* of a log, NULL for others */
    char *problem;
    bool damaged;
};

/* Recognises the format by the first octets and reads its header.  0, or
 * -EINVAL with reader->problem set. */
int reader_start(struct reader *reader);
int pcap_start(struct reader *reader);
int pcapng_start(struct reader *reader);
/* Whether the file is text. */
bool text_log_is(struct reader *reader);
int text_log_start(struct reader *reader);
/* Gives back what reading took, but for the source. */
void reader_free(struct reader *reader);

/* Notes what is wrong, once; gives false, for next() to return. */
bool reader_damage(struct reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for a last record that is cut short. */
bool reader_cut(struct reader *reader, uint64_t offset, const char *what);
void reader_add_link(struct reader *reader, uint32_t link);

#endif

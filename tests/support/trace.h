/* A capture in memory, to be changed on purpose: classic pcap of Ethernet, IPv4
 * and UDP, in the byte order of the machine. */
#ifndef SUPPORT_TRACE_H
#define SUPPORT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_packet {
    int64_t time; /* the file's units since 1970 */
    uint8_t *data;
    uint32_t n;
};

struct trace {
    uint8_t header[24];
    int64_t unit; /* of a second */
    struct trace_packet *v;
    size_t n;
};

/* The capture in testdata; aborts when it is not such a one. */
struct trace trace_read(const char *name);
void trace_write(const struct trace *trace, const char *path);
void trace_free(struct trace *trace);

/* The UDP payload: NULL for other packets. */
uint8_t *trace_payload(const struct trace_packet *packet, size_t *n);
/* Puts other octets there, lengths and checksums right. */
void trace_set_payload(struct trace_packet *packet, const void *payload, size_t n);
/* The nth (from 0) message that begins so and whose CSeq has that method, n past
 * the last; `method` NULL: any. */
size_t trace_message(const struct trace *trace, const char *start, const char *method,
                     unsigned nth);
/* Whether it is media: RTP, not RTCP, between even ports above 1024. */
bool trace_is_media(const struct trace_packet *packet);
uint32_t trace_source(const struct trace_packet *packet); /* IPv4 address */

void trace_remove(struct trace *trace, size_t i);
/* A copy of packet i, so much later (in ms), where its time puts it. */
void trace_repeat(struct trace *trace, size_t i, unsigned ms);
void trace_sort(struct trace *trace);
/* Replaces a text in the message, all of it or the first alone; Content-Length
 * follows.  Whether it was there. */
bool trace_replace(struct trace_packet *packet, const char *text, const char *other, bool all);

/* Numbers that are the same in each run. */
uint32_t trace_random(uint32_t *seed);

#endif

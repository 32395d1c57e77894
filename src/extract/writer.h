/* Captures as files: pcap by libpcap, pcapng. */
#ifndef EXTRACT_WRITER_H
#define EXTRACT_WRITER_H

#include "capture/capture.h"

struct writer;

enum writer_format { WRITER_PCAP, WRITER_PCAP_NANOSECONDS, WRITER_PCAPNG };

/* Writes so many files to `paths`, which stay; a single path may be NULL, standard
 * output.  Nothing is made before the first packet.  NULL when memory is short. */
struct writer *writer_new(const char *const *paths, size_t count, enum writer_format format);

/* Puts a packet of the capture, the one it gave last, behind the others of a file:
 * `caplen` of its captured octets, which begin at packet->data, and its comments, which
 * are left out where `capture` is NULL.
 * 0, or a negative code with `err`. */
int writer_put(struct writer *writer, uint32_t file, const struct capture *capture,
               const struct packet *packet, uint32_t caplen, struct fosip_error *err);

/* Takes in secrets of the capture, which pcapng files get before the packets that
 * follow.  0 or -ENOMEM. */
int writer_add_secrets(struct writer *writer, uint32_t type, const uint8_t *data, size_t n);

/* Puts all files in their places, those without packets, too.  0, or a negative
 * code with `err`: then none of those left is put there. */
int writer_finish(struct writer *writer, struct fosip_error *err);
/* Frees the writer; what is not finished is removed. */
void writer_free(struct writer *writer);

#endif

/* pcapng (draft-ietf-opsawg-pcapng), written: one section, an interface each for
 * those that packets came from, enhanced packet blocks in nanoseconds. */
#ifndef EXTRACT_PCAPNG_WRITER_H
#define EXTRACT_PCAPNG_WRITER_H

#include <stdio.h>

#include "base/vec.h"
#include "capture/capture.h"

/* Decryption secrets of the capture, in its order; shared by all files. */
struct pcapng_secret {
    uint32_t type;
    uint8_t *data;
    size_t n;
};
struct pcapng_secrets {
    VEC(struct pcapng_secret) all;
};
int pcapng_secrets_add(struct pcapng_secrets *secrets, uint32_t type, const uint8_t *data,
                       size_t n);
void pcapng_secrets_free(struct pcapng_secrets *secrets);

/* Where packets came from. */
struct pcapng_interface {
    uint32_t file, link;
    uint16_t number;
};

/* What one file has got so far; all zero at first. */
struct pcapng_writer {
    VEC(struct pcapng_interface) interfaces;
    size_t secrets; /* so many of them */
};
void pcapng_free(struct pcapng_writer *writer);

/* Each: 0, -ENOMEM, or -EIO when writing failed. */
int pcapng_begin(FILE *out);
int pcapng_put(struct pcapng_writer *writer, FILE *out, const struct pcapng_secrets *secrets,
               const struct capture *capture, const struct packet *packet, uint32_t caplen);

#endif

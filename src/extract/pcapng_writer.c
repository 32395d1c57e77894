/* Owns the blocks of a pcapng file that is written, in this machine's byte order.
 * libpcap reads such files and does not write them. */
#include "extract/pcapng_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_ENHANCED = 6,
    BLOCK_SECRETS = 10,
    OPTION_COMMENT = 1,
    OPTION_TSRESOL = 9,
    NANOSECONDS = 9,
};

static int status(FILE *out)
{
    return ferror(out) ? -EIO : 0;
}

static void write_u16(FILE *out, uint16_t x)
{
    fwrite(&x, sizeof x, 1, out);
}

static void write_u32(FILE *out, uint32_t x)
{
    fwrite(&x, sizeof x, 1, out);
}

static uint32_t padded(size_t n)
{
    return (uint32_t)((n + 3) & ~(size_t)3);
}

static void write_padded(FILE *out, const void *data, size_t n)
{
    static const uint8_t zero[3];

    if (n)
        fwrite(data, 1, n, out);
    fwrite(zero, 1, padded(n) - n, out);
}

/* A block of `body` octets begins; its length stands at both ends. */
static uint32_t begin_block(FILE *out, uint32_t type, uint32_t body)
{
    enum { FRAME = 12 };

    write_u32(out, type);
    write_u32(out, body + FRAME);
    return body + FRAME;
}

int pcapng_begin(FILE *out)
{
    uint32_t length = begin_block(out, BLOCK_SECTION, 16);

    write_u32(out, 0x1a2b3c4d); /* byte-order magic */
    write_u16(out, 1);          /* version 1.0 */
    write_u16(out, 0);
    write_u32(out, UINT32_MAX); /* length of the section: not said */
    write_u32(out, UINT32_MAX);
    write_u32(out, length);
    return status(out);
}

static void write_interface(FILE *out, uint32_t link)
{
    static const uint8_t resolution = NANOSECONDS;
    uint32_t length = begin_block(out, BLOCK_INTERFACE, 20);

    write_u16(out, (uint16_t)link);
    write_u16(out, 0);
    write_u32(out, 0); /* no snap length */
    write_u16(out, OPTION_TSRESOL);
    write_u16(out, 1);
    write_padded(out, &resolution, 1);
    write_u32(out, 0); /* end of options */
    write_u32(out, length);
}

/* The number of the packet's interface in the file that is written. */
static int interface_of(struct pcapng_writer *w, FILE *out, const struct packet *packet,
                        uint32_t *number)
{
    struct pcapng_interface *slot;

    for (size_t i = w->interfaces.n; i-- > 0;) {
        const struct pcapng_interface *known = &w->interfaces.v[i];

        if (known->file == packet->file && known->number == packet->interface &&
            known->link == packet->link) {
            *number = (uint32_t)i;
            return 0;
        }
    }
    slot = vec_add(&w->interfaces);
    if (!slot)
        return -ENOMEM;
    *slot = (struct pcapng_interface){packet->file, packet->link, packet->interface};
    *number = (uint32_t)(w->interfaces.n - 1);
    write_interface(out, packet->link);
    return 0;
}

static void write_secret(FILE *out, const struct pcapng_secret *s)
{
    uint32_t length = begin_block(out, BLOCK_SECRETS, 8 + padded(s->n));

    write_u32(out, s->type);
    write_u32(out, (uint32_t)s->n);
    write_padded(out, s->data, s->n);
    write_u32(out, length);
}

/* How many octets the packet's comments take as options, with the end of these; 0
 * when it has none. */
static uint32_t comments_size(const struct capture *capture, const struct packet *packet)
{
    struct slice comment;
    uint32_t size = 0;

    for (unsigned i = 0; capture && capture_packet_comment(capture, packet, i, &comment); i++)
        size += 4 + padded(comment.n);
    return size ? size + 4 : 0;
}

static void write_comments(FILE *out, const struct capture *capture, const struct packet *packet)
{
    struct slice comment;

    for (unsigned i = 0; capture && capture_packet_comment(capture, packet, i, &comment); i++) {
        write_u16(out, OPTION_COMMENT);
        write_u16(out, (uint16_t)comment.n);
        write_padded(out, comment.p, comment.n);
    }
    write_u32(out, 0); /* end of options */
}

int pcapng_put(struct pcapng_writer *w, FILE *out, const struct pcapng_secrets *secrets,
               const struct capture *capture, const struct packet *packet, uint32_t caplen)
{
    enum { FIXED = 20 };
    uint64_t time = (uint64_t)packet->time;
    uint32_t comments = comments_size(capture, packet);
    uint32_t interface, length;
    int r = interface_of(w, out, packet, &interface);

    if (r < 0)
        return r;
    for (; w->secrets < secrets->all.n; w->secrets++)
        write_secret(out, &secrets->all.v[w->secrets]);
    length = begin_block(out, BLOCK_ENHANCED, FIXED + padded(caplen) + comments);
    write_u32(out, interface);
    write_u32(out, (uint32_t)(time >> 32));
    write_u32(out, (uint32_t)time);
    write_u32(out, caplen);
    write_u32(out, packet->len);
    write_padded(out, packet->data, caplen);
    if (comments)
        write_comments(out, capture, packet);
    write_u32(out, length);
    return status(out);
}

void pcapng_free(struct pcapng_writer *w)
{
    vec_free(&w->interfaces);
}

int pcapng_secrets_add(struct pcapng_secrets *secrets, uint32_t type, const uint8_t *data,
                       size_t n)
{
    uint8_t *copy = malloc(n ? n : 1);
    struct pcapng_secret *slot = copy ? vec_add(&secrets->all) : NULL;

    if (!slot) {
        free(copy);
        return -ENOMEM;
    }
    if (n)
        memcpy(copy, data, n);
    slot->type = type;
    slot->data = copy;
    slot->n = n;
    return 0;
}

void pcapng_secrets_free(struct pcapng_secrets *secrets)
{
    for (size_t i = 0; i < secrets->all.n; i++)
        free(secrets->all.v[i].data);
    vec_free(&secrets->all);
}

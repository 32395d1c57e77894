/* Packets without names: the same packets, octet by octet as many, in which nobody
 * can be recognised and of which an analysis says the same. */
#ifndef ANONYMIZE_ANONYMIZE_H
#define ANONYMIZE_ANONYMIZE_H

#include "anonymize/words.h"
#include "net/layer.h"

/* What cannot be exchanged for something that means the same, in packets. */
struct anonymize_counts {
    uint64_t overwritten; /* payload that is not understood: octets of chance */
};

struct anonymize {
    struct keyed *keyed;
    struct words *words;
    /* Of a payload of video how many octets say what kind of frame it is, which stay;
     * 0 where it is none.  NULL: none is. */
    size_t (*video_head)(void *ctx, const struct datagram *datagram, const uint8_t *payload,
                         size_t n);
    void *ctx;
    struct anonymize_counts counts;
    uint8_t *out; /* the packet made last */
    size_t room;
};

/* -ENOTSUP when this build cannot, -ENOMEM. */
int anonymize_init(struct anonymize *a, const void *key, size_t n);
void anonymize_free(struct anonymize *a);

/* Puts the octets that are known over those of a part of something larger: a TCP
 * segment's payload, or a fragment's.  Whether any are. */
typedef bool anonymize_known(void *ctx, const struct decoded *part, uint8_t *payload);

/* The octets of the packet, as many as were captured, until the next call; NULL when
 * memory is short. */
const uint8_t *anonymize_packet(struct anonymize *a, const struct packet *packet,
                                anonymize_known *known, void *ctx);
/* The same of an IP packet's payload that was put together from fragments, which
 * whole->datagram points to. */
const uint8_t *anonymize_whole(struct anonymize *a, const struct decoded *whole);
/* Octets of a SIP message, or of an HTTP head. */
const uint8_t *anonymize_message(struct anonymize *a, const void *data, size_t n);
/* The same in place; what is none is overwritten. */
void anonymize_text(struct anonymize *a, uint8_t *text, size_t n);

/* Changes an SCTP packet of n octets in place, its checksum, too; `before` is as it was. */
void anonymize_sctp(struct anonymize *a, const uint8_t *before, uint8_t *after, size_t n);

/* Changes the payload of a datagram in place; `d` has it as it was. */
void anonymize_payload(struct anonymize *a, const struct datagram *d, uint8_t *data);

#endif

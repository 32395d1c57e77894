/* SRTP's keys in session descriptions: RFC 4568 (SDES), and what they open:
 * RFC 3711, RFC 6188, RFC 7714. */
#ifndef RTP_KEYS_SDES_H
#define RTP_KEYS_SDES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { SDES_MOST_KEY = 46, SDES_MOST_MKI = 16 };

/* The first key of an a=crypto attribute. */
struct sdes_key {
    struct slice suite;  /* "AES_CM_128_HMAC_SHA1_80", borrowed */
    uint8_t octets[SDES_MOST_KEY]; /* master key and salt */
    uint8_t n;
    uint8_t mki[SDES_MOST_MKI];    /* in each packet */
    uint8_t mki_n;                 /* 0: none */
    bool clear_rtp, clear_rtcp;    /* UNENCRYPTED_SRTP, UNENCRYPTED_SRTCP */
};

/* Reads the attribute's value, "1 AES_CM_128_HMAC_SHA1_80 inline:...|2^31|1:4".
 * False for what is none, for suites that are not known, and for sessions that
 * are not authenticated, where nothing would tell whether a key is the right one. */
bool sdes_key_parse(struct sdes_key *key, struct slice value);

/* Opens the packets that one key protects, of all its SSRCs. */
struct sdes_opener;

/* NULL when this build has no libsrtp2, or memory is short. */
struct sdes_opener *sdes_opener_new(const struct sdes_key *key);
void sdes_opener_free(struct sdes_opener *opener);

/* Room for a packet of `n` octets in clear. */
enum { SDES_SLACK = 256 };
/* Writes the RTP packet (or RTCP: `control`) of `n` octets to `out`, which has
 * room for n + SDES_SLACK, in clear and without what SRTP put behind it; gives its
 * length, 0 when it is not of this key, or came twice. */
size_t sdes_open(struct sdes_opener *opener, bool control, const uint8_t *packet, size_t n,
                 uint8_t *out);

/* "libsrtp2 2.5.0"; NULL where it is missing. */
const char *sdes_library(void);

#endif

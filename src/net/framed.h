/* Binary messages that share TCP connections with SIP, or carry media there:
 * STUN and TURN (RFC 8489 §6.2.2, RFC 8656 §12.5), RTP and RTCP behind their
 * length (RFC 4571), and interleaved with RTSP (RFC 2326 §10.12). */
#ifndef NET_FRAMED_H
#define NET_FRAMED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What was seen on a connection; all zero at first. */
struct framed {
    bool stun;    /* so ChannelData may come */
    bool lengths; /* messages behind their length */
    bool rtsp;    /* so interleaved data may come */
};

enum framed_result {
    FRAMED_NO,   /* no such message begins here */
    FRAMED_MORE, /* one may, with more octets */
    FRAMED_YES,
};

struct framed_message {
    size_t at, n; /* its octets, without those that only frame them; n 0: none of interest */
    size_t whole; /* with framing and padding */
};

/* What begins at a place of a stream where a message may begin.  Notes in
 * *framed what it learnt. */
enum framed_result framed_look(struct framed *framed, const uint8_t *p, size_t n,
                               struct framed_message *message);

#endif

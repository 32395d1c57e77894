/* The packets that come out of a text log: a header of fixed size, and the SIP
 * message as it was before it was logged. */
#ifndef CAPTURE_TEXT_HEADER_H
#define CAPTURE_TEXT_HEADER_H

#include <stdint.h>

/* A link type that no capture file can name: theirs have 26 bits at most. */
#define LINK_TEXT 0xfff00001u

enum text_direction { TEXT_NO_DIRECTION, TEXT_RECEIVED, TEXT_SENT };
enum text_transport {
    TEXT_NO_TRANSPORT,
    TEXT_UDP,
    TEXT_TCP,
    TEXT_TLS,
    TEXT_SCTP,
    TEXT_WS,
    TEXT_WSS
};

struct text_address {
    uint8_t family;  /* 4, 6, 0: not said */
    uint8_t ip[16];  /* IPv4 in the first four octets, the rest zero */
    uint8_t port[2]; /* network order */
};

/* Octets only, so that it may stand anywhere. */
struct text_header {
    uint8_t direction; /* enum text_direction, as the program that wrote the log saw it */
    uint8_t transport; /* enum text_transport */
    struct text_address src, dst;
};

#endif

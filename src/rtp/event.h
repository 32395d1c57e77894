/* Telephone events: RFC 4733 §2.3 (and RFC 2833 before it). */
#ifndef RTP_EVENT_H
#define RTP_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RTP_EVENT_BYTES = 4 };

struct rtp_event {
    uint8_t event;     /* 0 to 9, 10 *, 11 #, 12 to 15 A to D, 16 flash, others */
    bool end;          /* the event is over */
    bool reserved;     /* the R bit, which a sender leaves clear */
    uint8_t volume;    /* of a tone, dB below 0 dBm0: 0 to 63 */
    uint16_t duration; /* so far, in ticks of the event's clock */
};

/* False when fewer than four octets were captured. */
bool rtp_event_parse(struct rtp_event *event, const uint8_t *payload, size_t n);

/* The key that an event code stands for ('0' to '9', '*', '#', 'A' to 'D'), 0
 * for an event that is no key. */
char rtp_event_digit(uint8_t event);

#endif

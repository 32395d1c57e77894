/* Telephone events: RFC 4733 §2.3, §3.2. */
#include "rtp/event.h"

#include "base/cursor.h"

bool rtp_event_parse(struct rtp_event *e, const uint8_t *payload, size_t n)
{
    if (n < RTP_EVENT_BYTES)
        return false;
    e->event = payload[0];
    e->end = payload[1] & 0x80;
    e->reserved = payload[1] & 0x40;
    e->volume = payload[1] & 0x3f;
    e->duration = be16(payload + 2);
    return true;
}

char rtp_event_digit(uint8_t event)
{
    static const char digits[] = "0123456789*#ABCD";

    return event < sizeof digits - 1 ? digits[event] : 0;
}

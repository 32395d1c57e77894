/* Keys as H.323 sends them: user input indications of ITU-T H.245, on a connection of
 * their own or inside H.225.0 call signalling (tunnelled), in TPKT (RFC 1006). */
#ifndef RTP_H245_H
#define RTP_H245_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tpkt { TPKT_NO, TPKT_MORE, TPKT_YES };
/* Whether a TPKT message begins here; *length is its own, header and all. */
enum tpkt tpkt_frame(const uint8_t *data, size_t n, size_t *length);

enum { H245_MOST_KEYS = 32, TPKT_HEADER = 4 };

enum h245_how { H245_ALPHANUMERIC, H245_SIGNAL };

struct h245_keys {
    unsigned count;
    char keys[H245_MOST_KEYS]; /* '0' to '9', '*', '#', 'A' to 'D' */
    uint8_t how;               /* enum h245_how */
    bool tunnelled;            /* in H.225.0 */
    unsigned duration_ms;      /* of a signal; 0: not said */
};
/* What is in a whole TPKT message; false when it is no user input. */
bool h245_keys(struct h245_keys *keys, const uint8_t *data, size_t n);

#endif

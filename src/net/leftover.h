/* What a reader of a byte stream left: octets that it wants to see again with
 * more behind them, in a bounded block. */
#ifndef NET_LEFTOVER_H
#define NET_LEFTOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is nothing left. */
struct leftover {
    uint8_t *octets;
    uint32_t n, room;
    uint32_t shown, effort; /* see leftover_give() */
};

/* Who reads the stream.  `show` returns how many octets it is done with;
 * `stable` data stays until the capture is closed; `last` says that nothing
 * follows. */
struct leftover_reader {
    void *ctx;
    uint32_t (*show)(void *ctx, const uint8_t *data, uint32_t n, bool stable, bool last);
};

/* Shows the stream's next octets, behind what is left, and keeps what the
 * reader leaves of them.  *budget counts the octets kept for all streams
 * together; beyond a bound, of one stream or of all, they are shown as the
 * last ones. */
void leftover_give(struct leftover *l, size_t *budget, const struct leftover_reader *reader,
                   const uint8_t *data, uint32_t n, bool stable);

/* Nothing follows: shows what is left a last time and forgets it.  False when
 * nothing was left. */
bool leftover_end(struct leftover *l, size_t *budget, const struct leftover_reader *reader);

/* Forgets what is left. */
void leftover_free(struct leftover *l, size_t *budget);

#endif

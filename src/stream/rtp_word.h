/* What changes from packet to packet in the RTP headers of a stream, as one number: two
 * packets are compared at once. */
#ifndef STREAM_RTP_WORD_H
#define STREAM_RTP_WORD_H

#include <stdbool.h>
#include <stdint.h>

/* Marker, payload type, sequence number and timestamp as one number, as they stand in the
 * header. */
#define RTP_WORD (((uint64_t)1 << 56) - 1)
static inline uint64_t rtp_word(bool marker, uint8_t pt, uint16_t sequence, uint32_t timestamp)
{
    return (uint64_t)marker << 55 | (uint64_t)pt << 48 | (uint64_t)sequence << 32 | timestamp;
}

/* Above it, of a packet that was looked at: a key may sound in it. */
enum { RTP_WORD_SUSPECTED = 56 };

static inline bool rtp_word_suspected(uint64_t word)
{
    return word >> RTP_WORD_SUSPECTED & 1;
}

static inline bool rtp_word_marker(uint64_t word)
{
    return word >> 55 & 1;
}

static inline uint8_t rtp_word_pt(uint64_t word)
{
    return word >> 48 & 0x7f;
}

static inline uint16_t rtp_word_sequence(uint64_t word)
{
    return (uint16_t)(word >> 32);
}

#endif

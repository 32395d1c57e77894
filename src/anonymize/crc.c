/* Owns polynomials; both checks take an octet's lowest bit first. */
#include "anonymize/crc.h"

enum { SCTP_FIELD = 8, SCTP_FIELD_END = 12 };

static uint32_t feed(uint32_t crc, uint32_t polynomial, uint8_t octet)
{
    crc ^= octet;
    for (unsigned bit = 0; bit < 8; bit++)
        crc = crc & 1 ? crc >> 1 ^ polynomial : crc >> 1;
    return crc;
}

uint32_t crc_stun(const uint8_t *data, size_t n)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < n; i++)
        crc = feed(crc, 0xedb88320, data[i]);
    return ~crc;
}

uint32_t crc_sctp(const uint8_t *packet, size_t n)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < n; i++)
        crc = feed(crc, 0x82f63b78, i >= SCTP_FIELD && i < SCTP_FIELD_END ? 0 : packet[i]);
    return ~crc;
}

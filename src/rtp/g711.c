/* G.711 expansion: ITU-T G.711 tables 1 and 2. */
#include "rtp/g711.h"

/* Each octet is sign, segment (3 bits) and step within it (4 bits); the line
 * holds all of them inverted. */
static int16_t from_mu_law(uint8_t octet)
{
    enum { BIAS = 0x84 };
    unsigned x = (uint8_t)~octet;
    int magnitude = (int)(((x & 15) << 3) + BIAS) << (x >> 4 & 7);

    return (int16_t)(x & 0x80 ? BIAS - magnitude : magnitude - BIAS);
}

/* On the line every second bit is inverted. */
static int16_t from_a_law(uint8_t octet)
{
    unsigned x = octet ^ 0x55u, segment = x >> 4 & 7;
    int magnitude = (int)((x & 15) << 4) + 8;

    if (segment)
        magnitude = (magnitude + 0x100) << (segment - 1);
    return (int16_t)(x & 0x80 ? magnitude : -magnitude);
}

int16_t g711_sample(enum g711_law law, uint8_t octet)
{
    if (law == G711_MU)
        return from_mu_law(octet);
    return law == G711_A ? from_a_law(octet) : 0;
}

/* G.711: companded octets to linear samples. */
#ifndef RTP_G711_H
#define RTP_G711_H

#include <stdint.h>

enum g711_law { G711_NONE, G711_MU, G711_A };

/* One sample, full scale about ±32124 (mu-law, PCMU) and ±32256 (A-law,
 * PCMA), as ITU-T G.191's reference decoders give it. */
int16_t g711_sample(enum g711_law law, uint8_t octet);

#endif

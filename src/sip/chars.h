/* Characters of the SIP grammar (RFC 3261 §25.1). */
#ifndef SIP_CHARS_H
#define SIP_CHARS_H

#include <stdbool.h>

extern const bool sip_token_chars[256];

/* Whether the character may stand in a token. */
static inline bool sip_is_token_char(char c)
{
    return sip_token_chars[(unsigned char)c];
}

#endif

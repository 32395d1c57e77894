/* Characters of the SIP grammar (RFC 3261 §25.1). */
#ifndef SIP_CHARS_H
#define SIP_CHARS_H

#include <stdbool.h>
#include <stdint.h>

/* What a character may stand in. */
enum sip_char_class {
    SIP_TOKEN = 1,
    SIP_PARAM_VALUE = 2, /* without quotes: all that is visible but ; , " < > and \ */
    SIP_IN_URI = 4,      /* between angle brackets: all that is visible but " < > */
    SIP_HOST = 8,        /* a name or an IPv4 address */
};

extern const uint8_t sip_char_classes[256];

static inline bool sip_is_char(char c, enum sip_char_class class)
{
    return sip_char_classes[(unsigned char)c] & class;
}

static inline bool sip_is_token_char(char c)
{
    return sip_is_char(c, SIP_TOKEN);
}

/* Where the characters of that class end that begin at p. */
static inline const char *sip_skip_chars(const char *p, const char *end, enum sip_char_class class)
{
    for (; end - p >= 4; p += 4)
        for (int i = 0; i < 4; i++) /* unrolled: one look at the end for four */
            if (!sip_is_char(p[i], class))
                return p + i;
    while (p < end && sip_is_char(*p, class))
        p++;
    return p;
}

#endif

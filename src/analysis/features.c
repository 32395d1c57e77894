/* Says which libraries this build uses, for --version. */
#include <json-c/json.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#ifdef HAVE_OPENSSL
#include <openssl/crypto.h>
#endif
#ifdef HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#endif

#include "capture/decompress.h"
#include "fosip/fosip.h"
#include "rtp/sdes.h"

static void add_pcre2(char *out, size_t room)
{
#ifdef HAVE_PCRE2
    char version[64];

    if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) <= (int)sizeof version &&
        pcre2_config(PCRE2_CONFIG_VERSION, version) > 0)
        snprintf(out, room, "\nPCRE2 %s", version);
#else
    snprintf(out, room, "\nwithout PCRE2: 'matches' is not there");
#endif
}

const char *fosip_features(void)
{
    static _Thread_local char text[1024];
    size_t n;

    snprintf(text, sizeof text, "%s\njson-c %s", pcap_lib_version(), json_c_version());
    for (const struct compression *c = compressions; c->name; c++) {
        n = strlen(text);
        if (c->version)
            snprintf(text + n, sizeof text - n, "\n%s %s", c->library, c->version());
        else
            snprintf(text + n, sizeof text - n, "\nwithout %s: %s is not read", c->library,
                     c->name);
    }
    n = strlen(text);
#ifdef HAVE_OPENSSL
    snprintf(text + n, sizeof text - n, "\n%s", OpenSSL_version(OPENSSL_VERSION));
#else
    snprintf(text + n, sizeof text - n, "\nwithout OpenSSL: TLS is not decrypted");
#endif
    n = strlen(text);
    add_pcre2(text + n, sizeof text - n);
    n = strlen(text);
    snprintf(text + n, sizeof text - n, "\n%s",
             sdes_library() ? sdes_library() : "without libsrtp2: SRTP is not decrypted");
    return text;
}

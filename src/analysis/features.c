/* Says which libraries this build uses, for --version. */
#include <json-c/json.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#ifdef HAVE_OPENSSL
#include <openssl/crypto.h>
#endif
#ifdef HAVE_CAIRO
#include <cairo.h>
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

/* What decodes audio, or is missing for it. */
static const struct {
    const char *library, *codecs;
    bool found;
} decoders[] = {
#ifdef HAVE_SPANDSP
    {"spandsp", "G.722, G.726 and GSM", true},
#else
    {"spandsp", "G.722, G.726 and GSM", false},
#endif
#ifdef HAVE_OPUS
    {"opus", "Opus", true},
#else
    {"opus", "Opus", false},
#endif
#ifdef HAVE_BCG729
    {"bcg729", "G.729", true},
#else
    {"bcg729", "G.729", false},
#endif
#ifdef HAVE_AMRNB
    {"opencore-amrnb", "AMR", true},
#else
    {"opencore-amrnb", "AMR", false},
#endif
#ifdef HAVE_AMRWB
    {"opencore-amrwb", "AMR-WB", true},
#else
    {"opencore-amrwb", "AMR-WB", false},
#endif
};

static void add_codecs(char *text, size_t room)
{
    for (size_t i = 0; i < sizeof decoders / sizeof decoders[0]; i++) {
        size_t n = strlen(text);

        if (decoders[i].found)
            snprintf(text + n, room - n, "\n%s", decoders[i].library);
        else
            snprintf(text + n, room - n, "\nwithout %s: %s is not decoded to audio",
                     decoders[i].library, decoders[i].codecs);
    }
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
    snprintf(text + n, sizeof text - n,
             "\nwithout OpenSSL: TLS is not decrypted, extracts are not anonymized");
#endif
    n = strlen(text);
    add_pcre2(text + n, sizeof text - n);
    n = strlen(text);
    snprintf(text + n, sizeof text - n, "\n%s",
             sdes_library() ? sdes_library() : "without libsrtp2: SRTP is not decrypted");
    n = strlen(text);
#ifdef HAVE_CAIRO
    snprintf(text + n, sizeof text - n, "\ncairo %s", cairo_version_string());
#else
    snprintf(text + n, sizeof text - n, "\nwithout cairo: ladders are drawn as SVG alone");
#endif
    add_codecs(text, sizeof text);
    return text;
}

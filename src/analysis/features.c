/* Says which libraries are used, and what is missing, for --version. */
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

#include "base/library.h"
#include "capture/decompress.h"
#include "fosip/fosip.h"
#include "rtp/sdes.h"

/* The build knows the files of the libraries that it found. */
#ifndef SPANDSP_FILE
#define SPANDSP_FILE NULL
#endif
#ifndef OPUS_FILE
#define OPUS_FILE NULL
#endif
#ifndef BCG729_FILE
#define BCG729_FILE NULL
#endif
#ifndef AMRNB_FILE
#define AMRNB_FILE NULL
#endif
#ifndef AMRWB_FILE
#define AMRWB_FILE NULL
#endif
#ifdef HAVE_CAIRO
#define FUNCTIONS(X) X(cairo_version_string)
LIBRARY(cairo, CAIRO_FILE, FUNCTIONS);
#endif

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

static void add_cairo(char *out, size_t room)
{
#ifdef HAVE_CAIRO
    if (library_open(&cairo_library)) {
        snprintf(out, room, "\ncairo %s", cairo.cairo_version_string());
        return;
    }
#endif
    snprintf(out, room, "\nwithout cairo: ladders are drawn as SVG alone");
}

/* What decodes audio, or is missing for it. */
static const struct {
    const char *library, *codecs, *file;
} decoders[] = {
    {"spandsp", "G.722, G.726 and GSM", SPANDSP_FILE},
    {"opus", "Opus", OPUS_FILE},
    {"bcg729", "G.729", BCG729_FILE},
    {"opencore-amrnb", "AMR", AMRNB_FILE},
    {"opencore-amrwb", "AMR-WB", AMRWB_FILE},
};

static void add_codecs(char *text, size_t room)
{
    static const char *const no_functions[] = {NULL};

    for (size_t i = 0; i < sizeof decoders / sizeof decoders[0]; i++) {
        struct library library = {.file = decoders[i].file, .names = no_functions};
        size_t n = strlen(text);

        if (library.file && library_open(&library))
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
    add_cairo(text + n, sizeof text - n);
    add_codecs(text, sizeof text);
    return text;
}

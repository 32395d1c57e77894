/* Says which libraries this build uses, for --version. */
#include <json-c/json.h>
#include <pcap/pcap.h>
#include <stdio.h>

#ifdef HAVE_OPENSSL
#include <openssl/crypto.h>
#endif

#include "fosip/fosip.h"

const char *fosip_features(void)
{
    static _Thread_local char text[512];

    int n = snprintf(text, sizeof text, "%s\njson-c %s", pcap_lib_version(), json_c_version());

#ifdef HAVE_OPENSSL
    snprintf(text + n, sizeof text - (size_t)n, "\n%s", OpenSSL_version(OPENSSL_VERSION));
#else
    snprintf(text + n, sizeof text - (size_t)n, "\nwithout OpenSSL: TLS is not decrypted");
#endif
    return text;
}

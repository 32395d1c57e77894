/* Arbitrary octets as what media ports and their descriptions carry beside RTP. */
#include <stdlib.h>

#include "rtp/h245.h"
#include "rtp/sdes.h"
#include "rtp/stun.h"
#include "rtp/udptl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void open_packet(const uint8_t *data, size_t n)
{
    static const char key[] = "1 AES_CM_128_HMAC_SHA1_80 "
                              "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^31|1:4";
    struct sdes_key parsed;
    struct sdes_opener *opener;
    uint8_t *out = malloc(n + SDES_SLACK);

    if (!sdes_key_parse(&parsed, slice_str(key)))
        abort();
    opener = sdes_opener_new(&parsed);
    if (opener && out) {
        sdes_open(opener, false, data, n, out);
        sdes_open(opener, true, data, n, out);
    }
    sdes_opener_free(opener);
    free(out);
}

static void read_fax(const uint8_t *data, size_t n)
{
    struct t38_field field;
    struct t38_ifp ifp;
    struct udptl u;

    if (!udptl_parse(&u, data, n, n))
        return;
    for (unsigned version = 0; version < 2; version++)
        if (t38_parse(&ifp, u.primary, version))
            while (t38_next_field(&ifp, &field))
                if (field.data.left > n)
                    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sdes_key key;
    struct h245_keys keys;
    struct stun_msg stun;
    size_t length;

    if (stun_parse(&stun, data, n) && stun.username.n > n)
        abort();
    sdes_key_parse(&key, slice_make((const char *)data, n));
    open_packet(data, n);
    read_fax(data, n);
    if (tpkt_frame(data, n, &length) == TPKT_YES && length > n)
        abort();
    h245_keys(&keys, data, n);
    return 0;
}

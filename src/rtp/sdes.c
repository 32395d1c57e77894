/* Owns the keys of SRTP that stand in session descriptions (RFC 4568 §6, §9.1),
 * and alone knows libsrtp2. */
#include "rtp/sdes.h"

#include <stdlib.h>

#ifdef HAVE_SRTP
#include <pthread.h>
#include <srtp2/srtp.h>

#include "base/library.h"
#endif

/* RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14.2: octets of key and salt. */
static const struct {
    struct slice name;
    uint8_t key_octets;
} suites[] = {
    {SLICE("AES_CM_128_HMAC_SHA1_80"), 30}, {SLICE("AES_CM_128_HMAC_SHA1_32"), 30},
    {SLICE("AES_192_CM_HMAC_SHA1_80"), 38}, {SLICE("AES_192_CM_HMAC_SHA1_32"), 38},
    {SLICE("AES_256_CM_HMAC_SHA1_80"), 46}, {SLICE("AES_256_CM_HMAC_SHA1_32"), 46},
    {SLICE("AEAD_AES_128_GCM"), 28},        {SLICE("AEAD_AES_256_GCM"), 44},
};
enum { SUITES = sizeof suites / sizeof suites[0] };

/* ---- the attribute -------------------------------------------------------------- */

static struct slice next_word(struct slice *rest)
{
    struct slice s = slice_trim(*rest), word = slice_upto(s, slice_find(s, ' '));

    *rest = slice_from(s, word.n);
    return word;
}

static int base64_value(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/* RFC 4648 §4; some senders leave the padding out.  False when it is not base64,
 * or more than `room` octets. */
static bool decode_base64(struct slice text, uint8_t *out, size_t room, uint8_t *n)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t count = 0;

    while (text.n && text.p[text.n - 1] == '=')
        text.n--;
    for (size_t i = 0; i < text.n; i++) {
        int value = base64_value(text.p[i]);

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have < 8)
            continue;
        if (count == room)
            return false;
        have -= 8;
        out[count++] = (uint8_t)(bits >> have);
        bits &= (1u << have) - 1;
    }
    *n = (uint8_t)count;
    return true;
}

/* "1:4": the number, and how many octets it fills in each packet. */
static bool read_mki(struct sdes_key *key, struct slice text)
{
    size_t colon = slice_find(text, ':');
    uint64_t value;
    uint32_t length;

    if (!slice_u64(slice_upto(text, colon), &value) ||
        !slice_u32(slice_from(text, colon + 1), &length) || !length || length > SDES_MOST_MKI)
        return false;
    key->mki_n = (uint8_t)length;
    for (uint32_t i = 0; i < length && i < 8; i++)
        key->mki[length - 1 - i] = (uint8_t)(value >> 8 * i);
    return true;
}

/* "inline:KEY|2^31|1:4": lifetime and MKI may each be missing.  Of several keys
 * the first (§6.1). */
static bool read_key(struct sdes_key *key, struct slice text, uint8_t octets)
{
    size_t bar;

    if (!slice_istarts(text, SLICE("inline:")))
        return false;
    text = slice_from(text, 7);
    text = slice_upto(text, slice_find(text, ';'));
    bar = slice_find(text, '|');
    if (!decode_base64(slice_upto(text, bar), key->octets, sizeof key->octets, &key->n) ||
        key->n != octets)
        return false;
    for (text = slice_from(text, bar + 1); text.n; text = slice_from(text, bar + 1)) {
        struct slice part;

        bar = slice_find(text, '|');
        part = slice_upto(text, bar);
        if (slice_find(part, ':') < part.n && !read_mki(key, part))
            return false;
    }
    return true;
}

bool sdes_key_parse(struct sdes_key *key, struct slice value)
{
    struct slice word;

    memset(key, 0, sizeof *key);
    next_word(&value); /* the tag */
    key->suite = next_word(&value);
    for (unsigned i = 0; i < SUITES; i++)
        if (slice_ieq(key->suite, suites[i].name) &&
            !read_key(key, next_word(&value), suites[i].key_octets))
            return false;
    while ((word = next_word(&value)).n) {
        if (slice_ieq(word, SLICE("UNAUTHENTICATED_SRTP")))
            return false;
        key->clear_rtp = key->clear_rtp || slice_ieq(word, SLICE("UNENCRYPTED_SRTP"));
        key->clear_rtcp = key->clear_rtcp || slice_ieq(word, SLICE("UNENCRYPTED_SRTCP"));
    }
    return key->n > 0;
}

/* ---- packets ---------------------------------------------------------------------- */

#ifdef HAVE_SRTP

#define FUNCTIONS(X) \
    X(srtp_create) X(srtp_dealloc) X(srtp_get_version_string) X(srtp_init) \
    X(srtp_unprotect_mki) X(srtp_unprotect_rtcp_mki) \
    X(srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32) \
    X(srtp_crypto_policy_set_aes_cm_192_hmac_sha1_32) \
    X(srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80) \
    X(srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32) \
    X(srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80) \
    X(srtp_crypto_policy_set_aes_gcm_128_16_auth) \
    X(srtp_crypto_policy_set_aes_gcm_256_16_auth) X(srtp_crypto_policy_set_rtp_default)
LIBRARY(srtp, SRTP_FILE, FUNCTIONS);

/* The library's trailer must fit behind a packet. */
_Static_assert((int)SRTP_MAX_TRAILER_LEN <= (int)SDES_SLACK, "room for libsrtp2's trailer");

struct sdes_opener {
    struct sdes_key key;
    srtp_t session;
};

const char *sdes_library(void)
{
    return library_open(&srtp_library) ? srtp.srtp_get_version_string() : NULL;
}

static srtp_err_status_t started = srtp_err_status_fail;

static void start(void)
{
    if (library_open(&srtp_library))
        started = srtp.srtp_init();
}

static void set_policy(srtp_crypto_policy_t *p, struct slice suite)
{
    typedef void set(srtp_crypto_policy_t *);
    set *const policies[SUITES] = {
        srtp.srtp_crypto_policy_set_rtp_default,
        srtp.srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
        srtp.srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80,
        srtp.srtp_crypto_policy_set_aes_cm_192_hmac_sha1_32,
        srtp.srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
        srtp.srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32,
        srtp.srtp_crypto_policy_set_aes_gcm_128_16_auth,
        srtp.srtp_crypto_policy_set_aes_gcm_256_16_auth,
    };

    for (unsigned i = 0; i < SUITES; i++)
        if (slice_ieq(suite, suites[i].name))
            policies[i](p);
}

struct sdes_opener *sdes_opener_new(const struct sdes_key *key)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct sdes_opener *o;
    srtp_policy_t policy;
    srtp_master_key_t master, *masters = &master;

    pthread_once(&once, start);
    o = started == srtp_err_status_ok ? calloc(1, sizeof *o) : NULL;
    if (!o)
        return NULL;
    o->key = *key;
    memset(&policy, 0, sizeof policy);
    set_policy(&policy.rtp, key->suite);
    set_policy(&policy.rtcp, key->suite);
    /* §6.3.2: SRTCP's tag is of 80 bits also where SRTP's is of 32 */
    if (policy.rtcp.auth_tag_len == 4)
        policy.rtcp.auth_tag_len = 10;
    if (key->clear_rtp)
        policy.rtp.sec_serv = sec_serv_auth;
    if (key->clear_rtcp)
        policy.rtcp.sec_serv = sec_serv_auth;
    policy.ssrc.type = ssrc_any_inbound;
    policy.window_size = 1024; /* late packets are looked at, too */
    master = (srtp_master_key_t){.key = o->key.octets, .mki_id = o->key.mki,
                                 .mki_size = key->mki_n};
    policy.keys = &masters;
    policy.num_master_keys = 1;
    if (srtp.srtp_create(&o->session, &policy) == srtp_err_status_ok)
        return o;
    free(o);
    return NULL;
}

void sdes_opener_free(struct sdes_opener *o)
{
    if (!o)
        return;
    srtp.srtp_dealloc(o->session);
    free(o);
}

size_t sdes_open(struct sdes_opener *o, bool control, const uint8_t *packet, size_t n,
                 uint8_t *out)
{
    unsigned mki = o->key.mki_n > 0;
    int length = (int)n;
    srtp_err_status_t status;

    if (n > UINT16_MAX)
        return 0;
    memcpy(out, packet, n);
    status = control ? srtp.srtp_unprotect_rtcp_mki(o->session, out, &length, mki)
                     : srtp.srtp_unprotect_mki(o->session, out, &length, mki);
    return status == srtp_err_status_ok && length > 0 ? (size_t)length : 0;
}

#else

const char *sdes_library(void)
{
    return NULL;
}

struct sdes_opener *sdes_opener_new(const struct sdes_key *key)
{
    (void)key;
    return NULL;
}

void sdes_opener_free(struct sdes_opener *o)
{
    (void)o;
}

size_t sdes_open(struct sdes_opener *o, bool control, const uint8_t *packet, size_t n,
                 uint8_t *out)
{
    (void)o;
    (void)control;
    (void)packet;
    (void)n;
    (void)out;
    return 0;
}

#endif

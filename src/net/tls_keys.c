#include "net/tls_keys.h"

#ifdef HAVE_OPENSSL

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

enum {
    NONCE = 12,
    EXPLICIT = 8, /* octets of a nonce that stand in the record */
    SEQUENCE = 8,
    HEADER_13 = 5,
    HEADER_12 = 13, /* sequence number, type, version, length */
    MAX_MAC = 48,
    MAX_BLOCK = 16,
    MAX_KEY = 32,
};

struct tls_keys {
    struct tls_suite suite;
    uint16_t version;
    bool encrypt_then_mac;
    bool counted;       /* `counter` is that of the record opened last */
    uint64_t counter;   /* its explicit nonce */
    uint8_t secret[64]; /* of TLS 1.3 */
    uint8_t secret_n;
    uint8_t mac[MAX_MAC], key[MAX_KEY];
    uint8_t iv[MAX_BLOCK]; /* or what of the nonce is implicit */
    EVP_CIPHER_CTX *cipher;
};

bool tls_keys_available(void)
{
    return true;
}

static const EVP_MD *digest_of(unsigned hash)
{
    switch (hash) {
    case TLS_SHA1:
        return EVP_sha1();
    case TLS_SHA256:
        return EVP_sha256();
    default:
        return EVP_sha384();
    }
}

static size_t digest_bytes(unsigned hash)
{
    return hash == TLS_SHA1 ? 20 : hash == TLS_SHA256 ? 32 : 48;
}

static const EVP_CIPHER *cipher_of(const struct tls_suite *s)
{
    bool wide = s->key_bytes == 32;

    switch (s->cipher) {
    case TLS_3DES_CBC:
        return EVP_des_ede3_cbc();
    case TLS_AES_CBC:
        return wide ? EVP_aes_256_cbc() : EVP_aes_128_cbc();
    case TLS_AES_GCM:
        return wide ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
    case TLS_AES_CCM:
    case TLS_AES_CCM_8:
        return wide ? EVP_aes_256_ccm() : EVP_aes_128_ccm();
    default:
        return EVP_chacha20_poly1305();
    }
}

static size_t block_bytes(const struct tls_keys *k)
{
    return k->suite.cipher == TLS_3DES_CBC ? 8 : 16;
}

static size_t tag_bytes(const struct tls_keys *k)
{
    return k->suite.cipher == TLS_AES_CCM_8 ? 8 : 16;
}

static bool is_ccm(const struct tls_keys *k)
{
    return k->suite.cipher == TLS_AES_CCM || k->suite.cipher == TLS_AES_CCM_8;
}

/* RFC 5288 §3, RFC 6655 §3: part of the nonce stands in the record. */
static bool has_explicit_nonce(const struct tls_keys *k)
{
    return k->version < TLS_1_3 && tls_suite_is_aead(&k->suite) &&
           k->suite.cipher != TLS_CHACHA20_POLY1305;
}

/* P_hash of RFC 5246 §5, added to what is in `out`. */
static void p_hash(const EVP_MD *md, const uint8_t *secret, size_t secret_n, const uint8_t *seed,
                   size_t seed_n, uint8_t *out, size_t n)
{
    uint8_t a[EVP_MAX_MD_SIZE + 128], block[EVP_MAX_MD_SIZE];
    unsigned size = (unsigned)EVP_MD_size(md), got;

    HMAC(md, secret, (int)secret_n, seed, seed_n, a, &got);
    while (n) {
        size_t part = n < size ? n : size;

        memcpy(a + size, seed, seed_n);
        HMAC(md, secret, (int)secret_n, a, size + seed_n, block, &got);
        for (size_t i = 0; i < part; i++)
            *out++ ^= block[i];
        n -= part;
        HMAC(md, secret, (int)secret_n, a, size, block, &got);
        memcpy(a, block, size);
    }
}

/* The key block of RFC 5246 §6.3; before TLS 1.2 two functions share the
 * secret (RFC 2246 §5). */
static void expand_master(const struct tls_secrets *s, uint8_t *out, size_t n)
{
    static const char label[] = "key expansion";
    uint8_t seed[sizeof label - 1 + 64];
    size_t half = sizeof s->master / 2;

    memcpy(seed, label, sizeof label - 1);
    memcpy(seed + sizeof label - 1, s->server_random, 32);
    memcpy(seed + sizeof label - 1 + 32, s->client_random, 32);
    memset(out, 0, n);
    if (s->version >= TLS_1_2) {
        p_hash(digest_of(s->suite.prf), s->master, sizeof s->master, seed, sizeof seed, out, n);
        return;
    }
    p_hash(EVP_md5(), s->master, half, seed, sizeof seed, out, n);
    p_hash(EVP_sha1(), s->master + half, half, seed, sizeof seed, out, n);
}

/* Makes the cipher ready; frees the keys when that fails. */
static struct tls_keys *prepare(struct tls_keys *k)
{
    bool good;

    if (k->suite.cipher == TLS_NULL)
        return k;
    k->cipher = EVP_CIPHER_CTX_new();
    good = k->cipher && EVP_DecryptInit_ex(k->cipher, cipher_of(&k->suite), NULL, NULL, NULL);
    if (good && tls_suite_is_aead(&k->suite))
        good = EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_AEAD_SET_IVLEN, NONCE, NULL);
    good = good && EVP_DecryptInit_ex(k->cipher, NULL, NULL, k->key, NULL);
    if (good)
        return k;
    tls_keys_free(k);
    return NULL;
}

struct tls_keys *tls_keys_from_master(const struct tls_secrets *s, bool server)
{
    bool aead = tls_suite_is_aead(&s->suite);
    size_t mac = aead ? 0 : digest_bytes(s->suite.mac), key = s->suite.key_bytes, iv;
    uint8_t block[2 * (MAX_MAC + MAX_KEY + MAX_BLOCK)];
    struct tls_keys *k = calloc(1, sizeof *k);

    if (!k)
        return NULL;
    k->suite = s->suite;
    k->version = s->version;
    k->encrypt_then_mac = s->encrypt_then_mac && !aead && s->suite.cipher != TLS_NULL;
    iv = aead ? NONCE - (has_explicit_nonce(k) ? EXPLICIT : 0) : block_bytes(k);
    expand_master(s, block, 2 * (mac + key + iv));
    memcpy(k->mac, block + server * mac, mac);
    memcpy(k->key, block + 2 * mac + server * key, key);
    memcpy(k->iv, block + 2 * (mac + key) + server * iv, iv);
    return prepare(k);
}

/* HKDF-Expand-Label of RFC 8446 §7.1, for no more than one block. */
static void expand_label(const struct tls_keys *k, const char *label, uint8_t *out, size_t n)
{
    const EVP_MD *md = digest_of(k->suite.prf);
    uint8_t info[64], block[EVP_MAX_MD_SIZE];
    size_t length = strlen(label), at = 0;
    unsigned got;

    info[at++] = 0;
    info[at++] = (uint8_t)n;
    info[at++] = (uint8_t)(length + 6);
    memcpy(info + at, "tls13 ", 6);
    memcpy(info + at + 6, label, length);
    at += 6 + length;
    info[at++] = 0; /* no context */
    info[at++] = 1; /* the first block */
    HMAC(md, k->secret, k->secret_n, info, at, block, &got);
    memcpy(out, block, n);
}

struct tls_keys *tls_keys_from_traffic(const struct tls_suite *suite, const uint8_t *secret,
                                       size_t n)
{
    struct tls_keys *k;

    if (!tls_suite_is_aead(suite) || n != digest_bytes(suite->prf))
        return NULL;
    k = calloc(1, sizeof *k);
    if (!k)
        return NULL;
    k->suite = *suite;
    k->version = TLS_1_3;
    memcpy(k->secret, secret, n);
    k->secret_n = (uint8_t)n;
    expand_label(k, "key", k->key, suite->key_bytes);
    expand_label(k, "iv", k->iv, NONCE);
    return prepare(k);
}

struct tls_keys *tls_keys_next(const struct tls_keys *k)
{
    uint8_t secret[sizeof k->secret];

    if (k->version < TLS_1_3)
        return NULL;
    expand_label(k, "traffic upd", secret, k->secret_n);
    return tls_keys_from_traffic(&k->suite, secret, k->secret_n);
}

void tls_keys_free(struct tls_keys *k)
{
    if (!k)
        return;
    EVP_CIPHER_CTX_free(k->cipher);
    explicit_bzero(k, sizeof *k);
    free(k);
}

static void put_number(uint8_t *p, uint64_t value)
{
    for (unsigned i = SEQUENCE; i-- > 0; value >>= 8)
        p[i] = (uint8_t)value;
}

/* What is signed before the content: RFC 5246 §6.2.3.1. */
static void head_of(uint8_t *p, uint64_t sequence, const uint8_t *record, size_t length)
{
    put_number(p, sequence);
    memcpy(p + SEQUENCE, record, 3);
    p[11] = (uint8_t)(length >> 8);
    p[12] = (uint8_t)length;
}

/* One call of an AEAD: true when the tag behind the text is its own. */
static bool open_aead(struct tls_keys *k, const uint8_t *nonce, const uint8_t *head, size_t head_n,
                      const uint8_t *text, size_t n, uint8_t *out)
{
    uint8_t tag[16];
    int got = 0;

    memcpy(tag, text + n, tag_bytes(k));
    if (is_ccm(k)) {
        /* The lengths have to be known first; the text is checked at once. */
        return EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_AEAD_SET_TAG, (int)tag_bytes(k), tag) > 0 &&
               EVP_DecryptInit_ex(k->cipher, NULL, NULL, k->key, nonce) > 0 &&
               EVP_DecryptUpdate(k->cipher, NULL, &got, NULL, (int)n) > 0 &&
               EVP_DecryptUpdate(k->cipher, NULL, &got, head, (int)head_n) > 0 &&
               EVP_DecryptUpdate(k->cipher, out, &got, text, (int)n) > 0;
    }
    return EVP_DecryptInit_ex(k->cipher, NULL, NULL, NULL, nonce) > 0 &&
           EVP_DecryptUpdate(k->cipher, NULL, &got, head, (int)head_n) > 0 &&
           EVP_DecryptUpdate(k->cipher, out, &got, text, (int)n) > 0 &&
           EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_AEAD_SET_TAG, (int)tag_bytes(k), tag) > 0 &&
           EVP_DecryptFinal_ex(k->cipher, out + got, &got) > 0;
}

static long open_with_aead(struct tls_keys *k, uint64_t sequence, const uint8_t *record, size_t n,
                           uint8_t *out)
{
    const uint8_t *text = record + TLS_RECORD_HEADER;
    uint8_t nonce[NONCE] = {0}, head[HEADER_12];
    size_t least = tag_bytes(k) + (has_explicit_nonce(k) ? EXPLICIT : 0), length;

    if (n < TLS_RECORD_HEADER + least)
        return -1;
    length = n - TLS_RECORD_HEADER - least;
    if (has_explicit_nonce(k)) {
        memcpy(nonce, k->iv, NONCE - EXPLICIT);
        memcpy(nonce + NONCE - EXPLICIT, text, EXPLICIT);
        text += EXPLICIT;
    } else { /* RFC 7905 §2, RFC 8446 §5.3 */
        put_number(nonce + NONCE - SEQUENCE, sequence);
        for (unsigned i = 0; i < NONCE; i++)
            nonce[i] ^= k->iv[i];
    }
    head_of(head, sequence, record, length);
    if (k->version >= TLS_1_3 ? !open_aead(k, nonce, record, HEADER_13, text, length, out)
                              : !open_aead(k, nonce, head, HEADER_12, text, length, out))
        return -1;
    if (has_explicit_nonce(k)) {
        k->counter = be64(record + TLS_RECORD_HEADER);
        k->counted = true;
    }
    return (long)length;
}

static bool is_signed(const struct tls_keys *k, uint64_t sequence, const uint8_t *record,
                      const uint8_t *text, size_t n, const uint8_t *mac)
{
    uint8_t signed_text[HEADER_12 + TLS_MAX_FRAGMENT], own[EVP_MAX_MD_SIZE];
    size_t mac_n = digest_bytes(k->suite.mac);
    unsigned got;

    head_of(signed_text, sequence, record, n);
    if (n)
        memcpy(signed_text + HEADER_12, text, n);
    HMAC(digest_of(k->suite.mac), k->mac, (int)mac_n, signed_text, HEADER_12 + n, own, &got);
    return memcmp(own, mac, mac_n) == 0;
}

/* Takes the padding of RFC 5246 §6.2.3.2 off; false when it is none. */
static bool take_padding(const uint8_t *text, size_t *n)
{
    size_t padding = *n ? text[*n - 1] + (size_t)1 : 0;

    if (!padding || padding > *n)
        return false;
    for (size_t i = 1; i <= padding; i++)
        if (text[*n - i] != padding - 1)
            return false;
    *n -= padding;
    return true;
}

static bool decipher(struct tls_keys *k, const uint8_t *iv, const uint8_t *text, size_t n,
                     uint8_t *out)
{
    int got;

    return EVP_DecryptInit_ex(k->cipher, NULL, NULL, NULL, iv) > 0 &&
           EVP_CIPHER_CTX_set_padding(k->cipher, 0) > 0 &&
           EVP_DecryptUpdate(k->cipher, out, &got, text, (int)n) > 0;
}

static long open_with_cbc(struct tls_keys *k, uint64_t sequence, const uint8_t *record, size_t n,
                          uint8_t *out)
{
    const uint8_t *text = record + TLS_RECORD_HEADER, *iv = k->iv;
    size_t block = block_bytes(k), mac = digest_bytes(k->suite.mac), length = n - TLS_RECORD_HEADER;

    if (k->encrypt_then_mac) {
        if (length < mac ||
            !is_signed(k, sequence, record, text, length - mac, text + length - mac))
            return -1;
        length -= mac;
    }
    if (k->version >= TLS_1_1) {
        if (length < block)
            return -1;
        iv = text;
        text += block;
        length -= block;
    }
    if (!length || length % block || !decipher(k, iv, text, length, out) ||
        !take_padding(out, &length))
        return -1;
    if (!k->encrypt_then_mac) {
        if (length < mac || !is_signed(k, sequence, record, out, length - mac, out + length - mac))
            return -1;
        length -= mac;
    }
    tls_keys_pass(k, record, n);
    return (long)length;
}

static long open_plain(const struct tls_keys *k, uint64_t sequence, const uint8_t *record, size_t n,
                       uint8_t *out)
{
    const uint8_t *text = record + TLS_RECORD_HEADER;
    size_t mac = digest_bytes(k->suite.mac), length = n - TLS_RECORD_HEADER;

    if (length < mac || !is_signed(k, sequence, record, text, length - mac, text + length - mac))
        return -1;
    memcpy(out, text, length - mac);
    return (long)(length - mac);
}

/* RFC 8446 §5.2: the type stands behind the content, zeros may follow. */
static long unwrap(const uint8_t *out, long n, uint8_t *type)
{
    while (n && !out[n - 1])
        n--;
    if (!n)
        return -1;
    *type = out[n - 1];
    return n - 1;
}

long tls_keys_open(struct tls_keys *k, uint64_t sequence, const uint8_t *record, size_t n,
                   uint8_t *out, uint8_t *type)
{
    long length;

    if (n < TLS_RECORD_HEADER || n > TLS_RECORD_HEADER + TLS_MAX_FRAGMENT)
        return -1;
    *type = record[0];
    if (k->suite.cipher == TLS_NULL)
        return open_plain(k, sequence, record, n, out);
    if (!tls_suite_is_aead(&k->suite))
        return open_with_cbc(k, sequence, record, n, out);
    length = open_with_aead(k, sequence, record, n, out);
    return length < 0 || k->version < TLS_1_3 ? length : unwrap(out, length, type);
}

uint64_t tls_keys_distance(const struct tls_keys *k, const uint8_t *record, size_t n)
{
    if (!has_explicit_nonce(k) || !k->counted || n < TLS_RECORD_HEADER + EXPLICIT)
        return 0;
    return be64(record + TLS_RECORD_HEADER) - k->counter;
}

void tls_keys_pass(struct tls_keys *k, const uint8_t *record, size_t n)
{
    size_t block = block_bytes(k), mac = k->encrypt_then_mac ? digest_bytes(k->suite.mac) : 0;

    if (k->version == TLS_1_0 && n >= TLS_RECORD_HEADER + block + mac)
        memcpy(k->iv, record + n - mac - block, block);
}

#else

bool tls_keys_available(void)
{
    return false;
}

struct tls_keys *tls_keys_from_master(const struct tls_secrets *secrets, bool server)
{
    (void)secrets;
    (void)server;
    return NULL;
}

struct tls_keys *tls_keys_from_traffic(const struct tls_suite *suite, const uint8_t *secret,
                                       size_t n)
{
    (void)suite;
    (void)secret;
    (void)n;
    return NULL;
}

struct tls_keys *tls_keys_next(const struct tls_keys *keys)
{
    (void)keys;
    return NULL;
}

void tls_keys_free(struct tls_keys *keys)
{
    (void)keys;
}

long tls_keys_open(struct tls_keys *keys, uint64_t sequence, const uint8_t *record, size_t n,
                   uint8_t *out, uint8_t *type)
{
    (void)keys;
    (void)sequence;
    (void)record;
    (void)n;
    (void)out;
    (void)type;
    return -1;
}

uint64_t tls_keys_distance(const struct tls_keys *keys, const uint8_t *record, size_t n)
{
    (void)keys;
    (void)record;
    (void)n;
    return 0;
}

void tls_keys_pass(struct tls_keys *keys, const uint8_t *record, size_t n)
{
    (void)keys;
    (void)record;
    (void)n;
}

#endif

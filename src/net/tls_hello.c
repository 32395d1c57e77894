#include "net/tls_hello.h"

#include "base/cursor.h"

enum {
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_ALPN = 16,
    EXTENSION_ENCRYPT_THEN_MAC = 22,
    EXTENSION_VERSIONS = 43,
};

/* SHA-256 of "HelloRetryRequest": RFC 8446 §4.1.3. */
static const uint8_t retry_random[32] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* What stands behind a length of one or two octets; nothing when it is cut. */
static struct cursor inner(struct cursor *at, bool wide)
{
    uint16_t length = 0;
    uint8_t narrow = 0;
    const uint8_t *p;

    if (wide ? !cursor_u16(at, &length) : !cursor_u8(at, &narrow))
        return cursor_make(NULL, 0);
    length = wide ? length : narrow;
    p = cursor_take(at, length);
    return cursor_make(p, p ? length : 0);
}

static struct slice text_of(struct cursor c)
{
    return slice_make((const char *)c.p, c.left);
}

static struct slice read_server_name(struct cursor at)
{
    struct cursor list = inner(&at, true);
    uint8_t type;

    return cursor_u8(&list, &type) && type == 0 ? text_of(inner(&list, true)) : SLICE_EMPTY;
}

static struct slice read_protocol(struct cursor at)
{
    struct cursor list = inner(&at, true);

    return text_of(inner(&list, false));
}

static bool next_extension(struct cursor *at, uint16_t *type, struct cursor *body)
{
    if (at->left < 4)
        return false;
    cursor_u16(at, type);
    *body = inner(at, true);
    return true;
}

bool tls_read_client_hello(struct tls_client_hello *h, const uint8_t *body, size_t n)
{
    struct cursor at = cursor_make(body, n), extensions, extension;
    const uint8_t *p = cursor_take(&at, 34); /* version, random */
    uint16_t type = 0;

    *h = (struct tls_client_hello){.random = {0}};
    if (!p || p[0] != 3)
        return false;
    memcpy(h->random, p + 2, 32);
    inner(&at, false); /* session */
    if (inner(&at, true).left < 2 || !inner(&at, false).left)
        return false;
    extensions = inner(&at, true);
    while (next_extension(&extensions, &type, &extension)) {
        if (type == EXTENSION_SERVER_NAME)
            h->server_name = read_server_name(extension);
        else if (type == EXTENSION_ALPN)
            h->protocol = read_protocol(extension);
    }
    return true;
}

bool tls_read_server_hello(struct tls_server_hello *h, const uint8_t *body, size_t n)
{
    struct cursor at = cursor_make(body, n), extensions, extension;
    const uint8_t *p = cursor_take(&at, 34);
    uint16_t type = 0;

    *h = (struct tls_server_hello){.version = 0};
    if (!p || p[0] != 3)
        return false;
    h->version = be16(p);
    memcpy(h->random, p + 2, 32);
    h->retry = memcmp(h->random, retry_random, 32) == 0;
    inner(&at, false);
    if (!cursor_u16(&at, &h->suite) || !cursor_u8(&at, &h->compression))
        return false;
    extensions = inner(&at, true);
    while (next_extension(&extensions, &type, &extension)) {
        if (type == EXTENSION_VERSIONS)
            cursor_u16(&extension, &h->version);
        else if (type == EXTENSION_ENCRYPT_THEN_MAC)
            h->encrypt_then_mac = true;
        else if (type == EXTENSION_ALPN)
            h->protocol = read_protocol(extension);
    }
    return true;
}

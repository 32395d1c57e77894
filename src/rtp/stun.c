/* STUN messages: RFC 8489 §5, §14. */
#include "rtp/stun.h"

#include "base/cursor.h"

enum {
    HEADER = 20,
    MAPPED_ADDRESS = 0x0001,
    USERNAME = 0x0006,
    ERROR_CODE = 0x0009,
    XOR_RELAYED_ADDRESS = 0x0016,
    XOR_MAPPED_ADDRESS = 0x0020,
    USE_CANDIDATE = 0x0025,
    ICE_CONTROLLING = 0x802a,
};

/* §14.1, §14.2: the port is XORed with the cookie's upper half, the address with
 * cookie and transaction id, as they stand in the header; `key` NULL: it is not. */
static void read_address(struct net_addr *out, struct cursor c, const uint8_t *key)
{
    struct net_addr addr;
    const uint8_t *ip;
    uint8_t zero, family;
    size_t n;

    memset(&addr, 0, sizeof addr);
    if (!cursor_u8(&c, &zero) || !cursor_u8(&c, &family) || !cursor_u16(&c, &addr.port) ||
        (family != 1 && family != 2))
        return;
    n = family == 1 ? 4 : 16;
    ip = cursor_take(&c, n);
    if (!ip)
        return;
    for (size_t i = 0; i < n; i++)
        addr.ip[i] = (uint8_t)(ip[i] ^ (key ? key[i] : 0));
    if (key)
        addr.port ^= be16(key);
    addr.family = family == 1 ? NET_IP4 : NET_IP6;
    *out = addr;
}

static uint16_t read_error(struct cursor c)
{
    const uint8_t *p = cursor_take(&c, 4);

    return p ? (uint16_t)((p[2] & 7) * 100 + p[3] % 100) : 0;
}

static void read_attribute(struct stun_msg *msg, uint16_t type, struct cursor value,
                           const uint8_t *key)
{
    switch (type) {
    case MAPPED_ADDRESS:
        if (msg->mapped.family == NET_UNKNOWN)
            read_address(&msg->mapped, value, NULL);
        break;
    case XOR_MAPPED_ADDRESS:
        read_address(&msg->mapped, value, key);
        break;
    case XOR_RELAYED_ADDRESS:
        read_address(&msg->relayed, value, key);
        break;
    case USERNAME:
        msg->username = slice_make((const char *)value.p, value.left);
        break;
    case ERROR_CODE:
        msg->error = read_error(value);
        break;
    case USE_CANDIDATE:
        msg->nominates = true;
        break;
    case ICE_CONTROLLING:
        msg->controlling = true;
        break;
    default:
        break;
    }
}

bool stun_parse(struct stun_msg *msg, const uint8_t *data, size_t n)
{
    struct cursor c = cursor_make(data, n), value;
    uint16_t type, length, body;

    memset(msg, 0, sizeof *msg);
    if (n < HEADER || data[0] > 3)
        return false;
    cursor_u16(&c, &type);
    cursor_u16(&c, &body);
    cursor_skip(&c, HEADER - 4);
    msg->id = data + HEADER - STUN_ID;
    /* §5: the class's two bits stand among the method's */
    msg->kind = (uint8_t)((type >> 4 & 1) | (type >> 7 & 2));
    msg->method = (uint16_t)((type & 0xf) | (type >> 1 & 0x70) | (type >> 2 & 0xf80));
    c.left = c.left < body ? c.left : body;
    while (cursor_u16(&c, &type) && cursor_u16(&c, &length)) {
        value.p = cursor_take(&c, length);
        if (!value.p)
            break;
        value.left = length;
        read_attribute(msg, type, value, data + 4);
        if (!cursor_skip(&c, (size_t)-length % 4))
            break;
    }
    return true;
}

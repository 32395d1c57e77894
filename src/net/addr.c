/* Texts of addresses (RFC 5952) and what kind an address is. */
#include "net/addr.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/digits.h"

/* The numbers of an IPv4 address. */
static const struct {
    char text[4];
    uint8_t n;
} octets[] = {
#define TEN(p, n) \
    {p "0", n}, {p "1", n}, {p "2", n}, {p "3", n}, {p "4", n}, {p "5", n}, {p "6", n}, \
    {p "7", n}, {p "8", n}, {p "9", n}
    TEN("", 1),   TEN("1", 2),  TEN("2", 2),  TEN("3", 2),  TEN("4", 2),  TEN("5", 2),
    TEN("6", 2),  TEN("7", 2),  TEN("8", 2),  TEN("9", 2),  TEN("10", 3), TEN("11", 3),
    TEN("12", 3), TEN("13", 3), TEN("14", 3), TEN("15", 3), TEN("16", 3), TEN("17", 3),
    TEN("18", 3), TEN("19", 3), TEN("20", 3), TEN("21", 3), TEN("22", 3), TEN("23", 3),
    TEN("24", 3), {"250", 3},   {"251", 3},   {"252", 3},   {"253", 3},   {"254", 3},
    {"255", 3},
};

/* With what stands behind it; gives where that ends. */
static inline char *put_octet(char *out, uint8_t x, char after)
{
    memcpy(out, octets[x].text, sizeof octets[x].text);
    out += octets[x].n;
    *out++ = after;
    return out;
}

/* With `after` behind it; gives how many octets with that. */
static size_t ip4_text(const uint8_t *ip, char *out, char after)
{
    char *end = put_octet(out, ip[0], '.');

    end = put_octet(end, ip[1], '.');
    end = put_octet(end, ip[2], '.');
    return (size_t)(put_octet(end, ip[3], after) - out);
}

char *addr_ip_text(const struct net_addr *addr, char out[ADDR_TEXT])
{
    if (addr->family == NET_IP4)
        ip4_text(addr->ip, out, 0);
    else if (addr->family == NET_UNKNOWN || !inet_ntop(AF_INET6, addr->ip, out, ADDR_TEXT))
        memcpy(out, "-", 2);
    return out;
}

size_t addr_write(const struct net_addr *addr, char out[ADDR_TEXT])
{
    char ip[ADDR_TEXT];
    size_t n;

    if (addr->family == NET_IP4) {
        n = ip4_text(addr->ip, out, ':');
        n += digits_u64(out + n, addr->port);
        out[n] = 0;
        return n;
    }
    addr_ip_text(addr, ip);
    if (addr->family == NET_UNKNOWN) {
        memcpy(out, ip, 2);
        return 1;
    }
    return (size_t)snprintf(out, ADDR_TEXT, addr->family == NET_IP6 ? "[%.48s]:%u" : "%.48s:%u",
                            ip, addr->port);
}

char *addr_text(const struct net_addr *addr, char out[ADDR_TEXT])
{
    addr_write(addr, out);
    return out;
}

/* As inet_pton reads it: four numbers up to 255, without leading zeros. */
static bool parse_ip4(struct slice text, uint8_t ip[4])
{
    size_t i = 0;

    for (unsigned part = 0; part < 4; part++) {
        unsigned value = 0;
        size_t begin;

        if (part && (i == text.n || text.p[i++] != '.'))
            return false;
        for (begin = i; i < text.n && i - begin < 3 && text.p[i] >= '0' && text.p[i] <= '9'; i++)
            value = value * 10 + (unsigned)(text.p[i] - '0');
        if (i == begin || value > 255 || (text.p[begin] == '0' && i - begin > 1))
            return false;
        ip[part] = (uint8_t)value;
    }
    return i == text.n;
}

static bool parse_ip6(struct slice text, uint8_t ip[16])
{
    char copy[64];

    if (text.n >= sizeof copy || memchr(text.p, 0, text.n) || !memchr(text.p, ':', text.n))
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    return inet_pton(AF_INET6, copy, ip) == 1;
}

bool addr_parse_ip(struct slice text, uint16_t port, struct net_addr *out)
{
    struct net_addr addr;

    if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
        text = slice_make(text.p + 1, text.n - 2);
    if (!text.n)
        return false;
    memset(&addr, 0, sizeof addr);
    addr.port = port;
    if (parse_ip4(text, addr.ip))
        addr.family = NET_IP4;
    else if (parse_ip6(text, addr.ip))
        addr.family = NET_IP6;
    else
        return false;
    *out = addr;
    return true;
}

bool addr_is_private(const struct net_addr *addr)
{
    const uint8_t *ip = addr->ip;

    if (addr->family == NET_IP4)
        return ip[0] == 10 || (ip[0] == 172 && (ip[1] & 0xf0) == 16) ||
               (ip[0] == 192 && ip[1] == 168) || (ip[0] == 100 && (ip[1] & 0xc0) == 64) ||
               (ip[0] == 169 && ip[1] == 254);
    if (addr->family == NET_IP6)
        return (ip[0] & 0xfe) == 0xfc || (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80);
    return false;
}

bool addr_is_multicast(const struct net_addr *addr)
{
    if (addr->family == NET_IP4)
        return (addr->ip[0] & 0xf0) == 0xe0;
    return addr->family == NET_IP6 && addr->ip[0] == 0xff;
}

bool addr_is_zero(const struct net_addr *addr)
{
    static const uint8_t zero[16];

    return memcmp(addr->ip, zero, sizeof zero) == 0;
}

/* Owns the exchange of addresses: octet by octet of IPv4, digit by digit of IPv6,
 * each by what stands before it, so that what addresses have in common at their
 * beginning they still have. */
#include "anonymize/address.h"

#include <string.h>

#include "net/addr.h"

/* ---- IPv4 ------------------------------------------------------------------------------ */

/* What kind of network the address is in, as far as its first `n` octets say: an
 * octet may be exchanged for another that leads to the same kind. */
enum ip4_kind { USUAL, KEPT, SHARED, PRIVATE, MIXED };

static enum ip4_kind first_octet(unsigned a)
{
    if (a == 0 || a == 127 || a >= 224)
        return KEPT;
    /* 10/8; and what has networks for special use in it: RFC 6890 */
    return a == 10 || a == 100 || a == 169 || a == 172 || a == 192 || a == 198 || a == 203
               ? MIXED
               : USUAL;
}

static enum ip4_kind second_octet(unsigned a, unsigned b)
{
    switch (a) {
    case 100: return b >= 64 && b < 128 ? SHARED : USUAL;
    case 169: return b == 254 ? KEPT : USUAL;
    case 172: return b >= 16 && b < 32 ? PRIVATE : USUAL;
    case 192: return b == 0 || b == 88 || b == 168 ? KEPT : USUAL;
    case 198: return b == 18 || b == 19 || b == 51 ? KEPT : USUAL;
    case 203: return b == 0 ? KEPT : USUAL;
    default: return USUAL;
    }
}

static enum ip4_kind third_octet(unsigned a, unsigned b, unsigned c)
{
    unsigned network = a << 16 | b << 8 | c;
    static const unsigned documentation[] = {0xc00000, 0xc00002, 0xc05863, 0xc63364, 0xcb0071};

    for (size_t i = 0; i < sizeof documentation / sizeof documentation[0]; i++)
        if (network == documentation[i])
            return KEPT;
    return USUAL;
}

static enum ip4_kind kind_of(const uint8_t *ip, unsigned at, unsigned octet)
{
    if (at == 0)
        return first_octet(octet);
    if (at == 1)
        return second_octet(ip[0], octet);
    if (at == 2)
        return third_octet(ip[0], ip[1], octet);
    return octet == 0 || octet == 255 ? KEPT : USUAL; /* a network, its broadcast */
}

static unsigned digits(unsigned octet)
{
    return octet < 10 ? 1 : octet < 100 ? 2 : 3;
}

/* The octet at that place for another with as many digits and of the same kind. */
static uint8_t exchange_octet(struct keyed *k, const struct keyed_chain *c, const uint8_t *ip,
                              unsigned at)
{
    enum ip4_kind kind = kind_of(ip, at, ip[at]);
    uint8_t others[256];
    unsigned n = 0, mine = 0;

    if (kind == KEPT || kind == MIXED)
        return ip[at];
    for (unsigned i = 0; i < 256; i++)
        if (digits(i) == digits(ip[at]) && kind_of(ip, at, i) == kind) {
            mine = i == ip[at] ? n : mine;
            others[n++] = (uint8_t)i;
        }
    return others[keyed_exchange(k, c, n, mine)];
}

/* A first octet that is exchanged leads to no network for special use, so that the
 * octets behind it are judged by the address as it was in either case. */
void address_ip4(struct keyed *k, uint8_t ip[4])
{
    uint8_t before[4];
    struct keyed_chain c;

    memcpy(before, ip, 4);
    if (first_octet(ip[0]) == KEPT || keyed_recall(k, KEYED_IP4, ip, 4))
        return;
    keyed_begin(k, &c, KEYED_IP4);
    for (unsigned i = 0; i < 4; i++) {
        ip[i] = exchange_octet(k, &c, before, i);
        keyed_feed(k, &c, &before[i], 1);
    }
    keyed_remember(k, KEYED_IP4, before, ip, 4);
}

/* ---- IPv6 ------------------------------------------------------------------------------ */

static bool is_zero(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

/* IPv4-mapped (RFC 4291), or translated (RFC 6052). */
static bool holds_ip4(const uint8_t *ip)
{
    static const uint8_t translated[12] = {0x00, 0x64, 0xff, 0x9b};

    return (is_zero(ip, 10) && ip[10] == 0xff && ip[11] == 0xff) ||
           memcmp(ip, translated, sizeof translated) == 0;
}

/* One hexadecimal digit of a group; the first that is not zero stays so. */
static unsigned exchange_digit(struct keyed *k, struct keyed_chain *c, unsigned digit,
                               bool leading)
{
    uint8_t was = (uint8_t)digit;

    if (leading && digit)
        digit = keyed_exchange(k, c, 15, digit - 1) + 1;
    else if (!leading)
        digit = keyed_exchange(k, c, 16, digit);
    keyed_feed(k, c, &was, 1);
    return digit;
}

static uint16_t exchange_group(struct keyed *k, struct keyed_chain *c, uint16_t group)
{
    unsigned out = 0;
    bool leading = true;

    for (int shift = 12; shift >= 0; shift -= 4) {
        unsigned digit = (unsigned)group >> (unsigned)shift & 15u;

        out = out << 4 | exchange_digit(k, c, digit, leading);
        leading = leading && !digit;
    }
    return (uint16_t)out;
}

/* How many groups at the beginning say what kind of address it is. */
static unsigned kept_groups(const uint8_t *ip)
{
    return ip[0] == 0x20 && ip[1] == 0x01 && ip[2] == 0x0d && ip[3] == 0xb8 ? 2 : 1;
}

void address_ip6(struct keyed *k, uint8_t ip[16])
{
    unsigned kept = kept_groups(ip);
    struct keyed_chain c;
    uint8_t before[16];

    memcpy(before, ip, 16);
    if (holds_ip4(ip)) {
        address_ip4(k, ip + 12);
        return;
    }
    if (ip[0] == 0xff || is_zero(ip, 15)) /* multicast; :: and ::1 */
        return;
    if (keyed_recall(k, KEYED_IP6, ip, 16))
        return;
    keyed_begin(k, &c, KEYED_IP6);
    for (unsigned i = 0; i < 8; i++) {
        uint16_t group = (uint16_t)(ip[2 * i] << 8 | ip[2 * i + 1]), other;

        if (i < kept) {
            keyed_feed(k, &c, ip + 2 * i, 2);
            continue;
        }
        other = exchange_group(k, &c, group);
        ip[2 * i] = (uint8_t)(other >> 8);
        ip[2 * i + 1] = (uint8_t)other;
    }
    keyed_remember(k, KEYED_IP6, before, ip, 16);
}

/* ---- MAC ------------------------------------------------------------------------------- */

void address_mac(struct keyed *k, uint8_t mac[6])
{
    enum { GROUP = 1, LOCAL = 2 };
    struct keyed_chain c;
    uint8_t before[6];

    if (mac[0] & GROUP || is_zero(mac, 6) || keyed_recall(k, KEYED_MAC, mac, 6))
        return;
    memcpy(before, mac, 6);
    keyed_begin(k, &c, KEYED_MAC);
    for (unsigned i = 0; i < 6; i++) {
        uint8_t was = mac[i];

        /* its two lowest bits say what kind of address it is */
        mac[i] = i ? (uint8_t)keyed_exchange(k, &c, 256, was)
                   : (uint8_t)(keyed_exchange(k, &c, 64, was >> 2) << 2 | (was & 3));
        keyed_feed(k, &c, &was, 1);
    }
    keyed_remember(k, KEYED_MAC, before, mac, 6);
}

/* ---- text ------------------------------------------------------------------------------ */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static int hex_of(char c)
{
    if (is_digit(c))
        return c - '0';
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* Digits as they stand there; the octets have as many as before. */
static void write_octet(char *text, size_t n, unsigned octet)
{
    for (size_t i = n; i-- > 0; octet /= 10)
        text[i] = (char)('0' + octet % 10);
}

static size_t text_ip4(struct keyed *k, char *text, size_t n)
{
    size_t at[4], length[4], i = 0;
    uint8_t ip[4];

    for (unsigned part = 0; part < 4; part++) {
        unsigned value = 0;

        if (part && (i >= n || text[i++] != '.'))
            return 0;
        at[part] = i;
        while (i < n && is_digit(text[i]) && i - at[part] < 4)
            value = value * 10 + (unsigned)(text[i++] - '0');
        length[part] = i - at[part];
        if (!length[part] || length[part] != digits(value) || value > 255)
            return 0;
        ip[part] = (uint8_t)value;
    }
    if (i < n && (is_alnum(text[i]) || (text[i] == '.' && i + 1 < n && is_alnum(text[i + 1]))))
        return 0;
    address_ip4(k, ip);
    for (unsigned part = 0; part < 4; part++)
        write_octet(text + at[part], length[part], ip[part]);
    return i;
}

/* As many digits as the group has there, in its case. */
static void write_group(char *text, size_t n, unsigned group)
{
    bool upper = false;

    for (size_t i = 0; i < n; i++)
        upper = upper || (text[i] >= 'A' && text[i] <= 'F');
    for (size_t i = n; i-- > 0; group >>= 4)
        text[i] = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[group & 15];
}

/* Writes the groups over those of the text: from its beginning, and behind "::" from
 * its end.  An IPv4 address at the end is the last two. */
static void write_groups(struct keyed *k, char *text, size_t n, const uint8_t ip[16])
{
    unsigned group = 0, behind = 0;
    bool dotted = memchr(text, '.', n) != NULL;

    for (size_t i = 0; i < n;) {
        size_t end = i;

        while (end < n && text[end] != ':')
            end++;
        if (end == i && i && text[i - 1] == ':') { /* "::" */
            behind = dotted ? 1 : 0;
            for (size_t j = i + 1; j < n; j++)
                behind += text[j] != ':' && text[j - 1] == ':' ? 1 : 0;
            group = 8 - (behind > 8 ? 8 : behind);
        } else if (end > i && memchr(text + i, '.', end - i)) {
            text_ip4(k, text + i, end - i);
        } else if (end > i && group < 8) {
            write_group(text + i, end - i, (unsigned)(ip[2 * group] << 8 | ip[2 * group + 1]));
            group++;
        }
        i = end + 1;
    }
}

static size_t text_ip6(struct keyed *k, char *text, size_t n)
{
    struct net_addr addr;
    size_t end = 0, colons = 0;

    while (end < n && end < 45 && (hex_of(text[end]) >= 0 || text[end] == ':' || text[end] == '.'))
        colons += text[end++] == ':';
    while (end && text[end - 1] == '.')
        end--;
    if (colons < 2 || !addr_parse_ip(slice_make(text, end), 0, &addr) || addr.family != NET_IP6 ||
        (end < n && is_alnum(text[end])))
        return 0;
    address_ip6(k, addr.ip);
    write_groups(k, text, end, addr.ip);
    return end;
}

/* Pairs of digits with colons: a MAC address, or a fingerprint (RFC 8122). */
static size_t text_pairs(struct keyed *k, char *text, size_t n)
{
    enum { SHORTEST = 16 }; /* octets of a fingerprint, by MD5 */
    struct keyed_chain c;
    uint8_t mac[6];
    size_t pairs = 0, at = 0;

    while (at + 2 <= n && hex_of(text[at]) >= 0 && hex_of(text[at + 1]) >= 0) {
        if (pairs < 6)
            mac[pairs] = (uint8_t)(hex_of(text[at]) << 4 | hex_of(text[at + 1]));
        pairs++;
        at += 3;
        if (at > n || text[at - 1] != ':')
            break;
    }
    if (pairs < 6 || (pairs > 6 && pairs < SHORTEST) || (at - 1 < n && is_alnum(text[at - 1])))
        return 0;
    if (pairs == 6) {
        address_mac(k, mac);
        for (size_t i = 0; i < 6; i++)
            write_group(text + 3 * i, 2, mac[i]);
        return at - 1;
    }
    keyed_begin(k, &c, KEYED_HEX);
    for (size_t i = 0; i < pairs; i++) {
        uint8_t was = (uint8_t)(hex_of(text[3 * i]) << 4 | hex_of(text[3 * i + 1]));

        write_group(text + 3 * i, 2, keyed_exchange(k, &c, 256, was));
        keyed_feed(k, &c, &was, 1);
    }
    return at - 1;
}

size_t address_text(struct keyed *k, char *text, size_t n)
{
    size_t done = 0;

    if (n && is_digit(text[0]))
        done = text_ip4(k, text, n);
    if (!done && n && (hex_of(text[0]) >= 0 || text[0] == ':'))
        done = text_pairs(k, text, n);
    if (!done && n && (hex_of(text[0]) >= 0 || text[0] == ':'))
        done = text_ip6(k, text, n);
    return done;
}

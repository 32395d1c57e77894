/* pcapng (draft-ietf-opsawg-pcapng): sections, each with its own byte order and
 * interfaces; enhanced, simple and the old packet blocks; decryption secrets.
 * Other blocks are passed over. */
#include <errno.h>

#include "base/cursor.h"
#include "capture/reader.h"

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE = 3,
    BLOCK_ENHANCED = 6,
    BLOCK_SECRETS = 10,
    OPTION_TSRESOL = 9,
    OPTION_TSOFFSET = 14,
    MAX_INTERFACES = 65536,
};

struct block {
    uint64_t offset;
    uint32_t type;
    const uint8_t *body;
    size_t size;
};

static uint16_t u16(const struct reader *r, const uint8_t *p)
{
    return r->swapped ? be16(p) : le16(p);
}

static uint32_t u32(const struct reader *r, const uint8_t *p)
{
    return r->swapped ? be32(p) : le32(p);
}

static bool damage_at(struct reader *r, uint64_t offset, const char *what)
{
    return reader_damage(r, "the block at offset %llu %s: the file is damaged from here on",
                         (unsigned long long)offset, what);
}

/* A section header tells the byte order of what follows, itself included. */
static bool set_byte_order(struct reader *r, const uint8_t *p)
{
    uint32_t magic = le32(p + 8);

    if (magic != 0x1a2b3c4d && magic != 0x4d3c2b1a)
        return false;
    r->swapped = magic == 0x4d3c2b1a;
    return true;
}

/* The next block: true with it in view, false at the end or at damage. */
static bool next_block(struct reader *r, struct block *b)
{
    const uint8_t *p;
    uint32_t length;

    b->offset = source_offset(&r->source);
    p = source_need(&r->source, 12);
    if (!p) {
        if (source_need(&r->source, 1))
            reader_cut(r, b->offset, "block");
        return false;
    }
    if (le32(p) == BLOCK_SECTION && !set_byte_order(r, p))
        return damage_at(r, b->offset, "is a section header without a byte-order magic");
    b->type = u32(r, p);
    length = u32(r, p + 4);
    if (length < 12 || length % 4 || length > READER_MAX_RECORD)
        return damage_at(r, b->offset, "has an impossible length");
    p = source_need(&r->source, length);
    if (!p)
        return reader_cut(r, b->offset, "block");
    if (u32(r, p + length - 4) != length)
        return damage_at(r, b->offset, "does not end with its length");
    b->body = p + 8;
    b->size = length - 12;
    source_take(&r->source, length);
    return true;
}

static uint64_t units_per_second(uint8_t tsresol)
{
    uint64_t units = 1;
    unsigned power = tsresol & 0x7f;

    if (tsresol & 0x80)
        return power < 63 ? (uint64_t)1 << power : 0;
    for (unsigned i = 0; i < power; i++) {
        if (units > UINT64_MAX / 10)
            return 0;
        units *= 10;
    }
    return units;
}

static void read_options(struct reader *r, struct reader_interface *i, const uint8_t *p, size_t n)
{
    while (n >= 4) {
        uint16_t code = u16(r, p);
        size_t length = u16(r, p + 2), padded = (length + 3) / 4 * 4;

        if (!code || padded > n - 4)
            return;
        if (code == OPTION_TSRESOL && length == 1 && units_per_second(p[4]))
            i->per_second = units_per_second(p[4]);
        if (code == OPTION_TSOFFSET && length == 8) {
            uint64_t low = u32(r, p + 4), high = u32(r, p + 8);

            i->offset_s = (int64_t)(r->swapped ? low << 32 | high : high << 32 | low);
        }
        p += 4 + padded;
        n -= 4 + padded;
    }
}

static bool add_interface(struct reader *r, const struct block *b)
{
    struct reader_interface *i;

    if (b->size < 8)
        return damage_at(r, b->offset, "describes an interface in fewer than 8 octets");
    if (r->interfaces.n >= MAX_INTERFACES)
        return damage_at(r, b->offset, "describes more interfaces than 65536");
    i = vec_add(&r->interfaces);
    if (!i)
        return reader_damage(r, "not enough memory");
    *i = (struct reader_interface){
        .link = u16(r, b->body), .snaplen = u32(r, b->body + 4), .per_second = 1000000};
    read_options(r, i, b->body + 8, b->size - 8);
    reader_add_link(r, i->link);
    return true;
}

static bool give_secrets(struct reader *r, const struct block *b)
{
    if (b->size < 8 || u32(r, b->body + 4) > b->size - 8)
        return damage_at(r, b->offset, "claims more secrets than it holds");
    if (r->secrets)
        r->secrets(r->secrets_ctx, u32(r, b->body), b->body + 8, u32(r, b->body + 4));
    return true;
}

/* Times are kept from 1970 to 2116, so that neither they nor their differences
 * overflow; a damaged one stands at the edge. */
static const int64_t LAST_SECOND = (int64_t)1 << 32;

static int64_t to_ns(const struct reader_interface *i, uint64_t units)
{
    uint64_t seconds = units / i->per_second, rest = units % i->per_second;
    int64_t since = i->offset_s;

    if (since < -LAST_SECOND || since > LAST_SECOND || seconds > (uint64_t)LAST_SECOND * 2)
        return since < 0 && seconds < (uint64_t)LAST_SECOND ? 0 : LAST_SECOND * 1000000000;
    since += (int64_t)seconds;
    if (since < 0 || since > LAST_SECOND)
        return since < 0 ? 0 : LAST_SECOND * 1000000000;
    return since * 1000000000 +
           (int64_t)((__extension__(unsigned __int128)rest * 1000000000) / i->per_second);
}

/* Fills the packet from the fixed part's fields; the data follows at `at`. */
static bool fill(struct reader *r, const struct block *b, struct packet *packet, uint32_t number,
                 uint64_t units, uint32_t caplen, uint32_t len, size_t at)
{
    const struct reader_interface *i;

    if (caplen > b->size - at)
        return damage_at(r, b->offset, "claims more captured octets than it holds");
    i = &r->interfaces.v[number];
    packet->time = to_ns(i, units);
    packet->data = b->body + at;
    packet->caplen = caplen;
    packet->len = len < caplen ? caplen : len;
    packet->offset = b->offset;
    packet->link = i->link;
    packet->interface = (uint16_t)number;
    return true;
}

/* A packet of an interface that the file does not describe cannot be decoded:
 * it is passed over and said, and the file goes on. */
static bool is_described(struct reader *r, const struct block *b, uint32_t number)
{
    if (number < r->interfaces.n)
        return true;
    reader_damage(r,
                  "the packet at offset %llu is of interface %u, which the file does not describe: "
                  "it is left out",
                  (unsigned long long)b->offset, number);
    return false;
}

static uint32_t interface_of(const struct reader *r, const struct block *b)
{
    if (b->type == BLOCK_SIMPLE || b->size < 4)
        return 0;
    return b->type == BLOCK_ENHANCED ? u32(r, b->body) : u16(r, b->body);
}

static bool enhanced(struct reader *r, const struct block *b, struct packet *packet)
{
    const uint8_t *p = b->body;
    uint32_t number;

    if (b->size < 20)
        return damage_at(r, b->offset, "is a packet of fewer than 20 octets");
    number = interface_of(r, b);
    return fill(r, b, packet, number, (uint64_t)u32(r, p + 4) << 32 | u32(r, p + 8),
                u32(r, p + 12), u32(r, p + 16), 20);
}

/* A simple packet has no time of its own: it gets that of the one before. */
static bool simple(struct reader *r, const struct block *b, struct packet *packet)
{
    uint32_t len, caplen;
    int64_t before = r->last_time;

    if (b->size < 4)
        return damage_at(r, b->offset, "is a packet of fewer than 4 octets");
    len = caplen = u32(r, b->body);
    if (r->interfaces.n && r->interfaces.v[0].snaplen && caplen > r->interfaces.v[0].snaplen)
        caplen = r->interfaces.v[0].snaplen;
    if (caplen > b->size - 4)
        caplen = (uint32_t)b->size - 4;
    if (!fill(r, b, packet, 0, 0, caplen, len, 4))
        return false;
    packet->time = before;
    return true;
}

static bool next(struct reader *r, struct packet *packet)
{
    struct block b = {0};

    while (next_block(r, &b)) {
        bool is_packet = true, good;

        if ((b.type == BLOCK_ENHANCED || b.type == BLOCK_OLD_PACKET || b.type == BLOCK_SIMPLE) &&
            !is_described(r, &b, interface_of(r, &b)))
            continue;
        switch (b.type) {
        case BLOCK_ENHANCED:
        case BLOCK_OLD_PACKET:
            good = enhanced(r, &b, packet);
            break;
        case BLOCK_SIMPLE:
            good = simple(r, &b, packet);
            break;
        case BLOCK_SECTION:
            r->interfaces.n = 0;
            continue;
        case BLOCK_INTERFACE:
            good = add_interface(r, &b);
            is_packet = false;
            break;
        case BLOCK_SECRETS:
            good = give_secrets(r, &b);
            is_packet = false;
            break;
        default:
            continue;
        }
        if (!good)
            return false;
        if (!is_packet)
            continue;
        r->last_time = packet->time;
        return true;
    }
    return false;
}

int pcapng_start(struct reader *r)
{
    const uint8_t *p = source_need(&r->source, 12);

    r->format = "pcapng";
    r->next = next;
    if (p && set_byte_order(r, p))
        return 0;
    reader_damage(r, "the first pcapng block is no section header");
    return -EINVAL;
}

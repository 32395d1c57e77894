/* pcapng (draft-ietf-opsawg-pcapng): sections, each with its own byte order and
 * interfaces; enhanced, simple and the old packet blocks; interface statistics
 * and decryption secrets.  Other blocks (name resolution, custom ones) are
 * passed over. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "capture/reader.h"

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE = 3,
    BLOCK_STATISTICS = 5,
    BLOCK_ENHANCED = 6,
    BLOCK_SECRETS = 10,
    SECTION_FIXED = 16,    /* octets of the body before the options */
    INTERFACE_FIXED = 8,
    STATISTICS_FIXED = 12,
    SMALLEST_BLOCK = 12,
    BLOCK_HEADER = 8,
    PACKET_FIXED = 20,
    PACKET_HEADER = BLOCK_HEADER + PACKET_FIXED,
    SIMPLE_FIXED = 4,
    OPTION_COMMENT = 1,
    OPTION_TSRESOL = 9,    /* of an interface */
    OPTION_TSOFFSET = 14,
    OPTION_IFDROP = 5,     /* of statistics */
    OPTION_FILTERACCEPT = 6,
    OPTION_OSDROP = 7,
    OPTION_DROPCOUNT = 4,  /* of an enhanced packet */
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
    return reader_u32(p, r->swapped);
}

static int64_t u64(const struct reader *r, const uint8_t *p)
{
    return (int64_t)(r->swapped ? be64(p) : le64(p));
}

struct option {
    uint16_t code;
    uint16_t size;
    const uint8_t *data;
};

/* The next of a list of options: false at its end, or where it makes no sense
 * any more. */
static bool next_option(const struct reader *r, struct cursor *c, struct option *o)
{
    const uint8_t *p = cursor_take(c, 4);

    if (!p)
        return false;
    o->code = u16(r, p);
    o->size = u16(r, p + 2);
    o->data = cursor_take(c, ((size_t)o->size + 3) / 4 * 4);
    return o->code && (o->data || !o->size);
}

static struct cursor options_after(const struct block *b, size_t fixed)
{
    return fixed < b->size ? cursor_make(b->body + fixed, b->size - fixed) : cursor_make(NULL, 0);
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
    p = source_need(&r->source, SMALLEST_BLOCK);
    if (!p)
        return reader_end(r, b->offset, "block");
    if (le32(p) == BLOCK_SECTION && !set_byte_order(r, p))
        return damage_at(r, b->offset, "is a section header without a byte-order magic");
    b->type = u32(r, p);
    length = u32(r, p + 4);
    if (length < SMALLEST_BLOCK || length % 4 || length > READER_MAX_RECORD)
        return damage_at(r, b->offset, "has an impossible length");
    p = source_need(&r->source, length);
    if (!p)
        return reader_end(r, b->offset, "block");
    if (u32(r, p + length - 4) != length)
        return damage_at(r, b->offset, "does not end with its length");
    b->body = p + BLOCK_HEADER;
    b->size = length - SMALLEST_BLOCK;
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

/* A copy of a comment, bounded with all others; NULL where it cannot be kept. */
static char *copy_comment(struct reader *r, const struct option *o)
{
    size_t size = o->size ? strnlen((const char *)o->data, o->size) : 0;

    if (!size || size >= READER_MAX_COMMENT - r->comment_size)
        return NULL;
    r->comment_size += size + 1;
    return strndup((const char *)o->data, size);
}

/* Appends a comment to those of the sections, a line each. */
static void keep_comment(struct reader *r, const struct option *o)
{
    char *text = copy_comment(r, o), *whole;

    if (r->comment && text) {
        whole = NULL;
        if (asprintf(&whole, "%s\n%s", r->comment, text) < 0)
            whole = NULL;
        free(text);
        text = whole;
    }
    if (!text)
        return;
    free(r->comment);
    r->comment = text;
}

static void keep_packet_comment(struct reader *r, const struct option *o)
{
    char *text = copy_comment(r, o);
    struct capture_comment *comment = text ? vec_add(&r->packet_comments) : NULL;

    if (comment)
        *comment = (struct capture_comment){r->packets + 1, text};
    else
        free(text);
}

/* A section begins: interfaces are counted anew, what was lost goes on. */
static bool begin_section(struct reader *r, const struct block *b)
{
    struct cursor c = options_after(b, SECTION_FIXED);
    struct option o;

    if (b->size < SECTION_FIXED)
        return damage_at(r, b->offset, "is a section header of fewer than 28 octets");
    if (u16(r, b->body + 4) != 1)
        return reader_damage(r, "pcapng version %u.%u (offset %llu) is not known: 1.0 was expected",
                             u16(r, b->body + 4), u16(r, b->body + 6),
                             (unsigned long long)b->offset);
    r->dropped = reader_dropped(r);
    r->accepted = reader_accepted(r);
    r->interfaces.n = 0;
    while (next_option(r, &c, &o))
        if (o.code == OPTION_COMMENT)
            keep_comment(r, &o);
    return true;
}

static void read_options(struct reader *r, struct reader_interface *i, struct cursor c)
{
    struct option o;

    while (next_option(r, &c, &o)) {
        if (o.code == OPTION_TSRESOL && o.size == 1 && units_per_second(o.data[0]))
            i->per_second = units_per_second(o.data[0]);
        if (o.code == OPTION_TSOFFSET && o.size == 8)
            i->offset_s = u64(r, o.data);
    }
}

static bool add_interface(struct reader *r, const struct block *b)
{
    struct reader_interface *i;

    if (b->size < INTERFACE_FIXED)
        return damage_at(r, b->offset, "describes an interface in fewer than 8 octets");
    if (r->interfaces.n >= MAX_INTERFACES)
        return damage_at(r, b->offset, "describes more interfaces than 65536");
    i = vec_add(&r->interfaces);
    if (!i)
        return reader_damage(r, "not enough memory");
    *i = (struct reader_interface){.link = u16(r, b->body),
                                   .snaplen = u32(r, b->body + 4),
                                   .per_second = 1000000,
                                   .ifdrop = -1,
                                   .osdrop = -1,
                                   .accepted = -1,
                                   .lost = -1};
    read_options(r, i, options_after(b, INTERFACE_FIXED));
    if (!i->offset_s && 1000000000 % i->per_second == 0)
        i->ns_per_unit = (uint32_t)(1000000000 / i->per_second);
    reader_add_link(r, i->link);
    return true;
}

/* Statistics count from the beginning of the capture: the last ones stand. */
static void read_statistics(struct reader *r, const struct block *b)
{
    struct cursor c = options_after(b, STATISTICS_FIXED);
    struct reader_interface *i;
    struct option o;

    if (b->size < STATISTICS_FIXED || u32(r, b->body) >= r->interfaces.n)
        return;
    i = &r->interfaces.v[u32(r, b->body)];
    while (next_option(r, &c, &o)) {
        if (o.size != 8)
            continue;
        if (o.code == OPTION_IFDROP)
            i->ifdrop = u64(r, o.data);
        if (o.code == OPTION_OSDROP)
            i->osdrop = u64(r, o.data);
        if (o.code == OPTION_FILTERACCEPT)
            i->accepted = u64(r, o.data);
    }
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

static uint32_t interface_of(const struct reader *r, const struct block *b)
{
    if (b->type == BLOCK_SIMPLE || b->size < 4)
        return 0;
    return b->type == BLOCK_ENHANCED ? u32(r, b->body) : u16(r, b->body);
}

/* Fills the packet from the fixed part's fields; the data follows at `at`. */
static bool fill(struct reader *r, const struct block *b, struct packet *packet,
                 const struct reader_interface *i, uint64_t units, uint32_t caplen, uint32_t len,
                 size_t at)
{
    if (caplen > b->size - at)
        return damage_at(r, b->offset, "claims more captured octets than it holds");
    packet->time = to_ns(i, units);
    packet->data = b->body + at;
    packet->caplen = caplen;
    packet->len = len < caplen ? caplen : len;
    packet->offset = b->offset;
    packet->link = i->link;
    packet->interface = (uint16_t)interface_of(r, b);
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

/* What follows the data: seldom anything. */
static void read_packet_options(struct reader *r, const struct block *b, size_t at,
                                struct reader_interface *i)
{
    struct cursor c = options_after(b, at);
    struct option o;

    while (next_option(r, &c, &o)) {
        if (o.code == OPTION_COMMENT)
            keep_packet_comment(r, &o);
        if (b->type == BLOCK_ENHANCED && o.code == OPTION_DROPCOUNT && o.size == 8)
            reader_count(&i->lost, u64(r, o.data));
    }
}

bool pcapng_comment(const struct reader *r, unsigned n, struct slice *comment)
{
    struct cursor c = r->options;
    struct option o;

    while (next_option(r, &c, &o))
        if (o.code == OPTION_COMMENT && !n--) {
            *comment = slice_make((const char *)o.data, o.size);
            return true;
        }
    return false;
}

/* An enhanced packet, or an old one, which differs in its first four octets. */
static bool enhanced(struct reader *r, const struct block *b, struct packet *packet)
{
    const uint8_t *p = b->body;
    struct reader_interface *i = &r->interfaces.v[interface_of(r, b)];
    size_t after;

    if (b->size < PACKET_FIXED)
        return damage_at(r, b->offset, "is a packet of fewer than 20 octets");
    if (!fill(r, b, packet, i, (uint64_t)u32(r, p + 4) << 32 | u32(r, p + 8), u32(r, p + 12),
              u32(r, p + 16), PACKET_FIXED))
        return false;
    if (b->type == BLOCK_OLD_PACKET && u16(r, p + 2) != UINT16_MAX)
        reader_count(&i->lost, u16(r, p + 2));
    after = PACKET_FIXED + ((size_t)packet->caplen + 3) / 4 * 4;
    r->options = options_after(b, after);
    if (r->options.left)
        read_packet_options(r, b, after, i);
    return true;
}

/* A simple packet has no time of its own: it gets that of the one before. */
static bool simple(struct reader *r, const struct block *b, struct packet *packet)
{
    uint32_t len, caplen;
    int64_t before = r->last_time;

    if (b->size < SIMPLE_FIXED)
        return damage_at(r, b->offset, "is a packet of fewer than 4 octets");
    len = caplen = u32(r, b->body);
    if (r->interfaces.v[0].snaplen && caplen > r->interfaces.v[0].snaplen)
        caplen = r->interfaces.v[0].snaplen;
    if (caplen > b->size - SIMPLE_FIXED)
        caplen = (uint32_t)b->size - SIMPLE_FIXED;
    if (!fill(r, b, packet, &r->interfaces.v[0], 0, caplen, len, SIMPLE_FIXED))
        return false;
    r->options = cursor_make(NULL, 0);
    packet->time = before;
    return true;
}

static bool is_packet(const struct block *b)
{
    return b->type == BLOCK_ENHANCED || b->type == BLOCK_OLD_PACKET || b->type == BLOCK_SIMPLE;
}

/* Blocks that hold no packet: false at damage. */
static bool other_block(struct reader *r, const struct block *b)
{
    switch (b->type) {
    case BLOCK_SECTION:
        return begin_section(r, b);
    case BLOCK_INTERFACE:
        return add_interface(r, b);
    case BLOCK_STATISTICS:
        read_statistics(r, b);
        return true;
    case BLOCK_SECRETS:
        return give_secrets(r, b);
    default:
        return true;
    }
}

static bool next(struct reader *r, struct packet *packet)
{
    struct block b = {0};

    while (next_block(r, &b)) {
        if (is_packet(&b)) {
            if (!is_described(r, &b, interface_of(r, &b)))
                continue;
            return b.type == BLOCK_SIMPLE ? simple(r, &b, packet) : enhanced(r, &b, packet);
        }
        if (!other_block(r, &b))
            return false;
    }
    return false;
}

/* How the packets of a run stand in the file. */
struct layout {
    bool swapped;
    uint32_t interface;
    uint32_t ns_per_unit;
};

/* An enhanced packet as nearly all are: whole in view, of that interface, without options, and
 * of a time that counts.  Gives its block's size, 0 for any other, about which next() knows
 * what to do. */
static inline size_t usual(const uint8_t *p, const uint8_t *end, struct layout layout,
                           struct capture_record *record)
{
    bool swapped = layout.swapped;
    uint32_t size = reader_u32(p + 4, swapped);
    uint32_t caplen = reader_u32(p + 20, swapped), len = reader_u32(p + 24, swapped);
    uint64_t units = (uint64_t)reader_u32(p + 12, swapped) << 32 | reader_u32(p + 16, swapped);

    if (reader_u32(p, swapped) != BLOCK_ENHANCED ||
        reader_u32(p + 8, swapped) != layout.interface || caplen > READER_MAX_RECORD ||
        size != PACKET_HEADER + (caplen + 3) / 4 * 4 + 4 || size > READER_MAX_RECORD ||
        size > (size_t)(end - p) || reader_u32(p + size - 4, swapped) != size ||
        units >= (uint64_t)LAST_SECOND * 1000000000 / layout.ns_per_unit)
        return 0;
    record->data = p + PACKET_HEADER;
    record->time = (int64_t)(units * layout.ns_per_unit);
    record->caplen = caplen;
    record->len = len < caplen ? caplen : len;
    return size;
}

/* As many of these as are in view, one behind the other. */
static inline size_t usual_ones(struct reader *r, struct capture_run *run, struct layout layout)
{
    const uint8_t *p = r->source.at, *end = r->source.end;
    int64_t before = r->last_time;
    size_t n = 0, bytes = 0, size;
    bool in_order = true;

    for (; n < CAPTURE_RECORDS && end - p >= PACKET_HEADER; n++) {
        struct capture_record *record = &run->of[n];

        size = usual(p, end, layout, record);
        if (!size)
            break;
        if (record->time < before) {
            reader_note_backwards(r, r->packets + n + 1, before, record->time);
            in_order = false;
        }
        before = record->time;
        bytes += record->caplen;
        p += size;
    }
    if (n)
        reader_enter_run(r, run, n, bytes, p, in_order);
    return n;
}

static bool in_view(struct reader *r, struct capture_run *run)
{
    bool is_block = r->source.end - r->source.at >= SMALLEST_BLOCK;
    uint32_t number = is_block ? u32(r, r->source.at + 8) : UINT32_MAX;
    const struct reader_interface *i =
        number < r->interfaces.n ? &r->interfaces.v[number] : NULL;

    if (!i || !i->ns_per_unit ||
        !(r->swapped ? usual_ones(r, run, (struct layout){true, number, i->ns_per_unit})
                     : usual_ones(r, run, (struct layout){false, number, i->ns_per_unit})))
        return false;
    run->link = i->link;
    run->interface = (uint16_t)number;
    run->header = PACKET_HEADER;
    r->options = cursor_make(NULL, 0);
    return true;
}

/* Packets up to the next block of another kind, which may hold secrets of those behind
 * it. */
static bool some(struct reader *r, struct capture_run *run)
{
    return in_view(r, run) || reader_one(r, run);
}

bool pcapng_is(const uint8_t *p, size_t n)
{
    return n >= 4 && be32(p) == BLOCK_SECTION;
}

int pcapng_start(struct reader *r)
{
    const uint8_t *p = source_need(&r->source, 12);
    struct block first = {0};

    r->format = "pcapng";
    if (p && !set_byte_order(r, p)) {
        reader_damage(r, "the first pcapng block is no section header");
        return -EINVAL;
    }
    if (!p || (u32(r, p + 4) <= READER_MAX_RECORD && !source_need(&r->source, u32(r, p + 4))))
        return reader_no_header(r, "pcapng section header");
    if (!next_block(r, &first) || !begin_section(r, &first))
        return -EINVAL;
    r->next = next;
    r->some = some;
    return 0;
}

/* The classic format: pcap (draft-ietf-opsawg-pcap), in microseconds and
 * nanoseconds, both byte orders, and Kuznetzov's modified one. */
#include <errno.h>

#include "base/cursor.h"
#include "capture/reader.h"

enum { FILE_HEADER = 24, RECORD_HEADER = 16, AHEAD = 10 };

static uint32_t u32(const struct reader *r, const uint8_t *p)
{
    return r->swapped ? be32(p) : le32(p);
}

static bool next(struct reader *r, struct packet *packet)
{
    size_t header = RECORD_HEADER + r->extra;
    uint64_t offset = source_offset(&r->source);
    const uint8_t *p = source_need(&r->source, header);
    uint32_t caplen, len;

    if (!p) {
        if (source_need(&r->source, 1))
            return reader_cut(r, offset, "record header");
        return false;
    }
    caplen = u32(r, p + 8);
    len = u32(r, p + 12);
    if (caplen > READER_MAX_RECORD)
        return reader_damage(r,
                             "record %llu at offset %llu claims %u captured octets: the file is "
                             "damaged from here on",
                             (unsigned long long)r->packets + 1, (unsigned long long)offset,
                             caplen);
    packet->time = (int64_t)u32(r, p) * 1000000000 + (int64_t)u32(r, p + 4) * r->fraction;
    p = source_need(&r->source, header + caplen);
    if (!p)
        return reader_cut(r, offset, "record");
    /* Records of one capture are mostly of one size: the headers of one some
     * places ahead are asked for now.  Past the end this does nothing. */
    __builtin_prefetch(p + AHEAD * (header + caplen));
    __builtin_prefetch(p + AHEAD * (header + caplen) + 64);
    packet->data = p + header;
    packet->caplen = caplen;
    packet->len = len < caplen ? caplen : len;
    packet->offset = offset;
    packet->link = r->link;
    packet->interface = 0;
    source_take(&r->source, header + caplen);
    return true;
}

int pcap_start(struct reader *r)
{
    const uint8_t *p = source_need(&r->source, FILE_HEADER);
    uint32_t magic;
    unsigned major;

    if (!p) {
        reader_damage(r, "the pcap file header is cut short: 24 octets were expected");
        return -EINVAL;
    }
    magic = le32(p);
    r->swapped = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1 || magic == 0x34cdb2a1;
    magic = u32(r, p);
    r->fraction = magic == 0xa1b23c4d ? 1 : 1000;
    r->extra = magic == 0xa1b2cd34 ? 8 : 0;
    r->format = magic == 0xa1b23c4d   ? "pcap (nanoseconds)"
                : magic == 0xa1b2cd34 ? "pcap (modified)"
                                      : "pcap";
    major = r->swapped ? be16(p + 4) : le16(p + 4);
    if (major != 2) {
        reader_damage(r, "pcap version %u.%u is not known: 2.4 was expected", major,
                      r->swapped ? be16(p + 6) : le16(p + 6));
        return -EINVAL;
    }
    /* The upper bits hold the length of an FCS. */
    r->link = u32(r, p + 20) & 0x03ffffff;
    reader_add_link(r, r->link);
    r->next = next;
    source_take(&r->source, FILE_HEADER);
    return 0;
}

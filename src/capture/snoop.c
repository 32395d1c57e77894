/* snoop, version 2 (RFC 1761): Sun's capture format, big endian throughout. */
#include <errno.h>
#include <string.h>

#include "base/cursor.h"
#include "capture/reader.h"

enum { FILE_HEADER = 16, RECORD_HEADER = 24 };

/* RFC 1761's datalink types, and those that Solaris added, as LINKTYPE_
 * numbers. */
static const struct {
    uint32_t datalink, link;
} links[] = {
    {0, 1},            /* IEEE 802.3 */
    {2, 6},            /* IEEE 802.5 token ring */
    {4, 1},            /* Ethernet */
    {8, 10},           /* FDDI */
    {0x80000001, 228}, /* IPv4 */
    {0x80000002, 229}, /* IPv6 */
};

static bool next(struct reader *r, struct packet *packet)
{
    uint64_t offset = source_offset(&r->source);
    const uint8_t *p = source_need(&r->source, RECORD_HEADER);
    uint32_t length, caplen, len, drops;

    if (!p)
        return reader_end(r, offset, "record header");
    len = be32(p);
    caplen = be32(p + 4);
    length = be32(p + 8);
    drops = be32(p + 12); /* since the capture began */
    if (length > READER_MAX_RECORD || length < RECORD_HEADER || caplen > length - RECORD_HEADER)
        return reader_damage(r,
                             "record %llu at offset %llu claims %u captured octets in a record of "
                             "%u: the file is damaged from here on",
                             (unsigned long long)r->packets + 1, (unsigned long long)offset, caplen,
                             length);
    p = source_need(&r->source, length);
    if (!p)
        return reader_end(r, offset, "record");
    packet->time = (int64_t)be32(p + 16) * 1000000000 + (int64_t)be32(p + 20) * 1000;
    packet->data = p + RECORD_HEADER;
    packet->caplen = caplen;
    packet->len = len < caplen ? caplen : len;
    packet->offset = offset;
    packet->link = r->link;
    packet->interface = 0;
    if (drops != UINT32_MAX)
        r->dropped = drops;
    source_take(&r->source, length);
    return true;
}

bool snoop_is(const uint8_t *p, size_t n)
{
    return n >= 8 && memcmp(p, "snoop\0\0\0", 8) == 0;
}

int snoop_start(struct reader *r)
{
    const uint8_t *p = source_need(&r->source, FILE_HEADER);

    r->format = "snoop";
    if (!p)
        return reader_no_header(r, "snoop file header");
    if (be32(p + 8) != 2) {
        reader_damage(r, "snoop version %u is not known: 2 was expected", be32(p + 8));
        return -EINVAL;
    }
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (links[i].datalink != be32(p + 12))
            continue;
        r->link = links[i].link;
        reader_add_link(r, r->link);
        r->next = next;
        source_take(&r->source, FILE_HEADER);
        return 0;
    }
    reader_damage(r, "snoop's datalink type %u is not known", be32(p + 12));
    return -EINVAL;
}

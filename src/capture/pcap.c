/* The classic format: pcap (draft-ietf-opsawg-pcap), in microseconds and
 * nanoseconds, both byte orders, and its relatives whose record headers are
 * longer: Kuznetzov's, of several Linux distributions, and Nokia's. */
#include <errno.h>
#include <string.h>

#include "base/cursor.h"
#include "capture/reader.h"

enum { FILE_HEADER = 24, RECORD_HEADER = 16 };

/* What a magic may stand for, the likeliest first: some wrote longer record
 * headers under a magic that they had not made. */
static const struct variant {
    uint32_t magic;
    uint32_t fraction; /* ns per timestamp fraction */
    uint32_t extra;    /* octets more in a record header */
    const char *name;
} variants[] = {
    {0xa1b2c3d4, 1000, 0, "pcap"},
    {0xa1b2c3d4, 1000, 8, "pcap (modified)"},
    {0xa1b2c3d4, 1000, 4, "pcap (Nokia)"},
    {0xa1b23c4d, 1, 0, "pcap (nanoseconds)"},
    {0xa1b2cd34, 1000, 8, "pcap (modified)"},
    {0xa1b2cd34, 1000, 12, "pcap (modified, SuSE 6.3)"},
};
enum { VARIANTS = sizeof variants / sizeof variants[0] };

static uint32_t u32(const struct reader *r, const uint8_t *p)
{
    return reader_u32(p, r->swapped);
}

/* Up to version 2.2 the lengths stood the other way round, in 2.3 either way:
 * the captured one is the smaller. */
static void swap_lengths(const struct reader *r, uint32_t *caplen, uint32_t *len)
{
    uint32_t first = *caplen;

    if (r->lengths == LENGTHS_EITHER && first <= *len)
        return;
    *caplen = *len;
    *len = first;
}

/* How a record header stands in the file. */
struct layout {
    bool swapped;
    uint32_t fraction; /* ns */
    uint32_t header;   /* octets */
    enum reader_lengths lengths;
};

/* What the header at p says of its packet, whose data follow it.  Members are written one by
 * one, where they stay: a copy of the whole would have to wait for them. */
static inline void read_header(const struct reader *r, const uint8_t *p, struct layout layout,
                               struct capture_record *record)
{
    uint32_t caplen = reader_u32(p + 8, layout.swapped), len = reader_u32(p + 12, layout.swapped);

    if (layout.lengths != LENGTHS_PLAIN)
        swap_lengths(r, &caplen, &len);
    record->data = p + layout.header;
    record->time = (int64_t)reader_u32(p, layout.swapped) * 1000000000 +
                   (int64_t)reader_u32(p + 4, layout.swapped) * layout.fraction;
    record->caplen = caplen;
    record->len = len < caplen ? caplen : len;
}

static struct layout layout_of(const struct reader *r)
{
    return (struct layout){r->swapped, r->fraction, RECORD_HEADER + r->extra, r->lengths};
}

static bool next(struct reader *r, struct packet *packet)
{
    size_t header = RECORD_HEADER + r->extra;
    uint64_t offset = source_offset(&r->source);
    const uint8_t *p = source_need(&r->source, header);
    struct capture_record record;

    if (!p)
        return reader_end(r, offset, "record header");
    read_header(r, p, layout_of(r), &record);
    if (record.caplen > READER_MAX_RECORD)
        return reader_damage(r,
                             "record %llu at offset %llu claims %u captured octets: the file is "
                             "damaged from here on",
                             (unsigned long long)r->packets + 1, (unsigned long long)offset,
                             record.caplen);
    p = source_need(&r->source, header + record.caplen);
    if (!p)
        return reader_end(r, offset, "record");
    packet->data = p + header;
    packet->offset = offset;
    packet->time = record.time;
    packet->caplen = record.caplen;
    packet->len = record.len;
    packet->link = r->link;
    packet->interface = 0;
    source_take(&r->source, header + record.caplen);
    return true;
}

/* As many as are in view, which is all of a mapped file. */
static inline bool in_view(struct reader *r, struct capture_run *run, struct layout layout)
{
    const uint8_t *p = r->source.at, *end = r->source.end;
    int64_t before = r->last_time;
    bool in_order = true;
    size_t n = 0;

    for (; n < CAPTURE_RECORDS && (size_t)(end - p) >= layout.header; n++) {
        struct capture_record *record = &run->of[n];
        size_t size;

        read_header(r, p, layout, record);
        size = layout.header + record->caplen;
        if (record->caplen > READER_MAX_RECORD || size > (size_t)(end - p))
            break;
        if (record->time < before) {
            reader_note_backwards(r, r->packets + n + 1, before, record->time);
            in_order = false;
        }
        before = record->time;
        p += size;
    }
    if (n)
        reader_enter_run(r, run, n, (size_t)(p - r->source.at) - n * layout.header, p, in_order);
    return n;
}

static bool some(struct reader *r, struct capture_run *run)
{
    struct layout layout = layout_of(r), usual = {.fraction = layout.fraction,
                                                  .header = RECORD_HEADER};
    bool is_usual = !layout.swapped && layout.lengths == LENGTHS_PLAIN && !r->extra;

    run->link = r->link;
    run->interface = 0;
    run->header = (uint16_t)layout.header;
    return (is_usual ? in_view(r, run, usual) : in_view(r, run, layout)) || reader_one(r, run);
}

static const struct variant *first_variant(uint32_t magic)
{
    for (size_t i = 0; i < VARIANTS; i++)
        if (variants[i].magic == magic)
            return &variants[i];
    return NULL;
}

bool pcap_is(const uint8_t *p, size_t n)
{
    return n >= 4 && (first_variant(le32(p)) || first_variant(be32(p)));
}

enum sense { SENSE_NONE, SENSE_CUT, SENSE_WHOLE };

/* Whether the first records make sense when their headers are so long: one
 * after the other, of about the same time, up to the last octet in view. */
static enum sense makes_sense(const struct reader *r, const struct variant *v)
{
    enum { RECORDS = 4, WEEKS = 1 << 22 };
    const uint8_t *p = r->source.at + FILE_HEADER;
    size_t left = (size_t)(r->source.end - p), header = RECORD_HEADER + v->extra;
    uint32_t first = left >= header ? u32(r, p) : 0;

    for (unsigned records = 0; records < RECORDS && left; records++) {
        uint32_t fraction, caplen, len;

        if (left < header)
            return SENSE_CUT;
        fraction = u32(r, p + 4);
        caplen = u32(r, p + 8);
        len = u32(r, p + 12);
        if (fraction >= 1000000000 / v->fraction || !caplen || caplen > len ||
            len > READER_MAX_RECORD || u32(r, p) - first + WEEKS > 2 * WEEKS)
            return SENSE_NONE;
        if (left - header < caplen)
            return SENSE_CUT;
        p += header + caplen;
        left -= header + caplen;
    }
    return SENSE_WHOLE;
}

/* A file is what its magic says, unless its records make sense only otherwise. */
static const struct variant *choose(const struct reader *r, uint32_t magic)
{
    const struct variant *first = first_variant(magic);

    if (makes_sense(r, first) != SENSE_NONE)
        return first;
    for (const struct variant *v = first + 1; v < variants + VARIANTS && v->magic == magic; v++)
        if (makes_sense(r, v) == SENSE_WHOLE)
            return v;
    return first;
}

int pcap_start(struct reader *r)
{
    const uint8_t *p = source_need(&r->source, FILE_HEADER);
    const struct variant *v;
    unsigned major, minor;

    r->format = "pcap";
    if (!p)
        return reader_no_header(r, "pcap file header");
    r->swapped = !first_variant(le32(p));
    v = choose(r, u32(r, p));
    r->fraction = v->fraction;
    r->extra = v->extra;
    r->format = v->name;
    major = r->swapped ? be16(p + 4) : le16(p + 4);
    minor = r->swapped ? be16(p + 6) : le16(p + 6);
    if (major != 2) {
        reader_damage(r, "pcap version %u.%u is not known: 2.4 was expected", major, minor);
        return -EINVAL;
    }
    r->lengths = minor < 3 ? LENGTHS_SWAPPED : minor == 3 ? LENGTHS_EITHER : LENGTHS_PLAIN;
    /* The upper bits hold the length of an FCS. */
    r->link = u32(r, p + 20) & 0x03ffffff;
    reader_add_link(r, r->link);
    r->next = next;
    r->some = some;
    source_take(&r->source, FILE_HEADER);
    return 0;
}

/* Recognises a file by its first octets, and says what is wrong with one. */
#include "capture/reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

bool reader_damage(struct reader *r, const char *format, ...)
{
    char text[512];
    va_list args;
    char *whole;

    if (r->problem)
        return false;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (asprintf(&whole, "%s: %s", r->path, text) >= 0)
        r->problem = whole;
    r->damaged = true;
    return false;
}

bool reader_cut(struct reader *r, uint64_t offset, const char *what)
{
    if (r->source.error)
        return reader_damage(r, "reading failed at offset %llu: %s", (unsigned long long)offset,
                             strerror(r->source.error));
    reader_damage(r, "the last %s, at offset %llu, is cut short: the file ends within it", what,
                  (unsigned long long)offset);
    r->damaged = false;
    return false;
}

void reader_add_link(struct reader *r, uint32_t link)
{
    for (size_t i = 0; i < r->link_count; i++)
        if (r->links[i] == link)
            return;
    if (r->link_count < READER_MAX_LINKS)
        r->links[r->link_count++] = link;
}

/* What people hand over by mistake, by its first octets. */
static const struct {
    const char *start;
    size_t n;
    const char *what;
} known[] = {
    {"\x89PNG", 4, "a PNG picture"},
    {"\xff\xd8\xff", 3, "a JPEG picture"},
    {"%PDF", 4, "a PDF document"},
    {"PK\x03\x04", 4, "a ZIP archive: unpack it first"},
    {"\x1f\x8b", 2, "gzip-compressed: unpack it first"},
    {"\x28\xb5\x2f\xfd", 4, "zstd-compressed: unpack it first"},
    {"BZh", 3, "bzip2-compressed: unpack it first"},
    {"\xfd" "7zXZ", 5, "xz-compressed: unpack it first"},
    {"\x04\x22\x4d\x18", 4, "lz4-compressed: unpack it first"},
    {"snoop\0\0\0", 8, "a snoop capture, which fosip does not read: convert it with editcap"},
    {"\x7f" "ELF", 4, "a program"},
    {"RIFF", 4, "a WAV or AVI file"},
    {"<?xml", 5, "XML"},
    {"\xff\xfe", 2, "text in UTF-16: convert it to UTF-8 first"},
    {"#!rtpplay", 9, "an rtpdump file, which fosip does not read"},
};

static int unknown(struct reader *r, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (n >= known[i].n && memcmp(p, known[i].start, known[i].n) == 0) {
            reader_damage(r, "not a capture: it looks like %s", known[i].what);
            return -EINVAL;
        }
    if (n >= 4 && text_log_is(r))
        return text_log_start(r);
    n = (size_t)(r->source.end - r->source.at);
    p = r->source.at;
    if (n >= 4)
        reader_damage(r,
                      "not a capture: pcap or pcapng was expected, the file begins with the octets "
                      "%02x %02x %02x %02x",
                      p[0], p[1], p[2], p[3]);
    else
        reader_damage(r, "not a capture: it holds only %zu octet%s", n, n == 1 ? "" : "s");
    return -EINVAL;
}

static bool is_pcap(const uint8_t *p)
{
    static const uint32_t magics[] = {0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34};

    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (le32(p) == magics[i] || be32(p) == magics[i])
            return true;
    return false;
}

void reader_free(struct reader *r)
{
    vec_free(&r->interfaces);
    free(r->text);
    free(r->problem);
}

int reader_start(struct reader *r)
{
    const uint8_t *p = source_need(&r->source, 4);
    size_t n;

    if (p && is_pcap(p))
        return pcap_start(r);
    if (p && be32(p) == 0x0a0d0d0a)
        return pcapng_start(r);
    source_need(&r->source, 16);
    n = (size_t)(r->source.end - r->source.at);
    if (r->source.error) {
        reader_damage(r, "reading failed: %s", strerror(r->source.error));
        return -EINVAL;
    }
    if (!n || !r->source.at) {
        reader_damage(r, "the file is empty");
        return -EINVAL;
    }
    return unknown(r, r->source.at, n);
}

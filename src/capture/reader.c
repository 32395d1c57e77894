/* Recognises a file by its first octets, and says what is wrong with one. */
#include "capture/reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/decompress.h"

static void note(struct reader *r, bool damaged, const char *text)
{
    char *whole;

    if (r->problem)
        return;
    if (asprintf(&whole, "%s: %s", r->path, text) >= 0)
        r->problem = whole;
    r->damaged = damaged;
}

/* A record that makes no sense where the compressed data around it is damaged
 * is but what that damage unpacked to. */
bool reader_damage(struct reader *r, const char *format, ...)
{
    const struct source *s = &r->source;
    bool packed = r->next && decompress_name(s);
    char text[512];
    size_t n;
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    n = strlen(text);
    if (packed)
        snprintf(text + n, sizeof text - n, " (unpacked from at most %llu octets of the %s data)",
                 (unsigned long long)source_progress(s), decompress_name(s));
    note(r, true, packed && s->trouble[0] && !s->cut ? s->trouble : text);
    return false;
}

bool reader_end(struct reader *r, uint64_t offset, const char *what)
{
    char text[256];

    if (r->source.trouble[0]) {
        note(r, !r->source.cut, r->source.trouble);
    } else if (r->source.at != r->source.end) {
        snprintf(text, sizeof text,
                 "the last %s, at offset %llu, is cut short: the file ends within it", what,
                 (unsigned long long)offset);
        note(r, false, text);
    }
    return false;
}

int reader_no_header(struct reader *r, const char *what)
{
    if (r->source.trouble[0])
        note(r, true, r->source.trouble);
    else
        reader_damage(r, "the %s is cut short: the file ends at offset %llu", what,
                      (unsigned long long)source_offset(&r->source) +
                          (unsigned long long)(r->source.end - r->source.at));
    return -EINVAL;
}

void reader_add_link(struct reader *r, uint32_t link)
{
    for (size_t i = 0; i < r->link_count; i++)
        if (r->links[i] == link)
            return;
    if (r->link_count < READER_MAX_LINKS)
        r->links[r->link_count++] = link;
}

void reader_count(int64_t *sum, int64_t more)
{
    const int64_t most = INT64_MAX / 2;

    if (more < 0 || more > most)
        return;
    if (*sum < 0)
        *sum = 0;
    *sum = *sum > most - more ? most : *sum + more;
}

/* What the statistics of an interface say goes before what its packets say. */
int64_t reader_dropped(const struct reader *r)
{
    int64_t sum = r->dropped;

    for (size_t i = 0; i < r->interfaces.n; i++) {
        const struct reader_interface *interface = &r->interfaces.v[i];

        reader_count(&sum, interface->ifdrop);
        reader_count(&sum, interface->osdrop);
        if (interface->ifdrop < 0 && interface->osdrop < 0)
            reader_count(&sum, interface->lost);
    }
    return sum;
}

int64_t reader_accepted(const struct reader *r)
{
    int64_t sum = r->accepted;

    for (size_t i = 0; i < r->interfaces.n; i++)
        reader_count(&sum, r->interfaces.v[i].accepted);
    return sum;
}

void reader_clear(struct reader *r)
{
    vec_free(&r->interfaces);
    free(r->text);
    free(r->comment);
    for (size_t i = 0; i < r->packet_comments.n; i++)
        free((char *)r->packet_comments.v[i].text);
    vec_free(&r->packet_comments);
    free(r->problem);
    r->format = NULL;
    r->next = NULL;
    r->swapped = false;
    r->lengths = LENGTHS_PLAIN;
    r->link = r->fraction = r->extra = 0;
    r->link_count = r->comment_size = 0;
    r->packets = r->bytes = 0;
    r->backwards = r->first_backwards = 0;
    r->last_time = r->furthest_back = 0;
    r->dropped = r->accepted = -1;
    r->text = NULL;
    r->comment = r->problem = NULL;
    r->options = cursor_make(NULL, 0);
    r->damaged = false;
}

/* The formats that are read.  The first that takes the first octets for its
 * own has the file. */
static const struct {
    bool (*is)(const uint8_t *p, size_t n);
    int (*start)(struct reader *r);
} formats[] = {
    {pcap_is, pcap_start},
    {pcapng_is, pcapng_start},
    {snoop_is, snoop_start},
};

static int unknown(struct reader *r, const uint8_t *p, size_t n)
{
    const char *what = foreign_format(p, n);

    if (what)
        reader_damage(r, "%s", what);
    else if (n >= 4)
        reader_damage(r,
                      "is not a capture: pcap or pcapng was expected, the file begins with the "
                      "octets %02x %02x %02x %02x",
                      p[0], p[1], p[2], p[3]);
    else
        reader_damage(r, "is not a capture: it holds only %zu octet%s", n, n == 1 ? "" : "s");
    return -EINVAL;
}

/* As many octets as tell every format apart that is read or known, or all
 * there are.  Those of a pipe may come slowly: what the first few tell is not
 * waited for. */
static const uint8_t *look(struct reader *r, size_t want, size_t *n)
{
    source_need(&r->source, want);
    *n = (size_t)(r->source.end - r->source.at);
    return r->source.at;
}

int reader_start(struct reader *r)
{
    enum { FEW = 16, MANY = 512 };
    size_t n;
    const uint8_t *p = look(r, FEW, &n);

    for (size_t i = 0; n && i < sizeof formats / sizeof formats[0]; i++)
        if (formats[i].is(p, n))
            return formats[i].start(r);
    look(r, MANY, &n);
    if (n >= 4 && text_log_is(r))
        return text_log_start(r);
    p = look(r, MANY, &n);
    if (r->source.trouble[0])
        note(r, true, r->source.trouble);
    else if (!n)
        reader_damage(r, "the file is empty");
    else
        return unknown(r, p, n);
    return -EINVAL;
}

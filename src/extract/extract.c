/* The public entry: walks the captures twice more.  The first walk finds what is
 * put together of several packets (extract/collect.c), the second writes: whose a
 * packet is says the model (extract/owner.c). */
#include "fosip/extract.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "extract/again.h"
#include "extract/collect.h"
#include "extract/name.h"
#include "extract/nameless.h"
#include "extract/writer.h"
#include "net/layer.h"

struct extract {
    const struct fosip_analysis *analysis;
    const struct fosip_extract_options *options;
    struct choice choice;
    struct owners *owners;
    struct collected collected;
    size_t next_frame; /* in collected.frames */
    const char **paths;
    struct writer *writer;
    struct capture *capture; /* that is written from */
    uint64_t packets, emptied;
    struct nameless nameless; /* what anonymizes, if that is asked for */
    bool failed; /* memory ran short */
    struct fosip_error *err;
};

/* ---- where packets go ------------------------------------------------------------------ */

/* What is known of a packet that holds a part of something. */
struct known {
    const struct connection_use *use; /* of a TCP segment; NULL: nothing */
    bool cut;                         /* its payload is not written */
    struct slice whole;               /* of a fragment; empty: nothing */
};

static bool put_known(void *ctx, const struct decoded *part, uint8_t *payload)
{
    const struct known *known = ctx;
    const struct datagram *d = &part->datagram;
    struct slice octets;

    if (part->kind == DECODED_FRAGMENT) {
        octets = slice_upto(slice_from(known->whole, part->fragment_at), d->caplen);
        if (octets.n)
            memcpy(payload, octets.p, octets.n);
        return octets.n > 0;
    }
    if (known->cut)
        return true;
    return part->kind == DECODED_SEGMENT && known->use &&
           connection_octets(known->use, &d->src, &d->dst, part->sequence, payload, d->caplen,
                             d->packet->time);
}

/* Comments name whom they like. */
static int put_nameless(struct extract *x, uint32_t file, const struct packet *packet,
                        uint32_t caplen, const struct known *known)
{
    struct known nothing = {.use = NULL}, what = known ? *known : nothing;
    struct packet changed = *packet;

    changed.data = anonymize_packet(&x->nameless.anonymize, packet, put_known, &what);
    if (!changed.data)
        return error_set(x->err, -ENOMEM, "not enough memory");
    return writer_put(x->writer, file, NULL, &changed, caplen, x->err);
}

static int put(struct extract *x, uint32_t file, const struct packet *packet, uint32_t caplen,
               const struct known *known)
{
    if (file == CHOICE_NONE)
        return 0;
    x->packets++;
    if (x->options->anonymize)
        return put_nameless(x, file, packet, caplen, known);
    return writer_put(x->writer, file, x->capture, packet, caplen, x->err);
}

/* What the first walk found in the packet; *any: it found something. */
static int put_collected(struct extract *x, const struct packet *packet, bool *any)
{
    const struct collected_frame *frames = x->collected.frames.v;
    size_t n = x->collected.frames.n;
    int r = 0;

    while (x->next_frame < n && frames[x->next_frame].frame < packet->frame)
        x->next_frame++;
    for (size_t i = x->next_frame; r == 0 && i < n && frames[i].frame == packet->frame; i++) {
        struct known known = {.whole = frames[i].whole};

        *any = true;
        if (i == x->next_frame || frames[i].file != frames[i - 1].file)
            r = put(x, frames[i].file, packet, packet->caplen, &known);
    }
    return r;
}

/* Of TLS, and where a WebSocket's frames are not known. */
static bool cannot_be_changed(const struct extract *x, const struct connection_use *use,
                              const struct decoded *d)
{
    const struct datagram *g = &d->datagram;

    return x->options->anonymize && use->whole && d->kind == DECODED_SEGMENT && g->caplen &&
           !connection_covers(use, &g->src, &g->dst, d->sequence, g->len, g->packet->time);
}

static uint32_t wanted_octets(struct extract *x, const struct connection_use *use,
                              const struct decoded *d)
{
    const struct datagram *g = &d->datagram;
    const struct packet *packet = g->packet;

    switch (connection_wants(use, &g->src, &g->dst, d->sequence, g->len, packet->time)) {
    case CONNECTION_SEGMENT:
        if (!cannot_be_changed(x, use, d))
            return packet->caplen;
        x->emptied++;
        return (uint32_t)(g->data - packet->data);
    case CONNECTION_HEADERS:
        return g->caplen ? (uint32_t)(g->data - packet->data) : packet->caplen;
    case CONNECTION_NOTHING:
        break;
    }
    return 0;
}

/* A TCP segment or an SCTP packet. */
static int put_segment(struct extract *x, const struct decoded *d)
{
    const struct datagram *g = &d->datagram;
    const struct connection_use *use =
        connections_first(&x->collected.connections, &g->src, &g->dst);
    bool any = false;
    int r = 0;

    for (; use && r == 0; use = connections_next(&x->collected.connections, use)) {
        uint32_t n = wanted_octets(x, use, d);
        struct known known = {.use = use, .cut = n < g->packet->caplen};

        any = any || n;
        if (n)
            r = put(x, use->file, g->packet, n, &known);
    }
    if (any || r < 0)
        return r;
    return put(x, owner_of_flow(x->owners, &g->src, &g->dst, g->packet->time), g->packet,
               g->packet->caplen, NULL);
}

static int put_error(struct extract *x, const struct decoded *d)
{
    struct net_icmp icmp = {.quoted = &d->datagram,
                            .reporter = d->reporter,
                            .type = d->icmp_type,
                            .code = d->icmp_code};

    return put(x, owner_of_error(x->owners, &icmp), d->datagram.packet,
               d->datagram.packet->caplen, NULL);
}

static int put_datagram(struct extract *x, const struct decoded *d)
{
    const struct packet *packet = d->datagram.packet;
    struct datagram datagram = d->datagram;
    struct packet at = *packet;

    if (d->timed)
        at.time = d->time;
    datagram.packet = &at;
    return put(x, owner_of_datagram(x->owners, &datagram), packet, packet->caplen, NULL);
}

static int put_packet(struct extract *x, const struct packet *packet)
{
    struct decoded d = {.kind = DECODED_BAD};
    bool any = false;
    int r = put_collected(x, packet, &any);

    if (any || r < 0)
        return r;
    net_decode(packet, &d);
    switch (d.kind) {
    case DECODED_DATAGRAM:
        return put_datagram(x, &d);
    case DECODED_SEGMENT:
    case DECODED_CHUNKS:
        return put_segment(x, &d);
    case DECODED_QUOTE:
        return put_error(x, &d);
    case DECODED_FRAGMENT:
    case DECODED_OTHER:
    case DECODED_BAD:
        break;
    }
    return 0;
}

static void add_secrets(void *ctx, uint32_t type, const uint8_t *data, size_t n)
{
    struct extract *x = ctx;

    if (writer_add_secrets(x->writer, type, data, n) < 0)
        x->failed = true;
}

static int write_packets(struct extract *x)
{
    struct packet packet;
    capture_secrets *secrets = x->options->anonymize ? NULL : add_secrets;
    int r = again_open(x->analysis, secrets, x, &x->capture, x->err);

    if (r < 0)
        return r;
    while (r == 0 && !x->failed && capture_next(x->capture, &packet))
        r = put_packet(x, &packet);
    capture_close(x->capture);
    return x->failed ? error_set(x->err, -ENOMEM, "not enough memory") : r;
}

static int find_parts(struct extract *x)
{
    struct capture *capture;
    int r = again_open(x->analysis, NULL, NULL, &capture, x->err);

    if (r < 0)
        return r;
    r = collect(&x->collected, &x->choice, x->owners, capture,
                x->options->anonymize ? &x->nameless.anonymize : NULL);
    capture_close(capture);
    return r < 0 ? error_set(x->err, r, "not enough memory for this capture") : 0;
}

/* ---- files ----------------------------------------------------------------------------- */

static bool ends_with(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);

    return n >= m && slice_ieq(slice_make(path + n - m, m), slice_make(ending, m));
}

/* Whether a pcap file would lose something: link types, which interface, which file,
 * comments, secrets. */
static bool needs_pcapng(const struct capture *capture)
{
    size_t usable = 0;

    for (size_t i = 0; i < capture_file_count(capture); i++) {
        struct capture_file file = capture_file(capture, i);

        usable += file.packets > 0;
        if (file.link_count > 1 || usable > 1 || strcmp(file.format, "pcapng") == 0)
            return true;
    }
    return false;
}

static bool has_nanoseconds(const struct capture *capture)
{
    for (size_t i = 0; i < capture_file_count(capture); i++) {
        const char *format = capture_file(capture, i).format;

        if (strcmp(format, "pcapng") == 0 || strcmp(format, "pcap (nanoseconds)") == 0)
            return true;
    }
    return false;
}

static enum writer_format format_of(const struct extract *x)
{
    const char *path = x->options->output;
    bool pcap = path && (ends_with(path, ".pcap") || ends_with(path, ".cap"));

    if (path && (ends_with(path, ".pcapng") || ends_with(path, ".ntar")))
        return WRITER_PCAPNG;
    if (!pcap && needs_pcapng(x->analysis->capture))
        return WRITER_PCAPNG;
    return has_nanoseconds(x->analysis->capture) ? WRITER_PCAP_NANOSECONDS : WRITER_PCAP;
}

static int name_files(struct extract *x)
{
    x->paths = calloc(x->choice.files + 1, sizeof *x->paths);
    if (!x->paths)
        return error_set(x->err, -ENOMEM, "not enough memory");
    if (!x->options->split) {
        x->paths[0] = x->options->output;
        return 0;
    }
    if (!x->options->output)
        return error_set(x->err, -EINVAL,
                         "a file a call needs a name for them: -o 'DIR/{id}-{from}-{to}.pcap'");
    return name_calls(x->paths, x->options->output, x->analysis, x->choice.first, x->choice.files,
                      x->err);
}

static int run(struct extract *x)
{
    int r = x->options->anonymize
                ? nameless_open(&x->nameless, x->analysis, x->options->key, x->err)
                : 0;

    if (r == 0)
        r = find_parts(x);
    if (r == 0)
        r = name_files(x);
    if (r < 0)
        return r;
    x->writer = writer_new(x->paths, x->choice.files, format_of(x));
    if (!x->writer)
        return error_set(x->err, -ENOMEM, "not enough memory");
    r = write_packets(x);
    return r < 0 ? r : writer_finish(x->writer, x->err);
}

static void release(struct extract *x)
{
    writer_free(x->writer);
    for (uint32_t i = 0; x->options->split && x->paths && i < x->choice.files; i++)
        free((char *)x->paths[i]);
    free(x->paths);
    collected_free(&x->collected);
    owners_free(x->owners);
    nameless_close(&x->nameless);
    choice_free(&x->choice);
}

int fosip_extract(const struct fosip_analysis *analysis,
                  const struct fosip_extract_options *options, struct fosip_extracted *done,
                  struct fosip_error *err)
{
    struct extract x = {.analysis = analysis, .options = options, .err = err};
    int r = choice_make(&x.choice, analysis, options, err);

    if (r < 0)
        return r;
    x.owners = owners_new(&x.choice);
    r = x.owners ? run(&x) : error_set(err, -ENOMEM, "not enough memory");
    if (r == 0 && done)
        *done = (struct fosip_extracted){.files = x.choice.files,
                                         .packets = x.packets,
                                         .overwritten = x.nameless.anonymize.counts.overwritten,
                                         .emptied = x.emptied};
    release(&x);
    return r;
}

/* The public entry: walks the captures twice more.  The first walk finds what is
 * put together of several packets (extract/collect.c), the second writes: whose a
 * packet is says the model (extract/owner.c). */
#include "fosip/extract.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/hash.h"
#include "capture/text_header.h"
#include "extract/collect.h"
#include "extract/name.h"
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
    uint64_t packets;
    bool failed; /* memory ran short */
    struct fosip_error *err;
};

/* ---- the captures, again --------------------------------------------------------------- */

/* Whether a file can be read once more, and holds packets. */
static int check_file(const struct capture_file *file, struct fosip_error *err)
{
    bool input = strcmp(file->path, "-") == 0;
    struct stat st;

    for (size_t i = 0; i < file->link_count; i++)
        if (file->links[i] == LINK_TEXT)
            return error_set(err, -ENOTSUP,
                             "%s: a text log holds messages and no packets: there is nothing to "
                             "extract from it",
                             file->path);
    if ((input ? fstat(0, &st) : stat(file->path, &st)) == 0 && !S_ISREG(st.st_mode))
        return error_set(err, -ESPIPE,
                         "%s: a pipe cannot be read twice: put it into a file first",
                         input ? "standard input" : file->path);
    return 0;
}

static void add_secrets(void *ctx, uint32_t type, const uint8_t *data, size_t n)
{
    struct extract *x = ctx;

    if (x->writer && writer_add_secrets(x->writer, type, data, n) < 0)
        x->failed = true;
}

static int open_again(struct extract *x, struct capture **out)
{
    const struct capture *before = x->analysis->capture;
    size_t count = capture_file_count(before);
    struct capture_options how = {
        .filter = x->analysis->filter, .secrets = add_secrets, .secrets_ctx = x};
    const char **paths = calloc(count + 1, sizeof *paths);
    int r = paths ? 0 : error_set(x->err, -ENOMEM, "not enough memory");

    for (size_t i = 0; r == 0 && i < count; i++) {
        struct capture_file file = capture_file(before, i);

        paths[i] = file.path;
        r = check_file(&file, x->err);
    }
    if (r == 0)
        r = capture_open(out, &how, paths, count, x->err);
    free(paths);
    return r;
}

/* ---- where packets go ------------------------------------------------------------------ */

static int put(struct extract *x, uint32_t file, const struct packet *packet, uint32_t caplen)
{
    if (file == CHOICE_NONE)
        return 0;
    x->packets++;
    return writer_put(x->writer, file, packet, caplen, x->err);
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
        *any = true;
        if (i == x->next_frame || frames[i].file != frames[i - 1].file)
            r = put(x, frames[i].file, packet, packet->caplen);
    }
    return r;
}

static uint32_t wanted_octets(const struct connection_use *use, const struct decoded *d)
{
    const struct datagram *g = &d->datagram;
    const struct packet *packet = g->packet;

    switch (connection_wants(use, &g->src, &g->dst, d->sequence, g->len, packet->time)) {
    case CONNECTION_SEGMENT:
        return packet->caplen;
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
        uint32_t n = wanted_octets(use, d);

        any = any || n;
        if (n)
            r = put(x, use->file, g->packet, n);
    }
    if (any || r < 0)
        return r;
    return put(x, owner_of_flow(x->owners, &g->src, &g->dst, g->packet->time), g->packet,
               g->packet->caplen);
}

static int put_error(struct extract *x, struct decoded *d)
{
    struct net_icmp icmp = {.quoted = &d->datagram,
                            .reporter = d->reporter,
                            .type = d->icmp_type,
                            .code = d->icmp_code};

    return put(x, owner_of_error(x->owners, &icmp), d->datagram.packet,
               d->datagram.packet->caplen);
}

static int put_datagram(struct extract *x, struct decoded *d)
{
    struct packet at = *d->datagram.packet;
    const struct packet *packet = d->datagram.packet;

    if (d->timed)
        at.time = d->time;
    d->datagram.packet = &at;
    return put(x, owner_of_datagram(x->owners, &d->datagram), packet, packet->caplen);
}

static int put_packet(struct extract *x, const struct packet *packet)
{
    struct decoded d;
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

static int write_packets(struct extract *x)
{
    struct capture *capture;
    struct packet packet;
    int r = open_again(x, &capture);

    if (r < 0)
        return r;
    while (r == 0 && !x->failed && capture_next(capture, &packet))
        r = put_packet(x, &packet);
    capture_close(capture);
    return x->failed ? error_set(x->err, -ENOMEM, "not enough memory") : r;
}

static int find_parts(struct extract *x)
{
    struct capture *capture;
    int r = open_again(x, &capture);

    if (r < 0)
        return r;
    r = collect(&x->collected, &x->choice, x->owners, capture);
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

static int by_text(const void *pa, const void *pb, void *ctx)
{
    const char *const *paths = ctx;
    const uint32_t *a = pa, *b = pb;
    int order = strcmp(paths[*a], paths[*b]);

    return order ? order : *a < *b ? -1 : 1;
}

/* Calls of one name get their number, too. */
static int number_twins(struct extract *x)
{
    uint32_t n = x->choice.files, *order = malloc((n + 1) * sizeof *order);
    char *name;

    if (!order)
        return -ENOMEM;
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    qsort_r(order, n, sizeof *order, by_text, x->paths);
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && strcmp(x->paths[order[i]], x->paths[order[end]]) == 0;)
            end++;
        for (uint32_t k = i; end - i > 1 && k < end; k++) {
            name = name_of_call(x->options->output, x->analysis, x->choice.first[order[k]], true);
            if (!name) {
                free(order);
                return -ENOMEM;
            }
            free((char *)x->paths[order[k]]);
            x->paths[order[k]] = name;
        }
    }
    free(order);
    return 0;
}

static int name_calls(struct extract *x)
{
    const char *template = x->options->output, *problem = template ? name_problem(template) : NULL;
    bool numbered = template && !name_has_place(template);

    if (!template)
        return error_set(x->err, -EINVAL,
                         "a file a call needs a name for them: -o 'DIR/{id}-{from}-{to}.pcap'");
    if (problem)
        return error_set(x->err, -EINVAL,
                         "%s: '%.20s' is none of {id}, {call-id}, {from}, {to} and {time}",
                         template, problem);
    for (uint32_t i = 0; i < x->choice.files; i++) {
        x->paths[i] = name_of_call(template, x->analysis, x->choice.first[i], numbered);
        if (!x->paths[i])
            return error_set(x->err, -ENOMEM, "not enough memory");
    }
    return number_twins(x) < 0 ? error_set(x->err, -ENOMEM, "not enough memory") : 0;
}

static int name_files(struct extract *x)
{
    x->paths = calloc(x->choice.files + 1, sizeof *x->paths);
    if (!x->paths)
        return error_set(x->err, -ENOMEM, "not enough memory");
    if (x->options->split)
        return name_calls(x);
    x->paths[0] = x->options->output;
    return 0;
}

static int run(struct extract *x)
{
    int r = find_parts(x);

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
        *done = (struct fosip_extracted){.files = x.choice.files, .packets = x.packets};
    release(&x);
    return r;
}

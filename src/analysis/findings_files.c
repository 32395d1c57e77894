/* Rules about the files of a capture: what their capturer lost, their clocks, files
 * of a ring that are not there. */
#include <stdlib.h>

#include "analysis/findings.h"
#include "base/vec.h"

static const int64_t SECOND = 1000000000;
/* Queues of a card and interfaces of a file are a little apart. */
static const int64_t WORTH_A_WORD = 10 * (int64_t)1000000;

enum { NO_CALL = CALL_NONE };

static unsigned long long number(uint64_t n)
{
    return (unsigned long long)n;
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- time ------------------------------------------------------------------------------- */

static void check_time(struct fosip_analysis *a)
{
    struct capture_file worst = {.furthest_back = 0};
    unsigned files = 0;

    for (size_t i = 0; i < capture_file_count(a->capture); i++) {
        struct capture_file file = capture_file(a->capture, i);

        files += file.furthest_back >= WORTH_A_WORD;
        if (file.furthest_back > worst.furthest_back)
            worst = file;
    }
    if (!files)
        return;
    finding_add(a, "time-runs-backwards",
                worst.furthest_back >= SECOND ? FINDING_WARNING : FINDING_NOTE, NO_CALL, CALL_NONE,
                CALL_NONE,
                "%s: the time of %llu packet%s is earlier than that of the packet before (first "
                "the file's packet %llu), by up to %.3f s; durations across such a step are wrong.",
                worst.path, number(worst.backwards), plural(worst.backwards),
                number(worst.first_backwards), (double)worst.furthest_back / (double)SECOND);
}

/* Streams that go back and forth between files. */
static void check_clocks(struct fosip_analysis *a)
{
    const struct stream *worst = NULL;
    uint64_t streams = 0;
    double most = 0;

    for (size_t i = 0; i < stream_count(a->streams); i++) {
        const struct stream *s = stream_at(a->streams, i);
        double apart = stream_clocks_apart(s);

        streams += apart > 0;
        if (apart > most) {
            most = apart;
            worst = s;
        }
    }
    if (!worst)
        return;
    finding_place(finding_add(a, "clocks-differ", FINDING_WARNING, NO_CALL, CALL_NONE, CALL_NONE,
                              "%llu RTP stream%s spread over several files whose clocks differ, "
                              "by about %.1f s: merged by time, their packets are out of order, "
                              "and what is said of times and of late packets is wrong.",
                              number(streams), streams == 1 ? " is" : "s are",
                              most / 1000),
                  stream_start(worst), stream_first_frame(worst));
}

/* ---- packets ---------------------------------------------------------------------------- */

/* What two taps, or one at two places, saw twice. */
static void check_copies(struct fosip_analysis *a)
{
    uint64_t rtp = 0, sip = a->gaps.copies.count;
    char what[96];

    for (size_t i = 0; i < stream_count(a->streams); i++)
        rtp += stream_captured_twice(stream_at(a->streams, i));
    if (rtp + sip == 0)
        return;
    if (!sip)
        snprintf(what, sizeof what, "%llu RTP packet%s", number(rtp), plural(rtp));
    else if (!rtp)
        snprintf(what, sizeof what, "%llu SIP message%s", number(sip), plural(sip));
    else
        snprintf(what, sizeof what, "%llu RTP packet%s and %llu SIP message%s", number(rtp),
                 plural(rtp), number(sip), plural(sip));
    finding_add(a, "captured-twice", FINDING_NOTE, NO_CALL, CALL_NONE, CALL_NONE,
                "%s %s in the capture twice, as several taps or a mirror port make it: %s sent "
                "once, which is no retransmission and no fault of the network.",
                what, rtp + sip == 1 ? "is" : "are", rtp + sip == 1 ? "it was" : "they were");
}

/* Packets that the capturing machine lost, by its own account. */
static void check_drops(struct fosip_analysis *a)
{
    struct capture_file worst = {.dropped = 0};
    uint64_t dropped = 0;

    for (size_t i = 0; i < capture_file_count(a->capture); i++) {
        struct capture_file file = capture_file(a->capture, i);

        if (file.dropped <= 0)
            continue;
        dropped += (uint64_t)file.dropped;
        if (file.dropped > worst.dropped)
            worst = file;
    }
    if (!dropped)
        return;
    finding_add(a, "packets-dropped", FINDING_WARNING, NO_CALL, CALL_NONE, CALL_NONE,
                "The machine that captured lost %llu packet%s itself (most of them in %s): what is "
                "missing below need not be missing on the network.",
                number(dropped), plural(dropped), worst.path);
}

/* ---- rings of files -------------------------------------------------------------------- */

/* What a capturer makes of the name it was given, and the number it adds. */
struct ring_file {
    struct slice set; /* the path up to the number */
    const char *path;
    uint32_t number;
    uint32_t least; /* of the first file */
};

static bool all_digits(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] < '0' || p[i] > '9')
            return false;
    return true;
}

/* dumpcap: "cap_00003_20260101120000.pcap", "cap_20260101120000_00003.pcap". */
static bool dumpcap_name(struct slice name, struct ring_file *f)
{
    enum { NUMBER = 5, TIME = 14, BOTH = NUMBER + TIME + 2 };

    for (size_t i = 0; i + BOTH <= name.n; i++) {
        const char *p = name.p + i;
        bool first = p[0] == '_' && all_digits(p + 1, NUMBER) && p[NUMBER + 1] == '_' &&
                     all_digits(p + NUMBER + 2, TIME);
        bool last = p[0] == '_' && all_digits(p + 1, TIME) && p[TIME + 1] == '_' &&
                    all_digits(p + TIME + 2, NUMBER);
        size_t at = first ? i + 1 : i + TIME + 2;

        if (!first && !last)
            continue;
        f->set = slice_upto(name, i);
        f->least = 1;
        return slice_u32(slice_make(name.p + at, NUMBER), &f->number);
    }
    return false;
}

/* tcpdump -C: "trace.pcap", "trace.pcap1"; with -W "trace.pcap0", "trace.pcap1". */
static bool tcpdump_name(struct slice name, struct ring_file *f)
{
    static const char *const ends[] = {".pcap", ".cap", ".dump", ".pcapng"};

    for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
        size_t n = strlen(ends[e]);
        const char *at = memmem(name.p, name.n, ends[e], n), *digits = at ? at + n : NULL;
        size_t left = at ? (size_t)(name.p + name.n - digits) : 0, count = 0;

        while (count < left && digits[count] >= '0' && digits[count] <= '9')
            count++;
        if (!at || (count < left && digits[count] != '.'))
            continue;
        f->set = slice_upto(name, (size_t)(digits - name.p));
        f->least = f->number = 0;
        return !count || slice_u32(slice_make(digits, count), &f->number);
    }
    return false;
}

static bool ring_file(const char *path, struct ring_file *f)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash + 1 - path) : 0;
    struct slice name = slice_str(path + folder);

    f->path = path;
    if (!dumpcap_name(name, f) && !tcpdump_name(name, f))
        return false;
    f->set = slice_make(path, folder + f->set.n);
    return true;
}

static int by_set(const void *pa, const void *pb)
{
    const struct ring_file *a = pa, *b = pb;
    size_t n = a->set.n < b->set.n ? a->set.n : b->set.n;
    int order = memcmp(a->set.p, b->set.p, n);

    if (order || a->set.n != b->set.n)
        return order ? order : a->set.n < b->set.n ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static uint64_t partial_calls(const struct fosip_analysis *a)
{
    uint64_t n = 0;

    for (size_t i = 0; i < call_count(a->calls); i++)
        n += call_at(a->calls, i)->kind == CALL_CALL && call_at(a->calls, i)->state == CALL_PARTIAL;
    return n;
}

/* The first files of the set were overwritten, or left at home. */
static void check_first(struct fosip_analysis *a, const struct ring_file *first)
{
    uint64_t partial = partial_calls(a);

    if (!partial || first->number <= first->least)
        return;
    finding_place(finding_add(a, "earlier-files-missing", FINDING_NOTE, NO_CALL, CALL_NONE,
                              CALL_NONE,
                              "%s is file %u of a ring and those before it were not read: %llu "
                              "call%s began in them.",
                              first->path, first->number, number(partial), plural(partial)),
                  a->first_time, 1);
}

static void check_between(struct fosip_analysis *a, const struct ring_file *before,
                          const struct ring_file *after)
{
    uint32_t missing = after->number - before->number - 1;

    if (missing)
        finding_add(a, "files-missing", FINDING_WARNING, NO_CALL, CALL_NONE, CALL_NONE,
                    "%u file%s of a ring between %s and %s w%s not read: what happened in between "
                    "is missing.",
                    missing, plural(missing), before->path, after->path,
                    missing == 1 ? "as" : "ere");
}

static void check_rings(struct fosip_analysis *a)
{
    enum { LARGEST_HOLE = 1000 }; /* a longer one is of numbers that started over */
    VEC(struct ring_file) files = {0};
    struct ring_file f, *slot;

    for (size_t i = 0; i < capture_file_count(a->capture); i++) {
        struct capture_file file = capture_file(a->capture, i);

        if (file.packets && ring_file(file.path, &f) && (slot = vec_add(&files)))
            *slot = f;
    }
    if (!files.v)
        return;
    qsort(files.v, files.n, sizeof *files.v, by_set);
    check_first(a, &files.v[0]);
    for (size_t i = 1; i < files.n; i++) {
        const struct ring_file *before = &files.v[i - 1], *one = &files.v[i];

        if (!slice_eq(before->set, one->set))
            check_first(a, one);
        else if (one->number > before->number && one->number - before->number <= LARGEST_HOLE)
            check_between(a, before, one);
    }
    vec_free(&files);
}

void findings_files(struct fosip_analysis *a)
{
    check_time(a);
    check_clocks(a);
    check_drops(a);
    check_copies(a);
    check_rings(a);
}

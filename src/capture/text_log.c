/* Reads logs: text in which SIP messages stand among other words. */
#include <errno.h>
#include <stdlib.h>

#include "base/time.h"
#include "capture/log_frame.h"
#include "capture/reader.h"

enum {
    PROBE = 4 << 20, /* a first message is looked for in that much of the file */
    SAMPLE = 4096,   /* and these octets have to be text */
    HEADER = sizeof(struct text_header),
};

struct text_log {
    struct log_clock clock;
    struct log_lines lines;
    struct log_framer framer;
    bool whole; /* all that is left of the file is in view */
    char packet[HEADER + LOG_MESSAGE_ROOM];
};

static bool is_text_octet(uint8_t c)
{
    return c >= 0x20 ? c != 0x7f : (c >= '\t' && c <= '\r') || c == 0x1b;
}

static bool is_text(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n && i < SAMPLE; i++)
        if (!is_text_octet(p[i]))
            return false;
    return n > 0;
}

/* What is in view, and no more than a message may take. */
static struct slice view_of(struct reader *r)
{
    struct text_log *log = r->text;
    size_t n;

    if (!log->whole && !source_need(&r->source, LOG_FRAME_VIEW))
        log->whole = true;
    n = (size_t)(r->source.end - r->source.at);
    return slice_make((const char *)r->source.at, n < LOG_FRAME_VIEW ? n : LOG_FRAME_VIEW);
}

static void fill(struct reader *r, const struct log_mark *mark, const struct log_frame *frame,
                 struct packet *packet)
{
    struct text_log *log = r->text;

    if (!r->packets)
        r->format = mark->dialect ? mark->dialect : "text";
    memcpy(log->packet, &mark->header, HEADER);
    packet->time = mark->stamped ? log_clock_time(&log->clock, &mark->stamp) : TIME_UNKNOWN;
    packet->data = (const uint8_t *)log->packet;
    packet->caplen = (uint32_t)(HEADER + frame->n);
    packet->len = (uint32_t)(HEADER + frame->whole);
    packet->offset = source_offset(&r->source);
    packet->link = LINK_TEXT;
}

/* Frames a message that begins in the first line of the text. */
static bool read_message(struct text_log *log, struct slice text, struct log_frame *frame,
                         struct log_mark *mark)
{
    struct slice next, line = log_line(text, &next);

    if (!memmem(line.p, line.n, "SIP/2.0", 7))
        return false;
    log_mark_read(&log->lines, SLICE_EMPTY, mark);
    if (!log_frame(&log->framer, text, log_mark_is_dotted(mark), log->packet + HEADER, frame))
        return false;
    if (frame->prefix.n)
        log_mark_read(&log->lines, frame->prefix, mark);
    return true;
}

/* Passes over a line without a message. */
static size_t pass_line(struct text_log *log, struct slice text)
{
    struct slice next, line = log_line(text, &next);

    log_lines_add(&log->lines, line);
    return (size_t)(next.p - text.p);
}

static bool next(struct reader *r, struct packet *packet)
{
    struct text_log *log = r->text;
    struct log_frame frame;
    struct log_mark mark;
    struct slice text;

    while ((text = view_of(r)).n) {
        if (!read_message(log, text, &frame, &mark)) {
            source_take(&r->source, pass_line(log, text));
            continue;
        }
        fill(r, &mark, &frame, packet);
        log_lines_clear(&log->lines);
        source_take(&r->source, frame.taken);
        return true;
    }
    return reader_end(r, source_offset(&r->source), "line");
}

/* Whether there is a message in the text. */
static bool holds_message(struct text_log *log, struct slice text)
{
    struct log_frame frame;
    struct log_mark mark;
    bool found = false;

    while (text.n && !found) {
        found = read_message(log, slice_upto(text, LOG_FRAME_VIEW), &frame, &mark);
        text = slice_from(text, pass_line(log, slice_upto(text, LOG_FRAME_VIEW)));
    }
    log_lines_clear(&log->lines);
    return found;
}

static int refuse(struct reader *r, bool all)
{
    const char *what = foreign_format(r->source.at, (size_t)(r->source.end - r->source.at));

    if (r->source.trouble[0])
        return reader_no_header(r, "text");
    if (!what)
        what = all ? "is not a capture: text that holds no SIP message"
                   : "is not a capture: text that holds no SIP message in its first 4 MiB";
    reader_damage(r, "%s", what);
    return -EINVAL;
}

bool text_log_is(struct reader *r)
{
    source_need(&r->source, SAMPLE);
    return is_text(r->source.at, (size_t)(r->source.end - r->source.at));
}

int text_log_start(struct reader *r)
{
    bool all = !source_need(&r->source, PROBE);
    size_t n = (size_t)(r->source.end - r->source.at);
    struct text_log *log = calloc(1, sizeof *log);

    if (!log) {
        reader_damage(r, "not enough memory");
        return -ENOMEM;
    }
    r->text = log;
    if (!holds_message(log, slice_make((const char *)r->source.at, n < PROBE ? n : PROBE)))
        return refuse(r, all);
    r->format = "text";
    r->next = next;
    r->source.stable = false; /* messages are put together in `log` */
    reader_add_link(r, LINK_TEXT);
    return 0;
}

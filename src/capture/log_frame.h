/* Framing: where a SIP message begins and ends in the text of a log, and what
 * its octets were before they were logged. */
#ifndef CAPTURE_LOG_FRAME_H
#define CAPTURE_LOG_FRAME_H

#include "capture/log_mark.h"

enum {
    LOG_MESSAGE_ROOM = 64 * 1024, /* the largest message */
    LOG_FRAME_VIEW = 256 * 1024,  /* how much text a message is looked for in */
    LOG_BODY_LINES = 2048,
};

/* A line of a body, as the log has it. */
struct body_line {
    struct slice text;
    bool crlf;          /* it had a CR, or a sign of one, at its end */
    struct slice after; /* the text that follows the line */
};

/* Scratch. */
struct log_framer {
    char unescaped[LOG_MESSAGE_ROOM];
    struct body_line lines[LOG_BODY_LINES];
};

struct log_frame {
    struct slice prefix; /* what stands before it on its first line */
    size_t taken;        /* octets of the text up to its end */
    size_t n;            /* octets of the message in `out` */
    size_t whole;        /* how many it had: more when the log cut it */
};

/* Whether the first line of the text begins a message.  True when it does and
 * header fields follow; the message is then in `out` (of LOG_MESSAGE_ROOM
 * octets), with CRLF at the ends of lines and without what the log put before
 * them.  `dotted`: lines end in a dot for the CR (ngrep). */
bool log_frame(struct log_framer *framer, struct slice text, bool dotted, char *out,
               struct log_frame *frame);

/* The first line of the text, without its end; *next is where the one after it
 * begins. */
struct slice log_line(struct slice text, struct slice *next);

#endif

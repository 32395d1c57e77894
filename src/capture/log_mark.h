/* What programs write above a SIP message in their logs: when, from where, to
 * where, over what.  One row of a table a kind of line. */
#ifndef CAPTURE_LOG_MARK_H
#define CAPTURE_LOG_MARK_H

#include "base/slice.h"
#include "capture/log_stamp.h"
#include "capture/text_header.h"

enum { LOG_LINES = 12, LOG_LINE_ROOM = 512 };

/* The last lines before a message, blank ones left out. */
struct log_lines {
    struct {
        char text[LOG_LINE_ROOM];
        size_t n;
    } lines[LOG_LINES];
    unsigned count, next; /* lines held; where the next one goes */
};

void log_lines_clear(struct log_lines *lines);
/* Keeps the beginning of the line; nothing of a blank one. */
void log_lines_add(struct log_lines *lines, struct slice line);

struct log_mark {
    const char *dialect; /* a literal, NULL: none that is known */
    struct text_header header;
    bool stamped;
    struct log_stamp stamp;
};

/* What the lines, and then `prefix`, which stands before the message on its own
 * first line, say of the message. */
void log_mark_read(const struct log_lines *lines, struct slice prefix, struct log_mark *mark);

/* Whether the line stands above a message. */
bool log_mark_opens(struct slice line);
/* Whether it is a line of ngrep -W byline, which shows CR as a dot. */
bool log_mark_is_dotted(const struct log_mark *mark);

#endif

/* Text logs on arbitrary octets: framing must stay within the text and its
 * room, go on, and give the same from a file as from what lines say. */
#include <stdlib.h>
#include <string.h>

#include "capture/log_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct log_framer framer;
static char message[LOG_MESSAGE_ROOM];

/* As the reader does it: each line is a message's first, or passed over. */
static void walk(struct slice text, bool dotted)
{
    static struct log_lines lines;
    struct log_clock clock = {0};
    unsigned sum = 0;

    log_lines_clear(&lines);
    while (text.n) {
        struct slice next, line = log_line(text, &next);
        struct log_frame frame;
        struct log_mark mark;

        if (!log_frame(&framer, text, dotted, message, &frame)) {
            log_lines_add(&lines, line);
            text = next;
            continue;
        }
        if (!frame.taken || frame.taken > text.n || frame.n > LOG_MESSAGE_ROOM ||
            frame.whole < frame.n)
            abort();
        for (size_t i = 0; i < frame.n; i++)
            sum += (unsigned char)message[i];
        log_mark_read(&lines, frame.prefix, &mark);
        if (mark.stamped && log_clock_time(&clock, &mark.stamp) < 0)
            abort();
        log_lines_clear(&lines);
        text = slice_make(text.p + frame.taken, text.n - frame.taken);
    }
    (void)sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    walk(slice_make((const char *)data + 1, size - 1), data[0] & 1);
    return 0;
}

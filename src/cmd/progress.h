/* The progress bar on standard error. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
    bool on, shown;
    struct timespec start;
    unsigned last; /* percent, or MB, shown last */
};

void progress_start(struct progress *progress, bool on);
/* For fosip_options.progress; shows nothing within the first second. */
void progress_show(void *progress, uint64_t done, uint64_t total);
/* Takes the bar off the screen. */
void progress_end(struct progress *progress);

#endif

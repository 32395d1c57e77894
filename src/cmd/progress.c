/* Owns one line of standard error while a large capture is read. */
#include "cmd/progress.h"

#include <stdio.h>

enum { CELLS = 40 };

void progress_start(struct progress *p, bool on)
{
    *p = (struct progress){.on = on};
    clock_gettime(CLOCK_MONOTONIC, &p->start);
}

static bool early(const struct progress *p)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec - p->start.tv_sec < 1 ||
           (now.tv_sec - p->start.tv_sec == 1 && now.tv_nsec < p->start.tv_nsec);
}

static void bar(unsigned percent)
{
    char cells[CELLS + 1];

    for (unsigned i = 0; i < CELLS; i++)
        cells[i] = i * 100 < percent * CELLS ? '#' : '.';
    cells[CELLS] = 0;
    fprintf(stderr, "\r[%s] %3u %%", cells, percent);
}

void progress_show(void *ctx, uint64_t done, uint64_t total)
{
    struct progress *p = ctx;
    unsigned now;

    if (!p->on || early(p))
        return;
    now = total ? (unsigned)(done < total ? done * 100 / total : 100) : (unsigned)(done >> 20);
    if (p->shown && now == p->last)
        return;
    if (total)
        bar(now);
    else
        fprintf(stderr, "\r%u MB read", now);
    p->shown = true;
    p->last = now;
}

void progress_end(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}

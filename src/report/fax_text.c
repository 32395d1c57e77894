/* Faxes as text: a row a direction. */
#include <inttypes.h>

#include "analysis/fax.h"
#include "report/grid.h"
#include "rtp/udptl.h"

enum { F_CALL, F_START, F_SRC, F_DST, F_PACKETS, F_LOST, F_RECOVERED, F_PAGES, F_MODEM, F_AFTER };

static const struct grid_column columns[] = {
    [F_CALL] = {"Call", "call", true, 0},
    [F_START] = {"Start", "start", true, 0},
    [F_SRC] = {"Source", "src", false, 0},
    [F_DST] = {"Destination", "dst", false, 0},
    [F_PACKETS] = {"Packets", "packets", true, 0},
    [F_LOST] = {"Lost", "lost", true, 0},
    [F_RECOVERED] = {"Recovered", "recovered", true, 0},
    [F_PAGES] = {"Pages", "pages", true, 0},
    [F_MODEM] = {"Modem", "modem", false, 0},
    [F_AFTER] = {"After stream", "after_stream", true, 0},
};

struct faxes {
    const struct fosip_analysis *a;
    const struct fosip_report_options *o;
    int64_t before;
};

static bool row(void *ctx, size_t i, struct grid *g)
{
    struct faxes *l = ctx;
    const struct fax *f = fax_at(l->a->faxes, i);

    if (!report_selects(l->a, f->call, &l->o->select))
        return false;
    if (f->call != CALL_NONE)
        grid_count(g, F_CALL, f->call + 1);
    grid_time(g, F_START, l->o->time, f->start, l->a->first_time, l->before);
    grid_address(g, F_SRC, &f->src);
    grid_address(g, F_DST, &f->dst);
    grid_count(g, F_PACKETS, f->packets);
    grid_count(g, F_LOST, f->lost);
    grid_count(g, F_RECOVERED, f->recovered);
    grid_count(g, F_PAGES, f->pages);
    if (f->any_data)
        grid_printf(g, F_MODEM, "%s %u", t38_modem_name(f->modem), t38_modem_rate(f->modem));
    if (f->audio != CALL_NONE)
        grid_count(g, F_AFTER, f->audio + 1);
    l->before = f->start;
    return true;
}

void report_faxes(const struct fosip_analysis *a, const struct fosip_report_options *o, FILE *out)
{
    struct faxes l = {.a = a, .o = o, .before = a->first_time};
    struct grid g = {.columns = columns,
                     .count = sizeof columns / sizeof columns[0],
                     .row = row,
                     .ctx = &l,
                     .rows = fax_count(a->faxes)};

    grid_text(&g, o, out);
}

/* Bursts and gaps: RFC 3611 §4.7.2.
 *
 * A cluster of missing packets, lost or discarded, goes on until Gmin packets
 * in a row were received.  One that holds a single missing packet lies in a
 * gap; any other is a burst, from its first missing packet to its last.  The
 * session is taken to be preceded and followed by Gmin packets received. */
#include "stream/state.h"

enum { GMIN = 16 };

static void close_cluster(struct loss_shape *l)
{
    if (!l->cluster_lost)
        return;
    if (l->cluster_lost > 1) {
        l->bursts++;
        l->burst_lost += l->cluster_lost;
        l->burst_packets += l->cluster_span;
    } else {
        l->gap_lost++;
        l->gap_packets++;
    }
    l->gap_packets += l->run;
    l->cluster_lost = l->cluster_span = l->run = 0;
}

void loss_received(struct loss_shape *l, uint64_t n)
{
    l->current = 0;
    l->in_run = false;
    if (!l->cluster_lost) {
        l->gap_packets += n;
        return;
    }
    l->run += n;
    if (l->run >= GMIN)
        close_cluster(l);
}

static void missing(struct loss_shape *l, uint64_t n)
{
    l->cluster_span += l->run + n;
    l->cluster_lost += n;
    l->missing += n;
    l->run = 0;
    l->runs += !l->in_run;
    l->in_run = true;
}

void loss_lost(struct loss_shape *l, uint64_t n)
{
    missing(l, n);
    l->current += (uint32_t)n;
    if (l->current > l->longest)
        l->longest = l->current;
}

void loss_discarded(struct loss_shape *l)
{
    missing(l, 1);
    l->current = 0;
}

void loss_finish(struct loss_shape *l)
{
    close_cluster(l);
}

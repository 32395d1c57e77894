/* Bursts and gaps: RFC 3611 §4.7.2.
 *
 * A cluster of losses goes on until Gmin packets in a row were received.  One
 * that holds a single loss lies in a gap; any other is a burst, from its first
 * loss to its last. */
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
    if (!l->cluster_lost) {
        l->gap_packets += n;
        return;
    }
    l->run += n;
    if (l->run >= GMIN)
        close_cluster(l);
}

void loss_lost(struct loss_shape *l, uint64_t n)
{
    l->cluster_span += l->run + n;
    l->cluster_lost += n;
    l->run = 0;
    l->current += (uint32_t)n;
    if (l->current > l->longest)
        l->longest = l->current;
}

void loss_finish(struct loss_shape *l)
{
    close_cluster(l);
}

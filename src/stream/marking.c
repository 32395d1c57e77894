/* How a stream's packets are marked: which DSCP (RFC 2474) how many of them have. */
#include "stream/state.h"

static struct stream_marking *row_of(struct markings *m, uint8_t dscp)
{
    for (unsigned i = 0; i < m->count; i++)
        if (m->rows[i].dscp == dscp)
            return &m->rows[i];
    if (m->count == STREAM_MARKINGS)
        return &m->rows[STREAM_MARKINGS - 1];
    m->rows[m->count] = (struct stream_marking){.dscp = dscp};
    return &m->rows[m->count++];
}

void marking_change(struct stream *s, uint8_t dscp)
{
    struct cold *cold = stream_cold(s);

    if (!cold)
        return;
    row_of(&cold->markings, s->regular.dscp)->packets +=
        s->sequence.received - cold->markings.packets;
    cold->markings.packets = s->sequence.received;
    s->regular.dscp = dscp;
}

unsigned stream_markings(const struct stream *s, struct stream_marking rows[STREAM_MARKINGS])
{
    struct markings all;

    if (s->alone) {
        rows[0] = (struct stream_marking){.dscp = s->first.dscp, .packets = 1};
        return 1;
    }
    all = s->cold ? s->cold->markings : (struct markings){.count = 0};

    row_of(&all, s->regular.dscp)->packets += s->sequence.received - all.packets;
    memcpy(rows, all.rows, all.count * sizeof *rows);
    return all.count;
}

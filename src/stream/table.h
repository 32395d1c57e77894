/* Inside the stream layer: the table of streams, for table.c and part.c. */
#ifndef STREAM_TABLE_H
#define STREAM_TABLE_H

#include "base/blocks.h"
#include "stream/candidate.h"
#include "stream/exchange.h"

enum { STREAM_MANY = 64 }; /* of one address that are looked at */

struct stream_table {
    struct context context;
    stream_announced *announced;
    void *ctx;
    stream_announced_ahead *ahead; /* may be NULL */
    stream_departed *departed; /* may be NULL */
    void *departed_ctx;
    VEC(struct stream *) streams; /* by number */
    struct blocks alone, whole;   /* where they lie */
    struct table by_key;
    /* The newest stream of each, from which the others hang. */
    struct table by_dst;  /* to an address */
    struct table by_flow; /* of two addresses, whatever the SSRC, where several flow to `dst`: */
    size_t by_flow_count; /* of the first streams, as many */
    struct table by_ssrc; /* of an SSRC between two hosts: of the first `by_ssrc_count` */
    size_t by_ssrc_count;
    struct destination *destinations; /* each leads to the one before it */
    struct candidates *candidates;
    uint32_t *order; /* by first packet, after stream_finish */
    uint64_t counted;
    struct exchanges exchanges;
};

static inline struct stream *stream_numbered(const struct stream_table *t, size_t number)
{
    return t->streams.v[number];
}

/* Room for one more, that is alone or all zero; NULL when there is none. */
struct stream *stream_add_place(struct stream_table *table, bool alone);
/* Takes the newest one away again. */
void stream_drop_newest(struct stream_table *table);
/* The stream (NULL: none), which moves if it was alone; NULL when memory is short. */
struct stream *stream_whole(struct stream_table *table, struct stream *stream);
/* Enters the stream in the last place under its key, of that hash, and its addresses.
 * False when memory is short. */
bool stream_enter(struct stream_table *table, struct stream *stream, uint64_t hash);
/* Links each of the first `count` streams with the one before it on its flow. */
void stream_enter_flows(struct stream_table *table, size_t count);
/* The newest stream to an address, by its number, STREAM_NO_NUMBER without one. */
uint32_t stream_newest_to(const struct stream_table *table, const struct net_addr *dst);
/* Frees what the table holds. */
void stream_table_clear(struct stream_table *table);

/* ---- destination.c: descriptions of addresses that streams flow to --------------- */

/* The stream, which is the newest to its destination, shares what is known of that. */
void destination_enter(const struct stream_table *table, struct stream *stream);
/* The same where the stream was entered in place of one in another table, that knew this
 * (or NULL).  False when memory is short. */
bool destination_move(struct stream_table *to, struct stream *stream,
                      const struct destination *was);
/* Lets go of all. */
void destinations_free(struct stream_table *table);
/* The map that the stream's next packet follows; NULL: the one of the last. */
const struct rtp_map *destination_map(const struct stream *stream);

#endif

/* Inside the stream layer: streams of one packet. */
#ifndef STREAM_ALONE_H
#define STREAM_ALONE_H

#include "stream/state.h"

/* Whether a stream that begins with that packet can be alone for a while: nothing but its
 * octets and header is to be counted. */
bool stream_may_be_alone(const struct rtp_map *map, const struct arrival *a,
                         const struct context *c);
/* `s` has room for one that is alone. */
void stream_start_alone(struct stream *s, const struct stream_key *key, const struct rtp_map *map,
                        const struct arrival *a, const struct context *c);
/* Makes in `whole` what the one that is alone would be if it were not. */
void stream_start_again(struct stream *whole, const struct stream *alone);
/* When all is counted: the stream itself, or where it is alone, what it would be, in `room`. */
const struct stream *stream_counted(const struct stream *s, struct stream *room);

#endif

/* TCP connections that carry chosen calls, and which of their octets do. */
#ifndef EXTRACT_CONNECTIONS_H
#define EXTRACT_CONNECTIONS_H

#include "base/table.h"
#include "base/vec.h"
#include "net/addr.h"

/* Octets of one message or of several in a row, by TCP sequence numbers. */
struct connection_range {
    uint32_t from, to; /* `to` is behind the last */
    int64_t time;      /* when the last of them was whole */
    int64_t begun;     /* when the first was; connections_range sets it */
    const uint8_t *octets; /* what is written in their place, borrowed; NULL: they are */
};

/* What one file wants of a connection. */
struct connection_use {
    uint32_t file;
    uint32_t next;    /* of the same connection */
    int64_t end;      /* time of its last message */
    bool whole;       /* all octets: they cannot be read without those before */
    VEC(struct connection_range) ranges[2]; /* of each direction, in order of time */
};

struct connection_key {
    struct net_addr low, high;
};

/* All zero but the seed are none. */
struct connections {
    uint64_t seed;
    struct table table;
    VEC(struct connection_key) keys;
    VEC(uint32_t) first; /* the newest use of each */
    VEC(struct connection_use) uses;
};

void connections_free(struct connections *connections);

/* Notes that a file has a message from `src` to `dst` at that time. NULL when memory is short. */
struct connection_use *connections_use(struct connections *connections,
                                       const struct net_addr *src, const struct net_addr *dst,
                                       uint32_t file, int64_t time);
/* ... and where its octets are.  0 or -ENOMEM. */
int connections_range(struct connections *connections, const struct net_addr *src,
                      const struct net_addr *dst, uint32_t file,
                      const struct connection_range *range);

/* The same of a use that is known, whose end stays. */
int connections_add_range(struct connection_use *use, const struct net_addr *src,
                          const struct net_addr *dst, const struct connection_range *range);
/* Whether the file has a range that holds octets of the segment. */
bool connection_covers(const struct connection_use *use, const struct net_addr *src,
                       const struct net_addr *dst, uint32_t sequence, uint32_t n, int64_t time);

/* Walks the uses of a connection: NULL when there is none left. */
const struct connection_use *connections_first(const struct connections *connections,
                                               const struct net_addr *src,
                                               const struct net_addr *dst);
const struct connection_use *connections_next(const struct connections *connections,
                                              const struct connection_use *use);

/* Puts what is written in the place of messages over a segment of `n` octets; those of
 * no message of the file stay.  Whether there were any. */
bool connection_octets(const struct connection_use *use, const struct net_addr *src,
                       const struct net_addr *dst, uint32_t sequence, uint8_t *octets, uint32_t n,
                       int64_t time);

/* How much of a segment of `n` octets that `src` sent the file wants. */
enum connection_want { CONNECTION_NOTHING, CONNECTION_HEADERS, CONNECTION_SEGMENT };
enum connection_want connection_wants(const struct connection_use *use,
                                      const struct net_addr *src, const struct net_addr *dst,
                                      uint32_t sequence, uint32_t n, int64_t time);

#endif

/* Media: which party of which call announced an address for RTP.
 *
 * Every m= section with a port (RFC 3264 §5.1, RFC 8866 §5.14) announces where
 * its sender wants to receive; its candidates (RFC 8839 §5.1), where else it can.
 * An address keeps all its announcements, because
 * a port is used again by later calls. */
#ifndef CALL_MEDIA_H
#define CALL_MEDIA_H

#include "base/arena.h"
#include "base/table.h"
#include "base/vec.h"
#include "net/addr.h"
#include "rtp/codec.h"
#include "sip/sdp.h"

struct announcement {
    int64_t time;               /* of the message, ns since 1970 */
    const struct rtp_map *map;
    uint32_t call;              /* number of the call */
    uint8_t side;               /* enum call_side: who receives there */
    bool took_over;             /* call_took_over has told of it */
};

/* Most addresses are announced once, or again for the same. */
struct media_addr {
    struct net_addr addr;
    uint32_t count;             /* of announcements: one at least */
    struct announcement only;   /* when it is the only one */
    struct announcement *all;   /* else: as many as there is room for */
    size_t room;
};

/* Maps that no one looks for any more. */
struct media_past {
    struct arena arena;
    size_t count;
};

struct media_table {
    VEC(struct media_addr) addrs;
    struct table by_addr;
    struct table by_map;
    VEC(const struct rtp_map *) maps;
    struct arena arena;         /* maps and their names */
    VEC(struct media_past) past; /* the oldest first */
};

enum { MEDIA_MOST_MAPS = 4096 }; /* before media_turn_maps is worth while */

/* Enters that the m= section announces the address; a repetition of the newest for
 * it only renews that.  *map: what may arrive there.  0 or -ENOMEM. */
int media_announce(struct media_table *media, uint64_t seed, const struct net_addr *addr,
                   const struct sdp_media *section, uint32_t call, uint8_t side, int64_t time,
                   const struct rtp_map **map);

/* Its announcements, in capture order. */
static inline const struct announcement *media_announcements(const struct media_addr *entry)
{
    return entry->all ? entry->all : &entry->only;
}

static inline const struct announcement *media_newest(const struct media_addr *entry)
{
    return &media_announcements(entry)[entry->count - 1];
}

/* Asks for the memory that media_find reads first. */
void media_ask_for(const struct media_table *media, uint64_t seed, const struct net_addr *addr);
/* What is known of the address, NULL when it was not announced. */
const struct media_addr *media_find(const struct media_table *media, uint64_t seed,
                                    const struct net_addr *addr);

/* Enters an announcement of another table again, of a call that is `call` here; the maps
 * stay the other table's.  0 or -ENOMEM. */
int media_enter(struct media_table *media, uint64_t seed, const struct net_addr *addr,
                const struct announcement *announcement, uint32_t call);
/* What is announced from now on has new maps; those that are there can be let go when nothing
 * that was announced before is left.  0 or -ENOMEM. */
int media_turn_maps(struct media_table *media);
/* Lets go of the oldest ones that a turn has put aside. */
void media_forget_maps(struct media_table *media);
/* Gives the maps, and what finds them, to an empty table. */
void media_hand_on_maps(struct media_table *from, struct media_table *to);

void media_free(struct media_table *media);

#endif

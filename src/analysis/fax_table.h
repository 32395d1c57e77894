/* Inside the table of faxes: what fax.c owns and fax_guess.c adds to. */
#ifndef ANALYSIS_FAX_TABLE_H
#define ANALYSIS_FAX_TABLE_H

#include "analysis/fax.h"
#include "base/table.h"
#include "base/vec.h"
#include "rtp/udptl.h"

struct fax_trials;

struct fax_table {
    uint64_t seed;
    VEC(struct fax) list;
    struct table by_flow;
    struct fax_trials *trials; /* made when the first is needed; free() lets them go */
};

/* NULL without one. */
struct fax *fax_between(const struct fax_table *faxes, const struct net_addr *src,
                        const struct net_addr *dst);
/* A direction of which nothing is counted yet. */
struct fax fax_begin(const struct datagram *first);
/* A copy in the table, until the next one is kept; NULL when there is no room. */
struct fax *fax_keep(struct fax_table *faxes, const struct fax *fax);
/* Counts the datagram, whose UDPTL packet that is. */
void fax_add(struct fax *fax, const struct datagram *datagram, const struct udptl *packet,
             unsigned version);

#endif

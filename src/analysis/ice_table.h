/* Inside ice.c and ice_bind.c: the table of STUN paths. */
#ifndef ANALYSIS_ICE_TABLE_H
#define ANALYSIS_ICE_TABLE_H

#include "analysis/ice.h"

enum { ICE_USERS = 16 }; /* user names on one flow that are told apart */

struct ice_table {
    uint64_t seed;
    VEC(struct ice_path) paths;
    struct table by_flow;
    uint32_t *order; /* numbers of the paths that belong to calls, call by call */
    size_t bound;
};

#endif

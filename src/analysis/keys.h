/* The keys pressed in a call, whichever way they were sent. */
#ifndef ANALYSIS_KEYS_H
#define ANALYSIS_KEYS_H

#include "analysis/model.h"

enum key_via {
    KEY_EVENT, /* RFC 4733 */
    KEY_TONE,  /* in the audio */
    KEY_INFO,
    KEY_KPML, /* RFC 4730 */
    KEY_WAYS,
};
/* "rfc4733", "inband", "info", "kpml". */
const char *key_via_name(enum key_via via);

struct key {
    int64_t time; /* ns since 1970 */
    char digit;   /* '0' to '9', '*', '#', 'A' to 'D' */
    bool ended;   /* its end was seen; always, but for an event whose end packets miss */
    enum key_via via;
    enum call_side by;        /* who pressed it; SIDE_UNKNOWN: unknown */
    double duration_ms;       /* NaN: not said */
    double gap_ms;            /* since the end of the key before by the same way and side */
    double volume_dbm0;       /* of an event; NaN */
    uint32_t stream, message; /* that brought it; CALL_NONE */
    uint32_t double_of;       /* the same press came by another way before: its
                                 number in the list; CALL_NONE */
};

struct key_list {
    VEC(struct key) list;
};

/* All keys of the call in order of time; a key that a proxy passed on is one.
 * The caller frees list.list with vec_free.  False when memory is short. */
bool keys_of_call(const struct fosip_analysis *analysis, const struct call *call,
                  struct key_list *keys);

#endif

/* Letting go: while a capture goes on, calls and streams that are over and quiet leave the
 * model, are finished by themselves, and are gone.  So an endless capture takes the memory
 * of what is going on in it.
 *
 * Time is that of the capture, by a clock that no packet can move far (analysis/clock.h): a
 * step between two counts as half of the quiet time at most. */
#ifndef ANALYSIS_QUIET_H
#define ANALYSIS_QUIET_H

#include "analysis/model.h"

enum {
    QUIET_LONG_S = 3600,   /* without a message or media: calls that did not end, too */
    QUIET_ENDED = 16,      /* quiet times after its end a call leaves whatever still comes */
    QUIET_MESSAGES = 16384, /* a call with more leaves, and goes on as another one */
};

struct quiet;

/* Of `time` ns.  NULL when memory is short. */
struct quiet *quiet_new(int64_t time);
void quiet_free(struct quiet *quiet);

/* A packet of that time comes; true when it is time to look what is over. */
bool quiet_tick(struct quiet *quiet, int64_t time);

/* Takes what is over out of the model: *part is a model of its own, for finish_model after
 * stream_finish, and then for quiet_forget; NULL when nothing is over.  0 or -ENOMEM. */
int quiet_part(struct quiet *quiet, struct fosip_analysis *analysis,
               struct fosip_analysis **part);
/* After the part was finished and printed: frees it, but for what lasts. */
void quiet_forget(struct fosip_analysis *analysis, struct fosip_analysis *part);

/* Whether the message, of no call in the model, comes late for one that left: it is no new
 * request. */
bool quiet_is_straggler(const struct quiet *quiet, const struct sip_msg *msg);
/* For stream_ask_departed; ctx is the struct quiet. */
bool quiet_media_departed(void *ctx, const struct net_addr *src, const struct net_addr *dst);

/* At the end: gives what is left in the model the ids that it has had all along. */
int quiet_end(struct quiet *quiet, struct fosip_analysis *analysis);

#endif

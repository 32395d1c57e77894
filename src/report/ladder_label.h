/* What stands at the arrows and bands of a ladder. */
#ifndef REPORT_LADDER_LABEL_H
#define REPORT_LADDER_LABEL_H

#include "report/ladder.h"
#include "report/text.h"

/* Scratch for parsing messages again; NULL in it when memory is short. */
struct ladder_labels {
    struct sip_msg *msg;
    struct sdp_session *sdp;
};
struct ladder_labels ladder_labels_open(void);
void ladder_labels_close(struct ladder_labels *labels);

/* Writes the label of the rung: "INVITE (SDP: PCMU, PCMA)", "RTP PCMU 407 packets ...". */
void ladder_label(const struct ladder *ladder, const struct rung *rung,
                  struct ladder_labels *labels, struct line *out);

/* "caller alice", "proxy, registrar": user agents by their side of the call, servers by
 * what they did. */
void ladder_participant(const struct participant *participant, char *out, size_t room);

#endif

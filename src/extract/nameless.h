/* How an extract is anonymized: by which key, and who is named in the calls. */
#ifndef EXTRACT_NAMELESS_H
#define EXTRACT_NAMELESS_H

#include "analysis/model.h"
#include "anonymize/anonymize.h"

struct nameless {
    struct anonymize anonymize;
    const struct fosip_analysis *analysis;
    uint8_t *video; /* enum video_codec of each stream, by the numbers of stream_number();
                       NO_VIDEO */
};

/* `key` NULL: one that is made of the packets of the captures, which are read for it.
 * 0, or a negative code with `err`: -ENOTSUP when this build cannot. */
int nameless_open(struct nameless *nameless, const struct fosip_analysis *analysis,
                  const char *key, struct fosip_error *err);
void nameless_close(struct nameless *nameless);

#endif

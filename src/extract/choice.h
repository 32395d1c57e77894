/* Which calls and streams are extracted, and to which file each goes. */
#ifndef EXTRACT_CHOICE_H
#define EXTRACT_CHOICE_H

#include "analysis/model.h"
#include "fosip/extract.h"

enum { CHOICE_NONE = UINT32_MAX }; /* to no file */

struct choice_span {
    int64_t from, to;
};

struct choice {
    const struct fosip_analysis *analysis;
    uint32_t *calls;   /* of each call, the number of its file */
    uint32_t *streams; /* likewise, by the numbers of stream_number() */
    uint32_t *first;   /* of each file, the call that it is named after; CALL_NONE */
    struct choice_span *spans; /* of each call */
    uint32_t files;
    bool media;        /* not the signalling alone */
};

/* -ENOENT with `err` when nothing is chosen, -ENOMEM. */
int choice_make(struct choice *choice, const struct fosip_analysis *analysis,
                const struct fosip_extract_options *options, struct fosip_error *err);
void choice_free(struct choice *choice);

/* From when until when packets may belong to the call or the stream. */
bool choice_call_lasts(const struct choice *choice, uint32_t call, int64_t time);
bool choice_stream_lasts(const struct choice *choice, uint32_t number, int64_t time);

#endif

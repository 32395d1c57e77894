/* A message as named fields: what is compared of it, and what is shown. */
#ifndef DIFF_FIELDS_H
#define DIFF_FIELDS_H

#include "diff/values.h"

struct field {
    struct slice name;
    enum sip_header_id id; /* of a header field, else SIP_H_OTHER */
    bool header;
    uint16_t order;        /* of headers: the place of its first line */
    uint32_t value, value_length; /* in `text`: without what is new in each call */
    uint32_t shown, shown_length; /* in `text`: as it was */
};

struct fields {
    VEC(struct field) v; /* by id and name, each once */
    struct text text;
    struct sip_msg *msg;
};

/* What the JSON result says of the message; with `headers` all of it, from the
 * capture.  `cseq_base` is the first CSeq of its sender, -1: unknown.  `fields`
 * is cleared first and keeps its memory.  0 or -ENOMEM. */
int fields_read(struct fields *fields, const struct values *values,
                const struct side_call *call, const struct side_message *message,
                int64_t cseq_base, bool headers);
void fields_free(struct fields *fields);

struct slice field_value(const struct fields *fields, const struct field *field);
struct slice field_shown(const struct fields *fields, const struct field *field);
/* The order in which fields stand. */
int field_compare(const struct field *a, const struct field *b);

#endif

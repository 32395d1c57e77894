/* Inside the reading of a side: an object of the JSON result each. */
#ifndef DIFF_SIDE_READ_H
#define DIFF_SIDE_READ_H

#include "diff/reader.h"
#include "diff/text.h"

void side_read_address(struct reader *reader, struct json_object *object, const char *key,
                       uint32_t *ip, int32_t *port);
/* Leaves out what the side does not select. */
void side_read_call(struct reader *reader, struct json_object *object);
void side_read_stream(struct reader *reader, struct json_object *object);
void side_read_finding(struct reader *reader, struct json_object *object);
/* Puts streams and findings in the order that look-ups need. */
void side_sort(struct side *side);

#endif

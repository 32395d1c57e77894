/* Reading JSON that anybody may have written: values by key and type, and the
 * way to the one that is wrong. */
#ifndef DIFF_READER_H
#define DIFF_READER_H

#include <json-c/json.h>

#include "diff/side.h"

enum { READER_DEPTH = 8 };

struct reader {
    struct side *side;
    struct pool *pool;
    const char *file;
    struct fosip_error *err;
    struct {
        const char *key;
        size_t index; /* in the list of that key */
    } way[READER_DEPTH];
    unsigned depth;
    uint32_t last_call; /* id of the call before */
    int failed; /* 0, -EINVAL, -ENOMEM */
};

/* Says that the value of that key should have been something else. */
void reader_refuse(struct reader *reader, const char *key, const char *expected);

/* The member; NULL where it is null, missing, or of another type, which is an
 * error. */
struct json_object *reader_member(struct reader *reader, struct json_object *object,
                                  const char *key, enum json_type type);
/* Its number in the pool, 0 for null. */
uint32_t reader_text(struct reader *reader, struct json_object *object, const char *key);
/* A whole number from 0 to `most`; -1 for null. */
int64_t reader_whole(struct reader *reader, struct json_object *object, const char *key,
                     int64_t most);
/* A number that identifies something, from 1; 0 for null. */
uint32_t reader_id(struct reader *reader, struct json_object *object, const char *key);
/* NaN for null. */
double reader_number(struct reader *reader, struct json_object *object, const char *key);
/* -1 for null. */
int8_t reader_flag(struct reader *reader, struct json_object *object, const char *key);

/* Calls `item` for each object of the list, until one fails; nulls are passed
 * over.  False when there is no list. */
typedef void reader_item(struct reader *reader, struct json_object *object);
bool reader_each(struct reader *reader, struct json_object *object, const char *key,
                 reader_item *item);

#endif

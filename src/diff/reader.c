#include "diff/reader.h"

#include <errno.h>
#include <math.h>

#include "base/error.h"

void reader_refuse(struct reader *r, const char *key, const char *expected)
{
    char way[256] = "";
    size_t n = 0;

    if (r->failed)
        return;
    for (unsigned i = 0; i < r->depth && n < sizeof way; i++)
        n += (size_t)snprintf(way + n, sizeof way - n, "%s[%zu].", r->way[i].key,
                              r->way[i].index);
    r->failed = error_set(r->err, -EINVAL,
                          "%s: %s%s: %s was expected: this is not a result of fosip -T json",
                          r->file, way, key, expected);
}

static const char *type_name(enum json_type type)
{
    switch (type) {
    case json_type_string: return "a string or null";
    case json_type_array: return "a list";
    case json_type_object: return "an object or null";
    case json_type_boolean: return "true, false or null";
    default: return "a number or null";
    }
}

struct json_object *reader_member(struct reader *r, struct json_object *o, const char *key,
                                  enum json_type type)
{
    struct json_object *value = NULL;

    if (r->failed || !o || !json_object_object_get_ex(o, key, &value) || !value)
        return NULL;
    if (json_object_is_type(value, type) ||
        (type == json_type_double && json_object_is_type(value, json_type_int)))
        return value;
    reader_refuse(r, key, type_name(type));
    return NULL;
}

uint32_t reader_text(struct reader *r, struct json_object *o, const char *key)
{
    struct json_object *value = reader_member(r, o, key, json_type_string);

    return value ? pool_number(r->pool, slice_make(json_object_get_string(value),
                                                   (size_t)json_object_get_string_len(value)))
                 : 0;
}

int64_t reader_whole(struct reader *r, struct json_object *o, const char *key, int64_t most)
{
    struct json_object *value = reader_member(r, o, key, json_type_int);
    int64_t x = value ? json_object_get_int64(value) : -1;

    if (!value)
        return -1;
    if (x >= 0 && x <= most)
        return x;
    reader_refuse(r, key, "a whole number in its range");
    return -1;
}

uint32_t reader_id(struct reader *r, struct json_object *o, const char *key)
{
    int64_t x = reader_whole(r, o, key, UINT32_MAX - 1);

    if (x == 0)
        reader_refuse(r, key, "a number from 1");
    return x > 0 ? (uint32_t)x : 0;
}

double reader_number(struct reader *r, struct json_object *o, const char *key)
{
    struct json_object *value = reader_member(r, o, key, json_type_double);
    double x = value ? json_object_get_double(value) : NAN;

    return isfinite(x) ? x : NAN;
}

int8_t reader_flag(struct reader *r, struct json_object *o, const char *key)
{
    struct json_object *value = reader_member(r, o, key, json_type_boolean);

    return value ? (int8_t)json_object_get_boolean(value) : -1;
}

bool reader_each(struct reader *r, struct json_object *o, const char *key, reader_item *item)
{
    struct json_object *list = reader_member(r, o, key, json_type_array);
    size_t n = list ? json_object_array_length(list) : 0;

    if (!list)
        return false;
    for (size_t i = 0; i < n && !r->failed; i++) {
        struct json_object *object = json_object_array_get_idx(list, i);

        if (!object)
            continue;
        r->way[r->depth].key = key;
        r->way[r->depth++].index = i;
        if (json_object_is_type(object, json_type_object))
            item(r, object);
        else
            reader_refuse(r, "the item", "an object");
        r->depth--;
    }
    return true;
}

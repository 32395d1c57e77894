/* A call of the JSON result, read into the side. */
#include <errno.h>
#include <math.h>

#include "diff/side_read.h"

static uint64_t frame_of(struct reader *r, struct json_object *o)
{
    int64_t frame = reader_whole(r, o, "frame", INT64_MAX);

    return frame < 0 ? 0 : (uint64_t)frame;
}

static int32_t port_of(struct reader *r, struct json_object *o, const char *key)
{
    return (int32_t)reader_whole(r, o, key, UINT16_MAX);
}

void side_read_address(struct reader *r, struct json_object *o, const char *key, uint32_t *ip,
                       int32_t *port)
{
    struct json_object *address = reader_member(r, o, key, json_type_object);

    *ip = reader_text(r, address, "ip");
    *port = port_of(r, address, "port");
}

/* Puts one to the end of a list "a, b". */
static void append(struct text *t, struct slice s)
{
    if (t->n)
        text_add(t, SLICE(", "));
    text_add(t, s);
}

struct formats {
    struct text codecs, payload_types, parameters;
};

static void read_format(struct reader *r, struct json_object *o, struct formats *f)
{
    struct slice codec = pool_text(r->pool, reader_text(r, o, "codec"));
    struct slice fmtp = pool_text(r->pool, reader_text(r, o, "fmtp"));
    int64_t pt = reader_whole(r, o, "pt", 127);
    int64_t rate = reader_whole(r, o, "clock_rate", UINT32_MAX);

    if (!codec.n)
        codec = SLICE("unknown");
    append(&f->codecs, codec);
    if (rate > 0)
        text_format(&f->codecs, "/%lld", (long long)rate);
    append(&f->payload_types, SLICE_EMPTY);
    text_format(&f->payload_types, "%lld", (long long)pt);
    if (fmtp.n) {
        append(&f->parameters, codec);
        text_char(&f->parameters, ' ');
        text_add(&f->parameters, fmtp);
    }
}

static void read_formats(struct reader *r, struct json_object *o, struct side_media *m)
{
    struct json_object *list = reader_member(r, o, "formats", json_type_array);
    size_t n = list ? json_object_array_length(list) : 0;
    struct formats f = {0};

    for (size_t i = 0; i < n && !r->failed; i++) {
        struct json_object *one = json_object_array_get_idx(list, i);

        if (json_object_is_type(one, json_type_object))
            read_format(r, one, &f);
        else
            reader_refuse(r, "formats", "a list of objects");
    }
    m->codecs = pool_number(r->pool, text_slice(&f.codecs));
    m->payload_types = pool_number(r->pool, text_slice(&f.payload_types));
    m->parameters = pool_number(r->pool, text_slice(&f.parameters));
    text_free(&f.codecs);
    text_free(&f.payload_types);
    text_free(&f.parameters);
}

static void read_media(struct reader *r, struct json_object *o)
{
    struct side_media *m = vec_add(&r->side->media);

    if (!m) {
        r->failed = -ENOMEM;
        return;
    }
    *m = (struct side_media){.type = reader_text(r, o, "type"),
                             .ip = reader_text(r, o, "ip"),
                             .protocol = reader_text(r, o, "protocol"),
                             .direction = reader_text(r, o, "direction"),
                             .port = port_of(r, o, "port"),
                             .ptime = (int32_t)reader_whole(r, o, "ptime_ms", INT32_MAX),
                             .rtcp_mux = reader_flag(r, o, "rtcp_mux")};
    read_formats(r, o, m);
}

/* Problems without the octet at which each was found. */
static uint32_t read_problems(struct reader *r, struct json_object *o)
{
    struct json_object *list = reader_member(r, o, "problems", json_type_array);
    size_t n = list ? json_object_array_length(list) : 0;
    struct text text = {0};
    uint32_t number;

    for (size_t i = 0; i < n && !r->failed; i++) {
        struct json_object *one = json_object_array_get_idx(list, i);
        struct slice s, rest;

        if (!json_object_is_type(one, json_type_string)) {
            reader_refuse(r, "problems", "a list of strings");
            break;
        }
        s = slice_str(json_object_get_string(one));
        rest = slice_from(s, slice_find(s, ':') + 1);
        append(&text, slice_trim(rest.n ? rest : s));
    }
    number = text.n ? pool_number(r->pool, text_slice(&text)) : 0;
    text_free(&text);
    return number;
}

static void read_sdp(struct reader *r, struct json_object *o, struct side_message *m)
{
    struct json_object *sdp = reader_member(r, o, "sdp", json_type_object);
    size_t count;

    m->media = (uint32_t)r->side->media.n;
    m->has_sdp = sdp != NULL;
    if (!sdp)
        return;
    reader_each(r, sdp, "media", read_media);
    count = r->side->media.n - m->media;
    if (count > UINT16_MAX)
        reader_refuse(r, "sdp", "at most 65535 media");
    m->media_count = (uint16_t)count;
}

static void read_cseq(struct reader *r, struct json_object *o, struct side_message *m)
{
    struct json_object *cseq = reader_member(r, o, "cseq", json_type_object);

    m->cseq = reader_whole(r, cseq, "number", UINT32_MAX);
    m->cseq_method = reader_text(r, cseq, "method");
}

static void read_message(struct reader *r, struct json_object *o)
{
    struct side_message m = {.id = reader_id(r, o, "id"),
                             .frame = frame_of(r, o),
                             .time = reader_number(r, o, "t"),
                             .method = reader_text(r, o, "method"),
                             .reason = reader_text(r, o, "reason"),
                             .branch = reader_text(r, o, "branch"),
                             .from_tag = reader_text(r, o, "from_tag"),
                             .to_tag = reader_text(r, o, "to_tag"),
                             .content_type = reader_text(r, o, "content_type"),
                             .transport = reader_text(r, o, "transport"),
                             .transaction = reader_id(r, o, "transaction"),
                             .max_forwards = reader_whole(r, o, "max_forwards", UINT32_MAX),
                             .rseq = reader_whole(r, o, "rseq", UINT32_MAX),
                             .retransmission = reader_id(r, o, "retransmission_of") != 0,
                             .problems = read_problems(r, o)};
    int64_t status = reader_whole(r, o, "status", INT64_MAX);
    struct side_message *slot;

    /* Malformed messages have any. */
    m.status = status < 0 ? 0 : status > UINT16_MAX ? UINT16_MAX : (uint16_t)status;
    if (!m.id)
        reader_refuse(r, "id", "a number from 1");
    side_read_address(r, o, "src", &m.src_ip, &m.src_port);
    side_read_address(r, o, "dst", &m.dst_ip, &m.dst_port);
    read_cseq(r, o, &m);
    read_sdp(r, o, &m);
    slot = vec_add(&r->side->messages);
    if (slot)
        *slot = m;
    else
        r->failed = -ENOMEM;
}

/* No display name and an empty one say the same. */
static uint32_t display_of(struct reader *r, struct json_object *party)
{
    uint32_t display = reader_text(r, party, "display");

    return pool_text(r->pool, display).n ? display : 0;
}

static void read_parties(struct reader *r, struct json_object *o, struct side_call *c)
{
    struct json_object *from = reader_member(r, o, "from", json_type_object);
    struct json_object *to = reader_member(r, o, "to", json_type_object);

    c->from_user = reader_text(r, from, "user");
    c->from_host = reader_text(r, from, "host");
    c->from_display = display_of(r, from);
    c->from_tag = reader_text(r, from, "tag");
    c->to_user = reader_text(r, to, "user");
    c->to_host = reader_text(r, to, "host");
    c->to_display = display_of(r, to);
}

const char *side_timing_name(unsigned i)
{
    static const char *const names[SIDE_TIMINGS] = {"time to 100 Trying", "post-dial delay",
                                                    "time to answer", "talk time", "duration"};

    return names[i];
}

static void read_timing(struct reader *r, struct json_object *o, struct side_call *c)
{
    static const char *const keys[SIDE_TIMINGS] = {"trying_ms", "post_dial_delay_ms", "answer_ms",
                                                   "talk_ms", "duration_ms"};
    struct json_object *timing = reader_member(r, o, "timing", json_type_object);

    for (unsigned i = 0; i < SIDE_TIMINGS; i++)
        c->timing[i] = reader_number(r, timing, keys[i]);
}

/* How many a list holds; -1 without it. */
static int32_t length_of(struct reader *r, struct json_object *o, const char *key)
{
    struct json_object *list = reader_member(r, o, key, json_type_array);
    size_t n = list ? json_object_array_length(list) : 0;

    return !list ? -1 : n > INT32_MAX ? INT32_MAX : (int32_t)n;
}

static uint32_t read_keys(struct reader *r, struct json_object *o)
{
    struct json_object *list = reader_member(r, o, "dtmf", json_type_array);
    size_t n = list ? json_object_array_length(list) : 0;
    struct text text = {0};
    uint32_t number;

    for (size_t i = 0; i < n && !r->failed; i++) {
        struct json_object *one = json_object_array_get_idx(list, i);

        if (!json_object_is_type(one, json_type_object)) {
            reader_refuse(r, "dtmf", "a list of objects");
            break;
        }
        append(&text, pool_text(r->pool, reader_text(r, one, "digit")));
        text_char(&text, ' ');
        text_add(&text, pool_text(r->pool, reader_text(r, one, "via")));
    }
    number = text.n ? pool_number(r->pool, text_slice(&text)) : 0;
    text_free(&text);
    return number;
}

/* What the last agreement says. */
static uint32_t read_agreed(struct reader *r, struct json_object *o)
{
    struct json_object *list = reader_member(r, o, "negotiations", json_type_array);
    size_t n = list ? json_object_array_length(list) : 0;
    struct json_object *last = NULL, *media;
    struct text text = {0};
    uint32_t number;

    for (size_t i = n; i-- > 0 && !last;) {
        struct json_object *one = json_object_array_get_idx(list, i);

        if (json_object_is_type(one, json_type_object) && reader_id(r, one, "answer"))
            last = one;
    }
    media = reader_member(r, last, "media", json_type_array);
    n = media ? json_object_array_length(media) : 0;
    for (size_t i = 0; i < n && !r->failed; i++) {
        struct json_object *one = json_object_array_get_idx(media, i);
        struct slice codec;

        if (!json_object_is_type(one, json_type_object))
            continue;
        codec = pool_text(r->pool, reader_text(r, one, "codec"));
        append(&text, codec.n ? codec : SLICE("refused"));
    }
    number = text.n ? pool_number(r->pool, text_slice(&text)) : 0;
    text_free(&text);
    return number;
}

static bool holds(const struct reader *r, uint32_t text, const char *part)
{
    return slice_icontains(pool_text(r->pool, text), slice_str(part));
}

static bool is_selected(const struct reader *r, const struct side_call *c,
                        struct json_object *from_uri, struct json_object *to_uri)
{
    const struct fosip_select *s = &r->side->select;
    const char *uris[2] = {from_uri ? json_object_get_string(from_uri) : "",
                           to_uri ? json_object_get_string(to_uri) : ""};
    uint32_t number;
    bool from, to;

    if (s->call_id && !slice_eq(pool_text(r->pool, c->call_id), slice_str(s->call_id)) &&
        !(slice_u32(slice_str(s->call_id), &number) && number == c->id))
        return false;
    from = s->from ? holds(r, c->from_user, s->from) || holds(r, c->from_display, s->from) ||
                         slice_icontains(slice_str(uris[0]), slice_str(s->from))
                   : true;
    to = s->to ? holds(r, c->to_user, s->to) || holds(r, c->to_display, s->to) ||
                     slice_icontains(slice_str(uris[1]), slice_str(s->to))
               : true;
    if (!from || !to)
        return false;
    return !s->user || holds(r, c->from_user, s->user) || holds(r, c->to_user, s->user) ||
           holds(r, c->request_uri, s->user) ||
           slice_icontains(slice_str(uris[0]), slice_str(s->user)) ||
           slice_icontains(slice_str(uris[1]), slice_str(s->user));
}

void side_read_call(struct reader *r, struct json_object *o)
{
    struct side_call c = {.id = reader_id(r, o, "id"),
                          .group = reader_id(r, o, "group"),
                          .kind = reader_text(r, o, "kind"),
                          .call_id = reader_text(r, o, "call_id"),
                          .method = reader_text(r, o, "method"),
                          .request_uri = reader_text(r, o, "request_uri"),
                          .transport = reader_text(r, o, "transport"),
                          .state = reader_text(r, o, "state"),
                          .status = (int32_t)reader_whole(r, o, "status", INT32_MAX),
                          .reason = reader_text(r, o, "reason"),
                          .released_by = reader_text(r, o, "released_by"),
                          .offer = reader_text(r, o, "offer"),
                          .agreed = read_agreed(r, o),
                          .keys = read_keys(r, o),
                          .holds = length_of(r, o, "holds"),
                          .icmp_errors = length_of(r, o, "icmp_errors"),
                          .dialogs = length_of(r, o, "dialogs")};
    struct json_object *from, *to;
    struct side_call *slot;

    if (c.id <= r->last_call)
        reader_refuse(r, "id", "a number above that of the call before");
    r->last_call = c.id;
    if (!c.kind)
        reader_refuse(r, "kind", "a string");
    read_parties(r, o, &c);
    read_timing(r, o, &c);
    from = reader_member(r, reader_member(r, o, "from", json_type_object), "uri",
                         json_type_string);
    to = reader_member(r, reader_member(r, o, "to", json_type_object), "uri", json_type_string);
    if (r->failed || !is_selected(r, &c, from, to))
        return;
    c.messages = (uint32_t)r->side->messages.n;
    reader_each(r, o, "messages", read_message);
    c.message_count = (uint32_t)(r->side->messages.n - c.messages);
    slot = r->side->messages.n < UINT32_MAX ? vec_add(&r->side->calls) : NULL;
    if (slot)
        *slot = c;
    else
        r->failed = -ENOMEM;
}

#include "sip/ordinary.h"

#include "sip/chars.h"

/* In the part that was looked at, and the octet behind it, too. */
static inline bool is_within(const struct scan_map *map, struct slice value)
{
    return value.p >= map->begin && value.p + value.n < map->end;
}

/* The same, and all that is looked for in it stops at that octet, for it is no space. */
static inline bool has_end(const struct scan_map *map, struct slice value)
{
    return is_within(map, value) && value.p[value.n] != ' ';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_status_line(struct slice line, struct sip_msg *msg)
{
    const char *code = line.p + sizeof "SIP/2.0 " - 1;

    if (code[0] < '1' || code[0] > '6' || !is_digit(code[1]) || !is_digit(code[2]) ||
        code[3] != ' ')
        return false;
    msg->status = (unsigned)((code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0');
    msg->reason = slice_span(code + 4, line.p + line.n);
    msg->version = slice_upto(line, 7);
    return true;
}

static bool is_token(struct slice s)
{
    const char *end = s.p + s.n;

    return s.n && sip_skip_chars(s.p, end, SIP_TOKEN) == end;
}

static inline bool is_request_line(const struct scan_map *map, struct slice line,
                                   struct sip_msg *msg)
{
    enum { LONGEST_METHOD = 32 };
    const char *end = line.p + line.n - 8, *p = scan_map_next(map, line.p);
    struct slice name = slice_span(line.p, p);
    enum sip_method method;

    if (p + 1 >= end || *p != ' ' || name.n > LONGEST_METHOD || memcmp(end, " SIP/2.0", 8) != 0)
        return false;
    method = sip_method_id(name);
    if (method == SIP_UNKNOWN_METHOD && !is_token(name))
        return false;
    msg->request = true;
    msg->method = method;
    msg->method_name = name;
    msg->uri = slice_span(p + 1, end);
    msg->version = slice_make(end + 1, 7);
    return true;
}

/* Worth it at each depth of sip/msg.c. */
inline bool sip_start_is_ordinary(const struct scan_map *map, struct slice line,
                                  struct sip_msg *msg)
{
    enum { LEAST = 13 };

    if (line.n < LEAST || !is_within(map, line))
        return false;
    return memcmp(line.p, "SIP/2.0 ", 8) == 0 ? is_status_line(line, msg)
                                              : is_request_line(map, line, msg);
}

bool sip_cseq_is_ordinary(struct slice value, uint32_t *number, struct slice *method)
{
    enum { MOST = 9 };
    uint32_t x = 0;
    size_t n = 0;

    for (; n < value.n && n < MOST && is_digit(value.p[n]); n++)
        x = x * 10 + (uint32_t)(value.p[n] - '0');
    if (!n || n + 1 >= value.n || value.p[n] != ' ' || !sip_is_token_char(value.p[n + 1]))
        return false;
    *number = x;
    *method = slice_from(value, n + 1);
    return true;
}

bool sip_hops_are_ordinary(struct slice value)
{
    return (value.n == 1 || value.n == 2) && is_digit(value.p[0]) && is_digit(value.p[value.n - 1]);
}

static inline bool is_named(struct slice name, struct slice wanted)
{
    return name.n == wanted.n && (memcmp(name.p, wanted.p, wanted.n) == 0 ||
                                  slice_same_letters(name.p, wanted.p, wanted.n));
}

/* The end of characters of SIP_PARAM_VALUE. */
static inline const char *skip_value(struct scan_marks *marks)
{
    const char *p;

    do
        p = scan_next_mark(marks);
    while (sip_is_char(*p, SIP_PARAM_VALUE));
    return p;
}

/* ";name" or ";name=value". */
struct param {
    struct slice name, value;
};

/* The parameter at p, a mark that is moved to the one behind it.  False for what may break a
 * rule of its own, or has no name. */
static inline __attribute__((always_inline)) bool
take_param(struct scan_marks *marks, const char **p, struct param *param)
{
    const char *begin = *p + 1;

    *p = scan_next_mark(marks);
    param->name = slice_make(begin, (size_t)(*p - begin));
    param->value = SLICE_EMPTY;
    if (!param->name.n || is_named(param->name, SLICE("expires")))
        return false;
    if (**p != '=')
        return true;
    begin = *p + 1;
    *p = skip_value(marks);
    param->value = slice_make(begin, (size_t)(*p - begin));
    return param->value.n > 0;
}

/* Keeps the first value of a parameter. */
static inline void keep_first(struct slice *field, const struct param *param, struct slice name)
{
    if (param->value.n && !field->p && is_named(param->name, name))
        *field = param->value;
}

/* Behind the string that begins at p, and blanks; NULL where it has no end, or an escape. */
static inline const char *skip_quoted(const struct scan_map *map, const char *p, const char *end)
{
    struct scan_marks marks = scan_marks(map, p + 1);

    do {
        p = scan_next_mark(&marks);
        if (p >= end || *p == '\\')
            return NULL;
    } while (*p != '"');
    do
        p++;
    while (*p == ' ');
    return p;
}

/* Tokens and blanks, or one quoted string, before '<'; NULL when it is neither. */
static inline const char *skip_display_name(const struct scan_map *map, const char *p,
                                            const char *end)
{
    if (*p == '"')
        p = skip_quoted(map, p, end);
    else
        while (sip_is_token_char(*p) || *p == ' ')
            p++;
    return p && *p == '<' ? p : NULL;
}

/* Behind "sip:" or "sips:", or NULL. */
static inline const char *skip_scheme(const char *p, const char *end)
{
    struct slice rest = slice_span(p, end);

    if (rest.n >= 4 && memcmp(p, "sip:", 4) == 0)
        return p + 4;
    if (slice_istarts(rest, SLICE("sip:")))
        return p + 4;
    return slice_istarts(rest, SLICE("sips:")) ? p + 5 : NULL;
}

/* The next of the characters that end a user or URI; NULL where another one comes first
 * that cannot be in it. */
static inline const char *skip_in_uri(struct scan_marks *marks, char end_of_user)
{
    const char *p = scan_next_mark(marks);

    for (; *p != end_of_user && *p != '>'; p = scan_next_mark(marks))
        if (!sip_is_char(*p, SIP_IN_URI))
            return NULL;
    return p;
}

/* Perhaps a user, and a host, behind the scheme: where '>' stands, or NULL. */
static inline const char *skip_uri(struct scan_marks *marks, const char *host)
{
    const char *p = skip_in_uri(marks, '@');

    if (p && *p == '@') {
        host = p + 1;
        p = skip_in_uri(marks, '>');
    }
    return *host == ':' || *host == ';' || *host == '?' || *host == '>' ? NULL : p;
}

bool sip_uri_is_ordinary(const struct scan_map *map, struct slice uri)
{
    const char *end = uri.p + uri.n, *p = skip_scheme(uri.p, end), *host = p, *at;
    struct scan_marks marks;

    if (!p || !is_within(map, uri))
        return false;
    marks = scan_marks(map, p);
    at = skip_in_uri(&marks, '@');
    if (at && *at == '@' && at < end)
        host = at + 1;
    p = sip_skip_chars(host, end, SIP_HOST);
    if (p == host || p == end || *p != ':')
        return p > host && p == end;
    for (host = ++p; p < end && *p >= '0' && *p <= '9' && p - host < 4;)
        p++;
    return p > host && p == end;
}

bool sip_addr_is_ordinary(const struct scan_map *map, struct slice value, struct slice *tag)
{
    const char *end = value.p + value.n, *p;
    struct slice first = SLICE_EMPTY;
    struct scan_marks marks;
    struct param param;

    if (!has_end(map, value))
        return false;
    p = skip_display_name(map, value.p, end);
    p = p ? skip_scheme(p + 1, end) : NULL;
    if (!p)
        return false;
    marks = scan_marks(map, p);
    p = skip_uri(&marks, p);
    if (!p || p[1] != ';')
        return p && p + 1 == end;
    p = scan_next_mark(&marks);
    while (*p == ';') {
        if (!take_param(&marks, &p, &param))
            return false;
        keep_first(&first, &param, SLICE("tag"));
    }
    if (first.p)
        *tag = first;
    return p == end;
}

/* Host and, behind a colon, port. */
static bool is_host_of(struct slice sent_by, struct slice value)
{
    return value.n <= sent_by.n && memcmp(sent_by.p, value.p, value.n) == 0 &&
           value.p[0] != '[' && (value.n == sent_by.n || sent_by.p[value.n] == ':');
}

/* What says where the request came from (RFC 3261 §18.2.1, RFC 3581). */
static void read_source(struct sip_usual_via *via, const struct param *param)
{
    via->tells_source = true;
    if (is_named(param->name, SLICE("received")) && !is_host_of(via->sent_by, param->value))
        via->received_elsewhere = true;
}

bool sip_via_is_ordinary(const struct scan_map *map, struct slice value,
                         struct sip_usual_via *via)
{
    const struct slice start = SLICE("SIP/2.0/");
    const char *end = value.p + value.n, *begin, *p;
    struct scan_marks marks;
    struct param param;

    if (value.n <= start.n || memcmp(value.p, start.p, start.n) != 0 || !has_end(map, value))
        return false;
    begin = value.p + start.n;
    marks = scan_marks(map, begin);
    p = scan_next_mark(&marks);
    if (p == begin || *p != ' ')
        return false;
    begin = p + 1;
    p = skip_value(&marks);
    via->sent_by = slice_make(begin, (size_t)(p - begin));
    via->branch = SLICE_EMPTY;
    via->tells_source = via->received_elsewhere = false;
    while (*p == ';') {
        if (!take_param(&marks, &p, &param))
            return false;
        keep_first(&via->branch, &param, SLICE("branch"));
        if (param.value.n && (param.name.p[0] | 0x20) == 'r')
            read_source(via, &param);
    }
    return via->sent_by.n && p == end;
}

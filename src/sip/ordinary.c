#include "sip/ordinary.h"

#include "base/scan.h"
#include "sip/chars.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_status_line(struct slice line, struct sip_start *start)
{
    const char *code = line.p + sizeof "SIP/2.0 " - 1;

    if (code[0] < '1' || code[0] > '6' || !is_digit(code[1]) || !is_digit(code[2]) ||
        code[3] != ' ')
        return false;
    *start = (struct sip_start){
        .status = (unsigned)((code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0'),
        .reason = slice_span(code + 4, line.p + line.n),
        .version = slice_upto(line, 7)};
    return true;
}

bool sip_start_is_ordinary(struct slice line, struct sip_start *start)
{
    enum { LEAST = 13, MOST = 4096, LONGEST_METHOD = 32 };
    const char *end, *p = line.p;

    if (line.n < LEAST || line.n > MOST)
        return false;
    end = line.p + line.n - 8;
    if (memcmp(line.p, "SIP/2.0 ", 8) == 0)
        return is_status_line(line, start);
    if (memcmp(end, " SIP/2.0", 8) != 0)
        return false;
    while (p < end && p - line.p < LONGEST_METHOD && sip_is_token_char(*p))
        p++;
    if (p == line.p || p + 1 >= end || *p != ' ')
        return false;
    *start = (struct sip_start){.method = slice_span(line.p, p),
                                .uri = slice_span(p + 1, end),
                                .version = slice_make(end + 1, 7)};
    return true;
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

/* Octets at which something may end: all but the visible ones, and ! " , ; < = > ? @ \.
 * What stands between two of them needs no look of its own. */
static inline wide_signed is_mark(wide c)
{
    /* Taken from 254, the octets behind '~' become the largest numbers, and those up to '"'
     * come next to them; '@' becomes the largest in the next line. */
    wide_signed unseen = (wide_signed)(0xfe - c) > -2 - ('"' + 1);
    wide_signed between = (wide_signed)(c + (0x7f - '@')) > 0x7e - ('@' - ';');

    return unseen | between | (c == ',') | (c == '\\');
}

/* The marks in a value, all of them looked for at once. */
struct marks {
    const char *block, *end;
    uint64_t found;  /* in the block */
    unsigned number; /* of the block */
    uint64_t blocks[4];
};

enum { LONGEST = 4 * SCAN_BLOCK }; /* for which there is room */

static inline void find_marks(struct marks *m, const char *p, const char *end)
{
    unsigned n = 0;

    m->block = p;
    m->end = end;
    m->number = 0;
    do
        m->blocks[n++] = scan_block(p, end, m->block, is_mark);
    while ((p += SCAN_BLOCK) < end);
    m->found = m->blocks[0];
}

static inline const char *next_mark(struct marks *m)
{
    const char *mark;

    while (!m->found) {
        if (m->end - m->block <= SCAN_BLOCK)
            return m->end;
        m->block += SCAN_BLOCK;
        m->found = m->blocks[++m->number];
    }
    mark = m->block + __builtin_ctzll(m->found);
    m->found &= m->found - 1;
    return mark;
}

/* The end of characters of SIP_PARAM_VALUE. */
static inline const char *skip_value(struct marks *marks, const char *end)
{
    const char *p;

    do
        p = next_mark(marks);
    while (p < end && sip_is_char(*p, SIP_PARAM_VALUE));
    return p;
}

static inline bool is_named(struct slice name, struct slice wanted)
{
    return name.n == wanted.n && (memcmp(name.p, wanted.p, wanted.n) == 0 ||
                                  slice_same_letters(name.p, wanted.p, wanted.n));
}

/* A token up to a mark that is none of a rule's. */
static bool is_param_name(struct slice name)
{
    const char *end = name.p + name.n;

    if (name.n == 5 && memcmp(name.p, "rport", 5) == 0)
        return true;
    return name.n && sip_skip_chars(name.p, end, SIP_TOKEN) == end &&
           !is_named(name, SLICE("expires"));
}

/* ";name" or ";name=value" up to the end: the value of the first parameter of
 * that name. */
static inline __attribute__((always_inline)) bool
take_params(struct marks *marks, const char *p, const char *end, struct slice wanted,
            struct slice *found)
{
    struct slice value = SLICE_EMPTY;

    while (p < end) {
        const char *name = p + 1, *begin;
        bool is_wanted;

        if (*p != ';')
            return false;
        p = next_mark(marks);
        is_wanted = is_named(slice_span(name, p), wanted);
        if (!is_wanted && !is_param_name(slice_span(name, p)))
            return false;
        if (p == end || *p != '=')
            continue;
        begin = p + 1;
        p = skip_value(marks, end);
        if (p == begin)
            return false;
        if (is_wanted && !value.p)
            value = slice_span(begin, p);
    }
    if (value.p)
        *found = value;
    return true;
}

/* Behind the quote that ends the string, and blanks; NULL where there is none, or an
 * escape. */
static inline const char *skip_quoted(struct marks *marks, const char *end)
{
    const char *p, *before;

    do {
        p = next_mark(marks);
        if (p == end || *p == '\\')
            return NULL;
    } while (*p != '"');
    do {
        before = p;
        p = next_mark(marks);
    } while (p == before + 1 && p < end && *p == ' ');
    return p == before + 1 ? p : NULL;
}

/* Tokens and blanks, or one quoted string, before '<'; NULL when it is neither. */
static inline const char *skip_display_name(struct marks *marks, const char *begin,
                                            const char *end)
{
    const char *p = next_mark(marks);

    if (p == begin && p < end && *p == '"') {
        p = skip_quoted(marks, end);
        return p && p < end && *p == '<' ? p : NULL;
    }
    while (p < end && *p == ' ')
        p = next_mark(marks);
    if (p == end || *p != '<')
        return NULL;
    while (begin < p && (sip_is_token_char(*begin) || *begin == ' '))
        begin++;
    return begin == p ? p : NULL;
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

/* Perhaps a user, and a host, behind the scheme: where '>' stands, or NULL. */
static inline const char *skip_uri(struct marks *marks, const char *p, const char *end)
{
    const char *user = p, *host = p;

    for (p = next_mark(marks); p < end && *p != '>'; p = next_mark(marks))
        if (*p == '@' && host == user)
            host = p + 1;
        else if (!sip_is_char(*p, SIP_IN_URI))
            return NULL;
    if (p == end)
        return NULL;
    return *host == ':' || *host == ';' || *host == '?' || *host == '>' ? NULL : p;
}

bool sip_uri_is_ordinary(struct slice uri)
{
    const char *end = uri.p + uri.n, *p = skip_scheme(uri.p, end), *host = p, *at;
    struct marks marks;

    if (!p || uri.n > LONGEST)
        return false;
    find_marks(&marks, p, end);
    do
        at = next_mark(&marks);
    while (at < end && *at != '@' && sip_is_char(*at, SIP_IN_URI));
    if (at < end && *at == '@')
        host = at + 1;
    p = sip_skip_chars(host, end, SIP_HOST);
    if (p == host || p == end || *p != ':')
        return p > host && p == end;
    for (host = ++p; p < end && *p >= '0' && *p <= '9' && p - host < 4;)
        p++;
    return p > host && p == end;
}

bool sip_addr_is_ordinary(struct slice value, struct slice *tag)
{
    const char *end = value.p + value.n, *p;
    struct marks marks;

    if (value.n > LONGEST)
        return false;
    find_marks(&marks, value.p, end);
    p = skip_display_name(&marks, value.p, end);
    p = p ? skip_scheme(p + 1, end) : NULL;
    p = p ? skip_uri(&marks, p, end) : NULL;
    if (!p || (p + 1 < end && next_mark(&marks) != p + 1))
        return false;
    return take_params(&marks, p + 1, end, SLICE("tag"), tag);
}

bool sip_via_is_ordinary(struct slice value, struct slice *sent_by, struct slice *branch)
{
    const struct slice start = SLICE("SIP/2.0/");
    const char *p = value.p + start.n, *end = value.p + value.n, *begin;
    struct marks marks;

    if (value.n <= start.n || value.n > LONGEST || memcmp(value.p, start.p, start.n) != 0)
        return false;
    begin = p;
    find_marks(&marks, begin, end);
    p = next_mark(&marks);
    if (p == begin || p == end || *p != ' ' || sip_skip_chars(begin, p, SIP_TOKEN) != p)
        return false;
    begin = p + 1;
    p = skip_value(&marks, end);
    if (p == begin || !take_params(&marks, p, end, SLICE("branch"), branch))
        return false;
    *sent_by = slice_span(begin, p);
    return true;
}

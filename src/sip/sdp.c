/* Reads session descriptions line by line: RFC 8866 §5.
 *
 * The grammar fixes the order of lines; what breaks it is named but read all
 * the same, because devices of the field do break it. */
#include "sip/sdp.h"

#include "sip/places.h"

const char *sdp_direction_name(enum sdp_direction direction)
{
    static const char *const names[] = {"sendrecv", "sendonly", "recvonly", "inactive"};

    return names[direction];
}

struct reading {
    struct sdp_session *sdp;
    struct sip_lines lines;
    struct sdp_media *media; /* the section that lines belong to, NULL: session */
    bool skipped;            /* lines of a section that did not fit */
    uint32_t line;
    const uint8_t *places;   /* of the part that is being read, by the letters of lines */
    unsigned place;          /* in the order of lines */
    bool has_origin, has_name, has_time; /* lines that each session has */
};

static void problem(struct reading *r, const char *text)
{
    if (r->sdp->problem)
        return;
    r->sdp->problem = text;
    r->sdp->problem_line = r->line;
}

static inline struct slice without_end(struct slice line)
{
    while (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

/* As slice_find, of what is expected after a few octets. */
static inline size_t find_near(struct slice s, char c)
{
    size_t i = 0;

    while (i < s.n && s.p[i] != c)
        i++;
    return i;
}

/* The words of a line, one after the other. */
struct words {
    const char *next, *end;
    bool near; /* in the part that was looked at: by its marks */
    struct scan_marks marks;
};

static inline struct words words_of(const struct reading *r, struct slice line)
{
    const struct scan_map *map = &r->lines.places.marks;
    struct words words = {.next = line.p, .end = line.n ? line.p + line.n : line.p};

    words.near = line.n && scan_map_has(map, line);
    if (words.near)
        words.marks = scan_marks(map, line.p);
    return words;
}

static inline const char *find_blank(struct words *words)
{
    const char *p = words->next, *end = words->end;

    if (!words->near)
        return p + find_near(slice_span(p, end), ' ');
    do
        p = scan_next_mark(&words->marks);
    while (p < end && *p != ' ');
    return p;
}

/* Empty, p NULL, behind the last one. */
static inline struct slice next_word(struct words *words)
{
    while (words->next < words->end) {
        const char *begin = words->next, *blank = find_blank(words);

        words->next = blank + 1;
        if (blank > begin)
            return slice_make(begin, (size_t)(blank - begin));
    }
    return SLICE_EMPTY;
}

/* The next word, of a few letters, and the line behind it. */
static struct slice word(struct slice *rest)
{
    size_t begin = 0, end;
    struct slice w;

    while (begin < rest->n && rest->p[begin] == ' ')
        begin++;
    end = begin + find_near(slice_from(*rest, begin), ' ');
    w = begin ? slice_from(slice_upto(*rest, end), begin) : slice_upto(*rest, end);
    *rest = slice_from(*rest, end + 1);
    return w;
}

/* "- 0 1 IN IP4 192.0.2.1" (§5.2) */
static void read_origin(const struct reading *r, struct slice value)
{
    struct words words = words_of(r, value);
    struct sdp_session *sdp = r->sdp;

    sdp->origin = value;
    sdp->origin_user = next_word(&words);
    sdp->origin_id = next_word(&words);
    sdp->origin_version = next_word(&words);
    next_word(&words);
    next_word(&words);
    sdp->origin_address = next_word(&words);
}

/* "IN IP4 224.2.36.42/127": without TTL and number of addresses (§5.7) */
static void read_connection(struct reading *r, struct slice value)
{
    struct words words = words_of(r, value);
    struct slice address;

    next_word(&words);
    next_word(&words);
    address = next_word(&words);
    address = slice_upto(address, slice_find(address, '/'));
    if (!address.n)
        problem(r, "c= has no address");
    else if (r->media)
        r->media->address = address;
    else
        r->sdp->address = address;
}

static void read_bandwidth(struct reading *r, struct slice value)
{
    size_t colon = slice_find(value, ':');
    struct slice type = slice_upto(value, colon);
    uint32_t rate;

    if (!slice_u32(slice_trim(slice_from(value, colon + 1)), &rate))
        problem(r, "b= has no number");
    else if (slice_eq(type, SLICE("AS")))
        *(r->media ? &r->media->bandwidth_as : &r->sdp->bandwidth_as) = rate;
    else if (slice_eq(type, SLICE("TIAS")) && r->media)
        r->media->bandwidth_tias = rate;
}

static void add_format(struct sdp_media *m, struct slice id, bool rtp)
{
    struct sdp_format *f = &m->formats[m->format_count++];
    const struct rtp_format *known;
    uint32_t pt;

    *f = (struct sdp_format){.id = id, .pt = -1};
    if (!rtp || !slice_u32(id, &pt) || pt > 127)
        return;
    f->pt = (int)pt;
    known = rtp_static_format(pt);
    if (known) {
        f->codec = known->codec;
        f->clock_rate = known->clock_rate;
    }
}

/* What the protocol says; most are this one. */
static void read_protocol(struct sdp_media *m, bool *rtp)
{
    *rtp = slice_eq(m->protocol, SLICE("RTP/AVP"));
    if (*rtp)
        return;
    m->secure = slice_icontains(m->protocol, SLICE("SAVP"));
    m->udptl = slice_ieq(m->protocol, SLICE("udptl"));
    *rtp = slice_icontains(m->protocol, SLICE("RTP/"));
}

/* "8000" or "8000/2": the number before the slash. */
static bool read_number(struct slice s, uint32_t *number)
{
    return slice_u32(s, number) || slice_u32(slice_upto(s, slice_find(s, '/')), number);
}

static void read_port(struct reading *r, struct slice port)
{
    uint32_t number;

    if (!read_number(port, &number) || number > 65535)
        problem(r, "the port of m= is no number up to 65535");
    else
        r->media->port = (uint16_t)number;
}

/* "m=audio 49170/2 RTP/AVP 0 8 97" (§5.14) */
static void read_media(struct reading *r, struct slice line)
{
    struct words words = words_of(r, slice_from(line, 2));
    struct sdp_session *sdp = r->sdp;
    struct sdp_media *m;
    struct slice format;
    bool rtp;

    r->skipped = sdp->media_count == SDP_MAX_MEDIA;
    if (r->skipped) {
        problem(r, "more m= lines than are read (16)");
        return;
    }
    m = r->media = &sdp->media[sdp->media_count++];
    memset(m, 0, offsetof(struct sdp_media, formats));
    m->line = r->line;
    m->lines.p = line.p;
    m->type = next_word(&words);
    read_port(r, next_word(&words));
    m->protocol = next_word(&words);
    m->address = sdp->address;
    m->direction = sdp->direction;
    read_protocol(m, &rtp);
    while ((format = next_word(&words)).n && m->format_count < SDP_MAX_FORMATS)
        add_format(m, format, rtp);
    if (format.n)
        problem(r, "more formats in m= than are read (64)");
}

static struct sdp_format *format_by_id(struct sdp_media *m, struct slice id)
{
    for (unsigned i = 0; i < m->format_count; i++)
        if (slice_eq(m->formats[i].id, id))
            return &m->formats[i];
    return NULL;
}

/* "99 h263-1998/90000", "97 opus/48000/2" (§6.6) */
static void read_rtpmap(struct reading *r, struct slice value)
{
    struct sdp_format *f = format_by_id(r->media, word(&value));
    struct slice encoding = slice_trim(value), clock;
    size_t slash = find_near(encoding, '/');

    if (!f) /* maps a format that m= does not list: of no use */
        return;
    f->codec = slice_upto(encoding, slash);
    clock = slice_from(encoding, slash + 1);
    if (slice_u32(clock, &f->clock_rate))
        return;
    if (!read_number(clock, &f->clock_rate))
        f->clock_rate = rtp_codec_clock_rate(f->codec);
    slice_u32(slice_from(clock, slice_find(clock, '/') + 1), &f->channels);
}

/* "5001", "5001 IN IP4 192.0.2.1" (RFC 3605) */
static void read_rtcp(struct sdp_media *m, struct slice value)
{
    uint32_t port;

    if (slice_u32(word(&value), &port) && port <= 65535)
        m->rtcp_port = (uint16_t)port;
    word(&value);
    word(&value);
    m->rtcp_address = word(&value);
}

static bool read_direction(struct slice name, enum sdp_direction *direction)
{
    enum { LENGTH = 8 }; /* of each */

    for (unsigned i = 0; name.n == LENGTH && i < 4; i++)
        if (memcmp(name.p, sdp_direction_name((enum sdp_direction)i), LENGTH) == 0) {
            *direction = (enum sdp_direction)i;
            return true;
        }
    return false;
}

static void first_of(struct slice *field, struct slice value)
{
    if (!field->p)
        *field = value;
}

static void read_ssrc(struct sdp_media *m, struct slice value)
{
    if (!m->has_ssrc)
        m->has_ssrc = slice_u32(word(&value), &m->ssrc);
}

static void split_attribute(struct slice line, struct slice *name, struct slice *value)
{
    size_t colon = find_near(line, ':');

    *name = slice_upto(line, colon);
    *value = colon < line.n ? slice_make(line.p + colon + 1, line.n - colon - 1) : SLICE_EMPTY;
}

static void read_fmtp(struct sdp_media *m, struct slice value)
{
    struct sdp_format *f = format_by_id(m, word(&value));

    if (f)
        f->fmtp = slice_trim(value);
}

/* One whose name is a word of its own meaning in a media section. */
static void named_attribute(struct reading *r, struct slice name, struct slice value)
{
    struct sdp_media *m = r->media;

    if (slice_eq(name, SLICE("fmtp")))
        read_fmtp(m, value);
    else if (slice_eq(name, SLICE("ptime")))
        slice_u32(slice_trim(value), &m->ptime);
    else if (slice_eq(name, SLICE("maxptime")))
        slice_u32(slice_trim(value), &m->maxptime);
    else if (slice_eq(name, SLICE("rtcp")))
        read_rtcp(m, value);
    else if (slice_eq(name, SLICE("rtcp-mux")))
        m->rtcp_mux = true;
    else if (slice_eq(name, SLICE("mid")))
        first_of(&m->mid, value);
    else if (slice_eq(name, SLICE("crypto")))
        first_of(&m->crypto, value);
    else if (slice_eq(name, SLICE("fingerprint")))
        first_of(&m->fingerprint, value);
    else if (slice_ieq(name, SLICE("T38FaxVersion")))
        slice_u32(slice_trim(value), &m->fax_version);
    else if (slice_eq(name, SLICE("zrtp-hash")))
        m->zrtp = true;
    else if (slice_eq(name, SLICE("setup")))
        first_of(&m->setup, value);
    else if (slice_eq(name, SLICE("candidate")))
        m->candidates++;
    else if (slice_eq(name, SLICE("ssrc")))
        read_ssrc(m, value);
}

static void media_attribute(struct reading *r, struct slice line)
{
    const struct slice rtpmap = SLICE("rtpmap:"); /* by far the most */
    struct slice name, value;

    if (line.n >= rtpmap.n && memcmp(line.p, rtpmap.p, rtpmap.n) == 0) {
        read_rtpmap(r, slice_make(line.p + rtpmap.n, line.n - rtpmap.n));
        return;
    }
    split_attribute(line, &name, &value);
    if (!read_direction(name, &r->media->direction))
        named_attribute(r, name, value);
}

static void session_attribute(struct sdp_session *sdp, struct slice line)
{
    struct slice name, value;

    split_attribute(line, &name, &value);
    if (slice_eq(name, SLICE("fingerprint")))
        first_of(&sdp->fingerprint, value);
    else if (read_direction(name, &sdp->direction))
        sdp->has_direction = true;
}

/* The place of a line in the order of lines (§5, §9): in the session's part, and in a
 * media's.  t= and r= may alternate. */
static const uint8_t session_places[256] = {
    ['v'] = 1, ['o'] = 2, ['s'] = 3,  ['i'] = 4,  ['u'] = 5,  ['e'] = 6,  ['p'] = 7,
    ['c'] = 8, ['b'] = 9, ['t'] = 10, ['r'] = 10, ['z'] = 11, ['k'] = 12, ['a'] = 13,
};
static const uint8_t media_places[256] = {
    ['i'] = 2, ['c'] = 3, ['b'] = 4, ['k'] = 5, ['a'] = 6,
};

static bool in_media(const struct reading *r)
{
    return r->places == media_places;
}

/* Of any line but m=. */
static inline void check_order(struct reading *r, char type)
{
    unsigned place = r->places[(unsigned char)type];

    if (!place)
        problem(r, in_media(r) ? "a line that has no place in a media section"
                               : "a line of an unknown type");
    /* e= and p= come in either order in the wild and in RFC 2327 */
    else if (place < r->place)
        problem(r, "a line out of the order that the grammar fixes");
    else
        r->place = place;
}

/* What the session's part must have (§5), before the line that ends it. */
static void check_session(struct reading *r)
{
    if (!r->has_origin)
        problem(r, "o= is missing before this line");
    else if (!r->has_name)
        problem(r, "s= is missing before this line");
    else if (!r->has_time)
        problem(r, "t= is missing before this line");
}

static void begin_media(struct reading *r, struct slice line)
{
    if (!in_media(r))
        check_session(r);
    r->places = media_places;
    r->place = 0;
    read_media(r, line);
}

static inline void read_line(struct reading *r, struct slice line)
{
    struct slice value = slice_from(line, 2);
    char type = line.p[0];

    if (type == 'm') {
        begin_media(r, line);
        return;
    }
    check_order(r, type);
    if (r->skipped)
        return;
    switch (type) {
    case 'o':
        r->has_origin = true;
        read_origin(r, value);
        break;
    case 's':
        r->has_name = true;
        r->sdp->name = value;
        break;
    case 'c':
        read_connection(r, value);
        break;
    case 't':
        r->has_time = true;
        break;
    case 'b':
        read_bandwidth(r, value);
        break;
    case 'a':
        if (r->media)
            media_attribute(r, value);
        else
            session_attribute(r->sdp, value);
        break;
    default:
        break;
    }
}

/* §5.7: in the session's part or in each media section that is not refused. */
static void check_connections(struct sdp_session *sdp)
{
    for (unsigned i = 0; i < sdp->media_count && !sdp->problem; i++)
        if (sdp->media[i].port && !sdp->media[i].address.p) {
            sdp->problem = "neither this m= nor the session has a c=";
            sdp->problem_line = sdp->media[i].line;
        }
}

/* What the sections leave to defaults. */
static void finish(struct sdp_session *sdp, struct slice body)
{
    for (unsigned i = 0; i < sdp->media_count; i++) {
        struct sdp_media *m = &sdp->media[i];
        const char *end = i + 1 < sdp->media_count ? sdp->media[i + 1].lines.p : body.p + body.n;

        m->lines = slice_span(m->lines.p, end);
        if (!m->fingerprint.p && !m->crypto.p)
            m->fingerprint = sdp->fingerprint;
        m->secure = m->secure || m->crypto.p || m->fingerprint.p;
        if (!m->rtcp_port && m->port && m->port < 65535 && !m->rtcp_mux)
            m->rtcp_port = (uint16_t)(m->port + 1);
    }
}

static void begin(struct reading *r, struct sdp_session *sdp, struct slice body)
{
    r->sdp = sdp;
    r->media = NULL;
    r->line = r->place = 0;
    r->places = session_places;
    r->skipped = r->has_origin = r->has_name = r->has_time = false;
    sip_lines_begin(&r->lines, body.p, body.n ? body.p + body.n : body.p);
}

/* Whether a line makes it a description: what comes before such a one is noted. */
static bool begins_description(struct reading *r, char type)
{
    if (type != 'v')
        problem(r, "the first line is not v=");
    return type == 'v' || type == 'm';
}

bool sdp_parse(struct sdp_session *sdp, struct slice body)
{
    struct reading r;
    bool any = false;

    memset(sdp, 0, offsetof(struct sdp_session, media));
    sdp->text = body;
    begin(&r, sdp, body);
    while (r.lines.next < r.lines.end) {
        struct slice line = without_end(sip_next_line(&r.lines));

        r.line++;
        if (!line.n)
            continue;
        if (line.n < 2 || line.p[1] != '=') {
            problem(&r, "a line that is not a letter, '=' and a value");
            continue;
        }
        any = any || begins_description(&r, line.p[0]);
        read_line(&r, line);
    }
    if (any && !in_media(&r))
        check_session(&r);
    finish(sdp, body);
    check_connections(sdp);
    return any;
}

enum rtp_exchange sdp_exchange(const struct sdp_media *m)
{
    if (m->fingerprint.p && (!m->crypto.p || slice_icontains(m->protocol, SLICE("TLS"))))
        return RTP_KEYS_DTLS;
    if (m->crypto.p)
        return RTP_KEYS_SDES;
    return m->zrtp ? RTP_KEYS_ZRTP : RTP_KEYS_UNKNOWN;
}

static bool take_line(struct slice *rest, struct slice *line)
{
    size_t end;

    if (!rest->n)
        return false;
    end = slice_find(*rest, '\n');
    *line = without_end(slice_upto(*rest, end));
    *rest = slice_from(*rest, end + 1);
    return true;
}

bool sdp_attribute_next(struct slice *rest, struct slice *name, struct slice *value)
{
    struct slice line;

    while (take_line(rest, &line)) {
        if (line.n < 2 || line.p[0] != 'a' || line.p[1] != '=')
            continue;
        split_attribute(slice_from(line, 2), name, value);
        return true;
    }
    return false;
}

/* "1 1 UDP 2130706431 192.0.2.1 40000 typ host ..." */
static bool read_candidate(struct sdp_candidate *out, struct slice value)
{
    struct slice address, w;
    uint32_t port;

    word(&value);
    if (!slice_u32(word(&value), &out->component) || out->component > 2)
        return false;
    word(&value);
    word(&value);
    address = word(&value);
    memset(&out->addr, 0, sizeof out->addr);
    if (!slice_u32(word(&value), &port) || port > 65535 ||
        !addr_parse_ip(address, (uint16_t)port, &out->addr))
        return false;
    for (w = word(&value); w.n; w = word(&value))
        if (slice_eq(w, SLICE("typ"))) {
            out->type = word(&value);
            return true;
        }
    return false;
}

bool sdp_candidate_next(struct slice *rest, struct sdp_candidate *candidate)
{
    struct slice name, value;

    while (sdp_attribute_next(rest, &name, &value))
        if (slice_eq(name, SLICE("candidate")) && read_candidate(candidate, value))
            return true;
    return false;
}

/* Whatever a message looks like, the short ways give what the general ones give: the header
 * fields are those that a plain reader finds, what passes as ordinary is what the parsers of
 * its values read, and breaks no rule that the checks know of. */
#include "sip/check.h"
#include "sip/header.h"
#include "sip/msg.h"
#include "sip/suite.h"

static const char *const messages[] = {
    "INVITE sip:bob@192.0.2.4 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP pc33.example.com:5060;rport;branch=z9hG4bK776asdhds\r\n"
    "Max-Forwards: 70\r\n"
    "From: \"Alice A\" <sip:alice@example.com>;tag=1928301774\r\n"
    "To: Bob <sip:bob@example.org;user=phone>\r\n"
    "Call-ID: a84b4c76e66710@pc33.example.com\r\n"
    "CSeq: 314159 INVITE\r\n"
    "Contact: <sip:alice@pc33.example.com:5060>\r\n"
    "User-Agent: x/1.0 (y, z)\r\n"
    "Allow: INVITE, ACK\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 5\r\n"
    "\r\n"
    "v=0\r\n",
    "SIP/2.0 200 OK\r\n"
    "Via: SIP/2.0/TLS [2001:db8::9]:5061;branch=z9hG4bK4b43c2ff8.1;received=2001:db8::9\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnashds8, SIP/2.0/TCP h;branch=1\r\n"
    "From: <sips:alice@example.com>;tag=1\r\n"
    "To: sip:bob@example.org;tag=a6c85cf\r\n"
    "i: 1\r\n"
    "CSeq: 4294967295 BYE\r\n"
    "Contact: *\r\n"
    "Supported: timer,\r\n"
    " 100rel\r\n"
    "Expires: 3600\r\n"
    "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n"
    "Content-Length: 0\r\n"
    "\r\n",
    "REGISTER sip:[2001:db8::1]:5060 SIP/2.0\n"
    "Via: SIP/2.0/UDP a\n"
    "To: <sip:a@b?x=y>;x;tag=2\n"
    "From: \"a \\\" <b\"  <sip:a;b?c@d>;TAG=3;y=\"q\"\n"
    "Contact: <sip:a@b>;expires=60, \"c, d\" <sip:c@d>\n"
    "CSeq:1 REGISTER\n"
    "Call-ID : 7\n"
    "l: 0\n"
    "\n",
};

/* What is put anywhere into a message. */
static const char *const pieces[] = {
    "\r\n", "\r\n ", "\n", "\r", "\t", " ", "  ", "<", ">", "\"", "\\", ";", ",", "=", "@", "?",
    ":", "!", "\x7f", "\x80", "\xff", "sip:", "sips:", "SIP:", ";tag=x", ";expires=3", "tag=",
    ";branch=y", "\r\nTo: ", "\r\nFrom: <sip:", "\r\nVia: ", "\r\nf:", "\r\nCSeq: 1 ", "*",
    "\r\nContact: ", "\r\nMax-Forwards: ", "\r\n\r\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "SIP/2.0", "Content-Length: 1", "\r\nAllow: ", "\r\nUser-Agent: ", ":5060", ";x", ";;", "; ",
    "\r\nRecord-Route: ", "\r\nRoute: ", "\r\nServer: ", "\r\nSupported: ",
    "\r\nSession-Expires: ",
};

enum { LONGEST = 4096, ROUNDS = 60000, COUNT = sizeof messages / sizeof *messages };

static uint64_t state = 88172645463325252;

static size_t below(size_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state >> 11) % n;
}

static size_t change(char *text, size_t n)
{
    const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
    size_t at = below(n), length = strlen(piece), gone = below(8);

    switch (below(4)) {
    case 0: /* one octet for another */
        text[at] = (char)below(256);
        return n;
    case 1: /* some away */
        gone = gone < n - at ? gone : n - at - 1;
        memmove(text + at, text + at + gone, n - at - gone);
        return n - gone;
    case 2: /* the end away */
        return below(8) ? n : at + 1;
    default: /* some between */
        if (n + length > LONGEST)
            return n;
        memmove(text + at + length, text + at, n - at);
        memcpy(text + at, piece, length);
        return n + length;
    }
}

static struct slice line_of(const char *p, const char *end, const char **next)
{
    const char *lf = memchr(p, '\n', (size_t)(end - p)), *stop = lf ? lf : end;

    *next = lf ? lf + 1 : end;
    return slice_span(p, stop - (stop > p && stop[-1] == '\r'));
}

/* The header field that begins at p, and where the next one does. */
static struct slice field_of(const char *p, const char *end, const char **next)
{
    struct slice field = line_of(p, end, next);

    while (*next < end && (**next == ' ' || **next == '\t')) {
        struct slice more = line_of(*next, end, next);

        field = slice_span(field.p, more.p + more.n);
    }
    return field;
}

static void check_fields(const struct sip_msg *msg, bool cut)
{
    const char *p, *end = msg->text.p + msg->text.n, *next;
    unsigned i = 0;

    for (line_of(msg->text.p, end, &p); p < end; p = next) {
        struct slice field = field_of(p, end, &next), name, value;
        size_t colon = slice_find(field, ':');

        if (!field.n)
            break;
        if (colon == field.n || (cut && next == end && end[-1] != '\n'))
            continue;
        name = slice_trim(slice_upto(field, colon));
        value = slice_trim(slice_from(field, colon + 1));
        ck_assert_uint_lt(i, msg->header_count);
        ck_assert(slice_eq(msg->headers[i].name, name));
        ck_assert(slice_eq(msg->headers[i].value, value));
        ck_assert_uint_eq(msg->headers[i].id, sip_header_name_id(name));
        i++;
    }
    ck_assert_uint_eq(i, msg->header_count);
}

static void check_value(const struct sip_msg *msg, const struct sip_header *h)
{
    struct sip_addr addr;
    struct sip_via via;

    switch (h->id) {
    case SIP_H_FROM:
    case SIP_H_TO:
        ck_assert(sip_addr_parse(&addr, h->value));
        ck_assert(slice_eq(addr.tag, h->id == SIP_H_TO ? msg->to_tag : msg->from_tag));
        break;
    case SIP_H_VIA:
        ck_assert(sip_via_parse(&via, h->value));
        if (h->value.p != msg->via.p)
            break;
        ck_assert(slice_eq(via.branch, msg->branch) && slice_eq(via.sent_by, msg->sent_by));
        ck_assert(msg->via_tells_source == sip_via_tells_source(h->value));
        break;
    default:
        break;
    }
}

/* As if nothing were ordinary: what is wrong is the same, and nothing else. */
static void check_problems(struct sip_msg *msg, bool cut)
{
    static struct sip_problem problems[SIP_MAX_PROBLEMS];
    unsigned count = msg->problem_count, before;

    if (count == SIP_MAX_PROBLEMS)
        return;
    memcpy(problems, msg->problems, sizeof problems);
    for (unsigned i = 0; i < msg->header_count; i++)
        msg->headers[i].ordinary = false;
    msg->unusual = true;
    msg->ordinary_start = false;
    msg->problem_count = 0;
    sip_check(msg, cut);
    ck_assert_uint_le(msg->problem_count, count);
    before = count - msg->problem_count; /* noted while it was taken apart */
    for (unsigned i = 0; i < msg->problem_count; i++) {
        ck_assert_str_eq(msg->problems[i].text, problems[before + i].text);
        ck_assert_uint_eq(msg->problems[i].offset, problems[before + i].offset);
    }
}

static void check_same(struct slice a, struct slice b)
{
    ck_assert(a.p == b.p && a.n == b.n);
}

/* sip_parse_fields gives the part of it that it should. */
static void check_parts(const struct sip_msg *msg, const struct sip_msg *part)
{
    check_same(part->text, msg->text);
    check_same(part->method_name, msg->method_name);
    check_same(part->uri, msg->uri);
    check_same(part->version, msg->version);
    check_same(part->reason, msg->reason);
    check_same(part->body, msg->body);
    check_same(part->call_id, msg->call_id);
    check_same(part->from, msg->from);
    check_same(part->to, msg->to);
    check_same(part->via, msg->via);
    check_same(part->contact, msg->contact);
    check_same(part->content_type, msg->content_type);
    ck_assert_uint_eq(part->status, msg->status);
    ck_assert(part->request == msg->request);
    ck_assert_uint_eq(part->problem_count, 0);
    ck_assert_uint_eq(part->header_count, msg->header_count);
    for (unsigned i = 0; i < msg->header_count; i++) {
        check_same(part->headers[i].name, msg->headers[i].name);
        check_same(part->headers[i].value, msg->headers[i].value);
        ck_assert_uint_eq(part->headers[i].id, msg->headers[i].id);
    }
}

START_TEST(give_the_same)
{
    static struct sip_msg msg, part;
    unsigned long parsed = 0, ordinary = 0, unusual = 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        static char text[LONGEST];
        const char *message = messages[round % COUNT];
        size_t n = strlen(message);
        bool cut = below(4) == 0;
        char *octets;
        bool known;

        memcpy(text, message, n);
        for (size_t i = below(4) + 1; i > 0; i--)
            n = change(text, n);
        octets = malloc(n);
        memcpy(octets, text, n);
        known = sip_parse(&msg, octets, n, n + cut);
        ck_assert(sip_parse_fields(&part, octets, n, n + cut) == known);
        if (known) {
            parsed++;
            check_fields(&msg, cut);
            check_parts(&msg, &part);
            for (unsigned i = 0; i < msg.header_count; i++)
                if (msg.headers[i].ordinary)
                    check_value(&msg, &msg.headers[i]);
                else
                    unusual++;
            ordinary += msg.header_count;
            check_problems(&msg, cut);
        }
        free(octets);
    }
    ck_assert_uint_gt(parsed, ROUNDS / 2);
    ck_assert_uint_gt(unusual, ROUNDS);
    ck_assert_uint_gt(ordinary - unusual, ROUNDS);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("short ways");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, give_the_same);
    return run_suite("short ways", tcase);
}

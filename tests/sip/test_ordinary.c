/* What passes as ordinary is taken apart as the parsers take it apart, and breaks
 * no rule that the checks know of. */
#include "sip/ordinary.h"

#include "sip/header.h"
#include "sip/msg.h"
#include "sip/suite.h"

/* The text as a line of a message, and the marks in it. */
static const struct scan_map *look(struct slice *text)
{
    static char line[1024];
    static struct sip_places places;

    ck_assert_uint_le(text->n + 2, sizeof line);
    if (text->n)
        memcpy(line, text->p, text->n);
    memcpy(line + text->n, "\r\n", 2);
    text->p = line;
    sip_find_places(&places, line, line, line + text->n + 2);
    return &places.marks;
}

static bool addr_is_ordinary(struct slice value, struct slice *tag)
{
    const struct scan_map *map = look(&value);

    return sip_addr_is_ordinary(map, value, tag);
}

static bool uri_is_ordinary(struct slice uri)
{
    const struct scan_map *map = look(&uri);

    return sip_uri_is_ordinary(map, uri);
}

static bool via_is_ordinary(struct slice value, struct sip_usual_via *via)
{
    const struct scan_map *map = look(&value);

    return sip_via_is_ordinary(map, value, via);
}

static bool is_ordinary(const char *text)
{
    struct slice tag;

    return addr_is_ordinary(slice_str(text), &tag);
}

static bool is_ordinary_via(const char *text)
{
    struct sip_usual_via via;

    return via_is_ordinary(slice_str(text), &via);
}

/* Values that are right, that are wrong, and that are hard to tell. */
static const char *const addresses[] = {
    "<sip:bob@example.com>", "\"Bob\" <sip:bob@example.com:5060;transport=udp>;tag=a6c85cf",
    "Bob Smith <sips:bob@[2001:db8::1]:5061>;tag=1;x", "sip:bob@example.com;tag=2",
    "<sip:bob:secret@example.com>;TAG=3;tag=4", "<sip:example.com>;tag=5",
    "<sip:a;b?c@example.com?subject=x>;tag=6", "\"a \\\" b\" <sip:a@b>;tag=7",
    "<sip:bob@example.com> ;tag=8", "<sip:bob@example.com>;tag = 9", "<sip:bob@example.com>;;tag=1",
    "<sip:bob@example.com>;tag=", "<sip:@example.com>", "<sip:>", "<sip:bob@>;tag=a",
    "<sip:bob@:5060>;tag=a", "<tel:+123>;tag=b", "<sip:bob @example.com>", "Bob, <sip:bob@x>",
    "\"Bob <sip:bob@x>", "<sip:bob@x", "<sip:bob@x>>", "<<sip:bob@x>", "<sip:b@x>;tag=\"q\"", "*",
    "", " ", "<", "\"", "sip", "<sip:b@x>, <sip:c@x>", "<sip:b@x>;expires=abc", "<sip:b@x>;=v",
    "<sip:b@x>;tag=a=b", "<sip:b@@x>;tag=c", "<sip:b@x>x", "Bob\xc3\xa9 <sip:b@x>", "B;b <sip:b@x>",
};

/* A message that is right but for the address, in From. */
static void with_address(const char *address, struct sip_msg *msg)
{
    static char text[1024];
    int n = snprintf(text, sizeof text,
                     "BYE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: %s\r\n"
                     "To: <sip:a@b>;tag=t\r\nCall-ID: c\r\nCSeq: 1 BYE\r\n\r\n",
                     address);

    ck_assert(sip_parse(msg, text, (size_t)n, (size_t)n));
}

START_TEST(ordinary_ones_are_right)
{
    static struct sip_msg msg;
    unsigned count = 0;

    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        struct slice value = slice_str(addresses[i]), tag = SLICE_EMPTY;
        struct sip_addr addr;

        if (!addr_is_ordinary(value, &tag))
            continue;
        count++;
        ck_assert_msg(sip_addr_parse(&addr, value), "%s", addresses[i]);
        ck_assert_msg(slice_eq(tag, addr.tag), "%s", addresses[i]);
        with_address(addresses[i], &msg);
        ck_assert_msg(!msg.problem_count && slice_eq(msg.from_tag, addr.tag), "%s", addresses[i]);
    }
    ck_assert_uint_ge(count, 8);
}
END_TEST

/* What passes as an ordinary Request-URI breaks no rule either. */
START_TEST(ordinary_uris_are_right)
{
    static const char *const uris[] = {
        "sip:bob@example.com", "sips:example.com:5061", "SIP:a;b?c@192.0.2.1:1", "sip:a@b:65536",
        "sip:a@b:", "sip:@b", "sip:a@", "sip:", "sip:a@b:5060x", "sip:a@b;x=y", "sip:a@b?x=y",
        "sip:a@[2001:db8::1]", "sip:a@b@c", "sip:a@b,c", "sip:a:p@b", "<sip:a@b>", "tel:+1", "sipx",
    };
    static struct sip_msg msg;
    static char text[1024];
    unsigned count = 0;

    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++) {
        int n = snprintf(text, sizeof text,
                         "BYE %s SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
                         "From: <sip:c@d>;tag=f\r\nTo: <sip:a@b>;tag=t\r\nCall-ID: c\r\n"
                         "CSeq: 1 BYE\r\n\r\n",
                         uris[i]);
        struct sip_uri uri;

        if (!uri_is_ordinary(slice_str(uris[i])))
            continue;
        count++;
        ck_assert(sip_uri_parse(&uri, slice_str(uris[i])));
        ck_assert_msg(!uri.headers.n && !uri.params.n && uri.host.n, "%s", uris[i]);
        ck_assert(sip_parse(&msg, text, (size_t)n, (size_t)n));
        ck_assert_msg(!msg.problem_count, "%s", uris[i]);
    }
    ck_assert_uint_eq(count, 5); /* the first three, "sip:@b" and that with a password */
    ck_assert(!uri_is_ordinary(SLICE_EMPTY));
    ck_assert(!uri_is_ordinary(SLICE("sip:a@b:65536")));
    ck_assert(!uri_is_ordinary(SLICE("sip:a b@c")));
}
END_TEST

START_TEST(common_ones_are_ordinary)
{
    ck_assert(is_ordinary("<sip:bob@example.com>"));
    ck_assert(is_ordinary("\"Bob\" <sip:bob@192.0.2.1:5060;transport=udp>;tag=a6c85cf"));
    ck_assert(is_ordinary("Bob Smith <sips:bob@[2001:db8::1]:5061>;tag=1;x"));
    ck_assert(!is_ordinary("sip:bob@example.com"));
    ck_assert(!is_ordinary("<sip:bob @example.com>"));
    ck_assert(!is_ordinary("<sip:bob@>"));
    ck_assert(!is_ordinary("Bob <sip:bob@x"));
    ck_assert(!is_ordinary("<sip:b@x>;expires=10"));
    ck_assert(is_ordinary_via("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnashds8;rport"));
    ck_assert(is_ordinary_via("SIP/2.0/WSS [2001:db8::1];branch=z9hG4bK1;received=192.0.2.3"));
    ck_assert(!is_ordinary_via("SIP / 2.0 / UDP host;branch=z9hG4bK1"));
    ck_assert(!is_ordinary_via("SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2"));
    ck_assert(!is_ordinary_via("SIP/2.0/UDP"));
    ck_assert(!is_ordinary_via("SIP/2.0/UDP ;branch=1"));
}
END_TEST

START_TEST(vias_agree_with_the_parser)
{
    static const char *const vias[] = {
        "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnashds8;rport=5061;received=192.0.2.3",
        "SIP/2.0/TCP host", "SIP/2.0/TLS [2001:db8::1]:5061;BRANCH=z9hG4bKx;branch=y",
    };

    for (size_t i = 0; i < sizeof vias / sizeof vias[0]; i++) {
        struct sip_usual_via usual;
        struct sip_via via;

        ck_assert(via_is_ordinary(slice_str(vias[i]), &usual));
        ck_assert(sip_via_parse(&via, slice_str(vias[i])));
        ck_assert(slice_eq(usual.sent_by, via.sent_by));
        ck_assert(slice_eq(usual.branch, via.branch));
        ck_assert(usual.tells_source == sip_via_tells_source(slice_str(vias[i])));
    }
}
END_TEST

/* Each is ordinary or not, and is taken apart to these. */
START_TEST(start_lines)
{
    static const struct {
        const char *line, *method, *uri;
        unsigned status;
        const char *reason;
    } lines[] = {
        {"SIP/2.0 200 OK", "", "", 200, "OK"},
        {"SIP/2.0 100  Trying ", "", "", 100, " Trying "},
        {"INVITE sip:bob@example.com SIP/2.0", "INVITE", "sip:bob@example.com", 0, ""},
        {"X-%y <sip:a b> SIP/2.0", "X-%y", "<sip:a b>", 0, ""},
        {"SIP/2.0 200 ", NULL, NULL, 0, NULL},
        {"SIP/2.0 200OK !", NULL, NULL, 0, NULL},
        {"SIP/2.0  200 OK", NULL, NULL, 0, NULL},
        {"SIP/2.0 700 What", NULL, NULL, 0, NULL},
        {"SIP/2.0 099 What", NULL, NULL, 0, NULL},
        {"SIP/2.0 2x0 What", NULL, NULL, 0, NULL},
        {"sip/2.0 200 OK yes", NULL, NULL, 0, NULL},
        {"SIP/3.0 200 OK yes", NULL, NULL, 0, NULL},
        {"INVITE sip:bob@example.com SIP/2.0 ", NULL, NULL, 0, NULL},
        {"INVITE sip:bob@example.com SIP/3.0", NULL, NULL, 0, NULL},
        {"INVITE  SIP/2.0", NULL, NULL, 0, NULL},
        {"INVITE SIP/2.0", NULL, NULL, 0, NULL},
        {"IN(VITE sip:bob@example.com SIP/2.0", NULL, NULL, 0, NULL},
        {" INVITE sip:b@example.com SIP/2.0", NULL, NULL, 0, NULL},
        {"SIP/2.0", NULL, NULL, 0, NULL},
        {"", NULL, NULL, 0, NULL},
    };

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        static struct sip_msg start;
        struct slice line = slice_str(lines[i].line);
        const struct scan_map *map = look(&line);
        bool ordinary;

        memset(&start, 0, sizeof start);
        ordinary = sip_start_is_ordinary(map, line, &start);

        ck_assert_msg(ordinary == (lines[i].method != NULL), "%s", lines[i].line);
        if (!ordinary)
            continue;
        ck_assert_msg(sip_looks_like(line.p, line.n), "%s", lines[i].line);
        ck_assert(slice_eq(start.method_name, slice_str(lines[i].method)));
        ck_assert(slice_eq(start.uri, slice_str(lines[i].uri)));
        ck_assert(slice_eq(start.reason, slice_str(lines[i].reason)));
        ck_assert(slice_eq(start.version, SLICE("SIP/2.0")));
        ck_assert_uint_eq(start.status, lines[i].status);
    }
}
END_TEST

/* Numbers that are ordinary are read as the parser of CSeq reads them. */
START_TEST(numbers)
{
    static const char *const values[] = {"1 INVITE", "999999999 BYE", "0 X Y"};
    static const char *const others[] = {"1", "1 ", "1  INVITE", "INVITE", "", "1234567890 BYE",
                                         "1\tINVITE", " 1 INVITE", "-1 INVITE", "1 \"x\""};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        uint32_t number, parsed;
        struct slice method, name;

        ck_assert(sip_cseq_is_ordinary(slice_str(values[i]), &number, &method));
        ck_assert(sip_cseq_parse(slice_str(values[i]), &parsed, &name));
        ck_assert(number == parsed && method.p == name.p && method.n == name.n);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        uint32_t number;
        struct slice method;

        ck_assert_msg(!sip_cseq_is_ordinary(slice_str(others[i]), &number, &method), "%s",
                      others[i]);
    }
    ck_assert(sip_hops_are_ordinary(SLICE("0")) && sip_hops_are_ordinary(SLICE("70")));
    ck_assert(!sip_hops_are_ordinary(SLICE("255")) && !sip_hops_are_ordinary(SLICE("7x")) &&
              !sip_hops_are_ordinary(SLICE("x")) && !sip_hops_are_ordinary(SLICE_EMPTY));
}
END_TEST

/* A header known by its usual spelling is the one that its name says, and no other is. */
START_TEST(usual_headers)
{
    static const char *const lines[] = {
        "Via: 12345678", "From: 12345678", "To: 12345678", "Max-Forwards: 70", "User-Agent: x y",
        "Allow: INVITE", "Content-Length: 0", "Content-Type: a/b", "Call-ID: 12345", "CSeq: 1 BYE",
        "Contact: 1234", "via: 12345678", "Vias: 12345678", "Via : 12345678", "Via:  12345678",
        "Via:\t12345678", "Via: 12345678 ", "Via:", "Via: ", "Content-Encoding: x",
        "Content-Lengths: 0", "Content-TypE: a/b", "Contact : 123456", "To", "", "Call-Info: 1234",
        "Contacts: 12345", "C", "Route: 12345", "CSeqx: 12345", "Contact1: 1234", "Allow: ",
    };
    static struct sip_msg msg;
    static char text[128];

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct slice line = slice_str(lines[i]);
        size_t colon = slice_find(line, ':');
        int n = snprintf(text, sizeof text, "BYE sip:a@b SIP/2.0\r\n%s\r\n\r\n", lines[i]);

        ck_assert(sip_parse(&msg, text, (size_t)n, (size_t)n));
        ck_assert_uint_eq(msg.header_count, colon < line.n);
        if (!msg.header_count)
            continue;
        ck_assert(slice_eq(msg.headers[0].name, slice_trim(slice_upto(line, colon))));
        ck_assert(slice_eq(msg.headers[0].value, slice_trim(slice_from(line, colon + 1))));
        ck_assert_uint_eq(msg.headers[0].id, sip_header_name_id(msg.headers[0].name));
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("ordinary");

    tcase_add_test(tcase, ordinary_ones_are_right);
    tcase_add_test(tcase, ordinary_uris_are_right);
    tcase_add_test(tcase, common_ones_are_ordinary);
    tcase_add_test(tcase, vias_agree_with_the_parser);
    tcase_add_test(tcase, start_lines);
    tcase_add_test(tcase, numbers);
    tcase_add_test(tcase, usual_headers);
    return run_suite("ordinary", tcase);
}

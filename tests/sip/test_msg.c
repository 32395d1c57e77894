/* Messages: start line, header fields, body (RFC 3261 §7). */
#include "sip/msg.h"
#include "suite.h"

static struct sip_msg msg;

static bool parse(const char *text)
{
    return sip_parse(&msg, text, strlen(text), strlen(text));
}

#define COMMON \
    "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds\r\n" \
    "To: Bob <sip:bob@biloxi.com>\r\n" \
    "From: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n" \
    "Call-ID: a84b4c76e66710\r\n" \
    "CSeq: 314159 INVITE\r\n" \
    "Max-Forwards: 70\r\n"

START_TEST(request)
{
    ck_assert(parse("INVITE sip:bob@biloxi.com SIP/2.0\r\n" COMMON
                    "Contact: <sip:alice@pc33.atlanta.com>\r\nContent-Type: application/sdp\r\n"
                    "Content-Length: 4\r\n\r\nbody"));
    ck_assert(msg.request);
    ck_assert_int_eq(msg.method, SIP_INVITE);
    ck_assert_slice(msg.uri, "sip:bob@biloxi.com");
    ck_assert_slice(msg.version, "SIP/2.0");
    ck_assert_slice(msg.branch, "z9hG4bK776asdhds");
    ck_assert_slice(msg.sent_by, "pc33.atlanta.com");
    ck_assert_slice(msg.from_tag, "1928301774");
    ck_assert_uint_eq(msg.to_tag.n, 0);
    ck_assert_slice(msg.call_id, "a84b4c76e66710");
    ck_assert_uint_eq(msg.cseq, 314159);
    ck_assert_slice(msg.body, "body");
    ck_assert_uint_eq(msg.header_count, 9);
    ck_assert_uint_eq(msg.problem_count, 0);
    ck_assert_slice(msg.headers[0].name, "Via");
    ck_assert_slice(msg.headers[8].value, "4");
}
END_TEST

START_TEST(response)
{
    ck_assert(parse("SIP/2.0 486 Busy Here\r\n" COMMON "\r\n"));
    ck_assert(!msg.request);
    ck_assert_uint_eq(msg.status, 486);
    ck_assert_slice(msg.reason, "Busy Here");
    ck_assert_int_eq(msg.method, SIP_INVITE);
    ck_assert_int_eq(msg.cseq_method, SIP_INVITE);
}
END_TEST

START_TEST(compact_forms_and_any_case)
{
    ck_assert(parse("MESSAGE sip:b@c SIP/2.0\r\nv: SIP/2.0/TCP h;branch=z9hG4bKx\r\n"
                    "f: <sip:a@b>;tag=1\r\nt: <sip:b@c>\r\ni: id\r\ncSEQ: 1 MESSAGE\r\n"
                    "c: text/plain\r\nl: 2\r\n\r\nhi"));
    ck_assert_slice(msg.call_id, "id");
    ck_assert_slice(msg.branch, "z9hG4bKx");
    ck_assert_slice(msg.content_type, "text/plain");
    ck_assert_slice(msg.body, "hi");
    ck_assert_int_eq(msg.headers[4].id, SIP_H_CSEQ);
}
END_TEST

START_TEST(folded_lines)
{
    ck_assert(parse("OPTIONS sip:b@c SIP/2.0\r\nSubject: one\r\n  two\r\n\tthree\r\n"
                    "Call-ID: x\r\n\r\n"));
    ck_assert_slice(sip_header_named(&msg, SLICE("subject")), "one\r\n  two\r\n\tthree");
    ck_assert_slice(msg.call_id, "x");
}
END_TEST

START_TEST(blanks_before_the_colon)
{
    ck_assert(parse("OPTIONS sip:b@c SIP/2.0\r\nCall-ID  :  x \r\n\r\n"));
    ck_assert_slice(msg.call_id, "x");
}
END_TEST

START_TEST(line_feeds_alone)
{
    ck_assert(parse("OPTIONS sip:b@c SIP/2.0\nCall-ID: x\nContent-Length: 2\n\nab"));
    ck_assert_slice(msg.call_id, "x");
    ck_assert_slice(msg.body, "ab");
}
END_TEST

START_TEST(line_ends_in_front)
{
    ck_assert(parse("\r\n\r\nOPTIONS sip:b@c SIP/2.0\r\nCall-ID: x\r\n\r\n"));
    ck_assert_slice(msg.call_id, "x");
    ck_assert_ptr_eq(msg.text.p + msg.text.n - 2, strstr(msg.text.p, "\r\n\r\n") + 2);
}
END_TEST

START_TEST(several_of_one_kind)
{
    ck_assert(parse("OPTIONS sip:b@c SIP/2.0\r\nRoute: <sip:1>\r\nX: y\r\nRoute: <sip:2>\r\n\r\n"));
    ck_assert_slice(sip_header(&msg, SIP_H_ROUTE, 0)->value, "<sip:1>");
    ck_assert_slice(sip_header(&msg, SIP_H_ROUTE, 1)->value, "<sip:2>");
    ck_assert_ptr_null(sip_header(&msg, SIP_H_ROUTE, 2));
}
END_TEST

START_TEST(body_shorter_and_longer_than_announced)
{
    ck_assert(parse("INVITE sip:b@c SIP/2.0\r\n" COMMON "Content-Length: 2\r\n\r\nbody"));
    ck_assert_slice(msg.body, "bo");
    ck_assert(parse("INVITE sip:b@c SIP/2.0\r\n" COMMON "Content-Length: 9\r\n\r\nbody"));
    ck_assert_slice(msg.body, "body");
    ck_assert_uint_eq(msg.problem_count, 1);
    ck_assert(strstr(msg.problems[0].text, "Content-Length"));
}
END_TEST

START_TEST(without_content_length_the_datagram_ends_it)
{
    ck_assert(parse("INVITE sip:b@c SIP/2.0\r\n" COMMON "\r\nall of it"));
    ck_assert_slice(msg.body, "all of it");
    ck_assert_uint_eq(msg.problem_count, 0);
}
END_TEST

/* What the capture cut off is no fault of the sender. */
START_TEST(cut_anywhere)
{
    static const char text[] = "INVITE sip:bob@biloxi.com SIP/2.0\r\n" COMMON
                               "Content-Length: 20\r\n\r\n12345678901234567890";

    for (size_t n = sizeof "INVITE sip:b"; n < sizeof text - 1; n++) {
        ck_assert(sip_parse(&msg, text, n, sizeof text - 1));
        ck_assert_msg(msg.problem_count == 0, "cut at %zu: %s", n, msg.problems[0].text);
        ck_assert_int_eq(msg.method, SIP_INVITE);
    }
}
END_TEST

START_TEST(nul_octets_survive)
{
    static const char text[] = "OPTIONS sip:b@c SIP/2.0\r\nX: a\0b\r\nCall-ID: x\r\n\r\nq\0r";

    ck_assert(sip_parse(&msg, text, sizeof text - 1, sizeof text - 1));
    ck_assert_uint_eq(msg.headers[0].value.n, 3);
    ck_assert_slice(msg.call_id, "x");
    ck_assert_uint_eq(msg.body.n, 3);
}
END_TEST

START_TEST(more_headers_than_are_kept)
{
    static char text[SIP_MAX_HEADERS * 16 + 512];
    size_t n = (size_t)sprintf(text, "OPTIONS sip:b@c SIP/2.0\r\n" COMMON);

    for (unsigned i = 0; i < SIP_MAX_HEADERS; i++)
        n += (size_t)sprintf(text + n, "X-%u: y\r\n", i);
    n += (size_t)sprintf(text + n, "\r\nbody");
    ck_assert(sip_parse(&msg, text, n, n));
    ck_assert_uint_eq(msg.header_count, SIP_MAX_HEADERS);
    ck_assert_slice(msg.body, "body");
    ck_assert_uint_gt(msg.problem_count, 0);
}
END_TEST

START_TEST(what_is_not_sip)
{
    static const char *const others[] = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "DESCRIBE rtsp://x/y RTSP/1.0\r\n\r\n", "RTSP/1.0 200 OK\r\n\r\n",
        "AUEP 1201 aaln/1@rgw MGCP 1.0\r\n\r\n", "EHLO example.com\r\n", "", "\r\n\r\n", "INVITE",
        "SIPS are not SIP\r\n", "220 mail.example.com ESMTP\r\n",
    };

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_msg(!parse(others[i]), "%s", others[i]);
}
END_TEST

START_TEST(names_of_methods_and_statuses)
{
    static const char *const all[] = {"INVITE", "ACK",       "BYE",    "CANCEL",  "OPTIONS",
                                      "REGISTER", "PRACK",   "SUBSCRIBE", "NOTIFY", "PUBLISH",
                                      "INFO",   "REFER",     "MESSAGE", "UPDATE"};

    for (size_t i = 0; i < 14; i++)
        ck_assert_str_eq(sip_method_name(sip_method_id(slice_str(all[i]))), all[i]);
    ck_assert_int_eq(sip_method_id(SLICE("invite")), SIP_UNKNOWN_METHOD);
    ck_assert_str_eq(sip_status_reason(486), "Busy Here");
    ck_assert_str_eq(sip_status_reason(100), "Trying");
    ck_assert_str_eq(sip_status_reason(606), "Not Acceptable");
    ck_assert_ptr_null(sip_status_reason(299));
}
END_TEST

/* Those of a tutorial's list, 60 of them, two of which only RFC 2543 has; and those
 * that have been registered since. */
START_TEST(reasons)
{
    static const unsigned listed[] = {
        100, 180, 181, 182, 183, 199, 200, 202, 204, 300, 301, 302, 305, 380, 400, 401, 402, 403,
        404, 405, 406, 407, 408, 409, 410, 411, 413, 414, 415, 416, 417, 420, 421, 422, 423, 424,
        433, 480, 481, 482, 483, 484, 485, 486, 487, 488, 491, 493, 494, 500, 501, 502, 503, 504,
        505, 513, 600, 603, 604, 606,
    };
    static const unsigned newer[] = {412, 425, 428, 429, 430, 436, 437, 438, 439,
                                     440, 469, 470, 489, 555, 580, 607, 608};

    ck_assert_uint_eq(sizeof listed / sizeof listed[0], 60);
    for (size_t i = 0; i < 60; i++)
        ck_assert_ptr_nonnull(sip_status_reason(listed[i]));
    for (size_t i = 0; i < sizeof newer / sizeof newer[0]; i++)
        ck_assert_ptr_nonnull(sip_status_reason(newer[i]));
    ck_assert_str_eq(sip_status_reason(199), "Early Dialog Terminated");
    ck_assert_str_eq(sip_status_reason(409), "Conflict");
    ck_assert_str_eq(sip_status_reason(414), "Request-URI Too Long");
    ck_assert_str_eq(sip_status_reason(433), "Anonymity Disallowed");
    ck_assert_str_eq(sip_status_reason(487), "Request Terminated");
    ck_assert_str_eq(sip_status_reason(494), "Security Agreement Required");
    ck_assert_str_eq(sip_status_reason(513), "Message Too Large");
    ck_assert_str_eq(sip_status_reason(604), "Does Not Exist Anywhere");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("msg");

    tcase_add_test(t, reasons);
    tcase_add_test(t, request);
    tcase_add_test(t, response);
    tcase_add_test(t, compact_forms_and_any_case);
    tcase_add_test(t, folded_lines);
    tcase_add_test(t, blanks_before_the_colon);
    tcase_add_test(t, line_feeds_alone);
    tcase_add_test(t, line_ends_in_front);
    tcase_add_test(t, several_of_one_kind);
    tcase_add_test(t, body_shorter_and_longer_than_announced);
    tcase_add_test(t, without_content_length_the_datagram_ends_it);
    tcase_add_test(t, cut_anywhere);
    tcase_add_test(t, nul_octets_survive);
    tcase_add_test(t, more_headers_than_are_kept);
    tcase_add_test(t, what_is_not_sip);
    tcase_add_test(t, names_of_methods_and_statuses);
    return run_suite("msg", t);
}

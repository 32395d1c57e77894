/* Bodies and their parts: RFC 2046 §5.1, RFC 5621. */
#include "sip/body.h"
#include "suite.h"

static struct sip_msg msg;
static struct slice found;

static void with(const char *type, const char *body)
{
    static char text[4096];
    int n = snprintf(text, sizeof text, "INVITE sip:b@c SIP/2.0\r\n%s%s%s\r\n%s",
                     type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "", body);

    ck_assert(sip_parse(&msg, text, (size_t)n, (size_t)n));
}

START_TEST(plain)
{
    with("APPLICATION/sdp; charset=utf-8", "v=0\r\n");
    ck_assert(sip_body_find(&msg, SLICE("application/sdp"), &found));
    ck_assert_slice(found, "v=0\r\n");
    ck_assert(!sip_body_find(&msg, SLICE("text/plain"), &found));
}
END_TEST

START_TEST(without_a_type)
{
    with(NULL, "v=0\r\no=x\r\n");
    ck_assert(sip_body_find(&msg, SLICE("application/sdp"), &found));
    with(NULL, "hello");
    ck_assert(!sip_body_find(&msg, SLICE("application/sdp"), &found));
}
END_TEST

#define TWO_PARTS \
    "preamble\r\n--b1\r\nContent-Type: application/isup;version=x\r\n\r\n\x01\x02\r\n" \
    "--b1\r\nContent-Type: application/sdp\r\nContent-Disposition: session\r\n\r\nv=0\r\ns=-\r\n" \
    "--b1--\r\nepilogue"

START_TEST(second_of_two)
{
    with("multipart/mixed;boundary=b1", TWO_PARTS);
    ck_assert(sip_body_find(&msg, SLICE("application/sdp"), &found));
    ck_assert_slice(found, "v=0\r\ns=-");
    ck_assert(sip_body_find(&msg, SLICE("application/isup"), &found));
    ck_assert_slice(found, "\x01\x02");
}
END_TEST

START_TEST(every_part_in_order)
{
    struct sip_parts parts;
    struct sip_part part;

    with("multipart/mixed; boundary=\"b1\"", TWO_PARTS);
    parts = sip_parts(&msg);
    ck_assert(sip_parts_next(&parts, &part));
    ck_assert_slice(part.type, "application/isup;version=x");
    ck_assert(sip_parts_next(&parts, &part));
    ck_assert_slice(part.disposition, "session");
    ck_assert(!sip_parts_next(&parts, &part));
}
END_TEST

START_TEST(nested)
{
    struct sip_parts parts;
    struct sip_part part;
    unsigned n = 0;

    with("multipart/mixed;boundary=out",
         "--out\r\nContent-Type: text/plain\r\n\r\none\r\n"
         "--out\r\nContent-Type: multipart/alternative;boundary=in\r\n\r\n"
         "--in\r\nContent-Type: text/html\r\n\r\ntwo\r\n"
         "--in\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--in--\r\nbetween\r\n"
         "--out\r\nContent-Type: image/png\r\n\r\nfour\r\n--out--\r\n");
    parts = sip_parts(&msg);
    while (sip_parts_next(&parts, &part)) {
        static const char *const contents[] = {"one", "two", "v=0", "four"};

        ck_assert_slice(part.content, contents[n]);
        n++;
    }
    ck_assert_uint_eq(n, 4);
    ck_assert(sip_body_find(&msg, SLICE("application/sdp"), &found));
}
END_TEST

START_TEST(cut_and_broken)
{
    with("multipart/mixed;boundary=b1", "--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\ns");
    ck_assert(sip_body_find(&msg, SLICE("application/sdp"), &found));
    ck_assert_slice(found, "v=0\r\ns");
    with("multipart/mixed;boundary=b1", "no boundary in here");
    ck_assert(!sip_body_find(&msg, SLICE("application/sdp"), &found));
    with("multipart/mixed", "--b1\r\n\r\nv=0\r\n--b1--");
    ck_assert(!sip_body_find(&msg, SLICE("application/sdp"), &found));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("body");

    tcase_add_test(t, plain);
    tcase_add_test(t, without_a_type);
    tcase_add_test(t, second_of_two);
    tcase_add_test(t, every_part_in_order);
    tcase_add_test(t, nested);
    tcase_add_test(t, cut_and_broken);
    return run_suite("body", t);
}

/* Keys in INFO and NOTIFY. */
#include "sip/dtmf.h"
#include "suite.h"

static struct sip_msg msg;
static struct sip_dtmf dtmf;

static bool parse(const char *method, const char *type, const char *body)
{
    static char text[1024];
    int n = snprintf(text, sizeof text, "%s sip:b@c SIP/2.0\r\nContent-Type: %s\r\n\r\n%s", method,
                     type, body);

    return sip_parse(&msg, text, (size_t)n, (size_t)n) && sip_dtmf_parse(&msg, &dtmf);
}

START_TEST(relay)
{
    ck_assert(parse("INFO", "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"));
    ck_assert_str_eq(dtmf.digits, "5");
    ck_assert_uint_eq(dtmf.duration_ms, 160);
    ck_assert(parse("INFO", "Application/DTMF-Relay", "Signal= *\nDuration= 250"));
    ck_assert_str_eq(dtmf.digits, "*");
    ck_assert_uint_eq(dtmf.duration_ms, 250);
    ck_assert(parse("INFO", "application/dtmf-relay", "signal=11\r\n"));
    ck_assert_str_eq(dtmf.digits, "#");
}
END_TEST

START_TEST(bare_digit)
{
    ck_assert(parse("INFO", "application/dtmf", "9"));
    ck_assert_str_eq(dtmf.digits, "9");
    ck_assert_uint_eq(dtmf.duration_ms, 0);
    ck_assert(parse("INFO", "application/dtmf", "d\r\n"));
    ck_assert_str_eq(dtmf.digits, "D");
}
END_TEST

/* The examples of RFC 4730 §8, and what else XML allows. */
START_TEST(kpml)
{
    static const char type[] = "application/kpml-response+xml";

    ck_assert(parse("NOTIFY", type,
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
                    "<kpml-response xmlns=\"urn:ietf:params:xml:ns:kpml-response\"\r\n"
                    "  version=\"1.0\" code=\"200\" text=\"OK\" digits=\"4\" tag=\"dtmf\"/>"));
    ck_assert(dtmf.kpml);
    ck_assert_str_eq(dtmf.digits, "4");
    ck_assert(parse("NOTIFY", type,
                    "<k:kpml-response code='200' digits = '12#dR'></k:kpml-response>"));
    ck_assert_str_eq(dtmf.digits, "12#D");
    ck_assert(!parse("NOTIFY", type,
                     "<kpml-response code=\"487\" text=\"Subscription expired\"/>"));
    ck_assert(!parse("NOTIFY", type, "<kpml-responses digits=\"4\"/>"));
    ck_assert(!parse("NOTIFY", type, "<kpml-response digits="));
    ck_assert(!parse("NOTIFY", type, "<kpml-response digits=\"\"/><x digits=\"4\"/>"));
    ck_assert(!parse("NOTIFY", type, "<"));
    ck_assert(!parse("INFO", type, "<kpml-response digits=\"4\"/>"));
    ck_assert(parse("NOTIFY", type,
                    "<kpml-response digits=\"0123456789012345678901234567890123456789\"/>"));
    ck_assert_uint_eq(strlen(dtmf.digits), SIP_DTMF_MOST);
}
END_TEST

START_TEST(nothing_of_it)
{
    ck_assert(!parse("INFO", "application/dtmf-relay", ""));
    ck_assert(!parse("INFO", "application/dtmf-relay", "Signal=x\r\n"));
    ck_assert(!parse("INFO", "application/dtmf-relay", "Signal=99\r\n"));
    ck_assert(!parse("INFO", "application/media_control+xml", "5"));
    ck_assert(!parse("NOTIFY", "application/dtmf", "5"));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("dtmf");

    tcase_add_test(t, relay);
    tcase_add_test(t, bare_digit);
    tcase_add_test(t, kpml);
    tcase_add_test(t, nothing_of_it);
    return run_suite("dtmf", t);
}

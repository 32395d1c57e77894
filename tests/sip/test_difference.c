/* What two messages have differently. */
#include "sip/difference.h"

#include "suite.h"

static struct sip_msg before, after;
static char told[4096];

static void note(void *ctx, const struct sip_difference *d)
{
    size_t n = strlen(told);

    (void)ctx;
    snprintf(told + n, sizeof told - n, "%s%.*s|%.*s|%.*s|%.*s\n",
             d->part == DIFFERENCE_START_LINE ? "line"
             : d->part == DIFFERENCE_BODY     ? "body"
                                              : "",
             SLICE_ARG(d->name), SLICE_ARG(d->section), SLICE_ARG(d->before),
             SLICE_ARG(d->after));
}

static const char *compare(const char *a, const char *b)
{
    told[0] = '\0';
    ck_assert(sip_parse(&before, a, strlen(a), strlen(a)));
    ck_assert(sip_parse(&after, b, strlen(b), strlen(b)));
    ck_assert_int_eq(sip_compare(&before, &after, note, NULL), 0);
    return told;
}

#define TOP "INVITE sip:b@c SIP/2.0\r\n"

START_TEST(the_same)
{
    ck_assert_str_eq(compare(TOP "Via: SIP/2.0/UDP a\r\nContact: x y\r\n\r\n",
                             TOP "v: SIP/2.0/UDP a\r\nm:  x\r\n  y\r\n\r\n"),
                     "");
}
END_TEST

START_TEST(a_proxy)
{
    ck_assert_str_eq(compare(TOP "Via: one\r\nMax-Forwards: 70\r\nRoute: <sip:p;lr>\r\n\r\n",
                             "INVITE sip:b@d SIP/2.0\r\nRecord-Route: <sip:p;lr>\r\n"
                             "Via: two, one\r\n"
                             "Max-Forwards: 69\r\n\r\n"),
                     "line||INVITE sip:b@c SIP/2.0|INVITE sip:b@d SIP/2.0\n"
                     "Via|||two\n"
                     "Max-Forwards||70|69\n"
                     "Route||<sip:p;lr>|\n"
                     "Record-Route|||<sip:p;lr>\n");
}
END_TEST

/* The server adds what it sees to the client's Via, and its own on top. */
START_TEST(a_way)
{
    ck_assert_str_eq(compare(TOP "Via: one\r\nRoute: <p>, <q>\r\n\r\n",
                             TOP "Via: two\r\nVia: one;received=1\r\nRoute: <r>\r\n\r\n"),
                     "Via|||two\nVia||one|one;received=1\nRoute||<p>|\nRoute||<q>|<r>\n");
}
END_TEST

START_TEST(headers_of_one_name)
{
    ck_assert_str_eq(compare(TOP "X-A: 1\r\nX-A: 2\r\nX-A: 3\r\n\r\n",
                             TOP "x-a: 1\r\nX-A: 5\r\nX-A: 3\r\nX-A: 4\r\n\r\n"),
                     "X-A||2|5\nX-A|||4\n");
}
END_TEST

START_TEST(session_descriptions)
{
    ck_assert_str_eq(
        compare(TOP "\r\nv=0\r\nc=IN IP4 1.1.1.1\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n"
                    "m=video 5000 RTP/AVP 31\r\na=sendrecv\r\n",
                TOP "\r\nv=0\r\nc=IN IP4 2.2.2.2\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n"
                    "m=video 5000 RTP/AVP 31\r\na=sendonly\r\n"),
        "body||c=IN IP4 1.1.1.1|\nbody|||c=IN IP4 2.2.2.2\n"
        "body|m=video 5000 RTP/AVP 31|a=sendrecv|\n"
        "body|m=video 5000 RTP/AVP 31||a=sendonly\n");
}
END_TEST

/* More lines than are compared one by one: no crash, and no silence. */
START_TEST(many_lines)
{
    static char a[8192], b[8192];
    size_t n = (size_t)snprintf(a, sizeof a, TOP "\r\n");

    memset(a + n, '\n', 3000);
    strcpy(b, a);
    b[n + 2900] = 'x';
    ck_assert_str_ne(compare(a, b), "");
    memset(b + n, 'y', 3000);
    for (size_t i = n; i < n + 3000; i += 2)
        b[i] = '\n';
    ck_assert_str_ne(compare(a, b), "");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("difference");

    tcase_add_test(t, the_same);
    tcase_add_test(t, a_proxy);
    tcase_add_test(t, a_way);
    tcase_add_test(t, headers_of_one_name);
    tcase_add_test(t, session_descriptions);
    tcase_add_test(t, many_lines);
    return run_suite("difference", t);
}

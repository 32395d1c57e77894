/* Framing of byte streams: RFC 3261 §18.3. */
#include "sip/msg.h"
#include "suite.h"

static size_t length;

static enum sip_frame_result frame(const char *text)
{
    return sip_frame(text, strlen(text), &length);
}

#define ONE "OPTIONS sip:b@c SIP/2.0\r\nCall-ID: x\r\nContent-Length: 4\r\n\r\nbody"

START_TEST(one_and_the_next)
{
    ck_assert_int_eq(frame(ONE "SIP/2.0 200 OK\r\n\r\n"), SIP_FRAME_MESSAGE);
    ck_assert_uint_eq(length, sizeof ONE - 1);
}
END_TEST

/* Whatever has come of a message so far, more is asked for. */
START_TEST(never_too_early)
{
    char text[] = ONE;

    for (size_t n = 1; n < sizeof ONE - 1; n++)
        ck_assert_msg(sip_frame(text, n, &length) == SIP_FRAME_INCOMPLETE, "after %zu", n);
    ck_assert_int_eq(sip_frame(text, sizeof ONE - 1, &length), SIP_FRAME_MESSAGE);
}
END_TEST

START_TEST(compact_length)
{
    ck_assert_int_eq(frame("SIP/2.0 200 OK\r\nl : 2\r\n\r\nabSIP"), SIP_FRAME_MESSAGE);
    ck_assert_uint_eq(length, strlen("SIP/2.0 200 OK\r\nl : 2\r\n\r\nab"));
}
END_TEST

START_TEST(without_length_the_next_follows_at_once)
{
    ck_assert_int_eq(frame("SIP/2.0 200 OK\r\n\r\nSIP/2.0"), SIP_FRAME_MESSAGE);
    ck_assert_uint_eq(length, 18);
}
END_TEST

START_TEST(keep_alives_are_passed_over)
{
    ck_assert_int_eq(frame("\r\n\r\n" ONE), SIP_FRAME_SKIP);
    ck_assert_uint_eq(length, 4);
}
END_TEST

/* After a hole: on with the next start line. */
START_TEST(finds_the_next_start_line)
{
    const char *text = "tail of a body\r\na=sendrecv\r\n" ONE;
    size_t at = 0;

    for (;;) {
        enum sip_frame_result r = sip_frame(text + at, strlen(text) - at, &length);

        if (r != SIP_FRAME_SKIP)
            break;
        at += length;
    }
    ck_assert_uint_eq(at, strlen("tail of a body\r\na=sendrecv\r\n"));
}
END_TEST

START_TEST(absurd_lengths_do_not_wait)
{
    ck_assert_int_eq(frame("SIP/2.0 200 OK\r\nContent-Length: 999999999\r\n\r\n"), SIP_FRAME_SKIP);
    ck_assert_int_eq(frame("SIP/2.0 200 OK\r\nContent-Length: -1\r\n\r\n"), SIP_FRAME_SKIP);
}
END_TEST

START_TEST(other_protocols_do_not_wait)
{
    char tls[64] = {0x16, 0x03, 0x01, 0x02, 0x00};

    ck_assert_int_eq(frame("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), SIP_FRAME_SKIP);
    ck_assert_int_eq(sip_frame(tls, sizeof tls, &length), SIP_FRAME_SKIP);
    ck_assert_uint_eq(length, sizeof tls);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("frame");

    tcase_add_test(t, one_and_the_next);
    tcase_add_test(t, never_too_early);
    tcase_add_test(t, compact_length);
    tcase_add_test(t, without_length_the_next_follows_at_once);
    tcase_add_test(t, keep_alives_are_passed_over);
    tcase_add_test(t, finds_the_next_start_line);
    tcase_add_test(t, absurd_lengths_do_not_wait);
    tcase_add_test(t, other_protocols_do_not_wait);
    return run_suite("frame", t);
}

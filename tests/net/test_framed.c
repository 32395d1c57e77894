/* Binary messages among text on a byte stream. */
#include "net/framed.h"

#include "frame.h"
#include "support/suite.h"

static struct framed framed;
static struct framed_message m;

/* Looks at octets in a block of their exact size. */
static enum framed_result look(const void *data, size_t n)
{
    uint8_t *block = malloc(n ? n : 1);
    enum framed_result result;

    memcpy(block, data, n);
    m = (struct framed_message){0};
    result = framed_look(&framed, block, n, &m);
    free(block);
    return result;
}

static void set_up(void)
{
    framed = (struct framed){.stun = false};
}

static const uint8_t stun[28] = {0, 0x16, 0, 8, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8,
                                 9, 10, 11, 12, 0, 0x13, 0, 4, 'a', 'b', 'c', 'd'};
static const uint8_t rtp[14] = {0, 12, 0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4};

START_TEST(text_is_none)
{
    static const char *const texts[] = {"INVITE sip:a SIP/2.0\r\n", "SIP/2.0 200 OK\r\n",
                                        "\r\n\r\n",
                                        "GET / HTTP/1.1\r\n", "BYE sip:x SIP/2.0\r\n",
                                        "$ no media", "ACK", "A", ""};

    for (unsigned known = 0; known < 2; known++)
        for (size_t i = 0; i < 6 + (known ? 0 : 3); i++) {
            framed.stun = framed.lengths = known;
            ck_assert_msg(look(texts[i], strlen(texts[i])) == FRAMED_NO, "%s", texts[i]);
        }
}
END_TEST

START_TEST(stun_message)
{
    uint8_t two[sizeof stun + 3] = {0};

    memcpy(two, stun, sizeof stun);
    for (size_t n = 1; n < sizeof stun; n++) {
        set_up();
        ck_assert_int_eq(look(stun, n), FRAMED_MORE);
    }
    ck_assert_int_eq(look(two, sizeof two), FRAMED_YES);
    ck_assert_uint_eq(m.at, 0);
    ck_assert_uint_eq(m.n, 28);
    ck_assert_uint_eq(m.whole, 28);
    ck_assert(framed.stun);
}
END_TEST

START_TEST(channel_data)
{
    static const uint8_t data[] = {0x40, 0x01, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0x40};

    /* Letters, unless STUN was seen. */
    ck_assert_int_eq(look(data, sizeof data), FRAMED_NO);
    framed.stun = true;
    ck_assert_int_eq(look(data, 11), FRAMED_MORE);
    ck_assert_int_eq(look(data, 2), FRAMED_MORE);
    ck_assert_int_eq(look(data, sizeof data), FRAMED_YES);
    ck_assert_uint_eq(m.n, 9);
    ck_assert_uint_eq(m.whole, 12); /* padded: RFC 8656 §12.5 */
}
END_TEST

START_TEST(lengths)
{
    uint8_t two[28];

    memcpy(two, rtp, 14);
    memcpy(two + 14, rtp, 14);
    for (size_t n = 3; n < 14; n++) {
        set_up();
        ck_assert_int_eq(look(rtp, n), FRAMED_MORE);
    }
    ck_assert_int_eq(look(rtp, 14), FRAMED_YES);
    ck_assert_uint_eq(m.at, 2);
    ck_assert_uint_eq(m.n, 12);
    ck_assert_uint_eq(m.whole, 14);
    ck_assert(framed.lengths);
    set_up();
    ck_assert_int_eq(look(two, 28), FRAMED_YES);
    ck_assert_uint_eq(m.whole, 14);
    /* what follows is no such message: nor is this */
    set_up();
    memset(two + 14, 0xff, 14);
    ck_assert_int_eq(look(two, 28), FRAMED_NO);
}
END_TEST

/* RFC 6544: connectivity checks behind their length, too. */
START_TEST(stun_behind_its_length)
{
    uint8_t data[30] = {0, 28};

    memcpy(data + 2, stun, 28);
    ck_assert_int_eq(look(data, 30), FRAMED_YES);
    ck_assert_uint_eq(m.at, 2);
    ck_assert_uint_eq(m.n, 28);
    ck_assert(framed.lengths);
}
END_TEST

START_TEST(other_binary)
{
    static const uint8_t cases[][12] = {
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
        {0, 4, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0},    /* too short for media */
        {0x1f, 0xff, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0}, /* version 3 */
        {3, 0, 0, 0x13, 0x0e, 0xe0, 0, 0, 0, 0, 0, 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_up();
        ck_assert_msg(look(cases[i], 12) == FRAMED_NO, "%zu", i);
    }
}
END_TEST

static const char *const reply = "RTSP/1.0 200 OK\r\nCSeq: 4\r\nContent-Length: 3\r\n\r\nabc";

START_TEST(rtsp)
{
    char data[128];
    size_t n = strlen(reply);

    memcpy(data, reply, n);
    memcpy(data + n, "$\0\0\x04zzzz", 8);
    ck_assert_int_eq(look(data + n, 8), FRAMED_NO); /* nothing says that it is media */
    ck_assert_int_eq(look(data, n - 1), FRAMED_MORE);
    ck_assert_int_eq(look(data, n + 8), FRAMED_YES);
    ck_assert_uint_eq(m.n, 0);
    ck_assert_uint_eq(m.whole, n);
    ck_assert_int_eq(look(data + n, 4), FRAMED_MORE);
    ck_assert_int_eq(look(data + n, 8), FRAMED_YES);
    ck_assert_uint_eq(m.at, 4);
    ck_assert_uint_eq(m.n, 4);
    ck_assert_uint_eq(m.whole, 8);
    set_up();
    ck_assert_int_eq(look("PLAY rtsp://a/b RTSP/1.0\r\n\r\n", 28), FRAMED_YES);
    ck_assert_uint_eq(m.whole, 28);
}
END_TEST

START_TEST(interleaved_midway)
{
    uint8_t data[20] = {'$', 0, 0, 12, 0x80};

    ck_assert_int_eq(look(data, 16), FRAMED_YES);
    ck_assert_uint_eq(m.n, 12);
    data[16] = '$';
    ck_assert_int_eq(look(data, 17), FRAMED_YES);
    data[16] = 'x';
    ck_assert_int_eq(look(data, 17), FRAMED_NO);
    ck_assert_int_eq(look(data, 15), FRAMED_NO);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("framed");

    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, text_is_none);
    tcase_add_test(t, stun_message);
    tcase_add_test(t, channel_data);
    tcase_add_test(t, lengths);
    tcase_add_test(t, stun_behind_its_length);
    tcase_add_test(t, other_binary);
    tcase_add_test(t, rtsp);
    tcase_add_test(t, interleaved_midway);
    return run_suite("framed", t);
}

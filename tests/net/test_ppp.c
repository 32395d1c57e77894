/* PPP, Cisco HDLC, PPP over Ethernet. */
#include "frame.h"

enum { ETHERNET = 1, PPP = 9, SERIAL = 50, SESSION = 51, HDLC = 104 };

static struct frame f;

START_TEST(protocol_numbers)
{
    static const char *const heads[] = {
        "ff03 0021", "0021", "21", "ff03 21", "ff03 003d c0000001 0021", "3d c0000001 21"};

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        frame_hello(&f);
        frame_hex(&f, heads[i]);
        expect_hello(&f, PPP);
        expect_hello(&f, SERIAL);
    }
    frame_hello(&f);
    frame_hex(&f, "003d 80000001 0021"); /* the first part of a packet */
    expect_kind(&f, PPP, DECODED_OTHER);
    frame_text(&f, "link control");
    frame_hex(&f, "ff03 c021");
    expect_kind(&f, PPP, DECODED_OTHER);
    frame_text(&f, "hello");
    frame_udp(&f, 1, 2);
    frame_ip6(&f, 17, "::1", "::2");
    frame_hex(&f, "0057");
    expect_kind(&f, PPP, DECODED_DATAGRAM);
}
END_TEST

START_TEST(directions)
{
    static const char *const heads[] = {"00 ff03 0021", "01 0021", "00 03 0021"};

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        frame_hello(&f);
        frame_hex(&f, heads[i]);
        expect_hello(&f, 204);
        expect_hello(&f, 166);
    }
    frame_hello(&f);
    frame_hex(&f, "00 0f00 0800");
    expect_hello(&f, 205);
}
END_TEST

START_TEST(cisco_hdlc)
{
    frame_hello(&f);
    frame_hex(&f, "0f00 0800");
    expect_hello(&f, HDLC);
    expect_hello(&f, PPP); /* captures of serial lines may say PPP */
    frame_hello(&f);
    frame_hex(&f, "8f00 0800");
    expect_hello(&f, SERIAL);
    frame_text(&f, "keep-alive");
    frame_hex(&f, "8f00 8035");
    expect_kind(&f, HDLC, DECODED_OTHER);
}
END_TEST

START_TEST(over_ethernet)
{
    frame_hello(&f);
    frame_hex(&f, "1100 0012 0023 0021");
    expect_hello(&f, SESSION);
    frame_ethernet(&f, 0x8864);
    expect_hello(&f, ETHERNET);
    frame_back(&f, "padding", 7);
    expect_hello(&f, ETHERNET);
    frame_hello(&f);
    frame_hex(&f, "1100 0012 270f 0021"); /* a length of 9999 */
    expect_hello(&f, SESSION);
    frame_hello(&f);
    frame_hex(&f, "1109 0000 0023 0021"); /* discovery */
    expect_kind(&f, SESSION, DECODED_OTHER);
}
END_TEST

RUN_TESTS("ppp", protocol_numbers, directions, cisco_hdlc, over_ethernet)

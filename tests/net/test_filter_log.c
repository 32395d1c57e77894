/* What packet filters log. */
#include "frame.h"

enum { NFLOG = 239, PFLOG = 117, ENC = 109 };

static struct frame f;

START_TEST(nflog)
{
    frame_hello(&f);
    frame_hex(&f, "2500 0900");           /* payload */
    frame_hex(&f, "0500 0a00 00 000000"); /* prefix, padded */
    frame_hex(&f, "0800 0100 08000100");  /* packet header */
    frame_hex(&f, "02 00 0001");
    expect_hello(&f, NFLOG);
    frame_hello(&f);
    frame_hex(&f, "0025 0009"); /* of a big-endian machine */
    frame_hex(&f, "02 00 0001");
    expect_hello(&f, NFLOG);
    frame_text(&f, "hello");
    frame_udp(&f, 1, 2);
    frame_ip6(&f, 17, "::1", "::2");
    frame_hex(&f, "3900 0900");
    frame_hex(&f, "0a 00 0001");
    expect_kind(&f, NFLOG, DECODED_DATAGRAM);
    frame_text(&f, "hello");
    frame_hex(&f, "0300 0100");
    frame_hex(&f, "02 00 0001");
    expect_kind(&f, NFLOG, DECODED_BAD);
    frame_payload(&f, "", 0);
    frame_hex(&f, "02 00 0001");
    expect_kind(&f, NFLOG, DECODED_BAD);
}
END_TEST

START_TEST(pflog)
{
    frame_hello(&f);
    memset(frame_front(&f, 60), 1, 60);
    frame_hex(&f, "3d 02 00 00"); /* 61 octets and padding */
    expect_hello(&f, PFLOG);
    frame_data(&f)[1] = 99;
    expect_kind(&f, PFLOG, DECODED_OTHER);
    frame_data(&f)[0] = 0;
    expect_kind(&f, PFLOG, DECODED_BAD);
}
END_TEST

START_TEST(enc)
{
    frame_hello(&f);
    frame_hex(&f, "02000000 00001234 00000001");
    expect_hello(&f, ENC);
    frame_hello(&f);
    frame_hex(&f, "00000002 00001234 00000001");
    expect_hello(&f, ENC);
}
END_TEST

RUN_TESTS("filter_log", nflog, pflog, enc)

/* IEEE 802.11 data frames and what stands before them. */
#include "frame.h"

enum { WIFI = 105, RADIOTAP = 127, PRISM = 119, AVS = 163, PPI = 192 };

static struct frame f;

static const char *const snap_ip4 = "aaaa03 000000 0800";
#define ADDRESSES "020000000001 020000000002 020000000003"

static void hello_with(const char *header)
{
    frame_hello(&f);
    frame_hex(&f, snap_ip4);
    frame_hex(&f, header);
}

START_TEST(data_frames)
{
    static const char *const headers[] = {
        "0801 0000 " ADDRESSES " 2031",                   /* to the distribution system */
        "0802 0000 " ADDRESSES " 2031",                   /* from it */
        "0803 0000 " ADDRESSES " 2031 020000000004",      /* within it */
        "8801 0000 " ADDRESSES " 2031 0000",              /* quality of service */
        "8803 0000 " ADDRESSES " 2031 020000000004 0000", /* both */
        "8881 0000 " ADDRESSES " 2031 0000 00000000",     /* high throughput */
        "8801 0000 " ADDRESSES " 2031 0000 0000",         /* aligned to four octets */
    };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        hello_with(headers[i]);
        expect_hello(&f, WIFI);
    }
}
END_TEST

START_TEST(other_frames)
{
    static const char *const headers[] = {
        "8000 0000 " ADDRESSES " 2031", /* beacon */
        "4801 0000 " ADDRESSES " 2031", /* no data */
        "0841 0000 " ADDRESSES " 2031", /* encrypted */
        "0805 0000 " ADDRESSES " 2031", /* a fragment */
        "0801 0000 " ADDRESSES " 2231", /* the third piece of one */
        "d400 0000 " ADDRESSES " 2031", /* control */
    };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        hello_with(headers[i]);
        expect_kind(&f, WIFI, DECODED_OTHER);
    }
}
END_TEST

START_TEST(aggregate)
{
    frame_hello(&f);
    frame_hex(&f, snap_ip4);
    frame_hex(&f, "020000000005 020000000006 0029");
    frame_hex(&f, "8801 0000 " ADDRESSES " 2031 8000");
    frame_back(&f, "\0\0\0\1\2\3\4\5\6\7", 10); /* the next one */
    expect_hello(&f, WIFI);
}
END_TEST

START_TEST(capture_headers)
{
    hello_with("0801 0000 " ADDRESSES " 2031");
    frame_hex(&f, "00 00 0900 02000000 10");
    expect_hello(&f, RADIOTAP);
    hello_with("0801 0000 " ADDRESSES " 2031");
    frame_hex(&f, "00 00 0c00 69000000 01020304"); /* PPI */
    expect_hello(&f, PPI);
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "00 00 0800 01000000");
    expect_hello(&f, PPI);
    hello_with("0801 0000 " ADDRESSES " 2031");
    memset(frame_front(&f, 136), 1, 136);
    frame_hex(&f, "44000000 90000000");
    expect_hello(&f, PRISM);
    hello_with("0801 0000 " ADDRESSES " 2031");
    memset(frame_front(&f, 56), 1, 56);
    frame_hex(&f, "80211001 00000040");
    expect_hello(&f, PRISM);
    expect_hello(&f, AVS);
}
END_TEST

START_TEST(capture_headers_malformed)
{
    hello_with("0801 0000 " ADDRESSES " 2031");
    frame_hex(&f, "00 00 0300 00000000");
    expect_kind(&f, RADIOTAP, DECODED_BAD);
    expect_kind(&f, PPI, DECODED_BAD);
    hello_with("0801 0000 " ADDRESSES " 2031");
    frame_hex(&f, "00 00 ff00 00000000");
    expect_kind(&f, RADIOTAP, DECODED_BAD);
    hello_with("0801 0000 " ADDRESSES " 2031");
    frame_hex(&f, "80211001 00000007");
    expect_kind(&f, AVS, DECODED_BAD);
    hello_with("0801 0000 " ADDRESSES " 2031");
    frame_hex(&f, "00 00 0800 c0000000"); /* PPI in PPI has a bound */
    for (unsigned i = 0; i < 200; i++)
        frame_hex(&f, "00 00 0800 c0000000");
    expect_kind(&f, PPI, DECODED_BAD);
}
END_TEST

RUN_TESTS("wifi", data_frames, other_frames, aggregate, capture_headers, capture_headers_malformed)

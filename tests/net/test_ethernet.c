/* Ethernet, tags and Linux cooked captures. */
#include "frame.h"

enum { ETHERNET = 1, COOKED = 113, COOKED2 = 276 };

static struct frame f;

START_TEST(plain)
{
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    expect_hello(&f, ETHERNET);
}
END_TEST

START_TEST(tags)
{
    static const unsigned outer[] = {0x8100, 0x88a8, 0x9100, 0x9200};

    for (size_t i = 0; i < 4; i++) {
        frame_hello(&f);
        frame_hex(&f, "0064 0800");
        frame_ethernet(&f, outer[i]);
        expect_hello(&f, ETHERNET);
        /* and two of them */
        frame_hello(&f);
        frame_hex(&f, "00c8 8100 0064 0800");
        frame_ethernet(&f, outer[i]);
        expect_hello(&f, ETHERNET);
    }
}
END_TEST

START_TEST(llc_and_snap)
{
    frame_hello(&f);
    frame_hex(&f, "aaaa03 000000 0800");
    frame_ethernet(&f, (unsigned)frame_size(&f));
    expect_hello(&f, ETHERNET);
    /* the length leaves padding out */
    frame_back(&f, "\0\0\0\0\0\0", 6);
    expect_hello(&f, ETHERNET);
    /* spanning tree */
    frame_text(&f, "0123456789");
    frame_hex(&f, "424203");
    frame_ethernet(&f, (unsigned)frame_size(&f));
    expect_kind(&f, ETHERNET, DECODED_OTHER);
}
END_TEST

START_TEST(unknown_types)
{
    frame_text(&f, "0123456789012345678901234567");
    frame_ethernet(&f, 0x0806); /* ARP */
    expect_kind(&f, ETHERNET, DECODED_OTHER);
    frame_payload(&f, "", 0);
    frame_ethernet(&f, 0x0800);
    expect_kind(&f, ETHERNET, DECODED_BAD);
    frame_payload(&f, "0123456789012", 13);
    expect_kind(&f, ETHERNET, DECODED_BAD);
    frame_payload(&f, "", 0);
    expect_kind(&f, ETHERNET, DECODED_BAD);
}
END_TEST

START_TEST(cooked)
{
    frame_hello(&f);
    frame_hex(&f, "0000 0001 0006 0200000000010000 0800");
    expect_hello(&f, COOKED);
    frame_hello(&f);
    frame_hex(&f, "0064 0800");
    frame_hex(&f, "0000 0001 0006 0200000000010000 8100");
    expect_hello(&f, COOKED);
    frame_text(&f, "0123456789");
    frame_hex(&f, "0000 0001 0006 0200000000010000 0004");
    expect_kind(&f, COOKED, DECODED_OTHER);
}
END_TEST

START_TEST(cooked2)
{
    frame_hello(&f);
    frame_hex(&f, "0800 0000 00000002 0001 00 06 0200000000010000");
    expect_hello(&f, COOKED2);
    frame_text(&f, "0123456789");
    frame_hex(&f, "0806 0000 00000002 0001 00 06 0200000000010000");
    expect_kind(&f, COOKED2, DECODED_OTHER);
}
END_TEST

START_TEST(rarer_tags)
{
    frame_hello(&f);
    frame_hex(&f, "0000 0001 0800");
    frame_ethernet(&f, 0xf1c1);
    expect_hello(&f, ETHERNET);
    frame_hello(&f);
    frame_hex(&f, "0042 0001 0800");
    frame_ethernet(&f, 0x892f);
    expect_hello(&f, ETHERNET);
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "00000064");
    frame_ethernet(&f, 0x88e7);
    expect_hello(&f, ETHERNET);
    frame_hello(&f);
    frame_hex(&f, "0fc6 01 01 00000a05 00000001 00000002 00000003 00000004");
    frame_ethernet(&f, 0x894f);
    expect_hello(&f, ETHERNET);
    frame_data(&f)[15] = 0xc1; /* a header of 4 octets */
    expect_kind(&f, ETHERNET, DECODED_BAD);
}
END_TEST

RUN_TESTS("ethernet", plain, tags, rarer_tags, llc_and_snap, unknown_types, cooked, cooked2)

/* Plain media: taken the short way, with the same result (frame_decode() compares
 * the two for every frame of these tests). */
#include "frame.h"

enum { ETHERNET = 1 };

static struct frame f;
static struct frame_result r;

static void frame_media(unsigned src, unsigned dst)
{
    frame_text(&f, "payload");
    frame_hex(&f, "8000 0001 000000a0 11223344");
    frame_udp(&f, src, dst);
    frame_ip4(&f, 17, "10.0.0.1", "10.0.0.2");
    frame_ethernet(&f, 0x0800);
}

static bool is_plain(void)
{
    struct packet packet = frame_packet(&f, ETHERNET);
    struct datagram d;

    return net_plain_datagram(&packet, &d);
}

START_TEST(media)
{
    frame_media(4000, 5000);
    ck_assert(is_plain());
    frame_decode(&f, ETHERNET, &r);
    frame_back(&f, "padding", 7);
    ck_assert(is_plain());
    frame_decode(&f, ETHERNET, &r);
    for (size_t n = 0; n <= frame_size(&f); n++)
        frame_decode_cut(&f, ETHERNET, n, &r);
}
END_TEST

/* Whatever octet of the headers is another: the same result. */
START_TEST(every_octet)
{
    unsigned plain = 0, other = 0;

    frame_media(4000, 5000);
    for (size_t at = 0; at < 42; at++)
        for (unsigned value = 0; value < 256; value++) {
            uint8_t *octet = frame_data(&f) + at, before = *octet;

            *octet = (uint8_t)value;
            if (is_plain())
                plain++;
            else
                other++;
            frame_decode(&f, ETHERNET, &r);
            *octet = before;
        }
    ck_assert_uint_gt(plain, 5000); /* addresses, ports, checksums */
    ck_assert_uint_gt(other, 2000); /* types, lengths, flags */
}
END_TEST

/* Every port: what may be a tunnel goes the general way. */
START_TEST(ports)
{
    struct packet packet;
    struct decoded decoded;

    frame_media(4000, 5000);
    packet = frame_packet(&f, ETHERNET);
    for (unsigned port = 0; port < 65536; port++)
        for (unsigned at = 34; at <= 36; at += 2) {
            put16(frame_data(&f) + at, port);
            net_decode(&packet, &decoded);
            if (!plain_agrees(&packet, &decoded))
                ck_abort_msg("port %u", port);
            put16(frame_data(&f) + at, 4000);
        }
}
END_TEST

/* VXLAN with a group policy begins as RTP does. */
START_TEST(tunnels)
{
    frame_hello(&f);
    frame_ethernet(&f, 0x0800);
    frame_hex(&f, "88000001 00006300");
    frame_udp(&f, 5000, 4789);
    frame_ip4(&f, 17, "192.0.2.1", "192.0.2.2");
    frame_ethernet(&f, 0x0800);
    ck_assert(!is_plain());
    expect_hello(&f, ETHERNET);
}
END_TEST

RUN_TESTS("plain", media, every_octet, ports, tunnels)

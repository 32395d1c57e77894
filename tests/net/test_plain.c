/* Plain media: taken the short way, with the same result (frame_decode() compares
 * the two for every frame of these tests). */
#include "frame.h"

enum { ETHERNET = 1, RAW = 101, COOKED = 113, COOKED2 = 276 };

static struct frame f;
static struct frame_result r;

static void frame_media_in_ip(unsigned src, unsigned dst, unsigned version)
{
    frame_text(&f, "payload");
    frame_hex(&f, "8000 0001 000000a0 11223344");
    frame_udp(&f, src, dst);
    if (version == 4)
        frame_ip4(&f, 17, "10.0.0.1", "10.0.0.2");
    else
        frame_ip6(&f, 17, "2001:db8::1", "2001:db8::2");
}

static void frame_media(unsigned src, unsigned dst)
{
    frame_media_in_ip(src, dst, 4);
    frame_ethernet(&f, 0x0800);
}

/* The link layers that are plain. */
static const struct {
    uint32_t link;
    const char *before_type, *behind_type; /* octets */
} links[] = {
    {ETHERNET, "020000000001 020000000002", ""},
    {ETHERNET, "020000000001 020000000002 8100 0007", ""},
    {COOKED, "0000 0001 0006 020000000001 0000", ""},
    {COOKED2, "", "0000 00000001 0001 00 06 020000000001 0000"},
    {RAW, NULL, NULL},
};
enum { LINKS = sizeof links / sizeof *links };

static void frame_link(unsigned i, unsigned version)
{
    frame_media_in_ip(40000, 50000, version);
    if (links[i].link == RAW)
        return;
    frame_hex(&f, links[i].behind_type);
    frame_hex(&f, version == 4 ? "0800" : "86dd");
    frame_hex(&f, links[i].before_type);
}

static bool is_plain_on(uint32_t link)
{
    struct packet packet = frame_packet(&f, link);
    struct datagram d;

    return net_plain_datagram(&packet, &d);
}

static bool is_plain(void)
{
    return is_plain_on(ETHERNET);
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

/* Whatever bit is another, on every link layer and in both IP versions, and however
 * short it is cut: the same result. */
START_TEST(every_layer)
{
    for (unsigned i = 0; i < LINKS; i++)
        for (unsigned version = 4; version <= 6; version += 2) {
            size_t headers;

            frame_link(i, version);
            headers = frame_size(&f) - 12 - strlen("payload");
            ck_assert_msg(is_plain_on(links[i].link), "link %u, IPv%u", links[i].link, version);
            for (size_t n = 0; n <= frame_size(&f); n++)
                frame_decode_cut(&f, links[i].link, n, &r);
            for (size_t at = 0; at <= headers; at++)
                for (unsigned bit = 0; bit < 9; bit++) { /* each one, and all */
                    uint8_t *octet = frame_data(&f) + at, before = *octet;

                    *octet = (uint8_t)(before ^ (bit < 8 ? 1 << bit : 0xff));
                    frame_decode(&f, links[i].link, &r);
                    *octet = before;
                }
        }
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

/* None of them is among the ports that are no tunnel's. */
START_TEST(ports_of_tunnels)
{
    static const uint16_t tunnels[] = {1701, 2152, 3544, 4341, 4500, 4789, 4790, 6081,
                                       6635, 8472, 9060, 9061, 9062, 9063, 9899, 37008};
    const uint8_t data[] = "payload";
    unsigned count = 0;

    for (unsigned i = 0; i < sizeof tunnels / sizeof *tunnels; i++) {
        ck_assert(net_may_be_tunnel(tunnels[i], tunnels[i], data, sizeof data));
        ck_assert(net_may_be_tunnel(5060, tunnels[i], data, sizeof data));
        ck_assert(net_may_be_tunnel(tunnels[i], 40000, data, sizeof data));
    }
    for (unsigned port = 0; port < 65536; port++)
        count += net_may_be_tunnel((uint16_t)port, 5060, data, sizeof data);
    ck_assert_uint_eq(count, sizeof tunnels / sizeof *tunnels);
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

RUN_TESTS("plain", media, every_octet, every_layer, ports, ports_of_tunnels,
          tunnels)

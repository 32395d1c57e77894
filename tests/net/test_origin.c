/* Where a datagram was captured: what tells a copy from a duplicate. */
#include "frame.h"

#include "net/origin.h"

static struct frame f;

static struct net_origin origin_of(uint32_t link, uint32_t file, uint16_t interface, uint8_t ttl)
{
    struct packet packet = frame_packet(&f, link);
    struct datagram d = {.packet = &packet, .ttl = ttl};

    packet.file = file;
    packet.interface = interface;
    return net_origin(&packet, d.ttl);
}

static void make_frame(uint8_t mac, int vlan)
{
    frame_hello(&f);
    if (vlan >= 0) {
        frame_hex(&f, "0000 0800");
        put16(frame_data(&f), (unsigned)vlan);
    }
    frame_ethernet(&f, vlan >= 0 ? 0x8100 : 0x0800);
    frame_data(&f)[5] = mac;
}

START_TEST(places)
{
    struct net_origin first, other;

    make_frame(1, -1);
    first = origin_of(1, 0, 0, 64);
    other = origin_of(1, 0, 0, 64);
    ck_assert(first.tap == other.tap && first.link == other.link);
    other = origin_of(1, 0, 0, 63);
    ck_assert(first.tap == other.tap && first.link != other.link);
    other = origin_of(1, 1, 0, 64);
    ck_assert(first.tap != other.tap && first.link == other.link);
    other = origin_of(1, 0, 1, 64);
    ck_assert(first.tap != other.tap);
    make_frame(2, -1);
    ck_assert(origin_of(1, 0, 0, 64).link != first.link);
    make_frame(1, 7);
    other = origin_of(1, 0, 0, 64);
    ck_assert(other.link != first.link);
    make_frame(1, 8);
    ck_assert(origin_of(1, 0, 0, 64).link != other.link);
    make_frame(1, 0x2007); /* a priority is no other network */
    ck_assert(origin_of(1, 0, 0, 64).link == other.link);
}
END_TEST

/* Shorter than any header, and link layers without addresses. */
START_TEST(cut)
{
    static const uint32_t links[] = {1, 113, 276, 101};

    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        for (size_t n = 0; n < 24; n++) {
            uint8_t *exact = calloc(n ? n : 1, 1);
            struct packet packet = {.data = exact, .caplen = (uint32_t)n, .link = links[i]};
            struct datagram d = {.packet = &packet, .ttl = 1};

            ck_assert(net_origin(&packet, d.ttl).tap == 0);
            free(exact);
        }
}
END_TEST

RUN_TESTS("origin", places, cut)

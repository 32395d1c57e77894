/* Streams without a session description: those of other protocols are none, and
 * RTP is found with all its packets, however it begins. */
#include "suite.h"

static struct stream_table *table;
static uint64_t frame;
static unsigned flow;
static struct net_addr here, there;
static uint64_t random_state;

static uint32_t draw(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)(z ^ z >> 31);
}

static void fill(uint8_t *o, size_t n)
{
    for (size_t i = 0; i < n; i++)
        o[i] = (uint8_t)draw();
}

static void put(uint8_t *o, unsigned n, uint64_t value)
{
    for (unsigned i = 0; i < n; i++)
        o[i] = (uint8_t)(value >> 8 * (n - 1 - i));
}

static void setup(void)
{
    table = stream_table_new(NULL, NULL);
    ck_assert_ptr_nonnull(table);
    addr_parse_ip(SLICE("192.0.2.1"), 1024, &here);
    addr_parse_ip(SLICE("192.0.2.2"), 5000, &there);
    frame = 0;
    flow = 0;
    random_state = 5;
}

static void teardown(void)
{
    stream_table_free(table);
}

/* A datagram of the flow, on its way that all take. */
static void send_to(double ms, const uint8_t *data, size_t n)
{
    struct packet packet = {.time = (int64_t)llround(ms * 1e6), .frame = ++frame};
    uint32_t len = (uint32_t)n;
    struct datagram d = {.packet = &packet, .data = data, .caplen = len, .len = len,
                         .ip_bytes = len + 28, .link_bytes = len + 42, .transport = NET_UDP};
    struct stream_look look;

    d.src = here;
    d.dst = there;
    d.src.port = (uint16_t)(1024 + flow);
    if (rtp_classify(data, n, n) == RTP_MEDIA && stream_look(table, &d, &look))
        stream_media(table, &look);
}

static size_t found(void)
{
    stream_finish(table);
    return stream_count(table);
}

static void only_stream(uint64_t packets, uint64_t lost)
{
    struct stream_figures f;

    ck_assert_uint_eq(found(), 1);
    stream_figures(stream_at(table, 0), &f);
    ck_assert_uint_eq(f.packets, packets);
    ck_assert_uint_eq(f.lost, lost);
    ck_assert_int_eq(f.found_by, STREAM_BY_HEURISTIC);
}

/* ---- what is no RTP ------------------------------------------------------------ */

/* A packet's first octets, parted by blanks: in hexadecimal, or by what moves.  rN: N random
 * octets; kN: N that the flow keeps; nN, lN: a counter, big or little endian; tN: ms, uN:
 * microseconds.  What comes behind is random. */
struct protocol {
    const char *name, *octets;
};

/* Of many, the first octet says that they are not of RTP's version; others share it. */
static const struct protocol others[] = {
    {"DNS query", "n2 01000001 00000000 0000"},
    {"DNS answer, counted from 0x8000 on", "n2 81800001 00010000 0000"},
    {"DNS answer", "80 r1 81800001 00010000 0000"},
    {"DNS error", "b1 r1 85830001 00000000 0000"},
    {"multicast DNS", "0000 84000000 00010000 0000"},
    {"NetBIOS name service", "80 n1 85000000 00010000 0000"},
    {"QUIC, short header", "40 k8 r4"},
    {"QUIC, long header", "c3 00000001 08 k8"},
    {"QUIC, its fixed bit off (RFC 9287)", "80 00000001 08 k8"},
    {"QUIC, short, its fixed bit off", "05 k8 r4"},
    {"DTLS 1.2", "17 fefd 0001 0000 n4 0040"},
    {"DTLS 1.3", "2f k4 n2 0040"},
    {"DTLS handshake", "16 feff 0000 0000 n4 0040"},
    {"WireGuard", "04000000 k4 l4 00000000"},
    {"OpenVPN P_DATA_V2", "48 000001 n4"},
    {"OpenVPN P_DATA_V1", "30 n4"},
    {"IKE", "k8 k8 21202308 n4"},
    {"ESP in UDP", "80 k3 n4"},
    {"ESP in UDP, counter from 0", "b7 112233 n4"},
    {"L2TP", "4002 0040 k4"},
    {"L2TP control", "c802 0014 k4 n2 n2"},
    {"L2TPv3", "00030000 k4"},
    {"GTP-U", "30ff0040 k4 45000040"},
    {"GTP-U with numbers", "32ff0040 k4 n2 0000"},
    {"GTPv2-C", "48 20 0040 k4 n4"},
    {"VXLAN", "08000000 00001100"},
    {"GENEVE", "00006558 00001100"},
    {"LISP with a nonce (RFC 9300)", "c0 r3 00000001"},
    {"LISP, one nonce", "80 k3 00000001"},
    {"MPLS in UDP", "800011ff 45000064 n2 0000"},
    {"GUE", "01 04 0000 45000064 n2"},
    {"CAPWAP", "0020 0310 k4"},
    {"Teredo", "0001 0000 k8 60000000"},
    {"SRT data", "n4 c0000001 u4 k4"},
    {"SRT ACK", "80020000 n4 u4 k4"},
    {"SRT ACKACK", "80060000 n4 u4 k4"},
    {"SRT NAK", "80030000 00000000 u4 k4"},
    {"SRT keep-alive", "80010000 00000000 u4 k4"},
    {"uTP", "0100 k2 u4 u4 00100000 n2 n2"},
    {"uTP SYN", "4100 k2 u4 00000000"},
    {"BitTorrent DHT", "64313a61 64323a69 6432303a"},
    {"BitTorrent tracker", "k8 00000001 n4"},
    {"BitTorrent tracker, answer", "00000001 n4"},
    {"TFTP data", "0003 n2"},
    {"TFTP ACK", "0004 n2"},
    {"RADIUS", "01 n1 0040 r8"},
    {"RADIUS accounting", "04 n1 0040 r8"},
    {"NTP client", "23 0206e9 00000200 00000300"},
    {"NTP server, a leap second to be left out", "a4 0206e9 00000200 00000300 k4 t8"},
    {"SNMP", "30820040 02010104 06707562"},
    {"syslog", "3c313334 3e312032 3032362d"},
    {"CoAP", "44 01 n2 k4"},
    {"CoAP observation", "54 45 n2 k4"},
    {"DHCP", "020106 00 k4 t2 0000"},
    {"mgcp", "41554550 20 3130 30"},
    {"PTP", "0002 002c 00000200 00000000"},
    {"BFD", "20c00318 k4 k4"},
    {"RIP", "02020000 00020000 0a000000"},
    {"HSRP", "00001003 0a640100"},
    {"NetFlow v9", "0009 0010 t4 k4 n4"},
    {"IPFIX", "000a 0040 t4 n4 k4"},
    {"sFlow", "00000005 00000001 k4 00000000 n4 t4"},
    {"BACnet/IP", "810a 0018 0120ffff 00ff1008"},
    {"BACnet/IP, lengths of any size", "810a 00 r1 0120ffff 00ff1008"},
    {"KNXnet/IP", "0610 0420 0015 04 k1 n1 00"},
    {"Art-Net", "4172742d 4e657400 0050"},
    {"DDS", "52545053 0203 k8"},
    {"AFS Rx", "a5 k3 k4 00000001 n4"},
    {"T.38 over UDPTL, from 0x8000 on", "n2 06 c00180 0000 ff"},
    {"ENet", "8fff t2 8600 n2 0010 r4"},
    {"ENet, unreliable", "8001 t2 0700 n2 n2 0010"},
    {"RakNet", "84 l3 600080 l3 l3 00"},
    {"RakNet ACK", "c0 0001 01 l3"},
    {"Quake 3", "l4 r4"},
    {"Source engine", "l4 l4 00 r4"},
    {"Mumble: a counter in octet 1", "80 n1 r4"},
    {"Mosh", "80 00 0000 0000 n4"},
    {"remote desktop, a counter and a length", "80 k1 n2 0040 r2 k4"},
    {"sensors: a counter, a checksum, a name", "80 01 n2 r2 k2 k4"},
    {"sensors: a counter, measured values", "90 01 n2 02 r1 02 r1 k4"},
    {"telemetry: a counter and seconds", "a0 07 n2 5f5e1000 k4"},
};

static uint64_t moves(char what, uint64_t flow_keeps, unsigned n, unsigned i, double ms)
{
    switch (what) {
    case 'k': return flow_keeps;
    case 'n': return (n == 2 ? 0x8000 : 0) + i;
    case 't': return 1000 + (uint64_t)ms;
    case 'u': return 1000 + (uint64_t)(ms * 1000);
    default: return (uint64_t)draw() << 32 | draw();
    }
}

/* Packet number `i` of the flow; gives how many octets it has. */
static size_t write_packet(const char *text, uint8_t *o, uint64_t flow_keeps, unsigned i, double ms)
{
    size_t at = 0;

    while (*text) {
        unsigned n;

        if (*text == ' ') {
            text++;
        } else if (strchr("rknltu", *text) && text[1] >= '1' && text[1] <= '8' &&
                   (!text[2] || text[2] == ' ')) {
            n = (unsigned)(text[1] - '0');
            put(o + at, n, moves(*text, flow_keeps, n, i, ms));
            for (unsigned k = 0; *text == 'l' && k < n; k++)
                o[at + k] = (uint8_t)((uint64_t)i >> 8 * k);
            at += n;
            text += 2;
        } else {
            o[at++] = (uint8_t)strtoul((const char[]){text[0], text[1], 0}, NULL, 16);
            text += 2;
        }
    }
    return at;
}

/* At several rates, on several flows, packets of one length or of many. */
START_TEST(other_protocols)
{
    static const double every_ms[] = {1, 10, 20, 50, 1000};
    const struct protocol *p = &others[_i];
    uint8_t o[200];

    for (flow = 0; flow < 20; flow++) {
        uint64_t keeps = (uint64_t)draw() << 32 | draw();

        for (unsigned i = 0; i < 1000; i++) {
            double ms = every_ms[flow % 5] * i + (flow % 2 ? draw() % 1000 / 2000.0 : 0);

            fill(o, sizeof o);
            write_packet(p->octets, o, keeps, i, ms);
            send_to(ms, o, flow % 4 < 2 ? 64 : 40 + draw() % 160);
        }
    }
    ck_assert_msg(found() == 0, "%s: %zu", p->name, stream_count(table));
}
END_TEST

/* What can be in octets 1 to 11 behind a first one of 0x80 to 0xbf. */
enum part { CONSTANT, COUNTER, CLOCK, RANDOM, ONES, TOGGLE, ODD, LOW, LOW_24, HIGH, OCTET };

static uint64_t part_of(enum part part, unsigned i, unsigned bits)
{
    switch (part) {
    case COUNTER: return i;
    case CLOCK: return 160 * (uint64_t)i;
    case ONES: return i; /* a message count, where a timestamp would be */
    case TOGGLE: return i % 2;
    case RANDOM: return draw();
    case ODD: return i % 2 ? 0x40000000u + i : i; /* two clocks in turn */
    case LOW: return 0x22330000u | (draw() & 0xffff); /* a checksum, in half of it */
    case LOW_24: return 0x22000000u | (draw() & 0xffffff);
    case HIGH: return 0x2233 | draw() << 16;
    case OCTET: return 0x22334400u | (draw() & 0xff);
    default: return 0x2233 & ((1u << (bits - 1)) - 1);
    }
}

static const struct look_alike {
    const char *name;
    uint8_t first;
    enum part type, number, stamp, source;
} look_alikes[] = {
    {"DNS answers with identifiers from 0x8000", 0x80, RANDOM, CONSTANT, CONSTANT, CONSTANT},
    {"counter, nothing else moves", 0x80, CONSTANT, COUNTER, CONSTANT, CONSTANT},
    {"counter, random time", 0x80, CONSTANT, COUNTER, RANDOM, CONSTANT},
    {"counter, checksum where a timestamp ends", 0x80, CONSTANT, COUNTER, LOW, CONSTANT},
    {"counter, checksum where a timestamp begins", 0x80, CONSTANT, COUNTER, HIGH, CONSTANT},
    {"counter, a random octet", 0x80, CONSTANT, COUNTER, OCTET, CONSTANT},
    {"counter, three random octets", 0x80, CONSTANT, COUNTER, LOW_24, CONSTANT},
    {"counter, messages counted twice", 0x80, CONSTANT, COUNTER, ONES, CONSTANT},
    {"counter, two clocks", 0x90, CONSTANT, COUNTER, ODD, CONSTANT},
    {"counter and clock, random type", 0x80, RANDOM, COUNTER, CLOCK, CONSTANT},
    {"counter and clock, random source", 0x80, CONSTANT, COUNTER, CLOCK, RANDOM},
    {"clock, random number", 0x80, CONSTANT, RANDOM, CLOCK, CONSTANT},
    {"clock, constant number", 0x80, CONSTANT, CONSTANT, CLOCK, CONSTANT},
    {"clock, number that toggles", 0x80, CONSTANT, TOGGLE, CLOCK, CONSTANT},
    {"one header for ever", 0x80, CONSTANT, CONSTANT, CONSTANT, CONSTANT},
    {"QUIC or a tunnel: encrypted but for the first octet", 0x80, RANDOM, RANDOM, RANDOM, RANDOM},
    {"encrypted but for a connection's number", 0xa0, RANDOM, RANDOM, RANDOM, CONSTANT},
    {"counter in octet 1", 0x80, COUNTER, RANDOM, RANDOM, RANDOM},
    {"counter in octet 1, random number", 0x80, COUNTER, RANDOM, CONSTANT, CONSTANT},
};

static void look_alike(const struct look_alike *l, uint8_t type, unsigned packets, double every_ms)
{
    uint8_t o[32];

    for (unsigned i = 0; i < packets; i++) {
        fill(o, sizeof o);
        o[0] = l->first & 0x10 ? 0x80 | (o[0] & 15) : l->first;
        o[1] = l->type == CONSTANT ? type : (uint8_t)part_of(l->type, i, 8);
        put(o + 2, 2, part_of(l->number, i, 16));
        put(o + 4, 4, part_of(l->stamp, i, 32));
        put(o + 8, 4, part_of(l->source, i, 32));
        send_to(every_ms * i, o, sizeof o);
    }
}

/* As PCMU, as a dynamic type, and as one that RFC 3551 leaves alone. */
START_TEST(look_alikes_are_no_streams)
{
    static const uint8_t types[] = {0, 96, 111, 50};
    static const double every_ms[] = {20, 50, 1000};

    for (unsigned k = 0; k < 12; k++, flow++)
        look_alike(&look_alikes[_i], types[k % 4], 20000, every_ms[k / 4]);
    ck_assert_msg(found() == 0, "%s: %zu", look_alikes[_i].name, stream_count(table));
}
END_TEST

/* Twenty thousand of each, in which chance would show. */
START_TEST(random_flows_are_no_streams)
{
    static const struct look_alike kinds[] = {
        {"encrypted", 0x80, RANDOM, RANDOM, RANDOM, RANDOM},
        {"of one connection", 0x80, RANDOM, RANDOM, RANDOM, CONSTANT},
        {"counted", 0x80, CONSTANT, COUNTER, RANDOM, CONSTANT},
        {"with a checksum", 0x80, CONSTANT, COUNTER, LOW, CONSTANT},
        {"with an octet", 0x80, CONSTANT, COUNTER, OCTET, CONSTANT},
    };

    for (; flow < 20000; flow++)
        look_alike(&kinds[_i], (uint8_t)(flow & 127), 20, 20);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

/* A file in blocks that are counted, as fast as the line takes them. */
START_TEST(bulk_transfer_is_no_frame)
{
    uint8_t o[1400] = {0x80, 96};

    for (unsigned i = 0; i < 5000; i++) {
        put(o + 2, 2, i);
        send_to(0.1 * i, o, sizeof o);
    }
    ck_assert_uint_eq(found(), 0);
}
END_TEST

/* ---- what is RTP --------------------------------------------------------------- */

static void rtp_of(double ms, unsigned type, unsigned number, uint32_t stamp, size_t payload)
{
    uint8_t o[1500];

    fill(o, sizeof o);
    o[0] = 0x80;
    o[1] = (uint8_t)type;
    put(o + 2, 2, number);
    put(o + 4, 4, stamp);
    put(o + 8, 4, 0xcafe0001);
    send_to(ms, o, 12 + payload);
}

/* Type, ticks and octets of a packet, ms, first number; numbers and timestamps wrap. */
static const struct plain_case {
    unsigned type, ticks, octets, number;
    double ms;
    uint32_t stamp;
} plain[] = {
    {0, 160, 160, 100, 20, 0},
    {8, 160, 160, 65533, 20, 0xffffff00},
    {18, 160, 20, 7, 20, 0x80000000},
    {4, 240, 24, 7, 30, 77},
    {111, 960, 70, 65535, 20, 1},
    {9, 40, 40, 1, 5, 1},
    {98, 6, 36, 1, 0.125, 1},     /* AES67 at its quickest, 48000 Hz */
    {99, 300, 4, 1, 300, 1000000}, /* text, 1000 Hz */
    {33, 95, 1316, 9, 1.05, 1},
};

START_TEST(plain_streams)
{
    const struct plain_case *c = &plain[_i];

    flow = 31007; /* an odd port is as good */
    for (unsigned i = 0; i < 4; i++)
        rtp_of(c->ms * i, c->type, c->number + i, c->stamp + c->ticks * i, c->octets);
    only_stream(4, 0);
}
END_TEST

/* Four packets are the fewest. */
START_TEST(three_packets_are_none)
{
    for (unsigned i = 0; i < 3; i++)
        rtp_of(20.0 * i, 0, i, 160 * i, 160);
    ck_assert_uint_eq(found(), 0);
}
END_TEST

START_TEST(loss_of_a_tenth)
{
    unsigned sent = 0;

    for (unsigned i = 0; i < 1000; i++) {
        if (i && i < 999 && draw() % 10 == 0)
            continue;
        sent++;
        rtp_of(20.0 * i + draw() % 30, 0, i, 160 * i, 160);
    }
    ck_assert_uint_lt(sent, 950);
    only_stream(sent, 1000 - sent);
}
END_TEST

/* A description of the noise, and talk between pauses of seconds. */
START_TEST(discontinuous)
{
    double ms = 0;
    unsigned n = 0;

    for (unsigned talk = 0; talk < 20; talk++, ms += 3000) {
        rtp_of(ms, 13, n++, (uint32_t)(ms * 8), 1);
        for (unsigned i = 0; i < talk % 3 + 1; i++) {
            ms += 20;
            rtp_of(ms, i ? 0 : 0x80, n++, (uint32_t)(ms * 8), 160);
        }
    }
    only_stream(n, 0);
}
END_TEST

/* A sender whose timestamps stand still while it is silent. */
START_TEST(pauses_without_media_time)
{
    for (unsigned i = 0; i < 9; i++)
        rtp_of(20.0 * i + i / 2 * 4000.0, 0, i, 160 * i, 160);
    only_stream(9, 0);
}
END_TEST

/* A key held for two seconds: one timestamp, a duration that grows, three ends. */
START_TEST(telephone_event_first)
{
    uint8_t o[16] = {0x80, 101 | 0x80};
    unsigned n = 0;

    put(o + 8, 4, 0xcafe0001);
    for (; n < 103; n++) {
        put(o + 2, 2, n);
        put(o + 4, 4, 5000);
        o[12] = 5;
        o[13] = n < 100 ? 10 : 0x8a;
        put(o + 14, 2, 160 * (n < 100 ? n + 1 : 100));
        send_to(20.0 * n, o, sizeof o);
        o[1] = 101;
    }
    for (; n < 110; n++)
        rtp_of(20.0 * n, 0, n, 5000 + 160 * n, 160);
    only_stream(110, 0);
}
END_TEST

/* Frames of as many packets: one timestamp each, the last one marked. */
static void video(unsigned frames, unsigned first, unsigned others_of)
{
    unsigned n = 0;

    for (unsigned f = 0; f < frames; f++)
        for (unsigned i = 0, of = f ? others_of : first; i < of; i++)
            rtp_of(33.0 * f + 0.01 * i, 96 | (i + 1 == of ? 0x80 : 0), n++, 3000 * f, 1200);
}

static const unsigned lengths[] = {1, 2, 3, 4, 11, 12, 13, 14, 100, 400};

START_TEST(video_with_a_long_frame_first)
{
    video(10, lengths[_i], 3);
    only_stream(lengths[_i] + 27, 0);
}
END_TEST

/* A marker that was lost, so that the next frame's clock has to tell. */
START_TEST(long_frame_without_its_end)
{
    for (unsigned i = 0; i < 60; i++)
        rtp_of(i < 50 ? 0.01 * i : 33, 96, i < 50 ? i : i + 1, i < 50 ? 0 : 3000, 1200);
    only_stream(60, 1);
}
END_TEST

/* All at once keep to their room: none crashes, and those that wait are given back. */
START_TEST(many_long_frames)
{
    for (unsigned i = 0; i < 700; i++)
        for (flow = 0; flow < 100; flow++)
            rtp_of(0.001 * i, 96, i, 0, 1200);
    ck_assert_uint_eq(stream_count(table), 0);
    flow = 200;
    video(3, 50, 3);
    ck_assert_uint_eq(found(), 1);
}
END_TEST

/* A camera whose timestamps are a free clock's: no two steps are alike. */
START_TEST(timestamps_without_a_grid)
{
    unsigned n = 0;

    for (unsigned f = 0; f < 30; f++)
        for (unsigned i = 0, of = 1 + f % 3; i < of; i++, n++)
            rtp_of(40.0 * f + i, 96 | (i + 1 == of ? 0x80 : 0), n, 3600 * f + f * f * 7 % 101,
                   1200);
    only_stream(n, 0);
}
END_TEST

/* Frames are sent in the order in which they are decoded: I P B B, at 29.97 a second. */
START_TEST(frames_out_of_order)
{
    static const unsigned order[] = {0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11};

    for (unsigned i = 0; i < 13; i++)
        rtp_of(33.4 * i, 96 | 0x80, i, 3003 * order[i], 1200);
    only_stream(13, 0);
}
END_TEST

/* RFC 4588: what is sent again keeps the time it had. */
START_TEST(retransmissions)
{
    for (unsigned i = 0; i < 10; i++)
        rtp_of(30.0 * i, 97, i, 0x10000 + 3000 * (i ^ 1), 1200);
    only_stream(10, 0);
}
END_TEST

/* Probes of bandwidth: the same frame's packets over and over, within a moment. */
START_TEST(probes)
{
    const uint32_t stamp = 0x89dde1cf;

    for (unsigned i = 0; i < 9; i++)
        rtp_of(4.0 * i, 97, i, i == 0 ? 0 : i == 3 ? stamp + 3870 : stamp, 250);
    only_stream(9, 0);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

int main(void)
{
    TCase *t = tcase_create("candidate");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, other_protocols, 0, COUNT(others));
    tcase_add_loop_test(t, look_alikes_are_no_streams, 0, COUNT(look_alikes));
    tcase_add_loop_test(t, random_flows_are_no_streams, 0, 5);
    tcase_set_timeout(t, 60); /* under sanitizers, too */
    tcase_add_test(t, bulk_transfer_is_no_frame);
    tcase_add_loop_test(t, plain_streams, 0, COUNT(plain));
    tcase_add_test(t, three_packets_are_none);
    tcase_add_test(t, loss_of_a_tenth);
    tcase_add_test(t, discontinuous);
    tcase_add_test(t, pauses_without_media_time);
    tcase_add_test(t, telephone_event_first);
    tcase_add_loop_test(t, video_with_a_long_frame_first, 0, COUNT(lengths));
    tcase_add_test(t, long_frame_without_its_end);
    tcase_add_test(t, many_long_frames);
    tcase_add_test(t, timestamps_without_a_grid);
    tcase_add_test(t, frames_out_of_order);
    tcase_add_test(t, retransmissions);
    tcase_add_test(t, probes);
    return run_suite("candidate", t);
}

/* Packets of known flows: what is handed on in brief says what a whole look says, and
 * nothing is taken for a packet of a flow that is none. */
#include "suite.h"

#include "../net/frame.h"
#include "capture/input.h"
#include "stream/flow.h"

enum { ETHERNET = 1, VOICE = 160, HEADERS = 54, SECOND = 1000000000 };

enum stream_form { STREAM_NO_MEDIA, STREAM_WHOLE, STREAM_IN_BRIEF };

static struct frame f;
static struct stream_table *table;
static struct stream_flows *flows;
static struct stream_base base;
static struct stream_brief brief[1 + STREAM_BRIEFS_AHEAD];
static struct stream_look look;
/* The link of packets, and where their payload begins. */
static uint32_t link_type;
static unsigned headers;

static void set_up(void)
{
    table = stream_table_new(any_announced, NULL);
    flows = stream_flows_new(table);
    ck_assert_ptr_nonnull(table);
    ck_assert_ptr_nonnull(flows);
    link_type = ETHERNET;
    headers = HEADERS;
}

static void tear_down(void)
{
    stream_flows_free(flows);
    stream_table_free(table);
}

static void make_ip(unsigned payload, unsigned port, unsigned pt)
{
    uint8_t octets[1500], rtp[12] = {0x80, (uint8_t)pt, 0, 1, 0, 0, 0, 160, 0x11, 0x22, 0x33, 0x44};

    for (unsigned i = 0; i < payload; i++)
        octets[i] = (uint8_t)(i * 37);
    frame_payload(&f, octets, payload);
    memcpy(frame_front(&f, sizeof rtp), rtp, sizeof rtp);
    frame_udp(&f, port, 50000);
    frame_ip4(&f, 17, "10.0.0.1", "10.0.0.2");
}

static void make_media(unsigned payload, unsigned port, unsigned pt)
{
    make_ip(payload, port, pt);
    frame_ethernet(&f, 0x0800);
}

static struct packet packet_at(int64_t time, uint64_t number)
{
    struct packet p = frame_packet(&f, link_type);

    p.time = time;
    p.frame = number;
    return p;
}

static enum stream_form see(const struct packet *packet)
{
    struct stream_glance glance;
    struct capture_run run = {.frame = packet->frame};

    input_record(packet, &run);
    stream_glance(flows, &run, &glance);
    if (stream_see_known(flows, &run, 0, &glance, &base, brief))
        return STREAM_IN_BRIEF;
    return stream_see(flows, packet, &glance, &look) ? STREAM_WHOLE : STREAM_NO_MEDIA;
}

/* The packet begins a batch, and its flow is met twice. */
static void meet(const struct packet *packet)
{
    base = (struct stream_base){packet->time, packet->frame, packet->data};
    for (unsigned i = 0; i < 2; i++) {
        ck_assert_int_eq(see(packet), STREAM_WHOLE);
        ck_assert(stream_media_whole(table, flows, &look));
    }
}

static void same_look(const struct stream_look *a, const struct stream_look *b)
{
    const struct arrival *x = &a->arrival, *y = &b->arrival;

    ck_assert(addr_eq(&a->key.src, &b->key.src) && addr_eq(&a->key.dst, &b->key.dst));
    ck_assert_uint_eq(a->key.ssrc, b->key.ssrc);
    ck_assert_uint_eq(a->hash, b->hash);
    ck_assert_ptr_eq(a->payload, b->payload);
    ck_assert_uint_eq(a->captured, b->captured);
    ck_assert_int_eq(x->time, y->time);
    ck_assert_uint_eq(x->frame, y->frame);
    ck_assert(memcmp(&x->octets, &y->octets, sizeof x->octets) == 0);
    ck_assert_uint_eq(x->origin.link, y->origin.link);
    ck_assert_uint_eq(x->origin.tap, y->origin.tap);
    ck_assert_uint_eq(x->ip_id, y->ip_id);
    ck_assert_uint_eq(x->sequence, y->sequence);
    ck_assert_uint_eq(x->timestamp, y->timestamp);
    ck_assert_uint_eq(x->pt, y->pt);
    ck_assert_uint_eq(x->dscp, y->dscp);
    ck_assert_int_eq(x->marker, y->marker);
    ck_assert_int_eq(x->relayed, y->relayed);
    ck_assert_int_eq(x->clear, y->clear);
    ck_assert_int_eq(x->short_payload, y->short_payload);
    ck_assert_int_eq(x->looked_at, y->looked_at);
    ck_assert_int_eq(x->suspected, y->suspected);
}

/* What is seen of a packet is what stream_look_at_packet says of it. */
static enum stream_form check(const struct packet *packet)
{
    enum stream_form form = see(packet);
    struct stream_look want, got;

    ck_assert_int_eq(stream_look_at_packet(table, packet, &want), form != STREAM_NO_MEDIA);
    if (form == STREAM_WHOLE) {
        same_look(&look, &want);
    } else if (form == STREAM_IN_BRIEF) {
        stream_expand(stream_known_flow(flows, brief->flow), &base, brief,
                      stream_context(table), &got);
        same_look(&got, &want);
    }
    return form;
}

static void begin_anew(void)
{
    uint32_t type = link_type;
    unsigned n = headers;

    tear_down();
    set_up();
    link_type = type;
    headers = n;
}

/* Headers and what tells of events octet by octet, of the rest one here and there. */
static size_t after(size_t at)
{
    enum { CLOSELY = 24, STEP = 61 };

    return at < headers + CLOSELY ? at + 1 : at + STEP;
}

/* Any octet of the packet may be another one, in a block of just that size. */
static void change_every_octet(unsigned *forms)
{
    static const uint8_t changes[] = {0x01, 0x02, 0x08, 0x40, 0x80, 0xff, 0xc8 /* PT 0 to RTCP */};

    for (size_t at = 0; at < frame_size(&f); at = after(at))
        for (unsigned i = 0; i < sizeof changes; i++) {
            struct packet first = packet_at(7 * (int64_t)SECOND, 5), next = first;
            uint8_t *block = malloc(first.caplen);

            ck_assert_ptr_nonnull(block);
            begin_anew();
            meet(&first);
            memcpy(block, first.data, first.caplen);
            block[at] ^= changes[i];
            next.data = block;
            next.time += 20000000;
            next.frame++;
            base.data = block; /* what is in reach of the brief form */
            forms[check(&next)]++;
            free(block);
        }
}

START_TEST(every_octet)
{
    unsigned forms[3] = {0};

    make_media(VOICE, 40000, 0);
    change_every_octet(forms);
    make_media(20, 40000, 18);
    change_every_octet(forms);
    make_media(1200, 40000, 96);
    change_every_octet(forms);
    ck_assert_uint_gt(forms[STREAM_NO_MEDIA], 50);
    ck_assert_uint_gt(forms[STREAM_WHOLE], 200);
    ck_assert_uint_gt(forms[STREAM_IN_BRIEF], 500);
}
END_TEST

static const struct {
    uint32_t type;
    const char *header;
} links[] = {
    {1, "ffeeddccbbaa 020000000001 8100 0064 0800"},
    {113, "0004 0001 0006 020000000001 0000 0800"},
    {276, "0800 0000 00000002 0001 04 06 0200000000010000"},
    {101, ""},
};
enum { LINKS = sizeof links / sizeof links[0] };

START_TEST(other_links)
{
    unsigned forms[3] = {0};

    make_ip(VOICE, 40000, 0);
    frame_hex(&f, links[_i].header);
    link_type = links[_i].type;
    headers = (unsigned)frame_size(&f) - VOICE;
    change_every_octet(forms);
    ck_assert_uint_gt(forms[STREAM_WHOLE] + forms[STREAM_NO_MEDIA], 150);
    ck_assert_uint_gt(forms[STREAM_IN_BRIEF], 170);
}
END_TEST

/* Of packets behind each other, links' headers may be of any length. */
START_TEST(links_mixed)
{
    struct stream_glance glances[2];
    struct stream_brief briefs[2];
    struct capture_run run = {.frame = 1};
    struct packet packet;
    struct frame plain;

    make_media(VOICE, 40000, 0);
    packet = packet_at(SECOND, 1);
    meet(&packet);
    plain = f;
    make_ip(VOICE, 40002, 0);
    frame_hex(&f, links[0].header);
    packet = packet_at(SECOND, 1);
    meet(&packet);
    for (unsigned first = 0; first < 2; first++) {
        struct packet tagged = frame_packet(&f, ETHERNET), other = frame_packet(&plain, ETHERNET);

        base = (struct stream_base){0, 1, tagged.data < other.data ? tagged.data : other.data};
        input_record(first ? &tagged : &other, &run);
        run.of[run.n++] = (struct capture_record){.data = first ? other.data : tagged.data,
                                                  .caplen = first ? other.caplen : tagged.caplen,
                                                  .len = first ? other.len : tagged.len};
        stream_glance(flows, &run, glances);
        ck_assert(glances[0].may_be_known);
        ck_assert_uint_le(stream_see_known(flows, &run, 0, glances, &base, briefs), 1);
        ck_assert_uint_eq(stream_see_known(flows, &run, 1, glances, &base, briefs), 0);
    }
}
END_TEST

/* Cut at any place, or with octets behind it. */
START_TEST(every_length)
{
    struct packet packet, whole;

    make_media(VOICE, 40000, 8);
    whole = packet_at(SECOND, 1);
    meet(&whole);
    for (uint32_t n = 0; n <= whole.caplen; n++) {
        uint8_t *block = malloc(n ? n : 1);

        ck_assert_ptr_nonnull(block);
        memcpy(block, whole.data, n);
        packet = whole;
        packet.data = block;
        packet.caplen = n;
        base.data = block;
        ck_assert_int_eq(check(&packet) == STREAM_IN_BRIEF, n == whole.len);
        packet.len = n;
        ck_assert_int_eq(check(&packet) == STREAM_IN_BRIEF, n == whole.len);
        free(block);
    }
    base.data = whole.data;
    packet = whole;
    packet.len += 4; /* a trailer that was not captured */
    ck_assert_int_eq(check(&packet), STREAM_NO_MEDIA);
    frame_back(&f, "trailer", 7);
    packet = packet_at(SECOND, 1);
    ck_assert_int_eq(check(&packet), STREAM_WHOLE);
}
END_TEST

/* IPv6 whose octets are, where they stand in IPv4, lengths that fit and RTP's version:
 * others that an IPv4 packet may change are of an address here. */
START_TEST(looks_like_ip4)
{
    uint8_t voice[VOICE] = {0};
    struct packet packet;

    frame_payload(&f, voice, sizeof voice);
    frame_hex(&f, "8000 0001 000000a0 11223344");
    frame_udp(&f, 40000, 50000);
    frame_ip6(&f, 17, "2001:db8::1", "c8:1:8000::2");
    frame_ethernet(&f, 0x86dd);
    packet = packet_at(SECOND, 1);
    ck_assert_uint_eq(packet.len - 34, 0xc8);
    put16(frame_data(&f) + 16, packet.len - 14); /* flow label */
    meet(&packet);
    frame_data(&f)[41] = 2;
    ck_assert_int_eq(check(&packet), STREAM_WHOLE);
}
END_TEST

/* Payloads of any length are of one flow; as short as an event's they are not. */
START_TEST(payloads)
{
    struct packet packet;

    make_media(VOICE, 40000, 18);
    packet = packet_at(SECOND, 1);
    meet(&packet);
    for (unsigned n = 0; n < 400; n++) {
        make_media(n, 40000, 18);
        packet = packet_at(SECOND, 1);
        base.data = packet.data;
        ck_assert_int_eq(check(&packet) == STREAM_IN_BRIEF, n > 16);
    }
}
END_TEST

/* Too far from the first packet of the batch, in time, place or number. */
START_TEST(far_away)
{
    static const struct {
        int64_t time;
        int64_t place;
        uint64_t frame;
        enum stream_form form;
    } cases[] = {
        {0, 0, 0, STREAM_IN_BRIEF},
        {UINT32_MAX, 0, 0, STREAM_IN_BRIEF},
        {(int64_t)UINT32_MAX + 1, 0, 0, STREAM_WHOLE},
        {-1, 0, 0, STREAM_WHOLE},
        {0, UINT32_MAX, 0, STREAM_IN_BRIEF},
        {0, (int64_t)UINT32_MAX + 1, 0, STREAM_WHOLE},
        {0, -1, 0, STREAM_WHOLE},
        {0, 0, UINT16_MAX, STREAM_IN_BRIEF},
        {0, 0, UINT16_MAX + 1, STREAM_WHOLE},
    };

    make_media(VOICE, 40000, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct packet packet = packet_at(9 * (int64_t)SECOND, 100000);

        tear_down();
        set_up();
        meet(&packet);
        base.data = (const uint8_t *)((uintptr_t)packet.data - (uintptr_t)cases[i].place);
        packet.time += cases[i].time;
        packet.frame += cases[i].frame;
        ck_assert_int_eq(see(&packet), cases[i].form);
    }
}
END_TEST

/* With the marker these are RTCP's packet types (RFC 5761 §4). */
START_TEST(payload_types_of_rtcp)
{
    struct packet packet;

    for (unsigned pt = 0; pt < 128; pt++) {
        make_media(VOICE, 40000 + pt, pt);
        packet = packet_at(SECOND, 1);
        meet(&packet);
        ck_assert_int_eq(check(&packet), pt >= 64 && pt <= 95 ? STREAM_WHOLE : STREAM_IN_BRIEF);
        frame_data(&f)[HEADERS - 11] |= 0x80;
        check(&packet);
    }
}
END_TEST

static enum stream_form count(const struct packet *packet)
{
    enum stream_form form = see(packet);

    ck_assert_int_ne(form, STREAM_NO_MEDIA);
    if (form == STREAM_WHOLE) {
        ck_assert(stream_media_whole(table, flows, &look));
        return form;
    }
    ck_assert_uint_eq(stream_media_briefs(table, flows, &base, brief, 1), 1);
    return form;
}

/* More flows than are remembered: each packet is still counted in its own stream. */
START_TEST(more_than_are_known)
{
    enum { FLOWS = 2 * STREAM_MOST_FLOWS + 100, PACKETS = 3 };
    struct stream_figures figures;
    struct packet packet;

    make_media(VOICE, 40000, 0);
    packet = packet_at(SECOND, 1);
    base = (struct stream_base){packet.time, packet.frame, packet.data};
    for (unsigned round = 0; round < 2; round++)
        for (unsigned flow = 0; flow < FLOWS; flow++)
            for (unsigned i = 0; i < PACKETS; i++) {
                put32(frame_data(&f) + HEADERS - 4, flow);
                put16(frame_data(&f) + HEADERS - 10, round * PACKETS + i);
                put32(frame_data(&f) + HEADERS - 8, 160 * (round * PACKETS + i));
                packet.frame++;
                base.frame = packet.frame;
                count(&packet);
            }
    stream_finish(table);
    ck_assert_uint_eq(stream_count(table), FLOWS);
    for (unsigned flow = 0; flow < FLOWS; flow++) {
        stream_figures(stream_at(table, flow), &figures);
        ck_assert_uint_eq(figures.ssrc, flow);
        ck_assert_uint_eq(figures.packets, 2 * PACKETS);
        ck_assert_uint_eq(figures.lost, 0);
    }
}
END_TEST

static bool none_announced(void *ctx, const struct net_addr *src, const struct net_addr *dst,
                           const struct rtp_map **map)
{
    (void)ctx;
    (void)src;
    (void)dst;
    *map = NULL;
    return false;
}

/* A flow that no session description announced is known before it is a stream. */
START_TEST(on_trial)
{
    enum { PACKETS = 50 };
    struct stream_figures figures;
    struct packet packet;
    unsigned briefs = 0;

    tear_down();
    table = stream_table_new(none_announced, NULL);
    flows = stream_flows_new(table);
    make_media(VOICE, 40000, 0);
    packet = packet_at(SECOND, 1);
    base = (struct stream_base){packet.time, packet.frame, packet.data};
    for (unsigned i = 0; i < PACKETS; i++) {
        put16(frame_data(&f) + HEADERS - 10, i);
        put32(frame_data(&f) + HEADERS - 8, 160 * i);
        packet.time += 20000000;
        packet.frame++;
        briefs += count(&packet) == STREAM_IN_BRIEF;
    }
    ck_assert_uint_eq(briefs, PACKETS - 2);
    stream_finish(table);
    ck_assert_uint_eq(stream_count(table), 1);
    stream_figures(stream_at(table, 0), &figures);
    ck_assert_uint_eq(figures.packets, PACKETS);
    ck_assert_uint_eq(figures.first_frame, 2);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("flow");

    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, every_octet);
    tcase_add_loop_test(t, other_links, 0, LINKS);
    tcase_add_test(t, links_mixed);
    tcase_add_test(t, every_length);
    tcase_add_test(t, looks_like_ip4);
    tcase_add_test(t, payloads);
    tcase_add_test(t, far_away);
    tcase_add_test(t, payload_types_of_rtcp);
    tcase_add_test(t, more_than_are_known);
    tcase_add_test(t, on_trial);
    return run_suite("flow", t);
}

/* RTCP: RFC 3550 §6, RFC 3611, RFC 4585. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rtp/rtcp.h"
#include "support/suite.h"

/* A compound packet: a sender report about one source, a description, a BYE. */
static const uint8_t compound[] = {
    0x81, 200, 0, 12, 0, 0, 0x11, 0x11, /* SR of 0x1111 */
    0xb7, 0x05, 0x20, 0, 0x80, 0, 0, 0, /* NTP */
    0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0x20, 0, /* timestamp, packets, octets */
    0, 0, 0x22, 0x22, 0x40, 0xff, 0xff, 0xfe, /* about 0x2222: a quarter, -2 */
    0, 1, 0x02, 0x03, 0, 0, 0, 80, 0xb7, 0x05, 0x20, 0, 0, 5, 0x40, 0,
    0x81, 202, 0, 3, 0, 0, 0x11, 0x11, 1, 3, 'a', '@', 'b', 0, 0, 0, /* SDES */
    0x81, 203, 0, 1, 0, 0, 0x11, 0x11, /* BYE */
};

static struct rtcp_walk walk;
static struct rtcp_packet p;

START_TEST(sender_report)
{
    struct rtcp_sender_info info;
    struct rtcp_report r;
    uint32_t ssrc;

    ck_assert(rtcp_is_plain(compound, sizeof compound, sizeof compound));
    walk = rtcp_walk(compound, sizeof compound);
    ck_assert(rtcp_next(&walk, &p));
    ck_assert_uint_eq(p.type, RTCP_SENDER_REPORT);
    ck_assert(rtcp_sender(&p, &ssrc));
    ck_assert_uint_eq(ssrc, 0x1111);
    ck_assert(rtcp_sender_info(&p, &info));
    ck_assert_uint_eq(info.ntp >> 16 & 0xffffffff, 0x20008000);
    ck_assert_uint_eq(info.timestamp, 0x1000);
    ck_assert_uint_eq(info.packets, 256);
    ck_assert_uint_eq(info.octets, 8192);
    ck_assert(rtcp_report(&p, 0, &r));
    ck_assert_uint_eq(r.ssrc, 0x2222);
    ck_assert_uint_eq(r.fraction, 64);
    ck_assert_int_eq(r.lost, -2);
    ck_assert_uint_eq(r.highest, 0x10203);
    ck_assert_uint_eq(r.jitter, 80);
    ck_assert_uint_eq(r.last_sr, 0xb7052000);
    ck_assert_uint_eq(r.delay, 0x54000);
    ck_assert(!rtcp_report(&p, 1, &r));
}
END_TEST

START_TEST(description_and_bye)
{
    struct rtcp_report r;
    uint32_t ssrc = 0;
    struct slice name;

    walk = rtcp_walk(compound, sizeof compound);
    ck_assert(rtcp_next(&walk, &p) && rtcp_next(&walk, &p));
    name = rtcp_cname(&p, &ssrc);
    ck_assert(slice_eq(name, SLICE("a@b")));
    ck_assert_uint_eq(ssrc, 0x1111);
    ck_assert(!rtcp_report(&p, 0, &r));
    ck_assert(rtcp_next(&walk, &p));
    ck_assert_uint_eq(p.type, RTCP_BYE);
    ck_assert_uint_eq(p.count, 1);
    ck_assert(!rtcp_next(&walk, &p));
}
END_TEST

/* Every shorter piece of it is read as far as it goes, and no further. */
START_TEST(cut)
{
    static const size_t whole[] = {52, 68, 76};
    struct rtcp_report r;

    for (size_t n = 0; n < sizeof compound; n++) {
        unsigned packets = 0, want = 0;
        uint8_t *copy = malloc(n ? n : 1);

        memcpy(copy, compound, n);
        for (size_t i = 0; i < 3; i++)
            want += n >= whole[i];
        walk = rtcp_walk(copy, n);
        while (rtcp_next(&walk, &p)) {
            packets++;
            rtcp_report(&p, 0, &r);
        }
        ck_assert_uint_eq(packets, want);
        /* by the datagram's length it is whole; as a datagram it is not */
        ck_assert(rtcp_is_plain(copy, n, sizeof compound) == (n >= 4));
        ck_assert(rtcp_is_plain(copy, n, n) == (n == 52 || n == 68));
        free(copy);
    }
}
END_TEST

/* What follows the first eight octets of an encrypted one is no RTCP. */
START_TEST(encrypted)
{
    uint8_t o[66];

    memcpy(o, compound, 52);
    for (unsigned i = 52; i < sizeof o; i++)
        o[i] = (uint8_t)(i * 37);
    ck_assert(!rtcp_is_plain(o, sizeof o, sizeof o));
}
END_TEST

START_TEST(padding)
{
    const uint8_t o[] = {0xa1, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4};
    const uint8_t lie[] = {0xa1, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 200};
    const uint8_t empty[] = {0xa0, 201, 0, 0};

    walk = rtcp_walk(o, sizeof o);
    ck_assert(rtcp_next(&walk, &p));
    ck_assert_uint_eq(p.body.left, 4);
    walk = rtcp_walk(lie, sizeof lie);
    ck_assert(rtcp_next(&walk, &p));
    ck_assert_uint_eq(p.body.left, 0);
    walk = rtcp_walk(empty, sizeof empty);
    ck_assert(rtcp_next(&walk, &p));
    ck_assert_uint_eq(p.body.left, 0);
}
END_TEST

START_TEST(description_of_several)
{
    /* a chunk without a name, then one whose item's length lies */
    const uint8_t o[] = {0x82, 202, 0, 5, 0, 0, 0, 1, 2, 1, 'x', 0, 0, 0, 0, 2,
                         1,    2,   'h', 'i', 0, 0, 0, 0};
    uint8_t lie[sizeof o];
    uint32_t ssrc = 0;

    walk = rtcp_walk(o, sizeof o);
    ck_assert(rtcp_next(&walk, &p));
    ck_assert(slice_eq(rtcp_cname(&p, &ssrc), SLICE("hi")));
    ck_assert_uint_eq(ssrc, 2);
    memcpy(lie, o, sizeof o);
    lie[17] = 40;
    walk = rtcp_walk(lie, sizeof lie);
    ck_assert(rtcp_next(&walk, &p));
    ck_assert_uint_eq(rtcp_cname(&p, &ssrc).n, 0);
}
END_TEST

/* Its kind, and the sources that it names in digits, as "2,3". */
static void feedback(const uint8_t *o, size_t n, enum rtcp_feedback kind, const char *sources)
{
    struct rtcp_sources about;
    char text[64] = "";
    uint32_t ssrc;

    walk = rtcp_walk(o, n);
    ck_assert(rtcp_next(&walk, &p));
    ck_assert_int_eq(rtcp_feedback(&p, &about), kind);
    for (unsigned i = 0; rtcp_next_source(&about, &ssrc); i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%u", i ? "," : "", ssrc);
    ck_assert_str_eq(text, sources);
}
#define FEEDBACK(kind, sources, ...)                                                               \
    feedback((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), kind, sources)

START_TEST(feedback_kinds)
{
    FEEDBACK(RTCP_NACK, "2", 0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 9, 0, 0);
    FEEDBACK(RTCP_TRANSPORT_CC, "2", 0x8f, 205, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
             0);
    FEEDBACK(RTCP_PLI, "2", 0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2);
    /* SLI, TMMBR */
    FEEDBACK(RTCP_FEEDBACK_OTHER, "2", 0x82, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0);
    FEEDBACK(RTCP_FEEDBACK_OTHER, "2", 0x83, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2);
    FEEDBACK(RTCP_FEEDBACK_OTHER, "2", 0x8f, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2);
    FEEDBACK(RTCP_PLI, "", 0x81, 206, 0, 1, 0, 0, 0, 1); /* cut short */
}
END_TEST

/* FIR and REMB list whom they are about, and leave the media source 0; some senders give
 * that alone. */
START_TEST(feedback_about_several)
{
    FEEDBACK(RTCP_FIR, "3", 0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0);
    FEEDBACK(RTCP_FIR, "3,4", 0x84, 206, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0,
             0, 0, 4, 7, 0, 0, 0);
    FEEDBACK(RTCP_FIR, "2", 0x84, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2);
    FEEDBACK(RTCP_REMB, "7", 0x8f, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 1, 8, 0,
             0, 0, 0, 0, 7);
    FEEDBACK(RTCP_REMB, "7,8", 0x8f, 206, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 2, 8,
             0, 0, 0, 0, 0, 7, 0, 0, 0, 8);
    FEEDBACK(RTCP_REMB, "7", 0x8f, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 200, 8,
             0, 0, 0, 0, 0, 7); /* says more than there are */
    FEEDBACK(RTCP_REMB, "2", 0x8f, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 'R', 'E', 'M', 'B', 0, 8, 0,
             0);
}
END_TEST

START_TEST(extended_report)
{
    const uint8_t o[] = {
        0x80, 207, 0, 14, 0, 0, 0, 1,              /* of SSRC 1 */
        4, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8,        /* receiver reference time */
        7, 0, 0, 8, 0, 0, 0, 2,                    /* VoIP metrics of SSRC 2 */
        25, 12, 128, 3, 0, 100, 0x0b, 0xb8, 0, 80, 0, 40, 0xec, 0xc4, 127, 16,
        82, 127, 40, 41, 0xb0, 0, 0, 60, 0, 120, 0, 240,
        99, 0, 0, 9,                               /* a block that does not end */
    };
    struct rtcp_voip_metrics m;
    struct rtcp_block block;
    struct cursor blocks;

    walk = rtcp_walk(o, sizeof o);
    ck_assert(rtcp_next(&walk, &p));
    blocks = rtcp_blocks(&p);
    ck_assert(rtcp_next_block(&blocks, &block));
    ck_assert_uint_eq(block.type, 4);
    ck_assert_str_eq(rtcp_block_name(block.type), "receiver reference time");
    ck_assert(!rtcp_voip_metrics(&block, &m));
    ck_assert(rtcp_next_block(&blocks, &block));
    ck_assert(rtcp_voip_metrics(&block, &m));
    ck_assert_uint_eq(m.ssrc, 2);
    ck_assert_uint_eq(m.loss_rate, 25);
    ck_assert_uint_eq(m.discard_rate, 12);
    ck_assert_uint_eq(m.burst_density, 128);
    ck_assert_uint_eq(m.gap_density, 3);
    ck_assert_uint_eq(m.burst_ms, 100);
    ck_assert_uint_eq(m.gap_ms, 3000);
    ck_assert_uint_eq(m.round_trip_ms, 80);
    ck_assert_uint_eq(m.end_system_ms, 40);
    ck_assert_int_eq(m.signal_dbm, -20);
    ck_assert_int_eq(m.noise_dbm, -60);
    ck_assert_uint_eq(m.echo_return_loss, 127);
    ck_assert_uint_eq(m.gmin, 16);
    ck_assert_uint_eq(m.r_factor, 82);
    ck_assert_uint_eq(m.mos_lq, 40);
    ck_assert_uint_eq(m.mos_cq, 41);
    ck_assert_uint_eq(m.config >> 6, 2);
    ck_assert_uint_eq(m.buffer_ms, 60);
    ck_assert_uint_eq(m.buffer_max_ms, 120);
    ck_assert_uint_eq(m.buffer_limit_ms, 240);
    ck_assert(!rtcp_next_block(&blocks, &block));
}
END_TEST

/* RFC 3611 §4: each block with the least that it has, in order of its type. */
START_TEST(every_block_is_named)
{
    static const char *const names[] = {"loss RLE", "duplicate RLE", "packet receipt times",
                                        "receiver reference time", "DLRR", "statistics summary",
                                        "VoIP metrics"};
    static const uint8_t words[] = {3, 3, 2, 2, 3, 9, 8};
    uint8_t o[160] = {0x80, 207, 0, 0, 0, 0, 0, 1};
    struct rtcp_block block;
    struct cursor blocks;
    size_t n = 8;

    for (unsigned i = 0; i < 7; i++) {
        o[n] = (uint8_t)(i + 1);
        o[n + 3] = words[i];
        n += 4 + 4 * (size_t)words[i];
    }
    o[3] = (uint8_t)(n / 4 - 1);
    ck_assert(rtcp_is_plain(o, n, n));
    walk = rtcp_walk(o, n);
    ck_assert(rtcp_next(&walk, &p));
    blocks = rtcp_blocks(&p);
    for (unsigned i = 0; i < 7; i++) {
        ck_assert(rtcp_next_block(&blocks, &block));
        ck_assert_uint_eq(block.type, i + 1);
        ck_assert_uint_eq(block.body.left, 4 * (size_t)words[i]);
        ck_assert_str_eq(rtcp_block_name(block.type), names[i]);
    }
    ck_assert(!rtcp_next_block(&blocks, &block));
}
END_TEST

/* What later documents added: IANA's registry, "RTCP XR Block Type". */
START_TEST(later_blocks_are_named)
{
    for (unsigned type = 8; type <= 35; type++)
        ck_assert_msg(rtcp_block_name(type) != NULL, "%u has no name", type);
    ck_assert_str_eq(rtcp_block_name(10), "post-repair loss RLE");               /* RFC 5725 */
    ck_assert_str_eq(rtcp_block_name(13), "ECN summary");                        /* RFC 6679 */
    ck_assert_str_eq(rtcp_block_name(14), "measurement information");            /* RFC 6776 */
    ck_assert_str_eq(rtcp_block_name(15), "packet delay variation");             /* RFC 6798 */
    ck_assert_str_eq(rtcp_block_name(16), "delay");                              /* RFC 6843 */
    ck_assert_str_eq(rtcp_block_name(20), "burst/gap loss");                     /* RFC 6958 */
    ck_assert_str_eq(rtcp_block_name(21), "burst/gap discard");                  /* RFC 7003 */
    ck_assert_str_eq(rtcp_block_name(23), "de-jitter buffer");                   /* RFC 7005 */
    ck_assert_str_eq(rtcp_block_name(24), "discard count");                      /* RFC 7002 */
    ck_assert_str_eq(rtcp_block_name(29), "mean opinion score");                 /* RFC 7266 */
    ck_assert_str_eq(rtcp_block_name(30), "loss concealment");                   /* RFC 7294 */
    ck_assert_str_eq(rtcp_block_name(33), "post-repair loss count");             /* RFC 7509 */
}
END_TEST

/* RFC 5506: feedback alone, with no report before it. */
START_TEST(reduced_size)
{
    const uint8_t pli[] = {0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};

    ck_assert(rtcp_is_plain(pli, sizeof pli, sizeof pli));
    feedback(pli, sizeof pli, RTCP_PLI, "2");
    ck_assert(!rtcp_next(&walk, &p));
}
END_TEST

/* RFC 8888 §3.1: no media source; reports of three packets of SSRC 2 (one more fills the
 * word), of two of SSRC 5, then the time. */
START_TEST(congestion_control_feedback)
{
    FEEDBACK(RTCP_CONGESTION_CONTROL, "2,5", 0x8b, 205, 0, 8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 9, 0, 3,
             0x80, 1, 0x80, 2, 0x80, 3, 0, 0, 0, 0, 0, 5, 0, 7, 0, 2, 0x80, 1, 0x80, 2, 0, 0, 0x12,
             0x34);
    /* more reports than there are */
    FEEDBACK(RTCP_CONGESTION_CONTROL, "2", 0x8b, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0, 9, 0xff,
             0xff, 0x80, 1, 0, 0, 0, 0, 0x12, 0x34);
    FEEDBACK(RTCP_CONGESTION_CONTROL, "", 0x8b, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0x12, 0x34);
}
END_TEST

/* The SDES in the middle claims more than there is, or ends amid the BYE: what
 * stands before it is read, and nothing behind. */
START_TEST(bad_length_in_the_middle)
{
    static const uint8_t lengths[] = {2, 4, 6, 200};
    uint8_t o[sizeof compound];

    for (unsigned i = 0; i < sizeof lengths; i++) {
        memcpy(o, compound, sizeof o);
        o[52 + 3] = lengths[i];
        ck_assert(!rtcp_is_plain(o, sizeof o, sizeof o));
        walk = rtcp_walk(o, sizeof o);
        ck_assert(rtcp_next(&walk, &p));
        ck_assert_uint_eq(p.type, RTCP_SENDER_REPORT);
        ck_assert(rtcp_next(&walk, &p) == (lengths[i] <= 5));
        ck_assert(!rtcp_next(&walk, &p));
    }
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(rtcp_type_name(200), "SR");
    ck_assert_str_eq(rtcp_type_name(207), "XR");
    ck_assert_ptr_null(rtcp_type_name(199));
    ck_assert_ptr_null(rtcp_type_name(208));
    ck_assert_ptr_null(rtcp_block_name(0));
    ck_assert_ptr_null(rtcp_block_name(200));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("rtcp");

    tcase_add_test(t, sender_report);
    tcase_add_test(t, description_and_bye);
    tcase_add_test(t, cut);
    tcase_add_test(t, encrypted);
    tcase_add_test(t, padding);
    tcase_add_test(t, description_of_several);
    tcase_add_test(t, feedback_kinds);
    tcase_add_test(t, feedback_about_several);
    tcase_add_test(t, extended_report);
    tcase_add_test(t, every_block_is_named);
    tcase_add_test(t, later_blocks_are_named);
    tcase_add_test(t, reduced_size);
    tcase_add_test(t, congestion_control_feedback);
    tcase_add_test(t, bad_length_in_the_middle);
    tcase_add_test(t, names);
    return run_suite("rtcp", t);
}

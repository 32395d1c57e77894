/* What TCP carries besides plain SIP: TLS, STUN and TURN, media; and SIP where
 * octets are missing.  Segments are made by hand, of 192.0.2.1:40000 and
 * 192.0.2.2:5060; what they hold is counted by hand. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../capture/file.h"
#include "analysis/model.h"
#include "support/suite.h"

enum { RAW_IP = 101, HEADERS = 40, MEDIA = 60, RTP_BYTES = 172 };

static struct file file;
static struct fosip_analysis *a;
static uint32_t sequence, now;
static char octets[32768];
static size_t octets_n;

static const char *testdata(const char *name)
{
    static char paths[2][4096];
    static unsigned turn;
    const char *folder = getenv("TESTDATA");

    turn ^= 1;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder ? folder : "testdata", name);
    return paths[turn];
}

static void set_up(void)
{
    memset(&file, 0, sizeof file);
    pcap_header(&file, 0xa1b2c3d4, RAW_IP);
    sequence = 1000;
    now = 0;
    octets_n = 0;
    a = NULL;
}

static void tear_down(void)
{
    fosip_free(a);
}

/* Octets of the stream to come. */
static void add(const void *data, size_t n)
{
    ck_assert_uint_le(octets_n + n, sizeof octets);
    memcpy(octets + octets_n, data, n);
    octets_n += n;
}

static void add_text(const char *text)
{
    add(text, strlen(text));
}

static void number(uint8_t *p, uint32_t value, unsigned n)
{
    while (n--) {
        p[n] = (uint8_t)value;
        value >>= 8;
    }
}

/* Sends some of what was added in one segment, 20 ms after the last. */
static void send_some(size_t n, bool captured)
{
    uint8_t packet[HEADERS] = {0x45};

    ck_assert_uint_le(n, octets_n);
    number(packet + 2, (uint32_t)(HEADERS + n), 2);
    packet[8] = 64;
    packet[9] = 6;
    memcpy(packet + 12, "\xc0\0\x02\x01\xc0\0\x02\x02", 8);
    number(packet + 20, 40000, 2);
    number(packet + 22, 5060, 2);
    number(packet + 24, sequence, 4);
    packet[32] = 5 << 4;
    packet[33] = 0x18;
    sequence += (uint32_t)n;
    now += 20000;
    if (captured) {
        put(&file, 1700000000 + now / 1000000, 4);
        put(&file, now % 1000000, 4);
        put(&file, HEADERS + n, 4);
        put(&file, HEADERS + n, 4);
        memcpy(file.octets + file.n, packet, HEADERS);
        memcpy(file.octets + file.n + HEADERS, octets, n);
        file.n += HEADERS + n;
    }
    octets_n -= n;
    memmove(octets, octets + n, octets_n);
}

static void send_all(void)
{
    send_some(octets_n, true);
}

static void analyse_file(const char *path, const char *keys, unsigned threads)
{
    struct fosip_options options = {.tls_keys = keys, .threads = threads};
    struct fosip_error err = {0};

    ck_assert_msg(fosip_analyse(&a, &options, &path, 1, &err) == 0, "%s", err.text);
}

static void analyse(void)
{
    analyse_file(save(&file), NULL, 1);
    unlink(file.path);
}

static void add_sip(unsigned cseq)
{
    char text[512];

    snprintf(text, sizeof text,
             "OPTIONS sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK%u\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: %u\r\n"
             "CSeq: %u OPTIONS\r\nContent-Length: 4\r\n\r\nbo\r\n",
             cseq, cseq, cseq);
    add_text(text);
}

static const uint8_t stun[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4};

static void add_rtp(unsigned i)
{
    uint8_t rtp[RTP_BYTES] = {0x80, 0};

    number(rtp + 2, 100 + i, 2);
    number(rtp + 4, 160 * i, 4);
    number(rtp + 8, 0x1234567, 4);
    memset(rtp + 12, 0xd5, RTP_BYTES - 12);
    add(rtp, sizeof rtp);
}

/* One stream of MEDIA packets, none lost, as it was over TCP. */
static void expect_media(unsigned framing)
{
    struct stream_figures f;

    ck_assert_uint_eq(a->counts.rtp, MEDIA);
    ck_assert_uint_eq(stream_count(a->streams), 1);
    stream_figures(stream_at(a->streams, 0), &f);
    ck_assert_uint_eq(f.packets, MEDIA);
    ck_assert_uint_eq(f.lost, 0);
    ck_assert_uint_eq(f.ssrc, 0x1234567);
    ck_assert_uint_eq(f.ip_bytes, MEDIA * (HEADERS + framing + RTP_BYTES));
}

START_TEST(stun_among_sip)
{
    add_sip(1);
    add(stun, sizeof stun);
    add_sip(2);
    add_text("\r\n\r\n");
    add(stun, sizeof stun);
    send_all();
    add(stun, sizeof stun);
    add_sip(3);
    send_some(10, true);
    send_all();
    analyse();
    ck_assert_uint_eq(a->counts.sip, 3);
    ck_assert_uint_eq(a->counts.stun, 3);
    ck_assert_uint_eq(a->counts.sip_malformed, 0);
}
END_TEST

/* ChannelData of 176 octets, wherever segments part them. */
START_TEST(turn_over_tcp)
{
    add(stun, sizeof stun);
    for (unsigned i = 0; i < MEDIA; i++) {
        add("\x40\x01\0\xac", 4);
        add_rtp(i);
    }
    add_sip(1);
    while (octets_n > 500)
        send_some(500, true);
    send_all();
    analyse();
    ck_assert_uint_eq(a->counts.stun, 1);
    ck_assert_uint_eq(a->counts.sip, 1);
    expect_media(4);
}
END_TEST

/* Data in Send indications: type, length, cookie, transaction; DATA. */
START_TEST(turn_indications)
{
    for (unsigned i = 0; i < MEDIA; i++) {
        add("\0\x16\0\xb0\x21\x12\xa4\x42" "123456789012" "\0\x13\0\xac", 24);
        add_rtp(i);
        send_all();
    }
    analyse();
    expect_media(24);
}
END_TEST

START_TEST(media_behind_its_length)
{
    for (unsigned i = 0; i < MEDIA; i++) {
        add("\0\xac", 2);
        add_rtp(i);
        send_some(100, true);
        send_all();
    }
    add("\0\x08\x80\xc9\0\x01\x01\x23\x45\x67", 10); /* a receiver report of nothing */
    send_all();
    analyse();
    ck_assert_uint_eq(a->counts.rtcp, 1);
    expect_media(0);
}
END_TEST

START_TEST(media_behind_its_length_after_a_hole)
{
    for (unsigned i = 0; i < MEDIA; i++) {
        add("\0\xac", 2);
        add_rtp(i);
        send_some(100, i != 30);
        send_some(74, i != 29);
    }
    analyse();
    ck_assert_uint_eq(a->counts.rtp, MEDIA - 2); /* 29 and 30 */
}
END_TEST

START_TEST(interleaved_with_rtsp)
{
    add_text("RTSP/1.0 200 OK\r\nCSeq: 5\r\nSession: 1\r\n\r\n");
    for (unsigned i = 0; i < MEDIA; i++) {
        add("$\0\0\xac", 4);
        add_rtp(i);
        if (i == 20)
            add_text("RTSP/1.0 200 OK\r\nCSeq: 6\r\nContent-Length: 2\r\n\r\nok");
    }
    while (octets_n > 700)
        send_some(700, true);
    send_all();
    analyse();
    expect_media(0);
}
END_TEST

START_TEST(sip_after_a_hole)
{
    for (unsigned i = 1; i <= 4; i++)
        add_sip(i);
    send_some(100, true); /* of the first, the rest is lost */
    send_some(200, false);
    send_all();
    analyse();
    /* The first is cut short, the second has lost its start line. */
    ck_assert_uint_eq(a->counts.sip_requests, 3);
    ck_assert_uint_eq(call_count(a->calls), 3);
}
END_TEST

START_TEST(sip_from_within)
{
    add_sip(1);
    send_some(100, false);
    add_sip(2);
    add_text("\r\n\r\n");
    add_sip(3);
    send_all();
    add_text("\r\n");
    send_all();
    analyse();
    ck_assert_uint_eq(a->counts.sip, 2);
    ck_assert_uint_eq(a->counts.sip_malformed, 0);
}
END_TEST

static const struct finding *finding_of(const char *rule)
{
    for (size_t i = 0; i < a->findings.n; i++)
        if (strcmp(a->findings.v[i].rule, rule) == 0)
            return &a->findings.v[i];
    return NULL;
}

#ifdef HAVE_OPENSSL
START_TEST(tls_without_keys)
{
    const struct finding *f;

    analyse_file(testdata("tls/13_aes128.pcap"), NULL, 1);
    ck_assert_uint_eq(a->counts.sip, 0);
    ck_assert_uint_eq(a->tls.of[NET_TLS_NO_KEYS], 1);
    f = finding_of("encrypted-signalling");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->severity, FINDING_NOTE);
    ck_assert_uint_eq(f->frames[0], 4); /* the ClientHello */
    ck_assert(strstr(f->text, "192.0.2.2:5061 (sip.example.net) is TLS 1.3") != NULL);
    ck_assert(strstr(f->text, "--tls-keys") != NULL);
}
END_TEST
#endif

/* Two connections to one server are one finding. */
START_TEST(tls_twice)
{
    unsigned n = 0;

    analyse_file(testdata("tls/13_resumed.pcap"), NULL, 1);
    for (size_t i = 0; i < a->findings.n; i++)
        n += strcmp(a->findings.v[i].rule, "encrypted-signalling") == 0;
    ck_assert_uint_eq(n, 1);
    ck_assert(strstr(a->findings.v[0].text, "2 connections to 192.0.2.2:5061") != NULL);
}
END_TEST

START_TEST(the_web_is_no_finding)
{
    analyse_file(testdata("tls/13_web.pcap"), NULL, 1);
    ck_assert_uint_eq(a->tls.of[NET_TLS_NO_KEYS] + a->tls.of[NET_TLS_NO_LIBRARY], 1);
    ck_assert_ptr_null(finding_of("encrypted-signalling"));
}
END_TEST

#ifdef HAVE_OPENSSL
START_TEST(tls_with_keys)
{
    analyse_file(testdata("tls/13_aes128.pcap"), testdata("tls/keys.log"), 1);
    ck_assert_uint_eq(a->counts.sip, 10);
    ck_assert_uint_eq(a->counts.sip_malformed, 0);
    ck_assert_uint_eq(a->tls.of[NET_TLS_DECRYPTED], 1);
    ck_assert_ptr_null(finding_of("encrypted-signalling"));
}
END_TEST

START_TEST(tls_with_the_captures_own_keys)
{
    for (unsigned threads = 1; threads <= 2; threads++) {
        analyse_file(testdata("tls/13_own_keys.pcapng"), NULL, threads);
        ck_assert_uint_eq(a->counts.sip, 10);
        ck_assert_uint_eq(a->tls.of[NET_TLS_DECRYPTED], 1);
        if (threads == 1)
            fosip_free(a);
    }
}
END_TEST

START_TEST(keys_that_are_none)
{
    const char *path = testdata("tls/13_aes128.pcap");
    struct fosip_options options = {.tls_keys = "/no/such/keys"};
    struct fosip_error err;

    ck_assert_int_eq(fosip_analyse(&a, &options, &path, 1, &err), -ENOENT);
    ck_assert(strstr(err.text, "/no/such/keys") != NULL);
    options.tls_keys = path; /* a capture is no key log */
    ck_assert_int_eq(fosip_analyse(&a, &options, &path, 1, &err), -EINVAL);
    ck_assert(strstr(err.text, "CLIENT_RANDOM") != NULL);
    a = NULL;
}
END_TEST
#endif

int main(void)
{
    TCase *t = tcase_create("pipeline");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, stun_among_sip);
    tcase_add_test(t, turn_over_tcp);
    tcase_add_test(t, turn_indications);
    tcase_add_test(t, media_behind_its_length);
    tcase_add_test(t, media_behind_its_length_after_a_hole);
    tcase_add_test(t, interleaved_with_rtsp);
    tcase_add_test(t, sip_after_a_hole);
    tcase_add_test(t, sip_from_within);
    tcase_add_test(t, tls_twice);
    tcase_add_test(t, the_web_is_no_finding);
#ifdef HAVE_OPENSSL
    tcase_add_test(t, tls_without_keys);
    tcase_add_test(t, tls_with_keys);
    tcase_add_test(t, tls_with_the_captures_own_keys);
    tcase_add_test(t, keys_that_are_none);
#endif
    return run_suite("pipeline", t);
}

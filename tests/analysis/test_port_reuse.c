/* Media of calls that use the same addresses and ports one after the other, and of a
 * call that gives its payload type another meaning.  Alice (192.0.2.1) calls Bob
 * (192.0.2.2); what they send is written by hand, and counted by hand. */
#include "../capture/file.h"
#include "analysis/model.h"

enum { RAW_IP = 101, HEADERS = 28, ALICE = 1, BOB = 2, SIP = 5060, OF_ALICE = 6000, OF_BOB = 7000 };
enum { TYPE = 99, PACKETS = 50 }; /* packets of 20 ms each way in a second */

static struct file file;
static struct fosip_analysis *a;
static uint32_t ms; /* since the capture began */

static void set_up(void)
{
    memset(&file, 0, sizeof file);
    pcap_header(&file, 0xa1b2c3d4, RAW_IP);
    ms = 0;
    a = NULL;
}

static void tear_down(void)
{
    fosip_free(a);
}

static void send(unsigned from, uint16_t src, uint16_t dst, const void *data, size_t n)
{
    put(&file, 1700000000 + ms / 1000, 4);
    put(&file, ms % 1000 * 1000, 4);
    put(&file, HEADERS + n, 4);
    put(&file, HEADERS + n, 4);
    file.big = true;
    put(&file, 0x45000000 | (HEADERS + (unsigned)n), 4);
    put(&file, 0, 4);
    put(&file, 0x40110000, 4);
    put(&file, 0xc0000200 | from, 4);
    put(&file, 0xc0000200 | (from ^ ALICE ^ BOB), 4);
    put(&file, src, 2);
    put(&file, dst, 2);
    put(&file, 8 + n, 2);
    put(&file, 0, 2);
    file.big = false;
    memcpy(file.octets + file.n, data, n);
    file.n += n;
}

/* A message with a description of the sender's audio: type 99 with that clock. */
static void say(unsigned from, const char *line, unsigned call, unsigned cseq, unsigned rate)
{
    char sdp[256], text[1024];
    int n = snprintf(sdp, sizeof sdp,
                     "v=0\r\no=- 1 %u IN IP4 192.0.2.%u\r\ns=-\r\nc=IN IP4 192.0.2.%u\r\nt=0 0\r\n"
                     "m=audio %d RTP/AVP %d\r\na=rtpmap:%d speex/%u\r\n",
                     cseq, from, from, from == ALICE ? OF_ALICE : OF_BOB, TYPE, TYPE, rate);

    n = snprintf(text, sizeof text,
                 "%s\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%u-%u\r\nMax-Forwards: 70\r\n"
                 "From: <sip:alice@192.0.2.1>;tag=a\r\nTo: <sip:bob@192.0.2.2>%s\r\n"
                 "Call-ID: call-%u\r\nCSeq: %u INVITE\r\n"
                 "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s",
                 line, call, cseq, from == BOB || cseq > 1 ? ";tag=b" : "", call, cseq, n, sdp);
    send(from, SIP, SIP, text, (size_t)n);
}

static void agree(unsigned call, unsigned cseq, unsigned rate)
{
    say(ALICE, "INVITE sip:bob@192.0.2.2 SIP/2.0", call, cseq, rate);
    ms += 20;
    say(BOB, "SIP/2.0 200 OK", call, cseq, rate);
    ms += 20;
}

static void bye(unsigned call)
{
    char text[512];
    int n = snprintf(text, sizeof text,
                     "BYE sip:bob@192.0.2.2 SIP/2.0\r\n"
                     "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb%u\r\nMax-Forwards: 70\r\n"
                     "From: <sip:alice@192.0.2.1>;tag=a\r\nTo: <sip:bob@192.0.2.2>;tag=b\r\n"
                     "Call-ID: call-%u\r\nCSeq: 9 BYE\r\n"
                     "Content-Length: 0\r\n\r\n", call, call);

    send(ALICE, SIP, SIP, text, (size_t)n);
    ms += 20;
}

static void rtp(unsigned from, uint32_t ssrc, unsigned number, uint32_t timestamp)
{
    uint8_t octets[52] = {0x80, TYPE, (uint8_t)(number >> 8), (uint8_t)number};

    for (unsigned i = 0; i < 4; i++) {
        octets[4 + i] = (uint8_t)(timestamp >> (24 - 8 * i));
        octets[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
    }
    send(from, from == ALICE ? OF_ALICE : OF_BOB, from == ALICE ? OF_BOB : OF_ALICE, octets,
         sizeof octets);
}

/* `n` packets each way, numbered on from `first`, 20 ms of that clock each. */
static void talk(uint32_t ssrc, unsigned first, unsigned n, unsigned rate)
{
    for (unsigned i = 0; i < n; i++, ms += 20) {
        rtp(ALICE, ssrc, first + i, i * rate / 50);
        rtp(BOB, ssrc + 1, first + i, i * rate / 50);
    }
}

static void analyse(unsigned streams)
{
    struct fosip_options options = {.threads = 1};
    const char *path = save(&file);
    struct fosip_error err = {0};

    ck_assert_msg(fosip_analyse(&a, &options, &path, 1, &err) == 0, "%s", err.text);
    unlink(file.path);
    ck_assert_uint_eq(stream_count(a->streams), streams);
}

/* The stream is of that call, and its type means what that call says. */
static void expect(unsigned stream, uint32_t call, unsigned from, unsigned rate)
{
    struct stream_figures f;

    stream_figures(stream_at(a->streams, stream), &f);
    ck_assert_uint_eq(f.call, call);
    ck_assert_int_eq(f.direction, from == ALICE ? STREAM_TO_CALLEE : STREAM_TO_CALLER);
    ck_assert_int_eq(f.found_by, STREAM_BY_SDP);
    ck_assert_uint_eq(f.clock_rate, rate);
    ck_assert_uint_eq(f.pts[0].pt, TYPE);
    ck_assert_uint_eq(f.pts[0].clock_rate, rate);
    ck_assert_uint_eq(f.pts[0].packets, PACKETS);
    ck_assert(f.pts[0].negotiated);
    ck_assert_msg(f.ptime_ms == 20, "%g ms", f.ptime_ms);
    ck_assert_msg(f.rfc_jitter_max_ms < 0.001, "%g ms", f.rfc_jitter_max_ms);
}

static const unsigned rates[] = {8000, 16000, 32000};

START_TEST(three_calls_on_the_same_ports)
{
    for (unsigned i = 0; i < 3; i++) {
        agree(i, 1, rates[i]);
        talk(0x1000 * (i + 1), 1, PACKETS, rates[i]);
        bye(i);
        ms += 1000;
    }
    analyse(6);
    for (unsigned i = 0; i < 3; i++) {
        expect(2 * i, i, ALICE, rates[i]);
        expect(2 * i + 1, i, BOB, rates[i]);
    }
}
END_TEST

/* The last packets of a call are under way when the next one is announced. */
START_TEST(late_packets_of_the_call_before)
{
    agree(0, 1, 8000);
    talk(0x1000, 1, PACKETS, 8000);
    bye(0);
    agree(1, 1, 16000);
    rtp(ALICE, 0x1000, 1 + PACKETS, PACKETS * 160);
    talk(0x2000, 1, PACKETS, 16000);
    bye(1);
    analyse(4);
    expect(0, 0, ALICE, 8000);
    expect(1, 0, BOB, 8000);
    expect(2, 1, ALICE, 16000);
    expect(3, 1, BOB, 16000);
}
END_TEST

/* The first packets arrive before any description: the first that comes explains them. */
START_TEST(media_before_its_description)
{
    talk(0x1000, 1, PACKETS, 8000);
    agree(0, 1, 8000);
    bye(0);
    ms += 1000;
    agree(1, 1, 16000);
    talk(0x2000, 1, PACKETS, 16000);
    bye(1);
    analyse(4);
    for (unsigned i = 0; i < 2; i++) {
        struct stream_figures f;

        stream_figures(stream_at(a->streams, i), &f);
        ck_assert_uint_eq(f.call, 0);
        ck_assert_uint_eq(f.clock_rate, 8000);
    }
    expect(2, 1, ALICE, 16000);
}
END_TEST

/* The codec is that of most packets; each meaning of the type has a row of its own. */
START_TEST(offered_again_with_another_clock)
{
    struct stream_figures f;

    agree(0, 1, 16000);
    talk(0x1000, 1, PACKETS, 16000);
    agree(0, 2, 16000); /* says the same again */
    agree(0, 3, 8000);
    talk(0x1000, 1 + PACKETS, 20, 8000);
    bye(0);
    analyse(2);
    for (unsigned i = 0; i < 2; i++) {
        stream_figures(stream_at(a->streams, i), &f);
        ck_assert_uint_eq(f.pt_count, 2);
        ck_assert_uint_eq(f.pts[1].pt, TYPE);
        ck_assert_uint_eq(f.pts[1].clock_rate, 8000);
        ck_assert_uint_eq(f.pts[1].packets, 20);
        ck_assert(f.pts[1].negotiated);
        ck_assert_uint_eq(f.clock_rate, 16000);
        ck_assert_uint_eq(f.pts[0].clock_rate, 16000);
        ck_assert_uint_eq(f.pts[0].packets, PACKETS);
    }
}
END_TEST

static unsigned findings(const char *rule)
{
    unsigned n = 0;

    for (size_t i = 0; i < a->findings.n; i++)
        n += strcmp(a->findings.v[i].rule, rule) == 0;
    return n;
}

/* Each call is 3 s long, and they are 4 s apart. */
static void calls_of_3_s(unsigned count, uint32_t ssrc, uint32_t other_each_time)
{
    for (unsigned i = 0; i < count; i++) {
        agree(i, 1, 8000);
        for (unsigned k = 0; k < 150; k++, ms += 20) {
            rtp(ALICE, ssrc, k, 160 * k);
            rtp(BOB, 0x2000 + i * other_each_time, k, 160 * k);
        }
        bye(i);
        ms += 4000;
    }
}

/* Addresses, ports and SSRC make one stream; the calls after the first do have media. */
START_TEST(one_ssrc_for_all_calls)
{
    calls_of_3_s(3, 0x1000, 0);
    analyse(2);
    ck_assert_uint_eq(stream_call(stream_at(a->streams, 0)), 0);
    ck_assert_uint_eq(findings("no-media"), 0);
    ck_assert_uint_eq(findings("one-way-audio"), 0);
    ck_assert_uint_eq(findings("media-counted-elsewhere"), 4);
}
END_TEST

/* One side keeps its SSRC, the other does not. */
START_TEST(one_side_keeps_its_ssrc)
{
    calls_of_3_s(2, 0x1000, 0x100);
    analyse(3);
    ck_assert_uint_eq(findings("one-way-audio"), 0);
    ck_assert_uint_eq(findings("media-counted-elsewhere"), 1);
}
END_TEST

/* The second of three calls has none indeed. */
START_TEST(a_call_without_media_between)
{
    for (unsigned i = 0; i < 3; i++) {
        agree(i, 1, 8000);
        for (unsigned k = 0; k < 150; k++, ms += 20)
            if (i != 1) {
                rtp(ALICE, 0x1000, k, 160 * k);
                rtp(BOB, 0x2000, k, 160 * k);
            }
        bye(i);
        ms += 4000;
    }
    analyse(2);
    ck_assert_uint_eq(findings("no-media"), 1);
    ck_assert_uint_eq(findings("media-counted-elsewhere"), 2);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("port reuse");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, three_calls_on_the_same_ports);
    tcase_add_test(t, late_packets_of_the_call_before);
    tcase_add_test(t, media_before_its_description);
    tcase_add_test(t, offered_again_with_another_clock);
    tcase_add_test(t, one_ssrc_for_all_calls);
    tcase_add_test(t, one_side_keeps_its_ssrc);
    tcase_add_test(t, a_call_without_media_between);
    return run_suite("port reuse", t);
}

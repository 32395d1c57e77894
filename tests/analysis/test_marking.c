/* How packets are marked for the network, in captures written by hand. */
#include "../capture/file.h"
#include "analysis/marking.h"

enum { ETHERNET = 1, LINK = 14, IP = 20, UDP = 8, TCP = 20 };
enum { OVER_TCP = 6, OVER_UDP = 17, ALICE = 1, BOB = 2, SIP = 5060, MEDIA = 4000 };

static struct file file;
static struct fosip_analysis *a;
static uint32_t ms;

static void set_up(void)
{
    memset(&file, 0, sizeof file);
    pcap_header(&file, 0xa1b2c3d4, ETHERNET);
    ms = 0;
    a = NULL;
}

static void tear_down(void)
{
    fosip_free(a);
}

/* A packet of `size` octets, as its link layer has it, that carries `data` in front. */
static void send(unsigned from, unsigned to, unsigned dscp, unsigned protocol, uint16_t port,
                 const void *data, size_t n, size_t size)
{
    size_t end, transport = protocol == OVER_UDP ? UDP : TCP;

    put(&file, 1700000000 + ms / 1000, 4);
    put(&file, ms % 1000 * 1000, 4);
    put(&file, size, 4);
    put(&file, size, 4);
    end = file.n + size;
    file.big = true;
    put(&file, 0, 8);
    put(&file, 0, 4);
    put(&file, 0x0800, 2);
    put(&file, 0x45000000 | dscp << 18 | (unsigned)(size - LINK), 4);
    put(&file, 0, 4);
    put(&file, 0x40000000 | protocol << 16, 4);
    put(&file, 0xc0a85000 | from, 4);
    put(&file, 0xc0a85000 | to, 4);
    put(&file, port, 2);
    put(&file, port, 2);
    if (protocol == OVER_UDP) {
        put(&file, size - LINK - IP, 2);
        put(&file, 0, 2);
    } else {
        put(&file, 1000 + ms, 4);
        put(&file, 0, 4);
        put(&file, 0x50100000, 4);
        put(&file, 0, 4);
    }
    file.big = false;
    ck_assert_uint_ge(size, LINK + IP + transport + n);
    if (n)
        memcpy(file.octets + file.n, data, n);
    file.n = end;
    ms += 20;
}

static void analyse(void)
{
    struct fosip_options options = {.threads = 1};
    const char *path = save(&file);
    struct fosip_error err = {0};

    ck_assert_msg(fosip_analyse(&a, &options, &path, 1, &err) == 0, "%s", err.text);
    unlink(file.path);
}

/* The buffer of a router of 192.168.80.254: 11 packets, of which six are network
 * control, one AF31, which is the signalling, and four are not marked. */
START_TEST(buffer_of_a_router)
{
    static const struct {
        unsigned size, dscp, to, protocol;
    } listed[] = {
        {63, 48, 11, OVER_TCP}, {54, 0, 11, OVER_TCP},   {445, 26, 12, OVER_UDP},
        {63, 48, 11, OVER_TCP}, {81, 0, 255, OVER_UDP},  {81, 0, 255, OVER_UDP},
        {54, 0, 11, OVER_TCP},  {90, 48, 100, OVER_UDP}, {90, 48, 100, OVER_UDP},
        {55, 48, 11, OVER_TCP}, {90, 48, 100, OVER_UDP},
    };
    static const char message[] =
        "OPTIONS sip:192.168.80.12 SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.80.254:5060\r\n"
        "From: <sip:192.168.80.254>;tag=1\r\nTo: <sip:192.168.80.12>\r\nCall-ID: one\r\n"
        "CSeq: 101 OPTIONS\r\nMax-Forwards: 70\r\n\r\n";
    struct marked all[NET_NO_DSCP];

    for (unsigned i = 0; i < 11; i++)
        send(254, listed[i].to, listed[i].dscp, listed[i].protocol, i == 2 ? SIP : 9, message,
             i == 2 ? sizeof message - 1 : 0, listed[i].size);
    analyse();
    markings_read(a, all);
    for (unsigned i = 0; i < NET_NO_DSCP; i++)
        ck_assert_uint_eq(all[i].packets, i == 48 ? 6 : i == 26 ? 1 : i == 0 ? 4 : 0);
    ck_assert_uint_eq(all[26].sip, 1);
    ck_assert_uint_eq(all[0].sip + all[48].sip + all[26].rtp, 0);
    ck_assert_uint_eq(call_at(a->calls, 0)->messages.v[0].dscp, 26);
    ck_assert_str_eq(net_dscp_name(48), "CS6");
    ck_assert_str_eq(net_dscp_name(26), "AF31");
    ck_assert_str_eq(net_dscp_name(0), "BE");
}
END_TEST

static void say(unsigned from, const char *line)
{
    char sdp[256], text[1024];
    int n = snprintf(sdp, sizeof sdp,
                     "v=0\r\no=- 1 1 IN IP4 192.168.80.%u\r\ns=-\r\nc=IN IP4 192.168.80.%u\r\n"
                     "t=0 0\r\nm=audio %d RTP/AVP 0\r\n", from, from, MEDIA);

    n = snprintf(text, sizeof text,
                 "%s\r\nVia: SIP/2.0/UDP 192.168.80.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
                 "From: <sip:alice@192.168.80.1>;tag=a\r\nTo: <sip:bob@192.168.80.2>%s\r\n"
                 "Call-ID: call\r\nCSeq: 1 INVITE\r\n"
                 "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s",
                 line, from == BOB ? ";tag=b" : "", n, sdp);
    send(from, from ^ ALICE ^ BOB, 24, OVER_UDP, SIP, text, (size_t)n,
         LINK + IP + UDP + (size_t)n);
}

static void talk(unsigned from, unsigned dscp, unsigned first, unsigned n)
{
    uint8_t octets[172] = {0x80, 0};

    for (unsigned i = first; i < first + n; i++) {
        octets[3] = (uint8_t)i;
        octets[6] = (uint8_t)(i * 160 >> 8);
        octets[7] = (uint8_t)(i * 160);
        octets[11] = (uint8_t)from;
        send(from, from ^ ALICE ^ BOB, dscp, OVER_UDP, MEDIA, octets, sizeof octets, 214);
    }
}

static const struct finding *finding_of(const char *rule)
{
    for (size_t i = 0; i < a->findings.n; i++)
        if (!strcmp(a->findings.v[i].rule, rule))
            return &a->findings.v[i];
    return NULL;
}

/* Alice marks EF; Bob's mark is lost after 20 packets, came back for three, and is
 * lost for the rest. */
START_TEST(mark_that_changes)
{
    struct stream_figures f;

    say(ALICE, "INVITE sip:bob@192.168.80.2 SIP/2.0");
    say(BOB, "SIP/2.0 200 OK");
    talk(ALICE, 46, 0, 100);
    talk(BOB, 46, 0, 20);
    talk(BOB, 0, 20, 30);
    talk(BOB, 46, 50, 3);
    talk(BOB, 0, 53, 47);
    analyse();
    ck_assert_uint_eq(stream_count(a->streams), 2);
    stream_figures(stream_at(a->streams, 0), &f);
    ck_assert_uint_eq(f.marking_count, 1);
    ck_assert_uint_eq(f.markings[0].dscp, 46);
    ck_assert_uint_eq(f.markings[0].packets, 100);
    stream_figures(stream_at(a->streams, 1), &f);
    ck_assert_uint_eq(f.marking_count, 2);
    ck_assert_uint_eq(f.markings[0].dscp, 46);
    ck_assert_uint_eq(f.markings[0].packets, 23);
    ck_assert_uint_eq(f.markings[1].dscp, 0);
    ck_assert_uint_eq(f.markings[1].packets, 77);
    ck_assert_uint_eq(marking_of(&f), 0);
    ck_assert_ptr_nonnull(finding_of("dscp-differs"));
    ck_assert_ptr_nonnull(strstr(finding_of("dscp-differs")->text,
                                 "from the caller is marked DSCP 46 (EF), from the callee DSCP "
                                 "0 (BE)"));
}
END_TEST

/* More marks than there are rows: none of the packets is lost. */
START_TEST(every_mark)
{
    struct stream_figures f;
    uint64_t sum = 0;

    say(ALICE, "INVITE sip:bob@192.168.80.2 SIP/2.0");
    say(BOB, "SIP/2.0 200 OK");
    for (unsigned i = 0; i < 64; i++)
        talk(ALICE, i, i, 1);
    talk(BOB, 46, 0, 60);
    analyse();
    stream_figures(stream_at(a->streams, 0), &f);
    ck_assert_uint_eq(f.marking_count, STREAM_MARKINGS);
    for (unsigned i = 0; i < f.marking_count; i++) {
        ck_assert_uint_eq(f.markings[i].dscp, i);
        sum += f.markings[i].packets;
    }
    ck_assert_uint_eq(sum, 64);
}
END_TEST

START_TEST(equal_marks)
{
    say(ALICE, "INVITE sip:bob@192.168.80.2 SIP/2.0");
    say(BOB, "SIP/2.0 200 OK");
    talk(ALICE, 46, 0, 60);
    talk(BOB, 46, 0, 60);
    analyse();
    ck_assert_ptr_null(finding_of("dscp-differs"));
}
END_TEST

/* As tshark counts ip.dsfield.dscp, the first of each packet: Linux marks an ICMP error
 * as network control, whatever the packet that it quotes. */
START_TEST(error_by_its_own_mark)
{
    const char *folder = getenv("TESTDATA");
    struct fosip_options options = {.threads = 1};
    struct marked all[NET_NO_DSCP];
    struct fosip_error err = {0};
    char text[256];
    const char *path = text;

    snprintf(text, sizeof text, "%s/01a_basic_caller_bye.pcap", folder ? folder : "testdata");
    ck_assert_msg(fosip_analyse(&a, &options, &path, 1, &err) == 0, "%s", err.text);
    markings_read(a, all);
    for (unsigned i = 0; i < NET_NO_DSCP; i++)
        ck_assert_uint_eq(all[i].packets,
                          i == 46 ? 820 : i == 4 ? 11 : i == 0 ? 10 : i == 54 ? 1 : 0);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("marking");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, buffer_of_a_router);
    tcase_add_test(t, mark_that_changes);
    tcase_add_test(t, every_mark);
    tcase_add_test(t, equal_marks);
    tcase_add_test(t, error_by_its_own_mark);
    return run_suite("marking", t);
}

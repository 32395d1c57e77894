/* Text logs as captures: testdata/logs has one call in the words of many
 * programs, and each has to give the same octets. */
#include <fcntl.h>
#include <sys/stat.h>

#include "file.h"

#include "base/time.h"
#include "capture/text_header.h"

static struct file f;
static struct packet p;
static struct text_header header;

static void setup(void)
{
    memset(&f, 0, sizeof f);
}

static void teardown(void)
{
    if (*f.path)
        unlink(f.path);
}

#define SDP(user, ip, port)                                                                        \
    "v=0\r\no=" user " 1 1 IN IP4 " ip "\r\ns=-\r\nc=IN IP4 " ip "\r\nt=0 0\r\nm=audio " port      \
    " RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
#define FROM "From: \"Alice\" <sip:alice@192.0.2.1>;tag=a1\r\n"

/* What alice (192.0.2.1) and bob (192.0.2.2) said, seen from bob's side. */
static const char *const messages[] = {
    "INVITE sip:bob@192.0.2.2 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-log-1\r\nMax-Forwards: 70\r\n" FROM
    "To: <sip:bob@192.0.2.2>\r\nCall-ID: log-1@192.0.2.1\r\nCSeq: 1 INVITE\r\n"
    "Contact: <sip:alice@192.0.2.1:5060>\r\nContent-Type: application/sdp\r\n"
    "Content-Length: 113\r\n\r\n" SDP("alice", "192.0.2.1", "4000"),
    "SIP/2.0 200 OK\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-log-1\r\n" FROM
    "To: <sip:bob@192.0.2.2>;tag=b2\r\nCall-ID: log-1@192.0.2.1\r\nCSeq: 1 INVITE\r\n"
    "Contact: <sip:bob@192.0.2.2:5060>\r\nContent-Type: application/sdp\r\n"
    "Content-Length: 111\r\n\r\n" SDP("bob", "192.0.2.2", "4002"),
    "ACK sip:bob@192.0.2.2:5060 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-log-2\r\nMax-Forwards: 70\r\n" FROM
    "To: <sip:bob@192.0.2.2>;tag=b2\r\nCall-ID: log-1@192.0.2.1\r\nCSeq: 1 ACK\r\n"
    "Content-Length: 0\r\n\r\n",
};

enum times { DATE, YEARLESS, DATELESS, TIMELESS };
enum ends { BOTH, REMOTE, NONE }; /* whose addresses the log says */

/* The moments of the messages: 24 November 2026, 12:00. */
static int64_t moment(enum times times, unsigned message)
{
    static const int64_t ms[] = {43200123, 43201123, 43201200};
    static const int64_t days[] = {20781 * TIME_DAY, TIME_OF_YEAR + 327 * TIME_DAY, TIME_OF_DAY};

    return times == TIMELESS ? TIME_UNKNOWN : days[times] + ms[message] * 1000000;
}

static const char *path_of(const char *name, char path[256])
{
    const char *testdata = getenv("TESTDATA");

    snprintf(path, 256, "%s/logs/%s", testdata ? testdata : "testdata", name);
    return path;
}

static void expect_address(const struct text_address *a, bool known, uint8_t last)
{
    const uint8_t ip[16] = {192, 0, 2, last};

    ck_assert_uint_eq(a->family, known ? 4 : 0);
    if (!known)
        return;
    ck_assert_mem_eq(a->ip, ip, 16);
    ck_assert_uint_eq(a->port[0] << 8 | a->port[1], 5060);
}

static void expect_ends(enum ends ends, unsigned message)
{
    bool received = message != 1;
    bool says_src = ends == BOTH || (ends == REMOTE && received);
    bool says_dst = ends == BOTH || (ends == REMOTE && !received);

    expect_address(&header.src, says_src, received ? 1 : 2);
    expect_address(&header.dst, says_dst, received ? 2 : 1);
}

static void read_message(struct capture *c, const char *message)
{
    ck_assert(capture_next(c, &p));
    ck_assert_uint_eq(p.link, LINK_TEXT);
    ck_assert(!p.stable);
    ck_assert_uint_eq(p.caplen, sizeof header + strlen(message));
    ck_assert_uint_eq(p.len, p.caplen);
    memcpy(&header, p.data, sizeof header);
    ck_assert_mem_eq(p.data + sizeof header, message, strlen(message));
}

static const struct {
    const char *name, *format;
    enum times times;
    enum ends ends;
    enum text_transport received, sent; /* what the log says of those */
    bool directed;
} logs[] = {
    {"acme.txt", "acme", YEARLESS, BOTH, TEXT_NO_TRANSPORT, TEXT_NO_TRANSPORT, true},
    {"asterisk.txt", "asterisk", DATE, REMOTE, TEXT_UDP, TEXT_NO_TRANSPORT, true},
    {"audiocodes.txt", "audiocodes", DATELESS, REMOTE, TEXT_NO_TRANSPORT, TEXT_NO_TRANSPORT, true},
    {"baresip.txt", "baresip", TIMELESS, BOTH, TEXT_UDP, TEXT_UDP, false},
    {"ccsip-syslog.txt", "ccsip", YEARLESS, NONE, TEXT_NO_TRANSPORT, TEXT_NO_TRANSPORT, true},
    {"ccsip.txt", "ccsip", YEARLESS, NONE, TEXT_NO_TRANSPORT, TEXT_NO_TRANSPORT, true},
    {"cucm-sdl.txt", "cucm", DATELESS, REMOTE, TEXT_UDP, TEXT_UDP, true},
    {"cucm-tcp.txt", "cucm", DATELESS, REMOTE, TEXT_TCP, TEXT_TCP, true},
    {"freeswitch.txt", "freeswitch", DATELESS, REMOTE, TEXT_UDP, TEXT_UDP, true},
    {"linphone-ios.txt", "linphone", DATE, REMOTE, TEXT_UDP, TEXT_UDP, true},
    {"linphone.txt", "linphone", DATE, REMOTE, TEXT_UDP, TEXT_UDP, true},
    {"mail.txt", "text", TIMELESS, NONE, TEXT_NO_TRANSPORT, TEXT_NO_TRANSPORT, false},
    {"ngrep-single.txt", "ngrep", DATE, BOTH, TEXT_UDP, TEXT_UDP, false},
    {"ngrep.txt", "ngrep", DATE, BOTH, TEXT_UDP, TEXT_UDP, false},
    {"pjsip.txt", "pjsip", YEARLESS, REMOTE, TEXT_UDP, TEXT_UDP, true},
    {"pjsua.txt", "pjsua", DATELESS, REMOTE, TEXT_UDP, TEXT_UDP, true},
    {"sipdump.txt", "sipdump", DATE, BOTH, TEXT_UDP, TEXT_UDP, true},
    {"sipp.txt", "sipp", DATE, NONE, TEXT_UDP, TEXT_UDP, true},
    {"sngrep.txt", "sngrep", DATE, BOTH, TEXT_NO_TRANSPORT, TEXT_NO_TRANSPORT, false},
    {"twinkle.txt", "twinkle", DATELESS, REMOTE, TEXT_UDP, TEXT_UDP, true},
    {"windows.txt", "text", DATELESS, NONE, TEXT_NO_TRANSPORT, TEXT_NO_TRANSPORT, false},
    {"xlog-syslog.txt", "text", DATE, BOTH, TEXT_UDP, TEXT_UDP, false},
    {"xlog.txt", "text", TIMELESS, NONE, TEXT_NO_TRANSPORT, TEXT_NO_TRANSPORT, false},
};

START_TEST(every_dialect)
{
    char path[256];
    struct capture *c = open_ok(path_of(logs[_i].name, path));

    for (unsigned i = 0; i < 3; i++) {
        read_message(c, messages[i]);
        ck_assert_int_eq(p.time, moment(logs[_i].times, i));
        expect_ends(logs[_i].ends, i);
        ck_assert_uint_eq(header.transport, i == 1 ? logs[_i].sent : logs[_i].received);
        ck_assert_uint_eq(header.direction, !logs[_i].directed ? TEXT_NO_DIRECTION
                                            : i == 1           ? TEXT_SENT
                                                               : TEXT_RECEIVED);
    }
    ck_assert(!capture_next(c, &p));
    ck_assert_ptr_null(capture_file(c, 0).problem);
    ck_assert_str_eq(capture_file(c, 0).format, logs[_i].format);
    ck_assert_uint_eq(capture_file(c, 0).link_count, 1);
    ck_assert(!capture_stable(c));
    capture_close(c);
}
END_TEST

static void load(const char *name)
{
    char path[256];
    FILE *in = fopen(path_of(name, path), "rb");

    ck_assert_ptr_nonnull(in);
    f.n = fread(f.octets, 1, sizeof f.octets, in);
    fclose(in);
}

/* Wherever the log ends: what is there is given, and never more messages than
 * have begun, nor more octets than they had (but for half an escape at the end). */
START_TEST(cut_at_every_octet)
{
    enum { ESCAPE = 7 };
    static uint8_t whole[65536];
    size_t n;

    load(logs[_i].name);
    n = f.n;
    memcpy(whole, f.octets, n);
    for (size_t at = 0; at < n; at++) {
        char *copy = malloc(at + 1); /* so that reading past it is seen */
        unsigned count = 0;
        struct capture *c;

        memcpy(copy, whole, at);
        memcpy(f.octets, copy, at);
        free(copy);
        f.n = at;
        c = open_ok(save(&f));
        while (capture_next(c, &p)) {
            ck_assert_uint_lt(count, 3);
            ck_assert_uint_le(p.caplen, p.len);
            if (p.caplen == p.len)
                ck_assert_uint_le(p.len, sizeof header + strlen(messages[count]) + ESCAPE);
            count++;
        }
        ck_assert(count > 0 || capture_file(c, 0).problem);
        capture_close(c);
        unlink(f.path);
    }
}
END_TEST

START_TEST(from_a_pipe)
{
    int ends[2];
    char path[64];
    struct capture *c;

    load("ccsip.txt");
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], f.octets, f.n), (ssize_t)f.n);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    c = open_ok(path);
    for (unsigned i = 0; i < 3; i++)
        read_message(c, messages[i]);
    ck_assert(!capture_next(c, &p));
    capture_close(c);
    close(ends[0]);
}
END_TEST

static void expect_refused(const char *text, size_t n, const char *about)
{
    struct capture *c;

    memcpy(f.octets, text, n);
    f.n = n;
    c = open_ok(save(&f));
    ck_assert_uint_eq(capture_readable(c), 0);
    ck_assert_msg(strstr(capture_file(c, 0).problem, about) != NULL, "%s",
                  capture_file(c, 0).problem);
    capture_close(c);
    unlink(f.path);
}

START_TEST(no_logs)
{
    static const char binary[] = "INVITE sip:a@b SIP/2.0\nTo: x\0y";

    expect_refused("Dear all,\nnothing here.\n", 24, "text that holds no SIP message");
    expect_refused("SIP/2.0 200 OK is an answer\n", 28, "text that holds no SIP message");
    expect_refused(binary, sizeof binary, "pcap or pcapng was expected");
    expect_refused("\xff\xfe"
                   "I\0N\0",
                   6, "UTF-16");
}
END_TEST

/* Where one log has no time, its messages stay behind those before them. */
START_TEST(merged)
{
    const char *paths[2];
    char a[256], b[256];
    struct capture *c;
    struct fosip_error err;
    uint64_t from[2] = {0, 0};

    paths[0] = path_of("sipp.txt", a);
    paths[1] = path_of("xlog.txt", b);
    ck_assert_int_eq(capture_open(&c, NULL, paths, 2, &err), 0);
    while (capture_next(c, &p)) {
        from[p.file]++;
        ck_assert(p.file == 1 || from[1] == 3);
    }
    ck_assert_uint_eq(from[0], 3);
    ck_assert_uint_eq(from[1], 3);
    capture_close(c);
}
END_TEST

/* Notes beside captures are left alone; a directory of logs is read. */
START_TEST(a_directory)
{
    char folder[] = "/tmp/fosip-test-XXXXXX", log[128], pcap[128];
    struct capture *c;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    load("sipp.txt");
    snprintf(log, sizeof log, "%s/a.log", folder);
    ck_assert_int_eq(rename(save(&f), log), 0);
    c = open_ok(folder);
    ck_assert_uint_eq(capture_readable(c), 1);
    capture_close(c);
    f.n = 0;
    pcap_header(&f, 0xa1b2c3d4, 1);
    snprintf(pcap, sizeof pcap, "%s/b.pcap", folder);
    ck_assert_int_eq(rename(save(&f), pcap), 0);
    c = open_ok(folder);
    ck_assert_uint_eq(capture_file_count(c), 1);
    ck_assert_str_eq(capture_file(c, 0).path, pcap);
    capture_close(c);
    unlink(log);
    unlink(pcap);
    rmdir(folder);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("text_log");
    int count = sizeof logs / sizeof logs[0];

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, every_dialect, 0, count);
    tcase_add_loop_test(tcase, cut_at_every_octet, 0, count);
    tcase_add_test(tcase, from_a_pipe);
    tcase_add_test(tcase, no_logs);
    tcase_add_test(tcase, merged);
    tcase_add_test(tcase, a_directory);
    return run_suite("text_log", tcase);
}

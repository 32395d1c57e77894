/* Recognising files: what is none of ours, by its first octets (as editcap and
 * the formats' own programs write them), and every format cut at every octet. */
#include "file.h"

static struct file f;

static void setup(void)
{
    memset(&f, 0, sizeof f);
}

static void teardown(void)
{
    if (*f.path)
        unlink(f.path);
}

static const struct {
    const char *octets;
    size_t n;
    const char *about;
} foreign[] = {
    {"iptrace 1.0", 11, "iptrace, which fosip does not read: convert it with editcap"},
    {"iptrace 2.0", 11, "iptrace"},
    {"RTSS\1\1\1\0", 8, "Network Monitor 1"},
    {"GMBU\0\2\1\0", 8, "Network Monitor 2"},
    {"\x05VNF\x12\0\0\0", 8, "Visual Networks"},
    {"+---------+---------------+----------+", 38, "K12"},
    {"TRSNIFF data    \x1a\0", 18, "Sniffer (DOS)"},
    {"XCP\0" "002.001", 12, "Sniffer (Windows)"},
    {"btsnoop\0\0\0\0\1", 12, "Bluetooth"},
    {"ObserverPktBufferVersion=15.00", 30, "Observer"},
    {"\xaa\xaa\xaa\xaa\x20\0\0\0", 8, "5View"},
    {"\1\x10\x4c\0\1\5Trace", 11, "LANalyzer"},
    {"TR\0d\0\0\0\0", 8, "nettl"},
    {"#!rtpplay1.0 127.0.0.1/1\n", 25, "rtpdump"},
    {"PK\3\4\24\0", 6, "ZIP archive: unpack it"},
    {"7z\xbc\xaf\x27\x1c\0\4", 8, "7-Zip"},
    {"%PDF-1.7\n", 9, "PDF"},
    {"\177ELF\2\1\1", 7, "a program"},
    {"LPKSHHRH\0\0\0\0", 12, "systemd journal"},
    {"{\"log\":{\"version\":\"1.2\"", 23, "HAR"},
    {"\r\n\r\r\r\n\x1c\0", 8, "copied as text"},
    {"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 12, "copied as UTF-8"},
    {"version https://git-lfs.github.com/spec/v1\n", 43, "Git LFS"},
    {"\2\x21\x4c\x18\0\0", 6, "legacy"},
    {"\xff\xfeI\0N\0", 6, "UTF-16"},
    {"<?xml version=\"1.0\"?>\n", 22, "XML"},
    {"garbage", 7, "text that holds no SIP message"},
    {"\1garbage", 8, "01 67 61 72"},
};
enum { FOREIGN = sizeof foreign / sizeof foreign[0] };

START_TEST(foreign_formats)
{
    struct capture *c;
    const char *problem;

    memcpy(f.octets, foreign[_i].octets, f.n = foreign[_i].n);
    c = open_ok(save(&f));
    problem = capture_file(c, 0).problem;
    ck_assert_uint_eq(capture_readable(c), 0);
    ck_assert_msg(strstr(problem, foreign[_i].about) != NULL, "%s", problem);
    ck_assert(strncmp(problem, f.path, strlen(f.path)) == 0);
    capture_close(c);
}
END_TEST

START_TEST(a_tar_archive)
{
    struct capture *c;

    put_text(&f, "trace.pcap");
    f.n = 257;
    put_text(&f, "ustar");
    f.n = 512;
    c = open_ok(save(&f));
    ck_assert(strstr(capture_file(c, 0).problem, "tar archive: unpack it"));
    capture_close(c);
}
END_TEST

/* Where a cut leaves nothing undone: behind the file's header and behind each
 * record or block, as their lengths in the file add up. */
static const struct {
    const char *file;
    unsigned silent; /* such cuts, up to 4096 and before the end */
} formats[] = {
    {"04a_busy.pcap", 7},
    {"files/nanoseconds.pcap", 7},
    {"files/busy.snoop", 7},
    {"files/busy.pcapng", 8},
    {"files/features.pcapng", 17},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

/* What is before the cut is read as it is in the whole file; a cut within a
 * record is a warning, within the file's header nothing can be read. */
START_TEST(cut_everywhere)
{
    size_t most;
    unsigned silent = 0;

    read_whole(&f, bundled(formats[_i].file));
    most = f.n - 1 < 4096 ? f.n - 1 : 4096;
    for (f.n = 0; f.n <= most; f.n++) {
        struct capture *want = open_ok(bundled(formats[_i].file)), *got = open_ok(save(&f));
        struct capture_file file;

        compare_packets(want, got, 1);
        file = capture_file(got, 0);
        silent += !file.problem;
        if (file.problem) {
            ck_assert(strncmp(file.problem, f.path, strlen(f.path)) == 0);
            ck_assert_int_eq(file.damaged, capture_readable(got) == 0);
            ck_assert_msg(!capture_readable(got) || strstr(file.problem, "is cut short"), "%s",
                          file.problem);
        }
        capture_close(want);
        capture_close(got);
        unlink(f.path);
    }
    ck_assert_uint_eq(silent, formats[_i].silent);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("reader");

    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, foreign_formats, 0, FOREIGN);
    tcase_add_test(t, a_tar_archive);
    tcase_add_loop_test(t, cut_everywhere, 0, FORMATS);
    return run_suite("reader", t);
}

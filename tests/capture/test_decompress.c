/* Compressed captures: all members of every format, from files and pipes, cut
 * and damaged everywhere.  testdata/files holds the packets of 04a_busy.pcap, as
 * gzip, zstd, lz4, bzip2 and xz packed them. */
#include <sys/wait.h>

#include "capture/decompress.h"
#include "file.h"

enum { PACKETS = 18 }; /* of 04a_busy.pcap, as capinfos counts them */

static struct file f;

static const struct {
    const char *file, *name;
    unsigned padding; /* zeros at the end */
} packed[] = {
    {"files/busy.pcap.gz", "gzip", 0},   {"files/members.gz", "gzip", 512},
    {"files/busy.pcap.zst", "zstd", 0},  {"files/frames.zst", "zstd", 0},
    {"files/busy.pcap.lz4", "lz4", 0},   {"files/frames.lz4", "lz4", 0},
    {"files/busy.pcap.bz2", "bzip2", 0}, {"files/streams.bz2", "bzip2", 0},
    {"files/busy.pcap.xz", "xz", 0},     {"files/streams.xz", "xz", 4},
};
enum { FILES = sizeof packed / sizeof packed[0] };

static void setup(void)
{
    memset(&f, 0, sizeof f);
}

static void teardown(void)
{
    if (*f.path)
        unlink(f.path);
}

static bool built_in(const char *name)
{
    for (const struct compression *c = compressions; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c->open != NULL;
    return false;
}

static struct capture *open_ahead(const char *path, bool ahead)
{
    struct capture_options options = {.ahead = ahead};
    struct fosip_error err;
    struct capture *c;

    ck_assert_msg(capture_open(&c, &options, &path, 1, &err) == 0, "%s", err.text);
    return c;
}

/* What is in the file, whole: the same packets and no problem. */
static void expect_all(const char *path, const char *name, bool ahead)
{
    struct capture *want = open_ok(bundled("04a_busy.pcap")), *got = open_ahead(path, ahead);
    struct capture_file file;

    ck_assert_uint_eq(compare_packets(want, got, 1), PACKETS);
    file = capture_file(got, 0);
    ck_assert_str_eq(file.compression, name);
    ck_assert_str_eq(file.format, "pcap");
    ck_assert_msg(file.problem == NULL, "%s", file.problem);
    ck_assert(!capture_stable(got));
    capture_close(want);
    capture_close(got);
}

START_TEST(from_a_file)
{
    if (built_in(packed[_i].name))
        expect_all(bundled(packed[_i].file), packed[_i].name, false);
}
END_TEST

/* The name says nothing, and octets come as they like: on this thread or another. */
START_TEST(from_a_pipe)
{
    int ends[2];
    pid_t child;
    char path[64];
    int which = _i % FILES;

    if (!built_in(packed[which].name))
        return;
    read_whole(&f, bundled(packed[which].file));
    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        close(ends[0]);
        for (size_t at = 0; at < f.n; at += 7)
            if (write(ends[1], f.octets + at, f.n - at < 7 ? f.n - at : 7) < 0)
                _exit(1);
        _exit(0);
    }
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    expect_all(path, packed[which].name, _i >= FILES);
    close(ends[0]);
    waitpid(child, NULL, 0);
}
END_TEST

/* A pipe that stays silent while another thread waits for it. */
START_TEST(closed_while_nothing_comes)
{
    struct capture *c;
    struct packet packet;
    size_t half;
    int ends[2];
    char path[64];

    if (!built_in("gzip"))
        return;
    read_whole(&f, bundled("files/busy.pcap.gz"));
    half = f.n / 2;
    ck_assert_int_eq(pipe(ends), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    ck_assert_int_eq(write(ends[1], f.octets, half), (ssize_t)half);
    c = open_ahead(path, true);
    ck_assert_int_gt(write(ends[1], f.octets + half, half / 2), 0);
    for (unsigned i = 0; i < 7; i++) /* more than the first half holds */
        ck_assert(capture_next(c, &packet));
    capture_close(c);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* What is read of a broken file is the beginning of the whole one, and the
 * problem names the file, the format and the place: whether there is one. */
static bool expect_beginning(const char *path)
{
    struct capture *want = open_ok(bundled("04a_busy.pcap")), *got = open_ok(path);
    unsigned n = compare_packets(want, got, 1);
    struct capture_file file = capture_file(got, 0);
    bool said = file.problem != NULL;

    if (said) {
        ck_assert(strncmp(file.problem, path, strlen(path)) == 0);
        ck_assert_msg(!file.compression || strstr(file.problem, "offset") ||
                          strstr(file.problem, "empty"),
                      "%s", file.problem);
        if (n) /* cut between members, a record may be */
            ck_assert_msg(strstr(file.problem, "cut short") && !file.damaged, "%s", file.problem);
    }
    capture_close(want);
    capture_close(got);
    return said;
}

START_TEST(cut_everywhere)
{
    size_t whole;
    unsigned silent = 0;

    if (!built_in(packed[_i].name))
        return;
    read_whole(&f, bundled(packed[_i].file));
    whole = f.n;
    for (f.n = 0; f.n < whole; f.n++) {
        silent += !expect_beginning(save(&f));
        unlink(f.path);
    }
    /* Nothing is wrong with a cut in the padding after the last member only. */
    ck_assert_uint_eq(silent, packed[_i].padding);
}
END_TEST

START_TEST(damaged_everywhere)
{
    unsigned silent = 0;

    if (!built_in(packed[_i].name))
        return;
    read_whole(&f, bundled(packed[_i].file));
    for (size_t at = 0; at < f.n; at++) {
        struct capture *c;

        f.octets[at] ^= 0x55;
        c = open_ok(save(&f));
        while (capture_next(c, &(struct packet){0}))
            ;
        if (!capture_file(c, 0).problem) {
            silent++;
            expect_all(f.path, packed[_i].name, false);
        }
        capture_close(c);
        f.octets[at] ^= 0x55;
        unlink(f.path);
    }
    /* Some fields and bits do not matter. */
    ck_assert_uint_lt(silent, f.n / 20);
}
END_TEST

/* The last octets are of gzip's checksum and length: all packets come first,
 * then what is wrong. */
START_TEST(a_wrong_checksum)
{
    struct capture *want = open_ok(bundled("04a_busy.pcap")), *got;
    struct capture_file file;

    if (!built_in("gzip"))
        return;
    read_whole(&f, bundled("files/busy.pcap.gz"));
    f.octets[f.n - 8] ^= 1;
    got = open_ok(save(&f));
    ck_assert_uint_eq(compare_packets(want, got, 1), PACKETS);
    file = capture_file(got, 0);
    ck_assert(file.damaged);
    ck_assert_msg(strstr(file.problem, "gzip data is damaged at offset") != NULL, "%s",
                  file.problem);
    ck_assert(strstr(file.problem, "incorrect data check"));
    capture_close(want);
    capture_close(got);
}
END_TEST

START_TEST(something_else_follows)
{
    struct capture *want = open_ok(bundled("04a_busy.pcap")), *got;

    if (!built_in("gzip"))
        return;
    read_whole(&f, bundled("files/busy.pcap.gz"));
    put_text(&f, "and then this");
    got = open_ok(save(&f));
    ck_assert_uint_eq(compare_packets(want, got, 1), PACKETS);
    ck_assert(capture_file(got, 0).damaged);
    ck_assert(strstr(capture_file(got, 0).problem, "offset 2554"));
    capture_close(want);
    capture_close(got);
}
END_TEST

static void expect_problem(const char *about)
{
    struct capture *c = open_ok(save(&f));

    ck_assert_uint_eq(capture_readable(c), 0);
    ck_assert_msg(strstr(capture_file(c, 0).problem, about) != NULL, "%s",
                  capture_file(c, 0).problem);
    ck_assert(capture_file(c, 0).damaged);
    capture_close(c);
    unlink(f.path);
    f.n = 0;
}

START_TEST(bounded_memory)
{
    if (built_in("zstd")) {
        put(&f, 0xfd2fb528, 4);
        put(&f, 0, 1);       /* frame header descriptor: a window descriptor follows */
        put(&f, 20 << 3, 1); /* 2^30 octets (RFC 8878 §3.1.1.1.2) */
        put(&f, 1 | 4 << 3, 3);
        put_text(&f, "rawb");
        expect_problem("128 MiB");
    }
    if (built_in("xz")) {
        /* The header of a block whose LZMA2 dictionary is of 4 GiB - 1. */
        static const uint8_t stream[] = {0xfd, '7',  'z',  'X',  'Z',  0,    0, 0,
                                         0xff, 0x12, 0xd9, 0x41, 0x02, 0x00, 0x21, 0x01,
                                         0x28, 0,    0,    0,    0xe6, 0xa0, 0x11, 0xb3};

        memcpy(f.octets, stream, sizeof stream);
        f.n = sizeof stream;
        expect_problem("256 MiB");
    }
}
END_TEST

START_TEST(compressed_twice_or_something_else)
{
    if (!built_in("gzip"))
        return;
    /* gzip, stored blocks: the gzip of "hello", and a ZIP's beginning */
    static const char twice[] = "\x1f\x8b\x08\0\0\0\0\0\0\3\1\x08\0\xf7\xff\x1f\x8b\x08\0\0\0\0\0";
    static const char zip[] = "\x1f\x8b\x08\0\0\0\0\0\0\3\1\x08\0\xf7\xffPK\3\4\0\0\0\0";

    memcpy(f.octets, twice, f.n = sizeof twice - 1);
    expect_problem("offset 23");
    memcpy(f.octets, zip, f.n = sizeof zip - 1);
    put(&f, 0, 8); /* a checksum that is wrong, too: not what matters */
    expect_problem("gzip");
}
END_TEST

/* Output of many blocks for one record. */
START_TEST(large_output)
{
    struct capture *c;

    if (!built_in("xz"))
        return;
    c = open_ok(bundled("files/large.xz"));
    ck_assert(!capture_next(c, &(struct packet){0}));
    ck_assert(strstr(capture_file(c, 0).problem, "offset 24, is cut short"));
    capture_close(c);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("decompress");

    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, from_a_file, 0, FILES);
    tcase_add_loop_test(t, from_a_pipe, 0, 2 * FILES);
    tcase_add_test(t, closed_while_nothing_comes);
    tcase_add_loop_test(t, cut_everywhere, 0, FILES);
    tcase_add_loop_test(t, damaged_everywhere, 0, FILES);
    tcase_add_test(t, a_wrong_checksum);
    tcase_add_test(t, something_else_follows);
    tcase_add_test(t, bounded_memory);
    tcase_add_test(t, compressed_twice_or_something_else);
    tcase_add_test(t, large_output);
    return run_suite("decompress", t);
}

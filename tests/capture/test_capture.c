/* Sets of files: merging, filters, pipes, and what is no capture. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "file.h"

static struct file f, g;
static struct packet p;

static void setup(void)
{
    memset(&f, 0, sizeof f);
    memset(&g, 0, sizeof g);
}

static void teardown(void)
{
    if (*f.path)
        unlink(f.path);
    if (*g.path)
        unlink(g.path);
}

static struct capture *open_both(const char *filter)
{
    const char *paths[] = {f.path, g.path};
    struct capture_options options = {.filter = filter};
    struct fosip_error err;
    struct capture *c;

    ck_assert_msg(capture_open(&c, &options, paths, 2, &err) == 0, "%s", err.text);
    return c;
}

START_TEST(merged_by_time)
{
    static const char *const order[] = {"f1", "g2", "f3", "f3b", "g3", "g4"};
    struct capture *c;

    pcap_header(&f, 0xa1b2c3d4, 1);
    pcap_record(&f, 1, 0, 2, 2, "f1");
    pcap_record(&f, 3, 0, 2, 2, "f3");
    pcap_record(&f, 2, 5, 3, 3, "f3b"); /* backwards in its file: stays behind f3 */
    pcap_header(&g, 0xa1b23c4d, 101);
    pcap_record(&g, 2, 0, 2, 2, "g2");
    pcap_record(&g, 3, 0, 2, 2, "g3");
    pcap_record(&g, 4, 0, 2, 2, "g4");
    save(&f);
    save(&g);
    c = open_both(NULL);
    for (unsigned i = 0; i < 6; i++) {
        ck_assert(capture_next(c, &p));
        ck_assert_msg(memcmp(p.data, order[i], p.caplen) == 0, "%u: %.3s", i, (const char *)p.data);
        ck_assert_uint_eq(p.frame, i + 1);
        ck_assert_uint_eq(p.file, order[i][0] == 'g');
        ck_assert_uint_eq(p.link, order[i][0] == 'g' ? 101 : 1);
    }
    ck_assert(!capture_next(c, &p));
    capture_close(c);
}
END_TEST

START_TEST(unreadable_among_readable)
{
    struct capture *c;

    pcap_header(&f, 0xa1b2c3d4, 1);
    pcap_record(&f, 1, 0, 2, 2, "f1");
    put_text(&g, "\x89PNG\r\n\x1a\n and so on");
    save(&f);
    save(&g);
    c = open_both(NULL);
    ck_assert_uint_eq(capture_readable(c), 1);
    ck_assert(capture_next(c, &p));
    ck_assert(!capture_next(c, &p));
    ck_assert(capture_file(c, 1).damaged);
    ck_assert(strstr(capture_file(c, 1).problem, "PNG"));
    capture_close(c);
}
END_TEST

static void expect_problem(const char *path, const char *about)
{
    struct capture *c = open_ok(path);

    ck_assert_uint_eq(capture_readable(c), 0);
    ck_assert(!capture_next(c, &p));
    ck_assert_msg(strstr(capture_file(c, 0).problem, about) != NULL, "%s",
                  capture_file(c, 0).problem);
    ck_assert(strstr(capture_file(c, 0).problem, path));
    capture_close(c);
}

START_TEST(no_captures)
{
    char folder[] = "/tmp/fosip-test-XXXXXX";

    expect_problem(save(&f), "empty");
    unlink(f.path);
    put_text(&f, "ab");
    expect_problem(save(&f), "2 octets");
    unlink(f.path);
    f.n = 0;
    pcap_header(&f, 0xa1b2c3d4, 1);
    f.n = 20;
    expect_problem(save(&f), "cut short");
    expect_problem("/no/such/file.pcap", "No such file");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    expect_problem(folder, "no capture");
    rmdir(folder);
}
END_TEST

START_TEST(a_directory)
{
    char folder[] = "/tmp/fosip-test-XXXXXX", path[128], note[128];
    struct capture *c;
    FILE *out;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    pcap_header(&f, 0xa1b2c3d4, 1);
    pcap_record(&f, 1, 0, 2, 2, "f1");
    save(&f);
    snprintf(path, sizeof path, "%s/b.pcap", folder);
    ck_assert_int_eq(rename(f.path, path), 0);
    snprintf(note, sizeof note, "%s/a.txt", folder);
    out = fopen(note, "w");
    fputs("not a capture\n", out);
    fclose(out);
    c = open_ok(folder);
    ck_assert_uint_eq(capture_file_count(c), 1);
    ck_assert_str_eq(capture_file(c, 0).path, path);
    ck_assert(capture_next(c, &p));
    capture_close(c);
    unlink(path);
    unlink(note);
    rmdir(folder);
    *f.path = 0;
}
END_TEST

/* The same packets from something that cannot be mapped. */
START_TEST(a_pipe)
{
    char path[] = "/tmp/fosip-test-XXXXXX";
    struct capture *c;
    unsigned n = 0;
    pid_t child;

    ck_assert_ptr_nonnull(mkdtemp(path));
    rmdir(path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    pcap_header(&f, 0xa1b2c3d4, 1);
    for (unsigned i = 0; i < 1000; i++)
        pcap_record(&f, i, 0, 7, 7, "content");
    child = fork();
    if (child == 0) {
        int fd = open(path, O_WRONLY);

        for (size_t at = 0; at < f.n; at += 100) /* in small pieces */
            if (write(fd, f.octets + at, f.n - at < 100 ? f.n - at : 100) < 0)
                _exit(1);
        _exit(0);
    }
    c = open_ok(path);
    while (capture_next(c, &p)) {
        ck_assert_int_eq(p.time, (int64_t)n * 1000000000);
        ck_assert(memcmp(p.data, "content", 7) == 0);
        ck_assert(!p.stable);
        n++;
    }
    ck_assert_uint_eq(n, 1000);
    ck_assert(!capture_stable(c));
    capture_close(c);
    unlink(path);
}
END_TEST

/* An Ethernet frame of IPv4 from 192.0.2.x, UDP, to port 5060. */
static void frame(struct file *file, uint32_t second, uint8_t last)
{
    uint8_t octets[42] = {[12] = 8, [14] = 0x45, [17] = 28, [23] = 17, [26] = 192, [28] = 2,
                          [29] = last, [30] = 192, [32] = 2, [33] = 99, [36] = 0x13, [37] = 0xc4,
                          [39] = 8};

    put(file, second, 4);
    put(file, 0, 4);
    put(file, sizeof octets, 4);
    put(file, sizeof octets, 4);
    memcpy(file->octets + file->n, octets, sizeof octets);
    file->n += sizeof octets;
}

enum { MEGA = 1 << 20 };

/* What the system says of the page. */
static bool is_present(const uint8_t *at)
{
    int fd = open("/proc/self/pagemap", O_RDONLY);
    off_t entry = (off_t)((uintptr_t)at / (uintptr_t)sysconf(_SC_PAGESIZE)) * 8;
    uint64_t page;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pread(fd, &page, sizeof page, entry), sizeof page);
    close(fd);
    return page >> 63;
}

static bool can_make_present(const uint8_t *page)
{
#ifdef MADV_POPULATE_READ
    return madvise((void *)(uintptr_t)page, 1, MADV_POPULATE_READ) == 0;
#else
    (void)page;
    return false;
#endif
}

/* A megabyte at a time, no nearer than said. */
START_TEST(present_ahead)
{
    struct capture_options options = {0};
    struct capture_ahead ahead;
    struct fosip_error err;
    const uint8_t *begin;
    struct capture *c;
    const char *path;

    pcap_header(&f, 0xa1b2c3d4, 1);
    pcap_record(&f, 1, 0, 2, 2, "f1");
    path = save(&f);
    ck_assert_int_eq(truncate(path, 5 * MEGA + 1), 0);
    ck_assert_int_eq(capture_open(&c, &options, &path, 1, &err), 0);
    ck_assert(capture_next(c, &p));
    ahead = capture_ahead(c);
    begin = ahead.next;
    ck_assert_ptr_eq(p.data, begin + 24 + 16);
    ck_assert_ptr_eq(ahead.end, begin + 5 * MEGA + 1);
    capture_make_present(&ahead, p.data, MEGA);
    ck_assert_ptr_eq(ahead.next, begin + 3 * MEGA);
    ck_assert(!is_present(begin + 3 * MEGA / 2));
    ck_assert(is_present(begin + 5 * MEGA / 2) == can_make_present(begin));
    ck_assert(!is_present(begin + 7 * MEGA / 2));
    capture_make_present(&ahead, ahead.end - 1, 0);
    ck_assert_ptr_eq(ahead.next, ahead.end);
    capture_make_present(&ahead, ahead.end - 1, 0);
    ck_assert_ptr_eq(ahead.next, ahead.end);
    capture_close(c);
}
END_TEST

START_TEST(nothing_ahead_of_two)
{
    struct capture_ahead ahead;
    struct capture *c;

    pcap_header(&f, 0xa1b2c3d4, 1);
    pcap_record(&f, 1, 0, 2, 2, "f1");
    pcap_header(&g, 0xa1b2c3d4, 1);
    pcap_record(&g, 1, 0, 2, 2, "g1");
    save(&f);
    save(&g);
    c = open_both(NULL);
    ahead = capture_ahead(c);
    ck_assert_ptr_eq(ahead.next, ahead.end);
    ck_assert(capture_next(c, &p));
    capture_make_present(&ahead, p.data, 0);
    ck_assert_ptr_eq(ahead.next, ahead.end);
    capture_close(c);
}
END_TEST

START_TEST(a_filter_keeps_frame_numbers)
{
    struct capture_options options = {.filter = "udp port 5060 and src host 192.0.2.2"};
    struct capture *c;
    const char *path;

    pcap_header(&f, 0xa1b2c3d4, 1);
    for (uint8_t i = 1; i <= 3; i++)
        frame(&f, i, i);
    path = save(&f);
    ck_assert_int_eq(capture_open(&c, &options, &path, 1, NULL), 0);
    ck_assert(capture_next(c, &p));
    ck_assert_uint_eq(p.frame, 2);
    ck_assert_int_eq(p.time, 2000000000);
    ck_assert(!capture_next(c, &p));
    ck_assert_uint_eq(capture_file(c, 0).packets, 3);
    capture_close(c);
}
END_TEST

START_TEST(a_filter_that_is_none)
{
    struct capture_options options = {.filter = "port five"};
    const char *path = "/dev/null";
    struct fosip_error err;
    struct capture *c;

    ck_assert_int_lt(capture_open(&c, &options, &path, 1, &err), 0);
    ck_assert(strstr(err.text, "port five"));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("capture");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, merged_by_time);
    tcase_add_test(t, unreadable_among_readable);
    tcase_add_test(t, no_captures);
    tcase_add_test(t, a_directory);
    tcase_add_test(t, a_pipe);
    tcase_add_test(t, present_ahead);
    tcase_add_test(t, nothing_ahead_of_two);
    tcase_add_test(t, a_filter_keeps_frame_numbers);
    tcase_add_test(t, a_filter_that_is_none);
    return run_suite("capture", t);
}

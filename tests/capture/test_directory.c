/* Directories and rotated sets: which files, in which order, with how little. */
#include <sys/resource.h>
#include <sys/stat.h>

#include "capture/decompress.h"
#include "file.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

static struct file f;
static struct packet p;
static char folder[32];

static void setup(void)
{
    memset(&f, 0, sizeof f);
    strcpy(folder, "/tmp/fosip-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static const char *in_folder(const char *name)
{
    static char paths[2][128];
    static unsigned turn;
    char *path = paths[turn++ % 2];

    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/* A capture of packets at these seconds; the data says the name's first letter. */
static void write_capture(const char *name, const uint32_t *seconds, size_t n)
{
    char data[2] = {name[strcspn(name, "/")] ? strrchr(name, '/')[1] : name[0], 0};

    f.n = 0;
    pcap_header(&f, 0xa1b2c3d4, 1);
    for (size_t i = 0; i < n; i++)
        pcap_record(&f, seconds[i], 0, 1, 1, data);
    ck_assert_int_eq(rename(save(&f), in_folder(name)), 0);
}

/* The letters of the packets as they come. */
static const char *order(struct capture *c)
{
    static char letters[1024];
    size_t n = 0;

    while (n < sizeof letters - 1 && capture_next(c, &p))
        letters[n++] = (char)p.data[0];
    letters[n] = 0;
    return letters;
}

/* testdata/files/ring: the call of 04a_busy.pcap in four files, two of them
 * compressed, whose names have started over; and a note. */
START_TEST(a_ring)
{
    static const char *const want[] = {"ring/older/trace.zst", "ring/trace.pcap1",
                                       "ring/trace.pcap2.gz", "ring/trace.pcap0"};
    struct capture *whole = open_ok(bundled("04a_busy.pcap"));
    struct capture *ring = open_ok(bundled("files/ring"));

    for (const struct compression *c = compressions; c->name; c++)
        if (!c->open)
            return;
    ck_assert_uint_eq(capture_file_count(ring), 4);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_msg(strstr(capture_file(ring, i).path, want[i]) != NULL, "%s",
                      capture_file(ring, i).path);
    ck_assert_uint_eq(compare_packets(whole, ring, 1), 18);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_uint_eq(capture_file(ring, i).packets, i < 3 ? 4 : 6);
    capture_close(whole);
    capture_close(ring);
}
END_TEST

/* A file that ends at the instant when the next begins goes before it. */
START_TEST(by_time_not_name)
{
    struct capture *c;

    ck_assert_int_eq(mkdir(in_folder("deep"), 0700), 0);
    write_capture("a", (const uint32_t[]){7, 9}, 2);
    write_capture("b", (const uint32_t[]){1, 4}, 2);
    write_capture("deep/c", (const uint32_t[]){4, 7}, 2);
    write_capture("d", (const uint32_t[]){3, 8}, 2); /* overlaps */
    c = open_ok(folder);
    ck_assert_str_eq(order(c), "bdbccada");
    capture_close(c);
}
END_TEST

START_TEST(links_and_hidden_files)
{
    char *elsewhere = realpath(bundled("04a_busy.pcap"), NULL);
    struct capture *c;

    ck_assert_int_eq(mkdir(in_folder("deep"), 0700), 0);
    write_capture("deep/a", (const uint32_t[]){1}, 1);
    write_capture(".b", (const uint32_t[]){2}, 1);
    ck_assert_int_eq(symlink("..", in_folder("deep/loop")), 0);
    ck_assert_int_eq(symlink(folder, in_folder("here")), 0);
    ck_assert_int_eq(symlink("deep/a", in_folder("latest")), 0); /* a second name */
    ck_assert_int_eq(symlink("nowhere", in_folder("dangling")), 0);
    ck_assert_int_eq(symlink(elsewhere, in_folder("elsewhere")), 0);
    free(elsewhere);
    ck_assert_int_eq(mkfifo(in_folder("pipe"), 0600), 0); /* would wait for ever */
    c = open_ok(folder);
    ck_assert_uint_eq(capture_file_count(c), 2);
    ck_assert(strstr(capture_file(c, 0).path, "deep/a"));
    ck_assert(strstr(capture_file(c, 1).path, "elsewhere"));
    capture_close(c);
}
END_TEST

/* What begins as a capture and cannot be read is told, other things are not. */
START_TEST(damaged_among_others)
{
    struct capture *c;
    FILE *out;

    write_capture("a", (const uint32_t[]){1}, 1);
    f.n = 0;
    pcap_header(&f, 0xa1b2c3d4, 1);
    f.n = 10;
    ck_assert_int_eq(rename(save(&f), in_folder("cut")), 0);
    f.n = 0;
    ck_assert_int_eq(rename(save(&f), in_folder("empty")), 0);
    out = fopen(in_folder("notes"), "w");
    fputs("nothing to see here, move along\n", out);
    fclose(out);
    c = open_ok(folder);
    ck_assert_uint_eq(capture_file_count(c), 2);
    ck_assert_uint_eq(capture_readable(c), 1);
    ck_assert(strstr(capture_file(c, 1).problem, "header is cut short"));
    ck_assert_str_eq(order(c), "a");
    capture_close(c);
}
END_TEST

#ifdef HAVE_ZLIB
enum { MANY = 300 };

static void write_gzip(unsigned i, uint32_t first, uint32_t step)
{
    char name[32];
    gzFile out;

    f.n = 0;
    pcap_header(&f, 0xa1b2c3d4, 1);
    for (uint32_t k = 0; k < 3; k++)
        pcap_record(&f, first + k * step, 0, 1, 1, "x");
    snprintf(name, sizeof name, "%u.gz", (i + MANY / 2) % MANY);
    out = gzopen(in_folder(name), "wb");
    ck_assert_int_eq(gzwrite(out, f.octets, (unsigned)f.n), (int)f.n);
    gzclose(out);
}

static void expect_many(void)
{
    const struct rlimit few = {20, 20};
    struct capture *c;
    int64_t last = 0;
    unsigned n = 0;
    uint64_t done, total;

    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    c = open_ok(folder);
    ck_assert_uint_eq(capture_readable(c), MANY);
    capture_progress(c, &done, &total);
    ck_assert_uint_eq(done, 0);
    ck_assert_uint_gt(total, MANY * 20);
    for (; capture_next(c, &p); n++) {
        ck_assert_int_ge(p.time, last);
        last = p.time;
    }
    ck_assert_uint_eq(n, 3 * MANY);
    for (unsigned i = 0; i < MANY; i++)
        ck_assert_ptr_null(capture_file(c, i).problem);
    capture_progress(c, &done, &total);
    ck_assert_uint_eq(done, total);
    capture_close(c);
}

/* Files that do not overlap take the descriptors and memory of one. */
START_TEST(hundreds_one_after_the_other)
{
    const struct rlimit little = {1 << 26, 1 << 26}; /* 300 blocks at once are more */

    for (unsigned i = 0; i < MANY; i++)
        write_gzip(i, 3 * i, 1);
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
    setrlimit(RLIMIT_AS, &little);
#else
    (void)little;
#endif
    expect_many();
}
END_TEST

START_TEST(hundreds_at_once)
{
    for (unsigned i = 0; i < MANY; i++)
        write_gzip(i, i, 2 * MANY);
    expect_many();
}
END_TEST
#endif

int main(void)
{
    TCase *t = tcase_create("directory");

    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_ring);
    tcase_add_test(t, by_time_not_name);
    tcase_add_test(t, links_and_hidden_files);
    tcase_add_test(t, damaged_among_others);
#ifdef HAVE_ZLIB
    tcase_add_test(t, hundreds_one_after_the_other);
    tcase_add_test(t, hundreds_at_once);
#endif
    return run_suite("directory", t);
}

/* What is compressed, unpacked on a thread of its own: the same packets and the same
 * words about what is wrong as without. */
#include "capture/chunks.h"
#include "file.h"

#ifdef HAVE_ZLIB
#include <zlib.h>

enum { PACKETS = 20000, SIZE = 150, FILES = 3 };

static char paths[FILES][64];
static struct file f;

/* Packets of random octets, some chunks of them. */
static void write_gzip(char path[64])
{
    uint32_t random = 1;
    gzFile out;

    f.n = 0;
    pcap_header(&f, 0xa1b2c3d4, 1);
    strcpy(path, save(&f));
    out = gzopen(path, "wb1");
    ck_assert_int_eq(gzwrite(out, f.octets, (unsigned)f.n), (int)f.n);
    for (uint32_t i = 0; i < PACKETS; i++) {
        f.n = 0;
        pcap_record(&f, i, 0, SIZE, SIZE, "");
        for (unsigned k = 0; k < SIZE; k++)
            put(&f, (random = random * 1103515245 + 12345) >> 16 & 0xff, 1);
        ck_assert_int_eq(gzwrite(out, f.octets, (unsigned)f.n), (int)f.n);
    }
    gzclose(out);
}

static void setup(void)
{
    ck_assert_uint_gt((size_t)PACKETS * SIZE, 16 * (size_t)CHUNK);
    for (unsigned i = 0; i < FILES; i++)
        write_gzip(paths[i]);
}

static void teardown(void)
{
    for (unsigned i = 0; i < FILES; i++)
        unlink(paths[i]);
}

static struct capture *open_files(unsigned count, bool ahead)
{
    const char *const list[] = {paths[0], paths[1], paths[2]};
    struct capture_options options = {.ahead = ahead};
    struct capture *c;

    ck_assert_int_eq(capture_open(&c, &options, list, count, NULL), 0);
    return c;
}

/* Gives how many packets both have. */
static unsigned compare(unsigned count)
{
    struct capture *alone = open_files(count, false), *ahead = open_files(count, true);
    unsigned n = compare_packets(alone, ahead, 1);
    struct packet p;

    ck_assert(!capture_next(alone, &p));
    for (unsigned i = 0; i < count; i++) {
        const char *a = capture_file(alone, i).problem, *b = capture_file(ahead, i).problem;

        ck_assert_msg((!a && !b) || (a && b && strcmp(a, b) == 0), "%s\n%s", a, b);
        ck_assert_int_eq(capture_file(alone, i).damaged, capture_file(ahead, i).damaged);
    }
    capture_close(alone);
    capture_close(ahead);
    return n;
}

START_TEST(whole)
{
    ck_assert_uint_eq(compare(1), PACKETS);
}
END_TEST

START_TEST(several_at_once)
{
    ck_assert_uint_eq(compare(FILES), FILES * PACKETS);
}
END_TEST

START_TEST(cut)
{
    static const long ends[] = {100, 140000, 1000000, 2000000};
    unsigned n;

    ck_assert_int_eq(truncate(paths[0], ends[_i]), 0);
    n = compare(1);
    ck_assert_uint_lt(n, PACKETS);
    ck_assert(_i == 0 || n > 500);
}
END_TEST

START_TEST(damaged)
{
    static const long places[] = {300, 140000, 1000000, 2000000};
    FILE *file = fopen(paths[0], "r+");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, places[_i], SEEK_SET), 0);
    for (unsigned i = 0; i < 200; i++)
        fputc(0xff, file);
    fclose(file);
    compare(1);
}
END_TEST

/* Who wants no more need not read to the end. */
START_TEST(closed_early)
{
    static const unsigned counts[] = {0, 1, 5000};
    struct capture *c = open_files(1, true);
    struct packet p;

    for (unsigned i = 0; i < counts[_i]; i++)
        ck_assert(capture_next(c, &p));
    capture_close(c);
}
END_TEST
#else
/* A build without zlib says what is missing. */
START_TEST(refused)
{
    const char *path = bundled("files/busy.pcap.gz");
    struct capture *c = open_ok(path);

    ck_assert_uint_eq(capture_readable(c), 0);
    ck_assert_ptr_nonnull(strstr(capture_file(c, 0).problem, "built without zlib"));
    capture_close(c);
}
END_TEST
#endif

int main(void)
{
    TCase *t = tcase_create("chunks");

    tcase_set_timeout(t, 60);
#ifdef HAVE_ZLIB
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, whole);
    tcase_add_test(t, several_at_once);
    tcase_add_loop_test(t, cut, 0, 4);
    tcase_add_loop_test(t, damaged, 0, 4);
    tcase_add_loop_test(t, closed_early, 0, 3);
#else
    tcase_add_test(t, refused);
#endif
    return run_suite("chunks", t);
}

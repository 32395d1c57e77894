/* snoop (RFC 1761): as editcap writes it, and what lies. */
#include "file.h"

static struct file f;
static struct packet p;

static void setup(void)
{
    memset(&f, 0, sizeof f);
    f.big = true;
}

static void teardown(void)
{
    if (*f.path)
        unlink(f.path);
}

static void header(uint32_t version, uint32_t datalink)
{
    put_text(&f, "snoop");
    put(&f, 0, 3);
    put(&f, version, 4);
    put(&f, datalink, 4);
}

static void record(uint32_t caplen, uint32_t length, uint32_t drops, const char *data)
{
    put(&f, 60, 4);
    put(&f, caplen, 4);
    put(&f, length, 4);
    put(&f, drops, 4);
    put(&f, 1700000000, 4);
    put(&f, 250000, 4);
    put_text(&f, data);
}

START_TEST(of_editcap)
{
    struct capture *want = open_ok(bundled("04a_busy.pcap"));
    struct capture *got = open_ok(bundled("files/busy.snoop"));

    ck_assert_uint_eq(compare_packets(want, got, 1), 18);
    ck_assert_str_eq(capture_file(got, 0).format, "snoop");
    ck_assert_ptr_null(capture_file(got, 0).problem);
    ck_assert_int_eq(capture_file(got, 0).dropped, 0);
    capture_close(want);
    capture_close(got);
}
END_TEST

START_TEST(padding_and_drops)
{
    struct capture *c;

    header(2, 8);
    record(5, 32, 2, "helloPAD");
    record(4, 28, 7, "last");
    c = open_ok(save(&f));
    ck_assert(capture_next(c, &p));
    ck_assert_int_eq(p.time, 1700000000250000000);
    ck_assert_uint_eq(p.caplen, 5);
    ck_assert_uint_eq(p.len, 60);
    ck_assert_uint_eq(p.link, 10);
    ck_assert_uint_eq(p.offset, 16);
    ck_assert(memcmp(p.data, "hello", 5) == 0);
    ck_assert(capture_next(c, &p));
    ck_assert(memcmp(p.data, "last", 4) == 0);
    ck_assert(!capture_next(c, &p));
    ck_assert_int_eq(capture_file(c, 0).dropped, 7); /* they are counted up */
    capture_close(c);
}
END_TEST

START_TEST(lengths_that_lie)
{
    static const uint32_t lies[][2] = {
        {5, 28}, {5, 23}, {5, 0}, {0xffffffff, 28}, {5, 0xffffffff}};

    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct capture *c;

        f.n = 0;
        header(2, 4);
        record(4, 28, 0, "good");
        record(lies[i][0], lies[i][1], 0, "evil");
        record(4, 28, 0, "more");
        c = open_ok(save(&f));
        ck_assert(capture_next(c, &p));
        ck_assert(!capture_next(c, &p));
        ck_assert(capture_file(c, 0).damaged);
        ck_assert(strstr(capture_file(c, 0).problem, "offset 44"));
        capture_close(c);
        unlink(f.path);
    }
}
END_TEST

START_TEST(unknown_kinds)
{
    struct capture *c;

    header(3, 4);
    c = open_ok(save(&f));
    ck_assert(strstr(capture_file(c, 0).problem, "version 3"));
    capture_close(c);
    unlink(f.path);
    f.n = 0;
    header(2, 77);
    c = open_ok(save(&f));
    ck_assert_uint_eq(capture_readable(c), 0);
    ck_assert(strstr(capture_file(c, 0).problem, "datalink type 77"));
    capture_close(c);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("snoop");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, of_editcap);
    tcase_add_test(t, padding_and_drops);
    tcase_add_test(t, lengths_that_lie);
    tcase_add_test(t, unknown_kinds);
    return run_suite("snoop", t);
}

/* Classic pcap: times, byte orders, damage. */
#include "file.h"

static struct file f;
static struct packet p;

static void setup(void)
{
    memset(&f, 0, sizeof f);
}

static void teardown(void)
{
    if (*f.path)
        unlink(f.path);
}

static void two_records(uint32_t magic)
{
    pcap_header(&f, magic, 1);
    pcap_record(&f, 1700000000, 250000, 5, 60, "hello");
    pcap_record(&f, 1700000001, 999999, 3, 3, "abc");
}

static void expect_two(int64_t unit)
{
    struct capture *c = open_ok(save(&f));

    ck_assert(capture_next(c, &p));
    ck_assert_int_eq(p.time, 1700000000000000000 + 250000 * unit);
    ck_assert_uint_eq(p.caplen, 5);
    ck_assert_uint_eq(p.len, 60);
    ck_assert_uint_eq(p.frame, 1);
    ck_assert_uint_eq(p.offset, 24);
    ck_assert_uint_eq(p.link, 1);
    ck_assert(p.stable);
    ck_assert(memcmp(p.data, "hello", 5) == 0);
    ck_assert(capture_next(c, &p));
    ck_assert_int_eq(p.time, 1700000001000000000 + 999999 * unit);
    ck_assert_uint_eq(p.frame, 2);
    ck_assert(!capture_next(c, &p));
    ck_assert_uint_eq(capture_file(c, 0).packets, 2);
    ck_assert_uint_eq(capture_file(c, 0).bytes, 8);
    ck_assert_ptr_null(capture_file(c, 0).problem);
    capture_close(c);
}

START_TEST(microseconds)
{
    two_records(0xa1b2c3d4);
    expect_two(1000);
}
END_TEST

START_TEST(nanoseconds)
{
    two_records(0xa1b23c4d);
    expect_two(1);
}
END_TEST

START_TEST(other_byte_order)
{
    f.big = true;
    two_records(0xa1b2c3d4);
    expect_two(1000);
}
END_TEST

START_TEST(other_byte_order_nanoseconds)
{
    f.big = true;
    two_records(0xa1b23c4d);
    expect_two(1);
}
END_TEST

START_TEST(caplen_above_len)
{
    struct capture *c;

    pcap_header(&f, 0xa1b2c3d4, 1);
    pcap_record(&f, 1, 0, 5, 2, "hello");
    c = open_ok(save(&f));
    ck_assert(capture_next(c, &p));
    ck_assert_uint_eq(p.len, 5);
    capture_close(c);
}
END_TEST

/* A last record cut at every place: what is before it stands, the status is
 * no damage. */
START_TEST(cut_last_record)
{
    size_t whole;

    two_records(0xa1b2c3d4);
    whole = f.n;
    for (size_t n = whole - 18; n < whole; n++) {
        struct capture *c;

        f.n = n;
        c = open_ok(save(&f));
        ck_assert(capture_next(c, &p));
        ck_assert(!capture_next(c, &p));
        ck_assert_ptr_nonnull(capture_file(c, 0).problem);
        ck_assert(strstr(capture_file(c, 0).problem, "offset 45"));
        ck_assert(!capture_file(c, 0).damaged);
        capture_close(c);
        unlink(f.path);
    }
}
END_TEST

START_TEST(a_length_that_lies)
{
    struct capture *c;

    pcap_header(&f, 0xa1b2c3d4, 1);
    pcap_record(&f, 1, 0, 5, 5, "hello");
    pcap_record(&f, 1, 0, 0x7fffffff, 5, "hello");
    c = open_ok(save(&f));
    ck_assert(capture_next(c, &p));
    ck_assert(!capture_next(c, &p));
    ck_assert(capture_file(c, 0).damaged);
    ck_assert(strstr(capture_file(c, 0).problem, "offset 45"));
    ck_assert(strstr(capture_file(c, 0).problem, f.path));
    capture_close(c);
}
END_TEST

START_TEST(header_alone)
{
    struct capture *c;

    pcap_header(&f, 0xa1b2c3d4, 1);
    c = open_ok(save(&f));
    ck_assert(!capture_next(c, &p));
    ck_assert_ptr_null(capture_file(c, 0).problem);
    ck_assert_uint_eq(capture_readable(c), 1);
    capture_close(c);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("pcap");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, microseconds);
    tcase_add_test(t, nanoseconds);
    tcase_add_test(t, other_byte_order);
    tcase_add_test(t, other_byte_order_nanoseconds);
    tcase_add_test(t, caplen_above_len);
    tcase_add_test(t, cut_last_record);
    tcase_add_test(t, a_length_that_lies);
    tcase_add_test(t, header_alone);
    return run_suite("pcap", t);
}

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

/* Record headers that are longer than the magic says, as editcap writes them. */
static const struct {
    const char *file, *format;
} variants[] = {
    {"files/modified.pcap", "pcap (modified)"},
    {"files/modified_old_magic.pcap", "pcap (modified)"},
    {"files/modified_suse.pcap", "pcap (modified, SuSE 6.3)"},
    {"files/nokia.pcap", "pcap (Nokia)"},
    {"files/nanoseconds.pcap", "pcap (nanoseconds)"},
};
enum { VARIANTS = sizeof variants / sizeof variants[0] };

START_TEST(longer_record_headers)
{
    struct capture *want = open_ok(bundled("04a_busy.pcap"));
    struct capture *got = open_ok(bundled(variants[_i].file));

    ck_assert_uint_eq(compare_packets(want, got, 1), 18);
    ck_assert_str_eq(capture_file(got, 0).format, variants[_i].format);
    ck_assert_ptr_null(capture_file(got, 0).problem);
    capture_close(want);
    capture_close(got);
}
END_TEST

/* Damage in the first records does not make it another format: zeros would
 * make sense at any place. */
START_TEST(damage_is_no_longer_header)
{
    struct capture *c;

    two_records(0xa1b2c3d4);
    put(&f, 1700000002, 4);
    put(&f, 4000000, 4); /* microseconds */
    put(&f, 8, 4);
    put(&f, 4, 4);
    for (unsigned i = 0; i < 40; i++)
        put(&f, 0, 4);
    c = open_ok(save(&f));
    ck_assert_str_eq(capture_file(c, 0).format, "pcap");
    ck_assert(capture_next(c, &p));
    ck_assert(capture_next(c, &p));
    ck_assert_uint_eq(p.caplen, 3);
    capture_close(c);
}
END_TEST

/* Up to version 2.2 the lengths are the other way round, in 2.3 perhaps. */
START_TEST(old_versions)
{
    for (unsigned minor = 2; minor <= 4; minor++) {
        struct capture *c;

        f.n = 0;
        pcap_header(&f, 0xa1b2c3d4, 1);
        f.octets[6] = (uint8_t)minor;
        pcap_record(&f, 1, 0, minor == 4 ? 5 : 60, minor == 4 ? 60 : 5, "hello");
        if (minor == 3)
            pcap_record(&f, 2, 0, 5, 60, "world");
        c = open_ok(save(&f));
        ck_assert(capture_next(c, &p));
        ck_assert_uint_eq(p.caplen, 5);
        ck_assert_uint_eq(p.len, 60);
        ck_assert(capture_next(c, &p) == (minor == 3));
        ck_assert_ptr_null(capture_file(c, 0).problem);
        capture_close(c);
        unlink(f.path);
    }
}
END_TEST

START_TEST(steps_backwards)
{
    static const uint32_t seconds[] = {5, 4, 4, 9, 1, 2};
    struct capture *c;

    pcap_header(&f, 0xa1b2c3d4, 1);
    for (unsigned i = 0; i < 6; i++)
        pcap_record(&f, seconds[i], 0, 1, 1, "x");
    c = open_ok(save(&f));
    for (unsigned i = 0; i < 6; i++) {
        ck_assert(capture_next(c, &p)); /* in the file's order */
        ck_assert_int_eq(p.time, (int64_t)seconds[i] * 1000000000);
    }
    ck_assert_uint_eq(capture_file(c, 0).backwards, 2); /* 5 to 4, 9 to 1 */
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
    tcase_add_loop_test(t, longer_record_headers, 0, VARIANTS);
    tcase_add_test(t, damage_is_no_longer_header);
    tcase_add_test(t, old_versions);
    tcase_add_test(t, steps_backwards);
    return run_suite("pcap", t);
}

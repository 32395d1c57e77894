/* pcapng: sections, interfaces, resolutions, every kind of packet block. */
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

static size_t begin(uint32_t type)
{
    put(&f, type, 4);
    put(&f, 0, 4);
    return f.n - 8;
}

static void end(size_t start)
{
    size_t length;

    while (f.n % 4)
        f.octets[f.n++] = 0;
    length = f.n - start + 4;
    put(&f, length, 4);
    f.n -= 4;
    for (unsigned i = 0; i < 4; i++)
        f.octets[start + 4 + i] = f.octets[f.n + i];
    f.n += 4;
}

static void section(void)
{
    size_t b = begin(0x0a0d0d0a);

    put(&f, 0x1a2b3c4d, 4);
    put(&f, 1, 2);
    put(&f, 0, 2);
    put(&f, UINT64_MAX, 8);
    end(b);
}

/* tsresol 6 is the default and not written; offset in seconds */
static void interface(uint32_t link, uint8_t tsresol, int64_t offset)
{
    size_t b = begin(1);

    put(&f, link, 2);
    put(&f, 0, 2);
    put(&f, 0, 4);
    if (tsresol != 6) {
        put(&f, 9, 2);
        put(&f, 1, 2);
        f.octets[f.n++] = tsresol;
        f.n += 3;
    }
    if (offset) {
        put(&f, 14, 2);
        put(&f, 8, 2);
        put(&f, (uint64_t)offset, 8);
    }
    put(&f, 0, 4);
    end(b);
}

static void packet(uint32_t number, uint64_t units, const char *data)
{
    size_t b = begin(6);

    put(&f, number, 4);
    put(&f, units >> 32, 4);
    put(&f, units & 0xffffffff, 4);
    put(&f, strlen(data), 4);
    put(&f, strlen(data) + 10, 4);
    put_text(&f, data);
    end(b);
}

static void expect(struct capture *c, int64_t time, const char *data, uint32_t link)
{
    ck_assert(capture_next(c, &p));
    ck_assert_int_eq(p.time, time);
    ck_assert_uint_eq(p.caplen, strlen(data));
    ck_assert(memcmp(p.data, data, p.caplen) == 0);
    ck_assert_uint_eq(p.link, link);
}

static void every_resolution(void)
{
    struct capture *c;

    section();
    interface(1, 6, 0);
    interface(113, 9, 0);
    interface(101, 0x80 | 10, 0);
    interface(1, 6, 100);
    interface(1, 3, -1);
    packet(0, 1700000000250000, "micro");
    packet(1, 1700000000250000001, "nano");
    packet(2, ((uint64_t)1700000000 << 10) + 256, "binary");
    packet(3, 1700000000250000, "offset");
    packet(4, 1700000000250, "milli");
    c = open_ok(save(&f));
    expect(c, 1700000000250000000, "micro", 1);
    ck_assert_uint_eq(p.len, 15);
    expect(c, 1700000000250000001, "nano", 113);
    expect(c, 1700000000250000000, "binary", 101);
    expect(c, 1700000100250000000, "offset", 1);
    expect(c, 1699999999250000000, "milli", 1);
    ck_assert(!capture_next(c, &p));
    ck_assert_ptr_null(capture_file(c, 0).problem);
    ck_assert_uint_eq(capture_file(c, 0).link_count, 3);
    capture_close(c);
}

START_TEST(resolutions)
{
    every_resolution();
}
END_TEST

START_TEST(resolutions_in_the_other_byte_order)
{
    f.big = true;
    every_resolution();
}
END_TEST

/* Interfaces are counted anew in each section, whose byte order may differ. */
START_TEST(sections)
{
    struct capture *c;

    section();
    interface(1, 6, 0);
    interface(113, 6, 0);
    packet(1, 1000000, "one");
    f.big = true;
    section();
    interface(101, 6, 0);
    packet(0, 2000000, "two");
    c = open_ok(save(&f));
    expect(c, 1000000000, "one", 113);
    expect(c, 2000000000, "two", 101);
    ck_assert(!capture_next(c, &p));
    capture_close(c);
}
END_TEST

START_TEST(simple_and_old_packets)
{
    struct capture *c;
    size_t b;

    section();
    interface(1, 6, 0);
    packet(0, 5000000, "first");
    b = begin(3);
    put(&f, 4, 4);
    put_text(&f, "easy");
    end(b);
    b = begin(2);
    put(&f, 0, 2);
    put(&f, 0, 2);
    put(&f, 0, 4);
    put(&f, 7000000, 4);
    put(&f, 3, 4);
    put(&f, 3, 4);
    put_text(&f, "old");
    end(b);
    c = open_ok(save(&f));
    expect(c, 5000000000, "first", 1);
    expect(c, 5000000000, "easy", 1); /* has no time of its own */
    expect(c, 7000000000, "old", 1);
    capture_close(c);
}
END_TEST

START_TEST(unknown_blocks_are_passed_over)
{
    struct capture *c;
    size_t b;

    section();
    interface(1, 6, 0);
    b = begin(0x00000bad);
    put_text(&f, "what is this");
    end(b);
    packet(0, 1000000, "x");
    c = open_ok(save(&f));
    expect(c, 1000000000, "x", 1);
    capture_close(c);
}
END_TEST

START_TEST(undescribed_interface)
{
    struct capture *c;

    section();
    interface(1, 6, 0);
    packet(7, 1000000, "lost");
    packet(0, 2000000, "kept");
    c = open_ok(save(&f));
    expect(c, 2000000000, "kept", 1);
    ck_assert(!capture_next(c, &p));
    ck_assert(capture_file(c, 0).damaged);
    ck_assert(strstr(capture_file(c, 0).problem, "interface 7"));
    capture_close(c);
}
END_TEST

START_TEST(lengths_that_lie)
{
    static const struct {
        size_t at; /* from the block's beginning */
        uint8_t octet;
    } lies[] = {{4, 13}, {4, 4}, {5, 0xff}, {20, 0xff}};

    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct capture *c;
        size_t last;

        f.n = 0;
        section();
        interface(1, 6, 0);
        packet(0, 1000000, "good");
        last = f.n;
        packet(0, 2000000, "evil");
        packet(0, 3000000, "more");
        f.octets[last + lies[i].at] = lies[i].octet;
        c = open_ok(save(&f));
        expect(c, 1000000000, "good", 1);
        ck_assert(!capture_next(c, &p));
        ck_assert_ptr_nonnull(capture_file(c, 0).problem);
        capture_close(c);
        unlink(f.path);
    }
}
END_TEST

START_TEST(cut_anywhere)
{
    size_t whole, first;

    section();
    interface(1, 6, 0);
    packet(0, 1000000, "good");
    first = f.n;
    packet(0, 2000000, "cut");
    whole = f.n;
    for (size_t n = first + 1; n < whole; n++) {
        struct capture *c;

        f.n = n;
        c = open_ok(save(&f));
        expect(c, 1000000000, "good", 1);
        ck_assert(!capture_next(c, &p));
        ck_assert(!capture_file(c, 0).damaged);
        ck_assert_ptr_nonnull(capture_file(c, 0).problem);
        capture_close(c);
        unlink(f.path);
    }
}
END_TEST

struct keys {
    unsigned times;
    uint32_t type;
    char text[64];
};

static void take_keys(void *ctx, uint32_t type, const uint8_t *data, size_t n)
{
    struct keys *keys = ctx;

    keys->times++;
    keys->type = type;
    ck_assert_uint_lt(n, sizeof keys->text);
    memcpy(keys->text, data, n);
}

/* testdata/files/features.pcapng: what is in it stands in
 * scripts/make-testdata, times as tshark prints them. */
START_TEST(what_is_besides_packets)
{
    static const int64_t fractions[] = {110400000, 111457000, 111668586,
                                        112030000, 115806000, 112030000};
    static const struct capture_comment comments[] = {{1, "the first"}, {2, "one"}, {2, "two"}};
    struct keys keys = {0};
    struct capture_options options = {.secrets = take_keys, .secrets_ctx = &keys};
    const char *path = bundled("files/features.pcapng");
    struct capture_file file;
    struct capture *c;

    ck_assert_int_eq(capture_open(&c, &options, &path, 1, NULL), 0);
    for (unsigned i = 0; i < 6; i++) {
        ck_assert(capture_next(c, &p));
        ck_assert_int_eq(p.time, 1795452216000000000 + fractions[i]);
    }
    ck_assert(!capture_next(c, &p));
    file = capture_file(c, 0);
    ck_assert_ptr_null(file.problem);
    ck_assert_str_eq(file.comment, "gateway 3\nticket 4711\nafter a pause");
    ck_assert_uint_eq(file.packet_comment_count, 3);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_eq(file.packet_comments[i].packet, comments[i].packet);
        ck_assert_str_eq(file.packet_comments[i].text, comments[i].text);
    }
    /* 3 and 4 of the first interface's packets, 20 + 2 of the second's last
     * statistics, 5 of the old packet in the second section */
    ck_assert_int_eq(file.dropped, 34);
    ck_assert_int_eq(file.accepted, 880);
    ck_assert_uint_eq(file.backwards, 1);
    ck_assert_uint_eq(keys.times, 1);
    ck_assert_uint_eq(keys.type, SECRETS_TLS);
    ck_assert_str_eq(keys.text, "CLIENT_RANDOM 00 11\n");
    capture_close(c);
}
END_TEST

START_TEST(nothing_besides_packets)
{
    struct capture *c;

    section();
    interface(1, 6, 0);
    packet(0, 1000000, "x");
    c = open_ok(save(&f));
    expect(c, 1000000000, "x", 1);
    ck_assert_int_eq(capture_file(c, 0).dropped, -1);
    ck_assert_int_eq(capture_file(c, 0).accepted, -1);
    ck_assert_ptr_null(capture_file(c, 0).comment);
    capture_close(c);
}
END_TEST

START_TEST(secrets_that_lie)
{
    struct capture *c;
    size_t b;

    section();
    b = begin(10);
    put(&f, SECRETS_TLS, 4);
    put(&f, 100, 4);
    put_text(&f, "few");
    end(b);
    c = open_ok(save(&f));
    ck_assert(!capture_next(c, &p));
    ck_assert(strstr(capture_file(c, 0).problem, "claims more secrets"));
    capture_close(c);
}
END_TEST

START_TEST(unknown_version)
{
    struct capture *c;

    section();
    f.octets[12] = 2;
    c = open_ok(save(&f));
    ck_assert_uint_eq(capture_readable(c), 0);
    ck_assert(strstr(capture_file(c, 0).problem, "version 2.0"));
    capture_close(c);
}
END_TEST

/* Comments without end are not kept without end. */
START_TEST(many_comments)
{
    char text[1001] = "";
    struct capture *c;

    memset(text, 'c', 1000);
    for (unsigned i = 0; i < 70; i++) {
        size_t b = begin(0x0a0d0d0a);

        put(&f, 0x1a2b3c4d, 4);
        put(&f, 1, 4);
        put(&f, UINT64_MAX, 8);
        put(&f, 1, 2);
        put(&f, 1000, 2);
        put_text(&f, text);
        end(b);
    }
    c = open_ok(save(&f));
    ck_assert(!capture_next(c, &p));
    ck_assert_ptr_null(capture_file(c, 0).problem);
    ck_assert_uint_eq(strlen(capture_file(c, 0).comment), 65 * 1001 - 1);
    capture_close(c);
}
END_TEST

/* An enhanced packet of `n` octets, with a comment, if there is one. */
static void any_packet(uint32_t number, uint64_t units, uint32_t n, const char *comment)
{
    size_t b = begin(6);

    put(&f, number, 4);
    put(&f, units >> 32, 4);
    put(&f, units & 0xffffffff, 4);
    put(&f, n, 4);
    put(&f, n % 3 ? n : n + 7, 4);
    for (uint32_t i = 0; i < n; i++)
        put(&f, i, 1);
    put(&f, 0, (4 - n % 4) % 4);
    if (comment) {
        put(&f, 1, 2);
        put(&f, strlen(comment), 2);
        put_text(&f, comment);
    }
    end(b);
}

/* Packets that go on as the one before, and in between whatever ends that. */
static void all_kinds(void)
{
    static const uint64_t times[] = {1700000000000000, 1600000000000000, 0, UINT64_MAX,
                                     4294967295999999, 4294967296000000, 1700000000000001};

    section();
    interface(1, 6, 0);
    interface(113, 9, 0);
    interface(1, 0x80 | 9, 0);
    interface(1, 0x80 | 20, 0);
    interface(1, 12, 0);
    interface(101, 6, 100);
    for (unsigned i = 0; i < 200; i++) {
        uint32_t of = i / 20 % 7; /* the last one is not described */

        any_packet(of, times[0] + 1000 * (uint64_t)i, i % 41, i % 37 ? NULL : "four");
        if (i % 29 == 28)
            any_packet(of, times[i % 7], 100, NULL);
        if (i % 43 == 42)
            end(begin(0x0bad));
    }
}

/* As runs and one by one the file is the same. */
static void same_in_runs(void)
{
    struct capture *one = open_ok(save(&f)), *more = open_ok(f.path);
    struct capture_file want, got;
    struct capture_run run;

    while (capture_some(more, &run))
        for (size_t i = 0; i < run.n; i++) {
            struct packet packet = capture_packet(&run, i);

            ck_assert(capture_next(one, &p));
            ck_assert_uint_eq(packet.offset, p.offset);
            ck_assert_ptr_null(packet_difference(&packet, &p, 1));
            ck_assert_uint_eq(packet.interface, p.interface);
            ck_assert(run.earliest <= p.time && p.time <= run.latest);
        }
    ck_assert(!capture_next(one, &p));
    want = capture_file(one, 0);
    got = capture_file(more, 0);
    ck_assert_uint_eq(got.packets, want.packets);
    ck_assert_uint_eq(got.bytes, want.bytes);
    ck_assert_uint_eq(got.backwards, want.backwards);
    ck_assert_uint_eq(got.packet_comment_count, want.packet_comment_count);
    ck_assert_str_eq(got.problem ? got.problem : "", want.problem ? want.problem : "");
    capture_close(one);
    capture_close(more);
}

START_TEST(runs)
{
    f.big = _i;
    all_kinds();
    same_in_runs();
    ck_assert_uint_gt(f.n, 11000);
}
END_TEST

/* Any octet of a packet may be another one. */
START_TEST(runs_of_what_lies)
{
    size_t first, n;

    section();
    interface(1, 6, 0);
    first = f.n;
    for (unsigned i = 0; i < 3; i++)
        any_packet(0, 1700000000000000, 5 + i, NULL);
    n = f.n;
    for (size_t at = first; at < n; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            f.octets[at] ^= (uint8_t)(1 << bit);
            same_in_runs();
            unlink(f.path);
            f.octets[at] ^= (uint8_t)(1 << bit);
        }
    for (f.n = first; f.n < n; f.n++) {
        same_in_runs();
        unlink(f.path);
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("pcapng");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, resolutions);
    tcase_add_test(t, resolutions_in_the_other_byte_order);
    tcase_add_test(t, sections);
    tcase_add_test(t, simple_and_old_packets);
    tcase_add_test(t, unknown_blocks_are_passed_over);
    tcase_add_test(t, undescribed_interface);
    tcase_add_test(t, lengths_that_lie);
    tcase_add_test(t, cut_anywhere);
    tcase_add_test(t, what_is_besides_packets);
    tcase_add_test(t, nothing_besides_packets);
    tcase_add_test(t, secrets_that_lie);
    tcase_add_test(t, unknown_version);
    tcase_add_test(t, many_comments);
    tcase_add_loop_test(t, runs, 0, 2);
    tcase_add_test(t, runs_of_what_lies);
    return run_suite("pcapng", t);
}

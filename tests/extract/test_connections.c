/* Which segments of a TCP connection are wanted whole. */
#include "extract/connections.h"

#include <stdlib.h>

#include "base/time.h"
#include "support/suite.h"

static struct connections c;
static struct net_addr alice, proxy;

static void begin(void)
{
    c = (struct connections){.seed = 7};
    ck_assert(addr_parse_ip(SLICE("192.0.2.1"), 5070, &alice));
    ck_assert(addr_parse_ip(SLICE("192.0.2.9"), 5060, &proxy));
}

static void range(const struct net_addr *src, uint32_t file, uint32_t from, uint32_t to,
                  int64_t second)
{
    struct connection_range r = {.from = from, .to = to, .time = second * TIME_SECOND};

    ck_assert_int_eq(
        connections_range(&c, src, src == &alice ? &proxy : &alice, file, &r), 0);
}

static enum connection_want wants(const struct net_addr *src, uint32_t sequence, uint32_t n,
                                  int64_t second)
{
    const struct net_addr *dst = src == &alice ? &proxy : &alice;
    const struct connection_use *use = connections_first(&c, src, dst);

    ck_assert_ptr_nonnull(use);
    return connection_wants(use, src, dst, sequence, n, second * TIME_SECOND);
}

START_TEST(overlaps)
{
    begin();
    range(&alice, 0, 1000, 1500, 100);
    ck_assert_int_eq(wants(&alice, 1000, 500, 100), CONNECTION_SEGMENT);
    ck_assert_int_eq(wants(&alice, 900, 101, 99), CONNECTION_SEGMENT);
    ck_assert_int_eq(wants(&alice, 900, 100, 99), CONNECTION_HEADERS);
    ck_assert_int_eq(wants(&alice, 1499, 300, 100), CONNECTION_SEGMENT);
    ck_assert_int_eq(wants(&alice, 1500, 300, 100), CONNECTION_HEADERS);
    /* sent again */
    ck_assert_int_eq(wants(&alice, 1000, 500, 110), CONNECTION_SEGMENT);
    /* the other direction has other numbers */
    ck_assert_int_eq(wants(&proxy, 1000, 500, 100), CONNECTION_HEADERS);
    /* an acknowledgement, and long before and after */
    ck_assert_int_eq(wants(&proxy, 700, 0, 101), CONNECTION_SEGMENT);
    ck_assert_int_eq(wants(&proxy, 700, 0, 60), CONNECTION_NOTHING);
    ck_assert_int_eq(wants(&alice, 1000, 500, 140), CONNECTION_NOTHING);
    connections_free(&c);
}
END_TEST

/* Messages in a row, for longer than a segment is looked for: each is wanted. */
START_TEST(in_a_row)
{
    begin();
    for (uint32_t i = 0; i < 100; i++)
        range(&alice, 0, 1000 + 10 * i, 1010 + 10 * i, 100 + i);
    for (uint32_t i = 0; i < 100; i++)
        ck_assert_int_eq(wants(&alice, 1000 + 10 * i, 10, 100 + (int64_t)i), CONNECTION_SEGMENT);
    connections_free(&c);
}
END_TEST

/* What is written in the place of messages, in segments that hold parts of them. */
START_TEST(other_octets)
{
    static const uint8_t first[] = "ABCDEF", second[] = "GHIJ";
    struct connection_range a = {.from = UINT32_MAX - 2, .to = 3, .octets = first,
                                 .time = 100 * TIME_SECOND};
    struct connection_range b = {.from = 3, .to = 7, .octets = second, .time = 101 * TIME_SECOND};
    uint8_t segment[9] = "........";
    const struct connection_use *use;

    begin();
    ck_assert_int_eq(connections_range(&c, &alice, &proxy, 0, &a), 0);
    ck_assert_int_eq(connections_range(&c, &alice, &proxy, 0, &b), 0);
    use = connections_first(&c, &alice, &proxy);
    ck_assert(connection_octets(use, &alice, &proxy, 0, segment, 8, 100 * TIME_SECOND));
    ck_assert_str_eq((char *)segment, "DEFGHIJ.");
    ck_assert(!connection_octets(use, &alice, &proxy, 50, segment, 8, 100 * TIME_SECOND));
    ck_assert(!connection_octets(use, &proxy, &alice, 0, segment, 8, 100 * TIME_SECOND));
    connections_free(&c);
}
END_TEST

START_TEST(numbers_wrap)
{
    begin();
    range(&proxy, 0, UINT32_MAX - 99, 100, 50);
    ck_assert_int_eq(wants(&proxy, UINT32_MAX - 199, 100, 50), CONNECTION_HEADERS);
    ck_assert_int_eq(wants(&proxy, UINT32_MAX - 199, 101, 50), CONNECTION_SEGMENT);
    ck_assert_int_eq(wants(&proxy, 50, 10, 50), CONNECTION_SEGMENT);
    ck_assert_int_eq(wants(&proxy, 100, 10, 50), CONNECTION_HEADERS);
    connections_free(&c);
}
END_TEST

/* Messages in a row are one range, others are not. */
START_TEST(rows)
{
    begin();
    range(&alice, 0, 0, 100, 1);
    range(&alice, 0, 100, 200, 2);
    range(&alice, 0, 300, 400, 3);
    ck_assert_uint_eq(c.uses.v[0].ranges[0].n + c.uses.v[0].ranges[1].n, 2);
    ck_assert_int_eq(wants(&alice, 150, 10, 2), CONNECTION_SEGMENT);
    ck_assert_int_eq(wants(&alice, 200, 100, 2), CONNECTION_HEADERS);
    connections_free(&c);
}
END_TEST

START_TEST(several_files)
{
    const struct connection_use *use;
    unsigned seen = 0;

    begin();
    range(&alice, 0, 0, 100, 1);
    range(&alice, 1, 100, 200, 1);
    for (use = connections_first(&c, &proxy, &alice); use; use = connections_next(&c, use)) {
        enum connection_want first =
            connection_wants(use, &alice, &proxy, 0, 100, TIME_SECOND);

        ck_assert_int_eq(first, use->file == 0 ? CONNECTION_SEGMENT : CONNECTION_HEADERS);
        seen |= 1u << use->file;
    }
    ck_assert_uint_eq(seen, 3);
    connections_free(&c);
}
END_TEST

/* What cannot be read without its beginning is wanted from there on. */
START_TEST(whole)
{
    begin();
    connections_use(&c, &alice, &proxy, 0, 1000 * TIME_SECOND)->whole = true;
    ck_assert_int_eq(wants(&alice, 5, 10, 1), CONNECTION_SEGMENT);
    ck_assert_int_eq(wants(&alice, 5, 10, 1001), CONNECTION_SEGMENT);
    ck_assert_int_eq(wants(&alice, 5, 10, 2000), CONNECTION_NOTHING);
    connections_free(&c);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("connections");

    tcase_add_test(t, overlaps);
    tcase_add_test(t, in_a_row);
    tcase_add_test(t, other_octets);
    tcase_add_test(t, numbers_wrap);
    tcase_add_test(t, rows);
    tcase_add_test(t, several_files);
    tcase_add_test(t, whole);
    return run_suite("connections", t);
}

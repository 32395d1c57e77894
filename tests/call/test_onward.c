/* Which message is another one passed on. */
#include "call/onward.h"

#include "feed.h"

static struct feed f;

static void setup(void)
{
    feed_open(&f);
}

static void teardown(void)
{
    feed_close(&f);
}

static struct onward pairs[16];

static size_t pairs_of(uint32_t call)
{
    feed_finish(&f, 100);
    return onward_read(f.table, call, pairs, 16);
}

#define EXPECT_PAIR(i, from_call, from, to_call, to)                                               \
    do {                                                                                           \
        ck_assert_uint_eq(pairs[i].call, from_call);                                               \
        ck_assert_uint_eq(pairs[i].message, from);                                                 \
        ck_assert_uint_eq(pairs[i].next_call, to_call);                                            \
        ck_assert_uint_eq(pairs[i].next, to);                                                      \
    } while (0)

/* 0 INVITE and 1 INVITE on, 2 180, 3 180 back, 4 200, 5 200 back. */
START_TEST(by_a_proxy)
{
    static const char *const lines[] = {"SIP/2.0 180 Ringing", "SIP/2.0 200 OK"};
    struct net_addr proxy = feed_addr("10.0.0.2", 5060);

    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .line = INVITE_LINE, .src = "10.0.0.2", .dst = "10.0.0.3", .branch = "z9hG4bK2");
    for (int i = 0; i < 2; i++) {
        SAY(&f, .line = lines[i], .src = "10.0.0.3", .dst = "10.0.0.2", .via = "10.0.0.2",
            .branch = "z9hG4bK2", .to_tag = "b");
        ANSWER(&f, .line = lines[i], .to_tag = "b");
    }
    ck_assert_uint_eq(pairs_of(0), 2);
    EXPECT_PAIR(0, 0, 0, 0, 1);
    EXPECT_PAIR(1, 0, 4, 0, 5);
    ck_assert(addr_eq(&pairs[0].by, &proxy));
}
END_TEST

/* Two calls that a header ties; the second call's INVITE is the first's, passed on. */
START_TEST(by_a_b2bua)
{
    SAY(&f, .line = INVITE_LINE, .call_id = "one");
    SAY(&f, .at = 0.1, .line = INVITE_LINE, .call_id = "two", .src = "10.0.0.2",
        .dst = "10.0.0.3", .branch = "z9hG4bK2", .from_tag = "x", .extra = "X-CID: one\r\n");
    SAY(&f, .at = 1, .line = "SIP/2.0 486 Busy Here", .call_id = "two", .src = "10.0.0.3",
        .dst = "10.0.0.2", .via = "10.0.0.2", .branch = "z9hG4bK2", .from_tag = "x",
        .to_tag = "y");
    ANSWER(&f, .at = 1.1, .line = "SIP/2.0 486 Busy Here", .call_id = "one", .to_tag = "b");
    ck_assert_uint_eq(pairs_of(0), 2);
    EXPECT_PAIR(0, 0, 0, 1, 0);
    EXPECT_PAIR(1, 1, 1, 0, 1);
    /* the later call has nothing before it */
    ck_assert_uint_eq(onward_read(f.table, 1, pairs, 16), 0);
}
END_TEST

/* A request back to who sent the first is not that one, passed on. */
START_TEST(not_the_other_way)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 200 OK", .to_tag = "b");
    SAY(&f, .line = "BYE sip:a SIP/2.0", .src = "10.0.0.2", .dst = "10.0.0.1", .from_tag = "b",
        .to_tag = "a", .cseq = "1 BYE", .branch = "z9hG4bK9");
    ck_assert_uint_eq(pairs_of(0), 0);
}
END_TEST

START_TEST(room)
{
    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .line = INVITE_LINE, .src = "10.0.0.2", .dst = "10.0.0.3", .branch = "z9hG4bK2");
    feed_finish(&f, 100);
    ck_assert_uint_eq(onward_read(f.table, 0, pairs, 0), 0);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("onward");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, by_a_proxy);
    tcase_add_test(t, by_a_b2bua);
    tcase_add_test(t, not_the_other_way);
    tcase_add_test(t, room);
    return run_suite("onward", t);
}

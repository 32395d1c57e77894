/* Retransmissions and their timers, loops, spirals, merged requests, PRACK. */
#include "feed.h"

#include "call/repeat.h"

static struct feed f;

static void setup(void)
{
    feed_open(&f);
}

static void teardown(void)
{
    feed_close(&f);
}

static struct retransmission repeat_of(uint32_t message)
{
    struct retransmission r;

    ck_assert(retransmission_of(call_at(f.table, 0), message, &r));
    return r;
}

/* RFC 3261 §17.1.1.2: 500 ms, then twice that each time. */
START_TEST(timer_a)
{
    static const double at[] = {0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5};
    struct retransmission r;

    for (int i = 0; i < 7; i++)
        SAY(&f, .at = at[i], .line = INVITE_LINE);
    for (uint32_t i = 1; i < 7; i++) {
        r = repeat_of(i);
        ck_assert_int_eq(r.timer, 'A');
        ck_assert_uint_eq(r.original, 0);
        ck_assert(r.on_time);
        ck_assert_int_eq(r.expected, (int64_t)(at[i] * 1e9));
    }
    ck_assert(!retransmission_of(call_at(f.table, 0), 0, &r));
}
END_TEST

/* §17.1.2.2: the interval stops growing at T2. */
START_TEST(timer_e)
{
    static const double at[] = {0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5};

    for (int i = 0; i < 7; i++)
        SAY(&f, .at = at[i], .line = "BYE sip:b SIP/2.0", .cseq = "2 BYE", .to_tag = "b");
    for (uint32_t i = 1; i < 7; i++) {
        struct retransmission r = repeat_of(i);

        ck_assert_int_eq(r.timer, 'E');
        ck_assert_int_eq(r.expected, (int64_t)(at[i] * 1e9));
        ck_assert(r.on_time);
    }
}
END_TEST

START_TEST(timer_g)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .at = 1, .line = "SIP/2.0 486 Busy Here", .to_tag = "b");
    ANSWER(&f, .at = 1.5, .line = "SIP/2.0 486 Busy Here", .to_tag = "b");
    ck_assert_int_eq(repeat_of(2).timer, 'G');
    ck_assert_int_eq(repeat_of(2).after, 500000000);
}
END_TEST

START_TEST(not_on_time)
{
    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .at = 0.02, .line = INVITE_LINE);
    ck_assert(!repeat_of(1).on_time);
    ck_assert_int_eq(repeat_of(1).expected, 500000000);
}
END_TEST

/* A response to a request that came again answers that, no timer. */
START_TEST(no_timer)
{
    SAY(&f, .line = "BYE sip:b SIP/2.0", .cseq = "2 BYE", .to_tag = "b");
    ANSWER(&f, .at = 0.4, .line = "SIP/2.0 200 OK", .cseq = "2 BYE", .to_tag = "b");
    ANSWER(&f, .at = 0.9, .line = "SIP/2.0 200 OK", .cseq = "2 BYE", .to_tag = "b");
    ck_assert_int_eq(repeat_of(2).timer, 0);
    ck_assert_int_eq(repeat_of(2).expected, -1);
}
END_TEST

#define PHONE "10.0.0.1"
#define PROXY "10.0.0.2"
#define NEXT "10.0.0.3"
#define VIA(host, branch) "Via: SIP/2.0/UDP " host ";branch=" branch "\r\n"

/* PROXY sends it to NEXT, which sends it back. */
static enum repeat come_back(const char *line, const char *second)
{
    uint32_t before = CALL_NONE;
    enum repeat repeat;

    SAY(&f, .line = line);
    SAY(&f, .src = PROXY, .dst = NEXT, .branch = "z9hG4bK2", .line = line,
        .extra = VIA(PHONE, "z9hG4bK1"));
    SAY(&f, .src = NEXT, .dst = PROXY, .branch = "z9hG4bK3", .line = second,
        .extra = VIA(PROXY, "z9hG4bK2") VIA(PHONE, "z9hG4bK1"));
    repeat = transaction_repeat(f.table, call_at(f.table, 0), 2, &before);
    ck_assert_uint_eq(before, 0);
    ck_assert_int_eq(transaction_repeat(f.table, call_at(f.table, 0), 1, &before), REPEAT_NONE);
    return repeat;
}

START_TEST(loop)
{
    ck_assert_int_eq(come_back(INVITE_LINE, INVITE_LINE), REPEAT_LOOP);
    ck_assert_str_eq(repeat_name(REPEAT_LOOP), "loop");
}
END_TEST

/* Another Request-URI: the proxy was asked something else (§6). */
START_TEST(spiral)
{
    ck_assert_int_eq(come_back(INVITE_LINE, "INVITE sip:joe@example.com SIP/2.0"),
                     REPEAT_SPIRAL);
}
END_TEST

START_TEST(merged)
{
    uint32_t before;

    SAY(&f, .src = PROXY, .dst = NEXT, .branch = "z9hG4bK2", .line = INVITE_LINE);
    SAY(&f, .src = "10.0.0.4", .dst = NEXT, .branch = "z9hG4bK3", .line = INVITE_LINE);
    ck_assert_int_eq(transaction_repeat(f.table, call_at(f.table, 0), 1, &before),
                     REPEAT_MERGED);
}
END_TEST

/* Two lines of one telephone, asked by one proxy. */
START_TEST(a_fork_to_one_host_is_not_merged)
{
    uint32_t before;

    SAY(&f, .src = PROXY, .dst = NEXT, .branch = "z9hG4bK2", .line = INVITE_LINE);
    SAY(&f, .src = PROXY, .dst = NEXT, .branch = "z9hG4bK3",
        .line = "INVITE sip:bob2@10.0.0.3 SIP/2.0");
    ck_assert_int_eq(transaction_repeat(f.table, call_at(f.table, 0), 1, &before), REPEAT_NONE);
}
END_TEST

/* A new attempt has a new CSeq. */
START_TEST(a_second_attempt_is_no_loop)
{
    uint32_t before;

    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .line = INVITE_LINE, .branch = "z9hG4bK2", .cseq = "2 INVITE");
    ck_assert_int_eq(transaction_repeat(f.table, call_at(f.table, 0), 1, &before), REPEAT_NONE);
}
END_TEST

static void ringing(const char *rseq)
{
    char extra[64];

    snprintf(extra, sizeof extra, "Require: 100rel\r\nRSeq: %s\r\n", rseq);
    ANSWER(&f, .line = "SIP/2.0 180 Ringing", .to_tag = "b", .extra = extra);
}

START_TEST(prack_finds_its_response)
{
    struct call *call;

    SAY(&f, .line = INVITE_LINE);
    ringing("7");
    ringing("8");
    SAY(&f, .line = "PRACK sip:b SIP/2.0", .branch = "z9hG4bKp", .to_tag = "b",
        .cseq = "2 PRACK", .extra = "RAck: 7 1 INVITE\r\n");
    SAY(&f, .line = "PRACK sip:b SIP/2.0", .branch = "z9hG4bKq", .to_tag = "b",
        .cseq = "3 PRACK", .extra = "RAck: 8 1 INVITE\r\n");
    SAY(&f, .line = "PRACK sip:b SIP/2.0", .branch = "z9hG4bKr", .to_tag = "b",
        .cseq = "4 PRACK", .extra = "RAck: 9 1 INVITE\r\n");
    call = call_at(f.table, 0);
    ck_assert_uint_eq(prack_acknowledges(f.table, call, 1), 1);
    ck_assert_uint_eq(prack_acknowledges(f.table, call, 2), 2);
    ck_assert_uint_eq(prack_acknowledges(f.table, call, 3), CALL_NONE);
    ck_assert_uint_eq(prack_acknowledges(f.table, call, 0), CALL_NONE);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("repeat");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, timer_a);
    tcase_add_test(t, timer_e);
    tcase_add_test(t, timer_g);
    tcase_add_test(t, not_on_time);
    tcase_add_test(t, no_timer);
    tcase_add_test(t, loop);
    tcase_add_test(t, spiral);
    tcase_add_test(t, merged);
    tcase_add_test(t, a_fork_to_one_host_is_not_merged);
    tcase_add_test(t, a_second_attempt_is_no_loop);
    tcase_add_test(t, prack_finds_its_response);
    return run_suite("repeat", t);
}

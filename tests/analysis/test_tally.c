/* Who sent and received how many messages of which kind. */
#include "analysis/tally.h"

#include "../call/feed.h"

static struct feed f;
static struct fosip_analysis a;
static struct participants participants;
static struct tally tally;

static void setup(void)
{
    feed_open(&f);
    a = (struct fosip_analysis){.calls = f.table};
}

static void teardown(void)
{
    tally_close(&tally);
    participants_close(&participants);
    feed_close(&f);
}

static void count(void)
{
    feed_finish(&f, 1000);
    ck_assert_int_eq(participants_open(&participants, &a), 0);
    for (uint32_t i = 0; i < call_count(f.table); i++)
        ck_assert_int_eq(participants_add(&participants, i), 0);
    ck_assert_int_eq(tally_open(&tally, &participants, NULL, NULL), 0);
}

static uint64_t of(enum tally_way way, uint32_t who, unsigned what)
{
    struct tally_cell cells[TALLY_MOST];
    size_t n = tally_of(&tally, way, who, cells);

    for (size_t i = 1; i < n; i++)
        ck_assert_uint_lt(cells[i - 1].what, cells[i].what);
    for (size_t i = 0; i < n; i++)
        if (cells[i].what == what)
            return cells[i].count;
    return 0;
}

static uint32_t who(const char *ip)
{
    struct net_addr addr = feed_addr(ip, 5060);
    const struct participating *one = participants_find(&participants, &addr);

    ck_assert_ptr_nonnull(one);
    return (uint32_t)(one - participants.v.v);
}

/* Two phones of one make, a server that answers one of them; a repeated INVITE
 * counts once. */
START_TEST(by_peer_and_program)
{
    static const char *const phone = "User-Agent: Phone/1\r\n";
    struct tally_cell cells[TALLY_MOST];

    SAY(&f, .line = INVITE_LINE, .extra = phone);
    SAY(&f, .at = 0.5, .line = INVITE_LINE, .extra = phone);
    ANSWER(&f, .at = 1, .line = "SIP/2.0 180 Ringing", .to_tag = "b");
    ANSWER(&f, .at = 2, .line = "SIP/2.0 486 Busy Here", .to_tag = "b",
           .extra = "Server: Box/2\r\n");
    SAY(&f, .at = 2.1, .line = "ACK sip:bob@example.com SIP/2.0", .cseq = "1 ACK", .to_tag = "b");
    SAY(&f, .at = 5, .src = "10.0.0.3", .call_id = "d", .line = INVITE_LINE, .extra = phone);
    count();
    ck_assert_uint_eq(of(TALLY_SENT, who("10.0.0.1"), SIP_INVITE), 1);
    ck_assert_uint_eq(of(TALLY_SENT, who("10.0.0.1"), SIP_ACK), 1);
    ck_assert_uint_eq(of(TALLY_SENT, who("10.0.0.1"), 180), 0);
    ck_assert_uint_eq(of(TALLY_RECEIVED, who("10.0.0.1"), 486), 1);
    ck_assert_uint_eq(of(TALLY_SENT, who("10.0.0.2"), 180), 1);
    ck_assert_uint_eq(of(TALLY_SENT, who("10.0.0.2"), 486), 1);
    ck_assert_uint_eq(of(TALLY_RECEIVED, who("10.0.0.2"), SIP_INVITE), 2);
    ck_assert_uint_eq(tally_of(&tally, TALLY_RECEIVED, who("10.0.0.3"), cells), 0);

    ck_assert_uint_eq(tally.agents.n, 2);
    ck_assert(slice_eq(tally.agents.v[0].name, SLICE("Phone/1")));
    ck_assert_uint_eq(tally.agents.v[0].participants, 2);
    ck_assert_uint_eq(tally.agents.v[0].requests, 3);
    ck_assert_uint_eq(tally.agents.v[0].responses, 0);
    ck_assert_uint_eq(of(TALLY_AGENT, 0, SIP_INVITE), 2);
    ck_assert(slice_eq(tally.agents.v[1].name, SLICE("Box/2")));
    ck_assert_uint_eq(tally.agents.v[1].responses, 2);
    ck_assert_uint_eq(of(TALLY_AGENT, 1, 486), 1);
}
END_TEST

START_TEST(nobody)
{
    struct tally_cell cells[TALLY_MOST];

    count();
    ck_assert(tally_is_empty(&tally));
    ck_assert_uint_eq(tally.agents.n, 0);
    ck_assert_uint_eq(tally_of(&tally, TALLY_SENT, 0, cells), 0);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("tally");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, by_peer_and_program);
    tcase_add_test(t, nobody);
    return run_suite("tally", t);
}

/* Roles: who is user agent, proxy, registrar, redirect server, B2BUA, by what
 * the messages show. */
#include "analysis/participants.h"

#include "../call/feed.h"

static struct feed f;
static struct fosip_analysis a;
static struct participants p;

static void setup(void)
{
    feed_open(&f);
    a = (struct fosip_analysis){.calls = f.table, .streams = stream_table_new(NULL, NULL)};
}

static void teardown(void)
{
    participants_close(&p);
    stream_table_free(a.streams);
    feed_close(&f);
}

static void judge(void)
{
    feed_finish(&f, 100);
    ck_assert_int_eq(participants_open(&p, &a), 0);
    for (uint32_t i = 0; i < call_count(f.table); i++)
        ck_assert_int_eq(participants_add(&p, i), 0);
}

static const struct participating *at(const char *ip)
{
    struct net_addr addr = feed_addr(ip, 5060);
    const struct participating *one = participants_find(&p, &addr);

    ck_assert_ptr_nonnull(one);
    return one;
}

static unsigned roles(const char *ip)
{
    return participant_roles(at(ip));
}

#define PHONE "10.0.0.1"
#define PROXY "10.0.0.2"
#define OTHER "10.0.0.3"
#define THIRD "10.0.0.4"

START_TEST(proxy_between_two)
{
    SAY(&f, .line = INVITE_LINE, .extra = "User-Agent: Phone/1\r\n");
    SAY(&f, .src = PROXY, .dst = PHONE, .via = PHONE, .line = "SIP/2.0 100 Trying");
    SAY(&f, .src = PROXY, .dst = OTHER, .branch = "z9hG4bK2", .line = INVITE_LINE,
        .extra = "Record-Route: <sip:10.0.0.2;lr>\r\nUser-Agent: Phone/1\r\n");
    SAY(&f, .src = OTHER, .dst = PROXY, .via = PROXY, .branch = "z9hG4bK2", .to_tag = "b",
        .line = "SIP/2.0 200 OK", .extra = "Server: Desk/2\r\n");
    SAY(&f, .src = PROXY, .dst = PHONE, .via = PHONE, .to_tag = "b", .line = "SIP/2.0 200 OK",
        .extra = "Server: Desk/2\r\n");
    judge();
    ck_assert_uint_eq(p.v.n, 3);
    ck_assert_uint_eq(roles(PHONE), ROLE_USER_AGENT);
    ck_assert_uint_eq(roles(OTHER), ROLE_USER_AGENT);
    ck_assert_uint_eq(roles(PROXY), ROLE_PROXY | PROXY_STATEFUL | PROXY_RECORD_ROUTING);
    ck_assert(slice_eq(at(PHONE)->user_agent, SLICE("Phone/1")));
    ck_assert(slice_eq(at(OTHER)->user_agent, SLICE("Desk/2")));
    /* What it passes on are others' headers. */
    ck_assert_uint_eq(at(PROXY)->user_agent.n, 0);
    ck_assert_uint_eq(at(PROXY)->sent, 3);
}
END_TEST

/* CSeq and method may look alike, though nothing was passed on. */
START_TEST(many_requests_of_one_hop)
{
    static const char *const cseqs[] = {"1 INVITE", "5 INVITE", "9 INVITE", "9 PING", "13 PING"};

    for (unsigned i = 0; i < sizeof cseqs / sizeof cseqs[0]; i++) {
        char line[64], branch[16];

        snprintf(line, sizeof line, "%s sip:bob@example.com SIP/2.0", strchr(cseqs[i], ' ') + 1);
        snprintf(branch, sizeof branch, "z9hG4bK%u", i);
        SAY(&f, .line = line, .branch = branch, .cseq = cseqs[i]);
        ANSWER(&f, .line = "SIP/2.0 200 OK", .branch = branch, .to_tag = "b", .cseq = cseqs[i]);
    }
    judge();
    ck_assert_uint_eq(roles("10.0.0.1"), ROLE_USER_AGENT);
    ck_assert_uint_eq(roles("10.0.0.2"), ROLE_USER_AGENT);
}
END_TEST

START_TEST(fork)
{
    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .src = PROXY, .dst = OTHER, .branch = "z9hG4bK2", .line = INVITE_LINE);
    SAY(&f, .src = PROXY, .dst = THIRD, .branch = "z9hG4bK3", .line = INVITE_LINE);
    judge();
    ck_assert_uint_eq(roles(PROXY), ROLE_PROXY | PROXY_STATEFUL | PROXY_FORKING);
}
END_TEST

START_TEST(retransmissions_are_no_fork)
{
    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .src = PROXY, .dst = OTHER, .branch = "z9hG4bK2", .line = INVITE_LINE);
    SAY(&f, .src = PROXY, .dst = OTHER, .branch = "z9hG4bK2", .line = INVITE_LINE, .at = 0.5);
    judge();
    ck_assert_uint_eq(roles(PROXY), ROLE_PROXY);
}
END_TEST

START_TEST(registrar)
{
    SAY(&f, .line = "REGISTER sip:example.com SIP/2.0", .cseq = "1 REGISTER");
    ANSWER(&f, .line = "SIP/2.0 401 Unauthorized", .cseq = "1 REGISTER", .to_tag = "r");
    judge();
    ck_assert_uint_eq(roles(PROXY), ROLE_REGISTRAR);
    ck_assert_uint_eq(roles(PHONE), ROLE_USER_AGENT);
}
END_TEST

START_TEST(redirect_server)
{
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .line = "SIP/2.0 302 Moved Temporarily", .to_tag = "r");
    judge();
    ck_assert_uint_eq(roles(PROXY), ROLE_REDIRECT_SERVER);
}
END_TEST

/* The proxy passes a 302 on; the redirection is not its own. */
START_TEST(redirection_behind_a_proxy)
{
    SAY(&f, .line = INVITE_LINE);
    SAY(&f, .src = PROXY, .dst = OTHER, .branch = "z9hG4bK2", .line = INVITE_LINE);
    SAY(&f, .src = OTHER, .dst = PROXY, .via = PROXY, .branch = "z9hG4bK2", .to_tag = "r",
        .line = "SIP/2.0 302 Moved Temporarily");
    ANSWER(&f, .line = "SIP/2.0 302 Moved Temporarily", .to_tag = "r");
    judge();
    ck_assert_uint_eq(roles(PROXY), ROLE_PROXY);
    ck_assert_uint_eq(roles(OTHER), ROLE_REDIRECT_SERVER);
}
END_TEST

START_TEST(b2bua)
{
    SAY(&f, .call_id = "first-leg", .line = INVITE_LINE);
    SAY(&f, .src = PROXY, .dst = OTHER, .at = 0.1, .call_id = "second", .line = INVITE_LINE,
        .extra = "X-CID: first-leg\r\n");
    SAY(&f, .src = OTHER, .dst = PROXY, .at = 1, .via = PROXY, .call_id = "second",
        .to_tag = "b", .line = "SIP/2.0 200 OK");
    ANSWER(&f, .at = 1.1, .call_id = "first-leg", .to_tag = "c", .line = "SIP/2.0 200 OK");
    judge();
    ck_assert_uint_eq(roles(PROXY), ROLE_B2BUA);
    ck_assert_uint_eq(roles(OTHER), ROLE_USER_AGENT);
}
END_TEST

/* Who transfers stays a user agent. */
START_TEST(a_transfer_makes_no_b2bua)
{
    SAY(&f, .call_id = "first-leg", .line = INVITE_LINE);
    ANSWER(&f, .at = 1, .call_id = "first-leg", .to_tag = "c", .line = "SIP/2.0 200 OK");
    SAY(&f, .src = PROXY, .dst = OTHER, .at = 20, .call_id = "second", .line = INVITE_LINE,
        .extra = "Replaces: first-leg;to-tag=c;from-tag=a\r\n");
    judge();
    ck_assert_uint_eq(roles(PROXY), ROLE_USER_AGENT);
}
END_TEST

START_TEST(keepalives_alone_make_user_agents)
{
    SAY(&f, .line = "OPTIONS sip:x SIP/2.0", .cseq = "1 OPTIONS");
    ANSWER(&f, .line = "SIP/2.0 200 OK", .cseq = "1 OPTIONS", .to_tag = "r");
    judge();
    ck_assert_uint_eq(roles(PHONE), ROLE_USER_AGENT);
    ck_assert_uint_eq(roles(PROXY), ROLE_USER_AGENT);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("participants");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, proxy_between_two);
    tcase_add_test(t, many_requests_of_one_hop);
    tcase_add_test(t, fork);
    tcase_add_test(t, retransmissions_are_no_fork);
    tcase_add_test(t, registrar);
    tcase_add_test(t, redirect_server);
    tcase_add_test(t, redirection_behind_a_proxy);
    tcase_add_test(t, b2bua);
    tcase_add_test(t, a_transfer_makes_no_b2bua);
    tcase_add_test(t, keepalives_alone_make_user_agents);
    return run_suite("participants", t);
}

/* NAT bindings, read off Via header fields; those of STUN are in the truth of
 * testdata/35d_nat_stun_inside.pcap. */
#include "analysis/nat.h"

#include "../call/feed.h"
#include "analysis/ice.h"

static struct feed f;
static struct fosip_analysis a;

#define INSIDE "192.168.80.11"
#define OUTSIDE "198.51.100.7"
#define SERVER "203.0.113.5"
#define OTHER "203.0.113.6"

static void setup(void)
{
    feed_open(&f);
    a = (struct fosip_analysis){.calls = f.table, .ice = ice_table_new()};
}

static void teardown(void)
{
    nat_table_free(a.nat);
    ice_table_free(a.ice);
    feed_close(&f);
}

/* "192.168.80.11:1525 198.51.100.7:17255 203.0.113.5:5060 frame 1, 2 times", a line each. */
static const char *bindings(void)
{
    static char text[4096];
    char inside[ADDR_TEXT], outside[ADDR_TEXT], server[ADDR_TEXT];
    size_t n = 0;

    feed_finish(&f, 100);
    ck_assert_int_eq(nat_finish(&a), 0);
    *text = 0;
    for (size_t i = 0; i < nat_count(a.nat) && n < sizeof text; i++) {
        const struct nat_binding *b = nat_at(a.nat, i);

        ck_assert_str_eq(nat_evidence_name((enum nat_evidence)b->evidence), "via");
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %s %s frame %llu, %llu times",
                              i ? "\n" : "", addr_text(&b->inside, inside),
                              addr_text(&b->outside, outside), addr_text(&b->server, server),
                              (unsigned long long)b->frame, (unsigned long long)b->count);
    }
    return text;
}

START_TEST(no_nat)
{
    SAY(&f, .line = INVITE_LINE, .via = "10.0.0.1:5060;rport");
    SAY(&f, .src = "10.0.0.2", .dst = "10.0.0.1", .line = "SIP/2.0 200 OK", .to_tag = "b",
        .via = "10.0.0.1:5060;rport=5060;received=10.0.0.1");
    ck_assert_str_eq(bindings(), "");
}
END_TEST

/* Request and response agree: one binding, seen twice. */
START_TEST(seen_outside)
{
    SAY(&f, .src = OUTSIDE, .dst = SERVER, .line = INVITE_LINE, .via = INSIDE ":1525;rport");
    SAY(&f, .src = SERVER, .dst = OUTSIDE, .line = "SIP/2.0 200 OK", .to_tag = "b",
        .via = INSIDE ":1525;rport=5060;received=" OUTSIDE);
    ck_assert_str_eq(bindings(),
                     INSIDE ":1525 " OUTSIDE ":5060 " SERVER ":5060 frame 1, 2 times");
}
END_TEST

/* The response arrives at the private address with what the server saw. */
START_TEST(seen_inside)
{
    SAY(&f, .src = INSIDE, .dst = SERVER, .line = INVITE_LINE, .via = INSIDE ";rport");
    SAY(&f, .src = SERVER, .dst = INSIDE, .line = "SIP/2.0 200 OK", .to_tag = "b",
        .via = INSIDE ";rport=17255;received=" OUTSIDE);
    ck_assert_str_eq(bindings(),
                     INSIDE ":5060 " OUTSIDE ":17255 " SERVER ":5060 frame 2, 1 times");
}
END_TEST

/* A client that has learnt its outside address writes that into its Via; the request
 * comes before the response that tells which side is which. */
START_TEST(learnt_and_seen_inside)
{
    SAY(&f, .src = "192.168.1.2", .dst = "10.7.0.5", .line = INVITE_LINE,
        .via = "10.7.0.1:17255;rport");
    SAY(&f, .src = "10.7.0.5", .dst = "192.168.1.2", .line = "SIP/2.0 200 OK", .to_tag = "b",
        .via = "10.7.0.1:17255;rport=17255;received=10.7.0.1");
    ck_assert_str_eq(bindings(),
                     "192.168.1.2:5060 10.7.0.1:17255 10.7.0.5:5060 frame 1, 2 times");
}
END_TEST

/* RFC 3581 is not used: the response says no port that is bound. */
START_TEST(received_without_rport)
{
    SAY(&f, .src = OUTSIDE, .dst = SERVER, .line = INVITE_LINE, .via = INSIDE ":1525");
    SAY(&f, .src = SERVER, .dst = OUTSIDE, .line = "SIP/2.0 200 OK", .to_tag = "b",
        .via = INSIDE ":1525;received=" OUTSIDE);
    ck_assert_str_eq(bindings(),
                     INSIDE ":1525 " OUTSIDE ":5060 " SERVER ":5060 frame 1, 1 times");
}
END_TEST

START_TEST(two_servers)
{
    SAY(&f, .src = OUTSIDE, .dst = SERVER, .line = INVITE_LINE, .via = INSIDE);
    SAY(&f, .src = OUTSIDE, .dst = OTHER, .line = INVITE_LINE, .via = INSIDE, .call_id = "2");
    SAY(&f, .src = OUTSIDE, .dst = OTHER, .line = INVITE_LINE, .via = INSIDE, .call_id = "3");
    ck_assert_str_eq(bindings(), INSIDE ":5060 " OUTSIDE ":5060 " SERVER ":5060 frame 1, 1 times\n"
                                 INSIDE ":5060 " OUTSIDE ":5060 " OTHER ":5060 frame 2, 2 times");
}
END_TEST

/* Names, addresses that no host has, other families, public addresses of one host. */
START_TEST(no_evidence)
{
    static const char *const vias[] = {
        "phone.example.com", "0.0.0.0", "127.0.0.1", "224.0.1.75", "[fd00::1]", OTHER,
        "300.1.1.1", "[", ":",  "192.168.80.11.example;received=;rport=x",
    };

    for (size_t i = 0; i < sizeof vias / sizeof *vias; i++) {
        SAY(&f, .src = OUTSIDE, .dst = SERVER, .line = INVITE_LINE, .via = vias[i]);
        SAY(&f, .src = SERVER, .dst = OUTSIDE, .line = "SIP/2.0 180 Ringing", .via = vias[i]);
    }
    /* a private host with a public Via: nothing tells that it is translated */
    SAY(&f, .src = INSIDE, .dst = SERVER, .line = INVITE_LINE, .via = OUTSIDE);
    ck_assert_str_eq(bindings(), "");
}
END_TEST

/* No more than NAT_MOST_BINDINGS, the first of them. */
START_TEST(bounded)
{
    char via[64], id[16];

    for (unsigned i = 0; i < NAT_MOST_BINDINGS + 10; i++) {
        snprintf(via, sizeof via, "10.9.%u.%u", i / 250, i % 250 + 1);
        snprintf(id, sizeof id, "%u", i);
        SAY(&f, .src = OUTSIDE, .dst = SERVER, .line = INVITE_LINE, .via = via, .call_id = id);
    }
    feed_finish(&f, 100);
    ck_assert_int_eq(nat_finish(&a), 0);
    ck_assert_uint_eq(nat_count(a.nat), NAT_MOST_BINDINGS);
    ck_assert_uint_eq(nat_at(a.nat, NAT_MOST_BINDINGS - 1)->frame, NAT_MOST_BINDINGS);
}
END_TEST

START_TEST(found_by_inside)
{
    struct net_addr inside = feed_addr(INSIDE, 9), other = feed_addr(OTHER, 5060);

    SAY(&f, .src = OUTSIDE, .dst = SERVER, .line = INVITE_LINE, .via = INSIDE);
    ck_assert_ptr_null(nat_of_inside(a.nat, &inside));
    bindings();
    ck_assert_ptr_eq(nat_of_inside(a.nat, &inside), nat_at(a.nat, 0));
    ck_assert_ptr_null(nat_of_inside(a.nat, &other));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("nat");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, no_nat);
    tcase_add_test(t, seen_outside);
    tcase_add_test(t, seen_inside);
    tcase_add_test(t, learnt_and_seen_inside);
    tcase_add_test(t, received_without_rport);
    tcase_add_test(t, two_servers);
    tcase_add_test(t, no_evidence);
    tcase_add_test(t, bounded);
    tcase_add_test(t, found_by_inside);
    return run_suite("nat", t);
}

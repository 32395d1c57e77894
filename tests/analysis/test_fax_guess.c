/* What is taken for a fax that nobody announced, and what is not.  Captures are in
 * media/expected.tsv: there the same is known of a fax with its signalling and without. */
#include <stdlib.h>
#include <string.h>

#include "analysis/fax.h"
#include "support/suite.h"

enum { ALICE = 1, BOB, CAROL };

static struct fax_table *faxes;
static uint64_t frame;

static void set_up(void)
{
    faxes = fax_table_new();
    frame = 0;
}

static void tear_down(void)
{
    fax_table_free(faxes);
}

static void send(unsigned from, unsigned to, const void *octets, uint32_t n)
{
    struct packet packet = {.frame = frame + 1, .time = (int64_t)(frame + 1) * 20000000};
    struct datagram d = {.packet = &packet, .data = octets, .caplen = n, .len = n,
                         .transport = NET_UDP};

    d.src = (struct net_addr){.family = NET_IP4, .port = 4000, .ip = {192, 0, 2, (uint8_t)from}};
    d.dst = (struct net_addr){.family = NET_IP4, .port = 4000, .ip = {192, 0, 2, (uint8_t)to}};
    frame++;
    fax_guess(faxes, &d);
}

/* One octet of T.4 data that tells the packets apart, by V.17. */
static uint8_t *put_primary(uint8_t *p, uint8_t content)
{
    static const uint8_t head[] = {7, 0xd0, 1, 0xb0, 0, 1};

    memcpy(p, head, sizeof head);
    p[6] = content;
    p[7] = (uint8_t)~content;
    return p + 8;
}

/* `copies` of the contents before; `wrong` of them are not what was sent. */
static void send_data(unsigned from, unsigned to, unsigned sequence, unsigned copies,
                      unsigned wrong)
{
    uint8_t octets[128] = {(uint8_t)(sequence >> 8), (uint8_t)sequence}, *p;

    p = put_primary(octets + 2, (uint8_t)sequence);
    *p++ = 0;
    *p++ = (uint8_t)copies;
    for (unsigned i = 1; i <= copies; i++)
        p = put_primary(p, (uint8_t)(i <= wrong ? sequence : sequence - i));
    send(from, to, octets, (uint32_t)(p - octets));
}

START_TEST(three_true_copies)
{
    send_data(ALICE, BOB, 100, 2, 0);
    send_data(ALICE, BOB, 101, 2, 0);
    send_data(ALICE, BOB, 102, 2, 0);
    ck_assert_uint_eq(fax_count(faxes), 0);
    send_data(ALICE, BOB, 103, 2, 0);
    ck_assert_uint_eq(fax_count(faxes), 1);
    ck_assert(fax_at(faxes, 0)->guessed);
    ck_assert_uint_eq(fax_at(faxes, 0)->packets, 4);
    ck_assert_uint_eq(fax_at(faxes, 0)->frame, 1);
    ck_assert_uint_eq(fax_at(faxes, 0)->call, CALL_NONE);
    send_data(ALICE, BOB, 106, 2, 0);
    ck_assert_uint_eq(fax_count(faxes), 1);
    ck_assert_uint_eq(fax_at(faxes, 0)->packets, 5);
}
END_TEST

/* The second copy tells of a packet that was lost in between. */
START_TEST(copies_across_a_loss)
{
    for (unsigned i = 0; i < 4; i++)
        send_data(ALICE, BOB, 100 + 2 * i, 2, 0);
    ck_assert_uint_eq(fax_count(faxes), 1);
}
END_TEST

START_TEST(copies_of_something_else)
{
    for (unsigned i = 0; i < 100; i++)
        send_data(ALICE, BOB, i, 2, 1 + i % 2);
    ck_assert_uint_eq(fax_count(faxes), 0);
}
END_TEST

START_TEST(no_copies)
{
    for (unsigned i = 0; i < 16; i++)
        send_data(ALICE, BOB, i, 0, 0);
    ck_assert_uint_eq(fax_count(faxes), 0);
    send_data(ALICE, BOB, 16, 0, 0);
    ck_assert_uint_eq(fax_count(faxes), 1);
    ck_assert_uint_eq(fax_at(faxes, 0)->packets, 17);
}
END_TEST

/* A number, a length of one octet, two zeros: without data this may be anything. */
START_TEST(indicators_alone)
{
    uint8_t octets[] = {0, 0, 1, 6, 0, 0};

    for (unsigned i = 0; i < 200; i++) {
        octets[1] = (uint8_t)i;
        send(ALICE, BOB, octets, sizeof octets);
    }
    ck_assert_uint_eq(fax_count(faxes), 0);
}
END_TEST

START_TEST(numbers_that_jump)
{
    for (unsigned i = 0; i < 200; i++)
        send_data(ALICE, BOB, 7919 * i, 0, 0);
    for (unsigned i = 0; i < 200; i++)
        send_data(BOB, CAROL, 2 * i, 0, 0);
    ck_assert_uint_eq(fax_count(faxes), 0);
}
END_TEST

/* What flows back is of the fax, though it says too little by itself. */
START_TEST(way_back)
{
    static const uint8_t indicator[] = {0, 0, 1, 6, 0, 0}, other[] = {0, 1, 1, 6, 0};

    send(BOB, ALICE, indicator, sizeof indicator);
    send(CAROL, ALICE, indicator, sizeof indicator);
    for (unsigned i = 0; i < 5; i++)
        send_data(ALICE, BOB, i, 1, 0);
    send(BOB, ALICE, other, sizeof other);
    ck_assert_uint_eq(fax_count(faxes), 2);
    ck_assert_uint_eq(fax_at(faxes, 0)->packets, 5);
    ck_assert_uint_eq(fax_at(faxes, 1)->packets, 1);
}
END_TEST

/* More flows than are on trial: one after another each is recognised, and many at once
 * cost no more memory. */
START_TEST(many_flows)
{
    for (unsigned i = 0; i < 100; i++)
        for (unsigned k = 0; k < 5; k++)
            send_data(10 + i, BOB, k, 1, 0);
    ck_assert_uint_eq(fax_count(faxes), 100);
    for (unsigned k = 0; k < 5; k++)
        for (unsigned i = 0; i < 100; i++)
            send_data(10 + i, CAROL, k, 1, 0);
    ck_assert_uint_eq(fax_count(faxes), 100);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("fax_guess");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, three_true_copies);
    tcase_add_test(t, copies_across_a_loss);
    tcase_add_test(t, copies_of_something_else);
    tcase_add_test(t, no_copies);
    tcase_add_test(t, indicators_alone);
    tcase_add_test(t, numbers_that_jump);
    tcase_add_test(t, way_back);
    tcase_add_test(t, many_flows);
    return run_suite("fax_guess", t);
}

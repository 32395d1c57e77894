/* Fragments: any order, twice, overlapping, cut, missing. */
#include "net/fragment.h"

#include "frame.h"
#include "support/suite.h"

enum { TOTAL = 4000, PIECE = 1000 };

static uint8_t payload[70000];
static struct fragments *fragments;
static struct decoded whole;
static int64_t now;

static void set_up(void)
{
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (uint8_t)(i * 7 + i / 251);
    fragments = fragments_new(true);
    ck_assert_ptr_nonnull(fragments);
}

static void tear_down(void)
{
    fragments_free(fragments);
}

struct piece {
    uint32_t id, at, len, cut; /* cut: octets not captured */
    bool last;
    enum net_family family;
    uint8_t protocol;
    const uint8_t *data; /* NULL: payload + at */
};

/* Adds a piece from a block of its exact size. */
static bool add(struct piece p)
{
    uint32_t caplen = p.len - p.cut;
    uint8_t *block = malloc(caplen ? caplen : 1);
    struct packet packet = {.time = now, .frame = 7};
    struct decoded d = {.kind = DECODED_FRAGMENT,
                        .fragment_id = p.id,
                        .fragment_at = p.at,
                        .fragment_more = !p.last,
                        .protocol = p.protocol ? p.protocol : 17,
                        .datagram = {.packet = &packet,
                                     .src = {.ip = {10, 0, 0, 1}, .family = NET_IP4},
                                     .dst = {.ip = {10, 0, 0, 2}, .family = NET_IP4},
                                     .data = block,
                                     .caplen = caplen,
                                     .len = p.len,
                                     .ip_bytes = p.len + 20,
                                     .link_bytes = p.len + 34,
                                     .stable = true}};
    bool complete;

    if (p.family)
        d.datagram.src.family = d.datagram.dst.family = (uint8_t)p.family;
    memcpy(block, p.data ? p.data : payload + p.at, caplen);
    complete = fragments_add(fragments, &d, &whole);
    free(block);
    return complete;
}

static void expect_whole(uint32_t caplen, uint32_t len)
{
    const struct datagram *d = &whole.datagram;

    ck_assert_uint_eq(d->caplen, caplen);
    ck_assert_uint_eq(d->len, len);
    if (caplen)
        ck_assert_mem_eq(d->data, payload, caplen);
    ck_assert(!d->stable);
    ck_assert_uint_eq(d->packet->frame, 7);
}

START_TEST(every_order)
{
    unsigned count = 0;

    for (unsigned n = 0; n < 256; n++) { /* the orders of four pieces */
        unsigned order[] = {n & 3, n >> 2 & 3, n >> 4 & 3, n >> 6};
        unsigned seen = 0;

        for (unsigned i = 0; i < 4; i++)
            seen |= 1u << order[i];
        if (seen != 15)
            continue;
        count++;
        for (unsigned i = 0; i < 4; i++) {
            struct piece p = {.id = n, .at = order[i] * PIECE, .len = PIECE, .last = order[i] == 3};

            ck_assert_int_eq(add(p), i == 3);
        }
        expect_whole(TOTAL, TOTAL);
        ck_assert_uint_eq(whole.datagram.ip_bytes, TOTAL + 4 * 20);
        ck_assert_uint_eq(whole.datagram.link_bytes, TOTAL + 4 * 34);
    }
    ck_assert_uint_eq(count, 24);
    ck_assert(!fragments_flush(fragments, &whole));
}
END_TEST

START_TEST(duplicates)
{
    ck_assert(!add((struct piece){.at = 0, .len = 800}));
    ck_assert(!add((struct piece){.at = 0, .len = 800}));
    ck_assert(!add((struct piece){.at = 0, .len = 400}));
    ck_assert(add((struct piece){.at = 800, .len = 100, .last = true}));
    expect_whole(900, 900);
    /* what came twice was not part of the packet twice */
    ck_assert_uint_eq(whole.datagram.ip_bytes, 900 + 2 * 20);
}
END_TEST

/* Of overlapping octets the first that came stand. */
START_TEST(overlaps)
{
    static uint8_t lie[2000];

    memset(lie, 'Z', sizeof lie);
    ck_assert(!add((struct piece){.at = 0, .len = 200}));
    ck_assert(!add((struct piece){.at = 96, .len = 104, .data = lie}));
    ck_assert(add((struct piece){.at = 200, .len = 100, .last = true}));
    expect_whole(300, 300);
    /* a lie that bridges a hole fills the hole alone */
    ck_assert(!add((struct piece){.at = 0, .len = 200}));
    ck_assert(!add((struct piece){.at = 400, .len = 200, .last = true}));
    ck_assert(add((struct piece){.at = 0, .len = 800, .data = lie}));
    ck_assert_uint_eq(whole.datagram.caplen, 600);
    ck_assert_mem_eq(whole.datagram.data, payload, 200);
    ck_assert_mem_eq(whole.datagram.data + 200, lie, 200);
    ck_assert_mem_eq(whole.datagram.data + 400, payload + 400, 200);
}
END_TEST

/* The first last piece says where the end is. */
START_TEST(two_ends)
{
    ck_assert(!add((struct piece){.at = 400, .len = 200, .last = true}));
    ck_assert(!add((struct piece){.at = 800, .len = 200, .last = true}));
    ck_assert(add((struct piece){.at = 0, .len = 400}));
    expect_whole(600, 600);
}
END_TEST

START_TEST(impossible)
{
    ck_assert(!add((struct piece){.at = 65528, .len = 100, .last = true}));
    ck_assert(!add((struct piece){.at = 65528, .len = 8}));
    ck_assert(!add((struct piece){.at = 0, .len = 801})); /* not a multiple of 8 */
    ck_assert(!fragments_flush(fragments, &whole));
    ck_assert(!add((struct piece){.at = 8, .len = 0, .last = true}));
    ck_assert(add((struct piece){.at = 0, .len = 8}));
    expect_whole(8, 8);
    ck_assert(add((struct piece){.at = 0, .len = 0, .last = true}));
    expect_whole(0, 0);
}
END_TEST

START_TEST(largest)
{
    for (uint32_t at = 0; at < 65000; at += 1000)
        ck_assert(!add((struct piece){.at = at, .len = 1000}));
    ck_assert(add((struct piece){.at = 65000, .len = 535, .last = true}));
    expect_whole(65535, 65535);
}
END_TEST

START_TEST(cut_by_snaplen)
{
    ck_assert(!add((struct piece){.at = 0, .len = 800, .cut = 700}));
    ck_assert(add((struct piece){.at = 800, .len = 200, .cut = 100, .last = true}));
    expect_whole(100, 1000);
}
END_TEST

START_TEST(keys)
{
    /* another identification, protocol: another packet */
    ck_assert(!add((struct piece){.id = 1, .at = 0, .len = 8}));
    ck_assert(!add((struct piece){.id = 2, .at = 8, .len = 8, .last = true}));
    ck_assert(!add((struct piece){.id = 1, .at = 8, .len = 8, .last = true, .protocol = 6}));
    ck_assert(!add((struct piece){.id = 1, .at = 8, .len = 8, .last = true, .family = NET_IP6}));
    /* in IPv6 the protocol of a piece but the first says nothing */
    ck_assert(add((struct piece){.id = 1, .at = 0, .len = 8, .family = NET_IP6, .protocol = 44}));
    ck_assert_uint_eq(whole.protocol, 44);
    ck_assert(add((struct piece){.id = 1, .at = 8, .len = 8, .last = true}));
    expect_whole(16, 16);
}
END_TEST

START_TEST(rest_never_comes)
{
    now = 1000000000;
    ck_assert_int_eq(fragments_deadline(fragments), INT64_MAX);
    ck_assert(!add((struct piece){.id = 1, .at = 0, .len = 800}));
    now += 1000;
    ck_assert(!add((struct piece){.id = 2, .at = 800, .len = 8, .last = true}));
    ck_assert(!add((struct piece){.id = 3, .at = 0, .len = 160}));
    ck_assert(!add((struct piece){.id = 3, .at = 800, .len = 200, .last = true}));
    ck_assert_int_eq(fragments_deadline(fragments), 3000000000);
    ck_assert(!fragments_expire(fragments, 3000000000, &whole));
    ck_assert(fragments_expire(fragments, 3000000001, &whole));
    expect_whole(800, 801); /* more, but nobody knows how much */
    ck_assert(!fragments_expire(fragments, 3000000001, &whole));
    /* a packet without its beginning */
    ck_assert(fragments_expire(fragments, 9000000000, &whole));
    ck_assert_uint_eq(whole.datagram.caplen, 0);
    ck_assert_uint_eq(whole.fragment_id, 2);
    ck_assert(fragments_expire(fragments, 9000000000, &whole));
    expect_whole(160, 1000);
    ck_assert(!fragments_expire(fragments, 9000000000, &whole));
    ck_assert_int_eq(fragments_deadline(fragments), INT64_MAX);
}
END_TEST

START_TEST(flush)
{
    ck_assert(!add((struct piece){.id = 1, .at = 0, .len = 8}));
    ck_assert(!add((struct piece){.id = 2, .at = 8, .len = 8}));
    ck_assert(!add((struct piece){.id = 3, .at = 0, .len = 16}));
    ck_assert(fragments_flush(fragments, &whole));
    expect_whole(8, 9);
    ck_assert(fragments_flush(fragments, &whole));
    ck_assert_uint_eq(whole.datagram.caplen, 0);
    ck_assert(fragments_flush(fragments, &whole));
    expect_whole(16, 17);
    ck_assert(!fragments_flush(fragments, &whole));
}
END_TEST

/* Two taps: a second copy of a piece behind a packet that is whole is nothing that
 * waits in vain.  Later the identification is used again. */
START_TEST(again_when_whole)
{
    now = 1000000000;
    ck_assert(!add((struct piece){.id = 1, .at = 0, .len = 16}));
    ck_assert(add((struct piece){.id = 1, .at = 16, .len = 8, .last = true}));
    now += 1000000;
    ck_assert(!add((struct piece){.id = 1, .at = 16, .len = 8, .last = true}));
    ck_assert(!fragments_expire(fragments, now + 2000000001, &whole));
    ck_assert_int_eq(fragments_deadline(fragments), INT64_MAX);
    ck_assert(!add((struct piece){.id = 1, .at = 0, .len = 16}));
    ck_assert(!fragments_flush(fragments, &whole));
    now += 2000000000;
    ck_assert(!add((struct piece){.id = 1, .at = 16, .len = 8, .last = true}));
    ck_assert(fragments_flush(fragments, &whole));
    ck_assert_uint_eq(whole.datagram.caplen, 0);
}
END_TEST

/* However many begin, few wait. */
START_TEST(too_many)
{
    uint32_t waiting = 0, let_go = 0, big = 0;

    for (uint32_t i = 0; i < 5000; i++) {
        ck_assert(!add((struct piece){.id = i, .at = 0, .len = 48}));
        while (fragments_expire(fragments, 0, &whole)) {
            ck_assert_uint_eq(whole.fragment_id, let_go); /* the oldest first */
            let_go++;
        }
    }
    while (fragments_flush(fragments, &whole))
        waiting++;
    ck_assert_uint_eq(let_go + waiting, 5000);
    ck_assert_uint_le(waiting, 1024);
    /* of large ones fewer */
    for (uint32_t i = 0; i < 500; i++) {
        ck_assert(!add((struct piece){.id = i, .at = 64000, .len = 1000}));
        ck_assert(!add((struct piece){.id = i, .at = 0, .len = 48}));
        while (fragments_expire(fragments, 0, &whole))
            big++;
    }
    ck_assert_uint_ge(big, 500 - 8 * 1024 * 1024 / 65536);
}
END_TEST

/* More holes than a sender makes: bounded, and nothing breaks. */
START_TEST(many_holes)
{
    for (uint32_t at = 0; at < 60000; at += 16)
        ck_assert(!add((struct piece){.at = at, .len = 8}));
    ck_assert(fragments_flush(fragments, &whole));
    ck_assert_uint_eq(whole.datagram.caplen, 8);
}
END_TEST

/* The payload of a whole packet may be a fragment again. */
START_TEST(within_itself)
{
    struct decoded outer;

    ck_assert(!add((struct piece){.id = 1, .at = 0, .len = 800}));
    ck_assert(add((struct piece){.id = 1, .at = 800, .len = 200, .last = true}));
    outer = whole;
    outer.fragment_id = 2;
    outer.fragment_at = 0;
    outer.fragment_more = true;
    ck_assert(!fragments_add(fragments, &outer, &whole));
    ck_assert(add((struct piece){.id = 2, .at = 1000, .len = 24, .last = true}));
    expect_whole(1024, 1024);
}
END_TEST

/* All that were sent are told, those that add nothing, too. */
START_TEST(frames_of_pieces)
{
    const uint64_t *frames;

    ck_assert(!add((struct piece){.id = 1, .at = 0, .len = PIECE}));
    ck_assert(!add((struct piece){.id = 1, .at = 0, .len = PIECE}));
    ck_assert(!add((struct piece){.id = 2, .at = 0, .len = PIECE}));
    ck_assert(add((struct piece){.id = 1, .at = PIECE, .len = 8, .last = true}));
    ck_assert_uint_eq(fragments_frames(fragments, &frames), 3);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_eq(frames[i], 7);
    ck_assert(fragments_flush(fragments, &whole)); /* what never was whole */
    ck_assert_uint_eq(fragments_frames(fragments, &frames), 1);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("fragment");
    const TTest *const tests[] = {every_order,  duplicates,       overlaps,       two_ends,
                                  impossible,   largest,          cut_by_snaplen, keys,
                                  flush,        rest_never_comes, too_many,       many_holes,
                                  within_itself, again_when_whole, frames_of_pieces};

    tcase_add_checked_fixture(t, set_up, tear_down);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(t, tests[i]);
    return run_suite("fragment", t);
}

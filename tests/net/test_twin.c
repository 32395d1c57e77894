/* Packets that the capture holds twice. */
#include "net/twin.h"

#include "frame.h"
#include "support/suite.h"

enum { MILLISECOND = 1000000 };

static struct twins *twins;

static void set_up(void)
{
    twins = twins_new();
    ck_assert_ptr_nonnull(twins);
}

static void tear_down(void)
{
    twins_free(twins);
}

struct given {
    int64_t time;
    uint32_t id;
    const char *text;
    uint16_t port; /* 5060 */
    uint8_t ttl;
};

static bool note(struct given g)
{
    struct packet packet = {.time = g.time};
    struct decoded d = {.kind = DECODED_DATAGRAM,
                        .fragment_id = g.id,
                        .datagram = {.packet = &packet,
                                     .src = {.ip = {10, 0, 0, 1}, .family = NET_IP4, .port = 5060},
                                     .dst = {.ip = {10, 0, 0, 2}, .family = NET_IP4, .port = 5070},
                                     .data = (const uint8_t *)g.text,
                                     .caplen = (uint32_t)strlen(g.text),
                                     .len = (uint32_t)strlen(g.text),
                                     .ttl = g.ttl}};

    if (g.port)
        d.datagram.src.port = g.port;
    return twins_note(twins, &d);
}

START_TEST(captured_twice)
{
    ck_assert(!note((struct given){.id = 1, .text = "hello"}));
    ck_assert(note((struct given){.id = 1, .text = "hello", .time = 20000}));
    /* behind a router, and a third time */
    ck_assert(note((struct given){.id = 1, .text = "hello", .time = MILLISECOND, .ttl = 63}));
    /* files whose clocks differ a little */
    ck_assert(note((struct given){.id = 1, .text = "hello", .time = -MILLISECOND}));
}
END_TEST

START_TEST(sent_again)
{
    ck_assert(!note((struct given){.id = 1, .text = "hello"}));
    ck_assert(!note((struct given){.id = 2, .text = "hello", .time = 20000}));
    ck_assert(!note((struct given){.id = 1, .text = "hello!", .time = 20000}));
    ck_assert(!note((struct given){.id = 1, .text = "hallo", .time = 20000}));
    ck_assert(!note((struct given){.id = 1, .text = "hello", .time = 20000, .port = 5061}));
    ck_assert(!note((struct given){.id = 0, .text = "hello"}));
    ck_assert(!note((struct given){.id = 0, .text = "hello", .time = 500 * MILLISECOND}));
}
END_TEST

/* What a stream counts is not taken away from it. */
START_TEST(media_is_left_alone)
{
    ck_assert(!note((struct given){.id = 1, .text = "\x80\x01\x02\x03"}));
    ck_assert(!note((struct given){.id = 1, .text = "\x80\x01\x02\x03"}));
    ck_assert(!note((struct given){.id = 1, .text = ""}));
    ck_assert(!note((struct given){.id = 1, .text = ""}));
}
END_TEST

/* Most copies are found among many packets at once, and only copies. */
START_TEST(many)
{
    unsigned found = 0;
    char text[32];

    for (unsigned i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "message %u", i);
        ck_assert(!note((struct given){.id = i & 0xffff, .text = text, .time = i * 1000}));
        if (i >= 50) {
            snprintf(text, sizeof text, "message %u", i - 50);
            found += note((struct given){.id = (i - 50) & 0xffff, .text = text, .time = i * 1000});
        }
    }
    ck_assert_uint_gt(found, 15000);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("twin");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, captured_twice);
    tcase_add_test(t, sent_again);
    tcase_add_test(t, media_is_left_alone);
    tcase_add_test(t, many);
    return run_suite("twin", t);
}

/* Keys of a call by all ways, in order; the same press by two ways. */
#include "analysis/keys.h"

#include "analysis/fax.h"
#include "analysis/findings.h"

#include "../stream/suite.h"
#include "call/feed.h"

static struct sender s;
static struct feed calls;
static struct fosip_analysis a;
static struct key_list keys;
static unsigned number; /* of the stream's next packet */

static void setup(void)
{
    static const struct rtp_format formats[] = {
        {.pt = 0, .clock_rate = 8000, .codec = SLICE("PCMU")},
        {.pt = 101, .event = true, .clock_rate = 8000, .codec = SLICE("telephone-event")}};

    s = announced_sender(audio_map(false, 2, formats));
    feed_open(&calls);
    a = (struct fosip_analysis){
        .calls = calls.table, .streams = s.table, .faxes = fax_table_new()};
    ck_assert_ptr_nonnull(a.faxes);
    number = 0;
    SAY(&calls, .line = INVITE_LINE);
    ANSWER(&calls, .at = 0.1, .line = "SIP/2.0 200 OK", .to_tag = "b");
}

static void teardown(void)
{
    vec_free(&keys.list);
    for (size_t i = 0; i < a.findings.n; i++)
        free(a.findings.v[i].text);
    vec_free(&a.findings);
    fax_table_free(a.faxes);
    feed_close(&calls);
    stream_table_free(s.table);
}

/* 100 ms of a key at 8 dB below 0 dBm0, beginning at `ms`. */
static void event(double ms, unsigned code)
{
    uint8_t payload[4] = {(uint8_t)code, 8};

    for (unsigned i = 1; i <= 5; i++) {
        payload[1] = (uint8_t)(i == 5 ? 0x80 | 8 : 8);
        payload[2] = (uint8_t)(160 * i >> 8);
        payload[3] = (uint8_t)(160 * i);
        s.pt = 101;
        s.payload = payload;
        s.payload_n = 4;
        s.marker = i == 1;
        rtp(&s, ms + 20 * (i - 1), number++, (uint32_t)(8 * ms));
    }
}

static void info(double at, const char *body, unsigned cseq)
{
    char extra[256], count[32];

    snprintf(extra, sizeof extra, "Content-Type: application/dtmf-relay\r\n");
    snprintf(count, sizeof count, "%u INFO", cseq);
    SAY(&calls, .at = at, .line = "INFO sip:bob@example.com SIP/2.0", .to_tag = "b",
        .cseq = count, .branch = count, .extra = extra, .body = body);
}

static void gather(void)
{
    uint32_t *slot;

    stream_finish(s.table);
    feed_finish(&calls, 60);
    if (stream_count(s.table)) {
        stream_bind(stream_at(s.table, 0), 0, STREAM_TO_CALLEE);
        slot = vec_add(&call_at(calls.table, 0)->streams);
        *slot = 0;
    }
    ck_assert(keys_of_call(&a, call_at(calls.table, 0), &keys));
}

START_TEST(one_after_the_other)
{
    event(1000, 4);
    event(1200, 2);
    info(3, "Signal=7\r\nDuration=160\r\n", 2);
    gather();
    ck_assert_uint_eq(keys.list.n, 3);
    ck_assert_int_eq(keys.list.v[0].digit, '4');
    ck_assert_int_eq(keys.list.v[0].via, KEY_EVENT);
    ck_assert_int_eq(keys.list.v[0].by, SIDE_CALLER);
    ck_assert_near(keys.list.v[0].duration_ms, 100);
    ck_assert_near(keys.list.v[0].volume_dbm0, -8);
    ck_assert(isnan(keys.list.v[0].gap_ms));
    ck_assert(keys.list.v[0].ended);
    ck_assert_near(keys.list.v[1].gap_ms, 100);
    ck_assert_int_eq(keys.list.v[2].digit, '7');
    ck_assert_int_eq(keys.list.v[2].via, KEY_INFO);
    ck_assert(isnan(keys.list.v[2].gap_ms));
    ck_assert(isnan(keys.list.v[2].volume_dbm0));
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(keys.list.v[i].double_of, CALL_NONE);
}
END_TEST

/* 5 5, each as event and, at its end, by INFO; then 6 once. */
START_TEST(two_ways_at_once)
{
    event(1000, 5);
    event(1400, 5);
    event(2000, 6);
    info(1.12, "Signal=5\r\nDuration=100\r\n", 2);
    info(1.52, "Signal=5\r\nDuration=100\r\n", 3);
    gather();
    ck_assert_uint_eq(keys.list.n, 5);
    ck_assert_int_eq(keys.list.v[1].via, KEY_INFO);
    ck_assert_uint_eq(keys.list.v[0].double_of, CALL_NONE);
    ck_assert_uint_eq(keys.list.v[1].double_of, 0);
    ck_assert_uint_eq(keys.list.v[2].double_of, CALL_NONE);
    ck_assert_uint_eq(keys.list.v[3].double_of, 2);
    ck_assert_uint_eq(keys.list.v[4].double_of, CALL_NONE);
    findings_media(&a, 0);
    ck_assert_uint_ge(a.findings.n, 1);
    ck_assert_str_eq(a.findings.v[a.findings.n - 1].rule, "dtmf-double");
    ck_assert_str_eq(a.findings.v[a.findings.n - 1].text,
                     "2 keys of the caller came two ways at once, as telephone events and by SIP "
                     "INFO (first 5): the receiver may take each for two.");
}
END_TEST

/* The same digit later, another digit, the other side: each a press of its own. */
START_TEST(no_double)
{
    event(1000, 5);
    info(1.7, "Signal=5\r\n", 2);
    info(1.05, "Signal=6\r\n", 3);
    SAY(&calls, .at = 1.06, .src = "10.0.0.2", .dst = "10.0.0.1",
        .line = "INFO sip:alice@example.com SIP/2.0", .cseq = "1 INFO", .from_tag = "b",
        .to_tag = "a", .branch = "z9hG4bKi",
        .extra = "Content-Type: application/dtmf\r\n", .body = "5");
    gather();
    ck_assert_uint_eq(keys.list.n, 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(keys.list.v[i].double_of, CALL_NONE);
    ck_assert_int_eq(keys.list.v[2].by, SIDE_CALLEE);
}
END_TEST

START_TEST(kpml)
{
    SAY(&calls, .at = 1, .line = "NOTIFY sip:bob@example.com SIP/2.0", .to_tag = "b",
        .cseq = "2 NOTIFY", .branch = "z9hG4bKn",
        .extra = "Event: kpml\r\nContent-Type: application/kpml-response+xml\r\n",
        .body = "<kpml-response version=\"1.0\" code=\"200\" text=\"OK\" digits=\"9#\"/>");
    gather();
    ck_assert_uint_eq(keys.list.n, 2);
    ck_assert_int_eq(keys.list.v[0].digit, '9');
    ck_assert_int_eq(keys.list.v[1].digit, '#');
    ck_assert_int_eq(keys.list.v[1].via, KEY_KPML);
    ck_assert_str_eq(key_via_name(keys.list.v[1].via), "kpml");
}
END_TEST

/* A proxy passes an INFO on: one key. */
START_TEST(passed_on)
{
    info(1, "Signal=1\r\n", 2);
    SAY(&calls, .at = 1.001, .src = "10.0.0.9", .dst = "10.0.0.2",
        .line = "INFO sip:bob@10.0.0.2 SIP/2.0", .to_tag = "b", .cseq = "2 INFO",
        .branch = "z9hG4bKp", .extra = "Content-Type: application/dtmf-relay\r\n",
        .body = "Signal=1\r\n");
    gather();
    ck_assert_uint_eq(keys.list.n, 1);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("keys");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, one_after_the_other);
    tcase_add_test(t, two_ways_at_once);
    tcase_add_test(t, no_double);
    tcase_add_test(t, kpml);
    tcase_add_test(t, passed_on);
    return run_suite("keys", t);
}

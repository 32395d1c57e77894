/* Calls and streams that leave the model while the capture goes on: when, with whom, and
 * what becomes of stragglers.  Packets are written by hand; the clock of the test is that
 * of the capture. */
#include "../capture/file.h"
#include "analysis/model.h"
#include "analysis/quiet.h"

enum { RAW_IP = 101, HEADERS = 28, ALICE = 1, BOB = 2, PROXY = 3, CAROL = 4, SIP = 5060 };
enum { QUIET_S = 32, LOOK_S = QUIET_S / 8, HOUR_S = 3600 };

static const int64_t SECOND = 1000000000;

static FILE *out;
static char path[64];
static double now; /* s since the capture began */
static struct fosip_analysis *a;
static unsigned threads;

/* What has left, in order. */
static struct departure {
    char call_id[32];
    uint32_t id, group;
    unsigned state, messages, streams;
    double at;         /* the latest packet then */
    uint64_t packets;  /* of its streams */
} left[64];
static unsigned left_count, lone_streams, findings;
static char rules[512];

static void set_up(void)
{
    int fd;

    strcpy(path, "/tmp/fosip-test-XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    out = fdopen(fd, "wb");
    now = 0;
    a = NULL;
    threads = 1;
    left_count = lone_streams = findings = 0;
    rules[0] = 0;
}

static void tear_down(void)
{
    unlink(path);
    fosip_free(a);
}

/* ---- what is sent ------------------------------------------------------------------ */

static void flush(struct file *f)
{
    ck_assert_uint_eq(fwrite(f->octets, 1, f->n, out), f->n);
}

static void send_at(double time, unsigned from, unsigned to, uint16_t src, uint16_t dst,
                    const void *data, size_t n)
{
    static struct file f;
    uint64_t us = (uint64_t)(time * 1e6 + 0.5);

    f.n = 0;
    f.big = false;
    if (ftell(out) == 0)
        pcap_header(&f, 0xa1b2c3d4, RAW_IP);
    put(&f, 1700000000 + us / 1000000, 4);
    put(&f, us % 1000000, 4);
    put(&f, HEADERS + n, 4);
    put(&f, HEADERS + n, 4);
    f.big = true;
    put(&f, 0x45000000 | (HEADERS + (unsigned)n), 4);
    put(&f, 0, 4);
    put(&f, 0x40110000, 4);
    put(&f, 0xc0000200 | from, 4);
    put(&f, 0xc0000200 | to, 4);
    put(&f, src, 2);
    put(&f, dst, 2);
    put(&f, 8 + n, 2);
    put(&f, 0, 2);
    memcpy(f.octets + f.n, data, n);
    f.n += n;
    flush(&f);
}

static void send(unsigned from, unsigned to, uint16_t src, uint16_t dst, const void *data,
                 size_t n)
{
    send_at(now, from, to, src, dst, data, n);
}

/* Something else: the clock goes on. */
static void tick(void)
{
    send(ALICE, BOB, 9, 9, "tick", 4);
}

/* A packet a second, and more. */
static void wait(double s)
{
    for (double end = now + s; now + 1 < end;) {
        now += 1;
        tick();
    }
}

struct say {
    const char *call_id, *line, *method;
    unsigned cseq, from, to;
    bool tagged;   /* a To tag */
    unsigned port; /* of media, 0: no description */
    const char *more; /* header lines */
};

static void say(const struct say *s)
{
    char sdp[256] = "", text[1500];
    int n = 0;

    if (s->port)
        n = snprintf(sdp, sizeof sdp,
                     "v=0\r\no=- %u%s 1 IN IP4 192.0.2.%u\r\ns=-\r\nc=IN IP4 192.0.2.%u\r\n"
                     "t=0 0\r\nm=audio %u RTP/AVP 0\r\n",
                     s->from, s->call_id, s->from, s->from, s->port);
    n = snprintf(text, sizeof text,
                 "%s\r\nVia: SIP/2.0/UDP 192.0.2.%u;branch=z9hG4bK%s%u%s\r\nMax-Forwards: 70\r\n"
                 "From: <sip:alice%s@192.0.2.1>;tag=a\r\nTo: <sip:bob%s@192.0.2.2>%s\r\n"
                 "Call-ID: %s\r\nCSeq: %u %s\r\n%s%sContent-Length: %d\r\n\r\n%s",
                 s->line, s->line[0] == 'S' ? s->to : s->from, s->call_id, s->cseq, s->method,
                 s->call_id, s->call_id, s->tagged ? ";tag=b" : "", s->call_id, s->cseq, s->method,
                 s->more ? s->more : "", s->port ? "Content-Type: application/sdp\r\n" : "", n,
                 sdp);
    send(s->from, s->to, SIP, SIP, text, (size_t)n);
    now += 0.01;
}

static void request(const char *id, const char *method, unsigned cseq, bool tagged, unsigned port)
{
    char line[80];

    snprintf(line, sizeof line, "%s sip:bob@192.0.2.2 SIP/2.0", method);
    say(&(struct say){id, line, method, cseq, ALICE, BOB, tagged, port, NULL});
}

static void answer(const char *id, const char *status, const char *method, unsigned cseq,
                   unsigned port)
{
    char line[80];

    snprintf(line, sizeof line, "SIP/2.0 %s", status);
    say(&(struct say){id, line, method, cseq, BOB, ALICE, true, port, NULL});
}

/* Media on `port` of Alice and the next even one of Bob. */
static void begin_call(const char *id, unsigned port)
{
    request(id, "INVITE", 1, false, port);
    answer(id, "180 Ringing", "INVITE", 1, 0);
    answer(id, "200 OK", "INVITE", 1, port + 2);
    request(id, "ACK", 1, true, 0);
}

static void end_call(const char *id)
{
    request(id, "BYE", 9, true, 0);
    answer(id, "200 OK", "BYE", 9, 0);
}

static unsigned number;

static void rtp(unsigned port, uint32_t ssrc, unsigned n)
{
    for (unsigned i = 0; i < n; i++, number++, now += 0.02) {
        uint8_t octets[172] = {0x80, 0};
        uint32_t timestamp = number * 160;

        octets[2] = (uint8_t)(number >> 8);
        octets[3] = (uint8_t)number;
        for (unsigned k = 0; k < 4; k++) {
            octets[4 + k] = (uint8_t)(timestamp >> (24 - 8 * k));
            octets[8 + k] = (uint8_t)(ssrc >> (24 - 8 * k));
        }
        memset(octets + 12, 0xff, 160);
        send(ALICE, BOB, (uint16_t)port, (uint16_t)(port + 2), octets, sizeof octets);
    }
}

/* ---- what leaves ------------------------------------------------------------------------ */

static double seconds(int64_t time)
{
    return (double)(time - 1700000000 * SECOND) / 1e9;
}

static void note_call(const struct fosip_analysis *part, uint32_t i)
{
    const struct call *call = call_at(part->calls, i);
    struct departure *d = &left[left_count++];

    ck_assert_uint_lt(left_count, sizeof left / sizeof left[0]);
    *d = (struct departure){.id = model_call_id(part, i),
                            .group = model_call_id(part, call->group),
                            .state = call->state,
                            .messages = (unsigned)call->messages.n,
                            .streams = (unsigned)call->streams.n,
                            .at = seconds(part->last_time)};
    snprintf(d->call_id, sizeof d->call_id, "%.*s", SLICE_ARG(call->call_id));
    for (size_t k = 0; k < call->streams.n; k++)
        d->packets += stream_packets(stream_at(part->streams, call->streams.v[k]));
}

static void note(const struct fosip_analysis *part)
{
    for (uint32_t i = 0; i < call_count(part->calls); i++)
        note_call(part, i);
    for (size_t i = 0; i < stream_count(part->streams); i++)
        lone_streams += stream_call(stream_at(part->streams, i)) == STREAM_NO_CALL;
    for (size_t i = 0; i < part->findings.n; i++, findings++) {
        strcat(rules, part->findings.v[i].rule);
        strcat(rules, " ");
    }
}

static int let_go(void *ctx, const struct fosip_analysis *part)
{
    (void)ctx;
    ck_assert(part->is_part);
    note(part);
    return 0;
}

static void analyse(void)
{
    struct fosip_options options = {
        .threads = threads, .quiet_time = QUIET_S * SECOND, .let_go = let_go};
    const char *p = path;
    struct fosip_error err = {0};

    fclose(out);
    ck_assert_msg(fosip_analyse(&a, &options, &p, 1, &err) == 0, "%s", err.text);
}

static void expect_left(unsigned n)
{
    ck_assert_msg(left_count == n, "%u calls left, not %u", left_count, n);
}

/* ---- when ---------------------------------------------------------------------------- */

START_TEST(a_call_leaves_when_it_is_over_and_quiet)
{
    double end;

    begin_call("one", 6000);
    rtp(6000, 0x11, 100);
    end_call("one");
    end = now;
    wait(100);
    analyse();
    expect_left(1);
    ck_assert_str_eq(left[0].call_id, "one");
    ck_assert_uint_eq(left[0].id, 0);
    ck_assert_uint_eq(left[0].state, CALL_COMPLETED);
    ck_assert_uint_eq(left[0].messages, 6);
    ck_assert_uint_eq(left[0].streams, 1);
    ck_assert_uint_eq(left[0].packets, 100);
    ck_assert_msg(left[0].at >= end + QUIET_S && left[0].at <= end + QUIET_S + 2 * LOOK_S + 1,
                  "after %g s", left[0].at - end);
    ck_assert_uint_eq(call_count(a->calls), 0);
    ck_assert_uint_eq(stream_count(a->streams), 0);
    ck_assert_uint_eq(a->counts.sip, 6);
    ck_assert_uint_eq(a->counts.rtp, 100);
}
END_TEST

START_TEST(a_call_that_goes_on_stays)
{
    begin_call("one", 6000);
    wait(HOUR_S - 10);
    end_call("one");
    wait(20);
    analyse();
    expect_left(0);
    ck_assert_uint_eq(call_count(a->calls), 1);
    ck_assert_uint_eq(call_at(a->calls, 0)->state, CALL_COMPLETED);
}
END_TEST

START_TEST(a_call_without_an_end_leaves_after_an_hour)
{
    begin_call("one", 6000);
    rtp(6000, 0x11, 50);
    wait(HOUR_S + 2 * QUIET_S);
    end_call("one"); /* too late to be told from a call of its own */
    wait(100);
    analyse();
    expect_left(1);
    ck_assert_uint_eq(left[0].state, CALL_ESTABLISHED);
    ck_assert_uint_eq(left[0].packets, 50);
    ck_assert_msg(left[0].at >= HOUR_S && left[0].at <= HOUR_S + 2 * QUIET_S, "at %g s",
                  left[0].at);
    ck_assert_uint_eq(call_count(a->calls), 0);
}
END_TEST

START_TEST(media_keeps_a_call)
{
    begin_call("one", 6000);
    end_call("one");
    for (unsigned i = 0; i < 8; i++) {
        rtp(6000, 0x11, 50);
        wait(10);
    }
    analyse();
    expect_left(0);
    ck_assert_uint_eq(call_at(a->calls, 0)->streams.n, 1);
}
END_TEST

START_TEST(media_that_never_ends_does_not_keep_it_for_ever)
{
    begin_call("one", 6000);
    end_call("one");
    for (unsigned i = 0; i < (QUIET_ENDED + 2) * QUIET_S; i++) {
        rtp(6000, 0x11, 5);
        now += 0.9;
    }
    analyse();
    expect_left(1);
    ck_assert_msg(left[0].at >= QUIET_ENDED * QUIET_S, "at %g s", left[0].at);
    ck_assert_uint_eq(left[0].streams, 1);
    ck_assert_uint_eq(call_count(a->calls), 0);
}
END_TEST

START_TEST(a_stream_without_a_call_leaves_when_it_is_quiet)
{
    rtp(6000, 0x11, 50);
    wait(100);
    rtp(6000, 0x11, 50); /* is one more */
    analyse();
    ck_assert_uint_eq(lone_streams, 1);
    ck_assert_uint_eq(stream_count(a->streams), 1);
    ck_assert_uint_eq(model_stream_id(a, 0), 1);
    ck_assert_uint_eq(a->counts.rtp, 100);
}
END_TEST

START_TEST(registrations_leave_and_come_again)
{
    for (unsigned i = 1; i <= 3; i++) {
        request("reg", "REGISTER", i, false, 0);
        answer("reg", "200 OK", "REGISTER", i, 0);
        wait(60);
    }
    analyse();
    expect_left(3);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_eq(left[i].id, i);
        ck_assert_uint_eq(left[i].messages, 2);
    }
}
END_TEST

/* Sooner than the quiet time, so that there never is one. */
START_TEST(what_is_repeated_all_the_time_leaves_now_and_then)
{
    unsigned messages = 0;

    for (unsigned i = 1; i <= 100; i++) {
        request("ping", "OPTIONS", i, false, 0);
        answer("ping", "200 OK", "OPTIONS", i, 0);
        wait(20);
    }
    analyse();
    ck_assert_uint_ge(left_count, 2);
    for (unsigned i = 0; i < left_count; i++) {
        ck_assert_uint_le(left[i].messages, 2 * (QUIET_ENDED * QUIET_S / 19 + 2));
        messages += left[i].messages;
    }
    for (uint32_t i = 0; i < call_count(a->calls); i++)
        messages += (unsigned)call_at(a->calls, i)->messages.n;
    ck_assert_uint_eq(messages, 200);
    ck_assert_str_eq(rules, "");
}
END_TEST

/* ---- with whom ---------------------------------------------------------------------- */

START_TEST(legs_of_one_call_leave_together)
{
    static const char *const id = "Session-ID: 0123456789abcdef0123456789abcdef\r\n";

    say(&(struct say){"in", "INVITE sip:bob@192.0.2.2 SIP/2.0", "INVITE", 1, ALICE, PROXY, false, 0,
                      id});
    say(&(struct say){"out", "INVITE sip:bob@192.0.2.2 SIP/2.0", "INVITE", 1, PROXY, BOB, false, 0,
                      id});
    say(&(struct say){"out", "SIP/2.0 486 Busy Here", "INVITE", 1, BOB, PROXY, true, 0, NULL});
    wait(60); /* this leg is over, the other rings */
    say(&(struct say){"in", "SIP/2.0 180 Ringing", "INVITE", 1, PROXY, ALICE, true, 0, NULL});
    wait(60);
    say(&(struct say){"in", "SIP/2.0 486 Busy Here", "INVITE", 1, PROXY, ALICE, true, 0, NULL});
    wait(60);
    analyse();
    expect_left(2);
    ck_assert(left[0].at == left[1].at);
    ck_assert_uint_eq(left[0].group, 0);
    ck_assert_uint_eq(left[1].group, 0);
}
END_TEST

START_TEST(others_keep_their_numbers_and_all_they_had)
{
    char id[8];

    begin_call("long", 6000);
    for (unsigned i = 2; i < 22; i++) { /* more than are found without a table */
        request("long", "INFO", i, true, 0);
        answer("long", "200 OK", "INFO", i, 0);
    }
    for (unsigned i = 0; i < 5; i++) {
        snprintf(id, sizeof id, "s%u", i);
        begin_call(id, 7000 + 4 * i);
        rtp(7000 + 4 * i, 0x20 + i, 20);
        end_call(id);
        rtp(6000, 0x11, 50);
        wait(50);
    }
    request("long", "INFO", 15, true, 0); /* again */
    rtp(6000, 0x11, 50);
    end_call("long");
    analyse();
    expect_left(5);
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_uint_eq(left[i].id, i + 1);
        ck_assert_uint_eq(left[i].packets, 20);
    }
    ck_assert_uint_eq(call_count(a->calls), 1);
    ck_assert_uint_eq(model_call_id(a, 0), 0);
    ck_assert_uint_eq(call_at(a->calls, 0)->messages.n, 4 + 40 + 1 + 2);
    ck_assert_uint_eq(call_at(a->calls, 0)->transactions.n, 2 + 20 + 1);
    ck_assert_uint_ne(call_at(a->calls, 0)->messages.v[44].retransmission_of, CALL_NONE);
    ck_assert_uint_eq(stream_count(a->streams), 1);
    ck_assert_uint_eq(stream_packets(stream_at(a->streams, 0)), 300);
}
END_TEST

START_TEST(an_address_that_is_used_again_is_counted_with_each_call)
{
    char id[8];

    for (unsigned i = 0; i < 40; i++) { /* the same SSRC, numbers that go on */
        snprintf(id, sizeof id, "s%u", i);
        begin_call(id, 6000);
        rtp(6000, 0x11, 50);
        end_call(id);
        wait(3);
    }
    wait(100);
    analyse();
    expect_left(40);
    for (unsigned i = 0; i < 40; i++)
        ck_assert_msg(left[i].packets == 50, "%s has %llu", left[i].call_id,
                      (unsigned long long)left[i].packets);
    ck_assert_uint_eq(lone_streams, 0);
}
END_TEST

/* ---- stragglers ----------------------------------------------------------------------- */

START_TEST(stragglers_make_nothing)
{
    begin_call("one", 6000);
    rtp(6000, 0x11, 50);
    end_call("one");
    wait(60);
    end_call("one");                        /* sent again */
    answer("one", "200 OK", "INVITE", 1, 0);
    request("one", "ACK", 1, true, 0);
    rtp(6000, 0x11, 20);                    /* after the BYE */
    wait(60);
    analyse();
    expect_left(1);
    ck_assert_uint_eq(call_count(a->calls), 0);
    ck_assert_uint_eq(stream_count(a->streams), 0);
    ck_assert_uint_eq(lone_streams, 0);
    ck_assert_str_eq(rules, "");
    ck_assert_uint_eq(a->findings.n, 0);
    ck_assert_uint_eq(a->counts.sip, 10);
}
END_TEST

START_TEST(a_new_attempt_is_none)
{
    request("one", "INVITE", 1, false, 6000);
    answer("one", "486 Busy Here", "INVITE", 1, 0);
    wait(60);
    begin_call("one", 6000);
    rtp(6000, 0x11, 50);
    analyse();
    expect_left(1);
    ck_assert_uint_eq(call_count(a->calls), 1);
    ck_assert_uint_eq(call_at(a->calls, 0)->streams.n, 1);
}
END_TEST

START_TEST(what_comes_too_late_for_an_exchange)
{
    request("ping", "OPTIONS", 1, false, 0);
    wait(60);
    answer("ping", "200 OK", "OPTIONS", 1, 0); /* to what left */
    wait(60);
    analyse();
    expect_left(1);
    ck_assert_uint_eq(left[0].state, CALL_UNANSWERED);
    ck_assert_uint_eq(call_count(a->calls), 0);
}
END_TEST

/* ---- the clock ------------------------------------------------------------------------ */

START_TEST(a_packet_from_the_future_ends_nothing)
{
    begin_call("one", 6000);
    for (unsigned i = 0; i < 20; i++) {
        rtp(6000, 0x11, 50);
        send_at(now + 1e6 * (i + 1), ALICE, BOB, 9, 9, "odd", 3);
    }
    end_call("one");
    analyse();
    expect_left(0);
    ck_assert_uint_eq(call_at(a->calls, 0)->messages.n, 6);
    ck_assert_uint_eq(stream_packets(stream_at(a->streams, 0)), 1000);
}
END_TEST

START_TEST(a_clock_that_is_set_ends_nothing_and_goes_on)
{
    begin_call("one", 6000);
    rtp(6000, 0x11, 50);
    now += 7200; /* forward */
    rtp(6000, 0x11, 50);
    now -= 86400 * 100; /* 100 days back */
    now += 86400 * 100 - 5000;
    rtp(6000, 0x11, 50);
    end_call("one");
    for (unsigned i = 0; i < 3000; i++, now += 0.1)
        tick();
    analyse();
    expect_left(1);
    ck_assert_uint_eq(left[0].messages, 6);
    ck_assert_uint_eq(left[0].packets, 150);
}
END_TEST

/* ---- bounds ----------------------------------------------------------------------------- */

static void many_calls(unsigned n)
{
    char id[16];

    for (unsigned i = 0; i < n; i++) {
        snprintf(id, sizeof id, "m%u", i);
        begin_call(id, 10000 + 4 * (i % 10000));
        rtp(10000 + 4 * (i % 10000), 0x1000 + i, 5);
        end_call(id);
        now += 1;
    }
}

static int count_calls(void *ctx, const struct fosip_analysis *part)
{
    *(unsigned *)ctx += (unsigned)call_count(part->calls);
    return 0;
}

static int count_alone(void *ctx, const struct fosip_analysis *part)
{
    *(size_t *)ctx += call_count(part->calls);
    return 0;
}

static void analyse_many(unsigned n, size_t *calls, size_t *streams)
{
    size_t gone = 0;
    struct fosip_options options = {.threads = threads,
                                    .quiet_time = QUIET_S * SECOND,
                                    .let_go = count_alone,
                                    .let_go_ctx = &gone};
    const char *p = path;
    struct fosip_error err = {0};

    many_calls(n);
    fclose(out);
    ck_assert_msg(fosip_analyse(&a, &options, &p, 1, &err) == 0, "%s", err.text);
    ck_assert_uint_eq(gone + call_count(a->calls), n);
    ck_assert_uint_gt(call_path_count(a->calls), 0);
    ck_assert_uint_le(call_path_count(a->calls), 2);
    *calls = a->most_calls;
    *streams = a->most_streams;
    tear_down();
    set_up();
}

START_TEST(ten_times_the_calls_take_no_more_room)
{
    size_t calls[2], streams[2];

    analyse_many(200, &calls[0], &streams[0]);
    analyse_many(2000, &calls[1], &streams[1]);
    ck_assert_uint_lt(calls[0], 50);
    ck_assert_uint_le(calls[1], calls[0] + 2);
    ck_assert_uint_le(streams[1], streams[0] + 2);
}
END_TEST

/* Each call has a meaning of its own for its payload types. */
START_TEST(meanings_that_never_come_again)
{
    unsigned gone = 0;
    char id[16], sdp[600], text[1500];

    for (unsigned i = 0; i < 12000; i++) {
        int n = snprintf(sdp, sizeof sdp,
                         "v=0\r\no=- %u 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
                         "t=0 0\r\nm=audio %u RTP/AVP 99\r\na=rtpmap:99 codec-%u/8000\r\n",
                         i, 6000 + 4 * (i % 1000), i);

        snprintf(id, sizeof id, "m%u", i);
        n = snprintf(text, sizeof text,
                     "INVITE sip:bob@192.0.2.2 SIP/2.0\r\n"
                     "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\n"
                     "From: <sip:%s@192.0.2.1>;tag=a\r\nTo: <sip:bob@192.0.2.2>\r\n"
                     "Call-ID: %s\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n"
                     "Content-Length: %d\r\n\r\n%s",
                     id, id, id, n, sdp);
        send(ALICE, BOB, SIP, SIP, text, (size_t)n);
        if (i % 10 == 0)
            rtp(6000 + 4 * (i % 1000), 0x1000 + i, 2);
        answer(id, "486 Busy Here", "INVITE", 1, 0);
        now += 0.5;
    }
    fclose(out);
    {
        struct fosip_options options = {.threads = threads,
                                        .quiet_time = QUIET_S * SECOND,
                                        .let_go = count_calls,
                                        .let_go_ctx = &gone};
        const char *p = path;
        struct fosip_error err = {0};

        ck_assert_int_eq(fosip_analyse(&a, &options, &p, 1, &err), 0);
    }
    ck_assert_uint_eq(gone + call_count(a->calls), 12000);
    ck_assert_uint_le(call_map_count(a->calls), 2 * 4096 + 512);
}
END_TEST

static int stop(void *ctx, const struct fosip_analysis *part)
{
    (void)part;
    ++*(unsigned *)ctx;
    return -1;
}

START_TEST(who_takes_the_parts_may_stop)
{
    unsigned times = 0;
    struct fosip_options options = {.threads = threads,
                                    .quiet_time = QUIET_S * SECOND,
                                    .let_go = stop,
                                    .let_go_ctx = &times};
    const char *p = path;
    struct fosip_error err = {0};

    many_calls(100);
    fclose(out);
    ck_assert_int_eq(fosip_analyse(&a, &options, &p, 1, &err), 0);
    ck_assert_uint_eq(times, 1);
    ck_assert_uint_lt(a->counts.sip, 600);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("quiet");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_call_leaves_when_it_is_over_and_quiet);
    tcase_add_test(tcase, a_call_that_goes_on_stays);
    tcase_add_test(tcase, a_call_without_an_end_leaves_after_an_hour);
    tcase_add_test(tcase, media_keeps_a_call);
    tcase_add_test(tcase, media_that_never_ends_does_not_keep_it_for_ever);
    tcase_add_test(tcase, a_stream_without_a_call_leaves_when_it_is_quiet);
    tcase_add_test(tcase, registrations_leave_and_come_again);
    tcase_add_test(tcase, what_is_repeated_all_the_time_leaves_now_and_then);
    tcase_add_test(tcase, legs_of_one_call_leave_together);
    tcase_add_test(tcase, others_keep_their_numbers_and_all_they_had);
    tcase_add_test(tcase, an_address_that_is_used_again_is_counted_with_each_call);
    tcase_add_test(tcase, stragglers_make_nothing);
    tcase_add_test(tcase, a_new_attempt_is_none);
    tcase_add_test(tcase, what_comes_too_late_for_an_exchange);
    tcase_add_test(tcase, a_packet_from_the_future_ends_nothing);
    tcase_add_test(tcase, a_clock_that_is_set_ends_nothing_and_goes_on);
    tcase_add_test(tcase, ten_times_the_calls_take_no_more_room);
    tcase_add_test(tcase, meanings_that_never_come_again);
    tcase_add_test(tcase, who_takes_the_parts_may_stop);
    return run_suite("quiet", tcase);
}

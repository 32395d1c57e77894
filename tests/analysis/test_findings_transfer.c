/* Findings about transfers: refused, failed, outcome unknown; nothing of one that went
 * well. */
#include "analysis/findings.h"

#include "../call/feed.h"

static struct feed f;
static struct fosip_analysis a;

static void setup(void)
{
    feed_open(&f);
    a = (struct fosip_analysis){.calls = f.table};
}

static void teardown(void)
{
    for (size_t i = 0; i < a.findings.n; i++)
        free(a.findings.v[i].text);
    vec_free(&a.findings);
    feed_close(&f);
}

/* An answered call in which the callee sends a REFER that is answered so. */
static void refer(const char *answer, const char *extra)
{
    char lines[256];

    snprintf(lines, sizeof lines, "Refer-To: <sip:carol@example.com>\r\n%s", extra);
    SAY(&f, .line = INVITE_LINE);
    ANSWER(&f, .at = 1, .line = "SIP/2.0 200 OK", .to_tag = "b");
    SAY(&f, .at = 2, .src = "10.0.0.2", .dst = "10.0.0.1", .line = "REFER sip:alice SIP/2.0",
        .from_tag = "b", .to_tag = "a", .cseq = "1 REFER", .branch = "z9hG4bKr", .extra = lines);
    SAY(&f, .at = 2.1, .line = answer, .via = "10.0.0.2", .from_tag = "b", .to_tag = "a",
        .cseq = "1 REFER", .branch = "z9hG4bKr");
}

static void notify(const char *cseq, const char *state, const char *fragment)
{
    char extra[256];

    snprintf(extra, sizeof extra,
             "Event: refer\r\nSubscription-State: %s\r\nContent-Type: message/sipfrag\r\n", state);
    SAY(&f, .at = 3, .line = "NOTIFY sip:bob SIP/2.0", .to_tag = "b", .cseq = cseq,
        .branch = cseq, .extra = extra, .body = fragment);
}

/* The only finding's rule, "" without one. */
static const char *said(const char *part)
{
    feed_finish(&f, 60);
    a.last_time = 60 * (int64_t)1000000000;
    findings_transfer(&a, 0);
    if (!a.findings.n)
        return "";
    ck_assert_uint_eq(a.findings.n, 1);
    ck_assert_msg(strstr(a.findings.v[0].text, part) != NULL, "%s", a.findings.v[0].text);
    return a.findings.v[0].rule;
}

START_TEST(went_well)
{
    refer("SIP/2.0 202 Accepted", "");
    notify("5 NOTIFY", "active", "SIP/2.0 100 Trying\r\n");
    notify("6 NOTIFY", "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
    ck_assert_str_eq(said(""), "");
}
END_TEST

START_TEST(failed)
{
    refer("SIP/2.0 202 Accepted", "");
    notify("5 NOTIFY", "terminated;reason=noresource", "SIP/2.0 486 Busy Here\r\n");
    ck_assert_str_eq(said("to carol@example.com failed: the new call was answered 486 Busy Here."),
                     "transfer-failed");
}
END_TEST

START_TEST(refused)
{
    refer("SIP/2.0 403 Forbidden", "");
    ck_assert_str_eq(said("answered 403"), "transfer-refused");
}
END_TEST

START_TEST(challenged)
{
    refer("SIP/2.0 407 Proxy Authentication Required", "");
    ck_assert_str_eq(said(""), "");
}
END_TEST

START_TEST(not_reported)
{
    refer("SIP/2.0 202 Accepted", "");
    notify("5 NOTIFY", "active", "SIP/2.0 180 Ringing\r\n");
    ck_assert_str_eq(said("was accepted (202), but no NOTIFY"), "transfer-outcome-unknown");
}
END_TEST

START_TEST(not_to_be_reported)
{
    refer("SIP/2.0 202 Accepted", "Refer-Sub: false\r\n");
    ck_assert_str_eq(said(""), "");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("transfer");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, went_well);
    tcase_add_test(t, failed);
    tcase_add_test(t, refused);
    tcase_add_test(t, challenged);
    tcase_add_test(t, not_reported);
    tcase_add_test(t, not_to_be_reported);
    return run_suite("transfer findings", t);
}

/* Seeded changes to captures of testdata: each is found, and named as what it
 * is. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fosip/check.h"
#include "fosip/diff.h"
#include "support/suite.h"
#include "support/trace.h"

/* A message by how it begins, the method of its CSeq, and its number from 0. */
struct which {
    const char *start, *method;
    unsigned nth;
};

struct mutation {
    const char *label, *file;
    void (*change)(struct trace *, const struct mutation *);
    struct which message, other;
    const char *text, *put; /* replaced by */
    double number;
    const char *kind, *told; /* what diff has to say */
};

static size_t message(const struct trace *t, struct which w)
{
    size_t i = trace_message(t, w.start, w.method, w.nth);

    ck_assert_msg(i < t->n, "no message %s %u", w.start, w.nth);
    return i;
}

static void drop(struct trace *t, const struct mutation *m)
{
    trace_remove(t, message(t, m->message));
}

static void drop_all(struct trace *t, const struct mutation *m)
{
    size_t i;

    drop(t, m);
    while ((i = trace_message(t, m->message.start, m->message.method, 0)) < t->n)
        trace_remove(t, i);
}

static void swap(struct trace *t, const struct mutation *m)
{
    size_t i = message(t, m->message), k = message(t, m->other);
    int64_t time = t->v[i].time;

    t->v[i].time = t->v[k].time;
    t->v[k].time = time;
    trace_sort(t);
}

static void repeat(struct trace *t, const struct mutation *m)
{
    trace_repeat(t, message(t, m->message), (unsigned)m->number);
}

static void replace(struct trace *t, const struct mutation *m)
{
    ck_assert_msg(trace_replace(&t->v[message(t, m->message)], m->text, m->put, false), "%s",
                  m->label);
}

static void replace_everywhere(struct trace *t, const struct mutation *m)
{
    size_t places[256], n = 0, count = 0;

    while (n < 256 && (places[n] = trace_message(t, m->message.start, m->message.method,
                                                 (unsigned)n)) < t->n)
        n++;
    for (size_t i = 0; i < n; i++)
        count += trace_replace(&t->v[places[i]], m->text, m->put, true);
    ck_assert_msg(count > 0, "%s", m->label);
}

/* Another message: a copy that becomes one of its own. */
static void add(struct trace *t, const struct mutation *m)
{
    size_t i = message(t, m->message);
    int64_t time = t->v[i].time + (int64_t)m->number * (t->unit / 1000);

    trace_repeat(t, i, (unsigned)m->number);
    for (i = 0; t->v[i].time < time; i++)
        ;
    ck_assert(trace_replace(&t->v[i], m->text, m->put, true));
    ck_assert(trace_replace(&t->v[i], "branch=z9hG4bK", "branch=z9hG4bKnew", true));
}

static void remove_line(struct trace *t, const struct mutation *m)
{
    size_t i = message(t, m->message), n;
    uint8_t *p = trace_payload(&t->v[i], &n), *line = memmem(p, n, m->text, strlen(m->text)), *end;
    char whole[1024];

    ck_assert_msg(line != NULL, "%s", m->label);
    end = memmem(line, n - (size_t)(line - p), "\r\n", 2);
    snprintf(whole, sizeof whole, "%.*s", (int)(end + 2 - line), (char *)line);
    ck_assert(trace_replace(&t->v[i], whole, "", false));
}

/* Exchanges the line with the one after it. */
static void swap_lines(struct trace *t, const struct mutation *m)
{
    size_t i = message(t, m->message), n;
    uint8_t *p = trace_payload(&t->v[i], &n), *line = memmem(p, n, m->text, strlen(m->text));
    uint8_t *middle, *end;
    char before[2048], after[2048];

    ck_assert_msg(line != NULL, "%s", m->label);
    middle = (uint8_t *)memmem(line, n - (size_t)(line - p), "\r\n", 2) + 2;
    end = (uint8_t *)memmem(middle, n - (size_t)(middle - p), "\r\n", 2) + 2;
    snprintf(before, sizeof before, "%.*s", (int)(end - line), (char *)line);
    snprintf(after, sizeof after, "%.*s%.*s", (int)(end - middle), (char *)middle,
             (int)(middle - line), (char *)line);
    ck_assert(trace_replace(&t->v[i], before, after, false));
}

/* All from that message on comes later. */
static void delay(struct trace *t, const struct mutation *m)
{
    for (size_t i = message(t, m->message); i < t->n; i++)
        t->v[i].time += (int64_t)m->number * (t->unit / 1000);
}

/* ---- Media of the caller ---- */

static uint32_t caller(const struct trace *t)
{
    return trace_source(&t->v[message(t, (struct which){"INVITE ", NULL, 0})]);
}

static bool is_callers_media(const struct trace *t, size_t i, uint32_t source)
{
    return trace_is_media(&t->v[i]) && trace_source(&t->v[i]) == source;
}

static void lose(struct trace *t, const struct mutation *m)
{
    uint32_t seed = 6, source = caller(t);

    for (size_t i = t->n; i-- > 0;)
        if (is_callers_media(t, i, source) && trace_random(&seed) % 1000 < m->number * 10)
            trace_remove(t, i);
}

static void lose_in_a_row(struct trace *t, const struct mutation *m)
{
    uint32_t source = caller(t);
    unsigned seen = 0;

    for (size_t i = 0; i < t->n;)
        if (is_callers_media(t, i, source) && ++seen > 100 && seen <= 100 + m->number)
            trace_remove(t, i);
        else
            i++;
}

static void shake(struct trace *t, const struct mutation *m)
{
    uint32_t seed = 7, source = caller(t);

    for (size_t i = 0; i < t->n; i++)
        if (is_callers_media(t, i, source))
            t->v[i].time += trace_random(&seed) % (uint32_t)m->number * (t->unit / 1000);
    trace_sort(t);
}

static void stall(struct trace *t, const struct mutation *m)
{
    uint32_t source = caller(t);
    unsigned seen = 0;

    for (size_t i = 0; i < t->n; i++)
        if (is_callers_media(t, i, source) && ++seen >= 100)
            t->v[i].time += (int64_t)m->number * (t->unit / 1000);
    trace_sort(t);
}

static void duplicate(struct trace *t, const struct mutation *m)
{
    uint32_t seed = 8, source = caller(t);

    for (size_t i = t->n; i-- > 0;)
        if (is_callers_media(t, i, source) && trace_random(&seed) % 1000 < m->number * 10)
            trace_repeat(t, i, 1);
}

static void reorder(struct trace *t, const struct mutation *m)
{
    uint32_t seed = 9, source = caller(t);

    for (size_t i = 0; i < t->n; i++)
        if (is_callers_media(t, i, source) && trace_random(&seed) % 1000 < m->number * 10)
            t->v[i].time += 25 * (t->unit / 1000);
    trace_sort(t);
}

static void silence(struct trace *t, const struct mutation *m)
{
    uint32_t source = caller(t);

    (void)m;
    for (size_t i = t->n; i-- > 0;)
        if (is_callers_media(t, i, source))
            trace_remove(t, i);
}

static void change_octets(struct trace *t, unsigned at, unsigned after, uint8_t octet)
{
    uint32_t source = caller(t);
    unsigned seen = 0;
    size_t n;

    for (size_t i = 0; i < t->n; i++)
        if (is_callers_media(t, i, source) && ++seen > after) {
            uint8_t *p = trace_payload(&t->v[i], &n);
            uint8_t copy[2048];

            memcpy(copy, p, n);
            copy[at] = (uint8_t)((copy[at] & (at == 1 ? 0x80 : 0)) | octet);
            trace_set_payload(&t->v[i], copy, n);
        }
}

static void change_payload_type(struct trace *t, const struct mutation *m)
{
    change_octets(t, 1, 0, (uint8_t)m->number);
}

static void change_ssrc(struct trace *t, const struct mutation *m)
{
    (void)m;
    change_octets(t, 8, 100, 0x5a);
}

#define BASIC "01a_basic_caller_bye.pcap"
#define HOLD "11a_hold.pcap"
#define PRACK "13a_prack.pcap"
#define AUTH "44e_invite_auth_407.pcap"
#define BUSY "04a_busy.pcap"

static const struct mutation mutations[] = {
    /* Messages */
    {"ACK dropped", BASIC, drop, {"ACK ", NULL, 0}, .kind = "message-missing",
     .told = "ACK is missing: caller -> proxy"},
    {"ACK dropped behind the proxy", BASIC, drop, {"ACK ", NULL, 1}, .kind = "message-missing",
     .told = "ACK is missing: proxy -> callee"},
    {"180 dropped", BASIC, drop, {"SIP/2.0 180", NULL, 0}, .kind = "message-missing",
     .told = "180 Ringing (INVITE) is missing: callee -> proxy"},
    {"100 dropped", HOLD, drop, {"SIP/2.0 100", "INVITE", 0}, .kind = "message-missing",
     .told = "(INVITE) is missing: proxy -> caller"},
    {"BYE never comes", BASIC, drop_all, {"BYE ", NULL, 0}, .kind = "call-changed",
     .told = "state changed: completed -> established"},
    {"BYE unanswered", BASIC, drop_all, {"SIP/2.0 200", "BYE", 0}, .kind = "message-missing",
     .told = "200 OK (BYE) is missing"},
    {"hold removed", HOLD, replace_everywhere, {"", NULL, 0}, .text = "a=sendonly",
     .put = "a=sendrecv", .kind = "call-changed", .told = "holds changed: 1 -> 0"},
    {"re-INVITE dropped", HOLD, drop, {"INVITE ", NULL, 2}, .kind = "message-missing",
     .told = "INVITE is missing: caller -> proxy"},
    {"PRACK dropped", PRACK, drop_all, {"PRACK ", NULL, 0}, .kind = "message-missing",
     .told = "PRACK is missing: caller -> proxy"},
    {"credentials never sent", AUTH, drop, {"INVITE ", NULL, 1}, .kind = "message-missing",
     .told = "INVITE is missing: caller -> proxy"},
    {"180 and 200 exchanged", BASIC, swap, {"SIP/2.0 180", NULL, 0},
     {"SIP/2.0 200", "INVITE", 0}, .kind = "message-moved", .told = "has moved: callee -> proxy"},
    {"ACK after the first BYE", BASIC, swap, {"ACK ", NULL, 0}, {"BYE ", NULL, 0},
     .kind = "message-moved", .told = "has moved: caller -> proxy"},
    {"INVITE sent again", BASIC, repeat, {"INVITE ", NULL, 0}, .number = 500,
     .kind = "message-added", .told = "INVITE (retransmission) is added: caller -> proxy"},
    {"200 sent again", BASIC, repeat, {"SIP/2.0 200", "INVITE", 0}, .number = 500,
     .kind = "message-added",
     .told = "200 Answering (INVITE) (retransmission) is added: callee -> proxy"},
    {"INFO added", BASIC, add, {"BYE ", NULL, 0}, .number = 0, .text = "BYE", .put = "INFO",
     .kind = "message-added", .told = "INFO is added: caller -> proxy"},
    {"registration gone", BASIC, drop_all, {"", "REGISTER", 0}, .kind = "call-missing",
     .told = "the call is missing in B"},
    {"486 became 603", BUSY, replace_everywhere, {"SIP/2.0 486", NULL, 0},
     .text = "486 Busy Here", .put = "603 Decline", .kind = "status-changed",
     .told = "486 Busy Here -> 603 Decline"},
    {"486 became 603, in the end", BUSY, replace_everywhere, {"SIP/2.0 486", NULL, 0},
     .text = "486 Busy Here", .put = "603 Decline", .kind = "call-changed",
     .told = "final status changed: 486 -> 603"},
    {"180 became 183", BASIC, replace, {"SIP/2.0 180", NULL, 0}, .text = "180 Ringing",
     .put = "183 Session Progress", .kind = "status-changed",
     .told = "180 Ringing -> 183 Session Progress"},
    {"phrase changed", BASIC, replace, {"SIP/2.0 200", "BYE", 0}, .text = "200 OK",
     .put = "200 Fine", .kind = "field-changed", .told = "reason phrase changed in 200 OK (BYE)"},
    {"answered later", BASIC, delay, {"SIP/2.0 200", "INVITE", 0}, .number = 1500,
     .kind = "timing-changed", .told = "time to answer changed"},
    {"rings later", BASIC, delay, {"SIP/2.0 180", NULL, 0}, .number = 1500,
     .kind = "timing-changed", .told = "post-dial delay changed"},
    {"talks longer", BASIC, delay, {"BYE ", NULL, 0}, .number = 3000, .kind = "timing-changed",
     .told = "talk time changed"},
    /* Header fields */
    {"Contact changed", BASIC, replace, {"INVITE ", NULL, 0}, .text = "@10.77.0.11:5060>",
     .put = "@10.77.0.99:5060>", .kind = "field-changed", .told = "Contact changed in INVITE"},
    {"Contact's user changed", HOLD, replace, {"INVITE ", NULL, 0}, .text = "<sip:alice@10.77",
     .put = "<sip:other@10.77", .kind = "field-changed", .told = "Contact changed in INVITE"},
    {"Record-Route lost", BASIC, remove_line, {"INVITE ", NULL, 1}, .text = "Record-Route: ",
     .kind = "field-missing", .told = "Record-Route is missing in INVITE"},
    {"Supported lost", HOLD, remove_line, {"INVITE ", NULL, 0}, .text = "Supported: ",
     .kind = "field-missing", .told = "Supported is missing in INVITE"},
    {"a header added", BASIC, replace, {"BYE ", NULL, 0}, .text = "Max-Forwards:",
     .put = "X-Reason: test\r\nMax-Forwards:", .kind = "field-added",
     .told = "X-Reason is added in BYE"},
    {"headers exchanged", HOLD, swap_lines, {"INVITE ", NULL, 0}, .text = "From: ",
     .kind = "header-order", .told = "header order changed in INVITE"},
    {"Via lines exchanged", HOLD, swap_lines, {"INVITE ", NULL, 1}, .text = "Via: ",
     .kind = "field-changed", .told = "Via changed in INVITE"},
    {"To changed", HOLD, replace, {"BYE ", NULL, 0}, .text = "To: sip:bob",
     .put = "To: sip:eve", .kind = "field-changed", .told = "To changed in BYE"},
    {"Session-Expires changed", HOLD, replace, {"INVITE ", NULL, 0}, .text = "Expires: 1800",
     .put = "Expires: 90", .kind = "field-changed", .told = "Session-Expires changed in INVITE"},
    {"Max-Forwards changed", BASIC, replace, {"INVITE ", NULL, 0}, .text = "Max-Forwards: 70",
     .put = "Max-Forwards: 7", .kind = "field-changed", .told = "Max-Forwards changed in INVITE"},
    {"User-Agent changed", BASIC, replace, {"INVITE ", NULL, 0}, .text = "baresip v1.0.0",
     .put = "baresip v3.1.0", .kind = "field-changed", .told = "User-Agent changed in INVITE"},
    {"CSeq skips", HOLD, replace_everywhere, {"", "BYE", 0}, .text = "20716 BYE",
     .put = "20726 BYE", .kind = "field-changed", .told = "CSeq number changed in BYE"},
    {"Request-URI changed", BASIC, replace, {"BYE ", NULL, 0}, .text = "BYE sip:bob",
     .put = "BYE sip:bill", .kind = "field-changed", .told = "Request-URI changed in BYE"},
    {"user changed", BASIC, replace_everywhere, {"", NULL, 0}, .text = "sip:alice@",
     .put = "sip:carol@", .kind = "call-changed",
     .told = "caller's user changed: alice -> carol"},
    {"realm changed", AUTH, replace, {"SIP/2.0 407", NULL, 0}, .text = "lab.example\"",
     .put = "lab.invalid\"", .kind = "field-changed", .told = "Proxy-Authenticate changed in 407"},
    {"registers for shorter", BASIC, replace, {"REGISTER ", NULL, 0}, .text = "expires=120",
     .put = "expires=60", .kind = "field-changed", .told = "Contact changed in REGISTER"},
    /* Session descriptions */
    {"codec gone", BASIC, replace, {"INVITE ", NULL, 0}, .text = "RTP/AVP 0 8 101",
     .put = "RTP/AVP 8 101", .kind = "sdp-changed", .told = "SDP audio codecs changed in INVITE"},
    {"codecs exchanged", BASIC, replace, {"INVITE ", NULL, 0}, .text = "RTP/AVP 0 8 101",
     .put = "RTP/AVP 8 0 101", .kind = "sdp-changed",
     .told = "SDP audio codecs changed in INVITE"},
    {"payload type changed", BASIC, replace_everywhere, {"INVITE ", NULL, 0}, .text = "101",
     .put = "96", .kind = "sdp-changed", .told = "SDP audio payload types changed in INVITE"},
    {"another codec agreed", BASIC, replace_everywhere, {"SIP/2.0 200", "INVITE", 0},
     .text = "RTP/AVP 0 ", .put = "RTP/AVP 8 ", .kind = "call-changed",
     .told = "agreed codecs changed: PCMU -> PCMA"},
    {"ptime changed", BASIC, replace, {"INVITE ", NULL, 0}, .text = "a=ptime:20",
     .put = "a=ptime:30", .kind = "sdp-changed", .told = "SDP audio ptime changed in INVITE"},
    {"direction changed", BASIC, replace, {"INVITE ", NULL, 0}, .text = "a=sendrecv",
     .put = "a=inactive", .kind = "sdp-changed", .told = "SDP audio direction changed in INVITE"},
    {"media elsewhere", BASIC, replace, {"INVITE ", NULL, 0}, .text = "c=IN IP4 10.77.0.11",
     .put = "c=IN IP4 10.77.0.91", .kind = "sdp-changed",
     .told = "SDP audio address changed in INVITE"},
    {"media refused", BASIC, replace, {"SIP/2.0 200", "INVITE", 0}, .text = "m=audio 4",
     .put = "m=audio 0 RTP/AVP 0\r\na=was:", .kind = "sdp-changed",
     .told = "SDP audio use changed in 200 Answering (INVITE)"},
    {"media added", BASIC, replace, {"INVITE ", NULL, 0}, .text = "a=ptime:20\r\n",
     .put = "a=ptime:20\r\nm=video 5004 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n",
     .kind = "sdp-changed", .told = "SDP media changed in INVITE"},
    {"events' range changed", BASIC, replace, {"INVITE ", NULL, 0}, .text = "101 0-15",
     .put = "101 0-11", .kind = "sdp-changed",
     .told = "SDP audio format parameters changed in INVITE"},
    {"bandwidth said", BASIC, replace, {"INVITE ", NULL, 0}, .text = "t=0 0",
     .put = "b=AS:64\r\nt=0 0", .kind = "field-added", .told = "SDP b=AS is added in INVITE"},
    {"SDP lost", BASIC, replace, {"INVITE ", NULL, 0}, .text = "Content-Type: application/sdp",
     .put = "Content-Type: text/plain", .kind = "field-missing",
     .told = "SDP is missing in INVITE"},
    /* Media */
    {"2 % loss", BASIC, lose, .number = 2, .kind = "stream-changed",
     .told = "loss of stream caller-to-callee, audio"},
    {"2 % loss is a finding", BASIC, lose, .number = 2, .kind = "finding-new",
     .told = "packet-loss, stream caller-to-callee"},
    {"10 packets lost in a row", BASIC, lose_in_a_row, .number = 10, .kind = "stream-changed",
     .told = "loss of stream caller-to-callee, audio"},
    {"jitter", BASIC, shake, .number = 40, .kind = "stream-changed",
     .told = "mean jitter of stream caller-to-callee, audio"},
    {"media stalls", BASIC, stall, .number = 200, .kind = "stream-changed",
     .told = "greatest delta of stream caller-to-callee, audio"},
    {"2 % duplicates", BASIC, duplicate, .number = 2, .kind = "stream-changed",
     .told = "duplicates of stream caller-to-callee, audio"},
    {"3 % out of order", BASIC, reorder, .number = 3, .kind = "stream-changed",
     .told = "reordered packets of stream caller-to-callee, audio"},
    {"one-way", BASIC, silence, .kind = "stream-missing",
     .told = "stream caller-to-callee, audio (A stream 2) is missing"},
    {"payload type sent", BASIC, change_payload_type, .number = 8, .kind = "stream-changed",
     .told = "payload types of stream caller-to-callee, audio"},
    {"SSRC changes", BASIC, change_ssrc, .kind = "stream-added", .told = "is added"},
};

static char folder[] = "/tmp/fosip-mutation-XXXXXX";

static struct fosip_analysis *analyse(const char *path)
{
    struct fosip_options options = {.threads = 1};
    struct fosip_analysis *a;
    struct fosip_error err;

    ck_assert_msg(fosip_analyse(&a, &options, &path, 1, &err) == 0, "%s", err.text);
    return a;
}

static struct fosip_analysis *mutate(const struct mutation *m)
{
    struct trace t = trace_read(m->file);
    struct fosip_analysis *a;
    char path[64];

    if (m->change)
        m->change(&t, m);
    snprintf(path, sizeof path, "%s/b.pcap", folder);
    trace_write(&t, path);
    trace_free(&t);
    a = analyse(path);
    unlink(path);
    return a;
}

/* The differences as JSON; freed by the caller. */
static struct json_object *differences(const struct fosip_analysis *a,
                                       const struct fosip_analysis *b, bool *same)
{
    struct fosip_report_options options = {.format = FOSIP_JSON};
    struct fosip_diff *diff = fosip_diff_new();
    struct json_object *o;
    struct fosip_error err;
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);

    ck_assert_int_eq(fosip_diff_add_analysis(diff, a, "a", NULL, &err), 0);
    ck_assert_int_eq(fosip_diff_add_analysis(diff, b, "b", NULL, &err), 0);
    ck_assert_int_eq(fosip_diff_report(diff, &options, out, same, &err), 0);
    fclose(out);
    fosip_diff_free(diff);
    o = json_tokener_parse(text);
    ck_assert_ptr_nonnull(o);
    free(text);
    return o;
}

static const char *string(struct json_object *o, const char *key)
{
    struct json_object *value = NULL;

    json_object_object_get_ex(o, key, &value);
    return value ? json_object_get_string(value) : "";
}

static bool is_told(struct json_object *list, const struct mutation *m)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *d = json_object_array_get_idx(list, i);

        if (strcmp(string(d, "kind"), m->kind) == 0 && strstr(string(d, "text"), m->told))
            return true;
    }
    return false;
}

static const struct fosip_analysis *original(const char *file)
{
    static struct fosip_analysis *kept;
    static const char *of;
    char path[1024];
    const char *testdata = getenv("TESTDATA");

    if (of && strcmp(of, file) == 0)
        return kept;
    fosip_free(kept);
    snprintf(path, sizeof path, "%s/%s", testdata ? testdata : "testdata", file);
    kept = analyse(path);
    of = file;
    return kept;
}

START_TEST(each_change_is_named)
{
    const struct mutation *m = &mutations[_i];
    struct fosip_analysis *b = mutate(m);
    bool same;
    struct json_object *o = differences(original(m->file), b, &same), *list;

    json_object_object_get_ex(o, "differences", &list);
    ck_assert_msg(!same, "%s: no difference", m->label);
    ck_assert_msg(is_told(list, m), "%s: no %s '%s' in %s", m->label, m->kind, m->told,
                  json_object_to_json_string(list));
    json_object_put(o);
    fosip_free(b);
}
END_TEST

/* The expectations that check writes for a capture, held against another: how many do not
 * hold; *told is what it says, freed by the caller. */
static size_t expectations_failed(const struct fosip_analysis *good,
                                  const struct fosip_analysis *other, char **told)
{
    struct fosip_report_options options = {.format = FOSIP_TEXT};
    struct fosip_check *check = fosip_check_new();
    struct fosip_error err;
    char *expectations = NULL;
    size_t n, failed = 0;
    FILE *out = open_memstream(&expectations, &n);

    ck_assert_int_eq(fosip_check_init(good, out, &err), 0);
    fclose(out);
    ck_assert_msg(fosip_check_add(check, "init", expectations, NULL, NULL, &err) == 0, "%s",
                  err.text);
    free(expectations);
    out = open_memstream(told, &n);
    ck_assert_int_eq(
        fosip_check_run(check, other, &options, FOSIP_CHECK_TEXT, out, &failed, &err), 0);
    fclose(out);
    fosip_check_free(check);
    return failed;
}

/* Those that check --init writes of: which messages go where, status and times, streams and
 * findings.  Headers and bodies by their words are for diff, or for a tester to add. */
enum { CHANGES_CHECKED = 27 };

/* Expectations that a good trace wrote fail for these changes, and the result says so. */
START_TEST(changes_are_checked)
{
    unsigned caught = 0;
    char missed[4096] = "";

    for (size_t i = 0; i < sizeof mutations / sizeof mutations[0]; i++) {
        const struct mutation *m = &mutations[i];
        struct fosip_analysis *b = mutate(m);
        char *told;
        size_t n = strlen(missed);

        if (expectations_failed(original(m->file), b, &told)) {
            ck_assert_msg(strstr(told, "not ok") || strstr(told, "FAIL"), "%s: %s", m->label, told);
            caught++;
        } else {
            snprintf(missed + n, sizeof missed - n, "\n%s", m->label);
        }
        free(told);
        fosip_free(b);
    }
    ck_assert_msg(caught >= CHANGES_CHECKED, "%u caught, not these: %s", caught, missed);
}
END_TEST

/* Written anew without a change: what the others find is not our writing. */
START_TEST(no_change_is_none)
{
    static const char *const files[] = {BASIC, HOLD, PRACK, AUTH, BUSY};
    struct mutation none = {.file = files[_i]};
    struct fosip_analysis *b = mutate(&none);
    char *told;
    bool same;
    struct json_object *o = differences(original(none.file), b, &same);

    ck_assert_msg(same, "%s: %s", none.file, json_object_to_json_string(o));
    json_object_put(o);
    ck_assert_uint_eq(expectations_failed(original(none.file), b, &told), 0);
    free(told);
    fosip_free(b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("mutation");
    TCase *t = tcase_create("mutation");
    SRunner *runner;
    int failed;

    if (!mkdtemp(folder))
        return 1;
    tcase_add_loop_test(t, each_change_is_named, 0, sizeof mutations / sizeof mutations[0]);
    tcase_add_test(t, changes_are_checked);
    tcase_add_loop_test(t, no_change_is_none, 0, 5);
    suite_add_tcase(s, t);
    runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    rmdir(folder);
    return failed != 0;
}

/* The JSON document has every key of the contract, with the right type, in
 * every capture of testdata; it is valid UTF-8 and one object. */
#include <dirent.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "fosip/fosip.h"
#include "support/suite.h"

/* Types by letter: s string, i integer, d number, b boolean, o object, a array;
 * a capital one may also be null. */
struct key {
    const char *name;
    char type;
};

static const char *where;

static bool has_type(struct json_object *value, char type)
{
    bool nullable = type >= 'A' && type <= 'Z';

    if (!value)
        return nullable;
    switch (type | 0x20) {
    case 's': return json_object_is_type(value, json_type_string);
    case 'i': return json_object_is_type(value, json_type_int);
    case 'd':
        return json_object_is_type(value, json_type_double) ||
               json_object_is_type(value, json_type_int);
    case 'b': return json_object_is_type(value, json_type_boolean);
    case 'o': return json_object_is_type(value, json_type_object);
    default: return json_object_is_type(value, json_type_array);
    }
}

static void check(struct json_object *o, const struct key *keys, size_t n)
{
    ck_assert_ptr_nonnull(o);
    for (size_t i = 0; i < n; i++) {
        struct json_object *value;

        ck_assert_msg(json_object_object_get_ex(o, keys[i].name, &value), "%s: no key %s", where,
                      keys[i].name);
        ck_assert_msg(has_type(value, keys[i].type), "%s: %s is %s", where, keys[i].name,
                      json_object_to_json_string(value));
    }
}
#define CHECK(o, keys) check((o), (keys), sizeof(keys) / sizeof(keys)[0])

static struct json_object *get(struct json_object *o, const char *key)
{
    struct json_object *value = NULL;

    json_object_object_get_ex(o, key, &value);
    return value;
}

typedef void checker(struct json_object *);

static void each(struct json_object *o, const char *key, checker *f)
{
    struct json_object *list = get(o, key);

    ck_assert_msg(json_object_is_type(list, json_type_array), "%s: %s", where, key);
    for (size_t i = 0; i < json_object_array_length(list); i++)
        f(json_object_array_get_idx(list, i));
}

static void address(struct json_object *o)
{
    static const struct key keys[] = {{"ip", 'S'}, {"port", 'I'}};

    CHECK(o, keys);
}

static void format(struct json_object *o)
{
    static const struct key keys[] = {{"pt", 'I'}, {"codec", 'S'}, {"clock_rate", 'I'},
                                      {"fmtp", 'S'}};

    CHECK(o, keys);
}

static void media(struct json_object *o)
{
    static const struct key keys[] = {{"type", 's'}, {"ip", 'S'}, {"port", 'i'},
                                      {"rtcp_port", 'I'}, {"protocol", 'S'}, {"direction", 's'}};

    CHECK(o, keys);
    each(o, "formats", format);
}

static void message(struct json_object *o)
{
    static const struct key keys[] = {
        {"id", 'i'}, {"frame", 'i'}, {"time", 's'}, {"t", 'd'}, {"src", 'o'}, {"dst", 'o'},
        {"transport", 's'}, {"method", 'S'}, {"status", 'I'}, {"reason", 'S'}, {"cseq", 'o'},
        {"branch", 'S'}, {"from_tag", 'S'}, {"to_tag", 'S'}, {"transaction", 'I'},
        {"dialog", 'I'}, {"retransmission_of", 'I'}, {"content_type", 'S'}, {"sdp", 'O'},
        {"length", 'i'}, {"problems", 'a'},
    };
    static const struct key cseq[] = {{"number", 'I'}, {"method", 'S'}};

    CHECK(o, keys);
    CHECK(get(o, "cseq"), cseq);
    address(get(o, "src"));
    address(get(o, "dst"));
    if (get(o, "sdp"))
        each(get(o, "sdp"), "media", media);
}

static void transaction(struct json_object *o)
{
    static const struct key keys[] = {
        {"id", 'i'}, {"method", 'S'}, {"branch", 'S'}, {"cseq", 'i'}, {"client", 'o'},
        {"server", 'o'}, {"status", 'I'}, {"state", 's'}, {"messages", 'a'},
        {"retransmissions", 'i'}, {"response_ms", 'D'},
    };

    CHECK(o, keys);
    address(get(o, "client"));
    ck_assert_uint_ge(json_object_array_length(get(o, "messages")), 1);
}

static void dtmf(struct json_object *o)
{
    static const struct key keys[] = {
        {"digit", 's'}, {"via", 's'}, {"by", 'S'}, {"time", 's'}, {"duration_ms", 'D'},
        {"gap_ms", 'D'}, {"volume_dbm0", 'D'}, {"ended", 'b'}, {"double_of", 'I'},
        {"stream", 'I'}, {"message", 'I'},
    };

    CHECK(o, keys);
}

static void dialog(struct json_object *o)
{
    static const struct key keys[] = {{"id", 'i'}, {"local_tag", 's'}, {"remote_tag", 's'},
                                      {"state", 's'}, {"messages", 'a'}};

    CHECK(o, keys);
}

static void icmp_error(struct json_object *o)
{
    static const struct key keys[] = {
        {"error", 's'}, {"type", 'i'}, {"code", 'i'}, {"reporter", 's'}, {"src", 'o'},
        {"dst", 'o'}, {"transport", 's'}, {"about", 's'}, {"method", 'S'}, {"message", 'I'},
        {"stream", 'I'}, {"count", 'i'}, {"time", 's'}, {"last_time", 's'}, {"frames", 'a'},
    };

    CHECK(o, keys);
}

static void call(struct json_object *o)
{
    static const struct key keys[] = {
        {"id", 'i'}, {"call_id", 's'}, {"kind", 's'}, {"group", 'i'}, {"method", 'S'},
        {"request_uri", 'S'}, {"transport", 's'}, {"from", 'o'}, {"to", 'o'}, {"src", 'o'},
        {"dst", 'o'}, {"state", 's'}, {"status", 'I'}, {"reason", 'S'}, {"released_by", 'S'},
        {"offer", 'S'}, {"start_time", 's'}, {"end_time", 's'}, {"timing", 'o'},
        {"messages", 'a'}, {"transactions", 'a'}, {"dialogs", 'a'}, {"streams", 'a'},
        {"dtmf", 'a'}, {"icmp_errors", 'a'}, {"bandwidth_kbps", 'O'},
    };
    static const struct key party[] = {{"display", 'S'}, {"uri", 'S'}, {"user", 'S'},
                                       {"host", 'S'}, {"tag", 'S'}};
    static const struct key timing[] = {{"trying_ms", 'D'}, {"post_dial_delay_ms", 'D'},
                                        {"answer_ms", 'D'}, {"talk_ms", 'D'},
                                        {"duration_ms", 'd'}};

    CHECK(o, keys);
    CHECK(get(o, "from"), party);
    CHECK(get(o, "to"), party);
    CHECK(get(o, "timing"), timing);
    each(o, "messages", message);
    each(o, "transactions", transaction);
    each(o, "dialogs", dialog);
    each(o, "dtmf", dtmf);
    each(o, "icmp_errors", icmp_error);
}

static void stream(struct json_object *o)
{
    static const struct key keys[] = {
        {"id", 'i'}, {"call", 'I'}, {"src", 'o'}, {"dst", 'o'}, {"ssrc", 's'}, {"media", 'S'},
        {"direction", 'S'}, {"found_by", 's'}, {"encrypted", 'b'}, {"payload_types", 'a'},
        {"codec", 'S'}, {"clock_rate", 'I'}, {"ptime_ms", 'D'}, {"start_time", 's'},
        {"end_time", 's'}, {"duration_s", 'd'}, {"packets", 'i'}, {"expected", 'i'},
        {"lost", 'i'}, {"loss_pct", 'd'}, {"duplicates", 'i'}, {"reordered", 'i'},
        {"ssrc_changes", 'i'}, {"sequence_resets", 'i'}, {"delta_ms", 'o'}, {"jitter_ms", 'o'},
        {"skew_ms", 'o'}, {"rfc3550", 'o'}, {"bytes", 'o'}, {"bandwidth_kbps", 'o'},
        {"icmp_errors", 'i'}, {"capture_copies", 'i'}, {"duplicates_seen_twice", 'i'},
        {"burst", 'o'}, {"r_factor", 'D'}, {"mos", 'D'}, {"rtcp", 'O'}, {"codec_guess", 'O'},
        {"ptime_announced_ms", 'I'}, {"peak_kbps", 'o'}, {"packet", 'o'}, {"lost_side", 'O'},
        {"jitter_buffer", 'o'}, {"clock", 'o'}, {"silence", 'O'}, {"video", 'O'},
        {"mos_assumes", 'o'},
        {"intervals", 'A'},
    };
    static const struct key range[] = {{"min", 'D'}, {"mean", 'D'}, {"max", 'D'}};
    static const struct key levels[] = {{"payload", 'i'}, {"rtp", 'i'}, {"ip", 'i'}, {"link", 'i'}};
    static const struct key rates[] = {{"payload", 'D'}, {"rtp", 'D'}, {"ip", 'D'}, {"link", 'D'}};
    static const struct key burst[] = {{"bursts", 'i'}, {"burst_loss_pct", 'd'},
                                       {"gap_loss_pct", 'd'}, {"longest_loss_packets", 'i'},
                                       {"longest_gap_ms", 'd'}, {"burst_ms", 'D'},
                                       {"gap_ms", 'D'}, {"burst_ratio", 'd'}};
    static const struct key packet[] = {{"ptime_ms", 'D'}, {"packets_s", 'D'}, {"bytes", 'i'},
                                        {"kbps", 'D'}, {"payload", 'o'}, {"rtp_header", 'o'},
                                        {"udp_header", 'o'}, {"ip_header", 'o'},
                                        {"link_header", 'o'}, {"other_header", 'o'}};
    static const struct key part[] = {{"bytes", 'i'}, {"pct", 'd'}};
    static const struct key guess[] = {{"media", 's'}, {"codec", 'S'}, {"clock_rate", 'I'}};
    static const struct key side[] = {{"before", 'd'}, {"after", 'd'}, {"not_captured", 'd'},
                                      {"side", 's'}};
    static const struct key buffer[] = {{"depth_ms", 'd'}, {"discarded", 'i'},
                                        {"discarded_adaptive", 'i'}};
    static const struct key clock[] = {{"skew_ppm", 'D'},
                                       {"skew_error_ppm", 'D'},
                                       {"sender_reports_ppm", 'D'},
                                       {"restarts", 'i'}};
    static const struct key silence[] = {{"suppressed", 'b'}, {"talkspurts", 'i'},
                                         {"comfort_noise_packets", 'i'}};
    static const struct key assumes[] = {{"delay_ms", 'd'}, {"delay_measured", 'b'},
                                         {"wideband", 'b'}};
    static const struct key rtcp[] = {{"packets", 'i'}, {"sender_reports", 'i'},
                                      {"receiver_reports", 'i'}, {"reported_loss_pct", 'D'},
                                      {"reported_jitter_ms", 'D'}, {"round_trip_ms", 'o'},
                                      {"reported_lost", 'I'}, {"reported_highest", 'I'},
                                      {"worst_loss_pct", 'D'}, {"worst_jitter_ms", 'D'},
                                      {"descriptions", 'i'}, {"cname", 'S'}, {"byes", 'i'},
                                      {"bye_time", 'S'}, {"applications", 'i'},
                                      {"extended_reports", 'i'}, {"extended_blocks", 'a'},
                                      {"voip_metrics", 'O'}, {"feedback", 'o'}};

    CHECK(o, keys);
    ck_assert_uint_eq(strlen(json_object_get_string(get(o, "ssrc"))), 10);
    CHECK(get(o, "delta_ms"), range);
    CHECK(get(o, "jitter_ms"), range);
    CHECK(get(o, "bytes"), levels);
    CHECK(get(o, "bandwidth_kbps"), rates);
    CHECK(get(o, "burst"), burst);
    CHECK(get(o, "peak_kbps"), rates);
    CHECK(get(o, "packet"), packet);
    CHECK(get(get(o, "packet"), "link_header"), part);
    CHECK(get(o, "jitter_buffer"), buffer);
    CHECK(get(o, "clock"), clock);
    CHECK(get(o, "mos_assumes"), assumes);
    if (get(o, "silence"))
        CHECK(get(o, "silence"), silence);
    if (get(o, "codec_guess"))
        CHECK(get(o, "codec_guess"), guess);
    if (get(o, "lost_side"))
        CHECK(get(o, "lost_side"), side);
    if (get(o, "rtcp"))
        CHECK(get(o, "rtcp"), rtcp);
}

static void finding(struct json_object *o)
{
    static const struct key keys[] = {{"rule", 's'}, {"severity", 's'}, {"call", 'I'},
                                      {"stream", 'I'}, {"message", 'I'}, {"frames", 'a'},
                                      {"time", 'S'}, {"text", 's'}, {"reference", 'S'}};

    CHECK(o, keys);
}

static void file(struct json_object *o)
{
    static const struct key keys[] = {{"path", 's'}, {"format", 's'}, {"compression", 'S'},
                                      {"link_types", 'a'}, {"packets", 'i'}, {"bytes", 'i'},
                                      {"problem", 'S'}};

    CHECK(o, keys);
}

static void document(struct json_object *o)
{
    static const struct key keys[] = {{"schema", 's'}, {"generator", 'o'}, {"capture", 'o'}};
    static const struct key capture[] = {{"files", 'a'}, {"packets", 'i'}, {"bytes", 'i'},
                                         {"first_time", 'S'}, {"last_time", 'S'},
                                         {"duration_s", 'D'}, {"counts", 'o'}, {"tls", 'o'}};
    static const struct key counts[] = {{"sip", 'i'}, {"sip_requests", 'i'},
                                        {"sip_responses", 'i'}, {"sip_malformed", 'i'},
                                        {"rtp", 'i'}, {"rtcp", 'i'}, {"stun", 'i'},
                                        {"other", 'i'}, {"undecoded", 'i'}};

    static const struct key tls[] = {{"connections", 'i'}, {"opening", 'i'}, {"decrypted", 'i'},
                                     {"no_keys", 'i'}, {"wrong_keys", 'i'}, {"no_handshake", 'i'},
                                     {"not_supported", 'i'}, {"no_library", 'i'}};

    CHECK(o, keys);
    ck_assert_str_eq(json_object_get_string(get(o, "schema")), "fosip/1");
    CHECK(get(o, "capture"), capture);
    CHECK(get(get(o, "capture"), "counts"), counts);
    CHECK(get(get(o, "capture"), "tls"), tls);
    each(get(o, "capture"), "files", file);
    each(o, "calls", call);
    each(o, "streams", stream);
    each(o, "findings", finding);
}

static void parse_whole(const char *text, size_t n, checker *f)
{
    struct json_tokener *tokener = json_tokener_new();
    struct json_object *o;

    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    o = json_tokener_parse_ex(tokener, text, (int)n);
    ck_assert_msg(o != NULL, "%s: %s", where,
                  json_tokener_error_desc(json_tokener_get_error(tokener)));
    f(o);
    json_object_put(o);
    json_tokener_free(tokener);
}

static void any_line(struct json_object *o)
{
    static const struct key keys[] = {{"type", 's'}};

    CHECK(o, keys);
}

static char *report(struct fosip_analysis *a, enum fosip_format format, size_t *n)
{
    struct fosip_report_options options = {.format = format, .unicode = true, .all = true};
    char *text;
    FILE *out = open_memstream(&text, n);

    ck_assert_int_eq(fosip_report(a, FOSIP_SUMMARY, &options, out, NULL), 0);
    fclose(out);
    return text;
}

static void check_capture(const char *path)
{
    struct fosip_analysis *a;
    struct fosip_error err;
    char *text, *line, *rest;
    size_t n;

    where = path;
    ck_assert_msg(fosip_analyse(&a, NULL, &path, 1, &err) == 0, "%s", err.text);
    text = report(a, FOSIP_JSON, &n);
    parse_whole(text, n, document);
    free(text);
    text = rest = report(a, FOSIP_NDJSON, &n);
    while ((line = strsep(&rest, "\n")) && *line)
        parse_whole(line, strlen(line), any_line);
    free(text);
    text = report(a, FOSIP_TEXT, &n);
    ck_assert_uint_gt(n, 0);
    free(text);
    fosip_free(a);
}

START_TEST(every_key_in_every_capture)
{
    const char *testdata = getenv("TESTDATA");
    DIR *d = opendir(testdata ? testdata : "testdata");
    struct dirent *entry;
    unsigned n = 0;
    char path[1024];

    ck_assert_ptr_nonnull(d);
    while ((entry = readdir(d))) {
        if (entry->d_type != DT_REG)
            continue;
        snprintf(path, sizeof path, "%s/%s", testdata ? testdata : "testdata", entry->d_name);
        check_capture(path);
        n++;
    }
    closedir(d);
    ck_assert_uint_gt(n, 30);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("json");

    tcase_add_test(t, every_key_in_every_capture);
    return run_suite("json", t);
}

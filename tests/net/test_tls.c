/* TLS: captures of OpenSSL's own records (testdata/tls, made by
 * scripts/make-tls-captures) with their keys, with others and with none; with
 * any packet missing or damaged.  What is read must be what was sent, to the
 * octet: each message is known by its number. */
#include "net/tls.h"

#include <dirent.h>

#include "capture/capture.h"
#include "frame.h"
#include "support/suite.h"

enum { MAX_PACKETS = 512, MAX_KEYS = 1 << 20 };

static struct {
    char text[4096]; /* "c1 s1 c2 ": what was read, in order */
    size_t n;
    unsigned encrypted; /* connections told of */
    struct net_tls last;
    uint8_t transport;
} heard;

static struct {
    struct packet v[MAX_PACKETS];
    size_t n;
} packets;

static struct capture *capture;
static char keys[MAX_KEYS], wrong[MAX_KEYS];

static const char *folder(void)
{
    static char path[512];
    const char *testdata = getenv("TESTDATA");

    snprintf(path, sizeof path, "%s/tls", testdata && *testdata ? testdata : "testdata");
    return path;
}

/* The client's request of that number, or the server's response to it: as in
 * scripts/make-tls-captures. */
static size_t message(char *out, size_t room, bool client, unsigned number)
{
    char body[1501];
    unsigned n = number * 211 % 1500;

    for (unsigned i = 0; i < n; i++)
        body[i] = (char)('a' + (i + number) % 26);
    body[n] = 0;
    return (size_t)snprintf(
        out, room,
        "%s\r\nVia: SIP/2.0/TLS 192.0.2.1:50123;branch=z9hG4bK%u\r\nMax-Forwards: 70\r\n"
        "From: <sip:alice@example.net>;tag=a\r\nTo: <sip:bob@example.net>;tag=b\r\n"
        "Call-ID: %u@192.0.2.1\r\nCSeq: %u OPTIONS\r\nContent-Type: text/plain\r\n"
        "Content-Length: %u\r\n\r\n%s",
        client ? "OPTIONS sip:bob@192.0.2.2;transport=tls SIP/2.0" : "SIP/2.0 200 OK", number,
        number, number, n, body);
}

/* Notes the message at p; how long it is, 0 when it is not whole. */
static size_t note(const uint8_t *p, size_t n)
{
    char want[4096];

    for (unsigned number = 1; number < 10; number++)
        for (unsigned client = 0; client < 2; client++) {
            size_t length = message(want, sizeof want, client, number);

            if (length > n || memcmp(want, p, length) != 0)
                continue;
            ck_assert_uint_lt(heard.n + 4, sizeof heard.text);
            heard.n += (size_t)sprintf(heard.text + heard.n, "%c%u ", client ? 'c' : 's', number);
            return length;
        }
    return 0;
}

/* Whether what is not a whole message is a part of one: text all the same. */
static void expect_text(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(p[i] == '\r' || p[i] == '\n' || (p[i] >= ' ' && p[i] <= '~'),
                      "octet %02x", p[i]);
}

static size_t on_stream(void *ctx, const struct datagram *run, bool last)
{
    size_t done = 0, length;

    (void)ctx;
    expect_text(run->data, run->caplen);
    heard.transport = run->transport;
    while (done < run->caplen && (length = note(run->data + done, run->caplen - done)) > 0)
        done += length;
    /* after a hole: the next message begins somewhere */
    while (!last && done < run->caplen && run->data[done] != 'O' && run->data[done] != 'S')
        done++;
    return last ? run->caplen : done;
}

static void on_datagram(void *ctx, const struct datagram *d)
{
    (void)ctx;
    heard.transport = d->transport;
    ck_assert_uint_eq(note(d->data, d->caplen), d->caplen);
}

static void on_encrypted(void *ctx, const struct net_tls *connection)
{
    (void)ctx;
    heard.encrypted++;
    heard.last = *connection;
}

/* Puts the packets through, each from a block of its own, without number
 * `missing` and with an octet of number `damaged` changed. */
static struct net_tls_counts run(const char *log, size_t missing, size_t damaged)
{
    struct net_sink sink = {
        .datagram = on_datagram, .stream = on_stream, .encrypted = on_encrypted};
    struct net *net = net_new(&sink);
    struct net_tls_counts counts;

    ck_assert_ptr_nonnull(net);
    memset(&heard, 0, sizeof heard);
    ck_assert_int_ge(net_add_secrets(net, log, strlen(log)), 0);
    for (size_t i = 0; i < packets.n; i++) {
        struct packet packet = packets.v[i];
        uint8_t *block = malloc(packet.caplen);

        memcpy(block, packet.data, packet.caplen);
        if (i == damaged)
            block[packet.caplen - 1 - i % 7] ^= 0x55;
        packet.data = block;
        packet.stable = false;
        if (i != missing)
            net_packet(net, &packet);
        free(block);
    }
    net_flush(net);
    counts = net_tls_counts(net);
    net_free(net);
    return counts;
}

static void open_capture(const char *name)
{
    char path[1024];
    const char *list[] = {path};

    snprintf(path, sizeof path, "%s/%s.pcap", folder(), name);
    ck_assert_int_eq(capture_open(&capture, NULL, list, 1, NULL), 0);
    packets.n = 0;
    while (packets.n < MAX_PACKETS && capture_next(capture, &packets.v[packets.n])) {
        ck_assert(packets.v[packets.n].stable);
        packets.n++;
    }
    ck_assert_uint_gt(packets.n, 5);
}

static void read_log(const char *name, char *log)
{
    char path[1024];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", folder(), name);
    file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    n = fread(log, 1, MAX_KEYS - 1, file);
    log[n] = 0;
    fclose(file);
}

/* "c1 c2 s1": the words in order, as truth.tsv has them. */
static void sort_words(char *text)
{
    char *words[256], out[4096] = "";
    size_t n = 0;

    for (char *w = strtok(text, " \n"); w && n < 256; w = strtok(NULL, " \n"))
        words[n++] = w;
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j && strcmp(words[j - 1], words[j]) > 0; j--) {
            char *swap = words[j];

            words[j] = words[j - 1];
            words[j - 1] = swap;
        }
    for (size_t i = 0; i < n; i++)
        sprintf(out + strlen(out), "%s%s", i ? " " : "", words[i]);
    strcpy(text, out);
}

typedef void looker(const char *name, const char *want);

/* Every capture of truth.tsv. */
static void each(looker *look)
{
    char path[1024], line[4096];
    unsigned n = 0;
    FILE *truth;

    snprintf(path, sizeof path, "%s/truth.tsv", folder());
    truth = fopen(path, "r");
    ck_assert_ptr_nonnull(truth);
    for (; fgets(line, sizeof line, truth); n++) {
        char *tab = strchr(line, '\t');

        ck_assert_ptr_nonnull(tab);
        *tab = 0;
        tab[1 + strcspn(tab + 1, "\n")] = 0;
        open_capture(line);
        look(line, tab + 1);
        capture_close(capture);
    }
    fclose(truth);
    ck_assert_uint_ge(n, 38);
}

static bool is_midway(const char *name)
{
    return strcmp(name, "13_midway") == 0;
}

static bool has_two(const char *name)
{
    return strstr(name, "resumed") || strstr(name, "ticket") || strstr(name, "session") ||
           strstr(name, "early");
}

static uint64_t connections(const char *name)
{
    return has_two(name) ? 2 : 1;
}

static void look_with_keys(const char *name, const char *want)
{
    struct net_tls_counts counts = run(keys, SIZE_MAX, SIZE_MAX);

    sort_words(heard.text);
    ck_assert_msg(strcmp(heard.text, want) == 0, "%s: want %s, got %s", name, want, heard.text);
    if (is_midway(name)) {
        ck_assert_uint_eq(counts.of[NET_TLS_NO_HANDSHAKE], 1);
        return;
    }
    ck_assert_uint_eq(counts.of[NET_TLS_DECRYPTED], connections(name));
    ck_assert_uint_eq(heard.encrypted, 0);
    ck_assert_int_eq(heard.transport, strstr(name, "wss") ? NET_WSS : NET_TLS);
}

START_TEST(with_keys)
{
    each(look_with_keys);
}
END_TEST

static void look_without_keys(const char *name, const char *want)
{
    struct net_tls_counts counts = run("", SIZE_MAX, SIZE_MAX);
    enum net_tls_outcome why = is_midway(name) ? NET_TLS_NO_HANDSHAKE : NET_TLS_NO_KEYS;

    (void)want;
    ck_assert_str_eq(heard.text, "");
    ck_assert_uint_eq(counts.of[why], connections(name));
    ck_assert_uint_eq(heard.encrypted, connections(name));
    ck_assert_int_eq(heard.last.outcome, why);
}

START_TEST(without_keys)
{
    each(look_without_keys);
}
END_TEST

static void look_with_wrong_keys(const char *name, const char *want)
{
    struct net_tls_counts counts = run(wrong, SIZE_MAX, SIZE_MAX);
    enum net_tls_outcome why = is_midway(name) ? NET_TLS_NO_HANDSHAKE : NET_TLS_WRONG_KEYS;

    (void)want;
    ck_assert_str_eq(heard.text, "");
    ck_assert_msg(counts.of[why] == connections(name), "%s: %u", name, heard.last.outcome);
    ck_assert_uint_eq(heard.encrypted, connections(name));
}

START_TEST(with_wrong_keys)
{
    each(look_with_wrong_keys);
}
END_TEST

/* How many messages were read. */
static unsigned heard_count(void)
{
    unsigned n = 0;

    for (size_t i = 0; i < heard.n; i++)
        n += heard.text[i] == ' ';
    return n;
}

/* With any packet missing there is less, never something else: on_stream looks
 * at every octet.  A packet with keys in use costs a few messages at most. */
static void look_with_a_hole(const char *name, const char *want)
{
    unsigned all, worst = 0;

    (void)want;
    run(keys, SIZE_MAX, SIZE_MAX);
    all = heard_count();
    for (size_t i = 0; i < packets.n; i += 1 + packets.n / 50) {
        run(keys, i, SIZE_MAX);
        ck_assert_uint_le(heard_count(), all);
        /* of the packets after both hellos, whatever is missing */
        if (i > packets.n / 2 && all - heard_count() > worst)
            worst = all - heard_count();
    }
    if (!has_two(name) && !strstr(name, "packed") && !strstr(name, "renegotiated"))
        ck_assert_msg(worst <= 2, "%s: %u of %u messages lost", name, worst, all);
}

START_TEST(with_a_hole)
{
    each(look_with_a_hole);
}
END_TEST

static void look_with_damage(const char *name, const char *want)
{
    unsigned all;

    (void)name;
    (void)want;
    run(keys, SIZE_MAX, SIZE_MAX);
    all = heard_count();
    for (size_t i = 0; i < packets.n; i += 3) {
        if (packets.v[i].caplen <= 60) /* a header: another stream */
            continue;
        run(keys, SIZE_MAX, i);
        ck_assert_uint_le(heard_count(), all);
    }
}

START_TEST(with_damage)
{
    each(look_with_damage);
}
END_TEST

START_TEST(what_is_said)
{
    char text[ADDR_TEXT];

    open_capture("13_web");
    run("", SIZE_MAX, SIZE_MAX);
    ck_assert_uint_eq(heard.encrypted, 1);
    ck_assert_str_eq(heard.last.server_name, "www.example.net");
    ck_assert_str_eq(heard.last.protocol, "h2");
    ck_assert_uint_eq(heard.last.version, TLS_1_3);
    ck_assert_uint_eq(heard.last.suite, 0x1301);
    ck_assert_str_eq(addr_text(&heard.last.server, text), "192.0.2.2:443");
    ck_assert_uint_eq(heard.last.frame, 4);
    ck_assert_int_eq(heard.last.time, 1700000000004000000);
    capture_close(capture);
    open_capture("11_cbc");
    run("", SIZE_MAX, SIZE_MAX);
    ck_assert_uint_eq(heard.last.version, TLS_1_1);
    ck_assert_uint_eq(heard.last.suite, 0xc014);
    ck_assert_str_eq(heard.last.protocol, "sip/2");
    capture_close(capture);
}
END_TEST

/* A ServerHello of a suite or a version that is not known here. */
START_TEST(not_supported)
{
    open_capture("12_gcm128");
    for (size_t i = 0; i < packets.n; i++) {
        uint8_t *at = memmem(packets.v[i].data, packets.v[i].caplen, "\xc0\x2f\0\0", 4);

        if (packets.v[i].data[54] != 22 || packets.v[i].data[59] != 2)
            continue;
        ck_assert_ptr_nonnull(at); /* the mapping is private, and not written */
        uint8_t *copy = malloc(packets.v[i].caplen);

        memcpy(copy, packets.v[i].data, packets.v[i].caplen);
        copy[at - packets.v[i].data] = 0x56; /* a number that is no suite */
        packets.v[i].data = copy;
        run(keys, SIZE_MAX, SIZE_MAX);
        ck_assert_int_eq(heard.last.outcome, NET_TLS_NOT_SUPPORTED);
        ck_assert_uint_eq(heard.last.suite, 0x562f);
        ck_assert_str_eq(heard.text, "");
        free(copy);
        capture_close(capture);
        return;
    }
    ck_abort_msg("no ServerHello");
}
END_TEST

START_TEST(opening)
{
    static const struct {
        const char *octets;
        size_t n;
        enum tls_opening want;
    } cases[] = {
        {"\x16\x03\x01\x02\x00\x01", 6, TLS_OPENING_YES},
        {"\x17\x03\x03\x00\x20", 5, TLS_OPENING_YES},
        {"\x14\x03\x03\x00\x01\x01", 6, TLS_OPENING_YES},
        {"\x16\x03", 2, TLS_OPENING_MORE},
        {"\x16", 1, TLS_OPENING_MORE},
        {"", 0, TLS_OPENING_NO},
        {"\x16\x02", 2, TLS_OPENING_NO},
        {"\x16\x03\x05\x00\x10", 5, TLS_OPENING_NO},
        {"\x16\x03\x03\x00\x00", 5, TLS_OPENING_NO},
        {"\x17\x03\x03\x60\x00", 5, TLS_OPENING_NO},
        {"\x19\x03\x03\x00\x10", 5, TLS_OPENING_NO},
        {"INVITE", 6, TLS_OPENING_NO},
        {"\r\n\r\n", 4, TLS_OPENING_NO},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_int_eq(tls_opening((const uint8_t *)cases[i].octets, cases[i].n), cases[i].want);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("tls");

    read_log("keys.log", keys);
    read_log("wrong.log", wrong);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, opening);
    if (tls_keys_available()) {
        tcase_add_test(t, with_keys);
        tcase_add_test(t, without_keys);
        tcase_add_test(t, with_wrong_keys);
        tcase_add_test(t, with_a_hole);
        tcase_add_test(t, with_damage);
        tcase_add_test(t, what_is_said);
        tcase_add_test(t, not_supported);
    }
    return run_suite("tls", t);
}

/* Owns a TLS connection: its handshake as far as it is in clear, the keys of
 * both directions, and the records that they open.
 *
 * A record that does not open with the keys in use is passed over.  Octets
 * missing from a direction leave two things open.  Where the next record
 * begins: at the next header whose record opens.  And its sequence number: the
 * records say how far it is (see tls_keys_distance), or the next few hundred
 * are tried, those of the keys that follow too.  What is tried in vain is
 * bounded.  Nothing wrong comes out: each record is authenticated. */
#include "net/tls.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "net/leftover.h"
#include "net/tls_hello.h"
#include "net/tls_message.h"

enum {
    CHANGE_CIPHER_SPEC = 20,
    ALERT = 21,
    HANDSHAKE = 22,
    APPLICATION_DATA = 23,
    HEARTBEAT = 24,
};

enum {
    AHEAD = 256,           /* records missing that are looked for */
    MAX_FAILURES = 64,     /* records in a row that do not open */
    MAX_EFFORT = 16 << 20, /* octets tried in vain... */
    WORTH = 16,            /* ...of which an octet that opens makes up for so many */
    EFFORT_OF_KEYS = 4096, /* what making keys costs, in such octets */
};

/* Which secret a direction's keys are of; those of TLS 1.2 are EPOCH_TRAFFIC. */
enum epoch { EPOCH_NONE, EPOCH_EARLY, EPOCH_HANDSHAKE, EPOCH_TRAFFIC };

struct side {
    struct tls_keys *keys; /* NULL: in clear */
    uint64_t sequence;     /* number of the next record */
    uint8_t epoch;
    bool lost;   /* where the next record begins is not known */
    bool unsure; /* nor its number */
    bool dead;   /* nothing more of it will be read */
    uint16_t failures;
    uint32_t effort;
    struct tls_message message;
    struct leftover plain;
};

struct tls {
    struct tls_stage *stage;
    bool hopeless;
    bool has_client, has_server; /* their hellos */
    bool suite_known;
    bool opened;     /* a record */
    unsigned client; /* which side it is */
    struct tls_secrets secrets;
    struct net_tls about;
    struct side side[2];
};

/* One call of tls_run(). */
struct pass {
    struct tls *tls;
    unsigned number; /* of the side */
    struct side *side;
    const struct datagram *run;
    const struct tls_consumer *consumer;
};

static bool is_header(const uint8_t *p)
{
    size_t length = be16(p + 3);

    return p[0] >= CHANGE_CIPHER_SPEC && p[0] <= HEARTBEAT && p[1] == 3 && p[2] <= 4 && length &&
           length <= TLS_MAX_FRAGMENT && (p[0] != CHANGE_CIPHER_SPEC || length < 256) &&
           (p[0] != ALERT || length < 256);
}

enum tls_opening tls_opening(const uint8_t *data, size_t n)
{
    if (!n || data[0] < CHANGE_CIPHER_SPEC || data[0] > HEARTBEAT || (n > 1 && data[1] != 3))
        return TLS_OPENING_NO;
    if (n < TLS_RECORD_HEADER)
        return TLS_OPENING_MORE;
    return is_header(data) ? TLS_OPENING_YES : TLS_OPENING_NO;
}

struct tls *tls_new(struct tls_stage *stage, const struct datagram *run)
{
    struct tls *t = calloc(1, sizeof *t);
    bool from_server = run->src.port < run->dst.port;

    if (!t)
        return NULL;
    t->stage = stage;
    t->about = (struct net_tls){.client = from_server ? run->dst : run->src,
                                .server = from_server ? run->src : run->dst,
                                .time = run->packet->time,
                                .frame = run->packet->frame};
    stage->counts.of[NET_TLS_OPENING]++;
    return t;
}

static void forget_side(struct tls *t, struct side *s)
{
    tls_keys_free(s->keys);
    s->keys = NULL;
    tls_message_forget(&s->message);
    leftover_free(&s->plain, &t->stage->octets);
}

void tls_free(struct tls *t)
{
    if (!t)
        return;
    forget_side(t, &t->side[0]);
    forget_side(t, &t->side[1]);
    explicit_bzero(&t->secrets, sizeof t->secrets);
    free(t);
}

static void set_outcome(struct tls *t, enum net_tls_outcome outcome)
{
    t->stage->counts.of[t->about.outcome]--;
    t->stage->counts.of[outcome]++;
    t->about.outcome = (uint8_t)outcome;
}

/* Nothing of the connection can be read from here on. */
static void give_up(struct tls *t, enum net_tls_outcome why)
{
    const struct net_sink *sink = t->stage->sink;

    t->hopeless = true;
    forget_side(t, &t->side[0]);
    forget_side(t, &t->side[1]);
    if (t->about.outcome != NET_TLS_OPENING)
        return;
    set_outcome(t, tls_keys_available() || why == NET_TLS_NO_HANDSHAKE ? why : NET_TLS_NO_LIBRARY);
    if (sink->encrypted)
        sink->encrypted(sink->ctx, &t->about);
}

/* ---- Secrets to keys ------------------------------------------------------ */

static bool is_13(const struct tls *t)
{
    return t->has_server && t->secrets.version == TLS_1_3;
}

/* The keys of a side's secret; NULL when it is not known. */
static struct tls_keys *make_keys(const struct pass *p, enum epoch epoch)
{
    struct tls *t = p->tls;
    bool client = p->number == t->client;
    enum keylog_label label = client ? KEYLOG_CLIENT_TRAFFIC : KEYLOG_SERVER_TRAFFIC;
    struct keylog_secret secret;

    if (epoch == EPOCH_HANDSHAKE)
        label = client ? KEYLOG_CLIENT_HANDSHAKE : KEYLOG_SERVER_HANDSHAKE;
    else if (epoch == EPOCH_EARLY)
        label = KEYLOG_CLIENT_EARLY;
    if (!is_13(t))
        label = KEYLOG_CLIENT_RANDOM;
    if ((epoch == EPOCH_EARLY && !client) ||
        !keylog_find(t->stage->keys, label, t->secrets.client_random, &secret))
        return NULL;
    if (is_13(t))
        return tls_keys_from_traffic(&t->secrets.suite, secret.octets, secret.n);
    memcpy(t->secrets.master, secret.octets, sizeof t->secrets.master);
    return tls_keys_from_master(&t->secrets, !client);
}

static void use_keys(struct side *s, struct tls_keys *keys, enum epoch epoch)
{
    tls_keys_free(s->keys);
    s->keys = keys;
    s->sequence = 0;
    s->epoch = (uint8_t)epoch;
}

/* From the keys that a side uses to those after them; none after those of TLS
 * 1.2.  NULL when they are not known. */
static struct tls_keys *following(const struct pass *p, enum epoch *epoch)
{
    if (!is_13(p->tls))
        return NULL;
    if (p->side->epoch == EPOCH_TRAFFIC) {
        *epoch = EPOCH_TRAFFIC;
        return tls_keys_next(p->side->keys);
    }
    *epoch = p->side->epoch == EPOCH_EARLY ? EPOCH_HANDSHAKE : EPOCH_TRAFFIC;
    return make_keys(p, *epoch);
}

/* A message says that the next record has other keys. */
static void change_keys(const struct pass *p)
{
    enum epoch epoch;
    struct tls_keys *keys = following(p, &epoch);

    if (keys) {
        use_keys(p->side, keys, epoch);
        return;
    }
    p->side->dead = true;
    if (p->tls->side[!p->number].dead)
        give_up(p->tls, NET_TLS_NO_KEYS);
}

/* The first keys of a side; false, with the connection given up, when there are
 * none. */
static bool begin_keys(const struct pass *p)
{
    struct tls *t = p->tls;
    enum epoch epoch = is_13(t) ? EPOCH_EARLY : EPOCH_TRAFFIC;
    struct tls_keys *keys = NULL;

    if (!t->has_client || !t->has_server)
        give_up(t, NET_TLS_NO_HANDSHAKE);
    else if (!t->suite_known)
        give_up(t, NET_TLS_NOT_SUPPORTED);
    if (t->hopeless)
        return false;
    for (; !keys && epoch <= EPOCH_TRAFFIC; epoch++)
        keys = make_keys(p, epoch);
    if (!keys) {
        give_up(t, NET_TLS_NO_KEYS);
        return false;
    }
    use_keys(p->side, keys, epoch - 1);
    return true;
}

/* ---- Handshake ------------------------------------------------------------ */

static void copy_text(char *out, size_t room, struct slice s)
{
    size_t n = 0;

    for (; n < s.n && n < room - 1; n++)
        out[n] = s.p[n] > ' ' && s.p[n] <= '~' ? s.p[n] : '?';
    out[n] = 0;
}

static void take_client_hello(const struct pass *p)
{
    struct tls *t = p->tls;
    struct tls_client_hello hello;

    if (!tls_read_client_hello(&hello, p->side->message.body, p->side->message.n))
        return;
    t->has_client = true;
    t->client = p->number;
    t->about.client = p->run->src;
    t->about.server = p->run->dst;
    memcpy(t->secrets.client_random, hello.random, sizeof hello.random);
    copy_text(t->about.server_name, sizeof t->about.server_name, hello.server_name);
    copy_text(t->about.protocol, sizeof t->about.protocol, hello.protocol);
}

static void take_server_hello(const struct pass *p)
{
    struct tls *t = p->tls;
    struct tls_server_hello hello;

    if (!tls_read_server_hello(&hello, p->side->message.body, p->side->message.n) || hello.retry)
        return;
    t->has_server = true;
    t->secrets.version = t->about.version = hello.version;
    t->secrets.encrypt_then_mac = hello.encrypt_then_mac;
    t->about.suite = hello.suite;
    memcpy(t->secrets.server_random, hello.random, sizeof hello.random);
    if (hello.protocol.n)
        copy_text(t->about.protocol, sizeof t->about.protocol, hello.protocol);
    t->suite_known = hello.version >= TLS_1_0 && hello.version <= TLS_1_3 && !hello.compression &&
                     tls_suite_find(hello.suite, &t->secrets.suite) &&
                     (hello.version == TLS_1_3) == (hello.suite >> 8 == 0x13);
}

static void take_message(const struct pass *p)
{
    struct side *s = p->side;
    unsigned type = s->message.head[0];

    if (type == TLS_CLIENT_HELLO && s->message.body)
        take_client_hello(p);
    else if (type == TLS_SERVER_HELLO && s->message.body)
        take_server_hello(p);
    else if (s->keys && is_13(p->tls) &&
             ((type == TLS_FINISHED && s->epoch == EPOCH_HANDSHAKE) ||
              (type == TLS_END_OF_EARLY_DATA && s->epoch == EPOCH_EARLY) ||
              (type == TLS_KEY_UPDATE && s->epoch == EPOCH_TRAFFIC)))
        change_keys(p);
}

static void take_handshake(const struct pass *p, const uint8_t *data, size_t n)
{
    struct cursor at = cursor_make(data, n);

    while (!p->tls->hopeless && tls_message_next(&p->side->message, &at)) {
        take_message(p);
        tls_message_forget(&p->side->message);
    }
}

/* ---- Plaintext ------------------------------------------------------------ */

static uint32_t show(void *ctx, const uint8_t *data, uint32_t n, bool stable, bool last)
{
    const struct pass *p = ctx;
    struct datagram d = datagram_part(p->run, data, n, stable);
    size_t done;

    d.transport = NET_TLS;
    done = p->consumer->run(p->consumer->ctx, p->number, &d, last);
    return done < n ? (uint32_t)done : n;
}

static void give(struct pass *p, const uint8_t *data, size_t n)
{
    struct leftover_reader reader = {.ctx = p, .show = show};

    leftover_give(&p->side->plain, &p->tls->stage->octets, &reader, data, (uint32_t)n, false);
}

/* Octets are missing, or nothing follows. */
static void lose(struct pass *p)
{
    struct tls *t = p->tls;
    struct side *s = p->side;
    struct leftover_reader reader = {.ctx = p, .show = show};

    if (!leftover_end(&s->plain, &t->stage->octets, &reader))
        show(p, (const uint8_t *)"", 0, false, true);
    tls_message_forget(&s->message);
    s->lost = s->unsure = true;
}

/* ---- Records -------------------------------------------------------------- */

static long open_with(struct pass *p, struct tls_keys *keys, uint64_t sequence,
                      const uint8_t *record, size_t n, uint8_t *type)
{
    p->side->effort += (uint32_t)n;
    return tls_keys_open(keys, sequence, record, n, p->tls->stage->plain, type);
}

/* The record's number is not known: tries some from `first` on, and leaves that
 * of the record after it. */
static long search(struct pass *p, struct tls_keys *keys, uint64_t *first, const uint8_t *record,
                   size_t n, uint8_t *type)
{
    uint64_t distance = tls_keys_distance(keys, record, n);
    long length = -1;

    if (distance > 1) {
        length = open_with(p, keys, *first - 1 + distance, record, n, type);
        if (length >= 0)
            *first += distance;
    }
    for (unsigned i = 0; i < AHEAD && length < 0 && p->side->effort <= MAX_EFFORT; i++) {
        length = open_with(p, keys, *first + i, record, n, type);
        if (length >= 0)
            *first += i + 1;
    }
    return length;
}

/* Opens the record with the keys that come after those in use, and uses them. */
static long open_with_following(struct pass *p, const uint8_t *record, size_t n, uint8_t *type)
{
    struct side *s = p->side;
    enum epoch epoch;
    struct tls_keys *keys = following(p, &epoch);
    uint64_t sequence = 0;
    long length;

    s->effort += EFFORT_OF_KEYS;
    if (!keys)
        return -1;
    if (s->unsure)
        length = search(p, keys, &sequence, record, n, type);
    else
        length = open_with(p, keys, sequence++, record, n, type);
    if (length < 0) {
        tls_keys_free(keys);
        return -1;
    }
    use_keys(s, keys, epoch);
    s->sequence = sequence;
    return length;
}

static long open_record(struct pass *p, const uint8_t *record, size_t n, uint8_t *type)
{
    struct side *s = p->side;
    long length;

    if (s->unsure) {
        length = search(p, s->keys, &s->sequence, record, n, type);
    } else {
        length = open_with(p, s->keys, s->sequence, record, n, type);
        s->sequence += length >= 0;
    }
    /* The client's early data may have been refused: its end is not said. */
    if (length < 0 && (s->unsure || s->epoch == EPOCH_EARLY))
        length = open_with_following(p, record, n, type);
    if (length < 0 && (++s->failures > MAX_FAILURES || s->effort > MAX_EFFORT))
        s->dead = true;
    if (length < 0)
        return -1;
    s->unsure = false;
    s->failures = 0;
    s->effort -= s->effort < WORTH * n ? s->effort : (uint32_t)(WORTH * n);
    p->tls->opened = true;
    if (p->tls->about.outcome == NET_TLS_OPENING && s->epoch != EPOCH_HANDSHAKE)
        set_outcome(p->tls, NET_TLS_DECRYPTED);
    return length;
}

static void take_content(struct pass *p, uint8_t type, const uint8_t *data, size_t n)
{
    if (type == APPLICATION_DATA && n) {
        give(p, data, n);
    } else if (type == HANDSHAKE) {
        take_handshake(p, data, n);
    } else if (type == CHANGE_CIPHER_SPEC && p->tls->has_server && !is_13(p->tls)) {
        tls_message_forget(&p->side->message);
        begin_keys(p);
    }
}

/* A first record that does not open tells that the keys are another's, unless
 * something is missing: octets, or the keys that a handshake begins with. */
static bool is_wrong(const struct tls *t, const struct side *s)
{
    if (t->opened)
        return false;
    return s->dead || (!s->unsure && !(is_13(t) && s->epoch == EPOCH_TRAFFIC));
}

/* A record with keys in use; false when it does not open. */
static bool take_sealed(struct pass *p, const uint8_t *record, size_t n)
{
    struct tls *t = p->tls;
    uint8_t type = 0;
    long length = open_record(p, record, n, &type);

    if (length >= 0) {
        take_content(p, type, t->stage->plain, (size_t)length);
        return true;
    }
    if (is_wrong(t, p->side))
        give_up(t, NET_TLS_WRONG_KEYS);
    return false;
}

/* The record is whole.  False when it has to wait for the other side: data that
 * a client sent early, before the ServerHello said how it is encrypted. */
static bool take_record(struct pass *p, const uint8_t *record, size_t n)
{
    struct tls *t = p->tls;
    uint8_t type = record[0];

    if (is_13(t) && type == CHANGE_CIPHER_SPEC)
        return true; /* says nothing: RFC 8446 §D.4 */
    if (!p->side->keys && type == APPLICATION_DATA) {
        if (t->has_client && !t->has_server && p->number == t->client)
            return false;
        if (!begin_keys(p))
            return true;
    }
    if (p->side->keys)
        take_sealed(p, record, n);
    else
        take_content(p, type, record + TLS_RECORD_HEADER, n - TLS_RECORD_HEADER);
    if (!t->has_client && !t->has_server && !p->side->message.head_n)
        give_up(t, NET_TLS_NO_HANDSHAKE);
    return true;
}

/* After a hole: whether what may be a record is one. */
static bool find_record(struct pass *p, const uint8_t *record, size_t n)
{
    struct tls *t = p->tls;
    struct side *s = p->side;

    if (record[0] == CHANGE_CIPHER_SPEC) {
        if (is_13(t) || n != TLS_RECORD_HEADER + 1 || record[TLS_RECORD_HEADER] != 1)
            return false;
        s->unsure = false;
        begin_keys(p);
        return true;
    }
    if ((s->keys || begin_keys(p)) && take_sealed(p, record, n))
        return true;
    if (s->keys)
        tls_keys_pass(s->keys, record, n);
    return false;
}

/* Looks for the next record; returns how many octets it is done with. */
static size_t resynchronise(struct pass *p, const uint8_t *data, size_t n)
{
    size_t i = 0;

    for (; n - i >= TLS_RECORD_HEADER && !p->side->dead && !p->tls->hopeless; i++) {
        size_t length;

        if (!is_header(data + i))
            continue;
        length = TLS_RECORD_HEADER + be16(data + i + 3);
        if (length > n - i)
            return i;
        if (!find_record(p, data + i, length))
            continue;
        p->side->lost = false;
        return i + length;
    }
    return i;
}

/* Takes one record; 0 when more octets are needed. */
static size_t step(struct pass *p, const uint8_t *data, size_t n)
{
    size_t length;

    if (p->side->lost)
        return resynchronise(p, data, n);
    if (n < TLS_RECORD_HEADER)
        return 0;
    if (!is_header(data)) {
        lose(p);
        return 1;
    }
    length = TLS_RECORD_HEADER + be16(data + 3);
    if (length > n)
        return 0;
    return take_record(p, data, length) ? length : 0;
}

size_t tls_run(struct tls *t, unsigned side, const struct datagram *run, bool last,
               const struct tls_consumer *consumer)
{
    struct pass p = {
        .tls = t, .number = side, .side = &t->side[side], .run = run, .consumer = consumer};
    size_t done = 0;

    while (done < run->caplen && !t->hopeless && !p.side->dead) {
        size_t taken = step(&p, run->data + done, run->caplen - done);

        if (!taken)
            break;
        done += taken;
    }
    if (last && !t->hopeless) {
        lose(&p);
        /* Without both hellos nothing can be opened; a connection may also
         * just end. */
        if (done < run->caplen && !(t->has_client && t->has_server))
            give_up(t, NET_TLS_NO_HANDSHAKE);
    }
    return t->hopeless || p.side->dead ? run->caplen : done;
}

/* Owns what a word is, and which are left as they are. */
#include "anonymize/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "anonymize/address.h"
#include "base/hash.h"
#include "base/table.h"
#include "base/vec.h"

struct words {
    struct keyed *keyed;
    uint64_t seed;
    struct table by_name;
    VEC(uint64_t) names; /* hashes of words that name somebody */
    uint8_t digits[10];  /* what keys are exchanged for */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Octets of UTF-8 are letters. */
static bool in_word(char c)
{
    return is_digit(c) || is_letter(c) || (unsigned char)c >= 0x80;
}

static size_t word_length(const char *text, size_t n)
{
    size_t i = 0;

    while (i < n && in_word(text[i]))
        i++;
    return i;
}

struct words *words_new(struct keyed *keyed)
{
    struct words *w = calloc(1, sizeof *w);
    struct keyed_chain chain;

    if (!w)
        return NULL;
    w->keyed = keyed;
    w->seed = hash_seed();
    keyed_begin(keyed, &chain, KEYED_EVENT);
    for (unsigned i = 0; i < 10; i++)
        w->digits[i] = (uint8_t)keyed_exchange(keyed, &chain, 10, i);
    return w;
}

void words_free(struct words *w)
{
    if (!w)
        return;
    table_free(&w->by_name);
    vec_free(&w->names);
    free(w);
}

char words_digit(struct words *w, char digit)
{
    return is_digit(digit) ? (char)('0' + w->digits[digit - '0']) : digit;
}

/* ---- lists ----------------------------------------------------------------------------- */

static int compare_word(const void *pa, const void *pb)
{
    const struct slice *word = pa;
    const char *known = *(const char *const *)pb;
    size_t n = strlen(known);
    int order = 0;

    for (size_t i = 0; order == 0 && i < word->n && i < n; i++) {
        char c = is_letter(word->p[i]) ? (char)(word->p[i] | 0x20) : word->p[i];

        order = (unsigned char)c - (unsigned char)known[i];
    }
    return order ? order : word->n < n ? -1 : word->n > n;
}

#define IS_IN(word, list) \
    (bsearch(&(word), list, sizeof(list) / sizeof((list)[0]), sizeof((list)[0]), compare_word) != \
     NULL)

/* Words of the protocols; all lists are in the order of their octets. */
static bool is_protocol(struct slice word)
{
    static const char *const list[] = {
        "ack",       "anonymous", "any",      "audio",   "auth",     "basic",   "bye",
        "cancel",    "cid",       "digest",   "early",   "false",    "gsma",    "http",
        "https",     "ietf",      "imei",     "in",      "info",     "int",     "invalid",
        "invite",    "ip",        "ip4",      "ip6",     "localhost", "md5",    "message",
        "msrp",      "msrps",     "none",     "notify",  "ns",       "ob",      "options",
        "params",    "phone",     "prack",    "publish", "q",        "refer",   "register",
        "restricted", "sctp",     "service",  "sess",    "sha",      "sip",     "sips",
        "sos",       "subscribe", "tcp",      "tel",     "tls",      "true",    "udp",
        "unavailable", "unknown", "update",   "urn",     "uuid",     "video",   "ws",
        "wss",       "xml",
    };

    return IS_IN(word, list);
}

/* Before a colon: of URIs, and attributes of a source (RFC 5576). */
static bool is_scheme(struct slice word)
{
    static const char *const list[] = {
        "cid",  "cname", "data",  "h323", "http",  "https", "im",   "inline", "label", "mailto",
        "msid", "mslabel", "msrp", "msrps", "pres", "sip",  "sips", "stun",   "stuns", "tel",
        "turn", "turns", "urn",   "ws",   "wss",   "xmpp",
    };

    return IS_IN(word, list);
}

/* The last label of a domain. */
static bool is_domain(struct slice word)
{
    static const char *const list[] = {
        "arpa", "biz",  "com",  "corp",     "edu",  "example", "gov", "home",        "info", "int",
        "internal", "invalid", "lan", "local", "localdomain", "mil", "mobi", "name", "net",
        "onion", "org", "pro", "test",
    };

    return (word.n == 2 && is_letter(word.p[0]) && is_letter(word.p[1])) || IS_IN(word, list);
}

/* Parameters whose value names nobody. */
static bool is_plain_parameter(struct slice name)
{
    static const char *const list[] = {
        "alg",     "algorithm", "cause",  "charset",  "comp",      "counter", "cpc",
        "duration", "encoding", "event",  "expires",  "handling",  "id",      "isup-oli",
        "limit",   "lr",        "method", "nc",       "oli",       "party",   "ppt",
        "privacy", "purpose",   "q",      "qop",      "reason",    "reg-id",  "rport",
        "screen",  "stale",     "state",  "transport", "ttl",      "type",    "user",
        "version", "xmlns",
    };

    return IS_IN(name, list);
}

/* Numbers that every telephone reaches, and that name nobody. */
static bool is_emergency(const char *digits, size_t n)
{
    static const char *const list[] = {"000", "110", "111", "112", "118", "119", "911", "999"};
    struct slice number = slice_make(digits, n);

    return IS_IN(number, list);
}

/* ---- names ----------------------------------------------------------------------------- */

static uint64_t hash_of(const struct words *w, struct slice word)
{
    uint64_t h = w->seed;

    for (size_t i = 0; i < word.n; i++)
        h = hash_u64(h, (unsigned char)(is_letter(word.p[i]) ? word.p[i] | 0x20 : word.p[i]));
    return h;
}

static bool is_name(const struct words *w, struct slice word)
{
    uint64_t h = hash_of(w, word);
    struct table_walk walk = table_walk(&w->by_name, h);
    uint32_t i;

    while (table_next(&walk, &i))
        if (w->names.v[i] == h)
            return true;
    return false;
}

int words_name(struct words *w, struct slice text)
{
    for (size_t i = 0; i < text.n;) {
        struct slice word = slice_make(text.p + i, word_length(text.p + i, text.n - i));
        uint64_t *slot;

        i += word.n ? word.n : 1;
        if (word.n < 2 || is_protocol(word) || is_domain(word) || is_name(w, word))
            continue;
        slot = vec_add(&w->names);
        if (!slot)
            return -ENOMEM;
        *slot = hash_of(w, word);
        if (table_put(&w->by_name, *slot, (uint32_t)(w->names.n - 1)) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* ---- one word -------------------------------------------------------------------------- */

/* The letter, digit or octet for another of its kind; feeds the chain with it. */
static char exchange(struct keyed *k, struct keyed_chain *chain, char c, bool whole)
{
    unsigned char was = (unsigned char)(is_letter(c) ? c | 0x20 : c), out = was;

    if (is_digit(c))
        out = (unsigned char)('0' + keyed_exchange(k, chain, 10, was - '0'));
    else if (is_letter(c))
        out = (unsigned char)('a' + keyed_exchange(k, chain, 26, was - 'a'));
    else if (whole && was >= 0x80 && was < 0xc0) /* goes on with a character of UTF-8 */
        out = (unsigned char)(0x80 + keyed_exchange(k, chain, 64, was - 0x80));
    keyed_feed(k, chain, &was, 1);
    return (char)(is_letter(c) && c < 'a' ? out & ~0x20 : out);
}

/* Whether any octet may follow that one in a character of UTF-8 (RFC 3629 §4). */
static bool takes_any(char c)
{
    unsigned char lead = (unsigned char)c;

    return lead != 0xc2 && lead != 0xe0 && lead != 0xed && lead != 0xf0 && lead != 0xf4;
}

static void exchange_letters(struct keyed *k, char *word, size_t n)
{
    struct keyed_chain chain;
    char before = 0;

    keyed_begin(k, &chain, KEYED_WORD);
    for (size_t i = 0; i < n; i++) {
        char c = word[i];

        word[i] = exchange(k, &chain, c, takes_any(before));
        before = c;
    }
}

/* From its end: a number is the same with and without its prefixes.  What is no
 * digit separates them. */
static void exchange_digits(struct keyed *k, char *number, size_t n)
{
    struct keyed_chain chain;

    keyed_begin(k, &chain, KEYED_NUMBER);
    for (size_t i = n; i-- > 0;)
        if (is_digit(number[i]))
            number[i] = exchange(k, &chain, number[i], true);
}

/* No other number becomes one of an emergency service. */
static void exchange_number(struct keyed *k, char *number, size_t n)
{
    if (is_emergency(number, n))
        return;
    do
        exchange_digits(k, number, n);
    while (is_emergency(number, n));
}

static bool all_digits(const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_digit(word[i]))
            return false;
    return true;
}

static void exchange_word(struct words *w, char *word, size_t n)
{
    static const char cookie[] = "z9hG4bK"; /* RFC 3261 §8.1.1.7 */
    size_t kept = n >= sizeof cookie - 1 && memcmp(word, cookie, sizeof cookie - 1) == 0
                      ? sizeof cookie - 1
                      : 0;

    if (all_digits(word, n))
        exchange_number(w->keyed, word, n);
    else
        exchange_letters(w->keyed, word + kept, n - kept);
}

/* ---- texts ----------------------------------------------------------------------------- */

/* A place in a text. */
struct scan {
    struct words *words;
    char *p;
    size_t at, n;
    char before;  /* the character before it, as it was */
    bool address; /* what stands before a colon can have a port behind it */
};

static char next_is(const struct scan *s, size_t i)
{
    return i < s->n ? s->p[i] : 0;
}

/* An escaped character (RFC 3261 §25.1), as it separates words; 0: none is there. */
static char escaped(const struct scan *s, size_t i)
{
    char text[3] = {next_is(s, i + 1), next_is(s, i + 2), 0}, *end;
    unsigned long value;

    if (next_is(s, i) != '%' || i + 2 >= s->n)
        return 0;
    value = strtoul(text, &end, 16);
    return *end ? 0 : (char)value;
}

static char separator(const struct scan *s, size_t i)
{
    char c = escaped(s, i);

    return c ? c : next_is(s, i);
}

static void pass(struct scan *s, size_t n)
{
    s->before = s->p[s->at + n - 1];
    s->at += n;
}

static bool begins_parameter(char c)
{
    return !c || strchr(";?&, \t\n(", c) != NULL;
}

static bool ends_value(char c)
{
    return !c || strchr(";?&,>\" \t\r\n", c) != NULL;
}

static size_t skip_blanks(const struct scan *s, size_t i)
{
    while (i < s->n && s->p[i] && strchr(" \t\r\n", s->p[i]))
        i++;
    return i;
}

/* name=, name=value, or a name alone behind a semicolon; how much of it is kept. */
static size_t parameter(const struct scan *s)
{
    size_t end = s->at, then;
    struct slice name;

    if (!begins_parameter(s->before))
        return 0;
    while (end < s->n && (in_word(s->p[end]) || (s->p[end] && strchr("-_.+", s->p[end]))))
        end++;
    name = slice_make(s->p + s->at, end - s->at);
    then = skip_blanks(s, end);
    if (separator(s, then) != '=')
        return s->before == ';' && ends_value(separator(s, end)) ? name.n : 0;
    if (!is_plain_parameter(name))
        return name.n;
    end = skip_blanks(s, then + (s->p[then] == '%' ? 3 : 1));
    while (!ends_value(separator(s, end)))
        end++;
    return end - s->at;
}

/* "SIP/2.0", "HTTP/1.1" */
static size_t version(const struct scan *s, size_t word)
{
    size_t end = s->at + word;

    if (next_is(s, end) != '/' || !is_digit(next_is(s, end + 1)) || next_is(s, end + 2) != '.' ||
        !is_digit(next_is(s, end + 3)))
        return 0;
    return word + 4;
}

/* "+1-201-555-0123" */
static size_t global_number(const struct scan *s)
{
    size_t end = s->at, last = 0;

    while (end < s->n && (is_digit(s->p[end]) || strchr("-.()", s->p[end]))) {
        if (!s->p[end])
            break;
        end++;
        last = is_digit(s->p[end - 1]) ? end : last;
    }
    return last && !in_word(next_is(s, end)) ? last - s->at : 0;
}

/* The last label of a domain name, which is no user's. */
static bool is_last_label(const struct scan *s, size_t word)
{
    size_t end = s->at + word;
    char then = separator(s, end);

    return s->before == '.' && then != '@' && then != '-' && then != '_' &&
           !(then == '.' && in_word(next_is(s, end + 1))) &&
           is_domain(slice_make(s->p + s->at, word));
}

static bool is_port(const struct scan *s, size_t word)
{
    return s->before == ':' && s->address && word <= 5 && all_digits(s->p + s->at, word) &&
           separator(s, s->at + word) != '@';
}

static void scan_word(struct scan *s)
{
    size_t n = word_length(s->p + s->at, s->n - s->at), kept;
    struct slice word = slice_make(s->p + s->at, n);
    char before = s->before, then = next_is(s, s->at + n);

    if (then == ':' && is_scheme(word)) {
        s->address = true;
        pass(s, n + 1);
        s->before = '/'; /* no port follows */
        return;
    }
    kept = parameter(s);
    kept = kept ? kept : is_protocol(word) ? version(s, n) : 0;
    if (kept) {
        s->address = false;
        pass(s, kept);
        return;
    }
    if (before == '+' && (kept = global_number(s)) != 0) {
        exchange_digits(s->words->keyed, s->p + s->at, kept);
        pass(s, kept);
        return;
    }
    if (before == '.' || before == '@' || then == '.')
        s->address = true;
    if (!is_port(s, n) && !is_last_label(s, n) && !is_protocol(word))
        exchange_word(s->words, s->p + s->at, n);
    pass(s, n);
}

/* An address; true when one was there. */
static bool scan_address(struct scan *s)
{
    size_t n;

    if (in_word(s->before) || s->before == '.' || (s->p[s->at] == ':' && s->before &&
                                                   !strchr("[= \t@", s->before)))
        return false;
    n = address_text(s->words->keyed, s->p + s->at, s->n - s->at);
    if (!n)
        return false;
    s->address = true;
    pass(s, n);
    return true;
}

/* Passes over what is no word. */
static void scan_other(struct scan *s)
{
    char c = separator(s, s->at);
    size_t n = s->p[s->at] == '%' && escaped(s, s->at) ? 3 : 1;

    if (c != ':' && c != ']' && c != '.' && c != '-' && c != '@')
        s->address = false;
    s->at += n;
    s->before = c;
}

void words_exchange(struct words *w, char *text, size_t n, unsigned how)
{
    struct scan s = {.words = w, .p = text, .n = n, .address = how & WORDS_HOST};

    while (s.at < s.n) {
        char *quote;

        if (how & WORDS_PHRASES && s.p[s.at] == '"' &&
            (quote = memchr(s.p + s.at + 1, '"', s.n - s.at - 1)) != NULL) {
            words_phrase(w, s.p + s.at + 1, (size_t)(quote - s.p) - s.at - 1);
            pass(&s, (size_t)(quote - s.p) - s.at + 1);
        } else if (scan_address(&s)) {
            continue;
        } else if (in_word(s.p[s.at])) {
            scan_word(&s);
        } else {
            scan_other(&s);
        }
    }
}

void words_all(struct words *w, char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t word = word_length(text + i, n - i);

        if (word)
            exchange_word(w, text + i, word);
        i += word ? word : 1;
    }
}

/* Whether the word holds digits and letters. */
static bool is_mixed(struct slice word)
{
    bool digits = false, letters = false;

    for (size_t i = 0; i < word.n; i++) {
        digits = digits || is_digit(word.p[i]);
        letters = letters || !is_digit(word.p[i]);
    }
    return digits && letters;
}

void words_phrase(struct words *w, char *text, size_t n)
{
    enum { SHORT = 4 };
    struct scan s = {.words = w, .p = text, .n = n};

    while (s.at < s.n) {
        size_t length = word_length(s.p + s.at, s.n - s.at);
        struct slice word = slice_make(s.p + s.at, length);

        if (scan_address(&s))
            continue;
        if (length && (is_name(w, word) || is_mixed(word) ||
                       (length >= SHORT && all_digits(word.p, length))))
            exchange_word(w, s.p + s.at, length);
        pass(&s, length ? length : 1);
    }
}

/* Twelve hexadecimal digits. */
static bool is_hardware(struct slice word)
{
    bool digit = false;

    for (size_t i = 0; i < word.n; i++) {
        bool hex = is_digit(word.p[i]) || ((word.p[i] | 0x20) >= 'a' && (word.p[i] | 0x20) <= 'f');

        digit = digit || is_digit(word.p[i]);
        if (!hex)
            return false;
    }
    return word.n == 12 && digit;
}

/* The same octets as where the address stands in a header. */
static void exchange_hardware(struct keyed *k, char *word)
{
    char pairs[18];

    for (unsigned i = 0; i < 6; i++) {
        memcpy(pairs + 3 * i, word + 2 * i, 2);
        pairs[3 * i + 2] = i < 5 ? ':' : 0;
    }
    address_text(k, pairs, 17);
    for (unsigned i = 0; i < 6; i++)
        memcpy(word + 2 * i, pairs + 3 * i, 2);
}

/* Numbers with dots are versions there. */
void words_agent(struct words *w, char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t length = word_length(text + i, n - i);
        struct slice word = slice_make(text + i, length);
        bool pair = length == 2 && i + 2 < n && text[i + 2] == ':';
        size_t address = pair ? address_text(w->keyed, text + i, n - i) : 0;

        if (!address && is_hardware(word))
            exchange_hardware(w->keyed, text + i);
        else if (!address && length && is_name(w, word))
            exchange_word(w, text + i, length);
        i += address ? address : length ? length : 1;
    }
}

/* Owns which lines of a session description name somebody. */
#include <string.h>

#include "anonymize/message.h"

/* Attributes that name nobody; what is not in the list is taken to. */
static bool is_plain(struct slice name)
{
    static const struct slice list[] = {
#define A(text) {text, sizeof(text) - 1}
        A("rtpmap"),     A("fmtp"),         A("ptime"),      A("maxptime"),   A("sendrecv"),
        A("sendonly"),   A("recvonly"),     A("inactive"),   A("rtcp-mux"),   A("rtcp-fb"),
        A("extmap"),     A("mid"),          A("group"),      A("setup"),      A("ssrc-group"),
        A("rtcp-rsize"), A("bundle-only"),  A("framerate"),  A("quality"),    A("content"),
        A("lang"),       A("charset"),      A("type"),       A("orient"),     A("silenceSupp"),
        A("ecan"),       A("gpmd"),         A("sqn"),        A("cdsc"),       A("cpar"),
        A("pcfg"),       A("acfg"),         A("tcap"),       A("acap"),       A("rtcp-xr"),
        A("ice-lite"),   A("ice-options"),  A("ice-pacing"), A("ice2"),       A("connection"),
        A("rid"),        A("simulcast"),    A("imageattr"),  A("sctpmap"),    A("sctp-port"),
        A("curr"),       A("des"),          A("conf"),       A("accept-types"),
        A("max-message-size"), A("end-of-candidates"), A("extmap-allow-mixed"),
#undef A
    };

    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (slice_ieq(name, list[i]))
            return true;
    return slice_istarts(name, SLICE("T38"));
}

/* Words between blanks that hold an address or a host: those with a point or a colon;
 * `last`: the last one in any case, as far as a slash. */
static void exchange_hosts(struct words *w, char *text, size_t n, bool last)
{
    for (size_t i = 0; i < n;) {
        char *end = memchr(text + i, ' ', n - i);
        size_t length = end ? (size_t)(end - text) - i : n - i;
        char *slash = memchr(text + i, '/', length);
        size_t host = slash ? (size_t)(slash - text) - i : length;

        if ((last && !end) || memchr(text + i, '.', host) || memchr(text + i, ':', host))
            words_exchange(w, text + i, host, WORDS_HOST);
        i += length + 1;
    }
}

/* o=username id version IN IP4 address */
static void exchange_origin(struct words *w, char *text, size_t n)
{
    size_t user = 0;

    while (user < n && text[user] != ' ')
        user++;
    words_exchange(w, text, user, 0);
    exchange_hosts(w, text + user, n - user, true);
}

/* What is behind the first word. */
static void exchange_behind(struct words *w, char *text, size_t n)
{
    char *blank = memchr(text, ' ', n);

    if (blank)
        words_exchange(w, blank, n - (size_t)(blank - text), 0);
}

/* "1 AES_CM_128_HMAC_SHA1_80 inline:key|2^20|1:4": RFC 4568 §6.1 */
static void exchange_keys(struct words *w, char *text, size_t n)
{
    static const char method[] = "inline:";
    size_t skip = sizeof method - 1;

    for (size_t i = 0; i + skip <= n; i++) {
        size_t end = i + skip;

        if (memcmp(text + i, method, skip) != 0)
            continue;
        while (end < n && !strchr("|; ", text[end]) && text[end])
            end++;
        words_all(w, text + i + skip, end - i - skip);
        i = end;
    }
}

static void exchange_attribute(struct words *w, char *text, size_t n)
{
    char *colon = memchr(text, ':', n);
    struct slice name = slice_make(text, colon ? (size_t)(colon - text) : n);
    char *value = colon ? colon + 1 : text + n;
    size_t length = n - (size_t)(value - text);

    if (!colon || is_plain(name))
        return;
    if (slice_ieq(name, SLICE("candidate")) || slice_ieq(name, SLICE("rtcp")) ||
        slice_ieq(name, SLICE("remote-candidates")))
        exchange_hosts(w, value, length, false);
    else if (slice_ieq(name, SLICE("crypto")))
        exchange_keys(w, value, length);
    else if (slice_ieq(name, SLICE("ssrc")) || slice_ieq(name, SLICE("fingerprint")))
        exchange_behind(w, value, length);
    else
        words_exchange(w, value, length, 0);
}

static void exchange_line(struct words *w, char *line, size_t n)
{
    if (n < 3 || line[1] != '=')
        return;
    switch (line[0]) {
    case 'v': case 'b': case 't': case 'r': case 'z': case 'm':
        break;
    case 'o':
        exchange_origin(w, line + 2, n - 2);
        break;
    case 'c':
        exchange_hosts(w, line + 2, n - 2, true);
        break;
    case 'a':
        exchange_attribute(w, line + 2, n - 2);
        break;
    case 'k':
        words_all(w, line + 2, n - 2);
        break;
    default: /* session name, information, URI, e-mail, telephone */
        words_exchange(w, line + 2, n - 2, 0);
    }
}

void sdp_anonymize(struct words *w, char *text, size_t n)
{
    char *line;
    size_t length;

    while (message_line(&text, &n, &line, &length))
        exchange_line(w, line, length);
}

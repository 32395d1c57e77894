/* Words, numbers and whole messages: what is exchanged, what stays, what goes on to be
 * the same. */
#include "anonymize/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

static struct keyed *keyed;
static struct words *words;

static void setup(void)
{
    keyed = keyed_new("key", 3);
    words = words_new(keyed);
    ck_assert_ptr_nonnull(words);
}

static void teardown(void)
{
    words_free(words);
    keyed_free(keyed);
}

/* The text after words_exchange, good until three others were. */
static char *exchanged(const char *text)
{
    static char out[4][1024];
    static unsigned turn;
    char *to = out[turn++ % 4];

    snprintf(to, sizeof out[0], "%s", text);
    words_exchange(words, to, strlen(to), 0);
    ck_assert_uint_eq(strlen(to), strlen(text));
    return to;
}

static bool is_kind(char a, char b)
{
    if (a >= '0' && a <= '9')
        return b >= '0' && b <= '9';
    if (a >= 'a' && a <= 'z')
        return b >= 'a' && b <= 'z';
    if (a >= 'A' && a <= 'Z')
        return b >= 'A' && b <= 'Z';
    return (a & 0x80) ? (b & 0x80) != 0 : a == b;
}

/* The message after message_anonymize. */
static char *message(const char *text)
{
    static char out[4096];
    size_t n = strlen(text);

    ck_assert_uint_lt(n, sizeof out);
    memcpy(out, text, n + 1);
    message_anonymize(words, keyed, out, n);
    ck_assert_uint_eq(strlen(out), n);
    return out;
}

START_TEST(shapes)
{
    static const char text[] = "Alice.Smith_99 J\xc3\xbcrgen \xe4\xb8\xad\xe6\x96\x87 pbx-7";
    const char *other = exchanged(text);

    for (size_t i = 0; text[i]; i++)
        ck_assert_msg(is_kind(text[i], other[i]), "%s -> %s", text, other);
    ck_assert_str_ne(text, other);
}
END_TEST

START_TEST(one_for_one)
{
    static bool taken[10000];

    for (unsigned i = 0; i < 10000; i++) {
        char text[5];

        snprintf(text, sizeof text, "%04u", i);
        words_all(words, text, 4);
        ck_assert(!taken[atoi(text)]);
        taken[atoi(text)] = true;
    }
}
END_TEST

START_TEST(same_in_any_place)
{
    char upper[16], *lower = exchanged("alice");

    snprintf(upper, sizeof upper, "%s", exchanged("ALICE"));
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(upper[i] | 0x20, lower[i]);
    ck_assert_ptr_nonnull(strstr(exchanged("\"x\" <sip:alice@host>;tag=a"), exchanged("alice")));
    /* percent escapes separate words as the characters do */
    ck_assert_int_eq(strncmp(exchanged("abc%40host.example") + 3, "%40", 3), 0);
    ck_assert_str_eq(exchanged("abc%40hst") + 6, exchanged("abc@hst") + 4);
}
END_TEST

START_TEST(common_parts)
{
    char *a, *b;

    /* a number with and without its prefixes: the end */
    ck_assert_str_eq(exchanged("004930123456") + 4, exchanged("30123456"));
    ck_assert_str_eq(exchanged("+4930123456") + 3, exchanged("30123456"));
    /* with separators, too (RFC 3966) */
    a = exchanged("+1-201-555-0123");
    b = exchanged("+12015550123");
    ck_assert_int_eq(a[14], b[11]);
    ck_assert_int_eq(a[3], b[2]);
    ck_assert_int_eq(a[2], '-');
    /* a Call-ID that a B2BUA made of another: the beginning */
    ck_assert_int_eq(strncmp(exchanged("a84b4c76e66710b2b1"), exchanged("a84b4c76e66710"), 14), 0);
}
END_TEST

/* Each of these comes out as it is. */
START_TEST(kept)
{
    static const char *const texts[] = {
        "911", "tel:112", "sip:;transport=tcp;lr", "<sip:anonymous@anonymous.invalid>",
        ";expires=3600;q=0.7", ";rport=5060", "SIP/2.0/UDP", "urn:service:sos",
        ";user=phone", "qop=\"auth,auth-int\", algorithm=MD5, nc=00000001, stale=true",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_str_eq(exchanged(texts[i]), texts[i]);
    ck_assert_int_eq(strncmp(exchanged("z9hG4bK776asdhds"), "z9hG4bK", 7), 0);
    ck_assert_ptr_nonnull(strstr(exchanged("sip:alice@pbx.example.com:5060"), ".com:5060"));
    ck_assert_ptr_nonnull(strstr(exchanged("<sip:pbx:5062>"), ":5062>"));
    ck_assert_ptr_null(strstr(exchanged("sip:12345@x.de"), "12345"));
}
END_TEST

START_TEST(emergency_numbers_stay_alone)
{
    for (unsigned i = 0; i < 1000; i++) {
        char before[4], after[4];
        bool emergency;

        snprintf(before, sizeof before, "%03u", i);
        memcpy(after, before, sizeof after);
        words_all(words, after, 3);
        emergency = i == 911 || i == 112;
        if (emergency)
            ck_assert_str_eq(before, after);
        else
            ck_assert(strcmp(after, "911") != 0 && strcmp(after, "112") != 0);
    }
}
END_TEST

START_TEST(sentences)
{
    char text[] = "Call to Alice on 12345 failed at 8.8.8.8: busy";
    char agent[] = "Phone 4.1.2.3 001565aabbcc alice's";

    ck_assert_int_eq(words_name(words, SLICE("alice")), 0);
    words_phrase(words, text, strlen(text));
    ck_assert_int_eq(strncmp(text, "Call to ", 8), 0);
    ck_assert_ptr_nonnull(strstr(text, " failed at "));
    ck_assert_ptr_nonnull(strstr(text, ": busy"));
    ck_assert_ptr_null(strstr(text, "Alice"));
    ck_assert_ptr_null(strstr(text, "12345"));
    ck_assert_ptr_null(strstr(text, "8.8.8.8"));
    words_agent(words, agent, strlen(agent));
    ck_assert_int_eq(strncmp(agent, "Phone 4.1.2.3 ", 14), 0);
    ck_assert_ptr_null(strstr(agent, "001565aabbcc"));
    ck_assert_ptr_null(strstr(agent, "alice"));
}
END_TEST

static const char invite[] =
    "INVITE sip:bob@biloxi.example.com SIP/2.0\r\n"
    "Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9;received=192.0.2.101\r\n"
    "Max-Forwards: 70\r\n"
    "From: \"Alice Liddell\" <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n"
    "To: Bob <sip:bob@biloxi.example.com>\r\n"
    "Call-ID: 3848276298220188511@atlanta.example.com\r\n"
    "CSeq: 1 INVITE\r\n"
    "X-Customer: Liddell\r\n"
    " 4711\r\n"
    "Subject: Wonderland\r\n"
    "Contact: <sip:alice@client.atlanta.example.com;transport=tcp>\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 234\r\n"
    "\r\n"
    "v=0\r\n"
    "o=liddell 2890844526 2890844527 IN IP4 client.atlanta.example.com\r\n"
    "s=Wonderland\r\n"
    "c=IN IP4 192.0.2.101\r\n"
    "t=0 0\r\n"
    "m=audio 49172 RTP/AVP 0 101\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
    "a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20\r\n"
    "a=ssrc:4711 cname:liddell@192.0.2.101\r\n";

START_TEST(a_message)
{
    static const char *const gone[] = {"lice", "iddell", "bob", "Bob", "atlanta", "biloxi",
                                       "4711\r", "192.0.2.101", "onderland", "10.0.1.1",
                                       "PS1uQCVeeCFC",
                                       "3848276298220188511"};
    static const char *const there[] = {
        "INVITE sip:", " SIP/2.0\r\nVia: SIP/2.0/TCP ", ":5060;branch=z9hG4bK",
        "CSeq: 1 INVITE\r\n",
        "Max-Forwards: 70\r\n", ";transport=tcp>\r\n", "Content-Length: 234\r\n\r\nv=0\r\no=",
        " 2890844526 2890844527 IN IP4 ", ".com\r\ns=",
        "\r\nt=0 0\r\nm=audio 49172 RTP/AVP 0 101\r\n",
        "a=rtpmap:101 telephone-event/8000\r\na=candidate:1 1 UDP 2130706431 10.",
        " 8998 typ host\r\n", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:", "|2^20\r\n",
        "a=ssrc:4711 cname:",
    };
    const char *out = message(invite);

    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        ck_assert_msg(!strstr(out, gone[i]), "%s is left in\n%s", gone[i], out);
    for (size_t i = 0; i < sizeof there / sizeof there[0]; i++)
        ck_assert_msg(strstr(out, there[i]) != NULL, "%s is gone from\n%s", there[i], out);
}
END_TEST

START_TEST(reasons)
{
    char *out = message("SIP/2.0 480 Temporarily Unavailable\r\n"
                        "Reason: Q.850;cause=16;text=\"Normal call clearing\"\r\n"
                        "Warning: 399 gw.example \"Peer 4930123456 is down\"\r\n\r\n");

    ck_assert_ptr_nonnull(strstr(out, "480 Temporarily Unavailable\r\n"));
    ck_assert_ptr_nonnull(strstr(out, "Q.850;cause=16;text=\"Normal call clearing\""));
    ck_assert_ptr_nonnull(strstr(out, "Warning: 399 "));
    ck_assert_ptr_nonnull(strstr(out, " is down\""));
    ck_assert_ptr_null(strstr(out, "4930123456"));
    ck_assert_ptr_null(strstr(out, "gw.example"));
}
END_TEST

/* Parts of a multipart, each by its type; a fragment of a message; keys pressed. */
START_TEST(bodies)
{
    char *out = message("INFO sip:x@y SIP/2.0\r\nContent-Type: multipart/mixed;boundary=\"b1\"\r\n"
                        "\r\n--b1\r\nContent-Type: application/dtmf-relay\r\n\r\n"
                        "Signal=5\r\nDuration=160\r\n--b1\r\nContent-Type: message/sipfrag\r\n\r\n"
                        "SIP/2.0 404 Not Found\r\nTo: <sip:carol@z>\r\n--b1\r\n"
                        "Content-Type: text/plain\r\n\r\nsecret words\r\n--b1--\r\n");

    ck_assert_ptr_nonnull(strstr(out, "Duration=160\r\n--b1\r\n"));
    ck_assert_ptr_nonnull(strstr(out, "SIP/2.0 404 Not Found\r\nTo: <sip:"));
    ck_assert_int_eq(strstr(out, "Signal=")[7], words_digit(words, '5'));
    ck_assert_ptr_null(strstr(out, "carol"));
    ck_assert_ptr_null(strstr(out, "secret"));
    out = message("MESSAGE sip:x@y SIP/2.0\r\nContent-Type: application/pidf+xml\r\n\r\n"
                  "<?xml version=\"1.0\"?><presence entity=\"pres:someone@example.com\">"
                  "<note>At lunch</note></presence>");
    ck_assert_ptr_nonnull(strstr(out, "<?xml version=\"1.0\"?><presence entity=\"pres:"));
    ck_assert_ptr_nonnull(strstr(out, "</note></presence>"));
    ck_assert_ptr_null(strstr(out, "someone"));
    ck_assert_ptr_null(strstr(out, "lunch"));
}
END_TEST

/* Any beginning of a message is taken, and any octets. */
START_TEST(cut_and_broken)
{
    char text[sizeof invite];

    for (size_t n = 0; n < sizeof invite; n++) {
        char *copy = malloc(n ? n : 1);

        memcpy(copy, invite, n);
        message_anonymize(words, keyed, copy, n);
        free(copy);
    }
    for (size_t i = 0; i < sizeof invite - 1; i++) {
        memcpy(text, invite, sizeof invite);
        text[i] = (char)(i * 7);
        message_anonymize(words, keyed, text, sizeof invite - 1);
    }
}
END_TEST

/* A build without OpenSSL says so. */
START_TEST(refused)
{
    ck_assert_ptr_null(keyed_new("key", 3));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("message");

    if (!keyed_available()) {
        tcase_add_test(tc, refused);
    } else {
        tcase_add_checked_fixture(tc, setup, teardown);
        tcase_add_test(tc, shapes);
        tcase_add_test(tc, one_for_one);
        tcase_add_test(tc, same_in_any_place);
        tcase_add_test(tc, common_parts);
        tcase_add_test(tc, kept);
        tcase_add_test(tc, emergency_numbers_stay_alone);
        tcase_add_test(tc, sentences);
        tcase_add_test(tc, a_message);
        tcase_add_test(tc, reasons);
        tcase_add_test(tc, bodies);
        tcase_add_test(tc, cut_and_broken);
    }
    return run_suite("message", tc);
}

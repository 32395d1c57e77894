/* Where messages begin and end in a text, and their octets. */
#include "file.h"

#include "capture/log_frame.h"

#define HEAD  "MESSAGE sip:b@192.0.2.2 SIP/2.0"
#define VIA   "Via: SIP/2.0/UDP 192.0.2.1"
#define ID    "Call-ID: x"
#define START HEAD "\r\n" VIA "\r\n" ID "\r\n"

static struct log_framer framer;
static char out[LOG_MESSAGE_ROOM];
static struct log_frame frame;

static bool try(const char *text)
{
    memset(&frame, 0, sizeof frame);
    return log_frame(&framer, slice_str(text), false, out, &frame);
}

/* The text begins with that message, and `rest` is what follows. */
static void expect(const char *text, const char *message, const char *rest)
{
    ck_assert_msg(try(text), "%s", text);
    ck_assert_msg(frame.n == strlen(message) && memcmp(out, message, frame.n) == 0, "%s: %.*s",
                  text, (int)frame.n, out);
    ck_assert_msg(strcmp(text + frame.taken, rest) == 0, "%s: %s", text, text + frame.taken);
}

static void expect_whole(const char *text, const char *message, const char *rest)
{
    expect(text, message, rest);
    ck_assert_uint_eq(frame.whole, frame.n);
}

START_TEST(line_ends)
{
    expect_whole(HEAD "\n" VIA "\n" ID "\n\nx", START "\r\n", "x");
    expect_whole(START "\r\nx", START "\r\n", "x");
    expect_whole(HEAD "  \n" VIA " \n" ID "\t\n \nx", START "\r\n", "x");
    expect_whole("  " HEAD "\n  " VIA "\n  " ID "\n\nx", START "\r\n", "x");
    expect_whole("> " HEAD "\n> " VIA "\n> " ID "\n>\nx", START "\r\n", "x");
    expect_whole("12:00 7: " HEAD "\n12:01 8: " VIA "\n13:10 10: " ID "\n13:10 11:\nx",
                 START "\r\n", "x");
    expect_whole("info: " HEAD "\n" VIA "\n" ID "\n\nx", START "\r\n", "x");
    expect_whole("\x1b[1m" HEAD "\n" VIA "\n" ID "\n\nx", START "\r\n", "x");
    expect_whole(HEAD ".\n" VIA ".\n" ID ".\n.\nx", START "\r\n", "x");
    expect_whole(HEAD "\n" VIA "\n  ;folded\n" ID "\n\nx",
                 HEAD "\r\n" VIA "\r\n  ;folded\r\n" ID "\r\n\r\n", "x");
}
END_TEST

START_TEST(on_one_line)
{
    expect_whole("a: " HEAD "#015#012" VIA "#015#012" ID "#015#012#015#012\nx", START "\r\n", "x");
    expect_whole("{\"m\":\"" HEAD "\\r\\n" VIA "\\r\\n" ID "\\r\\nX: \\\"q\\\"\\r\\n\\r\\n\"}\nx",
                 START "X: \"q\"\r\n\r\n", "x");
    expect_whole(HEAD ".." VIA ".." ID "....\nx", START "\r\n", "x");
    expect_whole(HEAD "#012" VIA "#012" ID "#012l: 2#012#012ok\nx", START "l: 2\r\n\r\nok", "x");
}
END_TEST

#define TEXT(length) START "Content-Type: text/plain\r\nContent-Length: " length "\r\n\r\n"
#define OK           "SIP/2.0 200 OK\n" VIA "\n" ID "\n\n"

/* The log has LF; what was counted is found out. */
START_TEST(bodies_with_lf)
{
    static const char *const log = HEAD "\n" VIA "\n" ID "\nContent-Type: text/plain\n"
                                        "Content-Length: %u\n\na\nbc\n" OK;
    static const struct {
        unsigned length;
        const char *message;
    } cases[] = {
        {7, TEXT("7") "a\r\nbc\r\n"}, /* CRLF */
        {5, TEXT("5") "a\r\nbc"},     /* CRLF between the lines */
        {4, TEXT("4") "a\nbc"},       /* LF between the lines */
    };
    char text[512];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, log, cases[i].length);
        expect_whole(text, cases[i].message, OK);
    }
    expect_whole(HEAD "\n" VIA "\n" ID "\nl: 6\n\nhello\nx", START "l: 6\r\n\r\nhello\n", "x");
    snprintf(text, sizeof text, log, 99); /* the log has less: it was cut */
    expect(text, TEXT("99") "a\r\nbc\r\n", OK);
    ck_assert_uint_eq(frame.whole, sizeof TEXT("99") - 1 + 99);
}
END_TEST

START_TEST(bodies_as_they_were)
{
    expect_whole(TEXT("5") "a\r\nbcde" OK, TEXT("5") "a\r\nbc", "de" OK);
    expect_whole(TEXT("5") "hello" OK, TEXT("5") "hello", OK);
    expect_whole(TEXT("8") "a\r\n\r\nbcd\n" OK, TEXT("8") "a\r\n\r\nbcd", OK);
    expect_whole(TEXT("0") "\n" OK, TEXT("0"), "\n" OK);
    expect_whole(HEAD ".\n" VIA ".\n" ID ".\nl: 6.\n.\na.\n...\n\nx", START "l: 6\r\n\r\na\r\n..\r",
                 "\nx");
}
END_TEST

START_TEST(bodies_without_a_length)
{
    expect_whole(START "Content-Type: a/b\r\n\r\na\nb\n\nx",
                 START "Content-Type: a/b\r\n\r\na\r\nb\r\n", "\nx");
    expect_whole(START "\r\na\n", START "\r\n", "a\n");
}
END_TEST

/* A body of the type message may hold what looks like the next message. */
START_TEST(bodies_that_hold_messages)
{
#define FRAG START "Content-Type: message/sipfrag\r\nContent-Length: 25\r\n\r\n"
    expect_whole(FRAG "SIP/2.0 200 OK\r\nTo: sip:\r\nx", FRAG "SIP/2.0 200 OK\r\nTo: sip:\r", "x");
    expect(TEXT("27") "SIP/2.0 200 OK\r\nTo: sip:\r\nx", TEXT("27"),
           "SIP/2.0 200 OK\r\nTo: sip:\r\nx");
}
END_TEST

START_TEST(no_empty_line)
{
    expect_whole(START "```\n", START "\r\n", "```\n");
    expect_whole(START OK, START "\r\n", OK);
    expect(START "Content-Length: 10\r\n12:00:00 x\n", START "Content-Length: 10\r\n",
           "12:00:00 x\n");
    ck_assert_uint_eq(frame.whole, frame.n + 2 + 10);
}
END_TEST

START_TEST(no_message)
{
    static const char *const cases[] = {
        "",
        "\n",
        HEAD,
        HEAD "\n",
        HEAD "\n\n" VIA "\n" ID "\n",
        HEAD "\n" VIA "\n\n",
        "See SIP/2.0 200 OK.\nWhat: it means\n",
        "x" HEAD "y\n" VIA "\n" ID "\n\n",
        VIA "\n" VIA "\n" ID "\n\n",
        "SIP/2.0 099 No\n" VIA "\n" ID "\n\n",
        "INVITE sip SIP/2.0\n" VIA "\n" ID "\n\n",
        "invite sip:a SIP/2.0\n" VIA "\n" ID "\n\n",
        "SIP/2.0",
        "SIP/2.0 ",
        "SIP/2.0 200",
        " SIP/2.0",
        "A: SIP/2.0",
        ": SIP/2.0\n",
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(!try(cases[i]), "%s", cases[i]);
}
END_TEST

START_TEST(larger_than_there_is_room_for)
{
    size_t n = 3 * LOG_MESSAGE_ROOM;
    char *text = malloc(n + 256);

    strcpy(text, HEAD "\r\n" VIA "\r\n" ID "\r\nX: ");
    memset(text + strlen(text), 'x', n);
    strcpy(text + n, "\r\n\r\n");
    ck_assert(try(text));
    ck_assert_uint_eq(frame.n, LOG_MESSAGE_ROOM);
    ck_assert_uint_eq(frame.whole, n + 4);
    strcpy(text, TEXT("150000"));
    for (unsigned i = 0; i < 10000; i++)
        strcat(text + strlen(text), "0123456789ab\r\n");
    ck_assert(try(text));
    ck_assert_uint_le(frame.n, LOG_MESSAGE_ROOM);
    ck_assert_uint_eq(frame.whole, strlen(TEXT("150000")) + 150000);
    free(text);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("log_frame");

    tcase_add_test(tcase, line_ends);
    tcase_add_test(tcase, on_one_line);
    tcase_add_test(tcase, bodies_with_lf);
    tcase_add_test(tcase, bodies_as_they_were);
    tcase_add_test(tcase, bodies_without_a_length);
    tcase_add_test(tcase, bodies_that_hold_messages);
    tcase_add_test(tcase, no_empty_line);
    tcase_add_test(tcase, no_message);
    tcase_add_test(tcase, larger_than_there_is_room_for);
    return run_suite("log_frame", tcase);
}

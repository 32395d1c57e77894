/* What lines above messages say. */
#include "file.h"

#include "capture/log_mark.h"

static struct log_lines lines;
static struct log_mark mark;

static void setup(void)
{
    memset(&lines, 0, sizeof lines);
}

static void add(const char *line)
{
    log_lines_add(&lines, slice_str(line));
}

static const char *text_of(const struct text_address *a, char out[64])
{
    unsigned port = (unsigned)a->port[0] << 8 | a->port[1];

    if (a->family == 4)
        snprintf(out, 64, "%u.%u.%u.%u:%u", a->ip[0], a->ip[1], a->ip[2], a->ip[3], port);
    else
        snprintf(out, 64, "%s%02x%02x..%02x:%u", a->family ? "" : "-", a->ip[0], a->ip[1],
                 a->ip[15], port);
    return out;
}

/* The line alone, read as standing right above a message. */
static void expect(const char *line, const char *dialect, const char *src, const char *dst,
                   enum text_transport transport, enum text_direction direction)
{
    char text[64];

    log_lines_clear(&lines);
    add(line);
    log_mark_read(&lines, SLICE_EMPTY, &mark);
    if (dialect)
        ck_assert_msg(mark.dialect && strcmp(mark.dialect, dialect) == 0, "%s: %s", line,
                      mark.dialect ? mark.dialect : "none");
    else
        ck_assert_msg(mark.dialect == NULL, "%s: %s", line, mark.dialect);
    ck_assert_str_eq(text_of(&mark.header.src, text), src ? src : "-0000..00:0");
    ck_assert_str_eq(text_of(&mark.header.dst, text), dst ? dst : "-0000..00:0");
    ck_assert_uint_eq(mark.header.transport, transport);
    ck_assert_uint_eq(mark.header.direction, direction);
}

START_TEST(ways_to_write_an_address)
{
    const char *at = "192.0.2.1:5060";

    expect("recv 9 bytes from udp/[192.0.2.1]:5060 at 1", "freeswitch", at, NULL, TEXT_UDP,
           TEXT_RECEIVED);
    expect("recv 9 bytes from tls/[2001:db8::1]:5061 at 1", "freeswitch", "2001..01:5061", NULL,
           TEXT_TLS, TEXT_RECEIVED);
    expect("Incoming SIP UDP message size 9 from 192.0.2.1:[5060]:", "cucm", at, NULL, TEXT_UDP,
           TEXT_RECEIVED);
    expect("Incoming SIP TCP message from 192.0.2.1 on port 5060 index 1", "cucm", at, NULL,
           TEXT_TCP, TEXT_RECEIVED);
    expect("message sent to [TCP://::ffff:192.0.2.1:5060], size: [9]", "linphone", NULL, at,
           TEXT_TCP, TEXT_SENT);
    expect("U 2001:db8::2:5070 -> 2001:db8::1:5060", "ngrep", "2001..02:5070", "2001..01:5060",
           TEXT_UDP, TEXT_NO_DIRECTION);
    expect("On [0:0]192.0.2.2:5060 sent to 192.0.2.1:5060", "acme", "192.0.2.2:5060", at,
           TEXT_NO_TRANSPORT, TEXT_SENT);
    expect("WSS 192.0.2.2:443 -> 192.0.2.1:5060", "baresip", "192.0.2.2:443", at, TEXT_WSS,
           TEXT_NO_DIRECTION);
    expect("x: 192.0.2.2:443 -> 192.0.2.1:5060", NULL, "192.0.2.2:443", at, TEXT_NO_TRANSPORT,
           TEXT_NO_DIRECTION);
    expect("Retransmitting #1 (NAT) to 192.0.2.1:5060:", "asterisk", NULL, at, TEXT_NO_TRANSPORT,
           TEXT_SENT);
    expect("<--- SIP read from 192.0.2.1:5060 --->", "asterisk", at, NULL, TEXT_NO_TRANSPORT,
           TEXT_RECEIVED);
}
END_TEST

START_TEST(nothing_is_said)
{
    static const char *const cases[] = {
        "recv 9 bytes from udp/[gw.example.net]:5060",
        "a.example.net:5060 -> b.example.net:5060",
        "U 192.0.2.1:5060 -> ",
        "TX 9 bytes Request to UDP :5060",
        "TX",
        "->",
        " -> ",
        "from to",
        "recv 99999999999 bytes from 192.0.2.1",
        "message sent to [UDP://[192.0.2.1",
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        log_lines_clear(&lines);
        add(cases[i]);
        log_mark_read(&lines, SLICE_EMPTY, &mark);
        ck_assert_msg(!mark.header.src.family && !mark.header.dst.family, "%s", cases[i]);
    }
}
END_TEST

START_TEST(a_new_line_takes_nothing_over)
{
    char text[64];

    add("send 4 bytes to udp/[192.0.2.9]:5060 at 12:00:00.000000:");
    add("recv 9 bytes from tcp/[192.0.2.1]:5060 at 12:00:05.000000:");
    log_mark_read(&lines, SLICE_EMPTY, &mark);
    ck_assert_str_eq(text_of(&mark.header.src, text), "192.0.2.1:5060");
    ck_assert_uint_eq(mark.header.dst.family, 0);
    ck_assert_uint_eq(mark.header.direction, TEXT_RECEIVED);
    ck_assert_int_eq(mark.stamp.ns, 43205 * (int64_t)1000000000);
}
END_TEST

START_TEST(out_of_reach)
{
    add("12:00:00 recv 9 bytes from tcp/[192.0.2.1]:5060");
    for (unsigned i = 0; i < 4; i++)
        add("something else");
    log_mark_read(&lines, SLICE_EMPTY, &mark);
    ck_assert(!mark.dialect && !mark.header.src.family && !mark.stamped);
}
END_TEST

START_TEST(the_prefix_counts)
{
    log_mark_read(&lines, SLICE("12:00:00 from 192.0.2.1:5060 to 192.0.2.2:5060: "), &mark);
    ck_assert(mark.stamped);
    ck_assert_uint_eq(mark.header.src.family, 4);
    ck_assert_uint_eq(mark.header.dst.ip[3], 2);
}
END_TEST

START_TEST(only_a_beginning_is_kept)
{
    char line[4 * LOG_LINE_ROOM];

    memset(line, 'x', sizeof line);
    for (unsigned i = 0; i < 3 * LOG_LINES; i++)
        log_lines_add(&lines, slice_make(line, sizeof line));
    log_lines_add(&lines, SLICE("  \t "));
    ck_assert_uint_eq(lines.count, LOG_LINES);
    ck_assert_uint_eq(lines.lines[0].n, LOG_LINE_ROOM);
    log_mark_read(&lines, slice_make(line, sizeof line), &mark);
    ck_assert(!mark.stamped && !mark.dialect);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("log_mark");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, ways_to_write_an_address);
    tcase_add_test(tcase, nothing_is_said);
    tcase_add_test(tcase, a_new_line_takes_nothing_over);
    tcase_add_test(tcase, out_of_reach);
    tcase_add_test(tcase, the_prefix_counts);
    tcase_add_test(tcase, only_a_beginning_is_kept);
    return run_suite("log_mark", tcase);
}

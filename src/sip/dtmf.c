/* "Signal=5", "Duration=160" on lines of their own, or a bare digit. */
#include "sip/dtmf.h"

#include "sip/body.h"

/* 10 and 11 stand for star and hash, 12 to 15 for A to D, as in telephone
 * events (RFC 4733 §3.2). */
static char digit_of(struct slice s)
{
    static const char digits[] = "0123456789*#ABCD";
    uint32_t number;

    if (s.n == 1 && s.p[0] >= 'a' && s.p[0] <= 'd')
        return (char)(s.p[0] - 'a' + 'A');
    if (s.n == 1)
        return s.p[0] && strchr(digits, s.p[0]) ? s.p[0] : 0;
    return slice_u32(s, &number) && number < 16 ? digits[number] : 0;
}

static void read_line(struct sip_dtmf *dtmf, struct slice line)
{
    size_t equals = slice_find(line, '=');
    struct slice name = slice_trim(slice_upto(line, equals));
    struct slice value = slice_trim(slice_from(line, equals + 1));

    if (equals == line.n)
        dtmf->digit = dtmf->digit ? dtmf->digit : digit_of(name);
    else if (slice_ieq(name, SLICE("Signal")))
        dtmf->digit = digit_of(value);
    else if (slice_ieq(name, SLICE("Duration")))
        slice_u32(value, &dtmf->duration_ms);
}

bool sip_dtmf_parse(const struct sip_msg *msg, struct sip_dtmf *dtmf)
{
    struct slice body;

    *dtmf = (struct sip_dtmf){0};
    if (!msg->request || msg->method != SIP_INFO)
        return false;
    if (!sip_body_find(msg, SLICE("application/dtmf-relay"), &body) &&
        !sip_body_find(msg, SLICE("application/dtmf"), &body))
        return false;
    while (body.n) {
        size_t end = slice_find(body, '\n');

        read_line(dtmf, slice_upto(body, end));
        body = slice_from(body, end + 1);
    }
    return dtmf->digit != 0;
}

/* "Signal=5", "Duration=160" on lines of their own, or a bare digit; or
 * <kpml-response code="200" digits="5"/>. */
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
        *dtmf->digits = *dtmf->digits ? *dtmf->digits : digit_of(name);
    else if (slice_ieq(name, SLICE("Signal")))
        *dtmf->digits = digit_of(value);
    else if (slice_ieq(name, SLICE("Duration")))
        slice_u32(value, &dtmf->duration_ms);
}

/* The value of the attribute in what is between a tag's name and its end; empty
 * without it. */
static struct slice attribute(struct slice tag, struct slice name)
{
    while (tag.n) {
        size_t equals = slice_find(tag, '=');
        struct slice before = slice_trim(slice_upto(tag, equals)), value;
        char quote;

        tag = slice_trim(slice_from(tag, equals + 1));
        if (!tag.n || (tag.p[0] != '"' && tag.p[0] != '\''))
            break;
        quote = tag.p[0];
        tag = slice_from(tag, 1);
        value = slice_upto(tag, slice_find(tag, quote));
        tag = slice_from(tag, value.n + 1);
        if (slice_eq(before, name))
            return value;
    }
    return SLICE("");
}

/* The element's attributes, with or without a prefix before its name. */
static struct slice find_element(struct slice body, struct slice name)
{
    while (body.n) {
        size_t start = slice_find(body, '<');
        struct slice tag = slice_from(body, start + 1);
        size_t colon, end = slice_find(tag, '>');

        body = slice_from(tag, end);
        tag = slice_upto(tag, end);
        colon = slice_find(slice_upto(tag, slice_find(tag, ' ')), ':');
        if (colon < slice_find(tag, ' ') && colon < tag.n)
            tag = slice_from(tag, colon + 1);
        if (tag.n > name.n && slice_eq(slice_upto(tag, name.n), name) &&
            strchr(" \t\r\n", tag.p[name.n]))
            return slice_from(tag, name.n);
    }
    return SLICE("");
}

/* RFC 4730 §5.4: all that was collected stands in `digits`. */
static bool read_kpml(const struct sip_msg *msg, struct sip_dtmf *dtmf)
{
    struct slice body, digits;
    unsigned n = 0;

    if (!sip_body_find(msg, SLICE("application/kpml-response+xml"), &body))
        return false;
    dtmf->kpml = true;
    digits = attribute(find_element(body, SLICE("kpml-response")), SLICE("digits"));
    for (size_t i = 0; i < digits.n && n < SIP_DTMF_MOST; i++) {
        char digit = digit_of(slice_make(digits.p + i, 1));

        if (digit)
            dtmf->digits[n++] = digit;
    }
    return n > 0;
}

bool sip_dtmf_parse(const struct sip_msg *msg, struct sip_dtmf *dtmf)
{
    struct slice body;

    *dtmf = (struct sip_dtmf){0};
    if (msg->request && msg->method == SIP_NOTIFY)
        return read_kpml(msg, dtmf);
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
    return *dtmf->digits != 0;
}

/* Rules about ICMP errors: what a host or a router said it threw away. */
#include <stdio.h>

#include "analysis/findings.h"

enum {
    MOST_A_CALL = 8,  /* findings of one call, or of none */
    LASTING = 5,      /* errors; one or two come while a port is being opened */
    SENTENCE = 160,
};
/* What was on its way when a stream ended is often refused. */
static const int64_t TAIL = 200 * (int64_t)1000000;

/* When the call's release began: its first BYE or CANCEL, or its refusal. */
static int64_t released_at(const struct call *call)
{
    for (size_t i = 0; i < call->messages.n; i++) {
        const struct message *m = &call->messages.v[i];

        if ((!m->status && (m->method == SIP_BYE || m->method == SIP_CANCEL)) ||
            (m->method == SIP_INVITE && m->status >= 300 && m->status == call->status))
            return m->time;
    }
    return INT64_MAX;
}

/* RTCP that nobody wants harms nobody.  Phones close their ports at the end of a
 * call, before the last packets of the other side have come. */
static bool is_harmless(struct fosip_analysis *a, const struct icmp_row *row)
{
    struct stream_figures f;

    if (row->cargo != ICMP_RTP)
        return row->cargo == ICMP_RTCP;
    if (row->call != CALL_NONE && row->time >= released_at(call_at(a->calls, row->call)))
        return true;
    if (row->call != CALL_NONE || row->stream == CALL_NONE)
        return false;
    stream_figures(stream_at(a->streams, row->stream), &f);
    return row->time + TAIL > f.end;
}

static enum finding_severity severity_of(const struct fosip_analysis *a, const struct icmp_row *row)
{
    const struct message *m = NULL;

    if (row->call != CALL_NONE && row->message != CALL_NONE)
        m = &call_at(a->calls, row->call)->messages.v[row->message];
    if (row->kind == ICMP_TOO_BIG) /* how a path's limit is found (RFC 1191) */
        return FINDING_WARNING;
    if (row->cargo == ICMP_SIP)
        return m && m->status ? FINDING_WARNING : FINDING_ERROR;
    return row->count >= LASTING ? FINDING_ERROR : FINDING_WARNING;
}

/* "that ..." */
static void say_reason(const struct icmp_row *row, char *out)
{
    char to[ADDR_TEXT];
    char upper[8] = "";
    const char *transport = net_transport_name((enum net_transport)row->transport);

    for (unsigned i = 0; transport[i] && i + 1 < sizeof upper; i++)
        upper[i] = (char)(transport[i] >= 'a' ? transport[i] - 'a' + 'A' : transport[i]);
    addr_ip_text(&row->dst, to);
    switch ((enum icmp_kind)row->kind) {
    case ICMP_PORT:
        snprintf(out, SENTENCE, "nothing listens on %s port %u%s%s", upper, row->dst.port,
                 addr_same_ip(&row->dst, &row->reporter) ? "" : " of ",
                 addr_same_ip(&row->dst, &row->reporter) ? "" : to);
        break;
    case ICMP_HOST:
        snprintf(out, SENTENCE, "the host %s cannot be reached", to);
        break;
    case ICMP_NETWORK:
        snprintf(out, SENTENCE, "it knows no way to %s", to);
        break;
    case ICMP_PROTOCOL:
        snprintf(out, SENTENCE, "%s does not take %s", to, upper);
        break;
    case ICMP_PROHIBITED:
        snprintf(out, SENTENCE, "a filter forbids what goes to %s", addr_text(&row->dst, to));
        break;
    case ICMP_TOO_BIG:
        snprintf(out, SENTENCE, "the packets are too large for the way to %s", to);
        break;
    case ICMP_HOPS:
        snprintf(out, SENTENCE, "the packets to %s went through too many routers, as in a loop",
                 to);
        break;
    case ICMP_REASSEMBLY:
        snprintf(out, SENTENCE, "fragments of the packets to %s did not arrive", to);
        break;
    case ICMP_HEADER:
        snprintf(out, SENTENCE, "the IP header of the packets to %s is faulty", to);
        break;
    case ICMP_OTHER:
        snprintf(out, SENTENCE, "the packets to %s cannot be delivered", to);
        break;
    }
}

static void say_cargo(struct fosip_analysis *a, const struct icmp_row *row, char *out)
{
    struct stream_figures f = {.media = SLICE_EMPTY};

    if (row->cargo == ICMP_RTP) {
        if (row->stream != CALL_NONE)
            stream_figures(stream_at(a->streams, row->stream), &f);
        snprintf(out, SENTENCE, "the %.*s (RTP)", SLICE_ARG(f.media.n ? f.media : SLICE("media")));
    } else if (*row->method) {
        snprintf(out, SENTENCE, "the %s", row->method);
    } else if (row->call != CALL_NONE && row->message != CALL_NONE &&
               call_at(a->calls, row->call)->messages.v[row->message].status) {
        snprintf(out, SENTENCE, "the %u response",
                 call_at(a->calls, row->call)->messages.v[row->message].status);
    } else {
        snprintf(out, SENTENCE, "SIP");
    }
}

static void report(struct fosip_analysis *a, const struct icmp_row *row)
{
    char reporter[ADDR_TEXT], from[ADDR_TEXT], reason[SENTENCE], cargo[SENTENCE];
    char times[48] = "";
    bool on_the_way = !addr_same_ip(&row->reporter, &row->dst);
    struct finding *f;

    say_reason(row, reason);
    say_cargo(a, row, cargo);
    if (row->count > 1) /* hosts send fewer errors than they refuse packets */
        snprintf(times, sizeof times, " at least %llu times", (unsigned long long)row->count);
    f = finding_add(a, "icmp-unreachable", severity_of(a, row), row->call, row->message,
                    row->cargo == ICMP_SIP ? CALL_NONE : row->stream,
                    "%s%s answered that %s: %s that %s sent there was refused%s, %s in frame %llu.",
                    addr_ip_text(&row->reporter, reporter), on_the_way ? ", on the way," : "",
                    reason, cargo, addr_ip_text(&row->src, from), times,
                    row->count == 1 ? "said" : "first said", (unsigned long long)row->frames[0]);
    if (!f)
        return;
    finding_place(f, row->time, row->frames[0]);
    for (unsigned i = 1; i < row->count && i < ICMP_FRAMES; i++)
        finding_add_frame(f, row->frames[i]);
    f->reference = row->reporter.family == NET_IP6 ? "RFC 4443 §3" : "RFC 792";
}

void findings_icmp(struct fosip_analysis *a)
{
    const struct icmp_row *rows;
    size_t n = icmp_rows(a->icmp, &rows);
    unsigned of_call = 0;

    for (size_t i = 0; i < n; i++) {
        if (!i || rows[i].call != rows[i - 1].call)
            of_call = 0;
        if (!is_harmless(a, &rows[i]) && of_call++ < MOST_A_CALL)
            report(a, &rows[i]);
    }
}

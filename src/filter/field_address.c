/* Fields of what messages and streams have in common: frames, addresses, ports. */
#include <math.h>

#include "base/time.h"
#include "filter/eval.h"

enum part { A_SRC = 1, A_DST = 2, A_BOTH = A_SRC | A_DST, A_IP6 = 4 };

struct ends {
    const struct net_addr *src, *dst;
    enum net_transport transport;
    int64_t time;
    uint64_t frame;
};

static struct ends ends_of(struct filter_eval *e, const struct item *item)
{
    const struct stream_figures *f;
    const struct message *m;
    const struct path *path;

    if (item->kind == ITEM_MESSAGE) {
        m = eval_record(e, item);
        path = call_path(e->analysis->calls, m->path);
        return (struct ends){&path->src, &path->dst, path->transport, m->time, m->frame};
    }
    f = eval_stream(e, item);
    return (struct ends){&f->src, &f->dst, NET_UDP, f->start, f->first_frame};
}

static bool get_address(struct filter_eval *e, const struct field_ref *ref,
                        const struct item *item, value_visit *visit, void *ctx)
{
    struct ends ends = ends_of(e, item);
    unsigned which = ref->field->which;

    if (which & A_SRC && (!(which & A_IP6) || ends.src->family == NET_IP6) &&
        field_tell_addr(visit, ctx, ends.src))
        return true;
    return which & A_DST && (!(which & A_IP6) || ends.dst->family == NET_IP6) &&
           field_tell_addr(visit, ctx, ends.dst);
}

/* What is over TCP: TLS and WebSocket, too. */
static bool is_over(enum net_transport transport, enum net_transport wanted)
{
    if (wanted != NET_TCP)
        return transport == wanted;
    return transport == NET_TCP || transport == NET_TLS || transport == NET_WS ||
           transport == NET_WSS;
}

/* `offset`: the transport, NET_LOG: any. */
static bool get_port(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                     value_visit *visit, void *ctx)
{
    struct ends ends = ends_of(e, item);
    enum net_transport wanted = (enum net_transport)ref->field->offset;

    if (wanted != NET_LOG && !is_over(ends.transport, wanted))
        return false;
    if (ref->field->which & A_SRC && field_tell_port(visit, ctx, ends.src))
        return true;
    return ref->field->which & A_DST && field_tell_port(visit, ctx, ends.dst);
}

static bool get_transport(struct filter_eval *e, const struct field_ref *ref,
                          const struct item *item, value_visit *visit, void *ctx)
{
    (void)ref;
    return field_tell_name(visit, ctx, net_transport_name(ends_of(e, item).transport));
}

static bool get_frame(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                      value_visit *visit, void *ctx)
{
    uint64_t frame = ends_of(e, item).frame;

    (void)ref;
    return frame && field_tell_number(visit, ctx, (double)frame);
}

static bool get_time(struct filter_eval *e, const struct field_ref *ref, const struct item *item,
                     value_visit *visit, void *ctx)
{
    (void)ref;
    return field_tell_time(visit, ctx, ends_of(e, item).time);
}

static bool get_relative(struct filter_eval *e, const struct field_ref *ref,
                         const struct item *item, value_visit *visit, void *ctx)
{
    int64_t ns = time_between(e->analysis->first_time, ends_of(e, item).time);

    (void)ref;
    return ns != TIME_NO_SPAN && field_tell_number(visit, ctx, (double)ns / 1e9);
}

static const char *const transports[] = {"udp", "tcp", "tls", "sctp", "ws", "wss", "log"};
static const struct field_names transport_names = {transports, 7, false};

#define ANY(name, get, type, unit, offset, which, what) \
    {name, what, get, offset, which, type, ITEM_PACKET, unit, false, NULL}
#define OF(owner, name, get, type, unit, which, what) \
    {name, what, get, NET_LOG, which, type, owner, unit, false, NULL}
#define TRANSPORT(owner, name, what) \
    {name, what, get_transport, 0, 0, VALUE_TEXT, owner, UNIT_NONE, true, &transport_names}
#define PORTS(name, transport, text) \
    ANY(name ".port", get_port, VALUE_NUMBER, UNIT_NONE, transport, A_BOTH, \
        "either port, over " text), \
    ANY(name ".srcport", get_port, VALUE_NUMBER, UNIT_NONE, transport, A_SRC, "source port"), \
    ANY(name ".dstport", get_port, VALUE_NUMBER, UNIT_NONE, transport, A_DST, "destination port")
#define ENDS(owner, prefix) \
    OF(owner, prefix ".src.ip", get_address, VALUE_ADDRESS, UNIT_NONE, A_SRC, "as ip.src"), \
    OF(owner, prefix ".src.port", get_port, VALUE_NUMBER, UNIT_NONE, A_SRC, "its port"), \
    OF(owner, prefix ".dst.ip", get_address, VALUE_ADDRESS, UNIT_NONE, A_DST, "as ip.dst"), \
    OF(owner, prefix ".dst.port", get_port, VALUE_NUMBER, UNIT_NONE, A_DST, "its port")

static const struct field fields[] = {
    ANY("frame.number", get_frame, VALUE_NUMBER, UNIT_NONE, 0, 0,
        "frame of a message, first frame of a stream"),
    ANY("frame.time", get_time, VALUE_TIME, UNIT_NONE, 0, 0, "its time"),
    ANY("frame.time_relative", get_relative, VALUE_NUMBER, UNIT_S, 0, 0,
        "seconds since the capture's first packet"),
    ANY("ip.addr", get_address, VALUE_ADDRESS, UNIT_NONE, 0, A_BOTH,
        "source or destination, IPv4 or IPv6"),
    ANY("ip.src", get_address, VALUE_ADDRESS, UNIT_NONE, 0, A_SRC, "source"),
    ANY("ip.dst", get_address, VALUE_ADDRESS, UNIT_NONE, 0, A_DST, "destination"),
    ANY("ipv6.addr", get_address, VALUE_ADDRESS, UNIT_NONE, 0, A_BOTH | A_IP6,
        "the same, IPv6 alone"),
    ANY("ipv6.src", get_address, VALUE_ADDRESS, UNIT_NONE, 0, A_SRC | A_IP6, "source"),
    ANY("ipv6.dst", get_address, VALUE_ADDRESS, UNIT_NONE, 0, A_DST | A_IP6, "destination"),
    PORTS("udp", NET_UDP, "UDP"),
    PORTS("tcp", NET_TCP, "TCP, TLS or WebSocket"),
    PORTS("sctp", NET_SCTP, "SCTP"),
    OF(ITEM_MESSAGE, "message.frame", get_frame, VALUE_NUMBER, UNIT_NONE, 0, "as frame.number"),
    OF(ITEM_MESSAGE, "message.time", get_time, VALUE_TIME, UNIT_NONE, 0, "as frame.time"),
    OF(ITEM_MESSAGE, "message.t", get_relative, VALUE_NUMBER, UNIT_S, 0,
       "as frame.time_relative"),
    ENDS(ITEM_MESSAGE, "message"),
    TRANSPORT(ITEM_MESSAGE, "message.transport", "udp, tcp, tls, sctp, ws, wss or log"),
    ENDS(ITEM_STREAM, "stream"),
    OF(ITEM_STREAM, "stream.start_time", get_time, VALUE_TIME, UNIT_NONE, 0,
       "time of its first packet"),
};

const struct field_table field_address = {fields, sizeof fields / sizeof fields[0]};

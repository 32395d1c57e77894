/* The walk over a packet's layers. */
#include "net/layer.h"

void walk_table(struct walk *walk, const struct layer_row *rows, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].number == number) {
            walk->next = rows[i].decode;
            return;
        }
    walk_end(walk, DECODED_OTHER);
}

/* Leaves walk->plain as it is: it is large and rarely used. */
static void begin(struct walk *walk, struct decoded *out, const uint8_t *data, uint32_t caplen,
                  uint32_t len)
{
    walk->at = cursor_make(data, caplen);
    walk->wire = len > caplen ? len : caplen;
    walk->next = NULL;
    walk->out = out;
    walk->hinted = false;
    out->kind = DECODED_BAD;
    out->quoted = out->timed = false;
}

static void note_step(struct layer_trace *trace, const struct walk *walk, layer_decoder *decode)
{
    trace->steps[trace->n++] =
        (struct layer_step){decode, walk->at.p, (uint32_t)walk->at.left};
}

/* What was read behind the last UDP header was no tunnel. */
static void forget_tunnel(struct layer_trace *trace)
{
    while (trace->n && trace->steps[trace->n - 1].decode != layer_udp)
        trace->n--;
}

/* `trace` is NULL where nobody asks for it. */
static inline void run(struct walk *walk, struct layer_trace *trace)
{
    struct decoded *out = walk->out;

    for (unsigned depth = 0; walk->next; depth++) {
        layer_decoder *decode = walk->next;

        walk->next = NULL;
        if (depth == LAYER_MAX_DEPTH) {
            walk_end(walk, DECODED_BAD);
            break;
        }
        if (trace)
            note_step(trace, walk, decode);
        decode(walk);
    }
    if (walk->hinted && (out->kind == DECODED_BAD || out->kind == DECODED_OTHER)) {
        *out = walk->plain; /* the port meant nothing */
        if (trace)
            forget_tunnel(trace);
    }
    /* An ICMP message is well-formed whatever it quotes. */
    if (out->quoted)
        out->kind = out->kind == DECODED_DATAGRAM || out->kind == DECODED_SEGMENT ||
                            out->kind == DECODED_CHUNKS
                        ? DECODED_QUOTE
                        : DECODED_OTHER;
}

static inline void decode_packet(const struct packet *packet, struct decoded *out,
                                 struct layer_trace *trace)
{
    const struct layer_row *row = link_row(packet->link);
    struct walk walk;

    begin(&walk, out, packet->data, packet->caplen, packet->len);
    out->fragment_id = 0;
    out->datagram =
        (struct datagram){.packet = packet, .link_bytes = packet->len, .stable = packet->stable,
                          .dscp = NET_NO_DSCP};
    if (!row)
        return;
    walk.next = row->decode;
    run(&walk, trace);
}

static inline void decode_payload(struct decoded *out, struct layer_trace *trace)
{
    const struct datagram *d = &out->datagram;
    struct walk walk;

    begin(&walk, out, d->data, d->caplen, d->len);
    walk_protocol(&walk, out->protocol);
    run(&walk, trace);
}

void net_decode(const struct packet *packet, struct decoded *out)
{
    decode_packet(packet, out, NULL);
}

void net_decode_payload(struct decoded *out)
{
    decode_payload(out, NULL);
}

void net_trace(const struct packet *packet, struct decoded *out, struct layer_trace *trace)
{
    trace->n = 0;
    decode_packet(packet, out, trace);
}

void net_trace_payload(struct decoded *out, struct layer_trace *trace)
{
    trace->n = 0;
    decode_payload(out, trace);
}

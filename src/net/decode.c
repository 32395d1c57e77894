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

static void run(struct walk *walk)
{
    struct decoded *out = walk->out;

    for (unsigned depth = 0; walk->next; depth++) {
        layer_decoder *decode = walk->next;

        walk->next = NULL;
        if (depth == LAYER_MAX_DEPTH)
            walk_end(walk, DECODED_BAD);
        else
            decode(walk);
    }
    /* An ICMP message is well-formed whatever it quotes. */
    if (out->quoted)
        out->kind = out->kind == DECODED_DATAGRAM || out->kind == DECODED_SEGMENT ? DECODED_QUOTE
                                                                                  : DECODED_OTHER;
}

void net_decode(const struct packet *packet, struct decoded *out)
{
    const struct layer_row *row = link_row(packet->link);
    struct walk walk = {.at = cursor_make(packet->data, packet->caplen),
                        .wire = packet->len > packet->caplen ? packet->len : packet->caplen,
                        .out = out};

    out->kind = DECODED_BAD;
    out->quoted = false;
    out->datagram =
        (struct datagram){.packet = packet, .link_bytes = packet->len, .stable = packet->stable};
    if (!row)
        return;
    walk.next = row->decode;
    run(&walk);
}

void net_decode_payload(struct decoded *out)
{
    struct walk walk = {.at = cursor_make(out->datagram.data, out->datagram.caplen),
                        .wire = out->datagram.len,
                        .out = out};

    out->kind = DECODED_BAD;
    out->quoted = false;
    walk_protocol(&walk, out->protocol);
    run(&walk);
}

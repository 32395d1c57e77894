/* Owns a WebSocket connection's frames: RFC 6455 §5.
 *
 * A message in one frame without a mask is handed over where it lies; masked or
 * fragmented ones are put together first, up to a bound.  Control frames and
 * compressed messages are passed over.  After missing octets frames are looked
 * for again at the beginning of each segment. */
#include "net/websocket.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/slice.h"

enum {
    MAX_HEAD = 16 * 1024,         /* of the opening handshake */
    MAX_FRAME = 192 * 1024,       /* what TCP can show at once, with room */
    MAX_OCTETS = 8 * 1024 * 1024, /* in all connections */
};

enum { CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

struct side {
    bool opened;      /* its handshake is over */
    bool lost;        /* where the next frame begins is not known */
    bool collecting;  /* a message has begun */
    uint64_t skip;    /* octets of a frame that is passed over */
    uint8_t *message; /* what there is of a message in several frames */
    size_t n, room;
};

struct websocket {
    size_t *octets;
    struct side side[2];
};

struct frame {
    bool final, compressed, masked;
    uint8_t opcode, mask[4];
    size_t head;
    uint64_t length;
};

enum parsed { FRAME_OK, FRAME_MORE, FRAME_BAD };

static enum parsed parse_frame(struct frame *f, const uint8_t *p, size_t n)
{
    if (n < 2)
        return FRAME_MORE;
    f->final = p[0] & 0x80;
    f->compressed = p[0] & 0x40;
    f->opcode = p[0] & 15;
    f->masked = p[1] & 0x80;
    f->length = p[1] & 0x7f;
    f->head = 2 + (f->length == 126 ? 2u : f->length == 127 ? 8u : 0u) + (f->masked ? 4u : 0u);
    if (p[0] & 0x30 || (f->opcode > BINARY && (f->opcode < CLOSE || f->opcode > PONG)) ||
        (f->opcode >= CLOSE && (!f->final || f->length > 125)))
        return FRAME_BAD;
    if (n < f->head)
        return FRAME_MORE;
    if (f->length == 126)
        f->length = be16(p + 2);
    else if (f->length == 127)
        f->length = be64(p + 2);
    if (f->length >> 63)
        return FRAME_BAD;
    if (f->masked)
        memcpy(f->mask, p + f->head - 4, 4);
    return FRAME_OK;
}

/* Whether a frame with readable text begins here: what to look for where the
 * handshake was not captured. */
static bool begins_text(const uint8_t *p, size_t n)
{
    enum { LOOKED_AT = 12 };
    struct frame f;

    if (parse_frame(&f, p, n) != FRAME_OK || !f.final || f.compressed ||
        (f.opcode != TEXT && f.opcode != BINARY) || f.length < LOOKED_AT || f.length > n - f.head ||
        (f.length < n - f.head && !(p[f.head + f.length] & 0x80)))
        return false;
    for (size_t i = 0; i < LOOKED_AT; i++) {
        uint8_t c = p[f.head + i] ^ (f.masked ? f.mask[i % 4] : 0);

        if (c < ' ' || c > '~')
            return false;
    }
    return true;
}

/* Length of an HTTP head with its empty line, 0 when it has no end yet. */
static size_t head_length(const uint8_t *data, size_t n)
{
    const uint8_t *end =
        n < MAX_HEAD ? memmem(data, n, "\r\n\r\n", 4) : memmem(data, MAX_HEAD, "\r\n\r\n", 4);

    return end ? (size_t)(end - data) + 4 : 0;
}

static bool is_http(const uint8_t *data, size_t n)
{
    return (n >= 4 && memcmp(data, "GET ", 4) == 0) ||
           (n >= 9 && memcmp(data, "HTTP/1.1 ", 9) == 0);
}

static bool may_become_http(const uint8_t *data, size_t n)
{
    return n && ((n < 4 && memcmp(data, "GET ", n) == 0) ||
                 (n < 9 && memcmp(data, "HTTP/1.1 ", n) == 0));
}

enum websocket_opening websocket_opening(const uint8_t *data, size_t n)
{
    struct slice head;
    size_t length;

    if (!is_http(data, n))
        return begins_text(data, n) ? WEBSOCKET_YES : WEBSOCKET_NO;
    length = head_length(data, n);
    if (!length)
        return n < MAX_HEAD ? WEBSOCKET_MORE : WEBSOCKET_NO;
    head = slice_make((const char *)data, length);
    return slice_icontains(head, SLICE("\r\nupgrade:")) && slice_icontains(head, SLICE("websocket"))
               ? WEBSOCKET_YES
               : WEBSOCKET_NO;
}

struct websocket *websocket_new(size_t *octets)
{
    struct websocket *ws = calloc(1, sizeof *ws);

    if (ws)
        ws->octets = octets;
    return ws;
}

static void forget_message(struct websocket *ws, struct side *s)
{
    *ws->octets -= s->room;
    free(s->message);
    s->message = NULL;
    s->n = s->room = 0;
    s->collecting = false;
}

void websocket_free(struct websocket *ws)
{
    if (!ws)
        return;
    forget_message(ws, &ws->side[0]);
    forget_message(ws, &ws->side[1]);
    free(ws);
}

/* Adds a frame's payload to the message, without its mask. */
static bool collect(struct websocket *ws, struct side *s, const struct frame *f,
                    const uint8_t *payload)
{
    size_t n = (size_t)f->length, room = s->room ? s->room : 1024;
    uint8_t *grown;

    while (room < s->n + n)
        room *= 2;
    if (s->n + n > MAX_FRAME || *ws->octets + room - s->room > MAX_OCTETS)
        return false;
    if (room > s->room) {
        grown = realloc(s->message, room);
        if (!grown)
            return false;
        *ws->octets += room - s->room;
        s->message = grown;
        s->room = room;
    }
    for (size_t i = 0; i < n; i++)
        s->message[s->n + i] = payload[i] ^ (f->masked ? f->mask[i & 3] : 0);
    s->n += n;
    return true;
}

static void deliver(const struct datagram *run, const uint8_t *data, size_t n, bool stable,
                    const struct net_sink *sink)
{
    struct datagram d = datagram_part(run, data, (uint32_t)n, stable);

    d.transport = run->transport == NET_TLS ? NET_WSS : NET_WS;
    sink->datagram(sink->ctx, &d);
}

static void tell(const struct net_sink *sink, const struct datagram *run, const uint8_t *p,
                 const struct frame *f)
{
    struct net_frame frame = {.kind = f->final && !f->compressed &&
                                              (f->opcode == TEXT || f->opcode == BINARY)
                                          ? NET_FRAME_WHOLE
                                          : NET_FRAME_PART,
                              .run = run,
                              .at = (size_t)(p - run->data),
                              .n = f->head + (size_t)f->length,
                              .payload = f->head,
                              .length = (size_t)f->length};

    if (f->masked)
        memcpy(frame.mask, f->mask, sizeof frame.mask);
    if (sink->frame && run->transport == NET_TCP)
        sink->frame(sink->ctx, &frame);
}

static void tell_head(const struct net_sink *sink, const struct datagram *run, const uint8_t *p,
                      size_t n)
{
    struct net_frame frame = {.kind = NET_FRAME_HEAD,
                              .run = run,
                              .at = (size_t)(p - run->data),
                              .n = n,
                              .length = n};

    if (sink->frame && n && run->transport == NET_TCP)
        sink->frame(sink->ctx, &frame);
}

static void take_frame(struct websocket *ws, struct side *s, const struct frame *f,
                       const uint8_t *payload, const struct datagram *run,
                       const struct net_sink *sink)
{
    if (f->opcode >= CLOSE)
        return;
    if (f->opcode != CONTINUATION) {
        forget_message(ws, s);
        if (f->compressed)
            return;
        if (f->final && !f->masked) {
            deliver(run, payload, (size_t)f->length, run->stable, sink);
            return;
        }
        s->collecting = true;
    }
    if (!s->collecting)
        return; /* its beginning was lost or is of no use */
    if (!collect(ws, s, f, payload)) {
        forget_message(ws, s);
        return;
    }
    if (f->final) {
        deliver(run, s->message, s->n, false, sink);
        forget_message(ws, s);
    }
}

static void lose(struct websocket *ws, struct side *s)
{
    s->lost = true;
    s->skip = 0;
    forget_message(ws, s);
}

/* Takes what of a frame is at p; 0 when more is needed. */
static size_t step(struct websocket *ws, struct side *s, const uint8_t *p, size_t n,
                   const struct datagram *run, const struct net_sink *sink)
{
    struct frame f;

    if (s->skip) {
        size_t skipped = s->skip < n ? (size_t)s->skip : n;

        s->skip -= skipped;
        return skipped;
    }
    if (!s->opened && may_become_http(p, n))
        return 0;
    if (!s->opened && is_http(p, n)) {
        size_t head = head_length(p, n);

        s->opened = head > 0;
        tell_head(sink, run, p, head);
        return head || n < MAX_HEAD ? head : n;
    }
    s->opened = true;
    switch (parse_frame(&f, p, n)) {
    case FRAME_MORE:
        return 0;
    case FRAME_BAD:
        lose(ws, s);
        return n;
    case FRAME_OK:
        break;
    }
    if (f.length > MAX_FRAME) {
        forget_message(ws, s);
        s->skip = f.length;
        return f.head;
    }
    if (f.length > n - f.head)
        return 0;
    tell(sink, run, p, &f);
    take_frame(ws, s, &f, p + f.head, run, sink);
    return f.head + (size_t)f.length;
}

size_t websocket_run(struct websocket *ws, unsigned side, const struct datagram *run, bool last,
                     const struct net_sink *sink)
{
    struct side *s = &ws->side[side];
    size_t done = 0, n = run->caplen, taken;

    if (s->lost && begins_text(run->data, n))
        s->lost = false;
    while (!s->lost && done < n) {
        taken = step(ws, s, run->data + done, n - done, run, sink);
        if (!taken)
            break;
        done += taken;
    }
    if (last)
        lose(ws, s);
    return s->lost ? n : done;
}

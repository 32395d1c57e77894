/* Streams of both sides of a connection through all that stands above TCP:
 * TLS with keys that fit, WebSocket, binary messages.
 *
 * Input: pieces, each an octet that says what it is (0, 1: of that side; 2: of
 * a key log; plus 4: nothing follows it, octets are missing), a length (16
 * bits) and octets. */
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "net/leftover.h"
#include "net/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct connection {
    struct stream_stage stage;
    void *state;
    struct leftover left[2]; /* as TCP keeps it */
    size_t octets;
    unsigned side;
    uint64_t sum;
};

static void look(struct connection *c, const struct datagram *d)
{
    if (d->caplen > d->len || !d->packet)
        abort();
    for (uint32_t i = 0; i < d->caplen; i++)
        c->sum += d->data[i];
}

static void on_datagram(void *ctx, const struct datagram *d)
{
    look(ctx, d);
}

/* Takes lines, so that something is often left. */
static size_t on_stream(void *ctx, const struct datagram *run, bool last)
{
    size_t n = run->caplen;

    look(ctx, run);
    if (!n)
        abort();
    while (!last && n && run->data[n - 1] != '\n')
        n--;
    return n;
}

static void on_encrypted(void *ctx, const struct net_tls *tls)
{
    struct connection *c = ctx;

    c->sum += strlen(tls->server_name) + strlen(tls->protocol) + tls->outcome;
}

static uint32_t show(void *ctx, const uint8_t *data, uint32_t n, bool stable, bool last)
{
    struct connection *c = ctx;
    struct packet packet = {.frame = 1};
    struct datagram d = {.packet = &packet,
                         .src = {.port = (uint16_t)(c->side ? 5061 : 40000)},
                         .dst = {.port = (uint16_t)(c->side ? 40000 : 5061)},
                         .data = data,
                         .caplen = n,
                         .len = n,
                         .transport = NET_TCP,
                         .stable = stable};
    size_t done = stream_run(&c->stage, &c->state, c->side, &d, last);

    if (done > n)
        abort();
    return (uint32_t)done;
}

static void take(struct connection *c, unsigned kind, const uint8_t *data, uint32_t n)
{
    struct leftover_reader reader = {.ctx = c, .show = show};

    if (kind & 2) {
        if (keylog_add(c->stage.tls.keys, (const char *)data, n) < 0)
            abort();
        return;
    }
    c->side = kind & 1;
    if (n)
        leftover_give(&c->left[c->side], &c->octets, &reader, data, n, false);
    if (kind & 4 && !leftover_end(&c->left[c->side], &c->octets, &reader) && c->state)
        show(c, (const uint8_t *)"", 0, false, true);
}

static void run(struct connection *c, struct cursor at)
{
    const uint8_t *head;

    while ((head = cursor_take(&at, 3))) {
        uint32_t n = be16(head + 1) < at.left ? be16(head + 1) : (uint32_t)at.left;
        uint8_t *block = malloc(n ? n : 1);

        if (!block)
            abort();
        if (n)
            memcpy(block, cursor_take(&at, n), n);
        take(c, head[0], block, n);
        free(block);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct connection *c = calloc(1, sizeof *c);
    struct net_sink sink = {
        .ctx = c, .datagram = on_datagram, .stream = on_stream, .encrypted = on_encrypted};

    if (!c)
        return 0;
    c->stage.sink = c->stage.tls.sink = &sink;
    c->stage.tls.keys = keylog_new();
    if (c->stage.tls.keys)
        run(c, cursor_make(data, size));
    stream_forget(&c->stage, c->state);
    leftover_free(&c->left[0], &c->octets);
    leftover_free(&c->left[1], &c->octets);
    if (c->octets || c->stage.octets || c->stage.tls.octets)
        abort();
    keylog_free(c->stage.tls.keys);
    free(c);
    return 0;
}

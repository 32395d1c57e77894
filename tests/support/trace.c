#include "support/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

enum { ETHERNET = 14, UDP = 8 };

static uint32_t get32(const uint8_t *p)
{
    uint32_t x;

    memcpy(&x, p, 4);
    return x;
}

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, size_t x)
{
    p[0] = (uint8_t)(x >> 8);
    p[1] = (uint8_t)x;
}

struct trace trace_read(const char *name)
{
    struct trace t = {0};
    char path[1024];
    uint8_t record[16];
    const char *testdata = getenv("TESTDATA");
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", testdata ? testdata : "testdata", name);
    f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s", path);
    ck_assert_uint_eq(fread(t.header, 1, sizeof t.header, f), sizeof t.header);
    t.unit = get32(t.header) == 0xa1b23c4d ? 1000000000 : 1000000;
    ck_assert(t.unit != 1000000 || get32(t.header) == 0xa1b2c3d4);
    ck_assert_uint_eq(get32(t.header + 20), 1);
    while (fread(record, 1, sizeof record, f) == sizeof record) {
        struct trace_packet p = {.time = get32(record) * t.unit + get32(record + 4),
                                 .n = get32(record + 8)};

        p.data = malloc(p.n + 1);
        ck_assert_uint_eq(fread(p.data, 1, p.n, f), p.n);
        t.v = realloc(t.v, (t.n + 1) * sizeof *t.v);
        t.v[t.n++] = p;
    }
    fclose(f);
    ck_assert(t.n > 0);
    return t;
}

void trace_write(const struct trace *t, const char *path)
{
    FILE *f = fopen(path, "wb");

    ck_assert_msg(f != NULL, "%s", path);
    fwrite(t->header, 1, sizeof t->header, f);
    for (size_t i = 0; i < t->n; i++) {
        uint32_t record[4] = {(uint32_t)(t->v[i].time / t->unit),
                              (uint32_t)(t->v[i].time % t->unit), t->v[i].n, t->v[i].n};

        fwrite(record, 1, sizeof record, f);
        fwrite(t->v[i].data, 1, t->v[i].n, f);
    }
    ck_assert_int_eq(fclose(f), 0);
}

void trace_free(struct trace *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->v[i].data);
    free(t->v);
}

static size_t ip_length(const struct trace_packet *p)
{
    return (size_t)(p->data[ETHERNET] & 15) * 4;
}

uint8_t *trace_payload(const struct trace_packet *p, size_t *n)
{
    size_t at;

    if (p->n < ETHERNET + 28 || get16(p->data + 12) != 0x0800 || p->data[ETHERNET + 9] != 17 ||
        (get16(p->data + ETHERNET + 6) & 0x3fff))
        return NULL;
    at = ETHERNET + ip_length(p);
    *n = get16(p->data + at + 4) - (size_t)UDP;
    return at + UDP + *n <= p->n ? p->data + at + UDP : NULL;
}

static uint16_t ip_checksum(const uint8_t *p, size_t n)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < n; i += 2)
        sum += get16(p + i);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

void trace_set_payload(struct trace_packet *p, const void *payload, size_t n)
{
    size_t ip = ip_length(p), at = ETHERNET + ip;
    uint8_t *data = malloc(at + UDP + n);

    memcpy(data, p->data, at + UDP);
    memcpy(data + at + UDP, payload, n);
    free(p->data);
    p->data = data;
    p->n = (uint32_t)(at + UDP + n);
    put16(data + at + 4, UDP + n);
    put16(data + at + 6, 0); /* no checksum */
    put16(data + ETHERNET + 2, ip + UDP + n);
    put16(data + ETHERNET + 10, 0);
    put16(data + ETHERNET + 10, ip_checksum(data + ETHERNET, ip));
}

static bool begins(const uint8_t *p, size_t n, const char *start)
{
    return n >= strlen(start) && memcmp(p, start, strlen(start)) == 0;
}

size_t trace_message(const struct trace *t, const char *start, const char *method, unsigned nth)
{
    for (size_t i = 0; i < t->n; i++) {
        size_t n;
        const uint8_t *p = trace_payload(&t->v[i], &n);
        const uint8_t *cseq = p ? memmem(p, n, "\r\nCSeq: ", 8) : NULL;
        const uint8_t *end = cseq ? memchr(cseq + 2, '\r', n - (size_t)(cseq + 2 - p)) : NULL;

        if (!end || !begins(p, n, start))
            continue;
        if (method && !memmem(cseq, (size_t)(end - cseq), method, strlen(method)))
            continue;
        if (nth-- == 0)
            return i;
    }
    return t->n;
}

bool trace_is_media(const struct trace_packet *p)
{
    size_t n;
    const uint8_t *payload = trace_payload(p, &n);
    const uint8_t *udp = payload ? payload - UDP : NULL;

    return payload && n > 12 && payload[0] >> 6 == 2 && get16(udp) > 1024 &&
           !(get16(udp + 2) & 1) && (payload[1] < 192 || payload[1] > 223);
}

uint32_t trace_source(const struct trace_packet *p)
{
    return (uint32_t)get16(p->data + ETHERNET + 12) << 16 | get16(p->data + ETHERNET + 14);
}

void trace_remove(struct trace *t, size_t i)
{
    free(t->v[i].data);
    memmove(&t->v[i], &t->v[i + 1], (t->n - i - 1) * sizeof *t->v);
    t->n--;
}

/* Few packets are out of order, and those that tie stay as they are. */
void trace_sort(struct trace *t)
{
    for (size_t i = 1; i < t->n; i++) {
        struct trace_packet p = t->v[i];
        size_t k = i;

        for (; k && t->v[k - 1].time > p.time; k--)
            t->v[k] = t->v[k - 1];
        t->v[k] = p;
    }
}

void trace_repeat(struct trace *t, size_t i, unsigned ms)
{
    struct trace_packet copy = t->v[i];

    copy.data = malloc(copy.n);
    memcpy(copy.data, t->v[i].data, copy.n);
    copy.time += ms * (t->unit / 1000);
    t->v = realloc(t->v, (t->n + 1) * sizeof *t->v);
    t->v[t->n++] = copy;
    trace_sort(t);
}

/* The message's Content-Length becomes that of its body. */
static void settle_length(struct trace_packet *p)
{
    size_t n;
    uint8_t *payload = trace_payload(p, &n);
    uint8_t *body = memmem(payload, n, "\r\n\r\n", 4);
    uint8_t *field = memmem(payload, n, "\r\nContent-Length:", 17), *end;
    char out[65536], number[32];
    size_t head, at;

    if (!body || !field || field > body)
        return;
    end = memchr(field + 2, '\r', n - (size_t)(field + 2 - payload));
    head = (size_t)(field + 17 - payload);
    at = (size_t)snprintf(number, sizeof number, " %zu", n - (size_t)(body + 4 - payload));
    memcpy(out, payload, head);
    memcpy(out + head, number, at);
    memcpy(out + head + at, end, n - (size_t)(end - payload));
    trace_set_payload(p, out, head + at + n - (size_t)(end - payload));
}

bool trace_replace(struct trace_packet *p, const char *text, const char *other, bool all)
{
    size_t n, at = 0, from = 0, length = strlen(text);
    const uint8_t *payload = trace_payload(p, &n), *hit;
    char out[65536];
    bool any = false;

    while ((all || !any) && (hit = memmem(payload + from, n - from, text, length))) {
        size_t before = (size_t)(hit - payload) - from;

        memcpy(out + at, payload + from, before);
        at += before;
        memcpy(out + at, other, strlen(other));
        at += strlen(other);
        from += before + length;
        any = true;
    }
    if (!any)
        return false;
    memcpy(out + at, payload + from, n - from);
    trace_set_payload(p, out, at + n - from);
    settle_length(p);
    return true;
}

uint32_t trace_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Builds packets by hand, from the payload outwards. */
#ifndef TESTS_NET_FRAME_H
#define TESTS_NET_FRAME_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/layer.h"
#include "net/plain.h"
#include "support/suite.h"

enum { FRAME_ROOM = 70000, FRAME_HEADERS = 2048 };

/* Octets at room[at] to room[end - 1]; headers go in front. */
struct frame {
    uint8_t room[FRAME_ROOM];
    size_t at, end;
};

static inline uint8_t *frame_data(struct frame *f)
{
    return f->room + f->at;
}

static inline size_t frame_size(const struct frame *f)
{
    return f->end - f->at;
}

/* A new frame that holds a payload alone. */
static inline void frame_payload(struct frame *f, const void *data, size_t n)
{
    ck_assert_uint_le(n, FRAME_ROOM - FRAME_HEADERS);
    f->at = FRAME_HEADERS;
    f->end = f->at + n;
    if (n)
        memmove(f->room + f->at, data, n); /* data may be the frame's own */
}

static inline void frame_text(struct frame *f, const char *text)
{
    frame_payload(f, text, strlen(text));
}

static inline uint8_t *frame_front(struct frame *f, size_t n)
{
    ck_assert_uint_ge(f->at, n);
    f->at -= n;
    memset(f->room + f->at, 0, n);
    return f->room + f->at;
}

/* Octets behind all there is: padding, a trailer. */
static inline void frame_back(struct frame *f, const void *data, size_t n)
{
    ck_assert_uint_le(n, FRAME_ROOM - f->end);
    memcpy(f->room + f->end, data, n);
    f->end += n;
}

static inline void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline void put32(uint8_t *p, uint32_t value)
{
    put16(p, value >> 16);
    put16(p + 2, value & 0xffff);
}

/* Puts octets written as hexadecimal digits in front; spaces are ignored. */
static inline void frame_hex(struct frame *f, const char *hex)
{
    uint8_t octets[256];
    size_t n = 0;

    for (; *hex; hex++) {
        char digits[3] = {hex[0], hex[1], 0};

        if (*hex == ' ')
            continue;
        ck_assert_uint_lt(n, sizeof octets);
        octets[n++] = (uint8_t)strtoul(digits, NULL, 16);
        hex++;
    }
    memcpy(frame_front(f, n), octets, n);
}

static inline void frame_udp(struct frame *f, unsigned src, unsigned dst)
{
    size_t n = frame_size(f) + 8;
    uint8_t *p = frame_front(f, 8);

    put16(p, src);
    put16(p + 2, dst);
    put16(p + 4, (unsigned)n);
}

static inline void frame_ip4(struct frame *f, unsigned protocol, const char *src, const char *dst)
{
    size_t n = frame_size(f) + 20;
    uint8_t *p = frame_front(f, 20);

    p[0] = 0x45;
    p[1] = 0xb8; /* DSCP 46 */
    put16(p + 2, (unsigned)n);
    p[8] = 64;
    p[9] = (uint8_t)protocol;
    ck_assert_int_eq(inet_pton(AF_INET, src, p + 12), 1);
    ck_assert_int_eq(inet_pton(AF_INET, dst, p + 16), 1);
}

static inline void frame_ip6(struct frame *f, unsigned protocol, const char *src, const char *dst)
{
    size_t n = frame_size(f);
    uint8_t *p = frame_front(f, 40);

    p[0] = 0x6b; /* traffic class 0xb8: DSCP 46 */
    p[1] = 0x80;
    put16(p + 4, (unsigned)n);
    p[6] = (uint8_t)protocol;
    p[7] = 63;
    ck_assert_int_eq(inet_pton(AF_INET6, src, p + 8), 1);
    ck_assert_int_eq(inet_pton(AF_INET6, dst, p + 24), 1);
}

static inline void frame_ethernet(struct frame *f, unsigned type)
{
    uint8_t *p = frame_front(f, 14);

    memcpy(p, "\x02\0\0\0\0\1\x02\0\0\0\0\2", 12);
    put16(p + 12, type);
}

/* "hello" from 10.0.0.1:5060 to 10.0.0.2:5070 in UDP and IPv4. */
static inline void frame_hello(struct frame *f)
{
    frame_text(f, "hello");
    frame_udp(f, 5060, 5070);
    frame_ip4(f, 17, "10.0.0.1", "10.0.0.2");
}

static inline struct packet frame_packet(struct frame *f, uint32_t link)
{
    return (struct packet){.data = frame_data(f),
                           .caplen = (uint32_t)frame_size(f),
                           .len = (uint32_t)frame_size(f),
                           .frame = 1,
                           .link = link,
                           .stable = true};
}

/* Whether the short way for plain media, if it takes the packet, says what the
 * general one says. */
static inline bool plain_agrees(const struct packet *packet, const struct decoded *decoded)
{
    const struct datagram *d = &decoded->datagram;
    struct datagram plain;

    memset(&plain, 0xff, sizeof plain);
    if (!net_plain_datagram(packet, &plain))
        return true;
    return decoded->kind == DECODED_DATAGRAM && plain.packet == d->packet &&
           addr_eq(&plain.src, &d->src) && addr_eq(&plain.dst, &d->dst) && plain.data == d->data &&
           plain.caplen == d->caplen && plain.len == d->len && plain.ip_bytes == d->ip_bytes &&
           plain.link_bytes == d->link_bytes && plain.transport == d->transport &&
           plain.dscp == d->dscp && plain.ttl == d->ttl && plain.ip_id == d->ip_id &&
           plain.stable == d->stable && plain.relayed == d->relayed &&
           plain.duplicate == d->duplicate;
}

/* Decodes from a block of exactly that size, so that a sanitizer sees every
 * octet read past it; the payload is copied to `payload`. */
struct frame_result {
    struct decoded decoded;
    struct packet packet;
    uint8_t payload[2048];
};

static inline void frame_decode_cut(struct frame *f, uint32_t link, size_t caplen,
                                    struct frame_result *r)
{
    uint8_t *block = malloc(caplen ? caplen : 1);
    struct datagram *d = &r->decoded.datagram;

    ck_assert_ptr_nonnull(block);
    memcpy(block, frame_data(f), caplen);
    r->packet = frame_packet(f, link);
    r->packet.data = block;
    r->packet.caplen = (uint32_t)caplen;
    net_decode(&r->packet, &r->decoded);
    ck_assert(plain_agrees(&r->packet, &r->decoded));
    if (r->decoded.kind != DECODED_OTHER && r->decoded.kind != DECODED_BAD) {
        size_t n = d->caplen < sizeof r->payload ? d->caplen : sizeof r->payload;

        ck_assert_uint_le(d->caplen, caplen);
        if (n)
            memcpy(r->payload, d->data, n);
    }
    d->data = r->payload;
    r->packet.data = NULL;
    free(block);
}

static inline void frame_decode(struct frame *f, uint32_t link, struct frame_result *r)
{
    frame_decode_cut(f, link, frame_size(f), r);
}

/* Asserts that the addresses are these, as addr_text() writes them. */
static inline void expect_addresses(const struct datagram *d, const char *src, const char *dst)
{
    char text[ADDR_TEXT];

    ck_assert_str_eq(addr_text(&d->src, text), src);
    ck_assert_str_eq(addr_text(&d->dst, text), dst);
}

/* Asserts that the frame holds what frame_hello() put into it. */
static inline void expect_hello(struct frame *f, uint32_t link)
{
    struct frame_result r;
    const struct datagram *d = &r.decoded.datagram;

    frame_decode(f, link, &r);
    ck_assert_int_eq(r.decoded.kind, DECODED_DATAGRAM);
    expect_addresses(d, "10.0.0.1:5060", "10.0.0.2:5070");
    ck_assert_int_eq(d->transport, NET_UDP);
    ck_assert_uint_eq(d->len, 5);
    ck_assert_uint_eq(d->caplen, 5);
    ck_assert_mem_eq(r.payload, "hello", 5);
    ck_assert_uint_eq(d->ip_bytes, 33);
    ck_assert_uint_eq(d->link_bytes, frame_size(f));
    /* Cut anywhere it is bad, of no interest, or a datagram cut short. */
    for (size_t n = 0; n < frame_size(f); n++) {
        frame_decode_cut(f, link, n, &r);
        if (r.decoded.kind == DECODED_DATAGRAM)
            ck_assert_uint_le(d->caplen, d->len);
    }
}

static inline void expect_kind(struct frame *f, uint32_t link, enum decoded_kind kind)
{
    struct frame_result r;

    frame_decode(f, link, &r);
    ck_assert_int_eq(r.decoded.kind, kind);
}

/* Runs the cases of one file. */
static inline int run_tests(const char *name, const TTest *const *tests, size_t count)
{
    TCase *t = tcase_create(name);

    for (size_t i = 0; i < count; i++)
        tcase_add_test(t, tests[i]);
    return run_suite(name, t);
}

#define RUN_TESTS(name, ...)                                                                       \
    int main(void)                                                                                 \
    {                                                                                              \
        const TTest *const tests[] = {__VA_ARGS__};                                                \
        return run_tests(name, tests, sizeof tests / sizeof tests[0]);                             \
    }

#endif

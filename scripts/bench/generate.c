/* Makes a capture to measure with: the same seed gives the same octets.
 *
 * A classic pcap of Ethernet, IPv4 and UDP.  Kinds:
 *   media  calls with two RTP streams each (G.711 and G.729 by turns, 20 ms),
 *          1 % of the packets lost, up to 5 ms of jitter
 *   flows  every packet a flow and an SSRC of its own
 *   flood  the same, with addresses, ports and SSRCs in step, as somebody would
 *          choose them who wants all keys to fall into one place of a table
 * A call is INVITE, 100, 180, 200, ACK, BYE, 200.  With --seconds 0.02 and many
 * calls, `media` is a capture of signalling.
 *
 * Standard output gets what the capture holds, a "name value" a line. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIP_PORT = 5060, RING_US = 50000, ANSWER_US = 500000, ACK_US = 520000, MEDIA_US = 530000 };

struct options {
    const char *kind, *path;
    uint64_t calls, concurrent, packets, seed;
    double seconds;
};

struct stream {
    uint32_t ssrc, start_ts;
    uint16_t start_seq;
    uint64_t next; /* number of the next packet, lost ones included */
};

struct call {
    uint64_t start; /* microseconds since the capture's begin */
    uint32_t ip[2]; /* caller, callee */
    uint16_t port[2];
    unsigned step; /* of the signalling, 0: INVITE */
    struct stream stream[2];
};

/* Something due: a call's next message (track 0) or next RTP packet of one of
 * its streams (track 1: from the caller, 2: from the callee). */
struct event {
    uint64_t time;
    uint32_t call, track;
};

static struct {
    uint64_t packets, octets, sip, rtp, lost, last_time;
} made;

static uint64_t random_state;

/* splitmix64 */
static uint64_t random_u64(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void put16(uint8_t *p, unsigned x)
{
    p[0] = (uint8_t)(x >> 8);
    p[1] = (uint8_t)x;
}

static void put32(uint8_t *p, uint32_t x)
{
    put16(p, x >> 16);
    put16(p + 2, x & 0xffff);
}

static unsigned ip_checksum(const uint8_t *header)
{
    unsigned sum = 0;

    for (int i = 0; i < 20; i += 2)
        sum += (unsigned)header[i] << 8 | header[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

/* Writes a record: the UDP payload in Ethernet and IPv4. */
static void write_packet(FILE *out, uint64_t time, const uint32_t ip[2], const uint16_t port[2],
                         const void *payload, size_t n)
{
    uint8_t head[16 + 14 + 20 + 8] = {0};
    uint8_t *ethernet = head + 16, *ipv4 = ethernet + 14, *udp = ipv4 + 20;
    uint32_t record[4] = {(uint32_t)(1700000000 + time / 1000000), (uint32_t)(time % 1000000),
                          (uint32_t)(42 + n), (uint32_t)(42 + n)};

    memcpy(head, record, sizeof record);
    put16(ethernet, 0x0200);
    put32(ethernet + 2, ip[1]);
    put16(ethernet + 6, 0x0200);
    put32(ethernet + 8, ip[0]);
    put16(ethernet + 12, 0x0800);
    ipv4[0] = 0x45;
    put16(ipv4 + 2, (unsigned)(28 + n));
    put16(ipv4 + 4, (unsigned)(made.packets & 0xffff));
    ipv4[8] = 64;
    ipv4[9] = 17;
    put32(ipv4 + 12, ip[0]);
    put32(ipv4 + 16, ip[1]);
    put16(ipv4 + 10, ip_checksum(ipv4));
    put16(udp, port[0]);
    put16(udp + 2, port[1]);
    put16(udp + 4, (unsigned)(8 + n));
    if (fwrite(head, sizeof head, 1, out) != 1 || fwrite(payload, n, 1, out) != 1)
        die("write");
    made.packets++;
    made.octets += 42 + n;
    made.last_time = time;
}

static const char *ip_text(uint32_t ip, char text[16])
{
    snprintf(text, 16, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
    return text;
}

static unsigned payload_type(uint32_t call)
{
    return call % 2 ? 18 : 0;
}

static int make_sdp(char *out, size_t room, const struct call *call, uint32_t number, int side)
{
    char ip[16];

    ip_text(call->ip[side], ip);
    return snprintf(out, room,
                    "v=0\r\no=- %u 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
                    "m=audio %u RTP/AVP %u\r\na=rtpmap:%u %s/8000\r\na=ptime:20\r\na=sendrecv\r\n",
                    number, ip, ip, call->port[side], payload_type(number), payload_type(number),
                    payload_type(number) ? "G729" : "PCMU");
}

/* The call's message of this step; true if the callee sends it. */
static bool make_message(char *out, size_t room, const struct call *call, uint32_t number,
                         int *length)
{
    static const char *const start[] = {
        "INVITE sip:", "SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK",
        "ACK sip:",    "BYE sip:",           "SIP/2.0 200 OK"};
    static const char *const method[] = {"INVITE", "INVITE", "INVITE", "INVITE",
                                         "ACK",    "BYE",    "BYE"};
    unsigned step = call->step;
    bool response = start[step][0] == 'S';
    bool tagged = step > 1;
    char a[16], b[16], line[96], to_tag[32] = "", body[512] = "", contact[64] = "";
    int body_length = 0;

    ip_text(call->ip[0], a);
    ip_text(call->ip[1], b);
    if (response)
        snprintf(line, sizeof line, "%s", start[step]);
    else
        snprintf(line, sizeof line, "%s2%06u@%s SIP/2.0", start[step], number, b);
    if (tagged)
        snprintf(to_tag, sizeof to_tag, ";tag=callee%u", number);
    if (step == 0 || step == 3) {
        body_length = make_sdp(body, sizeof body, call, number, step == 3);
        snprintf(contact, sizeof contact, "Contact: <sip:%u%06u@%s:5060>\r\n", step == 3 ? 2 : 1,
                 number, step == 3 ? b : a);
    }
    *length = snprintf(out, room,
                       "%s\r\nVia: SIP/2.0/UDP %s:5060;rport;branch=z9hG4bK%u-%u\r\n"
                       "%sFrom: \"User %u\" <sip:1%06u@%s>;tag=caller%u\r\n"
                       "To: <sip:2%06u@%s>%s\r\nCall-ID: %016" PRIx64 "-%u@%s\r\n"
                       "CSeq: %u %s\r\n%s%s%sContent-Length: %d\r\n\r\n%s",
                       line, a, number, step < 4 ? 0 : step == 4 ? 4 : 5,
                       response ? "" : "Max-Forwards: 70\r\n", number, number, a, number, number, b,
                       to_tag, (uint64_t)number * 0x9e3779b97f4a7c15u, number, a, step < 5 ? 1 : 2,
                       method[step], contact, response ? "" : "User-Agent: bench/1.0\r\n",
                       body_length ? "Content-Type: application/sdp\r\n" : "", body_length, body);
    return response;
}

static uint64_t send_message(FILE *out, struct call *call, uint32_t number, uint64_t time,
                             double seconds)
{
    static const uint16_t port[2] = {SIP_PORT, SIP_PORT};
    uint64_t media_end = MEDIA_US + (uint64_t)(seconds * 1e6) + 10000;
    uint64_t offset[] = {0, 2000, RING_US, ANSWER_US, ACK_US, media_end, media_end + 8000, 0};
    char text[2048];
    int length;
    bool from_callee = make_message(text, sizeof text, call, number, &length);
    uint32_t ip[2] = {call->ip[from_callee], call->ip[!from_callee]};

    write_packet(out, time, ip, port, text, (size_t)length);
    made.sip++;
    call->step++;
    return call->step < 7 ? call->start + offset[call->step] : 0;
}

/* One RTP packet, unless it is one of the lost; the time of the next, 0 after
 * the last. */
static uint64_t send_rtp(FILE *out, struct call *call, uint32_t number, unsigned side,
                         uint64_t time, uint64_t packets)
{
    struct stream *s = &call->stream[side];
    size_t octets = payload_type(number) ? 20 : 160;
    uint32_t ip[2] = {call->ip[side], call->ip[!side]};
    uint16_t port[2] = {call->port[side], call->port[!side]};
    uint8_t rtp[12 + 160];
    bool inner = s->next > 0 && s->next + 1 < packets;

    if (inner && random_u64() % 100 == 0) {
        made.lost++;
    } else {
        memset(rtp, (int)(random_u64() & 0xff), sizeof rtp);
        rtp[0] = 0x80;
        rtp[1] = (uint8_t)(payload_type(number) | (s->next ? 0 : 0x80));
        put16(rtp + 2, (s->start_seq + (unsigned)s->next) & 0xffff);
        put32(rtp + 4, s->start_ts + (uint32_t)s->next * 160);
        put32(rtp + 8, s->ssrc);
        write_packet(out, time, ip, port, rtp, 12 + octets);
        made.rtp++;
    }
    if (++s->next >= packets)
        return 0;
    return call->start + MEDIA_US + s->next * 20000 + random_u64() % 5000;
}

/* A binary heap of events, the earliest first; ties by call and track, so that
 * the order does not depend on how the heap came about. */
static struct event *heap;
static size_t heap_n;

static bool earlier(const struct event *a, const struct event *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    if (a->call != b->call)
        return a->call < b->call;
    return a->track < b->track;
}

static void heap_push(struct event e)
{
    size_t i = heap_n++;

    for (; i && earlier(&e, &heap[(i - 1) / 2]); i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = e;
}

/* Puts `e` in the place of the first, which is taken out. */
static void heap_replace(struct event e)
{
    size_t i = 0, child;

    while ((child = 2 * i + 1) < heap_n) {
        if (child + 1 < heap_n && earlier(&heap[child + 1], &heap[child]))
            child++;
        if (!earlier(&heap[child], &e))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = e;
}

static struct call *make_calls(const struct options *o)
{
    struct call *calls = calloc(o->calls, sizeof *calls);
    uint64_t apart = (uint64_t)((o->seconds + 0.55) * 1e6) / o->concurrent;

    if (!calls)
        die("memory");
    for (uint32_t i = 0; i < o->calls; i++) {
        struct call *c = &calls[i];

        c->start = i * apart;
        c->ip[0] = 0x0a000000u + 1 + i % 60000;
        c->ip[1] = 0x0a640000u + 1 + i % 50000;
        c->port[0] = (uint16_t)(10000 + i * 2 % 50000);
        c->port[1] = (uint16_t)(10000 + i * 6 % 50000);
        for (int s = 0; s < 2; s++)
            c->stream[s] = (struct stream){.ssrc = (uint32_t)random_u64(),
                                           .start_ts = (uint32_t)random_u64(),
                                           .start_seq = (uint16_t)random_u64()};
    }
    return calls;
}

static void make_media(FILE *out, const struct options *o)
{
    struct call *calls = make_calls(o);
    uint64_t packets = (uint64_t)(o->seconds * 50 + 0.5);

    heap = calloc(o->calls * 3, sizeof *heap);
    if (!heap)
        die("memory");
    for (uint32_t i = 0; i < o->calls; i++) {
        heap_push((struct event){calls[i].start, i, 0});
        for (uint32_t track = 1; packets && track <= 2; track++)
            heap_push((struct event){calls[i].start + MEDIA_US + track * 100, i, track});
    }
    while (heap_n) {
        struct event e = heap[0];
        struct call *c = &calls[e.call];

        e.time = e.track ? send_rtp(out, c, e.call, e.track - 1, e.time, packets)
                         : send_message(out, c, e.call, e.time, o->seconds);
        if (e.time)
            heap_replace(e);
        else if (--heap_n)
            heap_replace(heap[heap_n]);
    }
    free(heap);
    free(calls);
}

/* Packets that look like RTP, no two of one flow. */
static void make_flows(FILE *out, const struct options *o, bool in_step)
{
    uint8_t rtp[12 + 20] = {0x80};

    for (uint64_t i = 0; i < o->packets; i++) {
        uint64_t x = in_step ? i << 16 : random_u64();
        uint32_t ip[2] = {0x0a000000u | (uint32_t)(x >> 16 & 0xffffff),
                          in_step ? 0x0aff0000u ^ (uint32_t)(x >> 16 & 0xffffff) : 0x0b000001u};
        uint16_t port[2] = {(uint16_t)(in_step ? 16384 : 1024 + (x & 0x7fff)), 20000};

        rtp[1] = 8;
        put16(rtp + 2, (unsigned)(i & 0xffff));
        put32(rtp + 4, (uint32_t)(i * 160));
        put32(rtp + 8, (uint32_t)(in_step ? i << 20 : x >> 32));
        write_packet(out, i * 20, ip, port, rtp, sizeof rtp);
        made.rtp++;
    }
}

static void usage(void)
{
    fputs("usage: generate [--kind media|flows|flood] [--calls N] [--seconds S]\n"
          "                [--concurrent N] [--packets N] [--seed N] FILE\n",
          stderr);
    exit(2);
}

static struct options read_options(int argc, char **argv)
{
    struct options o = {.kind = "media", .calls = 5000, .concurrent = 1000, .packets = 1000000,
                        .seed = 1, .seconds = 10};

    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];

        if (strncmp(name, "--", 2) != 0) {
            o.path = name;
            continue;
        }
        if (++i == argc)
            usage();
        if (strcmp(name, "--kind") == 0)
            o.kind = argv[i];
        else if (strcmp(name, "--calls") == 0)
            o.calls = strtoull(argv[i], NULL, 10);
        else if (strcmp(name, "--concurrent") == 0)
            o.concurrent = strtoull(argv[i], NULL, 10);
        else if (strcmp(name, "--packets") == 0)
            o.packets = strtoull(argv[i], NULL, 10);
        else if (strcmp(name, "--seed") == 0)
            o.seed = strtoull(argv[i], NULL, 10);
        else if (strcmp(name, "--seconds") == 0)
            o.seconds = strtod(argv[i], NULL);
        else
            usage();
    }
    if (!o.path || o.calls < 1 || o.calls > 1000000 || o.concurrent < 1)
        usage();
    return o;
}

int main(int argc, char **argv)
{
    /* Version 2.4, snaplen 262144, Ethernet; microseconds, this machine's order. */
    static const uint32_t header[6] = {0xa1b2c3d4u, 2 | 4 << 16, 0, 0, 262144, 1};
    struct options o = read_options(argc, argv);
    FILE *out = fopen(o.path, "wb");

    if (!out)
        die(o.path);
    setvbuf(out, NULL, _IOFBF, 1 << 20);
    random_state = o.seed;
    if (fwrite(header, sizeof header, 1, out) != 1)
        die(o.path);
    if (strcmp(o.kind, "media") == 0)
        make_media(out, &o);
    else if (strcmp(o.kind, "flows") == 0 || strcmp(o.kind, "flood") == 0)
        make_flows(out, &o, o.kind[2] == 'o' && o.kind[3] == 'o');
    else
        usage();
    if (fclose(out) != 0)
        die(o.path);
    printf("packets %" PRIu64 "\nbytes %" PRIu64 "\nsip %" PRIu64 "\nrtp %" PRIu64
           "\nlost %" PRIu64 "\ncalls %" PRIu64 "\n",
           made.packets, made.octets, made.sip, made.rtp, made.lost,
           strcmp(o.kind, "media") == 0 ? o.calls : 0);
    return 0;
}

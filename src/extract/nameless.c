/* Owns what an extract without names takes from the model. */
#include "extract/nameless.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "extract/again.h"
#include "rtp/video.h"

enum { NO_VIDEO = 0xff };

/* The same packets make the same key; who has not got them cannot make it. */
static int key_of_packets(const struct fosip_analysis *analysis, uint8_t key[32],
                          struct fosip_error *err)
{
    struct capture *capture;
    struct keyed_digest *digest;
    struct packet packet;
    int r = again_open(analysis, NULL, NULL, &capture, err);

    if (r < 0)
        return r;
    digest = keyed_digest_new();
    while (digest && capture_next(capture, &packet)) {
        uint64_t head[2] = {(uint64_t)packet.time, packet.caplen};

        keyed_digest_add(digest, head, sizeof head);
        keyed_digest_add(digest, packet.data, packet.caplen);
    }
    capture_close(capture);
    if (!digest)
        return error_set(err, -ENOMEM, "not enough memory");
    keyed_digest_end(digest, key);
    return 0;
}

static int add_party(struct words *words, const struct party *party)
{
    return words_name(words, party->display) < 0 || words_name(words, party->user) < 0 ||
                   words_name(words, party->host) < 0
               ? -ENOMEM
               : 0;
}

static int add_names(struct nameless *n)
{
    const struct call_table *calls = n->analysis->calls;
    int r = 0;

    for (size_t i = 0; r == 0 && i < call_count(calls); i++) {
        const struct call *call = call_at(calls, i);

        r = add_party(n->anonymize.words, &call->from);
        if (r == 0)
            r = add_party(n->anonymize.words, &call->to);
    }
    return r;
}

static int find_video(struct nameless *n)
{
    struct stream_table *streams = n->analysis->streams;
    size_t count = stream_count(streams);
    struct stream_figures figures;

    n->video = calloc(count + 1, sizeof *n->video);
    if (!n->video)
        return -ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        stream_figures(stream_at(streams, stream_place(streams, i)), &figures);
        n->video[i] = slice_ieq(figures.media, SLICE("video")) ? (uint8_t)video_codec(figures.codec)
                                                               : NO_VIDEO;
    }
    return 0;
}

/* The shortest beginning by which a frame is told to be a key frame, or not to be. */
static size_t video_head(void *ctx, const struct datagram *d, const uint8_t *payload, size_t n)
{
    enum { SHORTEST = 24 };
    const struct nameless *x = ctx;
    struct stream_table *streams = x->analysis->streams;
    size_t kept = SHORTEST;
    struct stream_look look;
    uint32_t number = STREAM_NO_NUMBER;

    if (stream_look(streams, d, &look))
        number = stream_number(streams, &look);
    if (number == STREAM_NO_NUMBER || x->video[number] == NO_VIDEO)
        return 0;
    while (kept < n && video_is_key(x->video[number], payload, kept) !=
                           video_is_key(x->video[number], payload, n))
        kept *= 2;
    return kept < n ? kept : n;
}

static int init(struct nameless *n, const void *key, size_t length, struct fosip_error *err)
{
    int r = anonymize_init(&n->anonymize, key, length);

    if (r == 0)
        r = add_names(n);
    if (r == 0)
        r = find_video(n);
    if (r < 0)
        return error_set(err, r, "not enough memory");
    n->anonymize.video_head = video_head;
    n->anonymize.ctx = n;
    return 0;
}

int nameless_open(struct nameless *n, const struct fosip_analysis *analysis, const char *key,
                  struct fosip_error *err)
{
    uint8_t made[32];
    int r;

    *n = (struct nameless){.analysis = analysis};
    if (!keyed_available())
        return error_set(err, -ENOTSUP,
                         "anonymizing needs OpenSSL, without which this fosip was built");
    if (key)
        return init(n, key, strlen(key), err);
    r = key_of_packets(analysis, made, err);
    return r < 0 ? r : init(n, made, sizeof made, err);
}

void nameless_close(struct nameless *n)
{
    anonymize_free(&n->anonymize);
    free(n->video);
    n->video = NULL;
}

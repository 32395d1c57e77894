/* Frames of video: all packets of one have the same timestamp (RFC 3551 §5, and
 * each payload format), and one frame follows another as timestamps go on. */
#include <math.h>

#include "stream/state.h"

enum video_codec video_format(const struct rtp_map *map, const struct rtp_format *format)
{
    const char *media = format ? rtp_static_media(format->pt) : NULL;

    if (!format || !(map && map->media.n ? slice_ieq(map->media, SLICE("video"))
                                         : media && strcmp(media, "video") == 0))
        return VIDEO_NONE;
    return video_codec(format->codec);
}

static void note_frame(struct video *v, const struct arrival *a)
{
    if (!v->frames++)
        v->first = a->time;
    v->last = a->time;
    v->timestamp = a->timestamp;
    v->is_key = false;
}

static void note_key(struct video *v, const struct arrival *a)
{
    if (v->keys++ && a->time - v->last_key > v->longest)
        v->longest = a->time - v->last_key;
    v->last_key = a->time;
    v->is_key = true;
}

void video_add(struct stream *s, const struct arrival *a, enum order order,
               const uint8_t *payload, size_t n)
{
    struct cold *cold = stream_cold(s);
    struct video *v = cold ? &cold->video : NULL;

    if (!v || order == ORDER_STRAY || order == ORDER_DUPLICATE)
        return;
    if (!v->frames || order == ORDER_RESET || (int32_t)(a->timestamp - v->timestamp) > 0)
        note_frame(v, a);
    if (a->timestamp != v->timestamp || v->is_key || s->format.hidden)
        return;
    v->readable = v->readable || (n && s->format.video > VIDEO_OTHER);
    if (video_is_key((enum video_codec)s->format.video, payload, n))
        note_key(v, a);
}

void video_figures(const struct stream *s, struct stream_video *out)
{
    const struct video *v = s->cold ? &s->cold->video : NULL;
    double lasted = v ? (double)(v->last - v->first) / 1e9 : 0;

    *out = (struct stream_video){.rate = NAN, .key_interval_s = NAN};
    if (!v || !v->frames)
        return;
    out->frames = v->frames;
    out->keys_known = v->readable;
    out->keys = v->keys;
    if (lasted > 0)
        out->rate = (double)(v->frames - 1) / lasted;
    if (v->keys > 1)
        out->key_interval_s = (double)v->longest / 1e9;
}

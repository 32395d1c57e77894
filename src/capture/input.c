#include "capture/input.h"

#include <stdlib.h>
#include <string.h>

#include "capture/decompress.h"

struct input *input_new(const char *path, const struct capture_options *options)
{
    struct input *in = calloc(1, sizeof *in);

    if (!in)
        return NULL;
    in->reader.source.fd = -1;
    in->path = strdup(path);
    if (!in->path) {
        free(in);
        return NULL;
    }
    in->reader.path = in->path;
    reader_clear(&in->reader);
    if (options) {
        in->reader.secrets = options->secrets;
        in->reader.secrets_ctx = options->secrets_ctx;
    }
    return in;
}

void input_free(struct input *in)
{
    source_close(&in->reader.source);
    reader_clear(&in->reader);
    free(in->path);
    free(in);
}

void input_open(struct input *in)
{
    struct reader *r = &in->reader;
    struct fosip_error err;

    if (source_open(&r->source, in->path, &err) < 0) {
        r->problem = strdup(err.text);
        r->damaged = true;
        return;
    }
    in->compression = decompress_name(&r->source);
    in->size = r->source.size;
    in->usable = reader_start(r) == 0;
    in->stable = r->source.stable;
    in->log = in->usable && r->text;
    in->foreign = !in->usable && !r->format && !r->source.trouble[0];
    if (!in->usable)
        source_close(&r->source);
}

/* What a log needs is large, and there may be many. */
static void let_go_of_log(struct reader *r)
{
    free(r->text);
    r->text = NULL;
}

bool input_next(struct input *in, struct packet *packet)
{
    struct reader *r = &in->reader;

    if (!r->next(r, packet)) {
        if (!in->stable)
            source_close(&r->source);
        let_go_of_log(r);
        return false;
    }
    reader_account(r, packet);
    packet->stable = in->stable;
    packet->file = in->number;
    return true;
}

size_t input_some(struct input *in, struct packet *packets, size_t most, uint64_t frame)
{
    struct packet like = {.frame = frame, .file = in->number, .stable = true};

    if (in->reader.some && in->stable)
        return in->reader.some(&in->reader, packets, most, &like);
    if (!input_next(in, packets))
        return 0;
    packets->frame = frame + 1;
    return 1;
}

bool input_peek(struct input *in)
{
    if (!input_next(in, &in->head))
        return false;
    in->first = in->reader.last_time;
    in->resting = !in->stable && source_rewind(&in->reader.source);
    if (in->resting)
        let_go_of_log(&in->reader);
    return true;
}

bool input_wake(struct input *in)
{
    in->resting = false;
    reader_clear(&in->reader);
    return reader_start(&in->reader) == 0 && input_next(in, &in->head);
}

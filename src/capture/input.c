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

void input_record(const struct packet *packet, struct capture_run *run)
{
    run->ask = run->ask_end = NULL;
    run->ask_each = 0;
    run->begin = (uintptr_t)packet->data - packet->offset;
    run->file = packet->file;
    run->stable = packet->stable;
    reader_begin_run(run, packet);
    reader_add_to_run(run, packet);
}

/* What follows the run's records, which began there, is asked for: as much as they took. */
static void ask_ahead(struct input *in, struct capture_run *run, const uint8_t *began)
{
    enum { LEAST = 4096, PAGES = 65536 }; /* some pages come at once when one is touched */
    const struct source *s = &in->reader.source;
    size_t took = (size_t)(s->at - began), left = (size_t)(s->end - s->at);
    const uint8_t *end, *touch;

    took = took > LEAST ? took : LEAST;
    run->ask = in->asked < s->at || in->asked > s->end ? s->at : in->asked;
    run->ask_end = run->ask;
    end = s->at + (took < left ? took : left);
    run->ask_each = end > run->ask ? (size_t)(end - run->ask) / run->n + 1 : 0;
    in->asked = end;
    touch = end - ((uintptr_t)end & (PAGES - 1));
    if (touch >= run->ask && touch < s->end)
        (void)*(const volatile uint8_t *)touch;
}

bool input_some(struct input *in, struct capture_run *run)
{
    const uint8_t *began;
    struct packet packet;

    if (in->reader.some && in->stable) {
        run->file = in->number;
        run->stable = true;
        run->begin = (uintptr_t)in->reader.source.at - source_offset(&in->reader.source);
        began = in->reader.source.at;
        if (!in->reader.some(&in->reader, run))
            return false;
        ask_ahead(in, run, began);
        return true;
    }
    if (!input_next(in, &packet))
        return false;
    input_record(&packet, run);
    return true;
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

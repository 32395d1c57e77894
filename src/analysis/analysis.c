/* The public entry: opens the capture, runs the pipeline, owns the model. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fax.h"
#include "analysis/ice.h"
#include "analysis/model.h"
#include "analysis/nat.h"
#include "analysis/pipeline.h"
#include "base/error.h"
#include "rtp/sdes.h"

const char *fosip_version(void)
{
    return FOSIP_VERSION;
}

int fosip_analyse(struct fosip_analysis **out, const struct fosip_options *options,
                  const char *const *paths, size_t count, struct fosip_error *err)
{
    struct capture_options how = {.filter = options ? options->filter : NULL,
                                  .secrets = secrets_add};
    struct fosip_analysis *a = calloc(1, sizeof *a);
    int r = 0;

    if (!a)
        return error_set(err, -ENOMEM, "not enough memory");
    if (options && options->srtp && !sdes_library()) {
        free(a);
        return error_set(err, -ENOTSUP, "decrypting SRTP needs libsrtp2, which was not found");
    }
    how.secrets_ctx = &a->secrets;
    how.ahead = !options || options->threads != 1;
    if (options && options->tls_keys)
        r = secrets_read(&a->secrets, options->tls_keys, err);
    if (r == 0)
        r = capture_open(&a->capture, &how, paths, count, err);
    if (r < 0) {
        secrets_free(&a->secrets);
        free(a);
        return r;
    }
    if (how.filter)
        a->filter = strdup(how.filter);
    r = how.filter && !a->filter ? -ENOMEM : pipeline_run(a, options);
    if (r < 0) {
        fosip_free(a);
        return error_set(err, r, "not enough memory for this capture");
    }
    *out = a;
    return 0;
}

void fosip_free(struct fosip_analysis *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->findings.n; i++)
        free(a->findings.v[i].text);
    vec_free(&a->findings);
    free(a->one_way);
    free(a->same_ssrc);
    vec_free(&a->h323_keys);
    gaps_free(&a->gaps);
    icmp_table_free(a->icmp);
    ice_table_free(a->ice);
    nat_table_free(a->nat);
    fax_table_free(a->faxes);
    vec_free(&a->encrypted);
    secrets_free(&a->secrets);
    call_table_free(a->calls);
    stream_table_free(a->streams);
    free(a->call_ids);
    free(a->stream_ids);
    if (!a->is_part)
        capture_close(a->capture);
    free(a->filter);
    free(a);
}

uint32_t model_call_id(const struct fosip_analysis *a, uint32_t call)
{
    return a->call_ids && call != CALL_NONE ? a->call_ids[call] : call;
}

uint32_t model_stream_id(const struct fosip_analysis *a, uint32_t stream)
{
    if (!a->stream_ids || stream == CALL_NONE)
        return stream;
    return a->stream_ids[stream_number_of(stream_at(a->streams, stream))];
}

size_t fosip_readable(const struct fosip_analysis *a)
{
    return capture_readable(a->capture);
}

bool fosip_file(const struct fosip_analysis *a, size_t i, struct fosip_file *out)
{
    struct capture_file file;

    if (i >= capture_file_count(a->capture))
        return false;
    file = capture_file(a->capture, i);
    *out = (struct fosip_file){
        .path = file.path,
        .format = file.format,
        .compression = file.compression,
        .comment = file.comment,
        .problem = file.problem,
        .packets = file.packets,
        .bytes = file.bytes,
        .backwards = file.backwards,
        .packet_comments = file.packet_comment_count,
        .dropped = file.dropped,
        .accepted = file.accepted,
    };
    return true;
}

const char *fosip_problem(const struct fosip_analysis *a, size_t i, bool *damaged)
{
    for (size_t f = 0; f < capture_file_count(a->capture); f++) {
        struct capture_file file = capture_file(a->capture, f);

        if (!file.problem || i--)
            continue;
        *damaged = file.damaged;
        return file.problem;
    }
    return NULL;
}

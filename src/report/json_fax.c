/* Faxes of a call, or of none, as JSON. */
#include "analysis/fax.h"
#include "report/json.h"
#include "rtp/udptl.h"

static void modem(struct json *j, const struct fax *f)
{
    if (!f->any_data) {
        json_null(j, "modem");
        json_null(j, "modem_bps");
        return;
    }
    json_name(j, "modem", t38_modem_name(f->modem));
    json_count(j, "modem_bps", t38_modem_rate(f->modem));
}

static void fax(struct json *j, const struct fosip_analysis *a, const struct fax *f)
{
    json_open(j, NULL);
    json_name(j, "by", f->call == CALL_NONE ? NULL : call_side_name(f->by));
    json_name(j, "found_by", f->guessed ? "heuristic" : "sdp");
    json_address(j, "src", &f->src);
    json_address(j, "dst", &f->dst);
    json_time(j, "start_time", f->start);
    json_time(j, "end_time", f->end);
    json_count(j, "frame", f->frame);
    json_count(j, "packets", f->packets);
    json_count(j, "expected", f->expected);
    json_count(j, "lost", f->lost);
    json_count(j, "recovered", f->recovered);
    json_count(j, "duplicates", f->duplicates);
    json_count(j, "malformed", f->malformed);
    json_count(j, "payload_bytes", f->payload_bytes);
    json_name(j, "error_correction", f->fec ? "fec" : f->most_copies ? "redundancy" : NULL);
    json_count(j, "copies", f->most_copies);
    json_count(j, "pages", f->pages);
    modem(j, f);
    json_boolean(j, "ecm", f->ecm);
    json_boolean(j, "disconnected", f->disconnected);
    json_id(j, "audio_stream", model_stream_id(a, f->audio));
    json_ms(j, "switch_ms", f->audio == CALL_NONE ? -1 : f->switched_after);
    json_close(j);
}

void json_fax(struct json *j, const struct fosip_analysis *a, uint32_t call)
{
    size_t first, count = fax_of_call(a->faxes, call, &first);

    json_list(j, "fax");
    for (size_t i = first; i < first + count; i++)
        fax(j, a, fax_at(a->faxes, i));
    json_end(j);
}

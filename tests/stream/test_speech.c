/* Speech is not taken for keys: every G.711 stream of the bundled captures that
 * no tones were put into is listened to, and nothing may be heard. */
#include "suite.h"

#include "analysis/model.h"

static const char *const captures[] = {
    "testdata/36n_dup_1.pcap",         "testdata/36p_reorder_2.pcap",
    "testdata/36g_burst_5.pcap",       "testdata/36x_seq_wrap.pcap",
    "testdata/01a_basic_caller_bye.pcap", "testdata/02a_callee_bye.pcap",
    "testdata/31o_dtx_pcmu.pcap",      "testdata/11a_hold.pcap",
    "testdata/33a_rtcp_mux.pcap",      "testdata/08a_delayed_offer.pcap",
};

static double listen_to(const char *path)
{
    struct fosip_analysis *a = NULL;
    struct fosip_error err;
    double heard_s = 0;

    ck_assert_int_eq(fosip_analyse(&a, NULL, &path, 1, &err), 0);
    for (size_t i = 0; i < stream_count(a->streams); i++) {
        const struct stream *s = stream_at(a->streams, i);
        const struct stream_digit *digits;
        struct stream_figures f;

        ck_assert_msg(stream_digits(s, &digits) == 0, "%s: key %c", path, digits[0].digit);
        stream_figures(s, &f);
        if (slice_eq(f.codec, SLICE("PCMU")) || slice_eq(f.codec, SLICE("PCMA")))
            heard_s += f.duration_s;
    }
    fosip_free(a);
    return heard_s;
}

START_TEST(no_key_in_speech)
{
    double heard_s = 0;

    for (size_t i = 0; i < sizeof captures / sizeof captures[0]; i++)
        heard_s += listen_to(captures[i]);
    ck_assert_double_gt(heard_s, 300); /* five minutes and more */
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("speech");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, no_key_in_speech);
    return run_suite("speech", t);
}

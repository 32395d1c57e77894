/* Findings on captures whose course is known (testdata/README.md): what was made
 * to go wrong is said, and nothing is said where nothing was. */
#include "analysis/findings.h"

#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

static const struct {
    const char *file;
    const char *rules; /* in order, parted by blanks */
    const char *text;  /* part of the first one's sentence */
} known[] = {
    /* Calls in which nothing went wrong: through a proxy, cancelled by the
     * caller, forked, held and resumed, challenged with 407; over TCP, in
     * fragments, with G.722 and with silence suppression. */
    {"01a_basic_caller_bye.pcap", "", ""},
    {"02a_callee_bye.pcap", "", ""},
    {"03a_cancel.pcap", "", ""},
    {"07a_fork_cancel.pcap", "", ""},
    {"08a_delayed_offer.pcap", "", ""},
    {"11a_hold.pcap", "", ""},
    {"18a_sip_tcp.pcap", "", ""},
    {"22a_ip_fragments.pcap", "", ""},
    {"31a_g722.pcap", "", ""},
    {"31o_dtx_pcmu.pcap", "", ""},
    {"33a_rtcp_mux.pcap", "", ""},
    {"44e_invite_auth_407.pcap", "", ""},
    /* A mirror's duplicates and reordering are no loss. */
    {"36n_dup_1.pcap", "", ""},
    {"36p_reorder_2.pcap", "", ""},
    {"04a_busy.pcap", "call-rejected", "486 Busy Here"},
    {"05a_notfound.pcap", "call-rejected", "404 Not Found"},
    {"06a_noanswer_408.pcap", "call-failed", "408 Request Timeout"},
    {"22d_fragment_lost.pcap", "fragments-missing start-not-captured",
     "begins with \"INVITE sip:ivr@10.77.0.12:5060 SIP/2.0\" (frame 1)"},
    {"28a_snaplen_96.pcap", "packets-cut", "839 packets (snap length): 21 SIP messages are cut"},
    {"43ze_pcapng_two_sections.pcapng", "captured-twice time-runs-backwards", "6 SIP messages"},
    {"29e_starts_mid_call.pcap", "start-not-captured media-before-capture", ""},
    {"29f_ends_mid_call.pcap", "end-not-captured", ""},
    /* 100 of 1,951 packets and 102 of 1,951 were taken out, in bursts. */
    {"36g_burst_5.pcap",
     "packet-loss loss-burst loss-of-the-capture packet-loss loss-burst loss-of-the-capture",
     "(100 of 1951)"},
    /* 70 of 740 packets were lost by a relay behind the point of capture. */
    {"33f_relay_oneway_loss8_at_caller.pcap", "lost-after-capture",
     "70 packets from the caller (9.46 %) passed here and did not reach 192.168.80.22"},
    {"37g_wrong_payload_type.pcap", "payload-type-not-negotiated",
     "type 0 (PCMU), which the receiver's session description does not allow, only 8 (PCMA)."},
    {"31q_cn_pcma.pcap", "payload-type-not-negotiated",
     "31 packets from the caller have payload type 13 (CN)"},
    {"37i_late_media.pcap", "late-media", "begins only 3.0 s after the answer"},
    {"37a_oneway_callee_silent.pcap", "one-way-audio", "none from the callee"},
    /* RTP to a port where nothing listened (its RTCP, too, which harms nobody). */
    {"37d_closed_port_icmp.pcap", "one-way-audio icmp-unreachable", ""},
    /* A phone behind a NAT that told its private address, from both sides of the NAT;
     * with STUN; and with a callee that answers to where the media comes from. */
    {"35a_nat_broken_inside.pcap", "nat-private-address one-way-audio",
     "private address 192.168.71.146, where the other side cannot reach it: no audio came back"},
    {"35a_nat_broken_outside.pcap", "nat-private-address icmp-unreachable",
     "The caller is behind a NAT (its signalling comes from 10.77.0.1) and asked for media at its "
     "private address 192.168.71.146, where the other side cannot reach it: 441 packets"},
    {"35d_nat_stun_inside.pcap", "dscp-differs", ""},
    {"35i_nat_latched_outside.pcap", "", ""},
    {"38a_invite_retransmitted.pcap", "request-retransmitted", "INVITE was sent 3 times"},
    {"38c_ack_lost.pcap", "ack-late", "sent 5 times"},
    {"15b_options_silent.pcap", "request-retransmitted",
     "was sent 11 times within 31.5 s and no response was captured: 192.168.80.12 did not"},
    /* Without their RTP: from phone to phone, and through a B2BUA. */
    {"09a_blind_transfer_sip.pcap", "no-media no-media",
     "10.77.0.11:4000 (caller) and 10.77.0.12:4000 (callee), and what goes between them does not "
     "pass the point of capture (flow-around: media goes directly, not through 10.77.0.5"},
    {"34c_b2bua_flow_through_sip.pcap", "no-media no-media",
     "172.20.5.11:4000 (caller) and 172.20.5.5:8000 (callee), and what goes between them does not "
     "pass the point of capture, or was never sent."},
};

static struct fosip_analysis *analyse_with(const char *file, const char *filter)
{
    const char *folder = getenv("TESTDATA");
    struct fosip_options options = {.filter = filter};
    struct fosip_analysis *a;
    struct fosip_error err;
    char text[4096];
    const char *path = text;

    snprintf(text, sizeof text, "%s/%s", folder ? folder : "testdata", file);
    ck_assert_int_eq(fosip_analyse(&a, &options, &path, 1, &err), 0);
    return a;
}

static struct fosip_analysis *analyse(const char *file)
{
    return analyse_with(file, NULL);
}

/* The first finding by that rule, NULL without one. */
static const struct finding *find(const struct fosip_analysis *a, const char *rule)
{
    for (size_t i = 0; i < a->findings.n; i++)
        if (strcmp(a->findings.v[i].rule, rule) == 0)
            return &a->findings.v[i];
    return NULL;
}

START_TEST(known_course)
{
    struct fosip_analysis *a = analyse(known[_i].file);
    char rules[1024] = "";

    for (size_t i = 0; i < a->findings.n; i++) {
        const struct finding *f = &a->findings.v[i];

        if (i)
            strncat(rules, " ", sizeof rules - strlen(rules) - 1);
        strncat(rules, f->rule, sizeof rules - strlen(rules) - 1);
        ck_assert_int_eq(f->text[strlen(f->text) - 1], '.');
    }
    ck_assert_msg(strcmp(rules, known[_i].rules) == 0, "%s: want '%s', got '%s'", known[_i].file,
                  known[_i].rules, rules);
    if (*known[_i].text)
        ck_assert_msg(strstr(a->findings.v[0].text, known[_i].text) != NULL, "%s: no '%s' in '%s'",
                      known[_i].file, known[_i].text, a->findings.v[0].text);
    fosip_free(a);
}
END_TEST

/* Every message of RFC 4475 §3.1.2 breaks the grammar and is said to. */
START_TEST(broken_messages_are_named)
{
    struct fosip_analysis *a = analyse("43b_rfc4475_invalid.pcap");
    size_t malformed = 0;

    for (size_t i = 0; i < a->findings.n; i++)
        malformed += strcmp(a->findings.v[i].rule, "malformed-message") == 0;
    ck_assert_uint_eq(malformed, 19);
    fosip_free(a);
}
END_TEST

/* 10 of the 12 ICMP errors of the capture are about RTP to port 41000, the first in
 * frame 10, the others about its RTCP. */
START_TEST(refused_audio)
{
    struct fosip_analysis *a = analyse("37d_closed_port_icmp.pcap");
    const struct finding *f = &a->findings.v[1];

    ck_assert_uint_eq(a->findings.n, 2);
    ck_assert_int_eq(f->severity, FINDING_ERROR);
    ck_assert_str_eq(f->text, "10.77.0.12 answered that nothing listens on UDP port 41000: the "
                              "audio (RTP) that 10.77.0.11 sent there was refused at least 10 "
                              "times, first said in frame 10.");
    ck_assert_uint_eq(f->call, 0);
    ck_assert_uint_eq(f->stream, 0);
    ck_assert_uint_eq(f->frame_count, 6);
    ck_assert_uint_eq(f->frames[0], 10);
    ck_assert_uint_eq(f->frames[5], 115);
    ck_assert_uint_eq(icmp_count_of_stream(a->icmp, 0, 0), 12);
    fosip_free(a);
}
END_TEST

/* Half of a call taken away by a filter, as a mirror port set to one way does: said
 * once, and nothing is taken for unanswered.  A host that is silent is another matter. */
START_TEST(one_direction)
{
    static const char *const filters[] = {"src host 10.77.0.11", "src host 10.77.0.12"};
    const struct finding *f;
    struct fosip_analysis *a;

    for (unsigned i = 0; i < 2; i++) {
        a = analyse_with("36g_burst_5.pcap", filters[i]);
        f = find(a, "one-direction-captured");
        ck_assert_ptr_nonnull(f);
        ck_assert_ptr_nonnull(strstr(f->text, i ? "between 10.77.0.12 and 10.77.0.11: 4 SIP"
                                                : "between 10.77.0.11 and 10.77.0.12: 3 SIP"));
        ck_assert_ptr_null(find(a, "request-unanswered"));
        ck_assert_ptr_null(find(a, "ack-missing"));
        fosip_free(a);
    }
    a = analyse("15b_options_silent.pcap");
    ck_assert_ptr_null(find(a, "one-direction-captured"));
    ck_assert_ptr_nonnull(find(a, "request-retransmitted"));
    fosip_free(a);
}
END_TEST

/* Two taps that saw the same: every figure is that of one, duplicates that were on the
 * network included. */
START_TEST(two_taps)
{
    const char *folder = getenv("TESTDATA");
    struct fosip_analysis *one = analyse("36n_dup_1.pcap"), *two;
    const char *paths[2];
    struct fosip_error err;
    char path[4096];

    snprintf(path, sizeof path, "%s/36n_dup_1.pcap", folder ? folder : "testdata");
    paths[0] = paths[1] = path;
    ck_assert_int_eq(fosip_analyse(&two, NULL, paths, 2, &err), 0);
    ck_assert_uint_eq(stream_count(two->streams), 2);
    for (size_t i = 0; i < 2; i++) {
        struct stream_figures x, y;

        stream_figures(stream_at(one->streams, i), &x);
        stream_figures(stream_at(two->streams, i), &y);
        ck_assert_uint_eq(x.copies, 0);
        ck_assert_uint_eq(y.copies, x.packets);
        ck_assert_uint_eq(x.packets, y.packets);
        ck_assert_uint_eq(x.duplicates, i ? 16 : 25);
        ck_assert_uint_eq(y.duplicates, x.duplicates);
        ck_assert_double_eq(x.delta_ms.mean, y.delta_ms.mean);
        ck_assert_double_eq(x.jitter_ms.max, y.jitter_ms.max);
        ck_assert_double_eq(x.ip_kbps, y.ip_kbps);
        ck_assert_uint_eq(x.rtcp_packets, y.rtcp_packets);
    }
    for (size_t i = 0; i < call_at(one->calls, 0)->messages.n; i++) {
        ck_assert(!(call_at(one->calls, 0)->messages.v[i].flags & MESSAGE_COPIED));
        ck_assert(call_at(two->calls, 0)->messages.v[i].flags & MESSAGE_COPIED);
    }
    ck_assert_uint_eq(call_at(two->calls, 0)->messages.n, call_at(one->calls, 0)->messages.n);
    ck_assert_ptr_null(find(one, "captured-twice"));
    ck_assert_ptr_nonnull(find(two, "captured-twice"));
    ck_assert_ptr_null(find(two, "request-retransmitted"));
    fosip_free(one);
    fosip_free(two);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("findings");

    tcase_add_loop_test(t, known_course, 0, sizeof known / sizeof *known);
    tcase_add_test(t, broken_messages_are_named);
    tcase_add_test(t, refused_audio);
    tcase_add_test(t, one_direction);
    tcase_add_test(t, two_taps);
    return run_suite("findings", t);
}

/* What a course on RTP teaches, number by number, each looked up in what the library
 * says of a capture.
 *
 * Facts that have their test elsewhere: one way 125 ms (round trip 250), jitter 30 ms
 * and loss 1 %, of which equal is a fault already: test_findings_stream.c, and
 * media/rtcp_ports.pcap; the fields of the header and the table of payload types:
 * rtp/test_rtp.c; wraps, a mixer's sources, a new SSRC: media/rtp_headers.pcap; the
 * rows and columns of keys as tones: stream/test_tone.c; keys of H.245:
 * media/h245_keys.pcap; ICE, TURN, a=rtcp and rtcp-mux: media/ice.pcap, turn.pcap,
 * rtcp_ports.pcap; the ports that the listings of a tutorial announce, RTCP one above
 * RTP: test_listings.c.  What media/ holds has its facts in media/expected.tsv. */
#include <stdio.h>
#include <stdlib.h>

#include "support/facts.h"
#include "support/suite.h"

static const struct fact {
    const char *capture, *pointer, *value;
} facts[] = {
    /* a call is its signalling and its media */
    {"01a_basic_caller_bye.pcap", "/calls/2/status", "200"},
    {"01a_basic_caller_bye.pcap", "/calls/2/streams", "[1, 2]"},
    {"01a_basic_caller_bye.pcap", "/streams/0/call", "3"},
    {"01a_basic_caller_bye.pcap", "/streams/0/direction", "\"callee-to-caller\""},
    {"01a_basic_caller_bye.pcap", "/streams/1/direction", "\"caller-to-callee\""},
    /* two legs of one call that a proxy parts, with media past it: each direction is listed
     * with one of them, and neither leg lacks the other's */
    {"34b_topoh_flow_around.pcap", "/findings", "[]"},
    /* RTCP comes on the odd port above */
    {"01a_basic_caller_bye.pcap", "/calls/2/messages/0/sdp/media/0/port", "40008"},
    {"01a_basic_caller_bye.pcap", "/calls/2/messages/0/sdp/media/0/rtcp_port", "40009"},
    {"01a_basic_caller_bye.pcap", "/streams/0/rtcp/sender_reports", "1"},
    /* the columns of Wireshark's list of streams, by tshark 4.0.17 */
    {"01a_basic_caller_bye.pcap", "/streams/0/src", "{\"ip\": \"10.77.0.12\", \"port\": 40018}"},
    {"01a_basic_caller_bye.pcap", "/streams/0/dst", "{\"ip\": \"10.77.0.11\", \"port\": 40008}"},
    {"01a_basic_caller_bye.pcap", "/streams/0/ssrc", "\"0xe89932e2\""},
    {"01a_basic_caller_bye.pcap", "/streams/0/payload_types/0/codec", "\"PCMU\""},
    {"01a_basic_caller_bye.pcap", "/streams/0/duration_s",
     "{\"about\": 8.117629, \"within\": 0.0000015}"}, /* 12.727748 - 4.610119 */
    {"01a_basic_caller_bye.pcap", "/streams/0/packets", "407"},
    {"01a_basic_caller_bye.pcap", "/streams/0/lost", "0"},
    {"01a_basic_caller_bye.pcap", "/streams/0/loss_pct", "0"},
    {"01a_basic_caller_bye.pcap", "/streams/0/delta_ms",
     "{\"min\": 16.418, \"mean\": 19.994, \"max\": 24.817}"},
    {"01a_basic_caller_bye.pcap", "/streams/0/jitter_ms",
     "{\"min\": 0.222, \"mean\": 1.126, \"max\": 1.721}"},
    /* 20 octets of IP, 8 of UDP, 12 of RTP: 40; with 160 of sound a total length of 200,
     * and 14 of Ethernet 214 */
    {"01a_basic_caller_bye.pcap", "/streams/0/packet/ip_header/bytes", "20"},
    {"01a_basic_caller_bye.pcap", "/streams/0/packet/udp_header/bytes", "8"},
    {"01a_basic_caller_bye.pcap", "/streams/0/packet/rtp_header/bytes", "12"},
    {"01a_basic_caller_bye.pcap", "/streams/0/packet/payload/bytes", "160"},
    {"01a_basic_caller_bye.pcap", "/streams/0/packet/link_header/bytes", "14"},
    {"01a_basic_caller_bye.pcap", "/streams/0/packet/bytes", "214"},
    {"01a_basic_caller_bye.pcap", "/streams/0/bytes/payload", "65120"}, /* 407 packets of 160, */
    {"01a_basic_caller_bye.pcap", "/streams/0/bytes/ip", "81400"},      /* 200, */
    {"01a_basic_caller_bye.pcap", "/streams/0/bytes/link", "87098"},    /* 214 */
    /* a timestamp step of 160 is 20 ms: 50 packets a second, 64 kbit/s of G.711; with
     * headers 80 at the level of IP, 85.6 on Ethernet */
    {"01a_basic_caller_bye.pcap", "/streams/0/ptime_ms", "20"},
    {"01a_basic_caller_bye.pcap", "/streams/0/packet/packets_s", "50"},
    {"01a_basic_caller_bye.pcap", "/streams/0/packet/kbps", "85.6"},
    {"01a_basic_caller_bye.pcap", "/streams/0/bandwidth_kbps/payload",
     "{\"about\": 64, \"within\": 0.03}"},
    {"01a_basic_caller_bye.pcap", "/streams/0/bandwidth_kbps/ip",
     "{\"about\": 80, \"within\": 0.03}"},
    {"01a_basic_caller_bye.pcap", "/streams/0/bandwidth_kbps/link",
     "{\"about\": 85.6, \"within\": 0.03}"},
    /* where the frame check sequence was captured, 218 octets and 87.2 */
    {"45c_padding_and_fcs.pcap", "/streams/0/packet/bytes", "218"},
    {"45c_padding_and_fcs.pcap", "/streams/0/packet/kbps", "87.2"},
    /* two VLAN tags: 8 octets and 3.2 kbit/s */
    {"23b_qinq.pcap", "/streams/0/packet/bytes", "222"},
    {"23b_qinq.pcap", "/streams/0/packet/kbps", "88.8"},
    /* numbers go on behind 65535 */
    {"36x_seq_wrap.pcap", "/streams/0/packets", "1951"},
    {"36x_seq_wrap.pcap", "/streams/0/lost", "0"},
    {"36x_seq_wrap.pcap", "/streams/0/sequence_resets", "0"},
    {"36x_seq_wrap.pcap", "/streams/0/rfc3550/extended_highest", "66511"},
    {"36x_seq_wrap.pcap", "/streams/1/rfc3550/extended_highest", "66511"},
    /* a marker begins a talkspurt: one without silence suppression, more with it */
    {"01a_basic_caller_bye.pcap", "/streams/0/silence/talkspurts", "1"},
    {"31o_dtx_pcmu.pcap", "/streams/0/silence/talkspurts", "4"},
    {"31o_dtx_pcmu.pcap", "/streams/0/silence/suppressed", "true"},
    /* keys in-band: sixteen of them, as tones */
    {"audio/17f_dtmf_inband_pcma.pcap", "/calls/2/dtmf/0/digit", "\"1\""},
    {"audio/17f_dtmf_inband_pcma.pcap", "/calls/2/dtmf/9/digit", "\"0\""},
    {"audio/17f_dtmf_inband_pcma.pcap", "/calls/2/dtmf/10/digit", "\"*\""},
    {"audio/17f_dtmf_inband_pcma.pcap", "/calls/2/dtmf/11/digit", "\"#\""},
    {"audio/17f_dtmf_inband_pcma.pcap", "/calls/2/dtmf/15/digit", "\"D\""},
    {"audio/17f_dtmf_inband_pcma.pcap", "/calls/2/dtmf/15/via", "\"inband\""},
    /* as events, they have a payload type of their own in the stream of the sound */
    {"17h_dtmf_mixed.pcap", "/streams/1/payload_types",
     "[{\"pt\": 0, \"codec\": \"PCMU\", \"clock_rate\": 8000, \"packets\": 338, "
     "\"negotiated\": true}, {\"pt\": 120, \"codec\": \"telephone-event\", "
     "\"clock_rate\": 8000, \"packets\": 24, \"negotiated\": true}]"},
    {"17h_dtmf_mixed.pcap", "/calls/2/dtmf/0/via", "\"rfc4733\""},
    {"17h_dtmf_mixed.pcap", "/calls/2/dtmf/0/stream", "2"},
    /* in INFO, they have a message; all ways in one order of time: 4 2 7 9 * */
    {"17h_dtmf_mixed.pcap", "/calls/2/dtmf/1/digit", "\"2\""},
    {"17h_dtmf_mixed.pcap", "/calls/2/dtmf/2/digit", "\"7\""},
    {"17h_dtmf_mixed.pcap", "/calls/2/dtmf/2/via", "\"info\""},
    {"17h_dtmf_mixed.pcap", "/calls/2/dtmf/2/stream", "null"},
    {"17h_dtmf_mixed.pcap", "/calls/2/dtmf/2/message", "11"},
    {"17h_dtmf_mixed.pcap", "/calls/2/dtmf/3/digit", "\"9\""},
    {"17h_dtmf_mixed.pcap", "/calls/2/dtmf/3/by", "\"callee\""},
    {"17h_dtmf_mixed.pcap", "/calls/2/dtmf/4/digit", "\"*\""},
    /* the phone asks a STUN server, and announces what it hears */
    {"35d_nat_stun_inside.pcap", "/calls/1/stun/0/client",
     "{\"ip\": \"192.168.71.146\", \"port\": 4008}"},
    {"35d_nat_stun_inside.pcap", "/calls/1/stun/0/mapped",
     "{\"ip\": \"10.77.0.1\", \"port\": 4008}"},
    {"35d_nat_stun_inside.pcap", "/calls/1/messages/0/sdp/media/0/ip", "\"10.77.0.1\""},
    {"35d_nat_stun_inside.pcap", "/calls/1/messages/0/sdp/media/0/port", "4008"},
    {"35d_nat_stun_inside.pcap", "/calls/1/stun/1/mapped",
     "{\"ip\": \"10.77.0.1\", \"port\": 4009}"}, /* for RTCP */
    {"35d_nat_stun_inside.pcap", "/calls/1/messages/0/sdp/media/0/rtcp_port", "4009"},
};

START_TEST(course)
{
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        fact_check(facts[i].capture, "-", facts[i].pointer, facts[i].value);
    facts_end();
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("media_facts");

    tcase_add_test(t, course);
    return run_suite("media_facts", t);
}

/* Session descriptions: RFC 8866, RFC 3264, RFC 3605, RFC 4568. */
#include "sip/sdp.h"
#include "suite.h"

static struct sdp_session sdp;

static bool parse(const char *text)
{
    return sdp_parse(&sdp, slice_str(text));
}

START_TEST(an_audio_and_a_video)
{
    ck_assert(parse("v=0\r\no=alice 2890844526 2890844527 IN IP4 host.atlanta.example.com\r\n"
                    "s=call\r\nc=IN IP4 192.0.2.1\r\nb=AS:84\r\nt=0 0\r\na=sendonly\r\n"
                    "m=audio 49170 RTP/AVP 0 9 97 101\r\nb=TIAS:64000\r\n"
                    "a=rtpmap:97 opus/48000/2\r\na=fmtp:97 useinbandfec=1\r\n"
                    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:30\r\n"
                    "a=rtcp:53020 IN IP4 126.16.64.4\r\na=ssrc:1913920969 cname:x\r\n"
                    "m=video 51372 RTP/SAVP 31\r\nc=IN IP6 2001:db8::1\r\na=inactive\r\n"
                    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\na=rtcp-mux\r\n"));
    ck_assert_ptr_null(sdp.problem);
    ck_assert_slice(sdp.origin_user, "alice");
    ck_assert_slice(sdp.origin_id, "2890844526");
    ck_assert_slice(sdp.origin_version, "2890844527");
    ck_assert_slice(sdp.origin_address, "host.atlanta.example.com");
    ck_assert_uint_eq(sdp.bandwidth_as, 84);
    ck_assert_uint_eq(sdp.media_count, 2);

    ck_assert_slice(sdp.media[0].type, "audio");
    ck_assert_slice(sdp.media[0].address, "192.0.2.1");
    ck_assert_uint_eq(sdp.media[0].port, 49170);
    ck_assert_int_eq(sdp.media[0].direction, SDP_SENDONLY);
    ck_assert_uint_eq(sdp.media[0].bandwidth_tias, 64000);
    ck_assert_uint_eq(sdp.media[0].ptime, 30);
    ck_assert_uint_eq(sdp.media[0].rtcp_port, 53020);
    ck_assert_slice(sdp.media[0].rtcp_address, "126.16.64.4");
    ck_assert(sdp.media[0].has_ssrc);
    ck_assert_uint_eq(sdp.media[0].ssrc, 1913920969);
    ck_assert(!sdp.media[0].secure);
    ck_assert_uint_eq(sdp.media[0].format_count, 4);
    ck_assert_slice(sdp.media[0].formats[0].codec, "PCMU");
    ck_assert_uint_eq(sdp.media[0].formats[1].clock_rate, 8000); /* G.722 */
    ck_assert_slice(sdp.media[0].formats[2].codec, "opus");
    ck_assert_uint_eq(sdp.media[0].formats[2].clock_rate, 48000);
    ck_assert_uint_eq(sdp.media[0].formats[2].channels, 2);
    ck_assert_slice(sdp.media[0].formats[2].fmtp, "useinbandfec=1");
    ck_assert_slice(sdp.media[0].formats[3].fmtp, "0-16");

    ck_assert_slice(sdp.media[1].address, "2001:db8::1");
    ck_assert_int_eq(sdp.media[1].direction, SDP_INACTIVE);
    ck_assert(sdp.media[1].secure);
    ck_assert(sdp.media[1].rtcp_mux);
    ck_assert_uint_eq(sdp.media[1].rtcp_port, 0);
}
END_TEST

START_TEST(defaults)
{
    ck_assert(parse("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 224.2.36.42/127/3\nt=0 0\n"
                    "m=audio 4000/2 RTP/AVP 8\n"));
    ck_assert_ptr_null(sdp.problem);
    ck_assert_slice(sdp.media[0].address, "224.2.36.42");
    ck_assert_int_eq(sdp.media[0].direction, SDP_SENDRECV);
    ck_assert_uint_eq(sdp.media[0].rtcp_port, 4001);
    ck_assert_uint_eq(sdp.media[0].ptime, 0);
}
END_TEST

/* Words may stand apart, and be many. */
START_TEST(words)
{
    char text[1024] = "v=0\r\no=  -  1   2 IN IP4   192.0.2.1 x\r\ns=-\r\n"
                      "c= IN  IP4  192.0.2.2/7 \r\nt=0 0\r\nm=audio   49170  RTP/AVP ";

    for (unsigned i = 0; i < 64; i++)
        sprintf(text + strlen(text), "%s%u", i % 3 ? "  " : " ", i + 32);
    strcat(text, "  \r\n");
    ck_assert(parse(text));
    ck_assert_ptr_null(sdp.problem);
    ck_assert_slice(sdp.origin_user, "-");
    ck_assert_slice(sdp.origin_version, "2");
    ck_assert_slice(sdp.origin_address, "192.0.2.1");
    ck_assert_slice(sdp.media[0].address, "192.0.2.2");
    ck_assert_slice(sdp.media[0].protocol, "RTP/AVP");
    ck_assert_uint_eq(sdp.media[0].format_count, 64);
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(sdp.media[0].formats[i].pt, i + 32);
    strcpy(text + strlen(text) - 2, "1\r\n");
    ck_assert(parse(text));
    ck_assert_str_eq(sdp.problem, "more formats in m= than are read (64)");
    ck_assert_uint_eq(sdp.media[0].format_count, 64);
    ck_assert(parse("v=0\r\no=a b\r\ns=-\r\nc=IN\r\nt=0 0\r\nm=\r\n"));
    ck_assert_str_eq(sdp.problem, "c= has no address");
    ck_assert(sdp.origin_id.n == 1 && !sdp.origin_version.p && !sdp.origin_address.p);
    ck_assert(!sdp.media[0].type.p && !sdp.media[0].protocol.p && !sdp.media[0].format_count);
}
END_TEST

START_TEST(refused_and_not_rtp)
{
    ck_assert(parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                    "m=audio 0 RTP/AVP 8\r\nm=image 5000 udptl t38\r\n"));
    ck_assert_uint_eq(sdp.media[0].port, 0);
    ck_assert_uint_eq(sdp.media[0].rtcp_port, 0);
    ck_assert_int_eq(sdp.media[1].formats[0].pt, -1);
    ck_assert_slice(sdp.media[1].formats[0].id, "t38");
}
END_TEST

START_TEST(order_of_lines)
{
    ck_assert(parse("v=0\r\ns=-\r\no=- 1 1 IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 1 RTP/AVP 0\r\n"));
    ck_assert_ptr_nonnull(sdp.problem);
    ck_assert_uint_eq(sdp.problem_line, 3);
    ck_assert_uint_eq(sdp.media_count, 1);
    ck_assert(parse("v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\nm=audio 1 RTP/AVP 0\r\n"
                    "a=sendrecv\r\nc=IN IP4 192.0.2.1\r\n"));
    ck_assert_uint_eq(sdp.problem_line, 7);
    ck_assert_slice(sdp.media[0].address, "192.0.2.1");
}
END_TEST

static void expect_problem(const char *text, unsigned line, const char *what)
{
    ck_assert(parse(text));
    ck_assert_msg(sdp.problem && strcmp(sdp.problem, what) == 0, "%s", sdp.problem);
    ck_assert_uint_eq(sdp.problem_line, line);
}

#define ORIGIN "o=- 1 1 IN IP4 1.1.1.1\r\n"

START_TEST(lines_missing)
{
    expect_problem("v=0\r\ns=-\r\nt=0 0\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4 1.1.1.1\r\n", 4,
                   "o= is missing before this line");
    expect_problem("v=0\r\n" ORIGIN "t=0 0\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4 1.1.1.1\r\n", 4,
                   "s= is missing before this line");
    expect_problem("v=0\r\n" ORIGIN "s=\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4 1.1.1.1\r\n", 4,
                   "t= is missing before this line");
    expect_problem("v=0\r\n" ORIGIN "s=-\r\nt=0 0\r\nm=audio 1 RTP/AVP 0\r\n"
                   "c=IN IP4 1.1.1.1\r\nm=video 2 RTP/AVP 31\r\n",
                   7, "neither this m= nor the session has a c=");
    /* one that is refused needs no address, a session without media no m= */
    ck_assert(parse("v=0\r\n" ORIGIN "s=-\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n"));
    ck_assert_ptr_null(sdp.problem);
    ck_assert(parse("v=0\r\n" ORIGIN "s=-\r\nt=0 0\r\n"));
    ck_assert_ptr_null(sdp.problem);
}
END_TEST

START_TEST(what_does_not_fit)
{
    static char text[65536];
    size_t n = (size_t)sprintf(text, "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n");

    for (unsigned i = 0; i < 500; i++)
        n += (size_t)sprintf(text + n, "m=audio %u RTP/AVP 0\r\na=sendonly\r\n", 4000 + i);
    ck_assert(sdp_parse(&sdp, slice_make(text, n)));
    ck_assert_uint_eq(sdp.media_count, SDP_MAX_MEDIA);
    ck_assert_ptr_nonnull(sdp.problem);
    n = (size_t)sprintf(text, "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n"
                              "m=audio 4000 RTP/AVP");
    for (unsigned i = 0; i < 200; i++)
        n += (size_t)sprintf(text + n, " %u", i);
    ck_assert(sdp_parse(&sdp, slice_make(text, n)));
    ck_assert_uint_eq(sdp.media[0].format_count, SDP_MAX_FORMATS);
    ck_assert_ptr_nonnull(sdp.problem);
}
END_TEST

START_TEST(broken_values)
{
    ck_assert(parse("v=0\r\no=\r\ns=-\r\nc=IN IP4\r\nt=0 0\r\nm=audio 70000 RTP/AVP 0\r\n"
                    "a=rtpmap:0 PCMU/x\r\na=rtpmap:\r\na=ptime:-1\r\na=rtcp:99999\r\nb=AS:x\r\n"));
    ck_assert_uint_eq(sdp.media[0].port, 0);
    ck_assert_uint_eq(sdp.media[0].formats[0].clock_rate, 8000);
    ck_assert_uint_eq(sdp.media[0].ptime, 0);
    ck_assert(!parse(""));
    ck_assert(!parse("\r\n\r\n"));
    ck_assert(!parse("this is no session description"));
}
END_TEST

START_TEST(attributes)
{
    struct slice rest = SLICE("m=audio 1 x\r\na=mid:0\r\na=rtcp-mux\r\nb=AS:1\r\na=x:\r\n");
    struct slice name, value;

    ck_assert(sdp_attribute_next(&rest, &name, &value));
    ck_assert_slice(name, "mid");
    ck_assert_slice(value, "0");
    ck_assert(sdp_attribute_next(&rest, &name, &value));
    ck_assert_ptr_null(value.p);
    ck_assert(sdp_attribute_next(&rest, &name, &value));
    ck_assert_ptr_nonnull(value.p);
    ck_assert(!sdp_attribute_next(&rest, &name, &value));
}
END_TEST

/* RFC 8839 §5.1; what lacks a part, or names a host, is none. */
START_TEST(candidates)
{
    struct slice rest = SLICE("m=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
                              "a=candidate:1 1 UDP 2130706431 192.0.2.1 40000 typ host\r\n"
                              "a=candidate:2 1 UDP 1 3f2a.local 40000 typ host\r\n"
                              "a=candidate:2 3 UDP 1 192.0.2.1 40000 typ host\r\n"
                              "a=candidate:2 1 UDP 1 192.0.2.1 70000 typ host\r\n"
                              "a=candidate:2 1 UDP 1 192.0.2.1 40000\r\n"
                              "a=candidate:\r\na=candidate:1 1\r\na=candidate\r\n"
                              "a=candidate:3 2 udp 1 2001:db8::1 61000 typ relay raddr 0.0.0.0 "
                              "rport 0 generation 0\r\n");
    struct sdp_candidate c;
    char text[ADDR_TEXT];

    ck_assert(sdp_candidate_next(&rest, &c));
    ck_assert_str_eq(addr_text(&c.addr, text), "192.0.2.1:40000");
    ck_assert_uint_eq(c.component, 1);
    ck_assert_slice(c.type, "host");
    ck_assert(sdp_candidate_next(&rest, &c));
    ck_assert_str_eq(addr_text(&c.addr, text), "[2001:db8::1]:61000");
    ck_assert_uint_eq(c.component, 2);
    ck_assert_slice(c.type, "relay");
    ck_assert(!sdp_candidate_next(&rest, &c));
}
END_TEST

/* Words are found in lines that are longer than what is looked at in one go, too. */
START_TEST(long_lines)
{
    static char text[4096];
    const struct sdp_media *m;

    snprintf(text, sizeof text,
             "v=0\r\no=- 1 %600s IN IP4 192.0.2.9\r\ns=-\r\nc=IN %600s 192.0.2.1/127\r\nt=0 0\r\n"
             "m=audio 4000/2 RTP/AVP 0 %600s 101\r\na=rtpmap:8 PCMA/8000\r\na=sendonly\r\n",
             "2", "IP4", "8");
    ck_assert(parse(text));
    ck_assert_ptr_null(sdp.problem);
    ck_assert_slice(sdp.origin_version, "2");
    ck_assert_slice(sdp.origin_address, "192.0.2.9");
    ck_assert_slice(sdp.address, "192.0.2.1");
    ck_assert_uint_eq(sdp.media_count, 1);
    m = &sdp.media[0];
    ck_assert_uint_eq(m->port, 4000);
    ck_assert_slice(m->protocol, "RTP/AVP");
    ck_assert_uint_eq(m->format_count, 3);
    ck_assert_slice(m->formats[1].codec, "PCMA");
    ck_assert_slice(m->formats[2].id, "101");
    ck_assert_int_eq(m->direction, SDP_SENDONLY);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("sdp");

    tcase_add_test(t, an_audio_and_a_video);
    tcase_add_test(t, defaults);
    tcase_add_test(t, words);
    tcase_add_test(t, refused_and_not_rtp);
    tcase_add_test(t, lines_missing);
    tcase_add_test(t, order_of_lines);
    tcase_add_test(t, what_does_not_fit);
    tcase_add_test(t, broken_values);
    tcase_add_test(t, attributes);
    tcase_add_test(t, candidates);
    tcase_add_test(t, long_lines);
    return run_suite("sdp", t);
}

/* The static payload types of RFC 3551 §6 and the clock rates that encoding
 * names imply. */
#include "rtp/codec.h"

#define FORMAT(number, name, rate) \
    [number] = {.pt = (number), .clock_rate = (rate), .codec = {name, sizeof(name) - 1}}

static const struct rtp_format static_formats[] = {
    FORMAT(0, "PCMU", 8000),   FORMAT(3, "GSM", 8000),    FORMAT(4, "G723", 8000),
    FORMAT(5, "DVI4", 8000),   FORMAT(6, "DVI4", 16000),  FORMAT(7, "LPC", 8000),
    FORMAT(8, "PCMA", 8000),
    /* 8000 although it samples at 16000: RFC 3551 §4.5.2 keeps an old mistake */
    FORMAT(9, "G722", 8000),   FORMAT(10, "L16", 44100),  FORMAT(11, "L16", 44100),
    FORMAT(12, "QCELP", 8000), FORMAT(13, "CN", 8000),    FORMAT(14, "MPA", 90000),
    FORMAT(15, "G728", 8000),  FORMAT(16, "DVI4", 11025), FORMAT(17, "DVI4", 22050),
    FORMAT(18, "G729", 8000),  FORMAT(19, "CN", 8000),    FORMAT(25, "CelB", 90000),
    FORMAT(26, "JPEG", 90000), FORMAT(28, "nv", 90000),   FORMAT(31, "H261", 90000),
    FORMAT(32, "MPV", 90000),  FORMAT(33, "MP2T", 90000), FORMAT(34, "H263", 90000),
};

const char *rtp_exchange_name(enum rtp_exchange exchange)
{
    static const char *const names[] = {NULL, "sdes", "dtls", "zrtp"};

    return names[exchange];
}

const struct rtp_format *rtp_static_format(unsigned pt)
{
    if (pt >= sizeof static_formats / sizeof static_formats[0] || !static_formats[pt].codec.p)
        return NULL;
    return &static_formats[pt];
}

const char *rtp_static_media(unsigned pt)
{
    if (!rtp_static_format(pt))
        return NULL;
    return pt < 25 ? "audio" : "video";
}

bool rtp_is_comfort_noise(unsigned pt)
{
    return pt == 13 || pt == 19;
}

static const struct {
    struct slice codec;
    uint32_t rate;
} rates[] = {
#define RATE(name, rate) {{name, sizeof(name) - 1}, rate}
    RATE("PCMU", 8000),       RATE("PCMA", 8000),      RATE("G722", 8000),
    RATE("G729", 8000),       RATE("G729D", 8000),     RATE("G729E", 8000),
    RATE("G723", 8000),       RATE("G728", 8000),      RATE("GSM", 8000),
    RATE("GSM-EFR", 8000),    RATE("GSM-HR-08", 8000), RATE("iLBC", 8000),
    RATE("AMR", 8000),        RATE("AMR-WB", 16000),   RATE("AMR-WB+", 72000),
    RATE("EVS", 16000),       RATE("EVRC", 8000),      RATE("EVRC0", 8000),
    RATE("EVRC1", 8000),      RATE("EVRCB", 8000),     RATE("EVRCWB", 16000),
    RATE("QCELP", 8000),      RATE("SMV", 8000),       RATE("LPC", 8000),
    RATE("CN", 8000),         RATE("opus", 48000),     RATE("speex", 8000),
    RATE("SILK", 16000),      RATE("iSAC", 16000),     RATE("G7221", 16000),
    RATE("G719", 48000),      RATE("G726-16", 8000),   RATE("G726-24", 8000),
    RATE("G726-32", 8000),    RATE("G726-40", 8000),   RATE("AAL2-G726-16", 8000),
    RATE("AAL2-G726-24", 8000), RATE("AAL2-G726-32", 8000), RATE("AAL2-G726-40", 8000),
    RATE("telephone-event", 8000), RATE("tone", 8000), RATE("clearmode", 8000),
    RATE("H261", 90000),      RATE("H263", 90000),     RATE("H263-1998", 90000),
    RATE("H263-2000", 90000), RATE("H264", 90000),     RATE("H264-SVC", 90000),
    RATE("H265", 90000),      RATE("VP8", 90000),      RATE("VP9", 90000),
    RATE("AV1", 90000),       RATE("MP4V-ES", 90000),  RATE("JPEG", 90000),
    RATE("MPV", 90000),       RATE("MP2T", 90000),     RATE("MPA", 90000),
    RATE("rtx", 90000),       RATE("ulpfec", 90000),   RATE("flexfec-03", 90000),
    RATE("t38", 8000),        RATE("t140", 1000),      RATE("MP4A-LATM", 90000),
    RATE("BV16", 8000),       RATE("BV32", 16000),     RATE("DVI4", 8000),
    RATE("VDVI", 8000),       RATE("L16", 44100),      RATE("PCMU-WB", 16000),
    RATE("PCMA-WB", 16000),   RATE("G711-0", 8000),    RATE("VMR-WB", 16000),
    RATE("EVRCB0", 8000),     RATE("EVRCB1", 8000),    RATE("EVRCWB0", 16000),
    RATE("EVRCWB1", 16000),   RATE("EVRCNW", 16000),   RATE("EVRCNW0", 16000),
    RATE("EVRCNW1", 16000),   RATE("SMV0", 8000),      RATE("MELP", 8000),
    RATE("MELP600", 8000),    RATE("MELP1200", 8000),  RATE("MELP2400", 8000),
    RATE("TETRA_ACELP", 8000), RATE("UEMCLIP", 8000),  RATE("ip-mr_v2.5", 16000),
    RATE("dsr-es201108", 8000), RATE("dsr-es202050", 8000), RATE("dsr-es202211", 8000),
    RATE("dsr-es202212", 8000), RATE("mpa-robust", 90000), RATE("MP1S", 90000),
    RATE("MP2P", 90000),      RATE("BMPEG", 90000),    RATE("BT656", 90000),
    RATE("CelB", 90000),      RATE("DV", 90000),       RATE("nv", 90000),
    RATE("H264-RCDO", 90000), RATE("H266", 90000),     RATE("jpeg2000", 90000),
    RATE("raw", 90000),       RATE("vc1", 90000),      RATE("vc2", 90000),
    RATE("theora", 90000),    RATE("flexfec", 90000),  RATE("3gpp-tt", 1000),
};

uint32_t rtp_codec_clock_rate(struct slice codec)
{
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        if (slice_ieq(codec, rates[i].codec))
            return rates[i].rate;
    return 0;
}

const struct rtp_format *rtp_map_format(const struct rtp_map *map, unsigned pt)
{
    for (unsigned i = 0; map && i < map->count; i++)
        if (map->formats[i].pt == pt)
            return &map->formats[i];
    return rtp_static_format(pt);
}

/* Names: methods, header fields and status codes, as IANA registers them. */
#include "sip/msg.h"

static const struct {
    struct slice name;
    enum sip_method id;
} methods[] = {
#define METHOD(name) {{#name, sizeof #name - 1}, SIP_##name}
    METHOD(INVITE), METHOD(ACK),       METHOD(BYE),    METHOD(CANCEL),  METHOD(OPTIONS),
    METHOD(REGISTER), METHOD(PRACK),   METHOD(SUBSCRIBE), METHOD(NOTIFY), METHOD(PUBLISH),
    METHOD(INFO),   METHOD(REFER),     METHOD(MESSAGE), METHOD(UPDATE),
#undef METHOD
};

/* The three of a call, or the others by name. */
enum sip_method sip_method_id(struct slice name)
{
    if (slice_eq(name, SLICE("INVITE")))
        return SIP_INVITE;
    if (slice_eq(name, SLICE("ACK")))
        return SIP_ACK;
    if (slice_eq(name, SLICE("BYE")))
        return SIP_BYE;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (slice_eq(name, methods[i].name))
            return methods[i].id;
    return SIP_UNKNOWN_METHOD;
}

const char *sip_method_name(enum sip_method method)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (methods[i].id == method)
            return methods[i].name.p;
    return "";
}

struct header_name {
    const char *name;
    enum sip_header_id id;
};

/* By length, so that a look-up compares the few names of that length. */
static const struct header_name by_length[][16] = {
    [2] = {{"To", SIP_H_TO}},
    [3] = {{"Via", SIP_H_VIA}},
    [4] = {{"From", SIP_H_FROM}, {"CSeq", SIP_H_CSEQ}, {"RSeq", SIP_H_RSEQ}, {"RAck", SIP_H_RACK},
           {"Date", SIP_H_DATE}},
    [5] = {{"Route", SIP_H_ROUTE}, {"Allow", SIP_H_ALLOW}, {"Event", SIP_H_EVENT}},
    [6] = {{"Accept", SIP_H_ACCEPT}, {"Reason", SIP_H_REASON}, {"Server", SIP_H_SERVER},
           {"Min-SE", SIP_H_MIN_SE}},
    [7] = {{"Call-ID", SIP_H_CALL_ID}, {"Contact", SIP_H_CONTACT}, {"Expires", SIP_H_EXPIRES},
           {"Require", SIP_H_REQUIRE}, {"Warning", SIP_H_WARNING}},
    [8] = {{"Refer-To", SIP_H_REFER_TO}, {"Replaces", SIP_H_REPLACES}, {"SIP-ETag", SIP_H_SIP_ETAG},
           {"Identity", SIP_H_IDENTITY}},
    [9] = {{"Supported", SIP_H_SUPPORTED}, {"Diversion", SIP_H_DIVERSION}},
    [10] = {{"User-Agent", SIP_H_USER_AGENT}, {"Session-ID", SIP_H_SESSION_ID}},
    [11] = {{"Unsupported", SIP_H_UNSUPPORTED}, {"Min-Expires", SIP_H_MIN_EXPIRES},
            {"Referred-By", SIP_H_REFERRED_BY}, {"Retry-After", SIP_H_RETRY_AFTER}},
    [12] = {{"Max-Forwards", SIP_H_MAX_FORWARDS}, {"Content-Type", SIP_H_CONTENT_TYPE},
            {"Record-Route", SIP_H_RECORD_ROUTE}, {"Allow-Events", SIP_H_ALLOW_EVENTS},
            {"SIP-If-Match", SIP_H_SIP_IF_MATCH}},
    [13] = {{"Authorization", SIP_H_AUTHORIZATION}, {"Proxy-Require", SIP_H_PROXY_REQUIRE}},
    [14] = {{"Content-Length", SIP_H_CONTENT_LENGTH}},
    [15] = {{"Session-Expires", SIP_H_SESSION_EXPIRES}},
    [16] = {{"WWW-Authenticate", SIP_H_WWW_AUTHENTICATE},
            {"Content-Encoding", SIP_H_CONTENT_ENCODING}},
    [18] = {{"Proxy-Authenticate", SIP_H_PROXY_AUTHENTICATE},
            {"Subscription-State", SIP_H_SUBSCRIPTION_STATE}},
    [19] = {{"Proxy-Authorization", SIP_H_PROXY_AUTHORIZATION},
            {"Content-Disposition", SIP_H_CONTENT_DISPOSITION},
            {"P-Asserted-Identity", SIP_H_P_ASSERTED_IDENTITY}},
};

/* Compact forms: RFC 3261 §7.3.3 and the extensions' own. */
static enum sip_header_id compact(char c)
{
    switch (c | 0x20) {
    case 'v': return SIP_H_VIA;
    case 'f': return SIP_H_FROM;
    case 't': return SIP_H_TO;
    case 'i': return SIP_H_CALL_ID;
    case 'm': return SIP_H_CONTACT;
    case 'c': return SIP_H_CONTENT_TYPE;
    case 'l': return SIP_H_CONTENT_LENGTH;
    case 'e': return SIP_H_CONTENT_ENCODING;
    case 'k': return SIP_H_SUPPORTED;
    case 'o': return SIP_H_EVENT;
    case 'u': return SIP_H_ALLOW_EVENTS;
    case 'r': return SIP_H_REFER_TO;
    case 'b': return SIP_H_REFERRED_BY;
    case 'x': return SIP_H_SESSION_EXPIRES;
    case 'y': return SIP_H_IDENTITY;
    default: return SIP_H_OTHER;
    }
}

enum sip_header_id sip_header_name_id(struct slice name)
{
    const struct header_name *row;

    if (name.n == 1)
        return compact(name.p[0]);
    if (name.n >= sizeof by_length / sizeof by_length[0])
        return SIP_H_OTHER;
    for (row = by_length[name.n]; row->name; row++)
        if ((row->name[0] | 0x20) == (name.p[0] | 0x20) &&
            slice_same_letters(name.p, row->name, name.n))
            return row->id;
    return SIP_H_OTHER;
}

static const struct {
    unsigned status;
    const char *reason;
} reasons[] = {
    {100, "Trying"}, {180, "Ringing"}, {181, "Call Is Being Forwarded"}, {182, "Queued"},
    {183, "Session Progress"}, {199, "Early Dialog Terminated"}, {200, "OK"}, {202, "Accepted"},
    {204, "No Notification"}, {300, "Multiple Choices"}, {301, "Moved Permanently"},
    {302, "Moved Temporarily"}, {305, "Use Proxy"}, {380, "Alternative Service"},
    {400, "Bad Request"}, {401, "Unauthorized"}, {402, "Payment Required"}, {403, "Forbidden"},
    {404, "Not Found"}, {405, "Method Not Allowed"}, {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"}, {408, "Request Timeout"},
    {409, "Conflict"}, {410, "Gone"}, {411, "Length Required"}, /* 409, 411: RFC 2543 */
    {412, "Conditional Request Failed"}, {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"}, {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"}, {417, "Unknown Resource-Priority"}, {420, "Bad Extension"},
    {421, "Extension Required"}, {422, "Session Interval Too Small"}, {423, "Interval Too Brief"},
    {424, "Bad Location Information"}, {425, "Bad Alert Message"}, {428, "Use Identity Header"},
    {429, "Provide Referrer Identity"}, {430, "Flow Failed"}, {433, "Anonymity Disallowed"},
    {436, "Bad Identity-Info"}, {437, "Unsupported Certificate"},
    {438, "Invalid Identity Header"}, {439, "First Hop Lacks Outbound Support"},
    {440, "Max-Breadth Exceeded"}, {469, "Bad Info Package"}, {470, "Consent Needed"},
    {480, "Temporarily Unavailable"}, {481, "Call/Transaction Does Not Exist"},
    {482, "Loop Detected"}, {483, "Too Many Hops"}, {484, "Address Incomplete"},
    {485, "Ambiguous"}, {486, "Busy Here"}, {487, "Request Terminated"},
    {488, "Not Acceptable Here"}, {489, "Bad Event"}, {491, "Request Pending"},
    {493, "Undecipherable"}, {494, "Security Agreement Required"},
    {500, "Server Internal Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"},
    {503, "Service Unavailable"}, {504, "Server Time-out"}, {505, "Version Not Supported"},
    {513, "Message Too Large"}, {555, "Push Notification Service Not Supported"},
    {580, "Precondition Failure"}, {600, "Busy Everywhere"}, {603, "Decline"},
    {604, "Does Not Exist Anywhere"}, {606, "Not Acceptable"}, {607, "Unwanted"},
    {608, "Rejected"},
};

const char *sip_status_reason(unsigned status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return NULL;
}

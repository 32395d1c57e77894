/* The registered header fields (IANA, Session Initiation Protocol Parameters), and a few
 * in wide use that are not registered. */
#include "filter/headers.h"

#include "filter/near.h"
#include "sip/msg.h"

static const char *const names[] = {
    "Accept", "Accept-Contact", "Accept-Encoding", "Accept-Language",
    "Accept-Resource-Priority", "Additional-Identity", "Alert-Info", "Allow", "Allow-Events",
    "Answer-Mode", "Attestation-Info", "Authentication-Info", "Authorization", "Call-ID",
    "Call-Info", "Cellular-Network-Info", "Contact", "Content-Disposition",
    "Content-Encoding", "Content-ID", "Content-Language", "Content-Length", "Content-Type",
    "CSeq", "Date", "DC-Info", "Diversion", "Encryption", "Error-Info", "Event", "Expires",
    "Feature-Caps", "Flow-Timer", "From", "Geolocation", "Geolocation-Error",
    "Geolocation-Routing", "Hide", "History-Info", "Identity", "Identity-Info",
    "In-Reply-To", "Info-Package", "Join", "Max-Breadth", "Max-Forwards", "MIME-Version",
    "Min-Expires", "Min-SE", "Organization", "Origination-Id", "Path",
    "Permission-Missing", "Policy-Contact", "Policy-ID", "Priority", "Priority-Share",
    "Priority-Verstat", "Priv-Answer-Mode", "Privacy", "Proxy-Authenticate",
    "Proxy-Authorization", "Proxy-Require", "RAck", "Reason", "Reason-Phrase",
    "Record-Route", "Recv-Info", "Refer-Events-At", "Refer-Sub", "Refer-To", "Referred-By",
    "Reject-Contact", "Relayed-Charge", "Remote-Party-ID", "Replaces", "Reply-To",
    "Request-Disposition", "Require", "Resource-Priority", "Resource-Share",
    "Response-Key", "Response-Source", "Restoration-Info", "Retry-After", "Route", "RSeq",
    "Security-Client", "Security-Server", "Security-Verify", "Server",
    "Service-Interact-Info", "Service-Route", "Session-Expires", "Session-ID", "SIP-ETag",
    "SIP-If-Match", "Subject", "Subscription-State", "Supported", "Suppress-If-Match",
    "Target-Dialog", "Timestamp", "To", "Trigger-Consent", "Unsupported", "User-Agent",
    "User-to-User", "Via", "Warning", "WWW-Authenticate",
};

bool headers_know(struct slice name)
{
    if (sip_header_name_id(name) != SIP_H_OTHER)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_ieq(slice_str(names[i]), name))
            return true;
    return false;
}

const char *headers_near(struct slice name)
{
    const char *best = NULL;
    unsigned least = NEAR_FAR;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct slice one = slice_str(names[i]);
        unsigned distance = near_distance(name, one);

        if (distance >= least || !near_enough(name, one))
            continue;
        least = distance;
        best = names[i];
    }
    return best;
}

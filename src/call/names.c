/* The words that reports and JSON use for the model's states. */
#include "call/call.h"

const char *call_kind_name(enum call_kind kind)
{
    static const char *const names[] = {"call",    "registration", "subscription", "publication",
                                        "message", "options",      "other"};

    return names[kind];
}

const char *call_state_name(enum call_state state)
{
    static const char *const names[] = {"setup",    "ringing", "established", "completed",
                                        "cancelled", "rejected", "failed",    "redirected",
                                        "unanswered", "partial"};

    return names[state];
}

const char *call_side_name(enum call_side side)
{
    static const char *const names[] = {NULL, "caller", "callee"};

    return names[side];
}

const char *call_offer_name(enum call_offer offer)
{
    static const char *const names[] = {NULL, "early", "delayed", "none"};

    return names[offer];
}

const char *transaction_state_name(enum transaction_state state)
{
    static const char *const names[] = {"proceeding", "completed", "timeout"};

    return names[state];
}

const char *dialog_state_name(enum dialog_state state)
{
    static const char *const names[] = {"early", "confirmed", "terminated"};

    return names[state];
}

const char *call_evidence_name(enum call_evidence evidence)
{
    static const char *const names[] = {"session-id", "header",        "call-id",
                                        "sdp-origin", "media-address", "media-ssrc",
                                        "users",      "replaces",      "refer"};

    return names[evidence];
}

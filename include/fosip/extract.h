/* Extracting: a new capture that holds only the chosen calls. */
#ifndef FOSIP_EXTRACT_H
#define FOSIP_EXTRACT_H

#include "fosip/fosip.h"

#ifdef __cplusplus
extern "C" {
#endif

struct fosip_extract_options {
    struct fosip_select select; /* all NULL: everything that is SIP or its media */
    /* The file, NULL: standard output.  Its ending chooses between pcap (.pcap,
     * .cap) and pcapng (.pcapng); without one of these it is pcap if that can
     * hold all that the input says.  With `split` a template for the names, in
     * which {id}, {call-id}, {from}, {to} and {time} stand for those of a call;
     * where none does, the number of the call is put before the ending. */
    const char *output;
    bool split;    /* a file a call; its group is in it, too */
    bool alone;    /* the chosen calls without the rest of their groups */
    bool no_media; /* the signalling alone */
    /* Exchanges what names somebody, in headers and payload, for something of the same
     * length and kind, media for octets of chance: see fosip(1).  The same key makes the
     * same exchange; NULL: a key that is made of the packets of the captures. */
    bool anonymize;
    const char *key;
};

struct fosip_extracted {
    uint64_t files, packets;
    /* With `anonymize`, packets whose payload is not understood, overwritten; and TCP
     * segments of TLS, and of WebSocket frames that are not whole, written without payload. */
    uint64_t overwritten, emptied;
};

/* Reads the captures of the analysis again, and writes the packets of the chosen
 * calls to files, which appear whole or not at all.  0, with `done` filled if it is
 * not NULL; or a negative errno-style code with `err` filled: -ENOENT when
 * nothing is chosen, -ESPIPE for a capture that cannot be read twice (a pipe),
 * -ENOTSUP for one that holds no packets (a text log) and where this build cannot
 * anonymize, -EINVAL for a file name
 * that cannot be used, or what kept a file from being read or written. */
FOSIP_API int fosip_extract(const struct fosip_analysis *analysis,
                            const struct fosip_extract_options *options,
                            struct fosip_extracted *done, struct fosip_error *err);

#ifdef __cplusplus
}
#endif

#endif

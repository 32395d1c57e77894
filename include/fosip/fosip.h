/* fosip: offline SIP/RTP call analysis.
 *
 * The library's public interface: run an analysis over captures, print
 * reports of it, or walk the model.  Strings are UTF-8, NUL-terminated; times
 * are nanoseconds since 1970-01-01 UTC; durations name their unit. */
#ifndef FOSIP_FOSIP_H
#define FOSIP_FOSIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fosip/error.h"

/* What the shared library exports; all else in it is hidden. */
#if defined(__GNUC__)
#define FOSIP_API __attribute__((visibility("default")))
#else
#define FOSIP_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The library's version, "0.1.0". */
FOSIP_API const char *fosip_version(void);
/* One optional library a line ("libpcap 1.10.3 ..."), as --version prints. */
FOSIP_API const char *fosip_features(void);

/* An analysis and all it found.  Not changed by any function below but
 * fosip_free, so several threads may read one. */
struct fosip_analysis;

struct fosip_options {
    const char *filter; /* pcap-filter(7) text, NULL: all packets */
    /* A file of TLS secrets as SSLKEYLOGFILE makes it, NULL: none but those that
     * captures carry themselves (pcapng). */
    const char *tls_keys;
    /* Decrypt SRTP with the keys that session descriptions carry (RFC 4568), so that
     * what is in it is analysed, too. */
    bool srtp;
    unsigned threads;   /* 1: one; 0: as many as serve.  The result is the same. */
    /* Called now and then while reading, with octets done and in all (0:
     * unknown).  May be NULL. */
    void (*progress)(void *ctx, uint64_t done, uint64_t total);
    void *progress_ctx;
    /* Keep the figures of each stream by intervals of so many ns, counted from
     * the first packet; 0: do not.  Costs memory for each interval in which a
     * stream has packets. */
    int64_t interval;
    unsigned buffer_ms; /* depth of the jitter buffer that is simulated, 0: 60 */
    /* For captures without an end.  When calls (with the others of their group) and streams
     * are over and nothing came of them for so many ns of the capture's time, they are given
     * to `let_go` as an analysis of their own, for fosip_lines_part, and are gone when that
     * returns; below 0 from it, no more packets are read.  0 (or no let_go): all is kept. */
    int64_t quiet_time;
    int (*let_go)(void *ctx, const struct fosip_analysis *part);
    void *let_go_ctx;
};

/* Reads the captures (paths of files or directories, "-" for standard input;
 * all of them are one capture, merged by time) and analyses them.  `options`
 * may be NULL.  A file that cannot be read is told by fosip_problem.  0 and
 * *out, which the caller gives to fosip_free; or a negative errno-style code
 * with `err` filled: -EINVAL for a filter that does not compile or a file of
 * secrets that holds none, -ENOTSUP for one that this build cannot use, -ENOMEM,
 * or what kept that file from being read. */
FOSIP_API int fosip_analyse(struct fosip_analysis **out, const struct fosip_options *options,
                            const char *const *paths, size_t count, struct fosip_error *err);
FOSIP_API void fosip_free(struct fosip_analysis *analysis);

/* How many of the files could be read at all, if only in part. */
FOSIP_API size_t fosip_readable(const struct fosip_analysis *analysis);

/* One file of the capture, as far as it could be read. */
struct fosip_file {
    const char *path;
    const char *format;       /* "pcap", "pcapng" ..., "unknown" */
    const char *compression;  /* "gzip", "zstd", "lz4", "bzip2", "xz"; NULL: none */
    const char *comment;      /* of pcapng sections, a line each; any octets; NULL: none */
    const char *problem;      /* what is wrong with the file; NULL: nothing */
    uint64_t packets;         /* records */
    uint64_t bytes;           /* octets captured in them */
    uint64_t backwards;       /* packets that are earlier than the one before them */
    uint64_t packet_comments; /* comments of packets, up to 64 KiB of them */
    int64_t dropped;          /* packets that the capturing machine lost, as the file says
                               * (pcapng, snoop); -1: it does not say */
    int64_t accepted;         /* packets that passed its capture filter, likewise */
};

/* The i-th file, from 0, into *file; false past the last.  The strings live as
 * long as the analysis. */
FOSIP_API bool fosip_file(const struct fosip_analysis *analysis, size_t i,
                          struct fosip_file *file);

/* What is wrong with the files read, in their order: a sentence with file,
 * offset and cause.  `damaged` is false for a last record cut short.  NULL
 * past the last.  The string lives as long as the analysis. */
FOSIP_API const char *fosip_problem(const struct fosip_analysis *analysis, size_t i, bool *damaged);

enum fosip_report {
    FOSIP_SUMMARY,
    FOSIP_CALLS,
    FOSIP_MESSAGES,
    FOSIP_STREAMS,
    FOSIP_LADDER,
    FOSIP_HTML, /* one page of all; its format is FOSIP_TEXT */
};

enum fosip_format {
    FOSIP_TEXT, FOSIP_JSON, FOSIP_NDJSON, FOSIP_CSV,
    FOSIP_SVG, FOSIP_PDF, FOSIP_PNG, /* of ladders alone; the last two need cairo */
};

enum fosip_time { /* how text shows a time */
    FOSIP_TIME_RELATIVE, /* seconds since the capture's first packet */
    FOSIP_TIME_DELTA,    /* seconds since the row before */
    FOSIP_TIME_UTC,
    FOSIP_TIME_LOCAL,
    FOSIP_TIME_EPOCH,
};

struct fosip_filter;

/* Which calls a report is about; NULL fields choose all.  `user` matches the
 * From, the To or the Request-URI's user. */
struct fosip_select {
    const char *call_id; /* whole Call-ID, or the number of the call */
    const char *from, *to, *user; /* part of the user or URI, case ignored */
    /* See fosip/filter.h; NULL: all.  It belongs to the caller. */
    struct fosip_filter *filter;
    /* Messages and ladders: those of one transaction (its number in the call, or
     * its branch) or of one dialog (its number, or a tag of it) of each call. */
    const char *transaction, *dialog;
    /* Streams alone: the number in the list, or the SSRC ("0x8f2a11d0"). */
    const char *stream, *ssrc;
};

struct fosip_report_options {
    enum fosip_format format;
    enum fosip_time time;
    struct fosip_select select;
    unsigned width; /* columns of the terminal, 0: unknown (100) */
    bool color;     /* ANSI colours */
    bool unicode;   /* lines and arrows in Unicode, else ASCII */
    bool all;       /* calls: registrations and the like, too */
    bool raw;       /* messages: the messages themselves; ladder: each beneath its arrow */
    bool changes;   /* messages as text: what each element changed in what it passed on */
    uint64_t diff[2]; /* messages: compare those of these two frames, if not 0 */
    bool alone;     /* ladder: the chosen calls without the rest of their groups */
    bool details;   /* streams as text: a screen each, not a row */
    bool intervals; /* streams as text or CSV: a row an interval (fosip_options) */
    bool verbose;
    unsigned threads; /* as of fosip_options */
};

/* Writes a report to `out` (which is not closed).  0, or -EIO when writing
 * failed, -EINVAL when a frame to compare holds no message, -ENOMEM. */
FOSIP_API int fosip_report(const struct fosip_analysis *analysis, enum fosip_report report,
                           const struct fosip_report_options *options, FILE *out,
                           struct fosip_error *err);

/* The same as lines of JSON (FOSIP_NDJSON), of a capture that comes in parts (let_go in
 * fosip_options): calls, streams and findings of each part as it comes; at the end those of
 * what is left, and then the lines about the whole capture.  NULL when memory is short. */
struct fosip_lines;
FOSIP_API struct fosip_lines *fosip_lines_new(enum fosip_report report,
                                              const struct fosip_report_options *options,
                                              FILE *out);
/* Writes all of it before they return; as fosip_report. */
FOSIP_API int fosip_lines_part(struct fosip_lines *lines, const struct fosip_analysis *part,
                               struct fosip_error *err);
FOSIP_API int fosip_lines_end(struct fosip_lines *lines, const struct fosip_analysis *rest,
                              struct fosip_error *err);
FOSIP_API void fosip_lines_free(struct fosip_lines *lines);

#ifdef __cplusplus
}
#endif
#endif

/* What the command line says. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "fosip/check.h"

enum { EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2 };

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

enum { LISTS_MOST = 64 };

/* diff, check: what is given once or more, in order. */
struct option_list {
    enum list_of { LIST_TOLERANCE, LIST_IGNORE, LIST_COMPARE, LIST_EXPECT, LIST_EXPECT_FILE } of;
    const char *words;
};

struct options {
    const char *command;        /* "summary" when none is given */
    const char **files;
    size_t file_count;
    const char *filter;         /* -f */
    const char *tls_keys;       /* --tls-keys */
    bool srtp;                  /* --srtp */
    const char *output;         /* -o, NULL: standard output */
    struct fosip_report_options report;
    enum when color, progress;
    int64_t interval;           /* ns, 0: none */
    unsigned buffer_ms;         /* 0: the usual one */
    int64_t quiet_time;         /* ns, 0: not given */
    bool captures;              /* the output was named by -w or -O */
    bool split, no_media;       /* extract */
    bool anonymize;             /* extract */
    const char *key;            /* --anonymize-key, NULL: none */
    bool conceal;               /* audio */
    struct option_list lists[LISTS_MOST];
    size_t list_count;
    bool strict_values;         /* diff: compare what is new in each call, too */
    const char *init;           /* check: where to write expectations */
    enum fosip_check_format check_format;
    bool strict, quiet, help, version, fields;
};

/* Reads the command line; `is_command` tells the names of commands.  0, or -1
 * after a line on standard error.  The caller gives them to
 * options_free in any case. */
int options_read(struct options *options, int argc, char **argv,
                 bool (*is_command)(const char *word));

void options_free(struct options *options);

/* Fills what depends on the terminal: colours, width, line drawing. */
void options_settle(struct options *options, FILE *out);

#endif

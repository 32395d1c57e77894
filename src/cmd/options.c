/* Owns the command line: options, in any order among command and files. */
#include "cmd/options.h"

#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/expression.h"

enum {
    CALL_ID = 256, FROM, TO, USER, COLOR, PROGRESS, STRICT, ALL, RAW, THREADS, TLS_KEYS,
    ALONE, TRANSACTION, DIALOG, DIFF, CHANGES, STREAM, SSRC, INTERVAL, BUFFER, FIELDS, SPLIT,
    NO_MEDIA, ANONYMIZE, ANONYMIZE_KEY, CONCEAL, TOLERANCE, IGNORE, COMPARE, STRICT_VALUES, SRTP,
    EXPECT, INIT, QUIET_TIME,
};

static const struct option longs[] = {
    {"call-id", required_argument, NULL, CALL_ID},
    {"from", required_argument, NULL, FROM},
    {"to", required_argument, NULL, TO},
    {"user", required_argument, NULL, USER},
    {"color", required_argument, NULL, COLOR},
    {"progress", required_argument, NULL, PROGRESS},
    {"strict", no_argument, NULL, STRICT},
    {"tls-keys", required_argument, NULL, TLS_KEYS},
    {"srtp", no_argument, NULL, SRTP},
    {"all", no_argument, NULL, ALL},
    {"raw", no_argument, NULL, RAW},
    {"threads", required_argument, NULL, THREADS},
    {"no-group", no_argument, NULL, ALONE},
    {"transaction", required_argument, NULL, TRANSACTION},
    {"dialog", required_argument, NULL, DIALOG},
    {"diff", required_argument, NULL, DIFF},
    {"changes", no_argument, NULL, CHANGES},
    {"stream", required_argument, NULL, STREAM},
    {"ssrc", required_argument, NULL, SSRC},
    {"interval", required_argument, NULL, INTERVAL},
    {"jitter-buffer", required_argument, NULL, BUFFER},
    {"quiet-time", required_argument, NULL, QUIET_TIME},
    {"expect", required_argument, NULL, EXPECT},
    {"init", required_argument, NULL, INIT},
    {"fields", no_argument, NULL, FIELDS},
    {"split", no_argument, NULL, SPLIT},
    {"no-media", no_argument, NULL, NO_MEDIA},
    {"anonymize", no_argument, NULL, ANONYMIZE},
    {"anonymize-key", required_argument, NULL, ANONYMIZE_KEY},
    {"conceal", no_argument, NULL, CONCEAL},
    {"tolerance", required_argument, NULL, TOLERANCE},
    {"ignore", required_argument, NULL, IGNORE},
    {"compare", required_argument, NULL, COMPARE},
    {"strict-values", no_argument, NULL, STRICT_VALUES},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {NULL, 0, NULL, 0},
};

static int complain(const char *format, const char *word)
{
    fputs("fosip: ", stderr);
    fprintf(stderr, format, word);
    fputs("; fosip --help shows the options\n", stderr);
    return -1;
}

static int read_when(const char *word, enum when *when)
{
    static const char *const names[] = {"auto", "always", "never"};

    for (unsigned i = 0; i < 3; i++)
        if (strcmp(word, names[i]) == 0) {
            *when = (enum when)i;
            return 0;
        }
    return complain("'%s' is not auto, always or never", word);
}

static int read_format(const char *word, struct options *o)
{
    static const char *const names[] = {"text", "json", "ndjson", "csv"};
    static const char *const of_check[] = {"text", "json", "tap", "junit", "github", "gitlab"};
    bool known = false;

    o->check_format = FOSIP_CHECK_TEXT;
    o->report.format = FOSIP_TEXT;
    for (unsigned i = 0; i < 4; i++)
        if (strcmp(word, names[i]) == 0) {
            o->report.format = (enum fosip_format)i;
            known = true;
        }
    for (unsigned i = 0; i < 6; i++)
        if (strcmp(word, of_check[i]) == 0) {
            o->check_format = (enum fosip_check_format)i;
            known = true;
        }
    return known ? 0
                 : complain("-T %s: the formats are text, json, ndjson and csv; of check text, "
                            "json, tap, junit, github and gitlab",
                            word);
}

/* Formats that only check has, and those that it has not. */
static int check_format(const struct options *o)
{
    bool check = o->command && strcmp(o->command, "check") == 0;

    if (!check && o->check_format >= FOSIP_CHECK_TAP)
        return complain("%s has no such format: the formats are text, json, ndjson and csv",
                        o->command ? o->command : "summary");
    if (check && !o->init && o->report.format >= FOSIP_NDJSON)
        return complain("%s: the formats are text, json, tap, junit, github and gitlab", "check");
    if (o->quiet_time && o->report.format != FOSIP_NDJSON)
        return complain("%s needs -T ndjson, whose lines are printed as they are final",
                        "--quiet-time");
    return 0;
}

static int read_time(const char *word, enum fosip_time *form)
{
    static const char letters[] = "rduae";
    const char *at = word[0] && !word[1] ? strchr(letters, word[0]) : NULL;

    if (!at)
        return complain("-t %s: the forms are r (relative), d (delta), u (UTC), a (local) and "
                        "e (epoch)",
                        word);
    *form = (enum fosip_time)(at - letters);
    return 0;
}

static int read_threads(const char *word, unsigned *threads)
{
    enum { MOST = 64 };
    char *end;
    unsigned long n = strtoul(word, &end, 10);

    if (!*word || *end || n < 1 || n > MOST)
        return complain("--threads %s: a number from 1 to 64 was expected", word);
    *threads = (unsigned)n;
    return 0;
}

/* "1s", "500ms", "0.5s". */
static int read_interval(const char *word, int64_t *interval)
{
    static const double LEAST_MS = 10, MOST_MS = 24 * 3600 * 1000.0;
    char *end;
    double x = strtod(word, &end);
    double ms = strcmp(end, "s") == 0 ? x * 1000 : x;

    if (end == word || (strcmp(end, "s") != 0 && strcmp(end, "ms") != 0) ||
        !(ms >= LEAST_MS && ms <= MOST_MS))
        return complain("--interval %s: a time from 10ms to 86400s was expected, as 1s or 500ms",
                        word);
    *interval = (int64_t)(ms * 1e6 + 0.5);
    return 0;
}

static int read_quiet_time(const char *word, int64_t *time)
{
    static const double MOST_S = 24 * 3600;
    char *end;
    double s = strtod(word, &end);

    if (end == word || (*end && strcmp(end, "s") != 0) || !(s >= 1 && s <= MOST_S))
        return complain("--quiet-time %s: a number of seconds from 1 to 86400 was expected", word);
    *time = (int64_t)(s * 1e9 + 0.5);
    return 0;
}

static int read_buffer(const char *word, unsigned *ms)
{
    enum { MOST = 10000 };
    char *end;
    unsigned long n = strtoul(word, &end, 10);

    if (!*word || (*end && strcmp(end, "ms") != 0) || n < 1 || n > MOST)
        return complain("--jitter-buffer %s: a depth from 1ms to 10000ms was expected", word);
    *ms = (unsigned)n;
    return 0;
}

static int read_frame(const char *word, uint64_t *frame)
{
    char *end;

    *frame = strtoull(word, &end, 10);
    if (*word < '0' || *word > '9' || *end || !*frame)
        return complain("--diff %s: two numbers of frames were expected, as --diff 7 9", word);
    return 0;
}

/* Takes a second word. */
static int read_diff(const char *word, char **argv, uint64_t diff[2])
{
    if (read_frame(word, &diff[0]) < 0)
        return -1;
    if (!argv[optind])
        return complain("--diff %s: a second frame was expected, as --diff 7 9", word);
    return read_frame(argv[optind++], &diff[1]);
}

static int read_stream(const char *word, const char **stream)
{
    if (!*word || strspn(word, "0123456789") != strlen(word))
        return complain("--stream %s: the number of a stream in the list was expected", word);
    *stream = word;
    return 0;
}

static int read_ssrc(const char *word, const char **ssrc)
{
    char *end;

    (void)strtoul(word, &end, 0);
    if (!*word || *end)
        return complain("--ssrc %s: a number was expected, as 0x8f2a11d0", word);
    *ssrc = word;
    return 0;
}

static int read_key(struct options *o, const char *word)
{
    if (!*word)
        return complain("--anonymize-key%s: an empty key keeps nothing secret", word);
    o->anonymize = true;
    o->key = word;
    return 0;
}

static int read_filter(struct options *o, const char *word)
{
    fosip_filter_free(o->report.select.filter);
    o->report.select.filter = expression_read("-Y", word);
    return o->report.select.filter ? 0 : -1;
}

static int read_list(struct options *o, enum list_of of, const char *words)
{
    if (o->list_count == LISTS_MOST)
        return complain("%s: too many lists of this kind", words);
    o->lists[o->list_count].of = of;
    o->lists[o->list_count++].words = words;
    return 0;
}

/* tshark's -D and -i; the value of the latter may stand by itself. */
static int no_live_capture(int c)
{
    fprintf(stderr,
            "fosip: -%c: fosip reads captures and does not capture live; let dumpcap do that "
            "(dumpcap -D lists interfaces), into a file or a pipe: "
            "dumpcap -i eth0 -w - | fosip -\n",
            c);
    return -1;
}

static int read_option(struct options *o, int c, const char *word, char **argv)
{
    switch (c) {
    case 'f': o->filter = word; return 0;
    case 'o': o->output = word; return 0;
    case 'T': return read_format(word, o);
    case 't': return read_time(word, &o->report.time);
    case 'r': case 'I': o->files[o->file_count++] = word; return 0;
    case 'q': o->quiet = true; return 0;
    case 'v': o->report.verbose = true; return 0;
    case 'h': o->help = true; return 0;
    case 'V': o->version = true; return 0;
    case CALL_ID: o->report.select.call_id = word; return 0;
    case FROM: o->report.select.from = word; return 0;
    case TO: o->report.select.to = word; return 0;
    case USER: o->report.select.user = word; return 0;
    case COLOR: return read_when(word, &o->color);
    case PROGRESS: return read_when(word, &o->progress);
    case TLS_KEYS: o->tls_keys = word; return 0;
    case SRTP: o->srtp = true; return 0;
    case STRICT: o->strict = true; return 0;
    case ALL: o->report.all = true; return 0;
    case THREADS: return read_threads(word, &o->report.threads);
    case STREAM: return read_stream(word, &o->report.select.stream);
    case SSRC: return read_ssrc(word, &o->report.select.ssrc);
    case INTERVAL: return read_interval(word, &o->interval);
    case BUFFER: return read_buffer(word, &o->buffer_ms);
    case QUIET_TIME: return read_quiet_time(word, &o->quiet_time);
    case TOLERANCE: return read_list(o, LIST_TOLERANCE, word);
    case IGNORE: return read_list(o, LIST_IGNORE, word);
    case COMPARE: return read_list(o, LIST_COMPARE, word);
    case STRICT_VALUES: o->strict_values = true; return 0;
    case RAW: o->report.raw = true; return 0;
    case ALONE: o->report.alone = true; return 0;
    case TRANSACTION: o->report.select.transaction = word; return 0;
    case DIALOG: o->report.select.dialog = word; return 0;
    case DIFF: return read_diff(word, argv, o->report.diff);
    case CHANGES: o->report.changes = true; return 0;
    case 'Y': return read_filter(o, word);
    case 'e': return read_list(o, LIST_EXPECT, word);
    case EXPECT: return read_list(o, LIST_EXPECT_FILE, word);
    case INIT: o->init = word; return 0;
    case FIELDS: o->fields = true; return 0;
    case 'w': case 'O': o->output = word; o->captures = true; return 0;
    case SPLIT: o->split = true; return 0;
    case NO_MEDIA: o->no_media = true; return 0;
    case ANONYMIZE: o->anonymize = true; return 0;
    case ANONYMIZE_KEY: return read_key(o, word);
    case CONCEAL: o->conceal = true; return 0;
    case 'D': case 'i': return no_live_capture(c);
    default: return -1;
    }
}

static int bad_option(char **argv, int c)
{
    const char *word = argv[optind - 1];

    return complain(c == ':' ? "the option %s needs a value" : "there is no option %s", word);
}

int options_read(struct options *o, int argc, char **argv, bool (*is_command)(const char *word))
{
    int c;

    memset(o, 0, sizeof *o);
    o->files = calloc((size_t)argc + 1, sizeof *o->files);
    if (!o->files)
        return complain("%s", "not enough memory");
    opterr = 0;
    while ((c = getopt_long(argc, argv, ":f:o:T:t:r:I:w:O:Y:e:qvhVDi::", longs, NULL)) != -1) {
        if (c == '?' || c == ':')
            return bad_option(argv, c);
        if (read_option(o, c, optarg, argv) < 0)
            return -1;
    }
    for (int i = optind; i < argc; i++) {
        if (!o->command && is_command(argv[i]) && o->file_count == 0)
            o->command = argv[i];
        else
            o->files[o->file_count++] = argv[i];
    }
    return check_format(o);
}

void options_free(struct options *o)
{
    free(o->files);
    fosip_filter_free(o->report.select.filter);
}

static unsigned terminal_width(int fd)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;

    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
        return size.ws_col;
    return columns ? (unsigned)strtoul(columns, NULL, 10) : 0;
}

void options_settle(struct options *o, FILE *out)
{
    const char *no_color = getenv("NO_COLOR");
    bool terminal = isatty(fileno(out));

    o->report.color = o->color == WHEN_ALWAYS ||
                      (o->color == WHEN_AUTO && terminal && !(no_color && *no_color));
    o->report.width = terminal || getenv("COLUMNS") ? terminal_width(fileno(out)) : 0;
    o->report.unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

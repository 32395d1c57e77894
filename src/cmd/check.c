/* fosip check: see fosip-check(1). */
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/expression.h"
#include "cmd/run.h"
#include "fosip/check.h"
#include "fosip/output.h"

enum { LARGEST = 4 << 20 };

/* The whole file, or NULL after a line on standard error. */
static char *read_file(const char *path)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *text = in ? malloc(LARGEST + 1) : NULL;
    size_t n = text ? fread(text, 1, LARGEST + 1, in) : 0;

    if (!text || ferror(in)) {
        fprintf(stderr, "fosip: %s: cannot be read: %m\n", path);
        free(text);
        text = NULL;
    } else if (n > LARGEST || memchr(text, '\0', n)) {
        fprintf(stderr, "fosip: %s: this is no file of expectations\n", path);
        free(text);
        text = NULL;
    } else {
        text[n] = '\0';
    }
    if (in && in != stdin)
        fclose(in);
    return text;
}

/* The line with a caret below it. */
static void point(const char *text, unsigned line, unsigned column)
{
    struct fosip_place place = {column - 1, 1};
    char *copy;

    for (; line > 1 && strchr(text, '\n'); line--)
        text = strchr(text, '\n') + 1;
    copy = strndup(text, strcspn(text, "\n"));
    if (copy)
        expression_point(stderr, copy, &place);
    free(copy);
}

static bool add(struct fosip_check *check, const char *name, const char *text)
{
    unsigned line = 0, column = 0;
    struct fosip_error err = {0};

    if (fosip_check_add(check, name, text, &line, &column, &err) == 0)
        return true;
    fprintf(stderr, "fosip: %s: line %u, column %u: %s\n", name, line, column, err.text);
    if (line)
        point(text, line, column);
    return false;
}

static bool add_all(struct fosip_check *check, const struct options *o)
{
    for (size_t i = 0; i < o->list_count; i++) {
        const struct option_list *list = &o->lists[i];
        bool good = true;
        char *text;

        if (list->of == LIST_EXPECT)
            good = add(check, "-e", list->words);
        if (list->of == LIST_EXPECT_FILE) {
            text = read_file(list->words);
            good = text && add(check, list->words, text);
            free(text);
        }
        if (!good)
            return false;
    }
    return true;
}

static int check_one(struct fosip_check *check, const struct fosip_analysis *a, struct options *o)
{
    struct fosip_error err = {0};
    struct fosip_output output;
    size_t failed;

    if (fosip_output_open(&output, o->output, &err) < 0)
        return run_complain(err.text);
    options_settle(o, output.file);
    if (fosip_check_run(check, a, &o->report, o->check_format, output.file, &failed, &err) < 0 ||
        fosip_output_finish(&output, &err) < 0) {
        fosip_output_abandon(&output);
        return run_complain(err.text);
    }
    return failed ? EXIT_DIFFERENT : 0;
}

/* Trouble outweighs a failed expectation. */
static int check_capture(struct fosip_check *check, struct options *o)
{
    struct fosip_analysis *a;
    int status = run_analyse(&a, o, o->files, o->file_count);

    if (status)
        return status;
    status = fosip_readable(a) ? check_one(check, a, o) : EXIT_TROUBLE;
    if (run_problems(a, o))
        status = EXIT_TROUBLE;
    fosip_free(a);
    return status;
}

static int print_init(const struct fosip_analysis *a, const struct options *o, FILE *out,
                      struct fosip_error *err)
{
    (void)o;
    return fosip_check_init(a, out, err);
}

static int run(struct options *o)
{
    struct fosip_check *check;
    int status = EXIT_TROUBLE;

    if (o->init) {
        o->output = o->init;
        return run_whole(o, print_init);
    }
    check = fosip_check_new();
    if (!check)
        return run_complain("not enough memory");
    if (add_all(check, o))
        status = fosip_check_count(check)
                     ? check_capture(check, o)
                     : run_complain("check: nothing is expected: give -e EXPECTATION or --expect "
                                    "FILE; --init FILE writes one");
    fosip_check_free(check);
    return status;
}

const struct command command_check = {
    "check", "expectations against a capture; the exit status is the verdict",
    "  --expect FILE     the expectations in this file; may be given again\n"
    "  -e EXPECTATION    one more, as -e 'each stream: stream.loss_pct < 1%'\n"
    "  --init FILE       write what this capture fulfils, for you to edit\n"
    "  -T FORMAT         text, json, tap, junit, github or gitlab\n"
    "An expectation is a line:\n"
    "  capture: count(call: call.kind == call) == 2\n"
    "  each call where call.to.user == bob: call.status == 200\n"
    "  one, some, no, each  call, registration, message, stream, finding ...\n"
    "Exit status: 0 all hold, 1 one does not, 2 trouble.  More: man fosip-check",
    run};

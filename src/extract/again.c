/* Owns what it takes to read captures a second time. */
#include "extract/again.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "capture/text_header.h"

/* Whether a file can be read once more, and holds packets. */
static int check_file(const struct capture_file *file, struct fosip_error *err)
{
    bool input = strcmp(file->path, "-") == 0;
    struct stat st;

    for (size_t i = 0; i < file->link_count; i++)
        if (file->links[i] == LINK_TEXT)
            return error_set(err, -ENOTSUP,
                             "%s: a text log holds messages and no packets: there is nothing to "
                             "take out of it",
                             file->path);
    if ((input ? fstat(0, &st) : stat(file->path, &st)) == 0 && !S_ISREG(st.st_mode))
        return error_set(err, -ESPIPE,
                         "%s: a pipe cannot be read twice: put it into a file first",
                         input ? "standard input" : file->path);
    return 0;
}

int again_open(const struct fosip_analysis *analysis, capture_secrets *secrets, void *ctx,
               struct capture **out, struct fosip_error *err)
{
    const struct capture *before = analysis->capture;
    size_t count = capture_file_count(before);
    struct capture_options how = {
        .filter = analysis->filter, .secrets = secrets, .secrets_ctx = ctx};
    const char **paths = calloc(count + 1, sizeof *paths);
    int r = 0;

    *out = NULL;
    if (!paths)
        return error_set(err, -ENOMEM, "not enough memory");
    for (size_t i = 0; r == 0 && i < count; i++) {
        struct capture_file file = capture_file(before, i);

        paths[i] = file.path;
        r = check_file(&file, err);
    }
    if (r == 0)
        r = capture_open(out, &how, paths, count, err);
    free(paths);
    return r;
}

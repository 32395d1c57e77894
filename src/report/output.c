/* Owns the result's way to its file: written beside it, renamed when whole. */
#include "fosip/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(struct fosip_error *err, const char *path, const char *what)
{
    err->code = -errno;
    snprintf(err->text, sizeof err->text, "%s: %s: %s", path, what, strerror(errno));
    return err->code;
}

/* Devices and pipes are written straight on. */
static int is_special(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

int fosip_output_open(struct fosip_output *o, const char *path, struct fosip_error *err)
{
    mode_t mask;
    int fd;

    *o = (struct fosip_output){.file = stdout, .path = path};
    if (!path)
        return 0;
    if (is_special(path)) {
        o->file = fopen(path, "w");
        return o->file ? 0 : fail(err, path, "cannot be written");
    }
    if (asprintf(&o->temporary, "%s.XXXXXX", path) < 0)
        return fail(err, path, "cannot be written");
    fd = mkstemp(o->temporary);
    if (fd < 0) {
        int r = fail(err, path, "cannot be written");

        free(o->temporary);
        o->temporary = NULL;
        o->file = NULL;
        return r;
    }
    mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask);
    o->file = fdopen(fd, "w");
    return o->file ? 0 : fail(err, path, "cannot be written");
}

int fosip_output_finish(struct fosip_output *o, struct fosip_error *err)
{
    bool bad;

    if (!o->path) {
        if (fflush(stdout) != 0 || ferror(stdout))
            return fail(err, "standard output", "cannot be written");
        return 0;
    }
    bad = o->file && ferror(o->file);
    if (o->file && (fclose(o->file) != 0 || bad)) {
        o->file = NULL;
        return fail(err, o->path, "writing failed");
    }
    o->file = NULL;
    if (o->temporary && rename(o->temporary, o->path) < 0)
        return fail(err, o->path, "cannot be put in place");
    free(o->temporary);
    o->temporary = NULL;
    return 0;
}

void fosip_output_abandon(struct fosip_output *o)
{
    if (o->path && o->file)
        fclose(o->file);
    if (o->temporary)
        unlink(o->temporary);
    free(o->temporary);
    o->temporary = NULL;
}

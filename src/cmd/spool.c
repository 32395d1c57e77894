/* Owns the temporary files that pipes are kept in while they are needed.  They
 * have no name: nothing is left behind, however the program ends. */
#include "cmd/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(struct fosip_error *err, const char *what)
{
    err->code = -errno;
    snprintf(err->text, sizeof err->text, "%s: %s", what, strerror(errno));
    return err->code;
}

static int open_nameless(struct fosip_error *err)
{
    const char *folder = getenv("TMPDIR");
    char *name;
    int fd;

    if (asprintf(&name, "%s/fosip.XXXXXX", folder && *folder ? folder : "/tmp") < 0)
        return fail(err, "a temporary file");
    fd = mkstemp(name);
    if (fd < 0)
        fail(err, name);
    else
        unlink(name);
    free(name);
    return fd;
}

static int write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t done = write(fd, p, n);

        if (done < 0 && errno != EINTR)
            return -1;
        p += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return 0;
}

/* All that comes from `in`, in a file: its descriptor, or a negative errno. */
static int keep(int in, struct fosip_error *err)
{
    static char block[1 << 16];
    int fd = open_nameless(err);
    ssize_t got;

    if (fd < 0)
        return err->code;
    while ((got = read(in, block, sizeof block)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || write_all(fd, block, (size_t)got) < 0) {
            int r = fail(err, got < 0 ? "reading from a pipe" : "a temporary file (TMPDIR)");

            close(fd);
            return r;
        }
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static int spool_input(struct fosip_error *err)
{
    struct stat st;
    int fd;

    if (fstat(STDIN_FILENO, &st) < 0 || S_ISREG(st.st_mode))
        return 0;
    fd = keep(STDIN_FILENO, err);
    if (fd < 0)
        return fd;
    dup2(fd, STDIN_FILENO);
    close(fd);
    return 0;
}

static int spool_named(const char **path, struct fosip_error *err)
{
    static char names[64][32]; /* of files that stay open to the end */
    static unsigned count;
    struct stat st;
    int in, fd;

    if (stat(*path, &st) < 0 || !S_ISFIFO(st.st_mode))
        return 0;
    if (count == sizeof names / sizeof names[0]) {
        errno = EMFILE;
        return fail(err, *path);
    }
    in = open(*path, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return fail(err, *path);
    fd = keep(in, err);
    close(in);
    if (fd < 0)
        return fd;
    snprintf(names[count], sizeof names[count], "/dev/fd/%d", fd);
    *path = names[count++];
    return 0;
}

int spool_pipes(const char **paths, size_t count, struct fosip_error *err)
{
    int r = 0;

    for (size_t i = 0; i < count && r == 0; i++)
        r = strcmp(paths[i], "-") == 0 ? spool_input(err) : spool_named(&paths[i], err);
    return r;
}

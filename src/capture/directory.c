#include "capture/directory.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/vec.h"

/* A symbolic link to a file, kept until it is known which files the tree has. */
struct link {
    char *path;
    dev_t device;
    ino_t inode;
};

struct place {
    dev_t device;
    ino_t inode;
};

struct walk {
    int (*each)(void *ctx, const char *path);
    void *ctx;
    VEC(struct place) files; /* given out */
    VEC(struct link) links;
};

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int give(struct walk *w, const char *path, dev_t device, ino_t inode)
{
    struct place *place = vec_add(&w->files);

    if (!place)
        return -ENOMEM;
    *place = (struct place){device, inode};
    return w->each(w->ctx, path);
}

static int keep_link(struct walk *w, const FTSENT *entry)
{
    struct link *link;
    struct stat st;

    if (stat(entry->fts_path, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    link = vec_add(&w->links);
    if (!link)
        return -ENOMEM;
    *link = (struct link){strdup(entry->fts_path), st.st_dev, st.st_ino};
    return link->path ? 0 : -ENOMEM;
}

static int visit(struct walk *w, FTS *fts, FTSENT *entry)
{
    if (entry->fts_level > FTS_ROOTLEVEL && entry->fts_name[0] == '.') {
        fts_set(fts, entry, FTS_SKIP);
        return 0;
    }
    if (entry->fts_info == FTS_F)
        return give(w, entry->fts_path, entry->fts_statp->st_dev, entry->fts_statp->st_ino);
    return entry->fts_info == FTS_SL ? keep_link(w, entry) : 0;
}

static bool given(const struct walk *w, const struct link *link)
{
    for (size_t i = 0; i < w->files.n; i++)
        if (w->files.v[i].inode == link->inode && w->files.v[i].device == link->device)
            return true;
    return false;
}

int directory_walk(const char *path, int (*each)(void *ctx, const char *path), void *ctx,
                   struct fosip_error *err)
{
    char *const roots[] = {(char *)path, NULL}; /* only read */
    struct walk w = {.each = each, .ctx = ctx};
    FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
    FTSENT *entry;
    int r = 0;

    if (!fts)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    while (r == 0 && (entry = fts_read(fts))) {
        if (entry->fts_level == FTS_ROOTLEVEL && entry->fts_info == FTS_DNR)
            r = error_set(err, -entry->fts_errno, "%s: %s", path, strerror(entry->fts_errno));
        else
            r = visit(&w, fts, entry);
    }
    for (size_t i = 0; i < w.links.n && r == 0; i++)
        if (!given(&w, &w.links.v[i]))
            r = give(&w, w.links.v[i].path, w.links.v[i].device, w.links.v[i].inode);
    for (size_t i = 0; i < w.links.n; i++)
        free(w.links.v[i].path);
    vec_free(&w.links);
    vec_free(&w.files);
    fts_close(fts);
    return r;
}

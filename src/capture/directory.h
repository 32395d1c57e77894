/* Directories: the regular files in them and below them. */
#ifndef CAPTURE_DIRECTORY_H
#define CAPTURE_DIRECTORY_H

#include "base/error.h"

/* Calls `each` for every regular file of the tree, in order of names; hidden
 * files and folders are left out, symbolic links to folders are not followed,
 * and of a file with several names in the tree only one that is no symbolic
 * link is taken.  Stops at a negative return value and gives that; else 0, or a
 * negative errno with `err`. */
int directory_walk(const char *path, int (*each)(void *ctx, const char *path), void *ctx,
                   struct fosip_error *err);

#endif

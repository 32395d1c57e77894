/* TLS secrets on their way from files to the decoder. */
#ifndef ANALYSIS_SECRETS_H
#define ANALYSIS_SECRETS_H

#include "base/error.h"
#include "base/vec.h"
#include "capture/capture.h"

/* Lines of a key log that were read. */
struct secrets_text {
    char *text;
    size_t n;
    size_t before; /* for whom moves them: number of the packet behind them */
};

/* Those that were not used yet, in order.  All zero is none. */
struct secrets {
    VEC(struct secrets_text) waiting;
};

/* Adds a key log file.  0, or a negative code: that of reading it, -EINVAL when
 * no secret is in it, -ENOTSUP when this build cannot use it, -ENOMEM. */
int secrets_read(struct secrets *secrets, const char *path, struct fosip_error *err);

/* The capture_secrets whose ctx is a struct secrets. */
void secrets_add(void *ctx, uint32_t type, const uint8_t *data, size_t n);

/* Moves all from one list to the end of another: they come before that packet. */
void secrets_move(struct secrets *to, struct secrets *from, size_t before);

/* Wipes and frees them: none is left. */
void secrets_free(struct secrets *secrets);

#endif

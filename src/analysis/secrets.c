#include "analysis/secrets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/keylog.h"
#include "net/tls_keys.h"

enum { MAX_FILE = 256 << 20, FIRST_ROOM = 64 << 10 };

static void text_free(struct secrets_text *text)
{
    if (text->text)
        explicit_bzero(text->text, text->n);
    free(text->text);
    *text = (struct secrets_text){.text = NULL};
}

void secrets_free(struct secrets *s)
{
    for (size_t i = 0; i < s->waiting.n; i++)
        text_free(&s->waiting.v[i]);
    vec_free(&s->waiting);
}

void secrets_move(struct secrets *to, struct secrets *from, size_t before)
{
    for (size_t i = 0; i < from->waiting.n; i++) {
        struct secrets_text *slot = vec_add(&to->waiting);

        if (!slot) {
            text_free(&from->waiting.v[i]);
            continue;
        }
        *slot = from->waiting.v[i];
        slot->before = before;
    }
    vec_free(&from->waiting);
}

void secrets_add(void *ctx, uint32_t type, const uint8_t *data, size_t n)
{
    struct secrets *s = ctx;
    struct secrets_text *slot;
    char *copy;

    if (type != SECRETS_TLS || !n)
        return;
    copy = malloc(n);
    slot = copy ? vec_add(&s->waiting) : NULL;
    if (!slot) { /* what they would open stays encrypted, and is said so */
        free(copy);
        return;
    }
    memcpy(copy, data, n);
    *slot = (struct secrets_text){.text = copy, .n = n};
}

/* The whole of a file, which may be a pipe. */
static int read_whole(struct secrets_text *out, FILE *file)
{
    size_t room = FIRST_ROOM, got;
    char *grown;

    out->text = malloc(room);
    while (out->text && (got = fread(out->text + out->n, 1, room - out->n, file)) > 0) {
        out->n += got;
        if (out->n < room)
            continue;
        if (room >= MAX_FILE)
            return -EFBIG;
        grown = realloc(out->text, room *= 2);
        if (!grown)
            return -ENOMEM;
        out->text = grown;
    }
    if (!out->text)
        return -ENOMEM;
    return ferror(file) ? -EIO : 0;
}

/* How many secrets the text holds, or a negative code. */
static long count(const struct secrets_text *text)
{
    struct keylog *keys = keylog_new();
    long n = keys ? keylog_add(keys, text->text, text->n) : -ENOMEM;

    keylog_free(keys);
    return n;
}

static int check(const struct secrets_text *text, const char *path, struct fosip_error *err)
{
    long n = count(text);

    if (n < 0)
        return error_set(err, (int)n, "%s: not enough memory for its TLS secrets", path);
    if (n == 0)
        return error_set(err, -EINVAL,
                         "%s: no TLS secret is in it: lines such as CLIENT_RANDOM and two "
                         "hexadecimal numbers were expected, as SSLKEYLOGFILE makes them",
                         path);
    return 0;
}

int secrets_read(struct secrets *s, const char *path, struct fosip_error *err)
{
    struct secrets_text text = {.text = NULL}, *slot;
    FILE *file;
    int r;

    if (!tls_keys_available())
        return error_set(err, -ENOTSUP,
                         "TLS cannot be decrypted: this fosip was built without OpenSSL "
                         "(libcrypto); build it again with libssl-dev installed");
    file = fopen(path, "r");
    if (!file)
        return error_set(err, -errno, "%s: cannot be read: %s", path, strerror(errno));
    r = read_whole(&text, file);
    fclose(file);
    if (r < 0)
        error_set(err, r, "%s: cannot be read: %s", path, strerror(-r));
    else
        r = check(&text, path, err);
    slot = r == 0 ? vec_add(&s->waiting) : NULL;
    if (slot) {
        *slot = text;
        return 0;
    }
    text_free(&text);
    return r < 0 ? r : error_set(err, -ENOMEM, "not enough memory");
}

/* What went wrong, for a person to read. */
#ifndef FOSIP_ERROR_H
#define FOSIP_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/* Filled by a function that returns a negative errno-style code.  `text` is
 * one sentence in UTF-8 without a final newline; it names the file, the
 * offset in octets where that makes sense, and the cause. */
struct fosip_error {
    int code;        /* the code returned: -EINVAL, -ENOENT, -ENOMEM, ... */
    char text[1024]; /* NUL-terminated, never longer than this */
};

#ifdef __cplusplus
}
#endif
#endif

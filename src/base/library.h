/* Libraries that few runs need: opened when they are first asked for.  No run waits for
 * those that it does without, and the program starts where they are not installed.
 *
 *     #define FUNCTIONS(X) X(opus_decode) X(opus_decoder_create)
 *     LIBRARY(opus, OPUS_FILE, FUNCTIONS);
 *     ...
 *     if (library_open(&opus_library))
 *         opus.opus_decode(...)
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct library {
    const char *file;         /* as programs are linked to it: "libopus.so.0" */
    const char *const *names; /* of its functions, NULL behind the last */
    void *functions;          /* a structure of a pointer to each of them, in that order */
    enum { LIBRARY_UNTRIED, LIBRARY_OPEN, LIBRARY_MISSING } state;
};

/* Whether the library is there with all its functions, which can then be called.  It stays
 * open until the process ends.  Several threads may ask at once. */
bool library_open(struct library *library);

/* `variable` holds the functions, variable_library says of which library. */
#define LIBRARY(variable, so_file, FUNCTIONS) \
    static struct { \
        FUNCTIONS(LIBRARY_POINTER) \
    } variable; \
    static const char *const variable##_names[] = {FUNCTIONS(LIBRARY_NAME) NULL}; \
    static struct library variable##_library = { \
        .file = so_file, .names = variable##_names, .functions = &variable}
#define LIBRARY_POINTER(function) __typeof__(&(function)) function;
#define LIBRARY_NAME(function) #function,

#endif

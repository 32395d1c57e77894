#include "base/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static bool open_all(const struct library *l)
{
    char *to = l->functions;
    void *handle = dlopen(l->file, RTLD_NOW | RTLD_LOCAL);

    for (const char *const *name = l->names; handle && *name; name++) {
        void *function = dlsym(handle, *name);

        if (!function)
            return false;
        /* ISO C has no conversion from void * to a pointer to a function; POSIX has both of
         * one size. */
        memcpy(to, &function, sizeof function);
        to += sizeof function;
    }
    return handle;
}

bool library_open(struct library *l)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    bool open;

    pthread_mutex_lock(&one_at_a_time);
    if (l->state == LIBRARY_UNTRIED)
        l->state = open_all(l) ? LIBRARY_OPEN : LIBRARY_MISSING;
    open = l->state == LIBRARY_OPEN;
    pthread_mutex_unlock(&one_at_a_time);
    return open;
}

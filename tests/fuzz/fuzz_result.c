/* Arbitrary octets as saved results: up to the first NUL those of A, the rest
 * those of B; read, compared and printed in each form. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fosip/diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int add(struct fosip_diff *diff, const uint8_t *data, size_t size)
{
    struct fosip_error err;
    char path[64];
    int fd = memfd_create("result", 0), r;

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    r = fosip_diff_add_result(diff, path, NULL, &err);
    close(fd);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *out;
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    size_t n = end ? (size_t)(end - data) : size;
    struct fosip_diff *diff = fosip_diff_new();
    struct fosip_error err;
    bool same;

    if (!out)
        out = fopen("/dev/null", "w");
    if (size % 2)
        fosip_diff_compare(diff, "all", &err);
    if (add(diff, data, n) == 0 &&
        (end ? add(diff, end + 1, size - n - 1) : add(diff, data, n)) == 0)
        for (int format = FOSIP_TEXT; format <= FOSIP_CSV; format++) {
            struct fosip_report_options options = {.format = (enum fosip_format)format};

            fosip_diff_report(diff, &options, out, &same, &err);
            if (!end && !same)
                __builtin_trap();
        }
    fosip_diff_free(diff);
    return 0;
}

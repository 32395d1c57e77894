/* The capture walker on arbitrary octets, mapped and from a pipe: every packet
 * must be readable to its end. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void walk(const char *path)
{
    struct fosip_error err;
    struct capture *c;
    struct packet p;
    unsigned sum = 0;

    if (capture_open(&c, NULL, &path, 1, &err) < 0)
        return;
    while (capture_next(c, &p)) {
        for (uint32_t i = 0; i < p.caplen; i++)
            sum += p.data[i];
        if (p.len < p.caplen)
            abort();
    }
    capture_close(c);
    (void)sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int file = memfd_create("capture", 0), ends[2];
    char path[64];

    if (file < 0 || write(file, data, n) != (ssize_t)n)
        abort();
    lseek(file, 0, SEEK_SET);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    walk(path);
    close(file);
    if (n > 4096 || pipe(ends) < 0) /* what a pipe holds without a reader */
        return 0;
    if (write(ends[1], data, n) != (ssize_t)n)
        abort();
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    walk(path);
    close(ends[0]);
    return 0;
}

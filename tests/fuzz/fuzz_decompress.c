/* What is unpacked while it is read: views as large as the input asks for, of
 * octets that may begin like any compressed format, and once more from the
 * beginning: the same octets must come. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/decompress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 4 << 20 }; /* a few octets may unpack to any number */

struct sum {
    uint64_t octets, value;
};

static struct sum walk(struct source *s, const uint8_t *data, size_t n)
{
    struct sum sum = {0};

    for (size_t i = 0; sum.octets < MOST; i++) {
        size_t want = 1 + (size_t)data[i % n] * 300;
        const uint8_t *p = source_need(s, want);
        size_t have = (size_t)(s->end - s->at);

        if (!p)
            want = have;
        for (size_t k = 0; k < want; k++)
            sum.value = sum.value * 31 + s->at[k];
        source_take(s, want);
        sum.octets += want;
        if (!p)
            break;
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const magics[] = {"", "\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "\x04\x22\x4d\x18",
                                         "BZh9\x31\x41\x59\x26\x53\x59"};
    const char *magic = n ? magics[data[0] % (sizeof magics / sizeof *magics)] : "";
    int file = memfd_create("packed", 0);
    struct source s;
    struct sum first, second;
    char path[64];

    if (file < 0 || write(file, magic, strlen(magic)) != (ssize_t)strlen(magic) ||
        write(file, data, n) != (ssize_t)n)
        abort();
    lseek(file, 0, SEEK_SET);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (n && source_open(&s, path, NULL) == 0) {
        first = walk(&s, data, n);
        if (source_progress(&s) > s.size || !source_rewind(&s))
            abort();
        second = walk(&s, data, n);
        if (first.octets != second.octets || first.value != second.value)
            abort();
        source_close(&s);
    }
    close(file);
    return 0;
}

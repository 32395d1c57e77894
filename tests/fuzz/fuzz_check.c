/* Files of expectations, arbitrary: an error lies within the text, and what is read can
 * be tested. */
#include <stdlib.h>
#include <string.h>

#include "fosip/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct fosip_analysis *analysis(void)
{
    static struct fosip_analysis *a;
    static bool tried;
    const char *path = "testdata/37d_closed_port_icmp.pcap";
    struct fosip_error err;

    if (!tried && fosip_analyse(&a, NULL, &path, 1, &err) < 0)
        a = NULL;
    tried = true;
    return a;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fosip_check *check = fosip_check_new();
    struct fosip_report_options how = {.format = FOSIP_TEXT};
    char *text = malloc(n + 1), *shown = NULL;
    unsigned line = 0, column = 0;
    struct fosip_error err;
    size_t failed, size;
    FILE *out = open_memstream(&shown, &size);

    if (!text || !check || !out)
        abort();
    memcpy(text, data, n);
    text[n] = '\0';
    if (fosip_check_add(check, "fuzz", text, &line, &column, &err) < 0) {
        if (!line || column > n + 1)
            abort();
    } else if (analysis()) {
        fosip_check_run(check, analysis(), &how, n % 6, out, &failed, &err);
    }
    fclose(out);
    free(shown);
    free(text);
    fosip_check_free(check);
    return 0;
}

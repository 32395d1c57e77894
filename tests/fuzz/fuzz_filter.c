/* The compiler of expressions on arbitrary text: an error lies within the text, and
 * what compiles can be evaluated. */
#include <stdlib.h>
#include <string.h>

#include "filter/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A capture to evaluate on; where it is not at hand, expressions are only compiled. */
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
    char *text = malloc(n + 1);
    struct fosip_filter *filter;
    struct fosip_place place;
    struct fosip_error err;

    if (!text)
        return 0;
    memcpy(text, data, n);
    text[n] = '\0';
    if (fosip_filter_compile(&filter, text, &place, &err) == 0) {
        if (analysis() && filter_apply(filter, analysis(), true) < 0)
            abort();
    } else if (place.offset > strlen(text) || place.length > strlen(text) - place.offset) {
        abort();
    }
    fosip_filter_free(filter);
    free(text);
    return 0;
}

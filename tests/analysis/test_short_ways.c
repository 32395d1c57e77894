/* The short ways of common packets (net/plain.h, stream/look.c, stream/regular.c)
 * change no result: every capture of testdata, and of the folders that
 * $FOSIP_CAPTURES names, is analysed with them and without, and gives the same JSON to
 * the octet. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/model.h"
#include "analysis/pipeline.h"
#include "support/suite.h"

/* As fosip_analyse(), but for the choice. */
static struct fosip_analysis *analyse(const char *path, bool short_ways)
{
    struct fosip_analysis *a = calloc(1, sizeof *a);
    struct capture_options how = {.secrets = secrets_add};
    struct fosip_error err;

    ck_assert_ptr_nonnull(a);
    a->no_short_ways = !short_ways;
    how.secrets_ctx = &a->secrets;
    ck_assert_int_eq(capture_open(&a->capture, &how, &path, 1, &err), 0);
    ck_assert_int_eq(pipeline_run(a, NULL), 0);
    return a;
}

static char *json_of(const char *path, bool short_ways, size_t *n, uint64_t *rtp)
{
    struct fosip_report_options options = {.format = FOSIP_JSON, .all = true};
    struct fosip_analysis *a = analyse(path, short_ways);
    struct fosip_error err;
    char *text = NULL;
    FILE *out = open_memstream(&text, n);

    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(fosip_report(a, FOSIP_SUMMARY, &options, out, &err), 0);
    fclose(out);
    *rtp = a->counts.rtp;
    fosip_free(a);
    return text;
}

static unsigned captures;
static uint64_t packets;

static void compare(const char *path)
{
    size_t n[2];
    uint64_t rtp[2];
    char *with = json_of(path, true, &n[0], &rtp[0]);
    char *without = json_of(path, false, &n[1], &rtp[1]);

    ck_assert_msg(n[0] == n[1] && memcmp(with, without, n[0]) == 0, "%s differs", path);
    ck_assert_uint_gt(n[0], 0);
    captures++;
    packets += rtp[0];
    free(with);
    free(without);
}

static void compare_folder(const char *folder)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort);

    ck_assert_msg(n > 0, "%s cannot be read", folder);
    for (int i = 0; i < n; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_type == DT_REG)
            compare(path);
        free(entries[i]);
    }
    free(entries);
}

START_TEST(same_json)
{
    const char *folder = getenv("TESTDATA");
    char *more = strdup(getenv("FOSIP_CAPTURES") ? getenv("FOSIP_CAPTURES") : ""), *rest = more;

    compare_folder(folder ? folder : "testdata");
    for (char *name; (name = strtok_r(rest, " ", &rest));)
        compare_folder(name);
    free(more);
    ck_assert_uint_gt(captures, 50);
    ck_assert_uint_gt(packets, 10000);
}
END_TEST

/* ---- captures of other links ------------------------------------------------------ */

static void put32(FILE *out, uint32_t value)
{
    fwrite(&value, sizeof value, 1, out);
}

/* The packet of Ethernet as it were, taken otherwise. */
static size_t relink(uint32_t link, bool tag, const struct packet *p, uint8_t *to)
{
    static const uint8_t cooked2[20] = {8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1},
                         vlan[4] = {0x81, 0, 0, 100};
    size_t header = link == 276 ? sizeof cooked2 : tag ? 16 : 12, skip = link == 276 ? 14 : 12;

    if (link == 276) {
        memcpy(to, cooked2, sizeof cooked2);
        memcpy(to, p->data + 12, 2);
    } else {
        memcpy(to, p->data, 12);
        memcpy(to + 12, vlan, tag ? sizeof vlan : 0);
    }
    memcpy(to + header, p->data + skip, p->caplen - skip);
    return header + p->caplen - skip;
}

/* Cooked, or of Ethernet with a tag on all packets but every so many in turn. */
static void rewrite(const char *from, uint32_t link, uint64_t untagged, const char *to)
{
    struct fosip_error err;
    struct capture *c;
    struct packet p;
    FILE *out = fopen(to, "wb");
    uint8_t octets[65536 + 20];

    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(capture_open(&c, NULL, &from, 1, &err), 0);
    put32(out, 0xa1b23c4d);
    put32(out, 2 | 4 << 16);
    put32(out, 0);
    put32(out, 0);
    put32(out, 262144);
    put32(out, link);
    while (capture_next(c, &p)) {
        bool tag = !untagged || p.frame % (2 * untagged) >= untagged;
        size_t n = relink(link, tag, &p, octets);

        ck_assert_uint_le(p.caplen, 65536);
        put32(out, (uint32_t)(p.time / 1000000000));
        put32(out, (uint32_t)(p.time % 1000000000));
        put32(out, (uint32_t)n);
        put32(out, (uint32_t)n);
        fwrite(octets, 1, n, out);
    }
    capture_close(c);
    ck_assert_int_eq(fclose(out), 0);
}

static const struct {
    uint32_t link;
    uint64_t untagged; /* so many of twice as many packets; 0: none */
} ways[] = {{276, 0}, {1, 0}, {1, 1}, {1, 25}, {1, 1000}};

START_TEST(other_links)
{
    static const char *const names[] = {"33a_rtcp_mux.pcap", "11a_hold.pcap", "36p_reorder_2.pcap"};
    const char *folder = getenv("TESTDATA");
    char path[] = "/tmp/fosip-test-XXXXXX", from[4096];

    close(mkstemp(path));
    packets = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(from, sizeof from, "%s/%s", folder ? folder : "testdata", names[i]);
        rewrite(from, ways[_i].link, ways[_i].untagged, path);
        compare(path);
    }
    ck_assert_uint_gt(packets, 1000);
    unlink(path);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("short ways");

    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, same_json);
    tcase_add_loop_test(tcase, other_links, 0, sizeof ways / sizeof ways[0]);
    return run_suite("short ways", tcase);
}

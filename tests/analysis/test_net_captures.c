/* One capture for each link layer, tunnel and transport that is read: what is in
 * it stands in testdata/net/expected.tsv (scripts/make-net-captures). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "analysis/model.h"
#include "support/suite.h"

enum { MOST = 256, COLUMNS = 8 };

static char rows[MOST][512];
static int row_count;

static const char *folder(void)
{
    const char *testdata = getenv("TESTDATA");

    return testdata ? testdata : "testdata";
}

static void read_rows(void)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/net/expected.tsv", folder());
    file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    while (row_count < MOST && fgets(rows[row_count], sizeof rows[0], file))
        row_count += rows[row_count][0] != '#';
    fclose(file);
}

START_TEST(capture)
{
    char line[512], path[4096], text[ADDR_TEXT];
    char *column[COLUMNS], *rest = line;
    const char *one = path;
    struct fosip_analysis *a;
    struct fosip_error err;
    const struct path *way;
    struct capture_file file;

    strcpy(line, rows[_i]);
    for (unsigned i = 0; i < COLUMNS; i++)
        column[i] = strsep(&rest, "\t\n");
    ck_assert_msg(column[COLUMNS - 1] != NULL, "a row of expected.tsv lacks columns");
    snprintf(path, sizeof path, "%s/net/%s", folder(), column[0]);
    ck_assert_int_eq(fosip_analyse(&a, NULL, &one, 1, &err), 0);
    file = capture_file(a->capture, 0);
    ck_assert_msg(!file.problem, "%s: %s", column[0], file.problem);
    ck_assert_uint_eq(file.link_count, 1);
    ck_assert_uint_eq(file.links[0], strtoul(column[1], NULL, 10));
    ck_assert_ptr_nonnull(net_link_name(file.links[0]));
    ck_assert_msg(a->counts.sip == strtoul(column[2], NULL, 10), "%s: %llu SIP messages", column[0],
                  (unsigned long long)a->counts.sip);
    ck_assert_msg(a->counts.rtp == strtoul(column[3], NULL, 10), "%s: %llu RTP packets", column[0],
                  (unsigned long long)a->counts.rtp);
    ck_assert_uint_eq(a->counts.undecoded, 0);
    ck_assert_uint_eq(a->counts.sip_malformed, 0);
    ck_assert_uint_eq(call_count(a->calls), 1);
    ck_assert_uint_eq(stream_count(a->streams), 2);
    way = call_path(a->calls, call_at(a->calls, 0)->first_path);
    ck_assert_str_eq(addr_text(&way->src, text), column[4]);
    ck_assert_str_eq(addr_text(&way->dst, text), column[5]);
    ck_assert_str_eq(net_transport_name((enum net_transport)way->transport), column[6]);
    fosip_free(a);
}
END_TEST

/* ---- cut short ------------------------------------------------------------------- */

enum { FILE_HEADER = 24, RECORD_HEADER = 16, LARGEST = 1 << 16, HEADERS = 128, STEP = 7 };

static uint8_t octets[LARGEST];

static size_t read_capture(const char *name)
{
    char path[4096];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "%s/net/%s", folder(), name);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    n = fread(octets, 1, LARGEST, file);
    fclose(file);
    ck_assert_uint_lt(n, LARGEST);
    return n;
}

static uint32_t little(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Writes the capture with as many octets of each packet at most; gives the length of
 * the longest packet. */
static uint32_t write_cut(int to, size_t size, uint32_t snap)
{
    static uint8_t cut[LARGEST];
    size_t at = FILE_HEADER, n = FILE_HEADER;
    uint32_t longest = 0;

    memcpy(cut, octets, FILE_HEADER);
    while (at + RECORD_HEADER <= size) {
        uint32_t caplen = little(octets + at + 8), kept = caplen < snap ? caplen : snap;

        memcpy(cut + n, octets + at, RECORD_HEADER + kept);
        for (unsigned i = 0; i < 4; i++)
            cut[n + 8 + i] = (uint8_t)(kept >> 8 * i);
        longest = caplen > longest ? caplen : longest;
        n += RECORD_HEADER + kept;
        at += RECORD_HEADER + caplen;
    }
    ck_assert_int_eq(ftruncate(to, 0), 0);
    ck_assert_int_eq(pwrite(to, cut, n, 0), (ssize_t)n);
    return longest;
}

/* What is there of a packet is taken, never more, and nothing is made up of it. */
START_TEST(snapped)
{
    char name[64], path[64];
    const char *one = path;
    int memory = memfd_create("snapped", 0);
    uint64_t sip = strtoul(strchr(strchr(rows[_i], '\t') + 1, '\t') + 1, NULL, 10);
    uint32_t longest = UINT32_MAX;
    size_t size;

    ck_assert_int_ge(memory, 0);
    ck_assert_int_eq(sscanf(rows[_i], "%63[^\t]", name), 1);
    snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
    size = read_capture(name);
    for (uint32_t snap = 0; snap < longest; snap += snap < HEADERS ? 1 : STEP) {
        struct fosip_analysis *a;
        struct fosip_error err;

        longest = write_cut(memory, size, snap);
        ck_assert_int_eq(fosip_analyse(&a, NULL, &one, 1, &err), 0);
        ck_assert_ptr_null(capture_file(a->capture, 0).problem);
        ck_assert_msg(a->counts.sip <= sip, "%s, %u octets: %llu SIP messages", name, snap,
                      (unsigned long long)a->counts.sip);
        ck_assert_uint_le(call_count(a->calls), a->counts.sip);
        ck_assert_uint_le(stream_count(a->streams), 2);
        if (snap == 0)
            ck_assert_uint_eq(a->counts.sip + a->counts.rtp, 0);
        fosip_free(a);
    }
    close(memory);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("captures");

    read_rows();
    if (row_count < 80) {
        fprintf(stderr, "testdata/net/expected.tsv lists only %d captures\n", row_count);
        return 1;
    }
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, capture, 0, row_count);
    tcase_add_loop_test(t, snapped, 0, row_count);
    return run_suite("captures of each layer", t);
}

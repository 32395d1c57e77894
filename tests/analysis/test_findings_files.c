/* What is said of the files of a capture: rings with holes, clocks that differ. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/model.h"
#include "support/suite.h"

enum { FILE_HEADER = 24, RECORD_HEADER = 16, LARGEST = 1 << 18, MOST = 8 };

static uint8_t octets[LARGEST];
static size_t size, records[4096];
static unsigned count;
static char folder[] = "/tmp/fosip-test-XXXXXX";
static char written[MOST][128];
static unsigned files;

static uint32_t little(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A call of 8 s, with RTP both ways (pcap of microseconds). */
static void setup(void)
{
    const char *testdata = getenv("TESTDATA");
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/01a_basic_caller_bye.pcap", testdata ? testdata : "testdata");
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size = fread(octets, 1, LARGEST, file);
    fclose(file);
    ck_assert_uint_lt(size, LARGEST);
    files = count = 0;
    for (size_t at = FILE_HEADER; at < size; at += RECORD_HEADER + little(octets + at + 8))
        records[count++] = at;
    records[count] = size;
    ck_assert_uint_eq(count, 842);
    strcpy(strrchr(folder, '-'), "-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void)
{
    for (unsigned i = 0; i < files; i++)
        unlink(written[i]);
    rmdir(folder);
}

/* Writes the packets from the one to the other, their times so many seconds later. */
static void write_file(const char *name, unsigned from, unsigned to, int later)
{
    FILE *file;

    snprintf(written[files], sizeof written[0], "%s/%s", folder, name);
    file = fopen(written[files++], "w");
    ck_assert_ptr_nonnull(file);
    fwrite(octets, 1, FILE_HEADER, file);
    for (unsigned i = from; i < to; i++) {
        uint8_t *record = octets + records[i];
        uint32_t seconds = little(record) + (uint32_t)later;

        for (unsigned k = 0; k < 4; k++)
            fputc((int)(seconds >> 8 * k & 0xff), file);
        fwrite(record + 4, 1, records[i + 1] - records[i] - 4, file);
    }
    fclose(file);
}

static struct fosip_analysis *analyse(void)
{
    struct fosip_analysis *a;
    struct fosip_error err;
    const char *paths[MOST];

    for (unsigned i = 0; i < files; i++)
        paths[i] = written[i];
    ck_assert_int_eq(fosip_analyse(&a, NULL, paths, files, &err), 0);
    ck_assert_uint_eq(fosip_readable(a), files);
    return a;
}

static const struct finding *find(const struct fosip_analysis *a, const char *rule)
{
    for (size_t i = 0; i < a->findings.n; i++)
        if (strcmp(a->findings.v[i].rule, rule) == 0)
            return &a->findings.v[i];
    return NULL;
}

static void expect(const struct fosip_analysis *a, const char *rule, const char *about)
{
    const struct finding *f = find(a, rule);

    ck_assert_msg((f != NULL) == (about != NULL), "%s: %s", rule, f ? f->text : "not found");
    if (f)
        ck_assert_msg(strstr(f->text, about) != NULL, "%s", f->text);
}

START_TEST(clocks)
{
    struct fosip_analysis *a;

    write_file("a", 0, 400, 0);
    write_file("b", 400, 842, -3);
    a = analyse();
    expect(a, "clocks-differ", "2 RTP streams are spread over several files whose clocks differ, "
                               "by about 3.0 s");
    expect(a, "late-packets", NULL);
    expect(a, "low-mos", NULL);
    expect(a, "packet-loss", NULL);
    fosip_free(a);
}
END_TEST

/* One behind the other, with a second of overlap, and two taps of all. */
START_TEST(clocks_that_agree)
{
    static const unsigned ways[][4] = {{0, 400, 400, 842}, {0, 450, 400, 842}, {0, 842, 0, 842}};
    struct fosip_analysis *a;

    write_file("a", ways[_i][0], ways[_i][1], 0);
    write_file("b", ways[_i][2], ways[_i][3], 0);
    a = analyse();
    expect(a, "clocks-differ", NULL);
    expect(a, "captured-twice", _i == 0 ? NULL : "in the capture twice");
    ck_assert_uint_eq(a->findings.n, _i > 0);
    fosip_free(a);
}
END_TEST

static const struct {
    const char *names[4];       /* each holds the next fifth of the packets */
    unsigned skipped;           /* fifths before the first */
    const char *first, *middle; /* what is said of the files before and in between */
} rings[] = {
    {{"c_00001_20260101120000.pcap", "c_00002_20260101120002.pcap"}, 0, NULL, NULL},
    {{"c_00003_20260101120000.pcap", "c_00004_20260101120002.pcap"}, 3, "file 3 of a ring", NULL},
    {{"c_20260101120000_00003.pcap", "c_20260101120002_00004.pcap"}, 3, "file 3 of a ring", NULL},
    /* the beginning of the call is there: nothing is missed */
    {{"c_00003_20260101120000.pcap", "c_00004_20260101120002.pcap"}, 0, NULL, NULL},
    {{"c_00001_20260101120000.pcap", "c_00004_20260101120002.pcap"}, 0, NULL, "2 files of a ring"},
    {{"t.pcap", "t.pcap1", "t.pcap2"}, 0, NULL, NULL},
    {{"t.pcap", "t.pcap1", "t.pcap3"}, 0, NULL, "1 file of a ring"},
    {{"t.pcap0", "t.pcap1", "t.pcap2"}, 2, NULL, NULL},
    {{"t.pcap1", "t.pcap2"}, 3, "file 1 of a ring", NULL},
    {{"t.pcap09", "t.pcap10", "t.pcap11"}, 2, "file 9 of a ring", NULL},
    /* numbers that started over: all are there */
    {{"t.pcap1", "t.pcap2", "t.pcap0"}, 2, NULL, NULL},
    /* sets of their own, and names without numbers */
    {{"a.pcap", "b.pcap3"}, 0, NULL, NULL},
    {{"monday_2026.pcap", "friday_2030.pcap"}, 3, NULL, NULL},
};

START_TEST(ring)
{
    enum { FIFTH = 842 / 5 };
    struct fosip_analysis *a;

    for (unsigned i = 0; i < 4 && rings[_i].names[i]; i++) {
        unsigned from = (rings[_i].skipped + i) * FIFTH;

        write_file(rings[_i].names[i], from, from + FIFTH, 0);
    }
    a = analyse();
    expect(a, "earlier-files-missing", rings[_i].first);
    expect(a, "files-missing", rings[_i].middle);
    fosip_free(a);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("findings of files");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, clocks);
    tcase_add_loop_test(t, clocks_that_agree, 0, 3);
    tcase_add_loop_test(t, ring, 0, sizeof rings / sizeof *rings);
    return run_suite("findings of files", t);
}

/* A capture that ends at any octet, as those of a full disk or a killed program do:
 * what is whole is analysed, what is not is said, nothing breaks. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "analysis/model.h"
#include "support/suite.h"

enum { MOST = 4096, FILE_HEADER = 24, RECORD_HEADER = 16 };

static uint8_t octets[MOST];
static size_t size;

static void read_beginning(const char *name)
{
    const char *testdata = getenv("TESTDATA");
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", testdata ? testdata : "testdata", name);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size = fread(octets, 1, MOST, file);
    fclose(file);
    ck_assert_uint_gt(size, FILE_HEADER);
}

/* Analyses the first n octets, prints all reports; the caller frees. */
static struct fosip_analysis *analyse(size_t n)
{
    struct fosip_report_options how = {.format = FOSIP_JSON};
    int memory = memfd_create("cut", 0);
    struct fosip_analysis *a = NULL;
    struct fosip_error err;
    FILE *sink = fopen("/dev/null", "w");
    char path[64];
    const char *one = path;

    ck_assert(memory >= 0 && sink);
    ck_assert_int_eq(write(memory, octets, n), (ssize_t)n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
    ck_assert_int_eq(fosip_analyse(&a, NULL, &one, 1, &err), 0);
    ck_assert_int_eq(fosip_report(a, FOSIP_SUMMARY, &how, sink, &err), 0);
    how.format = FOSIP_TEXT;
    ck_assert_int_eq(fosip_report(a, FOSIP_SUMMARY, &how, sink, &err), 0);
    ck_assert_int_eq(fosip_report(a, FOSIP_LADDER, &how, sink, &err), 0);
    close(memory);
    fclose(sink);
    return a;
}

static uint32_t little(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Whole records in the first n octets of a little-endian pcap; *rest is what is
 * left behind them. */
static uint64_t whole_records(size_t n, size_t *rest)
{
    uint64_t count = 0;
    size_t at = FILE_HEADER;

    while (at + RECORD_HEADER <= n && at + RECORD_HEADER + little(octets + at + 8) <= n) {
        at += RECORD_HEADER + little(octets + at + 8);
        count++;
    }
    *rest = n - at;
    return count;
}

static const char *const pcaps[] = {"04a_busy.pcap", "22d_fragment_lost.pcap", "net/websocket.pcap",
                                    "net/sctp.pcap", "37d_closed_port_icmp.pcap"};

START_TEST(pcap)
{
    read_beginning(pcaps[_i]);
    for (size_t n = 0; n <= size; n++) {
        struct fosip_analysis *a = analyse(n);
        bool damaged = false;
        const char *problem = fosip_problem(a, 0, &damaged);
        size_t rest;

        if (n < FILE_HEADER) {
            ck_assert_uint_eq(fosip_readable(a), 0);
            ck_assert_ptr_nonnull(problem);
        } else {
            ck_assert_uint_eq(fosip_readable(a), 1);
            ck_assert_uint_eq(a->packets, whole_records(n, &rest));
            ck_assert_msg((problem != NULL) == (rest > 0), "%zu octets: %s", n, problem);
            ck_assert_msg(!damaged, "%zu octets: %s", n, problem);
        }
        fosip_free(a);
    }
}
END_TEST

static const struct {
    const char *name;
    uint64_t fewest, step; /* packets in all, and that an octet more may bring */
} others[] = {
    {"25a_two_interfaces.pcapng", 6, 1},
    {"logs/ccsip.txt", 3, 1},
#ifdef HAVE_ZLIB
    {"files/busy.pcap.gz", 18, 18},
#endif
};

/* The more there is of a file, the more packets there are. */
START_TEST(other_formats)
{
    uint64_t before = 0;

    read_beginning(others[_i].name);
    for (size_t n = 0; n <= size; n++) {
        struct fosip_analysis *a = analyse(n);
        bool damaged = false;
        const char *problem = fosip_problem(a, 0, &damaged);

        ck_assert_uint_ge(a->packets, before);
        ck_assert_uint_le(a->packets, before + others[_i].step);
        ck_assert_uint_le(fosip_readable(a), 1);
        if (fosip_readable(a))
            ck_assert_msg(!damaged, "%zu octets: %s", n, problem);
        else
            ck_assert_ptr_nonnull(problem);
        before = a->packets;
        fosip_free(a);
    }
    ck_assert_uint_ge(before, others[_i].fewest);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("cut");

    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, pcap, 0, sizeof pcaps / sizeof *pcaps);
    tcase_add_loop_test(t, other_formats, 0, sizeof others / sizeof *others);
    return run_suite("cut", t);
}

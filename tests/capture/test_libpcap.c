/* Our walker and libpcap see the same packets in every file that libpcap can
 * read: time to the nanosecond, lengths, octets.  Reads testdata, and the
 * folders in FOSIP_CAPTURES (separated by colons). */
#include <dirent.h>
#include <pcap/pcap.h>

#include "file.h"

static unsigned compared;

static void compare(const char *path)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_t *reference =
        pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
    struct pcap_pkthdr *header;
    const u_char *data;
    struct capture *c;
    struct packet p;
    unsigned n = 0;

    if (!reference)
        return;
    c = open_ok(path);
    while (pcap_next_ex(reference, &header, &data) == 1) {
        /* libpcap takes a classic file's seconds for signed, past 2038 too */
        int64_t time = (int64_t)(uint32_t)header->ts.tv_sec * 1000000000 + header->ts.tv_usec;

        n++;
        ck_assert_msg(capture_next(c, &p), "%s: ends before packet %u", path, n);
        ck_assert_msg(p.time == time, "%s: time of packet %u", path, n);
        ck_assert_msg(p.caplen == header->caplen, "%s: length of packet %u", path, n);
        ck_assert_msg(p.len == (header->len < header->caplen ? header->caplen : header->len),
                      "%s: length on the wire of packet %u", path, n);
        ck_assert_msg(memcmp(p.data, data, p.caplen) == 0, "%s: octets of packet %u", path, n);
    }
    compared++;
    capture_close(c);
    pcap_close(reference);
}

static void compare_folder(const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *entry;
    char path[1024];

    ck_assert_msg(d != NULL, "%s cannot be read", folder);
    while ((entry = readdir(d))) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_REG)
            compare(path);
    }
    closedir(d);
}

START_TEST(same_packets)
{
    const char *testdata = getenv("TESTDATA"), *more = getenv("FOSIP_CAPTURES");
    char *list = strdup(more ? more : ""), *rest = NULL;

    compare_folder(testdata ? testdata : "testdata");
    ck_assert_uint_gt(compared, 20);
    for (char *one = strtok_r(list, ":", &rest); one; one = strtok_r(NULL, ":", &rest))
        compare_folder(one);
    free(list);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("libpcap");

    tcase_add_test(t, same_packets);
    return run_suite("libpcap", t);
}

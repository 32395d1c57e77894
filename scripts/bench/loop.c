/* The yardstick: libpcap's reader with nothing done to the packets but counting
 * them and their octets. */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE] = "no file named";
    pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    struct pcap_pkthdr *header;
    const u_char *data;
    unsigned long long packets = 0, octets = 0;
    int got;

    if (!capture) {
        fprintf(stderr, "loop: %s\n", error);
        return 2;
    }
    while ((got = pcap_next_ex(capture, &header, &data)) == 1) {
        packets++;
        octets += header->len;
    }
    pcap_close(capture);
    printf("%llu packets, %llu octets\n", packets, octets);
    return got == PCAP_ERROR_BREAK ? 0 : 2;
}

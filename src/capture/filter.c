/* Owns the compiled capture filters, one a link type. */
#include "capture/filter.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINKS = 32, SNAPLEN = 262144 };

struct compiled {
    uint32_t link;
    bool valid;
    struct bpf_program program;
};

struct filter {
    char *text;
    size_t count;
    struct compiled links[MAX_LINKS];
};

int filter_dlt(uint32_t link)
{
    switch (link) {
    case 100:
        return DLT_ATM_RFC1483;
    case 101:
        return DLT_RAW;
    default:
        return (int)link;
    }
}

static int compile(struct filter *f, struct compiled *c, uint32_t link, struct fosip_error *err)
{
    pcap_t *dead = pcap_open_dead(filter_dlt(link), SNAPLEN);
    int r = 0;

    if (!dead)
        return error_set(err, -ENOMEM, "not enough memory");
    c->link = link;
    if (pcap_compile(dead, &c->program, f->text, 1, PCAP_NETMASK_UNKNOWN) < 0)
        r = error_set(err, -EINVAL, "the capture filter \"%s\" is not valid: %s", f->text,
                      pcap_geterr(dead));
    else
        c->valid = true;
    pcap_close(dead);
    return r;
}

int filter_new(struct filter **out, const char *text, struct fosip_error *err)
{
    struct filter *f = calloc(1, sizeof *f);
    int r;

    if (f)
        f->text = strdup(text);
    if (!f || !f->text) {
        free(f);
        return error_set(err, -ENOMEM, "not enough memory");
    }
    r = compile(f, &f->links[0], DLT_EN10MB, err);
    if (r < 0) {
        filter_free(f);
        return r;
    }
    f->count = 1;
    *out = f;
    return 0;
}

void filter_free(struct filter *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->count; i++)
        if (f->links[i].valid)
            pcap_freecode(&f->links[i].program);
    free(f->text);
    free(f);
}

static struct compiled *for_link(struct filter *f, uint32_t link)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->links[i].link == link)
            return &f->links[i];
    if (f->count == MAX_LINKS)
        return NULL;
    compile(f, &f->links[f->count], link, NULL);
    return &f->links[f->count++];
}

bool filter_passes(struct filter *f, const struct packet *packet)
{
    struct compiled *c = for_link(f, packet->link);
    struct pcap_pkthdr header = {.caplen = packet->caplen, .len = packet->len};

    return c && c->valid && pcap_offline_filter(&c->program, &header, packet->data) != 0;
}

/* Joins the calls that a REFER asked for (RFC 3515) with its own. */
#include <errno.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/time.h"
#include "call/group.h"
#include "sip/header.h"

enum { TRANSFER_S = 64 }; /* in which a REFER's call begins */

/* A call's Request-URI as the key that a REFER's target is compared with. */
static bool target_of(const struct call *call, struct sip_uri *uri)
{
    return call->kind == CALL_CALL && call->request_uri.p && sip_uri_parse(uri, call->request_uri);
}

static uint64_t hash_folded(uint64_t h, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        h = hash_u64(h, c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    return h;
}

static uint64_t hash_target(const struct call_table *table, struct slice user, struct slice host)
{
    return hash_folded(hash_bytes(table->seed, user.p, user.n), host);
}

static bool same_target(const struct call_table *table, uint32_t a, uint32_t b)
{
    struct sip_uri one, two;

    return target_of(table->calls.v[a], &one) && target_of(table->calls.v[b], &two) &&
           slice_eq(one.user, two.user) && slice_ieq(one.host, two.host);
}

/* The REFER's receiver sends the INVITE; who it is shows by its address, or by
 * the Referred-By that it passes on (RFC 3892). */
static bool made_by(const struct call_table *table, const struct call *call,
                    const struct hint *refer)
{
    struct sip_msg msg;

    if (time_between(refer->time, call->start) < 0 ||
        call->start > refer->time + TRANSFER_S * GROUP_SECOND)
        return false;
    if (addr_same_ip(&call_path(table, call->first_path)->src,
                     &call_path(table, refer->path)->dst))
        return true;
    return call->messages.n && message_fields(&call->messages.v[0], &msg) &&
           sip_header(&msg, SIP_H_REFERRED_BY, 0);
}

/* The first call to the target after the REFER. */
static int join_by_refer(struct call_table *table, const struct chain *chain,
                         const struct hint *refer)
{
    struct table_walk walk =
        table_walk(&chain->table, hash_target(table, refer->text, refer->name));
    uint32_t key, best = CALL_NONE;
    char text[512];

    while (best == CALL_NONE && table_next(&walk, &key)) {
        uint32_t i = chain->keys.v[key].newest;
        struct sip_uri uri;

        if (!target_of(table->calls.v[i], &uri) || !slice_eq(uri.user, refer->text) ||
            !slice_ieq(uri.host, refer->name))
            continue;
        for (unsigned n = 0; i != CALL_NONE && n < 8 * GROUP_LOOK_BACK; n++, i = chain->before[i])
            if (i != refer->call && made_by(table, table->calls.v[i], refer))
                best = i;
    }
    if (best == CALL_NONE)
        return 0;
    snprintf(text, sizeof text, "Refer-To: %.*s%s%.*s", SLICE_ARG(refer->text),
             refer->text.n ? "@" : "", SLICE_ARG(refer->name));
    return call_join(table, best, refer->call, EVIDENCE_REFER, slice_str(text));
}

int group_by_refers(struct call_table *table)
{
    struct chain chain;
    struct sip_uri uri;
    int r = chain_open(&chain, table->calls.n) && chain_begin(&chain) ? 0 : -ENOMEM;

    for (uint32_t i = 0; r == 0 && i < table->calls.n; i++)
        if (target_of(table->calls.v[i], &uri))
            r = chain_put(&chain, table, hash_target(table, uri.user, uri.host), i, same_target);
    for (size_t i = 0; r == 0 && i < table->hints.n; i++)
        if (table->hints.v[i].evidence == EVIDENCE_REFER)
            r = join_by_refer(table, &chain, &table->hints.v[i]);
    chain_close(&chain);
    return r;
}

#include "net/tls_message.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_HELLO = 16 * 1024 }; /* a larger one is not read */

void tls_message_forget(struct tls_message *m)
{
    free(m->body);
    *m = (struct tls_message){.left = 0};
}

/* The four octets before the body are whole. */
static void begin_body(struct tls_message *m)
{
    m->left = be32(m->head) & 0xffffff;
    if ((m->head[0] == TLS_CLIENT_HELLO || m->head[0] == TLS_SERVER_HELLO) && m->left <= MAX_HELLO)
        m->body = malloc(m->left ? m->left : 1);
}

bool tls_message_next(struct tls_message *m, struct cursor *at)
{
    size_t part;

    while (m->head_n < sizeof m->head) {
        if (!cursor_u8(at, &m->head[m->head_n]))
            return false;
        if (++m->head_n == sizeof m->head)
            begin_body(m);
    }
    part = at->left < m->left ? at->left : m->left;
    if (m->body && part)
        memcpy(m->body + m->n, at->p, part);
    m->n += (uint32_t)part;
    m->left -= (uint32_t)part;
    cursor_take(at, part);
    return !m->left;
}

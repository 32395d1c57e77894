/* A cursor: a place in captured octets that cannot be read past their end.
 *
 * Every read tests what is left first and moves only when it succeeds, so a
 * decoder that goes through a cursor is bounds-checked by construction.
 * Numbers of several octets are in network order unless named _le. */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
    const uint8_t *p;
    size_t left;
};

static inline struct cursor cursor_make(const void *p, size_t n)
{
    return (struct cursor){p, n};
}

static inline uint16_t be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t be64(const uint8_t *p)
{
    return (uint64_t)be32(p) << 32 | be32(p + 4);
}

static inline uint16_t le16(const uint8_t *p)
{
    return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t le64(const uint8_t *p)
{
    return (uint64_t)le32(p + 4) << 32 | le32(p);
}

/* The next n octets, or NULL when fewer are left; moves past them. */
static inline const uint8_t *cursor_take(struct cursor *c, size_t n)
{
    const uint8_t *p = c->p;

    if (n > c->left)
        return NULL;
    if (n) /* p may be NULL when nothing is left, and NULL + 0 is undefined */
        c->p += n;
    c->left -= n;
    return p;
}

static inline bool cursor_skip(struct cursor *c, size_t n)
{
    return cursor_take(c, n) != NULL || n == 0;
}

static inline bool cursor_u8(struct cursor *c, uint8_t *out)
{
    const uint8_t *p = cursor_take(c, 1);

    if (p)
        *out = p[0];
    return p != NULL;
}

static inline bool cursor_u16(struct cursor *c, uint16_t *out)
{
    const uint8_t *p = cursor_take(c, 2);

    if (p)
        *out = be16(p);
    return p != NULL;
}

static inline bool cursor_u32(struct cursor *c, uint32_t *out)
{
    const uint8_t *p = cursor_take(c, 4);

    if (p)
        *out = be32(p);
    return p != NULL;
}

#endif

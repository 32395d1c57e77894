/* UDPTL packets and the IFP packets in them: ASN.1 in aligned packed encoding
 * (ITU-T X.691), of which T.38 uses little. */
#include "rtp/udptl.h"

/* X.691 §11.9: a length up to 16383. */
static bool take_length(struct cursor *c, size_t *length)
{
    uint8_t a, b;

    if (!cursor_u8(c, &a))
        return false;
    *length = a;
    if (a < 0x80)
        return true;
    if (a >= 0xc0 || !cursor_u8(c, &b))
        return false;
    *length = (size_t)(a & 0x3f) << 8 | b;
    return true;
}

static bool take_open(struct cursor *c, struct cursor *out)
{
    size_t length;

    if (!take_length(c, &length))
        return false;
    out->p = cursor_take(c, length);
    out->left = length;
    return out->p != NULL;
}

/* How the parity packets are made up; what cannot be read protects nothing. */
static void read_parity(struct udptl *u, struct cursor c)
{
    enum { MOST = 64 };
    struct cursor data;
    uint8_t octets, span;
    size_t count;

    if (!cursor_u8(&c, &octets) || octets != 1 || !cursor_u8(&c, &span) ||
        !take_length(&c, &count) || span > MOST || count > MOST)
        return;
    for (size_t i = 0; i < count; i++)
        if (!take_open(&c, &data))
            return;
    u->span = span;
    u->parities = (unsigned)count;
}

bool udptl_parse(struct udptl *u, const uint8_t *data, size_t n, size_t len)
{
    struct cursor c = cursor_make(data, n), copy;
    uint8_t recovery;
    size_t count;

    u->copies = u->parities = u->span = 0;
    if (n < len || !cursor_u16(&c, &u->sequence) || !take_open(&c, &u->primary) ||
        !u->primary.left)
        return false;
    if (!cursor_u8(&c, &recovery) || recovery & 0x7f)
        return false;
    u->fec = recovery & 0x80;
    if (u->fec) {
        read_parity(u, c);
        return c.left >= 3;
    }
    if (!take_length(&c, &count))
        return false;
    for (; count; count--) {
        if (!take_open(&c, &copy))
            return false;
        if (u->copies < UDPTL_COPIES)
            u->copy[u->copies++] = copy;
    }
    return c.left == 0;
}

bool t38_parse(struct t38_ifp *ifp, struct cursor c, unsigned version)
{
    uint8_t head;
    size_t count = 0;

    if (!cursor_u8(&c, &head) || head & 0x20) /* what later versions added */
        return false;
    ifp->is_data = head & 0x40;
    ifp->type = head >> 1 & 15;
    ifp->nibbles = version == 0;
    ifp->half = false;
    ifp->count = 0;
    ifp->fields = c;
    if (head & 1 || (ifp->is_data && ifp->type >= T38_DATA_TYPES))
        return false;
    if (!(head & 0x80))
        return c.left == 0;
    if (!take_length(&c, &count))
        return false;
    ifp->count = (unsigned)count;
    ifp->fields = c;
    return true;
}

/* Data as long as the two octets say, and one more. */
static bool take_data(struct cursor *c, struct cursor *data)
{
    uint16_t length;

    if (!cursor_u16(c, &length))
        return false;
    data->left = (size_t)length + 1;
    data->p = cursor_take(c, data->left);
    return data->p != NULL;
}

/* Version 0 (T.38 of 1998): four bits, of which the first says that data follow,
 * and data begin at an octet. */
static bool next_nibble(struct t38_ifp *ifp, struct t38_field *field)
{
    uint8_t bits;

    if (!ifp->fields.left)
        return false;
    bits = ifp->half ? *ifp->fields.p & 15 : *ifp->fields.p >> 4;
    field->type = bits & 7;
    if (ifp->half || bits & 8)
        cursor_skip(&ifp->fields, 1);
    ifp->half = !ifp->half && !(bits & 8);
    return !(bits & 8) || take_data(&ifp->fields, &field->data);
}

/* Later ones have a bit for extensions between the two. */
static bool next_octet(struct t38_ifp *ifp, struct t38_field *field)
{
    uint8_t bits;

    if (!cursor_u8(&ifp->fields, &bits) || bits & 0x40)
        return false;
    field->type = bits >> 3 & 7;
    return !(bits & 0x80) || take_data(&ifp->fields, &field->data);
}

bool t38_next_field(struct t38_ifp *ifp, struct t38_field *field)
{
    field->data = cursor_make(NULL, 0);
    if (!ifp->count)
        return false;
    ifp->count--;
    return ifp->nibbles ? next_nibble(ifp, field) : next_octet(ifp, field);
}

bool t38_is_whole(const struct t38_ifp *ifp)
{
    struct t38_ifp rest = *ifp;
    struct t38_field field;

    while (rest.count)
        if (!t38_next_field(&rest, &field))
            return false;
    return rest.fields.left == (rest.half ? 1u : 0u);
}

static const struct {
    const char *name;
    unsigned rate;
} modems[T38_DATA_TYPES] = {
    {"V.21", 300},   {"V.27ter", 2400}, {"V.27ter", 4800}, {"V.29", 7200},  {"V.29", 9600},
    {"V.17", 7200},  {"V.17", 9600},    {"V.17", 12000},   {"V.17", 14400},
};

const char *t38_modem_name(unsigned type)
{
    return type < T38_DATA_TYPES ? modems[type].name : NULL;
}

unsigned t38_modem_rate(unsigned type)
{
    return type < T38_DATA_TYPES ? modems[type].rate : 0;
}

/* T.38 over UDPTL: ITU-T T.38 clause 9.1 (the packet), clause 7 and annex A (what
 * is in it), as far as a report of a fax needs. */
#ifndef RTP_UDPTL_H
#define RTP_UDPTL_H

#include "base/cursor.h"

/* ---- the packet -------------------------------------------------------------------- */

enum { UDPTL_COPIES = 16 };

struct udptl {
    uint16_t sequence;
    struct cursor primary; /* this packet's IFP packet */
    bool fec;              /* parity in place of copies: */
    unsigned parities;     /* so many, of every so manieth packet before */
    unsigned span;         /* each of so many packets; 0: it cannot be read */
    unsigned copies;       /* of the packets before, the newest first */
    struct cursor copy[UDPTL_COPIES]; /* those that fit */
};

/* False when the octets are no whole UDPTL packet; `n` captured ones of `len`, all
 * of which have to be there. */
bool udptl_parse(struct udptl *packet, const uint8_t *data, size_t n, size_t len);

/* ---- what is in it ------------------------------------------------------------------- */

enum { T38_INDICATORS = 16, T38_V21 = 0, T38_DATA_TYPES = 9 };

struct t38_ifp {
    bool is_data;
    uint8_t type;        /* T.30 indicator (0 to 15), or data type (0 to 8) */
    struct cursor fields; /* of data; what t38_next_field() takes them off */
    unsigned count;
    bool nibbles;        /* version 0: a field without data takes half an octet */
    bool half;           /* the lower one is next */
};
/* `version`: T38FaxVersion of the session description.  False for what is malformed. */
bool t38_parse(struct t38_ifp *ifp, struct cursor octets, unsigned version);

enum t38_field_type {
    T38_HDLC_DATA, T38_HDLC_SIG_END, T38_HDLC_FCS_OK, T38_HDLC_FCS_BAD, T38_HDLC_FCS_OK_SIG_END,
    T38_HDLC_FCS_BAD_SIG_END, T38_T4_DATA, T38_T4_SIG_END,
};
struct t38_field {
    uint8_t type; /* enum t38_field_type */
    struct cursor data;
};
/* The next field of data; false behind the last, or where they are malformed. */
bool t38_next_field(struct t38_ifp *ifp, struct t38_field *field);

/* Whether all fields of the data can be read, and nothing is behind them. */
bool t38_is_whole(const struct t38_ifp *ifp);

/* What a data type is called and the bit/s that it carries. */
const char *t38_modem_name(unsigned type);
unsigned t38_modem_rate(unsigned type);

#endif

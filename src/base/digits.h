/* Numbers as decimal digits, where so many are printed that printf's own time
 * would count.  Independent of the locale. */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

enum { DIGITS_ROOM = 384 }; /* octets that any of these may write */

/* Writes x without a NUL; gives how many octets. */
size_t digits_u64(char *out, uint64_t x);
/* Writes x, which must have no more digits than `width`, 9 at most, with zeros in front;
 * gives `width`. */
size_t digits_padded(char *out, uint32_t x, unsigned width);
/* Writes the eight hexadecimal digits of x without a NUL. */
void digits_hex(char out[8], uint32_t x);
/* Writes x with that many decimals, 9 at most, and a NUL: the digits that
 * printf's %.*f gives.  Gives how many octets, without the NUL. */
size_t digits_fixed(char out[DIGITS_ROOM], double x, unsigned decimals);

#endif

/* SIP messages without names: RFC 3261, and session descriptions (RFC 8866). */
#ifndef ANONYMIZE_MESSAGE_H
#define ANONYMIZE_MESSAGE_H

#include "anonymize/words.h"

/* In place, octets of one message from its start line on; also a part of one. */
void message_anonymize(struct words *words, struct keyed *keyed, char *text, size_t n);

/* In place; `n` octets of a session description. */
void sdp_anonymize(struct words *words, char *text, size_t n);

/* Whether there is nothing in it but ends of lines, blanks and zeros, which keep a
 * connection alive. */
bool message_is_blank(const char *text, size_t n);

/* Takes the next line off the text, without its end; false when there is none. */
bool message_line(char **text, size_t *n, char **line, size_t *length);

#endif

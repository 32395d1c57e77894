/* Words exchanged for others of the same shape: letters for letters, digits for
 * digits, as many of them.  The same word is exchanged for the same one wherever it
 * stands, in any case; what words have in common at their beginning, and numbers at
 * their end, they still have. */
#ifndef ANONYMIZE_WORDS_H
#define ANONYMIZE_WORDS_H

#include "anonymize/keyed.h"
#include "base/slice.h"

struct words;

/* `keyed` stays.  NULL when memory is short. */
struct words *words_new(struct keyed *keyed);
void words_free(struct words *words);

/* Remembers that the words of the text name somebody: they are exchanged in
 * sentences, too.  0 or -ENOMEM. */
int words_name(struct words *words, struct slice text);

/* Each of these changes text in place. */

/* All words and addresses, but those that belong to the protocol: names of
 * parameters, schemes, ports, values that name nobody (q=0.7). */
enum words_how {
    WORDS_PHRASES = 1, /* what is quoted is a sentence */
    WORDS_HOST = 2,    /* the text begins with a host, which may have a port */
};
void words_exchange(struct words *words, char *text, size_t n, unsigned how);
/* A sentence, of which only names, addresses and longer numbers are exchanged. */
void words_phrase(struct words *words, char *text, size_t n);
/* What says which software it is: the addresses of hardware and the names in it. */
void words_agent(struct words *words, char *text, size_t n);
/* All words, whatever they mean. */
void words_all(struct words *words, char *text, size_t n);
/* The keys pressed on a telephone, '0' to '9'. */
char words_digit(struct words *words, char digit);

#endif

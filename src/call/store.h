/* Where calls lie: one block of memory a call, that has room for what most calls have. */
#ifndef CALL_STORE_H
#define CALL_STORE_H

#include "call/call.h"

/* Of several tables, when calls go from one to another. */
struct call_store;

/* A store of one user; NULL when memory is short. */
struct call_store *call_store_new(void);
/* The same store, with one user more. */
struct call_store *call_store_share(struct call_store *store);
/* One user less; the last one lets go of it.  NULL is nothing. */
void call_store_leave(struct call_store *store);

/* A new call, all zero; NULL when memory is short.  An ordinary one may well get the messages
 * of a call that is set up, answered and ended. */
struct call *call_store_take(struct call_store *store, bool ordinary);
/* Asks for what call_store_give reads; NULL is nothing. */
void call_store_ask(const struct call *call);
/* Frees a call of the store and all that it holds; NULL is nothing. */
void call_store_give(struct call_store *store, struct call *call);

#endif

/* Interrupting a command that prints while it reads: the first SIGINT or SIGTERM is the end
 * of the input, so that what was read is still printed; the second one ends the program. */
#ifndef CMD_INTERRUPT_H
#define CMD_INTERRUPT_H

#include <stdbool.h>

/* From now on. */
void interrupt_ends_input(void);

/* Whether the input is to end. */
bool interrupt_came(void);

#endif

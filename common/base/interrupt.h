/* interrupt.h -- Ctrl-C asks, it does not kill: long work looks now and then
 * whether it should stop, saves, and ends in good order. The one place in the
 * book that deals with signals; where there are none (WebAssembly) nobody ever
 * asks. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/* From now on the first Ctrl-C (or a polite kill, SIGUSR1, or the end of the
 * terminal, unless nohup wants to outlive it) is noted; a second one ends the
 * program at once. Called again, it changes nothing. */
void interrupt_watch(void);

/* Has it been noted? */
bool interrupt_asked(void);

#endif

/* interrupt.c -- Ctrl-C asks, it does not kill. */
#include "base/interrupt.h"

#ifdef __wasi__

void interrupt_watch(void) { }
bool interrupt_asked(void) { return false; }

#else

#include <signal.h>

static volatile sig_atomic_t asked;

static void note(int number)
{
    asked = 1;
    signal(number, SIG_DFL);    /* the next one ends the program */
}

void interrupt_watch(void)
{
    static bool watching;
    if (watching)
        return;
    watching = true;
    signal(SIGINT, note);
    signal(SIGTERM, note);
#ifdef SIGUSR1              /* mpirun hands it on, and grants all the time */
    signal(SIGUSR1, note);
#endif
#ifdef SIGHUP               /* the terminal is closed */
    if (signal(SIGHUP, note) == SIG_IGN)
        signal(SIGHUP, SIG_IGN);    /* nohup has asked for it */
#endif
}

bool interrupt_asked(void) { return asked; }

#endif

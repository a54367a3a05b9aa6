/* trial.h -- one check run where nothing it does can hurt, and what is known of
 * its end. On a machine with processes trial.c does it; in a page of the book
 * there are none, and live/trial.c does. */
#ifndef TRIAL_H
#define TRIAL_H

#include <stdio.h>

#include "try.h"

enum { TRIAL_MEGABYTES = 2000 };

typedef struct {
    bool too_long, too_large;   /* it was ended for that */
    int signal;                 /* that ended it, or 0 */
    int status;                 /* of its exit */
    bool own_verdict;           /* the report's verdict is its own, not that of
                                 * something it started */
    char *out, *err;            /* what it printed; what sanitizers said */
} Trial;

/* What the check of the last trial had to say. */
extern Report *report;

/* Runs the check of e. */
Trial trial_run(const Exercise *e);

/* EXERCISE_SECONDS of the environment, or 10: what a check may take. */
double trial_seconds(void);

/* Tries an answer in the place of the reader's, in a process of its own, so that
 * the next one starts afresh: what `treat` returns. */
typedef bool Treatment(const Exercise *e, const Answer *answer);
bool trial_apart(Treatment *treat, const Exercise *e, const Answer *answer);

/* All of a file, up to a megabyte. file may be NULL: nothing. */
char *trial_read(FILE *file);

/* "judge: what: why", and the end. */
_Noreturn void trial_cannot(const char *what);

/* Ends without the search for leaks, which is for those who are judged. */
_Noreturn void trial_leave(int status);

#endif

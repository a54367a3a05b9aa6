/* clock.h -- how long something takes. Never for anything that is printed: what
 * a chapter prints must not change from run to run. */
#ifndef CLOCK_H
#define CLOCK_H

/* Seconds since some fixed moment. */
double clock_seconds(void);

/* The same, but only seconds in which this thread has computed: what other
 * programs do meanwhile does not count. (Where a system cannot tell, it is
 * clock_seconds().) */
double clock_busy_seconds(void);

#endif

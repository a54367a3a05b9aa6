/* clock.c -- how long something takes. */
#define _POSIX_C_SOURCE 200809L     /* clock_gettime */
#include "base/clock.h"

#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double clock_seconds(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double clock_busy_seconds(void)
{
#ifdef CLOCK_THREAD_CPUTIME_ID
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
#else
    return clock_seconds();
#endif
}

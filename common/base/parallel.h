/* parallel.h -- a loop on several threads. */
#ifndef PARALLEL_H
#define PARALLEL_H

#include <stdbool.h>

/* As many as there are processors, or as OMP_NUM_THREADS says, or as was set;
 * at most 64. To set 0 is to go back to the first. */
int parallel_threads(void);
void parallel_set_threads(int n);

/* Calls body(i, arg) for i = 0 ... n - 1, on several threads if that is worth
 * it, and returns when all are done. Inside such a loop another one runs on its
 * own thread. */
void parallel_for(bool worth, int n, void (*body)(int i, const void *arg),
                  const void *arg);

#endif

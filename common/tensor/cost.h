/* cost.h -- what a computation costs. Counted, from the operations that lead to a
 * tensor: how much was multiplied, and what had to wait. Measured: how long it
 * takes, and how much memory; and how fast the machine is. */
#ifndef COST_H
#define COST_H

#include "tensor/tensor.h"

/* How many pairs of numbers were multiplied in matrix products (t_matmul,
 * t_linear, t_attention), each product counted once; and the longest chain of
 * products each of which needs the result of the one before. Attention is two,
 * scores and a mixture, of all pairs, whatever its options hide; how its bias was
 * made is not seen. At most 32,768 operations. */
typedef struct {
    double multiplications;
    int waits;
} Cost;

Cost cost_of(const Tensor *x);

/* What the runs of some work took: */
typedef struct {
    double seconds;     /* the shortest, more than 0; */
    double busy;        /* the same of this thread alone, and only while it
                         * computes: what other programs do does not count */
    double bytes;       /* on the tape at the end of a run, and not before it;
                         * 0 if it ended with tape_reset() */
} Spent;

/* Measures a loop's body, run so many times on so many threads (0: all):
 *
 *     Spent spent;
 *     for (Watch w = watch(&spent, 20, 1); watch_again(&w); )
 *         t_matmul(a, b);
 *
 * What a run makes is taken back after it; a body that calls t_backward() must
 * itself end with tape_reset(). It may not leave the loop. Never print seconds:
 * they differ from run to run. */
typedef struct {
    Spent *spent;
    int left;
    bool runs;
    double begin, busy_begin;
    size_t bytes;
    TapeMark mark;
} Watch;

Watch watch(Spent *spent, int runs, int threads);
bool watch_again(Watch *w);

/* What this machine does in a second with one thread, measured in about one:
 * operations (FLOP) in a product of matrices that stay in the cache, and bytes of
 * 64 MiB of numbers that are fetched and added up. */
typedef struct {
    double flop, bytes;
} Rates;

Rates rates_of_machine(void);

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#define cost_of(x)  cost_of(T_LOOK(x))
#endif

#endif

/* cost.h -- what was done to make a tensor, read off the operations that lead to
 * it: how much was multiplied, and what had to wait. */
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

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#define cost_of(x)  cost_of(T_LOOK(x))
#endif

#endif

/* gemm.h -- the one matrix product under every other. */
#ifndef GEMM_H
#define GEMM_H

#include "tensor/tensor.h"

/* A matrix in memory: element (i, j) is at[i * row + j * column]. The
 * transpose is the same memory with `row` and `column` exchanged. */
typedef struct {
    real *at;
    ptrdiff_t row, column;
} Matrix;

static inline Matrix transposed(Matrix x)
{
    return (Matrix){ x.at, x.column, x.row };
}

/* What is left of x from (row, column) on. */
static inline Matrix from(Matrix x, int row, int column)
{
    return (Matrix){ x.at + row * x.row + column * x.column, x.row, x.column };
}

/* C = A B, or C += A B if `add`. A is (n, k), B is (k, m), C is (n, m). Any
 * strides; C must not overlap itself, A or B. Each element of C is summed in
 * the same order whatever the number of threads. */
void gemm(int n, int m, int k, Matrix a, Matrix b, Matrix c, bool add);

/* C = A B + bias: m numbers, side by side, beside every row. */
void gemm_bias(int n, int m, int k, Matrix a, Matrix b, Matrix c,
               real *bias);

#endif

/* 02_softmax.h -- weights from scores, on plain arrays. (Chapters that need a
 * gradient use t_softmax, which equals softmax() row by row.) */
#ifndef CH02_SOFTMAX_H
#define CH02_SOFTMAX_H

#include "tensor/tensor.h"

/* p_i = e^{z_i} / sum_j e^{z_j} as it is written: overflows when the sum
 * passes the largest float, e^88.7. n at least 1; p may be z itself. */
void softmax_naive(int n, const real *z, real *p);

/* The same without overflow. A score of -inf gets weight exactly 0; if all are
 * -inf, all weights are 0. Here too p may be z itself. */
void softmax(int n, const real *z, real *p);

/* log sum_j e^{z_j}, without overflow; -inf if all scores are. */
real log_sum_exp(int n, const real *z);

/* The running maximum and the running sum of e^{z - maximum}: all that softmax
 * must know of the scores it has seen (Milakov, Gimelshein 2018). */
typedef struct {
    real max, sum;
} Running;

Running running_start(void);                        /* nothing seen yet */
Running running_add(Running seen, real score);
real running_weight(Running seen, real score);      /* e^{z - max} / sum */

/* diag(p) - p p^T, the matrix of dp_i / dz_j: p of shape (n) -> (n, n). */
Tensor *softmax_jacobian(Tensor *p);

#endif

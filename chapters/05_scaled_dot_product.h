/* 05_scaled_dot_product.h -- attention by scaled dot products, its masks and
 * its gradient (Vaswani et al. 2017, section 3.2.1).
 *
 * Shapes are given for one sequence; any axes in front (batch, heads) are
 * carried along. n queries, m keys and values.
 */
#ifndef CH05_SCALED_DOT_PRODUCT_H
#define CH05_SCALED_DOT_PRODUCT_H

#include "tensor/tensor.h"

/* Q K^T / sqrt(d_k): q (n, d_k), k (m, d_k) -> (n, m). */
Tensor *attention_scores(Tensor *q, Tensor *k);

/* softmax of these scores, row by row: q (n, d_k), k (m, d_k) -> (n, m).
 * mask: broadcasts to (n, m); where it is not 0 the weight is exactly 0. NULL:
 * every query sees every key. A query that may see nothing has weights 0. */
Tensor *attention_weights(Tensor *q, Tensor *k, const Tensor *mask);

/* The weights above times V: v (m, d_v) -> (n, d_v). */
Tensor *attention(Tensor *q, Tensor *k, Tensor *v, const Tensor *mask);

/* 1 where key j comes after query i: (n, n). For padding: nn_padding_mask()
 * of nn.h. */
Tensor *causal_mask(int n);

/* What attention() gives back: gradients by Q, K and V of a loss whose
 * gradient by the output is d_out (n, d_v). The formulas of this chapter,
 * without the tape, for matrices with the same axes in front. */
typedef struct {
    Tensor *q, *k, *v;
} AttentionGradient;

AttentionGradient attention_backward(Tensor *q, Tensor *k, Tensor *v,
                                     const Tensor *mask, Tensor *d_out);

/* The number of keys that a row of weights p looks at: e^H, where H is its
 * entropy -sum p ln p. From 1 (one key) to m (all alike); 1 too if all weights
 * are 0. p: (m). */
double keys_seen(const Tensor *p);

#endif

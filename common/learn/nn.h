/* nn.h -- the layers that chapters share: a parameter or two and the operation
 * that uses them. */
#ifndef NN_H
#define NN_H

#include "tensor/tensor.h"

/* x W + b. */
typedef struct {
    Tensor *weight; /* (in, out): rows are tokens, so W stands on the right */
    Tensor *bias;   /* (out), or NULL */
} Linear;

typedef struct {
    bool no_bias;
    double limit;   /* weight and bias start uniform on (-limit, limit); default
                     * 1 / sqrt(in), as in torch.nn.Linear */
} LinearOptions;

Linear nn_linear_new(Params *list, Rng *rng, int in, int out,
                     LinearOptions options);
Tensor *nn_linear(Linear layer, Tensor *x);     /* (..., in) -> (..., out) */

/* A layer over square windows of pictures, with `border` rows and columns of
 * zeros all round: x (B, rows, columns, d) -> (B, rows + 2 border - size + 1,
 * columns + 2 border - size + 1, out). The layer is (size size d, out): a matrix
 * for each point of the window, row by row. The same numbers as nn_linear() of
 * t_windows() of t_windows(), but windows are read where they lie in the picture
 * and never copied: for 16 numbers a point, a third of the time and of the
 * memory. */
Tensor *nn_square_windows(Linear layer, Tensor *x, int size, int border);

/* Layer normalisation over the last axis: gain starts at 1, bias at 0. */
typedef struct {
    Tensor *gain, *bias;    /* (width) */
} LayerNorm;

LayerNorm nn_layer_norm_new(Params *list, int width);
Tensor *nn_layer_norm(LayerNorm layer, Tensor *x);
Tensor *nn_add_norm(LayerNorm layer, Tensor *x, Tensor *f);     /* of x + f */

/* A vector for each of `vocabulary` tokens, normal with standard deviation
 * `deviation`. Look rows up with t_embedding(). */
Tensor *nn_embedding_new(Params *list, Rng *rng, int vocabulary, int width,
                         double deviation);

/* 1 where key j lies beyond the end of its sequence: (count, 1, m), for
 * t_masked_fill. lengths: one for each of `count` sequences, each 0 to m. */
Tensor *nn_padding_mask(int count, const int *lengths, int m);

/* The share of rows of the logits (..., V) whose first largest number is that of
 * their target, among rows whose target is none that t_cross_entropy() leaves
 * out. targets: one for each row. 0 if all are left out. */
double nn_share_right(const Tensor *logits, const int *targets);

/* As in tensor.h: errors name the line that called. */
#ifndef T_LIBRARY
#define nn_linear_new(l, r, i, o, ...)                                         \
    T_AT(nn_linear_new(l, r, i, o, __VA_ARGS__))
#define nn_linear(l, x)               nn_linear(l, T_IN(x))
#define nn_square_windows(l, x, ...)                                           \
    nn_square_windows(l, T_IN(x), __VA_ARGS__)
#define nn_layer_norm_new(l, w)       T_AT(nn_layer_norm_new(l, w))
#define nn_layer_norm(l, x)           nn_layer_norm(l, T_IN(x))
#define nn_add_norm(l, x, f)          nn_add_norm(l, T_IN(x), T_IN(f))
#define nn_embedding_new(l, r, v, w, d)                                        \
    T_AT(nn_embedding_new(l, r, v, w, d))
#define nn_padding_mask(...)          T_AT(nn_padding_mask(__VA_ARGS__))
#define nn_share_right(x, ...)        nn_share_right(T_LOOK(x), __VA_ARGS__)
#endif

#endif

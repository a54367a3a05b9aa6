/* nn.c -- layers. */
#include "tensor/ops.h"
#include "learn/nn.h"

#include <limits.h>

Linear nn_linear_new(Params *list, Rng *rng, int in, int out,
                     LinearOptions options)
{
    double limit = options.limit > 0 ? options.limit : 1 / sqrt((double)in);
    Linear layer = { .weight = t_param(list, in, out) };
    t_assign(layer.weight, t_uniform(rng, -limit, limit, in, out));
    if (!options.no_bias) {
        layer.bias = t_param(list, out);
        t_assign(layer.bias, t_uniform(rng, -limit, limit, out));
    }
    return layer;
}

Tensor *nn_linear(Linear layer, Tensor *x)
{
    return layer.bias ? t_linear(x, layer.weight, layer.bias)
                      : t_matmul(x, layer.weight);
}

Tensor *nn_square_windows(Linear layer, Tensor *x, int size, int border)
{
    op_check("nn_square_windows", x);
    op_check("nn_square_windows", layer.weight);
    int width = t_dim(layer.weight, -1);
    if (x->shape.n != 4 || size < 1 || border < 0
        || t_dim(layer.weight, 0) != (double)size * size * t_dim(x, -1))
        t_fail("nn_square_windows: windows of %d x %d in %s, with a border of "
               "%d, do not fit weights %s", size, size, t_shape(x), border,
               t_shape(layer.weight));
    double down = t_dim(x, 1) + 2.0 * border, across = t_dim(x, 2) + 2.0 * border;
    if (size > down || size > across || down * across > INT_MAX / 2)
        t_fail("nn_square_windows: windows of %d x %d do not fit into %s with a "
               "border of %d", size, size, t_shape(x), border);
    if (layer.bias && !shape_equal(layer.bias->shape, SHAPE(width)))
        t_fail("nn_square_windows: bias of shape %s beside weights %s",
               t_shape(layer.bias), t_shape(layer.weight));
    return op_convolve(x, layer.weight, layer.bias, size, border);
}

LayerNorm nn_layer_norm_new(Params *list, int width)
{
    LayerNorm layer = { .gain = t_param(list, width) };
    layer.bias = t_param(list, width);  /* in this order: C promises none */
    t_assign(layer.gain, t_exp(t_zeros(width)));
    return layer;
}

Tensor *nn_layer_norm(LayerNorm layer, Tensor *x)
{
    return t_layer_norm(x, layer.gain, layer.bias);
}

Tensor *nn_add_norm(LayerNorm layer, Tensor *x, Tensor *f)
{
    return t_add_norm(x, f, layer.gain, layer.bias);
}

Tensor *nn_embedding_new(Params *list, Rng *rng, int vocabulary, int width,
                         double deviation)
{
    Tensor *table = t_param(list, vocabulary, width);
    t_assign(table, t_scale(t_normal(rng, vocabulary, width), deviation));
    return table;
}

Tensor *nn_padding_mask(int count, const int *lengths, int m)
{
    Tensor *mask = t_zeros(count, 1, m);
    for (int b = 0; b < count; b++) {
        if (lengths[b] < 0 || lengths[b] > m)
            t_fail("nn_padding_mask: length %d of sequence %d, with %d keys",
                   lengths[b], b, m);
        for (int j = lengths[b]; j < m; j++)
            t_at(mask, b, 0, j) = 1;
    }
    return mask;
}

double nn_share_right(const Tensor *logits, const int *targets)
{
    int V = t_dim(logits, -1), rows = t_size(logits) / V, asked = 0, right = 0;
    Tensor *x = t_reshape(t_detach(logits), rows, V);
    for (int i = 0; i < rows; i++) {
        int best = 0;
        if (targets[i] < 0)
            continue;
        for (int c = 1; c < V; c++)
            if (t_at(x, i, c) > t_at(x, i, best))
                best = c;
        asked++;
        right += best == targets[i];
    }
    return asked ? (double)right / asked : 0;
}

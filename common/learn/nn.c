/* nn.c -- layers. */
#include "tensor/ops.h"
#include "learn/nn.h"

Linear nn_linear_new(Params *list, Rng *rng, int in, int out,
                     LinearOptions options)
{
    double limit = 1 / sqrt((double)in);
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

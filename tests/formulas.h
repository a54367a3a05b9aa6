/* formulas.h -- every operation of tensor.h, in a table that two tests go
 * through: ops.c asks whether it gives the same numbers however its inputs lie
 * in memory, gradients.c whether its gradient is right. A new operation needs
 * a line in the first part and a row or two in the table. */
#ifndef FORMULAS_H
#define FORMULAS_H

#include "check.h"

typedef struct {
    const char *name;
    Tensor *(*result)(Tensor **in);
    Shape shape[3];     /* of the inputs; n is 0 where there are no more */
    double low, high;   /* their numbers are uniform between; 0, 0: -1.5, 1.5 */
} Formula;

#define FORMULA(name, expression)                                              \
    static Tensor *name##_formula(Tensor **in)                                 \
    {                                                                          \
        Tensor *a = in[0], *b = in[1], *c = in[2];                             \
        (void)a, (void)b, (void)c;                                             \
        return expression;                                                     \
    }

/* ---- element by element ------------------------------------------------- */

FORMULA(add, t_add(a, b))
FORMULA(sub, t_sub(a, b))
FORMULA(mul, t_mul(a, b))
FORMULA(div, t_div(a, b))
FORMULA(scale, t_scale(a, -2.5))
FORMULA(exp, t_exp(a))
FORMULA(log, t_log(a))
FORMULA(sqrt, t_sqrt(a))
FORMULA(tanh, t_tanh(a))
FORMULA(sigmoid, t_sigmoid(a))
FORMULA(relu, t_relu(a))
FORMULA(gelu, t_gelu(a))
FORMULA(silu, t_silu(a))
FORMULA(swiglu, t_swiglu(a, b))
FORMULA(swiglu_with_itself, t_swiglu(a, a))
FORMULA(masked_fill,
        t_masked_fill(a, t_matrix(3, 4, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 2), 7))
FORMULA(masked_column, t_masked_fill(a, t_vector(0, 1, 0, 0), -3))

static Tensor *dropout_formula(Tensor **in)
{
    Rng rng = rng_new(5);   /* the same elements each time */
    return t_dropout(in[0], 0.4, &rng);
}

/* ---- shapes ------------------------------------------------------------- */

FORMULA(broadcast, t_broadcast(a, 2, 3, 4))
FORMULA(concat_rows, t_concat(0, a, b, c))
FORMULA(concat_middle, t_concat(1, a, b))
FORMULA(concat_columns, t_concat(-1, a, b))
FORMULA(concat_same, t_concat(1, a, t_scale(a, 2), a))
FORMULA(sum_all, t_sum(a, T_ALL))
FORMULA(sum_first, t_sum(a, 0))
FORMULA(sum_second, t_sum(a, 1))
FORMULA(sum_last, t_sum(a, -1))
FORMULA(mean_all, t_mean(a, T_ALL))
FORMULA(mean_second, t_mean(a, 1))
FORMULA(max_all, t_max(a, T_ALL))
FORMULA(max_first, t_max(a, 0))
FORMULA(max_second, t_max(a, 1))
FORMULA(max_last, t_max(a, -1))
FORMULA(transpose, t_transpose(a))
FORMULA(permute, t_permute(a, 2, 0, 1))
FORMULA(slice, t_slice(a, 1, 1, 3))
FORMULA(reshape, t_reshape(a, 4, T_INFER))
FORMULA(contiguous, t_contiguous(t_transpose(a)))
FORMULA(split_heads, t_permute(t_reshape(a, 2, 3, 2, 2), 0, 2, 1, 3))
FORMULA(merge_heads, t_reshape(t_permute(a, 0, 2, 1, 3), 2, 3, 4))

FORMULA(windows, t_windows(a, -2, (Windows){ .size = 2 }))
FORMULA(windows_causal, t_windows(a, 1, (Windows){ .size = 3, .before = 2 }))
FORMULA(windows_first,
        t_windows(a, 0, (Windows){ .size = 2, .stride = 2, .dilation = 3,
                                   .before = 2, .after = 3 }))
FORMULA(windows_beyond,     /* whole windows of zeros; the last row unseen */
        t_windows(a, 0, (Windows){ .size = 2, .stride = 3, .before = 7 }))
FORMULA(windows_square,
        t_windows(t_windows(a, 2, (Windows){ .size = 3, .before = 1,
                                             .after = 1 }),
                  1, (Windows){ .size = 2 }))

/* ---- products and rows -------------------------------------------------- */

FORMULA(matmul, t_matmul(a, b))
FORMULA(matmul_b_transposed, t_matmul(a, t_transpose(b)))
FORMULA(matmul_a_transposed, t_matmul(t_transpose(a), b))
FORMULA(gram, t_matmul(a, t_transpose(a)))
FORMULA(matrix_square, t_matmul(a, a))
FORMULA(linear, t_linear(a, b, c))
FORMULA(softmax, t_softmax(a))
FORMULA(log_softmax, t_log_softmax(a))
FORMULA(rms_norm, t_rms_norm(a, b, (NormOptions){ 0 }))
FORMULA(rms_norm_alone, t_rms_norm(a, NULL, (NormOptions){ .epsilon = 0.3 }))
FORMULA(rotary, t_rotary(a, 2, (RotaryOptions){ 0 }))
FORMULA(rotary_neighbours,
        t_rotary(a, 0, (RotaryOptions){ .neighbours = true, .base = 7 }))
FORMULA(rms_norm_over, t_relu(t_last_use(t_rms_norm(a, b, (NormOptions){ 0 }))))
FORMULA(swiglu_over, t_relu(t_last_use(t_swiglu(a, b))))
FORMULA(rotary_over, t_relu(t_last_use(t_rotary(a, 1, (RotaryOptions){ 0 }))))
FORMULA(normalise, t_layer_norm(a, NULL, NULL))
FORMULA(normalise_gain, t_layer_norm(a, b, NULL))
FORMULA(normalise_bias, t_layer_norm(a, NULL, b))
FORMULA(layer_norm, t_layer_norm(a, b, c))
FORMULA(add_norm, t_add_norm(a, b, c, NULL))
FORMULA(add_norm_bias, t_add_norm(a, t_tanh(a), b, c))
FORMULA(add_norm_transposed, t_add_norm(a, t_transpose(b), NULL, c))
FORMULA(add_norm_overlap,
        t_add_norm(t_slice(a, 0, 0, 2), t_slice(a, 0, 1, 3), b, c))

/* (3, 3), 1 above the diagonal: later tokens. */
static Tensor *causal(void)
{
    return t_matrix(3, 3, 0, 1, 1, 0, 0, 1, 0, 0, 0);
}

FORMULA(masked_softmax, t_softmax(t_masked_fill(a, causal(), -INFINITY)))
FORMULA(masked_log_softmax,
        t_masked_fill(t_log_softmax(t_masked_fill(a, causal(), -INFINITY)),
                      causal(), 0))
FORMULA(attention,
        t_matmul(t_softmax(t_masked_fill(
                     t_scale(t_matmul(a, t_transpose(b)), 0.7), causal(),
                     -INFINITY)), c))

FORMULA(fused, t_attention(a, b, c, (AttentionOptions){ 0 }))
FORMULA(fused_causal, t_attention(a, b, c, (AttentionOptions){ .causal = true }))
FORMULA(fused_padded,
        t_attention(a, b, c,
                    (AttentionOptions){ .mask = t_vector(0, 0, 1, 0) }))
FORMULA(fused_masked,       /* the second query sees nothing */
        t_attention(a, b, c,
                    (AttentionOptions){
                        .mask = t_matrix(3, 2, 0, 1, 1, 1, 0, 0) }))
FORMULA(fused_with_itself,
        t_attention(a, a, a, (AttentionOptions){ .causal = true }))
FORMULA(fused_overlap,
        t_attention(t_slice(a, 0, 0, 2), t_slice(a, 0, 1, 3),
                    t_slice(a, 0, 0, 2), (AttentionOptions){ 0 }))

FORMULA(fused_biased,
        t_attention(a, b, b, (AttentionOptions){ .bias = c, .softcap = 1 }))
FORMULA(fused_shared,       /* two heads look at one, after a cache of one */
        t_attention(a, b, c,
                    (AttentionOptions){ .causal = true, .cached = 1,
                                        .window = 2, .scale = -1.3 }))
FORMULA(gru, t_gru(a, b, c))
FORMULA(gru_slices,     /* of one tensor, which overlap */
        t_gru(t_slice(a, -1, 0, 6), t_slice(a, -1, 1, 7), t_slice(a, -1, 2, 4)))

static const int some_ids[] = { 2, 0, 2, 3, 3, 2 };
FORMULA(embedding, t_embedding(a, some_ids, 6))
FORMULA(embedding_batch, t_embedding(a, some_ids, 1, 2, 3))

static const int some_targets[] = { 3, 0, T_IGNORE, 1, 3, -100 };
FORMULA(cross_entropy, t_cross_entropy(a, some_ids, (CrossEntropy){ 0 }))
FORMULA(cross_entropy_ignored,
        t_cross_entropy(a, some_targets, (CrossEntropy){ 0 }))
FORMULA(cross_entropy_smoothed,
        t_cross_entropy(a, some_targets, (CrossEntropy){ .smoothing = 0.3 }))
FORMULA(squared_error, t_squared_error(a, b))

/* ---- written over what was given ----------------------------------------- */

FORMULA(relu_over, t_relu(t_last_use(t_scale(a, 2))))
FORMULA(add_over, t_add(t_last_use(t_scale(a, 2)), t_tanh(b)))
FORMULA(add_over_second, t_add(t_tanh(a), t_last_use(t_scale(b, 2))))
FORMULA(add_norm_over,
        t_add_norm(t_transpose(a), t_last_use(t_scale(b, 2)), c, NULL))
FORMULA(add_norm_and_more,      /* a has a gradient before the norm's comes */
        t_mul(a, t_add_norm(a, t_last_use(t_scale(b, 2)), NULL, c)))
FORMULA(all_over,
        t_relu(t_last_use(t_add(t_last_use(t_matmul(a, t_transpose(a))), b))))
FORMULA(cross_entropy_over,
        t_cross_entropy(t_last_use(t_scale(a, 2)), some_targets,
                        (CrossEntropy){ .smoothing = 0.3 }))

/* ---- the same tensor in several places ---------------------------------- */

FORMULA(square, t_mul(a, a))
FORMULA(self_quotient, t_div(t_exp(a), a))
FORMULA(overlap, t_mul(t_slice(a, 1, 0, 3), t_slice(a, 1, 1, 4)))
FORMULA(self_sum, t_add(a, t_transpose(a)))
FORMULA(self_outer, t_mul(a, t_reshape(a, T_INFER, 1)))

static Tensor *fan_out_formula(Tensor **in)
{
    Tensor *y = t_tanh(in[0]);
    Tensor *z = t_add(t_mul(y, y), t_exp(y));
    return t_sub(t_mul(z, y), t_reshape(t_transpose(z), 3, 4));
}

static Tensor *halves_formula(Tensor **in)
{
    Tensor *y = t_scale(in[0], 1.5);    /* its views share its gradient */
    Tensor *left = t_slice(y, -1, 0, 2), *right = t_slice(y, -1, 2, 4);
    return t_concat(-1, t_mul(left, right), t_exp(left), y);
}

/* ---- the table ---------------------------------------------------------- */

#define DIMS(...)                                                              \
    { (int)(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)), { __VA_ARGS__ } }

static const Formula formulas[] = {
    { "a + b", add_formula, { DIMS(2, 3), DIMS(2, 3) }, 0, 0 },
    { "a + b, one number each", add_formula, { DIMS(1), DIMS(1) }, 0, 0 },
    { "a + b, vectors", add_formula, { DIMS(5), DIMS(5) }, 0, 0 },
    { "a + b, four axes", add_formula,
      { DIMS(2, 2, 3, 2), DIMS(2, 2, 3, 2) }, 0, 0 },
    { "a + b, axes of b absent", add_formula,
      { DIMS(2, 3, 4), DIMS(4) }, 0, 0 },
    { "a + b, axes of a absent", add_formula,
      { DIMS(3, 1), DIMS(2, 3, 4) }, 0, 0 },
    { "a + b, both broadcast", add_formula,
      { DIMS(2, 1, 4), DIMS(3, 1) }, 0, 0 },
    { "a + b over a", add_over_formula, { DIMS(2, 3), DIMS(3) }, 0, 0 },
    { "a + b over b", add_over_second_formula,
      { DIMS(3, 1), DIMS(2, 3, 4) }, 0, 0 },
    { "a - b", sub_formula, { DIMS(2, 3), DIMS(2, 3) }, 0, 0 },
    { "a - b, a broadcast", sub_formula, { DIMS(3), DIMS(2, 3) }, 0, 0 },
    { "a - b, b one number", sub_formula, { DIMS(2, 3), DIMS(1) }, 0, 0 },
    { "a * b", mul_formula, { DIMS(2, 3), DIMS(2, 3) }, 0, 0 },
    { "a * b, column times row", mul_formula,
      { DIMS(2, 1), DIMS(1, 3) }, 0, 0 },
    { "a * b, b broadcast in the middle", mul_formula,
      { DIMS(2, 3, 2, 2), DIMS(2, 1, 2, 1) }, 0, 0 },
    { "a / b", div_formula, { DIMS(2, 3), DIMS(2, 3) }, 0.5, 2 },
    { "a / b, b broadcast", div_formula, { DIMS(2, 3), DIMS(2, 1) }, 0.5, 2 },
    { "a / b, a broadcast", div_formula, { DIMS(1), DIMS(2, 3) }, 0.5, 2 },
    { "a scaled", scale_formula, { DIMS(2, 3) }, 0, 0 },
    { "exp a", exp_formula, { DIMS(2, 3, 2) }, 0, 0 },
    { "log a", log_formula, { DIMS(2, 3, 2) }, 0.5, 2 },
    { "sqrt a", sqrt_formula, { DIMS(2, 3, 2) }, 0.5, 2 },
    { "tanh a", tanh_formula, { DIMS(2, 3, 2) }, 0, 0 },
    { "sigmoid a", sigmoid_formula, { DIMS(2, 3, 2) }, -4, 4 },
    { "relu a", relu_formula, { DIMS(2, 3, 2) }, 0, 0 },
    { "relu a over a", relu_over_formula, { DIMS(2, 3, 2) }, 0, 0 },
    { "a a^T + b, then relu, over each other", all_over_formula,
      { DIMS(3, 4), DIMS(3) }, 0, 0 },
    { "gelu a", gelu_formula, { DIMS(2, 3, 2) }, -4, 4 },
    { "gelu a, one number", gelu_formula, { DIMS(1) }, 0, 0 },
    { "gelu a, four axes", gelu_formula, { DIMS(2, 2, 3, 2) }, 0, 0 },
    { "silu a", silu_formula, { DIMS(2, 3, 2) }, -4, 4 },
    { "silu(a) b", swiglu_formula, { DIMS(2, 3, 2), DIMS(2, 3, 2) }, 0, 0 },
    { "silu(a) b, then relu over it", swiglu_over_formula,
      { DIMS(3, 4), DIMS(3, 4) }, 0, 0 },
    { "silu(a) a", swiglu_with_itself_formula, { DIMS(5) }, 0, 0 },
    { "a filled by a mask", masked_fill_formula, { DIMS(3, 4) }, 0, 0 },
    { "a filled by a broadcast mask", masked_fill_formula,
      { DIMS(2, 3, 4) }, 0, 0 },
    { "a with a filled column", masked_column_formula, { DIMS(3, 4) }, 0, 0 },
    { "a after dropout", dropout_formula, { DIMS(3, 4) }, 0, 0 },

    { "a broadcast", broadcast_formula, { DIMS(3, 1) }, 0, 0 },
    { "a number broadcast", broadcast_formula, { DIMS(1) }, 0, 0 },
    { "a broadcast to its own shape", broadcast_formula,
      { DIMS(2, 3, 4) }, 0, 0 },
    { "a, b, c on top of each other", concat_rows_formula,
      { DIMS(2, 3), DIMS(1, 3), DIMS(3, 3) }, 0, 0 },
    { "vectors a, b, c in a row", concat_rows_formula,
      { DIMS(2), DIMS(1), DIMS(3) }, 0, 0 },
    { "a, b joined in the middle", concat_middle_formula,
      { DIMS(2, 1, 3, 2), DIMS(2, 2, 3, 2) }, 0, 0 },
    { "a beside b", concat_columns_formula,
      { DIMS(2, 2, 3), DIMS(2, 2, 1) }, 0, 0 },
    { "a beside itself", concat_same_formula, { DIMS(2, 2) }, 0, 0 },
    { "sum over all", sum_all_formula, { DIMS(2, 3, 2, 2) }, 0, 0 },
    { "sum over the first axis", sum_first_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "sum over the middle axis", sum_second_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "sum over the last axis", sum_last_formula, { DIMS(2, 3, 2, 2) }, 0, 0 },
    { "sum of a vector", sum_last_formula, { DIMS(5) }, 0, 0 },
    { "mean over all", mean_all_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "mean over one axis", mean_second_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "max over all", max_all_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "max over the first axis", max_first_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "max over the middle axis", max_second_formula,
      { DIMS(2, 3, 2, 2) }, 0, 0 },
    { "max over the last axis", max_last_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "max of a vector", max_last_formula, { DIMS(5) }, 0, 0 },
    { "a transposed", transpose_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "a permuted", permute_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "a slice of a", slice_formula, { DIMS(2, 4, 3) }, 0, 0 },
    { "a reshaped", reshape_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "a copied into rows", contiguous_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "heads split", split_heads_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "heads merged", merge_heads_formula, { DIMS(2, 2, 3, 2) }, 0, 0 },

    { "windows of two", windows_formula, { DIMS(2, 4, 3) }, 0, 0 },
    { "windows of all there is", windows_formula, { DIMS(2, 1) }, 0, 0 },
    { "causal windows", windows_causal_formula, { DIMS(2, 4, 3) }, 0, 0 },
    { "windows far apart, with holes", windows_first_formula,
      { DIMS(4, 3) }, 0, 0 },
    { "windows beyond the ends", windows_beyond_formula,
      { DIMS(4, 2, 2, 2) }, 0, 0 },
    { "windows in two dimensions", windows_square_formula,
      { DIMS(2, 3, 4, 2) }, 0, 0 },

    { "a b", matmul_formula, { DIMS(3, 4), DIMS(4, 2) }, 0, 0 },
    { "a b, one number each", matmul_formula,
      { DIMS(1, 1), DIMS(1, 1) }, 0, 0 },
    { "a b, row times column", matmul_formula,
      { DIMS(1, 4), DIMS(4, 1) }, 0, 0 },
    { "a b, column times row", matmul_formula,
      { DIMS(3, 1), DIMS(1, 2) }, 0, 0 },
    { "a b, a stack times a matrix", matmul_formula,
      { DIMS(2, 2, 3, 4), DIMS(4, 2) }, 0, 0 },
    { "a b, a matrix times a stack", matmul_formula,
      { DIMS(3, 4), DIMS(2, 4, 2) }, 0, 0 },
    { "a b, two stacks", matmul_formula,
      { DIMS(2, 3, 4), DIMS(2, 4, 2) }, 0, 0 },
    { "a b, two stacks of stacks", matmul_formula,
      { DIMS(2, 2, 3, 4), DIMS(2, 2, 4, 2) }, 0, 0 },
    { "a b, both stacks broadcast", matmul_formula,
      { DIMS(2, 1, 3, 4), DIMS(3, 4, 2) }, 0, 0 },
    { "a b, b with more axes", matmul_formula,
      { DIMS(3, 3, 4), DIMS(2, 1, 4, 2) }, 0, 0 },
    { "a b, a stack of one", matmul_formula,
      { DIMS(1, 3, 4), DIMS(2, 4, 2) }, 0, 0 },
    { "a b^T", matmul_b_transposed_formula,
      { DIMS(2, 3, 4), DIMS(2, 2, 4) }, 0, 0 },
    { "a b + c", linear_formula,
      { DIMS(3, 4), DIMS(4, 2), DIMS(2) }, 0, 0 },
    { "a b + c, a stack", linear_formula,
      { DIMS(2, 3, 4), DIMS(4, 5), DIMS(5) }, 0, 0 },
    { "a^T b", matmul_a_transposed_formula,
      { DIMS(2, 4, 3), DIMS(4, 2) }, 0, 0 },
    { "softmax", softmax_formula, { DIMS(2, 3, 4) }, 0, 0 },
    { "softmax of a vector", softmax_formula, { DIMS(5) }, 0, 0 },
    { "softmax, four axes", softmax_formula, { DIMS(2, 2, 3, 3) }, 0, 0 },
    { "softmax under a mask of -inf", masked_softmax_formula,
      { DIMS(2, 3, 3) }, 0, 0 },
    { "log-softmax", log_softmax_formula, { DIMS(2, 2, 3, 3) }, 0, 0 },
    { "log-softmax of a vector", log_softmax_formula, { DIMS(5) }, 0, 0 },
    { "log-softmax under a mask of -inf", masked_log_softmax_formula,
      { DIMS(2, 3, 3) }, 0, 0 },
    { "RMS norm", rms_norm_formula, { DIMS(2, 3, 4), DIMS(4) }, 0, 0 },
    { "RMS norm of a vector", rms_norm_formula, { DIMS(5), DIMS(5) }, 0, 0 },
    { "RMS norm, then relu over it", rms_norm_over_formula,
      { DIMS(3, 4), DIMS(4) }, 0, 0 },
    { "RMS norm without gain, with another epsilon", rms_norm_alone_formula,
      { DIMS(2, 2, 3, 3) }, 0, 0 },
    { "rotary encoding", rotary_formula, { DIMS(2, 2, 3, 4) }, 0, 0 },
    { "rotary encoding of a vector", rotary_formula, { DIMS(6) }, 0, 0 },
    { "rotary encoding of neighbours", rotary_neighbours_formula,
      { DIMS(2, 3, 6) }, 0, 0 },
    { "rotary encoding, then relu over it", rotary_over_formula,
      { DIMS(3, 4) }, 0, 0 },
    { "layer norm without gain and bias", normalise_formula,
      { DIMS(2, 3, 4) }, 0, 0 },
    { "layer norm with gain alone", normalise_gain_formula,
      { DIMS(3, 4), DIMS(4) }, 0, 0 },
    { "layer norm with bias alone", normalise_bias_formula,
      { DIMS(3, 4), DIMS(4) }, 0, 0 },
    { "layer norm", layer_norm_formula,
      { DIMS(2, 3, 4), DIMS(4), DIMS(4) }, 0, 0 },
    { "layer norm of a vector", layer_norm_formula,
      { DIMS(5), DIMS(5), DIMS(5) }, 0, 0 },
    { "layer norm of a sum", add_norm_formula,
      { DIMS(2, 3, 4), DIMS(2, 3, 4), DIMS(4) }, 0, 0 },
    { "layer norm of a sum, with bias", add_norm_bias_formula,
      { DIMS(3, 4), DIMS(4), DIMS(4) }, 0, 0 },
    { "layer norm of a sum, one transposed", add_norm_transposed_formula,
      { DIMS(3, 4), DIMS(4, 3), DIMS(4) }, 0, 0 },
    { "layer norm of a sum, over b", add_norm_over_formula,
      { DIMS(4, 3), DIMS(3, 4), DIMS(4) }, 0, 0 },
    { "layer norm of a sum, times a", add_norm_and_more_formula,
      { DIMS(2, 3, 4), DIMS(2, 3, 4), DIMS(4) }, 0, 0 },
    { "layer norm of a sum of overlapping slices", add_norm_overlap_formula,
      { DIMS(3, 4), DIMS(4), DIMS(4) }, 0, 0 },
    { "rows of a table", embedding_formula, { DIMS(4, 3) }, 0, 0 },
    { "rows of a table, by batch", embedding_batch_formula,
      { DIMS(4, 3) }, 0, 0 },
    { "cross-entropy", cross_entropy_formula, { DIMS(6, 4) }, 0, 0 },
    { "cross-entropy of one row", cross_entropy_formula, { DIMS(4) }, 0, 0 },
    { "cross-entropy with ignored rows", cross_entropy_ignored_formula,
      { DIMS(2, 3, 4) }, 0, 0 },
    { "cross-entropy with smoothing", cross_entropy_smoothed_formula,
      { DIMS(2, 3, 4) }, 0, 0 },
    { "cross-entropy, its gradient over a", cross_entropy_over_formula,
      { DIMS(2, 3, 4) }, 0, 0 },
    { "squared error", squared_error_formula,
      { DIMS(3, 4), DIMS(3, 4) }, 0, 0 },
    { "attention", fused_formula, { DIMS(3, 4), DIMS(2, 4), DIMS(2, 5) }, 0, 0 },
    { "attention, one number each", fused_formula,
      { DIMS(1, 1), DIMS(3, 1), DIMS(3, 1) }, 0, 0 },
    { "attention, a stack of stacks", fused_formula,
      { DIMS(2, 2, 2, 3), DIMS(2, 2, 3, 3), DIMS(2, 2, 3, 2) }, 0, 0 },
    { "causal attention", fused_causal_formula,
      { DIMS(2, 3, 2), DIMS(2, 3, 2), DIMS(2, 3, 2) }, 0, 0 },
    { "attention with padding", fused_padded_formula,
      { DIMS(2, 3, 2), DIMS(2, 4, 2), DIMS(2, 4, 2) }, 0, 0 },
    { "attention, one query blind", fused_masked_formula,
      { DIMS(2, 3, 2), DIMS(2, 2, 2), DIMS(2, 2, 2) }, 0, 0 },
    { "attention of a with itself", fused_with_itself_formula,
      { DIMS(2, 3, 4) }, 0, 0 },
    { "attention of overlapping slices", fused_overlap_formula,
      { DIMS(3, 3, 2) }, 0, 0 },
    { "attention with a bias under a lid", fused_biased_formula,
      { DIMS(2, 3, 2), DIMS(2, 4, 2), DIMS(3, 4) }, 0, 0 },
    { "attention with one bias for all queries", fused_biased_formula,
      { DIMS(2, 3, 2), DIMS(2, 4, 2), DIMS(2, 1, 4) }, 0, 0 },
    { "attention of heads that share keys", fused_shared_formula,
      { DIMS(2, 4, 3, 2), DIMS(2, 2, 4, 2), DIMS(2, 2, 4, 3) }, 0, 0 },
    { "attention of heads that share keys, one query each",
      fused_shared_formula,
      { DIMS(2, 4, 1, 2), DIMS(2, 2, 4, 2), DIMS(2, 2, 4, 3) }, 0, 0 },
    { "gated unit", gru_formula, { DIMS(3, 6), DIMS(3, 6), DIMS(3, 2) }, 0, 0 },
    { "gated unit, one number", gru_formula,
      { DIMS(3), DIMS(3), DIMS(1) }, 0, 0 },
    { "gated unit, four axes", gru_formula,
      { DIMS(2, 1, 2, 9), DIMS(2, 1, 2, 9), DIMS(2, 1, 2, 3) }, 0, 0 },
    { "gated unit of overlapping slices", gru_slices_formula,
      { DIMS(2, 3, 8) }, 0, 0 },
    { "masked attention", attention_formula,
      { DIMS(2, 3, 4), DIMS(2, 3, 4), DIMS(2, 3, 2) }, 0, 0 },

    { "a * a", square_formula, { DIMS(3, 4) }, 0, 0 },
    { "exp(a) / a", self_quotient_formula, { DIMS(3, 4) }, 0.5, 2 },
    { "a a^T", gram_formula, { DIMS(3, 4) }, 0, 0 },
    { "a a", matrix_square_formula, { DIMS(3, 3) }, 0, 0 },
    { "a stack times itself", matrix_square_formula, { DIMS(2, 3, 3) }, 0, 0 },
    { "a stack times itself transposed", gram_formula,
      { DIMS(2, 3, 4) }, 0, 0 },
    { "a slice times one that overlaps it", overlap_formula,
      { DIMS(3, 4) }, 0, 0 },
    { "a + a^T", self_sum_formula, { DIMS(3, 3) }, 0, 0 },
    { "a vector times itself as a column", self_outer_formula,
      { DIMS(4) }, 0, 0 },
    { "a fan-out", fan_out_formula, { DIMS(3, 4) }, 0, 0 },
    { "views of one result", halves_formula, { DIMS(3, 4) }, 0, 0 },
};

enum { FORMULAS = sizeof formulas / sizeof *formulas };

/* ---- going through the layouts ------------------------------------------ */

static inline int input_count(const Formula *f)
{
    int n = 0;
    while (n < 3 && f->shape[n].n > 0)
        n++;
    return n;
}

/* Sets layout[] to the next combination for the n inputs; false at the end. */
static inline bool next_layouts(int n, int layout[3])
{
    for (int i = 0; i < n; i++) {
        if (++layout[i] < LAYOUTS)
            return true;
        layout[i] = 0;
    }
    return false;
}

/* The numbers of input i of a formula, the same at each call. */
static inline Tensor *input_numbers(const Formula *f, int i)
{
    Rng rng = rng_named((uint64_t)i, f->name);
    bool given = f->low < f->high;
    return t_uniform_shape(&rng, given ? f->low : -1.5, given ? f->high : 1.5,
                           f->shape[i]);
}

#endif

/* The library against cases that others wrote: those with which ONNX, a format
 * for networks, tests who runs them. golden/onnx.h has the numbers. */
#include "check.h"

#include "golden/onnx.h"

#define NUMBERS(x) (int)(sizeof(x) / sizeof *(x))

static Tensor *given(const float *numbers, Shape shape)
{
    Tensor *x = t_zeros_shape(shape);
    for (size_t i = 0; i < x->buffer->size; i++)
        x->buffer->data[i] = (real)numbers[i];
    return x;
}

#define GIVEN(x, ...) given(x, SHAPE(__VA_ARGS__))

static void agree(const char *name, const Tensor *got, const float *numbers,
                  int n)
{
    assert_int_equal(t_size(got), n);
    for (int i = 0; i < n; i++) {
        double want = (double)numbers[i];
        double x = (double)*check_element(got, got->buffer->data, i);
        if (!(fabs(x - want) <= 1e-5 + 1e-4 * fabs(want)))
            fail_msg("%s, number %d: %.9g, not ONNX's %.9g", name, i, x, want);
    }
}

#define AGREES(x, numbers) agree(#numbers, x, numbers, NUMBERS(numbers))

/* ---- attention ---------------------------------------------------------- */

/* Theirs says where one may look, ours where not. */
static Tensor *hidden(const int *may_look, Shape shape)
{
    Tensor *mask = t_zeros_shape(shape);
    for (int i = 0; i < t_size(mask); i++)
        mask->buffer->data[i] = !may_look[i];
    return mask;
}

static void a_query_that_may_see_nothing_brings_home_nothing(void **state)
{
    (void)state;
    Tensor *y = t_attention(GIVEN(hidden_row_q, 1, 2, 2, 8),
                            GIVEN(hidden_row_k, 1, 2, 2, 8),
                            GIVEN(hidden_row_v, 1, 2, 2, 8),
                            (AttentionOptions){
                                .mask = hidden(hidden_row_may_look,
                                               SHAPE(2, 2)) });
    AGREES(y, hidden_row_y);
}

static void so_does_one_that_is_causal_too(void **state)
{
    (void)state;
    Tensor *mask = hidden(causal_hidden_row_may_look, SHAPE(2, 2));
    Tensor *y = t_attention(GIVEN(causal_hidden_row_q, 1, 2, 2, 8),
                            GIVEN(causal_hidden_row_k, 1, 2, 2, 8),
                            GIVEN(causal_hidden_row_v, 1, 2, 2, 8),
                            (AttentionOptions){ .mask = mask,
                                                .causal = true });
    AGREES(y, causal_hidden_row_y);
}

static void causal_attention_agrees(void **state)
{
    (void)state;
    AGREES(t_attention(GIVEN(causal_q, 1, 2, 4, 8), GIVEN(causal_k, 1, 2, 4, 8),
                       GIVEN(causal_v, 1, 2, 4, 8),
                       (AttentionOptions){ .causal = true }),
           causal_y);
}

static void scores_with_a_distance_added_agree(void **state)
{
    (void)state;
    Tensor *distance = t_zeros(4, 4);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            t_at(distance, i, j) = (real)(i - j);
    AGREES(t_attention(GIVEN(relative_q, 1, 2, 4, 8),
                       GIVEN(relative_k, 1, 2, 4, 8),
                       GIVEN(relative_v, 1, 2, 4, 8),
                       (AttentionOptions){ .bias = distance }),
           relative_y);
}

static void scores_under_a_lid_agree(void **state)
{
    (void)state;
    AttentionOptions o = { .softcap = 0.5, .bias = GIVEN(softcap_bias, 4, 6) };
    AGREES(t_attention(GIVEN(softcap_q, 1, 1, 4, 8),
                       GIVEN(softcap_k, 1, 1, 6, 8),
                       GIVEN(softcap_v, 1, 1, 6, 8), o),
           softcap_y);
    AGREES(t_attention(GIVEN(lid_q, 1, 2, 4, 8), GIVEN(lid_k, 1, 2, 4, 8),
                       GIVEN(lid_v, 1, 2, 4, 8),
                       (AttentionOptions){ .softcap = 20 }),
           lid_y);
}

/* (B, n, h d) as (B, h, n, d). */
static Tensor *heads_of(Tensor *x, int h)
{
    return t_permute(t_reshape(x, t_dim(x, 0), t_dim(x, 1), h, T_INFER),
                     0, 2, 1, 3);
}

/* Their window of 2 to the left is our 3: the query's own place counts. */
static void windows_agree_for_heads_that_share_keys(void **state)
{
    (void)state;
    AttentionOptions o = { .causal = true, .window = 3 };
    Tensor *y = t_attention(heads_of(GIVEN(window_q, 2, 4, 32), 4),
                            heads_of(GIVEN(window_k, 2, 6, 8), 1),
                            heads_of(GIVEN(window_v, 2, 6, 6), 1), o);
    AGREES(t_reshape(t_permute(y, 0, 2, 1, 3), 2, 4, 24), window_y);
    o.mask = hidden(window_group_may_look, SHAPE(2, 4, 4, 6));
    o.softcap = 2;
    AGREES(t_attention(GIVEN(window_group_q, 2, 4, 4, 8),
                       GIVEN(window_group_k, 2, 2, 6, 8),
                       GIVEN(window_group_v, 2, 2, 6, 6), o),
           window_group_y);
}

/* The queries are the last of each sequence; of the third case, the first two
 * stand before it begins. */
static void causal_at_the_end_of_each_sequence_agrees(void **state)
{
    (void)state;
    AttentionOptions o = { .causal = true, .cached = T_AT_END };
    o.lengths = decode_lengths;
    AGREES(t_attention(GIVEN(decode_q, 2, 4, 1, 8), GIVEN(decode_k, 2, 2, 8, 8),
                       GIVEN(decode_v, 2, 2, 8, 8), o),
           decode_y);
    o.lengths = prefill_lengths;
    AGREES(t_attention(GIVEN(prefill_q, 1, 2, 2, 8),
                       GIVEN(prefill_k, 1, 2, 4, 8),
                       GIVEN(prefill_v, 1, 2, 4, 8), o),
           prefill_y);
    o.lengths = too_short_lengths;
    AGREES(t_attention(GIVEN(too_short_q, 1, 2, 4, 8),
                       GIVEN(too_short_k, 1, 2, 4, 8),
                       GIVEN(too_short_v, 1, 2, 4, 8), o),
           too_short_y);
}

/* ---- row by row --------------------------------------------------------- */

static void softmax_of_large_numbers_agrees(void **state)
{
    (void)state;
    AGREES(t_softmax(GIVEN(softmax_x, 2, 4)), softmax_y);
    AGREES(t_log_softmax(GIVEN(log_softmax_x, 2, 4)), log_softmax_y);
}

static void layer_norm_agrees(void **state)
{
    (void)state;
    Tensor *x = GIVEN(norm_x, 3, 4), *gain = GIVEN(norm_gain, 4);
    AGREES(t_layer_norm(x, gain, GIVEN(norm_bias, 4)), norm_y);
    Tensor *mean = t_mean(x, -1), *off = t_sub(x, mean);
    AGREES(mean, norm_mean);
    Tensor *variance = t_mean(t_mul(off, off), -1);
    AGREES(t_div(t_vector(1), t_sqrt(t_add(variance, t_vector(1e-5)))),
           norm_r);
}

static void a_norm_without_the_mean_agrees(void **state)
{
    (void)state;
    Tensor *x = GIVEN(rms_x, 3, 4);
    Tensor *square = t_add(t_mean(t_mul(x, x), -1), t_vector(1e-5));
    AGREES(t_mul(t_div(x, t_sqrt(square)), GIVEN(rms_gain, 4)), rms_y);
}

static void cross_entropy_agrees_and_ignores(void **state)
{
    (void)state;
    int targets[NUMBERS(entropy_targets)];      /* theirs ignores class 2 */
    for (int i = 0; i < NUMBERS(targets); i++)
        targets[i] = entropy_targets[i] == 2 ? T_IGNORE : entropy_targets[i];
    AGREES(t_cross_entropy(GIVEN(entropy_x, 3, 5), targets,
                           (CrossEntropy){ .smoothing = 0 }),
           entropy_y);
}

/* ---- the rest ----------------------------------------------------------- */

static void a_linear_layer_agrees(void **state)
{
    (void)state;
    AGREES(t_linear(GIVEN(linear_x, 2, 7), GIVEN(linear_w, 7, 4),
                    GIVEN(linear_b, 4)),
           linear_y);
}

static void gelu_agrees(void **state)
{
    (void)state;
    AGREES(t_gelu(GIVEN(gelu_x, 3)), gelu_y);
}

/* x sigmoid(x), times another (Shazeer 2020). */
static void a_gate_of_silu_agrees(void **state)
{
    (void)state;
    Tensor *a = GIVEN(swiglu_a, 2, 4), *b = GIVEN(swiglu_b, 2, 4);
    AGREES(t_mul(t_mul(a, t_sigmoid(a)), b), swiglu_y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_query_that_may_see_nothing_brings_home_nothing),
        TEST(so_does_one_that_is_causal_too),
        TEST(causal_attention_agrees),
        TEST(scores_with_a_distance_added_agree),
        TEST(scores_under_a_lid_agree),
        TEST(windows_agree_for_heads_that_share_keys),
        TEST(causal_at_the_end_of_each_sequence_agrees),
        TEST(softmax_of_large_numbers_agrees),
        TEST(layer_norm_agrees),
        TEST(a_norm_without_the_mean_agrees),
        TEST(cross_entropy_agrees_and_ignores),
        TEST(a_linear_layer_agrees),
        TEST(gelu_agrees),
        TEST(a_gate_of_silu_agrees),
    };
    return cmocka_run_group_tests_name("onnx", tests, NULL, NULL);
}

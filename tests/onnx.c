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
static Tensor *hidden(const int *may_look, int n, int m)
{
    Tensor *mask = t_zeros(n, m);
    for (int i = 0; i < n * m; i++)
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
                                .mask = hidden(hidden_row_may_look, 2, 2) });
    AGREES(y, hidden_row_y);
}

static void so_does_one_that_is_causal_too(void **state)
{
    (void)state;
    Tensor *mask = hidden(causal_hidden_row_may_look, 2, 2);
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

static Tensor *scores(Tensor *q, Tensor *k)
{
    return t_scale(t_matmul(q, t_transpose(k)), 1 / sqrt(t_dim(q, -1)));
}

static void scores_with_a_distance_added_agree(void **state)
{
    (void)state;
    Tensor *distance = t_zeros(4, 4);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            t_at(distance, i, j) = (real)(i - j);
    Tensor *s = t_add(scores(GIVEN(relative_q, 1, 2, 4, 8),
                             GIVEN(relative_k, 1, 2, 4, 8)), distance);
    AGREES(t_matmul(t_softmax(s), GIVEN(relative_v, 1, 2, 4, 8)), relative_y);
}

static void scores_under_a_lid_agree(void **state)
{
    (void)state;
    double lid = 0.5;
    Tensor *s = scores(GIVEN(softcap_q, 1, 1, 4, 8),
                       GIVEN(softcap_k, 1, 1, 6, 8));
    s = t_scale(t_tanh(t_scale(s, 1 / lid)), lid);
    Tensor *weights = t_softmax(t_add(s, GIVEN(softcap_bias, 4, 6)));
    AGREES(t_matmul(weights, GIVEN(softcap_v, 1, 1, 6, 8)), softcap_y);
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

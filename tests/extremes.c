/* Tests of what the library does at the edges: with NaN, with infinity, with
 * numbers beside much larger ones, and with very many. */
#include "chapter.h"

#include "03_kernel_regression.h"
#include "06_multi_head.h"
#include "07_positional_encoding.h"
#include "base/parallel.h"
#include "learn/opt.h"

/* The gradient of the sum of y by x. */
static Tensor *slope(Tensor *y, Tensor *x)
{
    t_backward(t_sum(y, T_ALL));
    return t_grad(x);
}

static Tensor *wanting(Tensor *x)
{
    x->buffer->wants_grad = true;
    return x;
}

#define ALL_NAN(x)                                                             \
    do {                                                                       \
        Tensor *seen = (x);                                                    \
        for (int i = 0; i < t_size(seen); i++)                                 \
            assert_true(isnan(seen->buffer->data[i]));                         \
    } while (0)

/* ---- NaN and infinity --------------------------------------------------- */

static void a_maximum_with_nan_in_it_is_nan(void **state)
{
    (void)state;
    for (int at = 0; at < 3; at++) {
        tape_reset();
        Tensor *x = wanting(t_vector(1, 2, 3));
        t_at(x, at) = NAN;
        Tensor *y = t_max(x, 0);
        ALL_NAN(y);
        Tensor *dx = slope(y, x);
        for (int i = 0; i < 3; i++)
            assert_near(t_at(dx, i), i == at, 0);
    }
}

static void log_softmax_of_a_row_of_nan_is_nan(void **state)
{
    (void)state;
    Tensor *zero = t_zeros(1, 2), *nan = wanting(t_div(zero, zero));
    ALL_NAN(t_log_softmax(nan));            /* of either sign */
    ALL_NAN(t_log_softmax(t_scale(nan, -1)));
    Tensor *x = wanting(t_matrix(1, 3, 0, (double)INFINITY, 0));
    Tensor *y = t_log_softmax(x);
    ALL_NAN(y);
    ALL_NAN(slope(y, x));
    tape_reset();
    double none = -(double)INFINITY;
    x = wanting(t_matrix(1, 2, none, none));
    y = t_log_softmax(x);
    assert_numbers(y, 0, none, none);
    assert_numbers(slope(y, x), 0, 0, 0);
}

static void the_slope_of_gelu_is_0_or_1_far_out(void **state)
{
    (void)state;
    Tensor *x = wanting(t_vector(-1e30, -1e20, -20, 20, 1e20, 1e30,
                                 (double)INFINITY));
    Tensor *y = t_gelu(x);
    assert_numbers(slope(y, x), 1e-6, 0, 0, 0, 1, 1, 1, 1);
    ALL_NAN(t_gelu(t_vector(NAN)));
}

static void clipping_refuses_what_no_scale_mends(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *p = t_param(&list, 2);
    t_grad_at(p, 0) = (real)INFINITY;
    assert_refuses("opt_clip: a gradient is infinite", opt_clip(&list, 1));
    t_grad_at(p, 0) = NAN;
    assert_refuses("opt_clip: a gradient is NaN", opt_clip(&list, 1));
}

/* x^2 is infinite from 1.9e19 on. */
static void a_layer_norm_of_numbers_too_large_is_its_bias(void **state)
{
    (void)state;
    Tensor *x = t_matrix(1, 2, 1e20, -1e20), *bias = t_vector(3, 4);
    assert_numbers(t_layer_norm(x, NULL, bias), 0, 3, 4);
}

static void what_is_hidden_is_not_seen_by_the_result_of_attention(void **state)
{
    (void)state;
    Tensor *q = wanting(t_matrix(1, 1, 1)), *v = t_matrix(2, 1, 5, 6);
    Tensor *k = t_matrix(2, 1, 1, (double)NAN);
    Tensor *mask = t_matrix(1, 2, 0, 1);
    AttentionOptions options = { .mask = mask };
    Tensor *y = t_attention(q, k, v, options);
    assert_numbers(y, 0, 5);
    ALL_NAN(slope(y, q));       /* 0 times NaN */
    tape_reset();
    v = t_matrix(2, 1, 5, (double)NAN);
    ALL_NAN(t_attention(t_matrix(1, 1, 1), t_matrix(2, 1, 1, 1), v,
                        (AttentionOptions){ .mask = t_matrix(1, 2, 0, 1) }));
}

/* ---- beside a large number ---------------------------------------------- */

static void smoothing_bears_a_large_offset(void **state)
{
    (void)state;
    double o = 1e8;
    Tensor *x = t_matrix(1, 5, o, o + 8, o + 16, o, o);
    Tensor *y = t_cross_entropy(x, (int[]){ 0 },
                                (CrossEntropy){ .smoothing = 0.1 });
    assert_near(t_item(y), 15.5203, 1e-4);
}

/* ---- very many ---------------------------------------------------------- */

static void the_place_of_a_maximum_is_found_among_many(void **state)
{
    (void)state;
    enum { MANY = (1 << 24) + 2 };
    Tensor *x = wanting(t_zeros(MANY));
    t_at(x, MANY - 1) = 1;                  /* 2^24 + 1 is no float */
    assert_near(t_at(slope(t_max(x, 0), x), MANY - 1), 1, 0);
}

/* Sums over a first axis, a middle one, and both, of rows of all lengths. */
static void sums_of_very_many_lose_nothing(void **state)
{
    (void)state;
    enum { MANY = 3000000 };
    Tensor *x = t_zeros(MANY, 1);
    for (int i = 0; i < MANY; i++)
        t_at(x, i, 0) = (real)0.1;
    for (int threads = 1; threads <= 3; threads++) {
        parallel_set_threads(threads);
        assert_near(t_item(t_mean(x, 0)), 0.1, 1e-7);
        assert_near(t_item(t_mean(t_reshape(x, 1, MANY, 1), 1)), 0.1, 1e-7);
        Tensor *cube = t_reshape(x, 3, MANY / 6, 2);
        assert_numbers(t_mean(cube, 1), 1e-7, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1);
        Tensor *turned = t_permute(cube, 1, 0, 2);
        assert_numbers(t_mean(t_mean(turned, 0), 1), 1e-7, 0.1, 0.1);
        assert_near(t_item(t_mean(turned, T_ALL)), 0.1, 1e-7);
    }
    parallel_set_threads(0);
}

static void ones_are_counted_beyond_what_a_float_can(void **state)
{
    (void)state;
    enum { MANY = 20000000 };
    Tensor *x = t_add(t_zeros(MANY, 1), t_vector(1));
    assert_near(t_item(t_sum(x, 0)), MANY, 0);
}

static void the_gradient_of_a_bias_over_a_million_rows_is_right(void **state)
{
    (void)state;
    Tensor *bias = wanting(t_zeros(2)), *x = t_zeros(1000000, 2);
    Tensor *y = t_scale(t_add(x, bias), 5e-7);
    assert_numbers(slope(y, bias), 1e-6, 0.5, 0.5);
}

/* ---- what chapters refuse ------------------------------------------------ */

static void what_would_be_read_otherwise_is_refused(void **state)
{
    (void)state;
    assert_refuses_in("06_multi_head.c",
                      "split_heads: expected (B, n, d), got (2, 3, 4, 1)",
                   split_heads(t_zeros(2, 3, 4, 1), 2));
    assert_refuses_in("07_positional_encoding.c",
                      "relative_bias: the rows are distances -r to r, an odd "
                   "number; got (4, 2)", relative_bias(t_zeros(4, 2), 3));
    Tensor *one = t_zeros(2, 1);
    assert_refuses_in("03_kernel_regression.c",
                      "kernel_weights: one number each, (n, 1) and (m, 1), got "
                   "(2, 1) and (3, 2)",
                   kernel_weights(GAUSSIAN, one, t_zeros(3, 2), 1));
    assert_refuses_in("03_kernel_regression.c",
                      "kernel_weights: no kernel 9 of width 1",
                   kernel_weights((Kernel)9, one, one, 1));
    assert_refuses_in("03_kernel_regression.c",
                      "kernel_weights: no kernel 1 of width 0",
                   kernel_weights(BOXCAR, one, one, 0));
}

static void attention_by_weights_refuses_what_attention_does(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    MultiHead layer = multi_head_new(NULL, &rng, 4, 2);
    Tensor *weights;
    MultiHeadOptions shown = { .weights = &weights };
    assert_refuses_in("06_multi_head.c",
                      "multi_head: 1 sequences ask, and 2 answer",
                      multi_head(layer, t_zeros(1, 2, 4), t_zeros(2, 2, 4),
                                 shown));
    shown.causal = true;
    assert_refuses_in("06_multi_head.c", "multi_head: causal needs as many keys "
                      "as queries, got 5 and 1",
                      multi_head(layer, t_zeros(1, 1, 4), t_zeros(1, 5, 4),
                                 shown));
    Tensor *x = t_zeros(1, 3, 4);
    assert_refuses_in("06_multi_head.c",
                      "multi_head: a mask is (n, m) or (B, n, m), got "
                   "(1, 1, 3, 1)",
                   multi_head(layer, x, x, (MultiHeadOptions){
                       .mask = t_zeros(1, 1, 3, 1) }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_maximum_with_nan_in_it_is_nan),
        TEST(log_softmax_of_a_row_of_nan_is_nan),
        TEST(the_slope_of_gelu_is_0_or_1_far_out),
        TEST(clipping_refuses_what_no_scale_mends),
        TEST(a_layer_norm_of_numbers_too_large_is_its_bias),
        TEST(what_is_hidden_is_not_seen_by_the_result_of_attention),
        TEST(smoothing_bears_a_large_offset),
        TEST(the_place_of_a_maximum_is_found_among_many),
        TEST(sums_of_very_many_lose_nothing),
        TEST(ones_are_counted_beyond_what_a_float_can),
        TEST(the_gradient_of_a_bias_over_a_million_rows_is_right),
        TEST(what_would_be_read_otherwise_is_refused),
        TEST(attention_by_weights_refuses_what_attention_does),
    };
    return cmocka_run_group_tests_name("extremes", tests, NULL, NULL);
}

/* Tests of nn.c: the layers. */
#include "check.h"

#include <limits.h>

#include "learn/nn.h"
#include "base/parallel.h"

static void a_linear_layer_is_x_w_plus_b(void **state)
{
    (void)state;
    Params list = { 0 };
    Rng rng = rng_new(1);
    Linear layer = nn_linear_new(&list, &rng, 2, 3, (LinearOptions){ 0 });
    t_assign(layer.weight, t_matrix(2, 3, 1, 2, 3, 4, 5, 6));
    t_assign(layer.bias, t_vector(10, 20, 30));
    Tensor *y = nn_linear(layer, t_matrix(2, 2, 1, 0, 1, -1));
    assert_shape(y, 2, 3);
    assert_numbers(y, 0, 11, 22, 33, 7, 17, 27);
    assert_shape(nn_linear(layer, t_zeros(4, 5, 2)), 4, 5, 3);
    t_backward(t_sum(y, T_ALL));
    assert_gradient(layer.weight, 0, 2, 2, 2, -1, -1, -1);
    assert_gradient(layer.bias, 0, 2, 2, 2);
}

static void weights_start_uniform_within_their_limit(void **state)
{
    (void)state;
    const double given[] = { 0, 0.6 }, limit[] = { 0.25, 0.6 };
    Rng rng = rng_new(2);
    for (int i = 0; i < 4; i++) {
        Linear layer = nn_linear_new(NULL, &rng, 16, 400,
                                     (LinearOptions){ .limit = given[i / 2] });
        Tensor *w = i % 2 ? t_reshape(layer.bias, 1, 400) : layer.weight;
        double mean = t_item(t_mean(w, T_ALL)), most = limit[i / 2];
        double variance = t_item(t_mean(t_mul(w, w), T_ALL));
        assert_near(mean, 0, 0.08 * most);
        assert_near(variance / (most * most), 1 / 3., 0.05);  /* width^2 / 12 */
        assert_true(t_item(t_max(w, T_ALL)) <= most);
        assert_true(t_item(t_max(t_scale(w, -1), T_ALL)) <= most);
        assert_true(t_item(t_max(w, T_ALL)) > 0.96 * most);
    }
}

static void layers_append_their_parameters(void **state)
{
    (void)state;
    Params list = { 0 };
    Rng rng = rng_new(3);
    Linear full = nn_linear_new(&list, &rng, 3, 4, (LinearOptions){ 0 });
    Linear bare = nn_linear_new(&list, &rng, 3, 4,
                                (LinearOptions){ .no_bias = true });
    LayerNorm norm = nn_layer_norm_new(&list, 5);
    Tensor *table = nn_embedding_new(&list, &rng, 7, 2, 1);
    assert_null(bare.bias);
    Tensor *expected[] = { full.weight, full.bias, bare.weight, norm.gain,
                           norm.bias, table };
    assert_int_equal(list.n, 6);
    for (int i = 0; i < 6; i++)
        assert_ptr_equal(list.at[i], expected[i]);
    assert_int_equal(params_count(&list), 12 + 4 + 12 + 5 + 5 + 14);
    tape_reset();       /* they outlive the step */
    assert_shape(nn_linear(bare, t_zeros(1, 3)), 1, 4);
    assert_numbers(nn_linear(bare, t_zeros(1, 3)), 0, 0, 0, 0, 0);
}

static void the_same_seed_makes_the_same_layer(void **state)
{
    (void)state;
    Rng one = rng_new(4), two = rng_new(4);
    Linear a = nn_linear_new(NULL, &one, 3, 4, (LinearOptions){ 0 });
    Linear b = nn_linear_new(NULL, &two, 3, 4, (LinearOptions){ 0 });
    Linear c = nn_linear_new(NULL, &two, 3, 4, (LinearOptions){ 0 });
    assert_near(t_distance(a.weight, b.weight), 0, 0);
    assert_near(t_distance(a.bias, b.bias), 0, 0);
    assert_true(t_distance(a.weight, c.weight) > 0.01);
}

static void a_layer_norm_starts_with_gain_one_and_bias_zero(void **state)
{
    (void)state;
    Params list = { 0 };
    LayerNorm norm = nn_layer_norm_new(&list, 2);
    assert_numbers(norm.gain, 0, 1, 1);
    assert_numbers(norm.bias, 0, 0, 0);
    Tensor *x = t_matrix(1, 2, 1, 3);
    assert_numbers(nn_layer_norm(norm, x), 1e-5, -1, 1);
    t_assign(norm.gain, t_vector(2, 3));
    t_assign(norm.bias, t_vector(10, 20));
    assert_numbers(nn_layer_norm(norm, x), 5e-5, 8, 23);
    assert_numbers(nn_add_norm(norm, x, t_matrix(1, 2, 7, 1)), 5e-5, 12, 17);
}

static void an_embedding_has_the_deviation_asked_for(void **state)
{
    (void)state;
    Params list = { 0 };
    Rng rng = rng_new(5);
    Tensor *table = nn_embedding_new(&list, &rng, 100, 50, 0.2);
    assert_shape(table, 100, 50);
    assert_near(t_item(t_mean(table, T_ALL)), 0, 0.01);
    assert_near(t_item(t_mean(t_mul(table, table), T_ALL)), 0.04, 0.003);
}

static void a_padding_mask_marks_what_lies_beyond_the_end(void **state)
{
    (void)state;
    int lengths[] = { 2, 0, 3 };
    Tensor *mask = nn_padding_mask(3, lengths, 3);
    assert_shape(mask, 3, 1, 3);
    assert_numbers(mask, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0);
    Tensor *weights = t_softmax(t_masked_fill(t_zeros(3, 2, 3), mask,
                                              -INFINITY));
    assert_numbers(weights, 1e-6, 0.5, 0.5, 0, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0,
                   1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3);
    lengths[1] = 4;
    assert_refuses("nn_padding_mask: length 4 of sequence 1, with 3 keys",
                   nn_padding_mask(3, lengths, 3));
    lengths[1] = -1;
    assert_refuses("nn_padding_mask: length -1 of sequence 1, with 3 keys",
                   nn_padding_mask(3, lengths, 3));
}

static void square_windows_of_fixed_weights_hand_a_gradient_on(void **state)
{
    (void)state;
    Rng rng = rng_new(6);
    Params list = { 0 };
    Tensor *x = t_param(&list, 2, 4, 5, 2), *slope[2];
    t_assign(x, t_normal_shape(&rng, x->shape));
    Linear layer = { .weight = t_keep(t_normal(&rng, 4 * 2, 3)) };
    Windows o = { .size = 2 };
    for (int way = 0; way < 2; way++) {
        Tensor *y = way ? nn_linear(layer, t_windows(t_windows(x, 2, o), 1, o))
                        : nn_square_windows(layer, x, 2, 0);
        params_zero_grad(&list);
        t_backward(t_sum(t_mul(y, t_exp(t_detach(y))), T_ALL));
        slope[way] = t_keep(t_grad(x));
        tape_reset();
    }
    double most = t_item(t_max(t_mul(slope[1], slope[1]), T_ALL));
    assert_true(most > 0);
    assert_true(t_distance(slope[0], slope[1]) < 1e-5 * (1 + sqrt(most)));
}

/* Against windows of windows, with gradients. */
static void square_windows_are_windows_of_windows(void **state)
{
    (void)state;
    Rng rng = rng_new(5);
    for (int trial = 0; trial < 24; trial++) {
        int size = 1 + trial % 3, border = trial / 3 % 3, d = 1 + trial % 4;
        Params list = { 0 };
        Tensor *x = t_param(&list, 1 + trial % 2, 4, 5, d);
        t_assign(x, t_normal_shape(&rng, x->shape));
        Linear layer = nn_linear_new(&list, &rng, size * size * d, 3,
                                     (LinearOptions){ .no_bias = trial % 5 == 0 });
        Tensor *result[2], *slope[2][3];
        for (int way = 0; way < 2; way++) {
            Windows o = { .size = size, .before = border, .after = border };
            Tensor *y = way ? nn_linear(layer, t_windows(t_windows(x, 2, o),
                                                         1, o))
                            : nn_square_windows(layer, x, size, border);
            assert_shape(y, 1 + trial % 2, 4 + 2 * border - size + 1,
                         5 + 2 * border - size + 1, 3);
            params_zero_grad(&list);
            t_backward(t_sum(t_mul(y, t_exp(t_detach(y))), T_ALL));
            result[way] = t_keep(y);
            for (int i = 0; i < list.n; i++)
                slope[way][i] = t_keep(t_grad(list.at[i]));
            tape_reset();
        }
        assert_true(t_distance(result[0], result[1]) < 1e-5);
        for (int i = 0; i < list.n; i++) {
            double most = t_item(t_max(t_mul(slope[1][i], slope[1][i]), T_ALL));
            assert_true(most > 0);
            assert_true(t_distance(slope[0][i], slope[1][i])
                        < 1e-5 * (1 + sqrt(most)));
        }
        tape_reset();
    }
    Linear odd = { .weight = t_zeros(8, 3), .bias = t_zeros(2) };
    assert_refuses("nn_square_windows: windows of 3 x 3 in (1, 4, 4, 2), with a "
                   "border of 1, do not fit weights (8, 3)",
                   nn_square_windows(odd, t_zeros(1, 4, 4, 2), 3, 1));
    assert_refuses("nn_square_windows: windows of 2 x 2 in (4, 4, 2), with a "
                   "border of 0, do not fit weights (8, 3)",
                   nn_square_windows(odd, t_zeros(4, 4, 2), 2, 0));
    assert_refuses("nn_square_windows: windows of 2 x 2 do not fit into "
                   "(1, 1, 4, 2) with a border of 0",
                   nn_square_windows(odd, t_zeros(1, 1, 4, 2), 2, 0));
    assert_refuses("nn_square_windows: windows of 2 x 2 do not fit into "
                   "(1, 4, 4, 2) with a border of 2147483647",
                   nn_square_windows(odd, t_zeros(1, 4, 4, 2), 2, INT_MAX));
    assert_refuses("nn_square_windows: bias of shape (2) beside weights (8, 3)",
                   nn_square_windows(odd, t_zeros(1, 4, 4, 2), 2, 0));
}

/* The threads share the pictures; one picture's products share the threads. */
static void threads_change_no_bit_of_square_windows(void **state)
{
    (void)state;
    int before = parallel_threads();
    for (int pictures = 1; pictures <= 11; pictures += 10) {
        Tensor *first[4];
        for (int threads = 1; threads <= 3; threads++) {
            Rng rng = rng_new(7);
            Params list = { 0 };
            Tensor *x = t_param(&list, pictures, 20, 24, 16);
            t_assign(x, t_normal_shape(&rng, x->shape));
            Linear layer = nn_linear_new(&list, &rng, 9 * 16, 24,
                                         (LinearOptions){ 0 });
            parallel_set_threads(threads);
            Tensor *y = nn_square_windows(layer, x, 3, pictures % 2);
            t_backward(t_sum(t_mul(y, y), T_ALL));
            Tensor *found[] = { y, t_grad(x), t_grad(layer.weight),
                                t_grad(layer.bias) };
            for (int i = 0; i < 4; i++) {
                if (threads == 1)
                    first[i] = t_keep(found[i]);
                assert_true(t_distance(first[i], found[i]) == 0);
            }
            tape_reset();
        }
    }
    parallel_set_threads(before);
}

/* A picture may be part of another, and needs no gradient; and gradients of two
 * uses add up. */
static void square_windows_see_parts_of_pictures(void **state)
{
    (void)state;
    Rng rng = rng_new(8);
    Params list = { 0 };
    Windows o = { .size = 3, .before = 1, .after = 1 };
    Tensor *all = t_keep(t_normal(&rng, 2, 6, 7, 4));
    Tensor *part = t_slice(all, 3, 1, 3);
    Linear layer = nn_linear_new(&list, &rng, 18, 5, (LinearOptions){ 0 });
    Tensor *y = nn_square_windows(layer, part, 3, 1);
    Tensor *plain = nn_linear(layer, t_windows(t_windows(part, 2, o), 1, o));
    assert_true(t_distance(y, plain) < 1e-5);
    t_backward(t_add(t_sum(y, T_ALL), t_sum(t_scale(y, 2), T_ALL)));
    Tensor *thrice = t_keep(t_grad(layer.weight));
    tape_reset();
    params_zero_grad(&list);
    Tensor *x = t_param(&list, 2, 6, 7, 2);
    t_assign(x, t_slice(all, 3, 1, 3));
    y = t_add(nn_square_windows(layer, x, 3, 1),
              nn_square_windows(layer, x, 3, 1));
    t_backward(t_sum(y, T_ALL));
    assert_true(t_distance(t_scale(t_grad(layer.weight), 1.5), thrice) < 1e-3);
    assert_near(t_item(t_slice(t_reshape(t_grad(layer.bias), 5), 0, 0, 1)),
                2 * 2 * 6 * 7, 1e-3);
}

static void answers_that_are_right_are_counted(void **state)
{
    (void)state;
    Tensor *x = t_matrix(4, 3,  0, 2, 1,  3, 1, 3,  0, 0, 1,  5, 4, 3);
    assert_near(nn_share_right(x, (int[]){ 1, 0, 2, 0 }), 1, 0);
    assert_near(nn_share_right(x, (int[]){ 1, 2, 2, 1 }), 0.5, 0);
    assert_near(nn_share_right(x, (int[]){ 1, T_IGNORE, 0, 0 }), 2 / 3., 1e-9);
    int none[] = { T_IGNORE, T_IGNORE, T_IGNORE, T_IGNORE };
    assert_near(nn_share_right(x, none), 0, 0);
    Tensor *turned = t_transpose(t_matrix(3, 2,  1, 0,  2, 0,  0, 7));
    assert_near(nn_share_right(t_reshape(turned, 1, 2, 3), (int[]){ 1, 2 }), 1,
                0);
}

static void layers_refuse_what_does_not_fit_where_they_are_called(void **state)
{
    (void)state;
    Params list = { 0 };
    Rng rng = rng_new(6);
    Linear layer = nn_linear_new(&list, &rng, 2, 3, (LinearOptions){ 0 });
    LayerNorm norm = nn_layer_norm_new(&list, 3);
    Tensor *x = t_zeros(4, 3);
    assert_refuses("t_linear: inner sizes differ: (4, 3) x (2, 3)",
                   nn_linear(layer, x));
    assert_refuses("t_layer_norm: gain of shape (3) beside (4, 2)",
                   nn_layer_norm(norm, t_zeros(4, 2)));
    assert_refuses("t_param: sizes must be at least 1, got (0, 3)",
                   nn_linear_new(&list, &rng, 0, 3, (LinearOptions){ 0 }));
    assert_refuses("t_param: sizes must be at least 1, got (0)",
                   nn_layer_norm_new(&list, 0));
    assert_refuses("t_param: sizes must be at least 1, got (7, 0)",
                   nn_embedding_new(&list, &rng, 7, 0, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_linear_layer_is_x_w_plus_b),
        TEST(weights_start_uniform_within_their_limit),
        TEST(layers_append_their_parameters),
        TEST(the_same_seed_makes_the_same_layer),
        TEST(a_layer_norm_starts_with_gain_one_and_bias_zero),
        TEST(an_embedding_has_the_deviation_asked_for),
        TEST(a_padding_mask_marks_what_lies_beyond_the_end),
        TEST(square_windows_are_windows_of_windows),
        TEST(square_windows_of_fixed_weights_hand_a_gradient_on),
        TEST(threads_change_no_bit_of_square_windows),
        TEST(square_windows_see_parts_of_pictures),
        TEST(answers_that_are_right_are_counted),
        TEST(layers_refuse_what_does_not_fit_where_they_are_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

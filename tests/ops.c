/* Tests of the operations, common/ops_*.c: values worked out by hand, what is
 * refused, and the properties they promise. Gradients of all of them against
 * finite differences are in gradients.c. */
#include "formulas.h"

#include <limits.h>

/* ---- all formulas ------------------------------------------------------- */

static void every_formula_gives_the_same_numbers_in_every_layout(void **state)
{
    (void)state;
    for (int i = 0; i < FORMULAS; i++) {
        const Formula *f = &formulas[i];
        int layout[3] = { 0 }, n = input_count(f);
        Tensor *expected = NULL;
        do {
            Tensor *in[3] = { 0 };
            for (int k = 0; k < n; k++)
                in[k] = copy_in(layout[k], input_numbers(f, k));
            Tensor *result = f->result(in);
            if (!expected)
                expected = result;
            else if (!(t_distance(result, expected) < 2e-6))
                fail_msg("%s, layouts %d %d %d: off by %g", f->name, layout[0],
                         layout[1], layout[2], t_distance(result, expected));
            for (int k = 0; k < n; k++)     /* the inputs are left alone */
                assert_near(t_distance(in[k], input_numbers(f, k)), 0, 0);
        } while (next_layouts(n, layout));
        tape_reset();
    }
}

/* ---- element by element ------------------------------------------------- */

static void arithmetic_goes_element_by_element(void **state)
{
    (void)state;
    Tensor *a = t_matrix(2, 2, 1, 2, -3, 4), *b = t_matrix(2, 2, 5, -8, 2, 0.5);
    assert_numbers(t_add(a, b), 0, 6, -6, -1, 4.5);
    assert_numbers(t_sub(a, b), 0, -4, 10, -5, 3.5);
    assert_numbers(t_mul(a, b), 0, 5, -16, -6, 2);
    assert_numbers(t_div(a, b), 1e-7, 0.2, -0.25, -1.5, 8);
    assert_numbers(t_scale(a, -0.5), 0, -0.5, -1, 1.5, -2);
}

static void broadcasting_repeats_size_one_and_absent_axes(void **state)
{
    (void)state;
    Tensor *m = t_matrix(2, 3, 1, 2, 3, 4, 5, 6);
    Tensor *column = t_matrix(2, 1, 10, 20), *row = t_vector(100, 200, 300);
    assert_numbers(t_add(m, row), 0, 101, 202, 303, 104, 205, 306);
    assert_numbers(t_add(row, m), 0, 101, 202, 303, 104, 205, 306);
    assert_numbers(t_sub(m, column), 0, -9, -8, -7, -16, -15, -14);
    assert_numbers(t_mul(m, t_vector(2)), 0, 2, 4, 6, 8, 10, 12);
    Tensor *both = t_sub(column, row);
    assert_shape(both, 2, 3);
    assert_numbers(both, 0, -90, -190, -290, -80, -180, -280);
    assert_shape(t_add(t_zeros(5, 1, 4, 1), t_zeros(3, 1, 2)), 5, 3, 4, 2);
    assert_shape(t_add(t_zeros(1), t_zeros(1, 1, 1)), 1, 1, 1);
}

static void broadcasting_is_strict(void **state)
{
    (void)state;
    Tensor *a = t_zeros(2, 3), *b = t_zeros(3, 2), *c = t_zeros(2);
    assert_refuses("t_add: shapes do not broadcast: (2, 3) and (3, 2)",
                   t_add(a, b));
    assert_refuses("t_sub: shapes do not broadcast: (2, 3) and (2)",
                   t_sub(a, c));
    assert_refuses("t_mul: shapes do not broadcast: (2) and (2, 3)",
                   t_mul(c, a));
    assert_refuses("t_div: shapes do not broadcast: (2, 3) and (2, 1, 2)",
                   t_div(a, t_zeros(2, 1, 2)));
    assert_refuses("t_add: shapes do not broadcast: (2, 3) and (2, 6)",
                   t_add(a, t_zeros(2, 6)));
    assert_refuses("t_mul: (65536, 65536) has more than 2147483647 elements",
                   t_mul(t_zeros(65536, 1), t_zeros(1, 65536)));
}

static void functions_of_one_number(void **state)
{
    (void)state;
    Tensor *x = t_vector(0, 1, -2, 0.5);
    assert_numbers(t_exp(x), 1e-6, 1, exp(1), 0.13533528, 1.64872127);
    assert_numbers(t_tanh(x), 1e-6, 0, 0.76159416, -0.96402758, 0.46211716);
    assert_numbers(t_sigmoid(x), 1e-6, 0.5, 0.73105858, 0.11920292, 0.62245933);
    assert_numbers(t_relu(x), 0, 0, 1, 0, 0.5);
    assert_numbers(t_log(t_vector(1, exp(1), 0.5)), 1e-6, 0, 1, -0.69314718);
    assert_numbers(t_sqrt(t_vector(0, 4, 2)), 1e-6, 0, 2, 1.41421356);
    /* x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, by a calculator */
    assert_numbers(t_gelu(x), 1e-6, 0, 0.84119199, -0.04540231, 0.34571401);
}

static void functions_at_their_limits(void **state)
{
    (void)state;
    assert_numbers(t_log(t_vector(0, -1, INFINITY)), 0, -INFINITY, NAN,
                   INFINITY);
    assert_numbers(t_sqrt(t_vector(-1)), 0, NAN);
    assert_numbers(t_exp(t_vector(-INFINITY, 1e4)), 0, 0, INFINITY);
    assert_numbers(t_tanh(t_vector(1e4, -1e4)), 0, 1, -1);
    assert_numbers(t_sigmoid(t_vector(1e4, -1e4)), 0, 1, 0);
    assert_numbers(t_gelu(t_vector(1e4, -1e4)), 0, 1e4, 0);
    assert_numbers(t_relu(t_vector(NAN, -INFINITY)), 0, NAN, 0);
}

static void the_gradient_of_a_broadcast_operand_is_summed(void **state)
{
    (void)state;
    Tensor *row = param_from(NULL, t_vector(1, 2, 3));
    Tensor *column = param_from(NULL, t_matrix(2, 1, 10, 20));
    t_backward(t_sum(t_mul(row, column), T_ALL));
    assert_gradient(row, 0, 30, 30, 30);
    assert_gradient(column, 0, 6, 6);
}

static void the_gradient_of_relu_at_zero_is_zero(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(-1, 0, 2));
    t_backward(t_sum(t_relu(p), T_ALL));
    assert_gradient(p, 0, 0, 0, 1);
}

static void a_mask_fills_where_it_is_not_zero(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 3, 1, 2, 3, 4, 5, 6);
    assert_numbers(t_masked_fill(x, t_matrix(2, 3, 0, 1, 0, -1, 0, 0.5), 9), 0,
                   1, 9, 3, 9, 5, 9);
    assert_numbers(t_masked_fill(x, t_vector(0, 0, 1), -INFINITY), 0,
                   1, 2, -INFINITY, 4, 5, -INFINITY);
    assert_numbers(t_masked_fill(x, t_matrix(2, 1, 0, 1), 0), 0,
                   1, 2, 3, 0, 0, 0);
    assert_refuses("t_masked_fill: mask (2, 3) does not broadcast to (3)",
                   t_masked_fill(t_zeros(3), x, 0));
    assert_refuses("t_masked_fill: mask (2, 2, 3) does not broadcast to (2, 3)",
                   t_masked_fill(x, t_zeros(2, 2, 3), 0));
    assert_refuses("t_masked_fill: shapes do not broadcast: (2, 3) and (2)",
                   t_masked_fill(x, t_zeros(2), 0));
}

static void no_gradient_flows_into_a_mask(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(1, 0, 3));
    Tensor *mask = t_scale(p, 2);
    t_backward(t_sum(t_masked_fill(p, mask, 5), T_ALL));
    assert_gradient(p, 0, 0, 1, 0);
    assert_null(mask->buffer->grad);
    tape_reset();
    Tensor *constant = t_masked_fill(t_vector(1, 2, 3), p, 0);
    assert_refuses("t_backward: no parameter leads to this loss, or recording "
                   "was off", t_backward(t_sum(constant, T_ALL)));
}

/* ---- dropout ------------------------------------------------------------ */

static void dropout_zeroes_some_and_scales_the_others(void **state)
{
    (void)state;
    Rng rng = rng_new(1), same = rng_new(1);
    Tensor *x = counted(1, 1000), *y = t_dropout(x, 0.3, &rng);
    int zeros = 0;
    for (int i = 0; i < 1000; i++) {
        bool dropped = rng_uniform(&same) < 0.3;
        assert_near(t_at(y, i), dropped ? 0 : (i + 1) / 0.7, 2e-4);
        zeros += dropped;
    }
    assert_in_range(zeros, 250, 350);
    assert_true(rng.state == same.state);
    double mean = t_item(t_mean(t_dropout(t_add(t_zeros(100000), t_vector(1)),
                                          0.9, &rng), T_ALL));
    assert_near(mean, 1, 0.05);
}

static void dropout_does_nothing_without_generator_or_probability(void **state)
{
    (void)state;
    Rng rng = rng_new(1), same = rng;
    Tensor *x = t_vector(1, 2);
    assert_ptr_equal(t_dropout(x, 0.5, NULL), x);
    assert_ptr_equal(t_dropout(x, 0, &rng), x);
    assert_true(rng.state == same.state);
}

static void dropout_refuses_what_is_no_probability(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    Tensor *x = t_vector(1, 2);
    assert_refuses("t_dropout: the probability must be at least 0 and below 1, "
                   "got 1", t_dropout(x, 1, &rng));
    assert_refuses("t_dropout: the probability must be at least 0 and below 1, "
                   "got -0.1", t_dropout(x, -0.1, NULL));
    assert_refuses("t_dropout: the probability must be at least 0 and below 1, "
                   "got nan", t_dropout(x, (double)NAN, &rng));
}

static void the_gradient_of_dropout_is_dropped_alike(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    Tensor *p = param_from(NULL, counted(1, 50)), *y = t_dropout(p, 0.5, &rng);
    t_backward(t_sum(y, T_ALL));
    for (int i = 0; i < 50; i++)
        assert_near(t_grad_at(p, i), t_at(y, i) == 0 ? 0 : 2, 0);
}

/* ---- shapes that grow or shrink ----------------------------------------- */

static void broadcast_repeats_into_a_copy(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 1, 1, 2), *y = t_broadcast(x, 2, 2, 3);
    assert_shape(y, 2, 2, 3);
    assert_numbers(y, 0, 1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2);
    assert_int_equal(y->buffer->size, 12);
    assert_refuses("t_broadcast: (2, 1) does not broadcast to (3, 3)",
                   t_broadcast(x, 3, 3));
    assert_refuses("t_broadcast: (2, 1) does not broadcast to (2)",
                   t_broadcast(x, 2));
    assert_refuses("t_broadcast: (2, 1) does not broadcast to (1, 1)",
                   t_broadcast(x, 1, 1));
    assert_refuses("t_broadcast: sizes must be at least 1, got (2, 0)",
                   t_broadcast(x, 2, 0));
}

static void concat_puts_pieces_side_by_side(void **state)
{
    (void)state;
    Tensor *a = t_matrix(2, 2, 1, 2, 3, 4), *b = t_matrix(2, 1, 5, 6);
    Tensor *c = t_matrix(1, 2, 7, 8);
    Tensor *beside = t_concat(1, a, b, a), *under = t_concat(-2, a, c);
    assert_shape(beside, 2, 5);
    assert_numbers(beside, 0, 1, 2, 5, 1, 2, 3, 4, 6, 3, 4);
    assert_shape(under, 3, 2);
    assert_numbers(under, 0, 1, 2, 3, 4, 7, 8);
    assert_numbers(t_concat(0, t_vector(1), t_vector(2, 3)), 0, 1, 2, 3);
    assert_numbers(t_concat(0, a), 0, 1, 2, 3, 4);
    Tensor *deep = t_concat(2, counted(0, 2, 1, 1, 2), counted(10, 2, 1, 2, 2));
    assert_shape(deep, 2, 1, 3, 2);
    assert_numbers(deep, 0, 0, 1, 10, 11, 12, 13, 2, 3, 14, 15, 16, 17);
}

static void concat_refuses_what_does_not_fit(void **state)
{
    (void)state;
    Tensor *a = t_zeros(2, 2), *b = t_zeros(2, 1);
    assert_refuses("t_concat: shapes (2, 2) and (2, 1) differ in more than "
                   "axis 0", t_concat(0, a, b));
    assert_refuses("t_concat: shapes (2, 2) and (2) differ in more than axis 1",
                   t_concat(1, a, t_zeros(2)));
    assert_refuses("t_concat: shapes (2, 2) and (2, 2, 1) differ in more than "
                   "axis 1", t_concat(1, a, t_zeros(2, 2, 1)));
    assert_refuses("t_concat: axis 2 of a tensor with 2: (2, 2)",
                   t_concat(2, a, b));
    assert_refuses("t_concat: nothing to join", t_concat_list(0, 0, &a));
}

static void windows_put_shifted_rows_side_by_side(void **state)
{
    (void)state;
    Tensor *x = t_matrix(4, 2, 1, 2, 3, 4, 5, 6, 7, 8);
    Tensor *two = t_windows(x, 0, (Windows){ .size = 2 });
    assert_shape(two, 3, 4);
    assert_numbers(two, 0, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8);
    Tensor *apart = t_windows(x, -2, (Windows){ .size = 2, .dilation = 2,
                                                .before = 2 });
    assert_numbers(apart, 0, 0, 0, 1, 2, 0, 0, 3, 4, 1, 2, 5, 6, 3, 4, 7, 8);
    Tensor *every_third = t_windows(x, 0, (Windows){ .size = 1, .stride = 3,
                                                     .after = 3 });
    assert_numbers(every_third, 0, 1, 2, 7, 8, 0, 0);
    Tensor *nothing = t_windows(x, 0, (Windows){ .size = 2, .before = 5 });
    assert_shape(nothing, 8, 4);
    assert_near(t_item(t_sum(t_slice(nothing, 0, 0, 4), T_ALL)), 0, 0);
    assert_shape(t_windows(t_zeros(2, 7, 5, 3), 1, (Windows){ .size = 7 }),
                 2, 1, 5, 21);
}

static void windows_of_windows_are_squares(void **state)
{
    (void)state;
    Tensor *x = counted(1, 1, 3, 3, 1);
    Tensor *square = t_windows(t_windows(x, 2, (Windows){ .size = 2 }), 1,
                               (Windows){ .size = 2 });
    assert_shape(square, 1, 2, 2, 4);
    assert_numbers(square, 0, 1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9);
}

static void the_gradient_of_windows_adds_up_where_they_overlap(void **state)
{
    (void)state;
    Tensor *x = param_from(NULL, t_matrix(4, 1, 1, 2, 3, 4));
    t_backward(t_sum(t_windows(x, 0, (Windows){ .size = 3 }), T_ALL));
    assert_gradient(x, 0, 1, 2, 2, 1);
}

static void windows_refuse_what_does_not_fit(void **state)
{
    (void)state;
    Tensor *x = t_zeros(4, 2);
    assert_refuses("t_windows: axis 1 of (4, 2) is the width of its rows",
                   t_windows(x, -1, (Windows){ .size = 2 }));
    assert_refuses("t_windows: axis 2 of a tensor with 2: (4, 2)",
                   t_windows(x, 2, (Windows){ .size = 2 }));
    assert_refuses("t_windows: size 0, stride 1, dilation 1, 0 before, 0 after",
                   t_windows(x, 0, (Windows){ .size = 0 }));
    assert_refuses("t_windows: size 2, stride 1, dilation -1, 0 before, 0 "
                   "after",
                   t_windows(x, 0, (Windows){ .size = 2, .dilation = -1 }));
    assert_refuses("t_windows: size 2, stride 1, dilation 1, -3 before, 0 "
                   "after", t_windows(x, 0, (Windows){ .size = 2,
                                                       .before = -3 }));
    assert_refuses("t_windows: a window that reaches over 7 rows does not fit "
                   "into 1 + 4 + 1",
                   t_windows(x, 0, (Windows){ .size = 3, .dilation = 3,
                                              .before = 1, .after = 1 }));
    assert_refuses("t_windows: a window that reaches over 4294967293 "
                   "rows does not fit into 0 + 4 + 0",
                   t_windows(x, 0, (Windows){ .size = INT_MAX,
                                              .dilation = 2 }));
}

static void sum_mean_and_max_keep_their_axis_with_size_one(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 3, 1, 7, 3, 4, 5, -6);
    assert_shape(t_sum(x, 0), 1, 3);
    assert_numbers(t_sum(x, 0), 0, 5, 12, -3);
    assert_shape(t_sum(x, -1), 2, 1);
    assert_numbers(t_sum(x, -1), 0, 11, 3);
    assert_shape(t_sum(x, T_ALL), 1);
    assert_numbers(t_sum(x, T_ALL), 0, 14);
    assert_numbers(t_mean(x, 0), 1e-6, 2.5, 6, -1.5);
    assert_numbers(t_mean(x, 1), 1e-6, 11.0 / 3, 1);
    assert_numbers(t_mean(x, T_ALL), 1e-6, 14.0 / 6);
    assert_shape(t_max(x, 0), 1, 3);
    assert_numbers(t_max(x, 0), 0, 4, 7, 3);
    assert_shape(t_max(x, 1), 2, 1);
    assert_numbers(t_max(x, 1), 0, 7, 5);
    assert_shape(t_max(x, T_ALL), 1);
    assert_numbers(t_max(x, T_ALL), 0, 7);
    Tensor *deep = counted(0, 2, 3, 2, 2);
    assert_shape(t_sum(deep, 1), 2, 1, 2, 2);
    assert_numbers(t_sum(deep, 1), 0, 12, 15, 18, 21, 48, 51, 54, 57);
    assert_shape(t_max(deep, 1), 2, 1, 2, 2);
    assert_numbers(t_max(deep, 1), 0, 8, 9, 10, 11, 20, 21, 22, 23);
    assert_numbers(t_max(t_vector(-3), 0), 0, -3);
    assert_numbers(t_max(t_vector(-INFINITY, -2), 0), 0, -2);
}

static void sum_mean_and_max_refuse_an_axis_that_is_not_there(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 3);
    assert_refuses("t_sum: axis 2 of a tensor with 2: (2, 3)", t_sum(x, 2));
    assert_refuses("t_mean: axis -3 of a tensor with 2: (2, 3)", t_mean(x, -3));
    assert_refuses("t_max: axis 2 of a tensor with 2: (2, 3)", t_max(x, 2));
}

static void the_gradient_of_max_goes_to_the_first_of_equals(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_matrix(2, 3, 5, 1, 5, 2, 2, 2));
    t_backward(t_sum(t_max(p, 1), T_ALL));
    assert_gradient(p, 0, 1, 0, 0, 1, 0, 0);
}

/* Adding a million numbers one by one in float would be off by per cent. */
static void a_long_sum_is_added_up_in_double(void **state)
{
    (void)state;
    Tensor *x = t_add(t_zeros(1000000), t_vector(0.1));
    assert_near(t_item(t_sum(x, T_ALL)), 100000, 0.01);
    assert_near(t_item(t_mean(x, 0)), 0.1, 1e-7);
}

/* ---- products ----------------------------------------------------------- */

static void linear_is_a_product_and_a_bias(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    Tensor *x = t_normal(&rng, 3, 5, 7), *w = t_normal(&rng, 7, 4);
    Tensor *bias = t_normal(&rng, 4);
    Tensor *steps = t_add(t_matmul(x, w), bias);
    assert_true(t_distance(t_linear(x, w, bias), steps) <= 1e-6);
    assert_true(t_distance(t_linear(t_transpose(t_transpose(x)), w,
                                    t_reshape(bias, 4)), steps) <= 1e-6);
    assert_refuses("t_linear: bias of shape (1, 4) beside (3, 5, 7) x (7, 4)",
                   t_linear(x, w, t_reshape(bias, 1, 4)));
    assert_refuses("t_linear: inner sizes differ: (3, 5, 7) x (4, 7)",
                   t_linear(x, t_transpose(w), bias));
}

static void matmul_by_hand(void **state)
{
    (void)state;
    Tensor *a = t_matrix(2, 3, 1, 2, 3, 4, 5, 6);
    Tensor *b = t_matrix(3, 2, 7, 8, 9, 10, 11, 12);
    assert_shape(t_matmul(a, b), 2, 2);
    assert_numbers(t_matmul(a, b), 0, 58, 64, 139, 154);
    assert_numbers(t_matmul(a, t_transpose(a)), 0, 14, 32, 32, 77);
    assert_numbers(t_matmul(t_matrix(1, 1, 3), t_matrix(1, 1, -2)), 0, -6);
    assert_numbers(t_matmul(t_matrix(2, 1, 2, 3), t_matrix(1, 2, 5, 7)), 0,
                   10, 14, 15, 21);
}

static void stacks_of_matrices_broadcast(void **state)
{
    (void)state;
    Tensor *a = counted(1, 2, 1, 1, 2);     /* rows (1 2), (3 4) */
    Tensor *b = counted(1, 3, 2, 1);        /* columns (1 2), (3 4), (5 6) */
    Tensor *c = t_matmul(a, b);
    assert_shape(c, 2, 3, 1, 1);
    assert_numbers(c, 0, 5, 11, 17, 11, 25, 39);
    Tensor *tall = t_matmul(counted(1, 2, 2, 2), t_matrix(2, 1, 1, -1));
    assert_shape(tall, 2, 2, 1);
    assert_numbers(tall, 0, -1, -1, -1, -1);
    assert_numbers(t_matmul(t_matrix(1, 2, 1, -1), counted(1, 2, 2, 1)), 0,
                   -1, -1);
    Tensor *more = t_matmul(counted(1, 3, 1, 1), counted(1, 2, 1, 1, 1));
    assert_shape(more, 2, 3, 1, 1);
    assert_numbers(more, 0, 1, 2, 3, 2, 4, 6);
}

static void matmul_refuses_what_does_not_fit(void **state)
{
    (void)state;
    Tensor *a = t_zeros(4, 64);
    assert_refuses("t_matmul: inner sizes differ: (4, 64) x (4, 64)",
                   t_matmul(a, a));
    assert_refuses("t_matmul: inner sizes differ: (4, 64) x (65, 4)",
                   t_matmul(a, t_zeros(65, 4)));
    assert_refuses("t_matmul: needs matrices, got (4, 64) x (64)",
                   t_matmul(a, t_zeros(64)));
    assert_refuses("t_matmul: needs matrices, got (4) x (4, 64)",
                   t_matmul(t_zeros(4), a));
    assert_refuses("t_matmul: stacks do not broadcast: (2, 4, 3) x (3, 3, 5)",
                   t_matmul(t_zeros(2, 4, 3), t_zeros(3, 3, 5)));
    assert_refuses("t_matmul: stacks do not broadcast: (2, 2, 1, 3) x "
                   "(4, 3, 1)", t_matmul(t_zeros(2, 2, 1, 3),
                                         t_zeros(4, 3, 1)));
}

/* ---- rows --------------------------------------------------------------- */

static void softmax_by_hand(void **state)
{
    (void)state;
    Tensor *y = t_softmax(t_vector(0, log(2), log(3)));
    assert_numbers(y, 1e-7, 1.0 / 6, 2.0 / 6, 3.0 / 6);
    assert_numbers(t_softmax(t_zeros(4)), 0, 0.25, 0.25, 0.25, 0.25);
    assert_numbers(t_softmax(t_vector(-7)), 0, 1);
    assert_numbers(t_softmax(t_matrix(2, 2, 0, log(3), log(4), 0)), 1e-7,
                   0.25, 0.75, 0.8, 0.2);
    assert_numbers(t_log_softmax(t_vector(0, log(3))), 1e-6, log(0.25),
                   log(0.75));
}

static void rows_of_softmax_sum_to_one(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    Tensor *x = t_scale(t_normal(&rng, 3, 2, 40, 33), 5), *y = t_softmax(x);
    Tensor *sums = t_sum(y, -1);
    assert_true(t_distance(sums, t_exp(t_zeros(3, 2, 40, 1))) < 1e-6);
    assert_true(t_distance(t_log(y), t_log_softmax(x)) < 2e-5);
    assert_true(t_item(t_max(y, T_ALL)) <= 1);
}

static void softmax_does_not_change_when_all_scores_shift(void **state)
{
    (void)state;
    Rng rng = rng_new(5);
    Tensor *x = t_normal(&rng, 6, 9), *shift = t_matrix(6, 1, 1, -1, 5, 50, -50,
                                                        0);
    assert_true(t_distance(t_softmax(x), t_softmax(t_add(x, shift))) < 5e-6);
    assert_true(t_distance(t_log_softmax(x), t_log_softmax(t_add(x, shift)))
                < 1e-5);
}

static void softmax_does_not_overflow(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 2, 1e4, 1e4, -1e4, 1e4);
    assert_numbers(t_softmax(x), 1e-7, 0.5, 0.5, 0, 1);
    assert_numbers(t_log_softmax(x), 1e-6, -log(2), -log(2), -2e4, 0);
    int targets[] = { 0, 0 };
    assert_near(t_item(t_cross_entropy(x, targets, (CrossEntropy){ 0 })),
                (2e4 + log(2)) / 2, 1e-2);
}

static void a_score_of_minus_infinity_gets_weight_zero(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 3, 0, -INFINITY, 0, -INFINITY, -INFINITY, 8);
    assert_numbers(t_softmax(x), 0, 0.5, 0, 0.5, 0, 0, 1);
    assert_numbers(t_log_softmax(x), 1e-6, -log(2), -INFINITY, -log(2),
                   -INFINITY, -INFINITY, 0);
}

static void a_row_without_any_key_gets_no_weight_and_no_gradient(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_matrix(2, 2, -INFINITY, -INFINITY, 0, 0));
    Tensor *y = t_softmax(p), *z = t_log_softmax(p);
    assert_numbers(y, 0, 0, 0, 0.5, 0.5);
    assert_numbers(z, 1e-6, -INFINITY, -INFINITY, -log(2), -log(2));
    Tensor *w = t_matrix(2, 2, 1, 2, 3, 4);
    Tensor *loss = t_add(t_sum(t_mul(y, w), T_ALL),
                         t_sum(t_slice(z, 1, 0, 1), T_ALL));
    t_backward(loss);
    assert_gradient(p, 1e-6, 0, 0, -0.25 + 0.5, 0.25 - 0.5);
}

static void layer_norm_by_hand(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 2, 1, 3, 5, 5); /* mean 2, variance 1; no spread */
    double u = 1 / sqrt(1 + 1e-5);
    assert_numbers(t_layer_norm(x, NULL, NULL), 1e-6, -u, u, 0, 0);
    Tensor *gain = t_vector(2, 3), *bias = t_vector(10, 20);
    assert_numbers(t_layer_norm(x, gain, NULL), 1e-6, -2 * u, 3 * u, 0, 0);
    assert_numbers(t_layer_norm(x, gain, bias), 2e-6, 10 - 2 * u, 20 + 3 * u,
                   10, 20);
    assert_numbers(t_layer_norm(x, NULL, bias), 2e-6, 10 - u, 20 + u, 10, 20);
    assert_numbers(t_layer_norm(t_vector(3), NULL, t_vector(4)), 0, 4);
}

static void layer_norm_gives_mean_zero_and_variance_one(void **state)
{
    (void)state;
    Rng rng = rng_new(6);
    Tensor *x = t_add(t_scale(t_normal(&rng, 5, 64), 3), t_vector(1000));
    Tensor *y = t_layer_norm(x, NULL, NULL);
    assert_true(t_distance(t_mean(y, 1), t_zeros(5, 1)) < 1e-5);
    assert_true(t_distance(t_mean(t_mul(y, y), 1), t_exp(t_zeros(5, 1)))
                < 1e-4);
}

static void layer_norm_refuses_gain_and_bias_of_another_width(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 3), *good = t_zeros(3), *bad = t_zeros(2);
    assert_refuses("t_layer_norm: gain of shape (2) beside (2, 3)",
                   t_layer_norm(x, bad, good));
    assert_refuses("t_layer_norm: bias of shape (2) beside (2, 3)",
                   t_layer_norm(x, good, bad));
    assert_refuses("t_layer_norm: bias of shape (1, 3) beside (2, 3)",
                   t_layer_norm(x, NULL, t_zeros(1, 3)));
}

static void add_norm_is_the_layer_norm_of_the_sum(void **state)
{
    (void)state;
    Rng rng = rng_new(7);
    Tensor *gain = t_normal(&rng, 37), *bias = t_normal(&rng, 37);
    Tensor *x = t_normal(&rng, 5, 9, 37), *f = t_normal(&rng, 5, 9, 37);
    Tensor *apart = t_layer_norm(t_add(x, f), gain, bias);
    assert_true(t_distance(t_add_norm(x, f, gain, bias), apart) == 0);
    Tensor *given = t_last_use(t_scale(f, 1));
    assert_true(t_distance(t_add_norm(x, given, gain, bias), apart) == 0);
    assert_true(t_distance(t_add_norm(x, x, NULL, NULL),
                           t_layer_norm(t_add(x, x), NULL, NULL)) == 0);
}

static void add_norm_refuses_what_does_not_fit(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 3), *row = t_zeros(3);
    assert_refuses("t_add_norm: shapes differ: (2, 3) and (3)",
                   t_add_norm(x, row, NULL, NULL));
    assert_refuses("t_add_norm: gain of shape (2) beside (2, 3)",
                   t_add_norm(x, t_zeros(2, 3), t_zeros(2), row));
    assert_refuses("t_add_norm: got NULL in place of a tensor",
                   t_add_norm(x, NULL, row, row));
}

/* Of 3 and 4 the mean square is 12.5; silu(ln 3) = 3/4 ln 3. */
static void rms_norm_and_swiglu_by_hand(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 2, 3, 4, 0, 0), *gain = t_vector(2, 10);
    double r = 1 / sqrt(12.5 + 1e-5), s = 1 / sqrt(12.5 + 3.5);
    assert_numbers(t_rms_norm(x, NULL, (NormOptions){ 0 }), 1e-6, 3 * r, 4 * r,
                   0, 0);
    assert_numbers(t_rms_norm(x, gain, (NormOptions){ .epsilon = 3.5 }), 1e-6,
                   6 * s, 40 * s, 0, 0);
    Tensor *gate = t_vector(log(3), 0, -INFINITY, 100), *up = t_vector(2, 5, 1, 3);
    assert_numbers(t_silu(gate), 1e-6, 0.75 * log(3), 0, 0, 100);
    assert_numbers(t_swiglu(gate, up), 1e-6, 1.5 * log(3), 0, 0, 300);
    assert_refuses("t_rms_norm: gain of shape (3) beside (2, 2)",
                   t_rms_norm(x, t_zeros(3), (NormOptions){ 0 }));
    assert_refuses("t_rms_norm: epsilon must be 0 or more, got -1",
                   t_rms_norm(x, NULL, (NormOptions){ .epsilon = -1 }));
    assert_refuses("t_swiglu: shapes differ: (4) and (2)", t_swiglu(gate, gain));
}

/* With base 1 / 9 and w = 4, pair 0 turns by p, pair 1 by 3 p. */
static void rotary_turns_pairs_of_either_layout(void **state)
{
    (void)state;
    RotaryOptions halves = { .base = 1 / 9.0 };
    RotaryOptions neighbours = { .base = 1 / 9.0, .neighbours = true };
    Tensor *x = t_matrix(2, 4, 1, 2, 0, 0, 1, 2, 0, 0);
    assert_numbers(t_rotary(x, 0, halves), 1e-6, 1, 2, 0, 0, cos(1),
                   2 * cos(3), sin(1), 2 * sin(3));
    assert_numbers(t_rotary(t_slice(x, 0, 1, 2), 5, neighbours), 1e-6,
                   cos(5) - 2 * sin(5), sin(5) + 2 * cos(5), 0, 0);
    assert_numbers(t_rotary(t_vector(0, 0, 1, 0), 2, neighbours), 1e-6, 0, 0,
                   cos(6), sin(6));
    assert_refuses("t_rotary: rows of pairs expected, got (2, 3)",
                   t_rotary(t_zeros(2, 3), 0, halves));
    assert_refuses("t_rotary: first -1 and base 10000 must not be negative",
                   t_rotary(x, -1, (RotaryOptions){ 0 }));
}

/* Gates of 1/2 and 3/4, by a calculator: sigmoid(ln 3) = 3/4. */
static void gated_unit_by_hand(void **state)
{
    (void)state;
    Tensor *in = t_matrix(1, 3, 0, log(3), 0.25);
    Tensor *from_h = t_matrix(1, 3, 0, 0, 0.5), *h = t_matrix(1, 1, 2);
    assert_numbers(t_gru(in, from_h, h), 1e-6,
                   tanh(0.25 + 0.5 * 0.5) / 4 + 2 * 0.75);
}

static void gated_unit_holds_what_an_open_gate_says_to_hold(void **state)
{
    (void)state;
    Tensor *in = param_from(NULL, t_matrix(1, 6, 1, 2, 100, 100, 3, 4));
    Tensor *h = param_from(NULL, t_matrix(1, 2, 0.1, 1 / 3.0));
    Tensor *from_h = param_from(NULL, t_matrix(1, 6, 1, 1, 1, 1, 1, 1));
    Tensor *y = t_gru(in, from_h, h);
    assert_near(t_distance(y, h), 0, 0);    /* to the last bit */
    t_backward(t_sum(y, T_ALL));
    assert_gradient(h, 0, 1, 1);
    assert_gradient(in, 0, 0, 0, 0, 0, 0, 0);
    assert_gradient(from_h, 0, 0, 0, 0, 0, 0, 0);
}

static void gated_unit_refuses_what_is_not_three_times_as_wide(void **state)
{
    (void)state;
    Tensor *h = t_zeros(2, 3), *right = t_zeros(2, 9);
    assert_refuses("t_gru: beside a state of shape (2, 3), (2, 3) and (2, 9) "
                   "should be (2, 9)", t_gru(h, right, h));
    assert_refuses("t_gru: beside a state of shape (2, 3), (2, 9) and (1, 9) "
                   "should be (2, 9)", t_gru(right, t_zeros(1, 9), h));
}

static void embedding_looks_up_rows(void **state)
{
    (void)state;
    Tensor *table = param_from(NULL, t_matrix(3, 2, 1, 2, 3, 4, 5, 6));
    int ids[] = { 2, 0, 2, 1 };
    Tensor *y = t_embedding(table, ids, 2, 2);
    assert_shape(y, 2, 2, 2);
    assert_numbers(y, 0, 5, 6, 1, 2, 5, 6, 3, 4);
    ids[0] = 0;     /* they were copied */
    t_backward(t_sum(t_mul(y, counted(1, 2, 2, 2)), T_ALL));
    assert_gradient(table, 0, 3, 4, 7, 8, 1 + 5, 2 + 6);
}

static void embedding_refuses_ids_outside_the_table(void **state)
{
    (void)state;
    Tensor *table = t_zeros(3, 2);
    int high[] = { 0, 3 }, low[] = { -1 }, good[] = { 0 };
    assert_refuses("t_embedding: the ids are NULL",
                   t_embedding(table, NULL, 2));
    assert_refuses("t_embedding: id 3 at position 1 is outside the table "
                   "(3, 2)", t_embedding(table, high, 2));
    assert_refuses("t_embedding: id -1 at position 0 is outside the table "
                   "(3, 2)", t_embedding(table, low, 1));
    assert_refuses("t_embedding: the table must be (vocabulary, width), got "
                   "(3)", t_embedding(t_zeros(3), good, 1));
    assert_refuses("t_embedding: a tensor has 1 to 4 axes, not 5",
                   t_embedding(table, good, 1, 1, 1, 1));
    assert_refuses("t_embedding: sizes must be at least 1, got (0)",
                   t_embedding(table, good, 0));
}

/* ---- losses ------------------------------------------------------------- */

static void cross_entropy_of_uniform_logits_is_log_of_the_classes(void **state)
{
    (void)state;
    int targets[] = { 3, 0, 6 };
    Tensor *x = t_add(t_zeros(3, 7), t_vector(2.5));
    assert_near(t_item(t_cross_entropy(x, targets, (CrossEntropy){ 0 })),
                log(7), 1e-6);
    assert_near(t_item(t_cross_entropy(x, targets,
                                       (CrossEntropy){ .smoothing = 0.5 })),
                log(7), 1e-6);
}

static void cross_entropy_by_hand(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 2, 0, log(3), log(4), 0); /* 1/4 3/4, 4/5 1/5 */
    int targets[] = { 1, 1 };
    Tensor *loss = t_cross_entropy(x, targets, (CrossEntropy){ 0 });
    assert_shape(loss, 1);
    assert_near(t_item(loss), -(log(0.75) + log(0.2)) / 2, 1e-6);
    /* target 0.1/2 + 0.9 on class 1, 0.1/2 on class 0 */
    loss = t_cross_entropy(x, targets, (CrossEntropy){ .smoothing = 0.1 });
    assert_near(t_item(loss), -(0.05 * log(0.25) + 0.95 * log(0.75)
                                + 0.05 * log(0.8) + 0.95 * log(0.2)) / 2,
                1e-6);
}

static void ignored_rows_change_nothing(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_matrix(3, 2, 1, 2, 50, -9, 0, 1));
    int some[] = { 0, T_IGNORE, 1 }, none[] = { -1, -100, -1 };
    int two[] = { 0, 1 };
    CrossEntropy smooth = { .smoothing = 0.2 };
    Tensor *kept = t_concat(0, t_slice(p, 0, 0, 1), t_slice(p, 0, 2, 3));
    Tensor *loss = t_cross_entropy(p, some, smooth);
    assert_near(t_item(loss), t_item(t_cross_entropy(kept, two, smooth)), 1e-6);
    assert_near(t_item(t_cross_entropy(p, none, smooth)), 0, 0);
    t_backward(t_add(loss, t_cross_entropy(p, none, smooth)));
    assert_near(t_grad_at(p, 1, 0), 0, 0);
    assert_near(t_grad_at(p, 1, 1), 0, 0);
    assert_near(t_grad_at(p, 0, 0), (1 / (1 + exp(1)) - 0.9) / 2, 1e-6);
}

static void cross_entropy_refuses_classes_that_are_not_there(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 1, 3);
    int targets[] = { 0, 3 };
    assert_refuses("t_cross_entropy: the targets are NULL",
                   t_cross_entropy(x, NULL, (CrossEntropy){ 0 }));
    assert_refuses("t_cross_entropy: target 3 of row 1 is outside the 3 "
                   "classes of (2, 1, 3)",
                   t_cross_entropy(x, targets, (CrossEntropy){ 0 }));
    targets[1] = 2;
    assert_refuses("t_cross_entropy: smoothing must be at least 0 and below 1, "
                   "got 1", t_cross_entropy(x, targets,
                                            (CrossEntropy){ .smoothing = 1 }));
    assert_refuses("t_cross_entropy: smoothing must be at least 0 and below 1, "
                   "got -0.5",
                   t_cross_entropy(x, targets,
                                   (CrossEntropy){ .smoothing = -0.5 }));
}

static void squared_error_by_hand(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_matrix(2, 2, 1, 2, 3, 4));
    Tensor *loss = t_squared_error(p, t_matrix(2, 2, 1, 0, 6, 4));
    assert_shape(loss, 1);
    assert_near(t_item(loss), (4.0 + 9) / 4, 0);
    t_backward(loss);
    assert_gradient(p, 0, 0, 1, -1.5, 0);
    assert_refuses("t_squared_error: shapes differ: (2, 2) and (2)",
                   t_squared_error(p, t_zeros(2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_formula_gives_the_same_numbers_in_every_layout),
        TEST(arithmetic_goes_element_by_element),
        TEST(broadcasting_repeats_size_one_and_absent_axes),
        TEST(broadcasting_is_strict),
        TEST(functions_of_one_number),
        TEST(functions_at_their_limits),
        TEST(the_gradient_of_a_broadcast_operand_is_summed),
        TEST(the_gradient_of_relu_at_zero_is_zero),
        TEST(a_mask_fills_where_it_is_not_zero),
        TEST(no_gradient_flows_into_a_mask),
        TEST(dropout_zeroes_some_and_scales_the_others),
        TEST(dropout_does_nothing_without_generator_or_probability),
        TEST(dropout_refuses_what_is_no_probability),
        TEST(the_gradient_of_dropout_is_dropped_alike),
        TEST(broadcast_repeats_into_a_copy),
        TEST(concat_puts_pieces_side_by_side),
        TEST(concat_refuses_what_does_not_fit),
        TEST(windows_put_shifted_rows_side_by_side),
        TEST(windows_of_windows_are_squares),
        TEST(the_gradient_of_windows_adds_up_where_they_overlap),
        TEST(windows_refuse_what_does_not_fit),
        TEST(sum_mean_and_max_keep_their_axis_with_size_one),
        TEST(sum_mean_and_max_refuse_an_axis_that_is_not_there),
        TEST(the_gradient_of_max_goes_to_the_first_of_equals),
        TEST(a_long_sum_is_added_up_in_double),
        TEST(linear_is_a_product_and_a_bias),
        TEST(matmul_by_hand),
        TEST(stacks_of_matrices_broadcast),
        TEST(matmul_refuses_what_does_not_fit),
        TEST(softmax_by_hand),
        TEST(rows_of_softmax_sum_to_one),
        TEST(softmax_does_not_change_when_all_scores_shift),
        TEST(softmax_does_not_overflow),
        TEST(a_score_of_minus_infinity_gets_weight_zero),
        TEST(a_row_without_any_key_gets_no_weight_and_no_gradient),
        TEST(layer_norm_by_hand),
        TEST(layer_norm_gives_mean_zero_and_variance_one),
        TEST(layer_norm_refuses_gain_and_bias_of_another_width),
        TEST(add_norm_is_the_layer_norm_of_the_sum),
        TEST(add_norm_refuses_what_does_not_fit),
        TEST(rms_norm_and_swiglu_by_hand),
        TEST(rotary_turns_pairs_of_either_layout),
        TEST(gated_unit_by_hand),
        TEST(gated_unit_holds_what_an_open_gate_says_to_hold),
        TEST(gated_unit_refuses_what_is_not_three_times_as_wide),
        TEST(embedding_looks_up_rows),
        TEST(embedding_refuses_ids_outside_the_table),
        TEST(cross_entropy_of_uniform_logits_is_log_of_the_classes),
        TEST(cross_entropy_by_hand),
        TEST(ignored_rows_change_nothing),
        TEST(cross_entropy_refuses_classes_that_are_not_there),
        TEST(squared_error_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of tensor.c: shapes, elements, views, and how errors look. */
#include "check.h"

#include <limits.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/parallel.h"

/* ---- making ------------------------------------------------------------- */

static void a_shape_counts_its_own_arguments(void **state)
{
    (void)state;
    assert_int_equal(SHAPE(7).n, 1);
    assert_int_equal(SHAPE(2, 3, 4, 5).n, 4);
    assert_int_equal(SHAPE(2, 3, 4, 5).dim[3], 5);
    assert_string_equal(shape_text(SHAPE(7)), "(7)");
    assert_string_equal(shape_text(SHAPE(2, 3, 4, 5)), "(2, 3, 4, 5)");
}

static void eight_shapes_fit_into_one_message(void **state)
{
    (void)state;
    const char *first = shape_text(SHAPE(1)), *second = shape_text(SHAPE(2));
    for (int i = 3; i <= 8; i++)
        shape_text(SHAPE(i));
    assert_string_equal(first, "(1)");
    assert_string_equal(second, "(2)");
}

static void zeros_are_zero_and_lie_row_by_row(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 3, 4, 5);
    assert_shape(x, 2, 3, 4, 5);
    assert_int_equal(t_size(x), 120);
    for (int i = 0; i < 120; i++)
        assert_true(x->buffer->data[i] == 0);
    t_at(x, 1, 2, 3, 4) = 7;
    t_at(x, 0, 1, 0, 2) = 8;
    assert_near(x->buffer->data[119], 7, 0);
    assert_near(x->buffer->data[22], 8, 0);
}

static void zeros_are_zero_in_memory_that_was_used_before(void **state)
{
    (void)state;
    counted(1, 100);
    tape_reset();
    Tensor *x = t_zeros(100);
    for (int i = 0; i < 100; i++)
        assert_near(t_at(x, i), 0, 0);
}

static void numbers_are_copied_in_row_by_row(void **state)
{
    (void)state;
    real numbers[] = { 1, 2, 3, 4, 5, 6 };
    Tensor *x = t_from(numbers, 3, 2);
    numbers[0] = 99;
    assert_shape(x, 3, 2);
    assert_numbers(x, 0, 1, 2, 3, 4, 5, 6);
    assert_near(t_at(x, 2, 0), 5, 0);
}

static void literals_count_their_numbers(void **state)
{
    (void)state;
    Tensor *v = t_vector(0.1, 2, -3);
    assert_shape(v, 3);
    assert_numbers(v, 1e-8, 0.1, 2, -3);
    Tensor *m = t_matrix(2, 3, 1, 2, 3, 4, 5, 6);
    assert_shape(m, 2, 3);
    assert_near(t_at(m, 1, 0), 4, 0);
    assert_refuses("t_matrix: (2, 2) takes 4 numbers, got 3",
                   t_matrix(2, 2, 1, 2, 3));
    assert_refuses("t_matrix: (1, 2) takes 2 numbers, got 3",
                   t_matrix(1, 2, 1, 2, 3));
}

static void sizes_below_one_are_refused(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    real number = 0;
    assert_refuses("t_zeros: sizes must be at least 1, got (2, 0)",
                   t_zeros(2, 0));
    assert_refuses("t_zeros: sizes must be at least 1, got (-1)", t_zeros(-1));
    assert_refuses("t_param: sizes must be at least 1, got (3, 0, 3)",
                   t_param(NULL, 3, 0, 3));
    assert_refuses("t_from: sizes must be at least 1, got (0)",
                   t_from(&number, 0));
    assert_refuses("t_normal: sizes must be at least 1, got (0)",
                   t_normal(&rng, 0));
    assert_refuses("t_uniform: sizes must be at least 1, got (0)",
                   t_uniform(&rng, 0, 1, 0));
}

static void more_than_four_axes_are_refused(void **state)
{
    (void)state;
    Shape five = { .n = 5, .dim = { 1, 1, 1, 1 } }, none = { 0 };
    Tensor *x = t_zeros(1, 1, 1, 1);
    assert_refuses("t_zeros: a tensor has 1 to 4 axes, not 5",
                   t_zeros_shape(five));
    assert_refuses("t_zeros: a tensor has 1 to 4 axes, not 0",
                   t_zeros_shape(none));
    assert_refuses("t_broadcast: a tensor has 1 to 4 axes, not 5",
                   t_broadcast_shape(x, five));
    assert_refuses("t_reshape: a tensor has 1 to 4 axes, not 5",
                   t_reshape_shape(x, five));
    assert_refuses("t_at: 5 indices into shape (1, 1, 1, 1)",
                   t_element(x, five));
}

static void shapes_too_large_to_count_are_refused(void **state)
{
    (void)state;
    assert_refuses("t_zeros: (65536, 32768) has more than 2147483647 elements",
                   t_zeros(65536, 32768));
    assert_refuses("t_zeros: (65536, 65536, 65536, 65536) has more than "
                   "2147483647 elements", t_zeros(65536, 65536, 65536, 65536));
    assert_refuses("t_zeros: (2147483647, 2147483647) has more than "
                   "2147483647 elements", t_zeros(INT_MAX, INT_MAX));
}

static void random_tensors_follow_their_generator(void **state)
{
    (void)state;
    Rng rng = rng_new(3), same = rng_new(3);
    Tensor *x = t_normal(&rng, 2, 3);
    for (int i = 0; i < 6; i++)
        assert_near(t_at(x, i / 3, i % 3), rng_normal(&same), 1e-6);
    Tensor *u = t_uniform(&rng, 2, 5, 3, 2);
    for (int i = 0; i < 6; i++)
        assert_near(t_at(u, i / 2, i % 2), 2 + 3 * rng_uniform(&same), 1e-6);
    assert_true(rng.state == same.state);
}

static void assigning_copies_numbers_between_layouts(void **state)
{
    (void)state;
    Tensor *from = counted(1, 2, 3, 4), *to = t_zeros(4, 3, 2);
    t_assign(t_permute(to, 2, 1, 0), from);
    for (int i = 0; i < 24; i++)
        assert_near(t_at(to, i % 4, i / 4 % 3, i / 12), 1 + i, 0);
    Tensor *square = t_zeros(5, 5), *other = counted(1, 5, 5);
    t_assign(t_slice(square, 1, 0, 3), t_slice(other, 1, 0, 3));
    for (int i = 0; i < 25; i++)
        assert_near(t_at(square, i / 5, i % 5), i % 5 < 3 ? i + 1 : 0, 0);
    assert_refuses("t_assign: shapes differ: (4, 3, 2) and (2, 3, 4)",
                   t_assign(to, from));
    assert_refuses("t_assign: shapes differ: (1, 3) and (3)",
                   t_assign(t_zeros(1, 3), t_zeros(3)));
}

static void a_tensor_can_be_assigned_its_own_transpose(void **state)
{
    (void)state;
    Tensor *x = counted(1, 3, 3);
    t_assign(x, t_transpose(x));
    assert_numbers(x, 0, 1, 4, 7, 2, 5, 8, 3, 6, 9);
    Tensor *line = counted(1, 5);
    t_assign(t_slice(line, 0, 1, 5), t_slice(line, 0, 0, 4));
    assert_numbers(line, 0, 1, 1, 2, 3, 4);
}

/* ---- looking ------------------------------------------------------------ */

static void negative_axes_count_from_the_end(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 3, 4);
    assert_int_equal(t_dim(x, 0), 2);
    assert_int_equal(t_dim(x, 2), 4);
    assert_int_equal(t_dim(x, -1), 4);
    assert_int_equal(t_dim(x, -3), 2);
    assert_refuses("t_dim: axis 3 of a tensor with 3: (2, 3, 4)", t_dim(x, 3));
    assert_refuses("t_dim: axis -4 of a tensor with 3: (2, 3, 4)",
                   t_dim(x, -4));
}

static void an_element_outside_the_shape_is_refused(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 3);
    assert_refuses("t_at: index (0, 3) outside shape (2, 3)", t_at(x, 0, 3));
    assert_refuses("t_at: index (2, 0) outside shape (2, 3)", t_at(x, 2, 0));
    assert_refuses("t_at: index (0, -1) outside shape (2, 3)", t_at(x, 0, -1));
    assert_refuses("t_at: 1 indices into shape (2, 3)", t_at(x, 1));
    assert_refuses("t_at: 3 indices into shape (2, 3)", t_at(x, 1, 1, 1));
    assert_refuses("t_grad_at: t_zeros (2, 3) has no gradient",
                   t_grad_at(x, 0, 0));
    assert_refuses("t_grad_at: index (2, 0) outside shape (2, 3)",
                   t_grad_at(x, 2, 0));
    assert_refuses("t_grad: t_zeros (2, 3) has no gradient", t_grad(x));
}

static void an_item_is_the_only_number(void **state)
{
    (void)state;
    assert_near(t_item(t_vector(3)), 3, 0);
    assert_near(t_item(t_slice(t_vector(1, 2, 5), 0, 2, 3)), 5, 0);
    assert_near(t_item(t_reshape(t_vector(4), 1, 1, 1)), 4, 0);
    assert_refuses("t_item: shape (1, 2) holds more than one number",
                   t_item(t_zeros(1, 2)));
}

static void the_norm_adds_up_squares_in_double_precision(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 3, 1, -2, 4, 100, 2, -100);
    assert_near(t_norm(t_slice(x, 1, 0, 2)), sqrt(1 + 4 + 1e4 + 4), 1e-12);
    assert_near(t_norm(t_transpose(t_slice(x, 0, 0, 1))), sqrt(21), 1e-12);
    assert_near(t_norm(t_vector(-7)), 7, 0);
    assert_near(t_norm(t_vector(3e-30, 4e-30)), 5e-30, 1e-36);
    assert_near(t_norm(t_vector(3e30, -4e30)), 5e30, 1e24);
    assert_true(isnan(t_norm(t_vector(NAN, 5))));
}

static void distance_is_the_largest_difference(void **state)
{
    (void)state;
    Tensor *a = t_matrix(2, 2, 1, 2, 3, 4), *b = t_matrix(2, 2, 1, 2.5, 1, 4);
    assert_near(t_distance(a, b), 2, 0);
    assert_near(t_distance(b, a), 2, 0);
    assert_near(t_distance(a, a), 0, 0);
    assert_near(t_distance(t_transpose(a), t_transpose(b)), 2, 0);
    assert_near(t_distance(t_transpose(a), a), 1, 0);
    Tensor *inf = t_vector(INFINITY, 0), *nan = t_vector(NAN, 5);
    assert_near(t_distance(inf, inf), 0, 0);
    assert_near(t_distance(inf, t_vector(0, 0)), INFINITY, 0);
    assert_true(isnan(t_distance(nan, t_vector(0, 0))));
    assert_true(isnan(t_distance(nan, nan)));
    assert_refuses("t_distance: shapes differ: (2, 2) and (2)",
                   t_distance(a, inf));
}

/* Enough rows that threads would share them. */
static Tensor *many_rows(void)
{
    Tensor *x = t_zeros(40000, 1);
    for (int i = 0; i < t_size(x); i++)
        t_at(x, i, 0) = (real)i;
    return x;
}

static void distance_is_the_same_each_time(void **state)
{
    (void)state;
    parallel_set_threads(4);
    Tensor *x = many_rows(), *zero = t_zeros(40000, 1);
    for (int i = 0; i < 100; i++)
        assert_near(t_distance(x, zero), 39999, 0);
    parallel_set_threads(0);
}

static void many_rows_are_printed_in_order(void **state)
{
    (void)state;
    parallel_set_threads(4);
    FILE *file = tmpfile();
    assert_non_null(file);
    int saved = dup(STDOUT_FILENO);
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    t_print("x", many_rows());
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    parallel_set_threads(0);

    rewind(file);
    float number;
    assert_int_equal(fscanf(file, "x (40000, 1)"), 0);
    for (int i = 0; i < 40000; i++)
        if (fscanf(file, "%f", &number) != 1 || (int)number != i)
            fail_msg("row %d is not %d", i, i);
    fclose(file);
}

static void printing_shows_name_shape_and_rows(void **state)
{
    (void)state;
    capture_output();
    t_print("x", t_transpose(t_matrix(2, 3, 1, -2.5, 3, 0, -1e-9, 600)));
    assert_string_equal(captured_output(), "x (3, 2)\n"
                                           "    1.0000    0.0000\n"
                                           "   -2.5000    0.0000\n"
                                           "    3.0000  600.0000\n");
}

/* ---- errors ------------------------------------------------------------- */

static Tensor *twice(Tensor *x)
{
    return t_add(x, x);
}

static void an_error_names_the_line_of_the_call(void **state)
{
    (void)state;
    Tensor *a = t_zeros(4, 64), *b = t_zeros(4, 64);
    ErrorHandler before = t_on_error;
    t_on_error = check_note;
    int line = __LINE__ + 2;
    if (setjmp(check_refused) == 0)
        t_matmul(a, b);
    t_on_error = before;
    char expected[100];
    snprintf(expected, sizeof expected,
             "tensor.c:%d: t_matmul: inner sizes differ: (4, 64) x (4, 64)",
             line);
    assert_string_equal(check_refusal, expected);
}

static void an_error_names_the_outer_call_not_one_in_its_arguments(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 3);
    assert_refuses("t_matmul: inner sizes differ: (2, 3) x (2, 3)",
                   t_matmul(twice(x), twice(x)));
    assert_refuses("t_backward: the loss must hold one number, got shape "
                   "(2, 3)", t_backward(twice(x)));
    assert_refuses("t_concat: shapes (2, 3) and (3, 2) differ in more than "
                   "axis 0", t_concat(0, twice(x), twice(t_transpose(x))));
    assert_refuses("t_dim: axis 2 of a tensor with 2: (2, 3)",
                   t_dim(twice(x), 2));
    assert_refuses("t_assign: shapes differ: (2, 3) and (3, 2)",
                   t_assign(twice(x), twice(t_transpose(x))));
}

static void an_error_names_the_inner_call_if_that_is_wrong(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 3);
    assert_refuses("t_matmul: inner sizes differ: (2, 3) x (2, 3)",
                   t_softmax(t_scale(t_matmul(x, x), 2)));
}

static void without_a_handler_an_error_is_printed_and_aborts(void **state)
{
    (void)state;
    char text[200] = { 0 };
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(fileno(file), STDOUT_FILENO);
        dup2(fileno(file), STDERR_FILENO);
        printf("printed before. ");
        t_dim(t_zeros(2), 1);
        _exit(0);
    }
    int line = __LINE__ - 3, status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    rewind(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    char expected[200];
    snprintf(expected, sizeof expected, "printed before. tensor.c:%d: t_dim: "
             "axis 1 of a tensor with 1: (2)\n", line);
    assert_string_equal(text, expected);
}

#define REFUSES_NULL(name, call)                                               \
    assert_refuses(name ": got NULL in place of a tensor", call)

static void null_is_refused_by_all(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    Tensor *x = t_zeros(2, 2), *list[] = { x, NULL };
    int ids[] = { 0 };
    REFUSES_NULL("t_keep", t_keep(NULL));
    REFUSES_NULL("t_assign", t_assign(NULL, x));
    REFUSES_NULL("t_assign", t_assign(x, NULL));
    REFUSES_NULL("t_dim", t_dim(NULL, 0));
    REFUSES_NULL("t_size", t_size(NULL));
    REFUSES_NULL("t_shape", t_shape(NULL));
    REFUSES_NULL("t_at", t_at(NULL, 0));
    REFUSES_NULL("t_grad_at", t_grad_at(NULL, 0));
    REFUSES_NULL("t_item", t_item(NULL));
    REFUSES_NULL("t_grad", t_grad(NULL));
    REFUSES_NULL("t_keep_grad", t_keep_grad(NULL));
    REFUSES_NULL("t_last_use", t_last_use(NULL));
    REFUSES_NULL("t_norm", t_norm(NULL));
    REFUSES_NULL("t_distance", t_distance(NULL, x));
    REFUSES_NULL("t_distance", t_distance(x, NULL));
    REFUSES_NULL("t_print", t_print("x", NULL));
    REFUSES_NULL("t_transpose", t_transpose(NULL));
    REFUSES_NULL("t_permute", t_permute(NULL, 0));
    REFUSES_NULL("t_slice", t_slice(NULL, 0, 0, 1));
    REFUSES_NULL("t_reshape", t_reshape(NULL, 1));
    REFUSES_NULL("t_contiguous", t_contiguous(NULL));
    REFUSES_NULL("t_detach", t_detach(NULL));
    REFUSES_NULL("t_add", t_add(x, NULL));
    REFUSES_NULL("t_sub", t_sub(NULL, x));
    REFUSES_NULL("t_mul", t_mul(x, NULL));
    REFUSES_NULL("t_div", t_div(NULL, x));
    REFUSES_NULL("t_scale", t_scale(NULL, 1));
    REFUSES_NULL("t_exp", t_exp(NULL));
    REFUSES_NULL("t_log", t_log(NULL));
    REFUSES_NULL("t_sqrt", t_sqrt(NULL));
    REFUSES_NULL("t_tanh", t_tanh(NULL));
    REFUSES_NULL("t_sigmoid", t_sigmoid(NULL));
    REFUSES_NULL("t_relu", t_relu(NULL));
    REFUSES_NULL("t_gelu", t_gelu(NULL));
    REFUSES_NULL("t_masked_fill", t_masked_fill(NULL, x, 0));
    REFUSES_NULL("t_masked_fill", t_masked_fill(x, NULL, 0));
    REFUSES_NULL("t_dropout", t_dropout(NULL, 0.5, &rng));
    REFUSES_NULL("t_broadcast", t_broadcast(NULL, 1));
    REFUSES_NULL("t_windows", t_windows(NULL, 0, (Windows){ .size = 1 }));
    REFUSES_NULL("t_concat", t_concat(0, NULL, x));
    REFUSES_NULL("t_concat", t_concat_list(0, 2, list));
    REFUSES_NULL("t_sum", t_sum(NULL, 0));
    REFUSES_NULL("t_mean", t_mean(NULL, T_ALL));
    REFUSES_NULL("t_max", t_max(NULL, T_ALL));
    REFUSES_NULL("t_matmul", t_matmul(NULL, x));
    REFUSES_NULL("t_matmul", t_matmul(x, NULL));
    REFUSES_NULL("t_linear", t_linear(NULL, x, t_zeros(2)));
    REFUSES_NULL("t_linear", t_linear(x, NULL, t_zeros(2)));
    REFUSES_NULL("t_linear", t_linear(x, x, NULL));
    REFUSES_NULL("t_attention", t_attention(NULL, x, x, (AttentionOptions){ 0 }));
    REFUSES_NULL("t_attention", t_attention(x, NULL, x, (AttentionOptions){ 0 }));
    REFUSES_NULL("t_attention", t_attention(x, x, NULL, (AttentionOptions){ 0 }));
    REFUSES_NULL("t_gru", t_gru(x, NULL, x));
    REFUSES_NULL("t_softmax", t_softmax(NULL));
    REFUSES_NULL("t_log_softmax", t_log_softmax(NULL));
    REFUSES_NULL("t_layer_norm", t_layer_norm(NULL, NULL, NULL));
    REFUSES_NULL("t_silu", t_silu(NULL));
    REFUSES_NULL("t_swiglu", t_swiglu(NULL, x));
    REFUSES_NULL("t_swiglu", t_swiglu(x, NULL));
    REFUSES_NULL("t_rms_norm", t_rms_norm(NULL, x, (NormOptions){ 0 }));
    REFUSES_NULL("t_rotary", t_rotary(NULL, 0, (RotaryOptions){ 0 }));
    REFUSES_NULL("t_add_norm", t_add_norm(NULL, x, NULL, NULL));
    REFUSES_NULL("t_add_norm", t_add_norm(x, NULL, NULL, NULL));
    REFUSES_NULL("t_embedding", t_embedding(NULL, ids, 1));
    REFUSES_NULL("t_cross_entropy",
                 t_cross_entropy(NULL, ids, (CrossEntropy){ 0 }));
    REFUSES_NULL("t_squared_error", t_squared_error(x, NULL));
    REFUSES_NULL("t_backward", t_backward(NULL));
}

/* ---- views -------------------------------------------------------------- */

static void a_transpose_swaps_the_last_two_axes(void **state)
{
    (void)state;
    Tensor *x = counted(0, 2, 3, 4), *y = t_transpose(x);
    assert_shape(y, 2, 4, 3);
    assert_near(t_at(y, 1, 3, 2), t_at(x, 1, 2, 3), 0);
    t_at(y, 0, 1, 2) = 99;
    assert_near(t_at(x, 0, 2, 1), 99, 0);
    assert_refuses("t_transpose: needs two axes, got shape (3)",
                   t_transpose(t_zeros(3)));
}

static void a_permutation_orders_the_axes(void **state)
{
    (void)state;
    Tensor *x = counted(0, 2, 3, 4, 5), *y = t_permute(x, 2, 0, 3, 1);
    assert_shape(y, 4, 2, 5, 3);
    assert_near(t_at(y, 3, 1, 4, 2), t_at(x, 1, 2, 3, 4), 0);
    assert_near(t_at(y, 1, 0, 2, 1), t_at(x, 0, 1, 1, 2), 0);
    assert_shape(t_permute(x, 0, 1, -1, -2), 2, 3, 5, 4);
    Tensor *z = t_zeros(2, 3);
    assert_refuses("t_permute: (0, 0) is no order of the axes of (2, 3)",
                   t_permute(z, 0, 0));
    assert_refuses("t_permute: (0, 2) is no order of the axes of (2, 3)",
                   t_permute(z, 0, 2));
    assert_refuses("t_permute: (0, -3) is no order of the axes of (2, 3)",
                   t_permute(z, 0, -3));
    assert_refuses("t_permute: (0) is no order of the axes of (2, 3)",
                   t_permute(z, 0));
    assert_refuses("t_permute: (0, 1, 2) is no order of the axes of (2, 3)",
                   t_permute(z, 0, 1, 2));
}

static void a_slice_is_a_window(void **state)
{
    (void)state;
    Tensor *x = counted(0, 4, 5), *y = t_slice(t_slice(x, 0, 1, 3), -1, 2, 5);
    assert_shape(y, 2, 3);
    assert_numbers(y, 0, 7, 8, 9, 12, 13, 14);
    t_at(y, 1, 0) = 99;
    assert_near(t_at(x, 2, 2), 99, 0);
    assert_numbers(t_slice(counted(0, 4), 0, 3, 4), 0, 3);
    assert_refuses("t_slice: elements 3 to 5 of axis 0 of shape (4, 5)",
                   t_slice(x, 0, 3, 5));
    assert_refuses("t_slice: elements -1 to 2 of axis 1 of shape (4, 5)",
                   t_slice(x, -1, -1, 2));
    assert_refuses("t_slice: elements 2 to 2 of axis 0 of shape (4, 5)",
                   t_slice(x, 0, 2, 2));
    assert_refuses("t_slice: axis 2 of a tensor with 2: (4, 5)",
                   t_slice(x, 2, 0, 1));
}

static void reshaping_keeps_the_order_row_by_row(void **state)
{
    (void)state;
    Tensor *x = counted(0, 2, 6);
    Tensor *y = t_reshape(x, 3, T_INFER, 2);
    assert_shape(y, 3, 2, 2);
    assert_numbers(y, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    t_at(y, 2, 0, 1) = 99;
    assert_near(t_at(x, 1, 3), 99, 0);
    assert_shape(t_reshape(x, T_INFER), 12);
    assert_shape(t_reshape(x, 1, 12, 1, 1), 1, 12, 1, 1);
    assert_shape(t_reshape(t_zeros(1, 1, 1), 1), 1);
    assert_shape(t_reshape(t_zeros(1), 1, 1, 1, T_INFER), 1, 1, 1, 1);
}

static void a_reshape_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 6);
    assert_refuses("t_reshape: (2, 6) does not fit into (5)", t_reshape(x, 5));
    assert_refuses("t_reshape: (2, 6) does not fit into (5, -1)",
                   t_reshape(x, 5, T_INFER));
    assert_refuses("t_reshape: (2, 6) does not fit into (-1, -1)",
                   t_reshape(x, T_INFER, T_INFER));
    assert_refuses("t_reshape: (2, 6) does not fit into (-2, -6)",
                   t_reshape(x, -2, -6));
    assert_refuses("t_reshape: (2, 6) does not fit into (0, -1)",
                   t_reshape(x, 0, T_INFER));
    assert_refuses("t_reshape: (2, 6) does not fit into (24, -1)",
                   t_reshape(x, 24, T_INFER));
    assert_refuses("t_reshape: (2, 6) does not fit into "
                   "(65536, 65536, 65536, 65536)",
                   t_reshape(x, 65536, 65536, 65536, 65536));
}

/* Every way to lay a tensor out, into every shape of as many numbers: the
 * numbers must come in the same order, whether by view or by copy. */
static void any_layout_reshapes_to_any_shape(void **state)
{
    (void)state;
    const Shape shapes[] = {
        SHAPE(24),      SHAPE(4, 6),    SHAPE(2, 3, 4), SHAPE(4, 3, 2),
        SHAPE(2, 2, 6), SHAPE(1, 24),   SHAPE(24, 1),   SHAPE(2, 2, 3, 2),
        SHAPE(3, 8),    SHAPE(8, 1, 3), SHAPE(6, 2, 2), SHAPE(1, 2, 12, 1),
    };
    enum { N = sizeof shapes / sizeof *shapes };
    for (int from = 0; from < N; from++)
        for (int to = 0; to < N; to++)
            for (int layout = 0; layout < LAYOUTS; layout++) {
                Tensor *x = copy_in(layout, counted_shape(0, shapes[from]));
                Tensor *y = t_reshape_shape(x, shapes[to]);
                assert_string_equal(t_shape(y), shape_text(shapes[to]));
                for (int i = 0; i < 24; i++)
                    assert_near(*check_element(y, y->buffer->data, i), i, 0);
            }
}

static void axes_that_step_evenly_split_without_a_copy(void **state)
{
    (void)state;
    Tensor *x = counted(0, 2, 3, 8);
    Tensor *heads = t_permute(t_reshape(x, 2, 3, 2, 4), 0, 2, 1, 3);
    assert_ptr_equal(heads->buffer, x->buffer);
    assert_shape(heads, 2, 2, 3, 4);
    assert_near(t_at(heads, 1, 1, 2, 3), t_at(x, 1, 2, 7), 0);
    Tensor *merged = t_permute(heads, 0, 2, 1, 3);
    assert_ptr_equal(t_reshape(merged, 2, 3, 8)->buffer, x->buffer);
    Tensor *columns = t_slice(x, 2, 2, 6);      /* gaps, but even ones */
    assert_ptr_equal(t_reshape(columns, 6, 2, 2)->buffer, x->buffer);
    assert_ptr_not_equal(t_reshape(columns, 24)->buffer, x->buffer);
    assert_ptr_not_equal(t_reshape(t_transpose(x), 2, 24)->buffer, x->buffer);
    Tensor *one = t_slice(t_transpose(x), 1, 0, 1); /* (2, 1, 3) */
    assert_ptr_equal(t_reshape(one, 2, 3)->buffer, x->buffer);
}

static void contiguous_copies_only_what_has_gaps(void **state)
{
    (void)state;
    Tensor *x = counted(0, 2, 3);
    assert_ptr_equal(t_contiguous(x), x);
    Tensor *row = t_slice(x, 0, 1, 2);
    assert_ptr_equal(t_contiguous(row), row);
    Tensor *column = t_transpose(row);      /* an axis of size 1 has no gaps */
    assert_ptr_equal(t_contiguous(column), column);
    Tensor *y = t_contiguous(t_transpose(x));
    assert_ptr_not_equal(y->buffer, x->buffer);
    assert_shape(y, 3, 2);
    const double expected[] = { 0, 3, 1, 4, 2, 5 };
    for (int i = 0; i < 6; i++)
        assert_near(y->buffer->data[i], expected[i], 0);
    assert_ptr_not_equal(t_contiguous(t_slice(x, 1, 0, 2))->buffer, x->buffer);
}

static void detached_numbers_are_shared_but_not_the_gradient(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(2, 3));
    Tensor *cut = t_detach(p);
    t_backward(t_sum(t_mul(p, cut), T_ALL));
    assert_gradient(p, 0, 2, 3);    /* not 4, 6: one factor is a constant */
    t_at(cut, 0) = 9;
    assert_near(t_at(p, 0), 9, 0);
    assert_refuses("t_grad: t_detach (2) has no gradient", t_grad(cut));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_shape_counts_its_own_arguments),
        TEST(eight_shapes_fit_into_one_message),
        TEST(zeros_are_zero_and_lie_row_by_row),
        TEST(zeros_are_zero_in_memory_that_was_used_before),
        TEST(numbers_are_copied_in_row_by_row),
        TEST(literals_count_their_numbers),
        TEST(sizes_below_one_are_refused),
        TEST(more_than_four_axes_are_refused),
        TEST(shapes_too_large_to_count_are_refused),
        TEST(random_tensors_follow_their_generator),
        TEST(assigning_copies_numbers_between_layouts),
        TEST(a_tensor_can_be_assigned_its_own_transpose),
        TEST(negative_axes_count_from_the_end),
        TEST(an_element_outside_the_shape_is_refused),
        TEST(an_item_is_the_only_number),
        TEST(the_norm_adds_up_squares_in_double_precision),
        TEST(distance_is_the_largest_difference),
        TEST(distance_is_the_same_each_time),
        TEST(many_rows_are_printed_in_order),
        TEST(printing_shows_name_shape_and_rows),
        TEST(an_error_names_the_line_of_the_call),
        TEST(an_error_names_the_outer_call_not_one_in_its_arguments),
        TEST(an_error_names_the_inner_call_if_that_is_wrong),
        TEST(without_a_handler_an_error_is_printed_and_aborts),
        TEST(null_is_refused_by_all),
        TEST(a_transpose_swaps_the_last_two_axes),
        TEST(a_permutation_orders_the_axes),
        TEST(a_slice_is_a_window),
        TEST(reshaping_keeps_the_order_row_by_row),
        TEST(a_reshape_that_does_not_fit_is_refused),
        TEST(any_layout_reshapes_to_any_shape),
        TEST(axes_that_step_evenly_split_without_a_copy),
        TEST(contiguous_copies_only_what_has_gaps),
        TEST(detached_numbers_are_shared_but_not_the_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

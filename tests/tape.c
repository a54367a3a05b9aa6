/* Tests of tape.c: memory, the tape, and the pass backward. */
#include "check.h"

#include "learn/nn.h"
#include "learn/opt.h"

void *keep_alloc(size_t bytes);     /* of ops.h, which is for the library */

/* ---- memory ------------------------------------------------------------- */

static void memory_is_aligned_and_never_shared(void **state)
{
    (void)state;
    enum { N = 2000 };
    static unsigned char *at[2 * N];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2 * N; i++) {
            size_t size = (size_t)(i * 37 % 5000 + 1);
            at[i] = i % 2 ? keep_alloc(size) : tape_room(size);
            assert_int_equal((uintptr_t)at[i] % 64, 0);
            memset(at[i], i % 251, size);
        }
        for (int i = 0; i < 2 * N; i++)
            for (int k = 0; k < i * 37 % 5000 + 1; k++)
                if (at[i][k] != i % 251)
                    fail_msg("byte %d of allocation %d was overwritten", k, i);
        tape_reset();
    }
}

static void bytes_in_use_are_counted(void **state)
{
    (void)state;
    assert_int_equal(tape_bytes(), 0);
    Tensor *x = t_zeros(1000);
    size_t used = tape_bytes();
    assert_in_range(used, 1000 * sizeof(real), 1000 * sizeof(real) + 500);
    assert_int_equal(tape_kept_bytes(), 0);
    t_keep(x);
    assert_in_range(tape_kept_bytes(), 1000 * sizeof(real),
                    1000 * sizeof(real) + 500);
    size_t kept = tape_kept_bytes();
    t_param(NULL, 1000);        /* with a gradient: twice as much */
    assert_in_range(tape_kept_bytes() - kept, 2000 * sizeof(real),
                    2000 * sizeof(real) + 500);
    t_param(NULL, 1000000);
    assert_true(tape_reserved_bytes() >= tape_bytes() + tape_kept_bytes());
    assert_int_equal(tape_bytes(), used);
    tape_reset();
    assert_int_equal(tape_bytes(), 0);
    assert_true(tape_kept_bytes() > kept);
    tape_free();
    assert_int_equal(tape_kept_bytes(), 0);
    assert_int_equal(tape_reserved_bytes(), 0);
    assert_numbers(t_zeros(2), 0, 0, 0);    /* and one may begin again */
}

static Tensor *some_loss(Linear one, Linear two, LayerNorm norm, Tensor *x)
{
    Tensor *hidden = nn_layer_norm(norm, t_gelu(nn_linear(one, x)));
    int targets[50];
    for (int i = 0; i < 50; i++)
        targets[i] = i % 10;
    return t_cross_entropy(nn_linear(two, hidden), targets,
                           (CrossEntropy){ .smoothing = 0.1 });
}

static void memory_does_not_grow_over_steps(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    Params list = { 0 };
    Linear one = nn_linear_new(&list, &rng, 40, 300, (LinearOptions){ 0 });
    Linear two = nn_linear_new(&list, &rng, 300, 10, (LinearOptions){ 0 });
    LayerNorm norm = nn_layer_norm_new(&list, 300);
    Tensor *x = t_keep(t_normal(&rng, 50, 40));
    Optimiser *adam = opt_adam(&list, (AdamOptions){ 0 });
    tape_reset();
    size_t bytes = 0, kept = 0, reserved = 0;
    for (int step = 0; step < 20; step++) {
        t_backward(some_loss(one, two, norm, x));
        opt_step(adam);
        if (step == 0) {
            bytes = tape_bytes();
            kept = tape_kept_bytes();
            reserved = tape_reserved_bytes();
        }
        assert_int_equal(tape_bytes(), bytes);
        assert_int_equal(tape_kept_bytes(), kept);
        assert_int_equal(tape_reserved_bytes(), reserved);
        tape_reset();
    }
}

static void a_step_may_need_more_than_the_one_before(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++)
        for (int size = 1; size <= 3000000; size *= 7) {
            Tensor *small = t_vector(5), *large = counted(0, size);
            Tensor *after = t_vector(6);
            assert_near(t_at(large, size - 1), size - 1, 0);
            assert_near(t_at(small, 0), 5, 0);
            assert_near(t_at(after, 0), 6, 0);
            tape_reset();
        }
    size_t reserved = 0;
    for (int step = 0; step < 3; step++) {
        t_zeros(10);            /* the first block, and one of its own */
        t_zeros(5000000);
        tape_reset();
        assert_true(step == 0 || tape_reserved_bytes() == reserved);
        reserved = tape_reserved_bytes();
    }
}

static void release_takes_back_what_was_made_since_the_mark(void **state)
{
    (void)state;
    Tensor *before = counted(0, 1000);
    size_t bytes = tape_bytes();
    Tensor *p = t_param(NULL, 4);
    for (int round = 0; round < 50; round++) {
        TapeMark mark = tape_mark();
        t_zeros(100000);
        t_exp(p);           /* goes on the tape, and off it again */
        tape_release(mark);
        assert_int_equal(tape_bytes(), bytes);
    }
    assert_in_range(tape_reserved_bytes(), 400000, 5 << 20);
    for (int i = 0; i < 1000; i++)
        assert_near(t_at(before, i), i, 0);
    t_backward(t_sum(t_scale(p, 2), T_ALL));
    assert_near(t_grad_at(p, 3), 2, 0);
    tape_reset();
    TapeMark empty = tape_mark();
    t_zeros(10);
    tape_release(empty);
    assert_int_equal(tape_bytes(), 0);
}

/* The block of the next step holds it too, so it is not asked for anew. */
static void what_was_released_has_its_place_in_the_next_step(void **state)
{
    (void)state;
    enum { LARGE = 9000000 };
    for (int step = 0; step < 3; step++) {
        char *small = tape_room(64);
        TapeMark mark = tape_mark();
        char *large = tape_room(LARGE);
        assert_true(step == 0 || large == small + 64);
        tape_release(mark);
        tape_reset();
    }
}

/* ---- what outlives a step ----------------------------------------------- */

static void what_is_kept_survives(void **state)
{
    (void)state;
    Tensor *x = counted(0, 2, 3), *kept = t_keep(t_transpose(x));
    Tensor *p = param_from(NULL, t_vector(7, 8));
    t_at(x, 0, 0) = 99;     /* it is a copy */
    tape_reset();
    counted(50, 1000);
    assert_shape(kept, 3, 2);
    assert_numbers(kept, 0, 0, 3, 1, 4, 2, 5);
    assert_numbers(p, 0, 7, 8);
    assert_false(kept->buffer->wants_grad);
}

static void a_mark_of_what_is_gone_is_refused(void **state)
{
    (void)state;
    const char *gone = "tape_release: the mark is of what was taken back "
                       "already";
    TapeMark first = tape_mark();
    t_zeros(10);
    TapeMark second = tape_mark();
    tape_release(first);
    assert_refuses(gone, (tape_release(second), 0));
    tape_release(first);
    tape_reset();
    assert_refuses(gone, (tape_release(first), 0));
    first = tape_mark();
    tape_free();
    assert_refuses(gone, (tape_release(first), 0));
    assert_refuses("tape_ints: room for -1 ints cannot be", tape_ints(-1));
    assert_non_null(tape_ints(0));
}

/* The blocks become one, but in debug builds the old ones stay, dead. */
static void use_after_reset_of_several_blocks_is_refused(void **state)
{
    (void)state;
#ifdef T_DEBUG
    Tensor *x[4];
    for (int i = 0; i < 4; i++)
        x[i] = t_zeros(1000000);
    tape_reset();
    for (int i = 0; i < 4; i++)
        assert_refuses("t_exp: a tensor is used after tape_reset() took it "
                       "back; keep it with t_keep()", t_exp(x[i]));
    for (int step = 0; step < 3; step++)
        tape_reset();
#else
    skip();
#endif
}

static void use_after_all_is_freed_is_refused(void **state)
{
    (void)state;
#ifdef T_DEBUG
    static Params list;
    Tensor *w = t_param(&list, 2, 3), *x = t_zeros(2, 3), *kept = t_keep(x);
    Optimiser *o = opt_sgd(&list, (SgdOptions){ .rate = 1 });
    tape_free();
    assert_refuses("t_exp: a tensor is used after tape_free()", t_exp(w));
    assert_refuses("t_add: a tensor is used after tape_free()", t_add(x, x));
    assert_refuses("t_at: a tensor is used after tape_free()",
                   t_at(kept, 0, 0));
    assert_refuses("t_assign: a tensor is used after tape_free()",
                   (t_assign(w, t_zeros(2, 3)), 0));
    assert_refuses("opt_step: the optimiser is used after tape_free()",
                   (opt_step(o), 0));
    assert_refuses("opt_set_rate: the optimiser is used after tape_free()",
                   (opt_set_rate(o, 1), 0));
    Tensor *next = t_vector(1, 2);
    assert_true(t_at(next, 1) == 2);
    tape_free();
    tape_free();
#else
    skip();
#endif
}

static void use_after_reset_is_refused(void **state)
{
    (void)state;
#ifdef T_DEBUG
    Tensor *x = t_vector(1, 2), *view = t_slice(x, 0, 0, 1);
    Tensor *y = t_vector(1, 2);
    const real *numbers = x->buffer->data;
    tape_reset();
    assert_true(isnan(numbers[0]) && isnan(numbers[1]));
    assert_refuses("t_add: a tensor is used after tape_reset() took it back; "
                   "keep it with t_keep()", t_add(x, y));
    assert_refuses("t_at: a tensor is used after tape_reset() took it back; "
                   "keep it with t_keep()", t_at(x, 0));
    assert_refuses("t_item: a tensor is used after tape_reset() took it back; "
                   "keep it with t_keep()", t_item(view));
    assert_refuses("t_shape: a tensor is used after tape_reset() took it back; "
                   "keep it with t_keep()", t_shape(x));
    assert_refuses("t_print: a tensor is used after tape_reset() took it back; "
                   "keep it with t_keep()", t_print("x", x));
    assert_refuses("t_keep: a tensor is used after tape_reset() took it back; "
                   "keep it with t_keep()", t_keep(x));
    assert_refuses("t_backward: a tensor is used after tape_reset() took it "
                   "back; keep it with t_keep()", t_backward(x));
#else
    skip();
#endif
}

/* ---- parameters --------------------------------------------------------- */

static void a_list_of_parameters_keeps_their_order(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *all[100];
    for (int i = 0; i < 100; i++)
        all[i] = t_param(&list, i + 1, 2);
    t_param(NULL, 1000);
    assert_int_equal(list.n, 100);
    for (int i = 0; i < 100; i++)
        assert_ptr_equal(list.at[i], all[i]);
    assert_int_equal(params_count(&list), 2 * 5050);
    assert_numbers(all[1], 0, 0, 0, 0, 0);
    assert_gradient(all[1], 0, 0, 0, 0, 0);
}

static void gradients_add_up_until_they_are_zeroed(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *p = param_from(&list, t_vector(3));
    for (int step = 1; step <= 3; step++) {
        t_backward(t_mul(p, p));
        tape_reset();
        assert_gradient(p, 0, 6 * step);
    }
    params_zero_grad(&list);
    assert_gradient(p, 0, 0);
}

/* ---- the tape ----------------------------------------------------------- */

static void the_chain_rule_by_hand(void **state)
{
    (void)state;
    Tensor *w = param_from(NULL, t_matrix(1, 2, 3, -1));
    Tensor *x = t_matrix(2, 1, 2, 5), *b = param_from(NULL, t_vector(4));
    Tensor *y = t_add(t_matmul(w, x), b);   /* 3 2 - 1 5 + 4 = 5 */
    Tensor *loss = t_mul(y, y);             /* d loss / d y = 2 y = 10 */
    assert_numbers(loss, 0, 25);
    assert_ptr_equal(t_keep_grad(y), y);
    t_keep_grad(loss);
    t_backward(loss);
    assert_gradient(y, 0, 10);
    assert_gradient(w, 0, 20, 50);
    assert_gradient(b, 0, 10);
    assert_gradient(loss, 0, 1);
    assert_numbers(t_grad(w), 0, 20, 50);
    assert_near(t_grad_at(w, 0, 1), 50, 0);
    assert_null(x->buffer->grad);
}

static void a_view_shares_the_gradient(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, counted(0, 2, 3));
    Tensor *column = t_slice(t_transpose(p), 0, 1, 2);  /* (1, 2) */
    t_backward(t_sum(t_mul(column, t_vector(10, 20)), T_ALL));
    assert_gradient(p, 0, 0, 10, 0, 0, 20, 0);
    assert_gradient(column, 0, 10, 20);
    assert_near(t_grad_at(column, 0, 1), 20, 0);
    assert_numbers(t_grad(t_transpose(p)), 0, 0, 0, 10, 20, 0, 0);
}

static void a_loss_that_is_a_view_can_be_followed(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(1, 2, 3));
    Tensor *loss = t_slice(t_mul(p, p), 0, 2, 3);
    t_backward(t_reshape(loss, 1, 1));
    assert_gradient(p, 0, 0, 0, 6);
}

static void backward_runs_once_a_step(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(2));
    Tensor *loss = t_scale(p, 3);
    t_backward(loss);
    assert_refuses("t_backward: has run on this tape already; tape_reset() "
                   "starts the next step", t_backward(loss));
    assert_refuses("t_backward: has run on this tape already; tape_reset() "
                   "starts the next step", t_backward(t_scale(p, 5)));
    assert_gradient(p, 0, 3);
    tape_reset();
    t_backward(t_scale(p, 5));
    assert_gradient(p, 0, 8);
}

static void only_a_number_made_from_parameters_is_a_loss(void **state)
{
    (void)state;
    Tensor *p = t_param(NULL, 2);
    assert_refuses("t_backward: the loss must hold one number, got shape (2)",
                   t_backward(p));
    assert_refuses("t_backward: no parameter leads to this loss, or recording "
                   "was off", t_backward(t_zeros(1)));
    assert_refuses("t_backward: no parameter leads to this loss, or recording "
                   "was off", t_backward(t_sum(t_detach(p), T_ALL)));
    assert_refuses("t_backward: no parameter leads to this loss, or recording "
                   "was off", t_backward(t_sum(t_keep(p), T_ALL)));
    tape_record(false);
    Tensor *loss = t_sum(p, T_ALL);
    tape_record(true);
    assert_refuses("t_backward: no parameter leads to this loss, or recording "
                   "was off", t_backward(loss));
    t_backward(t_sum(p, T_ALL));    /* what was refused left the tape usable */
    assert_gradient(p, 0, 1, 1);
}

static void inference_records_nothing(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_matrix(2, 2, 1, 2, 3, 4));
    assert_true(tape_record(false));
    assert_false(tape_record(false));
    for (int i = 0; i < 100000; i++) {
        Tensor *y = t_softmax(t_matmul(p, t_transpose(p)));
        assert_false(y->buffer->wants_grad);
        if (i % 100 == 0)
            tape_reset();
    }
    capture_output();
    tape_print();
    assert_string_equal(captured_output(), "");
    assert_false(tape_record(true));
    assert_true(tape_record(true));
    assert_true(tape_reserved_bytes() < 3 << 20);
}

static void constants_are_not_recorded(void **state)
{
    (void)state;
    Tensor *x = t_vector(1, 2);
    t_exp(t_add(x, x));
    capture_output();
    tape_print();
    assert_string_equal(captured_output(), "");
}

static void the_tape_can_be_read(void **state)
{
    (void)state;
    Tensor *w = t_param(NULL, 3, 2);
    t_sum(t_relu(t_matmul(t_zeros(4, 3), w)), T_ALL);
    capture_output();
    tape_print();
    assert_string_equal(captured_output(),
        "   0  t_matmul         (4, 2)             <- t_zeros (4, 3)"
        " t_param (3, 2)\n"
        "   1  t_relu           (4, 2)             <- t_matmul (4, 2)\n"
        "   2  t_sum            (1)                <- t_relu (4, 2)\n");
}

static void what_does_not_lead_to_the_loss_costs_no_gradient(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(1, 2));
    Tensor *aside = t_exp(p), *loss = t_sum(p, T_ALL);
    t_backward(loss);
    assert_null(aside->buffer->grad);
    assert_gradient(p, 0, 1, 1);
    assert_numbers(t_grad(aside), 0, 0, 0);
}

static void gradients_in_between_are_given_back(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(1, 2));
    Tensor *y = t_exp(t_broadcast(p, 1000, 2));
    for (int i = 0; i < 50; i++)
        y = t_scale(y, 1.01);
    Tensor *kept = t_keep_grad(t_scale(y, 1)), *loss = t_sum(kept, T_ALL);
    size_t before = tape_bytes();
    t_backward(loss);
    assert_in_range(tape_bytes() - before, 1, 3 * (2000 * sizeof(real) + 64));
    assert_near(t_grad_at(kept, 999, 1), 1, 0);
    double slope = 1000 * exp(2) * pow(1.01, 50);
    assert_near(t_grad_at(p, 1), slope, 1e-5 * slope);
    assert_refuses("t_grad: the gradient of t_scale (1000, 2) was given back "
                   "once it had been used; t_keep_grad() keeps it", t_grad(y));
}

static void a_hundred_thousand_operations_run_backward(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(1)), *y = p;
    for (int i = 0; i < 100000; i++)
        y = t_add(y, p);
    t_backward(y);
    assert_gradient(p, 0, 100001);
}

/* ---- views cost nothing ------------------------------------------------- */

static Tensor *split_heads(Tensor *x, int heads)
{
    int b = t_dim(x, 0), n = t_dim(x, 1), d = t_dim(x, 2);
    return t_permute(t_reshape(x, b, n, heads, d / heads), 0, 2, 1, 3);
}

static void splitting_into_heads_copies_no_numbers(void **state)
{
    (void)state;
    Tensor *x = t_zeros(4, 100, 512);
    size_t before = tape_bytes();
    Tensor *heads = split_heads(x, 8);
    t_slice(t_transpose(heads), 0, 1, 3);
    assert_shape(heads, 4, 8, 100, 64);
    assert_ptr_equal(heads->buffer, x->buffer);
    assert_true(tape_bytes() - before <= 4 * (sizeof(Tensor) + 64));
}

static void merging_heads_copies_the_numbers_once(void **state)
{
    (void)state;
    Tensor *x = t_param(NULL, 4, 100, 512);
    Tensor *heads = t_scale(split_heads(x, 8), 2);
    size_t before = tape_bytes(), numbers = 4 * 100 * 512 * sizeof(real);
    Tensor *merged = t_reshape(t_permute(heads, 0, 2, 1, 3), 4, 100, 512);
    assert_in_range(tape_bytes() - before, numbers, numbers + 1024);
    before = tape_bytes();
    t_matmul(heads, t_transpose(heads));    /* (4, 8, 100, 100), no copy */
    assert_in_range(tape_bytes() - before, 320000 * sizeof(real),
                    320000 * sizeof(real) + 1024);
    t_backward(t_sum(merged, T_ALL));
    assert_near(t_grad_at(x, 3, 99, 511), 2, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(memory_is_aligned_and_never_shared),
        TEST(bytes_in_use_are_counted),
        TEST(memory_does_not_grow_over_steps),
        TEST(a_step_may_need_more_than_the_one_before),
        TEST(release_takes_back_what_was_made_since_the_mark),
        TEST(what_was_released_has_its_place_in_the_next_step),
        TEST(what_is_kept_survives),
        TEST(a_mark_of_what_is_gone_is_refused),
        TEST(use_after_reset_of_several_blocks_is_refused),
        TEST(use_after_all_is_freed_is_refused),
        TEST(use_after_reset_is_refused),
        TEST(a_list_of_parameters_keeps_their_order),
        TEST(gradients_add_up_until_they_are_zeroed),
        TEST(the_chain_rule_by_hand),
        TEST(a_view_shares_the_gradient),
        TEST(a_loss_that_is_a_view_can_be_followed),
        TEST(backward_runs_once_a_step),
        TEST(only_a_number_made_from_parameters_is_a_loss),
        TEST(inference_records_nothing),
        TEST(constants_are_not_recorded),
        TEST(the_tape_can_be_read),
        TEST(what_does_not_lead_to_the_loss_costs_no_gradient),
        TEST(gradients_in_between_are_given_back),
        TEST(a_hundred_thousand_operations_run_backward),
        TEST(splitting_into_heads_copies_no_numbers),
        TEST(merging_heads_copies_the_numbers_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of opt.c: what a step does, by hand. PyTorch's steps are in
 * torch.c. */
#include "check.h"

#include "learn/nn.h"
#include "learn/opt.h"
#include "base/parallel.h"

static void set_gradient(Tensor *p, double g0, double g1)
{
    t_grad_at(p, 0) = (real)g0;
    t_grad_at(p, 1) = (real)g1;
}

static void gradient_descent_steps_against_the_gradient(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *p = param_from(&list, t_vector(1, 2));
    Tensor *q = param_from(&list, t_matrix(1, 2, 3, 4));
    Optimiser *sgd = opt_sgd(&list, (SgdOptions){ .rate = 0.5 });
    set_gradient(p, 4, -2);
    opt_step(sgd);
    assert_numbers(p, 0, -1, 3);
    assert_numbers(q, 0, 3, 4);
    opt_step(sgd);      /* the gradient is gone, and there is no momentum */
    assert_numbers(p, 0, -1, 3);
}

static void momentum_remembers_earlier_gradients(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *p = param_from(&list, t_vector(1, 2));
    Optimiser *sgd =
        opt_sgd(&list, (SgdOptions){ .rate = 0.1, .momentum = 0.5 });
    set_gradient(p, 4, -2);     /* v = 4, -2 */
    opt_step(sgd);
    assert_numbers(p, 1e-6, 0.6, 2.2);
    set_gradient(p, 1, 0);      /* v = 3, -1 */
    opt_step(sgd);
    assert_numbers(p, 1e-6, 0.3, 2.3);
}

/* m = 0.5 g, v = 0.25 g^2 in the first step; unbiased m / 0.5, v / 0.25. */
static void adam_by_hand(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *p = param_from(&list, t_vector(1, 2));
    Optimiser *adam = opt_adam(&list, (AdamOptions){
        .rate = 0.1, .beta1 = 0.5, .beta2 = 0.75, .epsilon = 1 });
    set_gradient(p, 3, -1);
    opt_step(adam);     /* 0.1 g / (|g| + 1) */
    assert_numbers(p, 1e-6, 1 - 0.1 * 3 / 4, 2 + 0.1 / 2);
    set_gradient(p, 1, 0);
    opt_step(adam);
    /* m = 0.5 1.5 + 0.5 = 1.25 and v = 0.75 2.25 + 0.25 = 1.9375, unbiased by
     * 1 - 0.5^2 and 1 - 0.75^2; for the other m = -0.25, v = 0.1875. */
    double first = 1 - 0.1 * 3 / 4, second = 2 + 0.1 / 2;
    first -= 0.1 * (1.25 / 0.75) / (sqrt(1.9375 / 0.4375) + 1);
    second -= 0.1 * (-0.25 / 0.75) / (sqrt(0.1875 / 0.4375) + 1);
    assert_numbers(p, 1e-6, first, second);
}

/* Whatever the gradient's size, Adam's first step is the rate. */
static void adam_has_the_defaults_of_the_paper(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *p = param_from(&list, t_vector(0, 0));
    Optimiser *adam = opt_adam(&list, (AdamOptions){ 0 });
    set_gradient(p, 1e-3, -50);
    opt_step(adam);
    assert_numbers(p, 1e-8, -0.001 * 1e-3 / (1e-3 + 1e-8), 0.001);
    set_gradient(p, 0, 0);
    opt_step(adam);     /* m = 0.9 0.1 g, v = 0.999 0.001 g^2, unbiased */
    double step = 0.001 * (0.09 / 0.19) / sqrt(0.000999 / 0.001999);
    assert_numbers(p, 1e-8, -0.001 - step + 1e-8, 0.001 + step);
}

static void a_step_zeroes_the_gradients(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *p = param_from(&list, t_vector(1, 2));
    Optimiser *all[] = { opt_sgd(&list, (SgdOptions){ .rate = 1 }),
                         opt_adam(&list, (AdamOptions){ 0 }) };
    for (int i = 0; i < 2; i++) {
        set_gradient(p, 3, 4);
        opt_step(all[i]);
        assert_gradient(p, 0, 0, 0);
    }
}

static void an_optimiser_starts_from_zero_in_used_memory(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        Params list = { 0 };
        Tensor *p = t_param(&list, 100000);
        Optimiser *adam = opt_adam(&list, (AdamOptions){ .rate = 1 });
        opt_step(adam);
        assert_near(t_at(p, 99999), 0, 0);
        for (int i = 0; i < 100000; i++)
            t_at(p, i) = t_grad_at(p, i) = 1e9;
        opt_step(adam);         /* fills the means, too */
        tape_free();
    }
}

static void the_rate_can_change_on_the_way(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *p = param_from(&list, t_vector(1, 2));
    Optimiser *sgd = opt_sgd(&list, (SgdOptions){ .rate = 1 });
    opt_set_rate(sgd, 0.25);
    set_gradient(p, 4, 8);
    opt_step(sgd);
    assert_numbers(p, 0, 0, 0);
    opt_set_rate(sgd, 0);
    set_gradient(p, 4, 8);
    opt_step(sgd);
    assert_numbers(p, 0, 0, 0);
    assert_refuses("opt_set_rate: the learning rate must be at least 0, got -1",
                   opt_set_rate(sgd, -1));
    assert_refuses("opt_set_rate: the learning rate must be at least 0, got "
                   "nan", opt_set_rate(sgd, (double)NAN));
}

static void clipping_scales_the_joint_norm(void **state)
{
    (void)state;
    Params list = { 0 };
    Tensor *p = t_param(&list, 2), *q = t_param(&list, 2);
    set_gradient(p, 3, 0);
    set_gradient(q, 0, -4);
    assert_near(opt_clip(&list, 6), 5, 1e-6);   /* short enough: as it was */
    assert_gradient(p, 0, 3, 0);
    assert_near(opt_clip(&list, 2.5), 5, 1e-6);
    assert_gradient(p, 1e-6, 1.5, 0);
    assert_gradient(q, 1e-6, 0, -2);
    assert_near(opt_clip(&list, 2.5), 2.5, 1e-6);
    params_zero_grad(&list);
    assert_near(opt_clip(&list, 1), 0, 0);
    assert_gradient(p, 0, 0, 0);
    assert_refuses("opt_clip: the limit must be above 0, got 0",
                   opt_clip(&list, 0));
}

/* Parameters of sizes that are cut into pieces in several ways. */
static const int sizes[] = { 1, 40000, 16384, 7, 16385, 32767 };
enum { SIZES = sizeof sizes / sizeof *sizes };

static Params large_params(void)
{
    Params list = { 0 };
    Rng rng = rng_new(12);
    for (int i = 0; i < SIZES; i++)
        param_from(&list, t_uniform(&rng, -1, 1, sizes[i]));
    return list;
}

static void set_gradients(const Params *list)
{
    Rng rng = rng_new(13);
    for (int i = 0; i < list->n; i++)
        for (int k = 0; k < sizes[i]; k++)
            t_grad_at(list->at[i], k) = (real)(rng_uniform(&rng) - 0.5);
}

static void every_number_of_every_parameter_moves_as_one_would(void **state)
{
    (void)state;
    Params list = large_params(), before = large_params();
    Optimiser *adam = opt_adam(&list, (AdamOptions){ .rate = 0.1 });
    for (int step = 1; step <= 2; step++) {
        set_gradients(&list);
        opt_step(adam);
    }
    Optimiser *sgd = opt_sgd(&list, (SgdOptions){ .rate = 0.5 });
    set_gradients(&list);
    opt_step(sgd);
    Rng rng = rng_new(13);
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < sizes[i]; k++) {
            double g = rng_uniform(&rng) - 0.5;
            double adams = 0.1 * g / (fabs(g) + 1e-8);  /* the same twice */
            assert_near(t_at(list.at[i], k),
                        (double)t_at(before.at[i], k) - 2 * adams - 0.5 * g,
                        2e-6);
            assert_near(t_grad_at(list.at[i], k), 0, 0);
        }
}

static void the_norm_of_many_gradients_is_summed_in_double(void **state)
{
    (void)state;
    Params list = large_params();
    set_gradients(&list);
    double squares = 0;
    for (int i = 0; i < SIZES; i++)
        for (int k = 0; k < sizes[i]; k++)
            squares += pow((double)t_grad_at(list.at[i], k), 2);
    double first = (double)t_grad_at(list.at[4], 16384);
    assert_near(opt_clip(&list, 3), sqrt(squares), 1e-10);
    assert_near(t_grad_at(list.at[4], 16384), first * 3 / sqrt(squares), 1e-8);
    assert_near(opt_clip(&list, 5), 3, 1e-6);
}

static void steps_do_not_depend_on_the_number_of_threads(void **state)
{
    (void)state;
    int before = parallel_threads();
    Params result[4];
    double norm[4];
    for (int threads = 1; threads <= 3; threads++) {
        parallel_set_threads(threads);
        result[threads] = large_params();
        Optimiser *adam = opt_adam(&result[threads], (AdamOptions){ 0 });
        for (int step = 0; step < 3; step++) {
            set_gradients(&result[threads]);
            norm[threads] = opt_clip(&result[threads], 1);
            opt_step(adam);
        }
        assert_true(norm[threads] == norm[1]);
        for (int i = 0; i < SIZES; i++)
            assert_near(t_distance(result[threads].at[i], result[1].at[i]), 0,
                        0);
    }
    parallel_set_threads(before);
}

static void a_step_leaves_no_memory_behind(void **state)
{
    (void)state;
    Params list = large_params();
    Optimiser *adam = opt_adam(&list, (AdamOptions){ 0 });
    size_t bytes = tape_bytes();
    opt_step(adam);
    opt_clip(&list, 1);
    assert_int_equal(tape_bytes(), bytes);
}

static void senseless_options_are_refused(void **state)
{
    (void)state;
    Params list = { 0 };
    t_param(&list, 2);
    assert_refuses("opt_sgd: the learning rate must be above 0, got 0",
                   opt_sgd(&list, (SgdOptions){ 0 }));
    assert_refuses("opt_sgd: the learning rate must be above 0, got -0.1",
                   opt_sgd(&list, (SgdOptions){ .rate = -0.1 }));
    assert_refuses("opt_sgd: the learning rate must be above 0, got nan",
                   opt_sgd(&list, (SgdOptions){ .rate = (double)NAN }));
    assert_refuses("opt_adam: the learning rate must be above 0, got -1",
                   opt_adam(&list, (AdamOptions){ .rate = -1, .beta1 = 0.9 }));
    assert_refuses("opt_adam: the list of parameters is NULL",
                   opt_adam(NULL, (AdamOptions){ 0 }));
    assert_refuses("opt_step: the optimiser is NULL", (opt_step(NULL), 0));
    assert_refuses("opt_clip: the list of parameters is NULL",
                   opt_clip(NULL, 1));
    assert_refuses("opt_sgd: the list of parameters is NULL",
                   opt_sgd(NULL, (SgdOptions){ .rate = 1 }));
    assert_refuses("opt_adam: beta1 and beta2 must be at least 0 and below 1, "
                   "got 0.9 and 1",
                   opt_adam(&list, (AdamOptions){ .beta2 = 1 }));
    assert_refuses("opt_adam: beta1 and beta2 must be at least 0 and below 1, "
                   "got -1 and 0.999",
                   opt_adam(&list, (AdamOptions){ .beta1 = -1 }));
    assert_refuses("opt_adam: beta1 and beta2 must be at least 0 and below 1, "
                   "got 1 and 0.999",
                   opt_adam(&list, (AdamOptions){ .beta1 = 1 }));
    assert_refuses("opt_adam: beta1 and beta2 must be at least 0 and below 1, "
                   "got 0.9 and -0.5",
                   opt_adam(&list, (AdamOptions){ .beta2 = -0.5 }));
}

static void a_list_that_grew_is_refused(void **state)
{
    (void)state;
    Params list = { 0 };
    t_param(&list, 2);
    Optimiser *sgd = opt_sgd(&list, (SgdOptions){ .rate = 1 });
    t_param(&list, 2);
    assert_refuses("opt_step: the list had 1 parameters when the optimiser was "
                   "made, now 2", opt_step(sgd));
}

/* y = 3 x_1 - 2 x_2 + 1 from fifty examples. */
static void learn_a_line(Optimiser *(*make)(const Params *))
{
    Rng rng = rng_new(8);
    Params list = { 0 };
    Linear layer = nn_linear_new(&list, &rng, 2, 1, (LinearOptions){ 0 });
    Tensor *x = t_keep(t_normal(&rng, 50, 2));
    Tensor *y = t_keep(t_add(t_matmul(x, t_matrix(2, 1, 3, -2)), t_vector(1)));
    Optimiser *optimiser = make(&list);
    double first = 0, last = 0;
    for (int step = 0; step < 400; step++) {
        Tensor *loss = t_squared_error(nn_linear(layer, x), y);
        last = t_item(loss);
        first = step == 0 ? last : first;
        t_backward(loss);
        opt_clip(&list, 5);
        opt_step(optimiser);
        tape_reset();
    }
    assert_true(first > 1);
    assert_near(last, 0, 1e-5);
    assert_numbers(layer.weight, 5e-3, 3, -2);
    assert_numbers(layer.bias, 5e-3, 1);
}

static Optimiser *with_sgd(const Params *list)
{
    return opt_sgd(list, (SgdOptions){ .rate = 0.05, .momentum = 0.5 });
}

static Optimiser *with_adam(const Params *list)
{
    return opt_adam(list, (AdamOptions){ .rate = 0.05 });
}

static void gradient_descent_learns_a_line(void **state)
{
    (void)state;
    learn_a_line(with_sgd);
}

static void adam_learns_a_line(void **state)
{
    (void)state;
    learn_a_line(with_adam);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gradient_descent_steps_against_the_gradient),
        TEST(momentum_remembers_earlier_gradients),
        TEST(adam_by_hand),
        TEST(adam_has_the_defaults_of_the_paper),
        TEST(a_step_zeroes_the_gradients),
        TEST(an_optimiser_starts_from_zero_in_used_memory),
        TEST(the_rate_can_change_on_the_way),
        TEST(clipping_scales_the_joint_norm),
        TEST(every_number_of_every_parameter_moves_as_one_would),
        TEST(the_norm_of_many_gradients_is_summed_in_double),
        TEST(steps_do_not_depend_on_the_number_of_threads),
        TEST(a_step_leaves_no_memory_behind),
        TEST(senseless_options_are_refused),
        TEST(a_list_that_grew_is_refused),
        TEST(gradient_descent_learns_a_line),
        TEST(adam_learns_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of t_last_use(): what is written over, and what is not. */
#include "formulas.h"

static Tensor *keep_it(Tensor *x) { return x; }
static Tensor *give_it(Tensor *x) { return t_last_use(x); }

/* A network with all that may be written over, if `give` says so. Its loss and
 * its gradients outlive the step; returns the bytes that the step took. */
enum { ROWS = 40, WIDTH = 50 };

typedef struct {
    Tensor *loss, *grad[4];
    size_t bytes;
} Outcome;

static Outcome outcome(Tensor *(*give)(Tensor *))
{
    static const int ids[] = { 3, 1, 4, 1 };
    Rng rng = rng_new(1), drop = rng_new(2);
    Params list = { 0 };
    Tensor *weight = param_from(&list, t_normal(&rng, WIDTH, WIDTH));
    Tensor *bias = param_from(&list, t_normal(&rng, WIDTH));
    Tensor *gain = param_from(&list, t_normal(&rng, WIDTH));
    Tensor *table = param_from(&list, t_normal(&rng, 5, WIDTH));
    Tensor *x = t_add(t_normal(&rng, ROWS / 4, 4, WIDTH),
                      t_embedding(table, ids, 4));
    Tensor *h = t_relu(give(t_linear(x, weight, bias)));
    h = t_dropout(t_linear(h, weight, bias), 0.3, &drop);
    x = t_add(x, give(h));                      /* over the second */
    h = t_layer_norm(x, gain, NULL);
    h = t_add_norm(h, give(t_linear(h, weight, bias)), gain, bias);
    x = t_add(give(t_matmul(h, weight)), bias); /* over the first */
    x = t_relu(give(t_add(give(t_scale(x, 0.1)), h)));
    int targets[ROWS];
    for (int i = 0; i < ROWS; i++)
        targets[i] = i % 7 == 3 ? T_IGNORE : i * 11 % WIDTH;
    Tensor *logits = give(t_linear(x, weight, bias));
    Tensor *loss = t_cross_entropy(logits, targets,
                                   (CrossEntropy){ .smoothing = 0.1 });
    t_backward(loss);
    Outcome o = { .loss = t_keep(loss), .bytes = tape_bytes() };
    for (int i = 0; i < list.n; i++)
        o.grad[i] = t_keep(t_grad(list.at[i]));
    tape_reset();
    return o;
}

static void numbers_and_gradients_are_the_same(void **state)
{
    (void)state;
    Outcome kept = outcome(keep_it), given = outcome(give_it);
    assert_true(t_distance(kept.loss, given.loss) == 0);
    for (int i = 0; i < 4; i++)
        assert_true(t_distance(kept.grad[i], given.grad[i]) == 0);
    /* Six results and one gradient have found their place elsewhere; to say
     * so takes a few bytes. */
    size_t saved = 7 * ROWS * WIDTH * sizeof(real);
    assert_in_range(kept.bytes - given.bytes, saved - 2000, saved);
}

/* Every formula's result is said to be needed no more, and a sum would take its
 * place. If backward reads it yet, the gradients go wrong. */
static void no_result_that_backward_reads_is_written_over(void **state)
{
    (void)state;
    for (int f = 0; f < FORMULAS; f++) {
        const Formula *formula = &formulas[f];
        Tensor *grad[2][3] = { { NULL } };
        for (int given = 0; given < 2; given++) {
            Rng rng = rng_new(6);
            Tensor *in[3] = { NULL };
            double low = formula->high > 0 ? formula->low : -1.5;
            double high = formula->high > 0 ? formula->high : 1.5;
            for (int i = 0; i < 3 && formula->shape[i].n > 0; i++)
                in[i] = param_from(NULL, t_uniform_shape(&rng, low, high,
                                                         formula->shape[i]));
            Tensor *y = formula->result(in);
            y = t_add(given ? t_last_use(y) : y, t_normal_shape(&rng, y->shape));
            t_backward(t_sum(t_mul(y, t_normal_shape(&rng, y->shape)), T_ALL));
            for (int i = 0; i < 3 && in[i]; i++)
                grad[given][i] = t_keep(t_grad(in[i]));
            tape_reset();
        }
        for (int i = 0; i < 3 && grad[0][i]; i++)
            if (t_distance(grad[0][i], grad[1][i]) > 0)
                fail_msg("%s: its result is needed backward", formula->name);
    }
}

static void a_result_takes_the_place(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(-1, 2, -3, 4));
    Tensor *x = t_scale(p, 2);
    const real *at = x->buffer->data;
    Tensor *y = t_relu(t_last_use(x));
    assert_ptr_equal(y->buffer->data, at);
    assert_numbers(y, 0, 0, 4, 0, 8);
    Tensor *z = t_add(y, t_last_use(t_scale(p, 3)));
    assert_numbers(z, 0, -3, 10, -9, 20);
    assert_numbers(y, 0, 0, 4, 0, 8);           /* only what was given */
    t_backward(t_sum(z, T_ALL));
    assert_gradient(p, 0, 3, 5, 3, 5);
}

static void what_was_given_is_refused(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(1, 2));
    Tensor *x = t_scale(p, 2), *y = t_relu(t_last_use(x));
    assert_refuses("t_add: a tensor is used after t_last_use() gave its memory "
                   "away", t_add(x, y));
    assert_refuses("t_at: a tensor is used after t_last_use() gave its memory "
                   "away", t_at(x, 0));
    Tensor *half = t_scale(p, 0.5);
    assert_refuses("t_add: a tensor is used after t_last_use() gave its memory "
                   "away", t_add(t_add(t_last_use(half), y), half));
    Tensor *gain = t_scale(p, 3);
    assert_refuses("t_add_norm: a tensor is used after t_last_use() gave its "
                   "memory away", t_add_norm(y, t_last_use(gain), gain, NULL));
    Tensor *logits = t_reshape(t_scale(p, 3), 1, 2);
    Tensor *product = t_matmul(logits, t_matrix(2, 2, 1, 2, 3, 4));
    t_cross_entropy(t_last_use(product), (int[]){ 1 }, (CrossEntropy){ 0 });
    assert_refuses("t_print: a tensor is used after t_last_use() gave its "
                   "memory away", t_print("product", product));
    assert_refuses("t_keep_grad: t_relu (2) was written over another tensor, "
                   "whose gradient will take the place of its own",
                   t_keep_grad(y));
}

/* Whatever still needs x, by itself or backward, finds it as it was. */
static void what_is_needed_stays(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(-1, 2));
    t_relu(t_last_use(p));                      /* a parameter */
    assert_numbers(p, 0, -1, 2);
    Tensor *x = t_scale(p, 1), *used = t_gelu(x);
    t_relu(t_last_use(x));                      /* something's input */
    assert_numbers(x, 0, -1, 2);
    Tensor *y = t_scale(p, 1), *view = t_reshape(y, 2, 1);
    t_relu(t_last_use(y));                      /* seen by another */
    assert_numbers(view, 0, -1, 2);
    Tensor *z = t_scale(p, 1), *detached = t_detach(z);
    t_relu(t_last_use(z));
    assert_numbers(detached, 0, -1, 2);
    Tensor *tanh = t_tanh(p);                   /* reads its result */
    double before = (double)t_at(tanh, 0);
    t_add(t_last_use(tanh), t_vector(1, 1));
    assert_near(t_at(tanh, 0), before, 0);
    Tensor *kept = t_keep_grad(t_scale(p, 1));
    t_relu(t_last_use(kept));
    assert_numbers(kept, 0, -1, 2);
    Tensor *row = t_scale(p, 1);                /* smaller than the sum */
    t_add(t_last_use(row), t_zeros(3, 2));
    assert_numbers(row, 0, -1, 2);
    Tensor *twice = t_scale(p, 1);              /* both summands */
    Tensor *sum = t_add(t_last_use(twice), twice);
    assert_numbers(twice, 0, -1, 2);
    assert_numbers(sum, 0, -2, 4);
    assert_shape(used, 2);
    t_backward(t_sum(sum, T_ALL));
    assert_gradient(p, 0, 2, 2);
}

static void a_constant_takes_no_gradient_on(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(-1, 2));
    Tensor *constant = t_scale(t_vector(5, 6), 1);
    Tensor *sum = t_add(t_last_use(constant), p);
    assert_numbers(constant, 0, 5, 6);
    t_backward(t_sum(sum, T_ALL));
    assert_gradient(p, 0, 1, 1);
}

/* Of the norm of 2 p + a constant, in one pass or in two. */
static Tensor *gradient_of_norm(bool in_one, bool give_constant)
{
    Tensor *p = param_from(NULL, t_vector(-1, 2, 5)), *x = t_scale(p, 2);
    Tensor *constant = t_scale(t_vector(5, 6, -1), 1), *norm;
    if (!in_one)
        norm = t_layer_norm(t_add(x, constant), NULL, NULL);
    else if (give_constant)
        norm = t_add_norm(x, t_last_use(constant), NULL, NULL);
    else
        norm = t_add_norm(constant, t_last_use(x), NULL, NULL);
    t_backward(t_sum(t_mul(norm, t_vector(1, 2, 4)), T_ALL));
    Tensor *gradient = t_keep(t_grad(p));
    tape_reset();
    return gradient;
}

static void the_norm_of_a_sum_reaches_what_wants_a_gradient(void **state)
{
    (void)state;
    for (int give = 0; give < 2; give++)
        assert_true(t_distance(gradient_of_norm(true, give),
                               gradient_of_norm(false, give)) == 0);
}

/* Where the sum takes the place of f, and so is made row by row, no operation
 * of its own hands its gradient on. */
static void sum_and_norm_are_one_pass(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(-1, 2, 5));
    Tensor *sum = t_add(p, t_last_use(t_scale(p, 2)));
    Tensor *in_two = t_add_norm(p, t_scale(p, 2), NULL, NULL);
    Tensor *f = t_scale(p, 2);
    const real *at = f->buffer->data;
    Tensor *in_one = t_add_norm(p, t_last_use(f), NULL, NULL);
    assert_ptr_equal(in_one->in[0]->buffer->data, at);
    assert_true(in_one->in[0]->backward != sum->backward);
    assert_true(in_one->in[0]->backward != in_two->in[0]->backward);
    assert_true(t_distance(in_one, in_two) == 0);
}

static void inference_writes_over_too(void **state)
{
    (void)state;
    Tensor *p = param_from(NULL, t_vector(-1, 2));
    tape_record(false);
    Tensor *x = t_scale(p, 2);
    const real *at = x->buffer->data;
    Tensor *y = t_relu(t_last_use(x));
    assert_ptr_equal(y->buffer->data, at);
    assert_numbers(y, 0, 0, 4);
    t_add(p, t_last_use(t_scale(p, 2)));
    Tensor *f = t_scale(p, 2);
    at = f->buffer->data;
    t_add_norm(p, t_last_use(f), NULL, NULL);
    assert_true(at[0] == -3 && at[1] == 6);
    assert_int_equal(tape_mark().operations, 0);
    tape_record(true);      /* what was recorded must stay recorded */
    Tensor *z = t_scale(p, 2);
    tape_record(false);
    t_relu(t_last_use(z));
    assert_numbers(z, 0, -2, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_and_gradients_are_the_same),
        TEST(no_result_that_backward_reads_is_written_over),
        TEST(a_result_takes_the_place),
        TEST(what_was_given_is_refused),
        TEST(what_is_needed_stays),
        TEST(a_constant_takes_no_gradient_on),
        TEST(the_norm_of_a_sum_reaches_what_wants_a_gradient),
        TEST(sum_and_norm_are_one_pass),
        TEST(inference_writes_over_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of rows.h, and of the operations that are made of it where they
 * are fast: on long rows, and on several threads. */
#include "check.h"

#include "base/parallel.h"

/* ---- e^x, tanh, sigmoid, GELU: every 997th of all floats ------------------------- */

enum { STEP = 997, BATCH = 1 << 16 };

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double sigmoid_in_double(double x) { return 1 / (1 + exp(-x)); }

static double gelu_in_double(double x)
{
    return x / (1 + exp(-1.5957691216057308 * x * (1 + 0.044715 * x * x)));
}

static double gelu_slope_in_double(double x)
{
    double z = -1.5957691216057308 * x * (1 + 0.044715 * x * x);
    double s = 1 / (1 + exp(z));
    return s + x * s / (1 + exp(-z)) * 1.5957691216057308
                   * (1 + 0.134145 * x * x);
}

/* What y may be off by. */
static double exp_limit(double x, double y) { (void)x; return 9e-8 * y; }
static double tanh_limit(double x, double y) { (void)x; return 2e-7 * fabs(y); }
static double sigmoid_limit(double x, double y) { (void)x; return 2e-7 * y; }
static double gelu_limit(double x, double y)
{
    return x < 0 ? 5e-8 : 4e-7 * y;
}
static double slope_limit(double x, double y) { (void)x, (void)y; return 3e-7; }

static Tensor *slope_of_gelu(Tensor *x)
{
    Tensor *p = param_from(NULL, x);
    t_backward(t_sum((t_gelu)(p), T_ALL));
    return t_grad(p);
}

static const double tiny = 0x1p-126;    /* below: denormal */

/* Checks y = f(x) from x = low to high; the floats beyond are left out, and so
 * are those below 1e-37 in size. */
static void check_function(Tensor *(*f)(Tensor *x), double (*right)(double x),
                           double (*limit)(double x, double y), double low,
                           double high)
{
    uint32_t bits = 0;
    bool last = false;
    while (!last) {
        Tensor *x = t_zeros(BATCH);
        for (int i = 0; i < BATCH; i++) {
            t_at(x, i) = float_of(bits);
            last |= bits + STEP < bits;
            bits += STEP;
        }
        Tensor *y = f(x);
        for (int i = 0; i < BATCH; i++) {
            double in = (double)x->buffer->data[i];
            double out = (double)y->buffer->data[i];
            if (isnan(in) || fabs(in) < 1e-37) /* (a NaN is not in the range) */
                continue;
            if (out != 0 && fabs(out) < tiny)
                fail_msg("f(%.9g) = %g is denormal", in, out);
            double expected = right(in);
            if (in >= low && in <= high
                && !(fabs(out - expected) <= limit(in, expected)))
                fail_msg("f(%.9g) = %.9g, not %.9g", in, out, expected);
        }
        tape_reset();
        tape_free();
    }
}

static void exp_is_right_for_all_floats(void **state)
{
    (void)state;
    check_function(t_exp, exp, exp_limit, -87, 88.7228);
}

static void tanh_is_right_for_all_floats_near_zero_too(void **state)
{
    (void)state;
    check_function(t_tanh, tanh, tanh_limit, -INFINITY, INFINITY);
    assert_numbers(t_tanh(t_vector(1e-5, -1e-20, 1e-40)), 0, 1e-5f, -1e-20f,
                   1e-40f);
}

static void sigmoid_is_right_for_all_floats(void **state)
{
    (void)state;
    check_function(t_sigmoid, sigmoid_in_double, sigmoid_limit, -87, INFINITY);
}

static void gelu_is_right_for_all_floats(void **state)
{
    (void)state;
    check_function(t_gelu, gelu_in_double, gelu_limit, -1e18, 1e18);
    check_function(slope_of_gelu, gelu_slope_in_double, slope_limit, -1e18,
                   1e18);
}

static void functions_beyond_the_ends_and_of_no_number(void **state)
{
    (void)state;
    Tensor *x = t_vector(-88, -1e30, -INFINITY, 88.7229, 1e30, INFINITY);
    assert_numbers(t_exp(x), 0, 0, 0, 0, INFINITY, INFINITY, INFINITY);
    assert_numbers(t_tanh(x), 0, -1, -1, -1, 1, 1, 1);
    assert_numbers(t_sigmoid(x), 0, 0, 0, 0, 1, 1, 1);
    assert_numbers(t_gelu(x), 0, 0, 0, 0, 88.7229f, 1e30f, INFINITY);
    Tensor *nan = t_zeros(2, 20);
    for (int i = 0; i < 40; i++)    /* of both signs, with many digits */
        nan->buffer->data[i] =
            float_of((i % 2 ? 0xFFC00000 : 0x7FC00000)
                     | (i < 20 ? (uint32_t)i * 0x1357u : 0x3FFFFFu));
    Tensor *results[] = { t_exp(nan), t_tanh(nan), t_sigmoid(nan), t_gelu(nan),
                          t_softmax(nan), t_log_softmax(nan),
                          t_layer_norm(nan, NULL, NULL), t_silu(nan),
                          t_rms_norm(nan, NULL, (NormOptions){ 0 }) };
    for (int k = 0; k < 9; k++)
        for (int i = 0; i < 40; i++)
            assert_near(results[k]->buffer->data[i], NAN, 0);
}

static void one_number_that_is_none_spoils_its_row_and_no_other(void **state)
{
    (void)state;
    uint32_t none[] = { 0x7FC00000, 0xFFC00000, 0xFFFFFFFF, 0x7FC01234 };
    for (int at = 0; at < 40; at += 13)
        for (int k = 0; k < 4; k++) {
            Tensor *x = t_zeros(2, 40);
            t_at(x, 0, at) = float_of(none[k]);
            Tensor *results[] = { t_softmax(x), t_log_softmax(x),
                                  t_layer_norm(x, NULL, NULL),
                                  t_rms_norm(x, NULL, (NormOptions){ 0 }) };
            for (int r = 0; r < 4; r++)
                for (int i = 0; i < 80; i++)
                    assert_true(isnan(results[r]->buffer->data[i]) == (i < 40));
        }
}

/* ---- rows of many lengths, against plain loops in double ---------------- */

static const int lengths[] = { 1, 2, 12, 15, 16, 17, 31, 32, 33, 48, 100, 517 };
enum { LENGTHS = sizeof lengths / sizeof *lengths, LONGEST = 517 };

/* One row, its weights in the loss, and what should come. */
typedef struct {
    Tensor *x, *w;
    double y[LONGEST], dx[LONGEST];
} Example;

static Example example(int n, double mean)
{
    Rng rng = rng_new((uint64_t)n);
    Example e = { .x = t_param(NULL, n) };
    t_assign(e.x, t_add(t_scale(t_normal(&rng, n), 3), t_vector(mean)));
    e.w = t_uniform(&rng, -1, 1, n);
    return e;
}

static void check_example(const Example *e, Tensor *y, double tolerance)
{
    t_backward(t_sum(t_mul(y, e->w), T_ALL));
    for (int i = 0; i < t_size(e->x); i++) {
        assert_near(t_at(y, i), e->y[i], tolerance);
        assert_near(t_grad_at(e->x, i), e->dx[i], tolerance);
    }
    tape_reset();
}

static void softmax_of_a_row_of_any_length(void **state)
{
    (void)state;
    for (int k = 0; k < LENGTHS; k++) {
        int n = lengths[k];
        Example e = example(n, 0), l = example(n, 0);
        double sum = 0, dot = 0, total = 0;
        for (int i = 0; i < n; i++)
            sum += exp((double)t_at(e.x, i));
        for (int i = 0; i < n; i++) {
            e.y[i] = exp((double)t_at(e.x, i)) / sum;
            l.y[i] = log(e.y[i]);
            dot += e.y[i] * (double)t_at(e.w, i);
            total += (double)t_at(e.w, i);
        }
        for (int i = 0; i < n; i++) {
            e.dx[i] = e.y[i] * ((double)t_at(e.w, i) - dot);
            l.dx[i] = (double)t_at(e.w, i) - e.y[i] * total;
        }
        Tensor *w = t_keep(l.w);    /* beyond the first tape_reset() */
        check_example(&e, t_softmax(e.x), 3e-7);
        l.w = w;
        check_example(&l, t_log_softmax(l.x), 4e-6);
    }
}

static void layer_norm_of_a_row_of_any_length(void **state)
{
    (void)state;
    for (int k = 1; k < LENGTHS; k++) {
        int n = lengths[k];
        Example e = example(n, 20);
        Rng rng = rng_new(3);
        Tensor *gain = param_from(NULL, t_uniform(&rng, 0.5, 1.5, n));
        Tensor *bias = param_from(NULL, t_normal(&rng, n));
        double mean = 0, variance = 0, mean_g = 0, mean_gu = 0, u[LONGEST];
        for (int i = 0; i < n; i++)
            mean += (double)t_at(e.x, i) / n;
        for (int i = 0; i < n; i++)
            variance += pow((double)t_at(e.x, i) - mean, 2) / n;
        double r = 1 / sqrt(variance + 1e-5), dgain[LONGEST], dbias[LONGEST];
        for (int i = 0; i < n; i++) {
            u[i] = ((double)t_at(e.x, i) - mean) * r;
            e.y[i] = (double)t_at(gain, i) * u[i] + (double)t_at(bias, i);
            dbias[i] = (double)t_at(e.w, i);
            dgain[i] = dbias[i] * u[i];
            mean_g += dbias[i] * (double)t_at(gain, i) / n;
            mean_gu += dgain[i] * (double)t_at(gain, i) / n;
        }
        for (int i = 0; i < n; i++)
            e.dx[i] = r * (dbias[i] * (double)t_at(gain, i) - mean_g
                           - u[i] * mean_gu);
        check_example(&e, t_layer_norm(e.x, gain, bias), 5e-6);
        for (int i = 0; i < n; i++) {
            assert_near(t_grad_at(gain, i), dgain[i], 4e-6);
            assert_near(t_grad_at(bias, i), dbias[i], 1e-7);
        }
    }
}

/* The mean, 10000001.33, is no float. */
static void a_large_mean_does_not_spoil_the_variance(void **state)
{
    (void)state;
    double r = 1 / sqrt(14.0 / 9 + 1e-5);
    assert_numbers(t_layer_norm(t_vector(1e7, 1e7 + 1, 1e7 + 3), NULL, NULL),
                   1e-6, -4 * r / 3, -r / 3, 5 * r / 3);
    assert_numbers(t_layer_norm(t_vector(1e9, 1e9, 1e9), NULL, NULL), 0, 0, 0,
                   0);
}

static void cross_entropy_of_a_row_of_any_length(void **state)
{
    (void)state;
    for (int k = 0; k < LENGTHS; k++) {
        int n = lengths[k], target = n / 2;
        Example e = example(n, 5);
        double sum = 0, loss = 0;
        for (int i = 0; i < n; i++)
            sum += exp((double)t_at(e.x, i));
        for (int i = 0; i < n; i++) {
            double t = 0.1 / n + (i == target ? 0.9 : 0);
            loss += t * (log(sum) - (double)t_at(e.x, i));
            e.dx[i] = exp((double)t_at(e.x, i)) / sum - t;
        }
        Tensor *row = t_reshape(e.x, 1, n);
        Tensor *got = t_cross_entropy(row, &target,
                                      (CrossEntropy){ .smoothing = 0.1 });
        assert_near(t_item(got), loss, 2e-6);
        t_backward(got);
        for (int i = 0; i < n; i++)
            assert_near(t_grad_at(e.x, i), e.dx[i], 5e-7);
        tape_reset();
    }
}

/* ---- long rows ---------------------------------------------------------- */

/* What can be done to x (R, C) with a row (C) and a column (R, 1) beside it. */
typedef Tensor *Operation(Tensor *x, Tensor *row, Tensor *column);

#define OPERATION(name, expression)                                            \
    static Tensor *name##_operation(Tensor *x, Tensor *row, Tensor *column)    \
    {                                                                          \
        (void)x, (void)row, (void)column;                                      \
        return expression;                                                     \
    }

enum { ROWS = 70, COLUMNS = 517 };  /* 36190 numbers: several threads */
static int ids[ROWS];

static Tensor *shaken(Tensor *x)
{
    Rng rng = rng_new(9);
    return t_dropout(x, 0.3, &rng);
}

OPERATION(exp, t_exp(x))
OPERATION(tanh, t_tanh(x))
OPERATION(sigmoid, t_sigmoid(x))
OPERATION(log, t_log(t_exp(x)))
OPERATION(sqrt, t_sqrt(t_exp(x)))
OPERATION(relu, t_relu(x))
OPERATION(gelu, t_gelu(x))
OPERATION(silu, t_silu(x))
OPERATION(swiglu, t_swiglu(x, t_scale(x, 2)))
OPERATION(scale, t_scale(x, 0.3))
OPERATION(fill, t_masked_fill(x, t_relu(x), 3))
OPERATION(fill_rows, t_masked_fill(x, t_relu(column), 3))
OPERATION(add, t_add(x, t_scale(x, 2)))
OPERATION(add_row, t_add(x, row))
OPERATION(sub_column, t_sub(x, column))
OPERATION(mul_column, t_mul(x, column))
OPERATION(column_mul, t_mul(column, x))
OPERATION(div_row, t_div(x, t_exp(row)))
OPERATION(div_column, t_div(x, t_exp(column)))
OPERATION(outer, t_mul(row, column))
OPERATION(dropout, shaken(x))
OPERATION(gru, t_gru(t_slice(x, 1, 0, 510), t_slice(x, 1, 7, 517),
                     t_slice(x, 1, 20, 190)))
OPERATION(sum_rows, t_sum(x, -1))
OPERATION(sum_columns, t_sum(x, 0))
OPERATION(sum_all, t_sum(x, T_ALL))
OPERATION(mean_rows, t_mean(x, -1))
OPERATION(max_rows, t_max(x, -1))
OPERATION(broadcast, t_broadcast(column, ROWS, COLUMNS))
OPERATION(beside, t_concat(1, x, t_mul(x, row)))
OPERATION(error, t_squared_error(x, t_scale(x, 0.5)))
OPERATION(softmax, t_softmax(x))
OPERATION(log_softmax, t_log_softmax(x))
OPERATION(layer_norm, t_layer_norm(x, row, row))
OPERATION(normalise, t_layer_norm(x, NULL, NULL))
OPERATION(rms_norm, t_rms_norm(x, row, (NormOptions){ 0 }))
OPERATION(rotary, t_rotary(t_slice(x, 1, 0, 516), 3, (RotaryOptions){ 0 }))
OPERATION(rotary_neighbours,
          t_rotary(t_slice(x, 1, 1, 517), 3, (RotaryOptions){ .neighbours = true }))
OPERATION(add_norm, t_add_norm(x, t_scale(x, 0.5), row, row))
OPERATION(windows,
          t_windows(x, 0, (Windows){ .size = 3, .dilation = 2, .before = 4 }))
OPERATION(embedding, t_embedding(x, ids, ROWS))
OPERATION(cross_entropy, t_cross_entropy(x, ids, (CrossEntropy){ 0 }))
OPERATION(smoothed,
          t_cross_entropy(x, ids, (CrossEntropy){ .smoothing = 0.1 }))

#define NAMED(name) { #name, name##_operation }
static const struct {
    const char *name;
    Operation *of;
} operations[] = {
    NAMED(exp), NAMED(log), NAMED(sqrt), NAMED(tanh), NAMED(sigmoid),
    NAMED(relu), NAMED(gelu), NAMED(silu), NAMED(swiglu), NAMED(scale),
    NAMED(fill), NAMED(fill_rows), NAMED(add), NAMED(add_row),
    NAMED(sub_column), NAMED(mul_column), NAMED(column_mul), NAMED(div_row),
    NAMED(div_column), NAMED(outer), NAMED(dropout), NAMED(gru), NAMED(sum_rows),
    NAMED(sum_columns), NAMED(sum_all), NAMED(mean_rows), NAMED(max_rows),
    NAMED(broadcast), NAMED(beside), NAMED(error), NAMED(softmax),
    NAMED(log_softmax),
    NAMED(layer_norm), NAMED(normalise), NAMED(add_norm), NAMED(rms_norm),
    NAMED(rotary), NAMED(rotary_neighbours), NAMED(windows),
    NAMED(embedding), NAMED(cross_entropy), NAMED(smoothed),
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

/* The result and the gradients of x, row and column, with x in some layout. */
typedef struct {
    Tensor *part[4];
} Outcome;

static Outcome outcome(int operation, int layout)
{
    Rng rng = rng_new(7);
    Shape shapes[] = { SHAPE(ROWS, COLUMNS), SHAPE(COLUMNS), SHAPE(ROWS, 1) };
    Tensor *in[3], *memory[3];
    for (int i = 0; i < 3; i++) {
        int lies = i == 0 ? layout : IN_ROWS;
        memory[i] = t_param_shape(NULL, memory_shape(lies, shapes[i]));
        in[i] = laid_out(lies, memory[i]);
        t_assign(in[i], t_uniform_shape(&rng, -3, 3, shapes[i]));
    }
    for (int i = 0; i < ROWS; i++)
        ids[i] = i % 7 * (i % 11) - (i % 5 == 3 && operation > OPERATIONS - 3);
    Tensor *y = operations[operation].of(in[0], in[1], in[2]);
    Outcome o = { .part = { t_keep(y) } };
    t_backward(t_sum(t_mul(y, t_uniform_shape(&rng, -1, 1, y->shape)), T_ALL));
    for (int i = 0; i < 3; i++)
        o.part[i + 1] = t_keep(t_grad(in[i]));
    tape_reset();
    return o;
}

static double distance(Outcome a, Outcome b, double scale[4])
{
    double most = 0;
    for (int i = 0; i < 4; i++)
        most = fmax(most, t_distance(a.part[i], b.part[i]) / scale[i]);
    return most;
}

static void long_rows_give_the_same_in_every_layout(void **state)
{
    (void)state;
    for (int k = 0; k < OPERATIONS; k++) {
        Outcome first = outcome(k, IN_ROWS);
        double scale[4];
        for (int i = 0; i < 4; i++)
            scale[i] = 1 + t_distance(first.part[i],
                                      t_zeros_shape(first.part[i]->shape));
        for (int layout = 1; layout < LAYOUTS; layout++) {
            double off = distance(first, outcome(k, layout), scale);
            if (!(off < 2e-6))
                fail_msg("%s, layout %d: off by %g", operations[k].name,
                         layout, off);
        }
        tape_free();
    }
}

/* Whole numbers, so that no sum is rounded. */
static void the_gradient_of_a_bias_is_the_sum_of_all_rows(void **state)
{
    (void)state;
    for (int rows = 1; rows <= 9; rows++) {
        Tensor *bias = t_param(NULL, 37), *w = t_zeros(rows, 37);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < 37; j++)
                t_at(w, i, j) = (real)((i * 7 + j * 3) % 11 + i);
        t_backward(t_sum(t_mul(t_add(t_zeros(rows, 37), bias), w), T_ALL));
        for (int j = 0; j < 37; j++) {
            int sum = 0;
            for (int i = 0; i < rows; i++)
                sum += (i * 7 + j * 3) % 11 + i;
            assert_near(t_grad_at(bias, j), sum, 0);
        }
        tape_reset();
    }
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    int before = parallel_threads();
    double one[4] = { 1, 1, 1, 1 };
    for (int k = 0; k < OPERATIONS; k++)
        for (int layout = 0; layout < LAYOUTS; layout++) {
            parallel_set_threads(1);
            Outcome alone = outcome(k, layout);
            for (int threads = 2; threads <= 4; threads++) {
                parallel_set_threads(threads);
                if (distance(alone, outcome(k, layout), one) != 0)
                    fail_msg("%s, layout %d: %d threads give something else",
                             operations[k].name, layout, threads);
            }
            tape_free();
        }
    parallel_set_threads(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(exp_is_right_for_all_floats),
        TEST(tanh_is_right_for_all_floats_near_zero_too),
        TEST(sigmoid_is_right_for_all_floats),
        TEST(gelu_is_right_for_all_floats),
        TEST(functions_beyond_the_ends_and_of_no_number),
        TEST(one_number_that_is_none_spoils_its_row_and_no_other),
        TEST(softmax_of_a_row_of_any_length),
        TEST(layer_norm_of_a_row_of_any_length),
        TEST(a_large_mean_does_not_spoil_the_variance),
        TEST(cross_entropy_of_a_row_of_any_length),
        TEST(long_rows_give_the_same_in_every_layout),
        TEST(the_gradient_of_a_bias_is_the_sum_of_all_rows),
        TEST(any_number_of_threads_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

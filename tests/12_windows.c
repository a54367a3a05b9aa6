/* The claims of chapter 12, and what its header promises. */
#include "chapter.h"

#include "12_windows.h"
#include "golden/12_windows.h"
#include "tensor/cost.h"

/* ---- convolutions -------------------------------------------------------- */

static Tensor *param_of(const double *numbers, Shape shape)
{
    return param_from(NULL, from_numbers(numbers, shape));
}

static void assert_all_near(const Tensor *x, const double *wanted,
                            const char *what)
{
    check_numbers(x, x->buffer->data, 2e-6, t_size(x), wanted, what, __FILE__,
                  __LINE__);
}

static void pytorch_gives_the_same_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof golden_windows / sizeof *golden_windows;
         i++) {
        const struct GoldenWindows *g = &golden_windows[i];
        Tensor *x = param_of(g->x, SHAPE(g->B, g->n, g->in));
        Linear layer = {
            .weight = param_of(g->weight, SHAPE(g->size * g->in, g->outs)),
            .bias = param_of(g->bias, SHAPE(g->outs)),
        };
        Windows o = { .size = g->size, .stride = g->stride,
                      .dilation = g->dilation, .before = g->before };
        Tensor *y = nn_linear(layer, t_windows(x, 1, o));
        assert_shape(y, g->B, g->windows, g->outs);
        assert_all_near(y, g->out, g->name);
        Tensor *d_out = param_of(g->d_out, y->shape);
        t_backward(t_sum(t_mul(y, t_detach(d_out)), T_ALL));
        assert_all_near(t_grad(x), g->d_x, g->name);
        assert_all_near(t_grad(layer.weight), g->d_weight, g->name);
        assert_all_near(t_grad(layer.bias), g->d_bias, g->name);
        if (g->stride == 1 && g->before == (g->size - 1) * g->dilation) {
            Window w = { layer, g->size, g->dilation };
            assert_all_near(window(w, t_detach(x)), g->out, g->name);
        }
        tape_reset();
    }
}

static void a_convolution_is_one_product_of_shifted_rows(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    for (int trial = 0; trial < 200; trial++) {
        int B = between(&rng, 1, 3), n = between(&rng, 1, 9);
        int in = between(&rng, 1, 5), out = between(&rng, 1, 5);
        int size = between(&rng, 1, 4), dilation = between(&rng, 1, 4);
        Tensor *x = t_normal(&rng, B, n, in);
        x = copy_in(rng_below(&rng, LAYOUTS), x);
        Window w = window_new(NULL, &rng, in, out, size, dilation);
        Tensor *y = window(w, x), *sum = NULL;
        assert_shape(y, B, n, out);
        for (int b = 0; b < B; b++)
            for (int i = 0; i < n; i++)
                for (int o = 0; o < out; o++) {
                    double want = (double)t_at(w.product.bias, o);
                    for (int j = 0; j < size; j++) {
                        int row = i - (size - 1 - j) * dilation;
                        for (int c = 0; c < in && row >= 0; c++)
                            want += (double)t_at(x, b, row, c)
                                  * (double)t_at(w.product.weight, j * in + c,
                                                 o);
                    }
                    assert_near(t_at(y, b, i, o), want, 1e-5);
                }
        int before = (size - 1) * dilation;     /* a sum of products */
        Tensor *zeros = t_zeros(B, before > 0 ? before : 1, in);
        Tensor *padded = before ? t_concat(1, zeros, x) : x;
        for (int j = 0; j < size; j++) {
            Tensor *rows = t_slice(padded, 1, j * dilation, j * dilation + n);
            Tensor *part = t_matmul(rows, t_slice(w.product.weight, 0, j * in,
                                                  (j + 1) * in));
            sum = sum ? t_add(sum, part) : part;
        }
        assert_true(t_distance(t_add(sum, w.product.bias), y) < 1e-5);
        tape_free();
    }
}

static void a_stack_sees_as_many_words_as_told(void **state)
{
    (void)state;
    for (int size = 2; size <= 5; size++) {
        int power = 1;
        for (int layers = 1; layers <= 6; layers++) {
            assert_int_equal(words_seen(layers, size, 1),
                             1 + layers * (size - 1));
            power *= size;
            if (power <= 1024)
                assert_int_equal(words_seen(layers, size, size), power);
        }
    }
}

/* ---- who counts ---------------------------------------------------------- */

/* Largest difference of two rows of the same table. */
static double rows_differ(Tensor *table)
{
    double most = 0;
    for (int i = 1; i < t_dim(table, 0); i++)
        most = fmax(most, t_distance(t_slice(table, 0, 0, 1),
                                     t_slice(table, 0, i, i + 1)));
    return most;
}

static void what_counts_is_settled_beforehand_or_not(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    for (int trial = 0; trial < 20; trial++) {
        Tensor *one = t_keep(t_normal(&rng, 1, 6, 4));
        Tensor *other = t_keep(t_normal(&rng, 1, 6, 4));
        for (int mixer = 0; mixer < MIXERS; mixer++) {
            Tensor *a = who_counts((Mixer)mixer, one);
            Tensor *b = who_counts((Mixer)mixer, other);
            double apart = t_distance(a, b), rows = rows_differ(a);
            for (int i = 0; i < 6; i++)
                assert_near(t_item(t_sum(t_slice(a, 0, i, i + 1), T_ALL)), 1,
                            1e-5);
            if (mixer == LARGEST || mixer == ATTENTION)
                assert_true(apart > 0.01);
            else
                assert_true(apart < 1e-6);
            if (mixer == MEAN || mixer == LARGEST)
                assert_true(rows < 1e-6);       /* nobody asks */
            else
                assert_true(rows > 0.01);
            if (mixer == MEAN)
                assert_near(t_at(a, 2, 3), 1 / 6., 1e-6);
            if (mixer == WINDOW)
                assert_true(t_at(a, 4, 1) == 0 && t_at(a, 4, 5) == 0
                            && t_at(a, 4, 2) > 0);
        }
        tape_free();
    }
}

/* ---- six ways ------------------------------------------------------------ */

static void no_way_sees_a_later_word(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    for (int way = 0; way < WAYS; way++) {
        Recaller r = recaller_new((Way)way, 3);
        Tensor *x = t_normal(&rng, 2, 40, r.width);
        Tensor *y = recaller_layer(&r, x);
        for (int trial = 0; trial < 10; trial++) {
            int from = between(&rng, 1, 39);
            Tensor *start = t_slice(x, 1, 0, from);
            Tensor *other = t_normal(&rng, 2, 40 - from, r.width);
            Tensor *z = recaller_layer(&r, t_concat(1, start, other));
            assert_true(t_distance(t_slice(y, 1, 0, from),
                                   t_slice(z, 1, 0, from)) < 1e-5);
            assert_true(t_distance(t_slice(y, 1, from, 40),
                                   t_slice(z, 1, from, 40)) > 1e-2);
        }
        tape_free();
    }
}

static void all_ways_have_nearly_the_same_number_of_parameters(void **state)
{
    (void)state;
    Recaller stack = recaller_new(STACK, 1), holes = recaller_new(DILATED, 1);
    assert_int_equal(params_count(&stack.params), params_count(&holes.params));
    for (int way = 0; way < WAYS; way++) {
        Recaller r = recaller_new((Way)way, 1);
        assert_near((double)params_count(&r.params) / 12800, 1, 0.02);
        assert_true(strlen(way_name((Way)way)) > 4);
    }
    tape_free();
}

static void new_models_reach_as_far_as_told(void **state)
{
    (void)state;
    double size[WAYS][80];
    for (uint64_t seed = 1; seed <= 2; seed++) {
        for (int way = 0; way < WAYS; way++) {
            Recaller r = recaller_new((Way)way, seed);
            recaller_reach(&r, seed, 80, size[way]);
            tape_free();
        }
        for (int k = 0; k < 80; k++) {
            assert_int_equal(size[STACK][k] > 0, k <= 8);
            assert_true(size[DILATED][k] > 1e-3);
            if (k > 0) {
                assert_true(2e-3 < size[UNPLACED][k]);
                assert_true(size[UNPLACED][k] < 1e-2);
                assert_true(2e-3 < size[PLACED][k] && size[PLACED][k] < 1e-2);
            }
        }
        for (int way = RECURRENT; way <= GATED; way++) {
            /* the factor of ten steps, from 20 to 30 and from 50 to 60 */
            double near = size[way][30] / size[way][20];
            double far = size[way][60] / size[way][50];
            assert_true(near < 0.05 && far < 0.05);
            assert_near(log(near) / log(far), 1, 0.25);
        }
        assert_true(size[RECURRENT][64] < 1e-3 * size[GATED][64]);
        assert_true(size[GATED][64] < 1e-9 * size[PLACED][64]);
    }
}

/* ---- the lesson ---------------------------------------------------------- */

static Outcome lesson_of(Way way, int back, int most)
{
    Recaller r = recaller_new(way, 1);
    Outcome lesson = recaller_train(&r, 1, 80, back, most);
    tape_free();
    assert_true(lesson.steps ? lesson.right >= 0.99 : lesson.right < 0.99);
    return lesson;
}

#define assert_learns(way, back)                                               \
    assert_in_range(lesson_of(way, back, 300).steps, 1, 300)

static void the_lesson_ends_as_told(void **state)
{
    (void)state;
    skip_under_sanitizers();
    assert_learns(STACK, 1);
    assert_in_range(lesson_of(STACK, 8, 300).steps, 160, 300);
    assert_true(lesson_of(STACK, 16, 100).right < 0.2);
    assert_learns(DILATED, 1);
    assert_in_range(lesson_of(DILATED, 64, 300).steps, 1, 180);
    assert_learns(RECURRENT, 4);
    assert_int_equal(lesson_of(RECURRENT, 8, 300).steps, 0);
    assert_learns(GATED, 4);
    assert_int_equal(lesson_of(GATED, 8, 300).steps, 0);
    double right = lesson_of(UNPLACED, 1, 100).right;
    assert_true(0.15 < right && right < 0.3);
    int near = lesson_of(PLACED, 2, 300).steps;
    int far = lesson_of(PLACED, 64, 300).steps;
    assert_true(near > 100 && far > 100);
    assert_near((double)far / near, 1, 0.5);
}

static int steps_to_keep(Way way, uint64_t seed, int back)
{
    Recaller r = recaller_new(way, seed);
    int steps = recaller_train(&r, seed, back + 1, back, 600).steps;
    tape_free();
    return steps;
}

static void one_word_is_kept_as_long_as_told(void **state)
{
    (void)state;
    skip_under_sanitizers();
    assert_in_range(steps_to_keep(RECURRENT, 1, 8), 1, 600);
    assert_in_range(steps_to_keep(RECURRENT, 2, 4), 1, 600);
    assert_int_equal(steps_to_keep(RECURRENT, 2, 8), 0);
    assert_in_range(steps_to_keep(GATED, 1, 16), 1, 600);
    assert_int_equal(steps_to_keep(RECURRENT, 1, 16), 0);
    assert_int_equal(steps_to_keep(GATED, 1, 32), 0);
    assert_in_range(steps_to_keep(PLACED, 1, 64), 1, 300);
    assert_in_range(steps_to_keep(UNPLACED, 1, 1), 1, 100);
    assert_int_equal(steps_to_keep(UNPLACED, 1, 2), 0);
}

/* What `make seeds` has kept: steps, or NaN where it was not learned. */
static void other_seeds_and_more_steps_tell_the_same(void **state)
{
    (void)state;
    FILE *file = fopen("chapters/book/seeds/12_windows.dat", "r");
    assert_non_null(file);
    char line[200], table[40];
    int rows = 0, seed, back;
    double s[WAYS];
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%39s %d %d %lf %lf %lf %lf %lf %lf", table, &seed,
                   &back, &s[0], &s[1], &s[2], &s[3], &s[4], &s[5]) != 9)
            continue;
        rows++;
        assert_true(s[DILATED] > 0 && s[PLACED] > 0);   /* any distance */
        assert_true(back == 1 || isnan(s[UNPLACED]));
        if (strcmp(table, "recall") == 0) {
            assert_true(isnan(s[STACK]) == (back > 8));
            assert_true(isnan(s[RECURRENT]) == (back > 4));
            assert_true(isnan(s[GATED]) == (back > 4));
            assert_true(back < 8 || s[DILATED] < s[PLACED]);
            assert_true(isnan(s[UNPLACED]));
        } else {
            assert_true(!isnan(s[RECURRENT]) || back > 4);
            assert_true(isnan(s[RECURRENT]) || back < 16);
            assert_true(!isnan(s[GATED]) || back > 16);
            assert_true(isnan(s[GATED]) || back < 64);
        }
    }
    fclose(file);
    assert_true(rows >= 42 && rows % 14 == 0);
}

static void the_word_asked_for_counts_most_after_training(void **state)
{
    (void)state;
    skip_under_sanitizers();
    const Way learned[] = { PLACED, DILATED };
    for (int i = 0; i < 2; i++) {
        double size[80];
        Recaller r = recaller_new(learned[i], 1);
        recaller_train(&r, 1, 80, 16, 300);
        recaller_reach(&r, 1, 80, size);
        for (int k = 0; k < 80; k++)
            if (k != 16)
                assert_true(size[k] < size[16]);
        tape_free();
    }
}

static void a_lesson_must_fit_into_the_sequence(void **state)
{
    (void)state;
    Recaller r = recaller_new(STACK, 1);
    assert_refuses_in("12_windows.c",
                      "recaller_train: 80 words before, in sequences of 80",
                      (recaller_train(&r, 1, 80, 80, 1), 0));
    assert_refuses_in("12_windows.c",
                      "recaller_train: 0 words before, in sequences of 1",
                      (recaller_train(&r, 1, 1, 0, 1), 0));
    assert_refuses_in("12_windows.c",
                      "recaller_train: 2 words before, in sequences of 81",
                      (recaller_train(&r, 1, 81, 2, 1), 0));
    tape_free();
}

/* ---- costs --------------------------------------------------------------- */

static void products_and_waits_are_those_of_the_formulas(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    Params params = { 0 };
    for (int trial = 0; trial < 30; trial++) {
        int n = between(&rng, 1, 70), d = 2 * between(&rng, 1, 20);
        Tensor *x = t_normal(&rng, 1, n, d);
        Window w = window_new(&params, &rng, d, d, 3, 2);
        Cost cost = cost_of(window(w, x));
        assert_near(cost.multiplications, 3.0 * n * d * d, 0);
        assert_int_equal(cost.waits, 1);

        MultiHead heads = multi_head_new(&params, &rng, d, 2);
        Tensor *weights;
        for (int table = 0; table < 2; table++) {
            cost = cost_of(multi_head(heads, x, x, (MultiHeadOptions){
                               .weights = table ? &weights : NULL }));
            assert_near(cost.multiplications, 4.0 * n * d * d + 2.0 * n * n * d,
                        0);
            assert_int_equal(cost.waits, 4);
        }

        Recaller r = { .way = RECURRENT, .width = d,
                       .cell = recurrence_new(&params, &rng, PLAIN_CELL, d,
                                              d) };
        cost = cost_of(recaller_layer(&r, x));
        assert_near(cost.multiplications, 2.0 * n * d * d, 0);
        assert_int_equal(cost.waits, n);
        tape_reset();
    }
    tape_free();
}

static void attention_between_recurrent_halves_waits_longer(void **state)
{
    (void)state;
    for (int n = 1; n <= 30; n += 7) {
        assert_int_equal(waits_of_recurrence(n, false), 2 * n);
        assert_int_equal(waits_of_recurrence(n, true), 4 * n);
        assert_int_equal(waits_of_transformer(n, false), 8);
        assert_int_equal(waits_of_transformer(n, true), 4 + 8 * n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pytorch_gives_the_same_numbers),
        TEST(a_convolution_is_one_product_of_shifted_rows),
        TEST(a_stack_sees_as_many_words_as_told),
        TEST(what_counts_is_settled_beforehand_or_not),
        TEST(no_way_sees_a_later_word),
        TEST(all_ways_have_nearly_the_same_number_of_parameters),
        TEST(new_models_reach_as_far_as_told),
        TEST(the_lesson_ends_as_told),
        TEST(one_word_is_kept_as_long_as_told),
        TEST(other_seeds_and_more_steps_tell_the_same),
        TEST(the_word_asked_for_counts_most_after_training),
        TEST(a_lesson_must_fit_into_the_sequence),
        TEST(products_and_waits_are_those_of_the_formulas),
        TEST(attention_between_recurrent_halves_waits_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

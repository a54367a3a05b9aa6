/* The claims of chapter 3, and what its header promises. */
#include "chapter.h"

#include "03_kernel_regression.h"

enum { POINTS = 50, SEEDS = 5 };

static const double eps = (double)FLT_EPSILON;

/* ---- the estimator once more, in doubles -------------------------------- */

static double formula(Kernel kind, double u)
{
    double a = fabs(u);
    switch (kind) {
    case GAUSSIAN: return exp(-0.5 * u * u);
    case BOXCAR: return a <= 1 ? 1 : 0;
    case TRIANGULAR: return fmax(0, 1 - a);
    case EPANECHNIKOV: return a <= 1 ? 0.75 * (1 - a * a) : 0;
    default: return NAN;
    }
}

static double between_them(const Tensor *queries, int i, const Tensor *keys,
                           int j)
{
    return (double)t_at(queries, i, 0) - (double)t_at(keys, j, 0);
}

/* The weighted mean of the values at x, by the Gaussian. */
static double guess_at(double x, Sample s, double width)
{
    double sum = 0, weight = 0;
    for (int j = 0; j < t_dim(s.x, 0); j++) {
        double k = formula(GAUSSIAN, (x - (double)t_at(s.x, j, 0)) / width);
        weight += k;
        sum += k * (double)t_at(s.y, j, 0);
    }
    return sum / weight;
}

static Sample sample(uint64_t seed, int n)
{
    Rng rng = rng_new(seed);
    return draw_sample(&rng, n);
}

/* `count` queries, evenly from low up to high. */
static Tensor *even(double low, double high, int count)
{
    Tensor *x = t_zeros(count, 1);
    for (int i = 0; i < count; i++)
        t_at(x, i, 0) = (real)(low + (high - low) * (i + 0.5) / count);
    return x;
}

/* Mean squared distance of guesses from the truth. */
static double off_truth(const Tensor *x, const Tensor *guess)
{
    double sum = 0;
    for (int i = 0; i < t_dim(x, 0); i++) {
        double off = (double)t_at(guess, i, 0) - truth((double)t_at(x, i, 0));
        sum += off * off / t_dim(x, 0);
    }
    return sum;
}

static double error_on_truth(Sample s, double width)
{
    Tensor *x = even(0, 5, 100);
    return off_truth(x, t_matmul(kernel_weights(GAUSSIAN, x, s.x, width), s.y));
}

static double error_on_points(Sample s, double width)
{
    Tensor *own = kernel_weights(GAUSSIAN, s.x, s.x, width);
    return t_item(t_squared_error(t_matmul(own, s.y), s.y));
}

static double random_width(Rng *rng)
{
    return exp(1.5 * rng_normal(rng) - 1);
}

/* ---- the data ----------------------------------------------------------- */

static void a_sample_has_a_point_in_each_part_and_noise_around_the_truth(
    void **state)
{
    (void)state;
    enum { N = 10000 };
    assert_near(truth(0), 0, 0);
    assert_near(truth(1), 0.5 + sin(2), 1e-12);
    assert_near(truth(-3), -1.5 + sin(-6), 1e-12);
    for (int n = 1; n <= N; n *= 10) {
        Sample s = sample((uint64_t)n, n);
        assert_shape(s.x, n, 1);
        assert_shape(s.y, n, 1);
        double mean = 0, square = 0, place = 0;
        for (int i = 0; i < n; i++) {
            double x = (double)t_at(s.x, i, 0);
            double noise = ((double)t_at(s.y, i, 0) - truth(x)) / 0.3;
            assert_true(5.0 * i / n - 1e-6 <= x && x <= 5.0 * (i + 1) / n);
            mean += noise / n;
            square += noise * noise / n;
            place += (x * n / 5 - i) / n;
        }
        if (n < N)
            continue;
        assert_near(mean, 0, 0.04);         /* four standard errors */
        assert_near(square, 1, 0.06);
        assert_near(place, 0.5, 0.012);
    }
    assert_same_bits(sample(1, POINTS).y, sample(1, POINTS).y);
    assert_false(same_bits(sample(1, POINTS).x, sample(2, POINTS).x));
}

/* ---- weights ------------------------------------------------------------ */

static void average_pooling_ignores_the_query(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Sample s = sample(seed, POINTS);
        double mean = 0;
        for (int i = 0; i < POINTS; i++)
            mean += (double)t_at(s.y, i, 0) / POINTS;
        /* A kernel that is too wide to tell near from far counts all alike. */
        for (int kind = 0; kind < KERNELS; kind++) {
            Tensor *x = even(-5, 10, 100);
            Tensor *all = kernel_weights((Kernel)kind, x, s.x, 1e5);
            Tensor *answer = t_matmul(all, s.y);
            for (int i = 0; i < 100; i++) {
                for (int j = 0; j < POINTS; j++)
                    assert_near(t_at(all, i, j), 1.0 / POINTS, 4e-6);
                assert_near(t_at(answer, i, 0), mean, 1e-4);
            }
        }
        Tensor *x = even(0, 5, 100);
        Tensor *boxcar = kernel_weights(BOXCAR, x, s.x, 5);
        double poor = off_truth(x, t_matmul(boxcar, s.y));
        assert_true(poor > 0.7 && poor > 20 * error_on_truth(s, 0.2));
        tape_reset();
    }
}

static void weights_add_up_to_one_within_reach_and_to_zero_beyond(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    int none = 0, some = 0;
    for (int trial = 0; trial < 400; trial++) {
        Kernel kind = (Kernel)(trial % KERNELS);
        int n = between(&rng, 1, 20), m = between(&rng, 1, 20);
        int layout = between(&rng, 0, LAYOUTS - 1);
        double width = random_width(&rng);
        Tensor *x = copy_in(layout, t_normal(&rng, n, 1));
        Tensor *keys = copy_in(layout, t_scale(t_normal(&rng, m, 1), 2));
        Tensor *w = kernel_weights(kind, x, keys, width);
        assert_shape(w, n, m);
        for (int i = 0; i < n; i++) {
            double all = 0, sum = 0;
            for (int j = 0; j < m; j++)
                all += formula(kind, between_them(x, i, keys, j) / width);
            for (int j = 0; j < m; j++) {
                double k = formula(kind, between_them(x, i, keys, j) / width);
                assert_true(t_at(w, i, j) >= 0);
                assert_near(t_at(w, i, j), all > 0 ? k / all : 0, eps);
                sum += (double)t_at(w, i, j);
            }
            assert_near(sum, all > 0, eps * (m + 2));
            none += all == 0;
            some += all > 0;
        }
        tape_reset();
    }
    assert_true(none > 100 && some > 1000);
}

static void a_nearer_key_never_gets_less_weight(void **state)
{
    (void)state;
    enum { M = 12 };
    Rng rng = rng_new(2);
    int strictly[KERNELS] = { 0 };
    for (int trial = 0; trial < 500; trial++) {
        Tensor *x = t_normal(&rng, 1, 1), *keys = t_normal(&rng, M, 1);
        double width = random_width(&rng);
        Tensor *log_w = t_vector((real)-log(width));
        Tensor *soft = t_softmax(gaussian_scores(x, keys, log_w));
        for (int kind = 0; kind < KERNELS; kind++) {
            Tensor *w = kernel_weights((Kernel)kind, x, keys, width);
            for (int i = 0; i < M * M; i++) {
                int a = i / M, b = i % M;
                double near = fabs(between_them(x, 0, keys, a));
                double far = fabs(between_them(x, 0, keys, b));
                if (near > far)
                    continue;
                assert_true(t_at(w, 0, a) >= t_at(w, 0, b));
                double more = formula((Kernel)kind, near / width)
                            - formula((Kernel)kind, far / width);
                if (more > 1e-3) {      /* and mostly it gets more */
                    assert_true(t_at(w, 0, a) > t_at(w, 0, b));
                    strictly[kind] += far <= width;
                }
                if (kind == GAUSSIAN)
                    assert_true((double)t_at(soft, 0, a)
                                >= (double)t_at(soft, 0, b) * (1 - 16 * eps));
            }
        }
        tape_reset();
    }
    for (int kind = 0; kind < KERNELS; kind++)  /* a box has one height */
        assert_true(kind == BOXCAR ? strictly[kind] == 0
                                   : strictly[kind] > 1000);
}

/* Standard deviation of a kernel of width 1, by the trapezoidal rule. */
static double breadth(Kernel kind)
{
    double area = 0, square = 0;
    for (int i = -100000; i <= 100000; i++) {
        double u = i / 10000.0, k = kernel(kind, u);
        area += k;
        square += k * u * u;
    }
    return sqrt(square / area);
}

static void the_kernels_have_their_shapes_and_breadths(void **state)
{
    (void)state;
    const char *const names[] = { "Gaussian", "boxcar", "triangular",
                                  "Epanechnikov" };
    const double halfway[] = { exp(-0.125), 1, 0.5, 0.5625 };
    const double breadths[] = { 1, 1 / sqrt(3), 1 / sqrt(6), 1 / sqrt(5) };
    /* of the same breadth as a Gaussian of width 0.2, as printed */
    const double printed[] = { 0.2, 0.3464, 0.4899, 0.4472 };
    for (int i = 0; i < KERNELS; i++) {
        Kernel kind = (Kernel)i;
        assert_string_equal(kernel_name(kind), names[i]);
        assert_near(kernel(kind, 0), kind == EPANECHNIKOV ? 0.75 : 1, 1e-15);
        assert_near(kernel(kind, 0.5), halfway[i], 1e-15);
        assert_near(breadth(kind), breadths[i], 1e-4);
        assert_near(0.2 / breadth(kind), printed[i], 1e-4);
        for (int step = -400; step <= 400; step++) {
            double u = step / 100.0;
            assert_near(kernel(kind, u), formula(kind, u), 1e-15);
            assert_near(kernel(kind, u), kernel(kind, -u), 0);
            if (fabs(u) > 1)
                assert_true((kernel(kind, u) > 0) == (kind == GAUSSIAN));
        }
    }
}

/* ---- the Gaussian is a softmax ------------------------------------------ */

/* What scores s_j, each off by `each` of its size, may change in weights p. */
static double room(int m, const double *p, const double *s, int j, double each)
{
    double mean = 0;
    for (int i = 0; i < m; i++)
        mean += p[i] * s[i];
    return eps * (4 + m + each * (s[j] + mean)) * p[j] + 1e-37;
}

static void the_gaussian_kernel_is_a_softmax(void **state)
{
    (void)state;
    enum { MOST = 40 };
    Rng rng = rng_new(3);
    for (int trial = 0; trial < 300; trial++) {
        int n = between(&rng, 1, 20), m = between(&rng, 1, MOST);
        double width = random_width(&rng), log_width = log(width);
        Tensor *x = t_normal(&rng, n, 1), *keys = t_normal(&rng, m, 1);
        Tensor *log_w = t_vector(-log_width);
        Tensor *scores = gaussian_scores(x, keys, log_w);
        Tensor *soft = t_softmax(scores);
        Tensor *direct = kernel_weights(GAUSSIAN, x, keys, width);
        double each = 8 + 2 * fabs(log_width);
        assert_shape(scores, n, m);
        for (int i = 0; i < n; i++) {
            double p[MOST], s[MOST], sum = 0, least = INFINITY;
            for (int j = 0; j < m; j++) {
                double u = between_them(x, i, keys, j) / width;
                s[j] = u * u / 2;
                least = fmin(least, s[j]);
                assert_near(t_at(scores, i, j), -s[j], eps * each * s[j]);
            }
            for (int j = 0; j < m; j++)
                sum += p[j] = exp(least - s[j]);
            for (int j = 0; j < m; j++)
                p[j] /= sum;
            for (int j = 0; j < m; j++) {
                assert_near(t_at(soft, i, j), p[j], room(m, p, s, j, each));
                if (least < 600)    /* else exp(-s) is not even a double */
                    assert_near(t_at(direct, i, j), p[j],
                                room(m, p, s, j, 0) + 1e-20);
            }
        }
        tape_reset();
    }
    Tensor *two = t_zeros(3, 2), *keys = t_zeros(4, 1);
    assert_refuses_in("03_kernel_regression.c",
                      "t_sub: shapes do not broadcast: (3, 2) and (1, 4)",
                      gaussian_scores(two, keys, t_vector(0)));
}

/* Keys in the plane: the squared distance is the sum of those along the two
 * axes, and so is the score. */
static Tensor *scores_in_plane(Tensor *q, Tensor *k, Tensor *log_w)
{
    Tensor *sum = NULL;
    for (int axis = 0; axis < 2; axis++) {
        Tensor *one = gaussian_scores(t_slice(q, 1, axis, axis + 1),
                                      t_slice(k, 1, axis, axis + 1), log_w);
        sum = sum ? t_add(sum, one) : one;
    }
    return sum;
}

static void for_keys_of_equal_length_distance_and_inner_product_agree(
    void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    int differ = 0;
    for (int trial = 0; trial < 200; trial++) {
        int n = between(&rng, 1, 10), m = between(&rng, 2, 10);
        double w = exp(0.5 * rng_normal(&rng)), radius = 2 * rng_uniform(&rng);
        Tensor *q = t_normal(&rng, n, 2), *k = t_normal(&rng, m, 2);
        Tensor *log_w = t_vector(log(w));
        Tensor *square = t_sum(t_mul(k, k), -1);            /* (m, 1) */
        Tensor *circle = t_scale(t_div(k, t_sqrt(square)), radius);
        for (int equal = 0; equal < 2; equal++) {
            Tensor *keys = equal ? circle : k;
            Tensor *apart = t_softmax(scores_in_plane(q, keys, log_w));
            Tensor *inner = t_scale(t_matmul(q, t_transpose(keys)), w * w);
            Tensor *penalty = t_scale(t_transpose(square), w * w / 2);
            if (equal) {
                assert_true(t_distance(apart, t_softmax(inner)) < 1e-4);
                continue;
            }
            differ += t_distance(apart, t_softmax(inner)) > 0.01;
            inner = t_softmax(t_sub(inner, penalty));
            assert_true(t_distance(apart, inner) < 1e-4);
        }
        tape_reset();
    }
    assert_true(differ > 150);      /* long keys do make a difference */
}

/* ---- the width ---------------------------------------------------------- */

static void the_narrowest_width_wins_only_on_its_own_points(void **state)
{
    (void)state;
    const double widths[] = { 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2 };
    enum { WIDTHS = 7 };
    for (uint64_t seed = 1; seed <= 20; seed++) {
        Sample s = sample(seed, POINTS);
        double points[WIDTHS], against[WIDTHS];
        int best = 0;
        for (int i = 0; i < WIDTHS; i++) {
            points[i] = error_on_points(s, widths[i]);
            against[i] = error_on_truth(s, widths[i]);
            if (i)
                assert_true(points[i] > points[i - 1]);
            if (against[i] < against[best])
                best = i;
        }
        assert_true(widths[best] == 0.1 || widths[best] == 0.2);
        assert_true(against[0] > 2 * against[best]);
        assert_true(against[WIDTHS - 1] > 10 * against[best]);
        assert_true(points[0] < 0.02);
        tape_reset();
    }
}

static void walking_back_finds_the_slope_of_a_score(void **state)
{
    (void)state;
    assert_near(slope_of_score(0, 2), -4, 1e-12);
    for (int i = -4; i <= 4; i++) {
        double a = 0.3 * i, apart = 0.7 * i + 0.2, h = 1e-5;
        double up = -pow(apart * exp(a + h), 2) / 2;
        double down = -pow(apart * exp(a - h), 2) / 2;
        double slope = slope_of_score(a, apart);
        assert_near(slope, -apart * apart * exp(2 * a), 1e-9);
        assert_near(slope, (up - down) / (2 * h), 1e-5);

        Tensor *log_w = t_param(NULL, 1);
        t_at(log_w, 0) = (real)a;
        t_backward(gaussian_scores(t_matrix(1, 1, (real)apart),
                                   t_matrix(1, 1, 0), log_w));
        assert_near((double)t_at(t_grad(log_w), 0), slope,
                    20 * eps * (1 + fabs(slope)));
        tape_reset();
    }
}

static void a_step_against_the_slope_goes_downhill(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Sample s = sample(seed, POINTS);
        s = (Sample){ t_keep(s.x), t_keep(s.y) };
        double a = 0, h = 1e-3, slope, next, before = INFINITY;
        for (int step = 0; step < 4; step++) {
            double loss = loss_and_slope(s, a, &slope);
            double up = error_on_points(s, exp(-a - h));
            double down = error_on_points(s, exp(-a + h));
            assert_near(loss, error_on_points(s, exp(-a)), 1e-5);
            assert_near(slope, (up - down) / (2 * h), 1e-4);
            assert_true(slope < 0 && loss < before);    /* narrower is less */
            before = loss;
            a -= slope;
        }
        assert_true(loss_and_slope(s, a, &next) < before);
        tape_free();
    }
}

static void the_width_collapses_unless_a_point_is_left_out(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Learned then[2], now[2];
        for (int out = 0; out < 2; out++) {
            then[out] = learn_width(sample(seed, POINTS), out, 300, NULL);
            now[out] = learn_width(sample(seed, POINTS), out, 400, NULL);
        }
        assert_true(now[0].width < 0.025 && now[0].loss < 0.005);
        assert_true(now[0].width < 0.97 * then[0].width);   /* no end to it */
        assert_true(0.1 < now[1].width && now[1].width < 0.3);
        assert_near(now[1].width, then[1].width, 0.001);    /* settled */
        assert_near(now[1].loss, 0.1, 0.06);    /* near 0.09, the noise */

        Sample s = sample(seed, POINTS);
        double with_self = error_on_truth(s, now[0].width);
        double without = error_on_truth(s, now[1].width);
        assert_true(without < 0.04 && with_self > 2 * without);

        /* The loss is what it is called, with and without a point's vote. */
        double left_out = 0;
        for (int i = 0; i < POINTS; i++) {
            Sample rest = { t_zeros(POINTS - 1, 1), t_zeros(POINTS - 1, 1) };
            for (int j = 0; j < POINTS - 1; j++) {
                t_at(rest.x, j, 0) = t_at(s.x, j + (j >= i), 0);
                t_at(rest.y, j, 0) = t_at(s.y, j + (j >= i), 0);
            }
            double y = guess_at((double)t_at(s.x, i, 0), rest, now[1].width);
            left_out += pow(y - (double)t_at(s.y, i, 0), 2) / POINTS;
        }
        assert_near(now[1].loss, left_out, 1e-4);
        assert_near(now[0].loss, error_on_points(s, now[0].width), 1e-5);
        tape_free();
    }
}

static void learning_starts_at_width_one_and_notes_every_step(void **state)
{
    (void)state;
    Sample s = sample(1, POINTS);
    double loss = error_on_points(s, 1);
    Plot *plot = plot_open("learning", "step loss width");
    Learned first = learn_width(s, false, 1, plot);
    plot_close(plot);
    assert_near(first.width, 1, 1e-6);
    assert_near(first.loss, loss, 1e-5);
}

/* On average over the samples, in four standard errors of the slope. */
static void the_best_width_falls_with_the_fifth_root(void **state)
{
    (void)state;
    enum { SIZES = 5, SAMPLES = 60 };
    Rng rng = rng_new(5);
    double log_m[SIZES], mean[SIZES] = { 0 }, middle = 0, xy = 0, xx = 0;
    for (int i = 0; i < SIZES; i++) {
        log_m[i] = log(25 << i);
        middle += log_m[i] / SIZES;
        for (int k = 0; k < SAMPLES; k++) {
            Sample s = draw_sample(&rng, 25 << i);
            mean[i] += best_log_width(s) / SAMPLES;
            tape_reset();
        }
        if (i)
            assert_true(mean[i] < mean[i - 1]);
    }
    for (int i = 0; i < SIZES; i++) {
        xy += (log_m[i] - middle) * mean[i];
        xx += (log_m[i] - middle) * (log_m[i] - middle);
    }
    assert_near(xy / xx, -0.2, 0.04);
    assert_true(0.11 < exp(mean[SIZES - 1]) && exp(mean[0]) < 0.26);
}

static void the_best_width_is_the_best_in_the_middle(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Sample s = sample(seed, POINTS);
        double best = best_log_width(s), least = INFINITY, at_best = 0;
        for (int i = -1; i < 26; i++) {
            double width = i < 0 ? exp(best) : 0.06 * exp(0.1 * i), sum = 0;
            for (int g = 0; g < 240; g++) {
                double x = 1 + 3.0 * g / 240;
                sum += pow(guess_at(x, s, width) - truth(x), 2) / 240;
            }
            if (i < 0)
                at_best = sum;
            least = fmin(least, sum);
        }
        assert_true(at_best < 1.01 * least);
        tape_reset();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sample_has_a_point_in_each_part_and_noise_around_the_truth),
        TEST(average_pooling_ignores_the_query),
        TEST(weights_add_up_to_one_within_reach_and_to_zero_beyond),
        TEST(a_nearer_key_never_gets_less_weight),
        TEST(the_kernels_have_their_shapes_and_breadths),
        TEST(the_gaussian_kernel_is_a_softmax),
        TEST(for_keys_of_equal_length_distance_and_inner_product_agree),
        TEST(the_narrowest_width_wins_only_on_its_own_points),
        TEST(walking_back_finds_the_slope_of_a_score),
        TEST(a_step_against_the_slope_goes_downhill),
        TEST(the_width_collapses_unless_a_point_is_left_out),
        TEST(learning_starts_at_width_one_and_notes_every_step),
        TEST(the_best_width_falls_with_the_fifth_root),
        TEST(the_best_width_is_the_best_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The claims of chapter 2, and what its header promises. */
#include "chapter.h"

#include <stdlib.h>

#include "02_softmax.h"

enum { MOST = 512 };    /* scores in a row */

static const real never = -(real)INFINITY;

/* Half an epsilon: the relative error of one operation. */
static const double rounding = (double)FLT_EPSILON / 2;

/* softmax in doubles, and the log of its sum. */
static double reference(int n, const real *z, double *p)
{
    double max = -INFINITY, sum = 0;
    for (int i = 0; i < n; i++)
        max = fmax(max, (double)z[i]);
    for (int i = 0; i < n; i++)
        sum += p[i] = max == -INFINITY ? 0 : exp((double)z[i] - max);
    for (int i = 0; i < n; i++)
        p[i] = sum == 0 ? 0 : p[i] / sum;
    return max + log(sum);
}

static double largest(int n, const real *z)
{
    double max = -INFINITY;
    for (int i = 0; i < n; i++)
        max = fmax(max, (double)z[i]);
    return max;
}

/* How far a weight may be from p: the sum of n terms, the exponential and the
 * division are rounded, and so is the difference below the maximum, whose error
 * the exponential turns into a relative one. The smallest floats have fewer
 * digits. */
static double room(int n, double p, double below)
{
    return rounding * (n + 6 + (isfinite(below) ? below : 0)) * p
         + (double)FLT_MIN * (double)FLT_EPSILON;
}

static void assert_weights(int n, const real *z, const real *got)
{
    double p[MOST], max = largest(n, z);
    reference(n, z, p);
    for (int i = 0; i < n; i++)
        check_near((double)got[i], p[i], room(n, p[i], max - (double)z[i]),
                   "weight", i, __FILE__, __LINE__);
}

static void random_scores(Rng *rng, int n, double size, real *z)
{
    for (int i = 0; i < n; i++)
        z[i] = (real)(size * rng_normal(rng));
}

/* Scores in steps of 1/64, from -16 to 16: whole numbers are added exactly. */
static void even_scores(Rng *rng, int n, real *z)
{
    for (int i = 0; i < n; i++)
        z[i] = (real)between(rng, -1024, 1024) / 64;
}

/* ---- from scores to weights --------------------------------------------- */

static void logarithms_of_one_two_three_become_sixths(void **state)
{
    (void)state;
    const real z[] = { logf(1), logf(2), logf(3) };
    real naive[3], stable[3];
    softmax_naive(3, z, naive);
    softmax(3, z, stable);
    Tensor *library = t_softmax(t_from(z, 3));
    for (int i = 0; i < 3; i++) {
        assert_near(naive[i], (i + 1) / 6.0, 4 * rounding);
        assert_near(stable[i], (i + 1) / 6.0, 4 * rounding);
        assert_near(t_at(library, i), (i + 1) / 6.0, 4 * rounding);
    }
    assert_near(stable[2] / stable[0], exp((double)(z[2] - z[0])), 1e-6);
}

static void weights_are_positive_ordered_and_add_up_to_one(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    for (int trial = 0; trial < 1000; trial++) {
        int n = trial < 20 ? 1 : between(&rng, 1, MOST);
        real z[MOST], p[2][MOST];
        random_scores(&rng, n, exp(2 * rng_normal(&rng)), z);
        for (int i = 0; i < n; i++)     /* within the range of softmax_naive */
            z[i] = fminf(fmaxf(z[i], -40), 40);
        softmax(n, z, p[0]);
        softmax_naive(n, z, p[1]);
        for (int kind = 0; kind < 2; kind++) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += (double)p[kind][i];
                assert_true(p[kind][i] > 0);
                for (int j = 0; j < i; j++)
                    if (z[i] > z[j])
                        assert_true(p[kind][i] >= p[kind][j]);
                    else if (z[i] == z[j])
                        assert_true(p[kind][i] == p[kind][j]);
            }
            assert_near(sum, 1, rounding * (n + 2));
            if (n == 1)
                assert_true(p[kind][0] == 1);
        }
        assert_weights(n, z, p[0]);
        if (n > 1) {    /* a point more of score, 2.718 times the weight */
            double ratio = exp((double)z[0] - (double)z[1]);
            assert_near((double)p[0][0] / (double)p[0][1], ratio,
                        rounding * 170 * ratio);
        }
    }
}

/* ---- the constant, the overflow and its cure ---------------------------- */

static void adding_a_constant_changes_no_weight(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    for (int trial = 0; trial < 1000; trial++) {
        int n = between(&rng, 1, 64);
        real z[MOST], shifted[MOST], before[MOST], after[MOST];
        even_scores(&rng, n, z);
        real c = (real)between(&rng, -100000, 100000);
        for (int i = 0; i < n; i++)
            shifted[i] = z[i] + c;
        softmax(n, z, before);          /* no rounding in z + c: not a bit */
        softmax(n, shifted, after);
        assert_memory_equal(before, after, (size_t)n * sizeof *z);
        assert_same_bits(t_softmax(t_from(z, n)),
                         t_softmax(t_from(shifted, n)));
        assert_near(log_sum_exp(n, shifted), log_sum_exp(n, z) + c,
                    2 * rounding * (fabs((double)c) + 16));

        c = (real)between(&rng, -60, 60);   /* as written, where it can be */
        for (int i = 0; i < n; i++)
            shifted[i] = z[i] + c;
        softmax_naive(n, z, before);
        softmax_naive(n, shifted, after);
        for (int i = 0; i < n; i++)
            assert_near(after[i], before[i],
                        2 * room(n, (double)before[i], 0));
        tape_reset();
    }
}

static void subtracting_the_maximum_cures_the_overflow(void **state)
{
    (void)state;
    const real right[] = { 0.09003057f, 0.24472847f, 0.66524096f };
    real p[3];
    Rng rng = rng_new(3);
    for (int trial = 0; trial < 1000; trial++) {
        double size = pow(10, 4 * rng_uniform(&rng));
        real c = roundf((real)(size * (2 * rng_uniform(&rng) - 1)));
        const real z[] = { c, c + 1, c + 2 };
        softmax(3, z, p);
        for (int i = 0; i < 3; i++)
            assert_near(p[i], right[i], 4 * rounding);
        assert_weights(3, z, p);
        softmax_naive(3, z, p);
        if (-80 < c && c <= 86)
            for (int i = 0; i < 3; i++)
                assert_near(p[i], right[i], 8 * rounding);
        if (c > 86)
            assert_true(isnan(p[2]));
        if (c < -106)
            assert_true(isnan(p[0]) && isnan(p[1]) && isnan(p[2]));
    }
    /* At 87 only the largest overflows: two wrong answers that look right. */
    softmax_naive(3, (real[]){ 87, 88, 89 }, p);
    assert_true(p[0] == 0 && p[1] == 0 && isnan(p[2]));
    /* Earlier still the sum overflows, and all weights are 0. */
    softmax_naive(3, (real[]){ 86.5f, 87.5f, 88.5f }, p);
    assert_true(p[0] == 0 && p[1] == 0 && p[2] == 0);
    for (int n = 2; n <= MOST; n++) {       /* n alike: n e^c is the limit */
        real z[MOST], many[MOST];
        for (int above = 0; above < 2; above++) {
            for (int i = 0; i < n; i++)
                z[i] = (real)(log((double)FLT_MAX) - log(n)
                              + (above ? 1e-3 : -1e-3));
            softmax_naive(n, z, many);
            assert_near(many[n - 1], above ? 0 : 1.0 / n, rounding);
            softmax(n, z, many);
            assert_near(many[n - 1], 1.0 / n, rounding);
        }
    }
    /* A single score fails above 88.7 and not before. */
    softmax_naive(1, (real[]){ 88.72f }, p);
    assert_true(p[0] == 1);
    softmax_naive(1, (real[]){ 88.73f }, p);
    assert_true(isnan(p[0]));
    softmax(1, (real[]){ FLT_MAX }, p);
    assert_true(p[0] == 1);
    softmax(1, (real[]){ -FLT_MAX }, p);
    assert_true(p[0] == 1);
}

/* ---- never -------------------------------------------------------------- */

static void a_score_of_minus_infinity_is_as_if_absent(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    for (int trial = 0; trial < 1000; trial++) {
        int n = between(&rng, 1, 64), m = 0;
        real z[MOST], seen[MOST], p[MOST], alone[MOST];
        random_scores(&rng, n, 5, z);
        for (int i = 0; i < n; i++)
            if (i != trial % n && rng_uniform(&rng) < 0.5)
                z[i] = never;
            else
                seen[m++] = z[i];
        softmax(n, z, p);
        softmax(m, seen, alone);
        Tensor *library = t_softmax(t_from(z, n));
        for (int i = 0, k = 0; i < n; i++) {
            if (z[i] == never)
                assert_true(p[i] == 0 && t_at(library, i) == 0);
            else
                assert_true(p[i] == alone[k++]);    /* to the last bit */
        }
        assert_weights(n, z, p);
        assert_true(log_sum_exp(n, z) == log_sum_exp(m, seen));
        tape_reset();
    }
    real p[3];
    softmax(3, (real[]){ 1, 2, never }, p);     /* as printed */
    assert_near(p[0], 0.2689, 5e-5);
    assert_near(p[1], 0.7311, 5e-5);
}

static void a_row_without_hope_gets_no_weight(void **state)
{
    (void)state;
    for (int n = 1; n <= 40; n++) {
        real z[MOST], p[MOST];
        Running seen = running_start();
        for (int i = 0; i < n; i++) {
            z[i] = never;
            p[i] = 99;
            seen = running_add(seen, z[i]);
        }
        softmax(n, z, p);
        for (int i = 0; i < n; i++) {
            assert_true(p[i] == 0);
            assert_true(running_weight(seen, z[i]) == 0);
        }
        assert_true(log_sum_exp(n, z) == never);

        Tensor *scores = param_from(NULL, t_from(z, n));
        Tensor *library = t_softmax(scores);
        for (int i = 0; i < n; i++)
            assert_true(t_at(library, i) == 0);
        t_backward(t_sum(t_mul(library, library), T_ALL));
        for (int i = 0; i < n; i++)
            assert_true(t_grad_at(scores, i) == 0);
        tape_reset();
    }
}

/* ---- the logarithm of the sum ------------------------------------------- */

static void log_sum_exp_lies_between_the_maximum_and_log_n_more(void **state)
{
    (void)state;
    Rng rng = rng_new(5);
    for (int trial = 0; trial < 1000; trial++) {
        int n = between(&rng, 1, MOST);
        real z[MOST];
        double p[MOST];
        random_scores(&rng, n, pow(10, 6 * rng_uniform(&rng) - 3), z);
        for (int i = 0; i < n; i++)
            if (i && rng_uniform(&rng) < 0.1)
                z[i] = never;
        double max = largest(n, z), lse = (double)log_sum_exp(n, z);
        double slack = rounding * (n + 4 + fabs(max));
        assert_true(max <= lse);
        assert_true(lse <= max + log(n) + slack);
        assert_near(lse, reference(n, z, p), slack);
    }
    /* It reaches both ends. */
    for (int n = 1; n <= MOST; n++) {
        real z[MOST];
        for (int i = 0; i < n; i++)
            z[i] = -7;
        assert_near(log_sum_exp(n, z), -7 + log(n), 16 * rounding);
        for (int i = 1; i < n; i++)
            z[i] = never;
        assert_true(log_sum_exp(n, z) == -7);
    }
    assert_near(log_sum_exp(3, (real[]){ 0, 0, 0 }), 1.0986, 5e-5);
    assert_near(log_sum_exp(3, (real[]){ 1, 2, 3 }), 3.4076, 5e-5);
    assert_near(log_sum_exp(3, (real[]){ 1000, 1000, -1000 }), 1000.6932, 6e-5);
}

static void log_softmax_survives_underflow(void **state)
{
    (void)state;
    const real far[] = { 0, -200 };
    real p[MOST];
    softmax(2, far, p);
    assert_true(p[1] == 0);
    Tensor *x = t_from(far, 2);
    assert_true(t_at(t_log(t_softmax(x)), 1) == never);
    assert_true(t_at(t_log_softmax(x), 1) == -200);

    Rng rng = rng_new(6);
    for (int trial = 0; trial < 300; trial++) {
        int n = between(&rng, 1, 64);
        real z[MOST];
        double exact[MOST];
        random_scores(&rng, n, 300, z);
        double lse = reference(n, z, exact), max = largest(n, z);
        Tensor *logs = t_log_softmax(t_from(z, n));
        real ours = log_sum_exp(n, z);
        softmax(n, z, p);
        for (int i = 0; i < n; i++) {
            double slack = rounding * (n + 20 + 3 * fabs(max)
                                       + 2 * fabs((double)z[i]));
            assert_near(t_at(logs, i), (double)z[i] - lse, slack);
            assert_near(z[i] - ours, (double)z[i] - lse, slack);
            if (p[i] > FLT_MIN)     /* where the weight survives, they agree */
                assert_near(log((double)p[i]), t_at(logs, i), slack);
        }
        tape_reset();
    }
}

/* ---- temperature -------------------------------------------------------- */

static void temperature_runs_from_the_best_to_all_alike(void **state)
{
    (void)state;
    Rng rng = rng_new(7);
    for (int trial = 0; trial < 300; trial++) {
        int n = between(&rng, 1, 20), best = 0;
        real z[MOST], scaled[MOST], p[MOST];
        even_scores(&rng, n, z);
        for (int i = 1; i < n; i++)
            if (z[i] > z[best])
                best = i;
        int ties = 0;
        for (int i = 0; i < n; i++)
            ties += z[i] == z[best];
        double before = 2, least = 0;
        for (int step = -30; step <= 70; step++) {
            double t = pow(10, step / 10.0), smallest = 1;
            for (int i = 0; i < n; i++)
                scaled[i] = (real)((double)z[i] / t);
            softmax(n, scaled, p);
            for (int i = 0; i < n; i++) {
                smallest = fmin(smallest, (double)p[i]);
                if (step == -30)    /* gaps are 1/64 or more: e^-15 at most */
                    assert_near(p[i], z[i] == z[best] ? 1.0 / ties : 0, 4e-6);
                if (step == 70)
                    assert_near(p[i], 1.0 / n, 4e-6);
            }
            /* Warmer: the best loses, the least gains. */
            assert_true((double)p[best] <= before * (1 + rounding * (n + 40)));
            assert_true(smallest >= least * (1 - rounding * (n + 40)));
            before = (double)p[best];
            least = smallest;
        }
    }
}

/* ---- the slope ---------------------------------------------------------- */

static void the_jacobian_matches_differences(void **state)
{
    (void)state;
    Rng rng = rng_new(8);
    const real h = (real)1 / 128;
    for (int trial = 0; trial < 200; trial++) {
        int n = between(&rng, 1, 10);
        real z[MOST], nudged[MOST], p[MOST], up[MOST], down[MOST];
        even_scores(&rng, n, z);
        for (int i = 0; i < n; i++)
            z[i] /= 4;
        softmax(n, z, p);
        Tensor *j = softmax_jacobian(t_from(p, n));
        assert_shape(j, n, n);
        assert_same_bits(j, t_transpose(j));

        for (int k = 0; k < n; k++) {
            /* Truncation is below h^2 / 6, rounding is that of two weights. */
            memcpy(nudged, z, sizeof z);
            nudged[k] = z[k] + h;
            softmax(n, nudged, up);
            nudged[k] = z[k] - h;
            softmax(n, nudged, down);
            double row = 0;
            for (int i = 0; i < n; i++) {
                double wanted = (double)p[i] * ((i == k) - (double)p[k]);
                assert_near(t_at(j, i, k), wanted, 2 * rounding);
                assert_near(t_at(j, i, k),
                            ((double)up[i] - (double)down[i]) / (2 * (double)h),
                            3e-5);
                assert_true(n == 1 || (i == k ? t_at(j, i, k) > 0
                                              : t_at(j, i, k) < 0));
                row += (double)t_at(j, k, i);
            }
            assert_near(row, 0, rounding * (n + 4));

            /* The library's backward pass: row k, to rounding. */
            Tensor *scores = param_from(NULL, t_from(z, n));
            t_backward(t_slice(t_softmax(scores), 0, k, k + 1));
            for (int i = 0; i < n; i++)
                assert_near(t_grad_at(scores, i), t_at(j, k, i),
                            rounding * (n + 8));
            tape_reset();
            j = softmax_jacobian(t_from(p, n));
        }
        tape_reset();
    }
}

static double size_of(Tensor *x)
{
    return sqrt(t_item(t_sum(t_mul(x, x), T_ALL)));
}

/* J has no negative eigenvalue, so its size is at most its trace, 1 - sum p^2,
 * and that is at most 2 (1 - max p). */
static void a_saturated_softmax_has_no_slope(void **state)
{
    (void)state;
    Rng rng = rng_new(9);
    for (int trial = 0; trial < 300; trial++) {
        int n = between(&rng, 2, 32);
        real z[MOST], scaled[MOST], p[MOST];
        even_scores(&rng, n, z);
        z[0] = 17;      /* one score leads, by 1 at least */
        double before = INFINITY;
        for (int factor = 1; factor <= 128; factor *= 2) {
            for (int i = 0; i < n; i++)
                scaled[i] = z[i] * (real)factor;
            softmax(n, scaled, p);
            double size = size_of(softmax_jacobian(t_from(p, n)));
            double rest = 0;
            for (int i = 1; i < n; i++)
                rest += (double)p[i];
            assert_true(size <= 2 * rest + 4 * rounding);
            if (p[0] > 0.8f)    /* from here on it only falls */
                assert_true(size <= before + 4 * rounding);
            before = p[0] > 0.8f ? size : INFINITY;
            if (factor == 128)
                assert_true(p[0] == 1 && size < 1e-30);
        }
        tape_reset();
    }
    const double printed[] = { 0.389390, 0.212980, 0.035472, 0.000671, 0 };
    for (int i = 0; i < 5; i++) {
        real f = (real)(1 << i), p[3];
        softmax(3, (real[]){ f, 2 * f, 3 * f }, p);
        assert_near(size_of(softmax_jacobian(t_from(p, 3))), printed[i], 6e-7);
    }
}

/* ---- three stages ------------------------------------------------------- */

/* softmax(X X^T scale), by the softmax of the chapter. */
static Tensor *weights_of(Tensor *x, double scale)
{
    int n = t_dim(x, 0);
    Tensor *scores = t_scale(t_matmul(x, t_transpose(x)), scale);
    Tensor *weights = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        softmax(n, &t_at(scores, i, 0), &t_at(weights, i, 0));
    return weights;
}

static void a_mixture_stays_between_what_it_mixes(void **state)
{
    (void)state;
    Rng rng = rng_new(10);
    for (int trial = 0; trial < 300; trial++) {
        int n = between(&rng, 1, 20), d = between(&rng, 1, 20);
        Tensor *x = t_normal(&rng, n, d);
        Tensor *y = t_matmul(weights_of(x, 1), x);
        assert_shape(y, n, d);
        for (int c = 0; c < d; c++) {
            double low = INFINITY, high = -INFINITY, slack;
            for (int i = 0; i < n; i++) {
                low = fmin(low, (double)t_at(x, i, c));
                high = fmax(high, (double)t_at(x, i, c));
            }
            slack = rounding * (2 * n + 4) * fmax(fabs(low), fabs(high));
            for (int i = 0; i < n; i++)
                assert_true(low - slack <= (double)t_at(y, i, c)
                            && (double)t_at(y, i, c) <= high + slack);
        }
        tape_reset();
    }
}

static void wide_rows_look_only_at_themselves(void **state)
{
    (void)state;
    enum { TRIALS = 300, ROWS = 8 };
    Rng rng = rng_new(11);
    double before[2] = { 0, 0 };
    for (int d = 1; d <= 256; d *= 4) {
        double sum[2] = { 0, 0 };
        for (int trial = 0; trial < TRIALS; trial++) {
            Tensor *x = t_normal(&rng, ROWS, d);
            for (int scaled = 0; scaled < 2; scaled++) {
                Tensor *p = weights_of(x, scaled ? 1 / sqrt(d) : 1);
                for (int i = 0; i < ROWS; i++)
                    sum[scaled] += (double)t_at(p, i, i) / (TRIALS * ROWS);
            }
            tape_reset();
        }
        for (int scaled = 0; scaled < 2; scaled++) {
            if (before[scaled] < 1 - 1e-6)
                assert_true(sum[scaled] > before[scaled]);
            if (d >= 64)    /* on average: see the chapter's table */
                assert_true(sum[scaled] > 0.99);
            before[scaled] = sum[scaled];
        }
        if (d == 1)     /* more than a fair share even there */
            assert_true(sum[0] > 1.0 / ROWS);
        if (d > 1 && d < 64)    /* the factor helps a little */
            assert_true(sum[1] < sum[0] - 0.1);
    }
}

/* ---- one pass ----------------------------------------------------------- */

static int falling(const void *a, const void *b)
{
    real x = *(const real *)a, y = *(const real *)b;
    return (x < y) - (x > y);
}

static void one_pass_equals_three(void **state)
{
    (void)state;
    Rng rng = rng_new(12);
    for (int trial = 0; trial < 1000; trial++) {
        int n = between(&rng, 1, MOST);
        real z[MOST], p[MOST];
        random_scores(&rng, n, pow(10, 3 * rng_uniform(&rng) - 1), z);
        for (int i = 0; i < n; i++)
            if (rng_uniform(&rng) < 0.2 || (trial % 10 == 0 && i < n / 2))
                z[i] = never;
        if (trial % 4 == 1)
            qsort(z, (size_t)n, sizeof *z, falling);
        Running seen = running_start();
        for (int i = 0; i < n; i++)
            seen = running_add(seen, z[i]);

        double exact[MOST], max = largest(n, z), lse = reference(n, z, exact);
        int rescaled = 0;
        assert_true((double)seen.max == max);
        for (int i = 1; i < n; i++)     /* each new maximum rounds twice more */
            rescaled += largest(i, z) < (double)z[i];
        double slack = rounding * (n + 2 * rescaled + 10);
        softmax(n, z, p);
        if (max > -INFINITY)
            assert_near(log((double)seen.sum), lse - max, slack);
        for (int i = 0; i < n; i++) {
            double w = (double)running_weight(seen, z[i]);
            assert_near(w, exact[i], room(n, exact[i], max - (double)z[i])
                                     + slack * exact[i]);
            if (trial % 4 == 1)     /* the maximum first: the same sums */
                assert_true((real)w == p[i]);
        }
    }
    const real z[] = { 1, 3, 2, 5, 4 };     /* as printed */
    const double sums[] = { 1, 1.135335, 1.503215, 1.203438, 1.571317 };
    Running seen = running_start();
    for (int i = 0; i < 5; i++) {
        seen = running_add(seen, z[i]);
        assert_near(seen.sum, sums[i], 6e-7);
    }
}

static void the_library_softmax_equals_ours(void **state)
{
    (void)state;
    Rng rng = rng_new(13);
    for (int trial = 0; trial < 500; trial++) {
        int rows = between(&rng, 1, 6), n = between(&rng, 1, 200);
        Tensor *x = t_normal(&rng, 2, rows, n);
        x = t_scale(x, pow(10, 3 * rng_uniform(&rng) - 1));
        x = t_masked_fill(x, t_dropout(t_broadcast(t_vector(1), 2, rows, n),
                                       0.8, &rng), (double)never);
        Tensor *library = t_softmax(copy_in(trial % LAYOUTS, x));
        Tensor *logs = t_log_softmax(copy_in(trial % LAYOUTS, x));
        for (int i = 0; i < 2 * rows; i++) {
            const real *z = &t_at(x, i / rows, i % rows, 0);
            real p[MOST];
            double exact[MOST], max = largest(n, z);
            softmax(n, z, p);
            assert_weights(n, z, p);
            reference(n, z, exact);
            for (int k = 0; k < n; k++)
                assert_near(t_at(library, i / rows, i % rows, k), p[k],
                            2 * room(n, exact[k], max - (double)z[k])
                                + 2e-38);   /* below that it gives 0 */
            double ours = (double)log_sum_exp(n, z);
            for (int k = 0; k < n; k++)
                if (z[k] != never)
                    assert_near(t_at(logs, i / rows, i % rows, k),
                                (double)z[k] - ours,
                                rounding * (n + 20 + 3 * fabs(max)
                                            + 2 * fabs((double)z[k])));
        }
        tape_reset();
    }
}

/* ---- the header's other promises ---------------------------------------- */

static void one_score_alone_gets_all_the_weight(void **state)
{
    (void)state;
    const real z[] = { 0, -3, 80, -90, 1e30f, -1e30f };
    for (int i = 0; i < 6; i++) {
        real p;
        softmax(1, &z[i], &p);
        assert_true(p == 1);
        assert_true(log_sum_exp(1, &z[i]) == z[i]);
        Running seen = running_add(running_start(), z[i]);
        assert_true(seen.max == z[i] && seen.sum == 1);
        assert_true(running_weight(seen, z[i]) == 1);
    }
    assert_numbers(softmax_jacobian(t_vector(1)), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(logarithms_of_one_two_three_become_sixths),
        TEST(weights_are_positive_ordered_and_add_up_to_one),
        TEST(adding_a_constant_changes_no_weight),
        TEST(subtracting_the_maximum_cures_the_overflow),
        TEST(a_score_of_minus_infinity_is_as_if_absent),
        TEST(a_row_without_hope_gets_no_weight),
        TEST(log_sum_exp_lies_between_the_maximum_and_log_n_more),
        TEST(log_softmax_survives_underflow),
        TEST(temperature_runs_from_the_best_to_all_alike),
        TEST(the_jacobian_matches_differences),
        TEST(a_saturated_softmax_has_no_slope),
        TEST(a_mixture_stays_between_what_it_mixes),
        TEST(wide_rows_look_only_at_themselves),
        TEST(one_pass_equals_three),
        TEST(the_library_softmax_equals_ours),
        TEST(one_score_alone_gets_all_the_weight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

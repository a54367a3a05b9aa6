/* 03_kernel_regression.c -- the checks of chapter 3's exercises, and answers,
 * wrong and right, that try them. README.md says how to write both. */

/* ---- 1: very wide, very narrow ------------------------------------------- */

CHECK(limits)
{
    double wide = UNSET, narrow = UNSET;
    CALL(limits, (&wide, &narrow));
    suspect(8 / 4 + 2 / 4 + 4 / 4 + 6 / 4, "That is *wide. A quotient of whole"
            " numbers lost its digits: look at how you divide.");
    suspect(20.0, "That is *wide. That is the sum. Look at what a mean divides"
            " by.");
    expect_answer(wide, 5, 1e-6, "That is *wide. Look at the weights of a very"
                  " wide kernel: they are all alike.");
    expect_answer(narrow, 2, 1e-6, "That is *narrow. Look at which key is"
                  " nearest to 1, and at its value.");
}

static void WRONG(limits, exchanged)(double *wide, double *narrow)
{
    *wide = 2;
    *narrow = 5;
}

static void WRONG(limits, the_key_itself)(double *wide, double *narrow)
{
    *wide = 5;
    *narrow = 1;
}

static void WRONG(limits, whole_numbers)(double *wide, double *narrow)
{
    *wide = 8 / 4 + 2 / 4 + 4 / 4 + 6 / 4;
    *narrow = 2;
}

static void WRONG(limits, the_sum)(double *wide, double *narrow)
{
    *wide = 20;
    *narrow = 2;
}

static void WRONG(limits, the_first_value)(double *wide, double *narrow)
{
    *wide = 5;
    *narrow = 8;
}

static void WRONG(limits, one_only)(double *wide, double *narrow)
{
    (void)narrow;
    *wide = 5;
}

static void RIGHT(limits, by_the_kernel)(double *wide, double *narrow)
{
    Tensor *x = t_matrix(4, 1, 0, 1, 2, 3), *y = t_matrix(4, 1, 8, 2, 4, 6);
    Tensor *q = t_matrix(1, 1, 1);
    *wide = t_item(t_matmul(kernel_weights(GAUSSIAN, q, x, 1e6), y));
    *narrow = t_item(t_matmul(kernel_weights(GAUSSIAN, q, x, 1e-3), y));
}

static void RIGHT(limits, a_mean)(double *wide, double *narrow)
{
    *wide = t_item(t_mean(t_vector(8, 2, 4, 6), T_ALL));
    *narrow = 2;
}

static void RIGHT(limits, quarters)(double *wide, double *narrow)
{
    *narrow = 0 * 8 + 1 * 2 + 0 * 4 + 0 * 6;
    *wide = 0.25 * 8 + 0.25 * 2 + 0.25 * 4 + 0.25 * 6;
}

/* ---- 2: Epanechnikov's kernel -------------------------------------------- */

static void epanechnikov_check(double u)
{
    given(u);
    double want = fabs(u) <= 1 ? 0.75 * (1 - u * u) : 0;
    double got = CALL(epanechnikov, (u));
    suspect(fabs(u) <= 1 ? 1 - fabs(u) : 0.0, "That is the triangle, which one"
            " book prints under this name. Look at the parabola, 1 - u^2.");
    suspect(0.75 * (1 - u * u), "Look beyond a distance of 1, on both sides:"
            " nothing counts there.");
    suspect(fabs(u) <= 1 ? 1 - u * u : 0.0, "Look at the factor 3/4.");
    if (fabs(u) < 1)
        suspect(0.0, "Look at the factor, if it is written 3 / 4: of whole"
                " numbers that is 0 in C. And at abs(), which is for whole"
                " numbers, too: fabs() is for others.");
    expect(got, want, 1e-6, "Look at the two cases: |u| up to 1, and beyond.");
}

CHECK(epanechnikov)
{
    static const double distances[] = { 0.5, -0.5, 0.25, 2, -3, 1.5, -1.25, 0,
                                        1 };
    for (size_t i = 0; i < sizeof distances / sizeof *distances; i++)
        epanechnikov_check(distances[i]);
}

static double WRONG(epanechnikov, triangle)(double u)
{
    return fabs(u) <= 1 ? 1 - fabs(u) : 0;
}

static double WRONG(epanechnikov, not_cut_off)(double u)
{
    return 0.75 * (1 - u * u);
}

static double WRONG(epanechnikov, one_side)(double u)
{
    return u <= 1 ? 0.75 * (1 - u * u) : 0;
}

static double WRONG(epanechnikov, whole_number_abs)(double u)
{
    return abs((int)u) <= 1 ? 0.75 * (1 - u * u) : 0;
}

static double WRONG(epanechnikov, whole_number_quotient)(double u)
{
    return fabs(u) <= 1 ? 3 / 4 * (1 - u * u) : 0;
}

static double WRONG(epanechnikov, no_factor)(double u)
{
    return fabs(u) <= 1 ? 1 - u * u : 0;
}

static double RIGHT(epanechnikov, at_least_0)(double u)
{
    return fmax(0, 0.75 * (1 - u * u));
}

static double RIGHT(epanechnikov, two_factors)(double u)
{
    if (u < -1 || u > 1)
        return 0;
    return 3 * (1 - u) * (1 + u) / 4;
}

static double RIGHT(epanechnikov, in_single_precision)(double u)
{
    float f = (float)u, rest = 1 - f * f;
    return rest > 0 ? (double)(0.75f * rest) : 0;
}

/* ---- 3: one estimate ----------------------------------------------------- */

/* sum of weight times value and sum of weights, for e^(-factor u^2) */
typedef struct {
    double above, below;
} Sums;

static Sums sums(double q, int m, const real *x, const real *y, double width,
                 double factor)
{
    Sums s = { 0, 0 };
    for (int i = 0; i < m; i++) {
        double u = (q - (double)x[i]) / width;
        s.above += exp(-factor * u * u) * (double)y[i];
        s.below += exp(-factor * u * u);
    }
    return s;
}

static void estimate_check(double q, Tensor *keys, Tensor *values, double width)
{
    int m = t_size(keys);
    real *x = array_of(keys), *y = array_of(values);
    given(q);
    given(m);
    given_array(m, x);
    given_array(m, y);
    given(width);
    Sums right = sums(q, m, x, y, width, 0.5);
    Sums whole = sums(q, m, x, y, width, 1);
    Sums root = sums(q, m, x, y, sqrt(width), 0.5);
    double got = CALL(estimate, (q, m, x, y, width));
    suspect(right.above, "That is the sum of weight times value. Look at what a"
            " mean divides by.");
    suspect(right.above / m, "That divides by the number of keys. Look at the"
            " sum of the weights.");
    suspect(whole.above / whole.below, "Look at the exponent: half of u^2.");
    suspect(root.above / root.below, "The distance was squared and the width"
            " was not. Look at u: the quotient is squared.");
    expect(got, right.above / right.below, 1e-5, "Look at the two sums: weight"
           " times value above, weights below; and at which keys they go"
           " over.");
}

CHECK(estimate)
{
    estimate_check(1, t_vector(0, 1, 3), t_vector(2, 4, -1), 0.5);
    estimate_check(0.25, t_vector(-1, 2), t_vector(1, 3), 2);
    estimate_check(-1, t_vector(-2, 0, 0.5, 1), t_vector(1, -3, 5, 2), 1.5);
    estimate_check(3, t_vector(2.5), t_vector(-7), 0.75);
}

static double WRONG(estimate, not_normalised)(double q, int m, const real *x,
                                              const real *y, double width)
{
    return sums(q, m, x, y, width, 0.5).above;
}

static double WRONG(estimate, divided_by_m)(double q, int m, const real *x,
                                            const real *y, double width)
{
    return sums(q, m, x, y, width, 0.5).above / m;
}

static double WRONG(estimate, width_not_squared)(double q, int m, const real *x,
                                                 const real *y, double width)
{
    Sums s = sums(q, m, x, y, sqrt(width), 0.5);
    return s.above / s.below;
}

static double WRONG(estimate, not_halved)(double q, int m, const real *x,
                                          const real *y, double width)
{
    Sums s = sums(q, m, x, y, width, 1);
    return s.above / s.below;
}

static double WRONG(estimate, one_key_too_few)(double q, int m, const real *x,
                                               const real *y, double width)
{
    Sums s = sums(q, m > 1 ? m - 1 : 1, x, y, width, 0.5);
    return s.above / s.below;
}

static double WRONG(estimate, in_whole_numbers)(double q, int m, const real *x,
                                                const real *y, double width)
{
    double above = 0, below = 0;
    for (int i = 0; i < m; i++) {
        int u = (int)((q - (double)x[i]) / width);
        above += exp(-u * u / 2.0) * (double)y[i];
        below += exp(-u * u / 2.0);
    }
    return above / below;
}

static double RIGHT(estimate, weights_first)(double q, int m, const real *x,
                                             const real *y, double width)
{
    double weight[8], sum = 0, mean = 0;
    for (int i = 0; i < m; i++)
        sum += weight[i] =
            exp(-pow(q - (double)x[i], 2) / (2 * width * width));
    for (int i = 0; i < m; i++)
        mean += weight[i] / sum * (double)y[i];
    return mean;
}

static double RIGHT(estimate, by_softmax)(double q, int m, const real *x,
                                          const real *y, double width)
{
    Tensor *u = t_scale(t_sub(t_from(x, m), t_vector(q)), 1 / width);
    Tensor *weights = t_softmax(t_scale(t_mul(u, u), -0.5));
    return t_item(t_sum(t_mul(weights, t_from(y, m)), T_ALL));
}

static double RIGHT(estimate, from_behind)(double q, int m, const real *x,
                                           const real *y, double width)
{
    double above = 0, below = 0;
    while (m-- > 0) {
        double u = ((double)x[m] - q) / width, weight = 1 / exp(u * u / 2);
        below += weight;
        above += weight * (double)y[m];
    }
    return above / below;
}

/* ---- 4: find the bug: each query sums to something else ------------------ */

static Tensor *scored(Tensor *queries, Tensor *keys, double width,
                      double factor)
{
    Tensor *u = t_scale(t_sub(queries, t_transpose(keys)), 1 / width);
    return t_scale(t_mul(u, u), factor);
}

static Tensor *over_queries(Tensor *queries, Tensor *keys, double width)
{
    return t_transpose(t_softmax(scored(keys, queries, width, -0.5)));
}

static void mended_weights_check(int n, int m, double width)
{
    Rng rng = rng_new(3);
    Tensor *queries = simple(&rng, n, 1), *keys = simple(&rng, m, 1);
    for (int i = 0; i < m; i++)
        t_at(keys, i, 0) += (real)i;
    given(queries);
    given(keys);
    given(width);
    Tensor *expected = kernel_weights(GAUSSIAN, queries, keys, width);
    Tensor *got = CALL(mended_weights, (queries, keys, width));
    suspect(over_queries(queries, keys, width), "The columns add up to 1, not"
            " the rows. Look at what the softmax goes over.");
    suspect(t_softmax(scored(queries, keys, width, -1)), "Look at the factor in"
            " front of u^2: it is a half.");
    suspect(t_softmax(scored(queries, keys, 1 / width, -0.5)), "Look at what"
            " the width does: distances are divided by it.");
    expect_shape(got, SHAPE(n, m), "Look at the shape: a row for each query, a"
                 " column for each key.");
    expect(got, expected, 1e-5, "Look at"
           " a row: the scores of one query with all keys, then softmax.");
}

CHECK(mended_weights)
{
    mended_weights_check(2, 3, 0.5);
    mended_weights_check(3, 3, 2);
    mended_weights_check(5, 2, 1.5);
}

static Tensor *WRONG(mended_weights, as_it_was)(Tensor *queries, Tensor *keys,
                                                double width)
{
    return over_queries(queries, keys, width);
}

static Tensor *WRONG(mended_weights, not_transposed_back)
    (Tensor *queries, Tensor *keys, double width)
{
    return t_transpose(over_queries(queries, keys, width));
}

static Tensor *WRONG(mended_weights, no_half)(Tensor *queries, Tensor *keys,
                                              double width)
{
    return t_softmax(scored(queries, keys, width, -1));
}

static Tensor *WRONG(mended_weights, times_the_width)
    (Tensor *queries, Tensor *keys, double width)
{
    return t_softmax(scored(queries, keys, 1 / width, -0.5));
}

static Tensor *WRONG(mended_weights, no_softmax)(Tensor *queries, Tensor *keys,
                                                 double width)
{
    return t_exp(scored(queries, keys, width, -0.5));
}

static Tensor *WRONG(mended_weights, three_keys)(Tensor *queries, Tensor *keys,
                                                 double width)
{
    Tensor *powers = t_exp(scored(queries, keys, width, -0.5));
    Tensor *weights = t_zeros(t_dim(queries, 0), t_dim(keys, 0));
    for (int i = 0; i < t_dim(queries, 0); i++) {
        real sum = 0;
        for (int j = 0; j < 3 && j < t_dim(keys, 0); j++)
            sum += t_at(powers, i, j);
        for (int j = 0; j < 2; j++)
            t_at(weights, i, j) = t_at(powers, i, j) / sum;
    }
    return weights;
}

static Tensor *RIGHT(mended_weights, turned_first)(Tensor *queries,
                                                   Tensor *keys, double width)
{
    return t_softmax(t_transpose(scored(keys, queries, width, -0.5)));
}

static Tensor *RIGHT(mended_weights, by_the_sum)(Tensor *queries, Tensor *keys,
                                                 double width)
{
    Tensor *powers = t_exp(scored(queries, keys, width, -0.5));
    return t_div(powers, t_sum(powers, 1));
}

static Tensor *RIGHT(mended_weights, in_loops)(Tensor *queries, Tensor *keys,
                                               double width)
{
    int n = t_dim(queries, 0), m = t_dim(keys, 0);
    Tensor *weights = t_zeros(n, m);
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int again = 0; again < 2; again++)
            for (int j = 0; j < m; j++) {
                double u = (double)(t_at(queries, i, 0) - t_at(keys, j, 0));
                double w = exp(-u * u / (2 * width * width));
                if (again)
                    t_at(weights, i, j) = (real)(w / sum);
                else
                    sum += w;
            }
    }
    return weights;
}

/* ---- 5: find the bug: the best width is zero ----------------------------- */

/* The squared error at each point, (n, 1), if the points vote on themselves
 * with the score `own`. */
static Tensor *errors_with(Tensor *x, Tensor *y, double width, double own)
{
    Tensor *scores = scored(x, x, width, -0.5);
    for (int i = 0; i < t_dim(x, 0); i++)
        t_at(scores, i, i) = (real)own;
    Tensor *error = t_sub(t_matmul(t_softmax(scores), y), y);
    return t_mul(error, error);
}

static double error_with(Tensor *x, Tensor *y, double width, double own)
{
    return t_item(t_mean(errors_with(x, y, width, own), T_ALL));
}

static void left_out_error_check(Tensor *x, Tensor *y, double width)
{
    given(x);
    given(y);
    given(width);
    double expected = error_with(x, y, width, -INFINITY);
    double got = CALL(left_out_error, (x, y, width));
    suspect(error_with(x, y, width, 0), "Each point still votes on itself. Look"
            " at the diagonal of the scores.");
    suspect(expected * t_dim(x, 0), "That is the sum of the squared errors."
            " Look at what makes a mean of it.");
    suspect(sqrt(expected), "That is the root of the mean squared error. Look"
            " at the text: without the root.");
    if (width < 0.01)
        suspect(error_with(x, y, width, -100), "With so narrow a kernel even a"
                " score of -100 is better than that of the neighbours. Look for"
                " the score that is worse than any.");
    expect(got, expected, 1e-4, "Look at the weight"
           " of each point in its own estimate: it should be exactly 0, and the"
           " others should still add up to 1, for keys that are equal or far"
           " apart, too.");
}

CHECK(left_out_error)
{
    Tensor *twins = t_matrix(4, 1, 0, 1, 1, 2);
    left_out_error_check(t_matrix(4, 1, 0, 0.5, 1, 1.5),
                         t_matrix(4, 1, 1, -0.5, 2, 0), 0.5);
    left_out_error_check(t_matrix(6, 1, 0, 0.5, 1, 1.5, 2, 2.5),
                         t_matrix(6, 1, 0.5, 2, -1, 1.5, 0, -2), 1);
    left_out_error_check(t_matrix(4, 1, 0, 0.5, 1, 1.5),
                         t_matrix(4, 1, 0, 0, -2, -2), 0.001);
    left_out_error_check(twins, t_matrix(4, 1, 2, 1, -1, 0), 0.75);
}

static double WRONG(left_out_error, as_it_was)(Tensor *x, Tensor *y,
                                               double width)
{
    return error_with(x, y, width, 0);
}

/* A score of 0 is no exclusion: e^0 = 1. Nor is a weight set to 0 afterwards,
 * for the others no longer add up to 1. */
static double WRONG(left_out_error, weights_cut_afterwards)
    (Tensor *x, Tensor *y, double width)
{
    Tensor *weights = kernel_weights(GAUSSIAN, x, x, width);
    for (int i = 0; i < t_dim(x, 0); i++)
        t_at(weights, i, i) = 0;
    return t_item(t_squared_error(t_matmul(weights, y), y));
}

static double WRONG(left_out_error, a_low_score)(Tensor *x, Tensor *y,
                                                 double width)
{
    return error_with(x, y, width, -100);
}

static double WRONG(left_out_error, divided_again)(Tensor *x, Tensor *y,
                                                   double width)
{
    Tensor *weights = kernel_weights(GAUSSIAN, x, x, width);
    for (int i = 0; i < t_dim(x, 0); i++)
        t_at(weights, i, i) = 0;
    weights = t_div(weights, t_sum(weights, 1));
    return t_item(t_squared_error(t_matmul(weights, y), y));
}

static double WRONG(left_out_error, equal_keys_left_out)(Tensor *x, Tensor *y,
                                                         double width)
{
    Tensor *scores = scored(x, x, width, -0.5);
    for (int i = 0; i < t_dim(x, 0); i++)
        for (int j = 0; j < t_dim(x, 0); j++)
            if (t_at(x, i, 0) == t_at(x, j, 0))
                t_at(scores, i, j) = -INFINITY;
    return t_item(t_squared_error(t_matmul(t_softmax(scores), y), y));
}

static double WRONG(left_out_error, the_sum)(Tensor *x, Tensor *y, double width)
{
    return t_item(t_sum(errors_with(x, y, width, -INFINITY), T_ALL));
}

static double WRONG(left_out_error, the_root)(Tensor *x, Tensor *y,
                                              double width)
{
    return sqrt(error_with(x, y, width, -INFINITY));
}

static double RIGHT(left_out_error, scores_set)(Tensor *x, Tensor *y,
                                                double width)
{
    return error_with(x, y, width, -INFINITY);
}

static double RIGHT(left_out_error, scores_added)(Tensor *x, Tensor *y,
                                                  double width)
{
    int n = t_dim(x, 0);
    Tensor *self = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        t_at(self, i, i) = -INFINITY;
    Tensor *weights = t_softmax(t_add(scored(x, x, width, -0.5), self));
    Tensor *error = t_sub(y, t_matmul(weights, y));
    return t_item(t_mean(t_mul(error, error), T_ALL));
}

/* Each point's estimate from the others alone: the scores as a row, without
 * that of the point itself. */
static double RIGHT(left_out_error, others_alone)(Tensor *x, Tensor *y,
                                                  double width)
{
    int n = t_dim(x, 0);
    double sum = 0;
    for (int i = 0; i < n; i++) {
        Tensor *others = t_zeros(1, n - 1), *values = t_zeros(n - 1, 1);
        for (int j = 0, k = 0; j < n; j++) {
            if (j == i)
                continue;
            double u = (double)(t_at(x, i, 0) - t_at(x, j, 0)) / width;
            t_at(others, 0, k) = (real)(-u * u / 2);
            t_at(values, k++, 0) = t_at(y, j, 0);
        }
        double error = t_item(t_matmul(t_softmax(others), values))
                     - (double)t_at(y, i, 0);
        sum += error * error;
    }
    return sum / n;
}

/* ---- 6: the slope of a fifth root ---------------------------------------- */

CHECK(points_for_half_the_width)
{
    double got = CALL(points_for_half_the_width, ());
    suspect(100.0, "Twice the points make the width 2^(-1/5) of what it was, a"
            " mere 13 per cent less. Look at the exponent.");
    suspect(50 * pow(2, 0.2), "Look at which side the fifth root stands on.");
    suspect(500.0, "That is five times two. Look at the fifth power of two.");
    suspect(32.0, "So many times 50. Look at the question: the number of"
            " points.");
    suspect(50 / 32.0, "Fewer points need a wider kernel. Look at the sign of"
            " the exponent.");
    expect_answer(got, 1600, 1e-6, "Look at (n / 50)^(-1/5) = 1/2.");
}

static double WRONG(points_for_half_the_width, twice)(void) { return 100; }
static double WRONG(points_for_half_the_width, ten_times)(void) { return 500; }
static double WRONG(points_for_half_the_width, times_alone)(void) { return 32; }
static double WRONG(points_for_half_the_width, fewer)(void) { return 50 / 32.0; }
static double WRONG(points_for_half_the_width, root)(void)
{
    return 50 * pow(2, 1 / 5.0);
}
static double WRONG(points_for_half_the_width, fourth_power)(void)
{
    return 50 * pow(2, 4);
}

static double RIGHT(points_for_half_the_width, a_number)(void) { return 1600; }
static double RIGHT(points_for_half_the_width, a_power)(void)
{
    return 50 * pow(0.5, -5);
}
static double RIGHT(points_for_half_the_width, by_logarithms)(void)
{
    return exp(log(50) + 5 * log(2));
}

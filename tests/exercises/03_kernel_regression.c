/* 03_kernel_regression.c -- the checks of chapter 3's exercises, and wrong
 * answers that they must reject. README.md says how to write both. */

/* ---- 1: very wide, very narrow ------------------------------------------- */

CHECK(limits)
{
    double wide = NAN, narrow = NAN;
    CALL(limits, (&wide, &narrow));
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

/* ---- 2: Epanechnikov's kernel -------------------------------------------- */

static void epanechnikov_check(double u)
{
    given(u);
    double got = CALL(epanechnikov, (u));
    double want = kernel(EPANECHNIKOV, u);
    suspect(fabs(u) <= 1 ? 1 - fabs(u) : 0.0, "That is the triangle, which one"
            " book prints under this name. Look at the parabola, 1 - u^2.");
    suspect(0.75 * (1 - u * u), "Look beyond a distance of 1, on both sides:"
            " nothing counts there.");
    suspect(fabs(u) <= 1 ? 1 - u * u : 0.0, "Look at the factor 3/4. As 3 / 4"
            " it would be 0, in whole numbers.");
    expect(got, want, 1e-6, "Look at the two cases: |u| up to 1, and beyond.");
}

CHECK(epanechnikov)
{
    epanechnikov_check(0.5);
    epanechnikov_check(-0.5);
    epanechnikov_check(2);
    epanechnikov_check(-3);
    epanechnikov_check(0);
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

/* ---- 3: one estimate ----------------------------------------------------- */

/* sum of weight times value and sum of weights, for e^(-factor u^2) */
static void sums(double q, Tensor *x, Tensor *y, double width, double factor,
                 double *above, double *below)
{
    *above = *below = 0;
    for (int i = 0; i < t_size(x); i++) {
        double u = (q - (double)t_at(x, i)) / width;
        *above += exp(-factor * u * u) * (double)t_at(y, i);
        *below += exp(-factor * u * u);
    }
}

static void estimate_check(double q, Tensor *x, Tensor *y, double width)
{
    int m = t_size(x);
    given(q);
    given(m);
    given(x);
    given(y);
    given(width);
    double above, below, other_above, other_below;
    sums(q, x, y, width, 0.5, &above, &below);
    double got = CALL(estimate, (q, m, &t_at(x, 0), &t_at(y, 0), width));
    suspect(above, "That is the sum of weight times value. Look at what a mean"
            " divides by.");
    suspect(above / m, "That divides by the number of keys. Look at the sum of"
            " the weights.");
    sums(q, x, y, width, 1, &other_above, &other_below);
    suspect(other_above / other_below, "Look at the exponent: half of u^2.");
    sums(q, x, y, sqrt(width), 0.5, &other_above, &other_below);
    suspect(other_above / other_below, "The distance was squared and the width"
            " was not. Look at u: the quotient is squared.");
    expect(got, above / below, 1e-5, "Look at the two sums: weight times value"
           " above, weights below.");
}

CHECK(estimate)
{
    estimate_check(1, t_vector(0, 1, 3), t_vector(2, 4, -1), 0.5);
    estimate_check(0.25, t_vector(-1, 2), t_vector(1, 3), 2);
}

static double WRONG(estimate, not_normalised)(double q, int m, const real *x,
                                              const real *y, double width)
{
    double above = 0;
    for (int i = 0; i < m; i++)
        above += exp(-pow((q - (double)x[i]) / width, 2) / 2) * (double)y[i];
    return above;
}

static double WRONG(estimate, divided_by_m)(double q, int m, const real *x,
                                            const real *y, double width)
{
    double above = 0;
    for (int i = 0; i < m; i++)
        above += exp(-pow((q - (double)x[i]) / width, 2) / 2) * (double)y[i];
    return above / m;
}

static double WRONG(estimate, width_not_squared)(double q, int m, const real *x,
                                                 const real *y, double width)
{
    double above = 0, below = 0;
    for (int i = 0; i < m; i++) {
        double weight = exp(-pow(q - (double)x[i], 2) / width / 2);
        above += weight * (double)y[i];
        below += weight;
    }
    return above / below;
}

/* ---- 4: find the bug: each query sums to something else ------------------ */

static Tensor *over_queries(Tensor *queries, Tensor *keys, double width)
{
    Tensor *u = t_scale(t_sub(keys, t_transpose(queries)), 1 / width);
    return t_transpose(t_softmax(t_scale(t_mul(u, u), -0.5)));
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
    Tensor *got = CALL(mended_weights, (queries, keys, width));
    suspect(over_queries(queries, keys, width), "The columns add up to 1, not"
            " the rows. Look at what the softmax goes over.");
    expect_shape(got, SHAPE(n, m), "Look at the shape: a row for each query, a"
                 " column for each key.");
    expect(got, kernel_weights(GAUSSIAN, queries, keys, width), 1e-5, "Look at"
           " a row: the scores of one query with all keys, then softmax.");
}

CHECK(mended_weights)
{
    mended_weights_check(2, 3, 0.5);
    mended_weights_check(3, 3, 2);
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
    Tensor *u = t_scale(t_sub(queries, t_transpose(keys)), 1 / width);
    return t_softmax(t_scale(t_mul(u, u), -1));
}

/* ---- 5: find the bug: the best width is zero ----------------------------- */

static double error_with(Tensor *x, Tensor *y, double width, double own)
{
    int n = t_dim(x, 0);
    Tensor *u = t_scale(t_sub(x, t_transpose(x)), 1 / width);
    Tensor *scores = t_scale(t_mul(u, u), -0.5);
    for (int i = 0; i < n; i++)
        t_at(scores, i, i) = (real)own;
    return t_item(t_squared_error(t_matmul(t_softmax(scores), y), y));
}

static void left_out_error_check(int n, double width)
{
    Rng rng = rng_new(4);
    Tensor *x = t_zeros(n, 1), *y = simple(&rng, n, 1);
    for (int i = 0; i < n; i++)
        t_at(x, i, 0) = (real)i / 2;
    given(x);
    given(y);
    given(width);
    double got = CALL(left_out_error, (x, y, width));
    suspect(error_with(x, y, width, 0), "Each point still votes on itself. Look"
            " at the diagonal of the scores.");
    expect(got, error_with(x, y, width, -INFINITY), 1e-4, "Look at the weight"
           " of each point in its own estimate: it should be exactly 0, and the"
           " others should still add up to 1.");
}

CHECK(left_out_error)
{
    left_out_error_check(4, 0.5);
    left_out_error_check(6, 1);
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
    int n = t_dim(x, 0);
    Tensor *u = t_scale(t_sub(x, t_transpose(x)), 1 / width);
    Tensor *weights = t_softmax(t_scale(t_mul(u, u), -0.5));
    for (int i = 0; i < n; i++)
        t_at(weights, i, i) = 0;
    return t_item(t_squared_error(t_matmul(weights, y), y));
}

/* ---- 6: the slope of a fifth root ---------------------------------------- */

CHECK(points_for_half_the_width)
{
    double got = CALL(points_for_half_the_width, ());
    suspect(100.0, "Twice the points make the width 2^(-1/5) of what it was, a"
            " mere 13 per cent less. Look at the exponent.");
    suspect(50 * pow(2, 0.2), "Look at which side the fifth root stands on.");
    suspect(500.0, "That is five times two. Look at the fifth power of two.");
    expect_answer(got, 1600, 1e-6, "Look at (n / 50)^(-1/5) = 1/2.");
}

static double WRONG(points_for_half_the_width, twice)(void) { return 100; }
static double WRONG(points_for_half_the_width, ten_times)(void) { return 500; }

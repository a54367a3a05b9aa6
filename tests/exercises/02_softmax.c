/* 02_softmax.c -- the checks of chapter 2's exercises, and answers, wrong and
 * right, that try them. README.md says how to write both. */

enum { MOST = 100 };        /* scores: as many as some exercises allow */

static bool close_to(double a, double b, double tolerance)
{
    return a == b || (isfinite(a) && isfinite(b)
                      && fabs(a - b) <= tolerance * fmax(1, fabs(b)));
}

/* Off by a little: the formula is right, but not the way it is computed. */
static bool nearly(int n, const real *got, const real *want)
{
    for (int i = 0; i < n; i++)
        if (!close_to((double)got[i], (double)want[i], 0.02))
            return false;
    return true;
}

static bool all_finite(int n, const real *x)
{
    for (int i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

/* Scores from -4 to 4, in a mixed order: the largest is neither first nor
 * last. */
static void mixed_scores(int n, real *z)
{
    for (int i = 0; i < n; i++)
        z[i] = (real)((i * 7 + 5) % 17 - 8) / 2;
}

/* room_for() with a memory of what stands there. */
static real unset;

static real *result(int n)
{
    real *x = room_for(n);
    unset = x[0];
    return x;
}

static void expect_all_set(const char *name, int n, const real *x)
{
    static char text[80];
    int i = 0;
    while (i < n && x[i] != unset)
        i++;
    snprintf(text, sizeof text, "%s[%d] was never set.", name, i);
    expect_that(i == n, text, "Look at where you store: each of the numbers"
                " must be stored, from the first to the last.");
}

/* ---- 1: what a difference makes ------------------------------------------ */

CHECK(times_the_weight)
{
    const double tried[] = { 0, 2.5, -1, 7 };
    double more = 2.5;
    given(more);        /* at 0, too many mistakes give 0 */
    double first = CALL(times_the_weight, (more));
    for (int i = 0; i < 4; i++) {
        double right = exp(tried[i]);
        more = tried[i];
        given(more);
        double got = CALL(times_the_weight, (more));
        if (close_to(first, 2.5, 1e-5))
            suspect(more, "That is the difference of the scores. Look at what"
                    " softmax does to each score first.");
        if (close_to(first, 2.5 * exp(1), 1e-3))
            suspect(first / 2.5 * more, "That is e times the difference. Look"
                    " at how often e is multiplied when the difference is 2,"
                    " and 3.");
        suspect(1 + more, "That adds the difference on. Look at what softmax"
                " makes of differences: ratios.");
        suspect(pow(2, more), "Almost: each point doubles the weight there."
                " Look at the base of the power; it is e, not 2.");
        suspect(exp(-more), "That is the ratio the wrong way round. Look at"
                " which of the two keys has the larger weight.");
        expect(got, right, 1e-5, close_to(got / right, 1, 0.05)
               ? "Nearly. The formula seems right. Look at how exact your e is:"
                 " exp(1) has all its digits."
               : "Look at the quotient of two weights, p_i by p_j, both written"
                 " out. What cancels?");
    }
}

static double WRONG(times_the_weight, the_difference)(double more)
{
    return more;
}

static double WRONG(times_the_weight, base_two)(double more)
{
    return pow(2, more);
}

static double WRONG(times_the_weight, e_times)(double more)
{
    return 2.718 * more;
}

static double WRONG(times_the_weight, e_rounded)(double more)
{
    return pow(2.718, more);
}

static double WRONG(times_the_weight, turned)(double more)
{
    return 1 / exp(more);
}

static double WRONG(times_the_weight, a_share)(double more)
{
    return exp(more) / (1 + exp(more));
}

static double RIGHT(times_the_weight, a_power)(double more)
{
    return pow(exp(1), more);
}

static double RIGHT(times_the_weight, by_softmax)(double more)
{
    Tensor *p = t_softmax(t_vector(more, 0));
    return (double)t_at(p, 0) / (double)t_at(p, 1);
}

static double RIGHT(times_the_weight, by_hyperbolas)(double more)
{
    return sinh(more) + cosh(more);
}

/* ---- 2: as cold, as hot as can be ---------------------------------------- */

/* A mistake in the five weights of one temperature, and what to say of it. */
typedef struct {
    real weights[5];
    const char *text;
} Known;

static bool same_weights(const real *a, const real *b)
{
    for (int i = 0; i < 5; i++)
        if (!close_to((double)a[i], (double)b[i], 1e-4))
            return false;
    return true;
}

/* What the reader has worked out for `name`. `known` ends without a text. */
static void expect_weights(const char *name, const real *got, const real *want,
                           const Known *known, const char *advice)
{
    static char text[200], sum_text[200];
    double sum = 0;
    expect_all_set(name, 5, got);
    for (int i = 0; i < 5; i++)
        sum += (double)got[i];
    if (!close_to(sum, 1, 1e-3)) {
        snprintf(sum_text, sizeof sum_text, "They add up to %.4g, not 1. Look"
                 " at %s.", sum, sum == 0 ? "the quotients, if there are any:"
                 " in C, 1/2 and 1/5 are 0, and 1.0/5 is not"
                 : "how many keys share the weight, all five or fewer");
        advice = sum_text;
    }
    for (; known->text; known++)
        if (same_weights(got, known->weights))
            advice = known->text;
    snprintf(text, sizeof text, "%s: you say %.4g, %.4g, %.4g, %.4g, %.4g."
             " That is not right.", name, (double)got[0], (double)got[1],
             (double)got[2], (double)got[3], (double)got[4]);
    expect_that(same_weights(got, want), text, advice);
}

CHECK(cold_and_hot)
{
#define OF_COLD { 0, 0, 0, 0.5, 0.5 }
#define OF_HOT { (real)0.2, (real)0.2, (real)0.2, (real)0.2, (real)0.2 }
    const char *equal = "The two fours have equal scores. Look at the ratio of"
                        " their weights: can it be anything but 1?";
    const real right_cold[] = OF_COLD, right_hot[] = OF_HOT;
    const Known of_cold[] = {
        { { 0, 0, 0, 1, 0 }, equal },
        { { 0, 0, 0, 0, 1 }, equal },
        { OF_HOT, "You stored in cold the weights for hot. Look at z / T when T"
                  " is very small." },
        { { 0 }, NULL },
    };
    const Known of_hot[] = {
        { OF_COLD, "You stored in hot the weights for cold. Look at z / T when"
                   " T is very large." },
        { { 0.25, 0.25, 0.25, 0.25, 0.25 }, "There are five keys, also if two"
          " have the same score. Look at the sum of these weights." },
        { { 0 }, NULL },
    };
    real *cold = result(5), *hot = result(5);
    CALL(cold_and_hot, (cold, hot));
    expect_weights("cold", cold, right_cold, of_cold,
                   "Look at the largest score, when T is very small, and at the"
                   " ratio of its weight to that of another.");
    expect_weights("hot", hot, right_hot, of_hot,
                   "Look at z / T when T is very large: what is left of the"
                   " differences?");
}

static void WRONG(cold_and_hot, last_takes_all)(real cold[5], real hot[5])
{
    for (int i = 0; i < 5; i++) {
        cold[i] = i == 4;
        hot[i] = (real)0.2;
    }
}

static void WRONG(cold_and_hot, changed_places)(real cold[5], real hot[5])
{
    for (int i = 0; i < 5; i++) {
        hot[i] = i < 3 ? 0 : (real)0.5;
        cold[i] = (real)0.2;
    }
}

static void WRONG(cold_and_hot, four_keys)(real cold[5], real hot[5])
{
    for (int i = 0; i < 5; i++) {
        cold[i] = i < 3 ? 0 : (real)0.5;
        hot[i] = (real)0.25;
    }
}

static void WRONG(cold_and_hot, whole_numbers)(real cold[5], real hot[5])
{
    for (int i = 0; i < 5; i++) {
        cold[i] = i < 3 ? 0 : (real)0.5;
        hot[i] = 1 / 5;
    }
}

static void WRONG(cold_and_hot, hot_as_cold)(real cold[5], real hot[5])
{
    for (int i = 0; i < 5; i++)
        cold[i] = hot[i] = i < 3 ? 0 : (real)0.5;
}

static void WRONG(cold_and_hot, one_left_out)(real cold[5], real hot[5])
{
    cold[3] = cold[4] = (real)0.5;
    for (int i = 0; i < 5; i++)
        hot[i] = (real)0.2;
}

static void RIGHT(cold_and_hot, by_softmax)(real cold[5], real hot[5])
{
    for (int i = 0; i < 5; i++) {
        cold[i] = (real)(i < 4 ? i + 1 : 4) / 0.001f;
        hot[i] = (real)(i < 4 ? i + 1 : 4) / 1e6f;
    }
    softmax(5, cold, cold);
    softmax(5, hot, hot);
}

static void RIGHT(cold_and_hot, number_by_number)(real cold[5], real hot[5])
{
    cold[0] = cold[1] = cold[2] = 0;
    cold[3] = cold[4] = 1 / 2.0f;
    hot[4] = hot[3] = hot[2] = hot[1] = hot[0] = 1 / 5.0f;
}

static void RIGHT(cold_and_hot, copied)(real cold[5], real hot[5])
{
    memcpy(cold, (const real[]){ 0, 0, 0, 0.5, 0.5 }, 5 * sizeof *cold);
    for (int i = 0; i < 5; i++)
        hot[i] = 1 - 4 * (real)0.2;
}

/* ---- 3: softmax with a temperature --------------------------------------- */

static void temperature_check(int n, const real *z, double temperature,
                              const char *advice)
{
    real by[MOST], times[MOST], without[MOST], want[MOST], *p = result(n);
    for (int i = 0; i < n; i++) {
        by[i] = (real)((double)z[i] / temperature);
        times[i] = (real)((double)z[i] * temperature);
    }
    softmax(n, by, want);
    softmax(n, times, times);
    softmax(n, z, without);
    given(n);
    given_array(n, z);
    given(temperature);
    CALL(softmax_at, (n, z, temperature, p));
    suspect(row(n, times), "These are the weights of z times the temperature."
            " Look at whether small temperatures make differences larger or"
            " smaller.");
    suspect(row(n, without), "These are the weights without a temperature."
            " Look at where the temperature enters your sum of exponentials.");
    suspect(t_scale(row(n, without), 1 / temperature), "Look at the sum of"
            " these weights. It is the scores that are divided by the"
            " temperature.");
    expect_all_set("p", n, p);
    expect(row(n, p), row(n, want), 1e-5, advice);
}

CHECK(softmax_at)
{
    enum { MANY = 50 };
    const real pair[] = { 0, 1 }, three[] = { 1, 2, 3 };
    const real thousands[] = { 3000, -1000, 2999, 2990 };
    const real falling[] = { -4, -5 }, rising[] = { -5, -4 };
    real many[MANY];
    mixed_scores(MANY, many);
    const char *formula = "Look at the formula: softmax, with z / temperature"
                          " where z was.";
    const char *size = "Look at the largest exponent that e is taken to the"
                       " power of, and subtract the largest score.";
    const char *below = "All scores are negative here. Look at the number that"
                        " you subtract: it must be the largest of them, even if"
                        " that is negative.";
    temperature_check(2, pair, 0.5, formula);
    temperature_check(3, three, 2, formula);
    temperature_check(3, three, 0.001, size);
    temperature_check(4, thousands, 3, size);
    temperature_check(2, falling, 0.001, below);
    temperature_check(2, rising, 0.001, below);
    temperature_check(1, three, 1, "Look at the case of a single score.");
    temperature_check(MANY, many, 2, "There are 50 scores here. Look at how"
                      " many numbers your loops and arrays are made for.");
}

static void WRONG(softmax_at, times)(int n, const real *z, double temperature,
                                     real *p)
{
    for (int i = 0; i < n; i++)
        p[i] = (real)((double)z[i] * temperature);
    softmax(n, p, p);
}

static void WRONG(softmax_at, weights_divided)(int n, const real *z,
                                               double temperature, real *p)
{
    softmax(n, z, p);
    for (int i = 0; i < n; i++)
        p[i] /= (real)temperature;
}

static void WRONG(softmax_at, overflow)(int n, const real *z,
                                        double temperature, real *p)
{
    for (int i = 0; i < n; i++)
        p[i] = (real)((double)z[i] / temperature);
    softmax_naive(n, p, p);
}

static void WRONG(softmax_at, largest_but_not_below_zero)
    (int n, const real *z, double temperature, real *p)
{
    real sum = 0, max = 0;
    for (int i = 0; i < n; i++)
        max = fmaxf(max, z[i]);
    for (int i = 0; i < n; i++)
        sum += p[i] = expf((z[i] - max) / (real)temperature);
    for (int i = 0; i < n; i++)
        p[i] /= sum;
}

static void WRONG(softmax_at, first_only)(int n, const real *z,
                                          double temperature, real *p)
{
    p[0] = n == 1 ? 1 : 1 / (1 + expf((z[1] - z[0]) / (real)temperature));
}

/* Where the array is too short: no more than the first four are looked at. */
static void WRONG(softmax_at, room_for_four)(int n, const real *z,
                                             double temperature, real *p)
{
    real s[4] = { 0 };
    int m = n < 4 ? n : 4;
    for (int i = 0; i < m; i++)
        s[i] = (real)((double)z[i] / temperature);
    softmax(m, s, s);
    for (int i = 0; i < n; i++)
        p[i] = i < m ? s[i] : 0;
}

static void RIGHT(softmax_at, written_out)(int n, const real *z,
                                           double temperature, real *p)
{
    double sum = 0, max = -INFINITY;
    for (int i = 0; i < n; i++)
        max = fmax(max, (double)z[i] / temperature);
    for (int i = 0; i < n; i++)
        sum += exp((double)z[i] / temperature - max);
    for (int i = 0; i < n; i++)
        p[i] = (real)(exp((double)z[i] / temperature - max) / sum);
}

static void RIGHT(softmax_at, by_tensors)(int n, const real *z,
                                          double temperature, real *p)
{
    Tensor *w = t_softmax(t_scale(t_from(z, n), 1 / temperature));
    for (int i = 0; i < n; i++)
        p[i] = t_at(w, i);
}

static void RIGHT(softmax_at, room_of_its_own)(int n, const real *z,
                                               double temperature, real *p)
{
    real *scaled = malloc((size_t)n * sizeof *scaled);
    for (int i = 0; i < n; i++)
        scaled[i] = z[i] / (real)temperature;
    softmax(n, scaled, p);
    free(scaled);
}

/* ---- 4: find the bug: weights that go missing ---------------------------- */

static void softmax_check(int n, const real *z, const char *advice)
{
    real want[MOST], *p = result(n);
    softmax(n, z, want);
    given(n);
    given_array(n, z);
    CALL(mended_softmax, (n, z, p));
    expect_all_set("p", n, p);
    expect(row(n, p), row(n, want), 1e-5, advice);
}

CHECK(mended_softmax)
{
    enum { MANY = 50 };
    const char *place = "Look at the number that is subtracted: is it the"
                        " largest score, wherever that stands? After that no"
                        " exponent may be above 0.";
    const real small[] = { 1, 2, 3 }, sum_overflows[] = { 86, 87, 88.5f };
    const real large[] = { 1000, 1001, 1002 }, low[] = { -200, -201, -199 };
    const real behind[] = { 0, 200, 199 }, apart[] = { 300, 0, -300, 300 };
    const real first[] = { 200, 0 }, last[] = { 0, 200 };
    const real after[] = { 0, 1, 300 };
    real many[MANY];
    mixed_scores(MANY, many);
    softmax_check(3, small, "These scores are small, and the weights were right"
                  " before. Look at what you changed: it must do the same to"
                  " every score.");
    softmax_check(3, sum_overflows, "Each exponential is a float here, but"
                  " their sum is not: it is larger than the largest float."
                  " Look at how to keep every exponent small.");
    softmax_check(3, large, "e to the power of 1000 is larger than the largest"
                  " float. Look at which number to subtract from all scores.");
    softmax_check(3, low, "e to the power of -200 is 0 for a float, and all"
                  " scores are that low. Look at which number to subtract, so"
                  " that at least one exponent is 0.");
    softmax_check(3, behind, "Here the largest score is not the first, and lies"
                  " far above it. Look at which number is subtracted: after"
                  " that no exponent may be above 0.");
    softmax_check(4, apart, "Here the scores are far apart. Look at which"
                  " number is subtracted: after that no exponent may be above"
                  " 0.");
    softmax_check(2, first, place);
    softmax_check(2, last, place);
    softmax_check(3, after, place);
    softmax_check(1, large, "Look at the case of a single score.");
    softmax_check(MANY, many, "There are 50 scores here. Look at the limits of"
                  " your loops.");
}

static void WRONG(mended_softmax, as_it_was)(int n, const real *z, real *p)
{
    softmax_naive(n, z, p);
}

static void WRONG(mended_softmax, small_number_added)(int n, const real *z,
                                                      real *p)
{
    real sum = (real)1e-6;
    for (int i = 0; i < n; i++)
        sum += p[i] = expf(fminf(z[i], 85));
    for (int i = 0; i < n; i++)
        p[i] /= sum;
}

/* softmax with another number in the place of the maximum. */
static void subtract(real number, int n, const real *z, real *p)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += p[i] = expf(z[i] - number);
    for (int i = 0; i < n; i++)
        p[i] /= sum;
}

static void WRONG(mended_softmax, first_subtracted)(int n, const real *z,
                                                    real *p)
{
    subtract(z[0], n, z, p);
}

static void WRONG(mended_softmax, mean_subtracted)(int n, const real *z,
                                                   real *p)
{
    real mean = 0;
    for (int i = 0; i < n; i++)
        mean += z[i] / (real)n;
    subtract(mean, n, z, p);
}

static void WRONG(mended_softmax, last_subtracted)(int n, const real *z,
                                                   real *p)
{
    subtract(z[n - 1], n, z, p);
}

static void WRONG(mended_softmax, last_overlooked)(int n, const real *z,
                                                   real *p)
{
    real max = z[0];
    for (int i = 1; i < n - 1; i++)
        max = fmaxf(max, z[i]);
    subtract(max, n, z, p);
}

static void WRONG(mended_softmax, first_overlooked)(int n, const real *z,
                                                    real *p)
{
    real max = z[n - 1];
    for (int i = 1; i < n; i++)
        max = fmaxf(max, z[i]);
    subtract(max, n, z, p);
}

static void WRONG(mended_softmax, maximum_from_zero)(int n, const real *z,
                                                     real *p)
{
    real max = 0;
    for (int i = 0; i < n; i++)
        max = fmaxf(max, z[i]);
    subtract(max, n, z, p);
}

static void RIGHT(mended_softmax, of_the_chapter)(int n, const real *z, real *p)
{
    softmax(n, z, p);
}

static void RIGHT(mended_softmax, by_log_sum_exp)(int n, const real *z, real *p)
{
    real all = log_sum_exp(n, z);
    for (int i = 0; i < n; i++)
        p[i] = expf(z[i] - all);
}

static void RIGHT(mended_softmax, in_doubles)(int n, const real *z, real *p)
{
    double max = (double)z[0];
    for (int i = 1; i < n; i++)
        if ((double)z[i] > max)
            max = (double)z[i];
    for (int i = 0; i < n; i++) {
        double below = 0;
        for (int j = 0; j < n; j++)
            below += exp((double)z[j] - max);
        p[i] = (real)(exp((double)z[i] - max) / below);
    }
}

/* ---- 5: from the smallest to the largest --------------------------------- */

/* In doubles. */
static double log_sum(int n, const real *z, double s)
{
    double max = -INFINITY, sum = 0;
    for (int i = 0; i < n; i++)
        max = fmax(max, s * (double)z[i]);
    for (int i = 0; i < n; i++)
        sum += exp(s * (double)z[i] - max);
    return max + log(sum);
}

/* Without advice: that of a usual mistake. */
static void extreme_check(int n, const real *z, double s, const char *advice)
{
    given(n);
    given_array(n, z);
    given(s);
    double got = (double)CALL(smooth_extreme, (n, z, s));
    double right = log_sum(n, z, s) / s;
    if (fabs(s) != 1)
        suspect(log_sum(n, z, s), "That is the logarithm of the sum, but not"
                " yet divided by s. Look at the front of the formula.");
    suspect(log_sum(n, z, 1), "That is the log-sum-exp of z, without s. Look"
            " at the exponents.");
    suspect(right - log(n) / s, "That is the logarithm of the mean of the"
            " exponentials. Look at the formula: it has their sum.");
    suspect(-right, s < 0 ? "The sign of s is lost. Look at the division: s is"
                            " negative here."
                          : "All is right but the sign. Look for a minus that"
                            " is not in the formula.");
    suspect(log_sum(n, z, fabs(s)) / fabs(s), "That is the smooth maximum, and"
            " s is negative here. Look at the exponents: the sign of s is"
            " lost.");
    if (!advice)
        advice = isfinite(got)
            ? "Look at where s enters: once in the exponent, once as 1/s."
            : "Something overflowed. Look at the largest exponent, the largest"
              " s z[i], which must be taken out of the sum as in the chapter."
              " For a negative s it belongs to the smallest z.";
    expect(got, right, 1e-4, advice);
}

CHECK(smooth_extreme)
{
    const char *below = "All exponents are far below 0 here. Look at the number"
                        " that you take out: it must be the largest of them,"
                        " even if that is negative.";
    const real three[] = { 1, 2, 3 }, mixed[] = { -4, 0.5f, 2, 2, -3.5f };
    const real negative[] = { -4, -5 }, positive[] = { 4, 5 };
    real many[MOST];
    mixed_scores(MOST, many);
    extreme_check(3, three, 10, NULL);
    extreme_check(3, three, 1, NULL);
    extreme_check(3, three, -1, NULL);
    extreme_check(5, mixed, 0.5, NULL);
    extreme_check(5, mixed, 1000, NULL);
    extreme_check(5, mixed, -1000, NULL);
    extreme_check(2, negative, 1000, below);
    extreme_check(2, positive, -1000, below);
    extreme_check(1, three, -2, "Look at the case of a single score.");
    extreme_check(MOST, many, 0.5, "There are 100 scores here. Look at how many"
                  " numbers your loops and arrays are made for.");
}

static real WRONG(smooth_extreme, not_divided)(int n, const real *z, double s)
{
    return (real)log_sum(n, z, s);
}

static real WRONG(smooth_extreme, overflow)(int n, const real *z, double s)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += expf((real)s * z[i]);
    return logf(sum) / (real)s;
}

static real WRONG(smooth_extreme, largest_z_taken_out)(int n, const real *z,
                                                       double s)
{
    real sum = 0, max = z[0], scale = (real)s;
    for (int i = 1; i < n; i++)
        max = fmaxf(max, z[i]);
    for (int i = 0; i < n; i++)
        sum += expf(scale * (z[i] - max));
    return max + logf(sum) / scale;
}

static real WRONG(smooth_extreme, mean)(int n, const real *z, double s)
{
    return (real)((log_sum(n, z, s) - log(n)) / s);
}

static real WRONG(smooth_extreme, sign_of_s_lost)(int n, const real *z,
                                                  double s)
{
    return (real)(log_sum(n, z, s) / fabs(s));
}

static real WRONG(smooth_extreme, maximum_from_zero)(int n, const real *z,
                                                     double s)
{
    real max = 0, sum = 0;
    for (int i = 0; i < n; i++)
        max = fmaxf(max, (real)s * z[i]);
    for (int i = 0; i < n; i++)
        sum += expf((real)s * z[i] - max);
    return (max + logf(sum)) / (real)s;
}

/* Where the array is too short. */
static real WRONG(smooth_extreme, room_for_five)(int n, const real *z, double s)
{
    return (real)(log_sum(n < 5 ? n : 5, z, s) / s);
}

static real WRONG(smooth_extreme, room_for_99)(int n, const real *z, double s)
{
    return (real)(log_sum(n < 99 ? n : 99, z, s) / s);
}

static real RIGHT(smooth_extreme, in_doubles)(int n, const real *z, double s)
{
    return (real)(log_sum(n, z, s) / s);
}

static real RIGHT(smooth_extreme, by_running)(int n, const real *z, double s)
{
    Running seen = running_start();
    for (int i = 0; i < n; i++)
        seen = running_add(seen, (real)(s * (double)z[i]));
    return (seen.max + logf(seen.sum)) / (real)s;
}

static real RIGHT(smooth_extreme, largest_or_smallest_taken_out)
    (int n, const real *z, double s)
{
    double m = (double)z[0], sum = 0;
    for (int i = 1; i < n; i++)
        m = s > 0 ? fmax(m, (double)z[i]) : fmin(m, (double)z[i]);
    for (int i = 0; i < n; i++)
        sum += exp(s * ((double)z[i] - m));
    return (real)(m + log(sum) / s);
}

/* ---- 6: what the loss asks of the scores --------------------------------- */

/* What to look at, if d is wrong in an unknown way. */
static const char *slope_advice(int n, const real *d, const real *want)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (double)d[i];
    if (!all_finite(n, d))
        return "e to the power of 500 overflows a float. Look at where you take"
               " it: softmax() avoids that, softmax_naive() does not.";
    if (nearly(n, d, want))
        return "Nearly. If that is a difference quotient: it is too coarse in"
               " floats. Look for a formula, with a pencil.";
    if (!close_to(sum, 0, 1e-3))
        return "Look at the sum of your slopes. To add the same number to all"
               " scores changes no weight, so the sum must be 0.";
    return "Look at the loss of two equal scores, with a pencil: what is it if"
           " one of them is a little larger?";
}

static void slope_check(int n, const real *z, int target, const char *advice)
{
    real p[MOST], negative[MOST], of_weight[MOST], want[MOST];
    real *d = result(n);
    softmax(n, z, p);
    for (int i = 0; i < n; i++) {
        want[i] = p[i] - (i == target);
        negative[i] = -want[i];
        of_weight[i] = p[target] * ((i == target) - p[i]);
    }
    given(n);
    given_array(n, z);
    given(target);
    CALL(slope_of_loss, (n, z, target, d));
    suspect(row(n, negative), "The signs are the wrong way round. Look at the"
            " minus in -ln p[target]: a higher score of the target makes the"
            " loss smaller.");
    suspect(row(n, p), "These are the weights. Look at the other term of the"
            " loss, -z[target]: what is its slope?");
    suspect(row(n, of_weight), "These are the slopes of the weight p[target]."
            " Look at the loss: it is minus the logarithm of that weight.");
    expect_all_set("d", n, d);
    expect(row(n, d), row(n, want), 1e-5,
           advice ? advice : slope_advice(n, d, want));
}

CHECK(slope_of_loss)
{
    const real pair[] = { 0, 0 }, four[] = { 1, -1, 2, 0.5f };
    const real large[] = { 500, 0, 501 }, low[] = { -500, -501 };
    real many[MOST];
    mixed_scores(MOST, many);
    slope_check(2, pair, 0, NULL);
    slope_check(4, four, 2, NULL);
    slope_check(4, four, 1, NULL);
    slope_check(3, large, 1, NULL);
    slope_check(2, low, 1, NULL);
    slope_check(MOST, many, MOST - 1, "There are 100 scores here, and"
                " the target is the last. Look at how many numbers your loops"
                " and arrays are made for.");
    slope_check(1, low, 0, NULL);
}

static void WRONG(slope_of_loss, sign)(int n, const real *z, int target,
                                       real *d)
{
    softmax(n, z, d);
    for (int i = 0; i < n; i++)
        d[i] = (i == target) - d[i];
}

static void WRONG(slope_of_loss, weights)(int n, const real *z, int target,
                                          real *d)
{
    (void)target;
    softmax(n, z, d);
}

static void WRONG(slope_of_loss, slope_of_the_weight)(int n, const real *z,
                                                      int target, real *d)
{
    softmax(n, z, d);
    real weight = d[target];
    for (int i = 0; i < n; i++)
        d[i] = weight * ((i == target) - d[i]);
}

static void WRONG(slope_of_loss, overflow)(int n, const real *z, int target,
                                           real *d)
{
    softmax_naive(n, z, d);
    d[target] -= 1;
}

static void WRONG(slope_of_loss, difference_quotient)(int n, const real *z,
                                                      int target, real *d)
{
    const real h = 0.01f;
    real moved[MOST];
    memcpy(moved, z, (size_t)n * sizeof *z);
    for (int i = 0; i < n; i++) {
        moved[i] = z[i] + h;
        real up = log_sum_exp(n, moved) - moved[target];
        moved[i] = z[i] - h;
        real down = log_sum_exp(n, moved) - moved[target];
        moved[i] = z[i];
        d[i] = (up - down) / (2 * h);
    }
}

/* Where the array is too short. */
static void WRONG(slope_of_loss, room_for_99)(int n, const real *z, int target,
                                              real *d)
{
    softmax(n < 99 ? n : 99, z, d);
    if (n > 99)
        d[99] = 0;
    d[target] -= 1;
}

static void RIGHT(slope_of_loss, by_log_sum_exp)(int n, const real *z,
                                                 int target, real *d)
{
    for (int i = 0; i < n; i++)
        d[i] = expf(z[i] - log_sum_exp(n, z)) - (i == target ? 1 : 0);
}

static void RIGHT(slope_of_loss, by_the_jacobian)(int n, const real *z,
                                                  int target, real *d)
{
    Tensor *p = t_softmax(t_from(z, n)), *jacobian = softmax_jacobian(p);
    for (int i = 0; i < n; i++) {
        real weight = t_at(p, target);
        d[i] = weight > 1e-30f ? -t_at(jacobian, target, i) / weight
                               : t_at(p, i) - (i == target);
    }
}

static void RIGHT(slope_of_loss, target_last)(int n, const real *z, int target,
                                              real *d)
{
    real p[MOST];
    softmax(n, z, p);
    for (int i = 0; i < n; i++)
        if (i != target)
            d[i] = p[i];
    d[target] = -(1 - p[target]);
}

/* ---- 7: how level is level? ---------------------------------------------- */

CHECK(level_weight)
{
    for (int rows = 1; rows <= 16; rows *= 2) {
        double right = exp(1) / (exp(1) + rows - 1);
        given(rows);
        double got = CALL(level_weight, (rows));
        suspect(0, "That is 0. Look at your quotients: in C, 1/rows divides"
                " whole numbers and drops what is left, 1.0/rows does not.");
        suspect(1.0 / rows, "That is the fair share. Look at the scores: the"
                " one with itself is larger than the others.");
        suspect(exp(1) / (exp(1) + rows), "Look at how many other rows there"
                " are. With one row alone, the weight has to be 1.");
        suspect(exp(1) / (rows - 1), "Look at the sum below the fraction bar:"
                " the row itself is in it, too.");
        suspect(1, "Among several rows the others get something, too: e to the"
                " power of 0 is not 0.");
        expect_answer(got, right, 1e-5, close_to(got / right, 1, 0.01)
                      ? "Nearly. The formula seems right. Look at how exact"
                        " your e is: exp(1) has all its digits."
                      : "Look at the scores of one row: what does each of them"
                        " come to, when it is divided by d?");
    }
}

static double WRONG(level_weight, fair_share)(int rows) { return 1.0 / rows; }

static double WRONG(level_weight, whole_numbers)(int rows) { return 1 / rows; }

static double WRONG(level_weight, e_rounded)(int rows)
{
    return 2.718 / (2.718 + rows - 1);
}

static double WRONG(level_weight, one_row_too_many)(int rows)
{
    return exp(1) / (exp(1) + rows);
}

static double WRONG(level_weight, itself_not_in_the_sum)(int rows)
{
    return exp(1) / (rows > 1 ? rows - 1 : 1);
}

static double WRONG(level_weight, all_of_it)(int rows)
{
    (void)rows;
    return 1;
}

static double RIGHT(level_weight, by_softmax)(int rows)
{
    Tensor *scores = t_zeros(rows);
    t_at(scores, 0) = 1;
    return (double)t_at(t_softmax(scores), 0);
}

static double RIGHT(level_weight, divided_through)(int rows)
{
    return 1 / (1 + (rows - 1) * exp(-1));
}

static double RIGHT(level_weight, summed_up)(int rows)
{
    double below = exp(1);
    for (int i = 1; i < rows; i++)
        below += exp(0);
    return exp(1) / below;
}

/* ---- 8: two halves ------------------------------------------------------- */

static Running read_all_scores(int n, const real *z)
{
    Running seen = running_start();
    for (int i = 0; i < n; i++)
        seen = running_add(seen, z[i]);
    return seen;
}

static void expect_member(const char *name, real got, real want,
                          const char *advice)
{
    static char text[80];
    snprintf(text, sizeof text, "%s: it gave %.6g, expected was %.6g.", name,
             isnan(got) ? NAN : (double)got, (double)want);
    expect_that(close_to((double)got, (double)want, 1e-4), text, advice);
}

static void merge_check(int n, int m, const real *z, const char *advice)
{
    Running a = read_all_scores(n, z), b = read_all_scores(m, z + n);
    Running want = read_all_scores(n + m, z);
    given(a.max);
    given(a.sum);
    given(b.max);
    given(b.sum);
    Running got = CALL(merge, (a, b));
    expect_member("max", got.max, want.max, "Look at which of the two maxima is"
                  " the larger.");
    if (close_to((double)got.sum, (double)(a.sum + b.sum), 1e-4))
        advice = "The two sums were just added. Look at the maxima they were"
                 " taken with: they differ.";
    expect_member("sum", got.sum, want.sum, advice);
}

CHECK(merge)
{
    const char *scale = "Look at the factor for each half: its sum was taken"
                        " with its own maximum, and the common one may be"
                        " larger.";
    const char *nothing = "Here both halves saw nothing but \"never\". Look at"
                          " the exponent: -inf minus -inf is nan, and e to that"
                          " power, too.";
    const real z[] = { 1, 3, 2, 5, 4 }, large[] = { 3000, 2999, 1000, 3001 };
    const real never[] = { -INFINITY, -INFINITY };
    const real negative[] = { -1000, -1001, -1002 };
    merge_check(3, 2, z, scale);
    merge_check(1, 4, z, scale);
    merge_check(4, 1, z, scale);
    merge_check(2, 2, large, scale);
    merge_check(2, 1, negative, scale);
    merge_check(1, 2, negative, scale);
    merge_check(5, 0, z, "The second half saw nothing, so it must not count."
                         " Look at the factor for it.");
    merge_check(0, 5, z, "The first half saw nothing, so it must not count."
                         " Look at the factor for it.");
    merge_check(0, 0, z, nothing);
    merge_check(1, 1, never, nothing);
}

static Running WRONG(merge, just_added)(Running a, Running b)
{
    return (Running){ fmaxf(a.max, b.max), a.sum + b.sum };
}

static Running WRONG(merge, nan_for_nothing)(Running a, Running b)
{
    real max = fmaxf(a.max, b.max);
    return (Running){ max, a.sum * expf(a.max - max)
                               + b.sum * expf(b.max - max) };
}

static Running WRONG(merge, wrong_way)(Running a, Running b)
{
    real max = fmaxf(a.max, b.max);
    if (max == -INFINITY)
        return a;
    return (Running){ max, a.sum * expf(max - a.max)
                               + b.sum * expf(max - b.max) };
}

static Running WRONG(merge, a_is_larger)(Running a, Running b)
{
    return (Running){ a.max, a.sum + b.sum * expf(b.max - a.max) };
}

static Running WRONG(merge, maxima_added)(Running a, Running b)
{
    return (Running){ a.max + b.max, a.sum + b.sum };
}

static Running WRONG(merge, maximum_from_zero)(Running a, Running b)
{
    real max = fmaxf(0, fmaxf(a.max, b.max));
    return (Running){ max, a.sum * expf(a.max - max)
                               + b.sum * expf(b.max - max) };
}

static Running RIGHT(merge, larger_first)(Running a, Running b)
{
    if (a.max < b.max) {
        Running other = a;
        a = b;
        b = other;
    }
    if (b.sum > 0)
        a.sum += b.sum * expf(b.max - a.max);
    return a;
}

static Running RIGHT(merge, in_doubles)(Running a, Running b)
{
    double max = fmax((double)a.max, (double)b.max), sum = 0;
    sum += a.sum > 0 ? (double)a.sum * exp((double)a.max - max) : 0;
    sum += b.sum > 0 ? (double)b.sum * exp((double)b.max - max) : 0;
    return (Running){ (real)max, (real)sum };
}

/* The second half as a single score, its log-sum-exp: the sum then has to be
 * taken with the larger maximum. */
static Running RIGHT(merge, by_logarithms)(Running a, Running b)
{
    real max = a.max > b.max ? a.max : b.max;
    if (a.sum == 0 || b.sum == 0)
        return a.sum == 0 ? b : a;
    real of_a = a.max - max + logf(a.sum), of_b = b.max - max + logf(b.sum);
    return (Running){ max, expf(of_a) + expf(of_b) };
}

/* ---- 9: a mixture in one pass -------------------------------------------- */

enum { KEYS = 5000, WIDEST = 16 };

static struct {
    int n, d, at;
    const real *scores;
    real values[KEYS * WIDEST];
} stream;

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1      /* gcc says so by itself */
#endif
#endif

/* Whether there is room for n numbers, as far as that can be known. */
#if defined(__SANITIZE_ADDRESS__)
void *__asan_region_is_poisoned(void *start, size_t size);

static bool has_room(int n, real *x)
{
    return !__asan_region_is_poisoned(x, (size_t)n * sizeof *x);
}
#else
static bool has_room(int n, real *x) { return n > 0 && x; }
#endif

static bool next_pair(real *score, real *value)
{
    static char text[100];
    const char *what = NULL, *advice = "Look at what you hand to next(): an"
        " array of yours, with room for d numbers.";
    if (stream.at > stream.n) {
        what = "next() had already returned false, and was called again.";
        advice = "Look at the loop: it ends when next() returns false.";
    } else if (!score) {
        what = "next() was given NULL as score.";
        advice = "Look at what you hand to next(): the address of a number of"
                 " yours.";
    } else if (!value)
        what = "next() was given NULL as value.";
    else if (!has_room(stream.d, value)) {
        snprintf(text, sizeof text, "next() stores d = %d numbers in value, and"
                 " there is no room for so many.", stream.d);
        what = text;
    }
    if (what)
        expect_that(false, what, advice);
    if (stream.at++ == stream.n)
        return false;
    const real *from = stream.values + (stream.at - 1) * stream.d;
    *score = stream.scores[stream.at - 1];
    for (int c = 0; c < stream.d; c++)
        value[c] = from[c];
    return true;
}

/* The stream from its beginning; what should come of it, and the sum of the
 * exponentials. */
static double prepare_stream(int n, int d, const real *scores, real *want)
{
    Rng rng = rng_new(9);
    double max = -INFINITY, sum = 0, mixture[WIDEST] = { 0 };
    stream.n = n;
    stream.d = d;
    stream.at = 0;
    stream.scores = scores;
    for (int i = 0; i < n * d; i++)
        stream.values[i] = (real)rng_below(&rng, 10);
    for (int i = 0; i < n; i++)
        max = fmax(max, (double)scores[i]);
    for (int i = 0; i < n && max > -INFINITY; i++) {
        double weight = exp((double)scores[i] - max);
        sum += weight;
        for (int c = 0; c < d; c++)
            mixture[c] += weight * (double)stream.values[i * d + c];
    }
    for (int c = 0; c < d; c++)
        want[c] = (real)(sum == 0 ? 0 : mixture[c] / sum);
    return sum;
}

static void stream_check(int n, int d, const real *scores, const char *advice)
{
    real want[WIDEST], nothing[WIDEST], *out = room_for(d);
    double sum = prepare_stream(n, d, scores, want);
    for (int c = 0; c < d; c++)     /* what is used unset, must be noticed */
        nothing[c] = out[c] = (real)NAN;
    given_array(n, scores);
    if (n) {
        Tensor *values = t_from(stream.values, n, d);
        given(values);
    }
    given(d);
    bool (*next)(real *, real *) = next_pair;
    CALL(mix_in_one_pass, (d, next, out));
    expect_that(stream.at > n, "It left some of the keys unread.",
                "Look at the loop: next() is called until it returns false.");
    if (n && isfinite(scores[0]) && fabs((double)scores[0]) < 80)
        suspect(row(d, nothing), "out holds no numbers when your function is"
                " called. Look at what you store there before the first key"
                " comes: nan times 0 is nan, too.");
    if (n)
        suspect(t_scale(row(d, want), sum), "That is the mixture before it is"
                " divided by the sum of the exponentials. Look at the end.");
    expect(row(d, out), row(d, want), 1e-4, advice);
}

CHECK(mix_in_one_pass)
{
    static real many[KEYS];
    const char *rescale =
        "Look at what happens when a score comes that is larger than all before"
        " it: the mixture so far was taken with the old maximum.";
    const char *size = "These scores are large. Look at the exponents: none"
                       " may be above 0.";
    const char *below = "These scores are far below 0. Look at the maximum"
                        " before the first key comes: any score must be"
                        " larger.";
    const real falling[] = { 3, 2, 1 }, mixed[] = { 1, 3, 2, 5, 4 };
    const real large[] = { -2000, 1000, 1001, 999 };
    const real low[] = { -1000, -1001 }, rising[] = { -1001, -1000 };
    const real late[] = { -INFINITY, -INFINITY, 1, -INFINITY, 2 };
    mixed_scores(KEYS, many);
    stream_check(3, 4, falling, "Look at the weight of each value, which is"
                 " e^{score - max}, and at the sum that you divide by.");
    stream_check(5, 4, mixed, rescale);
    stream_check(4, 4, large, size);
    stream_check(2, 4, low, below);
    stream_check(2, 4, rising, below);
    stream_check(5, 4, late, "Look at a score of -inf that comes before any"
                 " other: -inf minus -inf is nan.");
    stream_check(2, 4, late, "All keys score -inf here. Look at the sum before"
                 " you divide by it.");
    stream_check(0, 4, late, "No key came here. Look at the sum before you"
                 " divide by it, and at what is stored in out.");
    stream_check(5, 1, mixed, "The values are single numbers here, d = 1. Look"
                 " at the limits of your loops.");
    stream_check(5, WIDEST, mixed, "d is 16 here. Look at how many numbers your"
                 " loops and arrays are made for.");
    stream_check(KEYS, 4, many, "5000 keys came here. Look at what you keep of"
                 " each key: there may be any number of them.");
}

/* The mixture, with mistakes to choose from. */
static void mix_badly(int d, bool (*next)(real *, real *), real *out,
                      bool rescale, bool guard, real max, bool clear)
{
    real value[MOST], score, sum = 0;
    for (int c = 0; c < d && clear; c++)
        out[c] = 0;
    while (next(&score, value)) {
        real higher = fmaxf(max, score);
        if (guard && higher == -INFINITY)
            continue;
        real old = expf(max - higher), weight = expf(score - higher);
        sum = sum * old + weight;
        for (int c = 0; c < d; c++)
            out[c] = out[c] * (rescale ? old : 1) + weight * value[c];
        max = higher;
    }
    for (int c = 0; c < d && (sum > 0 || !guard); c++)
        out[c] /= sum;
}

static void WRONG(mix_in_one_pass, mixture_not_rescaled)
    (int d, bool (*next)(real *, real *), real *out)
{
    mix_badly(d, next, out, false, true, -INFINITY, true);
}

static void WRONG(mix_in_one_pass, never_not_thought_of)
    (int d, bool (*next)(real *, real *), real *out)
{
    mix_badly(d, next, out, true, false, -INFINITY, true);
}

static void WRONG(mix_in_one_pass, maximum_from_zero)
    (int d, bool (*next)(real *, real *), real *out)
{
    mix_badly(d, next, out, true, true, 0, true);
}

static void WRONG(mix_in_one_pass, out_not_cleared)
    (int d, bool (*next)(real *, real *), real *out)
{
    mix_badly(d, next, out, true, true, -INFINITY, false);
}

/* Keeps the first `keys` keys, and the first `width` numbers of a value. */
static void mix_what_has_room(int keys, int width, int d,
                              bool (*next)(real *, real *), real *out)
{
    real scores[MOST], values[MOST][WIDEST], value[WIDEST], score;
    int n = 0;
    while (next(&score, value))
        if (n < keys) {
            scores[n] = score;
            memcpy(values[n++], value, (size_t)d * sizeof *value);
        }
    if (n)
        softmax(n, scores, scores);
    for (int c = 0; c < d; c++) {
        out[c] = 0;
        for (int i = 0; i < n && c < width; i++)
            out[c] += scores[i] * values[i][c];
    }
}

static void WRONG(mix_in_one_pass, room_for_eight_keys)
    (int d, bool (*next)(real *, real *), real *out)
{
    mix_what_has_room(8, WIDEST, d, next, out);
}

static void WRONG(mix_in_one_pass, room_for_four_numbers)
    (int d, bool (*next)(real *, real *), real *out)
{
    mix_what_has_room(MOST, 4, d, next, out);
}

static void WRONG(mix_in_one_pass, null_as_value)
    (int d, bool (*next)(real *, real *), real *out)
{
    real score;
    for (int c = 0; c < d; c++)
        out[c] = 0;
    while (next(&score, NULL))
        out[0] += score;
}

static void WRONG(mix_in_one_pass, asks_after_the_end)
    (int d, bool (*next)(real *, real *), real *out)
{
    real value[WIDEST], score;
    mix_badly(d, next, out, true, true, -INFINITY, true);
    while (next(&score, value))
        out[0] += value[0];
}

static void WRONG(mix_in_one_pass, overflow)
    (int d, bool (*next)(real *, real *), real *out)
{
    real value[MOST], score, sum = 0;
    for (int c = 0; c < d; c++)
        out[c] = 0;
    while (next(&score, value)) {
        sum += expf(score);
        for (int c = 0; c < d; c++)
            out[c] += expf(score) * value[c];
    }
    for (int c = 0; c < d; c++)
        out[c] /= sum;
}

static void RIGHT(mix_in_one_pass, written_out)
    (int d, bool (*next)(real *, real *), real *out)
{
    mix_badly(d, next, out, true, true, -INFINITY, true);
}

/* Divided all along: out is the mixture of the keys that have come by. */
static void RIGHT(mix_in_one_pass, always_a_mean)
    (int d, bool (*next)(real *, real *), real *out)
{
    real value[WIDEST], score;
    double level = -INFINITY, mean[WIDEST] = { 0 };
    while (next(&score, value)) {
        if (score == -INFINITY)
            continue;
        double top = fmax(level, (double)score);
        double both = top + log(exp(level - top) + exp((double)score - top));
        double share = exp((double)score - both);
        for (int c = 0; c < d; c++)
            mean[c] += share * ((double)value[c] - mean[c]);
        level = both;
    }
    for (int c = 0; c < d; c++)
        out[c] = (real)mean[c];
}

static void RIGHT(mix_in_one_pass, only_when_it_rises)
    (int d, bool (*next)(real *, real *), real *out)
{
    real value[WIDEST], score, max = -INFINITY, sum = 0;
    for (int c = 0; c < d; c++)
        out[c] = 0;
    while (next(&score, value)) {
        if (score > max) {
            real factor = max == -INFINITY ? 0 : expf(max - score);
            for (int c = 0; c < d; c++)
                out[c] *= factor;
            sum *= factor;
            max = score;
        }
        real weight = max == -INFINITY ? 0 : expf(score - max);
        sum += weight;
        for (int c = 0; c < d; c++)
            out[c] += weight * value[c];
    }
    if (sum > 0)
        for (int c = 0; c < d; c++)
            out[c] /= sum;
}

/* ---- 10: how the smooth maximum bends ------------------------------------ */

static void curvature_check(int n, const real *z, const real *u,
                            const char *advice)
{
    real p[MOST];
    double mean = 0, squares = 0, right = 0, plain = 0, plain_mean = 0;
    softmax(n, z, p);
    for (int i = 0; i < n; i++) {
        mean += (double)p[i] * (double)u[i];
        squares += (double)p[i] * (double)u[i] * (double)u[i];
        plain_mean += (double)u[i] / n;
    }
    for (int i = 0; i < n; i++) {
        right += (double)p[i] * pow((double)u[i] - mean, 2);
        plain += pow((double)u[i] - plain_mean, 2) / n;
    }
    given(n);
    given_array(n, z);
    given_array(n, u);
    double got = CALL(curvature, (n, z, u));
    suspect(mean, "That is the first derivative. Look at how it changes with t"
            " in its turn: the weights depend on t.");
    suspect(squares, "That is one of two terms: the mean of the squares. Look"
            " at the second term of the Jacobian, -p p^T.");
    suspect(plain, "That gives every score the same weight. Look at where p"
            " enters.");
    if (fabs((double)u[0]) < 100)       /* else it may be rounding */
        suspect(-right, "All is right but the sign. Look at which of the two"
                " terms of the Jacobian has the minus.");
    if (!isfinite(got))
        advice = "Something overflowed. Look at where you take e to the power"
                 " of a score: softmax() is safe, softmax_naive() is not.";
    else if (close_to(got, right, 0.1) && u[0] < 100)
        advice = "Nearly. If that is a difference quotient: it is too coarse in"
                 " floats. Look for a formula, with a pencil.";
    expect(got, right, 1e-4, advice);
}

CHECK(curvature)
{
    const char *formula = "Look at how lse changes with t first, and then at"
                          " how that change changes with t.";
    const real equal[] = { 0, 0 }, apart[] = { 1, -1 }, same[] = { 2, 2 };
    const real z[] = { 1, 0.5f, -1, 2 }, u[] = { 2, -1, 0.5f, 1 };
    const real large[] = { 900, 901, 0, 0 }, low[] = { -900, -901 };
    const real three[] = { 1, 2, 3 }, close[] = { 10000, 10001, 10003 };
    const char *cancels = "The numbers in u are large here, and nearly equal."
                          " Look for a difference of two large numbers: what is"
                          " left of it is rounding.";
    real many[MOST], moves[MOST];
    mixed_scores(MOST, many);
    for (int i = 0; i < MOST; i++)
        moves[i] = (real)((i * 5 + 3) % 11 - 5) / 2;
    curvature_check(2, equal, apart, formula);
    curvature_check(2, equal, same, formula);
    curvature_check(4, z, u, formula);
    curvature_check(4, large, u, formula);
    curvature_check(2, low, apart, formula);
    curvature_check(2, equal, close, cancels);
    curvature_check(3, three, close, cancels);
    curvature_check(MOST, many, moves, "n is 100 here. Look at how many numbers"
                    " your loops and arrays are made for.");
}

static double WRONG(curvature, first_derivative)(int n, const real *z,
                                                 const real *u)
{
    real p[MOST];
    double mean = 0;
    softmax(n, z, p);
    for (int i = 0; i < n; i++)
        mean += (double)p[i] * (double)u[i];
    return mean;
}

static double WRONG(curvature, mean_of_squares)(int n, const real *z,
                                                const real *u)
{
    real p[MOST];
    double squares = 0;
    softmax(n, z, p);
    for (int i = 0; i < n; i++)
        squares += (double)p[i] * (double)u[i] * (double)u[i];
    return squares;
}

static double WRONG(curvature, unweighted)(int n, const real *z, const real *u)
{
    double mean = 0, squares = 0;
    (void)z;
    for (int i = 0; i < n; i++) {
        mean += (double)u[i] / n;
        squares += (double)u[i] * (double)u[i] / n;
    }
    return squares - mean * mean;
}

/* Right on paper. */
static double WRONG(curvature, cancels_in_floats)(int n, const real *z,
                                                  const real *u)
{
    real p[MOST], mean = 0, squares = 0;
    softmax(n, z, p);
    for (int i = 0; i < n; i++) {
        mean += p[i] * u[i];
        squares += p[i] * u[i] * u[i];
    }
    return (double)(squares - mean * mean);
}

/* The weights are floats, and add up to 1 only nearly. */
static double WRONG(curvature, cancels_in_doubles)(int n, const real *z,
                                                   const real *u)
{
    real p[MOST];
    double mean = 0, squares = 0;
    softmax(n, z, p);
    for (int i = 0; i < n; i++) {
        mean += (double)p[i] * (double)u[i];
        squares += (double)p[i] * (double)u[i] * (double)u[i];
    }
    return squares - mean * mean;
}

static double WRONG(curvature, overflow)(int n, const real *z, const real *u)
{
    real p[MOST];
    double mean = 0, variance = 0;
    softmax_naive(n, z, p);
    for (int i = 0; i < n; i++)
        mean += (double)p[i] * (double)u[i];
    for (int i = 0; i < n; i++)
        variance += (double)p[i] * pow((double)u[i] - mean, 2);
    return variance;
}

static double WRONG(curvature, difference_quotient)(int n, const real *z,
                                                    const real *u)
{
    const real h = 0.01f;
    real up[MOST], down[MOST];
    for (int i = 0; i < n; i++) {
        up[i] = z[i] + h * u[i];
        down[i] = z[i] - h * u[i];
    }
    return (double)((log_sum_exp(n, up) + log_sum_exp(n, down)
                     - 2 * log_sum_exp(n, z)) / (h * h));
}

/* Where the array is too short. */
static double WRONG(curvature, room_for_four)(int n, const real *z,
                                              const real *u)
{
    real p[4];
    double mean = 0, variance = 0;
    int m = n < 4 ? n : 4;
    softmax(m, z, p);
    for (int i = 0; i < m; i++)
        mean += (double)p[i] * (double)u[i];
    for (int i = 0; i < m; i++)
        variance += (double)p[i] * pow((double)u[i] - mean, 2);
    return variance;
}

static double RIGHT(curvature, pairs_of_differences)(int n, const real *z,
                                                     const real *u)
{
    real p[MOST];
    double sum = 0;
    softmax(n, z, p);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            sum += (double)p[i] * (double)p[j]
                 * pow((double)u[i] - (double)u[j], 2);
    return sum / 2;
}

/* A variance does not change if the same number is taken from all. */
static double RIGHT(curvature, moved_first)(int n, const real *z, const real *u)
{
    real p[MOST];
    double mean = 0, squares = 0;
    softmax(n, z, p);
    for (int i = 0; i < n; i++) {
        double moved = (double)u[i] - (double)u[0];
        mean += (double)p[i] * moved;
        squares += (double)p[i] * moved * moved;
    }
    return squares - mean * mean;
}

static double RIGHT(curvature, by_the_jacobian)(int n, const real *z,
                                                const real *u)
{
    Tensor *p = t_softmax(t_from(z, n));
    Tensor *moved = t_sub(t_from(u, n, 1), t_vector((double)u[0]));
    Tensor *bend = t_matmul(softmax_jacobian(p), moved);
    return t_item(t_sum(t_mul(bend, moved), T_ALL));
}

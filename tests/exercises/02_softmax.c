/* 02_softmax.c -- the checks of chapter 2's exercises, and wrong answers that
 * they must reject. README.md says how to write both. */

enum { MOST = 16 };

/* ---- 1: what a difference makes ------------------------------------------ */

CHECK(times_the_weight)
{
    const double tried[] = { 0, 2.5, -1, 7 };
    for (int i = 0; i < 4; i++) {
        double more = tried[i];
        given(more);
        double got = CALL(times_the_weight, (more));
        suspect(more, "That is the difference of the scores. Look at what"
                " softmax does to each score first.");
        suspect(1 + more, "That adds the difference on. Look at what softmax"
                " makes of differences: ratios.");
        suspect(pow(2, more), "Almost: each point doubles the weight there."
                " Look at the base of the power; it is e, not 2.");
        suspect(exp(-more), "That is the ratio the wrong way round.");
        expect(got, exp(more), 1e-5, "Look at the quotient of two weights, p_i"
               " by p_j, both written out. What cancels?");
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

/* ---- 2: as cold, as hot as can be ---------------------------------------- */

CHECK(cold_and_hot)
{
    real *cold = room_for(5), *hot = room_for(5);
    CALL(cold_and_hot, (cold, hot));
    suspect(t_vector(0, 0, 0, 1, 0), "The two fours have equal scores. Look at"
            " the ratio of their weights: can it be anything but 1?");
    suspect(t_vector(0, 0, 0, 0, 1), "The two fours have equal scores. Look at"
            " the ratio of their weights: can it be anything but 1?");
    suspect(t_vector(0, 0, 0, 1, 1), "Look at the sum of these weights.");
    suspect(t_vector(0.2, 0.2, 0.2, 0.2, 0.2), "These are the weights when it"
            " is hot. Look at z / T when T is very small.");
    expect_answer(row(5, cold), t_vector(0, 0, 0, 0.5, 0.5), 1e-4,
                  "These are the weights when it is cold. Look at the largest"
                  " score, and at the ratio of its weight to that of another.");
    suspect(t_vector(0, 0, 0, 0.5, 0.5), "These are the weights when it is"
            " cold. Look at z / T when T is very large.");
    suspect(t_vector(0.25, 0.25, 0.25, 0.25, 0.25), "There are five keys, also"
            " if two have the same score. Look at the sum of these weights.");
    expect_answer(row(5, hot), t_vector(0.2, 0.2, 0.2, 0.2, 0.2), 1e-4,
                  "These are the weights when it is hot. Look at z / T when T"
                  " is very large: what is left of the differences?");
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

/* ---- 3: softmax with a temperature --------------------------------------- */

static void temperature_check(int n, const real *z, double temperature,
                              const char *advice)
{
    real by[MOST], times[MOST], without[MOST], want[MOST], *p = room_for(n);
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
    expect(row(n, p), row(n, want), 1e-5, advice);
}

CHECK(softmax_at)
{
    const real pair[] = { 0, 1 }, three[] = { 1, 2, 3 };
    const real thousands[] = { 3000, -1000, 2999, 2990 };
    const char *formula = "Look at the formula: softmax, with z / temperature"
                          " where z was.";
    const char *size = "Look at the largest exponent that e is taken to the"
                       " power of, and subtract the largest score.";
    temperature_check(2, pair, 0.5, formula);
    temperature_check(3, three, 2, formula);
    temperature_check(3, three, 0.001, size);
    temperature_check(4, thousands, 3, size);
    temperature_check(1, three, 1, "Look at the case of a single score.");
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

/* ---- 4: find the bug: weights that go missing ---------------------------- */

static void softmax_check(int n, const real *z, const char *advice)
{
    real want[MOST], *p = room_for(n);
    softmax(n, z, want);
    given(n);
    given_array(n, z);
    CALL(mended_softmax, (n, z, p));
    expect(row(n, p), row(n, want), 1e-5, advice);
}

CHECK(mended_softmax)
{
    const real small[] = { 1, 2, 3 }, sum_overflows[] = { 86, 87, 88.5f };
    const real large[] = { 1000, 1001, 1002 }, low[] = { -200, -201, -199 };
    const real behind[] = { 0, 200, 199 }, apart[] = { 300, 0, -300, 300 };
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
}

static void WRONG(mended_softmax, as_it_was)(int n, const real *z, real *p)
{
    softmax_naive(n, z, p);
}

static void WRONG(mended_softmax, first_subtracted)(int n, const real *z,
                                                    real *p)
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += p[i] = expf(z[i] - z[0]);
    for (int i = 0; i < n; i++)
        p[i] /= sum;
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

static void WRONG(mended_softmax, mean_subtracted)(int n, const real *z,
                                                   real *p)
{
    real sum = 0, mean = 0;
    for (int i = 0; i < n; i++)
        mean += z[i] / (real)n;
    for (int i = 0; i < n; i++)
        sum += p[i] = expf(z[i] - mean);
    for (int i = 0; i < n; i++)
        p[i] /= sum;
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

static void extreme_check(int n, const real *z, double s)
{
    given(n);
    given_array(n, z);
    given(s);
    double got = (double)CALL(smooth_extreme, (n, z, s));
    double right = log_sum(n, z, s) / s;
    if (s != 1)
        suspect(log_sum(n, z, s), "That is the logarithm of the sum, but not"
                " yet divided by s. Look at the front of the formula.");
    suspect(log_sum(n, z, 1), "That is the log-sum-exp of z, without s. Look"
            " at the exponents.");
    suspect(right - log(n) / s, "That is the logarithm of the mean of the"
            " exponentials. Look at the formula: it has their sum.");
    suspect(-right, "The sign is the wrong one.");
    expect(got, right, 1e-4, "Look at the largest exponent, the largest s"
           " z[i], which must be taken out of the sum as in the chapter. For a"
           " negative s it belongs to the smallest z.");
}

CHECK(smooth_extreme)
{
    const real three[] = { 1, 2, 3 }, mixed[] = { -4, 0.5f, 2, 2, -3.5f };
    extreme_check(3, three, 10);
    extreme_check(3, three, 1);
    extreme_check(3, three, -1);
    extreme_check(5, mixed, 0.5);
    extreme_check(5, mixed, 1000);
    extreme_check(5, mixed, -1000);
    extreme_check(1, three, -2);
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

/* ---- 6: what the loss asks of the scores --------------------------------- */

static void slope_check(int n, const real *z, int target)
{
    real p[MOST], negative[MOST], of_weight[MOST], want[MOST];
    real *d = room_for(n);
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
    expect(row(n, d), row(n, want), 1e-5, "Look at -ln p_t = lse(z) - z_t, and"
           " take the slope of each term by each score.");
}

CHECK(slope_of_loss)
{
    const real pair[] = { 0, 0 }, four[] = { 1, -1, 2, 0.5f };
    const real large[] = { 500, 0, 501 };
    slope_check(2, pair, 0);
    slope_check(4, four, 2);
    slope_check(4, four, 1);
    slope_check(3, large, 1);
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

/* ---- 7: how level is level? ---------------------------------------------- */

CHECK(level_weight)
{
    for (int rows = 1; rows <= 16; rows *= 2) {
        given(rows);
        double got = CALL(level_weight, (rows));
        suspect(1.0 / rows, "That is the fair share. Look at the scores: the"
                " one with itself is larger than the others.");
        suspect(exp(1) / (exp(1) + rows), "Look at how many other rows there"
                " are. With one row alone, the weight has to be 1.");
        suspect(exp(1) / (exp(1) * rows), "Look at the other scores: they come"
                " to 0, not to 1.");
        suspect(exp(1) / (rows - 1), "Look at the sum below the fraction bar:"
                " the row itself is in it, too.");
        suspect(1, "Among several rows the others get something, too: e to the"
                " power of 0 is not 0.");
        expect_answer(got, exp(1) / (exp(1) + rows - 1), 1e-5,
                      "Look at the softmax of the scores 1, 0, ..., 0, with as"
                      " many zeros as there are other rows.");
    }
}

static double WRONG(level_weight, fair_share)(int rows) { return 1.0 / rows; }

static double WRONG(level_weight, one_row_too_many)(int rows)
{
    return exp(1) / (exp(1) + rows);
}

/* ---- 8: two halves ------------------------------------------------------- */

static Running read_all_scores(int n, const real *z)
{
    Running seen = running_start();
    for (int i = 0; i < n; i++)
        seen = running_add(seen, z[i]);
    return seen;
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
    expect(got.max, want.max, 1e-5, "That is the maximum. Look at which of the"
           " two is the larger.");
    suspect(a.sum + b.sum, "That is the sum, and the two were just added. Look"
            " at the maxima they were taken with: they differ.");
    expect(got.sum, want.sum, 1e-4, advice);
}

CHECK(merge)
{
    const char *scale = "That is the sum. Look at the factor for each half:"
                        " e^{its old maximum - the common maximum}.";
    const char *nothing = "Here both halves saw nothing but \"never\". Look at"
                          " the exponent: -inf minus -inf is nan, and e to that"
                          " power, too.";
    const real z[] = { 1, 3, 2, 5, 4 }, large[] = { 3000, 2999, 1000, 3001 };
    const real never[] = { -INFINITY, -INFINITY };
    merge_check(3, 2, z, scale);
    merge_check(1, 4, z, scale);
    merge_check(4, 1, z, scale);
    merge_check(2, 2, large, scale);
    merge_check(5, 0, z, "That is the sum. The second half saw nothing, so it"
                         " must not count.");
    merge_check(0, 5, z, "That is the sum. The first half saw nothing, so it"
                         " must not count.");
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

/* ---- 9: a mixture in one pass -------------------------------------------- */

static struct {
    int n, d, at;
    const real *scores;
    real values[MOST * 4];
    bool asked_after_the_end;
} stream;

static bool next_pair(real *score, real *value)
{
    if (stream.at >= stream.n) {
        stream.asked_after_the_end |= stream.at++ > stream.n;
        return false;
    }
    *score = stream.scores[stream.at];
    for (int c = 0; c < stream.d; c++)
        value[c] = stream.values[stream.at * stream.d + c];
    stream.at++;
    return true;
}

static void stream_check(int n, const real *scores, const char *advice)
{
    enum { D = 4 };
    Rng rng = rng_new(9);
    real p[MOST], want[D] = { 0 }, *out = room_for(D);
    stream.n = n;
    stream.d = D;
    stream.at = 0;
    stream.scores = scores;
    for (int i = 0; i < n * D; i++)
        stream.values[i] = (real)rng_below(&rng, 10);
    if (n)
        softmax(n, scores, p);
    for (int i = 0; i < n * D; i++)
        want[i % D] += p[i / D] * stream.values[i];
    given_array(n, scores);
    if (n) {
        Tensor *values = t_from(stream.values, n, D);
        given(values);
    }
    int d = D;
    given(d);
    bool (*next)(real *, real *) = next_pair;
    CALL(mix_in_one_pass, (d, next, out));
    Tensor *got = row(D, out);
    if (n) {
        real total = read_all_scores(n, scores).sum;
        suspect(t_scale(row(D, want), (double)total), "That is the mixture"
                " before it is divided by the sum of the exponentials.");
    }
    expect(got, row(D, want), 1e-4, advice);
    expect_that(stream.at > n, "It left some of the keys unread.",
                "Look at the loop: next() is called until it returns false.");
}

CHECK(mix_in_one_pass)
{
    const char *rescale =
        "Look at what happens when a score comes that is larger than all before"
        " it: the mixture so far was taken with the old maximum.";
    const char *size = "These scores are large. Look at the exponents: none"
                       " may be above 0.";
    const real falling[] = { 3, 2, 1 }, mixed[] = { 1, 3, 2, 5, 4 };
    const real large[] = { -2000, 1000, 1001, 999 };
    const real late[] = { -INFINITY, -INFINITY, 1, -INFINITY, 2 };
    stream_check(3, falling, "Look at the weight of each value, which is"
                 " e^{score - max}, and at the sum that you divide by.");
    stream_check(5, mixed, rescale);
    stream_check(4, large, size);
    stream_check(5, late, "Look at a score of -inf that comes before any other:"
                 " -inf minus -inf is nan.");
    stream_check(2, late, "All keys score -inf here. Look at the sum before you"
                 " divide by it.");
    stream_check(0, late, "No key came here. Look at the sum before you divide"
                 " by it, and at what is stored in out.");
}

/* The mixture, with two mistakes to choose from. */
static void mix_badly(int d, bool (*next)(real *, real *), real *out,
                      bool rescale, bool guard)
{
    real value[MOST], score, max = -INFINITY, sum = 0;
    for (int c = 0; c < d; c++)
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
    mix_badly(d, next, out, false, true);
}

static void WRONG(mix_in_one_pass, never_not_thought_of)
    (int d, bool (*next)(real *, real *), real *out)
{
    mix_badly(d, next, out, true, false);
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

/* ---- 10: how the smooth maximum bends ------------------------------------ */

static void curvature_check(int n, const real *z, const real *u)
{
    real p[MOST];
    double mean = 0, squares = 0, plain = 0, plain_mean = 0;
    softmax(n, z, p);
    for (int i = 0; i < n; i++) {
        mean += (double)p[i] * (double)u[i];
        squares += (double)p[i] * (double)u[i] * (double)u[i];
        plain += (double)u[i] * (double)u[i] / n;
        plain_mean += (double)u[i] / n;
    }
    given(n);
    given_array(n, z);
    given_array(n, u);
    double got = CALL(curvature, (n, z, u));
    suspect(mean, "That is the first derivative. Look at how it changes with t"
            " in its turn: the weights depend on t.");
    suspect(squares, "That is one of two terms: the mean of the squares. Look"
            " at the second term of the Jacobian, -p p^T.");
    suspect(plain - plain_mean * plain_mean, "That gives every score the same"
            " weight. Look at where p enters.");
    suspect(-(squares - mean * mean), "The sign is the wrong one.");
    expect(got, squares - mean * mean, 1e-4, "Look at u^T J u, where J is the"
           " Jacobian diag(p) - p p^T.");
}

CHECK(curvature)
{
    const real equal[] = { 0, 0 }, apart[] = { 1, -1 }, same[] = { 2, 2 };
    const real z[] = { 1, 0.5f, -1, 2 }, u[] = { 2, -1, 0.5f, 1 };
    const real large[] = { 900, 901, 0, 0 };
    curvature_check(2, equal, apart);
    curvature_check(2, equal, same);
    curvature_check(4, z, u);
    curvature_check(4, large, u);
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

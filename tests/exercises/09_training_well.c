/* 09_training_well.c -- the checks of chapter 9's exercises, and wrong answers
 * that they must reject. README.md says how to write both. */

/* ---- 1: the rate in the paper -------------------------------------------- */

static void highest_rate_check(int d, int warmup)
{
    given(d);
    given(warmup);
    double got = CALL(highest_rate, (d, warmup));
    suspect(1 / sqrt((double)warmup), "The width is missing. Look at the factor"
            " in front of min().");
    suspect(1 / sqrt((double)d), "That is only the factor in front. Look at"
            " what min() is at its highest.");
    suspect(0.0, "Look for a division of whole numbers, which drops what is"
            " behind the point.");
    expect(got, 1 / sqrt((double)d * warmup), 1e-7, "Look at step = warmup,"
           " where the rising and the falling branch meet.");
}

CHECK(highest_rate)
{
    highest_rate_check(512, 4000);
    highest_rate_check(4, 9);
    highest_rate_check(65536, 100000);
}

static double WRONG(highest_rate, no_width)(int d, int warmup)
{
    (void)d;
    return 1 / sqrt(warmup);
}

static double WRONG(highest_rate, whole_numbers)(int d, int warmup)
{
    return 1 / (d * (warmup > 1000 ? 1 : warmup));
}

static double WRONG(highest_rate, first_step)(int d, int warmup)
{
    return pow(d, -0.5) * pow(warmup, -1.5);
}

static double WRONG(highest_rate, no_warmup)(int d, int warmup)
{
    (void)warmup;
    return 1 / sqrt(d);
}

static double WRONG(highest_rate, no_roots)(int d, int warmup)
{
    return 1 / ((double)d * warmup);
}

static double WRONG(highest_rate, sum_of_both)(int d, int warmup)
{
    return 1 / sqrt((double)d + warmup);
}

static double RIGHT(highest_rate, powers)(int d, int warmup)
{
    return pow(d, -0.5) * pow(warmup, -0.5);
}

static double RIGHT(highest_rate, two_roots)(int d, int warmup)
{
    return 1 / sqrt(d) / sqrt(warmup);
}

static double RIGHT(highest_rate, by_looking)(int d, int warmup)
{
    double best = 0;
    for (int step = 1; step <= 2 * warmup; step++)
        best = fmax(best, pow(d, -0.5) * fmin(pow(step, -0.5),
                                              step * pow(warmup, -1.5)));
    return best;
}

/* ---- 2: how much of it is padding ----------------------------------------- */

static int longest_of(int count, const int *lengths)
{
    int longest = 0;
    for (int b = 0; b < count; b++)
        longest = lengths[b] > longest ? lengths[b] : longest;
    return longest;
}

static int all_of(int count, const int *lengths)
{
    int sum = 0;
    for (int b = 0; b < count; b++)
        sum += lengths[b];
    return sum;
}

static void padding_share_check(int count, const int *lengths)
{
    Tensor *tokens = t_zeros(count);
    for (int b = 0; b < count; b++)
        t_at(tokens, b) = (real)lengths[b];
    given(count);
    given(tokens);
    double all = all_of(count, lengths), longest = longest_of(count, lengths);
    double got = CALL(padding_share, (count, lengths));
    suspect(all / (count * longest), "That is the share of tokens. Look at what"
            " is left of the table.");
    suspect(count * longest - all, "That is how many places are padding. Look at"
            " how many there are in all.");
    suspect((count * longest - all) / all, "You divide by the tokens. Look at"
            " all places of the table.");
    if (count * longest > all && all != count * lengths[0])
        suspect(1 - all / (count * lengths[0]), "Look at the longest sentence: it"
                " need not be the first.");
    expect(got, 1 - all / (count * longest), 1e-6, "Look at the table: as many"
           " rows as sentences, as many columns as the longest has tokens.");
}

CHECK(padding_share)
{
    padding_share_check(3, (const int[]){ 2, 4, 3 });
    padding_share_check(5, (const int[]){ 7, 1, 3, 2, 5 });
    padding_share_check(4, (const int[]){ 1, 6, 2, 11 });
    padding_share_check(2, (const int[]){ 3, 3 });
}

static double WRONG(padding_share, share_of_tokens)(int count,
                                                    const int *lengths)
{
    return (double)all_of(count, lengths)
         / (count * longest_of(count, lengths));
}

static double WRONG(padding_share, whole_numbers)(int count, const int *lengths)
{
    return 1 - all_of(count, lengths) / (count * longest_of(count, lengths));
}

static double WRONG(padding_share, first_is_longest)(int count,
                                                     const int *lengths)
{
    return 1 - (double)all_of(count, lengths) / (count * lengths[0]);
}

static double WRONG(padding_share, last_is_longest)(int count,
                                                    const int *lengths)
{
    return 1 - (double)all_of(count, lengths) / (count * lengths[count - 1]);
}

static double WRONG(padding_share, over_tokens)(int count, const int *lengths)
{
    double all = all_of(count, lengths);
    return (count * longest_of(count, lengths) - all) / all;
}

static double WRONG(padding_share, a_number)(int count, const int *lengths)
{
    return count * longest_of(count, lengths) - all_of(count, lengths);
}

static double RIGHT(padding_share, counted)(int count, const int *lengths)
{
    int longest = longest_of(count, lengths), padding = 0;
    for (int b = 0; b < count; b++)
        for (int i = 0; i < longest; i++)
            padding += i >= lengths[b];
    return (double)padding / (count * longest);
}

static double RIGHT(padding_share, mean_of_rows)(int count, const int *lengths)
{
    double sum = 0, longest = longest_of(count, lengths);
    for (int b = 0; b < count; b++)
        sum += (longest - lengths[b]) / longest;
    return sum / count;
}

static double RIGHT(padding_share, in_float)(int count, const int *lengths)
{
    float all = (float)all_of(count, lengths);
    return (double)(1 - all / (float)count
                        / (float)longest_of(count, lengths));
}

/* ---- 3: the least there can be -------------------------------------------- */

static void least_loss_check(int V, double e)
{
    double right = 1 - e + e / V, other = e / V;
    given(V);
    given(e);
    double got = CALL(least_loss, (V, e));
    suspect(-right * log(right), "That is the right word's term. Look at the"
            " others: they are many.");
    suspect(-right * log(right) - other * log(other), "Look at how many other"
            " words there are.");
    suspect(-log(right), "That is the loss against the word itself. Look at what"
            " the target is.");
    suspect(-right * log(right) - V * other * log(other), "Look at the right"
            " word: it is not one of the others.");
    suspect(right * log(right) + (V - 1) * other * log(other), "Look at the"
            " sign: a loss is not below 0.");
    suspect((-right * log(right) - (V - 1) * other * log(other)) / log(2),
            "That is in bits. Look at the logarithm: nats are natural.");
    expect(got, -right * log(right) - (V - 1) * other * log(other), 1e-6,
           "Look at the sum: one term for each word, -q ln q.");
}

CHECK(least_loss)
{
    least_loss_check(2, 0.5);
    least_loss_check(1198, 0.1);
    least_loss_check(7, 0.9);
}

static double WRONG(least_loss, right_word_alone)(int V, double e)
{
    double q = 1 - e + e / V;
    return -q * log(q);
}

static double WRONG(least_loss, one_other)(int V, double e)
{
    double q = 1 - e + e / V;
    return -q * log(q) - e / V * log(e / V);
}

static double WRONG(least_loss, against_the_word)(int V, double e)
{
    return -log(1 - e + e / V);
}

static double WRONG(least_loss, all_are_others)(int V, double e)
{
    double q = 1 - e + e / V;
    return -q * log(q) - e * log(e / V);
}

static double WRONG(least_loss, sign)(int V, double e)
{
    double q = 1 - e + e / V;
    return q * log(q) + (V - 1) * e / V * log(e / V);
}

static double WRONG(least_loss, bits)(int V, double e)
{
    double q = 1 - e + e / V;
    return -q * log2(q) - (V - 1) * e / V * log2(e / V);
}

static double RIGHT(least_loss, by_a_loop)(int V, double e)
{
    double sum = 0;
    for (int j = 0; j < V; j++) {
        double q = e / V + (j == 0 ? 1 - e : 0);
        sum -= q * log(q);
    }
    return sum;
}

static double RIGHT(least_loss, of_the_library)(int V, double e)
{
    Tensor *logits = t_zeros(1, V);
    for (int j = 0; j < V; j++)
        t_at(logits, 0, j) = (real)log(e / V + (j == 0 ? 1 - e : 0));
    return t_item(t_cross_entropy(logits, (const int[]){ 0 },
                                  (CrossEntropy){ .smoothing = e }));
}

static double RIGHT(least_loss, factored)(int V, double e)
{
    double other = e / V, right = 1 - (V - 1) * other;
    return -(right * log(right) + (1 - right) * log(other));
}

/* ---- 4: find the bug: clipped to pieces ----------------------------------- */

enum { LISTS = 3 };

static void clip_together_check(double limit, double factor)
{
    static const int size[LISTS] = { 2, 1, 3 };
    static const double number[6] = { 3, -1, 4, 0.5, -2, 1.5 };
    double squares = 0;
    real *gradient[LISTS];
    Tensor *before = t_zeros(6), *after = t_zeros(6);
    Tensor *each = t_zeros(6), *want = t_zeros(6);
    for (int i = 0; i < 6; i++)
        squares += number[i] * number[i] * factor * factor;
    for (int i = 0, at = 0; i < LISTS; i++) {
        double own = 0;
        gradient[i] = room_for(size[i]);
        for (int k = 0; k < size[i]; k++)
            own += pow(number[at + k] * factor, 2);
        for (int k = 0; k < size[i]; k++, at++) {
            double x = number[at] * factor;
            gradient[i][k] = (real)x;
            t_at(before, at) = (real)x;
            t_at(each, at) = (real)(x * fmin(1, limit / sqrt(own)));
            t_at(want, at) = (real)(x * fmin(1, limit / sqrt(squares)));
        }
    }
    given(limit);
    given_word("gradient", t_shape(before));
    CALL(clip_together, (LISTS, size, gradient, limit));
    for (int i = 0, at = 0; i < LISTS; i++)
        for (int k = 0; k < size[i]; k++, at++)
            t_at(after, at) = gradient[i][k];
    if (sqrt(squares) > limit) {
        suspect(each, "Each list is still measured by itself. Look at the norm:"
                " it is that of all together.");
        suspect(before, "Nothing was shortened. Look at when the norm is more"
                " than the limit.");
        suspect(t_scale(before, limit / squares), "Look at the norm: it is the"
                " root of the sum of squares.");
    } else
        suspect(t_scale(before, limit / sqrt(squares)), "Look at short"
                " gradients: they stay as they are.");
    expect(after, want, 1e-5, "These are all numbers, list after list. Look at"
           " the factor: one for all of them, limit over norm.");
}

CHECK(clip_together)
{
    clip_together_check(1, 1);
    clip_together_check(2.5, 2);
    clip_together_check(5, 0.25);
}

static void clip_as(int n, const int *size, real **gradient, double limit,
                    double norm)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < size[i]; k++)
            gradient[i][k] *= (real)(limit / norm);
}

static double squares_of(int n, const int *size, real **gradient)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < size[i]; k++)
            sum += (double)gradient[i][k] * (double)gradient[i][k];
    return sum;
}

static void WRONG(clip_together, each_by_itself)
    (int n, const int *size, real **gradient, double limit)
{
    for (int i = 0; i < n; i++) {
        double norm = sqrt(squares_of(1, size + i, gradient + i));
        if (norm > limit)
            clip_as(1, size + i, gradient + i, limit, norm);
    }
}

static void WRONG(clip_together, short_ones_too)
    (int n, const int *size, real **gradient, double limit)
{
    clip_as(n, size, gradient, limit, sqrt(squares_of(n, size, gradient)));
}

static void WRONG(clip_together, no_root)
    (int n, const int *size, real **gradient, double limit)
{
    double squares = squares_of(n, size, gradient);
    if (squares > limit)
        clip_as(n, size, gradient, limit, squares);
}

static void WRONG(clip_together, nothing)
    (int n, const int *size, real **gradient, double limit)
{
    (void)n, (void)size, (void)gradient, (void)limit;
}

static void WRONG(clip_together, first_list_only)
    (int n, const int *size, real **gradient, double limit)
{
    double norm = sqrt(squares_of(n, size, gradient));
    if (norm > limit)
        clip_as(1, size, gradient, limit, norm);
}

static void WRONG(clip_together, number_by_number)
    (int n, const int *size, real **gradient, double limit)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < size[i]; k++)
            gradient[i][k] = (real)fmax(-limit, fmin(limit,
                                                     (double)gradient[i][k]));
}

static void RIGHT(clip_together, with_a_factor)
    (int n, const int *size, real **gradient, double limit)
{
    double norm = sqrt(squares_of(n, size, gradient));
    clip_as(n, size, gradient, fmin(limit, norm), norm);
}

static void RIGHT(clip_together, norms_of_norms)
    (int n, const int *size, real **gradient, double limit)
{
    double norm = 0;
    for (int i = 0; i < n; i++)
        norm = hypot(norm, sqrt(squares_of(1, size + i, gradient + i)));
    if (norm > limit)
        clip_as(n, size, gradient, limit, norm);
}

static void RIGHT(clip_together, squares_compared)
    (int n, const int *size, real **gradient, double limit)
{
    double squares = squares_of(n, size, gradient);
    if (squares > limit * limit)
        clip_as(n, size, gradient, limit, sqrt(squares));
}

/* ---- 5: the whole from its parts ------------------------------------------- */

static double tokens_of_all(int n, const int *tokens)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += tokens[k];
    return sum;
}

static double sum_of_losses(int n, const int *tokens, const double *loss)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += tokens[k] * loss[k];
    return sum;
}

static double mean_of_means(int n, const double *loss)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += loss[k];
    return sum / n;
}

static void loss_of_parts_check(int n, const int *tokens, const double *loss)
{
    Tensor *tokens_of_each = t_zeros(n), *mean_losses = t_zeros(n);
    for (int k = 0; k < n; k++) {
        t_at(tokens_of_each, k) = (real)tokens[k];
        t_at(mean_losses, k) = (real)loss[k];
    }
    given(tokens_of_each);
    given(mean_losses);
    double right = sum_of_losses(n, tokens, loss) / tokens_of_all(n, tokens);
    double got = CALL(loss_of_parts, (n, tokens, loss));
    if (fabs(mean_of_means(n, loss) - right) > 1e-6)
        suspect(mean_of_means(n, loss), "That is the mean of the means. Look at"
                " how many tokens each part has.");
    suspect(sum_of_losses(n, tokens, loss), "That is the sum over all tokens."
            " Look at how many there are.");
    suspect(mean_of_means(n, loss) * n, "That is the sum of the means. Look at"
            " the weight of each part.");
    if (n > 1)
        suspect(sum_of_losses(n, tokens, loss) / n, "You divide by the number of"
                " parts. Look at what the loss is a mean over.");
    expect(got, right, 1e-9, "Look at the weight of a part: its tokens, divided"
           " by those of all.");
}

CHECK(loss_of_parts)
{
    loss_of_parts_check(2, (const int[]){ 10, 90 }, (const double[]){ 3, 1 });
    loss_of_parts_check(3, (const int[]){ 1, 5, 2 }, (const double[]){ 4, 2, 7 });
    loss_of_parts_check(1, (const int[]){ 6 }, (const double[]){ 2.5 });
    loss_of_parts_check(4, (const int[]){ 3, 3, 3, 3 },
                        (const double[]){ 1, 2, 4, 8 });
}

static double WRONG(loss_of_parts, mean)(int n, const int *tokens,
                                         const double *loss)
{
    (void)tokens;
    return mean_of_means(n, loss);
}

static double WRONG(loss_of_parts, sum)(int n, const int *tokens,
                                        const double *loss)
{
    return sum_of_losses(n, tokens, loss);
}

static double WRONG(loss_of_parts, sum_of_means)(int n, const int *tokens,
                                                 const double *loss)
{
    (void)tokens;
    return mean_of_means(n, loss) * n;
}

static double WRONG(loss_of_parts, by_parts)(int n, const int *tokens,
                                             const double *loss)
{
    return sum_of_losses(n, tokens, loss) / n;
}

static double WRONG(loss_of_parts, whole_numbers)(int n, const int *tokens,
                                                  const double *loss)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += tokens[k] / (int)tokens_of_all(n, tokens) * loss[k];
    return sum;
}

static double WRONG(loss_of_parts, weights_turned_round)(int n, const int *tokens,
                                                         const double *loss)
{
    double sum = 0, weights = 0;
    for (int k = 0; k < n; k++) {
        sum += loss[k] / tokens[k];
        weights += 1.0 / tokens[k];
    }
    return sum / weights;
}

static double RIGHT(loss_of_parts, weighed)(int n, const int *tokens,
                                            const double *loss)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += tokens[k] / tokens_of_all(n, tokens) * loss[k];
    return sum;
}

static double RIGHT(loss_of_parts, running_mean)(int n, const int *tokens,
                                                 const double *loss)
{
    double mean = 0, seen = 0;
    for (int k = 0; k < n; k++) {
        seen += tokens[k];
        mean += (loss[k] - mean) * tokens[k] / seen;
    }
    return mean;
}

static double RIGHT(loss_of_parts, token_by_token)(int n, const int *tokens,
                                                   const double *loss)
{
    double sum = 0;
    int all = 0;
    for (int k = 0; k < n; k++)
        for (int i = 0; i < tokens[k]; i++, all++)
            sum += loss[k];
    return sum / all;
}

/* ---- 6: how much is enough to do ------------------------------------------- */

static void enough_places_check(double place, double sum, double e)
{
    given(place);
    given(sum);
    given(e);
    double got = CALL(enough_places, (place, sum, e));
    suspect((1 - e) / e * sum / place, "Then they compute for 1 - e of the time."
            " Look at which share is meant.");
    suspect(e * sum / place, "Look at the whole time: it is the sum and what they"
            " compute.");
    suspect(sum / (1 - e) / place, "That many places last as long as the whole"
            " step. Look at the share of it that is computed.");
    suspect(e / (1 - e) * sum, "Those are seconds. Look at how many places they"
            " are.");
    expect(got, e / (1 - e) * sum / place, 1e-7, "Look at n place / (n place +"
           " sum), which is to be e.");
}

CHECK(enough_places)
{
    enough_places_check(0.001, 0.1, 0.5);
    enough_places_check(0.002, 0.03, 0.9);
    enough_places_check(0.5, 8, 0.75);
}

static double WRONG(enough_places, other_share)(double place, double sum, double e)
{
    return (1 - e) / e * sum / place;
}

static double WRONG(enough_places, share_of_the_sum)(double place, double sum,
                                                     double e)
{
    return e * sum / place;
}

static double WRONG(enough_places, whole_step)(double place, double sum, double e)
{
    return sum / (1 - e) / place;
}

static double WRONG(enough_places, seconds)(double place, double sum, double e)
{
    (void)place;
    return e / (1 - e) * sum;
}

static double WRONG(enough_places, turned_round)(double place, double sum, double e)
{
    return place / sum * e / (1 - e);
}

static double WRONG(enough_places, as_long_as_the_sum)(double place, double sum,
                                                       double e)
{
    (void)e;
    return sum / place;
}

static double RIGHT(enough_places, by_time)(double place, double sum, double e)
{
    double step = sum / (1 - e);
    return (step - sum) / place;
}

static double RIGHT(enough_places, by_odds)(double place, double sum, double e)
{
    double odds = 1 / (1 / e - 1);
    return odds * (sum / place);
}

static double RIGHT(enough_places, by_halving)(double place, double sum, double e)
{
    double low = 0, high = 1;
    while (high * place / (high * place + sum) < e)
        high *= 2;
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (middle * place / (middle * place + sum) < e)
            low = middle;
        else
            high = middle;
    }
    return high;
}

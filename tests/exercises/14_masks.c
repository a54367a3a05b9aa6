/* 14_masks.c -- the checks of chapter 14's exercises, and answers, wrong and
 * right, that try them. README.md says how to write both. */

/* ---- 1: how much is hidden? ---------------------------------------------- */

static int triangle(int n) { return n * (n - 1) / 2; }

static void hidden_cells_check(int n, int prefix)
{
    given(n);
    given(prefix);
    int got = CALL(hidden_cells, (n, prefix));
    suspect(triangle(n), "That is the causal mask. Look at the columns that are"
            " given: they are open to everybody.");
    suspect(triangle(n) - prefix * prefix, "Look at what a prefix opens: below"
            " and on the diagonal nothing was hidden.");
    suspect(n * n - triangle(n) + triangle(prefix), "Those are the cells that are"
            " open. Look at what a 1 means.");
    suspect(triangle(n - prefix), "Look at the rows of what is given, too: they may"
            " not look at what is written.");
    suspect(triangle(n + 1) - triangle(prefix + 1), "Look at the diagonal: a token"
            " may look at itself.");
    expect(got, triangle(n) - triangle(prefix), 0, "Look at a small mask, n = 4"
           " with a prefix of 2, and count.");
}

CHECK(hidden_cells)
{
    hidden_cells_check(3, 0);
    hidden_cells_check(7, 4);
    hidden_cells_check(5, 5);
    hidden_cells_check(9, 2);
    hidden_cells_check(1, 0);
    hidden_cells_check(12, 7);
}

static int WRONG(hidden_cells, causal)(int n, int prefix)
{
    (void)prefix;
    return n * (n - 1) / 2;
}

static int WRONG(hidden_cells, square)(int n, int prefix)
{
    return n * (n - 1) / 2 - prefix * prefix;
}

static int WRONG(hidden_cells, open)(int n, int prefix)
{
    return n * n - triangle(n) + triangle(prefix);
}

static int WRONG(hidden_cells, only_target)(int n, int prefix)
{
    return triangle(n - prefix);
}

static int WRONG(hidden_cells, diagonal)(int n, int prefix)
{
    return n * (n + 1) / 2 - prefix * (prefix + 1) / 2;
}

static int WRONG(hidden_cells, rectangle)(int n, int prefix)
{
    return prefix * (n - prefix);
}

static int RIGHT(hidden_cells, counted)(int n, int prefix)
{
    int count = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            count += j > i && j >= prefix;
    return count;
}

static int RIGHT(hidden_cells, column_by_column)(int n, int prefix)
{
    int count = 0;
    for (int j = prefix; j < n; j++)
        count += j;
    return count;
}

static int RIGHT(hidden_cells, two_parts)(int n, int prefix)
{
    int rest = n - prefix;
    return prefix * rest + rest * (rest - 1) / 2;
}

/* ---- 2: perplexity ------------------------------------------------------- */

static void perplexity_check(Tensor *p)
{
    double sum = 0, log2_sum = 0, plain = 0;
    int n = t_size(p);
    for (int i = 0; i < n; i++) {
        sum -= log((double)t_at(p, i));
        log2_sum -= log2((double)t_at(p, i));
        plain += (double)t_at(p, i);
    }
    given(p);
    double got = CALL(perplexity_of, (p));
    suspect(sum / n, "That is the mean loss. Look at what perplexity makes of it.");
    suspect(exp(sum), "Look at the mean: that is e to the sum of the losses.");
    suspect(exp(-sum / n), "Look at the sign: a loss is minus the logarithm.");
    suspect(n / plain, "Look at what is averaged: the logarithms of the"
            " probabilities, not the probabilities.");
    suspect(exp(log2_sum / n), "Look at the logarithm: it must be the one that"
            " e is the base of.");
    expect(got, exp(sum / n), 1e-5, "Look at the loss of one token, at its mean,"
           " and at e to that.");
}

CHECK(perplexity_of)
{
    perplexity_check(t_vector(0.5, 0.5, 0.5));
    perplexity_check(t_vector(1, 0.25));
    perplexity_check(t_vector(0.125, 0.9, 0.3, 0.7));
    perplexity_check(t_vector(0.05));
    perplexity_check(t_vector(0.2, 0.6, 0.4, 0.8, 0.1));
}

static double WRONG(perplexity_of, loss)(Tensor *p)
{
    return -t_item(t_mean(t_log(p), T_ALL));
}

static double WRONG(perplexity_of, sum)(Tensor *p)
{
    return exp(-t_item(t_sum(t_log(p), T_ALL)));
}

static double WRONG(perplexity_of, sign)(Tensor *p)
{
    return exp(t_item(t_mean(t_log(p), T_ALL)));
}

static double WRONG(perplexity_of, mean_of_p)(Tensor *p)
{
    return 1 / t_item(t_mean(p, T_ALL));
}

static double WRONG(perplexity_of, bits)(Tensor *p)
{
    return exp(-t_item(t_mean(t_log(p), T_ALL)) / log(2));
}

static double WRONG(perplexity_of, last)(Tensor *p)
{
    return 1 / (double)t_at(p, t_size(p) - 1);
}

static double RIGHT(perplexity_of, geometric)(Tensor *p)
{
    double product = 1;
    for (int i = 0; i < t_size(p); i++)
        product *= (double)t_at(p, i);
    return pow(product, -1.0 / t_size(p));
}

static double RIGHT(perplexity_of, in_bits)(Tensor *p)
{
    double bits = 0;
    for (int i = 0; i < t_size(p); i++)
        bits -= log2((double)t_at(p, i));
    return exp2(bits / t_size(p));
}

static double RIGHT(perplexity_of, loop)(Tensor *p)
{
    double sum = 0;
    for (int i = 0; i < t_size(p); i++)
        sum += log(1 / (double)t_at(p, i));
    return exp(sum / t_size(p));
}

/* ---- 3: find the bug ----------------------------------------------------- */

/* kinds: 0 right, 1 one too far, 2 causal, 3 the source looks at all, 4 blind to
 * itself, 5 upside down, 6 the prefix is one too long */
static Tensor *mask_with(int kind, int prefix, int n)
{
    Tensor *hidden = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            bool is = j > i && j >= prefix;
            is = kind == 1 ? j > i + 1 && j >= prefix
               : kind == 2 ? j > i
               : kind == 3 ? is && i >= prefix
               : kind == 4 ? j >= i && j >= prefix
               : kind == 5 ? j < i && j >= prefix
               : kind == 6 ? j > i && j > prefix : is;
            t_at(hidden, i, j) = is;
        }
    return hidden;
}

static void mended_mask_check(int prefix, int n)
{
    Tensor *want = mask_with(0, prefix, n);
    given(prefix);
    given(n);
    Tensor *got = CALL(mended_mask, (prefix, n));
    suspect(mask_with(1, prefix, n), "Each still sees the token after it. Look at"
            " what it is asked for.");
    suspect(mask_with(2, prefix, n), "That is the causal mask. Look at what is"
            " given: it may be read from both ends.");
    suspect(mask_with(3, prefix, n), "Look at the rows of what is given: they see the"
            " answers, and hand them on in the next layer.");
    suspect(mask_with(4, prefix, n), "Look at the diagonal: a token may look at"
            " itself.");
    suspect(mask_with(5, prefix, n), "Look at which way i and j go: now all see the"
            " future, and not the past.");
    suspect(mask_with(6, prefix, n), "Look at the first column that is not given:"
            " its number is `prefix`.");
    expect(got, want, 0, "Look at each row: what is asked there, and where does"
           " that stand?");
}

CHECK(mended_mask)
{
    mended_mask_check(2, 5);
    mended_mask_check(4, 7);
    mended_mask_check(3, 8);
    mended_mask_check(1, 3);
    mended_mask_check(5, 6);
}

static Tensor *WRONG(mended_mask, one_too_far)(int prefix, int n)
{
    return mask_with(1, prefix, n);
}

static Tensor *WRONG(mended_mask, causal)(int prefix, int n)
{
    return mask_with(2, prefix, n);
}

static Tensor *WRONG(mended_mask, source_sees_all)(int prefix, int n)
{
    return mask_with(3, prefix, n);
}

static Tensor *WRONG(mended_mask, blind_to_itself)(int prefix, int n)
{
    return mask_with(4, prefix, n);
}

static Tensor *WRONG(mended_mask, upside_down)(int prefix, int n)
{
    return mask_with(5, prefix, n);
}

static Tensor *WRONG(mended_mask, prefix_too_long)(int prefix, int n)
{
    return mask_with(6, prefix, n);
}

static Tensor *RIGHT(mended_mask, condition)(int prefix, int n)
{
    Tensor *hidden = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            t_at(hidden, i, j) = !(j <= i || j < prefix);
    return hidden;
}

static Tensor *RIGHT(mended_mask, by_the_chapter)(int prefix, int n)
{
    return mask_of(PREFIX_MASK, prefix, n);
}

static Tensor *RIGHT(mended_mask, opened)(int prefix, int n)
{
    Tensor *hidden = mask_of(CAUSAL_MASK, 0, n);
    for (int i = 0; i < prefix; i++)
        for (int j = 0; j < prefix; j++)
            t_at(hidden, i, j) = 0;
    return hidden;
}

/* ---- 4: a temperature without logits ------------------------------------- */

static void tempered_check(Tensor *p, double T)
{
    int V = t_size(p);
    Tensor *want = t_zeros(V), *power = t_zeros(V);
    double sum = 0;
    for (int i = 0; i < V; i++)
        sum += pow((double)t_at(p, i), 1 / T);
    for (int i = 0; i < V; i++) {
        t_at(power, i) = (real)pow((double)t_at(p, i), 1 / T);
        t_at(want, i) = (real)((double)t_at(power, i) / sum);
    }
    given(p);
    given(T);
    Tensor *got = CALL(tempered, (p, T));
    suspect(t_softmax(t_scale(p, 1 / T)), "Look at what serves as logits: not the"
            " probabilities, but numbers whose softmax they are.");
    suspect(t_softmax(t_scale(t_log(p), T)), "Look at T: logits are divided by it.");
    suspect(power, "Look at their sum: it must be 1.");
    suspect(t_scale(p, 1 / T), "Look at their sum, and at what a temperature does:"
            " it changes ratios.");
    suspect(p, "Look at T: these are the probabilities that were given.");
    suspect(t_softmax(p), "Look at what serves as logits, and at T.");
    expect(got, want, 1e-5, "Look at which logits would have given p, and divide"
           " those by T.");
}

CHECK(tempered)
{
    tempered_check(t_vector(0.8, 0.2), 0.5);
    tempered_check(t_vector(0.5, 0.3, 0.2), 2);
    tempered_check(t_vector(0.4, 0.1, 0.3, 0.2), 0.25);
    tempered_check(t_vector(0.7, 0.1, 0.1, 0.05, 0.05), 1.5);
}

static Tensor *WRONG(tempered, no_log)(Tensor *p, double T)
{
    return t_softmax(t_scale(p, 1 / T));
}

static Tensor *WRONG(tempered, times)(Tensor *p, double T)
{
    return t_softmax(t_scale(t_log(p), T));
}

static Tensor *WRONG(tempered, no_sum)(Tensor *p, double T)
{
    return t_exp(t_scale(t_log(p), 1 / T));
}

static Tensor *WRONG(tempered, scaled)(Tensor *p, double T)
{
    return t_scale(p, 1 / T);
}

static Tensor *WRONG(tempered, unchanged)(Tensor *p, double T)
{
    (void)T;
    return p;
}

static Tensor *WRONG(tempered, softmax_of_p)(Tensor *p, double T)
{
    (void)T;
    return t_softmax(p);
}

static Tensor *RIGHT(tempered, power)(Tensor *p, double T)
{
    Tensor *x = t_exp(t_scale(t_log(p), 1 / T));
    return t_div(x, t_sum(x, T_ALL));
}

static Tensor *RIGHT(tempered, loop)(Tensor *p, double T)
{
    Tensor *out = t_zeros(t_size(p));
    double sum = 0;
    for (int i = 0; i < t_size(p); i++)
        sum += pow((double)t_at(p, i), 1 / T);
    for (int i = 0; i < t_size(p); i++)
        t_at(out, i) = (real)(pow((double)t_at(p, i), 1 / T) / sum);
    return out;
}

static Tensor *RIGHT(tempered, shifted)(Tensor *p, double T)
{
    Tensor *seven = t_vector(7);
    return t_softmax(t_scale(t_add(t_log(p), seven), 1 / T));
}

/* ---- 5: how many words are left? ----------------------------------------- */

static void words_left_check(Tensor *p, double top_p)
{
    int V = t_size(p), want = 0, above = 0, least = 0;
    double sum = 0;
    while (want < V && sum < top_p - 1e-6)
        sum += (double)t_at(p, want++);
    for (int i = 0; i < V; i++) {
        above += (double)t_at(p, i) >= top_p;
        least += (double)t_at(p, i) >= 1 - top_p;
    }
    given(p);
    given(top_p);
    int got = CALL(words_left, (p, top_p));
    suspect(want - 1, "Look at the word with which the sum is reached: it is left,"
            " too.");
    suspect(want + 1, "That is one too many. Look at when the sum is reached.");
    suspect(V, "All? Look at top_p.");
    suspect(above, "Look at the sum: the words must have top_p together, not each.");
    suspect(least, "Look at the sum: it is not asked which words have some"
            " probability, but how many together have top_p.");
    expect(got, want, 0, "Look at the sums: of the first word, of the first two, and"
           " so on.");
}

CHECK(words_left)
{
    words_left_check(t_vector(0.5, 0.25, 0.25), 0.6);
    words_left_check(t_vector(0.5, 0.25, 0.25), 0.75);
    words_left_check(t_vector(0.9, 0.05, 0.03, 0.02), 0.5);
    words_left_check(t_vector(0.3, 0.2, 0.2, 0.2, 0.1), 0.85);
    words_left_check(t_vector(0.4, 0.3, 0.2, 0.1), 1);
    words_left_check(t_vector(0.25, 0.25, 0.25, 0.25), 0.7);
}

static int WRONG(words_left, one_short)(Tensor *p, double top_p)
{
    int n = 0;
    double sum = (double)t_at(p, 0);
    while (sum < top_p - 1e-6 && n + 1 < t_size(p))
        sum += (double)t_at(p, ++n);
    return n;
}

static int WRONG(words_left, one_more)(Tensor *p, double top_p)
{
    int n = 0;
    double sum = 0;
    while (n < t_size(p) && sum < top_p - 1e-6)
        sum += (double)t_at(p, n++);
    return n + 1;
}

static int WRONG(words_left, all)(Tensor *p, double top_p)
{
    (void)top_p;
    return t_size(p);
}

static int WRONG(words_left, each)(Tensor *p, double top_p)
{
    int n = 0;
    for (int i = 0; i < t_size(p); i++)
        n += (double)t_at(p, i) >= top_p;
    return n;
}

static int WRONG(words_left, beyond)(Tensor *p, double top_p)
{
    int n = 0;
    double sum = 0;
    while (n < t_size(p) && sum <= top_p + 1e-6)
        sum += (double)t_at(p, n++);
    return n;
}

static int WRONG(words_left, only_one)(Tensor *p, double top_p)
{
    (void)p;
    (void)top_p;
    return 1;
}

static int RIGHT(words_left, from_behind)(Tensor *p, double top_p)
{
    int n = t_size(p);
    double rest = 0;
    while (n > 1 && rest + (double)t_at(p, n - 1) <= 1 - top_p + 1e-6)
        rest += (double)t_at(p, --n);
    return n;
}

static int RIGHT(words_left, by_slices)(Tensor *p, double top_p)
{
    int n = 1;
    while (n < t_size(p)
           && t_item(t_sum(t_slice(p, 0, 0, n), T_ALL)) < top_p - 1e-6)
        n++;
    return n;
}

static int RIGHT(words_left, recursive)(Tensor *p, double top_p)
{
    double left = top_p;
    for (int i = 0; i < t_size(p); i++) {
        left -= (double)t_at(p, i);
        if (left < 1e-6)
            return i + 1;
    }
    return t_size(p);
}

/* ---- 6: counting, smoothed ----------------------------------------------- */

static void smoothed_check(int pair, int before, double alone, double alpha)
{
    given(pair);
    given(before);
    given(alone);
    given(alpha);
    double got = CALL(smoothed_pair, (pair, before, alone, alpha));
    suspect(before ? (double)pair / before : -1, "Look at alpha: that is counting"
            " without smoothing.");
    suspect((pair + alpha) / (before + alpha), "Look at p(w): not each word gets all"
            " of alpha.");
    suspect((pair + alone) / (before + alpha), "Look above the bar: p(w) is there"
            " alpha times.");
    suspect((pair + alpha * alone) / before, "Look below the bar: alpha is there, too,"
            " or the probabilities sum to more than 1.");
    suspect((pair + alpha * alone) / (before + 1), "Look below the bar: how much was"
            " invented?");
    suspect(alone, "Look at the counts: this is p(w).");
    expect(got, (pair + alpha * alone) / (before + alpha), 1e-6,
           "Look at the formula of the section on counting.");
}

CHECK(smoothed_pair)
{
    smoothed_check(3, 4, 0.5, 2);
    smoothed_check(0, 7, 0.125, 3);
    smoothed_check(5, 9, 0.25, 0.5);
    smoothed_check(1, 2, 0.75, 4);
    smoothed_check(0, 0, 0.1, 2);
}

static double WRONG(smoothed_pair, plain)(int pair, int before, double alone,
                                          double alpha)
{
    (void)alone;
    (void)alpha;
    return before ? (double)pair / before : 0;
}

static double WRONG(smoothed_pair, whole_alpha)(int pair, int before,
                                                double alone, double alpha)
{
    (void)alone;
    return (pair + alpha) / (before + alpha);
}

static double WRONG(smoothed_pair, once)(int pair, int before, double alone,
                                         double alpha)
{
    return (pair + alone) / (before + alpha);
}

static double WRONG(smoothed_pair, above_only)(int pair, int before,
                                               double alone, double alpha)
{
    return before ? (pair + alpha * alone) / before : alone;
}

static double WRONG(smoothed_pair, one_below)(int pair, int before, double alone,
                                              double alpha)
{
    return (pair + alpha * alone) / (before + 1);
}

static double WRONG(smoothed_pair, alone)(int pair, int before, double alone,
                                          double alpha)
{
    (void)pair;
    (void)before;
    (void)alpha;
    return alone;
}

static double RIGHT(smoothed_pair, mixed)(int pair, int before, double alone,
                                          double alpha)
{
    double share = before / (before + alpha);
    double counted = before ? (double)pair / before : 0;
    return share * counted + (1 - share) * alone;
}

static double RIGHT(smoothed_pair, two_parts)(int pair, int before, double alone,
                                              double alpha)
{
    return pair / (before + alpha) + alpha * alone / (before + alpha);
}

static double RIGHT(smoothed_pair, per_alpha)(int pair, int before, double alone,
                                              double alpha)
{
    return (pair / alpha + alone) / (before / alpha + 1);
}

/* 10_translating_well.c -- the checks of chapter 10's exercises, and answers,
 * wrong and right, that try them. README.md says how to write both. */

/* ---- 1: the the the ------------------------------------------------------ */

static int same_tokens(Ids a, Ids b, bool clip)
{
    int right = 0;
    for (int i = 0; i < a.n; i++) {
        int so_far = 0, there = 0;
        for (int k = 0; k <= i; k++)
            so_far += a.id[k] == a.id[i];
        for (int k = 0; k < b.n; k++)
            there += b.id[k] == a.id[i];
        right += clip ? so_far <= there : there > 0;
    }
    return right;
}

static void precision_check(int n, const int *ids, int m, const int *others)
{
    int *of_translation = ints_of(n, ids), *of_reference = ints_of(m, others);
    Ids translation = { n, of_translation }, reference = { m, of_reference };
    given_array(n, of_translation);
    given_array(m, of_reference);
    double length = n > 0 ? n : 1;
    double right = same_tokens(translation, reference, true);
    double free_count = same_tokens(translation, reference, false);
    double got = CALL(precision, (translation, reference));
    suspect(free_count / length, "Tokens that come"
            " again count each time. Look at the clipping: at most as often as"
            " the reference has it.");
    if (right > 0 && right < length)
        suspect(0.0, "Look at the division: of two whole numbers C drops what is"
                " behind the point.");
    if (m > 0)
        suspect(right / m, "You divide by the length of the reference. Look at"
                " what precision is a share of.");
    expect(got, right / length, 1e-9, "Look at"
           " each token of the translation: how often has it come so far, and"
           " how often does the reference have it?");
}

CHECK(precision)
{
    precision_check(4, (int[]){ 7, 7, 7, 8 }, 5, (int[]){ 7, 8, 9, 7, 6 });
    precision_check(3, (int[]){ 5, 5, 5 }, 2, (int[]){ 6, 5 });
    precision_check(2, (int[]){ 4, 9 }, 2, (int[]){ 9, 4 });
    precision_check(4, (int[]){ 7, 8, 7, 7 }, 3, (int[]){ 7, 7, 6 });
    precision_check(6, (int[]){ 301, 12, 301, 12, 945, 301 }, 4,
                    (int[]){ 12, 301, 301, 17 });
    precision_check(0, (int[]){ 0 }, 2, (int[]){ 9, 4 });
    precision_check(2, (int[]){ 9, 4 }, 0, (int[]){ 0 });
}

static double WRONG(precision, not_clipped)(Ids a, Ids b)
{
    return a.n ? (double)same_tokens(a, b, false) / a.n : 0;
}

static double WRONG(precision, recall)(Ids a, Ids b)
{
    return b.n ? (double)same_tokens(a, b, true) / b.n : 0;
}

static double WRONG(precision, by_place)(Ids a, Ids b)
{
    int right = 0;
    for (int i = 0; i < a.n && i < b.n; i++)
        right += a.id[i] == b.id[i];
    return a.n ? (double)right / a.n : 0;
}

/* Repeats count only beside each other. */
static double WRONG(precision, neighbours)(Ids a, Ids b)
{
    int right = 0, seen = 0;
    for (int i = 0; i < a.n; i++) {
        int there = 0;
        for (int k = 0; k < b.n; k++)
            there += b.id[k] == a.id[i];
        seen = i && a.id[i] == a.id[i - 1] ? seen + 1 : 1;
        right += seen <= there;
    }
    return a.n ? (double)right / a.n : 0;
}

static double WRONG(precision, once_at_most)(Ids a, Ids b)
{
    int right = 0;
    for (int i = 0; i < a.n; i++) {
        bool before = false, there = false;
        for (int k = 0; k < i; k++)
            before = before || a.id[k] == a.id[i];
        for (int k = 0; k < b.n; k++)
            there = there || b.id[k] == a.id[i];
        right += there && !before;
    }
    return a.n ? (double)right / a.n : 0;
}

static double WRONG(precision, whole_numbers)(Ids a, Ids b)
{
    return a.n ? same_tokens(a, b, true) / a.n : 0;
}

static double WRONG(precision, small_numbers_only)(Ids a, Ids b)
{
    int left[16] = { 0 }, right = 0;
    for (int k = 0; k < b.n; k++)
        left[b.id[k] % 16]++;
    for (int i = 0; i < a.n; i++)
        right += left[a.id[i] % 16]-- > 0;
    return a.n ? (double)right / a.n : 0;
}

/* What was used is crossed off in the reference itself. */
static double WRONG(precision, reference_changed)(Ids a, Ids b)
{
    int right = 0;
    for (int i = 0; i < a.n; i++)
        for (int k = 0; k < b.n; k++)
            if (b.id[k] == a.id[i]) {
                b.id[k] = -1;
                right++;
                break;
            }
    return a.n ? (double)right / a.n : 0;
}

static double RIGHT(precision, crossed_off)(Ids a, Ids b)
{
    bool used[16] = { false };
    int right = 0;
    for (int i = 0; i < a.n; i++)
        for (int k = 0; k < b.n; k++)
            if (!used[k] && b.id[k] == a.id[i]) {
                used[k] = true;
                right++;
                break;
            }
    return a.n ? (double)right / a.n : 0;
}

static double RIGHT(precision, smaller_of_two_counts)(Ids a, Ids b)
{
    double right = 0;
    for (int i = 0; i < a.n; i++) {
        int mine = 0, there = 0, first = 1;
        for (int k = 0; k < a.n; k++) {
            mine += a.id[k] == a.id[i];
            first = first && !(k < i && a.id[k] == a.id[i]);
        }
        for (int k = 0; k < b.n; k++)
            there += b.id[k] == a.id[i];
        if (first)
            right += fmin(mine, there);
    }
    return a.n ? right / a.n : 0;
}

static double RIGHT(precision, from_behind)(Ids a, Ids b)
{
    int right = 0;
    for (int i = a.n; i-- > 0;) {
        int left = 0;
        for (int k = 0; k < b.n; k++)
            left += b.id[k] == a.id[i];
        for (int k = i + 1; k < a.n; k++)
            left -= a.id[k] == a.id[i];
        right += left > 0;
    }
    return a.n > 0 ? right / (double)a.n : 0;
}

/* ---- 2: short or long? --------------------------------------------------- */

static void better_check(double a, int n, double b, int m, double A)
{
    double score_a = a / pow((5 + n) / 6.0, A);
    double score_b = b / pow((5 + m) / 6.0, A);
    char what[1000];
    given(a);
    given(n);
    given(b);
    given(m);
    given(A);
    char got = CALL(better, (a, n, b, m, A));
    snprintf(what, sizeof what, "Look at both scores with a pencil: they are"
             " %.3f and %.3f here. Dividing by a larger number brings a negative"
             " one nearer to 0, which is better; (5 + n) / 6 must not be a"
             " division of whole numbers, and A is a power.", score_a, score_b);
    expect_letter(got, score_a >= score_b ? 'a' : 'b', "ab", what);
}

CHECK(better)
{
    better_check(-4, 5, -5, 9, 0);
    better_check(-4, 5, -5, 9, 1);
    better_check(-4, 6, -5, 8, 1);
    better_check(-5, 9, -4, 5, 1);
    better_check(-4, 5, -5, 9, 0.6);        /* nearly alike: -2.94, -3.00 */
    better_check(-4, 5, -4.8, 9, 0.6);
    better_check(-4, 5, -5.5, 9, 1);        /* -2.40, -2.36 */
    better_check(-3, 7, -4.1, 13, 0.8);
    better_check(-7, 1, -6.5, 1, 2);
}

static char WRONG(better, no_penalty)(double a, int n, double b, int m,
                                      double A)
{
    (void)n, (void)m, (void)A;
    return a >= b ? 'a' : 'b';
}

static char WRONG(better, multiplies)(double a, int n, double b, int m,
                                      double A)
{
    return a * pow(5 + n, A) >= b * pow(5 + m, A) ? 'a' : 'b';
}

static char WRONG(better, divides_by_the_length)(double a, int n, double b,
                                                 int m, double A)
{
    return a / pow(n, A) >= b / pow(m, A) ? 'a' : 'b';
}

static char WRONG(better, as_a_switch)(double a, int n, double b, int m,
                                       double A)
{
    return A == 0 ? (a >= b ? 'a' : 'b')
                  : a / ((5 + n) / 6.0) >= b / ((5 + m) / 6.0) ? 'a' : 'b';
}

static char WRONG(better, one_longer)(double a, int n, double b, int m,
                                      double A)
{
    return a / pow((6 + n) / 6.0, A) >= b / pow((6 + m) / 6.0, A) ? 'a' : 'b';
}

static char WRONG(better, whole_numbers)(double a, int n, double b, int m,
                                         double A)
{
    return a / pow((5 + n) / 6, A) >= b / pow((5 + m) / 6, A) ? 'a' : 'b';
}

static char RIGHT(better, compared_across)(double a, int n, double b, int m,
                                           double A)
{
    return a * pow(5 + m, A) >= b * pow(5 + n, A) ? 'a' : 'b';
}

static char RIGHT(better, by_logarithms)(double a, int n, double b, int m,
                                         double A)
{
    return log(-a) - A * log(5 + n) <= log(-b) - A * log(5 + m) ? 'a' : 'b';
}

static char RIGHT(better, the_difference)(double a, int n, double b, int m,
                                          double A)
{
    double off = b / pow((5 + m) / 6.0, A) - a / pow((5 + n) / 6.0, A);
    return off > 0 ? 'b' : 'a';
}

/* ---- 3: never the same word twice running -------------------------------- */

/* The best token of a row of logits that may be said after `last`. */
static int best_but(Tensor *logits, int row, int last, int lowest)
{
    int best = END;
    for (int token = lowest; token < t_dim(logits, 2); token++)
        if (token != last
            && t_at(logits, 0, row, token) > t_at(logits, 0, row, best))
            best = token;
    return best;
}

/* With mistakes to choose from: the row of the logits that is looked at (-1: the
 * last), the lowest number that may be said, what is read first, and how far back
 * a token must not have been said. */
typedef struct {
    int row, lowest, start, back;
} Care;

static const Care careful = { -1, FIRST_WORD, START, 1 };

static int careless(const Transformer *t, Sentences source, int room, int *out,
                    Care care)
{
    int *reads = tape_ints(room + 1), n = 1;
    reads[0] = care.start;
    while (n <= room) {
        Sentences so_far = { 1, n, reads, &n };
        Tensor *logits = transformer_logits(t, (Batch){ source, so_far, NULL },
                                            (Pass){ 0 });
        int last = n > care.back ? reads[n - care.back] : -1;
        int best = best_but(logits, care.row < 0 ? n - 1 : care.row, last,
                            care.lowest);
        if (best == END)
            break;
        out[n - 1] = reads[n] = best;
        n++;
    }
    return n - 1;
}

/* The tokens and END, so that none is empty. */
static Tensor *with_end(int n, const int *ids)
{
    Tensor *end = t_vector(END);
    return n ? t_concat(0, ints_row(n, ids), end) : end;
}

/* Room for so many tokens, and what a model of so many words says. */
static void never_twice_check(uint64_t seed, int words, int length, int room)
{
    Rng rng = rng_new(seed);
    TransformerOptions options = { .layers = 1, .width = 8, .heads = 2,
                                   .hidden = 8 };
    Transformer model = transformer_new(options, words + 2, words, &rng);
    /* Untrained, a model repeats itself. Larger numbers make it wilder. */
    for (int i = 0; i < model.params.n; i++)
        t_assign(model.params.at[i], t_scale(model.params.at[i], 4));
    int ids[8];
    for (int i = 0; i < length; i++)
        ids[i] = FIRST_WORD + rng_below(&rng, words - FIRST_WORD);
    Sentences source = { 1, length, ids, &length };
    bool recorded = tape_record(false);
    int *want = ints_for(room), *out = ints_for(room);
    int right = careless(&model, source, room, want, careful);
    given(words);
    given(room);
    int n = CALL(never_twice, (&model, source, room, out));
    tape_record(recorded);
    char what[200];
    snprintf(what, sizeof what, "It returned %d, and room is %d.", n, room);
    expect_that(n >= 0 && n <= room, what,
                "Look at what is returned: how many tokens, without START and"
                " END.");
    snprintf(what, sizeof what, "It says that it stored %d tokens; there should"
             " be %d.", n, right);
    if (n == right)
        expect(with_end(n, out), with_end(right, want), 0, "These are the tokens, with END (2) behind"
               " them. Look at which row of the logits scores the next token, at"
               " which numbers may be said (PAD is 0, START is 1, UNKNOWN 3), and"
               " at which one may not, since it has just been said.");
    expect_that(n == right, what, "Look at when it ends: END is said, or room is"
                " used up; neither START nor END is stored or counted.");
}

CHECK(never_twice)
{
    for (uint64_t seed = 1; seed <= 12; seed++)
        never_twice_check(seed, 9 + (int)seed % 3, 3 + (int)seed % 2,
                          4 + (int)seed % 4);
}

static int WRONG(never_twice, first_row)(const Transformer *t, Sentences source,
                                         int room, int *out)
{
    return careless(t, source, room, out, (Care){ 0, FIRST_WORD, START, 1 });
}

static int WRONG(never_twice, says_anything)(const Transformer *t,
                                             Sentences source, int room,
                                             int *out)
{
    return careless(t, source, room, out, (Care){ -1, PAD, START, 1 });
}

static int WRONG(never_twice, starts_with_padding)(const Transformer *t,
                                                   Sentences source, int room,
                                                   int *out)
{
    return careless(t, source, room, out, (Care){ -1, FIRST_WORD, PAD, 1 });
}

static int WRONG(never_twice, repeats)(const Transformer *t, Sentences source,
                                       int room, int *out)
{
    return careless(t, source, room, out, (Care){ -1, FIRST_WORD, START, 99 });
}

static int WRONG(never_twice, looks_two_back)(const Transformer *t,
                                              Sentences source, int room,
                                              int *out)
{
    return careless(t, source, room, out, (Care){ -1, FIRST_WORD, START, 2 });
}

static int WRONG(never_twice, end_is_counted)(const Transformer *t,
                                              Sentences source, int room,
                                              int *out)
{
    int n = careless(t, source, room, out, careful);
    if (n < room)
        out[n++] = END;
    return n;
}

static int WRONG(never_twice, one_too_few)(const Transformer *t,
                                           Sentences source, int room, int *out)
{
    return careless(t, source, room - 1, out, careful);
}

static int WRONG(never_twice, beyond_the_room)(const Transformer *t,
                                               Sentences source, int room,
                                               int *out)
{
    int n = careless(t, source, room, out, careful);
    out[n] = END;
    return n;
}

static int RIGHT(never_twice, careful)(const Transformer *t, Sentences source,
                                       int room, int *out)
{
    return careless(t, source, room, out, careful);
}

/* The logits of what must not be said are put out of the way. */
static int RIGHT(never_twice, by_masking)(const Transformer *t,
                                          Sentences source, int room, int *out)
{
    int *reads = tape_ints(room + 1), n;
    reads[0] = START;
    for (n = 0; n < room; n++) {
        int length = n + 1, best = 0;
        Batch batch = { source, { 1, length, reads, &length }, NULL };
        Tensor *all = transformer_logits(t, batch, (Pass){ 0 });
        Tensor *row = t_contiguous(t_slice(all, 1, n, n + 1));
        t_at(row, 0, 0, PAD) = t_at(row, 0, 0, START) = -INFINITY;
        t_at(row, 0, 0, UNKNOWN) = t_at(row, 0, 0, reads[n]) = -INFINITY;
        for (int token = 1; token < t_dim(row, 2); token++)
            if (t_at(row, 0, 0, token) > t_at(row, 0, 0, best))
                best = token;
        if (best == END)
            return n;
        out[n] = reads[n + 1] = best;
    }
    return n;
}

/* With the cache, which is allowed as well. */
static int RIGHT(never_twice, with_the_cache)(const Transformer *t,
                                              Sentences source, int room,
                                              int *out)
{
    Writer writer = transformer_writer(transformer_model(t), source, 1, room);
    int last = START, n = 0;
    while (n < room) {
        Tensor *logits = writer.step(writer.state, &last);
        Tensor *row = t_reshape(logits, 1, 1, t_dim(logits, 1));
        int best = best_but(row, 0, n ? last : -1, FIRST_WORD);
        if (best == END)
            break;
        out[n++] = last = best;
    }
    return n;
}

/* ---- 4: find the bug: a perplexity of parts ------------------------------- */

/* What came, with each part counted by its tokens or all alike, and the power
 * taken of the mean or before it. */
static double perplexity(int parts, const real *loss, const int *tokens,
                         bool weighted, bool power_last)
{
    double sum = 0, count = 0;
    for (int i = 0; i < parts; i++) {
        double weight = weighted ? tokens[i] : 1;
        sum += weight * (power_last ? (double)loss[i] : exp((double)loss[i]));
        count += weight;
    }
    return power_last ? exp(sum / count) : sum / count;
}

static void perplexity_check(int parts, Tensor *losses, const int *counts)
{
    const real *loss = array_of(losses);
    const int *tokens = ints_of(parts, counts);
    given(parts);
    given_array(parts, loss);
    given_array(parts, tokens);
    double right = perplexity(parts, loss, tokens, true, true);
    double plain = perplexity(parts, loss, tokens, false, true);
    double early = perplexity(parts, loss, tokens, true, false);
    double got = CALL(whole_perplexity, (parts, loss, tokens));
    if (parts > 1) {
        suspect(early, "That is the mean of powers, as it was. Look at which"
                " comes first: the mean, or e to its power.");
        suspect(plain, "Every part counts alike there. Look at how many tokens"
                " each has.");
    }
    suspect(log(right), "That is the mean loss. Look at what perplexity makes of"
            " it.");
    suspect(exp2(log(right)), "Look at the base of the power: the losses are in"
            " nats, so it is e.");
    expect(got, right, 1e-5, "Look at the mean loss per token first, and then at"
           " what perplexity makes of it.");
}

CHECK(whole_perplexity)
{
    perplexity_check(2, t_vector(1, 3), (const int[]){ 30, 10 });
    perplexity_check(3, t_vector(2, 0.5, 4), (const int[]){ 1, 7, 2 });
    perplexity_check(1, t_vector(1.5), (const int[]){ 12 });
    perplexity_check(2, t_vector(0, 200), (const int[]){ 999, 1 });
}

static double WRONG(whole_perplexity, as_it_was)(int parts, const real *loss,
                                                 const int *tokens)
{
    return perplexity(parts, loss, tokens, true, false);
}

static double WRONG(whole_perplexity, all_alike)(int parts, const real *loss,
                                                 const int *tokens)
{
    return perplexity(parts, loss, tokens, false, true);
}

static double WRONG(whole_perplexity, both_mistakes)(int parts,
                                                     const real *loss,
                                                     const int *tokens)
{
    return perplexity(parts, loss, tokens, false, false);
}

static double WRONG(whole_perplexity, no_power)(int parts, const real *loss,
                                                const int *tokens)
{
    return log(perplexity(parts, loss, tokens, true, true));
}

static double WRONG(whole_perplexity, power_of_two)(int parts,
                                                    const real *loss,
                                                    const int *tokens)
{
    return exp2(log(perplexity(parts, loss, tokens, true, true)));
}

static double WRONG(whole_perplexity, last_part_left_out)
    (int parts, const real *loss, const int *tokens)
{
    return perplexity(parts > 1 ? parts - 1 : 1, loss, tokens, true, true);
}

static double RIGHT(whole_perplexity, running_mean)(int parts, const real *loss,
                                                    const int *tokens)
{
    double mean = 0, count = 0;
    for (int i = 0; i < parts; i++) {
        count += tokens[i];
        mean += ((double)loss[i] - mean) * tokens[i] / count;
    }
    return exp(mean);
}

static double RIGHT(whole_perplexity, product_of_powers)
    (int parts, const real *loss, const int *tokens)
{
    double all = 0, product = 1;
    for (int i = 0; i < parts; i++)
        all += tokens[i];
    for (int i = 0; i < parts; i++)
        product *= exp((double)loss[i] * tokens[i] / all);
    return product;
}

static double RIGHT(whole_perplexity, token_by_token)(int parts,
                                                      const real *loss,
                                                      const int *tokens)
{
    double sum = 0;
    int count = 0;
    for (int i = 0; i < parts; i++)
        for (int k = 0; k < tokens[i]; k++, count++)
            sum += (double)loss[i];
    return pow(exp(1), sum / count);
}

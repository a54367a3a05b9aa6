/* 10_translating_well.c -- the checks of chapter 10's exercises, and wrong answers
 * that they must reject. README.md says how to write both. */

/* Whole numbers as a tensor, to be shown and compared. */
static Tensor *numbers(int n, const int *ids)
{
    Tensor *x = t_zeros(n);
    for (int i = 0; i < n; i++)
        t_at(x, i) = (real)ids[i];
    return x;
}

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

static void precision_check(Ids translation, Ids reference)
{
    Tensor *translation_id = numbers(translation.n > 0 ? translation.n : 1,
                            translation.id);
    Tensor *reference_id = numbers(reference.n, reference.id);
    given(translation_id);
    given(reference_id);
    double n = translation.n > 0 ? translation.n : 1;
    double got = CALL(precision, (translation, reference));
    suspect(same_tokens(translation, reference, false) / n, "Tokens that come"
            " again count each time. Look at the clipping: at most as often as"
            " the reference has it.");
    suspect(same_tokens(translation, reference, true) / (double)reference.n,
            "You divide by the length of the reference. Look at what precision"
            " is a share of.");
    expect(got, same_tokens(translation, reference, true) / n, 1e-9, "Look at"
           " each token of the translation: how often has it come so far, and"
           " how often does the reference have it?");
}

CHECK(precision)
{
    precision_check((Ids){ 4, (int[]){ 7, 7, 7, 8 } },
                    (Ids){ 5, (int[]){ 7, 8, 9, 7, 6 } });
    precision_check((Ids){ 3, (int[]){ 5, 5, 5 } }, (Ids){ 2, (int[]){ 6, 5 } });
    precision_check((Ids){ 2, (int[]){ 4, 9 } }, (Ids){ 2, (int[]){ 9, 4 } });
    precision_check((Ids){ 0, (int[]){ 0 } }, (Ids){ 2, (int[]){ 9, 4 } });
}

static double WRONG(precision, not_clipped)(Ids a, Ids b)
{
    return a.n ? (double)same_tokens(a, b, false) / a.n : 0;
}

static double WRONG(precision, recall)(Ids a, Ids b)
{
    return (double)same_tokens(a, b, true) / b.n;
}

static double WRONG(precision, by_place)(Ids a, Ids b)
{
    int right = 0;
    for (int i = 0; i < a.n && i < b.n; i++)
        right += a.id[i] == b.id[i];
    return a.n ? (double)right / a.n : 0;
}

/* ---- 2: short or long? --------------------------------------------------- */

static void better_check(double a, int n, double b, int m, double A)
{
    given(a);
    given(n);
    given(b);
    given(m);
    given(A);
    char got = CALL(better, (a, n, b, m, A));
    double score_a = a / pow((5 + n) / 6.0, A);
    double score_b = b / pow((5 + m) / 6.0, A);
    expect_letter(got, score_a >= score_b ? 'a' : 'b', "ab", "Look at both"
                  " scores with a pencil. They are negative, so the one nearer"
                  " to 0 is better; and (5 + n) / 6 must not be a division of"
                  " whole numbers.");
}

CHECK(better)
{
    better_check(-4, 5, -5, 9, 0);
    better_check(-4, 5, -5, 9, 1);
    better_check(-4, 6, -5, 8, 1);
    better_check(-5, 9, -4, 5, 1);
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

/* ---- 3: translate, without a cache --------------------------------------- */

static void translate_check(uint64_t seed)
{
    Rng rng = rng_new(seed);
    TransformerOptions options = { .layers = 1, .width = 8, .heads = 2,
                                   .hidden = 8 };
    Transformer model = transformer_new(options, 9, 9, &rng);
    /* Untrained, a model repeats itself. Larger numbers make it wilder. */
    for (int i = 0; i < model.params.n; i++)
        t_assign(model.params.at[i], t_scale(model.params.at[i], 4));
    int ids[3] = { 4, 5 + rng_below(&rng, 4), 6 }, length = 3;
    Sentences source = { 1, 3, ids, &length };
    int room = 6, out[8] = { 0 };
    Ids want;
    Ids from = { length, ids };
    translate_all(transformer_model(&model), 1, &from,
                  (TranslateOptions){ .longest = room }, &want);
    bool recorded = tape_record(false);
    given(room);
    int n = CALL(translate, (&model, source, room, out));
    tape_record(recorded);
    expect_that(n >= 0 && n <= room, "the number returned is from 0 to room",
                "Look at what is returned: tokens without START and END.");
    Tensor *got = numbers(n + 1, out), *right = t_zeros(want.n + 1);
    t_at(got, n) = END;     /* so that none is empty */
    for (int i = 0; i < want.n; i++)
        t_at(right, i) = (real)want.id[i];
    t_at(right, want.n) = END;
    expect(got, right, 0, "These are the tokens, with END (2) behind them. Look"
           " at which row of the logits scores the next token, and at which"
           " numbers may be said (START is 1, UNKNOWN 3).");
}

CHECK(translate)
{
    for (uint64_t seed = 1; seed <= 12; seed++)
        translate_check(seed);
}

/* Says the best token of row `row` from the first allowed number on. */
static int careless(const Transformer *t, Sentences source, int room, int *out,
                    int row, int lowest, int start)
{
    int *reads = tape_ints(room + 1), n = 1;
    reads[0] = start;
    while (n <= room) {
        Sentences so_far = { 1, n, reads, &n };
        Tensor *logits = transformer_logits(t, (Batch){ source, so_far, NULL },
                                            (Pass){ 0 });
        int from = row < 0 ? n - 1 : row, best = END;
        for (int token = lowest; token < t_dim(logits, 2); token++)
            if (t_at(logits, 0, from, token) > t_at(logits, 0, from, best))
                best = token;
        if (best == END)
            break;
        out[n - 1] = reads[n] = best;
        n++;
    }
    return n - 1;
}

static int WRONG(translate, first_row)(const Transformer *t, Sentences source,
                                       int room, int *out)
{
    return careless(t, source, room, out, 0, FIRST_WORD, START);
}

static int WRONG(translate, says_unknown)(const Transformer *t,
                                          Sentences source, int room, int *out)
{
    return careless(t, source, room, out, -1, PAD, START);
}

static int WRONG(translate, starts_with_padding)(const Transformer *t,
                                                 Sentences source, int room,
                                                 int *out)
{
    return careless(t, source, room, out, -1, FIRST_WORD, PAD);
}

/* 08_transformer.c -- the checks of chapter 8's exercises, and wrong answers
 * that they must reject. README.md says how to write both. */

/* ---- 1: where the parameters are ----------------------------------------- */

static void decoder_layer_check(long d, long hidden)
{
    given((double)d);
    given((double)hidden);
    double got = (double)CALL(decoder_layer, (d, hidden));
    double attention = (double)(4 * (d * d + d)), norm = 2.0 * (double)d;
    double network = (double)(2 * d * hidden + d + hidden);
    suspect(attention + network + 2 * norm, "That is an encoder layer. Look at"
            " the sublayer that a decoder has beside it.");
    suspect(2 * attention + network + 2 * norm, "Look at the norms: each"
            " sublayer has one, and there are three sublayers.");
    suspect(8.0 * (double)(d * d) + 2.0 * (double)(d * hidden),
            "That is the matrices alone. Look at the biases and the norms.");
    expect(got, 2 * attention + network + 3 * norm, 1e-9, "Look at the formulas"
           " under \"How large is it?\", and at how often each occurs.");
}

CHECK(decoder_layer)
{
    decoder_layer_check(512, 2048);
    decoder_layer_check(10, 3);
    decoder_layer_check(3, 10);
}

static long WRONG(decoder_layer, encoder)(long d, long hidden)
{
    return 4 * (d * d + d) + 2 * d * hidden + d + hidden + 4 * d;
}

static long WRONG(decoder_layer, no_biases)(long d, long hidden)
{
    return 8 * d * d + 2 * d * hidden;
}

static long WRONG(decoder_layer, two_norms)(long d, long hidden)
{
    return 8 * (d * d + d) + 2 * d * hidden + d + hidden + 4 * d;
}

/* ---- 2: what the decoder reads, and what it should say ------------------- */

/* Whole numbers as a tensor, to be shown and compared. */
static Tensor *numbers(int n, const int *ids)
{
    Tensor *x = t_zeros(n);
    for (int i = 0; i < n; i++)
        t_at(x, i) = (real)ids[i];
    return x;
}

static void teacher_forcing_check(int n, const int *sentence)
{
    int reads[10], says[10], want_reads[10] = { START }, want_says[10];
    for (int i = 0; i <= n; i++) {
        reads[i] = says[i] = -7;
        want_says[i] = i < n ? sentence[i] : END;
        if (i < n)
            want_reads[i + 1] = sentence[i];
    }
    given(n);
    Tensor *words = numbers(n, sentence);
    given(words);
    CALL(teacher_forcing, (n, sentence, reads, says));
    Tensor *got_reads = numbers(n + 1, reads);
    expect(got_reads, numbers(n + 1, want_reads), 0, "These are the numbers in"
           " `reads` (START is 1, END is 2). Look at what the decoder has read"
           " before the first word.");
    Tensor *got_says = numbers(n + 1, says);
    suspect(numbers(n + 1, want_reads), "`says` is what it reads. Look at the"
            " shift: it should say the next token, not repeat this one.");
    expect(got_says, numbers(n + 1, want_says), 0, "These are the numbers in"
           " `says` (START is 1, END is 2). Look at the last place: what comes"
           " after the last word?");
}

CHECK(teacher_forcing)
{
    teacher_forcing_check(3, (const int[]){ 7, 5, 9 });
    teacher_forcing_check(1, (const int[]){ 4 });
}

static void WRONG(teacher_forcing, no_shift)
    (int n, const int *sentence, int *reads, int *says)
{
    reads[0] = says[0] = START;
    for (int i = 0; i < n; i++)
        reads[i + 1] = says[i + 1] = sentence[i];
}

static void WRONG(teacher_forcing, starts_with_padding)
    (int n, const int *sentence, int *reads, int *says)
{
    reads[0] = PAD;
    for (int i = 0; i < n; i++)
        reads[i + 1] = says[i] = sentence[i];
    says[n] = END;
}

static void WRONG(teacher_forcing, ends_with_padding)
    (int n, const int *sentence, int *reads, int *says)
{
    reads[0] = START;
    for (int i = 0; i < n; i++)
        reads[i + 1] = says[i] = sentence[i];
    says[n] = PAD;
}

/* ---- 3: find the bug: too good to be true -------------------------------- */

static void accuracy_check(int n, const int *said, const int *right,
                           double want)
{
    int same = 0, wanted = 0, count = 0;
    for (int i = 0; i < n; i++) {
        same += said[i] == right[i] || right[i] == T_IGNORE;
        wanted += said[i] == right[i];
        count += right[i] != T_IGNORE;
    }
    given(n);
    Tensor *said_numbers = numbers(n, said), *right_numbers = numbers(n, right);
    given(said_numbers);
    given(right_numbers);
    double got = CALL(accuracy, (n, said, right));
    suspect((double)same / n, "Padding still counts as right. Look at what"
            " T_IGNORE adds above the fraction bar.");
    suspect((double)wanted / n, "Padding still counts below the fraction bar."
            " Look at what you divide by.");
    expect(got, want, 1e-9, "Look at the places where `right` is not T_IGNORE:"
           " how many are there, and at how many is `said` the same?");
}

CHECK(accuracy)
{
    enum { _ = T_IGNORE };
    accuracy_check(5, (const int[]){ 4, 6, 0, 0, 0 },
                   (const int[]){ 4, 5, _, _, _ }, 0.5);
    accuracy_check(6, (const int[]){ 9, 8, 7, 6, 5, 4 },
                   (const int[]){ 1, 8, 7, _, 5, _ }, 0.75);
    accuracy_check(2, (const int[]){ 4, 5 }, (const int[]){ _, _ }, 0);
}

static double WRONG(accuracy, as_it_was)(int n, const int *said,
                                         const int *right)
{
    int same = 0;
    for (int i = 0; i < n; i++)
        same += said[i] == right[i] || right[i] == T_IGNORE;
    return (double)same / n;
}

static double WRONG(accuracy, divides_by_all)(int n, const int *said,
                                              const int *right)
{
    int same = 0;
    for (int i = 0; i < n; i++)
        same += said[i] == right[i];
    return (double)same / n;
}

static double WRONG(accuracy, stops_at_the_first_padding)
    (int n, const int *said, const int *right)
{
    int same = 0, count = 0;
    for (; count < n && right[count] != T_IGNORE; count++)
        same += said[count] == right[count];
    return count == 0 ? 0 : (double)same / count;
}

/* ---- 4: the rate in the paper -------------------------------------------- */

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

/* ---- 5: the the the ------------------------------------------------------ */

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

/* ---- 6: short or long? --------------------------------------------------- */

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

/* ---- 7: translate, without a cache --------------------------------------- */

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
    transformer_translate(&model, source, (TranslateOptions){ .longest = room },
                          &want);
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
    Tensor *encoded = transformer_encode(t, source, (Pass){ 0 });
    int *reads = tape_ints(room + 1), n = 1;
    reads[0] = start;
    while (n <= room) {
        Sentences so_far = { 1, n, reads, &n };
        Tensor *logits = transformer_decode(t, encoded, source, so_far,
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

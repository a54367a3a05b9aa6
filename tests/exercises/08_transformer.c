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


/* 11_recurrence.c -- the checks of chapter 11's exercises, and answers, wrong
 * and right, to try them with. README.md says how to write both. */

#include "learn/nn.h"
#include "tests/golden/11_recurrence.h"

/* ---- 1: what a gated cell learns ----------------------------------------- */

static void gated_numbers_check(long d_in, long d)
{
    double expected = (double)(3 * d * (d_in + d + 2));
    given((double)d_in);
    given((double)d);
    double got = (double)CALL(gated_numbers, (d_in, d));
    suspect((double)(d * (d_in + d + 2)), "That is a plain cell. Look at how"
            " many gates there are.");
    suspect((double)(3 * d * (d_in + d)), "Those are the matrices. Look at the"
            " biases.");
    suspect((double)(3 * d * (d_in + d + 1)), "That has one bias. Look at the"
            " formula: words and state have one each.");
    suspect((double)(3 * (d * (d_in + d) + 2)), "A bias has d numbers. Look at"
            " their shapes.");
    suspect((double)(4 * d * (d_in + d + 2)), "That is an LSTM, with four."
            " Look at r, z and n.");
    expect(got, expected, 1e-9, "Look at W_x (d_in, 3 d), W_h (d, 3 d), and"
           " the two biases.");
}

CHECK(gated_numbers)
{
    gated_numbers_check(2, 3);
    gated_numbers_check(64, 84);
    gated_numbers_check(5, 5);
}

static long WRONG(gated_numbers, plain)(long d_in, long d)
{
    return d * (d_in + d + 2);
}

static long WRONG(gated_numbers, no_bias)(long d_in, long d)
{
    return 3 * d * (d_in + d);
}

static long WRONG(gated_numbers, one_bias)(long d_in, long d)
{
    return 3 * d * (d_in + d + 1);
}

static long WRONG(gated_numbers, small_biases)(long d_in, long d)
{
    return 3 * (d * (d_in + d) + 2);
}

static long WRONG(gated_numbers, four_gates)(long d_in, long d)
{
    return 4 * d * (d_in + d + 2);
}

static long WRONG(gated_numbers, example_only)(long d_in, long d)
{
    (void)d_in, (void)d;
    return 63;
}

static long RIGHT(gated_numbers, part_by_part)(long d_in, long d)
{
    long words = d_in * 3 * d + 3 * d, state = d * 3 * d + 3 * d;
    return words + state;
}

static long RIGHT(gated_numbers, gate_by_gate)(long d_in, long d)
{
    long all = 0;
    for (int gate = 0; gate < 3; gate++)
        all += d_in * d + d * d + 2 * d;
    return all;
}

static long RIGHT(gated_numbers, of_a_cell)(long d_in, long d)
{
    Params list = { 0 };
    Rng rng = rng_new(1);
    recurrence_new(&list, &rng, GATED_CELL, (int)d_in, (int)d);
    return params_count(&list);
}

/* ---- 2: a gate between new and old --------------------------------------- */

static void next_number_check(double z, double n, double h)
{
    given(z);
    given(n);
    given(h);
    double got = CALL(next_number, (z, n, h));
    suspect(z * n + (1 - z) * h, "z and 1 - z have changed places. Look at z ="
            " 1: it keeps h.");
    suspect(n + z * h, "The new content is not weighed. Look at 1 - z.");
    suspect(z * (n + h), "Both got the same weight. Look at 1 - z.");
    suspect((n + h) / 2, "That is the gate half open. Look at z.");
    suspect(h, "That keeps the state whatever z is. Look at z = 0.");
    expect(got, (1 - z) * n + z * h, 1e-6, "Look at the last line of the"
           " formula of the gated unit.");
}

CHECK(next_number)
{
    next_number_check(0.25, 0.5, -1);
    next_number_check(1, 0.5, 0.75);
    next_number_check(0, 0.5, 0.75);
    next_number_check(0.9, -0.3, 0.6);
}

static double WRONG(next_number, swapped)(double z, double n, double h)
{
    return z * n + (1 - z) * h;
}

static double WRONG(next_number, not_weighed)(double z, double n, double h)
{
    return n + z * h;
}

static double WRONG(next_number, both)(double z, double n, double h)
{
    return z * (n + h);
}

static double WRONG(next_number, halves)(double z, double n, double h)
{
    (void)z;
    return (n + h) / 2;
}

static double WRONG(next_number, keeps)(double z, double n, double h)
{
    (void)z, (void)n;
    return h;
}

static double WRONG(next_number, switched)(double z, double n, double h)
{
    return z >= 0.5 ? h : n;
}

static double RIGHT(next_number, a_step_from_n)(double z, double n, double h)
{
    return n + z * (h - n);
}

static double RIGHT(next_number, a_step_from_h)(double z, double n, double h)
{
    return h - (1 - z) * (h - n);
}

static double RIGHT(next_number, as_tensors)(double z, double n, double h)
{
    return t_item(t_matmul(t_matrix(1, 2, 1 - z, z), t_matrix(2, 1, n, h)));
}

/* ---- 3: read it yourself ------------------------------------------------- */

static Tensor *states_after(Recurrence c, Tensor *x, bool backward)
{
    int n = t_dim(x, 0);
    return recur(c, t_reshape(x, 1, n, t_dim(x, 1)), NULL, backward);
}

static Tensor *row_of(Tensor *states, int i)
{
    return t_reshape(t_slice(states, 1, i, i + 1), T_INFER);
}

static Linear simple_linear(Rng *rng, int in, int out)
{
    Tensor *weight = simple(rng, in, out);
    return (Linear){ weight, simple(rng, out) };
}

static void last_state_check(int n, int d_in, int d)
{
    Rng rng = rng_new((uint64_t)(10 * n + d_in));
    Tensor *x = simple(&rng, n, d_in);
    Recurrence c = { .in = simple_linear(&rng, d_in, d) };
    c.state = simple_linear(&rng, d, d);
    Tensor *all = states_after(c, x, false), *expected = row_of(all, n - 1);
    Tensor *first = row_of(all, 0);
    Tensor *back = row_of(states_after(c, x, true), 0);
    Recurrence bare = { { c.in.weight, t_zeros(d) },
                        { c.state.weight, t_zeros(d) } };
    Recurrence half = { c.in, { c.state.weight, t_zeros(d) } };
    Recurrence deaf = { c.in, { t_zeros(d, d), c.state.bias } };
    Tensor *no_bias = row_of(states_after(bare, x, false), n - 1);
    Tensor *one_bias = row_of(states_after(half, x, false), n - 1);
    Tensor *no_state = row_of(states_after(deaf, x, false), n - 1);
    given(x);
    given(c.in.weight);
    given(c.in.bias);
    given(c.state.weight);
    given(c.state.bias);
    Tensor *got = CALL(last_state, (c, x));
    expect_shape(got, SHAPE(d), "Look at what is asked: one state, a vector.");
    suspect(no_state, "The state before has no say. Look at h W_h.");
    suspect(back, "It was read from the last word to the first. Look at the"
            " order.");
    suspect(first, "That is the state after the first word. Look at the loop"
            " over words.");
    suspect(no_bias, "The biases are missing. Look at both.");
    suspect(one_bias, "A bias is missing: words and state have one each. Look"
            " at c.state.bias.");
    expect(got, expected, 1e-5, "Look at one number of the state after one"
           " word, and at what the next word needs: all of the old state.");
}

CHECK(last_state)
{
    last_state_check(1, 2, 2);
    last_state_check(3, 2, 4);
    last_state_check(4, 3, 3);
}

/* A reader's loop, with what may go wrong in it. */
typedef struct {
    bool no_bias, one_bias, deaf, over, no_tanh, turned;
} Slips;

static Tensor *slipping(Recurrence c, const Tensor *x, Slips s)
{
    int n = t_dim(x, 0), d_in = t_dim(x, 1), d = t_dim(c.state.weight, 0);
    Tensor *h = t_zeros(d), *next = s.over ? h : t_zeros(d);
    for (int t = 0; t < n; t++) {
        for (int k = 0; k < d; k++) {
            double sum = s.no_bias ? 0 : (double)t_at(c.in.bias, k);
            sum += s.no_bias || s.one_bias ? 0 : (double)t_at(c.state.bias, k);
            for (int i = 0; i < d_in; i++)
                sum += (double)(t_at(x, t, i) * t_at(c.in.weight, i, k));
            for (int i = 0; i < d && !s.deaf; i++)
                sum += (double)(t_at(h, i)
                                * (s.turned ? t_at(c.state.weight, k, i)
                                            : t_at(c.state.weight, i, k)));
            t_at(next, k) = (real)(s.no_tanh ? sum : tanh(sum));
        }
        t_assign(h, next);
    }
    return h;
}

static Tensor *WRONG(last_state, no_bias)(Recurrence c, const Tensor *x)
{
    return slipping(c, x, (Slips){ .no_bias = true });
}

static Tensor *WRONG(last_state, one_bias)(Recurrence c, const Tensor *x)
{
    return slipping(c, x, (Slips){ .one_bias = true });
}

static Tensor *WRONG(last_state, deaf)(Recurrence c, const Tensor *x)
{
    return slipping(c, x, (Slips){ .deaf = true });
}

static Tensor *WRONG(last_state, written_over)(Recurrence c, const Tensor *x)
{
    return slipping(c, x, (Slips){ .over = true });
}

static Tensor *WRONG(last_state, no_tanh)(Recurrence c, const Tensor *x)
{
    return slipping(c, x, (Slips){ .no_tanh = true });
}

static Tensor *WRONG(last_state, transposed)(Recurrence c, const Tensor *x)
{
    return slipping(c, x, (Slips){ .turned = true });
}

static Tensor *RIGHT(last_state, another_loop)(Recurrence c, const Tensor *x)
{
    return slipping(c, x, (Slips){ 0 });
}

static Tensor *RIGHT(last_state, products)(Recurrence c, const Tensor *x)
{
    Tensor *rows = t_keep(x), *h = t_zeros(1, t_dim(c.state.weight, 0));
    for (int t = 0; t < t_dim(x, 0); t++)
        h = t_tanh(t_add(nn_linear(c.in, t_slice(rows, 0, t, t + 1)),
                         nn_linear(c.state, h)));
    return t_reshape(h, T_INFER);
}

static Tensor *RIGHT(last_state, all_words_first)(Recurrence c, const Tensor *x)
{
    Tensor *said = t_add(nn_linear(c.in, t_keep(x)), c.state.bias);
    Tensor *h = t_zeros(1, t_dim(c.state.weight, 0));
    for (int t = 0; t < t_dim(x, 0); t++)
        h = t_tanh(t_add(t_slice(said, 0, t, t + 1),
                         t_matmul(h, c.state.weight)));
    return t_reshape(h, T_INFER);
}

/* ---- 4: find the bug: a sentence turned round ---------------------------- */

static void turned_round_check(int B, int n, const int *lengths)
{
    int numbers[32], out[33], whole = 0;
    Tensor *ids = t_zeros(B, n), *length = t_zeros(B);
    Tensor *expected = t_zeros(B, n);
    Tensor *rows = t_zeros(B, n), *got = t_zeros(B, n);
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++)
            numbers[b * n + i] = i < lengths[b] ? FIRST_WORD + whole++ : PAD;
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++) {
            t_at(ids, b, i) = (real)numbers[b * n + i];
            t_at(rows, b, i) = (real)numbers[b * n + n - 1 - i];
            t_at(expected, b, i) = (real)(i < lengths[b]
                                  ? numbers[b * n + lengths[b] - 1 - i] : PAD);
        }
    for (int i = 0; i <= B * n; i++)
        out[i] = -7;
    for (int b = 0; b < B; b++)
        t_at(length, b) = (real)lengths[b];
    given(ids);
    given(length);
    CALL(turned_round, (B, n, numbers, lengths, out));
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++)
            t_at(got, b, i) = (real)out[b * n + i];
    expect_that(out[B * n] == -7, "out is left alone behind its end", "Look at"
                " the limits of the loops.");
    suspect(rows, "The padding (0) has come to the front. Look at where the"
            " sentence ends.");
    suspect(ids, "Nothing is turned. Look at the index of ids.");
    expect(got, expected, 0, "Look at the first word of the result: it is word"
           " lengths[b] - 1. Beyond the length stands PAD.");
}

CHECK(turned_round)
{
    turned_round_check(1, 3, (const int[]){ 3 });
    turned_round_check(2, 4, (const int[]){ 4, 2 });
    turned_round_check(3, 5, (const int[]){ 1, 5, 3 });
}

/* Word i of the result is word from(i, length, n) of the sentence. */
#define TURNED(index, inside)                                                  \
    for (int b = 0; b < B; b++)                                                \
        for (int i = 0; i < n; i++) {                                          \
            int length = lengths[b], from = (index);                           \
            out[b * n + i] = (inside) && from >= 0 && from < n                 \
                ? ids[b * n + from] : PAD;                                     \
        }

static void WRONG(turned_round, as_it_was)(int B, int n, const int *ids,
                                           const int *lengths, int *out)
{
    (void)lengths;
    for (int i = 0; i < B * n; i++)
        out[i] = ids[i / n * n + n - 1 - i % n];
}

static void WRONG(turned_round, not_turned)(int B, int n, const int *ids,
                                            const int *lengths, int *out)
{
    TURNED(i, i < length)
}

static void WRONG(turned_round, one_too_far)(int B, int n, const int *ids,
                                             const int *lengths, int *out)
{
    TURNED(length - i, i < length)
}

static void WRONG(turned_round, first_length)(int B, int n, const int *ids,
                                              const int *lengths, int *out)
{
    TURNED(lengths[0] - 1 - i, i < lengths[0] && length > 0)
}

static void WRONG(turned_round, last_word_lost)(int B, int n, const int *ids,
                                                const int *lengths, int *out)
{
    TURNED(length - 1 - i, i < length - 1)
}

static void WRONG(turned_round, no_padding)(int B, int n, const int *ids,
                                            const int *lengths, int *out)
{
    for (int b = 0; b < B; b++)
        for (int i = 0; i < lengths[b]; i++)
            out[b * n + i] = ids[b * n + lengths[b] - 1 - i];
}

static void RIGHT(turned_round, by_index)(int B, int n, const int *ids,
                                          const int *lengths, int *out)
{
    TURNED(length - 1 - i, i < length)
}

static void RIGHT(turned_round, padding_first)(int B, int n, const int *ids,
                                               const int *lengths, int *out)
{
    for (int i = 0; i < B * n; i++)
        out[i] = PAD;
    for (int b = 0; b < B; b++)
        for (int i = 0; i < lengths[b]; i++)
            out[b * n + lengths[b] - 1 - i] = ids[b * n + i];
}

static void RIGHT(turned_round, ends_meet)(int B, int n, const int *ids,
                                           const int *lengths, int *out)
{
    memcpy(out, ids, (size_t)(B * n) * sizeof *out);
    for (int b = 0; b < B; b++)
        for (int i = 0, j = lengths[b] - 1; i < j; i++, j--) {
            int word = out[b * n + i];
            out[b * n + i] = out[b * n + j];
            out[b * n + j] = word;
        }
}

/* ---- 5: how soon it is forgotten ----------------------------------------- */

static void steps_until_check(double factor, double share, int expected)
{
    given(factor);
    given(share);
    double got = CALL(steps_until, (factor, share));
    suspect(expected - 1, pow(factor, expected - 1) > share
            ? "One step more is needed. Look at what is left after so many."
            : "One step more is needed. Look at what is left after so many: it"
              " must be less than share, not equal to it.");
    suspect(expected + 1, "One step less is enough. Look at where the counting"
            " begins: after no step all of it, 1, is left.");
    expect(got, expected, 1e-9, "Look at factor times factor times factor ...:"
           " which is the first below share?");
}

CHECK(steps_until)
{
    steps_until_check(0.5, 0.1, 4);
    steps_until_check(0.5, 0.25, 3);
    steps_until_check(0.9, 0.01, 44);
    steps_until_check(0.25, 0.5, 1);
}

static int WRONG(steps_until, up_to)(double factor, double share)
{
    int steps = 0;
    for (double left = 1; left > share; left *= factor)
        steps++;
    return steps;
}

static int WRONG(steps_until, one_early)(double factor, double share)
{
    int steps = -1;
    for (double left = 1; left >= share; left *= factor)
        steps++;
    return steps;
}

static int WRONG(steps_until, one_late)(double factor, double share)
{
    int steps = 1;
    for (double left = 1; left >= share; left *= factor)
        steps++;
    return steps;
}

static int WRONG(steps_until, subtracts)(double factor, double share)
{
    int steps = 0;
    for (double left = 1; left >= share; left -= 1 - factor)
        steps++;
    return steps;
}

static int WRONG(steps_until, upside_down)(double factor, double share)
{
    return (int)ceil(log(factor) / log(share));
}

static int WRONG(steps_until, rounded_up)(double factor, double share)
{
    return (int)ceil(log(share) / log(factor));
}

static int RIGHT(steps_until, powers)(double factor, double share)
{
    int steps = 0;
    while (pow(factor, steps) >= share)
        steps++;
    return steps;
}

static int RIGHT(steps_until, by_logarithm)(double factor, double share)
{
    return (int)floor(log(share) / log(factor) + 1e-9) + 1;
}

static int RIGHT(steps_until, backward)(double factor, double share)
{
    int steps = 1000;
    while (steps > 0 && pow(factor, steps - 1) < share)
        steps--;
    return steps;
}

/* ---- 6: one look back ---------------------------------------------------- */

static void look_back_check(int B, int n, int d_s, int w, const int *lengths)
{
    Rng rng = rng_new((uint64_t)(B + 10 * n));
    Tensor *s = simple(&rng, B, d_s), *h = simple(&rng, B, n, w);
    Additive a = { .w_q = simple(&rng, d_s, 3) };
    a.w_k = simple(&rng, w, 3);
    a.w_v = simple(&rng, 3, 1);
    a.b = simple(&rng, 3);
    Tensor *q = t_reshape(s, B, 1, d_s), *real_words = t_zeros(B);
    for (int b = 0; b < B; b++)
        t_at(real_words, b) = (real)lengths[b];
    Tensor *expected = t_reshape(additive_attention(a, q, h, h, lengths, 0,
                                                    NULL), B, w);
    Tensor *scores = additive_scores(a, q, h);
    Tensor *all = t_reshape(t_matmul(t_softmax(scores), h), B, w);
    Tensor *raw = t_reshape(t_matmul(scores, h), B, w);
    Tensor *mean = t_reshape(t_mean(h, 1), B, w);
    Tensor *late = t_masked_fill(t_softmax(scores),
                                 nn_padding_mask(B, lengths, n), 0);
    Tensor *too_little = t_reshape(t_matmul(late, h), B, w);
    given(s);
    given(h);
    given(real_words);
    Tensor *got = CALL(look_back, (a, s, h, lengths));
    expect_shape(got, SHAPE(B, w), "Look at what is asked: one vector for each"
                 " sentence, (B, w).");
    suspect(all, "Padding is looked at. Look at lengths.");
    suspect(too_little, "Padding took its share of the weights before it was"
            " hidden. Look at what is hidden: scores, or weights?");
    suspect(raw, "Those are scores, not weights. Look at softmax.");
    suspect(mean, "That is a plain mean, whatever the state. Look at the"
            " scores.");
    expect(got, expected, 1e-5, "Look at one sentence: the scores of s with"
           " each row of h, softmax over its words, the mixture of the rows.");
}

CHECK(look_back)
{
    look_back_check(1, 3, 2, 4, (const int[]){ 3 });
    look_back_check(2, 4, 3, 2, (const int[]){ 2, 4 });
    look_back_check(3, 3, 3, 3, (const int[]){ 1, 3, 2 });
}

static Tensor *mixed_with(Tensor *weights, Tensor *h)
{
    return t_reshape(t_matmul(weights, h), t_dim(h, 0), T_INFER);
}

static Tensor *asked(Additive a, Tensor *s, Tensor *h)
{
    return additive_scores(a, t_reshape(s, t_dim(s, 0), 1, T_INFER), h);
}

static Tensor *WRONG(look_back, padding)(Additive a, Tensor *s, Tensor *h,
                                         const int *lengths)
{
    (void)lengths;
    return mixed_with(t_softmax(asked(a, s, h)), h);
}

static Tensor *WRONG(look_back, hidden_too_late)(Additive a, Tensor *s,
                                                 Tensor *h, const int *lengths)
{
    Tensor *mask = nn_padding_mask(t_dim(s, 0), lengths, t_dim(h, 1));
    return mixed_with(t_masked_fill(t_softmax(asked(a, s, h)), mask, 0), h);
}

static Tensor *WRONG(look_back, scores)(Additive a, Tensor *s, Tensor *h,
                                        const int *lengths)
{
    (void)lengths;
    return mixed_with(asked(a, s, h), h);
}

static Tensor *WRONG(look_back, plain_mean)(Additive a, Tensor *s, Tensor *h,
                                            const int *lengths)
{
    (void)a, (void)s, (void)lengths;
    return t_reshape(t_mean(h, 1), t_dim(h, 0), T_INFER);
}

static Tensor *WRONG(look_back, weights)(Additive a, Tensor *s, Tensor *h,
                                         const int *lengths)
{
    return t_reshape(masked_softmax(asked(a, s, h), lengths), t_dim(h, 0),
                     T_INFER);
}

static Tensor *WRONG(look_back, axis_left)(Additive a, Tensor *s, Tensor *h,
                                           const int *lengths)
{
    return t_matmul(masked_softmax(asked(a, s, h), lengths), h);
}

static Tensor *WRONG(look_back, no_query)(Additive a, Tensor *s, Tensor *h,
                                          const int *lengths)
{
    return mixed_with(masked_softmax(asked(a, t_scale(s, 0), h), lengths), h);
}

static Tensor *RIGHT(look_back, at_once)(Additive a, Tensor *s, Tensor *h,
                                         const int *lengths)
{
    int B = t_dim(s, 0);
    Tensor *q = t_reshape(s, B, 1, T_INFER);
    return t_reshape(additive_attention(a, q, h, h, lengths, 0, NULL), B,
                     T_INFER);
}

static Tensor *RIGHT(look_back, keys_first)(Additive a, Tensor *s, Tensor *h,
                                            const int *lengths)
{
    int B = t_dim(s, 0), n = t_dim(h, 1);
    Tensor *scores = additive_look(a, t_reshape(s, B, 1, T_INFER),
                                   additive_keys(a, h));
    Tensor *mask = nn_padding_mask(B, lengths, n);
    return mixed_with(t_softmax(t_masked_fill(scores, mask, -INFINITY)), h);
}

static Tensor *RIGHT(look_back, one_by_one)(Additive a, Tensor *s, Tensor *h,
                                            const int *lengths)
{
    Tensor *rows[8];
    for (int b = 0; b < t_dim(s, 0); b++) {
        Tensor *words = t_slice(t_slice(h, 0, b, b + 1), 1, 0, lengths[b]);
        Tensor *scores = asked(a, t_slice(s, 0, b, b + 1), words);
        rows[b] = mixed_with(t_softmax(scores), words);
    }
    return t_concat_list(0, t_dim(s, 0), rows);
}

/* ---- 7: the elder: LSTM -------------------------------------------------- */

/* What an LSTM does, and what may go wrong: the order of its parts, what goes
 * through tanh, what is made of the old cell. */
typedef struct {
    int order[4];           /* where i, f, g, o stand */
    bool old_cell;          /* h is made of c, not of c' */
    bool no_tanh;           /* h' = o c' */
    bool g_gate;            /* g through the sigmoid */
    bool no_state_bias;
} Elder;

static const Elder elder = { .order = { 0, 1, 2, 3 } };

static Tensor *elder_step(Elder e, Recurrence layer, Tensor *x, Tensor *h,
                          Tensor **c)
{
    int d = t_dim(h, -1);
    Tensor *part[4], *before = *c;
    Tensor *said = t_add(nn_linear(layer.in, x),
                         e.no_state_bias ? t_matmul(h, layer.state.weight)
                                         : nn_linear(layer.state, h));
    for (int k = 0; k < 4; k++) {
        int at = e.order[k];
        part[k] = t_slice(said, -1, at * d, (at + 1) * d);
        part[k] = k == 2 && !e.g_gate ? t_tanh(part[k]) : t_sigmoid(part[k]);
    }
    *c = t_add(t_mul(part[1], before), t_mul(part[0], part[2]));
    Tensor *shown = e.old_cell ? before : *c;
    return t_mul(part[3], e.no_tanh ? shown : t_tanh(shown));
}

static void lstm_once(int B, int d_in, int d)
{
    Rng rng = rng_new((uint64_t)(10 * B + d));
    Recurrence layer = { .in = simple_linear(&rng, d_in, 4 * d) };
    layer.state = simple_linear(&rng, d, 4 * d);
    Tensor *x = simple(&rng, B, d_in), *h = simple(&rng, B, d);
    Tensor *cell = simple(&rng, B, d), *next = cell, *c = cell;
    Tensor *other = cell, *third = cell, *fourth = cell, *fifth = cell;
    Tensor *expected = elder_step(elder, layer, x, h, &next);
    Elder swapped = { .order = { 1, 0, 2, 3 } };
    Tensor *wrong_order = elder_step(swapped, layer, x, h, &other);
    Tensor *late = elder_step((Elder){ { 0, 1, 2, 3 }, .old_cell = true },
                              layer, x, h, &third);
    Tensor *bare = elder_step((Elder){ { 0, 1, 2, 3 }, .no_tanh = true },
                              layer, x, h, &fourth);
    Tensor *gated = elder_step((Elder){ { 0, 1, 2, 3 }, .g_gate = true },
                               layer, x, h, &fifth);
    given(x);
    given(h);
    given(cell);
    Tensor *got = CALL(lstm_step, (layer, x, h, &c));
    expect_shape(got, SHAPE(B, d), "Look at h': it has the shape of h.");
    suspect(wrong_order, "i and f have changed places. Look at the order of the"
            " parts: i, f, g, o.");
    suspect(late, "h' was made from the old c. Look at the order of the two"
            " lines.");
    suspect(bare, "The tanh around c' is missing. Look at the second line.");
    suspect(gated, "g went through a sigmoid. Look at the first line.");
    expect(got, expected, 1e-5, "Look at the four parts: where each begins, and"
           " which function it goes through.");
    expect(c, next, 1e-5, "That is *c. Look at what is stored there.");
}

CHECK(lstm_step)
{
    lstm_once(1, 2, 1);
    lstm_once(2, 3, 2);
    enum { WIDE = 4 * GOLDEN_D };
    Recurrence layer = {
        { t_literal("W_x", SHAPE(GOLDEN_IN, WIDE), GOLDEN_IN * WIDE,
                    lstm_in_weight),
          t_literal("b_x", SHAPE(WIDE), WIDE, lstm_in_bias) },
        { t_literal("W_h", SHAPE(GOLDEN_D, WIDE), GOLDEN_D * WIDE,
                    lstm_state_weight),
          t_literal("b_h", SHAPE(WIDE), WIDE, lstm_state_bias) },
    };
    Tensor *x = t_literal("x", SHAPE(GOLDEN_B, GOLDEN_N, GOLDEN_IN),
                          GOLDEN_B * GOLDEN_N * GOLDEN_IN, lstm_x);
    Tensor *out = t_literal("out", SHAPE(GOLDEN_B, GOLDEN_N, GOLDEN_D),
                            GOLDEN_B * GOLDEN_N * GOLDEN_D, lstm_out);
    Tensor *h = t_zeros(GOLDEN_B, GOLDEN_D), *c = h;
    for (int i = 0; i < GOLDEN_N; i++) {
        Tensor *word = t_reshape(t_slice(x, 1, i, i + 1), GOLDEN_B, GOLDEN_IN);
        h = CALL(lstm_step, (layer, word, h, &c));
        expect(h, t_reshape(t_slice(out, 1, i, i + 1), GOLDEN_B, GOLDEN_D),
               1e-5, "That is PyTorch's nn.LSTM. Look at whether *c goes on"
               " from step to step.");
    }
}

static Tensor *WRONG(lstm_step, forget_first)(Recurrence layer, Tensor *x,
                                              Tensor *h, Tensor **c)
{
    return elder_step((Elder){ .order = { 1, 0, 2, 3 } },
                      layer, x, h, c);
}

static Tensor *WRONG(lstm_step, out_third)(Recurrence layer, Tensor *x,
                                           Tensor *h, Tensor **c)
{
    return elder_step((Elder){ .order = { 0, 1, 3, 2 } },
                      layer, x, h, c);
}

static Tensor *WRONG(lstm_step, old_cell)(Recurrence layer, Tensor *x,
                                          Tensor *h, Tensor **c)
{
    return elder_step((Elder){ { 0, 1, 2, 3 }, .old_cell = true },
                      layer, x, h, c);
}

static Tensor *WRONG(lstm_step, no_tanh)(Recurrence layer, Tensor *x,
                                         Tensor *h, Tensor **c)
{
    return elder_step((Elder){ { 0, 1, 2, 3 }, .no_tanh = true },
                      layer, x, h, c);
}

static Tensor *WRONG(lstm_step, g_gate)(Recurrence layer, Tensor *x,
                                        Tensor *h, Tensor **c)
{
    return elder_step((Elder){ { 0, 1, 2, 3 }, .g_gate = true },
                      layer, x, h, c);
}

static Tensor *WRONG(lstm_step, one_bias)(Recurrence layer, Tensor *x,
                                          Tensor *h, Tensor **c)
{
    return elder_step((Elder){ { 0, 1, 2, 3 }, .no_state_bias = true },
                      layer, x, h, c);
}

static Tensor *WRONG(lstm_step, not_stored)(Recurrence layer, Tensor *x,
                                            Tensor *h, Tensor **c)
{
    Tensor *mine = *c;
    return elder_step(elder, layer, x, h, &mine);
}

static Tensor *RIGHT(lstm_step, in_a_loop)(Recurrence layer, Tensor *x,
                                           Tensor *h, Tensor **c)
{
    return elder_step((Elder){ .order = { 0, 1, 2, 3 } },
                      layer, x, h, c);
}

static Tensor *RIGHT(lstm_step, by_number)(Recurrence layer, Tensor *x,
                                           Tensor *h, Tensor **c)
{
    int B = t_dim(h, 0), d = t_dim(h, 1);
    Tensor *said = t_add(nn_linear(layer.in, x), nn_linear(layer.state, h));
    Tensor *next = t_zeros(B, d), *cell = t_zeros(B, d);
    for (int b = 0; b < B; b++)
        for (int k = 0; k < d; k++) {
            double i = (double)t_at(said, b, k);
            double f = (double)t_at(said, b, d + k);
            double g = (double)t_at(said, b, 2 * d + k);
            double o = (double)t_at(said, b, 3 * d + k);
            double kept = (double)t_at(*c, b, k) / (1 + exp(-f))
                        + tanh(g) / (1 + exp(-i));
            t_at(cell, b, k) = (real)kept;
            t_at(next, b, k) = (real)(tanh(kept) / (1 + exp(-o)));
        }
    *c = cell;
    return next;
}

static Tensor *RIGHT(lstm_step, sigmoids_at_once)(Recurrence layer, Tensor *x,
                                                  Tensor *h, Tensor **c)
{
    int d = t_dim(h, 1);
    Tensor *said = t_add(nn_linear(layer.in, x), nn_linear(layer.state, h));
    Tensor *open = t_sigmoid(said), *new = t_tanh(said);
    Tensor *added = t_mul(t_slice(open, 1, 0, d),
                          t_slice(new, 1, 2 * d, 3 * d));
    *c = t_add(t_mul(t_slice(open, 1, d, 2 * d), *c), added);
    return t_mul(t_slice(open, 1, 3 * d, 4 * d), t_tanh(*c));
}

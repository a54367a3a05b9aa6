/* 04_additive_attention.c -- the checks of chapter 4's exercises, and answers,
 * wrong and right, that try them. README.md says how to write both. */

#include "learn/nn.h"

/* ---- 1: what it learns --------------------------------------------------- */

static void learned_check(long d_q, long d_k, long h)
{
    given((double)d_q);
    given((double)d_k);
    given((double)h);
    double got = (double)CALL(learned, (d_q, d_k, h));
    suspect((double)((d_q + d_k) * h), "Those are the two matrices. Look at"
            " what comes after them: w_v, and the bias.");
    suspect((double)((d_q + d_k) * h + h), "One vector of h numbers is missing."
            " Look at both w_v and b.");
    suspect((double)((d_q + d_k) * h + h + 1), "A bias is one number for each"
            " hidden one, not one for all. Look at its shape.");
    suspect((double)(d_q * d_k * h + 2 * h), "Look at W_q and W_k: they are two"
            " matrices, one for each.");
    expect(got, (double)((d_q + d_k + 2) * h), 1e-9, "Look at the shapes of"
           " W_q, W_k, w_v and b.");
}

CHECK(learned)
{
    learned_check(2, 3, 10);
    learned_check(6, 4, 64);
    learned_check(512, 128, 1000);
}

static long WRONG(learned, matrices_only)(long d_q, long d_k, long h)
{
    return (d_q + d_k) * h;
}

static long WRONG(learned, no_bias)(long d_q, long d_k, long h)
{
    return (d_q + d_k + 1) * h;
}

static long WRONG(learned, one_bias)(long d_q, long d_k, long h)
{
    return (d_q + d_k + 1) * h + 1;
}

static long WRONG(learned, one_matrix)(long d_q, long d_k, long h)
{
    return d_q * d_k * h + 2 * h;
}

static long WRONG(learned, the_example)(long d_q, long d_k, long h)
{
    (void)d_q, (void)d_k, (void)h;
    return 70;
}

static long WRONG(learned, one_too_many)(long d_q, long d_k, long h)
{
    return (d_q + d_k + 2) * h + 1;
}

static long RIGHT(learned, factored)(long d_q, long d_k, long h)
{
    return h * (2 + d_k + d_q);
}

static long RIGHT(learned, added_up)(long d_q, long d_k, long h)
{
    long all = 0;
    for (long c = 0; c < h; c++)
        all += d_q + d_k + 1 + 1;
    return all;
}

static long RIGHT(learned, of_a_model)(long d_q, long d_k, long h)
{
    Rng rng = rng_new(1);
    Params params = { 0 };
    additive_new(&params, &rng, (int)d_q, (int)d_k, (int)h, true);
    return (long)params_count(&params);
}

/* ---- 2: a shape that is easily forgotten --------------------------------- */

static void through_tanh_check(long B, long n, long m, long h)
{
    given((double)B);
    given((double)n);
    given((double)m);
    given((double)h);
    double got = (double)CALL(through_tanh, (B, n, m, h));
    suspect((double)(B * n * m), "Those are the scores. Look at what they are"
            " made from: h numbers each.");
    suspect((double)(B * (n + m) * h), "Those are the projected queries and"
            " keys. Look at how many pairs they make.");
    suspect((double)(n * m * h), "That is one sequence. Look at B.");
    expect(got, (double)(B * n * m * h), 1e-9, "Look at the ledger: the sum"
           " before tanh is (B, n, m, h).");
}

CHECK(through_tanh)
{
    through_tanh_check(1, 2, 3, 4);
    through_tanh_check(64, 5, 7, 11);
    through_tanh_check(3, 2, 9, 1);
    if (sizeof(long) > sizeof(int))     /* otherwise too many to count so */
        through_tanh_check(64, 512, 512, 1024);
}

static long WRONG(through_tanh, scores)(long B, long n, long m, long h)
{
    (void)h;
    return B * n * m;
}

static long WRONG(through_tanh, added)(long B, long n, long m, long h)
{
    return B * (n + m) * h;
}

static long WRONG(through_tanh, one_sequence)(long B, long n, long m, long h)
{
    (void)B;
    return n * m * h;
}

static long WRONG(through_tanh, as_many_queries_as_keys)
    (long B, long n, long m, long h)
{
    (void)m;
    return B * n * n * h;
}

static long WRONG(through_tanh, in_an_int)(long B, long n, long m, long h)
{
    return (long)(unsigned)(B * n * m * h);
}

static long WRONG(through_tanh, the_example)(long B, long n, long m, long h)
{
    (void)B, (void)n, (void)m, (void)h;
    return 24;
}

static long RIGHT(through_tanh, pairs_first)(long B, long n, long m, long h)
{
    long pairs = n * m;
    return pairs * (h * B);
}

static long RIGHT(through_tanh, added_up)(long B, long n, long m, long h)
{
    long all = 0;
    for (long b = 0; b < B; b++)
        for (long i = 0; i < n; i++)
            all += m * h;
    return all;
}

static long RIGHT(through_tanh, in_floating_point)(long B, long n, long m,
                                                   long h)
{
    return (long)((double)B * (double)n * (double)m * (double)h);
}

/* ---- 3: find the bug: it only works for equal numbers -------------------- */

static Tensor *paired(Tensor *a, Tensor *b)
{
    int n = t_dim(a, 0), m = t_dim(b, 0), h = t_dim(a, 1);
    return t_add(t_reshape(a, n, 1, h), t_reshape(b, 1, m, h));
}

static void every_pair_check(int n, int m, int h)
{
    Rng rng = rng_new(4);
    Tensor *from_q = simple(&rng, n, h), *from_k = simple(&rng, m, h);
    given(from_q);
    given(from_k);
    Tensor *got = CALL(every_pair, (from_q, from_k));
    expect_shape(got, SHAPE(n, m, h), "Look at the shape: (n, 1, h) and (1, m,"
                 " h) broadcast to (n, m, h).");
    if (n == m) {
        suspect(t_broadcast(t_reshape(t_add(from_q, from_k), 1, m, h), n, m, h),
                "Query i was added to key i, and that was repeated. Look at"
                " which axis each of the two varies along.");
        suspect(t_permute(paired(from_q, from_k), 1, 0, 2), "Queries and keys"
                " have changed places. Look at the first axis: queries.");
    }
    expect(got, paired(from_q, from_k), 1e-6, "Look at element (i, j): it is"
           " the sum of row i of from_q and row j of from_k.");
}

CHECK(every_pair)
{
    every_pair_check(2, 2, 3);
    every_pair_check(2, 3, 2);
    every_pair_check(4, 1, 5);
    every_pair_check(3, 3, 3);
}

static Tensor *WRONG(every_pair, as_it_was)(Tensor *from_q, Tensor *from_k)
{
    int n = t_dim(from_q, 0), m = t_dim(from_k, 0), h = t_dim(from_q, 1);
    Tensor *pairs = t_add(from_q, from_k);
    return t_broadcast(t_reshape(pairs, 1, m, h), n, m, h);
}

static Tensor *WRONG(every_pair, turned)(Tensor *from_q, Tensor *from_k)
{
    return paired(from_k, from_q);
}

static Tensor *WRONG(every_pair, keys_first)(Tensor *from_q, Tensor *from_k)
{
    return t_permute(paired(from_q, from_k), 1, 0, 2);
}

static Tensor *WRONG(every_pair, multiplied)(Tensor *from_q, Tensor *from_k)
{
    int n = t_dim(from_q, 0), m = t_dim(from_k, 0), h = t_dim(from_q, 1);
    return t_mul(t_reshape(from_q, n, 1, h), t_reshape(from_k, 1, m, h));
}

static Tensor *WRONG(every_pair, queries_twice)(Tensor *from_q, Tensor *from_k)
{
    int n = t_dim(from_q, 0), m = t_dim(from_k, 0), h = t_dim(from_q, 1);
    return t_add(t_reshape(from_q, n, 1, h), t_broadcast(
        t_reshape(t_slice(from_q, 0, 0, 1), 1, 1, h), n, m, h));
}

static Tensor *WRONG(every_pair, keys_forgotten)(Tensor *from_q, Tensor *from_k)
{
    int n = t_dim(from_q, 0), m = t_dim(from_k, 0), h = t_dim(from_q, 1);
    return t_broadcast(t_reshape(from_q, n, 1, h), n, m, h);
}

static Tensor *RIGHT(every_pair, keys_left_as_they_are)(Tensor *from_q,
                                                        Tensor *from_k)
{
    int n = t_dim(from_q, 0), h = t_dim(from_q, 1);
    return t_add(from_k, t_reshape(from_q, n, 1, h));
}

static Tensor *RIGHT(every_pair, in_loops)(Tensor *from_q, Tensor *from_k)
{
    int n = t_dim(from_q, 0), m = t_dim(from_k, 0), h = t_dim(from_q, 1);
    Tensor *pairs = t_zeros(n, m, h);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            for (int c = 0; c < h; c++)
                t_at(pairs, i, j, c) = t_at(from_q, i, c) + t_at(from_k, j, c);
    return pairs;
}

static Tensor *RIGHT(every_pair, both_repeated)(Tensor *from_q, Tensor *from_k)
{
    int n = t_dim(from_q, 0), m = t_dim(from_k, 0), h = t_dim(from_q, 1);
    return t_add(t_broadcast(t_reshape(from_q, n, 1, h), n, m, h),
                 t_broadcast(t_reshape(from_k, 1, m, h), n, m, h));
}

/* ---- 4: find the bug: padding that is heard ------------------------------ */

/* Softmax with `value` in the place of the scores of padding. */
static Tensor *padded_with(Tensor *scores, const int *lengths, double value)
{
    Tensor *mask = nn_padding_mask(t_dim(scores, 0), lengths, t_dim(scores, 2));
    return t_softmax(t_masked_fill(scores, mask, value));
}

static Tensor *cut_after_softmax(Tensor *scores, const int *lengths)
{
    Tensor *mask = nn_padding_mask(t_dim(scores, 0), lengths, t_dim(scores, 2));
    return t_masked_fill(t_softmax(scores), mask, 0);
}

/* offset: added to all scores, which changes no right answer. */
static void mended_softmax_check(int B, int n, int m, const int *numbers,
                                 double offset)
{
    Rng rng = rng_new(5);
    Tensor *scores = t_add(simple(&rng, B, n, m), t_vector(offset));
    const int *lengths = ints_of(B, numbers);
    given(scores);
    given_array(B, lengths);
    Tensor *expected = padded_with(scores, lengths, -INFINITY);
    Tensor *got = CALL(mended_softmax, (scores, lengths));
    suspect(padded_with(scores, lengths, 0), "Padding still has the score 0,"
            " and e^0 is 1. Look for the score whose power is 0.");
    suspect(t_softmax(scores), "Nothing is hidden. Look at what the mask is"
            " for.");
    suspect(cut_after_softmax(scores, lengths), "The weights were cut after the"
            " softmax, and the rest no longer adds up to 1. Look at the"
            " order.");
    expect(got, expected, 1e-5, "Look at a row of the"
           " result: 0 beyond the length, and a sum of 1. A score may be lower"
           " than any number you name.");
    for (int b = 0; b < B; b++)
        for (int j = lengths[b]; j < m; j++)
            expect_that(t_at(got, b, 0, j) == 0, "A weight beyond the length is"
                        " small, but not 0.", "Look for the score whose power"
                        " is exactly 0.");
}

CHECK(mended_softmax)
{
    mended_softmax_check(2, 1, 3, (const int[]){ 2, 3 }, 0);
    mended_softmax_check(3, 2, 4, (const int[]){ 1, 3, 2 }, 0);
    mended_softmax_check(1, 3, 2, (const int[]){ 1 }, -1.0e4);
    mended_softmax_check(2, 2, 2, (const int[]){ 1, 2 }, 12);
}

static Tensor *WRONG(mended_softmax, as_it_was)(Tensor *scores,
                                                const int *lengths)
{
    return padded_with(scores, lengths, 0);
}

static Tensor *WRONG(mended_softmax, cut_afterwards)(Tensor *scores,
                                                     const int *lengths)
{
    return cut_after_softmax(scores, lengths);
}

static Tensor *WRONG(mended_softmax, one_key_too_few)(Tensor *scores,
                                                      const int *lengths)
{
    int fewer[3];
    for (int b = 0; b < t_dim(scores, 0); b++)
        fewer[b] = lengths[b] > 1 ? lengths[b] - 1 : 1;
    return padded_with(scores, fewer, -INFINITY);
}

static Tensor *WRONG(mended_softmax, low_score)(Tensor *scores,
                                                const int *lengths)
{
    return padded_with(scores, lengths, -16);
}

static Tensor *WRONG(mended_softmax, lower_score)(Tensor *scores,
                                                  const int *lengths)
{
    return padded_with(scores, lengths, -100);
}

static Tensor *WRONG(mended_softmax, much_lower_score)(Tensor *scores,
                                                       const int *lengths)
{
    return padded_with(scores, lengths, -1000);
}

static Tensor *WRONG(mended_softmax, first_length_for_all)(Tensor *scores,
                                                           const int *lengths)
{
    int same[3] = { lengths[0], lengths[0], lengths[0] };
    return padded_with(scores, same, -INFINITY);
}

static Tensor *RIGHT(mended_softmax, of_the_chapter)(Tensor *scores,
                                                     const int *lengths)
{
    return masked_softmax(scores, lengths);
}

static Tensor *RIGHT(mended_softmax, lowest_of_all)(Tensor *scores,
                                                    const int *lengths)
{
    return padded_with(scores, lengths, -1e30);
}

static Tensor *RIGHT(mended_softmax, cut_and_divided)(Tensor *scores,
                                                      const int *lengths)
{
    Tensor *weights = cut_after_softmax(scores, lengths);
    return t_div(weights, t_sum(weights, 2));
}

/* ---- 5: the mirror image ------------------------------------------------- */

static void mirrored_check(double s)
{
    double score = UNSET, weight = UNSET;
    given(s);
    CALL(mirrored, (s, &score, &weight));
    suspect(s, "That is *score. Look at tanh(-z).");
    expect(score, -s, 1e-9, "That is *score. Look at w_v . tanh(-z).");
    suspect(0.1, "That is *weight. Look at both keys: each score changes its"
            " sign, and the keys change places as well.");
    suspect(0.5, "That is *weight. Look at the difference of the two scores: it"
            " is not 0.");
    suspect(-0.9, "That is *weight. No weight is negative. Look at the softmax"
            " of the two scores.");
    expect(weight, 0.9, 1e-9, "That is *weight. Look at the difference of the"
           " two scores of -q, and compare it with that of q.");
}

CHECK(mirrored)
{
    mirrored_check(1.5);
    mirrored_check(-2);
    mirrored_check(0.25);
}

static void WRONG(mirrored, exchanged)(double s, double *score, double *weight)
{
    *score = -s;
    *weight = 0.1;
}

static void WRONG(mirrored, even)(double s, double *score, double *weight)
{
    *score = s;
    *weight = 0.9;
}

static void WRONG(mirrored, undecided)(double s, double *score, double *weight)
{
    *score = -s;
    *weight = 0.5;
}

static void WRONG(mirrored, below_0)(double s, double *score, double *weight)
{
    *score = -s;
    *weight = -0.9;
}

static void WRONG(mirrored, weight_forgotten)(double s, double *score,
                                              double *weight)
{
    (void)weight;
    *score = -s;
}

static void WRONG(mirrored, size_alone)(double s, double *score, double *weight)
{
    *score = -fabs(s);
    *weight = 0.9;
}

static void RIGHT(mirrored, as_a_rest)(double s, double *score, double *weight)
{
    *weight = 1 - 0.1;
    *score = 0 - s;
}

static void RIGHT(mirrored, by_softmax)(double s, double *score, double *weight)
{
    double a = log(0.9), b = log(0.1);      /* q with k and with -k */
    *weight = exp(-b) / (exp(-b) + exp(-a));
    *score = -1 * s;
}

/* In a network of one hidden number. */
static void RIGHT(mirrored, tried_out)(double s, double *score, double *weight)
{
    double w = 2 * fabs(s) + 1, z = atanh(s / w);
    *score = w * tanh(-z);
    *weight = 0.9;
}

/* ---- 6: one score, by hand ----------------------------------------------- */

static double score_of(Additive a, Tensor *q, Tensor *k)
{
    return t_item(additive_scores(a, t_reshape(q, 1, 1, t_dim(q, 0)),
                                  t_reshape(k, 1, 1, t_dim(k, 0))));
}

static void one_score_check(int d_q, int d_k, int h, bool with_bias)
{
    Rng rng = rng_new(6);
    Tensor *q = simple(&rng, d_q), *k = simple(&rng, d_k);
    Additive a = { .w_q = simple(&rng, d_q, h) };
    a.w_k = simple(&rng, d_k, h);
    a.w_v = simple(&rng, h, 1);
    a.b = with_bias ? simple(&rng, h) : NULL;
    given(q);
    given(k);
    given(a.w_q);
    given(a.w_k);
    given(a.w_v);
    if (with_bias)
        given(a.b);
    double expected = score_of(a, q, k);
    double got = CALL(one_score, (a, q, k));
    if (with_bias) {
        Additive bare = { a.w_q, a.w_k, a.w_v, NULL };
        suspect(score_of(bare, q, k), "The bias is missing. Look at what is"
                " added before tanh.");
    }
    suspect(score_of((Additive){ a.w_q, a.w_k, a.w_v, NULL }, q, t_scale(k, 0))
            + score_of((Additive){ a.w_q, a.w_k, a.w_v, NULL }, t_scale(q, 0),
                       k), "Query and key went through tanh apart. Look at the"
            " order: first the sum, then tanh.");
    expect(got, expected, 1e-5, "Look at one hidden number: tanh of"
           " b_c + sum of q_i W_q(i, c) + sum of k_i W_k(i, c).");
}

CHECK(one_score)
{
    one_score_check(2, 3, 2, false);
    one_score_check(3, 2, 4, true);
    one_score_check(1, 4, 1, true);
    one_score_check(4, 4, 4, true);
}

static double WRONG(one_score, no_bias)(Additive a, const Tensor *q,
                                        const Tensor *k)
{
    a.b = NULL;
    return score_of(a, t_keep(q), t_keep(k));
}

static double WRONG(one_score, apart)(Additive a, const Tensor *q,
                                      const Tensor *k)
{
    Tensor *no_q = t_scale(t_keep(q), 0), *no_k = t_scale(t_keep(k), 0);
    a.b = NULL;
    return score_of(a, t_keep(q), no_k) + score_of(a, no_q, t_keep(k));
}

static double WRONG(one_score, no_tanh)(Additive a, const Tensor *q,
                                        const Tensor *k)
{
    double score = 0;
    for (int c = 0; c < t_dim(a.w_v, 0); c++) {
        double z = a.b ? (double)t_at(a.b, c) : 0;
        for (int i = 0; i < t_dim(q, 0); i++)
            z += (double)(t_at(q, i) * t_at(a.w_q, i, c));
        for (int i = 0; i < t_dim(k, 0); i++)
            z += (double)(t_at(k, i) * t_at(a.w_k, i, c));
        score += (double)t_at(a.w_v, c, 0) * z;
    }
    return score;
}

static double WRONG(one_score, two_hidden_numbers)(Additive a, const Tensor *q,
                                                   const Tensor *k)
{
    int h = t_dim(a.w_v, 0) < 2 ? 1 : 2;
    Additive few = { t_slice(a.w_q, 1, 0, h), t_slice(a.w_k, 1, 0, h),
                     t_slice(a.w_v, 0, 0, h),
                     a.b ? t_slice(a.b, 0, 0, h) : NULL };
    return score_of(few, t_keep(q), t_keep(k));
}

static double WRONG(one_score, key_forgotten)(Additive a, const Tensor *q,
                                              const Tensor *k)
{
    return score_of(a, t_keep(q), t_scale(t_keep(k), 0));
}

static double WRONG(one_score, not_weighted)(Additive a, const Tensor *q,
                                             const Tensor *k)
{
    a.w_v = t_scale(a.w_v, 0);
    for (int c = 0; c < t_dim(a.w_v, 0); c++)
        t_at(a.w_v, c, 0) = 1;
    return score_of(a, t_keep(q), t_keep(k));
}

static double RIGHT(one_score, by_products)(Additive a, const Tensor *q,
                                            const Tensor *k)
{
    Tensor *z = t_add(t_matmul(t_reshape(t_keep(q), 1, t_dim(q, 0)), a.w_q),
                      t_matmul(t_reshape(t_keep(k), 1, t_dim(k, 0)), a.w_k));
    if (a.b)
        z = t_add(z, a.b);
    return t_item(t_matmul(t_tanh(z), a.w_v));
}

static double RIGHT(one_score, in_single_precision)(Additive a, const Tensor *q,
                                                    const Tensor *k)
{
    float score = 0;
    for (int c = 0; c < t_dim(a.w_v, 0); c++) {
        float z = 0;
        for (int i = 0; i < t_dim(k, 0); i++)
            z += (float)t_at(a.w_k, i, c) * (float)t_at(k, i);
        for (int i = 0; i < t_dim(q, 0); i++)
            z += (float)t_at(a.w_q, i, c) * (float)t_at(q, i);
        if (a.b)
            z += (float)t_at(a.b, c);
        score += tanhf(z) * (float)t_at(a.w_v, c, 0);
    }
    return (double)score;
}

/* tanh(z) = 1 - 2 / (e^2z + 1) */
static double RIGHT(one_score, tanh_by_exp)(Additive a, const Tensor *q,
                                            const Tensor *k)
{
    double score = 0;
    for (int c = t_dim(a.w_v, 0); c-- > 0;) {
        double z = 0;
        for (int i = 0; i < t_dim(q, 0); i++)
            z += (double)t_at(q, i) * (double)t_at(a.w_q, i, c);
        for (int i = 0; i < t_dim(k, 0); i++)
            z += (double)t_at(k, i) * (double)t_at(a.w_k, i, c);
        z += a.b ? (double)t_at(a.b, c) : 0;
        score += (double)t_at(a.w_v, c, 0) * (1 - 2 / (exp(2 * z) + 1));
    }
    return score;
}

/* 04_additive_attention.c -- the checks of chapter 4's exercises, and wrong
 * answers that they must reject. README.md says how to write both. */

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
    expect(got, (double)((d_q + d_k + 2) * h), 1e-9, "Look at the shapes of"
           " W_q, W_k, w_v and b.");
}

CHECK(learned)
{
    learned_check(2, 3, 10);
    learned_check(6, 4, 64);
}

static long WRONG(learned, matrices_only)(long d_q, long d_k, long h)
{
    return (d_q + d_k) * h;
}

static long WRONG(learned, no_bias)(long d_q, long d_k, long h)
{
    return (d_q + d_k + 1) * h;
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
    expect(got, (double)(B * n * m * h), 1e-9, "Look at the ledger: the sum"
           " before tanh is (B, n, m, h).");
}

CHECK(through_tanh)
{
    through_tanh_check(1, 2, 3, 4);
    through_tanh_check(64, 5, 7, 11);
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

/* ---- 4: find the bug: padding that is heard ------------------------------ */

static void mended_softmax_check(int n, int m, const int *lengths)
{
    Rng rng = rng_new(5);
    Tensor *scores = simple(&rng, 2, n, m);
    Tensor *real_keys = t_vector(lengths[0], lengths[1]);
    given(scores);
    given(real_keys);
    Tensor *got = CALL(mended_softmax, (scores, lengths));
    Tensor *weights = t_softmax(scores), *mask = nn_padding_mask(2, lengths, m);
    suspect(t_softmax(t_masked_fill(scores, mask, 0)), "Padding still has the"
            " score 0, and e^0 is 1. Look for the score whose power is 0.");
    suspect(weights, "Nothing is hidden. Look at what the mask is for.");
    suspect(t_masked_fill(weights, mask, 0), "The weights were cut after the"
            " softmax, and the rest no longer adds up to 1. Look at the"
            " order.");
    expect(got, masked_softmax(scores, lengths), 1e-5, "Look at a row of the"
           " result: 0 beyond the length, and a sum of 1.");
}

CHECK(mended_softmax)
{
    mended_softmax_check(1, 3, (const int[]){ 2, 3 });
    mended_softmax_check(2, 4, (const int[]){ 1, 3 });
}

static Tensor *WRONG(mended_softmax, as_it_was)(Tensor *scores,
                                                const int *lengths)
{
    return t_softmax(t_masked_fill(
        scores, nn_padding_mask(2, lengths, t_dim(scores, 2)), 0));
}

static Tensor *WRONG(mended_softmax, cut_afterwards)(Tensor *scores,
                                                     const int *lengths)
{
    return t_masked_fill(t_softmax(scores),
                         nn_padding_mask(2, lengths, t_dim(scores, 2)), 0);
}

static Tensor *WRONG(mended_softmax, one_key_too_few)(Tensor *scores,
                                                      const int *lengths)
{
    int fewer[2] = { lengths[0] > 1 ? lengths[0] - 1 : 1, lengths[1] - 1 };
    return masked_softmax(scores, fewer);
}

/* ---- 5: the mirror image ------------------------------------------------- */

static void mirrored_check(double s)
{
    double score = NAN, weight = NAN;
    given(s);
    CALL(mirrored, (s, &score, &weight));
    suspect(s, "That is *score. Look at tanh(-z).");
    expect(score, -s, 1e-9, "That is *score. Look at w_v . tanh(-z).");
    suspect(0.1, "That is *weight. Look at both keys: each score changes its"
            " sign, and the keys change places as well.");
    expect(weight, 0.9, 1e-9, "That is *weight. Look at the difference of the"
           " two scores of -q, and compare it with that of q.");
}

CHECK(mirrored)
{
    mirrored_check(1.5);
    mirrored_check(-2);
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
    Additive a = { simple(&rng, d_q, h), simple(&rng, d_k, h),
                   simple(&rng, h, 1), with_bias ? simple(&rng, h) : NULL };
    given(q);
    given(k);
    given(a.w_q);
    given(a.w_k);
    given(a.w_v);
    if (with_bias)
        given(a.b);
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
    expect(got, score_of(a, q, k), 1e-5, "Look at one hidden number: tanh of"
           " b_c + sum of q_i W_q(i, c) + sum of k_i W_k(i, c).");
}

CHECK(one_score)
{
    one_score_check(2, 3, 2, false);
    one_score_check(3, 2, 4, true);
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

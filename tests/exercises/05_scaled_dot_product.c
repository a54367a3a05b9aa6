/* 05_scaled_dot_product.c -- the checks of chapter 5's exercises, and answers,
 * wrong and right, that try them. README.md says how to write both. */
#include <ctype.h>

/* ---- 1: queries and keys change places ----------------------------------- */

CHECK(changed_places)
{
    char got = CALL(changed_places, ());
    suspect_letter('a', "q . k is k . q, but the query of one token meets the"
                   " key of another. Look at the numbers of `by_hand`:"
                   " q_1 . k_2 is 1, and q_2 . k_1 is 2.");
    suspect_letter('b', "That is true of the scores. Look at the softmax, which"
                   " goes over rows: what were the rows of the new table?");
    suspect_letter('d', "Look at the new table, K Q^T: are there other numbers"
                   " in it than in Q K^T?");
    char what[80];
    snprintf(what, sizeof what, "You return the number %d, which is none of the"
             " letters 'a' to 'd'.", got);
    expect_that(isalpha((unsigned char)got), what, "Look at the quotes: a"
                " letter is written in single ones, 'a'; \"a\" is a text.");
    expect_letter(got, 'c', "abcd", "Look at the new table of scores, K Q^T.");
}

static char WRONG(changed_places, symmetric)(void) { return 'a'; }
static char WRONG(changed_places, weights_too)(void) { return 'b'; }
static char WRONG(changed_places, upper_case)(void) { return 'C'; }
static char WRONG(changed_places, number)(void) { return 3; }
static char WRONG(changed_places, sign)(void) { return 'd'; }
static char WRONG(changed_places, no_such_letter)(void) { return 'e'; }

static char RIGHT(changed_places, the_letter)(void) { return 'c'; }
static char RIGHT(changed_places, its_number)(void) { return 99; }

/* By multiplying out: the scores are transposed, are the weights? */
static char RIGHT(changed_places, tried_out)(void)
{
    Tensor *scores = t_matrix(2, 2, 2, 1, 2, 2);
    Tensor *weights = t_softmax(t_transpose(scores));
    bool same = t_distance(weights, t_transpose(t_softmax(scores))) < 1e-6;
    return same ? 'b' : 'c';
}

/* ---- 2: four shapes ------------------------------------------------------ */

static void four_shapes_check(int n, int m, int a, int b, int d_k, int d_v)
{
    Shape w_k = { 0 }, w_v = { 0 }, weights = { 0 }, output = { 0 };
    given(n);
    given(m);
    given(a);
    given(b);
    given(d_k);
    given(d_v);
    CALL(four_shapes,
         (n, m, a, b, d_k, d_v, &w_k, &w_v, &weights, &output));
    expect_shape_answer("w_k", w_k, SHAPE(b, d_k), "Keys are made from the"
                        " tokens that are asked: Y of shape (m, b), times W^K,"
                        " is (m, d_k). Look at what fits between.");
    expect_shape_answer("w_v", w_v, SHAPE(b, d_v), "Values are made from the"
                        " tokens that are asked: Y of shape (m, b), times W^V,"
                        " is (m, d_v). Look at what fits between.");
    expect_shape_answer("weights", weights, SHAPE(n, m), "Look at Q K^T: a row"
                        " for each who looks, a column for each who is looked"
                        " at.");
    expect_shape_answer("output", output, SHAPE(n, d_v), "Look at weights times"
                        " V. Whoever asks gets one mixture of values.");
}

CHECK(four_shapes)
{
    four_shapes_check(2, 3, 5, 7, 11, 13);
    four_shapes_check(17, 4, 6, 9, 8, 10);
}

static void WRONG(four_shapes, keys_from_the_asking)
    (int n, int m, int a, int b, int d_k, int d_v, Shape *w_k, Shape *w_v,
     Shape *weights, Shape *output)
{
    (void)b;
    *w_k = SHAPE(a, d_k);
    *w_v = SHAPE(a, d_v);
    *weights = SHAPE(n, m);
    *output = SHAPE(n, d_v);
}

static void WRONG(four_shapes, weights_turned)
    (int n, int m, int a, int b, int d_k, int d_v, Shape *w_k, Shape *w_v,
     Shape *weights, Shape *output)
{
    (void)a;
    *w_k = SHAPE(b, d_k);
    *w_v = SHAPE(b, d_v);
    *weights = SHAPE(m, n);
    *output = SHAPE(n, d_v);
}

static void WRONG(four_shapes, one_not_set)
    (int n, int m, int a, int b, int d_k, int d_v, Shape *w_k, Shape *w_v,
     Shape *weights, Shape *output)
{
    (void)a, (void)output;
    *w_k = SHAPE(b, d_k);
    *w_v = SHAPE(b, d_v);
    *weights = SHAPE(n, m);
}

static void WRONG(four_shapes, written_as_numbers)
    (int n, int m, int a, int b, int d_k, int d_v, Shape *w_k, Shape *w_v,
     Shape *weights, Shape *output)
{
    (void)n, (void)m, (void)a, (void)b, (void)d_k, (void)d_v;
    *w_k = SHAPE(7, 11);
    *w_v = SHAPE(7, 13);
    *weights = SHAPE(2, 3);
    *output = SHAPE(2, 13);
}

static void WRONG(four_shapes, values_as_wide_as_keys)
    (int n, int m, int a, int b, int d_k, int d_v, Shape *w_k, Shape *w_v,
     Shape *weights, Shape *output)
{
    (void)a, (void)d_v;
    *w_k = *w_v = SHAPE(b, d_k);
    *weights = SHAPE(n, m);
    *output = SHAPE(n, d_k);
}

static void WRONG(four_shapes, a_row_for_each_key)
    (int n, int m, int a, int b, int d_k, int d_v, Shape *w_k, Shape *w_v,
     Shape *weights, Shape *output)
{
    (void)a;
    *w_k = SHAPE(b, d_k);
    *w_v = SHAPE(b, d_v);
    *weights = SHAPE(n, m);
    *output = SHAPE(m, d_v);
}

static void RIGHT(four_shapes, output_first)
    (int n, int m, int a, int b, int d_k, int d_v, Shape *w_k, Shape *w_v,
     Shape *weights, Shape *output)
{
    (void)a;
    *output = SHAPE(n, d_v);
    *weights = SHAPE(n, m);
    *w_v = SHAPE(b, d_v);
    *w_k = SHAPE(b, d_k);
}

static void RIGHT(four_shapes, multiplied_out)
    (int n, int m, int a, int b, int d_k, int d_v, Shape *w_k, Shape *w_v,
     Shape *weights, Shape *output)
{
    Tensor *x = t_zeros(n, a), *y = t_zeros(m, b), *to_k = t_zeros(b, d_k);
    Tensor *q = t_matmul(x, t_zeros(a, d_k)), *to_v = t_zeros(b, d_v);
    Tensor *table = t_matmul(q, t_transpose(t_matmul(y, to_k)));
    *w_k = to_k->shape;
    *w_v = to_v->shape;
    *weights = table->shape;
    *output = t_matmul(table, t_matmul(y, to_v))->shape;
}

static void RIGHT(four_shapes, one_changed_for_another)
    (int n, int m, int a, int b, int d_k, int d_v, Shape *w_k, Shape *w_v,
     Shape *weights, Shape *output)
{
    (void)a;
    *w_k = *w_v = SHAPE(b, d_k);
    w_v->dim[1] = d_v;
    *weights = *output = SHAPE(n, m);
    output->dim[1] = d_v;
}

/* ---- 3: find the bug: narrow heads learn, wide ones do not --------------- */

/* Attention with scores times a factor of the caller's. */
static Tensor *with_factor(Tensor *q, Tensor *k, Tensor *v, double factor)
{
    Tensor *scores = t_matmul(q, t_transpose(k));
    return t_matmul(t_softmax(t_scale(scores, factor)), v);
}

static void attention_check(int n, int d, int d_k, int d_v)
{
    Rng rng = rng_new(5);
    Tensor *x = simple(&rng, n, d), *w_q = simple(&rng, d, d_k);
    Tensor *w_k = simple(&rng, d, d_k), *w_v = simple(&rng, d, d_v);
    Tensor *q = t_matmul(x, w_q), *k = t_matmul(x, w_k), *v = t_matmul(x, w_v);
    given(x);
    given(w_q);
    given(w_k);
    given(w_v);
    Tensor *want = attention(q, k, v, NULL);
    Tensor *got = CALL(mended_attention, (x, w_q, w_k, w_v));
    suspect(with_factor(q, k, v, 1), "These are the outputs without the factor"
            " 1/sqrt(d_k). Look at what stands inside the softmax.");
    suspect(with_factor(q, k, v, 1.0 / d_k), "The scores were divided by d_k."
            " Look at the formula: by its square root.");
    suspect(with_factor(q, k, v, 1 / sqrt((double)d)), "The scores were divided"
            " by the root of the width of x. Look at which width they are a"
            " sum over: that of a key.");
    if (d_v != d_k)
        suspect(with_factor(q, k, v, 1 / sqrt((double)d_v)), "The scores were"
                " divided by the root of the width of a value. Look at which"
                " width they are a sum over: that of a key.");
    suspect(with_factor(q, k, v, 1 / sqrt((double)n)), "The scores were divided"
            " by the root of the number of tokens. Look at which axis of k is"
            " its width: the last.");
    suspect(with_factor(q, k, v, sqrt((double)d_k)), "The scores were"
            " multiplied by sqrt(d_k). Look at the fraction bar.");
    suspect(with_factor(q, k, v, 0), "All weights are alike. Look for a"
            " division of whole numbers, which drops what is behind the point:"
            " 1 / 2 is 0 in C.");
    suspect(t_scale(with_factor(q, k, v, 1), 1 / sqrt((double)d_k)), "It is the"
            " scores that are scaled, not the weights or the output. Look at"
            " the order of softmax and factor.");
    expect(got, want, 1e-4, "Look at the formula of attention, symbol by"
           " symbol: what stands inside the softmax?");
}

CHECK(mended_attention)
{
    attention_check(3, 5, 2, 6);
    attention_check(4, 3, 6, 2);
    attention_check(2, 4, 3, 5);
}

static Tensor *WRONG(mended_attention, as_it_was)
    (Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    return with_factor(t_matmul(x, w_q), t_matmul(x, w_k), t_matmul(x, w_v), 1);
}

static Tensor *WRONG(mended_attention, no_root)
    (Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    return with_factor(t_matmul(x, w_q), t_matmul(x, w_k), t_matmul(x, w_v),
                       1.0 / t_dim(w_k, -1));
}

static Tensor *WRONG(mended_attention, width_of_x)
    (Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    return with_factor(t_matmul(x, w_q), t_matmul(x, w_k), t_matmul(x, w_v),
                       1 / sqrt((double)t_dim(x, -1)));
}

static Tensor *WRONG(mended_attention, whole_numbers)
    (Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    return with_factor(t_matmul(x, w_q), t_matmul(x, w_k), t_matmul(x, w_v),
                       sqrt((double)(1 / t_dim(w_k, -1))));
}

static Tensor *WRONG(mended_attention, weights_scaled)
    (Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    Tensor *output = with_factor(t_matmul(x, w_q), t_matmul(x, w_k),
                                 t_matmul(x, w_v), 1);
    return t_scale(output, 1 / sqrt((double)t_dim(w_k, -1)));
}

static Tensor *WRONG(mended_attention, output_turned)
    (Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    return t_transpose(attention(t_matmul(x, w_q), t_matmul(x, w_k),
                                 t_matmul(x, w_v), NULL));
}

static Tensor *WRONG(mended_attention, width_of_a_value)
    (Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    return with_factor(t_matmul(x, w_q), t_matmul(x, w_k), t_matmul(x, w_v),
                       1 / sqrt((double)t_dim(w_v, -1)));
}

static Tensor *RIGHT(mended_attention, of_the_chapter)
    (Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    return attention(t_matmul(x, w_q), t_matmul(x, w_k), t_matmul(x, w_v),
                     NULL);
}

static Tensor *RIGHT(mended_attention, queries_scaled)
    (Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    double root = sqrt((double)t_dim(w_q, 1));
    return with_factor(t_scale(t_matmul(x, w_q), 1 / root), t_matmul(x, w_k),
                       t_matmul(x, w_v), 1);
}

static Tensor *RIGHT(mended_attention, one_matrix_for_both)
    (Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    Tensor *both = t_matmul(w_q, t_transpose(w_k));         /* (d, d) */
    Tensor *scores = t_matmul(t_matmul(x, both), t_transpose(x));
    Tensor *e = t_exp(t_scale(scores, pow(t_dim(w_k, 1), -0.5)));
    return t_matmul(t_div(e, t_sum(e, -1)), t_matmul(x, w_v));
}

/* ---- 4: by what to divide ------------------------------------------------ */

static void divisor_check(int d_k, double var_q, double var_k)
{
    double variance = d_k * var_q * var_k;
    given(d_k);
    given(var_q);
    given(var_k);
    double got = CALL(divisor, (d_k, var_q, var_k));
    suspect(variance, "That is the variance of q . k. Look at what dividing by"
            " a number does to a variance.");
    suspect(sqrt((double)d_k), "That would be right for variances of 1. Look at"
            " where they enter: at the variance of a single product.");
    suspect(1 / sqrt(variance), "That is what to multiply by. Look at the"
            " question.");
    suspect(sqrt((double)d_k) * var_q * var_k, "Look at how far the root"
            " reaches: the variances stand under it, too.");
    expect(got, sqrt(variance), 1e-5, "Look at the variance of one product"
           " q_c k_c, then at that of a sum of d_k of them.");
}

CHECK(divisor)
{
    divisor_check(64, 1, 1);
    divisor_check(64, 1, 1 / 3.);
    divisor_check(512, 0.25, 4);
    divisor_check(9, 4, 9);
}

static double WRONG(divisor, variances_forgotten)(int d_k, double var_q,
                                                  double var_k)
{
    (void)var_q, (void)var_k;
    return sqrt(d_k);
}

static double WRONG(divisor, variance)(int d_k, double var_q, double var_k)
{
    return d_k * var_q * var_k;
}

static double WRONG(divisor, root_too_short)(int d_k, double var_q,
                                             double var_k)
{
    return sqrt(d_k) * var_q * var_k;
}

static double WRONG(divisor, fraction_turned)(int d_k, double var_q,
                                              double var_k)
{
    return 1 / sqrt(d_k * var_q * var_k);
}

static double WRONG(divisor, variances_added)(int d_k, double var_q,
                                              double var_k)
{
    return sqrt(d_k * (var_q + var_k) / 2);
}

static double WRONG(divisor, keys_forgotten)(int d_k, double var_q,
                                             double var_k)
{
    (void)var_k;
    return sqrt(d_k * var_q);
}

static double RIGHT(divisor, three_roots)(int d_k, double var_q, double var_k)
{
    return sqrt(d_k) * sqrt(var_q) * sqrt(var_k);
}

static double RIGHT(divisor, by_a_power)(int d_k, double var_q, double var_k)
{
    return pow(var_k * var_q * d_k, 0.5);
}

static double RIGHT(divisor, summed_up)(int d_k, double var_q, double var_k)
{
    double variance = 0;
    for (int c = 0; c < d_k; c++)
        variance += var_q * var_k;
    return sqrt(variance);
}

/* ---- 5: how loud must it ask? -------------------------------------------- */

static void loudness_check(int nouns, int others, double share)
{
    double odds = share / (1 - share);
    given(nouns);
    given(others);
    given(share);
    double got = CALL(loudness, (nouns, others, share));
    suspect(-log(odds * others / nouns), "The sign is the wrong one. Look at"
            " which words are to get more when it is louder.");
    suspect(log(odds), "Look at how many words share each part: a noun gets its"
            " part `nouns` times, another word `others` times.");
    suspect(log(share * others / nouns), "Look at the sum under the fraction"
            " bar: the nouns are in it, too. Divide by 1 - share.");
    suspect(odds * others / nouns, "That is e to the power of the strength."
            " Look at how to undo the power.");
    suspect(log(odds * nouns / others), "Look at where nouns and others stand:"
            " the more others there are, the louder it has to ask.");
    suspect(log(odds * (others / nouns)), "Look for a division of whole"
            " numbers, which drops what is behind the point: 9 / 2 is 4 in C.");
    suspect(log(odds / (nouns / others)), "Look for a division of whole"
            " numbers, which drops what is behind the point: 2 / 9 is 0 in C,"
            " and dividing by it gives inf.");
    expect(got, log(odds * others / nouns), 1e-5, "Look at the share of all"
           " nouns: nouns e^s / (nouns e^s + others). Solve for s.");
}

CHECK(loudness)
{
    loudness_check(1, 1, 0.5);
    loudness_check(2, 9, 0.5);
    loudness_check(2, 9, 0.99);
    loudness_check(3, 5, 0.25);
}

static double WRONG(loudness, words_not_counted)(int nouns, int others,
                                                 double share)
{
    (void)nouns, (void)others;
    return log(share / (1 - share));
}

static double WRONG(loudness, nouns_not_in_the_sum)(int nouns, int others,
                                                    double share)
{
    return log(share * others / nouns);
}

static double WRONG(loudness, whole_numbers)(int nouns, int others,
                                             double share)
{
    return log(share / (1 - share) * (others / nouns));
}

static double WRONG(loudness, whole_numbers_below)(int nouns, int others,
                                                   double share)
{
    int ratio = nouns / others;
    return log(share / (1 - share) / ratio);
}

static double WRONG(loudness, too_quiet)(int nouns, int others, double share)
{
    return -log(share / (1 - share) * others / nouns);
}

static double WRONG(loudness, the_power_itself)(int nouns, int others,
                                                double share)
{
    return share / (1 - share) * others / nouns;
}

static double WRONG(loudness, fraction_turned)(int nouns, int others,
                                               double share)
{
    return log(share / (1 - share) * nouns / others);
}

static double RIGHT(loudness, logarithms_apart)(int nouns, int others,
                                                double share)
{
    return log(share) - log(1 - share) + log(others) - log(nouns);
}

static double RIGHT(loudness, share_of_one)(int nouns, int others, double share)
{
    double one = share / nouns, other = (1 - share) / others;
    return log(one / other);
}

/* Halving an interval, as the share grows with the strength. */
static double RIGHT(loudness, searched_for)(int nouns, int others, double share)
{
    double low = -50, high = 50;
    for (int i = 0; i < 60; i++) {
        double s = (low + high) / 2, all = nouns * exp(s) + others;
        if (nouns * exp(s) / all < share)
            low = s;
        else
            high = s;
    }
    return low;
}

/* ---- 6: find the bug: a mask that leaks ---------------------------------- */

/* A negative fill goes in before the softmax, otherwise after it. */
static Tensor *filled(Tensor *q, Tensor *k, Tensor *v, const Tensor *mask,
                      double before, bool after)
{
    Tensor *scores = attention_scores(q, k);
    if (!after)
        scores = t_masked_fill(scores, mask, before);
    Tensor *weights = t_softmax(scores);
    if (after)
        weights = t_masked_fill(weights, mask, 0);
    return t_matmul(weights, v);
}

/* The scores times, or plus, -inf where the mask is 1. */
static Tensor *multiplied(Tensor *q, Tensor *k, Tensor *v, Tensor *mask)
{
    Tensor *scores = t_mul(attention_scores(q, k), t_scale(mask, -INFINITY));
    return t_matmul(t_softmax(scores), v);
}

/* The scores less a number where the mask is 1. */
static Tensor *lowered(Tensor *q, Tensor *k, Tensor *v, Tensor *mask,
                       double number)
{
    Tensor *scores = t_sub(attention_scores(q, k), t_scale(mask, number));
    return t_matmul(t_softmax(scores), v);
}

static void mask_check(Tensor *q, Tensor *k, Tensor *v, Tensor *mask,
                       const char *advice)
{
    double root = sqrt((double)t_dim(k, -1));
    given(q);
    given(k);
    given(v);
    given(mask);
    Tensor *expected = attention(q, k, v, mask);
    Tensor *got = CALL(mended_mask, (q, k, v, mask));
    if (t_dim(mask, 0) != 3)        /* the first call has told these apart */
        suspect(lowered(q, k, v, mask, 1000), "The score of a forbidden key"
                " became lower, and was still not low enough. Whatever you"
                " subtract, a score may be larger: look for one that is lower"
                " than any.");
    suspect(attention(q, k, v, NULL), "That is attention without a mask. Look"
            " at what t_masked_fill returns: it does not change its"
            " argument.");
    suspect(filled(q, k, v, mask, 0, true), "The forbidden keys still count in"
            " the sum that softmax divides by. Look at the order of softmax and"
            " mask.");
    suspect(filled(q, k, v, mask, 0, false), "A forbidden score became 0, which"
            " is a score like any other: e^0 is 1. Look at which score has"
            " weight 0.");
    suspect(filled(t_scale(q, root), k, v, mask, -INFINITY, false), "The mask"
            " is right. The factor 1/sqrt(d_k) is missing: look at"
            " attention_scores.");
    if (t_dim(mask, 0) == 3) {      /* elsewhere other mistakes are nan too */
        suspect(filled(q, k, v, mask, INFINITY, false), "The score of a"
                " forbidden key became +inf, and inf - inf is nan. Look at the"
                " sign.");
        suspect(multiplied(q, k, v, mask), "0 times inf is nan, and so every"
                " allowed score was lost. Look at t_masked_fill: it leaves them"
                " as they are.");
    }
    suspect(filled(q, k, v, mask, -1e9, false), "One query may see nothing. No"
            " finite number is low enough for a row that is all forbidden: the"
            " weights of equal scores are equal. Look at -INFINITY.");
    expect(got, expected, 1e-5, advice);
}

CHECK(mended_mask)
{
    Rng rng = rng_new(6);
    Tensor *q = simple(&rng, 3, 4), *k = simple(&rng, 3, 4);
    Tensor *v = simple(&rng, 3, 2), *large = t_contiguous(k);
    Tensor *nothing = t_matrix(2, 3, 0, 0, 1, 1, 1, 1);
    Tensor *ask = t_matrix(2, 4, 1, 1, 1, 1, 2, 1, 0, 1);
    large = t_matrix(3, 4, 1, 0, 1, 0, 0, 1, 1, 0, 900, 900, 900, 900);
    mask_check(q, k, v, causal_mask(3), "Look at each row: its allowed keys"
               " must have the weights that they would have if there were no"
               " other keys.");
    mask_check(ask, large, v, t_matrix(1, 3, 0, 0, 1), "The last key is"
               " forbidden, and its score is far above all others. Look at"
               " what is left of the others' weights when it goes into the"
               " softmax.");
    mask_check(ask, k, v, nothing, "The second query may see nothing, and has"
               " to bring home zeros. Look at the value that forbidden scores"
               " get: no finite number is low enough for a row that is all"
               " forbidden.");
}

static Tensor *WRONG(mended_mask, as_it_was)(Tensor *q, Tensor *k, Tensor *v,
                                             const Tensor *mask)
{
    return filled(q, k, v, mask, 0, true);
}

static Tensor *WRONG(mended_mask, zero_scores)(Tensor *q, Tensor *k, Tensor *v,
                                               const Tensor *mask)
{
    return filled(q, k, v, mask, 0, false);
}

static Tensor *WRONG(mended_mask, low_but_finite)(Tensor *q, Tensor *k,
                                                  Tensor *v, const Tensor *mask)
{
    return filled(q, k, v, mask, -1e9, false);
}

static Tensor *WRONG(mended_mask, plus_infinity)(Tensor *q, Tensor *k,
                                                 Tensor *v, const Tensor *mask)
{
    return filled(q, k, v, mask, INFINITY, false);
}

static Tensor *WRONG(mended_mask, times_infinity)(Tensor *q, Tensor *k,
                                                  Tensor *v, const Tensor *mask)
{
    return multiplied(q, k, v, t_keep(mask));
}

static Tensor *WRONG(mended_mask, not_scaled)(Tensor *q, Tensor *k, Tensor *v,
                                              const Tensor *mask)
{
    Tensor *scores = t_matmul(q, t_transpose(k));
    return t_matmul(t_softmax(t_masked_fill(scores, mask, -INFINITY)), v);
}

static Tensor *WRONG(mended_mask, shared_out_again)(Tensor *q, Tensor *k,
                                                    Tensor *v,
                                                    const Tensor *mask)
{
    Tensor *weights = t_softmax(attention_scores(q, k));
    weights = t_masked_fill(weights, mask, 0);
    return t_matmul(t_div(weights, t_sum(weights, -1)), v);
}

static Tensor *WRONG(mended_mask, a_thousand_lower)(Tensor *q, Tensor *k,
                                                    Tensor *v,
                                                    const Tensor *mask)
{
    return lowered(q, k, v, t_keep(mask), 1000);
}

static Tensor *RIGHT(mended_mask, of_the_chapter)(Tensor *q, Tensor *k,
                                                  Tensor *v, const Tensor *mask)
{
    return attention(q, k, v, mask);
}

static Tensor *RIGHT(mended_mask, added)(Tensor *q, Tensor *k, Tensor *v,
                                         const Tensor *mask)
{
    Tensor *wall = t_masked_fill(t_scale(t_keep(mask), 0), mask, -INFINITY);
    Tensor *scores = t_add(attention_scores(q, k), wall);
    return t_matmul(t_softmax(scores), v);
}

/* Low, and then cut: the rows that may see nothing come out as zeros. */
static Tensor *RIGHT(mended_mask, low_and_cut)(Tensor *q, Tensor *k, Tensor *v,
                                               const Tensor *mask)
{
    Tensor *scores = t_masked_fill(attention_scores(q, k), mask, -1e30);
    return t_matmul(t_masked_fill(t_softmax(scores), mask, 0), v);
}

/* ---- 7: two masks in one ------------------------------------------------- */

/* 1 where j > i + after, or number >= length + late: number j, or i if rows. */
static Tensor *mask_of(int count, const int *lengths, int n, int after,
                       int late, bool rows)
{
    Tensor *mask = t_zeros(count, n, n);
    for (int b = 0; b < count; b++)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                t_at(mask, b, i, j) = j > i + after
                                   || (rows ? i : j) >= lengths[b] + late;
    return mask;
}

/* 1 where j < i, or in the padding. */
static Tensor *past_mask(int count, const int *lengths, int n)
{
    Tensor *mask = t_zeros(count, n, n);
    for (int b = 0; b < count; b++)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                t_at(mask, b, i, j) = j < i || j >= lengths[b];
    return mask;
}

/* Before anything else is made: it would take the place of what is gone. */
static void expect_not_reset(const Tensor *got, const Tensor *kept)
{
    expect_that(!got || got->alive == kept->alive, "The tensor that it returned"
                " is gone: tape_reset() has taken it back.",
                "Look for tape_reset() in your function. Whoever calls it"
                " decides when a step ends.");
}

static void both_masks_check(int count, const int *numbers, int n)
{
    const int *lengths = ints_of(count, numbers);
    int first[4] = { lengths[0], lengths[0], lengths[0], lengths[0] };
    given(count);
    given_array(count, lengths);
    given(n);
    Tensor *kept = t_keep(t_vector(1));
    Tensor *got = CALL(both_masks, (count, lengths, n));
    expect_not_reset(got, kept);
    Tensor *expected = mask_of(count, lengths, n, 0, 0, false);
    suspect(mask_of(count, first, n, 0, 0, false), "All sentences got the"
            " length of the first. Look at the index: lengths[b].");
    suspect(past_mask(count, lengths, n), "That forbids the past. Look at the"
            " sign: key j comes after query i if j > i.");
    Tensor *padding = mask_of(count, lengths, n, n, 0, false);
    Tensor *causal = mask_of(count, lengths, n, 0, n, false);
    suspect(mask_of(count, lengths, n, 0, 0, true), "Rows are padded there,"
            " instead of columns: the axes are mistaken for each other. Look at"
            " who must not be looked at: keys, which are columns.");
    suspect(mask_of(count, lengths, n, -1, 0, false), "No token sees itself"
            " there. Look at the diagonal: key i does not come after query i.");
    suspect(mask_of(count, lengths, n, 1, 0, false), "Each token sees one token"
            " of the future. Look at the first number j that comes after i.");
    suspect(mask_of(count, lengths, n, 0, 1, false), "One token of padding is"
            " still seen. Look at the number of the first: lengths[b].");
    suspect(mask_of(count, lengths, n, 0, -1, false), "The last token of each"
            " sentence is not seen. Look at the number of the first token of"
            " padding: lengths[b].");
    suspect(padding, "That is the padding. Look at the tokens that come after"
            " the query.");
    suspect(causal, "That is the causal mask. Look at the lengths.");
    suspect(t_mul(causal, padding), "That forbids what both masks forbid. Look"
            " at the \"and\" between the two conditions: either is enough.");
    suspect(t_add(causal, padding), "The masks were added. Look at where both"
            " forbid: 1 and 1 is 2.");
    suspect(t_sub(t_broadcast(t_vector(1), count, n, n),
                  expected),
            "0 and 1 are the wrong way round: 1 forbids.");
    expect(got, expected, 0,
           "Look at the place of the first difference, and ask of it: does the"
           " column come after the row? Is the column padding?");
}

CHECK(both_masks)
{
    both_masks_check(3, (const int[]){ 2, 4, 3 }, 4);
    both_masks_check(2, (const int[]){ 5, 1 }, 5);
    both_masks_check(4, (const int[]){ 1, 2, 3, 3 }, 3);
    both_masks_check(1, (const int[]){ 1 }, 1);
}

static Tensor *WRONG(both_masks, rows_padded)(int count, const int *lengths,
                                              int n)
{
    return mask_of(count, lengths, n, 0, 0, true);
}

static Tensor *WRONG(both_masks, not_itself)(int count, const int *lengths,
                                             int n)
{
    return mask_of(count, lengths, n, -1, 0, false);
}

static Tensor *WRONG(both_masks, one_of_the_future)(int count,
                                                    const int *lengths, int n)
{
    return mask_of(count, lengths, n, 1, 0, false);
}

static Tensor *WRONG(both_masks, one_of_the_padding)(int count,
                                                     const int *lengths, int n)
{
    return mask_of(count, lengths, n, 0, 1, false);
}

static Tensor *WRONG(both_masks, length_of_the_first)(int count,
                                                      const int *lengths, int n)
{
    const int first[] = { lengths[0], lengths[0], lengths[0] };
    return mask_of(count, first, n, 0, 0, false);
}

static Tensor *WRONG(both_masks, past)(int count, const int *lengths, int n)
{
    return past_mask(count, lengths, n);
}

static Tensor *WRONG(both_masks, taken_back)(int count, const int *lengths,
                                             int n)
{
    Tensor *mask = mask_of(count, lengths, n, 0, 0, false);
    tape_reset();
    return mask;
}

static Tensor *WRONG(both_masks, padding_mask_added)(int count,
                                                     const int *lengths, int n)
{
    return t_add(causal_mask(n), nn_padding_mask(count, lengths, n));
}

static Tensor *WRONG(both_masks, added)(int count, const int *lengths, int n)
{
    return t_add(mask_of(count, lengths, n, 0, n, false),
                 mask_of(count, lengths, n, n, 0, false));
}

static Tensor *WRONG(both_masks, sizes_as_numbers)(int count,
                                                   const int *lengths, int n)
{
    Tensor *mask = t_zeros(3, 4, 4);
    for (int b = 0; b < count && b < 3; b++)
        for (int i = 0; i < n && i < 4; i++)
            for (int j = 0; j < n && j < 4; j++)
                t_at(mask, b, i, j) = j > i || j >= lengths[b];
    return mask;
}

static Tensor *WRONG(both_masks, count_for_n)(int count, const int *lengths,
                                              int n)
{
    (void)n;
    return mask_of(count, lengths, count + 1, 0, 0, false);
}

static Tensor *RIGHT(both_masks, from_the_end)(int count, const int *lengths,
                                               int n)
{
    Tensor *mask = t_zeros(count, n, n);
    for (int b = 0; b < count; b++)
        for (int i = 0; i < n; i++) {
            int seen = i + 1 < lengths[b] ? i + 1 : lengths[b];
            for (int j = n; j-- > seen;)
                t_at(mask, b, i, j) = 1;
        }
    return mask;
}

static Tensor *RIGHT(both_masks, either)(int count, const int *lengths, int n)
{
    Tensor *sum = t_add(causal_mask(n), nn_padding_mask(count, lengths, n));
    return t_masked_fill(sum, sum, 1);
}

static Tensor *RIGHT(both_masks, less_what_both_forbid)
    (int count, const int *lengths, int n)
{
    Tensor *causal = causal_mask(n);
    Tensor *padding = nn_padding_mask(count, lengths, n);
    return t_sub(t_add(causal, padding), t_mul(causal, padding));
}

static Tensor *WRONG(both_masks, one_sentence)(int count, const int *lengths,
                                               int n)
{
    (void)count;
    return t_reshape(mask_of(1, lengths, n, 0, 0, false), n, n);
}

/* ---- what a result was made of ------------------------------------------- */

/* Every tensor on the way from the inputs to a result, and of each a bit for
 * every input that it goes back to. */
typedef struct {
    const Tensor *at[2000];
    int from[2000], n;
} Origin;

static int trace(Origin *origin, const Tensor *x, int n, Tensor *const inputs[])
{
    for (int i = 0; i < origin->n; i++)
        if (origin->at[i] == x)
            return origin->from[i];
    for (int i = 0; i < n; i++)
        if (x == inputs[i])
            return 1 << i;
    int from = 0;
    for (int i = 0; i < 3; i++)
        if (x->in[i] && x->in[i]->alive == inputs[0]->alive)
            from |= trace(origin, x->in[i], n, inputs);
    if (origin->n < 2000) {
        origin->at[origin->n] = x;
        origin->from[origin->n++] = from;
    }
    return from;
}

/* ---- 8: near rather than large ------------------------------------------- */

/* softmax of q . k - factor |k|^2, as a row or, by mistake, as a column. */
static Tensor *handicapped(Tensor *q, Tensor *k, double factor, bool column)
{
    Tensor *squares = t_scale(t_sum(t_mul(k, k), -1), factor);
    Tensor *scores = t_matmul(q, t_transpose(k));
    return t_softmax(t_sub(scores, column ? squares : t_transpose(squares)));
}

/* The weights as the definition has them. */
static Tensor *by_distance(Tensor *q, Tensor *k, double factor)
{
    Tensor *scores = t_zeros(t_dim(q, 0), t_dim(k, 0));
    for (int i = 0; i < t_dim(q, 0); i++)
        for (int j = 0; j < t_dim(k, 0); j++) {
            double sum = 0;
            for (int c = 0; c < t_dim(q, 1); c++) {
                double off = (double)t_at(q, i, c) - (double)t_at(k, j, c);
                sum += off * off;
            }
            t_at(scores, i, j) = (real)(factor * sum);
        }
    return t_softmax(scores);
}

static bool rows_add_up(const Tensor *x, int n, int m)
{
    if (!x || x->shape.n != 2 || t_dim(x, 0) != n || t_dim(x, 1) != m)
        return true;        /* that is another question */
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < m; j++)
            sum += (double)t_at(x, i, j);
        if (!(fabs(sum - 1) < 1e-3))
            return false;
    }
    return true;
}

static void distance_suspects(Tensor *q, Tensor *k)
{
    double root = sqrt((double)t_dim(k, -1));
    suspect(by_distance(q, k, 0.5), "The nearest key gets the least weight."
            " Look at the sign.");
    suspect(by_distance(q, k, -1), "Look at the factor 1/2.");
    suspect(by_distance(q, k, 0), "All keys get the same weight. Look at the"
            " factor: 1/2 of whole numbers is 0 in C. Write 0.5.");
    suspect(handicapped(q, k, 0, false), "These are the weights of q . k alone."
            " Look at |k|^2: either it is missing; or it was multiplied by 1/2,"
            " which is 0 in C; or it was subtracted as a column, (m, 1). That"
            " fits here only because n and m are equal, and takes the same from"
            " a whole row. It has to be a row, (1, m): a number for each key.");
    suspect(handicapped(q, k, 1, false), "Look at the factor 1/2 of |k|^2.");
    suspect(handicapped(q, k, -0.5, false), "|k|^2 was added. Look at the signs"
            " of the square multiplied out: a long key is to score less.");
    suspect(handicapped(t_scale(q, 1 / root), k, 0.5, false), "The products"
            " q . k were divided by sqrt(d), as attention_scores does. Look at"
            " the formula: nothing is divided by a root here.");
    suspect(handicapped(t_scale(q, 2), k, 1, false), "Look at the factor 1/2:"
            " it is missing.");
}

static void distance_check(int n, int m, int d)
{
    Rng rng = rng_new(8);
    Tensor *q = simple(&rng, n, d), *k = simple(&rng, m, d);
    given(q);
    given(k);
    Tensor *got = CALL(distance_weights, (q, k));
    distance_suspects(q, k);
    expect(got, by_distance(q, k, -0.5), 1e-4, rows_add_up(got, n, m)
               ? "Look at the square multiplied out, |q|^2 - 2 q . k + |k|^2,"
                 " times -1/2."
               : "The rows do not add up to 1, as weights must. Look for the"
                 " softmax: over the keys, and last of all.");
}

/* sum_ij c_ij w_ij of the weights as the definition has them, in doubles; number
 * `moved` of q, then of k, moved by h. */
static double mixed(Tensor *q, Tensor *k, Tensor *c, int moved, double h)
{
    int n = t_dim(q, 0), m = t_dim(k, 0), d = t_dim(q, 1);
    double all = 0;
    for (int i = 0; i < n; i++) {
        double sum = 0, mixture = 0;
        for (int j = 0; j < m; j++) {
            double square = 0;
            for (int e = 0; e < d; e++) {
                double off = (double)t_at(q, i, e) - (double)t_at(k, j, e);
                off += moved == i * d + e ? h : 0;
                off -= moved == (n + j) * d + e ? h : 0;
                square += off * off;
            }
            sum += exp(-square / 2);
            mixture += exp(-square / 2) * (double)t_at(c, i, j);
        }
        all += mixture / sum;
    }
    return all;
}

/* Of x, which is q or k, whose first number is number `from` of both. */
static void expect_slopes(Tensor *x, int from, Tensor *q, Tensor *k, Tensor *c)
{
    const double h = 1e-4;
    Tensor *slopes = t_zeros(t_dim(x, 0), t_dim(x, 1));
    for (int i = 0; i < t_size(x); i++)
        t_at(slopes, i / t_dim(x, 1), i % t_dim(x, 1)) =
            (real)((mixed(q, k, c, from + i, h) - mixed(q, k, c, from + i, -h))
                   / (2 * h));
    expect(t_grad(x), slopes, 1e-3, "The weights are right. But the gradient"
           " that flows back through them is not (above is that by q or k of a"
           " sum of weights). Look at what was made in a way that gradients"
           " cannot follow: number by number, in place, or from t_detach().");
}

static void slopes_check(int n, int m, int d)
{
    Rng rng = rng_new(9);
    Params params = { 0 };
    Tensor *q = t_param(&params, n, d), *k = t_param(&params, m, d);
    t_assign(q, simple(&rng, n, d));
    t_assign(k, simple(&rng, m, d));
    Tensor *c = simple(&rng, n, m);
    given(q);
    given(k);
    Tensor *got = CALL(distance_weights, (q, k));
    expect(got, by_distance(q, k, -0.5), 1e-4, "Look at the square multiplied"
           " out, |q|^2 - 2 q . k + |k|^2, times -1/2.");
    t_backward(t_sum(t_mul(got, c), T_ALL));
    expect_slopes(q, 0, q, k, c);
    expect_slopes(k, n * d, q, k, c);
}

/* No difference for each pair, and nothing number by number. */
static void shortcut_check(void)
{
    enum { N = 40, M = 48, D = 64 };
    Rng rng = rng_new(8);
    Tensor *q = simple(&rng, N, D), *k = simple(&rng, M, D);
    given(q);
    given(k);
    size_t before = tape_bytes();
    Tensor *got = CALL(distance_weights, (q, k));
    size_t numbers = (tape_bytes() - before) / sizeof(real);
    expect_shape(got, SHAPE(N, M), NULL);
    static Origin origin;
    char what[200];
    snprintf(what, sizeof what, "The weights are right. But room for %zu"
             " numbers was taken, and n m d is %d here.", numbers, N * M * D);
    expect_that(numbers < N * M * D, what, "A difference was made for each"
                " pair. Multiply the square out, and look at t_matmul: it makes"
                " all products q . k at once.");
    expect_that(trace(&origin, got, 2, (Tensor *[]){ q, k }) == 3,
                "The weights are right. But they were worked out number by"
                " number: no gradient could flow back to both q and k.",
                "Multiply the square out, and look at t_matmul: it makes all"
                " products q . k at once.");
}

CHECK(distance_weights)
{
    distance_check(3, 3, 2);
    distance_check(2, 4, 3);
    distance_check(1, 5, 1);
    shortcut_check();
    slopes_check(3, 4, 2);
}

/* The squared differences, summed: from (n, 1, d) and (1, m, d), or from
 * (1, d) and (m, d). */
static Tensor *minus_half_squares(Tensor *q, Tensor *k)
{
    Tensor *off = t_sub(q, k);
    return t_scale(t_sum(t_mul(off, off), -1), -0.5);
}

static Tensor *WRONG(distance_weights, differences)(Tensor *q, Tensor *k)
{
    int n = t_dim(q, 0), m = t_dim(k, 0), d = t_dim(q, 1);
    Tensor *scores = minus_half_squares(t_reshape(q, n, 1, d),
                                        t_reshape(k, 1, m, d));
    return t_softmax(t_reshape(scores, n, m));
}

static Tensor *WRONG(distance_weights, differences_of_a_row)(Tensor *q,
                                                             Tensor *k)
{
    Tensor *rows = NULL;
    for (int i = 0; i < t_dim(q, 0); i++) {
        Tensor *scores = minus_half_squares(t_slice(q, 0, i, i + 1), k);
        Tensor *weights = t_softmax(t_transpose(scores));
        rows = rows ? t_concat(0, rows, weights) : weights;
    }
    return rows;
}

static Tensor *WRONG(distance_weights, three_loops)(Tensor *q, Tensor *k)
{
    return by_distance(q, k, -0.5);
}

static Tensor *WRONG(distance_weights, half_of_whole_numbers)(Tensor *q,
                                                              Tensor *k)
{
    return handicapped(q, k, 1 / 2, false);
}

static Tensor *WRONG(distance_weights, divided_by_the_root)(Tensor *q,
                                                            Tensor *k)
{
    Tensor *squares = t_transpose(t_sum(t_mul(k, k), -1));
    return t_softmax(t_sub(attention_scores(q, k), t_scale(squares, 0.5)));
}

static Tensor *WRONG(distance_weights, added)(Tensor *q, Tensor *k)
{
    return handicapped(q, k, -0.5, false);
}

static Tensor *WRONG(distance_weights, no_softmax)(Tensor *q, Tensor *k)
{
    Tensor *squares = t_transpose(t_sum(t_mul(k, k), -1));
    return t_sub(t_matmul(q, t_transpose(k)), t_scale(squares, 0.5));
}

static Tensor *WRONG(distance_weights, handicap_forgotten)(Tensor *q, Tensor *k)
{
    return handicapped(q, k, 0, false);
}

static Tensor *WRONG(distance_weights, column_for_row)(Tensor *q, Tensor *k)
{
    return handicapped(q, k, 0.5, true);
}

static Tensor *WRONG(distance_weights, half_forgotten)(Tensor *q, Tensor *k)
{
    return handicapped(q, k, 1, false);
}

static Tensor *WRONG(distance_weights, sign)(Tensor *q, Tensor *k)
{
    return by_distance(q, k, 0.5);
}

static Tensor *WRONG(distance_weights, lengths_by_hand)(Tensor *q, Tensor *k)
{
    Tensor *handicap = t_zeros(1, t_dim(k, 0));
    for (int j = 0; j < t_dim(k, 0); j++)
        for (int c = 0; c < t_dim(k, 1); c++)
            t_at(handicap, 0, j) += t_at(k, j, c) * t_at(k, j, c) / 2;
    return t_softmax(t_sub(t_matmul(q, t_transpose(k)), handicap));
}

static Tensor *WRONG(distance_weights, keys_detached)(Tensor *q, Tensor *k)
{
    Tensor *still = t_detach(k);
    Tensor *squares = t_scale(t_sum(t_mul(still, still), -1), 0.5);
    return t_softmax(t_sub(t_matmul(q, t_transpose(k)), t_transpose(squares)));
}

static Tensor *RIGHT(distance_weights, all_three_terms)(Tensor *q, Tensor *k)
{
    Tensor *of_q = t_sum(t_mul(q, q), -1);
    Tensor *of_k = t_transpose(t_sum(t_mul(k, k), -1));
    Tensor *products = t_scale(t_matmul(q, t_transpose(k)), 2);
    return t_softmax(t_scale(t_sub(t_add(of_q, of_k), products), -0.5));
}

static Tensor *RIGHT(distance_weights, lengths_by_a_product)(Tensor *q,
                                                             Tensor *k)
{
    Tensor *ones = t_add(t_zeros(1, t_dim(k, 1)), t_vector(1));
    Tensor *squares = t_matmul(ones, t_transpose(t_mul(k, k)));
    return t_softmax(t_add(t_matmul(q, t_transpose(k)),
                           t_scale(squares, -0.5)));
}

static Tensor *RIGHT(distance_weights, by_factors)(Tensor *q, Tensor *k)
{
    Tensor *squares = t_transpose(t_sum(t_mul(k, k), -1));
    Tensor *largest = t_detach(t_max(t_matmul(q, t_transpose(k)), -1));
    Tensor *e = t_exp(t_sub(t_matmul(q, t_transpose(k)), largest));
    Tensor *w = t_mul(e, t_exp(t_scale(squares, -0.5)));
    return t_div(w, t_sum(w, -1));
}

/* ---- 9: attention is a slope --------------------------------------------- */

/* ln sum_j e^{q . k_j}, q moved by h along axis c; in doubles. */
static double smooth_maximum(Tensor *q, Tensor *k, int along, double h)
{
    double max = -INFINITY, sum = 0, scores[16];
    for (int j = 0; j < t_dim(k, 0); j++) {
        scores[j] = h * (double)t_at(k, j, along);
        for (int c = 0; c < t_dim(k, 1); c++)
            scores[j] += (double)t_at(q, 0, c) * (double)t_at(k, j, c);
        max = fmax(max, scores[j]);
    }
    for (int j = 0; j < t_dim(k, 0); j++)
        sum += exp(scores[j] - max);
    return max + log(sum);
}

static void gradient_check(Tensor *q, Tensor *k, const char *advice)
{
    const double h = 1e-4;
    int d = t_dim(q, 1);
    Tensor *want = t_zeros(1, d);
    for (int c = 0; c < d; c++)
        t_at(want, 0, c) = (real)((smooth_maximum(q, k, c, h)
                                   - smooth_maximum(q, k, c, -h)) / (2 * h));
    given(q);
    given(k);
    Tensor *got = CALL(slope_of_smooth_maximum, (q, k));
    suspect(attention(q, k, k, NULL), "Almost: that has the factor 1/sqrt(d)"
            " inside the softmax. Look at the scores of this exercise: they are"
            " not scaled.");
    suspect(t_mean(k, 0), "That is the mean of the keys. Look at the weights:"
            " they depend on q.");
    suspect(t_sum(k, 0), "That is the sum of the keys. Look at what stands in"
            " front of each k_j in the derivative.");
    suspect(t_softmax(t_matmul(q, t_transpose(k))), "These are the weights."
            " Look at the inner derivative, that of q . k_j by q.");
    expect(got, want, 1e-3, advice);
}

CHECK(slope_of_smooth_maximum)
{
    const char *derivative =
        "Look at the derivative of the logarithm of a sum: the derivative of"
        " the sum, over the sum. (The expected numbers are finite differences"
        " of the smooth maximum.)";
    Rng rng = rng_new(10);
    gradient_check(t_matrix(1, 1, 1), t_matrix(2, 1, 2, 0.5), derivative);
    Tensor *query = simple(&rng, 1, 3);
    gradient_check(query, simple(&rng, 5, 3), derivative);
    gradient_check(t_matrix(1, 2, -450, 300),
                   t_matrix(4, 2, 1, 0, -1, 0.5, 0, 2, 1.5, -1),
                   "The scores are large here, and e to the power of them is"
                   " inf. Look at t_softmax: it subtracts the maximum first.");
}

static Tensor *WRONG(slope_of_smooth_maximum, scaled)(Tensor *q, Tensor *k)
{
    return attention(q, k, k, NULL);
}

static Tensor *WRONG(slope_of_smooth_maximum, weights_only)(Tensor *q,
                                                            Tensor *k)
{
    return t_softmax(t_matmul(q, t_transpose(k)));
}

static Tensor *WRONG(slope_of_smooth_maximum, sum_of_keys)(Tensor *q,
                                                           Tensor *k)
{
    (void)q;
    return t_sum(k, 0);
}

static Tensor *WRONG(slope_of_smooth_maximum, overflow)(Tensor *q, Tensor *k)
{
    Tensor *e = t_exp(t_matmul(q, t_transpose(k)));
    return t_matmul(t_div(e, t_sum(e, -1)), k);
}

static Tensor *WRONG(slope_of_smooth_maximum, hard_maximum)(Tensor *q,
                                                            Tensor *k)
{
    Tensor *scores = t_matmul(q, t_transpose(k));
    int best = 0;
    for (int j = 1; j < t_dim(k, 0); j++)
        if (t_at(scores, 0, j) > t_at(scores, 0, best))
            best = j;
    return t_slice(k, 0, best, best + 1);
}

static Tensor *WRONG(slope_of_smooth_maximum, mean_of_keys)(Tensor *q,
                                                            Tensor *k)
{
    (void)q;
    return t_mean(k, 0);
}

static Tensor *RIGHT(slope_of_smooth_maximum, unscaled)(Tensor *q, Tensor *k)
{
    return attention(t_scale(q, sqrt(t_dim(q, 1))), k, k, NULL);
}

static Tensor *RIGHT(slope_of_smooth_maximum, over_the_sum)(Tensor *q,
                                                            Tensor *k)
{
    Tensor *scores = t_matmul(q, t_transpose(k));
    Tensor *e = t_exp(t_sub(scores, t_max(scores, -1)));
    return t_div(t_matmul(e, k), t_sum(e, -1));
}

static Tensor *RIGHT(slope_of_smooth_maximum, in_loops)(Tensor *q, Tensor *k)
{
    int m = t_dim(k, 0), d = t_dim(k, 1);
    Tensor *weights = t_softmax(t_matmul(q, t_transpose(k)));
    Tensor *slope = t_zeros(1, d);
    for (int j = 0; j < m; j++)
        for (int c = 0; c < d; c++)
            t_at(slope, 0, c) += t_at(weights, 0, j) * t_at(k, j, c);
    return slope;
}

/* ---- 10: when the table costs more than the projections ------------------ */

CHECK(break_even)
{
    const int widths[] = { 2, 3, 64, 512 };
    for (int i = 0; i < 4; i++) {
        int d = widths[i];
        given(d);
        double got = CALL(break_even, (d));
        suspect(d, "That would be right if both parts had as many products."
                " Look at how many there are: three, and two. (Or is it a"
                " division of whole numbers? 3 / 2 is 1 in C.)");
        suspect(3.0 * d, "Look at the second part: Q K^T is one product with"
                " the table, the mixture is another.");
        suspect(d / 2.0, "Look at the first part: Q, K and V, three products.");
        suspect(2.0 * d / 3, "Look at which side the 2 and the 3 stand on.");
        suspect(floor(1.5 * d), "The n that is asked for need not be a whole"
                " number. Look at the division: of two whole numbers C drops"
                " what is behind the point.");
        suspect(ceil(1.5 * d), "The n that is asked for need not be a whole"
                " number. Look at where it is rounded.");
        expect_answer(got, 1.5 * d, 1e-6, "Look at the multiplications of each"
                      " part: 3 products of n d d, and 2 of n n d.");
    }
}

static double WRONG(break_even, table_counted_once)(int d) { return 3.0 * d; }
static double WRONG(break_even, equal_to_width)(int d) { return d; }
static double WRONG(break_even, whole_numbers)(int d) { return 3 / 2 * d; }
static double WRONG(break_even, rounded_down)(int d) { return 3 * d / 2; }
static double WRONG(break_even, rounded_up)(int d) { return ceil(1.5 * d); }

static double WRONG(break_even, fraction_turned)(int d) { return 2 * d / 3.0; }

static double RIGHT(break_even, a_fraction)(int d) { return 3 * d / 2.0; }
static double RIGHT(break_even, added)(int d) { return d + 0.5 * d; }
static double RIGHT(break_even, costs_divided)(int d)
{
    double projections = 3 * pow(d, 2), table = 2.0 * d;
    return projections / table;
}

/* ---- 11: a head that looks back ------------------------------------------ */

/* The key that query i looks at most. */
static int favourite(Tensor *weights, int i)
{
    int best = 0;
    for (int j = 1; j < t_dim(weights, 1); j++)
        if (t_at(weights, i, j) > t_at(weights, i, best))
            best = j;
    return best;
}

static bool all_zero(Tensor *x)
{
    return t_item(t_max(t_mul(x, x), T_ALL)) == 0;
}

/* What to look at if token i does not do as it should. */
static const char *look_back_advice(Tensor *weights, int i)
{
    int n = t_dim(weights, 0), right = i ? i - 1 : 0;
    int best = favourite(weights, i);
    bool others = true;
    for (int j = 1; j < n; j++)
        others = others && (double)t_at(weights, j, j - 1) >= 0.99;
    if (i == 0 && others && best != 0)
        return "All others are right. Nobody stands before the first token: it"
               " is to look at itself. Look at its row of w_q.";
    if ((double)t_at(weights, i, best) < 1.01 / n)
        return i == 0 && others
            ? "All others are right. Nobody stands before the first token, and"
              " it looks at all alike: it is to look at itself. Look at its row"
              " of w_q."
            : "It looks at all alike. Look at its row of w_q: does it ask for"
              " anything that a key has?";
    if (best == right)
        return "It looks the right way, but not hard enough. Look at the"
               " strength: the scores are divided by sqrt(n), and there are"
               " n - 1 others.";
    if (best == i + 1)
        return "It looks ahead. Look at which of query and key is moved by one,"
               " and which way.";
    if (i == 0)
        return "Nobody stands before the first token: it is to look at itself."
               " Look at its row of w_q.";
    return "Look at row i of w_q, the query of token i, and at row j of w_k,"
           " the key of token j. Which pair is to have a large inner product?";
}

static void look_back_check(int n)
{
    Tensor *x = t_zeros(n, n), *w_q = t_zeros(n, n), *w_k = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        t_at(x, i, i) = 1;
    given(n);
    CALL(look_back, (n, w_q, w_k));
    expect_that(!all_zero(w_q), "w_q still holds only zeros.", "Look at how you"
                " store: write into it with t_at(w_q, i, j) = ...; a new tensor"
                " in its place is not seen outside.");
    expect_that(!all_zero(w_k), "w_k still holds only zeros.", "Look at how you"
                " store: write into it with t_at(w_k, i, j) = ...; a new tensor"
                " in its place is not seen outside.");
    Tensor *weights = attention_weights(t_matmul(x, w_q), t_matmul(x, w_k),
                                        NULL);
    for (int i = 0; i < n; i++) {
        int right = i ? i - 1 : 0, best = favourite(weights, i);
        double weight = (double)t_at(weights, i, right);
        char what[200];
        snprintf(what, sizeof what, "Of %d tokens, token %d gives token %d a"
                 " weight of %.4f, and most, %.4f, to token %d.", n, i, right,
                 weight, (double)t_at(weights, i, best), best);
        expect_that(!isnan(weight), what, "nan comes of inf - inf. Look for"
                    " numbers that are too large.");
        expect_that(weight >= 0.99, what, look_back_advice(weights, i));
    }
}

CHECK(look_back)
{
    look_back_check(4);
    look_back_check(2);
    look_back_check(64);
}

static void look_at(int n, Tensor *w_q, Tensor *w_k, int step, double strength)
{
    for (int i = 0; i < n; i++) {
        int j = i + step < 0 ? 0 : i + step < n ? i + step : n - 1;
        t_at(w_k, i, i) = 1;
        t_at(w_q, i, j) = (real)strength;
    }
}

static void WRONG(look_back, ahead)(int n, Tensor *w_q, Tensor *w_k)
{
    look_at(n, w_q, w_k, 1, 100);
}

static void WRONG(look_back, at_itself)(int n, Tensor *w_q, Tensor *w_k)
{
    look_at(n, w_q, w_k, 0, 100);
}

static void WRONG(look_back, too_soft)(int n, Tensor *w_q, Tensor *w_k)
{
    look_at(n, w_q, w_k, -1, 12);
}

static void WRONG(look_back, first_ahead)(int n, Tensor *w_q, Tensor *w_k)
{
    look_at(n, w_q, w_k, -1, 100);
    t_at(w_q, 0, 0) = 0;
    t_at(w_q, 0, 1) = 100;
}

static void WRONG(look_back, stored_elsewhere)(int n, Tensor *w_q, Tensor *w_k)
{
    w_q = t_zeros(n, n);
    look_at(n, w_q, w_k, -1, 100);
}

static void WRONG(look_back, first_forgotten)(int n, Tensor *w_q, Tensor *w_k)
{
    look_at(n, w_q, w_k, -1, 100);
    t_at(w_q, 0, 0) = 0;
}

static void RIGHT(look_back, keys_moved)(int n, Tensor *w_q, Tensor *w_k)
{
    for (int i = 0; i < n; i++) {
        t_at(w_q, i, i) = 150;
        if (i + 1 < n)
            t_at(w_k, i, i + 1) = 1;
    }
    t_at(w_k, 0, 0) = 1;
}

static void RIGHT(look_back, strength_shared)(int n, Tensor *w_q, Tensor *w_k)
{
    for (int i = 0; i < n; i++) {
        t_at(w_k, i, n - 1 - i) = -10;
        t_at(w_q, i, n - 1 - (i ? i - 1 : 0)) = -10;
    }
}

/* Places on a half circle: the query points at the place before. */
static void RIGHT(look_back, on_a_circle)(int n, Tensor *w_q, Tensor *w_k)
{
    for (int i = 0; i < n; i++) {
        double key = acos(-1) * i / n, query = acos(-1) * (i ? i - 1 : 0) / n;
        t_at(w_k, i, 0) = (real)cos(key);
        t_at(w_k, i, 1) = (real)sin(key);
        t_at(w_q, i, 0) = (real)(1e5 * cos(query));
        t_at(w_q, i, 1) = (real)(1e5 * sin(query));
    }
}

/* ---- 12: attention, piece by piece --------------------------------------- */

/* Attention by the keys of pieces of a length, each a step after the last. */
static Tensor *stepping(Tensor *q, Tensor *k, Tensor *v, int step, int length)
{
    Tensor *keys = NULL, *values = NULL;
    int m = t_dim(k, 0);
    for (int from = 0; from < m; from += step) {
        int to = from + length < m ? from + length : m;
        Tensor *some = t_slice(k, 0, from, to), *own = t_slice(v, 0, from, to);
        keys = keys ? t_concat(0, keys, some) : some;
        values = values ? t_concat(0, values, own) : own;
    }
    return attention(q, keys, values, NULL);
}

/* The sum of the attentions of all pieces, or their mean. */
static Tensor *each_by_itself(Tensor *q, Tensor *k, Tensor *v, int size,
                              bool mean)
{
    Tensor *sum = NULL;
    int m = t_dim(k, 0), count = 0;
    for (int from = 0; from < m; from += size, count++) {
        int to = from + size < m ? from + size : m;
        Tensor *one = attention(q, t_slice(k, 0, from, to),
                                t_slice(v, 0, from, to), NULL);
        sum = sum ? t_add(sum, one) : one;
    }
    return mean ? t_scale(sum, 1.0 / count) : sum;
}

static void pieces_suspects(Tensor *q, Tensor *k, Tensor *v, int size)
{
    const char *twice = "Some keys are counted twice: the pieces overlap. Look"
                        " at where one ends and where the next begins.";
    const char *alone = "Each piece was divided by its own sum. Look at the"
                        " mixtures: they must not be divided before the very"
                        " end, by the sum of all pieces.";
    int m = t_dim(k, 0), whole = m / size * size;
    if (whole && whole < m)
        suspect(attention(q, t_slice(k, 0, 0, whole), t_slice(v, 0, 0, whole),
                          NULL),
                "The last keys are missing. Look at the last piece, which has"
                " fewer keys than the others.");
    if (size > 1)
        suspect(stepping(q, k, v, size - 1, size), twice);
    suspect(stepping(q, k, v, size, size + 1), twice);
    suspect(stepping(q, k, v, size + 1, size), "Some keys are left out between"
            " the pieces. Look at where one ends and where the next begins.");
    suspect(each_by_itself(q, k, v, size, false), alone);
    suspect(each_by_itself(q, k, v, size, true), alone);
    suspect(with_factor(q, k, v, 1), "The factor 1/sqrt(d_k) is missing. Look"
            " at the scores.");
}

static void pieces_check(Tensor *q, Tensor *k, Tensor *v, int size,
                         const char *advice)
{
    given(q);
    given(k);
    given(v);
    given(size);
    Tensor *expected = attention(q, k, v, NULL);
    Tensor *got = CALL(attention_in_pieces, (q, k, v, size));
    pieces_suspects(q, k, v, size);
    expect(got, expected, 1e-4, advice);
}

static void random_check(int n, int m, int size, double loud,
                         const char *advice)
{
    enum { D_K = 3, D_V = 2 };
    Rng rng = rng_new(12);
    Tensor *q = t_scale(simple(&rng, n, D_K), loud);
    Tensor *k = simple(&rng, m, D_K), *v = simple(&rng, m, D_V);
    pieces_check(q, k, v, size, advice);
}

/* What was made from q has at most `size` columns, or rows; what was made from
 * nothing, and filled in number by number, has room for no larger table. */
static bool fits_a_piece(const Tensor *x, int from, int n, int size)
{
    enum { OF_Q = 4 };
    if (!from)
        return t_size(x) <= n * size;
    for (int axis = 0; axis < x->shape.n; axis++)
        if (from & OF_Q && x->shape.dim[axis] > size)
            return false;
    return true;
}

static void table_check(void)
{
    enum { N = 5, M = 37, D_K = 3, D_V = 4 };
    const int size = 9;
    Rng rng = rng_new(13);
    Tensor *q = simple(&rng, N, D_K), *k = simple(&rng, M, D_K);
    Tensor *v = simple(&rng, M, D_V);
    given(q);
    given(k);
    given(v);
    given(size);
    Tensor *got = CALL(attention_in_pieces, (q, k, v, size));
    pieces_suspects(q, k, v, size);
    expect(got, attention(q, k, v, NULL), 1e-4, "Look at the last piece, which"
           " has a single key.");
    static Origin origin;
    trace(&origin, got, 3, (Tensor *[]){ k, v, q });
    for (int i = 0; i < origin.n; i++) {
        const Tensor *x = origin.at[i];
        char what[200];
        expect_that(strcmp(x->op, "t_attention") != 0, "The output is right."
                    " But t_attention() was called.", "Look at how one piece"
                    " joins another: that is the exercise.");
        snprintf(what, sizeof what, "The output is right. But on the way a"
                 " table of shape %s was made (by %s), and size is %d.",
                 t_shape(x), x->op, size);
        expect_that(fits_a_piece(x, origin.from[i], N, size), what, "Look at"
                    " which keys a piece scores: slice k and v before they are"
                    " multiplied with anything.");
    }
}

CHECK(attention_in_pieces)
{
    const char *joining = "Look at how a piece joins what came before: the old"
                          " sum and the old mixture were taken with the old"
                          " maximum.";
    random_check(2, 3, 3, 1, "There is only one piece here, of all keys."
                 " Look at the order: subtract the maximum, exponentiate, mix,"
                 " divide by the sum.");
    random_check(2, 4, 2, 1, joining);
    random_check(3, 7, 3, 1, joining);
    random_check(1, 5, 1, 1, joining);
    random_check(2, 3, 10, 1, "One piece has room for more keys than there are."
                 " Look at where it ends.");
    random_check(3, 8, 3, 500, "The scores are large here. Look at the"
                 " exponents: none may be above 0.");
    pieces_check(t_matrix(1, 1, 40), t_matrix(3, 1, -6, -7, -8),
                 t_matrix(3, 1, 1, 2, 3), 2,
                 "All scores are far below 0 here, even below -200. Look at the"
                 " maximum that the first piece is compared with: it must be"
                 " lower than any score, or there must be none.");
    table_check();
}

/* One mistake of four; start: the maximum before the first piece. */
static Tensor *pieces(Tensor *q, Tensor *k, Tensor *v, int size, bool rescale,
                      bool all, bool safe, double start)
{
    Tensor *max = NULL, *sum = NULL, *mixture = NULL;
    int m = t_dim(k, 0);
    if (start > -INFINITY) {
        max = t_add(t_zeros(t_dim(q, 0), 1), t_vector(start));
        sum = t_zeros(t_dim(q, 0), 1);
        mixture = t_zeros(t_dim(q, 0), t_dim(v, 1));
    }
    for (int from = 0; from < m; from += size) {
        int to = from + size < m ? from + size : m;
        if (!all && from && to - from < size)
            break;
        Tensor *scores = attention_scores(q, t_slice(k, 0, from, to));
        Tensor *now = t_max(scores, -1);
        now = max ? t_max(t_concat(1, max, now), -1) : now;
        now = safe ? now : t_scale(now, 0);
        Tensor *e = t_exp(t_sub(scores, now));
        Tensor *piece = t_matmul(e, t_slice(v, 0, from, to));
        Tensor *old = max && rescale ? t_exp(t_sub(max, now)) : t_vector(1);
        mixture = mixture ? t_add(t_mul(mixture, old), piece) : piece;
        sum = sum ? t_add(t_mul(sum, old), t_sum(e, -1)) : t_sum(e, -1);
        max = now;
    }
    return t_div(mixture, sum);
}

static Tensor *WRONG(attention_in_pieces, not_rescaled)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    return pieces(q, k, v, size, false, true, true, -INFINITY);
}

static Tensor *WRONG(attention_in_pieces, last_piece_dropped)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    return pieces(q, k, v, size, true, false, true, -INFINITY);
}

static Tensor *WRONG(attention_in_pieces, overflow)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    return pieces(q, k, v, size, true, true, false, -INFINITY);
}

static Tensor *WRONG(attention_in_pieces, softmax_of_each)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    return each_by_itself(q, k, v, size, true);
}

static Tensor *WRONG(attention_in_pieces, sum_of_each)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    return each_by_itself(q, k, v, size, false);
}

static Tensor *WRONG(attention_in_pieces, overlapping)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    return stepping(q, k, v, size > 1 ? size - 1 : 1, size);
}

static Tensor *WRONG(attention_in_pieces, in_one_piece)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    (void)size;
    return attention(q, k, v, NULL);
}

static Tensor *WRONG(attention_in_pieces, slices_of_the_table)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    Tensor *weights = attention_weights(q, k, NULL), *sum = NULL;
    int m = t_dim(k, 0);
    for (int from = 0; from < m; from += size) {
        int to = from + size < m ? from + size : m;
        Tensor *piece = t_matmul(t_slice(weights, 1, from, to),
                                 t_slice(v, 0, from, to));
        sum = sum ? t_add(sum, piece) : piece;
    }
    return sum;
}

static Tensor *WRONG(attention_in_pieces, table_by_hand)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    (void)size;
    Tensor *weights = attention_weights(q, k, NULL);
    Tensor *copy = t_zeros(t_dim(q, 0), t_dim(k, 0));
    for (int i = 0; i < t_dim(q, 0); i++)
        for (int j = 0; j < t_dim(k, 0); j++)
            t_at(copy, i, j) = t_at(weights, i, j);
    return t_matmul(copy, v);
}

static Tensor *WRONG(attention_in_pieces, query_by_query)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    (void)size;
    Tensor *rows = NULL;
    for (int i = 0; i < t_dim(q, 0); i++) {
        Tensor *one = attention(t_slice(q, 0, i, i + 1), k, v, NULL);
        rows = rows ? t_concat(0, rows, one) : one;
    }
    return rows;
}

static Tensor *WRONG(attention_in_pieces, begins_at_zero)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    return pieces(q, k, v, size, true, true, true, 0);
}

static Tensor *WRONG(attention_in_pieces, begins_at_minus_100)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    return pieces(q, k, v, size, true, true, true, -100);
}

static Tensor *WRONG(attention_in_pieces, one_call)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    (void)size;
    return t_attention(q, k, v, (AttentionOptions){ 0 });
}

static Tensor *RIGHT(attention_in_pieces, begins_far_below)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    return pieces(q, k, v, size, true, true, true, -1e30);
}

/* Each piece a whole attention, joined by the logarithms of their sums. */
static Tensor *RIGHT(attention_in_pieces, joined_by_logarithms)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    Tensor *output = NULL, *level = NULL;       /* (n, d_v), (n, 1) */
    int m = t_dim(k, 0);
    for (int from = 0; from < m; from += size) {
        int to = from + size < m ? from + size : m;
        Tensor *keys = t_slice(k, 0, from, to);
        Tensor *scores = attention_scores(q, keys), *max = t_max(scores, -1);
        Tensor *own = t_add(max, t_log(t_sum(t_exp(t_sub(scores, max)), -1)));
        Tensor *mine = attention(q, keys, t_slice(v, 0, from, to), NULL);
        if (!output) {
            output = mine;
            level = own;
            continue;
        }
        Tensor *shares = t_softmax(t_concat(1, level, own));
        output = t_add(t_mul(output, t_slice(shares, 1, 0, 1)),
                       t_mul(mine, t_slice(shares, 1, 1, 2)));
        Tensor *top = t_max(t_concat(1, level, own), -1);
        level = t_add(top, t_log(t_add(t_exp(t_sub(level, top)),
                                       t_exp(t_sub(own, top)))));
    }
    return output;
}

/* Twice over the keys: first for the maxima, then for the sums. */
static Tensor *RIGHT(attention_in_pieces, in_two_passes)
    (Tensor *q, Tensor *k, Tensor *v, int size)
{
    Tensor *max = NULL, *sum = NULL, *mixture = NULL;
    int m = t_dim(k, 0);
    for (int from = 0; from < m; from += size) {
        int to = from + size < m ? from + size : m;
        Tensor *now = t_max(attention_scores(q, t_slice(k, 0, from, to)), -1);
        max = max ? t_max(t_concat(1, max, now), -1) : now;
    }
    for (int from = 0; from < m; from += size) {
        int to = from + size < m ? from + size : m;
        Tensor *scores = attention_scores(q, t_slice(k, 0, from, to));
        Tensor *e = t_exp(t_sub(scores, max));
        Tensor *piece = t_matmul(e, t_slice(v, 0, from, to));
        mixture = mixture ? t_add(mixture, piece) : piece;
        sum = sum ? t_add(sum, t_sum(e, -1)) : t_sum(e, -1);
    }
    return t_div(mixture, sum);
}

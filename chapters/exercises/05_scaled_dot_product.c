/* 05_scaled_dot_product.c -- exercises of chapter 5, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=05             checks them all
 *     make exercise CH=05 EX=3        checks the third
 *     make watch CH=05                checks whenever you save; Ctrl-C ends it
 *     make hint CH=05 EX=3            gives a hint, and then another
 *     make solution CH=05 EX=3        shows the solution, once you have it
 *     make reset CH=05 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "05_scaled_dot_product.h"
#include "exercise.h"
#include "learn/nn.h"

#include <math.h>

/* ---- Exercise 1 * Queries and keys change places ------------------------- *
 * In the cell `by_hand`, let $W^Q$ and $W^K$ change places. What happens to the
 * table of scores $Q K^\top$, and to the table of weights? Return one of these
 * letters:
 *
 *     'a'  Neither changes: q . k is the same number as k . q.
 *     'b'  Both are transposed: rows become columns.
 *     'c'  The scores are transposed. The weights are others, and not the
 *          transposed weights.
 *     'd'  All scores change their sign.
 */
char changed_places(void)
{
    TODO("return 'a', 'b', 'c' or 'd'");
}

/* ---- Exercise 2 * Four shapes -------------------------------------------- *
 * n tokens of width a ask m tokens of width b. Queries and keys are d_k wide,
 * values d_v. What are the shapes of $W^K$ and $W^V$, of the table of weights,
 * and of the output? Store the four shapes, in terms of the six sizes. For $W^Q$
 * that would be
 *
 *     *w_q = SHAPE(a, d_k);
 */
void four_shapes(int n, int m, int a, int b, int d_k, int d_v, Shape *w_k,
                 Shape *w_v, Shape *weights, Shape *output)
{
    TODO("store four shapes, such as *w_k = SHAPE(n, m)");
}

/* ---- Exercise 3 * Find the bug: narrow heads learn, wide ones do not ------ *
 * This is self-attention as one of the notes behind this book had it. x is (n,
 * d), the first two matrices are (d, d_k), the third (d, d_v). It learns while
 * d_k is small. With d_k = 512 it hardly changes at all, whatever the learning
 * rate. Mend it, so that it does what the chapter's formula says.
 */
Tensor *mended_attention(Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    TODO("find the mistake, mend it, and remove this line");
    Tensor *q = t_matmul(x, w_q);
    Tensor *k = t_matmul(x, w_k);
    Tensor *v = t_matmul(x, w_v);
    Tensor *scores = t_matmul(q, t_transpose(k));
    Tensor *weights = t_softmax(scores);
    return t_matmul(weights, v);
}

/* ---- Exercise 4 ** By what to divide ------------------------------------- *
 * The square root in the formula is right for queries and keys whose numbers
 * have variance 1. Suppose they are independent and have mean 0, but the
 * numbers of a query have variance var_q and those of a key var_k. By what must
 * q . k be divided to have variance 1?
 *
 *     divisor(64, 1, 1)       is 8
 *     divisor(64, 1, 1/3.)    is 4.62: keys drawn uniformly from -1 to 1
 */
double divisor(int d_k, double var_q, double var_k)
{
    TODO("return what to divide q . k by");
}

/* ---- Exercise 5 ** How loud must it ask? --------------------------------- *
 * In the cell `its` a possessive asks with strength 5, and the two nouns get
 * nearly all of its weight. Which strength would give them a certain share of
 * it, one half say? All `nouns` nouns score as much as the strength, all
 * `others` other words score 0, and share lies between 0 and 1.
 *
 *     loudness(1, 1, 0.5)     is 0: no need to ask
 */
double loudness(int nouns, int others, double share)
{
    TODO("return the strength that gives the nouns this share");
}

/* ---- Exercise 6 ** Find the bug: a mask that leaks ----------------------- *
 * Somebody has put the mask where it is easy to see that it works: after the
 * softmax, where every forbidden weight is set to 0. Yet a model that was
 * trained with it knows more of the future than it should: a change of a
 * forbidden key changes the output. Find out how, and mend it.
 *
 * mask broadcasts to (n, m) and is 1 where a query must not look. A query that
 * may see nothing brings home zeros. A forbidden key must not matter, whatever
 * its score, even if it is a thousand above all others.
 */
Tensor *mended_mask(Tensor *q, Tensor *k, Tensor *v, const Tensor *mask)
{
    TODO("find the mistake, mend it, and remove this line");
    Tensor *scores = attention_scores(q, k);
    Tensor *weights = t_softmax(scores);
    weights = t_masked_fill(weights, mask, 0);
    return t_matmul(weights, v);
}

/* ---- Exercise 7 ** Two masks in one -------------------------------------- *
 * Sentences of a batch are padded to n tokens, and none of them may look ahead.
 * Make the mask of shape (count, n, n): in sentence b, row i, column j it is 1
 * if key j comes after query i, and 1 if key j is padding, which begins at
 * lengths[b]. Elsewhere it is 0.
 *
 *     count = 1    lengths = 2    n = 3    gives  0 1 1
 *                                                 0 0 1
 *                                                 0 0 1
 */
Tensor *both_masks(int count, const int *lengths, int n)
{
    TODO("return the mask, (count, n, n)");
}

/* ---- Exercise 8 ** Near rather than large -------------------------------- *
 * A long key gets large scores wherever it points. Score by distance instead:
 * the weights are the softmax, over the keys, of $-\frac{1}{2} |q_i - k_j|^2$.
 * q is (n, d), k is (m, d), the result (n, m). Do it without making a
 * difference for each pair, n m d numbers: multiply the square out. Loops over
 * single numbers are no way round: use whole tensors, so that gradients can
 * flow back to q and k. One of the three terms of the square may be left out
 * altogether. Which, and why?
 */
Tensor *distance_weights(Tensor *q, Tensor *k)
{
    TODO("return the weights by distance, (n, m)");
}

/* ---- Exercise 9 *** Attention is a slope --------------------------------- *
 * One query q, of shape (1, d), scores m keys, k of shape (m, d), by
 * $q \cdot k_j$ (not scaled). Take the smooth maximum of the scores,
 * $\ln \sum_j e^{q \cdot k_j}$, as a function of q. What is its gradient by q,
 * again of shape (1, d)? Do it with a pencil, and return the formula;
 * t_backward(), which finds only numbers, may not be called. The result is
 * something that this chapter is about.
 */
Tensor *slope_of_smooth_maximum(Tensor *q, Tensor *k)
{
    TODO("return the gradient by q, (1, d)");
}

/* ---- Exercise 10 ** When the table costs more than the projections ------- *
 * One sentence of n tokens, self-attention, all widths equal: d = d_k = d_v.
 * The projections make Q, K and V; then come Q K^T and the mixture. Counting
 * multiplications: from which n on does the second part cost more than the
 * first? Return the n at which both cost the same. It need not be a whole
 * number.
 */
double break_even(int d)
{
    TODO("return the n at which both parts cost the same");
}

/* ---- Exercise 11 *** A head that looks back ------------------------------ *
 * Build a head by hand, as the chapter does for *its*, that looks at the word
 * before. Let x be (n, n), with a single 1 in each row: token i has its 1 in
 * column i, so the tokens say nothing but where they stand. Set the numbers of
 * w_q and w_k, both (n, n) and full of zeros, such that in
 *
 *     attention_weights(t_matmul(x, w_q), t_matmul(x, w_k), NULL)
 *
 * each token gives at least 0.99 of its weight to the token before it, and the
 * first one, which has none before it, to itself. n is from 2 to 64. Many
 * answers are right.
 */
void look_back(int n, Tensor *w_q, Tensor *w_k)
{
    TODO("set numbers of w_q and w_k");
}

/* ---- Exercise 12 *** Attention, piece by piece --------------------------- *
 * Long sequences do not fit into a table of scores of shape (n, m). Compute
 * attention(q, k, v, NULL) with only `size` keys at a time, so that no table is
 * larger than (n, size). m need not be a multiple of size.
 *
 * Scores may be so large that their exponentials would overflow. You need the
 * one-pass softmax of chapter 2, for all rows at once: t_max and t_sum over the
 * last axis keep that axis with size 1, and so fit what they came from. There is
 * no maximum of two tensors, but there is t_max over two columns side by side.
 * `t_slice(k, 0, from, to)` is some rows of k. (t_attention() does all of this
 * in one call, and does not count.)
 */
Tensor *attention_in_pieces(Tensor *q, Tensor *k, Tensor *v, int size)
{
    TODO("return the output of attention, (n, d_v)");
}

/* 04_additive_attention.c -- the exercises of chapter 4, solved. Under each
 * solution stands what the reader finds, and the hints. */
#include "04_additive_attention.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * What it learns ----------------------------------------- *
 * Queries are d_q wide, keys d_k, and the small network has h hidden numbers
 * and a bias. How many numbers does additive attention learn?
 *
 *     learned(2, 3, 10)    is 70
 */
long learned(long d_q, long d_k, long h)
{
    /* W_q, W_k, w_v, b. The number of keys does not matter. */
    return d_q * h + d_k * h + h + h;
}
/* Given:
 *     TODO("return the number of parameters");
 *
 * Hint: The formula has four letters that are learned. Which shape has each?
 *
 * Hint: W_q is (d_q, h), W_k is (d_k, h), w_v and b are h numbers each.
 */

/* ---- Exercise 2 * A shape that is easily forgotten ----------------------- *
 * B sequences, n queries, m keys, h hidden numbers. Every query meets every
 * key, and only then comes tanh. How many numbers go through tanh?
 *
 *     through_tanh(1, 2, 3, 4)    is 24
 */
long through_tanh(long B, long n, long m, long h)
{
    /* (B, n, m, h): h times as many as there are scores. A dot product needs
     * nothing of the kind, which is why it won. */
    return B * n * m * h;
}
/* Given:
 *     TODO("return a number of numbers");
 *
 * Hint: Look at the shape ledger: the sum before tanh has four axes.
 *
 * Hint: One pair of a query and a key has h numbers. How many pairs are there?
 */

/* ---- Exercise 3 ** Find the bug: it only works for equal numbers ---------- *
 * from_q is (n, h), from_k (m, h): queries and keys, each times its matrix.
 * This should return their sums for every pair, (n, m, h). It stops unless n =
 * m, and then it is wrong. Mend it.
 */
Tensor *every_pair(Tensor *from_q, Tensor *from_k)
{
    /* With an axis of size 1 where the other one varies, broadcasting pairs
     * each row with each. Without, it pairs row i with row i. */
    int n = t_dim(from_q, 0), m = t_dim(from_k, 0), h = t_dim(from_q, 1);
    return t_add(t_reshape(from_q, n, 1, h), t_reshape(from_k, 1, m, h));
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     int n = t_dim(from_q, 0), m = t_dim(from_k, 0), h = t_dim(from_q, 1);
 *     Tensor *pairs = t_add(from_q, from_k);
 *     return t_broadcast(t_reshape(pairs, 1, m, h), n, m, h);
 *
 * Hint: With n = m, which query and which key does t_add(from_q, from_k) bring
 * together?
 *
 * Hint: A size of 1 is repeated. from_q should have the shape (n, 1, h). And
 * from_k?
 */

/* ---- Exercise 4 ** Find the bug: padding that is heard -------------------- *
 * scores is (B, n, m); of the keys of sequence b only the first lengths[b] are
 * real, and there is at least one. This should return weights that are exactly
 * 0 beyond them, whatever the scores, each row adding up to 1. Mend it.
 */
Tensor *mended_softmax(Tensor *scores, const int *lengths)
{
    /* A score of 0 is a score like any other: e^0 = 1. Minus infinity is the
     * one that says "not at all". */
    int B = t_dim(scores, 0), m = t_dim(scores, 2);
    Tensor *mask = t_zeros(B, 1, m);
    for (int b = 0; b < B; b++)
        for (int j = lengths[b]; j < m; j++)
            t_at(mask, b, 0, j) = 1;
    return t_softmax(t_masked_fill(scores, mask, -INFINITY));
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     int B = t_dim(scores, 0), m = t_dim(scores, 2);
 *     Tensor *mask = t_zeros(B, 1, m);
 *     for (int b = 0; b < B; b++)
 *         for (int j = lengths[b]; j < m; j++)
 *             t_at(mask, b, 0, j) = 1;
 *     return t_softmax(t_masked_fill(scores, mask, 0));
 *
 * Hint: Which weight has a score of 0, beside scores of -3?
 *
 * Hint: Softmax takes e to the power of the score. Which score gives exactly 0?
 */

/* ---- Exercise 5 *** The mirror image ------------------------------------- *
 * Without a bias the score of query q and key k is s. What is the score of -q
 * and -k? And if q gives the keys k and -k the weights 0.9 and 0.1, which does
 * -q give them? Store the score, and the weight of k.
 */
void mirrored(double s, double *score, double *weight)
{
    /* tanh is odd, so everything changes its sign: the score is -s. And -q with
     * -k scores minus what q with k does. So for -q the two keys change places
     * and signs: its score for k is minus that of q for -k. The differences of
     * scores stay, and so do the weights. */
    *score = -s;
    *weight = 0.9;
}
/* Given:
 *     TODO("store *score and *weight");
 *
 * Hint: w_v . tanh(-z) = -w_v . tanh(z). What is z for -q and -k?
 *
 * Hint: Let q score a with k and b with -k. Then -q scores -b with k and -a
 * with -k. Weights depend on the difference of the scores only: a - b, and now?
 */

/* ---- Exercise 6 ** One score, by hand ------------------------------------ *
 * Return the score of one query q (d_q) and one key k (d_k),
 * $w_v \cdot \tanh(q W_q + k W_k + b)$, with loops. a.b may be NULL.
 * (additive_scores() would do it, and teach nothing.)
 */
double one_score(Additive a, const Tensor *q, const Tensor *k)
{
    /* Number c of the hidden layer is a dot product with column c of each
     * matrix. */
    double score = 0;
    for (int c = 0; c < t_dim(a.w_v, 0); c++) {
        double z = a.b ? (double)t_at(a.b, c) : 0;
        for (int i = 0; i < t_dim(q, 0); i++)
            z += (double)(t_at(q, i) * t_at(a.w_q, i, c));
        for (int i = 0; i < t_dim(k, 0); i++)
            z += (double)(t_at(k, i) * t_at(a.w_k, i, c));
        score += (double)t_at(a.w_v, c, 0) * tanh(z);
    }
    return score;
}
/* Given:
 *     TODO("return the score");
 *
 * Hint: The outer loop goes over the hidden numbers. There are t_dim(a.w_v, 0)
 * of them.
 *
 * Hint: Hidden number c is tanh of: the bias b_c, plus the sum of q_i times
 * element (i, c) of W_q, plus the same for k. Add it up times w_v(c, 0).
 *
 * Hint: The tanh comes after all three were added, not before.
 */

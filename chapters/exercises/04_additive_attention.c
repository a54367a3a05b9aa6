/* 04_additive_attention.c -- exercises of chapter 4, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=04             checks them all
 *     make exercise CH=04 EX=3        checks the third
 *     make watch CH=04                checks whenever you save; Ctrl-C ends it
 *     make hint CH=04 EX=3            gives a hint, and then another
 *     make solution CH=04 EX=3        shows the solution, once you have it
 *     make reset CH=04 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
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
    TODO("return the number of parameters");
}

/* ---- Exercise 2 * A shape that is easily forgotten ----------------------- *
 * B sequences, n queries, m keys, h hidden numbers. Every query meets every
 * key, and only then comes tanh. How many numbers go through tanh?
 *
 *     through_tanh(1, 2, 3, 4)    is 24
 */
long through_tanh(long B, long n, long m, long h)
{
    TODO("return a number of numbers");
}

/* ---- Exercise 3 ** Find the bug: it only works for equal numbers ---------- *
 * from_q is (n, h), from_k (m, h): queries and keys, each times its matrix.
 * This should return their sums for every pair, (n, m, h). It stops unless n =
 * m, and then it is wrong. Mend it.
 */
Tensor *every_pair(Tensor *from_q, Tensor *from_k)
{
    TODO("find the mistake, mend it, and remove this line");
    int n = t_dim(from_q, 0), m = t_dim(from_k, 0), h = t_dim(from_q, 1);
    Tensor *pairs = t_add(from_q, from_k);
    return t_broadcast(t_reshape(pairs, 1, m, h), n, m, h);
}

/* ---- Exercise 4 ** Find the bug: padding that is heard -------------------- *
 * scores is (B, n, m); of the keys of sequence b only the first lengths[b] are
 * real, and there is at least one. This should return weights that are exactly
 * 0 beyond them, whatever the scores, each row adding up to 1. Mend it.
 */
Tensor *mended_softmax(Tensor *scores, const int *lengths)
{
    TODO("find the mistake, mend it, and remove this line");
    int B = t_dim(scores, 0), m = t_dim(scores, 2);
    Tensor *mask = t_zeros(B, 1, m);
    for (int b = 0; b < B; b++)
        for (int j = lengths[b]; j < m; j++)
            t_at(mask, b, 0, j) = 1;
    return t_softmax(t_masked_fill(scores, mask, 0));
}

/* ---- Exercise 5 *** The mirror image ------------------------------------- *
 * Without a bias the score of query q and key k is s. What is the score of -q
 * and -k? And if q gives the keys k and -k the weights 0.9 and 0.1, which does
 * -q give them? Store the score, and the weight of k.
 */
void mirrored(double s, double *score, double *weight)
{
    TODO("store *score and *weight");
}

/* ---- Exercise 6 ** One score, by hand ------------------------------------ *
 * Return the score of one query q (d_q) and one key k (d_k),
 * $w_v \cdot \tanh(q W_q + k W_k + b)$, with loops. a.b may be NULL.
 * (additive_scores() would do it, and teach nothing.)
 */
double one_score(Additive a, const Tensor *q, const Tensor *k)
{
    TODO("return the score");
}

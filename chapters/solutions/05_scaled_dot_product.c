/* 05_scaled_dot_product.c -- the exercises of chapter 5, solved. Under each
 * solution stands what the reader finds, and the hints. */
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
    /* The new table is K Q^T, the transpose of Q K^T: who was looked at now
     * looks. But softmax shares out each row anew. What was a column, whose
     * weights came from different rows, is a row now and has to add up to 1. */
    return 'c';
}
/* Given:
 *     TODO("return 'a', 'b', 'c' or 'd'");
 *
 * Hint: With W^Q and W^K, what were queries are keys now. Write down the new
 * table of scores as a product, and compare it with the old one.
 *
 * Hint: (Q K^T)^T = K Q^T. So the scores are transposed. Now take the table of
 * `by_hand`, with the rows 2, 1 and 2, 2, and the softmax of each row. Then
 * take its transpose, with the rows 2, 2 and 1, 2, and the softmax of each row.
 * Are the second weights those of the first, transposed?
 */

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
    /* Keys and values are made from the tokens that are asked, of width b. A
     * row of weights for each who asks, a column for each who is asked. The
     * output has a row for each who asks too, and is as wide as the values. */
    *w_k = SHAPE(b, d_k);
    *w_v = SHAPE(b, d_v);
    *weights = SHAPE(n, m);
    *output = SHAPE(n, d_v);
}
/* Given:
 *     TODO("store four shapes, such as *w_k = SHAPE(n, m)");
 *
 * Hint: Rows are tokens, so X of shape (n, a) times W^Q must give the queries,
 * (n, d_k). Which of the two sequences are the keys and the values made from?
 *
 * Hint: The shape ledger of the chapter has the last two. In words: who asks
 * has a row, who is asked has a column, and an output is a mixture of values.
 */

/* ---- Exercise 3 * Find the bug: narrow heads learn, wide ones do not ------ *
 * This is self-attention as one of the notes behind this book had it. x is (n,
 * d), the first two matrices are (d, d_k), the third (d, d_v). It learns while
 * d_k is small. With d_k = 512 it hardly changes at all, whatever the learning
 * rate. Mend it, so that it does what the chapter's formula says.
 */
Tensor *mended_attention(Tensor *x, Tensor *w_q, Tensor *w_k, Tensor *w_v)
{
    /* The factor 1/sqrt(d_k) was forgotten. Scores grow like sqrt(d_k), a
     * softmax of such scores is saturated, and its slope is gone. d_k is the
     * width of queries and keys: not of x, and not the number of tokens. And it
     * is the scores that are scaled, before the softmax. */
    Tensor *q = t_matmul(x, w_q);                       /* (n, d_k) */
    Tensor *k = t_matmul(x, w_k);                       /* (n, d_k) */
    Tensor *v = t_matmul(x, w_v);                       /* (n, d_v) */
    Tensor *scores = t_matmul(q, t_transpose(k));       /* (n, n) */
    double d_k = t_dim(k, -1);
    Tensor *weights = t_softmax(t_scale(scores, 1 / sqrt(d_k)));
    return t_matmul(weights, v);                        /* (n, d_v) */
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     Tensor *q = t_matmul(x, w_q);
 *     Tensor *k = t_matmul(x, w_k);
 *     Tensor *v = t_matmul(x, w_v);
 *     Tensor *scores = t_matmul(q, t_transpose(k));
 *     Tensor *weights = t_softmax(scores);
 *     return t_matmul(weights, v);
 *
 * Hint: Put the formula of attention beside the code and compare them symbol by
 * symbol.
 *
 * Hint: A factor is missing, inside the softmax. `t_scale(x, factor)`
 * multiplies every number of x; `t_dim(k, -1)` is the size of the last axis of
 * k.
 *
 * Hint: scores must be scaled by 1 / sqrt(d_k), where d_k is how many numbers a
 * key has. Beware of 1 / 512 in whole numbers, which is 0 in C: let d_k be a
 * double.
 */

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
    /* One product q_c k_c has the variance E[q_c^2] E[k_c^2] = var_q var_k, for
     * the means are 0. d_k independent ones add up to d_k var_q var_k, and
     * dividing by s divides a variance by s squared. For the uniform keys this
     * is 4.62 in place of 8: by 8, the softmax would be too flat. */
    return sqrt(d_k * var_q * var_k);
}
/* Given:
 *     TODO("return what to divide q . k by");
 *
 * Hint: Go through the derivation in the chapter once more. At which step was
 * the variance 1 put in?
 *
 * Hint: The variance of one product q_c k_c is var_q var_k, as the mean is 0.
 * How large is that of the sum of d_k such products?
 *
 * Hint: If s has variance V, then s / c has variance V / c^2. For which c is
 * that 1?
 */

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
    /* share = nouns e^s / (nouns e^s + others). What is left is for the others:
     * share / (1 - share) = nouns e^s / others. Solve for e^s, take the
     * logarithm. With 2 nouns, 9 others and one half, it is ln 4.5 = 1.504. */
    return log(share / (1 - share) * others / nouns);
}
/* Given:
 *     TODO("return the strength that gives the nouns this share");
 *
 * Hint: Write the weight of all nouns together as one fraction. A noun has e^s
 * above the bar, another word has 1.
 *
 * Hint: Divide the share of the nouns by that of the others, share / (1 -
 * share). The sum cancels, as in exercise 1 of chapter 2.
 *
 * Hint: share / (1 - share) = nouns e^s / others. Solve for s.
 */

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
    /* Under the fraction bar of softmax stands the sum over all keys. Setting
     * weights to 0 afterwards leaves the forbidden ones in that sum: the more
     * they score, the less is left for the others, and so they can be heard.
     * Dividing each row by its sum again would be right on paper, but where a
     * forbidden score is far above the others their weights are all 0, and 0/0
     * is nan. A score of -inf takes the key out of the sum from the start. A
     * large negative number, such as -1e9, is no substitute: a query that may
     * see nothing would look at all forbidden keys alike. */
    Tensor *scores = attention_scores(q, k);            /* (n, m) */
    scores = t_masked_fill(scores, mask, -INFINITY);
    return t_matmul(t_softmax(scores), v);              /* (n, d_v) */
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     Tensor *scores = attention_scores(q, k);
 *     Tensor *weights = t_softmax(scores);
 *     weights = t_masked_fill(weights, mask, 0);
 *     return t_matmul(weights, v);
 *
 * Hint: Take two keys with scores 0 and s, the second of them forbidden. Which
 * weight does the first get, and does it depend on s?
 *
 * Hint: The forbidden keys are still in the sum that softmax divides by. They
 * must be gone before the softmax. Which score gets weight 0 and adds nothing
 * to the sum?
 *
 * Hint: t_masked_fill must be applied to the scores, with the value -INFINITY.
 */

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
    /* Keys are columns: both conditions are on j, and only one of them on i.
     * The rows of padding (the last one above) look at real tokens; what they
     * bring home is never used. Forbidding those rows altogether would be an
     * axis mistaken for the other. */
    Tensor *mask = t_zeros(count, n, n);
    for (int b = 0; b < count; b++)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                t_at(mask, b, i, j) = j > i || j >= lengths[b];
    return mask;
}
/* Given:
 *     TODO("return the mask, (count, n, n)");
 *
 * Hint: `t_zeros(count, n, n)` makes the tensor, and `t_at(mask, b, i, j) = 1`
 * sets an element of it. Three loops, one condition.
 *
 * Hint: Row i looks at column j. "Comes after" and "is padding" are both about
 * j.
 *
 * Hint: The tokens of sentence b have the numbers 0 to lengths[b] - 1, so the
 * number lengths[b] is the first of the padding.
 */

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
    /* -1/2 |q - k|^2 = q . k - 1/2 |k|^2 - 1/2 |q|^2. The last term is the same
     * for all keys of a row, and adding a constant to a row changes no weight.
     * So attention by distance is attention by dot product with a handicap for
     * long keys. The squared lengths are a column (m, 1); transposed they are a
     * row (1, m), with one for each key, and are subtracted from every row of
     * the scores. If n = m, the column would fit too, take the same from a
     * whole row, and change nothing: broadcasting does not ask why. */
    Tensor *squares = t_sum(t_mul(k, k), -1);           /* (m, 1) */
    Tensor *scores = t_matmul(q, t_transpose(k));       /* (n, m) */
    Tensor *handicap = t_scale(t_transpose(squares), 0.5);
    return t_softmax(t_sub(scores, handicap));
}
/* Given:
 *     TODO("return the weights by distance, (n, m)");
 *
 * Hint: |q - k|^2 = |q|^2 - 2 q . k + |k|^2. Times -1/2. All the products q . k
 * at once are one t_matmul.
 *
 * Hint: Softmax of a row does not change if the same number is added to the
 * whole row. Which of the terms is the same for all keys?
 *
 * Hint: What remains is q . k - 1/2 |k|^2. The squares of the lengths are
 * `t_sum(t_mul(k, k), -1)`, of shape (m, 1). They belong to keys, and keys are
 * columns: which shape must they have to be subtracted from (n, m)?
 */

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
    /* The derivative of the logarithm of a sum is the derivative of the sum
     * over the sum: sum_j e^{q . k_j} k_j / sum_j e^{q . k_j}, the keys mixed
     * by their weights. That is attention whose values are the keys, without
     * the factor. To step along this slope is to move q towards what it attends
     * to, which is how a Hopfield network recalls. */
    Tensor *weights = t_softmax(t_matmul(q, t_transpose(k)));   /* (1, m) */
    return t_matmul(weights, k);                                /* (1, d) */
}
/* Given:
 *     TODO("return the gradient by q, (1, d)");
 *
 * Hint: Start with a single number q and keys that are numbers: the derivative
 * of ln(e^{q k_1} + e^{q k_2}) by q.
 *
 * Hint: It is (e^{q k_1} k_1 + e^{q k_2} k_2) / (e^{q k_1} + e^{q k_2}). You
 * know these quotients by name.
 *
 * Hint: They are the softmax weights of the scores. The gradient mixes the keys
 * by them, as attention mixes values. Mind that nothing is scaled here.
 */

/* ---- Exercise 10 ** When the table costs more than the projections ------- *
 * One sentence of n tokens, self-attention, all widths equal: d = d_k = d_v.
 * The projections make Q, K and V; then come Q K^T and the mixture. Counting
 * multiplications: from which n on does the second part cost more than the
 * first? Return the n at which both cost the same. It need not be a whole
 * number.
 */
double break_even(int d)
{
    /* Three projections take n d d each, 3 n d^2. The two products with the
     * table take n n d each, 2 n^2 d. They are equal at n = 3/2 d: with a width
     * of 512 that is 768 tokens. Shorter sentences spend most of their time in
     * the projections, not in what is called attention. */
    return 1.5 * d;     /* and not 3 / 2 * d: 3 / 2 is 1 in C */
}
/* Given:
 *     TODO("return the n at which both parts cost the same");
 *
 * Hint: A product of (a, b) and (b, c) takes a b c multiplications. Count the
 * products of each part, and their sizes.
 *
 * Hint: Three projections (n, d) x (d, d). Then (n, d) x (d, n) and (n, n) x
 * (n, d).
 *
 * Hint: 3 n d^2 = 2 n^2 d. Solve for n. Beware of divisions of whole numbers,
 * which drop what is behind the point.
 */

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
    /* x is the identity, so row i of w_q is the query of token i, and row j of
     * w_k the key of token j. Let every key say "I am number j", by a 1 in
     * column j, and the query of i ask for number i - 1. The score of the right
     * pair is then the strength, divided by sqrt(n), and all others are 0. Its
     * weight is e^s / (e^s + n - 1), which is more than 0.99 if e^s is more
     * than 99 (n - 1): for 64 tokens s must be at least 8.8; 20 is plenty. */
    for (int i = 0; i < n; i++) {
        t_at(w_k, i, i) = 1;
        t_at(w_q, i, i == 0 ? 0 : i - 1) = 20 * sqrt(n);
    }
}
/* Given:
 *     TODO("set numbers of w_q and w_k");
 *
 * Hint: x times w_q is w_q itself, for x is the identity. So you are free to
 * choose each query and each key: row i is that of token i.
 *
 * Hint: Let the key of token j have a single 1, in column j. Which query has a
 * large inner product with the key of token i - 1, and none with all the
 * others?
 *
 * Hint: A single number in column i - 1 of row i; in column 0 for the first. It
 * must be loud: attention_weights divides by sqrt(n), and the other n - 1 keys
 * have e^0 = 1 each. Exercise 5 tells how loud.
 */

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
    /* For each query we carry its largest score so far, (n, 1), the sum of the
     * exponentials taken with it, (n, 1), and the mixture not yet divided by
     * the sum, (n, d_v). A new piece may raise the maximum of some rows; what
     * they have gathered is scaled down to the new one. There is no t_max of
     * two tensors, but t_max over two columns side by side. This is what the
     * fast programs on graphics cards do, with pieces that fit into their
     * caches. (Here the tape keeps all pieces until the step ends, for the
     * gradient. Where none is wanted, tape_record(false), and tape_mark() and
     * tape_release() around each piece, would save the memory too; max, sum and
     * mixture must then lie in tensors made before the mark.) */
    Tensor *max = NULL, *sum = NULL, *mixture = NULL;
    int m = t_dim(k, 0);
    for (int from = 0; from < m; from += size) {
        int to = from + size < m ? from + size : m;
        Tensor *scores = attention_scores(q, t_slice(k, 0, from, to));
        Tensor *now = t_max(scores, -1);                        /* (n, 1) */
        if (max)
            now = t_max(t_concat(1, max, now), -1);
        Tensor *e = t_exp(t_sub(scores, now));                  /* (n, size) */
        Tensor *piece = t_matmul(e, t_slice(v, 0, from, to));   /* (n, d_v) */
        Tensor *share = t_sum(e, -1);                           /* (n, 1) */
        if (max) {
            Tensor *old = t_exp(t_sub(max, now));
            piece = t_add(t_mul(mixture, old), piece);
            share = t_add(t_mul(sum, old), share);
        }
        max = now;
        sum = share;
        mixture = piece;
    }
    return t_div(mixture, sum);
}
/* Given:
 *     TODO("return the output of attention, (n, d_v)");
 *
 * Hint: Begin with one piece that holds all keys: subtract the maximum of each
 * row, exponentiate, multiply with v, and divide by the sum of each row at the
 * very end. That must equal attention().
 *
 * Hint: Now carry three things from piece to piece: the maximum, the sum and
 * the mixture before the division. Exercise 9 of chapter 2 is the same for one
 * query.
 *
 * Hint: With the new maximum, max', multiply the old sum and the old mixture by
 * e^{max - max'}, and add those of the piece. The maximum of two columns a and
 * b of shape (n, 1) is `t_max(t_concat(1, a, b), -1)`. The last piece may have
 * fewer keys.
 */

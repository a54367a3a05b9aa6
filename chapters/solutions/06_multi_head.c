/* 06_multi_head.c -- the exercises of chapter 6, solved. Under each solution
 * stands what the reader finds, and the hints. */
#include "06_multi_head.h"
#include "05_scaled_dot_product.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * How many weights --------------------------------------- *
 * B sequences of n tokens look at m tokens each, through h heads of width d/h.
 * How many weights are computed, all heads together?
 *
 *     weights_computed(1, 2, 3, 4, 64)    is 24
 */
long weights_computed(long B, long h, long n, long m, long d)
{
    /* A table of n rows and m columns for each head of each sequence. The width
     * does not matter: a score is one number, however wide the vectors are. */
    (void)d;
    return B * h * n * m;
}
/* Given:
 *     TODO("return a number of weights");
 *
 * Hint: Look at the shape of the weights in the ledger of this chapter.
 *
 * Hint: One head of one sequence has a table of n rows and m columns. How many
 * such tables are there?
 */

/* ---- Exercise 2 * One head's columns ------------------------------------- *
 * x is (n, d): all heads' queries side by side. Return those of head i, counted
 * from 0, as (n, d / heads), without copying a number. (You may print what you
 * like.)
 */
Tensor *one_head(Tensor *x, int heads, int i)
{
    /* A block of d / heads neighbouring columns: a slice is a view. */
    int w = t_dim(x, 1) / heads;
    return t_slice(x, 1, i * w, (i + 1) * w);
}
/* Given:
 *     TODO("return the columns of head i");
 *
 * Hint: Head 0 has the first d / heads columns, head 1 the next.
 *
 * Hint: t_slice(x, axis, from, to) takes from <= index < to of one axis.
 * Columns are axis 1.
 */

/* ---- Exercise 3 * Find the bug: heads that mix tokens --------------------- *
 * This should split (B, n, d) into heads, (B, h, n, d/h). The shape is right,
 * the code runs, the model even learns a little. Mend it, without looking at
 * split_heads().
 */
Tensor *mended_split(Tensor *x, int heads)
{
    /* A reshape keeps the order of the numbers in memory: after a token's first
     * w numbers come its next w, which belong to the same token and the next
     * head. So first cut the last axis, then exchange the axes. */
    int B = t_dim(x, 0), n = t_dim(x, 1), d = t_dim(x, 2);
    return t_permute(t_reshape(x, B, n, heads, d / heads), 0, 2, 1, 3);
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     int B = t_dim(x, 0), n = t_dim(x, 1), d = t_dim(x, 2);
 *     return t_reshape(x, B, heads, n, d / heads);
 *
 * Hint: Take B = 1, two tokens of width 4, two heads, and the numbers 1 to 8.
 * Which numbers are head 0's? Which did the code give it?
 *
 * Hint: t_reshape() keeps the numbers in their order. Cut the last axis in two
 * first: (B, n, heads, d / heads).
 *
 * Hint: Then t_permute(y, 0, 2, 1, 3) exchanges the axes of tokens and heads.
 */

/* ---- Exercise 4 ** Find the bug: heads that hardly choose ----------------- *
 * q is (B, h, n, w), k and v are (B, h, m, w): heads, already split, of a layer
 * of width h w. With more heads the weights become flatter and flatter, and
 * nobody asked for that. Mend it here, rather than call attention().
 */
Tensor *mended_heads(Tensor *q, Tensor *k, Tensor *v)
{
    /* A score is a sum over the width of a head, so that is what its root is
     * divided by: w, not the width of the whole layer. */
    Tensor *scores = t_matmul(q, t_transpose(k));
    double width = t_dim(q, -1);
    return t_matmul(t_softmax(t_scale(scores, 1 / sqrt(width))), v);
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     Tensor *scores = t_matmul(q, t_transpose(k));
 *     double width = t_dim(q, 1) * t_dim(q, -1);
 *     return t_matmul(t_softmax(t_scale(scores, 1 / sqrt(width))), v);
 *
 * Hint: Chapter 5 divides by the square root of the number of terms in a score.
 * How many numbers of a query and a key are multiplied and added up here?
 *
 * Hint: t_dim(q, 1) is the number of heads. A head knows nothing of the others.
 */

/* ---- Exercise 5 ** Fewer keys than queries ------------------------------- *
 * In *grouped-query attention* (Ainslie et al. 2023) the h heads of the queries
 * share g heads of keys and values, h a multiple of g. $W^Q$ and $W^O$ are (d, d)
 * as before; $W^K$ and $W^V$ make g heads of width d/h only. All four have a
 * bias. How many parameters has the layer?
 *
 *     grouped_parameters(512, 8, 8)    is 1050624, as in this chapter
 *     grouped_parameters(512, 8, 1)    is 590976
 */
long grouped_parameters(long d, long h, long g)
{
    /* Keys are g d/h wide, and so are values. */
    long width = g * (d / h);
    return 2 * (d * d + d) + 2 * (d * width + width);
}
/* Given:
 *     TODO("return the number of parameters");
 *
 * Hint: How many columns has W^K, if it makes g heads of width d/h? A bias has
 * one number for each column.
 *
 * Hint: W^Q and W^O: d d + d each. W^K and W^V: d times their columns, plus
 * their columns.
 */

/* ---- Exercise 6 ** What writing remembers -------------------------------- *
 * A model that writes keeps the keys and values of all tokens so far, in each
 * layer, so as not to compute them again (chapter 10). How many bytes is that
 * for `layers` layers, g heads of keys of width w, n tokens, and numbers of 4
 * bytes?
 *
 *     cache_bytes(1, 1, 2, 3)    is 48
 */
double cache_bytes(double layers, double g, double w, double n)
{
    /* A key and a value for each token, in each head of each layer. With 32
     * layers, 32 heads of 128 and 4096 tokens that is 4 GiB for one sentence:
     * why large models share their keys. */
    return 2 * layers * g * w * n * 4;
}
/* Given:
 *     TODO("return a number of bytes");
 *
 * Hint: What is kept of a token, in one head of one layer? It is asked for its
 * likeness, and for its content.
 *
 * Hint: One head of one layer keeps a matrix of n rows and w columns for the
 * keys, and another for the values. Then count heads, layers and bytes.
 */

/* ---- Exercise 7 *** Grouped queries, in code ----------------------------- *
 * q is (B, h, n, w); k and v are (B, g, m, w), with h a multiple of g. Query
 * heads 0 to h/g - 1 look at key head 0, the next h/g at key head 1, and so on.
 * Return (B, h, n, w). Do not copy keys or values: they are what there is to
 * save. (A tensor has at most four axes.)
 *
 *     h = 4, g = 2    query heads 0 and 1 use keys 0, heads 2 and 3 keys 1
 */
Tensor *grouped_attention(Tensor *q, Tensor *k, Tensor *v)
{
    /* The query heads of a group are neighbours, so their tokens can stand in
     * one long list, (h/g) n rows, which asks the same keys. Rows do not look
     * at each other, so nothing changes. */
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), w = t_dim(q, 3);
    int g = t_dim(k, 1);
    Tensor *rows = t_reshape(q, B, g, h / g * n, w);
    return t_reshape(attention(rows, k, v, NULL), B, h, n, w);
}
/* Given:
 *     TODO("return what all query heads bring home");
 *
 * Hint: attention(q, k, v, NULL) of chapter 5 treats all axes in front alike,
 * and queries may be more than keys. A query does not care which other queries
 * stand in the same matrix.
 *
 * Hint: Heads 0 to h/g - 1 lie next to each other in q. A reshape to (B, g,
 * h/g n, w) puts their rows into one matrix for each group.
 *
 * Hint: After attention, reshape back to (B, h, n, w).
 */

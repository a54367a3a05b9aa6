/* 06_multi_head.c -- exercises of chapter 6, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=06             checks them all
 *     make exercise CH=06 EX=3        checks the third
 *     make watch CH=06                checks whenever you save; Ctrl-C ends it
 *     make hint CH=06 EX=3            gives a hint, and then another
 *     make solution CH=06 EX=3        shows the solution, once you have it
 *     make reset CH=06 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
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
    TODO("return a number of weights");
}

/* ---- Exercise 2 * One head's columns ------------------------------------- *
 * x is (n, d): all heads' queries side by side. Return those of head i, counted
 * from 0, as (n, d / heads), without copying a number. (You may print what you
 * like.)
 */
Tensor *one_head(Tensor *x, int heads, int i)
{
    TODO("return the columns of head i");
}

/* ---- Exercise 3 * Find the bug: heads that mix tokens --------------------- *
 * This should split (B, n, d) into heads, (B, h, n, d/h). The shape is right,
 * the code runs, the model even learns a little. Mend it, without looking at
 * split_heads().
 */
Tensor *mended_split(Tensor *x, int heads)
{
    TODO("find the mistake, mend it, and remove this line");
    int B = t_dim(x, 0), n = t_dim(x, 1), d = t_dim(x, 2);
    return t_reshape(x, B, heads, n, d / heads);
}

/* ---- Exercise 4 ** Find the bug: heads that hardly choose ----------------- *
 * q is (B, h, n, w), k and v are (B, h, m, w): heads, already split, of a layer
 * of width h w. With more heads the weights become flatter and flatter, and
 * nobody asked for that. Mend it here, rather than call attention().
 */
Tensor *mended_heads(Tensor *q, Tensor *k, Tensor *v)
{
    TODO("find the mistake, mend it, and remove this line");
    Tensor *scores = t_matmul(q, t_transpose(k));
    double width = t_dim(q, 1) * t_dim(q, -1);
    return t_matmul(t_softmax(t_scale(scores, 1 / sqrt(width))), v);
}

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
    TODO("return the number of parameters");
}

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
    TODO("return a number of bytes");
}

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
    TODO("return what all query heads bring home");
}

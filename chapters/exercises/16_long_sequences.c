/* 16_long_sequences.c -- exercises of chapter 16, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=16             checks them all
 *     make exercise CH=16 EX=3        checks the third
 *     make watch CH=16                checks whenever you save; Ctrl-C ends it
 *     make hint CH=16 EX=3            gives a hint, and then another
 *     make solution CH=16 EX=3        shows the solution, once you have it
 *     make reset CH=16 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "16_long_sequences.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * How large is the cache? -------------------------------- *
 * A model of `layers` layers, each with `key_heads` heads of keys and as many of
 * values, `width` numbers wide, keeps them for `tokens` tokens. A number takes
 * `each` bytes. How many bytes are that? (Return a double: an int may be too
 * small.)
 *
 *     cache_bytes(32, 32, 128, 1, 2)    is 524288
 */
double cache_bytes(int layers, int key_heads, int width, int tokens, int each)
{
    TODO("return the number of bytes");
}

/* ---- Exercise 2 * How many readers at once? ------------------------------ *
 * A machine does `flop` operations a second and reads `bytes` bytes a second. A
 * large matrix of weights, floats of 4 bytes, is multiplied with r rows, one for
 * each reader who waits for the next word. The matrix is all that is read, once
 * for all rows; what the rows themselves take may be forgotten. From how many
 * rows on does the product wait for arithmetic and no longer for memory? (It
 * need not be a whole number.)
 *
 *     rows_needed(2e11, 2e10)    is 20
 */
double rows_needed(double flop, double bytes)
{
    TODO("return the number of rows");
}

/* ---- Exercise 3 ** Find the bug: two halves ------------------------------- *
 * The keys lie on two machines. Each has worked out its part of the attention of
 * one query: a vector (2 + d) with the largest score M, the sum s of e^(score -
 * M), and the mixture, d numbers, not yet divided by s. From two such parts comes
 * one, as if all keys had been in one place. On most inputs this is right, and
 * on some far off. Mend it.
 *
 *     a = 0 1 4    b = 0 3 8    gives 0 4 12
 */
Tensor *both_parts(Tensor *a, Tensor *b)
{
    TODO("find the mistake, mend it, and remove this line");
    real max = t_at(a, 0) > t_at(b, 0) ? t_at(a, 0) : t_at(b, 0);
    double from_b = exp((double)(t_at(b, 0) - max));
    Tensor *sum = t_add(a, t_scale(b, from_b));
    t_at(sum, 0) = max;
    return sum;
}

/* ---- Exercise 4 ** How many tiles? ---------------------------------------- *
 * n queries and n keys, under a causal mask with a window: query i sees the keys
 * i - window + 1 to i, as far as there are such. The table is cut into tiles of
 * `rows` queries and `columns` keys, from the first on; the last may be smaller.
 * How many tiles have at least one pair that may be seen?
 *
 *     tiles_touched(4, 2, 2, 4)    is 3
 *     tiles_touched(8, 2, 2, 1)    is 4
 */
int tiles_touched(int n, int rows, int columns, int window)
{
    TODO("return the number of tiles that are touched");
}

/* ---- Exercise 5 ** A sum that forgets ------------------------------------- *
 * A running sum keeps all that ever was. Let it fade: with each word, what is in
 * it counts a times as much (0 < a <= 1),
 *
 *     S_i = a S_{i-1} + k_i^T v_i,    o_i = q_i S_i.
 *
 * q, k (n, d) are features already; nothing is divided. Return all o, (n, d_v),
 * with a table or word by word.
 *
 *     q = k = 1, 1, 1    v = 8, 0, 0    a = 0.5    gives 8, 4, 2
 */
Tensor *with_forgetting(Tensor *q, Tensor *k, Tensor *v, double a)
{
    TODO("return the outputs, (n, d_v)");
}

/* ---- Exercise 6 *** Grouped queries, by a view ---------------------------- *
 * q (B, h, n, d), k (B, g, m, d), v (B, g, m, d_v), where h is a multiple of g:
 * the heads 0 to h/g - 1 of queries look at head 0 of the keys, the next h/g at
 * head 1, and so on. Return softmax(q k^T / sqrt(d)) v, (B, h, n, d_v), without
 * t_attention() and without a copy of k or v: no loop and no t_concat.
 */
Tensor *grouped(Tensor *q, Tensor *k, Tensor *v)
{
    TODO("return the mixtures, (B, h, n, d_v)");
}

/* 16_long_sequences.c -- the exercises of chapter 16, solved. Under each
 * solution stands what the reader finds, and the hints. */
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
    /* Two, a key and a value, for every layer, head and token. The heads of
     * queries do not matter: queries are not kept. The first factor is a
     * double, so that all products are. */
    return 2.0 * layers * key_heads * width * tokens * each;
}
/* Given:
 *     TODO("return the number of bytes");
 *
 * Hint: What does one token leave in one head of one layer?
 *
 * Hint: A key and a value, of `width` numbers each. Multiply.
 */

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
    /* Each number of the matrix is 4 bytes, and for each row two operations, a
     * multiplication and an addition. So r rows have an intensity of 2 r / 4
     * FLOP per byte, and the slope meets the level where that is flop / bytes.
     */
    return 4 * flop / (2 * bytes);
}
/* Given:
 *     TODO("return the number of rows");
 *
 * Hint: How many operations are there for each number of the matrix, with r
 * rows? How many bytes?
 *
 * Hint: The intensity is r / 2 FLOP per byte. At which intensity does the roof's
 * slope end?
 */

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
    /* Whose largest score was the smaller one measured from too low a level: its
     * sum and its mixture shrink. It may be a or b, so both get a factor, one of
     * which is 1. The program as it was left the first sum as it stood. */
    real max = t_at(a, 0) > t_at(b, 0) ? t_at(a, 0) : t_at(b, 0);
    double from_a = exp((double)(t_at(a, 0) - max));
    double from_b = exp((double)(t_at(b, 0) - max));
    Tensor *sum = t_add(t_scale(a, from_a), t_scale(b, from_b));
    t_at(sum, 0) = max;
    return sum;
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     real max = t_at(a, 0) > t_at(b, 0) ? t_at(a, 0) : t_at(b, 0);
 *     double from_b = exp((double)(t_at(b, 0) - max));
 *     Tensor *sum = t_add(a, t_scale(b, from_b));
 *     t_at(sum, 0) = max;
 *     return sum;
 *
 * Hint: Try two parts by hand of which the second has the larger maximum.
 *
 * Hint: If the maximum is that of b, what level was the sum of a measured from?
 */

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
    /* The first query of a tile looks furthest back, the last one furthest on,
     * up to itself. Between these keys no tile is left out. */
    int count = 0;
    for (int row = 0; row < n; row += rows) {
        int last = row + rows < n ? row + rows - 1 : n - 1;
        int first = row - window + 1 > 0 ? row - window + 1 : 0;
        count += last / columns - first / columns + 1;
    }
    return count;
}
/* Given:
 *     TODO("return the number of tiles that are touched");
 *
 * Hint: Draw the table for n = 8, tiles of 2 x 2, and a window of 3. Which is the
 * first key that any query of a tile sees, and which the last?
 *
 * Hint: The first query of a tile sees the first key, its own number minus window
 * plus 1, or 0. The last query sees the last, itself. Divide both by `columns`.
 */

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
    /* Taken apart, o_i is the sum over j <= i of a^(i - j) (q_i . k_j) v_j: the
     * table of linear attention, times a table of powers that is 0 above the
     * diagonal. */
    int n = t_dim(q, 0);
    Tensor *fade = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            t_at(fade, i, j) = (real)pow(a, i - j);
    return t_matmul(t_mul(t_matmul(q, t_transpose(k)), fade), v);
}
/* Given:
 *     TODO("return the outputs, (n, d_v)");
 *
 * Hint: How much does word j still count at word i?
 *
 * Hint: a^(i - j). So there is a table (n, n) of factors for the products of
 * queries and keys, with zeros above the diagonal.
 */

/* ---- Exercise 6 *** Grouped queries, by a view ---------------------------- *
 * q (B, h, n, d), k (B, g, m, d), v (B, g, m, d_v), where h is a multiple of g:
 * the heads 0 to h/g - 1 of queries look at head 0 of the keys, the next h/g at
 * head 1, and so on. Return softmax(q k^T / sqrt(d)) v, (B, h, n, d_v), without
 * t_attention() and without a copy of k or v: no loop and no t_concat.
 */
Tensor *grouped(Tensor *q, Tensor *k, Tensor *v)
{
    /* Nobody asks a query which head it is of. The queries of h/g heads, one
     * below the other, are n h/g rows that look at the same keys; and one below
     * the other is how they lie in memory already. */
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), d = t_dim(q, 3);
    int g = t_dim(k, 1);
    Tensor *rows = t_reshape(q, B, g, h / g * n, d);
    Tensor *scores = t_scale(t_matmul(rows, t_transpose(k)), 1 / sqrt(d));
    return t_reshape(t_matmul(t_softmax(scores), v), B, h, n, t_dim(v, 3));
}
/* Given:
 *     TODO("return the mixtures, (B, h, n, d_v)");
 *
 * Hint: For each head of keys there are several matrices of queries. A product
 * takes one matrix. Can several be seen as one?
 *
 * Hint: Reshape q to (B, g, h/g n, d): the rows of h/g heads, one below the other.
 */

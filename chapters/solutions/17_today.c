/* 17_today.c -- the exercises of chapter 17, solved. Under each solution stands
 * what the reader finds, and the hints. */
#include "07_positional_encoding.h"
#include "17_today.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * A norm without the mean --------------------------------- *
 * x (n, d). Return each row divided by the root of the sum of epsilon and the mean
 * of its squares. Without t_rms_norm().
 *
 *     x = 3, 4    epsilon = 3.5    gives 0.75, 1
 */
Tensor *rms_norm(Tensor *x, double epsilon)
{
    /* The mean over the last axis keeps that axis, with size 1, so that the root
     * broadcasts to the row it belongs to. Epsilon is added to the mean of the
     * squares, inside the root. */
    Tensor *mean = t_mean(t_mul(x, x), -1);
    return t_div(x, t_sqrt(t_add(mean, t_vector(epsilon))));
}
/* Given:
 *     TODO("return each row divided by its root mean square");
 *
 * Hint: t_mul(x, x) are the squares. Over which axis is the mean?
 *
 * Hint: The mean over axis -1 is (n, 1): it broadcasts against x. Add epsilon as
 * t_vector(epsilon), then take the root.
 */

/* ---- Exercise 2 * As many numbers, three matrices ------------------------- *
 * A network of two matrices, (d, hidden) and (hidden, d), becomes one of three: a
 * gate and another (d, width), and (width, d). There are no biases. What is the largest
 * width that gives it no more parameters than before?
 *
 *     gated_width(128)    is 85
 *     gated_width(12)     is 8
 */
int gated_width(int hidden)
{
    /* 2 d hidden = 3 d width: d falls out. In C the division drops the rest. */
    return 2 * hidden / 3;
}
/* Given:
 *     TODO("return the width of the gated network");
 *
 * Hint: How many numbers are in two matrices, how many in three?
 *
 * Hint: 2 d hidden = 3 d width. Of the result only whole numbers can be a width.
 */

/* ---- Exercise 3 ** Neighbours, turned ------------------------------------- *
 * x (n, w), w even: row p stands at place p. Turn each pair of neighbours, numbers
 * 2 i and 2 i + 1, by the angle p angular_speed(i, w) (chapter 7). Without t_rotary().
 *
 *     row 0 stays; of row 1 the first pair is turned by 1
 */
Tensor *turn_neighbours(Tensor *x)
{
    /* As chapter 7's rotate() does it, but for which two numbers are a pair. A
     * copy of x is changed in place; what is still needed is kept in a and b. */
    int n = t_dim(x, 0), w = t_dim(x, 1);
    Tensor *y = t_zeros(n, w);
    for (int p = 0; p < n; p++)
        for (int i = 0; i < w / 2; i++) {
            double angle = p * angular_speed(i, w);
            double a = (double)t_at(x, p, 2 * i), b = (double)t_at(x, p, 2 * i + 1);
            t_at(y, p, 2 * i) = (real)(a * cos(angle) - b * sin(angle));
            t_at(y, p, 2 * i + 1) = (real)(a * sin(angle) + b * cos(angle));
        }
    return y;
}
/* Given:
 *     TODO("return x with its pairs of neighbours turned");
 *
 * Hint: To turn (a, b) by an angle: (a cos - b sin, a sin + b cos). Both of the old
 * numbers are needed for both of the new ones.
 *
 * Hint: Two loops, over rows p and pairs i. The angle is p angular_speed(i, w), with
 * the number of the pair, not that of the column.
 */

/* ---- Exercise 4 ** Room for what was said --------------------------------- *
 * A model keeps keys and values of every token, in each of `layers` layers, for
 * `shared` heads of `head_width` numbers, with `bytes` bytes a number. How many tokens
 * fit into so many bytes of memory?
 *
 *     tokens_that_fit(2, 2, 16, 4, 1024)    is 2
 */
long tokens_that_fit(int layers, int shared, int head_width, int bytes, long memory)
{
    /* Two vectors, a key and a value, for each head that is kept, in each layer.
     * Part of a token is none. */
    return memory / (2L * layers * shared * head_width * bytes);
}
/* Given:
 *     TODO("return how many tokens fit");
 *
 * Hint: How many bytes does one token take? Keys, and values.
 *
 * Hint: 2 layers shared head_width bytes. With a long, for such numbers are large.
 */

/* ---- Exercise 5 ** From neighbours to halves ------------------------------ *
 * weight (d, w) makes queries of one head, whose pairs are neighbours. Return the
 * weight that makes the same queries for a program whose pairs are number i of the
 * first half and number i of the second.
 *
 *     columns 0 1 2 3 4 5    become columns 0 2 4 1 3 5
 */
Tensor *to_halves(Tensor *weight)
{
    /* First all that come first in their pair, then all that come second. Seen as
     * (d, w/2, 2), the last two axes change places. */
    int d = t_dim(weight, 0), w = t_dim(weight, 1);
    Tensor *pairs = t_permute(t_reshape(weight, d, w / 2, 2), 0, 2, 1);
    return t_reshape(pairs, d, w);
}
/* Given:
 *     TODO("return the weight with its columns in the other order");
 *
 * Hint: Pair i is columns 2 i and 2 i + 1 now. Which columns shall it be?
 *
 * Hint: Column i of the result is column 2 i, column i + w/2 is column 2 i + 1. Either
 * copy column by column, or look at (d, w/2, 2).
 */

/* ---- Exercise 6 ** Find the bug: a sum that was lost ---------------------- *
 * One part of a layer with the norm before: x + f(Norm(x)). With it, twelve layers
 * learn hardly better than two. Something that should run through all layers does not.
 * Mend it.
 *
 * x is (n, d), weight (d, d); f is x weight.
 */
Tensor *mended_part(Tensor *x, Tensor *weight)
{
    /* x was replaced by its norm, and then that was added: Norm(x) + f(Norm(x)). So
     * each part normalises the sum itself, and the gradient passes a norm in each. */
    Tensor *norm = t_rms_norm(x, NULL, (NormOptions){ 0 });
    return t_add(x, t_matmul(norm, weight));
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     x = t_rms_norm(x, NULL, (NormOptions){ 0 });
 *     return t_add(x, t_matmul(x, weight));
 *
 * Hint: Let weight be all zeros. What should come out, and what does?
 *
 * Hint: What is added to f(Norm(x)) should be the x that came in.
 */

/* ---- Exercise 7 *** How large is the file? -------------------------------- *
 * How many bytes does a file of llama2.c, version 0, have? Seven whole numbers of four
 * bytes. Then floats: a table (vocabulary, width); for each layer two norms, W_q, W_k,
 * W_v, W_o and three matrices of the network; a last norm; for each place a cosine and
 * a sine of each pair of one head; and, if own_output, a second table.
 *
 *     s = { .width = 64, .hidden = 192, .layers = 4, .heads = 4, .shared = 2,
 *           .vocabulary = 512, .places = 158, .own_output = true }
 *     gives 1061020
 */
long llama_bytes(LlamaShape s)
{
    /* W_k and W_v make only as many heads as are shared. A head has `head` numbers,
     * half as many pairs, and each pair a cosine and a sine. */
    long d = s.width, head = d / s.heads, kept = head * s.shared;
    long layer = 2 * d + 2 * d * d + 2 * d * kept + 3 * d * s.hidden;
    long tables = (s.own_output ? 2L : 1L) * s.vocabulary * d;
    return 4 * (7 + tables + s.layers * layer + d + s.places * head);
}
/* Given:
 *     TODO("return the bytes of the file");
 *
 * Hint: W_q and W_o are (d, d). W_k and W_v are (d, kept): how many numbers do
 * `shared` heads have together?
 *
 * Hint: A head has d / heads numbers, and half as many pairs; a cosine and a sine for
 * each of them are d / heads numbers a place. Do not forget the seven at the beginning.
 */

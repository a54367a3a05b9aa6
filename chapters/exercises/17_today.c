/* 17_today.c -- exercises of chapter 17, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=17             checks them all
 *     make exercise CH=17 EX=3        checks the third
 *     make watch CH=17                checks whenever you save; Ctrl-C ends it
 *     make hint CH=17 EX=3            gives a hint, and then another
 *     make solution CH=17 EX=3        shows the solution, once you have it
 *     make reset CH=17 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
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
    TODO("return each row divided by its root mean square");
}

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
    TODO("return the width of the gated network");
}

/* ---- Exercise 3 ** Neighbours, turned ------------------------------------- *
 * x (n, w), w even: row p stands at place p. Turn each pair of neighbours, numbers
 * 2 i and 2 i + 1, by the angle p angular_speed(i, w) (chapter 7). Without t_rotary().
 *
 *     row 0 stays; of row 1 the first pair is turned by 1
 */
Tensor *turn_neighbours(Tensor *x)
{
    TODO("return x with its pairs of neighbours turned");
}

/* ---- Exercise 4 ** Room for what was said --------------------------------- *
 * A model keeps keys and values of every token, in each of `layers` layers, for
 * `shared` heads of `head_width` numbers, with `bytes` bytes a number. How many tokens
 * fit into so many bytes of memory?
 *
 *     tokens_that_fit(2, 2, 16, 4, 1024)    is 2
 */
long tokens_that_fit(int layers, int shared, int head_width, int bytes, long memory)
{
    TODO("return how many tokens fit");
}

/* ---- Exercise 5 ** From neighbours to halves ------------------------------ *
 * weight (d, w) makes queries of one head, whose pairs are neighbours. Return the
 * weight that makes the same queries for a program whose pairs are number i of the
 * first half and number i of the second.
 *
 *     columns 0 1 2 3 4 5    become columns 0 2 4 1 3 5
 */
Tensor *to_halves(Tensor *weight)
{
    TODO("return the weight with its columns in the other order");
}

/* ---- Exercise 6 ** Find the bug: a sum that was lost ---------------------- *
 * One part of a layer with the norm before: x + f(Norm(x)). With it, twelve layers
 * learn hardly better than two. Something that should run through all layers does not.
 * Mend it.
 *
 * x is (n, d), weight (d, d); f is x weight.
 */
Tensor *mended_part(Tensor *x, Tensor *weight)
{
    TODO("find the mistake, mend it, and remove this line");
    x = t_rms_norm(x, NULL, (NormOptions){ 0 });
    return t_add(x, t_matmul(x, weight));
}

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
    TODO("return the bytes of the file");
}

/* 11_recurrence.c -- exercises of chapter 11, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=11             checks them all
 *     make exercise CH=11 EX=3        checks the third
 *     make watch CH=11                checks whenever you save; Ctrl-C ends it
 *     make hint CH=11 EX=3            gives a hint, and then another
 *     make solution CH=11 EX=3        shows the solution, once you have it
 *     make reset CH=11 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "11_recurrence.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * What a gated cell learns -------------------------------- *
 * A gated cell reads vectors of `d_in` numbers and has a state of `d`. Words
 * and state each speak to three gates, and each with a bias, as in the chapter.
 * How many numbers does it learn?
 *
 *     gated_numbers(2, 3)    is 63
 */
long gated_numbers(long d_in, long d)
{
    TODO("return the number of parameters");
}

/* ---- Exercise 2 * A gate between new and old ------------------------------ *
 * One number of the state is `h`, what might be written is `n`, and the gate is
 * `z`, all given. Return the next state, in the form of this chapter.
 *
 *     z = 1 keeps h,  z = 0 takes n
 */
double next_number(double z, double n, double h)
{
    TODO("return (1 - z) parts of one and z parts of the other");
}

/* ---- Exercise 3 ** Read it yourself --------------------------------------- *
 * `x` (n, d_in) holds the vectors of a sentence. Return the last state, (d), of
 * the plain cell `c`,
 *
 *     h_t = tanh(x_t W_x + b_x + h_(t-1) W_h + b_h)
 *
 * with loops, from a state of zeros on. W_x is `c.in.weight` (d_in, d) with the
 * bias `c.in.bias`, W_h is `c.state.weight` (d, d) with `c.state.bias`. Do not
 * call `recur()` or `plain_step()`.
 */
Tensor *last_state(Recurrence c, const Tensor *x)
{
    TODO("return the last state");
}

/* ---- Exercise 4 ** Find the bug: a sentence turned round ------------------ *
 * `ids` holds B sentences in rows of n; sentence b has `lengths[b]` words, and
 * `PAD` fills the rest. `out` should hold each sentence's words in reverse
 * order, with PAD after them as before, for a network that reads to the left. It
 * does for the longest. Mend it.
 */
void turned_round(int B, int n, const int *ids, const int *lengths, int *out)
{
    TODO("find the mistake, mend it, and remove this line");
    (void)lengths;
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++)
            out[b * n + i] = ids[b * n + n - 1 - i];
}

/* ---- Exercise 5 ** How soon it is forgotten ------------------------------- *
 * At each step the gradient is multiplied by `factor`, between 0 and 1. After
 * how many steps is less than `share` of it left, for the first time?
 *
 *     factor = 0.5, share = 0.1    gives 4 (0.0625)
 */
int steps_until(double factor, double share)
{
    TODO("return a number of steps");
}

/* ---- Exercise 6 ** One look back ------------------------------------------ *
 * `s` (B, d_s) holds the decoder's last state of each sentence, `h` (B, n, w)
 * the encoder's states, and sentence b has `lengths[b]` words. Return C (B, w):
 * what Bahdanau's decoder gets to see, by the additive attention `a`.
 */
Tensor *look_back(Additive a, Tensor *s, Tensor *h, const int *lengths)
{
    TODO("return what is seen");
}

/* ---- Exercise 7 *** The elder: LSTM --------------------------------------- *
 * The long short-term memory of 1997 keeps two vectors: the state h, and a cell
 * c that only gates can change. With i, f, g, o the four parts, in this order,
 * of x W_x + b_x + h W_h + b_h (W_x is `layer.in`, (d_in, 4 d), W_h
 * `layer.state`, (d, 4 d)):
 *
 *     c' = sigmoid(f) c + sigmoid(i) tanh(g)
 *     h' = sigmoid(o) tanh(c')
 *
 * `x` (B, d_in), `h` (B, d). Return h' and store c' in `*c`, which holds c.
 * Your answer is held against PyTorch's `nn.LSTM`.
 */
Tensor *lstm_step(Recurrence layer, Tensor *x, Tensor *h, Tensor **c)
{
    TODO("store *c, and return the next state");
}

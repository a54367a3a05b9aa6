/* 11_recurrence.c -- the exercises of chapter 11, solved. Under each solution
 * stands what the reader finds, and the hints. */
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
    /* W_x (d_in, 3 d), W_h (d, 3 d), and two biases of 3 d. */
    return 3 * d * (d_in + d + 2);
}
/* Given:
 *     TODO("return the number of parameters");
 *
 * Hint: A plain cell has W_x (d_in, d), W_h (d, d) and two biases of d numbers.
 *
 * Hint: A gated one has each of these three times, for r, z and n.
 */

/* ---- Exercise 2 * A gate between new and old ------------------------------ *
 * One number of the state is `h`, what might be written is `n`, and the gate is
 * `z`, all given. Return the next state, in the form of this chapter.
 *
 *     z = 1 keeps h,  z = 0 takes n
 */
double next_number(double z, double n, double h)
{
    /* A mean of the two, with weights that add up to one. (The paper of 2014
     * and PyTorch have z this way, too; some texts swap its two roles, and with
     * their weights you would get the opposite.) */
    return (1 - z) * n + z * h;
}
/* Given:
 *     TODO("return (1 - z) parts of one and z parts of the other");
 *
 * Hint: The last line of the formula of the gated unit. Try z = 1 on it.
 *
 * Hint: The two weights are z and 1 - z. Which of them belongs to h?
 */

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
    /* Two vectors are needed: every number of the next state depends on all
     * numbers of the last one, so it may not be written over yet. */
    int n = t_dim(x, 0), d_in = t_dim(x, 1), d = t_dim(c.state.weight, 0);
    Tensor *h = t_zeros(d);
    for (int t = 0; t < n; t++) {
        Tensor *next = t_zeros(d);
        for (int k = 0; k < d; k++) {
            double sum = (double)(t_at(c.in.bias, k) + t_at(c.state.bias, k));
            for (int i = 0; i < d_in; i++)
                sum += (double)(t_at(x, t, i) * t_at(c.in.weight, i, k));
            for (int i = 0; i < d; i++)
                sum += (double)(t_at(h, i) * t_at(c.state.weight, i, k));
            t_at(next, k) = (real)tanh(sum);
        }
        h = next;
    }
    return h;
}
/* Given:
 *     TODO("return the last state");
 *
 * Hint: The outer loop goes over words, the next over the numbers of the state,
 * and in it are two sums: over the numbers of the word, and of the old state.
 *
 * Hint: Keep the old state until the new one is complete.
 */

/* ---- Exercise 4 ** Find the bug: a sentence turned round ------------------ *
 * `ids` holds B sentences in rows of n; sentence b has `lengths[b]` words, and
 * `PAD` fills the rest. `out` should hold each sentence's words in reverse
 * order, with PAD after them as before, for a network that reads to the left. It
 * does for the longest. Mend it.
 */
void turned_round(int B, int n, const int *ids, const int *lengths, int *out)
{
    /* Turning the whole row puts the padding in front, and the network reads
     * it first. Only the words change places. */
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++)
            out[b * n + i] = i < lengths[b] ? ids[b * n + lengths[b] - 1 - i]
                                            : PAD;
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     (void)lengths;
 *     for (int b = 0; b < B; b++)
 *         for (int i = 0; i < n; i++)
 *             out[b * n + i] = ids[b * n + n - 1 - i];
 *
 * Hint: Turn the row "a b PAD PAD" by hand, as the code does.
 *
 * Hint: Word 0 of the result is word lengths[b] - 1 of the sentence.
 */

/* ---- Exercise 5 ** How soon it is forgotten ------------------------------- *
 * At each step the gradient is multiplied by `factor`, between 0 and 1. After
 * how many steps is less than `share` of it left, for the first time?
 *
 *     factor = 0.5, share = 0.1    gives 4 (0.0625)
 */
int steps_until(double factor, double share)
{
    /* factor^D < share. Counting is safer than rounding a logarithm. */
    int steps = 0;
    for (double left = 1; left >= share; left *= factor)
        steps++;
    return steps;
}
/* Given:
 *     TODO("return a number of steps");
 *
 * Hint: After D steps factor^D is left.
 *
 * Hint: A loop that multiplies and counts will do. Or D > ln(share) /
 * ln(factor): look at what happens when they are equal.
 */

/* ---- Exercise 6 ** One look back ------------------------------------------ *
 * `s` (B, d_s) holds the decoder's last state of each sentence, `h` (B, n, w)
 * the encoder's states, and sentence b has `lengths[b]` words. Return C (B, w):
 * what Bahdanau's decoder gets to see, by the additive attention `a`.
 */
Tensor *look_back(Additive a, Tensor *s, Tensor *h, const int *lengths)
{
    /* One query for each sentence: an axis of size 1 in the middle, which is
     * taken away again at the end. h is both the keys and the values. */
    int B = t_dim(s, 0);
    Tensor *q = t_reshape(s, B, 1, T_INFER);
    Tensor *weights = masked_softmax(additive_scores(a, q, h), lengths);
    return t_reshape(t_matmul(weights, h), B, T_INFER);
}
/* Given:
 *     TODO("return what is seen");
 *
 * Hint: additive_scores() wants queries (B, number of queries, d_s). How many
 * queries has each sentence?
 *
 * Hint: Scores, softmax with what is beyond the lengths hidden, and the mixture
 * of the rows of h. Chapter 4 has a function for each, or one for all three.
 */

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
    /* The sum in c' is what keeps the gradient alive: where f is 1 it passes
     * through unchanged. */
    int d = t_dim(h, -1);
    Tensor *said = t_add(nn_linear(layer.in, x), nn_linear(layer.state, h));
    Tensor *i = t_sigmoid(t_slice(said, -1, 0, d));
    Tensor *f = t_sigmoid(t_slice(said, -1, d, 2 * d));
    Tensor *g = t_tanh(t_slice(said, -1, 2 * d, 3 * d));
    Tensor *o = t_sigmoid(t_slice(said, -1, 3 * d, 4 * d));
    *c = t_add(t_mul(f, *c), t_mul(i, g));
    return t_mul(o, t_tanh(*c));
}
/* Given:
 *     TODO("store *c, and return the next state");
 *
 * Hint: nn_linear(layer.in, x) is x W_x + b_x, (B, 4 d). t_slice(said, -1, d,
 * 2 * d) is its second part.
 *
 * Hint: Three of the four parts go through t_sigmoid, g through t_tanh.
 *
 * Hint: *c = ... first; h' is made from the new c.
 */

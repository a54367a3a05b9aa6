/* 08_transformer.c -- exercises of chapter 8, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=08             checks them all
 *     make exercise CH=08 EX=3        checks the third
 *     make watch CH=08                checks whenever you save; Ctrl-C ends it
 *     make hint CH=08 EX=3            gives a hint, and then another
 *     make solution CH=08 EX=3        shows the solution, once you have it
 *     make reset CH=08 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "08_transformer.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * Where the parameters are ------------------------------- *
 * How many numbers does one *decoder* layer learn, with width d and a network
 * that is `hidden` wide inside? Every projection has a bias, every norm a gain
 * and a bias.
 *
 *     decoder_layer(512, 2048)    is 4204032
 */
long decoder_layer(long d, long hidden)
{
    TODO("return the number of parameters");
}

/* ---- Exercise 2 * What the decoder reads, and what it should say --------- *
 * In training the decoder is given the right tokens and asked for the next one
 * at each place. Fill two rows of n + 1 numbers from a target sentence of n:
 * what it reads, and what it should say there. START and END are numbers of
 * their own.
 *
 *     sentence 7, 5, 9    reads START, 7, 5, 9    says 7, 5, 9, END
 */
void teacher_forcing(int n, const int *sentence, int *reads, int *says)
{
    TODO("fill reads[0 .. n] and says[0 .. n]");
}

/* ---- Exercise 3 ** Find the bug: too good to be true --------------------- *
 * A model says one token at each of n places; `right` has what it should have
 * said, and T_IGNORE where the sentence was over and only padding stands. This
 * function returned 0.98 for a model that could hardly say a word. It should
 * return the share of right ones among the places that count, and 0 if none
 * counts.
 *
 *     said 4, 6, 0, 0, 0    right 4, 5, ignored, ignored, ignored    gives 0.5
 */
double accuracy(int n, const int *said, const int *right)
{
    TODO("mend it, and remove this line");
    int same = 0;
    for (int i = 0; i < n; i++)
        if (said[i] == right[i] || right[i] == T_IGNORE)
            same++;
    return (double)same / n;
}

/* ---- Exercise 4 ** A layer as it was published ---------------------------- *
 * The chapter computes x + f(Norm(x)). Write an encoder layer as the paper of
 * 2017 has it: Norm(x + f(x)), for the attention and then for the network.
 * x (B, n, d) -> (B, n, d). padding is 1 where one must not look. Without
 * dropout.
 *
 * multi_head(), nn_linear(), t_relu(), t_add() and nn_layer_norm() are all
 * there is to call; e->self, e->self_norm, e->feed.up, e->feed.down and
 * e->feed_norm are what the layer has learned.
 */
Tensor *published_layer(const EncoderLayer *e, Tensor *x, const Tensor *padding)
{
    TODO("return what the layer makes of x");
}

/* ---- Exercise 5 *** Connect the two halves ------------------------------- *
 * Write the middle block of a decoder layer, with the norm before it as in this
 * chapter: the target tokens x (B, m, d) look at what the encoder made of the
 * source, encoded (B, n, d), through layer->cross, and what they find is added
 * to them. padding (B, 1, n) is 1 where there is no source token.
 *
 * layer->cross_norm is the block's norm. The encoder's output has been through a
 * norm of its own already.
 */
Tensor *cross_block(const DecoderLayer *layer, Tensor *x, Tensor *encoded,
                    const Tensor *padding)
{
    TODO("return x and what it finds in the source");
}

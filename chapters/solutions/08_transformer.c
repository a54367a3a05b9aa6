/* 08_transformer.c -- the exercises of chapter 8, solved. Under each solution
 * stands what the reader finds, and the hints. */
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
    /* Two attentions of four projections each, the network, three norms. */
    long attention = 4 * (d * d + d);
    long network = d * hidden + hidden + hidden * d + d;
    long norm = 2 * d;
    return 2 * attention + network + 3 * norm;
}
/* Given:
 *     TODO("return the number of parameters");
 *
 * Hint: List the sublayers of a decoder layer; there is one more than in an
 * encoder layer. Which matrices does each have, and which biases?
 *
 * Hint: An attention has four projections (d, d) with a bias of d each. The
 * network goes from d to hidden and back. Each sublayer has a norm, 2 d.
 */

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
    /* The same sentence, shifted by one place against itself. */
    reads[0] = START;
    for (int i = 0; i < n; i++) {
        reads[i + 1] = sentence[i];
        says[i] = sentence[i];
    }
    says[n] = END;
}
/* Given:
 *     TODO("fill reads[0 .. n] and says[0 .. n]");
 *
 * Hint: Before the first word it has read nothing but the sign that a sentence
 * begins. After the last one it should say that the sentence ends.
 *
 * Hint: reads[i + 1] and says[i] are the same word: what it should say at one
 * place is what it reads at the next.
 */

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
    /* Padding was counted, above the fraction bar and below it. Long sentences
     * bring much of it, and whoever counts it measures how much there is. */
    int same = 0, count = 0;
    for (int i = 0; i < n; i++) {
        if (right[i] == T_IGNORE)
            continue;
        same += said[i] == right[i];
        count++;
    }
    return count == 0 ? 0 : (double)same / count;
}
/* Given:
 *     TODO("mend it, and remove this line");
 *     int same = 0;
 *     for (int i = 0; i < n; i++)
 *         if (said[i] == right[i] || right[i] == T_IGNORE)
 *             same++;
 *     return (double)same / n;
 *
 * Hint: Take a batch in which one sentence has 50 tokens and the others 2. How
 * many places are padding, and what does each of them add to the result?
 *
 * Hint: A place to be ignored must be missing above and below the fraction bar.
 * Count the places that count.
 */


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
    /* The input itself asks and answers; the norm comes last, and what leaves
     * it is both what the network reads and what its result is added to. */
    Tensor *f = multi_head(e->self, x, x,
                           (MultiHeadOptions){ .mask = padding });
    x = nn_layer_norm(e->self_norm, t_add(x, f));
    f = nn_linear(e->feed.down, t_relu(nn_linear(e->feed.up, x)));
    return nn_layer_norm(e->feed_norm, t_add(x, f));
}
/* Given:
 *     TODO("return what the layer makes of x");
 *
 * Hint: Begin with the attention: who asks, who answers? There is nothing
 * before it now. Then add what came in, and then the norm.
 *
 * Hint: The second half is like the first, with the network in the place of the
 * attention. Its input, and what is added to its result, is what left the first
 * norm.
 */

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
    /* Target tokens ask, source tokens answer. What is added to is x as it came
     * in: nothing but a sum stands between the first layer and the last. */
    Tensor *asking = nn_layer_norm(layer->cross_norm, x);
    Tensor *found = multi_head(layer->cross, asking, encoded,
                               (MultiHeadOptions){ .mask = padding });
    return t_add(x, found);
}
/* Given:
 *     TODO("return x and what it finds in the source");
 *
 * Hint: The result has a row for each target token. So who asks? And who has the
 * keys and values?
 *
 * Hint: multi_head(layer, asking, answering, options). Only one of the two goes
 * through the norm first. Is every source token really there?
 */

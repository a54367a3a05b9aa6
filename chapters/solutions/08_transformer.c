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

/* ---- Exercise 4 ** The rate in the paper --------------------------------- *
 * The paper's learning rate depends on the width:
 *
 *     rate = d^(-1/2) min(step^(-1/2), step warmup^(-3/2))
 *
 * That is `as_published` of this chapter with a certain highest rate. Which?
 * Return it, for a width and a number of warm-up steps.
 *
 *     highest_rate(512, 4000)     is 0.000698...
 */
double highest_rate(int d, int warmup)
{
    /* The two branches meet where step = warmup, and there the rate is highest:
     * d^(-1/2) warmup^(-1/2). */
    return 1 / sqrt((double)d * warmup);
}
/* Given:
 *     TODO("return the highest rate");
 *
 * Hint: One of the two in min() rises with the step, the other falls. At which
 * step are they equal?
 *
 * Hint: At step = warmup both are warmup^(-1/2). Beware of whole numbers: d *
 * warmup may be large, and 1 / 2 is 0 in C.
 */

/* ---- Exercise 5 ** The the the ------------------------------------------- *
 * BLEU's precision for single tokens: the share of the tokens of a translation
 * that stand in the reference too, where a token that comes again counts at
 * most as often as the reference has it. An empty translation has precision 0.
 *
 *     translation 7, 7, 7, 8    reference 7, 8, 9, 7    gives 3/4
 */
double precision(Ids translation, Ids reference)
{
    /* For each token, how often it has come so far, and how often the reference
     * has it. */
    int right = 0;
    for (int i = 0; i < translation.n; i++) {
        int so_far = 0, there = 0;
        for (int k = 0; k <= i; k++)
            so_far += translation.id[k] == translation.id[i];
        for (int k = 0; k < reference.n; k++)
            there += reference.id[k] == translation.id[i];
        right += so_far <= there;
    }
    return translation.n == 0 ? 0 : (double)right / translation.n;
}
/* Given:
 *     TODO("return the clipped share of right tokens");
 *
 * Hint: An `Ids` has n numbers, id[0] to id[n - 1]. For token i of the
 * translation two counts are needed: how often the reference has it, and how
 * often it has come in the translation already.
 *
 * Hint: Token i counts as right if it has come, itself included, at most as
 * often as the reference has it. Divide by the length of the translation, not
 * of the reference.
 */

/* ---- Exercise 6 ** Short or long? ---------------------------------------- *
 * Beam search ends with two translations. The logarithms of their probabilities
 * are a and b, their lengths n and m (END counts). With length penalty A, a
 * score is the logarithm divided by ((5 + length) / 6)^A. Return 'a' or 'b':
 * the one with the better score.
 *
 *     better(-4, 5, -5, 9, 0)    is 'a'
 *     better(-4, 5, -5, 9, 1)    is 'b': -2.4 against -2.14
 */
char better(double a, int n, double b, int m, double A)
{
    /* Logarithms of probabilities are negative, so dividing by a larger number
     * makes a score better. */
    double score_a = a / pow((5 + n) / 6.0, A);
    double score_b = b / pow((5 + m) / 6.0, A);
    return score_a >= score_b ? 'a' : 'b';
}
/* Given:
 *     TODO("return 'a' or 'b'");
 *
 * Hint: Both scores are negative. Which is better, -2 or -3?
 *
 * Hint: pow(x, A) is x to the power A. Beware of (5 + n) / 6 in whole numbers,
 * which drops what is behind the point.
 */

/* ---- Exercise 7 *** Translate, without a cache --------------------------- *
 * Write a translation the simplest way: the decoder reads START and all tokens
 * so far, all of it anew at each step, and the most probable next token is
 * appended. Stop when that is END, or after `room` tokens. Store the tokens in
 * out, without START and END, and return how many there are. Of the special
 * numbers only END may be said: PAD, START and UNKNOWN must be passed over.
 *
 * `source` is one sentence; transformer_encode() and transformer_decode() need
 * a Pass, which is (Pass){ 0 } here, and the target as Sentences.
 *
 *     Sentences so_far = { 1, n, reads, &n };    one sentence of n numbers
 */
int translate(const Transformer *t, Sentences source, int room, int *out)
{
    /* The encoder runs once. The last row of the logits scores the next
     * token. */
    Tensor *encoded = transformer_encode(t, source, (Pass){ 0 });
    int *reads = tape_ints(room + 1), n = 1;
    reads[0] = START;
    while (n <= room) {
        Sentences so_far = { 1, n, reads, &n };
        Tensor *logits = transformer_decode(t, encoded, source, so_far,
                                            (Pass){ 0 });     /* (1, n, V) */
        int best = END;
        for (int token = FIRST_WORD; token < t_dim(logits, 2); token++)
            if (t_at(logits, 0, n - 1, token) > t_at(logits, 0, n - 1, best))
                best = token;
        if (best == END)
            break;
        out[n - 1] = reads[n] = best;
        n++;
    }
    return n - 1;
}
/* Given:
 *     TODO("write token by token, and return how many");
 *
 * Hint: What the decoder reads is START and what you have written; after k
 * tokens it is k + 1 numbers long. tape_ints(room + 1) gives you room for it.
 *
 * Hint: The logits are (1, n, V). Row n - 1, the last one, scores the token
 * that comes next; the others score tokens that are written already.
 *
 * Hint: Begin the search for the best token with END, and go on from
 * FIRST_WORD, the first number that is a word.
 */

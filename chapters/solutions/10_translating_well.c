/* 10_translating_well.c -- the exercises of chapter 10, solved. Under each solution
 * stands what the reader finds, and the hints. */
#include "10_translating_well.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 ** The the the ------------------------------------------- *
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

/* ---- Exercise 2 ** Short or long? ---------------------------------------- *
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

/* ---- Exercise 3 *** Translate, without a cache --------------------------- *
 * Write a translation the simplest way: the decoder reads START and all tokens
 * so far, all of it anew at each step, and the most probable next token is
 * appended. Stop when that is END, or after `room` tokens. Store the tokens in
 * out, without START and END, and return how many there are. Of the special
 * numbers only END may be said: PAD, START and UNKNOWN must be passed over.
 *
 * `source` is one sentence; transformer_logits() takes a Batch, whose `next` may
 * be NULL, and a Pass, which is (Pass){ 0 } here.
 *
 *     Sentences so_far = { 1, n, reads, &n };    one sentence of n numbers
 */
int translate(const Transformer *t, Sentences source, int room, int *out)
{
    /* The last row of the logits scores the next token. */
    int *reads = tape_ints(room + 1), n = 1;
    reads[0] = START;
    while (n <= room) {
        Sentences so_far = { 1, n, reads, &n };
        Tensor *logits = transformer_logits(t, (Batch){ source, so_far, NULL },
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

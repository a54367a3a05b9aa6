/* 10_translating_well.c -- the exercises of chapter 10, solved. Under each
 * solution stands what the reader finds, and the hints. */
#include "10_translating_well.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * The the the -------------------------------------------- *
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

/* ---- Exercise 2 * Short or long? ----------------------------------------- *
 * Beam search ends with two translations. The logarithms of their probabilities
 * are a and b, their lengths n and m (END counts). With length penalty A, a
 * score is the logarithm divided by $((5 + \text{length}) / 6)^A$. Return 'a' or
 * 'b': the one with the better score, and 'a' if they are equal.
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

/* ---- Exercise 3 *** Never the same word twice running --------------------- *
 * A weak model gets stuck: "cette cette cette cette". Write a translation
 * greedily, but never say the same token twice running: of the others the most
 * probable one is said. Stop when that is END, or after `room` tokens. Store the
 * tokens in out, without START and END, and return how many there are. Of the
 * special numbers only END may be said: PAD, START and UNKNOWN must be passed
 * over.
 *
 * `source` is one sentence. The simplest way reads START and all tokens so far,
 * all of it anew at each step: transformer_logits() takes a Batch, whose `next`
 * may be NULL, and a Pass, which is (Pass){ 0 } here.
 *
 *     Sentences so_far = { 1, n, reads, &n };    one sentence of n numbers
 */
int never_twice(const Transformer *t, Sentences source, int room, int *out)
{
    /* The last row of the logits scores the next token. Words begin at
     * FIRST_WORD, behind the special numbers; reads[n - 1] was said last, or is
     * START, which is no word. */
    int *reads = tape_ints(room + 1), n = 1;
    reads[0] = START;
    while (n <= room) {
        Sentences so_far = { 1, n, reads, &n };
        Tensor *logits = transformer_logits(t, (Batch){ source, so_far, NULL },
                                            (Pass){ 0 });     /* (1, n, V) */
        int best = END;
        for (int token = FIRST_WORD; token < t_dim(logits, 2); token++)
            if (token != reads[n - 1]
                && t_at(logits, 0, n - 1, token) > t_at(logits, 0, n - 1, best))
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
 * FIRST_WORD, the first number that is a word; pass over the one that was said
 * last.
 */

/* ---- Exercise 4 ** Find the bug: a perplexity of parts -------------------- *
 * A text is scored in parts, as memory allows: part i has tokens[i] tokens, and
 * loss[i] is their mean cross-entropy in nats. This should return the perplexity
 * of the whole text. It returns something else if the parts are cut elsewhere,
 * and never less than it should. Mend it.
 *
 *     loss 1, 3 and tokens 30, 10    gives 4.4817
 */
double whole_perplexity(int parts, const real *loss, const int *tokens)
{
    /* A mean of parts is a mean of the whole only if each part counts by its
     * length; and the exponential is taken of the mean, not the mean of
     * exponentials, which a single bad part would rule. */
    double sum = 0, count = 0;
    for (int i = 0; i < parts; i++) {
        sum += tokens[i] * (double)loss[i];
        count += tokens[i];
    }
    return exp(sum / count);
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     double sum = 0, count = 0;
 *     for (int i = 0; i < parts; i++) {
 *         sum += tokens[i] * exp((double)loss[i]);
 *         count += tokens[i];
 *     }
 *     return sum / count;
 *
 * Hint: Cut one part in two, with losses 0 and 4 in place of twice 2. Which of
 * the two results changes, that of the mean loss or that of the code?
 *
 * Hint: Perplexity is e to the power of the mean loss per token. In which order
 * do mean and power stand in the code?
 */

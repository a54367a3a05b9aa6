/* 10_translating_well.c -- exercises of chapter 10, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=10             checks them all
 *     make exercise CH=10 EX=3        checks the third
 *     make watch CH=10                checks whenever you save; Ctrl-C ends it
 *     make hint CH=10 EX=3            gives a hint, and then another
 *     make solution CH=10 EX=3        shows the solution, once you have it
 *     make reset CH=10 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
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
    TODO("return the clipped share of right tokens");
}

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
    TODO("return 'a' or 'b'");
}

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
    TODO("write token by token, and return how many");
}

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
    TODO("find the mistake, mend it, and remove this line");
    double sum = 0, count = 0;
    for (int i = 0; i < parts; i++) {
        sum += tokens[i] * exp((double)loss[i]);
        count += tokens[i];
    }
    return sum / count;
}

/* 09_training_well.c -- the exercises of chapter 9, solved. Under each solution
 * stands what the reader finds, and the hints. */
#include "09_training_well.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 ** The rate in the paper --------------------------------- *
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

/* ---- Exercise 2 * How much of it is padding ------------------------------- *
 * A batch holds sentences of lengths[0 .. count - 1] tokens, filled up to the
 * length of the longest. What share of its places is padding?
 *
 *     lengths 2, 4, 3    gives 0.25
 */
double padding_share(int count, const int *lengths)
{
    /* count rows of the longest length; what is no token is padding. */
    int longest = 0, tokens = 0;
    for (int b = 0; b < count; b++) {
        longest = lengths[b] > longest ? lengths[b] : longest;
        tokens += lengths[b];
    }
    return 1 - (double)tokens / (count * longest);
}
/* Given:
 *     TODO("return the share of padding");
 *
 * Hint: How many places does the table have? How many of them hold a token?
 *
 * Hint: The table has as many columns as the longest sentence has tokens. Beware
 * of a division of whole numbers.
 */

/* ---- Exercise 3 ** The least there can be -------------------------------- *
 * With smoothed labels even a perfect model has a loss above 0. How much? The
 * target is q = 1 - e + e/V at the right word and e/V at each of the V - 1
 * others; the loss, -sum q ln p, is least where p = q. Return that loss, in
 * nats, for a vocabulary of V words and 0 < e < 1.
 *
 *     least_loss(2, 0.5)    is 0.5623...
 */
double least_loss(int V, double e)
{
    /* The entropy of q: one word of one kind, V - 1 of the other. */
    double right = 1 - e + e / V, other = e / V;
    return -right * log(right) - (V - 1) * other * log(other);
}
/* Given:
 *     TODO("return the least loss");
 *
 * Hint: Put p = q into the sum. How many terms are there, and how many different
 * ones?
 *
 * Hint: One term is for the right word. V - 1 are alike.
 */

/* ---- Exercise 4 ** Find the bug: clipped to pieces ----------------------- *
 * Gradients whose norm, over all parameters together, is more than `limit` are to
 * be shortened to it, all by one factor, so that their direction stays. n lists
 * of numbers, gradient[i] with size[i] of them, are all there is. After this
 * function trainings went on, but another way, and slower.
 *
 *     3 | 4 with limit 1    becomes 0.6 | 0.8
 *     0.3 | 0.4 with limit 1    stays
 */
void clip_together(int n, const int *size, real **gradient, double limit)
{
    /* Each list was measured by itself, and 3 | 4 became 1 | 1: the large ones
     * lose their lead, so the direction is another. */
    double squares = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < size[i]; k++)
            squares += (double)gradient[i][k] * (double)gradient[i][k];
    double norm = sqrt(squares);
    for (int i = 0; i < n && norm > limit; i++)
        for (int k = 0; k < size[i]; k++)
            gradient[i][k] *= (real)(limit / norm);
}
/* Given:
 *     TODO("mend it, and remove this line");
 *     for (int i = 0; i < n; i++) {
 *         double squares = 0;
 *         for (int k = 0; k < size[i]; k++)
 *             squares += (double)gradient[i][k] * (double)gradient[i][k];
 *         double norm = sqrt(squares);
 *         for (int k = 0; k < size[i] && norm > limit; k++)
 *             gradient[i][k] *= (real)(limit / norm);
 *     }
 *
 * Hint: Take two lists of one number each, 3 and 4, and limit 1. What comes, and
 * in which direction did they point before?
 *
 * Hint: One norm for all lists; so first one loop over all of them, and then
 * another.
 */

/* ---- Exercise 5 * The whole from its parts -------------------------------- *
 * A batch was computed in n parts: part k has tokens[k] tokens, at least one, and
 * loss[k] is their mean loss. What is the loss of the batch?
 *
 *     10 and 90 tokens, losses 3 and 1    give 1.2
 */
double loss_of_parts(int n, const int *tokens, const double *loss)
{
    /* Each mean times its tokens is a sum again; the sum of all, divided by all. */
    double sum = 0, all = 0;
    for (int k = 0; k < n; k++) {
        sum += tokens[k] * loss[k];
        all += tokens[k];
    }
    return sum / all;
}
/* Given:
 *     TODO("return the loss of the batch");
 *
 * Hint: The loss of the batch is a mean over its tokens. What is the sum over the
 * tokens of one part?
 *
 * Hint: A part weighs T_k / T, the tokens it has of all there are. These weights
 * must be known before, or divided out in the end.
 */

/* ---- Exercise 6 ** How much is enough to do ------------------------------- *
 * A machine of a team takes `place` seconds to compute a place of its batch. Then
 * all wait `sum` seconds until the gradients are summed. They are to compute at
 * least a share `e` of the time, 0 < e < 1. How many places does each need, at
 * least?
 *
 *     enough_places(0.001, 0.1, 0.5)    is 100
 */
double enough_places(double place, double sum, double e)
{
    /* n place / (n place + sum) = e, solved for n. */
    return e / (1 - e) * sum / place;
}
/* Given:
 *     TODO("return the places that each needs");
 *
 * Hint: Write the share of the time that is spent computing, for n places.
 *
 * Hint: n place = e (n place + sum). Bring n to one side.
 */

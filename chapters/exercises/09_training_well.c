/* 09_training_well.c -- exercises of chapter 9, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=09             checks them all
 *     make exercise CH=09 EX=3        checks the third
 *     make watch CH=09                checks whenever you save; Ctrl-C ends it
 *     make hint CH=09 EX=3            gives a hint, and then another
 *     make solution CH=09 EX=3        shows the solution, once you have it
 *     make reset CH=09 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
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
    TODO("return the highest rate");
}

/* ---- Exercise 2 * How much of it is padding ------------------------------- *
 * A batch holds sentences of lengths[0 .. count - 1] tokens, filled up to the
 * length of the longest. What share of its places is padding?
 *
 *     lengths 2, 4, 3    gives 0.25
 */
double padding_share(int count, const int *lengths)
{
    TODO("return the share of padding");
}

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
    TODO("return the least loss");
}

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
    TODO("mend it, and remove this line");
    for (int i = 0; i < n; i++) {
        double squares = 0;
        for (int k = 0; k < size[i]; k++)
            squares += (double)gradient[i][k] * (double)gradient[i][k];
        double norm = sqrt(squares);
        for (int k = 0; k < size[i] && norm > limit; k++)
            gradient[i][k] *= (real)(limit / norm);
    }
}

/* ---- Exercise 5 * The whole from its parts -------------------------------- *
 * A batch was computed in n parts: part k has tokens[k] tokens, at least one, and
 * loss[k] is their mean loss. What is the loss of the batch?
 *
 *     10 and 90 tokens, losses 3 and 1    give 1.2
 */
double loss_of_parts(int n, const int *tokens, const double *loss)
{
    TODO("return the loss of the batch");
}

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
    TODO("return the places that each needs");
}

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

/* 02_softmax.c -- exercises of chapter 2, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=02             checks them all
 *     make exercise CH=02 EX=3        checks the third
 *     make watch CH=02                checks whenever you save; Ctrl-C ends it
 *     make hint CH=02 EX=3            gives a hint, and then another
 *     make solution CH=02 EX=3        shows the solution, once you have it
 *     make reset CH=02 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "02_softmax.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * What a difference makes -------------------------------- *
 * One key scores `more` points above another. How many times the weight of the
 * other does it get? A formula is asked for, written as C, where e is `exp(1)`.
 *
 *     times_the_weight(0)     is 1: equal scores, equal weights
 */
double times_the_weight(double more)
{
    TODO("return the ratio of the two weights");
}

/* ---- Exercise 2 * As cold, as hot as can be ------------------------------ *
 * Five keys have the scores 1, 2, 3, 4 and 4. Which weights does softmax give
 * them at a temperature that goes to 0, and which at one that grows without
 * end? Store the limits, five numbers each. No program is asked for, but the
 * cell `temperature` of the chapter shows what happens on the way.
 */
void cold_and_hot(real cold[5], real hot[5])
{
    TODO("store the ten weights, such as cold[0] = 1");
}

/* ---- Exercise 3 * Softmax with a temperature ----------------------------- *
 * Store in p[0 .. n-1] the weights of the scores z[0 .. n-1] at a temperature:
 * the softmax of z / temperature. The temperature is positive, and may be as
 * small as 0.001; n is at least 1. z is const: it is not
 * to be changed.
 *
 *     z = 0, 1    temperature = 0.5    gives p = 0.1192, 0.8808
 */
void softmax_at(int n, const real *z, double temperature, real *p)
{
    TODO("store the weights of z / temperature in p");
}

/* ---- Exercise 4 ** Find the bug: weights that go missing ----------------- *
 * This softmax is right on paper, and right for small scores. Then its weights
 * are all 0 for the scores 86, 87, 88.5, and for 100, 101, 102 they are no
 * numbers at all. Mend it for scores of any size. (They are all finite here.)
 */
void mended_softmax(int n, const real *z, real *p)
{
    TODO("find the mistake, mend it, and remove this line");
    real sum = 0;
    for (int i = 0; i < n; i++) {
        p[i] = expf(z[i]);
        sum += p[i];
    }
    for (int i = 0; i < n; i++)
        p[i] /= sum;
}

/* ---- Exercise 5 ** From the smallest to the largest ---------------------- *
 * log-sum-exp is a smooth maximum: a little above the largest score. With a
 * sharpness $s$ it comes as near as one wishes:
 * $\frac{1}{s} \ln (e^{s z_1} + \dots + e^{s z_n})$. Return this for z[0 .. n-1], n from 1 to 100, and any s but 0. A negative s
 * gives a smooth minimum. s may be 1000 or -1000: nothing must overflow.
 *
 *     z = 1, 2, 3    s = 10    gives 3.0000
 *     z = 1, 2, 3    s = 1     gives 3.4076
 *     z = 1, 2, 3    s = -1    gives 0.5924
 */
real smooth_extreme(int n, const real *z, double s)
{
    TODO("return the smooth maximum of z with sharpness s");
}

/* ---- Exercise 6 ** What the loss asks of the scores ---------------------- *
 * A classifier is trained to give weight to the right key, the target: its loss
 * is $-\ln p_t$, where $p$ = softmax($z$) and $t$ is the target. Store in d[i] the slope of the loss
 * by z[i], for i from 0 to n-1. n is at most 100. Derive it with a pencil
 * first; the result is short.
 *
 *     z = 0, 0    target = 0    gives d = -0.5, 0.5
 */
void slope_of_loss(int n, const real *z, int target, real *d)
{
    TODO("store the slopes of -ln p[target] in d");
}

/* ---- Exercise 7 * How level is level? ------------------------------------ *
 * Among `rows` very wide rows, what weight does a row give itself if all scores
 * are divided by d? It is not the fair share, 1 / rows.
 *
 * In the cell `stuck_on_itself` it is nearly all the weight, even with scores
 * divided by sqrt(d). Divided by d, it stays level as rows get wider, for two
 * reasons: the score of a row with itself comes to 1, and that with any other
 * to 0. (Why? The numbers are independent, with mean 0 and variance 1.)
 */
double level_weight(int rows)
{
    TODO("return the weight that a row gives itself");
}

/* ---- Exercise 8 ** Two halves -------------------------------------------- *
 * Two workers have each read half of the scores, and each hands you what the
 * chapter's one-pass softmax knows: the largest score $m$ so far, and the sum of
 * $e^{z - m}$ over the scores $z$. Make of the two what one worker would know who had read
 * all the scores. This is how long rows of scores are shared out between
 * processors.
 *
 * Scores may be in the thousands, and a worker who has seen nothing hands you
 * running_start(): a maximum of -INFINITY and a sum of 0.
 *
 *     a = { 3, 1.5 }    b = { 5, 1 }    gives { 5, 1.2030 }
 */
Running merge(Running a, Running b)
{
    TODO("return what is known of both halves together");
}

/* ---- Exercise 9 *** A mixture in one pass -------------------------------- *
 * Attention for a single query, whose keys come by one at a time, and only
 * once. next(&score, value) stores the next score and the value that goes with
 * it, d numbers, and returns true; or it returns false: there are no more, and
 * it must not be called again. Store in out, d numbers, the mixture of the
 * values: the sum of value times weight, where the weights are the softmax of
 * all the scores. What stands in out before is no number.
 *
 * Nothing may overflow, whatever the (finite or -INFINITY) scores. If there is
 * nothing to look at, no key or only keys that score -INFINITY, the mixture is
 * all zeros. d is at most 16; there may be any number of keys.
 */
void mix_in_one_pass(int d, bool (*next)(real *score, real *value), real *out)
{
    TODO("mix the values as they come by");
}

/* ---- Exercise 10 *** How the smooth maximum bends ------------------------ *
 * Move the scores z[0 .. n-1] along a straight line: $z + t u$, for a number
 * $t$ and a direction u[0 .. n-1]. Return the second derivative of
 * lse($z + t u$) by $t$, at $t = 0$. n is at most 100; nothing may overflow. The numbers in u may be
 * large and lie close together, such as 10000 and 10001.
 *
 * The result has a name that you may know from school. Can it be negative? What
 * does that say of the shape of lse?
 *
 *     z = 0, 0    u = 1, -1    gives 1
 *     z = 0, 0    u = 1, 1     gives 0
 */
double curvature(int n, const real *z, const real *u)
{
    TODO("return the second derivative by t at t = 0");
}

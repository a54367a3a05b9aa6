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

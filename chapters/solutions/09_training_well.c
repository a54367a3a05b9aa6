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

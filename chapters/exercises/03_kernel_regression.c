/* 03_kernel_regression.c -- exercises of chapter 3, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=03             checks them all
 *     make exercise CH=03 EX=3        checks the third
 *     make watch CH=03                checks whenever you save; Ctrl-C ends it
 *     make hint CH=03 EX=3            gives a hint, and then another
 *     make solution CH=03 EX=3        shows the solution, once you have it
 *     make reset CH=03 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "03_kernel_regression.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * Very wide, very narrow --------------------------------- *
 * The keys are 0, 1, 2, 3 and their values 8, 2, 4, 6. What is the Gaussian
 * estimate at x = 1 in the limit of a very wide kernel, and in that of a very
 * narrow one? Store the two numbers.
 */
void limits(double *wide, double *narrow)
{
    TODO("store *wide and *narrow");
}

/* ---- Exercise 2 * Epanechnikov's kernel ---------------------------------- *
 * Return how much a key at the distance $u$ (in units of the width) counts with
 * this kernel: $\frac{3}{4} (1 - u^2)$ up to a distance of 1, and nothing
 * beyond. u may be negative. Calling kernel() would be no exercise.
 */
double epanechnikov(double u)
{
    TODO("return how much the key counts");
}

/* ---- Exercise 3 ** One estimate ------------------------------------------ *
 * m keys x[0 .. m - 1] have the values y[0 .. m - 1]. Return the Gaussian
 * kernel's estimate at q, with the given width: the mean of the values, each
 * with the weight $e^{-u^2 / 2}$, $u = (q - x_i) / w$, where $w$ is the width.
 * (So far from all keys that every weight is 0 as a double, it may be nan.)
 */
double estimate(double q, int m, const real *x, const real *y, double width)
{
    TODO("return the estimate at q");
}

/* ---- Exercise 4 ** Find the bug: each query sums to something else -------- *
 * queries is (n, 1), keys (m, 1). This should return the Gaussian weights (n,
 * m), each row adding up to 1. Mend it.
 */
Tensor *mended_weights(Tensor *queries, Tensor *keys, double width)
{
    TODO("find the mistake, mend it, and remove this line");
    Tensor *u = t_scale(t_sub(keys, t_transpose(queries)), 1 / width);
    return t_transpose(t_softmax(t_scale(t_mul(u, u), -0.5)));
}

/* ---- Exercise 5 ** Find the bug: the best width is zero ------------------- *
 * x and y are (n, 1). This should return the mean squared error of the estimate
 * at each point *from all the others*, to choose a width by. It likes the width
 * 0.001 best. Mend it.
 */
double left_out_error(Tensor *x, Tensor *y, double width)
{
    TODO("find the mistake, mend it, and remove this line");
    Tensor *u = t_scale(t_sub(x, t_transpose(x)), 1 / width);
    Tensor *scores = t_scale(t_mul(u, u), -0.5);
    return t_item(t_squared_error(t_matmul(t_softmax(scores), y), y));
}

/* ---- Exercise 6 * The slope of a fifth root ------------------------------ *
 * The best width falls with the number of points $n$ like $n^{-1/5}$: the
 * chapter measures it. A sample of 50 points has the best width h. How many points give
 * a best width of h / 2? Return the number.
 */
double points_for_half_the_width(void)
{
    TODO("return a number of points");
}

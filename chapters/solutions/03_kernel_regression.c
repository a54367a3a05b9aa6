/* 03_kernel_regression.c -- the exercises of chapter 3, solved. Under each
 * solution stands what the reader finds, and the hints. */
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
    /* Wide: all weights are equal, so the mean of all values. Narrow: all the
     * weight is on the nearest key, which is 1. */
    *wide = (8 + 2 + 4 + 6) / 4.0;
    *narrow = 2;
}
/* Given:
 *     TODO("store *wide and *narrow");
 *
 * Hint: What are the four weights when the width is a thousand? When it is a
 * thousandth?
 *
 * Hint: Equal weights give a mean. A single weight of 1 gives one value.
 */

/* ---- Exercise 2 * Epanechnikov's kernel ---------------------------------- *
 * Return how much a key at the distance $u$ (in units of the width) counts with
 * this kernel: $\frac{3}{4} (1 - u^2)$ up to a distance of 1, and nothing
 * beyond. u may be negative. Calling kernel() would be no exercise.
 */
double epanechnikov(double u)
{
    /* Beyond 1 the parabola goes below zero, so it must be cut off. (A popular
     * book prints the triangle 1 - |u| under this name.) */
    return fabs(u) <= 1 ? 0.75 * (1 - u * u) : 0;
}
/* Given:
 *     TODO("return how much the key counts");
 *
 * Hint: There are two cases. Which u belong to the second one? Remember the
 * negative ones.
 *
 * Hint: fabs(u) is |u|. Beware of 3 / 4 in whole numbers, which is 0 in C.
 */

/* ---- Exercise 3 ** One estimate ------------------------------------------ *
 * m keys x[0 .. m - 1] have the values y[0 .. m - 1]. Return the Gaussian
 * kernel's estimate at q, with the given width: the mean of the values, each
 * with the weight $e^{-u^2 / 2}$, $u = (q - x_i) / w$, where $w$ is the width.
 * (So far from all keys that every weight is 0 as a double, it may be nan.)
 */
double estimate(double q, int m, const real *x, const real *y, double width)
{
    /* Nadaraya and Watson: weighted values over the sum of the weights. */
    double above = 0, below = 0;
    for (int i = 0; i < m; i++) {
        double u = (q - (double)x[i]) / width;
        double weight = exp(-u * u / 2);
        above += weight * (double)y[i];
        below += weight;
    }
    return above / below;
}
/* Given:
 *     TODO("return the estimate at q");
 *
 * Hint: Two sums: that of weight times value, and that of the weights.
 *
 * Hint: A mean divides by the sum of its weights; only then do they add up to
 * 1.
 */

/* ---- Exercise 4 ** Find the bug: each query sums to something else -------- *
 * queries is (n, 1), keys (m, 1). This should return the Gaussian weights (n,
 * m), each row adding up to 1. Mend it.
 */
Tensor *mended_weights(Tensor *queries, Tensor *keys, double width)
{
    /* It shared out each key among the queries: the softmax went over columns,
     * because the table was transposed before it. A row belongs to a query. */
    Tensor *u = t_scale(t_sub(queries, t_transpose(keys)), 1 / width);
    return t_softmax(t_scale(t_mul(u, u), -0.5));
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     Tensor *u = t_scale(t_sub(keys, t_transpose(queries)), 1 / width);
 *     return t_transpose(t_softmax(t_scale(t_mul(u, u), -0.5)));
 *
 * Hint: Add up a row of the result, and a column.
 *
 * Hint: t_softmax() goes over the last axis. What are the rows of u here, and
 * what should they be?
 */

/* ---- Exercise 5 ** Find the bug: the best width is zero ------------------- *
 * x and y are (n, 1). This should return the mean squared error of the estimate
 * at each point *from all the others*, to choose a width by. It likes the width
 * 0.001 best. Mend it.
 */
double left_out_error(Tensor *x, Tensor *y, double width)
{
    /* Every point voted on itself, and a narrow enough kernel lets nobody else
     * vote. With its own score at minus infinity it has no vote. */
    int n = t_dim(x, 0);
    Tensor *u = t_scale(t_sub(x, t_transpose(x)), 1 / width);
    Tensor *self = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        t_at(self, i, i) = 1;
    Tensor *scores = t_masked_fill(t_scale(t_mul(u, u), -0.5), self, -INFINITY);
    return t_item(t_squared_error(t_matmul(t_softmax(scores), y), y));
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     Tensor *u = t_scale(t_sub(x, t_transpose(x)), 1 / width);
 *     Tensor *scores = t_scale(t_mul(u, u), -0.5);
 *     return t_item(t_squared_error(t_matmul(t_softmax(scores), y), y));
 *
 * Hint: Whose weight is largest, when a point is asked about itself?
 *
 * Hint: Make a mask of zeros, (n, n), with 1 on the diagonal, and use
 * t_masked_fill(scores, mask, -INFINITY) before the softmax.
 */

/* ---- Exercise 6 * The slope of a fifth root ------------------------------ *
 * The best width falls with the number of points $n$ like $n^{-1/5}$: the
 * chapter measures it. A sample of 50 points has the best width h. How many points give
 * a best width of h / 2? Return the number.
 */
double points_for_half_the_width(void)
{
    /* (n / 50)^(-1/5) = 1/2, so n = 50 * 2^5. Narrow kernels are dear. */
    return 50 * 32;
}
/* Given:
 *     TODO("return a number of points");
 *
 * Hint: Write the two best widths as c 50^(-1/5) and c n^(-1/5), and divide.
 *
 * Hint: (n / 50)^(1/5) = 2. Take the fifth power.
 */

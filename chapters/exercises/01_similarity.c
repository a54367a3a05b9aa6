/* 01_similarity.c -- exercises of chapter 1, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=01             checks them all
 *     make exercise CH=01 EX=3        checks the third
 *     make watch CH=01                checks whenever you save; Ctrl-C ends it
 *     make hint CH=01 EX=3            gives a hint, and then another
 *     make solution CH=01 EX=3        shows the solution, once you have it
 *     make reset CH=01 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "01_similarity.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * Which table -------------------------------------------- *
 * X holds 5 sentences as rows of 300 numbers. Which shape has the table of
 * their inner products, and which shape has X^T X? Store both.
 */
void which_table(Shape *table, Shape *other)
{
    TODO("store two shapes, such as *table = SHAPE(5, 300)");
}

/* ---- Exercise 2 * Longer, but no more alike ------------------------------ *
 * a and b have the inner product p and the cosine c. Now a is made three times
 * as long and b turned to its opposite. Store the new inner product and the new
 * cosine, for any p and c.
 *
 *     longer(2, 0.5, &new_p, &new_c)    stores -6 and -0.5
 */
void longer(double p, double c, double *new_p, double *new_c)
{
    TODO("store *new_p and *new_c");
}

/* ---- Exercise 3 * Find the bug: the longest poem is like everything ------- *
 * Rows of X are texts, counted words. This should return the table of cosines,
 * (n, n). In it every text is most like the longest one. Mend it.
 */
Tensor *mended_cosines(Tensor *x)
{
    TODO("find the mistake, mend it, and remove this line");
    return gram(x);
}

/* ---- Exercise 4 ** All distances at once --------------------------------- *
 * From the table of inner products alone, G (n, n), fill a table of the
 * *squared* distances between the rows that it was made of.
 *
 *     |a - b|^2 = a . a - 2 a . b + b . b
 */
Tensor *squared_distances(Tensor *g)
{
    TODO("return a table of n rows and n columns");
}

/* ---- Exercise 5 ** Find the bug: it runs, and compares nothing ------------ *
 * x is (n, d), and this should subtract the mean row from every row, so that
 * only what rows do not have in common is left. It runs for every x, and is
 * right for nearly none. Mend it.
 */
Tensor *centred(Tensor *x)
{
    TODO("find the mistake, mend it, and remove this line");
    return t_sub(x, t_mean(x, 1));
}

/* ---- Exercise 6 ** Ask, and take the best -------------------------------- *
 * query is (d), keys is (m, d), values is (m, d_v). Return the value whose key
 * has the largest cosine with the query, as a tensor (d_v): a *hard* lookup,
 * which chapter 2 will soften. If several are best, the first. (A row of a
 * table, as a vector: `t_reshape(t_slice(keys, 0, i, i + 1), d)`.)
 */
Tensor *look_up(Tensor *query, Tensor *keys, Tensor *values)
{
    TODO("return the value of the key most like the query");
}

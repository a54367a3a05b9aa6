/* 01_similarity.c -- the exercises of chapter 1, solved. Under each solution
 * stands what the reader finds, and the hints. */
#include "01_similarity.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * Which table -------------------------------------------- *
 * X holds 5 sentences as rows of 300 numbers. Which shape has the table of
 * their inner products, and which shape has X^T X? Store both.
 */
void which_table(Shape *table, Shape *other)
{
    /* Rows with rows: a row and a column for each sentence. X^T X compares the
     * 300 columns with each other. */
    *table = SHAPE(5, 5);
    *other = SHAPE(300, 300);
}
/* Given:
 *     TODO("store two shapes, such as *table = SHAPE(5, 300)");
 *
 * Hint: X is (5, 300), X^T is (300, 5). Write the shapes side by side: the
 * inner sizes must agree, the outer ones remain.
 *
 * Hint: X X^T is (5, 300) times (300, 5).
 */

/* ---- Exercise 2 * Longer, but no more alike ------------------------------ *
 * a and b have the inner product p and the cosine c. Now a is made three times
 * as long and b turned to its opposite. Store the new inner product and the new
 * cosine, for any p and c.
 *
 *     longer(2, 0.5, &new_p, &new_c)    stores -6 and -0.5
 */
void longer(double p, double c, double *new_p, double *new_c)
{
    /* The inner product is linear in each vector; lengths cancel in the cosine,
     * signs do not. */
    *new_p = -3 * p;
    *new_c = -c;
}
/* Given:
 *     TODO("store *new_p and *new_c");
 *
 * Hint: (3 a) . (-b) is a sum of products. What can be drawn out of the sum?
 *
 * Hint: The norm of 3 a is 3 |a|, and that of -b is |b|. Divide.
 */

/* ---- Exercise 3 * Find the bug: the longest poem is like everything ------- *
 * Rows of X are texts, counted words. This should return the table of cosines,
 * (n, n). In it every text is most like the longest one. Mend it.
 */
Tensor *mended_cosines(Tensor *x)
{
    /* These were inner products, in which length counts. Divide each row by its
     * norm first: then they are cosines. */
    return gram(unit_rows(x));
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     return gram(x);
 *
 * Hint: What does an inner product measure beside direction?
 *
 * Hint: Two functions of this chapter, one inside the other.
 */

/* ---- Exercise 4 ** All distances at once --------------------------------- *
 * From the table of inner products alone, G (n, n), fill a table of the
 * *squared* distances between the rows that it was made of.
 *
 *     |a - b|^2 = a . a - 2 a . b + b . b
 */
Tensor *squared_distances(Tensor *g)
{
    /* Squared norms stand on the diagonal. */
    int n = t_dim(g, 0);
    Tensor *d = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            t_at(d, i, j) = t_at(g, i, i) - 2 * t_at(g, i, j) + t_at(g, j, j);
    return d;
}
/* Given:
 *     TODO("return a table of n rows and n columns");
 *
 * Hint: All three terms are entries of G. Where does a . a stand?
 *
 * Hint: t_zeros(n, n) makes a table, t_at(d, i, j) is an element of it. For
 * rows i and j: G_ii - 2 G_ij + G_jj.
 */

/* ---- Exercise 5 ** Find the bug: it runs, and compares nothing ------------ *
 * x is (n, d), and this should subtract the mean row from every row, so that
 * only what rows do not have in common is left. It runs for every x, and is
 * right for nearly none. Mend it.
 */
Tensor *centred(Tensor *x)
{
    /* The mean over rows goes along axis 0 and has the shape (1, d). Along axis
     * 1 it is (n, 1), the mean of each row's own numbers, and broadcasting
     * subtracts that without complaint. */
    return t_sub(x, t_mean(x, 0));
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     return t_sub(x, t_mean(x, 1));
 *
 * Hint: Which shape has the mean row? Which shape has t_mean(x, 1)?
 *
 * Hint: t_mean(x, axis) adds up along that axis, which stays with size 1. Rows
 * follow one another along axis 0.
 */

/* ---- Exercise 6 ** Ask, and take the best -------------------------------- *
 * query is (d), keys is (m, d), values is (m, d_v). Return the value whose key
 * has the largest cosine with the query, as a tensor (d_v): a *hard* lookup,
 * which chapter 2 will soften. If several are best, the first. (A row of a
 * table, as a vector: `t_reshape(t_slice(keys, 0, i, i + 1), d)`.)
 */
Tensor *look_up(Tensor *query, Tensor *keys, Tensor *values)
{
    /* The query's own length is the same for all, but each key's must go. */
    int best = 0, d = t_dim(keys, 1), width = t_dim(values, 1);
    double most = -INFINITY;
    for (int i = 0; i < t_dim(keys, 0); i++) {
        Tensor *key = t_reshape(t_slice(keys, 0, i, i + 1), d);
        double c = cosine(query, key);
        if (c > most) {
            most = c;
            best = i;
        }
    }
    return t_reshape(t_slice(values, 0, best, best + 1), width);
}
/* Given:
 *     TODO("return the value of the key most like the query");
 *
 * Hint: t_slice(keys, 0, i, i + 1) is row i as (1, d), which t_reshape() makes
 * a vector of. cosine(), of two vectors, is this chapter's.
 *
 * Hint: Go over all keys, and remember the largest cosine so far and where it
 * was. Begin with -INFINITY: all cosines may be negative.
 */

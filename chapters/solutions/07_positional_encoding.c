/* 07_positional_encoding.c -- the exercises of chapter 7, solved. Under each
 * solution stands what the reader finds, and the hints. */
#include "07_positional_encoding.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * Man bites dog ------------------------------------------ *
 * Self-attention without positions reads "dog bites man", and then "man bites
 * dog". What happens to the three outputs? Return one of these letters:
 *
 *     'a'  All three are the same in both sentences, place by place.
 *     'b'  Each word has the same output in both; they only change places.
 *     'c'  The output of "bites" is the same, those of the others are new.
 *     'd'  All are new.
 */
char man_bites_dog(void)
{
    /* A query meets the same keys, in another order, and a weighted sum does
     * not care for order. So "dog" gets what "dog" got, wherever it stands. */
    return 'b';
}
/* Given:
 *     TODO("return 'a', 'b', 'c' or 'd'");
 *
 * Hint: Write the output of "dog" as a sum over the three words. What changes
 * in the sum when the words change places?
 *
 * Hint: Same terms, another order: the same sum. And at which place does it
 * stand now?
 */

/* ---- Exercise 2 * How long is a wave ------------------------------------- *
 * Columns 2i and 2i + 1 of the sinusoids of width d turn by 10000^(-2i/d) with
 * each position. After how many positions has pair i gone all the way round?
 *
 *     wavelength(0, 64)     is 6.28...: the fastest
 */
double wavelength(int i, int d)
{
    /* All the way round is 2 pi. The last pair of a wide code needs nearly 2 pi
     * 10000, some sixty thousand positions. */
    return 2 * acos(-1) * pow(10000, 2.0 * i / d);
}
/* Given:
 *     TODO("return a number of positions");
 *
 * Hint: How far has it turned after p positions? Set that equal to 2 pi.
 *
 * Hint: acos(-1) is pi. Beware of 2 * i / d in whole numbers.
 */

/* ---- Exercise 3 ** The code of one position ------------------------------ *
 * Fill code[0 .. d - 1] with the sinusoids of position p: sine and cosine of
 * pair i in places 2i and 2i + 1. d is even. Do not call sinusoids().
 *
 *     p = 0    gives 0, 1, 0, 1, ...
 */
void position_code(int p, int d, real *code)
{
    /* Both of a pair turn with the same speed. */
    for (int i = 0; i < d / 2; i++) {
        double angle = p * pow(10000, -2.0 * i / d);
        code[2 * i] = (real)sin(angle);
        code[2 * i + 1] = (real)cos(angle);
    }
}
/* Given:
 *     TODO("fill code[0 .. d - 1]");
 *
 * Hint: There are d / 2 pairs. Which angle has pair i at position p?
 *
 * Hint: The angle is p / 10000^(2i/d). Its sine comes first.
 */

/* ---- Exercise 4 ** Find the bug: every word in the first place ------------ *
 * A decoder writes word by word. This adds the position to the newest one, a
 * row x (1, d), when `written` words stand before it. It translates short
 * sentences well, and long ones as if their words had been shaken. Mend it.
 */
Tensor *with_position(Tensor *x, int written)
{
    /* The newest word is the only row of x, but not the first of the sentence:
     * its position is the number of words before it. */
    return t_add(x, sinusoids(written, 1, t_dim(x, 1)));
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     (void)written;
 *     return t_add(x, sinusoids(0, 1, t_dim(x, 1)));
 *
 * Hint: The first row of x gets the code of position 0. Whose row is it?
 *
 * Hint: sinusoids(first, n, d) gives the codes of n positions, from `first`
 * on.
 */

/* ---- Exercise 5 ** What a rotation leaves -------------------------------- *
 * Rotary encoding turns a query at position p by p s, and a key at position j
 * by j s. Take one pair of numbers: a query of length 1 at the angle a, a key
 * of length 1 at the angle b. What is their inner product after both are
 * turned?
 *
 *     rotary_score(0, 0, 7, 7, 0.3)    is 1: same angle, same place
 */
double rotary_score(double a, double b, int p, int j, double s)
{
    /* The inner product of two unit vectors is the cosine of the angle between
     * them. The positions come in as a difference: that is the point. */
    return cos((a + p * s) - (b + j * s));
}
/* Given:
 *     TODO("return the inner product");
 *
 * Hint: Turning adds to an angle. What are the two angles now?
 *
 * Hint: The inner product of two vectors of length 1 is the cosine of the angle
 * between them.
 */

/* ---- Exercise 6 ** One head of ALiBi ------------------------------------- *
 * Fill a table (n, n) with the bias of head i, counted from 1, of h: minus the
 * head's slope 2^(-8i/h) times the distance of query and key. Do not call
 * alibi_bias().
 *
 *     h = 8, i = 1, n = 2    gives 0, -0.5 / -0.5, 0
 */
Tensor *alibi_head(int i, int h, int n)
{
    /* Distance is |row - column|, whichever comes first. */
    Tensor *bias = t_zeros(n, n);
    double slope = pow(2, -8.0 * i / h);
    for (int row = 0; row < n; row++)
        for (int column = 0; column < n; column++)
            t_at(bias, row, column) = (real)(-slope * abs(row - column));
    return bias;
}
/* Given:
 *     TODO("return a table of n rows and n columns");
 *
 * Hint: t_zeros(n, n) makes a table, t_at(bias, row, column) is an element.
 *
 * Hint: The distance of row and column is abs(row - column). Beware of -8 * i /
 * h in whole numbers.
 */

/* ---- Exercise 7 *** A step is a matrix ----------------------------------- *
 * The code of position p + k is the code of position p times a matrix that
 * depends on k alone: that is why attention can learn "two places back". Return
 * this matrix, (d, d), for rows: code(p + k) = code(p) M.
 *
 *     sin(a + b) = sin a cos b + cos a sin b
 *     cos(a + b) = cos a cos b - sin a sin b
 */
Tensor *step_matrix(int k, int d)
{
    /* One 2 x 2 rotation for each pair, on the diagonal. Column 2i gives the
     * new sine, column 2i + 1 the new cosine; rows are the old ones. */
    Tensor *m = t_zeros(d, d);
    for (int i = 0; i < d / 2; i++) {
        double b = k * angular_speed(i, d);
        t_at(m, 2 * i, 2 * i) = (real)cos(b);
        t_at(m, 2 * i + 1, 2 * i) = (real)sin(b);
        t_at(m, 2 * i, 2 * i + 1) = (real)-sin(b);
        t_at(m, 2 * i + 1, 2 * i + 1) = (real)cos(b);
    }
    return m;
}
/* Given:
 *     TODO("return a matrix of shape (d, d)");
 *
 * Hint: Pairs do not mix, so M is zero but for a block of 2 x 2 for each pair.
 * With d = 2: (sin a, cos a) M = (sin(a + b), cos(a + b)), where b is k times
 * the pair's angular_speed(i, d).
 *
 * Hint: The first column of the block makes the new sine: cos b times the old
 * sine plus sin b times the old cosine. So it holds cos b above sin b.
 *
 * Hint: The second column makes the new cosine: -sin b above cos b.
 */

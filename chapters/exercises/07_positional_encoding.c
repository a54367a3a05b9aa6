/* 07_positional_encoding.c -- exercises of chapter 7, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=07             checks them all
 *     make exercise CH=07 EX=3        checks the third
 *     make watch CH=07                checks whenever you save; Ctrl-C ends it
 *     make hint CH=07 EX=3            gives a hint, and then another
 *     make solution CH=07 EX=3        shows the solution, once you have it
 *     make reset CH=07 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
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
    TODO("return 'a', 'b', 'c' or 'd'");
}

/* ---- Exercise 2 * How long is a wave ------------------------------------- *
 * Columns 2i and 2i + 1 of the sinusoids of width d turn by 10000^(-2i/d) with
 * each position. After how many positions has pair i gone all the way round?
 *
 *     wavelength(0, 64)     is 6.28...: the fastest
 */
double wavelength(int i, int d)
{
    TODO("return a number of positions");
}

/* ---- Exercise 3 ** The code of one position ------------------------------ *
 * Fill code[0 .. d - 1] with the sinusoids of position p: sine and cosine of
 * pair i in places 2i and 2i + 1. d is even. Do not call sinusoids().
 *
 *     p = 0    gives 0, 1, 0, 1, ...
 */
void position_code(int p, int d, real *code)
{
    TODO("fill code[0 .. d - 1]");
}

/* ---- Exercise 4 ** Find the bug: every word in the first place ------------ *
 * A decoder writes word by word. This adds the position to the newest one, a
 * row x (1, d), when `written` words stand before it. It translates short
 * sentences well, and long ones as if their words had been shaken. Mend it.
 */
Tensor *with_position(Tensor *x, int written)
{
    TODO("find the mistake, mend it, and remove this line");
    (void)written;
    return t_add(x, sinusoids(0, 1, t_dim(x, 1)));
}

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
    TODO("return the inner product");
}

/* ---- Exercise 6 ** One head of ALiBi ------------------------------------- *
 * Fill a table (n, n) with the bias of head i, counted from 1, of h: minus the
 * head's slope 2^(-8i/h) times the distance of query and key. Do not call
 * alibi_bias().
 *
 *     h = 8, i = 1, n = 2    gives 0, -0.5 / -0.5, 0
 */
Tensor *alibi_head(int i, int h, int n)
{
    TODO("return a table of n rows and n columns");
}

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
    TODO("return a matrix of shape (d, d)");
}

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
 * Columns 2i and 2i + 1 of the sinusoids of width d turn by $10000^{-2i/d}$
 * with each position. After how many positions has pair i gone all the way round?
 *
 *     wavelength(0, 64)     is 6.28...: the fastest
 */
double wavelength(int i, int d)
{
    TODO("return a number of positions");
}

/* ---- Exercise 3 ** The same waves, laid out differently ------------------- *
 * The program that was published with the paper (tensor2tensor) does not do what
 * the paper says. Its code of position p has all sines first, code[0 .. d/2 - 1],
 * and then all cosines; and its speeds go from 1 down to 1/10000 exactly, in
 * equal ratios, so that the slowest pair is as slow as the formula only promises
 * in the limit. Fill code[0 .. d - 1] its way. d is even, and at least 4.
 *
 *     p = 1, d = 4    gives 0.8415, 0.0001, 0.5403, 1.0000
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

/* ---- Exercise 6 ** How far a head of ALiBi sees --------------------------- *
 * Head i of h, counted from 1, takes its slope $2^{-8i/h}$ times the distance
 * from the score of a key. Suppose that all keys are alike otherwise. How many
 * places away is the weight of a key only `share` of the weight of the query's
 * own place? share is above 0 and at most 1; the result need not be a whole
 * number.
 *
 *     alibi_reach(1, 8, 0.5)    is 1.386: each two places a little less than half
 */
double alibi_reach(int i, int h, double share)
{
    TODO("return a distance");
}

/* ---- Exercise 7 *** Two places back, by position alone -------------------- *
 * Chapter 5's exercise 11 built a head that looks back by a table as large as
 * the sentence. With sinusoids a small matrix is enough, for sentences of any
 * length. Let code(p) be row p of `sinusoids(0, n, d)`, and let the query at p
 * give the key at j the score code(p) W code(j), with W of shape (d, d) and
 * code(j) as a column. Return a W with which, for every p from k on, the key at
 * p - k scores highest of all. Many answers are right.
 */
Tensor *look_back_by(int k, int d)
{
    TODO("return a matrix of shape (d, d)");
}

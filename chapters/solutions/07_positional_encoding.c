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
 * Columns 2i and 2i + 1 of the sinusoids of width d turn by $10000^{-2i/d}$
 * with each position. After how many positions has pair i gone all the way round?
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
    /* d/2 speeds have d/2 - 1 steps between them, each by the same factor. The
     * order of the columns does not matter to a layer that multiplies with a
     * learned matrix; the speeds hardly do. */
    int pairs = d / 2;
    for (int i = 0; i < pairs; i++) {
        double angle = p * pow(10000, -(double)i / (pairs - 1));
        code[i] = (real)sin(angle);
        code[pairs + i] = (real)cos(angle);
    }
}
/* Given:
 *     TODO("fill code[0 .. d - 1]");
 *
 * Hint: There are d / 2 pairs. Pair 0 has the speed 1, the last one 1/10000.
 * How many equal ratios lie between?
 *
 * Hint: d/2 - 1 of them, so pair i turns by 10000^(-i / (d/2 - 1)) with each
 * position. Beware of i / (d / 2 - 1) in whole numbers.
 *
 * Hint: Pair i puts its sine into place i, its cosine into place d/2 + i.
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
    /* The ratio of two weights is e to the power of the difference of their
     * scores: e^{-slope t} = share. The heads' reaches double from one to the
     * next with 8 heads: from 1.4 places for half the weight to 177. */
    return -log(share) * pow(2, 8.0 * i / h);
}
/* Given:
 *     TODO("return a distance");
 *
 * Hint: By how much does the score of a key at the distance t differ from that
 * of the query's own place? And what does softmax make of a difference (exercise
 * 1 of chapter 2)?
 *
 * Hint: e^{-slope t} = share. Solve for t.
 *
 * Hint: t = -ln(share) / slope. Beware of 8 * i / h in whole numbers.
 */

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
    /* code(p) W should be code(p - k), for no code is more like code(p - k)
     * than itself: the inner product of two codes is a sum of cosines of speed
     * times distance, largest where the distance is 0. And that is a step of -k:
     * a rotation of each pair, the same for every p. Rows stand on the left, so
     * column 2i makes the new sine, column 2i + 1 the new cosine. */
    Tensor *w = t_zeros(d, d);
    for (int i = 0; i < d / 2; i++) {
        double back = -k * angular_speed(i, d);
        t_at(w, 2 * i, 2 * i) = t_at(w, 2 * i + 1, 2 * i + 1) = cos(back);
        t_at(w, 2 * i + 1, 2 * i) = sin(back);
        t_at(w, 2 * i, 2 * i + 1) = -sin(back);
    }
    return w;
}
/* Given:
 *     TODO("return a matrix of shape (d, d)");
 *
 * Hint: Which code has the largest inner product with code(j), of all codes?
 * The chapter's table of inner products, a distance apart, tells. So what should
 * code(p) W be?
 *
 * Hint: It should be code(p - k). The chapter has a matrix that makes code(p +
 * k) of code(p), whatever p; a step may be negative.
 *
 * Hint: Pairs do not mix. For each, a rotation by the angle -k
 * angular_speed(i, d): the first column, cosine above sine, makes the new sine
 * of the old pair; the second, minus sine above cosine, the new cosine.
 */

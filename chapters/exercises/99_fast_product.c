/* 99_fast_product.c -- exercises of the appendix, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=A              checks them all
 *     make exercise CH=A EX=3         checks the third
 *     make watch CH=A                 checks whenever you save; Ctrl-C ends it
 *     make hint CH=A EX=3             gives a hint, and then another
 *     make solution CH=A EX=3         shows the solution, once you have it
 *     make reset CH=A EX=3            brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "99_fast_product.h"
#include "exercise.h"

/* ---- Exercise 1 * How often a number is used ------------------------------ *
 * A product of (n, k) and (k, m) multiplies $nmk$ times. How often is each number
 * used, on the average over all numbers of A, B and C? A product whose numbers
 * are used often can be fast; one that uses each once or twice waits for memory.
 *
 *     uses(64, 64, 64)    is 21.333
 *     uses(1, 64, 64)     is 0.970: one row, as when a model writes
 */
double uses(double n, double k, double m)
{
    TODO("return how often a number is used");
}

/* ---- Exercise 2 ** Find the bug: four rows at a time ---------------------- *
 * This adds A B to C, for A (n, k), B (k, m), C (n, m), row after row in memory.
 * It reads each row of B once for four rows of C. It is faster than the three
 * loops, and passed its test, which was of 64 times 64. Mend it, and keep the
 * four.
 */
void mended_product(int n, int m, int k, const real *a, const real *b, real *c)
{
    TODO("find the mistake, mend it, and remove this line");
    for (int i = 0; i + 4 <= n; i += 4)
        for (int l = 0; l < k; l++)
            for (int r = 0; r < 4; r++)
                for (int j = 0; j < m; j++)
                    c[(i + r) * m + j] += a[(i + r) * k + l] * b[l * m + j];
}

/* ---- Exercise 3 *** The best tile ----------------------------------------- *
 * A tile of $r$ rows and $v$ vectors needs $r v$ registers for its sums, $v$ for
 * a piece of a row of B, and 1 for a number of A. At each step it makes $r v$
 * multiply-adds from $r + v$ loads. Of all tiles that fit into so many registers,
 * store the one that needs the fewest loads for a multiply-add; of equal ones the
 * one with fewer vectors. registers is from 3 to 64.
 *
 *     best_tile(3, ...)     stores 1 and 1: one sum, one piece of B, one of A
 *     best_tile(16, ...)    stores 4 rows and 3 vectors: 0.583 loads
 */
void best_tile(int registers, int *rows, int *vectors)
{
    TODO("store *rows and *vectors");
}

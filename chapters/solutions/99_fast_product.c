/* 99_fast_product.c -- the exercises of the appendix, solved. Under each solution
 * stands what the reader finds, and the hints. */
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
    /* A number of A is used m times, one of B n times, one of C k times; but A
     * has only n k numbers, and so on. All together: multiplications over
     * numbers. With a single row there is nothing to use again: each number of B
     * is read for one multiplication. */
    return n * m * k / (n * k + k * m + n * m);
}
/* Given:
 *     TODO("return how often a number is used");
 *
 * Hint: How many numbers have A, B and C? How many multiplications are there?
 *
 * Hint: Divide n m k by the sum of the three sizes. In doubles nothing is lost.
 */

/* ---- Exercise 2 ** Find the bug: four rows at a time ---------------------- *
 * This adds A B to C, for A (n, k), B (k, m), C (n, m), row after row in memory.
 * It reads each row of B once for four rows of C. It is faster than the three
 * loops, and passed its test, which was of 64 times 64. Mend it, and keep the
 * four.
 */
void mended_product(int n, int m, int k, const real *a, const real *b, real *c)
{
    /* The rows that are left over, n modulo 4, were never computed. Every tile
     * has an edge: the last one has fewer rows. */
    for (int i = 0; i < n; i += 4) {
        int rows = n - i < 4 ? n - i : 4;
        for (int l = 0; l < k; l++)
            for (int r = 0; r < rows; r++)
                for (int j = 0; j < m; j++)
                    c[(i + r) * m + j] += a[(i + r) * k + l] * b[l * m + j];
    }
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     for (int i = 0; i + 4 <= n; i += 4)
 *         for (int l = 0; l < k; l++)
 *             for (int r = 0; r < 4; r++)
 *                 for (int j = 0; j < m; j++)
 *                     c[(i + r) * m + j] += a[(i + r) * k + l] * b[l * m + j];
 *
 * Hint: Multiply with n = 5. Which rows of C change?
 *
 * Hint: The last tile may have fewer than four rows: how many are left of n from
 * i on?
 */

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
    /* For so many vectors, the more rows the better. The best tile is nearly
     * square; the library's is longer, since a wide tile leaves more over at the
     * edge of a narrow matrix. */
    double least = 1e9;
    for (int v = 1; 2 * v + 1 <= registers; v++) {
        int r = (registers - v - 1) / v;
        double loads = (double)(r + v) / (r * v);
        if (loads < least) {
            least = loads;
            *rows = r;
            *vectors = v;
        }
    }
}
/* Given:
 *     TODO("store *rows and *vectors");
 *
 * Hint: With v vectors, how many rows are there room for? r v + v + 1 must not
 * be more than the registers.
 *
 * Hint: Go over all v for which there is room for at least one row, take the
 * most rows for each, and keep the least of (r + v) / (r v). Beware of a quotient
 * of whole numbers.
 */

/* 15_pictures.c -- exercises of chapter 15, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=15             checks them all
 *     make exercise CH=15 EX=3        checks the third
 *     make watch CH=15                checks whenever you save; Ctrl-C ends it
 *     make hint CH=15 EX=3            gives a hint, and then another
 *     make solution CH=15 EX=3        shows the solution, once you have it
 *     make reset CH=15 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "15_pictures.h"
#include "exercise.h"

/* ---- Exercise 1 * Which patch? ------------------------------------------- *
 * A picture with so many columns of points is cut into patches of patch x patch
 * points, which are numbered from 0 in reading order. In which patch does the
 * point of this row and column lie? (The columns divide by patch.)
 *
 *     which_patch(0, 31, 32, 8)    is 3
 *     which_patch(9, 0, 32, 8)     is 4
 */
int which_patch(int row, int column, int columns, int patch)
{
    TODO("return the number of the patch");
}

/* ---- Exercise 2 * The price of small patches ----------------------------- *
 * A ViT with a class token reads square pictures of side x side points, in patches
 * of patch x patch points. How many weights has one table of attention, of one
 * head? (The side divides by patch.)
 *
 *     weights_of_a_table(32, 8)    is 289
 *     weights_of_a_table(32, 4)    is 4225
 */
long weights_of_a_table(int side, int patch)
{
    TODO("return the number of weights");
}

/* ---- Exercise 3 ** Find the bug: patches that are none ------------------- *
 * The code cuts pictures, x (B, rows, columns, c), into patches: (B, n, patch
 * patch c), in reading order, the points of each in reading order, too. All
 * shapes are right, nothing is lost, and the model trains. But it does worse than
 * it should. Find out what its patches are, and mend it.
 */
Tensor *mended_patches(Tensor *x, int patch)
{
    TODO("find the mistake, mend it, and remove this line");
    int n = t_dim(x, 1) / patch * (t_dim(x, 2) / patch);
    return t_reshape(x, t_dim(x, 0), n, patch * patch * t_dim(x, 3));
}

/* ---- Exercise 4 ** Roll-out, two layers ---------------------------------- *
 * first and second are the tables (n, n) of the two layers of a model, each the
 * mean of its heads. Row and column 0 belong to the class token. Return the
 * roll-out: how much the class token has of each of the n - 1 patches in the end,
 * with what passes each layer by, as shares whose sum is 1: (n - 1).
 */
Tensor *rolled_out(Tensor *first, Tensor *second)
{
    TODO("return the shares, (n - 1)");
}

/* ---- Exercise 5 ** A header that lies ------------------------------------ *
 * bytes are the first size bytes of an IDX file of pictures, or all of it, if it
 * is shorter; `all` is how long the file is. Return how many pictures it has; -1 if
 * it is none with bytes in three axes, or has not just as many numbers as its sizes
 * say. Sizes are in four bytes, the highest first, and may be anything.
 *
 *     0 0 8 3   0 0 0 2   0 0 0 1   0 0 0 3   and 6 bytes more    has 2
 */
long pictures_of_header(const unsigned char *bytes, long size, long all)
{
    TODO("return the number of pictures, or -1");
}

/* ---- Exercise 6 *** Places for a larger picture -------------------------- *
 * A model has learned places for pictures of down x across patches: (1 + down
 * across, d), the class token's first. Now pictures come that are twice as high and
 * twice as wide, with patches as before. Return places for these, in reading order,
 * the class token's first: each of the four patches that now lie where one lay has
 * that one's vector.
 */
Tensor *stretched(Tensor *places, int down, int across)
{
    TODO("return the places, (1 + 4 down across, d)");
}

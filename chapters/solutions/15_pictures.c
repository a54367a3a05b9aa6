/* 15_pictures.c -- the exercises of chapter 15, solved. Under each solution stands
 * what the reader finds, and the hints. */
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
    /* Division drops the rest, which is where in the patch the point lies. Each
     * row of patches has columns / patch of them. */
    return row / patch * (columns / patch) + column / patch;
}
/* Given:
 *     TODO("return the number of the patch");
 *
 * Hint: In which row of patches does it lie, and in which column of them?
 *
 * Hint: row / patch and column / patch, in whole numbers. How many patches stand
 * in the rows above?
 */

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
    /* Patches and the class token look at patches and the class token. The side
     * comes in to the fourth power: a patch half as wide costs sixteen times as
     * much. */
    long rows = (long)(side / patch) * (side / patch) + 1;
    return rows * rows;
}
/* Given:
 *     TODO("return the number of weights");
 *
 * Hint: How many vectors look at one another? Do not forget the one that stands
 * for no patch.
 *
 * Hint: There are (side / patch) squared patches, and one token more. A table has
 * a row and a column for each.
 */

/* ---- Exercise 3 ** Find the bug: patches that are none ------------------- *
 * The code cuts pictures, x (B, rows, columns, c), into patches: (B, n, patch
 * patch c), in reading order, the points of each in reading order, too. All
 * shapes are right, nothing is lost, and the model trains. But it does worse than
 * it should. Find out what its patches are, and mend it.
 */
Tensor *mended_patches(Tensor *x, int patch)
{
    /* t_reshape() deals out the numbers as they lie in memory: row after row of
     * the whole picture. Of a picture of 32 columns the first 64 points are two
     * rows, not a square. The windows of the chapter, as far apart as they are
     * wide, are squares. */
    Tensor *squares = square_windows(x, patch, patch, 0);
    return t_reshape(squares, t_dim(x, 0), T_INFER, t_dim(squares, 3));
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     int n = t_dim(x, 1) / patch * (t_dim(x, 2) / patch);
 *     return t_reshape(x, t_dim(x, 0), n, patch * patch * t_dim(x, 3));
 *
 * Hint: Take a picture of 4 by 4 points with the numbers 0 to 15, in reading
 * order. Which points are in its first patch of 2 by 2, and which does the code
 * put there?
 *
 * Hint: t_reshape() does not move anything. The chapter has a function that puts
 * the points of a square side by side.
 */

/* ---- Exercise 4 ** Roll-out, two layers ---------------------------------- *
 * first and second are the tables (n, n) of the two layers of a model, each the
 * mean of its heads. Row and column 0 belong to the class token. Return the
 * roll-out: how much the class token has of each of the n - 1 patches in the end,
 * with what passes each layer by, as shares whose sum is 1: (n - 1).
 */
Tensor *rolled_out(Tensor *first, Tensor *second)
{
    /* Half of a vector went past the layer: (A + I) / 2. The second layer stands
     * on the left, since its row says of which vectors it took, and these are
     * what the first layer made. What is left over for the class token itself is
     * no patch's. */
    int n = t_dim(first, 0);
    Tensor *one = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        t_at(one, i, i) = 1;
    Tensor *a = t_scale(t_add(first, one), 0.5);
    Tensor *b = t_scale(t_add(second, one), 0.5);
    Tensor *all = t_slice(t_matmul(b, a), 0, 0, 1);
    Tensor *patches = t_reshape(t_slice(all, 1, 1, n), n - 1);
    return t_div(patches, t_sum(patches, T_ALL));
}
/* Given:
 *     TODO("return the shares, (n - 1)");
 *
 * Hint: First mix each table with ones on its diagonal, half and half. Then one
 * product. Which of the two stands on the left?
 *
 * Hint: Row 0 of second times all of first. Of the product take row 0 without
 * its first number, and divide by the sum.
 */

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
    /* Never multiply what a file says before it is known to fit: three sizes of
     * four bytes overflow any integer that C has. So each is compared with what
     * is left over for it. */
    if (size < 16 || bytes[0] || bytes[1] || bytes[2] != 8 || bytes[3] != 3)
        return -1;
    long long left = (long long)all - 16, product = 1, first = 0;
    for (int i = 0; i < 3; i++) {
        const unsigned char *at = bytes + 4 + 4 * i;
        long long is = 0;
        for (int k = 0; k < 4; k++)
            is = 256 * is + at[k];
        if (is == 0 || is > left / product)
            return -1;
        product *= is;
        first = i == 0 ? is : first;
    }
    return product == left ? (long)first : -1;
}
/* Given:
 *     TODO("return the number of pictures, or -1");
 *
 * Hint: Look first whether there are 16 bytes at all, and whether the first four
 * are what they should be. A size is ((a 256 + b) 256 + c) 256 + d.
 *
 * Hint: all - 16 bytes must be just what the three sizes make when multiplied. The
 * product may not fit into any integer: compare each size with what is left,
 * divided by the product so far, before you multiply.
 */

/* ---- Exercise 6 *** Places for a larger picture -------------------------- *
 * A model has learned places for pictures of down x across patches: (1 + down
 * across, d), the class token's first. Now pictures come that are twice as high and
 * twice as wide, with patches as before. Return places for these, in reading order,
 * the class token's first: each of the four patches that now lie where one lay has
 * that one's vector.
 */
Tensor *stretched(Tensor *places, int down, int across)
{
    /* Only the grid makes sense of it: in reading order the four copies of a place
     * do not follow one another. t_embedding() looks rows up by number. (In the
     * paper they are not copied but mixed from the nearest four.) */
    int n = 4 * down * across, *from = tape_ints(1 + n);
    from[0] = 0;
    for (int i = 0; i < n; i++) {
        int row = i / (2 * across), column = i % (2 * across);
        from[1 + i] = 1 + row / 2 * across + column / 2;
    }
    return t_embedding(places, from, 1 + n);
}
/* Given:
 *     TODO("return the places, (1 + 4 down across, d)");
 *
 * Hint: For each new place work out its row and its column on the new grid, and
 * from these the row and column where it lay on the old one.
 *
 * Hint: The new grid has 2 across columns. Old row and column are halves of the
 * new ones, without the rest. And all numbers are one more because of the class
 * token. t_embedding(places, numbers, n) is a table of n of its rows.
 */

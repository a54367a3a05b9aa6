/* 12_windows.c -- the exercises of chapter 12, solved. Under each solution
 * stands what the reader finds, and the hints. */
#include "12_windows.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * How many windows? -------------------------------------- *
 * A window of `size` rows slides over n rows, without zeros at the ends. Its
 * rows are `dilation` apart, and from one window to the next it moves `stride`
 * rows. How many windows are there? If not even one fits, 0.
 *
 *     how_many_windows(4, 2, 1, 1)    is 3
 *     how_many_windows(10, 3, 2, 2)   is 3
 */
int how_many_windows(int n, int size, int dilation, int stride)
{
    /* From its first row to its last a window reaches over (size - 1) dilation
     * + 1 rows: fences, not posts. What is left over is how far it can move,
     * and each whole stride in that gives one window more. In C the division
     * drops the rest, but of a negative number it would drop it upwards. */
    int reach = (size - 1) * dilation + 1;
    return reach > n ? 0 : (n - reach) / stride + 1;
}
/* Given:
 *     TODO("return how many windows fit");
 *
 * Hint: First the stride 1. Over how many rows does one window reach, from its
 * first row to its last, if its rows are `dilation` apart?
 *
 * Hint: It reaches over (size - 1) dilation + 1 rows. Over how many rows can it
 * move before its last row falls off the end?
 */

/* ---- Exercise 2 * How many layers? --------------------------------------- *
 * Windows of `size` words (2 or more), the last of which is where they stand,
 * with dilations 1, size, size times size, and so on from layer to layer. What
 * is the least number of layers with which a place sees the word that stands
 * `back` places before? (A place sees the word 0 before it without any layer.)
 *
 *     layers_for(63, 2)    is 6
 *     layers_for(64, 3)    is 4
 */
int layers_for(int back, int size)
{
    /* With L layers a place sees size^L words, itself among them: those 0 to
     * size^L - 1 before. So size^L must be more than `back`, not only as much.
     * A loop over whole numbers is safer than a logarithm, which may come out
     * as 2.9999999. */
    int layers = 0;
    for (long seen = 1; seen <= back; seen *= size)
        layers++;
    return layers;
}
/* Given:
 *     TODO("return the least number of layers");
 *
 * Hint: How many words does a place see with L layers? It is one of them: how
 * far before it does the farthest of them stand?
 *
 * Hint: With L layers it sees size^L words, the farthest of them size^L - 1
 * places before. Multiply by size until that is enough, and count.
 */

/* ---- Exercise 3 ** Find the bug: too good to be true --------------------- *
 * A layer of windows for a model that says which word comes next. It learns
 * wonderfully: after a minute it knows nearly every next word of the sentences
 * that it is trained on, and of those that were held back, too. But when it
 * writes, it writes nonsense. Find out how it cheats, and mend it.
 *
 * x is (B, n, in), w is (size in, out), the result (B, n, out). The output at
 * place i may depend on the words i, i - dilation, i - 2 dilation and so on,
 * `size` of them; the last rows of w belong to word i.
 */
Tensor *mended_window(Tensor *x, Tensor *w, int size, int dilation)
{
    /* Zeros on both sides, as one has them around a picture, keep the number
     * of rows. But they put the window of place i around i: half of it lies in
     * the future. The next word, which is the answer, stands in the window, and
     * is copied. That it did well on sentences held back proves nothing: the
     * answer stood there as well. All zeros must come before the first word. */
    Windows o = { .size = size, .dilation = dilation,
                  .before = (size - 1) * dilation };
    return t_matmul(t_windows(x, 1, o), w);
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     int around = (size - 1) * dilation;
 *     Windows o = { .size = size, .dilation = dilation,
 *                   .before = around / 2, .after = around - around / 2 };
 *     return t_matmul(t_windows(x, 1, o), w);
 *
 * Hint: Take size 3 and dilation 1, and write down which words stand in the
 * window of place 5.
 *
 * Hint: Words 4, 5 and 6 do; and 6 is what the model should say at place 5. In
 * which direction, and by how much, must all windows be moved?
 */

/* ---- Exercise 4 ** A recurrence as one window ---------------------------- *
 * Leave the tanh out of a recurrence and let it keep a share a of its state:
 *
 *     h_0 = x_0        h_i = a h_{i-1} + x_i
 *
 * Nothing is left that has to wait: there is a matrix M of shape (n, n), with
 * numbers that depend on n and a alone, such that all the states at once are H
 * = M X. Return M. (a may be 0 or negative.)
 *
 *     n = 3    a = 0.5    gives  1     0    0
 *                                0.5   1    0
 *                                0.25  0.5  1
 */
Tensor *as_one_window(int n, double a)
{
    /* Put in step by step: h_i = x_i + a x_{i-1} + a^2 x_{i-2} + ... So the
     * recurrence is a window as long as the text, with weights that fade with
     * distance. Recurrences that can be written so are the idea behind the
     * state space models of today. With the tanh it cannot be done: what comes
     * of x_0 then depends on all that came after it. */
    Tensor *m = t_zeros(n, n);
    for (int i = 0; i < n; i++) {
        double weight = 1;
        for (int j = i; j >= 0; j--, weight *= a)
            t_at(m, i, j) = (real)weight;
    }
    return m;
}
/* Given:
 *     TODO("return the matrix, (n, n)");
 *
 * Hint: Write h_2 in terms of x_0, x_1 and x_2 alone, by putting in what h_1
 * is.
 *
 * Hint: h_2 = x_2 + a x_1 + a^2 x_0. Row i of M has the weights of x_0, x_1 and
 * so on in h_i. What stands to the right of the diagonal?
 *
 * Hint: t_zeros(n, n) makes the matrix, and `t_at(m, i, j) = (real)weight` sets
 * an element. pow(0, 0) is 1 in C, as it should be here.
 */

/* ---- Exercise 5 ** When does attention cost as much? --------------------- *
 * Count pairs of numbers that are multiplied, as the cell `what_it_costs` does:
 * one layer of attention of width d over n words, projections and all; and
 * `layers` layers of windows of `size` words, d numbers in and d out. For which
 * n do they cost the same? It need not be a whole number. If attention costs
 * more for every n, return 0.
 *
 *     same_cost(64, 3, 4)    is 256
 */
double same_cost(int d, int size, int layers)
{
    /* 4 n d^2 + 2 n^2 d = layers size n d^2. Divide by n d: 4 d + 2 n = layers
     * size d. So n = d (layers size - 4) / 2. For four windows of three that is
     * 4 d: in sentences shorter than 256 words attention of width 64 is the
     * cheaper one. That is why nobody worried about n^2 in 2017. */
    double n = d * (layers * size - 4) / 2.0;
    return n > 0 ? n : 0;
}
/* Given:
 *     TODO("return the n at which both cost the same");
 *
 * Hint: The chapter has both formulas, below the figure of times: one for
 * windows of 3, and one for attention with its two parts.
 *
 * Hint: 4 n d^2 + 2 n^2 d on one side, layers size n d^2 on the other. Divide
 * by n d and solve for n.
 */

/* ---- Exercise 6 ** The way back ------------------------------------------ *
 * y (n - size + 1, out) is the convolution of x (n, in) with w (size in, out):
 * y_i = x_i W_0 + x_{i+1} W_1 + ..., without zeros at the ends. You are given
 * the gradient of a loss by y. What is its gradient by x, of shape (n, in)?
 *
 * Do it without t_backward(), and without loops over single numbers: with
 * t_matmul, and what you know of shifted rows.
 */
Tensor *way_back(Tensor *d_y, Tensor *w, int size)
{
    /* x_{i+j} W_j is a part of y_i. So d_y_i W_j^T is a part of the gradient of
     * row i + j: each product goes back to where its rows came from, j rows
     * further down, and what meets in one row is added up. Seen from a row of
     * x: it gets d_y_r W_0^T + d_y_{r-1} W_1^T + ..., which is a convolution
     * again, with the matrices transposed and in reverse, and size - 1 zeros at
     * both ends. This is what t_windows does on its way back. */
    int in = t_dim(w, 0) / size;
    Windows both_ends = { .size = size, .before = size - 1, .after = size - 1 };
    Tensor *rows = t_windows(d_y, 0, both_ends), *reversed = NULL;
    for (int j = size - 1; j >= 0; j--) {
        Tensor *w_j = t_transpose(t_slice(w, 0, j * in, (j + 1) * in));
        reversed = reversed ? t_concat(0, reversed, w_j) : w_j;
    }
    return t_matmul(rows, reversed);
}
/* Given:
 *     TODO("return the gradient by x, (n, in)");
 *
 * Hint: For y = x w with matrices, the gradient by x is d_y w^T. Each W_j is
 * such a product, with rows of x that begin at j.
 *
 * Hint: d_y W_j^T, of shape (n - size + 1, in), belongs to the rows j, j + 1,
 * ... of x. How can it be made n rows long, so that all of them can be added?
 *
 * Hint: With j rows of zeros before it and size - 1 - j after it: t_concat(0,
 * ...). A tensor must have one row at least, so zeros of 0 rows are refused; or
 * let t_windows with size 1 add the zeros.
 */

/* ---- Exercise 7 *** Windows in a picture --------------------------------- *
 * x (B, rows, columns, in) are pictures, `in` numbers for each point. A square
 * window of size times size points, size odd, is centred on each point; beyond
 * the borders all is 0. w is (size size in, out): its rows go through the
 * window line by line, and through the numbers of each point. Return the
 * convolution, (B, rows, columns, out).
 */
Tensor *picture_windows(Tensor *x, Tensor *w, int size)
{
    /* Windows along a line first: each point then holds its line of the window.
     * Windows of those along the columns (axis 1) put these lines one after the
     * other, so that the points come line by line. The other way round the
     * points would come column by column, and w would not fit, though all the
     * shapes would. */
    Windows o = { .size = size, .before = size / 2, .after = size / 2 };
    Tensor *lines = t_windows(x, 2, o);     /* (B, rows, columns, size in) */
    Tensor *squares = t_windows(lines, 1, o);
    return t_matmul(squares, w);
}
/* Given:
 *     TODO("return the convolution, (B, rows, columns, out)");
 *
 * Hint: t_windows(x, axis, ...) takes windows along an axis. Which axis goes
 * along a line of the picture, and which from line to line? How many zeros does
 * a centred window need on each side?
 *
 * Hint: Windows of windows: the result of the first is (B, rows, columns, size
 * in). Which of the two must come first, so that in the end the points of the
 * window stand line by line?
 */

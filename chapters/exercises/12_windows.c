/* 12_windows.c -- exercises of chapter 12, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=12             checks them all
 *     make exercise CH=12 EX=3        checks the third
 *     make watch CH=12                checks whenever you save; Ctrl-C ends it
 *     make hint CH=12 EX=3            gives a hint, and then another
 *     make solution CH=12 EX=3        shows the solution, once you have it
 *     make reset CH=12 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
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
    TODO("return how many windows fit");
}

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
    TODO("return the least number of layers");
}

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
    TODO("find the mistake, mend it, and remove this line");
    int around = (size - 1) * dilation;
    Windows o = { .size = size, .dilation = dilation,
                  .before = around / 2, .after = around - around / 2 };
    return t_matmul(t_windows(x, 1, o), w);
}

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
    TODO("return the matrix, (n, n)");
}

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
    TODO("return the n at which both cost the same");
}

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
    TODO("return the gradient by x, (n, in)");
}

/* ---- Exercise 7 *** Windows in a picture --------------------------------- *
 * x (B, rows, columns, in) are pictures, `in` numbers for each point. A square
 * window of size times size points, size odd, is centred on each point; beyond
 * the borders all is 0. w is (size size in, out): its rows go through the
 * window line by line, and through the numbers of each point. Return the
 * convolution, (B, rows, columns, out).
 */
Tensor *picture_windows(Tensor *x, Tensor *w, int size)
{
    TODO("return the convolution, (B, rows, columns, out)");
}

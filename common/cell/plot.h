/* plot.h -- data files for gnuplot.
 *
 * With --out DIR, a plot called "variance" is the file DIR/variance.dat:
 * gnuplot's own text format under a header that names the columns. Without
 * --out nothing is written, but mistakes are reported all the same. Files
 * appear whole, when they are closed, or not at all. Numbers have 9 digits,
 * enough for any float; NaN is a point that gnuplot leaves out.
 */
#ifndef PLOT_H
#define PLOT_H

#include "learn/images.h"
#include "tensor/tensor.h"

typedef struct Plot Plot;

/* Opens a plot; several may be open. name: of a-z, 0-9 and _. columns: their
 * names, units in brackets, separated by blanks:
 * "d_k variance scaled_variance time[s]". */
Plot *plot_open(const char *name, const char *columns);

/* plot_row(p, x, y, ...): one line; as many numbers as there are columns. */
void plot_numbers(Plot *plot, int n, const double *numbers);
#define plot_row(plot, ...)                                                    \
    plot_numbers(plot,                                                         \
                 (int)(sizeof((double[]){ __VA_ARGS__ }) / sizeof(double)),    \
                 (double[]){ __VA_ARGS__ })

/* The same with a word in the place of the first number: what the row is of.
 * a-z, 0-9 and _, which a table shows as a blank. */
void plot_word(Plot *plot, const char *word, int n, const double *numbers);
#define plot_row_of(plot, word, ...)                                           \
    plot_word(plot, word,                                                      \
              (int)(sizeof((double[]){ __VA_ARGS__ }) / sizeof(double)),       \
              (double[]){ __VA_ARGS__ })

/* Two blank lines: the next rows are a new gnuplot `index`. */
void plot_gap(Plot *plot);

/* Every plot must be closed before its cell ends. */
void plot_close(Plot *plot);

/* The whole file of a heat map in one call. x is a matrix; each line is
 * `column row value "column label" "row label"`, a blank line after each row.
 * rows, columns: labels, or NULL for numbers from 0. gnuplot reads any label
 * back as it was, but takes _ ^ { } @ & ~ \ for mark-up unless it is told
 * `noenhanced`. */
void plot_matrix(const char *name, const Tensor *x, char *const *rows,
                 char *const *columns);

/* The whole file of n pictures of three channels, from number `first` on: lines
 * `column row red green blue`, 0 to 255, and each picture an `index` of its own, for
 * gnuplot's `with rgbimage`. */
void plot_images(const char *name, const Images *images, int first, int n);

/* A mistake in a call is reported with its place: see T_AT in tensor.h. */
#ifndef T_LIBRARY
#define plot_open(...)              T_AT(plot_open(__VA_ARGS__))
#define plot_numbers(...)           T_AT(plot_numbers(__VA_ARGS__))
#define plot_word(...)              T_AT(plot_word(__VA_ARGS__))
#define plot_matrix(name, x, ...)   plot_matrix(name, T_LOOK(x), __VA_ARGS__)
#define plot_images(...)            T_AT(plot_images(__VA_ARGS__))
#endif

#endif

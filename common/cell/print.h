/* print.h -- printing that lines up: text, and tables of numbers.
 *
 * printf pads by bytes, so √ and 早 push a table out of line. text_printf pads
 * by the columns a terminal uses: 1 for √, 2 for 早, 0 for a combining accent.
 */
#ifndef PRINT_H
#define PRINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "tensor/tensor.h"

/* printf to stdout, except that the width and precision of %s count columns,
 * not bytes; its string must end in \0 even so. Takes %d %i %u %x %o (also with
 * l, ll, z), %c %s %f %e %g %a %% with flags, width and precision, `*`
 * included. Others stop the program. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void text_printf(const char *format, ...);

/* Any bytes, for people: a blank as _, what is no whole character in hexadecimal,
 * as <e7>; a zero must stand behind them. Good until the eighth call after it; what
 * is long is cut. */
const char *text_shown(Text bytes);

/* Prints a matrix (rows, columns), or a vector as one row, as a table:
 *
 *     name (3, 3)    早    上    好
 *              早  1.00  0.12 -0.30
 *
 * `decimals` digits (0 to 9) after the point; from 1e9 on with an exponent.
 * rows, columns: one label each, or NULL. A label of more than 20 columns is
 * cut off. What is wider than 80 columns continues below. */
void text_matrix(const char *name, const Tensor *x, char *const *rows,
                 char *const *columns, int decimals);

/* Prints "label: text" on lines of at most 76 columns, broken between words; all
 * but the first stand back. */
void text_wrapped(const char *label, const char *text);

/* A stand-in for learned embeddings: (words.n, width) of standard normal
 * numbers that depend on the word and the seed alone, so the same word has the
 * same vector wherever it stands. */
Tensor *text_vectors(Words words, int width, uint64_t seed);

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#define text_printf(...)            T_AT(text_printf(__VA_ARGS__))
#define text_matrix(name, x, ...)   text_matrix(name, T_LOOK(x), __VA_ARGS__)
#define text_vectors(...)           T_AT(text_vectors(__VA_ARGS__))
#endif

#endif

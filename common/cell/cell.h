/* cell.h -- a chapter's cells and its command line.
 *
 * A cell is a function `static void name(void)` that prints, and perhaps
 * plots. A chapter's main lists its cells in order:
 *
 *     int main(int argc, char **argv)
 *     {
 *         cell_begin(argc, argv, "早上好");
 *         cell(two_by_two);
 *         cell(long_beats_near);
 *         return cell_end();
 *     }
 *
 * and the program then takes --list, --cell NAME, --out DIR, --seed N,
 * --text "...", --set NAME=VALUE, --values, --quick, --long, --help. Anything
 * else is a usage error: one line, exit 2. What the machine refuses (a folder
 * that cannot be written, a full disk) ends with one line and exit 1, and leaves
 * no half-written file.
 */
#ifndef CELL_H
#define CELL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/text.h"
#include "cell/print.h"

/* Text that --help prints as well: what else the program can do. Call it before
 * cell_begin(). */
void cell_help(const char *more);

/* Reads the command line. sentence: what --text replaces, or NULL if this
 * chapter has none. Exits for --help and for errors. */
void cell_begin(int argc, char **argv, const char *sentence);

/* Adds a cell to the list. None runs before cell_end(), which knows all. */
void cell_add(const char *name, void (*function)(void));
#define cell(name) cell_add(#name, name)

/* Lets the reader try another value of a variable of the chapter, a double or an
 * int, from least to most, both included:
 *
 *     static double width = 0.2;
 *     ...
 *     cell_value(width, 0.02, 2);
 *
 * in main, among the cells. The variable has its own value unless the command
 * line says --set width=0.5; --values lists what can be set. The page makes a
 * slider of it (see chapters/book/live). */
#define cell_value(variable, least, most)                                       \
    T_AT(_Generic(&(variable), double *: cell_value_real,                      \
                  int *: cell_value_int)(#variable, &(variable), least, most))
void cell_value_real(const char *name, double *variable, double least,
                     double most);
void cell_value_int(const char *name, int *variable, int least, int most);

/* Runs the cells that the command line asks for, or lists them. Each prints to
 * the terminal under a heading, or to DIR/NAME.out; after each comes a
 * tape_reset(). Gives all memory back, tape_free() included, and returns the
 * value for main to return. */
int cell_end(void);

/* --seed, or 1. */
uint64_t cell_seed(void);

/* --quick: long trainings should take a few steps only. What they print then
 * means nothing; it shows that the program runs, under a slow debugger, say. */
bool cell_quick(void);

/* --long: trainings should take as many steps as show more, minutes instead of
 * seconds: how `make seeds` runs a chapter. Never together with --quick. */
bool cell_long(void);

/* The words of --text, 1 to 64 of them, or of the chapter's own sentence. They
 * belong to this module and live until cell_end(): do not free them. */
Words cell_words(void);

/* The folder of --out, or NULL. It exists while cells run. */
const char *cell_out(void);

/* The path of a file for the cell's own use, in that folder or here: good until the
 * next call. The cell removes it. */
const char *cell_path(const char *name);

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#define cell_words()    T_AT(cell_words())
#endif

#endif

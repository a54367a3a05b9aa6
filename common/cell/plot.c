/* plot.c -- data files for gnuplot. */
#define T_LIBRARY
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "cell/cell.h"
#include "cell/file.h"
#include "cell/plot.h"

struct Plot {
    CellFile *file;     /* NULL without --out */
    char *columns;      /* their names, a blank between each two */
    int n;
};

/* Writes the names one blank apart into `out`, counts them. */
static int read_columns(const char *names, char *out)
{
    int n = 0;
    *out = '\0';
    for (;;) {
        names += strspn(names, " ");
        size_t length = strcspn(names, " ");
        if (length == 0)
            return n;
        if (n++ > 0)
            strcat(out, " ");
        strncat(out, names, length);
        names += length;
    }
}

static bool any_control(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7F)
            return true;
    return false;
}

Plot *plot_open(const char *name, const char *columns)
{
    const char *allowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
    if (!*name || name[strspn(name, allowed)])
        t_fail("plot_open: a name is made of a-z, 0-9 and _, not '%s'", name);
    if (any_control(columns) || !columns[strspn(columns, " ")])
        t_fail("plot_open: '%s' needs the names of its columns in one line",
               name);
    Plot *plot = grown(NULL, 1, sizeof *plot);
    plot->columns = grown(NULL, strlen(columns) + 1, 1);
    plot->n = read_columns(columns, plot->columns);
    plot->file = NULL;
    if (cell_out()) {
        char *file = grown(NULL, strlen(name) + sizeof ".dat", 1);
        strcat(strcpy(file, name), ".dat");
        plot->file = cell_file_begin(file, false);
        free(file);
        fprintf(plot->file->stream, "# %s\n", plot->columns);
    }
    return plot;
}

/* As gnuplot reads it; the same on every machine, and never -0. */
static void put_number(FILE *file, double x)
{
    if (isnan(x))
        fputs("NaN", file);
    else
        fprintf(file, "%.9g", x == 0 ? 0.0 : x);
}

/* A row of n columns, the first of them a word, or without one. */
static void put_row(Plot *plot, const char *word, int n, const double *numbers)
{
    int columns = n + (word ? 1 : 0);
    if (columns != plot->n)
        t_fail("plot_row: %d numbers for %d columns: %s", columns, plot->n,
               plot->columns);
    if (!plot->file)
        return;
    FILE *file = plot->file->stream;
    fputs(word ? word : "", file);
    for (int i = 0; i < n; i++) {
        if (i > 0 || word)
            putc(' ', file);
        put_number(file, numbers[i]);
    }
    putc('\n', file);
    cell_file_check(plot->file);
}

void plot_numbers(Plot *plot, int n, const double *numbers)
{
    put_row(plot, NULL, n, numbers);
}

void plot_word(Plot *plot, const char *word, int n, const double *numbers)
{
    if (!*word || word[strspn(word, "abcdefghijklmnopqrstuvwxyz_0123456789")])
        t_fail("plot_row_of: '%s' is not of a-z, 0-9 and _", word);
    put_row(plot, word, n, numbers);
}

void plot_gap(Plot *plot)
{
    if (plot->file)
        fputs("\n\n", plot->file->stream);
}

void plot_close(Plot *plot)
{
    if (plot->file)
        cell_file_end(plot->file);
    free(plot->columns);
    free(plot);
}

/* A blank and the label in quotes; without labels, the number. In quotes
 * gnuplot takes \ooo for a byte, with as many digits as there are, so a digit
 * behind one is written so, too. \" does not help: any " ends the string. */
static void put_label(FILE *file, char *const *labels, int i)
{
    if (!labels) {
        fprintf(file, " \"%d\"", i);
        return;
    }
    fputs(" \"", file);
    bool coded = false;
    for (const char *c = labels[i]; *c; c++) {
        int byte = (unsigned char)*c;
        coded = byte < 0x20 || byte == 0x7F || byte == '"' || byte == '\\'
            || (coded && byte >= '0' && byte <= '7');
        fprintf(file, coded ? "\\%03o" : "%c", byte);
    }
    putc('"', file);
}

static void put_matrix(CellFile *out, const Tensor *x, char *const *rows,
                       char *const *columns)
{
    FILE *file = out->stream;
    for (int i = 0; i < t_dim(x, 0); i++) {
        for (int j = 0; j < t_dim(x, 1); j++) {
            fprintf(file, "%d %d ", j, i);
            put_number(file, (double)t_at(x, i, j));
            put_label(file, columns, j);
            put_label(file, rows, i);
            putc('\n', file);
        }
        putc('\n', file);
        cell_file_check(out);
    }
}

void plot_matrix(const char *name, const Tensor *x, char *const *rows,
                 char *const *columns)
{
    const char *shape = t_shape(x);
    if (x->shape.n != 2)
        t_fail("plot_matrix: '%s' is not a matrix: %s", name, shape);
    Plot *plot = plot_open(name, "column row value column_label row_label");
    if (plot->file)
        put_matrix(plot->file, x, rows, columns);
    plot_close(plot);
}

void plot_images(const char *name, const Images *m, int first, int n)
{
    if (m->channels != 3)
        t_fail("plot_images: '%s' has %d channels; expected 3", name, m->channels);
    Plot *plot = plot_open(name, "column row red green blue");
    for (int i = first; i < first + n; i++, plot_gap(plot))
        for (int k = 0; k < m->rows * m->columns; k++) {
            const unsigned char *at = images_one(m, i) + 3 * k;
            double row[] = { k % m->columns, k / m->columns, at[0], at[1], at[2] };
            plot_numbers(plot, 5, row);
        }
    plot_close(plot);
}

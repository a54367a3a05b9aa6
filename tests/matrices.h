/* matrices.h -- for tests of matrix products: matrices that lie in memory with
 * room around and between their numbers, and the product by three loops. */
#ifndef MATRICES_H
#define MATRICES_H

#include "check.h"

#include <stdlib.h>

#include "tensor/gemm.h"

/* What lies before, between and behind the numbers, and must stay so. */
static const real NOTHING = 1e6;

typedef struct {
    int rows, columns;
    size_t size;        /* of memory, in numbers */
    real *memory;
    Matrix matrix;
} Example;

/* Numbers between -1 and 1; `behind` numbers may be read behind the last. */
static inline Example example_at(Rng *rng, int rows, int columns, ptrdiff_t row,
                                 ptrdiff_t column, int behind)
{
    enum { BEFORE = 3 };
    ptrdiff_t last = (rows - 1) * row + (columns - 1) * column;
    Example e = { .rows = rows, .columns = columns };
    e.size = (size_t)(BEFORE + (last > 0 ? last : 0) + 1 + behind);
    e.memory = malloc(e.size * sizeof(real));
    assert_non_null(e.memory);
    for (size_t i = 0; i < e.size; i++)
        e.memory[i] = NOTHING;
    e.matrix = (Matrix){ e.memory + BEFORE, row, column };
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            *from(e.matrix, i, j).at = (real)(2 * rng_uniform(rng) - 1);
    return e;
}

static inline double number(const Example *e, int i, int j)
{
    return (double)*from(e->matrix, i, j).at;
}

/* A B, or C + A B if `add`, in doubles. */
static inline double *three_loops(const Example *a, const Example *b, bool add,
                                  const Example *c)
{
    double *sums = malloc((size_t)c->rows * (size_t)c->columns * sizeof *sums);
    assert_non_null(sums);
    for (int i = 0; i < c->rows; i++)
        for (int j = 0; j < c->columns; j++) {
            double sum = add ? number(c, i, j) : 0;
            for (int k = 0; k < a->columns; k++)
                sum += number(a, i, k) * number(b, k, j);
            sums[i * c->columns + j] = sum;
        }
    return sums;
}

/* Whether C, of sums over k, holds these numbers, and nothing beside it was
 * written to. A term that is missing or added twice is about 0.2; rounding is
 * less than the tolerance. */
static inline void check_sums(const char *what, const Example *c, int k,
                              const double *sums)
{
    double tolerance = 2e-6 * sqrt(k + 1);
    size_t untouched = 0;
    for (int i = 0; i < c->rows; i++)
        for (int j = 0; j < c->columns; j++)
            if (!(fabs(number(c, i, j) - sums[i * c->columns + j])
                  <= tolerance))
                fail_msg("%s, (%d, %d) x (%d, %d): element (%d, %d) is %.9g, "
                         "not %.9g", what, c->rows, k, k, c->columns, i, j,
                         number(c, i, j), sums[i * c->columns + j]);
    for (size_t i = 0; i < c->size; i++)
        untouched += c->memory[i] == NOTHING;
    assert_int_equal(untouched,
                     c->size - (size_t)c->rows * (size_t)c->columns);
}

#endif

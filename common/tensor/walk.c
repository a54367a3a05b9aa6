/* walk.c -- one loop over any number of strided arrays.
 *
 * Every operation that works element by element or row by row is a function
 * for one row, called here for all of them. */
#include "tensor/ops.h"
#include "base/parallel.h"
#include "tensor/rows.h"

Operand operand(real *at, const Tensor *x, Shape shape)
{
    Operand o = { .at = at };
    int absent = shape.n - x->shape.n;
    for (int i = absent; i < shape.n; i++)
        if (x->shape.dim[i - absent] == shape.dim[i])
            o.stride[i] = x->stride[i - absent];
    return o;
}

Operand operand_per_row(real *at, Shape shape)
{
    Operand o = { .at = at };
    ptrdiff_t stride = 1;
    for (int i = shape.n - 2; i >= 0; i--) {
        o.stride[i] = stride;
        stride *= shape.dim[i];
    }
    return o;
}

static void walk(Shape shape, int k, const Operand list[], Row *row,
                 const void *arg)
{
    int last = shape.n - 1, index[T_MAX_DIMS] = { 0 };
    real *p[WALK_MAX];
    ptrdiff_t s[WALK_MAX];
    for (int j = 0; j < k; j++) {
        p[j] = list[j].at;
        s[j] = list[j].stride[last];
    }
    for (;;) {
        row(shape.dim[last], p, s, arg);
        int axis = last - 1;    /* to the next row, like an odometer */
        for (; axis >= 0; axis--) {
            for (int j = 0; j < k; j++)
                p[j] += list[j].stride[axis];
            if (++index[axis] < shape.dim[axis])
                break;
            for (int j = 0; j < k; j++)
                p[j] -= list[j].stride[axis] * shape.dim[axis];
            index[axis] = 0;
        }
        if (axis < 0)
            return;
    }
}

/* A walk cut into parts along one axis, for threads. */
typedef struct {
    Shape shape;
    int k, axis, parts;
    const Operand *list;
    Row *row;
    const void *arg;
} Parts;

static void walk_part(int part, const void *arg)
{
    const Parts *p = arg;
    Operand list[WALK_MAX];
    Shape shape = p->shape;
    int size = shape.dim[p->axis];
    int first = (int)((long)size * part / p->parts);
    shape.dim[p->axis] = (int)((long)size * (part + 1) / p->parts) - first;
    for (int j = 0; j < p->k; j++) {
        list[j] = p->list[j];
        list[j].at += first * list[j].stride[p->axis];
    }
    walk(shape, p->k, list, p->row, p->arg);
}

/* Cuts where each thread writes elsewhere: the array that is written, the first
 * one, has a stride there. So threads change no result. */
static void walk_parts(Shape shape, int k, const Operand list[], Row *row,
                       const void *arg, int axes)
{
    Parts p = { shape, k, 0, parallel_threads(), list, row, arg };
    while (p.axis < axes && (list[0].stride[p.axis] == 0
                             || shape.dim[p.axis] < p.parts))
        p.axis++;
    if (p.axis == axes || !worth_threads((int)shape_size(shape), 1))
        walk(shape, k, list, row, arg);
    else
        parallel_for(true, p.parts, walk_part, &p);
}

void walk_rows(Shape shape, int k, const Operand list[], Row *row,
               const void *arg)
{
    walk_parts(shape, k, list, row, arg, shape.n - 1);
}

void walk_in_order(Shape shape, int k, const Operand list[], Row *row,
                   const void *arg)
{
    walk(shape, k, list, row, arg);
}

/* Whether, in every array, a step along axis i is the same as walking all the
 * way along axis i + 1: then the two are one longer axis. */
static bool joinable(Shape shape, int k, const Operand list[], int i)
{
    for (int j = 0; j < k; j++)
        if (list[j].stride[i] != list[j].stride[i + 1] * shape.dim[i + 1])
            return false;
    return true;
}

/* Joins what can be joined: changes the list, and returns the new shape. */
static Shape join(Shape shape, int k, Operand list[])
{
    for (int i = shape.n - 2; i >= 0; i--) {
        if (!joinable(shape, k, list, i))
            continue;
        shape.dim[i] *= shape.dim[i + 1];
        for (int j = 0; j < k; j++)
            list[j].stride[i] = list[j].stride[i + 1];
        for (int a = i + 1; a + 1 < shape.n; a++) {
            shape.dim[a] = shape.dim[a + 1];
            for (int j = 0; j < k; j++)
                list[j].stride[a] = list[j].stride[a + 1];
        }
        shape.n--;
    }
    return shape;
}

void walk_elements(Shape shape, int k, const Operand list[], Row *row,
                   const void *arg)
{
    Operand joined[WALK_MAX];
    memcpy(joined, list, (size_t)k * sizeof *list);
    shape = join(shape, k, joined);
    walk_parts(shape, k, joined, row, arg, shape.n);
}

/* ---- adding and copying ------------------------------------------------- */

static void add_row(int n, real *const p[], const ptrdiff_t s[],
                    const void *arg)
{
    (void)arg;
    real *restrict y = p[0];
    const real *x = p[1];
    if (s[0] == 1 && s[1] == 1) {
        for (int i = 0; i < n; i++)
            y[i] += x[i];
    } else if (s[0] != 0) {
        for (int i = 0; i < n; i++)
            y[i * s[0]] += x[i * s[1]];
    } else if (s[1] == 1) {     /* a sum: add up in double, round once */
        *y += (real)row_sum_double(n, x);
    } else {
        double sum = 0;
        for (int i = 0; i < n; i++)
            sum += (double)x[i * s[1]];
        *y += (real)sum;
    }
}

/* y += each of many rows, as for the gradient of a bias. */
typedef struct {
    int rows, columns, parts;
    ptrdiff_t step;         /* from row to row of x */
    real *y;
    const real *x;
} RowSum;

/* Some of the columns; in each, the rows are added in order, but four at a
 * time, so that y is read and written a quarter as often. */
static void add_columns(int part, const void *arg)
{
    RowSum sum = *(const RowSum *)arg;
    int first = (int)((long)sum.columns * part / sum.parts);
    int n = (int)((long)sum.columns * (part + 1) / sum.parts) - first, i = 0;
    real *restrict y = sum.y + first;
    const real *a = sum.x + first;
    for (; i + 4 <= sum.rows; i += 4, a += 4 * sum.step) {
        const real *b = a + sum.step, *c = b + sum.step, *d = c + sum.step;
        for (int j = 0; j < n; j++)
            y[j] = y[j] + a[j] + b[j] + c[j] + d[j];
    }
    for (; i < sum.rows; i++, a += sum.step)
        for (int j = 0; j < n; j++)
            y[j] += a[j];
}

/* ---- many numbers into one ---------------------------------------------- *
 * A float that has grown to 2^24 takes up no 1 any more: 20 million ones, added
 * one by one, are 16777216. So where more than MOST numbers are added up, the
 * sums of FEW at a time, in float, are added in double. */

enum { MOST = 1 << 12, FEW = 1 << 6 };

/* How many numbers of x go into each number of y; the last axis, if it is one of
 * them, counts as one: add_row() sums it in double. */
static size_t terms(Shape shape, Operand y)
{
    size_t n = 1;
    for (int i = 0; i < shape.n - 1; i++)
        n *= y.stride[i] == 0 ? (size_t)shape.dim[i] : 1;
    return n;
}

/* In pieces along the first axis that is summed over. */
static void add_many(Shape shape, Operand y, Operand x)
{
    Shape few = shape;          /* the numbers of y */
    int axis = 0;
    for (int i = few.n - 1; i >= 0; i--)
        if (y.stride[i] == 0) {
            few.dim[i] = 1;
            axis = shape.dim[i] > 1 && i < few.n - 1 ? i : axis;
        }
    size_t rest = terms(shape, y) / (size_t)shape.dim[axis];
    int all = shape.dim[axis], step = rest < FEW ? (int)(FEW / rest) : 1;
    size_t n = shape_size(few);
    TapeMark mark = tape_mark();
    double *sum = tape_room(n * sizeof *sum);
    memset(sum, 0, n * sizeof *sum);
    Tensor *part = t_zeros_shape(few);
    for (int i = 0; i < all; i += step, x.at += step * x.stride[axis]) {
        shape.dim[axis] = step < all - i ? step : all - i;
        memset(data_of(part), 0, n * sizeof(real));
        walk_add(shape, operand(data_of(part), part, shape), x);
        for (size_t k = 0; k < n; k++)
            sum[k] += (double)data_of(part)[k];
    }
    for (size_t k = 0; k < n; k++)
        data_of(part)[k] = (real)sum[k];
    walk_add(few, y, operand(data_of(part), part, few));
    tape_release(mark);
}

void walk_add(Shape shape, Operand y, Operand x)
{
    if (terms(shape, y) > MOST) {
        add_many(shape, y, x);
        return;
    }
    Operand list[2] = { y, x };
    shape = join(shape, 2, list);
    y = list[0];
    x = list[1];
    if (shape.n == 2 && y.stride[0] == 0 && y.stride[1] == 1
        && x.stride[1] == 1) {
        int columns = shape.dim[1], most = (columns + 15) / 16;
        int threads = parallel_threads();
        RowSum sum = { shape.dim[0], columns, threads < most ? threads : most,
                       x.stride[0], y.at, x.at };
        parallel_for(worth_threads(shape.dim[0], columns), sum.parts,
                     add_columns, &sum);
    } else {
        walk_parts(shape, 2, list, add_row, NULL, shape.n);
    }
}

static void copy_row(int n, real *const p[], const ptrdiff_t s[],
                     const void *arg)
{
    (void)arg;
    real *restrict y = p[0];
    const real *x = p[1];
    if (s[0] == 1 && s[1] == 1)
        memcpy(y, x, (size_t)n * sizeof *y);
    else
        for (int i = 0; i < n; i++)
            y[i * s[0]] = x[i * s[1]];
}

void walk_copy(Shape shape, Operand y, Operand x)
{
    walk_elements(shape, 2, (Operand[]){ y, x }, copy_row, NULL);
}

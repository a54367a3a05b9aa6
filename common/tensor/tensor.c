/* tensor.c -- shapes, looking at tensors, filling them, and views. */
#include "tensor/ops.h"

#include <stdio.h>

/* ---- where one was called from ------------------------------------------ */

Tensor *t_here_in(Tensor *x, const char *file, int line)
{
    t_here(file, line);
    return x;
}

const Tensor *t_here_look(const Tensor *x, const char *file, int line)
{
    t_here(file, line);
    return x;
}

Tensor **t_here_list(Tensor **x, const char *file, int line)
{
    t_here(file, line);
    return x;
}

/* ---- shapes ------------------------------------------------------------- */

void op_check(const char *op, const Tensor *x)
{
    if (!x)
        t_fail("%s: got NULL in place of a tensor", op);
    if (x->alive == GIVEN_AWAY)
        t_fail("%s: a tensor is used after t_last_use() gave its memory away",
               op);
    if (x->alive == FREED)
        t_fail("%s: a tensor is used after tape_free()", op);
    if (x->alive != ALIVE)
        t_fail("%s: a tensor is used after tape_reset() took it back; keep it "
               "with t_keep()", op);
}

size_t shape_size(Shape shape)
{
    size_t size = 1;
    for (int i = 0; i < shape.n; i++)
        size *= (size_t)shape.dim[i];
    return size;
}

bool shape_equal(Shape a, Shape b)
{
    return a.n == b.n
        && memcmp(a.dim, b.dim, (size_t)a.n * sizeof *a.dim) == 0;
}

const char *shape_text(Shape shape)
{
    static char texts[8][64];
    static int turn;
    char *text = texts[turn++ % 8];
    int n = shape.n < T_MAX_DIMS ? shape.n : T_MAX_DIMS;
    size_t used = (size_t)snprintf(text, sizeof texts[0], "(");
    for (int i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, sizeof texts[0] - used, "%s%d",
                                 i ? ", " : "", shape.dim[i]);
    snprintf(text + used, sizeof texts[0] - used, "%s)",
             shape.n > n ? ", ..." : "");
    return text;
}

const char *t_shape(const Tensor *x)
{
    op_check("t_shape", x);
    return shape_text(x->shape);
}

void op_check_shape(const char *op, Shape shape)
{
    if (shape.n < 1 || shape.n > T_MAX_DIMS)
        t_fail("%s: a tensor has 1 to %d axes, not %d", op, T_MAX_DIMS,
               shape.n);
    double size = 1;
    for (int i = 0; i < shape.n; i++) {
        if (shape.dim[i] < 1)
            t_fail("%s: sizes must be at least 1, got %s", op,
                   shape_text(shape));
        size *= shape.dim[i];
    }
    if (size > 2147483647.0)    /* t_size() is an int */
        t_fail("%s: %s has more than 2147483647 elements", op,
               shape_text(shape));
}

int op_axis(const char *op, const Tensor *x, int axis)
{
    op_check(op, x);
    int n = x->shape.n;
    if (axis < -n || axis >= n)
        t_fail("%s: axis %d of a tensor with %d: %s", op, axis, n, t_shape(x));
    return axis < 0 ? axis + n : axis;
}

Shape op_broadcast(const char *op, const Tensor *a, const Tensor *b)
{
    op_check(op, a);
    op_check(op, b);
    Shape s = a->shape.n >= b->shape.n ? a->shape : b->shape;
    for (int i = 1; i <= s.n; i++) {
        int da = i <= a->shape.n ? a->shape.dim[a->shape.n - i] : 1;
        int db = i <= b->shape.n ? b->shape.dim[b->shape.n - i] : 1;
        if (da != db && da != 1 && db != 1)
            t_fail("%s: shapes do not broadcast: %s and %s", op, t_shape(a),
                   t_shape(b));
        s.dim[s.n - i] = da > db ? da : db;
    }
    return s;
}

/* ---- looking ------------------------------------------------------------ */

int t_dim(const Tensor *x, int axis)
{
    axis = op_axis("t_dim", x, axis);   /* first: x may be NULL */
    return x->shape.dim[axis];
}

int t_size(const Tensor *x)
{
    op_check("t_size", x);
    return (int)shape_size(x->shape);
}

static ptrdiff_t offset_of(const char *op, const Tensor *x, Shape index)
{
    op_check(op, x);
    if (index.n != x->shape.n)
        t_fail("%s: %d indices into shape %s", op, index.n, t_shape(x));
    ptrdiff_t offset = 0;
    for (int i = 0; i < index.n; i++) {
        if (index.dim[i] < 0 || index.dim[i] >= x->shape.dim[i])
            t_fail("%s: index %s outside shape %s", op, shape_text(index),
                   t_shape(x));
        offset += index.dim[i] * x->stride[i];
    }
    return offset;
}

real *t_element(const Tensor *x, Shape index)
{
    ptrdiff_t offset = offset_of("t_at", x, index);
    return data_of(x) + offset;
}

static void check_grad(const char *op, const Tensor *x)
{
    if (!x->buffer->wants_grad)
        t_fail("%s: %s %s has no gradient", op, x->op, t_shape(x));
    if (x->buffer->gave_grad_back)
        t_fail("%s: the gradient of %s %s was given back once it had been "
               "used; t_keep_grad() keeps it", op, x->op, t_shape(x));
}

real *t_grad_element(const Tensor *x, Shape index)
{
    ptrdiff_t offset = offset_of("t_grad_at", x, index);
    check_grad("t_grad_at", x);
    return grad_of(x) + offset;
}

double t_item(const Tensor *x)
{
    op_check("t_item", x);
    if (t_size(x) != 1)
        t_fail("t_item: shape %s holds more than one number", t_shape(x));
    return (double)*data_of(x);
}

Tensor *t_grad(const Tensor *x)
{
    op_check("t_grad", x);
    check_grad("t_grad", x);
    Tensor *grad = t_zeros_shape(x->shape);
    walk_copy(x->shape, operand(data_of(grad), grad, x->shape),
              operand(grad_of(x), x, x->shape));
    return grad;
}

Tensor *t_keep_grad(Tensor *x)
{
    op_check("t_keep_grad", x);
    if (x->over)
        t_fail("t_keep_grad: %s %s was written over another tensor, whose "
               "gradient will take the place of its own", x->op, t_shape(x));
    x->buffer->keeps_grad = true;
    return x;
}

static void norm_row(int n, real *const p[], const ptrdiff_t s[],
                     const void *arg)
{
    double *squares = *(double *const *)arg;
    for (int i = 0; i < n; i++)
        *squares += (double)p[0][i * s[0]] * (double)p[0][i * s[0]];
}

double t_norm(const Tensor *x)
{
    op_check("t_norm", x);
    double squares = 0, *result = &squares;
    walk_in_order(x->shape, 1,
                  (Operand[]){ operand(data_of(x), x, x->shape) }, norm_row,
                  &result);
    return sqrt(squares);
}

typedef struct {
    double distance;
    bool nan;
} Farthest;

static void distance_row(int n, real *const p[], const ptrdiff_t s[],
                         const void *arg)
{
    Farthest *far = *(Farthest *const *)arg;
    for (int i = 0; i < n; i++) {
        double a = (double)p[0][i * s[0]], b = (double)p[1][i * s[1]];
        double d = a == b ? 0 : fabs(a - b);    /* inf equals inf */
        if (isnan(d))
            far->nan = true;
        else if (d > far->distance)
            far->distance = d;
    }
}

double t_distance(const Tensor *a, const Tensor *b)
{
    op_check("t_distance", a);
    op_check("t_distance", b);
    if (!shape_equal(a->shape, b->shape))
        t_fail("t_distance: shapes differ: %s and %s", t_shape(a), t_shape(b));
    Farthest far = { 0 }, *result = &far;
    walk_in_order(a->shape, 2,
                  (Operand[]){ operand(data_of(a), a, a->shape),
                               operand(data_of(b), b, a->shape) },
                  distance_row, &result);
    return far.nan ? (double)NAN : far.distance;
}

static void print_row(int n, real *const p[], const ptrdiff_t s[],
                      const void *arg)
{
    (void)arg;
    for (int i = 0; i < n; i++) {
        double x = (double)p[0][i * s[0]];
        printf(" %9.4f", fabs(x) < 0.00005 ? 0.0 : x);  /* never -0.0000 */
    }
    printf("\n");
}

void t_print(const char *name, const Tensor *x)
{
    op_check("t_print", x);
    printf("%s %s\n", name, t_shape(x));
    walk_in_order(x->shape, 1, (Operand[]){ operand(data_of(x), x, x->shape) },
                  print_row, NULL);
}

/* ---- filling ------------------------------------------------------------ */

Tensor *t_from_shape(const real *numbers, Shape shape)
{
    op_check_shape("t_from", shape);
    Tensor *t = t_zeros_shape(shape);
    memcpy(data_of(t), numbers, shape_size(shape) * sizeof(real));
    return t;
}

Tensor *t_literal(const char *op, Shape shape, int count,
                  const double *numbers)
{
    op_check_shape(op, shape);
    if ((size_t)count != shape_size(shape))
        t_fail("%s: %s takes %zu numbers, got %d", op, shape_text(shape),
               shape_size(shape), count);
    Tensor *t = t_zeros_shape(shape);
    for (int i = 0; i < count; i++)
        t->buffer->data[i] = (real)numbers[i];
    return t;
}

Tensor *t_normal_shape(Rng *rng, Shape shape)
{
    op_check_shape("t_normal", shape);
    Tensor *t = t_zeros_shape(shape);
    for (size_t i = 0; i < t->buffer->size; i++)
        t->buffer->data[i] = (real)rng_normal(rng);
    return t;
}

Tensor *t_uniform_shape(Rng *rng, double low, double high, Shape shape)
{
    op_check_shape("t_uniform", shape);
    Tensor *t = t_zeros_shape(shape);
    for (size_t i = 0; i < t->buffer->size; i++)
        t->buffer->data[i] = (real)(low + (high - low) * rng_uniform(rng));
    return t;
}

void t_assign(Tensor *to, const Tensor *from)
{
    op_check("t_assign", to);
    op_check("t_assign", from);
    if (!shape_equal(to->shape, from->shape))
        t_fail("t_assign: shapes differ: %s and %s", t_shape(to),
               t_shape(from));
    if (to->buffer->data == from->buffer->data) {   /* they may overlap */
        Tensor *copy = t_zeros_shape(from->shape);
        t_assign(copy, from);
        from = copy;
    }
    walk_copy(to->shape, operand(data_of(to), to, to->shape),
              operand(data_of(from), from, to->shape));
}

/* ---- views -------------------------------------------------------------- */

Tensor *t_permute_axes(Tensor *x, Shape axes)
{
    Tensor *view = op_view("t_permute", x);
    bool seen[T_MAX_DIMS] = { false };
    bool good = axes.n == x->shape.n;
    for (int i = 0; good && i < axes.n; i++) {
        int axis = axes.dim[i] < 0 ? axes.dim[i] + axes.n : axes.dim[i];
        good = axis >= 0 && axis < axes.n && !seen[axis];
        if (good) {
            seen[axis] = true;
            view->shape.dim[i] = x->shape.dim[axis];
            view->stride[i] = x->stride[axis];
        }
    }
    if (!good)
        t_fail("t_permute: %s is no order of the axes of %s", shape_text(axes),
               t_shape(x));
    return view;
}

Tensor *t_transpose(Tensor *x)
{
    op_check("t_transpose", x);
    int n = x->shape.n;
    if (n < 2)
        t_fail("t_transpose: needs two axes, got shape %s", t_shape(x));
    Shape axes = { .n = n, .dim = { 0, 1, 2, 3 } };
    axes.dim[n - 2] = n - 1;
    axes.dim[n - 1] = n - 2;
    Tensor *view = t_permute_axes(x, axes);
    view->op = "t_transpose";
    return view;
}

Tensor *t_slice(Tensor *x, int axis, int from, int to)
{
    axis = op_axis("t_slice", x, axis);
    if (from < 0 || to > x->shape.dim[axis] || from >= to)
        t_fail("t_slice: elements %d to %d of axis %d of shape %s", from, to,
               axis, t_shape(x));
    Tensor *view = op_view("t_slice", x);
    view->start += from * x->stride[axis];
    view->shape.dim[axis] = to - from;
    return view;
}

static void contiguous_back(Tensor *out)
{
    Tensor *x = out->in[0];
    walk_add(x->shape, operand(grad_of(x), x, x->shape),
             operand(grad_of(out), out, x->shape));
}

Tensor *t_contiguous(Tensor *x)
{
    op_check("t_contiguous", x);
    bool gapless = true;
    ptrdiff_t stride = 1;
    for (int i = x->shape.n - 1; i >= 0; i--) {
        if (x->shape.dim[i] != 1 && x->stride[i] != stride)
            gapless = false;
        stride *= x->shape.dim[i];
    }
    if (gapless)
        return x;
    Tensor *out = op_result("t_contiguous", x->shape, contiguous_back, x, NULL,
                            NULL);
    t_assign(out, x);
    return out;
}

/* Strides for the new shape over the old memory, if there are such. Old and
 * new axes are matched in groups of equal size; within a group the old axes
 * must step evenly. */
static bool restride(const Tensor *x, Shape shape, ptrdiff_t stride[])
{
    int dim[T_MAX_DIMS], n = 0, i = 0, j = 0;
    ptrdiff_t old[T_MAX_DIMS];
    for (int a = 0; a < x->shape.n; a++)    /* axes of size 1 do not matter */
        if (x->shape.dim[a] != 1) {
            dim[n] = x->shape.dim[a];
            old[n++] = x->stride[a];
        }
    while (i < n) {
        int last_i = i, last_j = j;
        long size_old = dim[i], size_new = shape.dim[j];
        while (size_old != size_new)
            if (size_old < size_new)
                size_old *= dim[++last_i];
            else
                size_new *= shape.dim[++last_j];
        for (int a = i; a < last_i; a++)
            if (old[a] != old[a + 1] * dim[a + 1])
                return false;
        ptrdiff_t step = old[last_i];
        for (int a = last_j; a >= j; a--) {
            stride[a] = step;
            step *= shape.dim[a];
        }
        i = last_i + 1;
        j = last_j + 1;
    }
    for (; j < shape.n; j++)
        stride[j] = 1;
    return true;
}

Tensor *t_reshape_shape(Tensor *x, Shape shape)
{
    op_check("t_reshape", x);
    int infer = -1;
    size_t known = 1;
    Shape asked = shape;
    for (int i = 0; i < shape.n && i < T_MAX_DIMS; i++) {
        if (shape.dim[i] == T_INFER && infer < 0)
            infer = i;
        else
            known *= (size_t)(shape.dim[i] > 0 ? shape.dim[i] : 0);
    }
    if (infer >= 0 && known)
        shape.dim[infer] = (int)(shape_size(x->shape) / known);
    if (shape.n < 1 || shape.n > T_MAX_DIMS)
        op_check_shape("t_reshape", shape);
    if (!known || shape_size(shape) != shape_size(x->shape))
        t_fail("t_reshape: %s does not fit into %s", t_shape(x),
               shape_text(asked));
    ptrdiff_t stride[T_MAX_DIMS] = { 0 };
    if (!restride(x, shape, stride)) {
        x = t_contiguous(x);
        restride(x, shape, stride);
    }
    Tensor *view = op_view("t_reshape", x);
    view->shape = shape;
    memcpy(view->stride, stride, sizeof stride);
    return view;
}

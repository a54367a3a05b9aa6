/* ops_reduce.c -- operations that change sizes: broadcast, concat, windows,
 * sum, mean, max. */
#include "tensor/ops.h"

#include <limits.h>

/* ---- broadcast: y = x, repeated;  dx += sum of dy over the repeats ------ */

static void broadcast_back(Tensor *out)
{
    Tensor *x = out->in[0];
    walk_add(out->shape, operand(grad_of(x), x, out->shape),
             operand(grad_of(out), out, out->shape));
}

Tensor *t_broadcast_shape(Tensor *x, Shape shape)
{
    op_check("t_broadcast", x);
    op_check_shape("t_broadcast", shape);
    int absent = shape.n - x->shape.n;
    for (int i = 0; i < shape.n; i++) {
        int size = absent < 0 ? 0 : i < absent ? 1 : x->shape.dim[i - absent];
        if (size != 1 && size != shape.dim[i])
            t_fail("t_broadcast: %s does not broadcast to %s", t_shape(x),
                   shape_text(shape));
    }
    Tensor *out = op_result("t_broadcast", shape, broadcast_back, x, NULL,
                            NULL);
    walk_copy(shape, operand(data_of(out), out, shape),
              operand(data_of(x), x, shape));
    return out;
}

/* ---- concat: the pieces side by side;  each gets its part of dy --------- */

typedef struct {
    int axis, n;
    Tensor *piece[];
} Parts;

/* Visits the pieces with the start of each one's part in `whole`. */
static void concat_walk(Tensor *out, real *whole, bool backward)
{
    Parts *list = out->saved;
    for (int i = 0; i < list->n; i++) {
        Tensor *x = list->piece[i];
        Operand part = operand(whole, out, out->shape);
        if (!backward)
            walk_copy(x->shape, part, operand(data_of(x), x, x->shape));
        else if (grad_of(x))
            walk_add(x->shape, operand(grad_of(x), x, x->shape), part);
        whole += x->shape.dim[list->axis] * out->stride[list->axis];
    }
}

static void concat_back(Tensor *out) { concat_walk(out, grad_of(out), true); }

Tensor *t_concat_list(int axis, int n, Tensor **list)
{
    if (n < 1)
        t_fail("t_concat: nothing to join");
    axis = op_axis("t_concat", list[0], axis);
    Shape shape = list[0]->shape;
    Tensor *grads = list[0];    /* stands for all pieces on the tape */
    for (int i = 1; i < n; i++) {
        op_check("t_concat", list[i]);
        Shape other = list[i]->shape;
        shape.dim[axis] += other.n > axis ? other.dim[axis] : 0;
        if (other.n > axis)
            other.dim[axis] = list[0]->shape.dim[axis];
        if (!shape_equal(other, list[0]->shape))
            t_fail("t_concat: shapes %s and %s differ in more than axis %d",
                   t_shape(list[0]), t_shape(list[i]), axis);
        if (list[i]->buffer->wants_grad)
            grads = list[i];
    }
    Tensor *out = op_result("t_concat", shape, concat_back, grads, NULL, NULL);
    Parts *saved = tape_room(sizeof *saved + (size_t)n * sizeof *list);
    saved->axis = axis;
    saved->n = n;
    memcpy(saved->piece, list, (size_t)n * sizeof *list);
    out->saved = saved;
    concat_walk(out, data_of(out), false);
    return out;
}

/* ---- windows: window i has in place j row i stride - before + j dilation of x;
 * each row of dx gets the sum of dy from the places where it was -------------- */

typedef struct {
    int axis;
    Windows o;
} WindowsOf;

/* Place j of the windows first, ..., end - 1, in what starts at `whole`. */
static Operand place(const Tensor *out, real *whole, int j, int first)
{
    const WindowsOf *w = out->saved;
    int width = out->shape.dim[out->shape.n - 1] / w->o.size;
    Operand part = operand(whole, out, out->shape);
    part.at += first * part.stride[w->axis] + (ptrdiff_t)j * width;
    return part;
}

/* Copies the rows of x that stand in place j of the windows; or adds what came
 * back there to their gradients. The other windows have zeros there: those from
 * the first one that begins too early, and those from `end` on. */
static void windows_place(Tensor *x, Tensor *out, int j, bool backward)
{
    const WindowsOf *w = out->saved;
    int axis = w->axis, n = x->shape.dim[axis], count = out->shape.dim[axis];
    long stride = w->o.stride, shift = (long)j * w->o.dilation - w->o.before;
    long first = shift < 0 ? (stride - 1 - shift) / stride : 0;
    long end = shift < n ? (n - shift + stride - 1) / stride : 0;
    end = end < count ? end : count;
    first = first < end ? first : end;
    Shape shape = x->shape;
    shape.dim[axis] = (int)(end - first);
    if (first < end) {
        Operand rows = operand(backward ? grad_of(x) : data_of(x), x, x->shape);
        rows.at += (first * stride + shift) * rows.stride[axis];
        rows.stride[axis] *= stride;
        if (backward)
            walk_add(shape, rows, place(out, grad_of(out), j, (int)first));
        else
            walk_copy(shape, place(out, data_of(out), j, (int)first), rows);
    }
    const long beyond[2][2] = { { 0, first }, { end, count } };
    for (int i = 0; i < 2 && !backward; i++) {
        real zero = 0;
        shape.dim[axis] = (int)(beyond[i][1] - beyond[i][0]);
        if (shape.dim[axis] > 0)
            walk_copy(shape, place(out, data_of(out), j, (int)beyond[i][0]),
                      (Operand){ .at = &zero });
    }
}

static void windows_back(Tensor *out)
{
    const WindowsOf *w = out->saved;
    for (int j = 0; j < w->o.size; j++)
        windows_place(out->in[0], out, j, true);
}

static Shape windows_shape(const Tensor *x, int axis, Windows o)
{
    int last = x->shape.n - 1;
    if (axis == last)
        t_fail("t_windows: axis %d of %s is the width of its rows", axis,
               t_shape(x));
    if (o.size < 1 || o.stride < 1 || o.dilation < 1 || o.before < 0
        || o.after < 0)
        t_fail("t_windows: size %d, stride %d, dilation %d, %d before, %d after",
               o.size, o.stride, o.dilation, o.before, o.after);
    Shape shape = x->shape;
    double rows = (double)shape.dim[axis] + o.before + o.after;
    double reach = (o.size - 1.0) * o.dilation + 1;
    double width = (double)shape.dim[last] * o.size;
    if (reach > rows || rows > INT_MAX || width > INT_MAX)
        t_fail("t_windows: a window that reaches over %.0f rows does not fit "
               "into %d + %d + %d", reach, o.before, shape.dim[axis], o.after);
    shape.dim[axis] = (int)((rows - reach) / o.stride) + 1;
    shape.dim[last] = (int)width;
    return shape;
}

Tensor *t_windows(Tensor *x, int axis, Windows o)
{
    op_check("t_windows", x);
    axis = op_axis("t_windows", x, axis);
    o.stride = o.stride ? o.stride : 1;
    o.dilation = o.dilation ? o.dilation : 1;
    Tensor *out = op_result("t_windows", windows_shape(x, axis, o),
                            windows_back, x, NULL, NULL);
    WindowsOf *saved = out->saved = tape_room(sizeof *saved);
    *saved = (WindowsOf){ axis, o };
    for (int j = 0; j < o.size; j++)
        windows_place(x, out, j, false);
    return out;
}

/* ---- sum: y = sum of x;  dx += dy, repeated ----------------------------- */

/* The axis to reduce as the last of all, so that a row is what is reduced. */
static Tensor *axis_last(const char *op, Tensor *x, int axis)
{
    if (axis == T_ALL)
        return t_reshape_shape(x, SHAPE(T_INFER));
    axis = op_axis(op, x, axis);
    int last = x->shape.n - 1;
    Shape axes = { .n = x->shape.n, .dim = { 0, 1, 2, 3 } };
    axes.dim[axis] = last;
    axes.dim[last] = axis;
    return t_permute_axes(x, axes);
}

static Shape reduced(const Tensor *x, int axis)
{
    if (axis == T_ALL)
        return SHAPE(1);
    Shape s = x->shape;
    s.dim[axis < 0 ? axis + s.n : axis] = 1;
    return s;
}

static void sum_back(Tensor *out)
{
    Tensor *x = out->in[0];
    Gradient grad = gradient_of(x, true);
    (grad.fresh ? walk_copy : walk_add)(x->shape,
                                        operand(grad.at, x, x->shape),
                                        operand(grad_of(out), out, x->shape));
}

static Tensor *sum(const char *op, Tensor *x, int axis)
{
    op_check(op, x);
    if (axis != T_ALL)
        op_axis(op, x, axis);
    Tensor *out = op_result(op, reduced(x, axis), sum_back, x, NULL, NULL);
    memset(data_of(out), 0, out->buffer->size * sizeof(real));
    walk_add(x->shape, operand(data_of(out), out, x->shape),
             operand(data_of(x), x, x->shape));
    return out;
}

Tensor *t_sum(Tensor *x, int axis) { return sum("t_sum", x, axis); }

Tensor *t_mean(Tensor *x, int axis)
{
    Tensor *total = sum("t_mean", x, axis);
    return t_scale(total, (double)t_size(total) / t_size(x));
}

/* ---- max: y = largest of x;  dx += dy where it was (the first, if tied) - */

typedef struct {
    const real *first;      /* of the numbers that there is one of for each row */
    int *where;             /* in each row: the place of its largest number */
} Largest;

/* NaN is larger than everything, the first of several the largest. */
static void max_row(int n, real *const p[], const ptrdiff_t s[],
                    const void *arg)
{
    const Largest *l = arg;
    const real *x = p[1];
    int at = 0;
    real best = x[0];
    for (int i = 1; i < n; i++)
        if (!(x[i * s[1]] <= best) && best == best) {
            at = i;
            best = x[i * s[1]];
        }
    *p[0] = best;
    l->where[p[0] - l->first] = at;
}

static void max_back_row(int n, real *const p[], const ptrdiff_t s[],
                         const void *arg)
{
    (void)n;
    const Largest *l = arg;
    p[0][l->where[p[1] - l->first] * s[0]] += *p[1];
}

static void max_back(Tensor *out)
{
    Tensor *rows = out->in[0];
    Largest l = { grad_of(out), out->saved };
    walk_rows(rows->shape, 2,
              (Operand[]){ operand(grad_of(rows), rows, rows->shape),
                           operand_per_row(grad_of(out), rows->shape) },
              max_back_row, &l);
}

Tensor *t_max(Tensor *x, int axis)
{
    op_check("t_max", x);
    Tensor *rows = axis_last("t_max", x, axis);
    Shape shape = reduced(rows, -1);
    Tensor *out = op_result("t_max", shape, max_back, rows, NULL, NULL);
    Largest l = { data_of(out), tape_ints(t_size(out)) };
    out->saved = l.where;
    walk_rows(rows->shape, 2,
              (Operand[]){ operand_per_row(data_of(out), rows->shape),
                           operand(data_of(rows), rows, rows->shape) },
              max_row, &l);
    return axis == T_ALL ? out : axis_last("t_max", out, axis);
}

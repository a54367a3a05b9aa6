/* ops_reduce.c -- operations that change sizes: broadcast, concat, sum, mean,
 * max. */
#include "tensor/ops.h"

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
} Pieces;

/* Visits the pieces with the start of each one's part in `whole`. */
static void concat_walk(Tensor *out, real *whole, bool backward)
{
    Pieces *list = out->saved;
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
    Pieces *saved = step_alloc(sizeof *saved + (size_t)n * sizeof *list);
    saved->axis = axis;
    saved->n = n;
    memcpy(saved->piece, list, (size_t)n * sizeof *list);
    out->saved = saved;
    concat_walk(out, data_of(out), false);
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
    walk_add(x->shape, operand(grad_of(x), x, x->shape),
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

static void max_row(int n, real *const p[], const ptrdiff_t s[],
                    const void *arg)
{
    (void)arg;
    int best = 0;
    for (int i = 1; i < n; i++)
        if (p[2][i * s[2]] > p[2][best * s[2]])
            best = i;
    *p[0] = p[2][best * s[2]];
    *p[1] = (real)best;
}

static void max_back_row(int n, real *const p[], const ptrdiff_t s[],
                         const void *arg)
{
    (void)n, (void)arg;
    p[0][(ptrdiff_t)*p[2] * s[0]] += *p[1];
}

static void max_back(Tensor *out)
{
    Tensor *rows = out->in[0], *where = out->saved;
    walk_rows(rows->shape, 3,
              (Operand[]){ operand(grad_of(rows), rows, rows->shape),
                           operand_per_row(grad_of(out), rows->shape),
                           operand_per_row(data_of(where), rows->shape) },
              max_back_row, NULL);
}

Tensor *t_max(Tensor *x, int axis)
{
    op_check("t_max", x);
    Tensor *rows = axis_last("t_max", x, axis);
    Shape shape = reduced(rows, -1);
    Tensor *out = op_result("t_max", shape, max_back, rows, NULL, NULL);
    Tensor *where = out->saved = t_zeros_shape(shape);
    walk_rows(rows->shape, 3,
              (Operand[]){ operand_per_row(data_of(out), rows->shape),
                           operand_per_row(data_of(where), rows->shape),
                           operand(data_of(rows), rows, rows->shape) },
              max_row, NULL);
    return axis == T_ALL ? out : axis_last("t_max", out, axis);
}

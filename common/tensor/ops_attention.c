/* ops_attention.c -- t_attention(): which shapes and options make sense, and what
 * they say of each query. The arithmetic is in attention_tiles.c. */
#include "tensor/attention_tiles.h"

static const char op[] = "t_attention";

/* Stops unless the shapes fit; the shape of the scores, (..., n, m). */
static Shape check_shapes(const Tensor *q, const Tensor *k, const Tensor *v)
{
    op_check(op, q);
    op_check(op, k);
    op_check(op, v);
    int axes = q->shape.n;
    if (axes < 2 || k->shape.n != axes || v->shape.n != axes)
        t_fail("%s: needs matrices with the same axes in front, got %s, %s, %s",
               op, t_shape(q), t_shape(k), t_shape(v));
    int heads = axes > 2 ? q->shape.dim[axes - 3] : 1;
    int shared = axes > 2 ? k->shape.dim[axes - 3] : 1;
    size_t front = (size_t)(axes - 2) * sizeof(int);
    size_t before_heads = axes > 2 ? front - sizeof(int) : 0;
    if (memcmp(q->shape.dim, k->shape.dim, before_heads) != 0
        || memcmp(k->shape.dim, v->shape.dim, front) != 0
        || heads % shared != 0)
        t_fail("%s: the axes in front differ: %s, %s, %s", op, t_shape(q),
               t_shape(k), t_shape(v));
    if (t_dim(q, -1) != t_dim(k, -1))
        t_fail("%s: queries %s and keys %s differ in width", op, t_shape(q),
               t_shape(k));
    if (t_dim(k, -2) != t_dim(v, -2))
        t_fail("%s: keys %s and values %s differ in number", op, t_shape(k),
               t_shape(v));
    Shape shape = q->shape;
    shape.dim[axes - 1] = t_dim(k, -2);
    return shape;
}

/* Stops unless the numbers among the options make sense; `sequences` have m
 * keys. */
static void check_options(const AttentionOptions *o, int sequences, int m)
{
    if ((o->cached < 0 && o->cached != T_AT_END) || o->window < 0)
        t_fail("%s: cached (%d) and window (%d) count keys, and cannot be "
               "negative", op, o->cached, o->window);
    if (!isfinite(o->scale) || !(o->softcap >= 0))
        t_fail("%s: scale must be finite, softcap not negative, got %g and %g",
               op, o->scale, o->softcap);
    for (int i = 0; o->lengths && i < sequences; i++)
        if (o->lengths[i] < 0 || o->lengths[i] > m)
            t_fail("%s: length %d of sequence %d is not among 0 ... %d", op,
                   o->lengths[i], i, m);
}

/* A mask or a bias seen as if it had the shape of the scores: repeated, not
 * copied. */
static Tensor *spread(const char *what, Tensor *x, Shape shape)
{
    op_check(op, x);
    bool fits = x->shape.n <= shape.n;
    for (int i = 1; fits && i <= x->shape.n; i++)
        fits = t_dim(x, -i) == 1 || t_dim(x, -i) == shape.dim[shape.n - i];
    if (!fits)
        t_fail("%s: %s %s does not broadcast to %s", op, what, t_shape(x),
               shape_text(shape));
    Tensor *view = op_view(op, x);
    Operand o = operand(NULL, x, shape);
    memcpy(view->stride, o.stride, sizeof o.stride);
    view->shape = shape;
    return view;
}

/* Rows of the result follow one another in memory as those of q do. So what
 * split heads leave is merged by a view, too. */
static void lie_like(const Tensor *q, Tensor *out)
{
    int n = q->shape.n, order[T_MAX_DIMS] = { 0 };
    for (int axis = 1; axis < n - 1; axis++) {  /* sorted by stride */
        int at = axis;
        for (; at > 0 && q->stride[order[at - 1]] < q->stride[axis]; at--)
            order[at] = order[at - 1];
        order[at] = axis;
    }
    ptrdiff_t step = out->shape.dim[n - 1];
    for (int at = n - 2; at >= 0; at--) {
        out->stride[order[at]] = step;
        step *= out->shape.dim[order[at]];
    }
}

/* (..., h, 1, d) as (..., h / group, group, d): heads that share keys, with one
 * query each, are the rows of one matrix, which reads those keys once. */
static Tensor *rows_of_heads(Tensor *x, int group)
{
    if (!x)
        return NULL;
    Tensor *view = op_view(op, x);
    int heads = x->shape.n - 3;
    view->shape.dim[heads] /= group;
    view->shape.dim[heads + 1] = group;
    view->stride[heads] = group * x->stride[heads];
    view->stride[heads + 1] = x->stride[heads];
    return view;
}

static void heads_become_rows(Attention *a)
{
    Tensor **all[] = { &a->q, &a->out, &a->mask, &a->bias };
    for (int i = 0; i < 4; i++)
        *all[i] = rows_of_heads(*all[i], a->group);
    a->n = a->group;
    a->count /= a->group;
    a->each = larger(1, a->each / a->group);
    a->group = 1;
    a->one_place = true;
}

/* Of the sizes and the options. Only a positive factor can wait until after the
 * largest score was found. */
static Attention *attention_of(Tensor *q, Tensor *k, Tensor *v, Tensor *out,
                               Shape table, const AttentionOptions *o)
{
    int n = t_dim(q, -2), m = t_dim(k, -2), d_k = t_dim(k, -1);
    real scale = (real)(o->scale != 0 ? o->scale : 1 / sqrt((double)d_k));
    bool adjusts = o->bias || o->softcap != 0 || scale < 0;
    Tensor *mask = (Tensor *)(uintptr_t)o->mask;
    Attention *a = tape_room(sizeof *a);
    *a = (Attention){
        .n = n, .asked = n, .m = m, .d_k = d_k, .d_v = t_dim(v, -1),
        .count = t_size(q) / (n * d_k), .group = t_size(q) / (n * d_k)
                                               / (t_size(k) / (m * d_k)),
        .scale = scale, .lid = (real)o->softcap,
        .adjusts = adjusts, .factor = adjusts ? 1 : scale,
        .causal = o->causal, .cached = o->cached, .window = o->window,
        .limited = o->causal || o->window || o->lengths,
        .mask = mask ? spread("mask", mask, table) : NULL,
        .bias = o->bias ? spread("bias", o->bias, table) : NULL,
        .q = q, .k = k, .v = v, .out = out,
    };
    int sequences = q->shape.n > 2 ? t_dim(q, 0) : 1;
    a->each = a->count / sequences;
    check_options(o, sequences, m);
    if (o->lengths) {
        size_t bytes = (size_t)sequences * sizeof(int);
        a->lengths = memcpy(tape_room(bytes), o->lengths, bytes);
    }
    return a;
}

Tensor *t_attention(Tensor *q, Tensor *k, Tensor *v, AttentionOptions options)
{
    Shape table = check_shapes(q, k, v), shape = q->shape;
    shape.dim[shape.n - 1] = t_dim(v, -1);
    Tensor *out = op_result(op, shape, tiles_backward, q, k, v);
    if (options.bias)
        op_and_from(out, tiles_backward, options.bias);
    lie_like(q, out);
    Attention *a = attention_of(q, k, v, out, table, &options);
    out->saved = a;
    if (a->n == 1 && a->group > 1 && (a->each > 1 || !a->lengths))
        heads_become_rows(a);
    tiles_forward(a, out->backward);
    return out;
}

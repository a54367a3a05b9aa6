/* ops_gru.c -- one step of a gated recurrent unit.
 *
 *     r = sigmoid(i_r + s_r),  z = sigmoid(i_z + s_z),  n = tanh(i_n + r s_n),
 *     y = (1 - z) n + z h
 *
 * i, s: 3 d numbers a row, for r, z and n; h: d. Backward,
 *
 *     dn = dy (1 - z),  dz = dy (h - n),  dh += dy z,
 *
 * and from there through tanh and sigmoid to i and s; s_n gets r times what i_n
 * gets. One pass over memory where the formula has ten. It keeps r, z and n
 * of each row. The backward pass puts d i in their place, and behind it d s_n
 * and dh; then it adds them where they belong. */
#include "tensor/ops.h"
#include "tensor/rows.h"

enum { GATES = 3, KEPT = 5 };

/* What a loop writes is named in its head: compilers believe a promise that
 * arrays do not overlap only there. */
INLINE void gru_loop(int n, const real *i, const real *s, const real *h,
                     real *restrict r, real *restrict z, real *restrict new,
                     real *restrict y)
{
    for (int k = 0; k < n; k++) {
        real reset = sigmoid_of(i[k] + s[k]);
        real hold = sigmoid_of(i[n + k] + s[n + k]);
        real fresh = tanh_of(i[2 * n + k] + reset * s[2 * n + k]);
        r[k] = reset;
        z[k] = hold;
        new[k] = fresh;
        y[k] = (1 - hold) * fresh + hold * h[k];
    }
}

INLINE void gru_back_loop(int n, const real *dy, const real *s_n, const real *h,
                          real *restrict r, real *restrict z,
                          real *restrict new, real *restrict ds_n,
                          real *restrict dh)
{
    for (int k = 0; k < n; k++) {
        real reset = r[k], hold = z[k], fresh = new[k];
        real dn = dy[k] * (1 - hold) * (1 - fresh * fresh);
        r[k] = dn * s_n[k] * reset * (1 - reset);
        z[k] = dy[k] * (h[k] - fresh) * hold * (1 - hold);
        new[k] = dn;
        ds_n[k] = dn * reset;
        dh[k] = dy[k] * hold;
    }
}

static void gru_row(int n, real *const p[], const ptrdiff_t s[],
                    const void *arg)
{
    (void)s, (void)arg;
    gru_loop(n, p[2], p[3], p[4], p[1], p[1] + n, p[1] + 2 * n, p[0]);
}

static void gru_back_row(int n, real *const p[], const ptrdiff_t s[],
                         const void *arg)
{
    (void)s, (void)arg;
    gru_back_loop(n, p[1], p[2] + 2 * n, p[3], p[0], p[0] + n, p[0] + 2 * n,
                  p[0] + 3 * n, p[0] + 4 * n);
}

/* Rows of x with as many numbers as d, as a loop over `shape` sees them. */
static Operand rows_of(real *at, const Tensor *x, Shape shape)
{
    Tensor first = *x;
    first.shape = shape;
    return operand(at, &first, shape);
}

static Operand kept_rows(const Tensor *out, int part)
{
    int last = out->shape.n - 1, d = out->shape.dim[last];
    Operand o = operand_per_row((real *)out->saved + part * d, out->shape);
    for (int axis = 0; axis < last; axis++)
        o.stride[axis] *= KEPT * d;
    o.stride[last] = 1;
    return o;
}

/* Adds `count` parts of what is kept, from `from` on, to parts of the gradient
 * of x, from `to` on. */
static void gru_add(const Tensor *out, Tensor *x, int to, int from, int count)
{
    int last = out->shape.n - 1, d = out->shape.dim[last];
    Tensor part = *x;
    part.start += to * d * x->stride[last];
    part.shape.dim[last] = count * d;
    real *grad = grad_of(&part);
    if (grad)
        walk_add(part.shape, operand(grad, &part, part.shape),
                 kept_rows(out, from));
}

static void gru_back(Tensor *out)
{
    Tensor *in = out->in[0], *state = out->in[1], *h = out->in[2];
    Shape s = out->shape;
    walk_rows(s, 4,
              (Operand[]){ kept_rows(out, 0), operand(grad_of(out), out, s),
                           rows_of(data_of(state), state, s),
                           operand(data_of(h), h, s) },
              gru_back_row, NULL);
    gru_add(out, in, 0, 0, GATES);
    gru_add(out, state, 0, 0, 2);
    gru_add(out, state, 2, 3, 1);
    gru_add(out, h, 0, 4, 1);
}

/* x, its last axis without gaps: rows are what the loops above go through. */
static Tensor *with_whole_rows(Tensor *x)
{
    return x->stride[x->shape.n - 1] == 1 ? x : t_contiguous(x);
}

Tensor *t_gru(Tensor *in, Tensor *state, Tensor *h)
{
    op_check("t_gru", in);
    op_check("t_gru", state);
    op_check("t_gru", h);
    Shape s = h->shape, gates = s;
    gates.dim[s.n - 1] *= GATES;
    if (!shape_equal(in->shape, gates) || !shape_equal(state->shape, gates))
        t_fail("t_gru: beside a state of shape %s, %s and %s should be %s",
               t_shape(h), t_shape(in), t_shape(state), shape_text(gates));
    in = with_whole_rows(in);
    state = with_whole_rows(state);
    h = with_whole_rows(h);
    Tensor *out = op_result("t_gru", s, gru_back, in, state, h);
    out->saved = tape_room(KEPT * out->buffer->size * sizeof(real));
    walk_rows(s, 5,
              (Operand[]){ operand(data_of(out), out, s), kept_rows(out, 0),
                           rows_of(data_of(in), in, s),
                           rows_of(data_of(state), state, s),
                           operand(data_of(h), h, s) },
              gru_row, NULL);
    return out;
}

/* ops_block.c -- what the layers of today's models are made of, beside attention:
 * RMS norm, SwiGLU, and queries and keys that are turned. To read them in plain
 * loops, forward and back, see tests/plain.c. */
#include "tensor/ops.h"
#include "base/parallel.h"
#include "tensor/rows.h"

/* ---- RMS norm (Zhang, Sennrich 2019): y = gain u, u = x r ----------------- *
 * with r = 1 / sqrt(mean(x^2) + epsilon). For g = dy gain,
 * dx = r (g - u mean(g u)),  dgain = sum dy u.
 * A layer norm without the mean: one sum over the row instead of two. */

enum { BLOCK = 32 };    /* rows that a thread takes at a time */

typedef struct {
    int n, rows;
    real epsilon;
    const real *x, *gain;   /* gain NULL: 1 */
    real *r;                /* of each row */
    real *y;                /* forward */
    const real *dy;         /* backward */
    Gradient dx;
    real *partial;          /* for each block of rows: dgain */
} Rms;

static void rms_block(int block, const void *arg)
{
    const Rms *p = arg;
    int n = p->n, end = smaller((block + 1) * BLOCK, p->rows);
    const real *gain = p->gain;
    for (int i = block * BLOCK; i < end; i++) {
        const real *x = p->x + (ptrdiff_t)i * n;
        real *restrict y = p->y + (ptrdiff_t)i * n;
        real r = p->r[i] = 1 / sqrt(row_dot(n, x, x) / (real)n + p->epsilon);
        if (gain)
            for (int j = 0; j < n; j++)
                y[j] = gain[j] * (x[j] * r);
        else
            for (int j = 0; j < n; j++)
                y[j] = x[j] * r;
    }
}

/* sum of gain_j dy_j x_j */
static real gained_dot(int n, const real *gain, const real *dy, const real *x)
{
    Vector sum[VECTORS] = { { 0 } };
    real *lane = (real *)sum;
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < VECTORS; k++) {
            int at = i + k * WIDTH;
            sum[k] += VECTOR_AT(gain + at) * VECTOR_AT(dy + at)
                    * VECTOR_AT(x + at);
        }
    for (; i < n; i++)
        lane[i % LANES] += gain[i] * dy[i] * x[i];
    return join_sum(lane);
}

static void rms_back_row(int n, const real *x, const real *dy, const real *gain,
                         real r, Gradient dx, real *restrict dgain)
{
    real u_r = r * r * gained_dot(n, gain, dy, x) / (real)n;
    real *restrict to = dx.at;
    for (int j = 0; to && j < n; j++) {
        real d = r * (gain[j] * dy[j] - x[j] * u_r);
        to[j] = dx.fresh ? d : to[j] + d;
    }
    for (int j = 0; dgain && j < n; j++)
        dgain[j] += dy[j] * (x[j] * r);
}

static void rms_back_block(int block, const void *arg)
{
    const Rms *p = arg;
    int n = p->n, end = smaller((block + 1) * BLOCK, p->rows);
    real *dgain = p->partial ? p->partial + (ptrdiff_t)block * n : NULL;
    if (dgain)
        memset(dgain, 0, (size_t)n * sizeof *dgain);
    for (int i = block * BLOCK; i < end; i++) {
        ptrdiff_t at = (ptrdiff_t)i * n;
        Gradient dx = { p->dx.at ? p->dx.at + at : NULL, p->dx.fresh };
        rms_back_row(n, p->x + at, p->dy + at, p->gain, p->r[i], dx, dgain);
    }
}

static int rms_blocks(const Rms *p) { return (p->rows + BLOCK - 1) / BLOCK; }

static void rms_back(Tensor *out)
{
    Rms *p = out->saved;
    int n = p->n, blocks = rms_blocks(p);
    real *sum = out->in[1] ? grad_of(out->in[1]) : NULL;
    p->dy = grad_of(out);
    p->dx = gradient_of(out->in[0], true);
    if (sum)
        p->partial = tape_room((size_t)blocks * (size_t)n * sizeof(real));
    if (!p->gain) {
        real *ones = tape_room((size_t)n * sizeof *ones);
        for (int j = 0; j < n; j++)
            ones[j] = 1;
        p->gain = ones;
    }
    parallel_for(worth_threads(n, p->rows), blocks, rms_back_block, p);
    /* In this order, whichever thread had which block. */
    for (int b = 0; sum && b < blocks; b++)
        for (int j = 0; j < n; j++)
            sum[j] += p->partial[(ptrdiff_t)b * n + j];
}

Tensor *t_rms_norm(Tensor *x, Tensor *gain, NormOptions options)
{
    const char *op = "t_rms_norm";
    op_check(op, x);
    int n = t_dim(x, -1);
    if (!(options.epsilon >= 0))
        t_fail("%s: epsilon must be 0 or more, got %g", op, options.epsilon);
    if (gain) {
        op_check(op, gain);
        if (!shape_equal(gain->shape, SHAPE(n)))
            t_fail("%s: gain of shape %s beside %s", op, t_shape(gain),
                   t_shape(x));
        gain = t_contiguous(gain);
    }
    x = t_contiguous(x);
    Tensor *out = op_result(op, x->shape, rms_back, x, gain, NULL);
    Rms *p = out->saved = tape_room(sizeof *p);
    *p = (Rms){ .n = n, .rows = t_size(x) / n, .x = data_of(x),
                .epsilon = (real)(options.epsilon > 0 ? options.epsilon : 1e-5),
                .gain = gain ? data_of(gain) : NULL, .y = data_of(out) };
    p->r = tape_room((size_t)p->rows * sizeof *p->r);
    parallel_for(worth_threads(n, p->rows), rms_blocks(p), rms_block, p);
    out->buffer->changeable = true;
    return out;
}

/* ---- SwiGLU (Shazeer 2020): y = silu(g) u, silu(g) = g / (1 + e^-g) ------- *
 * With s = 1 / (1 + e^-g):  du = dy g s,  dg = dy u (s + g s (1 - s)). */

static void swiglu_row(int n, real *const p[], const ptrdiff_t s[],
                       const void *arg)
{
    (void)s, (void)arg;
    real *restrict y = p[0];
    const real *g = p[1], *u = p[2];
    for (int i = 0; i < n; i++)
        y[i] = silu_of(g[i]) * u[i];
}

static void swiglu_back_gate(int n, real *const p[], const ptrdiff_t s[],
                             const void *arg)
{
    (void)s, (void)arg;
    real *restrict dg = p[0];
    const real *dy = p[1], *g = p[2], *u = p[3];
    for (int i = 0; i < n; i++)
        dg[i] += dy[i] * u[i] * silu_slope(g[i]);
}

static void swiglu_back_up(int n, real *const p[], const ptrdiff_t s[],
                           const void *arg)
{
    (void)s, (void)arg;
    real *restrict du = p[0];
    const real *dy = p[1], *g = p[2];
    for (int i = 0; i < n; i++)
        du[i] += dy[i] * silu_of(g[i]);
}

static void swiglu_back(Tensor *out)
{
    Tensor *gate = out->in[0], *up = out->in[1];
    Shape s = out->shape;
    Operand dy = operand(grad_of(out), out, s);
    Operand g = operand(data_of(gate), gate, s);
    if (grad_of(gate))
        walk_rows(s, 4, (Operand[]){ operand(grad_of(gate), gate, s), dy, g,
                                     operand(data_of(up), up, s) },
                  swiglu_back_gate, NULL);
    if (grad_of(up))
        walk_rows(s, 3, (Operand[]){ operand(grad_of(up), up, s), dy, g },
                  swiglu_back_up, NULL);
}

/* x, its last axis without gaps: the loops over rows count on it. */
static Tensor *with_whole_rows(Tensor *x)
{
    return x->stride[x->shape.n - 1] == 1 ? x : t_contiguous(x);
}

Tensor *t_swiglu(Tensor *gate, Tensor *up)
{
    const char *op = "t_swiglu";
    op_check(op, gate);
    op_check(op, up);
    if (!shape_equal(gate->shape, up->shape))
        t_fail("%s: shapes differ: %s and %s", op, t_shape(gate), t_shape(up));
    gate = with_whole_rows(gate);
    up = with_whole_rows(up);
    Shape s = gate->shape;
    Tensor *out = op_result(op, s, swiglu_back, gate, up, NULL);
    walk_rows(s, 3, (Operand[]){ operand(data_of(out), out, s),
                                 operand(data_of(gate), gate, s),
                                 operand(data_of(up), up, s) },
              swiglu_row, NULL);
    out->buffer->changeable = true;
    return out;
}

/* ---- rotary encoding (Su et al. 2021) ------------------------------------- *
 * Pair i of a row at position p is turned by the angle p base^(-2i/w):
 *
 *     y_1 = x_1 cos - x_2 sin,  y_2 = x_1 sin + x_2 cos.
 *
 * Turned back by the same angle, dy gives dx. Which two numbers are a pair is a
 * matter of layout. The cosines and sines of a position are made once, in double,
 * for all that stand there. */

/* Row p of the table: w/2 cosines, and behind them w/2 sines. */
static void turn_halves(int n, real *const p[], const ptrdiff_t s[],
                        const void *arg)
{
    (void)s;
    int h = n / 2;
    bool add = arg != NULL;
    real *restrict y = p[0], *restrict z = p[0] + h;
    const real *x = p[1], *c = p[2];
    real sign = add ? -1 : 1;
    for (int i = 0; i < h; i++) {
        real sin = sign * c[h + i];
        real one = x[i] * c[i] - x[h + i] * sin;
        real two = x[i] * sin + x[h + i] * c[i];
        y[i] = add ? y[i] + one : one;
        z[i] = add ? z[i] + two : two;
    }
}

static void turn_neighbours(int n, real *const p[], const ptrdiff_t s[],
                            const void *arg)
{
    (void)s;
    int h = n / 2;
    bool add = arg != NULL;
    real *restrict y = p[0];
    const real *x = p[1], *c = p[2];
    real sign = add ? -1 : 1;
    for (int i = 0; i < h; i++) {
        real sin = sign * c[h + i];
        real one = x[2 * i] * c[i] - x[2 * i + 1] * sin;
        real two = x[2 * i] * sin + x[2 * i + 1] * c[i];
        y[2 * i] = add ? y[2 * i] + one : one;
        y[2 * i + 1] = add ? y[2 * i + 1] + two : two;
    }
}

typedef struct {
    Row *turn;
    real *table;        /* (n, w) */
} Rotation;

/* Row i of the table for every row i of the shape (..., n, w). */
static Operand turns_of(const Rotation *r, Shape s)
{
    Operand o = { .at = r->table };
    int w = s.dim[s.n - 1];
    if (s.n > 1)
        o.stride[s.n - 2] = w;
    o.stride[s.n - 1] = 1;
    return o;
}

static void rotary_back(Tensor *out)
{
    const Rotation *r = out->saved;
    Tensor *x = out->in[0];
    Shape s = out->shape;
    walk_rows(s, 3, (Operand[]){ operand(grad_of(x), x, s),
                                 operand(grad_of(out), out, s), turns_of(r, s) },
              r->turn, r);
}

Tensor *t_rotary(Tensor *x, int first, RotaryOptions options)
{
    const char *op = "t_rotary";
    op_check(op, x);
    Shape s = x->shape;
    int w = s.dim[s.n - 1], n = s.n > 1 ? s.dim[s.n - 2] : 1;
    double base = options.base == 0 ? 10000 : options.base;
    if (w % 2 != 0)
        t_fail("%s: rows of pairs expected, got %s", op, t_shape(x));
    if (first < 0 || !(base > 0))
        t_fail("%s: first %d and base %g must not be negative", op, first, base);
    x = with_whole_rows(x);
    Tensor *out = op_result(op, s, rotary_back, x, NULL, NULL);
    Rotation *r = out->saved = tape_room(sizeof *r);
    r->turn = options.neighbours ? turn_neighbours : turn_halves;
    r->table = tape_room((size_t)n * (size_t)w * sizeof *r->table);
    for (int i = 0; i < w / 2; i++) {
        double speed = pow(base, -2.0 * i / w);
        for (int p = 0; p < n; p++) {
            r->table[p * w + i] = (real)cos(((double)first + p) * speed);
            r->table[p * w + w / 2 + i] = (real)sin(((double)first + p) * speed);
        }
    }
    walk_rows(s, 3, (Operand[]){ operand(data_of(out), out, s),
                                 operand(data_of(x), x, s), turns_of(r, s) },
              r->turn, NULL);
    out->buffer->changeable = true;
    return out;
}

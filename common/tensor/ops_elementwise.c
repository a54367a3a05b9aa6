/* ops_elementwise.c -- operations that treat every element alike. */
#include "tensor/ops.h"
#include "base/parallel.h"
#include "tensor/rows.h"

/* A Row or, INLINE, a loop that becomes part of one. */
#define ROW(NAME)                                                              \
    void NAME(int n, real *const p[], const ptrdiff_t s[], const void *arg)

/* Only where strides are known do compilers make vector instructions of a loop.
 * So each is compiled several times: KNOWN(LOOP, 1, 1, 0) calls it with these
 * strides as constants, if they are the strides. */
#define STRIDES(...) ((const ptrdiff_t[]){ __VA_ARGS__ })
#define KNOWN(LOOP, ...)                                                       \
    if (memcmp(s, STRIDES(__VA_ARGS__), sizeof STRIDES(__VA_ARGS__)) == 0)     \
        LOOP(n, p, STRIDES(__VA_ARGS__), arg);                                 \
    else

/* ---- of one tensor ------------------------------------------------------- *
 * Each operation is one line: its name, y as a function of x, and what it adds
 * to the gradient of x, given dy (the gradient of y), x and y. The macro turns
 * that line into a loop forward, a loop backward and the function itself. */

static void unary_back(Tensor *out, Row *row)
{
    Tensor *x = out->in[0];
    Shape s = out->shape;
    walk_elements(s, 4,
                  (Operand[]){ operand(grad_of(x), x, s),
                               operand(grad_of(out), out, s),
                               operand(data_of(x), x, s),
                               operand(data_of(out), out, s) },
                  row, out->saved);
}

static Tensor *unary(const char *op, Tensor *x, Row *row,
                     void (*backward)(Tensor *))
{
    op_check(op, x);
    Tensor *out = op_result(op, x->shape, backward, x, NULL, NULL);
    walk_elements(x->shape, 2,
                  (Operand[]){ operand(data_of(out), out, x->shape),
                               operand(data_of(x), x, x->shape) },
                  row, NULL);
    return out;
}

#define UNARY_ROWS(NAME, Y, DX)                                                \
    INLINE ROW(NAME##_loop)                                                    \
    {                                                                          \
        (void)arg;                                                             \
        real *restrict out = p[0];                                             \
        const real *in = p[1];                                                 \
        for (int i = 0; i < n; i++) {                                          \
            real x = in[i * s[1]];                                             \
            out[i * s[0]] = (Y);                                               \
        }                                                                      \
    }                                                                          \
    INLINE ROW(NAME##_back_loop)                                               \
    {                                                                          \
        (void)arg;                                                             \
        real *restrict grad = p[0];                                            \
        const real *dys = p[1], *xs = p[2], *ys = p[3];                        \
        for (int i = 0; i < n; i++) {                                          \
            real dy = dys[i * s[1]], x = xs[i * s[2]], y = ys[i * s[3]];       \
            (void)x, (void)y;                                                  \
            grad[i * s[0]] += (DX);                                            \
        }                                                                      \
    }                                                                          \
    static ROW(NAME##_row)                                                     \
    {                                                                          \
        KNOWN(NAME##_loop, 1, 1) NAME##_loop(n, p, s, arg);                    \
    }                                                                          \
    static ROW(NAME##_back_row)                                                \
    {                                                                          \
        KNOWN(NAME##_back_loop, 1, 1, 1, 1) NAME##_back_loop(n, p, s, arg);    \
    }                                                                          \
    static void NAME##_back(Tensor *out) { unary_back(out, NAME##_back_row); }

#define UNARY(NAME, Y, DX)                                                     \
    UNARY_ROWS(NAME, Y, DX)                                                    \
    Tensor *t_##NAME(Tensor *x)                                                \
    {                                                                          \
        return unary("t_" #NAME, x, NAME##_row, NAME##_back);                  \
    }

/* GELU, x (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x^3) (Hendrycks,
 * Gimpel 2016, section 2). (1 + tanh u) / 2 = 1 / (1 + e^-2u), which takes less
 * work, and nothing cancels where x is negative. z = -2u; from z = 87 on (x
 * below -10) the result is 0, even for -inf. */
static const real z1 = (real)-1.5957691216057308,
                  z3 = (real)-0.07135481627260025;

INLINE real gelu(real x)
{
    real z = x * (z1 + z3 * x * x);
    real y = x / (1 + exp_below(z));
    return z > 87 ? 0 : y;
}

/* y = x s, s = 1 / (1 + e^z):  y' = s - x s (1 - s) z',  1 - s = e^z s. Far to
 * the right, where x^2 may be infinite, y = x. */
INLINE real gelu_slope(real x)
{
    real z = x * (z1 + z3 * x * x), e = exp_below(z), s = 1 / (1 + e);
    real slope = s - x * (e * s * s) * (z1 + 3 * z3 * x * x);
    return z > 87 ? 0 : z < -87 ? 1 : slope;
}

UNARY(exp,  exp_of(x),      dy * y)
UNARY(log,  log(x),         dy / x)
UNARY(sqrt, sqrt(x),        dy / (2 * y))
UNARY(tanh, tanh_of(x),     dy * (1 - y * y))
UNARY(sigmoid, sigmoid_of(x), dy * y * (1 - y))
UNARY(gelu, gelu(x),        dy * gelu_slope(x))
UNARY(silu, silu_of(x),     dy * silu_slope(x))
UNARY_ROWS(relu, x < 0 ? 0 : x, x > 0 ? dy : 0)

/* y > 0 where x > 0, so relu can do without x, and take its place; the gradient
 * likewise. */
static ROW(relu_over_row)
{
    (void)s, (void)arg;
    real *y = p[0];
    for (int i = 0; i < n; i++)
        y[i] = y[i] < 0 ? 0 : y[i];
}

static ROW(relu_over_back_row)
{
    (void)s, (void)arg;
    real *restrict grad = p[0];
    const real *y = p[1];
    for (int i = 0; i < n; i++)
        grad[i] = y[i] > 0 ? grad[i] : 0;
}

static void relu_over_back(Tensor *out)
{
    walk_elements(out->shape, 2,
                  (Operand[]){ operand(grad_of(out), out, out->shape),
                               operand(data_of(out), out, out->shape) },
                  relu_over_back_row, NULL);
}

Tensor *t_relu(Tensor *x)
{
    op_check("t_relu", x);
    Tensor *out = op_over("t_relu", relu_over_back, x, NULL);
    if (!out)
        return unary("t_relu", x, relu_row, relu_back);
    walk_elements(out->shape, 1,
                  (Operand[]){ operand(data_of(out), out, out->shape) },
                  relu_over_row, NULL);
    return out;
}

/* ---- of two tensors, broadcast ------------------------------------------- *
 * The same in two lines: what is added to the gradients of a and of b, and the
 * operation itself. Where an operand was broadcast its gradient has stride 0,
 * and adding to it sums. */

static void binary_back(Tensor *out, Row *row_a, Row *row_b)
{
    Tensor *a = out->in[0], *b = out->in[1];
    Shape s = out->shape;
    Operand list[5] = {
        [1] = operand(grad_of(out), out, s),
        [2] = operand(data_of(a), a, s),
        [3] = operand(data_of(b), b, s),
        [4] = operand(data_of(out), out, s),
    };
    if (grad_of(a)) {
        list[0] = operand(grad_of(a), a, s);
        walk_elements(s, 5, list, row_a, NULL);
    }
    if (grad_of(b)) {
        list[0] = operand(grad_of(b), b, s);
        walk_elements(s, 5, list, row_b, NULL);
    }
}

static Tensor *binary(const char *op, Tensor *a, Tensor *b, Row *row,
                      void (*backward)(Tensor *))
{
    Shape s = op_broadcast(op, a, b);
    Tensor *out = op_result(op, s, backward, a, b, NULL);
    walk_elements(s, 3,
                  (Operand[]){ operand(data_of(out), out, s),
                               operand(data_of(a), a, s),
                               operand(data_of(b), b, s) },
                  row, NULL);
    return out;
}

/* Where the stride of b is 0, one number stands beside a row of a; its gradient
 * is a sum. */
#define BINARY_BACK(NAME, GRAD)                                                \
    INLINE real NAME##_term(int i, real *const p[], const ptrdiff_t s[])       \
    {                                                                          \
        real dy = p[1][i * s[1]], a = p[2][i * s[2]];                          \
        real b = p[3][i * s[3]], y = p[4][i * s[4]];                           \
        (void)a, (void)b, (void)y;                                             \
        return GRAD;                                                           \
    }                                                                          \
    INLINE ROW(NAME##_loop)                                                    \
    {                                                                          \
        (void)arg;                                                             \
        real *restrict grad = p[0];                                            \
        for (int i = 0; i < n; i++)                                            \
            grad[i * s[0]] += NAME##_term(i, p, s);                            \
    }                                                                          \
    INLINE ROW(NAME##_sum)                                                     \
    {                                                                          \
        (void)arg;                                                             \
        real part[LANES] = { 0 };                                              \
        int i = 0;                                                             \
        for (; i + LANES <= n; i += LANES)                                     \
            for (int k = 0; k < LANES; k++)                                    \
                part[k] += NAME##_term(i + k, p, s);                           \
        for (; i < n; i++)                                                     \
            part[i % LANES] += NAME##_term(i, p, s);                           \
        *p[0] += join_sum(part);                                               \
    }                                                                          \
    static ROW(NAME)                                                           \
    {                                                                          \
        KNOWN(NAME##_loop, 1, 1, 1, 1, 1)                                      \
        KNOWN(NAME##_loop, 1, 1, 1, 0, 1)                                      \
        KNOWN(NAME##_sum, 0, 1, 1, 0, 1)                                       \
        NAME##_loop(n, p, s, arg);                                             \
    }

#define BINARY_BACKS(NAME, DA, DB)                                             \
    BINARY_BACK(NAME##_back_a, DA)                                             \
    BINARY_BACK(NAME##_back_b, DB)                                             \
    static void NAME##_back(Tensor *out)                                       \
    {                                                                          \
        binary_back(out, NAME##_back_a, NAME##_back_b);                        \
    }

#define BINARY_ROWS(NAME, Y)                                                   \
    INLINE ROW(NAME##_loop)                                                    \
    {                                                                          \
        (void)arg;                                                             \
        real *restrict out = p[0];                                             \
        const real *as = p[1], *bs = p[2];                                     \
        for (int i = 0; i < n; i++) {                                          \
            real a = as[i * s[1]], b = bs[i * s[2]];                           \
            out[i * s[0]] = (Y);                                               \
        }                                                                      \
    }                                                                          \
    static ROW(NAME##_row)                                                     \
    {                                                                          \
        KNOWN(NAME##_loop, 1, 1, 1)                                            \
        KNOWN(NAME##_loop, 1, 1, 0)                                            \
        NAME##_loop(n, p, s, arg);                                             \
    }

#define BINARY(NAME, Y)                                                        \
    BINARY_ROWS(NAME, Y)                                                       \
    Tensor *t_##NAME(Tensor *a, Tensor *b)                                     \
    {                                                                          \
        return binary("t_" #NAME, a, b, NAME##_row, NAME##_back);              \
    }

/* What a sum adds to a gradient takes no formula; and a bias, one row beside
 * many, has a quick way of its own. */
static void add_to_gradient(const Tensor *x, const Tensor *out)
{
    Gradient grad = gradient_of(x, shape_equal(x->shape, out->shape));
    Operand to = operand(grad.at, x, out->shape);
    Operand from = operand(grad_of(out), out, out->shape);
    if (grad.at)
        (grad.fresh ? walk_copy : walk_add)(out->shape, to, from);
}

static void add_back(Tensor *out)
{
    add_to_gradient(out->in[0], out);
    add_to_gradient(out->in[1], out);
}

static void add_over_back(Tensor *out) { add_to_gradient(out->in[1], out); }

BINARY_BACKS(sub, dy,     -dy)
BINARY_BACKS(mul, dy * b, dy * a)
BINARY_BACKS(div, dy / b, -dy * y / b)

BINARY_ROWS(add, a + b)
BINARY_ROWS(sub, a - b)
BINARY(mul, a * b)
BINARY(div, a / b)

/* x += other, if x has the shape of the sum and may be written over. */
static Tensor *add_over(Tensor *x, Tensor *other, Shape shape)
{
    if (!shape_equal(x->shape, shape))
        return NULL;
    Tensor *out = op_over("t_add", add_over_back, x, other);
    if (out)
        walk_add(shape, operand(data_of(out), out, shape),
                 operand(data_of(other), other, shape));
    return out;
}

Tensor *t_add(Tensor *a, Tensor *b)
{
    Shape shape = op_broadcast("t_add", a, b);
    Tensor *out = add_over(a, b, shape);
    if (!out)
        out = add_over(b, a, shape);
    if (!out)
        out = binary("t_add", a, b, add_row, add_back);
    out->buffer->changeable = true;
    return out;
}

Tensor *t_sub(Tensor *a, Tensor *b)
{
    Tensor *out = binary("t_sub", a, b, sub_row, sub_back);
    out->buffer->changeable = true;
    return out;
}

/* ---- with a number or a mask beside x ----------------------------------- */

/* y = x factor;  dx += dy factor */
INLINE ROW(scale_loop)
{
    real factor = *(const real *)arg, *restrict y = p[0];
    const real *x = p[1];
    for (int i = 0; i < n; i++)
        y[i * s[0]] = x[i * s[1]] * factor;
}

INLINE ROW(scale_back_loop)
{
    real factor = *(const real *)arg, *restrict dx = p[0];
    const real *dy = p[1];
    for (int i = 0; i < n; i++)
        dx[i * s[0]] += dy[i * s[1]] * factor;
}

static ROW(scale_row)
{
    KNOWN(scale_loop, 1, 1) scale_loop(n, p, s, arg);
}

static ROW(scale_back_row)
{
    KNOWN(scale_back_loop, 1, 1) scale_back_loop(n, p, s, arg);
}

static void scale_back(Tensor *out) { unary_back(out, scale_back_row); }

Tensor *t_scale(Tensor *x, double factor)
{
    op_check("t_scale", x);
    Tensor *out = op_result("t_scale", x->shape, scale_back, x, NULL, NULL);
    real *saved = tape_room(sizeof *saved);
    *saved = (real)factor;
    out->saved = saved;
    walk_elements(x->shape, 2,
                  (Operand[]){ operand(data_of(out), out, x->shape),
                               operand(data_of(x), x, x->shape) },
                  scale_row, saved);
    out->buffer->changeable = true;
    return out;
}

/* y = mask ? value : x;  dx += mask ? 0 : dy. (x and dy are read first, needed
 * or not: a loop with branches would not become vector instructions.) */
INLINE ROW(fill_loop)
{
    real value = *(const real *)arg, *restrict y = p[0];
    const real *x = p[1], *mask = p[2];
    for (int i = 0; i < n; i++) {
        real kept = x[i * s[1]];
        y[i * s[0]] = mask[i * s[2]] != 0 ? value : kept;
    }
}

INLINE ROW(fill_back_loop)
{
    (void)arg;
    real *restrict dx = p[0];
    const real *dy = p[1], *mask = p[2];
    for (int i = 0; i < n; i++) {
        real step = dy[i * s[1]];
        dx[i * s[0]] += mask[i * s[2]] != 0 ? 0 : step;
    }
}

static ROW(fill_row)
{
    KNOWN(fill_loop, 1, 1, 1) KNOWN(fill_loop, 1, 1, 0)
        fill_loop(n, p, s, arg);
}

static ROW(fill_back_row)
{
    KNOWN(fill_back_loop, 1, 1, 1) KNOWN(fill_back_loop, 1, 1, 0)
        fill_back_loop(n, p, s, arg);
}

static void fill_back(Tensor *out)
{
    Tensor *x = out->in[0], *mask = out->in[1];
    Shape s = out->shape;
    walk_elements(s, 3,
                  (Operand[]){ operand(grad_of(x), x, s),
                               operand(grad_of(out), out, s),
                               operand(data_of(mask), mask, s) },
                  fill_back_row, NULL);
}

Tensor *t_masked_fill(Tensor *x, const Tensor *mask, double value)
{
    Shape s = op_broadcast("t_masked_fill", x, mask);
    if (!shape_equal(s, x->shape))
        t_fail("t_masked_fill: mask %s does not broadcast to %s", t_shape(mask),
               t_shape(x));
    /* A mask has no gradient, even one computed from parameters. */
    Tensor *fixed = t_detach(mask);
    Tensor *out = op_result("t_masked_fill", s, fill_back, x, fixed, NULL);
    real number = (real)value;
    walk_elements(s, 3,
                  (Operand[]){ operand(data_of(out), out, s),
                               operand(data_of(x), x, s),
                               operand(data_of(fixed), fixed, s) },
                  fill_row, &number);
    out->buffer->changeable = true;
    return out;
}

/* ---- dropout: y = x keep, keep 0 with probability p, else 1/(1 - p) ------ *
 * Backward draws the same random numbers again instead of reading stored ones:
 * dx += dy keep. */

typedef struct {
    Rng rng;            /* as it was before */
    uint64_t limit;     /* random bits below: dropped */
    real scale;
    size_t size;
    const real *from;
    real *to;
} Dropout;

enum { SHARE = 1 << 13 };   /* elements that a thread takes at a time */

static size_t end_of_piece(const Dropout *d, int piece)
{
    size_t end = ((size_t)piece + 1) * SHARE;
    return end < d->size ? end : d->size;
}

static void dropout_piece(int piece, const void *arg)
{
    Dropout d = *(const Dropout *)arg;
    real *restrict y = d.to;
    size_t end = end_of_piece(&d, piece);
    for (size_t i = (size_t)piece * SHARE; i < end; i++) {
        real kept = d.from[i] * d.scale;
        y[i] = rng_ahead(d.rng, i) < d.limit ? 0 : kept;
    }
}

static void dropout_back_piece(int piece, const void *arg)
{
    Dropout d = *(const Dropout *)arg;
    real *restrict dx = d.to;
    size_t end = end_of_piece(&d, piece);
    for (size_t i = (size_t)piece * SHARE; i < end; i++) {
        real kept = d.from[i] * d.scale;
        dx[i] += rng_ahead(d.rng, i) < d.limit ? 0 : kept;
    }
}

static void dropout_all(const Dropout *d, void (*piece)(int, const void *))
{
    parallel_for(worth_threads((int)d->size, 1),
                 (int)((d->size + SHARE - 1) / SHARE), piece, d);
}

static void dropout_back(Tensor *out)
{
    Dropout *d = out->saved;
    d->from = grad_of(out);
    d->to = grad_of(out->in[0]);
    dropout_all(d, dropout_back_piece);
}

Tensor *t_dropout(Tensor *x, double p, Rng *rng)
{
    op_check("t_dropout", x);
    if (!(p >= 0 && p < 1))
        t_fail("t_dropout: the probability must be at least 0 and below 1, "
               "got %g", p);
    if (!rng || p == 0)
        return x;
    x = t_contiguous(x);
    Tensor *out = op_result("t_dropout", x->shape, dropout_back, x, NULL, NULL);
    Dropout *d = out->saved = tape_room(sizeof *d);
    *d = (Dropout){ .rng = *rng, .scale = (real)(1 / (1 - p)),
                    .size = out->buffer->size, .from = data_of(x),
                    .to = data_of(out) };
    /* rng_uniform() is the upper 53 bits: below p if these are below p 2^53. */
    d->limit = (uint64_t)ceil(p * 0x1p53) << 11;
    rng_skip(rng, d->size);
    dropout_all(d, dropout_piece);
    out->buffer->changeable = true;
    return out;
}

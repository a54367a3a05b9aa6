/* ops_elementwise.c -- operations that treat every element alike. */
#include "ops.h"

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

#define UNARY(NAME, Y, DX)                                                     \
    static void NAME##_row(int n, real *const p[], const ptrdiff_t s[],        \
                           const void *arg)                                    \
    {                                                                          \
        (void)arg;                                                             \
        real *restrict out = p[0];                                             \
        for (int i = 0; i < n; i++) {                                          \
            real x = p[1][i * s[1]];                                           \
            out[i * s[0]] = (Y);                                               \
        }                                                                      \
    }                                                                          \
    static void NAME##_back_row(int n, real *const p[], const ptrdiff_t s[],   \
                                const void *arg)                               \
    {                                                                          \
        (void)arg;                                                             \
        real *restrict grad = p[0];                                            \
        for (int i = 0; i < n; i++) {                                          \
            real dy = p[1][i * s[1]], x = p[2][i * s[2]], y = p[3][i * s[3]];  \
            (void)x, (void)y;                                                  \
            grad[i * s[0]] += (DX);                                            \
        }                                                                      \
    }                                                                          \
    static void NAME##_back(Tensor *out) { unary_back(out, NAME##_back_row); } \
    Tensor *t_##NAME(Tensor *x)                                                \
    {                                                                          \
        return unary("t_" #NAME, x, NAME##_row, NAME##_back);                  \
    }

/* The two halves of GELU, x Phi(x) ~ x (1 + tanh u) / 2 with
 * u = sqrt(2/pi) (x + 0.044715 x^3) (Hendrycks, Gimpel 2016, section 2). */
static real gelu_tanh(real x)
{
    return tanh((real)0.7978845608028654 * (x + (real)0.044715 * x * x * x));
}

static real gelu_slope(real x)
{
    real t = gelu_tanh(x);
    real du = (real)0.7978845608028654 * (1 + (real)0.134145 * x * x);
    return (1 + t) / 2 + x * (1 - t * t) * du / 2;
}

UNARY(exp,  exp(x),                     dy * y)
UNARY(log,  log(x),                     dy / x)
UNARY(sqrt, sqrt(x),                    dy / (2 * y))
UNARY(tanh, tanh(x),                    dy * (1 - y * y))
UNARY(relu, x < 0 ? 0 : x,              x > 0 ? dy : 0)
UNARY(gelu, x * (1 + gelu_tanh(x)) / 2, dy * gelu_slope(x))

/* ---- of two tensors, broadcast ------------------------------------------- *
 * The same, with what is added to the gradients of a and of b. Where an operand
 * was broadcast its gradient has stride 0, and adding to it sums. */

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

#define BINARY_BACK_ROW(ROW, GRAD)                                             \
    static void ROW(int n, real *const p[], const ptrdiff_t s[],               \
                    const void *arg)                                           \
    {                                                                          \
        (void)arg;                                                             \
        real *restrict grad = p[0];                                            \
        for (int i = 0; i < n; i++) {                                          \
            real dy = p[1][i * s[1]], a = p[2][i * s[2]];                      \
            real b = p[3][i * s[3]], y = p[4][i * s[4]];                       \
            (void)a, (void)b, (void)y;                                         \
            grad[i * s[0]] += (GRAD);                                          \
        }                                                                      \
    }

#define BINARY(NAME, Y, DA, DB)                                                \
    static void NAME##_row(int n, real *const p[], const ptrdiff_t s[],        \
                           const void *arg)                                    \
    {                                                                          \
        (void)arg;                                                             \
        real *restrict out = p[0];                                             \
        for (int i = 0; i < n; i++) {                                          \
            real a = p[1][i * s[1]], b = p[2][i * s[2]];                       \
            out[i * s[0]] = (Y);                                               \
        }                                                                      \
    }                                                                          \
    BINARY_BACK_ROW(NAME##_back_row_a, DA)                                     \
    BINARY_BACK_ROW(NAME##_back_row_b, DB)                                     \
    static void NAME##_back(Tensor *out)                                       \
    {                                                                          \
        binary_back(out, NAME##_back_row_a, NAME##_back_row_b);                \
    }                                                                          \
    Tensor *t_##NAME(Tensor *a, Tensor *b)                                     \
    {                                                                          \
        return binary("t_" #NAME, a, b, NAME##_row, NAME##_back);              \
    }

BINARY(add, a + b, dy,     dy)
BINARY(sub, a - b, dy,     -dy)
BINARY(mul, a * b, dy * b, dy * a)
BINARY(div, a / b, dy / b, -dy * y / b)

/* ---- with a number or a mask beside x ----------------------------------- */

/* y = x factor;  dx += dy factor */
static void scale_row(int n, real *const p[], const ptrdiff_t s[],
                      const void *arg)
{
    real factor = *(const real *)arg, *restrict y = p[0];
    for (int i = 0; i < n; i++)
        y[i * s[0]] = p[1][i * s[1]] * factor;
}

static void scale_back_row(int n, real *const p[], const ptrdiff_t s[],
                           const void *arg)
{
    real factor = *(const real *)arg, *restrict dx = p[0];
    for (int i = 0; i < n; i++)
        dx[i * s[0]] += p[1][i * s[1]] * factor;
}

static void scale_back(Tensor *out) { unary_back(out, scale_back_row); }

Tensor *t_scale(Tensor *x, double factor)
{
    op_check("t_scale", x);
    Tensor *out = op_result("t_scale", x->shape, scale_back, x, NULL, NULL);
    real *saved = step_alloc(sizeof *saved);
    *saved = (real)factor;
    out->saved = saved;
    walk_elements(x->shape, 2,
                  (Operand[]){ operand(data_of(out), out, x->shape),
                               operand(data_of(x), x, x->shape) },
                  scale_row, saved);
    return out;
}

/* y = mask ? value : x;  dx += mask ? 0 : dy */
static void fill_row(int n, real *const p[], const ptrdiff_t s[],
                     const void *arg)
{
    real value = *(const real *)arg, *restrict y = p[0];
    for (int i = 0; i < n; i++)
        y[i * s[0]] = p[2][i * s[2]] != 0 ? value : p[1][i * s[1]];
}

static void fill_back_row(int n, real *const p[], const ptrdiff_t s[],
                          const void *arg)
{
    (void)arg;
    real *restrict dx = p[0];
    for (int i = 0; i < n; i++)
        if (p[2][i * s[2]] == 0)
            dx[i * s[0]] += p[1][i * s[1]];
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
    Tensor *fixed = t_detach((Tensor *)(uintptr_t)mask);
    Tensor *out = op_result("t_masked_fill", s, fill_back, x, fixed, NULL);
    real number = (real)value;
    walk_elements(s, 3,
                  (Operand[]){ operand(data_of(out), out, s),
                               operand(data_of(x), x, s),
                               operand(data_of(fixed), fixed, s) },
                  fill_row, &number);
    return out;
}

/* y = x keep, where keep is 0 with probability p and 1/(1 - p) otherwise. */
Tensor *t_dropout(Tensor *x, double p, Rng *rng)
{
    op_check("t_dropout", x);
    if (!(p >= 0 && p < 1))
        t_fail("t_dropout: the probability must be at least 0 and below 1, "
               "got %g", p);
    if (!rng || p == 0)
        return x;
    Tensor *keep = t_zeros_shape(x->shape);
    for (size_t i = 0; i < keep->buffer->size; i++)
        keep->buffer->data[i] = rng_uniform(rng) < p ? 0 : (real)(1 / (1 - p));
    return t_mul(x, keep);
}

/* rows.h -- sums, maxima and exponentials over a row of numbers, written so
 * that compilers turn them into vector instructions.
 *
 * A sum is made of LANES partial sums, added up at the end in a fixed order: a
 * compiler may not reorder a plain sum, since rounding would change, but here
 * it need not. The number of lanes is the same on every machine, and so is the
 * result. Over 1000 numbers in cache: 0.04 ns each, where a plain loop takes
 * 0.9 ns. */
#ifndef ROWS_H
#define ROWS_H

#include "tensor/ops.h"
#include "tensor/vector.h"

enum { LANES = 16 };

/* The lanes are the numbers of VECTORS registers: sum[k] += VECTOR_AT(x + k *
 * WIDTH) for each of these adds LANES numbers, wherever x is. */
enum { VECTORS = LANES / WIDTH };
#define VECTOR_AT(x) (*(const Vector *)(const void *)(x))

/* The lanes joined: 16 become 8, 8 become 4, four at a time, and so on. */
typedef real Four __attribute__((vector_size(4 * sizeof(real)),
                                 aligned(sizeof(real)), may_alias));

static inline real join_sum(const real *part)
{
    const Four *p = (const Four *)(const void *)part;
    Four sum = (p[0] + p[2]) + (p[1] + p[3]);
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/* Copies m <= LANES numbers and fills up with others, so that the last block of
 * a row can be treated as the blocks before it. */
INLINE void pad(int m, const real *x, real fill, real *restrict block)
{
    for (int k = 0; k < LANES; k++)
        block[k] = k < m ? x[k] : fill;
}

/* The lanes of sum += those of x y. */
INLINE void add_products(const real *x, const real *y, Vector *sum)
{
    for (int k = 0; k < VECTORS; k++)
        sum[k] += VECTOR_AT(x + k * WIDTH) * VECTOR_AT(y + k * WIDTH);
}

/* dot[r] = sum of x_i y_i, for `rows` <= 4 rows y that begin `step` apart. One
 * alone waits for its sums: four take half the time of one after the other. */
INLINE void row_dots(int rows, int n, const real *x, const real *y,
                     ptrdiff_t step, real *dot)
{
    Vector sum[4][VECTORS] = { { { 0 } } };
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
        UNROLL
        for (int r = 0; r < rows; r++)
            add_products(x + i, y + r * step + i, sum[r]);
    }
    real a[LANES], b[LANES];
    if (i < n)
        pad(n - i, x + i, 0, a);
    for (int r = 0; r < rows; r++) {
        if (i < n) {
            pad(n - i, y + r * step + i, 0, b);
            add_products(a, b, sum[r]);
        }
        dot[r] = join_sum((const real *)sum[r]);
    }
}

static inline real row_dot(int n, const real *x, const real *y)
{
    real dot;
    row_dots(1, n, x, y, 0, &dot);
    return dot;
}

static inline real row_sum(int n, const real *x, ptrdiff_t step)
{
    Vector sum[VECTORS] = { { 0 } };
    real *lane = (real *)sum;
    int i = 0;
    if (step == 1)
        for (; i + LANES <= n; i += LANES)
            for (int k = 0; k < VECTORS; k++)
                sum[k] += VECTOR_AT(x + i + k * WIDTH);
    for (; i < n; i++)
        lane[i % LANES] += x[i * step];
    return join_sum(lane);
}

/* sum of x_i - max: subtracted first, for beside a large max the digits of a sum
 * of x would be lost. */
static inline real row_sum_below(int n, const real *x, real max)
{
    real part[LANES] = { 0 };
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            part[k] += x[i + k] - max;
    for (; i < n; i++)
        part[i % LANES] += x[i] - max;
    return join_sum(part);
}

/* Sums in double, where a float's digits would not do: of x, and of x^2. */
static inline double join_doubles(const double *part)
{
    double sum = 0;
    for (int k = 0; k < LANES; k++)
        sum += part[k];
    return sum;
}

static inline double row_sum_double(int n, const real *x)
{
    double part[LANES] = { 0 };
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            part[k] += (double)x[i + k];
    for (; i < n; i++)
        part[i % LANES] += (double)x[i];
    return join_doubles(part);
}

static inline double row_squares(int n, const real *x)
{
    double part[LANES] = { 0 };
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            part[k] += (double)x[i + k] * (double)x[i + k];
    for (; i < n; i++)
        part[i % LANES] += (double)x[i] * (double)x[i];
    return join_doubles(part);
}

/* The bits of floats, read as whole numbers, are in the order of the floats, if
 * those of negative ones are turned round. And of whole numbers a compiler may
 * take the largest in any order, so in vectors: 0.04 ns each, where floats, for
 * the sake of NaN, take 0.15. */
#ifdef REAL_IS_DOUBLE
typedef union { double number; int64_t bits; } Ordered;
static const int64_t all_but_sign = INT64_MAX;
#else
typedef union { float number; int32_t bits; } Ordered;
static const int32_t all_but_sign = INT32_MAX;
#endif

INLINE Ordered turned(Ordered x)
{
    x.bits = x.bits < 0 ? x.bits ^ all_but_sign : x.bits;
    return x;
}

/* The largest of x. */
static inline real row_max(int n, const real *x, ptrdiff_t step)
{
    Ordered max = turned((Ordered){ -(real)INFINITY });
    for (int i = 0; i < n; i++) {
        Ordered next = turned((Ordered){ x[i * step] });
        max.bits = next.bits > max.bits ? next.bits : max.bits;
    }
    return turned(max).number;
}

/* ---- e^x, tanh x, sigmoid ------------------------------------------------ *
 * The C library's take one number at a time. These have no branch and no table,
 * so that a loop over them becomes vector instructions: 0.2 ns each, where
 * expf() takes 3 and tanhf() 15. None returns a denormal number (one below
 * 1.2e-38): in every later operation those are slow. */

#ifdef REAL_IS_DOUBLE
static inline real exp_below(real x) { return exp(x); }
static inline real exp_of(real x) { return exp(x); }
static inline real tanh_of(real x) { return tanh(x); }
#else

/* a b + c, rounded once where the processor has an instruction for that, which
 * is half the work. Said outright, it is the same from every compiler. */
INLINE float multiply_add(float a, float b, float c)
{
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(FP_FAST_FMAF)
    return fmaf(a, b, c);
#else
    return a * b + c;
#endif
}

/* e^x as 2^n (1 + q), with n the whole number nearest to x / ln 2, and so
 * 1 + q = e^r with |r| <= ln 2 / 2. */
typedef struct {
    float q;
    uint32_t n;     /* moved to where a float keeps its exponent */
} Power;

typedef union {
    float number;
    uint32_t bits;
} Bits;

enum { ONE = 0x3F800000 };  /* the bits of 1 */

INLINE Power power_of_e(float x)
{
    /* Adding 1.5 * 2^23 rounds to a whole number, in the lowest bits. */
    const float round = 12582912;
    Bits t = { multiply_add(x, 1.44269504f, round) };
    float n = t.number - round;
    /* ln 2 in two parts; the product of n and the first, 355/512, is exact. */
    float r = multiply_add(n, -0.693359375f, x);
    r = multiply_add(n, 2.12194440e-4f, r);
    /* The polynomial r + r^2/2 + ... nearest to e^r - 1: off by 1.4e-8. */
    float p = 1.3898232e-3f;
    p = multiply_add(p, r, 8.3660668e-3f);
    p = multiply_add(p, r, 4.1666855e-2f);
    p = multiply_add(p, r, 1.6666547e-1f);
    p = multiply_add(p, r, 0.5f);
    return (Power){ multiply_add(p, r * r, r), t.bits << 23 };
}

/* e^x for x <= 88, as softmax needs it after the largest score is subtracted.
 * Off by 8e-8 of it at most; exactly 0 below -87. */
INLINE float exp_below(float x)
{
    Power e = power_of_e(x);
    Bits scale = { .bits = e.n + ONE };             /* 2^n */
    float y = multiply_add(e.q, scale.number, scale.number);
    return x < -87 ? 0 : y;
}

/* e^x for any x: infinite from 88.723 on. The n is added to the exponent of
 * 1 + q, since 2^n itself may be too large. */
INLINE float exp_of(float x)
{
    Power e = power_of_e(x);
    Bits y = { 1 + e.q };
    y.bits += e.n;
    y.number = x < -87 ? 0 : y.number;
    return x < 88.722839f ? y.number : x + INFINITY;    /* NaN, too */
}

/* tanh |x| = (e^2|x| - 1) / (e^2|x| + 1), with the sign of x. Off by 2e-7 of it
 * at most, also near 0: there e^2|x| - 1 is q, and nothing cancels. */
INLINE float tanh_of(float x)
{
    float size = fabsf(x);
    Power e = power_of_e(size + size);
    Bits scale = { .bits = e.n + ONE };             /* 2^n */
    float m = multiply_add(scale.number, e.q, scale.number - 1);
    float y = m / (m + 2);
    return copysignf(size > 10 ? 1 : y, x);
}
#endif

/* 1 / (1 + e^-x). Off by 2e-7 of it at most; exactly 0 below -87. */
INLINE real sigmoid_of(real x)
{
    real y = 1 / (1 + exp_below(-x));
    return x < -87 ? 0 : y;
}

/* x times that; exactly 0 below -87, even at -inf. */
INLINE real silu_of(real x)
{
    real y = x / (1 + exp_below(-x));
    return x < -87 ? 0 : y;
}

/* Its slope, s + x s (1 - s) for s = sigmoid_of(x). */
INLINE real silu_slope(real x)
{
    real e = exp_below(-x), s = 1 / (1 + e), slope = s + x * (e * s * s);
    return x < -87 ? 0 : x > 87 ? 1 : slope;
}

/* Of a row in blocks of LANES, the last block may be a part of one: the first m
 * numbers. Where m is LANES, the compiler drops the questions. */
INLINE void exp_block(int m, real *restrict y, const real *restrict x, real max,
                      real *restrict part)
{
    for (int k = 0; k < LANES; k++) {
        real e = k < m ? exp_below(x[k] - max) : 0;
        if (k < m)
            y[k] = e;
        part[k] += e;
    }
}

/* y_i = e^(x_i - max), for max the largest of x; returns their sum. */
static inline real row_exp(int n, real *restrict y, const real *restrict x,
                           real max)
{
    real part[LANES] = { 0 };
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        exp_block(LANES, y + i, x + i, max, part);
    if (i < n)
        exp_block(n - i, y + i, x + i, max, part);
    return join_sum(part);
}

/* sum of e^(x_i - max) */
static inline real row_sum_exp(int n, const real *x, ptrdiff_t step, real max)
{
    real part[LANES] = { 0 };
    int i = 0;
    if (step == 1)
        for (; i + LANES <= n; i += LANES)
            for (int k = 0; k < LANES; k++)
                part[k] += exp_below(x[i + k] - max);
    for (; i < n; i++)
        part[i % LANES] += exp_below(x[i * step] - max);
    return join_sum(part);
}

#endif

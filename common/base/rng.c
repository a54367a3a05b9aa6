/* rng.c -- random numbers that are the same on every machine.
 *
 * IEEE 754 fixes the last bit of + - * / and sqrt, but compilers may turn
 * a * b + c into one fused operation that rounds once where the source says
 * twice. Nothing below has a product that was rounded next to a sum, so it
 * does not matter whether they do. (Intel's old x87 unit rounds twice: there,
 * compile with -mfpmath=sse.)
 */
#define T_LIBRARY
#include <math.h>

#include "base/fail.h"
#include "base/hash.h"
#include "base/rng.h"

#ifdef __FAST_MATH__
#error "with -ffast-math a seed no longer gives the same numbers everywhere"
#endif

Rng rng_new(uint64_t seed)
{
    return (Rng){ .state = seed };
}

Rng rng_named(uint64_t seed, const char *name)
{
    Rng rng = rng_new(seed);
    return rng_new(rng_mix(hash_text(name)) ^ rng_bits(&rng));
}

uint64_t rng_bits(Rng *rng)
{
    rng_skip(rng, 1);
    return rng_mix(rng->state);
}

double rng_uniform(Rng *rng)
{
    return (double)(rng_bits(rng) >> 11) * 0x1p-53;
}

/* With x = 2^e (1 + f), 1 + f near 1, and z = f / (2 + f):
 *
 *     log x = e log 2 + 2 atanh z,    atanh z = z / (1 - w),
 *     w = z^2 / (3 - 4 z^2 / (5 - 9 z^2 / (7 - ...)))
 *
 * (Gauss's continued fraction). 2 z / (1 - w) = f - f (z - w) / (1 - w), and
 * in the second form only a small correction to f is rounded. */
double rng_log(double x)
{
    /* log 2 in two parts, short enough that their products with e are exact */
    const double log2_high = 0x1.62e42feep-1, log2_low = 0x1.a39ef357938p-33;
    int e;
    double f = frexp(x, &e);
    if (f < 0.70710678118654752) {
        f *= 2;
        e--;
    }
    f -= 1;
    double z = f / (2 + f), zz = z * z, w = 0;
    for (int k = 8; k >= 1; k--)
        w = k * k * zz / (2 * k + 1 - w);
    return e * log2_high - (f * (z - w) / (1 - w) - e * log2_low - f);
}

/* A point of the unit disc, on a grid fine enough for float and coarse enough
 * that its squared radius is an integer below 2^52, without rounding. Odd
 * coordinates: the grid is symmetric and leaves the centre out. */
double rng_normal(Rng *rng)
{
    int64_t x, y, square;
    do {
        uint64_t bits = rng_bits(rng);
        x = (int64_t)(bits >> 38) * 2 + 1 - (1 << 26);
        y = (int64_t)(bits >> 12 & 0x3FFFFFF) * 2 + 1 - (1 << 26);
        square = x * x + y * y;
    } while (square >= INT64_C(1) << 52);
    double s = (double)square * 0x1p-52;
    return (double)x * 0x1p-26 * sqrt(-2 * rng_log(s) / s);
}

int rng_below(Rng *rng, int n)
{
    if (n < 1)
        t_fail("rng_below: n must be at least 1: %d", n);
    /* The first `usable` values hold every remainder equally often. */
    uint64_t size = (uint64_t)n, usable = UINT64_MAX - UINT64_MAX % size;
    uint64_t bits;
    do
        bits = rng_bits(rng);
    while (bits >= usable);
    return (int)(bits % size);
}

void rng_permutation(Rng *rng, int n, int *out)
{
    for (int i = 0; i < n; i++) {
        int j = rng_below(rng, i + 1);
        out[i] = out[j];    /* i itself moves to place j */
        out[j] = i;
    }
}

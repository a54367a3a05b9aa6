/* rng.h -- random numbers that are the same on every machine.
 *
 * The generator is SplitMix64 (Steele, Lea, Flood 2014): its whole state is
 * one number, so a generator can be copied, stored and set like an int. The
 * functions use only operations whose result the standards fix to the last
 * bit, so a seed gives the same numbers everywhere.
 */
#ifndef RNG_H
#define RNG_H

#include <stdint.h>

#include "base/fail.h"

typedef struct {
    uint64_t state;
} Rng;

/* A generator for this seed. Seeds 1, 2, 3 give unrelated streams. */
Rng rng_new(uint64_t seed);

/* A generator for this seed and name: another stream for every pair. */
Rng rng_named(uint64_t seed, const char *name);

/* 64 random bits. */
uint64_t rng_bits(Rng *rng);

/* What rng_bits() would give after i other numbers. Each is made of its place
 * alone, so threads can share a stream, and a loop over i becomes vector
 * instructions. rng_skip() moves on by n numbers. */
static inline uint64_t rng_ahead(Rng rng, uint64_t i);
static inline void rng_skip(Rng *rng, uint64_t n);

/* Uniform on [0, 1), a multiple of 2^-53. */
double rng_uniform(Rng *rng);

/* Standard normal: mean 0, variance 1 (Marsaglia's polar method), at most
 * about 8.5 in size. */
double rng_normal(Rng *rng);

/* log x for x > 0, within 2 units in the last place. log() of the C library may
 * differ in the last bit between machines; this one does not. */
double rng_log(double x);

/* Uniform on 0 .. n - 1, without bias. n >= 1. */
int rng_below(Rng *rng, int n);

/* Fills out[0..n) with 0 .. n - 1 in random order (Fisher and Yates), every
 * order equally likely. */
void rng_permutation(Rng *rng, int n, int *out);

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#define rng_below(r, n)         T_AT(rng_below(r, n))
#endif

/* ---- inside -------------------------------------------------------------- *
 * Seeds 1, 2, 3 start one step apart on a circle that each generator walks in
 * strides of 2^64 / golden ratio; rng_mix() makes neighbours on it unrelated:
 * it spreads a change of one bit over all 64 (Stafford's variant 13). */

#define RNG_STRIDE UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t rng_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static inline uint64_t rng_ahead(Rng rng, uint64_t i)
{
    return rng_mix(rng.state + (i + 1) * RNG_STRIDE);
}

static inline void rng_skip(Rng *rng, uint64_t n)
{
    rng->state += n * RNG_STRIDE;
}

#endif

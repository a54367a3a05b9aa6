/* vector.h -- the registers in which one instruction treats many numbers.
 *
 * GCC and clang turn arithmetic on a Vector into the machine's own
 * instructions: AVX-512, AVX, SSE, NEON, WebAssembly SIMD. */
#ifndef VECTOR_H
#define VECTOR_H

#include "tensor/tensor.h"

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

/* It may begin at any number of an array. */
typedef real Vector __attribute__((vector_size(VECTOR_BYTES),
                                   aligned(sizeof(real)), may_alias));

enum { WIDTH = VECTOR_BYTES / sizeof(real) };

/* What a loop over an array of vectors needs to be, so that they can stay in
 * registers: unrolled, inside a function that is inlined where the limits of
 * the loop are constants. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
#define INLINE static inline __attribute__((always_inline))

/* The vectors that begin at x. */
INLINE Vector *vectors_at(real *x) { return (Vector *)(void *)x; }

#endif

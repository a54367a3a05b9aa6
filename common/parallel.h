/* parallel.h -- OpenMP where the compiler has it, plain loops where not. */
#ifndef PARALLEL_H
#define PARALLEL_H

#ifdef _OPENMP
#include <omp.h>
#define PRAGMA(text) _Pragma(#text)
#define PARALLEL_FOR(condition)                                                \
    PRAGMA(omp parallel for schedule(static) if (condition))
static inline int parallel_threads(void) { return omp_get_max_threads(); }
#else
#define PARALLEL_FOR(condition) (void)(condition);
static inline int parallel_threads(void) { return 1; }
#endif

#endif

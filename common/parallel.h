/* parallel.h -- OpenMP where the compiler has it, a plain loop where not. */
#ifndef PARALLEL_H
#define PARALLEL_H

#include <stdbool.h>

#ifdef _OPENMP
#include <omp.h>
static inline int parallel_threads(void) { return omp_get_max_threads(); }
#else
static inline int parallel_threads(void) { return 1; }
#endif

/* Calls body(i, arg) for i = 0 ... n - 1, on several threads if that is worth
 * it. If not, there is no trace of OpenMP: entering a parallel region with one
 * thread costs as much as a product of small matrices. */
static inline void parallel_for(bool worth, int n,
                                void (*body)(int i, const void *arg),
                                const void *arg)
{
#ifdef _OPENMP
    if (worth && n > 1 && parallel_threads() > 1 && !omp_in_parallel()) {
#pragma omp parallel for schedule(static)
        for (int i = 0; i < n; i++)
            body(i, arg);
        return;
    }
#endif
    (void)worth;
    for (int i = 0; i < n; i++)
        body(i, arg);
}

#endif

/* cost.c -- what a computation costs. */
#define T_LIBRARY
#include "tensor/cost.h"

#include "base/clock.h"
#include "base/parallel.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ---- counted: a walk back along x->in, in which nothing is visited twice -- */

/* What has been visited, by address: the longest chain of products up to it. */
enum { ROOM = 1 << 16 };

typedef struct {
    const Tensor *at[ROOM];
    int waits[ROOM], n;
    double multiplications;
} Visited;

/* The place of a tensor in it, or a free one. */
static int place_of(const Visited *v, const Tensor *x)
{
    size_t i = (uintptr_t)x / 64 % ROOM;
    while (v->at[i] && v->at[i] != x)
        i = (i + 1) % ROOM;
    return (int)i;
}

/* How many products x itself is made by, one after the other. */
static int products_in(const Tensor *x, double *multiplications)
{
    if (strcmp(x->op, "t_matmul") == 0 || strcmp(x->op, "t_linear") == 0) {
        *multiplications += (double)t_size(x) * t_dim(x->in[0], -1);
        return 1;
    }
    if (strcmp(x->op, "nn_square_windows") == 0) {
        *multiplications += (double)t_size(x) * t_dim(x->in[1], 0);
        return 1;
    }
    if (strcmp(x->op, "t_attention") == 0) {
        double keys = t_dim(x->in[1], -2);
        *multiplications += (t_size(x->in[0]) + t_size(x)) * keys;
        return 2;
    }
    return 0;
}

static int chain_behind(Visited *v, const Tensor *x)
{
    int place = place_of(v, x), longest = 0;
    if (v->at[place])
        return v->waits[place];
    for (int i = 0; i < 3; i++)
        if (x->in[i]) {
            int chain = chain_behind(v, x->in[i]);
            longest = chain > longest ? chain : longest;
        }
    if (++v->n > ROOM / 2)
        t_fail("cost_of: more than %d operations", ROOM / 2);
    place = place_of(v, x);         /* others have come meanwhile */
    v->at[place] = x;
    return v->waits[place] = longest + products_in(x, &v->multiplications);
}

Cost cost_of(const Tensor *x)
{
    TapeMark mark = tape_mark();
    Visited *v = tape_room(sizeof *v);
    memset(v, 0, sizeof *v);
    Cost cost = { .waits = chain_behind(v, x) };
    cost.multiplications = v->multiplications;
    tape_release(mark);
    return cost;
}

/* ---- measured ------------------------------------------------------------ */

Watch watch(Spent *spent, int runs, int threads)
{
    *spent = (Spent){ INFINITY, INFINITY, 0 };
    parallel_set_threads(threads);
    return (Watch){ .spent = spent, .left = runs };
}

bool watch_again(Watch *w)
{
    double busy = clock_busy_seconds() - w->busy_begin;
    double seconds = clock_seconds() - w->begin;
    if (w->runs) {
        w->spent->seconds = fmin(w->spent->seconds, fmax(seconds, 1e-9));
        w->spent->busy = fmin(w->spent->busy, fmax(busy, 1e-9));
        if (tape_mark().step == w->mark.step) {
            w->spent->bytes = (double)(tape_bytes() - w->bytes);
            tape_release(w->mark);
        }
    }
    w->runs = w->left-- > 0;
    w->mark = tape_mark();
    w->bytes = tape_bytes();
    if (!w->runs)
        parallel_set_threads(0);
    w->begin = clock_seconds();
    w->busy_begin = clock_busy_seconds();
    return w->runs;
}

/* Sixteen sums side by side, so that no addition waits for another. */
static real added_up(const Tensor *x)
{
    enum { SUMS = 16 };
    const real *at = x->buffer->data;
    real sum[SUMS] = { 0 }, all = 0;
    for (int i = 0; i + SUMS <= t_size(x); i += SUMS)
        for (int k = 0; k < SUMS; k++)
            sum[k] += at[i + k];
    for (int k = 0; k < SUMS; k++)
        all += sum[k];
    return all;
}

Rates rates_of_machine(void)
{
    enum { N = 512, MANY = 1 << 24, RUNS = 20 };
    Spent read, multiplied;
    volatile real sum;          /* or the compiler leaves it out */
    TapeMark mark = tape_mark();
    Rng rng = rng_new(1);
    Tensor *many = t_zeros(MANY), *matrix = t_normal(&rng, N, N);
    for (Watch w = watch(&read, RUNS, 1); watch_again(&w); )
        sum = added_up(many);
    for (Watch w = watch(&multiplied, RUNS, 1); watch_again(&w); )
        t_matmul(matrix, matrix);
    tape_release(mark);
    (void)sum;
    return (Rates){ 2.0 * N * N * N / multiplied.busy,
                    (double)MANY * sizeof(real) / read.busy };
}

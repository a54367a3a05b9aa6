/* matmul.c -- matrix products of the sizes that models are made of, against
 * OpenBLAS, and against what the processor can do at best. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tensor/gemm.h"
#include "same.h"

/* C (n, m) = A (n, k) B (k, m). a_lies: A is in memory as its transpose (k, n),
 * which BLAS calls T; b_lies likewise. */
typedef struct {
    int n, m, k;
    bool a_lies, b_lies;
    const char *what;
} Product;

static const Product products[] = {
    { 16, 16, 16, 0, 0, "square" },
    { 32, 32, 32, 0, 0, "square" },
    { 64, 64, 64, 0, 0, "square" },
    { 128, 128, 128, 0, 0, "square" },
    { 256, 256, 256, 0, 0, "square" },
    { 512, 512, 512, 0, 0, "square" },
    { 1024, 1024, 1024, 0, 0, "square" },
    { 2048, 2048, 2048, 0, 0, "square" },
    { 512, 256, 256, 0, 0, "projection" },
    { 1024, 256, 256, 0, 0, "projection" },
    { 2048, 256, 256, 0, 0, "projection" },
    { 4096, 256, 256, 0, 0, "projection" },
    { 512, 512, 512, 0, 1, "projection, by input" },
    { 1024, 512, 512, 0, 0, "projection" },
    { 4096, 512, 512, 0, 0, "projection" },
    { 1024, 512, 512, 0, 1, "projection, by input" },
    { 512, 512, 1024, 1, 0, "projection, by weight" },
    { 256, 256, 2048, 1, 0, "projection, by weight" },
    { 1024, 2048, 512, 0, 0, "network, up" },
    { 1024, 512, 2048, 0, 0, "network, down" },
    { 2048, 384, 384, 0, 0, "C: projection" },
    { 2048, 1536, 384, 0, 0, "C: up" },
    { 2048, 384, 1536, 0, 0, "C: down" },
    { 2048, 384, 1536, 0, 1, "C: up, by input" },
    { 2048, 1536, 384, 0, 1, "C: down, by input" },
    { 384, 1536, 2048, 1, 0, "C: up, by weight" },
    { 1536, 384, 2048, 1, 0, "C: down, by weight" },
    { 768, 1000, 128, 0, 1, "A: logits" },
    { 1000, 128, 768, 1, 0, "A: logits, by words" },
    { 2048, 6000, 256, 0, 1, "B: logits" },
    { 2048, 256, 6000, 0, 0, "B: logits, by input" },
    { 6000, 256, 2048, 1, 0, "B: logits, by words" },
    { 128, 128, 64, 0, 1, "one head's scores" },
    { 128, 64, 128, 0, 0, "one head's mixture" },
    { 12, 12, 32, 0, 1, "a small head's scores" },
    { 12, 32, 12, 0, 0, "a small head's mixture" },
    { 1, 512, 512, 0, 0, "one row" },
    { 512, 1, 512, 0, 0, "one column" },
    { 8, 512, 512, 0, 0, "eight rows" },
    { 100, 77, 53, 0, 0, "odd" },
    { 1000, 333, 77, 1, 1, "odd" },
};
enum { PRODUCTS = sizeof products / sizeof products[0] };

/* ---- ours --------------------------------------------------------------- */

static Matrix a, b, c;

static Matrix matrix(real *at, int rows, int columns, bool lies)
{
    return lies ? (Matrix){ at, 1, rows } : (Matrix){ at, columns, 1 };
}

static void prepare(const Work *work)
{
    int n = work->size[0], m = work->size[1], k = work->size[2];
    size_t a_size = (size_t)n * (size_t)k, b_size = (size_t)k * (size_t)m;
    a = matrix(aligned_numbers(a_size), n, k, work->size[3]);
    b = matrix(aligned_numbers(b_size), k, m, work->size[4]);
    c = matrix(aligned_numbers((size_t)n * (size_t)m), n, m, false);
    same_numbers(a.at, a_size, 1, 0);
    same_numbers(b.at, b_size, 1, 1u << 30);
}

static void step(const Work *work)
{
    int n = work->size[0], m = work->size[1], k = work->size[2];
    gemm(n, m, k, a, b, c, false);
    work_result(c.at, (size_t)n * (size_t)m);
}

/* ---- rows --------------------------------------------------------------- */

static int least(const Product *p)
{
    int side = p->n < p->m ? p->n : p->m;
    return side < p->k ? side : p->k;
}

static bool is_large(const Product *p) { return least(p) >= 64; }

static bool is_small(const Product *p)
{
    return p->n == 1 || p->m == 1 || (p->n <= 32 && p->m <= 32 && p->k <= 32);
}

static bool is_any(const Product *p) { return p->n > 0; }

static bool is_square(const Product *p, int from, int to)
{
    return p->n == p->m && p->m == p->k && from <= p->n && p->n <= to;
}

static bool is_medium_square(const Product *p)
{
    return is_square(p, 256, 512);
}

static bool is_great_square(const Product *p)
{
    return is_square(p, 1024, 1 << 20);
}

static Row measure_product(const Product *p, const char *name, int threads)
{
    int size[] = { p->n, p->m, p->k, p->a_lies, p->b_lies };
    Work peer = blas_work;
    Work work = { .prepare = prepare, .step = step, .patience = 0.4,
                  .blas = &peer, .peak = &peak_work };
    memcpy(work.size, size, sizeof size);
    memcpy(peer.size, size, sizeof size);
    Measured m = measure(&work, threads);
    Row row = row_of("matmul", name, threads, m);
    row.work = 2e-9 * p->n * p->m * p->k;
    row.what = "GFLOP";
    row.of_peak = row.work / m.seconds[OURS]
                / (1e-9 * threads * peak_flop() / m.seconds[PEAK]);
    return row;
}

/* A row that sums others up. */
typedef struct {
    const char *name;
    bool (*is_in)(const Product *p);
    enum { MEAN, LEAST, PEAK_SHARE } of;
} Summary;

static const Summary summaries[] = {
    { "geometric mean", is_any, MEAN },
    { "mean, all sides 64 or more", is_large, MEAN },
    { "least, all sides 64 or more", is_large, LEAST },
    { "mean, small or one row", is_small, MEAN },
    { "least, small or one row", is_small, LEAST },
    { "least share of peak, squares to 512", is_medium_square, PEAK_SHARE },
    { "least share of peak, from 1024", is_great_square, PEAK_SHARE },
};
enum { SUMMARIES = sizeof summaries / sizeof summaries[0] };

static void sum_up(const Summary *s, const Row *rows, int threads)
{
    double logs = 0, low = INFINITY, peak = INFINITY;
    int n = 0;
    for (int i = 0; i < PRODUCTS; i++) {
        if (!rows[i].name || !s->is_in(&products[i]))
            continue;
        n++;
        logs += log(rows[i].ratio);
        low = fmin(low, rows[i].ratio);
        peak = fmin(peak, rows[i].of_peak);
    }
    if (n < 2)
        return;             /* it says no more than its only row */
    Row row = row_empty("matmul", s->name, threads);
    row.peer_name = "the fastest";
    if (s->of == PEAK_SHARE)
        row.of_peak = peak;
    else
        row.ratio = s->of == MEAN ? exp(logs / n) : low;
    if (s->of == PEAK_SHARE || isfinite(row.ratio))
        row_done(&row);
}

void bench_matmul(int threads)
{
    static char names[PRODUCTS][64];
    Row rows[PRODUCTS] = { 0 };
    for (int i = 0; i < PRODUCTS; i++) {
        const Product *p = &products[i];
        snprintf(names[i], sizeof names[i], "%dx%dx%d %s%s %s", p->n, p->m,
                 p->k, p->a_lies ? "T" : "N", p->b_lies ? "T" : "N", p->what);
        if (!row_wanted("matmul", names[i]))
            continue;
        rows[i] = measure_product(p, names[i], threads);
        row_done(&rows[i]);
    }
    for (int i = 0; i < SUMMARIES; i++)
        sum_up(&summaries[i], rows, threads);
}

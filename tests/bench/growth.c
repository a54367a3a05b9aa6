/* growth.c -- how the time of a training step grows with each size of a GPT.
 *
 * If all time went into products, doubling a size would multiply it by a power
 * of two that their number of multiplications tells: 2^1 for the batch, almost
 * 2^2 for the width. The row gives the exponent of the times measured, and the
 * one of the multiplications: slopes of straight lines through the logarithms.
 */
#include "bench.h"

#include <math.h>
#include <stdio.h>

enum { V, T, D, HEADS, LAYERS, BATCH, SIZES };
enum { MOST = 5 };

static const int middle[SIZES] = { 65, 128, 128, 4, 4, 4 };

static const struct {
    const char *name;
    int which, from, n;     /* n sizes, each twice the one before */
} axes[] = {
    { "with the length, 64 to 1024", T, 64, 5 },
    { "with the width, 64 to 512", D, 64, 4 },
    { "with the layers, 1 to 16", LAYERS, 1, 5 },
    { "with the batch, 1 to 16", BATCH, 1, 5 },
    { "with the vocabulary, 1024 to 16384", V, 1024, 5 },
};
enum { AXES = sizeof axes / sizeof axes[0] };

/* The slope of the line through (log2 of size, log2 of y) that fits best. */
static double exponent(int n, const double *y)
{
    double mean = (n - 1) / 2.0, up = 0, down = 0;
    for (int i = 0; i < n; i++) {
        up += (i - mean) * log2(y[i]);
        down += (i - mean) * (i - mean);
    }
    return up / down;
}

static Row growth_row(int a, int threads)
{
    double ours[MOST], peer[MOST], flop[MOST];
    Row row = row_empty("growth", axes[a].name, threads);
    row.unit = "";
    for (int i = 0; i < axes[a].n; i++) {
        int s[SIZES];
        for (int k = 0; k < SIZES; k++)
            s[k] = middle[k];
        s[axes[a].which] = axes[a].from << i;
        Work work = gpt_work(s[V], s[T], s[D], s[HEADS], s[LAYERS], s[BATCH]);
        work.patience = 0.5;
        Measured m = measure(&work, threads);
        ours[i] = m.seconds[OURS];
        peer[i] = m.seconds[fastest_peer(&m)];
        flop[i] = gpt_flop(s[V], s[T], s[D], s[LAYERS], s[BATCH]);
        row.others = fmax(row.others, m.others);
        row.differs |= m.differs;
        table_growth(axes[a].name, axes[a].from << i, ours[i], peer[i],
                     flop[i]);
    }
    row.ours = exponent(axes[a].n, ours);
    row.peer = exponent(axes[a].n, peer);
    if (!isnan(row.peer))
        row.peer_name = "PyTorch";
    row.expected = exponent(axes[a].n, flop);
    return row;
}

void bench_growth(int threads)
{
    for (int a = 0; a < AXES; a++)
        if (row_wanted("growth", axes[a].name)) {
            Row row = growth_row(a, threads);
            row_done(&row);
        }
}

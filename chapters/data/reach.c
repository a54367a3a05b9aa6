/* reach.c -- how far back models reach, printed and plotted. */
#include "data/reach.h"
#include "base/heap.h"
#include "cell/plot.h"
#include "cell/print.h"

#include <stdlib.h>

static void plot_reach(int n, const Reach *reach, int far, const char *name,
                       const char *columns)
{
    double *row = grown(NULL, 1 + (size_t)n, sizeof *row);
    Plot *plot = plot_open(name, columns);
    for (int k = 0; k <= far; k++) {
        row[0] = k;
        for (int i = 0; i < n; i++)
            row[1 + i] = reach[i].size[k];
        plot_numbers(plot, 1 + n, row);
    }
    plot_close(plot);
    free(row);
}

void reach_show(int n, const Reach *reach, int far, int digits, const char *plot,
                const char *columns)
{
    plot_reach(n, reach, far, plot, columns);
    text_printf("%-22s", "words before");
    for (int k = 1; k <= far; k *= 2)
        text_printf(" %7d", k);
    for (int i = 0; i < n; i++) {
        text_printf("\n%-22s", reach[i].name);
        for (int k = 1; k <= far; k *= 2)
            text_printf(" %7.*g", digits, reach[i].size[k]);
    }
    text_printf("\n");
}

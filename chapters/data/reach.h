/* reach.h -- how far back models reach, printed and plotted, in chapters 11 and 12. */
#ifndef REACH_H
#define REACH_H

enum { FARTHEST = 79 };

/* What a name stands for, and how large something is at each distance, from 0 on. */
typedef struct {
    const char *name;
    double size[FARTHEST + 1];
} Reach;

/* Prints the sizes at the distances 1, 2, 4 ... up to `far`, to so many digits, a
 * row for each of n, and plots those at all distances from 0 on; plot, columns: as
 * in plot_open(). */
void reach_show(int n, const Reach *reach, int far, int digits, const char *plot,
                const char *columns);

#endif

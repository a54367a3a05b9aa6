/* threads.c -- what more processors bring: a training step with one thread over
 * the same with all of them, and, on paper, with 8 and 64.
 *
 * A step has a part that threads share, and a rest that waits: products too
 * small to be worth a second thread, the tape, memory that all of them read at
 * once. Amdahl's law says that with n threads it takes rest + (1 - rest) / n of
 * the time. Two measurements give the rest, and the rest any n: as if it stayed
 * what it is, which no other machine has promised. */
#include "bench.h"

#include <math.h>
#include <stdio.h>

static const int on_paper[] = { 8, 64 };
enum { ON_PAPER = sizeof on_paper / sizeof on_paper[0] };

/* How many times faster n threads would be than one, if `threads` are `ratio`
 * times faster. A ratio above `threads` comes from chance or from caches: then
 * nothing is taken to wait. */
static double amdahl(double ratio, int threads, int n)
{
    double rest = (threads / ratio - 1) / (threads - 1);
    rest = isnan(rest) ? rest : fmin(fmax(rest, 0), 1);
    return 1 / (rest + (1 - rest) / n);
}

static void threads_row(const char *name, int threads, double ours, double peer,
                        const Measured *m)
{
    Row row = row_empty("threads", name, threads);
    Who who = fastest_peer(m);
    row.peer_name = m->name[who] ? m->name[who] : "";
    row.unit = "";
    row.ours = ours;
    row.peer = peer;
    row.others = m->others;
    row.differs = m->differs;
    row_done(&row);
}

static void threads_of(char which, int threads)
{
    char name[40];
    snprintf(name, sizeof name, "%c: %d threads over one", which, threads);
    if (!row_wanted("threads", name))
        return;
    Work work = model_work(which);
    Measured one = measure(&work, 1), all = measure(&work, threads);
    Who who = fastest_peer(&all);
    double ours = one.seconds[OURS] / all.seconds[OURS];
    double peer = one.seconds[who] / all.seconds[who];
    all.others = fmax(one.others, all.others);
    threads_row(name, threads, ours, peer, &all);
    for (int i = 0; i < ON_PAPER; i++) {
        int n = on_paper[i];
        snprintf(name, sizeof name, "%c: %d, computed", which, n);
        threads_row(name, n, amdahl(ours, threads, n), amdahl(peer, threads, n),
                    &all);
    }
}

void bench_threads(int threads)
{
    for (char which = 'A'; which <= 'C' && threads > 1; which++)
        threads_of(which, threads);
}

/* whole.c -- what a reader notices of a program as a whole: the memory that
 * training takes, how long the start takes, and how much of a step is not
 * arithmetic. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

/* ---- memory -------------------------------------------------------------- */

void bench_memory(int threads)
{
    for (char which = 'A'; which <= 'C'; which++) {
        char name[] = "training A";
        name[9] = which;
        if (!row_wanted("memory", name))
            continue;
        Work work = model_work(which);
        work.once = true;
        Row row = row_of_bytes("memory", name, threads,
                               measure(&work, threads), false);
        row_done(&row);
    }
}

/* ---- overhead ------------------------------------------------------------ *
 * What does a step take beside the arithmetic: making tensors, checking shapes,
 * writing the tape and reading it, calling functions? The same model with one
 * pair of one token, and four numbers in place of 128, does the same
 * operations in the same order, with hardly a number in each. The time of its
 * step, as a share of the time of the whole, is that and a little more. */

void bench_overhead(int threads)
{
    const char *name = "A without numbers";
    if (!row_wanted("overhead", name))
        return;
    Work whole = model_work('A');
    Work empty = transformer_work(4, 4, 2, 4, 5, 5, 1, 1);
    Measured w = measure(&whole, threads), e = measure(&empty, threads);
    Row row = row_empty("overhead", name, threads);
    Who who = fastest_peer(&w);
    if (w.name[who])
        row.peer_name = w.name[who];
    row.unit = "%";
    row.ours = e.seconds[OURS] / w.seconds[OURS];
    row.peer = e.seconds[who] / w.seconds[who];
    row.ratio = row.peer / row.ours;
    row.others = w.others > e.others ? w.others : e.others;
    row.differs = w.differs || e.differs;
    row_done(&row);
}

/* ---- start --------------------------------------------------------------- *
 * From the start of a program to the end of the first training step of a small
 * model. */

static Work small_work(void)
{
    return transformer_work(64, 4, 2, 128, 640, 1200, 32, 8);
}

bool child_word(const char *word)
{
    Work work = small_work();
    if (strcmp(word, "start") != 0)
        return false;
    work.prepare(&work);
    work.step(&work);
    return true;
}

void bench_start(int threads)
{
    const char *name = "to the end of one step";
    if (!row_wanted("start", name))
        return;
    Work work = small_work();
    Row row = row_of("start", name, threads,
                     measure_start("start", work.torch, threads));
    row_done(&row);
}

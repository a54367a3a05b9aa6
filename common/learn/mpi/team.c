/* team.c -- a team that MPI has started. Errors of MPI end the team, as is its
 * own default. */
#define _POSIX_C_SOURCE 200809L     /* sleep */
#define T_LIBRARY
#include "learn/team.h"
#include "base/fail.h"
#include "base/parallel.h"
#include "tensor/ops.h"

#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int size = 1, rank;

/* ---- begin and end ------------------------------------------------------ */

/* Those on one machine share its processors, unless told how many to use. */
static void share_processors(void)
{
    MPI_Comm here;
    int neighbours;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL,
                        &here);
    MPI_Comm_size(here, &neighbours);
    MPI_Comm_free(&here);
    int threads = parallel_threads() / neighbours;
    if (!getenv("OMP_NUM_THREADS"))
        parallel_set_threads(threads > 1 ? threads : 1);
}

/* What goes wrong with all of them is said once: the first says it, and with its
 * end mpirun ends the others: with SIGTERM, after a second. */
static void let_the_first_speak(void)
{
    signal(SIGTERM, SIG_DFL);
    if (rank > 0)
        sleep(3);
}

void team_begin(void)
{
    int provided;       /* threads that help never call MPI */
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    before_last_words(let_the_first_speak);
    before_good_end(team_end);
    share_processors();
    if (rank > 0 && !freopen("/dev/null", "w", stdout))
        die("cannot open /dev/null");
}

void team_end(void) { MPI_Finalize(); }
int team_size(void) { return size; }
int team_rank(void) { return rank; }

/* ---- sums --------------------------------------------------------------- */

/* The standard wants the same result in all, so it is summed in one order. */
static void sum(void *numbers, size_t n, MPI_Datatype type)
{
    if (size > 1)
        MPI_Allreduce(MPI_IN_PLACE, numbers, (int)n, type, MPI_SUM,
                      MPI_COMM_WORLD);
}

void team_sum(int n, double *numbers) { sum(numbers, (size_t)n, MPI_DOUBLE); }

/* A gradient begins where a vector may. */
static size_t room(const Buffer *b) { return (b->size + 15) / 16 * 16; }

/* All gradients are one message: a hundred small ones would take longer. With the
 * first call they move into one block, side by side, and stay there. Returns its
 * numbers. */
static size_t side_by_side(const Params *list)
{
    size_t n = 0;
    bool already = true;
    for (int i = 0; i < list->n; i++) {
        const real *grad = grad_of(list->at[i]);    /* zeros, if none arrived */
        already = already && grad == grad_of(list->at[0]) + n;
        n += room(list->at[i]->buffer);
    }
    if (already)
        return n;
    real *next = keep_alloc(n * sizeof *next);
    memset(next, 0, n * sizeof *next);
    for (int i = 0; i < list->n; i++) {
        Buffer *b = list->at[i]->buffer;
        b->grad = memcpy(next, b->grad, b->size * sizeof *next);
        next += room(b);
    }
    return n;
}

void team_sum_gradients(const Params *list)
{
    if (size == 1)
        return;
    size_t n = side_by_side(list);
    sum(grad_of(list->at[0]), n,
        sizeof(real) == sizeof(float) ? MPI_FLOAT : MPI_DOUBLE);
}

/* ---- the same in all ---------------------------------------------------- */

/* Of those that differ from the first one, one says so; the others wait to be
 * ended. */
void team_check(const char *what, uint64_t hash)
{
    uint64_t first = hash;
    MPI_Bcast(&first, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
    int odd = hash == first ? size : rank;
    MPI_Allreduce(MPI_IN_PLACE, &odd, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    before_last_words(NULL);
    if (odd == rank)
        die("process %d of the team has other %s than process 0", rank, what);
    if (odd < size)
        MPI_Barrier(MPI_COMM_WORLD);
}

/* team.c -- a team of one; for larger ones see mpi/team.c. */
#include "learn/team.h"
#include "base/fail.h"

#include <stdlib.h>

/* Started by an mpirun, but built without MPI, each would train alone, and all
 * would write the same file. */
void team_begin(void)
{
    const char *size = getenv("OMPI_COMM_WORLD_SIZE");
    if (!size)
        size = getenv("PMI_SIZE");
    if (size && atoi(size) > 1)
        die("this program works alone: for mpirun, start that in build/mpi/, "
            "which `make mpi` builds");
}

void team_end(void) { }
int team_size(void) { return 1; }
int team_rank(void) { return 0; }
void team_sum(int n, double *numbers) { (void)n, (void)numbers; }
void team_sum_gradients(const Params *list) { (void)list; }
void team_check(const char *what, uint64_t hash) { (void)what, (void)hash; }

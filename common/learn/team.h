/* team.h -- processes that train one model together, on one machine or on many.
 *
 * Each has the whole model, reads the same files and makes the same batches. Of
 * every batch it computes a share; the gradients are summed, and all take the
 * same step, so that their models stay equal to the last bit. A function below
 * that says "all" must be called by all of the team, in the same order.
 *
 * A program is a team of one: team.c. `make mpi` links it once more, with
 * mpi/team.c in the place of team.c, and mpirun starts as many as are wanted. Who
 * ends before team_end() ends the whole team, so die() is right here, too.
 */
#ifndef TEAM_H
#define TEAM_H

#include "tensor/tensor.h"

#include <stdint.h>

/* From here on this process belongs to the team. In all but the first, what is
 * printed on stdout goes nowhere. */
void team_begin(void);

/* Waits for all: the last thing that a team does. */
void team_end(void);

/* How many they are, and which this one is: 0 to team_size() - 1. Before
 * team_begin() it is alone: 1 and 0. */
int team_size(void);
int team_rank(void);

/* All: each of n numbers becomes its sum over the team, the same bits in all. */
void team_sum(int n, double *numbers);

/* All: so do the gradients of all parameters in the list. */
void team_sum_gradients(const Params *list);

/* All: ends with die() unless this hash is the same in all. what: "data". */
void team_check(const char *what, uint64_t hash);

#endif

/* cost.c -- what was done to make a tensor. A walk back along x->in, in which
 * nothing is visited twice. */
#define T_LIBRARY
#include "tensor/cost.h"

#include <stdint.h>
#include <string.h>

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

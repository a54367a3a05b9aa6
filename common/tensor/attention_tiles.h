/* attention_tiles.h -- what t_attention() asks of the tiles. Nothing here is for
 * chapters. */
#ifndef ATTENTION_TILES_H
#define ATTENTION_TILES_H

#include "tensor/ops.h"

/* One call: its sizes, its options, what backward needs. */
typedef struct {
    int n, m, d_k, d_v;
    int count;          /* matrices of queries in the stack: batch x heads */
    int group;          /* that share one matrix of keys */
    real scale;         /* of inner products: 1 / sqrt(d_k) */
    real lid;           /* softcap; or 0 */
    bool adjusts;       /* scores, before they reach exponentials(); then ... */
    real factor;        /* ... this is 1; else scale, which is left to them */
    bool causal;
    bool one_place;     /* rows are heads, and all ask from the same place */
    int asked;          /* queries of a sequence: n, or 1 */
    int cached, window;
    const int *lengths; /* of each sequence, or NULL */
    int each;           /* matrices of queries in a sequence */
    bool limited;       /* by what is known without reading a mask */
    int rows;           /* of a tile forward: LARGE or SMALL */
    int side;           /* of a tile backward: the same */
    Tensor *mask, *bias;        /* (..., n, m), or NULL */
    Tensor *q, *k, *v, *out;
    real *turned;       /* all keys, while forward runs; or NULL */
    real *max;          /* of each query: its largest score, or 0 */
    real *share;        /* 1 / sum of e^(score - max), or 0 */
    real *weights;      /* all of them, if they take no more room than q: need
                         * not be made again, which is a fifth of the way back.
                         * Else NULL */
} Attention;

/* Works out a->out, with room for what backward needs if `records`. */
void tiles_forward(Attention *a, bool records);

/* The backward pass of a result whose `saved` is an Attention. */
void tiles_backward(Tensor *out);

#endif

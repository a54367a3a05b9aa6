/* attention.h -- t_attention() against the plain formula of chapter 5, which
 * holds the whole table: for attention.c in float, for gradients_attention.c
 * in double. */
#ifndef ATTENTION_H
#define ATTENTION_H

#include "chapter.h"

#include "05_scaled_dot_product.h"

/* Who may not look at whom. CAUSAL, CAUSAL_AND_PADDING need n = m. */
enum {
    NO_MASK, PADDING, BY_PAIR, BY_HEAD, BLIND, CAUSAL, CAUSAL_AND_PADDING,
    MASKS
};

/* 1 with probability 0.4. */
static inline Tensor *coins(Rng *rng, Shape shape)
{
    Tensor *x = t_uniform_shape(rng, 0, 1, shape);
    for (size_t i = 0; i < x->buffer->size; i++)
        x->buffer->data[i] = x->buffer->data[i] < (real)0.4;
    return x;
}

/* For a batch B, h heads, n queries and m keys; NULL if there is none. BLIND:
 * every third query sees nothing; the others but one key each. */
static inline Tensor *some_mask(int kind, Rng *rng, int B, int h, int n, int m)
{
    if (kind == NO_MASK || kind == CAUSAL)
        return NULL;
    if (kind == BY_PAIR)
        return coins(rng, SHAPE(n, m));
    if (kind == BY_HEAD)
        return coins(rng, SHAPE(B, h, n, m));
    if (kind == BLIND) {
        Tensor *mask = counted(1, n, m);
        for (int i = 0; i < n; i++)
            if (i % 3 != 0)
                t_at(mask, i, rng_below(rng, m)) = 0;
        return mask;
    }
    Tensor *mask = t_zeros(B, 1, 1, m);
    for (int b = 0; b < B; b++)
        for (int j = 1 + rng_below(rng, m); j < m; j++)
            t_at(mask, b, 0, 0, j) = 1;
    return mask;
}

/* One attention: q (B, h, n, d_k), k (B, h, m, d_k), v (B, h, m, d_v),
 * parameters, and the gradient of the loss by the output. */
typedef struct {
    Tensor *q, *k, *v, *slope;
    AttentionOptions options;
} Example;

static inline Tensor *normal_param(Rng *rng, Shape shape)
{
    return param_from(NULL, t_normal_shape(rng, shape));
}

static inline Example example_of(Rng *rng, int kind, int B, int h, int n, int m,
                                 int d_k, int d_v)
{
    Tensor *mask = some_mask(kind, rng, B, h, n, m);
    return (Example){
        .q = normal_param(rng, SHAPE(B, h, n, d_k)),
        .k = normal_param(rng, SHAPE(B, h, m, d_k)),
        .v = normal_param(rng, SHAPE(B, h, m, d_v)),
        .slope = t_keep(t_normal(rng, B, h, n, d_v)),
        .options = {
            .mask = mask ? t_keep(mask) : NULL,
            .causal = kind == CAUSAL || kind == CAUSAL_AND_PADDING,
        },
    };
}

static inline Example example(Rng *rng, int kind, int B, int h, int n, int m)
{
    return example_of(rng, kind, B, h, n, m, 5, 3);
}

/* An output and the gradients by q, k and v. */
typedef struct {
    Tensor *at[4];
} Results;

/* The same memory every time: parameters' gradients start from 0 again. */
static inline Results results(const Example *e, Tensor *out)
{
    Tensor *in[3] = { e->q, e->k, e->v };
    for (int i = 0; i < 3; i++)
        memset(in[i]->buffer->grad, 0, in[i]->buffer->size * sizeof(real));
    Results r = { { t_keep(out) } };
    t_backward(t_sum(t_mul(out, e->slope), T_ALL));
    for (int i = 0; i < 3; i++)
        r.at[i + 1] = t_keep(t_grad(in[i]));
    tape_reset();
    return r;
}

static inline Results in_tiles(const Example *e)
{
    return results(e, t_attention(e->q, e->k, e->v, e->options));
}

static inline Results by_formula(const Example *e)
{
    Tensor *mask = NULL;
    if (e->options.mask)
        mask = t_detach((Tensor *)(uintptr_t)e->options.mask);
    if (e->options.causal)
        mask = mask ? t_add(mask, causal_mask(t_dim(e->q, -2)))
                    : causal_mask(t_dim(e->q, -2));
    return results(e, attention(e->q, e->k, e->v, mask));
}

static inline void check_same(const Example *e, double tolerance, int kind)
{
    const char *name[] = { "output", "by q", "by k", "by v" };
    Results got = in_tiles(e), expected = by_formula(e);
    for (int i = 0; i < 4; i++) {
        double off = t_distance(got.at[i], expected.at[i]);
        if (!(off <= tolerance))
            fail_msg("%s x %s, mask %d, %s: %g apart", t_shape(e->q),
                     t_shape(e->k), kind, name[i], off);
    }
}

/* Around the sizes of tiles, 96, 192, 256 and 384, and far from them. */
static const int sizes[] = { 1, 7, 12, 95, 97, 130, 193, 257, 390 };
enum { SIZES = sizeof sizes / sizeof *sizes };

static inline void check_all_sizes(double tolerance)
{
    Rng rng = rng_new(11);
    for (int i = 0; i < SIZES; i++)
        for (int j = 0; j < SIZES; j++)
            for (int kind = 0; kind < MASKS; kind++) {
                if (kind >= CAUSAL && i != j)
                    continue;
                Example e = example(&rng, kind, 2, i % 2 + 1, sizes[i],
                                    sizes[j]);
                check_same(&e, tolerance, kind);
                tape_free();
            }
    /* So many heads that keys need not be parted for the threads. */
    Example e = example(&rng, NO_MASK, 17, 1, 5, 200);
    check_same(&e, tolerance, NO_MASK);
    tape_free();
}

#endif

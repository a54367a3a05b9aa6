/* attention.h -- t_attention() against the plain formula of chapter 5, which
 * holds the whole table: for attention.c in float, for gradients_attention.c
 * in double. */
#ifndef ATTENTION_H
#define ATTENTION_H

#include "chapter.h"

#include "05_scaled_dot_product.h"

#include <stdlib.h>

/* What t_attention() is asked for. The first are masks, or causal. */
enum {
    NO_MASK, PADDING, BY_PAIR, BY_HEAD, BLIND, CAUSAL, CAUSAL_AND_PADDING,
    AFTER_CACHE, AT_END, WINDOW, WINDOW_BEHIND, LENGTHS, SHARED, ONE_FOR_ALL, SCALED,
    CAPPED, BIASED, SLOPED, ALL_AT_ONCE,
    KINDS
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
    if (kind == BY_PAIR)
        return coins(rng, SHAPE(n, m));
    if (kind == BY_HEAD || kind == ALL_AT_ONCE)
        return coins(rng, SHAPE(B, h, n, m));
    if (kind == BLIND) {
        Tensor *mask = counted(1, n, m);
        for (int i = 0; i < n; i++)
            if (i % 3 != 0)
                t_at(mask, i, rng_below(rng, m)) = 0;
        return mask;
    }
    if (kind != PADDING && kind != CAUSAL_AND_PADDING)
        return NULL;
    Tensor *mask = t_zeros(B, 1, 1, m);
    for (int b = 0; b < B; b++)
        for (int j = 1 + rng_below(rng, m); j < m; j++)
            t_at(mask, b, 0, 0, j) = 1;
    return mask;
}

static inline Tensor *normal_param(Rng *rng, Shape shape)
{
    return param_from(NULL, t_normal_shape(rng, shape));
}

static inline const int *some_lengths(Rng *rng, int B, int m)
{
    static int lengths[64];
    assert_in_range(B, 1, 64);
    for (int b = 0; b < B; b++)
        lengths[b] = rng_below(rng, m + 1);
    return lengths;
}

/* The options of a kind, beside its mask. */
static inline AttentionOptions some_options(int kind, Rng *rng, int B, int h,
                                            int n, int m)
{
    bool all = kind == ALL_AT_ONCE;
    AttentionOptions o = { .causal = kind == CAUSAL || kind == AFTER_CACHE
                                  || kind == AT_END
                                  || kind == CAUSAL_AND_PADDING
                                  || kind == WINDOW_BEHIND || all };
    if (kind == AFTER_CACHE || kind == WINDOW || kind == WINDOW_BEHIND || all)
        o.cached = rng_below(rng, m + 1);
    if (kind == WINDOW || kind == WINDOW_BEHIND || all)
        o.window = 1 + rng_below(rng, m);
    if (kind == AT_END)
        o.cached = T_AT_END;
    if (kind == LENGTHS || (kind == AT_END && n % 2) || all)
        o.lengths = some_lengths(rng, B, m);
    if (kind == SCALED || all)
        o.scale = -0.3;
    if (kind == CAPPED || all)
        o.softcap = 1.5;
    if (kind == BIASED || all)
        o.bias = normal_param(rng, SHAPE(h, n, m));
    if (kind == SLOPED)
        o.bias = normal_param(rng, n % 2 ? SHAPE(h, 1, m) : SHAPE(B, 1, n, m));
    return o;
}

/* One attention: q (B, h, n, d_k), k (B, h, m, d_k), v (B, h, m, d_v),
 * parameters, and the gradient of the loss by the output. Where heads share
 * keys, three do, or all. */
typedef struct {
    Tensor *q, *k, *v, *slope;
    AttentionOptions options;
} Example;

static inline Example example_of(Rng *rng, int kind, int B, int h, int n, int m,
                                 int d_k, int d_v)
{
    int group = kind == SHARED || kind == ALL_AT_ONCE ? 3
              : kind == ONE_FOR_ALL ? h : 1;
    int heads = kind == ONE_FOR_ALL ? 1 : h;
    Tensor *mask = some_mask(kind, rng, B, heads * group, n, m);
    Example e;
    e.q = normal_param(rng, SHAPE(B, heads * group, n, d_k));
    e.k = normal_param(rng, SHAPE(B, heads, m, d_k));
    e.v = normal_param(rng, SHAPE(B, heads, m, d_v));
    e.slope = t_keep(t_normal(rng, B, heads * group, n, d_v));
    e.options = some_options(kind, rng, B, heads * group, n, m);
    e.options.mask = mask ? t_keep(mask) : NULL;
    return e;
}

static inline Example example(Rng *rng, int kind, int B, int h, int n, int m)
{
    return example_of(rng, kind, B, h, n, m, 5, 3);
}

/* An output and the gradients by q, k, v and, if there is one, the bias. */
typedef struct {
    int n;
    Tensor *at[5];
} Results;

/* The same memory every time: parameters' gradients start from 0 again. */
static inline Results results(const Example *e, Tensor *out)
{
    Tensor *in[] = { e->q, e->k, e->v, e->options.bias };
    Results r = { .n = e->options.bias ? 5 : 4, .at = { t_keep(out) } };
    for (int i = 0; i + 1 < r.n; i++)
        memset(in[i]->buffer->grad, 0, in[i]->buffer->size * sizeof(real));
    t_backward(t_sum(t_mul(out, e->slope), T_ALL));
    for (int i = 0; i + 1 < r.n; i++)
        r.at[i + 1] = t_keep(t_grad(in[i]));
    tape_reset();
    return r;
}

static inline Results in_tiles(const Example *e)
{
    return results(e, t_attention(e->q, e->k, e->v, e->options));
}

/* 1 where a query may not look: what options say, pair by pair, (B, 1, n, m). */
static inline Tensor *hidden_by_place(const Example *e)
{
    const AttentionOptions *o = &e->options;
    int B = t_dim(e->q, 0), n = t_dim(e->q, 2), m = t_dim(e->k, 2);
    Tensor *hidden = t_zeros(B, 1, n, m);
    for (int b = 0; b < B; b++) {
        int keys = o->lengths ? o->lengths[b] : m;
        int cached = o->cached == T_AT_END ? keys - n : o->cached;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < m; j++)
                t_at(hidden, b, 0, i, j) =
                    j >= keys || (o->causal && j > i + cached)
                    || (o->window && abs(i + cached - j) >= o->window);
    }
    return hidden;
}

/* Keys or values, repeated for the heads that share them: (B, h, m, d). */
static inline Tensor *for_each_head(Tensor *x, int h)
{
    int heads = t_dim(x, 1), n = 0;
    Tensor *list[64];
    assert_in_range(h, 1, 64);
    for (int head = 0; head < heads; head++)
        for (int i = 0; i < h / heads; i++)
            list[n++] = t_slice(x, 1, head, head + 1);
    return n > heads ? t_concat_list(1, n, list) : x;
}

/* softmax(c tanh(q k^T scale / c) + bias) v with the whole table. */
static inline Tensor *with_options(const Example *e, Tensor *k, Tensor *v,
                                   Tensor *hidden)
{
    const AttentionOptions *o = &e->options;
    double scale = o->scale != 0 ? o->scale : 1 / sqrt(t_dim(k, -1));
    Tensor *s = t_scale(t_matmul(e->q, t_transpose(k)), scale);
    if (o->softcap > 0)
        s = t_scale(t_tanh(t_scale(s, 1 / o->softcap)), o->softcap);
    if (o->bias)
        s = t_add(s, o->bias);
    return t_matmul(t_softmax(t_masked_fill(s, hidden, -INFINITY)), v);
}

static inline Results by_formula(const Example *e)
{
    const AttentionOptions *o = &e->options;
    int h = t_dim(e->q, 1);
    Tensor *k = for_each_head(e->k, h), *v = for_each_head(e->v, h);
    Tensor *mask = hidden_by_place(e);
    if (o->mask)
        mask = t_add(mask, t_detach(o->mask));
    if (o->scale == 0 && o->softcap == 0 && !o->bias)
        return results(e, attention(e->q, k, v, mask));
    return results(e, with_options(e, k, v, mask));
}

static inline void check_same(const Example *e, double tolerance, int kind)
{
    const char *name[] = { "output", "by q", "by k", "by v", "by the bias" };
    Results got = in_tiles(e), expected = by_formula(e);
    for (int i = 0; i < got.n; i++) {
        double off = t_distance(got.at[i], expected.at[i]);
        if (!(off <= tolerance))
            fail_msg("%s x %s, kind %d, %s: %g apart", t_shape(e->q),
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
            for (int kind = 0; kind < KINDS; kind++) {
                if (kind > CAUSAL_AND_PADDING && (i + j + kind) % 3)
                    continue;       /* those take long */
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

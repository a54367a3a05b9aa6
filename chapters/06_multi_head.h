/* 06_multi_head.h -- several attentions side by side (Vaswani et al. 2017,
 * section 3.2.2). */
#ifndef CH06_MULTI_HEAD_H
#define CH06_MULTI_HEAD_H

#include "learn/nn.h"

/* (B, n, d) -> (B, h, n, d/h): a view, no copy. d must be divisible by h. */
Tensor *split_heads(Tensor *x, int heads);

/* (B, h, n, w) -> (B, n, h w): one copy. Undoes split_heads. */
Tensor *merge_heads(Tensor *x);

/* Mean weight that rows of x (1, n, d) give themselves, queries and keys made by
 * random projections, or by one and the same; heads 0: X itself is both. */
double weight_on_itself(Tensor *x, int heads, bool same, Rng *rng);

/* Four projections (d, d) with bias: 4 d^2 + 4 d numbers, whatever h is. */
typedef struct {
    int heads;
    Linear to_q, to_k, to_v, to_out;
} MultiHead;

MultiHead multi_head_new(Params *list, Rng *rng, int d, int heads);

typedef struct {
    const Tensor *mask; /* (n, m), (B, n, m) or (B, 1, m), the same for every
                         * head; NULL: all may look at all */
    bool causal;        /* and nobody at what comes later; needs n = m */
    double drop;        /* each weight is dropped with this probability ... */
    Rng *rng;           /* ... if there is a generator (training) */
    Tensor **weights;   /* if not NULL, receives the weights (B, h, n, m),
                         * before any are dropped */
    const bool *off;    /* if not NULL, off[i] switches head i off */
} MultiHeadOptions;

/* asking (B, n, d), answering (B, m, d) -> (B, n, d). The same tensor twice:
 * self-attention. */
Tensor *multi_head(MultiHead layer, Tensor *asking, Tensor *answering,
                   MultiHeadOptions options);

/* The same in two parts, for whoever asks again: the heads' keys and values,
 * (B, h, m, d/h) each, depend on `answering` alone. */
typedef struct {
    Tensor *k, *v;
} KeysValues;

KeysValues keys_values(MultiHead layer, Tensor *answering);
Tensor *multi_head_look(MultiHead layer, Tensor *asking, KeysValues kv,
                        MultiHeadOptions options);

/* The reader of this chapter's sentences, 我 养了 一只 猫 ， 它 很 可爱: one layer
 * of attention, and what it brings home to 它. */
typedef struct {
    Params params;
    Tensor *words;          /* (vocabulary, d) */
    MultiHead attention;
    Linear animal, quality; /* (d, 8) */
} Reader;

Reader reader_new(Rng *rng, int d, int heads);
void reader_train(Reader *r, Rng *rng, int steps);

/* What 它 looks at in 我养了一只猫，它很可爱: (heads, 8). */
Tensor *reader_looks(const Reader *r);

/* Share of right answers over all 256 sentences, with some heads switched off;
 * off NULL: none. */
typedef struct {
    double animal, quality;
} Score;

Score reader_score(const Reader *r, const bool *off);

/* How far a head of width d_k stays, after training, from a table of weights
 * (n, n): cross-entropy in nats per row; the entropy of the table at best. */
double imitate(Tensor *target, int d_k, uint64_t seed);

#endif

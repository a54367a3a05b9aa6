/* 04_additive_attention.h -- attention scored by a small network (Bahdanau et
 * al. 2015). */
#ifndef CH04_ADDITIVE_ATTENTION_H
#define CH04_ADDITIVE_ATTENTION_H

#include "tensor/tensor.h"

/* Score of query q and key k: w_v . tanh(q W_q + k W_k + b). */
typedef struct {
    Tensor *w_q;    /* (d_q, hidden) */
    Tensor *w_k;    /* (d_k, hidden) */
    Tensor *w_v;    /* (hidden, 1) */
    Tensor *b;      /* (hidden), or NULL: none, as in the notes */
} Additive;

/* Normal weights, w_v with standard deviation 1 / sqrt(hidden). */
Additive additive_new(Params *list, Rng *rng, int d_q, int d_k, int hidden,
                      bool with_bias);

/* q (B, n, d_q), k (B, m, d_k) -> (B, n, m). The widths may differ. */
Tensor *additive_scores(Additive a, Tensor *q, Tensor *k);

/* The same in two steps, for queries that come one after another: what the keys
 * put into the sum, (B, m, hidden); and the scores of queries that meet it. */
Tensor *additive_keys(Additive a, Tensor *k);
Tensor *additive_look(Additive a, Tensor *q, Tensor *keys);

/* Softmax of scores (B, n, m), with weight exactly 0 beyond the first
 * lengths[b] keys of sequence b. lengths NULL: all keys count. */
Tensor *masked_softmax(Tensor *scores, const int *lengths);

/* The whole of it: v (B, m, d_v) -> (B, n, d_v). Each weight is dropped with
 * probability `drop`; rng NULL: none is. */
Tensor *additive_attention(Additive a, Tensor *q, Tensor *k, Tensor *v,
                           const int *lengths, double drop, Rng *rng);

/* Four ways to score, trained side by side in this chapter. */
typedef enum {
    ADDITIVE_WITHOUT_BIAS, ADDITIVE, BILINEAR, SCALED_DOT, SCORINGS
} Scoring;

typedef struct {
    Scoring kind;
    Params params;
    Additive additive;
    Tensor *w;          /* bilinear: q W k^T, (d_q, d_k) */
    Tensor *w_q, *w_k;  /* scaled dot: (q W_q) (k W_k)^T / sqrt(hidden) */
} Scorer;

Scorer scorer_new(Scoring kind, Rng *rng, int d_q, int d_k, int hidden);
Tensor *scorer_scores(const Scorer *s, Tensor *q, Tensor *k);
const char *scoring_name(Scoring kind);

/* One batch of the recall task: each memory holds m random keys with a value
 * each; the query is one of its keys, seen through a fixed lens. */
typedef struct {
    Tensor *q;      /* (B, n, d_q) */
    Tensor *k;      /* (B, m, d_k) */
    Tensor *v;      /* (B, m, classes), each row one 1 */
    Tensor *answer; /* (B, n, classes) */
} Recall;

/* m: at most RECALL_CLASSES. ask: the key each query stands for, count x n of
 * them; NULL: at random. */
Recall recall_batch(Rng *rng, int count, int n, int m, const int *ask);

/* Trains for `steps` batches of 64; returns the loss of the last. */
double recall_train(Scorer *s, uint64_t seed, int steps, double *losses);

/* Share of right answers on `count` new memories. */
double recall_accuracy(const Scorer *s, uint64_t seed, int count);

/* Shares of right answers on memories, on their mirror images (all keys and the
 * query negated), and on both of a pair. turned: all scores change their sign
 * where the first number of the query is negative. */
typedef struct {
    double one, other, both;
} Mirrors;

Mirrors mirror_accuracy(const Scorer *s, bool turned, uint64_t seed, int count);

/* Trains the translator of "Tom chases Jerry" and returns how many of the 29
 * held-back sentences it gets right. places: the standard deviation that the
 * vectors of places start with. weights receives those of "Tom chases Jerry"
 * (3, 3): row i, the i-th Chinese word, looks at column j. */
int translate_held_back(uint64_t seed, double places, Tensor **weights);

enum { RECALL_KEYS = 6, RECALL_D_Q = 6, RECALL_D_K = 4, RECALL_CLASSES = 8,
       RECALL_HIDDEN = 64 };

#endif

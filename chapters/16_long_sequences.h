/* 16_long_sequences.h -- attention over many tokens: in tiles, through a window,
 * as a running sum, with keys that heads share; and what each recalls. */
#ifndef CH16_LONG_SEQUENCES_H
#define CH16_LONG_SEQUENCES_H

#include "data/recall.h"
#include "learn/nn.h"

/* ---- what bounds what ---------------------------------------------------- */

/* Arithmetic, in FLOP (an addition, a multiplication or an exponential is one),
 * and what must travel between memory and processor, if each number that is
 * given is read once and each result written once. */
typedef struct {
    double flop, bytes;
} Work;

Work work_of_product(int n, int m, int k);      /* (n, k) x (k, m) */
Work work_of_softmax(int n, int m);             /* n rows of m numbers */
Work work_of_cache_read(int m, int heads, int key_heads, int width);

/* ---- tiles --------------------------------------------------------------- */

/* softmax(q k^T / sqrt(d_k)) v, with a causal mask if `causal`, from tiles of
 * `rows` queries and `columns` keys: q (n, d_k), k (m, d_k), v (m, d_v) -> (n,
 * d_v). No gradient. */
Tensor *attention_by_tiles(Tensor *q, Tensor *k, Tensor *v, int rows,
                           int columns, bool causal);

/* Bytes read and written by one head of attention over n tokens, queries, keys
 * and values d wide: with the table, or in tiles of `rows` queries. */
double traffic_with_table(int n, int d);
double traffic_in_tiles(int n, int d, int rows);

/* ---- linear attention (Katharopoulos et al. 2020) ------------------------ */

/* e^x below 0, 1 + x from there on: always positive. */
Tensor *features(Tensor *x);

/* Causal attention whose weights are f(q_i) . f(k_j) / sum_j f(q_i) . f(k_j), f
 * the features: q, k (..., n, d_k), v (..., n, d_v) -> (..., n, d_v). Three ways
 * to the same numbers. */
Tensor *linear_by_table(Tensor *q, Tensor *k, Tensor *v);

/* Token by token, (n, d_k), (n, d_k), (n, d_v) -> (n, d_v). No gradient. */
Tensor *linear_by_state(Tensor *q, Tensor *k, Tensor *v);

/* Chunk by chunk; with gradients. q, k, v have four axes, (B, h, n, ...); n must
 * be at most CHUNK, or a multiple of it. */
enum { CHUNK = 128 };
Tensor *linear_attention(Tensor *q, Tensor *k, Tensor *v);

/* ---- who recalls what ---------------------------------------------------- */

/* Ways to look back. All have four heads of queries. */
typedef enum {
    ALL_KEYS,       /* attention to all that came before */
    NEAR_KEYS,      /* to the last 64 */
    RUNNING_SUM,    /* linear */
    TWO_KEY_HEADS,  /* all, but two heads of queries share one of keys */
    ONE_KEY_HEAD,   /* all four do */
    NARROW_HEADS,   /* four heads of keys, a quarter as wide */
    LOOKS
} Look;

/* One layer that learns to answer. */
typedef struct {
    Look look;
    int heads, key_heads, each;     /* `each`: the width of a head */
    Params params;
    Linear to_q, to_k, out;
    Tensor *values;                 /* (16, key_heads each) */
} Seeker;

Seeker seeker_new(Look look, uint64_t seed);
Tensor *seeker_answers(const Seeker *s, Facts f);   /* logits (B, n, 16) */
void seeker_train(Seeker *s, uint64_t seed, int steps);

/* Share of right answers over 16,384 places of new facts, in sequences of n
 * (which divides that), 32 of them at most. */
double seeker_score(const Seeker *s, uint64_t seed, int n);

/* Numbers kept of n places, to go on from there: keys and values, or the sums. */
double seeker_keeps(const Seeker *s, int n);

#endif

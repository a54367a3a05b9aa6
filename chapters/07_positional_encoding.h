/* 07_positional_encoding.h -- five ways to tell attention about order. */
#ifndef CH07_POSITIONAL_ENCODING_H
#define CH07_POSITIONAL_ENCODING_H

#include "06_multi_head.h"

/* Sinusoids (Vaswani et al. 2017, section 3.5), to be added to the rows of X:
 * columns 2i and 2i + 1 hold the sine and cosine of p / 10000^(2i/d). For the
 * positions first, ..., first + n - 1: (n, d). d even. */
Tensor *sinusoids(int first, int n, int d);

/* 10000^(-2i/d): the angle by which one step turns pair i of width d. */
double angular_speed(int i, int d);

/* A bias for each head and each distance j - i; all beyond +reach share one,
 * all beyond -reach another (Shaw et
 * al. 2018, as a number for each distance: Raffel et al. 2020). table
 * (2 reach + 1, h), learned -> (h, n, n), to be added to the scores. */
Tensor *relative_bias(Tensor *table, int n);

/* ALiBi (Press et al. 2022): minus slope times distance, slope 2^(-8i/h) for
 * head i = 1, ..., h: (h, n, n), to be added to the scores. */
Tensor *alibi_bias(int heads, int n);

/* Rotary encoding (Su et al. 2021): turns the pair (x_i, x_{i + w/2}) of the
 * row at position p by the angle p * angular_speed(i, w). x (..., n, w), the
 * first row at position `first`. For queries and keys, never values. w even. */
Tensor *rotate(Tensor *x, int first);

/* softmax(Q K^T / sqrt(w) + bias), masked: q (B, h, n, w), k (B, h, m, w),
 * bias broadcasts to (B, h, n, m) or is NULL. */
Tensor *biased_weights(Tensor *q, Tensor *k, Tensor *bias, const Tensor *mask);

typedef enum {
    NO_POSITIONS, SINUSOIDS, LEARNED, RELATIVE_BIAS, ALIBI, ROTARY, SCHEMES
} Scheme;

const char *scheme_name(Scheme scheme);

/* The task of this chapter: say which token stood `BACK` places before. Trains
 * one layer with the scheme on sequences of TRAINED tokens. */
enum { BACK = 2, TRAINED = 16 };
typedef struct {
    Scheme scheme;
    Params params;
    Tensor *tokens;     /* (12, 32) */
    Tensor *positions;  /* learned: (128, 32) */
    Tensor *distances;  /* relative bias: (17, 4) */
    MultiHead layer;
    Linear out;         /* (32, 12) */
} Rememberer;

Rememberer rememberer_new(Scheme scheme, uint64_t seed);
void rememberer_train(Rememberer *r, uint64_t seed, int steps);

/* Share of right answers on 64 new sequences of n tokens (at most 128). */
double rememberer_score(const Rememberer *r, uint64_t seed, int n);

/* Where the last of n tokens looks, on the same sequences, in the head that puts
 * most weight on the place sought: that weight, and the sum of all that lie
 * beyond the reach of the relative bias, more than 8 places back. */
typedef struct {
    double sought, far;
} Share;

Share rememberer_share(const Rememberer *r, uint64_t seed, int n);

#endif

/* recall.h -- what a model of sequences can be asked to recall: what stood so many
 * places before, or what belongs to a key. All is drawn at random, so nothing can
 * be learned by heart. */
#ifndef RECALL_H
#define RECALL_H

#include "tensor/tensor.h"

/* B sequences of n random tokens, 0 to tokens - 1, and at each place, as its
 * target, the one that stood `back` places before; T_IGNORE where there is none.
 * ids, targets: room for (B, n). */
void draw_tokens(Rng *rng, int tokens, int B, int n, int back, int *ids,
                 int *targets);

enum { FACT_CODE = 32, FACT_VALUES = 16 };

/* At each of n places stands a fact, a random key (32 normal numbers) with a value
 * (one of 16), and a question, the key of an earlier place, each equally often. Its
 * answer is the value that stood there. Until tape_reset(). */
typedef struct {
    int B, n;
    Tensor *keys, *questions;       /* (B, n, 32) */
    int *values, *answers;          /* (B, n); T_IGNORE at place 0 */
} Facts;

Facts draw_facts(Rng *rng, int B, int n);

#endif

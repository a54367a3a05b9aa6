/* recall.c -- what a model of sequences can be asked to recall. */
#include "recall.h"

#include <string.h>

void draw_tokens(Rng *rng, int tokens, int B, int n, int back, int *ids,
                 int *targets)
{
    for (int i = 0; i < B * n; i++) {
        ids[i] = rng_below(rng, tokens);
        targets[i] = i % n >= back ? ids[i - back] : T_IGNORE;
    }
}

Facts draw_facts(Rng *rng, int B, int n)
{
    Facts f = { B, n, t_normal(rng, B, n, FACT_CODE),
                t_zeros(B, n, FACT_CODE), tape_ints(B * n), tape_ints(B * n) };
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++) {
            int at = b * n + i, back = i ? 1 + rng_below(rng, i) : 0;
            f.values[at] = rng_below(rng, FACT_VALUES);
            f.answers[at] = i ? f.values[at - back] : T_IGNORE;
            memcpy(&t_at(f.questions, b, i, 0), &t_at(f.keys, b, i - back, 0),
                   FACT_CODE * sizeof(real));
        }
    return f;
}

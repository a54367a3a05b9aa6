/* models.h -- what the tests of chapters 8 to 10 share: a tiny Transformer,
 * sentences of random words, and another model, to show that any will do. */
#ifndef MODELS_H
#define MODELS_H

#include "chapter.h"

#include "08_transformer.h"

static const TransformerOptions tiny = { .layers = 2, .width = 16, .heads = 4,
                                         .hidden = 24 };

static inline Transformer model_of(TransformerOptions options, int words,
                                   uint64_t seed)
{
    Rng rng = rng_new(seed);
    return transformer_new(options, words, words, &rng);
}

/* B sentences of random words, of random lengths up to n, filled with PAD. */
static inline Sentences random_sentences(Rng *rng, int B, int n, int words)
{
    int *ids = tape_ints(B * n), *lengths = tape_ints(B);
    for (int b = 0; b < B; b++) {
        lengths[b] = b == 0 ? n : 1 + rng_below(rng, n);
        for (int i = 0; i < n; i++)
            ids[b * n + i] = i < lengths[b]
                ? FIRST_WORD + rng_below(rng, words - FIRST_WORD) : PAD;
    }
    return (Sentences){ B, n, ids, lengths };
}

static inline Tensor *logits_of(const Transformer *t, Sentences source,
                                Sentences target)
{
    return transformer_logits(t, (Batch){ source, target, NULL }, (Pass){ 0 });
}

/* ---- another model ------------------------------------------------------- *
 * It knows which words the source has, in no order, and the last word that was
 * written: no attention, no layers. Without a source it knows the last word
 * alone. */

typedef struct {
    Params params;
    Tensor *source, *target;    /* (V, d) */
    Linear out;                 /* (d, V) */
} Bag;

static inline Bag bag_new(int source_words, int target_words, uint64_t seed)
{
    enum { WIDTH = 24 };
    Bag bag = { 0 };
    Rng rng = rng_new(seed);
    bag.source = nn_embedding_new(&bag.params, &rng, source_words, WIDTH, 1);
    bag.target = nn_embedding_new(&bag.params, &rng, target_words, WIDTH, 1);
    bag.out = nn_linear_new(&bag.params, &rng, WIDTH, target_words,
                            (LinearOptions){ 0 });
    return bag;
}

static inline Tensor *bag_logits(const void *self, Batch batch, Pass pass)
{
    (void)pass;
    const Bag *bag = self;
    Sentences s = batch.source, t = batch.target;
    Tensor *x = t_embedding(bag->target, t.ids, t.count, t.length);
    if (s.length > 0) {
        Tensor *words = t_embedding(bag->source, s.ids, s.count, s.length);
        Tensor *padding = nn_padding_mask(s.count, s.lengths, s.length);
        words = t_masked_fill(words, t_transpose(padding), 0);
        x = t_add(x, t_sum(words, 1));      /* (B, m, d) + (B, 1, d) */
    }
    return nn_linear(bag->out, x);
}

static inline Model bag_model(const Bag *bag)
{
    return (Model){ bag, bag_logits, &bag->params };
}

/* Any three of five words, in any order; the translations of the same in the
 * order of the alphabet: enough for a bag. */
static inline Pairs bag_pairs(void)
{
    Pairs pairs = { 0 };
    for (int i = 0; i < 125; i++) {
        int a = i % 5, b = i / 5 % 5, c = i / 25;
        if (a == b || b == c || a == c)
            continue;
        char source[] = "a a a", target[12] = "";
        source[0] = (char)('a' + a);
        source[2] = (char)('a' + b);
        source[4] = (char)('a' + c);
        for (int w = 0, at = 0; w < 5; w++)
            if (w == a || w == b || w == c)
                at += snprintf(target + at, sizeof target - (size_t)at, "%s%c",
                               at ? " " : "", 'v' + w);
        pairs_add(&pairs, source, target, 0);
    }
    return pairs;
}

#endif

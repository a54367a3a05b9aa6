/* 08_transformer.h -- the Transformer of Vaswani et al. (2017): an encoder that
 * reads a sentence, a decoder that writes another. And what is needed to train
 * any model on pairs of sentences: a batch, a step, greedy writing.
 *
 * B sentences; n source and m target tokens in the longest; width d; V words.
 */
#ifndef CH08_TRANSFORMER_H
#define CH08_TRANSFORMER_H

#include "06_multi_head.h"
#include "data/lesson.h"
#include "learn/opt.h"
#include "learn/pairs.h"

/* ---- the model ---------------------------------------------------------- */

typedef struct {
    int layers;         /* in the encoder, and as many in the decoder */
    int width, heads;   /* d, and a divisor of it */
    int hidden;         /* width of the feed-forward network inside a layer */
    double dropout;
    bool post_norm;     /* Norm(x + f(x)), as published; otherwise pre-norm:
                         * x + f(Norm(x)), and a norm at the end */
    bool untied;        /* the output layer has a table of its own */
} TransformerOptions;

typedef struct {
    Linear up, down;    /* (d, hidden), (hidden, d) */
} FeedForward;

typedef struct {
    MultiHead self;
    FeedForward feed;
    LayerNorm self_norm, feed_norm;
} EncoderLayer;

typedef struct {
    MultiHead self, cross;
    FeedForward feed;
    LayerNorm self_norm, cross_norm, feed_norm;
} DecoderLayer;

enum { MAX_LAYERS = 16 };

typedef struct {
    TransformerOptions options;
    Params params;
    Tensor *source_words, *target_words;    /* (V, d) */
    Tensor *output;     /* (V, d): target_words, or a table of its own */
    EncoderLayer encoder[MAX_LAYERS];
    DecoderLayer decoder[MAX_LAYERS];
    LayerNorm encoder_end, decoder_end;     /* pre-norm only */
} Transformer;

Transformer transformer_new(TransformerOptions options, int source_vocabulary,
                            int target_vocabulary, Rng *rng);

/* How many numbers such a model learns. One vocabulary for both languages
 * (shared) is counted once. */
long transformer_count(TransformerOptions options, int source_vocabulary,
                       int target_vocabulary, bool shared);

/* Sentences as rows of one table, short ones filled up with padding, PAD. */
typedef struct {
    int count, length;      /* B, n */
    const int *ids;         /* (B, n) */
    const int *lengths;     /* (B) */
} Sentences;

/* What goes with one pass through a model. */
typedef struct {
    Rng *rng;           /* for dropout; NULL: none, as always after training */
    Tensor **encoder, **decoder, **cross;   /* if not NULL: room for the weights
                                             * of each layer, (B, h, n, n),
                                             * (B, h, m, m), (B, h, m, n) */
    const bool *const *off;     /* if not NULL, off[i] says which heads of
                                 * encoder layer i are off (NULL: none) */
} Pass;

/* (B, n, d): what the encoder makes of the source sentences. */
Tensor *transformer_encode(const Transformer *t, Sentences source, Pass pass);

/* Keeps keys and values while a model writes token by token: from those of what
 * is new in layer i makes those of all so far. {0}: keeps nothing. */
typedef struct {
    KeysValues (*remember)(void *of, int layer, KeysValues now);
    void *of;
} Memory;

/* What the layers of the decoder look at, beside their own input. */
typedef struct {
    const Tensor *padding;          /* hides what is not source: (B, 1, n) */
    KeysValues source[MAX_LAYERS];  /* each layer's own, of what was encoded:
                                     * (B, h, n, d/h) */
    Memory memory;                  /* chapter 10 */
} Context;

Context transformer_context(const Transformer *t, Tensor *encoded,
                            Sentences source);

/* (B, m, V): logits of the token after each of the target tokens, ids (B, m),
 * given those up to it; the first of them has position `first`. */
Tensor *transformer_decode(const Transformer *t, Context context,
                           const int *ids, int B, int m, int first, Pass pass);

/* Layer i alone, for other models: self-attention as `who` says (mask, causal,
 * weights, off) and the network, x (B, n, d) -> (B, n, d). */
EncoderLayer encoder_layer_new(Params *list, Rng *rng, TransformerOptions o);
Tensor *encoder_layer(TransformerOptions o, const EncoderLayer *layer, int i,
                      Tensor *x, MultiHeadOptions who, Memory memory, Rng *rng);

/* The same of the decoder, x (B, m, d): what is across, it finds in
 * c->source[i], of whatever kind that is. */
DecoderLayer decoder_layer_new(Params *list, Rng *rng, TransformerOptions o);
Tensor *decode_layer(TransformerOptions o, const DecoderLayer *layer, int i,
                     Tensor *x, const Context *c, Pass pass);

/* ---- batches ------------------------------------------------------------ */

/* The sentences as a table, with START in front or without; until
 * tape_reset(). */
Sentences sentences_of(int count, const Ids *list, bool start);

/* Pairs of sentences, and what teacher forcing makes of them: a model reads
 * START a b c, and should say a b c END. */
typedef struct {
    Sentences source, target;
    int *next;          /* (B, m): what should be said; T_IGNORE in padding */
} Batch;

/* Sentences that belong together, as a batch: until tape_reset(). */
Batch batch_with(int count, const Ids *source, const Ids *target);

/* The pairs listed, as a batch; its memory lives until tape_reset(). Pairs
 * without a source give a source of length 0. */
Batch batch_of(const Pairs *pairs, int count, const int *list);

/* (B, m, V): the logits for a batch. model: a Transformer. */
Tensor *transformer_logits(const void *model, Batch batch, Pass pass);

/* ---- any model ---------------------------------------------------------- */

/* All that training, writing and scoring want to know of a model. */
typedef struct {
    const void *self;
    Tensor *(*logits)(const void *self, Batch batch, Pass pass); /* (B, m, V) */
    const Params *params;
} Model;

Model transformer_model(const Transformer *t);

typedef struct {
    double rate;        /* learning rate; must be set */
    double smoothing;   /* of the labels: chapter 9 */
    double clip;        /* highest norm of the gradient; 0: any: chapter 9 */
    Rng *dropout;       /* NULL: none */
} StepOptions;

/* Half a step: adds `share` of the gradients of the batch's loss to those of the
 * parameters. Returns as much of the loss, in nats per token; ends with
 * tape_reset(). */
double model_gradients(Model model, Batch batch, double share,
                       StepOptions options);

/* The other half: moves the parameters, and sets their gradients to 0. */
void model_move(Model model, Optimiser *optimiser, StepOptions options);

/* One step of training: both halves. Returns the loss. */
double model_step(Model model, Optimiser *optimiser, Batch batch,
                  StepOptions options);

/* The logits at token i of row b, (V). */
Tensor *scores_at(Tensor *logits, int b, int i);

/* The token that has most of scores (V): END or a word. */
int most_probable(const Tensor *score);

/* How many tokens a translation may have: twice the source's, and 10. */
int longest_translation(int source_length);

/* Writes something for each source sentence, the most probable token at each
 * step, and computes all anew at each. The ids live until tape_reset(). */
void write_greedily(Model model, int count, const Ids *source, Pass pass,
                    Ids *written);

/* ---- the lesson --------------------------------------------------------- */

/* A model of this chapter's size after so many steps of its lesson. */
Transformer lesson_teach(const Pairs *pairs, uint64_t seed, int steps);

/* (layers, heads): the weight with which the article (place 0) or the adjective
 * (place 1) looks at its noun in each head of the encoder; the mean over some
 * sentences. words: of the source. */
Tensor *to_noun(const Transformer *t, const Vocabulary *words, int place);

#endif

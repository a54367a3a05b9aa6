/* 08_transformer.h -- the Transformer of Vaswani et al. (2017): an encoder that
 * reads a sentence, a decoder that writes another; how it is trained, how it
 * translates, and how translations are scored.
 *
 * B sentences; n source and m target tokens in the longest; width d; V words.
 */
#ifndef CH08_TRANSFORMER_H
#define CH08_TRANSFORMER_H

#include "06_multi_head.h"
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
    Tensor *source_words, *target_words;    /* (V, d); the second one is also
                                             * the output layer */
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

/* What goes with one pass through the model. */
typedef struct {
    Rng *rng;           /* for dropout; NULL: none, as always after training */
    Tensor **encoder, **decoder, **cross;   /* if not NULL: room for the weights
                                             * of each layer, (B, h, n, n),
                                             * (B, h, m, m), (B, h, m, n) */
} Pass;

/* (B, n, d): what the encoder makes of the source sentences. */
Tensor *transformer_encode(const Transformer *t, Sentences source, Pass pass);

/* (B, m, V): logits of the token after each target token, given all target
 * tokens up to it and what was encoded. */
Tensor *transformer_decode(const Transformer *t, Tensor *encoded,
                           Sentences source, Sentences target, Pass pass);

/* ---- writing token by token --------------------------------------------- */

/* A decoder at work on B sentences: what it has written so far, as the keys and
 * values of every layer. Lives until tape_reset(). */
typedef struct {
    const Transformer *model;
    const Tensor *padding;
    int rows, length, room;         /* B; tokens so far, and at most */
    KeysValues self[MAX_LAYERS];    /* (B, h, room, d/h) */
    KeysValues cross[MAX_LAYERS];   /* (B, h, n, d/h) */
} Writer;

/* encoded: (B, n, d). padding: (B, 1, n), as from nn_padding_mask(). */
Writer writer_begin(const Transformer *t, Tensor *encoded,
                    const Tensor *padding, int room);

/* Takes the newest token of each row; gives the logits of the next, (B, V):
 * the last row of what transformer_decode() gives for all tokens so far. */
Tensor *writer_step(Writer *w, const int *ids);

/* Row i goes on from where row from[i] was. */
void writer_reorder(Writer *w, const int *from);

/* ---- translating -------------------------------------------------------- */

enum { MAX_BEAM = 64 };

typedef struct {
    int beam;               /* translations kept in view; default 1: greedy */
    double length_penalty;  /* A: scores are divided by ((5 + length) / 6)^A */
    int longest;            /* tokens; default: twice the source, and 10 */
} TranslateOptions;

/* The most probable translation of each sentence that beam search finds; the
 * ids live until tape_reset(). */
void transformer_translate(const Transformer *t, Sentences source,
                           TranslateOptions options, Ids *translation);

/* ---- training ----------------------------------------------------------- */

typedef struct {
    long steps;         /* in all; the learning rate depends on it */
    int batch_tokens;   /* source and target, with padding; default 2000 */
    double rate;        /* the highest learning rate; default 2e-3 */
    int warmup;         /* steps in which it rises */
    bool as_published;  /* then it falls as 1 / sqrt(step); otherwise on a
                         * straight line to 0 */
    double smoothing;   /* of the labels */
    double clip;        /* highest norm of the gradient; 0: any */
    uint64_t seed;
} TrainingOptions;

double learning_rate(TrainingOptions options, long step);

/* Pairs of about one length, and what teacher forcing makes of them: the
 * decoder reads START a b c, and should say a b c END. */
typedef struct {
    Sentences source, target;
    int *next;          /* (B, m): what should be said; T_IGNORE in padding */
} Batch;

/* The pairs listed, as a batch; its memory lives until tape_reset(). */
Batch batch_of(const Pairs *pairs, int count, const int *list);

/* (B, m, V): the logits for a batch. */
Tensor *transformer_logits(const Transformer *t, Batch batch, Pass pass);

typedef struct {
    Transformer *model;
    const Pairs *pairs;
    TrainingOptions options;
    Optimiser *adam;
    Rng rng;            /* for dropout */
    long step;          /* steps done; with the three above, all there is to a
                         * training */
    int tokens;         /* targets in the last step */
    int batches;        /* in an epoch */
    int *first;         /* (batches + 1): where in `order` each one begins */
    int *order;         /* pairs by length */
    int *turn;          /* (batches): the order in which they come */
    long epoch;         /* that `order` and `turn` are made for */
} Training;

Training training_new(Transformer *model, const Pairs *pairs,
                      TrainingOptions options);
void training_free(Training *tr);

/* One step. Returns the loss, in nats per token. */
double training_step(Training *tr);

/* The same for the source of every pair. */
void transformer_translate_pairs(const Transformer *t, const Pairs *pairs,
                                 TranslateOptions options, Ids *translation);

/* ---- scores ------------------------------------------------------------- */

/* BLEU (Papineni et al. 2002), 0 to 100: on tokens, up to 4-grams, of the whole
 * corpus, without smoothing. */
double bleu(int count, const Ids *translation, const Ids *reference);

/* Share of translations that equal the reference, token for token. */
double exact_match(int count, const Ids *translation, const Ids *reference);

/* Of the reference translations, in nats per token: its exponential is the
 * perplexity. */
double transformer_cross_entropy(const Transformer *t, const Pairs *pairs);

/* ---- commands ----------------------------------------------------------- *
 * What the chapter's program does besides running its cells: train, translate,
 * score, attend, info, corpus. In commands/08_transformer.c. */

/* The list of commands, for --help. */
extern const char transformer_commands[];

/* Runs the command that argv[1] names, and leaves in *status what main is to
 * return; false if it names none. */
bool transformer_command(int argc, char **argv, int *status);

#endif

/* 11_recurrence.h -- recurrent networks: a state that reads word by word; an
 * encoder and a decoder made of them, joined by one vector (Sutskever et al.
 * 2014) or by attention (Bahdanau et al. 2015).
 *
 * B sentences; n source and m target tokens in the longest; a state of d
 * numbers; V words.
 */
#ifndef CH11_RECURRENCE_H
#define CH11_RECURRENCE_H

#include "04_additive_attention.h"
#include "10_translating_well.h"
#include "learn/nn.h"

/* ---- one cell ----------------------------------------------------------- */

/* What the input says to the state, and what the state says to itself:
 * (d_in, g d) and (d, g d). g is 1 in a plain cell; 3 in a gated one, for the
 * gates r and z and the new content n, in this order. */
typedef struct {
    Linear in, state;
} Recurrence;

enum { PLAIN_CELL = 1, GATED_CELL = 3 };

/* All numbers uniform on (-1/sqrt(d), 1/sqrt(d)), as in torch.nn.GRU. */
Recurrence recurrence_new(Params *list, Rng *rng, int gates, int d_in, int d);

/* One step: what the input says, `c.in` of it, (B, g d), and the state so far,
 * (B, d) -> the next state. */
Tensor *plain_step(Recurrence c, Tensor *in, Tensor *h);
Tensor *gated_step(Recurrence c, Tensor *in, Tensor *h);

/* x (B, n, d_in) -> the state after each token, (B, n, d), from zeros on. Read
 * backward, the state of token i has read the tokens from the last to i.
 * lengths: beyond them the state stays as it is; NULL: all are n long. Only a
 * gated cell can wait. */
Tensor *recur(Recurrence c, Tensor *x, const int *lengths, bool backward);

/* size[far], far = 0 to 64: the gradient of the last state at a word so many
 * places before, relative to size[0] = 1. which: 0 to 4, a plain cell, with
 * twice and four times the weights, a gated one, and one with z open. */
void gradient_by_distance(int which, uint64_t seed, double *size);

/* ---- encoder and decoder ------------------------------------------------ */

typedef struct {
    int words;          /* width of the vectors of words */
    int reading;        /* numbers of the state in each direction */
    int writing;        /* numbers of the state of the decoder */
    int hidden;         /* of the network that scores; 0: no attention, the
                         * first state is all the decoder knows */
} RecurrentOptions;

typedef struct {
    RecurrentOptions options;
    Params params;
    Tensor *source_words, *target_words;    /* (V, words); the second one is
                                             * also the output layer */
    Recurrence forward, backward, decoder;
    Linear start;       /* both last states -> the decoder's first one */
    Additive look;      /* queries: the decoder's states; keys: the encoder's */
    Tensor *to_gates;   /* what was looked up, to the decoder's gates */
    Linear to_word;     /* state, and what was looked up -> (words) */
} Recurrent;

Recurrent recurrent_new(RecurrentOptions options, int source_vocabulary,
                        int target_vocabulary, Rng *rng);

/* (B, m, V), for training. pass.cross, if not NULL, gets the weights in its
 * first place, (B, 1, m, n): row i is the look before word i is written. */
Tensor *recurrent_logits(const void *model, Batch batch, Pass pass);

Model recurrent_model(const Recurrent *r);

/* Writes word by word, and keeps only the state. */
WriterBegin recurrent_writer;

/* The weights while the translation of a sentence is written, (m + 1, n), END
 * included, and the words of its rows and columns, in memory of the step. */
Tensor *alignment(Model model, const Vocabulary *words, const char *english,
                  const char *french, char ***row, char ***column);

#endif

/* 10_translating_well.h -- writing with any model that gives logits: beam
 * search, a cache of keys and values for the Transformer, and scores. */
#ifndef CH10_TRANSLATING_WELL_H
#define CH10_TRANSLATING_WELL_H

#include "09_training_well.h"

/* ---- writing token by token --------------------------------------------- */

/* A model at work on some rows, each a text in the making. Lives until
 * tape_reset(). */
typedef struct {
    void *state;

    /* Takes the newest token of each row (at first START); gives the logits of
     * the next, (rows, V). */
    Tensor *(*step)(void *state, const int *ids);

    /* From now on row i goes on from where row from[i] was. */
    void (*reorder)(void *state, const int *from);
} Writer;

/* Begins to write, with `copies` rows for each source sentence, one after
 * another, and at most `room` tokens in a row. */
typedef Writer WriterBegin(Model model, Sentences source, int copies, int room);

/* For any model: computes all anew at each step. */
WriterBegin recomputing_writer;

/* For a Transformer: keeps keys and values of what is written. */
WriterBegin transformer_writer;

/* Keys and values of what was written, for layers made with these options; any
 * model of such layers may keep them. A writer's state may begin with it, and
 * kept_reorder() is then its reorder(). Lives until tape_reset(). */
typedef struct {
    int layers, length, room;       /* tokens so far, and at most */
    KeysValues of[MAX_LAYERS];      /* (rows, h, room, d/h) */
} Kept;

Kept kept_new(TransformerOptions o, int rows, int room);
Memory kept_memory(Kept *k);        /* appends; length is for you to raise; refuses
                                     * if there is no room left */
void kept_reorder(void *kept, const int *from);

/* Each source sentence `copies` times. */
Sentences sentences_repeated(Sentences source, int copies);

/* ---- searching ---------------------------------------------------------- */

enum { MAX_BEAM = 64 };

typedef struct {
    WriterBegin *writer;    /* default: recomputing_writer */
    int beam;               /* translations kept in view; default 1: greedy */
    double length_penalty;  /* A: scores are divided by ((5 + length) / 6)^A */
    int longest;            /* tokens of each; default: twice its own source's,
                             * and 10 */
} TranslateOptions;

/* The most probable translation of each source sentence that beam search
 * finds. It does not depend on the others. The ids live until tape_reset(). */
void translate_all(Model model, int count, const Ids *source,
                   TranslateOptions options, Ids *translation);

/* ---- scores ------------------------------------------------------------- */

/* BLEU (Papineni et al. 2002), 0 to 100: on tokens, up to 4-grams, of the whole
 * corpus, without smoothing. */
double bleu(int count, const Ids *translation, const Ids *reference);

#endif

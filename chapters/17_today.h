/* 17_today.h -- chapter 14's GPT with what has changed since 2017, each change a
 * choice; all of them together are the block of Llama (Touvron et al. 2023).
 *
 * B texts of n tokens; width d; h heads of width w = d / h; V words.
 */
#ifndef CH17_TODAY_H
#define CH17_TODAY_H

#include "13_tokens.h"
#include "14_masks.h"
#include "learn/llama.h"
#include "learn/safetensors.h"

/* ---- the model ------------------------------------------------------------ */

/* Zero is chapter 14's GPT. */
typedef struct {
    int layers, width, heads, hidden;
    bool norm_after;        /* Norm(x + f(x)), as in 2017; else x + f(Norm(x)) */
    bool rms;               /* RMS norm in place of layer norm */
    bool rotary;            /* queries and keys are turned; else sinusoids are
                             * added to the words */
    bool gated;             /* SwiGLU; else max(0, x) */
    bool no_bias;           /* in the linear layers */
    int shared;             /* heads of keys and values, a divisor of heads; default:
                             * as many */
    bool untied;            /* the table that is said is not the one that is read */
    RotaryOptions turn;
    NormOptions norm;       /* of RMS norm */
} TodayOptions;

typedef struct {
    Linear to_q, to_k, to_v, to_out;    /* (d, h w), (d, shared w) twice, (d, d) */
    LayerNorm look_norm, feed_norm;     /* RMS norm: bias NULL */
    Linear up, gate, down;              /* (d, hidden) twice, (hidden, d); gate:
                                         * SwiGLU only */
} Block;

typedef struct {
    TodayOptions options;
    Params params;
    Tensor *words, *output;             /* (V, d): one and the same unless untied */
    Block block[MAX_LAYERS];
    LayerNorm end;                      /* unless norm_after */
} Today;

Today today_new(TodayOptions options, int vocabulary, Rng *rng);

/* All changes at once, for a model of so many layers, heads and so on. */
TodayOptions today_all(TodayOptions sizes);

/* (B, n, V): the logits at each token of the batch's target; it has no source.
 * model: a Today. */
Tensor *today_logits(const void *model, Batch batch, Pass pass);
Model today_model(const Today *t);

/* Writes with keys and values kept. */
WriterBegin today_writer;

/* Has all queries and keys turned in the other layout, which gives the same logits:
 * the columns of W_q and W_k change places. */
void today_change_layout(Today *t);

/* ---- files ---------------------------------------------------------------- */

/* Its parameters by the names that PyTorch's programs for Llama know: for
 * safetensors_write() and _read(). In that world halves are pairs. Free list.at. */
NamedTensors today_named(const Today *t);

/* The book's own, a teller of its stories, from the project's root. */
extern const char today_model_file[], today_pieces_file[];

/* A model with all changes as a file of llama2.c, version 0, for texts of so many
 * tokens; neighbours are pairs there. */
void today_write_llama(const Today *t, int places, const char *path);
Today today_read_llama(const char *path, int *places);

/* Pieces of chapter 13 as llama2.c has them: of two that can be joined, the one
 * that was learned first has the higher score. */
LlamaPieces llama_pieces_of(const Pieces *p);

/* ---- the lesson ----------------------------------------------------------- */

/* Chapter 14's lesson for GPT: the same batches and the same step. */
Today today_teach(TodayOptions options, const Stories *lesson, uint64_t seed,
                  int steps);

#endif

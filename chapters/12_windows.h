/* 12_windows.h -- convolution, recurrence and attention side by side: how far
 * each reaches, and what that costs. */
#ifndef CH12_WINDOWS_H
#define CH12_WINDOWS_H

#include "06_multi_head.h"
#include "11_recurrence.h"

/* A convolution over words: y_i = sum_j x_{i - (size - 1 - j) dilation} W_j + b
 * for j = 0, ..., size - 1. No word sees a later one. */
typedef struct {
    Linear product;     /* W_0, W_1, ... below each other: (size in, out) */
    int size, dilation;
} Window;

Window window_new(Params *list, Rng *rng, int in, int out, int size,
                  int dilation);
Tensor *window(Window w, Tensor *x);    /* (B, n, in) -> (B, n, out) */

/* How many words the last place of a stack of windows sees: size 2 or more, the
 * first layer without holes, each next one with a dilation `growth` times that
 * of the one below. Measured by gradients. */
int words_seen(int layers, int size, int growth);

/* Five ways to mix six words, (1, 6, 4) each to (1, 6, 4), with weights that
 * depend on the seed alone. */
typedef enum { MEAN, LARGEST, CONNECTED, WINDOW, ATTENTION, MIXERS } Mixer;

/* How much each word of the sentence counts for each output: the size of the
 * gradient, as a share of its row. (6, 6), kept. Calls tape_reset(): the
 * sentence must have been kept. */
Tensor *who_counts(Mixer mixer, const Tensor *sentence);

/* Six ways to reach a word that stands further before, about 12,800 parameters
 * each. */
typedef enum {
    STACK,          /* four windows of three */
    DILATED,        /* the same, with dilations 1, 3, 9, 27 */
    RECURRENT,      /* a plain cell (chapter 11) */
    GATED,          /* a gated one */
    UNPLACED,       /* causal attention, two heads, nothing tells the order */
    PLACED,         /* the same, sinusoids added (chapter 7) */
    WAYS
} Way;

const char *way_name(Way way);

/* A model that recalls words: vectors of 8 words, one of the six, scores. */
typedef struct {
    Way way;
    int width, layers;      /* windows only: how many, 4 */
    Params params;
    Tensor *words;          /* (8, width) */
    Window windows[4];
    Recurrence cell;
    MultiHead attention;
    Linear out;             /* (width, 8) */
} Recaller;

Recaller recaller_new(Way way, uint64_t seed);

/* Vectors of words to vectors that may know of the words before: (B, n, width)
 * -> (B, n, width). */
Tensor *recaller_layer(const Recaller *r, Tensor *x);

/* How large the gradient of the last output by each input is: size[i] for the
 * word i places before, i = 0, ..., n - 1. Mean over 32 random sequences of the
 * squares, and of that the root. */
void recaller_reach(const Recaller *r, uint64_t seed, int n, double *size);

/* Trains it to say, at each of n places, 80 at most, which word stood `back` places
 * before, 1 to n - 1, until it is right in 99 of 100 places of sequences that it has
 * not seen, but for no more than `most` steps; it looks every 20 steps. With n =
 * back + 1 there is one word to keep: the first, asked for at the end. */
typedef struct {
    int steps;      /* that it took; 0: it has not learned it */
    double right;   /* share of right answers at the end */
} Outcome;

Outcome recaller_train(Recaller *r, uint64_t seed, int n, int back, int most);

/* The longest chain of products in a translator of n words into n words: with
 * recurrent halves, whose decoder looks at all states of the encoder or at none
 * but the last; and in a Transformer with one layer in each half, in training,
 * or when it writes: then each word waits for the one before it to come out of
 * the decoder. */
int waits_of_recurrence(int n, bool looks);
int waits_of_transformer(int n, bool writes);

#endif

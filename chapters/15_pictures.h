/* 15_pictures.h -- a Transformer that sees: a picture as a text of patches
 * (Dosovitskiy et al. 2021), windows of chapter 12 in two dimensions, and a
 * decoder that says what it sees.
 *
 * B pictures of rows x columns points; n patches; width d; V words.
 */
#ifndef CH15_PICTURES_H
#define CH15_PICTURES_H

#include "09_training_well.h"
#include "data/album.h"

/* ---- windows in two dimensions ------------------------------------------ */

/* Square windows, `stride` points apart, as rows of numbers: x (B, rows, columns,
 * c) -> (B, rows', columns', size size c), row by row of a window. `before`:
 * rows of zeros above, and columns of zeros to the left. */
Tensor *square_windows(Tensor *x, int size, int stride, int before);

/* Windows of three by three, two points apart, one layer over another: each halves
 * the sides of the picture. The last is `width` wide, each one below half of
 * that. */
enum { MAX_WINDOWS = 6 };
typedef struct {
    int n;
    Linear product[MAX_WINDOWS];
    LayerNorm norm[MAX_WINDOWS];        /* of all but the first */
} WindowStack;

WindowStack window_stack_new(Params *list, Rng *rng, int n, int channels,
                             int width);
Tensor *window_stack(const WindowStack *w, Tensor *x);  /* (B, r, c, width) */

/* ---- the eye ------------------------------------------------------------- */

typedef struct {
    TransformerOptions layers;  /* layers.layers may be 0: windows alone */
    int rows, columns, channels;
    int patch;          /* points on the side of a patch */
    int windows;        /* not 0: a patch is read by so many windows, one over
                         * another, and has 2^windows points on a side */
    bool class_token;   /* a vector in front that stands for no patch */
} EyeOptions;

/* Turns a picture into vectors that have looked at one another. */
typedef struct {
    EyeOptions options;
    Linear patches;             /* (patch patch channels, d), or */
    WindowStack windows;
    Tensor *class_token;        /* (1, d) */
    Tensor *places;             /* (n, d), or (1 + n, d) */
    EncoderLayer layer[MAX_LAYERS];
    LayerNorm end;
} Eye;

/* Points on the side of a patch, and how many patches a picture has; 0 if they do not
 * fit. */
int eye_side(EyeOptions o);
int eye_patches(EyeOptions o);

Eye eye_new(Params *list, Rng *rng, EyeOptions options);

/* (B, rows, columns, channels) -> (B, n, d), or (B, 1 + n, d). pass.encoder: room
 * for the weights of each layer. */
Tensor *eye_see(const Eye *e, Tensor *pictures, Pass pass);

/* ---- what shape is it? --------------------------------------------------- */

typedef struct {
    Params params;
    Eye eye;
    Linear out;             /* (d, classes) */
    const Images *images;   /* those whose numbers a batch has */
} Classifier;

Classifier classifier_new(EyeOptions o, int classes, Rng *rng);

/* (B, 1, classes) for a batch whose sources are numbers of pictures. */
Tensor *classifier_logits(const void *classifier, Batch batch, Pass pass);
Model classifier_model(const Classifier *c);

/* Pictures and their classes. A BatchMaker. In batch_tokens a picture counts
 * three. */
Batch pictures_of(const Pairs *pairs, int count, const int *list, Rng *rng);
enum { TOKENS_OF_A_PICTURE = 3 };

/* Share of pictures whose class is the most probable one. said: if not NULL, room
 * for what it takes each for. */
double classifier_share(const Classifier *c, const Album *album, int *said);

/* Three ways to look, with nearly the same number of parameters: patches and
 * attention; windows alone; windows and then attention. */
typedef enum { BY_PATCHES, BY_WINDOWS, BY_BOTH, LOOKS } Look;
EyeOptions look_options(Look look);

/* One of them, taught shapes by so many pictures and steps. Its images are to be
 * set anew. */
Classifier look_teach(Look look, int pictures, uint64_t seed, int steps);

/* How alike the learned vectors of places are: mean cosine of those 0, 1, ..., most
 * steps apart on the grid, (most + 1). */
Tensor *places_alike(const Eye *e, int most);

/* Attention through all layers at once (Abnar, Zuidema 2020): of the class token,
 * to each patch. weights: those of each layer, for one picture, (1, h, n, n).
 * passing: with what goes past attention; without is wrong. (n - 1), sum 1. */
Tensor *roll_out(int layers, Tensor **weights, bool passing);

/* ---- what it says -------------------------------------------------------- */

enum { TOKENS_OF_A_CAPTION = 12 };      /* in batch_tokens, at most */

typedef struct {
    Params params;
    Eye eye;
    TransformerOptions options;
    Tensor *words;                      /* (V, d), read and said */
    DecoderLayer layer[MAX_LAYERS];
    LayerNorm end;
    const Images *images;
} Describer;

Describer describer_new(EyeOptions eye, TransformerOptions options,
                        int vocabulary, Rng *rng);

/* (B, m, V); pass.cross: room for what each word looks at, (B, h, m, n). */
Tensor *describer_logits(const void *describer, Batch batch, Pass pass);
Model describer_model(const Describer *d);

/* This chapter's lesson, of so many pictures and steps. Its images are to be set
 * anew. */
Describer describer_teach(int pictures, uint64_t seed, int steps,
                          double smoothing);

/* Share of captions that are right in every word. */
double describer_share(const Describer *d, const Album *album);

#endif

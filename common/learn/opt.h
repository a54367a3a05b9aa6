/* opt.h -- optimisers: they move parameters against their gradients. */
#ifndef OPT_H
#define OPT_H

#include "tensor/tensor.h"

/* p <- p - rate v, with v <- momentum v + gradient. */
typedef struct {
    double rate;        /* learning rate; must be set */
    double momentum;    /* default 0: plain gradient descent */
} SgdOptions;

/* Adam (Kingma, Ba 2015, algorithm 1). Zero means the default. */
typedef struct {
    double rate;            /* default 1e-3 */
    double beta1, beta2;    /* defaults 0.9, 0.999 */
    double epsilon;         /* default 1e-8 */
} AdamOptions;

typedef struct Optimiser Optimiser;

/* The list must not grow afterwards. Lives until tape_free(). */
Optimiser *opt_sgd(const Params *list, SgdOptions options);
Optimiser *opt_adam(const Params *list, AdamOptions options);

/* Moves every parameter once and sets its gradient to 0. */
void opt_step(Optimiser *optimiser);

/* Changes the learning rate from the next step on. */
void opt_set_rate(Optimiser *optimiser, double rate);

/* Scales all gradients so that their joint norm is at most `limit` (Pascanu
 * et al. 2013); returns the norm before. Stops if a gradient is infinite or NaN:
 * no scale could mend that, and the next step would spoil all parameters.
 * (PyTorch divides by the norm + 1e-6, and goes on unless told otherwise.) */
double opt_clip(const Params *list, double limit);

/* What an optimiser remembers from step to step, for a checkpoint: the number
 * of steps, and one running mean or two for each parameter, or NULL. */
typedef struct {
    const Params *list;
    long *step;
    real **first, **second;
} OptimiserState;

OptimiserState opt_state(Optimiser *optimiser);

/* As in tensor.h: errors name the line that called. */
#ifndef T_LIBRARY
#define opt_sgd(l, ...)         T_AT(opt_sgd(l, __VA_ARGS__))
#define opt_adam(l, ...)        T_AT(opt_adam(l, __VA_ARGS__))
#define opt_step(o)             T_AT(opt_step(o))
#define opt_set_rate(o, r)      T_AT(opt_set_rate(o, r))
#define opt_clip(l, x)          T_AT(opt_clip(l, x))
#endif

#endif

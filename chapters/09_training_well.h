/* 09_training_well.h -- a training of any model on pairs of sentences: batches
 * by length, the learning rate, and what a checkpoint must hold. */
#ifndef CH09_TRAINING_WELL_H
#define CH09_TRAINING_WELL_H

#include "08_transformer.h"
#include "learn/checkpoint.h"

/* Makes a batch of the pairs listed, as batch_of() does. */
typedef Batch BatchMaker(const Pairs *pairs, int count, const int *list,
                         Rng *rng);

typedef struct {
    long steps;         /* in all; the learning rate depends on it */
    int batch_tokens;   /* source and target, with padding; default 2000 */
    bool any_length;    /* batches of sentences as chance has it; otherwise of
                         * sentences of about one length */
    double rate;        /* the highest learning rate; default 2e-3 */
    int warmup;         /* steps in which it rises */
    bool as_published;  /* then it falls as 1 / sqrt(step); otherwise on a
                         * straight line to 0 */
    double smoothing;   /* of the labels */
    double clip;        /* highest norm of the gradient; 0: any */
    uint64_t seed;
    BatchMaker *batch;  /* default: batch_of(), which draws nothing */
    int parts;          /* in which each process computes a batch, one after
                         * another, where memory is short; default 1 */
    double *curve;      /* NULL, or a 0 for each curve_each steps, to which */
    int curve_each;     /* training_run() adds their mean loss */
} TrainingOptions;

double learning_rate(TrainingOptions options, long step);

typedef struct {
    Model model;
    const Pairs *pairs;
    TrainingOptions options;
    Optimiser *adam;
    Rng rng;            /* for dropout, and for a BatchMaker */
    long step;          /* steps done */
    int tokens;         /* targets in the last step; */
    int places;         /* of the tables of this process, with padding */
    int batches;        /* in an epoch */
    int *first;         /* (batches + 1): where in `order` each one begins */
    int *order;         /* pairs by length */
    int *turn;          /* (batches): the order in which they come */
    long epoch;         /* that `order` and `turn` are made for */
} Training;

Training training_new(Model model, const Pairs *pairs,
                      TrainingOptions options);
void training_free(Training *tr);

/* One step, of a team all: each computes a share of the batch. Returns the loss,
 * in nats per token. */
double training_step(Training *tr);

/* All steps that are left; says on stderr how far it is. */
void training_run(Training *tr, const char *name);

/* What there is to a training besides model, pairs and options: to be written
 * to a checkpoint, or read from it into a new one. */
void training_state(Training *tr, Checkpoint *c);

/* The first part of it, all that whoever uses the model needs: the steps done, the
 * generator, which they may forget, and the parameters. */
void training_learned(Checkpoint *c, long *step, Rng *rng,
                      const Params *params);

/* Target tokens, END included: what a loss is the mean of. */
int batch_tokens(Batch batch);

/* Mean over all target tokens of the pairs, in nats; dropout is off. Its
 * exponential is the perplexity. Of a team all: each takes some of the pairs. */
double cross_entropy(Model model, const Pairs *pairs);

/* A pair that waits for its place in a batch. */
typedef struct {
    int source, target;     /* tokens of each */
    int place, pair;        /* where chance puts it; its number */
} Dealt;

/* Sorts by the length of the source, then of the target, then by place. */
void sort_by_length(int n, Dealt *list);

#endif

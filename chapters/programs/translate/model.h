/* model.h -- a translator: a model, its words, and how it was trained; in
 * memory and on disk. */
#ifndef TRANSLATE_MODEL_H
#define TRANSLATE_MODEL_H

#include "10_translating_well.h"
#include "programs/shared/tool.h"

/* What can be chosen for a training. */
typedef struct {
    const char *data, *target, *valid, *valid_target, *save;
    bool resume;
    int parts;              /* of a batch: 0 and 1 mean all at once */
    int layers, width, heads, hidden, norm;     /* norm: 0 pre, 1 post */
    int batch_tokens, min_count, longest, seed;
    double dropout, rate, smoothing, clip;
    Plan plan;
    int pairs;              /* not chosen, but stored, as plan.steps is */
} Choice;

/* All settings: those of the command line, MOST_SETTINGS at most, and those that
 * a model on disk has with it, all but the first CHOICE_FILES. */
enum { MOST_SETTINGS = 32, CHOICE_FILES = 7 };
extern const Settings choice_of_command, choice_stored;

/* A training has read its words from `data`, whose hash this is. */
typedef struct {
    Choice choice;
    Vocabulary words[2];    /* by Side */
    uint64_t data;
    Transformer model;
    long step;              /* steps done, when it was saved */
} Translator;

/* Makes a new model, as choice and words want it. */
void translator_begin(Translator *t);

/* A model on disk, all of it but the state of its training. */
Translator translator_load(const char *path);

/* The same, with the state in `open`: for training_state() and
 * checkpoint_close(). */
Translator translator_reopen(const char *path, Checkpoint **open);

void translator_save(Translator *t, Training *training, const char *path);

/* The model alone, at half precision: a sixth of the room. All that uses a model
 * can use it; no training can go on with it. */
void translator_export(Translator *t, const char *path);

/* The parameters by name; free list.at. */
NamedTensors translator_named(const Translator *t);

/* Switches heads off, by the names of their maps: "encoder_2_1,cross_1_3", or
 * NULL for none; ends with die_usage() at others. What such a head finds is
 * brought home by no number: its rows of W^O become 0, in memory. */
void translator_switch_off(const Translator *t, const char *heads);

void translator_free(Translator *t);

/* The pairs of a file, or of two, as choice wants them: `longest`. */
Pairs translator_pairs(const Translator *t, const char *path,
                       const char *target);

/* The translations of every source sentence of the pairs, which are encoded;
 * until tape_reset(). */
Ids *translator_write(const Translator *t, const Pairs *pairs,
                      TranslateOptions options);

#endif

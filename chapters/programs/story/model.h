/* model.h -- a teller of stories: a model, its pieces, and how it was trained;
 * in memory and on disk. */
#ifndef STORY_MODEL_H
#define STORY_MODEL_H

#include "13_tokens.h"
#include "14_masks.h"
#include "programs/shared/tool.h"

/* What can be chosen for a training. */
typedef struct {
    const char *data, *save;    /* data NULL: the book's own stories */
    bool resume;
    int parts;                  /* of a batch: 0 and 1 mean all at once */
    int layers, width, heads, hidden;
    int pieces, window, stories, batch_tokens, seed;
    double dropout, rate, clip;
    Plan plan;
    int texts, asks;            /* not chosen, but stored, as plan.steps is: how
                                 * many it learned from; 1: with questions */
} Choice;

/* All settings: those of the command line, and those that a model on disk has
 * with it, all but the first CHOICE_FILES. */
enum { MOST_SETTINGS = 24, CHOICE_FILES = 4 };
extern const Settings choice_of_command, choice_stored;

typedef struct {
    Choice choice;
    Pieces pieces;
    uint64_t data;          /* the hash of the text it has learned from */
    Stack model;
    long step;              /* steps done, when it was saved */
} Teller;

/* Makes a new model, as choice and pieces want it. */
void teller_begin(Teller *t);

/* A model on disk, all of it but the state of its training. */
Teller teller_load(const char *path);

/* The same, with the state in `open`: for plan_resume(). */
Teller teller_reopen(const char *path, Checkpoint **open);

void teller_save(Teller *t, Training *training, const char *path);
void teller_free(Teller *t);

/* Learns pieces from a text, as many as choice says; ends with die() if they
 * would be too long to be kept. */
void teller_learn_pieces(Teller *t, Text text);

#endif

/* model.h -- a teller of stories: a model, its pieces, and how it was trained;
 * in memory and on disk. */
#ifndef STORY_MODEL_H
#define STORY_MODEL_H

#include "13_tokens.h"
#include "14_masks.h"
#include "17_today.h"
#include "programs/shared/tool.h"

/* Which model: chapter 14's, which can be asked about a story; or chapter 17's. */
enum { BLOCK_PREFIX, BLOCK_LLAMA };

enum { MOST_HEADS = 64 };      /* in a layer */

/* What can be chosen for a training. */
typedef struct {
    const char *data, *save;    /* data NULL: the book's own stories */
    bool resume;
    int parts;                  /* of a batch: 0 and 1 mean all at once */
    int block;
    int layers, width, heads, shared, hidden;
    int pieces, window, stories, batch_tokens, seed;
    double dropout, rate, clip;
    Plan plan;
    int texts, asks, untied;    /* not chosen, but stored, as plan.steps is: how
                                 * many it learned from; 1: with questions; 1:
                                 * another table is said than is read */
} Choice;

/* All settings: those of the command line, and those that a model on disk has
 * with it, all but the first CHOICE_FILES. */
enum { MOST_SETTINGS = 24, CHOICE_FILES = 4 };
extern const Settings choice_of_command, choice_stored;

/* Ends with die() if a model at `path` cannot have this width and these heads; path
 * NULL: with die_usage(). */
void check_choice(const Choice *c, const char *path);

typedef struct {
    Choice choice;
    Pieces pieces;          /* BLOCK_PREFIX */
    LlamaPieces llama_pieces;
    uint64_t data;          /* the hash of the text it has learned from */
    Stack stack;            /* BLOCK_PREFIX */
    Today today;            /* BLOCK_LLAMA */
    long step;              /* steps done, when it was saved */
} Teller;

/* Makes a new model, as choice and pieces want it. */
void teller_begin(Teller *t);

/* A model on disk, all of it but the state of its training. */
Teller teller_load(const char *path);

/* The same, with the state in `open`: for plan_resume(). */
Teller teller_reopen(const char *path, Checkpoint **open);

/* A model of llama2.c, version 0, and its pieces, as a teller that was trained
 * somewhere else: files.c. */
Teller teller_of_llama(const char *model, const char *pieces);

/* Ends with die() if the model from `path` has not learned to be asked. */
void check_asks(const Teller *t, const char *path);

void teller_save(Teller *t, Training *training, const char *path);
void teller_free(Teller *t);

/* The model that it has, and how that writes. */
Model teller_model(const Teller *t);
WriterBegin *teller_writer(const Teller *t);

/* A text as its model numbers it, and back. Free the id and the text with free(). */
Ids teller_tokens(const Teller *t, Text text);
Text teller_text(const Teller *t, Ids tokens);

/* How many pieces it has. */
int teller_pieces(const Teller *t);

/* The model alone, to be used: no training can go on with it. */
void teller_save_learned(Teller *t, const char *path);

/* The parameters by name; free list.at. Those of BLOCK_LLAMA must have halves as
 * pairs: today_change_layout(). */
NamedTensors teller_named(const Teller *t);

/* Learns pieces from a text, as many as choice says; ends with die() if they
 * would be too long to be kept. */
void teller_learn_pieces(Teller *t, Text text);

#endif

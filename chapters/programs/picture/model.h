/* model.h -- a model that sees: it tells classes of pictures apart, or says what
 * is in the book's own; in memory and on disk. And what it learns from. */
#ifndef PICTURE_MODEL_H
#define PICTURE_MODEL_H

#include "15_pictures.h"
#include "programs/shared/tool.h"

/* What can be chosen for a training. */
typedef struct {
    const char *images, *labels, *save;     /* images NULL: the book's own */
    const char *valid_images, *valid_labels;
    bool resume;
    int parts;
    int layers, width, heads, hidden, patch, read, pictures, batch, seed;
    double dropout, smoothing, rate, clip;
    Plan plan;
    int rows, columns, channels;            /* not chosen, but stored, as */
    int classes, count;                     /* plan.steps is; classes 0: words */
} Choice;

/* All settings: those of the command line, and those that a model on disk has
 * with it, all but the first CHOICE_FILES. */
enum { MOST_SETTINGS = 28, CHOICE_FILES = 7 };
extern const Settings choice_of_command, choice_stored;

typedef struct {
    Choice choice;
    uint64_t data;              /* the hash of what it has learned from */
    Classifier classifier;      /* one of the two */
    Describer describer;
    long step;                  /* steps done, when it was saved */
} Seer;

/* Makes a new model, as choice wants it. images: the files that it should read, for
 * a message. */
void seer_begin(Seer *s);
const Params *seer_params(const Seer *s);

/* All its parameters by name; give `at` back with free(). */
NamedTensors seer_named(const Seer *s);

/* A model on disk, all of it but the state of its training. */
Seer seer_load(const char *path);

/* The same, with the state in `open`: for plan_resume(). */
Seer seer_reopen(const char *path, Checkpoint **open);

void seer_save(Seer *s, Training *training, const char *path);

/* The same to be used, not to be trained on, at half precision. */
void seer_export(Seer *s, const char *path);
void seer_free(void);

/* Ends with die() if a model of these settings cannot be built; path: that of a
 * model on disk, or NULL: then with die_usage(). */
void check_eye(const Choice *c, const char *path);

/* Pictures and classes from two IDX files; ends with die() if they do not belong
 * together. */
Album album_read(const char *images, const char *labels);

/* Ends with die() unless pictures of this file are as large as those that the
 * model has learned from. */
void check_size(const Seer *s, const Images *images, const char *path);

#endif

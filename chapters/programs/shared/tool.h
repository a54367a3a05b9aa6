/* tool.h -- what programs made of chapters have in common: commands, settings
 * that stay when a training goes on, and a training that saves, alone or in a
 * team of processes (see team.h). */
#ifndef SHARED_TOOL_H
#define SHARED_TOOL_H

#include "09_training_well.h"
#include "base/settings.h"
#include "learn/safetensors.h"

#include <stdio.h>

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

/* ---- commands ----------------------------------------------------------- */

/* What a program can do. run() takes its own command line, the command in
 * argv[0], and returns what main() does. */
typedef struct {
    const char *name, *program, *help;      /* program: for messages, "translate
                                             * train" */
    int (*run)(int argc, char **argv);
} Command;

/* What main() of a program with commands does, and returns. */
int commands_run(const char *program, int n, const Command *list, int argc,
                 char **argv);

/* Which of n names it is, or -1. */
int which(const char *word, int n, const char *const *names);

/* ---- settings ----------------------------------------------------------- */

/* Was a setting on the command line? given: of settings_read(). */
bool is_given(Settings s, const bool *given, const char *name);

/* Ends with die_usage() if a setting that is stored with the model at `path`,
 * those from `first` on, was given with another value than that of the model;
 * but --epochs may change. */
void check_unchanged(Settings s, const bool *given, int first,
                     const void *chosen, const void *stored, const char *path);

/* A width is even, for places have sines and cosines, and divides into heads. Ends
 * with die() if that of the model at `path` does not; path NULL: with die_usage(),
 * if that of the command line does not. */
void check_width(int width, int heads, const char *path);

/* Ends with die() if `save`, unless that is NULL, is one of the inputs, the last one
 * followed by NULL. */
void check_replaces(const char *save, const char *const *inputs);

/* ---- parameters by name --------------------------------------------------- */

/* Those of chapter 8's layers, under the name that the list has. */
void named_attention(NamedTensors *list, const char *name, MultiHead layer);
void named_feed(NamedTensors *list, FeedForward layer);
void named_encoder_layer(NamedTensors *list, const EncoderLayer *layer);
void named_decoder_layer(NamedTensors *list, const DecoderLayer *layer);

/* safetensors_write() and _read() of a whole list, which is given back. */
void named_write(NamedTensors list, const char *path);
void named_read(NamedTensors list, const char *path);

/* The command line of `PROGRAM import --safetensors FILE --model FILE --save FILE`.
 * Ends with die() if the last cannot be written. */
typedef struct {
    const char *weights, *model, *save;
} ImportChoice;

ImportChoice import_choice(const char *program, int argc, char **argv);

/* ---- training ----------------------------------------------------------- */

/* The course of a training: epochs, and what depends on them, which is stored
 * with a model. */
typedef struct {
    int epochs, steps, warmup;      /* warmup < 0: a tenth of all steps */
} Plan;

/* Sets the steps of a training, of so many epochs. */
void plan_steps(Plan *plan, int epochs, Training *tr);

/* Reads from `open` where a training at `path` stopped, and closes it. epochs:
 * in all, from now on. */
void plan_resume(Plan *plan, int epochs, Training *tr, Checkpoint *open,
                 const char *path);

/* As checkpoint_try(); of a team the first one does it, who will save. */
void try_to_save(const char *path, const char *const *inputs);

/* Says what a training is about to do: what `format` tells of its data, how many
 * parameters and steps there are, and whether it goes on from where one stopped.
 * From here on Ctrl-C asks to stop, and does not kill. */
__attribute__((format(printf, 3, 4)))
void train_begins(const Training *tr, bool going_on, const char *format, ...);

/* What a tool does after each epoch, and when somebody has asked to stop. Of a
 * team the first one saves, and all report: what others print goes nowhere. */
typedef struct {
    void *tool;
    void (*save)(void *tool, Training *tr);
    void (*report)(void *tool, const Training *tr, double loss);  /* epochs only */
} Reporter;

/* After train_begins(): trains to the end, or until somebody asks to stop (Ctrl-C),
 * and says how far it is. A loss or a gradient that is no number ends with die(),
 * and so does a team that has not the same data, or not the same parameters before
 * it saves. Returns what main() should. */
int train_all(Training *tr, Reporter reporter);

#endif

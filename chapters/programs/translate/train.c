/* train.c -- learns from a file of sentence pairs. */
#include "commands.h"
#include "model.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "cell/progress.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is asked for -------------------------------------------------- */

/* given[i]: the command line has the i-th of choice_of_command. */
static void read_choice(int argc, char **argv, Choice *c,
                        bool given[MOST_SETTINGS])
{
    settings_read(argc, argv, choice_of_command, c, given, 0);
    if (c->valid_target && !c->valid)
        die_usage("--valid-target is given, but --valid is missing");
    if (c->width % 2 || c->width % c->heads)
        die_usage("--width: %d must be even, and divide into %d heads",
                  c->width, c->heads);
    if (!c->hidden)
        c->hidden = 2 * c->width;
}

static bool is_given(const bool given[MOST_SETTINGS], const char *name)
{
    for (int i = 0; i < choice_of_command.n; i++)
        if (given[i] && strcmp(choice_of_command.list[i].name, name) == 0)
            return true;
    return false;
}

/* Says at once whether the model can be saved, and what must not be lost. */
static void try_to_save(const Choice *c)
{
    const char *const named[] = { c->data, c->target, c->valid,
                                  c->valid_target };
    const char *inputs[5] = { NULL };
    for (int i = 0, n = 0; i < 4; i++)
        if (named[i])
            inputs[n++] = named[i];
    checkpoint_try(c->save, inputs);
}

/* ---- a new training, or an old one -------------------------------------- */

static void take_words(Translator *t, Pairs *pairs)
{
    static const char *const name[] = { "source", "target" };
    pairs_sort_words(pairs, t->choice.min_count);
    for (int side = SOURCE; side <= TARGET; side++) {
        t->words[side] = pairs->words[side];
        pairs->words[side] = (Vocabulary){ 0 };
        if (t->words[side].n <= FIRST_WORD)
            die("'%s': no %s word is there %d times; expected a smaller "
                "--min-count", t->choice.data, name[side],
                t->choice.min_count);
    }
}

static void begin(Translator *t, const Choice *choice, Pairs *pairs)
{
    t->choice = *choice;
    *pairs = translator_pairs(t, choice->data, choice->target);
    t->data = pairs_hash(pairs);
    t->choice.pairs = pairs->n;
    take_words(t, pairs);
    translator_begin(t);
}

/* What was chosen stays, but for the number of epochs. */
static void check_unchanged(const Translator *t, const Choice *choice,
                            const bool given[MOST_SETTINGS])
{
    for (int i = 0; i < choice_of_command.n; i++) {
        const Setting *s = &choice_of_command.list[i];
        if (given[i] && s >= choice_stored.list
            && strcmp(s->name, "epochs") != 0
            && !settings_same(s, choice, &t->choice))
            die_usage("--%s cannot change with --resume: '%s' was trained with "
                      "another", s->name, choice->save);
    }
}

static void reopen(Translator *t, const Choice *choice,
                   const bool given[MOST_SETTINGS], Pairs *pairs,
                   Checkpoint **open)
{
    *t = translator_reopen(choice->save, open);
    check_unchanged(t, choice, given);
    *pairs = translator_pairs(t, choice->data, choice->target);
    if (pairs->n != t->choice.pairs || pairs_hash(pairs) != t->data)
        die("'%s' was trained on other pairs than those of '%s': to go on, "
            "give the same; to learn from others, train a new model",
            choice->save, choice->data);
    pairs_encode(pairs, &t->words[SOURCE], &t->words[TARGET]);
}

/* Sets how many steps there are; the rate depends on it. */
static void plan(Translator *t, Training *tr, int epochs)
{
    long steps = (long)epochs * tr->batches;
    if (steps > INT_MAX)
        die("%d epochs of %d batches are more steps than can be counted; "
            "expected fewer --epochs", epochs, tr->batches);
    t->choice.epochs = epochs;
    t->choice.steps = (int)steps;
    if (t->choice.warmup < 0)
        t->choice.warmup = (int)(steps / 10);
    tr->options.steps = steps;
    tr->options.warmup = t->choice.warmup;
}

static Training training_of(Translator *t, const Pairs *pairs)
{
    const Choice *c = &t->choice;
    return training_new(transformer_model(&t->model), pairs,
                        (TrainingOptions){ .batch_tokens = c->batch_tokens,
                                           .rate = c->rate,
                                           .smoothing = c->smoothing,
                                           .clip = c->clip,
                                           .seed = (uint64_t)c->seed });
}

/* Where it stopped; more epochs, or fewer, may be asked for now. */
static void go_on(Translator *t, Training *tr, Checkpoint *open,
                  const Choice *choice, bool other_epochs)
{
    training_state(tr, open);
    checkpoint_close(open);
    plan(t, tr, other_epochs ? choice->epochs : t->choice.epochs);
    if (tr->step < 0 || tr->step > INT_MAX)
        die("'%s': step %ld cannot be", choice->save, tr->step);
    if (tr->step > tr->options.steps)
        die_usage("--epochs: %d are fewer than are done: %ld steps of %d an "
                  "epoch", choice->epochs, tr->step, tr->batches);
}

/* ---- the loop ----------------------------------------------------------- */

/* A sentence that is translated after each epoch, to see it learn. */
static void print_sample(const Translator *t, const Pairs *pairs)
{
    Pairs one = { .n = 1, .end = pairs->end, .id = pairs->id };
    Ids written = translator_write(t, &one, (TranslateOptions){ 0 })[0];
    char *source = vocabulary_decode(&t->words[SOURCE],
                                     pairs_ids(&one, SOURCE, 0));
    char *target = vocabulary_decode(&t->words[TARGET], written);
    printf("    %s -> %s\n", source, target);
    free(source);
    free(target);
    tape_reset();
}

static void print_epoch(const Translator *t, const Training *tr, double loss,
                        const Pairs *pairs, const Pairs *valid)
{
    printf("epoch %ld/%d  loss %.3f",
           (tr->step + tr->batches - 1) / tr->batches, t->choice.epochs, loss);
    if (valid->n > 0) {
        double held_out = cross_entropy(tr->model, valid);
        tape_reset();
        printf("  held-out %.3f  perplexity %.2f", held_out, exp(held_out));
    }
    printf("\n");
    print_sample(t, valid->n > 0 ? valid : pairs);
    stdout_check();
}

/* Trains to the end of the epoch, or until somebody asks to stop. Returns the
 * mean loss. */
static double train_epoch(Training *tr, Progress *progress)
{
    double sum = 0, tokens = 0, begin = clock_seconds();
    long steps = 0;
    do {
        double loss = training_step(tr);
        if (!isfinite(loss))
            die("the loss of step %ld is no number any more: a lower --lr or "
                "--clip may help", tr->step);
        sum += loss;
        steps++;
        tokens += tr->tokens;
        progress_show(progress, tr->step, "loss %.3f  %.0f tokens/s",
                      sum / (double)steps, tokens / (clock_seconds() - begin));
    } while (tr->step % tr->batches != 0 && !interrupt_asked());
    progress_end(progress);
    return sum / (double)steps;
}

/* opt_clip() takes a gradient that is no number for a programmer's mistake.
 * Here what somebody has chosen leads to it. */
static ErrorHandler other_mistakes;

static void explain(const char *message)
{
    const char *gradient = strstr(message, "opt_clip: ");
    if (gradient)
        die("%s: a lower --lr may help", gradient + strlen("opt_clip: "));
    other_mistakes(message);
}

/* Saves after each epoch, and when it is asked to stop. */
static int train_all(Translator *t, Training *tr, const Pairs *pairs,
                     const Pairs *valid)
{
    const char *path = t->choice.save;
    other_mistakes = t_on_error;
    t_on_error = explain;
    interrupt_watch();
    Progress progress = progress_begin("step", tr->step, tr->options.steps);
    while (tr->step < tr->options.steps && !interrupt_asked()) {
        double loss = train_epoch(tr, &progress);
        translator_save(t, tr, path);
        if (tr->step % tr->batches == 0)
            print_epoch(t, tr, loss, pairs, valid);
    }
    if (tr->step == tr->options.steps)
        return 0;
    fprintf(stderr, "Stopped after step %ld of %ld and saved. To go on, add "
            "--resume to the same command.\n", tr->step, tr->options.steps);
    return 130;
}

int train(int argc, char **argv)
{
    Choice choice;
    bool given[MOST_SETTINGS];
    Translator t = { 0 };
    Pairs pairs = { 0 }, valid = { 0 };
    Checkpoint *open = NULL;
    read_choice(argc, argv, &choice, given);
    try_to_save(&choice);
    if (choice.resume)
        reopen(&t, &choice, given, &pairs, &open);
    else
        begin(&t, &choice, &pairs);
    if (choice.valid) {
        valid = translator_pairs(&t, choice.valid, choice.valid_target);
        pairs_encode(&valid, &t.words[SOURCE], &t.words[TARGET]);
    }
    t.choice.save = choice.save;
    Training tr = training_of(&t, &pairs);
    if (open)
        go_on(&t, &tr, open, &choice, is_given(given, "epochs"));
    else
        plan(&t, &tr, choice.epochs);
    printf("%d pairs, %d and %d words, %ld parameters, %ld steps%s\n", pairs.n,
           t.words[SOURCE].n, t.words[TARGET].n,
           params_count(&t.model.params), tr.options.steps,
           open ? ", going on" : "");
    stdout_check();
    int status = train_all(&t, &tr, &pairs, &valid);
    training_free(&tr);
    pairs_free(&pairs);
    pairs_free(&valid);
    translator_free(&t);
    return status;
}

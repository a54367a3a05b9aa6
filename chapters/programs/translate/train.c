/* train.c -- learns from a file of sentence pairs. */
#include "commands.h"
#include "model.h"

#include "base/fail.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what is asked for -------------------------------------------------- */

/* given[i]: the command line has the i-th of choice_of_command. */
static void read_choice(int argc, char **argv, Choice *c,
                        bool given[MOST_SETTINGS])
{
    settings_read(argc, argv, choice_of_command, c, given, 0);
    if (c->valid_target && !c->valid)
        die_usage("--valid-target is given, but --valid is missing");
    check_width(c->width, c->heads, NULL);
    if (!c->hidden)
        c->hidden = 2 * c->width;
}

/* Says at once whether the model can be saved, and what must not be lost. */
static void try_model(const Choice *c)
{
    const char *const named[] = { c->data, c->target, c->valid,
                                  c->valid_target };
    const char *inputs[5] = { NULL };
    for (int i = 0, n = 0; i < 4; i++)
        if (named[i])
            inputs[n++] = named[i];
    try_to_save(c->save, inputs);
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

static void reopen(Translator *t, const Choice *choice,
                   const bool given[MOST_SETTINGS], Pairs *pairs,
                   Checkpoint **open)
{
    *t = translator_reopen(choice->save, open);
    check_unchanged(choice_of_command, given, CHOICE_FILES, choice, &t->choice,
                    choice->save);
    *pairs = translator_pairs(t, choice->data, choice->target);
    if (pairs->n != t->choice.pairs || pairs_hash(pairs) != t->data)
        die("'%s' was trained on other pairs than those of '%s': to go on, "
            "give the same; to learn from others, train a new model",
            choice->save, choice->data);
    pairs_encode(pairs, &t->words[SOURCE], &t->words[TARGET]);
}

static Training training_of(Translator *t, const Pairs *pairs)
{
    const Choice *c = &t->choice;
    return training_new(transformer_model(&t->model), pairs,
                        (TrainingOptions){ .batch_tokens = c->batch_tokens,
                                           .rate = c->rate,
                                           .smoothing = c->smoothing,
                                           .clip = c->clip,
                                           .parts = c->parts,
                                           .seed = (uint64_t)c->seed });
}

/* ---- after each epoch --------------------------------------------------- */

/* A training, and what is shown of it. */
typedef struct {
    Translator *translator;
    const Pairs *pairs, *valid;
} Course;

static void save(void *course, Training *tr)
{
    Translator *t = ((Course *)course)->translator;
    translator_save(t, tr, t->choice.save);
}

/* A sentence that is translated after each epoch, to see it learn. */
static void print_sample(const Translator *t, const Pairs *pairs)
{
    Pairs one = { .n = 1, .end = pairs->end, .id = pairs->id };
    Ids written = translator_write(t, &one, (TranslateOptions){ 0 })[0];
    printf("    %s -> %s\n",
           text_of_ids(&t->words[SOURCE], pairs_ids(&one, SOURCE, 0)),
           text_of_ids(&t->words[TARGET], written));
    tape_reset();
}

static void report(void *course, const Training *tr, double loss)
{
    const Course *c = course;
    const Translator *t = c->translator;
    printf("epoch %ld/%d  loss %.3f",
           (tr->step + tr->batches - 1) / tr->batches, t->choice.plan.epochs,
           loss);
    if (c->valid->n > 0) {
        double held_out = cross_entropy(tr->model, c->valid);
        tape_reset();
        printf("  held-out %.3f  perplexity %.2f", held_out, exp(held_out));
    }
    printf("\n");
    print_sample(t, c->valid->n > 0 ? c->valid : c->pairs);
    stdout_check();
}

int train(int argc, char **argv)
{
    Choice choice = { 0 };
    bool given[MOST_SETTINGS];
    Translator t = { 0 };
    Pairs pairs = { 0 }, valid = { 0 };
    Checkpoint *open = NULL;
    read_choice(argc, argv, &choice, given);
    try_model(&choice);
    if (choice.resume)
        reopen(&t, &choice, given, &pairs, &open);
    else
        begin(&t, &choice, &pairs);
    if (choice.valid) {
        valid = translator_pairs(&t, choice.valid, choice.valid_target);
        pairs_encode(&valid, &t.words[SOURCE], &t.words[TARGET]);
    }
    t.choice.save = choice.save;
    t.choice.parts = choice.parts;
    Training tr = training_of(&t, &pairs);
    if (open)
        plan_resume(&t.choice.plan,
                    is_given(choice_of_command, given, "epochs")
                        ? choice.plan.epochs : t.choice.plan.epochs,
                    &tr, open, choice.save);
    else
        plan_steps(&t.choice.plan, choice.plan.epochs, &tr);
    train_begins(&tr, open != NULL, "%d pairs, %d and %d words", pairs.n,
                 t.words[SOURCE].n, t.words[TARGET].n);
    Course course = { &t, &pairs, &valid };
    int status = train_all(&tr, (Reporter){ &course, save, report });
    training_free(&tr);
    pairs_free(&pairs);
    pairs_free(&valid);
    translator_free(&t);
    return status;
}

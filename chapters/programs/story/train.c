/* train.c -- a training that can be stopped and goes on where it was. */
#include "commands.h"
#include "texts.h"

#include "base/fail.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void read_choice(int argc, char **argv, Choice *c,
                        bool given[MOST_SETTINGS])
{
    settings_read(argc, argv, choice_of_command, c, given, 0);
    check_choice(c, NULL);
    if (!c->hidden)
        c->hidden = 2 * c->width;
    c->asks = !c->data && c->block == BLOCK_PREFIX;
}

/* ---- a new training, or an old one -------------------------------------- */

static void begin(Teller *t, const Choice *choice, Texts *texts)
{
    t->choice = *choice;
    *texts = texts_read(t);
    t->choice.texts = texts->train.n;
    teller_begin(t);
}

static void reopen(Teller *t, const Choice *choice,
                   const bool given[MOST_SETTINGS], Texts *texts,
                   Checkpoint **open)
{
    *t = teller_reopen(choice->save, open);
    check_unchanged(choice_of_command, given, CHOICE_FILES, choice, &t->choice,
                    choice->save);
    t->choice.data = choice->data;
    t->choice.save = choice->save;
    t->choice.parts = choice->parts;
    *texts = texts_read(t);
}

static Training training_of(Teller *t, const Texts *texts)
{
    const Choice *c = &t->choice;
    return training_new(teller_model(t), &texts->train,
                        (TrainingOptions){ .batch_tokens = c->batch_tokens,
                                           .rate = c->rate, .clip = c->clip,
                                           .parts = c->parts,
                                           .seed = (uint64_t)c->seed });
}

/* ---- after each epoch --------------------------------------------------- */

/* A training, and what is shown of it. */
typedef struct {
    Teller *teller;
    const Texts *texts;
} Course;

static void save(void *course, Training *tr)
{
    Teller *t = ((Course *)course)->teller;
    teller_save(t, tr, t->choice.save);
}

/* What it makes of the beginning of a text, to see it learn. */
static void print_sample(const Teller *t, const Pairs *pairs)
{
    enum { BEGUN = 8, LONGEST = 24 };
    Ids text = pairs_ids(pairs, TARGET, 0), written;
    Ids begun = { text.n < BEGUN ? text.n : BEGUN, text.id };
    write_on(teller_model(t), 1, NULL, &begun,
             (WriteOptions){ .writer = teller_writer(t), .longest = LONGEST },
             &written);
    Text said[] = { teller_text(t, begun),
                    teller_text(t, written) };
    printf("    ");
    print_readable(said[0]);
    printf(" ->");
    print_readable(said[1]);
    printf("\n");
    free((char *)said[0].at);
    free((char *)said[1].at);
    tape_reset();
}

static void report(void *course, const Training *tr, double loss)
{
    const Course *c = course;
    const Pairs *held_out = &c->texts->held_out;
    printf("epoch %ld/%d  loss %.3f", (tr->step + tr->batches - 1) / tr->batches,
           c->teller->choice.plan.epochs, loss);
    if (held_out->n > 0) {
        double other = cross_entropy(tr->model, held_out);
        tape_reset();
        printf("  held-out %.3f  perplexity %.2f", other, exp(other));
    }
    printf("\n");
    print_sample(c->teller, held_out->n > 0 ? held_out : &c->texts->train);
    stdout_check();
}

int train(int argc, char **argv)
{
    Choice choice = { 0 };
    bool given[MOST_SETTINGS];
    Teller t = { 0 };
    Texts texts;
    Checkpoint *open = NULL;
    read_choice(argc, argv, &choice, given);
    try_to_save(choice.save, (const char *const[]){ choice.data, NULL });
    if (choice.resume)
        reopen(&t, &choice, given, &texts, &open);
    else
        begin(&t, &choice, &texts);
    Training tr = training_of(&t, &texts);
    bool other_epochs = is_given(choice_of_command, given, "epochs");
    if (open)
        plan_resume(&t.choice.plan, other_epochs ? choice.plan.epochs
                                                 : t.choice.plan.epochs,
                    &tr, open, choice.save);
    else
        plan_steps(&t.choice.plan, choice.plan.epochs, &tr);
    train_begins(&tr, open != NULL, "%d texts, %d pieces", texts.train.n,
                 teller_pieces(&t));
    Course course = { &t, &texts };
    int status = train_all(&tr, (Reporter){ &course, save, report });
    training_free(&tr);
    texts_free(&texts);
    teller_free(&t);
    return status;
}

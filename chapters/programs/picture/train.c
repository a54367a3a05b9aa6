/* train.c -- a training that can be stopped and goes on where it was. */
#include "commands.h"
#include "model.h"

#include "base/fail.h"
#include "base/hash.h"

#include <stdio.h>

/* ---- what is learned from ------------------------------------------------ */

/* A training's pictures, and others to examine it on. */
typedef struct {
    Seer *seer;
    Album lesson, exam;
} Course;

static void read_choice(int argc, char **argv, Choice *c,
                        bool given[MOST_SETTINGS])
{
    settings_read(argc, argv, choice_of_command, c, given, 0);
    if (!c->images != !c->labels)
        die_usage("--images and --labels belong together");
    if (!c->valid_images != !c->valid_labels || (c->valid_images && !c->images))
        die_usage("--valid-images and --valid-labels belong together, and to "
                  "--images");
    c->hidden = c->hidden ? c->hidden : 2 * c->width;
    c->patch = c->patch ? c->patch : c->images ? 4 : 8;
}

static uint64_t hash_of(const Album *a)
{
    const Images *m = &a->images;
    size_t n = (size_t)m->n * (size_t)m->rows * (size_t)m->columns
             * (size_t)m->channels;
    uint64_t hash = hash_bytes(HASH_START, m->at, n);
    for (int i = 0; i < a->pairs.n; i++) {
        Ids target = pairs_ids(&a->pairs, TARGET, i);
        for (int k = 0; k < target.n; k++)
            hash = hash_bytes(hash, &(unsigned char){ (unsigned char)target.id[k] },
                              1);
    }
    return hash;
}

static void read_pictures(Course *course, Choice *c)
{
    enum { EXAMINED = 500 };
    bool own = c->images != NULL;
    course->lesson = own ? album_read(c->images, c->labels)
                         : album_of_captions(PICTURES_TRAIN, c->pictures);
    if (c->valid_images)
        course->exam = album_read(c->valid_images, c->valid_labels);
    else if (!own)
        course->exam = album_of_captions(PICTURES_HELD_OUT, EXAMINED);
    const Images *m = &course->lesson.images;
    c->rows = m->rows;
    c->columns = m->columns;
    c->channels = m->channels;
    c->count = m->n;
    c->classes = 0;
    for (int i = 0; own && i < m->n; i++) {
        int is = pairs_ids(&course->lesson.pairs, TARGET, i).id[0];
        c->classes = is + 1 > c->classes ? is + 1 : c->classes;
    }
}

/* ---- a new training, or an old one --------------------------------------- */

static void begin(Course *course, const Choice *choice)
{
    Seer *s = course->seer;
    s->choice = *choice;
    read_pictures(course, &s->choice);
    check_eye(&s->choice, NULL);
    s->data = hash_of(&course->lesson);
    seer_begin(s);
}

static void reopen(Course *course, const Choice *choice,
                   const bool given[MOST_SETTINGS], Checkpoint **open)
{
    Seer *s = course->seer;
    *s = seer_reopen(choice->save, open);
    check_unchanged(choice_of_command, given, CHOICE_FILES, choice, &s->choice,
                    choice->save);
    Choice now = s->choice;
    now.images = choice->images;
    now.labels = choice->labels;
    now.valid_images = choice->valid_images;
    now.valid_labels = choice->valid_labels;
    now.save = choice->save;
    now.parts = choice->parts;
    read_pictures(course, &now);
    if (hash_of(&course->lesson) != s->data)
        die("'%s' has learned from other pictures: expected the same as before",
            choice->save);
    s->choice = now;
}

/* The model looks at the album of the course from now on. */
static Training training_of(Course *course)
{
    Seer *s = course->seer;
    const Choice *c = &s->choice;
    bool classes = c->classes > 0;
    s->classifier.images = s->describer.images = &course->lesson.images;
    return training_new(
        classes ? classifier_model(&s->classifier)
                : describer_model(&s->describer), &course->lesson.pairs,
        (TrainingOptions){ .batch_tokens = c->batch
                                         * (classes ? TOKENS_OF_A_PICTURE
                                                    : TOKENS_OF_A_CAPTION),
                           .parts = c->parts, .rate = c->rate, .clip = c->clip,
                           .smoothing = c->smoothing, .seed = (uint64_t)c->seed,
                           .batch = classes ? pictures_of : NULL });
}

/* ---- after each epoch ---------------------------------------------------- */

static void save(void *course, Training *tr)
{
    Seer *s = ((Course *)course)->seer;
    seer_save(s, tr, s->choice.save);
}

static void report(void *course, const Training *tr, double loss)
{
    const Course *c = course;
    const Seer *s = c->seer;
    printf("epoch %ld/%d  loss %.3f", (tr->step + tr->batches - 1) / tr->batches,
           s->choice.plan.epochs, loss);
    if (c->exam.pairs.n > 0)
        printf("  held-out %.1f %% right",
               100 * (s->choice.classes > 0
                          ? classifier_share(&s->classifier, &c->exam, NULL)
                          : describer_share(&s->describer, &c->exam)));
    printf("\n");
    tape_reset();
    stdout_check();
}

int train(int argc, char **argv)
{
    Choice choice = { 0 };
    bool given[MOST_SETTINGS];
    Seer s = { .step = 0 };
    Course course = { .seer = &s };
    Checkpoint *open = NULL;
    read_choice(argc, argv, &choice, given);
    const char *inputs[] = { choice.images, choice.labels, choice.valid_images,
                             choice.valid_labels, NULL };
    try_to_save(choice.save, inputs);
    if (choice.resume)
        reopen(&course, &choice, given, &open);
    else
        begin(&course, &choice);
    if (choice.valid_images)
        check_size(&s, &course.exam.images, choice.valid_images);
    Training tr = training_of(&course);
    bool other_epochs = is_given(choice_of_command, given, "epochs");
    if (open)
        plan_resume(&s.choice.plan, other_epochs ? choice.plan.epochs
                                                 : s.choice.plan.epochs,
                    &tr, open, choice.save);
    else
        plan_steps(&s.choice.plan, choice.plan.epochs, &tr);
    train_begins(&tr, open != NULL, "%d pictures of %d x %d x %d",
                 s.choice.count, s.choice.rows, s.choice.columns,
                 s.choice.channels);
    int status = train_all(&tr, (Reporter){ &course, save, report });
    training_free(&tr);
    album_free(&course.lesson);
    album_free(&course.exam);
    seer_free();
    return status;
}

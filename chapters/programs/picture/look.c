/* look.c -- what a model sees in a picture, and how often it is right. */
#include "commands.h"
#include "model.h"

#include "base/fail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *model, *images, *labels;
    int split, count, number;
} Choices;

#define MODEL                                                                  \
    { "model", SETTING_TEXT, offsetof(Choices, model), 0, 0, 0, "FILE",        \
      "a model that train has saved", true }
#define IMAGES                                                                 \
    { "images", SETTING_TEXT, offsetof(Choices, images), 0, 0, 0, "FILE",      \
      "pictures of yours, as IDX, or else the book's own", false }
#define SPLIT                                                                  \
    { "split", SETTING_WORD, offsetof(Choices, split), 0, 1, 0,                \
      "held-out|combinations",                                                 \
      "of the book's own: others of the kind it has learned\n"                 \
      "                         from, or new combinations", false }

static const Setting score_list[] = {
    MODEL, IMAGES,
    { "labels", SETTING_TEXT, offsetof(Choices, labels), 0, 0, 0, "FILE",
      "their classes, as IDX", false },
    SPLIT,
    { "count", SETTING_INT, offsetof(Choices, count), 1, 200000, 1000, "N",
      "how many of the book's own", false },
};

static const Setting look_list[] = {
    MODEL, IMAGES, SPLIT,
    { "number", SETTING_INT, offsetof(Choices, number), 1, 1000000, 1, "N",
      "which of them", false },
};

static PictureSplit split_of(const Choices *c)
{
    return c->split ? PICTURES_COMBINATIONS : PICTURES_HELD_OUT;
}

/* Pictures of classes need a model of classes; the others one of captions. */
static void check_kind(const Choices *c, const Seer *s)
{
    if (s->choice.classes > 0 && !c->images)
        die_usage("'%s' has learned classes of pictures: expected --images",
                  c->model);
}

/* ---- score --------------------------------------------------------------- */

/* For each class how many are right, and what it is taken for otherwise. */
static void print_classes(int classes, const Album *a, const int *said)
{
    size_t n = (size_t)(classes * classes);
    int *table = memset(grown(NULL, n, sizeof *table), 0, n * sizeof *table);
    for (int i = 0; i < a->pairs.n; i++) {
        int is = pairs_ids(&a->pairs, TARGET, i).id[0];
        if (is < classes)
            table[is * classes + said[i]]++;
    }
    for (int k = 0; k < classes; k++) {
        const int *row = table + k * classes;
        int all = 0, other = k == 0;
        for (int j = 0; j < classes; j++) {
            all += row[j];
            other = j != k && row[j] > row[other] ? j : other;
        }
        printf("class %-3d    %d of %d", k, row[k], all);
        if (other < classes && other != k && row[other] > 0)
            printf(", else mostly taken for %d", other);
        printf("\n");
    }
    free(table);
}

static void score_classes(const Choices *c, const Seer *s)
{
    if (!c->labels)
        die_usage("--images needs --labels");
    Album a = album_read(c->images, c->labels);
    check_size(s, &a.images, c->images);
    int *said = grown(NULL, (size_t)a.pairs.n, sizeof *said);
    double right = classifier_share(&s->classifier, &a, said);
    printf("pictures     %d\nright        %.0f (%.2f %%)\n", a.pairs.n,
           right * a.pairs.n, 100 * right);
    print_classes(s->choice.classes, &a, said);
    free(said);
    album_free(&a);
}

int score(int argc, char **argv)
{
    Choices c;
    bool given[COUNT(score_list)];
    settings_read(argc, argv,
                  (Settings){ "picture score --model FILE [OPTIONS]",
                              COUNT(score_list), score_list }, &c, given, 0);
    Seer s = seer_load(c.model);
    check_kind(&c, &s);
    if (s.choice.classes > 0) {
        score_classes(&c, &s);
    } else if (c.images || c.labels) {
        die_usage("'%s' has learned captions of the book's own: no labels can "
                  "say whether it is right", c.model);
    } else {
        Album a = album_of_captions(split_of(&c), c.count);
        double right = describer_share(&s.describer, &a);
        printf("pictures     %d\nexact        %.0f (%.2f %%)\n", c.count,
               right * c.count, 100 * right);
        album_free(&a);
    }
    seer_free();
    return 0;
}

/* ---- look ---------------------------------------------------------------- */

/* A point is a sign twice as wide as high, the darker the emptier. */
static void print_picture(const Images *m, int number)
{
    static const char signs[] = " .:-=+*#%@";
    const unsigned char *p = images_one(m, number);
    int step = m->columns > 64 ? (m->columns + 63) / 64 : 1;
    for (int y = 0; y < m->rows; y += 2 * step) {
        for (int x = 0; x < m->columns; x += step) {
            int most = 0;
            for (int c = 0; c < m->channels; c++) {
                int is = p[(y * m->columns + x) * m->channels + c];
                most = is > most ? is : most;
            }
            putchar(signs[most * 9 / 255]);
        }
        printf("\n");
    }
}

/* Where the class token looks, in hundredths. */
static void print_looks(const Eye *e, Tensor **weights)
{
    int across = e->options.columns / eye_side(e->options);
    Tensor *map = roll_out(e->options.layers.layers, weights, true);
    printf("\nwhere it looks, in hundredths, patch by patch:\n");
    for (int i = 0; i < t_size(map); i++)
        printf("%3.0f%s", 100 * t_at(map, i), (i + 1) % across ? " " : "\n");
}

static void print_class(const Seer *s, const Images *m, int number)
{
    enum { SHOWN = 3 };
    Classifier on = s->classifier;
    Tensor *weights[MAX_LAYERS];
    int id = number, none = START, length = 1;
    on.images = m;
    Batch batch = { .source = { 1, 1, &id, &length },
                    .target = { 1, 1, &none, &length } };
    Tensor *p = t_softmax(classifier_logits(&on, batch,
                                            (Pass){ .encoder = weights }));
    printf("\n");
    for (int k = 0; k < SHOWN && k < s->choice.classes; k++) {
        int best = 0;
        for (int c = 0; c < s->choice.classes; c++)
            best = t_at(p, 0, 0, c) > t_at(p, 0, 0, best) ? c : best;
        printf("class %-3d %5.1f %%\n", best, 100 * t_at(p, 0, 0, best));
        t_at(p, 0, 0, best) = -1;
    }
    print_looks(&on.eye, weights);
}

static void print_caption(const Seer *s, const Images *m, int number)
{
    Describer on = s->describer;
    on.images = m;
    Ids source = { 1, &number }, said;
    write_greedily(describer_model(&on), 1, &source, (Pass){ 0 }, &said);
    char *caption = vocabulary_decode(caption_words(), said);
    printf("\n%s\n", caption);
    free(caption);
}

int look(int argc, char **argv)
{
    Choices c;
    bool given[COUNT(look_list)];
    settings_read(argc, argv,
                  (Settings){ "picture look --model FILE [OPTIONS]",
                              COUNT(look_list), look_list }, &c, given, 0);
    Seer s = seer_load(c.model);
    check_kind(&c, &s);
    Album a = { .images = { 0 } };
    if (c.images) {
        a.images = images_read(c.images);
        check_size(&s, &a.images, c.images);
    } else {
        a = album_of_captions(split_of(&c), c.number);
    }
    if (c.number > a.images.n)
        die_usage("--number: '%s' has %d pictures, got %d", c.images, a.images.n,
                  c.number);
    tape_record(false);
    print_picture(&a.images, c.number - 1);
    if (s.choice.classes > 0)
        print_class(&s, &a.images, c.number - 1);
    else
        print_caption(&s, &a.images, c.number - 1);
    album_free(&a);
    seer_free();
    return 0;
}

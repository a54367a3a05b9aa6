/* model.c -- a model that sees, in memory and on disk. */
#include "model.h"

#include "base/fail.h"
#include "base/hash.h"

#include <limits.h>
#include <stdlib.h>

/* ---- settings ------------------------------------------------------------ */

#define INT(name, field) name, SETTING_INT, offsetof(Choice, field)
#define REAL(name, field) name, SETTING_REAL, offsetof(Choice, field)
#define FILE_NAME(name, field) \
    name, SETTING_TEXT, offsetof(Choice, field), 0, 0, 0, "FILE"

enum { LONGEST_SIDE = 1024, MOST_CLASSES = 256 };

static const Setting list[] = {
    { FILE_NAME("images", images),
      "pictures of yours, as IDX, or else the book's own", false },
    { FILE_NAME("labels", labels), "their classes, as IDX", false },
    { FILE_NAME("valid-images", valid_images),
      "others, to see after each epoch how good it is", false },
    { FILE_NAME("valid-labels", valid_labels), "and their classes", false },
    { FILE_NAME("save", save), "where the model goes, after each epoch", true },
    { "resume", SETTING_FLAG, offsetof(Choice, resume), 0, 0, 0, NULL,
      "go on where --save FILE stopped", false },
    { INT("parts", parts), 1, 10000, 1, "N",
      "in which a batch is computed, one by one, to save memory", false },

    /* From here on: stored with the model. */
    { INT("layers", layers), 1, MAX_LAYERS, 2, "N", "of attention", false },
    { INT("width", width), 2, 4096, 64, "N", "of the vectors, even", false },
    { INT("heads", heads), 1, 64, 4, "N", "must divide the width", false },
    { INT("ffn", hidden), 1, 16384, 0, "N",
      "hidden width of the network, or else twice the width", false },
    { INT("patch", patch), 1, 256, 0, "N",
      "points on a patch's side, or else 4; of the book's own 8", false },
    { "read", SETTING_WORD, offsetof(Choice, read), 0, 1, 0, "windows|product",
      "how a patch is read; windows want sides of 2, 4, 8 ...", false },
    { REAL("dropout", dropout), 0, 0.9, 0, "P",
      "share of numbers left out in training", false },
    { REAL("smoothing", smoothing), 0, 0.9, 0.1, "E", "of the labels", false },
    { INT("pictures", pictures), 10, 200000, 20000, "N",
      "how many of the book's own", false },
    { INT("epochs", plan.epochs), 1, 100000, 10, "N",
      "times through the pictures; --resume may change it", false },
    { INT("batch", batch), 1, 10000, 64, "N", "pictures of a step", false },
    { REAL("lr", rate), 1e-9, 1, 0.003, "X", "highest learning rate", false },
    { INT("warmup", plan.warmup), 0, 1000000000, -1, "N",
      "steps in which it rises, or else a tenth of all", false },
    { REAL("clip", clip), 0, 1000000, 1, "X",
      "highest norm of the gradient, or 0 for any", false },
    { INT("seed", seed), 0, 1000000000, 1, "N", "of the random numbers",
      false },

    /* From here on: not to be chosen. */
    { INT("rows", rows), 1, LONGEST_SIDE, 0, NULL, NULL, false },
    { INT("columns", columns), 1, LONGEST_SIDE, 0, NULL, NULL, false },
    { INT("channels", channels), 1, LONGEST_SIDE, 0, NULL, NULL, false },
    { INT("classes", classes), 0, MOST_CLASSES, 0, NULL, NULL, false },
    { INT("count", count), 1, INT_MAX, 0, NULL, NULL, false },
    { INT("steps", plan.steps), 1, INT_MAX, 0, NULL, NULL, false },
};
enum { NOT_CHOSEN = 6 };
_Static_assert(COUNT(list) - NOT_CHOSEN <= MOST_SETTINGS, "too many settings");

const Settings choice_of_command = {
    "picture train --save FILE [OPTIONS]", COUNT(list) - NOT_CHOSEN, list
};
const Settings choice_stored = { NULL, COUNT(list) - CHOICE_FILES,
                                 list + CHOICE_FILES };

/* ---- memory -------------------------------------------------------------- */

/* How many windows halve a side to 1; 0 if it is no power of two, or 1. */
static int windows_of(int patch)
{
    int n = 0;
    while (patch > 1 && patch % 2 == 0) {
        patch /= 2;
        n++;
    }
    return patch == 1 ? n : 0;
}

static EyeOptions eye_of(const Choice *c)
{
    return (EyeOptions){
        .layers = { .layers = c->layers, .width = c->width, .heads = c->heads,
                    .hidden = c->hidden, .dropout = c->dropout },
        .rows = c->rows, .columns = c->columns, .channels = c->channels,
        .patch = c->patch, .windows = c->read == 0 ? windows_of(c->patch) : 0,
        .class_token = c->classes > 0,
    };
}

void check_eye(const Choice *c, const char *path)
{
    int n = windows_of(c->patch);
    char what[200] = "";
    check_width(c->width, c->heads, path);
    if (c->read == 0 && (n < 1 || n > MAX_WINDOWS))
        snprintf(what, sizeof what, "--patch: windows read patches of 2, 4, 8 "
                 "... %d points, not %d", 1 << MAX_WINDOWS, c->patch);
    else if (c->read == 0 && c->width >> (n - 1) == 0)
        snprintf(what, sizeof what, "--width: %d is too narrow for %d windows",
                 c->width, n);
    else if (c->rows % c->patch || c->columns % c->patch)
        snprintf(what, sizeof what, "--patch: pictures of %d x %d cannot be cut "
                 "into patches of %d x %d", c->rows, c->columns, c->patch,
                 c->patch);
    if (*what && path)
        die("'%s': a model that cannot be: %s", path, what);
    if (*what)
        die_usage("%s", what);
}

void seer_begin(Seer *s)
{
    const Choice *c = &s->choice;
    Rng rng = rng_new((uint64_t)c->seed);
    EyeOptions eye = eye_of(c);
    if (c->classes > 0)
        s->classifier = classifier_new(eye, c->classes, &rng);
    else
        s->describer = describer_new(eye, eye.layers, caption_words()->n, &rng);
}

const Params *seer_params(const Seer *s)
{
    return s->choice.classes > 0 ? &s->classifier.params : &s->describer.params;
}

static void named_eye(NamedTensors *all, const Eye *e)
{
    named_under(all, "eye.");
    if (e->options.windows == 0)
        named_linear(all, "patches", e->patches);
    named_add(all, "class_token", e->class_token, false);
    named_add(all, "places", e->places, false);
    named_norm(all, "end", e->end);
    for (int i = 0; i < e->windows.n; i++) {
        named_under(all, "eye.windows.%d.", i);
        named_linear(all, "product", e->windows.product[i]);
        if (i > 0)
            named_norm(all, "norm", e->windows.norm[i]);
    }
    for (int i = 0; i < e->options.layers.layers; i++) {
        named_under(all, "eye.layer.%d.", i);
        named_encoder_layer(all, &e->layer[i]);
    }
}

NamedTensors seer_named(const Seer *s)
{
    const Describer *d = &s->describer;
    NamedTensors all = { 0 };
    if (s->choice.classes > 0) {
        named_linear(&all, "out", s->classifier.out);
        named_eye(&all, &s->classifier.eye);
        return all;
    }
    named_add(&all, "words", d->words, false);
    named_norm(&all, "end", d->end);
    for (int i = 0; i < d->options.layers; i++) {
        named_under(&all, "layer.%d.", i);
        named_decoder_layer(&all, &d->layer[i]);
    }
    named_eye(&all, &d->eye);
    return all;
}

void seer_free(void)
{
    caption_words_free();
    tape_free();
}

/* ---- disk ---------------------------------------------------------------- */

enum { VERSION = 2 };

/* The fields in their order, for writing and for reading, up to those of
 * training_state(). The first one tells what kind of model it is. */
static void fields(Seer *s, Checkpoint *c)
{
    bool seer = true;
    checkpoint_bool(c, "seer", &seer);
    checkpoint_settings(c, choice_stored, &s->choice);
    checkpoint_bits(c, "data", &s->data);
}

/* Fewer numbers than a model of these settings has; no file is so large that it
 * would have LONG_MAX. */
static long numbers_of(const Choice *c)
{
    double d = c->width, patches = (double)c->rows / c->patch * c->columns
                                 / c->patch;
    double n = c->layers * (4 * d * d + 2 * d * c->hidden) + d * c->classes
             + d * patches;
    if (c->read == 1)
        n += d * c->patch * c->patch * c->channels;
    return n < (double)LONG_MAX / 2 ? (long)n : LONG_MAX;
}

Seer seer_reopen(const char *path, Checkpoint **open)
{
    Seer s = { .step = 0 };
    Checkpoint *c = *open = checkpoint_read(path, VERSION);
    fields(&s, c);
    check_eye(&s.choice, path);
    checkpoint_expect(c, numbers_of(&s.choice));
    seer_begin(&s);
    return s;
}

Seer seer_load(const char *path)
{
    Checkpoint *c;
    Seer s = seer_reopen(path, &c);
    Rng none;
    training_learned(c, &s.step, &none, seer_params(&s));
    checkpoint_close(c);
    return s;
}

void seer_save(Seer *s, Training *training, const char *path)
{
    Checkpoint *c = checkpoint_write(path, VERSION);
    fields(s, c);
    training_state(training, c);
    checkpoint_close(c);
}

void seer_export(Seer *s, const char *path)
{
    Checkpoint *c = checkpoint_write(path, VERSION);
    Rng none = { 0 };       /* in the place of a training's generator */
    fields(s, c);
    checkpoint_halves(c);
    training_learned(c, &s->step, &none, seer_params(s));
    checkpoint_close(c);
}

/* ---- pictures ------------------------------------------------------------ */

Album album_read(const char *images, const char *labels)
{
    int n;
    Album a = { images_read(images), { 0 } };
    unsigned char *label = labels_read(labels, &n);
    if (n != a.images.n)
        die("'%s' has %d pictures, '%s' %d labels; expected as many", images,
            a.images.n, labels, n);
    if (a.images.rows > LONGEST_SIDE || a.images.columns > LONGEST_SIDE
        || a.images.channels > LONGEST_SIDE)
        die("'%s' has pictures of %d x %d, with %d numbers for each point; "
            "expected at most %d of each", images, a.images.rows,
            a.images.columns, a.images.channels, LONGEST_SIDE);
    for (int i = 0; i < n; i++) {
        int is = label[i];
        pairs_add_ids(&a.pairs, (Ids){ 1, &i }, (Ids){ 1, &is });
    }
    free(label);
    return a;
}

void check_size(const Seer *s, const Images *m, const char *path)
{
    const Choice *c = &s->choice;
    if (m->rows != c->rows || m->columns != c->columns
        || m->channels != c->channels)
        die("'%s' has pictures of %d x %d x %d; expected %d x %d x %d, which the "
            "model has learned from", path,
            m->rows, m->columns, m->channels, c->rows, c->columns, c->channels);
}

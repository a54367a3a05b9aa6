/* model.c -- a translator, in memory and on disk. */
#include "model.h"

#include "base/fail.h"
#include "learn/team.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ---- settings ----------------------------------------------------------- */

#define INT(name, field) name, SETTING_INT, offsetof(Choice, field)
#define REAL(name, field) name, SETTING_REAL, offsetof(Choice, field)
#define FILE_NAME(name, field) \
    name, SETTING_TEXT, offsetof(Choice, field), 0, 0, 0, "FILE"

static const Setting list[] = {
    { FILE_NAME("data", data), "pairs to learn from: source<TAB>target", true },
    { FILE_NAME("save", save), "where the model goes, after each epoch", true },
    { "resume", SETTING_FLAG, offsetof(Choice, resume), 0, 0, 0, NULL,
      "go on where --save FILE stopped", false },
    { FILE_NAME("target", target),
      "the target sentences, if --data holds the source only", false },
    { FILE_NAME("valid", valid), "pairs to be tested on after each epoch",
      false },
    { FILE_NAME("valid-target", valid_target), "the same for --valid", false },
    { INT("parts", parts), 1, 10000, 1, "N",
      "in which a batch is computed, one by one, to save memory", false },

    /* From here on: stored with the model. */
    { INT("layers", layers), 1, MAX_LAYERS, 2, "N", "in each half", false },
    { INT("width", width), 2, 4096, 64, "N", "of the vectors, even", false },
    { INT("heads", heads), 1, 64, 4, "N", "must divide the width", false },
    { INT("ffn", hidden), 1, 16384, 0, "N",
      "hidden width of the network, or else twice the width", false },
    { REAL("dropout", dropout), 0, 0.9, 0.1, "P",
      "share of numbers left out in training", false },
    { "norm", SETTING_WORD, offsetof(Choice, norm), 0, 1, 0, "pre|post",
      "before each sublayer (pre), or after the sum", false },
    { INT("epochs", plan.epochs), 1, 100000, 10, "N",
      "times through the data; --resume may change it", false },
    { INT("batch-tokens", batch_tokens), 8, 1000000, 2000, "N",
      "source and target tokens of a step", false },
    { REAL("lr", rate), 1e-9, 1, 0.005, "X", "highest learning rate", false },
    { INT("warmup", plan.warmup), 0, 1000000000, -1, "N",
      "steps in which it rises, or else a tenth of all", false },
    { REAL("label-smoothing", smoothing), 0, 0.9, 0.1, "P",
      "share of the target that goes to other words", false },
    { REAL("clip", clip), 0, 1000000, 1, "X",
      "highest norm of the gradient, or 0 for any", false },
    { INT("min-count", min_count), 1, 1000000, 1, "N",
      "words seen less often are unknown", false },
    { INT("max-len", longest), 1, 1000, 100, "N",
      "tokens of a sentence; longer ones are left out", false },
    { INT("seed", seed), 0, 1000000000, 1, "N", "of the random numbers",
      false },

    /* From here on: not to be chosen. */
    { INT("pairs", pairs), 1, INT_MAX, 0, NULL, NULL, false },
    { INT("steps", plan.steps), 1, INT_MAX, 0, NULL, NULL, false },
};
enum { NOT_CHOSEN = 2 };
_Static_assert(COUNT(list) - NOT_CHOSEN <= MOST_SETTINGS, "too many settings");

const Settings choice_of_command = {
    "translate train --data FILE --save FILE [OPTIONS]",
    COUNT(list) - NOT_CHOSEN, list
};
const Settings choice_stored = { NULL, COUNT(list) - CHOICE_FILES,
                                 list + CHOICE_FILES };

/* ---- memory ------------------------------------------------------------- */

static TransformerOptions options_of(const Choice *c)
{
    return (TransformerOptions){
        .layers = c->layers, .width = c->width, .heads = c->heads,
        .hidden = c->hidden, .dropout = c->dropout, .post_norm = c->norm == 1
    };
}

void translator_begin(Translator *t)
{
    Rng rng = rng_new((uint64_t)t->choice.seed);
    t->model = transformer_new(options_of(&t->choice), t->words[SOURCE].n,
                               t->words[TARGET].n, &rng);
}

void translator_free(Translator *t)
{
    vocabulary_free(&t->words[SOURCE]);
    vocabulary_free(&t->words[TARGET]);
    tape_free();
}

Pairs translator_pairs(const Translator *t, const char *path,
                       const char *target)
{
    return pairs_read(path, (PairsOptions){ .target = target,
                                            .longest = t->choice.longest,
                                            .quiet = team_rank() > 0 });
}

/* The attention of this kind in this layer, or NULL. */
static const MultiHead *attention_of(const Transformer *t, const char *kind,
                                     int layer)
{
    if (layer < 1 || layer > t->options.layers)
        return NULL;
    return strcmp(kind, "encoder") == 0 ? &t->encoder[layer - 1].self
         : strcmp(kind, "decoder") == 0 ? &t->decoder[layer - 1].self
         : strcmp(kind, "cross") == 0   ? &t->decoder[layer - 1].cross
                                        : NULL;
}

void translator_switch_off(const Translator *t, const char *heads)
{
    const TransformerOptions *o = &t->model.options;
    int each = o->width / o->heads;
    for (const char *at = heads; at && *at;) {
        char kind[8] = "";
        int layer = 0, head = 0, length = 0;
        sscanf(at, "%7[a-z]_%4d_%4d%n", kind, &layer, &head, &length);
        const MultiHead *m = attention_of(&t->model, kind, layer);
        if (!m || head < 1 || head > o->heads || !length
            || (at[length] && at[length] != ','))
            die_usage("--off: expected KIND_LAYER_HEAD, KIND being encoder, "
                      "decoder or cross, LAYER from 1 to %d and HEAD from 1 to "
                      "%d, got '%.*s'", o->layers, o->heads,
                      (int)strcspn(at, ","), at);
        Tensor *rows = t_slice(m->to_out.weight, 0, (head - 1) * each,
                               head * each);
        t_assign(rows, t_zeros_shape(rows->shape));
        at += length + (at[length] == ',');
    }
}

/* Sentences of about one length are translated together, so that a long one
 * does not hold up short ones. */
Ids *translator_write(const Translator *t, const Pairs *pairs,
                      TranslateOptions options)
{
    Ids *source = ids_of_side(pairs, SOURCE), *written = ids_room(pairs->n);
    Ids *some = ids_room(pairs->n), *theirs = ids_room(pairs->n);
    options.writer = transformer_writer;
    for (int low = 0, high = 32, done = 0; done < pairs->n; high *= 2) {
        int n = 0;
        for (int i = 0; i < pairs->n; i++)
            if (source[i].n > low && source[i].n <= high)
                some[n++] = source[i];
        if (n > 0)
            translate_all(transformer_model(&t->model), n, some, options,
                          theirs);
        for (int i = 0, k = 0; i < pairs->n; i++)
            if (source[i].n > low && source[i].n <= high)
                written[i] = theirs[k++];
        done += n;
        low = high;
    }
    return written;
}

NamedTensors translator_named(const Translator *translator)
{
    const Transformer *t = &translator->model;
    NamedTensors all = { 0 };
    named_add(&all, "source_words", t->source_words, false);
    named_add(&all, "target_words", t->target_words, false);
    for (int i = 0; i < t->options.layers; i++) {
        named_under(&all, "encoder.%d.", i);
        named_encoder_layer(&all, &t->encoder[i]);
    }
    for (int i = 0; i < t->options.layers; i++) {
        named_under(&all, "decoder.%d.", i);
        named_decoder_layer(&all, &t->decoder[i]);
    }
    named_under(&all, "%s", "");
    if (!t->options.post_norm) {
        named_norm(&all, "encoder_end", t->encoder_end);
        named_norm(&all, "decoder_end", t->decoder_end);
    }
    return all;
}

/* ---- disk --------------------------------------------------------------- */

enum { VERSION = 2 };

/* The fields in their order, for writing and for reading, up to those of
 * training_state(). */
static void fields(Translator *t, Checkpoint *c)
{
    checkpoint_settings(c, choice_stored, &t->choice);
    checkpoint_vocabulary(c, "source words", &t->words[SOURCE]);
    checkpoint_vocabulary(c, "target words", &t->words[TARGET]);
    checkpoint_bits(c, "data", &t->data);
}

Translator translator_reopen(const char *path, Checkpoint **open)
{
    Translator t = { 0 };
    Checkpoint *c = *open = checkpoint_read(path, VERSION);
    fields(&t, c);
    const Choice *choice = &t.choice;
    check_width(choice->width, choice->heads, path);
    if (t.words[SOURCE].n <= FIRST_WORD || t.words[TARGET].n <= FIRST_WORD)
        die("'%s' knows no words", path);
    checkpoint_expect(c, transformer_count(options_of(choice),
                                           t.words[SOURCE].n,
                                           t.words[TARGET].n, false));
    translator_begin(&t);
    return t;
}

Translator translator_load(const char *path)
{
    Checkpoint *c;
    Translator t = translator_reopen(path, &c);
    Rng none;
    training_learned(c, &t.step, &none, &t.model.params);
    checkpoint_close(c);
    return t;
}

void translator_export(Translator *t, const char *path)
{
    Checkpoint *c = checkpoint_write(path, VERSION);
    Rng none = { 0 };       /* in the place of a training's generator */
    fields(t, c);
    checkpoint_halves(c);
    training_learned(c, &t->step, &none, &t->model.params);
    checkpoint_close(c);
}

void translator_save(Translator *t, Training *training, const char *path)
{
    Checkpoint *c = checkpoint_write(path, VERSION);
    fields(t, c);
    training_state(training, c);
    checkpoint_close(c);
}

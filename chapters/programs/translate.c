/* translate.c -- a translator to use: it learns from sentence pairs of yours,
 * translates, is scored, and shows where it looks.
 *
 * What is taught stands in chapters 8 to 10. Here, and in translate/, are only
 * settings, files and messages. */
#include "10_translating_well.h"
#include "translate/commands.h"
#include "translate/model.h"

#include "base/fail.h"
#include "data/corpus.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- score -------------------------------------------------------------- */

typedef struct {
    const char *model, *data, *target, *off;
    int beam;
    double length_penalty;
} ScoreChoice;

static const Setting score_list[] = {
    { "model", SETTING_TEXT, offsetof(ScoreChoice, model), 0, 0, 0, "FILE",
      "a model that train has saved", true },
    { "data", SETTING_TEXT, offsetof(ScoreChoice, data), 0, 0, 0, "FILE",
      "pairs: source<TAB>target", true },
    { "target", SETTING_TEXT, offsetof(ScoreChoice, target), 0, 0, 0, "FILE",
      "the target sentences, if --data holds the source only", false },
    { "beam", SETTING_INT, offsetof(ScoreChoice, beam), 1, MAX_BEAM, 1, "N",
      "translations kept in view; 1 is greedy", false },
    { "length-penalty", SETTING_REAL, offsetof(ScoreChoice, length_penalty), 0,
      10, 0.6, "A", "higher prefers longer ones", false },
    { "off", SETTING_TEXT, offsetof(ScoreChoice, off), 0, 0, 0, "HEADS",
      "switched off, by the names of their maps (see attend)", false },
};

static int score(int argc, char **argv)
{
    ScoreChoice c;
    bool given[COUNT(score_list)];
    settings_read(argc, argv,
                  (Settings){ "translate score --model FILE --data FILE "
                              "[OPTIONS]", COUNT(score_list), score_list },
                  &c, given, 0);
    Translator t = translator_load(c.model);
    translator_switch_off(&t, c.off);
    Pairs pairs = translator_pairs(&t, c.data, c.target);
    pairs_encode(&pairs, &t.words[SOURCE], &t.words[TARGET]);
    TranslateOptions options = { .beam = c.beam,
                                 .length_penalty = c.length_penalty };
    Ids *written = translator_write(&t, &pairs, options);
    Ids *reference = ids_of_side(&pairs, TARGET);
    double points = bleu(pairs.n, written, reference);
    double exact = exact_match(pairs.n, written, reference);
    printf("sentences    %d\nBLEU         %.2f%s\nexact match  %.2f %%\n"
           "perplexity   %.3f\n", pairs.n, points,
           points == 0 && exact > 0 ? "  (it counts four words in a row: no "
                                      "sentence has so many right)" : "",
           100 * exact, exp(cross_entropy(transformer_model(&t.model),
                                          &pairs)));
    pairs_free(&pairs);
    translator_free(&t);
    return 0;
}

/* ---- info --------------------------------------------------------------- */

typedef struct {
    const char *model;
    int vocabulary;     /* a Side, or -1 */
} InfoChoice;

static const Setting info_list[] = {
    { "model", SETTING_TEXT, offsetof(InfoChoice, model), 0, 0, 0, "FILE",
      "a model that train has saved", true },
    { "vocabulary", SETTING_WORD, offsetof(InfoChoice, vocabulary), 0, 1, -1,
      "source|target", "print the words it knows, and nothing else", false },
};

static void print_info(const Translator *t)
{
    const Choice *c = &t->choice;
    printf("layers        %d in each half\nwidth         %d, %d heads, network "
           "%d wide\nnorm          %s\ndropout       %g\n", c->layers,
           c->width, c->heads, c->hidden,
           c->norm == 1 ? "after the sum (post)"
                        : "before each sublayer (pre)", c->dropout);
    printf("words         %d source, %d target\nparameters    %ld\n",
           t->words[SOURCE].n, t->words[TARGET].n,
           params_count(&t->model.params));
    printf("trained       %ld of %d steps (%d epochs of %d pairs)\n"
           "rate          %g, warm-up %d steps, %d tokens a step\n",
           t->step, c->plan.steps, c->plan.epochs, c->pairs, c->rate, c->plan.warmup,
           c->batch_tokens);
}

static int info(int argc, char **argv)
{
    InfoChoice c;
    bool given[COUNT(info_list)];
    settings_read(argc, argv,
                  (Settings){ "translate info --model FILE [OPTIONS]",
                              COUNT(info_list), info_list }, &c, given, 0);
    Translator t = translator_load(c.model);
    if (c.vocabulary < 0)
        print_info(&t);
    else
        for (int i = FIRST_WORD; i < t.words[c.vocabulary].n; i++)
            puts(t.words[c.vocabulary].word[i]);
    translator_free(&t);
    return 0;
}

/* ---- export, import ------------------------------------------------------ */

typedef struct {
    const char *model, *save, *weights;
} FileChoice;

#define FILE_NAME(name, field) \
    name, SETTING_TEXT, offsetof(FileChoice, field), 0, 0, 0, "FILE"

static const Setting export_list[] = {
    { FILE_NAME("model", model), "a model that train has saved", true },
    { FILE_NAME("save", save), "where it goes; to be used, not to be trained on",
      false },
    { FILE_NAME("safetensors", weights),
      "or where its weights go, by name, for other programs", false },
};

static int export(int argc, char **argv)
{
    FileChoice c;
    bool given[COUNT(export_list)];
    settings_read(argc, argv,
                  (Settings){ "translate export --model FILE --save FILE",
                              COUNT(export_list), export_list }, &c, given, 0);
    if (!c.save && !c.weights)
        die_usage("expected --save FILE, or --safetensors FILE");
    if (c.save)
        checkpoint_try(c.save, (const char *const[]){ c.model, NULL });
    check_replaces(c.weights, (const char *const[]){ c.model, NULL });
    Translator t = translator_load(c.model);
    if (c.save)
        translator_export(&t, c.save);
    if (c.weights)
        named_write(translator_named(&t), c.weights);
    translator_free(&t);
    return 0;
}

static int import(int argc, char **argv)
{
    ImportChoice c = import_choice("translate", argc, argv);
    Translator t = translator_load(c.model);
    named_read(translator_named(&t), c.weights);
    translator_export(&t, c.save);
    translator_free(&t);
    return 0;
}

/* ---- corpus ------------------------------------------------------------- */

static void print_pair(const char *english, const char *translation,
                       void *context)
{
    (void)context;
    printf("%s\t%s\n", english, translation);
}

static int corpus(int argc, char **argv)
{
    static const char *const languages[] = { "french", "chinese" };
    static const char *const splits[] = { "train", "held-out", "combinations" };
    char **words = settings_read(
        argc, argv, (Settings){ "translate corpus french|chinese "
                                "[train|held-out|combinations]", 0, NULL },
        NULL, NULL, 2);
    const char *language = words[0] ? words[0] : "";
    const char *split = words[0] && words[1] ? words[1] : splits[0];
    int l = which(language, COUNT(languages), languages);
    int s = which(split, COUNT(splits), splits);
    if (l < 0)
        die_usage("expected french or chinese, got '%s'", language);
    if (s < 0)
        die_usage("expected train, held-out or combinations, got '%s'", split);
    corpus_pairs((CorpusLanguage)l, (CorpusSplit)s, print_pair, NULL);
    return 0;
}

/* ---- all ---------------------------------------------------------------- */

static const Command commands[] = {
    { "train", "translate train", "learn from a file of sentence pairs",
      train },
    { "translate", "translate translate",
      "translate what comes on standard input", translate },
    { "score", "translate score",
      "BLEU, exact match and perplexity on a file of pairs", score },
    { "attend", "translate attend", "the maps of attention for one sentence",
      attend },
    { "export", "translate export",
      "a model to be used only: a sixth of the room", export },
    { "import", "translate import", "a model with weights of other programs",
      import },
    { "info", "translate info", "what a trained model is", info },
    { "corpus", "translate corpus", "print the book's own sentence pairs",
      corpus },
};

int main(int argc, char **argv)
{
    return commands_run("translate", COUNT(commands), commands, argc, argv);
}

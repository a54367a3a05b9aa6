/* attend.c -- where a model looks while it translates one sentence: a heat map
 * for each head of each layer, and a page that shows them all. */
#include "commands.h"
#include "model.h"
#include "unknown.h"

#include "base/fail.h"
#include "base/text.h"
#include "cell/cell.h"
#include "cell/file.h"
#include "cell/plot.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *model, *out, *off;
    int beam;
    double length_penalty;
} Choices;

static const Setting list[] = {
    { "model", SETTING_TEXT, offsetof(Choices, model), 0, 0, 0, "FILE",
      "a model that train has saved", true },
    { "out", SETTING_TEXT, offsetof(Choices, out), 0, 0, 0, "DIR",
      "where the maps go: index.html shows them all;\n"
      "                         KIND_LAYER_HEAD.svg and .dat are one each,\n"
      "                         KIND being encoder, decoder or cross", true },
    { "beam", SETTING_INT, offsetof(Choices, beam), 1, MAX_BEAM, 1, "N",
      "translations kept in view; 1 is greedy", false },
    { "length-penalty", SETTING_REAL, offsetof(Choices, length_penalty), 0, 10,
      0.6, "A", "higher prefers longer ones", false },
    { "off", SETTING_TEXT, offsetof(Choices, off), 0, 0, 0, "HEADS",
      "switched off, by the names of their maps:\n"
      "                         encoder_2_1,cross_1_3", false },
};

/* A sentence, what is made of it, and the weights on the way. */
typedef struct {
    int layers, heads;
    Ids source, written;
    char **reads;           /* the words of the source */
    char **says, **said;    /* what each step of the decoder writes, and what
                             * it reads: <start>, and what was written */
    Tensor *encoder[MAX_LAYERS], *decoder[MAX_LAYERS], *cross[MAX_LAYERS];
} Look;

enum { MOST_TOKENS = 100 };     /* a map of more could not be read */

/* ---- files -------------------------------------------------------------- */

static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++)
        if (strchr("&<>\"", *text))
            fprintf(out, "&#%d;", *text);
        else
            putc(*text, out);
}

static void put_sentence(FILE *out, const Vocabulary *words, Ids ids)
{
    put_escaped(out, text_of_ids(words, ids));
}

enum { CELL = 36, LEFT = 120, TOP = 120 };

static void put_label(FILE *out, const char *where, const char *text)
{
    fprintf(out, "<text %s>", where);
    put_escaped(out, text);
    fputs("</text>\n", out);
}

static void put_row(FILE *out, const Tensor *map, int i, const char *label)
{
    char where[80];
    int y = TOP + i * CELL;
    snprintf(where, sizeof where, "x=\"%d\" y=\"%d\" text-anchor=\"end\"",
             LEFT - 8, y + CELL / 2 + 5);
    put_label(out, where, label);
    for (int j = 0; j < t_dim(map, 1); j++)
        fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                "fill=\"#08306b\" fill-opacity=\"%.3f\" stroke=\"#ccc\"/>\n",
                LEFT + j * CELL, y, CELL, CELL, (double)t_at(map, i, j));
}

/* A heat map as a picture: rows look, columns are looked at. */
static void write_svg(const char *name, const char *title, const Tensor *map,
                      char *const *rows, char *const *columns)
{
    int n = t_dim(map, 0), k = t_dim(map, 1);
    CellFile *file = cell_file_begin(name, false);
    FILE *out = file->stream;
    fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
            "height=\"%d\" font-family=\"sans-serif\" font-size=\"14\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
            LEFT + k * CELL + 20, TOP + n * CELL + 20);
    put_label(out, "x=\"8\" y=\"20\"", title);
    for (int j = 0; j < k; j++) {
        char where[80];
        snprintf(where, sizeof where,
                 "transform=\"translate(%d,%d) rotate(-60)\"",
                 LEFT + j * CELL + CELL / 2, TOP - 8);
        put_label(out, where, columns[j]);
    }
    for (int i = 0; i < n; i++)
        put_row(out, map, i, rows[i]);
    fputs("</svg>\n", out);
    cell_file_end(file);
}

static void write_maps(const Look *look, const char *kind,
                       Tensor *const *weights, char *const *rows,
                       char *const *columns)
{
    for (int layer = 0; layer < look->layers; layer++)
        for (int head = 0; head < look->heads; head++) {
            Tensor *one = t_slice(t_detach(weights[layer]), 1, head, head + 1);
            Tensor *map = t_reshape(one, t_dim(one, 2), t_dim(one, 3));
            char name[60], picture[70], title[80];
            snprintf(name, sizeof name, "%s_%d_%d", kind, layer + 1, head + 1);
            snprintf(picture, sizeof picture, "%s.svg", name);
            snprintf(title, sizeof title, "%s, layer %d, head %d", kind,
                     layer + 1, head + 1);
            plot_matrix(name, map, rows, columns);
            write_svg(picture, title, map, rows, columns);
        }
}

static void put_kind(FILE *out, const Look *look, const char *kind,
                     const char *about)
{
    fprintf(out, "<h2>%s</h2>\n<p>%s</p>\n", kind, about);
    for (int layer = 1; layer <= look->layers; layer++)
        for (int head = 1; head <= look->heads; head++)
            fprintf(out, "<img src=\"%s_%d_%d.svg\" alt=\"%s, layer %d, "
                    "head %d\">\n", kind, layer, head, kind, layer, head);
}

static void write_page(const Translator *t, const Look *look)
{
    CellFile *file = cell_file_begin("index.html", false);
    FILE *out = file->stream;
    fputs("<!DOCTYPE html>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n"
          "<title>", out);
    put_sentence(out, &t->words[SOURCE], look->source);
    fputs("</title>\n<style>body { font-family: sans-serif; margin: 1em } "
          "img { max-width: 100%; margin: 4px; border: 1px solid #ccc }"
          "</style>\n<h1>", out);
    put_sentence(out, &t->words[SOURCE], look->source);
    fputs(" &rarr; ", out);
    put_sentence(out, &t->words[TARGET], look->written);
    fputs("</h1>\n<p>Each row looks, and its weights add up to one; each "
          "column is looked at.</p>\n", out);
    put_kind(out, look, "cross", "Each word that is written looks at the words "
             "that are translated.");
    put_kind(out, look, "encoder", "Each word that is read looks at the "
             "others.");
    put_kind(out, look, "decoder", "Each word that is written looks at those "
             "before it.");
    cell_file_end(file);
}

static void write_translation(const Translator *t, const Look *look)
{
    const char *text = text_of_ids(&t->words[TARGET], look->written);
    CellFile *file = cell_file_begin("attend.out", false);
    fprintf(file->stream, "%s\n", text);
    cell_file_end(file);
    printf("%s\n", text);
}

/* ---- the sentence ------------------------------------------------------- */

static void read_sentence(const Translator *t, const char *sentence, Pairs *one)
{
    Vocabulary told = { 0 };
    if (text_invalid_utf8(sentence) >= 0)
        die_usage("the sentence is not UTF-8");
    if (!pairs_add(one, sentence, ".", MOST_TOKENS))
        die_usage("the sentence has no words, or more than %d", MOST_TOKENS);
    name_unknown(&one->words[SOURCE], &t->words[SOURCE], &told);
    vocabulary_free(&told);
    pairs_encode(one, &t->words[SOURCE], &t->words[TARGET]);
}

/* Writes the translation, then lets the model read it once more, whole. */
static Look look_at(const Translator *t, const Pairs *one,
                    TranslateOptions options)
{
    Look look = { .layers = t->choice.layers, .heads = t->choice.heads,
                  .source = pairs_ids(one, SOURCE, 0),
                  .written = translator_write(t, one, options)[0] };
    Sentences from = sentences_of(1, &look.source, false);
    Sentences to = sentences_of(1, &look.written, true);
    Ids said = { .n = to.length, .id = tape_ints(to.length) };
    memcpy(said.id, to.ids, (size_t)said.n * sizeof *said.id);
    transformer_logits(&t->model, (Batch){ from, to, NULL },
                       (Pass){ .encoder = look.encoder,
                               .decoder = look.decoder, .cross = look.cross });
    look.reads = words_of_ids(&t->words[SOURCE], look.source, false);
    look.says = words_of_ids(&t->words[TARGET], look.written, true);
    look.said = words_of_ids(&t->words[TARGET], said, false);
    return look;
}

int attend(int argc, char **argv)
{
    Choices c;
    bool given[sizeof list / sizeof *list];
    char **sentence = settings_read(
        argc, argv, (Settings){ "translate attend --model FILE --out DIR "
                                "\"sentence\"",
                                sizeof list / sizeof *list, list },
        &c, given, 1);
    if (!*sentence)
        die_usage("the sentence is missing");
    Translator t = translator_load(c.model);
    translator_switch_off(&t, c.off);
    Pairs one = { 0 };
    read_sentence(&t, *sentence, &one);
    char *with_out[] = { "translate attend", "--out", (char *)(uintptr_t)c.out,
                         NULL };
    cell_begin(3, with_out, NULL);
    cell_file_folder(c.out);
    tape_record(false);
    Look look = look_at(&t, &one,
                        (TranslateOptions){ .beam = c.beam,
                                            .length_penalty = c.length_penalty });
    write_maps(&look, "encoder", look.encoder, look.reads, look.reads);
    write_maps(&look, "decoder", look.decoder, look.says, look.said);
    write_maps(&look, "cross", look.cross, look.says, look.reads);
    write_page(&t, &look);
    write_translation(&t, &look);
    cell_files_free();
    pairs_free(&one);
    translator_free(&t);
    return 0;
}

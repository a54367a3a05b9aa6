/* lines.c -- translates what comes on standard input, line by line. */
#include "commands.h"
#include "model.h"
#include "unknown.h"

#include "base/fail.h"
#include "base/text.h"
#include "cell/input.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const char *model, *off;
    int beam, together;
    double length_penalty;
} Choices;

enum { TOGETHER = 64, MOST_TOGETHER = 1024, MOST_TOKENS = 1000 };

static const Setting list[] = {
    { "model", SETTING_TEXT, offsetof(Choices, model), 0, 0, 0, "FILE",
      "a model that train has saved", true },
    { "beam", SETTING_INT, offsetof(Choices, beam), 1, MAX_BEAM, 1, "N",
      "translations kept in view; 1 is greedy", false },
    { "length-penalty", SETTING_REAL, offsetof(Choices, length_penalty), 0, 10,
      0.6, "A", "higher prefers longer ones", false },
    { "off", SETTING_TEXT, offsetof(Choices, off), 0, 0, 0, "HEADS",
      "switched off, by the names of their maps (see attend)", false },
    { "together", SETTING_INT, offsetof(Choices, together), 1, MOST_TOGETHER, 0,
      "N", "lines read before the first is answered, or else 64 from a file\n"
      "                         and 1 from a pipe or a person", false },
};

/* ---- reading ------------------------------------------------------------ */

/* Adds the line to those to be translated. False if it has no words, or cannot
 * be translated; in that case says why. */
static bool take_line(Input *in, Pairs *lines)
{
    if (!input_is_text(in))
        return false;
    if (pairs_add(lines, in->line, ".", MOST_TOKENS))
        return true;
    Words words = text_tokens(in->line);
    if (words.n > 0)
        input_refuse(in, "tokens:", words.n, "at most 1000");
    text_free_words(&words);
    return false;
}

/* ---- writing ------------------------------------------------------------ */

/* Answers each line, the empty ones with an empty line. */
static void write_lines(const Translator *t, Pairs *lines,
                        TranslateOptions options, const bool *empty, int count)
{
    Ids *written = NULL;
    pairs_encode(lines, &t->words[SOURCE], &t->words[TARGET]);
    if (lines->n > 0)
        written = translator_write(t, lines, options);
    for (int i = 0, k = 0; i < count; i++) {
        if (!empty[i]) {
            char *text = vocabulary_decode(&t->words[TARGET], written[k++]);
            fputs(text, stdout);
            free(text);
        }
        putchar('\n');
    }
    stdout_check();
    tape_reset();
}

static void translate_input(const Translator *t, Input *in,
                            TranslateOptions options, int together)
{
    Vocabulary told = { 0 };
    for (bool more = true; more;) {
        Pairs lines = { 0 };
        bool empty[MOST_TOGETHER];
        int count = 0;
        while (count < together) {
            if ((more = input_next(in)) == false)
                break;
            empty[count++] = !take_line(in, &lines);
        }
        name_unknown(&lines.words[SOURCE], &t->words[SOURCE], &told);
        write_lines(t, &lines, options, empty, count);
        pairs_free(&lines);
    }
    vocabulary_free(&told);
}

int translate(int argc, char **argv)
{
    Choices c;
    bool given[sizeof list / sizeof *list];
    settings_read(argc, argv,
                  (Settings){ "translate translate --model FILE [OPTIONS] "
                              "< sentences", sizeof list / sizeof *list, list },
                  &c, given, 0);
    Input in = input_begin();
    int together = c.together ? c.together : in.file ? TOGETHER : 1;
    Translator t = translator_load(c.model);
    translator_switch_off(&t, c.off);
    translate_input(&t, &in,
                    (TranslateOptions){ .beam = c.beam,
                                        .length_penalty = c.length_penalty },
                    together);
    bool refused = in.refused;
    input_free(&in);
    translator_free(&t);
    return refused ? 1 : 0;
}

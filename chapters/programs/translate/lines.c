/* lines.c -- translates what comes on standard input, line by line. */
#define _POSIX_C_SOURCE 200809L     /* getline, isatty, fileno */
#include "commands.h"
#include "model.h"
#include "unknown.h"

#include "base/fail.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Lines from standard input. */
typedef struct {
    char *line;
    size_t room;
    long number;        /* of the line, from 1 */
    bool asks;          /* a person is asked for each */
    bool refused;       /* some line was not translated */
} Input;

/* Next line and its bytes, or -1 at the end. */
static ssize_t next_line(Input *in)
{
    if (in->asks)
        fputs("> ", stderr);
    errno = 0;
    ssize_t n = getline(&in->line, &in->room, stdin);
    if (n < 0 && (ferror(stdin) || errno))
        die("cannot read standard input: %s",
            errno ? strerror(errno) : "read error");
    if (n < 0 && in->asks)
        fputs("\n", stderr);
    in->number++;
    return n;
}

static void refuse(Input *in, const char *what, long n, const char *expected)
{
    fprintf(stderr, "standard input, line %ld: %s %ld; expected %s\n",
            in->number, what, n, expected);
    in->refused = true;
}

/* Adds the line to those to be translated. False if it has no words, or cannot
 * be translated; in that case says why. */
static bool take_line(Input *in, size_t bytes, Pairs *lines)
{
    ptrdiff_t invalid = text_invalid_utf8(in->line);
    if (invalid >= 0) {
        refuse(in, "not UTF-8 at byte", (long)invalid + 1, "text in UTF-8");
        return false;
    }
    if (strlen(in->line) < bytes) {
        refuse(in, "a zero at byte", (long)strlen(in->line) + 1, "text");
        return false;
    }
    if (pairs_add(lines, in->line, ".", MOST_TOKENS))
        return true;
    Words words = text_tokens(in->line);
    if (words.n > 0)
        refuse(in, "tokens:", words.n, "at most 1000");
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
            ssize_t bytes = next_line(in);
            if ((more = bytes >= 0) == false)
                break;
            empty[count++] = !take_line(in, (size_t)bytes, &lines);
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
    struct stat info;
    bool file = fstat(STDIN_FILENO, &info) == 0 && S_ISREG(info.st_mode);
    int together = c.together ? c.together : file ? TOGETHER : 1;
    Translator t = translator_load(c.model);
    translator_switch_off(&t, c.off);
    Input in = { .asks = isatty(STDIN_FILENO) && isatty(STDERR_FILENO) };
    translate_input(&t, &in,
                    (TranslateOptions){ .beam = c.beam,
                                        .length_penalty = c.length_penalty },
                    together);
    free(in.line);
    translator_free(&t);
    return in.refused ? 1 : 0;
}

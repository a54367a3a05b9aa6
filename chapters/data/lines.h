/* lines.h -- lines of text, the corpus as such, each language by itself, and
 * what its lines fall into. */
#ifndef LINES_H
#define LINES_H

#include "base/text.h"
#include "corpus.h"

#include <stddef.h>

/* Start with {0}. */
typedef struct {
    int n, room;
    char **line;
} Lines;

void lines_add(Lines *lines, const char *line);
void lines_free(Lines *lines);

/* All of them, one behind the other, each with a new line, and a zero behind;
 * of `count` in turn. Free what is `at` with free(). */
Text lines_joined(const Lines *lines, int count);

enum { ENGLISH, FRENCH, CHINESE, LANGUAGES };
extern const char *const language_name[LANGUAGES];

/* A split of the corpus by language, [LANGUAGES], whose lines correspond. It is
 * made by the first call, and kept until corpus_lines_free(). */
const Lines *corpus_lines(CorpusSplit split);
void corpus_lines_free(void);

/* ---- parts of lines, for chapter 13 -------------------------------------- */

/* Ways to cut a line; words are those of text_tokens(). */
typedef enum { BY_BYTES, BY_CHARACTERS, BY_WORDS, CUTS } Cut;

/* How many different parts there are in all lines, and how many parts a line
 * has in the mean. */
typedef struct {
    int different;
    double a_line;
} PartCount;

PartCount count_parts(Cut cut, const Lines *lines);

/* Of some lines: words, those of them that are not known, and lines with such a
 * word; and how many words are known. */
typedef struct {
    int words, unknown, touched, known;
} UnknownCount;

/* Known is what the first n lines of `taught` have. */
UnknownCount count_unknown(const Lines *taught, int n, const Lines *lines);

#endif

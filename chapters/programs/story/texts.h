/* texts.h -- what a teller learns from, and is examined on. */
#ifndef STORY_TEXTS_H
#define STORY_TEXTS_H

#include "model.h"

/* Texts to learn from, and others of the same kind, as tokens. A text alone is
 * the target of a pair without a source. What is asked about a story, and the
 * answers, are the target of a pair whose source is the story: "Who has the
 * ball ?", a blank, "Tom .", a new line, and so on. */
typedef struct {
    Pairs train, held_out;
} Texts;

/* The book's own stories, or the text in choice.data. Learns the pieces, if the
 * teller has none yet, and notes the hash of the text; else ends with die() if it
 * has learned from another one. */
Texts texts_read(Teller *t);
void texts_free(Texts *texts);

/* What ends an answer, and a text that is read before it. */
enum { NEW_LINE = FIRST_WORD + '\n' };

/* A summary is asked for as an answer is. */
#define SUMMARY_PLEASE "Summary :"

/* A split of the book's stories as they are told: the text, and each question
 * with its answer and the summary, which is the last. take() is called for each
 * story. Returns their number. */
typedef struct {
    const char *story;
    int n;
    const char *const *question, *const *answer;
    const QuestionKind *kind;
} Told;
int stories_told(StorySplit split, int most,
                 void take(const Told *told, void *context), void *context);

/* Words and signs apart, as in the book's stories: "Who is it?" as "Who is it
 * ?". Free with free(). */
char *apart(const char *text);

/* The letters and signs of the book's stories, each once. Free with free(). */
char *story_letters(void);

/* Says on stderr which letters of a text are not among `known`. */
void name_unknown(const char *text, const char *known);

/* Prints text; what is not UTF-8 in it, and control characters, as the sign for
 * that. */
void print_readable(Text text);

/* The whole of a file, with a zero behind; ends with die(). Free at with
 * free(). */
Text read_file(const char *path);

#endif

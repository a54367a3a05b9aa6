/* story_lesson.h -- the book's stories with their questions, read and numbered. */
#ifndef STORY_LESSON_H
#define STORY_LESSON_H

#include "learn/pairs.h"
#include "stories.h"

/* Stories to learn from, twice: as texts alone, each the story, some questions
 * with their answers, and the summary; and as pairs, the story and all the
 * rest. Numbers mean the same words in both: texts.words[TARGET], if they were
 * not given. */
typedef struct {
    Pairs texts, pairs;
} Stories;

/* Of a split, `most` stories (0: all), with `asked` questions of each, drawn by
 * seed. words NULL: they are numbered by these very texts. */
Stories stories_read(StorySplit split, int most, int asked, uint64_t seed,
                     const Vocabulary *words);
void stories_free(Stories *s);

/* Prints and plots the losses of n lessons, 1 to 8, (n, points), each the mean of
 * `each` steps: a line for the first, and for every fifth; a row for each. columns:
 * as plot_open() wants them. */
void losses_print(int n, const char *const *name, int points, int each,
                  const double *loss, const char *plot, const char *columns);

#endif

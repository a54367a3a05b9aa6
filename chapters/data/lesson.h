/* lesson.h -- the book's own pairs, read and numbered: what there is to learn,
 * and to be examined on. */
#ifndef LESSON_H
#define LESSON_H

#include "corpus.h"
#include "learn/pairs.h"

/* Pairs to learn from; others of the same kinds; new combinations. All are
 * numbered by the words of the first. */
typedef struct {
    Pairs train, held_out, combinations;
} Lesson;

/* quick: 50 pairs of each examination, for a program that only shows that it
 * runs. */
Lesson lesson_read(CorpusLanguage language, bool quick);
void lesson_free(Lesson *lesson);

#endif

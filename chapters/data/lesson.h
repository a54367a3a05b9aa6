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

/* ---- what was written --------------------------------------------------- */

/* Prints a sentence, and under it what it was translated to. */
void lesson_print(const Lesson *lesson, Ids source, Ids written);

/* Prints so the first `most` of the pairs that were not translated as they
 * should be. */
void lesson_print_failures(const Lesson *lesson, const Pairs *pairs,
                           const Ids *written, int most);

/* How many of the translations, of n, are wrong in nothing but words that begin
 * like the right ones and are shorter, as a masculine is beside its feminine. */
int feminines_lost(const Vocabulary *words, int n, const Ids *translation,
                   const Ids *reference);

/* ---- longer sentences, for chapter 11 ----------------------------------- */

/* French, with statements joined by "and": those of common words alone. */
enum { MOST_PARTS = 3, COMMON_ENGLISH = 300, COMMON_FRENCH = 600 };

typedef struct {
    Pairs train;                /* pairs to learn from, and as many of two
                                 * statements joined */
    Pairs exam[MOST_PARTS];     /* held-out statements: one, two, three */
} JoinedLesson;

/* examined: pairs in each examination. */
JoinedLesson joined_read(int examined, uint64_t seed);
void joined_free(JoinedLesson *lesson);

/* Sentences of about one length, three groups for each number of parts: how
 * many, their words with the full stop, and how many of them came out right. */
enum { LENGTH_GROUPS = 3 * MOST_PARTS };

typedef struct {
    int sentences, words, right;
} LengthGroup;

/* Adds what was written for the examination of so many parts to its three of
 * group[LENGTH_GROUPS]. */
void joined_examine(const JoinedLesson *lesson, int parts, const Ids *written,
                    LengthGroup *group);

/* ---- what the first words settle ---------------------------------------- */

/* Of the pairs whose first k words are the first k of ten or more: how many
 * have the most common k-th word of the translation. */
typedef struct {
    int sentences, settled;
} BeginningCount;

BeginningCount count_beginnings(const Pairs *pairs, int k);

#endif

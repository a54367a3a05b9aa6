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

/* Models that are compared: their names, and what the one with a number, 0 to
 * n - 1, makes of pairs: a translation of each, in memory of the step. */
typedef struct {
    int n;
    const char *const *names;
    Ids *(*translate)(int who, const Pairs *pairs);
} Examinees;

/* Examines all with all sentences. Prints what share of each group comes out
 * right, in %, and plots it as "against_length"; columns: names for the plot. */
void joined_examine_all(const JoinedLesson *lesson, Examinees all,
                        const char *columns);

/* Prints the first sentence of so many parts, what is right, and what each makes
 * of it. */
void joined_print_first(const JoinedLesson *lesson, int parts, Examinees all);

/* How a model learned. */
enum { CURVE_POINTS = 12 };

typedef struct {
    long parameters;
    int before, steps;          /* of training: earlier ones, and these */
    double loss[CURVE_POINTS];  /* the mean of each twelfth of these */
} LearningCurve;

/* Prints a line for each of n, and plots the losses as "learning". */
void curves_show(int n, const char *const *names, const LearningCurve *curve);

/* ---- what the first words settle ---------------------------------------- */

/* Of the pairs whose first k words are the first k of ten or more: how many
 * have the most common k-th word of the translation. */
typedef struct {
    int sentences, settled;
} BeginningCount;

BeginningCount count_beginnings(const Pairs *pairs, int k);

/* Prints these counts for k up to `most`. */
void beginnings_show(const Pairs *pairs, int most);

#endif

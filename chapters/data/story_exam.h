/* story_exam.h -- questions about the book's stories, put to whoever answers them,
 * and marked. */
#ifndef STORY_EXAM_H
#define STORY_EXAM_H

#include "learn/pairs.h"
#include "stories.h"

/* Questions about stories and the right answers, as numbers of words. */
typedef struct {
    int n, room;
    Ids *story, *question, *answer;     /* (n) */
    QuestionKind *kind;                 /* (n) */
    int stop;                           /* the word . that ends every answer */
} Exam;

/* Who is examined. answer() answers each question of an exam, the full stop
 * included; the ids live until the tape is released. self: its first argument. */
typedef struct {
    void (*answer)(const void *self, Exam exam, Ids *answer);
    const void *self;
    const Vocabulary *words;    /* which its numbers mean */
} ExamPupil;

/* ---- marks -------------------------------------------------------------- */

/* How many questions of a kind were asked, and how many answers were right,
 * token for token. ALL_QUESTIONS: of any kind but SUMMARY. */
enum { ALL_QUESTIONS = QUESTION_KINDS, MARKED };
typedef struct {
    int asked[MARKED], right[MARKED];
} Marks;

/* One answer to a question of this kind more. */
void marks_add(Marks *m, QuestionKind kind, bool right);

/* Asks all there is to ask about `most` stories of a split (0: all): of each its
 * questions, and for its summary. */
Marks exam_marks(StorySplit split, int most, ExamPupil pupil);

/* Asks questions such as "Who was happy ?" about stories of a man and a woman in
 * which stands "She was happy", twice: as they are told; and with He in the place
 * of that She (or She of He) and nothing else changed, but the right answer. */
void exam_swaps(StorySplit split, int most, ExamPupil pupil, Marks *told,
                Marks *swapped);

/* These questions themselves: in the first half the n stories as they are told, in
 * the second the same swapped. To be freed. */
Exam exam_of_swaps(StorySplit split, int most, const Vocabulary *words);
void exam_free(Exam *e);

/* Where in story i the pronoun stands that was swapped, counted in tokens. */
int exam_pronoun(Exam swaps, int i);

/* A pupil for exam_swaps() that reads no pronoun: it answers with the last name
 * before the feeling that is asked for. */
ExamPupil exam_last_name(const Vocabulary *words);

/* Right answers in 100; 0 if none was asked for. */
double marks_percent(Marks m, int kind);

/* For each line of Marks an example: "Who was happy ?" */
extern const char *const marks_name[MARKED];

/* ---- to read ------------------------------------------------------------ */

/* Prints a story of a split, the first, the second and so on, with all that is
 * asked about it, the answers, and whom its pronouns mean. */
void story_print_known(StorySplit split, int number);

/* The same with the answers of a pupil, and the right one behind one that is
 * another. */
void story_print_answers(StorySplit split, int number, ExamPupil pupil);

/* Prints n tokens of a text, as a model reads them, in brackets those that it is
 * asked for, next[i] not T_IGNORE, the token `hole` as a line; and below what it
 * should say. */
void story_print_holes(const Vocabulary *words, int n, const int *reads,
                       const int *next, int hole);

/* Prints a column of percents for each of n marks, 1 to 4, under two words of
 * head each, and plots the rows. columns: as plot_open() wants them. */
void marks_print(int n, const Marks *m, const char *const head[][2],
                 const char *plot, const char *columns);

#endif

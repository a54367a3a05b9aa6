/* story_exam.h -- questions about the book's stories, put to whoever answers them,
 * and marked. */
#ifndef STORY_EXAM_H
#define STORY_EXAM_H

#include "learn/pairs.h"
#include "stories.h"

/* ---- what is asked ------------------------------------------------------ */

/* Questions about stories and the right answers, as numbers of words. */
typedef struct {
    int n, room;
    Ids *story, *question, *answer;     /* (n) */
    QuestionKind *kind;                 /* (n) */
    int stop;                           /* the word . that ends every answer */
} Exam;

/* All that is asked about a story; the summary comes last. */
Exam exam_of(const Story *story, const Vocabulary *words);

/* The same of `most` stories of a split (0: all). */
Exam exam_read(StorySplit split, int most, const Vocabulary *words);

/* Questions such as "Who was happy ?" about stories of a man and a woman in which
 * stands "She was happy", twice: as told; and with He in the place of that She (or
 * She of He), and nothing else changed but the answer. */
typedef struct {
    Exam told, swapped;
} SwapExam;

SwapExam exam_with_swaps(StorySplit split, int most, const Vocabulary *words);

void exam_free(Exam *e);

/* ---- marks -------------------------------------------------------------- */

/* Answers each question of an exam, the full stop included. The ids live until
 * the tape is released. */
typedef void ExamAnswer(const void *pupil, Exam exam, Ids *answer);

/* How many questions of a kind were asked, and how many answers were right,
 * token for token. ALL_QUESTIONS: of any kind but SUMMARY. */
enum { ALL_QUESTIONS = QUESTION_KINDS, MARKED };
typedef struct {
    int asked[MARKED], right[MARKED];
} Marks;

/* One answer to a question of this kind more. */
void marks_add(Marks *m, QuestionKind kind, bool right);

Marks exam_marks(Exam exam, ExamAnswer *answer, const void *pupil);

/* Right answers in 100; 0 if none was asked for. */
double marks_percent(Marks m, int kind);

/* For each line of Marks an example, and the same as a word for plot_row_of(). */
extern const char *const marks_name[MARKED], *const marks_word[MARKED];

/* Prints a story and what is asked about it with the right answers; with answers
 * to exam_of() this story, with those, and the right one behind one that is
 * another. said: or NULL. */
void story_print(const Story *story, const Vocabulary *words, const Ids *said);

#endif

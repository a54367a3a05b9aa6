/* story_exam.h -- the book's stories as an examination: questions, put to whoever
 * answers them, and marked; blanks; and whom a pronoun looks at. */
#ifndef STORY_EXAM_H
#define STORY_EXAM_H

#include "learn/counts.h"
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

/* To learn from: of each question the story, and the question with its answer. To
 * be freed; its vocabularies are empty. */
Pairs exam_pairs(Exam e);

/* Where in story i the pronoun stands that was swapped, counted in tokens. */
int exam_pronoun(Exam swaps, int i);

/* A pupil for exam_swaps() that reads no pronoun: it answers with the last name
 * before the feeling that is asked for. */
ExamPupil exam_last_name(const Vocabulary *words);

/* Right answers in 100; 0 if none was asked for. */
double marks_percent(Marks m, int kind);

/* For each line of Marks an example: "Who was happy ?" */
extern const char *const marks_name[MARKED];

/* ---- whom a pronoun looks at -------------------------------------------- */

/* Whose heads are watched. look() gives the weights of each layer, (1, heads, n, n)
 * for n tokens, while a story is read and the question behind it; they live until
 * the tape is released. self: its first argument. */
typedef struct {
    void (*look)(const void *self, Ids story, Ids question, Tensor **weights);
    const void *self;
    int layers, heads;
} ExamReader;

/* Of the weight that the swapped pronoun gives, in how many of these stories more
 * falls on whom it means than on the other, wherever their names stand: shares,
 * (layers, heads). */
Tensor *exam_heads(Exam swaps, ExamReader reader);

/* ---- blanks ------------------------------------------------------------- */

/* Who fills blanks: counting, with the two tokens before a blank, and with the two
 * behind it, too; and models, one that says what comes next, and one that says what
 * stands where it reads the blank. */
enum { COUNTS_LEFT, COUNTS_BOTH, MODEL_LEFT, MODEL_BOTH, FILLERS };

/* In some of the texts' places, reads (texts->n, m), START in front of each, stands
 * `hole`. right: how many of these each filler says, MODEL_LEFT by the logits `left`
 * of the place before, MODEL_BOTH by `both` of the place, (texts->n, m, V). Returns
 * how many there are. */
int exam_blanks(const Pairs *texts, const int *reads, int hole, const Counts *c,
                Tensor *left, Tensor *both, int right[FILLERS]);

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

/* Prints what was written, below a name. */
void story_print_written(const Vocabulary *words, const char *name, Ids written);

/* Prints the twelve words to which the first of n distributions, (V) each and 1 to 8
 * of them, gives most, and what each gives them, in a column under its name; plots
 * the rows behind ranks from 1 on; prints to how many words each gives something.
 * columns: as plot_open() wants them. */
void story_print_drawn(const Vocabulary *words, int n, Tensor *const *p,
                       const char *const *name, const char *plot,
                       const char *columns);

/* Plots where the best of exam_heads() looks from the pronoun, in the story that is
 * soonest told: a row as it is told and one swapped. Prints which head it is. */
void exam_plot_best(Exam swaps, ExamReader reader, const Tensor *shares,
                    const Vocabulary *words, const char *plot);

/* Prints how exam_swaps() ends for each of n pupils, a line each behind its name. */
void swaps_print(StorySplit split, int most, int n, const char *const *name,
                 const ExamPupil *pupil);

/* Prints a column of percents for each of n marks, 1 to 4, under two words of
 * head each, and plots the rows. columns: as plot_open() wants them. */
void marks_print(int n, const Marks *m, const char *const head[][2],
                 const char *plot, const char *columns);

#endif

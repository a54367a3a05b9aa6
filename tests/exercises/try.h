/* try.h -- what the checks of exercises are written with. See README.md.
 *
 * A check calls the reader's function and compares what came with what should
 * have come:
 *
 *     CHECK(scores)
 *     {
 *         Tensor *q = t_matrix(2, 4, ...), *k = t_matrix(3, 4, ...);
 *         given(q);
 *         given(k);
 *         Tensor *got = CALL(scores, (q, k));
 *         suspect(t_matmul(q, t_transpose(k)), "That is Q K^T itself: ...");
 *         expect(got, attention_scores(q, k), 1e-5, "the factor ...");
 *     }
 *
 * It runs in a process of its own, with a time limit, and ends at the first
 * thing that is not as expected. What the reader is then told: the call, what
 * was given, what came, what was expected, and what to look at.
 */
#ifndef TRY_H
#define TRY_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exercise.h"
#include "tensor/tensor.h"

/* The check of one exercise: a block that follows. */
#define CHECK(function) static void check_##function(void)

/* A plausible wrong answer, which the check must reject:
 *
 *     static Tensor *WRONG(scores, forgets_scale)(Tensor *q, Tensor *k) { ... }
 */
#define WRONG(function, mistake) wrong_##function##__##mistake

/* A right answer written in another way than the book's, which the check must
 * accept. Each exercise keeps six wrong ones and three right ones at least. */
#define RIGHT(function, way) right_##function##__##way

/* Calls what is being tried: the reader's function, or another answer. Forgets
 * the suspects of the call before. */
#define CALL(function, arguments)                                              \
    (try_call(#function #arguments), tried_##function arguments)

/* ---- before the call: what it is given ----------------------------------- *
 * Shown if something goes wrong, and compared afterwards: a function must not
 * change its arguments. given_word: some other value, in words. What is shown is
 * the text between the brackets, without a cast in front: call variables what
 * the signature calls them. */
#define given(x)                                                               \
    _Generic((x),                                                              \
        Tensor *: try_given_tensor,                                            \
        const Tensor *: try_given_tensor,                                      \
        default: try_given_number)(#x, x)
#define given_array(n, array)                                                  \
    _Generic((array),                                                          \
        int *: try_given_ints,                                                 \
        const int *: try_given_ints,                                           \
        default: try_given_array)(#array, n, array)
void given_word(const char *name, const char *word);

/* What a variable holds that the function should set; shown as `unset`. */
#define UNSET (-12345.5)

/* n numbers that have not been set: for a result. Nothing beyond them may be
 * touched. They live until the check ends. */
real *room_for(int n);
int *ints_for(int n);

/* The numbers of x, or n numbers, in an array of exactly that length: reading
 * beyond it is noticed. They live until the check ends. */
real *array_of(const Tensor *x);
int *ints_of(int n, const int *numbers);

/* n integers as a vector, for expect() and suspect(); those never set stay so. */
Tensor *ints_row(int n, const int *numbers);

/* Numbers that are easy to read: -2, -1.5, ..., 2, as chance has it. */
#define simple(rng, ...) simple_numbers(rng, SHAPE(__VA_ARGS__))
Tensor *simple_numbers(Rng *rng, Shape shape);

/* A vector (n) of these numbers, for expect() and suspect(). */
Tensor *row(int n, const real *numbers);

/* ---- after the call: what came ------------------------------------------- *
 * Tensors and numbers. Tolerances are absolute for what is smaller than 1,
 * relative for the rest. The advice ends "Look at ...": it is read by someone
 * whose answer is wrong in an unknown way. */

/* If the answer is wrong and equals x, say this instead of the advice. */
#define suspect(x, text)                                                       \
    (try_after(), _Generic((x),                                                \
        Tensor *: try_suspect_tensor,                                          \
        default: try_suspect_number)(x, text))

/* What came must be what was expected. Shows both. */
#define expect(got, expected, tolerance, advice)                               \
    (try_after(), _Generic((got),                                              \
        Tensor *: try_expect_tensor,                                           \
        default: try_expect_number)(got, expected, tolerance, advice))

/* The same for what the reader has worked out with a pencil: the right answer
 * is not shown. Numbers or a tensor of them; a shape; a letter of `letters`. */
#define expect_answer(got, expected, tolerance, advice)                        \
    (try_after(), _Generic((got),                                              \
        Tensor *: try_answer_tensor,                                           \
        default: try_answer_number)(got, expected, tolerance, advice))
void expect_shape_answer(const char *name, Shape got, Shape expected,
                         const char *advice);
void expect_letter(char got, char expected, const char *letters,
                   const char *advice);
void suspect_letter(char letter, const char *text);

/* The shape alone. */
void expect_shape(const Tensor *got, Shape expected, const char *advice);

/* Anything else: `what` says, as a sentence, what does not hold. */
void expect_that(bool holds, const char *what, const char *advice);

/* ---- behind the macros --------------------------------------------------- */

void try_call(const char *text);
void try_after(void);       /* is all that was given still there? */
void try_given_tensor(const char *name, const Tensor *x);
void try_given_number(const char *name, double x);
void try_given_array(const char *name, int n, const real *numbers);
void try_given_ints(const char *name, int n, const int *numbers);
void try_suspect_tensor(Tensor *x, const char *text);
void try_suspect_number(double x, const char *text);
void try_expect_tensor(Tensor *got, Tensor *expected, double tolerance,
                       const char *advice);
void try_expect_number(double got, double expected, double tolerance,
                       const char *advice);
void try_answer_tensor(Tensor *got, Tensor *expected, double tolerance,
                       const char *advice);
void try_answer_number(double got, double expected, double tolerance,
                       const char *advice);

/* Called in the place of t_here() and its kin: noted.h. */
void noted_here(const char *file, int line);
Tensor *noted_here_in(Tensor *x, const char *file, int line);
const Tensor *noted_here_look(const Tensor *x, const char *file, int line);
Tensor **noted_here_list(Tensor **x, const char *file, int line);

/* ---- the lists that exercise.awk makes of a chapter's checks ------------- */

typedef struct {
    int number, level;
    const char *name, *title;
    void (*check)(void);
} Exercise;

typedef struct {
    int number;             /* of its exercise */
    const char *name;
    void (*use)(void);      /* from now on, try this one */
} Answer;

/* A call that the text of an exercise gives as an example, `f(1, 2)    is 3`. */
typedef struct {
    int number;
    const char *text;
    double (*call)(void);
    double value, unit;     /* what the text says, and what its last digit is
                             * worth; 0: it is exact */
} Example;

/* Each ends with a number 0. */
extern const Exercise exercises[];
extern const Answer wrongs[], rights[];
extern const Example examples[];

/* ---- between the check and whoever reads its report ---------------------- *
 * The check runs in a child process, this lies in memory that both see. */

enum Verdict { STARTED, PASSED, FAILED, NOT_BEGUN, REFUSED };

typedef struct {
    volatile int verdict;
    long process;           /* that came to the verdict */
    int todo_line;
    bool advised;           /* the report says what to look at */
    char call[256], todo[160], given[6000], report[8000], refusal[1024];
    char file[512];         /* of the refusal, unless chapter or library */
} Report;

/* Runs a check to its end, and never returns. */
_Noreturn void try_run(void (*check)(void), Report *into);

#endif

/* try.c -- compares what came with what should have come, and says so. */
#define _XOPEN_SOURCE 700

#include "try.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "exercise.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1      /* gcc says so by itself */
#endif
#endif

static Report *report;

/* ---- how a check ends ---------------------------------------------------- */

/* Ends through exit(), so that a leak is looked for. What was printed is
 * written out before that: a leak ends the program without doing so. */
static _Noreturn void end(enum Verdict verdict)
{
    report->process = (long)getpid();
    report->verdict = (int)verdict;
    fflush(NULL);
    exit(0);
}

_Noreturn void exercise_todo(const char *what, int line)
{
    snprintf(report->todo, sizeof report->todo, "%s", what);
    report->todo_line = line;
    end(NOT_BEGUN);
}

/* ---- where the library is called from ------------------------------------ *
 * Through noted.h, calls in what is tried and in its check come here first. */

static const char *noted_file = "";
static int noted_line;

static void note(const char *file, int line)
{
    noted_file = file;
    noted_line = line;
}

void noted_here(const char *file, int line)
{
    note(file, line);
    t_here(file, line);
}

Tensor *noted_here_in(Tensor *x, const char *file, int line)
{
    note(file, line);
    return t_here_in(x, file, line);
}

const Tensor *noted_here_look(const Tensor *x, const char *file, int line)
{
    note(file, line);
    return t_here_look(x, file, line);
}

Tensor **noted_here_list(Tensor **x, const char *file, int line)
{
    note(file, line);
    return t_here_list(x, file, line);
}

/* "FILE:LINE: ..." names a file without its folder. If that is not the call
 * noted last, it is one in the chapter or in the library. */
static void refused(const char *message)
{
    char place[256];
    const char *slash = strrchr(noted_file, '/');
    snprintf(place, sizeof place, "%s:%d:", slash ? slash + 1 : noted_file,
             noted_line);
    if (strncmp(message, place, strlen(place)) == 0)
        snprintf(report->file, sizeof report->file, "%s", noted_file);
    snprintf(report->refusal, sizeof report->refusal, "%s", message);
    end(REFUSED);
}

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

#define SAY(...) append(report->report, sizeof report->report, __VA_ARGS__)

static _Noreturn void fail(const char *advice)
{
    if (advice) {
        SAY("%s\n", advice);
        report->advised = true;
    }
    end(FAILED);
}

/* ---- tensors as text ----------------------------------------------------- */

static double number(const Tensor *x, int i)
{
    ptrdiff_t offset = x->start;
    for (int axis = x->shape.n - 1; axis >= 0; axis--) {
        offset += i % x->shape.dim[axis] * x->stride[axis];
        i /= x->shape.dim[axis];
    }
    return (double)x->buffer->data[offset];
}

static const real unset = (real)UNSET;      /* of room_for() */
static const int unset_int = -1234567;      /* of ints_for() */

/* Is this what room_for() gives, or what stands in a variable that was never
 * set? (There some compilers put bytes 0xfe; what is added to that is lost.) */
static bool never_set(double x)
{
    real left;
    double left_double;
    memset(&left, 0xfe, sizeof left);
    memset(&left_double, 0xfe, sizeof left_double);
    return x == (double)unset || x == (double)left || x == left_double;
}

/* With so many digits. One of four texts used in turn. */
static const char *with_digits(int digits, double x)
{
    static char texts[4][32];
    static int turn;
    char *text = texts[turn++ % 4];
    if (isnan(x))
        return "nan";
    if (never_set(x))
        return "unset";
    if (digits >= 6 && x == floor(x) && fabs(x) < 1e15)     /* a count */
        digits = 15;
    snprintf(text, sizeof texts[0], "%.*g", digits, x == 0 ? 0 : x);
    return text;
}

static const char *as_text(double x) { return with_digits(6, x); }
static const char *briefly(double x) { return with_digits(4, x); }

/* "number 2 of the batch", or with four axes, as chapter 6 has them, "batch 0,
 * head 2": which matrix of x, if there are several. */
static const char *matrix_name(const Tensor *x, int i)
{
    static char text[60];
    if (x->shape.n == 4)
        snprintf(text, sizeof text, "batch %d, head %d", i / t_dim(x, 1),
                 i % t_dim(x, 1));
    else
        snprintf(text, sizeof text, "number %d of the batch", i);
    return text;
}

/* All numbers of a small tensor, each row on a line of its own; the beginning
 * of a large one. */
static void append_numbers(char *text, size_t size, const Tensor *x)
{
    int n = t_size(x), columns = t_dim(x, -1), width = 1;
    int matrix = x->shape.n > 2 ? columns * t_dim(x, -2) : n;
    bool large = n > 100 || columns > 12;
    if (large)
        n = columns = 6;
    for (int i = 0; i < n; i++) {
        int length = (int)strlen(briefly(number(x, i)));
        width = length > width ? length : width;
    }
    for (int i = 0; i < n; i++) {
        if (matrix < n && i % matrix == 0)
            append(text, size, "  %s:\n", matrix_name(x, i / matrix));
        append(text, size, "%s%*s%s", i % columns ? " " : "    ", width,
               briefly(number(x, i)),
               large && i == n - 1 ? " ...\n"
                                   : (i + 1) % columns ? "" : "\n");
    }
}

static void append_tensor(char *text, size_t size, const char *name,
                          const Tensor *x)
{
    append(text, size, "%s, %s:\n", name, t_shape(x));
    append_numbers(text, size, x);
}

/* "row 1, column 2" of element number i. */
static const char *place(const Tensor *x, int i)
{
    static char text[120];
    int columns = t_dim(x, -1);
    if (t_size(x) == columns)
        snprintf(text, sizeof text, "number %d (counted from 0)", i);
    else if (x->shape.n == 2)
        snprintf(text, sizeof text, "row %d, column %d (counted from 0)",
                 i / columns, i % columns);
    else
        snprintf(text, sizeof text, "%s, row %d, column %d (counted from 0)",
                 matrix_name(x, i / columns / t_dim(x, -2)),
                 i / columns % t_dim(x, -2), i % columns);
    return text;
}

/* ---- what was given ------------------------------------------------------ */

enum { MOST = 64, MARGIN = 64, UNTOUCHED = 0xa5 };

static struct Given {
    const char *name;
    const Tensor *tensor;
    const real *array;
    const int *ints;
    real *copy;
    int n;
} lent[MOST];
static int lent_count;
static bool was_called;     /* what is given next, is for another call */

static struct {
    void *numbers;
    size_t bytes;
} rooms[MOST];
static int room_count;

#define GIVE(...) append(report->given, sizeof report->given, __VA_ARGS__)

static void begin_giving(void)
{
    if (was_called) {
        report->given[0] = '\0';
        for (int i = 0; i < lent_count; i++)
            free(lent[i].copy);
        lent_count = 0;
    }
    was_called = false;
}

/* What is given is called as in the signature: `(double)B` is B. */
static const char *without_cast(const char *name)
{
    return name[0] == '(' ? strchr(name, ')') + 1 : name;
}

static struct Given *lend(const char *name, int n)
{
    begin_giving();
    if (lent_count == MOST)
        t_fail("a check gives more than %d things", (int)MOST);
    struct Given *g = &lent[lent_count++];
    *g = (struct Given){ .name = without_cast(name), .n = n };
    g->copy = malloc((size_t)(n ? n : 1) * sizeof *g->copy);
    if (!g->copy)
        t_fail("no memory for %d numbers", n);
    return g;
}

void try_given_tensor(const char *name, const Tensor *x)
{
    struct Given *g = lend(name, t_size(x));
    g->tensor = x;
    for (int i = 0; i < g->n; i++)
        g->copy[i] = (real)number(x, i);
    append_tensor(report->given, sizeof report->given, g->name, x);
}

static real number_given(const struct Given *g, int i)
{
    return g->tensor ? (real)number(g->tensor, i)
         : g->ints   ? (real)g->ints[i]
                     : g->array[i];
}

static void give_array(struct Given *g)
{
    GIVE("%s:", g->name);
    for (int i = 0; i < g->n; i++) {
        g->copy[i] = number_given(g, i);
        if (i < 12)
            GIVE(" %s", as_text((double)g->copy[i]));
    }
    if (g->n > 12)
        GIVE(" ... (%d numbers)", g->n);
    GIVE("\n");
}

void try_given_array(const char *name, int n, const real *numbers)
{
    struct Given *g = lend(name, n);
    g->array = numbers;
    give_array(g);
}

void try_given_ints(const char *name, int n, const int *numbers)
{
    struct Given *g = lend(name, n);
    g->ints = numbers;
    give_array(g);
}

void try_given_number(const char *name, double x)
{
    begin_giving();
    GIVE("%s: %s\n", without_cast(name), as_text(x));
}

void given_word(const char *name, const char *word)
{
    begin_giving();
    GIVE("%s: %s\n", name, word);
}

/* So many bytes, watched: by the sanitizer, or by a margin behind them. */
static void *watched_room(size_t bytes)
{
#if defined(__SANITIZE_ADDRESS__)
    size_t margin = 0;
#else
    size_t margin = MARGIN;
#endif
    if (room_count == MOST)
        t_fail("a check asks for more than %d rooms", (int)MOST);
    unsigned char *numbers = malloc(bytes + margin + !(bytes + margin));
    if (!numbers)
        t_fail("no memory for %zu bytes", bytes);
    memset(numbers + bytes, UNTOUCHED, margin);
    rooms[room_count].numbers = numbers;
    rooms[room_count++].bytes = bytes;
    return numbers;
}

real *room_for(int n)
{
    real *numbers = watched_room((size_t)n * sizeof *numbers);
    for (int i = 0; i < n; i++)
        numbers[i] = unset;
    return numbers;
}

int *ints_for(int n)
{
    int *numbers = watched_room((size_t)n * sizeof *numbers);
    for (int i = 0; i < n; i++)
        numbers[i] = unset_int;
    return numbers;
}

real *array_of(const Tensor *x)
{
    real *numbers = room_for(t_size(x));
    for (int i = 0; i < t_size(x); i++)
        numbers[i] = (real)number(x, i);
    return numbers;
}

int *ints_of(int n, const int *numbers)
{
    int *copy = ints_for(n);
    for (int i = 0; i < n; i++)
        copy[i] = numbers[i];
    return copy;
}

Tensor *ints_row(int n, const int *numbers)
{
    Tensor *x = t_zeros(n);
    for (int i = 0; i < n; i++)
        t_at(x, i) = numbers[i] == unset_int ? unset : (real)numbers[i];
    return x;
}

Tensor *row(int n, const real *numbers) { return t_from(numbers, n); }

Tensor *simple_numbers(Rng *rng, Shape shape)
{
    Tensor *x = t_zeros_shape(shape);
    for (int i = 0; i < t_size(x); i++)
        x->buffer->data[i] = (real)(rng_below(rng, 9) - 4) / 2;
    return x;
}

/* Dead memory shows in this number: tape_reset() takes it back, and then it is
 * overwritten. */
enum { MARK = 0x5eed1e55 };
static int *mark;

static void set_mark(void)
{
    if (mark && *mark == MARK)
        return;
    mark = tape_ints(1);
    *mark = MARK;
}

void try_after(void)
{
    if (!mark || *mark == MARK)
        return;
    SAY("It called tape_reset(). That takes back every tensor made before it:"
        " the arguments, and what was to be returned.\n");
    fail("Look for tape_reset(), and leave it out.");
}

/* No argument has changed, nothing was written beyond a result. */
static void check_surroundings(void)
{
    try_after();
    for (int k = 0; k < lent_count; k++) {
        struct Given *g = &lent[k];
        for (int i = 0; i < g->n; i++) {
            real now = number_given(g, i);
            if (memcmp(&now, &g->copy[i], sizeof now) != 0) {
                SAY("It changed its argument %s: number %d was %s, and is %s"
                    " now.\n", g->name, i, as_text((double)g->copy[i]),
                    as_text((double)now));
                fail("Arguments are only lent. Look at where you store:"
                     " write into something that your function has made.");
            }
        }
    }
#if !defined(__SANITIZE_ADDRESS__)
    for (int k = 0; k < room_count; k++)
        for (int i = 0; i < MARGIN; i++)
            if (((unsigned char *)rooms[k].numbers)[rooms[k].bytes + (size_t)i]
                != UNTOUCHED) {
                SAY("It wrote beyond the end of an array of %d numbers.\n",
                    (int)(rooms[k].bytes / sizeof(real)));
                fail("Look at the limits of your loops.");
            }
#endif
}

/* ---- suspects ------------------------------------------------------------ */

static struct {
    Tensor *tensor;
    double number;
    const char *text;
} suspects[MOST];
static int suspect_count;

void try_call(const char *text)
{
    snprintf(report->call, sizeof report->call, "%s", text);
    suspect_count = 0;
    was_called = true;
    set_mark();
}

static void add_suspect(Tensor *tensor, double x, const char *text)
{
    if (suspect_count == MOST)
        t_fail("a check has more than %d suspects", (int)MOST);
    suspects[suspect_count].tensor = tensor;
    suspects[suspect_count].number = x;
    suspects[suspect_count++].text = text;
}

void try_suspect_tensor(Tensor *x, const char *text)
{
    add_suspect(x, 0, text);
}

void try_suspect_number(double x, const char *text)
{
    add_suspect(NULL, x, text);
}

void suspect_letter(char letter, const char *text)
{
    add_suspect(NULL, letter, text);
}

static bool near(double a, double b, double tolerance)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    if (isinf(a) || isinf(b))
        return a == b;
    return fabs(a - b) <= tolerance * fmax(1, fabs(b));
}

static bool same_shape(const Tensor *a, const Tensor *b)
{
    return strcmp(t_shape(a), t_shape(b)) == 0;
}

/* The first element that is not near, or -1. Same shapes. */
static int first_difference(const Tensor *a, const Tensor *b, double tolerance)
{
    for (int i = 0; i < t_size(a); i++)
        if (!near(number(a, i), number(b, i), tolerance))
            return i;
    return -1;
}

static const char *suspected_tensor(const Tensor *got, double tolerance)
{
    for (int i = 0; i < suspect_count; i++) {
        Tensor *x = suspects[i].tensor;
        if (x && same_shape(x, got) && first_difference(got, x, tolerance) < 0)
            return suspects[i].text;
    }
    return NULL;
}

static const char *suspected_number(double got, double tolerance)
{
    for (int i = 0; i < suspect_count; i++)
        if (!suspects[i].tensor && near(got, suspects[i].number, tolerance))
            return suspects[i].text;
    return NULL;
}

/* ---- expectations -------------------------------------------------------- */


static const char *nan_advice(const char *advice)
{
    SAY("nan means \"not a number\". It comes of 0/0, of inf/inf, of inf - inf,"
        " of 0 * inf, and of variables that were never set, and then spreads."
        " Print what goes into your last step, and find the first nan or"
        " inf.\n");
    return advice;
}

/* Ends the check if number i of what came was never set. */
static void check_set(const Tensor *got, int i)
{
    if (number(got, i) == (double)unset) {
        SAY("Nothing was ever stored there: %s.\n", place(got, i));
        fail("Look at your loops: which numbers do they come to?");
    }
}

static void check_number_set(double x)
{
    if (x != UNSET)
        return;
    SAY("Nothing was ever stored there.\n");
    fail("Look at where your function stores its results.");
}

/* The same of what was worked out in a variable. */
static void check_variables(double x)
{
    if (x != (double)unset && never_set(x))
        fail("It was worked out from a variable that was never set: such a"
             " variable holds anything. Look at where each of yours gets its"
             " first number.");
}

static void check_shape(const Tensor *got, Shape expected, const char *advice)
{
    if (!got) {
        SAY("It gave NULL.\n");
        fail("Look at what your function returns: it must be a tensor.");
    }
    if (strcmp(t_shape(got), shape_text(expected)) == 0)
        return;
    append_tensor(report->report, sizeof report->report, "It gave", got);
    SAY("Expected the shape %s.\n", shape_text(expected));
    const char *known = suspected_tensor(got, 1e-4);
    int n = expected.n;
    if (known || advice)
        fail(known ? known : advice);
    if (got->shape.n == n && n >= 2
        && t_dim(got, -1) == expected.dim[n - 2]
        && t_dim(got, -2) == expected.dim[n - 1])
        fail("The last two axes have changed places. Look for a t_transpose too"
             " many or too few, or for two factors the wrong way round.");
    fail("Look at the shapes in your function, one after the other, from the"
         " arguments on; t_shape(x) tells the shape of x.");
}

void expect_shape(const Tensor *got, Shape expected, const char *advice)
{
    check_surroundings();
    check_shape(got, expected, advice);
}

void try_expect_tensor(Tensor *got, Tensor *expected, double tolerance,
                       const char *advice)
{
    check_surroundings();
    check_shape(got, expected->shape, NULL);
    int i = first_difference(got, expected, tolerance);
    if (i < 0)
        return;
    append_tensor(report->report, sizeof report->report, "It gave", got);
    append_tensor(report->report, sizeof report->report, "Expected", expected);
    SAY("The first difference is %s: it gave %s, expected was %s.\n",
        place(got, i), as_text(number(got, i)), as_text(number(expected, i)));
    const char *known = suspected_tensor(got, tolerance);
    if (known)
        fail(known);
    check_set(got, i);
    check_variables(number(got, i));
    fail(isnan(number(got, i)) ? nan_advice(advice) : advice);
}

void try_expect_number(double got, double expected, double tolerance,
                       const char *advice)
{
    check_surroundings();
    if (near(got, expected, tolerance))
        return;
    check_number_set(got);
    SAY("It gave %s, expected was %s.\n", as_text(got), as_text(expected));
    const char *known = suspected_number(got, tolerance);
    if (!known)
        check_variables(got);
    if (!known && isnan(got))
        nan_advice(advice);
    fail(known ? known : advice);
}

void try_answer_number(double got, double expected, double tolerance,
                       const char *advice)
{
    check_surroundings();
    if (near(got, expected, tolerance))
        return;
    check_number_set(got);
    SAY("You say %s. That is not right.\n", as_text(got));
    check_variables(got);
    const char *known = suspected_number(got, tolerance);
    fail(known ? known : advice);
}

void try_answer_tensor(Tensor *got, Tensor *expected, double tolerance,
                       const char *advice)
{
    check_surroundings();
    check_shape(got, expected->shape, NULL);
    int i = first_difference(got, expected, tolerance);
    if (i < 0)
        return;
    append_tensor(report->report, sizeof report->report, "You say", got);
    check_set(got, i);
    check_variables(number(got, i));
    SAY("That is not right.\n");
    const char *known = suspected_tensor(got, tolerance);
    fail(known ? known : advice);
}

void expect_shape_answer(const char *name, Shape got, Shape expected,
                         const char *advice)
{
    char said[40], right[40];
    snprintf(said, sizeof said, "%s", shape_text(got));
    snprintf(right, sizeof right, "%s", shape_text(expected));
    if (strcmp(said, right) == 0)
        return;
    if (got.n == 0) {
        SAY("*%s was never set.\n", name);
        SAY("Set it like this: *%s = SHAPE(3, 4);\n", name);
        fail("Look at where your function stores its results.");
    }
    SAY("For %s you say %s. That is not right.\n", name, said);
    if (got.n == 2 && expected.n == 2 && got.dim[0] == expected.dim[1]
        && got.dim[1] == expected.dim[0])
        SAY("Its two sizes have changed places.\n");
    fail(advice);
}

void expect_letter(char got, char expected, const char *letters,
                   const char *advice)
{
    if (got == expected)
        return;
    if (!got || !strchr(letters, got)) {
        if (got > ' ' && got <= '~')
            SAY("You say '%c'.\n", got);
        else
            SAY("You return %d, which is no letter.\n", got);
        SAY("The answer is one of the letters '%c' to '%c', in single quotes,"
            " such as return '%c';\n", letters[0],
            letters[strlen(letters) - 1], letters[0]);
        fail("Look at the letters in the text of the exercise.");
    }
    SAY("You say %c. That is not right.\n", got);
    const char *known = suspected_number(got, 0);
    fail(known ? known : advice);
}

void expect_that(bool holds, const char *what, const char *advice)
{
    check_surroundings();
    if (holds)
        return;
    SAY("%s\n", what);
    fail(advice);
}

/* ---- a whole check ------------------------------------------------------- */

_Noreturn void try_run(void (*check)(void), Report *into)
{
    report = into;
    t_on_error = refused;
    set_mark();
    check();
    tape_free();
    end(PASSED);
}

/* judge.c -- runs the checks of one chapter's exercises and explains what came
 * of it. Linked with what it judges: the reader's file, the solutions, or the
 * file as the reader finds it.
 *
 *     STEM.yours --source FILE --start FILE [--only N] [--results FILE]
 *     STEM.solved --wrong     tries each wrong answer in the solution's place
 *     STEM.solved --right     and each right one that is written another way
 *     STEM.solved --examples  are the examples in the texts what comes?
 *     STEM.solved --only N --as NAME    what a reader is told of that answer
 *
 * --source is the reader's file, --start the same as it was at the beginning:
 * what differs has been begun. --results gets a line "NUMBER VERDICT" for each.
 * Exit status 0 if all went as it should: with --wrong, all were rejected, with
 * --right, all were accepted.
 *
 * Each check is a trial of its own (trial.h), so that nothing it does, or starts,
 * can hurt. Only the check itself can pass, not a process that it started; and
 * verdicts are written when all checks are over, whatever stood in the file of
 * results.
 */
#define _XOPEN_SOURCE 700

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "trial.h"

enum { LEFT = 9, WIDTH = 79 };

typedef enum { FINE, WRONG_ANSWER, UNTOUCHED, HALF_BEGUN } Result;

static const struct {
    const char *word, *colour;
} shown[] = {
    [FINE] = { "passed", "\033[32m" },
    [WRONG_ANSWER] = { "failed", "\033[1;31m" },
    [UNTOUCHED] = { "not begun", "\033[2m" },
    [HALF_BEGUN] = { "TODO left", "\033[33m" },
};

static struct {
    const char *source, *start, *results, *only;
    const char *as;
    bool wrong, right, examples, colour;
} options;

/* ---- files --------------------------------------------------------------- */

static const char *read_file(const char *path)
{
    FILE *file = path ? fopen(path, "r") : NULL;
    const char *text = trial_read(file);
    if (file)
        fclose(file);
    return text;
}

/* Exercise number n in a file: its text, and the line it begins in. */
typedef struct {
    const char *text;
    size_t length;
    int line;
} Block;

static Block find_block(const char *file, int n)
{
    static const char mark[] = "/* ---- Exercise ";
    Block block = { 0 };
    int line = 1;
    for (const char *s = file; *s; line++) {
        if (strncmp(s, mark, strlen(mark)) == 0) {
            if (block.text)
                break;
            if (atoi(s + strlen(mark)) == n)
                block = (Block){ .text = s, .line = line };
        }
        s += strcspn(s, "\n");
        s += *s == '\n';
        if (block.text)
            block.length = (size_t)(s - block.text);
    }
    return block;
}

/* The reader's file. */
static const char *source_text(void)
{
    static const char *text;
    return text ? text : (text = read_file(options.source));
}

static bool is_changed(int n)
{
    static const char *start;
    start = start ? start : read_file(options.start);
    Block now = find_block(source_text(), n), then = find_block(start, n);
    return now.length != then.length
        || strncmp(now.text ? now.text : "", then.text ? then.text : "",
                   then.length) != 0;
}

/* Line number n of the reader's file, for quoting. */
static const char *source_line(int n)
{
    static char line[100];
    const char *s = source_text();
    while (--n > 0 && *s) {
        s += strcspn(s, "\n");
        s += *s == '\n';
    }
    s += strspn(s, " \t");
    snprintf(line, sizeof line, "%.*s", (int)strcspn(s, "\n"), s);
    return line;
}

/* ---- printing ------------------------------------------------------------ */

static void print_indented(const char *line, int length)
{
    printf("%*s%.*s\n", LEFT, "", length, line);
}

/* Where to break a line that is too long: at its last blank, but if there is
 * another not far before, then not within brackets, such as those of a shape. */
static int place_to_break(const char *text)
{
    int best = 0, outside = 0, depth = 0;
    for (int i = 0; i <= WIDTH - LEFT; i++) {
        depth += (text[i] == '(') - (text[i] == ')');
        if (text[i] == ' ')
            best = i;
        if (text[i] == ' ' && depth == 0)
            outside = i;
    }
    if (outside > WIDTH / 2)
        return outside;
    return best ? best : WIDTH - LEFT;
}

/* Text in lines. One that begins with a blank stays as it is, others are
 * broken between words. */
static void explain(const char *text)
{
    for (; *text; text += *text == '\n') {
        int left = (int)strcspn(text, "\n");
        while (*text != ' ' && left > WIDTH - LEFT) {
            int cut = place_to_break(text);
            print_indented(text, cut);
            text += cut + (text[cut] == ' ');
            left = (int)strcspn(text, "\n");
        }
        print_indented(text, left);
        text += left;
    }
}

#define EXPLAIN(...)                                                           \
    do {                                                                       \
        char explained[2000];                                                  \
        snprintf(explained, sizeof explained, __VA_ARGS__);                    \
        explain(explained);                                                    \
    } while (0)

static void print_lines(const char *title, const char *text, int most)
{
    if (!*text)
        return;
    explain(title);
    for (int i = 0; *text; i++) {
        int length = (int)strcspn(text, "\n");
        if (i == most) {
            print_indented("    ...", 7);
            return;
        }
        printf("%*s    %.*s\n", LEFT, "", length, text);
        text += length;
        text += *text == '\n';
    }
}

static void headline(const Exercise *e, Result result)
{
    const char *colour = options.colour ? shown[result].colour : "";
    printf("%3d %-3.*s  %s%-10s%s %s\n", e->number, e->level, "***", colour,
           shown[result].word, *colour ? "\033[0m" : "", e->title);
}

/* ---- explaining what went wrong ------------------------------------------ */

#define OUTSIDE                                                                \
    "It read or wrote outside an array, beyond its end. Look at the limits of" \
    " your loops: an array of n numbers goes from 0 to n - 1."
#define BEFORE                                                                 \
    "It read or wrote outside an array, before its start: with a negative"     \
    " index. Look at where your loops end: an array of n numbers goes from 0"  \
    " to n - 1."

/* What a sanitizer calls it, and what that means. */
static const struct {
    const char *kind, *meaning;
} faults[] = {
    { "buffer-underflow", BEFORE },
    { "heap-buffer-overflow", OUTSIDE },
    { "stack-buffer-overflow", OUTSIDE },       /* dynamic- as well */
    { "global-buffer-overflow", OUTSIDE },
    { "container-overflow", OUTSIDE },
    { "use-after-free", "It used memory that had been freed." },
    { "stack-use-after", "It used a local variable that no longer exists." },
    { "attempting double-free", "It freed the same memory twice." },
    { "attempting free", "It freed memory that malloc() never gave." },
    { "-param-overlap",
      "It copied between two arrays that overlap. memmove() may do that." },
    { "negative-size-param", "It copied a negative number of bytes." },
    { "calloc-overflow", "It asked for far too much memory." },
    { "allocation-size-too-big", "It asked for far too much memory." },
    { "stack-overflow",
      "Calls went too deep. Does a function call itself without end? Or is a"
      " local array far too large?" },
    { "FPE", "It divided an integer by zero." },
    { "SEGV",
      "It used an address where there is no memory. A pointer that is NULL or"
      " was never set?" },
    { "requested allocation size", "It asked for far too much memory." },
    { "memory leak",
      "The answer is right, but memory that malloc() gave was never given"
      " back. Look at where it was asked for, and call free() when it is no"
      " longer needed. (Tensors need no free().)" },
};

/* The same; a sanitizer's "overflow" may be on either side of an array. */
static const char *meaning_of(const char *kind, const char *meaning,
                              const char *text)
{
    const char *where = strstr(text, " is located ");
    int length = where ? (int)strcspn(where, "\n") : 0;
    const char *left = where ? strstr(where, "to the left of") : NULL;
    const char *before = where ? strstr(where, "bytes before") : NULL;
    bool below = (left && left < where + length)
              || (before && before < where + length);
    return below && strstr(kind, "overflow") ? BEFORE : meaning;
}

/* The place in the reader's file that a sanitizer's text names first. */
static void quote_place(const char *text)
{
    const char *place = strstr(text, options.source);
    if (!options.source[0] || !place || place[strlen(options.source)] != ':')
        return;
    int line = atoi(place + strlen(options.source) + 1);
    EXPLAIN("In line %d of %s:\n    %s", line, options.source,
            source_line(line));
}

/* What C gives no meaning to. */
static void explain_undefined(const char *text)
{
    int length = (int)strcspn(text, "\n");
    const char *bounds = strstr(text, "out of bounds");
    const char *space = strstr(text, "insufficient space");
    const char *null = strstr(text, "null pointer");
    if ((bounds && bounds < text + length) || (space && space < text + length))
        explain(strncmp(text, "index -", 7) == 0 ? BEFORE : OUTSIDE);
    else if (null && null < text + length)
        explain("It used a pointer that is NULL: there is no memory behind"
                " it.");
    else
        explain("It did something that C gives no meaning to.");
    EXPLAIN("(The checker's words for it: %.*s.)", length, text);
}

static bool explain_sanitizer(const char *text)
{
    const char *error = strstr(text, "ERROR: ");
    const char *undefined = strstr(text, "runtime error: ");
    if (undefined) {
        explain_undefined(undefined + strlen("runtime error: "));
        quote_place(text);
        return true;
    }
    if (!error)
        return false;
    int length = (int)strcspn(error, "\n");
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const char *kind = strstr(error, faults[i].kind);
        if (kind && kind < error + length) {
            explain(meaning_of(faults[i].kind, faults[i].meaning, error));
            quote_place(error);
            EXPLAIN("(The memory checker's word for it is %s.)",
                    faults[i].kind);
            return true;
        }
    }
    explain("It did something with memory that is not allowed.");
    quote_place(error);
    EXPLAIN("(The memory checker's words for it: %.*s.)", length, error);
    return true;
}

static void explain_signal(int number)
{
    switch (number) {
    case SIGSEGV:
    case SIGBUS:
        explain("It used an address where there is no memory. A pointer that"
                " is NULL or was never set, an index far outside its array, or"
                " a function that calls itself without end?");
        break;
    case SIGFPE:
        explain("It divided an integer by zero.");
        break;
    case SIGABRT:
        explain("It gave up: abort(), a failed assert(), or a malloc() that"
                " found its memory damaged.");
        break;
    case SIGXFSZ:
        explain("It printed more than 4 MB. A loop without end?");
        break;
    default:
        break;
    }
    EXPLAIN("(Signal %d: %s.)", number, strsignal(number));
}

/* What the library's refusals say, and what to look at. */
static const struct {
    const char *words, *advice;
} refusals[] = {
    { "got NULL", "Look at where this tensor was to be made: by a function that"
      " returned NULL, or in a variable that was never set?" },
    { "after tape_reset()", "Look for tape_reset(), and leave it out: it takes"
      " back every tensor made before it." },
    { "has run on this tape", "Look for a second t_backward(), or one in a"
      " loop. Where a formula is asked for, none is needed." },
    { "no parameter leads", "Look at what the loss was made from, step by step:"
      " somewhere there must be a tensor made by t_param()." },
    { "sizes must be at least 1", "Look at where these sizes are worked out." },
    { "outside shape", "Look at the indices: they are counted from 0, so the"
      " last of n is n - 1." },
    { "outside the", "Look at the numbers it was given: of n, they go from 0 to"
      " n - 1." },
    { "holds more than one number", "Look at what it is given: t_sum(x, T_ALL)"
      " makes one number of many." },
    { "differ", "Look at the shapes that meet there; t_shape(x) tells one." },
    { "broadcast", "Look at the shapes that meet there; t_shape(x) tells"
      " one." },
    { "needs matrices", "Look at the shapes that meet there; t_shape(x) tells"
      " one." },
};

/* "t_dim: axis 2 of a tensor with 2: (3, 2)", "t_at: 2 indices into shape
 * (2, 3, 3)": says which there are. */
static bool explain_axes(const char *what)
{
    static const char *const axes[] = {
        "", "axis 0, or -1", "axes 0 and 1, or -2 and -1",
        "axes 0, 1 and 2, or -3, -2 and -1",
        "axes 0, 1, 2 and 3, or -4, -3, -2 and -1",
    };
    const char *axis = strstr(what, ": axis "), *shape = strrchr(what, '(');
    const char *indices = strstr(what, " indices into ");
    int n = 1;
    for (const char *s = shape; s && *s; s++)
        n += *s == ',';
    if (!shape || n > 4 || !(axis || indices))
        return false;
    if (axis)
        EXPLAIN("There is no axis %d: %s has the %s. Look at where the axis is"
                " named.", atoi(axis + 7), shape, axes[n]);
    else if (strcmp(report->file, options.source) == 0)
        EXPLAIN("Look at the indices: %s needs %d of them, one for each axis.",
                shape, n);
    else
        EXPLAIN("It was handed a tensor of shape %s, and wants one with %d"
                " ax%cs. Look at what you hand to it: t_reshape() takes an axis"
                " of size 1 away, or adds one.", shape, atoi(strstr(what, ": ")
                + 2), atoi(strstr(what, ": ") + 2) == 1 ? 'i' : 'e');
    return true;
}

static void explain_place(int line)
{
    char path[600];
    const char *name = report->refusal;
    if (strcmp(report->file, options.source) == 0)
        EXPLAIN("In line %d of %s:\n    %s", line, options.source,
                source_line(line));
    else if (report->file[0])
        EXPLAIN("(In line %d of %s, which looks at what your function"
                " returned.)", line, report->file);
    else {
        snprintf(path, sizeof path, "chapters/%.*s", (int)strcspn(name, ":"),
                 name);
        EXPLAIN("(In line %d of %s, which your function called.)", line,
                access(path, R_OK) == 0 ? path : path + strlen("chapters/"));
    }
}

/* "FILE:LINE: t_matmul: inner sizes differ: ...", from the tensor library. */
static void explain_refusal(void)
{
    const char *colon = strchr(report->refusal, ':');
    const char *what = colon ? strstr(colon, ": ") : NULL;
    what = what ? what + 2 : report->refusal;
    EXPLAIN("The tensor library refused: %s", what);
    explain_place(colon ? atoi(colon + 1) : 0);
    if (explain_axes(what))
        return;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (strstr(what, refusals[i].words)) {
            explain(refusals[i].advice);
            return;
        }
    explain("Look at what was handed to it there; t_shape(x) tells the shape of"
            " a tensor.");
}

/* What was called, with what. */
static void explain_call(void)
{
    if (!report->call[0])
        return;
    EXPLAIN(report->given[0] ? "%s was called with" : "%s was called.",
            report->call);
    for (const char *s = report->given; *s; s += *s == '\n') {
        int length = (int)strcspn(s, "\n");
        printf("%*s    %.*s\n", LEFT, "", length, s);
        s += length;
    }
}

static void explain_failure(const Trial *trial)
{
    bool passed = report->verdict == PASSED;
    if (!passed)
        explain_call();
    if (trial->too_long)
        EXPLAIN("It did not end within %g seconds. Look for a loop whose"
                " condition never becomes false.", trial_seconds());
    else if (trial->too_large)
        EXPLAIN("It took more than %d MB of memory. Look for a loop that makes"
                " tensors, or calls malloc(), without end.", TRIAL_MEGABYTES);
    else if (report->verdict == REFUSED)
        explain_refusal();
    else if (report->verdict == FAILED)
        explain(report->report);
    else if (explain_sanitizer(trial->err))
        ;
    else if (trial->signal)
        explain_signal(trial->signal);
    else
        EXPLAIN("It ended the whole program, with status %d. Look for exit():"
                " a function should return.", trial->status);
    bool told = strstr(trial->err, "Sanitizer")
             || strstr(trial->err, "runtime error: ");
    print_lines("It printed:", trial->out, 10);
    if (!told)
        print_lines("And to stderr:", trial->err, 10);
}

static Result result_of(const Exercise *e, const Trial *trial)
{
    if (report->verdict == NOT_BEGUN)
        return is_changed(e->number) ? HALF_BEGUN : UNTOUCHED;
    /* Where processes may not be traced, leaks cannot be looked for. */
    bool blind = strstr(trial->err, "LeakSanitizer has encountered a fatal");
    bool ended_well = !trial->signal && (trial->status == 0 || blind);
    return report->verdict == PASSED && trial->own_verdict && ended_well
        ? FINE : WRONG_ANSWER;
}

/* ---- all of them --------------------------------------------------------- */

static Result judge(const Exercise *e)
{
    Trial trial = trial_run(e);
    Result result = result_of(e, &trial);
    headline(e, result);
    if (result == HALF_BEGUN)
        EXPLAIN("It still comes to the TODO in line %d. Remove that TODO when"
                " your code stands in its place.", report->todo_line);
    if (result == UNTOUCHED && options.only)
        EXPLAIN("To do, in line %d of %s: %s.", report->todo_line,
                options.source, report->todo);
    if (result == WRONG_ANSWER)
        explain_failure(&trial);
    else
        print_lines("It printed:", trial.out, 10);
    free(trial.out);
    free(trial.err);
    return result;
}

static void judge_all(void)
{
    static const char *const words[] = { "passed", "failed", "untouched",
                                         "begun" };
    const char *before = read_file(options.results);
    char verdicts[4000] = "";
    for (const Exercise *e = exercises; e->number; e++)
        if (!options.only || atoi(options.only) == e->number) {
            size_t used = strlen(verdicts);
            snprintf(verdicts + used, sizeof verdicts - used, "%d %s\n",
                     e->number, words[judge(e)]);
        }
    FILE *file = options.results ? fopen(options.results, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%s%s", before, verdicts);
    if (fclose(file) != 0)
        trial_cannot(options.results);
}

/* A wrong answer must be rejected, with a word on what to look at. */
static bool reject(const Exercise *e, const Answer *wrong)
{
    Trial trial = trial_run(e);
    bool rejected = result_of(e, &trial) == WRONG_ANSWER;
    bool advised = report->verdict != FAILED || report->advised;
    printf("%s exercise %d, %s: %s\n", rejected && advised ? "ok" : "not ok",
           e->number, wrong->name,
           !rejected ? "accepted"
           : advised ? "rejected"
                     : "rejected without a reason");
    if (rejected)
        explain_failure(&trial);
    return rejected && advised;
}

static bool accept_answer(const Exercise *e, const Answer *right)
{
    Trial trial = trial_run(e);
    bool accepted = result_of(e, &trial) == FINE;
    printf("%s exercise %d, %s: %s\n", accepted ? "ok" : "not ok", e->number,
           right->name, accepted ? "accepted" : "rejected");
    if (!accepted)
        explain_failure(&trial);
    return accepted;
}

/* Tries each answer of the list; returns how many were not treated as they
 * should be. */
static int try_answers(const Answer *list, Treatment *treat)
{
    int mistaken = 0;
    for (const Exercise *e = exercises; e->number; e++)
        for (const Answer *a = list; a->number; a++)
            if (a->number == e->number
                && (!options.only || atoi(options.only) == e->number))
                mistaken += !trial_apart(treat, e, a);
    return mistaken;
}

/* From now on, what is tried is the kept answer of this name. */
static void answer_as(const char *name)
{
    for (int kind = 0; kind < 2; kind++)
        for (const Answer *a = kind ? rights : wrongs; a->number; a++)
            if (options.only && atoi(options.only) == a->number
                && strcmp(a->name, name) == 0)
                a->use();
}

/* Whether the solutions give what the texts say. */
static bool try_examples(void)
{
    bool all = true;
    for (const Example *e = examples; e->number; e++) {
        double got = e->call();
        bool right = fabs(got - e->value) <= e->unit + 1e-9 * fabs(e->value);
        printf("%s exercise %d, %s: the text says %.10g, it gives %.10g\n",
               right ? "ok" : "not ok", e->number, e->text, e->value, got);
        all = all && right;
    }
    return all;
}

static void read_options(int argc, char **argv)
{
    options.source = options.start = "";
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        bool *flag = strcmp(argv[i], "--wrong") == 0    ? &options.wrong
                   : strcmp(argv[i], "--right") == 0    ? &options.right
                   : strcmp(argv[i], "--examples") == 0 ? &options.examples
                                                        : NULL;
        if (flag) {
            *flag = true;
            continue;
        }
        if (strcmp(argv[i], "--source") == 0)
            options.source = value;
        else if (strcmp(argv[i], "--start") == 0)
            options.start = value;
        else if (strcmp(argv[i], "--only") == 0)
            options.only = value;
        else if (strcmp(argv[i], "--results") == 0)
            options.results = value;
        else if (strcmp(argv[i], "--as") == 0)
            options.as = value;
        else {
            fprintf(stderr, "%s: unknown option %s\n", argv[0], argv[i]);
            exit(2);
        }
        i++;
    }
    options.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    if (options.as)
        answer_as(options.as);
    if (options.examples)
        trial_leave(!try_examples());
    if (options.wrong || options.right)
        trial_leave((options.wrong ? try_answers(wrongs, reject) : 0)
                    + (options.right ? try_answers(rights, accept_answer) : 0)
                    > 0);
    judge_all();
    trial_leave(0);
}

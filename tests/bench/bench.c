/* bench.c -- how fast is it? The command line of the benchmark.
 *
 *     make bench                              # everything: some minutes
 *     make bench ROW=matmul                   # a group
 *     make bench ROW='512x512 models'         # rows by a part of their name
 */
#define _DEFAULT_SOURCE         /* isatty(), sysconf() */
#include "bench.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process.h"

Options options = { .seconds = 1 };

/* Either for each number of threads, or for the largest only. */
static const struct {
    const char *name, *what;
    void (*run)(int threads);
    bool once;
} groups[] = {
    { "matmul", "matrix products, against OpenBLAS", bench_matmul, false },
    { "elementwise", "exp, softmax and the like, against PyTorch, as all below",
      bench_elementwise, false },
    { "heads", "a layer of multi-head attention", bench_heads, false },
    { "windows", "convolutions, of words and of pictures", bench_windows,
      false },
    { "recurrent", "a training step of chapter 11's translators",
      bench_recurrent, false },
    { "pieces", "byte-pair encoding, against Hugging Face's tokenizers",
      bench_pieces, true },
    { "writing", "tokens written by a model, against llama2.c (LLAMA2C=run.so)",
      bench_writing, false },
    { "translating", "sentences translated by chapter 10's beam search",
      bench_translating, false },
    { "models", "a training step of three models", bench_models, false },
    { "attention", "attention alone, over long sequences", bench_attention,
      true },
    { "memory", "the most memory that training holds", bench_memory, true },
    { "start", "a program's start, and its first training step", bench_start,
      true },
    { "overhead", "the share of a training step that is not arithmetic",
      bench_overhead, true },
    { "threads", "what more threads bring, measured and on paper", bench_threads,
      true },
    { "growth", "exponents by which the time of a step grows", bench_growth,
      true },
};
enum { GROUPS = sizeof groups / sizeof groups[0] };

static const char help[] =
    "How fast is the book's library, beside PyTorch, OpenBLAS and MKL?\n"
    "\n"
    "Usage: bench [OPTION...] [ROW...]\n"
    "\n"
    "A ROW is a group, or a part of a row's name; without any, all are run.\n"
    "\n"
    "  --list          name the rows\n"
    "  --threads LIST  such as 1,2; default: 1 and as many as there are\n"
    "                  processors\n"
    "  --seconds S     how long each side of a row runs, about; default 1\n"
    "  --json          for machines\n"
    "  --out DIR       write bench.json there, too, and data to plot\n"
    "  --help          print this\n"
    "\n"
    "Ours is compared with the fastest peer there is, which the row names. The\n"
    "environment may name others: PYTHON, interpreters with PyTorch, with colons\n"
    "between; OPENBLAS, files of libraries, likewise. PYTHON=none OPENBLAS=none:\n"
    "ours alone.\n"
    "\n"
    "Groups:\n";

void bench_die(int status, const char *format, ...)
{
    va_list args;
    fflush(stdout);
    fprintf(stderr, "bench: ");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n");
    exit(status);
}

/* ---- which rows? --------------------------------------------------------- *
 * Every group goes through its rows twice: first to see that each ROW names
 * one, then to list or to measure. */

static enum { CHECK, LIST, MEASURE } phase;
static bool known[64];          /* by number of the ROW */

bool row_wanted(const char *group, const char *name)
{
    bool wanted = options.n_rows == 0;
    for (int i = 0; i < options.n_rows; i++)
        if (strcmp(options.rows[i], group) == 0
            || strstr(name, options.rows[i]))
            wanted = known[i] = true;
    if (wanted && phase == LIST)
        printf("%-12s %s\n", group, name);
    else if (wanted && phase == MEASURE && isatty(2) && !isatty(1))
        fprintf(stderr, "%s: %s\n", group, name);
    return wanted && phase == MEASURE;
}

static void run_groups(void)
{
    int most = options.n_threads - 1;
    for (int g = 0; g < GROUPS; g++)
        for (int i = 0; i <= most; i++)
            if (i == most || (phase == MEASURE && !groups[g].once))
                groups[g].run(options.threads[i]);
}

static void check_rows(void)
{
    phase = CHECK;
    run_groups();
    for (int i = 0; i < options.n_rows; i++)
        if (!known[i])
            bench_die(2, "no row or group is called '%s'; --list names them",
                      options.rows[i]);
}

/* ---- options ------------------------------------------------------------- */

static void print_help(void)
{
    fputs(help, stdout);
    for (int g = 0; g < GROUPS; g++)
        printf("  %-14s  %s\n", groups[g].name, groups[g].what);
}

static void read_threads(const char *list)
{
    enum { MOST = sizeof options.threads / sizeof options.threads[0] };
    char *end;
    options.n_threads = 0;
    for (const char *p = list;; p = end + 1) {
        long n = strtol(p, &end, 10);
        if (end == p || n < 1 || n > 64 || (*end && *end != ',')
            || options.n_threads == MOST)
            bench_die(2, "--threads wants up to %d numbers from 1 to 64, such "
                      "as 1,2; got '%s'", MOST, list);
        options.threads[options.n_threads++] = (int)n;
        if (!*end)
            return;
    }
}

static void default_threads(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    options.n_threads = 0;
    options.threads[options.n_threads++] = 1;
    if (n > 1)
        options.threads[options.n_threads++] = n > 64 ? 64 : (int)n;
}

static void read_seconds(const char *text)
{
    char *end;
    options.seconds = strtod(text, &end);
    if (end == text || *end || !(options.seconds > 0)
        || options.seconds > 3600)
        bench_die(2, "--seconds wants a number above 0, such as 0.5; got '%s'",
                  text);
}

/* The value of the option at argv[*i]. */
static const char *value_of(char **argv, int *i)
{
    if (!argv[*i + 1])
        bench_die(2, "%s wants a value; --help explains", argv[*i]);
    return argv[++*i];
}

static void read_options(int argc, char **argv)
{
    options.program = argv[0];
    options.rows = calloc((size_t)argc, sizeof *options.rows);
    default_threads();
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (strcmp(word, "--help") == 0) {
            print_help();
            exit(0);
        } else if (strcmp(word, "--list") == 0) {
            options.list = true;
        } else if (strcmp(word, "--json") == 0) {
            options.json = true;
        } else if (strcmp(word, "--child") == 0) {
            exit(child_word(value_of(argv, &i)) ? 0 : 2);
        } else if (strcmp(word, "--threads") == 0) {
            read_threads(value_of(argv, &i));
        } else if (strcmp(word, "--seconds") == 0) {
            read_seconds(value_of(argv, &i));
        } else if (strcmp(word, "--out") == 0) {
            options.out = value_of(argv, &i);
        } else if (word[0] == '-') {
            bench_die(2, "no option %s; --help lists them", word);
        } else {
            options.rows[options.n_rows++] = argv[i];
        }
    }
    if (options.n_rows > (int)(sizeof known / sizeof known[0]))
        bench_die(2, "more than %zu rows; a group names many",
                  sizeof known / sizeof known[0]);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);   /* a child that is gone is no reason to go */
    read_options(argc, argv);
    check_rows();
    phase = options.list ? LIST : MEASURE;
    if (options.list) {
        run_groups();
        return fflush(stdout) == 0 ? 0 : 1;
    }
    table_begin();
    run_groups();
    table_end();
    child_torch_end();
    free(options.rows);
    return table_failed() ? 1 : 0;
}

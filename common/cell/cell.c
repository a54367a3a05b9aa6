/* cell.c -- a chapter's cells and its command line. */
#define _POSIX_C_SOURCE 200809L
#define T_LIBRARY
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/settings.h"
#include "cell/cell.h"
#include "cell/file.h"

enum {
    MAX_WORDS = 64,
    HEADING_WIDTH = 72,
    FIRST_APPENDIX = 90,    /* of the numbers that stems begin with */
};

typedef struct {
    const char *name;
    void (*function)(void);
} Cell;

/* A variable that --set can change. */
typedef struct {
    Setting setting;
    void *variable;                 /* double or int */
} Value;

/* What the command line says, and what main lists. */
static struct {
    const char *path, *program;     /* argv[0], and its last part */
    bool list, list_values, quick, extended;
    const char *more_help;
    const char **wanted;            /* --cell */
    int n_wanted;
    const char **set;               /* --set: NAME=VALUE */
    int n_set;
    const char *out;
    uint64_t seed;
    Words words;
    Cell *cells;
    int n_cells;
    Value *values;
    int n_values;
} chapter = { .seed = 1 };

uint64_t cell_seed(void)
{
    return chapter.seed;
}

const char *cell_out(void)
{
    return chapter.out;
}

const char *cell_path(const char *name)
{
    static char path[4096];
    const char *folder = chapter.out ? chapter.out : ".";
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof path)
        die("the path of '%.60s...' in '%.60s' is too long", name, folder);
    return path;
}

Words cell_words(void)
{
    if (chapter.words.n == 0)
        t_fail("cell_words: this chapter has no sentence");
    return chapter.words;
}

bool cell_quick(void)
{
    return chapter.quick;
}

bool cell_long(void)
{
    return chapter.extended;
}

void cell_help(const char *more)
{
    chapter.more_help = more;
}

/* ---- the command line --------------------------------------------------- */

/* Beyond any character, so that no short option looks like one of them. */
enum { HELP = 256, LIST, CELL, OUT, SEED, TEXT, SET, VALUES, QUICK, LONG };

static const struct option options[] = {
    { "help", no_argument, NULL, HELP },
    { "list", no_argument, NULL, LIST },
    { "cell", required_argument, NULL, CELL },
    { "out", required_argument, NULL, OUT },
    { "seed", required_argument, NULL, SEED },
    { "text", required_argument, NULL, TEXT },
    { "set", required_argument, NULL, SET },
    { "values", no_argument, NULL, VALUES },
    { "quick", no_argument, NULL, QUICK },
    { "long", no_argument, NULL, LONG },
    { NULL, 0, NULL, 0 },
};

/* "05_scaled_dot_product" as "chapter 5, scaled dot product", "99_fast_product"
 * as "the appendix, fast product"; other names as they are, with blanks. */
static void print_title(const char *name)
{
    char *rest;
    unsigned long number = strtoul(name, &rest, 10);
    if (rest != name && *rest == '_') {
        if (number < FIRST_APPENDIX)
            printf("chapter %lu, ", number);
        else
            fputs("the appendix, ", stdout);
        name = rest + 1;
    }
    for (; *name; name++)
        putchar(*name == '_' ? ' ' : *name);
}

static void print_help(const char *sentence)
{
    printf("Usage: %s [OPTION]...\nRuns the cells (the experiments) of ",
           chapter.program);
    print_title(chapter.program);
    printf(",\nand prints what they find.\n\n"
           "  --list        print the names of the cells, one on a line\n"
           "  --cell NAME   run this cell only; may be given several times\n"
           "  --out DIR     write what each cell prints to DIR/NAME.out, and"
           " the numbers\n"
           "                of its plots to DIR/*.dat\n"
           "  --seed N      seed of the random numbers, from 0 to %llu\n"
           "                (default: 1)\n",
           (unsigned long long)UINT64_MAX);
    if (sentence)
        printf("  --text TEXT   your own sentence of 1 to %d words, in any"
               " language\n"
               "                (default: \"%s\")\n", MAX_WORDS, sentence);
    printf("  --set NAME=VALUE\n"
           "                try another value of what --values lists\n"
           "  --values      print what --set can change, with its limits\n"
           "  --quick       train for a few steps only, where a cell trains for"
           " long\n"
           "  --long        train for longer, minutes, where that shows more\n"
           "  --help        print this and stop\n%s\nExample:\n  %s %s\n",
           chapter.more_help ? chapter.more_help : "", chapter.path,
           sentence ? "--text \"Tom chases Jerry\""
                    : "--seed 2 --out my_run");
}

static uint64_t parse_seed(const char *text)
{
    uint64_t value = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '9'; c++) {
        uint64_t digit = (uint64_t)(*c - '0');
        if (value > (UINT64_MAX - digit) / 10)
            break;
        value = value * 10 + digit;
    }
    if (*c || c == text)
        die_usage("--seed: expected a whole number from 0 to %llu, got '%s'",
                  (unsigned long long)UINT64_MAX, text);
    return value;
}

/* Puts the words of a text in the place of those there were. */
static void set_words(const char *text)
{
    ptrdiff_t invalid = text_invalid_utf8(text);
    if (invalid >= 0)
        die_usage("--text: not valid UTF-8 at byte offset %ld",
                  (long)invalid);
    text_free_words(&chapter.words);
    chapter.words = text_split(text);
    int n = chapter.words.n;
    if (n < 1 || n > MAX_WORDS)
        die_usage("--text: expected 1 to %d words, got %d", MAX_WORDS, n);
}

/* What getopt_long() did not know. It stays at an argument of several letters,
 * such as -xy, until it has read them all. */
static const char *unknown(char **argv)
{
    const char *now = argv[optind];
    bool inside = optopt && now && now[0] == '-' && strchr(now, optopt);
    return inside ? now : argv[optind - 1];
}

/* Takes one option as getopt_long() returned it. */
static void take(int option, char **argv, const char *sentence)
{
    switch (option) {
    case HELP:
        print_help(sentence);
        end_well();
    case LIST:
        chapter.list = true;
        break;
    case VALUES:
        chapter.list_values = true;
        break;
    case QUICK:
        chapter.quick = true;
        break;
    case LONG:
        chapter.extended = true;
        break;
    case CELL:
        chapter.wanted[chapter.n_wanted++] = optarg;
        break;
    case OUT:
        if (!*optarg)
            die_usage("--out: expected a folder, got ''");
        chapter.out = optarg;
        break;
    case SET:
        if (!strchr(optarg, '='))
            die_usage("--set: expected NAME=VALUE, got '%s'", optarg);
        chapter.set[chapter.n_set++] = optarg;
        break;
    case SEED:
        chapter.seed = parse_seed(optarg);
        break;
    case TEXT:
        if (!sentence)
            die_usage("--text: this chapter has no sentence to replace");
        set_words(optarg);
        break;
    case ':':
        die_usage("%s: its value is missing", argv[optind - 1]);
    default:
        for (const struct option *o = options; o->name; o++)
            if (o->val == optopt && o->has_arg == no_argument)
                die_usage("--%s takes no value", o->name);
        die_usage("unknown option '%s'", unknown(argv));
    }
}

void cell_begin(int argc, char **argv, const char *sentence)
{
    chapter.path = argc > 0 ? argv[0] : "chapter";
    const char *slash = strrchr(chapter.path, '/');
    chapter.program = slash ? slash + 1 : chapter.path;
    chapter.wanted = grown(chapter.wanted, (size_t)argc + 1, sizeof(char *));
    chapter.set = grown(chapter.set, (size_t)argc + 1, sizeof(char *));
    die_as(chapter.program);
    if (sentence)
        set_words(sentence);
    int option;     /* ":" keeps getopt silent: the messages are our own */
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1)
        take(option, argv, sentence);
    if (optind < argc)
        die_usage("unexpected argument '%s'", argv[optind]);
    if (chapter.quick && chapter.extended)
        die_usage("--quick and --long: expected one of them at most");
}

/* ---- values ------------------------------------------------------------- */

/* Whether NAME=VALUE is about the value of this name. */
static bool is_about(const char *set, const char *name)
{
    size_t n = strlen(name);
    return strncmp(set, name, n) == 0 && set[n] == '=';
}

static void add_value(Setting setting, void *variable)
{
    const char *name = setting.name;
    size_t n = (size_t)chapter.n_values++;
    chapter.values = grown(chapter.values, n + 1, sizeof(Value));
    chapter.values[n] = (Value){ setting, variable };
    if (!settings_allow(&setting, setting.standard))
        t_fail("cell_value: %s is %g, not %s", name, setting.standard,
               settings_limits(&setting));
    for (int i = 0; i < chapter.n_set; i++) {
        const char *text = chapter.set[i] + strlen(name) + 1;
        if (is_about(chapter.set[i], name)
            && !settings_take(&setting, variable, text))
            die_usage("--set: %s: expected %s, got '%s'", name,
                      settings_limits(&setting), text);
    }
}

void cell_value_real(const char *name, double *variable, double least,
                     double most)
{
    add_value((Setting){ .name = name, .kind = SETTING_REAL, .low = least,
                         .high = most, .standard = *variable }, variable);
}

void cell_value_int(const char *name, int *variable, int least, int most)
{
    add_value((Setting){ .name = name, .kind = SETTING_INT, .low = least,
                         .high = most, .standard = *variable }, variable);
}

/* "width: 0.2, a number from 0.02 to 2" */
static void list_values(void)
{
    for (int i = 0; i < chapter.n_values; i++) {
        const Setting *s = &chapter.values[i].setting;
        printf("%s: %g, %s\n", s->name, s->standard, settings_limits(s));
    }
}

/* Stops if --set names a value that is not there. */
static void check_set(void)
{
    for (int i = 0; i < chapter.n_set; i++) {
        bool found = false;
        for (int j = 0; j < chapter.n_values; j++)
            found |= is_about(chapter.set[i], chapter.values[j].setting.name);
        if (!found)
            die_usage("--set: no value '%.*s'; --values lists them",
                      (int)strcspn(chapter.set[i], "="), chapter.set[i]);
    }
}

/* ---- running ------------------------------------------------------------ */

void cell_add(const char *name, void (*function)(void))
{
    size_t n = (size_t)chapter.n_cells++;
    chapter.cells = grown(chapter.cells, n + 1, sizeof(Cell));
    chapter.cells[n] = (Cell){ name, function };
}

static bool is_wanted(const char *name)
{
    for (int i = 0; i < chapter.n_wanted; i++)
        if (strcmp(chapter.wanted[i], name) == 0)
            return true;
    return chapter.n_wanted == 0;
}

/* Stops if --cell names one that is not there. */
static void check_wanted(void)
{
    for (int i = 0; i < chapter.n_wanted; i++) {
        bool found = false;
        size_t room = 1;
        for (int j = 0; j < chapter.n_cells; j++) {
            found |= strcmp(chapter.wanted[i], chapter.cells[j].name) == 0;
            room += strlen(chapter.cells[j].name) + 2;
        }
        if (found)
            continue;
        char *names = grown(NULL, room, 1);
        names[0] = '\0';
        for (int j = 0; j < chapter.n_cells; j++)
            strcat(strcat(names, j ? ", " : ""), chapter.cells[j].name);
        die_usage("--cell: no cell '%s'; the cells are: %s",
                  chapter.wanted[i], names);
    }
}

/* "── two by two ────": a line that shows where a cell begins. */
static void print_heading(const char *name)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    bool colour = isatty(STDOUT_FILENO) && !(no_color && *no_color)
        && term && strcmp(term, "dumb") != 0;
    fputs(colour ? "\033[1;36m── " : "── ", stdout);
    int used = 4 + text_width(name);
    for (; *name; name++)
        putchar(*name == '_' ? ' ' : *name);
    putchar(' ');
    for (; used < HEADING_WIDTH; used++)
        fputs("─", stdout);
    puts(colour ? "\033[0m" : "");
}

static void run(const Cell *one, bool first)
{
    CellFile *file = NULL;
    if (chapter.out) {
        char *name = grown(NULL, strlen(one->name) + sizeof ".out", 1);
        file = cell_file_begin(strcat(strcpy(name, one->name), ".out"), true);
        free(name);
    } else {
        if (!first)
            putchar('\n');
        print_heading(one->name);
    }
    one->function();
    const CellFile *open = cell_file_open(file);
    if (open)
        t_fail("%s: no plot_close() for '%s/%s'", one->name, chapter.out,
               open->name);
    if (file)
        cell_file_end(file);
    else
        stdout_check();
    tape_reset();
}

int cell_end(void)
{
    check_wanted();
    check_set();
    bool lists = chapter.list || chapter.list_values, first = true;
    if (chapter.list_values)
        list_values();
    if (chapter.out && !lists)
        cell_file_folder(chapter.out);
    for (int i = 0; i < chapter.n_cells; i++) {
        if (!is_wanted(chapter.cells[i].name))
            continue;
        if (chapter.list)
            puts(chapter.cells[i].name);
        else if (!lists)
            run(&chapter.cells[i], first);
        first = false;
    }
    if (lists)
        stdout_check();
    cell_files_free();
    text_free_words(&chapter.words);
    free(chapter.wanted);
    free(chapter.set);
    free(chapter.values);
    free(chapter.cells);
    tape_free();
    return 0;
}

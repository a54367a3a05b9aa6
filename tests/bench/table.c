/* table.c -- what the benchmark prints: a table for people, JSON for machines,
 * data for gnuplot. */
#define _DEFAULT_SOURCE         /* gethostname's kin: isatty(), uname() */
#include "bench.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static struct {
    FILE *json;             /* in the folder of --out */
    FILE *speed, *growth;   /* for gnuplot, likewise */
    int bars;
    const char *group;      /* of the row before */
    int rows;
    bool differs;
} table;

/* ---- rows ---------------------------------------------------------------- */

Row row_empty(const char *group, const char *name, int threads)
{
    return (Row){ .group = group, .name = name, .peer_name = "",
                  .threads = threads, .unit = "s", .ours = NAN, .peer = NAN,
                  .expected = NAN, .ratio = NAN, .of_peak = NAN, .what = "" };
}

Row row_of(const char *group, const char *name, int threads, Measured m)
{
    Row row = row_empty(group, name, threads);
    Who who = fastest_peer(&m);
    row.peer_name = m.name[who] ? m.name[who] : "";
    row.ours = m.seconds[OURS];
    row.peer = m.seconds[who];
    row.ratio = row.peer / row.ours;
    row.others = m.others;
    row.differs = m.differs;
    return row;
}

Row row_of_bytes(const char *group, const char *name, int threads, Measured m,
                 bool beyond)
{
    Row row = row_empty(group, name, threads);
    row.unit = "B";
    row.ours = m.bytes[OURS] - (beyond ? m.before[OURS] : 0);
    for (int who = PEER; who < MOST_WHO; who++) {
        double bytes = m.bytes[who] - (beyond ? m.before[who] : 0);
        if (isnan(bytes) || bytes >= row.peer)
            continue;
        row.peer = bytes;
        row.peer_name = m.name[who];
    }
    row.ratio = row.peer / row.ours;
    row.differs = m.differs;
    return row;
}

/* ---- numbers with a unit ------------------------------------------------- */

static const char *with_digits(double x)
{
    static char text[8][24];
    static int turn;
    char *to = text[turn++ % 8];
    snprintf(to, sizeof text[0], "%.*f", x < 10 ? 2 : x < 100 ? 1 : 0, x);
    return to;
}

/* 0.0123 s: "12.3 ms". NaN: "-". */
static void show(char *to, size_t size, double x, const Row *row)
{
    static const struct {
        const char *unit, *shown;
        double least, factor;
    } scales[] = {
        { "s", "s", 1, 1 }, { "s", "ms", 1e-3, 1e3 }, { "s", "us", 0, 1e6 },
        { "B", "GB", 1e9, 1e-9 }, { "B", "MB", 0, 1e-6 },
        { "%", "%", -1e9, 100 }, { "", "", -1e9, 1 },
    };
    if (isnan(x)) {
        snprintf(to, size, "-");
        return;
    }
    if (row->work > 0) {
        snprintf(to, size, "%s", with_digits(row->work / x));
        return;
    }
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++)
        if (strcmp(scales[i].unit, row->unit) == 0 && x >= scales[i].least) {
            snprintf(to, size, "%s%s%s", with_digits(x * scales[i].factor),
                     *scales[i].shown ? " " : "", scales[i].shown);
            return;
        }
}

/* ---- the table ----------------------------------------------------------- */

enum { NAME = 36, BAR = 10, ONE = 5 };  /* characters; a bar of 5 is a ratio
                                         * of 1 */

static void head_of_group(const Row *row)
{
    if (table.group && strcmp(table.group, row->group) == 0)
        return;
    printf("%s%-*s %7s %8s %9s %6s\n", table.group ? "\n" : "", NAME - 4,
           row->group, "threads", "ours", "peer", "ratio");
    table.group = row->group;
}

static void bar_of(char bar[BAR + 1], double ratio)
{
    double length = isnan(ratio) ? 0 : ratio * ONE + 0.5;
    int n = length > BAR ? BAR : (int)length;
    memset(bar, ' ', BAR);
    memset(bar, '#', (size_t)n);
    if (length > BAR + 1)
        bar[BAR - 1] = '>';
    else if (n < ONE && !isnan(ratio))
        bar[ONE] = '|';
    bar[BAR] = '\0';
}

static void print_row(const Row *row)
{
    char ours[24], peer[24], ratio[24] = "-", bar[BAR + 1], peak[40] = "";
    show(ours, sizeof ours, row->ours, row);
    show(peer, sizeof peer, isnan(row->expected) ? row->peer : row->expected,
         row);
    if (!isnan(row->ratio))
        snprintf(ratio, sizeof ratio, "%.2f", row->ratio);
    if (!isnan(row->of_peak))
        snprintf(peak, sizeof peak, " %.0f%%", 100 * row->of_peak);
    bar_of(bar, row->ratio);
    head_of_group(row);
    printf("%-*.*s %2d %9s %9s %6s %s%s%s%s%s%s\n", NAME, NAME, row->name,
           row->threads, ours, peer, ratio, bar, peak,
           *row->peer_name ? " " : "", row->peer_name,
           row->others > 0.1 ? " *" : "", row->differs ? " DIFFERS" : "");
}

/* ---- JSON ---------------------------------------------------------------- */

static void number(FILE *to, const char *key, double x)
{
    if (isnan(x) || isinf(x))
        fprintf(to, ", \"%s\": null", key);
    else
        fprintf(to, ", \"%s\": %.6g", key, x);
}

/* One line a row, so that awk can read it, too. */
static void json_row(FILE *to, const Row *row)
{
    fprintf(to, "%s\n{\"group\": \"%s\", \"name\": \"%s\", \"threads\": %d, "
            "\"unit\": \"%s\", \"peer_name\": \"%s\"", table.rows ? "," : "",
            row->group, row->name, row->threads, row->unit, row->peer_name);
    number(to, "ours", row->ours);
    number(to, "peer", row->peer);
    number(to, "ratio", row->ratio);
    number(to, "expected", row->expected);
    number(to, "work", row->work > 0 ? row->work : NAN);
    fprintf(to, ", \"what\": \"%s\"", row->what);
    number(to, "of_peak", row->of_peak);
    number(to, "others", row->others);
    fprintf(to, ", \"differs\": %s}", row->differs ? "true" : "false");
}

/* With the most threads; of single matrix products there are too many. */
static bool is_in_figure(const Row *row)
{
    return row->threads == options.threads[options.n_threads - 1]
        && !isnan(row->ratio)
        && !(strcmp(row->group, "matmul") == 0 && row->name[0] <= '9');
}

void row_done(const Row *row)
{
    if (options.json)
        json_row(stdout, row);
    else
        print_row(row);
    if (table.json)
        json_row(table.json, row);
    if (table.speed && is_in_figure(row))
        fprintf(table.speed, "%d %.4g \"%s: %s\"\n", table.bars++, row->ratio,
                row->group, row->name);
    fflush(stdout);
    table.rows++;
    table.differs |= row->differs;
}

void table_growth(const char *axis, int size, double ours, double peer,
                  double flop)
{
    if (table.growth)
        fprintf(table.growth, "\"%s\" %d %.6g %.6g %.6g\n", axis, size, ours,
                peer, flop);
}

bool table_failed(void) { return table.differs; }

/* ---- where it was measured ----------------------------------------------- */

static const char *processor_name(void)
{
    static char name[128];
    char line[256];
    struct utsname system;
    if (name[0])
        return name;
    FILE *file = fopen("/proc/cpuinfo", "r");
    snprintf(name, sizeof name, "%s", uname(&system) == 0 ? system.machine : "?");
    while (file && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon) {
            snprintf(name, sizeof name, "%.*s", (int)strcspn(colon + 2, "\"\\\n"),
                     colon + 2);
            break;
        }
    }
    if (file)
        fclose(file);
    return name;
}

static const char *vectors(void)
{
#if defined(__AVX512F__)
    return "AVX-512";
#elif defined(__AVX2__)
    return "AVX2";
#elif defined(__SSE2__)
    return "SSE2";
#elif defined(__ARM_NEON)
    return "NEON";
#else
    return "no vectors known here";
#endif
}

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "?"
#endif

static FILE *open_in(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file)
        bench_die(1, "cannot write %s: %s", path, strerror(errno));
    return file;
}

/* The names of all peers of a kind, with commas between. */
static const char *names(char *to, size_t size, int n,
                         const char *(*name)(int which))
{
    size_t length = 0;
    to[0] = '\0';
    for (int i = 0; i < n && length < size; i++)
        length += (size_t)snprintf(to + length, size - length, "%s%s",
                                   i ? ", " : "", name(i));
    return to;
}

static const char *libraries(void)
{
    static char text[200];
    return names(text, sizeof text, blas_count(), blas_name);
}

static const char *torches(void)
{
    static char text[200];
    return names(text, sizeof text, torch_count(), torch_name);
}

static void json_head(FILE *to, const char *date)
{
    fprintf(to, "{\"processor\": \"%s\",\n\"processors\": %ld,\n"
            "\"vectors\": \"%s\",\n\"compiler\": \"%s\",\n\"date\": \"%s\",\n"
            "\"libraries\": \"%s\",\n\"PyTorch\": \"%s\",\n\"seconds\": %g,\n"
            "\"rows\": [", processor_name(), sysconf(_SC_NPROCESSORS_ONLN),
            vectors(), COMPILER, date, libraries(), torches(), options.seconds);
}

static void print_head(void)
{
    const char *missing = "not installed (make setup-bench)";
    printf("%s, %ld processors, %s; %s\n", processor_name(),
           sysconf(_SC_NPROCESSORS_ONLN), vectors(), COMPILER);
    printf("OpenBLAS and the like: %s\nPyTorch: %s\n",
           blas_count() ? libraries() : missing,
           torch_count() ? torches() : missing);
    printf("Shortest times; ratio: how many times faster, or smaller, ours is "
           "than the best\npeer, which is named. *: other programs ran, too.\n"
           "\n");
    fflush(stdout);
}

void table_begin(void)
{
    char date[16];
    time_t now = time(NULL);
    strftime(date, sizeof date, "%Y-%m-%d", localtime(&now));
    if (options.out) {
        if (mkdir(options.out, 0777) != 0 && errno != EEXIST)
            bench_die(1, "cannot make %s: %s", options.out, strerror(errno));
        table.json = open_in(options.out, "bench.json");
        table.speed = open_in(options.out, "speed.dat");
        table.growth = open_in(options.out, "growth.dat");
        json_head(table.json, date);
        fprintf(table.speed, "# bar ratio \"name\"\n");
        fprintf(table.growth, "# \"axis\" size ours[s] PyTorch[s] flop\n");
    }
    if (options.json)
        json_head(stdout, date);
    else
        print_head();
}

void table_end(void)
{
    if (options.json)
        printf("\n]}\n");
    else if (table.rows == 0)
        printf("Nothing could be measured.\n");
    if (table.json) {
        fprintf(table.json, "\n]}\n");
        if (fclose(table.json) != 0 || fclose(table.speed) != 0
            || fclose(table.growth) != 0)
            bench_die(1, "cannot write to %s: %s", options.out,
                      strerror(errno));
    }
    if (fflush(stdout) != 0)
        bench_die(1, "cannot write: %s", strerror(errno));
}

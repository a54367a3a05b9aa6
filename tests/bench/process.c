/* process.c -- the processes that do the work. See process.h. */
#define _DEFAULT_SOURCE         /* fork(), getrusage(), setenv() */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cell/cell.h"
#include "base/parallel.h"

/* ---- results ------------------------------------------------------------ */

static struct {
    double at[SAMPLES];
    size_t n;
} sample;

void work_result(const real *numbers, size_t n)
{
    if (sample.n > 0)
        return;                     /* the first result is compared */
    sample.n = n < SAMPLES ? n : SAMPLES;
    for (size_t i = 0; i < sample.n; i++)
        sample.at[i] = numbers[i * n / sample.n];
}

void work_result_of(const Tensor *x)
{
    work_result(x->buffer->data + x->start, (size_t)t_size(x));
}

/* ---- in the process that works ------------------------------------------ */

static double used_seconds(const struct rusage *r)
{
    return (double)r->ru_utime.tv_sec + 1e-6 * (double)r->ru_utime.tv_usec
         + (double)r->ru_stime.tv_sec + 1e-6 * (double)r->ru_stime.tv_usec;
}

static double most_bytes(const struct rusage *r)
{
#ifdef __APPLE__
    return (double)r->ru_maxrss;
#else
    return 1024 * (double)r->ru_maxrss;
#endif
}

/* With one thread it is the processor's time that counts, which other programs
 * cannot make longer; with several, which may wait for each other, that of the
 * clock on the wall. */
static double seconds_now(void)
{
    struct timespec t;
    if (parallel_threads() > 1)
        return clock_seconds();
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What takes microseconds is timed some hundreds at a time: the clock itself
 * takes a part of one. */
static int turns_at_once(const Work *work)
{
    enum { ENOUGH = 1 << 14 };
    for (int turns = 1;; turns *= 2) {
        double begin = seconds_now();
        for (int i = 0; i < turns; i++)
            work->step(work);
        if (seconds_now() - begin > 3e-4 || turns >= ENOUGH)
            return turns;
    }
}

static void go(const Work *work, double seconds, int turns, double held,
               FILE *to)
{
    double best = INFINITY;
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    work->step(work);               /* wakes threads, warms caches */
    double end = clock_seconds() + seconds;
    do {
        double begin = seconds_now();
        for (int i = 0; i < turns; i++)
            work->step(work);
        best = fmin(best, (seconds_now() - begin) / turns);
    } while (clock_seconds() < end);
    getrusage(RUSAGE_SELF, &after);
    fprintf(to, "%.9g %.0f %.0f %.6f\n", best, most_bytes(&after), held,
            used_seconds(&after) - used_seconds(&before));
}

static void serve(const Work *work, int threads, FILE *from, FILE *to)
{
    char line[80];
    double seconds;
    struct rusage before;
    getrusage(RUSAGE_SELF, &before);
    parallel_set_threads(threads);
    work->prepare(work);
    work->step(work);
    int turns = turns_at_once(work);
    fprintf(to, "ready\n");
    fflush(to);
    while (fgets(line, sizeof line, from)) {
        if (sscanf(line, "go %lf", &seconds) == 1) {
            go(work, seconds, turns, most_bytes(&before), to);
        } else if (strcmp(line, "check\n") == 0) {
            for (size_t i = 0; i < sample.n; i++)
                fprintf(to, "%.9g ", sample.at[i]);
            fprintf(to, "\n");
        } else {
            break;
        }
        fflush(to);
    }
}

/* ---- in the driver ------------------------------------------------------ */

typedef struct {
    int read, write;
} Ends;

/* A program that is started later holds no end of it: the reader of one that
 * another program held open would wait for ever. */
static Ends new_pipe(void)
{
    int ends[2];
    if (pipe(ends) != 0 || fcntl(ends[0], F_SETFD, FD_CLOEXEC) != 0
        || fcntl(ends[1], F_SETFD, FD_CLOEXEC) != 0)
        bench_die(1, "cannot make a pipe: %s", strerror(errno));
    return (Ends){ ends[0], ends[1] };
}

/* Forks. In the child the answer has pid 0, and its ends of the pipes. */
static Child fork_with_pipes(void)
{
    Ends down = new_pipe(), up = new_pipe();
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        bench_die(1, "cannot start a process: %s", strerror(errno));
    close(pid ? down.read : down.write);
    close(pid ? up.write : up.read);
    return (Child){ .pid = pid, .to = fdopen(pid ? down.write : up.write, "w"),
                    .from = fdopen(pid ? up.read : down.read, "r") };
}

static bool is_ready(Child *child)
{
    char answer[80];
    if (fgets(answer, sizeof answer, child->from)
        && strcmp(answer, "ready\n") == 0)
        return true;
    child_end(child);
    return false;
}

Child child_fork(const Work *work, int threads)
{
    Child child = fork_with_pipes();
    if (child.pid == 0) {
        serve(work, threads, child.from, child.to);
        _exit(0);
    }
    if (!is_ready(&child))
        fprintf(stderr, "bench: a process ended before its work\n");
    return child;
}

bool child_ask(const Child *child, const char *line, char *answer, size_t size)
{
    fprintf(child->to, "%s\n", line);
    return fflush(child->to) == 0 && fgets(answer, (int)size, child->from);
}

void child_end(Child *child)
{
    char line[80];
    if (!child->to)
        return;
    if (child->shared) {
        child_ask(child, "end", line, sizeof line);
    } else {
        fprintf(child->to, "end\n");
        fclose(child->to);
        fclose(child->from);
        waitpid(child->pid, NULL, 0);
    }
    child->to = child->from = NULL;
}

void child_tells(const char *(*question)(int which), int which, char *answer,
                 size_t size)
{
    char line[256] = "";
    Child child = fork_with_pipes();
    if (child.pid == 0) {
        fprintf(child.to, "%s\n", question(which));
        fflush(child.to);
        _exit(0);
    }
    if (!fgets(line, sizeof line, child.from))
        line[0] = '\0';
    child_end(&child);
    snprintf(answer, size, "%.*s", (int)strcspn(line, "\n"), line);
}

/* ---- PyTorch ------------------------------------------------------------ *
 * Loading it takes a second, so it is loaded once, by a process that forks for
 * each row. Debian's does matrix products with an OpenBLAS, which should be the
 * one that uses the same threads as PyTorch itself; with the other flavour the
 * threads of both spin against each other. So that one's folder is put first. */

static struct {
    Child child;
    char python[512], name[80];
} torch[MOST_PEERS];

static int torches = -1;        /* not looked for yet */

static void torch_environment(void)
{
    blas_environment();
    char folders[4096];
    const char *before = getenv("LD_LIBRARY_PATH");
    if (openblas_folder()) {
        snprintf(folders, sizeof folders, "%s%s%s", openblas_folder(),
                 before ? ":" : "", before ? before : "");
        setenv("LD_LIBRARY_PATH", folders, 1);
    }
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    setenv("PYTHONWARNINGS", "ignore", 1);
}

/* True if there is a PyTorch, and it is no other one's. */
static bool torch_try(const char *python)
{
    if (torches == MOST_PEERS)
        return false;
    Child child = fork_with_pipes();
    if (child.pid == 0) {
        dup2(fileno(child.from), 0);
        dup2(fileno(child.to), 1);
        torch_environment();
        execlp(python, python, PEER_PROGRAM, (char *)NULL);
        _exit(127);
    }
    char *name = torch[torches].name;
    if (!fgets(name, sizeof torch[0].name, child.from)) {
        child_end(&child);
        return false;
    }
    name[strcspn(name, "\n")] = '\0';
    snprintf(torch[torches].python, sizeof torch[0].python, "%s", python);
    torch[torches].child = child;
    torch[torches++].child.shared = true;
    return true;
}

void each_name(const char *list, void (*take)(const char *name))
{
    char *copy = strdup(list), *rest = copy, *name;
    while ((name = strtok_r(rest, ":", &rest)))
        take(name);
    free(copy);
}

static void torch_wish(const char *python) { torch_try(python); }

/* PYTHON in the environment may name several, with colons between. */
int torch_count(void)
{
    const char *wish = getenv("PYTHON");
    if (torches >= 0)
        return torches;
    torches = 0;
    if (!wish) {
        torch_try(PEERS_FOLDER "/bin/python3");
        if (!torch_try("/usr/bin/python3"))
            torch_try("python3");
        return torches;
    }
    each_name(wish, torch_wish);
    return torches;
}

const char *torch_python(int which) { return torch[which].python; }
const char *torch_name(int which) { return torch[which].name; }

Child child_torch(int which, const Work *work, int threads)
{
    Child child = torch[which].child;
    if (!child.to)
        return child;
    fprintf(child.to, "work %d %s\n", threads, work->torch);
    fflush(child.to);
    if (!is_ready(&child))
        fprintf(stderr, "bench: %s could not do: %s\n", torch[which].name,
                work->torch);
    return child;
}

void child_torch_end(void)
{
    for (int i = 0; i < torches; i++) {
        if (!torch[i].child.to)
            continue;
        fclose(torch[i].child.to);      /* it reads no more lines, and ends */
        fclose(torch[i].child.from);
        waitpid(torch[i].child.pid, NULL, 0);
        torch[i].child = (Child){ 0 };
    }
}

/* ---- programs ----------------------------------------------------------- */

double child_run(char *const argv[], int threads)
{
    char number[16];
    int status;
    double begin = clock_seconds();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        snprintf(number, sizeof number, "%d", threads);
        setenv("OMP_NUM_THREADS", number, 1);
        torch_environment();
        execvp(argv[0], argv);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return NAN;
    return clock_seconds() - begin;
}

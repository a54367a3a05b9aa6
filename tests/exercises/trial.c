/* trial.c -- runs a check in a child process, with a process group of its own,
 * so that nothing it does, or starts, can hurt. */
#define _XOPEN_SOURCE 700

#include "trial.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

Report *report;

_Noreturn void trial_cannot(const char *what)
{
    fprintf(stderr, "judge: %s: %s\n", what, strerror(errno));
    exit(1);
}

_Noreturn void trial_leave(int status)
{
    fflush(NULL);
    _exit(status);
}

char *trial_read(FILE *file)
{
    enum { MOST = 1 << 20 };
    char *text = calloc(1, MOST + 1);
    if (file && text) {
        rewind(file);
        text[fread(text, 1, MOST, file)] = '\0';
    }
    return text ? text : "";
}

double trial_seconds(void)
{
    const char *seconds = getenv("EXERCISE_SECONDS");
    return seconds && atof(seconds) > 0 ? atof(seconds) : 10;
}

/* The report lies in memory that the child shares. */
static void share_report(void)
{
    FILE *file = tmpfile();
    if (!file || ftruncate(fileno(file), sizeof *report) != 0)
        trial_cannot("no temporary file can be made");
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED,
                  fileno(file), 0);
    if (report == MAP_FAILED)
        trial_cannot("no memory can be shared");
}

static _Noreturn void be_tried(const Exercise *e, FILE *out, FILE *err)
{
    struct rlimit none = { 0, 0 }, some = { 4 << 20, 4 << 20 };
    setpgid(0, 0);
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &some);
    if (!freopen("/dev/null", "r", stdin))
        exit(1);
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    setvbuf(stdout, NULL, _IONBF, 0);   /* so that a crash loses nothing */
    try_run(e->check, report);
}

/* Megabytes in memory, where the system tells. */
static long megabytes(pid_t id)
{
    char path[40];
    long all = 0, resident = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)id);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    if (fscanf(file, "%ld %ld", &all, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Waits until the child has ended, or ends it; and ends what it has started. */
static int wait_for(pid_t id, Trial *trial)
{
    int status = 0;
    double end = now() + trial_seconds();
    setpgid(id, id);            /* whoever of the two comes first */
    for (long wait = 200000; waitpid(id, &status, WNOHANG) != id;
         wait = wait < 10000000 ? 2 * wait : wait) {
        trial->too_long = now() > end;
        trial->too_large = megabytes(id) > TRIAL_MEGABYTES;
        if (trial->too_long || trial->too_large) {
            kill(id, SIGKILL);
            waitpid(id, &status, 0);
            break;
        }
        nanosleep(&(struct timespec){ .tv_nsec = wait }, NULL);
    }
    kill(-id, SIGKILL);
    return status;
}

Trial trial_run(const Exercise *e)
{
    Trial trial = { 0 };
    FILE *out = tmpfile(), *err = tmpfile();
    if (!out || !err)
        trial_cannot("no temporary file can be made");
    if (!report)
        share_report();
    memset(report, 0, sizeof *report);
    fflush(NULL);
    pid_t id = fork();
    if (id < 0)
        trial_cannot("no process can be started");
    if (id == 0)
        be_tried(e, out, err);
    int status = wait_for(id, &trial);
    trial.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    trial.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    trial.own_verdict = report->process == (long)id;
    trial.out = trial_read(out);
    trial.err = trial_read(err);
    fclose(out);
    fclose(err);
    return trial;
}

bool trial_apart(Treatment *treat, const Exercise *e, const Answer *answer)
{
    int status = 1;
    fflush(NULL);
    pid_t id = fork();
    if (id == 0) {
        answer->use();
        trial_leave(!treat(e, answer));
    }
    waitpid(id, &status, 0);
    return status == 0;
}

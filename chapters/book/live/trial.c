/* trial.c -- trials in a page, where there are no processes: what
 * tests/exercises/trial.c is on a machine that has them.
 *
 * The page starts the program twice. The first time it runs the check and comes
 * to no end of its own: the page watches the clock, keeps the file /report, which
 * is written before anything can go wrong and again after, and what was printed.
 * The second time TRIAL_ENDED is in the environment and says what became of it,
 * "exit 0", "signal SEGV", "long" or "large"; then the program explains. */
#include "trial.h"

#include <signal.h>
#include <unistd.h>

Report *report;

_Noreturn void trial_cannot(const char *what)
{
    fprintf(stderr, "judge: %s\n", what);
    exit(1);
}

_Noreturn void trial_leave(int status)
{
    fflush(NULL);
    _Exit(status);
}

char *trial_read(FILE *file)
{
    enum { MOST = 1 << 20 };
    char *text = calloc(1, MOST + 1);
    if (file && text)
        text[fread(text, 1, MOST, file)] = '\0';
    return text ? text : "";
}

double trial_seconds(void)
{
    const char *seconds = getenv("EXERCISE_SECONDS");
    return seconds && atof(seconds) > 0 ? atof(seconds) : 10;
}

__attribute__((export_name("save_report"))) void save_report(void)
{
    FILE *file = report ? fopen("/report", "w") : NULL;
    if (!file)
        return;
    fwrite(report, sizeof *report, 1, file);
    fclose(file);
}

static int signal_of(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {
        { "SEGV", SIGSEGV }, { "FPE", SIGFPE }, { "XFSZ", SIGXFSZ },
    };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (strcmp(name, signals[i].name) == 0)
            return signals[i].number;
    return SIGABRT;
}

static char *kept(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = trial_read(file);
    if (file)
        fclose(file);
    return text;
}

Trial trial_run(const Exercise *e)
{
    const char *ended = getenv("TRIAL_ENDED");
    report = calloc(1, sizeof *report);
    if (!report)
        trial_cannot("no memory for a report");
    if (!ended) {
        atexit(save_report);
        setvbuf(stdout, NULL, _IONBF, 0);
        try_run(e->check, report);
    }
    FILE *file = fopen("/report", "r");
    if (file && fread(report, sizeof *report, 1, file) != 1)
        trial_cannot("the report of the trial was cut short");
    if (file)
        fclose(file);
    return (Trial){
        .too_long = strcmp(ended, "long") == 0,
        .too_large = strcmp(ended, "large") == 0,
        .signal = strncmp(ended, "signal ", 7) == 0 ? signal_of(ended + 7) : 0,
        .status = strncmp(ended, "exit ", 5) == 0 ? atoi(ended + 5) : 1,
        .own_verdict = true,
        .out = kept("/printed"),
        .err = kept("/complained"),
    };
}

bool trial_apart(Treatment *treat, const Exercise *e, const Answer *answer)
{
    answer->use();
    return treat(e, answer);
}

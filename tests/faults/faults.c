/* faults.c -- what becomes of files when the machine fails: no memory, a full
 * disk, a kill, at every place where it can.
 *
 *     faults SHIM FOLDER-OF-PROGRAMS [STEP]
 *
 * Every program below runs with its first call of a kind failing, then with the
 * second, and so on, until a run has no such call any more; with STEP, only at
 * each STEP-th call behind the first few. Afterwards it must have said why in
 * one line, with exit status 1, or have done its work all the same, to the
 * byte; a file that it replaces is the old one or a new one; no other file is
 * left.
 */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *shim, *programs;
static char folder[] = "/tmp/attention-faults-XXXXXX";
static int step, tests, failed;
static long faults;

/* ---- running ------------------------------------------------------------ */

typedef struct {
    const char *program;        /* below the folder of programs */
    const char *argv[24];
    const char *input;          /* file that is standard input, or NULL */
    const char *replaces;       /* a checkpoint, or NULL */
    const char *makes;          /* a folder of files, or NULL */
    bool into;                  /* that folder is there already */
} Task;

typedef struct {
    int status;                 /* exit status, or 1000 + signal */
    bool hit;                   /* the fault has happened */
    char out[8000], said[4000]; /* stdout, stderr */
} Result;

/* How one call fails. */
typedef struct {
    const char *function;       /* NULL: no file may have more than `at` bytes */
    long at;
    bool on;                    /* and all that follow */
} Fault;

static void set_fault(Fault f)
{
    char number[30];
    snprintf(number, sizeof number, "%ld", f.at);
    setenv("OMP_NUM_THREADS", "1", 1);
    setenv("FAULT_HIT", "../hit", 1);
    if (f.function) {
        setenv("FAULT", f.function, 1);
        setenv("FAULT_AT", number, 1);
        setenv("LD_PRELOAD", shim, 1);
    } else if (f.at >= 0) {
        struct rlimit limit = { (rlim_t)f.at, RLIM_INFINITY };
        setrlimit(RLIMIT_FSIZE, &limit);
        signal(SIGXFSZ, SIG_IGN);
    }
    if (f.on)
        setenv("FAULT_ON", "1", 1);
}

static void become(const Task *t, Fault f, int out, int err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", programs, t->program);
    int in = open(t->input ? t->input : "/dev/null", O_RDONLY);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    set_fault(f);
    execv(path, (char *const *)(uintptr_t)t->argv);
    _exit(127);
}

/* A program at work, and the pipes that it writes to: they are no files, and
 * a full disk is not theirs. What it writes fits into them. */
typedef struct {
    pid_t id;
    int out, err;
} Running;

static Running start(const Task *t, Fault f)
{
    int out[2], err[2];
    if (pipe(out) != 0 || pipe(err) != 0)
        abort();
    fflush(stdout);
    pid_t id = fork();
    if (id == 0)
        become(t, f, out[1], err[1]);
    close(out[1]);
    close(err[1]);
    return (Running){ id, out[0], err[0] };
}

static void read_all(int file, char *text, size_t size)
{
    FILE *stream = fdopen(file, "r");
    text[fread(text, 1, size - 1, stream)] = '\0';
    fclose(stream);
}

static Result finish(Running running)
{
    Result r = { 0 };
    int status;
    waitpid(running.id, &status, 0);
    read_all(running.out, r.out, sizeof r.out);
    read_all(running.err, r.said, sizeof r.said);
    r.status = WIFEXITED(status) ? WEXITSTATUS(status)
                                 : 1000 + WTERMSIG(status);
    return r;
}

static Result run(const Task *t, Fault f)
{
    remove("../hit");
    Result r = finish(start(t, f));
    r.hit = access("../hit", F_OK) == 0;
    return r;
}

static const Fault none = { NULL, -1, false };

/* ---- what is left ------------------------------------------------------- */

/* The folder holds only what it should; unfinished files end in .newN. */
static bool is_clean(const char *path)
{
    DIR *dir = opendir(path);
    bool clean = true;
    for (struct dirent *e; dir && (e = readdir(dir));)
        clean = clean && !strstr(e->d_name, ".new")
             && !strstr(e->d_name, ".tmp");
    if (dir)
        closedir(dir);
    return clean;
}

/* A model is whole if the program that saved it can tell what it is. */
static bool is_whole(const Task *t)
{
    Task info = { .program = t->program,
                  .argv = { t->argv[0], "info", "--model", t->replaces } };
    return run(&info, none).status == 0;
}

static void say(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    printf("# ");
    vprintf(format, list);
    printf("\n");
    va_end(list);
}

/* What the task prints and makes when nothing fails: in whole.out, and in the
 * folder whole. */
static Result whole;

/* Looks at what a fault has left; says what is wrong. */
static bool good(const Task *t, const Result *r, bool killed)
{
    const char *wrong = NULL, *end = strchr(r->said, '\n');
    if (killed ? r->status != 1000 + SIGKILL : r->status > 1)
        wrong = "it ended otherwise";
    else if (r->status == 1 && (!end || end[1]))
        wrong = "its reason is not one line";
    else if (!killed && (!is_clean(".") || (t->makes && !is_clean(t->makes))))
        wrong = "an unfinished file stays";
    else if (r->status == 0 && (strcmp(r->out, whole.out) != 0
                                || (t->makes && system("diff -rq out whole"))))
        wrong = "all is said to be well, but not all is done";
    else if (t->replaces && !is_whole(t))
        wrong = "the file is neither the old nor the new one";
    if (wrong)
        say("%s (status %d): %s", wrong, r->status, r->said);
    return !wrong;
}

/* What a program has trained before stands in a file old-PROGRAM. */
static void restore(const Task *t)
{
    char command[200];
    int n = snprintf(command, sizeof command, "rm -rf out *.new*");
    if (t->into)
        n += snprintf(command + n, sizeof command - (size_t)n, "; mkdir out");
    if (t->replaces)
        snprintf(command + n, sizeof command - (size_t)n, "; cp old-%s %s",
                 t->argv[0], t->replaces);
    if (system(command) != 0)
        abort();
}

/* ---- faults ------------------------------------------------------------- */

/* Lets each call of one kind fail in turn. */
static void sweep(const char *name, const Task *t, const char *function,
                  bool on)
{
    bool killed = strcmp(function, "kill") == 0;
    long n = 1, few = step > 1 ? 10 : 30;
    int wrong = 0;
    for (;; n += n < few ? 1 : step) {
        restore(t);
        Fault fault = { function, n, on };
        Result r = run(t, fault);
        if (!r.hit)
            break;
        faults++;
        if (!good(t, &r, killed) && ++wrong < 4)
            say("call %ld of %s%s", n, function, on ? " and all after" : "");
    }
    failed += wrong > 0;
    printf("%sok %d - %s: %s%s fails\n", wrong ? "not " : "", ++tests, name,
           function, on ? ", once and for all," : "");
    fflush(stdout);
}

/* A disk that is full after so many bytes of a file. */
static void fill(const char *name, const Task *t)
{
    int wrong = 0;
    for (long bytes = 0; bytes < 6000; bytes += step > 1 ? 997 : 97) {
        restore(t);
        Result r = run(t, (Fault){ NULL, bytes, false });
        faults++;
        if (!good(t, &r, false) && ++wrong < 4)
            say("files may have %ld bytes", bytes);
    }
    failed += wrong > 0;
    printf("%sok %d - %s: the disk is full\n", wrong ? "not " : "", ++tests,
           name);
}

static void two_at_once(const Task *t)
{
    int wrong = 0;
    for (int i = 0; i < (step > 1 ? 5 : 40); i++) {
        restore(t);
        Running first = start(t, none), second = start(t, none);
        Result r[2] = { finish(first), finish(second) };
        faults++;
        wrong += !good(t, &r[0], false) || !good(t, &r[1], false)
              || r[0].status || r[1].status;
    }
    failed += wrong > 0;
    printf("%sok %d - two trainings save to one file\n", wrong ? "not " : "",
           ++tests);
}

static void all_kinds(const char *name, const Task *t)
{
    static const char *const functions[] = {
        "fopen", "freopen", "fread", "getline", "fwrite", "fflush", "fsync",
        "fclose", "rename", "kill" };
    restore(t);
    whole = run(t, none);
    if (whole.status != 0
        || (t->makes && system("rm -rf whole; cp -r out whole")))
        abort();
    sweep(name, t, "alloc", false);
    sweep(name, t, "alloc", true);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        sweep(name, t, functions[i], false);
    fill(name, t);
}

/* ---- programs ----------------------------------------------------------- */

#define TRANSLATE "programs/translate", { "translate"
#define STORY "programs/story", { "story"
#define PICTURE "programs/picture", { "picture"
#define SMALL "--width", "8", "--heads", "2", "--layers", "1", "--epochs"
#define LLAMA "--block", "llama", "--data", "text", "--pieces", "4", "--window", "8"
#define SEEN "--images", "images", "--labels", "labels", "--patch", "2"

/* First each program trains a model. */
static const Task first[] = {
    { .program = TRANSLATE, "train", "--data", "pairs", "--save",
      "old-translate", SMALL, "1" } },
    { .program = STORY, "train", LLAMA, "--save", "old-story", SMALL, "1" } },
    { .program = STORY, "train", "--stories", "10", "--pieces", "4", "--save",
      "asked", SMALL, "1" } },
    { .program = PICTURE, "train", SEEN, "--save", "old-picture", SMALL, "1" } },
};

/* Then weights, and a model of others, go out, to come in again. */
static const Task second[] = {
    { .program = TRANSLATE, "export", "--model", "old-translate",
      "--safetensors", "weights-translate" } },
    { .program = STORY, "export", "--model", "old-story", "--llama2c", "llama",
      "--tokenizer", "pieces" } },
    { .program = PICTURE, "export", "--model", "old-picture", "--safetensors",
      "weights-picture" } },
};

static const struct {
    const char *name;
    Task task;
} all[] = {
    { "train", { .program = TRANSLATE, "train", "--data", "pairs", "--valid",
                 "pairs", "--save", "m", SMALL, "2" }, .replaces = "m" } },
    { "train --resume", { .program = TRANSLATE, "train", "--data", "pairs",
                          "--save", "m", "--resume", "--epochs", "2" },
                          .replaces = "m" } },
    { "translate", { .program = TRANSLATE, "translate", "--model",
                     "old-translate", "--beam", "2" }, .input = "sentences" } },
    { "score", { .program = TRANSLATE, "score", "--model", "old-translate",
                 "--data", "pairs" } } },
    { "attend", { .program = TRANSLATE, "attend", "--model", "old-translate",
                  "--out", "out", "a b" }, .makes = "out" } },
    { "info", { .program = TRANSLATE, "info", "--model", "old-translate" } } },
    { "export", { .program = TRANSLATE, "export", "--model", "old-translate",
                  "--save", "out/m", "--safetensors", "out/weights" },
                  .makes = "out", .into = true } },
    { "import", { .program = TRANSLATE, "import", "--model", "old-translate",
                  "--safetensors", "weights-translate", "--save", "m" },
                  .replaces = "m" } },
    { "story train", { .program = STORY, "train", LLAMA, "--save", "m", SMALL,
                       "2" }, .replaces = "m" } },
    { "story train --resume", { .program = STORY, "train", "--data", "text",
                                "--save", "m", "--resume", "--epochs", "2" },
                                .replaces = "m" } },
    { "story continue", { .program = STORY, "continue", "--model", "old-story",
                          "--tokens", "6" }, .input = "text" } },
    { "story ask", { .program = STORY, "ask", "--model", "asked" },
                     .input = "sentences" } },
    { "story score", { .program = STORY, "score", "--model", "asked",
                       "--stories", "1" } } },
    { "story info", { .program = STORY, "info", "--model", "old-story" } } },
    { "story export", { .program = STORY, "export", "--model", "old-story",
                        "--safetensors", "out/weights", "--llama2c",
                        "out/llama", "--tokenizer", "out/pieces" },
                        .makes = "out", .into = true } },
    { "story import", { .program = STORY, "import", "--llama2c", "llama",
                        "--tokenizer", "pieces", "--save", "m" },
                        .replaces = "m" } },
    { "picture train", { .program = PICTURE, "train", SEEN, "--save", "m",
                         SMALL, "2" }, .replaces = "m" } },
    { "picture train --resume", { .program = PICTURE, "train", "--images",
                                  "images", "--labels", "labels", "--save",
                                  "m", "--resume", "--epochs", "2" },
                                  .replaces = "m" } },
    { "picture score", { .program = PICTURE, "score", "--model", "old-picture",
                         "--images", "images", "--labels", "labels" } } },
    { "picture look", { .program = PICTURE, "look", "--model", "old-picture",
                        "--images", "images" } } },
    { "picture export", { .program = PICTURE, "export", "--model",
                          "old-picture", "--safetensors", "out/weights" },
                          .makes = "out", .into = true } },
    { "picture import", { .program = PICTURE, "import", "--model",
                          "old-picture", "--safetensors", "weights-picture",
                          "--save", "m" }, .replaces = "m" } },
    { "chapter 2", { .program = "chapters/02_softmax",
                     { "02_softmax", "--quick", "--out", "out" },
                     .makes = "out" } },
};

static void write_bytes(const char *name, const char *bytes, size_t n)
{
    FILE *f = fopen(name, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        abort();
}

static void write_text(const char *name, const char *text)
{
    write_bytes(name, text, strlen(text));
}

static void write_inputs(void)
{
    write_text("pairs", "a b\tx y\nb a\ty x\na .\tx .\n");
    write_text("sentences", "a b\nb\n\na a .\n");
    write_text("text", "one two three four\none two three\n");
    /* IDX: three pictures of 2 x 2 points, two classes */
    write_bytes("images", "\0\0\10\3\0\0\0\3\0\0\0\2\0\0\0\2abcd1234ABCD", 28);
    write_bytes("labels", "\0\0\10\1\0\0\0\3\0\1\0", 11);
}

/* Each of n tasks, which cannot fail. */
static void run_all(const Task *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Result r = run(&list[i], none);
        if (r.status != 0) {
            fprintf(stderr, "faults: %s %s: %s", list[i].argv[0],
                    list[i].argv[1], r.said);
            exit(1);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return fprintf(stderr, "usage: faults SHIM PROGRAMS [STEP]\n"), 2;
    shim = realpath(argv[1], NULL);
    programs = realpath(argv[2], NULL);
    step = argc > 3 ? atoi(argv[3]) : 1;
    if (!shim || !programs || !mkdtemp(folder) || chdir(folder) != 0
        || mkdir("in", 0777) != 0 || chdir("in") != 0)
        return perror("faults"), 1;
    write_inputs();
    run_all(first, sizeof first / sizeof *first);
    run_all(second, sizeof second / sizeof *second);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        all_kinds(all[i].name, &all[i].task);
    whole = run(&all[0].task, none);
    two_at_once(&all[0].task);
    printf("1..%d\n%ld faults, %d of %d kinds not survived\n", tests, faults,
           failed, tests);
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) != 0 || failed > 0;
}

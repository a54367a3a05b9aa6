/* child.h -- for tests that run a chapter as a program of its own.
 *
 * The test program is that chapter too: with --as-chapter as its first argument
 * main() runs a list of cells instead of the tests: is_chapter(). Include
 * first, after `#define _GNU_SOURCE`.
 */
#ifndef CHILD_H
#define CHILD_H

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* How the last RUN() ended: exit status (or 1000 + signal), what it said. */
static struct {
    int status;
    char out[20000], err[4000];
} child;

static const char *child_program;   /* argv[0] of the tests */
static char folder[256];            /* fresh for each test; see with_folder() */

static inline void read_all(FILE *file, char *text, size_t size)
{
    assert_non_null(file);
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* How large a file may become; what is beyond is refused, as by a full disk. */
static inline void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, SIG_IGN);
}

/* `make coverage` counts what is reached, and writes it down at the end: when
 * files may grow again, and before an end by abort(), too. */
#ifdef T_COVERAGE
void __gcov_dump(void);
static void write_counts(int number)
{
    (void)number;
    __gcov_dump();
}
static void limit_files_no_more(void) { limit_files(RLIM_INFINITY); }
static void count_what_is_reached(void)
{
    atexit(limit_files_no_more);
    signal(SIGABRT, write_counts);
}
#else
static inline void count_what_is_reached(void) { }
#endif

/* Begins main(): whether this process is to be the chapter, with the arguments
 * that then remain. */
static inline bool is_chapter(int *argc, char ***argv)
{
    child_program = (*argv)[0];
    if (*argc < 2 || strcmp((*argv)[1], "--as-chapter") != 0)
        return false;
    count_what_is_reached();
    *(*argv + 1) = **argv;
    ++*argv;
    --*argc;
    return true;
}

/* Runs the chapter as "some/where/05_example" with the arguments and with
 * `out` as stdout. Its stderr, which is no file, goes to child.err. */
static inline void run_into(int out, const char *const *arguments)
{
    char *argv[24] = { "some/where/05_example", "--as-chapter" };
    for (int i = 0; arguments[i]; i++)
        argv[i + 2] = (char *)(uintptr_t)arguments[i];
    int err[2];
    assert_int_equal(pipe(err), 0);
    fflush(stdout);
    fflush(stderr);
    pid_t id = fork();
    if (id == 0) {
        dup2(out, STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        close(err[0]);
        close(err[1]);
        execv(child_program, argv);
        _exit(127);
    }
    close(err[1]);
    FILE *said = fdopen(err[0], "r");
    assert_non_null(said);
    child.err[fread(child.err, 1, sizeof child.err - 1, said)] = '\0';
    fclose(said);
    int status;
    assert_int_equal(waitpid(id, &status, 0), id);
    child.status = WIFEXITED(status) ? WEXITSTATUS(status)
                                     : 1000 + WTERMSIG(status);
}

/* RUN("--seed", "2"): status, stdout and stderr go to `child`. */
static inline void run(const char *const *arguments)
{
    FILE *out = tmpfile();
    assert_non_null(out);
    run_into(fileno(out), arguments);
    read_all(out, child.out, sizeof child.out);
}
#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

/* The same on a full disk: no file may grow. */
#define RUN_ON_FULL_DISK(...)                                                  \
    do {                                                                       \
        limit_files(0);                                                        \
        RUN(__VA_ARGS__);                                                      \
        limit_files(RLIM_INFINITY);                                            \
    } while (0)

/* The last run was refused with status 1, nothing printed, and one line in which
 * `says` is. */
static inline void refused_in_one_line(const char *says)
{
    assert_int_equal(child.status, 1);
    assert_string_equal(child.out, "");
    assert_non_null(strstr(child.err, says));
    assert_ptr_equal(strchr(child.err, '\n') + 1,
                     child.err + strlen(child.err));
}

/* The last run was refused with this status and one line, nothing printed. */
#define REFUSED(wanted_status, line)                                           \
    do {                                                                       \
        assert_string_equal(child.err, "05_example: " line "\n");              \
        assert_int_equal(child.status, wanted_status);                         \
        assert_string_equal(child.out, "");                                    \
    } while (0)

/* The last run went well and had nothing to complain about. */
static inline void went_well(void)
{
    assert_string_equal(child.err, "");
    assert_int_equal(child.status, 0);
}

/* "FOLDER/name". One of four buffers used in turn. */
static inline const char *in_folder(const char *name)
{
    static char paths[4][600];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static inline bool exists(const char *name)
{
    struct stat info;
    return lstat(in_folder(name), &info) == 0;
}

/* All of a file in the folder. */
static inline const char *contents(const char *name)
{
    static char text[20000];
    read_all(fopen(in_folder(name), "r"), text, sizeof text);
    return text;
}

static inline void write_file(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static inline int count_files(const char *name)
{
    DIR *dir = opendir(in_folder(name));
    assert_non_null(dir);
    int n = 0;
    while (readdir(dir))
        n++;
    closedir(dir);
    return n - 2;   /* . and .. */
}

/* Before and after each test. */
static inline int with_folder(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/attention-XXXXXX", tmp ? tmp : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int without_folder(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

#define FOLDER_TEST(f)                                                         \
    cmocka_unit_test_setup_teardown(f, with_folder, without_folder)

#endif

/* tool.h -- for tests of programs that train: stopping them, their input, and
 * models on disk that are not what they seem. Include it first. */
#ifndef TOOL_H
#define TOOL_H

#define _GNU_SOURCE
#include "child.h"

#include "base/hash.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

/* Runs a training that is stopped by a signal some milliseconds after it has
 * said what it begins. arguments: at most 40, the last one NULL. */
static inline void stopped(int by, int milliseconds,
                           const char *const *arguments)
{
    const char *argv[44] = { "x", "--as-chapter" };
    for (int i = 0; i < 40 && arguments[i]; i++)
        argv[i + 2] = arguments[i];
    int says[2];
    char letter;
    assert_int_equal(pipe(says), 0);
    fflush(stdout);
    pid_t id = fork();
    if (id == 0) {
        int err = open(in_folder("err"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
        dup2(says[1], STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        execv(child_program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(says[1]);
    assert_true(read(says[0], &letter, 1) == 1);
    nanosleep(&(struct timespec){ 0, milliseconds * 1000000L }, NULL);
    kill(id, by);
    int status;
    waitpid(id, &status, 0);
    close(says[0]);
    if (by != SIGKILL)
        assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 130
                                          || WEXITSTATUS(status) == 0));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 130)
        assert_non_null(strstr(contents("err"), " and saved. To go on, add --resume"));
}

/* The last training ended well. Where it is slow it says how far it is. */
static inline void trained(void)
{
    assert_int_equal(child.status, 0);
}

/* A file of the folder, until the next call; "whole" has room of its own. */
static inline const char *bytes_of(const char *name, size_t *size)
{
    static char buffer[2][400000];
    char *text = buffer[strcmp(name, "whole") == 0];
    FILE *f = fopen(in_folder(name), "rb");
    assert_non_null(f);
    *size = fread(text, 1, sizeof buffer[0], f);
    assert_true(*size < sizeof buffer[0]);
    fclose(f);
    return text;
}

/* Writes the model "m" once more, as "forged": with other bytes behind the name
 * of a field, and the right checksum. */
static inline void forge(const char *name, size_t skip, const void *bytes,
                         size_t n)
{
    size_t size;
    char *text = (char *)(uintptr_t)bytes_of("m", &size);
    size_t length = strlen(name), at = 0;
    while (at + length < size && memcmp(text + at, name, length) != 0)
        at++;
    assert_true(at + length < size);
    memcpy(text + at + length + skip, bytes, n);
    uint64_t sum = hash_bytes(HASH_START, text, size - 8);
    for (int i = 0; i < 8; i++)
        text[size - 8 + (size_t)i] = (char)(sum >> 8 * i);
    FILE *f = fopen(in_folder("forged"), "wb");
    assert_non_null(f);
    fwrite(text, 1, size, f);
    fclose(f);
}

/* Runs the program with a file as its standard input; `in` may hold zeros. */
static inline void run_on_input(const char *in, size_t n, const char *arguments)
{
    FILE *f = fopen(in_folder("in"), "wb");
    assert_non_null(f);
    fwrite(in, 1, n, f);
    fclose(f);
    char shell[1600];
    snprintf(shell, sizeof shell, "%s --as-chapter %s <%s >%s 2>%s",
             child_program, arguments, in_folder("in"), in_folder("out"),
             in_folder("err"));
    int status = system(shell);
    child.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
    read_all(fopen(in_folder("out"), "r"), child.out, sizeof child.out);
    read_all(fopen(in_folder("err"), "r"), child.err, sizeof child.err);
}

/* Runs the program, of at most 8 arguments, at a terminal of our own, where somebody
 * types a text that ends in Ctrl-D, until it has ended or has asked twice with
 * "> ". What a person sees goes to `seen`. Returns false if there is no terminal. */
static inline bool at_terminal(const char *typed, char *seen, size_t size,
                               const char *const *arguments)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        return false;
    const char *argv[12] = { "x", "--as-chapter" };
    for (int i = 0; i < 8 && arguments[i]; i++)
        argv[i + 2] = arguments[i];
    fflush(stdout);
    pid_t id = fork();
    if (id == 0) {
        int person = open(ptsname(terminal), O_RDWR | O_NOCTTY);
        dup2(person, STDIN_FILENO);
        dup2(person, STDOUT_FILENO);
        dup2(person, STDERR_FILENO);
        execv(child_program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    struct pollfd ready = { .fd = terminal, .events = POLLIN };
    ssize_t n = (ssize_t)strlen(typed), more;
    assert_true(write(terminal, typed, (size_t)n) == n);
    *seen = '\0';
    while (poll(&ready, 1, 20000) == 1 && (n = (ssize_t)strlen(seen)) + 100 < (ssize_t)size
           && (more = read(terminal, seen + n, size - 1 - (size_t)n)) > 0) {
        seen[n + more] = '\0';
        const char *first = strstr(seen, "> ");
        if (first && strstr(first + 1, "\n> "))
            break;
    }
    waitpid(id, NULL, 0);
    close(terminal);
    return true;
}

#endif

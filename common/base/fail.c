/* fail.c -- how a program ends that cannot go on. */
#define T_LIBRARY
#include "base/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- when it ends ------------------------------------------------------- */

enum { MOST_FUNCTIONS = 8 };

static void (*to_call[MOST_FUNCTIONS])(void);
static int n_to_call;

static void stop(void)
{
    while (n_to_call > 0)
        to_call[--n_to_call]();
}

void on_stop(void (*function)(void))
{
    static bool registered;
    if (!registered)
        registered = atexit(stop) == 0;
    for (int i = 0; i < n_to_call; i++)
        if (to_call[i] == function)
            return;
    if (n_to_call == MOST_FUNCTIONS)
        t_fail("on_stop: more than %d functions", MOST_FUNCTIONS);
    to_call[n_to_call++] = function;
}

/* ---- the programmer's mistakes ------------------------------------------ */

static const char *here_file = "?";
static int here_line;

void t_here(const char *file, int line)
{
    here_file = file;
    here_line = line;
}

static void print_and_abort(const char *message)
{
    fflush(stdout);
    fprintf(stderr, "%s\n", message);
    stop();
    abort();
}

ErrorHandler t_on_error = print_and_abort;

void t_fail(const char *format, ...)
{
    static char message[1024];  /* outlives a handler that jumps away */
    const char *slash = strrchr(here_file, '/');
    int used = snprintf(message, sizeof message, "%s:%d: ",
                        slash ? slash + 1 : here_file, here_line);
    va_list args;
    va_start(args, format);
    vsnprintf(message + used, sizeof message - (size_t)used, format, args);
    va_end(args);
    t_on_error(message);
    abort();    /* a handler must not return */
}

/* ---- what the machine, a file or the command line refuses --------------- */

static const char *program;
static void (*before)(void);

void die_as(const char *name)
{
    program = name;
}

void before_last_words(void (*function)(void))
{
    before = function;
}

static void complain(const char *format, va_list list, const char *end)
{
    if (before)
        before();
    fflush(stdout);
    if (program)
        fprintf(stderr, "%s: ", program);
    vfprintf(stderr, format, list);
    fprintf(stderr, "%s\n", end);
}

void die(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    complain(format, list, "");
    va_end(list);
    exit(1);
}

void die_usage(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    complain(format, list, " (see --help)");
    va_end(list);
    exit(2);
}

void stdout_check(void)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout))
        die("cannot write the output: %s",
            errno ? strerror(errno) : "write error");
}

static void (*leave)(void);

void before_good_end(void (*function)(void))
{
    leave = function;
}

void end_well(void)
{
    stdout_check();
    if (leave)
        leave();
    exit(0);
}

/* ---- memory ------------------------------------------------------------- */

void *grown(void *memory, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        die("out of memory: %zu times %zu bytes", count, size);
    memory = realloc(memory, count * size > 0 ? count * size : 1);
    if (!memory)
        die("out of memory: %zu bytes", count * size);
    return memory;
}

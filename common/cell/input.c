/* input.c -- lines from standard input. */
#define _POSIX_C_SOURCE 200809L     /* getline, isatty, fstat */
#define T_LIBRARY
#include "cell/input.h"
#include "base/fail.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Input input_begin(void)
{
    struct stat info;
    return (Input){
        .asks = isatty(STDIN_FILENO) && isatty(STDERR_FILENO),
        .file = fstat(STDIN_FILENO, &info) == 0 && S_ISREG(info.st_mode),
    };
}

void input_free(Input *in)
{
    free(in->line);
    *in = (Input){ 0 };
}

bool input_next(Input *in)
{
    if (in->asks)
        fputs("> ", stderr);
    errno = 0;
    ssize_t n = getline(&in->line, &in->room, stdin);
    if (n < 0 && (ferror(stdin) || errno))
        die("cannot read standard input: %s",
            errno ? strerror(errno) : "read error");
    if (n < 0 && in->asks)
        fputs("\n", stderr);
    in->number++;
    in->bytes = n < 0 ? 0 : (size_t)n;
    return n >= 0;
}

void input_refuse(Input *in, const char *what, long number,
                  const char *expected)
{
    fprintf(stderr, "standard input, line %ld: %s %ld; expected %s\n",
            in->number, what, number, expected);
    in->refused = true;
}

bool input_is_text(Input *in)
{
    ptrdiff_t invalid = text_invalid_utf8(in->line);
    size_t zero = strlen(in->line);
    if (invalid >= 0)
        input_refuse(in, "not UTF-8 at byte", (long)invalid + 1,
                     "text in UTF-8");
    else if (zero < in->bytes)
        input_refuse(in, "a zero at byte", (long)zero + 1, "text");
    return invalid < 0 && zero == in->bytes;
}

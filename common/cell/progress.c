/* progress.c -- how far long work has come. */
#define _POSIX_C_SOURCE 200809L     /* isatty, fileno */
#include "cell/progress.h"
#include "base/clock.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static bool on_screen(void) { return isatty(fileno(stderr)); }

Progress progress_begin(const char *what, long first, long total)
{
    double now = clock_seconds();
    return (Progress){ .what = what, .first = first, .total = total,
                       .begin = now, .shown = now - (on_screen() ? 1 : 9) };
}

void progress_show(Progress *p, long done, const char *format, ...)
{
    double now = clock_seconds(), took = now - p->begin;
    if (now - p->shown < (on_screen() ? 0.1 : 10))
        return;
    p->shown = now;
    double left = done > p->first
        ? took / (double)(done - p->first) * (double)(p->total - done) : 0;
    char line[200];
    int n = snprintf(line, sizeof line, "%s %ld/%ld  ", p->what, done,
                     p->total);
    va_list list;
    va_start(list, format);
    n += vsnprintf(line + n, sizeof line - (size_t)n, format, list);
    va_end(list);
    if (n < (int)sizeof line)
        n += snprintf(line + n, sizeof line - (size_t)n, "  %d:%02d left",
                      (int)left / 60, (int)left % 60);
    n = n < 79 ? n : 79;    /* a longer line would not go back */
    if (on_screen())
        fprintf(stderr, "\r%-*.*s", p->width > n ? p->width : n, n, line);
    else
        fprintf(stderr, "%s\n", line);
    p->width = n;
}

void progress_end(Progress *p)
{
    if (on_screen() && p->width > 0)
        fprintf(stderr, "\r%*s\r", p->width, "");
}

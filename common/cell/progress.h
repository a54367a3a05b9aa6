/* progress.h -- how far long work has come, on stderr: in a terminal one line
 * that changes in place, otherwise a line every ten seconds. What a chapter
 * prints on stdout is not touched. */
#ifndef PROGRESS_H
#define PROGRESS_H

typedef struct {
    const char *what;
    long total, first;      /* steps in all; done before this run */
    double begin, shown;    /* seconds */
    int width;              /* of the line on the screen */
} Progress;

Progress progress_begin(const char *what, long first, long total);

/* After each step, or as often as you like. The rest describes the state, as
 * for printf: "loss 1.234  41000 tokens/s". */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void progress_show(Progress *p, long done, const char *format, ...);

/* Wipes the line, or ends it. */
void progress_end(Progress *p);

#endif

/* lines.h -- lines of text, and the corpus as such, each language by itself. */
#ifndef LINES_H
#define LINES_H

#include "corpus.h"

#include <stddef.h>

/* Start with {0}. */
typedef struct {
    int n, room;
    char **line;
} Lines;

void lines_add(Lines *lines, const char *line);
void lines_free(Lines *lines);

/* All of them, one behind the other, each with a new line, and a zero behind;
 * of `count` in turn. *bytes: without that zero. Free with free(). */
char *lines_joined(const Lines *lines, int count, size_t *bytes);

enum { ENGLISH, FRENCH, CHINESE, LANGUAGES };

/* Fills lines[LANGUAGES] with a split of the corpus. */
void corpus_lines(CorpusSplit split, Lines *lines);

#endif

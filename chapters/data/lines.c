/* lines.c -- lines of text, and the corpus as such. */
#include "lines.h"
#include "base/fail.h"

#include <stdlib.h>
#include <string.h>

void lines_add(Lines *lines, const char *line)
{
    if (lines->n == lines->room) {
        lines->room = 2 * lines->room + 256;
        lines->line = grown(lines->line, (size_t)lines->room, sizeof(char *));
    }
    lines->line[lines->n++] = strcpy(grown(NULL, strlen(line) + 1, 1), line);
}

void lines_free(Lines *lines)
{
    for (int i = 0; i < lines->n; i++)
        free(lines->line[i]);
    free(lines->line);
    *lines = (Lines){ 0 };
}

char *lines_joined(const Lines *lines, int count, size_t *bytes)
{
    size_t room = 1;
    for (int l = 0; l < count; l++)
        for (int i = 0; i < lines[l].n; i++)
            room += strlen(lines[l].line[i]) + 1;
    char *at = grown(NULL, room, 1), *end = at;
    for (int l = 0; l < count; l++)
        for (int i = 0; i < lines[l].n; i++) {
            size_t n = strlen(lines[l].line[i]);
            memcpy(end, lines[l].line[i], n);
            end[n] = '\n';
            end += n + 1;
        }
    *end = '\0';
    *bytes = (size_t)(end - at);
    return at;
}

/* The corpus gives English with each translation: once is enough. */
static void take_french(const char *english, const char *french, void *lines)
{
    lines_add((Lines *)lines + ENGLISH, english);
    lines_add((Lines *)lines + FRENCH, french);
}

static void take_chinese(const char *english, const char *chinese, void *lines)
{
    (void)english;
    lines_add((Lines *)lines + CHINESE, chinese);
}

void corpus_lines(CorpusSplit split, Lines *lines)
{
    corpus_pairs(CORPUS_FRENCH, split, take_french, lines);
    corpus_pairs(CORPUS_CHINESE, split, take_chinese, lines);
}

/* lines.c -- lines of text, the corpus as such, and parts of lines. */
#include "lines.h"
#include "base/fail.h"
#include "learn/pairs.h"

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

Text lines_joined(const Lines *lines, int count)
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
    return (Text){ at, (size_t)(end - at) };
}

/* ---- the corpus ---------------------------------------------------------- */

const char *const language_name[LANGUAGES] = { "English", "French", "Chinese" };

static Lines corpus[CORPUS_SPLITS][LANGUAGES];

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

const Lines *corpus_lines(CorpusSplit split)
{
    if (corpus[split][ENGLISH].n == 0) {
        corpus_pairs(CORPUS_FRENCH, split, take_french, corpus[split]);
        corpus_pairs(CORPUS_CHINESE, split, take_chinese, corpus[split]);
    }
    return corpus[split];
}

void corpus_lines_free(void)
{
    for (int s = 0; s < CORPUS_SPLITS; s++)
        for (int l = 0; l < LANGUAGES; l++)
            lines_free(&corpus[s][l]);
}

/* ---- parts of lines ------------------------------------------------------ */

/* Counts the parts of a line in v, and returns their number. */
static int add_parts(Cut cut, const char *line, Vocabulary *v)
{
    int parts = 0;
    if (cut == BY_WORDS) {
        Words words = text_tokens(line);
        for (; parts < words.n; parts++)
            vocabulary_add(v, words.word[parts]);
        text_free_words(&words);
        return parts;
    }
    for (size_t n; *line; line += n, parts++) {
        uint32_t code;
        char part[8] = "";
        n = cut == BY_BYTES ? 1 : text_decode(line, &code);
        vocabulary_add(v, memcpy(part, line, n));
    }
    return parts;
}

PartCount count_parts(Cut cut, const Lines *lines)
{
    Vocabulary v = { 0 };
    double parts = 0;
    for (int i = 0; i < lines->n; i++)
        parts += add_parts(cut, lines->line[i], &v);
    PartCount count = { v.n - FIRST_WORD, parts / lines->n };
    vocabulary_free(&v);
    return count;
}

UnknownCount count_unknown(const Lines *taught, int n, const Lines *lines)
{
    Vocabulary known = { 0 };
    for (int i = 0; i < n; i++)
        add_parts(BY_WORDS, taught->line[i], &known);
    UnknownCount count = { .known = known.n - FIRST_WORD };
    for (int i = 0; i < lines->n; i++) {
        Ids ids = vocabulary_encode(&known, lines->line[i]);
        int lost = 0;
        for (int k = 0; k < ids.n; k++)
            lost += ids.id[k] == UNKNOWN;
        count.words += ids.n;
        count.unknown += lost;
        count.touched += lost > 0;
        free(ids.id);
    }
    vocabulary_free(&known);
    return count;
}

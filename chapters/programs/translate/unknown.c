/* unknown.c -- words that a model has not learned. */
#include "unknown.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { LETTERS = 64 };

/* The letters of a word, as code points; LETTERS if there are too many. */
static int letters(const char *word, uint32_t code[LETTERS])
{
    int n = 0;
    for (size_t bytes; n < LETTERS && (bytes = text_decode(word, &code[n])) > 0;
         word += bytes)
        n++;
    return n;
}

static int least(int a, int b) { return a < b ? a : b; }

int edit_distance(const char *a, const char *b)
{
    uint32_t x[LETTERS], y[LETTERS];
    int n = letters(a, x), m = letters(b, y);
    int d[LETTERS + 1][LETTERS + 1];    /* from i letters of a to j of b */
    if (n == LETTERS || m == LETTERS)
        return LETTERS;
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= m; j++) {
            d[i][j] = i + j;            /* all left out, all added */
            if (i == 0 || j == 0)
                continue;
            d[i][j] = least(d[i - 1][j - 1] + (x[i - 1] != y[j - 1]),
                            least(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[n][m];
}

enum { ALIKE = 3 };     /* so many known words are suggested */

/* The known words that are nearest, frequent ones first; fewer than a third of
 * the letters may differ, but one always may, if another stays. */
static int nearest(const Vocabulary *known, const char *word, int best[ALIKE])
{
    uint32_t code[LETTERS];
    int size = letters(word, code), n = 0, distance[ALIKE];
    int most = size > 3 ? (size - 1) / 3 : size > 1;
    for (int i = FIRST_WORD; i < known->n; i++) {
        int d = edit_distance(word, known->word[i]);
        if (d > most || (n == ALIKE && d >= distance[n - 1]))
            continue;
        n += n < ALIKE;
        int k = n - 1;
        for (; k > 0 && distance[k - 1] > d; k--) {
            best[k] = best[k - 1];
            distance[k] = distance[k - 1];
        }
        best[k] = i;
        distance[k] = d;
    }
    return n;
}

void name_unknown(const Vocabulary *of, const Vocabulary *known,
                  Vocabulary *told)
{
    enum { MOST = 100 };
    for (int i = FIRST_WORD; i < of->n; i++) {
        const char *word = of->word[i];
        if (vocabulary_find(known, word) != UNKNOWN
            || vocabulary_find(told, word) != UNKNOWN
            || told->n == FIRST_WORD + MOST)
            continue;
        vocabulary_add(told, word);
        fprintf(stderr, "unknown word: %s", word);
        int best[ALIKE], n = nearest(known, word, best);
        for (int k = 0; k < n; k++)
            fprintf(stderr, "%s%s", k == 0 ? " (known: " : ", ",
                    known->word[best[k]]);
        fputs(n > 0 ? ")\n" : "\n", stderr);
        if (told->n == FIRST_WORD + MOST)
            fputs("more unknown words are not named\n", stderr);
    }
}

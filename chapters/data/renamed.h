/* renamed.h -- the corpus's English and French, with invented names: words of
 * which nobody has heard. */
#ifndef RENAMED_H
#define RENAMED_H

#include "lines.h"

#include <stdbool.h>

enum { RENAMED_LONGEST = 500 };     /* bytes of a line */

typedef struct {
    int n, room;
    Lines side[2];          /* English, French: n lines each */
    bool *named;            /* has it a name? */
} Renamed;

typedef struct {
    int names;      /* how many there are to draw from, in each round */
    int seed;       /* another seed, other names */
    int rounds;     /* how often each pair comes; default 1 */
    int longest;    /* only pairs with a name, and at most so many words between
                     * blanks in English; 0: all */
} RenamedOptions;

/* Pairs of a split; each name in them is exchanged for an invented one, the same
 * in both languages. */
Renamed renamed(CorpusSplit split, RenamedOptions options);
void renamed_free(Renamed *r);

/* Prints the French of the first `most` pairs with a name: what is right. */
void renamed_print(const Renamed *r, int most);

#endif

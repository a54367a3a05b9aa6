/* renamed.h -- the corpus's English and French, with invented names: words of
 * which nobody has heard. */
#ifndef RENAMED_H
#define RENAMED_H

#include "corpus.h"

#include <stdbool.h>

enum { RENAMED_LONGEST = 500 };     /* bytes of a line */

typedef struct {
    int n, room;
    char *(*line)[2];       /* English, French */
    bool *named;            /* has it a name? */
} Renamed;

/* All pairs of a split; each name in them is exchanged for one of `names`
 * invented ones, the same in both languages. Another seed, other names. */
Renamed renamed(CorpusSplit split, int names, int seed);
void renamed_free(Renamed *r);

#endif

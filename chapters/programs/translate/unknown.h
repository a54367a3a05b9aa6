/* unknown.h -- words that a model has not learned. */
#ifndef TRANSLATE_UNKNOWN_H
#define TRANSLATE_UNKNOWN_H

#include "learn/pairs.h"

/* Says on stderr which words of the vocabulary `of` are not in `known`, and
 * which known words are like them. Each is named once: `told` remembers, and
 * the first 100 only. */
void name_unknown(const Vocabulary *of, const Vocabulary *known,
                  Vocabulary *told);

/* How many slips make b of a: a letter changed, added, left out, or two of them
 * swapped (Damerau 1964). Words of more than 63 letters are alike in nothing. */
int edit_distance(const char *a, const char *b);

#endif

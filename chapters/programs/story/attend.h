/* attend.h -- a story as a teller reads it, with its names. */
#ifndef STORY_ATTEND_H
#define STORY_ATTEND_H

#include "model.h"

/* A story as words: where the pieces of each end, and which are names. */
enum { MOST_WORDS = 800 };      /* no story has more */
typedef struct {
    int n, end[MOST_WORDS];
    const char *name[MOST_WORDS];   /* NULL: it is none; the same pointer for the
                                     * same name */
    Ids pieces;                     /* free pieces.id with free() */
} Reading;

Reading reading_of(const Teller *t, const char *story);

/* Which of the names that stand before a word gets most of a row's weight, all its
 * places together; row: (k), k at least the number of pieces. NULL: none stands
 * there. */
const char *most_looked_at(const Reading *r, int word, const Tensor *row);

#endif

/* couples.h -- pairs of numbers, each with a number of its own, and counted. */
#ifndef COUPLES_H
#define COUPLES_H

#include <stdint.h>

/* Two numbers in their order, 0 or more. */
typedef struct {
    int left, right;
} Couple;

/* Couples and their numbers, 0 to n - 1. Start with {0}. */
typedef struct {
    int n, room;
    Couple *couple;     /* by number */
    int *table;         /* numbers, plus 1, by hash; 0: empty */
    int table_size;
} Couples;

/* The number of a couple, or -1. */
int couples_find(const Couples *c, Couple couple);

/* The number of a couple, which is added if it is not there. */
int couples_add(Couples *c, Couple couple);

void couples_free(Couples *c);

/* Both numbers in one, and back: sorted by left, then right. */
static inline uint64_t couple_bits(Couple c)
{
    return (uint64_t)c.left << 32 | (uint64_t)c.right;
}

static inline Couple couple_of(uint64_t bits)
{
    return (Couple){ (int)(bits >> 32), (int)(bits & 0xffffffff) };
}

/* ---- couples counted ---------------------------------------------------- */

/* How often a couple came, and at which of some numbered places. */
typedef struct {
    long count;
    int n, room, *place;    /* n places, in the order in which it came there */
} Tally;

/* Start with {0}. */
typedef struct {
    Couples couples;
    Tally *of;              /* by number of the couple */
    int room;
} Tallies;

/* So many more of a couple at a place, or fewer. A place where there are fewer
 * stays in the list; one that is named several times in a row stands there
 * once. */
void tally(Tallies *t, Couple couple, long more, int place);

void tallies_free(Tallies *t);

#endif

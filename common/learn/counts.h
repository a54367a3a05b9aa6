/* counts.h -- how often groups of tokens came in texts. */
#ifndef COUNTS_H
#define COUNTS_H

#include "base/couples.h"
#include "learn/pairs.h"

enum { LONGEST_GROUP = 3 };

/* Each group is a couple: the group without its last token, and that token. */
typedef struct {
    Couples groups;
    int *came;      /* by number of the group: how often it came */
    int *before;    /* by number plus 1, 0 for the group of no tokens: how often
                     * another token came after it */
} Counts;

/* Counts the groups of 1, 2 and 3 tokens that end at each token of all texts, the
 * target side of the pairs, and at the END of each. */
Counts counts_of(const Pairs *texts);

/* How often a group of n tokens, 1 to 3, came. */
int counts_came(const Counts *c, const int *group, int n);

/* How often a group of n tokens, 0 to 2, came before another token. */
int counts_before(const Counts *c, const int *group, int n);

void counts_free(Counts *c);

/* Token i of a text, 0 to text.n + 2, and the two before it, the last of a group:
 * START before the first token, END after the last. */
void group_at(Ids text, int i, int group[LONGEST_GROUP]);

#endif

/* counts.h -- how often groups of tokens came in texts, and how probable that
 * makes what comes next. */
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
    int words;      /* the texts' vocabulary, V */
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

/* p(token i of a text | the n - 1 before it), n 1 to 3, from what was counted and,
 * the less of it there is the more, from what the shorter context says (MacKay and
 * Peto 1995):
 *     p(w | u v) = (c(u v w) + 2 p(w | v)) / (c(u v) + 2)
 * down to p = 1 / V for any word. */
double counts_probability(const Counts *c, Ids text, int i, int n);

/* The mean of -ln p over all tokens of all texts, the target side, and END. */
double counts_loss(const Counts *c, const Pairs *texts, int n);

/* The word that is most probable as token i, the two before it being what they
 * are; with both: that makes it and the two that follow most probable. */
int counts_fill(const Counts *c, Ids text, int i, bool both);

#endif

/* counts.c -- groups of tokens, counted. */
#define T_LIBRARY
#include "learn/counts.h"

#include "base/fail.h"

#include <math.h>
#include <stdlib.h>

void group_at(Ids text, int i, int group[LONGEST_GROUP])
{
    for (int k = 0; k < LONGEST_GROUP; k++) {
        int at = i - (LONGEST_GROUP - 1) + k;
        group[k] = at < 0 ? START : at < text.n ? text.id[at] : END;
    }
}

/* 0 for the group of no tokens, the number plus 1 for others; -1 if it never
 * came. */
static int number_of(const Counts *c, const int *group, int n)
{
    int at = 0;
    for (int i = 0; i < n; i++) {
        int longer = couples_find(&c->groups, (Couple){ at, group[i] });
        if (longer < 0)
            return -1;
        at = longer + 1;
    }
    return at;
}

int counts_came(const Counts *c, const int *group, int n)
{
    int at = number_of(c, group, n);
    return at > 0 ? c->came[at - 1] : 0;
}

int counts_before(const Counts *c, const int *group, int n)
{
    int at = number_of(c, group, n);
    return at >= 0 ? c->before[at] : 0;
}

/* Counts a group: that it came, and that the group without its last token came
 * before another. room: of came and before. */
static void count(Counts *c, const int *group, int n, int *room)
{
    int shorter = 0, at = 0;
    for (int i = 0; i < n; i++) {
        shorter = at;
        at = couples_add(&c->groups, (Couple){ at, group[i] }) + 1;
        if (at >= *room) {
            int more = 2 * *room + 512;
            c->came = grown(c->came, (size_t)more, sizeof *c->came);
            c->before = grown(c->before, (size_t)more, sizeof *c->before);
            for (; *room < more; ++*room)
                c->came[*room] = c->before[*room] = 0;
        }
    }
    c->before[shorter]++;
    c->came[at - 1]++;
}

Counts counts_of(const Pairs *texts)
{
    Counts c = { .words = texts->words[TARGET].n };
    int room = 1;
    c.came = grown(NULL, 1, sizeof *c.came);
    c.before = grown(NULL, 1, sizeof *c.before);
    c.came[0] = c.before[0] = 0;
    for (int t = 0; t < texts->n; t++) {
        Ids text = pairs_ids(texts, TARGET, t);
        for (int i = 0; i <= text.n; i++) {
            int group[LONGEST_GROUP];
            group_at(text, i, group);
            for (int n = 1; n <= LONGEST_GROUP; n++)
                count(&c, group + LONGEST_GROUP - n, n, &room);
        }
    }
    return c;
}

void counts_free(Counts *c)
{
    couples_free(&c->groups);
    free(c->came);
    free(c->before);
    *c = (Counts){ 0 };
}

/* ---- probabilities ------------------------------------------------------ */

/* p(last of the group | the n - 1 before it) */
static double smoothed(const Counts *c, const int *group, int n)
{
    double alpha = 2;
    if (n == 0)
        return 1.0 / c->words;
    return (counts_came(c, group, n) + alpha * smoothed(c, group + 1, n - 1))
         / (counts_before(c, group, n - 1) + alpha);
}

double counts_probability(const Counts *c, Ids text, int i, int n)
{
    int group[LONGEST_GROUP];
    group_at(text, i, group);
    return smoothed(c, group + LONGEST_GROUP - n, n);
}

double counts_loss(const Counts *c, const Pairs *texts, int n)
{
    double sum = 0, tokens = 0;
    for (int t = 0; t < texts->n; t++) {
        Ids text = pairs_ids(texts, TARGET, t);
        for (int i = 0; i <= text.n; i++, tokens++)
            sum -= log(counts_probability(c, text, i, n));
    }
    return sum / tokens;
}

int counts_fill(const Counts *c, Ids text, int i, bool both)
{
    double most = -1;
    int best = FIRST_WORD, was = text.id[i];
    for (int token = FIRST_WORD; token < c->words; token++) {
        double p = 1;
        text.id[i] = token;
        for (int k = 0; k < (both ? LONGEST_GROUP : 1); k++)
            p *= counts_probability(c, text, i + k, LONGEST_GROUP);
        if (p > most) {
            most = p;
            best = token;
        }
    }
    text.id[i] = was;
    return best;
}

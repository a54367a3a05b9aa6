/* couples.c -- pairs of numbers, found by their hash. */
#define T_LIBRARY
#include "base/couples.h"
#include "base/fail.h"

#include <stdlib.h>
#include <string.h>

/* Where a couple is in the table, or would be. */
static int *place_of(const Couples *c, Couple couple)
{
    uint32_t mask = (uint32_t)c->table_size - 1;
    uint32_t i = (uint32_t)(couple_bits(couple) * 0x9e3779b97f4a7c15u >> 32);
    for (i &= mask; c->table[i]; i = (i + 1) & mask) {
        Couple other = c->couple[c->table[i] - 1];
        if (other.left == couple.left && other.right == couple.right)
            break;
    }
    return &c->table[i];
}

int couples_find(const Couples *c, Couple couple)
{
    return c->n ? *place_of(c, couple) - 1 : -1;
}

static void grow(Couples *c)
{
    c->room = 2 * c->room + 512;
    c->couple = grown(c->couple, (size_t)c->room, sizeof *c->couple);
    c->table_size = c->table_size ? c->table_size : 512;
    while (c->table_size < 2 * c->room)
        c->table_size *= 2;
    size_t size = (size_t)c->table_size * sizeof *c->table;
    c->table = memset(grown(c->table, size, 1), 0, size);
    for (int i = 0; i < c->n; i++)
        *place_of(c, c->couple[i]) = i + 1;
}

int couples_add(Couples *c, Couple couple)
{
    if (c->n == c->room)
        grow(c);
    int *place = place_of(c, couple);
    if (!*place) {
        c->couple[c->n++] = couple;
        *place = c->n;
    }
    return *place - 1;
}

void couples_free(Couples *c)
{
    free(c->couple);
    free(c->table);
    *c = (Couples){ 0 };
}

void tally(Tallies *t, Couple couple, long more, int place)
{
    int number = couples_add(&t->couples, couple), room = t->couples.room;
    if (room > t->room) {
        t->of = grown(t->of, (size_t)room, sizeof *t->of);
        memset(t->of + t->room, 0, (size_t)(room - t->room) * sizeof *t->of);
        t->room = room;
    }
    Tally *of = &t->of[number];
    of->count += more;
    if (more < 0 || (of->n > 0 && of->place[of->n - 1] == place))
        return;
    if (of->n == of->room) {
        of->room = 2 * of->room + 4;
        of->place = grown(of->place, (size_t)of->room, sizeof *of->place);
    }
    of->place[of->n++] = place;
}

void tallies_free(Tallies *t)
{
    for (int i = 0; i < t->couples.n; i++)
        free(t->of[i].place);
    free(t->of);
    couples_free(&t->couples);
    *t = (Tallies){ 0 };
}

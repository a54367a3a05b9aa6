/* attention_seen.h -- which keys a query may see, as far as that follows from
 * places alone: causal order, a window, the lengths of sequences, what is cached.
 * For the tiles, which ask for every row: so all of it is inline. */
#ifndef ATTENTION_SEEN_H
#define ATTENTION_SEEN_H

#include "tensor/attention_tiles.h"
#include "tensor/vector.h"

/* The keys from <= j < to. */
typedef struct {
    int from, to;
} Range;

static inline int within(int64_t j, int m)
{
    return j < 0 ? 0 : j < m ? (int)j : m;
}

/* What is the same for all queries of a matrix, read once for many of them. */
typedef struct {
    int m, end;         /* keys; those that the sequence has */
    int window;
    int64_t place;      /* of the first query among the keys */
    bool causal, one_place;
} Limits;

static inline Limits limits_of(const Attention *a, int head)
{
    int end = a->lengths ? a->lengths[head / a->each] : a->m;
    return (Limits){
        .m = a->m, .end = end, .window = a->window, .causal = a->causal,
        .place = a->cached == T_AT_END ? end - a->asked : a->cached,
        .one_place = a->one_place,
    };
}

/* What one query may see, as far as that follows from places alone. Neither end
 * moves back from one query to the next. */
INLINE Range seen_by(Limits l, int query)
{
    int64_t place = l.place + (l.one_place ? 0 : query), first = 0, end = l.end;
    if (l.causal)
        end = end < place + 1 ? end : place + 1;
    if (l.window) {
        first = place - l.window + 1;
        end = end < place + l.window ? end : place + l.window;
    }
    Range seen = { within(first, l.m), within(end, l.m) };
    seen.to = larger(seen.from, seen.to);
    return seen;
}

/* What any of some queries may. */
static inline Range seen_by_rows(const Attention *a, int head, int row, int rows)
{
    if (!a->limited)
        return (Range){ 0, a->m };
    Limits l = limits_of(a, head);
    return (Range){ seen_by(l, row).from, seen_by(l, row + rows - 1).to };
}

#endif

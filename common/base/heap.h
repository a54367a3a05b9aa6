/* heap.h -- a queue out of which always comes what is smallest: a binary heap
 * (Williams 1964). */
#ifndef HEAP_H
#define HEAP_H

#include <stdint.h>

/* Smaller is what has the smaller `first`, and of equal ones the smaller
 * `then`. */
typedef struct {
    uint64_t first, then;
} HeapEntry;

/* Start with {0}. */
typedef struct {
    int n, room;
    HeapEntry *entry;
} Heap;

void heap_push(Heap *h, HeapEntry entry);

/* Takes the smallest out; there must be one. */
HeapEntry heap_pop(Heap *h);

void heap_free(Heap *h);

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#include "base/fail.h"
#define heap_pop(h)     T_AT(heap_pop(h))
#endif

#endif

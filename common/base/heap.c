/* heap.c -- entry i is smaller than entries 2 i + 1 and 2 i + 2: the first is
 * the smallest, and to put one in or take one out moves log n others. */
#define T_LIBRARY
#include "base/heap.h"
#include "base/fail.h"

#include <stdbool.h>
#include <stdlib.h>

static bool is_smaller(HeapEntry a, HeapEntry b)
{
    return a.first != b.first ? a.first < b.first : a.then < b.then;
}

void heap_push(Heap *h, HeapEntry entry)
{
    if (h->n == h->room) {
        h->room = 2 * h->room + 64;
        h->entry = grown(h->entry, (size_t)h->room, sizeof *h->entry);
    }
    int i = h->n++;
    for (; i > 0 && is_smaller(entry, h->entry[(i - 1) / 2]); i = (i - 1) / 2)
        h->entry[i] = h->entry[(i - 1) / 2];
    h->entry[i] = entry;
}

HeapEntry heap_pop(Heap *h)
{
    if (h->n == 0)
        t_fail("heap_pop: the heap is empty");
    HeapEntry smallest = h->entry[0], last = h->entry[--h->n];
    int i = 0;
    for (int child; (child = 2 * i + 1) < h->n; i = child) {
        child += child + 1 < h->n
              && is_smaller(h->entry[child + 1], h->entry[child]);
        if (!is_smaller(h->entry[child], last))
            break;
        h->entry[i] = h->entry[child];
    }
    h->entry[i] = last;
    return smallest;
}

void heap_free(Heap *h)
{
    free(h->entry);
    *h = (Heap){ 0 };
}

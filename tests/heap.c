/* Tests of the queue that gives the smallest first. */
#include "check.h"

#include "base/heap.h"
#include "base/rng.h"

#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    const HeapEntry *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->then > y->then) - (x->then < y->then);
}

/* Few different numbers, so that many are equal in `first`. */
static void what_comes_out_is_sorted(void **state)
{
    (void)state;
    enum { N = 1000 };
    Rng rng = rng_new(1);
    Heap h = { 0 };
    HeapEntry sorted[N];
    for (int i = 0; i < N; i++) {
        uint64_t first = (uint64_t)rng_below(&rng, 30);
        sorted[i] = (HeapEntry){ first, (uint64_t)rng_below(&rng, 30) };
        heap_push(&h, sorted[i]);
    }
    qsort(sorted, N, sizeof *sorted, by_size);
    for (int i = 0; i < N; i++) {
        HeapEntry e = heap_pop(&h);
        assert_true(e.first == sorted[i].first && e.then == sorted[i].then);
    }
    assert_int_equal(h.n, 0);
    heap_push(&h, sorted[0]);
    heap_free(&h);
    heap_push(&h, sorted[1]);           /* it may be used again */
    assert_true(heap_pop(&h).then == sorted[1].then);
    assert_int_equal(h.n, 0);
    heap_free(&h);
}

static void what_is_put_in_between_comes_in_its_turn(void **state)
{
    (void)state;
    Heap h = { 0 };
    heap_push(&h, (HeapEntry){ 5, 0 });
    heap_push(&h, (HeapEntry){ UINT64_MAX, 0 });
    assert_true(heap_pop(&h).first == 5);
    heap_push(&h, (HeapEntry){ 3, 2 });
    heap_push(&h, (HeapEntry){ 3, 1 });
    assert_true(heap_pop(&h).then == 1);
    assert_true(heap_pop(&h).then == 2);
    assert_true(heap_pop(&h).first == UINT64_MAX);
    heap_free(&h);
}

static void an_empty_heap_is_a_mistake(void **state)
{
    (void)state;
    Heap h = { 0 };
    assert_refuses("heap_pop: the heap is empty", heap_pop(&h));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_comes_out_is_sorted),
        TEST(what_is_put_in_between_comes_in_its_turn),
        TEST(an_empty_heap_is_a_mistake),
    };
    return cmocka_run_group_tests_name("heap", tests, NULL, NULL);
}

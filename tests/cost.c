/* Tests of cost.c: what was multiplied to make a tensor, and what waited (the
 * formulas of whole layers are in 12_windows.c); what a run took. */
#include "check.h"

#include "base/clock.h"
#include "base/parallel.h"
#include "learn/nn.h"
#include "tensor/cost.h"

static void products_are_counted_once_and_chains_from_end_to_end(void **state)
{
    (void)state;
    Cost none = cost_of(t_exp(t_vector(1, 2)));
    assert_near(none.multiplications, 0, 0);
    assert_int_equal(none.waits, 0);
    Tensor *shared = t_matmul(t_zeros(2, 3), t_zeros(3, 4));        /* 24 */
    Cost twice = cost_of(t_matmul(t_transpose(shared), shared));    /* 32 */
    assert_near(twice.multiplications, 24 + 32, 0);
    assert_int_equal(twice.waits, 2);
    Tensor *y = t_linear(t_zeros(5, 2), t_zeros(2, 3), t_zeros(3));
    Cost side_by_side = cost_of(t_add(y, t_matmul(t_zeros(5, 7),
                                                  t_zeros(7, 3))));
    assert_near(side_by_side.multiplications, 30 + 105, 0);
    assert_int_equal(side_by_side.waits, 1);
    Linear layer = { .weight = t_zeros(2 * 2 * 5, 3) };
    Cost windows = cost_of(nn_square_windows(layer, t_zeros(1, 4, 4, 5), 2, 0));
    assert_near(windows.multiplications, 3 * 3 * 3 * 20, 0);
    assert_int_equal(windows.waits, 1);
    tape_reset();
}

static void attention_is_two_products_one_after_the_other(void **state)
{
    (void)state;
    Tensor *q = t_zeros(2, 5, 4), *k = t_zeros(2, 3, 4), *v = t_zeros(2, 3, 6);
    Cost cost = cost_of(t_attention(q, k, v, (AttentionOptions){ 0 }));
    assert_near(cost.multiplications, 2 * 5 * 3 * (4 + 6), 0);
    assert_int_equal(cost.waits, 2);
    tape_reset();
}

static void too_many_operations_are_refused(void **state)
{
    (void)state;
    Tensor *x = t_vector(1);
    for (int i = 0; i < 40000; i++)
        x = t_scale(x, 1);
    assert_refuses("cost_of: more than 32768 operations", cost_of(x));
    tape_free();
}

/* ---- measured ------------------------------------------------------------ */

enum { NUMBERS = 1000 };

static void the_shortest_of_some_runs_is_told_and_its_memory(void **state)
{
    (void)state;
    for (int resets = 0; resets < 2; resets++) {
        int runs = 0, before = parallel_threads(), threads = resets ? 3 : 1;
        t_zeros(100 * NUMBERS);             /* was there before: not counted */
        size_t bytes = tape_bytes();
        Spent spent;
        for (Watch w = watch(&spent, 8, threads); watch_again(&w); runs++) {
            double begin = clock_busy_seconds();
            while (clock_busy_seconds() - begin < (runs == 3 ? 0.01 : 0.05))
                ;                           /* the fourth is the shortest */
            assert_int_equal(parallel_threads(), threads);
            Tensor *x = t_relu(t_param(NULL, NUMBERS));
            if (resets) {
                t_backward(t_sum(x, T_ALL));
                tape_reset();
            }
        }
        assert_int_equal(runs, 8);
        assert_true(0.01 <= spent.busy && spent.busy < 0.05);
        assert_true(spent.busy < spent.seconds + 1e-3);
        assert_int_equal(parallel_threads(), before);
        assert_true(resets ? tape_bytes() < bytes : tape_bytes() == bytes);
        assert_true(resets ? spent.bytes == 0
                           : spent.bytes >= NUMBERS * sizeof(real));
        assert_true(spent.bytes < 50 * NUMBERS * sizeof(real));
        tape_free();
    }
}

static void who_sleeps_is_not_busy(void **state)
{
    (void)state;
    const int shortest = 50000, nap[] = { 400000, shortest, shortest, 400000 };
    Spent asleep;
    const int *next = nap;
    for (Watch w = watch(&asleep, 4, 1); watch_again(&w); )
        usleep((useconds_t)*next++);
    assert_true(0 < asleep.busy && asleep.busy < 0.04);
    assert_true(0.04 < asleep.seconds && asleep.seconds < 0.4);
}

/* Two loops of the same work differ by less; but not where a compiler adds checks
 * to each number that is read, or counts. */
#if defined(__SANITIZE_ADDRESS__) || defined(T_COVERAGE)
enum { FACTOR = 1000 };
#else
enum { FACTOR = 10 };    /* others may take the memory meanwhile */
#endif

static void the_rates_of_a_machine_are_those_of_other_work(void **state)
{
    (void)state;
    enum { N = 256, MANY = 1 << 23 };
    size_t bytes = tape_bytes();
    Rates rates = rates_of_machine();
    assert_int_equal(tape_bytes(), bytes);
    Rng rng = rng_new(1);
    Tensor *many = t_zeros(MANY), *matrix = t_normal(&rng, N, N);
    Spent read, multiplied;
    for (Watch w = watch(&read, 20, 1); watch_again(&w); )
        t_sum(many, T_ALL);
    for (Watch w = watch(&multiplied, 20, 1); watch_again(&w); )
        t_matmul(matrix, matrix);
    double flop = 2.0 * N * N * N / multiplied.busy;
    double fetched = (double)MANY * sizeof(real) / read.busy;
    assert_true(rates.flop < FACTOR * flop && flop < FACTOR * rates.flop);
    assert_true(rates.bytes < FACTOR * fetched
                && fetched < FACTOR * rates.bytes);
    tape_free();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(products_are_counted_once_and_chains_from_end_to_end),
        TEST(attention_is_two_products_one_after_the_other),
        TEST(too_many_operations_are_refused),
        TEST(the_shortest_of_some_runs_is_told_and_its_memory),
        TEST(who_sleeps_is_not_busy),
        TEST(the_rates_of_a_machine_are_those_of_other_work),
    };
    return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}

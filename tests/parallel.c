/* Tests of parallel.c: each piece is done once, whoever does it. */
#include "check.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/parallel.h"

enum { MOST = 1000 };
static int times[MOST];

static void count_one(int i, const void *arg)
{
    times[i] += *(const int *)arg;
}

static void every_piece_is_done_once_by_any_number_of_threads(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        parallel_set_threads(threads);
        for (int job = 0; job < 3000; job++) {
            int n = 1 + job * 7 % 40, amount = job + 1;
            memset(times, 0, sizeof times);
            parallel_for(true, n, count_one, &amount);
            for (int i = 0; i < MOST; i++)
                if (times[i] != (i < n ? amount : 0))
                    fail_msg("%d threads, job %d: piece %d has %d", threads,
                             job, i, times[i]);
        }
    }
    parallel_set_threads(0);
}

static void how_many_threads_the_environment_says(void **state)
{
    (void)state;
    char *was = getenv("OMP_NUM_THREADS");
    was = was ? strcpy(malloc(strlen(was) + 1), was) : NULL;
    static const char *const wishes[] = { "3", "1", "0", "-2", "many", "1000000" };
    for (int i = 0; i < 7; i++) {
        if (i < 6)
            setenv("OMP_NUM_THREADS", wishes[i], 1);
        else
            unsetenv("OMP_NUM_THREADS");
        parallel_set_threads(0);
        assert_in_range(parallel_threads(), 1, 1000);
        if (i < 2)
            assert_int_equal(parallel_threads(), i == 0 ? 3 : 1);
    }
    if (was)
        setenv("OMP_NUM_THREADS", was, 1);
    free(was);
    parallel_set_threads(0);
}

static void count_in_own_row(int i, const void *arg)
{
    times[*(const int *)arg + i]++;
}

static void inner(int i, const void *arg)
{
    (void)arg;
    int first = 10 * i;
    parallel_for(true, 10, count_in_own_row, &first);   /* on this thread */
}

static void a_loop_inside_a_loop_runs_on_its_own_thread(void **state)
{
    (void)state;
    parallel_set_threads(3);
    memset(times, 0, sizeof times);
    parallel_for(true, 8, inner, NULL);     /* ends */
    for (int i = 0; i < 80; i++)
        assert_int_equal(times[i], 1);
    parallel_set_threads(0);
}

static void a_loop_of_nothing_does_nothing(void **state)
{
    (void)state;
    int amount = 1;
    memset(times, 0, sizeof times);
    parallel_for(true, 0, count_one, &amount);
    parallel_for(false, 3, count_one, &amount);
    assert_int_equal(times[0] + times[1] + times[2] + times[3], 3);
    assert_true(parallel_threads() >= 1);
}

/* Two threads, four pieces: a helper that has begun piece 2, the first of its
 * own, waits until somebody has done piece 3. If it is late, the caller does
 * both, and nobody waits. */
static pthread_t caller;
static _Atomic bool last_is_done;

static void wait_for_the_last(int i, const void *arg)
{
    (void)arg;
    if (i == 3)
        last_is_done = true;
    time_t end = time(NULL) + 20;
    if (i == 2 && !pthread_equal(pthread_self(), caller))
        while (!last_is_done && time(NULL) < end)
            sched_yield();
    times[i] += i != 2 || last_is_done || pthread_equal(pthread_self(), caller);
}

static void what_a_late_thread_has_not_begun_others_do(void **state)
{
    (void)state;
    caller = pthread_self();
    parallel_set_threads(2);
    memset(times, 0, sizeof times);
    for (int job = 0; job < 200 && times[2] == job; job++) {
        last_is_done = false;
        parallel_for(true, 4, wait_for_the_last, NULL);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(times[i], 200);
    parallel_set_threads(0);
}

static void a_thousand_threads_are_not_started(void **state)
{
    (void)state;
    parallel_set_threads(-1);       /* as at the start */
    assert_in_range(parallel_threads(), 1, 64);
    parallel_set_threads(1000);
    assert_in_range(parallel_threads(), 1, 64);
    int amount = 1;
    memset(times, 0, sizeof times);
    parallel_for(true, MOST, count_one, &amount);
    for (int i = 0; i < MOST; i++)
        assert_int_equal(times[i], 1);
    parallel_set_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_piece_is_done_once_by_any_number_of_threads),
        TEST(how_many_threads_the_environment_says),
        TEST(a_loop_inside_a_loop_runs_on_its_own_thread),
        TEST(a_loop_of_nothing_does_nothing),
        TEST(what_a_late_thread_has_not_begun_others_do),
        TEST(a_thousand_threads_are_not_started),
    };
    return cmocka_run_group_tests_name("parallel", tests, NULL, NULL);
}

/* parallel.c -- a few threads that help, and for which nobody waits.
 *
 * The loops of this library last from ten microseconds to some milliseconds.
 * That is too short for a pool in which everyone waits for everyone: when some
 * other program takes a processor, one thread comes late, and all stand still.
 * (With OpenMP's barriers a training step took ten times as long while another
 * program ran.) Here the pieces of a loop are claimed one by one. A helper that
 * comes late finds nothing left to claim, and the caller waits only for pieces
 * that a helper has begun.
 *
 * Helpers look for work for some fifty microseconds after the last, then sleep.
 */
#define _POSIX_C_SOURCE 200809L     /* sysconf */
#include "parallel.h"

#include <stdlib.h>

#if defined(__wasi__) || defined(__STDC_NO_ATOMICS__)

int parallel_threads(void) { return 1; }
void parallel_set_threads(int n) { (void)n; }

void parallel_for(bool worth, int n, void (*body)(int i, const void *arg),
                  const void *arg)
{
    (void)worth;
    for (int i = 0; i < n; i++)
        body(i, arg);
}

#else

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

enum { MOST = 64, PATIENCE = 4000 };

static struct {
    _Atomic uint64_t job;   /* its number << 32 | pieces not yet claimed */
    _Atomic int done;
    void (*body)(int i, const void *arg);
    const void *arg;
    int helpers;            /* that have been started */
    _Atomic int asleep;
    pthread_mutex_t lock;
    pthread_cond_t wake;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER,
           .wake = PTHREAD_COND_INITIALIZER };

static _Thread_local bool inside;

static int threads;

void parallel_set_threads(int n) { threads = n; }

int parallel_threads(void)
{
    if (threads == 0) {
        const char *wish = getenv("OMP_NUM_THREADS");
        long n = wish ? strtol(wish, NULL, 10) : 0;
        if (n < 1)
            n = sysconf(_SC_NPROCESSORS_ONLN);
        threads = n < 1 ? 1 : n > MOST ? MOST : (int)n;
    }
    return threads;
}

static uint32_t number_of(uint64_t job) { return (uint32_t)(job >> 32); }

/* A piece of job `number`, or -1 if none is left or it is over. One word holds
 * both, so nobody claims a piece of one job for another. */
static int claim(uint32_t number)
{
    uint64_t job = atomic_load(&pool.job);
    do
        if (number_of(job) != number || (uint32_t)job == 0)
            return -1;
    while (!atomic_compare_exchange_weak(&pool.job, &job, job - 1));
    return (int)(uint32_t)job - 1;
}

/* While a piece is claimed and not done the job cannot end, so its body and
 * argument stay. */
static void work(uint32_t number)
{
    inside = true;
    for (int i; (i = claim(number)) >= 0;) {
        pool.body(i, pool.arg);
        atomic_fetch_add(&pool.done, 1);
    }
    inside = false;
}

static void pause_a_moment(int turn)
{
    if (turn % 64 == 63)
        sched_yield();
}

static void *help(void *unused)
{
    uint32_t seen = 0;
    for (;;) {
        int turn = 0;
        while (number_of(atomic_load(&pool.job)) == seen && turn < PATIENCE)
            pause_a_moment(turn++);
        if (turn == PATIENCE) {
            pthread_mutex_lock(&pool.lock);
            atomic_fetch_add(&pool.asleep, 1);
            while (number_of(atomic_load(&pool.job)) == seen)
                pthread_cond_wait(&pool.wake, &pool.lock);
            atomic_fetch_sub(&pool.asleep, 1);
            pthread_mutex_unlock(&pool.lock);
        }
        seen = number_of(atomic_load(&pool.job));
        work(seen);
    }
    return unused;
}

static void start_helpers(void)
{
    while (pool.helpers < parallel_threads() - 1) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, help, NULL) != 0)
            break;          /* then with fewer */
        pthread_detach(thread);
        pool.helpers++;
    }
}

void parallel_for(bool worth, int n, void (*body)(int i, const void *arg),
                  const void *arg)
{
    if (!worth || n < 2 || inside || parallel_threads() == 1) {
        for (int i = 0; i < n; i++)
            body(i, arg);
        return;
    }
    start_helpers();
    uint32_t number = number_of(atomic_load(&pool.job)) + 1;
    pool.body = body;
    pool.arg = arg;
    atomic_store(&pool.done, 0);
    atomic_store(&pool.job, (uint64_t)number << 32 | (uint32_t)n);
    if (atomic_load(&pool.asleep) > 0) {
        pthread_mutex_lock(&pool.lock);
        pthread_cond_broadcast(&pool.wake);
        pthread_mutex_unlock(&pool.lock);
    }
    work(number);
    for (int turn = 0; atomic_load(&pool.done) < n; turn++)
        pause_a_moment(turn);
}

#endif

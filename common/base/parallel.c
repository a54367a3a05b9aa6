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
 * Each thread begins with its own part of the pieces, the same part in every
 * loop of as many pieces: what it reads it has often written itself, in the
 * loop before, and still has in its cache. (A training step of chapter 8 is
 * 1.5 % faster than if each thread takes whatever piece is next.)
 *
 * Helpers look for work for some fifty microseconds after the last, then sleep.
 */
#define _DEFAULT_SOURCE     /* sysconf, and how many processors there are */
#include "base/parallel.h"

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

/* The pieces that one thread begins with: the number of the job << 32 | how
 * many are not yet claimed. */
typedef struct {
    _Alignas(64) _Atomic uint64_t left;     /* a line of cache for each */
} Share;

static struct {
    Share share[MOST];
    _Atomic int threads;    /* that share the job: a late helper may look */
    int n;                  /* its pieces: only who holds one reads this */
    _Atomic int done;
    void (*body)(int i, const void *arg);
    const void *arg;
    int helpers;            /* that have been started */
    _Atomic int asleep;     /* helpers; those beyond `threads` always are */
    pthread_mutex_t lock;
    pthread_cond_t wake;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER,
           .wake = PTHREAD_COND_INITIALIZER };

static _Thread_local bool inside;

static int threads;

void parallel_set_threads(int n)
{
    threads = n < 0 ? 0 : n > MOST ? MOST : n;
}

int parallel_threads(void)
{
    if (threads == 0) {
        const char *wish = getenv("OMP_NUM_THREADS");
        long n = wish ? strtol(wish, NULL, 10) : 0;
#ifdef _SC_NPROCESSORS_ONLN     /* in no standard, but everywhere */
        if (n < 1)
            n = sysconf(_SC_NPROCESSORS_ONLN);
#endif
        threads = n < 1 ? 1 : n > MOST ? MOST : (int)n;
    }
    return threads;
}

static uint32_t number_of(uint64_t left) { return (uint32_t)(left >> 32); }

/* The first piece of thread t. */
static int first_of(int t)
{
    return (int)((int64_t)pool.n * t / pool.threads);
}

/* A piece of thread t in job `number`, or -1 if none is left or it is over. One
 * word holds both, so nobody claims a piece of one job for another. */
static int claim(uint32_t number, int t)
{
    _Atomic uint64_t *share = &pool.share[t].left;
    uint64_t left = atomic_load(share);
    do
        if (number_of(left) != number || (uint32_t)left == 0)
            return -1;
    while (!atomic_compare_exchange_weak(share, &left, left - 1));
    return first_of(t + 1) - (int)(uint32_t)left;
}

/* One's own pieces, then what others have not begun. While a piece is claimed
 * and not done the job cannot end, so n, body and arg stay. */
static void work(uint32_t number, int self)
{
    int all = pool.threads;
    inside = true;
    for (int t = self; t < self + all; t++)
        for (int i; (i = claim(number, t % all)) >= 0;) {
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

static void *help(void *share)
{
    const Share *own = share;
    uint32_t seen = 0;
    for (;;) {
        int turn = 0;
        while (number_of(atomic_load(&own->left)) == seen && turn < PATIENCE)
            pause_a_moment(turn++);
        if (turn == PATIENCE) {
            pthread_mutex_lock(&pool.lock);
            atomic_fetch_add(&pool.asleep, 1);
            while (number_of(atomic_load(&own->left)) == seen)
                pthread_cond_wait(&pool.wake, &pool.lock);
            atomic_fetch_sub(&pool.asleep, 1);
            pthread_mutex_unlock(&pool.lock);
        }
        seen = number_of(atomic_load(&own->left));
        work(seen, (int)(own - pool.share));
    }
    return NULL;
}

static void start_helpers(void)
{
    while (pool.helpers < parallel_threads() - 1) {
        pthread_t thread;
        Share *own = &pool.share[pool.helpers + 1];
        if (pthread_create(&thread, NULL, help, own) != 0)
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
    uint32_t number = number_of(atomic_load(&pool.share[0].left)) + 1;
    pool.threads = parallel_threads();
    pool.n = n;
    pool.body = body;
    pool.arg = arg;
    atomic_store(&pool.done, 0);
    for (int t = 0; t < pool.threads; t++) {
        uint32_t pieces = (uint32_t)(first_of(t + 1) - first_of(t));
        atomic_store(&pool.share[t].left, (uint64_t)number << 32 | pieces);
    }
    if (atomic_load(&pool.asleep) > 0) {
        pthread_mutex_lock(&pool.lock);
        pthread_cond_broadcast(&pool.wake);
        pthread_mutex_unlock(&pool.lock);
    }
    work(number, 0);
    for (int turn = 0; atomic_load(&pool.done) < n; turn++)
        pause_a_moment(turn);
}

#endif

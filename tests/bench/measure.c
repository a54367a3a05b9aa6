/* measure.c -- rounds in which ours and the others take turns. */
#define _DEFAULT_SOURCE         /* usleep(), sysconf() */
#include "process.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "cell/cell.h"

void work_torch(Work *work, const char *what, int n)
{
    int at = snprintf(work->torch, sizeof work->torch, "%s", what);
    for (int i = 0; i < n; i++)
        at += snprintf(work->torch + at, sizeof work->torch - (size_t)at,
                       " %d", work->size[i]);
}

/* ---- how busy is the machine? ------------------------------------------- */

/* Seconds that its processors have worked since it was started; NaN where
 * there is no /proc/stat to tell. */
static double busy_seconds(void)
{
    double user, nice, system, idle, wait, irq = 0, soft = 0, steal = 0;
    FILE *file = fopen("/proc/stat", "r");
    if (!file)
        return NAN;
    int n = fscanf(file, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &user, &nice,
                   &system, &idle, &wait, &irq, &soft, &steal);
    fclose(file);
    return n < 5 ? NAN : (user + nice + system + irq + soft + steal)
                       / (double)sysconf(_SC_CLK_TCK);
}

/* ---- rounds ------------------------------------------------------------- *
 * In each round everyone works for a share of --seconds. A round in which
 * other programs took processors is not thrown away, since a shortest time is
 * not made wrong by it; but there are more rounds then, for a while, in the
 * hope of quiet ones. Between turns comes a pause: threads that look for work
 * for a while before they sleep, as OpenMP's do, would take the time of the
 * next. */

enum { ROUNDS = 5, PAUSE_US = 60000 };
#define QUIET 0.15      /* processors taken by others */
#define MOST_TIME 6     /* times --seconds, for all rounds of all sides */

typedef struct {
    Measured m;
    double others;      /* processor seconds that others took */
    double lasted;
} Rounds;

/* True if it was quiet. */
static bool turn(Rounds *r, Who who, const Child *child, double seconds,
                 int threads)
{
    char line[40], answer[120];
    double best, bytes, held, used;
    if (threads > 1)
        usleep(PAUSE_US);
    double busy = busy_seconds(), begin = clock_seconds();
    snprintf(line, sizeof line, "go %g", seconds);
    if (!child_ask(child, line, answer, sizeof answer)
        || sscanf(answer, "%lf %lf %lf %lf", &best, &bytes, &held, &used) != 4)
        return true;
    double lasted = clock_seconds() - begin;
    double others = fmax(0, busy_seconds() - busy - used);  /* 0 if NaN */
    r->m.seconds[who] = fmin(r->m.seconds[who], best);
    r->m.bytes[who] = fmax(r->m.bytes[who], bytes);
    r->m.before[who] = held;
    r->others += others;
    r->lasted += lasted;
    return others <= QUIET * lasted;
}

/* The largest difference between the results of two children, as a share of
 * the largest number, or of 1 if that is more. */
static double difference(const Child *a, const Child *b)
{
    static char of_a[SAMPLES * 24], of_b[SAMPLES * 24];
    char *p = of_a, *q = of_b;
    double off = 0, most = 1;
    if (!child_ask(a, "check", of_a, sizeof of_a)
        || !child_ask(b, "check", of_b, sizeof of_b))
        return 0;
    for (;;) {
        char *p_end, *q_end;
        double x = strtod(p, &p_end), y = strtod(q, &q_end);
        if (p_end == p || q_end == q)
            return (p_end == p) == (q_end == q) ? off / most : INFINITY;
        if (!(fabs(x - y) <= off))      /* NaN, too */
            off = fabs(x - y);
        most = fmax(most, fabs(y));
        p = p_end;
        q = q_end;
    }
}

static bool same_results(const Work *work, const Child *child,
                         const Measured *m)
{
    double tolerance = work->tolerance > 0 ? work->tolerance : 1e-3;
    bool same = true;
    for (int who = PEER; who < MOST_WHO; who++) {
        if (!child[OURS].to || !child[who].to)
            continue;
        double off = difference(&child[OURS], &child[who]);
        if (off <= tolerance)
            continue;
        fprintf(stderr, "bench: the results of the next row and %s's differ "
                "by %g\n", m->name[who], off);
        same = false;
    }
    return same;
}

static Measured nothing(void)
{
    Measured m = { .others = 0 };
    for (int who = 0; who < MOST_WHO; who++)
        m.seconds[who] = m.bytes[who] = m.before[who] = NAN;
    return m;
}

/* Every peer there is for this work. */
static void begin_peers(const Work *work, int threads, Child *child,
                        Measured *m)
{
    int torches = work->torch[0] ? torch_count() : 0;
    int libraries = work->blas ? blas_count() : 0;
    if (work->program) {
        child[PEER] = child_fork(work->program, threads);
        m->name[PEER] = work->program_name;
        return;
    }
    for (int i = 0; i < torches; i++) {
        child[PEER + i] = child_torch(i, work, threads);
        m->name[PEER + i] = torch_name(i);
    }
    for (int i = 0; i < libraries; i++) {
        Work product = *work->blas;
        product.which = i;
        child[PEER + i] = child_fork(&product, threads);
        m->name[PEER + i] = blas_name(i);
    }
}

Who fastest_peer(const Measured *m)
{
    Who best = PEER;
    for (int who = PEER; who < MOST_WHO; who++)
        if (isnan(m->seconds[best]) || m->seconds[who] < m->seconds[best])
            best = (Who)who;
    return best;
}

Measured measure(const Work *work, int threads)
{
    Rounds r = { .m = nothing() };
    double share = work->patience > 0 ? work->patience : 1;
    Child child[MOST_WHO] = {
        [OURS] = child_fork(work, threads),
        [PEAK] = work->peak ? child_fork(work->peak, threads) : (Child){ 0 },
    };
    begin_peers(work, threads, child, &r.m);
    r.m.differs = !same_results(work, child, &r.m);
    double time = share * options.seconds, begin = clock_seconds();
    int rounds = work->once ? 1 : ROUNDS;
    for (int i = 0, quiet = 0;
         i < rounds || (quiet < rounds
                        && clock_seconds() - begin < MOST_TIME * time); i++) {
        bool all = true;
        for (int who = 0; who < MOST_WHO; who++)
            if (child[who].to)
                all &= turn(&r, (Who)who, &child[who], time / ROUNDS, threads);
        quiet += all;
    }
    for (int who = 0; who < MOST_WHO; who++)
        child_end(&child[who]);
    r.m.others = r.lasted > 0 ? r.others / r.lasted : 0;
    return r.m;
}

/* ---- from the start of a program ---------------------------------------- */

/* peer.py takes words apart itself. */
Measured measure_start(const char *ours, const char *peer, int threads)
{
    Measured m = nothing();
    char *mine[] = { (char *)options.program, "--child", (char *)ours, NULL };
    int rounds = options.seconds < 0.1 ? 1 : ROUNDS;
    for (int i = 0; i < rounds; i++) {
        m.seconds[OURS] = fmin(m.seconds[OURS], child_run(mine, threads));
        for (int k = 0; k < torch_count(); k++) {
            char *theirs[] = { (char *)torch_python(k), PEER_PROGRAM,
                               (char *)peer, NULL };
            double seconds = child_run(theirs, threads);
            m.seconds[PEER + k] = fmin(m.seconds[PEER + k], seconds);
            m.name[PEER + k] = torch_name(k);
        }
    }
    return m;
}

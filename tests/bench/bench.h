/* bench.h -- what the files of the benchmark share.
 *
 * A row of the table compares programs that do the same work: ours, and its
 * peers. Each runs in a process of its own, and waits there to be told to run
 * for a moment. They take turns, some rounds of it, so that all see the same
 * machine; what counts is the shortest time of each, and of the peers the
 * fastest. See process.c.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "tensor/tensor.h"

/* ---- what there is to do ------------------------------------------------ */

/* Those who run it. Of peers there may be several: PEER, PEER + 1, ... */
enum { MOST_PEERS = 4 };
typedef enum { OURS, PEAK, PEER, MOST_WHO = PEER + MOST_PEERS } Who;

/* Something to measure. prepare() makes the inputs and step() does the work
 * once, in a process of its own; for OURS. */
typedef struct Work Work;
struct Work {
    void (*prepare)(const Work *work);
    void (*step)(const Work *work);
    const Work *blas, *peak;    /* the same work for the libraries of products,
                                 * and for the processor itself, or NULL */
    const Work *program;        /* the same work for another program, or NULL; it */
    const char *program_name;   /* is then the only peer */
    char torch[80];             /* or what peer.py should do: "gpt 65 256"; each
                                 * PyTorch is a peer if this is not empty */
    int size[8];                /* for those functions */
    int which;                  /* of the libraries of products */
    double patience;            /* of --seconds, how much: default 1 */
    bool once;                  /* one round will do, for memory */
    double tolerance;           /* how far results may differ from the peer's;
                                 * default 1e-3 of the largest, or of 1 */
};

/* Says in `torch` what peer.py should do: this, with the first n of size. */
void work_torch(Work *work, const char *what, int n);

/* Called in step() or prepare(): these n numbers are its result. Some of them
 * are compared with the peer's, once. */
void work_result(const real *numbers, size_t n);
void work_result_of(const Tensor *x);

/* What was measured; NaN where nothing was. */
typedef struct {
    double seconds[MOST_WHO];   /* the shortest time of a step: of the processor
                                 * with one thread, otherwise on the wall */
    double bytes[MOST_WHO];     /* the most memory that the process held */
    double before[MOST_WHO];    /* and before it made the inputs */
    const char *name[MOST_WHO]; /* of the peers */
    double others;              /* processors that other programs took, in the
                                 * mean: more than 0.1 is a reason to doubt */
    bool differs;               /* the results are not the same */
} Measured;

Measured measure(const Work *work, int threads);

/* The peer with the shortest time; PEER if there is none. */
Who fastest_peer(const Measured *m);

/* Seconds from the start of a new program to its end: ours is this one, called
 * with --child and a word; PyTorch's is peer.py, called with a word. */
Measured measure_start(const char *ours, const char *peer, int threads);

/* ---- rows --------------------------------------------------------------- */

/* A line of the table. Of `ours` and `peer`, `ratio` is made: how many times
 * better ours is. */
typedef struct {
    const char *group, *name;
    const char *peer_name;      /* the fastest: "PyTorch 2.15.0"; or the kind */
    int threads;                /* 0: of no interest */
    const char *unit;           /* of the three below: "s", "B", "%", or
                                 * "" for a plain number */
    double ours, peer;          /* NaN: not measured */
    double expected;            /* NaN: no theory */
    double ratio;
    double work;                /* if not 0: of what `what` names a step does so
                                 * much, and the table shows work per second */
    const char *what;           /* "GFLOP", or "Gelem" */
    double of_peak;             /* share of what the processor could do; NaN */
    double others;
    bool differs;
} Row;

/* A row with nothing in it but NaN. */
Row row_empty(const char *group, const char *name, int threads);

/* The row of a measurement in seconds, beside the fastest peer. */
Row row_of(const char *group, const char *name, int threads, Measured m);

/* The row of a measurement of memory, beside the peer that holds least; beyond:
 * only what came on top of the program itself. */
Row row_of_bytes(const char *group, const char *name, int threads, Measured m,
                 bool beyond);

/* True if this row was asked for. With --list, prints its name and is false. */
bool row_wanted(const char *group, const char *name);

/* Writes it. */
void row_done(const Row *row);

/* ---- groups: in the files of their names -------------------------------- */

void bench_matmul(int threads);
void bench_elementwise(int threads);
void bench_heads(int threads);
void bench_windows(int threads);
void bench_recurrent(int threads);
void bench_pieces(int threads);
void bench_writing(int threads);
void bench_translating(int threads);
void bench_models(int threads);
void bench_attention(int threads);
void bench_growth(int threads);
void bench_threads(int threads);
void bench_memory(int threads);
void bench_overhead(int threads);
void bench_start(int threads);

/* One training step: of model A, B or C; of a Transformer of chapter 8; of a
 * GPT. */
Work model_work(char which);
Work transformer_work(int d, int heads, int layers, int hidden,
                      int source_words, int target_words, int pairs,
                      int tokens);
Work gpt_work(int vocabulary, int T, int d, int heads, int layers, int batch);

/* How many multiplications and additions a step of gpt_work() takes. */
double gpt_flop(int vocabulary, int T, int d, int layers, int batch);

/* Does what `bench --child WORD` should; false if there is no such word. */
bool child_word(const char *word);

/* ---- peers: in peers.c -------------------------------------------------- */

/* A matrix product by library `which`, and the processor's own limit. */
extern const Work blas_work, peak_work;

/* How many libraries of products are installed; name and version of each. */
int blas_count(void);
const char *blas_name(int which);

/* Lets these libraries do their best, whatever the environment says of them;
 * before one of them is loaded. */
void blas_environment(void);

/* Where the OpenBLAS lies that shares its threads with PyTorch, or NULL. */
const char *openblas_folder(void);

/* How many PyTorch there are; of each the Python that knows it, and its name
 * and version. */
int torch_count(void);
const char *torch_python(int which);
const char *torch_name(int which);

real *aligned_numbers(size_t n);        /* room for n; zeros */

/* What one step of peak_work does, in flop, on one thread. */
double peak_flop(void);

/* ---- the command line, and the table ------------------------------------ */

typedef struct {
    bool list, json;
    double seconds;
    const char *out;
    const char *program;        /* this one, to be started again */
    int n_threads, threads[8];
    int n_rows;
    char **rows;
} Options;

extern Options options;

void table_begin(void);
void table_end(void);
void table_growth(const char *axis, int size, double ours, double peer,
                  double flop);
bool table_failed(void);        /* a result was not the same */

/* The one-line reasons of errors. */
#if defined(__GNUC__)
__attribute__((noreturn, format(printf, 2, 3)))
#endif
void bench_die(int status, const char *format, ...);

#endif

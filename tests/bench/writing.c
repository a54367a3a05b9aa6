/* writing.c -- tokens written one after the other, by a model of chapter 17,
 * against llama2.c where LLAMA2C names its run.c as a library:
 *
 *     cc -O3 -march=native -ffast-math -fopenmp -shared -fPIC -DTESTING \
 *         -o run.so FOLDER/run.c -lm
 *     LLAMA2C=$PWD/run.so make bench ROW=writing
 */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "17_today.h"

/* size: which model, and how many tokens are written. */
enum { MODEL, TOKENS };

static const struct {
    const char *name;
    int width, hidden, layers, heads, shared, vocabulary, places;
} models[] = {
    { "the book's teller, 0.2 million", 64, 192, 4, 4, 2, 512, 158 },
    { "15 million", 288, 768, 6, 6, 6, 32000, 256 },
};
enum { MODELS = sizeof models / sizeof models[0] };

/* Both sides read the same file. */
static const char *file_of(int model)
{
    static char path[200];
    const char *tmp = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/bench-%ld-%d.bin", tmp ? tmp : "/tmp",
             (long)getppid(), model);
    return path;
}

static Today today;
static int places;

/* With numbers of about the size that training gives. */
static void write_file(int model)
{
    Rng rng = rng_new(1);
    TodayOptions o = today_all((TodayOptions){
        .layers = models[model].layers, .width = models[model].width,
        .heads = models[model].heads, .shared = models[model].shared,
        .hidden = models[model].hidden, .turn.neighbours = true });
    Today t = today_new(o, models[model].vocabulary + 1, &rng);
    today_write_llama(&t, models[model].places, file_of(model));
}

static void prepare(const Work *work)
{
    write_file(work->size[MODEL]);
    today = today_read_llama(file_of(work->size[MODEL]), &places);
    remove(file_of(work->size[MODEL]));
    tape_reset();
    tape_record(false);
}

/* Any tokens: what is written does not change the work. */
static int piece_at(int i) { return LLAMA_WORDS + i * 7 % 200; }

static void step(const Work *work)
{
    Ids none = { 0, NULL };
    Writer w = today_writer(today_model(&today), sentences_of(1, &none, false), 1,
                            work->size[TOKENS]);
    Tensor *logits = NULL;
    for (int i = 0; i < work->size[TOKENS]; i++) {
        int token = piece_at(i) + FIRST_WORD - LLAMA_BYTES;
        logits = w.step(w.state, &token);
    }
    logits = t_slice(logits, 1, FIRST_WORD, t_dim(logits, 1));
    work_result_of(t_reshape(logits, T_INFER));
    tape_reset();
}

/* ---- llama2.c -------------------------------------------------------------- */

static union {
    void *aligned;
    char bytes[4096];       /* its Transformer */
} theirs;
static float *(*forward)(void *transformer, int token, int place);

static void prepare_theirs(const Work *work)
{
    void *library = dlopen(getenv("LLAMA2C"), RTLD_NOW);
    void (*build)(void *transformer, char *path);
    if (!library)
        bench_die(1, "LLAMA2C: %s", dlerror());
    *(void **)&build = dlsym(library, "build_transformer");
    *(void **)&forward = dlsym(library, "forward");
    if (!build || !forward)
        bench_die(1, "LLAMA2C: no build_transformer() or forward() in it");
    write_file(work->size[MODEL]);
    build(&theirs, (char *)(uintptr_t)file_of(work->size[MODEL]));
    remove(file_of(work->size[MODEL]));
}

static void step_theirs(const Work *work)
{
    float *logits = NULL;
    for (int i = 0; i < work->size[TOKENS]; i++)
        logits = forward(&theirs, piece_at(i), i);
    work_result(logits + LLAMA_BYTES,
                (size_t)(models[work->size[MODEL]].vocabulary - LLAMA_BYTES));
}

void bench_writing(int threads)
{
    for (int i = 0; i < MODELS; i++) {
        if (!row_wanted("writing", models[i].name))
            continue;
        Work peer = { .prepare = prepare_theirs, .step = step_theirs,
                      .size = { i, 100 } };
        Work work = { .prepare = prepare, .step = step, .size = { i, 100 },
                      .program = getenv("LLAMA2C") ? &peer : NULL,
                      .program_name = "llama2.c" };
        Row row = row_of("writing", models[i].name, threads,
                         measure(&work, threads));
        row.work = 100 / 1e3;
        row.what = "thousand tokens";
        row_done(&row);
    }
}

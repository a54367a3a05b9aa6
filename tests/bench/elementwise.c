/* elementwise.c -- functions of each number, and of each row, against
 * PyTorch's: through the operations of tensor.h, nothing recorded. */
#include "bench.h"

#include <stdio.h>

#include "same.h"

static Tensor *normed(Tensor *x) { return t_layer_norm(x, NULL, NULL); }
static Tensor *silu(Tensor *x) { return t_silu(x); }
static Tensor *rms_normed(Tensor *x)
{
    return t_rms_norm(x, NULL, (NormOptions){ 0 });
}
static Tensor *exponential(Tensor *x) { return t_exp(x); }
static Tensor *tanh_of(Tensor *x) { return t_tanh(x); }
static Tensor *sigmoid(Tensor *x) { return t_sigmoid(x); }
static Tensor *gelu(Tensor *x) { return t_gelu(x); }
static Tensor *softmax(Tensor *x) { return t_softmax(x); }

static const struct {
    const char *name;
    Tensor *(*of)(Tensor *x);
} functions[] = {
    { "exp", exponential },  { "tanh", tanh_of },    { "sigmoid", sigmoid },
    { "gelu", gelu },        { "softmax", softmax }, { "layer_norm", normed },
    { "silu", silu },        { "rms_norm", rms_normed },
};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

static Tensor *x;

/* size: which function, rows, columns. */
static void prepare(const Work *work)
{
    tape_record(false);
    x = same_tensor(0, 4, SHAPE(work->size[1], work->size[2]));
}

static void step(const Work *work)
{
    work_result_of(functions[work->size[0]].of(x));
    tape_reset();
}

void bench_elementwise(int threads)
{
    static const struct {
        int rows, columns;
        const char *where;
    } places[] = { { 64, 512, "in cache" }, { 2048, 512, "4 MB" } };
    for (int i = 0; i < 2 * FUNCTIONS; i++) {
        int f = i % FUNCTIONS, rows = places[i / FUNCTIONS].rows,
            columns = places[i / FUNCTIONS].columns;
        char name[64];
        snprintf(name, sizeof name, "%s, %s", functions[f].name,
                 places[i / FUNCTIONS].where);
        if (!row_wanted("elementwise", name))
            continue;
        Work work = { .prepare = prepare, .step = step, .tolerance = 1e-5,
                      .patience = 0.5, .size = { f, rows, columns } };
        snprintf(work.torch, sizeof work.torch, "%s %d %d", functions[f].name,
                 rows, columns);
        Row row = row_of("elementwise", name, threads,
                         measure(&work, threads));
        row.work = 1e-9 * rows * columns;
        row.what = "Gelem";
        row_done(&row);
    }
}

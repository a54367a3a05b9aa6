/* windows.c -- convolutions, in one dimension and in two, against PyTorch's:
 * forward, and the gradients of input, weights and biases. */
#include "bench.h"

#include <stdio.h>

#include "same.h"

/* size: B, rows (1: no second dimension), columns, channels in, channels out,
 * rows and columns of a window. Nothing is added at the ends. */

static Params params;
static Linear layer;
static Tensor *x, *wish;    /* wish: the gradient that arrives from above */

static void prepare(const Work *work)
{
    const int *s = work->size;
    bool square = s[1] > 1;
    int columns = s[2] - s[5] + 1, rows = square ? s[1] - s[5] + 1 : 1;
    Rng rng = rng_new(1);
    same_begin(0);
    layer = nn_linear_new(&params, &rng, s[5] * (square ? s[5] : 1) * s[3],
                          s[4], (LinearOptions){ 0 });
    same_linear(layer);
    wish = same_tensor(1u << 30, 1, SHAPE(s[0], rows, columns, s[4]));
    x = t_param(&params, s[0], s[1], s[2], s[3]);
    same_numbers(x->buffer->data, x->buffer->size, 1, 2u << 30);
}

static void step(const Work *work)
{
    const int *s = work->size;
    Tensor *y = s[1] > 1
        ? nn_square_windows(layer, x, s[5], 0)
        : nn_linear(layer, t_windows(x, 2, (Windows){ .size = s[5] }));
    params_zero_grad(&params);
    t_backward(t_sum(t_mul(y, wish), T_ALL));
    work_result(x->buffer->grad, x->buffer->size);
    tape_reset();
}

void bench_windows(int threads)
{
    static const struct {
        const char *name;
        int size[6];
    } rows[] = {
        { "3 words, 8 x 128 words", { 8, 1, 128, 256, 256, 3 } },
        { "3 x 3 points, 32 pictures", { 32, 32, 32, 16, 32, 3 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const int *s = rows[i].size;
        if (!row_wanted("windows", rows[i].name))
            continue;
        Work work = { .prepare = prepare, .step = step,
                      .size = { s[0], s[1], s[2], s[3], s[4], s[5] } };
        snprintf(work.torch, sizeof work.torch, "windows %d %d %d %d %d %d",
                 s[0], s[1], s[2], s[3], s[4], s[5]);
        Row row = row_of("windows", rows[i].name, threads,
                         measure(&work, threads));
        row_done(&row);
    }
}

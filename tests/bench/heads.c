/* heads.c -- a layer of chapter 6, and attention by itself, against
 * PyTorch's. */
#include "bench.h"

#include <stdio.h>

#include "06_multi_head.h"
#include "same.h"

/* ---- multi-head attention ------------------------------------------------ *
 * size: B, n, d, heads, and whether it learns. */

static Params params;
static MultiHead layer;
static Tensor *x, *wish;    /* wish: the gradient that arrives from above */

static void heads_prepare(const Work *work)
{
    const int *s = work->size;
    Shape shape = SHAPE(s[0], s[1], s[2]);
    Rng rng = rng_new(1);
    same_begin(0);
    layer = multi_head_new(&params, &rng, s[2], s[3]);
    same_heads(layer);
    wish = same_tensor(1u << 30, 1, shape);
    x = s[4] ? t_param_shape(&params, shape) : same_tensor(2u << 30, 1, shape);
    if (s[4])
        same_numbers(x->buffer->data, x->buffer->size, 1, 2u << 30);
    tape_record(s[4]);
}

static void heads_step(const Work *work)
{
    Tensor *y = multi_head(layer, x, x, (MultiHeadOptions){ 0 });
    if (work->size[4]) {
        params_zero_grad(&params);
        t_backward(t_sum(t_mul(y, wish), T_ALL));
        work_result(x->buffer->grad, x->buffer->size);
    } else {
        work_result_of(y);
    }
    tape_reset();
}

void bench_heads(int threads)
{
    static const struct {
        const char *name;
        int size[5];
    } rows[] = {
        { "forward, 8 x 128 tokens", { 8, 128, 512, 8, 0 } },
        { "forward, 1 x 2048 tokens", { 1, 2048, 512, 8, 0 } },
        { "trained, 8 x 128 tokens", { 8, 128, 512, 8, 1 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const int *s = rows[i].size;
        if (!row_wanted("heads", rows[i].name))
            continue;
        Work work = { .prepare = heads_prepare, .step = heads_step,
                      .size = { s[0], s[1], s[2], s[3], s[4] } };
        snprintf(work.torch, sizeof work.torch, "heads %d %d %d %d %d", s[0],
                 s[1], s[2], s[3], s[4]);
        Row row = row_of("heads", rows[i].name, threads,
                         measure(&work, threads));
        row_done(&row);
    }
}

/* ---- attention alone ----------------------------------------------------- *
 * size: n, heads, d_k, and whether it learns (then nobody looks ahead). */

static Tensor *q, *k, *v;

static Tensor *learned(unsigned start, Shape shape)
{
    Tensor *p = t_param_shape(&params, shape);
    same_numbers(p->buffer->data, p->buffer->size, 1, start);
    return p;
}

static void attention_prepare(const Work *work)
{
    const int *s = work->size;
    Shape shape = SHAPE(1, s[1], s[0], s[2]);
    q = s[3] ? learned(0, shape) : same_tensor(0, 1, shape);
    k = s[3] ? learned(1u << 30, shape) : same_tensor(1u << 30, 1, shape);
    v = s[3] ? learned(2u << 30, shape) : same_tensor(2u << 30, 1, shape);
    if (s[3])
        wish = same_tensor(3u << 30, 1, shape);
    tape_record(s[3]);
}

static void attention_step(const Work *work)
{
    Tensor *y = t_attention(q, k, v,
                            (AttentionOptions){ .causal = work->size[3] });
    if (!work->size[3]) {
        work_result_of(y);
    } else {
        params_zero_grad(&params);
        t_backward(t_sum(t_mul(y, wish), T_ALL));
        work_result(q->buffer->grad, q->buffer->size);
    }
    tape_reset();
}

static void attention_rows(const char *name, int n, bool learns, int threads)
{
    char text[80];
    Work work = { .prepare = attention_prepare, .step = attention_step,
                  .size = { n, 8, 64, learns } };
    snprintf(work.torch, sizeof work.torch, "attention %d 8 64 %d", n, learns);
    Measured m = measure(&work, threads);
    Row row = row_of("attention", name, threads, m);
    row_done(&row);
    snprintf(text, sizeof text, "%s: memory", name);
    row = row_of_bytes("attention", text, threads, m, true);
    row_done(&row);
}

void bench_attention(int threads)
{
    char name[40];
    for (int n = 512; n <= 8192; n *= 2) {
        snprintf(name, sizeof name, "%d tokens", n);
        if (row_wanted("attention", name))
            attention_rows(name, n, false, threads);
    }
    snprintf(name, sizeof name, "2048 tokens, trained, causal");
    if (row_wanted("attention", name))
        attention_rows(name, 2048, true, threads);
}

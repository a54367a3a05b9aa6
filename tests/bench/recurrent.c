/* recurrent.c -- training steps of chapter 11's translators, against PyTorch's
 * nn.GRU and nn.GRUCell. */
#include "bench.h"

#include <math.h>
#include <string.h>

#include "11_recurrence.h"
#include "same.h"

/* size: as RecurrentOptions; words of both languages, pairs, tokens of a
 * sentence. */
static Recurrent model;
static Optimiser *adam;

static void same_recurrence(Recurrence c)
{
    same_linear(c.in);
    same_linear(c.state);
}

static void same_recurrent(Recurrent *r)
{
    same_begin(0);
    same_words(r->source_words);
    same_words(r->target_words);
    same_recurrence(r->forward);
    same_recurrence(r->backward);
    same_linear(r->start);
    same_recurrence(r->decoder);
    if (r->options.hidden > 0) {
        double small = 1 / sqrt(r->options.hidden);
        same_parameter(r->look.w_q, small, 0);
        same_parameter(r->look.w_k, small, 0);
        same_parameter(r->look.b, small, 0);
        same_parameter(r->look.w_v, small, 0);
        same_parameter(r->to_gates, small, 0);
    }
    same_linear(r->to_word);
}

static void prepare(const Work *work)
{
    const int *s = work->size;
    Rng rng = rng_new(1);
    model = recurrent_new((RecurrentOptions){ .words = s[0], .reading = s[1],
                                              .writing = s[2],
                                              .hidden = s[3] },
                          s[4], s[4], &rng);
    same_recurrent(&model);
    adam = opt_adam(&model.params, (AdamOptions){ .rate = 1e-4 });
}

static void step(const Work *work)
{
    const int *s = work->size;
    Batch batch = {
        .source = same_sentences(s[5], s[6], s[4], 1u << 30),
        .target = same_sentences(s[5], s[6], s[4], 2u << 30),
        .next = same_ids(s[5] * s[6], FIRST_WORD, s[4], 3u << 30),
    };
    Tensor *logits = recurrent_logits(&model, batch, (Pass){ 0 });
    Tensor *loss = t_cross_entropy(t_last_use(logits), batch.next,
                                   (CrossEntropy){ .smoothing = 0.1 });
    t_backward(loss);
    opt_step(adam);
    work_result_of(loss);
    tape_reset();
}

void bench_recurrent(int threads)
{
    static const struct {
        const char *name;
        int size[7];
    } rows[] = {
        { "one vector, nn.GRU", { 64, 84, 117, 0, 1000, 64, 12 } },
        { "one vector, 256 wide", { 256, 256, 256, 0, 1000, 64, 12 } },
        { "looking back, nn.GRUCell", { 64, 64, 91, 64, 1000, 64, 12 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!row_wanted("recurrent", rows[i].name))
            continue;
        Work work = { .prepare = prepare, .step = step, .tolerance = 1e-4 };
        memcpy(work.size, rows[i].size, sizeof rows[i].size);
        work_torch(&work, "recurrent", 7);
        Row row = row_of("recurrent", rows[i].name, threads,
                         measure(&work, threads));
        row_done(&row);
    }
}

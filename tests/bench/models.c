/* models.c -- training steps of the book's own Transformer, of chapter 8, and
 * of the GPT in gpt.c, against PyTorch's. */
#include "bench.h"

#include <string.h>

#include "08_transformer.h"
#include "same.h"

/* ---- a step of training -------------------------------------------------- *
 * size: d, heads, layers, hidden, words of source and target, pairs, tokens of
 * a sentence. */

static Transformer model;
static Optimiser *adam;

static void transformer_prepare(const Work *work)
{
    model = same_transformer(work->size);
    adam = opt_adam(&model.params, (AdamOptions){ .rate = 1e-4 });
}

static void transformer_step(const Work *work)
{
    const int *s = work->size;
    Batch batch = {
        .source = same_sentences(s[6], s[7], s[4], 1u << 30),
        .target = same_sentences(s[6], s[7], s[5], 2u << 30),
        .next = same_ids(s[6] * s[7], FIRST_WORD, s[5], 3u << 30),
    };
    Tensor *logits = transformer_logits(&model, batch, (Pass){ 0 });
    Tensor *loss = t_cross_entropy(t_last_use(logits), batch.next,
                                   (CrossEntropy){ .smoothing = 0.1 });
    t_backward(loss);
    opt_step(adam);
    work_result_of(loss);
    tape_reset();
}

Work transformer_work(int d, int heads, int layers, int hidden,
                             int source_words, int target_words, int pairs,
                             int tokens)
{
    Work work = { .prepare = transformer_prepare, .step = transformer_step,
                  .size = { d, heads, layers, hidden, source_words,
                            target_words, pairs, tokens },
                  .tolerance = 1e-4, .patience = 2 };
    work_torch(&work, "transformer", 8);
    return work;
}

Work model_work(char which)
{
    return which == 'A' ? transformer_work(128, 4, 2, 512, 1000, 1000, 64, 12)
         : which == 'B' ? transformer_work(256, 8, 3, 512, 8000, 6000, 128, 16)
                        : gpt_work(65, 256, 384, 6, 6, 8);
}

/* The multiplications and additions of a step's products; backward takes twice
 * as many as forward. A decoder's layer has two attentions. */
static double model_flop(char which, const Work *work)
{
    const int *s = work->size;
    if (which >= 'C')
        return gpt_flop(s[0], s[1], s[2], s[4], s[5]);
    double d = s[0], layers = s[2], hidden = s[3], V = s[5], pairs = s[6],
           tokens = s[7];
    double layer = 24 * d * d + 8 * d * hidden + 12 * tokens * d;
    return 3 * pairs * tokens * (layers * layer + 2 * d * V);
}

/* ---- rows ---------------------------------------------------------------- */

static const struct {
    char which;
    const char *name;
} models[] = {
    { 'A', "A: 2 + 2 layers, d 128" },
    { 'B', "B: 3 + 3 layers, d 256" },
    { 'C', "C: GPT, 6 layers, d 384" },
    { 'D', "C, in bfloat16 there" },
};
enum { MODELS = sizeof models / sizeof models[0] };

void bench_models(int threads)
{
    for (int i = 0; i < MODELS; i++) {
        if (!row_wanted("models", models[i].name))
            continue;
        char which = models[i].which;
        Work work = model_work(which);
        work.peak = &peak_work;
        if (which == 'D') {     /* ours computes in float all the same */
            strcat(work.torch, " 1");
            work.tolerance = 0.02;
        }
        Measured m = measure(&work, threads);
        Row row = row_of("models", models[i].name, threads, m);
        row.of_peak = model_flop(which, &work) / m.seconds[OURS]
                    / (threads * peak_flop() / m.seconds[PEAK]);
        row_done(&row);
    }
}

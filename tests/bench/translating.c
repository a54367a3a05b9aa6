/* translating.c -- 1,000 sentences translated by chapter 10's beam search, with
 * keys and values kept, against the same written with PyTorch. */
#include "bench.h"

#include <string.h>

#include "10_translating_well.h"
#include "same.h"

/* size: d, heads, layers, hidden, words of source and target, sentences, tokens
 * of a sentence, read and written. */
enum { BEAM = 4, SENTENCES = 1000 };

static Transformer model;

/* So loud that each sentence has a translation of its own, as a check needs. */
static void speak_up(Tensor *weight)
{
    for (size_t i = 0; i < weight->buffer->size; i++)
        weight->buffer->data[i] *= 8;
}

static void heads_speak_up(MultiHead layer)
{
    speak_up(layer.to_q.weight);
    speak_up(layer.to_k.weight);
    speak_up(layer.to_v.weight);
    speak_up(layer.to_out.weight);
}

/* No translation ends early: END, with a row of zeros, is never among the most
 * probable. So both sides write as many tokens. */
static void prepare(const Work *work)
{
    model = same_transformer(work->size);
    for (int i = 0; i < model.options.layers; i++) {
        heads_speak_up(model.decoder[i].self);
        heads_speak_up(model.decoder[i].cross);
    }
    memset(&t_at(model.target_words, END, 0), 0,
           sizeof(real) * (size_t)model.options.width);
}

/* The mean number of the words at each place, as a share of the vocabulary. A
 * sentence may differ, where two words are as probable to the last digits. */
static void step(const Work *work)
{
    const int *s = work->size, count = s[6], tokens = s[7];
    int *ids = same_ids(count * tokens, FIRST_WORD, s[4], 1u << 30);
    Ids source[SENTENCES], written[SENTENCES];
    real mean[MAX_BEAM] = { 0 };
    for (int i = 0; i < count; i++)
        source[i] = (Ids){ tokens, ids + i * tokens };
    translate_all(transformer_model(&model), count, source,
                  (TranslateOptions){ .writer = transformer_writer,
                                      .beam = BEAM, .longest = tokens },
                  written);
    for (int i = 0; i < count; i++)
        for (int k = 0; k < written[i].n; k++)
            mean[k] += (real)written[i].id[k] / (real)s[5] / (real)count;
    work_result(mean, (size_t)tokens);
    tape_reset();
}

static const struct {
    char model;
    const char *name;
} translators[] = {
    { 'A', "A translates 1,000 sentences, beam 4" },
    { 'B', "B translates 1,000 sentences, beam 4" },
};
enum { TRANSLATORS = sizeof translators / sizeof translators[0] };

void bench_translating(int threads)
{
    for (int i = 0; i < TRANSLATORS; i++) {
        const char *name = translators[i].name;
        if (!row_wanted("translating", name))
            continue;
        Work work = model_work(translators[i].model);
        work.prepare = prepare;
        work.step = step;
        work.size[6] = SENTENCES;
        work.size[7] = 16;
        work.tolerance = 5e-3;
        work.once = true;
        work_torch(&work, "translating", 8);
        Row row = row_of("translating", name, threads, measure(&work, threads));
        row.work = SENTENCES;
        row.what = "sentences";
        row_done(&row);
    }
}

/*
# Training well

Chapter 8 trained a Transformer with the plainest loop there is.
*/
#include "09_training_well.h"

#include "cell/cell.h"
#include "cell/plot.h"
#include "cell/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_length(const void *a, const void *b)
{
    const Dealt *x = a, *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

void sort_by_length(int n, Dealt *list)
{
    qsort(list, (size_t)n, sizeof *list, by_length);
}

/* The numbers of all pairs in `order`: as chance has it, or sorted by length,
 * those of equal lengths as chance has it. */
static void put_in_order(const Training *tr, Rng *rng)
{
    int n = tr->pairs->n;
    rng_permutation(rng, n, tr->order);
    if (tr->options.any_length)
        return;
    Dealt *list = malloc((size_t)n * sizeof *list);
    if (!list)
        cell_die("out of memory for %d sentence pairs", n);
    for (int i = 0; i < n; i++)
        list[i] = (Dealt){ pairs_ids(tr->pairs, SOURCE, i).n,
                           pairs_ids(tr->pairs, TARGET, i).n, tr->order[i], i };
    sort_by_length(n, list);
    for (int i = 0; i < n; i++)
        tr->order[i] = list[i].pair;
    free(list);
}

static int larger(int a, int b) { return a > b ? a : b; }

/* Cuts the pairs in `order` where a batch is full: as many as fit in
 * batch_tokens with their padding. Returns which batch needs most memory, about:
 * a target token, with logits and two attentions, needs twice what a source
 * token does, and tables of weights grow as a square. */
static int cut(Training *tr)
{
    int n = 0, m = 0, most = 0, largest = 0, *first = tr->first;
    tr->batches = 0;
    for (int i = 0; i < tr->pairs->n; i++) {
        int a = pairs_ids(tr->pairs, SOURCE, tr->order[i]).n;
        int b = pairs_ids(tr->pairs, TARGET, tr->order[i]).n + 1;
        n = larger(n, a);
        m = larger(m, b);
        if (i == 0 || (i + 1 - first[tr->batches - 1]) * (n + m)
                      > tr->options.batch_tokens) {
            first[tr->batches++] = i;
            n = a;
            m = b;
        }
        int memory = (i + 1 - first[tr->batches - 1])
                   * (n + 2 * m + (n + m) * (n + m) / 64);
        if (memory > most) {
            most = memory;
            largest = tr->batches - 1;
        }
    }
    first[tr->batches] = tr->pairs->n;
    return largest;
}

/* The batches of an epoch. The very first is the largest: what memory it needs
 * is enough for the others. */
static void deal(Training *tr, long epoch)
{
    Rng rng = rng_new(tr->options.seed + (uint64_t)epoch);
    put_in_order(tr, &rng);
    int largest = cut(tr);
    rng_permutation(&rng, tr->batches, tr->turn);
    for (int k = 0; epoch == 0 && k < tr->batches; k++)
        if (tr->turn[k] == largest) {
            tr->turn[k] = tr->turn[0];
            tr->turn[0] = largest;
        }
    tr->epoch = epoch;
}

double learning_rate(TrainingOptions o, long step)
{
    double s = (double)step, warmup = (double)o.warmup;
    if (step <= o.warmup)
        return o.rate * s / warmup;
    if (o.as_published)
        return o.rate * sqrt(fmax(1, warmup) / s);
    return o.rate * ((double)o.steps + 1 - s) / ((double)o.steps + 1 - warmup);
}

static void learning_rates(void)
{
    TrainingOptions line = { .steps = 900, .rate = 8e-3, .warmup = 90 };
    TrainingOptions root = line;
    root.as_published = true;
    text_printf("%6s %12s %12s\n", "step", "line", "published");
    Plot *plot = plot_open("rates", "step line published");
    for (long step = 1; step <= line.steps; step++) {
        double a = learning_rate(line, step), b = learning_rate(root, step);
        plot_row(plot, (double)step, a, b);
        if (step == 1 || step == 45 || step == 90 || step % 225 == 0)
            text_printf("%6ld %12.5f %12.5f\n", step, a, b);
    }
    plot_close(plot);
}

Training training_new(Model model, const Pairs *pairs,
                      TrainingOptions options)
{
    size_t n = (size_t)pairs->n;
    options.batch_tokens = options.batch_tokens ? options.batch_tokens : 2000;
    options.rate = options.rate == 0 ? 2e-3 : options.rate;
    Training tr = { .model = model, .pairs = pairs, .options = options };
    tr.adam = opt_adam(model.params,
                       (AdamOptions){ .rate = options.rate, .beta2 = 0.98,
                                      .epsilon = 1e-9 });
    tr.rng = rng_named(options.seed, "dropout");
    tr.order = malloc(n * sizeof *tr.order);
    tr.turn = malloc(n * sizeof *tr.turn);
    tr.first = malloc((n + 1) * sizeof *tr.first);
    if (!tr.order || !tr.turn || !tr.first)
        cell_die("out of memory for %d sentence pairs", pairs->n);
    deal(&tr, 0);
    return tr;
}

void training_free(Training *tr)
{
    free(tr->order);
    free(tr->turn);
    free(tr->first);
    *tr = (Training){ 0 };
}

static Batch next_batch(Training *tr)
{
    if (tr->step / tr->batches != tr->epoch)
        deal(tr, tr->step / tr->batches);
    int turn = tr->turn[tr->step % tr->batches];
    int start = tr->first[turn];
    return batch_of(tr->pairs, tr->first[turn + 1] - start, tr->order + start);
}

double training_step(Training *tr)
{
    TrainingOptions o = tr->options;
    Batch batch = next_batch(tr);
    tr->tokens = batch_tokens(batch);
    tr->places = batch.target.count
               * (batch.source.length + batch.target.length);
    tr->step++;
    return model_step(tr->model, tr->adam, batch,
                      (StepOptions){ .rate = learning_rate(o, tr->step),
                                     .smoothing = o.smoothing, .clip = o.clip,
                                     .dropout = &tr->rng });
}

double cross_entropy(Model model, const Pairs *pairs)
{
    enum { TOGETHER = 64 };
    double sum = 0, tokens = 0;
    bool recorded = tape_record(false);
    for (int i = 0; i < pairs->n; i += TOGETHER) {
        int list[TOGETHER], count = 0;
        for (; count < TOGETHER && i + count < pairs->n; count++)
            list[count] = i + count;
        TapeMark mark = tape_mark();
        Batch batch = batch_of(pairs, count, list);
        Tensor *loss = t_cross_entropy(
            model.logits(model.self, batch, (Pass){ 0 }), batch.next,
            (CrossEntropy){ 0 });
        sum += t_item(loss) * batch_tokens(batch);
        tokens += batch_tokens(batch);
        tape_release(mark);
    }
    tape_record(recorded);
    return sum / tokens;
}

void training_state(Training *tr, Checkpoint *c)
{
    checkpoint_long(c, "step", &tr->step);
    checkpoint_bits(c, "generator", &tr->rng.state);
    checkpoint_params(c, "parameters", tr->model.params);
    checkpoint_optimiser(c, "adam", tr->adam);
}

enum { CURVE_STEPS = 200, CURVE_EACH = 10 };

static void curve(const Pairs *pairs, bool post_norm, int warmup, double *loss)
{
    Rng rng = rng_new(cell_seed());
    TransformerOptions options = { .layers = 6, .width = 32, .heads = 4,
                                   .hidden = 64, .post_norm = post_norm };
    Transformer model = transformer_new(options, pairs->words[SOURCE].n,
                                        pairs->words[TARGET].n, &rng);
    Training tr = training_new(transformer_model(&model), pairs,
                               (TrainingOptions){
                                   .steps = CURVE_STEPS, .batch_tokens = 1000,
                                   .rate = 8e-3, .warmup = warmup,
                                   .seed = cell_seed() });
    for (int i = 0; i < (cell_quick() ? CURVE_EACH : CURVE_STEPS); i++)
        loss[i / CURVE_EACH] += training_step(&tr) / CURVE_EACH;
    training_free(&tr);
}

/* Of the target words' frequencies, END included: the loss of a model that
 * knows these and nothing else. */
static double word_entropy(const Pairs *pairs)
{
    const Vocabulary *words = &pairs->words[TARGET];
    double all = pairs->n, sum = all * log(all);
    for (int i = FIRST_WORD; i < words->n; i++) {
        double count = (double)words->count[i];
        all += count;
        sum += count * log(count);
    }
    return log(all) - sum / all;
}

static void norm_before_or_after(void)
{
    enum { PLACES = CURVE_STEPS / CURVE_EACH };
    double loss[4][PLACES] = { 0 };
    Lesson lesson = lesson_read(CORPUS_FRENCH, cell_quick());
    for (int i = 0; i < 4; i++)
        curve(&lesson.train, i < 2, i % 2 == 0 ? 40 : 0, loss[i]);
    text_printf("entropy of the words' frequencies: %.2f nats\n\n",
                word_entropy(&lesson.train));
    lesson_free(&lesson);
    text_printf("%6s  %23s  %23s\n", "", "norm after the sum",
                "norm before");
    text_printf("%6s  %11s %11s  %11s %11s\n", "steps", "warm-up", "none",
                "warm-up", "none");
    Plot *plot = plot_open("norms", "step post_warm post pre_warm pre");
    for (int p = 0; p < PLACES; p++) {
        double step = (p + 0.5) * CURVE_EACH;
        plot_row(plot, step, loss[0][p], loss[1][p], loss[2][p], loss[3][p]);
        if (p % 2 == 0)
            text_printf("%6d  %11.2f %11.2f  %11.2f %11.2f\n",
                        (p + 1) * CURVE_EACH, loss[0][p], loss[1][p],
                        loss[2][p], loss[3][p]);
    }
    plot_close(plot);
}


static const TransformerOptions ours = {
    .layers = 2, .width = 64, .heads = 4, .hidden = 128,
};

static void steady_memory(void)
{
    enum { STEPS = 40 };
    Lesson lesson = lesson_read(CORPUS_FRENCH, cell_quick());
    const Vocabulary *words = lesson.train.words;
    size_t kept = tape_kept_bytes();
    Rng rng = rng_new(cell_seed());
    Transformer model = transformer_new(ours, words[SOURCE].n,
                                        words[TARGET].n, &rng);
    Training tr = training_new(transformer_model(&model),
                               &lesson.held_out,
                               (TrainingOptions){ .steps = STEPS,
                                                  .seed = cell_seed() });
    text_printf("parameters            %8.0f kB\n",
                (double)params_count(&model.params) * sizeof(real) / 1e3);
    text_printf("with all that is kept %8.0f kB\n",
                (double)(tape_kept_bytes() - kept) / 1e3);
    training_step(&tr);
    size_t after_first = tape_reserved_bytes();
    while (tr.step < STEPS)
        training_step(&tr);
    text_printf("asked of the system in steps 2 to %d: %zu bytes\n", STEPS,
                tape_reserved_bytes() - after_first);
    training_free(&tr);
    lesson_free(&lesson);
}


int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(learning_rates);
    cell(norm_before_or_after);
    cell(steady_memory);
    return cell_end();
}

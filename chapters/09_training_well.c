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

/*
:::{figure} 08_transformer/rates.svg
:name: fig-rates
:alt: Two curves that rise together to a peak at step 90; one then falls on a straight line to zero at step 900, the other more and more slowly.

Two schedules with the same warm-up.
:::

## A step

The loss is cross-entropy with *label smoothing* {cite}`szegedy2016`. The
target is not one word $k$ with certainty: a share $\epsilon = 0.1$ of the
probability goes to all words alike, $q_j = (1 - \epsilon) \, \delta_{jk} +
\epsilon / V$, so that the model does not spend its strength on being ever more
certain. And a gradient longer than 1, over all parameters, is shortened to 1
(*clipping*), so that no odd batch throws the model far off.
*/
Training training_new(Transformer *model, const Pairs *pairs,
                      TrainingOptions options)
{
    size_t n = (size_t)pairs->n;
    options.batch_tokens = options.batch_tokens ? options.batch_tokens : 2000;
    options.rate = options.rate == 0 ? 2e-3 : options.rate;
    Training tr = { .model = model, .pairs = pairs, .options = options };
    tr.adam = opt_adam(&model->params,
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

double training_step(Training *tr)
{
    if (tr->step / tr->batches != tr->epoch)
        deal(tr, tr->step / tr->batches);
    int turn = tr->turn[tr->step % tr->batches];
    int start = tr->first[turn], count = tr->first[turn + 1] - start;
    Batch batch = batch_of(tr->pairs, count, tr->order + start);
    Tensor *logits = transformer_logits(tr->model, batch,
                                        (Pass){ .rng = &tr->rng });
    Tensor *loss = t_cross_entropy(
        t_last_use(logits), batch.next,
        (CrossEntropy){ .smoothing = tr->options.smoothing });
    t_backward(loss);
    if (tr->options.clip > 0)
        opt_clip(&tr->model->params, tr->options.clip);
    tr->tokens = 0;
    for (int b = 0; b < count; b++)
        tr->tokens += batch.target.lengths[b];
    tr->step++;
    opt_set_rate(tr->adam, learning_rate(tr->options, tr->step));
    opt_step(tr->adam);
    double value = t_item(loss);
    tape_reset();
    return value;
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

int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    return cell_end();
}

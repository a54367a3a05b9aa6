/*
# Training well: what each trick brings

Chapter 8 trained a Transformer with a plain loop, and it learned.
Whoever reads how such models are trained elsewhere meets a list of additions:
batches by length, warm-up, norms in the right place, smoothed labels, clipped
gradients, dropout, one table for two purposes. Each has a reason. Whether the
reason counts *here* is another matter, and can be found out: by leaving it out.

:::{figure} 09_training_well/leaving_out.svg
:name: fig-leaving-out
:alt: Curves of the loss on held-out sentences against steps, for a training with all additions and for seven that differ from it in one thing. They fall together and spread as they go; an output table of its own and sentences of any length are among the lowest.

The loss on held-out sentences while eight models learn: one with all additions,
and seven that differ from it in one thing. (The means of two trainings each.)
:::

(sec-dealing)=
## Sentences of one length

Padding costs time: chapter 8's batches of chance sentences are as long as their longest
one. So let sentences of about one length go into a batch together. We sort by length,
cut where a batch is full, and shuffle the batches. Sentences of equal length change
places from epoch to epoch (an *epoch* is once through all pairs).

{header} Dealt
*/
#include "09_training_well.h"

#include "base/fail.h"
#include "cell/cell.h"
#include "cell/plot.h"
#include "cell/progress.h"
#include "learn/team.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
    Dealt *list = grown(NULL, (size_t)n, sizeof *list);
    for (int i = 0; i < n; i++)
        list[i] = (Dealt){ pairs_ids(tr->pairs, SOURCE, i).n,
                           pairs_ids(tr->pairs, TARGET, i).n, tr->order[i], i };
    sort_by_length(n, list);
    for (int i = 0; i < n; i++)
        tr->order[i] = list[i].pair;
    free(list);
}

/*
A training holds these batches, and all else that it must remember between steps:

{header} Training
*/
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

/* fold: gets the memory for order, turn and first */
static void give_room(Training *tr)
{
    size_t n = (size_t)tr->pairs->n;
    tr->order = grown(NULL, n, sizeof *tr->order);
    tr->turn = grown(NULL, n, sizeof *tr->turn);
    tr->first = grown(NULL, n + 1, sizeof *tr->first);
}

/* The batches of an epoch; the first epoch begins with the largest. */
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

/* How many pairs the batch at a place of the epoch has, and which. */
static int pairs_at(const Training *tr, long place, const int **list)
{
    int turn = tr->turn[place], start = tr->first[turn];
    *list = tr->order + start;
    return tr->first[turn + 1] - start;
}

int batch_tokens(Batch batch)
{
    int sum = 0;
    for (int b = 0; b < batch.target.count; b++)
        sum += batch.target.lengths[b];
    return sum;
}

static void padding(void)
{
    Lesson lesson = lesson_read(CORPUS_FRENCH, cell_quick());
    text_printf("%-22s %9s %12s %10s\n", "", "batches", "places", "padding");
    for (int any = 1; any >= 0; any--) {
        Training tr = { .pairs = &lesson.train };
        tr.options = (TrainingOptions){ .batch_tokens = 2000,
                                        .any_length = any };
        give_room(&tr);
        deal(&tr, 0);
        double places = 0, tokens = 0;
        for (int k = 0; k < tr.batches; k++) {
            const int *list;
            int count = pairs_at(&tr, k, &list);
            Batch batch = batch_of(tr.pairs, count, list);
            places += batch.target.count
                    * (batch.source.length + batch.target.length);
            tokens += batch_tokens(batch);
            for (int b = 0; b < batch.source.count; b++)
                tokens += batch.source.lengths[b];
            tape_reset();
        }
        text_printf("%-22s %9d %12.0f %8.1f %%\n",
                    any ? "as chance has it" : "by length", tr.batches, places,
                    100 * (1 - tokens / places));
        training_free(&tr);
    }
    lesson_free(&lesson);
}

/*
An epoch by length takes three fifths of the batches, for the same sentences. (How large
a batch is we count in places, padding among them: 2000, so that each step costs about
the same.) The first batch of all is the largest: what memory it needs is enough for the
others.
{quiz} Sentences of one length share a batch. What is gained, and what is given up?

(sec-rate)=
## The learning rate

Adam (chapter 3) divides, number by number, a running mean of the gradients by the root
of a running mean of their squares. Its first steps are its worst informed: the means
hold one gradient, then two. The paper lets the learning rate rise on a straight line
for some steps (*warm-up*) and fall with $1/\sqrt{\text{step}}$ from there on,

$$
\text{rate}(s) = r \cdot
\begin{cases} s / s_w & s \le s_w \\ \sqrt{s_w / s} & s > s_w \end{cases}
$$ (eq-rate)

with its highest value $r$ at step $s_w$. Whoever knows the number of steps
beforehand, $S$, can let it fall on a straight line to zero instead, as
$r (S + 1 - s) / (S + 1 - s_w)$. We do that; `as_published` gives the other.
*/
double learning_rate(TrainingOptions o, long step)
{
    double s = (double)step, warmup = (double)o.warmup;
    if (step <= o.warmup)
        return o.rate * s / warmup;
    if (o.as_published)
        return o.rate * sqrt(fmax(1, warmup) / s);
    return o.rate * ((double)o.steps + 1 - s) / ((double)o.steps + 1 - warmup);
}

/* fold: prints and plots both */
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
:::{figure} 09_training_well/rates.svg
:name: fig-rates
:alt: Two curves that rise together to a peak at step 90; one then falls on a straight line to zero at step 900, the other more and more slowly.

Two schedules with the same warm-up.
:::
{quiz} Which must know beforehand how long the training is?

## Four more

- *Label smoothing* {cite}`szegedy2016`. The target is not one word $k$ with
  certainty: a share $\epsilon = 0.1$ of the probability goes to all words
  alike, $q_j = (1 - \epsilon)\, \delta_{jk} + \epsilon / V$, so that the model
  does not spend its strength on being ever more certain.
- *Clipping*. A gradient longer than 1, over all parameters together, is
  shortened to 1, so that no odd batch throws the model far off.
- *Dropout* (chapter 4) thins out embeddings and what each block adds.
- One *table* serves for target words read and said (chapter 8). It saves $Vd$ numbers.

The step is that of chapter 8, for any model; a training only deals the batches,
sets the rate, remembers how far it is, and keeps the curve of the loss if asked.

{header} TrainingOptions
*/
Training training_new(Model model, const Pairs *pairs,
                      TrainingOptions options)
{
    options.batch_tokens = options.batch_tokens ? options.batch_tokens : 2000;
    options.rate = options.rate == 0 ? 2e-3 : options.rate;
    options.parts = options.parts ? options.parts : 1;
    Training tr = { .model = model, .pairs = pairs, .options = options };
    tr.adam = opt_adam(model.params,
                       (AdamOptions){ .rate = options.rate, .beta2 = 0.98,
                                      .epsilon = 1e-9 });
    tr.rng = rng_named(options.seed, "dropout");
    give_room(&tr);
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

/* Of a batch, in parts: see below. */
static double gradients_in_parts(Training *tr, int count, const int *list);

double training_step(Training *tr)
{
    if (tr->step / tr->batches != tr->epoch)
        deal(tr, tr->step / tr->batches);
    const int *list;
    int count = pairs_at(tr, tr->step % tr->batches, &list);
    double loss = gradients_in_parts(tr, count, list);
    tr->step++;
    model_move(tr->model, tr->adam,
               (StepOptions){ .rate = learning_rate(tr->options, tr->step),
                              .clip = tr->options.clip });
    return loss;
}

void training_run(Training *tr, const char *name)
{
    const TrainingOptions *o = &tr->options;
    Progress progress = progress_begin(name, tr->step, o->steps);
    while (tr->step < o->steps) {
        double loss = training_step(tr);
        if (o->curve)
            o->curve[(tr->step - 1) / o->curve_each] += loss / o->curve_each;
        progress_show(&progress, tr->step, "loss %.3f", loss);
    }
    progress_end(&progress);
}

/*
How good a model is while it learns is best asked with sentences that it does not
learn from. The loss on them is a mean over all tokens, so batches count as they
are long; and dropout is off.
*/
double cross_entropy(Model model, const Pairs *pairs)
{
    enum { TOGETHER = 64 };
    double sum[2] = { 0 };      /* of losses, of tokens */
    bool recorded = tape_record(false);
    for (int i = team_rank() * TOGETHER; i < pairs->n;
         i += team_size() * TOGETHER) {
        int list[TOGETHER], count = 0;
        for (; count < TOGETHER && i + count < pairs->n; count++)
            list[count] = i + count;
        TapeMark mark = tape_mark();
        Batch batch = batch_of(pairs, count, list);
        Tensor *loss = t_cross_entropy(
            model.logits(model.self, batch, (Pass){ 0 }), batch.next,
            (CrossEntropy){ 0 });
        sum[0] += t_item(loss) * batch_tokens(batch);
        sum[1] += batch_tokens(batch);
        tape_release(mark);
    }
    tape_record(recorded);
    team_sum(2, sum);
    return sum[0] / sum[1];
}

/*
{quiz} A gradient of norm 5 is clipped to 1. What becomes of its direction?

(sec-leaving-out)=
## Leaving one out

Now all of it but dropout, and then the same with one thing changed, each time: the
model and the French of chapter 8, and 200 steps of 1000 places each (a small part of
its lesson: differences show early). And all that twice, with other first numbers and
other batches, because one training says little. The columns are the losses at the end
of both, on held-out sentences.
*/
enum { WAYS = 8, TWICE = 2, LEAST = 200, CURVE = 25, EXAMS = LEAST / CURVE };

static const char *const way_name[WAYS] = {
    "with all additions", "sentences of any length", "no warm-up",
    "norm after the sum", "labels not smoothed", "no clipping",
    "dropout 0.1 as well", "output table of its own",
};

/* The training that differs from the first one in one thing. */
static Training way(int i, uint64_t seed, const Pairs *pairs,
                    Transformer *model)
{
    TransformerOptions o = {
        .layers = 2, .width = 64, .heads = 4, .hidden = 128,
        .post_norm = i == 3, .dropout = i == 6 ? 0.1 : 0, .untied = i == 7,
    };
    TrainingOptions training = {
        .steps = LEAST, .batch_tokens = 1000, .rate = 8e-3,
        .any_length = i == 1,
        .warmup = i == 2 ? 0 : LEAST / 10, .smoothing = i == 4 ? 0 : 0.1,
        .clip = i == 5 ? 0 : 1, .seed = seed,
    };
    Rng rng = rng_new(seed);
    *model = transformer_new(o, pairs->words[SOURCE].n, pairs->words[TARGET].n,
                             &rng);
    return training_new(transformer_model(model), pairs, training);
}

/* The loss on held-out sentences, again and again while it learns. */
static void losses_of(Training *tr, Pairs held_out, double loss[EXAMS])
{
    held_out.n = cell_quick() ? 10 : 200;
    for (int p = 0; p < EXAMS; p++) {
        for (int k = 0; k < (cell_quick() ? 1 : CURVE); k++)
            training_step(tr);
        loss[p] = cross_entropy(tr->model, &held_out);
    }
}

/* fold: plots the mean of both trainings of each way */
static void plot_ways(double (*loss)[TWICE][EXAMS])
{
    Plot *plot = plot_open("leaving_out", "step all any_length no_warmup "
                           "post_norm hard no_clip dropout untied");
    for (int p = 0; p < EXAMS; p++) {
        double row[1 + WAYS] = { (p + 1) * CURVE };
        for (int i = 0; i < WAYS; i++)
            row[1 + i] = (loss[i][0][p] + loss[i][1][p]) / 2;
        plot_numbers(plot, 1 + WAYS, row);
    }
    plot_close(plot);
}

static void leaving_one_out(void)
{
    Lesson lesson = lesson_read(CORPUS_FRENCH, cell_quick());
    static double loss[WAYS][TWICE][EXAMS];
    text_printf("%-26s %s\n", "", "held-out loss");
    for (int i = 0; i < WAYS; i++) {
        for (int k = 0; k < TWICE; k++) {
            Transformer model;
            Training tr = way(i, cell_seed() + (uint64_t)k, &lesson.train,
                              &model);
            losses_of(&tr, lesson.held_out, loss[i][k]);
            training_free(&tr);
        }
        text_printf("%-26s %6.3f %6.3f\n", way_name[i], loss[i][0][EXAMS - 1],
                    loss[i][1][EXAMS - 1]);
    }
    plot_ways(loss);
    lesson_free(&lesson);
}

/*
Look along the rows first. The two trainings of a row differ in chance alone, and
within most rows they are further apart than most rows are from each other.
Whoever had run each once would have believed a good deal. Two rows are far better
than the first, in both columns:

- *Batches by length* cost more here than they bring. They hold more sentences in
  as many places, and the model still learns more slowly. A likely reason: a step
  that sees only short sentences pulls the model towards short sentences, the next
  one elsewhere. A batch as chance has it is nearer to the whole.
- *A table of its own* for the output learns faster, for a quarter more numbers.
  The shared one has two ends to serve.

Without *smoothed labels* or without *warm-up* both trainings end a little better.
Smoothing is meant against being too sure too soon, and nobody is sure of anything
yet; what warm-up is for shows in the next section. Of the others the table says
nothing: with the *norm after the sum* one training ends much better, the other much
worse, and without *clipping* or with *dropout* the two disagree as well.

None of this is what is told of large models trained for long. It need not contradict
it, either: in 900 steps chapter 8 does without batches by length, clipping and smoothed
labels, chapter 10 has all three, and their examinations end less than one in a hundred
apart. What a trick is worth depends on where one stands. It can be asked.
{quiz} What follows?

(sec-norms)=
## Norm before or norm after?

With two layers we could not tell what the place of the norm does. So let the
stack be deep: six layers in each half, the same data, the same first numbers,
the same 200 steps; with the norm after or before, and with warm-up or without.
The gradient is not clipped here.
*/
enum { CURVE_STEPS = 200, CURVE_EACH = 10 };

static void curve(const Pairs *pairs, bool post_norm, int warmup, double *loss)
{
    Rng rng = rng_new(cell_seed());
    TransformerOptions options = { .layers = 6, .width = 32, .heads = 4,
                                   .hidden = 64, .post_norm = post_norm };
    Transformer model = transformer_new(options, pairs->words[SOURCE].n,
                                        pairs->words[TARGET].n, &rng);
    TrainingOptions training = {
        .steps = cell_quick() ? CURVE_EACH : CURVE_STEPS, .warmup = warmup,
        .rate = 8e-3, .batch_tokens = 1000, .seed = cell_seed(),
        .curve = loss, .curve_each = CURVE_EACH
    };
    Training tr = training_new(transformer_model(&model), pairs, training);
    training_run(&tr, post_norm ? "norm after" : "norm before");
    training_free(&tr);
}

static void norm_before_or_after(void)
{
    enum { PLACES = CURVE_STEPS / CURVE_EACH };
    double loss[4][PLACES] = { 0 };
    Lesson lesson = lesson_read(CORPUS_FRENCH, cell_quick());
    for (int i = 0; i < 4; i++)
        curve(&lesson.train, i < 2, i % 2 == 0 ? 40 : 0, loss[i]);
    text_printf("entropy of the words' frequencies: %.2f nats\n\n",
                pairs_entropy(&lesson.train));
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

/*
:::{figure} 09_training_well/norms.svg
:name: fig-norms
:alt: Four curves of loss against steps. The two with the norm before the sublayer fall furthest, with warm-up a little further than without; norm after the sum with warm-up falls more slowly; norm after without warm-up stays near 5.

Six layers, the same data and first numbers, four ways to train.
:::

With the norm before, the model learns with warm-up and, here a little less well,
without. With the norm after and no warm-up it stays at the entropy of the words'
frequencies: it has learned how frequent words are, and nothing else. (With another seed
it may come a little further.) With warm-up it learns, but lags.

The reason given by {cite:t}`xiong2020`: with post-norm the gradients near the
output are large at the start, too large for the full learning rate; with
pre-norm they are moderate from the first step. If Adam's young means were the
whole reason for warm-up, pre-norm would need it just as much. None of this says
that post-norm is worse in the end; it needs care, and the paper took it.
{quiz} What has that model learned?

(sec-steady)=
## Steady memory

A training loop runs for hours; if each step asked for memory, or forgot to
give some back, it would end badly.
*/
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
    double parameters = (double)params_count(&model.params) * sizeof(real);
    text_printf("parameters: %.0f kB; with all that is kept %.1f times that\n",
                parameters / 1e3, (double)(tape_kept_bytes() - kept) / parameters);
    training_step(&tr);
    size_t after_first = tape_reserved_bytes();
    while (tr.step < STEPS)
        training_step(&tr);
    text_printf("asked of the system in steps 2 to %d: %zu bytes\n", STEPS,
                tape_reserved_bytes() - after_first);
    training_free(&tr);
    lesson_free(&lesson);
}

/*
What is kept is four numbers for each parameter: itself, its gradient, and
Adam's two means. (Shapes and strides of tensors take next to nothing.) No
memory is asked for after the first step: one block holds all that a step
makes, is emptied, and holds the next.
{quiz} Where do the four numbers for each parameter come from?

(sec-parts)=
## One batch, many machines

How large may a batch be? All that is made of it must fit into memory, and one
machine must compute it. Both limits fall with one observation. The loss is a mean
over tokens; so of a batch with $T$ tokens, cut into parts with $T_k$, it is

$$
L = \sum_k \frac{T_k}{T}\, L_k , \qquad
\nabla L = \sum_k \frac{T_k}{T}\, \nabla L_k .
$$ (eq-parts)

A part weighs as much as it has tokens. Whoever takes the plain mean of the $L_k$
trains something else as soon as sentences differ in length.

The parts may be computed one after another, each in the memory of the last: gradients
add up until a step moves ({term}`gradient accumulation`). Or they are computed side by
side, by processes that each hold the whole model, on one machine or on many
({term}`data parallelism`). Then the gradients must meet, once a step. Here is both.
*/
static int tokens_asked(const Pairs *pairs, int count, const int *list)
{
    int sum = 0;
    for (int b = 0; b < count; b++)
        sum += pairs_ids(pairs, TARGET, list[b]).n + 1;
    return sum;
}

/* What some pairs of a batch add to its mean loss, and to the gradients. */
static double gradients_of(Training *tr, int count, const int *list)
{
    if (count == 0)
        return 0;
    TrainingOptions o = tr->options;
    Batch batch = o.batch ? o.batch(tr->pairs, count, list, &tr->rng)
                          : batch_of(tr->pairs, count, list);
    tr->places += batch.target.count
                * (batch.source.length + batch.target.length);
    double share = tokens_asked(tr->pairs, count, list) / (double)tr->tokens;
    return model_gradients(tr->model, batch, share,
                           (StepOptions){ .smoothing = o.smoothing,
                                          .dropout = &tr->rng });
}

/* Where part k begins, if n things are cut into so many parts. */
static int begin_of(int k, int parts, int n)
{
    return (int)((int64_t)n * k / parts);
}

static double gradients_in_parts(Training *tr, int count, const int *list)
{
    int each = tr->options.parts, parts = team_size() * each;
    double loss = 0;
    tr->tokens = tokens_asked(tr->pairs, count, list);
    tr->places = 0;
    if (team_rank() > 0)    /* draws of one's own */
        tr->rng = rng_named(tr->options.seed + ((uint64_t)tr->step << 16)
                                + (uint64_t)team_rank(), "dropout");
    for (int k = team_rank() * each; k < (team_rank() + 1) * each; k++) {
        int from = begin_of(k, parts, count), to = begin_of(k + 1, parts, count);
        loss += gradients_of(tr, to - from, list + from);
    }
    team_sum(1, &loss);
    team_sum_gradients(tr->model.params);
    return loss;
}

/*
A program alone is a team of one, and the last two calls do nothing. `make mpi` links
it with another `team.c`, whose sums go through MPI, the library for such things;
`mpirun` starts as many processes as it is told to. What they do *not* send is the
point. Each reads the same files; the same seed deals the same batches and makes the
same first numbers; the sum is the same in all, to the last bit, and so is Adam's
step. The models stay equal, and nothing but gradients has to travel. (Before each
save the team compares checksums: a difference would never heal.) So how many they are
is no setting. Four learn what one learns, up to rounding; a checkpoint goes on with
any number; only dropout is drawn by each for itself. `tests/team.sh` tries that, and
ends processes in every way it knows.

Two steps, in more and more parts, and the largest tape of each:
*/
static size_t largest;      /* bytes of a step, when its logits are there */

static Tensor *watched_logits(const void *model, Batch batch, Pass pass)
{
    Tensor *logits = transformer_logits(model, batch, pass);
    largest = tape_bytes() > largest ? tape_bytes() : largest;
    return logits;
}

static void in_parts(void)
{
    enum { STEPS = 2 };
    Lesson lesson = lesson_read(CORPUS_FRENCH, cell_quick());
    const Vocabulary *words = lesson.train.words;
    text_printf("%5s  %13s  %8s %d  %10s\n", "parts", "loss, step 1", "step",
                STEPS, "memory");
    for (int parts = 1; parts <= 16; parts *= 4) {
        Rng rng = rng_new(cell_seed());
        Transformer t = transformer_new(ours, words[SOURCE].n, words[TARGET].n,
                                        &rng);
        Training tr = training_new((Model){ &t, watched_logits, &t.params },
                                   &lesson.train,
                                   (TrainingOptions){ .steps = STEPS, .clip = 1,
                                                      .batch_tokens = 4000,
                                                      .parts = parts });
        largest = 0;
        double first = training_step(&tr), last = first;
        while (tr.step < STEPS)
            last = training_step(&tr);
        text_printf("%5d  %13.5f  %10.5f  %7.1f MB\n", parts, first, last,
                    (double)largest / 1e6);
        training_free(&tr);
    }
    lesson_free(&lesson);
}

/*
(sec-on-paper)=
## What many machines are worth

To sum $m$ bytes over $p$ machines in a ring {cite}`patarasuk2009`, each sends a
$p$-th of them to its neighbour, $2 (p - 1)$ times: until each piece has met every
machine, and then until every machine has each sum. If a message takes $\alpha$ to
arrive, and $\beta$ bytes go through in a second, that is

$$
t = 2 (p - 1) \left( \alpha + \frac{m}{p\, \beta} \right) .
$$ (eq-ring)

However many they are, the second term stays below $2m / \beta$: that is why it can
work at all. The first grows with $p$. How long they compute between two sums we have
measured on one machine; so we can say on paper what many would be worth.
*/
static const struct {
    double parameters;
    double at_400, at_4000;     /* seconds of one core for a step of so many places */
    double cores;               /* of a machine: 16 that share memory, say, and do
                                 * the work of 12 */
} measured = { 7.1e6, 0.043, 0.385, 12 };   /* translate train, three layers in each
                                             * half, width 256, 29,000 pairs */

static double time_to_compute(double places)
{
    double slope = (measured.at_4000 - measured.at_400) / 3600;
    return (measured.at_400 + (places - 400) * slope) / measured.cores;
}

static double time_to_sum(int p, double latency, double bytes_per_second)
{
    double bytes = measured.parameters * sizeof(float);
    return 2 * (p - 1) * (latency + bytes / p / bytes_per_second);
}

static const struct {
    int gigabits;
    double latency, speed;      /* seconds; bytes a second */
} network[] = { { 10, 25e-6, 1.15e9 }, { 100, 5e-6, 11.5e9 } };

/* shared: the places are those of all machines, not of each. */
static void worth(int places, bool shared)
{
    for (int k = 0; k < 2; k++) {
        text_printf("%6d places %s  %3d Gbit/s", places,
                    shared ? "in all" : "each  ", network[k].gigabits);
        for (int p = 8; p <= 512; p *= 8) {
            double time = time_to_compute(shared ? (double)places / p : places)
                        + time_to_sum(p, network[k].latency, network[k].speed);
            text_printf("  %7.1f", time_to_compute(places) * (shared ? 1 : p) / time);
        }
        text_printf("\n");
    }
}

static void on_paper(void)
{
    text_printf("gradients of a step: %.1f MB\n\n%-32s  %7d  %7d  %7d\n",
                measured.parameters * sizeof(float) / 1e6, "machines", 8, 64, 512);
    worth(4000, true);
    worth(4000, false);
    worth(40000, false);
}

/*
The numbers say how many times as much as one machine they compute in the same time.
(The networks are an assumption, in `network`.)

Cut one batch among many machines, and they wait for the network: at 10 Gbit/s eight
take longer than one. Give each a batch of its own, and what they compute grows with
their number, but at 10 Gbit/s more than half is lost; with ten times as many places,
little. So machines pay with large batches. Where these do not fit into memory, parts
make room: `--parts 10` sends no more than `--parts 1`. Whether a large batch teaches
as much for each place is another matter. With ten times the places an epoch has a
tenth of the steps; {cite:t}`goyal2017` make up for it with ten times the rate, and a
warm-up before it.
{quiz} What is the loss of the batch?

(sec-checkpoints)=
## Stopped, and gone on

Machines are switched off. What must be in a file so that a training can go on as if
nothing had happened? The parameters, of course; but Adam has its two means and counts
its steps, the rate depends on the step, the batches on the epoch, and dropout on where
its generator is. Forget one, and the training goes on, but it is another one. Data and
options are not in this list: they must come from where they came from before. Adam's
means come last: who only uses the model can stop reading before them.
*/
void training_learned(Checkpoint *c, long *step, Rng *rng, const Params *params)
{
    checkpoint_long(c, "step", step);
    checkpoint_bits(c, "generator", &rng->state);
    checkpoint_params(c, "parameters", params);
}

void training_state(Training *tr, Checkpoint *c)
{
    training_learned(c, &tr->step, &tr->rng, tr->model.params);
    checkpoint_optimiser(c, "adam", tr->adam);
}

static Training small_training(Transformer *model, const Pairs *pairs,
                               uint64_t seed)
{
    TransformerOptions o = ours;
    Rng rng = rng_new(seed);
    o.dropout = 0.1;
    *model = transformer_new(o, pairs->words[SOURCE].n, pairs->words[TARGET].n,
                             &rng);
    return training_new(transformer_model(model), pairs,
                        (TrainingOptions){ .steps = 20, .seed = cell_seed() });
}

static void stopped_and_gone_on(void)
{
    char path[500];
    snprintf(path, sizeof path, "%s/stopped.ckpt", cell_out() ? cell_out() : ".");
    Lesson lesson = lesson_read(CORPUS_FRENCH, cell_quick());
    Transformer a, b;
    Training whole = small_training(&a, &lesson.train, 1);
    Training later = small_training(&b, &lesson.train, 2);
    while (whole.step < 10)
        training_step(&whole);
    Checkpoint *to = checkpoint_write(path, 1);
    training_state(&whole, to);
    checkpoint_close(to);
    Checkpoint *from = checkpoint_read(path, 1);
    training_state(&later, from);
    checkpoint_close(from);
    remove(path);
    for (int i = 0; i < 10; i++) {
        double one = training_step(&whole), other = training_step(&later);
        if (i % 3 == 0)
            text_printf("step %ld: loss %.6f, gone on %.6f\n", whole.step, one,
                        other);
    }
    training_free(&whole);
    training_free(&later);
    lesson_free(&lesson);
}

/*
The second model began with other numbers, read the file, and is the first one,
to the last bit (a test compares all parameters). The file takes its name when it
is whole: whoever pulls the plug while it is written finds the older one.

:::{table} Shape ledger of a training
:name: tab-ledger-training

| name | shape | meaning |
|:-----|:------|:--------|
| order | $(N)$ | the numbers of all pairs, by length |
| first | $(K + 1)$ | where each of $K$ batches begins in it |
| source, target | $(B, n)$, $(B, m)$ | a batch: $B(n + m) \le$ 2000 places |
| logits | $(B, m, V)$ | of any model |
| loss | $(1)$ | mean over the tokens of the target |
:::
{quiz} Why is it another training?

## Claims, and where they are tested

:::{folded} The list
- In an epoch every pair comes once, and no batch is too large. {test}`tests/09_training_well.c: an_epoch_gives_every_pair_once_in_full_batches`
- Batches by length have less padding. {test}`tests/09_training_well.c: batches_by_length_have_little_padding`
- The rate rises and falls as the formulas say. {test}`tests/09_training_well.c: the_learning_rate_rises_and_falls`
- Smoothing and clipping do what they should. {test}`tests/09_training_well.c: smoothing_and_clipping_reach_the_step`
- Any model can be trained. {test}`tests/09_training_well.c: any_model_can_be_trained`
- So can one of texts alone, which have no source. {test}`tests/09_training_well.c: texts_without_a_source_can_be_learned`
- The loss of an examination is a mean over tokens, without dropout. {test}`tests/09_training_well.c: cross_entropy_weighs_by_tokens_and_drops_nothing`
- With the norm after the sum a deep stack needs warm-up; with the norm before it does not. {test}`tests/09_training_well.c: with_the_norm_after_a_deep_stack_needs_warm_up`
- A batch in parts has the loss and the gradients of the whole. {test}`tests/09_training_well.c: a_batch_in_parts_gives_the_loss_and_gradients_of_the_whole`
- A team of one changes nothing. {test}`tests/team.c: one_process_is_all_there_is_and_changes_nothing`
- Memory is steady. {test}`tests/09_training_well.c: memory_is_steady`
- A training that was stopped and resumed ends with the same bits. {test}`tests/09_training_well.c: a_training_goes_on_from_its_state_to_the_same_bits`
:::

## Summary

- Batches by length hold hardly any padding. In a short training that does not pay for
  what they lose: each of them shows one kind of sentence.
- A rate that rises before it falls is to protect Adam's first steps. A deep stack with
  the norm after the sum cannot do without; with the norm before, it can.
- Smoothing, dropout and a shared table are answers to questions that a small model on a
  clean language hardly asks. Leave one out, twice, and see.
- A batch may be computed in parts, one after another or on many machines, with the same
  result. What travels are the gradients, once a step; it pays if batches are large.
- A training is its parameters, two means of each, a step and a generator: with these
  five in a file it can stop and go on.

(sec-exercises-09)=
## Exercises

{exercises}

And an experiment, which no program can mark: set `LEAST` to 900 and `CURVE` to
90, and wait some minutes. Which of the differences stay?

## Further reading

{cite:t}`xiong2020` on where the norm stands, and why; {cite:t}`kingma2015` on Adam;
{cite:t}`szegedy2016`, section 7, on smoothed labels; {cite:t}`press2017` on one table for
two purposes.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(padding);
    cell(learning_rates);
    cell(leaving_one_out);
    cell(norm_before_or_after);
    cell(steady_memory);
    cell(in_parts);
    cell(on_paper);
    cell(stopped_and_gone_on);
    return cell_end();
}

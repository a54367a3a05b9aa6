/*
# From 2017 to today

The Transformer of 2017 is still the one that is built. What has changed since are
small things: where a norm stands and what it computes, how a place is told, what the
network inside a layer does, which numbers are left out. Each has a paper of its own,
which says that it helps, and with all of them a layer is the block of Llama
{cite}`touvron2023`, and of most models since. Do they help a model of the size of
chapter 14's? This chapter makes one change at a time and measures. Its second half is
about files, since a model is of little use to others while only one program can read it:
how weights are passed around, so that PyTorch computes the same numbers from ours, and a
known C program runs what this book has trained.

One such file ships with the book, a teller of chapter 14's stories:
*/
#include "17_today.h"

#include "07_positional_encoding.h"
#include "base/clock.h"
#include "base/whole.h"
#include "cell/cell.h"
#include "cell/plot.h"
#include "cell/progress.h"

#include <math.h>
#include <stdlib.h>

const char today_model_file[] = "chapters/data/stories.bin";
const char today_pieces_file[] = "chapters/data/stories.pieces";

/* fold: goes on with a beginning, and prints both */
static void print_told(const Today *t, const LlamaPieces *pieces, int places,
                       const char *begin, double temperature)
{
    Rng rng = rng_named(cell_seed(), begin);
    Ids begun = llama_tokens(pieces, begin), written;
    write_on(today_model(t), 1, NULL, &begun,
             (WriteOptions){ .writer = today_writer, .longest = places - begun.n,
                             .sampling = { .temperature = temperature },
                             .rng = temperature > 0 ? &rng : NULL }, &written);
    char label[40];
    Text said = llama_text(pieces, ids_joined(begun, written));
    snprintf(label, sizeof label, "temperature %g", temperature);
    text_wrapped(label, said.at);
    free((char *)said.at);
    free(begun.id);
}

static void told_by_a_file(void)
{
    int places;
    Today t = today_read_llama(today_model_file, &places);
    LlamaPieces pieces = llama_pieces_read(today_pieces_file, t_dim(t.words, 0) - 1);
    text_printf("%ld parameters\n", params_count(&t.params));
    print_told(&t, &pieces, places, "One day , Anna", 0);
    print_told(&t, &pieces, places, "In the morning , Tom", 0.8);
    llama_pieces_free(&pieces);
}

/*
(At temperature 0 each token is the most probable one.) Compare that with what chapter 14's
GPT wrote after its short lesson, where Anna gave the ball to Anna. This one has read
20,000 stories, ten times each. It is not without slips: she finds her compass twice, and
the lantern that Tom forgets was Sarah's.

(sec-choices)=
## What can be changed

Chapter 14's GPT is where we start. It looks at what stands before, it adds sinusoids to
its words, its norms stand before each part of a layer, and its network is two matrices
with a $\max(0, x)$ between them. Each change is a choice, and a choice of nothing is that
GPT: a test asks for the same numbers to the last bit.

:::{figure} 17_today/layers.svg
:name: fig-layers-17
:alt: Two columns of boxes, from the bottom to the top. 2017: words and sinusoids; attention with biases, plus, layer norm; max of 0 and x, plus, layer norm. Today: words; RMS norm, attention with queries and keys turned, plus; RMS norm, SwiGLU, plus. Beside each pair a line runs around what is added, to the plus.

A layer of 2017 and one of today. The line at the side is the sum that runs through all
layers: in 2017 a norm stands on it, today none does.
:::

{header} TodayOptions Block Today
*/
static int shared_heads(TodayOptions o) { return o.shared ? o.shared : o.heads; }

TodayOptions today_all(TodayOptions o)
{
    o.rms = o.rotary = o.gated = o.no_bias = true;
    o.norm_after = false;
    return o;
}

static LayerNorm norm_new(Today *t)
{
    LayerNorm n = { .gain = t_param(&t->params, t->options.width) };
    if (!t->options.rms)
        n.bias = t_param(&t->params, t->options.width);
    for (int i = 0; i < t->options.width; i++)
        t_at(n.gain, i) = 1;
    return n;
}

static Block block_new(Today *t, Rng *rng)
{
    TodayOptions o = t->options;
    LinearOptions l = { .no_bias = o.no_bias };
    int d = o.width, kept = d / o.heads * shared_heads(o);
    Block b = { 0 };
    b.to_q = nn_linear_new(&t->params, rng, d, d, l);
    b.to_k = nn_linear_new(&t->params, rng, d, kept, l);
    b.to_v = nn_linear_new(&t->params, rng, d, kept, l);
    b.to_out = nn_linear_new(&t->params, rng, d, d, l);
    b.look_norm = norm_new(t);
    b.up = nn_linear_new(&t->params, rng, d, o.hidden, l);
    if (o.gated)
        b.gate = nn_linear_new(&t->params, rng, d, o.hidden, l);
    b.down = nn_linear_new(&t->params, rng, o.hidden, d, l);
    b.feed_norm = norm_new(t);
    return b;
}

static Tensor *table_new(Today *t, int vocabulary, Rng *rng)
{
    int d = t->options.width;
    return nn_embedding_new(&t->params, rng, vocabulary, d, 1 / sqrt(d));
}

Today today_new(TodayOptions o, int vocabulary, Rng *rng)
{
    if (o.layers < 1 || o.layers > MAX_LAYERS || o.heads % shared_heads(o) != 0)
        T_AT(t_fail("today_new: from 1 to %d layers, got %d; and heads that share "
                    "evenly, got %d of %d", MAX_LAYERS, o.layers, shared_heads(o),
                    o.heads));
    Today t = { .options = o };
    t.words = table_new(&t, vocabulary, rng);
    t.output = o.untied ? table_new(&t, vocabulary, rng) : t.words;
    for (int i = 0; i < o.layers; i++)
        t.block[i] = block_new(&t, rng);
    if (!o.norm_after)
        t.end = norm_new(&t);
    return t;
}

/*
(sec-where)=
## Where the norm stands

In 2017 a layer was $\mathrm{Norm}(x + f(x))$: what goes on to the next layer has been
normalised. Chapter 8 trained it that way and the other, $x + f(\mathrm{Norm}(x))$, where
only what a part of the layer *reads* is normalised. Then a sum runs from the words to
the output on which no norm stands: each part adds something to it, and the gradient
comes back along it unchanged. With the norm after the sum, every layer that the gradient
passes scales it once more {cite}`xiong2020`. How much, one can see before any training: a
loss, its gradient, and how large that is at the last matrix of each layer.
*/
static Tensor *normed(TodayOptions o, LayerNorm n, Tensor *x)
{
    return o.rms ? t_rms_norm(x, n.gain, o.norm) : nn_layer_norm(n, x);
}

static Stories lesson;

static const Vocabulary *words(void)
{
    if (lesson.texts.n == 0)
        lesson = stories_read(STORIES_TRAIN, cell_quick() ? 60 : 12000, 5,
                              cell_seed(), NULL);
    return &lesson.texts.words[TARGET];
}

/* The first n texts of the lesson, eight at most, as a batch. */
static Batch some_texts(int n)
{
    words();
    return batch_of(&lesson.texts, n, (int[]){ 0, 1, 2, 3, 4, 5, 6, 7 });
}

/* The root of the mean square of a gradient. */
static double gradient_size(const Tensor *x)
{
    Tensor *g = t_grad(x);
    return sqrt(t_item(t_mean(t_mul(g, g), T_ALL)));
}

static void gradients_before_training(void)
{
    enum { DEEP = 12 };
    double size[2][DEEP];
    for (int after = 0; after < 2; after++) {
        Rng rng = rng_new(cell_seed());
        Today t = today_new((TodayOptions){ .layers = DEEP, .width = 64, .heads = 4,
                                            .hidden = 128, .norm_after = after },
                            words()->n, &rng);
        Batch batch = some_texts(8);
        t_backward(t_cross_entropy(today_logits(&t, batch, (Pass){ 0 }),
                                   batch.next, (CrossEntropy){ 0 }));
        for (int i = 0; i < DEEP; i++)
            size[after][i] = gradient_size(t.block[i].down.weight);
        tape_reset();
    }
    Plot *plot = plot_open("gradients", "layer before after");
    text_printf("%5s %16s %16s\n", "layer", "norm before", "norm after");
    for (int i = 0; i < DEEP; i++) {
        plot_row(plot, i + 1, size[0][i], size[1][i]);
        text_printf("%5d %16.2e %16.2e\n", i + 1, size[0][i], size[1][i]);
    }
    plot_close(plot);
}

/*
:::{figure} 17_today/gradients.svg
:name: fig-gradients-17
:alt: Size of the gradient against the layer, one to twelve. With the norm before, it hardly changes. With the norm after, it grows towards the last.

The gradient at the start, in twelve layers.
:::

With the norm after, it grows towards the output, by a half; with the norm before, it
does not. All lessons here start slowly, as models with the norm after need it.
{quiz} Why is it so little here?

(sec-rms)=
## A norm without the mean

Layer norm takes the mean of a vector away, and divides by how far its numbers then are
from 0. Root mean square norm {cite}`zhang2019` does the second only:

$$
\mathrm{RMSNorm}(x)_i = g_i \, \frac{x_i}{\sqrt{\frac{1}{d} \sum_j x_j^2 + \epsilon}} .
$$ (eq-rms)

The $\epsilon$ keeps a vector of nothing but zeros from being divided by 0. It is a
choice of whoever trained a model: $10^{-5}$ here and in Llama 2, $10^{-6}$ in others.
A program that runs somebody's weights must use theirs.
*/
static void two_norms(void)
{
    static char *const name[] = { "x", "x + 10", "10 x", "x / 1000" };
    Tensor *x = t_matrix(1, 4, 1, -1, 3, 1);
    x = t_concat(0, x, t_add(x, t_vector(10)), t_scale(x, 10), t_scale(x, 0.001));
    text_matrix("layer norm", t_layer_norm(x, NULL, NULL), name, NULL, 3);
    text_matrix("RMS norm", t_rms_norm(x, NULL, (NormOptions){ 0 }), name, NULL, 3);
}

/*
Neither minds how long a vector is. What is added to all of its numbers alike, layer norm
does not see, and RMS norm does: of $x + 10$ hardly anything is left but the 10. (In the
last row $\epsilon$ shows: the squares are so small that it counts.) If a model needs the
mean gone, its matrices can learn that. So the question is whether to spend the time, and
written out with care either is a small part of a layer.
{quiz} For which vectors do both norms give the same?

(sec-turned)=
## Turned, not added

Of chapter 7's five ways to tell a place, rotary encoding {cite}`su2021` is the one that
nearly every model since Llama has. Nothing is added to the words. Instead each pair of
numbers of a query and of a key is turned, by an angle that grows with the place, and
since turning both by as much changes no inner product, a score depends on the distance
alone. It happens in every layer anew; sinusoids are added once, at the bottom, and must
get through all layers. And a word need no longer be made large beside its place: the
factor $\sqrt d$ of the embedding is gone, too.

Which two numbers are a pair? The paper takes neighbours, $x_{2i}$ and $x_{2i+1}$.
Chapter 7 takes number $i$ of one half and number $i$ of the other, as most files of
weights do today. To a model it is the same, for no number of a query knows its own index:
*/
/* From neighbours to halves, or back: columns change places, in each head of
 * width w. */
static void change_columns(Tensor *x, int w, bool to_halves)
{
    int n = t_size(x) / w;
    Tensor *pairs = to_halves ? t_reshape(x, n, w / 2, 2) : t_reshape(x, n, 2, w / 2);
    t_assign(x, t_reshape_shape(t_permute(pairs, 0, 2, 1), x->shape));
}

void today_change_layout(Today *t)
{
    TodayOptions *o = &t->options;
    TapeMark mark = tape_mark();
    for (int i = 0; i < o->layers; i++) {
        const Block *b = &t->block[i];
        Tensor *list[] = { b->to_q.weight, b->to_q.bias, b->to_k.weight, b->to_k.bias };
        for (int k = 0; k < 4; k++)
            if (list[k])
                change_columns(list[k], o->width / o->heads, o->turn.neighbours);
    }
    tape_release(mark);
    o->turn.neighbours = !o->turn.neighbours;
}

static void two_layouts(void)
{
    Batch batch = some_texts(4);
    Rng rng = rng_new(cell_seed());
    TodayOptions o = today_all((TodayOptions){ .layers = 2, .width = 64, .heads = 4,
                                               .hidden = 128, .turn.neighbours = true });
    Today t = today_new(o, words()->n, &rng);
    Tensor *pairs = today_logits(&t, batch, (Pass){ 0 });
    t.options.turn.neighbours = false;
    Tensor *wrong = today_logits(&t, batch, (Pass){ 0 });
    t.options.turn.neighbours = true;
    today_change_layout(&t);
    Tensor *halves = today_logits(&t, batch, (Pass){ 0 });
    text_printf("largest logit                            %.3f\n"
                "halves, W_q and W_k as they were         %.3f apart\n"
                "halves, their columns in the other order %.1e apart\n",
                t_item(t_max(pairs, T_ALL)), t_distance(pairs, wrong),
                t_distance(pairs, halves));
}

/*
With the columns in the other order the same logits come out, but for rounding. Read in
the wrong layout, they are 1.1 apart, in a model that has learned nothing yet. No shape
tells. Whoever reads the weights of others must know which layout they have.

While a model writes, keys are kept (chapter 10). They are kept *turned*: a key's place
does not change when more is written. A query that comes at place 40 is turned by 40
places, and looks at all that stand there.
*/
static Tensor *look(TodayOptions o, const Block *b, int i, Tensor *x, int first,
                    Memory memory)
{
    int shared = shared_heads(o);
    Tensor *q = split_heads(nn_linear(b->to_q, x), o.heads);
    KeysValues kv = { split_heads(nn_linear(b->to_k, x), shared),
                      split_heads(nn_linear(b->to_v, x), shared) };
    if (o.rotary) {
        q = t_rotary(q, first, o.turn);
        kv.k = t_rotary(kv.k, first, o.turn);
    }
    if (memory.remember)
        kv = memory.remember(memory.of, i, kv);
    AttentionOptions before_me = { .causal = true, .cached = first };
    return nn_linear(b->to_out,
                     merge_heads(t_attention(q, kv.k, kv.v, before_me)));
}

/*
{quiz} Queries and keys are turned. Why not values?

(sec-gate)=
## A gate in the network

The network of a layer has been $\max(0, x W_1)\, W_2$ since 2017. Gated ones multiply
what one matrix says by what another says about it {cite}`shazeer2020`:

$$
\mathrm{SwiGLU}(x) = \big( \mathrm{silu}(x W_g) \odot x W_1 \big)\, W_2, \qquad
\mathrm{silu}(z) = \frac{z}{1 + e^{-z}} .
$$ (eq-swiglu)

(The name joins Swish, as silu is also called, and gated linear unit.) A product of two
things that both depend on $x$ is something that sums do not make: *this, if that*. The
paper measures that it helps and ends by saying why: "we offer no explanation as to why
these architectures seem to work; we attribute their success, as all else, to divine
benevolence".

There are three matrices now. To compare at equal parameters, they are made two thirds
as wide: $3 \cdot \frac23 = 2$.
*/
static Tensor *feed(const Block *b, Tensor *x)
{
    Tensor *up = nn_linear(b->up, x);
    up = b->gate.weight ? t_swiglu(nn_linear(b->gate, x), up)
                        : t_relu(t_last_use(up));
    return nn_linear(b->down, up);
}

static void what_a_gate_does(void)
{
    static char *const at[] = { "-4", "-2", "0", "2", "4" };
    static char *const is[] = { "max(0, z)", "silu(z)", "silu(z) u, u = -2" };
    Tensor *z = t_matrix(5, 1, -4, -2, 0, 2, 4), *u = t_broadcast(t_vector(-2), 5, 1);
    text_matrix("z", t_concat(1, t_relu(z), t_silu(z), t_swiglu(z, u)), at, is, 3);
    Plot *plot = plot_open("gate", "z relu silu swiglu_up_minus_1");
    for (int i = -40; i <= 40; i++) {
        z = t_vector(i / 10.0);
        plot_row(plot, i / 10.0, t_item(t_relu(z)), t_item(t_silu(z)),
                 t_item(t_swiglu(z, t_vector(-1))));
    }
    plot_close(plot);
}

/*
:::{figure} 17_today/gate.svg
:name: fig-gate
:alt: Three curves over z from minus 4 to 4. One is zero left of 0 and z right of it; the second is rounded, dips a little below 0 at minus 1.3, and approaches the first on both sides; the third is the second turned upside down.

What the network has between its matrices.
:::

Where the gate is far below 0, nothing passes; far above, what the other matrix says
passes, times the gate, with its own sign.

(sec-left-out)=
## What is left out

**Biases.** A layer $x W + b$ adds the same $b$ to every token. Llama has none, in any
layer, nor in a norm. They are few (count them below).

**Keys and values.** Several heads of queries share one head of keys and values, so that
less is kept while a model writes; chapter 16 [counts how much](sec-sharing). What is
saved in parameters we give to the network, to compare at equal size.

(sec-block)=
## The block

Put together, a layer is short.
*/
static Tensor *block(TodayOptions o, const Block *b, int i, Tensor *x, int first,
                     Memory memory)
{
    if (o.norm_after) {
        x = normed(o, b->look_norm, t_add(x, look(o, b, i, x, first, memory)));
        return normed(o, b->feed_norm, t_add(x, feed(b, x)));
    }
    x = t_add(x, look(o, b, i, normed(o, b->look_norm, x), first, memory));
    return t_add(x, feed(b, normed(o, b->feed_norm, x)));
}

static Tensor *run(const Today *t, const int *ids, int B, int n, int first,
                   Memory memory)
{
    TodayOptions o = t->options;
    Tensor *x = t_embedding(t->words, ids, B, n);
    if (!o.rotary)
        x = t_add(t_scale(x, sqrt(o.width)), sinusoids(first, n, o.width));
    for (int i = 0; i < o.layers; i++)
        x = block(o, &t->block[i], i, x, first, memory);
    x = o.norm_after ? x : normed(o, t->end, x);
    return t_matmul(x, t_transpose(t->output));
}

Tensor *today_logits(const void *model, Batch batch, Pass pass)
{
    (void)pass;
    Sentences s = batch.target;
    return run(model, s.ids, s.count, s.length, 0, (Memory){ 0 });
}

Model today_model(const Today *t)
{
    return (Model){ t, today_logits, &t->params };
}

/*
:::{table} Shape ledger of the block
:name: tab-ledger-today

| name | shape | meaning |
|:-----|:------|:--------|
| x | $(B, n, d)$ | the sum that runs through all layers |
| q | $(B, h, n, w)$ | $h$ heads of queries, $w = d / h$ |
| kv.k, kv.v | $(B, h / g, m, w)$ | keys and values, one for $g$ heads; $m$: those kept, and the new |
| gate, up | $(B, n, 4 d / 3)$ | in the network; two thirds of twice the width |
| logits | $(B, n, V)$ | of the next token at each |
:::

Padding needs no mask: it stands behind, and nobody looks there. To write, keys and values
are kept as in chapters 10 and 14, for as many heads as there are of *keys*:
*/
/* fold: a model at work on some rows */
typedef struct {
    Kept kept;
    const Today *model;
    int rows;
} Writing;

static Tensor *write_token(void *state, const int *ids)
{
    Writing *w = state;
    Kept *k = &w->kept;
    Tensor *logits = run(w->model, ids, w->rows, 1, k->length, kept_memory(k));
    k->length++;
    return t_reshape(logits, w->rows, T_INFER);
}

Writer today_writer(Model model, Sentences source, int copies, int room)
{
    const Today *t = model.self;
    TodayOptions o = t->options;
    int shared = shared_heads(o), rows = source.count * copies;
    TransformerOptions kept = { .layers = o.layers, .heads = shared,
                                .width = o.width / o.heads * shared };
    Writing *w = tape_room(sizeof *w);
    *w = (Writing){ kept_new(kept, rows, room), t, rows };
    return (Writer){ w, write_token, kept_reorder };
}

/*
(sec-one-at-a-time)=
## One change at a time

Now the measurement: chapter 14's lesson, the same stories in the same batches, as many
steps, the same seed, and one change. Where a change adds parameters or saves some, the
network is made narrower or wider, so that all have about as many.
*/
enum { CHANGES = 9 };
static const struct {
    const char *name, *column;
    TodayOptions options;
} changes[CHANGES] = {
#define SIZE .layers = 2, .width = 64, .heads = 4
    { "chapter 14's GPT", "as_in_chapter_14", { SIZE, .hidden = 128 } },
    { "norm after", "norm_after", { SIZE, .hidden = 128, .norm_after = true } },
    { "RMS norm", "rms_norm", { SIZE, .hidden = 128, .rms = true } },
    { "rotary", "rotary", { SIZE, .hidden = 128, .rotary = true } },
    { "SwiGLU", "swiglu", { SIZE, .hidden = 85, .gated = true } },
    { "no biases", "no_biases", { SIZE, .hidden = 128, .no_bias = true } },
    { "2 heads share keys", "shared_keys", { SIZE, .hidden = 160, .shared = 2 } },
    { "all but the last", "all_but_the_last",
      { SIZE, .hidden = 85, .rms = true, .rotary = true, .gated = true,
        .no_bias = true } },
    { "all", "all",
      { SIZE, .hidden = 106, .rms = true, .rotary = true, .gated = true,
        .no_bias = true, .shared = 2 } },
#undef SIZE
};

Today today_teach(TodayOptions o, const Stories *stories, uint64_t seed, int steps)
{
    Rng rng = rng_new(seed);
    Today t = today_new(o, stories->texts.words[TARGET].n, &rng);
    Training tr = training_new(
        today_model(&t), &stories->texts,
        (TrainingOptions){ .steps = steps, .warmup = steps / 10, .rate = 5e-3,
                           .clip = 1, .batch_tokens = 600, .seed = seed });
    while (tr.step < steps)
        training_step(&tr);
    training_free(&tr);
    return t;
}

enum { SHORT = 600, LONG = 1800 };

/* The loss after it, and milliseconds of this thread for a step. */
static double long_lesson(TodayOptions o, const Pairs *held_out, double *time)
{
    double begin = clock_busy_seconds();
    Today t = today_teach(o, &lesson, cell_seed(), LONG);
    *time = 1000 * (clock_busy_seconds() - begin) / LONG;
    return cross_entropy(today_model(&t), held_out);
}

static void one_change(void)
{
    int steps = cell_quick() ? 4 : SHORT;
    const Vocabulary *v = words();
    Stories held = stories_read(STORIES_HELD_OUT, cell_quick() ? 4 : 200, 5,
                                cell_seed(), v);
    Plot *plot = plot_open("one_change", "change loss_600[mnat] loss_1800[mnat] "
                                         "parameters time[ms]");
    text_printf("%-20s %8s %12s %12s\n", "", "loss", "perplexity", "parameters");
    Progress progress = progress_begin("one change", 0, CHANGES);
    for (int i = 0; i < CHANGES; i++) {
        TodayOptions o = changes[i].options;
        Today t = today_teach(o, &lesson, cell_seed(), steps);
        double loss = cross_entropy(today_model(&t), &held.texts);
        double longer = NAN, time = NAN;
        if (cell_long())
            longer = long_lesson(o, &held.texts, &time);
        text_printf("%-20s %8.3f %12.2f %12ld\n", changes[i].name, loss, exp(loss),
                    params_count(&t.params));
        plot_row_of(plot, changes[i].column, 1000 * loss, 1000 * longer,
                    (double)params_count(&t.params), time);
        progress_show(&progress, i + 1, "%s", changes[i].name);
    }
    progress_end(&progress);
    plot_close(plot);
    stories_free(&held);
}

/*
:::{figure} 17_today/one_change.svg
:name: fig-one-change
:alt: Nine dots, one for each model, over the loss after 600 steps. Six lie close together at about 1.45; the three that have rotary encoding lie at about 1.

The loss of the table above, in nats for a token of 200 held-out stories.
:::

One seed and a short lesson tell little of small differences. So here are three seeds,
and a lesson three times as long, as chapter 14 has it:

:::{table} One change at a time: loss in thousandths of a nat, three seeds, mean (least–greatest)
:name: tab-one-change-seeds
{seeds} one_change | change | loss, 600 steps | loss, 1800 steps | parameters | ms a step
:::

Read it line by line, and mind the brackets.

- **Rotary encoding** is what changed. After 600 steps it is ahead of everything without
  it by 0.4 nats, where seeds differ by 0.07; after 1,800 each seed with it is still
  ahead of each without, the nearest by 0.02. In stories most of what matters stands a
  few words back, and it gives distances for nothing, in every layer.
- **RMS norm, SwiGLU, no biases**: after 1,800 steps the first is a little worse in the
  mean and the other two a little better, but chapter 14's GPT itself moves by as much
  from seed to seed, and the brackets overlap. It may be that the gate helps, as others
  found in models that are larger; three seeds do not tell.
- **Norm after** learns faster in the short lesson, with every seed, and is level in the
  long one. What it is feared for, depth, is not here.
- **Shared keys** cost a little in the long lesson, with every seed, though the network
  was made wider. What they are for, half of the memory while writing, no loss shows.
- **All together** are as good as rotary encoding alone, or by a hair better.

And the time: a step takes nearly a tenth longer with rotary encoding, and about as much
with the gate; RMS norm and missing biases save a fiftieth at most. (With one thread, on
a machine that had other things to do as well.)
{quiz} Why is the network of SwiGLU made narrower for this comparison?

(sec-names)=
## Weights by name

A file of weights must say what they are. **safetensors** {cite}`safetensors` is the
plainest way in wide use. It is a length, a header in JSON that gives for each name a type,
a shape and a place, and then numbers. Nothing in it can be run; the format that it took
the place of could, which was a way to break into machines.

So a model needs names for its parameters. They are those that PyTorch's programs for
Llama know; a matrix stands there as (out, in), the other way round than here, where
rows are tokens and $W$ stands on the right. Pairs are made of halves there.
*/
NamedTensors today_named(const Today *t)
{
    NamedTensors list = { 0 };
    named_add(&list, "model.embed_tokens.weight", t->words, false);
    for (int i = 0; i < t->options.layers; i++) {
        const Block *b = &t->block[i];
        named_under(&list, "model.layers.%d.", i);
        named_norm(&list, "input_layernorm", b->look_norm);
        named_linear(&list, "self_attn.q_proj", b->to_q);
        named_linear(&list, "self_attn.k_proj", b->to_k);
        named_linear(&list, "self_attn.v_proj", b->to_v);
        named_linear(&list, "self_attn.o_proj", b->to_out);
        named_norm(&list, "post_attention_layernorm", b->feed_norm);
        named_linear(&list, "mlp.gate_proj", b->gate);
        named_linear(&list, "mlp.up_proj", b->up);
        named_linear(&list, "mlp.down_proj", b->down);
    }
    named_under(&list, "%s", "");
    named_norm(&list, "model.norm", t->end);
    if (t->options.untied)
        named_add(&list, "lm_head.weight", t->output, false);
    return list;
}

static void by_name(void)
{
    TodayOptions o = today_all((TodayOptions){ .layers = 1, .width = 8, .heads = 2,
                                               .shared = 1, .hidden = 12 });
    Rng rng = rng_new(cell_seed());
    Today a = today_new(o, words()->n, &rng), b = today_new(o, words()->n, &rng);
    NamedTensors from = today_named(&a), to = today_named(&b);
    const char *path = cell_path("names.safetensors");
    safetensors_write(path, from.n, from.at);
    for (int i = 0; i < from.n; i++) {
        Tensor *x = from.at[i].turned ? t_transpose(from.at[i].tensor)
                                      : from.at[i].tensor;
        text_printf("%-48s %s\n", from.at[i].name, t_shape(x));
    }
    Batch batch = some_texts(4);
    Tensor *logits = today_logits(&a, batch, (Pass){ 0 });
    double before = t_distance(logits, today_logits(&b, batch, (Pass){ 0 }));
    safetensors_read(path, to.n, to.at);
    text_printf("\nlogits of another model %.3f apart, and %g when it has read the "
                "file\n", before,
                t_distance(logits, today_logits(&b, batch, (Pass){ 0 })));
    remove(path);
    free(from.at);
    free(to.at);
}

/*
PyTorch reads such a file, and computes with it the logits that a test compares with ours.
(`tests/golden/make_17_today.py` has kept them: the test needs no PyTorch.)

Reading is where care is due: a file from the network may say anything. What its header
says, how long it is, where numbers begin and end, and how large shapes are, is compared
with what the model has and with what the file holds before a number is used. A file that
is malformed is refused, with the byte where it is, and programs that throw random bytes
at it (`make fuzz`) look for what that overlooked.

(sec-order)=
## Weights in order

**llama2.c** {cite}`karpathy2023` is a known program: 700 lines of C without any library
that run a Llama. Its file has no names. Seven whole numbers say how large the model is,
then come all parameters, and what they are is said by their order alone: first the table
of words, then the first norm of *all* layers, then $W_q$ of all layers, and so on.
*/
/* Writes all numbers, or reads them: the order is the same. */
static void llama_fields(LlamaFile *f, const Today *t)
{
    enum { FIELDS = 9 };
    llama_words(f, t->words);
    for (int k = 0; k < FIELDS; k++)
        for (int i = 0; i < t->options.layers; i++) {
            const Block *b = &t->block[i];
            Tensor *field[FIELDS] = {
                b->look_norm.gain, b->to_q.weight, b->to_k.weight, b->to_v.weight,
                b->to_out.weight, b->feed_norm.gain, b->gate.weight,
                b->down.weight, b->up.weight,
            };
            llama_numbers(f, field[k], field[k]->shape.n == 2);
        }
    llama_numbers(f, t->end.gain, false);
    llama_turns(f);
    llama_output(f, t->output, t->words);
}

/*
Two things do not fit, and `common/learn/llama.c` makes them fit. There a text ends with
the sign that another one *begins*, so the table that is said differs from the one that is
read, and is written behind all the rest; and there are no numbers for padding.
*/
void today_write_llama(const Today *t, int places, const char *path)
{
    TodayOptions o = t->options;
    if (!o.rms || !o.rotary || !o.gated || !o.no_bias || o.norm_after
        || !o.turn.neighbours)
        T_AT(t_fail("today_write_llama: a model with all changes, and neighbours as "
                    "pairs, expected"));
    LlamaShape shape = { .width = o.width, .hidden = o.hidden, .layers = o.layers,
                         .heads = o.heads, .shared = shared_heads(o),
                         .vocabulary = t_dim(t->words, 0) - 1, .places = places,
                         .own_output = true };
    TapeMark mark = tape_mark();
    LlamaFile *f = llama_write(path, shape);
    llama_fields(f, t);
    llama_close(f);
    tape_release(mark);
}

Today today_read_llama(const char *path, int *places)
{
    LlamaShape s;
    LlamaFile *f = llama_read(path, &s);
    if (s.layers > MAX_LAYERS)
        die("'%s' has %d layers, and %d is the most here", path, s.layers,
            MAX_LAYERS);
    TodayOptions o = today_all((TodayOptions){
        .layers = s.layers, .width = s.width, .heads = s.heads,
        .hidden = s.hidden, .shared = s.shared, .untied = true,
        .turn.neighbours = true });
    Rng rng = rng_new(0);
    Today t = today_new(o, s.vocabulary + 1, &rng);
    TapeMark mark = tape_mark();
    llama_fields(f, &t);
    llama_close(f);
    tape_release(mark);
    *places = s.places;
    return t;
}

static void by_order(void)
{
    int places;
    Today t = today_read_llama(today_model_file, &places);
    TodayOptions o = t.options;
    text_printf("dim %d, hidden_dim %d, n_layers %d, n_heads %d, n_kv_heads %d,\n"
                "vocab_size %d, seq_len %d\n\n", o.width, o.hidden, o.layers,
                o.heads, o.shared, t_dim(t.words, 0) - 1, places);
    const char *path = cell_path("again.bin");
    today_write_llama(&t, places, path);
    size_t n;
    bool alike = whole_alike(today_model_file, path, &n);
    text_printf("read, and written again: %zu bytes, %s\n", n,
                alike ? "every one the same" : "not the same");
    remove(path);
}

/*
(sec-their-pieces)=
## Text as they cut it

The second file that llama2.c needs has its pieces of words, each with a score. A text is
cut otherwise than in chapter 13: a blank is put before it, it is cut into signs of
Unicode, or into bytes where a sign is no piece; and then, of all neighbours that together
are a piece, the two with the *highest score* are joined, until none are left. Chapter 13
has couples in the order in which they were learned. With a score that falls in that order
the two agree on the stories of this book, as a test says. So pieces are learned as there,
and from then on cut as here.
*/
LlamaPieces llama_pieces_of(const Pieces *pieces)
{
    LlamaPieces p = llama_pieces_new();
    for (int i = BYTES; i < pieces->n; i++) {
        Text text = pieces->text[i];
        llama_pieces_add(&p, text.at, (int)text.n, (float)(BYTES - 1 - i));
    }
    llama_pieces_done(&p);
    return p;
}

static void their_pieces(void)
{
    int places;
    Today t = today_read_llama(today_model_file, &places);
    LlamaPieces p = llama_pieces_read(today_pieces_file, t_dim(t.words, 0) - 1);
    static const char *const texts[] = {
        "One day , Anna was in the kitchen .", "Anastasia", "a caf\u00e9",
    };
    for (int i = 0; i < 3; i++) {
        Ids ids = llama_encode(&p, texts[i]);
        text_printf("%-36s", texts[i]);
        for (int k = 0; k < ids.n; k++)
            text_printf("|%s", p.piece[ids.id[k]].text);
        text_printf("|\n");
        free(ids.id);
    }
    llama_pieces_free(&p);
}

/*
(sec-story-model)=
## A model that goes out

The teller of the opening was trained by `build/programs/story`, in four minutes of one
thread, on 20,000 of the stories, without their questions:

    s=build/programs/story
    $s train --block llama --save stories.ckpt --epochs 10 --layers 4 --width 64 \
        --heads 4 --shared 2 --ffn 192 --pieces 253
    $s export --model stories.ckpt --llama2c stories.bin --tokenizer stories.pieces
    $s export --model stories.ckpt --safetensors stories.safetensors

With llama2.c beside, `./run stories.bin -z stories.pieces -t 0 -i "One day , Anna"` tells,
at temperature 0, token for token what `$s continue --temperature 0` does. The other way,
`$s import --llama2c FILE --tokenizer FILE --save x.ckpt` takes what was made for that
program, up to 16 layers. Both are tested with what llama2.c itself said, which is kept
beside the tests: of the book's model, and of a small one that its own script wrote.

How fast? `make bench ROW=writing` sets the two beside each other, where llama2.c is at
hand: tokens a second with a model of this size, and with one of 15 million parameters,
with one thread and with two. The page {doc}`speed` says how it measures.
{quiz} What is likely?

## Claims, and where they are tested

:::{folded} The list
- With no change chosen, the model is chapter 14's GPT, to the last bit. {test}`tests/17_today.c: with_no_change_it_is_chapter_14s_gpt`
- A token depends on what stands before it, whatever was changed. {test}`tests/17_today.c: a_token_depends_on_what_stands_before_only`
- Kept keys and values give the logits of recomputing all. {test}`tests/17_today.c: kept_and_recomputed_logits_agree`
- Turned, a text gives the same logits wherever it begins. {test}`tests/17_today.c: turned_logits_depend_on_distances_only`
- Neighbours as pairs and halves as pairs are the same model, with columns in another order. {test}`tests/17_today.c: both_layouts_are_the_same_model`
- RMS norm, SwiGLU and rotary encoding are their formulas. {test}`tests/plain.c: rms_norm_and_swiglu_are_their_formulas` {test}`tests/plain.c: rotary_encoding_is_its_formula`
- The models of the table have about as many parameters. {test}`tests/17_today.c: what_is_compared_is_of_one_size`
- PyTorch computes the same logits from the same weights. {test}`tests/17_today.c: pytorch_computes_the_same_logits`
- Weights come back from a file as they were. {test}`tests/safetensors.c: what_is_read_is_what_was_written` {test}`tests/llama.c: a_model_is_read_as_it_was_written`
- What is malformed is refused with its place. {test}`tests/safetensors.c: what_is_malformed_is_refused_with_its_place` {test}`tests/llama.c: a_header_that_no_model_has_is_refused`
- llama2.c says what the book's model says, and the other way round. {test}`tests/17_today.c: llama2c_says_what_the_shipped_model_says` {test}`tests/17_today.c: what_was_made_for_llama2c_says_the_same_here`
- Chapter 13's pieces and llama2.c's rule cut the stories alike. {test}`tests/17_today.c: stories_are_cut_alike_by_both_rules`
:::

## Summary

- A Transformer of today differs from that of 2017 in small things: where the norm stands,
  no mean in it, places by turning, a gate, no biases, shared keys.
- In a small model on little stories one of them matters, turning; the others are within
  what a seed does. A change is measured at equal size, and with more than one seed.
- Which numbers are a pair, and how large epsilon is, no shape of a file tells. Weights go
  by name, in safetensors, or by order, in llama2.c's files, and are believed when checked.
- Two programs run the same model if they say the same, token for token; and if their
  logits agree, for texts may differ after a near tie.

(sec-exercises-17)=
## Exercises

{exercises}

## Further reading

{cite:t}`touvron2023` put the changes together. {cite:t}`xiong2020` explain where a norm
should stand, {cite:t}`zhang2019` leave its mean alone, {cite:t}`su2021` turn queries and keys,
{cite:t}`shazeer2020` tries gates, {cite:t}`ainslie2023` share keys. {cite:t}`narang2021` tried dozens
of changes at equal size, and found that most do not help.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(told_by_a_file);
    cell(gradients_before_training);
    cell(two_norms);
    cell(two_layouts);
    cell(what_a_gate_does);
    cell(one_change);
    cell(by_name);
    cell(by_order);
    cell(their_pieces);
    int status = cell_end();
    stories_free(&lesson);
    return status;
}

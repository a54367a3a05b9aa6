/*
# Windows: convolution, recurrence, attention side by side

A word in a sentence often depends on one that stands far away. There are three ways for
a layer to bring the two together. It can pass a message along, word by word: that was
chapter 11. It can look through a window at a few neighbours, and leave it to more layers
to look further. Or it can look straight at the far word, as attention does. The paper of
2017 gave its reasons for the third way in a table of four lines. This chapter builds all
three on the same footing and measures: how far does each layer reach, what can it learn
to bring from there, and what does it cost?

:::{figure} 12_windows/ways.svg
:name: fig-ways-12
:alt: Three drawings of eight words in a row. Left, a pyramid: three layers of windows with growing gaps connect the first word with the last. Middle, a chain of seven arrows from word to word. Right, one arrow from each word straight to the last.

Three ways from the first of eight words to the last: windows, which grow holes from layer
to layer, in three layers; a recurrence, in seven steps; attention, in one.
:::

(sec-two-words)=
## Two words at a time

S0 explains a convolution over *I like deep learning*: take two words at a time, *I
like*, *like deep*, *deep learning*, and from each pair compute a vector of features. No
pair needs the result of another, so all can be computed at the same time. The pairs can
be paired again, until one vector is left that has seen the whole sentence.

The library's `t_windows` puts the rows that a window sees side by side: here with two
numbers for each of four words. Then the cell pairs words as S0 does.
*/
#include "12_windows.h"

#include "05_scaled_dot_product.h"
#include "07_positional_encoding.h"
#include "cell/cell.h"
#include "cell/plot.h"
#include "data/reach.h"
#include "data/recall.h"
#include "learn/opt.h"
#include "tensor/cost.h"

#include <math.h>

static void two_by_two(void)
{
    Words words = cell_words();
    Tensor *x = t_matrix(4, 2,   1, 10,   2, 20,   3, 30,   4, 40);
    text_matrix("four words", x, NULL, NULL, 0);
    text_matrix("windows of two", t_windows(x, 0, (Windows){ .size = 2 }), NULL,
                NULL, 0);
    text_printf("\n");
    for (int layer = 0; layer < words.n; layer++) {
        text_printf("layer %d: ", layer);
        for (int i = 0; i + layer < words.n; i++) {
            text_printf("%s", i ? " | " : "");
            for (int j = i; j <= i + layer; j++)
                text_printf("%s%s", j > i ? " " : "", words.word[j]);
        }
        text_printf("\n");
    }
}

/*
Four words take three layers, since each sees one word more. (Your own sentence:
`make run CH=12 ARGS='--cell two_by_two --text "…"'`.)

(sec-one-product)=
## One product of shifted rows

What is computed from the words of a window? A linear layer, the same at every place. With
a window of $k$ rows, and a matrix $W_j$ of shape $(d, d')$ for each place in it,

$$
y_i = \sum_{j=0}^{k-1} x_{i+j} W_j + b .
$$ (eq-convolution)

Set the rows side by side and the matrices below each other, and it becomes one product:

$$
y_i = [\, x_i,\; x_{i+1},\; \dots,\; x_{i+k-1} \,]
      \begin{pmatrix} W_0 \\ W_1 \\ \vdots \\ W_{k-1} \end{pmatrix} + b .
$$ (eq-shifted-rows)

(It is {eq}`eq-concat` of chapter 7 once more.) So a **convolution** is a linear
layer with a wider input. Three ways to write it, with $k = 3$:
*/
static Tensor *loops(Tensor *x, Tensor *w, int k)
{
    int n = t_dim(x, 0) - k + 1, in = t_dim(x, 1), out = t_dim(w, 1);
    Tensor *y = t_zeros(n, out);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            for (int c = 0; c < in; c++)
                for (int o = 0; o < out; o++)
                    t_at(y, i, o) += t_at(x, i + j, c) * t_at(w, j * in + c, o);
    return y;
}

static Tensor *shifted_products(Tensor *x, Tensor *w, int k)
{
    int n = t_dim(x, 0) - k + 1, in = t_dim(x, 1);
    Tensor *y = NULL;
    for (int j = 0; j < k; j++) {
        Tensor *rows = t_slice(x, 0, j, j + n);             /* x, j rows on */
        Tensor *w_j = t_slice(w, 0, j * in, (j + 1) * in);
        Tensor *part = t_matmul(rows, w_j);
        y = y ? t_add(y, part) : part;
    }
    return y;
}

static void three_ways_to_write_it(void)
{
    enum { N = 10, IN = 16, OUT = 8, K = 3 };
    Rng rng = rng_new(cell_seed());
    Tensor *x = t_normal(&rng, N, IN), *w = t_normal(&rng, K * IN, OUT);
    Tensor *side_by_side = t_windows(x, 0, (Windows){ .size = K });
    Tensor *y = t_matmul(side_by_side, w);
    text_printf("x                     %s\n", t_shape(x));
    text_printf("windows of three      %s\n", t_shape(side_by_side));
    text_printf("W_0, W_1, W_2         %s\n", t_shape(w));
    text_printf("one product           %s\n", t_shape(y));
    bool same = t_distance(y, loops(x, w, K)) < 1e-5
        && t_distance(y, shifted_products(x, w, K)) < 1e-5;
    text_printf("loops, and a sum      %s\n", same ? "equal" : "different");
}

/*
(Mathematicians call this *correlation*; in their convolution one of the two runs
backwards.) From here on models read from left to right, as a decoder does. So the window
of place $i$ *ends* at $i$, and before the first word there are zeros. And there may be
**holes**: with a *dilation* of $r$ the window takes every $r$th word only
{cite}`yu2016`,

$$
y_i = \sum_{j=0}^{k-1} x_{i - (k-1-j)\,r}\; W_j + b .
$$ (eq-dilated)
*/
Window window_new(Params *list, Rng *rng, int in, int out, int size,
                  int dilation)
{
    return (Window){ nn_linear_new(list, rng, size * in, out,
                                   (LinearOptions){ 0 }), size, dilation };
}

Tensor *window(Window w, Tensor *x)
{
    Windows ending_here = { .size = w.size, .dilation = w.dilation,
                            .before = (w.size - 1) * w.dilation };
    return nn_linear(w.product, t_windows(x, 1, ending_here));
}

/*
:::{table} Shape ledger of a convolution
:name: tab-ledger-window
| name | shape | meaning |
|:--|:--|:--|
| $X$ | $(B, n, d)$ | one row for each word |
| windows | $(B, n, k d)$ | the $k$ rows that each place sees, side by side |
| $W_0, W_1, \dots$ | $(k d, d')$ | a matrix for each place in the window, below each other |
| output | $(B, n, d')$ | $n$ again, because of the $(k - 1)\, r$ rows of zeros before |
:::

Pictures have windows too, squares of points: windows along one side, and then windows of
these along the other (`t_windows(t_windows(x, 2, …), 1, …)`; exercise 7). For readers of
PyTorch: `torch.nn.Conv1d` keeps $W_j$ as `weight[:, :, j]`, transposed, and wants the
axis of a word's numbers, its *channels*, before that of the words.
{quiz} How many weights has it, and how many in a sentence twice as long?

(sec-stacking)=
## How far a stack sees

A second layer of windows looks at rows that have each looked at $k$ rows, and neighbours
overlap. So each layer adds $k - 1$ words to the {term}`field of view`: $L$ layers see
$1 + L(k-1)$, and to see $n$ words takes about $n/(k-1)$ layers. With holes it goes
faster. Let the dilation grow by the factor $k$ from layer to layer, $1, k, k^2, \dots$:
then the $k$ fields that a window joins lie end to end, $L$ layers see $k^L$ words
{cite}`oord2016`, and $n$ words take about $\log_k n$ layers.

What a place sees is told by its gradient: a word by which it is exactly 0 has no say. All
weights are set to 1, so that nothing cancels.
*/
int words_seen(int layers, int size, int growth)
{
    enum { MOST = 1024 };
    Tensor *x = t_keep_grad(t_param(NULL, 1, MOST, 1)), *y = x;
    Linear ones = { .weight = t_exp(t_zeros(size, 1)), .bias = t_zeros(1) };
    int dilation = 1, seen = 0;
    for (int i = 0; i < layers; i++, dilation *= growth)
        y = window((Window){ ones, size, dilation }, y);
    t_backward(t_sum(t_slice(y, 1, MOST - 1, MOST), T_ALL));
    for (int i = 0; i < MOST; i++)
        seen += t_grad_at(x, 0, i, 0) != 0;
    tape_reset();
    return seen;
}

static void how_far_a_stack_sees(void)
{
    text_printf("%6s %13s %15s\n%6s %6s %6s %8s %6s\n", "", "windows of",
                "with holes, of", "layers", "2", "3", "2", "3");
    for (int layers = 1; layers <= 6; layers++)
        text_printf("%6d %6d %6d %8d %6d\n", layers, words_seen(layers, 2, 1),
                    words_seen(layers, 3, 1), words_seen(layers, 2, 2),
                    words_seen(layers, 3, 3));
}

/*
{quiz} A fourth layer has dilation 9 again, not 27. How many words does the stack see?

(sec-beforehand)=
## Settled before anybody has looked

Chapter 3 spoke of two kinds of cue: what one looks for, and what catches the eye unasked.
S2 counts *fully connected layers and pooling* among the second kind.

A **fully connected** layer over six words gives each output a weight for each of the six
places, 36 numbers that are learned. *Mean pooling* (average pooling in chapter 3) has
the same shape, with all weights 1/6; *max pooling* takes the largest number in each
column. A window is a fully connected layer whose weights are 0 beyond the window, and
otherwise depend only on how far a word is.

In all of these but max pooling, which word counts for whom is settled when the weights
are. Max pooling lets what the words *are* decide, but nobody asks: the largest wins, for
every output alike. Only in attention does it depend on who asks and on who is asked. The
cell measures which of six random words count for each output, in two sentences: the size
of its gradient by each word, as a share.
*/
enum { SIX = 6, WIDE = 4 };

static const char *const mixers[MIXERS] = {
    "mean pooling", "max pooling", "fully connected", "window", "attention",
};

/* Six words to six words, (1, 6, 4) each; the weights are always the same. */
static Tensor *mix(Mixer mixer, Tensor *x)
{
    Rng rng = rng_new(cell_seed());
    Tensor *places = t_normal(&rng, SIX, SIX);
    Window three = window_new(NULL, &rng, WIDE, WIDE, 3, 1);
    Tensor *w_q = t_normal(&rng, WIDE, WIDE), *w_k = t_normal(&rng, WIDE, WIDE);
    switch (mixer) {
    case MEAN:
        return t_broadcast(t_mean(x, 1), 1, SIX, WIDE);
    case LARGEST:
        return t_broadcast(t_max(x, 1), 1, SIX, WIDE);
    case CONNECTED:
        return t_matmul(places, x);     /* every place with every place */
    case WINDOW:
        return window(three, x);
    default:
        return attention(t_matmul(x, w_q), t_matmul(x, w_k), x, NULL);
    }
}

Tensor *who_counts(Mixer mixer, const Tensor *sentence)
{
    Tensor *x = t_param(NULL, 1, SIX, WIDE), *share = t_keep(t_zeros(SIX, SIX));
    t_assign(x, sentence);
    for (int i = 0; i < SIX; i++) {
        tape_reset();
        params_zero_grad(&(Params){ .at = &x, .n = 1 });
        Tensor *row = t_slice(mix(mixer, x), 1, i, i + 1);
        t_backward(t_sum(t_mul(row, t_vector(1, -2, 3, -4)), T_ALL));
        Tensor *slope = t_grad(x);
        Tensor *size = t_sqrt(t_sum(t_mul(slope, slope), -1)); /* (1, 6, 1) */
        t_assign(t_slice(share, 0, i, i + 1),
                 t_reshape(t_div(size, t_sum(size, T_ALL)), 1, SIX));
    }
    return share;
}

static void settled_beforehand(void)
{
    Rng rng = rng_named(cell_seed(), "two sentences");
    Tensor *sentence[2];
    for (int i = 0; i < 2; i++)
        sentence[i] = t_keep(t_normal(&rng, 1, SIX, WIDE));
    text_printf("%-16s %28s\n", "", "what counts, in two sentences");
    for (int mixer = 0; mixer < MIXERS; mixer++) {
        Tensor *counts[2];
        for (int i = 0; i < 2; i++) {
            char name[40];
            snprintf(name, sizeof name, "counts_%d_%d", mixer + 1, i + 1);
            counts[i] = who_counts((Mixer)mixer, sentence[i]);
            plot_matrix(name, counts[i], NULL, NULL);
        }
        bool same = t_distance(counts[0], counts[1]) < 1e-6;
        text_printf("%-16s %28s\n", mixers[mixer], same ? "the same" : "differs");
    }
}

/*
:::{figure} 12_windows/counts.svg
:name: fig-counts-12
:alt: Eight tables of six by six cells, four mixers for each of two sentences. Those of the fully connected layer are the same for both sentences, with no pattern; those of the window are the same, with three bright cells left of and on the diagonal; those of max pooling have equal rows, other ones for the other sentence; those of attention differ from row to row and from sentence to sentence.

Which words count (columns; the brighter, the more) for which output (rows).
:::

A fully connected layer learns *where* to look, once and for all; attention learns *what
to look for*. And the first needs a table for each length of sentence.
{quiz} Is a convolution attention with a mask that hides all but the neighbours?

(sec-six-ways)=
## Six ways to reach a far word

Each turns $(B, n, d)$ into $(B, n, d)$, and no word sees a later one:

- **windows** of three words, four layers. Each layer's result goes through GELU, a smooth
  form of $\max(0, x)$, and is added to what came in.
- **windows with holes**: the same, with dilations 1, 3, 9 and 27. They see 81 words,
  where the first see 9, with the same number of parameters.
- **recurrent**: chapter 11's plain cell, $h_i = \tanh(x_i W_x + h_{i-1} W_h + b)$.
- **gated recurrent**: its gated cell, the GRU.
- **attention**, one layer with a causal mask and two heads; once as it is, and once with
  sinusoids added to the words, so that places can be told apart.

Before and after stands the same: a table with a vector for each of 8 words, and a matrix
that makes scores for them. Widths are such that all six have nearly as many parameters.

{header} Recaller

*/
enum { WORDS = 8, PLACES = 80, LAYERS = 4, HEADS = 2 };
enum { BATCH = 16, AT_MOST = 300 };     /* sequences, steps of a lesson */

/* fold: their names */
const char *way_name(Way way)
{
    static const char *const names[WAYS] = {
        "windows", "windows with holes", "recurrent", "gated recurrent",
        "attention, no places", "attention, places",
    };
    return names[way];
}

static void new_layers(Recaller *r, Rng *rng)
{
    int d = r->width, dilation = 1;
    if (r->way > GATED) {
        r->attention = multi_head_new(&r->params, rng, d, HEADS);
    } else if (r->way > DILATED) {
        int gates = r->way == GATED ? GATED_CELL : PLAIN_CELL;
        r->cell = recurrence_new(&r->params, rng, gates, d, d);
    } else {
        for (int i = 0; i < r->layers; i++) {
            r->windows[i] = window_new(&r->params, rng, d, d, 3, dilation);
            dilation *= r->way == DILATED ? 3 : 1;
        }
    }
}

Recaller recaller_new(Way way, uint64_t seed)
{
    const int widths[WAYS] = { 32, 32, 76, 44, 54, 54 };
    Rng rng = rng_new(seed);
    Recaller r = { .way = way, .width = widths[way], .layers = LAYERS };
    r.words = nn_embedding_new(&r.params, &rng, WORDS, r.width, 1);
    new_layers(&r, &rng);
    r.out = nn_linear_new(&r.params, &rng, r.width, WORDS,
                          (LinearOptions){ 0 });
    return r;
}

Tensor *recaller_layer(const Recaller *r, Tensor *x)
{
    if (r->way == RECURRENT || r->way == GATED)
        return recur(r->cell, x, NULL, false);
    if (r->way == PLACED)
        x = t_add(x, sinusoids(0, t_dim(x, 1), r->width));
    if (r->way >= UNPLACED)
        return t_add(x, multi_head(r->attention, x, x,
                                   (MultiHeadOptions){ .causal = true }));
    for (int i = 0; i < r->layers; i++)
        x = t_add(x, t_gelu(window(r->windows[i], x)));
    return x;
}

static void equal_parameters(void)
{
    text_printf("%-22s %6s %11s\n", "", "width", "parameters");
    for (int way = 0; way < WAYS; way++) {
        Recaller r = recaller_new((Way)way, cell_seed());
        text_printf("%-22s %6d %11ld\n", way_name((Way)way), r.width,
                    params_count(&r.params));
    }
}

/*
(sec-reach)=
## How far a gradient reaches

{cite:t}`vaswani2017` compare layers by the *length of the path* between two words: how
many operations a signal has to pass from one to the other, $D$ places on. In a
recurrence it is $D$ steps, in a stack of windows $D/(k-1)$ layers, with holes $\log_k D$
of them, and in attention a single one. Short paths, they say, make it easier to learn
what depends on far words, and S3 repeats it: "the longest path is only 1".

We measure it, as chapter 11 does for recurrences, by the size of the gradient
$|\partial y_n / \partial x_{n-D}|$. If it is tiny, training is deaf to what the far word
could contribute. (Of 32 random sequences of 80 words, the root of the mean square.)
*/
void recaller_reach(const Recaller *r, uint64_t seed, int n, double *size)
{
    enum { B = 32 };
    Rng rng = rng_named(seed, "reach");
    int *ids = tape_ints(B * n);
    for (int i = 0; i < B * n; i++)
        ids[i] = rng_below(&rng, WORDS);
    Tensor *x = t_keep_grad(t_embedding(r->words, ids, B, n));
    Tensor *last = t_slice(recaller_layer(r, x), 1, n - 1, n);
    Tensor *g = t_normal(&rng, B, 1, r->width);
    t_backward(t_sum(t_mul(last, g), T_ALL));
    Tensor *slope = t_grad(x);
    for (int before = 0; before < n; before++)
        size[before] = t_norm(t_slice(slope, 1, n - 1 - before, n - before))
                     / sqrt(B * r->width);
    params_zero_grad(&r->params);
    tape_reset();
}

/* fold: of models that were taught what stood `back` places before, or none */
static void show_reach(const char *name, int back)
{
    Reach reach[WAYS];
    for (int way = 0; way < WAYS; way++) {
        Recaller r = recaller_new((Way)way, cell_seed());
        if (back > 0)
            recaller_train(&r, cell_seed(), PLACES, back,
                           cell_quick() ? 20 : AT_MOST);
        reach[way].name = way_name((Way)way);
        recaller_reach(&r, cell_seed(), PLACES, reach[way].size);
    }
    reach_show(WAYS, reach, PLACES - 1, 1, name,
               "distance windows holes recurrent gated unplaced placed");
}

static void reach_at_the_start(void)
{
    show_reach("reach", 0);
}

/*
:::{figure} 12_windows/reach.svg
:name: fig-reach-12
:alt: Size of the gradient against distance on a logarithmic scale, for six new models. The line of windows ends at eight words. The two recurrent ones fall as straight lines, the plain one steeper, and leave the figure at one part in a million million. Those of windows with holes and of attention stay above one thousandth.

How much the last output depends on the word so many places before, in new models.
:::

- Windows: eight words back, and then exactly 0. What lies beyond does not exist.
- Windows with holes: ragged, since some distances can be reached on several paths and
  others on one, but the level falls little: from 0.2 to 0.01.
- Recurrent: a straight line on a logarithmic scale: each step multiplies by the same
  factor below 1. At 64 places nothing is left. The gates make the line less steep; they
  do not make it level.
- Attention: level. The word 64 places before is as near as any; but the word *one* place
  before is as far as any. A new attention layer divides itself evenly among 80 words,
  with or without sinusoids.
{quiz} The gradient of new attention is the same for all distances. Is that good news?

(sec-recall-12)=
## The task: what stood there?

Can it be learned? As in chapter 7 the words are random, and at every place the model is
asked which word stood $D$ places before; a model of its own for each $D$, sequences of 80
words, 16 in a step. Every 20 steps it is examined on 64 new sequences. Ninety-nine
answers right in a hundred count as learned; after 300 steps it is over. Whoever fails at
one distance is not asked for twice that.

{header} Outcome
*/
static Tensor *scores(const Recaller *r, int B, int n, const int *ids)
{
    Tensor *x = t_embedding(r->words, ids, B, n);
    return nn_linear(r->out, recaller_layer(r, x));         /* (B, n, 8) */
}

static double examine(const Recaller *r, uint64_t seed, int n, int back)
{
    enum { B = 4 * BATCH };
    Rng rng = rng_named(seed, "examination");
    int ids[B * PLACES], targets[B * PLACES];
    bool recording = tape_record(false);
    draw_tokens(&rng, WORDS, B, n, back, ids, targets);
    double right = nn_share_right(scores(r, B, n, ids), targets);
    tape_record(recording);
    tape_reset();
    return right;
}

Outcome recaller_train(Recaller *r, uint64_t seed, int n, int back, int most)
{
    if (back < 1 || back >= n || n > PLACES)
        t_fail("recaller_train: %d words before, in sequences of %d", back, n);
    Rng rng = rng_named(seed, "lesson");
    int ids[BATCH * PLACES], targets[BATCH * PLACES];
    Optimiser *adam = opt_adam(&r->params, (AdamOptions){ .rate = 0.005 });
    Outcome lesson = { 0, 0 };
    for (int step = 1; step <= most && !lesson.steps; step++) {
        draw_tokens(&rng, WORDS, BATCH, n, back, ids, targets);
        t_backward(t_cross_entropy(scores(r, BATCH, n, ids), targets,
                                   (CrossEntropy){ 0 }));
        opt_clip(&r->params, 1);
        opt_step(adam);
        tape_reset();
        if (step % 20 == 0 || step == most)
            lesson.right = examine(r, seed, n, back);
        if (lesson.right >= 0.99)
            lesson.steps = step;
    }
    return lesson;
}

/* Each way at growing distances, until it fails. */
static void lessons(const char *name, bool one_word, int most)
{
    enum { DISTANCES = 7 };
    double steps[DISTANCES][1 + WAYS];
    int longest = cell_quick() ? 20 : cell_long() ? 2 * most : most;
    text_printf("%-22s", "words before");
    for (int i = 0; i < DISTANCES; i++) {
        steps[i][0] = 1 << i;
        text_printf(" %6d", 1 << i);
    }
    for (int way = 0; way < WAYS; way++) {
        Outcome o = { .steps = 1 };
        text_printf("\n%-22s", way_name((Way)way));
        for (int i = 0; i < DISTANCES; i++) {
            steps[i][1 + way] = (double)NAN;    /* gnuplot leaves it out */
            if (!o.steps)
                continue;
            Recaller r = recaller_new((Way)way, cell_seed());
            o = recaller_train(&r, cell_seed(), one_word ? 1 + (1 << i) : PLACES,
                               1 << i, longest);
            if (o.steps)
                steps[i][1 + way] = o.steps;
            text_printf(o.steps ? " %6.0f" : " %6.2f",
                        o.steps ? o.steps : o.right);
        }
    }
    text_printf("\n");
    Plot *plot = plot_open(name, "distance windows holes recurrent gated "
                                 "unplaced placed");
    for (int i = 0; i < DISTANCES; i++)
        plot_numbers(plot, 1 + WAYS, steps[i]);
    plot_close(plot);
}

static void recall(void)
{
    lessons("recall", false, AT_MOST);
}

/*
(A whole number: the steps it took; otherwise the share of right answers at the end, where
guessing gives 0.125.)

:::{figure} 12_windows/recall.svg
:name: fig-recall-12
:alt: Steps of training against distance. The line of windows without holes ends at 8, high; those of the recurrent models end at 4. The line of windows with holes rises slowly from 20 to 100. That of attention with places stays between 100 and 250 from end to end.

How many steps each needed to learn what stood so many words before. Lines end where it
was not learned; attention without places has none.
:::

:::{table} Steps, with three seeds and up to 600 of them: mean (least–greatest; how many learned it)
:name: tab-recall-seeds
{seeds} recall | words before | windows | with holes | recurrent | gated | attention, no places | attention, places
:::

- **Windows** learn all that lies in their field, and nothing beyond: at 16 they guess, and
  will guess for ever. At 8, the edge, it takes them longest. Only one path leads there,
  through the first place of each of the four windows.
- **Windows with holes** learn every distance, and from eight words on they are fastest.
- **Recurrent** models learn four words back, but not eight, gates or no gates; nor with
  another seed or in twice as many steps.
- **Attention without places** has the shortest path to every word and learns nothing. (It
  beats guessing by a little, near the beginning: chapter 7.) A path is of no use to one
  who cannot tell which end to pull.
- **Attention with places** learns every distance, and for 64 words back needs hardly more
  steps than for two. As promised, distance does not matter.

What is not told so often is the second line. Windows with holes have a path of four
layers, and yet learn faster than attention with a path of one. They have *place* built
in, a weight for "nine words before" from the start, while attention has to learn to read
it from waves. So for a task that is nothing but place, windows suit better
{cite}`bai2018`. Their price is written in the line above them, and a window cannot go and
look for *the noun*, wherever it stands.
{quiz} Windows of three, four layers, guess at 16 words back. What would help?

(sec-one-word)=
## Is it the path, or the memory?

Recurrent models had two handicaps. The path is long; and to answer at every place, the
state must carry the last $D$ words at once. To tell them apart, an easier lesson: $D + 1$
words, and only at the end one question, which was the first? Now a single word has to be
kept. As there is one answer in a sequence to learn from, all may take twice the steps.
*/
static void one_word_to_keep(void)
{
    lessons("one_word_to_keep", true, 2 * AT_MOST);
}

/*
:::{table} The same with three seeds, and up to 1200 steps
:name: tab-one-word-seeds
{seeds} one_word_to_keep | words before | windows | with holes | recurrent | gated | attention, no places | attention, places
:::

With one word to keep, recurrent models get further: the gated one to 16 words, four times
as far as before, the plain cell to 8. So memory was one handicap. But at 32 the gated
one guesses, where attention with places, from as few answers, needs 80 steps: what is
left to blame is the path. (That is one seed. Of three, with twice the steps, two plain
cells stop at 4 and one at 8, and one gated one gets to 32, after more than a thousand.)
With fewer answers to learn from, windows no longer find the edge of their field.
Attention without places can tell which of *two* words is not the last, and no more.

(sec-after)=
## The reach after training

A gradient is no fate: training moves it. Each model now learns to say what stood 16
places before, and its reach is measured again.
*/
static void reach_after_training(void)
{
    show_reach("reach_after", 16);
}

/*
:::{figure} 12_windows/reach_after.svg
:name: fig-reach-after
:alt: Size of the gradient against distance on a logarithmic scale, for the six trained models. Attention with places has a sharp peak at 16, windows with holes a peak at 16 as well. The gated recurrence is nearly level from 1 to 16 and then falls slowly. The plain recurrence still falls as a straight line.

The same six models after a lesson about the word 16 places before (dashed).
:::

The two that have learned it show it: their output now depends on the word 16 places
before more than on any other. The gated recurrence has opened its gates: 16 words before
there is no longer a ten-thousandth, but nearly as much as at one. It has not learned its
lesson yet, but it has learned to listen. The plain cell has nothing to open; its line is
a little less steep, and still straight.

(sec-costs-12)=
## What it costs

Here is the table of 2017 {cite}`vaswani2017`, for $n$ words, $d$ numbers each, and
windows of $k$. It leaves constant factors out.

| layer | operations | must wait | longest path |
|:--|:--|:--|:--|
| self-attention | $n^2 d$ | $1$ | $1$ |
| recurrent | $n d^2$ | $n$ | $n$ |
| convolution | $k n d^2$ | $1$ | $\log_k n$ |
| self-attention to $r$ near words | $r n d$ | $1$ | $n / r$ |

The last column we have seen. (Its $\log_k n$ holds with holes; without them it is
$n/(k - 1)$.) For the other two, `cost_of` walks from a result back to all that it was
made from. It adds up how many pairs of numbers were multiplied in matrix products, and
finds the longest chain of products each of which needs the result of the one before:
however many processors there are, those must wait for one another.
*/
/* One layer of some way, 64 wide. */
enum { D = 64 };

static Recaller single(Way way)
{
    Rng rng = rng_new(cell_seed());
    Recaller r = { .way = way, .width = D, .layers = 1 };
    new_layers(&r, &rng);
    return r;
}

static const Way compared[] = { STACK, RECURRENT, UNPLACED };
enum { COMPARED = sizeof compared / sizeof *compared };

/* fold: forward and backward, seven times each, for the figure */
static void plot_times(void)
{
    Plot *plot = plot_open("time", "n windows[s] recurrent[s] attention[s] "
                                   "windows_2[s] recurrent_2[s] attention_2[s]");
    for (int n = 64; n <= 2048; n *= 2) {
        double row[1 + 2 * COMPARED] = { n };
        for (int i = 0; i < 2 * COMPARED; i++) {
            Recaller r = single(compared[i % COMPARED]);
            Spent spent;
            for (Watch w = watch(&spent, 7, 1 + i / COMPARED); watch_again(&w); ) {
                t_backward(t_sum(recaller_layer(&r, t_zeros(1, n, D)), T_ALL));
                tape_reset();
            }
            row[1 + i] = spent.seconds;
        }
        plot_numbers(plot, 1 + 2 * COMPARED, row);
    }
    plot_close(plot);
}

static void what_it_costs(void)
{
    text_printf("%5s  %18s  %18s  %18s\n", "", "windows of 3", "recurrent",
                "attention");
    text_printf("%5s  %12s %5s  %12s %5s  %12s %5s\n", "n", "multiplied",
                "waits", "multiplied", "waits", "multiplied", "waits");
    for (int n = 16; n <= 1024; n *= 4) {
        text_printf("%5d", n);
        for (int i = 0; i < COMPARED; i++) {
            Recaller r = single(compared[i]);
            Cost cost = cost_of(recaller_layer(&r, t_zeros(1, n, D)));
            text_printf("  %12.0f %5d", cost.multiplications, cost.waits);
        }
        text_printf("\n");
        tape_reset();
    }
    if (cell_out())
        plot_times();
}

/*
:::{figure} 12_windows/time.svg
:name: fig-time-12
:alt: Time against the number of words, on two logarithmic scales, for one layer of windows, recurrence and attention, with one thread and with two. Windows are lowest by far and rise evenly; recurrence and attention lie higher.

Time of one layer of width 64, forward and backward, for one sentence, on the machine that
made this page, with one thread and with two.
:::

The counts are those of the paper, with the constants: $3 n d^2$ for windows of 3,
$2 n d^2$ for the recurrence (one product with the word, one with the state), and for
attention $4 n d^2 + 2 n^2 d$. The paper leaves out the first part, the four projections;
only from $n = 2 d$ on do the tables of scores outweigh it.

Then look at the waits. A layer of windows is a single product, whatever $n$ is. Attention
is four in a row: projections, scores, mixture, projection. The recurrence has $n$, and
each is tiny: one row times one matrix, too little to share among processors. At
$n = 1024$ attention multiplies 18 times as many numbers as the recurrence; now compare
the lines in the figure. That is why S0 can say that a recurrence "cannot be parallel" and
a convolution can: not for how much there is to do, but for who waits for whom.
{quiz} Why is it not 18 times as slow?

(sec-who-waits)=
## Who waits for whom in a translator

:::{admonition} Erratum: which half became parallel
:class: erratum
S4 says that attention "solves the problem that an RNN cannot compute in parallel",
though "only in the decoder". In the model it describes both halves are recurrent, and
the decoder waits *longer* than without attention: each of its steps needs the state
before to know where to look, and what it sees to make the next state. What ended the
waiting was to leave the recurrence away, in both halves. And even a Transformer's
decoder is parallel only in training, where all words of the translation are known.
:::

The cell counts chains of products once more: recurrent halves, of $n$ words each, as in
chapter 11; the same, whose decoder looks at all states of the encoder at each step; and
a Transformer's attention with a layer in each half, in training and when it writes.
*/
/* The last state of a recurrent decoder that has read the words y, from the
 * last state of its encoder on; it may look at all of them at each step. */
static Tensor *decoder(const Recaller *r, Tensor *y, Tensor *states, bool looks)
{
    int n = t_dim(states, 1);
    Tensor *h = t_slice(states, 1, n - 1, n);
    for (int i = 0; i < t_dim(y, 1); i++) {
        Tensor *word = t_slice(y, 1, i, i + 1);
        if (looks)
            word = t_add(word, attention(h, states, states, NULL));
        h = plain_step(r->cell, nn_linear(r->cell.in, word), h);
    }
    return h;
}

int waits_of_recurrence(int n, bool looks)
{
    Recaller r = single(RECURRENT);
    Tensor *states = recaller_layer(&r, t_zeros(1, n, D));
    int waits = cost_of(decoder(&r, t_zeros(1, n, D), states, looks)).waits;
    tape_reset();
    return waits;
}

int waits_of_transformer(int n, bool writes)
{
    Recaller r = single(UNPLACED);
    Tensor *x = t_zeros(1, n, D), *y = t_zeros(1, n, D);
    MultiHeadOptions all = { 0 }, causal = { .causal = true };
    Tensor *read = multi_head(r.attention, x, x, all);
    Tensor *said = multi_head(r.attention, y, y, causal);
    int word = cost_of(multi_head(r.attention, said, x, all)).waits;
    int waits = writes ? cost_of(read).waits + n * word
        : cost_of(multi_head(r.attention, said, read, all)).waits;
    tape_reset();
    return waits;
}

static void who_waits(void)
{
    text_printf("%5s  %25s  %25s\n", "", "recurrent halves",
                "Transformer");
    text_printf("%5s  %12s %12s  %12s %12s\n", "n", "fixed vector", "attention",
                "in training", "writing");
    for (int n = 5; n <= 40; n *= 2)
        text_printf("%5d  %12d %12d  %12d %12d\n", n,
                    waits_of_recurrence(n, false), waits_of_recurrence(n, true),
                    waits_of_transformer(n, false),
                    waits_of_transformer(n, true));
}

/*
With a fixed vector the two halves wait $n$ steps each. With attention a step of the
decoder takes three products in a row: scores, mixture, and the layer that takes in what
was seen. In training the Transformer waits for eight products in all, for 5 words as for
40 (and two more in each half for its feed-forward networks). Writing, it waits for eight
in each word: what one sees when a language model writes, word after word.

(sec-claims-12)=
## What we claimed, and where it is checked

:::{folded} The list
- A convolution is one product of shifted rows, a sum of products, and four loops. {test}`tests/12_windows.c: a_convolution_is_one_product_of_shifted_rows`
- PyTorch's `conv1d` gives the same numbers and gradients, with holes too. {test}`tests/12_windows.c: pytorch_gives_the_same_numbers`
- A stack sees $1 + L(k - 1)$ words, with growing holes $k^L$. {test}`tests/12_windows.c: a_stack_sees_as_many_words_as_told`
- In none of the six ways does a later word change an earlier output. {test}`tests/12_windows.c: no_way_sees_a_later_word`
- Mean pooling, a fully connected layer and a window treat all sentences alike; max pooling and attention do not; only in attention it depends on who asks. {test}`tests/12_windows.c: what_counts_is_settled_beforehand_or_not`
- The six models have nearly the same number of parameters. {test}`tests/12_windows.c: all_ways_have_nearly_the_same_number_of_parameters`
- New windows reach 8 words and no further; a new recurrence fades by an even factor; new attention is level. {test}`tests/12_windows.c: new_models_reach_as_far_as_told`
- Windows learn up to the edge of their field, with holes up to 64 words; recurrences 4 words; attention with places any distance, without places none. {test}`tests/12_windows.c: the_lesson_ends_as_told`
- With one word to keep, the plain cell gets to 4 or 8 words, the gated one to 16, none to 32 in 600 steps. {test}`tests/12_windows.c: one_word_is_kept_as_long_as_told`
- So with three seeds, and twice the steps. {test}`tests/12_windows.c: other_seeds_and_more_steps_tell_the_same`
- After the lesson the output depends most on the word that was asked for. {test}`tests/12_windows.c: the_word_asked_for_counts_most_after_training`
- Products and waits are those of the formulas. {test}`tests/12_windows.c: products_and_waits_are_those_of_the_formulas`
- With attention between them, recurrent halves wait longer; a Transformer waits for 8 products in training, and in each word when it writes. {test}`tests/12_windows.c: attention_between_recurrent_halves_waits_longer`
- Windows in two dimensions are windows of windows. {test}`tests/ops.c: windows_of_windows_are_squares`
:::

## Summary

- A convolution is a linear layer over rows set side by side, the same at every place.
- A stack of windows sees $k - 1$ words more a layer; with growing holes, $k$ times as many.
- Mean pooling, fully connected layers and windows settle beforehand which place counts.
  Attention settles it from what the words are, for each one who asks.
- Gradients: cut off beyond a window, fading evenly in a recurrence, level in attention.
- To recall what stood $D$ words before, attention with places learns any distance equally
  well; without places it finds nothing. Windows with holes learn it in fewer steps, as far
  as they see.
- What makes recurrences slow is not work but waiting. Attention does more work and waits
  less, until it writes.

(sec-exercises-12)=
## Exercises

{exercises}

And three experiments, which no program can mark:

- In `recaller_layer`, add no sinusoids but rotate queries and keys (`rotate`,
  chapter 7). How many steps does it take now?
- Give the windows with holes a lesson of 79 words back, and then of 75. They see 81.
- In `new_layers`, start the bias of the gates $z$ at 2 in place of about 0 (numbers $d$ to
  $2d - 1$ of `r->cell.in.bias`). A new cell then keeps most of its state. What does that
  do to its reach, and to `one_word_to_keep`?

## Further reading

{cite:t}`vaswani2017`, section 4, is the table. {cite:t}`hochreiter1997` found out why
recurrences forget, and invented gates against it; {cite:t}`gehring2017` translated with
windows and attention between the halves, weeks before the Transformer; {cite:t}`oord2016`
made speech with windows with holes; {cite:t}`bai2018` hold windows against recurrences.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, "I like deep learning");
    cell(two_by_two);
    cell(three_ways_to_write_it);
    cell(how_far_a_stack_sees);
    cell(settled_beforehand);
    cell(equal_parameters);
    cell(reach_at_the_start);
    cell(recall);
    cell(one_word_to_keep);
    cell(reach_after_training);
    cell(what_it_costs);
    cell(who_waits);
    return cell_end();
}

/*
# Additive attention: scoring unlike things

So far likeness was an inner product, and an inner product needs two vectors of
the same width that mean the same things in the same places. When attention was
invented, the asker and the asked were not alike: a half-written French
sentence asked the words of an English one. So its inventors let a small
network *learn* what goes with what {cite}`bahdanau2015`. This chapter builds
that network, mends the code of [S2](preface), one of the notes behind this book, and
trains it. A detail that the notes leave out, and that seems to be of no account,
turns out to decide whether it can learn at all.

:::{figure} 04_additive_attention/recall.svg
:name: fig-recall
:alt: Two rows of four heat maps of six queries against six keys, for additive scoring without and with a bias, bilinear and scaled dot-product scoring. Before training the weights are spread out; after training each query puts its weight on its own key, the diagonal, except without a bias, where all weights are alike.

Six questions to a memory of six keys that were never seen in training, scored in
four ways, before it and after. Query $i$ asks for key $i$, in another language. One
of the four has learned next to nothing, and it is the one in S2's code.
:::

(sec-why-attention)=
## One vector is not enough

The first neural translators read a sentence word by word into *one* vector and wrote
the translation from it. That vector was as wide for a long sentence as for a short
one, and the same for every word of the translation. S4 puts the cure well: each word
$y_i$ that is written gets a vector $C_i$ of its own, a mixture of the vectors $h_j$ of
all words that were read:

$$
C_i = \sum_{j} \alpha_{ij}\, h_j .
$$ (eq-context)

S4's example is "Tom chase Jerry", to be translated as 汤姆追逐杰瑞. When 杰瑞 is due,
most attention should be on Jerry: say 0.3, 0.2 and 0.5. By hand, with small vectors:
*/
#include "04_additive_attention.h"

#include "cell/cell.h"
#include "learn/nn.h"
#include "learn/opt.h"
#include "cell/plot.h"

#include <math.h>
#include <stdlib.h>

static void mixing_by_hand(void)
{
    char *words[] = { "Tom", "chase", "Jerry" };
    Tensor *h = t_matrix(3, 2,   10, 0,   0, 10,   20, 20);
    Tensor *weights = t_matrix(1, 3,   0.3, 0.2, 0.5);
    text_matrix("h", h, words, NULL, 0);
    text_matrix("weights", weights, NULL, words, 1);
    text_matrix("C = weights h", t_matmul(weights, h), NULL, NULL, 1);
}

/*
S4 writes the 0.3, 0.2 and 0.5 down; a network has to find them. It needs a
**scoring function** $a(q, k)$: from a query, here the state of the translator, and a
key, here $h_j$, to one number. Softmax then makes weights of the numbers, as always.
{quiz} Why does each written word need a mixture of its own?

(sec-additive)=
## A network with one hidden layer

:::{figure} 04_additive_attention/network.svg
:name: fig-network
:alt: Diagram: a query and a key each go through a matrix, their results are added, bent by tanh, and weighed by w_v into one number.

The scoring network. Query and key may have any width.
:::

The simplest network that takes two vectors and gives a number brings both to a common
width by a matrix each, adds them, bends the sum, and weighs what comes out:

$$
a(q, k) = w_v \cdot \tanh\bigl(q W_q + k W_k + b\bigr),
$$ (eq-additive)

with $W_q$ of shape $(d_q, h)$, $W_k$ of shape $(d_k, h)$, and $w_v$ and $b$
with $h$ numbers each. (In this chapter $h$ is the number of hidden units, and
$h_j$ with an index a vector of the sentence.) The sum inside gives it the name
**additive**. The bend is what lets query and key interact; why, is asked below.

:::{admonition} Erratum: query and key *may* differ in width
:class: erratum
S2 introduces additive attention for the case that "query and key have different
lengths" and the dot product for equal ones, as if each kind needed its case.
Additive attention works for both, and so does the dot product with a projection for
each: chapter 5.
:::
{quiz} What would become of the additive score without $\tanh$?

For a batch of $B$ sequences with $n$ queries and $m$ keys each, *every* query
must be added to *every* key. Broadcasting does that: queries as $(B, n, 1, h)$
and keys as $(B, 1, m, h)$ add up to $(B, n, m, h)$. The keys' part, $k W_k + b$,
is the same for every query, so it has a function of its own: a translator that
asks once for each word it writes makes it once (chapter 11 does).
*/
Additive additive_new(Params *list, Rng *rng, int d_q, int d_k, int hidden,
                      bool with_bias)
{
    Additive a = {
        .w_q = t_param(list, d_q, hidden),
        .w_k = t_param(list, d_k, hidden),
        .w_v = t_param(list, hidden, 1),
        .b = with_bias ? t_param(list, hidden) : NULL,
    };
    t_assign(a.w_q, t_normal(rng, d_q, hidden));
    t_assign(a.w_k, t_normal(rng, d_k, hidden));
    t_assign(a.w_v, t_scale(t_normal(rng, hidden, 1), 1 / sqrt(hidden)));
    if (a.b)
        t_assign(a.b, t_normal(rng, hidden));
    return a;
}

Tensor *additive_keys(Additive a, Tensor *k)
{
    return a.b ? t_linear(k, a.w_k, a.b) : t_matmul(k, a.w_k);
}

Tensor *additive_look(Additive a, Tensor *q, Tensor *keys)
{
    int B = t_dim(q, 0), n = t_dim(q, 1), m = t_dim(keys, 1);
    int h = t_dim(a.w_v, 0);
    Tensor *from_q = t_reshape(t_matmul(q, a.w_q), B, n, 1, h);
    Tensor *from_k = t_reshape(keys, B, 1, m, h);
    Tensor *sum = t_add(from_q, from_k);                    /* (B, n, m, h) */
    return t_reshape(t_matmul(t_tanh(sum), a.w_v), B, n, m);
}

Tensor *additive_scores(Additive a, Tensor *q, Tensor *k)
{
    return additive_look(a, q, additive_keys(a, k));
}

/*
:::{table} Shape ledger of additive attention
:name: tab-ledger-additive

| name | shape | meaning |
|:-----|:------|:--------|
| $q$ | $(B, n, d_q)$ | queries |
| $k$ | $(B, m, d_k)$ | keys |
| $v$ | $(B, m, d_v)$ | values |
| $qW_q$, $kW_k$ | $(B, n, 1, h)$, $(B, 1, m, h)$ | in the common width, ready to be added |
| their sum | $(B, n, m, h)$ | every query with every key |
| scores, weights | $(B, n, m)$ | one number for each pair |
| output | $(B, n, d_v)$ | a mixture of values for each query |
:::

(sec-lengths)=
## Sentences of different length

A batch is a box, sentences are not: the short ones are filled up with padding.
`lengths` says where each one ends, and the weights beyond it must be 0. As in chapter
2, a score of $-\infty$ does that: `nn_padding_mask(B, lengths, m)` has a 1 in each
place beyond the end, and `t_masked_fill` puts the score there.

In training, {term}`dropout` sets each weight to 0 with some probability, and scales
up the others to keep the mean {cite}`srivastava2014`. With probability one half, as
below, they are doubled; a row then adds up to 1 only on average. A model that never
knows which keys will be missing learns to use several.
*/
Tensor *masked_softmax(Tensor *scores, const int *lengths)
{
    if (!lengths)
        return t_softmax(scores);
    Tensor *mask = nn_padding_mask(t_dim(scores, 0), lengths, t_dim(scores, -1));
    return t_softmax(t_masked_fill(scores, mask, -INFINITY));
}

Tensor *additive_attention(Additive a, Tensor *q, Tensor *k, Tensor *v,
                           const int *lengths, double drop, Rng *rng)
{
    Tensor *weights = masked_softmax(additive_scores(a, q, k), lengths);
    return t_matmul(t_dropout(weights, drop, rng), v);
}

static int first_length = 3, second_length = 6;

static void lengths(void)
{
    enum { B = 2, M = 8 };
    Rng rng = rng_new(cell_seed());
    Additive a = additive_new(NULL, &rng, 5, 3, 16, true);
    Tensor *q = t_normal(&rng, B, 1, 5), *k = t_normal(&rng, B, M, 3);
    Tensor *v = t_normal(&rng, B, M, 4);
    int length[B] = { first_length, second_length };
    Tensor *weights = masked_softmax(additive_scores(a, q, k), length);
    text_printf("queries %s, keys %s, values %s\n", t_shape(q), t_shape(k),
                t_shape(v));
    text_printf("scores  %s\n", t_shape(additive_scores(a, q, k)));
    text_printf("output  %s\n",
                t_shape(additive_attention(a, q, k, v, length, 0, NULL)));
    char name[B][12], *rows[B] = { name[0], name[1] };
    for (int b = 0; b < B; b++)
        snprintf(name[b], sizeof name[b], "length %d", length[b]);
    Tensor *table = t_reshape(weights, B, M);
    text_matrix("weights", table, rows, NULL, 3);
    text_matrix("half of them dropped", t_dropout(table, 0.5, &rng), rows,
                NULL, 3);
    plot_matrix("masked", table, rows, NULL);
}

/*
:::{figure} 04_additive_attention/masked.svg
:name: fig-masked
:alt: Heat map with two rows of eight weights; the first is zero after three keys, the second after six.

Weights of two sentences in one batch, of lengths 3 and 6. Beyond the end the
weight is exactly 0.
:::

S2's code for this does not run. Above is what it was meant to be; the five slips that
stop it are among the {ref}`errata <slips>`.
{quiz} What would dropping *scores*, setting them to 0, do instead?

(sec-memory)=
## What the sum costs

The inner product multiplies and adds up at once. The additive score must first write
down all sums, $h$ numbers for each pair. Here are both, for 8 sequences of 64 tokens
and vectors of 64 numbers.
*/
static void memory(void)
{
    enum { B = 8, N = 64, WIDTH = 64 };
    Rng rng = rng_new(cell_seed());
    Tensor *q = t_normal(&rng, B, N, WIDTH), *k = t_normal(&rng, B, N, WIDTH);
    size_t start = tape_bytes();
    Tensor *sum = t_add(t_reshape(q, B, N, 1, WIDTH),
                        t_reshape(k, B, 1, N, WIDTH));
    size_t added = tape_bytes() - start;
    Tensor *scores = t_matmul(q, t_transpose(k));
    size_t multiplied = tape_bytes() - start - added;
    text_printf("additive     %-16s %8.0f KiB\n", t_shape(sum),
                (double)added / 1024);
    text_printf("dot product  %-16s %8.0f KiB\n", t_shape(scores),
                (double)multiplied / 1024);
}

/*
A factor of $h$. That, and the speed of matrix products, are the reasons that
the Transformer's authors give for going back to the dot product
{cite}`vaswani2017`.
{quiz} Why does the inner product not need the large table that the additive score needs?

(sec-recall)=
## A task: recall

Random weights prove nothing, so we train, on the purest task there is for attention.
A memory holds six keys, each with a value. A query asks for one of the keys, and the
answer is its value. To make the two sides unlike, the query is the key seen through
a *lens*: multiplied by a fixed random matrix, from 4 numbers to 6. The model is not
told the lens; it must learn to see through it. The keys are new in every batch,
random vectors of length 2 (4 numbers with mean square 1), so there is nothing to
learn by heart, and every test is on keys that were never seen.
*/
static Tensor *lens(void) /* (d_k, d_q), the same in all batches */
{
    Rng rng = rng_named(1, "lens");
    return t_scale(t_normal(&rng, RECALL_D_K, RECALL_D_Q),
                   1 / sqrt(RECALL_D_K));
}

Recall recall_batch(Rng *rng, int count, int n, int m, const int *ask)
{
    if (m > RECALL_CLASSES)
        t_fail("recall_batch: %d keys, but only %d values", m, RECALL_CLASSES);
    Tensor *k = t_normal(rng, count, m, RECALL_D_K);
    k = t_div(k, t_sqrt(t_mean(t_mul(k, k), -1)));  /* all of length 2 */
    Tensor *v = t_zeros(count, m, RECALL_CLASSES);
    Tensor *asked = t_zeros(count, n, RECALL_D_K);
    Tensor *answer = t_zeros(count, n, RECALL_CLASSES);
    for (int b = 0; b < count; b++) {
        int value[RECALL_CLASSES];
        rng_permutation(rng, RECALL_CLASSES, value);    /* no value twice */
        for (int j = 0; j < m; j++)
            t_at(v, b, j, value[j]) = 1;
        for (int i = 0; i < n; i++) {
            int j = ask ? ask[b * n + i] : rng_below(rng, m);
            t_at(answer, b, i, value[j]) = 1;
            for (int c = 0; c < RECALL_D_K; c++)
                t_at(asked, b, i, c) = t_at(k, b, j, c);
        }
    }
    return (Recall){ t_matmul(asked, lens()), k, v, answer };
}

/*
Four ways to score compete. *One of them will not learn this task, and it is not
the one with the fewest numbers. Guess which, and why, before you go on.* Two are
additive, without (as in S2's code) and with the bias $b$ of {eq}`eq-additive`. The **bilinear** form puts a matrix
between the two, $q\, W k^\top$, and so bridges different widths directly
{cite}`luong2015`. The **scaled dot product** gives each side a projection and
divides by the root of the width, $(q W_q)(k W_k)^\top / \sqrt h$; chapter 5 is
about it.
*/
/* fold: their names */
const char *scoring_name(Scoring kind)
{
    static const char *const names[SCORINGS] = {
        "additive, no bias", "additive", "bilinear", "scaled dot product",
    };
    return names[kind];
}

static Tensor *random_param(Params *list, Rng *rng, int rows, int columns)
{
    Tensor *w = t_param(list, rows, columns);
    t_assign(w, t_scale(t_normal(rng, rows, columns), 1 / sqrt(rows)));
    return w;
}

Scorer scorer_new(Scoring kind, Rng *rng, int d_q, int d_k, int hidden)
{
    Scorer s = { .kind = kind };
    if (kind == BILINEAR) {
        s.w = random_param(&s.params, rng, d_q, d_k);
    } else if (kind == SCALED_DOT) {
        s.w_q = random_param(&s.params, rng, d_q, hidden);
        s.w_k = random_param(&s.params, rng, d_k, hidden);
    } else {
        s.additive = additive_new(&s.params, rng, d_q, d_k, hidden,
                                  kind == ADDITIVE);
    }
    return s;
}

Tensor *scorer_scores(const Scorer *s, Tensor *q, Tensor *k)
{
    if (s->kind == BILINEAR)
        return t_matmul(t_matmul(q, s->w), t_transpose(k));
    if (s->kind == SCALED_DOT)
        return t_scale(t_matmul(t_matmul(q, s->w_q),
                                t_transpose(t_matmul(k, s->w_k))),
                       1 / sqrt(t_dim(s->w_q, 1)));
    return additive_scores(s->additive, q, k);
}

/*
The values are vectors with a single 1, one place for each of 8 classes, so the
mixture that attention brings home is a list of probabilities. The loss is
minus the logarithm of the probability of the right answer, averaged. It is called
the {term}`cross-entropy`, and is the loss of nearly everything in this book that
has to choose. It is 0 when the model is certain and right, $\ln 2 \approx 0.69$
when it hesitates between two, $\ln 6 \approx 1.79$ when it treats all six keys
alike; and to be certain and wrong costs without limit, because $-\ln p$ has none.
*/
static Tensor *recall_loss(const Scorer *s, Recall r)
{
    Tensor *output = t_matmul(t_softmax(scorer_scores(s, r.q, r.k)), r.v);
    Tensor *right = t_sum(t_mul(output, r.answer), -1);     /* (B, n, 1) */
    return t_scale(t_mean(t_log(right), T_ALL), -1);
}

double recall_train(Scorer *s, uint64_t seed, int steps, double *losses)
{
    const double rate = 0.02;
    Rng rng = rng_named(seed, "training");
    Optimiser *adam = opt_adam(&s->params, (AdamOptions){ .rate = rate });
    double last = 0;
    for (int step = 0; step < steps; step++) {
        tape_reset();
        Tensor *loss = recall_loss(s, recall_batch(&rng, 64, 1, RECALL_KEYS,
                                                   NULL));
        last = t_item(loss);
        if (losses)
            losses[step] = last;
        t_backward(loss);
        opt_set_rate(adam, rate * (1 - (double)step / steps));
        opt_step(adam);
    }
    tape_reset();
    return last;
}

static int best_of(Tensor *rows, int row)
{
    int best = 0;
    for (int c = 1; c < t_dim(rows, -1); c++)
        if (t_at(rows, row, c) > t_at(rows, row, best))
            best = c;
    return best;
}

double recall_accuracy(const Scorer *s, uint64_t seed, int count)
{
    Rng rng = rng_named(seed, "test");
    Recall r = recall_batch(&rng, count, 1, RECALL_KEYS, NULL);
    Tensor *output = t_matmul(t_softmax(scorer_scores(s, r.q, r.k)), r.v);
    Tensor *guess = t_reshape(output, count, RECALL_CLASSES);
    Tensor *answer = t_reshape(r.answer, count, RECALL_CLASSES);
    int right = 0;
    for (int b = 0; b < count; b++)
        right += best_of(guess, b) == best_of(answer, b);
    tape_reset();
    return (double)right / count;
}

enum { STEPS = 1000, TEST = 2000 };

static double losses[SCORINGS][STEPS];

static Scorer untrained(int kind)
{
    Rng rng = rng_new(cell_seed());
    return scorer_new((Scoring)kind, &rng, RECALL_D_Q, RECALL_D_K,
                      RECALL_HIDDEN);
}

/* The first call for a kind trains it. */
static const Scorer *trained(int kind)
{
    static Scorer scorers[SCORINGS];
    Scorer *s = &scorers[kind];
    if (s->params.n == 0) {
        *s = untrained(kind);
        recall_train(s, cell_seed(), STEPS, losses[kind]);
    }
    return s;
}

static void four_ways_to_score(void)
{
    text_printf("%-20s %11s %9s %9s\n", "", "parameters", "before", "after");
    for (int kind = 0; kind < SCORINGS; kind++) {
        Scorer s = untrained(kind);
        double before = recall_accuracy(&s, cell_seed(), TEST);
        double after = recall_accuracy(trained(kind), cell_seed(), TEST);
        text_printf("%-20s %11ld %8.1f%% %8.1f%%\n",
                    scoring_name((Scoring)kind), params_count(&s.params),
                    100 * before, 100 * after);
    }
    /* fold: writes the data of the figure */
    Plot *plot = plot_open("losses", "step no_bias additive bilinear scaled");
    for (int step = 0; step < STEPS; step++)
        plot_row(plot, step, losses[0][step], losses[1][step], losses[2][step],
                 losses[3][step]);
    plot_close(plot);
}

/*
:::{figure} 04_additive_attention/losses.svg
:name: fig-losses
:alt: Four loss curves over 1000 training steps. Three fall to nearly zero; that of additive attention without bias falls to chance and stays there.

The loss of the four while they learn. Chance, all six keys alike, is
$\ln 6 \approx 1.79$.
:::

Three of the four answer nearly every question about keys they have never seen.
(Guessing would be right once in 6.) The bilinear form does so with 24 numbers, since
the task was made for it: the lens is a matrix, and undoing it is a matrix too. And
additive attention as the notes have it stays at the loss of pure chance, with 704
numbers to learn by. (It is right a little more often. We shall see why it may be.)

(sec-odd)=
## The bias that was left out

More steps or more units would not help. $\tanh$ is *odd*: $\tanh(-z) = -\tanh(z)$.
Without $b$ the whole score is odd with it,

$$
a(-q, -k) = -a(q, k) .
$$ (eq-odd)

Now turn a memory inside out: negate all keys, and hence the query. It is as good a
memory as before. But all scores have changed their sign, so the key that came first
now comes last. *Of two mirror images, a model without bias gets at most one right.*

It is worse than that. With scores $s_1, \dots, s_6$ and the answer at $j$, the
losses of the two images are $\operatorname{lse}(s) - s_j$ and
$\operatorname{lse}(-s) + s_j$. Their sum is at least $2 \ln 6$, since a
log-sum-exp is at least $\ln 6$ plus the mean of its scores, and the two means
cancel. Our keys are as likely as their mirror images. So in the long run *no*
odd score has a loss below $\ln 6$, that of pure chance, and the best it can do
is to make all scores equal. That is where its curve ends.

With $b$ the score need not be odd: 64 numbers more, and the task is solved. The
bilinear form and the dot product never had the problem: $(-q) W (-k)^\top =
q W k^\top$. First the score of one query and one key, before any training:
*/
static void odd(void)
{
    text_printf("%-20s %10s %10s %10s\n", "", "a(q, k)", "a(-q, -k)", "sum");
    for (int with_bias = 0; with_bias < 2; with_bias++) {
        Rng rng = rng_new(cell_seed());
        Additive a = additive_new(NULL, &rng, RECALL_D_Q, RECALL_D_K,
                                  RECALL_HIDDEN, with_bias);
        Tensor *q = t_normal(&rng, 1, 1, RECALL_D_Q);
        Tensor *k = t_normal(&rng, 1, 1, RECALL_D_K);
        double there = t_item(additive_scores(a, q, k));
        double back = t_item(additive_scores(a, t_scale(q, -1),
                                             t_scale(k, -1)));
        text_printf("%-20s %10.4f %10.4f %10.4f\n",
                    with_bias ? "with bias" : "without bias", there, back,
                    there + back);
    }
}

/*
Then one memory with all its scores, and its mirror image, after training:

:::{figure} 04_additive_attention/mirror.svg
:name: fig-mirror
:alt: Two panels of bars, six keys each, the scores of one memory and of its mirror image. Without a bias each pair of bars is equal and opposite and all are near zero. With a bias, the asked key has the highest bar in both.

The scores of six keys for one query, and for the mirror image of both. Key 2 is asked
for. Without a bias the highest of one picture is the lowest of the other.
:::

That is the *loss*. An answer counts as right if its score is the highest, by however
little, and so an odd score may be right in half of all questions, those on one side
of the mirror, and in no more. A contrived one is: the bilinear form, which knows the
task, with all its scores turned around when the first number of the query is
negative. The cell asks each of four models 2,000 questions and their mirror images.
*/
static Tensor *sign_of_first(Tensor *q) /* (B, n, 1), from the first number */
{
    Tensor *sign = t_zeros(t_dim(q, 0), t_dim(q, 1), 1);
    for (int b = 0; b < t_dim(q, 0); b++)
        for (int i = 0; i < t_dim(q, 1); i++)
            t_at(sign, b, i, 0) = t_at(q, b, i, 0) < 0 ? -1 : 1;
    return sign;
}

Mirrors mirror_accuracy(const Scorer *s, bool turned, uint64_t seed, int count)
{
    Rng rng = rng_named(seed, "mirror");
    int *ask = tape_ints(count);
    for (int b = 0; b < count; b++)
        ask[b] = b % RECALL_KEYS;
    Recall r = recall_batch(&rng, count, 1, RECALL_KEYS, ask);
    Tensor *scores[2];
    for (int image = 0; image < 2; image++) {
        Tensor *q = t_scale(r.q, image ? -1 : 1);
        Tensor *k = t_scale(r.k, image ? -1 : 1);
        Tensor *a = scorer_scores(s, q, k);                 /* (B, 1, 6) */
        scores[image] = t_reshape(turned ? t_mul(a, sign_of_first(q)) : a,
                                  count, RECALL_KEYS);
    }
    Mirrors right = { 0, 0, 0 };
    for (int b = 0; b < count; b++) {
        bool one = best_of(scores[0], b) == ask[b];
        bool other = best_of(scores[1], b) == ask[b];
        right.one += one / (double)count;
        right.other += other / (double)count;
        right.both += (one && other) / (double)count;
    }
    tape_reset();
    return right;
}

/* fold: writes the data of the figure */
static void plot_mirror(const Scorer *without, const Scorer *with)
{
    enum { ASKED = 2 };
    Rng same = rng_named(cell_seed(), "picture");
    Recall r = recall_batch(&same, 1, 1, RECALL_KEYS, (int[]){ ASKED });
    Tensor *q = t_scale(r.q, -1), *k = t_scale(r.k, -1);
    Tensor *a = scorer_scores(without, r.q, r.k), *b = scorer_scores(without, q, k);
    Tensor *c = scorer_scores(with, r.q, r.k), *d = scorer_scores(with, q, k);
    Plot *plot = plot_open("mirror", "key without its_mirror with its_mirror");
    for (int j = 0; j < RECALL_KEYS; j++)
        plot_row(plot, j, t_at(a, 0, 0, j), t_at(b, 0, 0, j), t_at(c, 0, 0, j),
                 t_at(d, 0, 0, j));
    plot_close(plot);
}

static void mirror_images(void)
{
    text_printf("%-20s %9s %14s %8s\n", "right", "memory", "mirror image",
                "both");
    for (int row = 0; row < 4; row++) {
        bool turned = row == 3;
        Mirrors right = mirror_accuracy(trained(turned ? BILINEAR : row),
                                        turned, cell_seed(), TEST);
        text_printf("%-20s %8.1f%% %13.1f%% %7.1f%%\n",
                    turned ? "bilinear, turned" : scoring_name((Scoring)row),
                    100 * right.one, 100 * right.other, 100 * right.both);
    }
    plot_mirror(trained(ADDITIVE_WITHOUT_BIAS), trained(ADDITIVE));
}

/*
Never both. The contrived score is right half of the time; the trained one stays far
below, because the loss gives it no reason to climb. What it gains on one side of the
mirror it loses on the other, so training pushes all its scores towards being equal,
and which of the nearly equal ones comes first is left almost to chance.
{quiz} How can both be true?

Why then did it ever work? In a translator the queries and keys come out of layers
with biases of their own, and words are not as likely as their negatives: the
symmetry is broken elsewhere. The original paper omits bias terms "to increase
readability" {cite}`bahdanau2015`; whoever copies the formula from there loses them.

The picture at the head of this chapter shows one memory with all six questions. Of
its tables these are the two of additive attention with bias.
*/
static Tensor *six_questions(const Scorer *s) /* weights (6, 6) */
{
    const int ask[RECALL_KEYS] = { 0, 1, 2, 3, 4, 5 };
    Rng same = rng_named(cell_seed(), "picture");
    Recall r = recall_batch(&same, 1, RECALL_KEYS, RECALL_KEYS, ask);
    return t_reshape(t_softmax(scorer_scores(s, r.q, r.k)), RECALL_KEYS,
                     RECALL_KEYS);
}

static void before_and_after(void)
{
    static const char *const figure[SCORINGS][2] = {
        { "before_odd", "after_odd" }, { "before", "after" },
        { "before_bilinear", "after_bilinear" },
        { "before_scaled", "after_scaled" },
    };
    for (int kind = 0; kind < SCORINGS; kind++)
        for (int after = 0; after < 2; after++) {
            Scorer s = after ? *trained(kind) : untrained(kind);
            Tensor *table = six_questions(&s);
            plot_matrix(figure[kind][after], table, NULL, NULL);
            if (kind == ADDITIVE)
                text_matrix(figure[kind][after], table, NULL, NULL, 2);
        }
}

/*
(sec-tom-learns)=
## Tom chases Jerry, learned

Back to S4's sentence, with weights that nobody writes down. Six names and four verbs
make 144 sentences "Tom chases Jerry", each with its translation. The model is a very
small one: each English word has a vector for the word plus one for its place; the
query for the $i$-th Chinese word is a learned vector; additive attention mixes the
English words, and a matrix turns the mixture $C_i$ into scores for the ten Chinese
words. We hold back every fifth sentence, "Tom chases Jerry" among them. (The loss,
`t_cross_entropy`, takes the scores and does the softmax itself.)
*/
enum { NAMES = 6, VERBS = 4, LEXICON = NAMES + VERBS };
enum { SENTENCES = NAMES * VERBS * NAMES, TOM_CHASES_JERRY = 1,
       HELD_BACK = 29 };
static char *const english[LEXICON] = {
    "Tom", "Jerry", "Anna", "Paul", "Lily", "Max",
    "chases", "sees", "helps", "hears",
};
static char *const chinese[LEXICON] = {
    "汤姆", "杰瑞", "安娜", "保罗", "莉莉", "马克斯",
    "追逐", "看见", "帮助", "听到",
};

typedef struct {
    Params params;
    Tensor *words, *places, *queries, *out; /* (10, 16), (3, 16), (3, 8),
                                             * (16, 10) */
    Additive score;
} Translator;

static Translator translator_new(Rng *rng, double places)
{
    Translator t = { .params = { 0 } };
    t.words = nn_embedding_new(&t.params, rng, LEXICON, 16, 1);
    t.places = nn_embedding_new(&t.params, rng, 3, 16, places);
    t.queries = nn_embedding_new(&t.params, rng, 3, 8, 1);
    t.out = random_param(&t.params, rng, 16, LEXICON);
    t.score = additive_new(&t.params, rng, 8, 16, 16, true);
    return t;
}

/* ids: B times three English words -> weights (B, 3, 3), scores (B, 3, 10). */
static Tensor *translate(const Translator *t, int B, const int *ids,
                         Tensor **weights)
{
    Tensor *h = t_add(t_embedding(t->words, ids, B, 3), t->places);
    Tensor *q = t_broadcast(t->queries, B, 3, 8);
    *weights = t_softmax(additive_scores(t->score, q, h));
    return t_matmul(t_matmul(*weights, h), t->out);
}

/* A word and its translation have one number, so these are the targets, too. */
static void sentence_ids(int number, int *ids)
{
    ids[0] = number / (VERBS * NAMES);
    ids[1] = NAMES + number / NAMES % VERBS;
    ids[2] = number % NAMES;
}

static bool held_back(int number)
{
    return number % 5 == TOM_CHASES_JERRY;
}

static void train_translator(Translator *t, Rng *rng)
{
    enum { B = 4, TRANSLATOR_STEPS = 1500 };
    Optimiser *adam = opt_adam(&t->params, (AdamOptions){ .rate = 0.01 });
    for (int step = 0; step < TRANSLATOR_STEPS; step++) {
        int ids[3 * B];
        for (int b = 0; b < B; b++) {
            int number = rng_below(rng, SENTENCES);
            if (held_back(number))
                number--;
            sentence_ids(number, ids + 3 * b);
        }
        Tensor *weights, *scores = translate(t, B, ids, &weights);
        t_backward(t_cross_entropy(scores, ids, (CrossEntropy){ 0 }));
        opt_step(adam);
        tape_reset();
    }
}

int translate_held_back(uint64_t seed, double places, Tensor **weights)
{
    Rng rng = rng_new(seed);
    Translator t = translator_new(&rng, places);
    train_translator(&t, &rng);
    int ids[3], right = 0;
    for (int number = 0; number < SENTENCES; number++) {
        if (!held_back(number))
            continue;
        sentence_ids(number, ids);
        Tensor *guess = t_reshape(translate(&t, 1, ids, weights), 3,
                                  LEXICON);
        right += best_of(guess, 0) == ids[0] && best_of(guess, 1) == ids[1]
              && best_of(guess, 2) == ids[2];
    }
    sentence_ids(TOM_CHASES_JERRY, ids);
    translate(&t, 1, ids, weights);
    *weights = t_reshape(*weights, 3, 3);
    return right;
}

/* fold: prints a translator's weights */
static void show_translator(uint64_t seed, double places, const char *figure)
{
    Tensor *weights;
    int right = translate_held_back(seed, places, &weights), ids[3];
    text_printf("held-back sentences right: %d of %d\n", right, HELD_BACK);
    char *source[3], *target[3];
    sentence_ids(TOM_CHASES_JERRY, ids);
    for (int i = 0; i < 3; i++) {
        source[i] = english[ids[i]];
        target[i] = chinese[ids[i]];
    }
    text_matrix("weights", weights, target, source, figure ? 2 : 1);
    if (figure)
        plot_matrix(figure, weights, target, source);
}

static void tom_chases_jerry(void)
{
    show_translator(cell_seed(), 0.3, "tom");
}

/*
:::{figure} 04_additive_attention/tom.svg
:name: fig-tom
:alt: Three by three heat map, rows 汤姆, 追逐, 杰瑞, columns Tom, chases, Jerry, with the weight on the diagonal.

Learned weights for a sentence the model has not seen: a row for each word written.
:::

Nobody told the model that 杰瑞 stands where Jerry does; it found out because looking
there makes the right word more likely. That is all that "learning to attend" means.
(Its three queries are the same for every sentence, so what it has found is the order
of words, which the two languages share here.) It is more decided than S4's
$(0.3, 0.2, 0.5)$.

Not every training ends so neatly. The vectors of places start at 0.3, those of words
at 1. Start both at 1, and some seeds go another way. Here are two of them.
*/
static void looking_elsewhere(void)
{
    show_translator(7, 1, NULL);
    text_printf("\n");
    show_translator(4, 1, NULL);
}

/*
The first is right about every sentence, and writes 汤姆 while looking almost only at
*chases*. Which name it is can have come only through the little weight left on Tom.
The second looks most where it should, and is wrong about five sentences. *What a
model looks at most is not always what it uses.*
{quiz} In the first of the two, what would show that Tom is what the model uses for 汤姆?

(sec-claims-04)=
## What we claimed, and where it is checked

:::{folded} The list
- The mixture with 0.3, 0.2 and 0.5. {test}`tests/04_additive_attention.c: the_mixture_of_tom_chase_jerry_comes_out`
- The score is the formula, pair by pair. {test}`tests/04_additive_attention.c: broadcasting_scores_every_pair_by_the_formula`
- Query and key may differ in width, and may be the same. {test}`tests/04_additive_attention.c: query_and_key_may_differ_in_width_or_not`
- Without the bend no query makes a difference. {test}`tests/04_additive_attention.c: without_the_bend_no_query_makes_a_difference`
- Beyond the end of a sentence the weight is exactly 0, and what stands there changes nothing. {test}`tests/04_additive_attention.c: beyond_the_end_the_weight_is_zero`
- Dropout keeps the mean of the weights. {test}`tests/04_additive_attention.c: dropout_keeps_the_mean`
- The broadcast sum takes as many times the memory of the scores as there are hidden units. {test}`tests/04_additive_attention.c: the_sum_takes_hidden_times_the_memory_of_the_scores`
- Additive with bias, bilinear and scaled dot product learn to recall: over 99 % on keys never seen. {test}`tests/04_additive_attention.c: three_scorings_learn_to_recall_unseen_keys`
- Without bias the score is odd, and of two mirror images at most one is right. {test}`tests/04_additive_attention.c: without_bias_at_most_one_of_two_mirror_images_is_right`
- An odd score can be right half of the time, and no more often; with bias both images come out right. {test}`tests/04_additive_attention.c: an_odd_score_is_right_half_of_the_time_at_most`
- The small translator gets all held-back sentences right and looks where it should. {test}`tests/04_additive_attention.c: the_translator_learns_where_to_look`
- It may translate rightly while looking elsewhere, and wrongly while looking where it should. {test}`tests/04_additive_attention.c: looking_most_at_a_word_is_not_using_it`
- The gradient of the score matches differences. {test}`tests/04_additive_attention.c: the_gradient_of_the_score_matches_differences`
:::

## Summary

- A score may be learned. Additive: project both, add, bend, weigh. It bridges
  different widths; so do the bilinear form and the projected dot product.
- The sum of every query with every key takes $h$ times the memory of the scores.
- Without a bias its score is odd. Over memories as likely as their mirror images
  its loss cannot get below that of chance, and it is right in half of all cases at
  most. Test what looks like a detail.
- Where a model looks most is not always what it uses.

(sec-exercises-04)=
## Exercises

{exercises}

And three experiments, which no program can mark:

- In `recall_batch`, make all keys positive (`t_uniform(rng, 0, 1, …)`), so that
  no key is the mirror image of another. Does additive attention without bias
  learn now? And what happens to the bilinear form?
- Replace `t_tanh` in `additive_look` by `t_relu`. Is the bias still needed?
  ($\max(0, z)$ is not odd.)
- In `looking_elsewhere`, try other seeds, 9 and 11 among them. In which do the
  weights tell what the model uses?

## Further reading

{cite:t}`bahdanau2015` began it all; {cite:t}`luong2015` compares additive, bilinear
and plain dot scoring in a translator.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(mixing_by_hand);
    cell(lengths);
    cell_value(first_length, 1, 8);
    cell_value(second_length, 1, 8);
    cell(memory);
    cell(four_ways_to_score);
    cell(odd);
    cell(mirror_images);
    cell(before_and_after);
    cell(tom_chases_jerry);
    cell(looking_elsewhere);
    return cell_end();
}

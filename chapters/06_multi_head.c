/*
# Multi-head attention: several views at once

One attention gives each token one mixture. But a word stands in several
relations at once: *it* has an owner, a quality, a verb. A single row of
weights must divide itself between them, and what it brings home is a blend.
The remedy is to run several small attentions side by side, each with its own
idea of what goes with what, and to put their results next to one another. They
are called {term}`heads <head>`. They cost no more parameters and no more
multiplications, and this chapter shows why: splitting into heads is only a way
of looking at the same numbers.

:::{figure} 06_multi_head/ta.svg
:name: fig-ta
:alt: Two rows of weights over the words of the sentence 我 养了 一只 猫 ， 它 很 可爱. In one head the word 它 looks at 猫, in the other at 可爱.

What 它 (it) looks at in a trained layer with two heads. One has found the
animal it stands for, the other what is said about it. Nobody told them to
share the work in this way.
:::

(sec-split)=
## Cutting the width

S0 (one of the notes of the [preface](preface)) puts the need in a sentence:
我养了一只猫，它很可爱, "I keep a cat, it is lovely". 它 refers to 猫 (cat), and it is 可爱
(lovely) that is said of it; both concern 它, in different ways.

The original Transformer is 512 wide and has 8 heads. Instead of comparing two
tokens by one inner product of 512 numbers, it makes eight inner products of 64
numbers: the queries, keys and values are cut into eight pieces, and each piece
is an attention of its own,

$$
\operatorname{head}_i = \operatorname{Attention}(X W^Q_i,\; X W^K_i,\; X W^V_i), \qquad i = 1, \dots, h,
$$ (eq-head)

with matrices of shape $(d, d/h)$. The results, $(n, d/h)$ each, are set side
by side to give $(n, d)$ again, and one more matrix $W^O$ of shape $(d, d)$
mixes what the heads have found {cite}`vaswani2017`:

$$
\operatorname{MultiHead}(X) = \bigl[\operatorname{head}_1, \dots, \operatorname{head}_h\bigr]\, W^O .
$$ (eq-multi-head)

:::{admonition} Erratum: the matrix at the end
:class: erratum
S0 and S1 stop at setting the heads side by side. Without $W^O$ each head could
write only into its own $d/h$ columns of the result. $W^O$ lets every head
write everywhere.
:::

In code there are three steps, from $(B, n, d)$: cut the last axis in two,
$(B, n, h, d/h)$; move the heads in front of the tokens, $(B, h, n, d/h)$, so
that what lies in the last two axes is a matrix for each head; and attention,
which treats all axes in front alike, does the rest. Neither of the first two
moves a number in memory. A tensor knows its numbers by *strides*, how far
apart neighbours along each axis lie; cutting and exchanging axes only changes
the strides.
*/
#include "06_multi_head.h"

#include "05_scaled_dot_product.h"
#include "cell/cell.h"
#include "learn/opt.h"
#include "cell/plot.h"

#include <math.h>

Tensor *split_heads(Tensor *x, int heads)
{
    int B = t_dim(x, 0), n = t_dim(x, 1), d = t_dim(x, 2);
    if (x->shape.n != 3)
        t_fail("split_heads: expected (B, n, d), got %s", t_shape(x));
    if (heads < 1 || d % heads != 0)
        t_fail("split_heads: a width of %d does not divide into %d heads", d,
               heads);
    return t_permute(t_reshape(x, B, n, heads, d / heads), 0, 2, 1, 3);
}

Tensor *merge_heads(Tensor *x)
{
    int B = t_dim(x, 0), h = t_dim(x, 1), n = t_dim(x, 2), w = t_dim(x, 3);
    return t_reshape(t_permute(x, 0, 2, 1, 3), B, n, h * w);
}

/*
:::{list-table} Shape ledger of multi-head attention
:header-rows: 1
:name: tab-ledger-heads

* - name
  - shape
  - meaning
* - $X$
  - $(B, n, d)$
  - one row for each token
* - $XW^Q$, $XW^K$, $XW^V$
  - $(B, n, d)$
  - all heads' queries, keys, values side by side
* - split
  - $(B, h, n, d/h)$
  - a small matrix for each head: a view
* - weights
  - $(B, h, n, m)$
  - a table for each head
* - heads' results
  - $(B, h, n, d/h)$
  - a mixture for each head and token
* - merged
  - $(B, n, d)$
  - side by side again: one copy
* - times $W^O$
  - $(B, n, d)$
  - mixed
:::

:::{figure} 06_multi_head/split.svg
:name: fig-split
:alt: Diagram: a matrix of n rows and d columns is cut into h blocks of columns, which become h small matrices one behind the other; merging puts them side by side again.

Split and merge. The columns are cut into $h$ blocks, and the blocks become a
stack of $h$ matrices; merging puts them side by side again.
:::
{quiz} Why does splitting into heads move no number in memory?

(sec-eight)=
## Eight times sixty-four

S1 does it both ways: head by head in a loop, and all at once with views. It
prints the shapes on the way and leaves the reader to believe that the two
agree. We compare them. The loop divides the scores by $\sqrt{64}$; the
vectorised code, as printed, does not divide at all. Both are here, with the
largest difference of any number in the results.
*/
enum { WIDTH = 512, HEADS = 8, EACH = WIDTH / HEADS };

static Tensor *random_projection(const char *name, Tensor *x)
{
    Rng rng = rng_named(cell_seed(), name);
    return nn_linear(nn_linear_new(NULL, &rng, WIDTH, WIDTH,
                                   (LinearOptions){ 0 }), x);
}

static Tensor *head_by_head(Tensor *q, Tensor *k, Tensor *v)
{
    Tensor *side_by_side = NULL;
    int n = t_dim(q, 2);
    for (int i = 0; i < HEADS; i++) {
        Tensor *out = attention(
            t_reshape(t_slice(q, 1, i, i + 1), n, EACH),
            t_reshape(t_slice(k, 1, i, i + 1), n, EACH),
            t_reshape(t_slice(v, 1, i, i + 1), n, EACH), NULL); /* (n, 64) */
        side_by_side = side_by_side ? t_concat(-1, side_by_side, out) : out;
    }
    return side_by_side;                                    /* (n, 512) */
}

/* fold: prints and plots the weights of each head */
static void show_heads(Tensor *weights, char *const *words) /* (1, 8, n, n) */
{
    int n = t_dim(weights, -1);
    for (int i = 0; i < HEADS; i++) {
        char name[] = "head_1";
        name[5] = (char)('1' + i);
        Tensor *one = t_reshape(t_slice(weights, 1, i, i + 1), n, n);
        if (i == 0)
            text_matrix("\nweights of head 1", one, words, words, 2);
        plot_matrix(name, one, words, words);
    }
}

static void eight_times_sixty_four(void)
{
    Words words = cell_words();
    int n = words.n;
    Tensor *x = t_reshape(text_vectors(words, WIDTH, cell_seed()), 1, n, WIDTH);
    Tensor *q = split_heads(random_projection("q", x), HEADS);
    Tensor *k = split_heads(random_projection("k", x), HEADS);
    Tensor *v = split_heads(random_projection("v", x), HEADS);
    Tensor *looped = head_by_head(q, k, v);
    Tensor *unscaled = t_matmul(t_softmax(t_matmul(q, t_transpose(k))), v);
    Tensor *scaled = attention(q, k, v, NULL);
    Tensor *one = t_reshape(t_slice(scaled, 1, 0, 1), n, EACH);

    /* fold: prints the shapes, and compares */
    text_printf("X                    %s\n", t_shape(x));
    text_printf("split                %s\n", t_shape(q));
    text_printf("output of one head   %s\n", t_shape(one));
    text_printf("eight, side by side  %s\n", t_shape(looped));
    text_printf("merged               %s\n", t_shape(merge_heads(scaled)));
    text_printf("\nvectorised as S1 prints it, against the loop: differs by %.3f\n",
                t_distance(t_reshape(merge_heads(unscaled), n, WIDTH), looped));
    double off = t_distance(t_reshape(merge_heads(scaled), n, WIDTH), looped);
    text_printf("with 1 / sqrt(64):                            %s\n",
                off < 1e-6 ? "equal to 1e-6" : "different");
    show_heads(attention_weights(q, k, NULL), words.word);
}

/*
:::{figure} 06_multi_head/heads.svg
:name: fig-heads
:alt: Eight small heat maps of four by four weights, all different.

The weights of eight untrained heads for "I should sleep now". Each has its own
idea of what goes with what, none of them a good one yet.
:::

:::{admonition} Erratum: a factor that the loop has and the views have not
:class: erratum
S1's vectorised version forgets the division by $\sqrt{d/h}$ that its loop has;
the two give different results, as printed above, and nothing but a comparison
would show it: both run, and both outputs look like attention.
:::

:::{admonition} Erratum: heads do not cut $X$ in eight
:class: erratum
S0 describes multi-head attention as cutting $X$ into 8 parts. What is cut is
$XW^Q$, $XW^K$ and $XW^V$. Each head's projection has as many rows as $X$ has
columns, so every head sees all of every token.
:::
{quiz} What would have shown it?

S0 expects one more thing of several heads: that they keep a token from looking too
much at itself, which was the trouble with $XX^\top$ (chapter 2). Do they? The cell
takes eight random rows of width 512, and prints the mean weight that a row gives
itself: without projections; with random ones, in one head and in eight; and in
eight heads whose queries and keys are made by the *same* matrix. A fair share is
1/8.
*/
double weight_on_itself(Tensor *x, int heads, bool same, Rng *rng)
{
    int d = t_dim(x, -1), n = t_dim(x, 1);
    Tensor *w_q = t_scale(t_normal(rng, d, d), 1 / sqrt(d));
    Tensor *w_k = same ? w_q : t_scale(t_normal(rng, d, d), 1 / sqrt(d));
    Tensor *q = split_heads(heads ? t_matmul(x, w_q) : x, heads ? heads : 1);
    Tensor *k = split_heads(heads ? t_matmul(x, w_k) : x, heads ? heads : 1);
    Tensor *weights = attention_weights(q, k, NULL);        /* (1, h, n, n) */
    double sum = 0;
    for (int h = 0; h < t_dim(weights, 1); h++)
        for (int i = 0; i < n; i++)
            sum += (double)t_at(weights, 0, h, i, i);
    return sum / (t_dim(weights, 1) * n);
}

static void on_itself(void)
{
    static const struct { const char *name; int heads; bool same; } cases[] = {
        { "X X^T", 0, false },
        { "one head", 1, false },
        { "eight heads", HEADS, false },
        { "eight heads, W^Q = W^K", HEADS, true },
    };
    text_printf("%-24s %s\n", "", "weight on itself");
    for (int i = 0; i < 4; i++) {
        Rng rng = rng_new(cell_seed());
        double sum = 0;
        for (int trial = 0; trial < 10; trial++) {
            Tensor *x = t_normal(&rng, 1, 8, WIDTH);
            sum += weight_on_itself(x, cases[i].heads, cases[i].same, &rng);
            tape_reset();
        }
        text_printf("%-24s %16.2f\n", cases[i].name, sum / 10);
    }
}

/*
:::{admonition} Erratum: it is not the number of heads that helps
:class: erratum
S0 says that multi-head attention mends the habit of a position to attend too much
to itself. One head with $W^Q$ and $W^K$ of its own does as well as eight, and eight
heads in which the two are the same do not. What helps is that a token asks with
another vector than the one by which it is found.
:::

(sec-one-big)=
## One big projection or eight small ones

S1 remarks that PyTorch uses one large projection and cuts its result, while
other libraries give each head a small one of its own, and that it makes little
difference. It makes none. Column $c$ of $XW$ depends on column $c$ of $W$
only. Set eight matrices of shape $(512, 64)$ side by side and you have one of
shape $(512, 512)$; cut $XW$ where they meet and you have the eight products.
This is also why $d$ must be divisible by $h$, if all heads are to be $d/h$
wide: the cuts must come out even.
*/
static void one_big_or_eight_small(void)
{
    Rng rng = rng_new(cell_seed());
    Tensor *x = t_normal(&rng, 4, WIDTH), *w = t_normal(&rng, WIDTH, WIDTH);
    Tensor *big = t_matmul(x, w);
    double farthest = 0;
    for (int i = 0; i < HEADS; i++) {
        int from = i * EACH, to = from + EACH;
        Tensor *small = t_matmul(x, t_contiguous(t_slice(w, 1, from, to)));
        farthest = fmax(farthest,
                        t_distance(small, t_slice(big, 1, from, to)));
    }
    text_printf("one of %s: %d numbers\n", t_shape(w), t_size(w));
    text_printf("eight of (%d, %d): %d numbers\n", WIDTH, EACH,
                HEADS * WIDTH * EACH);
    text_printf("largest difference of the products: %s\n",
                farthest < 1e-4 ? "rounding" : "more than rounding");
}

/*
So heads cost no parameters. With a bias for each projection, as PyTorch has
it, the layer has four matrices of $d \times d$ and four biases of $d$,

$$
4 d^2 + 4 d \quad\text{parameters, whatever } h \text{ is},
$$ (eq-heads-parameters)

and the products take as many multiplications as those of one wide attention.
What there is more of is scores: $h$ tables instead of one, each with its
softmax. Here is the whole layer; `asking` and `answering` are the same tensor
in self-attention. Keys and values depend on `answering` alone. They are made in
a function of their own, because chapters 8 and 10 will keep them and ask again.

For the mixture there are two ways. If somebody wants to see the weights, or to
drop some of them, they are made as in chapter 5. Most of the time nobody does.
Then the library's `t_attention` takes over: the same formula, worked out
[tile by tile](sec-tiles), so that the tables are never there as a whole. The
tests hold the two ways against each other.
*/
MultiHead multi_head_new(Params *list, Rng *rng, int d, int heads)
{
    LinearOptions usual = { 0 };    /* with a bias */
    MultiHead layer = { .heads = heads };   /* C leaves the order open in here */
    layer.to_q = nn_linear_new(list, rng, d, d, usual);
    layer.to_k = nn_linear_new(list, rng, d, d, usual);
    layer.to_v = nn_linear_new(list, rng, d, d, usual);
    layer.to_out = nn_linear_new(list, rng, d, d, usual);
    return layer;
}

/* A mask for each sequence, (B, n, m), as one for each head of it too. */
static const Tensor *for_all_heads(const Tensor *mask)
{
    if (!mask || mask->shape.n < 3)
        return mask;
    if (mask->shape.n > 3)
        t_fail("multi_head: a mask is (n, m) or (B, n, m), got %s",
               t_shape(mask));
    Tensor *same = t_detach(mask);
    return t_reshape(same, t_dim(mask, 0), 1, t_dim(mask, 1), t_dim(mask, 2));
}

static Tensor *switch_off(Tensor *heads, const bool *off)
{
    int h = t_dim(heads, 1);
    Tensor *mask = t_zeros(1, h, 1, 1);
    for (int i = 0; i < h; i++)
        t_at(mask, 0, i, 0, 0) = off[i];
    return t_masked_fill(heads, mask, 0);
}

KeysValues keys_values(MultiHead layer, Tensor *answering)
{
    return (KeysValues){
        .k = split_heads(nn_linear(layer.to_k, answering), layer.heads),
        .v = split_heads(nn_linear(layer.to_v, answering), layer.heads),
    };
}

/* The mixtures by way of the weights: (B, h, n, d/h). */
static Tensor *by_weights(Tensor *q, KeysValues kv, MultiHeadOptions options)
{
    const Tensor *mask = for_all_heads(options.mask);
    if (t_dim(q, 0) != t_dim(kv.k, 0))
        t_fail("multi_head: %d sequences ask, and %d answer", t_dim(q, 0),
               t_dim(kv.k, 0));
    if (options.causal) {
        Tensor *later = causal_mask(t_dim(q, -2));
        mask = mask ? t_add(later, t_detach(mask)) : later;
    }
    Tensor *weights = attention_weights(q, kv.k, mask);
    if (options.weights)
        *options.weights = weights;
    weights = t_dropout(weights, options.drop, options.rng);
    return t_matmul(weights, kv.v);
}

Tensor *multi_head_look(MultiHead layer, Tensor *asking, KeysValues kv,
                        MultiHeadOptions options)
{
    Tensor *q = split_heads(nn_linear(layer.to_q, asking), layer.heads);
    if (options.causal && t_dim(q, -2) != t_dim(kv.k, -2))
        t_fail("multi_head: causal needs as many keys as queries, got %d and "
               "%d", t_dim(kv.k, -2), t_dim(q, -2));
    AttentionOptions allowed = { .mask = for_all_heads(options.mask),
                                 .causal = options.causal };
    bool wanted = options.weights || (options.rng && options.drop != 0);
    Tensor *heads = wanted ? by_weights(q, kv, options)
                           : t_attention(q, kv.k, kv.v, allowed);
    if (options.off)
        heads = switch_off(heads, options.off);
    return nn_linear(layer.to_out, merge_heads(heads));
}

Tensor *multi_head(MultiHead layer, Tensor *asking, Tensor *answering,
                   MultiHeadOptions options)
{
    return multi_head_look(layer, asking, keys_values(layer, answering),
                           options);
}

static void what_it_takes(void)
{
    text_printf("%6s %6s %12s\n", "d", "heads", "parameters");
    for (int heads = 1; heads <= 8; heads *= 8) {
        Params params = { 0 };
        Rng rng = rng_new(cell_seed());
        multi_head_new(&params, &rng, WIDTH, heads);
        text_printf("%6d %6d %12ld\n", WIDTH, heads, params_count(&params));
    }
    Rng rng = rng_new(cell_seed());
    Tensor *x = t_normal(&rng, 8, 64, WIDTH);
    size_t start = tape_bytes();
    split_heads(x, HEADS);
    size_t for_split = tape_bytes() - start;
    Tensor *results = t_zeros(8, HEADS, 64, EACH);
    start = tape_bytes();
    merge_heads(results);
    size_t for_merge = tape_bytes() - start;
    text_printf("\nx %s   %7.0f KiB\n", t_shape(x),
                (double)t_size(x) * sizeof(real) / 1024);
    text_printf("split takes       %7.0f KiB\n", (double)for_split / 1024);
    text_printf("merge takes       %7.0f KiB\n", (double)for_merge / 1024);
}

/*
A reader who knows PyTorch can compare with the layer that S3 names,
`torch.nn.MultiheadAttention(d, h, batch_first=True)`: its `in_proj_weight`, of
shape $(3d, d)$, is our $W^Q$, $W^K$ and $W^V$, transposed and stacked; its
`out_proj` is our $W^O$, transposed too. Given the same numbers it returns the
same numbers; a test of this chapter holds them against each other. What it is
called with has its counterpart here: `key_padding_mask` and `attn_mask` are our
`mask` (a 1, or true, forbids), `need_weights` our `weights` (PyTorch returns the
mean of the heads unless told otherwise, we return each), `dropout` our `drop`. Its
`kdim` and `vdim`, for an answering sequence of another width, we have not: our
layer wants both sequences $d$ wide.
{quiz} What is there more of with 8?

(sec-ta)=
## What is it, and what is it like?

Do heads find different things, or is that a story one tells about pictures? We
need a task with an answer. Sentences of eight words, 我 养了 一只 猫 ， 它 很 可爱, with
4 persons, 8 animals and 8 qualities drawn at random. The model looks from 它 at
the whole sentence, through one layer of attention of width 8, and from what
that brings home two *readouts*, a matrix each, must tell which animal 它 is,
and which quality it has. Both read the *same* eight numbers; nothing says
which head should find what. Words of one kind start with similar vectors, as
they have in any model that has read a little, so that a head can look for "an
animal" without knowing which. (There are 256 sentences in all, and the model
is examined on those it has learned: the question is how it does it.)
*/
enum { PERSONS = 4, KINDS = 8, LENGTH = 8, VOCABULARY = PERSONS + 2 * KINDS + 5 };
static char *const vocabulary[VOCABULARY] = {
    "我", "你", "他", "她",
    "猫", "狗", "鸟", "羊", "兔子", "鸭子", "猴子", "老虎",
    "可爱", "聪明", "安静", "漂亮", "胆小", "调皮", "懒", "高大",
    "养了", "一只", "，", "它", "很",
};
enum { KEEPS = PERSONS + 2 * KINDS, ONE, COMMA, TA, VERY };
enum { TA_AT = 5 };

static void sentence(int person, int animal, int quality, int *ids)
{
    const int words[LENGTH] = { person, KEEPS, ONE, PERSONS + animal, COMMA,
                                TA, VERY, PERSONS + KINDS + quality };
    for (int i = 0; i < LENGTH; i++)
        ids[i] = words[i];
}

/* Words of one kind start alike: the kind's vector and a smaller one of their
 * own. */
static void start_alike(Tensor *words, Rng *rng)
{
    int d = t_dim(words, 1);
    Tensor *kinds = t_normal(rng, 3, d);    /* persons, animals, qualities */
    for (int word = 0; word < PERSONS + 2 * KINDS; word++) {
        int kind = word < PERSONS ? 0 : 1 + (word - PERSONS) / KINDS;
        for (int c = 0; c < d; c++)
            t_at(words, word, c) += t_at(kinds, kind, c);
    }
}

Reader reader_new(Rng *rng, int d, int heads)
{
    Reader r = { .params = { 0 } };
    r.words = nn_embedding_new(&r.params, rng, VOCABULARY, d, 0.3);
    start_alike(r.words, rng);
    r.attention = multi_head_new(&r.params, rng, d, heads);
    r.animal = nn_linear_new(&r.params, rng, d, KINDS, (LinearOptions){ 0 });
    r.quality = nn_linear_new(&r.params, rng, d, KINDS, (LinearOptions){ 0 });
    return r;
}

/* What 它 brings home from B sentences: (B, d). */
static Tensor *read_ta(const Reader *r, int B, const int *ids,
                       MultiHeadOptions options)
{
    Tensor *x = t_embedding(r->words, ids, B, LENGTH);      /* (B, 8, d) */
    Tensor *ta = t_slice(x, 1, TA_AT, TA_AT + 1);           /* (B, 1, d) */
    Tensor *home = multi_head(r->attention, ta, x, options);
    return t_reshape(home, B, t_dim(home, -1));
}

void reader_train(Reader *r, Rng *rng, int steps)
{
    enum { B = 32 };
    Optimiser *adam = opt_adam(&r->params, (AdamOptions){ .rate = 0.01 });
    for (int step = 0; step < steps; step++) {
        int ids[B * LENGTH], animal[B], quality[B];
        for (int b = 0; b < B; b++) {
            animal[b] = rng_below(rng, KINDS);
            quality[b] = rng_below(rng, KINDS);
            sentence(rng_below(rng, PERSONS), animal[b], quality[b],
                     ids + b * LENGTH);
        }
        Tensor *home = read_ta(r, B, ids, (MultiHeadOptions){ 0 });
        CrossEntropy plain = { 0 };
        t_backward(t_add(
            t_cross_entropy(nn_linear(r->animal, home), animal, plain),
            t_cross_entropy(nn_linear(r->quality, home), quality, plain)));
        opt_step(adam);
        tape_reset();
    }
}

static bool largest_is(Tensor *scores, int place)
{
    return t_at(scores, 0, place) == (real)t_item(t_max(scores, T_ALL));
}

Score reader_score(const Reader *r, const bool *off)
{
    Score score = { 0, 0 };
    for (int i = 0; i < PERSONS * KINDS * KINDS; i++) {
        int ids[LENGTH], animal = i / KINDS % KINDS, quality = i % KINDS;
        sentence(i / (KINDS * KINDS), animal, quality, ids);
        Tensor *home = read_ta(r, 1, ids, (MultiHeadOptions){ .off = off });
        const double share = 1.0 / (PERSONS * KINDS * KINDS);
        score.animal += share * largest_is(nn_linear(r->animal, home), animal);
        score.quality += share * largest_is(nn_linear(r->quality, home),
                                            quality);
        tape_reset();
    }
    return score;
}

Tensor *reader_looks(const Reader *r)
{
    int ids[LENGTH];
    sentence(0, 0, 0, ids);
    Tensor *weights;
    read_ta(r, 1, ids, (MultiHeadOptions){ .weights = &weights });
    return t_reshape(weights, r->attention.heads, LENGTH);
}

/* fold: prints and plots where 它 looks */
static void show_ta(const Reader *r, const char *name)
{
    int ids[LENGTH];
    sentence(0, 0, 0, ids);
    char *columns[LENGTH], *rows[] = { "head 1", "head 2", "head 3", "head 4" };
    for (int i = 0; i < LENGTH; i++)
        columns[i] = vocabulary[ids[i]];
    Tensor *table = reader_looks(r);
    text_matrix("它 looks at", table, rows, columns, 2);
    plot_matrix(name, table, rows, columns);
}

static int lesson_steps = 1000;

static void one_head_and_two(void)
{
    for (int heads = 1; heads <= 2; heads++) {
        Rng rng = rng_new(cell_seed());
        Reader r = reader_new(&rng, 8, heads);
        reader_train(&r, &rng, lesson_steps);
        Score score = reader_score(&r, NULL);
        text_printf("%d head%s: animal %.1f%%, quality %.1f%%\n", heads,
                    heads > 1 ? "s" : "", 100 * score.animal,
                    100 * score.quality);
        show_ta(&r, heads > 1 ? "ta" : "ta_one");
    }
}

/*
Both models answer every question. But look how. The single head looks at both
words at once, and its mixture is a blend that the readouts have to take apart.
With two heads, each has a word of its own.

Other seeds divide the work too, some less cleanly (try `--seed 5`). A single
head can fare worse: with `--seed 3` it looks at 可爱 only and has to guess the
animal, 1 in 8. Nothing forces the division of labour. It is what training
tends to find, because a head that looks at one word brings it home undiluted.
{quiz} The single head answered everything too. What did the second head bring?

(sec-ablation)=
## Which head matters?

To learn what a head is good for, switch it off and see what is lost:
**ablation**. The cell trains four heads, of width 4 each, on the same task,
then silences one after the other.
*/
static Score without(const Reader *r, int i, int j) /* heads i and j off */
{
    bool off[4] = { false };
    off[i] = off[j] = true;
    return reader_score(r, off);
}

static void switching_heads_off(void)
{
    enum { H = 4 };
    Rng rng = rng_new(cell_seed());
    Reader r = reader_new(&rng, 16, H);
    reader_train(&r, &rng, 1000);
    show_ta(&r, "four");
    Plot *plot = plot_open("ablation", "head_off animal quality");
    Score all = reader_score(&r, NULL);
    plot_row(plot, 0, all.animal, all.quality);
    text_printf("\n%-18s %8s %8s\n", "off", "animal", "quality");
    text_printf("%-18s %7.1f%% %7.1f%%\n", "none", 100 * all.animal,
                100 * all.quality);
    for (int i = 0; i < H; i++) {
        Score score = without(&r, i, i);
        text_printf("head %d             %7.1f%% %7.1f%%\n", i + 1,
                    100 * score.animal, 100 * score.quality);
        plot_row(plot, i + 1, score.animal, score.quality);
    }
    plot_close(plot);
    for (int i = 0; i < H; i++)
        for (int j = i + 1; j < H; j++) {
            Score score = without(&r, i, j);
            text_printf("heads %d and %d      %7.1f%% %7.1f%%\n", i + 1, j + 1,
                        100 * score.animal, 100 * score.quality);
        }
}

/*
:::{figure} 06_multi_head/ablation.svg
:name: fig-ablation
:alt: Pairs of bars, animal and quality, with all heads on and with each of the four heads off.

Share of right answers with each head silenced. Chance is 1 in 8.
:::

Heads 1 and 4 look at 可爱, head 2 at 猫, and head 3 at both. Silence one, and
mostly its own question suffers; silence 1 and 4, and the quality is mostly
lost while every animal is still right; silence 2 and 3, and the animal falls
to guessing. There is even a head to spare: without head 1, little is lost. In
large models many heads can be removed after training with hardly any effect
{cite}`michel2019`, which is called *pruning*.
{quiz} May one conclude that head 1 does little?

(sec-rank)=
## How small can a head be?

More heads mean narrower heads, $d_k = d/h$. What does a head lose by being
narrow? Its table of scores is $QK^\top$, a product of a matrix with $d_k$
columns and one with $d_k$ rows, so its {term}`rank` is at most $d_k$, however
many tokens there are: among its rows at most $d_k$ are independent. S3 points
to this *bottleneck*, after an article of 苏剑林 {cite}`su2020keysize`. We measure
it by giving a head a table of weights $T$ to imitate, 16 tokens by 16, and
letting it learn freely, for $d_k$ from 1 to 16. What is learned are $Q$ and
$K$, by making $-\sum_{ij} T_{ij} \ln P_{ij}$ small, where $P$ are the head's
weights; printed is how far that stays, per row, above the least possible value,
the entropy of $T$ (in *nats*, the unit of natural logarithms). Two tables: one
drawn at random, a softmax of normal scores with standard deviation 2; and one
that says "look at the next token", a single 1 in each row.
*/
double imitate(Tensor *target, int d_k, uint64_t seed)
{
    enum { N = 16, TRAIN = 1500 };
    Rng rng = rng_new(seed);
    Params params = { 0 };
    Tensor *q = t_param(&params, N, d_k), *k = t_param(&params, N, d_k);
    t_assign(q, t_normal(&rng, N, d_k));
    t_assign(k, t_normal(&rng, N, d_k));
    Optimiser *adam = opt_adam(&params, (AdamOptions){ .rate = 0.05 });
    double distance = 0;
    for (int step = 0; step < TRAIN; step++) {
        tape_reset();
        Tensor *scores = t_scale(t_matmul(q, t_transpose(k)),
                                 1 / sqrt(d_k));
        Tensor *loss = t_scale(t_sum(t_mul(target, t_log_softmax(scores)),
                                     T_ALL), -1.0 / N);
        distance = t_item(loss);
        t_backward(loss);
        opt_set_rate(adam, 0.05 * (1 - (double)step / TRAIN));
        opt_step(adam);
    }
    tape_reset();
    return distance;
}

/* The loss of a perfect copy: the mean entropy of the rows. */
static double entropy_of(Tensor *target)
{
    double sum = 0;
    for (int i = 0; i < t_dim(target, 0); i++)
        for (int j = 0; j < t_dim(target, 1); j++) {
            double p = (double)t_at(target, i, j);
            sum -= p > 0 ? p * log(p) : 0;
        }
    return sum / t_dim(target, 0);
}

static void rank_of_a_head(void)
{
    enum { N = 16 };
    Rng rng = rng_new(cell_seed());
    Tensor *random = t_keep(t_softmax(t_scale(t_normal(&rng, N, N), 2)));
    Tensor *next = t_zeros(N, N);
    for (int i = 0; i < N; i++)
        t_at(next, i, (i + 1) % N) = 1;
    next = t_keep(next);
    Plot *plot = plot_open("rank", "d_k random next");
    text_printf("%6s %14s %14s\n", "d_k", "random table", "next token");
    for (int d_k = 1; d_k <= N; d_k *= 2) {
        double a = imitate(random, d_k, cell_seed()) - entropy_of(random);
        double b = imitate(next, d_k, cell_seed());
        text_printf("%6d %14.3f %14.3f\n", d_k, a, b);
        plot_row(plot, d_k, a, b);
    }
    plot_close(plot);
}

/*
:::{figure} 06_multi_head/rank.svg
:name: fig-rank
:alt: Distance from the target against d_k. For the random table it falls with every doubling and is near zero from eight on; for the next-token table it is near zero from two on.

How far the best imitation stays from the table (in nats per row; 0 is a
perfect copy).
:::

The random table gets better with every number in the key, and needs about half
the number of tokens before one hardly sees a difference. The other, although
its rank is 16 as well, is learned with $d_k = 2$. How can two numbers do that?
Put the 16 tokens evenly on a circle, and let each query point at the next one.
The largest inner product is with the key one points at, and softmax, with long
enough vectors, turns "largest" into "all". A narrow head cannot weigh
arbitrarily, but it can *point*. That goes some way to explain how heads of 64
numbers can serve sentences of hundreds of tokens.
{quiz} Does that contradict the theorem that scores have rank $d_k$ at most?

(sec-claims-06)=
## What we claimed, and where it is checked

:::{folded} The list
- Splitting takes no memory for numbers, merging one copy; together they change nothing. {test}`tests/06_multi_head.c: splitting_is_a_view_and_merging_one_copy`
- Head by head and all at once are equal to 1e-6, S1's version without the factor is not. {test}`tests/06_multi_head.c: the_loop_equals_the_views_and_not_the_forgotten_factor`
- With queries and keys made apart, a row gives itself a fair share, in one head as in eight; made alike, most of its weight, in eight heads too. {test}`tests/06_multi_head.c: heads_alone_do_not_keep_a_token_from_itself`
- One big projection equals several small ones. {test}`tests/06_multi_head.c: one_big_projection_equals_small_ones_side_by_side`
- The width must be divisible by the number of heads. {test}`tests/06_multi_head.c: a_width_that_does_not_divide_is_refused`
- $4d^2 + 4d$ parameters, whatever $h$ is. {test}`tests/06_multi_head.c: the_number_of_parameters_does_not_depend_on_the_heads`
- Every head sees all of every token. {test}`tests/06_multi_head.c: every_head_sees_every_column`
- PyTorch's layer, given the same numbers, gives the same numbers. {test}`tests/06_multi_head.c: pytorch_gives_the_same_numbers`
- Masks hold in every head: padding and the future change nothing. {test}`tests/06_multi_head.c: masks_hold_in_every_head`
- Switching heads off shows which question they carry. {test}`tests/06_multi_head.c: ablation_shows_which_question_a_head_carries`
- With and without the tables of weights the numbers are the same. {test}`tests/06_multi_head.c: tiles_and_tables_give_the_same_numbers`
- A head that is switched off contributes nothing. {test}`tests/06_multi_head.c: a_head_switched_off_contributes_nothing`
- Two heads of 它 find 猫 and 可爱. {test}`tests/06_multi_head.c: two_heads_find_different_words`
- Two numbers are enough to point at the next token. {test}`tests/06_multi_head.c: two_numbers_are_enough_to_point_at_the_next_token`
- The rank of a head's scores is at most $d_k$. {test}`tests/06_multi_head.c: the_rank_of_the_scores_is_at_most_the_width_of_the_head`
:::

## Summary

- $h$ attentions of width $d/h$ side by side, then $W^O$. As many parameters
  and multiplications as one of width $d$; $h$ tables of scores.
- Splitting is a view: cut the last axis, move the heads forward. Merging is
  one copy.
- Heads may divide the work; ablation shows which does what.
- A narrow head has scores of low rank. It cannot imitate every table, but it
  can point.

(sec-exercises-06)=
## Exercises

{exercises}

And three experiments, which no program can mark:

- `make run CH=06 ARGS='--cell one_head_and_two --seed 3'`, and a few more
  seeds. How often do two heads divide the work cleanly?
- In `one_head_and_two`, make the width 4. Can one head of width 4 still answer
  both questions? Can two of width 2, with every seed?
- In `rank_of_a_head`, use a table that looks at the *two* next tokens, one half
  each (and subtract its entropy). By the argument of the circle, which $d_k$ is
  enough? Which does training find?

## Further reading

{cite:t}`vaswani2017`, section 3.2.2; {cite:t}`michel2019` on removing heads;
{cite:t}`bhojanapalli2020` and {cite:t}`su2020keysize` (in Chinese) on the rank of
narrow ones.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, "I should sleep now");
    cell(eight_times_sixty_four);
    cell(on_itself);
    cell(one_big_or_eight_small);
    cell(what_it_takes);
    cell(one_head_and_two);
    cell_value(lesson_steps, 1, 1000);
    cell(switching_heads_off);
    cell(rank_of_a_head);
    return cell_end();
}

/*
# Scaled dot-product attention: queries, keys, values

Chapters 1 and 2 built an attention without parameters,
$\operatorname{softmax}(XX^\top)X$, and found it wanting. Its scores are
symmetric, its tokens look at themselves, and nothing in it can be learned.
Chapters 3 and 4 learned how to score, with a single number and then with a small
network. This chapter puts all three right with one idea: let every token play three
parts, and learn the costume for each. The result is the formula at the heart of
every Transformer. It is short, and we shall take it apart until no symbol in it is
a matter of faith, least of all the square root.

:::{figure} 05_scaled_dot_product/its.svg
:name: fig-its
:alt: Heat map of attention weights of an eleven-token sentence. The row of the word its has two bright cells, under Law and under application; all other rows are even.

Who looks at whom, in a head built by hand later in this chapter. Rows look at
columns. The row *its* has found the two nouns it belongs to.
:::

(sec-three-roles)=
## Three parts for every token

In a lookup there is one who asks and one who is asked, and the answer need not
be the thing the question was compared with: we compare authors and bring home
books. So give every token three vectors:

- a **query** $q$: what this token is looking for,
- a **key** $k$: what this token can be found by,
- a **value** $v$: what this token hands over when it is found.

Why should a token want anything from the others? Because a word means what it
means in its sentence: *bank* beside a river is not *bank* beside a loan, and yet
its row in $X$ is the same (S1 gives this reason). What it brings home makes the
difference.

All three vectors are made from the same row $x$ of $X$, each by a matrix of its own:

$$
q = x W^Q, \qquad k = x W^K, \qquad v = x W^V ,
$$ (eq-projections)

with $W^Q$ and $W^K$ of shape $(d, d_k)$ and $W^V$ of shape $(d, d_v)$. Token
$i$ scores token $j$ by $q_i \cdot k_j$. Now nothing forces $q_i \cdot k_j$ to
equal $q_j \cdot k_i$, and no token has to like itself best: *its* can ask for
nouns without being a noun.

The three matrices are what training changes. Queries, keys and values are not
part of the model; they are computed afresh from each sentence.

:::{admonition} Erratum: what is learned
:class: erratum
S1 says that the model learns "three weights: query, key and value", and S2 that K, Q
and V "are obtained by training". What is learned are the *projections* $W^Q$, $W^K$
and $W^V$; $Q$, $K$ and $V$ differ from sentence to sentence.
:::

:::{admonition} Erratum: in self-attention query, key and value are not equal
:class: erratum
S4 sums up self-attention as "Query = Key = Value". What is equal is the sequence they
are made from. Were the vectors equal, the scores would be symmetric again.
:::

Two tokens and numbers for a pencil. (Before the softmax the scores are divided
by $\sqrt 2$, the root of the width of a key; [a section below](sec-scale) says
why.)
*/
#include "05_scaled_dot_product.h"

#include "cell/cell.h"
#include "learn/nn.h"
#include "cell/plot.h"

#include <math.h>

static void by_hand(void)
{
    Tensor *x = t_matrix(2, 2,   1, 0,   1, 1);
    Tensor *w_q = t_matrix(2, 2,   1, 1,   0, 1);
    Tensor *w_k = t_matrix(2, 2,   2, 0,  -2, 1);
    Tensor *w_v = t_matrix(2, 2,  10, 0,   0, 10);

    Tensor *q = t_matmul(x, w_q);
    Tensor *k = t_matmul(x, w_k);
    Tensor *v = t_matmul(x, w_v);
    text_matrix("Q = X W^Q", q, NULL, NULL, 0);
    text_matrix("K = X W^K", k, NULL, NULL, 0);
    text_matrix("V = X W^V", v, NULL, NULL, 0);
    text_matrix("Q K^T", t_matmul(q, t_transpose(k)), NULL, NULL, 0);
    text_matrix("weights", attention_weights(q, k, NULL), NULL, NULL, 4);
    text_matrix("output", attention(q, k, v, NULL), NULL, NULL, 4);
}

/*
The table of scores is no longer symmetric: $q_1 \cdot k_2 = 1$ but
$q_2 \cdot k_1 = 2$. (Formulas count from 1; programs, and what is said of the
rows and columns they print, count from 0.) The first token prefers itself, the
second is of two minds, and its output lies half way between the two values.

:::{admonition} Erratum: queries meet keys
:class: erratum
S2 writes the weights as $w_{12} = \langle q_1, q_2 \rangle$ and so on. The second
factor is a key: $w_{12} = \langle q_1, k_2 \rangle$. With queries on both sides the
table would be symmetric again.
:::

(sec-attention)=
## The formula

Put the queries of $n$ tokens under one another as a matrix $Q$, likewise $m$
keys $K$ and values $V$. Score, weight, mix, as in chapter 2. With a factor for
the scores this is the formula of {cite:t}`vaswani2017`:

$$
\operatorname{Attention}(Q, K, V)
  = \operatorname{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}}\right) V .
$$ (eq-attention)

In C the formula keeps its shape. A mask, of which more below, may forbid some
pairs.
*/
Tensor *attention_scores(Tensor *q, Tensor *k)
{
    double d_k = t_dim(k, -1);
    return t_scale(t_matmul(q, t_transpose(k)), 1 / sqrt(d_k));
}

Tensor *attention_weights(Tensor *q, Tensor *k, const Tensor *mask)
{
    Tensor *scores = attention_scores(q, k);
    if (mask)
        scores = t_masked_fill(scores, mask, -INFINITY);
    return t_softmax(scores);
}

Tensor *attention(Tensor *q, Tensor *k, Tensor *v, const Tensor *mask)
{
    return t_matmul(attention_weights(q, k, mask), v);
}

/*
:::{table} Shape ledger of attention
:name: tab-ledger-attention

| name | shape | meaning |
|:-----|:------|:--------|
| $Q$ | $(n, d_k)$ | what each of $n$ tokens looks for |
| $K$ | $(m, d_k)$ | what each of $m$ tokens can be found by |
| $V$ | $(m, d_v)$ | what each of these hands over |
| $QK^\top / \sqrt{d_k}$ | $(n, m)$ | scores; row: who looks, column: at whom |
| softmax of it | $(n, m)$ | weights; each row adds up to 1 |
| output | $(n, d_v)$ | for each query, a mixture of values |
:::

Two sizes must agree and no others: $Q$ and $K$ in $d_k$, because they are
multiplied with each other, and $K$ and $V$ in $m$, because each key belongs to
a value.

:::{admonition} Erratum: queries, keys and values may have widths of their own
:class: erratum
S1 says that each of the three has the dimension of the input's embedding. $d_k$ and
$d_v$ can be chosen freely; the head that we build by hand [below](sec-its) has
$d_k = 1$, and chapter 6 makes eight narrow heads of a wide one.
:::
{quiz} Why must queries and keys be made by *two* matrices?

(sec-walk)=
## A sentence of four words

S1 walks through attention with the sentence "I should sleep now" and vectors of 512
numbers, the width of the original Transformer. It goes word by word: for each its
query, its key, its value, each of shape $(1, 512)$. Then it stacks the vectors and
does the rest in matrices. We do the same, print every shape on the way, and then do
all words at once. $X W^Q$ is nothing but all the products $x_i W^Q$ under one
another, so the results must be equal. (A `Linear` is a matrix of parameters from the library;
`nn_linear(layer, x)` is $xW$. The `NULL` says that no list of parameters needs
to know of it, since nothing is trained here.)
*/
enum { WIDTH = 512 };

static Linear new_projection(Rng *rng)
{
    return nn_linear_new(NULL, rng, WIDTH, WIDTH,
                         (LinearOptions){ .no_bias = true });
}

static Tensor *one_by_one(Linear layer, Tensor *x)
{
    Tensor *stack = NULL;
    for (int i = 0; i < t_dim(x, 0); i++) {
        Tensor *word = t_slice(x, 0, i, i + 1);             /* (1, 512) */
        Tensor *row = nn_linear(layer, word);               /* (1, 512) */
        stack = stack ? t_concat(0, stack, row) : row;      /* (i + 1, 512) */
    }
    return stack;
}

static void word_by_word(void)
{
    Words words = cell_words();
    Rng rng = rng_new(cell_seed());
    Tensor *x = text_vectors(words, WIDTH, cell_seed());
    Linear to_q = new_projection(&rng);
    Linear to_k = new_projection(&rng);
    Linear to_v = new_projection(&rng);

    Tensor *q = one_by_one(to_q, x), *k = one_by_one(to_k, x);
    Tensor *v = one_by_one(to_v, x);
    Tensor *weights = attention_weights(q, k, NULL);
    Tensor *output = t_matmul(weights, v);
    Tensor *at_once = attention(nn_linear(to_q, x), nn_linear(to_k, x),
                                nn_linear(to_v, x), NULL);

    /* fold: prints every shape */
    text_printf("words                  %d\n", words.n);
    text_printf("X                      %s\n", t_shape(x));
    text_printf("one word               %s\n", t_shape(t_slice(x, 0, 0, 1)));
    text_printf("W^Q, W^K, W^V          %s\n", t_shape(to_q.weight));
    text_printf("Q, K, V                %s\n", t_shape(q));
    text_printf("scores and weights     %s\n", t_shape(weights));
    text_printf("output                 %s\n", t_shape(output));
    text_printf("all at once            %s, %s\n\n", t_shape(at_once),
                t_distance(output, at_once) < 1e-5 ? "equal to 1e-5"
                                                   : "different");
    text_matrix("weights", weights, words.word, words.word, 4);
}

/*
Each row shares out a weight of 1, unevenly but without passion: no weight is
near 0 or near 1. (A new `Linear` starts with numbers small enough that queries
and keys have a variance of about 1/3.) The projections are random, so the
preferences mean nothing yet. It is a good place for training to start.
(`make run CH=05 ARGS='--cell word_by_word --text "…"'` does the same with your
sentence.)
{quiz} Word by word and all at once give equal results. Which is the reason?

(sec-scale)=
## Why divide by $\sqrt{d_k}$?

Suppose the numbers in $q$ and $k$ are independent, with mean 0 and
{term}`variance` 1, a state that initial weights can be scaled to give. How
large is $q \cdot k$? The mean of a product of independent numbers is the
product of their means, and with mean 0 the variance is the mean square. So
each product $q_c k_c$ has mean $\mathbb{E}[q_c]\,\mathbb{E}[k_c] = 0$ and
variance $\mathbb{E}[q_c^2]\,\mathbb{E}[k_c^2] = 1$. The variances of
independent terms add up, so

$$
\mathbb{E}[q \cdot k] = 0, \qquad
\operatorname{Var}[q \cdot k] = \sum_{c=1}^{d_k} \operatorname{Var}[q_c k_c] = d_k .
$$ (eq-variance)

A typical score is as large as the standard deviation, $\sqrt{d_k}$: with 64
numbers in a key, scores of 8 and $-8$ are common, and softmax turns a
difference of 16 into a ratio of weights of $e^{16}$, nearly nine million.
Dividing by $\sqrt{d_k}$ brings the variance back to 1, whatever the width.
(The new layers of this book give queries and keys a variance of 1/3, not 1, as
said above. So their scaled scores have a variance of about 1/9; this too is the
same at every width.) Measured, with variance 1:
*/
static double variance(Tensor *x)
{
    Tensor *off = t_sub(x, t_mean(x, T_ALL));
    return t_item(t_mean(t_mul(off, off), T_ALL));
}

static void variance_of_scores(void)
{
    enum { PAIRS = 4000 };
    Rng rng = rng_new(cell_seed());
    Plot *plot = plot_open("variance", "d_k variance variance_scaled");
    text_printf("%6s %14s %18s\n", "d_k", "Var[q·k]", "Var[q·k / √d_k]");
    for (int d_k = 1; d_k <= 1024; d_k *= 4) {
        Tensor *q = t_normal(&rng, PAIRS, d_k);
        Tensor *k = t_normal(&rng, PAIRS, d_k);
        Tensor *scores = t_sum(t_mul(q, k), -1);            /* (PAIRS, 1) */
        double raw = variance(scores);
        double scaled = variance(t_scale(scores, 1 / sqrt((double)d_k)));
        text_printf("%6d %14.3f %18.4f\n", d_k, raw, scaled);
        plot_row(plot, d_k, raw, scaled);
        tape_reset();
    }
    plot_close(plot);
}

/*
:::{figure} 05_scaled_dot_product/variance.svg
:name: fig-variance
:alt: Log-log plot. The variance of the raw score follows the line from 1 to 1024; that of the scaled score stays at 1.

Variance of the score of two random vectors against their width, with and
without the factor. The dashed line is the prediction, $d_k$.
:::

:::{admonition} Erratum: $d_k$ is a width
:class: erratum
S0 explains that "$d_k$ is the variance". $d_k$ is the number of columns of $Q$
and $K$. It *equals* the variance of $q \cdot k$ if the components are
independent with variance 1, and that is why we divide by its root.
:::

What harm do large scores do? Chapter 2 has prepared the answer. They *saturate*
the softmax: one key takes all the weight, and the slope vanishes, so the
projections cannot learn that another key would have been better. Let us measure
both. How spread out a row of weights $p$ is, is told by its {term}`entropy`

$$
H(p) = -\sum_j p_j \ln p_j ,
$$ (eq-entropy)

and $e^H$ can be read as the number of keys a query looks at: 1 if one key has
all the weight, $m$ if all have the same.
*/
double keys_seen(const Tensor *p)
{
    double entropy = 0;
    for (int j = 0; j < t_size(p); j++) {
        double weight = (double)t_at(p, j);
        if (weight > 0)         /* p ln p goes to 0 with p */
            entropy -= weight * log(weight);
    }
    return exp(entropy);
}

/*
For the slope we take the size of the Jacobian
$\operatorname{diag}(p) - pp^\top$ of softmax: the square root of the sum of
its squared entries. Multiplied out, that sum is
$\sum_i p_i^2 - 2 \sum_i p_i^3 + \bigl(\sum_i p_i^2\bigr)^2$.
*/
static double slope(const Tensor *p)
{
    double squares = 0, cubes = 0;
    for (int i = 0; i < t_size(p); i++) {
        double weight = (double)t_at(p, i);
        squares += weight * weight;
        cubes += weight * weight * weight;
    }
    return sqrt(fmax(0, squares - 2 * cubes + squares * squares));
}

static void saturation(void)
{
    enum { TRIALS = 400, KEYS = 16 };
    Rng rng = rng_new(cell_seed());
    Plot *plot = plot_open("saturation",
                           "d_k keys_raw keys_scaled slope_raw slope_scaled");
    text_printf("        keys seen of 16    slope of softmax\n"
                "   d_k       raw   scaled       raw   scaled\n");
    for (int d_k = 1; d_k <= 1024; d_k *= 4) {
        double keys[2] = { 0, 0 }, slopes[2] = { 0, 0 };
        for (int trial = 0; trial < TRIALS; trial++) {
            Tensor *q = t_normal(&rng, 1, d_k);
            Tensor *k = t_normal(&rng, KEYS, d_k);
            Tensor *raw = t_softmax(t_matmul(q, t_transpose(k)));
            Tensor *p[2] = { raw, attention_weights(q, k, NULL) };
            for (int i = 0; i < 2; i++) {
                Tensor *row = t_reshape(p[i], KEYS);
                keys[i] += keys_seen(row) / TRIALS;
                slopes[i] += slope(row) / TRIALS;
            }
            tape_reset();
        }
        text_printf("%6d  %8.2f %8.2f  %8.4f %8.4f\n", d_k, keys[0], keys[1],
                    slopes[0], slopes[1]);
        plot_row(plot, d_k, keys[0], keys[1], slopes[0], slopes[1]);
    }
    plot_close(plot);
}

/*
:::{figure} 05_scaled_dot_product/saturation.svg
:name: fig-saturation
:alt: Two panels against d_k. Without the factor the number of keys seen falls from about twelve to one, and the slope, after a small rise, towards zero; with it both stay level.

How many of 16 random keys a query looks at, and how steep the softmax is
there. Without the factor both fall once keys are wider than a few numbers;
with it both stay nearly level.
:::

So the square root is a temperature (chapter 2), set such that freshly
initialised attention is neither fixed on one key nor the same for all, at
every width.
{quiz} What does the factor $1/\sqrt{d_k}$ prevent?

(sec-masks)=
## Masks: who may look at whom

Two things must not be looked at. Sentences in a batch are filled up with
padding to equal length, and padding says nothing. And a model that writes word
by word must not see the words to come: when it writes they do not exist, and
in training, where they do, it would learn to copy them. Both are said by a
matrix with a 1 for each forbidden pair; where it has a 1, the score becomes
$-\infty$ and the weight exactly 0.

The **causal** mask forbids all keys after the query:
*/
Tensor *causal_mask(int n)
{
    Tensor *mask = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++)
            t_at(mask, i, j) = 1;
    return mask;
}

/* Queries and keys for a cell: the same random projections every time. */
static Tensor *project(const char *name, Tensor *x, int width)
{
    Rng rng = rng_named(cell_seed(), name);
    int d = t_dim(x, -1);
    Tensor *w = t_scale(t_normal(&rng, d, width), 1 / sqrt((double)d));
    return t_matmul(x, w);
}

static int hide_future = 1;     /* 0: without the mask */
static int key_width = 16;

static void causal(void)
{
    Words words = cell_words();
    Tensor *x = text_vectors(words, 32, cell_seed());
    Tensor *q = project("q", x, key_width), *k = project("k", x, key_width);
    Tensor *mask = hide_future ? causal_mask(words.n) : NULL;
    Tensor *weights = attention_weights(q, k, mask);
    text_matrix("causal weights", weights, words.word, words.word, 4);
    plot_matrix("causal", weights, words.word, words.word);
}

/*
:::{figure} 05_scaled_dot_product/causal.svg
:name: fig-causal
:alt: Lower triangular heat map of the attention weights of four words; everything above the diagonal is zero.

Causal self-attention of "I should sleep now" with random projections. The
first word can look only at itself; each further word at one more.
:::

The **padding** mask forbids the keys beyond the end of each sentence.
Chapter 4 has used it: `nn_padding_mask(B, lengths, m)` has one row for each
sentence of the batch, shape $(B, 1, m)$, and the axis of size 1 is repeated
for every query.
*/
static void padding(void)
{
    enum { COUNT = 2, M = 4 };
    Rng rng = rng_new(cell_seed());
    Tensor *x = t_normal(&rng, COUNT, M, 32);           /* (B, m, d) */
    Tensor *q = project("q", x, 16), *k = project("k", x, 16);
    Tensor *mask = nn_padding_mask(COUNT, (int[]){ 4, 2 }, M);
    Tensor *weights = attention_weights(q, k, mask);    /* (B, m, m) */
    for (int b = 0; b < COUNT; b++) {
        Tensor *one = t_reshape(t_slice(weights, 0, b, b + 1), M, M);
        text_matrix(b ? "second sentence: 2 tokens, 2 of padding"
                      : "first sentence: 4 tokens",
                    one, NULL, NULL, 4);
        plot_matrix(b ? "padding" : "no_padding", one, NULL, NULL);
    }
}

/*
:::{figure} 05_scaled_dot_product/padding.svg
:name: fig-padding
:alt: Two four by four heat maps. In the second the last two columns are zero.

Two sentences of one batch. The second has two tokens; its columns 2 and 3 are
padding and get no weight. (Its rows 2 and 3 are padding too: what they compute
is never used.)
:::

A mask that lets a little through is a bug that nobody notices, because the
model trains all the better for it: it reads the answer. So we test it. Change
the last token beyond recognition; no earlier row of the output may change by a
single bit. (The cell prints "none" if none does.)
*/
static void nothing_leaks(void)
{
    enum { N = 5, D = 16 };
    Rng rng = rng_new(cell_seed());
    Tensor *x = t_normal(&rng, N, D);
    Tensor *other = t_concat(0, t_slice(x, 0, 0, N - 1), t_normal(&rng, 1, D));
    Tensor *mask = causal_mask(N);

    text_printf("largest change of each row when the last token changes\n");
    text_printf("%4s %14s %14s\n", "row", "no mask", "causal mask");
    for (int i = 0; i < N; i++) {
        text_printf("%4d", i);
        for (int masked = 0; masked < 2; masked++) {
            Tensor *m = masked ? mask : NULL;
            Tensor *before = attention(x, x, x, m);
            Tensor *after = attention(other, other, other, m);
            double change = t_distance(t_slice(before, 0, i, i + 1),
                                       t_slice(after, 0, i, i + 1));
            if (change == 0)
                text_printf(" %14s", "none");
            else
                text_printf(" %14.4f", change);
        }
        text_printf("\n");
    }
}

/*
The last row changes by as much with the mask as without it: no token comes after
it, so the mask forbids it nothing.
{quiz} Would the test above notice?

(sec-cross)=
## Two sequences

Nothing in {eq}`eq-attention` says that queries and keys come from the same
sentence. When a translator writes French, each French word asks the English
sentence: $Q$ is made from the one sequence, $K$ and $V$ from the other. That
is **cross-attention**; with one sequence in both places it is
**self-attention**. They are the same function. The sequences may differ in
length and in width, because each has its own projection:
*/
static void two_sequences(void)
{
    Rng rng = rng_new(cell_seed());
    Tensor *french = t_normal(&rng, 3, 6);      /* 3 tokens of width 6 */
    Tensor *english = t_normal(&rng, 5, 8);     /* 5 tokens of width 8 */
    Tensor *q = project("q", french, 4);
    Tensor *k = project("k", english, 4);
    Tensor *v = project("v", english, 7);
    text_printf("one asks    %s -> Q %s\n", t_shape(french), t_shape(q));
    text_printf("one answers %s -> K %s\n", t_shape(english), t_shape(k));
    text_printf("            %s -> V %s\n", t_shape(english), t_shape(v));
    text_printf("weights     %s\n", t_shape(attention_weights(q, k, NULL)));
    text_printf("output      %s\n", t_shape(attention(q, k, v, NULL)));
}

/*
The output has a row for each *query*: the sequence that asks decides the
length, the sequence that answers decides what is in it.

:::{admonition} Erratum: the two sequences need not have the same dimension
:class: erratum
S4 requires the two sequences of cross-attention to have the same dimension. Only the
projected queries and keys must, in $d_k$.
:::

S4 also mentions a variant, in SelfDoc {cite}`li2021`, that takes queries *and
values* from the one sequence and only the keys from the other. By the shape ledger
$K$ and $V$ must agree in $m$, so this works only if both are equally long. Make $V$
from `french` in the cell above, and `t_matmul` refuses: `inner sizes differ: (3, 5)
x (3, 7)`.
{quiz} Cross-attention from 3 French words to 5 English ones: how large are the tables?

(sec-its)=
## A head built by hand

What can one such attention do? Take the sentence "the Law is good but its
application is hard to bear" and ask what *its* refers to. S4 reports the
answer of a trained model, shown in the paper {cite}`vaswani2017` for a longer
sentence: *its* attends to *Law* and *application*, the owner and the thing
owned. We can build a head that does this. Let the vectors say what kind of
word each is, and let the projections say: *a possessive looks for nouns*.
*/
enum { NOUN, VERB, ADJECTIVE, POSSESSIVE, OTHER, KINDS };

static double loudness = 5;

static void its(void)
{
    enum { N = 11 };
    char *word[N] = { "the", "Law", "is", "good", "but", "its", "application",
                      "is", "hard", "to", "bear" };
    const int kind[N] = { OTHER, NOUN, VERB, ADJECTIVE, OTHER, POSSESSIVE, NOUN,
                          VERB, ADJECTIVE, OTHER, VERB };
    Tensor *x = t_zeros(N, KINDS);      /* one 1 in each row */
    for (int i = 0; i < N; i++)
        t_at(x, i, kind[i]) = 1;

    Tensor *w_q = t_zeros(KINDS, 1), *w_k = t_zeros(KINDS, 1);
    t_at(w_q, POSSESSIVE, 0) = (real)loudness;  /* a possessive asks, loudly, ... */
    t_at(w_k, NOUN, 0) = 1;             /* ... and nouns answer */

    Tensor *weights = attention_weights(t_matmul(x, w_q), t_matmul(x, w_k),
                                        NULL);
    /* fold: prints two rows of the weights */
    text_printf("%-12s %8s %8s\n", "", "its", "Law");
    for (int j = 0; j < N; j++)
        text_printf("%-12s %8.4f %8.4f\n", word[j], t_at(weights, 5, j),
                    t_at(weights, 1, j));
    plot_matrix("its", weights, word, word);
}

/*
One number per query and per key was enough. (So $d_k = 1$, the factor
$1/\sqrt{d_k}$ is 1, and *its* scores each noun 5.) The row of *its* puts nearly
all its weight on the two nouns; every other word, having nothing to ask, looks
at all words alike. Note what the example needs: that *its* scores *Law* high
while *Law* does not score *its* high. $XX^\top$ could not do this.

The head knows nothing of *which* noun is the owner. It would need to know the
order of the words, and nothing in {eq}`eq-attention` depends on that;
chapter 7 is about it. Nor should one head have to do everything; chapter 6
gives attention several.

(sec-backward)=
## The gradient

Training needs the way back: given the gradient of some loss by the output, the
gradients by $Q$, $K$ and $V$. Write $S = QK^\top/\sqrt{d_k}$, $P =
\operatorname{softmax}(S)$, $O = PV$, and $\bar A$ for the gradient of the loss
by $A$, which has the shape of $A$. Walk backward through the three stages.

*Mix.* $O = PV$ is a matrix product. $O_{ic} = \sum_j P_{ij} V_{jc}$, so a
change of $V_{jc}$ moves $O_{ic}$ by $P_{ij}$, and a change of $P_{ij}$ by
$V_{jc}$. Adding up over all places where each occurs:

$$
\bar V = P^\top \bar O, \qquad \bar P = \bar O\, V^\top .
$$ (eq-back-mix)

*Weight.* Each row of $P$ depends on the same row of $S$ by the Jacobian of
chapter 2, $\operatorname{diag}(p) - pp^\top$, which is symmetric. Multiplied
with a row of gradients $\bar p$ it gives $p_j \bar p_j - p_j (p \cdot \bar p)$
in place $j$, so

$$
\bar S_{ij} = P_{ij} \Bigl( \bar P_{ij} - \sum_l P_{il} \bar P_{il} \Bigr) .
$$ (eq-back-weight)

A forbidden pair has $P_{ij} = 0$, so no gradient passes: masks need no rule of
their own.

*Score.* $S = QK^\top / \sqrt{d_k}$ is a matrix product again:

$$
\bar Q = \frac{\bar S K}{\sqrt{d_k}}, \qquad
\bar K = \frac{\bar S^\top Q}{\sqrt{d_k}} .
$$ (eq-back-score)

Four products, where the forward pass had two. In C (where computing $P$ anew
takes a fifth):
*/
AttentionGradient attention_backward(Tensor *q, Tensor *k, Tensor *v,
                                     const Tensor *mask, Tensor *d_out)
{
    double scale = 1 / sqrt((double)t_dim(k, -1));
    Tensor *p = attention_weights(q, k, mask);              /* (n, m) */
    Tensor *d_p = t_matmul(d_out, t_transpose(v));          /* (n, m) */
    Tensor *average = t_sum(t_mul(p, d_p), -1);             /* (n, 1) */
    Tensor *d_s = t_mul(p, t_sub(d_p, average));            /* (n, m) */
    return (AttentionGradient){
        .q = t_scale(t_matmul(d_s, k), scale),              /* (n, d_k) */
        .k = t_scale(t_matmul(t_transpose(d_s), q), scale), /* (m, d_k) */
        .v = t_matmul(t_transpose(p), d_out),               /* (m, d_v) */
    };
}

/*
The library does this for us, with a rule like those above for every operation on its
tape. Once in the book the two are held against each other, and both against a plain
difference. The loss is a fixed mixture of the outputs, $\sum_{ic} G_{ic} O_{ic}$, so
that $\bar O = G$.
*/
static double loss_at(Tensor *q, Tensor *k, Tensor *v, Tensor *g)
{
    return t_item(t_sum(t_mul(attention(q, k, v, NULL), g), T_ALL));
}

static void gradient_three_ways(void)
{
    enum { N = 2, M = 3, D = 2 };
    const real h = (real)0.01;
    Rng rng = rng_new(cell_seed());
    Tensor *q = t_param(NULL, N, D);
    t_assign(q, t_normal(&rng, N, D));
    Tensor *k = t_normal(&rng, M, D), *v = t_normal(&rng, M, D);
    Tensor *g = t_normal(&rng, N, D);

    Tensor *differences = t_zeros(N, D);
    for (int i = 0; i < N; i++)
        for (int c = 0; c < D; c++) {
            real at = t_at(q, i, c);
            t_at(q, i, c) = at + h;
            double up = loss_at(q, k, v, g);
            t_at(q, i, c) = at - h;
            double down = loss_at(q, k, v, g);
            t_at(q, i, c) = at;
            t_at(differences, i, c) = (real)((up - down) / (2 * (double)h));
        }
    t_backward(t_sum(t_mul(attention(q, k, v, NULL), g), T_ALL));
    text_matrix("formula", attention_backward(q, k, v, NULL, g).q, NULL, NULL,
                3);
    text_matrix("tape", t_grad(q), NULL, NULL, 3);
    text_matrix("differences", differences, NULL, NULL, 3);
}

/*
The tests do the same for $K$ and $V$, with masks, and compare with PyTorch.
{quiz} Why is no rule needed for that?

(sec-cost)=
## What it costs

S4 closes with a question: is the cost of cross-attention linear in the size of
its input? Count. $QK^\top$ takes $n m d_k$ multiplications, the mixture
$n m d_v$, and a table of scores holds $n m$ numbers. The work, not counting
the projections, is

$$
n\, m\, (d_k + d_v) \quad\text{multiplications, with}\quad n\, m \quad\text{numbers in each table.}
$$ (eq-cost)

So the answer is yes, and no. With $m$ fixed, cost is linear in $n$: twice as
many queries, twice the work. It is linear in $m$ and in the widths too. But in
*self*-attention $n = m$: twice the sentence, four times the work, and four
times the memory. The cell works out {eq}`eq-cost` and measures the memory that
the score table takes, for both cases; the figure shows the time, measured when
this page was made.
*/
/* fold: measures the shortest of 15 times */
static double fastest(int n, int m, int d)
{
    double best = INFINITY;
    Rng rng = rng_new(cell_seed());
    for (int trial = 0; trial < 15; trial++) {
        Tensor *q = t_normal(&rng, n, d), *k = t_normal(&rng, m, d);
        double start = clock_seconds();
        attention(q, k, k, NULL);
        best = fmin(best, clock_seconds() - start);
        tape_reset();
    }
    return best;
}

static void cost(void)
{
    enum { D = 64, FEW = 64 };
    Plot *plot = plot_open("cost", "n self[s] few_keys[s] few_queries[s]");
    text_printf("%6s  %-26s  %s\n", "", "self-attention, m = n",
                "cross-attention, m = 64");
    text_printf("%6s  %14s %11s  %14s %11s\n", "n", "multiplications",
                "scores", "multiplications", "scores");
    for (int n = 64; n <= 2048; n *= 2) {
        text_printf("%6d", n);
        for (int cross = 0; cross < 2; cross++) {
            int m = cross ? FEW : n;
            Tensor *q = t_zeros(n, D), *k = t_zeros(m, D);
            size_t before = tape_bytes();
            t_matmul(q, t_transpose(k));
            double kib = (double)(tape_bytes() - before) / 1024;
            text_printf("  %14.0f %7.0f KiB", 2.0 * n * m * D, kib);
            tape_reset();
        }
        text_printf("\n");
        if (cell_out())
            plot_row(plot, n, fastest(n, n, D), fastest(n, FEW, D),
                     fastest(FEW, n, D));
    }
    plot_close(plot);
}

/*
:::{figure} 05_scaled_dot_product/cost.svg
:name: fig-cost
:alt: Log-log plot of time against n. For large n self-attention rises with slope two, cross-attention with 64 keys or with 64 queries with slope one.

Time of one attention of width 64, on the machine that made this page: with $n$ queries
and $n$ keys, with $n$ queries and 64 keys, with 64 queries and $n$ keys. The thin
lines have slopes 2 and 1. A line bends where something else begins to count: what
every call costs, threads, or a table (16 MiB at $n = 2048$) too large for a cache.
:::

The table of scores is what hurts first in long documents.

(sec-tiles)=
## Without the table

It need not be stored: the one-pass softmax of chapter 2 can build the mixture
piece by piece. [Exercise 12](sec-exercises-05) does so, and chapter 16
[tells it in full](sec-tiles-16), with the way back. (The pieces of the exercise are
small, but they save no memory by themselves: the tape keeps them all until the step
ends. Where no gradient is wanted, `tape_record(false)` and `tape_release()` let
go of each.)

The library has it as one operation, `t_attention`. It takes 96 or 192 queries and
256 keys at a time {cite}`dao2022`. This {term}`tile` of the table is small enough to
stay in the processor's cache, and the next one overwrites it. The cell measures
what both ways of looking at one sentence take in memory:
*/
static void without_the_table(void)
{
    enum { D = 64 };
    text_printf("%6s %12s %12s\n", "n", "table", "tiles");
    for (int n = 64; n <= 2048; n *= 2) {
        double mib[2];
        for (int tiles = 0; tiles < 2; tiles++) {
            Tensor *q = t_zeros(n, D);
            size_t before = tape_bytes();
            if (tiles)
                t_attention(q, q, q, (AttentionOptions){ 0 });
            else
                attention(q, q, q, NULL);
            mib[tiles] = (double)(tape_bytes() - before) / (1 << 20);
            tape_reset();
        }
        text_printf("%6d %8.2f MiB %8.2f MiB\n", n, mib[0], mib[1]);
    }
}

/*
Twice the sentence takes four times the memory with the table, twice in tiles.
(Beside it each thread has room for its tiles, 0.4 MiB, whatever $n$ is, and
while it runs there is a copy of the keys.) The work is the same and still grows
with $n^2$. Nor do the numbers change: for short sentences, of up to 96 tokens,
one tile is all there is, and `t_attention` returns the same bits as
`attention`. From chapter 6 on we use it wherever nobody asks to see the
weights.
{quiz} What does it save?

(sec-claims-05)=
## What we claimed, and where it is checked

:::{folded} The list
- With queries and keys apart, scores need not be symmetric. {test}`tests/05_scaled_dot_product.c: scores_need_not_be_symmetric`
- The numbers of the pencil example. {test}`tests/05_scaled_dot_product.c: the_pencil_example_comes_out`
- Word by word and all at once are equal. {test}`tests/05_scaled_dot_product.c: word_by_word_equals_all_at_once`
- The variance of $q \cdot k$ is $d_k$, and 1 after scaling. {test}`tests/05_scaled_dot_product.c: the_variance_of_a_score_is_its_width`
- Without the factor the number of keys seen falls towards 1 as keys get wider; with it, it does not. {test}`tests/05_scaled_dot_product.c: without_the_factor_wide_keys_saturate_the_softmax`
- $e^H$ is 1 for one key and $m$ for $m$ equal ones. {test}`tests/05_scaled_dot_product.c: keys_seen_counts_equal_keys`
- A later token changes no earlier row, to the last bit. {test}`tests/05_scaled_dot_product.c: a_later_token_changes_no_earlier_row`
- Whatever finite numbers stand in the padding, they change nothing. {test}`tests/05_scaled_dot_product.c: padding_changes_nothing`
- A query that may see nothing brings home zeros. {test}`tests/05_scaled_dot_product.c: a_query_that_sees_nothing_brings_home_zeros`
- Two sequences may differ in length and width. {test}`tests/05_scaled_dot_product.c: two_sequences_may_differ_in_length_and_width`
- Values from the asking sequence need equal lengths. {test}`tests/05_scaled_dot_product.c: values_from_the_asking_sequence_need_equal_lengths`
- The hand-built head finds *Law* and *application*. {test}`tests/05_scaled_dot_product.c: a_possessive_finds_the_nouns`
- The formulas of the gradient match the tape and differences, for $Q$, $K$ and $V$, with masks. {test}`tests/05_scaled_dot_product.c: the_gradient_formulas_match_tape_and_differences`
- PyTorch gives the same outputs and gradients. {test}`tests/05_scaled_dot_product.c: pytorch_gives_the_same_numbers`
- The score table takes $nm$ numbers, whatever the width. {test}`tests/05_scaled_dot_product.c: the_score_table_takes_n_times_m_numbers`
- Tile by tile gives what the table gives, outputs and gradients. {test}`tests/attention.c: tiles_give_what_the_table_gives`
- With one tile, to the last bit. {test}`tests/attention.c: one_tile_gives_the_very_bits_of_the_table`
- The memory of tiles grows with $n$, not with $n^2$. {test}`tests/attention.c: memory_grows_with_the_length_and_not_with_its_square`
:::

## Summary

- Every token plays three parts: query, key and value, each a learned
  projection of the same vector.
- $\operatorname{softmax}(QK^\top/\sqrt{d_k})V$: score, weight, mix. $Q$ and
  $K$ agree in $d_k$, $K$ and $V$ in $m$; nothing else must.
- $\sqrt{d_k}$ is the standard deviation of a score of independent numbers with
  variance 1. Without it wide keys saturate the softmax.
- Masks put $-\infty$ where one must not look: behind the end, or into the future.
- Self- and cross-attention are one function. Its cost is $nm(d_k + d_v)$:
  linear in each sequence, quadratic when they are the same.
- The table need not be held. With a running maximum, sum and mixture, keys can
  come in pieces, and memory is linear too.

(sec-exercises-05)=
## Exercises

{exercises}

## Further reading

{cite:t}`vaswani2017`, section 3.2.1, is short, and now readable from end to end.
{cite:t}`luong2015` compared ways of scoring by dot products before. {cite:t}`dao2022`
work out attention in tiles, for graphics processors.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, "I should sleep now");
    cell(by_hand);
    cell(word_by_word);
    cell(variance_of_scores);
    cell(saturation);
    cell(causal);
    cell_value(hide_future, 0, 1);
    cell_value(key_width, 1, 256);
    cell(padding);
    cell(nothing_leaks);
    cell(two_sequences);
    cell(its);
    cell_value(loudness, 0, 10);
    cell(gradient_three_ways);
    cell(cost);
    cell(without_the_table);
    return cell_end();
}

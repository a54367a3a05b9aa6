/*
# Positional encoding: telling order

"The dog bites the man" and "the man bites the dog" consist of the same words.
To self-attention they are the same sentence: it sees a heap of tokens, not a
row. This chapter shows that, exactly; then goes through the ways to tell a
model where each token stands, from the obvious ones that fail to the five that
are in use; and lets them compete on a task where order is everything, also on
sentences longer than any they were trained on.

:::{figure} 07_positional_encoding/sinusoids.svg
:name: fig-sinusoids
:alt: Heat map of sinusoidal position encodings, 64 positions by 64 columns. Each column is a wave down the page, fast on the left, slower to the right, until columns hardly change, 0 and 1 in turn.

The sinusoidal encoding: one row for each position, one column for each
component. The columns are waves, fast ones on the left, slow ones on the
right.
:::

(sec-blind)=
## Attention does not see order

Shuffle the rows of $X$, by a *permutation* of their places. Without a mask,
each query still finds the same keys, only in other places, and its mixture is
the same. So the output is the old output, shuffled in the same way. With $\Pi$
for the matrix that shuffles the rows (a single 1 in each row and column),

$$
\operatorname{Attention}(\Pi X) = \Pi \operatorname{Attention}(X) .
$$ (eq-equivariance)

One calls this *permutation-equivariant*. Proof: $\Pi X$ makes the scores
$\Pi S \Pi^\top$; softmax works on each row and does not care in which order
the numbers stand; and $(\Pi P \Pi^\top)(\Pi V) = \Pi P V$, since
$\Pi^\top \Pi = I$.
*/
#include "07_positional_encoding.h"

#include "05_scaled_dot_product.h"
#include "cell/cell.h"
#include "learn/opt.h"
#include "cell/plot.h"

#include <math.h>
#include <stdlib.h>

static void shuffled(void)
{
    enum { N = 6, D = 8 };
    Rng rng = rng_new(cell_seed());
    Tensor *x = t_normal(&rng, N, D);
    int order[N];
    rng_permutation(&rng, N, order);
    Tensor *mixed = t_embedding(x, order, N);       /* rows in another order */
    Tensor *before = attention(x, x, x, NULL);
    Tensor *after = attention(mixed, mixed, mixed, NULL);
    Tensor *expected = t_embedding(before, order, N);
    text_printf("order            ");
    for (int i = 0; i < N; i++)
        text_printf(" %d", order[i]);
    text_printf("\nshuffle, attend   against   attend, shuffle: %s\n",
                t_distance(after, expected) < 1e-5 ? "equal to 1e-5"
                                                   : "different");
}

/*
{quiz} What would self-attention without positions make of the two *the*?

(sec-obvious)=
## Two obvious ideas, and why they fail

S0 (one of the notes of the [preface](preface)) goes through two with the
sentence 太阳晒屁股啦 ("the sun is shining on your bottom", which is said to late
risers).

*Number the tokens* 1, 2, 3, … and add the number to each component of the
vector. The numbers grow without bound, while the components of a word's vector
stay near 1. Far down in a text the number drowns the word.

*Spread the numbers evenly from 0 to 1.* Then nothing grows, but the step from
a token to the next depends on the length of the sentence. "The word before" is
0.2 away in a sentence of six characters and a thousandth in a long one; no
fixed projection can look for it.

The cell prints the cosine of two different words at the same position under
the first scheme, and the step under the second.
*/
static void obvious_ideas(void)
{
    enum { D = 64 };
    Rng rng = rng_new(cell_seed());
    Tensor *a = t_normal(&rng, D), *b = t_normal(&rng, D);
    text_printf("%9s %34s\n", "position", "cosine of two words, number added");
    for (int p = 1; p <= 100; p *= 10) {
        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < D; i++) {
            double u = (double)t_at(a, i) + p, v = (double)t_at(b, i) + p;
            ab += u * v;
            aa += u * u;
            bb += v * v;
        }
        text_printf("%9d %34.4f\n", p, ab / sqrt(aa * bb));
    }
    text_printf("\n%9s %34s\n", "length", "step between neighbours, 0 to 1");
    for (int n = 6; n <= 6000; n *= 10)
        text_printf("%9d %34.5f\n", n, 1.0 / (n - 1));
}

/*
{quiz} Why is it bad that the step from 0 to 1 depends on the length of the sentence?

(sec-sinusoids)=
## Waves

How does one write a number of any size with digits that never exceed 1? In
binary. Look down the columns of the numbers from 0 to 7: the last bit changes
at every step, the one before at every second, the first at every fourth. (The
comparison is {cite:t}`kazemnejad2019`'s.)
*/
static void binary(void)
{
    text_printf("%8s %6s %6s %6s\n", "position", "fours", "twos", "ones");
    for (int p = 0; p < 8; p++)
        text_printf("%8d %6d %6d %6d\n", p, p >> 2 & 1, p >> 1 & 1, p & 1);
}

/*
Each column is a square wave, and each is twice as slow as its neighbour. The
**sinusoidal** encoding does something like it with smooth waves, and with a
smaller ratio from column to column {cite}`vaswani2017`. The components come in
pairs; pair $i = 0, 1, \dots$ turns with the {term}`angular speed` $\omega_i$,
and the speeds fall from 1 to nearly 1/10000:

$$
\operatorname{PE}_{p,\,2i} = \sin(\omega_i\, p), \qquad
\operatorname{PE}_{p,\,2i+1} = \cos(\omega_i\, p), \qquad
\omega_i = 10000^{-2i/d} .
$$ (eq-sinusoids)

The row $\operatorname{PE}_p$ is added to the vector of the token at position
$p$. Its components stay between $-1$ and 1, positions have no upper end, and a
step to the next position means the same everywhere.
*/
static double base = 10000;

double angular_speed(int i, int d)
{
    return pow(base, -2.0 * i / d);
}

Tensor *sinusoids(int first, int n, int d)
{
    if (d % 2 != 0)
        t_fail("sinusoids: the width must be even, got %d", d);
    Tensor *pe = t_zeros(n, d);
    for (int row = 0; row < n; row++)
        for (int i = 0; i < d / 2; i++) {
            double angle = (first + row) * angular_speed(i, d);
            t_at(pe, row, 2 * i) = (real)sin(angle);
            t_at(pe, row, 2 * i + 1) = (real)cos(angle);
        }
    return pe;
}

static void waves(void)
{
    enum { N = 64, D = 64 };
    Tensor *pe = sinusoids(0, N, D);
    text_printf("%6s %14s %12s\n", "pair", "angular speed", "wavelength");
    for (int i = 0; i < D / 2; i = i ? 2 * i : 1)
        text_printf("%6d %14.6f %12.1f\n", i, angular_speed(i, D),
                    2 * acos(-1) / angular_speed(i, D));
    plot_matrix("sinusoids", pe, NULL, NULL);
    Plot *plot = plot_open("columns", "position c6 c7 c8 c9");
    Tensor *wide = sinusoids(0, N, 32);
    for (int p = 0; p < N; p++)
        plot_row(plot, p, t_at(wide, p, 6), t_at(wide, p, 7), t_at(wide, p, 8),
                 t_at(wide, p, 9));
    plot_close(plot);
}

/*
:::{figure} 07_positional_encoding/columns.svg
:name: fig-columns
:alt: Four waves over 64 positions: columns 6 and 7 share one wavelength and are a quarter of it apart, columns 8 and 9 share a longer one.

Columns 6 to 9 of an encoding of width 32. Each pair is a sine and a cosine of
the same speed.
:::
{quiz} The first pair alone is different at every position.

(sec-rotation)=
## A step is a rotation

Why a sine *and* a cosine? Take one pair and step $k$ positions on. By the
addition formulas for sine and cosine,

$$
\begin{pmatrix} \sin \omega(p + k) \\ \cos \omega(p + k) \end{pmatrix}
= \begin{pmatrix} \cos \omega k & \sin \omega k \\ -\sin \omega k & \cos \omega k \end{pmatrix}
  \begin{pmatrix} \sin \omega p \\ \cos \omega p \end{pmatrix} .
$$ (eq-rotation)

The matrix is a rotation, and $p$ does not occur in it. (Here a pair is written
as a column; in code, where rows are vectors, the matrix stands transposed on
the right.) One fixed matrix, with a rotation for each pair, turns the code of
*every* position into the code of the position $k$ further on. So a projection
$W^K$ could learn "the token $k$ places before", once for all positions.
Whether it does is another question; we shall see. The inner product of two
codes follows at once: it depends on the distance only,

$$
\operatorname{PE}_p \cdot \operatorname{PE}_{p+k} = \sum_i \cos(\omega_i k) .
$$ (eq-pe-distance)
*/
static Tensor *step_matrix(int k, int d) /* PE_p M = PE_{p+k} */
{
    Tensor *m = t_zeros(d, d);
    for (int i = 0; i < d / 2; i++) {
        real c = (real)cos(k * angular_speed(i, d));
        real s = (real)sin(k * angular_speed(i, d));
        t_at(m, 2 * i, 2 * i) = c;
        t_at(m, 2 * i + 1, 2 * i) = s;
        t_at(m, 2 * i, 2 * i + 1) = -s;
        t_at(m, 2 * i + 1, 2 * i + 1) = c;
    }
    return m;
}

static void a_step_is_a_rotation(void)
{
    enum { N = 100, D = 32 };
    for (int k = 1; k <= 25; k *= 5) {
        Tensor *stepped = t_matmul(sinusoids(0, N, D), step_matrix(k, D));
        double off = t_distance(stepped, sinusoids(k, N, D));
        text_printf("%3d on, by one matrix for %d positions: %s\n", k, N,
                    off < 1e-5 ? "equal to 1e-5" : "different");
    }
    /* fold: prints and plots the inner products */
    Tensor *pe = sinusoids(0, 60, D);
    Tensor *products = t_matmul(pe, t_transpose(pe));
    text_printf("\ninner product of codes a distance apart\n%9s", "distance");
    for (int p = 0; p <= 20; p += 10)
        text_printf("   from %2d", p);
    text_printf("\n");
    Plot *plot = plot_open("distance", "distance inner_product");
    for (int k = -30; k < 30; k++)
        plot_row(plot, k, t_at(products, 30, 30 + k));
    plot_close(plot);
    for (int k = 0; k <= 16; k = k ? 2 * k : 1)
        text_printf("%9d %9.4f %9.4f %9.4f\n", k, t_at(products, 0, k),
                    t_at(products, 10, 10 + k), t_at(products, 20, 20 + k));
}

/*
:::{figure} 07_positional_encoding/distance.svg
:name: fig-pe-distance
:alt: The inner product of two position codes against their distance: a peak of 16 at zero, falling in ripples, on both sides alike.

The inner product of two codes of width 32 against their distance. It is the
same on both sides: by itself it cannot tell before from after. A projection
that rotates can.
:::

:::{admonition} Erratum: an absolute code with a relative property
:class: erratum
S0 calls the Transformer's encoding a "trigonometric *relative* position
encoding". It is absolute: each position has a code of its own, added to the
token. What is relative is a property it has, {eq}`eq-rotation`. Encodings that
are relative by construction come next.
:::
{quiz} Why is that called a *property*, and the code still absolute?

(sec-add-concat)=
## Add or set beside?

S3 asks whether position and word should not rather be *concatenated* than
added, so as not to mix what does not belong together. Let a projection $W$ act
on the concatenation $[x, p]$, and cut $W$ into the rows that meet $x$ and the
rows that meet $p$:

$$
[x,\, p] \begin{pmatrix} W_1 \\ W_2 \end{pmatrix} = x W_1 + p W_2 .
$$ (eq-concat)

Concatenating and projecting is adding, with a projection for each. Plain
addition is the case that both share one matrix; it saves columns, and in
vectors of hundreds of numbers there is room for word and place to keep out of
each other's way.
*/
static void add_or_concatenate(void)
{
    enum { N = 5, D = 16 };
    Rng rng = rng_new(cell_seed());
    Tensor *x = t_normal(&rng, N, D), *p = sinusoids(0, N, D);
    Tensor *w = t_normal(&rng, 2 * D, D);
    Tensor *beside = t_matmul(t_concat(-1, x, p), w);
    Tensor *added = t_add(t_matmul(x, t_slice(w, 0, 0, D)),
                          t_matmul(p, t_slice(w, 0, D, 2 * D)));
    text_printf("[x, p] W        %s\n", t_shape(beside));
    text_printf("x W_1 + p W_2   %s, %s\n", t_shape(added),
                t_distance(beside, added) < 1e-4 ? "equal to 1e-4"
                                                 : "different");
}

/*
{quiz} Why can a model take them apart again?

(sec-four-ways)=
## Four more ways

**Learned.** A table with a row for each position, learned like the vectors of
words. Nothing could be simpler, and nothing is known about a position that did
not occur in training; beyond the end of the table there is not even a row.

**Relative bias.** Let the *score* know the distance: add a learned number
$b_{j-i}$ to the score of query $i$ and key $j$, one for each distance and head
{cite}`shaw2018,raffel2020`. All keys further before than some reach share one
number, and all further behind another, so any length is defined. Each diagonal
of the biases has one value.
*/
Tensor *relative_bias(Tensor *table, int n)
{
    int reach = (t_dim(table, 0) - 1) / 2;
    if (t_dim(table, 0) != 2 * reach + 1)
        t_fail("relative_bias: the rows are distances -r to r, an odd number; "
               "got %s", t_shape(table));
    int *distance = tape_ints(n * n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            int apart = j - i < -reach ? -reach
                      : j - i > reach  ? reach
                                       : j - i;
            distance[i * n + j] = apart + reach;
        }
    return t_permute(t_embedding(table, distance, n, n), 2, 0, 1);
}

/*
**ALiBi**, *attention with linear biases*, learns nothing here: it subtracts
the distance times a slope, another slope for each head, so that some heads are
near-sighted and others look far {cite}`press2022`. Before and after look alike
to it, so it is meant for use with a causal mask.
*/
Tensor *alibi_bias(int heads, int n)
{
    Tensor *bias = t_zeros(heads, n, n);
    for (int h = 0; h < heads; h++) {
        double slope = pow(2, -8.0 * (h + 1) / heads);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                t_at(bias, h, i, j) = (real)(-slope * abs(i - j));
    }
    return bias;
}

static void alibi_table(void)
{
    Tensor *second = t_slice(alibi_bias(8, 4), 0, 1, 2);    /* (1, 4, 4) */
    text_matrix("second of eight heads", t_reshape(second, 4, 4), NULL, NULL,
                2);
}

/*
**Rotary** encoding, RoPE, takes {eq}`eq-rotation` at its word: if a step is a
rotation, then rotate {cite}`su2021`. Each query and each key, $w$ numbers
wide, is turned, pair by pair, by an angle proportional to its position. The
inner product of two vectors turned by angles $\alpha$ and $\beta$ depends on
$\beta - \alpha$ only: turning both together changes nothing. With $R_p$ for
the rotation at position $p$,

$$
(R_p\, q) \cdot (R_{p'}\, k) = q \cdot (R_{p'-p}\, k) .
$$ (eq-rotary)

Nothing is added to the tokens, the values stay as they are, and the score
knows the distance. A pair consists here of component $i$ and component
$i + w/2$, so that the two halves are slices, and turns from the first towards
the second; any other pairing, or the other sense, would do.
*/
Tensor *rotate(Tensor *x, int first)
{
    int n = t_dim(x, -2), w = t_dim(x, -1), half = w / 2;
    if (w % 2 != 0)
        t_fail("rotate: the width must be even, got %s", t_shape(x));
    Tensor *c = t_zeros(n, half), *s = t_zeros(n, half);
    for (int p = 0; p < n; p++)
        for (int i = 0; i < half; i++) {
            double angle = (first + p) * angular_speed(i, w);
            t_at(c, p, i) = (real)cos(angle);
            t_at(s, p, i) = (real)sin(angle);
        }
    Tensor *a = t_slice(x, -1, 0, half), *b = t_slice(x, -1, half, w);
    return t_concat(-1, t_sub(t_mul(a, c), t_mul(b, s)),
                    t_add(t_mul(a, s), t_mul(b, c)));
}

static void rotary_plane(void)
{
    Tensor *arrow = t_matrix(1, 2, 1, 0);
    Plot *plot = plot_open("rotary", "position x y");
    for (int p = 0; p < 6; p++) {
        Tensor *turned = rotate(arrow, p);
        plot_row(plot, p, t_at(turned, 0, 0), t_at(turned, 0, 1));
    }
    plot_close(plot);

    Rng rng = rng_new(cell_seed());
    Tensor *q = t_normal(&rng, 1, 16), *k = t_normal(&rng, 1, 16);
    text_printf("%5s %5s %9s %10s\n", "q at", "k at", "distance", "score");
    const int places[5][2] = { { 0, 3 }, { 10, 13 }, { 500, 503 },
                               { 3, 0 }, { 0, 4 } };
    for (int i = 0; i < 5; i++) {
        Tensor *score = t_matmul(rotate(q, places[i][0]),
                                 t_transpose(rotate(k, places[i][1])));
        text_printf("%5d %5d %9d %10.4f\n", places[i][0], places[i][1],
                    places[i][1] - places[i][0], t_item(score));
    }
}

/*
:::{figure} 07_positional_encoding/rotary.svg
:name: fig-rotary
:alt: Six arrows of length one fanning out from the origin, each turned one radian further than the last.

One pair of components, the arrow $(1, 0)$, as it stands at positions 0 to 5.
Every step turns it by the same angle.
:::

:::{list-table} Shape ledger of the five encodings
:header-rows: 1
:name: tab-ledger-positions

* - encoding
  - shape
  - where it acts
* - sinusoids, learned
  - $(n, d)$
  - added to the tokens, before all projections
* - relative bias, ALiBi
  - $(h, n, n)$
  - added to the scores of each head
* - rotary
  - $(n, w/2)$ angles
  - turns queries and keys, not values
:::
{quiz} Why does rotary turn queries and keys, and not values?

(sec-positions-contest)=
## A task, and longer sentences

A sequence of random tokens; at every place the model must say which token
stood two places before. Tokens say nothing about it; only order does. One
layer, four heads, width 32, a causal mask; the output is added to the token's
own vector, and a matrix makes scores for the 12 tokens from it. All six
models, one of them without any encoding, are trained alike on sequences of 16
tokens, and then tested on 16, 32, 64 and 128. (`T_IGNORE` below marks a place
that has no target and does not count.)
*/
Tensor *biased_weights(Tensor *q, Tensor *k, Tensor *bias, const Tensor *mask)
{
    Tensor *scores = attention_scores(q, k);
    if (bias)
        scores = t_add(scores, bias);
    if (mask)
        scores = t_masked_fill(scores, mask, -INFINITY);
    return t_softmax(scores);
}

enum { TOKENS = 12, WIDTH = 32, HEADS = 4, REACH = 8, LONGEST = 128 };

/* fold: their names */
const char *scheme_name(Scheme scheme)
{
    static const char *const names[SCHEMES] = {
        "none", "sinusoids", "learned", "relative bias", "ALiBi", "rotary",
    };
    return names[scheme];
}

Rememberer rememberer_new(Scheme scheme, uint64_t seed)
{
    Rng rng = rng_new(seed);
    Rememberer r = { .scheme = scheme };
    r.tokens = nn_embedding_new(&r.params, &rng, TOKENS, WIDTH, 1);
    r.layer = multi_head_new(&r.params, &rng, WIDTH, HEADS);
    r.out = nn_linear_new(&r.params, &rng, WIDTH, TOKENS,
                          (LinearOptions){ 0 });
    if (scheme == LEARNED)
        r.positions = nn_embedding_new(&r.params, &rng, LONGEST, WIDTH, 1);
    if (scheme == RELATIVE_BIAS)
        r.distances = t_param(&r.params, 2 * REACH + 1, HEADS);
    return r;
}

/* ids: B times n tokens -> scores (B, n, 12), and weights (B, h, n, n). */
static Tensor *remember(const Rememberer *r, int B, int n, const int *ids,
                        Tensor **weights)
{
    Tensor *x = t_embedding(r->tokens, ids, B, n);
    if (r->scheme == SINUSOIDS)
        x = t_add(x, sinusoids(0, n, WIDTH));
    if (r->scheme == LEARNED)
        x = t_add(x, t_slice(r->positions, 0, 0, n));
    Tensor *q = split_heads(nn_linear(r->layer.to_q, x), HEADS);
    Tensor *k = split_heads(nn_linear(r->layer.to_k, x), HEADS);
    Tensor *v = split_heads(nn_linear(r->layer.to_v, x), HEADS);
    if (r->scheme == ROTARY) {
        q = rotate(q, 0);
        k = rotate(k, 0);
    }
    Tensor *bias = r->scheme == RELATIVE_BIAS ? relative_bias(r->distances, n)
                 : r->scheme == ALIBI         ? alibi_bias(HEADS, n)
                                              : NULL;
    *weights = biased_weights(q, k, bias, causal_mask(n));
    Tensor *home = nn_linear(r->layer.to_out,
                             merge_heads(t_matmul(*weights, v)));
    return nn_linear(r->out, t_add(x, home));
}

/*
The first two places have nothing two places before them.
*/
static void random_sequences(Rng *rng, int B, int n, int *ids, int *targets)
{
    for (int i = 0; i < B * n; i++) {
        ids[i] = rng_below(rng, TOKENS);
        targets[i] = i % n >= BACK ? ids[i - BACK] : T_IGNORE;
    }
}

void rememberer_train(Rememberer *r, uint64_t seed, int steps)
{
    enum { B = 32 };
    Rng rng = rng_named(seed, "training");
    Optimiser *adam = opt_adam(&r->params, (AdamOptions){ .rate = 0.005 });
    for (int step = 0; step < steps; step++) {
        int ids[B * TRAINED], targets[B * TRAINED];
        tape_reset();
        random_sequences(&rng, B, TRAINED, ids, targets);
        Tensor *weights, *scores = remember(r, B, TRAINED, ids, &weights);
        t_backward(t_cross_entropy(scores, targets, (CrossEntropy){ 0 }));
        opt_step(adam);
    }
    tape_reset();
}

double rememberer_score(const Rememberer *r, uint64_t seed, int n)
{
    enum { B = 64 };
    static int ids[B * LONGEST], targets[B * LONGEST];
    if (n <= BACK || n > LONGEST)
        t_fail("rememberer_score: %d tokens, not %d to %d", n, BACK + 1,
               LONGEST);
    Rng rng = rng_named(seed, "test");
    random_sequences(&rng, B, n, ids, targets);
    bool recording = tape_record(false);
    Tensor *weights, *scores = remember(r, B, n, ids, &weights);
    double right = nn_share_right(scores, targets);
    tape_record(recording);
    tape_reset();
    return right;
}

static void contest(void)
{
    Plot *plot = plot_open("contest",
                           "n none sinusoids learned relative alibi rotary");
    enum { LENGTHS = 4 };
    double score[SCHEMES][LENGTHS];
    text_printf("%-14s %9s %9s %9s %9s\n", "", "n = 16", "n = 32", "n = 64",
                "n = 128");
    for (int scheme = 0; scheme < SCHEMES; scheme++) {
        Rememberer r = rememberer_new((Scheme)scheme, cell_seed());
        rememberer_train(&r, cell_seed(), 800);
        text_printf("%-14s", scheme_name((Scheme)scheme));
        for (int i = 0; i < LENGTHS; i++) {
            score[scheme][i] = rememberer_score(&r, cell_seed(), TRAINED << i);
            text_printf(" %8.1f%%", 100 * score[scheme][i]);
        }
        text_printf("\n");
    }
    /* fold: writes the data of the figure */
    for (int i = 0; i < LENGTHS; i++)
        plot_row(plot, TRAINED << i, score[0][i], score[1][i], score[2][i],
                 score[3][i], score[4][i], score[5][i]);
    plot_close(plot);
}

/*
:::{figure} 07_positional_encoding/contest.svg
:name: fig-positions-contest
:alt: Share of right answers against length for six schemes. All but no encoding and ALiBi are right at 16. At 64 only the relative bias is still nearly perfect; rotary has fallen, sinusoids and learned positions have fallen further. At 128 the relative bias falls too.

Share of right answers on the length trained on, and on two, four and eight
times that length. Guessing gives 1 in 12.
:::

Each line has its lesson.

- **None**: better than guessing. The causal mask alone tells it a little,
  since the token sought is among the few that an early place may look at.
- **Sinusoids**: perfect at 16, poor beyond. The rotation that would serve all
  positions was there to be learned, but nothing in 16 positions made the model
  learn it rather than 16 codes by heart.
- **Learned**: the same, with better reason. Rows 16 to 127 of the table are
  still the random numbers they started as.
- **Relative bias**: nearly perfect up to four times the length. Two places
  back is two places back. All keys beyond the reach of 8 share one number,
  which training has seen and made small. But no score is $-\infty$, so every far
  key keeps a little weight, and there are more and more of them. That would explain
  the fall at 128. The cell below the list looks whether it does, in the head that
  looks most at the place sought.
- **ALiBi**: what it does at 16 it does at any length, which is what it was
  made for {cite}`press2022`. But here that is little: it can only say "near"
  or "far", and never learns to look *exactly* two places back.
- **Rotary**: perfect at 16, and nearly so at twice the length. Beyond 16 it
  meets distances that it has never seen; a few of them do little harm, many
  do.

*/
Share rememberer_share(const Rememberer *r, uint64_t seed, int n)
{
    enum { B = 64 };
    static int ids[B * LONGEST], targets[B * LONGEST];
    Rng rng = rng_named(seed, "test");
    random_sequences(&rng, B, n, ids, targets);
    bool recording = tape_record(false);
    Tensor *weights;
    remember(r, B, n, ids, &weights);
    tape_record(recording);
    Share best = { 0, 0 };
    for (int h = 0; h < HEADS; h++) {
        Share share = { 0, 0 };
        for (int b = 0; b < B; b++) {       /* the last token looks */
            share.sought += t_at(weights, b, h, n - 1, n - 1 - BACK) / B;
            for (int j = 0; j < n - 1 - REACH; j++)
                share.far += t_at(weights, b, h, n - 1, j) / B;
        }
        if (share.sought > best.sought)
            best = share;
    }
    tape_reset();
    return best;
}

static void drowned(void)
{
    Rememberer r = rememberer_new(RELATIVE_BIAS, cell_seed());
    rememberer_train(&r, cell_seed(), 800);
    text_printf("%6s %22s %24s\n", "n", "weight two places back",
                "of all beyond the reach");
    for (int n = TRAINED; n <= LONGEST; n *= 2) {
        Share share = rememberer_share(&r, cell_seed(), n);
        text_printf("%6d %22.3f %24.3f\n", n, share.sought, share.far);
    }
}

/*
So it is. The place sought keeps several times the weight of the average far
one, but there are ever more far ones, and from 32 tokens on they outweigh it
together. That the answers stay right up to 64 tokens is owed to the far keys'
disagreeing: what they bring home is a mean of random tokens. At 128 it is the
mean that is heard.

One task is not a verdict. ALiBi shines in language modelling, where near words
do matter most; rotary is what most large models of today use, with extra care
for long texts. But the contest shows that "any length is *defined*" and "works
at any length" are different claims, and which of the two an encoding makes.
{quiz} Why did the model not learn it?

(sec-claims-07)=
## What we claimed, and where it is checked

:::{folded} The list
- Without positions, shuffling the input shuffles the output and does nothing else. {test}`tests/07_positional_encoding.c: attention_without_positions_is_permutation_equivariant`
- With positions it is not so. {test}`tests/07_positional_encoding.c: with_positions_order_matters`
- A step is one fixed rotation for all positions. {test}`tests/07_positional_encoding.c: a_step_is_one_rotation_for_all_positions`
- The inner product of two sinusoidal codes depends on their distance only. {test}`tests/07_positional_encoding.c: the_inner_product_of_codes_depends_on_distance_only`
- Concatenation and projection is addition with two projections. {test}`tests/07_positional_encoding.c: concatenating_is_adding_with_two_projections`
- The relative bias is constant along diagonals, beyond its reach too, and its gradient reaches the table. {test}`tests/07_positional_encoding.c: the_relative_bias_is_constant_along_diagonals`
- ALiBi falls with distance at a fixed slope for each head. {test}`tests/07_positional_encoding.c: alibi_falls_evenly_with_distance`
- Rotary scores depend on distance only, and rotation keeps length. {test}`tests/07_positional_encoding.c: rotary_scores_depend_on_distance_only`
- Learned positions differ, and end where the table ends. {test}`tests/07_positional_encoding.c: learned_positions_end_with_their_table`
- The gradient of a rotation is the rotation back. {test}`tests/07_positional_encoding.c: the_gradient_of_a_rotation_turns_back`
- PyTorch turns queries and keys by the same angles, and has the same scores and gradients. {test}`tests/07_positional_encoding.c: pytorch_turns_by_the_same_angles`
- The longer the sentence, the less weight the relative bias leaves on the place sought, and the more lies beyond its reach. {test}`tests/07_positional_encoding.c: far_keys_drown_the_place_sought`
- On the task, all but none and ALiBi learn the trained length; the relative bias holds at four times the length and not at eight; learned positions and sinusoids fail at twice. {test}`tests/07_positional_encoding.c: the_contest_ends_as_told`
:::

## Summary

- Attention is permutation-equivariant: order must be told.
- Numbers that grow drown the word; numbers from 0 to 1 change their meaning
  with the length.
- Sinusoids are smooth binary digits. A step is a rotation, and inner products
  depend on distance.
- Learned tables end where they end; relative biases and ALiBi act on scores;
  rotary turns queries and keys.
- Being defined for any length is not the same as working at any length.
  Measure.

(sec-exercises-07)=
## Exercises

{exercises}

And three experiments, which no program can mark:

- Set `REACH` to 16, so that the shared number never occurs in training. What
  becomes of the relative bias at 32 and 64?
- Set `BACK` to 1 (in the header). Now ALiBi has a chance: how far does it get?
- In `remember`, rotate the values too. Which lengths suffer?

## Further reading

{cite:t}`vaswani2017`, section 3.5; {cite:t}`su2021`, {cite:t}`press2022` and
{cite:t}`shaw2018` for the others. Sources of the notes: {cite:t}`kazemnejad2019`
explains the sinusoids with the same binary digits; 苏剑林 derives them
{cite}`su2021sinusoidal`, surveys what else has been tried {cite}`su2021positions`,
and tells how he found the rotary encoding {cite}`su2021rotary` (in Chinese).
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(shuffled);
    cell(obvious_ideas);
    cell(binary);
    cell(waves);
    cell_value(base, 2, 1000000);
    cell(a_step_is_a_rotation);
    cell(add_or_concatenate);
    cell(alibi_table);
    cell(rotary_plane);
    cell(contest);
    cell(drowned);
    return cell_end();
}

/*
# Attention for long sequences

Every word looks at every word before it: twice the text, four times the work.
S1 ends with the remark that from self-attention "all kinds of more efficient
attention" have been derived, and S4 with the question what attention costs. Chapter 5
counted; this chapter asks what the counts mean for a machine, and what can be
saved. Some savings are free: the same numbers come out, with less memory or less
waiting. Others are bought: something can no longer be found. So no cost stands here
without what it buys, on one task: to recall a fact from among $n$, up to 16,384.

:::{figure} 16_long_sequences/who_sees_whom.svg
:name: fig-who-sees-whom
:alt: Three tables of twelve by twelve cells. Left, a full triangle below the diagonal. Middle, a band four cells wide along the diagonal. Right, a band seven cells wide.

Who (rows) sees whom (columns) among twelve words: all that came before; a
window of four; the same window, after two layers.
:::

(sec-roofline)=
## What bounds what

A processor computes, so many operations a second, and at the same time fetches numbers
from memory and carries results back, so many bytes a second. Each piece of work asks for
some of both, and takes at least as long as the slower of the two:

$$
\text{time} \ge \max\left( \frac{\text{FLOP}}{\text{FLOP/s}},\;
                           \frac{\text{bytes}}{\text{bytes/s}} \right).
$$ (eq-roofline)

(A FLOP is one operation on two floating-point numbers, an addition, say.) What decides is
how many operations there are for each byte, the {term}`arithmetic intensity` $I$: the
rate is at most the smaller of FLOP/s and $I \cdot$ bytes/s. Drawn over $I$ that is a
slope that ends in a level, a *roofline* {cite}`williams2009`. Work on the left waits for
memory; work on the right for arithmetic.

Attention has all kinds. A *product* of two large matrices uses each number many
times. A *softmax* touches each number for a handful of operations. And to *write one
more word*, each key and each value that was kept is fetched for two operations.
*/
#include "16_long_sequences.h"

#include "05_scaled_dot_product.h"
#include "06_multi_head.h"
#include "07_positional_encoding.h"
#include "cell/cell.h"
#include "cell/plot.h"
#include "learn/opt.h"
#include "tensor/cost.h"

#include <math.h>

enum { BYTES = sizeof(real), HEADS = 8, WIDTH = 64 };

Work work_of_product(int n, int m, int k)
{
    return (Work){ 2.0 * n * m * k,
                   BYTES * ((double)n * k + (double)k * m + (double)n * m) };
}

/* Compare, subtract, e^x, add, divide; in and out. */
Work work_of_softmax(int n, int m)
{
    return (Work){ 5.0 * n * m, BYTES * 2.0 * n * m };
}

/* Each query has a score and a share of each value; keys and values are read. */
Work work_of_cache_read(int m, int heads, int key_heads, int width)
{
    return (Work){ heads * (4.0 * m * width + 5.0 * m),
                   BYTES * 2.0 * m * key_heads * width };
}

/* A product (n, k) x (k, m); or, with k = 0, a softmax of (n, m); or one query for
 * a cache of m keys and values, k wide, of so many heads. */
typedef struct {
    const char *name;
    int n, m, k, key_heads;
} Piece;

static const Piece pieces[] = {
    { "product, 1024 x 1024 x 1024", 1024, 1024, 1024, 0 },
    { "one row, 1 x 1024 x 1024", 1, 1024, 1024, 0 },
    { "softmax, 2048 x 2048", 2048, 2048, 0, 0 },
    { "cache of 16384, 8 heads of keys", 1, 16384, WIDTH, HEADS },
    { "... 2 heads of keys", 1, 16384, WIDTH, 2 },
    { "... 1 head of keys", 1, 16384, WIDTH, 1 },
};
enum { PIECES = sizeof pieces / sizeof *pieces };

static Work work_of(Piece p)
{
    return p.key_heads ? work_of_cache_read(p.m, HEADS, p.key_heads, p.k)
         : p.k         ? work_of_product(p.n, p.m, p.k)
                       : work_of_softmax(p.n, p.m);
}

static void intensities(void)
{
    text_printf("%-32s %9s %9s %13s\n", "", "MFLOP", "MB", "FLOP per byte");
    for (int i = 0; i < PIECES; i++) {
        Work work = work_of(pieces[i]);
        text_printf("%-32s %9.1f %9.1f %13.2f\n", pieces[i].name,
                    work.flop * 1e-6, work.bytes * 1e-6, work.flop / work.bytes);
    }
}

/*
Between the first line and the second there is a factor of 340, though both are
products with the same matrix. Where there are 1024 rows, each number of the matrix that
has been fetched is used 1024 times; where there is one row, once. That is why training
is fast and writing is slow: in training all words of a text are rows of one product.

How does it look on your machine? `rates_of_machine` measures both limits with one
thread: FLOP/s with a product of matrices that stay in the cache, bytes/s by adding up
64 MiB of numbers. A loop under `watch` runs so many times, and the shortest run counts
(both stand in `common/tensor/cost.c`). Times differ from run to run, so they are not
printed but go into the figure: `make plot CH=16` draws yours.
*/
static double seconds_for(Piece p)
{
    Rng rng = rng_new(cell_seed());
    Tensor *x = p.key_heads ? t_normal(&rng, 1, HEADS, 1, p.k)
                            : t_normal(&rng, p.n, p.k ? p.k : p.m);
    Tensor *y = p.key_heads ? t_normal(&rng, 1, p.key_heads, p.m, p.k)
              : p.k         ? t_normal(&rng, p.k, p.m) : NULL;
    Tensor *z = p.key_heads ? t_contiguous(t_scale(y, -1)) : NULL;
    Spent spent;
    for (Watch w = watch(&spent, 20, 1); watch_again(&w); )
        if (p.key_heads)
            t_attention(x, y, z, (AttentionOptions){ 0 });
        else if (p.k)
            t_matmul(x, y);
        else
            t_softmax(x);
    tape_reset();
    return spent.busy;
}

static void roofline(void)
{
    Plot *roof = plot_open("roof", "memory[bytes/s] arithmetic[FLOP/s]");
    Plot *plot = plot_open("roofline", "intensity[FLOP/byte] rate[FLOP/s]");
    if (cell_out() && !cell_quick()) {
        Rates most = rates_of_machine();
        plot_row(roof, most.bytes, most.flop);
        for (int i = 0; i < PIECES; i++) {
            Work work = work_of(pieces[i]);
            plot_row(plot, work.flop / work.bytes,
                     work.flop / seconds_for(pieces[i]));
        }
    }
    plot_close(roof);
    plot_close(plot);
    text_printf("%d pieces of work: see the figure\n", PIECES);
}

/*
:::{figure} 16_long_sequences/roofline.svg
:name: fig-roofline
:alt: Rate against arithmetic intensity, both logarithmic. A line rises and then is level. The large product lies at the level, on the right; one row, the softmax and the three cache reads lie far to the left and lower, near the slope.

The roofline of the machine that made this page, one thread, and the six pieces of work.
A point above the slope has its numbers in a cache, which is nearer than memory.
:::

So there are two ways to be faster. Work at the level needs *less arithmetic*; work on
the slope needs *fewer bytes*. (A softmax stays below the level even from a cache: an
exponential counts as one operation in our table, and is a dozen instructions in truth.)
{quiz} What of attention becomes faster?

(sec-tiles-16)=
## The same numbers, in tiles

The table of scores is the piece of attention that travels most. It is written, read by
the softmax, written as weights, and read again to mix the values; and it has $n^2$
numbers, where all else has $n d$. Chapter 5 showed [what can be done](sec-tiles): make
one {term}`tile` of it after the other, each small enough to stay in the cache.

Take some queries, and go through the keys tile by tile. Of each query three things are
carried along: the largest score so far $M$, the sum $s$ of $e^{\text{score} - M}$, and
the same sum with values in it, the mixture. A new tile may bring a larger score $M'$.
Then what was summed so far was measured from too low a level, and is brought down to
the new one by the factor $e^{M - M'}$: chapter 2's softmax in one pass, with a row of
values in the place of a 1. In the end the mixture is divided by the sum.
*/
typedef struct {
    Tensor *mixture;    /* (rows, d_v) */
    real *max, *sum;    /* of each row */
} Running;

/* Takes in the scores (rows, columns) and the values (columns, d_v) of a tile. */
static void take_in(Running *r, Tensor *scores, Tensor *v)
{
    for (int i = 0; i < t_dim(scores, 0); i++) {
        real max = r->max[i];
        for (int j = 0; j < t_dim(scores, 1); j++)
            max = fmaxf(max, t_at(scores, i, j));
        if (max == -(real)INFINITY)
            continue;                       /* has seen nothing yet */
        real shrink = expf(r->max[i] - max);
        r->max[i] = max;
        r->sum[i] *= shrink;
        for (int c = 0; c < t_dim(v, 1); c++)
            t_at(r->mixture, i, c) *= shrink;
        for (int j = 0; j < t_dim(scores, 1); j++) {
            real weight = expf(t_at(scores, i, j) - max);
            r->sum[i] += weight;
            for (int c = 0; c < t_dim(v, 1); c++)
                t_at(r->mixture, i, c) += weight * t_at(v, j, c);
        }
    }
}

/* Queries from row on, keys from column on; -infinity where j > i. */
static Tensor *tile_of_scores(Tensor *q, Tensor *k, int row, int column,
                              bool causal)
{
    Tensor *s = t_scale(t_matmul(q, t_transpose(k)), 1 / sqrt(t_dim(q, 1)));
    for (int i = 0; causal && i < t_dim(q, 0); i++)
        for (int j = 0; j < t_dim(k, 0); j++)
            if (column + j > row + i)
                t_at(s, i, j) = -(real)INFINITY;
    return s;
}

Tensor *attention_by_tiles(Tensor *q, Tensor *k, Tensor *v, int rows,
                           int columns, bool causal)
{
    int n = t_dim(q, 0), m = t_dim(k, 0), d_v = t_dim(v, 1);
    Tensor *out = t_zeros(n, d_v), *max = t_zeros(n), *sum = t_zeros(n);
    for (int row = 0; row < n; row += rows) {
        int end = row + rows < n ? row + rows : n;
        Running r = { t_slice(out, 0, row, end), &t_at(max, row),
                      &t_at(sum, row) };
        for (int i = 0; i < end - row; i++)
            r.max[i] = -(real)INFINITY;
        for (int column = 0; column < m; column += columns) {
            if (causal && column >= end)
                break;                      /* nobody here sees further */
            int last = column + columns < m ? column + columns : m;
            Tensor *keys = t_slice(k, 0, column, last);
            Tensor *s = tile_of_scores(t_slice(q, 0, row, end), keys, row,
                                       column, causal);
            take_in(&r, s, t_slice(v, 0, column, last));
        }
    }
    return t_div(out, t_reshape(sum, n, 1));
}

/*
:::{table} Shape ledger of a tile
:name: tab-ledger-tile
| name | shape | meaning |
|:--|:--|:--|
| queries of the tile | $(r, d_k)$ | stay while the keys go by |
| keys, values of the tile | $(c, d_k)$, $(c, d_v)$ | are read once for each $r$ queries |
| scores | $(r, c)$ | overwritten by the next tile |
| max, sum | $(r)$ | what is carried on of each query, and kept for the way back |
| mixture | $(r, d_v)$ | becomes the output |
:::

The size of a tile does not change the result, but the traffic. Keys and values are read
once *for each tile of queries*: the more queries share one, the less is read.
*/
double traffic_with_table(int n, int d)
{
    double rows = (double)n * d, table = (double)n * n;
    return BYTES * (4 * rows + 4 * table);  /* table: out, in, out, in */
}

double traffic_in_tiles(int n, int d, int rows)
{
    double tiles = ceil((double)n / rows);
    return BYTES * (double)n * d * (2 + 2 * tiles);
}

/* fold: writes the data of the figure, the shortest of three times each */
static void plot_tiles(void)
{
    Plot *plot = plot_open("tiles", "n table[s] tiles[s]");
    for (int n = 128; cell_out() && !cell_quick() && n <= 4096; n *= 2) {
        Rng rng = rng_new(cell_seed());
        Tensor *q = t_normal(&rng, n, WIDTH), *k = t_normal(&rng, n, WIDTH);
        Spent table, tiles;
        for (Watch w = watch(&table, 3, 1); watch_again(&w); )
            attention(q, k, k, NULL);
        for (Watch w = watch(&tiles, 3, 1); watch_again(&w); )
            t_attention(q, k, k, (AttentionOptions){ 0 });
        plot_row(plot, n, table.busy, tiles.busy);
        tape_reset();
    }
    plot_close(plot);
}

static void tile_by_tile(void)
{
    Rng rng = rng_new(cell_seed());
    Tensor *q = t_normal(&rng, 50, 8), *k = t_normal(&rng, 50, 8);
    Tensor *v = t_normal(&rng, 50, 5);
    Tensor *table = attention(q, k, v, causal_mask(50));
    bool same = true;
    for (int size = 1; size <= 64; size *= 4)
        same = same && t_distance(attention_by_tiles(q, k, v, size, 2 * size,
                                                     true), table) < 1e-6;
    text_printf("tiles of 1 x 2 to 64 x 128: %s\n\n",
                same ? "all equal the table's" : "differ");
    text_printf("%6s %30s %22s\n", "", "to and from memory (MiB)",
                "FLOP per byte");
    text_printf("%6s %14s %15s %11s %10s\n", "n", "table", "tiles of 192",
                "table", "tiles");
    for (int n = 1024; n <= 16384; n *= 4) {
        double flop = 4.0 * n * n * WIDTH + 5.0 * n * n;
        double a = traffic_with_table(n, WIDTH);
        double b = traffic_in_tiles(n, WIDTH, 192);
        text_printf("%6d %14.1f %15.1f %11.1f %10.1f\n", n, a / (1 << 20),
                    b / (1 << 20), flop / a, flop / b);
    }
    plot_tiles();
}

/*
:::{figure} 16_long_sequences/tiles.svg
:name: fig-tiles-16
:alt: Time against n, both logarithmic, with the table and in tiles. Both rise with slope two; the tiles lie lower.

One head, 64 numbers wide, with the table and in tiles; one thread of the machine that
made this page.
:::

The same numbers come out, so of quality nothing need be said, and only a fifth is to be
fetched, of a long text a sixth. What that is worth in *time*, the roofline tells. The
table gives a processor 16 operations for each byte. Where the slope ends left of that,
as with one thread of the machine that made this page, one waits for arithmetic anyhow:
tiles save memory, and little time. With more threads, which share one memory, the slope
ends further right. On graphics processors it ends far to the right of 16, and there
tiles made attention several times as fast {cite}`dao2022`.

**The way back** needs the weights again, and they were never kept. With $M$ and $s$ of
each query any tile can be made anew, $P_{ij} = e^{S_{ij} - M_i} / s_i$, at the price of
one more product. Only the sum in {eq}`eq-back-weight` runs over a whole row of $P$,
which no tile has. It can be had without: since $\bar P_{il} = \bar O_i \cdot V_l$,

$$
\sum_l P_{il}\, \bar P_{il} = \bar O_i \cdot \sum_l P_{il} V_l
  = \bar O_i \cdot O_i .
$$ (eq-back-tile)

The library's `t_attention` does all this, forward and backward, for many heads and
several threads (`common/tensor/attention_tiles.c`); from here on we use it.
{quiz} Why does `take_in` multiply the mixture by $e^{M - M'}$, and not only the sum?

(sec-windows-16)=
## A window

The first thing to save at a price: look no further back than $w$ words
{cite}`child2019,beltagy2020`. A {term}`sliding window` is a mask, `causal` with
`window` = $w$, and tiles outside of it are never touched. So work grows with $n w$; and
whoever writes a text keeps the last $w$ keys and values and lets go of the rest.

What is lost is not everything beyond $w$. A word in a second layer looks at $w$ words
that have each looked at $w$ words: as in chapter 12, $L$ layers see $1 + L(w - 1)$
words. But what comes from further back comes second-hand.
*/
static Tensor *may_look(int n, int window)
{
    Tensor *x = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            t_at(x, i, j) = i - j < window;
    return x;
}

static void who_sees_whom(void)
{
    enum { N = 12, W = 4 };
    Tensor *window = may_look(N, W), *seen = window;
    plot_matrix("all", may_look(N, N), NULL, NULL);
    plot_matrix("window", window, NULL, NULL);
    for (int layers = 1; layers <= 4; layers++) {
        Tensor *last = t_slice(seen, 0, N - 1, N);
        text_printf("%d layer%s: the last of %d words sees %.0f\n", layers,
                    layers > 1 ? "s" : " ", N, (double)t_item(t_sum(last, T_ALL)));
        seen = t_matmul(window, seen);
        seen = t_masked_fill(seen, seen, 1);    /* 1: in some way or other */
        if (layers == 1)
            plot_matrix("two_layers", seen, NULL, NULL);
    }
    text_printf("\n%6s %12s %18s\n", "n", "pairs", "in a window of 64");
    for (int n = 64; n <= 16384; n *= 4)
        text_printf("%6d %12.0f %18.0f\n", n, n * (n + 1.0) / 2,
                    64 * 65 / 2 + (n - 64) * 64.0);
}

/*
{quiz} Can the last word know of the first?

(sec-options-16)=
## What else a score can be told

A window is one of several things that one may want to say about a score. `t_attention`
takes them all, so that none of them needs the table:

| option | what it does | for |
|:--|:--|:--|
| `mask` | hides pairs | padding, anything |
| `causal`, `cached` | query $i$ sees keys $j \le i + \text{cached}$ | writing, after some words are kept |
| `window` | ... and only the nearest | long texts |
| `lengths` | of each sequence so many keys | batches |
| `bias` | is added to the scores | places: ALiBi, relative |
| `scale`, `softcap` | $c \tanh(s / c)$ of the scaled score $s$ | taming large scores |

The order is: scale, cap, bias, then what is hidden. The standards agree on it; the
tests hold ours against cases of ONNX and PyTorch.

A bias has as many numbers as the table, $n^2$ for each head: is the memory that tiles
have saved not spent again? For ALiBi (chapter 7) it need not be. It takes $m_h (i - j)$
from the score of query $i$ and key $j$. But a softmax does not notice what is added to a
whole row, and $m_h i$ is the same for all keys of a query. What is left is $m_h j$: one
row of numbers for each head, which broadcasts. (The table's last row is that, too, but
for such a constant.)
*/
static void alibi_in_a_row(void)
{
    enum { H = 4, N = 300 };
    Rng rng = rng_new(cell_seed());
    Tensor *q = t_normal(&rng, 1, H, N, 16), *k = t_normal(&rng, 1, H, N, 16);
    Tensor *table = alibi_bias(H, N), *row = t_slice(table, 1, N - 1, N);
    AttentionOptions by_table = { .causal = true, .bias = table };
    AttentionOptions by_row = { .causal = true, .bias = row };
    double apart = t_distance(t_attention(q, k, k, by_table),
                              t_attention(q, k, k, by_row));
    text_printf("bias as a table %s, as a row %s: results %s\n", t_shape(table),
                t_shape(row), apart < 1e-5 ? "equal" : "differ");
}

/*
{quiz} Without a causal mask, ALiBi takes $m_h |i - j|$. Does one row do then, too?

(sec-linear)=
## A running sum in the place of the table

What makes the table necessary is the softmax: $e^{q \cdot k}$ must be worked out for
each pair. Chapter 3 saw attention as a *kernel*, a measure of how close a query is to
a key, and there are kernels to choose from. Take one that is itself an inner
product, of some {term}`features` $f$ of the query and of the key:

$$
o_i = \frac{\sum_{j \le i} \big( f(q_i) \cdot f(k_j) \big)\, v_j}
           {\sum_{j \le i} f(q_i) \cdot f(k_j)}
    = \frac{f(q_i) \sum_{j \le i} f(k_j)^\top v_j}
           {f(q_i) \cdot \sum_{j \le i} f(k_j)} .
$$ (eq-linear)

On the right $f(q_i)$ was taken out of the sums. Now they do not know the query. They can
be kept while the text goes by, and grow by one term with each word:

$$
S_i = S_{i-1} + f(k_i)^\top v_i, \qquad z_i = z_{i-1} + f(k_i), \qquad
o_i = \frac{f(q_i)\, S_i}{f(q_i) \cdot z_i} .
$$ (eq-linear-state)

That is a *recurrence*: chapter 11's, with a matrix for a state and nothing to learn in
how it goes on {cite}`katharopoulos2020`. The work grows with $n$, and what must be kept
does not grow at all. Weights must not be negative, so features must be positive; we
take those of the paper, $e^x$ below 0 and $1 + x$ above.
*/
Tensor *features(Tensor *x)
{
    Tensor *below = t_scale(t_relu(t_scale(x, -1)), -1);    /* min(x, 0) */
    return t_add(t_relu(x), t_exp(below));
}

Tensor *linear_by_table(Tensor *q, Tensor *k, Tensor *v)
{
    Tensor *weights = t_matmul(features(q), t_transpose(features(k)));
    weights = t_masked_fill(weights, causal_mask(t_dim(q, -2)), 0);
    return t_div(t_matmul(weights, v), t_sum(weights, -1));
}

Tensor *linear_by_state(Tensor *q, Tensor *k, Tensor *v)
{
    int n = t_dim(q, 0), d = t_dim(q, 1), d_v = t_dim(v, 1);
    Tensor *f_q = features(q), *f_k = features(k), *out = t_zeros(n, d_v);
    Tensor *S = t_zeros(d, d_v), *z = t_zeros(d);
    for (int i = 0; i < n; i++) {
        double norm = 0;
        for (int a = 0; a < d; a++) {
            t_at(z, a) += t_at(f_k, i, a);
            norm += (double)(t_at(f_q, i, a) * t_at(z, a));
            for (int c = 0; c < d_v; c++) {
                t_at(S, a, c) += t_at(f_k, i, a) * t_at(v, i, c);
                t_at(out, i, c) += t_at(f_q, i, a) * t_at(S, a, c);
            }
        }
        for (int c = 0; c < d_v; c++)
            t_at(out, i, c) /= (real)norm;
    }
    return out;
}

/*
Which of the two is faster? The table is $n^2$ work, but products; the recurrence is
$n d^2$ work, but each word waits for the one before, and is one row times one matrix,
the second line of [our table](sec-roofline). The way out is **tiles** again, here called
chunks: within a chunk of 128 words the table, and for all that came before it the sum
$S$. All chunks are worked on at the same time, in products. A column of ones beside the
values makes $z$ a column of $S$.
*/
Tensor *linear_attention(Tensor *q, Tensor *k, Tensor *v)
{
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), d = t_dim(q, 3);
    int c = n < CHUNK ? n : CHUNK, s = n / c, d_v = t_dim(v, 3);
    if (n % c != 0)
        t_fail("linear_attention: %d tokens are no whole chunks of %d", n, c);
    v = t_concat(-1, v, t_exp(t_zeros(B, h, n, 1)));        /* and ones */
    q = t_reshape(features(q), B * h, s, c, d);
    k = t_reshape(features(k), B * h, s, c, d);
    v = t_reshape(v, B * h, s, c, d_v + 1);
    Tensor *table = t_matmul(q, t_transpose(k));            /* (Bh, s, c, c) */
    Tensor *sums = t_matmul(t_masked_fill(table, causal_mask(c), 0), v);
    if (s > 1) {
        Tensor *S = t_matmul(t_transpose(k), v);    /* of each chunk alone */
        Tensor *earlier = t_transpose(causal_mask(s));  /* 1: came before */
        S = t_matmul(earlier, t_reshape(S, B * h, s, d * (d_v + 1)));
        S = t_reshape(S, B * h, s, d, d_v + 1);
        sums = t_add(sums, t_matmul(q, S));
    }
    sums = t_reshape(sums, B, h, n, d_v + 1);
    return t_div(t_slice(sums, -1, 0, d_v), t_slice(sums, -1, d_v, d_v + 1));
}

static void three_ways(void)
{
    Rng rng = rng_new(cell_seed());
    for (int n = CHUNK; n <= 4 * CHUNK; n *= 2) {
        Tensor *q = t_normal(&rng, n, 16), *k = t_normal(&rng, n, 16);
        Tensor *v = t_normal(&rng, n, 8), *table = linear_by_table(q, k, v);
        Tensor *chunks = linear_attention(t_reshape(q, 1, 1, n, 16),
                                          t_reshape(k, 1, 1, n, 16),
                                          t_reshape(v, 1, 1, n, 8));
        bool a = t_distance(table, linear_by_state(q, k, v)) < 1e-5;
        bool b = t_distance(table, t_reshape(chunks, n, 8)) < 1e-5;
        text_printf("%4d words: recurrence %s, chunks %s\n", n,
                    a ? "equals the table" : "differs",
                    b ? "equal it, too" : "differ");
    }
}

/*
:::{table} Shape ledger of linear attention, one head
:name: tab-ledger-linear
| name | shape | meaning |
|:--|:--|:--|
| $f(q)$, $f(k)$ | $(n, d_k)$ | features, all positive |
| $S$ | $(d_k, d_v)$ | the sum of $f(k_j)^\top v_j$ over all words so far |
| $z$ | $(d_k)$ | the sum of $f(k_j)$ |
| output | $(n, d_v)$ | $f(q) S$, divided by $f(q) \cdot z$ |
:::

A thousand pages go into a state of $d_k (d_v + 1)$ numbers. What gets lost?
{quiz} Why can no part of $e^{q_i \cdot k_j}$?

(sec-recall-16)=
## Who recalls what

Chapter 12 asked for the word that stood $D$ places before. Windows learned that well,
because *where* to look was settled beforehand. Now we ask by content. At each of $n$
places stands a **fact**, a key of 32 random numbers with one of 16 values; and a
**question**, the key of some earlier place, each equally often. The answer is the value
that stood there. Keys are drawn anew for every sequence (`draw_facts` in
`chapters/data/recall.c`), so nothing is learned by heart. One guess in 16 is right.

One layer is to answer. It has four heads, 64 numbers in all: a projection of questions to
queries, one of keys, a vector for each value, and a layer that makes scores for 16
values of what came home. What differs is only the look back: at all keys; through a
window of 64; as a running sum; and [below](sec-sharing) three forms with fewer keys.

{header} Seeker
*/
enum { NEAR = 64, LESSON = 128, PLACES = 16384 };

static const char *const look_name[LOOKS] = {
    "all keys", "window of 64", "running sum", "two heads of keys",
    "one head of keys", "four narrow heads",
};

Seeker seeker_new(Look look, uint64_t seed)
{
    Rng rng = rng_new(seed);
    LinearOptions usual = { 0 };
    int key_heads = look == TWO_KEY_HEADS ? 2 : look == ONE_KEY_HEAD ? 1 : 4;
    Seeker s = { .look = look, .heads = 4, .key_heads = key_heads,
                 .each = look == NARROW_HEADS ? 4 : 16 };
    int keys = s.key_heads * s.each, queries = s.heads * s.each;
    s.to_q = nn_linear_new(&s.params, &rng, FACT_CODE, queries, usual);
    s.to_k = nn_linear_new(&s.params, &rng, FACT_CODE, keys, usual);
    s.values = nn_embedding_new(&s.params, &rng, FACT_VALUES, keys, 1);
    s.out = nn_linear_new(&s.params, &rng, queries, FACT_VALUES, usual);
    return s;
}

static Tensor *look_back(const Seeker *s, Tensor *q, Tensor *k, Tensor *v)
{
    AttentionOptions before = { .causal = true };
    if (s->look == RUNNING_SUM)
        return linear_attention(q, k, v);
    if (s->look == NEAR_KEYS)
        before.window = NEAR;
    return t_attention(q, k, v, before);    /* heads may share keys */
}

Tensor *seeker_answers(const Seeker *s, Facts f)
{
    Tensor *q = split_heads(nn_linear(s->to_q, f.questions), s->heads);
    Tensor *k = split_heads(nn_linear(s->to_k, f.keys), s->key_heads);
    Tensor *v = split_heads(t_embedding(s->values, f.values, f.B, f.n),
                            s->key_heads);
    return nn_linear(s->out, merge_heads(look_back(s, q, k, v)));
}

void seeker_train(Seeker *s, uint64_t seed, int steps)
{
    Rng rng = rng_named(seed, "facts");
    Optimiser *adam = opt_adam(&s->params, (AdamOptions){ .rate = 0.005 });
    for (int step = 0; step < steps; step++) {
        Facts f = draw_facts(&rng, 8, LESSON);
        t_backward(t_cross_entropy(seeker_answers(s, f), f.answers,
                                   (CrossEntropy){ 0 }));
        opt_clip(&s->params, 1);
        opt_step(adam);
        tape_reset();
    }
}

double seeker_score(const Seeker *s, uint64_t seed, int n)
{
    Rng rng = rng_named(seed, "questions");
    bool recorded = tape_record(false);
    int B = PLACES / n < 32 ? PLACES / n : 32;
    Facts f = draw_facts(&rng, B, n);
    double right = nn_share_right(seeker_answers(s, f), f.answers);
    tape_record(recorded);
    tape_reset();
    return right;
}

/*
All learn from sequences of 128 facts, 600 steps, and are then asked about 128 to 16,384
of them: nothing in them depends on $n$. Beside each score stand two costs: how many
numbers must be *kept* to answer one more question after $n$ facts, keys and values or
the sums; and how much memory looking back takes. The figure adds the third, time.
*/
double seeker_keeps(const Seeker *s, int n)
{
    double each = s->each, kept = s->look == NEAR_KEYS && n > NEAR ? NEAR : n;
    if (s->look == RUNNING_SUM)
        return s->heads * each * (each + 1);
    return 2 * s->key_heads * each * kept;
}

/* What looking back over n places takes, with one thread. */
static Spent spent_looking(const Seeker *s, int n)
{
    Rng rng = rng_new(cell_seed());
    Tensor *q = t_normal(&rng, 1, s->heads, n, s->each);
    Tensor *k = t_normal(&rng, 1, s->key_heads, n, s->each);
    Spent spent;
    for (Watch w = watch(&spent, cell_quick() ? 1 : 3, 1); watch_again(&w); )
        look_back(s, q, k, k);
    tape_reset();
    return spent;
}

/* fold: trains some, asks about growing n, prints and plots */
static void contest(int count, const Look *looks, Plot *right, Plot *time)
{
    Seeker s[LOOKS];
    int steps = cell_quick() ? 5 : cell_long() ? 2000 : 600;
    text_printf("%6s", "");
    for (int i = 0; i < count; i++) {
        s[i] = seeker_new(looks[i], cell_seed());
        seeker_train(&s[i], cell_seed(), steps);
        text_printf(time ? "  %22s" : "  %17s", look_name[looks[i]]);
    }
    text_printf("\n%6s", "");
    for (int i = 0; i < count; i++)
        text_printf(time ? "  %11ld parameters" : "  %6ld parameters",
                    params_count(&s[i].params));
    text_printf("\n%6s", "n");
    for (int i = 0; i < count; i++)
        text_printf(time ? "  %9s %6s %5s" : "  %9s %1s%6s", "keeps",
                    time ? "MiB" : "", "right");
    for (int n = LESSON; n <= PLACES; n *= cell_quick() ? 128 : 2) {
        double score[1 + LOOKS] = { n }, seconds[1 + LOOKS] = { n };
        text_printf("\n%6d", n);
        for (int i = 0; i < count; i++) {
            score[1 + i] = seeker_score(&s[i], cell_seed(), n);
            text_printf("  %9.0f", seeker_keeps(&s[i], n));
            if (time) {
                Spent spent = spent_looking(&s[i], n);
                seconds[1 + i] = spent.busy;
                text_printf(" %6.2f", spent.bytes / (1 << 20));
            }
            text_printf(time ? " %5.2f" : " %7.2f", score[1 + i]);
        }
        plot_numbers(right, 1 + count, score);
        if (time)
            plot_numbers(time, 1 + count, seconds);
    }
    text_printf("\n");
    plot_close(right);
    if (time)
        plot_close(time);
}

static void recall(void)
{
    const Look looks[] = { ALL_KEYS, NEAR_KEYS, RUNNING_SUM };
    contest(3, looks, plot_open("recall", "n all window sum"),
            plot_open("time", "n all[s] window[s] sum[s]"));
}

/*
:::{figure} 16_long_sequences/recall.svg
:name: fig-recall-16
:alt: Two panels against the number of facts, from 128 to 16,384. Left, share of right answers: the line of all keys falls slowly and stays high, that of the window falls in proportion to one over n, that of the running sum begins at a half and falls to a guess. Right, time, both axes logarithmic: all keys rise with slope two, the others with slope one, and from about a thousand facts on lie below.

What is recalled, and how long one look back over all places takes (four heads of 16
numbers, one thread). Grey lines: a guess; slopes of 2 and 1.
:::

:::{table} The same with three seeds, after 2000 steps: share right, mean (least–greatest)
:name: tab-recall-16-seeds
{seeds} recall | facts | all keys | window of 64 | running sum
:::

- **The running sum** keeps 1,088 numbers, however long the text. At 128 facts it finds
  about half (two thirds after 2000 steps); then it loses itself. All facts lie in one
  matrix, and $f(q) S$ brings home a little of everything, in proportion to how like the
  keys are: old and new are blurred alike. What would sharpen it is what it gave away, a
  weight that can be nearly all or nearly nothing, as $e^{q \cdot k}$ can.
- **The window** keeps 8,192 numbers and is perfect within them: what it misses are
  exactly the questions whose answer lies further back. Its line falls because the share
  of those grows.
- **All keys** keep everything. They find all at the length they learned from, and still
  four of five at 128 times that: some of 16,384 random keys are alike in the 16 numbers
  of a head.

And the costs? Among a few hundred facts little is gained by looking at less: the products
are so small that all else counts. A window takes as much room as all keys while it runs,
since thanks to tiles both hold little more than their output; what it saves is time, and
what must be kept. Our running sum takes more, since each operation on its chunks has a
result of its own. Word by word (`linear_by_state`) it would need only its state.
{quiz} What does the window of 64 score, if it guesses what it does not see?

(sec-sharing)=
## Heads that share keys

The last way to save looks at everything, but keeps less *of each word*. In a layer with
$h$ heads each token leaves $h$ keys and $h$ values, all read again for each token that
is written from then on. How much is that in chapter 14's teller of stories, and in large
models, as their papers tell {cite}`touvron2023b,jiang2023`? Two (key and value), times
layers, heads of keys, width, and two bytes for each number.
*/
/* fold: the table of models */
static void cache_sizes(void)
{
    static const struct {
        const char *name;
        int layers, heads, key_heads, width, kept;  /* of 32,768 tokens */
    } model[] = {
        { "chapter 14's teller of stories", 2, 4, 4, 16, 32768 },
        { "Llama 2, 7 billion", 32, 32, 32, 128, 32768 },
        { "Llama 2, 70 billion", 80, 64, 8, 128, 32768 },
        { "... if heads shared nothing", 80, 64, 64, 128, 32768 },
        { "Mistral 7B, window of 4096", 32, 32, 8, 128, 4096 },
    };
    text_printf("%-30s %18s\n%-30s %8s %6s %13s %15s\n", "", "heads of", "",
                "queries", "keys", "a token", "32,768 tokens");
    for (size_t i = 0; i < sizeof model / sizeof *model; i++) {
        double token = 2.0 * model[i].layers * model[i].key_heads
                     * model[i].width * 2;
        text_printf("%-30s %8d %6d %9.1f KiB %11.2f GiB\n", model[i].name,
                    model[i].heads, model[i].key_heads, token / 1024,
                    token * model[i].kept / (1 << 30));
    }
}

/*
In **grouped queries** several heads of queries look at one head of keys and values
{cite}`ainslie2023`; if all look at the same one it is *multi-query attention*
{cite}`shazeer2019`. Each head asks a question of its own, but they search the same
index. The cache is smaller by the size of the group, and so is what must be read for
each word: with two heads of keys for eight of queries, as in our roofline, each number
that was fetched is used four times.

`t_attention` takes $k$ and $v$ with fewer heads than $q$, and copies nothing. Where
there is a single query, as in writing, it makes the heads of a group the *rows* of one
product: then the keys are in fact read once for all of them.

Is something lost? The same task again, with four heads of queries each. The last model
has four heads of keys as well, but each only four numbers wide, so that it keeps exactly
as much as one shared head of sixteen.
*/
static void sharing(void)
{
    const Look looks[] = { ALL_KEYS, TWO_KEY_HEADS, ONE_KEY_HEAD,
                           NARROW_HEADS };
    contest(4, looks, plot_open("sharing", "n four two one narrow"), NULL);
}

/*
:::{figure} 16_long_sequences/sharing.svg
:name: fig-sharing
:alt: Share of right answers against the number of facts. Four heads of keys lie highest, then two, then one; four narrow heads lie far below from the start.

Share of right answers with four, two and one heads of keys, and with four narrow ones.
:::

:::{table} The same with three seeds, after 2000 steps: share right, mean (least–greatest)
:name: tab-sharing-seeds
{seeds} sharing | facts | four heads of keys | two | one | four narrow ones
:::

Sharing costs something here, and the more the longer the text: with fewer keys there are
fewer numbers to tell 16,384 facts apart. But look at the last column. It keeps as much
as the one before, and finds far less, at every length: *sharing a good key is worth more
than owning a poor one*. (The models differ in parameters, too, as the table says. And a
caution: with one question at each place the heads have nothing to divide among
themselves. In language they have, and there the loss was measured to be small
{cite}`ainslie2023`.)
{quiz} What becomes cheaper?

(sec-claims-16)=
## What we claimed, and where it is checked

:::{folded} The list
- Operations and bytes of a product, a softmax and a cache read. {test}`tests/16_long_sequences.c: work_is_counted_as_told`
- Attention by tiles of any size equals the table. {test}`tests/16_long_sequences.c: tiles_of_any_size_give_what_the_table_gives`
- So does the library's, forward and backward, with every option. {test}`tests/attention.c: tiles_give_what_the_table_gives`
- Tiles move less than the table, for long texts a sixth. {test}`tests/16_long_sequences.c: tiles_move_less_than_the_table`
- A window hides what is further back and leaves the rest; in $L$ layers it sees $1 + L(w-1)$ words. {test}`tests/16_long_sequences.c: a_window_sees_as_far_as_told`
- Under a causal mask ALiBi is one row of numbers for each head. {test}`tests/16_long_sequences.c: alibi_is_one_row_of_numbers`
- ONNX and PyTorch agree with the options. {test}`tests/onnx.c: windows_agree_for_heads_that_share_keys` {test}`tests/torch.c: attention_with_options_agrees_with_pytorch`
- Linear attention by table, by recurrence and by chunks is the same to $10^{-5}$. {test}`tests/16_long_sequences.c: linear_attention_is_a_recurrence`
- Its chunks give the gradients of the table. {test}`tests/16_long_sequences.c: chunks_give_the_gradients_of_the_table`
- All keys recall at any length; the window what it sees; the sum blurs. {test}`tests/16_long_sequences.c: the_contest_ends_as_told`
- The window scores what the share of visible answers says. {test}`tests/16_long_sequences.c: the_window_finds_what_it_sees`
- Sharing keys costs some recall, narrow keys far more. {test}`tests/16_long_sequences.c: sharing_is_better_than_shrinking`
- Heads that share keys give what copies of the keys would give. {test}`tests/attention.c: heads_share_keys_without_a_copy`
:::

## Summary

- Work takes as long as its arithmetic or its bytes, whichever is slower: a large product
  computes, a softmax and a cache read fetch.
- Tiles give the same numbers with a sixth of the traffic, and memory that grows with $n$.
- A window makes work linear and is perfect within, blind beyond.
- With a kernel that is an inner product of features, attention is a recurrence: constant
  memory, in which all that was read lies blurred.
- Heads that share keys divide the cache by the size of the group. It costs some recall,
  and far less than narrow keys.
- Whatever the saving, ask what it can no longer find.

(sec-exercises-16)=
## Exercises

{exercises}

And three experiments, which no program can mark:

- In `seeker_new`, give `RUNNING_SUM` one head of 64 (`heads` and `key_heads` 1, `each`
  64). How much better is it at 128 facts? Is that in proportion to its state?
- In `features`, take $\max(0, x)^2$ plus a little, or $e^x$, in the place of the paper's.
- Train at 512 places (`LESSON`; four chunks). Who profits?

## Further reading

{cite:t}`williams2009` drew the roofline. {cite:t}`dao2022` is tiles, with proofs of how
little need be moved. {cite:t}`katharopoulos2020` found that "Transformers are RNNs", and
{cite:t}`schlag2021` what such a memory holds and how a better rule of writing into it
mends it. {cite:t}`arora2023` make of recall the measure by which all such savings are
compared. {cite:t}`shazeer2019`, five pages, is the fastest read of all.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(intensities);
    cell(roofline);
    cell(tile_by_tile);
    cell(who_sees_whom);
    cell(alibi_in_a_row);
    cell(three_ways);
    cell(recall);
    cell(cache_sizes);
    cell(sharing);
    return cell_end();
}

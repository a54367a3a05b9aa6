/*
# Appendix: how a matrix product becomes fast

A matrix product is three loops and one line. Written so, it uses a small part
of what a processor can do. This appendix writes it four times, each time for a
reason, and arrives near the top; a fifth is the library's. Nothing in it is
needed to understand attention; all of it is needed to train on the computer on
your desk.

:::{figure} 99_fast_product/all.svg
:name: fig-product-all
:alt: Speed of five matrix products against their size, on a logarithmic axis. As written is lowest, by rows higher, then in tiles, packed and the library's, which come near a dashed line, the peak.

Billions of additions and multiplications in a second, for square matrices of
$n$ rows, on one thread of the machine that made this page. (It may have had
other things to do.) The dashed line is what its arithmetic could do at most.
:::

(sec-product-work)=
## Where the work is

Is it worth the trouble? Count. A product of a matrix of shape $(n, k)$ with
one of shape $(k, m)$ takes a multiplication for each $i$, $j$ and $l$:

$$
C_{ij} \leftarrow C_{ij} + \sum_{l=1}^{k} A_{il}\, B_{lj} ,
\qquad n\,m\,k \text{ multiplications.}
$$ (eq-product)

(We add to what $C$ holds, which will be handy. For a plain product, $C$ starts
as zeros.) An encoder layer of chapter 8 has eight kinds of product: four
projections, scores and mixtures, the two of its feed-forward network. What is
not a product is done once for each number: scores are scaled and go through a
softmax, rows are normalised.
*/
#include "99_fast_product.h"

#include "cell/cell.h"
#include "base/parallel.h"
#include "cell/plot.h"
#include "tensor/vector.h"

#include <math.h>

LayerCount count_layer(int n, int d, int heads, int d_ffn)
{
    double tokens = n, scores = (double)heads * n * n;
    return (LayerCount){
        .projections = 4 * tokens * d * d,
        .attention = 2 * tokens * tokens * d,
        .feed_forward = 2 * tokens * d * d_ffn,
        .rest = 2 * scores              /* scaled; divided by their sum */
              + 2 * 3 * tokens * d,     /* normalised, twice: square, scale,
                                           gain */
        .exponentials = scores,
    };
}

static void where_the_work_is(void)
{
    LayerCount count = count_layer(64, 512, 8, 2048);
    double products = count.projections + count.attention + count.feed_forward;
    text_printf("64 tokens of width 512, 8 heads, 2048 inside\n\n");
    text_printf("multiplications in   projections    %9.0f\n"
                "                     attention      %9.0f\n"
                "                     feed-forward   %9.0f\n",
                count.projections, count.attention, count.feed_forward);
    text_printf("                     all the rest   %9.0f\n", count.rest);
    text_printf("exponentials                        %9.0f\n",
                count.exponentials);
    text_printf("\nmultiplications that are in products  %.1f %%\n",
                100 * products / (products + count.rest));
}

/*
On the way back each product becomes two (chapter 5), so training looks the
same. Make products fast, and the Transformer is fast.

Two things can limit them. One is *arithmetic*: so many multiplications, so
many in a second. The other is *memory*. The operands of {eq}`eq-product` hold
only $nk + km$ numbers, but each number of $A$ is needed $m$ times and each
number of $B$ $n$ times. Memory is large and slow. In front of it stand caches,
each smaller and faster than the one behind it, and in front of these the
registers, a few dozen, the only place where numbers can be multiplied. A
product is fast if each number, once it has come all the way to a register, is
used there as often as possible. All that follows is about that.

(sec-product-peak)=
## What the machine could do

First, the goal. Processors have {term}`vector registers <vector register>`: one
instruction multiplies all the numbers of one register with those of another,
4, 8 or 16 at a time for registers of 16, 32 or 64 bytes. GCC and clang let us
write that in C. The library's `vector.h` has a type `Vector` of `WIDTH`
numbers, with `+` and `*` as usual.

Most processors can also add a product to a sum in one instruction and with one
rounding, $x y + s$. This is called a {term}`fused multiply-add`, and a matrix
product is made of nothing else. (Because it rounds once instead of twice, the
last digit may differ. The Makefile forbids it to all other chapters, so that
they print the same digits everywhere, and allows it to this one and to the
library's product.)

How many can we have? The instruction takes a few cycles until its result is
there, but others can start meanwhile, unless they need that result. So the
answer depends on how many *independent* sums there are. Here is a loop with a
given number of them, for once without any memory: $s \leftarrow s / 2 + 1$,
which ends at 2 wherever it began. (`INLINE` puts a function in the place of its
call, so that its arguments can be constants; `UNROLL` writes out a loop whose
limits are constants. Then `sum` is not an array in memory but registers.)
*/
enum { MOST_SUMS = 12 };

INLINE void add_up(int sums, int turns, real half, real one, Vector *out)
{
    Vector sum[MOST_SUMS], factor = (Vector){ 0 } + half;
    UNROLL
    for (int i = 0; i < sums; i++)
        sum[i] = (Vector){ 0 } + one * (real)i;
    for (int t = 0; t < turns; t++) {
        UNROLL
        for (int i = 0; i < sums; i++)
            sum[i] = sum[i] * factor + one;
    }
    UNROLL
    for (int i = 0; i < sums; i++)
        out[i] = sum[i];
}

static void keep_adding(int sums, int turns, real half, real one, Vector *out)
{
    switch (sums) {     /* a constant in each call, as UNROLL needs */
    case 1: add_up(1, turns, half, one, out); break;
    case 2: add_up(2, turns, half, one, out); break;
    case 3: add_up(3, turns, half, one, out); break;
    case 4: add_up(4, turns, half, one, out); break;
    case 6: add_up(6, turns, half, one, out); break;
    case 8: add_up(8, turns, half, one, out); break;
    case 10: add_up(10, turns, half, one, out); break;
    case 12: add_up(12, turns, half, one, out); break;
    }
}

/*
Times are written to the data of the figure and never printed, since they
differ from run to run. We count only the time in which our own thread computes
(`clock_busy_seconds()`), and of many runs take the fastest: nothing makes a
program faster than it is, but much makes it slower. Speed is given in
{term}`GFLOP/s`, where a fused multiply-add is two operations.
*/
static void sums(void)
{
    static const int counts[] = { 1, 2, 3, 4, 6, 8, 10, 12 };
    const int turns = cell_quick() ? 100 : 100000;
    const int trials = cell_out() ? 100 : 1;
    volatile real half = (real)0.5, one = 1;    /* unknown to the compiler */
    Plot *plot = plot_open("sums", "sums rate[GFLOP/s]");
    text_printf("sums   they end at\n");
    for (int c = 0; c < (int)(sizeof counts / sizeof *counts); c++) {
        Vector out[MOST_SUMS];
        double best = INFINITY, end = 0;
        for (int trial = 0; trial < trials; trial++) {
            double start = clock_busy_seconds();
            keep_adding(counts[c], turns, half, one, out);
            best = fmin(best, clock_busy_seconds() - start);
        }
        for (int i = 0; i < counts[c]; i++)
            end = fmax(end, (double)out[i][WIDTH - 1]);
        text_printf("%4d   %.6f\n", counts[c], end);
        plot_row(plot, counts[c],
                 2e-9 * counts[c] * WIDTH * turns / fmax(best, 1e-9));
    }
    plot_close(plot);
}

/*
:::{figure} 99_fast_product/sums.svg
:name: fig-product-sums
:alt: Speed against the number of independent sums. It rises in proportion to their number, then is level at the peak.

Speed of a loop of fused multiply-adds on vectors against the number of
independent sums. With one, each operation waits for the last. With enough, an
operation can start whenever there is room: that is the peak.
:::

The highest point is the most this machine can do on one thread, and the dashed
line in the other figures. It has two conditions: vectors, which all these loops
use, and enough independent sums, which the figure shows.
{quiz} How many independent sums keep it busy?

(sec-product-as-written)=
## Three loops, as in the formula

The first version is {eq}`eq-product`, word for word. A `Matrix` is a pointer to
its first number, the distance `row` from one row to the next, and the distance
`column` from one column to the next, which is 1 until we pack. So a part of a
matrix is a matrix, too: `from(b, l, j)`, which we shall need, is what is left
of $B$ from row $l$, column $j$ on. And `transposed(a)` is the same numbers with
the two distances exchanged. Both copy nothing.
*/
void product_as_written(int n, int m, int k, Matrix a, Matrix b, Matrix c)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            real sum = 0;
            for (int l = 0; l < k; l++)
                sum += a.at[i * a.row + l] * b.at[l * b.row + j];
            c.at[i * c.row + j] += sum;
        }
}

/*
To judge it, and each later version, we multiply matrices whose sizes fit
nothing, compare with sums in doubles, and then take the time for square ones.
*/
static Matrix matrix_of(Tensor *x)
{
    return (Matrix){ &t_at(x, 0, 0), t_dim(x, 1), 1 };
}

static void check(Product *product)
{
    enum { N = 45, M = 67, K = 301 };
    Rng rng = rng_new(cell_seed());
    Tensor *a = t_normal(&rng, N, K), *b = t_normal(&rng, K, M);
    Tensor *c = t_zeros(N, M);
    double error = 0, largest = 0;
    product(N, M, K, matrix_of(a), matrix_of(b), matrix_of(c));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < M; j++) {
            double sum = 0;
            for (int l = 0; l < K; l++)
                sum += (double)t_at(a, i, l) * (double)t_at(b, l, j);
            error = fmax(error, fabs((double)t_at(c, i, j) - sum));
            largest = fmax(largest, fabs(sum));
        }
    text_printf("(%d, %d) x (%d, %d): largest error, relative  %.0e\n", N, K, K,
                M, error / largest);
}

/* GFLOP/s of the fastest of some runs. Very short ones are timed together. */
static double speed(Product *product, int n)
{
    Rng rng = rng_new(cell_seed());
    Tensor *a = t_normal(&rng, n, n), *b = t_normal(&rng, n, n);
    Tensor *c = t_zeros(n, n);
    double best = INFINITY, begin = clock_seconds(), spent = 0, work = pow(n, 3);
    int times = 1 + (int)(1e7 / work);
    for (int run = 0; spent < 0.02 || (run < 8 && spent < 0.25); run++) {
        double start = clock_busy_seconds();
        for (int i = 0; i < times; i++)
            product(n, n, n, matrix_of(a), matrix_of(b), matrix_of(c));
        best = fmin(best, (clock_busy_seconds() - start) / times);
        spent = clock_seconds() - begin;
    }
    tape_reset();
    return 2e-9 * work / fmax(best, 1e-9);
}

static void measure(const char *name, Product *product, int largest)
{
    static const int sizes[] = { 16, 24, 32, 48, 64, 96, 128, 192, 256, 384,
                                 512, 768, 1024, 2048 };
    Plot *plot = plot_open(name, "n rate[GFLOP/s]");
    int count = cell_quick() ? 1 : (int)(sizeof sizes / sizeof *sizes);
    for (int i = 0; cell_out() && i < count && sizes[i] <= largest; i++)
        plot_row(plot, sizes[i], speed(product, sizes[i]));
    plot_close(plot);
}

static void as_written(void)
{
    enum { N = 512 };
    check(product_as_written);
    text_printf("\nfor n = m = k = %d\n", N);
    text_printf("multiplications               %9.0f\n", pow(N, 3));
    text_printf("numbers in A and B            %9d\n", 2 * N * N);
    text_printf("loads from A and B            %9.0f\n", 2 * pow(N, 3));
    text_printf("loads for a multiplication    %9d\n", 2);
    text_printf("from one load of B to the next%9d bytes\n",
                N * (int)sizeof(real));
    measure("as_written", product_as_written, 512);
}

/*
:::{figure} 99_fast_product/as_written.svg
:name: fig-product-as-written
:alt: Speed of the product as written against n. It is near the bottom of the figure, far below the dashed line.

Three loops as in the formula. (The largest sizes are left out, here and in the
next figure: they take too long. Why a version gets slower as $n$ grows, and at
powers of two most, is told [at the end of the tiles](sec-product-tiles).) The
figure says how it stands at one size, and so do those of the next versions.
:::

What is in the way? Look at the innermost loop, over $l$.

- It has *one sum*. Each addition waits for the one before. The compiler may
  not make several sums of it, because another order rounds differently.
- It walks *down a column* of $B$. Memory does not hand out single numbers but
  lines of neighbours, and the next number we want is a whole row away. Most of
  each line is fetched for nothing; and if the rows are many, it is gone from
  the cache when its other numbers are wanted.
- It needs *two loads* for each multiplication. A processor loads hardly faster
  than it multiplies, so at best it would multiply half of the time.

(sec-product-by-rows)=
## The same loops in another order

The three loops may stand in any order: each product $A_{il} B_{lj}$ is added
to its $C_{ij}$ once, whichever comes first. Put $j$ innermost. Then one number
of $A$ is multiplied with a row of $B$ and added to a row of $C$. Everything is
read along rows, and neighbours in $C$ are independent sums, of which the
compiler makes vectors by itself. (`restrict` promises it that the two rows do
not overlap.)
*/
void product_by_rows(int n, int m, int k, Matrix a, Matrix b, Matrix c)
{
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++) {
            real factor = a.at[i * a.row + l];
            const real *restrict row = b.at + l * b.row;
            real *restrict sum = c.at + i * c.row;
            for (int j = 0; j < m; j++)
                sum[j] += factor * row[j];
        }
}

static void by_rows(void)
{
    check(product_by_rows);
    text_printf("\nfor a multiply-add of vectors\n");
    text_printf("loads    2   (a piece of B, a piece of C)\n");
    text_printf("stores   1   (the same piece of C)\n");
    measure("by_rows", product_by_rows, 1024);
}

/*
:::{figure} 99_fast_product/by_rows.svg
:name: fig-product-by-rows
:alt: Speed against n of the product by rows, well above the product as written.

The loops exchanged: a few characters in the source.
:::

Few changes to a program gain so much. But for each multiply-add two vectors
are loaded and one is stored, and no processor loads and stores at such a rate
while it multiplies. The sums are in the wrong place: each goes to the cache
and comes back $k$ times. And all of $B$ passes by for each row of $A$, $n$
times altogether, from whichever cache is large enough to hold it.

(sec-product-tiles)=
## A tile of C in registers

So keep sums in registers until they are finished. How many, and which? Not a
row of them but a rectangle, a *tile*:

```text
                                      b b b b  b b b b      row l of B
                                      in two registers

                  a                   s s s s  s s s s
    column l      a                   s s s s  s s s s      tile of C
    of A          a                   s s s s  s s s s      in registers
                  a                   s s s s  s s s s      while l runs
```

For each $l$ the tile needs a piece of a row of $B$, loaded once and used in all
rows of the tile, and a piece of a column of $A$, each number loaded once and
used in all columns. A tile of $r$ rows and $v$ vectors makes $r v$
multiply-adds from $r + v$ loads, and stores nothing until the end. It has
$r v$ independent sums, too, and so meets both conditions of the peak
({numref}`fig-product-sums`).

The larger the better, then, until registers run out: there must be room for
$r v$ sums, $v$ pieces of $B$ and one number of $A$. (Processors with registers
of 64 bytes have 32 of them; most with shorter ones have 16. A tile nearer to a square
would need fewer loads yet, but would be wider, and leave more over at the edge
of a narrow matrix; and with less than one load for a multiply-add, loads are no
longer what it waits for.)
*/
#define ROWS_FOR(bytes) ((bytes) == 64 ? 12 : 6)
enum { ROWS = ROWS_FOR(VECTOR_BYTES), VECTORS = 2, COLUMNS = VECTORS * WIDTH };

static void tile_sizes(void)
{
    text_printf("%10s  %9s  %5s  %11s  %10s  %17s\n", "register", "tile of C",
                "sums", "other regs.", "loads", "for a multiply-add");
    for (int bytes = 16; bytes <= 64; bytes *= 2) {
        int rows = ROWS_FOR(bytes), vector_sums = rows * VECTORS;
        text_printf("%4d bytes  %4d x %2d  %5d  %11d  %10d  %17.2f\n", bytes,
                    rows, VECTORS * bytes / (int)sizeof(real), vector_sums,
                    VECTORS + 1, rows + VECTORS,
                    (double)(rows + VECTORS) / vector_sums);
    }
}

/*
Two loads have become less than one. The code is the drawing.
The type says that `sum` is an array, but as `ROWS` and `VECTORS` are constants
and the loops over them are written out, it is registers.
*/
INLINE void tile(int depth, Matrix a, Matrix b, Matrix c)
{
    Vector sum[ROWS][VECTORS];
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        UNROLL
        for (int v = 0; v < VECTORS; v++)
            sum[i][v] = (Vector){ 0 };
    }
    for (int l = 0; l < depth; l++) {
        Vector part[VECTORS];
        UNROLL
        for (int v = 0; v < VECTORS; v++)
            part[v] = vectors_at(b.at + l * b.row)[v];
        UNROLL
        for (int i = 0; i < ROWS; i++) {
            UNROLL
            for (int v = 0; v < VECTORS; v++)
                sum[i][v] += a.at[i * a.row + l * a.column] * part[v];
        }
    }
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        UNROLL
        for (int v = 0; v < VECTORS; v++)
            vectors_at(c.at + i * c.row)[v] += sum[i][v];
    }
}

/*
$C$ is covered with tiles. What is left over at its right and lower edge, too
small for a tile, we leave to the version before.
*/
void product_in_tiles(int n, int m, int k, Matrix a, Matrix b, Matrix c)
{
    int rows = n - n % ROWS, columns = m - m % COLUMNS;
    for (int j = 0; j < columns; j += COLUMNS)
        for (int i = 0; i < rows; i += ROWS)
            tile(k, from(a, i, 0), from(b, 0, j), from(c, i, j));
    product_by_rows(rows, m - columns, k, a, from(b, 0, columns),
                    from(c, 0, columns));
    product_by_rows(n - rows, m, k, from(a, rows, 0), b, from(c, rows, 0));
}

static void in_tiles(void)
{
    check(product_in_tiles);
    measure("in_tiles", product_in_tiles, 2048);
}

/*
:::{figure} 99_fast_product/in_tiles.svg
:name: fig-product-in-tiles
:alt: Speed against n of the product in tiles, high above the product by rows, but uneven.

With tiles. Where $n$ is not a multiple of the tile's sides, the left-over edge
is slow and pulls the whole down, most of all in small products.
:::

This is most of the way. In large products, however, memory is back. A tile
takes a narrow strip of $B$, from the first row to the last. Its pieces lie a
whole row apart, each in another place, even on another *page*: memory is
divided into pages, often of 4 KiB, and a processor remembers of only so many
where they are; for any other it must look. If the distance is a power of two,
it is worse: where a line may stand in a cache depends on the last digits of its
address, and all those pieces want the same few places. And the strip has $k$
rows, as many as there are: with a large $k$ it no longer fits the fastest
cache, and has to come anew for every tile.
{quiz} How many loads does a tile of 12 rows and 1 vector need, which has as many sums?

(sec-product-packed)=
## Packed, in blocks

Pieces far apart and strips too long have the same cure: before multiplying,
copy what will be read into the order in which it will be read, in pieces that
fit the caches {cite}`goto2008`. A *panel* of $B$ is as wide as a tile: row
after row, side by side, nothing in between. A panel of $A$ is as high as a
tile, column after column: it is a panel of $A^\top$, and the same function
makes it. Where a matrix ends inside a panel, the rest of it may hold anything:
it becomes rows and columns of a tile that nobody wants.

Copying costs a load and a store. It is paid once for a number of $B$, for $n$
uses; and for a number of $A$ once for all the columns of $B$ that are packed at
a time.
*/
static int smaller(int a, int b) { return a < b ? a : b; }

/* All columns of x, in panels of `width`. (Rows, if x is transposed.) */
INLINE void pack(int width, int columns, int depth, Matrix x, real *out)
{
    for (int j = 0; j < columns; j += width) {
        int here = smaller(width, columns - j);
        for (int l = 0; l < depth; l++, out += width) {
            const real *in = x.at + l * x.row + j * x.column;
            for (int w = 0; w < here; w++)
                out[w] = in[w * x.column];
        }
    }
}

/*
How large should the pieces be? From the inside out: one panel of $B$ is used
for all tiles above each other, so it should stay in the first cache; that
limits its rows, `DEPTH`. The panels of $A$ pass by once for each panel of $B$,
so a block of them should stay in the second cache. All of $B$ that is packed
at once is read again for each block of $A$; it may lie in the second cache or
the third. (A first cache has 32 or 48 KiB as a rule, a second 256 KiB to 2 MiB,
a third several MiB.)
*/
enum { DEPTH = 256, BLOCK_ROWS = 8 * ROWS, BLOCK_COLUMNS = 1024 };

static void block_sizes(void)
{
    const double kib = 1024.0 / sizeof(real);
    text_printf("%10s  %9s  %10s  %10s  %10s\n", "register", "tile of C",
                "panel of B", "block of A", "block of B");
    for (int bytes = 16; bytes <= 64; bytes *= 2) {
        int rows = ROWS_FOR(bytes);
        int columns = VECTORS * bytes / (int)sizeof(real);
        text_printf("%4d bytes  %5.2f KiB  %6.0f KiB  %6.0f KiB  %6.0f KiB\n",
                    bytes, rows * columns / kib, DEPTH * columns / kib,
                    8 * rows * DEPTH / kib, DEPTH * BLOCK_COLUMNS / kib);
    }
}

/*
The tiles of a block. At the edges the tile is computed in full, aside, and
only what exists of it is added to $C$: no slow edge any more.
*/
static void edge(int rows, int columns, int depth, Matrix a, Matrix b, Matrix c)
{
    real aside[ROWS * COLUMNS] = { 0 };
    tile(depth, a, b, (Matrix){ aside, COLUMNS, 1 });
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            c.at[i * c.row + j] += aside[i * COLUMNS + j];
}

static void block(int rows, int columns, int depth, real *panels_a,
                  real *panels_b, Matrix c)
{
    for (int j = 0; j < columns; j += COLUMNS)
        for (int i = 0; i < rows; i += ROWS) {
            Matrix a = { panels_a + i * depth, 1, ROWS };
            Matrix b = { panels_b + j * depth, COLUMNS, 1 };
            if (i + ROWS <= rows && j + COLUMNS <= columns)
                tile(depth, a, b, from(c, i, j));
            else
                edge(smaller(ROWS, rows - i), smaller(COLUMNS, columns - j),
                     depth, a, b, from(c, i, j));
        }
}

void product_packed(int n, int m, int k, Matrix a, Matrix b, Matrix c)
{
    static _Alignas(64) real panels_a[BLOCK_ROWS * DEPTH];
    static _Alignas(64) real panels_b[DEPTH * BLOCK_COLUMNS];
    for (int j = 0; j < m; j += BLOCK_COLUMNS)
        for (int l = 0; l < k; l += DEPTH) {
            int columns = smaller(BLOCK_COLUMNS, m - j);
            int depth = smaller(DEPTH, k - l);
            pack(COLUMNS, columns, depth, from(b, l, j), panels_b);
            for (int i = 0; i < n; i += BLOCK_ROWS) {
                int rows = smaller(BLOCK_ROWS, n - i);
                pack(ROWS, rows, depth, transposed(from(a, i, l)), panels_a);
                block(rows, columns, depth, panels_a, panels_b, from(c, i, j));
            }
        }
}

static void packed(void)
{
    check(product_packed);
    measure("packed", product_packed, 2048);
}

/*
:::{figure} 99_fast_product/packed.svg
:name: fig-product-packed
:alt: Speed against n of the packed product. It has no deep dents and stays level for large n, but is a little below the product in tiles for some n in between.

Packed, in blocks. Compare with the curve before: the left end, the middle, and
the right end.
:::

The same `tile` does the work; only what it reads lies elsewhere. (In a packed
$A$ its numbers are neighbours, too: one pointer serves all rows.) What packing
cures shows at the right end of {numref}`fig-product-packed`. The dents at the
left are filled as well, though not by packing: the edge is made of tiles now.
What packing costs shows in between, at sizes that fit the tile while everything
still fits a cache. The less often a number is used, the more its copying
weighs; and the products in a head of attention are small.
{quiz} Does it pay to pack $B$ first?

(sec-product-lost)=
## What is still lost

The curve stays below the dashed line. What is the rest made of? We count what is moved
beside the work of the tiles. Packing loads and stores each number of $B$ once, and each
of $A$ once for every `BLOCK_COLUMNS` columns, one by one. $C$ is loaded and stored, in
whole vectors, once for every `DEPTH` of $k$. Then we leave out packing (panels hold
zeros), and then most of $C$, too (all tiles add to the same few numbers), and take the
time of what remains.
*/
static bool adding;     /* to all of C */

static void without_packing(int n, int m, int k, Matrix a, Matrix b, Matrix c)
{
    static _Alignas(64) real panels_a[BLOCK_ROWS * DEPTH];
    static _Alignas(64) real panels_b[DEPTH * BLOCK_COLUMNS];
    static _Alignas(64) real few[BLOCK_ROWS * COLUMNS];
    (void)a, (void)b;
    for (int j = 0; j < m; j += BLOCK_COLUMNS)
        for (int l = 0; l < k; l += DEPTH)
            for (int i = 0; i < n; i += BLOCK_ROWS)
                block(smaller(BLOCK_ROWS, n - i), smaller(BLOCK_COLUMNS, m - j),
                      smaller(DEPTH, k - l), panels_a, panels_b,
                      adding ? from(c, i, j) : (Matrix){ few, COLUMNS, 0 });
}

/* A product makes n m k / 8 multiply-adds of vectors. A number that is packed is
 * loaded and stored, and so is each vector of C for each part of k. */
static void what_is_lost(void)
{
    Plot *plot = plot_open("lost", "n tiles adding packing[GFLOP/s]");
    text_printf("for 100 multiply-adds of vectors of 8 numbers, loads and stores"
                "\n\n   n     m     k    packing A  packing B  adding to C\n");
    static const double shapes[][3] = { { 96, 96, 96 },       { 384, 384, 384 },
                                        { 3072, 3072, 3072 }, { 256, 256, 2048 } };
    for (int i = 0; i < 4; i++) {
        double n = shapes[i][0], m = shapes[i][1], k = shapes[i][2];
        text_printf("%4.0f  %4.0f  %4.0f  %11.1f  %9.1f  %11.1f\n", n, m, k,
                    1600 * ceil(m / BLOCK_COLUMNS) / m, 1600 / n,
                    200 * ceil(k / DEPTH) / k);
    }
    for (int n = 96; cell_out() && n <= (cell_quick() ? 96 : 3072); n *= 2) {
        double rate[3] = { 0 };
        for (int turn = 0; turn < 9; turn++) {
            adding = turn % 3 > 0;
            Product *some = turn % 3 < 2 ? without_packing : product_packed;
            rate[turn % 3] = fmax(rate[turn % 3], speed(some, n));
        }
        plot_row(plot, n, rate[0], rate[1], rate[2]);
    }
    plot_close(plot);
}

/*
:::{figure} 99_fast_product/lost.svg
:name: fig-product-lost
:alt: Share of the peak against n. Tiles alone are just below it; adding to all of C costs little; packing costs most, above all where n is small.

What each part costs: the gap between a line and the one above.
:::

Tiles that stay in the near caches come close to the peak, and adding to all of $C$
costs little. Most of the rest is copying, as counted: the fewer rows or columns, the
fewer the uses of a copy. So the library leaves $A$ where it lies, if it can. If $A$
lies transposed it cannot, and with few columns, as in the last line, that shows. In
large products hardly more is copied, but it comes from further away. (Where all three
lines sink together, the machine was slower: a run that takes long is seldom left
alone.) Other sizes of blocks, tried with the library's product on one machine, changed
nothing that could be measured (the head of `gemm.c` says which); so it does not ask
which caches there are.

(sec-product-library)=
## What the library adds

The library's product, `gemm()` in `common/tensor/gemm.c`, is this one, and then
seven things more. The file is a few hundred lines, and can be read from here.

- *Edges.* A tile is compiled for each number of rows from 1 up, and for one
  vector or two. No row is computed that nobody wants, and of columns at most
  part of a vector. Tiles above each other are about equally high, 16 rows for
  instance 8 and 8: of 12 and 4, the lower one would wait for its few sums. A
  product of a single tile skips the loops over blocks.
- *When not to pack.* $B$ is packed only if it is transposed, if its columns are
  not whole vectors, or if enough tiles will read it; $A$ only if it is
  transposed, or if its rows are so placed that they push each other out of the
  cache. Otherwise both are read where they lie; and where $A$ has few rows, of
  a $B$ of odd width only the columns beyond whole tiles are packed.
- *Transposes.* Scores are $QK^\top$, and the gradients of every product have a
  transpose (chapter 5). Whatever the strides, packing puts numbers in order;
  squares of numbers are transposed in registers (with GCC), not one by one.
- *One row.* A tile of one row has too few sums. A row times a matrix goes by
  rows, four at a time, so that $C$ is loaded and stored a quarter as often.
- *Fetching early.* In a training step most matrices have been away from the
  nearest caches for a while. The rows to be packed next, the columns of $A$ for
  the tile below, the tile of $C$ itself: all are asked for some time before
  they are needed, and travel while other work goes on.
- *A bias.* What a tile is added to when its sums are complete need not be $C$:
  a linear layer adds its bias there, instead of in a pass of its own.
- *Threads.* They share the longer side of $C$; or its columns, if $B$ alone is
  packed and there are enough of them: then each packs only what it needs; or
  where tiles share out more evenly so. No number of $C$ is ever summed by two
  of them, so that their number changes no result, not even in the last bit.
*/
static void library_product(int n, int m, int k, Matrix a, Matrix b, Matrix c)
{
    gemm(n, m, k, a, b, c, true);
}

static void library(void)
{
    int threads = parallel_threads();
    parallel_set_threads(1);
    check(library_product);
    measure("library", library_product, 2048);
    parallel_set_threads(threads);
}

/*
The curve stands with the others in {numref}`fig-product-all`, on one thread as
they are. How it compares with products that others have spent years on is
measured by `make bench ROW=matmul`, and told in [How fast is it?](speed).

(sec-claims-99)=
## What we claimed, and where it is checked

:::{folded} The list
- Nearly all multiplications of a layer are in its products. {test}`tests/99_fast_product.c: nearly_all_multiplications_are_in_products`
- All versions are the same product, for all sizes. {test}`tests/99_fast_product.c: every_version_is_the_product`
- They add to what $C$ holds, and write nowhere else. {test}`tests/99_fast_product.c: every_version_adds_and_writes_nowhere_else`
- Rows may lie at any distance. {test}`tests/99_fast_product.c: rows_may_lie_apart`
- The number of threads changes no bit of the library's product. {test}`tests/gemm.c: any_number_of_threads_gives_the_same_bits`
:::

## Summary

- A product of $(n, k)$ and $(k, m)$ multiplies $nmk$ times but holds few
  numbers: the art is to use each often once it is near.
- Speed needs vectors and enough independent sums.
- Loops in the right order read along rows. That alone is worth the most for
  the least.
- A tile of sums in registers needs less than one load for a multiply-add
  instead of two, and no store.
- Packing puts numbers in the order of reading, in blocks that fit the caches.
  It pays when each is used often; where not, it is most of what is lost.

(sec-exercises-99)=
## Exercises

{exercises}

## Further reading

{cite:t}`goto2008` explain the blocks and the panels, and which cache holds
what; {cite:t}`vanzee2015` show that all but the tile can be written once for
all machines, as it is here.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(where_the_work_is);
    cell(sums);
    cell(as_written);
    cell(by_rows);
    cell(tile_sizes);
    cell(in_tiles);
    cell(block_sizes);
    cell(packed);
    cell(what_is_lost);
    cell(library);
    return cell_end();
}

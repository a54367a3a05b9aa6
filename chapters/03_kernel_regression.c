/*
# Kernel regression: attention without parameters, then with one

In 1964, half a century before the Transformer, two statisticians proposed to
estimate a function from noisy measurements by a weighted mean in which near
measurements count more. Their method has queries, keys and values, scores and
a softmax. It is attention in all but name, with nothing to learn or with a
single number. So small a model shows plainly what attention does, how one
learns it from data, and a trap in which a model that may look at itself learns
only to copy.

:::{figure} 03_kernel_regression/widths.svg
:name: fig-kr-widths
:alt: Four panels with the same fifty noisy points and the true curve. The fit wiggles at width 0.1, follows the curve at 0.2, flattens it at 0.5 and is almost straight at width 1.

Fifty noisy points, the curve they come from (dashed), and weighted means of
the points with four widths of attention.
:::

(sec-cues)=
## What catches the eye, and what one looks for

You sit at a table with a red cup and a book. The cup catches your eye; you did
not choose that. Then you want to read, and you look for the book.
Psychologists call the first cue *non-volitional* and the second *volitional*.
S2 takes over these words from {cite:t}`zhang2023`, and they draw a useful
line. A mean over everything, or the largest of everything, treats its inputs
by what *they* are: no query is involved. Attention adds the query: what *I* am
looking for decides what counts.

Our task: given pairs $(x_i, y_i)$, $i = 1, \dots, m$, where each $y_i$ is some
unknown function of $x_i$ plus noise, guess $y$ at a new $x$. In the language
of attention the new $x$ is the query, the $x_i$ are keys, the $y_i$ values.
The data are made by us, so that we can tell how good a guess is: 50 points
spread over $[0, 5)$, a function $f(x) = x/2 + \sin 2x$, and noise, normally
distributed with standard deviation 0.3 (about two thirds of it lies within
$\pm 0.3$).
*/
#include "03_kernel_regression.h"

#include "cell/cell.h"
#include "learn/opt.h"
#include "cell/plot.h"

#include <float.h>
#include <math.h>

enum { POINTS = 50, GRID = 100 };

double truth(double x)
{
    return x / 2 + sin(2 * x);
}

Sample draw_sample(Rng *rng, int n)
{
    Sample s = { t_zeros(n, 1), t_zeros(n, 1) };
    for (int i = 0; i < n; i++) {
        double x = 5 * (i + rng_uniform(rng)) / n;  /* one in each nth part */
        t_at(s.x, i, 0) = (real)x;
        t_at(s.y, i, 0) = (real)(truth(x) + 0.3 * rng_normal(rng));
    }
    return s;
}

/* The same points in every cell; queries on an even grid. */
static Sample points(void)
{
    Rng rng = rng_new(cell_seed());
    return draw_sample(&rng, POINTS);
}

static Tensor *grid(void)
{
    Tensor *x = t_zeros(GRID, 1);
    for (int i = 0; i < GRID; i++)
        t_at(x, i, 0) = (real)(5 * (i + 0.5) / GRID);
    return x;
}

/* Mean squared distance from the truth. */
static double error_of(Tensor *x, Tensor *guess)
{
    double sum = 0;
    for (int i = 0; i < t_dim(x, 0); i++) {
        double off = (double)t_at(guess, i, 0) - truth((double)t_at(x, i, 0));
        sum += off * off;
    }
    return sum / t_dim(x, 0);
}

/*
The poorest guess ignores the query: it always answers with the mean of all
values. It is attention with equal weights, $1/m$ each, and goes by the name of
*average pooling*.
*/
static void average_pooling(void)
{
    Sample s = points();
    Tensor *x = grid();
    Tensor *even = t_scale(t_exp(t_zeros(GRID, POINTS)), 1.0 / POINTS);
    Tensor *guess = t_matmul(even, s.y);                    /* (GRID, 1) */
    text_printf("answer at every query   %.4f\n", t_at(guess, 0, 0));
    text_printf("mean squared error      %.4f\n", error_of(x, guess));
}

/*
(sec-nadaraya-watson)=
## Near keys count more

Now let the query matter. Choose a function $K(u)$ that is large when $u$ is
near 0, a **kernel**, and a {term}`kernel width` $\sigma$, and weight each
value by how near its key is {cite}`nadaraya1964,watson1964`:

$$
\hat y(x) = \sum_{i=1}^{m} \alpha_i(x)\, y_i, \qquad
\alpha_i(x) = \frac{K\bigl((x - x_i)/\sigma\bigr)}
                   {\sum_{j=1}^{m} K\bigl((x - x_j)/\sigma\bigr)} .
$$ (eq-nadaraya-watson)

The weights are not negative and add up to 1, if any key is within reach;
otherwise all are 0. Four kernels are in common use:

| kernel | $K(u)$ |
|:--|:--|
| Gaussian | $e^{-u^2/2}$ |
| boxcar | $1$ if $\lvert u\rvert \le 1$, otherwise $0$ |
| triangular | $\max(0,\, 1 - \lvert u\rvert)$ |
| Epanechnikov | $\tfrac34 (1 - u^2)$ if $\lvert u\rvert \le 1$, otherwise $0$ |

:::{admonition} Erratum: Epanechnikov's kernel is a parabola
:class: erratum
S2 refers for this subject to {cite:t}`zhang2023`, which prints
$\max(0, 1 - |u|)$ under the name of Epanechnikov. That is the triangular
kernel. Epanechnikov's {cite}`epanechnikov1969` is the parabola in the table.
:::
*/
double kernel(Kernel kind, double u)
{
    if (kind == GAUSSIAN)
        return exp(-u * u / 2);
    if (fabs(u) > 1)
        return 0;
    return kind == BOXCAR       ? 1
         : kind == TRIANGULAR   ? 1 - fabs(u)
         : /* EPANECHNIKOV */     0.75 * (1 - u * u);
}

const char *kernel_name(Kernel kind)
{
    static const char *const names[KERNELS] = {
        "Gaussian", "boxcar", "triangular", "Epanechnikov",
    };
    return names[kind];
}

Tensor *kernel_weights(Kernel kind, Tensor *queries, Tensor *keys, double width)
{
    int n = t_dim(queries, 0), m = t_dim(keys, 0);
    Tensor *weights = t_zeros(n, m);
    for (int i = 0; i < n; i++) {
        double x = (double)t_at(queries, i, 0), sum = 0;
        for (int j = 0; j < m; j++)
            sum += kernel(kind, (x - (double)t_at(keys, j, 0)) / width);
        for (int j = 0; j < m && sum > 0; j++) {
            double u = (x - (double)t_at(keys, j, 0)) / width;
            t_at(weights, i, j) = (real)(kernel(kind, u) / sum);
        }
    }
    return weights;
}

static void a_nearer_key_counts_more(void)
{
    Tensor *keys = t_matrix(5, 1, 1.0, 1.5, 2.0, 2.5, 4.0);
    Tensor *query = t_matrix(1, 1, 1.8);
    text_printf("query at 1.8, width 0.5\n%6s", "key");
    for (int kind = 0; kind < KERNELS; kind++)
        text_printf(" %13s", kernel_name((Kernel)kind));
    text_printf("\n");
    for (int j = 0; j < 5; j++) {
        text_printf("%6.1f", t_at(keys, j, 0));
        for (int kind = 0; kind < KERNELS; kind++)
            text_printf(" %13.4f", t_at(kernel_weights((Kernel)kind, query,
                                                       keys, 0.5), 0, j));
        text_printf("\n");
    }
    Plot *plot = plot_open("kernels",
                           "u gaussian boxcar triangular epanechnikov");
    for (int step = -150; step <= 150; step++) {
        double u = step / 50.0;
        plot_row(plot, u, kernel(GAUSSIAN, u), kernel(BOXCAR, u),
                 kernel(TRIANGULAR, u), kernel(EPANECHNIKOV, u));
    }
    plot_close(plot);
}

/*
:::{figure} 03_kernel_regression/kernels.svg
:name: fig-kernels
:alt: Four panels, u from -3 to 3: a bell, a box, a triangle and a parabola.

Four kernels. All but the Gaussian end at $|u| = 1$.
:::

The key at 2.0 is nearest to the query and gets most weight from every kernel
but the boxcar, which knows only inside and outside. A nearer key never gets
less weight.

(sec-gaussian-softmax)=
## The Gaussian kernel is a softmax

Put the Gaussian into {eq}`eq-nadaraya-watson`:

$$
\alpha_i(x)
  = \frac{e^{-(x - x_i)^2 / 2\sigma^2}}{\sum_j e^{-(x - x_j)^2 / 2\sigma^2}}
  = \operatorname{softmax}\!\Bigl(-\frac{(x - x_1)^2}{2\sigma^2}, \dots,
      -\frac{(x - x_m)^2}{2\sigma^2}\Bigr)_i .
$$ (eq-gaussian-softmax)

The weights are a softmax of scores, and the score is minus half the squared
distance, in units of the width. Multiply the square out:
$-\tfrac12(x - x_i)^2 = x x_i - \tfrac12 x^2 - \tfrac12 x_i^2$. The term $x^2$
is the same for all keys and softmax ignores it (chapter 2). What remains is
the product of query and key, and a penalty for long keys. If keys are vectors
of equal length, the penalty is the same for all and goes too: Gaussian kernel
regression *is* dot-product attention, at temperature $\sigma^2$.

As tensors: queries $(n, 1)$ minus keys as a row $(1, m)$ is broadcast to all
differences $(n, m)$. We write $w = 1/\sigma$ and give the function $\ln w$,
because $w = e^{\ln w}$ is positive whatever number stands there. That will
matter when it is learned.
*/
Tensor *gaussian_scores(Tensor *queries, Tensor *keys, Tensor *log_w)
{
    Tensor *apart = t_sub(queries, t_transpose(keys));      /* (n, m) */
    Tensor *u = t_mul(apart, t_exp(log_w));
    return t_scale(t_mul(u, u), -0.5);
}

static void gaussian_is_softmax(void)
{
    Sample s = points();
    Tensor *x = grid();
    text_printf("%6s  %s\n", "width", "largest difference of the weights");
    const double widths[] = { 0.1, 0.2, 0.5, 1 };
    for (int i = 0; i < 4; i++) {
        Tensor *log_w = t_vector(-log(widths[i]));
        Tensor *a = kernel_weights(GAUSSIAN, x, s.x, widths[i]);
        Tensor *b = t_softmax(gaussian_scores(x, s.x, log_w));
        text_printf("%6.1f  %s\n", widths[i],
                    t_distance(a, b) < 4 * (double)FLT_EPSILON
                        ? "a few roundings of float" : "more");
    }
}

/*
:::{list-table} Shape ledger of kernel regression
:header-rows: 1
:name: tab-ledger-kernel

* - name
  - shape
  - meaning
* - queries $x$
  - $(n, 1)$
  - where we want to know
* - keys $x_i$
  - $(m, 1)$
  - where we have measured
* - values $y_i$
  - $(m, 1)$
  - what we have measured
* - weights $\alpha$
  - $(n, m)$
  - each row adds up to 1
* - $\hat y = \alpha y$
  - $(n, 1)$
  - a guess for each query
:::

(sec-four-fits)=
## Four kernels, one fit

How much does the choice of kernel matter? The cell fits our points with all
four. The three kernels that end are given a width that makes them as broad as
a Gaussian of width 0.2 (the same standard deviation), otherwise we would
compare widths, not shapes.
*/
static double same_breadth(Kernel kind, double sigma)
{
    /* standard deviations of the kernels at width 1 */
    static const double breadth[KERNELS] = {
        1, 0.5773502691896258, 0.4082482904638630, 0.4472135954999579,
    };
    return sigma / breadth[kind];
}

static void four_kernels(void)
{
    Sample s = points();
    Tensor *x = grid();
    Tensor *guess[KERNELS];
    text_printf("%-14s %8s %20s\n", "kernel", "width", "mean squared error");
    for (int kind = 0; kind < KERNELS; kind++) {
        double width = same_breadth((Kernel)kind, 0.2);
        Tensor *weights = kernel_weights((Kernel)kind, x, s.x, width);
        guess[kind] = t_matmul(weights, s.y);
        text_printf("%-14s %8.4f %20.4f\n", kernel_name((Kernel)kind), width,
                    error_of(x, guess[kind]));
    }
    Plot *plot = plot_open("fits",
                           "x truth gaussian boxcar triangular epanechnikov");
    for (int i = 0; i < GRID; i++)
        plot_row(plot, t_at(x, i, 0), truth((double)t_at(x, i, 0)),
                 t_at(guess[GAUSSIAN], i, 0), t_at(guess[BOXCAR], i, 0),
                 t_at(guess[TRIANGULAR], i, 0), t_at(guess[EPANECHNIKOV], i, 0));
    plot_close(plot);
    Plot *data = plot_open("points", "x y");
    for (int i = 0; i < POINTS; i++)
        plot_row(data, t_at(s.x, i, 0), t_at(s.y, i, 0));
    plot_close(data);
}

/*
:::{figure} 03_kernel_regression/fits.svg
:name: fig-fits
:alt: Four panels with the fits of the Gaussian, boxcar, triangular and Epanechnikov kernels. The boxcar's fit has steps, the other three look alike.

The same points through four kernels of the same breadth. Only the boxcar looks
different: a point that enters or leaves the box makes a step.
:::

Hardly at all. What matters is the width.

(sec-width)=
## The width

A narrow kernel listens to few points and repeats their noise. A broad one
averages the noise away, and with it the shape of the function.
{numref}`fig-kr-widths` shows both ends and two between; the cell prints the
errors, against the truth and on the measured points themselves.
*/
static void four_widths(void)
{
    Sample s = points();
    Tensor *x = grid();
    const double widths[] = { 0.1, 0.2, 0.5, 1 };
    const char *names[] = { "weights_01", "weights_02", "weights_05",
                            "weights_10" };
    Tensor *guess[4];
    text_printf("%6s %18s %18s\n", "width", "error, truth", "error, points");
    for (int i = 0; i < 4; i++) {
        Tensor *weights = kernel_weights(GAUSSIAN, x, s.x, widths[i]);
        Tensor *own = kernel_weights(GAUSSIAN, s.x, s.x, widths[i]);
        guess[i] = t_matmul(weights, s.y);
        Tensor *miss = t_squared_error(t_matmul(own, s.y), s.y);
        text_printf("%6.1f %18.4f %18.4f\n", widths[i], error_of(x, guess[i]),
                    t_item(miss));
        plot_matrix(names[i], weights, NULL, NULL);
    }
    Plot *plot = plot_open("widths", "x truth w_0.1 w_0.2 w_0.5 w_1");
    for (int i = 0; i < GRID; i++)
        plot_row(plot, t_at(x, i, 0), truth((double)t_at(x, i, 0)),
                 t_at(guess[0], i, 0), t_at(guess[1], i, 0),
                 t_at(guess[2], i, 0), t_at(guess[3], i, 0));
    plot_close(plot);
}

/*
:::{figure} 03_kernel_regression/weights.svg
:name: fig-kr-weights
:alt: Four heat maps of attention weights, one per width; a thin diagonal band at width 0.1 that broadens until at width 1 it covers half the picture.

Who listens to whom: rows are the 100 queries, columns the 50 keys, for the
widths 0.1, 0.2, 0.5 and 1. Each row adds up to 1.
:::

(sec-learn-width)=
## Learning the width, and a trap

The width is a parameter, so let us learn it. For each measured point predict
its value from the points, take the mean squared error as the {term}`loss`, and
move $\ln w$ a little against the gradient of the loss, again and again:
{term}`gradient descent`. How far to go in each step is decided by a refinement
of it called Adam {cite}`kingma2015`, which looks at the gradients so far; for
now read `opt_step` as "a step downhill". This is the first training loop of
the book, and all later ones look like it: reset the tape, compute the loss, go
backward, step. `t_param` makes a number that may be moved and enters it in a
list, `Params`, so that the optimiser knows it; `t_keep` makes a copy that a
reset of the tape leaves alone.

But look at the right column of the last table: on the points themselves, the
narrowest width has the smallest error. Of course: when the query *is* one of
the keys, the nearest key is the point itself, and its value is the answer.
Listening to nobody else makes the loss zero. The cure is **leave one out**: a
point must not vote on itself. That is a mask on the diagonal, a score of
$-\infty$.
*/
Learned learn_width(Sample s, bool leave_one_out, int steps, Plot *plot)
{
    int m = t_dim(s.x, 0);
    Params params = { 0 };
    Tensor *log_w = t_param(&params, 1);                    /* w = 1 */
    Optimiser *adam = opt_adam(&params, (AdamOptions){ .rate = 0.05 });
    Tensor *x = t_keep(s.x), *y = t_keep(s.y), *self = t_zeros(m, m);
    for (int i = 0; i < m; i++)
        t_at(self, i, i) = 1;
    self = t_keep(self);

    Learned learned = { 0 };
    for (int step = 0; step < steps; step++) {
        tape_reset();
        Tensor *scores = gaussian_scores(x, x, log_w);      /* (m, m) */
        if (leave_one_out)
            scores = t_masked_fill(scores, self, -INFINITY);
        Tensor *loss = t_squared_error(t_matmul(t_softmax(scores), y), y);
        learned.loss = t_item(loss);
        learned.width = exp(-(double)t_at(log_w, 0));
        if (plot)
            plot_row(plot, step, learned.loss, learned.width);
        t_backward(loss);
        opt_step(adam);
    }
    return learned;
}

static Tensor *fit(double width) /* (GRID, 1) */
{
    Sample s = points();
    return t_matmul(kernel_weights(GAUSSIAN, grid(), s.x, width), s.y);
}

static void report(const char *name, Learned learned)
{
    text_printf("%-24s %8.4f %8.4f %14.4f\n", name, learned.width,
                learned.loss, error_of(grid(), fit(learned.width)));
}

static void the_trap(void)
{
    enum { STEPS = 400 };
    Plot *plot = plot_open("learning", "step loss width");
    Learned with_self = learn_width(points(), false, STEPS, plot);
    plot_gap(plot);
    Learned without = learn_width(points(), true, STEPS, plot);
    plot_close(plot);

    text_printf("%-24s %8s %8s %14s\n", "after 400 steps", "width", "loss",
                "error, truth");
    report("looking at oneself too", with_self);
    report("leaving oneself out", without);

    Tensor *x = grid(), *narrow = fit(with_self.width);
    Tensor *learned = fit(without.width), *fixed = fit(1);
    plot = plot_open("learned", "x truth with_self leave_one_out fixed");
    for (int i = 0; i < GRID; i++)
        plot_row(plot, t_at(x, i, 0), truth((double)t_at(x, i, 0)),
                 t_at(narrow, i, 0), t_at(learned, i, 0), t_at(fixed, i, 0));
    plot_close(plot);
}

/*
:::{figure} 03_kernel_regression/learning.svg
:name: fig-kr-learning
:alt: Two panels against training steps. Left, the loss: with self-inclusion it falls nearly to zero, leaving oneself out it settles near 0.1. Right, the width: with self-inclusion it goes on shrinking, leaving oneself out it settles.

Learning the width. Looking at itself, the model brings the loss to nearly zero
by making the width smaller and smaller. Leaving oneself out, both settle.
:::

:::{figure} 03_kernel_regression/learned.svg
:name: fig-kr-learned
:alt: Three fits. With the fixed width 1 the fit is almost straight; with the collapsed width it jumps from point to point; with the width learned by leave-one-out it follows the true curve.

The width that learning starts from, 1, and the two that it ends with. The
smallest loss belongs to a fit that jumps from point to point.
:::

Of the two that have learned, the one with the smaller loss is the worse.
Whenever a model may see the answer among its inputs, it will learn to copy,
and the loss will praise it for that. The causal mask of chapter 5 is the same
cure for the same disease.

The loss of the good model stays near 0.1. Most of that is the noise, of
variance $0.3^2 = 0.09$, which nobody can predict. Nor does leaving one out
find the very best width: with these points, 0.2 has a smaller error against
the truth. It finds a width of the right size from 50 noisy points, without
ever being shown the truth.

(sec-best-width)=
## How the best width depends on how much one knows

With more points one can afford to listen more narrowly. Theory says how much
more {cite}`wasserman2006`. The squared error has two parts. The fit is pulled
away from the curve by an amount like $\sigma^2$, which counts squared:
$\sigma^4$. And it repeats some of the noise: the variance $s^2$ of the noise
divided by the number of points that are heard, about $s^2 / (m\sigma)$. The
slope of $\sigma^4 + s^2/(m\sigma)$ is zero where $\sigma^5$ is proportional to
$s^2/m$, so the best width falls like $m^{-1/5}$. That is slow: for half the
width one needs 32 times the points. Let us see whether it comes out. For each
$m$ the cell draws samples, finds the width with the least error against the
truth on a fine scale, and takes the mean of its logarithm. It keeps away from
the ends of the interval, where the window hangs over the edge and the theory
does not hold.
*/
enum { INNER = 60 };

static double squared_miss(Sample s, double width)
{
    Tensor *x = t_zeros(INNER, 1), *log_w = t_vector(-log(width));
    for (int i = 0; i < INNER; i++)
        t_at(x, i, 0) = (real)(1 + 3.0 * i / INNER);    /* within [1, 4) */
    Tensor *weights = t_softmax(gaussian_scores(x, s.x, log_w));
    return error_of(x, t_matmul(weights, s.y));
}

double best_log_width(Sample s)
{
    double best = INFINITY, at = 0;
    for (int i = 0; i < 50; i++) {
        double log_width = log(0.06) + 0.05 * i;    /* up to 0.7 */
        double miss = squared_miss(s, exp(log_width));
        if (miss < best) {
            best = miss;
            at = log_width;
        }
    }
    return at;
}

static void best_width_against_points(void)
{
    enum { SAMPLES = 24, SIZES = 5 };
    Rng rng = rng_new(cell_seed());
    double log_m[SIZES], log_width[SIZES], sum_x = 0, sum_y = 0;
    Plot *plot = plot_open("best_width", "points best_width");
    text_printf("%8s %12s\n", "points", "best width");
    for (int i = 0; i < SIZES; i++) {
        int m = 25 << i;                /* 25, 50, ..., 400 */
        double mean = 0;
        for (int k = 0; k < SAMPLES; k++) {
            mean += best_log_width(draw_sample(&rng, m)) / SAMPLES;
            tape_reset();
        }
        text_printf("%8d %12.4f\n", m, exp(mean));
        plot_row(plot, m, exp(mean));
        sum_x += log_m[i] = log(m);
        sum_y += log_width[i] = mean;
    }
    plot_close(plot);
    double xy = 0, xx = 0;
    for (int i = 0; i < SIZES; i++) {
        xy += (log_m[i] - sum_x / SIZES) * (log_width[i] - sum_y / SIZES);
        xx += (log_m[i] - sum_x / SIZES) * (log_m[i] - sum_x / SIZES);
    }
    text_printf("slope    %12.3f\ntheory   %12.3f\n", xy / xx, -0.2);
}

/*
:::{figure} 03_kernel_regression/best_width.svg
:name: fig-best-width
:alt: Log-log plot of the best width against the number of points, with a dashed line of slope minus one fifth close to it.

The best width against the number of points. The dashed line has the slope
$-1/5$ of the theory.
:::

The theory speaks of what happens as $m$ grows without bound; five sizes and
two dozen samples of each come close to it, and another seed gives a slope a
little to either side (try `ARGS='--cell best_width_against_points --seed 2'`).

(sec-claims-03)=
## What we claimed, and where it is checked

- Average pooling answers every query alike. {test}`tests/03_kernel_regression.c: average_pooling_ignores_the_query`
- Weights are not negative and add up to 1; out of reach of every key they are 0. {test}`tests/03_kernel_regression.c: weights_add_up_to_one_within_reach_and_to_zero_beyond`
- A nearer key never gets less weight. {test}`tests/03_kernel_regression.c: a_nearer_key_never_gets_less_weight`
- Epanechnikov's kernel is a parabola, not a triangle, and its breadth is what we said. {test}`tests/03_kernel_regression.c: the_kernels_have_their_shapes_and_breadths`
- The Gaussian's weights are a softmax of minus half the squared distance. {test}`tests/03_kernel_regression.c: the_gaussian_kernel_is_a_softmax`
- For keys of equal length, they are also a softmax of inner products. {test}`tests/03_kernel_regression.c: for_keys_of_equal_length_distance_and_inner_product_agree`
- Looking at oneself, the narrower the better on the points; against the truth neither the narrowest nor the broadest of many widths is best. {test}`tests/03_kernel_regression.c: the_narrowest_width_wins_only_on_its_own_points`
- Learning with oneself included makes the width collapse; leaving oneself out, it settles where it helps. {test}`tests/03_kernel_regression.c: the_width_collapses_unless_a_point_is_left_out`
- The best width falls like the fifth root of the number of points. {test}`tests/03_kernel_regression.c: the_best_width_falls_with_the_fifth_root`

## Summary

- A weighted mean with weights from a kernel is attention: the new point is the
  query, the measured points are keys and values.
- The Gaussian kernel is a softmax of squared distances. Which kernel hardly
  matters; how wide does.
- The width can be learned by gradient descent, but only if no point votes on
  itself.
- The more one knows, the more narrowly one should listen: like $m^{-1/5}$.

(sec-exercises-03)=
## Exercises

{exercises}

And three experiments, which no program can mark:

- In `learn_width`, start from a width of 0.05: `t_at(log_w, 0) = 3;`. Where does
  each of the two models go now?
- In `draw_sample`, double the noise. Predict from the theory by what factor the
  learned width grows, and what becomes of the loss; run; compare.
- Replace the Gaussian in `learn_width` by the triangular kernel: scores
  $\ln \max(0, 1 - |u|)$. Which points have no gradient, and what does that do
  to training from $w = 1$?

## Further reading

{cite:t}`nadaraya1964` and {cite:t}`watson1964` found the estimator
independently. {cite:t}`wasserman2006` derives the fifth root.
{cite:t}`zhang2023` uses the same example to introduce attention.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(average_pooling);
    cell(a_nearer_key_counts_more);
    cell(gaussian_is_softmax);
    cell(four_kernels);
    cell(four_widths);
    cell(the_trap);
    cell(best_width_against_points);
    return cell_end();
}

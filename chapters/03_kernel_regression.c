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

On a table are a red cup and a book. The cup catches your eye; you did not choose
that. Then you want to read, and look for the book. Psychologists call the first cue
*non-volitional* and the second *volitional*.
[S2](preface), one of the notes behind this book, takes over these words from
{cite:t}`zhang2023`, and they draw a useful line. A mean over everything, the
largest of everything, or a layer of weights that stay the same for every input,
treats its inputs by what *they* are: no query is involved. Attention adds the
query: what *I* am looking for decides what counts. (S4 says that attention
imitates how people look. It borrows this one thing, that looking has a purpose;
nothing in this book depends on how far the likeness goes.)

Our task: given pairs $(x_i, y_i)$, $i = 1, \dots, m$, where each $y_i$ is some
unknown function of $x_i$ plus noise, guess $y$ at a new $x$. In the language
of attention the new $x$ is the query, the $x_i$ are keys, the $y_i$ values.
The data are made by us, so that we can tell how good a guess is: 50 points over
$[0, 5)$, a function $f(x) = x/2 + \sin 2x$, and noise, normally distributed with
standard deviation 0.3 (about two thirds of it lies within $\pm 0.3$).
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
The poorest guess ignores the query and always answers with the mean of all values:
attention with equal weights, $1/m$ each, or *average pooling*.
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
{quiz} Is average pooling attention?

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

The weights are not negative and add up to 1 (are all 0 if no key is within reach).
Four kernels are in common use:

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

/* fold: their names */
const char *kernel_name(Kernel kind)
{
    static const char *const names[KERNELS] = { "Gaussian", "boxcar",
                                                "triangular", "Epanechnikov" };
    return names[kind];
}

Tensor *kernel_weights(Kernel kind, Tensor *queries, Tensor *keys, double width)
{
    int n = t_dim(queries, 0), m = t_dim(keys, 0);
    if (t_size(queries) != n || t_size(keys) != m)
        t_fail("kernel_weights: one number each, (n, 1) and (m, 1), got %s and "
               "%s", t_shape(queries), t_shape(keys));
    if (!((unsigned)kind < KERNELS && width > 0))
        t_fail("kernel_weights: no kernel %d of width %g", (int)kind, width);
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
    /* fold: writes the data of the figure */
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
:::{table} Shape ledger of kernel regression
:name: tab-ledger-kernel

| name | shape | meaning |
|:-----|:------|:--------|
| queries $x$ | $(n, 1)$ | where we want to know |
| keys $x_i$ | $(m, 1)$ | where we have measured |
| values $y_i$ | $(m, 1)$ | what we have measured |
| weights $\alpha$ | $(n, m)$ | each row adds up to 1 |
| $\hat y = \alpha y$ | $(n, 1)$ | a guess for each query |
:::
{quiz} Why could $-\tfrac12 x^2$ be dropped from the scores, and $-\tfrac12 x_i^2$ not?

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

/* fold: writes some guesses beside the truth */
static void plot_guesses(const char *name, const char *columns, int n,
                         Tensor **guess)
{
    Tensor *x = grid();
    Plot *plot = plot_open(name, columns);
    for (int i = 0; i < GRID; i++) {
        double at = (double)t_at(x, i, 0), row[2 + KERNELS] = { at, truth(at) };
        for (int k = 0; k < n; k++)
            row[2 + k] = (double)t_at(guess[k], i, 0);
        plot_numbers(plot, 2 + n, row);
    }
    plot_close(plot);
}

static double gaussian_width = 0.2;

static void four_kernels(void)
{
    Sample s = points();
    Tensor *x = grid();
    Tensor *guess[KERNELS];
    text_printf("%-14s %8s %20s\n", "kernel", "width", "mean squared error");
    for (int kind = 0; kind < KERNELS; kind++) {
        double width = same_breadth((Kernel)kind, gaussian_width);
        Tensor *weights = kernel_weights((Kernel)kind, x, s.x, width);
        guess[kind] = t_matmul(weights, s.y);
        text_printf("%-14s %8.4f %20.4f\n", kernel_name((Kernel)kind), width,
                    error_of(x, guess[kind]));
    }
    /* fold: writes the data of the figures */
    plot_guesses("fits", "x truth gaussian boxcar triangular epanechnikov",
                 KERNELS, guess);
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
    plot_guesses("widths", "x truth w_0.1 w_0.2 w_0.5 w_1", 4, guess);
}

/*
:::{figure} 03_kernel_regression/weights.svg
:name: fig-kr-weights
:alt: Four heat maps of attention weights, one per width; a thin diagonal band at width 0.1 that broadens until at width 1 it covers half the picture.

Who listens to whom: rows are the 100 queries, columns the 50 keys, for the
widths 0.1, 0.2, 0.5 and 1. Each row adds up to 1.
:::
{quiz} How can that be?

(sec-slope)=
## How a program finds a slope

The width decides everything, and so far we have set it by hand. From here on
the program is to find it. A number that a program may change in order to get
better is called a {term}`parameter`; ours is $a = \ln w$. Getting better needs a
measure of how bad things are, the {term}`loss`: for each measured point guess its
value from the points, and take the mean of the squared errors. To know whether
$a$ should be larger or smaller, one has to know the *slope* of the loss: by how
much the loss changes if $a$ changes a little.

The plain way is to try it. With a small $h$, the **difference quotient** is

$$
\frac{L(a + h) - L(a - h)}{2h} .
$$ (eq-difference)

It comes near the slope, and it needs no thought. But it takes two computations
of the loss for *each* parameter, and the models of chapter 8 have hundreds of
thousands of them.

There is another way, which takes one walk for all. A program computes a long
formula in small steps, and the slope of a small step is known from school. So
let it note down each step, and then walk back through the notes. Take the score
of one key at the distance 2, which is three steps:

$$
w = e^{a}, \qquad u = 2 w, \qquad s = -\tfrac12 u^2 .
$$

At $a = 0$ they give $w = 1$, $u = 2$, $s = -2$. Now backward, with a pencil. If
$u$ grows by a little, $s$ changes by $-u = -2$ times as much. If $w$ grows by a
little, $u$ grows by 2 times as much, so $s$ changes by $-2 \cdot 2 = -4$ times as
much. If $a$ grows by a little, $w = e^a$ grows by $w = 1$ times as much, so $s$
changes by $-4 \cdot 1 = -4$ times as much. That is the slope: the product of the
slopes of the steps, which mathematics calls the chain rule.

The notes are called the {term}`tape`. Here is one for three steps: what came out
of each, and the slope of what came out by what went in.
*/
enum { STEPS_NOTED = 3 };

typedef struct {
    double value, slope;
} Note;

static void note_down(double a, double apart, Note tape[STEPS_NOTED])
{
    double w = exp(a), u = apart * w, s = -u * u / 2;
    tape[0] = (Note){ w, w };           /* w = e^a:         dw/da = w */
    tape[1] = (Note){ u, apart };       /* u = apart * w:   du/dw = apart */
    tape[2] = (Note){ s, -u };          /* s = -u^2 / 2:    ds/du = -u */
}

double slope_of_score(double a, double apart)
{
    Note tape[STEPS_NOTED];
    note_down(a, apart, tape);
    double slope = 1;                   /* of s by s */
    for (int i = STEPS_NOTED - 1; i >= 0; i--)
        slope *= tape[i].slope;
    return slope;
}

static double score(double a, double apart)
{
    Note tape[STEPS_NOTED];
    note_down(a, apart, tape);
    return tape[STEPS_NOTED - 1].value;
}

static void three_steps_back(void)
{
    const double a = 0, apart = 2, h = 0.001;
    Note tape[STEPS_NOTED];
    note_down(a, apart, tape);
    /* fold: prints both tables, and the difference quotient */
    static const char *const steps[] = { "w = e^a", "u = 2 w", "s = -u^2 / 2" };
    static const char *const inputs[] = { "a", "w", "u" };
    text_printf("%-14s %8s %8s\n", "step", "result", "slope");
    for (int i = 0; i < STEPS_NOTED; i++)
        text_printf("%-14s %8.4f %8.4f\n", steps[i], tape[i].value,
                    tape[i].slope);
    text_printf("\nwalking back\n");
    double slope = 1;
    for (int i = STEPS_NOTED - 1; i >= 0; i--)
        text_printf("  slope of s by %s      %8.4f\n", inputs[i],
                    slope *= tape[i].slope);
    text_printf("difference quotient    %8.4f\n",
                (score(a + h, apart) - score(a - h, apart)) / (2 * h));
}

/*
Equal, and the walk back found the slopes by $u$ and by $w$ on the way. With a
million parameters it is still one walk through the same notes. (Where a number is
used in two places, its two slopes add up.)

Our library does this for every operation it has. Whatever is computed from a
parameter (`t_param` makes one) is noted down on a tape. `t_backward(loss)`
walks back through it, and `t_grad(p)` is then the {term}`gradient` of the
parameter `p`: the slope of the loss by each of its numbers. Only what to
compute is left to write. For the loss of our fit that is one line; and
{term}`gradient descent` is another: move the parameter a little against its
slope,

$$
a \leftarrow a - \eta\, \frac{\partial L}{\partial a} ,
$$ (eq-descent)

where the *rate* $\eta$ says how far. In the cell it is 1.
*/
static Tensor *loss_of(Sample s, Tensor *log_w)
{
    Tensor *weights = t_softmax(gaussian_scores(s.x, s.x, log_w));
    return t_squared_error(t_matmul(weights, s.y), s.y);
}

double loss_and_slope(Sample s, double a, double *slope)
{
    Tensor *log_w = t_param(NULL, 1);
    t_at(log_w, 0) = (real)a;
    Tensor *loss = loss_of(s, log_w);
    double value = t_item(loss);
    t_backward(loss);
    *slope = (double)t_at(t_grad(log_w), 0);
    tape_reset();               /* the walk is over: the notes may go */
    return value;
}

static void steps_downhill(void)
{
    const double rate = 1, h = 0.01;
    Sample s = { t_keep(points().x), t_keep(points().y) };
    double a = 0, slope, ignored;
    double up = loss_and_slope(s, h, &ignored);
    double down = loss_and_slope(s, -h, &ignored);
    loss_and_slope(s, a, &slope);
    text_printf("slope at width 1, by the tape      %8.4f\n", slope);
    text_printf("by the difference quotient         %8.4f\n\n",
                (up - down) / (2 * h));
    text_printf("%6s %8s %8s     %s\n", "width", "loss", "slope", "new width");
    for (int step = 0; step < 4; step++) {
        double loss = loss_and_slope(s, a, &slope);
        text_printf("%6.4f %8.4f %8.4f  -> %6.4f\n", exp(-a), loss, slope,
                    exp(-(a - rate * slope)));
        a -= rate * slope;
    }
}

/*
At width 1 the slope is negative: with a larger $a$, which is a narrower kernel,
the loss gets smaller. One step downhill takes the width from 1 to what stands at
the right, and the next begins there.
{quiz} The slopes of the steps could be multiplied from the first step on.

(sec-learn-width)=
## Learning the width, and a trap

One rate for all steps is too long in one place and too short in another. The
usual refinement is **Adam** {cite}`kingma2015`. For each parameter it keeps two
running means, of its slopes, $m$, and of their squares, $v$ (in this formula
alone, $m$ is not a number of points), and takes the step

$$
a \leftarrow a - \eta\, \frac{m}{\sqrt{v} + \epsilon} .
$$ (eq-adam)

If the slopes go on pointing the same way, $m/\sqrt v$ is near $\pm 1$ and the
step as long as the rate $\eta$, be the slope steep or gentle; if they change
their sign from step to step, $m$ is near 0 and the step is short. ($\epsilon$ is
tiny and keeps us from dividing by zero. Both means start from zero and are
divided, in the first steps, by the share of slopes that they have seen.)

This is the first training loop of the book, and all later ones look like it:
reset the tape, compute the loss, go backward, step. `t_param` now enters the
parameter in a list, `Params`, so that the optimiser knows it; `t_keep` makes a
copy that a reset of the tape leaves alone.

But look at the right column of the [table of widths](sec-width): on the points
themselves, the narrowest has the smallest error. That is where our four steps
downhill were going. Of course: when the query *is* one of the keys, the nearest
key is the point itself, and its value is the answer. Listening to nobody else
makes the loss zero. The cure is **leave one out**: a point must not vote on
itself. That is a mask on the diagonal, a score of $-\infty$. *Before you read on:
of the two, which will end with the smaller loss, and which will be nearer to the
curve?*
*/
Learned learn_width(Sample s, bool leave_one_out, int steps, Plot *plot)
{
    int m = t_dim(s.x, 0);
    Params params = { 0 };
    Tensor *log_w = t_param(&params, 1);    /* one number, 0 at first: w = 1 */
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

/* fold: prints a line */
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

    plot_guesses("learned", "x truth with_self leave_one_out fixed", 3,
                 (Tensor *[]){ fit(with_self.width), fit(without.width),
                               fit(1) });
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

Of the two that have learned, the one with the smaller loss is the worse. A model
that may see the answer among its inputs learns to copy, and the loss praises it for
that. The causal mask of chapter 5 is the same cure for the same disease.
{quiz} What should you ask first?

The loss of the good model stays near 0.1. Most of that is the noise, of
variance $0.3^2 = 0.09$, which nobody can predict. Nor does leaving one out
find the very best width (0.2 is nearer to the truth here). It finds one of the right
size from 50 noisy points, without ever being shown the truth.

(sec-best-width)=
## How the best width depends on how much one knows

With more points one can afford to listen more narrowly. Theory says how much
more {cite}`wasserman2006`. The squared error has two parts. The fit is pulled
away from the curve by an amount like $\sigma^2$, which counts squared:
$\sigma^4$. And it repeats some of the noise: the variance $s^2$ of the noise
divided by the number of points that are heard, about $s^2 / (m\sigma)$. The
slope of $\sigma^4 + s^2/(m\sigma)$ is zero where $\sigma^5$ is proportional to
$s^2/m$, so the best width falls like $m^{-1/5}$. That is slow: for half the
width one needs 32 times the points. For each $m$ the cell draws samples, finds the
width with the least error against the truth on a fine scale, and takes the mean of
its logarithm. It keeps away from the ends of the interval, where the theory does
not hold.
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
    /* fold: fits a line */
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

The theory speaks of $m$ without bound; five sizes, of two dozen samples each, come
close to it. (Another seed: `ARGS='--cell best_width_against_points --seed 2'`.)
{quiz} Why so little?

(sec-claims-03)=
## What we claimed, and where it is checked

:::{folded} The list
- Average pooling answers every query alike. {test}`tests/03_kernel_regression.c: average_pooling_ignores_the_query`
- Weights are not negative and add up to 1; out of reach of every key they are 0. {test}`tests/03_kernel_regression.c: weights_add_up_to_one_within_reach_and_to_zero_beyond`
- A nearer key never gets less weight. {test}`tests/03_kernel_regression.c: a_nearer_key_never_gets_less_weight`
- Epanechnikov's kernel is a parabola, not a triangle, and its breadth is what we said. {test}`tests/03_kernel_regression.c: the_kernels_have_their_shapes_and_breadths`
- The Gaussian's weights are a softmax of minus half the squared distance. {test}`tests/03_kernel_regression.c: the_gaussian_kernel_is_a_softmax`
- For keys of equal length, they are also a softmax of inner products. {test}`tests/03_kernel_regression.c: for_keys_of_equal_length_distance_and_inner_product_agree`
- Looking at oneself, the narrower the better on the points; against the truth neither the narrowest nor the broadest of many widths is best. {test}`tests/03_kernel_regression.c: the_narrowest_width_wins_only_on_its_own_points`
- Walking back through three noted steps gives the slope of a score: that of the formula, of a difference, and of the library. {test}`tests/03_kernel_regression.c: walking_back_finds_the_slope_of_a_score`
- The tape's slope of the loss is that of a difference, and a step against it makes the width and the loss smaller. {test}`tests/03_kernel_regression.c: a_step_against_the_slope_goes_downhill`
- Learning with oneself included makes the width collapse; leaving oneself out, it settles where it helps. {test}`tests/03_kernel_regression.c: the_width_collapses_unless_a_point_is_left_out`
- The best width falls like one over the fifth root of the number of points. {test}`tests/03_kernel_regression.c: the_best_width_falls_with_the_fifth_root`
:::

## Summary

- A weighted mean with weights from a kernel is attention: the new point is the
  query, the measured points are keys and values.
- The Gaussian kernel is a softmax of squared distances. Which kernel hardly
  matters; how wide does.
- A program finds slopes by walking back through the steps it has noted on a
  tape, and learns by moving its parameters against them.
- The width can be learned so, but only if no point votes on itself.
- The more one knows, the more narrowly one should listen: like $m^{-1/5}$.

(sec-exercises-03)=
## Exercises

{exercises}

And two experiments, which no program can mark:

- In `learn_width`, start from a width of 0.05: `t_at(log_w, 0) = 3;`. Where does
  each of the two models go now?
- In `draw_sample`, double the noise. Predict from the theory by what factor the
  learned width grows, and what becomes of the loss; run; compare.

## Further reading

{cite:t}`nadaraya1964` and {cite:t}`watson1964` found the estimator independently,
{cite:t}`wasserman2006` derives the fifth root, and {cite:t}`zhang2023` introduces
attention by the same example.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(average_pooling);
    cell(a_nearer_key_counts_more);
    cell(gaussian_is_softmax);
    cell(four_kernels);
    cell_value(gaussian_width, 0.02, 2);
    cell(four_widths);
    cell(three_steps_back);
    cell(steps_downhill);
    cell(the_trap);
    cell(best_width_against_points);
    return cell_end();
}

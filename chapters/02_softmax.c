/*
# Softmax: scores into weights

Chapter 1 ended with a table of scores: how much each token is like each other
token. To mix the tokens according to their scores we need *weights*: not
negative, and adding up to 1. This chapter is about the function that makes
weights of scores, the **softmax**. It has one line of definition, one trap for
floating-point numbers, a dial from "take the best" to "treat all alike", and a
slope that can vanish. All of these come back in later chapters.

:::{figure} 02_softmax/temperature.svg
:name: fig-temperature
:alt: Four weights against temperature on a logarithmic axis. At low temperature the largest score has weight one; at high temperature all four approach one quarter.

The weights that softmax gives to the scores 1, 2, 3 and 4. At low temperature
the largest takes all; at high temperature all get the same.
:::

(sec-softmax)=
## Three steps from score to weight

Scores may be negative, weights may not, so the first step is a function that
is always positive and keeps the order. The exponential does both, and turns
differences into ratios: one point more of score is 2.718 times the weight,
wherever on the scale the two scores are. The second step adds up; the third
divides by the sum.

$$
\operatorname{softmax}(z)_i = p_i
  = \frac{e^{z_i}}{\displaystyle\sum_{j=1}^{n} e^{z_j}} ,
\qquad i = 1, \dots, n .
$$ (eq-softmax)

Every $p_i$ is positive and they add up to 1, so they can be read as
probabilities. The name is due to {cite:t}`bridle1990`. As C, word for word
(`real` is this book's name for `float`; with `<tgmath.h>`, `exp` of a `float`
is computed as a `float`):
*/
#include "02_softmax.h"

#include "cell/cell.h"
#include "cell/plot.h"

#include <tgmath.h>

void softmax_naive(int n, const real *z, real *p)
{
    real sum = 0;
    for (int i = 0; i < n; i++) {
        p[i] = exp(z[i]);
        sum += p[i];
    }
    for (int i = 0; i < n; i++)
        p[i] /= sum;
}

/*
An example that can be done in the head: the scores $\ln 1$, $\ln 2$, $\ln 3$.
The exponential undoes the logarithm, the sum is 6, and the weights are 1/6,
2/6 and 3/6.
*/
static void one_two_three_sixths(void)
{
    enum { N = 3 };
    real z[N], p[N];
    for (int i = 0; i < N; i++)
        z[i] = log((real)(i + 1));
    softmax_naive(N, z, p);
    /* fold: prints the table */
    text_printf("%8s %8s %8s %8s\n", "score", "e^score", "weight", "times 6");
    for (int i = 0; i < N; i++)
        text_printf("%8.4f %8.4f %8.4f %8.4f\n", z[i], exp(z[i]), p[i],
                    6 * p[i]);
}

/*
Differences of scores have become ratios of weights:
$p_i / p_j = e^{z_i - z_j}$. From $\ln 1$ to $\ln 3$ the weight is three times
as large.

For a matrix of scores, softmax works on each row by itself: each query shares
out a weight of 1 among the keys. The library's `t_softmax` does all rows.
*/
static void row_by_row(void)
{
    Tensor *scores = t_matrix(2, 3,
                              1, 2, 3,
                              5, 5, 0);
    Tensor *weights = t_softmax(scores);
    text_matrix("scores", scores, NULL, NULL, 0);
    text_matrix("weights", weights, NULL, NULL, 4);
    text_matrix("sum of each row", t_sum(weights, -1), NULL, NULL, 4);
}

/*
{quiz} Why the exponential, and not simply each score divided by the sum of the scores?

(sec-overflow)=
## Adding a constant, and the overflow it cures

Add the same number $c$ to all scores. Every $e^{z_i}$ is multiplied by $e^c$,
above and below the fraction bar, and so nothing changes:

$$
\frac{e^{z_i + c}}{\sum_j e^{z_j + c}}
  = \frac{e^c\, e^{z_i}}{e^c \sum_j e^{z_j}}
  = \frac{e^{z_i}}{\sum_j e^{z_j}} .
$$ (eq-shift)

On paper. In a `float` the largest number is about $3.4 \cdot 10^{38}$, which
is $e^{88.7}$. A score of 89 makes $e^z$ infinite, and infinity divided by
infinity is not a number. Scores below $-104$ make $e^z$ zero, and if all are,
we divide zero by zero, which is not a number either. Since {eq}`eq-shift` lets
us choose $c$, we choose $c = -\max_j z_j$. Then the largest exponent is 0,
nothing can overflow, and the sum is at least 1. (The two special cases in the
code, a maximum of $-\infty$ and a sum of 0, are for [the score that means
"never"](sec-never).)
*/
static real largest(int n, const real *z)
{
    real max = z[0];
    for (int i = 1; i < n; i++)
        max = fmax(max, z[i]);
    return max;
}

void softmax(int n, const real *z, real *p)
{
    real max = largest(n, z), sum = 0;
    for (int i = 0; i < n; i++) {
        p[i] = max == -INFINITY ? 0 : exp(z[i] - max);
        sum += p[i];
    }
    for (int i = 0; i < n; i++)
        p[i] = sum == 0 ? 0 : p[i] / sum;
}

/*
The cell gives both functions the scores $c$, $c + 1$, $c + 2$, which deserve
the same three weights for every $c$.
*/
static void overflow(void)
{
    enum { N = 3 };
    real naive[N], stable[N];
    text_printf("%6s  %-26s  %s\n", "c", "as written", "maximum subtracted");
    const real shown[] = { 0, 80, 86, 86.5f, 87, 1000, -110 };
    for (int i = 0; i < (int)(sizeof shown / sizeof *shown); i++) {
        real c = shown[i], z[N] = { c, c + 1, c + 2 };
        softmax_naive(N, z, naive);
        softmax(N, z, stable);
        text_printf("%6g ", c);
        for (int k = 0; k < N; k++)
            text_printf(" %8.4f", naive[k]);
        text_printf("  ");
        for (int k = 0; k < N; k++)
            text_printf(" %.4f", stable[k]);
        text_printf("\n");
    }
    /* fold: writes the figure's data */
    Plot *plot = plot_open("overflow", "c as_written maximum_subtracted");
    for (int step = 0; step <= 60; step++) {
        real c = 80 + (real)step / 4, z[N] = { c, c + 1, c + 2 };
        softmax_naive(N, z, naive);
        softmax(N, z, stable);
        plot_row(plot, c, naive[N - 1], stable[N - 1]);
    }
    plot_close(plot);
}

/*
At $c = 86.5$ no single $e^z$ overflows, but their sum does. A number divided by
infinity is 0: three weights of 0, wrong, and with no `nan` to warn. At 87 the largest
$e^z$ is infinite too. The other two are still divided by infinity and are 0,
but infinity by infinity is not a number: `nan`. At 1000 all three are infinite,
at $-110$ all three are 0, and so is their sum: `nan` everywhere.

:::{figure} 02_softmax/overflow.svg
:name: fig-overflow
:alt: The weight of the largest of three scores against the offset c. Computed as written, the line ends just above 86, drops to 0 for one point, and is gone by 87; with the maximum subtracted it goes on at 0.665.

The weight of the largest of the scores $c$, $c + 1$, $c + 2$. As written, the
formula gives 0 once the sum overflows, between $c = 86$ and $86.5$, and has no
value once the largest term does. With the maximum subtracted it is a straight
line, as it should be.
:::
{quiz} All scores rise by 5. What happens to the weights?

(sec-never)=
## The score that means "never"

Some tokens must not be looked at: padding at the end of a short sentence, or
words that have not been written yet. On paper no finite score forbids them, for
$e^z$ is never 0; in a `float`, which score is low enough depends on the others.
The score $-\infty$ does: $e^{-\infty} = 0$ exactly, in C as on
paper, and the other weights are what they would be if the token were not
there.

What if *every* token of a row is forbidden? The formula says 0/0. Subtracting
the maximum does not help: if all scores are $-\infty$, the maximum is $-\infty$
too, and $-\infty - (-\infty)$ is not a number. Hence the test in the code. We
decide that such a row gets weight 0 everywhere: a query with nothing to look at
brings home nothing. Its weights then add up to 0, not 1. (PyTorch returns NaN
for such a row, which then spreads through everything it touches.)
*/
static void never(void)
{
    real never = -(real)INFINITY;
    Tensor *scores = t_matrix(3, 3,
                              1, 2, 0,
                              1, 2, never,
                              never, never, never);
    text_matrix("scores", scores, NULL, NULL, 0);
    text_matrix("weights", t_softmax(scores), NULL, NULL, 4);
}

/*
{quiz} A padding token gets the score $-20$ in place of $-\infty$. What goes wrong?

(sec-log-sum-exp)=
## The logarithm of the sum

Training needs the logarithm of a weight, $\ln p_i$. Computing $p_i$ first and
taking its logarithm afterwards fails: a weight that is too small for a `float`
is 0, and $\ln 0$ is $-\infty$. Take the logarithm of {eq}`eq-softmax` on paper
instead:

$$
\begin{aligned}
\ln p_i &= z_i - \ln \sum_j e^{z_j} = z_i - \operatorname{lse}(z) , \\
\operatorname{lse}(z) &= M + \ln \sum_j e^{z_j - M} ,
\qquad M = \max_j z_j .
\end{aligned}
$$ (eq-lse)

The {term}`log-sum-exp` takes out the maximum just as softmax did. It deserves
its nickname, the smooth maximum: the sum of the $e^{z_j - M}$ is at least 1 and
at most $n$, so $M \le \operatorname{lse}(z) \le M + \ln n$.
*/
real log_sum_exp(int n, const real *z)
{
    real max = largest(n, z), sum = 0;
    if (max == -INFINITY)
        return max;
    for (int i = 0; i < n; i++)
        sum += exp(z[i] - max);
    return max + log(sum);
}

static void smooth_maximum(void)
{
    static const real z[4][3] = {
        { 0, 0, 0 }, { 1, 2, 3 }, { 10, 20, 30 }, { 1000, 1000, -1000 },
    };
    text_printf("%-20s %10s %12s\n", "scores", "maximum", "log-sum-exp");
    for (int i = 0; i < 4; i++)
        text_printf("%5g %6g %7g %10g %12.4f\n", z[i][0], z[i][1], z[i][2],
                    largest(3, z[i]), log_sum_exp(3, z[i]));

    Tensor *far = t_vector(0, -200);
    Tensor *late = t_log(t_softmax(far)), *early = t_log_softmax(far);
    text_printf("\nlogarithm of the weight of -200 beside 0\n");
    text_printf("  softmax, then log %10g\n", t_at(late, 1));
    text_printf("  log-softmax       %10g\n", t_at(early, 1));
}

/*
(sec-temperature)=
## Temperature

Divide all scores by a number $T > 0$ before the softmax. With a small $T$ the
differences grow and the largest score takes everything: a weight of 1 for the
place of the maximum, 0 for the rest. That is the arg max, and softmax is a
*soft* one, hence the name. With a large $T$ the differences shrink and all
weights approach $1/n$. The number is called {term}`temperature`, after the
same formula in physics, where hot things are spread out over all their states;
{cite:t}`hinton2015` made the word common in our field.
*/
static void temperature(void)
{
    enum { N = 4 };
    const real z[N] = { 1, 2, 3, 4 };
    real scaled[N], p[N];
    Plot *plot = plot_open("temperature",
                           "T weight_of_1 weight_of_2 weight_of_3 weight_of_4");
    text_printf("%8s %8s %8s %8s %8s\n", "T", "p(1)", "p(2)", "p(3)", "p(4)");
    for (int step = -20; step <= 40; step++) {
        real t = pow((real)10, (real)step / 20);
        for (int i = 0; i < N; i++)
            scaled[i] = z[i] / t;
        softmax(N, scaled, p);
        plot_row(plot, t, p[0], p[1], p[2], p[3]);
        if (step % 10 == 0)
            text_printf("%8.3f %8.4f %8.4f %8.4f %8.4f\n", t, p[0], p[1], p[2],
                        p[3]);
    }
    plot_close(plot);
}

/*
Remember this dial. In chapter 5 a factor of $1/\sqrt{d_k}$ appears inside the
softmax of attention. It is a temperature of $\sqrt{d_k}$, and without it
attention would train badly.
{quiz} What happens to the order of the weights, and to the largest of them?

(sec-jacobian)=
## The slope of softmax

A network learns by asking: if this score were a little higher, how would each
weight change? All these slopes together, row $i$ for the weight and column $j$
for the score, are a matrix $J$, the {term}`Jacobian`. Let us differentiate.
With $Z = \sum_j e^{z_j}$, $p_i = e^{z_i} / Z$, the quotient rule gives

$$
\frac{\partial p_i}{\partial z_j}
  = \frac{\delta_{ij}\, e^{z_i}}{Z} - \frac{e^{z_i}\, e^{z_j}}{Z^2}
  = p_i\,(\delta_{ij} - p_j),
\qquad
J = \operatorname{diag}(p) - p\,p^\top ,
$$ (eq-jacobian)

where $\delta_{ij}$ is 1 if $i = j$ and 0 otherwise. Raising a score raises its
own weight, $p_i (1 - p_i) > 0$, at the cost of all others, $-p_i p_j < 0$. Every
column of $J$ adds up to 0, because the weights go on adding up to 1 when one
score changes; and every row does, because no weight changes when all scores rise
together ({eq}`eq-shift`).
*/
Tensor *softmax_jacobian(Tensor *p)
{
    int n = t_dim(p, 0);
    Tensor *jacobian = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            t_at(jacobian, i, j) = t_at(p, i) * ((i == j) - t_at(p, j));
    return jacobian;
}

/*
Never trust a derivative that has not been compared with a difference. Nudge
one score up and down by $\epsilon$, and divide the change of the weights by
$2\epsilon$:
*/
static void slopes(void)
{
    enum { N = 3 };
    const real z[N] = { 1, 2, 3 }, epsilon = (real)0.01;
    real up[N], down[N], nudged[N];
    Tensor *measured = t_zeros(N, N);
    for (int k = 0; k < N; k++) {
        for (int i = 0; i < N; i++)
            nudged[i] = z[i] + (i == k ? epsilon : 0);
        softmax(N, nudged, up);
        for (int i = 0; i < N; i++)
            nudged[i] = z[i] - (i == k ? epsilon : 0);
        softmax(N, nudged, down);
        for (int i = 0; i < N; i++)
            t_at(measured, i, k) = (up[i] - down[i]) / (2 * epsilon);
    }
    Tensor *p = t_softmax(t_from(z, N));
    text_matrix("by the formula", softmax_jacobian(p), NULL, NULL, 4);
    text_matrix("by differences", measured, NULL, NULL, 4);
}

/*
Look at {eq}`eq-jacobian` once more. If one weight is nearly 1 and the others
nearly 0, then every product $p_i (\delta_{ij} - p_j)$ is nearly 0: the slope
is gone, and with it all that could be learned through it. We say that the
softmax is *saturated* ({term}`saturation`). The cell multiplies the scores 1,
2, 3 by a growing factor and prints the largest weight beside the size of the
Jacobian (the square root of the sum of its squared entries).
*/
static void saturation(void)
{
    text_printf("%8s %15s %18s\n", "factor", "largest weight",
                "size of Jacobian");
    for (int factor = 1; factor <= 16; factor *= 2) {
        Tensor *p = t_softmax(t_scale(t_vector(1, 2, 3), factor));
        Tensor *j = softmax_jacobian(p);
        double size = sqrt(t_item(t_sum(t_mul(j, j), T_ALL)));
        text_printf("%8d %15.6f %18.6f\n", factor, t_item(t_max(p, T_ALL)),
                    size);
    }
}

/*
{quiz} Why can the model hardly learn through this softmax, even if that weight is wrong?

(sec-three-stages)=
## Three stages make attention

Now we have all that a first attention needs, one without parameters. S4 (one of
the notes of the [preface](preface)) names its three stages well:

1. **Score**: compare each query with each key. Here $XX^\top$.
2. **Weight**: softmax of each row.
3. **Mix**: for each query, the sum of all values, each times its weight. Here
   the values are the rows of $X$ again.

In one formula:

$$
Y = \operatorname{softmax}(XX^\top)\, X .
$$ (eq-parameterless)

The cell takes the three characters of 早上好 through it, with vectors of four
random numbers. To put your own sentence in their place:

```sh
make run CH=02 ARGS='--cell three_stages --text "Tom chases Jerry"'
```

:::{list-table} Shape ledger of parameterless attention
:header-rows: 1
:name: tab-ledger-parameterless

* - name
  - shape
  - meaning
* - $X$
  - $(n, d)$
  - one row for each token
* - $XX^\top$
  - $(n, n)$
  - scores; row: who looks, column: at whom
* - $\operatorname{softmax}(XX^\top)$
  - $(n, n)$
  - weights; each row adds up to 1
* - $Y$
  - $(n, d)$
  - each token as a mixture of all tokens
:::
*/
static double heat = 1;     /* the temperature; 1 leaves scores as they are */

static void three_stages(void)
{
    Words words = cell_words();
    Tensor *x = text_vectors(words, 4, cell_seed());
    Tensor *scores = t_matmul(x, t_transpose(x));
    Tensor *weights = t_softmax(t_scale(scores, 1 / heat));
    Tensor *y = t_matmul(weights, x);
    text_matrix("X", x, words.word, NULL, 2);
    text_matrix("scores", scores, words.word, words.word, 2);
    text_matrix("weights", weights, words.word, words.word, 2);
    text_matrix("Y", y, words.word, NULL, 2);
    plot_matrix("weights", weights, words.word, words.word);
}

/*
:::{figure} 02_softmax/weights.svg
:name: fig-softmax-weights
:alt: Heat map of softmax of the Gram matrix of 早上好; in each row the diagonal is largest.

The weights $\operatorname{softmax}(XX^\top)$ for 早上好. Rows are who looks,
columns at whom; each row adds up to 1.
:::

Each row of $Y$ is a *mixture*: weights that are not negative and add up to 1
can only reach points between the rows of $X$. No number in $Y$ is larger than
the largest, or smaller than the smallest, in its column of $X$.

:::{admonition} Erratum: the result is vectors, not relatedness
:class: erratum
S0 says that the weighted sum $\operatorname{softmax}(XX^\top)X$ gives "the
degree of relatedness between the vectors". The relatedness is in the weights.
The result is a new vector for each token, of the same width as the old.
:::
{quiz} Can a softmax of scores bring out a number that is larger than all numbers of $X$?

(sec-stuck)=
## Stuck on itself

The diagonal of the weights stands out. Chapter 1 showed why: unless another is
longer, a token is most like itself. S0 complains of just this, that a position
attends too much to itself. How bad is it? The cell takes eight random rows, 200
times over, and prints the mean weight that a row gives itself, for growing
width $d$; a fair share would be 1/8. The right column divides the scores by
$\sqrt d$ first, the factor that chapter 5 will explain.
*/
static double weight_on_itself(Tensor *weights)
{
    double sum = 0;
    for (int i = 0; i < t_dim(weights, 0); i++)
        sum += (double)t_at(weights, i, i);
    return sum / t_dim(weights, 0);
}

static void stuck_on_itself(void)
{
    enum { TRIALS = 200, ROWS = 8 };
    Rng rng = rng_new(cell_seed());
    text_printf("%6s  %8s  %14s\n", "width", "XX^T", "XX^T / sqrt(d)");
    for (int d = 1; d <= 256; d *= 4) {
        double raw = 0, scaled = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            Tensor *x = t_normal(&rng, ROWS, d);
            Tensor *scores = t_matmul(x, t_transpose(x));
            raw += weight_on_itself(t_softmax(scores));
            scaled += weight_on_itself(
                t_softmax(t_scale(scores, 1 / sqrt((double)d))));
            tape_reset();
        }
        text_printf("%6d  %8.4f  %14.4f\n", d, raw / TRIALS, scaled / TRIALS);
    }
}

/*
At width 64 a token gives itself more than 99 % of its weight on average, with
the factor or without; $\operatorname{softmax}(XX^\top)X$ has become a costly
way to copy $X$. The cure is not in the softmax. It is to compare something
other than a token with itself: a *query* made from the one, with a *key* made
from the other.

(sec-online)=
## Maximum and sum in one pass

Our softmax goes over a row three times: for the maximum, for the sum, and to
divide. When the scores are many, reading is what costs. The first two passes
can be one, for maximum and sum together {cite}`milakov2018`. Keep the largest
score seen so far, $M$, and the sum $s$ of $e^{z - M}$ over what has been seen.
When a new score $z$ arrives, the maximum may change to $M'$; then the old sum
was taken with the wrong maximum, and one multiplication puts that right:

$$
M' = \max(M, z), \qquad
s' = s\, e^{M - M'} + e^{z - M'} .
$$ (eq-online)

It starts from $M = -\infty$, $s = 0$. (As long as every score is $-\infty$,
$M - M'$ is not a number. The code tests for that, as `softmax` does.)
*/
Running running_start(void)
{
    return (Running){ .max = -(real)INFINITY, .sum = 0 };
}

Running running_add(Running seen, real score)
{
    real max = fmax(seen.max, score);
    if (max == -INFINITY)       /* nothing but "never" so far */
        return seen;
    return (Running){
        .max = max,
        .sum = seen.sum * exp(seen.max - max) + exp(score - max),
    };
}

real running_weight(Running seen, real score)
{
    return seen.sum == 0 ? 0 : exp(score - seen.max) / seen.sum;
}

static void one_pass(void)
{
    enum { N = 5 };
    const real z[N] = { 1, 3, 2, 5, 4 };
    Running seen = running_start();
    text_printf("%6s %10s %10s\n", "score", "maximum", "sum");
    for (int i = 0; i < N; i++) {
        seen = running_add(seen, z[i]);
        text_printf("%6g %10g %10.6f\n", z[i], seen.max, seen.sum);
    }
    /* fold: compares it with softmax */
    real p[N];
    softmax(N, z, p);
    text_printf("\n%6s %10s %10s\n", "score", "one pass", "softmax");
    for (int i = 0; i < N; i++)
        text_printf("%6g %10.6f %10.6f\n", z[i], running_weight(seen, z[i]),
                    p[i]);
}

/*
Here it is a curiosity. Its use comes in chapter 5: a *mixture* of values,
$\sum_j e^{z_j - M} v_j$, can be kept up to date in the same way, rescaled
whenever the maximum changes. Then neither scores nor weights need ever be
stored, and very long sequences come within reach.
{quiz} Why does the weight of a token on itself grow with the width?

(sec-claims-02)=
## What we claimed, and where it is checked

:::{folded} The list
- $\{\ln 1, \ln 2, \ln 3\}$ become 1/6, 2/6, 3/6. {test}`tests/02_softmax.c: logarithms_of_one_two_three_become_sixths`
- Weights are positive, keep the order of the scores and add up to 1. {test}`tests/02_softmax.c: weights_are_positive_ordered_and_add_up_to_one`
- Adding a constant to all scores changes nothing. {test}`tests/02_softmax.c: adding_a_constant_changes_no_weight`
- The formula as written fails once the sum passes the largest `float`; with the maximum subtracted it does not. {test}`tests/02_softmax.c: subtracting_the_maximum_cures_the_overflow`
- A score of $-\infty$ gets weight 0 exactly, and the others are as if it were not there. {test}`tests/02_softmax.c: a_score_of_minus_infinity_is_as_if_absent`
- A row of nothing but $-\infty$ gets weight 0 everywhere. {test}`tests/02_softmax.c: a_row_without_hope_gets_no_weight`
- $\max \le \operatorname{lse} \le \max + \ln n$. {test}`tests/02_softmax.c: log_sum_exp_lies_between_the_maximum_and_log_n_more`
- The logarithm of a weight survives where the weight does not. {test}`tests/02_softmax.c: log_softmax_survives_underflow`
- Low temperature takes the best, high temperature treats all alike. {test}`tests/02_softmax.c: temperature_runs_from_the_best_to_all_alike`
- $J = \operatorname{diag}(p) - pp^\top$; its rows and its columns add up to 0. {test}`tests/02_softmax.c: the_jacobian_matches_differences`
- The Jacobian vanishes as one weight approaches 1. {test}`tests/02_softmax.c: a_saturated_softmax_has_no_slope`
- Each row of $\operatorname{softmax}(XX^\top)X$ lies between the rows of $X$. {test}`tests/02_softmax.c: a_mixture_stays_between_what_it_mixes`
- The wider the rows, the more weight on itself. {test}`tests/02_softmax.c: wide_rows_look_only_at_themselves`
- Maximum and sum in one pass give the same weights. {test}`tests/02_softmax.c: one_pass_equals_three`
- The library's `t_softmax` equals ours, row by row. {test}`tests/02_softmax.c: the_library_softmax_equals_ours`
:::

## Summary

- Softmax: exponentiate, add up, divide. Differences of scores become ratios of
  weights.
- Always subtract the maximum first; it changes nothing but the overflow. A
  score of $-\infty$ means "never".
- Temperature turns softmax from "take the best" to "treat all alike".
- Its Jacobian is $\operatorname{diag}(p) - pp^\top$, and vanishes when one
  weight is near 1.
- Score, weight, mix: $\operatorname{softmax}(XX^\top)X$ is attention without
  parameters. With wide random rows each token sees only itself.

(sec-exercises-02)=
## Exercises

{exercises}

And three experiments, which no program can mark:

- In `temperature`, make one of the scores $-\infty$. What should its weight be at
  high temperature? Is it?
- In `stuck_on_itself`, take rows of length 1 (`unit_rows` of chapter 1 shows how).
  Predict what the left column becomes; run; explain what happened to the width.
- In `softmax_naive`, compute with `double` in place of `real`. From which $c$ on does
  the cell `overflow` go wrong now? (The largest `double` is about $1.8 \cdot
  10^{308}$.) Does a wider type cure it?

## Further reading

{cite:t}`bridle1990` named the function; {cite:t}`hinton2015` on temperature;
{cite:t}`milakov2018` on the single pass. Turning scores into weights this way,
for attention, starts with {cite:t}`bahdanau2015`.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, "早上好");
    cell(one_two_three_sixths);
    cell(row_by_row);
    cell(overflow);
    cell(never);
    cell(smooth_maximum);
    cell(temperature);
    cell(slopes);
    cell(saturation);
    cell(three_stages);
    cell_value(heat, 0.1, 10);
    cell(stuck_on_itself);
    cell(one_pass);
    return cell_end();
}

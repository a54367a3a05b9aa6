/*
# Similarity: what $XX^\top$ means

To attend is to compare. Before a program can decide which words of a sentence
matter to which, it needs a number that says how alike two words are. This
chapter builds that number, the inner product, and then shows that a single
matrix product, $XX^\top$, computes it for every pair of words at once. At the
end we shall know what each entry of that matrix tells us, and also two things
it can never tell us, which is why the Transformer does not use it as it
stands.

The book grew out of five sets of study notes, called **S0** to **S4** here; the
[preface](preface) says which they are. Where they are mistaken in a way that is
easy to fall for, a box like that in [section 2](sec-angle) says so and gives the
reason.

:::{figure} 01_similarity/projection.svg
:name: fig-projection
:alt: Two arrows from the origin, (2, 1) and (1, 3), forty-five degrees apart, with the shadow of the first on the second ending at (0.5, 1.5).

Two vectors, and the shadow that one casts on the other. The inner product is
the length of the shadow times the length of the vector it falls on.
:::

(sec-rows)=
## Words as rows

A computer can compare numbers, so the first step is to turn words into
numbers. One number for each word would be too little to say much about it. We
give each word a list of $d$ numbers, a *vector*, and write the vectors of a
sentence under one another. Such a list is called the {term}`embedding` of the
word; a word or whatever other piece we cut the sentence into is a
{term}`token`. A sentence of $n$ tokens is then a matrix $X$ with $n$ rows and
$d$ columns. *Rows are tokens*: that holds in the whole book.

Where the numbers come from does not matter yet. From chapter 4 on they are
learned. Here we choose them by hand, or at random.

The **inner product** (or {term}`dot product`) of two vectors multiplies them
element by element and adds up:

$$
a \cdot b = \sum_{k=1}^{d} a_k b_k .
$$ (eq-dot)

It is large when the two have large numbers in the same places with the same
sign, zero when agreements and disagreements cancel, and negative when they
disagree on the whole. That is already a usable score of likeness. In C it is
one loop. (In code, vectors and matrices are *tensors*; `t_at(a, k)` is element
$k$, a `real`, which is a `float`. We count from 1 in formulas and from 0 in
code.)
*/
#include "01_similarity.h"

#include "cell/cell.h"
#include "cell/plot.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

double dot(const Tensor *a, const Tensor *b)
{
    if (t_size(a) != t_size(b))
        t_fail("dot: lengths differ: %s and %s", t_shape(a), t_shape(b));
    double sum = 0;
    for (int k = 0; k < t_size(a); k++)
        sum += (double)t_at(a, k) * (double)t_at(b, k);
    return sum;
}

/*
Now take *all* pairs. Row $i$ of $X$ is the vector $x_i$; column $j$ of
$X^\top$, the transpose, is the vector $x_j$. The rule for matrix products says
"row times column", so entry $(i, j)$ of $XX^\top$ is

$$
(XX^\top)_{ij} = x_i \cdot x_j .
$$ (eq-gram)

The product of a matrix with its own transpose is the table of all inner
products of its rows. It is called the {term}`Gram matrix` of the rows. In our
library it reads like the formula:
*/
Tensor *gram(Tensor *x)
{
    return t_matmul(x, t_transpose(x));
}

/*
The smallest example has two tokens and two numbers for each. The cell below
prints $X$, $X^\top$ and their product. Work out one entry with a pencil before
you read on: row 1 times row 2 is $2 \cdot 1 + 1 \cdot 3 = 5$.
*/
static void two_by_two(void)
{
    Tensor *x = t_matrix(2, 2,
                         2, 1,
                         1, 3);
    text_matrix("X", x, NULL, NULL, 0);
    text_matrix("X^T", t_transpose(x), NULL, NULL, 0);
    text_matrix("X X^T", gram(x), NULL, NULL, 0);
}

/*
Three things are visible already, and hold for every $X$:

- The result is **square**: $n$ rows and $n$ columns, whatever $d$ was. How
  many numbers describe a token does not show in the table of scores.
- It is **symmetric**: $x_i \cdot x_j = x_j \cdot x_i$. Row 1 likes row 2
  exactly as much as row 2 likes row 1.
- The **diagonal** holds $x_i \cdot x_i$, the inner product of each row with
  itself. The next section says what that is.

:::{list-table} Shape ledger of $XX^\top$
:header-rows: 1
:name: tab-ledger-gram

* - name
  - shape
  - meaning
* - $X$
  - $(n, d)$
  - one row for each token
* - $X^\top$
  - $(d, n)$
  - the same numbers, one column for each token
* - $XX^\top$
  - $(n, n)$
  - entry $(i, j)$: how much token $i$ is like token $j$
:::
{quiz} How many numbers has $XX^\top$, and why?

(sec-angle)=
## What the number means

Draw a vector of two numbers as an arrow from the origin. Its length, the
{term}`norm`, is given by Pythagoras:
$|a| = \sqrt{a_1^2 + \dots + a_d^2} = \sqrt{a \cdot a}$. So the diagonal of
$XX^\top$ holds the squared lengths.

Now two arrows, $a$ and $b$, with an angle $\theta$ between them. Their tips
and the origin form a triangle, whose third side is $a - b$. Expand its squared
length in two ways: by multiplying out, and by the law of cosines.

$$
\begin{aligned}
|a - b|^2 &= a \cdot a - 2\, a \cdot b + b \cdot b
           = |a|^2 + |b|^2 - 2\, a \cdot b , \\
|a - b|^2 &= |a|^2 + |b|^2 - 2\, |a|\,|b| \cos\theta .
\end{aligned}
$$

Both are true, so the last terms are equal:

$$
a \cdot b = |a|\,|b| \cos\theta .
$$ (eq-cosine)

There is a second reading of the same formula. Let a lamp shine at right angles
on the line through $b$. The shadow of $a$ on that line, its
{term}`projection`, has the length $|a| \cos\theta$, negative if it falls on
the far side. Hence the inner product is the length of the shadow times the
length of $b$; {numref}`fig-projection` shows it for our two rows.
*/
double norm(const Tensor *a)
{
    return sqrt(dot(a, a));
}

double cosine(const Tensor *a, const Tensor *b)
{
    double c = dot(a, b) / (norm(a) * norm(b));
    return c > 1 ? 1 : c < -1 ? -1 : c;     /* rounding must not leave [-1, 1] */
}

static double a_x = 2;

static void angle_and_shadow(void)
{
    Tensor *a = t_vector(a_x, 1), *b = t_vector(1, 3);
    double shadow = dot(a, b) / norm(b);
    double degrees = acos(cosine(a, b)) * 180 / acos(-1);

    text_printf("a . b                    %7.4f\n", dot(a, b));
    text_printf("|a|, |b|                 %7.4f  %.4f\n", norm(a), norm(b));
    text_printf("angle                    %7.4f degrees\n", degrees);
    text_printf("shadow of a on b         %7.4f\n", shadow);
    text_printf("shadow times |b|         %7.4f\n", shadow * norm(b));

    /* fold: writes the data of the figure */
    double part = dot(a, b) / dot(b, b);    /* the shadow ends at part * b */
    Plot *plot = plot_open("projection", "a_x a_y b_x b_y shadow_x shadow_y");
    plot_row(plot, t_at(a, 0), t_at(a, 1), t_at(b, 0), t_at(b, 1),
             part * (double)t_at(b, 0), part * (double)t_at(b, 1));
    plot_close(plot);
}

/*
:::{admonition} Erratum: the shadow is not the inner product
:class: erratum
S0 lists "a projection of one vector on the direction of the other" as a
meaning of the inner product, beside the formula
$a \cdot b = |a|\,|b| \cos\theta$. The projection has length $|a|\cos\theta$.
The two agree only when $|b| = 1$; above they are 1.5811 and 5.
:::

To see the angle at work on its own, keep both lengths at 1 and turn one arrow
away from the other. What is left of {eq}`eq-cosine` is the cosine.
*/
static void turning(void)
{
    Tensor *fixed = t_vector(1, 0);
    Plot *plot = plot_open("turning", "angle[degrees] inner_product");
    text_printf("%8s %14s\n", "angle", "inner product");
    for (int degrees = 0; degrees <= 180; degrees += 5) {
        double angle = degrees * acos(-1) / 180;
        Tensor *turned = t_vector(cos(angle), sin(angle));
        double product = dot(fixed, turned);
        plot_row(plot, degrees, product);
        if (degrees % 30 == 0)
            text_printf("%7d° %14.4f\n", degrees,
                        product);
    }
    plot_close(plot);
}

/*
:::{figure} 01_similarity/turning.svg
:name: fig-turning
:alt: The inner product of two unit vectors falls from 1 at zero degrees through 0 at ninety to minus 1 at one hundred and eighty; above the curve, pairs of arrows at these angles.

The inner product of two vectors of length 1 against the angle between them.
Near 0° and 180° it hardly changes: small differences of direction make little
difference there.
:::
{quiz} How large is the angle between them?

(sec-right-angles)=
## A right angle is not independence

At 90° the inner product is zero, and the vectors are called **orthogonal**. It
is tempting to say that two such vectors have nothing to do with each other,
and tempting again to call that *linear independence*. The second is a
different thing. Two vectors are linearly independent if neither is a multiple
of the other; in the plane, if the determinant $a_1 b_2 - a_2 b_1$ is not zero.
Here are four pairs that tell the two notions apart.
*/
static void right_angles(void)
{
    static const real pairs[4][4] = {
        { 1, 0, 0, 1 }, { 1, 0, 1, 1 }, { 1, 0, 2, 0 }, { 1, 0, 0, 0 },
    };
    /* fold: prints a line for each pair */
    text_printf("%-8s %-8s %6s %12s  %-11s %s\n", "a", "b", "a . b",
                "determinant", "orthogonal", "independent");
    for (int i = 0; i < 4; i++) {
        const real *p = pairs[i];
        double product = dot(t_from(p, 2), t_from(p + 2, 2));
        double determinant = p[0] * p[3] - p[1] * p[2];
        text_printf("(%g, %g)   (%g, %g)   %6g %12g  %-11s %s\n",
                    p[0], p[1], p[2], p[3], product, determinant,
                    product == 0 ? "yes" : "no",
                    determinant != 0 ? "yes" : "no");
    }
}

/*
The second pair is independent without being orthogonal. The fourth is
orthogonal without being independent: the zero vector is at right angles to
everything and a multiple of everything. For vectors that are not zero, one
direction holds: orthogonal ones are independent.

:::{admonition} Erratum: orthogonal, not "linearly independent"
:class: erratum
S0 says that two vectors at 90° are "linearly independent" (线性无关). What an
inner product of zero means is that they are *orthogonal*. For vectors that are
not zero, independence asks for less: almost any two vectors you pick at random
are independent, and almost none are orthogonal.
:::

(sec-length)=
## Long vectors shout

{eq}`eq-cosine` has three factors, and only one of them is about direction. A
long vector gets inner products of a large size with almost everything, positive
or negative. Suppose we have one vector, $(1, 1)$, and look for the most like it
among three others. (In the code the first is the *query*, the others are *keys*;
the [next section](sec-lookup) says why.)
*/
double distance(const Tensor *a, const Tensor *b)
{
    if (t_size(a) != t_size(b))
        t_fail("distance: lengths differ: %s and %s", t_shape(a), t_shape(b));
    double sum = 0;
    for (int k = 0; k < t_size(a); k++) {
        double step = (double)t_at(a, k) - (double)t_at(b, k);
        sum += step * step;
    }
    return sqrt(sum);
}

static void long_beats_near(void)
{
    Tensor *query = t_vector(1, 1);
    Tensor *keys[] = { t_vector(1.1, 0.9), t_vector(4, 1), t_vector(-1, -1) };
    const char *names[] = { "near", "long", "opposite" };

    text_printf("%-10s %8s %8s %10s\n", "key", "dot", "cosine", "distance");
    for (int i = 0; i < 3; i++)
        text_printf("%-10s %8.4f %8.4f %10.4f\n", names[i], dot(query, keys[i]),
                    cosine(query, keys[i]), distance(query, keys[i]));
}

/*
The inner product prefers the long key, 5 against 2, although it points
elsewhere. The {term}`cosine similarity` divides both lengths out,

$$
\cos\theta = \frac{a \cdot b}{|a|\,|b|} ,
$$ (eq-cosine-similarity)

and so prefers the near key; so does the distance between the tips. None of the
three is the right one in general. A network that may choose its own vectors
can use length to say "I matter", and the inner product lets it.

If all vectors have length 1 the three agree on who is nearest: then
$a \cdot b = \cos\theta$, and $|a - b|^2 = 2 - 2\cos\theta$ falls as the cosine
rises. Dividing every row by its norm gets us there. `t_sum(…, -1)` adds up
along the last axis and leaves it in place with size 1, so the division is
repeated along each row.
*/
Tensor *unit_rows(Tensor *x)
{
    Tensor *norms = t_sqrt(t_sum(t_mul(x, x), -1));    /* (n, 1) */
    return t_div(x, norms);
}

/*
{quiz} Which pages come first?

(sec-lookup)=
## Looking things up, exactly and softly

Why do we want these scores at all? Think of a table of authors and books. The
authors are the **keys**, the books the **values**. You come with a **query**,
"Jane Austen", compare it with each key, and take the value of the key that is
equal. Attention borrows its three words from here {cite}`vaswani2017`.

Exact lookup has one weakness: ask for "Rabindranath" and there is no key of
that name.
*/
static const char *const authors[] = {
    "Rabindranath Tagore", "Jane Austen", "Chinua Achebe", "Lu Xun",
};
static const char *const books[] = {
    "Gitanjali", "Emma", "Things Fall Apart", "Call to Arms",
};
enum { AUTHORS = sizeof authors / sizeof *authors };

static void exact_lookup(void)
{
    const char *queries[] = { "Jane Austen", "Rabindranath" };
    for (int q = 0; q < 2; q++) {
        const char *answer = "nothing found";
        for (int i = 0; i < AUTHORS; i++)
            if (strcmp(queries[q], authors[i]) == 0)
                answer = books[i];
        text_printf("%-14s -> %s\n", queries[q], answer);
    }
}

/*
A soft lookup asks "how alike?" where the exact one asked "equal?". For that,
names must become vectors. A simple way that works for misspelt names too is to
count pairs of neighbouring letters: "Jane" has *ja*, *an* and *ne*. There are
$26 \times 26 = 676$ possible pairs, so each name becomes a row of 676 counts,
nearly all zero.
*/
Tensor *letter_pairs(int n, const char *const *names)
{
    Tensor *rows = t_zeros(n, 26 * 26);
    for (int i = 0; i < n; i++)
        for (const char *c = names[i]; c[0] && c[1]; c++) {
            int first = tolower((unsigned char)c[0]) - 'a';
            int second = tolower((unsigned char)c[1]) - 'a';
            if (first >= 0 && first < 26 && second >= 0 && second < 26)
                t_at(rows, i, first * 26 + second) += 1;
        }
    return rows;
}

/*
With the keys as a matrix $K$, one row for each author, and a query $q$, all
scores come from one product, $qK^\top$. We make the rows unit vectors first,
so that long names do not shout.
*/
static void soft_lookup(void)
{
    const char *queries[] = { "Rabindranath", "jane ostin", "Achebe" };
    Tensor *keys = unit_rows(letter_pairs(AUTHORS, authors));   /* (4, 676) */

    for (int q = 0; q < 3; q++) {
        Tensor *query = unit_rows(letter_pairs(1, &queries[q]));
        Tensor *scores = t_matmul(query, t_transpose(keys));    /* (1, 4) */
        int best = 0;
        for (int i = 0; i < AUTHORS; i++) {
            text_printf("%8.2f  %s\n", t_at(scores, 0, i), authors[i]);
            if (t_at(scores, 0, i) > t_at(scores, 0, best))
                best = i;
        }
        text_printf("%s -> %s\n", queries[q],
                    t_at(scores, 0, best) > 0 ? books[best] : "nothing alike");
    }
}

/*
Every query finds its author, the misspelt one too. This is attention in all
but two respects. First, we took the single best value; attention takes a
*mixture* of all values, each weighted by its score. Titles cannot be mixed,
but vectors can. Making weights of scores is the subject of chapter 2. Second,
we wrote the vectors of queries and keys ourselves, by counting letters;
attention learns how to make them, which is the subject of chapter 5.
{quiz} Why does the soft lookup find her all the same?

(sec-families)=
## Words of a family

Letters say nothing about meaning. For a first idea of how meaning can be in a
vector, let us write down by hand what some words are: a 1 where it applies, a 0
where it does not.
*/
static char *const words_known[] = { "cat", "dog", "king", "queen", "bread",
                                     "honey" };
static char *const traits[] = { "animal", "person", "royal", "female", "small",
                                "food", "sweet" };
enum { KNOWN = sizeof words_known / sizeof *words_known,
       TRAITS = sizeof traits / sizeof *traits };

Tensor *described(void)
{
    return t_matrix(KNOWN, TRAITS,
                    1, 0, 0, 0, 1, 0, 0,        /* cat */
                    1, 0, 0, 0, 0, 0, 0,        /* dog */
                    0, 1, 1, 0, 0, 0, 0,        /* king */
                    0, 1, 1, 1, 0, 0, 0,        /* queen */
                    0, 0, 0, 0, 0, 1, 0,        /* bread */
                    0, 0, 0, 0, 0, 1, 1);       /* honey */
}

static void families(void)
{
    Tensor *x = described();
    text_matrix("X", x, words_known, traits, 0);
    Tensor *scores = gram(unit_rows(x));
    text_matrix("cosines", scores, words_known, words_known, 2);
    plot_matrix("families", scores, words_known, words_known);

    Rng rng = rng_new(cell_seed());
    Tensor *strangers = gram(unit_rows(t_normal(&rng, KNOWN, TRAITS)));
    plot_matrix("strangers", strangers, words_known, words_known);
}

/*
:::{figure} 01_similarity/families.svg
:name: fig-families
:alt: Two heat maps of six words by six: cat, dog, king, queen, bread, honey. Left, by hand-made vectors, three bright blocks of two words each along the diagonal, and zero elsewhere. Right, by random vectors, only the diagonal is bright and the rest is without pattern.

How alike six words are. Left, with the vectors written by hand: animals, persons
and food are families. Right, with random vectors: a word is like itself, and
what else it is like is chance.
:::

Families stand out as blocks. Nobody compared *king* with *queen*; each was
described by itself, and the comparison followed. Writing such descriptions for
all words of a language is hopeless, and it is not needed. A model that learns
(chapter 3 shows how) starts from random vectors, the right-hand picture, and
moves them until words that are used alike have vectors that are alike: a picture
with blocks, but with columns that nobody has named.
{quiz} What does that say about the two words?

(sec-gram-sentence)=
## A sentence compared with itself

Now let a sentence ask questions about itself: every token is a query, and
every token is a key. The table of scores is $XX^\top$. Our sentence is 早上好,
"good morning", three characters: 早 (early), 上 (on; with 早 it makes "morning")
and 好 (good). Our vectors are random again: `text_vectors` gives each word 16
numbers that depend on the word and on the seed, the same wherever the word
stands, and `unit_rows` makes them of length 1. So this matrix says nothing about
the meaning of the characters. What it does show holds for every vector there
could be.
*/
enum { WIDTH = 16 };

static Tensor *sentence_rows(void)
{
    return unit_rows(text_vectors(cell_words(), WIDTH, cell_seed()));
}

static void gram_of_a_sentence(void)
{
    Words words = cell_words();
    Tensor *scores = gram(sentence_rows());
    text_matrix("X X^T", scores, words.word, words.word, 2);
    plot_matrix("gram", scores, words.word, words.word);
}

/*
:::{figure} 01_similarity/gram.svg
:name: fig-gram
:alt: Heat map of the three by three Gram matrix of 早上好; the diagonal is one, the rest is near zero.

The Gram matrix of 早上好, each row a random vector of length 1. Rows and columns
are both the characters of the sentence.
:::

Run it on a sentence of your own, with
`make run CH=01 ARGS='--cell gram_of_a_sentence --text "Tom chases Jerry"'`.
Words are cut at blanks and keep their punctuation; Chinese and Japanese go
character by character. A word that occurs twice has the same vector both
times, so it finds itself off the diagonal too.

The diagonal is 1, and everything else is smaller. That is no accident of these
numbers. The **Cauchy–Schwarz inequality**, $|a \cdot b| \le |a|\,|b|$, follows
from {eq}`eq-cosine` because a cosine is at most 1; for unit vectors it says
that no inner product exceeds 1, and a vector's product with itself is exactly
1. *Among unit vectors, none is more like another than like itself.*

:::{admonition} Erratum: 早 is not closer to 上 than to 早
:class: erratum
S0 illustrates $\operatorname{softmax}(XX^\top)$ on 早上好 by saying that 早 and 上
are more strongly related than 早 and 早, or 早 and 好. Among vectors of equal
length $XX^\top$ cannot produce that: no token scores another higher than
itself.
:::

With unequal lengths a token *can* prefer another: $(1, 0)$ scores 1 with
itself and 3 with $(3, 1)$. But only because the other is longer, and the
preference is never returned. If $a \cdot b > a \cdot a$, then
$|b|\cos\theta > |a|$, hence $|b| > |a|$, and so $b \cdot b > a \cdot b$. Let
us count how often it happens for random rows, with their lengths as they come
and with all of them made 1.
*/
static int rows_led_by_themselves(Tensor *scores)
{
    int count = 0, n = t_dim(scores, 0);
    for (int i = 0; i < n; i++) {
        int best = 0;
        for (int j = 1; j < n; j++)
            if (t_at(scores, i, j) > t_at(scores, i, best))
                best = j;
        count += best == i;
    }
    return count;
}

static void who_comes_first(void)
{
    enum { TRIALS = 500, ROWS = 8 };
    Rng rng = rng_new(cell_seed());
    text_printf("%6s  %s\n", "", "rows that score themselves highest");
    text_printf("%6s  %14s %14s\n", "width", "as they come", "unit length");
    for (int width = 2; width <= 128; width *= 4) {
        int raw = 0, unit = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            Tensor *x = t_normal(&rng, ROWS, width);
            raw += rows_led_by_themselves(gram(x));
            unit += rows_led_by_themselves(gram(unit_rows(x)));
            tape_reset();
        }
        text_printf("%6d  %13.1f%% %13.1f%%\n", width,
                    100.0 * raw / (TRIALS * ROWS),
                    100.0 * unit / (TRIALS * ROWS));
    }
}

/*
In two dimensions most rows prefer a longer neighbour; from width 32 on, none
does. There the inner product of a row with itself is a sum of many squares,
all positive, while with another row the signs differ and mostly cancel. Wide
random vectors, which is what a model starts from, look at themselves.
Chapter 2 measures what that does to attention.

The 99.9 % in the right column is the rounding of `float`, not an exception to
Cauchy and Schwarz: in the plane, two directions can be so close that their
inner product rounds to that of a row with itself, or to just above it.
{quiz} Can *it* come to score *cat* higher than itself?

(sec-psd)=
## Never negative

$XX^\top$ has one more property with a name. Take any $n$ numbers as a column
$u$, and mix the rows of $X$ with them: the mixture is $X^\top u$. Its squared
length is

$$
|X^\top u|^2 = (X^\top u)^\top (X^\top u) = u^\top (XX^\top)\, u \;\ge\; 0 .
$$ (eq-psd)

A symmetric matrix $G$ with $u^\top G u \ge 0$ for every $u$ is called
{term}`positive semidefinite` {cite}`hornjohnson2013`. A Gram matrix always is,
since the expression is a squared length. A symmetric matrix written down at
random is not, as the cell shows by trying many $u$. (`t_keep` saves a tensor
from `tape_reset()`, which takes back all the others.)
*/
static double quadratic_form(Tensor *g, Tensor *u) /* u^T G u; u is (n, 1) */
{
    return t_item(t_matmul(t_transpose(u), t_matmul(g, u)));
}

static void never_negative(void)
{
    enum { TRIALS = 2000, ROWS = 6 };
    Rng rng = rng_new(cell_seed());
    Tensor *x = t_keep(t_normal(&rng, ROWS, 3));
    Tensor *a = t_normal(&rng, ROWS, ROWS);
    Tensor *any = t_keep(t_add(a, t_transpose(a)));     /* symmetric */
    double least_gram = INFINITY, least_any = INFINITY;
    for (int trial = 0; trial < TRIALS; trial++) {
        Tensor *u = t_normal(&rng, ROWS, 1);
        least_gram = fmin(least_gram, quadratic_form(gram(x), u));
        least_any = fmin(least_any, quadratic_form(any, u));
        tape_reset();
    }
    text_printf("least u^T G u of %d trials\n", TRIALS);
    text_printf("  G = X X^T              %9.4f\n", least_gram);
    text_printf("  G symmetric, random    %9.4f\n", least_any);
}

/*
What we found above follows from this one property. Choose $u$ with 1 at place $i$,
$-1$ at place $j$ and 0 elsewhere: then {eq}`eq-psd` says
$G_{ii} + G_{jj} - 2 G_{ij} \ge 0$. So $G_{ij}$ cannot exceed both $G_{ii}$ and
$G_{jj}$: of any two tokens, one at least scores itself as high as the other.
Here are the limits of $XX^\top$. Whatever vectors a network learns, its scores
are symmetric, and no two tokens can both prefer each other to themselves.
Language is not like that. In "the law and *its* application", *its* needs
*law*, while *law* has no need of *its*. A score that can say this must treat
the token that asks and the token that is asked differently. So attention
projects each token twice, once as a query and once as a key, and computes
$QK^\top$. That is chapter 5. First we turn scores into weights.

(sec-claims-01)=
## What we claimed, and where it is checked

:::{folded} The list
- $XX^\top$ holds the inner product of every pair of rows. {test}`tests/01_similarity.c: the_gram_matrix_holds_every_pairwise_inner_product`
- It is symmetric, to the last bit. {test}`tests/01_similarity.c: the_gram_matrix_is_symmetric`
- $u^\top XX^\top u$ is the squared length of $X^\top u$, and never negative; a random symmetric matrix has no such bound. {test}`tests/01_similarity.c: the_quadratic_form_of_a_gram_matrix_is_a_squared_length`
- $a \cdot b = |a|\,|b|\cos\theta$, for vectors turned by a known angle. {test}`tests/01_similarity.c: the_inner_product_is_the_norms_times_the_cosine`
- The shadow times the norm is the inner product. {test}`tests/01_similarity.c: the_shadow_times_the_norm_is_the_inner_product`
- Orthogonal and independent are different things. {test}`tests/01_similarity.c: orthogonal_is_neither_more_nor_less_than_independent`
- The inner product prefers a long key to a nearer one; cosine and distance do not. {test}`tests/01_similarity.c: a_long_key_outscores_a_nearer_one`
- The cosine does not change with length and stays within $[-1, 1]$. {test}`tests/01_similarity.c: the_cosine_ignores_length`
- For unit vectors $|a - b|^2 = 2 - 2\cos\theta$. {test}`tests/01_similarity.c: distance_and_cosine_agree_on_unit_vectors`
- Counting letter pairs finds the author of a misspelt name. {test}`tests/01_similarity.c: soft_lookup_finds_a_misspelt_author`
- Described by hand, a word's nearest other word is of its family; with random vectors it is so only by chance. {test}`tests/01_similarity.c: families_are_nearest_by_their_descriptions_only`
- No unit row scores another higher than itself. {test}`tests/01_similarity.c: unit_rows_score_themselves_highest`
- A preference for another row is never returned. {test}`tests/01_similarity.c: a_preference_for_another_row_is_never_returned`
:::

## Summary

- Rows are tokens. $XX^\top$ is the table of all inner products of the rows:
  square, symmetric, positive semidefinite.
- $a \cdot b = |a|\,|b|\cos\theta$: direction counts, and so does length. The
  cosine keeps the direction alone.
- A score compares descriptions, and can be no wiser than they are.
- Looking up by likeness needs a query, keys and values. The best key wins in
  this chapter; in the next, all keys share.
- $XX^\top$ cannot say that one token needs another which does not need it, and
  of two tokens one at least puts itself first. Hence queries and keys.

(sec-exercises-01)=
## Exercises

{exercises}

And three experiments, which no program can mark:

- Add a row to the table of authors and ask for it with a typing error. How many
  letters can you change before another author wins? What happens to a name that
  is not written in the letters a to z, and what would have to change?
- In `who_comes_first`, replace `t_normal(&rng, ROWS, width)` by
  `t_uniform(&rng, 0, 1, ROWS, width)`, so that no number is negative. Predict
  what happens to the left column; run it; explain.
- `make run CH=01 ARGS='--cell gram_of_a_sentence --seed 7'` draws other vectors.
  How large does an entry off the diagonal get in ten seeds? (Its typical size is
  $1/\sqrt d$, here 0.25.)

## Further reading

{cite:t}`hornjohnson2013` is the reference for Gram matrices and positive
semidefinite ones. {cite:t}`graves2014` brought soft lookup by cosine to neural
networks, under the name of content-based addressing; {cite:t}`vaswani2017`
made queries, keys and values the common words.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, "早上好");
    cell(two_by_two);
    cell(angle_and_shadow);
    cell_value(a_x, -4, 4);
    cell(turning);
    cell(right_angles);
    cell(long_beats_near);
    cell(exact_lookup);
    cell(soft_lookup);
    cell(families);
    cell(gram_of_a_sentence);
    cell(who_comes_first);
    cell(never_negative);
    return cell_end();
}

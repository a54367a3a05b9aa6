/* The claims of chapter 1, and what its header promises. */
#include "chapter.h"

#include "01_similarity.h"

static const double pi = 3.14159265358979323846;

/* Row i of a matrix, as a vector. */
static Tensor *row(Tensor *x, int i)
{
    return t_reshape(t_slice(x, 0, i, i + 1), t_dim(x, 1));
}

/* How far a sum of d products may be off if it is taken in `real`: each of the
 * d roundings costs half an epsilon of the sum of sizes. */
static double rounding(Tensor *a, Tensor *b)
{
    double sizes = 0;
    for (int k = 0; k < t_size(a); k++)
        sizes += fabs((double)t_at(a, k) * (double)t_at(b, k));
    return t_size(a) * (double)FLT_EPSILON / 2 * sizes;
}

/* The product once more, in doubles and without dot(). */
static double product(Tensor *a, Tensor *b)
{
    double sum = 0;
    for (int k = 0; k < t_size(a); k++)
        sum += (double)t_at(a, k) * (double)t_at(b, k);
    return sum;
}

/* A random matrix, laid out in memory in one of several ways. */
static Tensor *random_matrix(Rng *rng, int n, int d)
{
    Tensor *x = t_normal(rng, n, d);
    return copy_in(rng_below(rng, LAYOUTS), x);
}

/* A matrix of whole numbers from -9 to 9: sums of their products are exact. */
static Tensor *whole_numbers(Rng *rng, int n, int d)
{
    Tensor *x = t_zeros(n, d);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < d; k++)
            t_at(x, i, k) = (real)between(rng, -9, 9);
    return x;
}

/* Two vectors of d >= 2 numbers, of lengths r and s, with an angle between. */
static void turned(Rng *rng, int d, double r, double s, double angle,
                   Tensor **a, Tensor **b)
{
    double u[64], w[64], along = 0, rest = 0, length = 0;
    for (int k = 0; k < d; k++) {
        u[k] = rng_normal(rng);
        w[k] = rng_normal(rng);
        length += u[k] * u[k];
    }
    for (int k = 0; k < d; k++)
        along += u[k] * w[k] / length;
    for (int k = 0; k < d; k++) {
        w[k] -= along * u[k];       /* now at right angles to u */
        rest += w[k] * w[k];
    }
    *a = t_zeros(d);
    *b = t_zeros(d);
    for (int k = 0; k < d; k++) {
        double u_k = u[k] / sqrt(length), w_k = w[k] / sqrt(rest);
        t_at(*a, k) = (real)(r * u_k);
        t_at(*b, k) = (real)(s * (cos(angle) * u_k + sin(angle) * w_k));
    }
}

/* ---- the Gram matrix ---------------------------------------------------- */

static void the_gram_matrix_holds_every_pairwise_inner_product(void **state)
{
    (void)state;
    Tensor *two = t_matrix(2, 2, 2, 1, 1, 3);
    assert_numbers(gram(two), 0, 5, 5, 5, 10);

    Rng rng = rng_new(1);
    for (int trial = 0; trial < 120; trial++) {
        bool large = trial >= 115;      /* beyond one block of the product */
        int n = between(&rng, 1, large ? 60 : 12);
        int d = between(&rng, 1, large ? 600 : 40);
        Tensor *x = random_matrix(&rng, n, d), *g = gram(x);
        assert_shape(g, n, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                Tensor *a = row(x, i), *b = row(x, j);
                assert_near(t_at(g, i, j), product(a, b), rounding(a, b));
                assert_near(dot(a, b), product(a, b), 0);
            }
        tape_reset();
    }
}

static void the_gram_matrix_is_symmetric(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    for (int trial = 0; trial < 300; trial++) {
        int n = between(&rng, 1, trial < 290 ? 40 : 300);
        int d = between(&rng, 1, trial < 290 ? 40 : 600);
        Tensor *g = gram(random_matrix(&rng, n, d));
        assert_same_bits(g, t_transpose(g));
        tape_reset();
    }
}

/* z^T G z in doubles. */
static double quadratic_form(Tensor *g, Tensor *z)
{
    double sum = 0;
    for (int i = 0; i < t_size(z); i++)
        for (int j = 0; j < t_size(z); j++)
            sum += (double)t_at(z, i) * (double)t_at(g, i, j)
                 * (double)t_at(z, j);
    return sum;
}

/* |X^T z|^2 in doubles. */
static double squared_length_of_mixture(Tensor *x, Tensor *z)
{
    double sum = 0;
    for (int k = 0; k < t_dim(x, 1); k++) {
        double mixed = 0;
        for (int i = 0; i < t_dim(x, 0); i++)
            mixed += (double)t_at(x, i, k) * (double)t_at(z, i);
        sum += mixed * mixed;
    }
    return sum;
}

static void the_quadratic_form_of_a_gram_matrix_is_a_squared_length(
    void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    for (int trial = 0; trial < 300; trial++) {     /* exact */
        int n = between(&rng, 1, 8), d = between(&rng, 1, 8);
        Tensor *x = whole_numbers(&rng, n, d);
        Tensor *z = row(whole_numbers(&rng, 1, n), 0), *g = gram(x);
        double form = quadratic_form(g, z);
        assert_true(form == squared_length_of_mixture(x, z));
        assert_true(form >= 0);
        tape_reset();
    }
    for (int trial = 0; trial < 300; trial++) {     /* rounded */
        int n = between(&rng, 1, 10), d = between(&rng, 1, 40);
        Tensor *x = t_normal(&rng, n, d), *z = t_normal(&rng, n);
        double form = quadratic_form(gram(x), z), room = 0;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                room += fabs((double)t_at(z, i) * (double)t_at(z, j))
                      * rounding(row(x, i), row(x, j));
        assert_near(form, squared_length_of_mixture(x, z), room);
        assert_true(form >= -room);
        tape_reset();
    }
    /* A mixture that cancels: 0 is reached. */
    Tensor *twice = t_matrix(2, 2, 3, 4, 6, 8);
    assert_true(quadratic_form(gram(twice), t_vector(2, -1)) == 0);

    for (int trial = 0; trial < 100; trial++) {     /* no Gram matrix */
        Tensor *a = t_normal(&rng, 6, 6), *any = t_add(a, t_transpose(a));
        double least = INFINITY;
        for (int i = 0; i < 200; i++)
            least = fmin(least, quadratic_form(any, t_normal(&rng, 6)));
        assert_true(least < -1);
        tape_reset();
    }
}

/* ---- what the number means ---------------------------------------------- */

/* Storing a vector moves it by half an epsilon of its length. */
static void the_inner_product_is_the_norms_times_the_cosine(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    Tensor *a, *b;
    for (int trial = 0; trial < 1000; trial++) {
        int d = between(&rng, 2, 64);
        double r = exp(rng_normal(&rng)), s = exp(rng_normal(&rng));
        double angle = pi * rng_uniform(&rng), eps = (double)FLT_EPSILON;
        turned(&rng, d, r, s, angle, &a, &b);
        assert_near(norm(a), r, eps * r);
        assert_near(norm(b), s, eps * s);
        assert_near(dot(a, b), r * s * cos(angle), 1.5 * eps * r * s);
        assert_near(cosine(a, b), cos(angle), 2 * eps);
        tape_reset();
    }
    const double inner[] = { 1, sqrt(0.75), 0.5, 0, -0.5, -sqrt(0.75), -1 };
    for (int step = 0; step <= 6; step++) {     /* the printed table */
        turned(&rng, 2, 1, 1, step * pi / 6, &a, &b);
        assert_near(dot(a, b), inner[step], 2 * (double)FLT_EPSILON);
    }
    a = t_vector(2, 1);
    b = t_vector(1, 3);
    assert_near(norm(a), sqrt(5), 1e-15);
    assert_near(norm(b), sqrt(10), 1e-15);
    assert_near(acos(cosine(a, b)) * 180 / pi, 45, 1e-12);
}

/* The shadow of a ends where the line through b comes nearest to the tip of a.
 * |a - t b|^2 is a parabola in t; three of its points give its lowest. */
static double foot(Tensor *a, Tensor *b)
{
    double f[3];
    for (int t = -1; t <= 1; t++)
        f[t + 1] = pow(distance(a, t_scale(b, t)), 2);
    return (f[0] - f[2]) / (2 * (f[2] + f[0] - 2 * f[1]));
}

static void the_shadow_times_the_norm_is_the_inner_product(void **state)
{
    (void)state;
    Rng rng = rng_new(5);
    for (int trial = 0; trial < 500; trial++) {
        int d = between(&rng, 1, 32);
        Tensor *a = t_normal(&rng, d), *b = t_normal(&rng, d);
        double shadow = foot(a, b) * norm(b);
        double room = 1e-13 * (dot(a, a) + dot(b, b))
                    * (1 + dot(a, a) / dot(b, b));
        assert_near(shadow * norm(b), dot(a, b), room);
        assert_near(norm(a) * cosine(a, b) * norm(b), dot(a, b), room);
        tape_reset();
    }
    Tensor *a = t_vector(2, 1), *b = t_vector(1, 3);    /* the figure */
    assert_near(foot(a, b), 0.5, 1e-14);
    assert_near(foot(a, b) * norm(b), sqrt(2.5), 1e-14);
    /* The two agree on a vector of length 1 only. */
    Tensor *unit = t_vector(0.6, 0.8);
    assert_near(foot(a, unit) * norm(unit), dot(a, unit), 1e-6);
}

static void orthogonal_is_neither_more_nor_less_than_independent(void **state)
{
    (void)state;
    static const struct {
        double a[2], b[2], product, determinant;
    } pairs[] = {
        { { 1, 0 }, { 0, 1 }, 0, 1 },
        { { 1, 0 }, { 1, 1 }, 1, 1 },
        { { 1, 0 }, { 2, 0 }, 2, 0 },
        { { 1, 0 }, { 0, 0 }, 0, 0 },
    };
    for (int i = 0; i < 4; i++) {
        const double *a = pairs[i].a, *b = pairs[i].b;
        assert_near(dot(t_vector(a[0], a[1]), t_vector(b[0], b[1])),
                    pairs[i].product, 0);
        assert_near(a[0] * b[1] - a[1] * b[0], pairs[i].determinant, 0);
    }
    /* Vectors that are not zero: orthogonal ones are independent, ... */
    Rng rng = rng_new(6);
    for (int trial = 0; trial < 500; trial++) {
        double x = between(&rng, 1, 99), y = between(&rng, -99, 99);
        double longer = between(&rng, 1, 9);
        assert_near(dot(t_vector(x, y), t_vector(-longer * y, longer * x)),
                    0, 0);
        assert_true(x * longer * x - y * -longer * y != 0);
    }
    /* ... but independent ones are hardly ever orthogonal. */
    for (int trial = 0; trial < 500; trial++) {
        Tensor *x = t_normal(&rng, 2, 2);
        assert_true(dot(row(x, 0), row(x, 1)) != 0);
        assert_true((double)t_at(x, 0, 0) * (double)t_at(x, 1, 1)
                    != (double)t_at(x, 0, 1) * (double)t_at(x, 1, 0));
    }
}

/* ---- length ------------------------------------------------------------- */

static void a_long_key_outscores_a_nearer_one(void **state)
{
    (void)state;
    Tensor *query = t_vector(1, 1), *near = t_vector(1.1, 0.9);
    Tensor *far = t_vector(4, 1);
    assert_near(norm(query), sqrt(2), 1e-15);
    assert_near(dot(query, near), 2, 1e-7);
    assert_near(dot(query, far), 5, 0);
    assert_near(cosine(query, near), 0.9950, 5e-5);
    assert_near(cosine(query, far), 0.8575, 5e-5);
    assert_near(distance(query, near), 0.1414, 5e-5);
    assert_near(distance(query, far), 3, 0);

    /* Any key within a right angle wins by the inner product once it is long
     * enough. By then it is farther away, and its cosine is what it was. */
    Rng rng = rng_new(7);
    for (int trial = 0; trial < 500; trial++) {
        int d = between(&rng, 2, 32);
        Tensor *q, *worse, *better;
        double angle = 0.2 + 1.2 * rng_uniform(&rng);
        turned(&rng, d, 1, 1, angle, &q, &worse);
        better = t_add(t_scale(q, 0.9), t_scale(worse, 0.1));
        Tensor *longer = t_scale(worse, 2 / cos(angle));
        assert_true(dot(q, longer) > dot(q, better));
        assert_true(cosine(q, longer) < cosine(q, better));
        assert_true(distance(q, longer) > distance(q, better));
        tape_reset();
    }
}

static void the_cosine_ignores_length(void **state)
{
    (void)state;
    Rng rng = rng_new(8);
    for (int trial = 0; trial < 1000; trial++) {
        int d = between(&rng, 1, 64);
        Tensor *a = t_normal(&rng, d), *b = t_normal(&rng, d);
        double before = cosine(a, b);
        double factor = pow(10, 12 * rng_uniform(&rng) - 6);
        assert_near(cosine(t_scale(a, factor), b), before,
                    (double)FLT_EPSILON);
        assert_near(cosine(a, t_scale(b, factor)), before,
                    (double)FLT_EPSILON);
        assert_near(cosine(t_scale(a, -factor), b), -before,
                    (double)FLT_EPSILON);
        assert_true(-1 <= before && before <= 1);
        tape_reset();
    }
    /* Where it is 1 or -1, rounding must not carry it beyond: the angle would
     * not be a number. */
    for (int trial = 0; trial < 1000; trial++) {
        Tensor *a = t_normal(&rng, between(&rng, 1, 64));
        Tensor *b = t_scale(a, exp(rng_normal(&rng)));
        assert_near(cosine(a, b), 1, (double)FLT_EPSILON);
        assert_true(cosine(a, a) <= 1);
        assert_true(cosine(a, b) <= 1);
        assert_true(cosine(a, t_scale(b, -1)) >= -1);
        tape_reset();
    }
}

static void distance_and_cosine_agree_on_unit_vectors(void **state)
{
    (void)state;
    Rng rng = rng_new(9);
    for (int trial = 0; trial < 300; trial++) {
        enum { KEYS = 8 };
        int d = between(&rng, 1, 32);
        Tensor *x = unit_rows(t_normal(&rng, KEYS + 1, d));
        Tensor *query = row(x, KEYS);
        for (int i = 0; i < KEYS; i++) {
            Tensor *a = row(x, i);
            assert_near(pow(distance(query, a), 2), 2 - 2 * cosine(query, a),
                        8 * (double)FLT_EPSILON);
            assert_near(dot(query, a), cosine(query, a),
                        4 * (double)FLT_EPSILON);
            for (int j = 0; j < i; j++) {   /* who is nearest? */
                Tensor *b = row(x, j);
                double lead = cosine(query, a) - cosine(query, b);
                if (fabs(lead) < 1e-6)
                    continue;
                assert_true((dot(query, a) > dot(query, b)) == (lead > 0));
                assert_true((distance(query, a) < distance(query, b))
                            == (lead > 0));
            }
        }
        tape_reset();
    }
}

/* ---- looking things up -------------------------------------------------- */

static const char *const authors[] = {
    "Rabindranath Tagore", "Jane Austen", "Chinua Achebe", "Lu Xun",
};
enum { AUTHORS = 4 };

/* The author whose row scores highest; the score too. */
static int find(const char *query, double *score)
{
    Tensor *keys = unit_rows(letter_pairs(AUTHORS, authors));
    Tensor *q = unit_rows(letter_pairs(1, &query));
    Tensor *scores = t_matmul(q, t_transpose(keys));
    int best = 0;
    for (int i = 1; i < AUTHORS; i++)
        if (t_at(scores, 0, i) > t_at(scores, 0, best))
            best = i;
    *score = (double)t_at(scores, 0, best);
    tape_reset();
    return best;
}

static void soft_lookup_finds_a_misspelt_author(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        int author;
        double score;
    } printed[] = {
        { "Rabindranath", 0, 0.85 }, { "jane ostin", 1, 0.53 },
        { "Achebe", 2, 0.77 },
    };
    double score;
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < AUTHORS; k++)   /* exact lookup finds nothing */
            assert_string_not_equal(printed[i].query, authors[k]);
        assert_int_equal(find(printed[i].query, &score), printed[i].author);
        assert_near(score, printed[i].score, 0.005);
    }
    /* Every slip of one key: a letter lost, doubled, wrong, or exchanged with
     * the next. */
    for (int author = 0; author < AUTHORS; author++) {
        const char *name = authors[author];
        int length = (int)strlen(name);
        assert_int_equal(find(name, &score), author);
        assert_near(score, 1, 2 * (double)FLT_EPSILON);
        for (int i = 0; i < length; i++) {
            char typed[64];
            snprintf(typed, sizeof typed, "%.*s%s", i, name, name + i + 1);
            assert_int_equal(find(typed, &score), author);
            snprintf(typed, sizeof typed, "%.*s%s", i + 1, name, name + i);
            assert_int_equal(find(typed, &score), author);
            for (char wrong = 'a'; wrong <= 'z'; wrong++) {
                snprintf(typed, sizeof typed, "%s", name);
                typed[i] = wrong;
                assert_int_equal(find(typed, &score), author);
            }
            if (i + 1 == length)
                continue;
            snprintf(typed, sizeof typed, "%s", name);
            typed[i] = name[i + 1];
            typed[i + 1] = name[i];
            assert_int_equal(find(typed, &score), author);
        }
    }
}

static int pair(const char *letters)
{
    return (letters[0] - 'a') * 26 + letters[1] - 'a';
}

static void a_name_counts_its_letter_pairs(void **state)
{
    (void)state;
    const char *names[] = { "Jane", "JANE", "aaaa", "Lu Xun", "", "x",
                            "É-a1bZZ{a{`a`" };
    enum { NAMES = sizeof names / sizeof *names };
    const int total[NAMES] = { 3, 3, 3, 3, 0, 0, 2 };
    Tensor *rows = letter_pairs(NAMES, names);
    assert_shape(rows, NAMES, 676);
    for (int i = 0; i < NAMES; i++)
        assert_near(t_item(t_sum(row(rows, i), T_ALL)), total[i], 0);
    assert_near(t_at(rows, 0, pair("ja")), 1, 0);
    assert_near(t_at(rows, 0, pair("an")), 1, 0);
    assert_near(t_at(rows, 0, pair("ne")), 1, 0);
    assert_same_bits(row(rows, 0), row(rows, 1));       /* case is ignored */
    assert_near(t_at(rows, 2, 0), 3, 0);                /* counts, not marks */
    assert_near(t_at(rows, 3, pair("lu")), 1, 0);
    assert_near(t_at(rows, 3, pair("xu")), 1, 0);       /* none over the gap */
    assert_near(t_at(rows, 6, pair("bz")), 1, 0);
    assert_near(t_at(rows, 6, 675), 1, 0);
}

/* ---- a sentence compared with itself ------------------------------------ */

static void unit_rows_score_themselves_highest(void **state)
{
    (void)state;
    Rng rng = rng_new(10);
    const double eps = (double)FLT_EPSILON;
    int pairs = 0, close = 0;
    for (int trial = 0; trial < 500; trial++) {
        int n = between(&rng, 1, 10), d = between(&rng, 1, 64);
        Tensor *x = t_normal(&rng, n, d);
        for (int i = 0; i < n; i++)     /* lengths of every size */
            for (int k = 0; k < d; k++)
                t_at(x, i, k) *= (real)exp(3 * sin(i + trial));
        Tensor *u = unit_rows(x), *g = gram(u);
        assert_shape(u, n, d);
        for (int i = 0; i < n; i++) {
            assert_near(norm(row(u, i)), 1, 2 * eps);
            assert_near(cosine(row(u, i), row(x, i)), 1, eps);
            for (int j = 0; j < n; j++) {
                pairs += i != j;
                /* Rounding may hide a difference of direction, no more. */
                assert_true(t_at(g, i, j) <= t_at(g, i, i) + 4 * FLT_EPSILON);
                if (distance(row(u, i), row(u, j)) > 2e-3)
                    assert_true(t_at(g, i, j) < t_at(g, i, i));
                else
                    close += i != j;
            }
        }
        tape_reset();
    }
    assert_true(pairs > 10000 && close < pairs / 10);
}

/* How many of the rows have, of all others, their family's other row nearest. */
static int beside_their_own(Tensor *x)
{
    Tensor *g = gram(unit_rows(x));
    int count = 0, n = t_dim(g, 0);
    for (int i = 0; i < n; i++) {
        int best = i == 0;
        for (int j = 0; j < n; j++)
            if (j != i && t_at(g, i, j) > t_at(g, i, best))
                best = j;
        count += best == (i ^ 1);
    }
    return count;
}

static void families_are_nearest_by_their_descriptions_only(void **state)
{
    (void)state;
    Tensor *x = described();
    assert_shape(x, 6, 7);
    assert_int_equal(beside_their_own(x), 6);
    Tensor *g = gram(unit_rows(x));
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++)
            if (i / 2 != j / 2)
                assert_near(t_at(g, i, j), 0, 1e-6);
    assert_near(t_at(g, 0, 1), sqrt(1.0 / 2), 1e-6);
    assert_near(t_at(g, 2, 3), sqrt(2.0 / 3), 1e-6);
    assert_near(t_at(g, 4, 5), sqrt(1.0 / 2), 1e-6);

    Rng rng = rng_new(3);
    int count = 0;
    for (int trial = 0; trial < 500; trial++) {
        count += beside_their_own(t_normal(&rng, 6, 7));
        tape_reset();
    }
    assert_near(count / 3000.0, 1 / 5.0, 0.04);     /* one of five others */
}

static void a_preference_for_another_row_is_never_returned(void **state)
{
    (void)state;
    Tensor *g = gram(t_matrix(2, 2, 1, 0, 3, 1));
    assert_numbers(g, 0, 1, 3, 3, 10);

    Rng rng = rng_new(11);
    int preferences = 0;
    for (int trial = 0; trial < 2000; trial++) {    /* exact */
        int n = between(&rng, 2, 10), d = between(&rng, 1, 4);
        Tensor *x = whole_numbers(&rng, n, d);
        g = gram(x);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                if (t_at(g, i, j) > t_at(g, i, i)) {
                    preferences++;
                    assert_true(norm(row(x, j)) > norm(row(x, i)));
                    assert_true(t_at(g, j, j) > t_at(g, j, i));
                }
        tape_reset();
    }
    assert_true(preferences > 5000);
}

/* ---- the header's other promises ---------------------------------------- */

static void vectors_of_different_lengths_are_refused(void **state)
{
    (void)state;
    Tensor *two = t_vector(1, 2), *three = t_vector(1, 2, 3);
    assert_refuses_in("01_similarity.c",
                      "dot: lengths differ: (2) and (3)", dot(two, three));
    assert_refuses_in("01_similarity.c",
                      "dot: lengths differ: (3) and (2)", cosine(three, two));
    assert_refuses_in("01_similarity.c",
                      "distance: lengths differ: (2) and (3)",
                      distance(two, three));
}

static void a_vector_without_length_has_no_direction(void **state)
{
    (void)state;
    Tensor *zero = t_vector(0, 0), *b = t_vector(3, 4);
    assert_true(isnan(cosine(zero, b)));
    assert_true(isnan(cosine(b, zero)));
    assert_true(isnan(cosine(zero, zero)));
    assert_near(norm(zero), 0, 0);
    assert_near(distance(zero, b), 5, 0);
    Tensor *u = unit_rows(t_matrix(3, 2, 3, 4, 0, 0, -5, 0));
    assert_numbers(u, 1e-7, 0.6, 0.8, (double)NAN, (double)NAN, -1, 0);
}

/* In `real` the 1 would be lost beside 1e8. */
static void sums_are_taken_in_doubles(void **state)
{
    (void)state;
    Tensor *a = t_vector(1e8, 1, -1e8), *ones = t_vector(1, 1, 1);
    assert_near(dot(a, ones), 1, 0);
    assert_near(distance(t_vector(1e8, 1), t_vector(1e8, 0)), 1, 0);
}

static void vectors_may_lie_anywhere_in_memory(void **state)
{
    (void)state;
    Rng rng = rng_new(12);
    for (int trial = 0; trial < 50; trial++) {
        int d = between(&rng, 1, 20);
        Tensor *x = t_normal(&rng, d, 2);   /* a column: every other number */
        Tensor *a = t_reshape(t_slice(x, 1, 0, 1), d);
        Tensor *b = t_reshape(t_slice(x, 1, 1, 2), d);
        assert_near(dot(a, b), product(a, b), 0);
        double squares = dot(a, a) + dot(b, b);
        assert_near(pow(distance(a, b), 2), squares - 2 * dot(a, b),
                    1e-13 * squares);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_gram_matrix_holds_every_pairwise_inner_product),
        TEST(the_gram_matrix_is_symmetric),
        TEST(the_quadratic_form_of_a_gram_matrix_is_a_squared_length),
        TEST(the_inner_product_is_the_norms_times_the_cosine),
        TEST(the_shadow_times_the_norm_is_the_inner_product),
        TEST(orthogonal_is_neither_more_nor_less_than_independent),
        TEST(a_long_key_outscores_a_nearer_one),
        TEST(the_cosine_ignores_length),
        TEST(distance_and_cosine_agree_on_unit_vectors),
        TEST(soft_lookup_finds_a_misspelt_author),
        TEST(a_name_counts_its_letter_pairs),
        TEST(unit_rows_score_themselves_highest),
        TEST(families_are_nearest_by_their_descriptions_only),
        TEST(a_preference_for_another_row_is_never_returned),
        TEST(vectors_of_different_lengths_are_refused),
        TEST(a_vector_without_length_has_no_direction),
        TEST(sums_are_taken_in_doubles),
        TEST(vectors_may_lie_anywhere_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The claims of chapter 7, and what its header promises. */
#include "chapter.h"

#include <stdlib.h>

#include "05_scaled_dot_product.h"
#include "07_positional_encoding.h"
#include "golden/07_rotary.h"

static const double eps = (double)FLT_EPSILON;

/* Row order[i] of x becomes row i. x (n, d). */
static Tensor *in_order(Tensor *x, const int *order)
{
    return t_embedding(x, order, t_dim(x, 0));
}

/* An order of n things in which some are not where they were. */
static void mixed_order(Rng *rng, int n, int *order)
{
    bool moved = false;
    while (!moved) {
        rng_permutation(rng, n, order);
        for (int i = 0; i < n; i++)
            moved |= order[i] != i;
    }
}

/* ---- heaps and rows ----------------------------------------------------- */

enum { LONG = 24 };

static void attention_without_positions_is_permutation_equivariant(
    void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    for (int trial = 0; trial < 200; trial++) {
        int order[LONG], n = between(&rng, 2, LONG), h = between(&rng, 1, 4);
        int d = h * between(&rng, 1, 8);
        Tensor *x = t_normal(&rng, n, d);
        mixed_order(&rng, n, order);
        Tensor *mixed = in_order(x, order);
        Tensor *before = attention(x, x, x, NULL);
        Tensor *after = attention(mixed, mixed, mixed, NULL);
        assert_true(t_distance(after, in_order(before, order)) < 1e-5);
        /* Shuffled keys alone change nothing at all. */
        assert_true(t_distance(attention(x, mixed, mixed, NULL), before)
                    < 1e-5);
        MultiHead layer = multi_head_new(NULL, &rng, d, h);
        Tensor *out[2], *in[] = { x, mixed };
        for (int i = 0; i < 2; i++) {
            Tensor *one = t_reshape(in[i], 1, n, d);
            out[i] = t_reshape(multi_head(layer, one, one,
                                          (MultiHeadOptions){ 0 }), n, d);
        }
        assert_true(t_distance(out[1], in_order(out[0], order)) < 1e-5);
        tape_free();
    }
}

/* Self-attention of x (n, d) with one head and a scheme. table: for what is
 * learned, (n, d) positions or (2 reach + 1, 1) biases. */
static Tensor *attend(Scheme scheme, Tensor *x, Tensor *table)
{
    int n = t_dim(x, 0), d = t_dim(x, 1);
    Tensor *q, *bias = NULL;
    if (scheme == SINUSOIDS)
        x = t_add(x, sinusoids(0, n, d));
    if (scheme == LEARNED)
        x = t_add(x, table);
    if (scheme == RELATIVE_BIAS)
        bias = relative_bias(table, n);
    if (scheme == ALIBI)
        bias = t_slice(alibi_bias(8, n), 0, 0, 1);
    q = t_reshape(scheme == ROTARY ? rotate(x, 0) : x, 1, 1, n, d);
    Tensor *weights = biased_weights(q, q, bias, NULL);
    return t_matmul(t_reshape(weights, n, n), x);
}

static void with_positions_order_matters(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    for (int trial = 0; trial < 100; trial++)
        for (Scheme scheme = NO_POSITIONS; scheme < SCHEMES; scheme++) {
            int order[LONG], n = between(&rng, 3, LONG);
            int d = 2 * between(&rng, 1, 8), reach = between(&rng, 2, 9);
            Tensor *x = t_scale(t_normal(&rng, n, d), 1 / sqrt(d));
            Tensor *table = scheme == LEARNED
                          ? t_normal(&rng, n, d)
                          : t_normal(&rng, 2 * reach + 1, 1);
            do      /* backwards, all distances are what they were */
                mixed_order(&rng, n, order);
            while (abs(order[1] - order[0]) == 1);
            Tensor *before = in_order(attend(scheme, x, table), order);
            Tensor *after = attend(scheme, in_order(x, order), table);
            double off = t_distance(before, after);
            if (scheme == NO_POSITIONS)
                assert_true(off < 1e-5);
            else
                assert_true(off > 1e-4);
            tape_reset();
        }
}

/* ---- waves -------------------------------------------------------------- */

static void sinusoids_follow_their_formula(void **state)
{
    (void)state;
    for (int d = 2; d <= 128; d += d < 16 ? 2 : 16)
        for (int first = -3; first <= 5000; first = 2 * first + 9) {
            Tensor *pe = sinusoids(first, 20, d);
            assert_shape(pe, 20, d);
            for (int row = 0; row < 20; row++)
                for (int i = 0; i < d / 2; i++) {
                    double speed = exp(-log(10000) * 2 * i / d);
                    double angle = (first + row) * speed;
                    assert_near(angular_speed(i, d), speed, 1e-14);
                    assert_near(t_at(pe, row, 2 * i), sin(angle), eps);
                    assert_near(t_at(pe, row, 2 * i + 1), cos(angle), eps);
                }
            tape_reset();
        }
    for (int d = 1; d < 10; d += 2) {
        char text[99];
        snprintf(text, sizeof text,
                 "sinusoids: the width must be even, got %d", d);
        assert_refuses_in("07_positional_encoding.c", text, sinusoids(0, 4, d));
    }
}

/* PE_p M = PE_{p + k}, pair by pair. */
static Tensor *step_matrix(int k, int d)
{
    Tensor *m = t_zeros(d, d);
    for (int i = 0; i < d / 2; i++) {
        double angle = k * angular_speed(i, d);
        t_at(m, 2 * i, 2 * i) = t_at(m, 2 * i + 1, 2 * i + 1)
                              = (real)cos(angle);
        t_at(m, 2 * i, 2 * i + 1) = (real)-sin(angle);
        t_at(m, 2 * i + 1, 2 * i) = (real)sin(angle);
    }
    return m;
}

static void a_step_is_one_rotation_for_all_positions(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    for (int trial = 0; trial < 60; trial++) {
        int d = 2 * between(&rng, 1, 32), k = between(&rng, -300, 300);
        Tensor *step = step_matrix(k, d), *square = t_zeros(d, d);
        for (int i = 0; i < d; i++)
            t_at(square, i, i) = 1;
        assert_true(t_distance(t_matmul(step, t_transpose(step)), square)
                    < 4 * eps);             /* a rotation: it keeps lengths */
        Tensor *here = sinusoids(0, 500, d), *there = sinusoids(k, 500, d);
        assert_true(t_distance(t_matmul(here, step), there) < 4 * eps);
        here = sinusoids(10000, 500, d);    /* far on, by the same matrix */
        there = sinusoids(10000 + k, 500, d);
        assert_true(t_distance(t_matmul(here, step), there) < 4 * eps);
        tape_reset();
    }
}

static void the_inner_product_of_codes_depends_on_distance_only(void **state)
{
    (void)state;
    enum { N = 200 };
    for (int d = 2; d <= 128; d *= 2) {
        Tensor *pe = sinusoids(0, N, d);
        Tensor *products = t_matmul(pe, t_transpose(pe));
        for (int k = 0; k < N; k++) {
            double wanted = 0;
            for (int i = 0; i < d / 2; i++)
                wanted += cos(k * angular_speed(i, d));
            for (int p = 0; p + k < N; p++) {
                assert_near(t_at(products, p, p + k), wanted, 4 * d * eps);
                assert_near(t_at(products, p + k, p), wanted, 4 * d * eps);
            }
        }
        tape_reset();
    }
}

static void concatenating_is_adding_with_two_projections(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    for (int trial = 0; trial < 200; trial++) {
        int n = between(&rng, 1, 20), d = between(&rng, 1, 20);
        int d_p = 2 * between(&rng, 1, 10), to = between(&rng, 1, 20);
        Tensor *x = t_normal(&rng, n, d), *p = sinusoids(trial, n, d_p);
        Tensor *w = t_normal(&rng, d + d_p, to);
        Tensor *added = t_add(t_matmul(x, t_slice(w, 0, 0, d)),
                              t_matmul(p, t_slice(w, 0, d, d + d_p)));
        assert_true(t_distance(t_matmul(t_concat(-1, x, p), w), added) < 1e-5);
        if (d == d_p) {     /* plain addition: both share one matrix */
            Tensor *half = t_slice(w, 0, 0, d);
            Tensor *twice = t_concat(0, half, half);
            assert_true(t_distance(t_matmul(t_concat(-1, x, p), twice),
                                   t_matmul(t_add(x, p), half)) < 1e-5);
        }
        tape_reset();
    }
}

/* ---- on the scores ------------------------------------------------------ */

static void the_relative_bias_is_constant_along_diagonals(void **state)
{
    (void)state;
    Rng rng = rng_new(5);
    for (int trial = 0; trial < 100; trial++) {
        int reach = between(&rng, 0, 8), h = between(&rng, 1, 4);
        int n = between(&rng, 1, LONG), count[2 * 8 + 1] = { 0 };
        Tensor *table = param_from(NULL, t_normal(&rng, 2 * reach + 1, h));
        Tensor *bias = relative_bias(table, n);
        assert_shape(bias, h, n, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                int far = j - i < -reach ? -reach : j - i;
                far = far > reach ? reach : far;
                count[far + reach]++;
                for (int head = 0; head < h; head++)
                    assert_true(t_at(bias, head, i, j)
                                == t_at(table, far + reach, head));
            }
        Tensor *g = t_broadcast(t_reshape(t_normal(&rng, h), h, 1, 1), h, n, n);
        t_backward(t_sum(t_mul(bias, g), T_ALL));
        for (int row = 0; row < 2 * reach + 1; row++)
            for (int head = 0; head < h; head++) {
                double wanted = count[row] * (double)t_at(g, head, 0, 0);
                assert_near(t_grad_at(table, row, head), wanted,
                            1e-5 * fabs(wanted));
            }
        tape_free();
    }
}

static void alibi_falls_evenly_with_distance(void **state)
{
    (void)state;
    for (int h = 1; h <= 16; h++)
        for (int n = 1; n <= LONG; n++) {
            Tensor *bias = alibi_bias(h, n);
            assert_shape(bias, h, n, n);
            for (int head = 0; head < h; head++)
                for (int i = 0; i < n; i++)
                    for (int j = 0; j < n; j++) {
                        double slope = exp2(-8.0 * (head + 1) / h);
                        double wanted = -slope * abs(i - j);
                        assert_near(t_at(bias, head, i, j), wanted,
                                    eps * fabs(wanted));
                    }
            tape_reset();
        }
    /* With eight heads: 1/2, 1/4, ..., 1/256 (Press et al. 2022). */
    Tensor *bias = alibi_bias(8, 2);
    for (int head = 0; head < 8; head++)
        assert_true(t_at(bias, head, 1, 0) == -1 / (real)(2 << head));
}

static void biased_weights_follow_their_formula(void **state)
{
    (void)state;
    Rng rng = rng_new(6);
    for (int trial = 0; trial < 200; trial++) {
        int B = between(&rng, 1, 3), h = between(&rng, 1, 3);
        int n = between(&rng, 1, 9), w = between(&rng, 1, 9);
        Tensor *q = t_normal(&rng, B, h, n, w), *k = t_normal(&rng, B, h, n, w);
        Tensor *mask = trial % 2 ? causal_mask(n) : NULL;
        assert_true(t_distance(biased_weights(q, k, NULL, mask),
                               attention_weights(q, k, mask)) < 1e-6);
        Tensor *bias = t_normal(&rng, h, n, n);
        Tensor *p = biased_weights(q, k, bias, mask);
        assert_shape(p, B, h, n, n);
        for (int at = 0; at < B * h * n; at++) {
            int b = at / n / h, head = at / n % h, i = at % n;
            double e[9], sum = 0;
            for (int j = 0; j < n; j++) {
                double score = 0;
                for (int c = 0; c < w; c++)
                    score += (double)t_at(q, b, head, i, c)
                           * (double)t_at(k, b, head, j, c);
                e[j] = mask && j > i ? 0
                     : exp(score / sqrt(w) + (double)t_at(bias, head, i, j));
                sum += e[j];
            }
            for (int j = 0; j < n; j++)
                assert_near(t_at(p, b, head, i, j), e[j] / sum, 1e-5);
        }
        tape_reset();
    }
}

/* ---- rotary ------------------------------------------------------------- */

static void rotary_scores_depend_on_distance_only(void **state)
{
    (void)state;
    Rng rng = rng_new(7);
    for (int trial = 0; trial < 200; trial++) {
        int w = 2 * between(&rng, 1, 32), k = between(&rng, -500, 500);
        Tensor *q = t_normal(&rng, 1, w), *key = t_normal(&rng, 1, w);
        Tensor *stays = t_matmul(q, t_transpose(rotate(key, k)));
        double score = t_item(stays);
        for (int p = -1000; p < 10000; p = 2 * p + 1001) {
            Tensor *moved = t_matmul(rotate(q, p),
                                     t_transpose(rotate(key, p + k)));
            assert_near(t_item(moved), score, 1e-5 * w);
        }
        assert_same_bits(rotate(q, 0), q);      /* position 0 turns nothing */

        /* Row r of any matrix is at first + r, turned pair by pair. */
        int n = between(&rng, 1, 9), first = between(&rng, -50, 5000);
        Tensor *x = t_normal(&rng, 2, 3, n, w);
        Tensor *turned = rotate(copy_in(trial % LAYOUTS, x), first);
        assert_shape(turned, 2, 3, n, w);
        for (int at = 0; at < 6 * n * w / 2; at++) {
            int i = at % (w / 2), row = at / (w / 2) % n, h = at / n % 3;
            double angle = (first + row) * angular_speed(i, w);
            double a = (double)t_at(x, trial % 2, h, row, i);
            double b = (double)t_at(x, trial % 2, h, row, i + w / 2);
            double u = (double)t_at(turned, trial % 2, h, row, i);
            double v = (double)t_at(turned, trial % 2, h, row, i + w / 2);
            assert_near(u, a * cos(angle) - b * sin(angle), 8 * eps);
            assert_near(v, a * sin(angle) + b * cos(angle), 8 * eps);
            assert_near(u * u + v * v, a * a + b * b,   /* its length stays */
                        8 * eps * (a * a + b * b));
        }
        tape_reset();
    }
    assert_refuses_in("07_positional_encoding.c",
                      "rotate: the width must be even, got (2, 3)",
                      rotate(t_zeros(2, 3), 0));
}

static void the_gradient_of_a_rotation_turns_back(void **state)
{
    (void)state;
    Rng rng = rng_new(8);
    for (int trial = 0; trial < 100; trial++) {
        int w = 2 * between(&rng, 1, 16), n = between(&rng, 1, 9);
        int first = between(&rng, 0, 1000);
        Tensor *x = param_from(NULL, t_normal(&rng, 2, n, w));
        Tensor *g = t_normal(&rng, 2, n, w);
        t_backward(t_sum(t_mul(rotate(x, first), g), T_ALL));
        for (int row = 0; row < n; row++) {
            Tensor *back = rotate(t_slice(g, 1, row, row + 1), -(first + row));
            assert_true(t_distance(t_slice(t_grad(x), 1, row, row + 1), back)
                        < 8 * eps);
        }
        tape_free();
    }
}

/* ---- PyTorch ------------------------------------------------------------ */

#define assert_as_pytorch(x, field)                                            \
    do {                                                                       \
        const Tensor *ours = (x);                                              \
        check_numbers(ours, ours->buffer->data, 4e-6, t_size(ours), g->field,  \
                      g->name, __FILE__, __LINE__);                            \
    } while (0)

static void pytorch_turns_by_the_same_angles(void **state)
{
    (void)state;
    const int cases = sizeof golden_rotary / sizeof *golden_rotary;
    for (const struct Golden *g = golden_rotary; g < golden_rotary + cases; g++) {
        Tensor *q = param_from(NULL, from_numbers(g->q, SHAPE(g->n, g->w)));
        Tensor *k = param_from(NULL, from_numbers(g->k, SHAPE(g->m, g->w)));
        Tensor *turned_q = rotate(q, g->first_q), *turned_k = rotate(k, g->first_k);
        Tensor *scores = t_matmul(turned_q, t_transpose(turned_k));
        assert_as_pytorch(turned_q, turned_q);
        assert_as_pytorch(turned_k, turned_k);
        assert_as_pytorch(scores, scores);
        Tensor *d_scores = from_numbers(g->d_scores, SHAPE(g->n, g->m));
        t_backward(t_sum(t_mul(scores, d_scores), T_ALL));
        assert_as_pytorch(t_grad(q), d_q);
        assert_as_pytorch(t_grad(k), d_k);
        tape_free();
    }
}

/* ---- the contest -------------------------------------------------------- */

/* Half the steps of the chapter are enough to tell the six apart. These bounds
 * hold for the seeds 1 to 6. */
static void far_keys_drown_the_place_sought(void **state)
{
    (void)state;
    Rememberer r = rememberer_new(RELATIVE_BIAS, 1);
    rememberer_train(&r, 1, 800);
    Share before = { 1, 0 };
    for (int n = TRAINED; n <= 128; n *= 2) {
        Share share = rememberer_share(&r, 1, n);
        assert_true(share.sought < 0.8 * before.sought);
        assert_true(share.far > before.far + 0.05);
        assert_true(share.sought + share.far < 1);
        double each = share.far / (n - 9);      /* of one far key */
        assert_true(share.sought > 4 * each);
        before = share;
    }
    assert_true(before.sought < 0.1 && before.far > 0.8);
    tape_free();
}

static void the_contest_ends_as_told(void **state)
{
    (void)state;
    enum { LENGTHS = 4 };       /* 16, 32, 64 and 128 tokens */
    static const struct {
        const char *name;
        double low[LENGTHS], high[LENGTHS];
    } told[SCHEMES] = {
        [NO_POSITIONS] = { "none", { .2, .17, .14, .1 },
                           { .4, .28, .24, .2 } },
        [SINUSOIDS] = { "sinusoids", { .98, .4, .25, .15 }, { 1, .8, .6, .5 } },
        [LEARNED] = { "learned", { .98, .4, .2, .12 }, { 1, .65, .4, .3 } },
        [RELATIVE_BIAS] = { "relative bias", { .98, .97, .88, .65 },
                            { 1, 1, 1, .88 } },
        [ALIBI] = { "ALiBi", { .25, .28, .28, .28 }, { .4, .4, .4, .4 } },
        [ROTARY] = { "rotary", { .98, .97, .45, .2 }, { 1, 1, .8, .55 } },
    };
    for (Scheme scheme = NO_POSITIONS; scheme < SCHEMES; scheme++) {
        Rememberer r = rememberer_new(scheme, 1);
        assert_string_equal(scheme_name(scheme), told[scheme].name);
        assert_true(rememberer_score(&r, 1, TRAINED) < 0.2);
        rememberer_train(&r, 1, 400);
        for (int i = 0; i < LENGTHS; i++) {
            double score = rememberer_score(&r, 1, TRAINED << i);
            if (score < told[scheme].low[i] || told[scheme].high[i] < score)
                fail_msg("%s, %d tokens: %.3f", told[scheme].name, TRAINED << i,
                         score);
        }
        tape_free();
    }
}

static void look_at_the_table(uint64_t seed)
{
    Rememberer r = rememberer_new(LEARNED, seed);
    Tensor *table = r.positions, *before = t_keep(table);
    int rows = t_dim(table, 0);
    rememberer_train(&r, seed, 20);
    for (int p = 0; p < rows; p++) {
        Tensor *row = t_slice(table, 0, p, p + 1);
        double moved = t_distance(row, t_slice(before, 0, p, p + 1));
        /* Only what occurs in training is learned. */
        assert_true(p < TRAINED ? moved > 1e-3 : moved == 0);
        for (int other = 0; other < p; other++)
            assert_true(t_distance(row, t_slice(table, 0, other, other + 1))
                        > 0.1);
    }
    assert_shape(table, 128, 32);
    assert_refuses("t_slice: elements 0 to 129 of axis 0 of shape (128, 32)",
                   t_slice(table, 0, 0, 129));
    assert_shape(sinusoids(128, 1, 32), 1, 32);     /* waves go on */
    tape_free();
}

static void learned_positions_end_with_their_table(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++)
        look_at_the_table(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(attention_without_positions_is_permutation_equivariant),
        TEST(with_positions_order_matters),
        TEST(sinusoids_follow_their_formula),
        TEST(a_step_is_one_rotation_for_all_positions),
        TEST(the_inner_product_of_codes_depends_on_distance_only),
        TEST(concatenating_is_adding_with_two_projections),
        TEST(the_relative_bias_is_constant_along_diagonals),
        TEST(alibi_falls_evenly_with_distance),
        TEST(biased_weights_follow_their_formula),
        TEST(rotary_scores_depend_on_distance_only),
        TEST(the_gradient_of_a_rotation_turns_back),
        TEST(pytorch_turns_by_the_same_angles),
        TEST(learned_positions_end_with_their_table),
        TEST(far_keys_drown_the_place_sought),
        TEST(the_contest_ends_as_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

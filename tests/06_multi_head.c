/* The claims of chapter 6, and what its header promises. */
#include "chapter.h"

#include "05_scaled_dot_product.h"
#include "06_multi_head.h"
#include "golden/06_multi_head.h"

static const MultiHeadOptions plain = { 0 };

/* The sizes of an example: d is h w. */
typedef struct {
    int B, n, m, h, w, d;
} Sizes;

static Sizes random_sizes(Rng *rng)
{
    Sizes s = { .B = between(rng, 1, 4) };
    s.n = between(rng, 1, 7);
    s.m = between(rng, 1, 7);
    s.h = between(rng, 1, 5);
    s.w = between(rng, 1, 6);
    s.d = s.h * s.w;
    return s;
}

/* Larger biases than a new layer has, so that none can be missed. */
static MultiHead random_layer(Rng *rng, int d, int heads)
{
    MultiHead layer = multi_head_new(NULL, rng, d, heads);
    Linear parts[] = { layer.to_q, layer.to_k, layer.to_v, layer.to_out };
    for (int i = 0; i < 4; i++)
        t_assign(parts[i].bias, t_normal(rng, d));
    return layer;
}

/* Sequence b of a batch as a matrix. */
static Tensor *sequence(Tensor *x, int b)
{
    return t_reshape(t_slice(x, 0, b, b + 1), t_dim(x, 1), t_dim(x, 2));
}

/* Head by head, as S1's loop has it: asking x (n, d), answering y (m, d) are
 * projected, cut by columns, and there is one attention for each piece. The
 * results side by side: (n, d). */
static Tensor *loop(MultiHead layer, Tensor *x, Tensor *y, Tensor *mask)
{
    Tensor *q = nn_linear(layer.to_q, x), *k = nn_linear(layer.to_k, y);
    Tensor *v = nn_linear(layer.to_v, y), *out[8];
    int w = t_dim(x, 1) / layer.heads;
    for (int i = 0; i < layer.heads; i++)
        out[i] = attention(t_slice(q, 1, i * w, (i + 1) * w),
                           t_slice(k, 1, i * w, (i + 1) * w),
                           t_slice(v, 1, i * w, (i + 1) * w), mask);
    return t_concat_list(1, layer.heads, out);
}

/* ---- one and several ---------------------------------------------------- */

static void splitting_is_a_view_and_merging_one_copy(void **state)
{
    (void)state;
    enum { HEADERS = 1024 };    /* bytes for tensors without their numbers */
    Rng rng = rng_new(1);
    for (int trial = 0; trial < 200; trial++) {
        Sizes s = random_sizes(&rng);
        if (trial < 4)
            s = (Sizes){ .B = 8, .n = 64, .h = 8, .w = 64, .d = 512 };
        Tensor *x = t_normal(&rng, s.B, s.n, s.d);
        x = trial % 2 ? x : copy_in(SLICED, x);
        size_t before = tape_bytes();
        Tensor *split = split_heads(x, s.h);
        assert_true(tape_bytes() - before <= HEADERS);
        assert_ptr_equal(split->buffer, x->buffer);

        Tensor *apart = t_normal(&rng, s.B, s.h, s.n, s.w);
        before = tape_bytes();
        Tensor *merged = merge_heads(apart);
        size_t one_copy = (size_t)t_size(apart) * sizeof(real);
        assert_true(tape_bytes() - before <= one_copy + HEADERS);
        for (int look = 0; look < 50; look++) {
            int b = rng_below(&rng, s.B), i = rng_below(&rng, s.n);
            int head = rng_below(&rng, s.h), c = rng_below(&rng, s.w);
            assert_true(t_at(split, b, head, i, c)
                        == t_at(x, b, i, head * s.w + c));
            assert_true(t_at(merged, b, i, head * s.w + c)
                        == t_at(apart, b, head, i, c));
        }
        assert_same_bits(merge_heads(split), x);    /* together: nothing */
        assert_same_bits(split_heads(merged, s.h), apart);
        tape_reset();
    }
}

static void heads_alone_do_not_keep_a_token_from_itself(void **state)
{
    (void)state;
    enum { ROWS = 8, WIDTH = 512, TRIALS = 4 };
    for (int heads = 0; heads <= 16; heads = heads ? 4 * heads : 1)
        for (int same = 0; same < 2; same++) {
            Rng rng = rng_new(17);
            double sum = 0;
            for (int trial = 0; trial < TRIALS; trial++) {
                Tensor *x = t_normal(&rng, 1, ROWS, WIDTH);
                sum += weight_on_itself(x, heads, same, &rng) / TRIALS;
                tape_reset();
            }
            if (heads == 0 || same)
                assert_true(sum > 0.9);
            else
                assert_near(sum, 1.0 / ROWS, 0.05);
        }
}

static void the_loop_equals_the_views_and_not_the_forgotten_factor(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    for (int trial = 0; trial < 40; trial++) {
        int h = 1 << between(&rng, 0, 3), n = between(&rng, 2, 12);
        int d = trial < 10 ? 512 : h * between(&rng, 4, 16);
        MultiHead layer = multi_head_new(NULL, &rng, d, h);
        Tensor *x = t_normal(&rng, 1, n, d);
        Tensor *looped = loop(layer, sequence(x, 0), sequence(x, 0), NULL);
        Tensor *q = split_heads(nn_linear(layer.to_q, x), h);
        Tensor *k = split_heads(nn_linear(layer.to_k, x), h);
        Tensor *v = split_heads(nn_linear(layer.to_v, x), h);
        Tensor *views = multi_head(layer, x, x, plain);
        assert_true(t_distance(nn_linear(layer.to_out, looped),
                               sequence(views, 0)) < 1e-6);
        Tensor *forgotten = t_softmax(t_matmul(q, t_transpose(k)));
        views = sequence(merge_heads(t_matmul(forgotten, v)), 0);
        assert_true(t_distance(looped, views) > (d / h >= 64 ? 0.1 : 1e-3));
        tape_free();
    }
}

static void one_big_projection_equals_small_ones_side_by_side(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    for (int trial = 0; trial < 100; trial++) {
        int h = between(&rng, 1, 8), w = trial ? between(&rng, 1, 9) : 64;
        int d = h * w, n = between(&rng, 1, 9);
        Linear big = random_layer(&rng, d, h).to_q;
        Tensor *x = t_normal(&rng, n, d), *beside[8];
        for (int i = 0; i < h; i++) {
            Linear small = {
                t_contiguous(t_slice(big.weight, 1, i * w, i * w + w)),
                t_contiguous(t_slice(big.bias, 0, i * w, i * w + w)),
            };
            beside[i] = t_reshape(nn_linear(small, x), 1, 1, n, w);
        }
        Tensor *split = split_heads(t_reshape(nn_linear(big, x), 1, n, d), h);
        assert_true(t_distance(t_concat_list(1, h, beside), split) < 1e-5);
        tape_free();
    }
}

static void a_width_that_does_not_divide_is_refused(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    for (int d = 1; d <= 12; d++)
        for (int h = -1; h <= 14; h++) {
            Tensor *x = t_normal(&rng, 2, 3, d);
            char text[99];
            snprintf(text, sizeof text, "split_heads: a width of %d does not "
                     "divide into %d heads", d, h);
            if (h > 0 && d % h == 0)
                continue;
            assert_refuses_in("06_multi_head.c", text, split_heads(x, h));
            MultiHead layer = random_layer(&rng, d, 1);
            layer.heads = h;
            assert_refuses_in("06_multi_head.c", text,
                              multi_head(layer, x, x, plain));
            tape_free();
        }
}

static void the_number_of_parameters_does_not_depend_on_the_heads(void **state)
{
    (void)state;
    Rng rng = rng_new(5);
    for (int d = 1; d <= 512; d *= 2)
        for (int h = 1; h <= d; h *= 2) {
            Params list = { 0 };
            assert_int_equal(multi_head_new(&list, &rng, d, h).heads, h);
            assert_int_equal(params_count(&list), 4 * d * d + 4 * d);
            tape_free();
        }
}

/* ---- what a head sees --------------------------------------------------- */

/* The output with all heads off but one. */
static Tensor *alone(MultiHead layer, Tensor *x, Tensor *y, int head)
{
    bool off[8];
    for (int i = 0; i < layer.heads; i++)
        off[i] = i != head;
    return multi_head(layer, x, y, (MultiHeadOptions){ .off = off });
}

/* One number of one token changes. Whether it asks or answers, every head then
 * brings home something else. */
static void every_head_sees_every_column(void **state)
{
    (void)state;
    Rng rng = rng_new(6);
    for (int trial = 0; trial < 20; trial++) {
        Sizes s = random_sizes(&rng);
        int n = s.n + 1, token = rng_below(&rng, n);
        MultiHead layer = random_layer(&rng, s.d, s.h);
        Tensor *x = t_normal(&rng, 1, n, s.d);
        for (int at = 0; at < s.d * s.h; at++) {
            Tensor *other = copy_in(IN_ROWS, x);
            t_at(other, 0, token, at / s.h) += 1;
            Tensor *before = alone(layer, x, x, at % s.h);
            Tensor *after = alone(layer, other, x, at % s.h);
            assert_true(t_distance(before, after) > 1e-5);
            after = alone(layer, x, other, at % s.h);
            assert_true(t_distance(before, after) > 1e-5);
        }
        tape_free();
    }
}

static void a_head_switched_off_contributes_nothing(void **state)
{
    (void)state;
    Rng rng = rng_new(7);
    for (int trial = 0; trial < 200; trial++) {
        Sizes s = random_sizes(&rng);
        MultiHead layer = random_layer(&rng, s.d, s.h);
        Tensor *x = t_normal(&rng, s.B, s.n, s.d);
        Tensor *y = t_normal(&rng, s.B, s.m, s.d);
        bool off[8];
        for (int i = 0; i < s.h; i++)
            off[i] = rng_uniform(&rng) < 0.5;
        MultiHeadOptions some = { .off = off };
        Tensor *got = multi_head(layer, x, y, some);

        /* Each that is on adds its part. */
        Tensor *sum = t_broadcast(layer.to_out.bias, s.B, s.n, s.d);
        for (int i = 0; i < s.h; i++)
            if (!off[i])
                sum = t_add(sum, t_sub(alone(layer, x, y, i),
                                       layer.to_out.bias));
        assert_true(t_distance(got, sum) < 1e-5);
        for (int c = 0; c < s.d; c++)       /* whatever it brings home */
            if (off[c / s.w])
                t_at(layer.to_v.bias, c) = (real)NAN;
        assert_same_bits(multi_head(layer, x, y, some), got);
        tape_free();
    }
}

/* ---- masks -------------------------------------------------------------- */

/* (B, rows, m): 1 where a key is hidden, at random, but no row hides all. */
static Tensor *random_mask(Rng *rng, int B, int rows, int m)
{
    Tensor *mask = t_zeros(B, rows, m);
    for (int at = 0; at < B * rows * m; at++)
        mask->buffer->data[at] = (real)rng_below(rng, 2);
    for (int at = 0; at < B * rows; at++)
        mask->buffer->data[at * m + rng_below(rng, m)] = 0;
    return mask;
}

/* One mask for each sequence, with one row for all queries or one for each. */
static void masks_hold_in_every_head(void **state)
{
    (void)state;
    Rng rng = rng_new(8);
    for (int trial = 0; trial < 300; trial++) {
        Sizes s = random_sizes(&rng);
        int rows = trial % 2 ? s.n : 1;
        MultiHead layer = random_layer(&rng, s.d, s.h);
        Tensor *x = t_normal(&rng, s.B, s.n, s.d), *p;
        Tensor *y = t_normal(&rng, s.B, s.m, s.d);
        Tensor *mask = random_mask(&rng, s.B, rows, s.m);
        MultiHeadOptions masked = { .mask = mask, .weights = &p };
        Tensor *got = multi_head(layer, x, y, masked);
        mask = t_reshape(mask, s.B, 1, rows, s.m);
        assert_true(t_item(t_max(t_mul(p, mask), T_ALL)) == 0);
        for (int b = 0; b < s.B; b++)
            assert_true(t_distance(sequence(got, b), nn_linear(layer.to_out,
                            loop(layer, sequence(x, b), sequence(y, b),
                                 t_reshape(t_slice(mask, 0, b, b + 1), rows,
                                           s.m)))) < 1e-5);
        /* A token that no query may see can be anything. */
        for (int at = 0; rows == 1 && at < s.B * s.m * s.d; at++)
            if (t_at(mask, at / s.d / s.m, 0, 0, at / s.d % s.m) != 0)
                y->buffer->data[at] = (real)(1e9 * rng_normal(&rng));
        assert_same_bits(multi_head(layer, x, y, masked), got);

        /* The future changes nothing that came before. */
        int t = between(&rng, 1, s.n);
        Tensor *other = t_normal(&rng, s.B, s.n + 1 - t, s.d);
        other = t_concat(1, t_slice(x, 1, 0, t), other);
        other = t_slice(other, 1, 0, s.n);
        masked.mask = causal_mask(s.n);
        got = multi_head(layer, x, x, masked);
        other = multi_head(layer, other, other, masked);
        assert_same_bits(t_slice(got, 1, 0, t), t_slice(other, 1, 0, t));
        tape_free();
    }
}

/* Whether somebody asks for the weights changes nothing else. */
static void tiles_and_tables_give_the_same_numbers(void **state)
{
    (void)state;
    Rng rng = rng_new(14);
    for (int trial = 0; trial < 200; trial++) {
        Sizes s = random_sizes(&rng);
        bool causal = trial % 2, off[8] = { true };
        s.m = causal ? s.n : s.m;
        MultiHead layer = random_layer(&rng, s.d, s.h);
        Tensor *x = t_normal(&rng, s.B, s.n, s.d);
        Tensor *y = t_normal(&rng, s.B, s.m, s.d), *weights;
        Tensor *mask[4] = { NULL };
        mask[1] = random_mask(&rng, s.B, s.n, s.m);
        mask[2] = random_mask(&rng, s.B, 1, s.m);
        mask[3] = t_reshape(random_mask(&rng, 1, s.n, s.m), s.n, s.m);
        MultiHeadOptions tiles = { .mask = mask[trial / 2 % 4],
                                   .causal = causal,
                                   .off = trial % 3 ? NULL : off };
        MultiHeadOptions tables = tiles;
        tables.weights = &weights;
        assert_near(t_distance(multi_head(layer, x, y, tiles),
                               multi_head(layer, x, y, tables)), 0, 1e-5);
        for (int i = 0; causal && i < s.n; i++)     /* nobody looks ahead */
            for (int j = i + 1; j < s.n; j++)
                assert_true(t_at(weights, 0, 0, i, j) == 0);
        tape_free();
    }
}

static void weights_are_dropped_in_training_only(void **state)
{
    (void)state;
    Rng rng = rng_new(9);
    MultiHead layer = random_layer(&rng, 6, 3);
    Tensor *x = t_normal(&rng, 1, 4, 6), *told[2];
    MultiHeadOptions test = { .drop = 0.3, .weights = &told[0] };
    MultiHeadOptions train = { .drop = 0.3, .weights = &told[1], .rng = &rng };
    Tensor *whole = multi_head(layer, x, x, plain);
    assert_same_bits(multi_head(layer, x, x, test), whole);
    assert_true(t_distance(multi_head(layer, x, x, train), whole) > 0.01);
    assert_same_bits(told[0], told[1]);     /* told before the dropping */
}

/* ---- PyTorch ------------------------------------------------------------ */

#define assert_as_pytorch(x, field)                                            \
    do {                                                                       \
        const Tensor *ours = (x);                                              \
        check_numbers(ours, ours->buffer->data, 2e-5, t_size(ours), g->field,  \
                      g->name, __FILE__, __LINE__);                            \
    } while (0)

static void compare_with(const struct Golden *g)
{
    const int d = GOLDEN_D;
    Rng rng = rng_new(10);
    MultiHead layer = multi_head_new(NULL, &rng, d, g->heads);
    Linear to[] = { layer.to_q, layer.to_k, layer.to_v, layer.to_out };
    for (int i = 0; i < 4; i++) {   /* PyTorch has (out, in), we (in, out) */
        const double *weight = i == 3 ? golden_out_weight
                                      : golden_in_weight + i * d * d;
        const double *bias = i == 3 ? golden_out_bias : golden_in_bias + i * d;
        t_assign(to[i].weight, t_transpose(from_numbers(weight, SHAPE(d, d))));
        t_assign(to[i].bias, from_numbers(bias, SHAPE(d)));
    }
    Tensor *x = param_from(NULL, from_numbers(g->asking, SHAPE(g->B, g->n, d)));
    Tensor *y = x, *weights;
    if (g->answering)
        y = param_from(NULL, from_numbers(g->answering, SHAPE(g->B, g->m, d)));
    Tensor *out = multi_head(layer, x, y, (MultiHeadOptions){
        .mask = g->mask ? from_numbers(g->mask, g->mask_shape) : NULL,
        .weights = &weights });
    assert_as_pytorch(out, out);
    assert_as_pytorch(weights, weights);
    assert_as_pytorch(t_mean(weights, 1), mean_weights);

    Tensor *d_out = from_numbers(g->d_out, SHAPE(g->B, g->n, d));
    t_backward(t_sum(t_mul(out, d_out), T_ALL));
    assert_as_pytorch(t_grad(x), d_asking);
    if (g->answering)
        assert_as_pytorch(t_grad(y), d_answering);
    Tensor *weight[3];
    for (int i = 0; i < 3; i++)
        weight[i] = t_transpose(t_grad(to[i].weight));
    assert_as_pytorch(t_concat_list(0, 3, weight), d_in_weight);
    assert_as_pytorch(t_transpose(t_grad(layer.to_out.weight)), d_out_weight);
    tape_free();
}

static void pytorch_gives_the_same_numbers(void **state)
{
    (void)state;
    const size_t bytes = sizeof golden_multi_head;
    for (size_t i = 0; i < bytes / sizeof golden_multi_head[0]; i++)
        compare_with(&golden_multi_head[i]);
}

/* ---- 它 ------------------------------------------------------------------ */

enum { CAT = 3, LOVELY = 7 };   /* 我 养了 一只 猫 ， 它 很 可爱 */

static Reader trained(uint64_t seed, int d, int heads)
{
    Rng rng = rng_new(seed);
    Reader reader = reader_new(&rng, d, heads);
    reader_train(&reader, &rng, 1000);
    return reader;
}

/* Not with every seed, as the chapter says, but with all but one. */
static void two_heads_find_different_words(void **state)
{
    (void)state;
    int found = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        Reader reader = trained(seed, 8, 2);
        Score score = reader_score(&reader, NULL);
        assert_true(score.animal > 0.95 && score.quality > 0.95);
        Tensor *looks = reader_looks(&reader);
        for (int i = 0; i < 2; i++)
            found += t_at(looks, i, CAT) > (real)0.5
                  && t_at(looks, 1 - i, LOVELY) > (real)0.5;
        assert_true(found > 0 && found + 1 >= (int)seed);
        tape_free();
    }
}

/* Without those that look rather at 猫, or at 可爱, one question suffers most. */
static void ablation_shows_which_question_a_head_carries(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        Reader reader = trained(seed, 16, 4);
        Tensor *looks = reader_looks(&reader);
        bool cat[4], lovely[4];
        for (int i = 0; i < 4; i++)
            lovely[i] = !(cat[i] = t_at(looks, i, CAT)
                                 > t_at(looks, i, LOVELY));
        Score left = reader_score(&reader, cat);
        assert_true(left.animal < (seed == 1 ? 0.5 : 0.9));
        assert_true(left.animal < left.quality - 0.1);
        left = reader_score(&reader, lovely);
        assert_true(left.quality < (seed == 1 ? 0.5 : 0.9));
        assert_true(left.quality < left.animal - 0.1);
        tape_free();
    }
}

/* ---- rank --------------------------------------------------------------- */

enum { TOKENS = 16 };

/* Of a table (TOKENS, TOKENS), by elimination: until only rounding is left. */
static int rank_of(const Tensor *table)
{
    double a[TOKENS * TOKENS];
    for (int at = 0; at < TOKENS * TOKENS; at++)
        a[at] = (double)t_at(table, at / TOKENS, at % TOKENS);
    for (int rank = 0; rank < TOKENS; rank++) {
        int most = 0;
        for (int at = 0; at < TOKENS * TOKENS; at++)
            most = fabs(a[at]) > fabs(a[most]) ? at : most;
        double row[TOKENS], pivot = a[most];
        if (fabs(pivot) < 1e-4)
            return rank;
        memcpy(row, a + most / TOKENS * TOKENS, sizeof row);
        for (int i = 0; i < TOKENS; i++) {
            double factor = a[i * TOKENS + most % TOKENS] / pivot;
            for (int j = 0; j < TOKENS; j++)
                a[i * TOKENS + j] -= factor * row[j];
        }
    }
    return TOKENS;
}

/* The logarithm of a weight is its score, less a number of its row, of which
 * nothing is left when the row's mean is taken away. */
static void the_rank_of_the_scores_is_at_most_the_width_of_the_head(
    void **state)
{
    (void)state;
    Rng rng = rng_new(11);
    for (int h = 1; h <= 4; h++)
        for (int w = 1; w < TOKENS - 1; w += w < 4 ? 1 : 3) {
            MultiHead layer = random_layer(&rng, h * w, h);
            Tensor *x = t_normal(&rng, 1, TOKENS, h * w), *p;
            multi_head(layer, x, x, (MultiHeadOptions){ .weights = &p });
            Tensor *scores = t_log(p);
            scores = t_sub(scores, t_mean(scores, -1));
            for (int i = 0; i < h; i++)     /* it is not less, either */
                assert_int_equal(rank_of(t_reshape(t_slice(scores, 1, i, i + 1),
                                                   TOKENS, TOKENS)), w);
            tape_free();
        }
}

/* As on a circle: with two numbers, not with one. */
static void two_numbers_are_enough_to_point_at_the_next_token(void **state)
{
    (void)state;
    Tensor *next = t_zeros(TOKENS, TOKENS);
    for (int i = 0; i < TOKENS; i++)
        t_at(next, i, (i + 1) % TOKENS) = 1;
    next = t_keep(next);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        assert_true(imitate(next, 1, seed) > 1);
        assert_true(imitate(next, 2, seed) < 0.05);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(splitting_is_a_view_and_merging_one_copy),
        TEST(heads_alone_do_not_keep_a_token_from_itself),
        TEST(the_loop_equals_the_views_and_not_the_forgotten_factor),
        TEST(one_big_projection_equals_small_ones_side_by_side),
        TEST(a_width_that_does_not_divide_is_refused),
        TEST(the_number_of_parameters_does_not_depend_on_the_heads),
        TEST(every_head_sees_every_column),
        TEST(a_head_switched_off_contributes_nothing),
        TEST(masks_hold_in_every_head),
        TEST(tiles_and_tables_give_the_same_numbers),
        TEST(weights_are_dropped_in_training_only),
        TEST(pytorch_gives_the_same_numbers),
        TEST(two_heads_find_different_words),
        TEST(ablation_shows_which_question_a_head_carries),
        TEST(two_numbers_are_enough_to_point_at_the_next_token),
        TEST(the_rank_of_the_scores_is_at_most_the_width_of_the_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

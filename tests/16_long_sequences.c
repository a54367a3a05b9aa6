/* The claims of chapter 16, and what its header promises. */
#include "chapter.h"

#include "05_scaled_dot_product.h"
#include "07_positional_encoding.h"
#include "16_long_sequences.h"

/* ---- what bounds what ---------------------------------------------------- */

static void work_is_counted_as_told(void **state)
{
    (void)state;
    Work product = work_of_product(2, 3, 5);
    assert_near(product.flop, 2 * 2 * 3 * 5, 0);
    assert_near(product.bytes, sizeof(real) * (2 * 5 + 5 * 3 + 2 * 3), 0);
    Work softmax = work_of_softmax(4, 7);
    assert_near(softmax.flop, 5 * 28, 0);
    assert_near(softmax.bytes, sizeof(real) * 2 * 28, 0);
    Work own = work_of_cache_read(100, 8, 8, 16);
    Work shared = work_of_cache_read(100, 8, 2, 16);
    assert_near(own.flop, 8 * (4 * 100 * 16 + 5 * 100), 0);
    assert_near(own.bytes, sizeof(real) * 2 * 100 * 8 * 16, 0);
    assert_near(shared.flop, own.flop, 0);
    assert_near(4 * shared.bytes, own.bytes, 0);
    Work many = work_of_product(1024, 1024, 1024);
    Work one = work_of_product(1, 1024, 1024);
    assert_near(many.flop / many.bytes / (one.flop / one.bytes), 342, 1);
}

/* ---- tiles --------------------------------------------------------------- */

static void tiles_of_any_size_give_what_the_table_gives(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    for (int trial = 0; trial < 100; trial++) {
        bool causal = trial % 2;
        int n = between(&rng, 1, 40), m = causal ? n : between(&rng, 1, 40);
        int d_k = between(&rng, 1, 9), d_v = between(&rng, 1, 9);
        Tensor *q = t_scale(t_normal(&rng, n, d_k), 3);
        Tensor *k = t_normal(&rng, m, d_k), *v = t_normal(&rng, m, d_v);
        Tensor *table = attention(q, k, v, causal ? causal_mask(n) : NULL);
        int rows = between(&rng, 1, 50), columns = between(&rng, 1, 50);
        Tensor *tiles = attention_by_tiles(q, k, v, rows, columns, causal);
        assert_shape(tiles, n, d_v);
        assert_near(t_distance(tiles, table), 0, 2e-6);
        tape_free();
    }
}

static void scores_that_rise_do_not_overflow(void **state)
{
    (void)state;
    Tensor *q = t_matrix(1, 1, 100), *k = t_matrix(3, 1, -9, 0, 9);
    Tensor *v = t_matrix(3, 1, 1, 2, 3);
    assert_numbers(attention_by_tiles(q, k, v, 1, 1, false), 1e-6, 3);
    assert_numbers(attention_by_tiles(q, t_scale(k, -1), v, 1, 1, false), 1e-6,
                   1);
}

static void tiles_move_less_than_the_table(void **state)
{
    (void)state;
    for (int n = 1; n <= 20000; n += 1 + n / 7)
        for (int rows = 64; rows <= 512; rows *= 2)
            assert_true(traffic_in_tiles(n, 64, rows)
                        <= traffic_with_table(n, 64));
    double sixth = traffic_with_table(16384, 64)
                 / traffic_in_tiles(16384, 64, 192);
    assert_near(sixth, 6, 0.2);
}

/* ---- windows and biases -------------------------------------------------- */

static void a_window_sees_as_far_as_told(void **state)
{
    (void)state;
    enum { N = 40, D = 3 };
    Rng rng = rng_new(2);
    for (int w = 1; w <= 9; w += 4)
        for (int layers = 1; layers <= 3; layers++) {
            Tensor *x = param_from(NULL, t_normal(&rng, N, D)), *y = x;
            AttentionOptions near = { .causal = true, .window = w };
            for (int i = 0; i < layers; i++)
                y = t_attention(y, y, y, near);
            t_backward(t_sum(t_mul(t_slice(y, 0, N - 1, N),
                                   t_vector(1, -2, 3)), T_ALL));
            int seen = 0;
            for (int i = 0; i < N; i++)
                seen += t_grad_at(x, i, 0) != 0;
            assert_int_equal(seen, 1 + layers * (w - 1));
            tape_free();
        }
}

static void alibi_is_one_row_of_numbers(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    for (int n = 1; n <= 300; n = 3 * n + 1) {
        enum { H = 8 };
        Tensor *q = t_normal(&rng, 2, H, n, 4), *k = t_normal(&rng, 2, H, n, 4);
        Tensor *row = t_zeros(H, 1, n);
        for (int h = 0; h < H; h++)
            for (int j = 0; j < n; j++)
                t_at(row, h, 0, j) = (real)(pow(2, -8.0 * (h + 1) / H) * j);
        AttentionOptions table = { .causal = true, .bias = alibi_bias(H, n) };
        AttentionOptions short_one = { .causal = true, .bias = row };
        assert_near(t_distance(t_attention(q, k, k, table),
                               t_attention(q, k, k, short_one)), 0, 2e-5);
        tape_free();
    }
}

/* ---- linear attention ---------------------------------------------------- */

static void features_are_positive_and_as_told(void **state)
{
    (void)state;
    assert_numbers(features(t_vector(-1, 0, 2, -50)), 1e-6, exp(-1), 1, 3,
                   exp(-50));
}

static void two_words_by_hand(void **state)
{
    (void)state;        /* features 1, 2; the second weighs 2 : 4 */
    Tensor *q = t_matrix(2, 1, 0, 1), *k = t_matrix(2, 1, 0, 1);
    Tensor *v = t_matrix(2, 1, 3, 6);
    assert_numbers(linear_by_table(q, k, v), 1e-6, 3, 5);
    assert_numbers(linear_by_state(q, k, v), 1e-6, 3, 5);
    Tensor *chunks = linear_attention(t_reshape(q, 1, 1, 2, 1),
                                      t_reshape(k, 1, 1, 2, 1),
                                      t_reshape(v, 1, 1, 2, 1));
    assert_numbers(chunks, 1e-6, 3, 5);
}

static void linear_attention_is_a_recurrence(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    static const int lengths[] = { 1, 7, 127, 128, 256, 1024 };
    for (int i = 0; i < 6; i++)
        for (int trial = 0; trial < 4; trial++) {
            int B = between(&rng, 1, 2), h = between(&rng, 1, 3), n = lengths[i];
            int d = between(&rng, 1, 20), d_v = between(&rng, 1, 9);
            Tensor *q = t_normal(&rng, B, h, n, d);
            Tensor *k = t_normal(&rng, B, h, n, d);
            Tensor *v = t_normal(&rng, B, h, n, d_v);
            v = copy_in(rng_below(&rng, LAYOUTS), v);
            Tensor *chunks = linear_attention(q, k, v);
            assert_shape(chunks, B, h, n, d_v);
            assert_near(t_distance(chunks, linear_by_table(q, k, v)), 0, 1e-5);
            for (int b = 0; b < B; b++)
                for (int head = 0; head < h; head++) {
                    Tensor *one[4] = { q, k, v, chunks };
                    for (int x = 0; x < 4; x++)
                        one[x] = t_reshape(t_slice(t_slice(one[x], 0, b, b + 1),
                                                   1, head, head + 1),
                                           n, T_INFER);
                    Tensor *state_by_state = linear_by_state(one[0], one[1],
                                                             one[2]);
                    assert_near(t_distance(state_by_state, one[3]), 0, 1e-5);
                }
            tape_free();
        }
    Tensor *x = t_zeros(1, 1, 200, 2);
    assert_refuses_in("16_long_sequences.c",
                      "linear_attention: 200 tokens are no whole chunks of 128",
                      linear_attention(x, x, x));
}

static void chunks_give_the_gradients_of_the_table(void **state)
{
    (void)state;
    enum { N = 2 * CHUNK };
    Rng rng = rng_new(5);
    Tensor *in[3], *grad[2][3], *g = t_keep(t_normal(&rng, 1, 2, N, 5));
    for (int i = 0; i < 3; i++)
        in[i] = param_from(NULL, t_normal(&rng, 1, 2, N, 5));
    for (int chunks = 0; chunks < 2; chunks++) {
        Tensor *y = (chunks ? linear_attention : linear_by_table)(in[0], in[1],
                                                                  in[2]);
        for (int i = 0; i < 3; i++)
            memset(in[i]->buffer->grad, 0, in[i]->buffer->size * sizeof(real));
        t_backward(t_sum(t_mul(y, g), T_ALL));
        for (int i = 0; i < 3; i++)
            grad[chunks][i] = t_keep(t_grad(in[i]));
        tape_reset();
    }
    for (int i = 0; i < 3; i++)
        assert_near(t_distance(grad[0][i], grad[1][i]), 0, 2e-5);
}

static void no_word_sees_a_later_one(void **state)
{
    (void)state;
    enum { N = 2 * CHUNK, CHANGED = CHUNK + 5 };
    for (int look = 0; look < LOOKS; look++) {
        Seeker s = seeker_new((Look)look, 1);
        Rng rng = rng_new(6);
        Facts f = draw_facts(&rng, 1, N);
        Tensor *before = seeker_answers(&s, f);
        f.values[CHANGED] = (f.values[CHANGED] + 1) % 16;
        t_at(f.keys, 0, CHANGED, 3) += 1;
        Tensor *after = seeker_answers(&s, f);
        assert_near(t_distance(t_slice(before, 1, 0, CHANGED),
                               t_slice(after, 1, 0, CHANGED)), 0, 1e-6);
        assert_true(t_distance(before, after) > 1e-3);
        tape_free();
    }
}

/* ---- who recalls what ---------------------------------------------------- */

static void what_is_kept_is_counted_as_told(void **state)
{
    (void)state;
    static const double kept[LOOKS] = {     /* of 1000 facts */
        [ALL_KEYS] = 128000, [NEAR_KEYS] = 8192, [RUNNING_SUM] = 1088,
        [TWO_KEY_HEADS] = 64000, [ONE_KEY_HEAD] = 32000, [NARROW_HEADS] = 32000,
    };
    Seeker all = seeker_new(ALL_KEYS, 1);
    for (int look = 0; look < LOOKS; look++) {
        Seeker s = seeker_new((Look)look, 1);
        assert_near(seeker_keeps(&s, 1000), kept[look], 0);
        if (look <= RUNNING_SUM)
            assert_int_equal(params_count(&s.params),
                             params_count(&all.params));
    }
}

static double score[LOOKS][3];      /* at 128, 2048 and 16384 facts */

static void learn(uint64_t seed, int looks)
{
    for (int look = 0; look < looks; look++) {
        Seeker s = seeker_new((Look)look, seed);
        seeker_train(&s, seed, 600);
        score[look][0] = seeker_score(&s, seed, 128);
        score[look][1] = seeker_score(&s, seed, 2048);
        score[look][2] = seeker_score(&s, seed, 16384);
        tape_free();
    }
}

static void the_contest_ends_as_told(void **state)
{
    (void)state;
    skip_under_sanitizers();
    for (uint64_t seed = 2; seed > 0; seed--) {     /* 1 last, and kept */
        learn(seed, seed == 1 ? LOOKS : RUNNING_SUM + 1);
        assert_true(score[ALL_KEYS][0] > 0.99);
        assert_true(score[ALL_KEYS][1] > 0.93);
        assert_true(score[ALL_KEYS][2] > 0.75);
        assert_in_range(100 * score[RUNNING_SUM][0], 40, 70);
        assert_in_range(100 * score[RUNNING_SUM][1], 11, 22);
        assert_true(score[RUNNING_SUM][2] < 0.12);
        assert_true(score[NEAR_KEYS][2] < 0.12);
    }
}

/* Place i finds its answer among the last 63 in a share min(1, 63 / i). */
static void the_window_finds_what_it_sees(void **state)
{
    (void)state;
    skip_under_sanitizers();
    const int lengths[] = { 128, 2048, 16384 };
    for (int l = 0; l < 3; l++) {
        double seen = 0;
        for (int i = 1; i < lengths[l]; i++)
            seen += fmin(1, 63.0 / i) / (lengths[l] - 1);
        assert_near(score[NEAR_KEYS][l], seen + (1 - seen) / 16, 0.02);
    }
}

static void sharing_is_better_than_shrinking(void **state)
{
    (void)state;
    skip_under_sanitizers();
    for (int l = 0; l < 3; l++) {
        assert_true(score[ALL_KEYS][l] >= score[TWO_KEY_HEADS][l]);
        assert_true(score[TWO_KEY_HEADS][l] > score[ONE_KEY_HEAD][l]);
        assert_true(score[ONE_KEY_HEAD][l] > score[NARROW_HEADS][l] + 0.25);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(work_is_counted_as_told),
        TEST(tiles_of_any_size_give_what_the_table_gives),
        TEST(scores_that_rise_do_not_overflow),
        TEST(tiles_move_less_than_the_table),
        TEST(a_window_sees_as_far_as_told),
        TEST(alibi_is_one_row_of_numbers),
        TEST(features_are_positive_and_as_told),
        TEST(two_words_by_hand),
        TEST(linear_attention_is_a_recurrence),
        TEST(chunks_give_the_gradients_of_the_table),
        TEST(no_word_sees_a_later_one),
        TEST(what_is_kept_is_counted_as_told),
        TEST(the_contest_ends_as_told),
        TEST(the_window_finds_what_it_sees),
        TEST(sharing_is_better_than_shrinking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

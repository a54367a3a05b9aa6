/* Tests of ops_attention.c and attention_tiles.c: the formula of chapter 5, tile
 * by tile. */
#include "attention.h"

#include "05_scaled_dot_product.h"
#include "06_multi_head.h"
#include "base/parallel.h"

static const AttentionOptions plain = { 0 };

/* ---- the same numbers --------------------------------------------------- */

static void two_queries_and_two_keys_by_hand(void **state)
{
    (void)state;
    double l = log(3) * sqrt(2);        /* weights 3/4 and 1/4 */
    Tensor *q = t_matrix(2, 2, 1, 0, 0, 1);
    Tensor *k = t_matrix(2, 2, l, 0, 0, -l);
    Tensor *v = t_matrix(2, 3, 4, 0, 8, 0, 4, -8);
    assert_numbers(t_attention(q, k, v, plain), 1e-5, 3, 1, 4, 3, 1, 4);
    assert_numbers(t_attention(q, k, v, (AttentionOptions){ .causal = true }),
                   1e-5, 4, 0, 8, 3, 1, 4);
    Tensor *mask = t_matrix(2, 2, 0, 5, 1, 1);
    assert_numbers(t_attention(q, k, v, (AttentionOptions){ .mask = mask }),
                   1e-5, 4, 0, 8, 0, 0, 0);
}

static void tiles_give_what_the_table_gives(void **state)
{
    (void)state;
    check_all_sizes(5e-5);
}

/* Where a head is wider than the table of weights, the table is kept for the way
 * back. Each size on both sides of that. */
static void short_texts_and_wide_heads_give_what_the_table_gives(void **state)
{
    (void)state;
    static const int short_sizes[] = { 1, 7, 12, 31, 33, 40, 41, 47 };
    Rng rng = rng_new(13);
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++)
            for (int kind = 0; kind < KINDS; kind++) {
                Example e = example_of(&rng, kind, 2, 2, short_sizes[i],
                                       short_sizes[j], 40, 24);
                check_same(&e, 5e-5, kind);
                tape_free();
            }
}

/* Weights 3/4 and 1/4 again, each time by another option. */
static void each_option_by_hand(void **state)
{
    (void)state;
    double l = log(3);
    Tensor *q = t_matrix(2, 1, 1, 1), *k = t_matrix(3, 1, l, 0, 9);
    Tensor *v = t_matrix(3, 1, 4, 8, 100);
    AttentionOptions o = { .causal = true };
    assert_numbers(t_attention(q, k, v, o), 1e-5, 4, 5);
    o.cached = 1;       /* the second sees the key of 9, too */
    assert_near(t_at(t_attention(q, k, v, o), 0, 0), 5, 1e-5);
    assert_true(t_at(t_attention(q, k, v, o), 1, 0) > 99);
    o.cached = T_AT_END;
    assert_near(t_at(t_attention(q, k, v, o), 0, 0), 5, 1e-5);
    o.window = 1;       /* each its own, keys 1 and 2 */
    assert_numbers(t_attention(q, k, v, o), 0, 8, 100);
    o = (AttentionOptions){ .window = 2, .cached = 0 };
    assert_near(t_at(t_attention(q, k, v, o), 0, 0), 5, 1e-5);
    int two = 2;
    o = (AttentionOptions){ .lengths = &two };
    assert_numbers(t_attention(q, k, v, o), 1e-5, 5, 5);
    o.scale = -1;       /* weights 1/4 and 3/4 */
    assert_numbers(t_attention(q, k, v, o), 1e-5, 7, 7);
    o = (AttentionOptions){ .lengths = &two, .scale = 1e4, .softcap = l };
    assert_numbers(t_attention(q, k, v, o), 1e-5, 5, 5);
    o = (AttentionOptions){ .lengths = &two,
                            .bias = t_matrix(2, 3, 0, 0, 0, -l, 0, 0) };
    assert_numbers(t_attention(q, k, v, o), 1e-5, 5, 6);
}

/* Two heads of queries, one of keys: heads 0 and 1 of it twice. */
static void heads_share_keys_without_a_copy(void **state)
{
    (void)state;
    enum { N = 500, D = 8 };
    Rng rng = rng_new(29);
    Tensor *q = t_normal(&rng, 2, 6, N, D), *k = t_normal(&rng, 2, 2, N, D);
    size_t before = tape_bytes();
    Tensor *out = t_attention(q, k, k, plain);
    size_t room = tape_bytes() - before;
    assert_in_range(room, 1, 2 * 6 * N * (D + 2) * sizeof(real) + 1000);
    for (int h = 0; h < 6; h++) {
        Tensor *own = t_slice(k, 1, h / 3, h / 3 + 1);
        assert_near(t_distance(t_slice(out, 1, h, h + 1),
                               t_attention(t_slice(q, 1, h, h + 1), own, own,
                                           plain)), 0, 1e-6);
    }
}

/* As a text is written: its last tokens ask, and all keys are there. */
static void after_a_cache_comes_what_would_have_come_in_the_whole_text(void **state)
{
    (void)state;
    enum { N = 300 };
    Rng rng = rng_new(31);
    Example e = example(&rng, CAUSAL, 1, 2, N, N);
    for (int window = 0; window <= 40; window += 20) {
        e.options.cached = 0;
        e.options.window = window;
        Tensor *whole = t_attention(e.q, e.k, e.v, e.options);
        for (int asking = 1; asking <= 130; asking += 43) {
            e.options.cached = N - asking;
            Tensor *out = t_attention(t_slice(e.q, 2, N - asking, N), e.k, e.v,
                                      e.options);
            assert_near(t_distance(out, t_slice(whole, 2, N - asking, N)), 0,
                        1e-6);
        }
    }
}

/* Tiles that are hidden wholly are not read: not even what would spoil all. */
static void beyond_a_window_nothing_is_read(void **state)
{
    (void)state;
    enum { N = 2000 };
    Rng rng = rng_new(33);
    Example e = example(&rng, WINDOW_BEHIND, 1, 1, N, N);
    e.options = (AttentionOptions){ .causal = true, .window = 100 };
    Tensor *before = t_attention(e.q, e.k, e.v, e.options);
    t_assign(t_slice(e.v, 2, 0, 900), t_scale(t_slice(e.v, 2, 0, 900), NAN));
    Tensor *after = t_attention(e.q, e.k, e.v, e.options);
    assert_same_bits(t_slice(after, 2, 1300, N), t_slice(before, 2, 1300, N));
}

/* Any of queries, keys and values may be no parameter, nor made of one. */
static void only_who_wants_a_gradient_gets_one(void **state)
{
    (void)state;
    Rng rng = rng_new(14);
    static const int lengths[] = { 9, 200 };
    for (int which = 1; which < 16; which++) {
        int n = lengths[which / 8];
        Example e = example_of(&rng, NO_MASK, 1, 2, n, n, 16, 16);
        Results all = in_tiles(&e);
        Tensor *in[3] = { e.q, e.k, e.v };
        Tensor *x[3];
        for (int i = 0; i < 3; i++) {
            memset(in[i]->buffer->grad, 0, in[i]->buffer->size * sizeof(real));
            x[i] = which >> i & 1 ? in[i] : t_detach(in[i]);
        }
        if (which % 8 == 0)
            continue;
        t_backward(t_sum(t_mul(t_attention(x[0], x[1], x[2], plain), e.slope),
                         T_ALL));
        for (int i = 0; i < 3; i++)
            if (which >> i & 1)
                assert_near(t_distance(t_grad(in[i]), all.at[i + 1]), 0, 1e-5);
            else
                assert_true(t_distance(t_grad(in[i]), t_scale(in[i], 0)) == 0);
        tape_free();
    }
}

/* 96 queries and 256 keys at most are one tile. */
static void one_tile_gives_the_very_bits_of_the_table(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    for (int trial = 0; trial < 100; trial++) {
        int n = between(&rng, 1, 96), m = between(&rng, 1, 256);
        int kind = trial % SCALED;      /* up to there no score is changed */
        Example e = example(&rng, kind, 2, 3, n, m);
        assert_same_bits(in_tiles(&e).at[0], by_formula(&e).at[0]);
        tape_free();
    }
}

/* A new max in every tile, or never again; exp() of neither overflows. */
static void scores_may_rise_and_fall_from_tile_to_tile(void **state)
{
    (void)state;
    enum { N = 3, M = 1000, D = 4 };
    Rng rng = rng_new(3);
    for (int turn = -1; turn <= 1; turn += 2) {
        Example e = example(&rng, NO_MASK, 1, 1, N, M);
        t_assign(e.q, t_add(t_scale(e.q, 0), t_vector(1, 0, 0, 0, 0)));
        for (int j = 0; j < M; j++)
            t_at(e.k, 0, 0, j, 0) = (real)(turn * (j - M / 2) * 40);
        check_same(&e, 5e-3, NO_MASK);      /* keys of up to 20000 */
        Tensor *out = t_attention(e.q, e.k, e.v, plain);
        int best = turn > 0 ? M - 1 : 0;
        for (int c = 0; c < 3; c++)
            assert_near(t_at(out, 0, 0, 0, c), t_at(e.v, 0, 0, best, c), 1e-5);
    }
}

/* Heads of chapter 6, a mask of theirs, and a slice in the middle: views. */
static void check_views(int n)
{
    enum { B = 2, M = 97, H = 3, D = 12 };
    Rng rng = rng_new(5);
    Tensor *x = t_normal(&rng, B, n + 2, D), *y = t_normal(&rng, B, M, 2 * D);
    Tensor *mask = t_transpose(coins(&rng, SHAPE(M, n)));
    Tensor *q = split_heads(t_slice(x, 1, 1, n + 1), H);
    Tensor *k = split_heads(t_slice(y, 2, 0, D), H);
    Tensor *v = split_heads(t_slice(y, 2, D, 2 * D), H);
    AttentionOptions masked = { .mask = mask };
    Tensor *out = t_attention(q, k, v, masked);
    assert_near(t_distance(out, attention(q, k, v, mask)), 0, 1e-5);
    assert_same_bits(out, t_attention(t_contiguous(q), t_contiguous(k),
                                      t_contiguous(v), masked));
    for (int layout = 0; layout < LAYOUTS; layout++)
        assert_near(t_distance(t_attention(copy_in(layout, q),
                                           copy_in(layout, k),
                                           copy_in(layout, v), masked), out),
                    0, 1e-5);
}

static void views_are_read_where_they_lie(void **state)
{
    (void)state;
    check_views(130);
    check_views(390);
}

static Tensor *gradient_of_slices(int shift, bool tiles)
{
    enum { N = 200, D = 4 };
    Rng rng = rng_new(7);
    Tensor *x = normal_param(&rng, SHAPE(9, N, D));
    Tensor *a = t_slice(x, 0, 0, 8), *b = t_slice(x, 0, shift, 8 + shift);
    Tensor *g = t_normal(&rng, 8, N, D);
    Tensor *out = tiles ? t_attention(a, b, b, plain)
                        : attention(a, b, b, NULL);
    t_backward(t_sum(t_mul(out, g), T_ALL));
    Tensor *gradient = t_keep(t_grad(x));
    tape_reset();
    return gradient;
}

/* The keys of one matrix of the stack are the queries of the next: threads
 * must not add to both at once. */
static void views_of_one_tensor_share_its_gradient(void **state)
{
    (void)state;
    for (int shift = 0; shift < 2; shift++) {
        parallel_set_threads(1);
        Tensor *one = gradient_of_slices(shift, true);
        assert_near(t_distance(one, gradient_of_slices(shift, false)), 0, 5e-5);
        parallel_set_threads(4);
        for (int round = 0; round < 20; round++)
            assert_same_bits(gradient_of_slices(shift, true), one);
    }
    parallel_set_threads(0);
}

/* ---- who sees what ------------------------------------------------------ */

static void a_query_that_sees_nothing_brings_home_exactly_0(void **state)
{
    (void)state;
    enum { N = 130, M = 300 };
    Rng rng = rng_new(9);
    Example e = example(&rng, BLIND, 1, 2, N, M);
    Results r = in_tiles(&e);
    for (int h = 0; h < 2; h++)
        for (int i = 0; i < N; i += 3) {
            for (int c = 0; c < t_dim(e.v, -1); c++)
                assert_true(t_at(r.at[0], 0, h, i, c) == 0);
            for (int c = 0; c < t_dim(e.q, -1); c++)
                assert_true(t_at(r.at[1], 0, h, i, c) == 0);
        }
    for (int i = 0; i < 4; i++)     /* no NaN anywhere */
        assert_true(t_distance(r.at[i], r.at[i]) == 0);
    e.options.mask = t_keep(t_vector(1));   /* now nobody sees anything */
    r = in_tiles(&e);
    for (int i = 0; i < 4; i++)
        assert_true(t_distance(r.at[i], t_scale(r.at[i], 0)) == 0);
}

static void what_is_hidden_changes_no_bit(void **state)
{
    (void)state;
    enum { N = 300, LAST = 260 };
    for (int causal = 0; causal < 2; causal++) {
        Rng rng = rng_new(13);
        Example e = example(&rng, NO_MASK, 1, 2, N, N);
        Tensor *mask = t_zeros(N);
        for (int j = LAST; j < N; j++)
            t_at(mask, j) = 1;
        e.options = (AttentionOptions){ .mask = causal ? NULL : t_keep(mask),
                                        .causal = causal };
        Tensor *slope = t_zeros_shape(e.slope->shape);
        t_assign(t_slice(slope, 2, 0, LAST), t_slice(e.slope, 2, 0, LAST));
        e.slope = t_keep(slope);
        Results before = in_tiles(&e);
        Tensor *in[] = { e.k, e.v };
        for (int i = 0; i < 2; i++) {
            Tensor *end = t_slice(in[i], 2, LAST, N);
            t_assign(end, t_scale(end, -50));
        }
        Results after = in_tiles(&e);
        for (int i = 0; i < 4; i++)
            assert_same_bits(t_slice(after.at[i], 2, 0, LAST),
                             t_slice(before.at[i], 2, 0, LAST));
        for (int i = 2; i < 4; i++) {   /* and is not moved */
            Tensor *end = t_slice(after.at[i], 2, LAST, N);
            assert_true(t_distance(end, t_scale(end, 0)) == 0);
        }
    }
}

/* Alone, or beside others. */
static void a_bias_alone_can_be_what_learns(void **state)
{
    (void)state;
    enum { N = 200 };
    Rng rng = rng_new(35);
    Example e = example(&rng, BIASED, 2, 2, N, N);
    Results all = in_tiles(&e);
    Tensor *bias = e.options.bias;
    memset(bias->buffer->grad, 0, bias->buffer->size * sizeof(real));
    Tensor *out = t_attention(t_detach(e.q), t_detach(e.k), t_detach(e.v),
                              e.options);
    t_backward(t_sum(t_mul(out, e.slope), T_ALL));
    assert_same_bits(t_grad(bias), all.at[4]);
}

/* Weights do not change, and the gradient is what roundings leave: the same bits
 * with any number of threads. */
static void a_bias_for_all_keys_of_a_query_moves_nothing(void **state)
{
    (void)state;
    enum { N = 200, THREADS = 3 };
    int before = parallel_threads();
    Rng rng = rng_new(36);
    Example e = example(&rng, BIASED, 2, 2, N, N);
    Params list = { 0 };
    AttentionOptions with = e.options;
    with.bias = t_param(&list, N, 1);
    t_assign(with.bias, t_normal(&rng, N, 1));
    e.options.bias = NULL;
    Tensor *without = t_keep(t_attention(e.q, e.k, e.v, e.options)), *grad[THREADS];
    for (int i = 0; i < THREADS; i++) {
        parallel_set_threads(i + 1);
        params_zero_grad(&list);
        Tensor *out = t_attention(e.q, e.k, e.v, with);
        assert_true(t_distance(out, without) < 1e-4);
        t_backward(t_sum(t_mul(out, e.slope), T_ALL));
        grad[i] = t_keep(t_grad(with.bias));
        assert_true(t_distance(grad[i], t_zeros(N, 1)) < 1e-3);
        assert_same_bits(grad[i], grad[0]);
        tape_reset();
    }
    parallel_set_threads(before);
}

static void causal_is_the_mask_of_chapter_5(void **state)
{
    (void)state;
    enum { N = 200 };
    Rng rng = rng_new(15);
    Example e = example(&rng, CAUSAL, 1, 2, N, N);
    Results skipped = in_tiles(&e);
    e.options = (AttentionOptions){ .mask = t_keep(causal_mask(N)) };
    Results hidden = in_tiles(&e);
    for (int i = 0; i < 4; i++)
        assert_near(t_distance(skipped.at[i], hidden.at[i]), 0, 1e-5);
}

/* ---- threads ------------------------------------------------------------ */

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    static const int shape[][4] = {     /* B, h, n, m */
        { 1, 1, 700, 700 }, { 1, 3, 400, 400 }, { 5, 4, 130, 130 },
        { 64, 4, 12, 12 }, { 1, 1, 1, 3000 }, { 2, 9, 97, 33 },
    };
    for (size_t s = 0; s < sizeof shape / sizeof *shape; s++)
        for (int kind = 0; kind < KINDS; kind++) {
            Rng rng = rng_new(17);
            Example e = example(&rng, kind, shape[s][0], shape[s][1],
                                shape[s][2], shape[s][3]);
            parallel_set_threads(1);
            Results one = in_tiles(&e);
            for (int threads = 2; threads <= 5; threads++) {
                parallel_set_threads(threads);
                Results many = in_tiles(&e);
                for (int i = 0; i < one.n; i++)
                    assert_same_bits(many.at[i], one.at[i]);
            }
            tape_free();
        }
    parallel_set_threads(0);
}

/* ---- memory ------------------------------------------------------------- */

/* What a pass takes at most, forward and backward, for n tokens. */
static size_t bytes_for(int n, bool padding)
{
    tape_free();
    Rng rng = rng_new(19);
    Tensor *x[3];
    for (int i = 0; i < 3; i++)
        x[i] = normal_param(&rng, SHAPE(1, 4, n, 8));
    AttentionOptions options = { .causal = true };
    options.mask = padding ? t_keep(t_zeros(1, 1, 1, n)) : NULL;
    tape_reset();
    t_backward(t_sum(t_attention(x[0], x[1], x[2], options), T_ALL));
    return tape_reserved_bytes();
}

static void memory_grows_with_the_length_and_not_with_its_square(void **state)
{
    (void)state;
    for (int padding = 0; padding < 2; padding++) {
        size_t small = bytes_for(1000, padding), large = bytes_for(4000,
                                                                   padding);
        assert_in_range(large, small, 4 * small);
        /* One head's table would take four times as much. */
        assert_in_range(large, 1, 1000 * 4000 * sizeof(real));
    }
}

static void backward_gives_back_what_it_needs_for_itself(void **state)
{
    (void)state;
    enum { N = 1000 };
    Rng rng = rng_new(27);
    Tensor *x = normal_param(&rng, SHAPE(N, 8));
    Tensor *loss = t_sum(t_attention(x, x, x, plain), T_ALL);
    size_t before = tape_bytes();
    t_backward(loss);           /* leaves the gradient by the output */
    assert_in_range(tape_bytes() - before, 1, 9 * N * sizeof(real));
}

static void the_same_step_asks_for_no_more_memory(void **state)
{
    (void)state;
    Rng rng = rng_new(21);
    Example e = example(&rng, CAUSAL, 1, 1, 2000, 2000);
    size_t reserved[4];
    for (int step = 0; step < 4; step++) {
        t_backward(t_sum(t_attention(e.q, e.k, e.v, e.options), T_ALL));
        tape_reset();
        reserved[step] = tape_reserved_bytes();
    }
    assert_int_equal(reserved[2], reserved[1]);
    assert_int_equal(reserved[3], reserved[1]);
}

static void merging_heads_takes_no_copy(void **state)
{
    (void)state;
    Rng rng = rng_new(23);
    Tensor *x = t_normal(&rng, 2, 7, 12);
    Tensor *q = split_heads(x, 3);
    Tensor *out = t_attention(q, q, q, plain);
    assert_shape(out, 2, 3, 7, 4);
    Tensor *merged = merge_heads(out);
    assert_ptr_equal(merged->buffer, out->buffer);
    Tensor *copy = merge_heads(t_contiguous(out));
    assert_ptr_not_equal(copy->buffer, out->buffer);
    assert_same_bits(merged, copy);
}

/* ---- refusals ----------------------------------------------------------- */

static void shapes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    Tensor *q = t_zeros(2, 3, 4), *k = t_zeros(2, 5, 4), *v = t_zeros(2, 5, 6);
    assert_shape(t_attention(q, k, v, plain), 2, 3, 6);
    assert_refuses("t_attention: needs matrices with the same axes in front, "
                   "got (4), (2, 5, 4), (2, 5, 6)",
                   t_attention(t_zeros(4), k, v, plain));
    assert_refuses("t_attention: needs matrices with the same axes in front, "
                   "got (2, 3, 4), (5, 4), (2, 5, 6)",
                   t_attention(q, t_zeros(5, 4), v, plain));
    assert_refuses("t_attention: the axes in front differ: (2, 3, 4), "
                   "(2, 5, 4), (1, 5, 6)",
                   t_attention(q, k, t_zeros(1, 5, 6), plain));
    assert_refuses("t_attention: queries (2, 3, 4) and keys (2, 5, 6) differ "
                   "in width", t_attention(q, v, v, plain));
    assert_refuses("t_attention: keys (2, 5, 4) and values (2, 3, 4) differ in "
                   "number", t_attention(q, k, q, plain));
    AttentionOptions wrong = { .mask = t_zeros(3, 4) };
    assert_refuses("t_attention: mask (3, 4) does not broadcast to (2, 3, 5)",
                   t_attention(q, k, v, wrong));
    wrong.mask = t_zeros(1, 2, 3, 5);
    assert_refuses("t_attention: mask (1, 2, 3, 5) does not broadcast to "
                   "(2, 3, 5)", t_attention(q, k, v, wrong));
    assert_refuses("t_attention: got NULL in place of a tensor",
                   t_attention(q, NULL, v, plain));
    Tensor *three = t_zeros(2, 3, 5, 4), *two = t_zeros(2, 2, 5, 4);
    assert_refuses("t_attention: the axes in front differ: (2, 3, 5, 4), "
                   "(2, 2, 5, 4), (2, 2, 5, 4)",
                   t_attention(three, two, two, plain));
    assert_refuses("t_attention: the axes in front differ: (2, 2, 5, 4), "
                   "(2, 3, 5, 4), (2, 3, 5, 4)",
                   t_attention(two, three, three, plain));
}

static void options_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    Tensor *q = t_zeros(2, 3, 4), *k = t_zeros(2, 5, 4);
    assert_refuses("t_attention: bias (3, 4) does not broadcast to (2, 3, 5)",
                   t_attention(q, k, k, (AttentionOptions){
                       .bias = t_zeros(3, 4) }));
    assert_refuses("t_attention: cached (-2) and window (0) count keys, and "
                   "cannot be negative",
                   t_attention(q, k, k, (AttentionOptions){ .cached = -2 }));
    assert_refuses("t_attention: cached (0) and window (-1) count keys, and "
                   "cannot be negative",
                   t_attention(q, k, k, (AttentionOptions){ .window = -1 }));
    assert_refuses("t_attention: scale must be finite, softcap not negative, "
                   "got 0 and -1",
                   t_attention(q, k, k, (AttentionOptions){ .softcap = -1 }));
    assert_refuses("t_attention: scale must be finite, softcap not negative, "
                   "got inf and 0",
                   t_attention(q, k, k, (AttentionOptions){
                       .scale = HUGE_VAL }));
    int lengths[] = { 5, 6 };
    assert_refuses("t_attention: length 6 of sequence 1 is not among 0 ... 5",
                   t_attention(q, k, k, (AttentionOptions){
                       .lengths = lengths }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_queries_and_two_keys_by_hand),
        TEST(each_option_by_hand),
        TEST(heads_share_keys_without_a_copy),
        TEST(after_a_cache_comes_what_would_have_come_in_the_whole_text),
        TEST(beyond_a_window_nothing_is_read),
        TEST(a_bias_alone_can_be_what_learns),
        TEST(a_bias_for_all_keys_of_a_query_moves_nothing),
        TEST(tiles_give_what_the_table_gives),
        TEST(short_texts_and_wide_heads_give_what_the_table_gives),
        TEST(only_who_wants_a_gradient_gets_one),
        TEST(one_tile_gives_the_very_bits_of_the_table),
        TEST(scores_may_rise_and_fall_from_tile_to_tile),
        TEST(views_are_read_where_they_lie),
        TEST(views_of_one_tensor_share_its_gradient),
        TEST(a_query_that_sees_nothing_brings_home_exactly_0),
        TEST(what_is_hidden_changes_no_bit),
        TEST(causal_is_the_mask_of_chapter_5),
        TEST(any_number_of_threads_gives_the_same_bits),
        TEST(memory_grows_with_the_length_and_not_with_its_square),
        TEST(backward_gives_back_what_it_needs_for_itself),
        TEST(the_same_step_asks_for_no_more_memory),
        TEST(merging_heads_takes_no_copy),
        TEST(shapes_that_do_not_fit_are_refused),
        TEST(options_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of gemm.c: the matrix product against three plain loops in
 * double, for many sizes, strides and numbers of threads. */
#include "matrices.h"
#include "base/parallel.h"

/* ---- how a matrix may lie in memory -------------------------------------- */

enum { BY_ROWS, BY_COLUMNS, GAPPED_ROWS, GAPPED_COLUMNS, PATTERNS };

static Example example(Rng *rng, int pattern, int rows, int columns)
{
    bool by_rows = pattern == BY_ROWS || pattern == GAPPED_ROWS;
    int gap = pattern >= GAPPED_ROWS;
    ptrdiff_t fast = gap ? 3 : 1;
    ptrdiff_t slow = (by_rows ? columns : rows) * fast + 5 * gap;
    return example_at(rng, rows, columns, by_rows ? slow : fast,
                      by_rows ? fast : slow, 4);
}

static void check_product(Rng *rng, int n, int m, int k, int patterns, bool add)
{
    char what[40];
    Example a = example(rng, patterns % PATTERNS, n, k);
    Example b = example(rng, patterns / PATTERNS % PATTERNS, k, m);
    Example c = example(rng, patterns / PATTERNS / PATTERNS, n, m);
    double *sums = three_loops(&a, &b, add, &c);
    gemm(n, m, k, a.matrix, b.matrix, c.matrix, add);
    snprintf(what, sizeof what, "strides %d, add %d", patterns, add);
    check_sums(what, &c, k, sums);
    free(a.memory);
    free(b.memory);
    free(c.memory);
    free(sums);
}

/* ---- tests -------------------------------------------------------------- */

static void products_of_all_sizes_up_to_70(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    for (int size = 1; size <= 70; size++)
        for (int add = 0; add < 2; add++) {
            int s = 1 + rng_below(&rng, 70), t = 1 + rng_below(&rng, 70);
            check_product(&rng, size, s, t, 0, add);
            check_product(&rng, t, size, s, 0, add);
            check_product(&rng, s, t, size, 0, add);
            check_product(&rng, size, size, size, 0, add);
        }
}

static void products_of_all_small_sizes(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    for (int n = 1; n <= 7; n++)
        for (int m = 1; m <= 9; m++)
            for (int k = 1; k <= 5; k++)
                for (int add = 0; add < 2; add++)
                    check_product(&rng, n, m, k, 0, add);
}

static void products_with_any_strides(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    const int sizes[][3] = { { 1, 1, 1 },  { 1, 33, 7 },   { 13, 1, 5 },
                             { 12, 32, 9 }, { 25, 65, 34 }, { 97, 3, 20 } };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int patterns = 0; patterns < 64; patterns++)
            for (int add = 0; add < 2; add++)
                check_product(&rng, sizes[i][0], sizes[i][1], sizes[i][2],
                              patterns, add);
}

/* One row, or one column, takes a way of its own; so does A whose rows are a
 * multiple of 4 KiB apart, and C whose columns are contiguous. */
static void products_that_go_another_way(void **state)
{
    (void)state;
    Rng rng = rng_new(8);
    for (int patterns = 0; patterns < 64; patterns++)
        for (int add = 0; add < 2; add++) {
            check_product(&rng, 1, 67, 1029, patterns, add);
            check_product(&rng, 67, 1, 1029, patterns, add);
            check_product(&rng, 12, 12, 35, patterns, add);
        }
    for (int patterns = 0; patterns < 64; patterns++)
        check_product(&rng, 14, 131, 1024, patterns, patterns % 2);
}

/* Blocks are 48 or 96 rows of A, 256 deep, 1024 columns of B. */
static void products_around_the_edges_of_blocks(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    const int edges[] = { 47,  48,  49,  95,  96,  97,
                          255, 256, 257, 511, 512, 513 };
    const int diagonal = PATTERNS * PATTERNS + PATTERNS + 1;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        for (int add = 0; add < 2; add++) {
            int patterns = (int)i % PATTERNS * diagonal, edge = edges[i];
            check_product(&rng, edge, 5, 11, patterns, add);
            check_product(&rng, 5, edge, 11, patterns, add);
            check_product(&rng, 5, 11, edge, patterns, add);
            check_product(&rng, 50, edge, 257, patterns, add);
            check_product(&rng, edge, 50, 257, patterns, add);
        }
    check_product(&rng, 193, 1025, 513, 27, true);
    check_product(&rng, 193, 2051, 257, 0, true);
}

/* A tile of floats is 6 x 8, 6 x 16 or 12 x 32, up to 256 deep. A product of one
 * tile takes a way of its own. */
static void products_around_one_tile(void **state)
{
    (void)state;
    Rng rng = rng_new(9);
    const int rows[] = { 5, 6, 7, 11, 12, 13 };
    const int columns[] = { 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33 };
    const int depths[] = { 1, 255, 256, 257 };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
            for (size_t k = 0; k < sizeof depths / sizeof *depths; k++)
                for (int patterns = 0; patterns < 64; patterns += 5)
                    check_product(&rng, rows[i], columns[j], depths[k],
                                  patterns, patterns % 2);
}

static void one_operand_may_be_both(void **state)
{
    (void)state;
    Rng rng = rng_new(5);
    Example a = example(&rng, BY_ROWS, 40, 30);
    Example c = example(&rng, BY_ROWS, 40, 40);
    Matrix transposed = { a.matrix.at, a.matrix.column, a.matrix.row };
    gemm(40, 40, 30, a.matrix, transposed, c.matrix, false);
    for (int i = 0; i < 40; i++)
        for (int j = 0; j < 40; j++) {
            double sum = 0;
            for (int k = 0; k < 30; k++)
                sum += number(&a, i, k) * number(&a, j, k);
            assert_near(number(&c, i, j), sum, 1e-5);
            assert_true(number(&c, i, j) == number(&c, j, i));
        }
    free(a.memory);
    free(c.memory);
}

/* C = A B + bias is what comes of adding A B to rows of the bias. */
static void check_bias(Rng *rng, int n, int m, int k, int patterns)
{
    Example a = example(rng, patterns % PATTERNS, n, k);
    Example b = example(rng, patterns / PATTERNS % PATTERNS, k, m);
    Example bias = example(rng, BY_ROWS, 1, m);
    Rng same = *rng;
    Example c = example(rng, patterns / PATTERNS / PATTERNS, n, m);
    Example expected = example(&same, patterns / PATTERNS / PATTERNS, n, m);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            *from(expected.matrix, i, j).at = bias.matrix.at[j];
    gemm(n, m, k, a.matrix, b.matrix, expected.matrix, true);
    gemm_bias(n, m, k, a.matrix, b.matrix, c.matrix, bias.matrix.at);
    assert_memory_equal(c.memory, expected.memory, c.size * sizeof(real));
    free(a.memory);
    free(b.memory);
    free(bias.memory);
    free(c.memory);
    free(expected.memory);
}

static void a_bias_is_added_in_the_same_pass(void **state)
{
    (void)state;
    Rng rng = rng_new(9);
    for (int patterns = 0; patterns < 64; patterns++) {
        check_bias(&rng, 1, 40, 19, patterns);
        check_bias(&rng, 40, 1, 300, patterns);
        check_bias(&rng, 14, 37, 270, patterns);
        check_bias(&rng, 25, 64, 5, patterns);
        check_bias(&rng, 1, 1100, 600, patterns);       /* in threads */
    }
    check_bias(&rng, 200, 1500, 260, 0);
    check_bias(&rng, 300, 200, 260, 0);
}

/* C may hold anything, NaN even, when it is not added to. */
static void what_c_held_does_not_matter(void **state)
{
    (void)state;
    real a[] = { 1, 2 }, b[] = { 3, 4 }, c[] = { NAN };
    gemm(1, 1, 2, (Matrix){ a, 2, 1 }, (Matrix){ b, 1, 1 }, (Matrix){ c, 1, 1 },
         false);
    assert_near(c[0], 11, 0);
}

static void infinities_stay_in_their_row_and_column(void **state)
{
    (void)state;
    Tensor *a = t_add(t_zeros(20, 40), t_vector(1)), *b = t_transpose(a);
    t_at(a, 3, 5) = INFINITY;
    Tensor *c = t_matmul(a, t_keep(t_slice(b, 1, 5, 15)));
    for (int i = 0; i < 20; i++)
        for (int j = 0; j < 10; j++)
            assert_near(t_at(c, i, j), i == 3 ? INFINITY : 40, 0);
}

static void check_threads(int n, int m, int k, int patterns)
{
    Rng rng = rng_new(6);
    Example a = example(&rng, patterns % PATTERNS, n, k);
    Example b = example(&rng, patterns / PATTERNS % PATTERNS, k, m);
    Example c[5];
    for (int threads = 1; threads <= 4; threads++) {
        Rng same = rng_new(7);
        c[threads] = example(&same, patterns / PATTERNS / PATTERNS, n, m);
        parallel_set_threads(threads);
        gemm(n, m, k, a.matrix, b.matrix, c[threads].matrix, threads % 2);
        gemm(n, m, k, a.matrix, b.matrix, c[threads].matrix, true);
        gemm(n, m, k, a.matrix, b.matrix, c[threads].matrix, false);
        gemm(n, m, k, a.matrix, b.matrix, c[threads].matrix, true);
        assert_memory_equal(c[threads].memory, c[1].memory,
                            c[1].size * sizeof(real));
    }
    for (int threads = 1; threads <= 4; threads++)
        free(c[threads].memory);
    free(a.memory);
    free(b.memory);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    int before = parallel_threads();
    check_threads(257, 129, 300, 0);    /* shared out by rows */
    check_threads(129, 257, 300, 0);    /* by columns */
    check_threads(3, 1000, 100, 27);
    check_threads(1000, 3, 100, 45);
    check_threads(60, 70, 700, 63);
    check_threads(1, 4000, 300, 0);     /* one row, by columns */
    parallel_set_threads(before);
}

/* A stack of products, forward and backward, as t_matmul shares it out. */
static void a_stack_gives_the_same_bits_with_any_threads(void **state)
{
    (void)state;
    const Shape shapes[][2] = {
        { SHAPE(8, 40, 30), SHAPE(8, 30, 20) },
        { SHAPE(2, 4, 40, 30), SHAPE(4, 30, 20) },
        { SHAPE(40, 300), SHAPE(6, 300, 20) },
        { SHAPE(8, 64), SHAPE(1000, 64, 8) },   /* many add to one gradient */
        { SHAPE(1000, 8, 64), SHAPE(1, 64, 8) },
        { SHAPE(6, 40, 300), SHAPE(300, 20) },
    };
    int before = parallel_threads();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        Tensor *first[3] = { 0 };
        for (int threads = 1; threads <= 3; threads++) {
            parallel_set_threads(threads);
            Rng rng = rng_new(8);
            Tensor *a = param_from(NULL, t_normal_shape(&rng, shapes[i][0]));
            Tensor *b = param_from(NULL, t_normal_shape(&rng, shapes[i][1]));
            Tensor *c = t_matmul(a, b);
            t_backward(t_sum(t_mul(c, c), T_ALL));
            Tensor *found[3] = { t_keep(c), t_keep(t_grad(a)),
                                 t_keep(t_grad(b)) };
            for (int k = 0; k < 3; k++) {
                if (!first[k])
                    first[k] = found[k];
                assert_near(t_distance(found[k], first[k]), 0, 0);
                assert_true(t_item(t_max(found[k], T_ALL)) > 1);
            }
            tape_reset();
        }
    }
    parallel_set_threads(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(products_of_all_sizes_up_to_70),
        TEST(products_of_all_small_sizes),
        TEST(products_around_one_tile),
        TEST(products_with_any_strides),
        TEST(products_that_go_another_way),
        TEST(products_around_the_edges_of_blocks),
        TEST(one_operand_may_be_both),
        TEST(a_bias_is_added_in_the_same_pass),
        TEST(what_c_held_does_not_matter),
        TEST(infinities_stay_in_their_row_and_column),
        TEST(any_number_of_threads_gives_the_same_bits),
        TEST(a_stack_gives_the_same_bits_with_any_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

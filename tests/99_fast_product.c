/* The claims of the appendix on matrix products, and what its header
 * promises. */
#include "chapter.h"

#include "99_fast_product.h"
#include "matrices.h"

static void library(int n, int m, int k, Matrix a, Matrix b, Matrix c)
{
    gemm(n, m, k, a, b, c, true);
}

static const struct {
    const char *name;
    Product *product;
} versions[] = {
    { "as written", product_as_written }, { "by rows", product_by_rows },
    { "in tiles", product_in_tiles },     { "packed", product_packed },
    { "the library's", library },
};
enum { VERSIONS = sizeof versions / sizeof *versions };

/* With rows that lie apart by a gap. (Behind, a whole vector can be read.) */
static Example example(Rng *rng, int rows, int columns, int gap)
{
    return example_at(rng, rows, columns, columns + gap, 1, 40 + gap);
}

static void check_version(int version, Rng *rng, int n, int m, int k, int gap)
{
    char what[60];
    Example a = example(rng, n, k, gap), b = example(rng, k, m, 2 * gap);
    Example c = example(rng, n, m, 3 * gap);
    double *sums = three_loops(&a, &b, true, &c);
    versions[version].product(n, m, k, a.matrix, b.matrix, c.matrix);
    snprintf(what, sizeof what, "%s, gap %d", versions[version].name, gap);
    check_sums(what, &c, k, sums);
    free(a.memory);
    free(b.memory);
    free(c.memory);
    free(sums);
}

/* ---- tests -------------------------------------------------------------- */

static void every_version_is_the_product(void **state)
{
    (void)state;
    /* Around the sides of a tile (6, 12; 8, 16, 32) and of blocks (48, 96; 256;
     * 1024), and far from them. */
    static const int sizes[][3] = {
        { 1, 1, 1 },     { 1, 33, 5 },     { 13, 1, 7 },     { 5, 7, 1 },
        { 6, 8, 9 },     { 12, 16, 10 },   { 12, 32, 31 },   { 11, 31, 40 },
        { 13, 33, 40 },  { 24, 64, 64 },   { 47, 65, 255 },  { 49, 63, 256 },
        { 95, 97, 257 }, { 97, 100, 513 }, { 7, 1023, 20 },  { 8, 1025, 30 },
        { 6, 1100, 300 },
    };
    Rng rng = rng_new(1);
    for (int version = 0; version < VERSIONS; version++) {
        for (int i = 0; i < (int)(sizeof sizes / sizeof *sizes); i++)
            check_version(version, &rng, sizes[i][0], sizes[i][1], sizes[i][2],
                          0);
        for (int trial = 0; trial < 200; trial++) {
            int n = between(&rng, 1, 50), m = between(&rng, 1, 70);
            check_version(version, &rng, n, m, between(&rng, 1, 40), 0);
        }
    }
}

static void rows_may_lie_apart(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    for (int version = 0; version < VERSIONS; version++)
        for (int gap = 1; gap <= 50; gap++) {
            int n = between(&rng, 1, 50), m = between(&rng, 1, 70);
            check_version(version, &rng, n, m, between(&rng, 1, 300), gap);
        }
}

static void every_version_adds_and_writes_nowhere_else(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    for (int version = 0; version < VERSIONS; version++) {
        Example a = example(&rng, 13, 300, 1), b = example(&rng, 300, 35, 1);
        Example once = example(&rng, 13, 35, 4);
        Example twice = example(&rng, 13, 35, 4);
        for (int i = 0; i < 13; i++)
            for (int j = 0; j < 35; j++) {
                *from(once.matrix, i, j).at = 0;
                *from(twice.matrix, i, j).at = 0;
            }
        versions[version].product(13, 35, 300, a.matrix, b.matrix,
                                  once.matrix);
        versions[version].product(13, 35, 300, a.matrix, b.matrix,
                                  twice.matrix);
        versions[version].product(13, 35, 300, a.matrix, b.matrix,
                                  twice.matrix);
        double most = 0;
        for (int i = 0; i < 13; i++)
            for (int j = 0; j < 35; j++) {
                assert_near(number(&twice, i, j), 2 * number(&once, i, j),
                            1e-4);
                most = fmax(most, fabs(number(&once, i, j)));
            }
        assert_true(most > 1);
        for (size_t i = 0; i < twice.size; i++)
            assert_true((twice.memory[i] == NOTHING)
                        == (once.memory[i] == NOTHING));
        free(a.memory);
        free(b.memory);
        free(once.memory);
        free(twice.memory);
    }
}

static void a_product_without_terms_changes_nothing(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    for (int version = 0; version < VERSIONS - 1; version++)
        for (int trial = 0; trial < 20; trial++) {
            int n = between(&rng, 1, 40), m = between(&rng, 1, 40);
            check_version(version, &rng, n, m, 0, trial % 2);
        }
}

/* The formula of the layer, multiplication by multiplication, for a layer
 * small enough: 2 tokens of width 4, 2 heads, 3 numbers inside. */
static void a_small_layer_is_counted_by_hand(void **state)
{
    (void)state;
    LayerCount count = count_layer(2, 4, 2, 3);
    /* (2, 4) x (4, 4), four times. */
    assert_true(count.projections == 4 * 2 * 4 * 4);
    /* Two heads of (2, 2) x (2, 2), for scores and for mixtures. */
    assert_true(count.attention == 2 * (2 * 2 * 2) * 2);
    /* (2, 4) x (4, 3) and (2, 3) x (3, 4). */
    assert_true(count.feed_forward == 2 * 4 * 3 + 2 * 3 * 4);
    /* 2 tables of 4 scores: scaled, then divided; 2 norms of 8 numbers. */
    assert_true(count.rest == 2 * 4 * 2 + 2 * 8 * 3);
    assert_true(count.exponentials == 2 * 4);
}

static void nearly_all_multiplications_are_in_products(void **state)
{
    (void)state;
    for (int n = 8; n <= 4096; n *= 2)
        for (int heads = 2; heads <= 16; heads *= 2) {
            int d = 64 * heads;
            LayerCount c = count_layer(n, d, heads, 4 * d);
            double products = c.projections + c.attention + c.feed_forward;
            assert_true(products > 0.98 * (products + c.rest));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_version_is_the_product),
        TEST(rows_may_lie_apart),
        TEST(every_version_adds_and_writes_nowhere_else),
        TEST(a_product_without_terms_changes_nothing),
        TEST(a_small_layer_is_counted_by_hand),
        TEST(nearly_all_multiplications_are_in_products),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

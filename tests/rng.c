/* The random numbers: the same everywhere, and as random as they should be.
 * All seeds are fixed, so a test passes always or never. */
#include "check.h"

#include <float.h>
#include <limits.h>
#include <math.h>

#include "base/rng.h"

enum { MANY = 1000000 };

/* ---- the same everywhere ------------------------------------------------ */

/* Values of the generator's authors, for seeds 0 and 1234567. */
static void the_bits_are_those_of_splitmix64(void **state)
{
    (void)state;
    Rng rng = rng_new(0);
    assert_true(rng_bits(&rng) == 0xE220A8397B1DCDAFu);
    assert_true(rng_bits(&rng) == 0x6E789E6AA1B965F4u);
    assert_true(rng_bits(&rng) == 0x06C45D188009454Fu);
    rng = rng_new(1234567);
    assert_true(rng_bits(&rng) == 6457827717110365317u);
    assert_true(rng_bits(&rng) == 3203168211198807973u);
    assert_true(rng_bits(&rng) == 9817491932198370423u);
}

static void numbers_further_on_can_be_had_first(void **state)
{
    (void)state;
    Rng rng = rng_new(5), start = rng, skipping = rng;
    for (uint64_t i = 0; i < 1000; i++)
        assert_true(rng_bits(&rng) == rng_ahead(start, i));
    rng_skip(&skipping, 1000);
    assert_true(skipping.state == rng.state);
    rng_skip(&skipping, 0);
    assert_true(rng_bits(&skipping) == rng_bits(&rng));
}

static void the_first_numbers_are_known_to_the_last_bit(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    assert_true(rng_uniform(&rng) == 0x1.22145bd91204bp-1);
    assert_true(rng_uniform(&rng) == 0x1.7dd71b42cb1ddp-1);
    rng = rng_new(1);
    assert_true(rng_normal(&rng) == 0x1.3588d2f19903dp-1);
    assert_true(rng_normal(&rng) == 0x1.ac9689aa34004p+0);
    assert_true(rng_normal(&rng) == -0x1.91489b389a043p-2);
    rng = rng_new(1);
    const int below[] = { 65, 19, 90, 35, 61, 48, 45, 33 };
    for (int i = 0; i < 8; i++)
        assert_int_equal(rng_below(&rng, 100), below[i]);
    rng = rng_new(1);
    int order[6];
    const int expected[] = { 2, 4, 5, 3, 1, 0 };
    rng_permutation(&rng, 6, order);
    assert_memory_equal(order, expected, sizeof order);
    rng = rng_named(1, "早");
    assert_true(rng_bits(&rng) == 0xE5144AB22EFC5145u);
}

/* One wrong last bit among them changes the hash. */
static void a_million_normals_are_known_to_the_last_bit(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    uint64_t hash = 0;
    for (int i = 0; i < MANY; i++) {
        double x = rng_normal(&rng);
        uint64_t bits;
        memcpy(&bits, &x, sizeof bits);
        hash = (hash ^ bits) * 0x100000001B3u;
    }
    assert_true(hash == 0x52107809D4CE90F6u);
}

static void a_copy_of_a_generator_repeats_it(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    rng_normal(&rng);
    Rng copy = rng;
    for (int i = 0; i < 100; i++)
        assert_true(rng_normal(&rng) == rng_normal(&copy));
}

/* ---- uniform and normal ------------------------------------------------- */

static void uniform_numbers_lie_in_the_unit_interval_evenly(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    int count[10] = { 0 };
    for (int i = 0; i < MANY; i++) {
        double x = rng_uniform(&rng);
        assert_true(x >= 0 && x < 1);
        assert_true(x * 0x1p53 == floor(x * 0x1p53));
        count[(int)(10 * x)]++;
    }
    for (int i = 0; i < 10; i++)    /* 100000, standard deviation 300 */
        assert_in_range(count[i], 98800, 101200);
}

/* The bounds are five standard deviations of each estimate. */
static void normals_have_the_moments_of_the_normal_law(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    double sum[5] = { 0 };
    for (int i = 0; i < MANY; i++) {
        double x = rng_normal(&rng);
        for (int k = 1; k <= 4; k++)
            sum[k] += pow(x, k) / MANY;
    }
    assert_true(fabs(sum[1]) < 0.005);
    assert_true(fabs(sum[2] - 1) < 0.0071);
    assert_true(fabs(sum[3]) < 0.0194);
    assert_true(fabs(sum[4] - 3) < 0.049);
}

static void normals_fall_beyond_1_2_3_and_4_as_often_as_they_should(void **s)
{
    (void)s;
    Rng rng = rng_new(2);
    int beyond[5] = { 0 };
    for (int i = 0; i < MANY; i++) {
        double x = fabs(rng_normal(&rng));
        for (int k = 1; k <= 4; k++)
            beyond[k] += x > k;
    }
    for (int k = 1; k <= 4; k++) {
        double expected = MANY * erfc(k / sqrt(2));
        assert_true(fabs(beyond[k] - expected) < 5 * sqrt(expected));
    }
}

static void successive_normals_are_uncorrelated(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    double last = rng_normal(&rng), product = 0, squares = 0;
    for (int i = 0; i < MANY; i++) {
        double x = rng_normal(&rng);
        product += x * last / MANY;
        squares += (x * x - 1) * (last * last - 1) / MANY;
        last = x;
    }
    assert_true(fabs(product) < 0.005);
    assert_true(fabs(squares) < 0.01);
}

/* ---- the logarithm ------------------------------------------------------ */

static void check_log(double x)
{
    double expected = log(x);
    double ulp = nextafter(fabs(expected), INFINITY) - fabs(expected);
    if (fabs(rng_log(x) - expected) > 2 * ulp)
        fail_msg("log %a is %a, not %a", x, expected, rng_log(x));
}

static void our_log_is_within_2_units_of_the_last_place(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    for (int i = 0; i < MANY; i++) {
        double x = rng_uniform(&rng);
        check_log(x + 0x1p-53);                         /* (0, 1] */
        check_log(1 + (x - 0.5) * 0x1p-20);             /* near 1 */
        check_log(ldexp(1 + x, rng_below(&rng, 2000) - 1000));
    }
    check_log(sqrt(0.5));
    check_log(nextafter(1, 0));
    check_log(nextafter(1, 2));
    check_log(0x1p-52);
    check_log(DBL_MIN);
    check_log(DBL_MAX);
    check_log(0x1p-1074);
    assert_true(rng_log(1) == 0);
}

/* ---- streams ------------------------------------------------------------ */

/* Correlation of the uniform numbers of two generators; its standard deviation
 * is 0.001. */
static double correlation(Rng a, Rng b)
{
    double sum = 0;
    for (int i = 0; i < MANY; i++)
        sum += (rng_uniform(&a) - 0.5) * (rng_uniform(&b) - 0.5);
    return 12 * sum / MANY;
}

static void neighbouring_seeds_give_unrelated_streams(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 4; i++)
        for (uint64_t j = 0; j < i; j++)
            assert_true(fabs(correlation(rng_new(i), rng_new(j))) < 0.005);
}

/* The first number of each seed, as a chapter run with --seed 1, 2, ... sees
 * it, is as random as the numbers of one stream. */
static void first_numbers_of_seeds_in_a_row_are_uniform_and_independent(
    void **state)
{
    (void)state;
    int count[100] = { 0 };
    double product = 0, last = 0.5;
    for (uint64_t seed = 0; seed < 100000; seed++) {
        Rng rng = rng_new(seed);
        double x = rng_uniform(&rng);
        count[(int)(100 * x)]++;
        product += 12 * (x - 0.5) * (last - 0.5) / 100000;
        last = x;
    }
    double chi = 0;
    for (int i = 0; i < 100; i++)
        chi += pow(count[i] - 1000, 2) / 1000;
    assert_true(chi > 50 && chi < 169);     /* 99 +- 5 * 14 */
    assert_true(fabs(product) < 0.016);
}

static void every_name_and_every_seed_have_their_own_stream(void **state)
{
    (void)state;
    assert_true(rng_named(1, "早").state == rng_named(1, "早").state);
    const Rng streams[] = {
        rng_named(1, "a"), rng_named(1, "b"), rng_named(2, "a"),
        rng_named(1, "aa"), rng_named(1, ""), rng_new(1), rng_new(2),
    };
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < i; j++)
            assert_true(fabs(correlation(streams[i], streams[j])) < 0.005);
}

/* ---- whole numbers ------------------------------------------------------ */

static void below_n_every_number_is_equally_likely(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    int count[10] = { 0 };
    for (int i = 0; i < MANY; i++) {
        int k = rng_below(&rng, 10);
        assert_in_range(k, 0, 9);
        count[k]++;
    }
    double chi = 0;
    for (int i = 0; i < 10; i++)
        chi += pow(count[i] - MANY / 10, 2) / (MANY / 10);
    assert_true(chi > 1 && chi < 30);       /* 9 +- 5 * 4.2, and not too good */
}

static void below_1_is_0_and_below_int_max_reaches_far(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    int largest = 0;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(rng_below(&rng, 1), 0);
        int k = rng_below(&rng, INT_MAX);
        assert_true(k >= 0 && k < INT_MAX);
        largest = k > largest ? k : largest;
    }
    assert_true(largest > INT_MAX / 100 * 98);
}

/* The values that rejection must drop are too rare to meet (2^-33 at most),
 * but it would show if it dropped or repeated others. */
static void below_uses_one_draw_for_each_number(void **state)
{
    (void)state;
    Rng a = rng_new(1), b = rng_new(1);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(rng_below(&a, 1 << 30),
                         (int)(rng_bits(&b) % (1u << 30)));
}

static void below_refuses_an_n_without_numbers(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    assert_refuses("rng_below: n must be at least 1: 0", rng_below(&rng, 0));
}

static void a_permutation_holds_every_number_once(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    for (int n = 0; n < 50; n++) {
        int order[51], seen[51] = { 0 };
        order[n] = -7;
        rng_permutation(&rng, n, order);
        assert_int_equal(order[n], -7);
        for (int i = 0; i < n; i++) {
            assert_in_range(order[i], 0, n - 1);
            seen[order[i]]++;
        }
        for (int i = 0; i < n; i++)
            assert_int_equal(seen[i], 1);
    }
}

static void the_six_orders_of_three_are_equally_likely(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    int count[27] = { 0 }, orders = 0;
    for (int i = 0; i < 60000; i++) {
        int p[3];
        rng_permutation(&rng, 3, p);
        count[9 * p[0] + 3 * p[1] + p[2]]++;
    }
    for (int i = 0; i < 27; i++) {
        if (count[i] == 0)
            continue;
        orders++;
        assert_in_range(count[i], 10000 - 460, 10000 + 460);
    }
    assert_int_equal(orders, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bits_are_those_of_splitmix64),
        cmocka_unit_test(numbers_further_on_can_be_had_first),
        cmocka_unit_test(the_first_numbers_are_known_to_the_last_bit),
        cmocka_unit_test(a_million_normals_are_known_to_the_last_bit),
        cmocka_unit_test(a_copy_of_a_generator_repeats_it),
        cmocka_unit_test(uniform_numbers_lie_in_the_unit_interval_evenly),
        cmocka_unit_test(normals_have_the_moments_of_the_normal_law),
        cmocka_unit_test(
            normals_fall_beyond_1_2_3_and_4_as_often_as_they_should),
        cmocka_unit_test(successive_normals_are_uncorrelated),
        cmocka_unit_test(our_log_is_within_2_units_of_the_last_place),
        cmocka_unit_test(neighbouring_seeds_give_unrelated_streams),
        cmocka_unit_test(
            first_numbers_of_seeds_in_a_row_are_uniform_and_independent),
        cmocka_unit_test(every_name_and_every_seed_have_their_own_stream),
        cmocka_unit_test(below_n_every_number_is_equally_likely),
        cmocka_unit_test(below_1_is_0_and_below_int_max_reaches_far),
        cmocka_unit_test(below_uses_one_draw_for_each_number),
        cmocka_unit_test(below_refuses_an_n_without_numbers),
        cmocka_unit_test(a_permutation_holds_every_number_once),
        cmocka_unit_test(the_six_orders_of_three_are_equally_likely),
    };
    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
